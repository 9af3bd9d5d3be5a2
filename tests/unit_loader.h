/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_loader.h - loader.c: options, messages, statuses, the file */
#ifndef UNIT_LOADER_H
#define UNIT_LOADER_H

#include <sys/wait.h>

#include "fixture.h"

/* ---- loader.c: options ---- */

#define OPTIONS_MAX 6

static void options_are_parsed(void)
{
	static const struct {
		const char *argv[OPTIONS_MAX];
		const char *reason; /* NULL: taken */
		const char *object, *function;
		char set[8]; /* the letters of what is set; c for --check */
		enum attach_mode mode;
	} rows[] = {
		{ { "o", "f" }, NULL, "o", "f", "", ATTACH_AUTO },
		{ { "-v", "o", "-r", "f", "-q" }, NULL, "o", "f", "vqr", ATTACH_AUTO },
		{ { "-vr", "o", "f" }, NULL, "o", "f", "vr", ATTACH_AUTO },
		{ { "--verbose", "--quiet", "--retprobe", "o", "f" }, NULL, "o", "f", "vqr", ATTACH_AUTO },
		{ { "o", "f", "--attach=perf" }, NULL, "o", "f", "", ATTACH_PERF },
		{ { "--attach", "tracefs", "o", "f" }, NULL, "o", "f", "", ATTACH_TRACEFS },
		{ { "--attach=perf", "--attach=auto", "o", "f" }, NULL, "o", "f", "", ATTACH_AUTO },
		{ { "--check", "o" }, NULL, "o", NULL, "c", ATTACH_AUTO },
		{ { "--check", "o", "f" }, NULL, "o", "f", "c", ATTACH_AUTO },
		{ { "--", "-v", "f" }, NULL, "-v", "f", "", ATTACH_AUTO },
		{ { "-", "f" }, NULL, "-", "f", "", ATTACH_AUTO },
		{ { "o", "--", "f" }, NULL, "o", "f", "", ATTACH_AUTO },
		{ { "-h" }, NULL, NULL, NULL, "h", ATTACH_AUTO },
		{ { "--help", "o", "f+bad" }, NULL, "o", "f+bad", "h", ATTACH_AUTO },
		{ { "-V" }, NULL, NULL, NULL, "V", ATTACH_AUTO },
		{ { "--version" }, NULL, NULL, NULL, "V", ATTACH_AUTO },
		{ { NULL }, "expected OBJECT", NULL, NULL, "", 0 },
		{ { "-v" }, "expected OBJECT", NULL, NULL, "", 0 },
		{ { "--check" }, "expected OBJECT", NULL, NULL, "", 0 },
		{ { "o" }, NULL, "o", NULL, "", ATTACH_AUTO },
		{ { "o", "vfs_*" }, NULL, "o", "vfs_*", "", ATTACH_AUTO },
		{ { "o", "f", "g h" }, "function 'g h': character ' ' in a name", NULL, NULL, "", 0 },
		{ { "o", "f", "-x" }, "unknown option '-x'", NULL, NULL, "", 0 },
		{ { "-vx", "o", "f" }, "unknown option '-x'", NULL, NULL, "", 0 },
		{ { "-\1", "o", "f" }, "unknown option '-\\x01'", NULL, NULL, "", 0 },
		{ { "-\2", "o", "f" }, "unknown option '-\\x02'", NULL, NULL, "", 0 },
		{ { "-\xff", "o", "f" }, "unknown option '-\\xff'", NULL, NULL, "", 0 },
		{ { "--verb", "o", "f" }, "unknown option '--verb'", NULL, NULL, "", 0 },
		{ { "--verbosely", "o", "f" }, "unknown option '--verbosely'", NULL, NULL, "", 0 },
		{ { "--=x", "o", "f" }, "unknown option '--=x'", NULL, NULL, "", 0 },
		{ { "--a\nb", "o", "f" }, "unknown option '--a\\x0ab'", NULL, NULL, "", 0 },
		{ { "--verbose=1", "o", "f" }, "option '--verbose' takes no value", NULL, NULL, "", 0 },
		{ { "o", "f", "--attach" }, "option '--attach' needs a value", NULL, NULL, "", 0 },
		{ { "--attach=", "o", "f" }, "--attach='': expected auto, perf or tracefs", NULL, NULL, "", 0 },
		{ { "--attach=link", "o", "f" }, "--attach='link': expected auto, perf or tracefs", NULL, NULL, "", 0 },
		{ { "--attach", "o", "f" }, "--attach='o': expected auto, perf or tracefs", NULL, NULL, "", 0 },
		{ { "o", "f f" }, "function 'f f': character ' ' in a name", NULL, NULL, "", 0 },
		{ { "-r", "o", "f+4" }, "function 'f+4': a return probe takes no offset", NULL, NULL, "", 0 },
		{ { "o", "f+4", "-r" }, "function 'f+4': a return probe takes no offset", NULL, NULL, "", 0 },
		{ { "--check", "o", "f f" }, "function 'f f': character ' ' in a name", NULL, NULL, "", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *argv[OPTIONS_MAX + 2] = { (char *)"load_kp_bpf" };
		struct options o;
		int argc = 1;

		while (argc <= OPTIONS_MAX && rows[i].argv[argc - 1]) {
			argv[argc] = (char *)rows[i].argv[argc - 1];
			argc++;
		}
		check.row = argc > 1 ? argv[1] : "no arguments";
		why_clear(&why);
		EXPECT_NUMBER(options_parse(argc, argv, &o, &why) != 0, rows[i].reason != NULL);
		EXPECT_TEXT(why.reason.data, rows[i].reason ? rows[i].reason : "");
		if (rows[i].reason)
			continue;
		EXPECT_TEXT(o.object, rows[i].object);
		EXPECT_NUMBER(o.wanted.nr_functions, rows[i].function ? 1 : 0);
		EXPECT_TEXT(o.wanted.nr_functions ? o.wanted.functions[0] : NULL, rows[i].function);
		EXPECT_NUMBER(o.mode, rows[i].mode);
		EXPECT_NUMBER(o.help, strchr(rows[i].set, 'h') != NULL);
		EXPECT_NUMBER(o.version, strchr(rows[i].set, 'V') != NULL);
		EXPECT_NUMBER(o.verbose, strchr(rows[i].set, 'v') != NULL);
		EXPECT_NUMBER(o.quiet, strchr(rows[i].set, 'q') != NULL);
		EXPECT_NUMBER(o.wanted.retprobe, strchr(rows[i].set, 'r') != NULL);
		EXPECT_NUMBER(o.wanted.check, strchr(rows[i].set, 'c') != NULL);
	}
}

/* Several FUNCTIONs stay in their order, whatever stands between them. */
static void options_of_several_functions(void)
{
	char *argv[] = { (char *)"load_kp_bpf", (char *)"f1", (char *)"-v", (char *)"f2",
			 (char *)"--btf", (char *)"file", (char *)"f3", NULL };
	struct options o;

	EXPECT_NUMBER(options_parse(COUNT_OF(argv) - 1, argv, &o, &why), 0);
	EXPECT_TEXT(o.object, "f1");
	EXPECT_TEXT(o.btf, "file");
	EXPECT_NUMBER(o.wanted.nr_functions, 2);
	EXPECT_TEXT(o.wanted.functions[0], "f2");
	EXPECT_TEXT(o.wanted.functions[1], "f3");
}

/* A process can be started with no argument, not even its name. */
static void options_of_nothing(void)
{
	char *argv[] = { NULL };
	struct options o;

	EXPECT_NUMBER(options_parse(0, argv, &o, &why), -EINVAL);
	EXPECT_TEXT(why.reason.data, "expected OBJECT");
}

/* ---- loader.c: reporting ---- */

static int stderr_kept = -1;

/* What is written to stderr until stderr_text() goes to a file. */
static void stderr_catch(void)
{
	int fd = file_of("", 0);

	fflush(stderr);
	stderr_kept = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static const char *stderr_text(void)
{
	const char *caught = file_text(STDERR_FILENO);

	dup2(stderr_kept, STDERR_FILENO);
	close(stderr_kept);
	return caught;
}

static void reports_why(void)
{
	why_set(&why, -EINVAL, "no '%s'", "x\ny");
	stderr_catch();
	report_why("a\nfile.o", &why);
	EXPECT_TEXT(stderr_text(), "load_kp_bpf: a\\x0afile.o: no 'x\\x0ay'\n");
	why_hint(&why, "100%%");
	stderr_catch();
	report_why(NULL, &why);
	EXPECT_TEXT(stderr_text(), "load_kp_bpf: no 'x\\x0ay'\nload_kp_bpf: hint: 100%\n");
}

/* Whatever was cut, a line ends, once. */
static void reports_long_lines(void)
{
	const char *caught;
	size_t len;

	why_clear(&why);
	for (int i = 0; i < 2 * TEXT_SIZE; i++)
		text_add(&why.reason, "r", 1);
	stderr_catch();
	report_why("file.o", &why);
	caught = stderr_text();
	len = strlen(caught);
	EXPECT(len > TEXT_SIZE - 100);
	EXPECT(strchr(caught, '\n') == caught + len - 1);
}

static void reports_live(void)
{
	static const struct {
		const char *wanted, *found, *mechanism, *line;
	} rows[] = {
		{ "sys_bpf", "__x64_sys_bpf", "perf link",
		  "load_kp_bpf: live: program 'count' on '__x64_sys_bpf' (for 'sys_bpf'), by perf link\n" },
		{ "vfs_read+4", "vfs_read+4", "perf ioctl",
		  "load_kp_bpf: live: program 'count' on 'vfs_read+0x4', by perf ioctl\n" },
		{ "vfs_read", "vfs_read+4", "perf link",
		  "load_kp_bpf: live: program 'count' on 'vfs_read+0x4' (for 'vfs_read'), by perf link\n" },
		{ "vfs_read", "vfs_read", "tracefs",
		  "load_kp_bpf: live: program 'count' on 'vfs_read', by tracefs\n" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct attach_report attached = { .mechanism = rows[i].mechanism };
		struct target wanted, found;

		target_parse(rows[i].wanted, false, &wanted, &why);
		target_parse(rows[i].found, false, &found, &why);
		attach_add_place(&wanted, &found, &attached.place);
		stderr_catch();
		report_live("count", &attached);
		EXPECT_TEXT(stderr_text(), rows[i].line);
	}
}

static void reports_objects(void)
{
	static const struct fixture_file none[] = { { NULL, NULL } };
	struct object_map maps[] = {
		{ .name = "outer", .type = 12, .key_size = 4, .value_size = 4, .max_entries = 8, .inner = 1 },
		{ .name = "in\n", .type = 1, .key_size = 4, .value_size = 16, .max_entries = 1024,
		  .flags = 0x81, .pinning = PIN_GLOBAL_NS, .pin_namespace = "tc", .inner = OBJECT_NO_MAP },
		{ .name = "odd", .type = 1000, .pinning = PIN_OBJECT_NS, .inner = OBJECT_NO_MAP },
	};
	struct object_slot slots[] = { { .map = 0, .key = 3, .value = 1 } };
	struct object_function function = { .name = "count", .nr_insns = 6 };
	struct object_program spec = { .name = "count" };
	struct program program = { .spec = &spec, .fd = 5 };
	const struct programs programs = { .items = &program, .nr = 1 };
	struct object object = {
		.maps = { maps, COUNT_OF(maps), slots, COUNT_OF(slots) },
		.license = "GPL", .version = 0x040906, .functions = &function, .nr_functions = 1,
	};

	fixture.files = none;
	stderr_catch();
	report_object("t.o", &object, &programs, false);
	EXPECT_TEXT(stderr_text(),
		    "load_kp_bpf: t.o: program 'count': 6 instructions, licence 'GPL', loaded\n"
		    "load_kp_bpf: t.o: map 'outer': array_of_maps (type 12), key 4, value 4, 8 entries, "
		    "flags 0x0, not pinned, of maps as 'in\\x0a'\n"
		    "load_kp_bpf: t.o: map 'in\\x0a': hash (type 1), key 4, value 16, 1024 entries, "
		    "flags 0x81, pinned in /sys/fs/bpf/tc/globals, in 'outer' at 3\n"
		    "load_kp_bpf: t.o: map 'odd': unknown (type 1000), key 0, value 0, 0 entries, "
		    "flags 0x0, pinned in /sys/fs/bpf\n");

	object.maps.nr = 0;
	stderr_catch();
	report_object("t.o", &object, &programs, true);
	EXPECT_TEXT(stderr_text(),
		    "load_kp_bpf: t.o: program 'count': 6 instructions, licence 'GPL', loaded\n"
		    "load_kp_bpf: t.o: version: the kernel is given its own, 6.1.140; the object says 4.9.6\n");
	object.version = 0;
	program.fd = -1;
	spec.match.optional = true;
	stderr_catch();
	report_object("t.o", &object, &programs, true);
	EXPECT_TEXT(stderr_text(),
		    "load_kp_bpf: t.o: program 'count': 6 instructions, licence 'GPL', optional, not loaded\n"
		    "load_kp_bpf: t.o: version: the kernel is given its own, 6.1.140\n");
}

/* Names that are shown whole hide nothing of the line behind them. */
static void reports_long_names(void)
{
	static const char name[] = "a_name_of_sixty_characters_which_many_a_generator_would_make";
	struct object_map map = {
		.name = name, .type = 1, .key_size = 4, .value_size = 8, .max_entries = 1,
		.pinning = PIN_GLOBAL_NS, .pin_namespace = "tc", .inner = OBJECT_NO_MAP,
	};
	struct object_slot slot = { .map = 0, .key = 3, .value = 0 };
	const struct object_maps maps = { &map, 1, &slot, 1 };

	stderr_catch();
	report_map("t.o", &maps, 0);
	EXPECT_TEXT(stderr_text(),
		    "load_kp_bpf: t.o: map 'a_name_of_sixty_characters_which_many_a_generator_would_make': "
		    "hash (type 1), key 4, value 8, 1 entries, flags 0x0, pinned in /sys/fs/bpf/tc/globals, "
		    "in 'a_name_of_sixty_characters_which_many_a_generator_would_make' at 3\n");
}

/* What a reader gets of a text that is printed into fds[1]; the writing end is closed. */
static const char *printed_into(const int fds[2], const char *bytes, size_t len)
{
	static char got[65536];
	ssize_t part, sum = 0;

	print_bytes(fds[1], bytes, len);
	while (sum < (ssize_t)len &&
	       (part = read(fds[0], got + sum, sizeof(got) - 1 - (size_t)sum)) > 0)
		sum += part;
	got[sum] = '\0';
	close(fds[1]);
	close(fds[0]);
	return got;
}

static void prints_into_pipes(void)
{
	static char bytes[3 * PRINT_CHUNK + 2];
	int fds[2];

	memset(bytes, 'x', sizeof(bytes) - 1);
	EXPECT(pipe(fds) == 0);
	EXPECT_TEXT(printed_into(fds, bytes, sizeof(bytes) - 1), bytes);

	/* A full one takes its time, and then nothing. */
	EXPECT(pipe(fds) == 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], bytes, PRINT_CHUNK) > 0)
		;
	fcntl(fds[1], F_SETFL, 0);
	print_bytes(fds[1], bytes, sizeof(bytes) - 1);
	close(fds[0]);
	close(fds[1]);
}

/* A pipe that has room for nothing. */
static void pipe_full(int fds[2])
{
	static const char bytes[PRINT_CHUNK];

	EXPECT(pipe(fds) == 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], bytes, sizeof(bytes)) > 0)
		;
	fcntl(fds[1], F_SETFL, 0);
}

