/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * invariants.h - what holds for whatever the object parser accepts or refuses,
 * looked at by the fuzzer and by the ELF cases.
 */
#ifndef INVARIANTS_H
#define INVARIANTS_H

#include <stdlib.h>

#include "../code.h"
#include "../object.h"

/* One line of printable ASCII that says something. */
static inline bool why_is_told(const struct why *why)
{
	for (size_t i = 0; i < why->reason.len; i++)
		if (why->reason.data[i] < ' ' || why->reason.data[i] > '~')
			return false;
	for (size_t i = 0; i < why->hint.len; i++)
		if (why->hint.data[i] < ' ' || why->hint.data[i] > '~')
			return false;
	return why->reason.len > 0;
}

/* A string that starts and ends inside of the bytes. */
static inline bool string_is_in(struct view bytes, const char *string)
{
	const uint8_t *s = (const uint8_t *)string;

	return s >= bytes.data && s < bytes.data + bytes.size &&
	       memchr(s, '\0', bytes.size - (size_t)(s - bytes.data));
}

static inline const char *map_broken(const struct object_maps *maps, const struct object_map *map)
{
	if (map->pinning > PIN_GLOBAL_NS)
		return "a map's pinning";
	if (map->pinning != PIN_NONE &&
	    (!map->name[0] || strlen(map->name) > MAP_PIN_NAME_MAX || strpbrk(map->name, "./") ||
	     !map->pin_namespace[0] || strpbrk(map->pin_namespace, "./")))
		return "the name of a pinned map";
	if (map->inner != OBJECT_NO_MAP && map->inner >= maps->nr)
		return "the index of an inner map";
	if (map->inner != OBJECT_NO_MAP && !mapdef_is_map_of_maps(map->type))
		return "a template of what is no map of maps";
	if (map->inner != OBJECT_NO_MAP && mapdef_is_map_of_maps(maps->items[map->inner].type))
		return "a map of maps of maps";
	return NULL;
}

static inline const char *slot_broken(const struct object *object, const struct object_slot *slot)
{
	const struct object_maps *maps = &object->maps;

	if (slot->map >= maps->nr || slot->value >= (slot->is_function ? object->nr_functions : maps->nr))
		return "an index in a slot";
	if (!slot->is_function && !mapdef_is_map_of_maps(maps->items[slot->map].type))
		return "a map in what is no map of maps";
	return NULL;
}

/* Is the index, of what the instruction refers to, one that there is? */
static inline bool insn_index_is_there(const struct object *object, const struct insn *insn)
{
	const uint32_t idx = (uint32_t)insn[0].imm;

	if (insn->code == INSN_CALL && insn->src_reg == INSN_PSEUDO_CALL)
		return idx < object->nr_functions;
	if (insn->code == INSN_CALL && insn->src_reg == INSN_PSEUDO_KFUNC_CALL && insn->off)
		return idx < object->nr_externs;
	if (insn->code != INSN_LD_IMM64)
		return true;
	switch (insn->src_reg) {
	case 0: return true;
	case INSN_PSEUDO_MAP_FD: return idx < object->maps.nr && insn[1].imm == 0;
	case INSN_PSEUDO_MAP_VALUE:
		return idx < object->maps.nr &&
		       (uint32_t)insn[1].imm <= (idx == object->kconfig_map
							 ? object->maps.items[idx].value_size
							 : object->maps.items[idx].data_size);
	case INSN_PSEUDO_FUNC: return idx < object->nr_functions;
	case INSN_PSEUDO_EXTERN: return idx < object->nr_externs;
	case INSN_PSEUDO_JUMPS: return idx < object->nr_jumps;
	default: return false;
	}
}

/* Of a program for another tool nothing need be left. */
static inline bool code_is_given_up(const struct object_code *code)
{
	struct kind_match match;

	for (uint32_t i = 0; i < code->nr_insns; i++)
		if (memcmp(&code->insns[i], &(struct insn){ 0 }, sizeof(struct insn)) != 0)
			return false;
	return kind_find(code->name, &match) && match.kind->way == WAY_REFUSED;
}

/* Only relocations and calls make a difference to the file's instructions. */
static inline const char *code_broken(const struct object *object, const struct object_code *code,
				      struct view there)
{
	if (!code->nr_insns || code->nr_insns != there.size / sizeof(struct insn))
		return "the number of instructions";
	if (code_is_given_up(code))
		return NULL;
	for (uint32_t i = 0; i < code->nr_insns; i++) {
		const struct insn *insn = &code->insns[i];
		struct insn given;

		view_item(there, i, &given, sizeof(given));
		if (insn->code != given.code || insn->dst_reg != given.dst_reg)
			return "more than what is referred to has changed";
		if (!insn_index_is_there(object, insn))
			return "an index in an instruction";
		if (insn->src_reg == 0 && insn->code != INSN_CALL && memcmp(insn, &given, sizeof(given)) != 0)
			return "an instruction that refers to nothing has changed";
		if (insn->code == INSN_LD_IMM64 && ++i < code->nr_insns && insn->src_reg == 0) {
			view_item(there, i, &given, sizeof(given));
			if (memcmp(&code->insns[i], &given, sizeof(given)) != 0)
				return "a load that refers to nothing has changed";
		}
	}
	return NULL;
}

