/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * elf64.h - the bounds primitive, and ELF64 relocatable files read with it.
 *
 * Four levels: a view is a range of bytes that nobody can read past; an arena
 * gives memory for what is read out of one; the format's structs and constants,
 * with the names of the ELF specification (System V gABI, chapters 4 and 5);
 * struct elf, a file whose headers, section table, section ranges and symbol
 * table elf_open() has checked, and accessors on it. There is no table in memory:
 * an accessor decodes from the file.
 */
#ifndef ELF64_H
#define ELF64_H

#include "text.h"

/* ---- The bounds primitive ---- */

struct view {
	const uint8_t *data;
	uint64_t size;
};

/* The one comparison of an offset from a file with a size: off + len may wrap, so subtract. */
static inline bool view_has(struct view v, uint64_t off, uint64_t len)
{
	return off <= v.size && len <= v.size - off;
}

/* The narrower view [off, off + len). */
static inline bool view_slice(struct view v, uint64_t off, uint64_t len, struct view *out)
{
	if (!view_has(v, off, len))
		return false;
	*out = (struct view){ .data = v.data + off, .size = len };
	return true;
}

/* Copies len bytes out: a struct in a file may lie at any address. */
static inline bool view_copy(struct view v, uint64_t off, void *out, size_t len)
{
	if (!view_has(v, off, len))
		return false;
	memcpy(out, v.data + off, len);
	return true;
}

/* Copies element i of a table of elements of `len` bytes out. */
static inline bool view_item(struct view v, uint64_t i, void *out, size_t len)
{
	return i < v.size / len && view_copy(v, i * len, out, len);
}

static inline bool view_ends_in_nul(struct view v)
{
	return v.size > 0 && v.data[v.size - 1] == '\0';
}

/*
 * A string of a string table, which must end in NUL (gABI, "String Table"): so
 * does then each string in it, with no search. It lives as long as the bytes.
 */
static inline bool view_string(struct view v, uint64_t off, const char **out)
{
	if (!view_has(v, off, 1) || !view_ends_in_nul(v))
		return false;
	*out = (const char *)v.data + off;
	return true;
}

/* ---- Memory: one range, handed out from its start, given back as a whole ---- */

struct arena {
	uint8_t *data;
	size_t size;
	size_t used;
};

/* count elements of `len` bytes, zeroed as the range was, aligned to 8; NULL when full. */
static inline void *arena_take(struct arena *arena, uint64_t count, size_t len)
{
	size_t room = arena->size - arena->used;
	size_t bytes;

	if (count > room / len)
		return NULL;
	bytes = ((size_t)count * len + 7) & ~(size_t)7;
	if (bytes > room)
		return NULL;
	arena->used += bytes;
	return arena->data + arena->used - bytes;
}

/*
 * Room for one more in a list of nr elements that starts empty (NULL): the same
 * list, or every time that nr is a power of two a copy of twice the size. NULL
 * when the arena is full.
 */
static inline void *arena_grow(struct arena *arena, void *items, uint32_t nr, size_t len)
{
	void *larger;

	if (nr & (nr - 1))
		return items;
	larger = arena_take(arena, nr ? 2 * (uint64_t)nr : 1, len);
	if (larger && nr)
		memcpy(larger, items, nr * len);
	return larger;
}

/* A copy of two strings, of the second at most so many bytes; NULL when full. */
SELDOM const char *arena_join(struct arena *arena, const char *first, const char *second,
			      size_t max)
{
	const size_t first_len = strlen(first), len = strnlen(second, max);
	char *joined = arena_take(arena, first_len + len + 1, 1);

	if (!joined)
		return NULL;
	memcpy(joined, first, first_len);
	memcpy(joined + first_len, second, len);
	return joined;
}

typedef bool list_is_before(const void *a, const void *b);

static inline void list_swap(uint8_t *a, uint8_t *b, size_t len)
{
	for (size_t k = 0; k < len; k++) {
		uint8_t byte = a[k];

		a[k] = b[k];
		b[k] = byte;
	}
}

