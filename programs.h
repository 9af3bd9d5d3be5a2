/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * programs.h - which of an object's programs are wanted, for which targets, and
 * all of them loaded.
 *
 * A program's section says what it is for; FUNCTIONs of the command line are for
 * an object with one kprobe program. What is only a tail call's target, or names
 * no target, is loaded and not attached.
 */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include "code.h"
#include "jumps.h"
#include "kbtf.h"
#include "load.h"
#include "load_btf.h"
#include "object.h"
#include "symbols.h"

/* What the command line says of them. */
struct programs_wanted {
	const char *const *functions;
	uint32_t nr_functions;
	bool retprobe;
	bool check;               /* load only: targets may be missing */
};

/* One of the object's, on its way to the kernel. */
struct program {
	const struct object_program *spec;
	const struct kind *kind;  /* the section's, but for --retprobe and many functions at once */
	const char *const *targets;
	uint32_t nr_targets;      /* 0: it is loaded, and not attached */
	uint32_t attach_id;       /* its target in the kernel's BTF, for kinds loaded with it */
	int attach_fd;
	int fd;                   /* -1 while it is not loaded */
	bool left_out;            /* it is optional, or cannot go where it should */
};

/* Takes the reason why a program of the file is left out, and the verifier's log or NULL. */
typedef void programs_tell(const char *file, int err, const struct why *why,
			   const struct verifier_log *log);

struct programs {
	struct object *object;
	struct program *items;
	uint32_t nr;
	uint32_t *used_codes;     /* the object's sections of code that are used */
	uint32_t nr_used;
	int *function_fds;        /* for each function of the object, its program's or -1 */
	struct arena scratch;     /* where programs are composed */
	int *jump_fds;            /* for each jump table of the object, while a program is loaded */
	int *fd_array;
	int btf_fd;               /* the object's BTF; -1 when it is not loaded */
	programs_tell *tell;      /* --keep-going: told of each left out; NULL: one ends all */
	const char *file;
	int first_err;            /* of those that are left out; 0 when there is none */
};

#define PROGRAMS_CLOSED { .btf_fd = -1 }

/*
 * A program that cannot go on. Returns 0 when the others may, else err, whose
 * reason is in *why.
 */
SELDOM int programs_leave_out(struct programs *programs, struct program *program, int err,
			      const struct why *why, struct verifier_log *log)
{
	if (!programs->tell)
		return err;
	programs->tell(programs->file, err, why, log);
	if (log)
		verifier_log_close(log);
	if (!programs->first_err)
		programs->first_err = err;
	if (program->fd >= 0)
		sys_close(program->fd);
	program->fd = programs->function_fds[program->spec->function] = -1;
	program->nr_targets = 0;
	program->left_out = true;
	return 0;
}

/*
 * When programs were left out: is there one that is to be attached, or at least
 * loaded? Else the first error.
 */
static inline int programs_check_left(const struct programs *programs, bool attached,
				      struct why *why)
{
	bool is_any = !programs->first_err;

	for (uint32_t i = 0; i < programs->nr && !is_any; i++)
		is_any = attached ? programs->items[i].nr_targets > 0
				  : !programs->items[i].left_out;
	return is_any ? 0 : why_set(why, programs->first_err, "no program is left");
}

/* ---- Choosing ---- */

SELDOM int program_refuse_kind(const struct object_program *spec, struct why *why)
{
	return why_bad(why, "program '%s': section '%s' is not for tracing; what loads it is: %s",
		       spec->name, spec->section, kind_tool(spec->match.kind));
}

SELDOM int programs_refuse_many(const struct object *object, uint32_t nr, struct why *why)
{
	const char *before = "";

	why_bad(why, "has %u programs, and FUNCTION is for an object with one:", nr);
	for (uint32_t i = 0; i < object->nr_programs && !why->reason.cut; i++) {
		if (object->programs[i].is_tail)
			continue;
		text_addf(&why->reason, "%s '%s'", before, object->programs[i].name);
		before = ",";
	}
	why_hint(why, "without FUNCTION each program goes where its section says");
	return -ENOEXEC;
}

