/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attach.h - a program's descriptor, its kind and its target become what makes it run.
 *
 * The kind (kinds.h) says which way: kprobe.h, uprobe.h and trace.h hold the
 * ways. Nothing here knows an object: what it takes is in struct attach_request.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include "kinds.h"
#include "kprobe.h"
#include "multi.h"
#include "probe.h"
#include "text.h"
#include "trace.h"
#include "uprobe.h"

struct attach_request {
	const struct kind *kind;
	int prog_fd;
	const char *const *targets; /* as sections and the command line spell them; "": none */
	uint32_t nr_targets;        /* at least 1, and more for functions of the kernel only */
};

/* What became of it, for messages. */
struct attach_report {
	struct text place;     /* "the return of 'vfs_read'" */
	const char *mechanism;
	uint32_t first;        /* the number of its first attachment; the last is all->nr - 1 */
};

/* ---- The ways ---- */

/* "'__x64_sys_read' (for 'sys_read')": what was found, and for what if it is called otherwise. */
static inline void attach_add_place(const struct target *given, const struct target *found,
				    struct text *out)
{
	target_add_name(found, out);
	if (strcmp(found->symbol, given->symbol) != 0 || found->offset != given->offset)
		text_addf(out, " (for '%s')", given->symbol);
}

static inline int attach_kprobe_target(struct attachments *all,
				       const struct attach_request *request, const char *function,
				       struct attach_report *out, struct why *why)
{
	struct attachment *attachment = attachments_add(all);
	struct target given, target;
	int err;

	if (!attachment)
		return attachments_out_of_memory(why);
	err = target_parse(function, request->kind->flags & KIND_RETURN, &given, why);
	if (err)
		return err;
	target = given;
	err = kprobe_open(&all->probes, &target, request->prog_fd, attachment, why);
	if (err)
		return err;
	attach_add_place(&given, &target, &out->place);
	return 0;
}

/* A reason that does not name the target yet. */
static inline int attach_blame(const struct attach_request *request, int err, struct why *why)
{
	return why_subject(why, err, "'%s'", request->targets[0]);
}

SELDOM int attach_functions(struct attachments *all, const struct attach_request *request,
			    struct attach_report *out, struct why *why)
{
	struct multi multi = {
		.kind = request->kind,
		.prog_fd = request->prog_fd,
		.wanted = { .targets = request->targets, .nr = request->nr_targets },
	};
	int err = multi_open(all, &multi, why);

	multi_add_place(&multi, &out->place);
	return err && pattern_is(request->targets[0]) ? attach_blame(request, err, why) : err;
}

static inline int attach_kprobe(struct attachments *all, const struct attach_request *request,
				struct attach_report *out, struct why *why)
{
	if (request->nr_targets > 1 || pattern_is(request->targets[0]))
		return attach_functions(all, request, out, why);
	return attach_kprobe_target(all, request, request->targets[0], out, why);
}

/* As the function sys_NAME: kprobe.h finds what this machine calls it. */
SELDOM int attach_ksyscall(struct attachments *all, const struct attach_request *request,
			   struct attach_report *out, struct why *why)
{
	struct text function;

	text_setf(&function, "sys_%s", request->targets[0]);
	return attach_kprobe_target(all, request, function.data, out, why);
}

SELDOM int attach_uprobe(struct attachments *all, const struct attach_request *request,
			 struct attach_report *out, struct why *why)
{
	struct target_binary target;

	if (!target_parse_binary(request->targets[0], &target))
		return kind_refuse_target(request->kind, request->targets[0], why);
	return uprobe_open(all, request->kind, request->prog_fd, &target, &out->place, why);
}

/* A reason that knows nothing of the program is another one when that may sleep. */
static inline int attach_blame_tracepoint(const struct attach_request *request, int err,
					  struct why *why)
{
	if (!err)
		return 0;
	if (request->kind->flags & KIND_SLEEPABLE && (err == -EINVAL || err == -EOPNOTSUPP))
		err = why_set(why, -EINVAL, "is no tracepoint where a program may sleep: "
					    "those of system calls are");
	return attach_blame(request, err, why);
}

SELDOM int attach_tracepoint(struct attachments *all, const struct attach_request *request,
			     struct attach_report *out, struct why *why)
{
	const char *target = request->targets[0];
	int err;

	if (!target_is_tracepoint(target))
		return kind_refuse_target(request->kind, target, why);
	text_addf(&out->place, "tracepoint '%s'", target);
	err = tracepoint_open(all, target, request->prog_fd, why);
	return attach_blame_tracepoint(request, err, why);
}

SELDOM int attach_raw_tracepoint(struct attachments *all, const struct attach_request *request,
				 struct attach_report *out, struct why *why)
{
	int err = raw_tracepoint_open(all, request->targets[0], request->prog_fd, why);

	text_addf(&out->place, "raw tracepoint '%s'", request->targets[0]);
	return attach_blame_tracepoint(request, err, why);
}

SELDOM int attach_tracing(struct attachments *all, const struct attach_request *request,
			  struct attach_report *out, struct why *why)
{
	int err = raw_tracepoint_open(all, NULL, request->prog_fd, why);

	text_addf(&out->place, "%s'%s'", kind_btf_is_typedef(request->kind) ? "tracepoint " : "",
		  request->targets[0]);
	return err ? attach_blame(request, err, why) : 0;
}

