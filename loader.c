/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * load_kp_bpf - loads a kprobe eBPF object on any Linux machine.
 *
 *	arguments -> options
 *	file -> bytes -> ELF view -> object         (elf64.h, object.h: pure)
 *	object -> map descriptors -> program        (kernel.h)
 *	program + target -> attachment              (attach.h)
 *	maps -> pins, where they are asked for
 *	attachment -> run until a signal
 *	everything undone in reverse order, whatever step failed
 *
 * session_run() below is that list. Leaves return -errno and say why; only this
 * file prints, and only main() ends the process: a probe in tracefs outlives it.
 */
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

#include "attach.h"
#include "bpf_sys.h"
#include "elf64.h"
#include "kernel.h"
#include "object.h"
#include "text.h"

#define PROGRAM "load_kp_bpf"
#ifndef VERSION
#define VERSION "unknown"
#endif

enum status {
	STATUS_DONE = 0,    /* an interrupt is a normal end */
	STATUS_REFUSED = 1, /* by the system or the kernel */
	STATUS_USAGE = 2,
	STATUS_OBJECT = 3,  /* bad or unsupported */
	STATUS_KERNEL = 4,  /* it lacks the feature */
};

/* ---- Options ---- */

struct options {
	const char *object;
	const char *function; /* as given; NULL when it was not, with --check */
	struct target target;
	enum attach_mode mode;
	bool help, version, verbose, quiet, retprobe, check;
};

static const char usage[] =
	"usage: " PROGRAM " [options] OBJECT FUNCTION[+OFFSET]\n"
	"\n"
	"Loads the eBPF program in section \"prog\" of OBJECT, sets it as a kprobe on the\n"
	"kernel function FUNCTION, and runs until interrupted. sys_NAME finds this\n"
	"machine's system call.\n"
	"\n"
	"  -r, --retprobe     probe the return of the function\n"
	"      --attach=HOW   auto (default), perf or tracefs\n"
	"      --check        load, print what was found, attach and pin nothing;\n"
	"                     FUNCTION may be left out\n"
	"  -v, --verbose      more about each step; the whole verifier log\n"
	"  -q, --quiet        nothing but errors\n"
	"  -h, --help         this text\n"
	"  -V, --version      the version\n"
	"\n"
	"Exit status: 0 done, 1 the system or kernel refused, 2 usage, 3 the object is\n"
	"bad or unsupported, 4 this kernel lacks the feature.\n";

enum option_id {
	OPTION_HELP, OPTION_VERSION, OPTION_VERBOSE, OPTION_QUIET, OPTION_RETPROBE, OPTION_CHECK,
	OPTION_ATTACH,
};

static const struct option_name {
	enum option_id id;
	const char *name;
	char letter; /* '\0' when it has none */
	bool has_value;
} option_names[] = {
	{ OPTION_HELP, "help", 'h', false },
	{ OPTION_VERSION, "version", 'V', false },
	{ OPTION_VERBOSE, "verbose", 'v', false },
	{ OPTION_QUIET, "quiet", 'q', false },
	{ OPTION_RETPROBE, "retprobe", 'r', false },
	{ OPTION_CHECK, "check", '\0', false },
	{ OPTION_ATTACH, "attach", '\0', true },
};

#define NR_OPTIONS (sizeof(option_names) / sizeof(option_names[0]))

static int option_set_attach(struct options *options, const char *how, struct why *why)
{
	if (strcmp(how, "auto") == 0)
		options->mode = ATTACH_AUTO;
	else if (strcmp(how, "perf") == 0)
		options->mode = ATTACH_PERF;
	else if (strcmp(how, "tracefs") == 0)
		options->mode = ATTACH_TRACEFS;
	else
		return why_set(why, -EINVAL, "--attach='%s': expected auto, perf or tracefs", how);
	return 0;
}

/* `value` is "" for an option that has none. */
static int option_set(struct options *options, enum option_id id, const char *value,
		      struct why *why)
{
	switch (id) {
	case OPTION_HELP: options->help = true; break;
	case OPTION_VERSION: options->version = true; break;
	case OPTION_VERBOSE: options->verbose = true; break;
	case OPTION_QUIET: options->quiet = true; break;
	case OPTION_RETPROBE: options->retprobe = true; break;
	case OPTION_CHECK: options->check = true; break;
	case OPTION_ATTACH: return option_set_attach(options, value, why);
	}
	return 0;
}

