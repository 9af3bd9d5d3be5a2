/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_btf.h - btf.h and btf_value.h, with BTF that btf_image.h writes */
#ifndef UNIT_BTF_H
#define UNIT_BTF_H

#include "btf_image.h"
#include "fixture.h"

static struct btf_image image;
static struct btf btf;

static int btf_open_checked(struct view bytes, const struct btf *base, struct arena *arena,
			    struct btf *out)
{
	int err = btf_open(bytes, base, arena, out, &why);

	return err ? err : btf_check(out, &why);
}

/* Opens what the image holds now; the bytes are a copy that ends where they end. */
static int btf_open_copy(const struct btf *base, struct btf *out)
{
	static uint8_t memory[8192];
	static size_t used;
	struct view view = btf_image_view(&image);
	struct arena arena;

	if (!base)
		used = 0;
	arena = (struct arena){ memory + used, sizeof(memory) - used, 0 };
	used += btf_index_len(view.size) & ~7ULL;
	why_clear(&why);
	return btf_open_checked(view, base, &arena, out);
}

#define BTF_OPENS() EXPECT_TEXT(btf_open_copy(NULL, &btf) ? why.reason.data : "", "")

/* ---- The example: each kind at least once ---- */

enum {
	ID_INT = 1, ID_CHAR, ID_U64, ID_BOOL, ID_PTR, ID_ARRAY, ID_STRUCT, ID_UNION, ID_ENUM,
	ID_FWD, ID_TYPEDEF, ID_VOLATILE, ID_CONST, ID_RESTRICT, ID_PROTO, ID_FUNC, ID_VAR,
	ID_DATASEC, ID_FLOAT, ID_DECL_TAG, ID_TYPE_TAG, ID_ENUM64, ID_END,
};

static void example_start(void)
{
	struct btf_image *i = &image;

	btf_image_start(i, NULL);
	btf_image_int(i, "int", 4, BTF_INT_SIGNED, 32);
	btf_image_int(i, "char", 1, BTF_INT_SIGNED, 8);
	btf_image_int(i, "unsigned long long", 8, 0, 64);
	btf_image_int(i, "_Bool", 1, BTF_INT_BOOL, 8);
	btf_image_type(i, BTF_KIND_PTR, "", 0, ID_STRUCT);
	btf_image_array(i, ID_CHAR, 16);
	btf_image_type(i, BTF_KIND_STRUCT, "node", 4, 40);
	btf_image_member(i, "next", ID_PTR, 0);
	btf_image_member(i, "name", ID_ARRAY, 64);
	btf_image_member(i, "", ID_UNION, 192);
	btf_image_member(i, "color", ID_ENUM, 256);
	btf_image_type(i, BTF_KIND_UNION, "", 2, 8);
	btf_image_member(i, "wide", ID_U64, 0);
	btf_image_member(i, "narrow", ID_INT, 0);
	btf_image_type(i, BTF_KIND_ENUM, "color", BTF_IMAGE_FLAG | 2, 4);
	btf_image_pair(i, "RED", 1);
	btf_image_pair(i, "NONE", (uint32_t)-1);
	btf_image_type(i, BTF_KIND_FWD, "opaque", BTF_IMAGE_FLAG, 0);
	btf_image_type(i, BTF_KIND_TYPEDEF, "number_t", 0, ID_VOLATILE);
	btf_image_type(i, BTF_KIND_VOLATILE, "", 0, ID_CONST);
	btf_image_type(i, BTF_KIND_CONST, "", 0, ID_TYPE_TAG);
	btf_image_type(i, BTF_KIND_RESTRICT, "", 0, ID_PTR);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 2, ID_INT);
	btf_image_pair(i, "node", ID_PTR);
	btf_image_pair(i, "", 0);
	btf_image_type(i, BTF_KIND_FUNC, "probe", BTF_LINKAGE_GLOBAL, ID_PROTO);
	btf_image_type(i, BTF_KIND_VAR, "limit", 0, ID_TYPEDEF);
	btf_image_word(i, BTF_LINKAGE_EXTERN);
	btf_image_type(i, BTF_KIND_DATASEC, ".rodata", 1, 4);
	btf_image_word(i, ID_VAR);
	btf_image_word(i, 8);
	btf_image_word(i, 4);
	btf_image_type(i, BTF_KIND_FLOAT, "double", 0, 8);
	btf_image_type(i, BTF_KIND_DECL_TAG, "a tag", 0, ID_STRUCT);
	btf_image_word(i, 2);
	btf_image_type(i, BTF_KIND_TYPE_TAG, "user", 0, ID_INT);
	btf_image_type(i, BTF_KIND_ENUM64, "flags", 1, 8);
	btf_image_word(i, btf_image_string(i, "HIGH"));
	btf_image_word(i, 0x89abcdef);
	btf_image_word(i, 0x80000000);
}

static void btf_reads_records(void)
{
	static const struct {
		uint32_t id;
		uint8_t kind;
		const char *name;
		bool flag;
		uint16_t nr;
		uint32_t size, type;
	} rows[] = {
		{ 0, BTF_KIND_VOID, "", false, 0, 0, 0 },
		{ ID_INT, BTF_KIND_INT, "int", false, 0, 4, 0 },
		{ ID_PTR, BTF_KIND_PTR, "", false, 0, 0, ID_STRUCT },
		{ ID_ARRAY, BTF_KIND_ARRAY, "", false, 0, 0, ID_CHAR },
		{ ID_STRUCT, BTF_KIND_STRUCT, "node", false, 4, 40, 0 },
		{ ID_UNION, BTF_KIND_UNION, "", false, 2, 8, 0 },
		{ ID_ENUM, BTF_KIND_ENUM, "color", true, 2, 4, 0 },
		{ ID_FWD, BTF_KIND_FWD, "opaque", true, 0, 0, 0 },
		{ ID_TYPEDEF, BTF_KIND_TYPEDEF, "number_t", false, 0, 0, ID_VOLATILE },
		{ ID_VOLATILE, BTF_KIND_VOLATILE, "", false, 0, 0, ID_CONST },
		{ ID_CONST, BTF_KIND_CONST, "", false, 0, 0, ID_TYPE_TAG },
		{ ID_RESTRICT, BTF_KIND_RESTRICT, "", false, 0, 0, ID_PTR },
		{ ID_PROTO, BTF_KIND_FUNC_PROTO, "", false, 2, 0, ID_INT },
		{ ID_FUNC, BTF_KIND_FUNC, "probe", false, 1, 0, ID_PROTO },
		{ ID_VAR, BTF_KIND_VAR, "limit", false, 0, 0, ID_TYPEDEF },
		{ ID_DATASEC, BTF_KIND_DATASEC, ".rodata", false, 1, 4, 0 },
		{ ID_FLOAT, BTF_KIND_FLOAT, "double", false, 0, 8, 0 },
		{ ID_DECL_TAG, BTF_KIND_DECL_TAG, "a tag", false, 0, 0, ID_STRUCT },
		{ ID_TYPE_TAG, BTF_KIND_TYPE_TAG, "user", false, 0, 0, ID_INT },
		{ ID_ENUM64, BTF_KIND_ENUM64, "flags", false, 1, 8, 0 },
	};
	struct btf_type type;

	example_start();
	BTF_OPENS();
	EXPECT_NUMBER(btf.first_id, 1);
	EXPECT_NUMBER(btf.end_id, ID_END);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT(btf_type_get(&btf, rows[i].id, &type));
		EXPECT_NUMBER(type.id, rows[i].id);
		EXPECT_NUMBER(type.kind, rows[i].kind);
		EXPECT_TEXT(type.name, rows[i].name);
		EXPECT_NUMBER(type.kind_flag, rows[i].flag);
		EXPECT_NUMBER(type.nr, rows[i].nr);
		EXPECT_NUMBER(type.size, rows[i].size);
		EXPECT_NUMBER(type.type, rows[i].type);
	}
	EXPECT(!btf_type_get(&btf, ID_END, &type));
	EXPECT(!btf_type_get(&btf, UINT32_MAX, &type));
	EXPECT(!btf_string(&btf, image.strings_len));
}

