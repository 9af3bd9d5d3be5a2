/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_symbols.h - fs.h and symbols.h: lines of the kernel's files, names in /proc/kallsyms */
#ifndef UNIT_SYMBOLS_H
#define UNIT_SYMBOLS_H

#include "fixture.h"

/* ---- fs.h ---- */

static void mountinfo_lines(void)
{
	static const struct {
		const char *line, *path;
	} rows[] = {
		{ "31 23 0:12 / /sys/kernel/tracing rw,nosuid,nodev,noexec,relatime shared:10 - tracefs tracefs rw",
		  "/sys/kernel/tracing" },
		{ "31 23 0:12 / /t rw - tracefs tracefs rw", "/t" }, /* no optional field */
		{ "31 23 0:12 / /t rw shared:1 master:2 propagate_from:3 unbindable - tracefs x rw", "/t" },
		{ "31 23 0:12 / /a\\040b\\011c\\012d\\134e rw - tracefs x rw", "/a b\tc\nd\\e" },
		{ "31 23 0:12 / /a\\04 rw - tracefs x rw", "/a\\04" },       /* cut escapes stay */
		{ "31 23 0:12 / /a\\ rw - tracefs x rw", "/a\\" },
		{ "31 23 0:12 / /a\\400b rw - tracefs x rw", "/a\\400b" },    /* no byte has that value */
		{ "31 23 0:12 / /a\\048b rw - tracefs x rw", "/a\\048b" },
		{ "31 23 0:12 / /a\\100b\\000c rw - tracefs x rw", "/a@b" },      /* a path ends with NUL */
		{ "31 23 0:12 / /a\\377 rw - tracefs x rw", "/a\377" },
		{ "31 23 0:12 / / rw - tracefs", "/" },                      /* nothing behind the type */
		/* Another type, though the word is in the line. */
		{ "31 23 0:12 / /tracefs rw,tracefs - ext4 tracefs rw,tracefs", NULL },
		{ "31 23 0:12 / /t rw - tracefs2 x rw", NULL },
		{ "31 23 0:12 / /t rw - trace x rw", NULL },
		{ "31 23 0:12 / /t rw tracefs x rw", NULL },
		/* A part of the file system, bound somewhere: it has no kprobe_events. */
		{ "31 23 0:12 /instances/a /t rw - tracefs tracefs rw", NULL },
		/* Cut lines. */
		{ "", NULL }, { " ", NULL }, { "31", NULL }, { "31 23 0:12 /", NULL },
		{ "31 23 0:12 / /t", NULL }, { "31 23 0:12 / /t rw", NULL },
		{ "31 23 0:12 / /t rw -", NULL }, { "31 23 0:12 / /t rw - ", NULL },
		{ "-", NULL }, { "- - - / - - tracefs", "-" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *line = strdup(rows[i].line);

		check.row = rows[i].line;
		EXPECT_TEXT(fs_parse_mountinfo(line, "tracefs"), rows[i].path);
		free(line);
	}
}

static void lines_of(int fd, struct fs_lines *out)
{
	out->start = out->end = 0;
	out->fd = fd;
}

static void lines_read(void)
{
	static const struct {
		const char *bytes;
		const char *lines[5];
	} rows[] = {
		{ "", { NULL } },
		{ "one\n", { "one", NULL } },
		{ "one", { "one", NULL } }, /* no final newline */
		{ "one\ntwo", { "one", "two", NULL } },
		{ "\n\nx\n\n", { "", "", "x", "", NULL } },
		{ "\n", { "", NULL } },
	};
	static struct fs_lines lines;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t k = 0;
		char *line;

		lines_of(file_of(rows[i].bytes, strlen(rows[i].bytes)), &lines);
		check.row = rows[i].bytes;
		while ((line = fs_lines_next(&lines)) && rows[i].lines[k])
			EXPECT_TEXT(line, rows[i].lines[k++]);
		EXPECT(!line && !rows[i].lines[k]);
		EXPECT(!fs_lines_next(&lines));
		fs_lines_close(&lines);
	}
}

