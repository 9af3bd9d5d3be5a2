/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_externs.h - externs.h and kbtf.h: what is found in the kernel's types and its modules' */
#ifndef UNIT_EXTERNS_H
#define UNIT_EXTERNS_H

#include <time.h>

#include "btf_image.h"
#include "btf_kinds.h"
#include "fixture.h"

/* ---- A kernel with a module, and an object ---- */

enum { KT_INT = 1, KT_TASK, KT_PTR, KT_PROTO, KT_TAKE, KT_COUNTER, KT_CURRENT, KT_RUN, KT_ITER, KT_NONE_PROTO,
       KT_TAKE_AGAIN, KT_END };
enum { MT_IN_MODULE = KT_END, MT_TAKE, MT_CASE };
enum { LT_INT = 1, LT_TASK, LT_PTR, LT_MY_INT, LT_ALIKE, LT_FEWER, LT_OTHER, LT_NO_PARAMETERS, LT_VARYING,
       LT_CONST_INT, LT_NAMELESS };

#define TYPES_FD 7 /* the module's */

static struct {
	struct btf_image kernel_image, module_image, local_image;
	struct btf local;
	struct kbtf_module module;
	struct kbtf kbtf;
	struct arena arena;
	uint64_t memory[512];
} typed;

static void types_of_kernel(struct btf_image *i)
{
	btf_image_start(i, NULL);
	btf_image_int(i, "int", 4, BTF_INT_SIGNED, 32);
	btf_image_type(i, BTF_KIND_STRUCT, "task", 0, 8);
	btf_image_type(i, BTF_KIND_PTR, "", 0, KT_TASK);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 2, KT_INT);
	btf_image_pair(i, "number", KT_INT);
	btf_image_pair(i, "task", KT_PTR);
	btf_image_type(i, BTF_KIND_FUNC, "take", BTF_LINKAGE_STATIC, KT_PROTO);
	btf_image_var(i, "counter", KT_INT, BTF_LINKAGE_GLOBAL);
	btf_image_var(i, "current", KT_PTR, BTF_LINKAGE_GLOBAL);
	btf_image_type(i, BTF_KIND_TYPEDEF, "btf_trace_run", 0, KT_PTR);
	btf_image_type(i, BTF_KIND_FUNC, "bpf_iter_task", BTF_LINKAGE_STATIC, KT_PROTO);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 0, 0);
	btf_image_type(i, BTF_KIND_FUNC, "take", BTF_LINKAGE_STATIC, KT_NONE_PROTO);
}

static void types_of_module(struct btf_image *i, const struct btf *base)
{
	btf_image_start(i, base);
	btf_image_type(i, BTF_KIND_FUNC, "in_module", BTF_LINKAGE_STATIC, KT_PROTO);
	btf_image_type(i, BTF_KIND_FUNC, "take", BTF_LINKAGE_STATIC, KT_NONE_PROTO);
	btf_image_var(i, "case", KT_INT, BTF_LINKAGE_GLOBAL);
}

static void types_of_object(struct btf_image *i)
{
	btf_image_start(i, NULL);
	btf_image_int(i, "long", 8, 0, 64); /* a number is as good as another */
	btf_image_type(i, BTF_KIND_STRUCT, "task___old", 0, 4);
	btf_image_type(i, BTF_KIND_PTR, "", 0, LT_TASK);
	btf_image_type(i, BTF_KIND_TYPEDEF, "my_int", 0, LT_INT);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 2, LT_MY_INT);
	btf_image_pair(i, "", LT_INT);
	btf_image_pair(i, "", LT_PTR);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 1, LT_INT);
	btf_image_pair(i, "", LT_INT);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 2, LT_INT);
	btf_image_pair(i, "", LT_PTR);
	btf_image_pair(i, "", LT_PTR);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 0, 0);
	btf_image_type(i, BTF_KIND_FUNC_PROTO, "", 2, LT_INT);
	btf_image_pair(i, "", LT_INT);
	btf_image_pair(i, "", 0);
	btf_image_type(i, BTF_KIND_CONST, "", 0, LT_MY_INT);
}

static void types_open(struct btf_image *from, const struct btf *base, struct btf *out)
{
	EXPECT_NUMBER(btf_open(btf_image_view(from), base, &typed.arena, out, &why), 0);
	EXPECT_TEXT(why.reason.data, "");
}

