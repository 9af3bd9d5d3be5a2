/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * unit_core.h - core.h, on an object's BTF and a kernel's that btf_image.h
 * writes. tests/core_compare.c holds the same against libbpf.
 */
#ifndef UNIT_CORE_H
#define UNIT_CORE_H

#include "btf_image.h"
#include "fixture.h"

static struct core_bench {
	struct btf_image local_image, kernel_image, module_image;
	struct btf local, kernel, module;
	struct core_targets targets;
	struct arena arena;
	uint64_t memory[1024];
	uint32_t nr_modules_asked;
	struct insn insns[2];
	struct core_result result;
} core;

static int core_bench_module(void *context, uint32_t idx, const struct btf **out,
			     struct why *unused)
{
	(void)context;
	(void)unused;
	core.nr_modules_asked++;
	*out = idx == 0 ? &core.module : NULL;
	return 0;
}

/* The types that the kernel has, and the object with other sizes, offsets and names. */
enum {
	K_INT = 1, K_LONG, K_U8, K_PTR, K_BYTES, K_TABLE, K_INNER, K_UNION, K_S, K_COLOUR, K_WIDE,
	K_TWIN, K_TWIN_2, K_TYPEDEF, K_FAR, K_SAME, K_SAME_2, K_U32, K_BIG, K_PROTO, K_FUNCTION_T,
	K_STRUCT_PTR, K_HOLDER, K_ENDS, K_UNSIGNED, K_END,
};

static void core_kernel_types(struct btf_image *i)
{
	btf_image_start(i, NULL);
	btf_image_int(i, "int", 4, BTF_INT_SIGNED, 32);
	btf_image_int(i, "long unsigned int", 8, 0, 64);
	btf_image_int(i, "unsigned char", 1, 0, 8);
	btf_image_type(i, BTF_KIND_PTR, "", 0, 0);
	btf_image_array(i, K_U8, 16);
	btf_image_array(i, K_INT, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "inner", 2, 8);
	btf_image_member(i, "pad", K_INT, 0);
	btf_image_member(i, "x", K_INT, 32);
	btf_image_type(i, BTF_KIND_UNION, "", 2, 8);
	btf_image_member(i, "deep", K_LONG, 0);
	btf_image_member(i, "inner", K_INNER, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "s", BTF_IMAGE_FLAG | 10, 64);
	btf_image_member(i, "pad", K_INT, 0);
	btf_image_member(i, "a", K_INT, 32);
	btf_image_member(i, "long_here", K_LONG, 64);
	btf_image_member(i, "name", K_BYTES, 128);
	btf_image_member(i, "", K_UNION, 256);
	btf_image_member(i, "bits", K_U32, 5 << 24 | (320 + 30));
	btf_image_member(i, "pointer", K_PTR, 384);
	btf_image_member(i, "colour", K_COLOUR, 448);
	btf_image_member(i, "unlike", K_PTR, 384);
	btf_image_member(i, "tail", K_TABLE, 480);
	btf_image_type(i, BTF_KIND_ENUM, "colour", BTF_IMAGE_FLAG | 2, 4);
	btf_image_pair(i, "RED", 7);
	btf_image_pair(i, "BLUE___b", (uint32_t)-2);
	btf_image_type(i, BTF_KIND_ENUM64, "wide", 1, 8);
	btf_image_word(i, btf_image_string(i, "WIDE"));
	btf_image_word(i, 0x9abcdef0);
	btf_image_word(i, 0x12345678);
	btf_image_type(i, BTF_KIND_STRUCT, "twin", 2, 12);
	btf_image_member(i, "only_one", K_INT, 0);
	btf_image_member(i, "other", K_INT, 32);
	btf_image_type(i, BTF_KIND_STRUCT, "twin___2", 2, 16);
	btf_image_member(i, "only_two", K_INT, 0);
	btf_image_member(i, "other", K_INT, 64);
	btf_image_type(i, BTF_KIND_TYPEDEF, "number_t", 0, K_U8);
	btf_image_type(i, BTF_KIND_STRUCT, "far", 1, 40004);
	btf_image_member(i, "field", K_INT, 40000 * 8);
	btf_image_type(i, BTF_KIND_STRUCT, "same", 2, 16);
	btf_image_member(i, "field", K_INT, 0);
	btf_image_member(i, "longer", K_LONG, 64);
	btf_image_type(i, BTF_KIND_STRUCT, "same___copy", 2, 12);
	btf_image_member(i, "field", K_INT, 0);
	btf_image_member(i, "longer", K_U32, 64);
	btf_image_int(i, "unsigned int", 4, 0, 32);
	btf_image_type(i, BTF_KIND_STRUCT, "big", 1, UINT32_MAX);
	btf_image_member(i, "x", K_INT, 0);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 1, K_INT);
	btf_image_pair(i, "", K_STRUCT_PTR);
	btf_image_type(i, BTF_KIND_TYPEDEF, "function_t", 0, K_PROTO);
	btf_image_type(i, BTF_KIND_PTR, "", 0, K_INNER);
	btf_image_type(i, BTF_KIND_STRUCT, "holder", 3, 24);
	btf_image_member(i, "a", K_INT, 0);
	btf_image_member(i, "inner", K_INNER, 32);
	btf_image_member(i, "pointer", K_STRUCT_PTR, 128);
	btf_image_type(i, BTF_KIND_STRUCT, "ends", BTF_IMAGE_FLAG | 5, 32);
	btf_image_member(i, "tail", K_TABLE, 0);
	btf_image_member(i, "was_signed", K_U32, 0);
	btf_image_member(i, "now_signed", K_INT, 32);
	btf_image_member(i, "bits", K_LONG, 8 << 24 | 124);
	btf_image_member(i, "whole", K_LONG, 3 << 24 | 128);
	btf_image_type(i, BTF_KIND_ENUM, "unsigned", 1, 4); /* by its flag */
	btf_image_pair(i, "MINUS", (uint32_t)-1);
}