static struct btf_type type_of(uint32_t id)
{
	struct btf_type type = { .btf = &btf, .name = "" };

	EXPECT(btf_type_get(&btf, id, &type));
	return type;
}

static void btf_reads_what_follows(void)
{
	struct btf_type type = { 0 };
	struct btf_member member = { 0 };
	struct btf_variable variable = { 0 };
	struct btf_parameter parameter = { 0 };
	struct btf_enumerator enumerator = { 0 };

	example_start();
	BTF_OPENS();
	type = type_of(ID_INT);
	EXPECT(type.number.encoding == BTF_INT_SIGNED && type.number.bit_offset == 0 &&
	       type.number.bits == 32);
	type = type_of(ID_ARRAY);
	EXPECT(type.type == ID_CHAR && type.length == 16);
	type = type_of(ID_STRUCT);
	EXPECT(btf_member_get(&type, 3, &member));
	EXPECT_TEXT(member.name, "color");
	EXPECT(member.type == ID_ENUM && member.bit_offset == 256 && member.bit_size == 0);
	EXPECT(!btf_member_get(&type, 4, &member));
	type = type_of(ID_ENUM);
	EXPECT(btf_enumerator_get(&type, 1, &enumerator) && enumerator.value == UINT64_MAX);
	EXPECT_TEXT(enumerator.name, "NONE");
	EXPECT(!btf_enumerator_get(&type, 2, &enumerator));
	type = type_of(ID_ENUM64);
	EXPECT(btf_enumerator_get(&type, 0, &enumerator) && enumerator.value == 0x8000000089abcdef);
	type = type_of(ID_PROTO);
	EXPECT(btf_parameter_get(&type, 0, &parameter) && parameter.type == ID_PTR);
	EXPECT_TEXT(parameter.name, "node");
	EXPECT(btf_parameter_get(&type, 1, &parameter) && parameter.type == 0);
	EXPECT(!btf_parameter_get(&type, 2, &parameter));
	type = type_of(ID_DATASEC);
	EXPECT(btf_variable_get(&type, 0, &variable) && variable.type == ID_VAR &&
	       variable.offset == 8 && variable.size == 4);
	EXPECT(!btf_variable_get(&type, 1, &variable));
	type = type_of(ID_VAR);
	EXPECT_NUMBER(btf_linkage(&type), BTF_LINKAGE_EXTERN);
	type = type_of(ID_FUNC);
	EXPECT_NUMBER(btf_linkage(&type), BTF_LINKAGE_GLOBAL);
}

/* An accessor of another kind says no, it does not read something else. */
static void btf_accessors_know_their_kind(void)
{
	struct btf_type structure, number;
	struct btf_enumerator enumerator = { 0 };
	struct btf_parameter parameter = { 0 };
	struct btf_variable variable = { 0 };
	struct btf_member member = { 0 };

	example_start();
	BTF_OPENS();
	structure = type_of(ID_STRUCT);
	number = type_of(ID_INT);
	EXPECT(!structure.number.bits && !structure.length);
	EXPECT(!btf_enumerator_get(&structure, 0, &enumerator));
	EXPECT(!btf_parameter_get(&structure, 0, &parameter));
	EXPECT(!btf_variable_get(&structure, 0, &variable));
	EXPECT(!btf_member_get(&number, 0, &member));
}

static void btf_goes_over_types(void)
{
	uint32_t structs = BTF_KIND_BIT(BTF_KIND_STRUCT) | BTF_KIND_BIT(BTF_KIND_UNION);
	struct btf_type type, got;
	uint32_t nr = 0;

	btf_image_start(&image, NULL);
	for (uint32_t i = 1; i <= 10 * BTF_INDEX_STEP + 1; i++) {
		btf_image_type(&image, i % 3 ? BTF_KIND_STRUCT : BTF_KIND_PTR, "", i % 3, 0);
		for (uint32_t k = 0; k < i % 3; k++)
			btf_image_member(&image, "m", 1, i);
	}
	BTF_OPENS();
	for (bool more = btf_type_first(&btf, BTF_KINDS_ALL, &type); more;
	     more = btf_type_next(&type, BTF_KINDS_ALL)) {
		EXPECT_NUMBER(type.id, ++nr);
		EXPECT(btf_type_get(&btf, nr, &got) && got.extra == type.extra &&
		       got.kind == type.kind);
	}
	EXPECT_NUMBER(nr, 10 * BTF_INDEX_STEP + 1);
	for (bool more = btf_type_first(&btf, structs, &type); more;
	     more = btf_type_next(&type, structs)) {
		EXPECT_NUMBER(type.kind, BTF_KIND_STRUCT);
		nr--;
	}
	EXPECT_NUMBER(nr, (10 * BTF_INDEX_STEP + 1) / 3);
	btf_image_start(&image, NULL);
	BTF_OPENS();
	EXPECT(!btf_type_first(&btf, BTF_KINDS_ALL, &type));
}

static void btf_bit_fields(void)
{
	struct btf_member member = { 0 };
	struct btf_type type = { 0 };
	uint32_t three, name;

	btf_image_start(&image, NULL);
	btf_image_int(&image, "int", 4, BTF_INT_SIGNED, 32);
	btf_image_type(&image, BTF_KIND_STRUCT, "new", BTF_IMAGE_FLAG | 2, 8);
	btf_image_member(&image, "a", 1, 5U << 24 | 33);
	btf_image_member(&image, "b", 1, 0xffffff);
	BTF_OPENS();
	type = type_of(2);
	EXPECT(btf_member_get(&type, 0, &member) && member.bit_size == 5 &&
	       member.bit_offset == 33);
	EXPECT(btf_member_get(&type, 1, &member) && member.bit_size == 0 &&
	       member.bit_offset == 0xffffff);

	/* As before v5.0, the bits are the INT's. */
	three = btf_image_int(&image, "int", 4, BTF_INT_SIGNED, 2 << 16 | 3);
	name = btf_image_type(&image, BTF_KIND_TYPEDEF, "three", 0, three);
	btf_image_type(&image, BTF_KIND_STRUCT, "old", 2, 8);
	btf_image_member(&image, "a", name, 32);
	btf_image_member(&image, "b", 1, 0x1000000);
	BTF_OPENS();
	type = type_of(5);
	EXPECT(btf_member_get(&type, 0, &member) && member.bit_size == 3 &&
	       member.bit_offset == 34);
	EXPECT(btf_member_get(&type, 1, &member) && member.bit_size == 0 &&
	       member.bit_offset == 0x1000000);
}

/* ---- Resolvers ---- */

