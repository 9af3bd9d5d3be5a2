/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_kernel.h - kernel.h: what the kernel is, maps and their pins, the program */
#ifndef UNIT_KERNEL_H
#define UNIT_KERNEL_H

#include "fixture.h"

/* ---- kernel.h: small files of the kernel ---- */

static void cpu_lists(void)
{
	static const struct {
		const char *list;
		uint32_t end;
	} rows[] = {
		{ "0\n", 1 }, { "0-3\n", 4 }, { "0-1023", 1024 }, { "0-3,8,10-11\n", 12 },
		{ "0,2,4", 5 }, { "5\n", 6 }, { "4294967294", 4294967295U },
		{ "", 0 }, { "\n", 0 }, { "-", 0 }, { "0-", 0 }, { "0,", 0 }, { "a", 0 }, { "0-x", 0 },
		{ "4294967295", 0 }, { "4294967296", 0 }, { "99999999999999999999", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].list;
		EXPECT_NUMBER(cpu_list_end(rows[i].list), rows[i].end);
	}
}

static void sizes_of_this_machine(void)
{
	static const struct fixture_file cpus[] = {
		{ "/sys/devices/system/cpu/possible", "0-7\n" }, { NULL, NULL },
	};
	struct object_map events = { .type = BPF_MAP_TYPE_PERF_EVENT_ARRAY };
	struct object_map ring = { .type = BPF_MAP_TYPE_RINGBUF, .max_entries = 4096 };
	struct object_map array = { .type = 2, .max_entries = 5 };

	fixture.files = cpus;
	fixture.page_size = 65536;
	EXPECT_NUMBER(map_max_entries(&events), 8);
	EXPECT_NUMBER(map_max_entries(&ring), 65536);
	EXPECT_NUMBER(map_max_entries(&array), 5);
	events.max_entries = 3;
	ring.max_entries = 1U << 20;
	array.max_entries = 0;
	EXPECT_NUMBER(map_max_entries(&events), 3);
	EXPECT_NUMBER(map_max_entries(&ring), 1U << 20);
	EXPECT_NUMBER(map_max_entries(&array), 0);
}

/* Stacks and rings that say nothing, or too little, of their sizes. */
static void sizes_by_default(void)
{
	static const struct {
		uint32_t wanted, size;
	} rings[] = {
		{ 1, 4096 }, { 4096, 4096 }, { 4097, 8192 }, { 12288, 16384 }, { 1U << 31, 1U << 31 },
		{ (1U << 31) + 1, 1U << 31 }, { UINT32_MAX, 1U << 31 },
	};
	struct object_map stacks = { .type = BPF_MAP_TYPE_STACK_TRACE };
	const struct object_map events = { .type = BPF_MAP_TYPE_PERF_EVENT_ARRAY }, array = { .type = 2 };

	for (size_t i = 0; i < COUNT_OF(rings); i++)
		EXPECT_NUMBER(map_ring_size(rings[i].wanted), rings[i].size);
	EXPECT_NUMBER(map_max_entries(&(struct object_map){ .type = BPF_MAP_TYPE_RINGBUF }), 0);

	EXPECT_NUMBER(map_key_size(&stacks), 4);
	EXPECT_NUMBER(map_value_size(&stacks), 127 * 8);
	EXPECT_NUMBER(map_max_entries(&stacks), 1024);
	stacks.key_size = stacks.value_size = stacks.max_entries = 16;
	EXPECT_NUMBER(map_key_size(&stacks), 16);
	EXPECT_NUMBER(map_value_size(&stacks), 16);
	EXPECT_NUMBER(map_max_entries(&stacks), 16);
	EXPECT_NUMBER(map_key_size(&events), 4);
	EXPECT_NUMBER(map_value_size(&events), 4);
	EXPECT_NUMBER(map_key_size(&array), 0);
	EXPECT_NUMBER(map_value_size(&array), 0);
}

/* What a map is created with, and what is let go of first where the kernel refuses. */
static void maps_mended(void)
{
	const struct object_map map = {
		.name = ".rodata", .type = 2, .key_size = 4, .value_size = 8, .max_entries = 1, .flags = 1,
		.numa_node = 3, .extra = 7, .value_type = 9, .is_data = true, .is_constant = true,
	};
	struct kernel kernel = { .memlock_raised = true };
	struct sys_map_create_attr attr = map_attr(&kernel, &map, -1, 5);

	EXPECT_TEXT(attr.map_name, ".rodata");
	EXPECT_NUMBER(attr.map_flags, 1 | BPF_F_MMAPABLE | BPF_F_RDONLY_PROG);
	EXPECT_NUMBER(attr.numa_node, 3);
	EXPECT_NUMBER(attr.map_extra, 7);
	EXPECT_NUMBER(attr.inner_map_fd, 0);
	EXPECT_NUMBER(attr.btf_fd, 5);
	EXPECT_NUMBER(attr.btf_key_type_id, 0);
	EXPECT_NUMBER(attr.btf_value_type_id, 9);

	/* There is nothing to mend in success, and nothing helps against too few resources. */
	EXPECT(!map_mend(&kernel, &map, 3, &attr));
	EXPECT(!map_mend(&kernel, &map, -ENOMEM, &attr));
	EXPECT(!map_mend(&kernel, &map, -EMFILE, &attr));
	EXPECT_NUMBER(attr.btf_fd, 5);
	EXPECT(map_mend(&kernel, &map, -EINVAL, &attr));
	EXPECT_NUMBER(attr.btf_fd, 0);
	EXPECT_NUMBER(attr.btf_value_type_id, 0);
	EXPECT(attr.map_flags & BPF_F_MMAPABLE);
	EXPECT(!map_mend(&kernel, &map, -EPERM, &attr));
	EXPECT(map_mend(&kernel, &map, -EINVAL, &attr));
	EXPECT_NUMBER(attr.map_flags, 1 | BPF_F_RDONLY_PROG);
	EXPECT_TEXT(attr.map_name, ".rodata");
	EXPECT(map_mend(&kernel, &map, -E2BIG, &attr));
	EXPECT_TEXT(attr.map_name, "");
	EXPECT(kernel.no_names);
	EXPECT(!map_mend(&kernel, &map, -EINVAL, &attr));
}

