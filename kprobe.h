/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kprobe.h - from a program's descriptor and a kernel function to a live probe.
 *
 * A name is resolved by trying: as it was given, past the entry that ftrace
 * keeps for itself on some machines, as the machine's system call. What the
 * kernel refused is explained with what /proc/kallsyms knows.
 */
#ifndef KPROBE_H
#define KPROBE_H

#include <sys/utsname.h>

#include "bpf_sys.h"
#include "fs.h"
#include "kernel.h"
#include "probe.h"
#include "symbols.h"
#include "text.h"

/* ---- Targets ---- */

struct target {
	/* NAME or MODULE:NAME; no character that means more in tracefs */
	char symbol[SYMBOL_NAME_SIZE];
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

/*
 * FUNCTION[+OFFSET]. Returns 0; -ENOEXEC with a reason when it is neither: then the
 * object is at fault, for what the command line says was looked at before.
 */
static inline int target_parse(const char *function, bool retprobe, struct target *out,
			       struct why *why)
{
	const char *p = function;
	size_t len = target_symbol_len(function);

	*out = (struct target){ .retprobe = retprobe };
	if (len == 0)
		return why_bad(why,
			       "function '%s': expected the name of a kernel function", function);
	if (len >= sizeof(out->symbol))
		return why_bad(why, "function '%s': %zu characters, at most %zu",
			       function, len, sizeof(out->symbol) - 1);
	memcpy(out->symbol, p, len);
	p += len;
	if (*p == '+') {
		p++;
		if (!text_read_c_number(&p, &out->offset) || *p)
			return why_bad(why,
				       "function '%s': expected a number behind the '+'", function);
	}
	if (*p)
		return why_bad(why, "function '%s': character '%.*s' in a name", function,
			       1, p);
	if (retprobe && out->offset)
		return why_bad(why, "function '%s': a return probe takes no offset", function);
	return 0;
}

/* "'vfs_read+0x4'", for messages. */
static inline void target_add_name(const struct target *target, struct text *out)
{
	if (target->offset)
		text_addf(out, "'%s+0x%llx'", target->symbol, (unsigned long long)target->offset);
	else
		text_addf(out, "'%s'", target->symbol);
}

/* How a kernel differs by its machine, as uname -m names it. */
struct machine {
	const char *name;
	const char *syscall_prefix; /* of the wrapper of sys_NAME; NULL when there is none */
	uint64_t entry_skip; /* where functions can be probed whose entry ftrace keeps for itself */
};

static const struct machine machines[] = {
	{ "x86_64", "__x64_", 0 },    /* since v4.17 */
	{ "i686", "__ia32_", 0 },
	{ "aarch64", "__arm64_", 0 }, /* since v4.19 */
	{ "s390x", "__s390x_", 0 },   /* since v5.2 */
	{ "riscv64", "__riscv_", 4 }, /* since v6.6; no KPROBES_ON_FTRACE, two no-ops at entry */
};

static inline struct machine machine_running(void)
{
	const struct machine other = { "", NULL, 0 };
	struct utsname name;

	if (sys_uname(&name) != 0)
		return other;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (strcmp(name.machine, machines[i].name) == 0)
			return machines[i];
	return other;
}

/* sys_NAME, or SyS_NAME as it was called, too, before v4.17? */
static inline bool name_is_syscall(const char *name)
{
	return strncmp(name, "sys_", 4) == 0 || strncmp(name, "SyS_", 4) == 0;
}

/* Puts the machine's prefix and the name of a system call there, spelt as since v4.17. */
static inline void syscall_write_name(const char *prefix, const char *name, char *out)
{
	const size_t prefix_len = strlen(prefix);

	memmove(out + prefix_len, name, strlen(name) + 1);
	memcpy(out, prefix, prefix_len);
	out[prefix_len] = out[prefix_len + 2] = 's';
}

/* Turns sys_NAME into the machine's wrapper; false when it is no system call. */
static inline bool target_wrap(struct target *target, const char *prefix)
{
	if (!prefix || !name_is_syscall(target->symbol) ||
	    strlen(prefix) + strlen(target->symbol) >= sizeof(target->symbol))
		return false;
	syscall_write_name(prefix, target->symbol, target->symbol);
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

/* ---- One probe ---- */

static inline int attach_once(struct probe_session *session, const struct target *target,
			      int prog_fd, struct attachment *out)
{
	const struct probe_site site = {
		.kind = PROBE_KERNEL,
		.retprobe = target->retprobe,
		.name = target->symbol,
		.offset = target->offset,
	};

	return probe_attach(session, &site, prog_fd, out);
}

/* Is it a file with the value 0? */
static inline bool attach_is_off(const char *path)
{
	char value[8];

	return fs_read_at(AT_FDCWD, path, value, sizeof(value)) > 0 && value[0] == '0';
}

/*
 * An administrator may have switched off what probes of these ways, a bit for each,
 * are made of: then they are set, and silent. Returns what it is, for a message, or
 * NULL. It is looked at where it is done, and is not searched for: this is no part of
 * the start.
 */
static inline const char *attach_silenced_by(uint32_t ways)
{
	const uint32_t kprobes = 1U << WAY_KPROBE | 1U << WAY_KSYSCALL;
	const uint32_t ftrace = kprobes | 1U << WAY_KPROBE_MULTI | 1U << WAY_TRACING;

	if ((ways & kprobes) && attach_is_off("/sys/kernel/debug/kprobes/enabled"))
		return "kprobes are switched off (debugfs: kprobes/enabled is 0)";
	if ((ways & ftrace) && attach_is_off("/proc/sys/kernel/ftrace_enabled"))
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
	sys_close(debug_fd);
	return found;
}

/* The names that may have been meant. The reason is new, and has no hint yet. */
static inline void attach_hint_names(const struct symbol_report *report, struct why *why)
{
	for (uint32_t i = 0; i < report->nr_variants && i < SYMBOL_VARIANTS; i++)
		text_addf(&why->hint, i ? ", '%s'" : "the compiler made variants of it: '%s'",
			  report->variants[i]);
	if (!report->nr_variants)
		symbol_hint_nearest(report, why);
	why_hint(why, "the functions are listed in /proc/kallsyms, as t or T; "
		      "one that was inlined is not there");
}

/*
 * What is wrong with the place itself, though the kernel might take it. Returns 0, or
 * -errno with a reason.
 */
static inline int attach_check_place(const struct target *target, const struct symbol_report *found,
				     struct why *why)
{
	uint64_t size = found->next_address - found->address;

	if (found->module && !found->nr_exact) {
		why_set(why, -ENOENT,
			"there is no such function in module '%.*s', or it is not loaded",
			(int)found->module_len, found->module);
		attach_hint_names(found, why);
		return -ENOENT;
	}
	if (found->nr_exact == 1 && found->address && found->next_address && target->offset >= size)
		return why_set(why, -EINVAL,
			       "the offset is outside of the function, which has %llu bytes",
			       (unsigned long long)size);
	return 0;
}

/* The kernel did not take the name or the place: /proc/kallsyms knows more. */
SELDOM int attach_explain_symbol(const struct target *target, int err, struct why *why)
{
	struct symbol_report found;

	if (symbols_search(target->symbol, &found) != 0)
		return why_errno(why, err,
				 "cannot be probed, and there is no /proc/kallsyms to say why");
	if (found.nr_exact && attach_blacklisted(found.wanted))
		return why_set(why, err, "is on the kernel's blacklist: it cannot be probed");
	if (found.nr_exact > 1)
		return why_set(why, err,
			       "the name is there %u times, "
			       "and the kernel cannot tell which is meant",
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
		return why_errno(why, err,
				 "is not an instruction boundary, "
				 "or an instruction that cannot be probed");
	if (target->retprobe && machine_running().entry_skip)
		return why_set(why, -EOPNOTSUPP,
			       "no return probe can be set: "
			       "on this machine ftrace keeps the entry of functions");
	why_errno(why, err, "cannot be probed there");
	why_hint(why, "functions that are marked notrace, or written in assembly, may take no probe");
	return err;
}

SELDOM int attach_check_symbol(const struct target *target, struct why *why)
{
	struct symbol_report found;

	return symbols_search(target->symbol, &found) == 0 ? attach_check_place(target, &found, why)
							   : 0;
}

/*
 * What the kernel would not refuse: an offset past the function's end reaches
 * whatever lies there, and tracefs waits in silence for a module to be loaded.
 */
static inline int attach_check_target(const struct target *target, struct why *why)
{
	return target->offset || strrchr(target->symbol, ':') ? attach_check_symbol(target, why)
								: 0;
}

SELDOM int attach_explain(const struct target *target, const struct probe_session *session,
			  int err, struct why *why)
{
	switch (err) {
	case -ENOENT:
	case -EINVAL:
	case -EADDRNOTAVAIL:
		return attach_explain_symbol(target, err, why);
	default:
		return probe_explain(session, PROBE_KERNEL, err, why);
	}
}

/* EINVAL may mean a missing name too: of a return probe up to v5.10, of tracefs since v6.11. */
static inline bool attach_is_missing_symbol(int err)
{
	return err == -ENOENT || err == -EINVAL;
}

/*
 * Tries the target past the entry that ftrace keeps, then both under the name of
 * the machine's system call wrapper. If nothing does, *target becomes what the
 * returned error is about: a place that was refused tells more than a name that
 * is not there, which is what `first` says of the target as it was given.
 */
static inline int attach_variant(struct probe_session *session, struct target *target, int prog_fd,
				 int first, struct attachment *out, struct why *why)
{
	const struct target given = *target;
	const struct machine machine = machine_running();

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
			err = attach_once(session, &candidate, prog_fd, out);
		if (!attach_is_missing_symbol(err) || (first == -ENOENT && err == -EINVAL)) {
			*target = candidate;
			first = err;
		}
		if (!attach_is_missing_symbol(err))
			break;
	}
	return first;
}

SELDOM int attach_name_target(const struct target *target, int err, struct why *why)
{
	struct text name;

	text_clear(&name);
	target_add_name(target, &name);
	return why_subject(why, err, "%s", name.data);
}

/*
 * Sets the program on the target, which becomes what was found for it. Returns
 * 0; -EOPNOTSUPP when this kernel has no way, else -errno, both with a reason,
 * and nothing is attached then.
 */
static inline int kprobe_open(struct probe_session *session, struct target *target, int prog_fd,
			      struct attachment *out, struct why *why)
{
	int err = attach_check_target(target, why);

	if (!err) {
		err = attach_once(session, target, prog_fd, out);
		if (attach_is_missing_symbol(err))
			err = attach_variant(session, target, prog_fd, err, out, why);
		if (err)
			err = attach_explain(target, session, err, why);
	}
	return err ? attach_name_target(target, err, why) : 0;
}

#endif
