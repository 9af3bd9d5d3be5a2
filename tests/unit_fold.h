/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_fold.h - fold.h: constants in the instructions, and what is refused */
#ifndef UNIT_FOLD_H
#define UNIT_FOLD_H

#include "fixture.h"

#define FOLD_CONSTANT 0 /* indexes of the maps */
#define FOLD_LITERAL 1
#define FOLD_VARIABLE 2

#define FOLD_ADDRESS(reg, map, at) \
	{ .code = INSN_LD_IMM64, .dst_reg = (reg), .src_reg = INSN_PSEUDO_MAP_VALUE, .imm = (map) }, { .imm = (at) }
#define FOLD_LDX(bits, dst, src, at) \
	{ .code = INSN_LDX | INSN_MODE_MEM | (bits), .dst_reg = (dst), .src_reg = (src), .off = (at) }
#define FOLD_STX(dst, src, at) \
	{ .code = INSN_STX | INSN_MODE_MEM | INSN_SIZE_DW, .dst_reg = (dst), .src_reg = (src), .off = (at) }
#define FOLD_JEQ(reg, by) { .code = 0x15, .dst_reg = (reg), .off = (by) }
#define FOLD_MOV(dst, value) { .code = 0xb7, .dst_reg = (dst), .imm = (value) }
#define FOLD_MOVX(dst, src) { .code = 0xbf, .dst_reg = (dst), .src_reg = (src) }
#define FOLD_ADDK(dst, value) { .code = 0x07, .dst_reg = (dst), .imm = (value) }
#define FOLD_HELPER(number) { .code = INSN_CALL, .imm = (number) }
#define FOLD_RETURN { .code = 0x95 }

#define FOLD_ROOM 64

/* One program with constants, of which fold_these() sees `nr` instructions. */
static struct {
	struct insn insns[FOLD_ROOM];
	struct object_function function;
	struct object_code code;
	struct object_map maps[3];
	struct object object;
	struct arena arena;
	uint64_t memory[512];
} folded;

static int fold_these(const struct insn *insns, uint32_t nr)
{
	static const struct elf no_elf;
	static const uint8_t literal[16] = "a literal\0other";
	static uint8_t constant[32];
	const uint64_t wide = 0x123456789abcdef0, values[] = { 0xffffffff80000000, 0x80000000 };

	memcpy(constant, &(uint32_t){ 7 }, 4);
	memcpy(constant + 4, &(uint16_t){ 0xfffe }, 2);
	constant[6] = 0x80;
	memcpy(constant + 8, &wide, 8);
	memcpy(constant + 16, values, 16);
	memset(&folded, 0, sizeof(folded));
	memcpy(folded.insns, insns, nr * sizeof(*insns));
	folded.function = (struct object_function){ .name = "prog", .nr_insns = nr };
	folded.code = (struct object_code){ .name = "prog", .insns = folded.insns, .nr_insns = nr, .nr_functions = 1,
		.is_used = true };
	folded.maps[FOLD_CONSTANT] = (struct object_map){
		.name = ".rodata", .value_size = 32, .is_data = true, .is_constant = true, .data = constant,
	};
	folded.maps[FOLD_LITERAL] = (struct object_map){
		.name = ".rodata.str1.1", .value_size = 16, .is_data = true, .is_constant = true,
		.data = (uint8_t *)(uintptr_t)literal,
	};
	folded.maps[FOLD_VARIABLE] = (struct object_map){ .name = ".bss", .value_size = 16, .is_data = true };
	folded.object = (struct object){
		.maps = { .items = folded.maps, .nr = 3 },
		.codes = &folded.code, .nr_codes = 1,
		.functions = &folded.function, .nr_functions = 1,
		.kconfig_map = OBJECT_NO_MAP,
	};
	folded.arena = (struct arena){ .data = (uint8_t *)folded.memory, .size = sizeof(folded.memory) };
	why_clear(&why);
	return object_fold(&no_elf, &folded.object, &folded.arena, &why);
}

