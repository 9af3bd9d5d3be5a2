// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * core_random ROUNDS [SEED]: types by chance on both sides, a kernel's and two
 * modules' much like the object's, and relocations between them: libbpf and core.h
 * must patch an instruction to the same, or both refuse. Needs no kernel, but
 * libbpf's archive: what relocates is not among the functions that it exports.
 *
 * A round is an object, and ends with its first refusal. Prints what differs, and
 * one line; the status is 0 when nothing does.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../core.h"
#include "btf_image.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define TYPES 48         /* of the object; the kernel and a module have as many */
#define MEMBERS_MAX 6
#define RELOCATIONS 32   /* of an object */
#define MODULES 2
#define DIFFERENCES_MAX 10

/* ---- libbpf's, as in its relo_core.h, libbpf_internal.h and btf.h ---- */

typedef void libbpf_btf; /* (there is a struct btf here too) */

struct libbpf_candidate {
	const libbpf_btf *btf;
	uint32_t id;
};

struct libbpf_candidates {
	struct libbpf_candidate *all;
	int nr;
};

struct libbpf_spec {
	const libbpf_btf *btf;
	struct {
		uint32_t type, idx;
		const char *name;
	} accesses[64];
	uint32_t root;
	int kind, nr, raw[64], nr_raw;
	uint32_t bit_offset;
};

struct libbpf_result {
	uint64_t original, value;
	bool poison, validate, fail_memsz_adjust;
	uint32_t original_size, original_type, size, type;
};

libbpf_btf *btf__new_split(const void *data, uint32_t size, libbpf_btf *base);
void btf__free(libbpf_btf *btf);
int btf__set_pointer_size(libbpf_btf *btf, size_t size);
uint32_t btf__type_cnt(const libbpf_btf *btf);
void *libbpf_set_print(int (*print)(int level, const char *format, va_list args));
size_t bpf_core_essential_name_len(const char *name);
int bpf_core_add_cands(struct libbpf_candidate *local, size_t len, const libbpf_btf *target,
		       const char *name, int first_id, struct libbpf_candidates *out);
int bpf_core_calc_relo_insn(const char *program, const struct btf_core_relocation *relocation,
			    int idx, const libbpf_btf *local, struct libbpf_candidates *candidates,
			    struct libbpf_spec *scratch, struct libbpf_result *out);
int bpf_core_patch_insn(const char *program, struct insn *insn, int insn_idx,
			const struct btf_core_relocation *relocation, int idx,
			const struct libbpf_result *result);

/* ---- Chance ---- */

static uint64_t seed;

static uint64_t chance_mix(uint64_t value)
{
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
	value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
	return value ^ value >> 31;
}

/* A number below n, the next one of a row. */
static uint32_t chance(uint64_t *row, uint32_t n)
{
	*row = chance_mix(*row + 0x9e3779b97f4a7c15ULL);
	return (uint32_t)(*row >> 33) % n;
}

/* What a type is drawn from: two sides draw the same, but for one in so many draws. */
struct draw {
	uint64_t common, own;
	uint32_t differs; /* 0: never */
};

static uint32_t draw(struct draw *d, uint32_t n)
{
	uint32_t common = chance(&d->common, n), own = chance(&d->own, n);

	return d->differs && chance(&d->own, d->differs) == 0 ? own : common;
}

/* ---- Types ---- */

/* What relocations and later types need to know of a type. */
struct model {
	uint8_t kind;
	uint32_t nr, type;          /* elements; what an array, pointer or modifier is of */
	uint32_t members[MEMBERS_MAX];
	bool named[MEMBERS_MAX];
	bool has_name;
	uint32_t names;             /* bits of the members' names, of those in anonymous ones too */
};

static struct model models[TYPES + 1], kernel_models[TYPES + 1];

static bool model_is_composite(const struct model *model)
{
	return model->kind == BTF_KIND_STRUCT || model->kind == BTF_KIND_UNION;
}

static const struct model *model_behind(const struct model *all, uint32_t id)
{
	while ((all[id].kind >= BTF_KIND_TYPEDEF && all[id].kind <= BTF_KIND_RESTRICT) ||
	       all[id].kind == BTF_KIND_TYPE_TAG)
		id = all[id].type;
	return &all[id];
}

static const char *draw_name(struct draw *d, bool may_be_empty, struct model *out)
{
	static const char *const names[] = {
		"s", "s___x", "t", "t___", "___t", "u", "u___y___z", "u____z", "s___", "v",
	};

	out->has_name = !may_be_empty || draw(d, 4);
	return out->has_name ? names[draw(d, COUNT_OF(names))] : "";
}

