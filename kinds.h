/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kinds.h - what the name of a program's section says of it, in one table.
 *
 * "?fentry/vfs_read" is three things: an optional program, of kind fentry, for
 * the target vfs_read. The kind says what the kernel is told when the program is
 * loaded, how its target is spelt and which way it is attached; a kind that is
 * not for tracing says which tool is for it. The names are those of libbpf's
 * conventions (its documentation, "Program Types and ELF Sections"), and "prog"
 * of the tc style, whose target comes from the command line.
 */
#ifndef KINDS_H
#define KINDS_H

#include "text.h"

/* ---- What BPF_PROG_LOAD is told ---- */

#define BPF_PROG_TYPE_KPROBE 2
#define BPF_PROG_TYPE_TRACEPOINT 5               /* since v4.7 */
#define BPF_PROG_TYPE_PERF_EVENT 7               /* since v4.9 */
#define BPF_PROG_TYPE_RAW_TRACEPOINT 17          /* since v4.17 */
#define BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE 24 /* since v5.2 */
#define BPF_PROG_TYPE_TRACING 26                 /* since v5.5 */

/* enum bpf_attach_type */
#define BPF_TRACE_RAW_TP 23
#define BPF_TRACE_FENTRY 24
#define BPF_TRACE_FEXIT 25
#define BPF_MODIFY_RETURN 26       /* since v5.7 */
#define BPF_TRACE_ITER 28          /* since v5.8 */
#define BPF_TRACE_KPROBE_MULTI 42  /* since v5.18 */
#define BPF_TRACE_UPROBE_MULTI 48  /* since v6.6 */
#define BPF_TRACE_KPROBE_SESSION 56 /* since v6.10 */
#define BPF_TRACE_UPROBE_SESSION 57 /* since v6.13 */
#define BPF_TRACE_FSESSION 58      /* since v7.0 */

/* ---- The table ---- */

/* How a program is attached; it tells how the target is spelt, too. */
enum kind_way {
	WAY_KPROBE,
	WAY_KPROBE_MULTI,
	WAY_KSYSCALL,
	WAY_TRACEPOINT,
	WAY_RAW_TRACEPOINT,
	WAY_TRACING,    /* the target is an id in the kernel's BTF, given when it is loaded */
	WAY_UPROBE,
	WAY_UPROBE_MULTI,
	WAY_PERF_EVENT,
	WAY_ITER,       /* it runs when it is read */
	WAY_REFUSED,
};

enum kind_flags {
	KIND_RETURN = 1,      /* it runs when the function returns */
	KIND_SLEEPABLE = 2,   /* loaded with BPF_F_SLEEPABLE */
	KIND_FAMILY = 4,      /* prefix_more and prefix.more are of this kind as well */
};

struct kind {
	char prefix[18];      /* of the section's name; "/TARGET" may follow */
	uint8_t prog_type;    /* BPF_PROG_TYPE_* */
	uint8_t attach_type;  /* the expected one; 0: none */
	uint8_t way;          /* enum kind_way */
	uint8_t flags;        /* enum kind_flags */
	uint8_t major, minor; /* the first kernel that loads such programs */
};

