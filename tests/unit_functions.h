/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_functions.h - functions.h, multi.h: many functions; trace.h: CPUs; attach.h: requests */
#ifndef UNIT_FUNCTIONS_H
#define UNIT_FUNCTIONS_H

#include "fixture.h"

static const struct fixture_file function_files[] = {
	{ "kallsyms",
	  "ffffffff81000010 T vfs_read\n"
	  "ffffffff81000020 t vfs_write\n"
	  "ffffffff81000020 T vfs_write_alias\n" /* the same function */
	  "ffffffff81000030 t vfs_read\n"        /* another one of the name */
	  "ffffffff81000040 t vfs_read.cold\n"
	  "ffffffff81000050 D vfs_data\n"
	  "ffffffff81000060 W vfs_weak\n"
	  "ffffffff81000070 t vfs_notrace\n"
	  "ffffffffc0000010 t vfs_module\t[mod.cold]\n"
	  "ffffffffc0000020 t vfs_prog\t[bpf]\n"
	  "ffffffffc0000030 t vfs_trampoline\t[__builtin__ftrace]\n"
	  "no line\n" },
	{ "available_filter_functions", "vfs_read\nvfs_write\nvfs_weak\nvfs_module [mod.cold]\nother\n" },
	{ "available_filter_functions_addrs",
	  "0xffffffff81000014 vfs_read\nffffffff81000024 vfs_write\n0xffffffffc0000014 vfs_module [mod]\n"
	  "0xffffffff81000099 other\nvfs_nothing\n" },
	{ NULL, NULL },
};

static void functions_are_wanted(void)
{
	static const char *const targets[] = { "vfs_*", "tcp_?", "vfs_read", "plain" };
	const struct functions_wanted wanted = { targets, COUNT_OF(targets) };

	EXPECT(functions_match(&wanted, "vfs_write", 9));
	EXPECT(functions_match(&wanted, "tcp_x [mod]", 5));
	EXPECT(!functions_match(&wanted, "vfs_read", 8)); /* it is attached by its name */
	EXPECT(functions_match(&wanted, "vfs_readv", 9));
	EXPECT(!functions_match(&wanted, "plain", 5));
	EXPECT(!functions_match(&wanted, "other", 5));
}

static void functions_in_kallsyms(void)
{
	static const char *const targets[] = { "vfs_*" };
	const struct functions_wanted wanted = { targets, 1 };
	struct name_set set = { 0 };
	struct places places;

	fixture.files = function_files;
	EXPECT(places_open(&places));
	EXPECT_NUMBER(functions_from_kallsyms(&wanted, NULL, &places), 0);
	EXPECT_NUMBER(places.nr, 6);
	EXPECT_NUMBER(places.items[0], 0xffffffff81000010);
	EXPECT_NUMBER(places.items[1], 0xffffffff81000020);
	EXPECT_NUMBER(places.items[2], 0xffffffff81000030);
	EXPECT_NUMBER(places.items[4], 0xffffffff81000070);
	EXPECT_NUMBER(places.items[5], 0xffffffffc0000010);
	/* Those that ftrace has as well. */
	EXPECT_NUMBER(name_set_read(-1, &wanted, &set), 0);
	EXPECT_NUMBER(set.nr, 4);
	places.nr = 0;
	EXPECT_NUMBER(functions_from_kallsyms(&wanted, &set, &places), 0);
	EXPECT_NUMBER(places.nr, 5);
	EXPECT_NUMBER(places.items[3], 0xffffffff81000060);
	EXPECT_NUMBER(places.items[4], 0xffffffffc0000010);
	name_set_close(&set);
	places_close(&places);
}

static void functions_in_ftrace(void)
{
	static const char *const targets[] = { "vfs_*" };
	const struct functions_wanted wanted = { targets, 1 };
	struct places places;

	fixture.files = function_files;
	EXPECT(places_open(&places));
	EXPECT_NUMBER(functions_from_ftrace(-1, &wanted, &places), 0);
	EXPECT_NUMBER(places.nr, 3);
	EXPECT_NUMBER(places.items[0], 0xffffffff81000014);
	EXPECT_NUMBER(places.items[1], 0xffffffff81000024);
	EXPECT_NUMBER(places.items[2], 0xffffffffc0000014);
	places_close(&places);
}

static void functions_hidden(void)
{
	static const struct fixture_file hidden[] = {
		{ "kallsyms", "0000000000000000 T vfs_read\n0000000000000000 T other\n" }, { NULL, NULL },
	};
	static const char *const vfs[] = { "vfs_*" }, *const none[] = { "none_*" };
	const struct functions_wanted wanted = { vfs, 1 }, unwanted = { none, 1 };
	struct places places;

	fixture.files = hidden;
	EXPECT(places_open(&places));
	EXPECT_NUMBER(functions_from_kallsyms(&wanted, NULL, &places), -EPERM);
	EXPECT_NUMBER(functions_from_kallsyms(&unwanted, NULL, &places), 0);
	EXPECT_NUMBER(places.nr, 0);
	places_close(&places);
}

