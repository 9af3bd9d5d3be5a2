/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * load.h - from a program's instructions to its descriptor.
 *
 * Instructions that name maps get the maps' descriptors, the kernel is asked, and
 * when it refuses, what may have been meant is mended and the rest explained:
 * with the verifier's last words, the line of source they are about, and what to
 * do next.
 */
#ifndef LOAD_H
#define LOAD_H

#include "bpf_sys.h"
#include "code.h"
#include "core.h"
#include "kernel.h"
#include "maps.h"
#include "object.h"

/* ---- The verifier's log ---- */

/* What the verifier said of a program that was refused. */
struct verifier_log {
	char *data; /* NUL-terminated; NULL when there is none */
	size_t size;
	bool wants_whole; /* its end will not do */
};

#define LOG_SIZE_FIRST (64U << 10) /* 16 MiB at once is half the memory of some boards */
#define LOG_SIZE_LAST (UINT32_MAX >> 8) /* the most that kernels before v5.2 take */
#define LOG_GROWTH 16 /* times; each size is another look at the program, which may take seconds */
#define LOG_TAIL_LINES 12
#define LOAD_TRIES 5
#define PROGRAM_INSNS_OLD 4096U /* BPF_MAXINSNS */
#define PROGRAM_MAPS_MAX 64U /* the kernel's MAX_USED_MAPS */

static inline void verifier_log_close(struct verifier_log *log)
{
	if (log->data)
		sys_unmap(log->data, log->size);
	log->data = NULL;
}

/* What it said, "" for nothing, which its summary of a program that it never read is as well. */
static inline const char *verifier_log_text(const struct verifier_log *log)
{
	return log->data && strncmp(log->data, "processed 0 insns", 17) != 0 ? log->data : "";
}

/* "12: (85) call bpf_map_lookup_elem#1": an instruction's line. */
static inline bool verifier_line_is_insn(const char *line)
{
	uint64_t idx;

	return text_read_number(&line, 10, &idx) && text_skip(&line, ": (");
}

/* Where the end of the log starts: the last lines, and at least those of the last instruction. */
static inline const char *verifier_log_tail(const char *log)
{
	const char *p = log + strlen(log);
	bool seen_insn = false;

	for (int lines = 0; p > log; p--) {
		if (p[-1] != '\n' || !*p)
			continue;
		lines++;
		seen_insn = seen_insn || verifier_line_is_insn(p);
		if (lines >= LOG_TAIL_LINES && seen_insn)
			return p;
	}
	return log;
}

/* The last instruction that it looked at; false when there is none in the log. */
static inline bool verifier_log_insn(const char *log, uint64_t *out)
{
	const char *line = log + strlen(log);

	/* (Older kernels' logs start with that of instruction 0.) */
	while (line > log && !(line[-1] == '\n' && verifier_line_is_insn(line)))
		line--;
	return verifier_line_is_insn(line) && text_read_number(&line, 10, out);
}

/* Behind the first of these phrases that the log has, each ended by NUL; NULL: it has none. */
SELDOM const char *verifier_log_find(const char *log, const char *phrases)
{
	for (; *phrases; phrases += strlen(phrases) + 1) {
		const char *found = text_find(log, phrases);

		if (found)
			return found + strlen(phrases);
	}
	return NULL;
}

/* The helper that the verifier does not know, up to the line's end; NULL: it speaks of none. */
static inline const char *verifier_log_helper(const char *log)
{
	/* The last since v6.12. */
	return verifier_log_find(log, "unknown func \0invalid func \0cannot use helper \0");
}

/* Its number, where it has no name: "NUMBER" before v4.10, "unknown#NUMBER". */
SELDOM bool verifier_log_helper_number(const char *log, uint64_t *out)
{
	const char *helper = verifier_log_helper(log);

	if (helper)
		text_skip(&helper, "unknown#");
	return helper && text_read_number(&helper, 10, out);
}

/* Does it speak of an instruction rather than of what the program does with it? */
static inline bool verifier_log_is_of_insn(const char *log)
{
	/* (Unreachable is what stands behind a jump or a call that is none to it.) */
	return verifier_log_find(log, "unknown insn\0unknown opcode\0invalid BPF_\0"
				      "invalid atomic opcode\0reserved fields\0"
				      "unreachable insn\0number of funcs\0");
}

