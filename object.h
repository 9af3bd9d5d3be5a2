/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * object.h - from an ELF view to an object: specs of maps, the program, its licence.
 *
 * Pure: no system call, no print, the same result on every machine. What it
 * returns is copied out of the file into the arena; names point into the file's
 * string tables. The conventions are tc's (iproute2's bpf_elf.h): maps in the
 * section "maps", and here one program in the section "prog".
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "elf64.h"

/* ---- The object ---- */

/* An instruction as in the file and in the kernel (RFC 9669, section 3). */
struct insn {
	uint8_t code;
	uint8_t dst_reg : 4; /* bit fields as in the kernel: big endian swaps them */
	uint8_t src_reg : 4;
	int16_t off;
	int32_t imm;
};

#define INSN_LD_IMM64 0x18  /* BPF_LD | BPF_DW | BPF_IMM: two instructions long */
#define INSN_PSEUDO_MAP_FD 1 /* its src_reg: imm is a map's descriptor */

enum pinning {
	PIN_NONE = 0,
	PIN_OBJECT_NS = 1, /* /sys/fs/bpf/NAME */
	PIN_GLOBAL_NS = 2, /* /sys/fs/bpf/tc/globals/NAME */
};

#define OBJECT_NO_MAP UINT32_MAX

struct object_map {
	const char *name;
	uint32_t type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	enum pinning pinning;
	uint32_t inner; /* maps of maps: the map that serves as template, else OBJECT_NO_MAP */
	uint32_t outer; /* the map of maps that this one is put into, else OBJECT_NO_MAP */
	uint32_t outer_key;
};

struct object_program {
	const char *name;
	struct insn *insns; /* where a map is named, src_reg is INSN_PSEUDO_MAP_FD and imm the map's index */
	uint32_t nr_insns;
};

struct object {
	struct object_map *maps;
	uint32_t nr_maps;
	struct object_program program;
	const char *license; /* "" when the file has none */
	uint32_t version;    /* as the file says; 0 when it does not */
};

/* The sections that matter; idx 0 (SHN_UNDEF) where the file has none. */
struct object_sections {
	struct elf_section program;
	struct elf_section maps;
	struct elf_section license;
	struct elf_section version;
};

static inline int object_out_of_memory(struct why *why)
{
	return why_set(why, -ENOMEM, "out of memory for what the object describes");
}

/* ---- Sections ---- */

/* The names of all sections with code, as a list for a message. */
static inline void object_list_code(const struct elf *elf, struct text *out)
{
	struct elf_section section;

	text_clear(out);
	for (uint32_t i = 0; i < elf->nr_sections && !out->cut; i++)
		if (elf_section_get(elf, i, &section) && elf_section_has_code(&section))
			text_addf(out, "%s'%s'", out->len ? ", " : "", section.name);
}

static inline int object_find_sections(const struct elf *elf, struct object_sections *out,
				       struct why *why)
{
	const struct {
		const char *name;
		struct elf_section *section;
	} wanted[] = {
		{ "prog", &out->program },
		{ "maps", &out->maps },
		{ "license", &out->license },
		{ "version", &out->version },
	};
	struct elf_section section;

	*out = (struct object_sections){ 0 };
	for (uint32_t i = 1; i < elf->nr_sections; i++) {
		if (!elf_section_get(elf, i, &section))
			continue;
		for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
			if (strcmp(section.name, wanted[k].name) != 0)
				continue;
			if (wanted[k].section->idx)
				return why_set(why, -ENOEXEC, "has two sections '%s', %u and %u",
					       section.name, wanted[k].section->idx, i);
			if (section.header.sh_type != SHT_PROGBITS)
				return why_set(why, -ENOEXEC,
					       "section %u '%s' is of type %u, expected %u (SHT_PROGBITS)",
					       i, section.name, section.header.sh_type,
					       SHT_PROGBITS);
			*wanted[k].section = section;
		}
	}
	return 0;
}

/* There is exactly one section with code, and it is "prog". */
static inline int object_check_code(const struct elf *elf, const struct object_sections *sections,
				    struct why *why)
{
	struct elf_section section;
	struct text names;