/*
 * A name that is not taken, or none, as C has it: libbpf, unlike core.h, adds up
 * offsets where two members have one name, and enters arrays that have none.
 */
static const char *draw_member(struct draw *d, const struct model *type, struct model *out)
{
	static const char *const names[] = {
		"a", "b", "c", "d", "a___x", "e", "f", "g", "h", "i", "j", "k",
	};
	uint32_t i = draw(d, COUNT_OF(names) + 4);

	if (i >= COUNT_OF(names) && type->kind != BTF_KIND_ARRAY &&
	    !(type->names & out->names) &&
	    __builtin_popcount(type->names | out->names) <= (int)COUNT_OF(names) - MEMBERS_MAX) {
		out->names |= type->names;
		return "";
	}
	for (i %= 5; out->names >> i & 1;)
		i = (i + 1) % COUNT_OF(names);
	out->names |= 1U << i;
	return names[i];
}

/* A type that came before: what contains another comes to an end. */
static uint32_t draw_before(struct draw *d, uint32_t id)
{
	return 1 + draw(d, id - 1);
}

static void add_int(struct btf_image *image, struct draw *d, uint32_t id)
{
	static const struct { const char *name; uint32_t size, encoding; } rows[] = {
		{ "long unsigned int", 8, 0 }, { "int", 4, BTF_INT_SIGNED },
		{ "unsigned int", 4, 0 }, { "char", 1, BTF_INT_SIGNED },
		{ "unsigned char", 1, 0 }, { "short", 2, BTF_INT_SIGNED },
		{ "unsigned short", 2, 0 }, { "long", 8, BTF_INT_SIGNED },
		{ "_Bool", 1, BTF_INT_BOOL }, { "char", 1, BTF_INT_SIGNED | BTF_INT_CHAR },
		{ "__int128", 16, BTF_INT_SIGNED },
	};
	uint32_t i = id <= COUNT_OF(rows) ? id - 1 : draw(d, COUNT_OF(rows));
	uint32_t size = id == 1 && draw(d, 8) == 0 ? 4 : rows[i].size; /* a pointer's too */

	btf_image_int(image, rows[i].name, size, rows[i].encoding, size * 8);
}

static void add_members(struct btf_image *image, struct draw *d, uint32_t id, bool bits,
			const struct model *before, struct model *out)
{
	uint32_t offset = 0;

	for (uint32_t i = 0; i < out->nr; i++) {
		uint32_t type = draw_before(d, id), size = 0;
		const char *name;

		if (bits && draw(d, 2))
			type = 1 + draw(d, 9), size = 1 + draw(d, 40);
		name = draw_member(d, model_behind(before, type), out);
		offset += bits ? draw(d, 40) : 8 * draw(d, 12);
		btf_image_member(image, name, type, size << 24 | offset);
		out->members[i] = type;
		out->named[i] = *name;
	}
}

static void add_enumerators(struct btf_image *image, struct draw *d, uint32_t nr, bool wide)
{
	static const char *const names[] = { "A", "B", "C", "A___x", "D", "C___" };

	for (uint32_t i = 0; i < nr; i++) {
		btf_image_pair(image, names[draw(d, COUNT_OF(names))], draw(d, UINT32_MAX));
		if (wide)
			btf_image_word(image, draw(d, UINT32_MAX));
	}
}

static void add_parameters(struct btf_image *image, struct draw *d, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		btf_image_pair(image, "parameter", draw(d, TYPES + 1));
}