/* ---- One program ---- */

/* What the kernel is asked to load; all of it is the caller's. */
struct program_request {
	const struct object *object;
	const struct object_program *program;
	const struct code *code;
	uint32_t attach_type;          /* expected: the kind's, or that of many functions at once */
	int btf_fd;                    /* the object's BTF; -1 when it is not loaded */
	struct code_info functions, lines;
	uint32_t attach_btf_id;        /* of what it is attached to, for kinds loaded with that */
	int attach_btf_fd;             /* the module's BTF that has it; 0: the kernel's own */
	const int *fd_array;           /* BTFs of modules whose functions it calls, or NULL */
};

/* The map indexes in the instructions become descriptors: once, for they stay the maps' own. */
static inline void program_set_maps(const struct object *object, const struct maps *maps)
{
	for (uint32_t c = 0; c < object->nr_codes; c++) {
		const struct object_code *code = &object->codes[c];

		for (uint32_t i = 0; i < code->nr_insns; i++) {
			struct insn *insn = &code->insns[i];

			if (insn->code != INSN_LD_IMM64)
				continue;
			if (insn->src_reg == INSN_PSEUDO_MAP_FD ||
			    insn->src_reg == INSN_PSEUDO_MAP_VALUE)
				insn->imm = maps->items[insn->imm].fd;
			i++;
		}
	}
}

static inline int program_submit(struct sys_prog_load_attr *attr)
{
	int fd;

	/* EAGAIN: the verifier was disturbed, as by a signal, and gave up. */
	for (int i = 0; (fd = sys_prog_load(attr)) == -EAGAIN && i < LOAD_TRIES; i++)
		;
	return fd;
}

static inline struct sys_prog_load_attr program_attr(const struct kernel *kernel,
						     const struct program_request *request)
{
	const struct kind *kind = request->program->match.kind;
	struct sys_prog_load_attr attr = {
		.prog_type = kind->prog_type,
		.insn_cnt = request->code->nr_insns,
		.insns = sys_ptr(request->code->insns),
		.license = sys_ptr(request->object->license),
		.prog_flags = kind->flags & KIND_SLEEPABLE ? BPF_F_SLEEPABLE : 0,
		.expected_attach_type = request->attach_type,
		.attach_btf_id = request->attach_btf_id,
		.attach_btf_obj_fd = (uint32_t)request->attach_btf_fd,
		.fd_array = sys_ptr(request->fd_array),
	};

	if (request->btf_fd >= 0) {
		attr.prog_btf_fd = (uint32_t)request->btf_fd;
		attr.func_info = sys_ptr(request->functions.records);
		attr.func_info_cnt = request->functions.nr;
		attr.func_info_rec_size = sizeof(struct btf_func_info);
		attr.line_info = sys_ptr(request->lines.records);
		attr.line_info_cnt = request->lines.nr;
		attr.line_info_rec_size = sizeof(struct btf_line_info);
	}
	kernel_set_name(kernel, request->program->name, false, attr.prog_name);
	return attr;
}

/* Without what BTF says of the program, which it may not need. */
static inline bool program_drop_info(struct sys_prog_load_attr *attr)
{
	if (!attr->prog_btf_fd)
		return false;
	attr->prog_btf_fd = attr->func_info_cnt = attr->line_info_cnt = 0;
	attr->func_info_rec_size = attr->line_info_rec_size = 0;
	attr->func_info = attr->line_info = 0;
	return true;
}

/* What a refusal may be about that is not the program: mends it, and says whether to try again. */
SELDOM bool program_mend(struct kernel *kernel, int err, struct sys_prog_load_attr *attr)
{
	switch (err) {
	case -EPERM:
		return kernel_raise_memlock(kernel);
	case -E2BIG: /* an attr longer than it knows: no BTF before v5.0, no names before v4.15 */
		return program_drop_info(attr) || kernel_drop_name(kernel, attr->prog_name);
	case -EINVAL: /* before v5.0 a kprobe program must name the running kernel */
		if (attr->kern_version)
			return false;
		attr->kern_version = kernel_version();
		return attr->kern_version != 0;
	default:
		return false;
	}
}

