/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.h - a program on one place in the kernel's code or in a file's: the ladder.
 *
 * Best rung first: the kprobe or uprobe PMU with a BPF link (v5.15), the PMU
 * with an ioctl (v4.17), a tracefs event (v4.1). The first two vanish with
 * their descriptors however the process ends; the third leaves an event in
 * tracefs (tracefs.h), which attachment_retract() removes, a guardian process if we are
 * killed, and events_sweep() of the next start if that was killed as well. What
 * exists is found by looking for it, never by a version.
 */
#ifndef PROBE_H
#define PROBE_H

#include <sys/file.h>

#include "bpf_sys.h"
#include "fs.h"
#include "insn.h"
#include "kernel.h"
#include "kinds.h"
#include "text.h"
#include "tracefs.h"

enum attach_mode { ATTACH_AUTO, ATTACH_PERF, ATTACH_TRACEFS };

/* A program attached to one thing, by whatever means. */
struct attachment {
	const char *mechanism; /* for messages */
	int perf_fd;
	int link_fd;
	uint32_t event;        /* the number of its event in tracefs; 0 when it has none */
	enum probe_kind kind;  /* of that event */
};

#define ATTACHMENT_CLOSED { .perf_fd = -1, .link_fd = -1 }

/* What all probes of a session share: looked for once, opened when first needed. */
struct probe_session {
	enum attach_mode mode;
	bool pmu_is_read[NR_PROBE_KINDS];
	uint32_t pmu_type[NR_PROBE_KINDS]; /* 0 when this kernel has none */
	int tracing_fd;                    /* tracefs, wherever it was found */
	int events_fd[NR_PROBE_KINDS];     /* its files, open for appending */
	uint32_t nr_events;                /* that were made so far: their numbers start at 1 */
	pid_t guardian;                    /* of all of them; 0 when there is none */
};

#define PROBE_SESSION_CLOSED { .tracing_fd = -1, .events_fd = { -1, -1 } }

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

/* By a link to the event where there is that. */
static inline int attach_perf_link(int prog_fd, struct attachment *out)
{
	out->link_fd = sys_link_create(prog_fd, out->perf_fd, BPF_PERF_EVENT);
	out->mechanism = out->link_fd < 0 ? "perf ioctl" : "perf link";
	return out->link_fd < 0 ? attach_perf_program(prog_fd, out->perf_fd)
				: sys_perf_enable(out->perf_fd);
}

/* The PMU's number, for perf_event_attr.type; 0 (that is PERF_TYPE_HARDWARE): there is none. */
static inline int probe_read_pmu(struct probe_session *session, enum probe_kind kind)
{
	char number[16];
	const char *p = number;
	uint64_t type = 0;
	int ret;

	if (session->mode == ATTACH_TRACEFS || session->pmu_is_read[kind])
		return 0;
	ret = fs_read(&fs_sys, probe_families[kind].pmu, number, sizeof(number));
	if (kernel_is_exhausted(ret))
		return ret;
	if (ret > 0 && text_read_number(&p, 10, &type))
		session->pmu_type[kind] = (uint32_t)type;
	session->pmu_is_read[kind] = true;
	return 0;
}

static inline int probe_attach_perf(struct probe_session *session, const struct probe_site *site,
				    int prog_fd, struct attachment *out)
{
	struct sys_perf_attr attr = {
		.type = session->pmu_type[site->kind],
		.config = site->retprobe, /* format/retprobe: "config:0" */
		.config1 = sys_ptr(site->name),
		.config2 = site->offset,
		.sample_period = 1,
		.disabled = 1,
	};
	int fd = attach_perf_event(&attr);

	if (fd < 0)
		return fd;
	out->perf_fd = fd;
	return attach_perf_link(prog_fd, out);
}

/* ---- Events of tracefs ---- */

/*
 * Opens tracefs, once for all. -ENXIO when there is no place to mount it on.
 * Under a confidential lockdown it is empty, and since v6.12 the kernel dies when
 * the last mount of it goes: then none is made.
 */