enum {
	L_INT = 1, L_LONG, L_U8, L_PTR, L_BYTES, L_TABLE, L_INNER, L_S, L_COLOUR, L_WIDE, L_TWIN,
	L_TYPEDEF, L_FAR, L_NOBODY, L_ANONYMOUS, L_SAME, L_U16, L_ONE, L_BIG, L_PROTO, L_FUNCTION_T,
	L_FWD, L_FWD_PTR, L_HOLDER, L_HOLDER_MORE, L_S64, L_IN_MODULE, L_ENDS, L_ENDS_NOT,
	L_UNSIGNED, L_TWIN_ONE, L_END,
};

static void core_local_types(struct btf_image *i)
{
	btf_image_start(i, NULL);
	btf_image_int(i, "int", 4, BTF_INT_SIGNED, 32);
	btf_image_int(i, "unsigned long", 8, 0, 64);
	btf_image_int(i, "unsigned char", 1, 0, 8);
	btf_image_type(i, BTF_KIND_PTR, "", 0, L_INT);
	btf_image_array(i, L_U8, 32);
	btf_image_array(i, L_INT, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "inner", 1, 4);
	btf_image_member(i, "x", L_INT, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "s___mine", BTF_IMAGE_FLAG | 13, 128);
	btf_image_member(i, "a", L_INT, 0);
	btf_image_member(i, "name", L_BYTES, 32);
	btf_image_member(i, "deep", L_LONG, 320);
	btf_image_member(i, "inner", L_INNER, 384);
	btf_image_member(i, "bits", L_LONG, 3 << 24 | 448);
	btf_image_member(i, "pointer", L_PTR, 512);
	btf_image_member(i, "never", L_INT, 576);
	btf_image_member(i, "long_here", L_U16, 608);
	btf_image_member(i, "colour", L_COLOUR, 640);
	btf_image_member(i, "pad", L_S64, 704); /* signed, and longer than there */
	btf_image_member(i, "", L_ANONYMOUS, 768);
	btf_image_member(i, "unlike", L_INT, 800);
	btf_image_member(i, "tail", L_TABLE, 832);
	btf_image_type(i, BTF_KIND_ENUM, "colour", 3, 4);
	btf_image_pair(i, "RED", 1);
	btf_image_pair(i, "BLUE", 2);
	btf_image_pair(i, "GREEN", 3);
	btf_image_type(i, BTF_KIND_ENUM, "wide___32", 1, 4);
	btf_image_pair(i, "WIDE___w", 5);
	btf_image_type(i, BTF_KIND_STRUCT, "twin", 2, 8);
	btf_image_member(i, "other", L_INT, 0);
	btf_image_member(i, "only_two", L_INT, 32);
	btf_image_type(i, BTF_KIND_TYPEDEF, "number_t", 0, L_INT);
	btf_image_type(i, BTF_KIND_STRUCT, "far", 1, 4);
	btf_image_member(i, "field", L_INT, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "nobody", 1, 4);
	btf_image_member(i, "field", L_INT, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "", 1, 4);
	btf_image_member(i, "unnamed", L_INT, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "same", 2, 8);
	btf_image_member(i, "field", L_INT, 0);
	btf_image_member(i, "longer", L_U16, 32);
	btf_image_int(i, "unsigned short", 2, 0, 16);
	btf_image_type(i, BTF_KIND_STRUCT, "o", 0, 4); /* one letter is a name too */
	btf_image_type(i, BTF_KIND_STRUCT, "big", 1, 4);
	btf_image_member(i, "x", L_INT, 0);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 1, L_INT);
	btf_image_pair(i, "", L_FWD_PTR);
	btf_image_type(i, BTF_KIND_TYPEDEF, "function_t___f", 0, L_PROTO);
	btf_image_type(i, BTF_KIND_FWD, "inner___declared", 0, 0);
	btf_image_type(i, BTF_KIND_PTR, "", 0, L_FWD);
	btf_image_type(i, BTF_KIND_STRUCT, "holder", 2, 16);
	btf_image_member(i, "pointer", L_FWD_PTR, 0);
	btf_image_member(i, "inner___i", L_INNER, 64);
	btf_image_type(i, BTF_KIND_STRUCT, "holder___more", 1, 16);
	btf_image_member(i, "gone", L_INT, 0);
	btf_image_int(i, "long", 8, BTF_INT_SIGNED, 64);
	btf_image_type(i, BTF_KIND_STRUCT, "in_module", 1, 4);
	btf_image_member(i, "field", L_INT, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "ends", 5, 32);
	btf_image_member(i, "was_signed", L_S64, 0);
	btf_image_member(i, "now_signed", L_LONG, 64);
	btf_image_member(i, "bits", L_LONG, 128);
	btf_image_member(i, "whole", L_INT, 192);
	btf_image_member(i, "tail", L_TABLE, 224);
	btf_image_type(i, BTF_KIND_STRUCT, "ends___not", 2, 4);
	btf_image_member(i, "tail", L_TABLE, 0);
	btf_image_member(i, "more", L_INT, 0);
	btf_image_type(i, BTF_KIND_ENUM, "unsigned", 1, 4);
	btf_image_pair(i, "MINUS", 5);
	btf_image_type(i, BTF_KIND_STRUCT, "twin___one", 2, 8);
	btf_image_member(i, "other", L_INT, 0);
	btf_image_member(i, "only_one", L_INT, 32);
}

static void core_module_types(struct btf_image *i, const struct btf *base)
{
	btf_image_start(i, base);
	btf_image_type(i, BTF_KIND_STRUCT, "in_module", 2, 8);
	btf_image_member(i, "pad", K_INT, 0);
	btf_image_member(i, "field", K_INT, 32);
	btf_image_type(i, BTF_KIND_STRUCT, "s", 1, 4); /* hides behind the kernel's */
	btf_image_member(i, "a", K_INT, 0);
}

static void core_open(struct btf_image *from, const struct btf *base, struct btf *out)
{
	why_clear(&why);
	EXPECT_NUMBER(btf_open(btf_image_view(from), base, &core.arena, out, &why), 0);
	EXPECT_TEXT(why.reason.data, "");
}