/* The same program again, with a log of that level and size. */
static inline int program_submit_logged(struct sys_prog_load_attr *attr, struct verifier_log *log)
{
	verifier_log_close(log);
	log->data = sys_memory(attr->log_size);
	if (!log->data)
		return -ENOMEM;
	log->size = attr->log_size;
	attr->log_buf = sys_ptr(log->data);
	return program_submit(attr);
}

/* The log was too short: asks for one that says more, if that is to be had. */
static inline bool program_ask_more(struct sys_prog_load_attr *attr, int err, bool wants_whole)
{
	const uint32_t whole = attr->log_true_size;
	const bool is_largest = attr->log_size == LOG_SIZE_LAST;

	if (whole) { /* since v6.4, which keeps the end */
		if (!wants_whole || is_largest)
			return false;
		attr->log_size = whole < LOG_SIZE_LAST ? whole : LOG_SIZE_LAST;
	} else if (attr->log_level != BPF_LOG_STATS && (err == -E2BIG || is_largest)) {
		/* The verdict without the way there, which may be too long for any log. */
		attr->log_level = BPF_LOG_STATS;
	} else { /* before v5.2 each level says all */
		if (is_largest)
			return false;
		attr->log_level = BPF_LOG_LEVEL1;
		attr->log_size = attr->log_size < LOG_SIZE_LAST / LOG_GROWTH
					 ? attr->log_size * LOG_GROWTH : LOG_SIZE_LAST;
	}
	return true;
}

/*
 * The same program again, which was refused with `err`, with a log. Returns that, or a
 * descriptor, should the kernel take it now.
 */
SELDOM int program_ask_for_log(const struct sys_prog_load_attr *attr, int err,
			       struct verifier_log *log)
{
	struct sys_prog_load_attr logged = *attr;
	int fd;

	logged.log_level = BPF_LOG_LEVEL1;
	logged.log_size = LOG_SIZE_FIRST;
	do
		fd = program_submit_logged(&logged, log);
	while (fd == -ENOSPC && program_ask_more(&logged, err, log->wants_whole));
	return fd >= 0 ? fd : err;
}

/*
 * What reads memory, by its number. Before v5.5 there are the first two only (the
 * second since v4.11): they stand for the others. On s390, where a program's address
 * and the kernel's may be the same, they read the kernel's.
 */
#define HELPER_READ 4
#define HELPER_READ_STR 45
#define HELPER_READ_USER 112
#define HELPER_READ_USER_STR 114
#define HELPER_READ_KERNEL_STR 115

/* Is there an older one that does the same? */
static inline bool helper_has_older(uint64_t number)
{
#ifdef __s390__
	if (number == HELPER_READ_USER || number == HELPER_READ_USER_STR)
		return false;
#endif
	return number >= HELPER_READ_USER && number <= HELPER_READ_KERNEL_STR;
}

/*
 * Does this kernel not even have that number, as it says of the helper in its log? (A
 * helper that it has, and keeps from the program, goes by its name.) Then the program
 * makes do with the others; false when that is of no use.
 */
SELDOM bool program_mend_reads(const struct code *code, const struct verifier_log *log)
{
	uint64_t number;

	if (!log->data || !verifier_log_helper_number(log->data, &number) ||
	    !helper_has_older(number))
		return false;
	for (uint32_t i = 0; i < code->nr_insns; i++) {
		struct insn *insn = &code->insns[i];

		if (insn->code == INSN_CALL && !insn->src_reg &&
		    helper_has_older((uint32_t)insn->imm))
			insn->imm = insn->imm < HELPER_READ_USER_STR ? HELPER_READ
								     : HELPER_READ_STR;
		i += insn->code == INSN_LD_IMM64;
	}
	return true;
}

/* ---- Why it was refused ---- */

/* What came later than eBPF did, oldest first. */
enum insn_level {
	INSN_FIRST, INSN_V2, INSN_CALLS, INSN_V3, INSN_ATOMIC, INSN_POINTERS, INSN_V4,
	INSN_MAY_GOTO, INSN_ORDERED, NR_INSN_LEVELS,
};

#define INSTEAD_V1 ": compile the program with -mcpu=v1"

