/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_code.h - code.h: programs composed of functions, and what BTF says of them */
#ifndef UNIT_CODE_H
#define UNIT_CODE_H

#include "btf_image.h"
#include "fixture.h"

/* ---- An object with two programs and three functions that they may call ---- */

enum { F_FIRST, F_SECOND, F_A, F_B, F_C, NR_F };

#define MOVE { .code = 0xb7 }
#define EXIT { .code = 0x95 }
#define CALL(function) \
	{ .code = INSN_CALL, .src_reg = INSN_PSEUDO_CALL, .imm = function, .off = INSN_CALL_INDEXED }
#define POINTER(function) { .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_FUNC, .imm = function }, { 0 }

static struct code_fixture {
	struct insn programs[8], text[8]; /* the two sections */
	struct object_code codes[2];
	struct object_function functions[NR_F];
	struct object object;
	uint8_t memory[1024];
	struct arena arena;
	struct code code;
} cf;

/* Both programs have four instructions; a and b two, c three. */
static void code_fixture(const struct insn *programs, const struct insn *in_text)
{
	static const struct object_function functions[NR_F] = {
		[F_FIRST] = { .name = "first", .code = 0, .start = 0, .nr_insns = 4 },
		[F_SECOND] = { .name = "second", .code = 0, .start = 4, .nr_insns = 4 },
		[F_A] = { .name = "a", .code = 1, .start = 0, .nr_insns = 2 },
		[F_B] = { .name = "b", .code = 1, .start = 2, .nr_insns = 2 },
		[F_C] = { .name = "c", .code = 1, .start = 4, .nr_insns = 3 },
	};

	memcpy(cf.programs, programs, sizeof(cf.programs));
	memcpy(cf.text, in_text, sizeof(cf.text));
	memcpy(cf.functions, functions, sizeof(functions));
	cf.codes[0] = (struct object_code){ .name = "kprobe/f", .insns = cf.programs, .nr_insns = 8,
					    .first_function = F_FIRST, .nr_functions = 2 };
	cf.codes[1] = (struct object_code){ .name = ".text", .insns = cf.text, .nr_insns = 7,
					    .first_function = F_A, .nr_functions = 3 };
	cf.object = (struct object){ .codes = cf.codes, .nr_codes = 2, .functions = cf.functions,
				     .nr_functions = NR_F, .has_calls = true };
	cf.arena = (struct arena){ .data = cf.memory, .size = sizeof(cf.memory) };
	memset(cf.memory, 0, sizeof(cf.memory));
}

/* "first@0 a@4 b@6: 0>a 4>b": the places of the functions, and which instruction names which. */
static const char *code_composed(uint32_t function)
{
	int err = code_compose(&cf.object, function, &cf.arena, &cf.code, &why);

	text_clear(&text);
	if (err)
		return why.reason.data;
	for (uint32_t i = 0; i < cf.code.nr_pieces; i++)
		text_addf(&text, "%s%s@%u", i ? " " : "", cf.functions[cf.code.pieces[i].function].name,
			  cf.code.pieces[i].at);
	text_addf(&text, ":");
	for (uint32_t i = 0; i < cf.code.nr_insns; i++) {
		const struct insn *insn = &cf.code.insns[i];
		const char *name = "nothing";

		for (uint32_t k = 0; k < cf.code.nr_pieces; k++)
			if ((int64_t)cf.code.pieces[k].at == (int64_t)i + insn->imm + 1)
				name = cf.functions[cf.code.pieces[k].function].name;
		if (code_names_function(insn))
			text_addf(&text, " %u>%s%s", i, name, insn->off ? " indexed" : "");
		i += insn->code == INSN_LD_IMM64;
	}
	return text.data;
}

/* ---- Composing ---- */