/* All are open, and the kernel is asked for nothing. */
static void types_start(void)
{
	memset(typed.memory, 0, sizeof(typed.memory));
	typed.arena = (struct arena){ (uint8_t *)typed.memory, sizeof(typed.memory), 0 };
	why_clear(&why);
	typed.kbtf = (struct kbtf){
		.is_open = true, .modules_are_open = true, .modules = &typed.module, .nr_modules = 1,
	};
	types_of_kernel(&typed.kernel_image);
	types_open(&typed.kernel_image, NULL, &typed.kbtf.btf);
	EXPECT_NUMBER(typed.kbtf.btf.end_id, KT_END);
	types_of_module(&typed.module_image, &typed.kbtf.btf);
	typed.module.fd = TYPES_FD;
	memcpy(typed.module.name, "mod", sizeof("mod"));
	types_open(&typed.module_image, &typed.kbtf.btf, &typed.module.btf);
	types_of_object(&typed.local_image);
	types_open(&typed.local_image, NULL, &typed.local);
	EXPECT_NUMBER(typed.local.end_id, LT_NAMELESS);
}

/* ---- Externs ---- */

/* A load and a call of each: "id/fd, id/module", of what is missing "0/0, -"; or why not. */
static const char *extern_typed(struct object_extern ext)
{
	struct object_extern externs[] = {
		{ .name = "CONFIG_HZ", .kind = EXTERN_KCONFIG, .type = LT_INT },
		{ .name = "counter", .kind = EXTERN_KSYM, .type = LT_CONST_INT },
		ext,
		{ .name = "in_module", .kind = EXTERN_KFUNC, .type = LT_ALIKE },
	};
	struct insn insns[] = {
		{ .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_EXTERN, .imm = 2 }, { 0 },
		{ .code = INSN_CALL, .src_reg = INSN_PSEUDO_KFUNC_CALL, .off = INSN_CALL_INDEXED, .imm = 2 },
		{ .code = INSN_CALL, .src_reg = INSN_PSEUDO_KFUNC_CALL, .off = INSN_CALL_INDEXED, .imm = 3 },
	};
	struct object_code code = { .insns = insns, .nr_insns = COUNT_OF(insns) };
	struct object object = { .externs = externs, .nr_externs = COUNT_OF(externs), .codes = &code, .nr_codes = 1 };

	types_start();
	object.btf = typed.local;
	if (externs_resolve(&object, &typed.kbtf, &typed.arena, &why) != 0)
		return why.reason.data;
	EXPECT_NUMBER(insns[3].imm, MT_IN_MODULE);
	EXPECT_NUMBER(insns[3].off, 1);
	text_setf(&text, "%d/%d, ", insns[0].imm, insns[1].imm);
	if (insns[2].src_reg)
		text_addf(&text, "%d/%d", insns[2].imm, insns[2].off);
	else
		text_addf(&text, insns[2].imm == (int32_t)EXTERN_POISON + 2 ? "-" : "?");
	return text.data;
}

#define WEAK true

static void externs_by_type(void)
{
	static const struct {
		struct object_extern ext;
		const char *resolved;
	} rows[] = {
		{ { "take", EXTERN_KFUNC, .type = LT_ALIKE }, "5/0, 5/0" },
		/* Of several, the first one of the kernel itself counts. */
		{ { "take", EXTERN_KFUNC, .type = LT_NO_PARAMETERS },
		  "extern 'take': is 'void (void)' in the object, and 'int (int, struct task *)' in this kernel" },
		{ { "take___v2", EXTERN_KFUNC, .type = LT_ALIKE }, "5/0, 5/0" },
		{ { "in_module", EXTERN_KFUNC, .type = LT_ALIKE }, "12/7, 12/1" },
		{ { "in_module", EXTERN_KFUNC, .type = LT_FEWER },
		  "extern 'in_module': is 'long (long)' in the object, and 'int (int, struct task *)' in this kernel" },
		{ { "take___v3", EXTERN_KFUNC, .type = LT_OTHER },
		  "extern 'take___v3': is 'long (struct task___old *, struct task___old *)' in the object, "
		  "and 'int (int, struct task *)' in this kernel" },
		{ { "take", EXTERN_KFUNC, .type = LT_VARYING },
		  "extern 'take': is 'long (long, ...)' in the object, and 'int (int, struct task *)' in this kernel" },
		/* A weak function of another type is not there. */
		{ { "take___v2", EXTERN_KFUNC, WEAK, .type = LT_FEWER }, "0/0, -" },
		{ { "take", EXTERN_KFUNC, WEAK, .type = LT_ALIKE }, "5/0, 5/0" },
		{ { "gone", EXTERN_KFUNC, WEAK, .type = LT_ALIKE }, "0/0, -" },
		{ { "gone", EXTERN_KFUNC, .type = LT_ALIKE },
		  "extern 'gone': this kernel has no such function" },
		{ { "counter", EXTERN_KFUNC, .type = LT_ALIKE },
		  "extern 'counter': this kernel has no such function" },
		/* Variables: a weak one, too, must be what it is. */
		{ { "current", EXTERN_KSYM, .type = LT_PTR }, "7/0, 7/0" },
		{ { "case", EXTERN_KSYM, .type = LT_MY_INT }, "14/7, 14/1" },
		{ { "current", EXTERN_KSYM, .type = LT_CONST_INT },
		  "extern 'current': is 'const my_int' in the object, and 'struct task *' in this kernel" },
		{ { "counter", EXTERN_KSYM, WEAK, .type = LT_TASK },
		  "extern 'counter': is 'struct task___old' in the object, and 'int' in this kernel" },
		{ { "gone", EXTERN_KSYM, WEAK, .type = LT_INT }, "0/0, -" },
		{ { "gone", EXTERN_KSYM, .type = LT_INT }, "extern 'gone': this kernel has no such variable in its BTF" },
		/* They have no flavours. */
		{ { "counter___old", EXTERN_KSYM, .type = LT_INT },
		  "extern 'counter___old': this kernel has no such variable in its BTF" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].ext.name;
		EXPECT_TEXT(extern_typed(rows[i].ext), rows[i].resolved);
	}
}