static const struct insn_age {
	const char *name, *instead;
	uint8_t major, minor; /* the first kernel that has them */
} insn_ages[NR_INSN_LEVELS] = {
	[INSN_FIRST] = { "", "", 0, 0 },
	[INSN_V2] = { "instructions of -mcpu=v2", INSTEAD_V1, 4, 14 },
	[INSN_CALLS] = { "calls of functions", ": make them __always_inline", 4, 16 },
	[INSN_V3] = { "instructions of -mcpu=v3", INSTEAD_V1, 5, 1 },
	[INSN_ATOMIC] = { "atomic instructions of -mcpu=v3", INSTEAD_V1, 5, 12 },
	[INSN_POINTERS] = { "functions that are called back", "", 5, 13 },
	[INSN_V4] = { "instructions of -mcpu=v4", INSTEAD_V1, 6, 6 },
	[INSN_MAY_GOTO] = { "loops with can_loop", "", 6, 9 },
	[INSN_ORDERED] = { "loads that acquire and stores that release", "", 6, 15 },
};

static inline enum insn_level insn_level_alu(const struct insn *insn)
{
	const bool is_swap = insn->code == (INSN_ALU64 | INSN_END);

	return is_swap || insn->off ? INSN_V4 : INSN_FIRST;
}

static inline enum insn_level insn_level_jump(const struct insn *insn)
{
	if (insn->code == INSN_CALL)
		return insn->src_reg == INSN_PSEUDO_CALL ? INSN_CALLS : INSN_FIRST;
	if (insn->code == (INSN_JMP | INSN_JCOND))
		return INSN_MAY_GOTO;
	return INSN_OPERATION(insn->code) >= INSN_JLT ? INSN_V2 : INSN_FIRST;
}

/* BPF_ATOMIC: imm says what is done; 0 is an addition, 0x100 and on are BPF_LOAD_ACQ and kin. */
static inline enum insn_level insn_level_atomic(const struct insn *insn)
{
	if (!insn->imm)
		return INSN_FIRST;
	return insn->imm & 0x100 ? INSN_ORDERED : INSN_ATOMIC;
}

static inline enum insn_level insn_level(const struct insn *insn)
{
	const uint8_t mode = INSN_MODE(insn->code);

	switch (INSN_CLASS(insn->code)) {
	case INSN_LDX:
		return mode == INSN_MODE_MEMSX ? INSN_V4 : INSN_FIRST;
	case INSN_STX:
		return mode == INSN_MODE_ATOMIC ? insn_level_atomic(insn) : INSN_FIRST;
	case INSN_ALU:
	case INSN_ALU64:
		return insn_level_alu(insn);
	case INSN_JMP:
		return insn_level_jump(insn);
	case INSN_JMP32:
		return insn->code == INSN_JMP32 ? INSN_V4 : INSN_V3; /* a long goto */
	default:
		return insn->code == INSN_LD_IMM64 && insn->src_reg == INSN_PSEUDO_FUNC
			       ? INSN_POINTERS : INSN_FIRST;
	}
}

/* Are there instructions that are younger than this kernel? The hint says so. */
SELDOM bool program_is_too_new(const struct code *code, struct why *why)
{
	enum insn_level youngest = INSN_FIRST;

	for (uint32_t i = 0; i < code->nr_insns; i++) {
		const enum insn_level level = insn_level(&code->insns[i]);

		if (level > youngest)
			youngest = level;
		i += code->insns[i].code == INSN_LD_IMM64;
	}
	if (!kernel_hint_since("", insn_ages[youngest].name, insn_ages[youngest].major,
			       insn_ages[youngest].minor, why))
		return false;
	text_addf(&why->hint, "%s", insn_ages[youngest].instead);
	return true;
}

/* Does lockdown take the helper from programs? "integrity" keeps only writing from them (v5.14). */
static inline bool program_helper_is_locked(const char *helper)
{
	return (strncmp(helper, "bpf_probe_read", 14) == 0 && kernel_is_confidential()) ||
	       (strncmp(helper, "bpf_probe_write_user", 20) == 0 && kernel_lockdown()[0]);
}