/* Types are told of maps that take them; of the others the kernel would refuse them. */
static void maps_with_types(void)
{
	const struct kernel kernel = { 0 };
	struct object_map map = { .name = "m", .type = 1, .key_type = 4, .value_type = 5 };

	EXPECT_NUMBER(map_attr(&kernel, &map, 8, 6).btf_key_type_id, 4);
	EXPECT_NUMBER(map_attr(&kernel, &map, 8, 6).inner_map_fd, 8);
	EXPECT_NUMBER(map_attr(&kernel, &map, -1, -1).btf_value_type_id, 0);
	map.value_type = 0;
	EXPECT_NUMBER(map_attr(&kernel, &map, -1, 6).btf_fd, 0);
	map.value_type = 5;
	map.type = BPF_MAP_TYPE_RINGBUF;
	EXPECT_NUMBER(map_attr(&kernel, &map, -1, 6).btf_fd, 0);
}

static void pin_paths(void)
{
	struct object_map map = { .name = "hits", .pinning = PIN_OBJECT_NS, .pin_namespace = "tc" };
	struct pin_dirs dirs = PIN_DIRS_CLOSED;

	text_clear(&text);
	pin_add_path(&map, &text);
	EXPECT_TEXT(text.data, "/sys/fs/bpf/hits");
	map.pinning = PIN_GLOBAL_NS;
	text_clear(&text);
	pin_add_path(&map, &text);
	EXPECT_TEXT(text.data, "/sys/fs/bpf/tc/globals/hits");
	map.pin_namespace = "own";
	text_clear(&text);
	pin_add_path(&map, &text);
	EXPECT_TEXT(text.data, "/sys/fs/bpf/own/globals/hits");
	/* A start takes back what it made of one namespace, so there may be one only. */
	dirs.namespace = "tc";
	EXPECT_NUMBER(pin_open_globals(&dirs, &map, true, &why), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "is pinned in 'own', and another map in 'tc': expected one for all");
}