static void places_have_an_end(void)
{
	struct places places;

	EXPECT(places_open(&places));
	for (uint32_t i = 0; i < PLACES_MAX; i++)
		places_add(&places, i);
	EXPECT(!places.full);
	EXPECT_NUMBER(places_check(&places, &why), 0);
	places_add(&places, 1);
	EXPECT_NUMBER(places_check(&places, &why), -E2BIG);
	EXPECT_TEXT(why.reason.data, "more than 65536 functions match");
	EXPECT(places.full);
	EXPECT_NUMBER(places.nr, PLACES_MAX);
	EXPECT_NUMBER(places_check_events(&places, &why), -E2BIG);
	places.nr = EVENTS_MAX;
	EXPECT_NUMBER(places_check_events(&places, &why), 0);
	places_close(&places);
}

/* What was added stays where it is, and all of it is closed, the last one first. */
static void attachments_are_kept(void)
{
	static struct attachments all = ATTACHMENTS_CLOSED;
	struct attachment *added[ATTACHMENTS_FEW + 3];
	int fds[2];

	for (size_t i = 0; i < COUNT_OF(added); i++) {
		added[i] = attachments_add(&all);
		EXPECT(added[i] && added[i]->link_fd == -1 && added[i]->perf_fd == -1 && !added[i]->event);
	}
	EXPECT_NUMBER(all.nr, COUNT_OF(added));
	for (uint32_t i = 0; i < COUNT_OF(added); i++)
		EXPECT(attachments_get(&all, i) == added[i]);
	added[1]->link_fd = fds[0] = file_of("", 0);
	added[ATTACHMENTS_FEW + 2]->perf_fd = fds[1] = file_of("", 0);
	EXPECT_NUMBER(attachments_retract(&all, 2, &why), 0);
	EXPECT_NUMBER(all.nr, 2);
	EXPECT(fcntl(fds[0], F_GETFD) >= 0 && fcntl(fds[1], F_GETFD) < 0);
	EXPECT_NUMBER(attachments_close(&all, &why), 0);
	EXPECT(fcntl(fds[0], F_GETFD) < 0);
	EXPECT_NUMBER(attachments_close(&all, &why), 0);
	all.nr = ATTACHMENTS_MAX;
	all.more = added[0]; /* any: there is no room, so it is not touched */
	EXPECT(!attachments_add(&all));
}

/* An event that cannot be removed is told of, and kept for another try. */
static void attachments_that_stay(void)
{
	struct attachments all = ATTACHMENTS_CLOSED;
	struct attachment *attachment = attachments_add(&all);

	attachment->event = 2;
	attachment->kind = PROBE_USER;
	all.probes.events_fd[PROBE_USER] = openat(AT_FDCWD, "/dev/null", O_RDONLY);
	EXPECT_NUMBER(attachments_retract(&all, 0, &why), -EBADF);
	EXPECT(text_find(why.reason.data, "event 'uprobes/load_kp_bpf_0000000000000000_2' cannot be removed"));
	EXPECT_NUMBER(all.nr, 1);
	close(all.probes.events_fd[PROBE_USER]);
	all.probes.events_fd[PROBE_USER] = file_of("", 0);
	EXPECT_NUMBER(attachments_retract(&all, 0, &why), 0);
	EXPECT_TEXT(file_text(all.probes.events_fd[PROBE_USER]),
		    "-:uprobes/load_kp_bpf_0000000000000000_2\n");
	EXPECT_NUMBER(attachments_close(&all, &why), 0);
}

static void links_are_worth_it(void)
{
	static const char *const one[] = { "vfs_read" }, *const pattern[] = { "vfs_read", "vfs_*" },
		*const offset[] = { "vfs_*", "vfs_read+4" }, *const module[] = { "ext4:f", "vfs_*" };
	static const char *many[MULTI_WORTH + 1];

	for (size_t i = 0; i < COUNT_OF(many); i++)
		many[i] = "f";
	EXPECT(!multi_is_wanted(&(struct functions_wanted){ one, 1 }));
	EXPECT(multi_is_wanted(&(struct functions_wanted){ pattern, 2 }));
	EXPECT(!multi_is_wanted(&(struct functions_wanted){ offset, 2 }));
	EXPECT(!multi_is_wanted(&(struct functions_wanted){ module, 2 }));
	EXPECT(!multi_is_wanted(&(struct functions_wanted){ many, MULTI_WORTH }));
	EXPECT(multi_is_wanted(&(struct functions_wanted){ many, MULTI_WORTH + 1 }));
}