SELDOM int probe_open_tracing(struct probe_session *session)
{
	if (session->tracing_fd >= 0)
		return 0;
	session->tracing_fd = fs_open_mounted(&fs_trace);
	if (session->tracing_fd < 0 && kernel_is_confidential())
		return -EPERM;
	if (session->tracing_fd < 0)
		session->tracing_fd = fs_mount_tracing();
	if (session->tracing_fd == -ENODEV)
		return -EOPNOTSUPP;
	if (session->tracing_fd == -ENOENT) /* not to be taken for a function that is not there */
		return -ENXIO;
	return session->tracing_fd < 0 ? session->tracing_fd : 0;
}

static inline int probe_open_events(struct probe_session *session, enum probe_kind kind)
{
	int fd, err;

	if (session->events_fd[kind] >= 0)
		return 0;
	err = probe_open_tracing(session);
	if (err)
		return err;
	fd = sys_openat(session->tracing_fd, probe_families[kind].events, O_WRONLY | O_APPEND);
	if (fd == -ENOENT)
		return kernel_is_confidential() ? -EPERM : -EOPNOTSUPP;
	if (fd < 0)
		return fd;
	session->events_fd[kind] = fd;
	return 0;
}

/* Opens a tracepoint by its number. */
SELDOM int attach_tracepoint_event(uint64_t id, struct attachment *out)
{
	struct sys_perf_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .config = id, .sample_period = 1, .disabled = 1,
	};
	int fd = attach_perf_event(&attr);

	if (fd < 0)
		return fd;
	out->perf_fd = fd;
	return 0;
}

SELDOM int probe_attach_event(struct probe_session *session, const struct probe_site *site,
			      int prog_fd, struct attachment *out)
{
	struct text event, path;
	uint64_t id = 0;
	int err;

	event_make_name(session->nr_events + 1, &event);
	/* (Before all events: a copy of what perf knows them by would keep them busy.) */
	if (!session->guardian && !session->nr_events)
		session->guardian = guardian_start(session->tracing_fd);
	err = event_create(session->events_fd[site->kind], site, event.data);
	if (err)
		return err;
	out->event = ++session->nr_events;
	out->kind = site->kind;
	text_setf(&path, "%s/%s", probe_families[site->kind].group, event.data);
	err = event_read_id(session->tracing_fd, path.data, &id);
	if (!err)
		err = attach_tracepoint_event(id, out);
	if (err)
		return err;
	out->mechanism = "tracefs";
	return attach_perf_program(prog_fd, out->perf_fd);
}

#define SWEEP_PAUSE_NS 10000000

/* Another start's sweep may take its time: an event costs the kernel 40 ms to remove. */
static inline int events_lock(int events_fd)
{
	while (sys_flock(events_fd, LOCK_SH | LOCK_NB) == -EWOULDBLOCK) {
		if (sys_end_is_pending())
			return -EINTR;
		sys_signals_wait(0, SWEEP_PAUSE_NS);
	}
	return 0;
}

/*
 * From its creation until perf holds it, an event looks like one that a killed
 * loader left. A shared lock on kprobe_events marks that time: the sweep takes
 * the exclusive one, and the kernel drops both with their process.
 */
static inline int probe_attach_tracefs(struct probe_session *session, const struct probe_site *site,
				       int prog_fd, struct attachment *out)
{
	int err = probe_open_events(session, site->kind);

	if (!err)
		err = events_lock(session->events_fd[site->kind]);
	if (err)
		return err;
	err = probe_attach_event(session, site, prog_fd, out);
	sys_flock(session->events_fd[site->kind], LOCK_UN);
	return err;
}

/* ---- The ladder ---- */

/* Detaches and removes the event. Idempotent. Returns 0, or -errno when it had to be left. */
static inline int attachment_retract(const struct probe_session *session,
				     struct attachment *attachment)
{
	struct text event;
	int err = 0;

	if (attachment->link_fd >= 0)
		sys_close(attachment->link_fd);
	if (attachment->perf_fd >= 0)
		sys_close(attachment->perf_fd);
	attachment->link_fd = attachment->perf_fd = -1;
	if (attachment->event) { /* only now: an event that perf holds is busy */
		event_make_name(attachment->event, &event);
		err = event_remove(session->events_fd[attachment->kind], attachment->kind,
				   event.data);
	}
	if (err == -ENOENT) /* idle for a moment, it may have been swept by another start */
		err = 0;
	if (!err)
		attachment->event = 0;
	return err;
}