/* "-vr": letters of options, none of which has a value. */
static int option_parse_letters(struct options *options, const char *arg, struct why *why)
{
	for (const char *p = arg + 1; *p; p++) {
		size_t i = 0;

		while (i < NR_OPTIONS && option_names[i].letter != *p)
			i++;
		if (i == NR_OPTIONS)
			return why_set(why, -EINVAL, "unknown option '-%.*s'", 1, p);
		option_set(options, option_names[i].id, "", why);
	}
	return 0;
}

/* "--name", "--name=value", "--name value"; *next is the argument behind it, NULL once used. */
static int option_parse_name(struct options *options, const char *arg, const char **next,
			     struct why *why)
{
	const char *name = arg + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;

	for (size_t i = 0; i < NR_OPTIONS; i++) {
		const struct option_name *option = &option_names[i];

		if (strlen(option->name) != len || memcmp(option->name, name, len) != 0)
			continue;
		if (!option->has_value && value)
			return why_set(why, -EINVAL, "option '--%s' takes no value", option->name);
		if (option->has_value && !value) {
			value = *next;
			*next = NULL;
		}
		if (option->has_value && !value)
			return why_set(why, -EINVAL, "option '--%s' needs a value", option->name);
		return option_set(options, option->id, value ? value : "", why);
	}
	return why_set(why, -EINVAL, "unknown option '%s'", arg);
}

static int options_add_operand(struct options *options, const char *arg, struct why *why)
{
	if (!options->object)
		options->object = arg;
	else if (!options->function)
		options->function = arg;
	else
		return why_set(why, -EINVAL, "unexpected argument '%s': expected OBJECT FUNCTION", arg);
	return 0;
}

/* Options may stand anywhere before "--". Returns 0, or -EINVAL with a reason. */
static int options_parse(int argc, char **argv, struct options *out, struct why *why)
{
	bool operands_only = false;
	int err = 0;

	*out = (struct options){ .mode = ATTACH_AUTO };
	for (int i = 1; i < argc && !err; i++) {
		const char *arg = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (operands_only || arg[0] != '-' || !arg[1]) {
			err = options_add_operand(out, arg, why);
		} else if (strcmp(arg, "--") == 0) {
			operands_only = true;
		} else if (arg[1] == '-') {
			const char *unused = next;

			err = option_parse_name(out, arg, &unused, why);
			i += next && !unused;
		} else {
			err = option_parse_letters(out, arg, why);
		}
	}
	if (err || out->help || out->version)
		return err;
	if (!out->object)
		return why_set(why, -EINVAL, "expected OBJECT and FUNCTION");
	if (!out->function && !out->check)
		return why_set(why, -EINVAL, "expected FUNCTION, the kernel function to probe");
	return out->function ? target_parse(out->function, out->retprobe, &out->target, why) : 0;
}

/* ---- Reporting ---- */

#define PRINT_CHUNK 4096 /* PIPE_BUF: so much fits when poll() says that a pipe is writable */
#define PRINT_PATIENCE_S 1

static void print_interrupt(int signal)
{
	(void)signal; /* that it came is enough */
}

/*
 * poll() calls a terminal writable that has room for a part, and write() then
 * waits for the rest: a timer ends it, again and again should it come too early.
 */
static int print_on_terminal(int fd, const char *data, size_t len)
{
	const struct sigaction action = { .sa_handler = print_interrupt }; /* no SA_RESTART */
	const struct itimerval never = { 0 };
	const struct itimerval patience = { { PRINT_PATIENCE_S, 0 }, { PRINT_PATIENCE_S, 0 } };
	int ret;

	sigaction(SIGALRM, &action, NULL);
	sys_signals_mask(SIG_UNBLOCK, SYS_SIGNAL(SIGALRM));
	setitimer(ITIMER_REAL, &patience, NULL);
	ret = sys_write(fd, data, len);
	setitimer(ITIMER_REAL, &never, NULL);
	return ret;
}

/* One write(), for no longer than our patience: what is written, 0 or -errno for nothing. */
static int print_chunk(int fd, const char *data, size_t len)
{
	struct pollfd output = { .fd = fd, .events = POLLOUT };
	struct stat st = { 0 };
	int ret = 1;

	fstat(fd, &st);
	if (S_ISCHR(st.st_mode))
		return print_on_terminal(fd, data, len);
	if (!S_ISREG(st.st_mode))
		ret = sys_result(poll(&output, 1, 1000 * PRINT_PATIENCE_S));
	return ret > 0 ? sys_write(fd, data, len) : ret;
}