/* Both sides open, and nothing looked for yet. */
static void core_start(void)
{
	memset(core.memory, 0, sizeof(core.memory));
	core.arena = (struct arena){ (uint8_t *)core.memory, sizeof(core.memory), 0 };
	core_local_types(&core.local_image);
	core_kernel_types(&core.kernel_image);
	core_open(&core.local_image, NULL, &core.local);
	core_open(&core.kernel_image, NULL, &core.kernel);
	core_module_types(&core.module_image, &core.kernel);
	core_open(&core.module_image, &core.kernel, &core.module);
	EXPECT_NUMBER(core.local.end_id, L_END);
	EXPECT_NUMBER(core.kernel.end_id, K_END);
	core.targets = (struct core_targets){
		.local = &core.local, .kernel = &core.kernel, .arena = &core.arena,
	};
	core.nr_modules_asked = 0;
}

/* An access string of the local BTF, at the end of its strings, which the image has room for. */
static struct btf_core_relocation core_record(uint32_t kind, uint32_t type, const char *access)
{
	struct btf_core_relocation relocation = { .type = type, .kind = kind };

	relocation.access_off = btf_image_string(&core.local_image, access);
	/* The bytes move, and the index stays: types come first. */
	core.local.strings = (struct view){ (const uint8_t *)core.local_image.strings,
					    core.local_image.strings_len };
	return relocation;
}

static int core_relocate_one(const struct btf_core_relocation *relocation, struct insn insn,
			     uint64_t nr_insns)
{
	core.insns[0] = insn;
	core.insns[1] = (struct insn){ 0 };
	why_clear(&why);
	return core_relocate(&core.targets, relocation, core.insns, nr_insns, &core.result, &why);
}

static int core_run(uint32_t kind, uint32_t type, const char *access, struct insn insn)
{
	struct btf_core_relocation relocation = core_record(kind, type, access);

	return core_relocate_one(&relocation, insn, insn.code == INSN_LD_IMM64 ? 2 : 1);
}

#define MOV(value) { .code = 0xb7, .dst_reg = 1, .imm = (value) }     /* r1 = value */
#define LOAD(bytes, value) \
	{ .code = INSN_LDX | 0x60 | (bytes), .dst_reg = 1, .src_reg = 2, .off = (value) }
#define STORE(bytes, value) \
	{ .code = INSN_ST | 0x60 | (bytes), .dst_reg = 2, .off = (value), .imm = 9 }
#define LOAD64(value) { .code = INSN_LD_IMM64, .dst_reg = 1, .imm = (value) }
#define POISON { .code = INSN_CALL, .imm = CORE_FUNCTION_BAD }
#define SHIFTED(little, big) (ELF_HOST_DATA == ELFDATA2LSB ? (little) : (big))

