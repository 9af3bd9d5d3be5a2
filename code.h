/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * code.h - a program composed from its functions, as the kernel takes it.
 *
 * The kernel loads one program as one list of instructions: the program's own
 * function first, behind it each function that it calls or names, once, in the
 * order in which they are met. Pure. What BTF says of functions and lines goes
 * the same way. A program that calls nothing is what stands in the object, and
 * nothing is copied.
 */
#ifndef CODE_H
#define CODE_H

#include "object.h"

#define CODE_INSNS_MAX (1U << 24) /* the kernel's own limit is a million */

/* A function's place in the program. */
struct code_piece {
	uint32_t function;
	uint32_t at;          /* its first instruction */
};

struct code {
	struct insn *insns;
	uint32_t nr_insns;
	const struct code_piece *pieces; /* in the order of their places */
	uint32_t nr_pieces;
	struct code_piece single;  /* the piece of a program that calls nothing */
};

/* Does the instruction call or name a function? Its imm is the index. */
static inline bool code_names_function(const struct insn *insn)
{
	return (insn->code == INSN_CALL && insn->src_reg == INSN_PSEUDO_CALL) ||
	       (insn->code == INSN_LD_IMM64 && insn->src_reg == INSN_PSEUDO_FUNC);
}

static inline const struct insn *code_function_insns(const struct object *object, uint32_t function)
{
	const struct object_function *f = &object->functions[function];

	return object->codes[f->code].insns + f->start;
}

/*
 * What is known of each function while they are put in order. Nothing is, unless
 * the piece that it names is the function's: there are many programs, and none of
 * them looks at functions that it does not reach.
 */
struct code_visit {
	uint32_t piece;       /* its index, if it has a place */
	uint32_t next;        /* the instruction to look at next */
	uint32_t from;        /* the function in which it was met */
};

static inline bool code_has(const struct code *code, const struct code_visit *visits,
			    uint32_t function)
{
	const uint32_t piece = visits[function].piece;

	return piece < code->nr_pieces && code->pieces[piece].function == function;
}

/*
 * The next function that `function` names and that has no place yet, at its end the
 * one that runs where it throws; OBJECT_NONE behind that.
 */
static inline uint32_t code_next_function(const struct object *object, const struct code *code,
					  uint32_t function, struct code_visit *visits)
{
	const struct insn *insns = code_function_insns(object, function);
	const uint32_t callback = object->functions[function].callback_plus_1 - 1;
	struct code_visit *visit = &visits[function];

	while (visit->next < object->functions[function].nr_insns) {
		const struct insn *insn = &insns[visit->next];

		visit->next += insn->code == INSN_LD_IMM64 ? 2 : 1;
		if (code_names_function(insn) && !code_has(code, visits, (uint32_t)insn->imm))
			return (uint32_t)insn->imm;
	}
	return callback != OBJECT_NONE && !code_has(code, visits, callback) ? callback : OBJECT_NONE;
}

/* Gives every function its place: depth first, as libbpf does, but without recursion. */
SELDOM int code_place_functions(const struct object *object, uint32_t first,
				struct code_visit *visits, struct code_piece *pieces,
				struct code *out, struct why *why)
{
	uint32_t function = OBJECT_NONE, met = first;

	do {
		if (met != OBJECT_NONE) {
			visits[met] = (struct code_visit){ .piece = out->nr_pieces,
							   .from = function };
			function = met;
			pieces[out->nr_pieces++] = (struct code_piece){ function, out->nr_insns };
			out->nr_insns += object->functions[function].nr_insns +
					 object->functions[function].nr_tail;
			if (out->nr_insns > CODE_INSNS_MAX)
				return why_bad(why,
					       "has more than %u instructions, with what it calls",
					       CODE_INSNS_MAX);
		} else {
			function = visits[function].from;
		}
		met = function == OBJECT_NONE ? OBJECT_NONE
					      : code_next_function(object, out, function, visits);
	} while (function != OBJECT_NONE);
	return 0;
}

