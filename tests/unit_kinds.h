/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_kinds.h - kinds.h: names of sections, how targets are spelt; attach.h's choice */
#ifndef UNIT_KINDS_H
#define UNIT_KINDS_H

#include "fixture.h"

static void kinds_found(void)
{
	static const struct {
		const char *section, *prefix, *target; /* prefix NULL: no kind */
		uint32_t prog_type, attach_type;
		enum kind_way way;
		unsigned int flags;
		bool optional;
	} rows[] = {
		{ "prog", "prog", "", 2, 0, WAY_KPROBE, 0, false },
		{ "kprobe/vfs_read+0x4", "kprobe", "vfs_read+0x4", 2, 0, WAY_KPROBE, 0, false },
		{ "?kretprobe/f", "kretprobe", "f", 2, 0, WAY_KPROBE, KIND_RETURN, true },
		{ "kprobe", "kprobe", "", 2, 0, WAY_KPROBE, 0, false },
		{ "kprobe/", "kprobe", "", 2, 0, WAY_KPROBE, 0, false },
		{ "kprobe.multi/vfs_*", "kprobe.multi", "vfs_*", 2, 42, WAY_KPROBE_MULTI, 0, false },
		{ "kretprobe.multi/f", "kretprobe.multi", "f", 2, 42, WAY_KPROBE_MULTI, KIND_RETURN, false },
		{ "kprobe.session/f", "kprobe.session", "f", 2, 56, WAY_KPROBE_MULTI, 0, false },
		{ "ksyscall/read", "ksyscall", "read", 2, 0, WAY_KSYSCALL, 0, false },
		{ "kretsyscall/read", "kretsyscall", "read", 2, 0, WAY_KSYSCALL, KIND_RETURN, false },
		{ "tp/sched/sched_switch", "tp", "sched/sched_switch", 5, 0, WAY_TRACEPOINT, 0, false },
		{ "tracepoint/a/b", "tracepoint", "a/b", 5, 0, WAY_TRACEPOINT, 0, false },
		{ "raw_tp/x", "raw_tp", "x", 17, 0, WAY_RAW_TRACEPOINT, 0, false },
		{ "raw_tracepoint/x", "raw_tracepoint", "x", 17, 0, WAY_RAW_TRACEPOINT, 0, false },
		{ "raw_tp.w/x", "raw_tp.w", "x", 24, 0, WAY_RAW_TRACEPOINT, 0, false },
		{ "tp_btf/x", "tp_btf", "x", 26, 23, WAY_TRACING, 0, false },
		{ "fentry/f", "fentry", "f", 26, 24, WAY_TRACING, 0, false },
		{ "fexit.s/f", "fexit.s", "f", 26, 25, WAY_TRACING, KIND_RETURN | KIND_SLEEPABLE, false },
		{ "fsession/f", "fsession", "f", 26, 58, WAY_TRACING, 0, false },
		{ "fsession.s/f", "fsession.s", "f", 26, 58, WAY_TRACING, KIND_SLEEPABLE, false },
		{ "tp.s/a/b", "tp.s", "a/b", 5, 0, WAY_TRACEPOINT, KIND_SLEEPABLE, false },
		{ "raw_tp.s/x", "raw_tp.s", "x", 17, 0, WAY_RAW_TRACEPOINT, KIND_SLEEPABLE, false },
		{ "tp_btf.s/x", "tp_btf.s", "x", 26, 23, WAY_TRACING, KIND_SLEEPABLE, false },
		{ "?fmod_ret/f", "fmod_ret", "f", 26, 26, WAY_TRACING, 0, true },
		{ "uprobe//bin/sh:main", "uprobe", "/bin/sh:main", 2, 0, WAY_UPROBE, 0, false },
		{ "uretprobe.s/sh:main", "uretprobe.s", "sh:main", 2, 0, WAY_UPROBE,
		  KIND_RETURN | KIND_SLEEPABLE, false },
		{ "uprobe.multi.s/sh:m*", "uprobe.multi.s", "sh:m*", 2, 48, WAY_UPROBE_MULTI, KIND_SLEEPABLE, false },
		{ "perf_event", "perf_event", "", 7, 0, WAY_PERF_EVENT, 0, false },
		{ "iter/task", "iter", "task", 26, 28, WAY_ITER, 0, false },
		{ "iter.s/task", "iter.s", "task", 26, 28, WAY_ITER, KIND_SLEEPABLE, false },
		/* For other tools. */
		{ "xdp", "xdp", "", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "xdp.frags/devmap", "xdp", "devmap", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "xdp_prog", "xdp", "", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "cgroup_skb/egress", "cgroup", "egress", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "cgroup/dev", "cgroup", "dev", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "sk_skb/stream_parser", "sk", "stream_parser", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "lsm.s/file_open", "lsm", "file_open", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "struct_ops/x", "struct_ops", "x", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "usdt//bin/sh:a:b", "usdt", "/bin/sh:a:b", 0, 0, WAY_REFUSED, KIND_FAMILY, false },
		{ "syscall", "syscall", "", 0, 0, WAY_REFUSED, 0, false },
		/* No kinds. */
		{ "", NULL, "", 0, 0, 0, 0, false },
		{ "?", NULL, "", 0, 0, 0, 0, true },
		{ ".text", NULL, "", 0, 0, 0, 0, false },
		{ "kprobes/f", NULL, "f", 0, 0, 0, 0, false },
		{ "kprobe.x/f", NULL, "f", 0, 0, 0, 0, false },
		{ "kprob", NULL, "", 0, 0, 0, 0, false },
		{ "program", NULL, "", 0, 0, 0, 0, false },
		{ "/f", NULL, "f", 0, 0, 0, 0, false },
		{ "??kprobe/f", NULL, "f", 0, 0, 0, 0, true },
		{ "xdpx", NULL, "", 0, 0, 0, 0, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct kind_match match;

		check.row = rows[i].section;
		EXPECT_NUMBER(kind_find(rows[i].section, &match), rows[i].prefix != NULL);
		EXPECT_NUMBER(match.optional, rows[i].optional);
		if (!rows[i].prefix || !match.kind)
			continue;
		EXPECT_TEXT(match.kind->prefix, rows[i].prefix);
		EXPECT_TEXT(match.target, rows[i].target);
		EXPECT_NUMBER(match.kind->prog_type, rows[i].prog_type);
		EXPECT_NUMBER(match.kind->attach_type, rows[i].attach_type);
		EXPECT_NUMBER(match.kind->way, rows[i].way);
		EXPECT_NUMBER(match.kind->flags, rows[i].flags);
	}
}

/* Each row is found by its own name, so none hides another. */
static void kinds_are_distinct(void)
{
	for (size_t i = 0; i < NR_SECTION_KINDS; i++) {
		struct kind_match match;

		check.row = section_kinds[i].prefix;
		EXPECT(kind_find(section_kinds[i].prefix, &match));
		EXPECT(match.kind == &section_kinds[i]);
		EXPECT(section_kinds[i].way == WAY_REFUSED || attach_ways[section_kinds[i].way]);
		EXPECT_NUMBER(section_kinds[i].way == WAY_REFUSED, i >= NR_TRACING_KINDS);
	}
	EXPECT_TEXT(kind_tool(&section_kinds[NR_TRACING_KINDS]), "bpftrace");
	EXPECT_TEXT(kind_tool(&section_kinds[NR_SECTION_KINDS - 1]), "ir-keytable");
}

static void kinds_in_btf(void)
{
	static const struct {
		const char *section, *prefix;
		bool is_typedef;
	} rows[] = {
		{ "tp_btf/x", "btf_trace_", true }, { "fentry/x", "", false }, { "fmod_ret.s/x", "", false },
		{ "iter/x", "bpf_iter_", false },   { "kprobe/x", NULL, false }, { "raw_tp/x", NULL, false },
	};
	struct kind_match match;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].section;
		EXPECT(kind_find(rows[i].section, &match));
		EXPECT_TEXT(kind_btf_prefix(match.kind), rows[i].prefix);
		EXPECT_NUMBER(kind_btf_is_typedef(match.kind), rows[i].is_typedef);
	}
}