/* Lines of every length around the buffer's come whole, or in pieces that are all there. */
static void lines_of_any_length(void)
{
	static struct fs_lines lines;
	static char bytes[3 * sizeof(lines.buf)];
	const size_t room = sizeof(lines.buf) - 1;

	for (size_t len = room - 3; len <= room + 3; len++) {
		size_t got = 0, nr = 0;
		char *line;

		memset(bytes, 'l', sizeof(bytes));
		memcpy(bytes, "first\n", 6);
		bytes[6 + len] = '\n';
		memcpy(bytes + 6 + len + 1, "last", 4);
		lines_of(file_of(bytes, 6 + len + 1 + 4), &lines);
		EXPECT_TEXT(fs_lines_next(&lines), "first");
		while ((line = fs_lines_next(&lines)) && strcmp(line, "last") != 0) {
			EXPECT_NUMBER(strspn(line, "l"), strlen(line));
			got += strlen(line);
			nr++;
		}
		EXPECT_NUMBER(got, len);
		EXPECT_NUMBER(nr, len <= room - 1 ? 1 : 2);
		EXPECT_TEXT(line, "last");
		EXPECT(!fs_lines_next(&lines));
		fs_lines_close(&lines);
	}
}

static void files_read(void)
{
	static const struct fixture_file files[] = {
		{ "/proc/a", "four" }, { "/proc/empty", "" }, { NULL, NULL },
	};
	char buf[5];

	fixture.files = files;
	EXPECT_NUMBER(fs_read(&fs_proc, "a", buf, sizeof(buf)), 4);
	EXPECT_TEXT(buf, "four");
	EXPECT_NUMBER(fs_read(&fs_proc, "a", buf, 3), 2);
	EXPECT_TEXT(buf, "fo");
	EXPECT_NUMBER(fs_read(&fs_proc, "empty", buf, sizeof(buf)), 0);
	EXPECT_TEXT(buf, "");
	EXPECT(fs_read_at(AT_FDCWD, "/proc/b", buf, sizeof(buf)) == -ENOENT);
	EXPECT_TEXT(buf, "");
}

/* ---- symbols.h ---- */

static void kallsyms_lines(void)
{
	static const struct {
		const char *line;
		bool taken;
		uint64_t address;
		char type;
		const char *name;
	} rows[] = {
		{ "ffffffff8133b0a0 T vfs_read", true, 0xffffffff8133b0a0, 'T', "vfs_read" },
		{ "ffffffffc0a3e000 t nft_do_chain\t[nf_tables]", true, 0xffffffffc0a3e000, 't', "nft_do_chain" },
		{ "0000000000000000 T vfs_read", true, 0, 'T', "vfs_read" },
		{ "c0101234 t do_one_initcall", true, 0xc0101234, 't', "do_one_initcall" },
		{ "(null) A irq_stack_union", false, 0, 0, "" }, /* v4.15 without privilege, %px before */
		{ "", false, 0, 0, "" },
		{ "ffffffff8133b0a0", false, 0, 0, "" },
		{ "ffffffff8133b0a0 ", false, 0, 0, "" },
		{ "ffffffff8133b0a0 T", false, 0, 0, "" },
		{ "ffffffff8133b0a0 T ", false, 0, 0, "" },
		{ "ffffffff8133b0a0 T \t[m]", false, 0, 0, "" },
		{ "ffffffff8133b0a0TT vfs_read", false, 0, 0, "" },
		{ "1ffffffffffffffff T vfs_read", false, 0, 0, "" },
	};
	static char line[SYMBOL_NAME_SIZE + 32];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct symbol symbol = { 0 };
		char name[SYMBOL_NAME_SIZE] = "";

		check.row = rows[i].line;
		EXPECT_NUMBER(symbol_parse_line(rows[i].line, &symbol), rows[i].taken);
		if (!rows[i].taken)
			continue;
		symbol_copy_name(&symbol, name);
		EXPECT_TEXT(name, rows[i].name);
		EXPECT_NUMBER(symbol.address, rows[i].address);
		EXPECT_NUMBER(symbol.type, rows[i].type);
	}
	/* As long as a name may be, and one character more. */
	check.row = "a long name";
	for (size_t len = SYMBOL_NAME_SIZE - 1; len <= SYMBOL_NAME_SIZE; len++) {
		struct symbol symbol;

		strcpy(line, "ffffffff8133b0a0 T ");
		memset(line + 19, 'n', len);
		line[19 + len] = '\0';
		EXPECT_NUMBER(symbol_parse_line(line, &symbol), len < SYMBOL_NAME_SIZE);
	}
}

