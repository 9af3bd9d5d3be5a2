/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * symbols.h - what /proc/kallsyms says of one name, in one pass, with no table kept.
 *
 * It is read after the kernel refused a name, to say why: is there such a
 * function, how often, under which compiler's suffixes, and which names are
 * nearest to it; and before, for what the kernel would accept and should not.
 */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include "fs.h"
#include "text.h"

#define SYMBOL_NAME_SIZE 512 /* KSYM_NAME_LEN since v6.1; 128 before */
#define SYMBOL_NEAREST 3
#define SYMBOL_VARIANTS 3
#define SYMBOL_NEAR_COST 3   /* more edits than this are another word */

struct symbol {
	uint64_t address; /* 0 without privilege */
	char type;        /* as in nm(1): t and T are functions */
	const char *name;
	size_t len;         /* "\t[module]" may follow the name */
	const char *module; /* "" for the kernel itself, else "module]" */
};

/* One line, "ffffffff81000000 T name\t[module]". */
SELDOM bool symbol_parse_line(const char *line, struct symbol *out)
{
	if (!text_read_number(&line, 16, &out->address) || line[0] != ' ' || !line[1] ||
	    line[2] != ' ')
		return false;
	out->type = line[1];
	out->name = line + 3;
	out->len = text_until(out->name, "\t ");
	out->module = out->name + out->len;
	text_skip(&out->module, "\t[");
	return out->len > 0 && out->len < SYMBOL_NAME_SIZE;
}

/* Their addresses all read as zeros. */
SELDOM int symbols_refuse_hidden(struct why *why)
{
	why_set(why, -EPERM, "/proc/kallsyms hides the addresses of the kernel's symbols");
	why_hint(why, "sysctl kernel.kptr_restrict=1 shows them to root, or who has CAP_SYSLOG");
	return -EPERM;
}

/* /proc/kallsyms. Returns 0 or -errno; fs_lines_close() after success. */
SELDOM int symbols_open(struct fs_lines *out)
{
	int err, proc_fd = fs_open(&fs_proc);

	if (proc_fd < 0)
		return proc_fd;
	err = fs_lines_open(out, proc_fd, "kallsyms");
	sys_close(proc_fd);
	return err;
}

/* The next symbol, valid until the one behind it; false at the end. */
SELDOM bool symbols_next(struct fs_lines *lines, struct symbol *out)
{
	const char *line;

	while ((line = fs_lines_next(lines)))
		if (symbol_parse_line(line, out))
			return true;
	return false;
}

static inline bool symbol_is_function(const struct symbol *symbol)
{
	return (symbol->type | 32) == 't' || (symbol->type | 32) == 'w';
}

struct symbol_near {
	unsigned int nearness; /* fewer edits make it more; 0: there is none */
	char name[SYMBOL_NAME_SIZE];
};

struct symbol_report {
	const char *wanted;   /* without its module */
	const char *module;   /* the wanted one; NULL for any */
	size_t module_len;
	uint32_t nr_exact;    /* functions of exactly this name */
	uint32_t nr_data;     /* symbols of this name that are no functions */
	uint64_t address;     /* of the function, 0 when hidden */
	uint64_t next_address; /* of the symbol behind it: the list is in the order of addresses */
	uint32_t nr_variants; /* NAME.isra.0, NAME.constprop.0, NAME.part.0 ... */
	char variants[SYMBOL_VARIANTS][SYMBOL_NAME_SIZE];
	struct symbol_near nearest[SYMBOL_NEAREST]; /* best first */
};

/*
 * Edits (insert, delete, replace) between two names, or limit + 1 when there
 * are more: one row of the matrix, and no row is finished in vain.
 */
static inline unsigned int symbol_distance(const char *a, size_t a_len, const char *b,
					   size_t b_len, unsigned int limit)
{
	unsigned int row[64];

	if (a_len >= sizeof(row) / sizeof(row[0]) || a_len + limit < b_len || b_len + limit < a_len)
		return limit + 1;
	for (size_t i = 0; i <= a_len; i++)
		row[i] = (unsigned int)i;
	for (size_t j = 1; j <= b_len; j++) {
		unsigned int diagonal = row[0], best = row[0] = (unsigned int)j;

		for (size_t i = 1; i <= a_len; i++) {
			unsigned int cost = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[i];
			if (row[i] + 1 < cost)
				cost = row[i] + 1;
			if (row[i - 1] + 1 < cost)
				cost = row[i - 1] + 1;
			row[i] = cost;
			if (cost < best)
				best = cost;
		}
		if (best > limit)
			return limit + 1;
	}
	return row[a_len] > limit ? limit + 1 : row[a_len];
}

