// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz_btf_fit: what btf_check() accepts is fitted, for a kernel that knows what
 * the first four bytes say, into memory as long as is said to be needed: it is
 * BTF again, with the same ids and strings and no kind that is not known, and
 * fitting it once more changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../btf_fit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : broken(#condition))

static _Noreturn void broken(const char *condition)
{
	fprintf(stderr, "fuzz_btf_fit: does not hold: %s\n", condition);
	abort();
}

/* A file with variables a, b, c in .data and a hidden function d. */
static const char names[] = "\0.data\0.bss\0a\0b\0c\0d";
static const struct elf64_section sections[] = {
	{ 0 },
	{ .sh_name = 1, .sh_type = SHT_NOBITS, .sh_size = 64 },
	{ .sh_name = 7, .sh_type = SHT_NOBITS, .sh_size = 0 },
};
static const struct elf64_symbol symbols[] = {
	{ 0 },
	{ .st_name = 16, .st_info = 1 << 4 | STT_OBJECT, .st_shndx = 1, .st_value = 8 },
	{ .st_name = 14, .st_info = 1 << 4 | STT_OBJECT, .st_shndx = 1, .st_value = 4 },
	{ .st_name = 12, .st_info = 1 << 4 | STT_OBJECT, .st_shndx = 1, .st_value = 0 },
	{ .st_name = 18, .st_info = 1 << 4 | STT_FUNC, .st_shndx = 1, .st_other = STV_HIDDEN },
};
static const struct elf elf = {
	.sections = { (const uint8_t *)sections, sizeof(sections) },
	.nr_sections = 3,
	.section_names = { (const uint8_t *)names, sizeof(names) },
	.symbols = { (const uint8_t *)symbols, sizeof(symbols) },
	.nr_symbols = 5,
	.symbol_names = { (const uint8_t *)names, sizeof(names) },
};

static struct arena arena_of(uint64_t size)
{
	return (struct arena){ .data = calloc(1, size), .size = size };
}

/* A range of memory that ends with the fitted BTF, as far as it may go. */
static struct arena fit(const struct btf *btf, uint32_t known, struct view *out)
{
	struct arena arena = arena_of(btf_fit_len(btf, &elf));

	HOLDS(btf_fit(btf, &elf, known, &arena, out) == 0);
	HOLDS(out->data + btf_fit_size(btf) == arena.data + arena.size);
	HOLDS(out->size <= btf_fit_size(btf));
	return arena;
}

static struct arena reopen(struct view bytes, struct btf *out)
{
	struct arena arena = arena_of((btf_index_len(bytes.size) + 7) & ~7ULL);
	struct why why;

	why_clear(&why);
	HOLDS(btf_open(bytes, NULL, &arena, out, &why) == 0 && btf_check(out, &why) == 0);
	return arena;
}

static void check(const struct btf *given, const struct btf *made, uint32_t known)
{
	struct btf_type type;

	HOLDS(made->end_id == given->end_id);
	HOLDS(made->strings.size == given->strings.size);
	for (bool more = btf_type_first(made, BTF_KINDS_ALL, &type); more;
	     more = btf_type_next(&type, BTF_KINDS_ALL)) {
		HOLDS(!btf_fit_row(type.kind).kind || known & BTF_KIND_BIT(type.kind));
		HOLDS(type.kind != BTF_KIND_VAR || btf_linkage(&type) != BTF_LINKAGE_EXTERN);
		HOLDS(type.kind != BTF_KIND_FUNC || type.nr <= BTF_LINKAGE_GLOBAL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena index, first, second, index_made;
	struct view bytes, again;
	struct btf given, made;
	struct why why;
	uint8_t *file;
	uint32_t known;

	if (size < sizeof(known))
		return 0;
	memcpy(&known, data, sizeof(known));
	size -= sizeof(known);
	file = malloc(size);
	memcpy(file, data + sizeof(known), size);
	why_clear(&why);
	index = arena_of((btf_index_len(size) + 7) & ~7ULL);
	if (btf_open((struct view){ file, size }, NULL, &index, &given, &why) == 0 &&
	    btf_check(&given, &why) == 0) {
		first = fit(&given, known, &bytes);
		index_made = reopen(bytes, &made);
		check(&given, &made, known);
		second = fit(&made, known, &again);
		HOLDS(again.size == bytes.size && memcmp(again.data, bytes.data, bytes.size) == 0);
		free(second.data);
		free(index_made.data);
		free(first.data);
	}
	free(index.data);
	free(file);
	return 0;
}