SELDOM void code_copy_function(const struct object *object, const struct code_piece *pieces,
			       struct code_piece piece, const struct code_visit *visits,
			       struct insn *insns)
{
	const struct object_function *f = &object->functions[piece.function];
	const uint32_t nr = f->nr_insns;

	if (f->nr_tail)
		memcpy(insns + piece.at + nr, f->tail, f->nr_tail * sizeof(*insns));
	memcpy(insns + piece.at, code_function_insns(object, piece.function), nr * sizeof(*insns));
	for (uint32_t i = piece.at; i < piece.at + nr; i++) {
		struct insn *insn = &insns[i];

		if (code_names_function(insn)) {
			insn->imm = (int32_t)(pieces[visits[insn->imm].piece].at - i - 1);
			insn->off = 0;
		}
		i += insn->code == INSN_LD_IMM64;
	}
}

/* With all that it calls, a copy. */
SELDOM int code_compose_calls(const struct object *object, uint32_t function, struct arena *arena,
			      struct code *out, struct why *why)
{
	struct code_visit *visits = arena_take(arena, object->nr_functions, sizeof(*visits));
	struct code_piece *pieces = arena_take(arena, object->nr_functions, sizeof(*pieces));
	int err;

	if (!visits || !pieces)
		return object_out_of_memory(why);
	*out = (struct code){ .pieces = pieces };
	err = code_place_functions(object, function, visits, pieces, out, why);
	if (err)
		return err;
	out->insns = arena_take(arena, out->nr_insns, sizeof(*out->insns));
	if (!out->insns)
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < out->nr_pieces; i++)
		code_copy_function(object, pieces, pieces[i], visits, out->insns);
	return 0;
}

/*
 * The program's instructions, in *out, which must stay where it is; they live as
 * long as the arena and the object. Returns 0; -ENOEXEC when it grows too large,
 * -ENOMEM, both with a reason.
 */
static inline int code_compose(const struct object *object, uint32_t function, struct arena *arena,
			       struct code *out, struct why *why)
{
	const struct object_function *f = &object->functions[function];

	if (object->has_calls)
		return code_compose_calls(object, function, arena, out, why);
	*out = (struct code){
		.insns = &object->codes[f->code].insns[f->start],
		.nr_insns = f->nr_insns,
		.pieces = &out->single,
		.nr_pieces = 1,
		.single = { function, 0 },
	};
	return 0;
}

/*
 * The most memory that code_compose() and code_info() of the object's programs may
 * take, in bytes.
 */
static inline uint64_t code_size_max(const struct object *object)
{
	uint64_t nr_insns = 0;

	for (uint32_t i = 0; i < object->nr_functions; i++)
		nr_insns += object->functions[i].nr_insns + object->functions[i].nr_tail;
	return nr_insns * (sizeof(struct insn) + sizeof(struct btf_line_info)) +
	       object->nr_functions * (sizeof(struct code_piece) + sizeof(struct code_visit) +
				       sizeof(struct btf_func_info)) + 64;
}

/* ---- What BTF says of the program's functions and lines ---- */

/* Records as BPF_PROG_LOAD takes them: offsets count instructions of the program. */
struct code_info {
	void *records;
	uint32_t nr;
};

static inline bool code_info_is_before(const void *record, const void *off)
{
	return btf_word(record) < *(const uint64_t *)off;
}

/* The first record of the section at or behind that byte. */
static inline uint32_t code_info_find(const struct btf_ext_section *section, uint64_t off)
{
	return list_search(section->records.data, section->nr, section->record_size,
			   code_info_is_before, &off);
}

/* One function's records: both kinds start with their offset. */
static inline void code_info_add(const struct object *object, enum btf_ext_table table,
				 struct code_piece piece, uint32_t room, size_t len,
				 struct code_info *out)
{
	const struct object_function *f = &object->functions[piece.function];
	const uint64_t end = (uint64_t)(f->start + f->nr_insns) * sizeof(struct insn);
	const struct btf_ext_section *section = &object->codes[f->code].ext[table];