SELDOM int attach_clock(struct attachments *all, const struct attach_request *request,
			struct attach_report *out, struct why *why)
{
	uint64_t frequency;
	int err;

	if (!target_parse_frequency(request->targets[0], &frequency))
		return kind_refuse_target(request->kind, request->targets[0], why);
	err = clock_open(all, frequency, request->prog_fd, why);
	text_addf(&out->place, "the clock of %u CPU%s, %llu times a second", all->nr - out->first,
		  all->nr - out->first == 1 ? "" : "s", (unsigned long long)frequency);
	return err;
}

SELDOM int attach_iterator(struct attachments *all, const struct attach_request *request,
			   struct attach_report *out, struct why *why)
{
	int err = iterator_open(all, request->prog_fd, why);

	text_addf(&out->place, "iterator '%s'", request->targets[0]);
	return err ? attach_blame(request, err, why) : 0;
}

SELDOM int attach_refused(struct attachments *all, const struct attach_request *request,
			  struct attach_report *out, struct why *why)
{
	(void)all;
	(void)out;
	return why_bad(why, "programs of kind '%s' are not for tracing; what loads them is: %s",
		       request->kind->prefix, kind_tool(request->kind));
}

typedef int attach_function(struct attachments *all, const struct attach_request *request,
			    struct attach_report *out, struct why *why);

static attach_function *const attach_ways[] = {
	[WAY_KPROBE] = attach_kprobe,
	[WAY_KPROBE_MULTI] = attach_functions,
	[WAY_KSYSCALL] = attach_ksyscall,
	[WAY_TRACEPOINT] = attach_tracepoint,
	[WAY_RAW_TRACEPOINT] = attach_raw_tracepoint,
	[WAY_TRACING] = attach_tracing,
	[WAY_UPROBE] = attach_uprobe,
	[WAY_UPROBE_MULTI] = attach_uprobe,
	[WAY_PERF_EVENT] = attach_clock,
	[WAY_ITER] = attach_iterator,
	[WAY_REFUSED] = attach_refused,
};

SELDOM void attach_undo(struct attachments *all, uint32_t first)
{
	attachments_retract(all, first, NULL); /* why it is undone is known already */
}

/* Is the request one that can be met? */
static inline int attach_check(const struct attach_request *request, struct why *why)
{
	const struct kind *kind = request->kind;

	if (kind_needs_target(kind) && !request->targets[0][0])
		return why_bad(why, "there is no target: expected %s",
			       kind_spelling(kind->way));
	if (request->nr_targets > 1 && kind->way != WAY_KPROBE && kind->way != WAY_KPROBE_MULTI)
		return why_set(why, -EINVAL, "programs of kind '%s' take one target, not %u",
			       kind->prefix, request->nr_targets);
	return 0;
}

/*
 * Attaches a program to all of its targets, or to none. Returns 0; -ENOEXEC when
 * a target is misspelt, -EOPNOTSUPP when this kernel has no way, else -errno,
 * each with a reason. attachments_close() undoes it.
 */
static inline int attach_open(struct attachments *all, const struct attach_request *request,
			      struct attach_report *out, struct why *why)
{
	const struct kind *kind = request->kind;
	int err = attach_check(request, why);

	out->first = all->nr;
	out->mechanism = "";
	text_setf(&out->place, kind->flags & KIND_RETURN ? "the return of " : "");
	if (err)
		return err;
	err = attach_ways[kind->way](all, request, out, why);
	if (err)
		attach_undo(all, out->first);
	else
		out->mechanism = attachments_get(all, out->first)->mechanism;
	return err;
}

/*
 * The kind that such a program is to be loaded and attached as, for its targets
 * and for what this kernel has: many functions go by one link where there is
 * that, and a program that asks for it goes by events where there is not.
 */
static inline const struct kind *attach_choose(const struct kind *kind, enum attach_mode mode,
					       const char *const *targets, uint32_t nr_targets)
{
	const struct functions_wanted wanted = { targets, nr_targets };
	const bool links = mode == ATTACH_AUTO;
	const struct kind *other = NULL;

	if (kind->attach_type == BPF_TRACE_KPROBE_MULTI &&
	    !(links && probe_multi_is_there(kind->attach_type)))
		other = kind_of_way(kind, WAY_KPROBE);
	else if (kind->attach_type == BPF_TRACE_UPROBE_MULTI &&
		 !(links && probe_multi_is_there(kind->attach_type)))
		other = kind_of_way(kind, WAY_UPROBE);
	else if (kind->way == WAY_KPROBE && links && multi_is_wanted(&wanted) &&
		 probe_multi_is_there(BPF_TRACE_KPROBE_MULTI))
		other = kind_of_way(kind, WAY_KPROBE_MULTI);
	else if (kind->way == WAY_UPROBE && links && pattern_is(targets[0]) &&
		 probe_multi_is_there(BPF_TRACE_UPROBE_MULTI))
		other = kind_of_way(kind, WAY_UPROBE_MULTI);
	return other ? other : kind;
}

/* Once live: removes what killed loaders left in tracefs. */
static inline void attach_sweep(const struct attachments *all)
{
	events_sweep(all->probes.tracing_fd, PROBE_KERNEL);
	if (all->probes.pmu_is_read[PROBE_USER] || all->probes.events_fd[PROBE_USER] >= 0)
		events_sweep(all->probes.tracing_fd, PROBE_USER);
}

#endif
