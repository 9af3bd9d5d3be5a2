/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_btf_fit.h - btf_fit.h and load_btf.h: an object's BTF as a kernel takes it */
#ifndef UNIT_BTF_FIT_H
#define UNIT_BTF_FIT_H

#include "btf_kinds.h"
#include "fixture.h"

/* The file that the BTF belongs to: sections without bytes, and symbols in them. */
static struct {
	struct elf elf;
	struct elf64_section sections[8];
	struct elf64_symbol symbols[16];
	char names[256];
	uint32_t nr_sections, nr_symbols, names_len;
} fit_file;

static uint32_t fit_name(const char *name)
{
	uint32_t off = fit_file.names_len;

	strcpy(fit_file.names + off, name);
	fit_file.names_len += (uint32_t)strlen(name) + 1;
	return off;
}

static uint16_t fit_section(const char *name, uint64_t size)
{
	fit_file.sections[fit_file.nr_sections] = (struct elf64_section){
		.sh_name = fit_name(name), .sh_type = SHT_NOBITS, .sh_size = size,
	};
	return (uint16_t)fit_file.nr_sections++;
}

static void fit_symbol(const char *name, uint16_t section, uint8_t binding, uint8_t type,
		       uint8_t visibility, uint64_t value)
{
	fit_file.symbols[fit_file.nr_symbols++] = (struct elf64_symbol){
		.st_name = fit_name(name), .st_shndx = section, .st_value = value,
		.st_info = (uint8_t)(binding << 4 | type), .st_other = visibility,
	};
}

static void fit_file_clear(void)
{
	memset(&fit_file, 0, sizeof(fit_file));
	fit_section("", 0);
	fit_symbol("", 0, 0, 0, 0, 0);
}

static struct elf *fit_elf(void)
{
	const struct view names = { (uint8_t *)fit_file.names, fit_file.names_len };

	fit_file.elf = (struct elf){
		.sections = { (uint8_t *)fit_file.sections,
			      fit_file.nr_sections * sizeof(fit_file.sections[0]) },
		.nr_sections = fit_file.nr_sections,
		.section_names = names,
		.symbols = { (uint8_t *)fit_file.symbols,
			     fit_file.nr_symbols * sizeof(fit_file.symbols[0]) },
		.nr_symbols = fit_file.nr_symbols,
		.symbol_names = names,
	};
	return &fit_file.elf;
}

static struct btf_image fit_image;
static struct btf fit_given, fit_made;
static uint64_t fit_memory[4096];
static struct view fit_bytes;

/* The image, fitted and read again. */
static bool fit_run(uint32_t known)
{
	struct arena arena = { .data = (uint8_t *)fit_memory, .size = sizeof(fit_memory) };

	memset(fit_memory, 0xee, sizeof(fit_memory));
	why_clear(&why);
	if (btf_open(btf_image_view(&fit_image), NULL, &arena, &fit_given, &why) != 0 ||
	    btf_fit(&fit_given, fit_elf(), known, &arena, &fit_bytes) != 0 ||
	    btf_open(fit_bytes, NULL, &arena, &fit_made, &why) != 0) {
		EXPECT_TEXT(why.reason.data, "");
		EXPECT(!"fitted");
		return false;
	}
	EXPECT_NUMBER(fit_made.end_id, fit_given.end_id);
	EXPECT_NUMBER(fit_made.strings.size, fit_given.strings.size);
	return true;
}

static struct btf_type fit_type(uint32_t id)
{
	struct btf_type type = { 0 };

	EXPECT(btf_type_get(&fit_made, id, &type));
	return type;
}

static void fit_expect(uint32_t id, uint8_t kind, const char *name, uint32_t nr, uint32_t size,
		       uint32_t ref)
{
	struct btf_type type = fit_type(id);

	EXPECT_NUMBER(type.kind, kind);
	EXPECT_TEXT(type.name, name);
	EXPECT_NUMBER(type.nr, nr);
	EXPECT_NUMBER(type.size, size);
	EXPECT_NUMBER(type.type, ref);
}