/* The kind that the same program has for return probes. */
static inline const struct kind *programs_return_kind(void)
{
	struct kind_match match;

	return kind_find("kretprobe", &match) ? match.kind : NULL;
}

/* The first of the programs, and how many there are; targets of tail calls stand beside them. */
static inline struct program *programs_first(const struct programs *programs, uint32_t *out_nr)
{
	struct program *first = programs->items;

	*out_nr = 0;
	for (uint32_t i = 0; i < programs->nr; i++)
		if (!programs->items[i].spec->is_tail && (*out_nr)++ == 0)
			first = &programs->items[i];
	return first;
}

/* One program, for the functions of the command line; besides it those that it calls at its end. */
static inline int programs_choose_function(const struct programs_wanted *wanted,
					   struct programs *out, struct why *why)
{
	uint32_t nr = 0;
	struct program *program = programs_first(out, &nr);

	if (nr != 1)
		return programs_refuse_many(out->object, nr, why);
	if (program->kind->way != WAY_KPROBE && program->kind->way != WAY_KPROBE_MULTI)
		return why_bad(why, "program '%s': section '%s' is for no kernel "
			       "function that could be named",
			       program->spec->name, program->spec->section);
	if (wanted->retprobe)
		program->kind = programs_return_kind();
	program->targets = wanted->functions;
	program->nr_targets = wanted->nr_functions;
	return 0;
}

/* No section says where to go: the command line can, for one program on functions of the kernel. */
static inline int programs_refuse_idle(const struct programs *programs, struct why *why)
{
	uint32_t nr = 0;
	const struct object_program *first = programs_first(programs, &nr)->spec;
	const struct kind *kind = first->match.kind;

	if (nr == 1 && kind->way == WAY_KPROBE)
		return why_set(why, -EUSAGE,
			       "expected FUNCTION, the kernel function to probe: "
			       "section '%s' %s",
			       first->section,
			       first->match.optional ? "is optional" : "names none");
	if (first->match.optional)
		return why_bad(why, "nothing to attach: section '%s' is optional",
			       first->section);
	return why_bad(why, "nothing to attach: section '%s' names no target, expected %s",
		       first->section, kind_spelling(kind->way));
}

/* Each program by its own section. */
SELDOM int programs_choose_sections(const struct programs_wanted *wanted, struct programs *out,
				    struct why *why)
{
	uint32_t nr_attached = 0, nr_foreign = 0;

	for (uint32_t i = 0; i < out->nr; i++) {
		struct program *program = &out->items[i];
		const struct kind_match *match = &program->spec->match;

		nr_foreign += match->kind->way == WAY_REFUSED;
		if (program->left_out)
			continue;
		program->targets = &match->target;
		program->nr_targets = match->target[0] || !kind_needs_target(match->kind);
		nr_attached += program->nr_targets;
	}
	if (nr_attached || out->first_err)
		return wanted->check ? 0 : programs_check_left(out, true, why);
	if (nr_foreign == out->nr) /* all of them optional */
		return program_refuse_kind(out->items[0].spec, why);
	return wanted->check ? 0 : programs_refuse_idle(out, why);
}

static inline void programs_use(struct programs *programs, uint32_t function)
{
	const uint32_t code = programs->object->functions[function].code;

	if (!programs->object->codes[code].is_used)
		programs->used_codes[programs->nr_used++] = code;
	programs->object->codes[code].is_used = true;
}

/* Functions may stand anywhere: the sections of those that used sections call are used as well. */
static inline void programs_use_callees(struct programs *programs)
{
	const struct object *object = programs->object;

	for (uint32_t c = 0; object->has_calls && c < programs->nr_used; c++) {
		const struct object_code *code = &object->codes[programs->used_codes[c]];

		for (uint32_t i = 0; i < code->nr_insns; i++) {
			if (code_names_function(&code->insns[i]))
				programs_use(programs, (uint32_t)code->insns[i].imm);
			i += code->insns[i].code == INSN_LD_IMM64;
		}
	}
}

