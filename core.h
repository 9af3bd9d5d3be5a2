/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * core.h - CO-RE: instructions that name a field, type or enumerator of the
 * kernel are patched to what that is in the BTF of the kernel at hand.
 *
 * Sources: the kernel's Documentation/bpf/llvm_reloc.rst for the records; for
 * what they mean, libbpf 1, whose decisions are taken here one for one: other
 * ones would make a program that reads other bytes. Five levels: the spec of
 * a relocation, read from the object's BTF; the place in the target's BTF that
 * matches it; the value at a place; the targets, where types are looked for;
 * the patch.
 *
 * What the target lacks is no error: the instruction becomes a call that no
 * verifier lets pass, and that is dead code where the program asked first.
 */
#ifndef CORE_H
#define CORE_H

#include "btf.h"
#include "insn.h"

/* ---- The format ---- */

#define BPF_CORE_FIELD_BYTE_OFFSET 0
#define BPF_CORE_FIELD_BYTE_SIZE 1
#define BPF_CORE_FIELD_EXISTS 2
#define BPF_CORE_FIELD_SIGNED 3
#define BPF_CORE_FIELD_LSHIFT_U64 4
#define BPF_CORE_FIELD_RSHIFT_U64 5
#define BPF_CORE_TYPE_ID_LOCAL 6
#define BPF_CORE_TYPE_ID_TARGET 7
#define BPF_CORE_TYPE_EXISTS 8
#define BPF_CORE_TYPE_SIZE 9
#define BPF_CORE_ENUMVAL_EXISTS 10
#define BPF_CORE_ENUMVAL_VALUE 11
#define BPF_CORE_TYPE_MATCHES 12
#define CORE_NR_KINDS 13

#define CORE_ACCESSES_MAX 64    /* numbers in an access string, and steps to the place there */
#define CORE_DEPTH_MAX 32       /* types inside of types that a comparison goes into */
#define CORE_STEPS_MAX (1 << 24) /* what all comparisons may look at: types can double with depth */
#define CORE_FUNCTION_BAD 195896080 /* libbpf's number (0xbad2310) of a helper that never is */

enum core_subject { CORE_FIELD, CORE_TYPE, CORE_ENUMERATOR };

struct core_kind_row {
	enum core_subject subject;
	bool needed; /* without a match there is no value; else it is 0 */
};

/* NULL for a kind that is not known. */
static inline const struct core_kind_row *core_kind_row(uint32_t kind)
{
	static const struct core_kind_row rows[CORE_NR_KINDS] = {
		[BPF_CORE_FIELD_BYTE_OFFSET] = { CORE_FIELD, true },
		[BPF_CORE_FIELD_BYTE_SIZE] = { CORE_FIELD, true },
		[BPF_CORE_FIELD_EXISTS] = { CORE_FIELD, false },
		[BPF_CORE_FIELD_SIGNED] = { CORE_FIELD, true },
		[BPF_CORE_FIELD_LSHIFT_U64] = { CORE_FIELD, true },
		[BPF_CORE_FIELD_RSHIFT_U64] = { CORE_FIELD, true },
		[BPF_CORE_TYPE_ID_LOCAL] = { CORE_TYPE, false },
		[BPF_CORE_TYPE_ID_TARGET] = { CORE_TYPE, false },
		[BPF_CORE_TYPE_EXISTS] = { CORE_TYPE, false },
		[BPF_CORE_TYPE_SIZE] = { CORE_TYPE, false },
		[BPF_CORE_ENUMVAL_EXISTS] = { CORE_ENUMERATOR, false },
		[BPF_CORE_ENUMVAL_VALUE] = { CORE_ENUMERATOR, true },
		[BPF_CORE_TYPE_MATCHES] = { CORE_TYPE, false },
	};

	return kind < CORE_NR_KINDS ? &rows[kind] : NULL;
}

/* ---- Places: where an access has come to ---- */

/* One step of an access: to a member, an enumerator or (no name) an element of an array. */
struct core_access {
	const char *name;
	uint32_t idx;
	bool is_end;           /* a struct's last member: an array there may have no length */
	struct btf_type type;  /* of what is there, typedefs skipped; an enumerator's enum */
};

/* A BTF to look into. */
struct core_side {
	const struct btf *btf;
	uint32_t pointer_size; /* bytes: 8 in an object, 4 in a 32-bit kernel's structs */
};

struct core_place {
	struct core_side side;
	uint32_t root;         /* the type that the access starts from, typedefs not skipped */
	uint64_t bit_offset;   /* at most UINT32_MAX */
	uint32_t bit_size;     /* of a bit field, else 0 */
	uint32_t depth;        /* steps from the root, into anonymous structs too */
	struct core_access last;
};

/* Goes on by count times so many bits; false when that is further than offsets go. */
static inline bool core_place_move(struct core_place *place, uint64_t count, uint64_t bits)
{
	uint64_t distance;

	if (__builtin_mul_overflow(count, bits, &distance) ||
	    distance > UINT32_MAX - place->bit_offset)
		return false;
	place->bit_offset += distance;
	return true;
}

/* Of a type that is no array. */
static inline uint32_t core_element_size(const struct core_side *side, const struct btf_type *type)
{
	return type->kind == BTF_KIND_PTR ? side->pointer_size : type->size;
}

/*
 * Bytes of a type and of what an array is made of, through all its dimensions:
 * btf_size() with the side's pointers. False when it has no size.
 */
static inline bool core_size(const struct core_side *side, const struct btf_type *type,
			     struct btf_type *out_element, uint64_t *out)
{
	uint64_t nr = 1;

	*out_element = *type;
	for (int depth = 0; out_element->kind == BTF_KIND_ARRAY; depth++)
		if (depth == CORE_DEPTH_MAX ||
		    __builtin_mul_overflow(nr, out_element->length, &nr) ||
		    !btf_type_skip(side->btf, out_element->type, out_element))
			return false;
	return (out_element->kind == BTF_KIND_PTR || btf_kind_row(out_element->kind)->has_size) &&
	       !__builtin_mul_overflow(nr, core_element_size(side, out_element), out) &&
	       *out <= UINT32_MAX;
}