#define FOLD_THESE(...) \
	fold_these((const struct insn[]){ __VA_ARGS__ }, COUNT_OF(((const struct insn[]){ __VA_ARGS__ })))

/* "code dst src off imm" */
static const char *insn_text(const struct insn *insn)
{
	static char texts[4][64];
	static unsigned int next;
	char *out = texts[next++ % 4];

	snprintf(out, sizeof(texts[0]), "%02x r%u r%u %d %d", insn->code, insn->dst_reg, insn->src_reg, insn->off,
		 insn->imm);
	return out;
}

#define EXPECT_INSN(insn, wanted) EXPECT_TEXT(insn_text(insn), wanted)

static void fold_values(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_LDX(INSN_SIZE_W, 2, 1, 0),
				 FOLD_LDX(INSN_SIZE_H, 3, 1, 4), FOLD_LDX(INSN_SIZE_B, 4, 1, 6),
				 FOLD_LDX(INSN_SIZE_DW, 5, 1, 16), FOLD_LDX(INSN_SIZE_DW, 1, 1, 24),
				 FOLD_HELPER(6), FOLD_RETURN), 0);
	EXPECT_INSN(&folded.insns[0], "18 r1 r0 0 0");
	EXPECT_INSN(&folded.insns[2], "b4 r2 r0 0 7");
	EXPECT_INSN(&folded.insns[3], "b4 r3 r0 0 65534");
	EXPECT_INSN(&folded.insns[4], "b4 r4 r0 0 128");
	EXPECT_INSN(&folded.insns[5], "b7 r5 r0 0 -2147483648");
	EXPECT_INSN(&folded.insns[6], "b4 r1 r0 0 -2147483648");
	EXPECT_INSN(&folded.insns[7], "85 r0 r0 0 6");
	EXPECT_NUMBER(folded.function.nr_tail, 0);
	EXPECT(folded.maps[FOLD_CONSTANT].is_folded);
	EXPECT(!folded.object.has_calls);
}

/* (Its kernels have none, but say so themselves.) */
static void fold_leaves_jump_tables(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_LITERAL, 0), FOLD_HELPER(6),
				 { .code = INSN_LD_IMM64, .dst_reg = 2, .src_reg = INSN_PSEUDO_JUMPS, .imm = 3 },
				 { .imm = 0 }, FOLD_RETURN), 0);
	EXPECT(folded.function.nr_tail > 0);
	EXPECT_INSN(&folded.insns[0], "05 r0 r0 5 0");
	EXPECT_INSN(&folded.insns[3], "18 r2 r14 0 3");
}

/* The address goes on into both ways of a branch. */
static void fold_in_branches(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(6, FOLD_CONSTANT, 0), FOLD_JEQ(0, 2),
				 FOLD_LDX(INSN_SIZE_W, 1, 6, 0), FOLD_HELPER(5),
				 FOLD_LDX(INSN_SIZE_B, 2, 6, 6), FOLD_RETURN), 0);
	EXPECT_INSN(&folded.insns[3], "b4 r1 r0 0 7");
	EXPECT_INSN(&folded.insns[5], "b4 r2 r0 0 128");
	EXPECT_NUMBER(folded.function.nr_tail, 0);
}

/* Where it depends on the way what is loaded from, the constants are copied. */
static void fold_at_joins(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(6, FOLD_CONSTANT, 0), FOLD_JEQ(0, 2),
				 FOLD_ADDRESS(6, FOLD_CONSTANT, 4),
				 FOLD_LDX(INSN_SIZE_W, 1, 6, 0), FOLD_RETURN), 0);
	EXPECT_INSN(&folded.insns[5], "61 r1 r6 0 0");
	EXPECT_INSN(&folded.insns[1], "07 r6 r0 0 -32"); /* all that is left of the section, */
	EXPECT_INSN(&folded.insns[4], "07 r6 r0 0 -64"); /* each at a place of its own */
	EXPECT_NUMBER(folded.function.nr_tail, 8 + 2 + 7 + 2);
}