static inline int programs_open(struct object *object, struct arena *arena, struct programs *out,
				struct why *why)
{
	out->object = object;
	out->items = arena_take(arena, object->nr_programs, sizeof(*out->items));
	out->function_fds = arena_take(arena, object->nr_functions, sizeof(*out->function_fds));
	out->used_codes = arena_take(arena, object->nr_codes, sizeof(*out->used_codes));
	out->jump_fds = arena_take(arena, object->nr_jumps, sizeof(*out->jump_fds));
	if (!out->items || !out->function_fds || !out->used_codes || !out->jump_fds)
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < object->nr_functions; i++)
		out->function_fds[i] = -1;
	for (uint32_t i = 0; i < object->nr_jumps; i++)
		out->jump_fds[i] = -1;
	return 0;
}

/* The object's next program. Returns 0, though it may be left out, or what ends it all. */
static inline int programs_add(struct programs *programs, const struct object_program *spec,
			       bool takes_optional, struct why *why)
{
	const struct object *object = programs->object;
	struct program *program = &programs->items[programs->nr++];
	int err;

	*program = (struct program){
		.spec = spec, .kind = spec->match.kind, .fd = -1,
		.left_out = spec->match.optional && !takes_optional,
	};
	if (program->left_out)
		return 0;
	if (spec->match.kind->way == WAY_REFUSED) {
		err = program_refuse_kind(spec, why);
		if (object->nr_programs > 1 && !programs->tell)
			why_hint(why, "--keep-going leaves it out");
		return programs_leave_out(programs, program, err, why, NULL);
	}
	programs_use(programs, spec->function);
	if (object->functions[spec->function].callback_plus_1)
		programs_use(programs, object->functions[spec->function].callback_plus_1 - 1);
	return 0;
}

/*
 * The object's programs, with the targets that the command line or their sections give
 * them; marks the sections that they need. Returns 0, or -errno with a reason;
 * programs_close() in both cases.
 */
static inline int programs_choose(struct object *object, const struct programs_wanted *wanted,
				  struct arena *arena, struct programs *out, struct why *why)
{
	int err = programs_open(object, arena, out, why);

	for (uint32_t i = 0; !err && i < object->nr_programs; i++)
		/* (FUNCTION asks for an optional one.) */
		err = programs_add(out, &object->programs[i], wanted->nr_functions > 0, why);
	if (err)
		return err;
	programs_use_callees(out);
	if (wanted->retprobe && !wanted->nr_functions && !wanted->check)
		return why_set(why, -EUSAGE, "--retprobe is for a FUNCTION, and there is none");
	if (wanted->nr_functions)
		return programs_choose_function(wanted, out, why);
	return programs_choose_sections(wanted, out, why);
}

/* ---- Targets in the kernel's BTF ---- */

/* Of "MODULE:FUNCTION" the second part. */
static inline const char *program_target(const struct program *program)
{
	const char *target = program->spec->match.target, *colon = text_find(target, ":");

	return colon ? colon + 1 : target;
}

static inline uint8_t program_btf_kind(const struct program *program)
{
	return kind_btf_is_typedef(program->kind) ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC;
}

/* The names of all targets, as BTF has them, and the modules that they are wanted of. */
static inline int programs_list_targets(const struct programs *programs, struct arena *arena,
					struct names *out, struct kbtf_place *places,
					struct why *why)
{
	if (!names_open(arena, programs->nr, out))
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < programs->nr; i++) {
		const struct program *program = &programs->items[i];
		const char *prefix = kind_btf_prefix(program->kind), *name, *function;
		const char *target = program->spec->match.target;

		if (program->left_out || !prefix)
			continue;
		function = program_target(program);
		name = arena_join(arena, prefix, function, SIZE_MAX);
		if (function != target)
			places[i].wanted = arena_join(arena, "", target,
						      (size_t)(function - target - 1));
		if (!name || (function != target && !places[i].wanted))
			return object_out_of_memory(why);
		names_add(out, name, program_btf_kind(program), i);
	}
	names_sort(out);
	return 0;
}