/* Lets element i of a heap of nr sink to where none below comes behind it. */
SELDOM void list_sink(uint8_t *base, uint32_t i, uint32_t nr, size_t len, list_is_before *before)
{
	while (i < nr / 2) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < nr && before(base + child * len, base + (child + 1) * len))
			child++;
		if (!before(base + i * len, base + child * len))
			return;
		list_swap(base + i * len, base + child * len, len);
		i = child;
	}
}

/*
 * Puts a list in order, in place. Mostly it is in order already; else it is a
 * heap sort, which no list makes slow.
 */
static inline void list_sort(void *items, uint32_t nr, size_t len, list_is_before *before)
{
	uint8_t *base = items;
	uint32_t ordered = 1;

	while (ordered < nr && !before(base + ordered * len, base + (ordered - 1) * len))
		ordered++;
	if (ordered >= nr)
		return;
	for (uint32_t i = nr / 2; i-- > 0;)
		list_sink(base, i, nr, len, before);
	for (uint32_t last = nr - 1; last > 0; last--) {
		list_swap(base, base + last * len, len);
		list_sink(base, 0, last, len, before);
	}
}

/*
 * How many elements of a list in order come before the key: the first that does not
 * is the key's, if any is. `before` is given an element and the key.
 */
static inline uint32_t list_search(const void *items, uint32_t nr, size_t len,
				   list_is_before *before, const void *key)
{
	const uint8_t *base = items;
	uint32_t low = 0;

	while (low < nr) {
		uint32_t middle = low + (nr - low) / 2;

		if (before(base + middle * len, key))
			low = middle + 1;
		else
			nr = middle;
	}
	return low;
}

/* ---- Names, sorted: none is compared with each of the others, however many a file lists ---- */

struct name {
	const char *name;
	uint32_t scope;        /* where it is one: names of different scopes are different */
	uint32_t value;        /* what it stands for */
};

struct names {
	struct name *items;    /* room for as many as names_open() was asked for */
	uint32_t nr;
};

/* False when the arena is full. */
static inline bool names_open(struct arena *arena, uint64_t room, struct names *out)
{
	*out = (struct names){ .items = arena_take(arena, room, sizeof(*out->items)) };
	return out->items;
}

static inline void names_add(struct names *names, const char *name, uint32_t scope, uint32_t value)
{
	names->items[names->nr++] = (struct name){ name, scope, value };
}

/* Below zero, zero or above, as strcmp(3) has it. */
static inline int name_compare(const struct name *name, const char *other, uint32_t scope)
{
	int order = strcmp(name->name, other);

	return order ? order : (name->scope > scope) - (name->scope < scope);
}

static inline bool name_is_before(const void *a, const void *b)
{
	const struct name *m = a, *n = b;
	int order = name_compare(m, n->name, n->scope);

	return order ? order < 0 : m->value < n->value;
}

/* Once all are there: of one name, the lowest value comes first. */
static inline void names_sort(struct names *names)
{
	list_sort(names->items, names->nr, sizeof(*names->items), name_is_before);
}

/* The first of that name; NULL when there is none. */
SELDOM const struct name *names_find(const struct names *names, const char *name, uint32_t scope)
{
	const struct name key = { name, scope, 0 };
	const uint32_t i = list_search(names->items, names->nr, sizeof(key), name_is_before, &key);

	return i < names->nr && name_compare(&names->items[i], name, scope) == 0 ? &names->items[i]
										  : NULL;
}

/* The next one that is called the same; NULL behind the last. */
static inline const struct name *names_next(const struct names *names, const struct name *name)
{
	return name + 1 < names->items + names->nr &&
	       name_compare(name + 1, name->name, name->scope) == 0 ? name + 1 : NULL;
}

/* ---- The format ---- */

#define EI_NIDENT 16
#define EI_CLASS 4
#define EI_DATA 5
#define EI_VERSION 6
#define ELFCLASS32 1
#define ELFCLASS64 2
#define ELFDATA2LSB 1
#define ELFDATA2MSB 2
#define EV_CURRENT 1

#define ET_REL 1
#define ET_EXEC 2
#define ET_DYN 3
#define ET_CORE 4