static void fit_expect_variable(uint32_t datasec, uint32_t i, uint32_t type, uint32_t offset,
				uint32_t size)
{
	struct btf_type section = fit_type(datasec);
	struct btf_variable variable = { 0 };

	EXPECT(btf_variable_get(&section, i, &variable));
	EXPECT_NUMBER(variable.type, type);
	EXPECT_NUMBER(variable.offset, offset);
	EXPECT_NUMBER(variable.size, size);
}

/* ---- Sections of variables ---- */

/* int a, static b, int c in ".data" of 12 bytes; c comes first in the file. */
static uint32_t fit_make_data(uint32_t size)
{
	uint32_t a, b, c, datasec, type;
	uint16_t section;

	fit_file_clear();
	fit_section(".text", 100);
	section = fit_section(".data", 12);
	fit_symbol("a", 1, 1, STT_OBJECT, 0, 44);  /* in another section */
	fit_symbol("c", section, 1, STT_OBJECT, 0, 0);
	fit_symbol("a", section, STB_LOCAL, STT_OBJECT, 0, 48);
	fit_symbol("a", section, 1, STT_OBJECT, 0, 8);
	btf_image_start(&fit_image, NULL);
	type = btf_image_int(&fit_image, "int", 4, BTF_INT_SIGNED, 32);
	a = btf_image_var(&fit_image, "a", type, BTF_LINKAGE_GLOBAL);
	b = btf_image_var(&fit_image, "b", type, BTF_LINKAGE_STATIC);
	c = btf_image_var(&fit_image, "c", type, BTF_LINKAGE_GLOBAL);
	datasec = btf_image_type(&fit_image, BTF_KIND_DATASEC, ".data", 3, size);
	btf_image_variable(&fit_image, a, size ? 4 : 0, 4);
	btf_image_variable(&fit_image, b, size ? 0 : 4, 4);
	btf_image_variable(&fit_image, c, size ? 8 : 0, 4);
	return datasec;
}

static void fit_variables_placed(void)
{
	uint32_t datasec = fit_make_data(0);

	if (!fit_run(BTF_FIT_ALL))
		return;
	fit_expect(datasec, BTF_KIND_DATASEC, ".data", 3, 12, 0);
	fit_expect_variable(datasec, 0, 4, 0, 4);
	fit_expect_variable(datasec, 1, 3, 4, 4);
	fit_expect_variable(datasec, 2, 2, 8, 4);
	fit_expect(2, BTF_KIND_VAR, "a", 0, 0, 1);
}

/* A linker has placed them, and left them as they came. */
static void fit_variables_linked(void)
{
	uint32_t datasec = fit_make_data(16);

	if (!fit_run(BTF_FIT_ALL))
		return;
	fit_expect(datasec, BTF_KIND_DATASEC, ".data", 3, 16, 0);
	fit_expect_variable(datasec, 0, 3, 0, 4);
	fit_expect_variable(datasec, 1, 2, 4, 4);
	fit_expect_variable(datasec, 2, 4, 8, 4);
}

/* What has no place is no section any more, and the rest stands. */
static void fit_variables_without_place(void)
{
	uint32_t datasec = fit_make_data(0);

	fit_file.symbols[fit_file.nr_symbols - 1].st_shndx = 1;
	if (fit_run(BTF_FIT_ALL))
		fit_expect(datasec, BTF_KIND_STRUCT, "", 0, 0, 0);
	fit_make_data(0);
	fit_file.nr_sections--;
	if (fit_run(BTF_FIT_ALL))
		fit_expect(datasec, BTF_KIND_STRUCT, "", 0, 0, 0);
	fit_make_data(0);
	fit_file.sections[fit_file.nr_sections - 1].sh_size = 1ULL << 32;
	if (fit_run(BTF_FIT_ALL))
		fit_expect(datasec, BTF_KIND_STRUCT, "", 0, 0, 0);
	fit_expect(4, BTF_KIND_VAR, "c", 0, 0, 1);
}