	for (uint32_t i = code_info_find(section, (uint64_t)f->start * sizeof(struct insn));
	     out->nr < room; i++) {
		uint8_t *record = (uint8_t *)out->records + out->nr * len;
		uint32_t insn_off;

		if (!btf_ext_record_get(section, i, record, len))
			return;
		memcpy(&insn_off, record, sizeof(insn_off));
		if (insn_off >= end)
			return;
		insn_off = insn_off / (uint32_t)sizeof(struct insn) - f->start + piece.at;
		memcpy(record, &insn_off, sizeof(insn_off));
		out->nr++;
	}
}

/*
 * Where an instruction of the program stands in the object; false when it is in a
 * tail, or behind the end.
 */
static inline bool code_origin(const struct object *object, const struct code *code, uint64_t insn,
			       uint32_t *out_code, uint64_t *out_off)
{
	for (uint32_t i = code->nr_pieces; i-- > 0 && insn < code->nr_insns;) {
		const struct object_function *f = &object->functions[code->pieces[i].function];

		if (insn < code->pieces[i].at)
			continue;
		*out_code = f->code;
		*out_off = (insn - code->pieces[i].at + f->start) * sizeof(struct insn);
		return insn - code->pieces[i].at < f->nr_insns;
	}
	return false;
}

/* The line of source of an instruction: the last one that starts at or before it. */
static inline bool code_line(const struct object *object, const struct code *code, uint64_t insn,
			     struct btf_line_info *out)
{
	const struct btf_ext_section *section;
	uint32_t code_idx, next;
	uint64_t off;

	if (!code_origin(object, code, insn, &code_idx, &off))
		return false;
	section = &object->codes[code_idx].ext[BTF_EXT_LINE_INFO];
	next = code_info_find(section, off + 1);
	return next > 0 && btf_ext_record_get(section, next - 1, out, sizeof(*out)) &&
	       btf_string(&object->btf, out->file_name_off) &&
	       btf_string(&object->btf, out->line_off);
}

/* The CO-RE relocation of an instruction; false when it has none. */
static inline bool code_core_relocation(const struct object *object, const struct code *code,
					uint64_t insn, struct btf_core_relocation *out)
{
	const struct btf_ext_section *section;
	uint32_t code_idx;
	uint64_t off;

	if (!code_origin(object, code, insn, &code_idx, &off))
		return false;
	section = &object->codes[code_idx].ext[BTF_EXT_CORE_RELO];
	return btf_ext_record_get(section, code_info_find(section, off), out, sizeof(*out)) &&
	       out->insn_off == off;
}

/*
 * Does each function have a record at its start? The kernel takes those of all or
 * of none: assembly, and functions that were compiled without -g, have none.
 */
static inline bool code_info_is_whole(const struct code *code, const struct code_info *info,
				      size_t len)
{
	uint32_t next = 0, insn_off;

	for (uint32_t i = 0; i < info->nr && next < code->nr_pieces; i++) {
		memcpy(&insn_off, (const uint8_t *)info->records + i * len, sizeof(insn_off));
		next += insn_off == code->pieces[next].at;
	}
	return next == code->nr_pieces;
}

/*
 * The records of a whole program: at most one a function, or one an instruction;
 * none when some function has none.
 */
SELDOM int code_info(const struct object *object, const struct code *code,
		     enum btf_ext_table table,
		     struct arena *arena, struct code_info *out, struct why *why)
{
	const bool is_func = table == BTF_EXT_FUNC_INFO;
	const uint32_t room = is_func ? code->nr_pieces : code->nr_insns;
	const size_t len = is_func ? sizeof(struct btf_func_info) : sizeof(struct btf_line_info);

	*out = (struct code_info){ .records = arena_take(arena, room, len) };
	if (!out->records)
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < code->nr_pieces; i++)
		code_info_add(object, table, code->pieces[i], room, len, out);
	if (!code_info_is_whole(code, out, len))
		out->nr = 0;
	return 0;
}

#endif