static void btf_sizes(void)
{
	uint32_t loop, huge, row;
	struct btf_type type = { 0 };
	uint64_t size;

	example_start();
	huge = btf_image_array(&image, ID_STRUCT, UINT32_MAX);
	row = btf_image_array(&image, huge, UINT32_MAX);
	btf_image_array(&image, row, UINT32_MAX);
	BTF_OPENS();
	EXPECT(btf_size(&btf, ID_TYPEDEF, &size) && size == 4);
	EXPECT(btf_size(&btf, ID_VAR, &size) && size == 4);
	EXPECT(btf_size(&btf, ID_RESTRICT, &size) && size == 8);
	EXPECT(btf_size(&btf, ID_ARRAY, &size) && size == 16);
	EXPECT(btf_size(&btf, ID_ENUM64, &size) && size == 8);
	EXPECT(btf_size(&btf, ID_DATASEC, &size) && size == 4);
	EXPECT(btf_size(&btf, huge, &size) && size == 40 * (uint64_t)UINT32_MAX);
	EXPECT(!btf_size(&btf, row, &size));
	EXPECT(!btf_size(&btf, row + 1, &size));
	EXPECT(!btf_size(&btf, 0, &size));
	EXPECT(!btf_size(&btf, ID_FWD, &size));
	EXPECT(!btf_size(&btf, ID_FUNC, &size));
	EXPECT(!btf_size(&btf, UINT32_MAX, &size));
	EXPECT(btf_type_skip(&btf, ID_TYPEDEF, &type) && type.id == ID_INT);
	EXPECT(btf_type_skip(&btf, 0, &type) && type.kind == BTF_KIND_VOID);

	/* What goes round in a circle. */
	btf_image_start(&image, NULL);
	loop = btf_image_type(&image, BTF_KIND_TYPEDEF, "loop", 0, 2);
	btf_image_type(&image, BTF_KIND_CONST, "", 0, loop);
	btf_image_array(&image, 3, 1);
	btf_image_type(&image, BTF_KIND_VAR, "v", 0, 4);
	btf_image_word(&image, 0);
	BTF_OPENS();
	EXPECT(!btf_type_skip(&btf, loop, &type));
	EXPECT(!btf_size(&btf, loop, &size));
	EXPECT(!btf_size(&btf, 3, &size));
	EXPECT(!btf_size(&btf, 4, &size));
}

static void btf_depth(void)
{
	struct btf_type type = { 0 };
	uint64_t size;

	btf_image_start(&image, NULL);
	btf_image_int(&image, "int", 4, 0, 32);
	for (uint32_t i = 1; i <= BTF_DEPTH_MAX; i++)
		btf_image_type(&image, BTF_KIND_CONST, "", 0, i);
	BTF_OPENS();
	EXPECT(btf_type_skip(&btf, BTF_DEPTH_MAX, &type) && type.id == 1);
	EXPECT(btf_size(&btf, BTF_DEPTH_MAX, &size) && size == 4);
	EXPECT(!btf_type_skip(&btf, BTF_DEPTH_MAX + 1, &type));
}

static void btf_names(void)
{
	example_start();
	btf_image_type(&image, BTF_KIND_STRUCT, "node", 0, 1);
	BTF_OPENS();
	EXPECT_NUMBER(btf_find(&btf, "node", BTF_KIND_STRUCT), ID_STRUCT);
	EXPECT_NUMBER(btf_find(&btf, "node", BTF_KIND_UNION), 0);
	EXPECT_NUMBER(btf_find(&btf, "nod", BTF_KIND_STRUCT), 0);
	EXPECT_NUMBER(btf_find(&btf, "probe", BTF_KIND_FUNC), ID_FUNC);
	EXPECT_NUMBER(btf_essential_len("task_struct"), 11);
	EXPECT_NUMBER(btf_essential_len("task_struct___old"), 11);
	EXPECT_NUMBER(btf_essential_len("a___b___c"), 5);
	EXPECT_NUMBER(btf_essential_len("a____b"), 6);
	EXPECT_NUMBER(btf_essential_len("a___"), 4);
	EXPECT_NUMBER(btf_essential_len("___b"), 4);
	EXPECT_NUMBER(btf_essential_len("a__b"), 4);
	EXPECT_NUMBER(btf_essential_len("a_____b___c"), 7);
	EXPECT_NUMBER(btf_essential_len(""), 0);
}

/* ---- Split BTF ---- */

static void btf_split(void)
{
	struct btf_member member = { 0 };
	struct btf base, module;
	struct btf_type type = { 0 };

	example_start();
	EXPECT_NUMBER(btf_open_copy(NULL, &base), 0);
	{
		static struct btf_image kept;

		/* The base's bytes stay where they are. */
		kept = image;
		base.types.data = kept.bytes + (base.types.data - image.bytes);
		base.strings.data = kept.bytes + (base.strings.data - image.bytes);
	}
	btf_image_start(&image, &base);
	EXPECT_NUMBER(btf_image_type(&image, BTF_KIND_STRUCT, "driver", 2, 16), ID_END);
	btf_image_member(&image, "node", ID_PTR, 0);
	btf_image_member(&image, "self", ID_END + 1, 64);
	btf_image_type(&image, BTF_KIND_PTR, "", 0, ID_END);
	EXPECT_TEXT(btf_open_copy(&base, &module) ? why.reason.data : "", "");
	EXPECT_NUMBER(module.first_id, ID_END);
	EXPECT_NUMBER(module.end_id, ID_END + 2);
	EXPECT(btf_type_get(&module, ID_STRUCT, &type) && type.btf == &base);
	EXPECT_TEXT(type.name, "node");
	EXPECT(btf_type_get(&module, ID_END, &type) && type.btf == &module);
	EXPECT_TEXT(type.name, "driver");
	EXPECT(btf_member_get(&type, 1, &member) && member.type == ID_END + 1);
	EXPECT_TEXT(member.name, "self");
	EXPECT(btf_type_get(&module, 0, &type) && type.kind == BTF_KIND_VOID);
	EXPECT(!btf_type_get(&module, ID_END + 2, &type));
	EXPECT_NUMBER(btf_find(&module, "driver", BTF_KIND_STRUCT), ID_END);
	EXPECT_NUMBER(btf_find(&module, "node", BTF_KIND_STRUCT), ID_STRUCT);
	EXPECT_NUMBER(btf_find(&base, "driver", BTF_KIND_STRUCT), 0);
	EXPECT_TEXT(btf_string(&module, 1), "int");

	/* With no string of its own. */
	btf_image_start(&image, &base);
	btf_image_type(&image, BTF_KIND_TYPEDEF, "", 0, ID_STRUCT);
	image.types[0] = ELF_HOST_DATA == ELFDATA2LSB;
	image.types[3] = ELF_HOST_DATA != ELFDATA2LSB;
	EXPECT_TEXT(btf_open_copy(&base, &module) ? why.reason.data : "", "");
	EXPECT(btf_type_get(&module, ID_END, &type));
	EXPECT_TEXT(type.name, "int");

	btf_image_start(&image, &base);
	btf_image_type(&image, BTF_KIND_TYPEDEF, "x", 0, ID_END + 1);
	EXPECT_NUMBER(btf_open_copy(&base, &module), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "type 23: refers to type 24, out of range (there are 24)");
	image.strings[image.strings_len - 1] = 'y';
	EXPECT_NUMBER(btf_open_copy(&base, &module), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "has strings that do not start and end in NUL");

	base.first_string = BTF_STRINGS_MAX - (uint32_t)base.strings.size - 1;
	EXPECT_NUMBER(btf_open_copy(&base, &module), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "has strings of 2 bytes, expected at most 1");
}

/* ---- Refusals ---- */

static void btf_refuses_preambles(void)
{
	static const struct {
		const char *what;
		struct btf_preamble preamble;
		const char *reason;
	} rows[] = {
		{ "the other byte order", { __builtin_bswap16(BTF_MAGIC), 1, 0, 24 },
		  "is " ELF_OTHER_ORDER ", expected " ELF_HOST_ORDER " BTF" },
		{ "magic", { 0x457f, 1, 0, 24 }, "has magic number 0x457f, expected 0xeb9f (BTF)" },
		{ "version", { BTF_MAGIC, 2, 0, 24 },
		  "has version 2 and flags 0x0, expected 1 and 0x0" },
		{ "flags", { BTF_MAGIC, 1, 0x80, 24 },
		  "has version 1 and flags 0x80, expected 1 and 0x0" },
		{ "short header", { BTF_MAGIC, 1, 0, 23 },
		  "has a header of 23 bytes, expected 24 to 25" },
		{ "long header", { BTF_MAGIC, 1, 0, UINT32_MAX },
		  "has a header of 4294967295 bytes, expected 24 to 25" },
	};
	struct arena arena = { 0 };
	uint8_t bytes[25] = { 0 };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].what;
		memcpy(bytes, &rows[i].preamble, sizeof(rows[i].preamble));
		EXPECT_NUMBER(btf_open((struct view){ bytes, sizeof(bytes) }, NULL, &arena, &btf,
				       &why), -ENOEXEC);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
	}
	check.row = NULL;
	EXPECT_NUMBER(btf_open((struct view){ bytes, 7 }, NULL, &arena, &btf, &why), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "is truncated: 7 bytes, its header has 24");
}