static void code_in_order(void)
{
	static const struct insn programs[8] = {
		CALL(F_A), CALL(F_C), CALL(F_A), EXIT,
		CALL(F_C), MOVE, MOVE, EXIT,
	};
	static const struct insn in_text[8] = { CALL(F_B), EXIT, MOVE, EXIT, MOVE, MOVE, EXIT };

	/* What is called comes first, then what is called next: not c before b. */
	code_fixture(programs, in_text);
	EXPECT_TEXT(code_composed(F_FIRST), "first@0 a@4 b@6 c@8: 0>a 1>c 2>a 4>b");
	EXPECT_NUMBER(cf.code.nr_insns, 11);
	EXPECT_NUMBER(cf.code.insns[10].code, 0x95);
	EXPECT_TEXT(code_composed(F_SECOND), "second@0 c@4: 0>c");
	EXPECT_NUMBER(cf.code.nr_insns, 7);
	/* The object is as it was, for the next program. */
	EXPECT(memcmp(cf.programs, programs, sizeof(programs)) == 0);
	EXPECT(memcmp(cf.text, in_text, sizeof(in_text)) == 0);
}

static void code_met_again(void)
{
	static const struct insn programs[8] = {
		CALL(F_B), CALL(F_A), MOVE, EXIT,
		CALL(F_A), CALL(F_B), CALL(F_FIRST), EXIT,
	};
	static const struct insn in_text[8] = {
		CALL(F_B), EXIT, MOVE, EXIT, CALL(F_A), CALL(F_B), EXIT,
	};

	code_fixture(programs, in_text);
	EXPECT_TEXT(code_composed(F_FIRST), "first@0 b@4 a@6: 0>b 1>a 6>b");
	/* A program may be called as well, of the same section. */
	EXPECT_TEXT(code_composed(F_SECOND), "second@0 a@4 b@6 first@8: 0>a 1>b 2>first 4>b 8>b 9>a");
}

static void code_in_circles(void)
{
	static const struct insn programs[8] = {
		CALL(F_A), MOVE, MOVE, EXIT,
		CALL(F_SECOND), MOVE, MOVE, EXIT,
	};
	static const struct insn in_text[8] = {
		CALL(F_B), EXIT, CALL(F_C), EXIT, CALL(F_A), CALL(F_FIRST), EXIT,
	};

	code_fixture(programs, in_text);
	EXPECT_TEXT(code_composed(F_FIRST), "first@0 a@4 b@6 c@8: 0>a 4>b 6>c 8>a 9>first");
	EXPECT_TEXT(code_composed(F_SECOND), "second@0: 0>second");
}

static void code_with_pointers(void)
{
	static const struct insn programs[8] = {
		POINTER(F_C), CALL(F_A), EXIT,
		/* A number that looks like a call, and a load of a number. */
		{ .code = INSN_LD_IMM64, .imm = F_C }, CALL(F_A), MOVE, EXIT,
	};
	static const struct insn in_text[8] = { MOVE, EXIT, MOVE, EXIT, POINTER(F_B), EXIT };

	code_fixture(programs, in_text);
	EXPECT_TEXT(code_composed(F_FIRST), "first@0 c@4 b@7 a@9: 0>c 2>a 4>b");
	EXPECT_TEXT(code_composed(F_SECOND), "second@0:");
	EXPECT_NUMBER(cf.code.insns[1].imm, F_A);
}

/* It stands behind all that the program names, but where something names it. */
static void code_with_callback(void)
{
	static const struct insn programs[8] = {
		CALL(F_A), MOVE, MOVE, EXIT,
		CALL(F_C), CALL(F_A), MOVE, EXIT,
	};
	static const struct insn in_text[8] = { CALL(F_B), EXIT, MOVE, EXIT, MOVE, MOVE, EXIT };

	code_fixture(programs, in_text);
	cf.functions[F_FIRST].callback_plus_1 = cf.functions[F_SECOND].callback_plus_1 = F_C + 1;
	EXPECT_TEXT(code_composed(F_FIRST), "first@0 a@4 b@6 c@8: 0>a 4>b");
	EXPECT_TEXT(code_composed(F_SECOND), "second@0 c@4 a@7 b@9: 0>c 1>a 7>b");
}