static inline void symbol_copy_name(const struct symbol *symbol, char *out)
{
	memcpy(out, symbol->name, symbol->len);
	out[symbol->len] = '\0';
}

/* A system call goes by the name without its wrapper's prefix: sys_read, not __x64_sys_read. */
static inline void symbol_strip_wrapper(struct symbol *symbol)
{
	for (size_t i = 0; i + 4 <= symbol->len; i++) {
		if (memcmp(symbol->name + i, "sys_", 4) != 0)
			continue;
		symbol->name += i;
		symbol->len -= i;
		return;
	}
}

SELDOM void symbol_keep_nearest(struct symbol_report *report, const struct symbol *symbol)
{
	struct symbol_near *near = report->nearest;
	size_t i = SYMBOL_NEAREST - 1;
	const unsigned int limit = SYMBOL_NEAR_COST - near[i].nearness;
	unsigned int cost;

	if (near[i].nearness > SYMBOL_NEAR_COST)
		return;
	cost = symbol_distance(report->wanted, strlen(report->wanted), symbol->name, symbol->len,
			       limit);
	if (cost > limit)
		return;
	for (size_t k = 0; k < SYMBOL_NEAREST; k++)
		if (strncmp(near[k].name, symbol->name, symbol->len) == 0 &&
		    !near[k].name[symbol->len])
			return;
	for (; i > 0 && near[i - 1].nearness < SYMBOL_NEAR_COST + 1 - cost; i--)
		near[i] = near[i - 1];
	near[i].nearness = SYMBOL_NEAR_COST + 1 - cost;
	symbol_copy_name(symbol, near[i].name);
}

/* For a reason that is new, and has no hint yet. */
SELDOM void symbol_hint_nearest(const struct symbol_report *report, struct why *why)
{
	for (size_t i = 0; i < SYMBOL_NEAREST && report->nearest[i].nearness; i++)
		text_addf(&why->hint, i ? ", '%s'" : "nearest names: '%s'",
			  report->nearest[i].name);
}

static inline bool symbol_is_of_module(const struct symbol *symbol,
				       const struct symbol_report *report)
{
	return !report->module ||
	       (strncmp(symbol->module, report->module, report->module_len) == 0 &&
		symbol->module[report->module_len] == ']');
}

static inline void symbol_report_add(struct symbol_report *report, const struct symbol *symbol)
{
	size_t len = strlen(report->wanted);
	bool same_start = symbol->len >= len && memcmp(symbol->name, report->wanted, len) == 0;

	if (report->address && symbol->address > report->address &&
	    (!report->next_address || symbol->address < report->next_address))
		report->next_address = symbol->address;
	if (same_start && symbol->len == len && symbol_is_of_module(symbol, report)) {
		if (!symbol_is_function(symbol)) {
			report->nr_data++;
			return;
		}
		report->nr_exact++;
		report->address = symbol->address;
	} else if (!symbol_is_function(symbol)) {
		return;
	} else if (same_start && symbol->name[len] == '.') {
		if (report->nr_variants < SYMBOL_VARIANTS)
			symbol_copy_name(symbol, report->variants[report->nr_variants]);
		report->nr_variants++;
	} else {
		struct symbol named = *symbol;

		if (strncmp(report->wanted, "sys_", 4) == 0)
			symbol_strip_wrapper(&named);
		symbol_keep_nearest(report, &named);
	}
}

/* Looks for NAME or MODULE:NAME, which must outlive the report. Returns 0 or -errno. */
static inline int symbols_search(const char *wanted, struct symbol_report *out)
{
	const char *colon = text_find(wanted, ":");
	struct fs_lines lines;
	struct symbol symbol;
	int err = symbols_open(&lines);

	memset(out, 0, sizeof(*out));
	out->wanted = wanted;
	if (colon) {
		out->wanted = colon + 1;
		out->module = wanted;
		out->module_len = (size_t)(colon - wanted);
	}
	if (err)
		return err;
	while (symbols_next(&lines, &symbol))
		symbol_report_add(out, &symbol);
	fs_lines_close(&lines);
	return 0;
}

/* Is there a symbol of exactly that name? */
static inline bool symbols_have(const char *name)
{
	struct fs_lines lines;
	struct symbol symbol;
	bool found = false;

	if (symbols_open(&lines) != 0)
		return false;
	while (!found && symbols_next(&lines, &symbol))
		found = strlen(name) == symbol.len && memcmp(symbol.name, name, symbol.len) == 0;
	fs_lines_close(&lines);
	return found;
}

#endif