/* Goes to element idx of those of that type that begin here; false when there is no such place. */
static inline bool core_place_enter(struct core_place *place, const struct btf_type *type,
				    uint32_t idx)
{
	struct btf_type element;
	uint64_t size = 0;

	place->bit_size = 0;
	place->last = (struct core_access){ .idx = idx, .type = *type };
	return place->depth++ < CORE_ACCESSES_MAX &&
	       core_size(&place->side, type, &element, &size) &&
	       core_place_move(place, idx, size * 8);
}

/* Goes to a member of the struct that begins here. */
SELDOM bool core_place_enter_member(struct core_place *place, const struct btf_type *type,
				    uint32_t idx, const struct btf_member *member)
{
	place->bit_size = member->bit_size;
	place->last.name = *member->name ? member->name : NULL;
	place->last.idx = idx;
	place->last.is_end = idx + 1 == type->nr;
	return place->depth++ < CORE_ACCESSES_MAX &&
	       btf_type_skip(place->side.btf, member->type, &place->last.type) &&
	       core_place_move(place, 1, member->bit_offset);
}

/* Has the array here an element idx? One at a struct's end with no length has all. */
static inline bool core_has_element(const struct core_place *place, const struct btf_type *array,
				    uint32_t idx)
{
	return idx < array->length ||
	       (array->length == 0 && place->last.name && place->last.is_end);
}

static inline bool core_names_equal(const char *a, size_t len, const char *b)
{
	return strncmp(a, b, len) == 0 && btf_essential_len(b) == len;
}

static inline bool core_is_enum(uint8_t kind)
{
	return kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64;
}

static inline bool core_kinds_equal(uint8_t a, uint8_t b)
{
	return a == b || (core_is_enum(a) && core_is_enum(b));
}

/* ---- The spec: what a relocation asks for, read from the object ---- */

struct core_spec {
	uint32_t kind;                /* BPF_CORE_* */
	enum core_subject subject;
	struct core_place place;      /* where it is in the object's own types */
	uint32_t nr;                  /* named members and array elements, not anonymous structs */
	struct core_access accesses[CORE_ACCESSES_MAX];
};

/* The numbers of "0:1:2". */
struct core_path {
	uint32_t nr;
	uint32_t idx[CORE_ACCESSES_MAX];
};

static inline int core_path_read(const char *access, struct core_path *out, struct why *why)
{
	const char *cursor = access;
	uint64_t value;

	out->nr = 0;
	if (elf_name_is_long(access)) /* of zeros, for instance */
		return why_bad(why, "access '%s' is malformed", access);
	do {
		if (out->nr == CORE_ACCESSES_MAX)
			return why_bad(why, "access '%s' has more than %u numbers",
				       access, CORE_ACCESSES_MAX);
		if (!text_read_number(&cursor, 10, &value) || value > INT32_MAX)
			return why_bad(why, "access '%s' is malformed", access);
		out->idx[out->nr++] = (uint32_t)value;
	} while (text_skip(&cursor, ":"));
	if (*cursor)
		return why_bad(why, "access '%s' is malformed", access);
	return 0;
}

static inline void core_spec_add(struct core_spec *spec)
{
	spec->accesses[spec->nr++] = spec->place.last;
}

static inline int core_spec_enter_struct(struct core_spec *spec, const struct btf_type *type,
					 uint32_t idx, struct why *why)
{
	struct btf_member member;

	if (!btf_member_get(type, idx, &member))
		return why_bad(why, "member %u of %s '%s', which has %u", idx,
			       btf_kind_name(type->kind), type->name, type->nr);
	if (!core_place_enter_member(&spec->place, type, idx, &member))
		return why_bad(why, "member '%s' does not end or lies too far",
			       member.name);
	if (spec->place.last.name)
		core_spec_add(spec);
	return 0;
}

static inline int core_spec_enter_array(struct core_spec *spec, const struct btf_type *array,
					uint32_t idx, struct why *why)
{
	struct btf_type element;

	if (!core_has_element(&spec->place, array, idx))
		return why_bad(why, "element %u of an array, which has %u", idx,
			       array->length);
	if (!btf_type_skip(spec->place.side.btf, array->type, &element) ||
	    !core_place_enter(&spec->place, &element, idx))
		return why_bad(why, "element %u of an array: has no size or lies too far",
			       idx);
	core_spec_add(spec);
	return 0;
}

static inline int core_spec_enter(struct core_spec *spec, uint32_t idx, struct why *why)
{
	struct btf_type type = spec->place.last.type;

	if (btf_is_composite(&type))
		return core_spec_enter_struct(spec, &type, idx, why);
	if (type.kind == BTF_KIND_ARRAY)
		return core_spec_enter_array(spec, &type, idx, why);
	return why_bad(why,
		       "step %u into a type of kind '%s', expected struct, union or array", idx,
		       btf_kind_name(type.kind));
}

/* The first number counts whole structs, as if a pointer to one were an array. */
static inline int core_spec_read_field(struct core_spec *spec, const struct core_path *path,
				       const struct btf_type *type, struct why *why)
{
	uint32_t nr_before = 0;
	int err = 0;

	if (!core_place_enter(&spec->place, type, path->idx[0]))
		return why_bad(why, "element %u of %s '%s': has no size or lies too far",
			       path->idx[0], btf_kind_name(type->kind), type->name);
	core_spec_add(spec);
	for (uint32_t i = 1; i < path->nr && !err; i++) {
		nr_before = spec->nr;
		err = core_spec_enter(spec, path->idx[i], why);
	}
	if (!err && spec->nr == nr_before)
		return why_bad(why, "the access ends at a member without a name");
	return err;
}

static inline int core_spec_read_enumerator(struct core_spec *spec, const struct core_path *path,
					    const struct btf_type *type, struct why *why)
{
	struct btf_enumerator enumerator;

	if (path->nr != 1 || !btf_enumerator_get(type, path->idx[0], &enumerator))
		return why_bad(why, "enumerator %u of %s '%s', which has %u",
			       path->idx[0], btf_kind_name(type->kind), type->name,
			       core_is_enum(type->kind) ? type->nr : 0);
	spec->place.last = (struct core_access){ enumerator.name, path->idx[0], .type = *type };
	core_spec_add(spec);
	return 0;
}