/* In split BTF types refer to those of the base. */
static void add_type(struct btf_image *image, struct draw *d, uint32_t id,
		     const struct model *before, struct model *out)
{
	static const uint8_t kinds[] = {
		BTF_KIND_INT, BTF_KIND_PTR, BTF_KIND_PTR, BTF_KIND_ARRAY, BTF_KIND_ARRAY,
		BTF_KIND_STRUCT, BTF_KIND_STRUCT, BTF_KIND_STRUCT, BTF_KIND_STRUCT,
		BTF_KIND_STRUCT, BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_UNION, BTF_KIND_ENUM,
		BTF_KIND_ENUM, BTF_KIND_ENUM64, BTF_KIND_FWD, BTF_KIND_TYPEDEF, BTF_KIND_TYPEDEF,
		BTF_KIND_CONST, BTF_KIND_VOLATILE, BTF_KIND_FUNC_PROTO, BTF_KIND_FLOAT,
		BTF_KIND_TYPE_TAG, BTF_KIND_RESTRICT,
	};
	uint8_t kind = id < 12 ? BTF_KIND_INT : kinds[draw(d, COUNT_OF(kinds))];
	uint32_t flag = draw(d, 2) ? BTF_IMAGE_FLAG : 0;
	static const uint8_t sizes[] = { 4, 4, 4, 1, 2, 8 };

	*out = (struct model){ .kind = kind };
	switch (kind) {
	case BTF_KIND_INT:
		add_int(image, d, id);
		break;
	case BTF_KIND_PTR:
		out->type = draw(d, TYPES + 1);
		btf_image_type(image, kind, "", 0, out->type);
		break;
	case BTF_KIND_ARRAY:
		out->type = draw_before(d, id);
		out->nr = draw(d, 4);
		btf_image_array(image, out->type, out->nr);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		out->nr = draw(d, MEMBERS_MAX + 1);
		btf_image_type(image, kind, draw_name(d, true, out), flag | out->nr, draw(d, 100));
		add_members(image, d, id, flag, before, out);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		out->nr = draw(d, 5);
		btf_image_type(image, kind, draw_name(d, true, out), flag | out->nr,
			       sizes[draw(d, COUNT_OF(sizes))]);
		add_enumerators(image, d, out->nr, kind == BTF_KIND_ENUM64);
		break;
	case BTF_KIND_FWD:
		btf_image_type(image, kind, draw_name(d, false, out), flag, 0);
		break;
	case BTF_KIND_FLOAT:
		btf_image_type(image, kind, "float", 0, 4);
		break;
	case BTF_KIND_FUNC_PROTO:
		out->nr = draw(d, 3);
		btf_image_type(image, kind, "", out->nr, draw(d, TYPES + 1));
		add_parameters(image, d, out->nr);
		break;
	default:
		out->type = draw_before(d, id);
		btf_image_type(image, kind, kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_TYPE_TAG
			       ? draw_name(d, false, out) : "", 0, out->type);
		break;
	}
}

/* All types of a side, whose own_seed and differs say how far it is from the others. */
static void add_types(struct btf_image *image, const struct btf *base, uint64_t round,
		      uint64_t own_seed, uint32_t differs, struct model *out)
{
	btf_image_start(image, base);
	for (uint32_t id = 1; id <= TYPES; id++) {
		struct model model;
		struct draw d = {
			.common = chance_mix(round * 1000 + id),
			.own = chance_mix(own_seed + id),
			.differs = differs,
		};

		add_type(image, &d, id, out, &model);
		if (!base)
			out[id] = model;
	}
}

/* ---- Relocations ---- */

/* Mostly below n. */
static uint32_t chance_index(uint64_t *row, uint32_t n)
{
	return chance(row, 300) == 0 || n == 0 ? chance(row, 8) : chance(row, n);
}

/*
 * A way from a type into its members, as far as it goes or less, to one that has a
 * name or to an array's element: whether to the latter.
 */
static bool chance_access(uint64_t *row, uint32_t id, struct text *out)
{
	const struct model *model = model_behind(models, id);
	bool ends_in_element = true;
	struct text way;

	text_addf(out, "%u", chance(row, 4) ? 0 : chance(row, 4));
	for (way = *out; chance(row, 8); model = model_behind(models, id)) {
		uint32_t i = chance_index(row, model->nr);
		bool is_array = model->kind == BTF_KIND_ARRAY;

		if (!is_array && (!model_is_composite(model) || i >= model->nr))
			break;
		id = is_array ? model->type : model->members[i];
		text_addf(&way, ":%u", i);
		if (is_array || model->named[i]) {
			*out = way;
			ends_in_element = is_array;
		}
	}
	return ends_in_element;
}

/* What is refused anyway, types without a name and some kinds of elements, is asked for seldom. */
static struct btf_core_relocation chance_relocation(uint64_t *row, struct btf_image *local)
{
	struct btf_core_relocation relocation = { 0 };
	const struct model *model;
	struct text access;

	do
		relocation.type = 1 + chance(row, TYPES);
	while (!models[relocation.type].has_name && chance(row, 200));
	model = model_behind(models, relocation.type);
	text_clear(&access);
	if (model_is_composite(model) && chance(row, 5)) {
		bool ends_in_element = chance_access(row, relocation.type, &access);

		relocation.kind = chance(row, ends_in_element && chance(row, 50) ? 3 : 6);
	} else if ((model->kind == BTF_KIND_ENUM || model->kind == BTF_KIND_ENUM64) &&
		   chance(row, 4)) {
		relocation.kind = 10 + chance(row, 2);
		text_addf(&access, "%u", chance_index(row, model->nr));
	} else {
		relocation.kind = 6 + chance(row, 5);
		relocation.kind = relocation.kind == 10 ? 12 : relocation.kind;
		text_addf(&access, "0");
	}
	relocation.access_off = btf_image_string(local, access.data);
	return relocation;
}