static void lockdown_modes(void)
{
	static const struct {
		const char *text, *mode;
	} rows[] = {
		{ "[none] integrity confidentiality\n", "" },
		{ "none [integrity] confidentiality\n", "integrity" },
		{ "none integrity [confidentiality]\n", "confidentiality" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct fixture_file files[] = {
			{ "/sys/kernel/security/lockdown", rows[i].text }, { NULL, NULL },
		};

		fixture.files = files;
		EXPECT_TEXT(kernel_lockdown(), rows[i].mode);
	}
	fixture.files = NULL;
}

static void user_namespaces(void)
{
	static const struct {
		const char *text;
		bool inside;
	} rows[] = {
		{ "         0          0 4294967295\n", false }, /* the first one */
		{ "         0       1000          1\n", true },
		{ "      1000       1000          1\n", true },
		{ "         0     100000      65536\n", true },
		{ "         0       1000 4294967295\n", true },
		{ "         1          0 4294967295\n", true },
		{ "         0          0       1000\n", true },
		{ "\n", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct fixture_file files[] = {
			{ "/proc/self/uid_map", rows[i].text }, { NULL, NULL },
		};

		fixture.files = files;
		check.row = rows[i].text;
		EXPECT_NUMBER(kernel_in_user_namespace(), rows[i].inside);
	}
	fixture.files = NULL;
}

/* ---- kernel.h: names, map types ---- */

static void kernel_names(void)
{
	static const struct {
		const char *name, *taken;
	} rows[] = {
		{ "counts", "counts" },
		{ "a.b-c d\n\xff", "a_b_c_d__" },
		{ "exactly_fifteen", "exactly_fifteen" },
		{ "sixteen_letters_", "sixteen_letters" },
		{ "", "" },
		{ "09AZaz", "09AZaz" },
		{ "/:@[`{", "______" },
	};
	struct kernel kernel = { 0 };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char name[BPF_OBJ_NAME_LEN] = { 0 };

		kernel_set_name(&kernel, rows[i].name, false, name);
		EXPECT_TEXT(name, rows[i].taken);
	}
}

/* Sections of variables need Linux 5.2, and that takes dots. */
static void kernel_names_with_dots(void)
{
	const struct kernel kernel = { 0 };
	char name[BPF_OBJ_NAME_LEN] = { 0 };

	kernel_set_name(&kernel, ".rodata.str1.1", true, name);
	EXPECT_TEXT(name, ".rodata.str1.1");
}

/* Before v4.15 a name is refused: the first time shows it, and none is given again. */
static void kernel_without_names(void)
{
	struct kernel kernel = { 0 };
	char name[BPF_OBJ_NAME_LEN] = "counts";

	EXPECT(kernel_drop_name(&kernel, name));
	for (size_t i = 0; i < sizeof(name); i++)
		EXPECT_NUMBER(name[i], 0);
	EXPECT(!kernel_drop_name(&kernel, name));
	kernel_set_name(&kernel, "again", false, name);
	EXPECT_TEXT(name, "");
}

/* Each refusal is mended once: a second time it is about the program. */
static void programs_mended(void)
{
	struct sys_prog_load_attr attr = { .prog_name = "counts" };
	struct kernel kernel = { 0 };

	EXPECT(!program_mend(&kernel, -EACCES, &attr));
	EXPECT_TEXT(attr.prog_name, "counts");
	EXPECT_NUMBER(attr.kern_version, 0);
	EXPECT(program_mend(&kernel, -E2BIG, &attr));
	EXPECT_TEXT(attr.prog_name, "");
	EXPECT(kernel.no_names);
	EXPECT(!program_mend(&kernel, -E2BIG, &attr));
	EXPECT(program_mend(&kernel, -EINVAL, &attr));
	EXPECT_NUMBER(attr.kern_version, kernel_version());
	EXPECT(!program_mend(&kernel, -EINVAL, &attr));
}

static void map_types_by_name(void)
{
	EXPECT_TEXT(map_type_name(0), "unspec");
	EXPECT_TEXT(map_type_name(1), "hash");
	EXPECT_TEXT(map_type_name(27), "ringbuf");
	EXPECT_TEXT(map_type_name(33), "arena");
	EXPECT_TEXT(map_type_name(34), "insn_array");
	EXPECT_TEXT(map_type_name(36), "unknown");
	EXPECT_TEXT(map_type_name(UINT32_MAX), "unknown");
}

static void map_types_by_version(void)
{
	static const struct fixture_file none[] = { { NULL, NULL } };

	fixture.files = none;
	fixture.release = "4.9.30";
	fixture.version = "#1 SMP";
	why_clear(&why);
	EXPECT(!map_is_too_new(1, &why));
	EXPECT_TEXT(why.hint.data, "");
	EXPECT(map_is_too_new(27, &why));
	EXPECT_TEXT(why.hint.data, "maps of type ringbuf exist since Linux 5.8, this is 4.9");
	fixture.release = "5.8.0";
	why_clear(&why);
	EXPECT(!map_is_too_new(27, &why));
	EXPECT_TEXT(why.hint.data, "");
	fixture.release = "5.7.19";
	EXPECT(map_is_too_new(27, &why));
	EXPECT_TEXT(why.hint.data, "maps of type ringbuf exist since Linux 5.8, this is 5.7");
	fixture.release = "what";
	why_clear(&why);
	EXPECT(!map_is_too_new(27, &why));
}

/* The type comes from the object and may be anything. */
static void map_types_unknown(void)
{
	why_clear(&why);
	EXPECT(!map_is_too_new(36, &why));
	EXPECT(!map_is_too_new(1000, &why));
	EXPECT(!map_is_too_new(UINT32_MAX, &why));
	EXPECT_TEXT(why.hint.data, "");
}

/* ---- kernel.h: what is at a pin ---- */

/* Recorded: bpf_map_show_fdinfo() and its kind, behind what every file has. */
#define FDINFO "pos:\t0\nflags:\t02000002\nmnt_id:\t13\n"
#define FDINFO_MAP_4_4 FDINFO "map_type:\t1\nkey_size:\t4\nvalue_size:\t8\nmax_entries:\t1024\n"
#define FDINFO_MAP_4_9 FDINFO_MAP_4_4 "map_flags:\t0x1\n"
#define FDINFO_MAP_6_1                                                                  \
	"pos:\t0\nflags:\t02000002\nmnt_id:\t15\nino:\t2057\nmap_type:\t2\nkey_size:\t4\n" \
	"value_size:\t8\nmax_entries:\t1\nmap_flags:\t0x80\nmap_extra:\t0x0\n"             \
	"memlock:\t344\nmap_id:\t7\nfrozen:\t0\n"
#define FDINFO_PROG_ARRAY                                                               \
	"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t18\nmap_type:\t3\nkey_size:\t4\n"   \
	"value_size:\t4\nmax_entries:\t4\nmap_flags:\t0x0\nmap_extra:\t0x0\n"              \
	"memlock:\t344\nmap_id:\t27\nfrozen:\t0\nowner_prog_type:\t1\nowner_jited:\t1\n"
#define FDINFO_PROGRAM                                                                  \
	"pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t18\nprog_type:\t1\nprog_jited:\t1\n" \
	"prog_tag:\tbee9555f92c985df\nmemlock:\t4096\nprog_id:\t99\nrun_time_ns:\t0\n"     \
	"run_cnt:\t0\nrecursion_misses:\t0\nverified_insns:\t5\n"
#define FDINFO_LINK                                                                     \
	"pos:\t0\nflags:\t02000000\nmnt_id:\t15\nino:\t2057\nlink_type:\tperf\n"           \
	"link_id:\t2\nprog_tag:\tbee9555f92c985df\nprog_id:\t99\n"
#define FDINFO_ZEROS FDINFO "map_type:\t0\nkey_size:\t0\nvalue_size:\t0\nmax_entries:\t0\nmap_flags:\t0x0\n"

static void fdinfo_values(void)
{
	uint32_t value = 7;

	EXPECT(map_fdinfo_value(FDINFO_MAP_6_1, "map_type:", &value));
	EXPECT_NUMBER(value, 2);
	EXPECT(map_fdinfo_value(FDINFO_MAP_6_1, "map_flags:", &value));
	EXPECT_NUMBER(value, 0x80);
	EXPECT(map_fdinfo_value(FDINFO_MAP_6_1, "pos:", &value));
	EXPECT_NUMBER(value, 0);
	EXPECT(map_fdinfo_value("max_entries:\t4294967295\n", "max_entries:", &value));
	EXPECT_NUMBER(value, UINT32_MAX);
	value = 7;
	EXPECT(!map_fdinfo_value(FDINFO_MAP_4_4, "map_flags:", &value));
	EXPECT(!map_fdinfo_value("", "map_type:", &value));
	EXPECT(!map_fdinfo_value("map_type:", "map_type:", &value));
	EXPECT(!map_fdinfo_value("map_type:\tx", "map_type:", &value));
	EXPECT(!map_fdinfo_value("map_type:\t99999999999999999999", "map_type:", &value));
	EXPECT(!map_fdinfo_value("map_type:\t4294967296", "map_type:", &value));
	EXPECT(!map_fdinfo_value("x_map_type:\t1\n map_type:\t1\n", "map_type:", &value));
	EXPECT_NUMBER(value, 7);
}

#define NO_FD 1000 /* what BPF_OBJ_GET_INFO_BY_FD is asked for is not open: it does not tell */

static void fdinfo_shapes(void)
{
	static const struct {
		const char *name, *fdinfo;
		int err;
		const char *kind;
		struct map_shape shape;
	} rows[] = {
		{ "4.9", FDINFO_MAP_4_9, 0, NULL, { 1, 4, 8, 1024, 1 } },
		{ "6.1", FDINFO_MAP_6_1, 0, NULL, { 2, 4, 8, 1, 0x80 } },
		{ "4.4", FDINFO_MAP_4_4, 0, NULL, { 1, 4, 8, 1024, 0 } }, /* maps have flags since v4.6 */
		{ "a program", FDINFO_PROGRAM, -EBADF, "a program", { 0 } },
		{ "a link", FDINFO_LINK, -EBADF, "a link", { 0 } },
		{ "zeros", FDINFO_ZEROS, -ENOTSUP, NULL, { 0 } },
		{ "4.3", FDINFO, -ENOTSUP, NULL, { 0 } },
		{ "nothing", "", -ENOTSUP, NULL, { 0 } },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct fixture_file files[] = {
			{ "/proc/self/fdinfo/1000", rows[i].fdinfo }, { NULL, NULL },
		};
		const char *kind = NULL;
		struct map_shape shape;

		fixture.files = files;
		check.row = rows[i].name;
		EXPECT_NUMBER(map_read_shape(NO_FD, &shape, &kind), rows[i].err);
		EXPECT_TEXT(kind, rows[i].kind);
		if (rows[i].err)
			continue;
		EXPECT_NUMBER(shape.type, rows[i].shape.type);
		EXPECT_NUMBER(shape.key_size, rows[i].shape.key_size);
		EXPECT_NUMBER(shape.value_size, rows[i].shape.value_size);
		EXPECT_NUMBER(shape.max_entries, rows[i].shape.max_entries);
		EXPECT_NUMBER(shape.flags, rows[i].shape.flags);
	}
	fixture.files = NULL;
}

/* Once a program has used it, it names its owner's type: it is no program for that. */
static void fdinfo_of_prog_array(void)
{
	static const struct fixture_file files[] = {
		{ "/proc/self/fdinfo/1000", FDINFO_PROG_ARRAY }, { NULL, NULL },
	};
	const char *kind = NULL;
	struct map_shape shape;

	fixture.files = files;
	EXPECT_NUMBER(map_read_shape(NO_FD, &shape, &kind), 0);
	EXPECT_TEXT(kind, NULL);
	EXPECT_NUMBER(shape.type, 3);
	EXPECT_NUMBER(shape.max_entries, 4);
}

static void map_differences(void)
{
	const struct object_map map = {
		.type = 1, .key_size = 4, .value_size = 8, .max_entries = 16, .flags = 1,
	};
	struct map_shape there = { 1, 4, 8, 16, 1 };
	struct object_map devmap = map, ring = map;

	map_compare(&map, &there, &text);
	EXPECT_TEXT(text.data, "");
	there.value_size = 16;
	map_compare(&map, &there, &text);
	EXPECT_TEXT(text.data, "value size 16 there, 8 in the object");
	there = (struct map_shape){ 2, 5, 9, 17, 0 };
	map_compare(&map, &there, &text);
	EXPECT_TEXT(text.data, "type 2 there, 1 in the object; key size 5 there, 4 in the object; "
			       "value size 9 there, 8 in the object; max entries 17 there, 16 in the "
			       "object; flags 0 there, 1 in the object");

	/* The kernel sets a flag of device maps by itself. */
	devmap.type = BPF_MAP_TYPE_DEVMAP;
	there = (struct map_shape){ BPF_MAP_TYPE_DEVMAP, 4, 8, 16, 1 | BPF_F_RDONLY_PROG };
	map_compare(&devmap, &there, &text);
	EXPECT_TEXT(text.data, "");
	there.type = 1;
	map_compare(&map, &there, &text);
	EXPECT_TEXT(text.data, "flags 129 there, 1 in the object");

	/* What is compared is what would be created. */
	fixture.page_size = 16384;
	ring.type = BPF_MAP_TYPE_RINGBUF;
	ring.max_entries = 4096;
	there = (struct map_shape){ BPF_MAP_TYPE_RINGBUF, 4, 8, 16384, 1 };
	map_compare(&ring, &there, &text);
	EXPECT_TEXT(text.data, "");
}

/* ---- kernel.h: the directories of pins ---- */

static void pin_directories(void)
{
	char scratch[] = "/tmp/unit-XXXXXX";
	int dir_fd = open(mkdtemp(scratch) ? scratch : "", O_PATH | O_DIRECTORY | O_CLOEXEC);
	mode_t old_mask = umask(0);
	struct stat st;
	bool made = false;
	int fd;

	EXPECT_NUMBER(pin_open_subdir(dir_fd, "tc", "/x/tc", false, &made, &why), -ENOENT);
	EXPECT(!made);
	fd = pin_open_subdir(dir_fd, "tc", "/x/tc", true, &made, &why);
	EXPECT(fd >= 0 && made);
	EXPECT(fstatat(dir_fd, "tc", &st, 0) == 0);
	EXPECT_NUMBER(st.st_mode & 07777, 0700);
	close(fd);
	made = false;
	fd = pin_open_subdir(dir_fd, "tc", "/x/tc", true, &made, &why);
	EXPECT(fd >= 0 && !made);
	close(fd);

	/* Nothing is followed, and what is in the way stays. */
	EXPECT(symlinkat("tc", dir_fd, "link") == 0);
	why_clear(&why);
	EXPECT(pin_open_subdir(dir_fd, "link", "/x/link", true, &made, &why) < 0 && !made);
	EXPECT_TEXT(why.reason.data, "cannot use the directory '/x/link': Not a directory");
	EXPECT_TEXT(why.hint.data, "'/x/link' is a symlink or a pin, expected a directory");
	close(openat(dir_fd, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	EXPECT(pin_open_subdir(dir_fd, "file", "/x/file", true, &made, &why) < 0 && !made);
	EXPECT_TEXT(why.hint.data, "'/x/file' is a symlink or a pin, expected a directory");

	unlinkat(dir_fd, "file", 0);
	unlinkat(dir_fd, "link", 0);
	unlinkat(dir_fd, "tc", AT_REMOVEDIR);
	umask(old_mask);
	close(dir_fd);
	EXPECT(rmdir(scratch) == 0);
}

/* ---- kernel.h: the verifier's log ---- */

#define LINES_5 "x\nx\nx\nx\nx\n"
#define LINES_10 LINES_5 LINES_5

static void log_tails(void)
{
	const char *insn = "7: (85) call bpf_probe_read#4\n";
	static char long_log[65536];
	char log[256];
	size_t len = 0;

	EXPECT_TEXT(verifier_log_tail(""), "");
	EXPECT_TEXT(verifier_log_tail("one line"), "one line");
	EXPECT_TEXT(verifier_log_tail("0: (b7) r0 = 0\nlast\n"), "0: (b7) r0 = 0\nlast\n");

	/* Twelve lines, one of them an instruction's. */
	snprintf(log, sizeof(log), "%s%s%s%s", LINES_10, LINES_10, insn, LINES_5);
	EXPECT_NUMBER(strlen(verifier_log_tail(log)), 6 * 2 + strlen(insn) + 5 * 2);
	/* More than twelve until the last instruction is in it. */
	snprintf(log, sizeof(log), "%s%s%s%s", LINES_10, insn, LINES_10, LINES_5);
	EXPECT(verifier_log_tail(log) == log + 20);
	/* No instruction: all of it. */
	snprintf(log, sizeof(log), "%s%s", LINES_10, LINES_10);
	EXPECT(verifier_log_tail(log) == log);
	/* A last line without its newline is a line. */
	snprintf(log, sizeof(log), "%s%s%s%s", LINES_10, insn, LINES_10, "end");
	EXPECT(verifier_log_tail(log) == log + 20);

	while (len + 64 < sizeof(long_log))
		len += (size_t)sprintf(long_log + len, "%zu: (bf) r1 = r10\n", len);
	EXPECT(strlen(verifier_log_tail(long_log)) < 12 * 32);
}

static void log_lines(void)
{
	EXPECT(verifier_line_is_insn("0: (b7) r0 = 0"));
	EXPECT(verifier_line_is_insn("131071: (18) r1 = 0xffff888003e6d000"));
	EXPECT(!verifier_line_is_insn("0: R1=ctx(off=0,imm=0) R10=fp0"));
	EXPECT(!verifier_line_is_insn("; int count(struct pt_regs *ctx)"));
	EXPECT(!verifier_line_is_insn("R0 invalid mem access 'inv'"));
	EXPECT(!verifier_line_is_insn("from 4 to 7: R0=map_value_or_null"));
	EXPECT(!verifier_line_is_insn(""));
	EXPECT(!verifier_line_is_insn(": ("));
}

static void log_insns(void)
{
	static const struct {
		const char *log;
		uint64_t insn; /* UINT64_MAX: none */
	} rows[] = {
		{ "0: (85) call 7\nunknown func 7\n", 0 }, /* v4.4 */
		{ "0: (bf) r6 = r1\n1: (85) call 7\nunknown func 7\n", 1 },
		{ "0: R1=ctx(off=0,imm=0) R10=fp0\n0: (85) call unknown#7\n", 0 },
		{ "3: (b7) r0 = 0\n\nfrom 2 to 9: R0=inv\n9: (95) exit\n", 9 },
		{ "unreachable insn 3\n", UINT64_MAX },
		{ "back-edge from insn 3 to 1: (no", UINT64_MAX },
		{ "", UINT64_MAX },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t insn = UINT64_MAX;

		check.row = rows[i].log;
		EXPECT_NUMBER(verifier_log_insn(rows[i].log, &insn), rows[i].insn != UINT64_MAX);
		EXPECT_NUMBER(insn, rows[i].insn);
	}
}

/* What is asked next of a kernel whose log did not fit. */
static void logs_asked_for(void)
{
	enum { FIRST = LOG_SIZE_FIRST, LAST = LOG_SIZE_LAST };
	static const struct {
		const char *name;
		uint32_t level, size, true_size;
		int err;
		bool wants_whole, asked;
		uint32_t next_level, next_size;
	} rows[] = {
		{ "grows", 1, FIRST, 0, -EACCES, false, true, 1, FIRST * 16 },
		{ "grows on", 1, FIRST * 16, 0, -EACCES, true, true, 1, LAST },
		{ "the largest", 1, LAST, 0, -EACCES, false, true, 4, LAST },
		{ "too complex", 1, FIRST, 0, -E2BIG, true, true, 4, FIRST },
		{ "the verdict is as long", 4, FIRST, 0, -E2BIG, false, true, 1, FIRST * 16 },
		{ "and has no end", 4, LAST, 0, -EACCES, false, false, 4, LAST },
		{ "the end is there", 1, FIRST, FIRST * 8, -EACCES, false, false, 1, FIRST },
		{ "all is wanted", 1, FIRST, FIRST * 8, -E2BIG, true, true, 1, FIRST * 8 },
		{ "all is too much", 1, FIRST, UINT32_MAX, -E2BIG, true, true, 1, LAST },
		{ "the largest end", 1, LAST, UINT32_MAX, -E2BIG, true, false, 1, LAST },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sys_prog_load_attr attr = {
			.log_level = rows[i].level,
			.log_size = rows[i].size,
			.log_true_size = rows[i].true_size,
		};

		check.row = rows[i].name;
		EXPECT_NUMBER(program_ask_more(&attr, rows[i].err, rows[i].wants_whole), rows[i].asked);
		EXPECT_NUMBER(attr.log_level, rows[i].next_level);
		EXPECT_NUMBER(attr.log_size, rows[i].next_size);
	}
}

static void program_names_maps(void)
{
	struct insn insns[] = {
		{ .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_MAP_FD, .imm = 1 },
		{ .imm = 0 },
		{ .code = INSN_LD_IMM64, .imm = 1 }, /* a constant, and a second half like a load */
		{ .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_MAP_FD, .imm = 1 },
		{ .code = 0xb7, .src_reg = INSN_PSEUDO_MAP_FD, .imm = 1 },
		{ .code = INSN_LD_IMM64, .imm = 1 }, /* the program ends in it */
	};
	struct object_code code = { .insns = insns, .nr_insns = COUNT_OF(insns) };
	const struct object object = { .codes = &code, .nr_codes = 1 };
	struct map items[] = { { .fd = 50 }, { .fd = 51 } };
	const struct maps maps = { .items = items, .nr = 2 };

	program_set_maps(&object, &maps);
	EXPECT_NUMBER(insns[0].imm, 51);
	for (size_t i = 2; i < COUNT_OF(insns); i++)
		EXPECT_NUMBER(insns[i].imm, 1);
}

#define LICENSE_HINT "the program's licence is 'MIT\\x0a'; add: char _license[] " \
		     "__attribute__((section(\"license\"), used)) = \"GPL\";"

#define COMPLEX_HINT "the verifier follows every path, each pass of a loop anew: " \
		     "have fewer branches and shorter loops, or bpf_loop() (since Linux 5.17)"

static void program_hints(void)
{
	static const struct {
		const char *log;
		int err, returned;
		uint32_t nr_insns, nr_maps;
		const char *lockdown, *hint;
	} rows[] = {
		{ "cannot call GPL-restricted function from non-GPL compatible program\n", -EINVAL, -EINVAL,
		  6, 1, "", LICENSE_HINT },
		{ "cannot call GPL only function from proprietary program\n", -EINVAL, -EINVAL, 6, 1, "",
		  LICENSE_HINT },
		{ "unknown func bpf_probe_read_kernel#113\n", -EINVAL, -EOPNOTSUPP, 6, 1,
		  "[none] integrity confidentiality\n",
		  "this kernel (4.9) has no helper 'bpf_probe_read_kernel#113' for such a program" },
		{ "invalid func unknown#113\n", -EINVAL, -EOPNOTSUPP, 6, 1,
		  "[none] integrity confidentiality\n",
		  "this kernel (4.9) has no helper 'unknown#113' for such a program" },
		{ "unknown func bpf_probe_read_kernel#113\n", -EINVAL, -EINVAL, 6, 1,
		  "none integrity [confidentiality]\n",
		  "the kernel is locked down (confidentiality), which takes that helper from programs" },
		{ "program of this type cannot use helper bpf_probe_read#4\n", -EINVAL, -EINVAL, 6, 1,
		  "none integrity [confidentiality]\n",
		  "the kernel is locked down (confidentiality), which takes that helper from programs" },
		{ "unknown func bpf_probe_read_kernel#113\n", -EINVAL, -EOPNOTSUPP, 6, 1,
		  "none [integrity] confidentiality\n",
		  "this kernel (4.9) has no helper 'bpf_probe_read_kernel#113' for such a program" },
		{ "unknown func bpf_loop#181\n", -EINVAL, -EOPNOTSUPP, 6, 1,
		  "none integrity [confidentiality]\n",
		  "this kernel (4.9) has no helper 'bpf_loop#181' for such a program" },
		{ "unknown func bpf_probe_write_user#36\n", -EINVAL, -EINVAL, 6, 1,
		  "none [integrity] confidentiality\n",
		  "the kernel is locked down (integrity), which takes that helper from programs" },
		{ "invalid bpf_context access off=200 size=8\n", -EACCES, -EACCES, 6, 1, "",
		  "the program reads registers that this machine does not have there: "
		  "was it compiled for another one?" },
		{ "", -E2BIG, -E2BIG, 6, 65, "", "the kernel lets a program use 64 maps, and this object has 65" },
		{ "", -E2BIG, -E2BIG, 5000, 64, "",
		  "5000 instructions are too many for this kernel (4096 before Linux 5.2)" },
		{ "BPF program is too large. Processed 131073 insn\n", -E2BIG, -E2BIG, 5000, 1, "", COMPLEX_HINT },
		{ "The sequence of 8193 jumps is too complex.\n", -E2BIG, -E2BIG, 6, 1, "", COMPLEX_HINT },
		{ "", -EINVAL, -EINVAL, 4096, 1, "",
		  "4096 instructions are too many for this kernel (4096 before Linux 5.2)" },
		{ "", -EINVAL, -EINVAL, 4095, 1, "", "this kernel may lack kprobe programs (CONFIG_BPF_EVENTS)" },
		{ "R0 !read_ok\n", -EACCES, -EACCES, 6, 1, "", "" },
		{ "; char _license[] SEC(\"license\") = \"GPL\"; @ a.c:1\n", -EACCES, -EACCES, 6, 1, "", "" },
		{ "", -ENOMEM, -ENOMEM, 6, 1, "", "" },
	};

	fixture.release = "4.9.30";
	fixture.version = "#1 SMP";
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct fixture_file files[] = {
			{ "/sys/kernel/security/lockdown", rows[i].lockdown }, { NULL, NULL },
		};
		const struct object object = {
			.license = "MIT\n",
			.maps.nr = rows[i].nr_maps,
		};
		const struct code code = { .nr_insns = rows[i].nr_insns };
		const struct object_program program = { .match.kind = &section_kinds[0] };
		const struct program_request request = {
			.object = &object, .program = &program, .code = &code,
		};

		fixture.files = files;
		check.row = rows[i].log;
		why_clear(&why);
		EXPECT_NUMBER(program_hint(&request, rows[i].log, rows[i].err, &why), rows[i].returned);
		EXPECT_TEXT(why.hint.data, rows[i].hint);
	}
	fixture.files = NULL;
}

/* A kernel that is older than the program's kind, or than one of its instructions. */
static void program_hints_on_age(void)
{
	static const struct {
		const char *section, *log;
		struct insn insn;
		int err, returned;
		const char *hint;
	} rows[] = {
		{ "raw_tp/a", "", { 0 }, -EINVAL, -EOPNOTSUPP,
		  "programs of kind raw_tp exist since Linux 4.17, this is 4.9" },
		{ "kprobe.session/a", "", { 0 }, -E2BIG, -EOPNOTSUPP,
		  "programs of kind kprobe.session exist since Linux 6.10, this is 4.9" },
		{ "perf_event/9", "", { 0 }, -EINVAL, -EINVAL,
		  "this kernel may lack perf_event programs (CONFIG_BPF_EVENTS)" },
		{ "prog", "", { 0 }, -E2BIG, -E2BIG, "" },
		{ "prog", "invalid BPF_JMP opcode a0\n", { .code = 0xa5 }, -EINVAL, -EOPNOTSUPP,
		  "instructions of -mcpu=v2 exist since Linux 4.14, this is 4.9: "
		  "compile the program with -mcpu=v1" },
		{ "prog", "unreachable insn 12\n", { .code = 0x85, .src_reg = 1 }, -EINVAL, -EOPNOTSUPP,
		  "calls of functions exist since Linux 4.16, this is 4.9: make them __always_inline" },
		{ "prog", "unknown insn class 6\n", { .code = 0x16 }, -EINVAL, -EOPNOTSUPP,
		  "instructions of -mcpu=v3 exist since Linux 5.1, this is 4.9: "
		  "compile the program with -mcpu=v1" },
		{ "prog", "BPF_ATOMIC uses invalid atomic opcode 100\n", { .code = 0xdb, .imm = 0x100 },
		  -EINVAL, -EOPNOTSUPP,
		  "loads that acquire and stores that release exist since Linux 6.15, this is 4.9" },
		{ "prog", "invalid BPF_JMP opcode e0\n", { .code = 0xe5 }, -EINVAL, -EOPNOTSUPP,
		  "loops with can_loop exist since Linux 6.9, this is 4.9" },
		{ "prog", "number of funcs in func_info doesn't match number of subprogs\n",
		  { .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_FUNC }, -EINVAL, -EOPNOTSUPP,
		  "functions that are called back exist since Linux 5.13, this is 4.9" },
		{ "uprobe.s/a:b", "Only fentry/fexit/fmod_ret and lsm programs can be sleepable\n", { 0 },
		  -EINVAL, -EOPNOTSUPP, "programs of kind uprobe.s exist since Linux 6.0, this is 4.9" },
		{ "prog", "unreachable insn 12\n", { .code = 0x85, .imm = 12 }, -EINVAL, -EINVAL, "" },
		{ "prog", "R0 !read_ok\n", { .code = 0x16 }, -EACCES, -EACCES, "" },
	};

	fixture.release = "4.9.30";
	fixture.version = "#1 SMP";
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct object object = { .license = "GPL" };
		struct insn insn = rows[i].insn;
		const struct code code = { .insns = &insn, .nr_insns = 1 };
		struct object_program program;
		struct program_request request = {
			.object = &object, .program = &program, .code = &code,
		};

		check.row = rows[i].hint;
		why_clear(&why);
		EXPECT(kind_find(rows[i].section, &program.match));
		request.attach_type = program.match.kind->attach_type;
		EXPECT_NUMBER(program_hint(&request, rows[i].log, rows[i].err, &why), rows[i].returned);
		EXPECT_TEXT(why.hint.data, rows[i].hint);
	}
}

/* Before v4.7 a helper's buffer is memory that it reads, to the verifier. */
static void program_hints_on_memory(void)
{
	static const char log[] = "9: (85) call 16\ninvalid indirect read from stack off -16+0 size 16\n";
	static const struct {
		const char *release, *hint;
	} rows[] = {
		{ "4.4.302", "before Linux 4.7 memory has to be initialized "
			     "before a helper fills it" },
		{ "4.9.30", "" },
	};
	const struct object object = { .license = "GPL" };
	const struct code code = { .nr_insns = 10 };
	const struct object_program program = { .match.kind = &section_kinds[0] };
	const struct program_request request = {
		.object = &object, .program = &program, .code = &code,
	};

	fixture.version = "#1 SMP";
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		fixture.release = check.row = rows[i].release;
		why_clear(&why);
		EXPECT_NUMBER(program_hint(&request, log, -EACCES, &why), -EACCES);
		EXPECT_TEXT(why.hint.data, rows[i].hint);
	}
}