/* Reads what a relocation asks for. Returns 0, or -ENOEXEC with a reason. */
static inline int core_spec_read(const struct btf *local,
				 const struct btf_core_relocation *relocation,
				 struct core_spec *out, struct why *why)
{
	const struct core_kind_row *row = core_kind_row(relocation->kind);
	const char *access = btf_string(local, relocation->access_off);
	struct core_path path;
	struct btf_type type;
	int err;

	if (!row)
		return why_bad(why, "kind %u, expected 0 to %u", relocation->kind,
			       CORE_NR_KINDS - 1);
	if (!access)
		return why_bad(why, "access at offset %u, the strings have %llu bytes",
			       relocation->access_off, (unsigned long long)local->strings.size);
	if (!btf_type_skip(local, relocation->type, &type))
		return why_bad(why, "type %u does not end or is out of range (there are %u)",
			       relocation->type, local->end_id);
	out->kind = relocation->kind;
	out->subject = row->subject;
	out->nr = 0;
	out->place = (struct core_place){ .side = { local, 8 }, .root = relocation->type };
	err = core_path_read(access, &path, why);
	if (err)
		return err;
	switch (row->subject) {
	case CORE_FIELD:
		return core_spec_read_field(out, &path, &type, why);
	case CORE_ENUMERATOR:
		return core_spec_read_enumerator(out, &path, &type, why);
	default:
		break;
	}
	if (path.nr != 1 || path.idx[0] != 0)
		return why_bad(why, "access '%s' into a type, expected '0'", access);
	return 0;
}

/* ---- Matching: the same place in the target ---- */

/*
 * The functions of this part return 1 when it matches, 0 when it does not, and
 * -ELOOP when types lead on without end, have no size, lie too far or take too long.
 */
struct core_match {
	const struct core_spec *spec;
	struct core_place place;  /* in the target, as far as it has come */
	uint32_t *steps;          /* of it and of those before */
};

static inline bool core_match_step(struct core_match *match)
{
	return ++*match->steps <= CORE_STEPS_MAX;
}

/* INTs of a few bits in a word are no longer written, and never equal. */
static inline bool core_ints_compatible(const struct btf_type *a, const struct btf_type *b)
{
	return a->kind == BTF_KIND_INT && b->kind == BTF_KIND_INT && !a->number.bit_offset &&
	       !b->number.bit_offset;
}

/* May a field of the one type stand for one of the other? */
static inline int core_fields_compatible(const struct core_match *match, struct btf_type a,
					 struct btf_type b)
{
	for (int depth = 0; depth < CORE_DEPTH_MAX; depth++) {
		size_t len;

		if (btf_is_composite(&a) && btf_is_composite(&b))
			return 1;
		if (!core_kinds_equal(a.kind, b.kind))
			return 0;
		switch (a.kind) {
		case BTF_KIND_PTR:
		case BTF_KIND_FLOAT:
			return 1;
		case BTF_KIND_FWD:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
			len = btf_essential_len(a.name);
			return len == 0 || !*b.name || core_names_equal(a.name, len, b.name);
		case BTF_KIND_INT:
			return core_ints_compatible(&a, &b);
		case BTF_KIND_ARRAY:
			if (!btf_type_skip(match->spec->place.side.btf, a.type, &a) ||
			    !btf_type_skip(match->place.side.btf, b.type, &b))
				return -ELOOP;
			break;
		default:
			return 0;
		}
	}
	return -ELOOP;
}

/*
 * Looks for the spec's member in a struct of the target that begins at the place,
 * in anonymous structs and unions too; on a match the place is there.
 */
SELDOM int core_match_member(struct core_match *match, const struct core_access *wanted,
			     const struct btf_type *type)
{
	struct core_place before = match->place;
	struct btf_member member;
	struct btf_type inner;
	const char *name;
	int found = 0;

	for (uint32_t i = 0; !found && (name = btf_member_name(type, i)); i++) {
		if (!core_match_step(match))
			return -ELOOP;
		if (*name && (*name != *wanted->name || strcmp(name, wanted->name) != 0))
			continue;
		match->place = before;
		if (!btf_member_get(type, i, &member) ||
		    !core_place_enter_member(&match->place, type, i, &member))
			return -ELOOP;
		if (*name)
			return core_fields_compatible(match, wanted->type, match->place.last.type);
		inner = match->place.last.type;
		found = core_match_member(match, wanted, &inner);
	}
	return found;
}

/* To an element of the array at the place. */
static inline int core_match_element(struct core_match *match, uint32_t idx)
{
	const struct btf_type *array = &match->place.last.type;
	struct btf_type type;

	if (array->kind != BTF_KIND_ARRAY || !core_has_element(&match->place, array, idx))
		return 0;
	return btf_type_skip(match->place.side.btf, array->type, &type) &&
			       core_place_enter(&match->place, &type, idx) ? 1 : -ELOOP;
}

/* The first access is an element of the root as it stands. */
static inline int core_match_field(struct core_match *match)
{
	const struct core_spec *spec = match->spec;
	struct btf_type type;
	int found = 1;

	if (!btf_type_skip(match->place.side.btf, match->place.root, &type) ||
	    !core_place_enter(&match->place, &type, spec->accesses[0].idx))
		return -ELOOP;
	for (uint32_t i = 1; i < spec->nr && found > 0; i++) {
		type = match->place.last.type;
		found = spec->accesses[i].name
			? core_match_member(match, &spec->accesses[i], &type)
			: core_match_element(match, spec->accesses[i].idx);
	}
	return found;
}

static inline int core_match_enumerator(struct core_match *match)
{
	const char *name = match->spec->place.last.name;
	size_t len = btf_essential_len(name);
	struct btf_enumerator enumerator;
	struct btf_type type;

	if (!btf_type_skip(match->place.side.btf, match->place.root, &type))
		return -ELOOP;
	for (uint32_t i = 0; btf_enumerator_get(&type, i, &enumerator); i++) {
		if (!core_names_equal(name, len, enumerator.name))
			continue;
		match->place.last = (struct core_access){ enumerator.name, i, .type = type };
		return 1;
	}
	return 0;
}

