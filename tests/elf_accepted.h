/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* elf_accepted.h - good images that differ, and the object that each must give */
#ifndef ELF_ACCEPTED_H
#define ELF_ACCEPTED_H

#include "elf_patch.h"

static void as_it_is(struct image *image) { (void)image; }

/* The definitions end after `size` bytes, as older or other structs do. */
static void shorten_maps(struct image *image, size_t size)
{
	uint8_t *maps = image->sections[SEC_MAPS].data;

	memmove(maps + size, maps + MAP_SIZE, size);
	SYMBOL_AT(image, SYM_NAMES)->st_value = size;
	map_sizes(image, size, 2 * size);
}

static void maps_of_16(struct image *image) { shorten_maps(image, 16); }
static void maps_of_20(struct image *image) { shorten_maps(image, 20); }
static void maps_of_28(struct image *image) { shorten_maps(image, 28); }

static void maps_without_sizes(struct image *image)
{
	SYMBOL_AT(image, SYM_COUNTS)->st_info = STB_GLOBAL << 4 | STT_NOTYPE;
	SYMBOL_AT(image, SYM_NAMES)->st_info = STB_GLOBAL << 4 | STT_NOTYPE;
	map_sizes(image, 0, 2 * MAP_SIZE);
}

static void maps_static(struct image *image)
{
	SYMBOL_AT(image, SYM_COUNTS)->st_info = STB_LOCAL << 4 | STT_OBJECT;
	SYMBOL_AT(image, SYM_NAMES)->st_info = STB_LOCAL << 4 | STT_OBJECT;
	REL_AT(image, 0)->r_info = REL_INFO(SYM_MAPS_SECTION, R_BPF_64_64);
	REL_AT(image, 1)->r_info = REL_INFO(SYM_MAPS_SECTION, R_BPF_64_64);
	INSN_AT(image, INSN_LOAD_NAMES)->imm = MAP_SIZE;
}

/* counts + 1, as an array of maps has it. */
static void map_with_addend(struct image *image)
{
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = MAP_SIZE;
}

/* The addend stands in the relocation, and what is in the instruction counts for nothing. */
static void with_rela(struct image *image)
{
	struct image_section *section = &image->sections[SEC_REL];
	const struct elf64_rela relas[] = {
		{ INSN_LOAD_COUNTS * 8, REL_INFO(SYM_COUNTS, R_BPF_64_64), 0 },
		{ INSN_LOAD_NAMES * 8, REL_INFO(SYM_MAPS_SECTION, R_BPF_64_64), MAP_SIZE },
	};

	section->header.sh_type = SHT_RELA;
	section->header.sh_entsize = sizeof(relas[0]);
	section->size = 0;
	section_append(image, SEC_REL, relas, sizeof(relas));
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 1000;
	image_lay_out(image);
}

/* Relocations of other sections, with symbols and offsets that mean nothing here. */
static void with_other_relocations(struct image *image)
{
	static const char *const names[] = { ".rel.BTF", ".rel.BTF.ext", ".rel.eh_frame" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int idx = section_add(image, names[i], SHT_REL, 0);

		image->sections[idx].header.sh_link = SEC_SYMTAB;
		image->sections[idx].header.sh_info = SEC_VERSION;
		rel_add(image, idx, 12345, 77, 4);
	}
	image_lay_out(image);
}

static void with_two_relocation_sections(struct image *image)
{
	int idx = section_add(image, ".rel2prog", SHT_REL, 0);

	image->sections[idx].header.sh_link = SEC_SYMTAB;
	image->sections[idx].header.sh_info = SEC_PROG;
	rel_add(image, idx, INSN_LOAD_NAMES * 8, SYM_NAMES, R_BPF_64_64);
	image->sections[SEC_REL].size = sizeof(struct elf64_rel);
	image_lay_out(image);
}

/* gABI: counts that do not fit the file header stand in section 0. */
static void with_extended_numbers(struct image *image)
{
	image->sections[SEC_NULL].header.sh_size = image->nr_sections;
	image->sections[SEC_NULL].header.sh_link = SEC_SHSTRTAB;
	image->header.e_shnum = 0;
	image->header.e_shstrndx = SHN_XINDEX;
}

static void with_alias(struct image *image)
{
	symbol_add(image, "alias", STB_GLOBAL, STT_FUNC, SEC_PROG, 0, 48);
	image_lay_out(image);
}

static void with_empty_text(struct image *image)
{
	section_add(image, ".text", SHT_PROGBITS, SHF_EXECINSTR);
	image_lay_out(image);
}