/*
 * Whole messages in one write, so that those of several loaders do not mix. What
 * is full and read by nobody must not keep us from cleaning up: then the message
 * is lost.
 */
static void print_bytes(int fd, const char *data, size_t len)
{
	int ret = 1;

	for (; len > 0 && ret > 0; data += ret, len -= (size_t)ret) {
		ret = print_chunk(fd, data, len < PRINT_CHUNK ? len : PRINT_CHUNK);
		if (ret < 0)
			return;
	}
}

static void print_line(struct text *line)
{
	if (line->len == sizeof(line->data) - 1)
		line->len--;
	line->data[line->len] = '\n';
	print_bytes(STDERR_FILENO, line->data, line->len + 1);
}

/* "load_kp_bpf: SUBJECT: TEXT"; the subject, mostly the object's file, may be NULL. */
static void report_text(const char *subject, const struct text *text)
{
	struct text line;

	text_setf(&line, PROGRAM ": ");
	if (subject)
		text_addf(&line, "%s: ", subject);
	text_add(&line, text->data, text->len);
	print_line(&line);
}

__attribute__((format(printf, 2, 3)))
static void report(const char *subject, const char *format, ...)
{
	struct text text;
	va_list args;

	text_clear(&text);
	va_start(args, format);
	text_vaddf(&text, format, &args);
	va_end(args);
	report_text(subject, &text);
}

static void report_why(const char *object, const struct why *why)
{
	report_text(object, &why->reason);
	if (why->hint.len)
		report_text("hint", &why->hint);
}

static void report_log(const struct verifier_log *log, bool whole)
{
	const char *shown;

	if (!log->data || !log->data[0])
		return;
	shown = whole ? log->data : verifier_log_tail(log->data);
	print_bytes(STDERR_FILENO, shown, strlen(shown));
}

static void report_map(const char *file, const struct object *object, const struct object_map *map)
{
	static const char *const pinnings[] = {
		[PIN_NONE] = "not pinned",
		[PIN_OBJECT_NS] = "pinned in /sys/fs/bpf",
		[PIN_GLOBAL_NS] = "pinned in /sys/fs/bpf/tc/globals",
	};
	struct text text;

	text_setf(&text, "map '%s': %s (type %u), key %u, value %u, %u entries, flags 0x%x, %s",
		  map->name, map_type_name(map->type), map->type, map->key_size, map->value_size,
		  map->max_entries, map->flags, pinnings[map->pinning]);
	if (map->inner != OBJECT_NO_MAP)
		text_addf(&text, ", of maps as '%s'", object->maps[map->inner].name);
	if (map->outer != OBJECT_NO_MAP)
		text_addf(&text, ", in '%s' at %u", object->maps[map->outer].name, map->outer_key);
	report_text(file, &text);
}

static void report_version(const char *file, uint32_t object_version)
{
	uint32_t given = kernel_version();
	struct text text;

	text_setf(&text, "version: the kernel is given its own, %u.%u.%u", given >> 16,
		  given >> 8 & 255, given & 255);
	if (object_version)
		text_addf(&text, "; the object says %u.%u.%u", object_version >> 16,
			  object_version >> 8 & 255, object_version & 255);
	report_text(file, &text);
}

/* What the object holds, once it is loaded. */
static void report_object(const char *file, const struct object *object, bool verbose)
{
	report(file, "program '%s': %u instructions, licence '%s', loaded", object->program.name,
	       object->program.nr_insns, object->license);
	for (uint32_t i = 0; i < object->nr_maps; i++)
		report_map(file, object, &object->maps[i]);
	if (verbose)
		report_version(file, object->version);
}

/* A script waits for this line: from now on every hit counts. */
static void report_live(const struct object *object, const struct target *wanted,
			const struct attachment *attachment)
{
	const struct target *target = &attachment->target;
	struct text line;

	text_setf(&line, PROGRAM ": live: program '%s' on %s", object->program.name,
		  target->retprobe ? "the return of " : "");
	target_add_name(target, &line);
	if (strcmp(target->symbol, wanted->symbol) != 0 || target->offset != wanted->offset)
		text_addf(&line, " (for '%s')", wanted->symbol);
	text_addf(&line, ", by %s", attachment->mechanism);
	print_line(&line);
}

