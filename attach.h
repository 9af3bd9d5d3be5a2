/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attach.h - from a program's descriptor and a target to a live probe.
 *
 * The ladder, best rung first: the kprobe PMU with a BPF link (v5.15), the PMU
 * with an ioctl (v4.17), a tracefs event (v4.1). The first two vanish with
 * their descriptors however the process ends; the third leaves an event in
 * tracefs, which attachment_close() removes, a guardian process if we are
 * killed, and attach_sweep() of the next start if that was killed as well. What
 * exists is found by looking for it, never by a version.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "bpf_sys.h"
#include "fs.h"
#include "kernel.h"
#include "symbols.h"
#include "text.h"

/* ---- Targets ---- */

struct target {
	char symbol[SYMBOL_NAME_SIZE]; /* NAME or MODULE:NAME; no character that means more in tracefs */
	uint64_t offset;
	bool retprobe;
};

static inline bool target_symbol_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' ||
	       c == '.' || c == '$';
}

/* The length of NAME or MODULE:NAME; 0 when it is neither. */
static inline size_t target_symbol_len(const char *function)
{
	size_t len = 0, name = 0;

	while (target_symbol_char(function[len]))
		len++;
	if (len && function[len] == ':') {
		name = len + 1;
		for (len = name; target_symbol_char(function[len]); len++)
			;
	}
	return len > name && !(function[name] >= '0' && function[name] <= '9') ? len : 0;
}

/* FUNCTION[+OFFSET]; -EINVAL with a reason when it is neither. */
static inline int target_parse(const char *function, bool retprobe, struct target *out,
			       struct why *why)
{
	const char *p = function;
	size_t len = target_symbol_len(function);

	*out = (struct target){ .retprobe = retprobe };
	if (len == 0)
		return why_set(why, -EINVAL, "function '%s': expected the name of a kernel function",
			       function);
	if (len >= sizeof(out->symbol))
		return why_set(why, -EINVAL, "function '%s': %zu characters, at most %zu", function,
			       len, sizeof(out->symbol) - 1);
	memcpy(out->symbol, p, len);
	p += len;
	if (*p == '+') {
		p++;
		if (!text_read_number(&p, text_skip(&p, "0x") ? 16 : 10, &out->offset) || *p)
			return why_set(why, -EINVAL,
				       "function '%s': expected a number behind the '+'", function);
	}
	if (*p)
		return why_set(why, -EINVAL, "function '%s': character '%.*s' in a name", function, 1, p);
	if (retprobe && out->offset)
		return why_set(why, -EINVAL,
			       "function '%s': a return probe takes no offset", function);
	return 0;
}

/* "'vfs_read+0x4'", for messages. */
static inline void target_add_name(const struct target *target, struct text *out)
{
	text_addf(out, "'%s", target->symbol);
	if (target->offset)
		text_addf(out, "+0x%llx", (unsigned long long)target->offset);
	text_addf(out, "'");
}

/* How a kernel differs by its machine, as uname -m names it. */
struct machine {
	const char *name;
	const char *syscall_prefix; /* of the wrapper of sys_NAME; NULL when there is none */
	uint64_t entry_skip; /* where a function can be probed whose entry ftrace keeps for itself */
};

static const struct machine machines[] = {
	{ "x86_64", "__x64_", 0 },    /* since v4.17 */
	{ "i686", "__ia32_", 0 },
	{ "aarch64", "__arm64_", 0 }, /* since v4.19 */
	{ "s390x", "__s390x_", 0 },   /* since v5.2 */
	{ "riscv64", "__riscv_", 4 }, /* since v6.6; no KPROBES_ON_FTRACE, and two no-ops at the entry */
};

static inline struct machine machine_running(void)
{
	const struct machine other = { "", NULL, 0 };
	struct utsname name;

	if (uname(&name) != 0)
		return other;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (strcmp(name.machine, machines[i].name) == 0)
			return machines[i];
	return other;
}