	if (!sections->program.idx) {
		object_list_code(elf, &names);
		why_set(why, -ENOEXEC, "has no section 'prog'; sections with code: %s",
			names.len ? "" : "none");
		text_add(&why->reason, names.data, names.len);
		why_hint(why, "put the program there: __attribute__((section(\"prog\"), used))");
		return -ENOEXEC;
	}
	if (!sections->program.data.size)
		return why_set(why, -ENOEXEC, "section %u 'prog' is empty", sections->program.idx);

	for (uint32_t i = 1; i < elf->nr_sections; i++) {
		if (i == sections->program.idx || !elf_section_get(elf, i, &section) ||
		    !elf_section_has_code(&section))
			continue;
		object_list_code(elf, &names);
		why_set(why, -ENOEXEC, "has code outside of section 'prog'; sections with code: ");
		text_add(&why->reason, names.data, names.len);
		if (strcmp(section.name, ".text") == 0)
			why_hint(why, "functions that the program calls must be inlined: "
				      "static inline __attribute__((always_inline))");
		else
			why_hint(why, "one object holds one program: compile each one on its own");
		return -ENOEXEC;
	}
	return 0;
}

/* The licence as it stands there, up to its NUL; the kernel itself takes 127 characters at most. */
static inline int object_read_license(const struct elf_section *section, struct arena *arena,
				      const char **out, struct why *why)
{
	char *license;

	*out = "";
	if (!section->idx)
		return 0;
	license = arena_take(arena, section->data.size + 1, 1);
	if (!license)
		return object_out_of_memory(why);
	view_copy(section->data, 0, license, (size_t)section->data.size);
	*out = license;
	return 0;
}

/* ---- Maps ---- */

/* struct bpf_elf_map of iproute2's bpf_elf.h; the first five fields are bpf_map_def's. */
struct object_map_def {
	uint32_t type;
	uint32_t size_key;
	uint32_t size_value;
	uint32_t max_elem;
	uint32_t flags;
	uint32_t id;
	uint32_t pinning;
	uint32_t inner_id;
	uint32_t inner_idx;
};

#define MAP_DEF_MIN 16U /* up to max_elem: less says nothing */
#define MAP_DEF_MAX ((uint32_t)sizeof(struct object_map_def))
#define MAPS_MAX 65536U /* linking maps of maps takes their square; no process holds so many open */
#define MAP_IDX_NONE UINT32_MAX /* inner_idx -1: put into no map */
#define MAP_PIN_NAME_MAX 255U /* NAME_MAX */

/* Map symbols are STT_OBJECT, or STT_NOTYPE (LLVM 7 and before). */
static inline bool object_is_map_symbol(const struct elf_symbol *symbol, uint32_t maps_idx)
{
	return symbol->shndx == maps_idx && maps_idx != SHN_UNDEF &&
	       (symbol->type == STT_OBJECT || symbol->type == STT_NOTYPE);
}

/*
 * The size of one definition: what the symbols say, all alike; old compilers
 * leave their sizes 0, then, as tc does, the section's size by their number.
 */