/* The verifier does not know the `helper` that the program calls, named as in its log. */
static inline int program_hint_helper(const char *helper, int err, struct why *why)
{
	uint32_t version = kernel_version();

	if (program_helper_is_locked(helper)) {
		why_hint(why,
			 "the kernel is locked down (%s), which takes that helper from programs",
			 kernel_lockdown());
		return err;
	}
	why_hint(why, "this kernel (%u.%u) has no helper '%.*s' for such a program",
		 version >> 16, version >> 8 & 255, (int)text_until(helper, "\n"), helper);
	return -EOPNOTSUPP;
}

/* The program reads what is not in its context: often another kind's, or another machine's. */
static inline void program_hint_context(const struct kind *kind, struct why *why)
{
	if (kind->way == WAY_TRACING || kind->way == WAY_RAW_TRACEPOINT)
		why_hint(why, "its context has no registers, but 8 bytes for each argument "
			      "of the target");
	else if (kind->way != WAY_TRACEPOINT)
		why_hint(why, "the program reads registers that this machine does not have there: "
			      "was it compiled for another one?");
}

/* The kernel says nothing: it may not have such programs. */
static inline int program_hint_kind(const struct program_request *request, int err,
				    struct why *why)
{
	const struct kind *kind = request->program->match.kind;

	/* (Where it goes another way than its section says, it is another kind.) */
	if (request->attach_type == kind->attach_type &&
	    kernel_hint_since("programs of kind ", kind->prefix, kind->major, kind->minor, why))
		return -EOPNOTSUPP;
	if (err == -EINVAL)
		why_hint(why, "this kernel may lack %s programs (CONFIG_BPF_EVENTS)",
			 kind->way == WAY_KPROBE ? "kprobe" : kind->prefix);
	return err;
}

/* What to do about a refusal. Returns err, or -EOPNOTSUPP when the kernel lacks what it takes. */
static inline int program_hint(const struct program_request *request, const char *log, int err,
			       struct why *why)
{
	const struct object *object = request->object;
	const uint32_t nr_insns = request->code->nr_insns;
	const char *helper = verifier_log_helper(log);

	/* (A line of the source, which the log quotes, may have the word as well.) */
	if (text_find(log, "non-GPL") || text_find(log, "GPL only"))
		why_hint(why, "the program's licence is '%s'; add: char _license[] "
			      "__attribute__((section(\"license\"), used)) = \"GPL\";",
			 object->license);
	else if (helper)
		return program_hint_helper(helper, err, why);
	else if (verifier_log_is_of_insn(log))
		return program_is_too_new(request->code, why) ? -EOPNOTSUPP : err;
	else if (text_find(log, "invalid bpf_context access"))
		program_hint_context(request->program->match.kind, why);
	else if (text_find(log, "invalid indirect read") && kernel_is_before(4, 7))
		why_hint(why, "before Linux 4.7 memory has to be initialized "
			      "before a helper fills it");
	else if (text_find(log, "can be sleepable"))
		return program_hint_kind(request, err, why);
	else if (err == -E2BIG && object->maps.nr > PROGRAM_MAPS_MAX)
		why_hint(why, "the kernel lets a program use %u maps, and this object has %u",
			 PROGRAM_MAPS_MAX, object->maps.nr);
	else if (text_find(log, "too large. Processed") || text_find(log, "jumps is too complex"))
		why_hint(why, "the verifier follows every path, each pass of a loop anew: "
			      "have fewer branches and shorter loops, or bpf_loop() (since Linux 5.17)");
	else if ((err == -E2BIG || err == -EINVAL) && !log[0] && nr_insns >= PROGRAM_INSNS_OLD)
		why_hint(why, "%u instructions are too many for this kernel (%u before Linux 5.2)",
			 nr_insns, PROGRAM_INSNS_OLD);
	else if (err == -EPERM || (err == -EACCES && !log[0]))
		kernel_hint_privilege(true, why);
	else if ((err == -EINVAL || err == -E2BIG) && !log[0])
		return program_hint_kind(request, err, why);
	return err;
}

/*
 * FILE:LINE and the source text of the instruction at which the verifier stopped,
 * where they are known.
 */
static inline void program_add_line(const struct program_request *request, const char *log,
				    struct why *why)
{
	const struct btf *btf = &request->object->btf;
	struct btf_line_info line;
	uint64_t insn;

