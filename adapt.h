/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * adapt.h - an object made fit for the kernel that runs: its instructions follow
 * the kernel's own types (CO-RE), and its externs are what the kernel has.
 *
 * Only what is asked for costs anything: an object without relocations against
 * types and without externs passes through untouched.
 */
#ifndef ADAPT_H
#define ADAPT_H

#include "config.h"
#include "core.h"
#include "externs.h"
#include "kbtf.h"
#include "kprobe.h"
#include "object.h"
#include "symbols.h"

/* ---- CO-RE ---- */

/* Does the object have relocations that only the kernel's types can answer? */
static inline bool adapt_has_core(const struct object *object)
{
	return object->btf_ext.tables[BTF_EXT_CORE_RELO].size > 0;
}

SELDOM int adapt_relocate_insn(struct core_targets *targets, struct object_code *code,
			       const struct btf_core_relocation *relocation, struct why *why)
{
	const uint32_t idx = relocation->insn_off / (uint32_t)sizeof(struct insn);
	struct core_result result;

	if (relocation->insn_off % sizeof(struct insn) != 0 || idx >= code->nr_insns)
		return why_bad(why,
			       "offset %u is no instruction of it (%u instructions of %zu bytes)",
			       relocation->insn_off, code->nr_insns, sizeof(struct insn));
	return core_relocate(targets, relocation, &code->insns[idx], code->nr_insns - idx, &result,
			     why);
}

typedef int adapt_visit(struct core_targets *targets, struct object_code *code,
			const struct btf_core_relocation *relocation, struct why *why);

SELDOM int adapt_want(struct core_targets *targets, struct object_code *code,
		      const struct btf_core_relocation *relocation, struct why *why)
{
	(void)code;
	return core_want(targets, relocation, why);
}

/* Every relocation against a type, of the sections that are used. */
SELDOM int adapt_visit_all(struct object *object, struct core_targets *targets,
			   adapt_visit *visit, struct why *why)
{
	struct btf_core_relocation relocation;

	for (uint32_t c = 0; c < object->nr_codes; c++) {
		struct object_code *code = &object->codes[c];
		const struct btf_ext_section *section = &code->ext[BTF_EXT_CORE_RELO];

		for (uint32_t i = 0; code->is_used && btf_ext_record_get(section, i, &relocation,
									 sizeof(relocation)); i++) {
			int err = visit(targets, code, &relocation, why);

			if (!err)
				continue;
			why_subject(why, err, "instruction %u",
				    relocation.insn_off / (uint32_t)sizeof(struct insn));
			return why_subject(why, err, "section '%s'", code->name);
		}
	}
	return 0;
}

static inline int adapt_core(struct object *object, struct kbtf *kbtf, struct arena *arena,
			     struct why *why)
{
	struct core_targets targets = { .local = &object->btf, .arena = arena };
	int err;

	if (!adapt_has_core(object))
		return 0;
	err = kbtf_open(kbtf, why);
	if (err)
		return err;
	targets.kernel = &kbtf->btf;
	targets.module = kbtf_module;
	targets.context = kbtf;
	err = adapt_visit_all(object, &targets, adapt_want, why);
	return err ? err : adapt_visit_all(object, &targets, adapt_relocate_insn, why);
}

/* ---- Values of the kernel's configuration ---- */

/* Where this machine's system calls have wrappers, they get a pointer to the caller's registers. */
SELDOM bool adapt_has_syscall_wrapper(void)
{
	const char *prefix = machine_running().syscall_prefix;
	struct text name;

	if (!prefix)
		return false;
	text_setf(&name, "%ssys_bpf", prefix);
	return symbols_have(name.data);
}

/* Fills the map of section .kconfig, before it is created. */
SELDOM int adapt_kconfig(struct object *object, struct arena *arena, struct why *why)
{
	struct kconfig_extern *externs;
	struct object_map *map;
	uint32_t nr = 0;

	map = &object->maps.items[object->kconfig_map];
	externs = arena_take(arena, object->nr_externs, sizeof(*externs));
	map->data = arena_take(arena, map->value_size, 1);
	if (!externs || !map->data)
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct object_extern *ext = &object->externs[i];

		if (ext->kind == EXTERN_KCONFIG)
			externs[nr++] = (struct kconfig_extern){
				.name = ext->name,
				.type = ext->type,
				.weak = ext->is_weak,
				.value = map->data + ext->offset,
				.size = ext->size,
			};
	}
	return config_resolve(&object->btf, externs, nr, adapt_has_syscall_wrapper, why);
}

/* ---- The whole ---- */

/*
 * Completes the instructions of the sections that are used, once, before maps and
 * programs are made. Returns 0; -EOPNOTSUPP when the kernel lacks what the object
 * cannot do without, else -errno, each with a reason.
 */
static inline int object_adapt(struct object *object, struct kbtf *kbtf, struct arena *arena,
			       struct why *why)
{
	int err = adapt_core(object, kbtf, arena, why);

	if (!err && object->nr_externs)
		err = externs_resolve(object, kbtf, arena, why);
	if (!err && object->kconfig_map != OBJECT_NO_MAP)
		err = adapt_kconfig(object, arena, why);
	return err;
}

#endif