/* An int, a struct, an array of it and a pointer to it, as words of the file. */
enum {
	WORD_HDR_LEN = 1, WORD_TYPE_OFF, WORD_TYPE_LEN, WORD_STR_OFF, WORD_STR_LEN,
	WORD_INT, WORD_INT_INFO,
	WORD_STRUCT = WORD_INT + 4, WORD_STRUCT_INFO,
	WORD_MEMBER = WORD_STRUCT + 3, WORD_MEMBER_TYPE,
	WORD_ARRAY = WORD_STRUCT + 6, WORD_ARRAY_TYPE = WORD_ARRAY + 3, WORD_INDEX_TYPE,
	WORD_POINTER = WORD_ARRAY + 6, WORD_POINTER_TYPE = WORD_POINTER + 2,
	WORD_STRINGS = WORD_POINTER + 3,
};

static struct view small_btf(void)
{
	btf_image_start(&image, NULL);
	btf_image_int(&image, "int", 4, 0, 32);
	btf_image_type(&image, BTF_KIND_STRUCT, "s", 1, 4);
	btf_image_member(&image, "m", 1, 0);
	btf_image_array(&image, 2, 3);
	btf_image_type(&image, BTF_KIND_PTR, "", 0, 2);
	return btf_image_view(&image);
}

static void btf_refuses(void)
{
	static const struct {
		const char *what;
		int word;
		uint32_t value;
		const char *reason;
	} rows[] = {
		{ "nothing", WORD_HDR_LEN, 24, NULL },
		{ "types behind the end", WORD_TYPE_LEN, 100,
		  "is truncated: types of 100 bytes at offset 24, it has 109 bytes" },
		{ "types far away", WORD_TYPE_OFF, UINT32_MAX,
		  "is truncated: types of 76 bytes at offset 4294967319, it has 109 bytes" },
		{ "strings behind the end", WORD_STR_LEN, 10,
		  "is truncated: strings of 10 bytes at offset 100, it has 109 bytes" },
		{ "strings far away", WORD_STR_OFF, UINT32_MAX - 23,
		  "is truncated: strings of 9 bytes at offset 4294967296, it has 109 bytes" },
		{ "no strings", WORD_STR_LEN, 0, "has strings that do not start and end in NUL" },
		{ "an open string", WORD_STR_LEN, 8,
		  "has strings that do not start and end in NUL" },
		{ "no empty string", WORD_STRINGS, 0x41414141,
		  "has strings that do not start and end in NUL" },
		{ "strings one byte off", WORD_STR_OFF, 77,
		  "is truncated: strings of 9 bytes at offset 101, it has 109 bytes" },
		{ "half a record", WORD_TYPE_LEN, 16 + 11,
		  "type 2: is truncated: 11 bytes, expected 12" },
		{ "half of what follows", WORD_TYPE_LEN, 16 + 23,
		  "type 2: is truncated: 23 bytes, expected 24" },
		{ "many members", WORD_STRUCT_INFO, BTF_KIND_STRUCT << 24 | 0xffff,
		  "type 2: is truncated: 60 bytes, expected 786432" },
		{ "kind 0", WORD_STRUCT_INFO, 0, "type 2: is of kind 0 (0x0), expected 1 to 19" },
		{ "kind 20", WORD_INT_INFO, 20U << 24,
		  "type 1: is of kind 20 (0x14000000), expected 1 to 19" },
		{ "unknown bits", WORD_INT_INFO, 1U << 24 | 1U << 29,
		  "type 1: is of kind 1 (0x21000000), expected 1 to 19" },
		{ "an int's name", WORD_INT, 9,
		  "type 1: a name at offset 9, the strings have 9 bytes" },
		{ "a member's name", WORD_MEMBER, UINT32_MAX,
		  "type 2: a name at offset 4294967295, the strings have 9 bytes" },
		{ "a member's type", WORD_MEMBER_TYPE, 5,
		  "type 2: refers to type 5, out of range (there are 5)" },
		{ "an element's type", WORD_ARRAY_TYPE, 5,
		  "type 3: refers to type 5, out of range (there are 5)" },
		{ "an index's type", WORD_INDEX_TYPE, UINT32_MAX,
		  "type 3: refers to type 4294967295, out of range (there are 5)" },
		{ "a pointer's type", WORD_POINTER_TYPE, 5,
		  "type 4: refers to type 5, out of range (there are 5)" },
	};
	static uint8_t memory[64];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena arena = { memory, sizeof(memory), 0 };
		struct view view = small_btf();
		int err;

		check.row = rows[i].what;
		memcpy(image.bytes + rows[i].word * sizeof(uint32_t), &rows[i].value,
		       sizeof(uint32_t));
		why_clear(&why);
		err = btf_open_checked(view, NULL, &arena, &btf);
		EXPECT_NUMBER(err, rows[i].reason ? -ENOEXEC : 0);
		EXPECT_TEXT(why.reason.data, rows[i].reason ? rows[i].reason : "");
	}
	check.row = NULL;
}

/* As many as 16 bits do not count. */
static void btf_of_many_elements(void)
{
	static uint8_t memory[1 << 18];
	struct arena arena = { memory, sizeof(memory), 0 };
	const uint32_t nr = 0x10002;
	struct btf_enumerator enumerator;
	struct btf_type type;

	btf_image_start(&image, NULL);
	btf_image_type(&image, BTF_KIND_ENUM, "many", nr, 4);
	for (uint32_t i = 0; i < nr; i++)
		btf_image_pair(&image, "", i);
	btf_image_int(&image, "int", 4, 0, 32);
	EXPECT_NUMBER(btf_open_checked(btf_image_view(&image), NULL, &arena, &btf), 0);
	EXPECT(btf_type_get(&btf, 1, &type) && type.nr == nr);
	EXPECT(btf_enumerator_get(&type, nr - 1, &enumerator) && enumerator.value == nr - 1);
	EXPECT(!btf_enumerator_get(&type, nr, &enumerator));
	EXPECT(btf_type_get(&btf, 2, &type) && type.kind == BTF_KIND_INT);
}

/* Many names may share a string's bytes: of one that is too long they would be too many. */
static void btf_refuses_long_names(void)
{
	static const uint32_t words[] = { WORD_INT, WORD_MEMBER };
	static char name[ELF_NAME_MAX + 2];

	memset(name, 'n', ELF_NAME_MAX + 1);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		static uint8_t memory[1024];
		struct arena arena = { memory, sizeof(memory), 0 };
		uint32_t off;
		struct view view;

		small_btf();
		off = btf_image_string(&image, name);
		view = btf_image_view(&image);
		memcpy(image.bytes + words[i] * sizeof(off), &off, sizeof(off));
		EXPECT_NUMBER(btf_open_checked(view, NULL, &arena, &btf), -ENOEXEC);
		EXPECT_TEXT(why.reason.data, i ? "type 2: a name has more than 2047 characters"
					       : "type 1: a name has more than 2047 characters");
		off++;
		memcpy(image.bytes + words[i] * sizeof(off), &off, sizeof(off));
		EXPECT_NUMBER(btf_open_checked(view, NULL, &arena, &btf), 0);
	}
}

