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

#define LARGE_SECONDS 8
#define LARGE_NR 15000U /* what BTF of a megabyte has room for */

static struct {
	struct arena arena;
	struct elf elf;
	struct object object;
	struct why why;
	clock_t started;
} large;

/* The image as a file, parsed. */
static int large_parse(struct image *image)
{
	const struct view file = image_write(image);
	int err;

	image_free(image);
	free(large.arena.data);
	large.arena = (struct arena){ .size = 9 * file.size + (1U << 20) };
	large.arena.data = calloc(1, large.arena.size);
	assert(large.arena.data);
	why_clear(&large.why);
	large.started = clock();
	err = elf_open(file, &large.elf, &large.why);
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

static const struct check_case large_cases[] = {
	{ "externs of many names", large_externs },
	{ "BTF-defined maps of many names", large_maps },
};

#endif