#define EM_NONE 0
#define EM_386 3
#define EM_MIPS 8
#define EM_PPC 20
#define EM_PPC64 21
#define EM_S390 22
#define EM_ARM 40
#define EM_X86_64 62
#define EM_AARCH64 183
#define EM_RISCV 243
#define EM_BPF 247
#define EM_LOONGARCH 258

#define SHN_UNDEF 0
#define SHN_LORESERVE 0xff00
#define SHN_ABS 0xfff1
#define SHN_COMMON 0xfff2
#define SHN_XINDEX 0xffff

#define SHT_NULL 0
#define SHT_PROGBITS 1
#define SHT_SYMTAB 2
#define SHT_STRTAB 3
#define SHT_RELA 4
#define SHT_NOBITS 8
#define SHT_REL 9
#define SHF_EXECINSTR 0x4

#define STB_LOCAL 0
#define STB_WEAK 2
#define STT_NOTYPE 0
#define STT_OBJECT 1
#define STT_FUNC 2
#define STT_SECTION 3
#define STV_INTERNAL 1
#define STV_HIDDEN 2

struct elf64_header {
	uint8_t e_ident[EI_NIDENT];
	uint16_t e_type;
	uint16_t e_machine;
	uint32_t e_version;
	uint64_t e_entry;
	uint64_t e_phoff;
	uint64_t e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize;
	uint16_t e_phentsize;
	uint16_t e_phnum;
	uint16_t e_shentsize;
	uint16_t e_shnum;
	uint16_t e_shstrndx;
};

struct elf64_section {
	uint32_t sh_name;
	uint32_t sh_type;
	uint64_t sh_flags;
	uint64_t sh_addr;
	uint64_t sh_offset;
	uint64_t sh_size;
	uint32_t sh_link;
	uint32_t sh_info;
	uint64_t sh_addralign;
	uint64_t sh_entsize;
};

struct elf64_symbol {
	uint32_t st_name;
	uint8_t st_info;
	uint8_t st_other;
	uint16_t st_shndx;
	uint64_t st_value;
	uint64_t st_size;
};

struct elf64_rel {
	uint64_t r_offset;
	uint64_t r_info;
};

struct elf64_rela {
	uint64_t r_offset;
	uint64_t r_info;
	int64_t r_addend;
};

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ELF_HOST_DATA ELFDATA2LSB
#define ELF_HOST_ORDER "little-endian"
#define ELF_OTHER_ORDER "big-endian"
#else
#define ELF_HOST_DATA ELFDATA2MSB
#define ELF_HOST_ORDER "big-endian"
#define ELF_OTHER_ORDER "little-endian"
#endif

/* ---- The parsed view ---- */

struct elf {
	struct view file;
	struct elf64_header header;
	struct view sections;      /* the section header table */
	uint32_t nr_sections;
	struct view section_names;
	uint32_t symtab_idx;       /* 0 when the file has no symbol table */
	struct view symbols;
	uint64_t nr_symbols;
	struct view symbol_names;
};

struct elf_section {
	uint32_t idx;
	const char *name;
	struct elf64_section header;
	struct view data;          /* empty for SHT_NOBITS */
};

struct elf_symbol {
	const char *name;
	uint8_t type;              /* STT_* */
	uint8_t binding;           /* STB_* */
	uint8_t visibility;        /* STV_* */
	uint16_t shndx;            /* from file: a section's number or SHN_*; unchecked */
	uint64_t value;            /* from file: offset in that section; unchecked */
	uint64_t size;             /* from file: unchecked */
};

/* One entry of an SHT_REL or SHT_RELA section; SHT_REL keeps its addend in the place relocated. */
struct elf_relocation {
	uint64_t offset;           /* from file: unchecked */
	uint32_t type;             /* from file: unchecked */
	uint32_t symbol_idx;       /* from file: unchecked */
	int64_t addend;
};

/* False when there is no section with that index. */
static inline bool elf_section_get(const struct elf *elf, uint64_t idx, struct elf_section *out)
{
	const struct elf64_section *header = &out->header;

	if (!view_item(elf->sections, idx, &out->header, sizeof(out->header)))
		return false;
	out->idx = (uint32_t)idx;
	out->data = (struct view){ 0 };
	if (!view_string(elf->section_names, header->sh_name, &out->name))
		return false;
	if (header->sh_type == SHT_NOBITS || header->sh_type == SHT_NULL)
		return true;
	return view_slice(elf->file, header->sh_offset, header->sh_size, &out->data);
}

