// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz_btf: bytes -> an object's BTF, split BTF on top of it, .BTF.ext, and a
 * value's bytes. Each must be refused with a reason, or answer for every type
 * that it has. All are exactly as long as they are said to be, so that the
 * sanitizer sees every access behind them.
 *
 * The input starts with the lengths of the first three, 16 bits each in this
 * machine's order; what is left is the value.
 */
#define FUZZ_NAME "fuzz_btf"

#include "../btf_value.h"
#include "btf_image.h"
#include "fuzz_parts.h"

enum { PART_BTF, PART_SPLIT, PART_EXT, PART_VALUE, NR_PARTS };

static bool is_checked; /* btf_check() says that all is there */

static void look_at_type(const struct btf *btf, uint32_t id)
{
	struct btf_type type;
	bool is_there = btf_type_get(btf, id, &type);

	expect(is_there || !is_checked, "a type that is named is not there");
	expect(!is_there || type.name, "a type without a name");
}

static void look_at_elements(const struct btf_type *type)
{
	struct btf_enumerator enumerator;
	struct btf_parameter parameter;
	struct btf_variable variable;
	struct btf_member member;
	/* (Of the kernel's, kinds that have none may claim millions: one is looked for.) */
	const uint32_t nr = btf_kind_row(type->kind)->element ? type->nr : type->nr > 0;

	for (uint32_t i = 0; i < nr; i++) {
		int nr_got = 0;

		if (btf_member_get(type, i, &member) && ++nr_got) {
			look_at_type(type->btf, member.type);
			expect(member.name, "a member without a name");
		}
		if (btf_parameter_get(type, i, &parameter) && ++nr_got) {
			look_at_type(type->btf, parameter.type);
			expect(parameter.name, "a parameter without a name");
		}
		if (btf_variable_get(type, i, &variable) && ++nr_got)
			look_at_type(type->btf, variable.type);
		if (btf_enumerator_get(type, i, &enumerator) && ++nr_got)
			expect(enumerator.name, "an enumerator without a name");
		expect(nr_got == (btf_kind_row(type->kind)->element != 0) ||
		       (nr_got == 0 && !is_checked), "an element");
		expect((btf_member_name(type, i) != NULL) == (btf_is_composite(type) && nr_got),
		       "a member's name alone");
	}
}

static void look_at(const struct btf_type *type, struct view value)
{
	uint8_t bytes[64];
	struct btf_type behind;
	struct text text;
	uint64_t size;
	struct why why;
	int err;

	look_at_type(type->btf, type->type);
	look_at_elements(type);
	btf_size(type->btf, type->id, &size);
	if (!is_checked)
		return; /* of the kernel's no name and no value is told */
	expect(type->kind == BTF_KIND_INT || type->number.bits == 0, "an INT");
	expect(type->kind == BTF_KIND_ARRAY || type->length == 0, "an ARRAY");
	btf_linkage(type);
	if (btf_type_skip(type->btf, type->id, &behind))
		expect(!btf_is_modifier(&behind), "a modifier is left");
	expect(btf_essential_len(type->name) <= strlen(type->name), "an essential name");

	text_clear(&text);
	btf_add_type_name(type->btf, type->id, &text);
	expect(text.len, "a type's name is empty");
	text_clear(&text);
	btf_add_value(type->btf, type->id, value, &text);
	expect(text.len, "a value's text is empty");
	why_clear(&why);
	err = btf_parse_value(type->btf, type->id, text.data, bytes, sizeof(bytes), &why);
	expect(err == 0 || err == -EINVAL, "another error than -EINVAL");
	if (err && !why_is_told(&why))
		finding("a text is refused without a readable reason", &why);
}