/* A kernel that tells nothing has none of those that may be missing. */
static void externs_without_types(void)
{
	static const struct fixture_file none[] = { { NULL, NULL } };
	struct object_extern externs[] = {
		{ "take", EXTERN_KFUNC, WEAK, .type = LT_ALIKE }, { "counter", EXTERN_KSYM, WEAK, .type = LT_INT },
	};
	struct object object = { .externs = externs, .nr_externs = 2 };
	struct kbtf kbtf = { .file = NULL };

	fixture.files = none;
	types_start();
	object.btf = typed.local;
	EXPECT_NUMBER(externs_resolve(&object, &kbtf, &typed.arena, &why), 0);
	externs[1].is_weak = false;
	EXPECT_NUMBER(externs_resolve(&object, &kbtf, &typed.arena, &why), -EOPNOTSUPP);
	EXPECT_TEXT(why.reason.data, "extern 'counter': this kernel tells nothing of its types: "
				     "it has no BTF (CONFIG_DEBUG_INFO_BTF)");
	kbtf_close(&kbtf);
}

/* ---- Targets of programs ---- */

static struct text targets_told;

static void targets_tell(const char *file, int err, const struct why *told, const struct verifier_log *log)
{
	EXPECT(err < 0);
	EXPECT(!log);
	text_addf(&targets_told, "%s: %s; ", file, told->reason.data);
	text_addf(&targets_told, "%s; ", told->hint.data);
}

/* "id/fd ..." of programs in sections of these names. */
static const char *targets_found(const char *const *sections, programs_tell *tell)
{
	struct object_program specs[4] = { 0 };
	struct program items[4] = { 0 };
	struct object object = { .programs = specs };
	struct programs programs = { .object = &object, .items = items, .tell = tell, .file = "t.o" };
	int fds[4];

	types_start();
	programs.function_fds = fds;
	for (uint32_t i = 0; sections[i]; i++, programs.nr++) {
		specs[i] = (struct object_program){ .name = "prog", .section = sections[i], .function = i };
		EXPECT(kind_find(sections[i], &specs[i].match));
		items[i] = (struct program){ .spec = &specs[i], .kind = specs[i].match.kind, .fd = -1 };
	}
	text_clear(&targets_told);
	if (programs_find_targets(&programs, &typed.kbtf, &typed.arena, &why) != 0)
		return why.reason.data;
	text_clear(&text);
	for (uint32_t i = 0; i < programs.nr; i++)
		text_addf(&text, items[i].left_out ? "- " : "%u/%d ", items[i].attach_id, items[i].attach_fd);
	return text.data;
}

#define TARGETS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void targets_by_name(void)
{
	EXPECT_TEXT(targets_found(TARGETS("fentry/take", "kprobe/gone", "tp_btf/run", "iter/task"), NULL),
		    "5/0 0/0 8/0 9/0 ");
	EXPECT_TEXT(targets_found(TARGETS("fexit/in_module", "fentry/mod:in_module", "fentry/take"), NULL),
		    "12/7 12/7 5/0 ");
	EXPECT_TEXT(targets_found(TARGETS("fentry/mod:take", "fentry/take", "fentry/vmlinux:take"), NULL),
		    "13/7 5/0 5/0 ");
	EXPECT_TEXT(targets_found(TARGETS("fentry/other:take"), NULL),
		    "program 'prog': there is no function 'other:take' in this kernel's BTF");
	EXPECT_TEXT(targets_found(TARGETS("fentry/take", "fexit/tako"), NULL),
		    "program 'prog': there is no function 'tako' in this kernel's BTF");
	EXPECT_TEXT(why.hint.data, "nearest names: 'take'");
	EXPECT_TEXT(targets_found(TARGETS("tp_btf/runs"), NULL),
		    "program 'prog': there is no tracepoint 'runs' in this kernel's BTF");
	EXPECT_TEXT(why.hint.data, "nearest names: 'run'");
	EXPECT_TEXT(targets_found(TARGETS("iter/tasks"), NULL),
		    "program 'prog': there is no function 'bpf_iter_tasks' in this kernel's BTF");
	EXPECT_TEXT(why.hint.data, "nearest names: 'task'");
	EXPECT_TEXT(targets_found(TARGETS("fentry/nothing_like_it"), NULL),
		    "program 'prog': there is no function 'nothing_like_it' in this kernel's BTF");
	EXPECT_TEXT(why.hint.data, "");
	EXPECT_TEXT(targets_found(TARGETS("fentry"), NULL),
		    "program 'prog': section 'fentry' names no target");
}