static void symbol_distances(void)
{
	static const struct {
		const char *a, *b;
		unsigned int limit, distance;
	} rows[] = {
		{ "vfs_read", "vfs_read", 3, 0 },
		{ "vfs_raed", "vfs_read", 3, 2 },
		{ "vfs_rea", "vfs_read", 3, 1 },
		{ "vfs_readd", "vfs_read", 3, 1 },
		{ "kitten", "sitting", 3, 3 },
		{ "kitten", "sitting", 2, 3 }, /* more than the limit is the limit and one */
		{ "abc", "xyz", 0, 1 },
		{ "", "", 0, 0 },
		{ "", "abc", 3, 3 },
		{ "abc", "", 3, 3 },
		{ "a", "abcdefgh", 3, 4 },
	};
	char a[64], b[64];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].a;
		EXPECT_NUMBER(symbol_distance(rows[i].a, strlen(rows[i].a), rows[i].b,
					      strlen(rows[i].b), rows[i].limit), rows[i].distance);
	}
	/* The row of the matrix has room for 63. */
	memset(a, 'n', sizeof(a));
	memset(b, 'n', sizeof(b));
	b[30] = 'm';
	EXPECT_NUMBER(symbol_distance(a, 63, b, 63, 3), 1);
	EXPECT_NUMBER(symbol_distance(a, 63, b, 64, 3), 1);
	EXPECT_NUMBER(symbol_distance(b, 63, b, 64, 3), 1);
	EXPECT_NUMBER(symbol_distance(a, 64, b, 64, 3), 4);
}

#define KALLSYMS                                                      \
	"0000000000000000 A fixed_percpu_data\n"                      \
	"ffffffff81000000 T _text\n"                                  \
	"ffffffff8133a000 T vfs_write\n"                              \
	"ffffffff8133b0a0 T vfs_read\n"                               \
	"ffffffff8133b0a0 T an_alias_of_vfs_read\n"                   \
	"ffffffff8133b200 T vfs_readv\n"                              \
	"ffffffff8133b300 t vfs_reads.isra.0\n"                       \
	"ffffffff8133b400 t vfs_reads.constprop.0.cold\n"             \
	"ffffffff8133b500 t vfs_reads.part.0\n"                       \
	"ffffffff8133b600 t vfs_reads.part.1\n"                       \
	"ffffffff8133c000 t cleanup\n"                                \
	"ffffffff8133d000 t cleanup\t[a]\n"                           \
	"ffffffff8133e000 T __x64_sys_getpid\n"                       \
	"ffffffff8133f000 t cleanap\n"                                \
	"ffffffff8133f100 t cleanap\n"                                \
	"ffffffff8133f200 t cleanap\n"                                \
	"ffffffff82a1b2c0 D jiffies\n"                                \
	"ffffffff82a1b2c8 W weak_one"

static const struct fixture_file kallsyms[] = {
	{ "kallsyms", KALLSYMS }, { NULL, NULL },
};