/* An instruction that has the value, but for one of fifty. */
static void chance_insn(uint64_t *row, uint64_t value, uint32_t size, struct insn *out)
{
	static const uint8_t sizes[] = { INSN_SIZE_B, INSN_SIZE_H, INSN_SIZE_W, INSN_SIZE_DW };
	static const uint8_t classes[] = {
		INSN_LDX | 0x60, INSN_LDX | 0x60, INSN_LDX | 0x80, INSN_ST | 0x60, INSN_STX | 0x60,
	};
	uint8_t bits = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : size == 8 ? 3 : 2;

	out[0] = (struct insn){ .code = chance(row, 2) ? 0xb7 : 0x07, .dst_reg = 3 };
	out[1] = (struct insn){ 0 };
	if (chance(row, 300) == 0)
		value += 1, bits = (uint8_t)chance(row, 4);
	switch (chance(row, 4)) {
	case 0:
		out->code = chance(row, 2) ? 0xb4 : chance(row, 200) ? 0x07 : 0xbf;
		break;
	case 1:
		out->code = INSN_LD_IMM64;
		out[1].imm = (int32_t)(value >> 32);
		break;
	default:
		out->code = classes[chance(row, COUNT_OF(classes))] | sizes[bits];
		out->off = (int16_t)value;
		out->imm = 77;
		return;
	}
	out->imm = (int32_t)value;
}

/* ---- An object, by both ---- */

static struct {
	struct btf_image local_image, kernel_image, module_images[MODULES];
	struct btf local, kernel, modules[MODULES];
	libbpf_btf *their_local, *their_kernel, *their_modules[MODULES];
	struct core_targets targets;
	struct libbpf_candidates candidates[TYPES + 1]; /* by the object's type, once asked for */
	bool searched[TYPES + 1];
	struct btf_core_relocation relocations[RELOCATIONS];
} object;

static uint8_t memory[1 << 18];
static struct arena arena = { memory, sizeof(memory), 0 };

static int next_module(void *context, uint32_t idx, const struct btf **out, struct why *why)
{
	(void)context;
	(void)why;
	*out = idx < MODULES ? &object.modules[idx] : NULL;
	return 0;
}

static libbpf_btf *open_both(struct btf_image *image, const struct btf *base,
			     libbpf_btf *their_base, struct btf *out)
{
	struct view bytes = btf_image_view(image);
	libbpf_btf *theirs = btf__new_split(bytes.data, (uint32_t)bytes.size, their_base);
	struct why why;

	why_clear(&why);
	if (btf_open(bytes, base, &arena, out, &why) || !theirs) {
		fprintf(stderr, "core_random: BTF that %s refuses: %s\n",
			theirs ? "core.h" : "libbpf", why.reason.data);
		exit(2);
	}
	return theirs;
}

static void object_open(uint64_t round, uint64_t *row)
{
	uint32_t differs = chance(row, 4) ? 40 : 8;

	memset(&object.searched, 0, sizeof(object.searched));
	memset(&object.candidates, 0, sizeof(object.candidates));
	arena.used = 0;
	memset(memory, 0, sizeof(memory));
	add_types(&object.local_image, NULL, round, 0, 0, models);
	for (uint32_t i = 0; i < RELOCATIONS; i++)
		object.relocations[i] = chance_relocation(row, &object.local_image);
	object.their_local = open_both(&object.local_image, NULL, NULL, &object.local);
	btf__set_pointer_size(object.their_local, 8);
	add_types(&object.kernel_image, NULL, round, chance_mix(round) + 1000, differs,
		  kernel_models);
	object.their_kernel = open_both(&object.kernel_image, NULL, NULL, &object.kernel);
	for (uint32_t i = 0; i < MODULES; i++) {
		add_types(&object.module_images[i], &object.kernel, round,
			  chance_mix(round) + 1000 * (i + 2), 8, kernel_models);
		object.their_modules[i] = open_both(&object.module_images[i], &object.kernel,
						    object.their_kernel, &object.modules[i]);
	}
	object.targets = (struct core_targets){
		.local = &object.local, .kernel = &object.kernel, .arena = &arena,
		.module = next_module,
	};
}