static void code_without_calls(void)
{
	static const struct insn programs[8] = { MOVE, MOVE, MOVE, EXIT, MOVE, MOVE, MOVE, EXIT };
	static const struct insn in_text[8] = { MOVE, EXIT, MOVE, EXIT, MOVE, MOVE, EXIT };

	code_fixture(programs, in_text);
	cf.object.has_calls = false;
	cf.arena.size = 0;
	EXPECT_TEXT(code_composed(F_SECOND), "second@0:");
	EXPECT(cf.code.insns == &cf.programs[4]);
	EXPECT_NUMBER(cf.code.nr_insns, 4);
	EXPECT_NUMBER(cf.arena.used, 0);
}

static void code_too_large(void)
{
	static const struct insn programs[8] = { CALL(F_A), MOVE, MOVE, EXIT, MOVE, MOVE, MOVE, EXIT };
	static const struct insn in_text[8] = { MOVE, EXIT, MOVE, EXIT, MOVE, MOVE, EXIT };

	code_fixture(programs, in_text);
	cf.functions[F_A].nr_insns = CODE_INSNS_MAX - 3;
	EXPECT_NUMBER(code_compose(&cf.object, F_FIRST, &cf.arena, &cf.code, &why), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "has more than 16777216 instructions, with what it calls");
}

/* code_size_max() is enough for composing and for all that BTF says; less may not be. */
static void code_in_little_memory(void)
{
	static const struct insn programs[8] = {
		CALL(F_A), CALL(F_B), CALL(F_C), EXIT,
		CALL(F_A), MOVE, MOVE, EXIT,
	};
	static const struct insn in_text[8] = { CALL(F_SECOND), EXIT, MOVE, EXIT, MOVE, MOVE, EXIT };
	struct code_info info;
	uint64_t needed;

	code_fixture(programs, in_text);
	needed = code_size_max(&cf.object);
	EXPECT(needed <= sizeof(cf.memory));
	cf.arena.size = (size_t)needed;
	EXPECT_TEXT(code_composed(F_FIRST), "first@0 a@4 second@6 b@10 c@12: 0>a 1>b 2>c 4>second 6>a");
	EXPECT_NUMBER(code_info(&cf.object, &cf.code, BTF_EXT_FUNC_INFO, &cf.arena, &info, &why), 0);
	EXPECT_NUMBER(code_info(&cf.object, &cf.code, BTF_EXT_LINE_INFO, &cf.arena, &info, &why), 0);
	needed = cf.arena.used;
	for (size_t size = 0; size < needed; size++) {
		int err;

		cf.arena = (struct arena){ .data = cf.memory, .size = size };
		err = code_compose(&cf.object, F_FIRST, &cf.arena, &cf.code, &why);
		if (!err)
			err = code_info(&cf.object, &cf.code, BTF_EXT_FUNC_INFO, &cf.arena, &info, &why);
		if (!err)
			err = code_info(&cf.object, &cf.code, BTF_EXT_LINE_INFO, &cf.arena, &info, &why);
		EXPECT_NUMBER(err, -ENOMEM);
	}
}

/* ---- Functions, lines, relocations ---- */

/* Tables as they stand in .BTF.ext, behind the size of their records. */
struct code_func_section {
	uint32_t name, nr;
	struct btf_func_info records[3];
};

struct code_line_section {
	uint32_t name, nr;
	struct btf_line_info records[3];
};

static struct {
	struct btf_image image;
	struct btf btf;
	struct code_func_section functions[2];
	struct code_line_section lines[2];
	struct {
		uint32_t name, nr;
		struct btf_core_relocation records[2];
	} relocations;
	uint8_t memory[256];
} cx;

static struct view code_table(const void *table, size_t size)
{
	return (struct view){ table, size };
}