static void symbols_are_searched(void)
{
	static struct symbol_report report;

	fixture.files = kallsyms;
	if (symbols_search("vfs_read", &report) != 0) {
		SKIP("no /proc here");
		return;
	}
	EXPECT_NUMBER(report.nr_exact, 1);
	EXPECT_NUMBER(report.nr_data, 0);
	EXPECT_NUMBER(report.nr_variants, 0);
	EXPECT_NUMBER(report.address, 0xffffffff8133b0a0);
	EXPECT_NUMBER(report.next_address, 0xffffffff8133b200);
	EXPECT_TEXT(report.nearest[0].name, "vfs_readv");
	EXPECT_TEXT(report.nearest[1].name, ""); /* vfs_write is 4 edits away */

	symbols_search("cleanup", &report);
	EXPECT_NUMBER(report.nr_exact, 2);
	/* A name that is there three times is told once. */
	EXPECT_TEXT(report.nearest[0].name, "cleanap");
	EXPECT_TEXT(report.nearest[1].name, "");

	symbols_search("vfs_reads", &report);
	EXPECT_NUMBER(report.nr_exact, 0);
	EXPECT_NUMBER(report.nr_variants, 4);
	EXPECT_TEXT(report.variants[0], "vfs_reads.isra.0");
	EXPECT_TEXT(report.variants[1], "vfs_reads.constprop.0.cold");
	EXPECT_TEXT(report.variants[2], "vfs_reads.part.0"); /* there is room for three */
	EXPECT_TEXT(report.nearest[0].name, "vfs_read");

	symbols_search("jiffies", &report);
	EXPECT_NUMBER(report.nr_exact, 0);
	EXPECT_NUMBER(report.nr_data, 1);

	symbols_search("weak_one", &report);
	EXPECT_NUMBER(report.nr_exact, 1);
	EXPECT_NUMBER(report.next_address, 0);

	symbols_search("sys_getpit", &report);
	EXPECT_TEXT(report.nearest[0].name, "sys_getpid");
}

/* Modules may lie below the kernel, as on arm64: then the next symbol is not the next line's. */
static void symbols_of_modules(void)
{
	static const struct fixture_file files[] = {
		{ "kallsyms", "1000 t cleanup\n"
			      "9000 t other\n"
			      "2000 t cleanup\t[ab]\n"
			      "no line of kallsyms\n"
			      "4000 t cleanup\t[a]\n"
			      "5000 d counts\t[a]\n"
			      "4800 t end\t[a]\n" },
		{ NULL, NULL },
	};
	static const struct {
		const char *wanted;
		uint32_t nr_exact;
		uint64_t address, next_address;
	} rows[] = {
		{ "cleanup", 3, 0x4000, 0x2000 },
		{ "ab:cleanup", 1, 0x2000, 0x4000 },
		{ "a:cleanup", 1, 0x4000, 0x4800 },
		{ "b:cleanup", 0, 0, 0 },
		{ "a:other", 0, 0, 0 },
	};
	static const struct fixture_file none[] = { { NULL, NULL } };
	static struct symbol_report report;

	fixture.files = files;
	if (symbols_search("cleanup", &report) != 0) {
		SKIP("no /proc here");
		return;
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].wanted;
		EXPECT_NUMBER(symbols_search(rows[i].wanted, &report), 0);
		EXPECT_NUMBER(report.nr_exact, rows[i].nr_exact);
		EXPECT_NUMBER(report.address, rows[i].address);
		EXPECT_NUMBER(report.next_address, rows[i].next_address);
	}
	fixture.files = none;
	EXPECT_NUMBER(symbols_search("cleanup", &report), -ENOENT);
	EXPECT_NUMBER(report.nr_exact, 0);
}