/* ---- Matching whole types ---- */

/* Two types, local and target, and how deep inside of the first two they are. */
struct core_pair {
	uint32_t local;
	uint32_t target;
	int depth;
	bool behind_pointer;
};

/* The next types of pointers, arrays and functions' results. */
SELDOM bool core_pair_follow(struct core_pair *pair, const struct btf_type *a,
			     const struct btf_type *b)
{
	pair->local = a->type;
	pair->target = b->type;
	pair->behind_pointer |= a->kind == BTF_KIND_PTR;
	return --pair->depth > 0;
}

typedef int core_compare(struct core_match *match, struct core_pair pair);

/* Have two functions as many parameters, of types that compare equal? */
SELDOM int core_compare_parameters(struct core_match *match, core_compare *compare,
				   const struct core_pair *pair, const struct btf_type *a,
				   const struct btf_type *b)
{
	struct btf_parameter a_parameter, b_parameter;
	int found = a->nr == b->nr;

	for (uint32_t i = 0; found > 0 && btf_parameter_get(a, i, &a_parameter) &&
			     btf_parameter_get(b, i, &b_parameter); i++)
		found = compare(match, (struct core_pair){ a_parameter.type, b_parameter.type,
							   pair->depth - 1, pair->behind_pointer });
	return found;
}

SELDOM bool core_pair_get(struct core_match *match, const struct core_pair *pair,
			  struct btf_type *a, struct btf_type *b)
{
	return pair->depth > 0 && core_match_step(match) &&
	       btf_type_skip(match->spec->place.side.btf, pair->local, a) &&
	       btf_type_skip(match->place.side.btf, pair->target, b);
}

/* Are they the same kind of thing (TYPE_EXISTS, TYPE_SIZE, TYPE_ID_TARGET)? */
SELDOM int core_types_compatible(struct core_match *match, struct core_pair pair)
{
	struct btf_type a, b;
	int found;

	do {
		if (!core_pair_get(match, &pair, &a, &b))
			return -ELOOP;
		if (!core_kinds_equal(a.kind, b.kind))
			return 0;
		switch (a.kind) {
		case BTF_KIND_VOID:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
		case BTF_KIND_FWD:
			return 1;
		case BTF_KIND_INT:
			return core_ints_compatible(&a, &b);
		case BTF_KIND_FUNC_PROTO:
			found = core_compare_parameters(match, core_types_compatible, &pair, &a,
							&b);
			if (found <= 0)
				return found;
			break;
		case BTF_KIND_PTR:
		case BTF_KIND_ARRAY:
			break;
		default:
			return 0;
		}
	} while (core_pair_follow(&pair, &a, &b));
	return -ELOOP;
}

/* The same outside of a relocation, as for the type of an extern. */
SELDOM bool core_types_agree(const struct btf *local, uint32_t local_id, const struct btf *target,
			     uint32_t target_id)
{
	const struct core_spec spec = { .place.side.btf = local };
	uint32_t steps = 0;
	struct core_match match = { .spec = &spec, .place.side.btf = target, .steps = &steps };

	return core_types_compatible(&match, (struct core_pair){ local_id, target_id,
								 CORE_DEPTH_MAX, false }) > 0;
}

/* Each enumerator's name must be there. */
static inline int core_enums_match(struct core_match *match, const struct btf_type *a,
				   const struct btf_type *b)
{
	struct btf_enumerator wanted, enumerator;

	if (!core_is_enum(b->kind) || a->size != b->size || a->nr > b->nr)
		return 0;
	for (uint32_t i = 0; btf_enumerator_get(a, i, &wanted); i++) {
		size_t len = btf_essential_len(wanted.name);
		bool found = false;

		for (uint32_t k = 0; !found && btf_enumerator_get(b, k, &enumerator); k++) {
			if (!core_match_step(match))
				return -ELOOP;
			found = core_names_equal(wanted.name, len, enumerator.name);
		}
		if (!found)
			return 0;
	}
	return 1;
}

SELDOM int core_types_match(struct core_match *match, struct core_pair pair);

/* Each member must be there, with a type that matches. */
static inline int core_structs_match(struct core_match *match, const struct core_pair *pair,
				     const struct btf_type *a, const struct btf_type *b)
{
	struct btf_member wanted, member;
	const char *name;

	if (a->nr > b->nr)
		return 0;
	for (uint32_t i = 0; btf_member_get(a, i, &wanted); i++) {
		size_t len = btf_essential_len(wanted.name);
		int found = 0;

		for (uint32_t k = 0; !found && (name = btf_member_name(b, k)); k++) {
			if (!core_match_step(match))
				return -ELOOP;
			if (core_names_equal(wanted.name, len, name) &&
			    btf_member_get(b, k, &member))
				found = core_types_match(match, (struct core_pair){
					wanted.type, member.type, pair->depth - 1,
					pair->behind_pointer });
		}
		if (found <= 0)
			return found;
	}
	return 1;
}

/* Is it declared here what is declared or, behind a pointer, defined there? */
static inline bool core_is_declared(const struct btf_type *declared, const struct btf_type *type)
{
	return declared->kind == BTF_KIND_FWD &&
	       type->kind == (declared->kind_flag ? BTF_KIND_UNION : BTF_KIND_STRUCT);
}

static inline int core_composites_match(struct core_match *match, const struct core_pair *pair,
					const struct btf_type *a, const struct btf_type *b)
{
	if (pair->behind_pointer)
		return a->kind == b->kind || core_is_declared(b, a);
	return a->kind == b->kind ? core_structs_match(match, pair, a, b) : 0;
}

static inline bool core_ints_match(const struct btf_type *a, const struct btf_type *b)
{
	return a->size == b->size &&
	       ((a->number.encoding ^ b->number.encoding) & BTF_INT_SIGNED) == 0;
}