static void core_patches(void)
{
	static const struct {
		const char *name;
		uint32_t kind, type;
		const char *access;
		struct insn before, after;
		enum core_verdict verdict;
	} rows[] = {
		{ "offset", 0, L_S, "0:0", MOV(0), MOV(4), CORE_FOUND },
		{ "of the second one", 0, L_S, "1:0", MOV(128), MOV(68), CORE_FOUND },
		{ "load", 0, L_S, "0:0", LOAD(INSN_SIZE_W, 0), LOAD(INSN_SIZE_W, 4), CORE_FOUND },
		{ "store", 0, L_S, "0:0", STORE(INSN_SIZE_W, 0), STORE(INSN_SIZE_W, 4), CORE_FOUND },
		{ "element", 0, L_S, "0:1:3", LOAD(INSN_SIZE_B, 7), LOAD(INSN_SIZE_B, 19), CORE_FOUND },
		{ "element, behind the end there", 0, L_S, "0:1:16", MOV(20), POISON, CORE_MISSING },
		{ "anonymous union", 0, L_S, "0:2", MOV(40), MOV(32), CORE_FOUND },
		{ "struct in it", 0, L_S, "0:3:0", MOV(48), MOV(36), CORE_FOUND },
		{ "array without a length", 0, L_S, "0:12:5", MOV(124), MOV(80), CORE_FOUND },
		{ "array that ends no struct there", 0, L_ENDS, "0:4:1", MOV(32), POISON,
		  CORE_MISSING },
		{ "signed here", 0, L_ENDS, "0:0", LOAD(INSN_SIZE_DW, 0), POISON, CORE_UNLIKE },
		{ "signed there", 0, L_ENDS, "0:1", LOAD(INSN_SIZE_DW, 8), POISON, CORE_UNLIKE },
		{ "bits there", 0, L_ENDS, "0:3", LOAD(INSN_SIZE_W, 24), POISON, CORE_UNLIKE },
		{ "another kind there", 0, L_S, "0:11", MOV(100), POISON, CORE_MISSING },
		{ "pointer", 0, L_S, "0:5", LOAD(INSN_SIZE_DW, 64), LOAD(INSN_SIZE_DW, 48), CORE_FOUND },
		{ "longer there", 0, L_S, "0:7", LOAD(INSN_SIZE_H, 76), LOAD(INSN_SIZE_DW, 8), CORE_FOUND },
		{ "longer there, by address", 0, L_S, "0:7", MOV(76), MOV(8), CORE_FOUND },
		{ "shorter there, and signed", 0, L_S, "0:9", LOAD(INSN_SIZE_DW, 88), POISON, CORE_UNLIKE },
		{ "bits: offset", 0, L_S, "0:4", MOV(56), MOV(40), CORE_FOUND },
		{ "missing", 0, L_S, "0:6", LOAD(INSN_SIZE_W, 72), POISON, CORE_MISSING },
		{ "missing, asked", 2, L_S, "0:6", MOV(1), MOV(0), CORE_FOUND },
		{ "there, asked", 2, L_S, "0:0", MOV(1), MOV(1), CORE_FOUND },
		{ "size", 1, L_S, "0:1", MOV(32), MOV(16), CORE_FOUND },
		{ "size of an element", 1, L_S, "0:1:0", MOV(1), MOV(1), CORE_FOUND },
		{ "signed", 3, L_S, "0:0", MOV(1), MOV(1), CORE_FOUND },
		{ "unsigned", 3, L_S, "0:2", MOV(0), MOV(0), CORE_FOUND },
		{ "a signed enum", 3, L_S, "0:8", MOV(0), MOV(1), CORE_FOUND },
		{ "bits: size", 1, L_S, "0:4", MOV(8), MOV(8), CORE_FOUND },
		{ "bits: left", 4, L_S, "0:4", MOV(61), MOV(SHIFTED(64 - 30 - 5, 30)), CORE_FOUND },
		{ "bits: right", 5, L_S, "0:4", MOV(61), MOV(59), CORE_FOUND },
		{ "left", 4, L_S, "0:0", MOV(32), MOV(32), CORE_FOUND },
		{ "right", 5, L_S, "0:0", MOV(32), MOV(32), CORE_FOUND },
		{ "own id", 6, L_ANONYMOUS, "0", LOAD64(99), LOAD64(L_ANONYMOUS), CORE_FOUND },
		{ "id", 7, L_S, "0", LOAD64(0), LOAD64(K_S), CORE_FOUND },
		{ "id of nobody", 7, L_NOBODY, "0", LOAD64(14), LOAD64(0), CORE_FOUND },
		{ "type there", 8, L_S, "0", MOV(1), MOV(1), CORE_FOUND },
		{ "type not there", 8, L_NOBODY, "0", MOV(1), MOV(0), CORE_FOUND },
		{ "name of one letter", 8, L_ONE, "0", MOV(1), MOV(0), CORE_FOUND },
		{ "size of a type", 9, L_S, "0", MOV(128), MOV(64), CORE_FOUND },
		{ "size of nobody", 9, L_NOBODY, "0", MOV(4), MOV(0), CORE_FOUND },
		{ "typedef of another integer", 9, L_TYPEDEF, "0", MOV(4), MOV(1), CORE_FOUND },
		{ "enumerator", 11, L_COLOUR, "0", MOV(1), MOV(7), CORE_FOUND },
		{ "enumerator, negative", 11, L_COLOUR, "1", MOV(2), MOV(-2), CORE_FOUND },
		{ "enumerator, missing", 11, L_COLOUR, "2", MOV(3), POISON, CORE_MISSING },
		{ "enumerator, asked", 10, L_COLOUR, "1", MOV(1), MOV(1), CORE_FOUND },
		{ "enumerator, missing, asked", 10, L_COLOUR, "2", MOV(1), MOV(0), CORE_FOUND },
		{ "field of nobody", 0, L_NOBODY, "0:0", LOAD(INSN_SIZE_W, 0), POISON, CORE_MISSING },
		{ "two of one mind", 0, L_SAME, "0:0", MOV(0), MOV(0), CORE_FOUND },
		{ "two lengths: the first one's", 0, L_SAME, "0:1", LOAD(INSN_SIZE_H, 4),
		  LOAD(INSN_SIZE_DW, 8), CORE_FOUND },
		{ "matches", 12, L_HOLDER, "0", MOV(1), MOV(1), CORE_FOUND },
		{ "matches, behind a pointer", 12, L_FUNCTION_T, "0", MOV(1), MOV(1), CORE_FOUND },
		{ "does not match: a member more", 12, L_HOLDER_MORE, "0", MOV(1), MOV(0), CORE_FOUND },
		{ "does not match: an enumerator more", 12, L_COLOUR, "0", MOV(1), MOV(0), CORE_FOUND },
		{ "does not match: an integer", 12, L_TYPEDEF, "0", MOV(1), MOV(0), CORE_FOUND },
		{ "is alike: a function", 8, L_FUNCTION_T, "0", MOV(1), MOV(0), CORE_FOUND },
	};

	core_start();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].name;
		EXPECT_NUMBER(core_run(rows[i].kind, rows[i].type, rows[i].access, rows[i].before),
			      0);
		EXPECT_TEXT(why.reason.data, "");
		EXPECT_NUMBER(core.insns[0].code, rows[i].after.code);
		EXPECT_NUMBER(core.insns[0].off, rows[i].after.off);
		EXPECT_NUMBER(core.insns[0].imm, rows[i].after.imm);
		EXPECT_NUMBER(core.result.verdict, rows[i].verdict);
	}
	check.row = NULL;
}

static void core_patches_64_bits(void)
{
	core_start();
	EXPECT_NUMBER(core_run(BPF_CORE_ENUMVAL_VALUE, L_WIDE, "0", (struct insn)LOAD64(5)), 0);
	EXPECT_NUMBER(core.insns[0].imm, (int32_t)0x9abcdef0);
	EXPECT_NUMBER(core.insns[1].imm, 0x12345678);
	EXPECT_NUMBER(core_run(BPF_CORE_ENUMVAL_VALUE, L_COLOUR, "1", (struct insn)LOAD64(2)), 0);
	EXPECT_NUMBER(core.insns[0].imm, -2);
	EXPECT_NUMBER(core.insns[1].imm, -1);
	EXPECT_NUMBER(core_run(BPF_CORE_ENUMVAL_VALUE, L_UNSIGNED, "0", (struct insn)LOAD64(5)), 0);
	EXPECT_NUMBER(core.insns[0].imm, -1);
	EXPECT_NUMBER(core.insns[1].imm, -1);
	/* Both halves are calls, or the verifier would speak of code 0. */
	EXPECT_NUMBER(core_run(BPF_CORE_ENUMVAL_VALUE, L_COLOUR, "2", (struct insn)LOAD64(3)), 0);
	EXPECT_NUMBER(core.result.verdict, CORE_MISSING);
	EXPECT_NUMBER(core.insns[0].code, INSN_CALL);
	EXPECT_NUMBER(core.insns[1].code, INSN_CALL);
	EXPECT_NUMBER(core.insns[1].imm, 195896080);
}

