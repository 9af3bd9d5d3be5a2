/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_programs.h - programs.h: which of an object's programs are wanted, and where */
#ifndef UNIT_PROGRAMS_H
#define UNIT_PROGRAMS_H

#include "fixture.h"

#define CHOICES_MAX 4

/* Programs in sections of these names, each a section of its own. */
static struct choice_fixture {
	struct object_code codes[CHOICES_MAX + 1];
	struct object_function functions[CHOICES_MAX];
	struct object_program specs[CHOICES_MAX];
	struct object object;
	struct programs programs;
	uint8_t memory[2048];
} choice;

static int choose(const char *const *sections, const struct programs_wanted *wanted)
{
	static const char *const names[CHOICES_MAX] = { "one", "two", "three", "four" };
	struct arena arena = { .data = choice.memory, .size = sizeof(choice.memory) };
	uint32_t nr = 0;

	for (; sections[nr]; nr++) {
		choice.codes[nr] = (struct object_code){
			.name = sections[nr], .first_function = nr, .nr_functions = 1 };
		choice.functions[nr] = (struct object_function){ .name = names[nr], .code = nr };
		choice.specs[nr] = (struct object_program){
			.name = names[nr], .section = sections[nr], .function = nr };
		choice.specs[nr].is_tail = !kind_find(sections[nr], &choice.specs[nr].match);
		EXPECT(kind_find(choice.specs[nr].is_tail ? "prog" : sections[nr], &choice.specs[nr].match));
	}
	choice.codes[nr] = (struct object_code){ .name = ".text" };
	choice.object = (struct object){
		.codes = choice.codes, .nr_codes = nr + 1,
		.functions = choice.functions, .nr_functions = nr,
		.programs = choice.specs, .nr_programs = nr,
	};
	choice.programs = (struct programs)PROGRAMS_CLOSED;
	memset(choice.memory, 0, sizeof(choice.memory));
	why_clear(&why);
	return programs_choose(&choice.object, wanted, &arena, &choice.programs, &why);
}

/* "kprobe vfs_read; -": each program's kind and targets. */
static const char *chosen(void)
{
	text_clear(&text);
	for (uint32_t i = 0; i < choice.programs.nr; i++) {
		const struct program *program = &choice.programs.items[i];

		text_addf(&text, "%s%s", i ? "; " : "", program->kind->prefix);
		for (uint32_t k = 0; k < program->nr_targets; k++)
			text_addf(&text, " '%s'", program->targets[k]);
		EXPECT_NUMBER(program->fd, -1);
		EXPECT_NUMBER(choice.programs.function_fds[i], -1);
	}
	return text.data;
}

#define SECTIONS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char *const two_functions_wanted[] = { "vfs_read", "vfs_write" };
static const struct programs_wanted as_sections_say = { 0 };
static const struct programs_wanted two_wanted = { .functions = two_functions_wanted, .nr_functions = 2 };

static void choose_by_section(void)
{
	static const struct {
		const char *section, *chosen;
	} rows[] = {
		{ "kprobe/vfs_read", "kprobe 'vfs_read'" },
		{ "kretprobe/vfs_read+4", "kretprobe 'vfs_read+4'" },
		{ "kprobe.multi/vfs_*", "kprobe.multi 'vfs_*'" },
		{ "ksyscall/read", "ksyscall 'read'" },
		{ "tp/sched/sched_switch", "tp 'sched/sched_switch'" },
		{ "uprobe//bin/sh:main", "uprobe '/bin/sh:main'" },
		/* Kinds that are loaded with their target, or need none. */
		{ "fentry/vfs_read", "fentry 'vfs_read'" },
		{ "perf_event", "perf_event ''" },
		{ "iter/task", "iter 'task'" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].section;
		EXPECT_NUMBER(choose(SECTIONS(rows[i].section), &as_sections_say), 0);
		EXPECT_TEXT(chosen(), rows[i].chosen);
		EXPECT(choice.programs.object->codes[0].is_used);
	}
}