/* Do they agree to the letter, as far as the local one goes (TYPE_MATCHES)? */
SELDOM int core_types_match(struct core_match *match, struct core_pair pair)
{
	struct btf_type a, b;
	int found;

	do {
		if (!core_pair_get(match, &pair, &a, &b))
			return -ELOOP;
		if (!core_names_equal(a.name, btf_essential_len(a.name), b.name))
			return 0;
		switch (a.kind) {
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
			return core_enums_match(match, &a, &b);
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			return core_composites_match(match, &pair, &a, &b);
		case BTF_KIND_FWD:
			return (a.kind == b.kind && a.kind_flag == b.kind_flag) ||
			       (pair.behind_pointer && core_is_declared(&a, &b));
		default:
			break;
		}
		if (a.kind != b.kind)
			return 0;
		switch (a.kind) {
		case BTF_KIND_VOID:
			return 1;
		case BTF_KIND_INT:
			return core_ints_match(&a, &b);
		case BTF_KIND_ARRAY:
			if (a.length != b.length)
				return 0;
			break;
		case BTF_KIND_FUNC_PROTO:
			found = core_compare_parameters(match, core_types_match, &pair, &a, &b);
			if (found <= 0)
				return found;
			break;
		case BTF_KIND_PTR:
			break;
		default:
			return 0;
		}
	} while (core_pair_follow(&pair, &a, &b));
	return -ELOOP;
}

static inline int core_match_place(struct core_match *match)
{
	struct core_pair roots = { match->spec->place.root, match->place.root, CORE_DEPTH_MAX,
				   false };

	switch (match->spec->subject) {
	case CORE_FIELD: return core_match_field(match);
	case CORE_ENUMERATOR: return core_match_enumerator(match);
	default: break;
	}
	return match->spec->kind == BPF_CORE_TYPE_MATCHES ? core_types_match(match, roots)
							  : core_types_compatible(match, roots);
}

/* ---- The value at a place ---- */

struct core_value {
	uint64_t value;
	uint64_t size;         /* of offsets: bytes to load, an array's element's; 0: bit field */
	struct btf_type type;  /* and of what */
	bool must_match;       /* the instruction must have the object's own: compilers agree on it */
};

/* The bytes to load for a bit field: a power of two of them, aligned to their number. */
static inline int core_bit_field_bytes(const struct core_place *place, uint32_t bits,
				       uint64_t *bytes, uint64_t *out_start, struct why *why)
{
	uint64_t start = 0;

	for (; *bytes; *bytes *= 2) {
		start = place->bit_offset / 8 / *bytes * *bytes;
		if (place->bit_offset + bits <= (start + *bytes) * 8)
			break;
		if (*bytes >= 8)
			return why_bad(why, "bit field '%s' does not fit a load of 8 bytes",
				       place->last.name);
	}
	if (!*bytes)
		return why_bad(why, "bit field '%s' is of a type without a size",
			       place->last.name);
	*out_start = start;
	return 0;
}

static inline bool core_is_signed(const struct btf_type *type)
{
	return (core_is_enum(type->kind) && type->kind_flag) ||
	       type->number.encoding & BTF_INT_SIGNED;
}

/* What is there is loaded as so many bytes from start on, and shifted left and right. */
static inline int core_field_value(uint32_t kind, const struct core_place *place,
				   struct core_value *out, struct why *why)
{
	const struct btf_type *type = &place->last.type;
	uint64_t bytes = type->size, start = place->bit_offset / 8, first;
	uint32_t bits = place->bit_size;
	struct btf_type element;
	int err = 0;

	if (!place->last.name && kind > BPF_CORE_FIELD_EXISTS)
		return why_bad(why, "kind %u of an array's element", kind);
	if (bits)
		err = core_bit_field_bytes(place, bits, &bytes, &start, why);
	else if (!core_size(&place->side, type, &element, &bytes))
		err = why_bad(why, "type %u has no size", type->id);
	if (err)
		return err;
	out->must_match = !bits || kind == BPF_CORE_FIELD_SIGNED || kind == BPF_CORE_FIELD_RSHIFT_U64;
	first = place->bit_offset - start * 8;

	switch (kind) {
	case BPF_CORE_FIELD_BYTE_OFFSET:
		out->value = start;
		if (!bits) {
			out->size = core_element_size(&place->side, &element);
			out->type = *type;
		}
		break;
	case BPF_CORE_FIELD_BYTE_SIZE:
		out->value = bytes;
		break;
	case BPF_CORE_FIELD_SIGNED:
		out->value = core_is_signed(type);
		break;
	case BPF_CORE_FIELD_LSHIFT_U64:
		bits = bits ? bits : (uint32_t)bytes * 8;
		out->value = ELF_HOST_DATA == ELFDATA2LSB ? (uint32_t)(64 - first - bits)
							  : (uint32_t)(64 - bytes * 8 + first);
		break;
	default: /* BPF_CORE_FIELD_RSHIFT_U64 */
		out->value = 64 - (bits ? bits : (uint32_t)bytes * 8);
		break;
	}
	return 0;
}

static inline int core_type_value(uint32_t kind, const struct core_place *place,
				  struct core_value *out, struct why *why)
{
	struct btf_type type, element;

	switch (kind) {
	case BPF_CORE_TYPE_ID_LOCAL:
	case BPF_CORE_TYPE_ID_TARGET:
		out->value = place->root;
		out->must_match = false; /* linkers renumber types, and leave the instruction */
		return 0;
	case BPF_CORE_TYPE_SIZE:
		if (!btf_type_skip(place->side.btf, place->root, &type) ||
		    !core_size(&place->side, &type, &element, &out->value))
			return why_bad(why, "type %u has no size", place->root);
		return 0;
	default: /* BPF_CORE_TYPE_EXISTS, BPF_CORE_TYPE_MATCHES */
		out->value = 1;
		return 0;
	}
}

static inline int core_enumerator_value(uint32_t kind, const struct core_place *place,
					struct core_value *out)
{
	struct btf_enumerator enumerator;

	out->value = 1;
	if (kind == BPF_CORE_ENUMVAL_EXISTS ||
	    !btf_enumerator_get(&place->last.type, place->last.idx, &enumerator))
		return 0;
	/* Compilers before LLVM 15 mark no enum as signed, so libbpf takes all for it. */
	out->value = place->last.type.kind == BTF_KIND_ENUM ? (uint64_t)(int32_t)enumerator.value
							     : enumerator.value;
	return 0;
}