/* Does the section hold instructions? Compilers leave an empty .text behind. */
static inline bool elf_section_has_code(const struct elf_section *section)
{
	return section->header.sh_type == SHT_PROGBITS &&
	       (section->header.sh_flags & SHF_EXECINSTR) && section->data.size > 0;
}

/* False when there is no symbol with that index. */
static inline bool elf_symbol_get(const struct elf *elf, uint64_t idx, struct elf_symbol *out)
{
	struct elf64_symbol symbol;

	if (!view_item(elf->symbols, idx, &symbol, sizeof(symbol)))
		return false;
	*out = (struct elf_symbol){
		.type = symbol.st_info & 15,
		.binding = symbol.st_info >> 4,
		.visibility = symbol.st_other & 3,
		.shndx = symbol.st_shndx,
		.value = symbol.st_value,
		.size = symbol.st_size,
	};
	return view_string(elf->symbol_names, symbol.st_name, &out->name);
}

/* The size of one of a section's relocations; 0 when it is of another type. */
static inline size_t elf_relocation_size(const struct elf_section *section)
{
	switch (section->header.sh_type) {
	case SHT_REL: return sizeof(struct elf64_rel);
	case SHT_RELA: return sizeof(struct elf64_rela);
	default: return 0;
	}
}

static inline uint64_t elf_relocations_count(const struct elf_section *section)
{
	size_t size = elf_relocation_size(section);

	return size ? section->data.size / size : 0;
}

/* False when the section has no relocation with that index. */
static inline bool elf_relocation_get(const struct elf_section *section, uint64_t idx,
				      struct elf_relocation *out)
{
	size_t len = elf_relocation_size(section);
	struct elf64_rela rela = { 0 };

	if (idx >= elf_relocations_count(section) ||
	    !view_copy(section->data, idx * len, &rela, len))
		return false;
	*out = (struct elf_relocation){
		.offset = rela.r_offset,
		.type = (uint32_t)rela.r_info,
		.symbol_idx = (uint32_t)(rela.r_info >> 32),
		.addend = rela.r_addend,
	};
	return true;
}

/* ---- Opening: one validator for each layer of the format ---- */

#define ELF_EXPECTED "expected a 64-bit " ELF_HOST_ORDER " ELF relocatable for eBPF"
#define ELF_COMPILE_HINT "compile it with: clang -O2 -target bpf -c PROGRAM.c -o PROGRAM.o"

struct elf_file_kind {
	const char *magic;
	size_t len;
	const char *what;
};