static void fold_literals(void)
{
	struct code code;
	uint64_t memory[64];
	struct arena arena = { .data = (uint8_t *)memory, .size = sizeof(memory) };
	const struct insn *tail;

	EXPECT_NUMBER(FOLD_THESE(FOLD_MOV(2, 0), FOLD_STX(10, 2, -8), FOLD_ADDRESS(1, FOLD_LITERAL, 0),
				 FOLD_MOV(2, 10), FOLD_HELPER(6), FOLD_RETURN), 0);
	EXPECT(folded.object.has_calls);
	EXPECT_NUMBER(code_compose(&folded.object, 0, &arena, &code, &why), 0);
	EXPECT_NUMBER(code.nr_insns, 7 + 5);
	tail = code.insns + 7;
	EXPECT_INSN(&code.insns[2], "05 r0 r0 4 0");
	EXPECT_INSN(&code.insns[3], "07 r1 r0 0 -24");
	EXPECT_INSN(&code.insns[4], "b7 r2 r0 0 10");
	for (uint32_t i = 0; i < 3; i++) {
		EXPECT_NUMBER(tail[i].code, 0x62);
		EXPECT_NUMBER(tail[i].dst_reg, 10);
		EXPECT_NUMBER(tail[i].off, -24 + 4 * (int)i);
		EXPECT(memcmp(&tail[i].imm, &"a literal\0\0"[4 * i], 4) == 0);
	}
	EXPECT_INSN(&tail[3], "bf r1 r10 0 0");
	EXPECT_INSN(&tail[4], "05 r0 r0 -9 0"); /* back to the addition */
}

/* One after the other they share a place; at once they do not. */
static void fold_shares_stack(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_LITERAL, 0), FOLD_HELPER(6),
				 FOLD_ADDRESS(1, FOLD_LITERAL, 10), FOLD_ADDRESS(3, FOLD_LITERAL, 2),
				 FOLD_HELPER(6), FOLD_RETURN), 0);
	EXPECT_INSN(&folded.insns[1], "07 r1 r0 0 -16");
	EXPECT_INSN(&folded.insns[4], "07 r1 r0 0 -8");
	EXPECT_INSN(&folded.insns[6], "07 r3 r0 0 -16");
	/* A function of the object's own may keep it. */
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_LITERAL, 0),
				 { .code = INSN_CALL, .src_reg = INSN_PSEUDO_CALL, .off = INSN_CALL_INDEXED },
				 FOLD_ADDRESS(1, FOLD_LITERAL, 10), FOLD_HELPER(6), FOLD_RETURN), 0);
	EXPECT_INSN(&folded.insns[4], "07 r1 r0 0 -24");
}

/* What a move cannot hold is loaded from the copy. */
static void fold_wide(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 8), FOLD_LDX(INSN_SIZE_DW, 2, 1, 0),
				 FOLD_RETURN), 0);
	EXPECT_INSN(&folded.insns[1], "07 r1 r0 0 -24");
	EXPECT_INSN(&folded.insns[2], "79 r2 r1 0 0");
}

static void fold_sees_stack(void)
{
	static const struct {
		uint32_t nr; /* of the instructions */
		uint32_t used;
	} rows[] = {
		{ 0, 0 }, { 2, 16 }, { 4, 16 + 8 }, { 7, 20 + 8 }, { 8, 20 + 8 + 4 }, { 9, 40 + 8 + 4 },
		{ 10, 40 + 16 + 8 + 4 }, /* a place that is jumped to may be another's */
	};
	struct insn insns[] = {
		FOLD_MOVX(2, 10), FOLD_ADDK(2, -16), FOLD_MOVX(3, 2), FOLD_ADDK(3, -8), FOLD_ADDK(4, -4096),
		FOLD_ADDK(4, 8), FOLD_STX(10, 1, -20), FOLD_STX(3, 1, -4), FOLD_LDX(INSN_SIZE_W, 1, 10, -40),
		FOLD_JEQ(1, -9),
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fold fold = { .insns = insns, .nr = rows[i].nr };

		EXPECT_NUMBER(fold_stack_used(&fold), rows[i].used);
	}
}

