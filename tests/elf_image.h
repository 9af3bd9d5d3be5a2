/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * elf_image.h - a tiny writer of ELF64 BPF objects.
 *
 * An image is built as a model (file header, sections with their headers and
 * bytes), laid out, patched, and only then written: a patch may say anything,
 * nothing is made right again behind it. image_good() is the model that every
 * case starts from.
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include <assert.h>
#include <stdlib.h>

#include "../object.h"

#define NR_SECTIONS_MAX 24
#define MAP_SIZE sizeof(struct object_map_def)
#define STB_GLOBAL 1

enum {
	SEC_NULL, SEC_PROG, SEC_MAPS, SEC_LICENSE, SEC_VERSION, SEC_REL,
	SEC_SYMTAB, SEC_STRTAB, SEC_SHSTRTAB, NR_SECTIONS_GOOD
};

enum {
	SYM_NULL, SYM_MAPS_SECTION, SYM_LABEL, SYM_COUNT, SYM_COUNTS, SYM_NAMES, SYM_LICENSE,
	NR_SYMBOLS_GOOD
};

enum { MAP_COUNTS, MAP_NAMES };

/* Where in the program of the good image something stands. */
enum { INSN_LOAD_COUNTS = 0, INSN_LOAD_NAMES = 2, INSN_MOVE = 4, NR_INSNS_GOOD = 6 };

struct image_section {
	struct elf64_section header;
	uint8_t *data;
	size_t size;  /* of data */
	size_t room;  /* of what data has */
	uint64_t off; /* where it is written, whatever its header says */
};

struct image {
	struct elf64_header header;
	struct image_section sections[NR_SECTIONS_MAX];
	uint16_t nr_sections;
	uint16_t nr_more;   /* how often the last one's header stands behind the table again */
	uint64_t table_off; /* where the section headers are written */
	uint64_t size;      /* of the file */
	const void *raw;    /* a file of another kind altogether: these bytes */
};

static inline void section_append(struct image *image, int idx, const void *data, size_t len)
{
	struct image_section *section = &image->sections[idx];
	size_t room = section->room ? section->room : 64;

	while (room < section->size + len)
		room *= 2; /* a copy each time would be quadratic */
	if (room != section->room)
		section->data = realloc(section->data, section->room = room);
	assert(section->data);
	memcpy(section->data + section->size, data, len);
	section->size += len;
}

/* A string's offset in a string table. */
static inline uint32_t string_add(struct image *image, int table, const char *string)
{
	uint32_t off = (uint32_t)image->sections[table].size;

	section_append(image, table, string, strlen(string) + 1);
	return off;
}

static inline int section_add(struct image *image, const char *name, uint32_t type, uint64_t flags)
{
	int idx = image->nr_sections++;

	assert(idx < NR_SECTIONS_MAX);
	image->sections[idx].header = (struct elf64_section){
		.sh_name = string_add(image, SEC_SHSTRTAB, name),
		.sh_type = type,
		.sh_flags = flags,
		.sh_addralign = 8,
		.sh_entsize = type == SHT_REL ? sizeof(struct elf64_rel) : 0,
	};
	return idx;
}

static inline void symbol_add(struct image *image, const char *name, uint8_t binding, uint8_t type,
			      uint16_t shndx, uint64_t value, uint64_t size)
{
	struct elf64_symbol symbol = {
		.st_name = string_add(image, SEC_STRTAB, name),
		.st_info = (uint8_t)(binding << 4 | type),
		.st_shndx = shndx,
		.st_value = value,
		.st_size = size,
	};

	section_append(image, SEC_SYMTAB, &symbol, sizeof(symbol));
}

static inline uint32_t nr_symbols(const struct image *image)
{
	return (uint32_t)(image->sections[SEC_SYMTAB].size / sizeof(struct elf64_symbol));
}

static inline void rel_add(struct image *image, int section, uint64_t off, uint32_t symbol,
			   uint32_t type)
{
	struct elf64_rel rel = { off, (uint64_t)symbol << 32 | type };

	section_append(image, section, &rel, sizeof(rel));
}

static inline void map_add(struct image *image, struct object_map_def def)
{
	section_append(image, SEC_MAPS, &def, sizeof(def));
}

#define AT(image, section, type, idx) ((type *)(void *)(image)->sections[section].data + (idx))
#define SYMBOL_AT(image, idx) AT(image, SEC_SYMTAB, struct elf64_symbol, idx)
#define REL_AT(image, idx) AT(image, SEC_REL, struct elf64_rel, idx)
#define INSN_AT(image, idx) AT(image, SEC_PROG, struct insn, idx)
#define MAP_AT(image, idx) AT(image, SEC_MAPS, struct object_map_def, idx)

/* Gives every section its place, the section headers last. */
static inline void image_lay_out(struct image *image)
{
	uint64_t off = sizeof(image->header);

	for (int i = 1; i < image->nr_sections; i++) {
		struct image_section *section = &image->sections[i];

		section->off = section->header.sh_offset = off;
		section->header.sh_size = section->size;
		off = (off + section->size + 7) & ~(uint64_t)7;
	}
	image->table_off = image->header.e_shoff = off;
	image->header.e_shnum = image->nr_sections;
	image->size = off + image->nr_sections * sizeof(struct elf64_section);
}

