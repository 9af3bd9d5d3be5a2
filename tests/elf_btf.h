/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * elf_btf.h - what images hold that compilers describe in BTF: maps, sections of
 * variables, externs, and functions of more sections than one.
 *
 * A case starts with types_begin(), makes its types, and puts them into the
 * image with types_end().
 */
#ifndef ELF_BTF_H
#define ELF_BTF_H

#include "btf_kinds.h"
#include "elf_patch.h"

/* ---- Types ---- */

enum { TYPE_VOID, TYPE_INT, TYPE_CONST_VOID };

static struct btf_image types;

static void types_begin(void)
{
	btf_image_start(&types, NULL);
	btf_image_int(&types, "int", 4, 1, 32);
	btf_image_type(&types, BTF_KIND_CONST, "", 0, TYPE_VOID);
}

/* Adds the section, and lays out the image. */
static void types_end(struct image *image)
{
	struct view bytes = btf_image_view(&types);

	section_append(image, section_add(image, ".BTF", SHT_PROGBITS, 0), bytes.data, bytes.size);
	image_lay_out(image);
}

static uint32_t type_pointer(uint32_t type)
{
	return btf_image_type(&types, BTF_KIND_PTR, "", 0, type);
}

/* As __uint() makes it: a pointer to an array of so many. */
static uint32_t type_number(uint32_t number)
{
	return type_pointer(btf_image_array(&types, TYPE_INT, number));
}

/* As __ulong() makes it: an enum with one enumerator. */
static uint32_t type_long_number(uint64_t number)
{
	uint32_t id = btf_image_type(&types, BTF_KIND_ENUM64, "", 1, 8);

	btf_image_pair(&types, "number", (uint32_t)number);
	btf_image_word(&types, (uint32_t)(number >> 32));
	return id;
}

/* As __array() makes it: an array, of no length, of pointers. */
static uint32_t type_values(uint32_t type)
{
	return btf_image_array(&types, type_pointer(type), 0);
}

static uint32_t type_function(void)
{
	return btf_image_type(&types, BTF_KIND_FUNC_PROTO, "", 0, TYPE_INT);
}

struct type_member {
	const char *name;
	uint32_t type;
};

/* Each member takes eight bytes. */
static uint32_t type_struct(const char *name, const struct type_member *members, uint32_t nr)
{
	uint32_t id = btf_image_type(&types, BTF_KIND_STRUCT, name, nr, 8 * nr);

	for (uint32_t i = 0; i < nr; i++)
		btf_image_member(&types, members[i].name, members[i].type, 64 * i);
	return id;
}

#define STRUCT(...)                                                           \
	type_struct("", (const struct type_member[]){ __VA_ARGS__ },          \
		    sizeof((const struct type_member[]){ __VA_ARGS__ }) / sizeof(struct type_member))

static uint32_t type_variable(const char *name, uint32_t type)
{
	return btf_image_var(&types, name, type, BTF_LINKAGE_GLOBAL);
}

/* A section of variables, or of what else has these ids. */
static void type_section(const char *name, uint32_t first, uint32_t nr)
{
	btf_image_type(&types, BTF_KIND_DATASEC, name, nr, 0);
	for (uint32_t i = 0; i < nr; i++)
		btf_image_variable(&types, first + i, 0, 8);
}

/* ---- BTF-defined maps ---- */

#define BTF_MAP_SIZE 64U /* of each in its section */

/* The section, with symbols for so many maps; the maps of the good image come before them. */
static int maps_section(struct image *image, const char *const *names, uint32_t nr)
{
	static const uint8_t zeros[BTF_MAP_SIZE];
	int idx = section_add(image, ".maps", SHT_PROGBITS, 0);

	for (uint32_t i = 0; i < nr; i++) {
		section_append(image, idx, zeros, sizeof(zeros));
		symbol_add(image, names[i], STB_GLOBAL, STT_OBJECT, (uint16_t)idx, i * BTF_MAP_SIZE,
			   BTF_MAP_SIZE);
	}
	return idx;
}

/* The map "hits", of that struct. */
static int map_hits(struct image *image, uint32_t def)
{
	static const char *const names[] = { "hits" };

	type_section(".maps", type_variable("hits", def), 1);
	return maps_section(image, names, 1);
}

/* Initial values of the section of maps. */
static int values_section(struct image *image, int maps)
{
	int idx = section_add(image, ".rel.maps", SHT_REL, 0);

	image->sections[idx].header.sh_link = SEC_SYMTAB;
	image->sections[idx].header.sh_info = (uint32_t)maps;
	return idx;
}

/* ---- Relocations of the good image ---- */

/* Its load of `names` (or of `counts`) is of that symbol instead. */
static void load_symbol(struct image *image, int rel, uint32_t symbol)
{
	REL_AT(image, rel)->r_info = REL_INFO(symbol, R_BPF_64_64);
}

static uint32_t last_symbol(const struct image *image) { return nr_symbols(image) - 1; }

/* Its move becomes a call by that symbol, and `names` is not loaded any more. */
static void call_symbol(struct image *image, uint32_t symbol, int32_t imm)
{
	*INSN_AT(image, INSN_MOVE) =
		(struct insn){ .code = INSN_CALL, .src_reg = INSN_PSEUDO_CALL, .imm = imm };
	REL_AT(image, 1)->r_offset = INSN_MOVE * sizeof(struct insn);
	REL_AT(image, 1)->r_info = REL_INFO(symbol, R_BPF_64_32);
}

/* ---- Functions ---- */

enum { TWICE_AT = 0, ONCE_AT = 2, NR_TEXT_INSNS = 4 };

/* The section .text: `twice` calls `once`, which is local to the file. */
static int text_section(struct image *image)
{
	static const struct insn insns[NR_TEXT_INSNS] = {
		[TWICE_AT] = { .code = INSN_CALL, .src_reg = INSN_PSEUDO_CALL,
			       .imm = ONCE_AT - TWICE_AT - 1 },
		{ .code = 0x95 },
		[ONCE_AT] = { .code = 0xb7 },
		{ .code = 0x95 },
	};
	int idx = section_add(image, ".text", SHT_PROGBITS, SHF_EXECINSTR);

	section_append(image, idx, insns, sizeof(insns));
	symbol_add(image, "once", STB_LOCAL, STT_FUNC, (uint16_t)idx, ONCE_AT * 8, 16);
	symbol_add(image, "", STB_LOCAL, STT_SECTION, (uint16_t)idx, 0, 0);
	symbol_add(image, "twice", STB_GLOBAL, STT_FUNC, (uint16_t)idx, TWICE_AT * 8, 16);
	return idx;
}

#endif