/* Nothing is there whose name is not, in BTF that nobody has checked. */
static void btf_leaves_out_the_nameless(void)
{
	uint32_t far = UINT32_MAX, structs = BTF_KIND_BIT(BTF_KIND_STRUCT);
	static uint8_t memory[64];
	struct arena arena = { memory, sizeof(memory), 0 };
	struct btf_member member;
	struct btf_type type;
	struct text name;
	struct view view = small_btf();

	memcpy(image.bytes + WORD_MEMBER * sizeof(far), &far, sizeof(far));
	memcpy(image.bytes + WORD_POINTER_TYPE * sizeof(far), &far, sizeof(far));
	EXPECT_NUMBER(btf_open(view, NULL, &arena, &btf, &why), 0);
	EXPECT(btf_type_first(&btf, structs, &type) && type.id == 2 && type.nr == 1);
	EXPECT(!btf_member_get(&type, 0, &member) && !btf_member_name(&type, 0));
	EXPECT(btf_type_get(&btf, 4, &type) && !btf_type_get(&btf, type.type, &type));

	memcpy(image.bytes + WORD_STRUCT * sizeof(far), &far, sizeof(far));
	EXPECT(!btf_type_get(&btf, 2, &type) && !btf_type_first(&btf, structs, &type));
	EXPECT(btf_type_first(&btf, BTF_KINDS_ALL, &type) && type.id == 1);
	EXPECT(btf_type_next(&type, BTF_KINDS_ALL) && type.id == 3);
	text_clear(&name);
	btf_add_type_name(&btf, 2, &name);
	EXPECT_TEXT(name.data, "struct (anonymous)");
}

static void btf_headers_may_grow(void)
{
	struct btf_type type;

	example_start();
	image.header.preamble.hdr_len = 40;
	BTF_OPENS();
	EXPECT(btf_type_get(&btf, ID_STRUCT, &type));
	EXPECT_TEXT(type.name, "node");
}

static void btf_needs_memory(void)
{
	static uint8_t memory[64];
	struct arena arena = { memory, 1, 0 };

	EXPECT_NUMBER(btf_open(small_btf(), NULL, &arena, &btf, &why), -ENOMEM);
	EXPECT_TEXT(why.reason.data, "out of memory for an index of 8 bytes");
}

/* ---- .BTF.ext ---- */

#define EXT_WORDS 64
#define EXT_HEADER_WORDS 8

/* Words behind the preamble: three offsets and lengths, then the tables. */
struct ext_image {
	struct btf_preamble preamble;
	uint32_t words[EXT_WORDS];
};

enum {
	EXT_FUNC_OFF, EXT_FUNC_LEN, EXT_LINE_OFF, EXT_LINE_LEN, EXT_CORE_OFF, EXT_CORE_LEN,
	EXT_FUNC, EXT_FUNC_SECTION, EXT_FUNC_NR, EXT_FUNC_RECORDS,
	EXT_LINE = EXT_FUNC_RECORDS + 4, EXT_LINE_SECTION, EXT_LINE_NR, EXT_LINE_RECORDS,
	EXT_CORE = EXT_LINE_RECORDS + 4, EXT_CORE_SECTION, EXT_CORE_NR, EXT_CORE_RECORDS,
	EXT_CORE_SECOND = EXT_CORE_RECORDS + 5, EXT_CORE_SECOND_NR, EXT_CORE_SECOND_RECORDS,
	EXT_END = EXT_CORE_SECOND_RECORDS + 5,
};

#define EXT_BYTES (sizeof(struct btf_preamble) + EXT_END * sizeof(uint32_t))

/* On the small BTF: string 1 is "int", 5 "s", 7 "m". Records of core_relo have a word too many. */
static struct ext_image ext_start(void)
{
	struct ext_image ext = {
		.preamble = btf_image_preamble(EXT_HEADER_WORDS * sizeof(uint32_t)),
		.words = {
			[EXT_FUNC_OFF] = 0, 28,
			[EXT_LINE_OFF] = 28, 28,
			[EXT_CORE_OFF] = 56, 60,
			[EXT_FUNC] = 8,
			[EXT_FUNC_SECTION] = 1, 2, 0, 3, 16, 2,
			[EXT_LINE] = 16,
			[EXT_LINE_SECTION] = 1, 1, 8, 5, 7, 12 << 10 | 3,
			[EXT_CORE] = 20,
			[EXT_CORE_SECTION] = 1, 1, 24, 2, 7, 5, 99,
			[EXT_CORE_SECOND] = 5, 1, 32, 3, 5, 6, 98,
		},
	};

	EXPECT_NUMBER(btf_open_copy(NULL, &btf), 0);
	return ext;
}

static int ext_open(const struct ext_image *ext, struct btf_ext *out)
{
	why_clear(&why);
	return btf_ext_open((struct view){ (const uint8_t *)ext, EXT_BYTES }, &btf, out, &why);
}

static void btf_ext_reads(void)
{
	struct btf_core_relocation relocation = { 0 };
	struct btf_ext_section section = { 0 };
	struct btf_line_info line = { 0 };
	struct btf_func_info func = { 0 };
	struct ext_image bytes;
	struct btf_ext ext;
	uint64_t off = 0;
	uint32_t nr = 0;

	small_btf();
	bytes = ext_start();
	EXPECT_TEXT(ext_open(&bytes, &ext) ? why.reason.data : "", "");
	EXPECT(btf_ext_section_get(&ext, BTF_EXT_FUNC_INFO, "int", &section) && section.nr == 2);
	EXPECT(btf_ext_record_get(&section, 1, &func, sizeof(func)));
	EXPECT(func.insn_off == 16 && func.type == 2);
	EXPECT(!btf_ext_record_get(&section, 2, &func, sizeof(func)));
	EXPECT(!btf_ext_section_get(&ext, BTF_EXT_FUNC_INFO, "s", &section));
	EXPECT(btf_ext_section_get(&ext, BTF_EXT_LINE_INFO, "int", &section));
	EXPECT(btf_ext_record_get(&section, 0, &line, sizeof(line)));
	EXPECT(line.insn_off == 8 && line.line_col >> 10 == 12);
	EXPECT_TEXT(btf_string(&btf, line.file_name_off), "s");
	EXPECT_TEXT(btf_string(&btf, line.line_off), "m");
	EXPECT(btf_ext_section_get(&ext, BTF_EXT_CORE_RELO, "s", &section));
	EXPECT_TEXT(section.section, "s");
	EXPECT_NUMBER(section.record_size, 20);
	EXPECT(btf_ext_record_get(&section, 0, &relocation, sizeof(relocation)));
	EXPECT(relocation.insn_off == 32 && relocation.type == 3 && relocation.access_off == 5 &&
	       relocation.kind == 6);
	while (btf_ext_section_next(&ext, BTF_EXT_CORE_RELO, &off, &section))
		nr++;
	EXPECT_NUMBER(nr, 2);
}

/* Of LLVM 9: two tables. And one table of none. */
static void btf_ext_older(void)
{
	struct btf_ext_section section = { 0 };
	struct ext_image bytes;
	struct btf_ext ext;

	small_btf();
	bytes = ext_start();
	bytes.preamble.hdr_len = 24;
	bytes.words[EXT_FUNC_OFF] += 8;
	bytes.words[EXT_LINE_LEN] = 0;
	EXPECT_TEXT(ext_open(&bytes, &ext) ? why.reason.data : "", "");
	EXPECT(btf_ext_section_get(&ext, BTF_EXT_FUNC_INFO, "int", &section) && section.nr == 2);
	EXPECT(!btf_ext_section_get(&ext, BTF_EXT_LINE_INFO, "int", &section));
	EXPECT(!btf_ext_section_get(&ext, BTF_EXT_CORE_RELO, "int", &section));
}