static void nearest_names(void)
{
	/* What the three best are after each line, the best first, of equals the first. */
	static const struct {
		const char *line, *nearest[SYMBOL_NEAREST];
	} rows[] = {
		{ "1 t do_abcde", { "", "", "" } }, /* too far */
		{ "2 t do_exabc", { "do_exabc", "", "" } },
		{ "3 t do_exxx", { "do_exxx", "do_exabc", "" } },
		{ "4 d do_exi", { "do_exxx", "do_exabc", "" } }, /* data */
		{ "5 t do_exi", { "do_exi", "do_exxx", "do_exabc" } },
		{ "6 t do_exits", { "do_exi", "do_exits", "do_exxx" } },
		{ "7 t do_exi", { "do_exi", "do_exits", "do_exxx" } }, /* is there */
		{ "8 t dd_exit", { "do_exi", "do_exits", "dd_exit" } },
		{ "9 t do_exxt", { "do_exi", "do_exits", "dd_exit" } }, /* no better */
	};
	struct symbol_report report = { .wanted = "do_exit" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct symbol symbol;

		check.row = rows[i].line;
		EXPECT(symbol_parse_line(rows[i].line, &symbol));
		symbol_report_add(&report, &symbol);
		for (size_t k = 0; k < SYMBOL_NEAREST; k++)
			EXPECT_TEXT(report.nearest[k].name, rows[i].nearest[k]);
	}
}

static void symbols_are_explained(void)
{
	static const struct {
		const char *function;
		int err;
		const char *reason, *hint;
	} rows[] = {
		{ "cleanup", -EADDRNOTAVAIL,
		  "the name is there 2 times, and the kernel cannot tell which is meant", "" },
		{ "vfs_read", -EADDRNOTAVAIL,
		  "the kernel calls the name ambiguous: Cannot assign requested address", "" },
		{ "jiffies", -EINVAL, "is data, not a function", "" },
		{ "vfs_reads", -ENOENT, "there is no such function in this kernel",
		  "the compiler made variants of it: 'vfs_reads.isra.0', 'vfs_reads.constprop.0.cold', "
		  "'vfs_reads.part.0'" },
		{ "vfs_reed", -ENOENT, "there is no such function in this kernel",
		  "nearest names: 'vfs_read', 'vfs_readv'" },
		{ "xfs:cleanop", -ENOENT, "there is no such function in this kernel",
		  "nearest names: 'cleanup', 'cleanap'" },
		{ "vfs_read+3", -EINVAL,
		  "is not an instruction boundary, or an instruction that cannot be probed: Invalid argument", "" },
		{ "nothing_like_it", -ENOENT, "there is no such function in this kernel",
		  "the functions are listed in /proc/kallsyms, as t or T; one that was inlined is not there" },
	};

	const struct probe_session tried = PROBE_SESSION_CLOSED;

	fixture.files = kallsyms;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct target target;

		check.row = rows[i].function;
		EXPECT_NUMBER(target_parse(rows[i].function, false, &target, &why), 0);
		why_clear(&why);
		EXPECT_NUMBER(attach_explain(&target, &tried, rows[i].err, &why), rows[i].err);
		if (text_find(why.reason.data, "there is no /proc/kallsyms")) {
			SKIP("no /proc here");
			return;
		}
		EXPECT_TEXT(why.reason.data, rows[i].reason);
		EXPECT_TEXT(why.hint.data, rows[i].hint);
	}
}

static void offsets_are_checked(void)
{
	static const struct {
		const char *function;
		int err;
		const char *reason;
	} rows[] = {
		{ "vfs_read", 0, "" },
		{ "vfs_read+0x15f", 0, "" },
		{ "vfs_read+0x160", -EINVAL, "the offset is outside of the function, which has 352 bytes" },
		{ "vfs_read+0xffffffffffffffff", -EINVAL,
		  "the offset is outside of the function, which has 352 bytes" },
		{ "cleanup+0x100000", 0, "" },  /* there twice: the kernel's to say */
		{ "weak_one+0x100000", 0, "" }, /* nothing behind it */
		{ "sys_getpid+4", 0, "" },      /* its wrapper's name is another */
	};

	fixture.files = kallsyms;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct target target;

		check.row = rows[i].function;
		EXPECT_NUMBER(target_parse(rows[i].function, false, &target, &why), 0);
		why_clear(&why);
		EXPECT_NUMBER(attach_check_target(&target, &why), rows[i].err);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
	}
}

