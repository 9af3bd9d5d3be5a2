/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * multi.h - one program on many functions of the kernel.
 *
 * By one link to ftrace where the kernel has that (kprobe.multi, v5.18), which
 * takes a thousand in the time of twenty events; else by an event each. What was
 * named must attach; what a pattern matched and cannot be probed is left out.
 */
#ifndef MULTI_H
#define MULTI_H

#include "bpf_sys.h"
#include "functions.h"
#include "kinds.h"
#include "kprobe.h"
#include "probe.h"
#include "symbols.h"
#include "text.h"

struct multi {
	const struct kind *kind;
	int prog_fd;
	struct functions_wanted wanted;
	uint32_t nr_set;      /* functions that it is on */
	uint32_t nr_left_out; /* of those that patterns matched */
};

/* Was the target named before? Once is enough. */
static inline bool multi_is_repeated(const struct functions_wanted *wanted, uint32_t idx)
{
	for (uint32_t i = 0; i < idx; i++)
		if (strcmp(wanted->targets[i], wanted->targets[idx]) == 0)
			return true;
	return false;
}

static inline bool multi_has_pattern(const struct functions_wanted *wanted)
{
	for (uint32_t i = 0; i < wanted->nr; i++)
		if (pattern_is(wanted->targets[i]))
			return true;
	return false;
}

/* ---- An event each ---- */

static inline int multi_attach_names(struct attachments *all, struct multi *multi, struct why *why)
{
	for (uint32_t i = 0; i < multi->wanted.nr; i++) {
		struct attachment *attachment;
		struct target target;
		int err;

		if (pattern_is(multi->wanted.targets[i]) || multi_is_repeated(&multi->wanted, i))
			continue;
		attachment = attachments_add(all);
		if (!attachment)
			return attachments_out_of_memory(why);
		err = target_parse(multi->wanted.targets[i], multi->kind->flags & KIND_RETURN,
				   &target, why);
		if (!err)
			err = kprobe_open(&all->probes, &target, multi->prog_fd, attachment, why);
		if (err)
			return err;
		multi->nr_set++;
	}
	return 0;
}

/*
 * ELFv2 (powerpc): kallsyms has the entry of calls from elsewhere, and calls from near by
 * skip it. By its name the kernel finds the place that both come to.
 */
#if defined(__powerpc64__) && _CALL_ELF == 2
#define MULTI_BY_NAME true
#else
#define MULTI_BY_NAME false
#endif

/*
 * The same by the functions' names, which stand in kallsyms in the order of `places`:
 * before v4.12 tracefs takes no address for a return probe. Of several functions of one
 * name it takes the first, so that the others are left out. As probe_attach_each().
 */
SELDOM int multi_attach_by_name(struct attachments *all, struct probe_site site,
				const struct places *places, int prog_fd, int *out_refused)
{
	char name[SYMBOL_NAME_SIZE];
	struct name_set seen;
	struct fs_lines lines;
	struct symbol symbol;
	uint32_t nr = 0, nr_set = 0;
	int ret = symbols_open(&lines);

	if (ret)
		return ret;
	if (!name_set_open(&seen))
		ret = -ENOMEM;
	site.name = name;
	while (ret >= 0 && nr < places->nr && symbols_next(&lines, &symbol)) {
		const bool first = name_set_add(&seen, symbol.name, symbol.len);

		if (symbol.address != places->items[nr])
			continue;
		symbol_copy_name(&symbol, name);
		ret = first ? probe_attach_next(all, &site, prog_fd, out_refused) : 1;
		nr_set += ret == 0;
		nr++;
	}
	name_set_close(&seen);
	fs_lines_close(&lines);
	return ret < 0 ? ret : (int)(places->nr - nr_set);
}

static inline int multi_attach_places(struct attachments *all, struct multi *multi,
				      struct places *places, struct why *why)
{
	const struct probe_site site = {
		.kind = PROBE_KERNEL, .retprobe = multi->kind->flags & KIND_RETURN,
	};
	const uint64_t skip = site.retprobe ? 0 : machine_running().entry_skip;
	int refused = 0;
	int ret = places_check_events(places, why);