static void btf_ext_refuses(void)
{
	static const struct {
		const char *what;
		int word;
		uint32_t value;
		const char *reason;
	} rows[] = {
		{ "nothing", EXT_FUNC_OFF, 0, NULL },
		{ "a table behind the end", EXT_CORE_LEN, 61,
		  "core_relo: is truncated: 61 bytes at offset 88, .BTF.ext has 148" },
		{ "a table far away", EXT_LINE_OFF, UINT32_MAX,
		  "line_info: is truncated: 28 bytes at offset 4294967327, .BTF.ext has 148" },
		{ "half a word", EXT_FUNC_LEN, 3,
		  "func_info: is truncated: 3 bytes at offset 32, .BTF.ext has 148" },
		{ "short records", EXT_LINE, 12,
		  "line_info: has records of 12 bytes, expected at least 16 in steps of 4" },
		{ "odd records", EXT_FUNC, 9,
		  "func_info: has records of 9 bytes, expected at least 8 in steps of 4" },
		{ "more records than bytes", EXT_FUNC_NR, 3,
		  "func_info: the section at byte 0 goes beyond its 24 bytes" },
		{ "very many records", EXT_CORE_NR, UINT32_MAX,
		  "core_relo: the section at byte 0 goes beyond its 56 bytes" },
		{ "half a section", EXT_CORE_LEN, 36,
		  "core_relo: the section at byte 28 goes beyond its 32 bytes" },
		{ "a section without a name", EXT_CORE_SECOND, 9,
		  "core_relo: the section at byte 28 goes beyond its 56 bytes" },
		{ "a func's type", EXT_FUNC_RECORDS + 3, 5,
		  "func_info: section 'int': record 1: type 5, out of range (there are 5)" },
		{ "a file's name", EXT_LINE_RECORDS + 1, 9,
		  "line_info: section 'int': record 0: string at offset 9, out of range" },
		{ "a line", EXT_LINE_RECORDS + 2, UINT32_MAX,
		  "line_info: section 'int': record 0: string at offset 4294967295, out of range" },
		{ "an access", EXT_CORE_SECOND_RECORDS + 2, 10,
		  "core_relo: section 's': record 0: string at offset 10, out of range" },
		{ "a relocation's type", EXT_CORE_RECORDS + 1, 5,
		  "core_relo: section 'int': record 0: type 5, out of range (there are 5)" },
	};
	static char name[ELF_NAME_MAX + 2];
	struct ext_image bytes;
	struct btf_ext ext;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int err;

		check.row = rows[i].what;
		small_btf();
		bytes = ext_start();
		bytes.words[rows[i].word] = rows[i].value;
		err = ext_open(&bytes, &ext);
		EXPECT_NUMBER(err, rows[i].reason ? -ENOEXEC : 0);
		EXPECT_TEXT(why.reason.data, rows[i].reason ? rows[i].reason : "");
	}
	check.row = NULL;
	bytes.preamble.magic = 0;
	EXPECT_NUMBER(ext_open(&bytes, &ext), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "has magic number 0x0, expected 0xeb9f (BTF)");

	memset(name, 'n', ELF_NAME_MAX + 1);
	small_btf();
	btf_image_string(&image, name);
	bytes = ext_start();
	bytes.words[EXT_CORE_SECOND] = 9;
	EXPECT_NUMBER(ext_open(&bytes, &ext), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "core_relo: the section at byte 28 goes beyond its 56 bytes");
	bytes.words[EXT_CORE_SECOND] = 10;
	EXPECT_NUMBER(ext_open(&bytes, &ext), 0);
}

/* ---- Names and values ---- */

static const char *name_of(uint32_t id)
{
	text_clear(&text);
	btf_add_type_name(&btf, id, &text);
	return text.data;
}

static void btf_type_names(void)
{
	uint32_t pointer, array, proto, id;

	example_start();
	pointer = btf_image_type(&image, BTF_KIND_PTR, "", 0, ID_CONST);
	array = btf_image_array(&image, pointer, 4);
	proto = btf_image_type(&image, BTF_KIND_FUNC_PROTO, "", 0, array + 3);
	btf_image_type(&image, BTF_KIND_PTR, "", 0, array);            /* array + 2 */
	btf_image_type(&image, BTF_KIND_PTR, "", 0, 0);                /* array + 3 */
	btf_image_type(&image, BTF_KIND_PTR, "", 0, proto);            /* array + 4 */
	btf_image_array(&image, array, 2);                             /* array + 5 */
	id = btf_image_type(&image, BTF_KIND_CONST, "", 0, pointer);
	btf_image_type(&image, BTF_KIND_PTR, "", 0, id);
	btf_image_type(&image, BTF_KIND_PTR, "", 0, ID_PROTO);
	btf_image_type(&image, BTF_KIND_FWD, "s", 0, 0);
	btf_image_type(&image, BTF_KIND_CONST, "", 0, id + 5);
	btf_image_type(&image, BTF_KIND_PTR, "", 0, id + 4);
	btf_image_type(&image, BTF_KIND_CONST, "", 0, id + 7);
	btf_image_array(&image, ID_VOLATILE, 2);
	BTF_OPENS();
	EXPECT_TEXT(name_of(0), "void");
	EXPECT_TEXT(name_of(ID_INT), "int");
	EXPECT_TEXT(name_of(ID_STRUCT), "struct node");
	EXPECT_TEXT(name_of(ID_UNION), "union (anonymous)");
	EXPECT_TEXT(name_of(ID_PTR), "struct node *");
	EXPECT_TEXT(name_of(ID_ARRAY), "char[16]");
	EXPECT_TEXT(name_of(ID_ENUM), "enum color");
	EXPECT_TEXT(name_of(ID_ENUM64), "enum flags");
	EXPECT_TEXT(name_of(ID_FWD), "union opaque");
	EXPECT_TEXT(name_of(id + 3), "struct s");
	EXPECT_TEXT(name_of(ID_TYPEDEF), "number_t");
	EXPECT_TEXT(name_of(ID_VAR), "number_t");
	EXPECT_TEXT(name_of(ID_VOLATILE), "volatile const int");
	EXPECT_TEXT(name_of(ID_RESTRICT), "struct node *restrict");
	EXPECT_TEXT(name_of(ID_PROTO), "int(...)");
	EXPECT_TEXT(name_of(ID_FUNC), "probe");
	EXPECT_TEXT(name_of(ID_DATASEC), ".rodata");
	EXPECT_TEXT(name_of(ID_FLOAT), "double");
	EXPECT_TEXT(name_of(pointer), "const int *");
	EXPECT_TEXT(name_of(array), "const int *[4]");
	EXPECT_TEXT(name_of(array + 2), "const int *(*)[4]");
	EXPECT_TEXT(name_of(array + 4), "void *(*)(void)");
	EXPECT_TEXT(name_of(array + 5), "const int *[2][4]");
	EXPECT_TEXT(name_of(id), "const int *const");
	EXPECT_TEXT(name_of(id + 1), "const int *const *");
	EXPECT_TEXT(name_of(id + 2), "int (*)(...)");
	EXPECT_TEXT(name_of(id + 6), "const volatile int[2]");
	/* A pointer to a constant pointer to it, for ever. */
	EXPECT(text_find(name_of(id + 5), "*const *const *"));
}

static const char *value_of(uint32_t id, const void *bytes, size_t len)
{
	text_clear(&text);
	btf_add_value(&btf, id, (struct view){ bytes, len }, &text);
	return text.data;
}

#define VALUE_OF(id, ...) value_of(id, &(__VA_ARGS__), sizeof(__VA_ARGS__))