#define KIND(prefix, prog_type, attach_type, way, flags, major, minor) \
	{ prefix, BPF_PROG_TYPE_##prog_type, attach_type, WAY_##way, flags, major, minor }

/* Those that are not for tracing, and what loads such a program. */
#define KINDS_REFUSED(ROW) \
	ROW("usdt", KIND_FAMILY, "bpftrace") \
	ROW("xdp", KIND_FAMILY, "ip link set dev DEVICE xdp") \
	ROW("tc", 0, "tc filter") \
	ROW("tcx", 0, "tc filter") \
	ROW("classifier", KIND_FAMILY, "tc filter") \
	ROW("action", KIND_FAMILY, "tc actions") \
	ROW("netkit", 0, "bpftool net attach") \
	ROW("lwt", KIND_FAMILY, "ip route, with encap bpf") \
	ROW("cgroup", KIND_FAMILY, "bpftool cgroup attach, or systemd") \
	ROW("sockops", 0, "bpftool cgroup attach") \
	ROW("lsm", KIND_FAMILY, "bpftool prog load, with autoattach") \
	ROW("struct_ops", KIND_FAMILY, "bpftool struct_ops register") \
	ROW("freplace", 0, "xdp-loader, or the program that it extends") \
	ROW("socket", KIND_FAMILY, "the program that has the socket") \
	ROW("sk", KIND_FAMILY, "bpftool prog load and attach") \
	ROW("flow_dissector", 0, "bpftool prog load and attach") \
	ROW("netfilter", 0, "bpftool prog load") \
	ROW("syscall", 0, "bpftool prog load and run") \
	ROW("lirc_mode2", 0, "ir-keytable")
#define KIND_REFUSED(prefix, flags, tool) { prefix, 0, 0, WAY_REFUSED, flags, 0, 0 },
#define KIND_TOOL(prefix, flags, tool) tool "\0"
#define KIND_ONE(prefix, flags, tool) + 1

static const struct kind section_kinds[] = {
	KIND("prog", KPROBE, 0, KPROBE, 0, 4, 1),
	KIND("kprobe", KPROBE, 0, KPROBE, 0, 4, 1),
	KIND("kretprobe", KPROBE, 0, KPROBE, KIND_RETURN, 4, 1),
	KIND("kprobe.multi", KPROBE, BPF_TRACE_KPROBE_MULTI, KPROBE_MULTI, 0, 5, 18),
	KIND("kretprobe.multi", KPROBE, BPF_TRACE_KPROBE_MULTI, KPROBE_MULTI, KIND_RETURN, 5, 18),
	KIND("kprobe.session", KPROBE, BPF_TRACE_KPROBE_SESSION, KPROBE_MULTI, 0, 6, 10),
	KIND("ksyscall", KPROBE, 0, KSYSCALL, 0, 4, 1),
	KIND("kretsyscall", KPROBE, 0, KSYSCALL, KIND_RETURN, 4, 1),
	KIND("tracepoint", TRACEPOINT, 0, TRACEPOINT, 0, 4, 7),
	KIND("tracepoint.s", TRACEPOINT, 0, TRACEPOINT, KIND_SLEEPABLE, 7, 2),
	KIND("tp", TRACEPOINT, 0, TRACEPOINT, 0, 4, 7),
	KIND("tp.s", TRACEPOINT, 0, TRACEPOINT, KIND_SLEEPABLE, 7, 2),
	KIND("raw_tracepoint", RAW_TRACEPOINT, 0, RAW_TRACEPOINT, 0, 4, 17),
	KIND("raw_tracepoint.s", RAW_TRACEPOINT, 0, RAW_TRACEPOINT, KIND_SLEEPABLE, 7, 2),
	KIND("raw_tp", RAW_TRACEPOINT, 0, RAW_TRACEPOINT, 0, 4, 17),
	KIND("raw_tp.s", RAW_TRACEPOINT, 0, RAW_TRACEPOINT, KIND_SLEEPABLE, 7, 2),
	KIND("raw_tracepoint.w", RAW_TRACEPOINT_WRITABLE, 0, RAW_TRACEPOINT, 0, 5, 2),
	KIND("raw_tp.w", RAW_TRACEPOINT_WRITABLE, 0, RAW_TRACEPOINT, 0, 5, 2),
	KIND("tp_btf", TRACING, BPF_TRACE_RAW_TP, TRACING, 0, 5, 5),
	KIND("tp_btf.s", TRACING, BPF_TRACE_RAW_TP, TRACING, KIND_SLEEPABLE, 7, 2),
	KIND("fentry", TRACING, BPF_TRACE_FENTRY, TRACING, 0, 5, 5),
	KIND("fentry.s", TRACING, BPF_TRACE_FENTRY, TRACING, KIND_SLEEPABLE, 5, 10),
	KIND("fexit", TRACING, BPF_TRACE_FEXIT, TRACING, KIND_RETURN, 5, 5),
	KIND("fexit.s", TRACING, BPF_TRACE_FEXIT, TRACING, KIND_RETURN | KIND_SLEEPABLE, 5, 10),
	KIND("fsession", TRACING, BPF_TRACE_FSESSION, TRACING, 0, 7, 0),
	KIND("fsession.s", TRACING, BPF_TRACE_FSESSION, TRACING, KIND_SLEEPABLE, 7, 0),
	KIND("fmod_ret", TRACING, BPF_MODIFY_RETURN, TRACING, 0, 5, 7),
	KIND("fmod_ret.s", TRACING, BPF_MODIFY_RETURN, TRACING, KIND_SLEEPABLE, 5, 10),
	KIND("uprobe", KPROBE, 0, UPROBE, 0, 4, 3),
	KIND("uprobe.s", KPROBE, 0, UPROBE, KIND_SLEEPABLE, 6, 0),
	KIND("uretprobe", KPROBE, 0, UPROBE, KIND_RETURN, 4, 3),
	KIND("uretprobe.s", KPROBE, 0, UPROBE, KIND_RETURN | KIND_SLEEPABLE, 6, 0),
	KIND("uprobe.multi", KPROBE, BPF_TRACE_UPROBE_MULTI, UPROBE_MULTI, 0, 6, 6),
	KIND("uprobe.multi.s", KPROBE, BPF_TRACE_UPROBE_MULTI, UPROBE_MULTI, KIND_SLEEPABLE, 6, 6),
	KIND("uretprobe.multi", KPROBE, BPF_TRACE_UPROBE_MULTI, UPROBE_MULTI, KIND_RETURN, 6, 6),
	KIND("uretprobe.multi.s", KPROBE, BPF_TRACE_UPROBE_MULTI, UPROBE_MULTI,
	     KIND_RETURN | KIND_SLEEPABLE, 6, 6),
	KIND("uprobe.session", KPROBE, BPF_TRACE_UPROBE_SESSION, UPROBE_MULTI, 0, 6, 13),
	KIND("uprobe.session.s", KPROBE, BPF_TRACE_UPROBE_SESSION, UPROBE_MULTI,
	     KIND_SLEEPABLE, 6, 13),
	KIND("perf_event", PERF_EVENT, 0, PERF_EVENT, 0, 4, 9),
	KIND("iter", TRACING, BPF_TRACE_ITER, ITER, 0, 5, 8),
	KIND("iter.s", TRACING, BPF_TRACE_ITER, ITER, KIND_SLEEPABLE, 5, 18),
	KINDS_REFUSED(KIND_REFUSED)
};

enum {
	NR_SECTION_KINDS = sizeof(section_kinds) / sizeof(section_kinds[0]),
	NR_TRACING_KINDS = NR_SECTION_KINDS - (0 KINDS_REFUSED(KIND_ONE)),
};

/* What loads programs of a kind that is refused. */
static inline const char *kind_tool(const struct kind *kind)
{
	static const char tools[] = KINDS_REFUSED(KIND_TOOL);

	return text_nth(tools, (size_t)(kind - &section_kinds[NR_TRACING_KINDS]));
}

/* A section's name, understood. */
struct kind_match {
	const struct kind *kind;
	const char *target; /* what follows the kind's '/', the name's end; "" when nothing does */
	bool optional;      /* '?' before it: nothing is lost if it is not loaded */
};

static inline bool kind_has_prefix(const struct kind *kind, const char *name)
{
	const char *end = name;

	if (!text_skip(&end, kind->prefix))
		return false;
	return *end == '\0' || *end == '/' ||
	       ((kind->flags & KIND_FAMILY) && (*end == '_' || *end == '.'));
}

/* The kind of a program in the section `name`; false when it is none that is known. */
static inline bool kind_find(const char *name, struct kind_match *out)
{
	const char *slash;

	*out = (struct kind_match){ .optional = name[0] == '?' };
	name += out->optional;
	slash = text_find(name, "/");
	out->target = slash ? slash + 1 : name + strlen(name);
	for (size_t i = 0; i < NR_SECTION_KINDS && !out->kind; i++)
		if (kind_has_prefix(&section_kinds[i], name))
			out->kind = &section_kinds[i];
	return out->kind != NULL;
}

/*
 * tc's "ID/KEY": a program that stands in the program array of that id from the
 * start, and that others call by its key. Numbers are as in C.
 */
struct kind_tail {
	uint64_t id, key;
};

static inline bool kind_read_number(const char **cursor, uint64_t *out)
{
	const unsigned int base = text_skip(cursor, "0x") ? 16 : **cursor == '0' ? 8 : 10;

	return text_read_number(cursor, base, out) && *out <= UINT32_MAX;
}

static inline bool kind_find_tail(const char *name, struct kind_tail *out)
{
	return kind_read_number(&name, &out->id) && text_skip(&name, "/") &&
	       kind_read_number(&name, &out->key) && !*name;
}

/* Another way that the same program may go, which is in the table: NULL when there is none. */
SELDOM const struct kind *kind_of_way(const struct kind *kind, enum kind_way way)
{
	for (size_t i = 1; i < NR_SECTION_KINDS; i++)
		if (section_kinds[i].way == way && section_kinds[i].flags == kind->flags)
			return &section_kinds[i];
	return NULL;
}

/*
 * What stands before the target's name in the kernel's BTF, where the program is
 * loaded with the id of its target; NULL when it is loaded with none.
 */
static inline const char *kind_btf_prefix(const struct kind *kind)
{
	if (kind->prog_type != BPF_PROG_TYPE_TRACING)
		return NULL;
	switch (kind->attach_type) {
	case BPF_TRACE_RAW_TP: return "btf_trace_";
	case BPF_TRACE_ITER: return "bpf_iter_";
	default: return "";
	}
}

/* That id is of a typedef, else of a function. */
static inline bool kind_btf_is_typedef(const struct kind *kind)
{
	return kind->attach_type == BPF_TRACE_RAW_TP;
}

/* ---- Targets ---- */

/* How a target of the way is spelt, for messages. */
static inline const char *kind_spelling(enum kind_way way)
{
	switch (way) {
	case WAY_KPROBE: return "FUNCTION[+OFFSET]";
	case WAY_KPROBE_MULTI: return "FUNCTION, or a pattern as 'vfs_*'";
	case WAY_KSYSCALL: return "the name of a system call";
	case WAY_TRACEPOINT: return "CATEGORY/NAME of a tracepoint";
	case WAY_RAW_TRACEPOINT: return "the name of a tracepoint";
	case WAY_UPROBE:
	case WAY_UPROBE_MULTI: return "BINARY:SYMBOL[+OFFSET]";
	case WAY_PERF_EVENT: return "a frequency in Hz";
	default: return "a name";
	}
}

/* Can the kind be attached with no target? Those that are loaded with theirs have it already. */
static inline bool kind_needs_target(const struct kind *kind)
{
	switch (kind->way) {
	case WAY_TRACING:
	case WAY_PERF_EVENT:
	case WAY_ITER:
	case WAY_REFUSED: return false;
	default: return true;
	}
}

/* The section's name says it. */
static inline int kind_refuse_target(const struct kind *kind, const char *target, struct why *why)
{
	return why_bad(why, "target '%s': expected %s", target, kind_spelling(kind->way));
}

static inline bool pattern_is(const char *text)
{
	return text[text_until(text, "*?")] != '\0';
}

/*
 * Does the name of `len` bytes match the pattern: '*' for any characters, '?'
 * for one? It goes back to the last '*' only, which is enough: what an earlier
 * one could take, the last one can.
 */
static inline bool pattern_match(const char *pattern, const char *name, size_t len)
{
	const char *end = name + len, *star = NULL, *retry = NULL;

	while (name < end) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern && (*pattern == '?' || *pattern == *name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

enum {
	TARGET_TRACEPOINT_SIZE = 128,
	TARGET_SYMBOL_SIZE = 512,
	TARGET_PATH_SIZE = 4096, /* PATH_MAX */
};

/* CATEGORY/NAME, the path of a tracepoint below tracefs's events; it can lead nowhere else. */
static inline bool target_is_tracepoint(const char *target)
{
	const char *slash = text_find(target, "/");
	const char *bad = target + text_until(target, ". \t\n");

	return slash && slash > target && slash[1] && !text_find(slash + 1, "/") && !*bad &&
	       strlen(target) < TARGET_TRACEPOINT_SIZE;
}

/* BINARY:SYMBOL[+OFFSET] or BINARY:OFFSET. */
struct target_binary {
	char path[TARGET_PATH_SIZE]; /* as given: a path, or the name of a command or library */
	char symbol[TARGET_SYMBOL_SIZE]; /* a name or a pattern; "": the offset is the file's */
	const char *version; /* of it, in the target, up to a '+': "@GLIBC_2.2.5" */
	uint64_t offset;
};

/* Copies a part of a target; false when it is empty or too long. */
static inline bool target_copy(const char *from, size_t len, char *out, size_t size)
{
	if (len == 0 || len >= size)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

static inline bool target_parse_binary(const char *target, struct target_binary *out)
{
	const char *colon = strrchr(target, ':');
	const char *p = colon ? colon + 1 : "";
	size_t len = text_until(p, "+@");

	out->symbol[0] = '\0';
	out->version = p + len;
	out->offset = 0;
	if (!colon || !target_copy(target, (size_t)(colon - target), out->path, sizeof(out->path)))
		return false;
	if (*p < '0' || *p > '9') {
		if (!target_copy(p, len, out->symbol, sizeof(out->symbol)))
			return false;
		p += text_until(p, "+");
		if (!*p)
			return true;
		p++;
	}
	return text_read_c_number(&p, &out->offset) && !*p;
}

/* Samples per second, for each CPU; "" is 99, which no timer's beat follows. */
static inline bool target_parse_frequency(const char *target, uint64_t *out)
{
	*out = 99;
	return !*target || (text_read_number(&target, 10, out) && !*target && *out > 0);
}

#endif