static void fold_refuses(void)
{
	static const char table[] = "program 'prog': needs a constant in section '.rodata', and this kernel has "
				    "no global variables (since Linux 5.2)";

	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_VARIABLE, 0), FOLD_LDX(INSN_SIZE_W, 2, 1, 0), FOLD_RETURN),
		      -EOPNOTSUPP);
	EXPECT_TEXT(why.reason.data, "program 'prog': needs a constant in section '.bss', and this kernel has no "
				     "global variables (since Linux 5.2)");
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_ADDK(1, 4), FOLD_RETURN), -EOPNOTSUPP);
	EXPECT_TEXT(why.reason.data, table);
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_MOVX(6, 1), FOLD_RETURN), -EOPNOTSUPP);
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_STX(1, 2, 0), FOLD_RETURN), -EOPNOTSUPP);
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_STX(10, 1, -8), FOLD_RETURN), -EOPNOTSUPP);
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(0, FOLD_CONSTANT, 0), FOLD_RETURN), -EOPNOTSUPP);
	/* Out of the section, or of what is copied. */
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 8), FOLD_LDX(INSN_SIZE_DW, 2, 1, 20), FOLD_RETURN),
		      -EOPNOTSUPP);
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 8), FOLD_LDX(INSN_SIZE_W, 2, 1, -12), FOLD_RETURN),
		      -EOPNOTSUPP);
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_LITERAL, 16), FOLD_HELPER(6), FOLD_RETURN), -EOPNOTSUPP);
	/* No stack is left. */
	EXPECT_NUMBER(FOLD_THESE(FOLD_STX(10, 1, -504), FOLD_ADDRESS(1, FOLD_LITERAL, 0), FOLD_HELPER(6),
				 FOLD_RETURN), -EOPNOTSUPP);
	EXPECT_NUMBER(FOLD_THESE(FOLD_STX(10, 1, -496), FOLD_ADDRESS(1, FOLD_LITERAL, 0), FOLD_HELPER(6),
				 FOLD_RETURN), 0);
}

/* Jumps to nowhere and loads that are cut off are the verifier's to refuse. */
static void fold_withstands(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_JEQ(2, 32767), FOLD_JEQ(2, -32768),
				 { .code = 0x06, .imm = INT32_MAX }, FOLD_LDX(INSN_SIZE_W, 2, 1, 0)), 0);
	EXPECT_NUMBER(FOLD_THESE(FOLD_MOV(1, 0), { .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_MAP_VALUE }), 0);
	/* A loop that brings the address back to its own load. */
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_LDX(INSN_SIZE_W, 2, 1, 0),
				 { .code = 0x05, .off = -4 }), 0);
	EXPECT_INSN(&folded.insns[2], "b4 r2 r0 0 7");
}

#define FOLD_SHIFT(operation, reg) { .code = (operation) | INSN_ALU64, .dst_reg = (reg), .imm = 32 }
#define FOLD_GOTO(by) { .code = INSN_JMP, .off = (by) }

/* "if (7 < 8) call 5; else call 125;", as clang has it for a signed variable and a constant. */
static void fold_settles(void)
{
	EXPECT_NUMBER(FOLD_THESE(FOLD_ADDRESS(1, FOLD_CONSTANT, 0), FOLD_LDX(INSN_SIZE_W, 1, 1, 0),
				 FOLD_SHIFT(0x60, 1), FOLD_SHIFT(0xc0, 1), FOLD_MOV(2, 8),
				 { .code = 0x6d, .dst_reg = 2, .src_reg = 1, .off = 2 },
				 FOLD_HELPER(125), FOLD_GOTO(1), FOLD_HELPER(5),
				 { .code = 0x65, .dst_reg = 2, .off = 1, .imm = 7 }, FOLD_HELPER(126),
				 FOLD_RETURN), 0);
	EXPECT_INSN(&folded.insns[3], "67 r1 r0 0 32"); /* a move cannot hold it */
	EXPECT_INSN(&folded.insns[4], "b7 r1 r0 0 7");
	EXPECT_INSN(&folded.insns[6], "15 r2 r0 2 8");
	EXPECT_INSN(&folded.insns[7], "b7 r0 r0 0 0");
	EXPECT_INSN(&folded.insns[8], "05 r0 r0 1 0");
	EXPECT_INSN(&folded.insns[9], "85 r0 r0 0 5");
	EXPECT_INSN(&folded.insns[10], "65 r2 r0 1 7"); /* the call has changed it */
	EXPECT_INSN(&folded.insns[11], "85 r0 r0 0 126");
}