/* first calls c and then b; a is not of it. */
static void code_described(void)
{
	static const struct insn programs[8] = { CALL(F_C), CALL(F_B), MOVE, EXIT, MOVE, MOVE, MOVE, EXIT };
	static const struct insn in_text[8] = { MOVE, EXIT, MOVE, EXIT, MOVE, MOVE, EXIT };
	struct arena arena = { .data = cx.memory, .size = sizeof(cx.memory) };
	uint32_t in_f, in_text_name, file, line;

	code_fixture(programs, in_text);
	btf_image_start(&cx.image, NULL);
	btf_image_int(&cx.image, "int", 4, BTF_INT_SIGNED, 32);
	in_f = btf_image_string(&cx.image, "kprobe/f");
	in_text_name = btf_image_string(&cx.image, ".text");
	file = btf_image_string(&cx.image, "file.c");
	line = btf_image_string(&cx.image, "\treturn 0;");
	EXPECT_NUMBER(btf_open(btf_image_view(&cx.image), NULL, &arena, &cx.btf, &why), 0);
	cx.functions[0] = (struct code_func_section){ in_f, 2, { { 0, 10 }, { 32, 11 } } };
	cx.functions[1] = (struct code_func_section){
		in_text_name, 3, { { 0, 12 }, { 16, 13 }, { 32, 14 } } };
	cx.lines[0] = (struct code_line_section){
		in_f, 3,
		{ { 0, file, line, 1 << 10 }, { 16, file, line, 2 << 10 }, { 32, file, line, 3 << 10 } } };
	cx.lines[1] = (struct code_line_section){
		in_text_name, 3,
		{ { 8, file, line, 4 << 10 }, { 16, file, line, 5 << 10 }, { 32, file, line, 6 << 10 } } };
	cx.relocations.name = in_text_name;
	cx.relocations.nr = 2;
	cx.relocations.records[0] = (struct btf_core_relocation){ 16, 1, line, 0 };
	cx.relocations.records[1] = (struct btf_core_relocation){ 40, 1, line, 2 };
	cf.object.has_btf = true;
	cf.object.btf = cx.btf;
	cf.object.btf_ext = (struct btf_ext){
		.btf = &cx.btf,
		.tables = {
			[BTF_EXT_FUNC_INFO] = code_table(
				cx.functions, sizeof(cx.functions) - sizeof(struct btf_func_info)),
			[BTF_EXT_LINE_INFO] = code_table(cx.lines, sizeof(cx.lines)),
			[BTF_EXT_CORE_RELO] = code_table(&cx.relocations, sizeof(cx.relocations)),
		},
		.record_size = { sizeof(struct btf_func_info), sizeof(struct btf_line_info),
				 sizeof(struct btf_core_relocation) },
	};
	/* The records of the first section are two: those of the next follow them at once. */
	memmove((uint8_t *)&cx.functions[1] - sizeof(struct btf_func_info), &cx.functions[1],
		sizeof(cx.functions[1]));
	for (uint32_t i = 0; i < cf.object.nr_codes; i++)
		for (enum btf_ext_table table = 0; table < BTF_EXT_NR_TABLES; table++)
			if (!btf_ext_section_get(&cf.object.btf_ext, table, cf.object.codes[i].name,
						 &cf.object.codes[i].ext[table]))
				cf.object.codes[i].ext[table].nr = 0;
}

static void code_function_info(void)
{
	const struct btf_func_info wanted[] = { { 0, 10 }, { 4, 14 }, { 7, 13 } };
	struct code_info info;

	code_described();
	EXPECT_TEXT(code_composed(F_FIRST), "first@0 c@4 b@7: 0>c 1>b");
	EXPECT_NUMBER(code_info(&cf.object, &cf.code, BTF_EXT_FUNC_INFO, &cf.arena, &info, &why), 0);
	EXPECT_NUMBER(info.nr, COUNT_OF(wanted));
	EXPECT(memcmp(info.records, wanted, sizeof(wanted)) == 0);

	cf.arena.used = 0;
	EXPECT_TEXT(code_composed(F_SECOND), "second@0:");
	EXPECT_NUMBER(code_info(&cf.object, &cf.code, BTF_EXT_FUNC_INFO, &cf.arena, &info, &why), 0);
	EXPECT_NUMBER(info.nr, 1);
	EXPECT(memcmp(info.records, &(struct btf_func_info){ 0, 11 }, sizeof(struct btf_func_info)) == 0);
}

