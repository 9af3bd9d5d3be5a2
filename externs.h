/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * externs.h - what an object takes from the kernel by name: addresses, variables,
 * functions; and the instructions that wait for them.
 *
 * A name that is missing is zero where the object says so (__weak): then a test
 * for it is false, and a call that the test guards is never reached.
 */
#ifndef EXTERNS_H
#define EXTERNS_H

#include "btf_value.h"
#include "core.h"
#include "kbtf.h"
#include "object.h"
#include "symbols.h"

/* What an extern turned out to be. */
struct extern_value {
	bool found;
	bool is_type;
	int16_t module;       /* the module that has it; 0: the kernel itself */
	uint64_t value;       /* its address, or of a type the id, and above it the module's fd */
	uint64_t other;       /* another symbol's address of the same name; 0: there is none */
};

/* ---- Finding ---- */

/* What it is in the kernel's BTF; 0: nothing, it is an address. */
static inline uint8_t extern_btf_kind(const struct object_extern *ext)
{
	return ext->kind == EXTERN_KFUNC ? BTF_KIND_FUNC : ext->type ? BTF_KIND_VAR : 0;
}

/*
 * Those with a kind in BTF, which is the scope of their names, or those without. A
 * function may have a flavour, which the kernel does not know; a variable has none
 * (libbpf's rule).
 */
SELDOM int externs_list(const struct object *object, bool typed, struct arena *arena,
			struct names *out, struct why *why)
{
	if (!names_open(arena, object->nr_externs, out))
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct object_extern *ext = &object->externs[i];
		const uint8_t kind = extern_btf_kind(ext);
		const char *name = ext->name;

		if (ext->kind == EXTERN_KCONFIG || typed != (kind != 0))
			continue;
		if (kind == BTF_KIND_FUNC)
			name = arena_join(arena, "", name, btf_essential_len(name));
		if (!name)
			return object_out_of_memory(why);
		names_add(out, name, kind, i);
	}
	names_sort(out);
	return 0;
}

static inline void extern_set_address(struct extern_value *value, uint64_t address)
{
	if (value->found && value->value != address)
		value->other = address;
	else
		value->value = address;
	value->found = true;
}

/* Their addresses, in one pass over the kernel's symbols. A weak one's is 0 if they are hidden. */
static inline int externs_find_addresses(const struct object *object, const struct names *names,
					 struct extern_value *values, struct why *why)
{
	char name[SYMBOL_NAME_SIZE];
	struct fs_lines lines;
	struct symbol symbol;
	uint64_t addresses = 0;
	const int err = symbols_open(&lines);

	while (!err && symbols_next(&lines, &symbol)) {
		const struct name *found;

		symbol_copy_name(&symbol, name);
		found = names_find(names, name, 0);
		if (found)
			extern_set_address(&values[found->value], symbol.address);
		addresses |= symbol.address;
	}
	if (!err)
		fs_lines_close(&lines);
	if (!err && addresses)
		return 0;
	for (uint32_t i = 0; i < names->nr; i++)
		if (!object->externs[names->items[i].value].is_weak)
			return err ? why_errno(why, err, "/proc/kallsyms cannot be read")
				   : symbols_refuse_hidden(why);
	return 0;
}

/* "int (struct task_struct *, ...)", or a variable's type. */
SELDOM void extern_add_type(const struct btf *btf, uint32_t id, struct text *out)
{
	const char *before = " (";
	struct btf_parameter parameter;
	struct btf_type type;

	if (!btf_type_get(btf, id, &type) || type.kind != BTF_KIND_FUNC_PROTO) {
		btf_add_type_name(btf, id, out);
		return;
	}
	btf_add_type_name(btf, type.type, out);
	for (uint32_t i = 0; btf_parameter_get(&type, i, &parameter); i++) {
		text_addf(out, "%s", before);
		before = ", ";
		if (parameter.type)
			btf_add_type_name(btf, parameter.type, out);
		else
			text_addf(out, "...");
	}
	text_addf(out, type.nr ? ")" : " (void)");
}

SELDOM int extern_refuse_type(const struct btf *local, uint32_t local_type,
			      const struct btf *kernel, uint32_t kernel_type, struct why *why)
{
	struct text ours, theirs;

	text_clear(&ours);
	text_clear(&theirs);
	extern_add_type(local, local_type, &ours);
	extern_add_type(kernel, kernel_type, &theirs);
	return why_set(why, -EOPNOTSUPP, "is '%s' in the object, and '%s' in this kernel",
		       ours.data, theirs.data);
}

/*
 * A variable or function in the kernel's BTF, of a type like the object's. A weak
 * function of another type is none, as to libbpf since 1.3; variables must be alike.
 */
static inline int extern_set_type(const struct object *object, const struct object_extern *ext,
				  struct kbtf *kbtf, const struct kbtf_place *place,
				  struct extern_value *out, struct why *why)
{
	struct btf_type type;

	if (!place->id || !btf_type_get(place->btf, place->id, &type))
		return 0;
	if (!core_types_agree(&object->btf, ext->type, place->btf, type.type))
		return ext->kind == EXTERN_KFUNC && ext->is_weak
			       ? 0 : extern_refuse_type(&object->btf, ext->type, place->btf,
							type.type, why);
	*out = (struct extern_value){
		.found = true, .is_type = true, .module = (int16_t)place->module,
		.value = (uint64_t)kbtf_module_fd(kbtf, place) << 32 | place->id,
	};
	kbtf->is_called |= place->module && ext->kind == EXTERN_KFUNC;
	return 0;
}