/* Of several that are missing, the first one is told the names nearest to its own. */
static inline int programs_refuse_target(const struct programs *programs,
					 const struct program *program, const struct kbtf *kbtf,
					 struct why *why)
{
	const char *prefix = kind_btf_prefix(program->kind);
	const bool is_typedef = kind_btf_is_typedef(program->kind);
	const uint32_t kinds = BTF_KIND_BIT(program_btf_kind(program));
	struct symbol_report near = { .wanted = program_target(program) };
	struct btf_type type;
	bool more = !programs->first_err && btf_type_first(&kbtf->btf, kinds, &type);

	why_set(why, -ENOENT, "there is no %s '%s%s' in this kernel's BTF",
		is_typedef ? "tracepoint" : "function", is_typedef ? "" : prefix,
		program->spec->match.target);
	for (; more; more = btf_type_next(&type, kinds)) {
		struct symbol symbol = { .name = type.name };

		if (!text_skip(&symbol.name, prefix))
			continue;
		symbol.len = strlen(symbol.name);
		symbol_keep_nearest(&near, &symbol);
	}
	symbol_hint_nearest(&near, why);
	return -ENOENT;
}

/* Kinds that are loaded with their target: its id. */
SELDOM int programs_set_target(const struct programs *programs, struct program *program,
			       struct kbtf *kbtf, const struct kbtf_place *place, struct why *why)
{
	int err;

	if (!program->spec->match.target[0])
		return why_bad(why, "section '%s' names no target",
			       program->spec->section);
	err = kbtf_open(kbtf, why);
	if (err)
		return err;
	if (!place->id)
		return programs_refuse_target(programs, program, kbtf, why);
	program->attach_id = place->id;
	program->attach_fd = kbtf_module_fd(kbtf, place);
	return 0;
}

/* All of them, in one walk over the kernel's types. */
static inline int programs_find_targets(struct programs *programs, struct kbtf *kbtf,
					struct arena *arena, struct why *why)
{
	struct kbtf_place *places = arena_take(arena, programs->nr, sizeof(*places));
	struct names names = { 0 };
	int err = places ? programs_list_targets(programs, arena, &names, places, why)
			 : object_out_of_memory(why);

	if (!err && names.nr && kbtf_open(kbtf, why) == 0)
		kbtf_find(kbtf, &names, places);
	for (uint32_t i = 0; i < programs->nr && !err; i++) {
		struct program *program = &programs->items[i];

		if (!program->left_out && kind_btf_prefix(program->kind))
			err = programs_set_target(programs, program, kbtf, &places[i], why);
		if (!err)
			continue;
		why_subject(why, err, "program '%s'", program->spec->name);
		err = programs_leave_out(programs, program, err, why, NULL);
	}
	return err;
}

/* ---- Loading ---- */

/* Memory in which programs are composed one after the other; a plain object needs none. */
static inline int programs_make_scratch(struct programs *programs, struct why *why)
{
	uint64_t size = code_size_max(programs->object);

	if (!programs->object->has_calls && programs->btf_fd < 0)
		return 0;
	if (size > SIZE_MAX / 2)
		return object_out_of_memory(why);
	programs->scratch.size = (size_t)size;
	programs->scratch.data = sys_memory(programs->scratch.size);
	return programs->scratch.data ? 0 : object_out_of_memory(why);
}

static inline int program_compose(struct programs *programs, const struct program *program,
				  struct program_request *request, struct code *code,
				  struct why *why)
{
	struct object *object = programs->object;
	struct arena *scratch = &programs->scratch;
	int err;