static void code_line_info(void)
{
	static const struct {
		uint32_t insn, line;
	} wanted[] = { { 0, 1 }, { 2, 2 }, { 4, 6 }, { 7, 5 } };
	struct code_info info;
	struct btf_line_info record;

	code_described();
	code_composed(F_FIRST);
	EXPECT_NUMBER(code_info(&cf.object, &cf.code, BTF_EXT_LINE_INFO, &cf.arena, &info, &why), 0);
	EXPECT_NUMBER(info.nr, COUNT_OF(wanted));
	for (uint32_t i = 0; i < info.nr && i < COUNT_OF(wanted); i++) {
		memcpy(&record, (uint8_t *)info.records + i * sizeof(record), sizeof(record));
		EXPECT_NUMBER(record.insn_off, wanted[i].insn);
		EXPECT_NUMBER(record.line_col >> 10, wanted[i].line);
	}
}

/* Each instruction's line is that of the last record before it, in its own section. */
static void code_lines(void)
{
	static const uint32_t lines[] = { 1, 1, 2, 2, 6, 6, 6, 5, 5 };
	struct btf_line_info line;

	code_described();
	code_composed(F_FIRST);
	EXPECT_NUMBER(cf.code.nr_insns, COUNT_OF(lines));
	for (uint32_t i = 0; i < COUNT_OF(lines); i++) {
		EXPECT(code_line(&cf.object, &cf.code, i, &line));
		EXPECT_NUMBER(line.line_col >> 10, lines[i]);
		EXPECT_TEXT(btf_string(&cf.object.btf, line.line_off), "\treturn 0;");
	}
	EXPECT(!code_line(&cf.object, &cf.code, COUNT_OF(lines), &line));
	EXPECT(!code_line(&cf.object, &cf.code, UINT64_MAX, &line));
	/* Before the first record of its section there is none; nor with strings that are not there. */
	EXPECT_NUMBER(code_compose(&cf.object, F_A, &cf.arena, &cf.code, &why), 0);
	EXPECT(!code_line(&cf.object, &cf.code, 0, &line));
	EXPECT(code_line(&cf.object, &cf.code, 1, &line));
	cx.lines[1].records[0].line_off = 1000;
	EXPECT(!code_line(&cf.object, &cf.code, 1, &line));
	cf.object.codes[cf.object.functions[F_A].code].ext[BTF_EXT_LINE_INFO].nr = 0;
	EXPECT(!code_line(&cf.object, &cf.code, 1, &line));
}

static void code_relocations(void)
{
	struct btf_core_relocation relocation;

	code_described();
	code_composed(F_FIRST);
	for (uint32_t i = 0; i < cf.code.nr_insns; i++)
		EXPECT_NUMBER(code_core_relocation(&cf.object, &cf.code, i, &relocation), i == 5 || i == 7);
	EXPECT(code_core_relocation(&cf.object, &cf.code, 5, &relocation));
	EXPECT_NUMBER(relocation.kind, 2);
	EXPECT(!code_core_relocation(&cf.object, &cf.code, cf.code.nr_insns, &relocation));
}

static const struct check_case code_cases[] = {
	{ "code: functions in the order in which they are met", code_in_order },
	{ "code: functions that are met again", code_met_again },
	{ "code: functions that call in circles", code_in_circles },
	{ "code: pointers to functions", code_with_pointers },
	{ "code: a function that runs where the program throws", code_with_callback },
	{ "code: a program that calls nothing", code_without_calls },
	{ "code: a program that is too large", code_too_large },
	{ "code: little memory", code_in_little_memory },
	{ "code: information about functions", code_function_info },
	{ "code: information about lines", code_line_info },
	{ "code: the line of an instruction", code_lines },
	{ "code: the relocation of an instruction", code_relocations },
};

#undef MOVE
#undef EXIT
#undef CALL
#undef POINTER

#endif