/* What names no target is loaded and not attached: somebody may call it. */
static void choose_many(void)
{
	EXPECT_NUMBER(choose(SECTIONS("kprobe", "tp/sched/sched_switch", "kprobe/vfs_read"),
			     &as_sections_say), 0);
	EXPECT_TEXT(chosen(), "kprobe; tp 'sched/sched_switch'; kprobe 'vfs_read'");
	for (uint32_t i = 0; i < 3; i++)
		EXPECT(choice.programs.object->codes[i].is_used);
	EXPECT(!choice.programs.object->codes[3].is_used); /* .text, which none of them calls */
}

/* tc's targets of tail calls stand beside the program that FUNCTION is for. */
static void choose_beside_tails(void)
{
	EXPECT_NUMBER(choose(SECTIONS("7/0", "prog", "7/1"), &two_wanted), 0);
	EXPECT_TEXT(chosen(), "prog; prog 'vfs_read' 'vfs_write'; prog");
	EXPECT_NUMBER(choose(SECTIONS("7/0", "prog"), &as_sections_say), -EDESTADDRREQ);
	EXPECT_TEXT(why.reason.data,
		    "expected FUNCTION, the kernel function to probe: section 'prog' names none");
	EXPECT_NUMBER(choose(SECTIONS("prog", "7/0", "kprobe/vfs_read"), &two_wanted), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "has 2 programs, and FUNCTION is for an object with one: 'one', 'three'");
}

static void choose_optional(void)
{
	EXPECT_NUMBER(choose(SECTIONS("?kprobe/vfs_read", "kprobe/vfs_write", "?xdp"), &as_sections_say), 0);
	EXPECT_TEXT(chosen(), "kprobe; kprobe 'vfs_write'; xdp");
	EXPECT(!choice.programs.object->codes[0].is_used);
	EXPECT(choice.programs.object->codes[1].is_used);
	EXPECT(!choice.programs.object->codes[2].is_used);
}

static void choose_nothing(void)
{
	EXPECT_NUMBER(choose(SECTIONS("prog"), &as_sections_say), -EDESTADDRREQ);
	EXPECT_TEXT(why.reason.data,
		    "expected FUNCTION, the kernel function to probe: section 'prog' names none");
	EXPECT_NUMBER(choose(SECTIONS("?kprobe/vfs_read"), &as_sections_say), -EDESTADDRREQ);
	EXPECT_TEXT(why.reason.data, "expected FUNCTION, the kernel function to probe: "
				     "section '?kprobe/vfs_read' is optional");
	/* Where the command line cannot help, it is not asked for. */
	EXPECT_NUMBER(choose(SECTIONS("kprobe", "kretprobe"), &as_sections_say), -ENOEXEC);
	EXPECT_NUMBER(choose(SECTIONS("uprobe"), &as_sections_say), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "nothing to attach: section 'uprobe' names no target, "
				     "expected BINARY:SYMBOL[+OFFSET]");
	EXPECT_NUMBER(choose(SECTIONS("?tp/sched/sched_switch"), &as_sections_say), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "nothing to attach: section '?tp/sched/sched_switch' is optional");
	/* Loaded only, it may be without. */
	EXPECT_NUMBER(choose(SECTIONS("prog"), &(struct programs_wanted){ .check = true }), 0);
	EXPECT_TEXT(chosen(), "prog");
}