/* The same, with a reason. */
SELDOM int attachment_close(const struct probe_session *session,
			    struct attachment *attachment, struct why *why)
{
	int err = attachment_retract(session, attachment);
	struct text event;

	if (!err)
		return 0;
	event_make_name(attachment->event, &event);
	why_errno(why, err, "event '%s/%s' cannot be removed",
		  probe_families[attachment->kind].group, event.data);
	if (err == -EBUSY)
		why_hint(why, "somebody else has enabled it; the next start removes it");
	return err;
}

/* After all attachments. Idempotent. */
static inline void probe_session_close(struct probe_session *session)
{
	if (session->guardian)
		guardian_stop(session->guardian);
	for (enum probe_kind kind = 0; kind < NR_PROBE_KINDS; kind++)
		if (session->events_fd[kind] >= 0)
			sys_close(session->events_fd[kind]);
	if (session->tracing_fd >= 0)
		sys_close(session->tracing_fd);
	*session = (struct probe_session)PROBE_SESSION_CLOSED;
}

/* Errors that tell of the mechanism, not of the target: another rung may do. */
static inline bool attach_is_missing(int err)
{
	return err == -EOPNOTSUPP || err == -ENOSYS || err == -ENODEV || err == -E2BIG ||
	       err == -524;
}

/*
 * The kprobe PMU takes the function's name for an event's name too, before v5.1, and
 * that has no '.', as FUNCTION.isra.0, nor ':', as MODULE:FUNCTION.
 */
static inline bool probe_is_no_event_name(const struct probe_site *site)
{
	return site->kind == PROBE_KERNEL && site->name &&
	       site->name[text_until(site->name, ".:$")];
}

/* Sets the program on the site. Returns 0, or -errno, and nothing is attached then. */
static inline int probe_attach(struct probe_session *session, const struct probe_site *site,
			       int prog_fd, struct attachment *out)
{
	int err = probe_read_pmu(session, site->kind);

	if (err)
		return err;
	err = -EOPNOTSUPP;
	if (session->mode != ATTACH_TRACEFS && session->pmu_type[site->kind])
		err = probe_attach_perf(session, site, prog_fd, out);
	if (session->mode == ATTACH_TRACEFS ||
	    (session->mode == ATTACH_AUTO &&
	     (attach_is_missing(err) || (err == -EINVAL && probe_is_no_event_name(site))))) {
		attachment_retract(session, out);
		err = probe_attach_tracefs(session, site, prog_fd, out);
	}
	if (err < 0)
		attachment_retract(session, out);
	return err < 0 ? err : 0;
}

/* ---- Many ---- */

#define ATTACHMENTS_FEW 4
#define ATTACHMENTS_MAX 65536U

/* All attachments of a session. They stay where they are while there are more. */
struct attachments {
	struct probe_session probes;
	uint32_t nr;
	struct attachment few[ATTACHMENTS_FEW]; /* the first ones */
	struct attachment *more;                /* those that follow; NULL while there are none */
};

#define ATTACHMENTS_CLOSED { .probes = PROBE_SESSION_CLOSED }

static inline struct attachment *attachments_get(struct attachments *all, uint32_t idx)
{
	return idx < ATTACHMENTS_FEW ? &all->few[idx] : &all->more[idx - ATTACHMENTS_FEW];
}

/* One more at the end, to be filled; NULL when there is no memory. */
static inline struct attachment *attachments_add(struct attachments *all)
{
	struct attachment *added;

	if (all->nr >= ATTACHMENTS_FEW && !all->more) {
		all->more = sys_memory(ATTACHMENTS_MAX * sizeof(*all->more));
		/* Each has up to two descriptors, and 1024 is what a shell gives. */
		sys_raise_limit(RLIMIT_NOFILE, 2 * ATTACHMENTS_MAX);
	}
	if ((all->nr >= ATTACHMENTS_FEW && !all->more) || all->nr >= ATTACHMENTS_MAX)
		return NULL;
	added = attachments_get(all, all->nr++);
	*added = (struct attachment)ATTACHMENT_CLOSED;
	return added;
}