/* Turns sys_NAME into the machine's wrapper; false when it is no system call. */
static inline bool target_wrap(struct target *target, const char *prefix)
{
	size_t prefix_len = prefix ? strlen(prefix) : 0;
	size_t len = strlen(target->symbol);

	if (!prefix || strncmp(target->symbol, "sys_", 4) != 0 ||
	    prefix_len + len >= sizeof(target->symbol))
		return false;
	memmove(target->symbol + prefix_len, target->symbol, len + 1);
	memcpy(target->symbol, prefix, prefix_len);
	return true;
}

/* Moves the probe past the entry that ftrace keeps; false when there is no need or no way. */
static inline bool target_skip_entry(struct target *target, uint64_t entry_skip)
{
	if (!entry_skip || target->offset || target->retprobe)
		return false;
	target->offset = entry_skip;
	return true;
}

/* ---- Attachments ---- */

enum attach_mode { ATTACH_AUTO, ATTACH_PERF, ATTACH_TRACEFS };

#define EVENT_GROUP "kprobes"
#define EVENT_PREFIX "load_kp_bpf_"
#define EVENT_DIGITS 16
#define EVENT_NAME_SIZE (sizeof(EVENT_PREFIX) + EVENT_DIGITS)

struct attachment {
	struct target target;    /* as resolved */
	const char *mechanism;
	uint32_t pmu_type;       /* of the kprobe PMU; 0 when this kernel has none */
	int perf_fd;
	int link_fd;
	int tracing_fd;          /* tracefs, wherever it was found; -1 when it was not needed */
	int events_fd;           /* its kprobe_events, open for appending */
	pid_t guardian;          /* 0 when there is none */
	char event[EVENT_NAME_SIZE]; /* "" when there is no event of ours */
};

#define ATTACHMENT_CLOSED { .perf_fd = -1, .link_fd = -1, .tracing_fd = -1, .events_fd = -1 }

/* ---- perf events ---- */

#define CPU_TRIES 3

/*
 * One event on one CPU is enough: the program runs on the hits of all of them.
 * CPU 0 may be offline; the one that we run on is not, unless it goes just now.
 */
static inline int attach_perf_event(struct sys_perf_attr *attr)
{
	int fd = sys_perf_event_open(attr, 0);

	for (int i = 0; i < CPU_TRIES && fd == -ENODEV; i++)
		fd = sys_perf_event_open(attr, sys_getcpu());
	return fd;
}

/* The program runs from the first hit: it is set before the event is enabled. */
static inline int attach_perf_program(int prog_fd, int perf_fd)
{
	int err = sys_perf_set_bpf(perf_fd, prog_fd);

	return err < 0 ? err : sys_perf_enable(perf_fd);
}

/* The PMU's number, for perf_event_attr.type; 0 (which is PERF_TYPE_HARDWARE) when it is not there. */
static inline int attach_read_pmu(uint32_t *out)
{
	char number[16];
	const char *p = number;
	uint64_t type = 0;
	int ret = fs_read(&fs_sys, "bus/event_source/devices/kprobe/type", number, sizeof(number));

	if (ret > 0 && text_read_number(&p, 10, &type))
		*out = (uint32_t)type;
	return kernel_is_exhausted(ret) ? ret : 0;
}

static inline int attach_perf(const struct target *target, int prog_fd, struct attachment *out)
{
	struct sys_perf_attr attr = {
		.type = out->pmu_type,
		.config = target->retprobe, /* format/retprobe: "config:0" */
		.config1 = sys_ptr(target->symbol),
		.config2 = target->offset,
		.sample_period = 1,
		.disabled = 1,
	};
	int fd = attach_perf_event(&attr);

	if (fd < 0)
		return fd;
	out->perf_fd = fd;
	out->link_fd = sys_link_create(prog_fd, fd);
	out->mechanism = out->link_fd < 0 ? "perf ioctl" : "perf link";
	return out->link_fd < 0 ? attach_perf_program(prog_fd, fd) : sys_perf_enable(fd);
}

/* ---- tracefs events ---- */