SELDOM const char *elf_foreign_kind(struct view file)
{
	static const struct elf_file_kind kinds[] = {
		{ "BC\xc0\xde", 4, "LLVM bitcode" },
		{ "\xde\xc0\x17\x0b", 4, "LLVM bitcode" },
		{ "!<arch>\n", 8, "an archive (ar)" },
		{ "!<thin>\n", 8, "a thin archive (ar)" },
		{ "\x1f\x8b", 2, "compressed by gzip" },
		{ "\xfd" "7zXZ", 5, "compressed by xz" },
		{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd" },
		{ "PK\x03\x04", 4, "a zip file" },
		{ "#!", 2, "a script" },
	};
	uint64_t nr_text = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (view_has(file, 0, kinds[i].len) &&
		    memcmp(file.data, kinds[i].magic, kinds[i].len) == 0)
			return kinds[i].what;

	while (nr_text < file.size && nr_text < 64 &&
	       ((file.data[nr_text] >= ' ' && file.data[nr_text] < 0x7f) ||
		(file.data[nr_text] >= '\t' && file.data[nr_text] <= '\r')))
		nr_text++;
	return nr_text == file.size || nr_text == 64 ? "text" : "not an ELF file";
}

SELDOM const char *elf_machine_name(uint16_t machine)
{
	switch (machine) {
	case EM_386: return "i386";
	case EM_MIPS: return "MIPS";
	case EM_PPC: return "PowerPC";
	case EM_PPC64: return "PowerPC64";
	case EM_S390: return "s390";
	case EM_ARM: return "ARM";
	case EM_X86_64: return "x86-64";
	case EM_AARCH64: return "AArch64";
	case EM_RISCV: return "RISC-V";
	case EM_LOONGARCH: return "LoongArch";
	default: return "unknown";
	}
}

static inline bool elf_is_elf(struct view file)
{
	static const uint8_t elf_magic[] = { 0x7f, 'E', 'L', 'F' };

	return view_has(file, 0, sizeof(elf_magic)) &&
	       memcmp(file.data, elf_magic, sizeof(elf_magic)) == 0;
}

/* e_ident: is it ELF at all, of this class and byte order? */
static inline int elf_check_ident(struct view file, struct why *why)
{
	uint8_t ident[EI_NIDENT];

	if (file.size == 0)
		return why_bad(why, "is empty, %s", ELF_EXPECTED);
	if (!elf_is_elf(file)) {
		why_bad(why, "is %s, %s", elf_foreign_kind(file), ELF_EXPECTED);
		why_hint(why, ELF_COMPILE_HINT);
		return -ENOEXEC;
	}
	if (!view_copy(file, 0, ident, sizeof(ident)))
		return why_bad(why, "is truncated: %llu bytes, an ELF header has %zu",
			       (unsigned long long)file.size, sizeof(struct elf64_header));
	if (ident[EI_CLASS] == ELFCLASS32)
		return why_bad(why, "is a 32-bit ELF file, %s", ELF_EXPECTED);
	if (ident[EI_CLASS] != ELFCLASS64)
		return why_bad(why, "has ELF class %u, %s", ident[EI_CLASS],
			       ELF_EXPECTED);
	if (ident[EI_DATA] == (ELFDATA2LSB ^ ELFDATA2MSB ^ ELF_HOST_DATA)) {
		why_bad(why, "is " ELF_OTHER_ORDER ", %s", ELF_EXPECTED);
		why_hint(why, "compile it for this machine's byte order: -target %s",
			 ELF_HOST_DATA == ELFDATA2LSB ? "bpfel" : "bpfeb");
		return -ENOEXEC;
	}
	if (ident[EI_DATA] != ELF_HOST_DATA)
		return why_bad(why, "has ELF byte order %u, %s", ident[EI_DATA],
			       ELF_EXPECTED);
	if (ident[EI_VERSION] != EV_CURRENT)
		return why_bad(why, "has ELF version %u, expected %u",
			       ident[EI_VERSION], EV_CURRENT);
	return 0;
}

/* The file header: a relocatable for eBPF? */
static inline int elf_check_header(struct view file, struct elf64_header *out, struct why *why)
{
	if (!view_copy(file, 0, out, sizeof(*out)))
		return why_bad(why, "is truncated: %llu bytes, an ELF header has %zu",
			       (unsigned long long)file.size, sizeof(*out));
	if (out->e_machine != EM_BPF && out->e_machine != EM_NONE) {
		why_bad(why, "is for machine %u (%s), expected %u (eBPF)",
			out->e_machine, elf_machine_name(out->e_machine), EM_BPF);
		why_hint(why, ELF_COMPILE_HINT);
		return -ENOEXEC;
	}
	switch (out->e_type) {
	case ET_REL:
		break;
	case ET_EXEC:
		return why_bad(why, "is an executable, %s", ELF_EXPECTED);
	case ET_DYN:
		return why_bad(why, "is a shared object or an executable, %s", ELF_EXPECTED);
	case ET_CORE:
		return why_bad(why, "is a core dump, %s", ELF_EXPECTED);
	default:
		return why_bad(why, "has ELF type %u, %s", out->e_type, ELF_EXPECTED);
	}
	if (out->e_version != EV_CURRENT)
		return why_bad(why, "has ELF version %u, expected %u",
			       out->e_version, EV_CURRENT);
	return 0;
}

/* The reason names what lies at that offset, and not inside of the file. */
SELDOM int elf_refuse_end(const struct elf *elf, uint64_t offset, struct why *why)
{
	if (why)
		text_addf(&why->reason, " at offset %llu, the file has %llu bytes",
			  (unsigned long long)offset, (unsigned long long)elf->file.size);
	return why_subject(why, -ENOEXEC, "is truncated");
}

/*
 * Where the section header table lies. Counts that do not fit the file header
 * stand in section 0 (gABI, "Section Headers": e_shnum 0, SHN_XINDEX).
 */
static inline int elf_check_section_table(struct elf *elf, uint32_t *out_shstrndx, struct why *why)
{
	const struct elf64_header *header = &elf->header;
	struct elf64_section first;
	uint64_t nr = header->e_shnum;

	if (header->e_shoff == 0)
		return why_bad(why, "has no section headers");
	if (header->e_shentsize != sizeof(struct elf64_section))
		return why_bad(why, "section headers of %u bytes, expected %zu",
			       header->e_shentsize, sizeof(struct elf64_section));
	if (!view_copy(elf->file, header->e_shoff, &first, sizeof(first))) {
		why_bad(why, "section headers");
		return elf_refuse_end(elf, header->e_shoff, why);
	}
	if (nr == 0)
		nr = first.sh_size; /* from file */
	*out_shstrndx = header->e_shstrndx == SHN_XINDEX ? first.sh_link : header->e_shstrndx;

	if (nr > UINT32_MAX / sizeof(first) ||
	    !view_slice(elf->file, header->e_shoff, nr * sizeof(first), &elf->sections)) {
		why_bad(why, "%llu section headers", (unsigned long long)nr);
		return elf_refuse_end(elf, header->e_shoff, why);
	}
	elf->nr_sections = (uint32_t)nr;
	return 0;
}

static inline int elf_check_section_names(struct elf *elf, uint32_t shstrndx, struct why *why)
{
	struct elf64_section names;

	if (!view_item(elf->sections, shstrndx, &names, sizeof(names)))
		return why_bad(why, "section name table is section %u, out of range (file has %u)",
			       shstrndx, elf->nr_sections);
	if (names.sh_type != SHT_STRTAB)
		return why_bad(why, "section name table is section %u of type %u, "
			       "expected %u (SHT_STRTAB)",
			       shstrndx, names.sh_type, SHT_STRTAB);
	if (!view_slice(elf->file, names.sh_offset, names.sh_size, &elf->section_names)) {
		why_bad(why, "section name table of %llu bytes",
			(unsigned long long)names.sh_size);
		return elf_refuse_end(elf, names.sh_offset, why);
	}
	if (!view_ends_in_nul(elf->section_names))
		return why_bad(why, "section name table, section %u, does not end in NUL",
			       shstrndx);
	return 0;
}

/*
 * Names may share a string table's bytes, so that a file of megabytes has a million
 * long ones: comparing them must not take forever. A path and a symbol have room.
 */
#define ELF_NAME_MAX 2047U

static inline bool elf_name_is_long(const char *name)
{
	return strnlen(name, ELF_NAME_MAX + 1) > ELF_NAME_MAX;
}

static inline int elf_check_name(const char *name, const char *what, uint64_t idx, struct why *why)
{
	if (!elf_name_is_long(name))
		return 0;
	return why_bad(why, "%s %llu: its name has more than %u characters", what,
		       (unsigned long long)idx, ELF_NAME_MAX);
}

/* Every section: a name, and bytes inside the file. */
static inline int elf_check_sections(const struct elf *elf, struct why *why)
{
	for (uint32_t i = 0; i < elf->nr_sections; i++) {
		struct elf64_section header;
		struct elf_section section;
		const char *name;

		if (elf_section_get(elf, i, &section)) {
			if (elf_check_name(section.name, "section", i, why))
				return -ENOEXEC;
			continue;
		}
		if (!view_item(elf->sections, i, &header, sizeof(header)))
			return why_bad(why, "section %u out of range (file has %u)",
				       i, elf->nr_sections);
		if (!view_string(elf->section_names, header.sh_name, &name))
			return why_bad(why, "section %u: name at offset %u, "
				       "the name table has %llu bytes",
				       i, header.sh_name,
				       (unsigned long long)elf->section_names.size);
		why_bad(why, "section %u '%s' has %llu bytes", i, name,
			(unsigned long long)header.sh_size);
		return elf_refuse_end(elf, header.sh_offset, why);
	}
	return 0;
}

/* A table: its elements are of their type's size, and none is cut. */
static inline int elf_check_table(const struct elf_section *section, const char *what, size_t size,
				  struct why *why)
{
	if (section->header.sh_entsize == size && section->data.size % size == 0)
		return 0;
	return why_bad(why, "%llu bytes of %s of %llu bytes, expected a multiple of %zu",
		       (unsigned long long)section->data.size, what,
		       (unsigned long long)section->header.sh_entsize, size);
}

/* A symbol table and its strings. gABI allows one SHT_SYMTAB; its sh_link is the string table. */
static inline int elf_check_symtab(struct elf *elf, const struct elf_section *section,
				   struct why *why)
{
	const uint32_t link = section->header.sh_link;
	struct elf_section strings;
	int err = elf_check_table(section, "symbols", sizeof(struct elf64_symbol), why);

	if (err)
		return err;
	if (!elf_section_get(elf, link, &strings))
		return why_bad(why, "string table is section %u, out of range (file has %u)", link,
			       elf->nr_sections);
	if (strings.header.sh_type != SHT_STRTAB)
		return why_bad(why,
			       "string table is section %u of type %u, expected %u (SHT_STRTAB)",
			       link, strings.header.sh_type, SHT_STRTAB);
	if (!view_ends_in_nul(strings.data))
		return why_bad(why, "string table, section %u, does not end in NUL",
			       link);
	elf->symtab_idx = section->idx;
	elf->symbols = section->data;
	elf->nr_symbols = section->data.size / sizeof(struct elf64_symbol);
	elf->symbol_names = strings.data;
	return 0;
}

/* Tables of symbols and, for whichever section, of relocations. */
static inline int elf_check_tables(struct elf *elf, struct why *why)
{
	struct elf_section section;

	for (uint32_t i = 0; elf_section_get(elf, i, &section); i++) {
		const size_t size = elf_relocation_size(&section);
		int err = 0;

		if (section.header.sh_type == SHT_SYMTAB && elf->symtab_idx)
			return why_bad(why, "has two symbol tables, sections %u and %u",
				       elf->symtab_idx, i);
		if (section.header.sh_type == SHT_SYMTAB)
			err = elf_check_symtab(elf, &section, why);
		else if (size)
			err = elf_check_table(&section, "relocations", size, why);
		if (err)
			return why_subject(why, err, "section %u '%s'", i, section.name);
	}
	return 0;
}

static inline int elf_check_symbols(const struct elf *elf, struct why *why)
{
	struct elf_symbol symbol;

	for (uint64_t i = 0; i < elf->nr_symbols; i++) {
		if (!elf_symbol_get(elf, i, &symbol))
			return why_bad(why, "symbol %llu: its name is outside the "
				       "string table of %llu bytes",
				       (unsigned long long)i,
				       (unsigned long long)elf->symbol_names.size);
		if (elf_check_name(symbol.name, "symbol", i, why))
			return -ENOEXEC;
	}
	return 0;
}

/*
 * Checks the file and fills *out, which points into the file's bytes: they must
 * outlive it. After success every accessor above succeeds for every index below
 * nr_sections and nr_symbols. Returns 0, or -ENOEXEC with a reason.
 */
static inline int elf_open(struct view file, struct elf *out, struct why *why)
{
	uint32_t shstrndx = 0;
	int err;

	*out = (struct elf){ .file = file };
	err = elf_check_ident(file, why);
	if (!err)
		err = elf_check_header(file, &out->header, why);
	if (!err)
		err = elf_check_section_table(out, &shstrndx, why);
	if (!err)
		err = elf_check_section_names(out, shstrndx, why);
	if (!err)
		err = elf_check_sections(out, why);
	if (!err)
		err = elf_check_tables(out, why);
	if (!err)
		err = elf_check_symbols(out, why);
	return err;
}

#endif
