/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_attach.h - tracefs.h, probe.h, kprobe.h: targets, events of tracefs, why it did not attach */
#ifndef UNIT_ATTACH_H
#define UNIT_ATTACH_H

#include "fixture.h"

/* ---- kprobe.h: targets ---- */

static void targets_parse(void)
{
	static const struct {
		const char *function;
		bool retprobe;
		const char *symbol; /* NULL: refused */
		uint64_t offset;
		const char *reason;
	} rows[] = {
		{ "vfs_read", false, "vfs_read", 0, "" },
		{ "vfs_read", true, "vfs_read", 0, "" },
		{ "vfs_read+4", false, "vfs_read", 4, "" },
		{ "vfs_read+0x1F", false, "vfs_read", 0x1f, "" },
		{ "vfs_read+0", false, "vfs_read", 0, "" },
		{ "vfs_read+0", true, "vfs_read", 0, "" },
		{ "vfs_read+18446744073709551615", false, "vfs_read", UINT64_MAX, "" },
		{ "do_exit.isra.0", false, "do_exit.isra.0", 0, "" },
		{ "ext4:ext4_sync_file", false, "ext4:ext4_sync_file", 0, "" },
		{ "__pfx_$x", false, "__pfx_$x", 0, "" },
		{ "azAZ09_.$", false, "azAZ09_.$", 0, "" },
		{ "9p:p9_client_read", false, "9p:p9_client_read", 0, "" },
		{ "ext4:", false, NULL, 0, "function 'ext4:': expected the name of a kernel function" },
		{ "ext4:9", false, NULL, 0, "function 'ext4:9': expected the name of a kernel function" },
		{ ":f", false, NULL, 0, "function ':f': expected the name of a kernel function" },
		{ "9", false, NULL, 0, "function '9': expected the name of a kernel function" },
		{ "a:b:c", false, NULL, 0, "function 'a:b:c': character ':' in a name" },
		{ "a@b", false, NULL, 0, "function 'a@b': character '@' in a name" },
		{ "a[b", false, NULL, 0, "function 'a[b': character '[' in a name" },
		{ "", false, NULL, 0, "function '': expected the name of a kernel function" },
		{ "+4", false, NULL, 0, "function '+4': expected the name of a kernel function" },
		{ "0xffffffff81000000", false, NULL, 0,
		  "function '0xffffffff81000000': expected the name of a kernel function" },
		{ "vfs_read+4", true, NULL, 0, "function 'vfs_read+4': a return probe takes no offset" },
		{ "vfs_read+", false, NULL, 0, "function 'vfs_read+': expected a number behind the '+'" },
		{ "vfs_read+0x", false, NULL, 0, "function 'vfs_read+0x': expected a number behind the '+'" },
		{ "vfs_read+x", false, NULL, 0, "function 'vfs_read+x': expected a number behind the '+'" },
		{ "vfs_read+-1", false, NULL, 0, "function 'vfs_read+-1': expected a number behind the '+'" },
		{ "vfs_read+ 1", false, NULL, 0, "function 'vfs_read+ 1': expected a number behind the '+'" },
		{ "vfs_read+4k", false, NULL, 0, "function 'vfs_read+4k': expected a number behind the '+'" },
		{ "vfs_read+18446744073709551616", false, NULL, 0,
		  "function 'vfs_read+18446744073709551616': expected a number behind the '+'" },
		/* Hostile: another line for kprobe_events, other words in the line. */
		{ "vfs_read\n-:kprobes/x", false, NULL, 0,
		  "function 'vfs_read\\x0a-:kprobes/x': character '\\x0a' in a name" },
		{ "vfs_read $stack", false, NULL, 0, "function 'vfs_read $stack': character ' ' in a name" },
		{ "vfs_read%s%n", false, NULL, 0, "function 'vfs_read%s%n': character '%' in a name" },
		{ "vfs_read/..", false, NULL, 0, "function 'vfs_read/..': character '/' in a name" },
		{ "vfs_read-4", false, NULL, 0, "function 'vfs_read-4': character '-' in a name" },
		{ "vfs_read\xc3\xa9", false, NULL, 0,
		  "function 'vfs_read\\xc3\\xa9': character '\\xc3' in a name" },
		{ "\033[2J", false, NULL, 0, "function '\\x1b[2J': expected the name of a kernel function" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct target target;

		check.row = rows[i].function;
		why_clear(&why);
		EXPECT_NUMBER(target_parse(rows[i].function, rows[i].retprobe, &target, &why),
			      rows[i].symbol ? 0 : -ENOEXEC);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
		if (!rows[i].symbol)
			continue;
		EXPECT_TEXT(target.symbol, rows[i].symbol);
		EXPECT_NUMBER(target.offset, rows[i].offset);
		EXPECT_NUMBER(target.retprobe, rows[i].retprobe);
	}
}

static void targets_too_long(void)
{
	static char name[65537];
	struct target target;

	memset(name, 'n', sizeof(name) - 1);
	EXPECT_NUMBER(target_parse(name, false, &target, &why), -ENOEXEC);
	EXPECT(text_find(why.reason.data, "nnn...': 65536 characters, at most 511"));
	name[SYMBOL_NAME_SIZE] = '\0';
	EXPECT_NUMBER(target_parse(name, false, &target, &why), -ENOEXEC);
	name[SYMBOL_NAME_SIZE - 1] = '\0';
	EXPECT_NUMBER(target_parse(name, false, &target, &why), 0);
	EXPECT_TEXT(target.symbol, name);
	/* Where there is no room for the prefix and the end, it has none. */
	memcpy(name, "sys_", 4);
	name[SYMBOL_NAME_SIZE - strlen("__x64_")] = '\0';
	EXPECT_NUMBER(target_parse(name, false, &target, &why), 0);
	EXPECT(!target_wrap(&target, "__x64_"));
	EXPECT_TEXT(target.symbol, name);
	name[SYMBOL_NAME_SIZE - strlen("__x64_") - 1] = '\0';
	EXPECT_NUMBER(target_parse(name, false, &target, &why), 0);
	EXPECT(target_wrap(&target, "__x64_"));
	EXPECT_NUMBER(strlen(target.symbol), SYMBOL_NAME_SIZE - 1);
}

static void targets_wrapped(void)
{
	static const struct {
		const char *machine, *function, *wrapped; /* NULL: it has no wrapper */
	} rows[] = {
		{ "x86_64", "sys_bpf", "__x64_sys_bpf" },
		{ "i686", "sys_bpf", "__ia32_sys_bpf" },
		{ "aarch64", "sys_bpf", "__arm64_sys_bpf" },
		{ "s390x", "sys_bpf", "__s390x_sys_bpf" },
		{ "riscv64", "sys_bpf", "__riscv_sys_bpf" },
		{ "armv7l", "sys_bpf", NULL },
		{ "ppc64le", "sys_bpf", NULL },
		{ "", "sys_bpf", NULL },
		{ "x86_64", "vfs_read", NULL },
		{ "x86_64", "ksys_read", NULL },
		{ "x86_64", "SyS_read", "__x64_sys_read" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct target target;

		fixture.machine = rows[i].machine;
		check.row = rows[i].machine;
		EXPECT_NUMBER(target_parse(rows[i].function, true, &target, &why), 0);
		EXPECT_NUMBER(target_wrap(&target, machine_running().syscall_prefix),
			      rows[i].wrapped != NULL);
		EXPECT(target.retprobe);
		EXPECT_TEXT(target.symbol, rows[i].wrapped ? rows[i].wrapped : rows[i].function);
	}
}

/* Only on riscv64, and only where the entry itself was meant. */
static void targets_past_the_entry(void)
{
	static const struct {
		const char *machine, *function;
		bool retprobe;
		uint64_t offset; /* 0: it stays */
	} rows[] = {
		{ "riscv64", "vfs_read", false, 4 },
		{ "riscv64", "vfs_read", true, 0 },
		{ "x86_64", "vfs_read", false, 0 },
		{ "ppc64le", "vfs_read", false, 0 },
	};
	struct target target;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fixture.machine = rows[i].machine;
		target_parse(rows[i].function, rows[i].retprobe, &target, &why);
		EXPECT_NUMBER(target_skip_entry(&target, machine_running().entry_skip),
			      rows[i].offset != 0);
		EXPECT_NUMBER(target.offset, rows[i].offset);
	}
	target_parse("vfs_read+8", false, &target, &why);
	EXPECT(!target_skip_entry(&target, 4));
	EXPECT_NUMBER(target.offset, 8);
}

/* ---- tracefs.h ---- */

#define EVENT "load_kp_bpf_0123456789abcdef"

static void event_lines(void)
{
	static const struct {
		const char *line, *event; /* NULL: not one of ours */
	} rows[] = {
		{ "p:kprobes/" EVENT " vfs_read", EVENT },
		{ "r:kprobes/" EVENT " vfs_read", EVENT },
		{ "r4:kprobes/" EVENT " vfs_read+0", EVENT }, /* as v5.10 shows maxactive */
		{ "p:kprobes/" EVENT " ext4:ext4_sync_file+4", EVENT },
		{ "p:kprobes/" EVENT "_2 vfs_read", EVENT "_2" },
		{ "p:kprobes/" EVENT "_4294967295 vfs_read", EVENT "_4294967295" },
		/* Somebody else's. */
		{ "p:kprobes/myprobe do_sys_open", NULL },
		{ "p:kprobes/p_vfs_read_0 vfs_read", NULL },
		{ "r:kprobes/myretprobe do_sys_open ret=$retval", NULL },
		{ "p:bcc/" EVENT " vfs_read", NULL },
		{ "p:uprobes/" EVENT " /bin/sh:0x1", NULL },
		{ "p:kprobes/x vfs_read name=kprobes/" EVENT " ", NULL },
		/* Almost ours. */
		{ "p:kprobes/load_kp_bpf_0123456789abcde vfs_read", NULL },
		{ "p:kprobes/load_kp_bpf_0123456789abcdef0 vfs_read", NULL },
		{ "p:kprobes/load_kp_bpf_0123456789ABCDEF vfs_read", NULL },
		{ "p:kprobes/load_kp_bpf_0123456789abcdeg vfs_read", NULL },
		{ "p:kprobes/my_" EVENT " vfs_read", NULL },
		{ "p:kprobes/" EVENT, NULL },
		{ "p:kprobes/" EVENT "_ vfs_read", NULL },
		{ "p:kprobes/" EVENT "_x vfs_read", NULL },
		{ "p:kprobes/" EVENT "_4294967296 vfs_read", NULL },
		{ "p:kprobes/" EVENT "_2_2 vfs_read", NULL },
		{ "p:kprobes/" EVENT "_00000000000000000000000000000002 vfs_read", NULL },
				{ "p:xkprobes/" EVENT " vfs_read", NULL },
		{ "f:kprobes/" EVENT " vfs_read", NULL },
		{ "-:kprobes/" EVENT " ", NULL },
		{ " p:kprobes/" EVENT " vfs_read", NULL },
		{ "p", NULL }, { ":", NULL }, { "", NULL }, { "p:", NULL }, { "p:kprobes/load_kp_bpf_", NULL },
	};
	char name[EVENT_NAME_SIZE];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char event[EVENT_NAME_SIZE] = "untouched";

		check.row = rows[i].line;
		EXPECT_NUMBER(event_parse_line(rows[i].line, PROBE_KERNEL, event), rows[i].event != NULL);
		EXPECT_TEXT(event, rows[i].event ? rows[i].event : "untouched");
	}
	check.row = NULL;
	EXPECT(event_parse_line("p:uprobes/" EVENT "_7 /bin/sh:0x10", PROBE_USER, name));
	EXPECT_TEXT(name, EVENT "_7");
	EXPECT(!event_parse_line("p:uprobes/" EVENT " /bin/sh:0x10", PROBE_KERNEL, name));
	EXPECT(!event_parse_line("p:kprobes/" EVENT " vfs_read", PROBE_USER, name));
}