static void report_silenced(const char *file)
{
	const char *by = attach_silenced_by();

	if (by)
		report(file, "warning: %s, so hits may not count: switch it on and start again", by);
}

/* ---- The object's file ---- */

#define FILE_SIZE_MAX (64U << 20)

static const char *file_kind(mode_t mode)
{
	return S_ISDIR(mode)    ? "a directory"
	       : S_ISFIFO(mode) ? "a FIFO"
				: "a device";
}

/*
 * Descriptors 0 to 2 may be closed: then this file takes their places as well,
 * so that no message can go to a file which we open for writing later.
 */
static int file_open(const char *path)
{
	int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = sys_result(dup(fd));
	return fd;
}

static int file_check(int fd, size_t *out_size, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return why_errno(why, -errno, "cannot be looked at");
	if (!S_ISREG(st.st_mode))
		return why_set(why, -ENOEXEC, "is %s, %s", file_kind(st.st_mode), ELF_EXPECTED);
	if (st.st_size > FILE_SIZE_MAX)
		return why_set(why, -ENOEXEC, "has %lld bytes, at most %u",
			       (long long)st.st_size, FILE_SIZE_MAX);
	*out_size = (size_t)st.st_size;
	return 0;
}

/* Fills up to `size` bytes; *out_len says how many there were. */
static int file_read_all(int fd, uint8_t *data, size_t size, size_t *out_len, struct why *why)
{
	size_t len = 0;
	int ret = 1;

	while (len < size && ret > 0) {
		ret = sys_read(fd, data + len, size - len);
		if (ret > 0)
			len += (size_t)ret;
	}
	*out_len = len;
	return ret < 0 ? why_errno(why, ret, "cannot be read") : 0;
}

/*
 * Memory for the file's bytes and, behind them, for what they describe: eight
 * times as much is more than any file can need, and pages that are not touched
 * cost nothing. NULL when there is none.
 */
static uint8_t *file_make_room(struct arena *arena, size_t size)
{
	arena->size = 9 * size + (64U << 10);
	arena->data = sys_memory(arena->size);
	return arena->data ? arena_take(arena, size + 1, 1) : NULL;
}

/*
 * The file's bytes, read into memory of our own. The file itself is not mapped:
 * a writer would change checked bytes under us, and truncation raise SIGBUS.
 */
static int file_read(const char *path, struct arena *arena, struct view *out, struct why *why)
{
	size_t size = 0, len = 0;
	int fd = file_open(path);
	uint8_t *data = NULL;
	int err;

	if (fd < 0)
		return why_errno(why, fd, "cannot be opened");
	err = file_check(fd, &size, why);
	if (!err) {
		data = file_make_room(arena, size);
		err = data ? file_read_all(fd, data, size, &len, why)
			   : why_set(why, -ENOMEM, "out of memory: %zu bytes for a file of %zu",
				     arena->size, size);
	}
	close(fd);
	*out = (struct view){ .data = data, .size = len };
	return err;
}

/* ---- Signals ---- */

#define SIGNALS_END (SYS_SIGNAL(SIGINT) | SYS_SIGNAL(SIGTERM) | SYS_SIGNAL(SIGQUIT) | SYS_SIGNAL(SIGHUP))

/*
 * Blocked from the start, the signals that end us wait until we do: none is
 * lost between attaching and waiting, and none ends us halfway. SIGPIPE and
 * SIGXFSZ stay blocked: a message that cannot be written must not leave a probe
 * behind.
 */
static void signals_block(void)
{
	sys_signals_mask(SIG_BLOCK, SIGNALS_END | SYS_SIGNAL(SIGPIPE) | SYS_SIGNAL(SIGXFSZ));
}

static void signals_wait(void)
{
	int signal;

	do /* nohup(1) ignores SIGHUP, and means it; a blocked signal comes all the same */
		signal = sys_signals_wait(SIGNALS_END, 0);
	while (signal < 0 || (signal == SIGHUP && sys_signal_is_ignored(signal)));
}

/* ---- The session ---- */