static inline int core_value_get(const struct core_spec *spec, const struct core_place *place,
				 struct core_value *out, struct why *why)
{
	*out = (struct core_value){ .must_match = true };
	switch (spec->subject) {
	case CORE_FIELD:
		out->value = 1;
		return spec->kind == BPF_CORE_FIELD_EXISTS ? 0
			: core_field_value(spec->kind, place, out, why);
	case CORE_TYPE: return core_type_value(spec->kind, place, out, why);
	default: return core_enumerator_value(spec->kind, place, out);
	}
}

/* ---- The targets: where types are looked for ---- */

#define CORE_NR_BUCKETS 256
#define CORE_ROOTS_MAX 16384U /* each is compared with all types of the kernel in its bucket */

/* A target's type with the name and kind of a root, until it fails to match. */
struct core_candidate {
	struct core_candidate *next;
	const struct btf *btf;
	uint32_t id;
};

/* A type of the object that relocations start from. */
struct core_root {
	struct core_root *next;      /* in the bucket */
	const char *name;
	size_t len;                  /* without the flavour */
	uint32_t id;
	uint8_t kind;
	bool searched;
	struct core_candidate *candidates;
};

/*
 * The BTF of module idx, split BTF on the kernel's; *out is NULL behind the last
 * one. It must stay. Returns 0, or -errno with a reason.
 */
typedef int core_module(void *context, uint32_t idx, const struct btf **out, struct why *why);

/*
 * An object's BTF, the kernel's, and what of the one was found in the other. Fill
 * in the first group; the rest is zero. The arena gives some 100 bytes for each
 * type of the object that relocations start from.
 */
struct core_targets {
	const struct btf *local;
	const struct btf *kernel;
	core_module *module;         /* asked for types that the kernel itself lacks; may be NULL */
	void *context;               /* the module function's */
	struct arena *arena;

	uint32_t kinds;              /* BTF_KIND_BITs of the roots not yet searched */
	uint32_t pointer_size;       /* of the kernel; 0: not yet looked for */
	uint32_t steps;              /* of all comparisons */
	struct core_root *buckets[CORE_NR_BUCKETS];
	struct core_root **roots;    /* by the object's type ids; NULL: there are none yet */
	uint32_t nr_roots;
};

/* By two letters, of which a flavour's first underscore is none. */
static inline struct core_root **core_bucket(struct core_targets *targets, const char *name)
{
	uint8_t second = name[0] && name[1] != '_' ? (uint8_t)name[1] : 0;

	return &targets->buckets[((uint8_t)name[0] * 31U + second) % CORE_NR_BUCKETS];
}

/*
 * Notes that a relocation will be asked for: one look through the kernel's types
 * serves all that were noted before. Returns 0, -ENOEXEC or -ENOMEM with a reason.
 */
static inline int core_want(struct core_targets *targets,
			    const struct btf_core_relocation *relocation, struct why *why)
{
	struct core_root *root, **bucket;
	struct btf_type type;

	if (!btf_type_get(targets->local, relocation->type, &type))
		return why_bad(why, "type %u out of range (there are %u)",
			       relocation->type, targets->local->end_id);
	if (relocation->kind == BPF_CORE_TYPE_ID_LOCAL ||
	    (targets->roots && targets->roots[type.id]))
		return 0;
	if (!*type.name)
		return why_bad(why, "type %u, a %s, has no name to look for", type.id,
			       btf_kind_name(type.kind));
	if (targets->nr_roots++ == CORE_ROOTS_MAX)
		return why_bad(why, "relocations start from more than %u types",
			       CORE_ROOTS_MAX);
	if (!targets->roots)
		targets->roots = arena_take(targets->arena, targets->local->end_id, sizeof(root));
	root = arena_take(targets->arena, 1, sizeof(*root));
	if (!root || !targets->roots)
		return why_set(why, -ENOMEM, "out of memory for the types that relocations name");
	bucket = core_bucket(targets, type.name);
	*root = (struct core_root){
		.next = *bucket,
		.name = type.name,
		.len = btf_essential_len(type.name),
		.id = type.id,
		.kind = type.kind,
	};
	*bucket = targets->roots[type.id] = root;
	targets->kinds |= BTF_KIND_BIT(type.kind);
	if (core_is_enum(type.kind))
		targets->kinds |= BTF_KIND_BIT(BTF_KIND_ENUM) | BTF_KIND_BIT(BTF_KIND_ENUM64);
	return 0;
}

/* One pass over a BTF's own types, for all roots that are not yet searched. */
static inline int core_scan(struct core_targets *targets, const struct btf *btf, struct why *why)
{
	struct btf_cursor at = btf_cursor(btf);

	while (btf_cursor_next(&at, targets->kinds)) {
		for (struct core_root *root = *core_bucket(targets, at.name); root;
		     root = root->next) {
			struct core_candidate *candidate;

			if (root->searched || !core_kinds_equal(root->kind, at.kind) ||
			    !core_names_equal(root->name, root->len, at.name))
				continue;
			candidate = arena_take(targets->arena, 1, sizeof(*candidate));
			if (!candidate)
				return why_set(why, -ENOMEM, "out of memory for types '%s'",
					       at.name);
			*candidate = (struct core_candidate){ root->candidates, btf, at.id };
			root->candidates = candidate;
		}
	}
	return 0;
}

/* Marks the roots that were found as searched, or all of them. Returns whether any is left. */
static inline bool core_roots_searched(struct core_targets *targets, bool all)
{
	bool left = false;

	for (uint32_t i = 0; i < CORE_NR_BUCKETS; i++)
		for (struct core_root *root = targets->buckets[i]; root; root = root->next) {
			root->searched |= all || root->candidates;
			left |= !root->searched;
		}
	return left;
}

/* A pointer is as long as C's long, in all kernels; libbpf tells it by the same names. */
static inline uint32_t core_pointer_size(const struct btf *kernel)
{
	static const char *const names[] = {
		"long unsigned int", "long int", "unsigned long", "long",
	};
	uint32_t kinds = BTF_KIND_BIT(BTF_KIND_INT);
	struct btf_type type;

	for (bool more = btf_type_first(kernel, kinds, &type); more;
	     more = btf_type_next(&type, kinds))
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if ((type.size == 4 || type.size == 8) && strcmp(type.name, names[i]) == 0)
				return type.size;
	return 8;
}