static void btf_scalar_values(void)
{
	static const uint8_t wide[16] = { [0] = ELF_HOST_DATA == ELFDATA2LSB ? 1 : 0xf2,
					  [15] = ELF_HOST_DATA == ELFDATA2LSB ? 0xf2 : 1 };

	example_start();
	btf_image_int(&image, "unsigned short", 2, 0, 16);           /* ID_END */
	btf_image_int(&image, "__int128", 16, BTF_INT_SIGNED, 128);  /* ID_END + 1 */
	btf_image_type(&image, BTF_KIND_ENUM, "old", 2, 4);          /* ID_END + 2 */
	btf_image_pair(&image, "MINUS", (uint32_t)-2);
	btf_image_pair(&image, "", 9);
	btf_image_int(&image, "signed char", 1, BTF_INT_SIGNED, 8);  /* ID_END + 3 */
	BTF_OPENS();
	EXPECT_TEXT(VALUE_OF(ID_INT, (int32_t){ -5 }), "-5");
	EXPECT_TEXT(VALUE_OF(ID_VAR, (int32_t){ INT32_MIN }), "-2147483648");
	EXPECT_TEXT(VALUE_OF(ID_U64, (uint64_t){ UINT64_MAX }), "18446744073709551615");
	EXPECT_TEXT(VALUE_OF(ID_END, (uint16_t){ 0xfffe }), "65534");
	EXPECT_TEXT(VALUE_OF(ID_BOOL, (uint8_t){ 1 }), "true");
	EXPECT_TEXT(VALUE_OF(ID_BOOL, (uint8_t){ 0 }), "false");
	EXPECT_TEXT(VALUE_OF(ID_BOOL, (uint8_t){ 3 }), "3");
	EXPECT_TEXT(VALUE_OF(ID_CHAR, (char){ 'a' }), "'a'");
	EXPECT_TEXT(VALUE_OF(ID_CHAR, (int8_t){ -1 }), "-1");
	EXPECT_TEXT(VALUE_OF(ID_END + 3, (int8_t){ 'a' }), "97");
	EXPECT_TEXT(VALUE_OF(ID_PTR, (uint64_t){ 0xffffffff81000000 }), "0xffffffff81000000");
	EXPECT_TEXT(VALUE_OF(ID_ENUM, (int32_t){ 1 }), "RED");
	EXPECT_TEXT(VALUE_OF(ID_ENUM, (int32_t){ -1 }), "NONE");
	EXPECT_TEXT(VALUE_OF(ID_ENUM, (int32_t){ -2 }), "-2");
	EXPECT_TEXT(VALUE_OF(ID_END + 2, (int32_t){ -2 }), "MINUS");
	EXPECT_TEXT(VALUE_OF(ID_END + 2, (int32_t){ -3 }), "4294967293");
	EXPECT_TEXT(VALUE_OF(ID_END + 2, (int32_t){ 9 }), "9");
	EXPECT_TEXT(VALUE_OF(ID_ENUM64, (uint64_t){ 0x8000000089abcdef }), "HIGH");
	EXPECT_TEXT(VALUE_OF(ID_ENUM64, (uint64_t){ 0x80000000 }), "2147483648");
	EXPECT_TEXT(VALUE_OF(ID_FLOAT, (double){ 1.5 }), "0x3ff8000000000000");
	EXPECT_TEXT(value_of(ID_END + 1, wide, 16), "0xf2000000000000000000000000000001");
	/* Too few bytes, and what has no value. */
	EXPECT_TEXT(value_of(ID_INT, "abc", 3), "?");
	EXPECT_TEXT(value_of(ID_FUNC, "abcdefgh", 8), "?");
	EXPECT_TEXT(value_of(0, "abcdefgh", 8), "?");
}

static void btf_char_values(void)
{
	char many[2 * TEXT_STRING_MAX];
	uint32_t array;

	example_start();
	array = btf_image_array(&image, ID_CHAR, sizeof(many));
	btf_image_array(&image, ID_CHAR, 0);
	BTF_OPENS();
	EXPECT_TEXT(value_of(ID_ARRAY, "eth0\0\0\0\0\0\0\0\0\0\0\0\0", 16), "\"eth0\"");
	EXPECT_TEXT(value_of(ID_ARRAY, "0123456789abcdef", 16), "\"0123456789abcdef\"");
	EXPECT_TEXT(value_of(ID_ARRAY, "a\0b\"\\\n\xff\0\0\0\0\0\0\0\0\0", 16),
		    "\"a\\x00b\\\"\\\\\\x0a\\xff\"");
	EXPECT_TEXT(value_of(array + 1, "x", 1), "\"\"");
	memset(many, 'x', sizeof(many));
	value_of(array, many, sizeof(many));
	EXPECT_NUMBER(text.len, TEXT_STRING_MAX + 5);
	EXPECT_TEXT(text.data + TEXT_STRING_MAX - 1, "xx...\"");
}

struct node_value {
	uint64_t next;
	char name[16];
	uint64_t wide;
	int32_t color;
	uint32_t padding;
};

static void btf_composite_values(void)
{
	static const struct node_value node = { 0x1234, "one", 7ULL << 32 | 7, 1, 0 };
	static const uint32_t numbers[BTF_VALUE_ELEMENTS_MAX + 1] = { 1, 2, 3 };
	uint64_t fields = ELF_HOST_DATA == ELFDATA2LSB
		? 5 | 0x1eULL << 3 | 1ULL << 8 | 0x123456789aULL << 24
		: 5ULL << 61 | 0x1eULL << 56 | 1ULL << 54 | 0x123456789aULL;
	uint32_t three, two_threes, many, bits, self, cut_off, none, nothings;

	example_start();
	three = btf_image_array(&image, ID_INT, 3);
	two_threes = btf_image_array(&image, three, 2);
	many = btf_image_array(&image, ID_INT, BTF_VALUE_ELEMENTS_MAX + 1);
	bits = btf_image_type(&image, BTF_KIND_STRUCT, "bits", BTF_IMAGE_FLAG | 4, 8);
	btf_image_member(&image, "a", ID_U64, 3U << 24 | 0);
	btf_image_member(&image, "b", ID_INT, 5U << 24 | 3);
	btf_image_member(&image, "c", ID_ENUM, 2U << 24 | 8);
	btf_image_member(&image, "d", ID_U64, 40U << 24 | 24);
	self = btf_image_type(&image, BTF_KIND_STRUCT, "self", 2, 8);
	btf_image_member(&image, "self", self, 0);
	btf_image_member(&image, "self", self, 0);
	cut_off = btf_image_type(&image, BTF_KIND_STRUCT, "cut_off", 2, 4);
	btf_image_member(&image, "a", ID_INT, 0);
	btf_image_member(&image, "b", ID_INT, 8);
	none = btf_image_type(&image, BTF_KIND_STRUCT, "none", 0, 0);
	nothings = btf_image_array(&image, none, UINT32_MAX);
	BTF_OPENS();
	EXPECT_TEXT(VALUE_OF(ID_STRUCT, node), "{ .next = 0x1234, .name = \"one\", "
		    "{ .wide = 30064771079, .narrow = 7 }, .color = RED }");
	EXPECT_TEXT(value_of(three, numbers, 12), "{ 1, 2, 3 }");
	EXPECT_TEXT(value_of(two_threes, numbers, 24), "{ { 1, 2, 3 }, { 0, 0, 0 } }");
	value_of(many, numbers, sizeof(numbers));
	EXPECT_TEXT(text.data + text.len - 10, ", 0, ... }");
	EXPECT_TEXT(VALUE_OF(bits, fields), "{ .a = 5, .b = -2, .c = RED, .d = 78187493530 }");
	/* What contains itself, lies outside or has no size comes to an end. */
	EXPECT_TEXT(value_of(cut_off, numbers, 4), "{ .a = 1, .b = ? }");
	value_of(self, numbers, 8);
	EXPECT(text.cut);
	EXPECT_TEXT(value_of(none, numbers, 0), "{ }");
	value_of(nothings, numbers, 0);
	EXPECT_TEXT(text.data + text.len - 15, "{ }, { }, ... }");
}