static void kinds_of_another_way(void)
{
	static const struct {
		const char *section, *other; /* NULL: there is none */
		enum kind_way way;
	} rows[] = {
		{ "prog", "kprobe.multi", WAY_KPROBE_MULTI },
		{ "kprobe", "kprobe.multi", WAY_KPROBE_MULTI },
		{ "kretprobe", "kretprobe.multi", WAY_KPROBE_MULTI },
		{ "kprobe.multi", "kprobe", WAY_KPROBE },
		{ "kretprobe.multi", "kretprobe", WAY_KPROBE },
		{ "uprobe.s", "uprobe.multi.s", WAY_UPROBE_MULTI },
		{ "uretprobe.multi.s", "uretprobe.s", WAY_UPROBE },
		{ "fentry.s", NULL, WAY_KPROBE },
	};
	struct kind_match match;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct kind *other;

		check.row = rows[i].section;
		EXPECT(kind_find(rows[i].section, &match));
		other = kind_of_way(match.kind, rows[i].way);
		EXPECT_TEXT(other ? other->prefix : NULL, rows[i].other);
	}
}

static void patterns_match(void)
{
	static const struct {
		const char *pattern, *name;
		bool matches;
	} rows[] = {
		{ "vfs_*", "vfs_read", true }, { "vfs_*", "vfs_", true }, { "vfs_*", "vfs", false },
		{ "*", "", true }, { "*", "x", true }, { "", "", true }, { "", "x", false },
		{ "vfs_rea?", "vfs_read", true }, { "vfs_rea?", "vfs_rea", false },
		{ "?", "x", true }, { "?", "", false }, { "??", "x", false },
		{ "*read", "vfs_read", true }, { "*read", "vfs_readv", false },
		{ "*re*d*", "vfs_read", true }, { "a*b*c", "aXbXbXc", true }, { "a*b*c", "aXbXbX", false },
		{ "**a**", "ba", true }, { "vfs_read", "vfs_read", true }, { "vfs_read", "vfs_readv", false },
		{ "a*?", "a", false }, { "a*?", "ab", true },
		/* Exponential for a matcher that tries everything. */
		{ "a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].pattern;
		EXPECT_NUMBER(pattern_match(rows[i].pattern, rows[i].name, strlen(rows[i].name)),
			      rows[i].matches);
	}
	check.row = NULL;
	EXPECT(pattern_match("ab", "abc", 2));
	EXPECT(!pattern_match("abc", "abc", 2));
	EXPECT(pattern_is("a*") && pattern_is("?") && !pattern_is("vfs_read+4"));
}

static void targets_of_tracepoints(void)
{
	static char name[TARGET_TRACEPOINT_SIZE + 3] = "a/";

	EXPECT(target_is_tracepoint("sched/sched_switch"));
	EXPECT(target_is_tracepoint("9p/9p_client_req"));
	EXPECT(!target_is_tracepoint("sched"));
	EXPECT(!target_is_tracepoint("sched/"));
	EXPECT(!target_is_tracepoint("/x"));
	EXPECT(!target_is_tracepoint("a/b/c"));
	EXPECT(!target_is_tracepoint("../x"));
	EXPECT(!target_is_tracepoint("a/.."));
	EXPECT(!target_is_tracepoint("a/b\n"));
	EXPECT(!target_is_tracepoint(""));
	memset(name + 2, 'n', TARGET_TRACEPOINT_SIZE);
	EXPECT(!target_is_tracepoint(name));
	name[TARGET_TRACEPOINT_SIZE - 1] = '\0';
	EXPECT(target_is_tracepoint(name));
}

static void targets_of_binaries(void)
{
	static const struct {
		const char *target, *path, *symbol; /* path NULL: refused */
		uint64_t offset;
	} rows[] = {
		{ "/bin/sh:main", "/bin/sh", "main", 0 },
		{ "sh:main+16", "sh", "main", 16 },
		{ "libc.so.6:malloc+0x1f", "libc.so.6", "malloc", 0x1f },
		{ "libc.so.6:memcpy@GLIBC_2.2.5", "libc.so.6", "memcpy", 0 },
		{ "libc.so.6:memcpy@@GLIBC_2.14+4", "libc.so.6", "memcpy", 4 },
		{ "/a:b/c:f", "/a:b/c", "f", 0 },
		{ "sh:0x1234", "sh", "", 0x1234 },
		{ "sh:99", "sh", "", 99 },
		{ "sh:*", "sh", "*", 0 },
		{ "sh", NULL, NULL, 0 }, { "sh:", NULL, NULL, 0 }, { ":main", NULL, NULL, 0 }, { "", NULL, NULL, 0 },
		{ "sh:main+", NULL, NULL, 0 }, { "sh:main+x", NULL, NULL, 0 }, { "sh:main+4k", NULL, NULL, 0 },
		{ "sh:0x", NULL, NULL, 0 }, { "sh:12z", NULL, NULL, 0 }, { "sh:+4", NULL, NULL, 0 },
		{ "sh:@V", NULL, NULL, 0 }, { "sh:main+18446744073709551616", NULL, NULL, 0 },
	};
	static char long_target[8192];
	struct target_binary binary;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].target;
		EXPECT_NUMBER(target_parse_binary(rows[i].target, &binary), rows[i].path != NULL);
		if (!rows[i].path)
			continue;
		EXPECT_TEXT(binary.path, rows[i].path);
		EXPECT_TEXT(binary.symbol, rows[i].symbol);
		EXPECT_NUMBER(binary.offset, rows[i].offset);
	}
	check.row = NULL;
	memset(long_target, 'p', sizeof(long_target) - 1);
	memcpy(long_target + TARGET_PATH_SIZE - 1, ":f", 3);
	EXPECT(target_parse_binary(long_target, &binary));
	memcpy(long_target + TARGET_PATH_SIZE, ":f", 3);
	long_target[TARGET_PATH_SIZE - 1] = 'p';
	EXPECT(!target_parse_binary(long_target, &binary));
	memset(long_target, 's', sizeof(long_target) - 1);
	memcpy(long_target, "b:", 2);
	long_target[2 + TARGET_SYMBOL_SIZE] = '\0';
	EXPECT(!target_parse_binary(long_target, &binary));
	long_target[2 + TARGET_SYMBOL_SIZE - 1] = '\0';
	EXPECT(target_parse_binary(long_target, &binary));
}

static void targets_of_clocks(void)
{
	uint64_t frequency;

	EXPECT(target_parse_frequency("", &frequency) && frequency == 99);
	EXPECT(target_parse_frequency("4000", &frequency) && frequency == 4000);
	EXPECT(!target_parse_frequency("0", &frequency));
	EXPECT(!target_parse_frequency("99Hz", &frequency));
	EXPECT(!target_parse_frequency("-1", &frequency));
}

static const struct check_case kind_cases[] = {
	{ "kind: found by the section's name", kinds_found },
	{ "kind: none hides another, each has its way", kinds_are_distinct },
	{ "kind: names in the kernel's BTF", kinds_in_btf },
	{ "kind: another way for the same program", kinds_of_another_way },
	{ "pattern: matches", patterns_match },
	{ "target: CATEGORY/NAME", targets_of_tracepoints },
	{ "target: BINARY:SYMBOL+OFFSET", targets_of_binaries },
	{ "target: a frequency", targets_of_clocks },
};

#endif