/* Modules are asked for only those types that the kernel itself has none of. */
static inline int core_search(struct core_targets *targets, struct why *why)
{
	const struct btf *module = NULL;
	int err;

	if (!targets->kernel)
		return why_set(why, -EOPNOTSUPP, "needs the kernel's BTF, and there is none");
	if (!targets->pointer_size)
		targets->pointer_size = core_pointer_size(targets->kernel);
	err = core_scan(targets, targets->kernel, why);
	if (err)
		return err;
	if (targets->module && core_roots_searched(targets, false))
		for (uint32_t i = 0; !err; i++) {
			err = targets->module(targets->context, i, &module, why);
			if (err || !module)
				break;
			err = core_scan(targets, module, why);
		}
	core_roots_searched(targets, true);
	targets->kinds = 0;
	return err;
}

/* ---- Resolving: the one value that all candidates agree on ---- */

enum core_verdict {
	CORE_FOUND,
	CORE_MISSING,   /* the target has no such thing, and the instruction needs it */
	CORE_UNLIKE,    /* it is there, but no load can read it as the object means to */
};

struct core_resolved {
	enum core_verdict verdict;
	struct core_value original;  /* the object's */
	struct core_value value;     /* the target's, when found */
};

static inline int core_disagree(const struct core_match *first, const struct core_match *other,
				uint64_t first_value, uint64_t other_value, struct why *why)
{
	struct btf_type type;

	btf_type_get(first->place.side.btf, first->place.root, &type);
	return why_bad(why,
		       "is ambiguous: the kernel's types %u and %u, both '%.*s', give %llu and %llu",
		       first->place.root, other->place.root,
		       (int)btf_essential_len(type.name), type.name,
		       (unsigned long long)first_value, (unsigned long long)other_value);
}

/*
 * Asks each candidate. Those that do not match are struck off for all later
 * relocations from that root too, unless none matches: so it is that a field
 * which only one of several types has tells the right one.
 */
static inline int core_resolve_candidates(struct core_targets *targets, struct core_root *root,
					  const struct core_spec *spec,
					  struct core_resolved *out, struct why *why)
{
	struct core_candidate *kept = NULL, **tail = &kept, *next;
	struct core_match before = { 0 };

	for (struct core_candidate *candidate = root->candidates; candidate; candidate = next) {
		struct core_match match = {
			.spec = spec,
			.place = { .side = { candidate->btf, targets->pointer_size },
				   .root = candidate->id },
			.steps = &targets->steps,
		};
		struct core_value value;
		int found = core_match_place(&match);

		next = candidate->next;
		if (found < 0)
			return why_bad(why, "the kernel's type %u '%.*s' does not end, has no size "
				       "or takes too long to compare",
				       candidate->id, (int)root->len, root->name);
		if (!found)
			continue;
		if (core_value_get(spec, &match.place, &value, why))
			return -ENOEXEC;
		if (kept && match.place.bit_offset != before.place.bit_offset)
			return core_disagree(&before, &match, before.place.bit_offset / 8,
					     match.place.bit_offset / 8, why);
		if (kept && value.value != out->value.value)
			return core_disagree(&before, &match, out->value.value, value.value, why);
		/*
		 * A field's size and type may differ: those of the lowest id count, which
		 * comes last.
		 */
		before = match;
		out->value = value;
		*tail = candidate;
		tail = &candidate->next;
	}
	if (!kept)
		return 0;
	*tail = NULL;
	root->candidates = kept;
	out->verdict = CORE_FOUND;
	return 0;
}

static inline int core_resolve(struct core_targets *targets,
			       const struct btf_core_relocation *relocation,
			       const struct core_spec *spec, struct core_resolved *out,
			       struct why *why)
{
	struct core_root *root;
	struct btf_type type;
	int err;

	*out = (struct core_resolved){ .verdict = CORE_FOUND };
	err = core_value_get(spec, &spec->place, &out->original, why);
	if (err || spec->kind == BPF_CORE_TYPE_ID_LOCAL) {
		out->value = out->original;
		return err;
	}
	err = core_want(targets, relocation, why);
	if (err || !btf_type_get(targets->local, relocation->type, &type))
		return err;
	root = targets->roots[type.id];
	if (!root->searched)
		err = core_search(targets, why);
	if (core_kind_row(spec->kind)->needed)
		out->verdict = CORE_MISSING;
	return err ? err : core_resolve_candidates(targets, root, spec, out, why);
}

/* ---- The patch ---- */

/* A call that the verifier refuses where it is reached, and else takes away. */
static inline void core_poison(struct insn *insn)
{
	*insn = (struct insn){ .code = INSN_CALL, .imm = CORE_FUNCTION_BAD };
}

static inline int core_unexpected(int64_t found, uint64_t wanted, struct why *why)
{
	return why_bad(why, "the instruction has %lld, expected %lld, as the object's types say",
		       (long long)found, (long long)wanted);
}

/* Zero-extended values may be read as more or fewer bytes; a sign would get lost. */
static inline bool core_is_resizable(const struct core_value *a, const struct core_value *b)
{
	if (a->type.kind == BTF_KIND_PTR && b->type.kind == BTF_KIND_PTR)
		return true;
	return a->type.kind == BTF_KIND_INT && b->type.kind == BTF_KIND_INT &&
	       a->type.number.encoding != BTF_INT_SIGNED &&
	       b->type.number.encoding != BTF_INT_SIGNED;
}

static inline int core_resize(struct insn *insn, uint64_t from, uint64_t to, struct why *why)
{
	static const uint8_t sizes[] = {
		[1] = INSN_SIZE_B, [2] = INSN_SIZE_H, [4] = INSN_SIZE_W, [8] = INSN_SIZE_DW,
	};

	if (insn_bytes(insn->code) != from)
		return why_bad(why, "the instruction moves %u bytes of a field of %llu",
			       insn_bytes(insn->code), (unsigned long long)from);
	if (to != 1 && to != 2 && to != 4 && to != 8)
		return why_bad(why, "no instruction moves %llu bytes",
			       (unsigned long long)to);
	insn->code = (uint8_t)((insn->code & ~INSN_SIZE_DW) | sizes[to]);
	return 0;
}