/* What object_settle_conditions() makes of `nr` instructions with no globals. */
static void settle_these(const struct insn *insns, uint32_t nr)
{
	fold_these(&(struct insn)FOLD_RETURN, 1);
	memcpy(folded.insns, insns, nr * sizeof(*insns));
	folded.function.nr_insns = nr;
	object_settle_conditions(&folded.object);
}

#define SETTLE_THESE(...) \
	settle_these((const struct insn[]){ __VA_ARGS__ }, COUNT_OF(((const struct insn[]){ __VA_ARGS__ })))

static void fold_settles_fields(void)
{
	/* A field that is there, and one that is not. */
	SETTLE_THESE(FOLD_MOV(1, 1), FOLD_JEQ(1, 2), FOLD_HELPER(4), FOLD_RETURN, FOLD_HELPER(195896080), FOLD_RETURN);
	EXPECT_INSN(&folded.insns[1], "55 r1 r0 2 1");
	EXPECT_INSN(&folded.insns[2], "85 r0 r0 0 4");
	EXPECT_INSN(&folded.insns[4], "b7 r0 r0 0 0");
	SETTLE_THESE(FOLD_MOV(6, 0), FOLD_STX(10, 6, -8), FOLD_ADDRESS(1, 0, 0), FOLD_HELPER(7), FOLD_JEQ(6, 2),
		     FOLD_HELPER(195896080), FOLD_RETURN, FOLD_HELPER(4), FOLD_RETURN);
	EXPECT_INSN(&folded.insns[5], "15 r6 r0 2 0");
	EXPECT_INSN(&folded.insns[6], "b7 r0 r0 0 0");
	EXPECT_INSN(&folded.insns[8], "85 r0 r0 0 4");
	/* Two ways meet at the comparison, from before it and from behind it. */
	SETTLE_THESE(FOLD_MOV(1, 0), FOLD_JEQ(2, 1), FOLD_MOV(1, 1), FOLD_JEQ(1, 1), FOLD_HELPER(125), FOLD_RETURN);
	EXPECT_INSN(&folded.insns[3], "15 r1 r0 1 0");
	EXPECT_INSN(&folded.insns[4], "85 r0 r0 0 125");
	SETTLE_THESE(FOLD_MOV(1, 0), FOLD_JEQ(1, 1), FOLD_HELPER(125), FOLD_JEQ(2, -3), FOLD_RETURN);
	EXPECT_INSN(&folded.insns[1], "15 r1 r0 1 0");
	EXPECT_INSN(&folded.insns[2], "85 r0 r0 0 125");
	/* Written in ways that are not looked into. */
	SETTLE_THESE(FOLD_MOV(1, 1), { .code = 0x87, .dst_reg = 1 }, FOLD_JEQ(1, 0), FOLD_MOV(2, 1),
		     FOLD_LDX(INSN_SIZE_W, 2, 10, -8), FOLD_JEQ(2, 0), FOLD_MOV(3, 1), FOLD_ADDRESS(3, 0, 0),
		     FOLD_JEQ(3, 0), FOLD_MOV(4, 1), { .code = 0xdb, .dst_reg = 10, .src_reg = 4, .imm = 1 },
		     FOLD_JEQ(4, 0), FOLD_RETURN);
	EXPECT_INSN(&folded.insns[2], "15 r1 r0 0 0");
	EXPECT_INSN(&folded.insns[5], "15 r2 r0 0 0");
	EXPECT_INSN(&folded.insns[9], "15 r3 r0 0 0");
	EXPECT_INSN(&folded.insns[12], "15 r4 r0 0 0");
	/* What a jump table leads to is not known to be reached. */
	SETTLE_THESE({ .code = 0x0d, .dst_reg = 1 }, FOLD_RETURN, FOLD_HELPER(4), FOLD_RETURN);
	EXPECT_INSN(&folded.insns[2], "b7 r0 r0 0 0");
	folded.insns[2] = (struct insn)FOLD_HELPER(4);
	folded.object.nr_jumps = 1;
	object_settle_conditions(&folded.object);
	EXPECT_INSN(&folded.insns[2], "85 r0 r0 0 4");
}

