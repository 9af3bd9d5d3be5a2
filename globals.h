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

/* A walk over them. */
struct globals {
	const struct elf *elf;
	const struct object *object;
	struct names types;  /* BTF's variables, by name and the list they stand in */
	uint64_t symbol;     /* the next to look at */
};

/* Its memory, of the arena, is about twice BTF's. Returns 0, or -ENOMEM with a reason. */
SELDOM int globals_open(const struct elf *elf, const struct object *object, struct arena *arena,
			struct globals *out, struct why *why)
{
	const uint32_t kinds = object->has_btf ? BTF_KIND_BIT(BTF_KIND_DATASEC) : 0;
	struct btf_variable variable;
	struct btf_type datasec, var;
	uint64_t nr = 0;

	*out = (struct globals){ .elf = elf, .object = object };
	for (bool more = kinds && btf_type_first(&object->btf, kinds, &datasec); more;
	     more = btf_type_next(&datasec, kinds))
		nr += datasec.nr;
	if (!names_open(arena, nr, &out->types))
		return object_out_of_memory(why);
	for (bool more = kinds && btf_type_first(&object->btf, kinds, &datasec); more;
	     more = btf_type_next(&datasec, kinds))
		for (uint32_t i = 0; btf_variable_get(&datasec, i, &variable); i++)
			if (btf_type_get(&object->btf, variable.type, &var))
				names_add(&out->types, var.name, datasec.id, variable.type);
	names_sort(&out->types);
	return 0;
}

/* Of several static ones with that name, in a linked object, the one that is as large. */
static inline const struct name *global_type(const struct globals *globals,
					     const struct elf_symbol *symbol, uint32_t datasec,
					     uint64_t *out_size)
{
	const struct name *first = names_find(&globals->types, symbol->name, datasec);

	for (const struct name *type = first; type; type = names_next(&globals->types, type))
		if (btf_size(&globals->object->btf, type->value, out_size) &&
		    *out_size == symbol->size)
			return type;
	return first && btf_size(&globals->object->btf, first->value, out_size) ? first : NULL;
}

/* The symbol as a global; false when it is none that BTF describes. */
static inline bool global_of(const struct globals *globals, const struct elf_symbol *symbol,
			     struct global *out)
{
	const struct object *object = globals->object;
	const struct name *type;
	struct elf_section section;
	uint64_t size;

	if (symbol->type != STT_OBJECT || symbol->shndx == SHN_UNDEF ||
	    symbol->shndx >= SHN_LORESERVE ||
	    !elf_section_get(globals->elf, symbol->shndx, &section) || !object_is_data(&section))
		return false;
	type = global_type(globals, symbol, object->data[section.idx].datasec, &size);
	if (!type || symbol->value > section.header.sh_size ||
	    size > section.header.sh_size - symbol->value || section.header.sh_size > INT32_MAX)
		return false;
	*out = (struct global){
		.name = symbol->name,
		.section_idx = section.idx,
		.section = section.name,
		.type = type->value,
		.offset = (uint32_t)symbol->value,
		.size = (uint32_t)size,
	};
	return true;
}

/* The next one; false at the end. */
static inline bool global_next(struct globals *globals, struct global *out)
{
	struct elf_symbol symbol;

	while (elf_symbol_get(globals->elf, globals->symbol, &symbol)) {
		globals->symbol++;
		if (global_of(globals, &symbol, out))
			return true;
	}
	return false;
}

static inline int global_refuse(struct globals *globals, const char *name, size_t len,
				struct why *why)
{
	struct global global;
	struct text names;

	text_clear(&names);
	globals->symbol = 0;
	while (!names.cut && global_next(globals, &global))
		text_addf(&names, "%s%s", names.len ? ", " : "", global.name);
	why_set(why, -EUSAGE, "--set: there is no global variable '%.*s'", (int)len, name);
	why_hint(why, names.len ? "there are: "
				: "the object has none that BTF describes: compile it with -g");
	text_add(&why->hint, names.data, names.len);
	return -EUSAGE;
}

static inline int global_store(struct object *object, const struct global *global,
			       const char *value, struct arena *arena, struct why *why)
{
	const uint32_t map_plus_1 = object->data[global->section_idx].map_plus_1;
	struct object_map *map;

	if (!map_plus_1) /* no program refers to it */
		return 0;
	map = &object->maps.items[map_plus_1 - 1];
	if (!map->data)
		map->data = arena_take(arena, map->data_size, 1);
	if (!map->data)
		return object_out_of_memory(why);
	return btf_parse_value(&object->btf, global->type, value, map->data + global->offset,
			       global->size, why);
}

/*
 * NAME=VALUE, typed by the variable's BTF. Returns 0; -EUSAGE with a reason, and
 * the names that there are; -ENOMEM.
 */
SELDOM int global_set(const struct elf *elf, struct object *object, const char *assignment,
		      struct arena *arena, struct why *why)
{
	const size_t len = text_until(assignment, "=");
	struct globals globals;
	struct global global;
	int err;

	if (!len || !assignment[len])
		return why_set(why, -EUSAGE, "--set '%s': expected NAME=VALUE", assignment);
	err = globals_open(elf, object, arena, &globals, why);
	if (err)
		return err;
	while (global_next(&globals, &global)) {
		if (strlen(global.name) != len || memcmp(global.name, assignment, len) != 0)
			continue;
		err = global_store(object, &global, assignment + len + 1, arena, why);
		return err ? why_subject(why, err == -EINVAL ? -EUSAGE : err, "--set '%s'",
					 global.name) : 0;
	}
	return global_refuse(&globals, assignment, len, why);
}

#endif