static void links_have_names(void)
{
	static const char *const targets[] = { "sys_read", "vfs_*", "vfs_read", "sys_read", "ksys_x" };
	const struct functions_wanted wanted = { targets, COUNT_OF(targets) };
	struct multi_names names;

	EXPECT(multi_names_open(&wanted, &names));
	multi_names_fill(&wanted, NULL, &names);
	EXPECT_NUMBER(names.nr, 4);
	EXPECT_TEXT((const char *)(uintptr_t)names.pointers[0], "sys_read");
	EXPECT_TEXT((const char *)(uintptr_t)names.pointers[1], "vfs_read");
	EXPECT_TEXT((const char *)(uintptr_t)names.pointers[3], "ksys_x");
	EXPECT(names.used <= names.size - wanted.nr * sizeof(names.pointers[0]));
	multi_names_fill(&wanted, "__s390x_", &names);
	EXPECT_NUMBER(names.nr, 3);
	EXPECT_TEXT((const char *)(uintptr_t)names.pointers[0], "__s390x_sys_read");
	EXPECT_TEXT((const char *)(uintptr_t)names.pointers[2], "ksys_x");
	EXPECT(names.used <= names.size - wanted.nr * sizeof(names.pointers[0]));
	munmap(names.pointers, names.size);
}

static void cpus_in_lists(void)
{
	static const struct {
		const char *list;
		unsigned int nr;
		uint64_t last;
	} rows[] = {
		{ "0\n", 1, 0 }, { "0-3\n", 4, 3 }, { "0-1,4,6-7\n", 5, 7 }, { "2,5", 2, 5 },
		{ "", 0, 99 }, { "\n", 0, 99 }, { "x", 0, 99 }, { "1-", 0, 99 }, { "3-1\n", 0, 99 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *list = rows[i].list;
		uint64_t first, last, seen = 99;
		unsigned int nr = 0;

		check.row = rows[i].list;
		while (cpu_list_next(&list, &first, &last))
			for (; first <= last; first++, nr++)
				seen = first;
		EXPECT_NUMBER(nr, rows[i].nr);
		EXPECT_NUMBER(seen, rows[i].last);
	}
}

/* What is refused before the kernel is asked. */
static void requests_refused(void)
{
	static const struct {
		const char *section;
		uint32_t nr_targets;
		int status;
		const char *reason;
	} rows[] = {
		{ "xdp", 1, STATUS_OBJECT,
		  "programs of kind 'xdp' are not for tracing; what loads them is: ip link set dev DEVICE xdp" },
		{ "usdt/x", 1, STATUS_OBJECT, "programs of kind 'usdt' are not for tracing; what loads them is: bpftrace" },
		{ "kprobe", 1, STATUS_OBJECT, "there is no target: expected FUNCTION[+OFFSET]" },
		{ "uprobe", 1, STATUS_OBJECT, "there is no target: expected BINARY:SYMBOL[+OFFSET]" },
		{ "tp/sched", 1, STATUS_OBJECT, "target 'sched': expected CATEGORY/NAME of a tracepoint" },
		{ "perf_event/0", 1, STATUS_OBJECT, "target '0': expected a frequency in Hz" },
		{ "uprobe/sh", 1, STATUS_OBJECT, "target 'sh': expected BINARY:SYMBOL[+OFFSET]" },
		{ "kprobe/9", 1, STATUS_OBJECT, "function '9': expected the name of a kernel function" },
		{ "tp/a/b", 2, STATUS_REFUSED, "programs of kind 'tp' take one target, not 2" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		static struct attachments all = ATTACHMENTS_CLOSED;
		static struct attach_report report;
		struct kind_match match;
		const char *targets[2];

		check.row = rows[i].section;
		EXPECT(kind_find(rows[i].section, &match));
		targets[0] = targets[1] = match.target;
		EXPECT_NUMBER(status_of(attach_open(&all,
						    &(struct attach_request){
							    .kind = match.kind, .prog_fd = -1,
							    .targets = targets,
							    .nr_targets = rows[i].nr_targets },
						    &report, &why)),
			      rows[i].status);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
		EXPECT_NUMBER(all.nr, 0);
	}
}

static const struct check_case function_cases[] = {
	{ "functions: which are wanted", functions_are_wanted },
	{ "functions: in kallsyms", functions_in_kallsyms },
	{ "functions: in ftrace's list", functions_in_ftrace },
	{ "functions: addresses that are hidden", functions_hidden },
	{ "places: as many as there can be", places_have_an_end },
	{ "attachments: kept and closed", attachments_are_kept },
	{ "attachments: an event that stays", attachments_that_stay },
	{ "multi: when a link is worth it", links_are_worth_it },
	{ "multi: names for a link", links_have_names },
	{ "trace: lists of CPUs", cpus_in_lists },
	{ "attach: requests that are refused", requests_refused },
};

#endif