/* 64 bits that are new for each execve: unique among all loaders, in whichever PID namespace. */
static inline void event_make_name(char *out)
{
	const uint8_t *random = (const uint8_t *)getauxval(AT_RANDOM);

	memcpy(out, EVENT_PREFIX, sizeof(EVENT_PREFIX));
	for (size_t i = 0; i < EVENT_DIGITS; i++) {
		uint8_t byte = random ? random[i / 2] : 0;

		out[sizeof(EVENT_PREFIX) - 1 + i] = "0123456789abcdef"[i % 2 ? byte & 15 : byte >> 4];
	}
	out[EVENT_NAME_SIZE - 1] = '\0';
}

/* Is this line of kprobe_events, "p:kprobes/NAME ..." or "r4:kprobes/NAME ...", one of ours? */
static inline bool event_parse_line(const char *line, char *out)
{
	const char *p = strchr(line, ':');
	size_t digits;

	if ((line[0] != 'p' && line[0] != 'r') || !p)
		return false;
	p++;
	if (!text_skip(&p, EVENT_GROUP "/" EVENT_PREFIX))
		return false;
	digits = strspn(p, "0123456789abcdef");
	if (digits != EVENT_DIGITS || p[digits] != ' ')
		return false;
	memcpy(out, p - (sizeof(EVENT_PREFIX) - 1), EVENT_NAME_SIZE - 1);
	out[EVENT_NAME_SIZE - 1] = '\0';
	return true;
}

/* kprobe_events takes one command a write, and O_TRUNC would wipe everybody's events. */
static inline int event_write(int events_fd, const struct text *line)
{
	int ret = sys_write(events_fd, line->data, line->len);

	return ret < 0 ? ret : 0;
}

static inline int event_remove(int events_fd, const char *event)
{
	struct text line;

	text_setf(&line, "-:" EVENT_GROUP "/%s\n", event);
	return event_write(events_fd, &line);
}

static inline int event_create(int events_fd, const struct target *target, const char *event)
{
	struct text line;

	text_setf(&line, "%c:" EVENT_GROUP "/%s ", target->retprobe ? 'r' : 'p', event);
	text_add(&line, target->symbol, strlen(target->symbol));
	if (target->offset)
		text_addf(&line, "+%llu", (unsigned long long)target->offset);
	text_addf(&line, "\n");
	return event_write(events_fd, &line);
}

/* The number under which perf_event_open knows the event. */
static inline int event_read_id(int tracing_fd, const char *event, uint64_t *out)
{
	struct text path;
	char number[16];
	const char *p = number;
	int ret;

	text_setf(&path, "events/" EVENT_GROUP "/%s/id", event);
	ret = fs_read_at(tracing_fd, path.data, number, sizeof(number));
	if (ret < 0)
		return ret;
	return text_read_number(&p, 10, out) ? 0 : -EIO;
}

/*
 * The guardian: a child that removes the event when its parent is gone. The
 * parent's descriptors are closed by then (the kernel tells the children last);
 * a few tries are for one that was inherited elsewhere. It has a session of its
 * own, so that killing the parent's whole job spares it. Without it (a limit on
 * processes) the next start sweeps.
 */
#define GUARDIAN_TRIES 50
#define GUARDIAN_PAUSE_NS 100000000

static inline void guardian_run(pid_t parent, int events_fd, const char *event)
{
	const unsigned long death = SYS_SIGNAL(SIGUSR1);
	int tries = 0;

	sys_signals_mask(SIG_BLOCK, death);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	while (getppid() == parent)
		sys_signals_wait(death, 0);
	while (event_remove(events_fd, event) == -EBUSY && tries++ < GUARDIAN_TRIES)
		sys_signals_wait(death, GUARDIAN_PAUSE_NS);
	_exit(0);
}

static inline pid_t guardian_start(int events_fd, const char *event)
{
	pid_t parent = getpid(), guardian;

	sys_keep_children();
	guardian = sys_fork(0);

	if (guardian == 0)
		guardian_run(parent, events_fd, event);
	return guardian < 0 ? 0 : guardian;
}

static inline void guardian_stop(pid_t guardian)
{
	if (kill(guardian, SIGKILL) == 0)
		waitpid(guardian, NULL, 0);
}