/* Hashes with no elements made in advance are the only ones before v4.6, which knows no flags. */
static void maps_without_flags(void)
{
	const struct object_map map = { .name = "m", .type = 1, .flags = BPF_F_NO_PREALLOC };
	static const struct {
		const char *release;
		uint32_t flags;
		bool mended;
	} rows[] = { { "4.4.100", 0, true }, { "4.6.0", BPF_F_NO_PREALLOC, false } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct kernel kernel = { .no_names = false };
		struct sys_map_create_attr attr = map_attr(&kernel, &map, -1, -1);

		fixture.release = rows[i].release;
		fixture.version = "#1 SMP";
		/* A 4.4 that was given the flags refuses the name alone. */
		EXPECT(map_mend(&kernel, &map, -EINVAL, &attr));
		EXPECT_TEXT(attr.map_name, "");
		EXPECT_NUMBER(attr.map_flags, BPF_F_NO_PREALLOC);
		EXPECT_NUMBER(map_mend(&kernel, &map, -EINVAL, &attr), rows[i].mended);
		EXPECT_NUMBER(attr.map_flags, rows[i].flags);
		EXPECT(!map_mend(&kernel, &map, -EINVAL, &attr));
	}
}

/* What each instruction needs. */
static void insn_levels(void)
{
	static const struct {
		struct insn insn;
		enum insn_level level;
	} rows[] = {
		{ { .code = 0x85, .imm = 113 }, INSN_FIRST },            /* call of a helper */
		{ { .code = 0x85, .src_reg = 1 }, INSN_CALLS },
		{ { .code = 0x95 }, INSN_FIRST },                        /* exit */
		{ { .code = 0xa5 }, INSN_V2 },                           /* if r0 < imm */
		{ { .code = 0xdd }, INSN_V2 },                           /* if r0 s<= r0 */
		{ { .code = 0xd5 }, INSN_V2 },
		{ { .code = 0x16 }, INSN_V3 },                           /* if w0 == imm */
		{ { .code = 0x06 }, INSN_V4 },                           /* a long goto */
		{ { .code = 0xdb }, INSN_FIRST },                        /* lock += */
		{ { .code = 0xdb, .imm = 1 }, INSN_ATOMIC },             /* fetch and add */
		{ { .code = 0xdb, .imm = 0xf1 }, INSN_ATOMIC },          /* compare and exchange */
		{ { .code = 0xdb, .imm = 0x100 }, INSN_ORDERED },        /* a load that acquires */
		{ { .code = 0xdb, .imm = 0x110 }, INSN_ORDERED },        /* a store that releases */
		{ { .code = 0xdd }, INSN_V2 },                           /* if s<= */
		{ { .code = 0xe5 }, INSN_MAY_GOTO },
		{ { .code = 0x7b, .off = -8 }, INSN_FIRST },             /* a store */
		{ { .code = 0x79, .off = 8 }, INSN_FIRST },              /* a load */
		{ { .code = 0x91 }, INSN_V4 },                           /* a load that extends */
		{ { .code = 0xbf }, INSN_FIRST },
		{ { .code = 0xbf, .off = 8 }, INSN_V4 },                 /* a move that extends */
		{ { .code = 0x3f, .off = 1 }, INSN_V4 },                 /* s/= */
		{ { .code = 0xd4, .imm = 16 }, INSN_FIRST },             /* le16 */
		{ { .code = 0xd7, .imm = 16 }, INSN_V4 },                /* bswap16 */
		{ { .code = INSN_LD_IMM64 }, INSN_FIRST },
		{ { .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_FUNC }, INSN_POINTERS },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		EXPECT_NUMBER(insn_level(&rows[i].insn), rows[i].level);
}

/* What is there in place of a helper that reads a program's memory: on s390 nothing. */
#ifdef __s390__
#define READS_USER(number, older) number
#else
#define READS_USER(number, older) older
#endif

/* Helpers whose number a kernel does not have, and what is there instead. */
static void program_reads(void)
{
	static const struct {
		const char *log;
		bool mended;
	} rows[] = {
		{ "3: (85) call 113\ninvalid func 113\n", true },
		{ "3: (85) call unknown#115\ninvalid func unknown#115\n", true },
		{ "invalid func unknown#112\n", READS_USER(false, true) },
		{ "invalid func unknown#111\n", false },
		{ "invalid func unknown#116\n", false },
		{ "unknown func bpf_probe_read_kernel#113\n", false },
		{ "invalid func \n", false },
		{ "R0 !read_ok\n", false },
		{ NULL, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct insn insns[] = {
			{ .code = INSN_CALL, .imm = 112 }, { .code = INSN_CALL, .imm = 113 },
			{ .code = INSN_CALL, .imm = 114 }, { .code = INSN_CALL, .imm = 115 },
			{ .code = INSN_CALL, .imm = 116 }, { .code = INSN_CALL, .imm = 113, .src_reg = 1 },
			{ .code = INSN_LD_IMM64, .imm = 113 }, { .imm = 113 },
			{ .code = 0xb7, .imm = 113 },
		};
		static const int32_t mended[] = { READS_USER(112, 4), 4, READS_USER(114, 45), 45,
						  116, 113, 113, 113, 113 };
		static const int32_t kept[] = { 112, 113, 114, 115, 116, 113, 113, 113, 113 };
		const struct code code = { .insns = insns, .nr_insns = COUNT_OF(insns) };
		const struct verifier_log log = { .data = (char *)rows[i].log };

		check.row = rows[i].log ? rows[i].log : "no log";
		EXPECT_NUMBER(program_mend_reads(&code, &log), rows[i].mended);
		for (size_t k = 0; k < COUNT_OF(insns); k++)
			EXPECT_NUMBER(insns[k].imm, rows[i].mended ? mended[k] : kept[k]);
	}
}

/* Only some programs run with the registers of what they probe. */
static void program_hints_on_context(void)
{
	static const char *const rows[][2] = {
		{ "uprobe/a:b", "the program reads registers that this machine does not have there: "
				"was it compiled for another one?" },
		{ "fentry/f", "its context has no registers, but 8 bytes for each argument of the target" },
		{ "raw_tp/f", "its context has no registers, but 8 bytes for each argument of the target" },
		{ "tp/a/b", "" },
	};
	struct kind_match match;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i][0];
		why_clear(&why);
		EXPECT(kind_find(rows[i][0], &match));
		program_hint_context(match.kind, &why);
		EXPECT_TEXT(why.hint.data, rows[i][1]);
	}
}