/* To a reader that is slower than our patience nothing is lost; a signal or its end ends it. */
static void prints_to_slow_readers(void)
{
	char bytes[PRINT_CHUNK];
	int fds[2], status = -1;

	memset(bytes, 'x', sizeof(bytes));
	pipe_full(fds);
	fflush(stdout);
	if (fork() == 0) {
		close(fds[1]);
		usleep(1500000 * PRINT_PATIENCE_S);
		while (read(fds[0], bytes, sizeof(bytes)) > 0 && bytes[0] != 'x')
			;
		_exit(bytes[0] == 'x' ? 0 : 1);
	}
	EXPECT_NUMBER(print_patiently(fds[1], bytes, sizeof(bytes)), 0);
	close(fds[1]);
	close(fds[0]);
	EXPECT(wait(&status) > 0);
	EXPECT_NUMBER(status, 0);

	signals_block();
	pipe_full(fds);
	raise(SIGINT);
	EXPECT_NUMBER(print_patiently(fds[1], bytes, sizeof(bytes)), -EINTR);
	EXPECT_NUMBER(sys_signals_wait(SYS_SIGNALS_END, 1), SIGINT);
	close(fds[0]);
	EXPECT_NUMBER(print_patiently(fds[1], bytes, sizeof(bytes)), -EPIPE);
	close(fds[1]);
	sys_signals_mask(SIG_UNBLOCK, SYS_SIGNALS_END);
}