static inline int attach_event(const struct target *target, int prog_fd, struct attachment *out)
{
	struct sys_perf_attr attr = { .type = PERF_TYPE_TRACEPOINT, .sample_period = 1, .disabled = 1 };
	char event[EVENT_NAME_SIZE];
	uint64_t id = 0;
	int err;

	event_make_name(event);
	if (!out->guardian)
		out->guardian = guardian_start(out->events_fd, event);
	err = event_create(out->events_fd, target, event);
	if (err)
		return err;
	memcpy(out->event, event, sizeof(event));
	err = event_read_id(out->tracing_fd, event, &id);
	if (err)
		return err;
	attr.config = id;
	err = attach_perf_event(&attr);
	if (err < 0)
		return err;
	out->perf_fd = err;
	out->mechanism = "tracefs";
	return attach_perf_program(prog_fd, out->perf_fd);
}

/*
 * Opens kprobe_events, once for all tries. Under a confidential lockdown tracefs
 * is empty, and since v6.12 the kernel dies when the last mount of it goes: then
 * none is made.
 */
static inline int attach_open_events(struct attachment *out)
{
	if (out->events_fd >= 0)
		return 0;
	out->tracing_fd = fs_open_mounted(&fs_trace);
	if (out->tracing_fd < 0 && kernel_is_confidential())
		return -EPERM;
	if (out->tracing_fd < 0)
		out->tracing_fd = fs_mount_tracing();
	if (out->tracing_fd == -ENODEV)
		return -EOPNOTSUPP;
	if (out->tracing_fd == -ENOENT) /* not to be taken for a function that is not there */
		return -ENXIO;
	if (out->tracing_fd < 0)
		return out->tracing_fd;
	out->events_fd = sys_openat(out->tracing_fd, "kprobe_events", O_WRONLY | O_APPEND);
	if (out->events_fd == -ENOENT)
		return kernel_is_confidential() ? -EPERM : -EOPNOTSUPP;
	return out->events_fd < 0 ? out->events_fd : 0;
}

/*
 * From its creation until perf holds it, an event looks like one that a killed
 * loader left. A shared lock on kprobe_events marks that time: the sweep takes
 * the exclusive one, and the kernel drops both with their process.
 */
static inline int attach_tracefs(const struct target *target, int prog_fd, struct attachment *out)
{
	int err = attach_open_events(out);

	if (err)
		return err;
	flock(out->events_fd, LOCK_SH);
	err = attach_event(target, prog_fd, out);
	flock(out->events_fd, LOCK_UN);
	return err;
}

/* One pass over the events. Returns how many were removed. */
static inline unsigned int attach_sweep_pass(int dir_fd, const char *path, const char *own_event)
{
	char event[EVENT_NAME_SIZE];
	unsigned int removed = 0;
	struct fs_lines lines;
	const char *line;
	int events_fd = -1;

	if (fs_lines_open(&lines, dir_fd, path) < 0)
		return 0;
	while ((line = fs_lines_next(&lines))) {
		if (!event_parse_line(line, event) || strcmp(event, own_event) == 0)
			continue;
		if (events_fd < 0)
			events_fd = sys_openat(dir_fd, path, O_WRONLY | O_APPEND);
		if (events_fd < 0 || flock(events_fd, LOCK_EX | LOCK_NB) != 0)
			break;
		removed += event_remove(events_fd, event) == 0;
	}
	if (events_fd >= 0)
		close(events_fd);
	fs_lines_close(&lines);
	return removed;
}

/*
 * Removes the events that killed loaders left: those with our form of name
 * which nobody uses, for one in use the kernel refuses (EBUSY). If this start
 * needed no tracefs, only one that is mounted at its usual place is looked at.
 */
static inline void attach_sweep(const struct attachment *attachment)
{
	int dir_fd = attachment->tracing_fd;
	const char *path = dir_fd < 0 ? "/sys/kernel/tracing/kprobe_events" : "kprobe_events";

	/* Each removal shifts the lines not yet read: look again until none is left. */
	while (attach_sweep_pass(dir_fd, path, attachment->event))
		;
}

