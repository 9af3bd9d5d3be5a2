/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * globals.h - the object's global variables and constants, by name: what they
 * are, and --set NAME=VALUE before anything is loaded. Pure.
 */
#ifndef GLOBALS_H
#define GLOBALS_H

#include "btf_value.h"
#include "object.h"

struct global {
	const char *name;
	uint32_t section_idx;
	const char *section;
	uint32_t type;       /* of its VAR, in the object's BTF */
	uint32_t offset;     /* in the section */
	uint32_t size;
};

/* The VAR of that name in a section's list; 0 when there is none. */
static inline uint32_t global_find_type(const struct btf *btf, const char *section,
					const char *name)
{
	struct btf_type datasec, var;
	struct btf_variable variable;

	if (!btf_type_get(btf, btf_find(btf, section, BTF_KIND_DATASEC), &datasec))
		return 0;
	for (uint32_t i = 0; i < datasec.nr && btf_variable_get(&datasec, i, &variable); i++)
		if (btf_type_get(btf, variable.type, &var) && strcmp(var.name, name) == 0)
			return variable.type;
	return 0;
}

/*
 * The next global at or behind symbol *idx, which moves behind it; false at the
 * end. Only what BTF describes is one.
 */
static inline bool global_next(const struct elf *elf, const struct object *object, uint64_t *idx,
			       struct global *out)
{
	struct elf_section section;
	struct elf_symbol symbol;
	uint64_t size;

	while (object->has_btf && *idx < elf->nr_symbols) {
		if (!elf_symbol_get(elf, (*idx)++, &symbol) || symbol.type != STT_OBJECT ||
		    symbol.shndx == SHN_UNDEF || symbol.shndx >= SHN_LORESERVE ||
		    !elf_section_get(elf, symbol.shndx, &section) || !object_is_data(&section))
			continue;
		*out = (struct global){
			.name = symbol.name,
			.section_idx = section.idx,
			.section = section.name,
			.type = global_find_type(&object->btf, section.name, symbol.name),
			.offset = (uint32_t)symbol.value,
		};
		if (!out->type || !btf_size(&object->btf, out->type, &size) ||
		    symbol.value > section.header.sh_size || size > section.header.sh_size - symbol.value ||
		    section.header.sh_size > INT32_MAX)
			continue;
		out->size = (uint32_t)size;
		return true;
	}
	return false;
}

static inline int global_refuse(const struct elf *elf, const struct object *object,
				const char *name, size_t len, struct why *why)
{
	struct global global;
	struct text names;

	text_clear(&names);
	for (uint64_t i = 0; global_next(elf, object, &i, &global);)
		text_addf(&names, "%s%s", names.len ? ", " : "", global.name);
	why_set(why, -EUSAGE, "--set: there is no global variable '%.*s'", (int)len, name);
	why_hint(why, names.len ? "there are: " : "the object has none that BTF describes: compile it with -g");
	text_add(&why->hint, names.data, names.len);
	return -EUSAGE;
}

/* The map that holds the section; OBJECT_NO_MAP when no program refers to it. */
static inline uint32_t global_map(const struct object *object, const char *section)
{
	for (uint32_t i = 0; i < object->maps.nr; i++)
		if (object->maps.items[i].is_data && strcmp(object->maps.items[i].name, section) == 0)
			return i;
	return OBJECT_NO_MAP;
}

static inline int global_store(struct object *object, const struct global *global,
			       const char *value, struct arena *arena, struct why *why)
{
	uint32_t idx = global_map(object, global->section);
	struct object_map *map = &object->maps.items[idx];

	if (idx == OBJECT_NO_MAP)
		return 0;
	if (!map->data)
		map->data = arena_take(arena, map->value_size, 1);
	if (!map->data)
		return object_out_of_memory(why);
	return btf_parse_value(&object->btf, global->type, value, map->data + global->offset, global->size, why);
}

/*
 * NAME=VALUE, typed by the variable's BTF. Returns 0; -EUSAGE with a reason, and
 * the names that there are; -ENOMEM.
 */
SELDOM int global_set(const struct elf *elf, struct object *object, const char *assignment,
		      struct arena *arena, struct why *why)
{
	const size_t len = text_until(assignment, "=");
	struct global global;
	int err;

	if (!len || !assignment[len])
		return why_set(why, -EUSAGE, "--set '%s': expected NAME=VALUE", assignment);
	for (uint64_t i = 0; global_next(elf, object, &i, &global);) {
		if (strlen(global.name) != len || memcmp(global.name, assignment, len) != 0)
			continue;
		err = global_store(object, &global, assignment + len + 1, arena, why);
		return err ? why_subject(why, err == -EINVAL ? -EUSAGE : err, "--set '%s'", global.name) : 0;
	}
	return global_refuse(elf, object, assignment, len, why);
}

#endif
