/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* elf_patch.h - what a case does to the good image: one field, or a function */
#ifndef ELF_PATCH_H
#define ELF_PATCH_H

#include "elf_image.h"

enum part { NOTHING, HEADER, SECTION, SYMBOL, REL, INSN, MAP };

/* A field of a part is set to a value; what is more than that is a function. */
struct patch {
	enum part part;
	int idx;
	size_t off, len;
	uint64_t value;
	void (*run)(struct image *image);
};

#define FIELD(part, idx, type, field, value) \
	{ part, idx, offsetof(type, field), sizeof(((type *)NULL)->field), value, NULL }
#define SET_IDENT(idx, value) \
	{ HEADER, 0, offsetof(struct elf64_header, e_ident) + (idx), 1, value, NULL }
#define SET_HEADER(field, value) FIELD(HEADER, 0, struct elf64_header, field, value)
#define SET_SECTION(idx, field, value) FIELD(SECTION, idx, struct elf64_section, field, value)
#define SET_SYMBOL(idx, field, value) FIELD(SYMBOL, idx, struct elf64_symbol, field, value)
#define SET_REL(idx, field, value) FIELD(REL, idx, struct elf64_rel, field, value)
#define SET_INSN(idx, field, value) FIELD(INSN, idx, struct insn, field, value)
#define SET_MAP(idx, field, value) FIELD(MAP, idx, struct object_map_def, field, value)
#define RUN(function) { NOTHING, 0, 0, 0, 0, function }

static uint8_t *patch_place(struct image *image, const struct patch *patch)
{
	switch (patch->part) {
	case HEADER: return (uint8_t *)&image->header;
	case SECTION: return (uint8_t *)&image->sections[patch->idx].header;
	case SYMBOL: return (uint8_t *)SYMBOL_AT(image, patch->idx);
	case REL: return (uint8_t *)REL_AT(image, patch->idx);
	case INSN: return (uint8_t *)INSN_AT(image, patch->idx);
	case MAP: return (uint8_t *)MAP_AT(image, patch->idx);
	case NOTHING: break;
	}
	abort();
}

static void patch_apply(struct image *image, const struct patch *patch)
{
	uint8_t *field;

	if (patch->run) {
		patch->run(image);
		return;
	}
	field = patch_place(image, patch) + patch->off;
	switch (patch->len) {
	case 1: *field = (uint8_t)patch->value; break;
	case 2: memcpy(field, &(uint16_t){ (uint16_t)patch->value }, 2); break;
	case 4: memcpy(field, &(uint32_t){ (uint32_t)patch->value }, 4); break;
	case 8: memcpy(field, &patch->value, 8); break;
	default: abort();
	}
}

/* ---- What several functions do ---- */

#define NAME_16 "a_name_too_long_"
#define NAME_64 NAME_16 NAME_16 NAME_16 NAME_16
#define NAME_255 NAME_64 NAME_64 NAME_64 NAME_16 NAME_16 NAME_16 "a_name_too_long"
#define NAME_256 NAME_255 "_"

#define REL_INFO(symbol, type) ((uint64_t)(symbol) << 32 | (type))

static void rename_section(struct image *image, int idx, const char *name)
{
	image->sections[idx].header.sh_name = string_add(image, SEC_SHSTRTAB, name);
	image_lay_out(image);
}

static void rename_symbol(struct image *image, int idx, const char *name)
{
	SYMBOL_AT(image, idx)->st_name = string_add(image, SEC_STRTAB, name);
	image_lay_out(image);
}

/* Maps: sizes that the symbols give, or with size 0 the section. */
static void map_sizes(struct image *image, uint64_t symbol_size, size_t section_size)
{
	SYMBOL_AT(image, SYM_COUNTS)->st_size = symbol_size;
	SYMBOL_AT(image, SYM_NAMES)->st_size = symbol_size;
	image->sections[SEC_MAPS].size = section_size;
	image_lay_out(image);
}

/* A jump table of two places in the program, to which the first load refers. */
static void jump_table(struct image *image, uint64_t first, uint64_t second, uint64_t value,
		       uint64_t size)
{
	const uint64_t places[] = { first, second };
	int idx = section_add(image, ".jumptables", SHT_PROGBITS, 0);

	section_append(image, idx, places, sizeof(places));
	symbol_add(image, "BPF.JT.0.0", STB_GLOBAL, STT_OBJECT, (uint16_t)idx, value, size);
	REL_AT(image, 0)->r_info = REL_INFO(nr_symbols(image) - 1, R_BPF_64_64);
	image_lay_out(image);
}

static void drop_symbol(struct image *image, int idx)
{
	SYMBOL_AT(image, idx)->st_shndx = SEC_LICENSE;
}

static void no_map_symbols(struct image *image)
{
	drop_symbol(image, SYM_COUNTS);
	drop_symbol(image, SYM_NAMES);
}

/* A program array of id 7 with two places, and in a section of that name what is to stand there. */
static void tail_call_in(struct image *image, const char *name)
{
	static const struct insn insns[] = { { .code = 0xb7 }, { .code = 0x95 } };
	int idx = section_add(image, name, SHT_PROGBITS, SHF_EXECINSTR);

	section_append(image, idx, insns, sizeof(insns));
	symbol_add(image, "tail", STB_GLOBAL, STT_FUNC, (uint16_t)idx, 0, sizeof(insns));
	map_add(image, (struct object_map_def){ BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 2, 0, 7, PIN_NONE, 0, 0 });
	symbol_add(image, "calls", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 2 * MAP_SIZE, MAP_SIZE);
	image_lay_out(image);
}

#endif
