/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tracefs.h - events of tracefs on places in the kernel's code or in a file's.
 *
 * They outlive who made them, so that each has a name that tells whose it is: its own
 * process removes it, a guardian if that is killed, and the sweep of the next start
 * if the guardian was killed as well.
 */
#ifndef TRACEFS_H
#define TRACEFS_H

#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "bpf_sys.h"
#include "fs.h"
#include "text.h"

/* Two families, which differ in names only. */
enum probe_kind { PROBE_KERNEL, PROBE_USER, NR_PROBE_KINDS };

static const struct probe_family {
	const char *pmu;    /* its file in sysfs */
	const char *group;  /* of its events in tracefs */
	const char *events; /* the file that creates them */
	const char *noun, *config; /* for messages */
} probe_families[NR_PROBE_KINDS] = {
	[PROBE_KERNEL] = { "bus/event_source/devices/kprobe/type", "kprobes", "kprobe_events",
			   "kprobe", "CONFIG_KPROBE_EVENTS" },
	[PROBE_USER] = { "bus/event_source/devices/uprobe/type", "uprobes", "uprobe_events",
			 "uprobe", "CONFIG_UPROBE_EVENTS" },
};

/* A place, in the kernel's words. */
struct probe_site {
	enum probe_kind kind;
	bool retprobe;
	const char *name; /* a function, or the path of a file; NULL: `offset` is an address */
	uint64_t offset;
};

/* ---- Their names ---- */

#define EVENT_PREFIX "load_kp_bpf_"
#define EVENT_DIGITS 16
#define EVENT_BASE_LEN (sizeof(EVENT_PREFIX) - 1 + EVENT_DIGITS)
#define EVENT_NAME_SIZE (EVENT_BASE_LEN + sizeof("_4294967295"))

/* What is the same in all of a process's: 64 bits that are new for each execve. */
static inline void event_make_base(char *out)
{
	const uint8_t *random = (const uint8_t *)bare_auxiliary(AT_RANDOM);

	memcpy(out, EVENT_PREFIX, sizeof(EVENT_PREFIX) - 1);
	for (size_t i = 0; i < EVENT_DIGITS; i++) {
		uint8_t byte = random ? random[i / 2] : 0;

		out[sizeof(EVENT_PREFIX) - 1 + i] =
			"0123456789abcdef"[i % 2 ? byte & 15 : byte >> 4];
	}
}

/* The name of its number; that of the first event is the base alone. */
SELDOM void event_make_name(uint32_t number, struct text *out)
{
	char base[EVENT_BASE_LEN];

	event_make_base(base);
	text_clear(out);
	text_add(out, base, sizeof(base));
	if (number > 1)
		text_addf(out, "_%u", number);
}

/* Is this line of kprobe_events, "p:kprobes/NAME ..." or "r4:kprobes/NAME ...", one of ours? */
SELDOM bool event_parse_line(const char *line, enum probe_kind kind, char *out)
{
	const char *p = text_find(line, ":"), *name;
	uint64_t number = 0;

	if ((line[0] != 'p' && line[0] != 'r') || !p)
		return false;
	p++;
	if (!text_skip(&p, probe_families[kind].group) || !text_skip(&p, "/"))
		return false;
	name = p;
	if (!text_skip(&p, EVENT_PREFIX) || text_while(p, "0123456789abcdef") != EVENT_DIGITS)
		return false;
	p += EVENT_DIGITS;
	if (text_skip(&p, "_") && (!text_read_number(&p, 10, &number) || number > UINT32_MAX))
		return false;
	if (*p != ' ' || (size_t)(p - name) >= EVENT_NAME_SIZE)
		return false;
	memcpy(out, name, (size_t)(p - name));
	out[p - name] = '\0';
	return true;
}

/* ---- Making and removing them ---- */

/* The file takes one command a write, and O_TRUNC would wipe everybody's events. */
static inline int event_write(int events_fd, const struct text *line)
{
	int ret = line->cut ? -ENAMETOOLONG : sys_write(events_fd, line->data, line->len);

	return ret < 0 ? ret : 0;
}

SELDOM int event_remove(int events_fd, enum probe_kind kind, const char *event)
{
	struct text line;

	text_setf(&line, "-:%s/%s\n", probe_families[kind].group, event);
	return event_write(events_fd, &line);
}

/*
 * A blank would end the path, a newline the command, and behind '#' there is a comment.
 * (To the kernel, 0xa0 is a blank: UTF-8 has it in some letters.)
 */
static inline bool event_path_is_plain(const char *path)
{
	for (; *path; path++)
		if ((uint8_t)*path <= ' ' || *path == '#' || (uint8_t)*path == 0xa0)
			return false;
	return true;
}

