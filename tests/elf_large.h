/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * elf_large.h - objects that list a great many of one thing: they are parsed or
 * refused in a time that grows as they do. Where each were compared with each
 * other, these would take minutes; the limit leaves room for slow machines and
 * sanitizers.
 */
#ifndef ELF_LARGE_H
#define ELF_LARGE_H

#include <time.h>

#include "check.h"
#include "elf_btf.h"

#undef why_set /* listing has no places that are looked at */
#undef why_hint
#include "../btf_fit.h"
#include "../fold.h"
#include "../list.h"

#define LARGE_SECONDS 20
#define LARGE_NR 15000U /* what BTF of a megabyte has room for */

static struct {
	struct view file;
	struct arena arena;
	struct elf elf;
	struct object object;
	struct why why;
	clock_t started;
} large;

/* The image as a file, parsed. */
static int large_parse(struct image *image)
{
	int err;

	free((void *)large.file.data);
	large.file = image_write(image);
	image_free(image);
	free(large.arena.data);
	large.arena = (struct arena){ .size = 9 * large.file.size + (1U << 20) };
	large.arena.data = calloc(1, large.arena.size);
	assert(large.arena.data);
	why_clear(&large.why);
	large.started = clock();
	err = elf_open(large.file, &large.elf, &large.why);
	return err ? err : object_parse(&large.elf, &large.arena, &large.object, &large.why);
}

static void large_expect_soon(void)
{
	EXPECT(clock() - large.started < LARGE_SECONDS * CLOCKS_PER_SEC);
}

static const char *large_name(const char *prefix, uint32_t i)
{
	static char name[32];

	snprintf(name, sizeof(name), "%s%05u", prefix, i);
	return name;
}

/* Undefined symbols, each loaded by an instruction. */
static void large_externs(void)
{
	struct image image = image_good();

	types_begin();
	for (uint32_t i = 0; i < LARGE_NR; i++)
		type_variable(large_name("e", LARGE_NR - i), TYPE_CONST_VOID);
	type_section(".ksyms", 3, LARGE_NR);
	for (uint32_t i = 0; i < 8 * LARGE_NR; i++) {
		const struct insn load[2] = { { .code = INSN_LD_IMM64 }, { 0 } };

		symbol_add(&image, large_name("e", 1 + i % LARGE_NR), STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
		rel_add(&image, SEC_REL, image.sections[SEC_PROG].size, last_symbol(&image), R_BPF_64_64);
		section_append(&image, SEC_PROG, load, sizeof(load));
	}
	SYMBOL_AT(&image, SYM_COUNT)->st_size = image.sections[SEC_PROG].size;
	types_end(&image);
	EXPECT_NUMBER(large_parse(&image), 0);
	EXPECT_NUMBER(large.object.nr_externs, LARGE_NR);
	large_expect_soon();
}

/* Maps of maps, the last one's symbol first. */
static void large_maps_add(struct image *image, uint32_t nr)
{
	static const uint8_t zeros[8];
	const int idx = section_add(image, ".maps", SHT_PROGBITS, 0);
	uint32_t inner, outer, first = 0;

	types_begin();
	inner = STRUCT({ "type", type_number(2) });
	outer = STRUCT({ "type", type_number(BPF_MAP_TYPE_ARRAY_OF_MAPS) }, { "values", type_values(inner) });
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t id = type_variable(large_name("m", i), outer);

		first = first ? first : id;
		section_append(image, idx, zeros, sizeof(zeros));
		symbol_add(image, large_name("m", nr - 1 - i), STB_GLOBAL, STT_OBJECT, (uint16_t)idx,
			   (nr - 1 - i) * sizeof(zeros), sizeof(zeros));
	}
	type_section(".maps", first, nr);
	types_end(image);
}

/* Behind a hundred times as many symbols of that section that are none. */
static void large_maps(void)
{
	const uint32_t nr = MAPS_MAX / 2 - 1;
	struct image image = image_good();

	for (uint32_t i = 0; i < 100 * nr; i++)
		symbol_add(&image, "other", STB_LOCAL, STT_OBJECT, image.nr_sections, 0, 0);
	large_maps_add(&image, nr);
	EXPECT_NUMBER(large_parse(&image), 0);
	EXPECT_NUMBER(large.object.maps.nr, 2 + 2 * nr);
	EXPECT_TEXT(large.object.maps.items[2 + nr - 1].name, large_name("m", nr - 1));
	large_expect_soon();
}