/* A load of the address of each extern: of the last name given, or why there is none. */
static const char *extern_resolved(const char *name, bool weak)
{
	static uint64_t memory[64];
	struct arena arena = { .data = (uint8_t *)memory, .size = sizeof(memory) };
	struct object_extern externs[] = {
		{ .name = "other", .kind = EXTERN_KSYM, .is_weak = true },
		{ .name = name, .kind = EXTERN_KSYM, .is_weak = weak },
	};
	struct insn insns[] = { { .code = INSN_LD_IMM64, .src_reg = INSN_PSEUDO_EXTERN, .imm = 1 }, { 0 } };
	struct object_code code = { .insns = insns, .nr_insns = 2 };
	struct object object = { .externs = externs, .nr_externs = 2, .codes = &code, .nr_codes = 1 };
	struct kbtf kbtf = { .file = NULL };

	memset(memory, 0, sizeof(memory));
	why_clear(&why);
	if (externs_resolve(&object, &kbtf, &arena, &why) != 0)
		return why.reason.data;
	text_setf(&text, "0x%llx", (unsigned long long)(uint32_t)insns[1].imm << 32 | (uint32_t)insns[0].imm);
	return text.data;
}

static void externs_by_address(void)
{
	static const struct fixture_file files[] = {
		{ "kallsyms", "ffffffff81000000 T once\n"
			      "ffffffff81000010 T twice\n"
			      "ffffffff81000020 T on\n"
			      "ffffffff81000030 t twice\t[module]\n"
			      "ffffffff81000040 D same\n"
			      "ffffffff81000040 D same\n" },
		{ NULL, NULL },
	};

	fixture.files = files;
	EXPECT_TEXT(extern_resolved("once", false), "0xffffffff81000000");
	EXPECT_TEXT(extern_resolved("same", false), "0xffffffff81000040");
	EXPECT_TEXT(extern_resolved("no", true), "0x0");
	EXPECT_TEXT(extern_resolved("no", false), "extern 'no': this kernel has no such symbol");
	EXPECT_TEXT(extern_resolved("twice", false),
		    "extern 'twice': this kernel has several symbols of that name, "
		    "at 0xffffffff81000010 and 0xffffffff81000030");
	EXPECT(text_find(extern_resolved("twice", true), "several symbols"));
}

/* The file is an argument, and the sentence names it. */
static void bad_files_of_btf(void)
{
	static const struct fixture_file files[] = {
		{ "empty", "" }, { "text", "nnone at all\n" }, { "short", "\x9f\xeb\x01" },
		{ "elf", "\177ELF, and seventy more bytes that make no sense as a header of such a file" },
		{ NULL, NULL },
	};
	static const struct {
		const char *file, *reason;
	} rows[] = {
		{ "nowhere", "--btf 'nowhere': cannot be read: No such file or directory" },
		{ "empty", "--btf 'empty': cannot be read: Invalid argument" },
		{ "text", "--btf 'text': has magic number 0x6e6e, expected 0xeb9f (BTF)" },
		{ "short", "--btf 'short': is truncated: 3 bytes, its header has 24" },
		{ "elf", "--btf 'elf': is no 64-bit " ELF_HOST_ORDER " ELF file with a section '.BTF'" },
	};

	fixture.files = files;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct kbtf kbtf = { .file = rows[i].file };

		check.row = rows[i].file;
		why_clear(&why);
		EXPECT_NUMBER(status_of(kbtf_open(&kbtf, &why)), STATUS_USAGE);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
		kbtf_close(&kbtf);
	}
}