static inline int object_map_def_size(const struct elf *elf, const struct elf_section *maps,
				      uint32_t *out, struct why *why)
{
	struct elf_symbol symbol;
	const char *sized = NULL;
	uint64_t nr_symbols = 0, size = 0;

	for (uint64_t i = 1; i < elf->nr_symbols; i++) {
		if (!elf_symbol_get(elf, i, &symbol) || !object_is_map_symbol(&symbol, maps->idx))
			continue;
		nr_symbols++;
		if (sized && symbol.size != size)
			return why_set(why, -ENOEXEC,
				       "maps '%s' (%llu bytes) and '%s' (%llu bytes) differ in size",
				       sized, (unsigned long long)size, symbol.name,
				       (unsigned long long)symbol.size);
		sized = symbol.name;
		size = symbol.size;
	}
	if (!nr_symbols)
		return why_set(why, -ENOEXEC, "%llu bytes and no symbol for a map",
			       (unsigned long long)maps->data.size);
	if (size == 0) {
		if (maps->data.size % nr_symbols != 0)
			return why_set(why, -ENOEXEC,
				       "%llu bytes do not divide among %llu map symbols",
				       (unsigned long long)maps->data.size,
				       (unsigned long long)nr_symbols);
		size = maps->data.size / nr_symbols;
	}
	if (size < MAP_DEF_MIN || size > MAP_DEF_MAX || size % sizeof(uint32_t) != 0) {
		why_set(why, -ENOEXEC,
			"map definitions of %llu bytes, expected %u to %u in steps of 4 (struct bpf_elf_map)",
			(unsigned long long)size, MAP_DEF_MIN, MAP_DEF_MAX);
		if (nr_symbols == 1 && size > MAP_DEF_MAX)
			why_hint(why, "each map needs a symbol, a variable of its own");
		return -ENOEXEC;
	}
	if (maps->data.size % size != 0)
		return why_set(why, -ENOEXEC, "%llu bytes, not a multiple of the %llu of one map",
			       (unsigned long long)maps->data.size, (unsigned long long)size);
	if (maps->data.size / size > MAPS_MAX)
		return why_set(why, -ENOEXEC, "%llu maps, at most %u",
			       (unsigned long long)(maps->data.size / size), MAPS_MAX);
	*out = (uint32_t)size;
	return 0;
}

/* Gives each definition its symbol's name; each has exactly one. */
static inline int object_name_maps(const struct elf *elf, const struct elf_section *maps,
				   uint32_t def_size, struct object *object, struct why *why)
{
	struct elf_symbol symbol;

	for (uint64_t i = 1; i < elf->nr_symbols; i++) {
		struct object_map *map;

		if (!elf_symbol_get(elf, i, &symbol) || !object_is_map_symbol(&symbol, maps->idx))
			continue;
		if (symbol.value >= maps->data.size)
			return why_set(why, -ENOEXEC,
				       "map '%s' at offset %llu, the section has %llu bytes",
				       symbol.name, (unsigned long long)symbol.value,
				       (unsigned long long)maps->data.size);
		if (symbol.value % def_size != 0)
			return why_set(why, -ENOEXEC,
				       "map '%s' at offset %llu, not on the grid of %u bytes a map",
				       symbol.name, (unsigned long long)symbol.value, def_size);
		map = &object->maps[symbol.value / def_size];
		if (map->name)
			return why_set(why, -ENOEXEC,
				       "two symbols, '%s' and '%s', name the map at offset %llu",
				       map->name, symbol.name, (unsigned long long)symbol.value);
		map->name = symbol.name;
	}
	for (uint32_t i = 0; i < object->nr_maps; i++)
		if (!object->maps[i].name)
			return why_set(why, -ENOEXEC, "the map at offset %u has no symbol",
				       i * def_size);
	return 0;
}

/* A pin is a file in bpffs, which refuses '.' in names. */
static inline int object_check_pin_name(const char *name, struct why *why)
{
	size_t len = strlen(name);

	if (len == 0)
		return why_set(why, -ENOEXEC, "cannot be pinned: its name is empty");
	if (len > MAP_PIN_NAME_MAX)
		return why_set(why, -ENOEXEC,
			       "cannot be pinned: its name has %zu characters, at most %u", len,
			       MAP_PIN_NAME_MAX);
	if (strpbrk(name, "./"))
		return why_set(why, -ENOEXEC,
			       "cannot be pinned: '%c' in its name, which the bpf file system refuses",
			       *strpbrk(name, "./"));
	return 0;
}

#define BPF_MAP_TYPE_ARRAY_OF_MAPS 12
#define BPF_MAP_TYPE_HASH_OF_MAPS 13