	scratch->used = 0;
	err = code_compose(object, program->spec->function, scratch, code, why);
	if (!err && request->btf_fd >= 0)
		err = code_info(object, code, BTF_EXT_FUNC_INFO, scratch, &request->functions, why);
	if (!err && request->btf_fd >= 0)
		err = code_info(object, code, BTF_EXT_LINE_INFO, scratch, &request->lines, why);
	return err;
}

static inline int programs_load_one(struct kernel *kernel, struct programs *programs,
				    struct program *program, struct verifier_log *log,
				    struct why *why)
{
	struct code code;
	struct program_request request = {
		.object = programs->object,
		.program = program->spec,
		.code = &code,
		.attach_type = program->kind->attach_type,
		.btf_fd = programs->btf_fd,
		.attach_btf_id = program->attach_id,
		.attach_btf_fd = program->attach_fd,
		.fd_array = programs->fd_array,
	};
	int err = program_compose(programs, program, &request, &code, why);

	if (!err && programs->object->nr_jumps)
		err = jumps_open(programs->object, &code, programs->jump_fds, why);
	if (err)
		why_subject(why, err, "program '%s'", program->spec->name);
	else
		program->fd = program_load(kernel, &request, log, why);
	jumps_close(programs->object, programs->jump_fds);
	if (err)
		return err;
	programs->function_fds[program->spec->function] = program->fd;
	return program->fd < 0 ? program->fd : 0;
}

/*
 * Loads the programs that are wanted and not loaded yet. Returns 0, or -errno
 * with a reason and the verifier's log.
 */
static inline int programs_load(struct kernel *kernel, struct programs *programs,
				struct verifier_log *log, struct why *why)
{
	int err = programs->scratch.data ? 0 : programs_make_scratch(programs, why);

	for (uint32_t i = 0; i < programs->nr && !err; i++) {
		struct program *program = &programs->items[i];

		if (program->left_out || program->fd >= 0)
			continue;
		err = programs_load_one(kernel, programs, program, log, why);
		if (err)
			err = programs_leave_out(programs, program, err, why, log);
	}
	return err ? err : programs_check_left(programs, false, why);
}

/*
 * Does the object want its BTF in the kernel? Plain tc-style ones do not, and
 * start as fast as if they had none.
 */
static inline bool programs_want_btf(const struct object *object)
{
	bool is_plain = object->nr_programs == 1 && !object->has_calls &&
			strcmp(object->programs[0].section, "prog") == 0;

	for (uint32_t i = 0; i < object->maps.nr; i++)
		is_plain = is_plain && !object->maps.items[i].value_type;
	return object->has_btf && !is_plain;
}

/*
 * What refers to BTF refers to what was loaded; without it (an older kernel) most
 * programs do as well.
 */
static inline void programs_load_btf(struct programs *programs, const struct elf *elf)
{
	const struct btf_log no_log = { 0 };
	int fd;

	if (!programs_want_btf(programs->object))
		return;
	fd = btf_load(&programs->object->btf, elf, &no_log);
	programs->btf_fd = fd < 0 ? -1 : fd;
}

/* Lets go of the programs, which may be loaded again. */
SELDOM void programs_unload(struct programs *programs)
{
	for (uint32_t i = 0; i < programs->nr; i++) {
		if (programs->items[i].fd >= 0)
			sys_close(programs->items[i].fd);
		programs->items[i].fd = -1;
	}
}

/* Gives back what only loading needs. */
static inline void programs_trim(struct programs *programs)
{
	if (programs->scratch.data)
		sys_unmap(programs->scratch.data, programs->scratch.size);
	if (programs->btf_fd >= 0)
		sys_close(programs->btf_fd);
	programs->scratch = (struct arena){ 0 };
	programs->btf_fd = -1;
}

/* Idempotent. */
static inline void programs_close(struct programs *programs)
{
	programs_unload(programs);
	programs_trim(programs);
	*programs = (struct programs)PROGRAMS_CLOSED;
}

#endif