static inline int attachments_out_of_memory(struct why *why)
{
	return why_set(why, -ENOMEM, "out of memory for one of %u attachments", ATTACHMENTS_MAX);
}

/*
 * Undoes all from the last back to number `first`. Returns 0, or -errno with a
 * reason when an event had to be left: then they are kept, for another try.
 */
SELDOM int attachments_retract(struct attachments *all, uint32_t first, struct why *why)
{
	int err = 0;

	for (uint32_t i = all->nr; i-- > first;) {
		int ret = attachment_close(&all->probes, attachments_get(all, i), why);

		if (ret)
			err = ret;
	}
	if (!err)
		all->nr = first;
	return err;
}

/* Undoes everything. Idempotent. Returns 0, or -errno with a reason when an event was left. */
SELDOM int attachments_close(struct attachments *all, struct why *why)
{
	int err = attachments_retract(all, 0, why);

	probe_session_close(&all->probes);
	if (all->more)
		sys_unmap(all->more, ATTACHMENTS_MAX * sizeof(*all->more));
	*all = (struct attachments)ATTACHMENTS_CLOSED;
	return err;
}

/* ---- Many places at once ---- */

#define PLACES_MAX ATTACHMENTS_MAX

/* Offsets in a file, or addresses in the kernel. */
struct places {
	sys_u64 *items;
	uint32_t nr;
	bool full; /* there were more */
};

/* False when there is no memory. */
static inline bool places_open(struct places *places)
{
	*places = (struct places){ .items = sys_memory(PLACES_MAX * sizeof(*places->items)) };
	return places->items != NULL;
}

static inline void places_close(struct places *places)
{
	if (places->items)
		sys_unmap(places->items, PLACES_MAX * sizeof(*places->items));
	places->items = NULL;
}

static inline void places_add(struct places *places, uint64_t place)
{
	if (places->nr < PLACES_MAX)
		places->items[places->nr++] = place;
	else
		places->full = true;
}

/* Returns 0, or -E2BIG with a reason. */
static inline int places_check(const struct places *places, struct why *why)
{
	return places->full ? why_set(why, -E2BIG, "more than %u functions match", PLACES_MAX) : 0;
}

/*
 * An event costs the kernel milliseconds, once to come and once to go: what is on
 * more functions than these was hardly meant.
 */
#define EVENTS_MAX 2048U

/* Returns 0, or -E2BIG with a reason. */
static inline int places_check_events(const struct places *places, struct why *why)
{
	if (places->nr <= EVENTS_MAX)
		return 0;
	why_set(why, -E2BIG, "%u functions match, and at most %u can have an event each",
		places->nr, EVENTS_MAX);
	why_hint(why, "match fewer of them; "
		      "all go by one link where the kernel has kprobe.multi (v5.18), "
		      "uprobe.multi (v6.6) and --attach=auto");
	return -E2BIG;
}

/*
 * Sets the program on one of many sites. Returns 0; 1 when it cannot be probed,
 * *out_refused is why; -EINTR when the run is to end meanwhile, or -errno when
 * something ran out.
 */
static inline int probe_attach_next(struct attachments *all, const struct probe_site *site,
				    int prog_fd, int *out_refused)
{
	struct attachment *attachment = attachments_add(all);
	int err;

	if (!attachment)
		return -ENOMEM;
	if (sys_end_is_pending())
		return -EINTR;
	err = probe_attach(&all->probes, site, prog_fd, attachment);
	if (!err)
		return 0;
	if (!attachment->event) /* one that had to be left is kept, to be removed later */
		all->nr--;
	if (kernel_is_exhausted(err))
		return err;
	*out_refused = err;
	return 1;
}

/*
 * Sets the program on each of them that can be probed, with an attachment for
 * each; `site` tells what they have in common. *out_refused is why the last one
 * of those could not be that are left out. Returns how many those are, or as
 * probe_attach_next() -errno.
 */