static inline int core_patch_memory(struct insn *insn, struct core_resolved *resolved,
				    struct why *why)
{
	const struct core_value *from = &resolved->original, *to = &resolved->value;
	int err = 0;

	if (from->must_match && (uint64_t)insn->off != from->value)
		return core_unexpected(insn->off, from->value, why);
	if (to->value > INT16_MAX)
		return why_bad(why, "offset %llu in this kernel, an instruction reaches %d",
			       (unsigned long long)to->value, INT16_MAX);
	if (from->size != to->size && !core_is_resizable(from, to)) {
		resolved->verdict = CORE_UNLIKE;
		core_poison(insn);
		return 0;
	}
	if (from->size != to->size)
		err = core_resize(insn, from->size, to->size, why);
	if (!err)
		insn->off = (int16_t)to->value;
	return err;
}

static inline int core_patch_alu(struct insn *insn, const struct core_resolved *resolved,
				 struct why *why)
{
	if (INSN_SOURCE(insn->code) != 0)
		return why_bad(why, "the instruction, code 0x%x, has no immediate",
			       insn->code);
	if (resolved->original.must_match && (uint64_t)insn->imm != resolved->original.value)
		return core_unexpected(insn->imm, resolved->original.value, why);
	insn->imm = (int32_t)resolved->value.value;
	return 0;
}

static inline int core_patch_load64(struct insn *insn, const struct core_resolved *resolved,
				    struct why *why)
{
	uint64_t value = (uint32_t)insn[0].imm | (uint64_t)(uint32_t)insn[1].imm << 32;

	if (insn->src_reg || insn->off || insn[1].code || insn[1].dst_reg || insn[1].src_reg ||
	    insn[1].off)
		return why_bad(why, "the instruction is no 64-bit load of a number");
	if (resolved->original.must_match && value != resolved->original.value)
		return core_unexpected((int64_t)value, resolved->original.value, why);
	insn[0].imm = (int32_t)resolved->value.value;
	insn[1].imm = (int32_t)(resolved->value.value >> 32);
	return 0;
}

static inline int core_patch(struct insn *insn, uint64_t nr_insns, struct core_resolved *resolved,
			     struct why *why)
{
	bool is_load64 = nr_insns > 0 && insn->code == INSN_LD_IMM64;

	if (nr_insns < 1U + is_load64)
		return why_bad(why, "its instruction lies behind the program's end");
	if (resolved->verdict == CORE_MISSING) {
		core_poison(insn);
		if (is_load64)
			core_poison(insn + 1);
		return 0;
	}
	switch (INSN_CLASS(insn->code)) {
	case INSN_ALU:
	case INSN_ALU64:
		return core_patch_alu(insn, resolved, why);
	case INSN_LDX:
	case INSN_ST:
	case INSN_STX:
		return core_patch_memory(insn, resolved, why);
	case INSN_LD:
		if (is_load64)
			return core_patch_load64(insn, resolved, why);
		break;
	default:
		break;
	}
	return why_bad(why, "the instruction, code 0x%x, is none to be patched",
		       insn->code);
}

/* ---- The whole ---- */

struct core_result {
	enum core_verdict verdict;  /* unless CORE_FOUND the instruction must never be reached */
	uint64_t original;          /* the object's value */
	uint64_t value;             /* the target's, when found */
};

/*
 * Patches the instruction that a relocation names; insn points to it, and
 * nr_insns are there from it on. Call core_want() for all relocations first, or
 * each new type costs a pass over the kernel's. Returns 0; -ENOEXEC for a bad
 * record or one on which the kernel's types disagree, -ENOMEM, or what the module
 * function returned, each with a reason.
 */
static inline int core_relocate(struct core_targets *targets,
				const struct btf_core_relocation *relocation, struct insn *insn,
				uint64_t nr_insns, struct core_result *out, struct why *why)
{
	struct core_resolved resolved;
	struct core_spec spec;
	int err;

	err = core_spec_read(targets->local, relocation, &spec, why);
	if (!err)
		err = core_resolve(targets, relocation, &spec, &resolved, why);
	if (!err)
		err = core_patch(insn, nr_insns, &resolved, why);
	if (err)
		return err;
	*out = (struct core_result){
		.verdict = resolved.verdict,
		.original = resolved.original.value,
		.value = resolved.value.value,
	};
	return 0;
}

/* ---- For messages ---- */

static inline void core_describe_type(const struct btf *local, uint32_t id, struct text *out)
{
	struct btf_type type;

	if (!btf_type_get(local, id, &type))
		text_addf(out, "type %u", id);
	else if (btf_is_composite(&type) || core_is_enum(type.kind))
		text_addf(out, "%s '%s'",
			  core_is_enum(type.kind) ? "enum" : btf_kind_name(type.kind),
			  type.name);
	else
		text_addf(out, "type '%s'", type.name);
}

/*
 * Adds what a relocation is about: "field 'a.b[2]' of struct 's'", "enumerator
 * 'E' of enum 'e'", or just "struct 's'".
 */
static inline void core_describe(const struct btf *local,
				 const struct btf_core_relocation *relocation, struct text *out)
{
	struct core_spec spec;
	bool named;

	if (core_spec_read(local, relocation, &spec, NULL))
		spec.nr = 0;
	named = spec.nr > 1 || (spec.nr == 1 && (spec.accesses[0].name || spec.accesses[0].idx));
	if (named)
		text_addf(out, "%s '", spec.subject == CORE_ENUMERATOR ? "enumerator" : "field");
	for (uint32_t i = 0; named && i < spec.nr; i++) {
		const struct core_access *access = &spec.accesses[i];

		if (access->name)
			text_addf(out, "%s%s", i > 1 ? "." : "", access->name);
		else if (i > 0 || access->idx)
			text_addf(out, "[%u]%s", access->idx, i == 0 && spec.nr > 1 ? "." : "");
	}
	if (named)
		text_addf(out, "' of ");
	core_describe_type(local, relocation->type, out);
}

#endif