static void core_refuses(void)
{
	static const struct {
		uint32_t kind, type;
		const char *access;
		struct insn insn;
		const char *reason;
	} rows[] = {
		{ 13, L_S, "0", MOV(0), "kind 13, expected 0 to 12" },
		{ 0, L_END, "0", MOV(0), "type 32 does not end or is out of range (there are 32)" },
		{ 0, L_S, "", MOV(0), "access '' is malformed" },
		{ 0, L_S, ":0", MOV(0), "access ':0' is malformed" },
		{ 0, L_S, "0:", MOV(0), "access '0:' is malformed" },
		{ 0, L_S, "0:-1", MOV(0), "access '0:-1' is malformed" },
		{ 0, L_S, "0:2147483648", MOV(0), "access '0:2147483648' is malformed" },
		{ 0, L_S, "0 ", MOV(0), "access '0 ' is malformed" },
		{ 0, L_S, "0:0:0", MOV(0),
		  "step 0 into a type of kind 'int', expected struct, union or array" },
		{ 0, L_S, "0:13", MOV(0), "member 13 of struct 's___mine', which has 13" },
		{ 0, L_S, "0:1:32", MOV(0), "element 32 of an array, which has 32" },
		{ 0, L_S, "2147483647:0", MOV(0),
		  "element 2147483647 of struct 's___mine': has no size or lies too far" },
		{ 0, L_FWD, "0", MOV(0),
		  "element 0 of forward declaration 'inner___declared': has no size or lies too far" },
		{ 0, L_S, "0:10", MOV(96), "the access ends at a member without a name" },
		{ 0, L_ENDS_NOT, "0:0:1", MOV(4), "element 1 of an array, which has 0" },
		{ 0, L_ENDS, "0:2", MOV(16), "bit field 'bits' does not fit a load of 8 bytes" },
		{ 3, L_S, "0:4", MOV(1), "the instruction has 1, expected 0, as the object's types say" },
		{ 5, L_S, "0:4", MOV(1), "the instruction has 1, expected 61, as the object's types say" },
		{ 2, L_TWIN, "0:0", MOV(1),
		  "is ambiguous: the kernel's types 13 and 12, both 'twin', give 8 and 4" },
		{ 8, L_S, "1", MOV(1), "access '1' into a type, expected '0'" },
		{ 10, L_COLOUR, "3", MOV(1), "enumerator 3 of enum 'colour', which has 3" },
		{ 10, L_S, "0", MOV(1), "enumerator 0 of struct 's___mine', which has 0" },
		{ 0, L_ANONYMOUS, "0:0", MOV(0), "type 15, a struct, has no name to look for" },
		{ 3, L_S, "0:1:0", MOV(0), "kind 3 of an array's element" },
		{ 0, L_S, "0:0", MOV(1),
		  "the instruction has 1, expected 0, as the object's types say" },
		{ 0, L_S, "0:0", LOAD(INSN_SIZE_W, -1),
		  "the instruction has -1, expected 0, as the object's types say" },
		{ 8, L_S, "0", LOAD64(0), "the instruction has 0, expected 1, as the object's types say" },
		{ 0, L_FAR, "0:0", LOAD(INSN_SIZE_W, 0),
		  "offset 40000 in this kernel, an instruction reaches 32767" },
		{ 0, L_S, "0:7", LOAD(INSN_SIZE_B, 76), "the instruction moves 1 bytes of a field of 2" },
		{ 0, L_TWIN, "0:0", MOV(0),
		  "is ambiguous: the kernel's types 13 and 12, both 'twin', give 8 and 4" },
		{ 7, L_TWIN, "0", LOAD64(0),
		  "is ambiguous: the kernel's types 13 and 12, both 'twin', give 13 and 12" },
		{ 0, L_BIG, "1:0", MOV(4), "the kernel's type 19 'big' does not end, has no size or takes too long to compare" },
		{ 0, L_S, "0:0", { .code = 0xbf }, "the instruction, code 0xbf, has no immediate" },
		{ 0, L_S, "0:0", { .code = 0x95 }, "the instruction, code 0x95, is none to be patched" },
		{ 0, L_S, "0:0", { .code = 0x20 }, "the instruction, code 0x20, is none to be patched" },
		{ 0, L_S, "0:0", { .code = INSN_LD_IMM64, .src_reg = 1 },
		  "the instruction is no 64-bit load of a number" },
	};
	struct btf_core_relocation relocation = { 0, L_S, 1 << 20, 0 };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].reason;
		core_start();
		EXPECT_NUMBER(core_run(rows[i].kind, rows[i].type, rows[i].access, rows[i].insn),
			      -ENOEXEC);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
	}
	check.row = NULL;
	EXPECT_NUMBER(core_relocate_one(&relocation, (struct insn)MOV(0), 1), -ENOEXEC);
	EXPECT(text_find(why.reason.data, "access at offset 1048576, the strings have "));
}

