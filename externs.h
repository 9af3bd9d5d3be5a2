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

#include "core.h"
#include "kbtf.h"
#include "object.h"
#include "symbols.h"

/* What an extern turned out to be. */
struct extern_value {
	bool found;
	uint64_t address;     /* EXTERN_KSYM without a type */
	uint64_t other;       /* another symbol's of the same name; 0: there is none */
	uint32_t id;          /* else its type in the kernel's BTF */
	uint32_t module;      /* the module that has it; 0: the kernel itself */
	int module_fd;
};

/* ---- Finding ---- */

/* Those that are addresses and nothing more, by name. */
static inline int externs_list_addresses(const struct object *object, struct arena *arena,
					 struct names *out, struct why *why)
{
	if (!names_open(arena, object->nr_externs, out))
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < object->nr_externs; i++)
		if (object->externs[i].kind == EXTERN_KSYM && !object->externs[i].type)
			names_add(out, object->externs[i].name, 0, i);
	names_sort(out);
	return 0;
}

static inline void extern_set_address(struct extern_value *value, uint64_t address)
{
	if (value->found && value->address != address)
		value->other = address;
	else
		value->address = address;
	value->found = true;
}

/* Their addresses, in one pass over the kernel's symbols. */
static inline int externs_find_addresses(const struct names *names, struct extern_value *values,
					 struct why *why)
{
	int proc_fd = fs_open(&fs_proc);
	char name[SYMBOL_NAME_SIZE];
	struct fs_lines lines;
	struct symbol symbol;
	const char *line;
	int err = proc_fd < 0 ? proc_fd : fs_lines_open(&lines, proc_fd, "kallsyms");

	if (proc_fd >= 0)
		sys_close(proc_fd);
	if (err)
		return why_errno(why, err,
				 "'/proc/kallsyms', which has the kernel's symbols, "
				 "cannot be read");
	while ((line = fs_lines_next(&lines))) {
		const struct name *found;

		if (!symbol_parse_line(line, &symbol))
			continue;
		memcpy(name, symbol.name, symbol.len);
		name[symbol.len] = '\0';
		found = names_find(names, name, 0);
		if (found)
			extern_set_address(&values[found->value], symbol.address);
	}
	fs_lines_close(&lines);
	return 0;
}

/* A variable or function in the kernel's BTF, under its name without a flavour. */
static inline int extern_find_type(struct kbtf *kbtf, const struct object_extern *ext,
				   struct extern_value *out, struct why *why)
{
	const uint8_t kind = ext->kind == EXTERN_KFUNC ? BTF_KIND_FUNC : BTF_KIND_VAR;
	struct kbtf_place place;
	struct text name;

	text_clear(&name);
	text_add(&name, ext->name, btf_essential_len(ext->name));
	if (!kbtf_find(kbtf, name.data, kind, &place))
		return 0;
	if (place.module > INT16_MAX)
		return why_set(why, -EOPNOTSUPP, "is in module %u, of at most %d", place.module,
			       INT16_MAX);
	out->found = true;
	out->id = place.id;
	out->module = place.module;
	out->module_fd = kbtf_module_fd(kbtf, &place);
	return 0;
}

static inline const char *extern_noun(enum object_extern_kind kind)
{
	return kind == EXTERN_KFUNC ? "function that programs may call" : "symbol";
}

/* Which of two it is to be, nobody can say (libbpf refuses it alike). */
SELDOM int extern_refuse_two(const struct object_extern *ext, const struct extern_value *value,
			     struct why *why)
{
	return why_set(why, -EINVAL,
		       "extern '%s': this kernel has several symbols of that name, "
		       "at 0x%llx and 0x%llx",
		       ext->name, (unsigned long long)value->address,
		       (unsigned long long)value->other);
}

/* Whoever may not be missing must be there, and be one. */
static inline int externs_check(const struct object *object, const struct extern_value *values,
				struct why *why)
{
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct object_extern *ext = &object->externs[i];

		if (values[i].other)
			return extern_refuse_two(ext, &values[i], why);
		if (ext->kind != EXTERN_KCONFIG && !values[i].found && !ext->is_weak)
			return why_set(why, -EOPNOTSUPP, "extern '%s': this kernel has no such %s",
				       ext->name, extern_noun(ext->kind));
	}
	return 0;
}

SELDOM int externs_find(const struct object *object, struct kbtf *kbtf, struct arena *arena,
			struct extern_value *values, struct why *why)
{
	bool need_addresses = false;
	struct names addresses;
	int err = externs_list_addresses(object, arena, &addresses, why);

	for (uint32_t i = 0; i < object->nr_externs && !err; i++) {
		const struct object_extern *ext = &object->externs[i];

		if (ext->kind == EXTERN_KSYM && !ext->type) {
			need_addresses |= !ext->is_weak;
		} else if (ext->kind != EXTERN_KCONFIG) {
			err = kbtf_open(kbtf, why);
			if (!err)
				err = extern_find_type(kbtf, ext, &values[i], why);
		}
		if (err == -EOPNOTSUPP && ext->is_weak) /* a kernel that tells nothing has none */
			err = 0;
		if (err)
			return why_subject(why, err, "extern '%s'", ext->name);
	}
	if (!err && addresses.nr)
		err = externs_find_addresses(&addresses, values, why);
	return err && need_addresses ? err : externs_check(object, values, why);
}

/* ---- The instructions ---- */

static inline void extern_set_load(struct insn *insn, const struct extern_value *value)
{
	insn[0].src_reg = value->id ? INSN_PSEUDO_BTF_ID : 0;
	insn[0].imm = (int32_t)(value->id ? value->id : value->address);
	insn[1].imm = (int32_t)(value->id ? (uint32_t)value->module_fd : value->address >> 32);
}

static inline void extern_set_call(struct insn *insn, uint32_t idx,
				   const struct extern_value *value)
{
	insn->src_reg = value->found ? INSN_PSEUDO_KFUNC_CALL : 0;
	insn->imm = (int32_t)(value->found ? value->id : EXTERN_POISON + idx);
	insn->off = value->found ? (int16_t)value->module : 0;
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

/* Does a program call a function of a module? It is a call whose off says which one. */
static inline bool externs_call_modules(const struct object *object)
{
	for (uint32_t c = 0; c < object->nr_codes; c++) {
		const struct object_code *code = &object->codes[c];

		for (uint32_t i = 0; i < code->nr_insns; i++) {
			if (code->insns[i].code == INSN_CALL &&
			    code->insns[i].src_reg == INSN_PSEUDO_KFUNC_CALL && code->insns[i].off)
				return true;
			i += code->insns[i].code == INSN_LD_IMM64;
		}
	}
	return false;
}

/*
 * The descriptors that calls of modules' functions count from 1: an array for
 * BPF_PROG_LOAD, or NULL where none is called, for kernels before v5.14 refuse it.
 */
static inline int externs_fd_array(const struct object *object, const struct kbtf *kbtf,
				   struct arena *arena, int **out, struct why *why)
{
	*out = NULL;
	if (!kbtf->nr_modules || !externs_call_modules(object))
		return 0;
	*out = arena_take(arena, kbtf->nr_modules + 1, sizeof(**out));
	if (!*out)
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < kbtf->nr_modules; i++)
		(*out)[i + 1] = kbtf->modules[i].fd;
	return 0;
}

#endif