/* ---- The ladder ---- */

/* Detaches and removes the event; what another try can use stays open. Returns 0 or -errno. */
static inline int attachment_retract(struct attachment *attachment)
{
	int err = 0;

	if (attachment->link_fd >= 0)
		close(attachment->link_fd);
	if (attachment->perf_fd >= 0)
		close(attachment->perf_fd);
	attachment->link_fd = attachment->perf_fd = -1;
	if (attachment->event[0]) /* only now: an event that perf holds is busy */
		err = event_remove(attachment->events_fd, attachment->event);
	if (err == -ENOENT) /* idle for a moment, it may have been swept by another start */
		err = 0;
	if (!err)
		attachment->event[0] = '\0';
	return err;
}

/* Undoes all. Idempotent. Returns 0, or -errno with a reason when the event had to be left. */
static inline int attachment_close(struct attachment *attachment, struct why *why)
{
	int err = attachment_retract(attachment);

	if (err) {
		why_errno(why, err, "event '" EVENT_GROUP "/%s' cannot be removed",
			  attachment->event);
		if (err == -EBUSY)
			why_hint(why, "somebody else has enabled it; the next start removes it");
	}
	if (attachment->guardian)
		guardian_stop(attachment->guardian);
	if (attachment->events_fd >= 0)
		close(attachment->events_fd);
	if (attachment->tracing_fd >= 0)
		close(attachment->tracing_fd);
	*attachment = (struct attachment)ATTACHMENT_CLOSED;
	return err;
}

/* Errors that tell of the mechanism, not of the target: another rung may do. */
static inline bool attach_is_missing(int err)
{
	return err == -EOPNOTSUPP || err == -ENOSYS || err == -ENODEV || err == -E2BIG ||
	       err == -524;
}

static inline int attach_once(const struct target *target, int prog_fd, enum attach_mode mode,
			      struct attachment *out)
{
	int err = -EOPNOTSUPP;

	if (mode != ATTACH_TRACEFS && out->pmu_type)
		err = attach_perf(target, prog_fd, out);
	if (mode == ATTACH_TRACEFS || (mode == ATTACH_AUTO && err < 0 && attach_is_missing(err))) {
		attachment_retract(out);
		err = attach_tracefs(target, prog_fd, out);
	}
	if (err < 0)
		attachment_retract(out);
	else
		out->target = *target;
	return err < 0 ? err : 0;
}

/* Is it a file with the value 0? */
static inline bool attach_is_off(const char *path)
{
	char value[8];

	return fs_read_at(AT_FDCWD, path, value, sizeof(value)) > 0 && value[0] == '0';
}

/*
 * An administrator may have switched off what kprobes are made of: then they
 * are set, and silent. Returns what it is, for a message, or NULL. It is looked
 * at where it is done, and is not searched for: this is no part of the start.
 */
static inline const char *attach_silenced_by(void)
{
	if (attach_is_off("/sys/kernel/debug/kprobes/enabled"))
		return "kprobes are switched off (debugfs: kprobes/enabled is 0)";
	if (attach_is_off("/proc/sys/kernel/ftrace_enabled"))
		return "ftrace is switched off (sysctl kernel.ftrace_enabled is 0)";
	return NULL;
}

/* ---- Why it did not attach ---- */

/* Is the name in debugfs kprobes/blacklist, "0xSTART-0xEND\tNAME"? */
static inline bool attach_blacklisted(const char *symbol)
{
	int debug_fd = fs_open(&fs_debug);
	struct fs_lines lines;
	bool found = false;
	const char *line;

	if (debug_fd < 0)
		return false;
	if (fs_lines_open(&lines, debug_fd, "kprobes/blacklist") == 0) {
		while (!found && (line = fs_lines_next(&lines))) {
			const char *name = strrchr(line, '\t');

			found = name && strcmp(name + 1, symbol) == 0;
		}
		fs_lines_close(&lines);
	}
	close(debug_fd);
	return found;
}