static void btf_parses_values(void)
{
	static const struct {
		uint32_t id;
		const char *text;
		const char *value;  /* as it is printed then, */
		const char *reason; /* or why not */
	} rows[] = {
		{ ID_INT, "42", "42", NULL },
		{ ID_INT, "-0x10", "-16", NULL },
		{ ID_INT, "2147483647", "2147483647", NULL },
		{ ID_INT, "-2147483648", "-2147483648", NULL },
		{ ID_INT, "2147483648", NULL,
		  "2147483648 is out of range, -2147483648 to 2147483647" },
		{ ID_INT, "-2147483649", NULL,
		  "-2147483649 is out of range, -2147483648 to 2147483647" },
		{ ID_INT, "5x", NULL, "'5x' is not a number" },
		{ ID_INT, "", NULL, "'' is not a number" },
		{ ID_INT, "-", NULL, "'-' is not a number" },
		{ ID_INT, "0x", NULL, "'0x' is not a number" },
		{ ID_INT, "99999999999999999999", NULL, "'99999999999999999999' is not a number" },
		{ ID_VAR, "7", "7", NULL },
		{ ID_U64, "0xFFFFFFFFFFFFFFFF", "18446744073709551615", NULL },
		{ ID_U64, "-1", NULL, "-1 is out of range, 0 to 18446744073709551615" },
		{ ID_END, "-9223372036854775808", "-9223372036854775808", NULL },
		{ ID_END, "9223372036854775808", NULL,
		  "9223372036854775808 is out of range, -9223372036854775808 to 9223372036854775807" },
		{ ID_CHAR, "-128", "-128", NULL },
		{ ID_CHAR, "'x'", "'x'", NULL },
		{ ID_CHAR, "''", NULL, "'''' is not a number" },
		{ ID_CHAR, "128", NULL, "128 is out of range, -128 to 127" },
		{ ID_BOOL, "true", "true", NULL },
		{ ID_BOOL, "0", "false", NULL },
		{ ID_BOOL, "2", NULL, "'2' is neither true nor false" },
		{ ID_ENUM, "RED", "RED", NULL },
		{ ID_ENUM, "NONE", "NONE", NULL },
		{ ID_ENUM, "-1", "NONE", NULL },
		{ ID_ENUM, "3", "3", NULL },
		{ ID_ENUM, "4294967295", NULL,
		  "4294967295 is out of range, -2147483648 to 2147483647" },
		{ ID_ENUM, "BLUE", NULL, "'BLUE' is none of RED, NONE" },
		{ ID_ENUM64, "HIGH", "HIGH", NULL },
		{ ID_ARRAY, "eth0", "\"eth0\"", NULL },
		{ ID_ARRAY, "", "\"\"", NULL },
		{ ID_ARRAY, "012345678901234", "\"012345678901234\"", NULL },
		{ ID_ARRAY, "0123456789012345", NULL,
		  "'0123456789012345' has 16 characters, expected at most 15" },
		{ ID_STRUCT, "1", NULL, "is of type 'struct node', which no text can set" },
		{ ID_PTR, "1", NULL, "is of type 'struct node *', which no text can set" },
		{ ID_END + 1, "1", NULL, "is of type '__int128', which no text can set" },
		{ ID_END + 2, "1", NULL, "has no type that fits its 40 bytes" },
		{ ID_FUNC, "1", NULL, "has no type that fits its 40 bytes" },
	};

	example_start();
	btf_image_int(&image, "long", 8, BTF_INT_SIGNED, 64);
	btf_image_int(&image, "__int128", 16, BTF_INT_SIGNED, 128);
	btf_image_array(&image, ID_CHAR, 41);
	BTF_OPENS();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t bytes[40];
		int err;

		memset(bytes, 0xff, sizeof(bytes));
		check.row = rows[i].text;
		why_clear(&why);
		err = btf_parse_value(&btf, rows[i].id, rows[i].text, bytes, sizeof(bytes), &why);
		EXPECT_NUMBER(err, rows[i].reason ? -EINVAL : 0);
		EXPECT_TEXT(why.reason.data, rows[i].reason ? rows[i].reason : "");
		if (rows[i].value)
			EXPECT_TEXT(value_of(rows[i].id, bytes, sizeof(bytes)), rows[i].value);
		else
			EXPECT_NUMBER(bytes[0], 0xff);
	}
	check.row = NULL;
}

/* ---- The real thing ---- */

/* A kernel's BTF is larger and odder than any example. */
static void btf_of_this_kernel(void)
{
	static uint8_t bytes[32 << 20], memory[1 << 20];
	struct arena arena = { memory, sizeof(memory), 0 };
	struct view view = { bytes, 0 };
	struct btf_type type = { 0 }, got = { 0 };
	uint32_t nr = 0;
	uint16_t magic;
	uint64_t size;
	ssize_t len;
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		SKIP("this machine's kernel shows no BTF");
		return;
	}
	while ((len = read(fd, bytes + view.size, sizeof(bytes) - view.size)) > 0)
		view.size += (uint64_t)len;
	close(fd);
	memcpy(&magic, bytes, sizeof(magic));
	if (magic == __builtin_bswap16(BTF_MAGIC)) {
		SKIP("emulated: the kernel has the other byte order");
		return;
	}
	why_clear(&why);
	EXPECT_TEXT(btf_open(view, NULL, &arena, &btf, &why) ? why.reason.data : "", "");
	for (bool more = btf_type_first(&btf, BTF_KINDS_ALL, &type); more;
	     more = btf_type_next(&type, BTF_KINDS_ALL)) {
		EXPECT(btf_type_get(&btf, ++nr, &got) && got.id == type.id &&
		       got.extra == type.extra);
		EXPECT(name_of(nr)[0]);
		if (btf_is_composite(&type))
			EXPECT(btf_size(&btf, nr, &size) && size == type.size);
	}
	EXPECT_NUMBER(nr + 1, btf.end_id);
	EXPECT(btf_size(&btf, btf_find(&btf, "task_struct", BTF_KIND_STRUCT), &size) &&
	       size > 1000);
}

static const struct check_case btf_cases[] = {
	{ "BTF: records of each kind", btf_reads_records },
	{ "BTF: what follows records", btf_reads_what_follows },
	{ "BTF: an accessor of another kind says no", btf_accessors_know_their_kind },
	{ "BTF: over all types, and over those of some kinds", btf_goes_over_types },
	{ "BTF: bit fields, old and new", btf_bit_fields },
	{ "BTF: sizes, and types without an end", btf_sizes },
	{ "BTF: as deep as the kernel goes", btf_depth },
	{ "BTF: names, flavours", btf_names },
	{ "BTF: split, on a base", btf_split },
	{ "BTF: refused preambles", btf_refuses_preambles },
	{ "BTF: refused sections and types", btf_refuses },
	{ "BTF: refused names", btf_refuses_long_names },
	{ "BTF: many elements", btf_of_many_elements },
	{ "BTF: left out unchecked", btf_leaves_out_the_nameless },
	{ "BTF: a longer header", btf_headers_may_grow },
	{ "BTF: no memory for the index", btf_needs_memory },
	{ ".BTF.ext: its tables", btf_ext_reads },
	{ ".BTF.ext: of an older compiler", btf_ext_older },
	{ ".BTF.ext: refused", btf_ext_refuses },
	{ "BTF: types as C spells them", btf_type_names },
	{ "BTF: values of numbers", btf_scalar_values },
	{ "BTF: values of char arrays", btf_char_values },
	{ "BTF: values of structs and arrays", btf_composite_values },
	{ "BTF: values from texts", btf_parses_values },
	{ "BTF: of this machine's kernel", btf_of_this_kernel },
};

#endif