/* It has no bytes in the file, whatever its header says. */
static void with_large_bss(struct image *image)
{
	int idx = section_add(image, ".bss", SHT_NOBITS, 0);

	image_lay_out(image);
	image->sections[idx].header.sh_size = 1U << 30;
}

static void function_without_type(struct image *image)
{
	SYMBOL_AT(image, SYM_COUNT)->st_info = STB_GLOBAL << 4 | STT_NOTYPE;
	SYMBOL_AT(image, SYM_COUNT)->st_size = 0;
}

static void prog_without_flag(struct image *image)
{
	image->sections[SEC_PROG].header.sh_flags = 0;
}

static void with_constant(struct image *image)
{
	*INSN_AT(image, INSN_LOAD_NAMES) = (struct insn){ .code = INSN_LD_IMM64, .dst_reg = 2, .imm = 7 };
	INSN_AT(image, INSN_LOAD_NAMES + 1)->imm = -9;
	image->sections[SEC_REL].size = sizeof(struct elf64_rel);
	image_lay_out(image);
}

static void without_license(struct image *image) { rename_section(image, SEC_LICENSE, "copying"); }

/* Its eight bytes fill what is taken for them but for the NUL. */
static void license_without_end(struct image *image)
{
	image->sections[SEC_LICENSE].size = 0;
	section_append(image, SEC_LICENSE, "Dual BSD", 8);
	image_lay_out(image);
}

static void without_version(struct image *image) { rename_section(image, SEC_VERSION, "version2"); }

static void version_too_short(struct image *image)
{
	image->sections[SEC_VERSION].size = 3;
	image_lay_out(image);
}

static void without_any_map(struct image *image)
{
	no_map_symbols(image);
	image->sections[SEC_REL].size = 0;
	rename_section(image, SEC_MAPS, "mapz");
}

static void map_names_odd(struct image *image)
{
	MAP_AT(image, MAP_NAMES)->pinning = PIN_NONE;
	rename_symbol(image, SYM_COUNTS, "");
	rename_symbol(image, SYM_NAMES, "../a b");
}

static void pin_name_longest(struct image *image)
{
	rename_symbol(image, SYM_NAMES, NAME_255);
}

static void symbols_in_other_order(struct image *image)
{
	struct elf64_symbol counts = *SYMBOL_AT(image, SYM_COUNTS);

	*SYMBOL_AT(image, SYM_COUNTS) = *SYMBOL_AT(image, SYM_NAMES);
	*SYMBOL_AT(image, SYM_NAMES) = counts;
	REL_AT(image, 0)->r_info = REL_INFO(SYM_NAMES, R_BPF_64_64);
	REL_AT(image, 1)->r_info = REL_INFO(SYM_COUNTS, R_BPF_64_64);
}

/* An array of maps; its template, which is in it at 3; one more in it at 0; one that is in none. */
static void with_map_in_map(struct image *image)
{
	*MAP_AT(image, MAP_COUNTS) = (struct object_map_def){ 12, 4, 4, 8, 0, 1, 0, 7, 0 };
	*MAP_AT(image, MAP_NAMES) = (struct object_map_def){ 1, 4, 16, 1024, 1, 7, 0, 0, 3 };
	map_add(image, (struct object_map_def){ 1, 4, 16, 1024, 1, 7, PIN_OBJECT_NS, 0, 0 });
	map_add(image, (struct object_map_def){ 1, 4, 16, 1024, 1, 7, 0, 0, MAP_IDX_NONE });
	symbol_add(image, "more", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 2 * MAP_SIZE, MAP_SIZE);
	symbol_add(image, "none", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 3 * MAP_SIZE, MAP_SIZE);
	image_lay_out(image);
}

/* Two arrays of maps behind their templates, each of another shape. */
static void with_two_outer_maps(struct image *image)
{
	MAP_AT(image, MAP_COUNTS)->id = 6;
	MAP_AT(image, MAP_COUNTS)->inner_idx = 1;
	*MAP_AT(image, MAP_NAMES) = (struct object_map_def){ 1, 4, 16, 1024, 1, 7, 0, 0, 2 };
	map_add(image, (struct object_map_def){ 12, 4, 4, 8, 0, 0, 0, 6, 0 });
	map_add(image, (struct object_map_def){ 13, 4, 4, 8, 0, 0, 0, 7, 0 });
	symbol_add(image, "array", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 2 * MAP_SIZE, MAP_SIZE);
	symbol_add(image, "hash", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 3 * MAP_SIZE, MAP_SIZE);
	image_lay_out(image);
}