static uint64_t large_nr_lines;

static int large_count_lines(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		large_nr_lines += data[i] == '\n';
	return 0;
}

static void large_list(struct image *image, uint64_t nr_lines)
{
	EXPECT_NUMBER(large_parse(image), 0);
	EXPECT_TEXT(large.why.reason.data, "");
	large_nr_lines = 0;
	EXPECT_NUMBER(list_object(&large.elf, &large.object, &large.arena, false, large_count_lines), 0);
	EXPECT_NUMBER(large_nr_lines, nr_lines);
	large_expect_soon();
}

/* Programs that call the next one, but for the last. */
static void large_programs(void)
{
	const uint32_t nr = 12 * LARGE_NR;
	struct image image = image_good();
	const int idx = section_add(&image, "kprobe", SHT_PROGBITS, SHF_EXECINSTR);

	for (uint32_t i = 0; i < nr; i++) {
		const struct insn insn = {
			.code = i + 1 < nr ? INSN_CALL : 0x95, .src_reg = i + 1 < nr ? INSN_PSEUDO_CALL : 0,
		};

		section_append(&image, idx, &insn, sizeof(insn));
		symbol_add(&image, "program", STB_GLOBAL, STT_FUNC, (uint16_t)idx, i * sizeof(insn), sizeof(insn));
	}
	image_lay_out(&image);
	large_list(&image, 2 + 1 + nr + 2); /* licence, version, program, these, maps */
}

/* What the kernel would be told of the object's types. */
static void large_fit(void)
{
	const struct btf *btf = &large.object.btf;
	struct arena arena = { .size = (size_t)btf_fit_len(btf, &large.elf) };
	struct view bytes;

	arena.data = calloc(1, arena.size);
	assert(arena.data);
	EXPECT_NUMBER(btf_fit(btf, &large.elf, BTF_FIT_ALL, &arena, &bytes), 0);
	large_expect_soon();
	free(arena.data);
}

/* Variables of a list by the other end, each with a dozen symbols. */
static void large_globals(void)
{
	static const uint8_t zeros[8];
	struct image image = image_good();
	const int idx = section_add(&image, ".data", SHT_PROGBITS, 0);

	section_append(&image, idx, zeros, sizeof(zeros));
	types_begin();
	for (uint32_t i = 0; i < LARGE_NR; i++)
		type_variable(large_name("v", LARGE_NR - i), TYPE_INT);
	type_section(".data", 3, LARGE_NR);
	for (uint32_t i = 0; i < 12 * LARGE_NR; i++)
		symbol_add(&image, large_name("v", 1 + i % LARGE_NR), STB_GLOBAL, STT_OBJECT, (uint16_t)idx, 0, 4);
	types_end(&image);
	large_list(&image, 2 + 1 + 2 + LIST_GLOBALS_MAX + 1); /* the last says "..." */
	large_fit();
}

/* Functions, of which any may be hidden. */
static void large_functions_in_btf(void)
{
	struct image image = image_good();
	uint32_t proto;

	types_begin();
	proto = type_function();
	for (uint32_t i = 0; i < LARGE_NR; i++)
		btf_image_type(&types, BTF_KIND_FUNC, large_name("f", i), BTF_LINKAGE_GLOBAL, proto);
	for (uint32_t i = 0; i < 12 * LARGE_NR; i++) {
		symbol_add(&image, large_name("h", i), STB_GLOBAL, STT_FUNC, SHN_UNDEF, 0, 0);
		SYMBOL_AT(&image, last_symbol(&image))->st_other = STV_HIDDEN;
	}
	types_end(&image);
	EXPECT_NUMBER(large_parse(&image), 0);
	large_fit();
}