static void core_refuses_ends(void)
{
	struct btf_core_relocation relocation;
	char access[2 * CORE_ACCESSES_MAX + 2] = "0";
	static char zeros[ELF_NAME_MAX + 2];

	core_start();
	relocation = core_record(BPF_CORE_TYPE_EXISTS, L_S, "0");
	EXPECT_NUMBER(core_relocate_one(&relocation, (struct insn)LOAD64(1), 1), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "its instruction lies behind the program's end");
	EXPECT_NUMBER(core_relocate_one(&relocation, (struct insn)MOV(1), 0), -ENOEXEC);
	for (int i = 0; i < CORE_ACCESSES_MAX; i++)
		strcat(access, ":0");
	EXPECT_NUMBER(core_run(0, L_S, access, (struct insn)MOV(0)), -ENOEXEC);
	EXPECT(text_find(why.reason.data, "has more than 64 numbers"));
	memset(zeros, '0', ELF_NAME_MAX + 1);
	EXPECT_NUMBER(core_run(0, L_S, zeros, (struct insn)MOV(0)), -ENOEXEC);
	EXPECT(text_find(why.reason.data, "000...' is malformed"));
	EXPECT_NUMBER(core_run(0, L_S, zeros + 1, (struct insn)MOV(0)), 0);

	core_start();
	core.targets.kernel = NULL;
	EXPECT_NUMBER(core_run(6, L_S, "0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core_run(0, L_S, "0:0", (struct insn)MOV(0)), -EOPNOTSUPP);
	EXPECT_TEXT(why.reason.data, "needs the kernel's BTF, and there is none");
}

/* A field that only one of two has strikes the other off, for what comes after. */
static void core_strikes_off(void)
{
	core_start();
	EXPECT_NUMBER(core_run(0, L_TWIN, "0:1", (struct insn)MOV(4)), 0);
	EXPECT_NUMBER(core.insns[0].imm, 0);
	EXPECT_NUMBER(core_run(0, L_TWIN, "0:0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core.insns[0].imm, 8);
	EXPECT_NUMBER(core_run(0, L_TWIN_ONE, "0:1", (struct insn)MOV(4)), 0);
	EXPECT_NUMBER(core_run(0, L_TWIN_ONE, "0:0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core.insns[0].imm, 4);
}

/* ---- Types compared with types ---- */

/* Type 1 is "h", a struct with a field of what is compared, type 2 a typedef "t" of it. */
enum core_shape {
	SHAPE_INT, SHAPE_UNSIGNED, SHAPE_LONG, SHAPE_OLD_BITS, SHAPE_FLOAT, SHAPE_ENUM,
	SHAPE_ENUM_MORE, SHAPE_ENUM_8, SHAPE_ENUM_OTHER, SHAPE_ENUM_ANONYMOUS, SHAPE_ARRAY_3,
	SHAPE_ARRAY_4, SHAPE_ARRAY_PTR, SHAPE_PTR, SHAPE_PTR_UNSIGNED, SHAPE_PTR_VOID,
	SHAPE_PROTO_1, SHAPE_PROTO_2, SHAPE_STRUCT, SHAPE_STRUCT_MORE, SHAPE_STRUCT_OTHER, SHAPE_UNION,
	SHAPE_PTR_STRUCT, SHAPE_FWD, SHAPE_FWD_UNION, SHAPE_PTR_FWD, SHAPE_PTR_FWD_UNION,
};

static void core_shape(struct btf_image *i, enum core_shape shape)
{
	uint32_t root = 6;

	btf_image_start(i, NULL);
	btf_image_type(i, BTF_KIND_STRUCT, "h", 1, 16);
	btf_image_member(i, "field", 3, 0);
	btf_image_type(i, BTF_KIND_TYPEDEF, "t", 0, 3);
	btf_image_type(i, BTF_KIND_CONST, "", 0, root);
	btf_image_int(i, "int", 4, BTF_INT_SIGNED, 32);
	btf_image_int(i, "unsigned int", 4, 0, 32);
	switch (shape) {
	case SHAPE_INT: btf_image_int(i, "int", 4, BTF_INT_SIGNED, 32); break;
	case SHAPE_UNSIGNED: btf_image_int(i, "int", 4, 0, 32); break;
	case SHAPE_LONG: btf_image_int(i, "int", 8, BTF_INT_SIGNED, 64); break;
	case SHAPE_OLD_BITS: btf_image_int(i, "int", 4, BTF_INT_SIGNED, 2 << 16 | 3); break;
	case SHAPE_FLOAT: btf_image_type(i, BTF_KIND_FLOAT, "float", 0, 4); break;
	case SHAPE_ENUM:
	case SHAPE_ENUM_8:
	case SHAPE_ENUM_OTHER:
	case SHAPE_ENUM_ANONYMOUS:
		btf_image_type(i, BTF_KIND_ENUM, shape == SHAPE_ENUM_OTHER ? "other" :
			       shape == SHAPE_ENUM_ANONYMOUS ? "" : "e", 1, shape == SHAPE_ENUM_8 ? 8 : 4);
		btf_image_pair(i, "A", 1);
		break;
	case SHAPE_ENUM_MORE:
		btf_image_type(i, BTF_KIND_ENUM, "e___x", 2, 4);
		btf_image_pair(i, "B", 2);
		btf_image_pair(i, "A___x", 1);
		break;
	case SHAPE_ARRAY_3: btf_image_array(i, 4, 3); break;
	case SHAPE_ARRAY_4: btf_image_array(i, 4, 4); break;
	case SHAPE_ARRAY_PTR: btf_image_array(i, 7, 3); break;
	case SHAPE_PTR: btf_image_type(i, BTF_KIND_PTR, "", 0, 4); break;
	case SHAPE_PTR_UNSIGNED: btf_image_type(i, BTF_KIND_PTR, "", 0, 5); break;
	case SHAPE_PTR_VOID: btf_image_type(i, BTF_KIND_PTR, "", 0, 0); break;
	case SHAPE_PROTO_1:
	case SHAPE_PROTO_2:
		btf_image_type(i, BTF_KIND_FUNC_PROTO, "", shape == SHAPE_PROTO_1 ? 1 : 2, 4);
		btf_image_pair(i, "", 4);
		if (shape == SHAPE_PROTO_2)
			btf_image_pair(i, "", 4);
		break;
	case SHAPE_PTR_STRUCT:
	case SHAPE_PTR_FWD:
	case SHAPE_PTR_FWD_UNION:
		btf_image_type(i, BTF_KIND_PTR, "", 0, 8);
		break;
	case SHAPE_STRUCT:
	case SHAPE_STRUCT_OTHER:
	case SHAPE_UNION:
		btf_image_type(i, shape == SHAPE_UNION ? BTF_KIND_UNION : BTF_KIND_STRUCT,
			       shape == SHAPE_STRUCT_OTHER ? "other" : "s", 1, 8);
		btf_image_member(i, "a", 4, 0);
		break;
	case SHAPE_STRUCT_MORE:
		btf_image_type(i, BTF_KIND_STRUCT, "s", 2, 8);
		btf_image_member(i, "b", 4, 0);
		btf_image_member(i, "a", 4, 32);
		break;
	case SHAPE_FWD:
	case SHAPE_FWD_UNION:
		btf_image_type(i, BTF_KIND_FWD, "s", shape == SHAPE_FWD ? 0 : BTF_IMAGE_FLAG, 0);
		break;
	}
	btf_image_type(i, BTF_KIND_PTR, "", 0, 0);
	btf_image_type(i, shape == SHAPE_PTR_STRUCT ? BTF_KIND_STRUCT : BTF_KIND_FWD, "s",
		       shape == SHAPE_PTR_FWD_UNION ? BTF_IMAGE_FLAG : 0, 0);
}

static void core_compares(void)
{
	static const struct {
		enum core_shape local, kernel;
		bool exists, matches, stands_for; /* a type, a type to the letter, a field */
	} rows[] = {
		{ SHAPE_INT, SHAPE_INT, 1, 1, 1 },
		{ SHAPE_INT, SHAPE_UNSIGNED, 1, 0, 1 },
		{ SHAPE_INT, SHAPE_LONG, 1, 0, 1 },
		{ SHAPE_OLD_BITS, SHAPE_INT, 0, 1, 0 },
		{ SHAPE_INT, SHAPE_OLD_BITS, 0, 1, 0 },
		{ SHAPE_FLOAT, SHAPE_FLOAT, 0, 0, 1 },
		{ SHAPE_ENUM, SHAPE_ENUM_MORE, 1, 1, 1 },
		{ SHAPE_ENUM_MORE, SHAPE_ENUM, 1, 0, 1 },
		{ SHAPE_ENUM, SHAPE_ENUM_8, 1, 0, 1 },
		{ SHAPE_ENUM, SHAPE_ENUM_OTHER, 1, 0, 0 },
		{ SHAPE_ENUM, SHAPE_ENUM_ANONYMOUS, 1, 0, 1 },
		{ SHAPE_ENUM_ANONYMOUS, SHAPE_ENUM, 1, 0, 1 },
		{ SHAPE_ENUM, SHAPE_INT, 0, 0, 0 },
		{ SHAPE_ARRAY_3, SHAPE_ARRAY_3, 1, 1, 1 },
		{ SHAPE_ARRAY_3, SHAPE_ARRAY_4, 1, 0, 1 },
		{ SHAPE_ARRAY_3, SHAPE_ARRAY_PTR, 0, 0, 0 },
		{ SHAPE_PTR, SHAPE_PTR, 1, 1, 1 },
		{ SHAPE_PTR, SHAPE_PTR_UNSIGNED, 1, 0, 1 },
		{ SHAPE_PTR, SHAPE_PTR_VOID, 0, 0, 1 },
		{ SHAPE_PTR_VOID, SHAPE_PTR_VOID, 1, 1, 1 },
		{ SHAPE_PROTO_1, SHAPE_PROTO_1, 1, 1, 0 },
		{ SHAPE_PROTO_1, SHAPE_PROTO_2, 0, 0, 0 },
		{ SHAPE_PROTO_2, SHAPE_PROTO_1, 0, 0, 0 },
		{ SHAPE_STRUCT, SHAPE_STRUCT_MORE, 1, 1, 1 },
		{ SHAPE_STRUCT_MORE, SHAPE_STRUCT, 1, 0, 1 },
		{ SHAPE_STRUCT, SHAPE_STRUCT_OTHER, 1, 0, 1 },
		{ SHAPE_STRUCT, SHAPE_UNION, 0, 0, 1 },
		{ SHAPE_PTR_STRUCT, SHAPE_PTR_FWD, 0, 1, 1 },
		{ SHAPE_PTR_FWD, SHAPE_PTR_STRUCT, 0, 1, 1 },
		{ SHAPE_PTR_FWD, SHAPE_PTR_FWD, 1, 1, 1 },
		{ SHAPE_PTR_FWD_UNION, SHAPE_PTR_STRUCT, 0, 0, 1 },
		{ SHAPE_PTR_FWD_UNION, SHAPE_PTR_FWD, 1, 0, 1 },
		{ SHAPE_FWD, SHAPE_FWD, 1, 1, 1 },
		{ SHAPE_FWD, SHAPE_FWD_UNION, 1, 0, 1 },
		{ SHAPE_FWD, SHAPE_STRUCT, 0, 0, 0 },
		{ SHAPE_STRUCT, SHAPE_FWD, 0, 0, 0 },
	};
	char row[32];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		snprintf(row, sizeof(row), "row %zu", i);
		check.row = row;
		core_start();
		core_shape(&core.local_image, rows[i].local);
		core_open(&core.local_image, NULL, &core.local);
		core_shape(&core.kernel_image, rows[i].kernel);
		core_open(&core.kernel_image, NULL, &core.kernel);
		EXPECT_NUMBER(core_run(BPF_CORE_TYPE_EXISTS, 2, "0", (struct insn)MOV(1)), 0);
		EXPECT_NUMBER(core.insns[0].imm, rows[i].exists);
		EXPECT_NUMBER(core_run(BPF_CORE_TYPE_MATCHES, 2, "0", (struct insn)MOV(1)), 0);
		EXPECT_NUMBER(core.insns[0].imm, rows[i].matches);
		EXPECT_NUMBER(core_run(BPF_CORE_FIELD_EXISTS, 1, "0:0", (struct insn)MOV(1)), 0);
		EXPECT_NUMBER(core.insns[0].imm, rows[i].stands_for);
	}
	check.row = NULL;
}

static void core_asks_modules(void)
{
	struct btf_core_relocation relocation;

	core_start();
	core.targets.module = core_bench_module;
	EXPECT_NUMBER(core_run(0, L_S, "0:0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core.insns[0].imm, 4);
	EXPECT_NUMBER(core.nr_modules_asked, 0);
	EXPECT_NUMBER(core_run(0, L_IN_MODULE, "0:0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core.insns[0].imm, 4);
	EXPECT_NUMBER(core.nr_modules_asked, 2);
	EXPECT_NUMBER(core_run(7, L_IN_MODULE, "0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core.insns[0].imm, K_END);

	/* All that is wanted first takes one look, at each BTF. */
	core_start();
	core.targets.module = core_bench_module;
	relocation = core_record(0, L_IN_MODULE, "0:0");
	EXPECT_NUMBER(core_want(&core.targets, &relocation, &why), 0);
	relocation = core_record(0, L_NOBODY, "0:0");
	EXPECT_NUMBER(core_want(&core.targets, &relocation, &why), 0);
	EXPECT_NUMBER(core_run(0, L_NOBODY, "0:0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core_run(0, L_IN_MODULE, "0:0", (struct insn)MOV(0)), 0);
	EXPECT_NUMBER(core.nr_modules_asked, 2);
}

/* A kernel of 32 bits has pointers of 4 bytes, and its long says so. */
static void core_short_pointers(void)
{
	struct btf_image *i = &core.kernel_image;

	core_start();
	btf_image_start(i, NULL);
	btf_image_int(i, "long unsigned int", 4, 0, 32);
	btf_image_type(i, BTF_KIND_PTR, "", 0, 0);
	btf_image_type(i, BTF_KIND_STRUCT, "s", 1, 8);
	btf_image_member(i, "pointer", 2, 32);
	core_open(i, NULL, &core.kernel);
	EXPECT_NUMBER(core_run(0, L_S, "0:5", (struct insn)LOAD(INSN_SIZE_DW, 64)), 0);
	EXPECT_NUMBER(core.insns[0].off, 4);
	EXPECT_NUMBER(core.insns[0].code, INSN_LDX | 0x60 | INSN_SIZE_W);
	EXPECT_NUMBER(core_run(1, L_S, "0:5", (struct insn)MOV(8)), 0);
	EXPECT_NUMBER(core.insns[0].imm, 4);
}

/* Types that double at each depth take no longer than a step budget. */
static void core_gives_up(void)
{
	struct btf_image *i = &core.kernel_image;

	core_start();
	btf_image_start(i, NULL);
	btf_image_type(i, BTF_KIND_STRUCT, "s", 2, 8);
	btf_image_member(i, "", 1, 0);
	btf_image_member(i, "", 1, 0);
	core_open(i, NULL, &core.kernel);
	EXPECT_NUMBER(core_run(0, L_S, "0:0", (struct insn)MOV(0)), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "the kernel's type 1 's' does not end, has no size or takes too long to compare");

	/* No deeper than is allowed, and twice as many at each depth. */
	core_start();
	btf_image_start(i, NULL);
	for (uint32_t id = 1; id <= 40; id++) {
		btf_image_type(i, BTF_KIND_STRUCT, id == 1 ? "s" : "", 2, 8);
		btf_image_member(i, "", id + 1, 0);
		btf_image_member(i, "", id + 1, 0);
	}
	btf_image_type(i, BTF_KIND_STRUCT, "", 0, 8);
	core_open(i, NULL, &core.kernel);
	EXPECT_NUMBER(core_run(0, L_S, "0:0", (struct insn)MOV(0)), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "the kernel's type 1 's' does not end, has no size or takes too long to compare");

	/* Nor do all relocations together. */
	core_start();
	EXPECT_NUMBER(core_run(BPF_CORE_FIELD_EXISTS, L_S, "0:0", (struct insn)MOV(1)), 0);
	core.targets.steps = CORE_STEPS_MAX;
	EXPECT_NUMBER(core_run(BPF_CORE_FIELD_EXISTS, L_S, "0:0", (struct insn)MOV(1)), -ENOEXEC);
}

static void core_needs_memory(void)
{
	core_start();
	core.arena.size = core.arena.used + sizeof(struct core_root) +
			  ((core.local.end_id * sizeof(struct core_root *) + 7) & ~7ULL);
	EXPECT_NUMBER(core_run(0, L_S, "0:0", (struct insn)MOV(0)), -ENOMEM);
	EXPECT_TEXT(why.reason.data, "out of memory for types 's'");
	core.arena.size = core.arena.used;
	EXPECT_NUMBER(core_run(0, L_FAR, "0:0", (struct insn)MOV(0)), -ENOMEM);
	EXPECT_TEXT(why.reason.data, "out of memory for the types that relocations name");
}

/* As many as no object has: each is compared with many of the kernel's. */
static void core_wants_too_much(void)
{
	core_start();
	core.targets.nr_roots = CORE_ROOTS_MAX;
	EXPECT_NUMBER(core_run(0, L_S, "0:0", (struct insn)MOV(0)), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "relocations start from more than 16384 types");
}

static void core_describes(void)
{
	static const struct {
		uint32_t kind, type;
		const char *access, *text;
	} rows[] = {
		{ 0, L_S, "0:0", "field 'a' of struct 's___mine'" },
		{ 0, L_S, "0:3:0", "field 'inner.x' of struct 's___mine'" },
		{ 0, L_S, "2:1:7", "field '[2].name[7]' of struct 's___mine'" },
		{ 0, L_S, "0:10:0", "field 'unnamed' of struct 's___mine'" },
		{ 0, L_S, "0", "struct 's___mine'" },
		{ 11, L_COLOUR, "1", "enumerator 'BLUE' of enum 'colour'" },
		{ 8, L_COLOUR, "0", "enum 'colour'" },
		{ 8, L_TYPEDEF, "0", "type 'number_t'" },
		{ 0, L_S, "0:99", "struct 's___mine'" },
		{ 0, 1000, "0:99", "type 1000" },
	};

	core_start();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct btf_core_relocation relocation =
			core_record(rows[i].kind, rows[i].type, rows[i].access);

		text_clear(&text);
		core_describe(&core.local, &relocation, &text);
		EXPECT_TEXT(text.data, rows[i].text);
	}
}

static const struct check_case core_cases[] = {
	{ "CO-RE: every kind of relocation", core_patches },
	{ "CO-RE: 64-bit loads", core_patches_64_bits },
	{ "CO-RE: refused", core_refuses },
	{ "CO-RE: refused: behind ends, without a kernel", core_refuses_ends },
	{ "CO-RE: types and fields that stand for others", core_compares },
	{ "CO-RE: one of two types by its field", core_strikes_off },
	{ "CO-RE: modules, for what the kernel has not", core_asks_modules },
	{ "CO-RE: pointers of a 32-bit kernel", core_short_pointers },
	{ "CO-RE: types without an end", core_gives_up },
	{ "CO-RE: no memory", core_needs_memory },
	{ "CO-RE: too many types", core_wants_too_much },
	{ "CO-RE: described", core_describes },
};

#endif
