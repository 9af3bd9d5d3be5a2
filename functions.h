/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * functions.h - the kernel's functions that match patterns, by address.
 *
 * What ftrace can trace stands in tracefs (available_filter_functions), where
 * all functions are in /proc/kallsyms. A name there may stand for several
 * functions, so they are known by their addresses from here on.
 */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "bpf_sys.h"
#include "fs.h"
#include "kinds.h"
#include "probe.h"
#include "symbols.h"
#include "text.h"

/* What is wanted: the patterns among these; what else they name is attached by name. */
struct functions_wanted {
	const char *const *targets;
	uint32_t nr;
};

static inline bool functions_match(const struct functions_wanted *wanted, const char *name,
				   size_t len)
{
	bool matches = false;

	for (uint32_t i = 0; i < wanted->nr; i++) {
		const char *target = wanted->targets[i];

		if (pattern_is(target))
			matches = matches || pattern_match(target, name, len);
		else if (strlen(target) == len && memcmp(target, name, len) == 0)
			return false;
	}
	return matches;
}

/* ---- Names that ftrace knows: a set of their hashes ---- */

#define NAME_SET_SIZE (1U << 18) /* kernels have 50000 to 100000 */

struct name_set {
	uint64_t *hashes; /* 0: free */
	uint32_t nr;
};

/* FNV-1a; never 0. */
static inline uint64_t name_hash(const char *name, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 0x100000001b3;
	return hash | 1;
}

/* Where the name is, or would be; the set is never full. */
static inline uint64_t *name_set_find(const struct name_set *set, const char *name, size_t len)
{
	const uint64_t hash = name_hash(name, len);
	uint64_t i = hash >> 32;

	while (set->hashes[i % NAME_SET_SIZE] && set->hashes[i % NAME_SET_SIZE] != hash)
		i++;
	return &set->hashes[i % NAME_SET_SIZE];
}

/* False when there is no memory. */
static inline bool name_set_open(struct name_set *out)
{
	*out = (struct name_set){ .hashes = sys_memory(NAME_SET_SIZE * sizeof(*out->hashes)) };
	return out->hashes != NULL;
}

static inline void name_set_close(struct name_set *set)
{
	if (set->hashes)
		sys_unmap(set->hashes, NAME_SET_SIZE * sizeof(*set->hashes));
}

/* False when it was there. */
static inline bool name_set_add(struct name_set *set, const char *name, size_t len)
{
	uint64_t *place = name_set_find(set, name, len);

	if (*place)
		return false;
	if (set->nr < NAME_SET_SIZE / 2) {
		*place = name_hash(name, len);
		set->nr++;
	}
	return true;
}

/* available_filter_functions, "NAME [MODULE]" a line, as far as wanted. Returns 0 or -errno. */
static inline int name_set_read(int tracing_fd, const struct functions_wanted *wanted,
				struct name_set *out)
{
	struct fs_lines lines;
	const char *line;
	int err = fs_lines_open(&lines, tracing_fd, "available_filter_functions");

	if (err)
		return err;
	name_set_open(out);
	while (out->hashes && (line = fs_lines_next(&lines))) {
		size_t len = text_until(line, " \t");

		if (functions_match(wanted, line, len))
			name_set_add(out, line, len);
	}
	fs_lines_close(&lines);
	return out->hashes ? 0 : -ENOMEM;
}

/* ---- Their addresses ---- */

/* No part of a function that the compiler moved away, and nothing that was made at run time. */
static inline bool symbol_is_whole_function(const struct symbol *symbol)
{
	const char *cold = text_find(symbol->name, ".cold");

	return symbol_is_function(symbol) && !(cold && cold < symbol->module) &&
	       strncmp(symbol->module, "bpf]", 4) != 0 &&
	       strncmp(symbol->module, "__builtin__", 11) != 0;
}

/* From kallsyms, those in the set if there is one. -EPERM when the addresses are hidden. */
static inline int functions_from_kallsyms(const struct functions_wanted *wanted,
					  const struct name_set *traceable, struct places *out)
{
	struct fs_lines lines;
	struct symbol symbol;
	bool hidden = false;
	int err = symbols_open(&lines);

	if (err)
		return err;
	while (symbols_next(&lines, &symbol)) {
		if (!symbol_is_whole_function(&symbol) ||
		    (traceable ? !*name_set_find(traceable, symbol.name, symbol.len)
			       : !functions_match(wanted, symbol.name, symbol.len)))
			continue;
		hidden = hidden || !symbol.address;
		/* Names of one address are neighbours. */
		if (symbol.address && !(out->nr && out->items[out->nr - 1] == symbol.address))
			places_add(out, symbol.address);
	}
	fs_lines_close(&lines);
	return hidden && !out->nr ? -EPERM : 0;
}

/*
 * From available_filter_functions_addrs (since v6.5), "ADDRESS NAME [MODULE]" a
 * line: the addresses are those where ftrace has its call, which may lie some
 * bytes behind the entry, so they are for links to ftrace only.
 */
static inline int functions_from_ftrace(int tracing_fd, const struct functions_wanted *wanted,
					struct places *out)
{
	struct fs_lines lines;
	const char *line;
	int err = fs_lines_open(&lines, tracing_fd, "available_filter_functions_addrs");

	if (err)
		return err;
	while ((line = fs_lines_next(&lines))) {
		uint64_t address;

		text_skip(&line, "0x");
		if (text_read_number(&line, 16, &address) && text_skip(&line, " ") &&
		    functions_match(wanted, line, text_until(line, " \t")))
			places_add(out, address);
	}
	fs_lines_close(&lines);
	return 0;
}

/* From the best source there is; without tracefs, whatever kallsyms has. Returns 0 or -errno. */
static inline int functions_collect(struct probe_session *session,
				    const struct functions_wanted *wanted, bool by_ftrace,
				    struct places *out)
{
	struct name_set traceable = { 0 };
	bool filtered = false;
	int err = probe_open_tracing(session);

	if (!err && by_ftrace && functions_from_ftrace(session->tracing_fd, wanted, out) == 0)
		return 0;
	if (!err)
		filtered = name_set_read(session->tracing_fd, wanted, &traceable) == 0;
	err = functions_from_kallsyms(wanted, filtered ? &traceable : NULL, out);
	name_set_close(&traceable);
	return err;
}

/*
 * The functions that the patterns match; `by_ftrace` if it is ftrace that will
 * be given them. Returns 0, or -errno with a reason; places_close() in both cases.
 */
static inline int functions_find(struct probe_session *session,
				 const struct functions_wanted *wanted, bool by_ftrace,
				 struct places *out, struct why *why)
{
	int err;

	if (!places_open(out))
		return attachments_out_of_memory(why);
	err = functions_collect(session, wanted, by_ftrace, out);
	if (err == -EPERM)
		return symbols_refuse_hidden(why);
	if (err)
		return why_errno(why, err, "/proc/kallsyms cannot be read");
	if (!out->nr)
		return why_set(why, -ENOENT, "no function of this kernel matches");
	return places_check(out, why);
}

#endif