static void object_close(void)
{
	for (uint32_t i = 0; i <= TYPES; i++)
		free(object.candidates[i].all);
	for (uint32_t i = 0; i < MODULES; i++)
		btf__free(object.their_modules[i]);
	btf__free(object.their_kernel);
	btf__free(object.their_local);
}

/* As libbpf searches: modules only for what the kernel has none of. */
static struct libbpf_candidates *their_candidates(uint32_t id, const char *name)
{
	struct libbpf_candidate local = { object.their_local, id };
	size_t len = bpf_core_essential_name_len(name);
	struct libbpf_candidates *out = &object.candidates[id];

	if (object.searched[id])
		return out;
	object.searched[id] = true;
	bpf_core_add_cands(&local, len, object.their_kernel, "vmlinux", 1, out);
	for (uint32_t i = 0; i < MODULES && !(i == 0 && out->nr); i++)
		bpf_core_add_cands(&local, len, object.their_modules[i], "module",
				   (int)btf__type_cnt(object.their_kernel), out);
	return out;
}

static int their_result(const struct btf_core_relocation *relocation, struct libbpf_result *out)
{
	static struct libbpf_spec scratch[3];
	struct libbpf_candidates *candidates = NULL;
	struct btf_type type;

	btf_type_get(&object.local, relocation->type, &type);
	if (relocation->kind != BPF_CORE_TYPE_ID_LOCAL) {
		if (!*type.name)
			return -EOPNOTSUPP;
		candidates = their_candidates(type.id, type.name);
	}
	return bpf_core_calc_relo_insn("p", relocation, 0, object.their_local, candidates, scratch,
				       out);
}

struct count {
	unsigned int relocations, found, poisoned, refused, differ;
};

static void show(const char *who, int err, const struct insn *insn)
{
	printf("  %s: %d: code 0x%02x dst %u src %u off %d imm %d, imm %d\n", who, err, insn->code,
	       insn->dst_reg, insn->src_reg, insn->off, insn->imm, insn[1].imm);
}

static void show_difference(uint64_t round, uint32_t idx, int err, const struct insn *ours,
			    int their_err, const struct insn *theirs, const struct why *why)
{
	const struct btf_core_relocation *relocation = &object.relocations[idx];
	struct text text;

	text_clear(&text);
	core_describe(&object.local, relocation, &text);
	printf("round %llu, relocation %u: kind %u of type %u, %s: %s: %s\n",
	       (unsigned long long)round, idx, relocation->kind, relocation->type,
	       btf_string(&object.local, relocation->access_off), text.data,
	       err ? why->reason.data : "");
	show("core.h", err, ours);
	show("libbpf", their_err, theirs);
}

/* False when the object is done with: it was refused. */
static bool compare(uint64_t round, uint32_t idx, uint64_t *row, struct count *count)
{
	const struct btf_core_relocation *relocation = &object.relocations[idx];
	struct libbpf_result theirs = { 0 };
	struct insn ours[2], their_insns[2];
	struct core_result result = { 0 };
	int err, their_err;
	struct why why;

	why_clear(&why);
	their_err = their_result(relocation, &theirs);
	chance_insn(row, theirs.original, theirs.original_size, ours);
	memcpy(their_insns, ours, sizeof(ours));
	if (!their_err)
		their_err = bpf_core_patch_insn("p", their_insns, 0, relocation, 0, &theirs);
	err = core_relocate(&object.targets, relocation, ours, 2, &result, &why);
	count->relocations++;
	if (err || their_err)
		count->refused++;
	else
		*(result.verdict == CORE_FOUND ? &count->found : &count->poisoned) += 1;
	if (!err == !their_err && (err || memcmp(ours, their_insns, sizeof(ours)) == 0))
		return !err;
	if (count->differ++ < DIFFERENCES_MAX)
		show_difference(round, idx, err, ours, their_err, their_insns, &why);
	return false;
}

static int say_nothing(int level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	struct count count = { 0 };

	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	libbpf_set_print(say_nothing);
	for (uint64_t round = seed; round < seed + rounds; round++) {
		uint64_t row = chance_mix(round);
		uint32_t i = 0;

		object_open(round, &row);
		while (i < RELOCATIONS && compare(round, i, &row, &count))
			i++;
		object_close();
	}
	printf("%s - %llu objects by chance: %u relocations: %u found, %u poisoned, %u refused; %u differ\n",
	       count.differ ? "not ok" : "ok", (unsigned long long)rounds, count.relocations,
	       count.found, count.poisoned, count.refused, count.differ);
	return count.differ ? 1 : 0;
}
