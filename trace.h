/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace.h - programs on what the kernel itself offers: tracepoints, functions
 * that were named when the program was loaded, iterators, and the CPUs' clocks.
 */
#ifndef TRACE_H
#define TRACE_H

#include "bpf_sys.h"
#include "fs.h"
#include "kernel.h"
#include "kinds.h"
#include "probe.h"
#include "text.h"

/* ---- Tracepoints, through perf ---- */

static inline int tracepoint_explain(const struct attachment *attachment, int err, struct why *why)
{
	switch (err) {
	case -ENOENT:
		why_set(why, err, "there is no such tracepoint in this kernel");
		why_hint(why, "they are listed in tracefs, below events/; "
			      "a module's are there when it is loaded");
		return err;
	case -EOPNOTSUPP:
		return why_set(why, err, "this kernel has no tracepoints (CONFIG_TRACING)");
	case -EEXIST:
		return why_set(why, err, "another program is on it, and before Linux 4.15 "
					 "a tracepoint takes one only");
	case -EINVAL: /* of "syscalls/...", whose events are of another kind */
		if (attachment->perf_fd >= 0)
			return why_set(why, -EOPNOTSUPP, "this kernel runs no programs there: "
							 "on system calls since Linux 4.14");
		return probe_explain_common(err, why);
	case -EACCES:
		if (attachment->perf_fd >= 0)
			return why_set(why, err,
				       "the program reads more than this "
				       "kernel's tracepoint records");
		/* fallthrough */
	default:
		return probe_explain_common(err, why);
	}
}

/* `target` is CATEGORY/NAME. Returns 0 or -errno with a reason. */
static inline int tracepoint_open(struct attachments *all, const char *target, int prog_fd,
				  struct why *why)
{
	struct attachment *out = attachments_add(all);
	uint64_t id = 0;
	int err;

	if (!out)
		return attachments_out_of_memory(why);
	err = probe_open_tracing(&all->probes);
	if (!err)
		err = event_read_id(all->probes.tracing_fd, target, &id);
	if (err == -ENOENT && kernel_is_confidential()) /* then tracefs is empty */
		err = -EPERM;
	if (!err)
		err = attach_tracepoint_event(id, out);
	if (!err)
		err = attach_perf_link(prog_fd, out);
	return err < 0 ? tracepoint_explain(out, err, why) : 0;
}

/* ---- What the program itself is bound to ---- */

/* A raw tracepoint's name, or NULL for a program that was loaded with its target. */
static inline int raw_tracepoint_open(struct attachments *all, const char *name, int prog_fd,
				      struct why *why)
{
	struct attachment *out = attachments_add(all);

	if (!out)
		return attachments_out_of_memory(why);
	out->link_fd = sys_raw_tracepoint_open(prog_fd, name);
	if (out->link_fd >= 0) {
		out->mechanism = "BPF link";
		return 0;
	}
	if (name && out->link_fd == -EINVAL)
		return why_set(why, -EINVAL,
			       "the program takes more arguments than this "
			       "kernel's tracepoint has");
	if (name)
		return tracepoint_explain(out, out->link_fd, why);
	if (out->link_fd == -EBUSY)
		return why_set(why, -EBUSY, "is busy: live patching or another tracer holds it, "
					    "or it has as many programs as it can take");
	if (out->link_fd == -524)
		return why_set(why, -EOPNOTSUPP, "this kernel cannot run a program there: "
						 "it has no trampolines for this machine");
	return probe_explain_common(out->link_fd, why);
}

/* An iterator: each descriptor of iterator_read() is one run. */
static inline int iterator_open(struct attachments *all, int prog_fd, struct why *why)
{
	struct attachment *out = attachments_add(all);

	if (!out)
		return attachments_out_of_memory(why);
	out->link_fd = sys_link_create(prog_fd, 0, BPF_TRACE_ITER);
	out->mechanism = "BPF link";
	if (out->link_fd >= 0)
		return 0;
	if (out->link_fd == -EBADF) /* libbpf, too, is given it by what loads the object */
		return why_bad(why,
			       "runs over the elements of one map, and no object can say of which");
	return why_errno(why, out->link_fd, "the iterator cannot be made");
}

/* A descriptor to read the iterator's text from, or -errno; the caller closes it. */
static inline int iterator_read(const struct attachment *iterator)
{
	return sys_iter_create(iterator->link_fd);
}

/* ---- The CPUs' clocks ---- */

/* The next range of a list as in sysfs, "0-3,8"; false at its end. */
static inline bool cpu_list_next(const char **list, uint64_t *out_first, uint64_t *out_last)
{
	if (**list == ',')
		++*list;
	if (!text_read_number(list, 10, out_first))
		return false;
	*out_last = *out_first;
	if (**list != '-')
		return true;
	++*list;
	return text_read_number(list, 10, out_last);
}

static inline int clock_open_cpu(struct attachments *all, uint64_t frequency, int cpu, int prog_fd)
{
	struct sys_perf_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = frequency,
		.freq = 1,
		.disabled = 1,
	};
	int fd = sys_perf_event_open(&attr, cpu);
	struct attachment *out;

	if (fd < 0)
		return fd;
	out = attachments_add(all);
	if (!out) {
		sys_close(fd);
		return -ENOMEM;
	}
	out->perf_fd = fd;
	return attach_perf_link(prog_fd, out);
}

static inline int clock_explain(uint64_t frequency, int err, struct why *why)
{
	if (err == -EINVAL)
		return why_set(why, err, "%llu times a second is more than the kernel lets "
					 "(sysctl kernel.perf_event_max_sample_rate)",
			       (unsigned long long)frequency);
	if (err == -ENOENT || err == -EOPNOTSUPP)
		return why_set(why, -EOPNOTSUPP,
			       "this kernel has no clock events (CONFIG_PERF_EVENTS)");
	return probe_explain_common(err, why);
}

/* On every CPU that is online: one that goes offline meanwhile is left out. */
static inline int clock_open(struct attachments *all, uint64_t frequency, int prog_fd,
			     struct why *why)
{
	uint64_t first, last;
	char online[4096]; /* all that sysfs gives: "0,4,8" and on, where SMT is off, may be long */
	const char *list = online;
	const uint32_t nr = all->nr;
	int err = fs_read(&fs_sys, "devices/system/cpu/online", online, sizeof(online));

	if (err <= 0)
		list = "0";
	while (cpu_list_next(&list, &first, &last))
		for (; first <= last && first < INT32_MAX; first++) {
			err = clock_open_cpu(all, frequency, (int)first, prog_fd);
			if (err < 0 && err != -ENODEV)
				return clock_explain(frequency, err, why);
		}
	return all->nr > nr ? 0 : clock_explain(frequency, -ENODEV, why);
}

#endif
