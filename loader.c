/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * load_kp_bpf - loads eBPF objects for tracing on any Linux machine.
 *
 *	arguments -> options                        (options.h)
 *	file -> bytes -> ELF view -> object         (file.h; elf64.h, btf.h, object.h: pure)
 *	object -> what fits this kernel             (core.h, adapt.h)
 *	object -> map descriptors -> programs       (maps.h, load.h, programs.h)
 *	programs + targets -> attachments           (attach.h)
 *	maps -> pins, where they are asked for
 *	attachment -> run until a signal
 *	everything undone in reverse order, whatever step failed
 *
 * session_run() below is that list. Leaves return -errno and say why; only this
 * file prints, and only main() ends the process: a probe in tracefs outlives it.
 */
#include <signal.h>

#include "adapt.h"
#include "attach.h"
#include "bpf_sys.h"
#include "elf64.h"
#include "file.h"
#include "fold.h"
#include "globals.h"
#include "kernel.h"
#include "list.h"
#include "maps.h"
#include "object.h"
#include "options.h"
#include "programs.h"
#include "text.h"

enum status {
	STATUS_DONE = 0,    /* an interrupt is a normal end */
	STATUS_REFUSED = 1, /* by the system or the kernel */
	STATUS_USAGE = 2,
	STATUS_OBJECT = 3,  /* bad or unsupported */
	STATUS_KERNEL = 4,  /* it lacks the feature */
};

/* ---- Reporting ---- */

#define PRINT_CHUNK 4096 /* PIPE_BUF: so much fits when poll() says that a pipe is writable */
#define PRINT_RECORD 900 /* /dev/kmsg takes records of less than 976 bytes */
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
	int ret;

	sys_signal_catch(SIGALRM, print_interrupt);
	sys_signals_mask(SIG_UNBLOCK, SYS_SIGNAL(SIGALRM));
	sys_alarm(PRINT_PATIENCE_S);
	ret = sys_write(fd, data, len);
	sys_alarm(0);
	return ret;
}

/* One write(), for no longer than our patience: what is written, 0 or -errno for nothing. */
static int print_chunk(int fd, const char *data, size_t len)
{
	struct sys_file file;
	int ret = 1;

	sys_fstat(fd, &file);
	if (S_ISCHR(file.mode))
		return print_on_terminal(fd, data, len);
	if (!S_ISREG(file.mode))
		ret = sys_wait_writable(fd, PRINT_PATIENCE_S);
	return ret > 0 ? sys_write(fd, data, len) : ret;
}

/* How much of it makes a record: whole lines, if one of them ends in it. */
SELDOM size_t print_record(const char *data, size_t len)
{
	const size_t most = len < PRINT_RECORD ? len : PRINT_RECORD;
	size_t end = most;

	while (end > 1 && data[end - 1] != '\n')
		end--;
	return end > 1 ? end : most;
}

/*
 * Whole messages in one write, so that those of several loaders do not mix. What
 * is full and read by nobody must not keep us from cleaning up: then the message
 * is lost.
 */