static void event_names(void)
{
	static const uint8_t random[16] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff };

	fixture.random = random;
	event_make_name(1, &text);
	EXPECT_TEXT(text.data, EVENT);
	EXPECT_NUMBER(text.len, EVENT_BASE_LEN);
	event_make_name(2, &text);
	EXPECT_TEXT(text.data, EVENT "_2");
	event_make_name(UINT32_MAX, &text);
	EXPECT_TEXT(text.data, EVENT "_4294967295");
	EXPECT_NUMBER(text.len + 1, EVENT_NAME_SIZE);
	EXPECT(EVENT_NAME_SIZE <= 64); /* MAX_EVENT_NAME_LEN */
	fixture.random = NULL;
	event_make_name(1, &text);
	EXPECT_TEXT(text.data, "load_kp_bpf_0000000000000000");
}

static void event_commands(void)
{
	static const struct {
		struct probe_site site;
		const char *line;
	} rows[] = {
		{ { PROBE_KERNEL, false, "vfs_read", 0 }, "p:kprobes/" EVENT " vfs_read\n" },
		{ { PROBE_KERNEL, true, "vfs_read", 0 }, "r:kprobes/" EVENT " vfs_read\n" },
		{ { PROBE_KERNEL, false, "vfs_read", 0x1f }, "p:kprobes/" EVENT " vfs_read+31\n" },
		{ { PROBE_KERNEL, false, "ext4:ext4_sync_file", 0 },
		  "p:kprobes/" EVENT " ext4:ext4_sync_file\n" },
		{ { PROBE_KERNEL, false, NULL, 0xffffffff81234560 },
		  "p:kprobes/" EVENT " 0xffffffff81234560\n" },
		{ { PROBE_USER, false, "/bin/sh", 0x1230 }, "p:uprobes/" EVENT " /bin/sh:0x1230\n" },
		{ { PROBE_USER, true, "/bin/sh", 0x1230 }, "r:uprobes/" EVENT " /bin/sh:0x1230\n" },
	};
	static char path[TEXT_SIZE];
	struct probe_site long_site = { PROBE_USER, false, path, 0 };
	int fd;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].line;
		fd = file_of("", 0);
		EXPECT_NUMBER(event_create(fd, &rows[i].site, EVENT), 0);
		EXPECT_TEXT(file_text(fd), rows[i].line);
		close(fd);
	}
	fd = file_of("", 0);
	EXPECT_NUMBER(event_remove(fd, PROBE_KERNEL, EVENT), 0);
	EXPECT_TEXT(file_text(fd), "-:kprobes/" EVENT "\n");
	close(fd);
	/* What does not fit is refused: half a path is another one. */
	memset(path, '/', sizeof(path) - 1);
	fd = file_of("", 0);
	EXPECT_NUMBER(event_create(fd, &long_site, EVENT), -ENAMETOOLONG);
	EXPECT_TEXT(file_text(fd), "");
	close(fd);
}