	if (ret)
		return ret;
	for (uint32_t i = 0; i < places->nr; i++)
		places->items[i] += skip;
	if (!MULTI_BY_NAME)
		ret = probe_attach_each(all, site, places, multi->prog_fd, &refused);
	if (MULTI_BY_NAME ||
	    ((uint32_t)ret == places->nr && site.retprobe && refused == -EINVAL))
		ret = multi_attach_by_name(all, site, places, multi->prog_fd, &refused);
	if (ret < 0)
		return probe_explain(&all->probes, PROBE_KERNEL, ret, why);
	multi->nr_left_out = (uint32_t)ret;
	if (multi->nr_left_out == places->nr)
		return why_subject(why, probe_explain(&all->probes, PROBE_KERNEL, refused, why),
				   "%u functions", places->nr);
	multi->nr_set += places->nr - multi->nr_left_out;
	return 0;
}

/* ---- One link ---- */

static inline int multi_link(struct attachments *all, const struct multi *multi,
			     struct sys_link_kprobe_multi_attr *attr)
{
	struct attachment *out = attachments_add(all);

	if (!out)
		return -ENOMEM;
	attr->link.prog_fd = (uint32_t)multi->prog_fd;
	attr->link.attach_type = multi->kind->attach_type;
	attr->flags = multi->kind->flags & KIND_RETURN ? BPF_F_KPROBE_MULTI_RETURN : 0;
	out->link_fd = sys_link_create_kprobe_multi(attr);
	out->mechanism = "kprobe.multi link";
	if (out->link_fd >= 0)
		return 0;
	all->nr--;
	return out->link_fd;
}

/* How often kallsyms has the name, or the machine's for the system call. */
static inline uint32_t multi_count(const char *name, struct symbol_report *found)
{
	struct target target = { .offset = 0 };

	if (symbols_search(name, found) != 0 || found->nr_exact ||
	    strlen(name) >= sizeof(target.symbol))
		return 1;
	memcpy(target.symbol, name, strlen(name) + 1);
	if (target_wrap(&target, machine_running().syscall_prefix))
		symbols_search(target.symbol, found);
	found->wanted = name; /* the wrapper's name ends here */
	return found->nr_exact;
}

/* Which of the names is it that the kernel does not know? */
SELDOM int multi_explain_names(const struct functions_wanted *wanted, int err, struct why *why)
{
	struct symbol_report found;

	for (uint32_t i = 0; i < wanted->nr; i++) {
		if (pattern_is(wanted->targets[i]) || multi_count(wanted->targets[i], &found))
			continue;
		why_set(why, -ENOENT, "there is no such function in this kernel");
		attach_hint_names(&found, why);
		return why_subject(why, -ENOENT, "'%s'", wanted->targets[i]);
	}
	return why_set(why, err, "ftrace cannot trace all of these functions");
}

static inline int multi_explain_link(const struct multi *multi, int err, struct why *why)
{
	if ((err == -EINVAL || attach_is_missing(err)) &&
	    !probe_multi_is_there(multi->kind->attach_type))
		return probe_refuse_multi(multi->kind, why);
	if (err == -ESRCH || err == -EINVAL)
		return multi_explain_names(&multi->wanted, err, why);
	return probe_explain_common(err, why);
}

/*
 * The names as they are given; with `prefix`, as the kernel wants them: sys_NAME is
 * the machine's wrapper, and each is there once.
 */
struct multi_names {
	sys_u64 *pointers; /* what is in one range of memory, before the texts */
	char *texts;
	size_t size, used;
	uint32_t nr;
};

static inline void multi_names_fill(const struct functions_wanted *wanted, const char *prefix,
				    struct multi_names *names)
{
	names->nr = 0;
	names->used = 0;
	for (uint32_t i = 0; i < wanted->nr; i++) {
		const char *name = wanted->targets[i];
		char *text = names->texts + names->used;

		if (pattern_is(name) || (prefix && multi_is_repeated(wanted, i)))
			continue;
		if (prefix && name_is_syscall(name))
			syscall_write_name(prefix, name, text);
		else
			memcpy(text, name, strlen(name) + 1);
		names->used += strlen(text) + 1;
		names->pointers[names->nr++] = sys_ptr(text);
	}
}