/* A terminal with no more room than a part of it. */
static void prints_into_terminals(void)
{
	char room[10];
	int fds[2];

	fds[0] = posix_openpt(O_RDWR | O_NOCTTY);
	EXPECT(fds[0] >= 0 && grantpt(fds[0]) == 0 && unlockpt(fds[0]) == 0);
	fds[1] = open(ptsname(fds[0]), O_RDWR | O_NOCTTY);
	EXPECT_TEXT(printed_into(fds, "one line", 8), "one line");

	fds[0] = posix_openpt(O_RDWR | O_NOCTTY);
	EXPECT(fds[0] >= 0 && grantpt(fds[0]) == 0 && unlockpt(fds[0]) == 0);
	fds[1] = open(ptsname(fds[0]), O_RDWR | O_NOCTTY);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 3; i++, usleep(20000)) /* what is in it moves on behind our back */
		while (write(fds[1], "x", 1) > 0)
			;
	EXPECT_NUMBER(read(fds[0], room, sizeof(room)), sizeof(room));
	fcntl(fds[1], F_SETFL, 0);
	print_bytes(fds[1], "a line that is longer than the room for it", 42);
	close(fds[0]);
	close(fds[1]);
}

/* How much goes to /dev/kmsg at a time. */
static void prints_records(void)
{
	char data[3 * PRINT_RECORD];

	memset(data, 'x', sizeof(data));
	EXPECT_NUMBER(print_record(data, 1), 1);
	EXPECT_NUMBER(print_record(data, PRINT_RECORD), PRINT_RECORD);
	EXPECT_NUMBER(print_record(data, sizeof(data)), PRINT_RECORD);
	data[PRINT_RECORD] = '\n';
	EXPECT_NUMBER(print_record(data, sizeof(data)), PRINT_RECORD);
	data[100] = data[500] = '\n';
	EXPECT_NUMBER(print_record(data, sizeof(data)), 501);
	EXPECT_NUMBER(print_record(data, 500), 101);
	EXPECT_NUMBER(print_record(data + 500, 1), 1);
}