/* Paths that the kernel would read as others. */
static void event_paths(void)
{
	static const struct {
		const char *path;
		bool plain;
	} rows[] = {
		{ "/bin/sh", true }, { "/opt/\xc3\xa4", true }, { "/opt/a:b", true },
		{ "/opt/a b", false }, { "/opt/a\nb", false }, { "/opt/a#b", false },
		{ "/opt/\xc3\xa0", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct probe_site site = { PROBE_USER, false, rows[i].path, 0 };
		int fd = file_of("", 0);

		check.row = rows[i].path;
		EXPECT_NUMBER(event_create(fd, &site, EVENT), rows[i].plain ? 0 : -EINVAL);
		close(fd);
	}
}

static void event_ids(void)
{
	static const struct fixture_file files[] = {
		{ "events/kprobes/" EVENT "/id", "1234\n" },
		{ "events/kprobes/none/id", "\n" },
		{ NULL, NULL },
	};
	uint64_t id = 0;

	fixture.files = files;
	EXPECT_NUMBER(event_read_id(-1, "kprobes/" EVENT, &id), 0);
	EXPECT_NUMBER(id, 1234);
	EXPECT_NUMBER(event_read_id(-1, "kprobes/none", &id), -EIO);
	EXPECT_NUMBER(event_read_id(-1, "kprobes/missing", &id), -ENOENT);
}

/* Which refusals are the mechanism's: only then is another one tried. */
static void attach_rungs(void)
{
	static const int missing[] = { -EOPNOTSUPP, -ENOSYS, -ENODEV, -E2BIG, -524 };
	static const int told[] = { -ENOENT, -EINVAL, -EPERM, -EACCES, -EBUSY, -EILSEQ, -EMFILE,
				    -EADDRNOTAVAIL, 0 };

	for (size_t i = 0; i < COUNT_OF(missing); i++)
		EXPECT(attach_is_missing(missing[i]));
	for (size_t i = 0; i < COUNT_OF(told); i++)
		EXPECT(!attach_is_missing(told[i]));
}

static void attach_reasons(void)
{
	static const struct {
		int err;
		enum attach_mode mode;
		int status;
		const char *reason, *hint;
	} rows[] = {
		{ -EILSEQ, ATTACH_AUTO, STATUS_REFUSED, "is not an instruction boundary", "" },
		{ -EBUSY, ATTACH_AUTO, STATUS_REFUSED, "is busy: live patching or another tracer holds it", "" },
		{ -EOPNOTSUPP, ATTACH_PERF, STATUS_KERNEL, "this kernel has no kprobe PMU (since Linux 4.17)",
		  "try --attach=tracefs" },
		{ -EOPNOTSUPP, ATTACH_AUTO, STATUS_KERNEL,
		  "this kernel has no kprobes that a program can use (CONFIG_KPROBE_EVENTS)", "" },
		{ -524, ATTACH_TRACEFS, STATUS_KERNEL,
		  "this kernel has no kprobes that a program can use (CONFIG_KPROBE_EVENTS)", "" },
		{ -ENOSYS, ATTACH_AUTO, STATUS_KERNEL,
		  "this kernel has no kprobes that a program can use (CONFIG_KPROBE_EVENTS)", "" },
		{ -EMFILE, ATTACH_AUTO, STATUS_REFUSED, "cannot be probed: Too many open files",
		  "too many open files: raise the limit (ulimit -n)" },
		{ -ENOMEM, ATTACH_AUTO, STATUS_REFUSED, "cannot be probed: Cannot allocate memory", "" },
	};
	const struct target target = { .symbol = "vfs_read" };
	struct probe_session session = PROBE_SESSION_CLOSED;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		why_clear(&why);
		session.mode = rows[i].mode;
		EXPECT_NUMBER(status_of(attach_explain(&target, &session, rows[i].err, &why)),
			      rows[i].status);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
		EXPECT_TEXT(why.hint.data, rows[i].hint);
	}
	/* Where there are kprobes, it is the place that they cannot take. */
	session.mode = ATTACH_PERF;
	session.pmu_type[PROBE_KERNEL] = 6;
	EXPECT_NUMBER(attach_explain(&target, &session, -524, &why), -EOPNOTSUPP);
	EXPECT_TEXT(why.reason.data, "this kernel cannot probe there");
}