#define END_INSNS "b7:00:0:0 95:00:0:0"
#define GOOD_INSNS "18:11:0:0 0:00:0:0 18:21:0:1 0:00:0:0 " END_INSNS
#define GOOD_PROGRAM "count " GOOD_INSNS "; GPL; 40906"
#define GOOD_COUNTS "; counts 2/4/8/1/0 pin 0"
#define GOOD_NAMES "; names 1/4/16/1024/1 pin 2"
#define GOOD GOOD_PROGRAM GOOD_COUNTS GOOD_NAMES

/* What becomes of them, as object_describe() below tells it. */
static const struct variant {
	const char *name;
	struct patch patch;
	const char *object;
} variants[] = {
	{ "the good image", RUN(as_it_is), GOOD },
	{ "machine 0 (old clang)", SET_HEADER(e_machine, EM_NONE), GOOD },
	{ "map definitions of 16 bytes", RUN(maps_of_16),
	  GOOD_PROGRAM "; counts 2/4/8/1/0 pin 0; names 1/4/16/1024/0 pin 0" },
	{ "map definitions of 20 bytes (bpf_map_def)", RUN(maps_of_20),
	  GOOD_PROGRAM "; counts 2/4/8/1/0 pin 0; names 1/4/16/1024/1 pin 0" },
	{ "map definitions of 28 bytes", RUN(maps_of_28), GOOD },
	{ "untyped map symbols without sizes (LLVM 7)", RUN(maps_without_sizes), GOOD },
	{ "static maps, through the section's symbol", RUN(maps_static), GOOD },
	{ "a map's symbol with an addend", RUN(map_with_addend),
	  "count 18:11:0:1 0:00:0:0 18:21:0:1 0:00:0:0 " END_INSNS "; GPL; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "SHT_RELA", RUN(with_rela), GOOD },
	{ "a symbol table with one local symbol", SET_SECTION(SEC_SYMTAB, sh_info, SEC_PROG), GOOD },
	{ ".rel.BTF and others", RUN(with_other_relocations), GOOD },
	{ "two relocation sections", RUN(with_two_relocation_sections), GOOD },
	{ "extended section numbers", RUN(with_extended_numbers), GOOD },
	{ "an alias of the function", RUN(with_alias), GOOD },
	{ "an empty .text", RUN(with_empty_text), GOOD },
	{ "a large .bss", RUN(with_large_bss), GOOD },
	{ "anything in section 0", SET_SECTION(SEC_NULL, sh_size, UINT64_MAX), GOOD },
	{ "an untyped function without a size", RUN(function_without_type), GOOD },
	{ "'prog' without SHF_EXECINSTR", RUN(prog_without_flag), GOOD },
	{ "a 64-bit constant", RUN(with_constant),
	  "count 18:11:0:0 0:00:0:0 18:20:0:7 0:00:0:fffffff7 " END_INSNS "; GPL; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "symbols in another order", RUN(symbols_in_other_order), GOOD },
	{ "no licence", RUN(without_license), "count " GOOD_INSNS "; ; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "a licence without NUL", RUN(license_without_end),
	  "count " GOOD_INSNS "; Dual BSD; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "no version", RUN(without_version), "count " GOOD_INSNS "; GPL; 0" GOOD_COUNTS GOOD_NAMES },
	{ "a version of 3 bytes", RUN(version_too_short), "count " GOOD_INSNS "; GPL; 0" GOOD_COUNTS GOOD_NAMES },
	{ "no maps", RUN(without_any_map),
	  "count 18:10:0:0 0:00:0:0 18:20:0:0 0:00:0:0 " END_INSNS "; GPL; 40906" },
	{ "odd names of maps that are not pinned", RUN(map_names_odd),
	  GOOD_PROGRAM ";  2/4/8/1/0 pin 0; ../a b 1/4/16/1024/1 pin 0" },
	{ "a pinned map with a name of 255", RUN(pin_name_longest),
	  GOOD_PROGRAM GOOD_COUNTS "; " NAME_255 " 1/4/16/1024/1 pin 2" },
	{ "maps in two maps", RUN(with_two_outer_maps),
	  GOOD_PROGRAM "; counts 2/4/8/1/0 pin 0 in 2 at 1; names 1/4/16/1024/1 pin 0 in 3 at 2"
	  "; array 12/4/4/8/0 pin 0 of 0; hash 13/4/4/8/0 pin 0 of 1" },
	{ "maps in a map", RUN(with_map_in_map),
	  GOOD_PROGRAM "; counts 12/4/4/8/0 pin 0 of 1; names 1/4/16/1024/1 pin 0 in 0 at 3"
	  "; more 1/4/16/1024/1 pin 1 in 0 at 0; none 1/4/16/1024/1 pin 0" },
};

#define NR_VARIANTS (sizeof(variants) / sizeof(variants[0]))

#endif