/* The names that may have been meant. */
static inline void attach_hint_names(const struct symbol_report *report, struct why *why)
{
	struct text names;

	text_clear(&names);
	for (uint32_t i = 0; i < report->nr_variants && i < SYMBOL_VARIANTS; i++)
		text_addf(&names, "%s'%s'", i ? ", " : "", report->variants[i]);
	if (report->nr_variants) {
		why_hint(why, "the compiler made variants of it: ");
		text_add(&why->hint, names.data, names.len);
		return;
	}
	for (size_t i = 0; i < SYMBOL_NEAREST && report->nearest[i].name[0]; i++)
		text_addf(&names, "%s'%s'", i ? ", " : "", report->nearest[i].name);
	if (names.len) {
		why_hint(why, "nearest names: ");
		text_add(&why->hint, names.data, names.len);
	} else {
		why_hint(why, "the functions are listed in /proc/kallsyms, as t or T; "
			      "one that was inlined is not there");
	}
}

/* What is wrong with the place itself, though the kernel might take it. Returns 0, or -errno with a reason. */
static inline int attach_check_place(const struct target *target, const struct symbol_report *found,
				     struct why *why)
{
	uint64_t size = found->next_address - found->address;

	if (found->module && !found->nr_exact) {
		why_set(why, -ENOENT, "there is no such function in module '%.*s', or it is not loaded",
			(int)found->module_len, found->module);
		attach_hint_names(found, why);
		return -ENOENT;
	}
	if (found->nr_exact == 1 && found->address && found->next_address && target->offset >= size)
		return why_set(why, -EINVAL, "the offset is outside of the function, which has %llu bytes",
			       (unsigned long long)size);
	return 0;
}

/* For what needs a large frame and seldom runs: its pages stay untouched in a normal start. */
#define ATTACH_SELDOM static __attribute__((noinline, unused))

/* The kernel did not take the name or the place: /proc/kallsyms knows more. */
ATTACH_SELDOM int attach_explain_symbol(const struct target *target, int err, struct why *why)
{
	struct symbol_report found;

	if (symbols_search(target->symbol, &found) != 0)
		return why_errno(why, err, "cannot be probed, and there is no /proc/kallsyms to say why");
	if (found.nr_exact && attach_blacklisted(found.wanted))
		return why_set(why, err, "is on the kernel's blacklist: it cannot be probed");
	if (found.nr_exact > 1)
		return why_set(why, err, "the name is there %u times, and the kernel cannot tell which is meant",
			       found.nr_exact);
	if (found.nr_exact == 1 && err == -EADDRNOTAVAIL)
		return why_errno(why, err, "the kernel calls the name ambiguous");
	if (found.nr_exact == 0 && found.nr_data)
		return why_set(why, err, "is data, not a function");
	if (found.nr_exact == 0) {
		why_set(why, err, "there is no such function in this kernel");
		attach_hint_names(&found, why);
		return err;
	}
	if (attach_check_place(target, &found, why) != 0)
		return err;
	if (target->offset) /* older kernels say EINVAL for what is EILSEQ below */
		return why_errno(why, err, "is not an instruction boundary, or an instruction that cannot be probed");
	if (target->retprobe && machine_running().entry_skip)
		return why_set(why, -EOPNOTSUPP,
			       "no return probe can be set: on this machine ftrace keeps the entry of functions");
	return why_errno(why, err, "cannot be probed there");
}

ATTACH_SELDOM int attach_check_symbol(const struct target *target, struct why *why)
{
	struct symbol_report found;

	return symbols_search(target->symbol, &found) == 0 ? attach_check_place(target, &found, why) : 0;
}

/*
 * What the kernel would not refuse: an offset past the function's end reaches
 * whatever lies there, and tracefs waits in silence for a module to be loaded.
 */
static inline int attach_check_target(const struct target *target, struct why *why)
{
	return target->offset || strchr(target->symbol, ':') ? attach_check_symbol(target, why) : 0;
}