static inline int probe_attach_each(struct attachments *all, struct probe_site site,
				    const struct places *places, int prog_fd, int *out_refused)
{
	int nr_left_out = 0;

	for (uint32_t i = 0; i < places->nr; i++) {
		int ret;

		site.offset = places->items[i];
		ret = probe_attach_next(all, &site, prog_fd, out_refused);
		if (ret < 0)
			return ret;
		nr_left_out += ret;
	}
	return nr_left_out;
}

/*
 * A link to places that cannot be read: a kernel that has such links goes as far as
 * to try, EFAULT.
 */
static inline int probe_try_multi(int prog_fd, uint32_t attach_type)
{
	const struct sys_link_create_attr link = { .prog_fd = (uint32_t)prog_fd,
						   .attach_type = attach_type };
	struct sys_link_kprobe_multi_attr kernel = { .link = link, .cnt = 1, .addrs = 1 };
	struct sys_link_uprobe_multi_attr user = { .link = link, .cnt = 1, .path = 1,
						   .offsets = 1 };

	if (attach_type == BPF_TRACE_UPROBE_MULTI || attach_type == BPF_TRACE_UPROBE_SESSION)
		return sys_link_create_uprobe_multi(&user);
	return sys_link_create_kprobe_multi(&kernel);
}

/* Has the kernel links to many places at once, of this enum bpf_attach_type? */
SELDOM bool probe_multi_is_there(uint32_t attach_type)
{
	const struct insn return_0 = { .code = INSN_ALU64 | INSN_MOV };
	const int prog_fd = kernel_try_program(return_0, attach_type);
	int err;

	if (prog_fd < 0)
		return false;
	err = probe_try_multi(prog_fd, attach_type);
	sys_close(prog_fd);
	return err == -EFAULT;
}

/* A kernel without them. */
SELDOM int probe_refuse_multi(const struct kind *kind, struct why *why)
{
	return why_set(why, -EOPNOTSUPP, "this kernel has no %s links (since Linux %u.%u)",
		       kind->prefix, kind->major, kind->minor);
}

/* ---- Why it did not attach ---- */

/* What is the same for each kind of probe: no way, no right, no room. */
static inline int probe_explain_missing(const struct probe_session *session, enum probe_kind kind,
					struct why *why)
{
	const struct probe_family *family = &probe_families[kind];

	if (session->pmu_type[kind] || session->events_fd[kind] >= 0)
		return why_set(why, -EOPNOTSUPP, "this kernel cannot probe there");
	if (session->mode != ATTACH_PERF)
		return why_set(why, -EOPNOTSUPP,
			       "this kernel has no %ss that a program can use (%s)", family->noun,
			       family->config);
	why_set(why, -EOPNOTSUPP, "this kernel has no %s PMU (since Linux 4.17)", family->noun);
	why_hint(why, "try --attach=tracefs");
	return -EOPNOTSUPP;
}

/* What is the same for whatever was to be attached. */
static inline int probe_explain_common(int err, struct why *why)
{
	if (err == -ENXIO) {
		why_set(why, err,
			"cannot be probed: tracefs is not mounted, "
			"and there is no directory to mount it on");
		why_hint(why, "make one: mkdir /mnt");
		return err;
	}
	if (err == -EPERM || err == -EACCES) {
		why_errno(why, err, "may not be probed");
		kernel_hint_privilege(false, why);
		return err;
	}
	why_errno(why, err, "cannot be probed");
	kernel_hint_exhausted(err, why);
	return err;
}

static inline int probe_explain(const struct probe_session *session, enum probe_kind kind, int err,
				struct why *why)
{
	switch (err) {
	case -EILSEQ:
		return why_set(why, err, "is not an instruction boundary");
	case -EINTR:
		return why_set(why, err, "interrupted before all were attached");
	case -EBUSY:
		return why_set(why, err, "is busy: live patching or another tracer holds it");
	case -EOPNOTSUPP:
	case -ENOSYS:
	case -524:
		return probe_explain_missing(session, kind, why);
	default:
		return probe_explain_common(err, why);
	}
}

#endif