static void choose_functions(void)
{
	struct programs_wanted returns = two_wanted;

	EXPECT_NUMBER(choose(SECTIONS("prog"), &two_wanted), 0);
	EXPECT_TEXT(chosen(), "prog 'vfs_read' 'vfs_write'");
	/* The command line counts, not the section. */
	EXPECT_NUMBER(choose(SECTIONS("kprobe/vfs_open"), &two_wanted), 0);
	EXPECT_TEXT(chosen(), "kprobe 'vfs_read' 'vfs_write'");
	EXPECT_NUMBER(choose(SECTIONS("kretprobe/vfs_open"), &two_wanted), 0);
	EXPECT_TEXT(chosen(), "kretprobe 'vfs_read' 'vfs_write'");
	EXPECT_NUMBER(choose(SECTIONS("?kprobe/vfs_open"), &two_wanted), 0);
	EXPECT_TEXT(chosen(), "kprobe 'vfs_read' 'vfs_write'");
	EXPECT(choice.programs.object->codes[0].is_used);
	EXPECT(!choice.programs.items[0].left_out);
	returns.retprobe = true;
	EXPECT_NUMBER(choose(SECTIONS("prog"), &returns), 0);
	EXPECT_TEXT(chosen(), "kretprobe 'vfs_read' 'vfs_write'");
}

static void choose_functions_in_vain(void)
{
	EXPECT_NUMBER(choose(SECTIONS("prog", "kprobe/vfs_read"), &two_wanted), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "has 2 programs, and FUNCTION is for an object with one: 'one', 'two'");
	EXPECT_TEXT(why.hint.data, "without FUNCTION each program goes where its section says");
	EXPECT_NUMBER(choose(SECTIONS("tp/sched/sched_switch"), &two_wanted), -ENOEXEC);
	EXPECT_TEXT(why.reason.data,
		    "program 'one': section 'tp/sched/sched_switch' is for no kernel function "
		    "that could be named");
}

static void choose_another_tool(void)
{
	EXPECT_NUMBER(choose(SECTIONS("kprobe/vfs_read", "xdp/devmap"), &as_sections_say), -ENOEXEC);
	EXPECT_TEXT(why.reason.data,
		    "program 'two': section 'xdp/devmap' is not for tracing; "
		    "what loads it is: ip link set dev DEVICE xdp");
	EXPECT_TEXT(why.hint.data, "--keep-going leaves it out");
	/* Optional ones need not be, but if there is nothing else, the object is that tool's. */
	EXPECT_NUMBER(choose(SECTIONS("kprobe/vfs_read", "?xdp"), &as_sections_say), 0);
	EXPECT_NUMBER(choose(SECTIONS("?tc", "?xdp"), &(struct programs_wanted){ .check = true }), -ENOEXEC);
	EXPECT_TEXT(why.reason.data,
		    "program 'one': section '?tc' is not for tracing; what loads it is: tc filter");
	EXPECT_NUMBER(choose(SECTIONS("struct_ops/init"), &two_wanted), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "program 'one': section 'struct_ops/init' is not for tracing; "
				     "what loads it is: bpftool struct_ops register");
}

/* Plain objects are loaded as fast as ever: without their BTF. */
static void choose_btf(void)
{
	static const struct {
		const char *sections[3];
		bool has_btf, has_calls, wants;
	} rows[] = {
		{ { "prog" }, true, false, false },
		{ { "prog" }, true, true, true },
		{ { "prog" }, false, true, false },
		{ { "kprobe/vfs_read" }, true, false, true },
		{ { "prog", "tp/sched/sched_switch" }, true, false, true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].sections[0];
		choose(rows[i].sections, &(struct programs_wanted){ .check = true });
		choice.object.has_btf = rows[i].has_btf;
		choice.object.has_calls = rows[i].has_calls;
		EXPECT_NUMBER(programs_want_btf(&choice.object), rows[i].wants);
	}
}

static const struct check_case program_cases[] = {
	{ "programs: one goes where its section says", choose_by_section },
	{ "programs: some go, some wait to be called", choose_many },
	{ "programs: targets of tail calls", choose_beside_tails },
	{ "programs: optional ones", choose_optional },
	{ "programs: nothing says where", choose_nothing },
	{ "programs: functions of the command line", choose_functions },
	{ "programs: functions for what takes none", choose_functions_in_vain },
	{ "programs: for another tool", choose_another_tool },
	{ "programs: whether their BTF is wanted", choose_btf },
};

#endif