static void reports_logs(void)
{
	char data[] = "0: (b7) r0 = 0\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\n1: (95) exit\nR0 is bad\n";
	const struct verifier_log log = { data, sizeof(data), .wants_whole = true };
	const struct verifier_log end = { data, sizeof(data), .wants_whole = false };
	const struct verifier_log none = { .wants_whole = true };

	stderr_catch();
	report_log(&none);
	EXPECT_TEXT(stderr_text(), "");
	stderr_catch();
	report_log(&log);
	EXPECT_TEXT(stderr_text(), data);
	stderr_catch();
	report_log(&end);
	EXPECT_TEXT(stderr_text(), data + strlen("0: (b7) r0 = 0\n"));
}

static void statuses(void)
{
	EXPECT_NUMBER(status_of(0), 0);
	EXPECT_NUMBER(status_of(-ENOEXEC), 3);
	EXPECT_NUMBER(status_of(-EOPNOTSUPP), 4);
	EXPECT_NUMBER(status_of(-EPERM), 1);
	EXPECT_NUMBER(status_of(-ENOENT), 1);
	EXPECT_NUMBER(status_of(-ENOMEM), 1);
	EXPECT_NUMBER(status_of(-EEXIST), 1);
	EXPECT_NUMBER(STATUS_USAGE, 2);
}