/* All that have a type, in one walk over the kernel's. */
static inline int externs_find_types(const struct object *object, struct kbtf *kbtf,
				     struct arena *arena, struct extern_value *values,
				     struct why *why)
{
	struct kbtf_place *places = arena_take(arena, object->nr_externs, sizeof(*places));
	struct names names;
	int err = places ? externs_list(object, true, arena, &names, why)
			 : object_out_of_memory(why);
	int untold;

	if (err || !names.nr)
		return err;
	untold = kbtf_open(kbtf, why);
	if (!untold)
		kbtf_find(kbtf, &names, places);
	for (uint32_t i = 0; i < names.nr; i++) {
		const uint32_t idx = names.items[i].value;
		const struct object_extern *ext = &object->externs[idx];

		if (!untold)
			err = extern_set_type(object, ext, kbtf, &places[idx], &values[idx], why);
		else if (untold != -EOPNOTSUPP || !ext->is_weak) /* (not told of is not there) */
			err = untold;
		if (err)
			return why_subject(why, err, "extern '%s'", ext->name);
	}
	return 0;
}

/* Which of two it is to be, nobody can say (libbpf refuses it alike). */
SELDOM int extern_refuse_two(const struct object_extern *ext, const struct extern_value *value,
			     struct why *why)
{
	return why_set(why, -EINVAL,
		       "extern '%s': this kernel has several symbols of that name, "
		       "at 0x%llx and 0x%llx",
		       ext->name, (unsigned long long)value->value,
		       (unsigned long long)value->other);
}

/* Every extern that is not weak must be found, and no name may be ambiguous. */
static inline int externs_check(const struct object *object, const struct extern_value *values,
				struct why *why)
{
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct object_extern *ext = &object->externs[i];

		if (values[i].other)
			return extern_refuse_two(ext, &values[i], why);
		if (ext->kind != EXTERN_KCONFIG && !values[i].found && !ext->is_weak)
			return why_set(why, -EOPNOTSUPP, "extern '%s': this kernel has no such %s",
				       ext->name,
				       ext->kind == EXTERN_KFUNC ? "function"
				       : ext->type ? "variable in its BTF" : "symbol");
	}
	return 0;
}

SELDOM int externs_find(const struct object *object, struct kbtf *kbtf, struct arena *arena,
			struct extern_value *values, struct why *why)
{
	struct names names;
	int err = externs_find_types(object, kbtf, arena, values, why);

	if (!err)
		err = externs_list(object, false, arena, &names, why);
	if (!err && names.nr)
		err = externs_find_addresses(object, &names, values, why);
	return err ? err : externs_check(object, values, why);
}

/* ---- The instructions ---- */

static inline void extern_set_load(struct insn *insn, const struct extern_value *value)
{
	insn[0].src_reg = value->is_type ? INSN_PSEUDO_BTF_ID : 0;
	insn[0].imm = (int32_t)value->value;
	insn[1].imm = (int32_t)(value->value >> 32);
}

static inline void extern_set_call(struct insn *insn, uint32_t idx,
				   const struct extern_value *value)
{
	insn->src_reg = value->found ? INSN_PSEUDO_KFUNC_CALL : 0;
	insn->imm = (int32_t)(value->found ? value->value : EXTERN_POISON + idx);
	insn->off = value->module;
}

SELDOM void externs_set_code(struct object_code *code, const struct extern_value *values)
{
	for (uint32_t i = 0; i < code->nr_insns; i++) {
		struct insn *insn = &code->insns[i];

		if (insn->code == INSN_LD_IMM64) {
			if (insn->src_reg == INSN_PSEUDO_EXTERN)
				extern_set_load(insn, &values[insn->imm]);
			i++;
		} else if (insn->code == INSN_CALL && insn->src_reg == INSN_PSEUDO_KFUNC_CALL &&
			   insn->off == INSN_CALL_INDEXED) {
			extern_set_call(insn, (uint32_t)insn->imm, &values[insn->imm]);
		}
	}
}

/*
 * Finds the object's externs in this kernel, but for values of its configuration,
 * and completes the instructions: once. Returns 0, or -errno with a reason.
 */
SELDOM int externs_resolve(struct object *object, struct kbtf *kbtf, struct arena *arena,
			   struct why *why)
{
	struct extern_value *values;
	int err;

	values = arena_take(arena, object->nr_externs, sizeof(*values));
	if (!values)
		return object_out_of_memory(why);
	err = externs_find(object, kbtf, arena, values, why);
	if (err)
		return err;
	for (uint32_t i = 0; i < object->nr_codes; i++)
		externs_set_code(&object->codes[i], values);
	return 0;
}

/*
 * The descriptors that calls of modules' functions count from 1: an array for
 * BPF_PROG_LOAD, or NULL where none is called, for kernels before v5.14 refuse it.
 */
static inline int externs_fd_array(const struct kbtf *kbtf, struct arena *arena, int **out,
				   struct why *why)
{
	*out = NULL;
	if (!kbtf->is_called)
		return 0;
	*out = arena_take(arena, kbtf->nr_modules + 1, sizeof(**out));
	if (!*out)
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < kbtf->nr_modules; i++)
		(*out)[i + 1] = kbtf->modules[i].fd;
	return 0;
}

#endif