static inline int attach_explain_missing(const struct attachment *attachment, enum attach_mode mode,
					 struct why *why)
{
	if (attachment->pmu_type || attachment->events_fd >= 0)
		return why_set(why, -EOPNOTSUPP, "this kernel cannot probe there");
	if (mode != ATTACH_PERF)
		return why_set(why, -EOPNOTSUPP,
			       "this kernel has no kprobes that a program can use (CONFIG_KPROBE_EVENTS)");
	why_set(why, -EOPNOTSUPP, "this kernel has no kprobe PMU (since Linux 4.17)");
	why_hint(why, "try --attach=tracefs");
	return -EOPNOTSUPP;
}

static inline int attach_explain(const struct target *target, const struct attachment *attachment,
				 enum attach_mode mode, int err, struct why *why)
{
	switch (err) {
	case -ENOENT:
	case -EINVAL:
	case -EADDRNOTAVAIL:
		return attach_explain_symbol(target, err, why);
	case -EILSEQ:
		return why_set(why, err, "is not an instruction boundary");
	case -EPERM:
	case -EACCES:
		why_errno(why, err, "may not be probed");
		kernel_hint_privilege(why);
		return err;
	case -ENXIO:
		why_set(why, err, "cannot be probed: tracefs is not mounted, and there is no directory to mount it on");
		why_hint(why, "make one: mkdir /mnt");
		return err;
	case -EBUSY:
		return why_set(why, err, "is busy: live patching or another tracer holds it");
	case -EOPNOTSUPP:
	case -ENOSYS:
	case -524:
		return attach_explain_missing(attachment, mode, why);
	default:
		why_errno(why, err, "cannot be probed");
		kernel_hint_exhausted(err, why);
		return err;
	}
}

/* EINVAL may mean a missing name too: of a return probe up to v5.10, of tracefs since v6.11. */
static inline bool attach_is_missing_symbol(int err)
{
	return err == -ENOENT || err == -EINVAL;
}

/*
 * Tries the target as it was given, then past the entry that ftrace keeps, then
 * both under the name of the machine's system call wrapper. If nothing does,
 * *target becomes what the returned error is about: a place that was refused
 * tells more than a name that is not there.
 */
static inline int attach_resolved(struct target *target, int prog_fd, enum attach_mode mode,
				  struct attachment *out, struct why *why)
{
	const struct target given = *target;
	int first = attach_once(&given, prog_fd, mode, out);
	struct machine machine;

	if (!attach_is_missing_symbol(first))
		return first;
	machine = machine_running();
	for (unsigned int i = 1; i < 4; i++) {
		const bool skip = i & 1, wrap = i & 2;
		struct target candidate = given;
		int err = 0;

		if ((skip && !target_skip_entry(&candidate, machine.entry_skip)) ||
		    (wrap && !target_wrap(&candidate, machine.syscall_prefix)))
			continue;
		if (wrap)
			err = attach_check_target(&candidate, why);
		if (!err)
			err = attach_once(&candidate, prog_fd, mode, out);
		if (!attach_is_missing_symbol(err) || (first == -ENOENT && err == -EINVAL)) {
			*target = candidate;
			first = err;
		}
		if (!attach_is_missing_symbol(err))
			break;
	}
	return first;
}

/*
 * Sets the program on the target; out->target is what was found for it. Returns
 * 0; -EOPNOTSUPP when this kernel has no way, else -errno, both with a reason.
 * attachment_close() must follow, whatever this returned.
 */
static inline int attachment_open(const struct target *target, int prog_fd, enum attach_mode mode,
				  struct attachment *out, struct why *why)
{
	struct target tried = *target;
	int err = attach_check_target(target, why);
	struct text name;

	if (!err) {
		if (mode != ATTACH_TRACEFS)
			err = attach_read_pmu(&out->pmu_type);
		if (!err)
			err = attach_resolved(&tried, prog_fd, mode, out, why);
		if (err)
			err = attach_explain(&tried, out, mode, err, why);
	}
	if (!err)
		return 0;
	text_clear(&name);
	target_add_name(&tried, &name);
	return why_subject(why, err, "%s", name.data);
}

#endif