/* ---- loader.c: the file ---- */

static void kinds_of_files(void)
{
	EXPECT_TEXT(file_kind(S_IFDIR | 0755), "a directory");
	EXPECT_TEXT(file_kind(S_IFIFO), "a FIFO");
	EXPECT_TEXT(file_kind(S_IFCHR), "a device");
	EXPECT_TEXT(file_kind(S_IFBLK), "a device");
}

/* It may shrink while it is read, and comes in pieces. */
static void files_of_other_sizes(void)
{
	uint8_t data[16];
	size_t len = 99;
	int fds[2];

	EXPECT(pipe(fds) == 0);
	EXPECT(write(fds[1], "12345", 5) == 5);
	close(fds[1]);
	EXPECT_NUMBER(file_read_all(fds[0], data, sizeof(data), &len, &why), 0);
	EXPECT_NUMBER(len, 5);
	close(fds[0]);
	fds[0] = file_of("0123456789abcdef0123", 20);
	EXPECT_NUMBER(file_read_all(fds[0], data, sizeof(data), &len, &why), 0);
	EXPECT_NUMBER(len, 16);
	close(fds[0]);
	EXPECT_NUMBER(file_read_all(-1, data, sizeof(data), &len, &why), -EBADF);
	EXPECT_TEXT(why.reason.data, "cannot be read: Bad file descriptor");
}

static const struct check_case loader_cases[] = {
	{ "options: the whole table", options_are_parsed },
	{ "options: several functions", options_of_several_functions },
	{ "options: an empty argv", options_of_nothing },
	{ "report: a reason and a hint", reports_why },
	{ "report: long lines", reports_long_lines },
	{ "report: the live line", reports_live },
	{ "report: an object", reports_objects },
	{ "report: long names", reports_long_names },
	{ "report: the verifier's log", reports_logs },
	{ "what is printed: records of the kernel's log", prints_records },
	{ "report: into pipes", prints_into_pipes },
	{ "report: into pipes that are slow", prints_to_slow_readers },
	{ "report: into terminals", prints_into_terminals },
	{ "status: of each error", statuses },
	{ "file: kinds", kinds_of_files },
	{ "file: short and long reads", files_of_other_sizes },
};

#endif