/* All that must be undone. */
struct session {
	struct arena arena;
	struct kernel kernel;
	struct object object;
	struct maps maps;
	struct verifier_log log;
	int prog_fd;
	struct attachment attachment;
	bool live;
};

static int session_attach(const struct options *options, struct session *s, struct why *why)
{
	int err = maps_link(&s->maps, why);

	if (!err)
		err = attachment_open(&options->target, s->prog_fd, options->mode, &s->attachment, why);
	if (!err)
		err = maps_pin(&s->maps, why);
	return err;
}

/* Back to the loaded program: with the maps that it has now. */
static int session_reload(struct session *s, struct why *why)
{
	int err = attachment_close(&s->attachment, why);

	close(s->prog_fd);
	s->prog_fd = -1;
	if (!err)
		err = s->prog_fd = program_load(&s->kernel, &s->object, &s->log, why);
	return err < 0 ? err : 0;
}

#define ATTACH_TRIES 100 /* somebody may make and remove pins all the time */

/*
 * From the loaded program to live. The pins come last; where another start has
 * pinned a map meanwhile, that is the map of both, and the program is loaded and
 * set again with it.
 */
static int session_go_live(const struct options *options, struct session *s, struct why *why)
{
	int err = session_attach(options, s, why);

	for (int i = 1; err == -EAGAIN && i < ATTACH_TRIES; i++) {
		err = session_reload(s, why);
		if (!err)
			err = session_attach(options, s, why);
	}
	return err;
}

static int session_run(const struct options *options, struct session *s, struct why *why)
{
	struct view file = { 0 };
	struct elf elf;
	int err;

	err = file_read(options->object, &s->arena, &file, why);
	if (!err)
		err = elf_open(file, &elf, why);
	if (!err)
		err = object_parse(&elf, &s->arena, &s->object, why);
	if (!err)
		err = maps_open(&s->kernel, &s->object, &s->arena, &s->maps, why);
	if (err)
		return err;
	program_set_maps(&s->object.program, &s->maps);
	err = s->prog_fd = program_load(&s->kernel, &s->object, &s->log, why);
	if (err < 0)
		return err;
	if ((options->check && !options->quiet) || options->verbose)
		report_object(options->object, &s->object, options->verbose);
	if (options->check)
		return 0;

	err = session_go_live(options, s, why);
	if (err)
		return err;
	s->live = true;
	if (!options->quiet)
		report_live(&s->object, &options->target, &s->attachment);
	attach_sweep(&s->attachment);
	if (!options->quiet)
		report_silenced(options->object);
	signals_wait();
	return 0;
}

/* In reverse order; pins stay if the probe was live. Idempotent. */
static int session_close(struct session *s, struct why *why)
{
	int err = attachment_close(&s->attachment, why);

	if (s->prog_fd >= 0)
		close(s->prog_fd);
	s->prog_fd = -1;
	verifier_log_close(&s->log);
	maps_close(&s->maps, s->live);
	if (s->arena.data)
		munmap(s->arena.data, s->arena.size);
	s->arena = (struct arena){ 0 };
	return err;
}

static enum status status_of(int err)
{
	switch (err) {
	case 0: return STATUS_DONE;
	case -ENOEXEC: return STATUS_OBJECT;
	case -EOPNOTSUPP: return STATUS_KERNEL;
	default: return STATUS_REFUSED;
	}
}

int main(int argc, char **argv)
{
	struct session session = {
		.maps = MAPS_CLOSED,
		.prog_fd = -1,
		.attachment = ATTACHMENT_CLOSED,
	};
	struct options options;
	static struct why why; /* off the stack: a start that goes well never touches it */
	int err, close_err;

	signals_block();
	err = options_parse(argc, argv, &options, &why);
	if (err) {
		why_hint(&why, "see " PROGRAM " --help");
		report_why(NULL, &why);
		return STATUS_USAGE;
	}
	if (options.help || options.version) {
		const char *text = options.help ? usage : PROGRAM " " VERSION "\n";

		print_bytes(STDOUT_FILENO, text, strlen(text));
		return STATUS_DONE;
	}

	err = session_run(&options, &session, &why);
	if (err < 0) {
		report_why(options.object, &why);
		report_log(&session.log, options.verbose);
	}
	close_err = session_close(&session, &why);
	if (close_err < 0)
		report_why(options.object, &why);
	return status_of(err < 0 ? err : close_err);
}