/* Nothing is asked of the kernel for a definition that says nothing. */
static void map_without_type(void)
{
	const struct object_map map = { .name = "m", .key_size = 4, .value_size = 8, .max_entries = 1 };
	struct kernel kernel = { .memlock_raised = true };

	why_clear(&why);
	EXPECT_NUMBER(map_create(&kernel, &map, -1, -1, &why), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "its definition has no type");
}

static const struct check_case kernel_cases[] = {
	{ "kernel: lists of CPUs", cpu_lists },
	{ "kernel: sizes that depend on the machine", sizes_of_this_machine },
	{ "kernel: sizes that are not given", sizes_by_default },
	{ "kernel: lockdown", lockdown_modes },
	{ "kernel: user namespaces", user_namespaces },
	{ "kernel: names that it takes", kernel_names },
	{ "kernel: names with dots", kernel_names_with_dots },
	{ "kernel: names that it refuses", kernel_without_names },
	{ "programs: what is mended, once", programs_mended },
	{ "maps: what is mended, in which order", maps_mended },
	{ "maps: types of their keys and values", maps_with_types },
	{ "map types: names", map_types_by_name },
	{ "map types: a kernel that is too old", map_types_by_version },
	{ "map types: unknown ones", map_types_unknown },
	{ "pins: values of fdinfo", fdinfo_values },
	{ "pins: fdinfo of old and new kernels", fdinfo_shapes },
	{ "pins: fdinfo of a prog_array", fdinfo_of_prog_array },
	{ "pins: differences of maps", map_differences },
	{ "pins: directories", pin_directories },
	{ "pins: paths", pin_paths },
	{ "log: its end", log_tails },
	{ "log: lines of instructions", log_lines },
	{ "log: the last instruction", log_insns },
	{ "log: one that says more", logs_asked_for },
	{ "program: maps in its instructions", program_names_maps },
	{ "program: hints", program_hints },
	{ "program: hints on its context", program_hints_on_context },
	{ "program: hints on its age", program_hints_on_age },
	{ "program: hints on its memory", program_hints_on_memory },
	{ "maps: flags before there were any", maps_without_flags },
	{ "program: what its instructions need", insn_levels },
	{ "program: helpers that read", program_reads },
	{ "maps: one without a type", map_without_type },
};

#endif