static void fit_externs(void)
{
	uint32_t proto, func, var, kconfig, ksyms, tag, of_func;
	struct btf_type type;
	struct btf_parameter parameter;

	fit_file_clear();
	btf_image_start(&fit_image, NULL);
	btf_image_int(&fit_image, "int", 4, BTF_INT_SIGNED, 32);
	proto = btf_image_type(&fit_image, BTF_KIND_FUNC_PROTO, "", 3, 1);
	btf_image_word(&fit_image, 0);
	btf_image_word(&fit_image, 1);
	btf_image_word(&fit_image, btf_image_string(&fit_image, "named"));
	btf_image_word(&fit_image, 1);
	btf_image_word(&fit_image, 0); /* ... */
	btf_image_word(&fit_image, 0);
	func = btf_image_type(&fit_image, BTF_KIND_FUNC, "kfunc", BTF_LINKAGE_EXTERN, proto);
	var = btf_image_var(&fit_image, "ksym", 0, BTF_LINKAGE_EXTERN);
	kconfig = btf_image_type(&fit_image, BTF_KIND_DATASEC, ".kconfig", 1, 8); /* as linked */
	btf_image_variable(&fit_image, var, 0, 4);
	ksyms = btf_image_type(&fit_image, BTF_KIND_DATASEC, ".ksyms", 1, 0);
	btf_image_variable(&fit_image, func, 0, 0);
	tag = btf_image_type(&fit_image, BTF_KIND_DECL_TAG, "note", 0, var);
	btf_image_word(&fit_image, UINT32_MAX);
	of_func = btf_image_type(&fit_image, BTF_KIND_DECL_TAG, "note", 0, func);
	btf_image_word(&fit_image, UINT32_MAX);
	if (!fit_run(BTF_FIT_ALL))
		return;
	fit_expect(func, BTF_KIND_FUNC, "kfunc", BTF_LINKAGE_GLOBAL, 0, proto);
	fit_expect(var, BTF_KIND_INT, "ksym", 0, 1, 0);
	fit_expect(kconfig, BTF_KIND_STRUCT, "", 0, 0, 0);
	fit_expect(ksyms, BTF_KIND_STRUCT, "", 0, 0, 0);
	fit_expect(tag, BTF_KIND_INT, "note", 0, 1, 0);
	fit_expect(of_func, BTF_KIND_DECL_TAG, "note", 0, 0, func);
	type = fit_type(proto);
	EXPECT(btf_parameter_get(&type, 0, &parameter));
	EXPECT_TEXT(parameter.name, "kfunc");
	EXPECT(btf_parameter_get(&type, 1, &parameter));
	EXPECT_TEXT(parameter.name, "named");
	EXPECT(btf_parameter_get(&type, 2, &parameter));
	EXPECT_TEXT(parameter.name, "");
	EXPECT_NUMBER(parameter.type, 0);
}