/* What cannot be read is not taken for what is not there. */
static void kernels_btf_is_refused(void)
{
	static const struct fixture_file files[] = {
		{ "/sys/kernel/btf/vmlinux", "" }, { NULL, NULL },
	};
	struct kbtf kbtf = { .file = NULL };

	fixture.files = files;
	EXPECT_NUMBER(kbtf_open(&kbtf, &why), -EINVAL);
	EXPECT_TEXT(why.reason.data, "the kernel's BTF cannot be read: Invalid argument");
	fixture.files++;
	EXPECT_NUMBER(kbtf_open(&kbtf, &why), -EOPNOTSUPP);
	kbtf_close(&kbtf);
}

static bool part_is(int fd, uint64_t off, uint64_t size, const char *wanted)
{
	struct view part = { 0 };
	bool is_it = kbtf_read_part(fd, off, size, &part) == 0 && part.size == strlen(wanted) &&
		     memcmp(part.data, wanted, part.size) == 0;

	sys_unmap((void *)part.data, (size_t)part.size);
	return is_it;
}

/* Somebody may make it shorter: then it ends there. */
static void parts_of_files(void)
{
	int fd = file_of("0123456789", 10);
	struct view part;

	EXPECT(part_is(fd, 0, 10, "0123456789"));
	EXPECT(part_is(fd, 2, 3, "234"));
	EXPECT(part_is(fd, 8, 1 << 20, "89"));
	EXPECT_NUMBER(kbtf_read_part(fd, 10, 1, &part), -EINVAL);
	EXPECT_NUMBER(kbtf_read_part(fd, 0, 0, &part), -EINVAL);
	EXPECT_NUMBER(kbtf_read_part(fd, 0, UINT64_MAX, &part), -ENOMEM);
	EXPECT(!part.data);
	sys_close(fd);
}

static void btf_of_elf_files(void)
{
	struct {
		struct elf64_header header;
		struct elf64_section sections[3];
		char names[16], btf[5];
	} file = {
		.header = {
			.e_shoff = offsetof(typeof(file), sections), .e_shnum = 3, .e_shstrndx = 1,
		},
		.sections = {
			[1] = { .sh_offset = offsetof(typeof(file), names), .sh_size = sizeof(file.names) },
			[2] = { .sh_name = 3, .sh_offset = offsetof(typeof(file), btf), .sh_size = 5 },
		},
		.names = "\0na.BTF",
		.btf = "types",
	};
	struct view found = { 0 };
	int fd = file_of(&file, sizeof(file));

	EXPECT_NUMBER(kbtf_read_section(fd, &file.header, &found), 0);
	EXPECT(found.size == 5 && memcmp(found.data, "types", 5) == 0);
	sys_unmap((void *)found.data, (size_t)found.size);
	file.header.e_shnum = 2;
	EXPECT_NUMBER(kbtf_read_section(fd, &file.header, &found), -ENOEXEC);
	file.header.e_shnum = 3;
	file.header.e_shstrndx = 3;
	EXPECT_NUMBER(kbtf_read_section(fd, &file.header, &found), -ENOEXEC);
	file.header.e_shoff = UINT64_MAX;
	EXPECT_NUMBER(kbtf_read_section(fd, &file.header, &found), -ENOEXEC);
	sys_close(fd);
}

static const struct check_case symbol_cases[] = {
	{ "files: lines of mountinfo", mountinfo_lines },
	{ "files: lines", lines_read },
	{ "files: long lines", lines_of_any_length },
	{ "files: small ones", files_read },
	{ "files: parts", parts_of_files },
	{ "files: BTF in ELF", btf_of_elf_files },
	{ "symbols: lines of kallsyms", kallsyms_lines },
	{ "symbols: distances", symbol_distances },
	{ "symbols: one pass", symbols_are_searched },
	{ "symbols: of modules", symbols_of_modules },
	{ "symbols: the nearest", nearest_names },
	{ "symbols: why it did not attach", symbols_are_explained },
	{ "symbols: offsets outside of the function", offsets_are_checked },
	{ "symbols: externs", externs_by_address },
	{ "symbols: --btf of a file that has none", bad_files_of_btf },
	{ "symbols: a kernel's BTF that cannot be read", kernels_btf_is_refused },
};

#endif