static void fold_conditions(void)
{
	static const struct {
		uint8_t operation;
		bool less, equal, more; /* for -1 and 1, 1 and 1, 1 and -1 */
	} rows[] = {
		{ 0x10, false, true, false }, { 0x20, true, false, false }, { 0x30, true, true, false },
		{ 0x40, true, true, true },   { 0x50, true, false, true },  { 0x60, false, false, true },
		{ 0x70, false, true, true },  { 0xa0, false, false, true }, { 0xb0, false, true, true },
		{ 0xc0, true, false, false }, { 0xd0, true, true, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		EXPECT_NUMBER(fold_holds(rows[i].operation, UINT64_MAX, 1), rows[i].less);
		EXPECT_NUMBER(fold_holds(rows[i].operation, 1, 1), rows[i].equal);
		EXPECT_NUMBER(fold_holds(rows[i].operation, 1, UINT64_MAX), rows[i].more);
	}
	EXPECT(!fold_holds(0x40, 1, 2));
}

static void fold_computes(void)
{
	static const struct {
		uint8_t code;
		uint64_t a, b, value;
	} rows[] = {
		{ 0x07, 5, UINT64_MAX, 4 }, { 0x57, 12, 10, 8 }, { 0x67, 3, 33, 3ULL << 33 }, { 0x77, 1ULL << 40, 8, 1ULL << 32 },
		{ 0xc7, 1ULL << 63, 63, UINT64_MAX }, { 0xb7, 1, UINT64_MAX, UINT64_MAX }, { 0xb4, 1, UINT64_MAX, UINT32_MAX },
		{ 0xbf, 1, 9, 9 }, { 0xbc, 1, 1ULL << 32 | 9, 9 },
	};
	static const struct insn others[] = { { .code = 0x87 }, { .code = 0xd7 }, { .code = 0x04 }, { .code = 0x37, .off = 1 },
					      { .code = 0xbf, .off = 8 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct insn insn = { .code = rows[i].code };
		uint64_t value = 0;

		EXPECT(fold_compute(&insn, rows[i].a, rows[i].b, &value));
		EXPECT_NUMBER(value, rows[i].value);
	}
	for (size_t i = 0; i < COUNT_OF(others); i++)
		EXPECT(!fold_compute(&others[i], 1, 1, &(uint64_t){ 0 }));
}

static const struct check_case fold_cases[] = {
	{ "fold: loads of constants become moves", fold_values },
	{ "fold: an address that is used in several branches", fold_in_branches },
	{ "fold: where branches with different addresses meet", fold_at_joins },
	{ "fold: a literal is copied behind the function's end", fold_literals },
	{ "fold: literals share stack when they can", fold_shares_stack },
	{ "fold: a value that no move can hold", fold_wide },
	{ "fold: what a function uses of the stack", fold_sees_stack },
	{ "fold: what cannot be folded is refused", fold_refuses },
	{ "fold: nonsense", fold_withstands },
	{ "fold: jump tables", fold_leaves_jump_tables },
	{ "fold: a condition on a constant", fold_settles },
	{ "fold: conditions on what the kernel has", fold_settles_fields },
	{ "fold: what conditions say", fold_conditions },
	{ "fold: what operations give", fold_computes },
};

#endif