static inline const char *function_broken(const struct object *object, uint32_t idx)
{
	const struct object_function *f = &object->functions[idx], *next = f + 1;

	if (f->code >= object->nr_codes || !f->nr_insns ||
	    (uint64_t)f->start + f->nr_insns > object->codes[f->code].nr_insns)
		return "a function's place";
	if (idx + 1 < object->nr_functions && next->code == f->code && next->start < f->start + f->nr_insns)
		return "functions that overlap";
	if (object_function_at(object, &object->codes[f->code], f->start) != idx)
		return "a function that is not found";
	return NULL;
}

/* What a program is composed of calls only what it is composed of. */
static inline const char *composed_broken(const struct object *object, uint32_t function)
{
	struct arena arena = { .size = (size_t)code_size_max(object) };
	const char *broken = NULL;
	struct code code;
	struct why why;

	arena.data = calloc(1, arena.size);
	if (!arena.data)
		return NULL;
	if (code_compose(object, function, &arena, &code, &why) != 0)
		broken = "composing a program";
	for (uint32_t i = 0; !broken && object->has_calls && i < code.nr_insns; i++) {
		const struct insn *insn = &code.insns[i];

		if (code_names_function(insn) && (uint64_t)((int64_t)i + insn->imm + 1) >= code.nr_insns)
			broken = "a call out of the program";
		i += insn->code == INSN_LD_IMM64;
	}
	free(arena.data);
	return broken;
}

/* Each place of a jump table is in its function. */
static inline bool jumps_are_inside(const struct object *object, const struct object_jumps *jumps)
{
	const struct object_function *f = &object->functions[jumps->function];
	uint64_t off;

	for (uint64_t i = 0; view_item(jumps->places, i, &off, sizeof(off)); i++)
		if (off % sizeof(struct insn) || off / sizeof(struct insn) < f->start ||
		    off / sizeof(struct insn) >= f->start + f->nr_insns)
			return false;
	return jumps->places.size > 0;
}

/* NULL, or which invariant of a parsed object does not hold. */
static inline const char *object_broken(const struct elf *elf, const struct arena *arena,
					const struct object *object)
{
	struct view memory = { arena->data, arena->used };
	struct elf_section section;
	const char *broken = NULL;

	if (arena->used > arena->size)
		return "the arena";
	for (uint32_t i = 0; i < elf->nr_sections; i++)
		if (!elf_section_get(elf, i, &section) || !string_is_in(elf->file, section.name))
			return "a section";
	for (uint64_t i = 0; i < elf->nr_symbols; i++) {
		struct elf_symbol symbol;

		if (!elf_symbol_get(elf, i, &symbol) || !string_is_in(elf->file, symbol.name))
			return "a symbol";
	}
	if (object->license[0] && !string_is_in(memory, object->license))
		return "the licence";
	for (uint32_t i = 0; i < object->maps.nr && !broken; i++) {
		if (!string_is_in(elf->file, object->maps.items[i].name) &&
		    strcmp(object->maps.items[i].name, ".kconfig") != 0)
			return "a map's name";
		broken = map_broken(&object->maps, &object->maps.items[i]);
	}
	for (uint32_t i = 0; i < object->maps.nr_slots && !broken; i++)
		broken = slot_broken(object, &object->maps.slots[i]);
	for (uint32_t i = 0; i < object->nr_functions && !broken; i++)
		broken = function_broken(object, i);
	for (uint32_t i = 0; i < object->nr_jumps && !broken; i++)
		if (!jumps_are_inside(object, &object->jumps[i]))
			broken = "a jump table";
	for (uint32_t i = 0; i < object->nr_codes && !broken; i++)
		broken = elf_section_get(elf, object->codes[i].section_idx, &section)
				 ? code_broken(object, &object->codes[i], section.data)
				 : "a section of code";
	for (uint32_t i = 0; i < object->nr_programs && !broken; i++) {
		if (!string_is_in(elf->file, object->programs[i].name))
			return "a program's name";
		broken = object->programs[i].function >= object->nr_functions
				 ? "a program's function"
				 : composed_broken(object, object->programs[i].function);
	}
	return broken;
}

#endif