/* Loads of a constant that has as many symbols as a file holds, folded one by one. */
static void large_constants(void)
{
	static const uint8_t zeros[8];
	struct image image = image_good();
	const int idx = section_add(&image, ".rodata", SHT_PROGBITS, 0);

	section_append(&image, idx, zeros, sizeof(zeros));
	for (uint32_t i = 0; i < 12 * LARGE_NR; i++)
		symbol_add(&image, "constant", STB_LOCAL, STT_OBJECT, (uint16_t)idx, 0, 4);
	for (uint32_t i = 0; i < FOLD_INSNS_MAX / 2 - 8; i++) {
		const struct insn load[2] = { { .code = INSN_LD_IMM64 }, { 0 } };

		rel_add(&image, SEC_REL, image.sections[SEC_PROG].size, last_symbol(&image), R_BPF_64_64);
		section_append(&image, SEC_PROG, load, sizeof(load));
	}
	SYMBOL_AT(&image, SYM_COUNT)->st_size = image.sections[SEC_PROG].size;
	image_lay_out(&image);
	EXPECT_NUMBER(large_parse(&image), 0);
	large.object.codes[0].is_used = true;
	EXPECT_NUMBER(object_fold(&large.elf, &large.object, &large.arena, &large.why), -EOPNOTSUPP);
	EXPECT_TEXT(large.why.reason.data,
		    "program 'count': needs the global variable 'constant' in section '.rodata', "
		    "and this kernel has no global variables (since Linux 5.2)");
	large_expect_soon();
}

#define LARGE_NR_SECTIONS 60000

/* As many more of the last section, which share its bytes. */
static void large_repeat_section(struct image *image)
{
	image_lay_out(image);
	image->nr_more = LARGE_NR_SECTIONS;
	image->header.e_shnum += LARGE_NR_SECTIONS;
	image->size += LARGE_NR_SECTIONS * sizeof(struct elf64_section);
}

/* Another tool's code, with relocations that only that one knows, time and again. */
static void large_relocations(void)
{
	static const struct insn insns[LARGE_NR * 256];
	struct image image = image_good();
	const int idx = section_add(&image, "xdp", SHT_PROGBITS, SHF_EXECINSTR);
	const int rel = section_add(&image, ".relxdp", SHT_REL, 0);

	section_append(&image, idx, insns, sizeof(insns));
	symbol_add(&image, "other", STB_GLOBAL, STT_FUNC, (uint16_t)idx, 0, 8);
	image.sections[rel].header.sh_link = SEC_SYMTAB;
	image.sections[rel].header.sh_info = (uint32_t)idx;
	rel_add(&image, rel, 0, SYM_COUNT, R_BPF_64_64);
	large_repeat_section(&image);
	EXPECT_NUMBER(large_parse(&image), 0);
	large_expect_soon();
}

/* Sections of one name, and .BTF.ext says of that name, time and again, nothing. */
static void large_ext(void)
{
	const struct insn exit = { .code = 0x95 };
	struct image image = image_good();
	const int ext = section_add(&image, ".BTF.ext", SHT_PROGBITS, 0);
	struct btf_ext_header header = { .preamble = btf_image_preamble(sizeof(header)) };
	uint32_t words[2] = { 8, 0 };

	types_begin();
	header.tables[BTF_EXT_FUNC_INFO].len = 4 + 12 * LARGE_NR * sizeof(words);
	section_append(&image, ext, &header, sizeof(header));
	section_append(&image, ext, words, 4);
	words[0] = btf_image_string(&types, "kprobe/f");
	for (uint32_t i = 0; i < 12 * LARGE_NR; i++)
		section_append(&image, ext, words, sizeof(words));
	types_end(&image);
	section_append(&image, section_add(&image, "kprobe/f", SHT_PROGBITS, SHF_EXECINSTR), &exit,
		       sizeof(exit));
	large_repeat_section(&image);
	EXPECT_NUMBER(large_parse(&image), -ENOEXEC);
	EXPECT_TEXT(large.why.reason.data, "section 11 'kprobe/f': has no function symbol");
	large_expect_soon();
}

static const struct check_case large_cases[] = {
	{ "relocations of another tool, by many sections", large_relocations },
	{ "sections of one name, and .BTF.ext", large_ext },
	{ "externs of many names", large_externs },
	{ "BTF-defined maps of many names", large_maps },
	{ "programs that call programs", large_programs },
	{ "globals of many names", large_globals },
	{ "functions of BTF and many symbols", large_functions_in_btf },
	{ "constants of many symbols", large_constants },
};

#endif