static void fit_section_names(void)
{
	static const struct {
		const char *name;
		bool is_plain;
	} rows[] = {
		{ ".data", true }, { ".bss.my_1", true }, { "license", true }, { "_A9.z", true },
		{ "?tc", false }, { "maps/one", false }, { "9", false }, { "a b", false },
		{ "a-b", false }, { "caf\xc3", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t id;

		check.row = rows[i].name;
		fit_file_clear();
		btf_image_start(&fit_image, NULL);
		id = btf_image_type(&fit_image, BTF_KIND_DATASEC, rows[i].name, 0, 4);
		if (fit_run(BTF_FIT_ALL))
			fit_expect(id, BTF_KIND_DATASEC, rows[i].name, 0, 4, 0);
		if (fit_run(BTF_FIT_ALL & ~BTF_FIT_ANY_SECTION))
			EXPECT_NUMBER(fit_type(id).kind,
				      rows[i].is_plain ? BTF_KIND_DATASEC : BTF_KIND_STRUCT);
	}
}

/* ---- Functions ---- */

/* gcc 12 says of a char that it is signed and a char. */
static void fit_encodings(void)
{
	static const struct {
		uint32_t given, made;
	} rows[] = {
		{ BTF_INT_SIGNED | BTF_INT_CHAR, BTF_INT_CHAR }, { BTF_INT_SIGNED, BTF_INT_SIGNED },
		{ BTF_INT_CHAR, BTF_INT_CHAR }, { 4, 4 }, { 0, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t id;

		fit_file_clear();
		btf_image_start(&fit_image, NULL);
		id = btf_image_type(&fit_image, BTF_KIND_INT, "char", 0, 1);
		btf_image_word(&fit_image, rows[i].given << 24 | 8);
		if (fit_run(BTF_FIT_ALL))
			EXPECT_NUMBER(fit_type(id).number.encoding, rows[i].made);
	}
}

static void fit_linkage(void)
{
	uint32_t proto, seen, hidden, local, tagged;

	fit_file_clear();
	fit_section(".text", 100);
	fit_symbol("seen", 1, 1, STT_FUNC, 0, 0);
	fit_symbol("hidden", 1, 1, STT_FUNC, STV_HIDDEN, 0);
	btf_image_start(&fit_image, NULL);
	proto = btf_image_type(&fit_image, BTF_KIND_FUNC_PROTO, "", 0, 0);
	seen = btf_image_type(&fit_image, BTF_KIND_FUNC, "seen", BTF_LINKAGE_GLOBAL, proto);
	hidden = btf_image_type(&fit_image, BTF_KIND_FUNC, "hidden", BTF_LINKAGE_GLOBAL, proto);
	local = btf_image_type(&fit_image, BTF_KIND_FUNC, "local", BTF_LINKAGE_STATIC, proto);
	tagged = btf_image_type(&fit_image, BTF_KIND_FUNC, "tagged", BTF_LINKAGE_GLOBAL, proto);
	btf_image_type(&fit_image, BTF_KIND_DECL_TAG, "arg:ctx", 0, tagged);
	btf_image_word(&fit_image, 0);
	btf_image_type(&fit_image, BTF_KIND_DECL_TAG, "arg", 0, seen);
	btf_image_word(&fit_image, 0);
	if (fit_run(BTF_FIT_ALL)) {
		fit_expect(tagged, BTF_KIND_FUNC, "tagged", BTF_LINKAGE_GLOBAL, 0, proto);
		fit_expect(seen, BTF_KIND_FUNC, "seen", BTF_LINKAGE_GLOBAL, 0, proto);
		fit_expect(hidden, BTF_KIND_FUNC, "hidden", BTF_LINKAGE_STATIC, 0, proto);
		fit_expect(local, BTF_KIND_FUNC, "local", BTF_LINKAGE_STATIC, 0, proto);
	}
	if (fit_run(BTF_FIT_ALL & ~BTF_FIT_ARG_TAGS)) {
		fit_expect(seen, BTF_KIND_FUNC, "seen", BTF_LINKAGE_GLOBAL, 0, proto);
		fit_expect(tagged, BTF_KIND_FUNC, "tagged", BTF_LINKAGE_STATIC, 0, proto);
	}
	if (fit_run(BTF_FIT_ALL & ~BTF_FIT_GLOBAL_FUNC))
		fit_expect(seen, BTF_KIND_FUNC, "seen", BTF_LINKAGE_STATIC, 0, proto);
}

/* ---- Kinds ---- */

static struct btf_kinds fit_ids;

static void fit_make_kinds(void)
{
	fit_file_clear();
	btf_image_kinds(&fit_image, &fit_ids);
}

/* Nothing changes that the kernel knows. */
static void fit_all_known(void)
{
	struct view given;

	fit_make_kinds();
	if (!fit_run(BTF_FIT_ALL))
		return;
	given = btf_image_view(&fit_image);
	EXPECT_NUMBER(fit_bytes.size, given.size);
	EXPECT(memcmp(fit_bytes.data, given.data, (size_t)given.size) == 0);
}

/* Each kind alone unknown: what it becomes, and all others as they were, but sections of VARs. */
static void fit_kinds(void)
{
	fit_make_kinds();
	const struct {
		const char *name;
		uint32_t id;
		uint8_t kind, becomes;
		const char *called;
		uint32_t size, ref;
	} rows[] = {
		{ "float", fit_ids.t_float, BTF_KIND_FLOAT, BTF_KIND_STRUCT, "", 8, 0 },
		{ "enum64", fit_ids.t_enum64, BTF_KIND_ENUM64, BTF_KIND_INT, "wide", 8, 0 },
		{ "enum64, empty", fit_ids.t_enum64_forward, BTF_KIND_ENUM64, BTF_KIND_INT, "later", 8, 0 },
		{ "type tag", fit_ids.t_tag, BTF_KIND_TYPE_TAG, BTF_KIND_CONST, "", 0, fit_ids.t_int },
		{ "prototype", fit_ids.t_proto, BTF_KIND_FUNC_PROTO, BTF_KIND_ENUM, "", 4, 0 },
		{ "function", fit_ids.t_func, BTF_KIND_FUNC, BTF_KIND_TYPEDEF, "func", 0, fit_ids.t_proto },
		{ "variable", fit_ids.t_var, BTF_KIND_VAR, BTF_KIND_INT, "var", 1, 0 },
		{ "tag", fit_ids.t_decl, BTF_KIND_DECL_TAG, BTF_KIND_INT, "decl:tag", 1, 0 },
		{ "section", fit_ids.t_datasec, BTF_KIND_DATASEC, BTF_KIND_STRUCT, "", 0, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct btf_type was;

		check.row = rows[i].name;
		if (!fit_run(BTF_FIT_ALL & ~BTF_KIND_BIT(rows[i].kind)))
			return;
		fit_expect(rows[i].id, rows[i].becomes, rows[i].called, 0, rows[i].size, rows[i].ref);
		if (rows[i].becomes == BTF_KIND_INT) {
			struct btf_type type = fit_type(rows[i].id);

			EXPECT_NUMBER(type.number.bits, rows[i].size * 8);
			EXPECT_NUMBER(type.number.encoding, 0);
		}
		for (uint32_t id = 1; id < fit_given.end_id; id++)
			if (btf_type_get(&fit_given, id, &was) && was.kind != rows[i].kind &&
			    !(was.kind == BTF_KIND_DATASEC && rows[i].kind == BTF_KIND_VAR))
				fit_expect(id, was.kind, was.name, was.nr, was.size, was.type);
	}
}

static void fit_enum_sign(void)
{
	fit_make_kinds();
	if (fit_run(BTF_FIT_ALL))
		EXPECT(fit_type(fit_ids.t_enum).kind_flag);
	if (fit_run(BTF_FIT_ALL & ~BTF_KIND_BIT(BTF_KIND_ENUM64)))
		EXPECT(!fit_type(fit_ids.t_enum).kind_flag);
}

/* A kernel that only knows what came first. */
static void fit_nothing_known(void)
{
	fit_make_kinds();
	if (!fit_run(0))
		return;
	for (uint32_t id = 1; id < fit_made.end_id; id++)
		EXPECT(fit_type(id).kind <= BTF_KIND_RESTRICT);
}

static void fit_out_of_memory(void)
{
	struct arena arena = { .data = (uint8_t *)fit_memory, .size = sizeof(fit_memory) };

	fit_make_kinds();
	EXPECT_NUMBER(btf_open(btf_image_view(&fit_image), NULL, &arena, &fit_given, &why), 0);
	arena.size = arena.used + (size_t)btf_fit_len(&fit_given, fit_elf());
	EXPECT_NUMBER(btf_fit(&fit_given, fit_elf(), 0, &arena, &fit_bytes), 0);
	arena.used = arena.size - (size_t)btf_fit_len(&fit_given, fit_elf()) + 8;
	EXPECT_NUMBER(btf_fit(&fit_given, fit_elf(), 0, &arena, &fit_bytes), -ENOMEM);
}

static const struct check_case fit_cases[] = {
	{ "btf_fit: variables get their places", fit_variables_placed },
	{ "btf_fit: places that a linker gave", fit_variables_linked },
	{ "btf_fit: variables without a place", fit_variables_without_place },
	{ "btf_fit: externs", fit_externs },
	{ "btf_fit: names of sections", fit_section_names },
	{ "BTF fitted: encodings", fit_encodings },
	{ "btf_fit: linkage of functions", fit_linkage },
	{ "btf_fit: what is known stays as it is", fit_all_known },
	{ "btf_fit: what each kind becomes", fit_kinds },
	{ "btf_fit: the sign of enums", fit_enum_sign },
	{ "btf_fit: the first kernel with BTF", fit_nothing_known },
	{ "btf_fit: out of memory", fit_out_of_memory },
};

#endif