static void print_bytes(int fd, const char *data, size_t len)
{
	while (len > 0) {
		int ret = print_chunk(fd, data, len < PRINT_CHUNK ? len : PRINT_CHUNK);

		if (ret == -EINVAL)
			ret = print_chunk(fd, data, print_record(data, len));
		if (ret <= 0)
			return;
		data += ret;
		len -= (size_t)ret;
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
SELDOM void report_text(const char *subject, const struct text *text)
{
	struct text line;

	text_setf(&line, PROGRAM ": ");
	if (subject)
		text_addf(&line, "%s: ", subject);
	text_add(&line, text->data, text->len);
	print_line(&line);
}

__attribute__((format(printf, 2, 3)))
SELDOM void report(const char *subject, const char *format, ...)
{
	struct text text;
	va_list args;

	text_clear(&text);
	va_start(args, format);
	text_vaddf(&text, format, &args);
	va_end(args);
	report_text(subject, &text);
}

SELDOM void report_why(const char *object, const struct why *why)
{
	report_text(object, &why->reason);
	if (why->hint.len)
		report_text("hint", &why->hint);
}

SELDOM void report_log(const struct verifier_log *log)
{
	const char *shown;

	if (!log->data || !log->data[0])
		return;
	shown = log->wants_whole ? log->data : verifier_log_tail(log->data);
	print_bytes(STDERR_FILENO, shown, strlen(shown));
}

/* Why something cannot go on, and the verifier's log, if it is not NULL. */
SELDOM void report_refusal(const char *object, int err, const struct why *why,
			   const struct verifier_log *log)
{
	report_why(object, why);
	if (log && (err != -EOPNOTSUPP || log->wants_whole)) /* else what is missing has been named */
		report_log(log);
}

static void report_map(const char *file, const struct object_maps *maps, uint32_t idx)
{
	const struct object_map *map = &maps->items[idx];
	struct text text;

	text_setf(&text, "map '%s': %s (type %u), key %u, value %u, %u entries, flags 0x%x, ",
		  map->name, map_type_name(map->type), map->type, map->key_size, map->value_size,
		  map->max_entries, map->flags);
	text_addf(&text, "%s", map->pinning == PIN_NONE ? "not pinned" : "pinned in " BPFFS_PATH);
	if (map->pinning == PIN_GLOBAL_NS)
		text_addf(&text, "/%s/globals", map->pin_namespace);
	if (map->inner != OBJECT_NO_MAP)
		text_addf(&text, ", of maps as '%s'", maps->items[map->inner].name);
	for (uint32_t i = 0; i < maps->nr_slots; i++)
		if (!maps->slots[i].is_function && maps->slots[i].value == idx)
			text_addf(&text, ", in '%s' at %u", maps->items[maps->slots[i].map].name,
				  maps->slots[i].key);
	report_text(file, &text);
}

SELDOM void report_version(const char *file, uint32_t object_version)
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
SELDOM void report_object(const char *file, const struct object *object,
			  const struct programs *programs, bool verbose)
{
	for (uint32_t i = 0; i < programs->nr; i++) {
		const struct program *program = &programs->items[i];

		report(file, "program '%s': %u instructions, licence '%s', %s", program->spec->name,
		       object->functions[program->spec->function].nr_insns, object->license,
		       program->fd >= 0 ? "loaded"
		       : program->spec->match.optional ? "optional, not loaded" : "not loaded");
	}
	for (uint32_t i = 0; i < object->maps.nr; i++)
		if (!object->maps.items[i].is_template && !object->maps.items[i].is_folded)
			report_map(file, &object->maps, i);
	if (verbose)
		report_version(file, object->version);
}

/* A script waits for this line: from now on every hit counts. */
static void report_live(const char *program, const struct attach_report *attached)
{
	struct text line;

	text_setf(&line, PROGRAM ": live: program '%s' on ", program);
	text_add(&line, attached->place.data, attached->place.len);
	text_addf(&line, ", by %s", attached->mechanism);
	print_line(&line);
}

static void report_silenced(const char *file, const struct programs *programs)
{
	const char *by;
	uint32_t ways = 0;

	for (uint32_t i = 0; i < programs->nr; i++)
		if (programs->items[i].nr_targets)
			ways |= 1U << programs->items[i].kind->way;
	by = attach_silenced_by(ways);
	if (by)
		report(file, "warning: %s, so hits may not count: switch it on and start again",
		       by);
}

/* ---- Signals ---- */

/*
 * Blocked from the start, the signals that end us wait until we do: none is
 * lost between attaching and waiting, and none ends us halfway. SIGPIPE and
 * SIGXFSZ stay blocked: a message that cannot be written must not leave a probe
 * behind.
 */
static void signals_block(void)
{
	sys_signals_mask(SIG_BLOCK, SYS_SIGNALS_END | SYS_SIGNAL(SIGPIPE) | SYS_SIGNAL(SIGXFSZ));
}

/* Returns 0, or -errno with a reason where a filter of system calls forbids it. */
static int signals_wait(struct why *why)
{
	int signal;

	do /* nohup(1) ignores SIGHUP, and means it; a blocked signal comes all the same */
		signal = sys_signals_wait(SYS_SIGNALS_END, 0);
	while (signal == -EINTR || (signal == SIGHUP && sys_signal_is_ignored(signal)));
	return signal < 0 ? why_errno(why, signal, "cannot wait for a signal") : 0;
}

/*
 * Text that must not be lost, while something is live: its reader may take its time,
 * until a signal is there to end us. At most PRINT_CHUNK bytes. Returns 0; -EINTR for
 * that signal; else -errno.
 */
static int print_patiently(int fd, const char *data, size_t len)
{
	while (len > 0) {
		const int ret = print_chunk(fd, data, len);

		if (ret <= 0 && sys_end_is_pending())
			return -EINTR;
		if (ret < 0 && ret != -EINTR && ret != -EAGAIN)
			return ret;
		data += ret > 0 ? ret : 0;
		len -= ret > 0 ? (size_t)ret : 0;
	}
	return 0;
}

/* ---- The session ---- */

/* All that must be undone. */
struct session {
	struct arena arena;
	struct kernel kernel;
	struct kbtf kbtf;
	struct elf elf;
	struct object object;
	struct maps maps;
	struct programs programs;
	struct verifier_log log;
	struct attachments attachments;
	struct attach_report *attached; /* for each program, what became of it */
	bool live;
};

/*
 * Nothing is to be undone, so a reader may take its time, and whatever ends a program
 * may end this one.
 */
SELDOM int list_print_piece(const char *data, size_t len)
{
	return print_patiently(STDOUT_FILENO, data, len);
}

SELDOM int session_list(const struct options *options, const struct session *s, struct why *why)
{
	int err;

	sys_signals_mask(SIG_UNBLOCK, SYS_SIGNALS_END | SYS_SIGNAL(SIGPIPE));
	err = list_object(&s->elf, &s->object, &s->arena, options->json, list_print_piece);
	return err ? why_errno(why, err, "the list cannot be written") : 0;
}

/* file -> object */
static int session_read(const struct options *options, struct session *s, struct why *why)
{
	struct view file = { 0 };
	int err;

	err = file_read(options->object,
			options->list || options->nr_sets ? FILE_ROOM_VALUES : FILE_ROOM, &s->arena,
			&file, why);
	if (!err)
		err = elf_open(file, &s->elf, why);
	if (!err)
		err = object_parse(&s->elf, &s->arena, &s->object, why);
	for (uint32_t i = 0; i < options->nr_sets && !err; i++)
		err = global_set(&s->elf, &s->object, options->sets[i], &s->arena, why);
	return err;
}

/* Many functions at once may be another kind to this kernel than one. */
static void session_choose_ways(enum attach_mode mode, struct programs *programs)
{
	for (uint32_t i = 0; i < programs->nr; i++) {
		struct program *program = &programs->items[i];

		if (program->nr_targets)
			program->kind = attach_choose(program->kind, mode, program->targets,
						      program->nr_targets);
	}
}

/* object -> what this kernel is to be given */
static int session_prepare(const struct options *options, struct session *s, struct why *why)
{
	struct programs *programs = &s->programs;
	int err;

	s->kbtf.file = options->btf;
	programs->file = options->object;
	programs->tell = options->keep_going ? report_refusal : NULL;
	err = programs_choose(&s->object, &options->wanted, &s->arena, programs, why);
	if (err)
		return err;
	session_choose_ways(options->mode, programs);
	err = programs_find_targets(programs, &s->kbtf, &s->arena, why);
	if (!err)
		err = object_adapt(&s->object, &s->kbtf, &s->arena, why);
	if (!err && object_has_globals(&s->object) && !maps_can_be_globals())
		err = object_fold(&s->elf, &s->object, &s->arena, why);
	else if (!err && options->btf) /* the kernel has none: it may be an old one */
		object_settle_conditions(&s->object);
	return err ? err : externs_fd_array(&s->kbtf, &s->arena, &programs->fd_array, why);
}

/* object -> maps and programs in the kernel */
static int session_load(struct session *s, struct why *why)
{
	int err;

	programs_load_btf(&s->programs, &s->elf);
	err = maps_open(&s->kernel, &s->object.maps, s->programs.btf_fd, &s->arena, &s->maps, why);
	if (err)
		return err;
	program_set_maps(&s->object, &s->maps);
	return programs_load(&s->kernel, &s->programs, &s->log, why);
}

/* programs + targets -> attachments; the pins come last */
static int session_attach(const struct options *options, struct session *s, struct why *why)
{
	const int *function_fds = s->programs.function_fds;
	int err = s->object.maps.nr_slots ? maps_link(&s->maps, false, function_fds, why) : 0;

	s->attachments.probes.mode = options->mode;
	for (uint32_t i = 0; i < s->programs.nr && !err; i++) {
		struct program *program = &s->programs.items[i];
		const struct attach_request request = {
			.kind = program->kind,
			.prog_fd = program->fd,
			.targets = program->targets,
			.nr_targets = program->nr_targets,
		};

		if (program->nr_targets)
			err = attach_open(&s->attachments, &request, &s->attached[i], why);
		if (err && s->programs.nr > 1)
			why_subject(why, err, "program '%s'", program->spec->name);
		if (err)
			err = programs_leave_out(&s->programs, program, err, why, NULL);
	}
	if (!err)
		err = programs_check_left(&s->programs, true, why);
	if (!err)
		err = maps_pin(&s->maps, why);
	if (!err && s->object.maps.nr_slots)
		err = maps_link(&s->maps, true, function_fds, why);
	return err;
}

#define ATTACH_TRIES 100 /* somebody may make and remove pins all the time */

/*
 * From loaded programs to live ones. Where another start has pinned a map
 * meanwhile, that is the map of both, and the programs are loaded and set again
 * with it.
 */
static int session_go_live(const struct options *options, struct session *s, struct why *why)
{
	int err;

	s->attached = arena_take(&s->arena, s->programs.nr, sizeof(*s->attached));
	if (!s->attached)
		return object_out_of_memory(why);
	err = session_attach(options, s, why);
	for (int i = 1; err == -EOVERTAKEN && i < ATTACH_TRIES; i++) {
		/* (the guardian as well: it has descriptors of the maps that were ours) */
		err = attachments_close(&s->attachments, why);
		programs_unload(&s->programs);
		if (!err)
			err = programs_load(&s->kernel, &s->programs, &s->log, why);
		if (!err)
			err = session_attach(options, s, why);
	}
	s->live = err == 0;
	return err;
}

/* What was only needed to get there: the kernel's BTF alone is 5 MB. */
static void session_trim(struct session *s)
{
	kbtf_close(&s->kbtf);
	programs_trim(&s->programs);
	verifier_log_close(&s->log);
}

static void session_report_live(const struct options *options, const struct session *s)
{
	for (uint32_t i = 0; i < s->programs.nr; i++) {
		const struct program *program = &s->programs.items[i];

		if (program->nr_targets)
			report_live(program->spec->name, &s->attached[i]);
		else if (program->fd >= 0 && !program->spec->is_tail)
			report(options->object,
			       "program '%s': loaded, not attached: section '%s' names no target",
			       program->spec->name, program->spec->section);
	}
}

/*
 * One run of an iterator. Returns 0; -EINTR when a signal ends us; else -errno with a
 * reason. EAGAIN tells of a million elements of which it said nothing: it goes on.
 */
SELDOM int iterator_print(int fd, struct why *why)
{
	char piece[PRINT_CHUNK];
	int err = 0, len = fd < 0 ? fd : -EAGAIN;

	while ((len > 0 || len == -EAGAIN) && !err) {
		len = sys_read(fd, piece, sizeof(piece));
		if (len > 0)
			err = print_patiently(STDOUT_FILENO, piece, (size_t)len);
		else if (len == -EAGAIN && sys_end_is_pending())
			err = -EINTR;
	}
	if (len < 0 && !err)
		return why_errno(why, len, "the iterator cannot be read");
	return err && err != -EINTR ? why_errno(why, err, "the iterator's text cannot be written")
				    : err;
}

/* Iterators run once: what they say goes to stdout. Who reads no more has what he wanted. */
SELDOM int session_iterate(struct session *s, struct why *why)
{
	for (uint32_t i = 0; i < s->programs.nr; i++) {
		const struct program *program = &s->programs.items[i];
		int fd, err;

		if (!program->nr_targets || program->kind->way != WAY_ITER)
			continue;
		fd = iterator_read(attachments_get(&s->attachments, s->attached[i].first));
		err = iterator_print(fd, why);
		if (fd >= 0)
			sys_close(fd);
		if (err && err != -EPIPE)
			return why_subject(why, err, "program '%s'", program->spec->name);
	}
	return 0;
}

/* Is there a live program that runs once, or one that waits to be run? */
static bool session_has(const struct session *s, bool iterator)
{
	for (uint32_t i = 0; i < s->programs.nr; i++)
		if (s->programs.items[i].nr_targets &&
		    (s->programs.items[i].kind->way == WAY_ITER) == iterator)
			return true;
	return false;
}

static int session_run(const struct options *options, struct session *s, struct why *why)
{
	int err;

	err = session_read(options, s, why);
	if (!err && options->list)
		return session_list(options, s, why);
	if (!err)
		err = session_prepare(options, s, why);
	if (!err)
		err = session_load(s, why);
	if (err)
		return err;
	if ((options->wanted.check && !options->quiet) || options->verbose)
		report_object(options->object, &s->object, &s->programs, options->verbose);
	if (options->wanted.check)
		return 0;

	err = session_go_live(options, s, why);
	if (err)
		return err;
	session_trim(s);
	if (!options->quiet)
		session_report_live(options, s);
	attach_sweep(&s->attachments);
	if (!options->quiet)
		report_silenced(options->object, &s->programs);
	err = session_has(s, true) ? session_iterate(s, why) : 0;
	if (!err && session_has(s, false))
		err = signals_wait(why);
	return err == -EINTR ? 0 : err;
}

/* In reverse order; pins stay if the probe was live. Idempotent. */
static int session_close(struct session *s, struct why *why)
{
	int err = attachments_close(&s->attachments, why);

	programs_close(&s->programs);
	verifier_log_close(&s->log);
	maps_close(&s->maps, s->live);
	kbtf_close(&s->kbtf);
	if (s->arena.data)
		sys_unmap(s->arena.data, s->arena.size);
	s->arena = (struct arena){ 0 };
	return err;
}

static enum status status_of(int err)
{
	switch (err) {
	case 0: return STATUS_DONE;
	case -EUSAGE: return STATUS_USAGE;
	case -ENOEXEC: return STATUS_OBJECT;
	case -EOPNOTSUPP: return STATUS_KERNEL;
	default: return STATUS_REFUSED;
	}
}

int main(int argc, char **argv)
{
	struct session session = {
		.maps = MAPS_CLOSED,
		.programs = PROGRAMS_CLOSED,
		.attachments = ATTACHMENTS_CLOSED,
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

	session.log.wants_whole = options.verbose;
	err = session_run(&options, &session, &why);
	if (err < 0)
		report_refusal(options.object, err, &why, &session.log);
	close_err = session_close(&session, &why);
	if (close_err < 0)
		report_why(options.object, &why);
	return status_of(err < 0 ? err : close_err);
}