/* -EINVAL for a path that cannot be said. */
static inline int event_create(int events_fd, const struct probe_site *site, const char *event)
{
	struct text line;

	if (site->kind == PROBE_USER && !event_path_is_plain(site->name))
		return -EINVAL;
	text_setf(&line, "%c:%s/%s ", site->retprobe ? 'r' : 'p', probe_families[site->kind].group,
		  event);
	if (site->name)
		text_add(&line, site->name, strlen(site->name));
	if (!site->name || site->kind == PROBE_USER)
		text_addf(&line, "%s0x%llx", site->name ? ":" : "",
			  (unsigned long long)site->offset);
	else if (site->offset)
		text_addf(&line, "+%llu", (unsigned long long)site->offset);
	text_addf(&line, "\n");
	return event_write(events_fd, &line);
}

/* The number under which perf_event_open knows a tracepoint, "GROUP/NAME". */
static inline int event_read_id(int tracing_fd, const char *name, uint64_t *out)
{
	struct text path;
	char number[16];
	const char *p = number;
	int ret;

	text_setf(&path, "events/%s/id", name);
	ret = fs_read_at(tracing_fd, path.data, number, sizeof(number));
	if (ret < 0)
		return ret;
	return text_read_number(&p, 10, out) ? 0 : -EIO;
}

/*
 * One pass over a file's events of our form: over those of this process's name,
 * or, with the exclusive lock, over all others. Returns how many were removed,
 * and adds to *nr_left how many were not.
 */
static inline unsigned int events_pass(int dir_fd, const char *path, enum probe_kind kind, bool own,
				       unsigned int *nr_left)
{
	char event[EVENT_NAME_SIZE];
	unsigned int removed = 0;
	char base[EVENT_BASE_LEN];
	struct fs_lines lines;
	const char *line;
	int events_fd = -1;

	if (fs_lines_open(&lines, dir_fd, path) < 0)
		return 0;
	event_make_base(base);
	while ((line = fs_lines_next(&lines))) {
		if (!event_parse_line(line, kind, event) ||
		    (memcmp(event, base, EVENT_BASE_LEN) == 0) != own)
			continue;
		if (events_fd < 0)
			events_fd = sys_openat(dir_fd, path, O_WRONLY | O_APPEND);
		if (events_fd < 0 || (!own && sys_flock(events_fd, LOCK_EX | LOCK_NB) != 0))
			break;
		if (event_remove(events_fd, kind, event) == 0)
			removed++;
		else
			++*nr_left;
	}
	if (events_fd >= 0)
		sys_close(events_fd);
	fs_lines_close(&lines);
	return removed;
}

/* The same until none is left that can be removed: each removal shifts the lines not yet read. */
static inline unsigned int events_remove(int dir_fd, const char *path, enum probe_kind kind,
					 bool own)
{
	unsigned int nr_left;

	do
		nr_left = 0;
	while (events_pass(dir_fd, path, kind, own, &nr_left));
	return nr_left;
}

/*
 * Removes the events that killed loaders left: those with our form of name
 * which nobody uses, for one in use the kernel refuses (EBUSY). With no tracefs, -1,
 * only one that is mounted at its usual place is looked at.
 */
static inline void events_sweep(int tracing_fd, enum probe_kind kind)
{
	struct text path;

	text_setf(&path, "%.*s%s", tracing_fd < 0 ? TEXT_SIZE : 0, "/sys/kernel/tracing/",
		  probe_families[kind].events);
	events_remove(tracing_fd, path.data, kind, false);
}

/* ---- The guardian ---- */

/*
 * A child that removes the events when its parent is gone. The
 * parent's descriptors are closed by then (the kernel tells the children last);
 * a few tries are for one that was inherited elsewhere. It has a session of its
 * own, so that killing the parent's whole job spares it. Without it (a limit on
 * processes) the next start sweeps.
 */
#define GUARDIAN_TRIES 50
#define GUARDIAN_PAUSE_NS 100000000

static inline void guardian_run(pid_t parent, int tracing_fd)
{
	const unsigned long death = SYS_SIGNAL(SIGUSR1);
	pid_t now;

	sys_signals_mask(SIG_BLOCK, death);
	sys_setsid();
	sys_call2(__NR_prctl, PR_SET_PDEATHSIG, SIGUSR1);
	/* (It is 0 to the first of a PID namespace, after unshare -p: the signal must do.) */
	while ((now = sys_getppid()) == parent || !now)
		if (sys_signals_wait(death, 0) == SIGUSR1 && !now)
			break;
	for (int tries = 0; tries < GUARDIAN_TRIES; tries++) {
		unsigned int nr_left = 0;

		for (enum probe_kind kind = 0; kind < NR_PROBE_KINDS; kind++)
			nr_left += events_remove(tracing_fd, probe_families[kind].events, kind,
						 true);
		if (!nr_left)
			break;
		sys_signals_wait(death, GUARDIAN_PAUSE_NS);
	}
	sys_exit(0);
}

static inline pid_t guardian_start(int tracing_fd)
{
	pid_t parent = sys_getpid(), guardian;

	sys_keep_children();
	guardian = sys_fork(0);

	if (guardian == 0)
		guardian_run(parent, tracing_fd);
	return guardian < 0 ? 0 : guardian;
}

static inline void guardian_stop(pid_t guardian)
{
	if (sys_kill(guardian, SIGKILL) == 0)
		sys_wait(guardian, NULL);
}

#endif