static inline bool object_is_map_of_maps(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

static inline int object_read_map(const struct object_map_def *def, struct object_map *map,
				  struct why *why)
{
	if (def->pinning > PIN_GLOBAL_NS)
		return why_set(why, -ENOEXEC,
			       "pinning %u, expected 0 (none), 1 (/sys/fs/bpf) or 2 (/sys/fs/bpf/tc/globals)",
			       def->pinning);
	map->type = def->type;
	map->key_size = def->size_key;
	map->value_size = def->size_value;
	map->max_entries = def->max_elem;
	map->flags = def->flags;
	map->pinning = (enum pinning)def->pinning;
	map->inner = OBJECT_NO_MAP;
	map->outer = OBJECT_NO_MAP;
	return map->pinning == PIN_NONE ? 0 : object_check_pin_name(map->name, why);
}

/*
 * Map in map, as tc links them: an outer map's template is the first map whose
 * id is its inner_id; a map with an id, and inner_idx other than -1, goes into
 * the first outer map that names its id.
 */
static inline int object_link_map(const struct object_map_def *defs, uint32_t idx,
				  struct object *object, struct why *why)
{
	struct object_map *map = &object->maps[idx];
	const struct object_map_def *def = &defs[idx];

	if (object_is_map_of_maps(map->type)) {
		for (uint32_t i = 0; i < object->nr_maps && map->inner == OBJECT_NO_MAP; i++)
			if (def->inner_id && defs[i].id == def->inner_id && i != idx)
				map->inner = i;
		if (map->inner == OBJECT_NO_MAP)
			return why_set(why, -ENOEXEC,
				       "is a map of maps with inner_id %u, and no map has that id",
				       def->inner_id);
		if (object_is_map_of_maps(object->maps[map->inner].type))
			return why_set(why, -ENOEXEC, "its inner map '%s' is a map of maps itself",
				       object->maps[map->inner].name);
		return 0;
	}
	if (def->inner_id)
		return why_set(why, -ENOEXEC, "has inner_id %u, but type %u is no map of maps",
			       def->inner_id, map->type);
	if (!def->id || def->inner_idx == MAP_IDX_NONE)
		return 0;
	for (uint32_t i = 0; i < object->nr_maps && map->outer == OBJECT_NO_MAP; i++)
		if (object_is_map_of_maps(object->maps[i].type) && defs[i].inner_id == def->id)
			map->outer = i;
	if (map->outer == OBJECT_NO_MAP)
		return 0;
	if (object->maps[map->outer].key_size != sizeof(map->outer_key))
		return why_set(why, -ENOEXEC,
			       "inner_idx %u is a key of %zu bytes, map '%s' has keys of %u",
			       def->inner_idx, sizeof(map->outer_key),
			       object->maps[map->outer].name, object->maps[map->outer].key_size);
	map->outer_key = def->inner_idx;
	return 0;
}

static inline int object_parse_maps(const struct elf *elf, const struct elf_section *maps,
				    struct arena *arena, struct object *object,
				    uint32_t *out_def_size, struct why *why)
{
	struct object_map_def *defs;
	uint32_t def_size = 0;
	int err;

	*out_def_size = 0;
	if (!maps->idx || !maps->data.size)
		return 0;
	err = object_map_def_size(elf, maps, &def_size, why);
	if (err)
		return why_subject(why, err, "section %u 'maps'", maps->idx);

	object->nr_maps = (uint32_t)(maps->data.size / def_size);
	object->maps = arena_take(arena, object->nr_maps, sizeof(*object->maps));
	defs = arena_take(arena, object->nr_maps, sizeof(*defs));
	if (!object->maps || !defs)
		return object_out_of_memory(why);
	err = object_name_maps(elf, maps, def_size, object, why);
	if (err)
		return why_subject(why, err, "section %u 'maps'", maps->idx);

	for (uint32_t i = 0; i < object->nr_maps; i++) {
		view_item(maps->data, i, &defs[i], def_size);
		err = object_read_map(&defs[i], &object->maps[i], why);
		if (err)
			return why_subject(why, err, "map '%s'", object->maps[i].name);
	}
	for (uint32_t i = 0; i < object->nr_maps; i++) {
		err = object_link_map(defs, i, object, why);
		if (err)
			return why_subject(why, err, "map '%s'", object->maps[i].name);
	}
	*out_def_size = def_size;
	return 0;
}

/* ---- The program ---- */

/*
 * Functions are STT_FUNC; compilers that do not type them leave global
 * STT_NOTYPE symbols (local ones are labels of basic blocks).
 */
static inline bool object_is_function(const struct elf_symbol *symbol, uint32_t section_idx)
{
	return symbol->shndx == section_idx &&
	       (symbol->type == STT_FUNC ||
		(symbol->type == STT_NOTYPE && symbol->binding != STB_LOCAL));
}

/* The one function of the section; it fills it. */
static inline int object_find_function(const struct elf *elf, const struct elf_section *section,
				       const char **out, struct why *why)
{
	struct elf_symbol symbol, found = { .name = NULL };

	for (uint64_t i = 1; i < elf->nr_symbols; i++) {
		if (!elf_symbol_get(elf, i, &symbol) || !object_is_function(&symbol, section->idx))
			continue;
		if (found.name && symbol.value != found.value) {
			why_set(why, -ENOEXEC, "has two functions, '%s' and '%s', expected one",
				found.name, symbol.name);
			why_hint(why, "one object holds one program; functions that it calls must be inlined: "
				      "static inline __attribute__((always_inline))");
			return -ENOEXEC;
		}
		if (!found.name)
			found = symbol;
	}
	if (!found.name)
		return why_set(why, -ENOEXEC, "has no function symbol");
	if (found.value != 0)
		return why_set(why, -ENOEXEC, "function '%s' starts at offset %llu, expected 0",
			       found.name, (unsigned long long)found.value);
	if (found.size != 0 && found.size != section->data.size)
		return why_set(why, -ENOEXEC,
			       "function '%s' has %llu bytes, the section has %llu", found.name,
			       (unsigned long long)found.size,
			       (unsigned long long)section->data.size);
	*out = found.name;
	return 0;
}

/*
 * No instruction of the file names a map yet: only a relocation does, and a
 * descriptor number that stands in a file would mean whatever we have open.
 */
static inline int object_check_insns(const struct object_program *program, struct why *why)
{
	for (uint32_t i = 0; i < program->nr_insns; i++) {
		const struct insn *insn = &program->insns[i];

		if (insn->code != INSN_LD_IMM64)
			continue;
		if (insn->src_reg != 0)
			return why_set(why, -ENOEXEC,
				       "instruction %u: 64-bit load with source register %u, expected 0 in a file",
				       i, insn->src_reg);
		i++;
		if (i < program->nr_insns && insn[1].code != 0)
			return why_set(why, -ENOEXEC,
				       "instruction %u: second half of a 64-bit load with code 0x%x, expected 0",
				       i, insn[1].code);
	}
	return 0;
}

static inline int object_parse_program(const struct elf *elf, const struct elf_section *section,
				       struct arena *arena, struct object_program *out,
				       struct why *why)
{
	uint64_t nr_insns = section->data.size / sizeof(struct insn);
	int err;

	if (section->data.size % sizeof(struct insn) != 0 || nr_insns > UINT32_MAX) {
		why_set(why, -ENOEXEC, "%llu bytes, not a multiple of the %zu of one instruction",
			(unsigned long long)section->data.size, sizeof(struct insn));
		return why_subject(why, -ENOEXEC, "section %u 'prog'", section->idx);
	}
	err = object_find_function(elf, section, &out->name, why);
	if (err)
		return why_subject(why, err, "section %u 'prog'", section->idx);

	out->nr_insns = (uint32_t)nr_insns;
	out->insns = arena_take(arena, nr_insns, sizeof(struct insn));
	if (!out->insns)
		return object_out_of_memory(why);
	view_copy(section->data, 0, out->insns, (size_t)section->data.size);
	err = object_check_insns(out, why);
	if (err)
		return why_subject(why, err, "section %u 'prog': function '%s'", section->idx,
				   out->name);
	return 0;
}

/* ---- Relocations ---- */

#define R_BPF_64_64 1

/* Linux, Documentation/bpf/llvm_reloc.rst. */
static inline const char *object_relocation_name(uint32_t type)
{
	switch (type) {
	case 0: return "R_BPF_NONE";
	case R_BPF_64_64: return "R_BPF_64_64";
	case 2: return "R_BPF_64_ABS64";
	case 3: return "R_BPF_64_ABS32";
	case 4: return "R_BPF_64_NODYLD32";
	case 10: return "R_BPF_64_32";
	default: return "unknown";
	}
}

/* What the habit was that made this relocation, and what to write in its place. */
static inline void object_hint_relocation(const struct elf_symbol *symbol, const char *section,
					  struct why *why)
{
	if (symbol->shndx == SHN_UNDEF)
		why_hint(why, "'%s' is extern: nothing in this object defines it", symbol->name);
	else if (symbol->shndx == SHN_COMMON || strncmp(section, ".data", 5) == 0 ||
		 strncmp(section, ".bss", 4) == 0)
		why_hint(why, "global variables are not supported: keep the value in a map");
	else if (strncmp(section, ".rodata", 7) == 0)
		why_hint(why, "string literals and constant tables are not supported: put them on the stack, "
			      "char text[] = \"...\"");
	else if (strcmp(section, ".maps") == 0)
		why_hint(why, "BTF-defined maps are not supported: "
			      "define a struct bpf_elf_map in section \"maps\"");
	else if (symbol->type == STT_FUNC || strcmp(section, ".text") == 0)
		why_hint(why, "functions that the program calls must be inlined: "
			      "static inline __attribute__((always_inline))");
}

static inline int object_refuse_relocation(const struct elf *elf, const struct elf_symbol *symbol,
					   uint32_t type, struct why *why)
{
	struct elf_section section = { .name = "" };
	bool in_section = symbol->shndx != SHN_UNDEF && symbol->shndx < SHN_LORESERVE &&
			  elf_section_get(elf, symbol->shndx, &section);

	why_set(why, -ENOEXEC, "%s (type %u) against '%s'", object_relocation_name(type), type,
		symbol->type == STT_SECTION ? section.name : symbol->name);
	if (in_section)
		text_addf(&why->reason, " in section '%s'", section.name);
	else if (symbol->shndx == SHN_UNDEF)
		text_addf(&why->reason, " (undefined)");
	text_addf(&why->reason, ", expected R_BPF_64_64 against a map in section 'maps'");
	object_hint_relocation(symbol, section.name, why);
	return -ENOEXEC;
}

/*
 * Which map a relocation names: through the map's own symbol, or, for static
 * maps, through the section's symbol plus an offset, which SHT_REL keeps in the
 * instruction.
 */
static inline int object_relocation_map(const struct elf_symbol *symbol, int64_t addend,
					const struct object *object, uint32_t def_size,
					uint32_t *out, struct why *why)
{
	uint64_t off = (symbol->type == STT_SECTION ? 0 : symbol->value) + (uint64_t)addend;

	if (!def_size || off / def_size >= object->nr_maps)
		return why_set(why, -ENOEXEC, "offset %lld in section 'maps', which has %u maps of %u bytes",
			       (long long)off, object->nr_maps, def_size);
	if (off % def_size != 0)
		return why_set(why, -ENOEXEC,
			       "offset %llu in section 'maps' is inside of map '%s', expected its start",
			       (unsigned long long)off, object->maps[off / def_size].name);
	*out = (uint32_t)(off / def_size);
	return 0;
}

static inline int object_relocate_insn(const struct elf *elf, const struct elf_relocation *relocation,
				       uint32_t maps_idx, uint32_t def_size,
				       struct object *object, struct why *why)
{
	uint64_t idx = relocation->offset / sizeof(struct insn);
	struct insn *insn = &object->program.insns[idx];
	struct elf_symbol symbol;
	uint32_t map = 0;
	int err;

	if (!elf_symbol_get(elf, relocation->symbol_idx, &symbol))
		return why_set(why, -ENOEXEC, "symbol %u out of range (table has %llu)",
			       relocation->symbol_idx, (unsigned long long)elf->nr_symbols);
	if (relocation->type != R_BPF_64_64 || maps_idx == SHN_UNDEF || symbol.shndx != maps_idx)
		return object_refuse_relocation(elf, &symbol, relocation->type, why);
	if (insn->code != INSN_LD_IMM64 || idx + 1 >= object->program.nr_insns)
		return why_set(why, -ENOEXEC,
			       "R_BPF_64_64 on an instruction with code 0x%x, expected 0x%x, a 64-bit load",
			       insn->code, INSN_LD_IMM64);
	if (insn->src_reg != 0)
		return why_set(why, -ENOEXEC, "is relocated twice");

	err = object_relocation_map(&symbol, relocation->addend, object, def_size, &map, why);
	if (err)
		return err;
	insn->src_reg = INSN_PSEUDO_MAP_FD;
	insn[0].imm = (int32_t)map;
	insn[1].imm = 0;
	return 0;
}

/* The 64-bit value that a load has before relocation: an SHT_REL entry's addend. */
static inline int64_t object_insn_addend(const struct object_program *program, uint64_t idx)
{
	uint64_t low = (uint32_t)program->insns[idx].imm;
	uint64_t high = idx + 1 < program->nr_insns ? (uint32_t)program->insns[idx + 1].imm : 0;

	return (int64_t)(high << 32 | low);
}

static inline int object_relocate_section(const struct elf *elf, const struct elf_section *section,
					  uint32_t maps_idx, uint32_t def_size,
					  struct object *object, struct why *why)
{
	const struct object_program *program = &object->program;
	uint64_t nr = elf_relocations_count(section);
	struct elf_relocation relocation;

	if (section->header.sh_link != elf->symtab_idx)
		return why_set(why, -ENOEXEC, "its symbol table is section %u, expected %u",
			       section->header.sh_link, elf->symtab_idx);
	for (uint64_t i = 0; i < nr && elf_relocation_get(section, i, &relocation); i++) {
		uint64_t idx = relocation.offset / sizeof(struct insn);
		int err;

		if (relocation.offset % sizeof(struct insn) != 0 || idx >= program->nr_insns) {
			why_set(why, -ENOEXEC,
				"offset %llu is no instruction of function '%s' (%u instructions of %zu bytes)",
				(unsigned long long)relocation.offset, program->name,
				program->nr_insns, sizeof(struct insn));
			return why_subject(why, -ENOEXEC, "relocation %llu", (unsigned long long)i);
		}
		if (section->header.sh_type == SHT_REL)
			relocation.addend = object_insn_addend(program, idx);
		err = object_relocate_insn(elf, &relocation, maps_idx, def_size, object, why);
		if (err)
			return why_subject(why, err,
					   "relocation %llu: function '%s': instruction %llu",
					   (unsigned long long)i, program->name,
					   (unsigned long long)idx);
	}
	return 0;
}

/* Those sections whose sh_info is the program's: others, as .rel.BTF, are no concern of ours. */
static inline int object_relocate(const struct elf *elf, const struct object_sections *sections,
				  uint32_t def_size, struct object *object, struct why *why)
{
	struct elf_section section;

	for (uint32_t i = 1; i < elf->nr_sections; i++) {
		int err;

		if (!elf_section_get(elf, i, &section) || !elf_relocations_count(&section) ||
		    section.header.sh_info != sections->program.idx)
			continue;
		err = object_relocate_section(elf, &section, sections->maps.idx, def_size, object,
					      why);
		if (err)
			return why_subject(why, err, "section %u '%s'", i, section.name);
	}
	return 0;
}

/* ---- The whole ---- */

/*
 * Fills *out from a file that elf_open() accepted. The arena and the file's
 * bytes must outlive it. Returns 0; -ENOEXEC when the object is bad or
 * unsupported, -ENOMEM when the arena is full, both with a reason.
 */
static inline int object_parse(const struct elf *elf, struct arena *arena, struct object *out,
			       struct why *why)
{
	struct object_sections sections;
	uint32_t def_size = 0;
	int err;

	*out = (struct object){ .license = "" };
	err = object_find_sections(elf, &sections, why);
	if (!err)
		err = object_check_code(elf, &sections, why);
	if (!err && !elf->symtab_idx)
		err = why_set(why, -ENOEXEC, "has no symbol table: was it stripped?");
	if (!err)
		err = object_read_license(&sections.license, arena, &out->license, why);
	if (!err)
		err = object_parse_maps(elf, &sections.maps, arena, out, &def_size, why);
	if (!err)
		err = object_parse_program(elf, &sections.program, arena, &out->program, why);
	if (!err)
		err = object_relocate(elf, &sections, def_size, out, why);
	if (!err)
		view_copy(sections.version.data, 0, &out->version, sizeof(out->version));
	return err;
}

#endif