	if (!verifier_log_insn(log, &insn) ||
	    !code_line(request->object, request->code, insn, &line))
		return;
	text_addf(&why->reason, ", at %s:%u", btf_string(btf, line.file_name_off),
		  line.line_col >> 10);
	if (btf_string(btf, line.line_off)[0])
		text_addf(&why->reason, ": %s", text_skip_space(btf_string(btf, line.line_off)));
}

/*
 * An instruction about something that this kernel does not have was replaced by
 * a call that does not exist (core.h); the verifier met it, so nothing guards it.
 */
static inline bool program_needs_more(const struct program_request *request, const char *log,
				      struct why *why)
{
	struct btf_core_relocation relocation;
	uint64_t insn;

	if (!text_find(log, "195896080") || !verifier_log_insn(log, &insn) ||
	    !code_core_relocation(request->object, request->code, insn, &relocation))
		return false;
	why_set(why, -EOPNOTSUPP, "needs ");
	core_describe(&request->object->btf, &relocation, &why->reason);
	text_addf(&why->reason, ", which this kernel does not have");
	return true;
}

/* The same for a function of the kernel: helper 2002000000 is extern 0. */
static inline bool program_needs_extern(const struct object *object, const char *log,
					struct why *why)
{
	uint64_t number;

	if (!verifier_log_helper_number(log, &number) || number < EXTERN_POISON ||
	    number - EXTERN_POISON >= object->nr_externs)
		return false;
	why_set(why, -EOPNOTSUPP, "calls '%s', which this kernel does not have",
		object->externs[number - EXTERN_POISON].name);
	return true;
}

/* The whole sentence of a refusal; its errno, or -EOPNOTSUPP. */
SELDOM int program_explain(const struct program_request *request,
			   const struct verifier_log *log, int err, struct why *why)
{
	const char *said = verifier_log_text(log);

	if (program_needs_more(request, said, why) ||
	    program_needs_extern(request->object, said, why)) {
		program_add_line(request, said, why);
		return why_subject(why, -EOPNOTSUPP, "program '%s'", request->program->name);
	}
	if (said[0]) {
		why_errno(why, err, "the verifier refused it");
		program_add_line(request, said, why);
	} else {
		why_errno(why, err, "cannot be loaded");
	}
	kernel_hint_exhausted(err, why);
	err = program_hint(request, said, err, why);
	return why_subject(why, err, "program '%s'", request->program->name);
}

/* It was refused with `err`: why? */
SELDOM int program_refused(const struct program_request *request,
			   struct sys_prog_load_attr *attr, int err, struct verifier_log *log,
			   struct why *why)
{
	if (err == -ENOSYS)
		return why_set(why, -EOPNOTSUPP,
			       "this kernel has no bpf() system call (CONFIG_BPF_SYSCALL)");
	if (!kernel_is_exhausted(err) && !verifier_log_text(log)[0])
		err = program_ask_for_log(attr, err, log);
	if (err < 0 && program_mend_reads(request->code, log)) {
		err = program_submit(attr);
		if (err < 0)
			err = program_ask_for_log(attr, err, log);
	}
	return err >= 0 ? err : program_explain(request, log, err, why);
}

/*
 * Loads the program, whose instructions name the maps. Returns the descriptor,
 * or -errno with a reason and, where the verifier spoke, its log, which
 * verifier_log_close() frees.
 */
static inline int program_load(struct kernel *kernel, const struct program_request *request,
			       struct verifier_log *log, struct why *why)
{
	struct sys_prog_load_attr attr = program_attr(kernel, request);
	int fd;

	verifier_log_close(log); /* another's, which was left out */
	do {
		fd = program_submit(&attr);
		/* Too long an attr, or too complex a program? Of that the verifier speaks. */
		if (fd == -E2BIG)
			fd = program_ask_for_log(&attr, fd, log);
	} while (fd < 0 && !verifier_log_text(log)[0] && program_mend(kernel, fd, &attr));
	if (fd < 0)
		fd = program_refused(request, &attr, fd, log, why);
	if (fd >= 0)
		verifier_log_close(log); /* of what was mended */
	return fd;
}

#endif