/* Only what is made of what was switched off is told of. */
static void silenced_ways(void)
{
	static const struct fixture_file off[] = {
		{ "/sys/kernel/debug/kprobes/enabled", "0\n" }, { "/proc/sys/kernel/ftrace_enabled", "0\n" },
		{ NULL, NULL },
	};
	static const struct fixture_file on[] = {
		{ "/sys/kernel/debug/kprobes/enabled", "1\n" }, { "/proc/sys/kernel/ftrace_enabled", "1\n" },
		{ NULL, NULL },
	};
	static const enum kind_way others[] = { WAY_TRACEPOINT, WAY_RAW_TRACEPOINT, WAY_UPROBE,
						WAY_UPROBE_MULTI, WAY_PERF_EVENT, WAY_ITER };

	fixture.files = off;
	EXPECT(text_find(attach_silenced_by(1U << WAY_KPROBE), "kprobes"));
	EXPECT(text_find(attach_silenced_by(1U << WAY_KSYSCALL), "kprobes"));
	EXPECT(text_find(attach_silenced_by(1U << WAY_KPROBE_MULTI), "ftrace"));
	EXPECT(text_find(attach_silenced_by(1U << WAY_TRACING | 1U << WAY_UPROBE), "ftrace"));
	for (size_t i = 0; i < COUNT_OF(others); i++)
		EXPECT(!attach_silenced_by(1U << others[i]));
	fixture.files++;
	EXPECT(text_find(attach_silenced_by(1U << WAY_KPROBE), "ftrace"));
	fixture.files = on;
	EXPECT(!attach_silenced_by(UINT32_MAX));
}

static const struct check_case attach_cases[] = {
	{ "target: FUNCTION+OFFSET", targets_parse },
	{ "target: too long", targets_too_long },
	{ "target: system calls of each machine", targets_wrapped },
	{ "target: past the entry that ftrace keeps", targets_past_the_entry },
	{ "event: lines of kprobe_events", event_lines },
	{ "event: its name", event_names },
	{ "event: commands", event_commands },
	{ "event: paths that tracefs cannot be told", event_paths },
	{ "event: its number", event_ids },
	{ "attach: what makes it try another way", attach_rungs },
	{ "attach: reasons", attach_reasons },
	{ "attach: what is switched off", silenced_ways },
};

#endif