/* Two maps, both loaded by the program, which gives 0. */
static inline struct image image_good(void)
{
	static const struct insn insns[NR_INSNS_GOOD] = {
		[INSN_LOAD_COUNTS] = { .code = INSN_LD_IMM64, .dst_reg = 1 },
		[INSN_LOAD_NAMES] = { .code = INSN_LD_IMM64, .dst_reg = 2 },
		[INSN_MOVE] = { .code = 0xb7 }, /* r0 = 0 */
		{ .code = 0x95 },               /* exit */
	};
	const uint32_t version = 0x040906;
	struct image image = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELF_HOST_DATA, EV_CURRENT },
			.e_type = ET_REL,
			.e_machine = EM_BPF,
			.e_version = EV_CURRENT,
			.e_ehsize = sizeof(struct elf64_header),
			.e_shentsize = sizeof(struct elf64_section),
			.e_shstrndx = SEC_SHSTRTAB,
		},
		.nr_sections = 1,
	};

	section_append(&image, SEC_SHSTRTAB, "", 1);
	section_append(&image, SEC_STRTAB, "", 1);
	section_add(&image, "prog", SHT_PROGBITS, SHF_EXECINSTR);
	section_add(&image, "maps", SHT_PROGBITS, 0);
	section_add(&image, "license", SHT_PROGBITS, 0);
	section_add(&image, "version", SHT_PROGBITS, 0);
	section_add(&image, ".relprog", SHT_REL, 0);
	section_add(&image, ".symtab", SHT_SYMTAB, 0);
	section_add(&image, ".strtab", SHT_STRTAB, 0);
	section_add(&image, ".shstrtab", SHT_STRTAB, 0);
	image.sections[SEC_REL].header.sh_link = SEC_SYMTAB;
	image.sections[SEC_REL].header.sh_info = SEC_PROG;
	image.sections[SEC_SYMTAB].header.sh_link = SEC_STRTAB;
	image.sections[SEC_SYMTAB].header.sh_info = SYM_COUNT; /* the first that is not local */
	image.sections[SEC_SYMTAB].header.sh_entsize = sizeof(struct elf64_symbol);

	section_append(&image, SEC_PROG, insns, sizeof(insns));
	map_add(&image, (struct object_map_def){ 2, 4, 8, 1, 0, 0, PIN_NONE, 0, 0 });
	map_add(&image, (struct object_map_def){ 1, 4, 16, 1024, 1, 0, PIN_GLOBAL_NS, 0, 0 });
	section_append(&image, SEC_LICENSE, "GPL", sizeof("GPL"));
	section_append(&image, SEC_VERSION, &version, sizeof(version));

	symbol_add(&image, "", 0, 0, SHN_UNDEF, 0, 0);
	symbol_add(&image, "", STB_LOCAL, STT_SECTION, SEC_MAPS, 0, 0);
	symbol_add(&image, "LBB0_2", STB_LOCAL, STT_NOTYPE, SEC_PROG, 32, 0);
	symbol_add(&image, "count", STB_GLOBAL, STT_FUNC, SEC_PROG, 0, sizeof(insns));
	symbol_add(&image, "counts", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 0, MAP_SIZE);
	symbol_add(&image, "names", STB_GLOBAL, STT_OBJECT, SEC_MAPS, MAP_SIZE, MAP_SIZE);
	symbol_add(&image, "_license", STB_GLOBAL, STT_OBJECT, SEC_LICENSE, 0, 4);
	rel_add(&image, SEC_REL, INSN_LOAD_COUNTS * sizeof(struct insn), SYM_COUNTS, R_BPF_64_64);
	rel_add(&image, SEC_REL, INSN_LOAD_NAMES * sizeof(struct insn), SYM_NAMES, R_BPF_64_64);

	image_lay_out(&image);
	return image;
}

static inline void image_free(struct image *image)
{
	for (int i = 0; i < image->nr_sections; i++)
		free(image->sections[i].data);
}

/* Puts bytes at an offset of the file, as far as the file reaches. */
static inline void image_put(uint8_t *file, uint64_t size, uint64_t off, const void *data, size_t len)
{
	if (len && off < size)
		memcpy(file + off, data, len < size - off ? len : size - off);
}

/* The file, in exactly image->size bytes of malloc(3)'s. */
static inline struct view image_write(const struct image *image)
{
	uint8_t *file = calloc(1, image->size ? image->size : 1);

	assert(file);
	if (image->raw) {
		memcpy(file, image->raw, image->size);
		return (struct view){ file, image->size };
	}
	image_put(file, image->size, 0, &image->header, sizeof(image->header));
	for (int i = 0; i < image->nr_sections + image->nr_more; i++) {
		const int last = image->nr_sections - 1;
		const struct image_section *section = &image->sections[i < last ? i : last];

		if (i <= last)
			image_put(file, image->size, section->off, section->data, section->size);
		image_put(file, image->size, image->table_off + (uint64_t)i * sizeof(section->header),
			  &section->header, sizeof(section->header));
	}
	return (struct view){ file, image->size };
}

#endif