/* With --keep-going the others go on; the nearest names are looked for once. */
static void targets_left_out(void)
{
	EXPECT_TEXT(targets_found(TARGETS("fentry/tako", "fentry/take", "fentry/toke"), targets_tell), "- 5/0 - ");
	EXPECT_TEXT(targets_told.data,
		    "t.o: program 'prog': there is no function 'tako' in this kernel's BTF; nearest names: 'take'; "
		    "t.o: program 'prog': there is no function 'toke' in this kernel's BTF; ; ");
}

/* ---- Very many of them ---- */

#define MANY_TYPES 15000U
#define MANY (12 * MANY_TYPES)
#define MANY_SECONDS 20 /* each looked for alone would take minutes */

static void many_start(void)
{
	types_start();
	btf_image_start(&typed.kernel_image, NULL);
	btf_image_type(&typed.kernel_image, BTF_KIND_FUNC_PROTO, "", 0, 0);
	for (uint32_t i = 0; i < MANY_TYPES; i++) {
		text_setf(&text, "f%u", i);
		btf_image_type(&typed.kernel_image, BTF_KIND_FUNC, text.data, BTF_LINKAGE_STATIC, 1);
	}
	typed.arena = (struct arena){ .data = calloc(1, MANY * 100), .size = MANY * 100 };
	assert(typed.arena.data);
	types_open(&typed.kernel_image, NULL, &typed.kbtf.btf);
}

/* The name of function i, which is type 2 + i, in the kernel's own strings. */
static const char *many_name(uint32_t i)
{
	struct btf_type type = { .name = "" };

	EXPECT(btf_type_get(&typed.kbtf.btf, 2 + i % MANY_TYPES, &type));
	return type.name;
}

static void many_externs(void)
{
	struct object_extern *externs = calloc(MANY, sizeof(*externs));
	struct extern_value *values = calloc(MANY, sizeof(*values));
	struct object object = { .externs = externs, .nr_externs = MANY };
	const clock_t started = clock();

	assert(externs && values);
	many_start();
	object.btf = typed.local;
	for (uint32_t i = 0; i < MANY; i++)
		externs[i] = (struct object_extern){ many_name(i), EXTERN_KFUNC, .type = LT_NO_PARAMETERS };
	EXPECT_NUMBER(externs_find(&object, &typed.kbtf, &typed.arena, values, &why), 0);
	for (uint32_t i = 0; i < MANY; i++)
		EXPECT_NUMBER(values[i].value, 2 + i % MANY_TYPES);
	EXPECT(clock() - started < MANY_SECONDS * CLOCKS_PER_SEC);
	free(externs);
	free(values);
	free(typed.arena.data);
}

static void many_targets(void)
{
	struct object_program *specs = calloc(MANY, sizeof(*specs));
	struct program *items = calloc(MANY, sizeof(*items));
	struct programs programs = { .items = items, .nr = MANY };
	const clock_t started = clock();

	assert(specs && items);
	many_start();
	for (uint32_t i = 0; i < MANY; i++) {
		EXPECT(kind_find("fentry/", &specs[i].match));
		specs[i].match.target = many_name(MANY - i);
		items[i] = (struct program){ .spec = &specs[i], .kind = specs[i].match.kind };
	}
	EXPECT_NUMBER(programs_find_targets(&programs, &typed.kbtf, &typed.arena, &why), 0);
	for (uint32_t i = 0; i < MANY; i++)
		EXPECT_NUMBER(items[i].attach_id, 2 + (MANY - i) % MANY_TYPES);
	EXPECT(clock() - started < MANY_SECONDS * CLOCKS_PER_SEC);
	free(specs);
	free(items);
	free(typed.arena.data);
}

static const struct check_case extern_cases[] = {
	{ "externs: very many", many_externs },
	{ "targets: of very many programs", many_targets },
	{ "targets: in the kernel's types", targets_by_name },
	{ "targets: that are missing", targets_left_out },
	{ "externs: by their types", externs_by_type },
	{ "externs: of a kernel that tells nothing", externs_without_types },
};

#endif