/* Each own type, by its id and one after another. */
static void look_at_types(const struct btf *btf, struct view value)
{
	struct btf_type type, next = { 0 };
	bool more = btf_type_first(btf, BTF_KINDS_ALL, &next);

	for (uint32_t id = btf->first_id; id < btf->end_id; id++) {
		if (!btf_type_get(btf, id, &type)) {
			expect(!is_checked, "a type is not there");
			continue;
		}
		expect(more && next.id == id && next.extra == type.extra && next.kind == type.kind,
		       "the next type is another one than that of its id");
		more = btf_type_next(&next, BTF_KINDS_ALL);
		look_at(&type, value);
	}
	expect(!more, "there are more types than ids");
	expect(!btf_type_get(btf, btf->end_id, &type), "a type behind the last one");
	if (btf_type_get(btf, btf->end_id - 1, &type) && type.btf == btf && type.id) {
		uint32_t found = btf_find(btf, type.name, type.kind);

		expect(found && found <= type.id, "a type is not found by its name");
	}
}

static void look_at_ext(const struct btf_ext *ext)
{
	for (enum btf_ext_table table = 0; table < BTF_EXT_NR_TABLES; table++) {
		struct btf_ext_section section, first;
		uint64_t off = 0;

		while (btf_ext_section_next(ext, table, &off, &section)) {
			struct btf_core_relocation record; /* the largest */

			expect(btf_ext_section_get(ext, table, section.section, &first),
			       "a section is not found");
			for (uint32_t i = 0; i < section.nr; i++)
				expect(btf_ext_record_get(&section, i, &record,
							  btf_ext_row(table)->least), "a record");
			expect(!btf_ext_record_get(&section, section.nr, &record, 4),
			       "a record behind the last one");
			if (table == BTF_EXT_CORE_RELO && section.nr) {
				btf_ext_record_get(&section, 0, &record, sizeof(record));
				look_at_type(ext->btf, record.type);
				expect(btf_string(ext->btf, record.access_off), "an access");
			}
		}
		expect(off == ext->tables[table].size, "a table's end");
	}
}

/* Opens it, as the kernel's; is_checked says whether an object's would be taken too. */
static bool open_btf(struct view bytes, const struct btf *base, struct arena *out_arena,
		     struct btf *out)
{
	size_t size = btf_index_len(bytes.size);
	bool opened = false;
	struct why why;
	int err;

	*out_arena = (struct arena){ .data = calloc(1, size + 8), .size = size + 8 };
	why_clear(&why);
	err = btf_open(bytes, base, out_arena, out, &why);
	if (!err) {
		opened = true;
		err = btf_check(out, &why);
	}
	is_checked = !err && (!base || is_checked);
	if (err && (err != -ENOEXEC || !why_is_told(&why)))
		finding("refused for another reason than what is wrong", &why);
	return opened;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view input = { data, size }, parts[NR_PARTS];
	struct arena arena = { 0 }, split_arena = { 0 };
	uint16_t lens[PART_VALUE] = { 0 };
	struct btf btf, split;
	struct btf_ext ext;
	struct why why;

	if (!view_copy(input, 0, lens, sizeof(lens)))
		return 0;
	view_slice(input, sizeof(lens), input.size - sizeof(lens), &input);
	for (int i = 0; i < NR_PARTS; i++)
		parts[i] = part_of(&input, i < PART_VALUE ? lens[i] : SIZE_MAX);
	if (open_btf(parts[PART_BTF], NULL, &arena, &btf)) {
		bool is_base_checked = is_checked;

		look_at_types(&btf, parts[PART_VALUE]);
		if (open_btf(parts[PART_SPLIT], &btf, &split_arena, &split))
			look_at_types(&split, parts[PART_VALUE]);
		is_checked = is_base_checked;
		why_clear(&why);
		if (!is_checked)
			; /* no object's */
		else if (btf_ext_open(parts[PART_EXT], &btf, &ext, &why) == 0)
			look_at_ext(&ext);
		else if (!why_is_told(&why))
			finding(".BTF.ext is refused without a readable reason", &why);
	}
	for (int i = 0; i < NR_PARTS; i++)
		free((void *)(uintptr_t)parts[i].data);
	free(arena.data);
	free(split_arena.data);
	return 0;
}