/* Room for all: the names of functions are short, a hostile one is as long as an argument. */
static inline bool multi_names_open(const struct functions_wanted *wanted, struct multi_names *out)
{
	*out = (struct multi_names){ .size = wanted->nr * sizeof(*out->pointers) };
	for (uint32_t i = 0; i < wanted->nr; i++)
		out->size += strlen(wanted->targets[i]) + 16;
	out->pointers = sys_memory(out->size);
	out->texts = (char *)(out->pointers + wanted->nr);
	return out->pointers != NULL;
}

static inline int multi_link_names(struct attachments *all, struct multi *multi, struct why *why)
{
	struct sys_link_kprobe_multi_attr attr = { 0 };
	struct multi_names names;
	const char *prefix;
	int err = 0;

	if (!multi_names_open(&multi->wanted, &names))
		return attachments_out_of_memory(why);
	multi_names_fill(&multi->wanted, NULL, &names);
	attr.cnt = names.nr;
	attr.syms = sys_ptr(names.pointers);
	if (names.nr)
		err = multi_link(all, multi, &attr);
	if (err == -ESRCH) {
		prefix = machine_running().syscall_prefix;
		multi_names_fill(&multi->wanted, prefix ? prefix : "", &names);
		attr.cnt = names.nr;
		err = multi_link(all, multi, &attr);
	}
	multi->nr_set += names.nr;
	sys_unmap(names.pointers, names.size);
	return err ? multi_explain_link(multi, err, why) : 0;
}

static inline int multi_link_places(struct attachments *all, struct multi *multi,
				    const struct places *places, struct why *why)
{
	struct sys_link_kprobe_multi_attr attr = { .addrs = sys_ptr(places->items),
						   .cnt = places->nr };
	int err = multi_link(all, multi, &attr);

	multi->nr_set += places->nr;
	return err ? multi_explain_link(multi, err, why) : 0;
}

/* ---- Both ---- */

/*
 * Sets the program on each target, FUNCTION or pattern, as its kind says: by
 * links or by events. Returns 0, or -errno with a reason.
 */
SELDOM int multi_open(struct attachments *all, struct multi *multi, struct why *why)
{
	const bool by_link = multi->kind->way == WAY_KPROBE_MULTI;
	struct places places;
	int err = by_link ? multi_link_names(all, multi, why) : multi_attach_names(all, multi, why);

	if (err || !multi_has_pattern(&multi->wanted))
		return err;
	err = functions_find(&all->probes, &multi->wanted, by_link, &places, why);
	if (!err)
		err = by_link ? multi_link_places(all, multi, &places, why)
			      : multi_attach_places(all, multi, &places, why);
	places_close(&places);
	return err;
}

/* "57 functions, 3 left out" */
static inline void multi_add_place(const struct multi *multi, struct text *out)
{
	text_addf(out, "%u function%s (", multi->nr_set, multi->nr_set == 1 ? "" : "s");
	for (uint32_t i = 0; i < multi->wanted.nr && i < 3; i++)
		text_addf(out, "%s'%s'", i ? ", " : "", multi->wanted.targets[i]);
	text_addf(out, "%s)", multi->wanted.nr > 3 ? ", ..." : "");
	if (multi->nr_left_out)
		text_addf(out, ", %u left out", multi->nr_left_out);
}

/*
 * Is the link worth it? Its functions can have no offset, and a few that are
 * named are better told apart when one of them is refused.
 */
#define MULTI_WORTH 16

static inline bool multi_is_wanted(const struct functions_wanted *wanted)
{
	for (uint32_t i = 0; i < wanted->nr; i++)
		if (wanted->targets[i][text_until(wanted->targets[i], "+:")])
			return false;
	return wanted->nr > MULTI_WORTH || multi_has_pattern(wanted);
}

#endif
