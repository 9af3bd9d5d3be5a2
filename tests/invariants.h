/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * invariants.h - what holds for whatever the object parser accepts or refuses,
 * looked at by the fuzzer and by the ELF cases.
 */
#ifndef INVARIANTS_H
#define INVARIANTS_H

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

static inline const char *map_broken(const struct object *object, const struct object_map *map)
{
	const struct object_map *outer;

	if (map->pinning > PIN_GLOBAL_NS)
		return "a map's pinning";
	if (map->pinning != PIN_NONE &&
	    (!map->name[0] || strlen(map->name) > MAP_PIN_NAME_MAX || strpbrk(map->name, "./")))
		return "the name of a pinned map";
	if (map->inner != OBJECT_NO_MAP && map->inner >= object->nr_maps)
		return "the index of an inner map";
	if (object_is_map_of_maps(map->type) != (map->inner != OBJECT_NO_MAP))
		return "maps of maps have a template, no other map has";
	if (map->inner != OBJECT_NO_MAP && object_is_map_of_maps(object->maps[map->inner].type))
		return "a map of maps of maps";
	if (map->outer == OBJECT_NO_MAP)
		return NULL;
	if (map->outer >= object->nr_maps)
		return "the index of an outer map";
	outer = &object->maps[map->outer];
	if (!object_is_map_of_maps(outer->type) || outer->key_size != sizeof(map->outer_key))
		return "an outer map";
	return NULL;
}

/* Only relocations make a difference to the file's instructions: a 64-bit load names a map. */
static inline const char *program_broken(const struct object *object, struct view code)
{
	const struct object_program *program = &object->program;

	if (!program->nr_insns || program->nr_insns != code.size / sizeof(struct insn))
		return "the number of instructions";
	for (uint32_t i = 0; i < program->nr_insns; i++) {
		struct insn insn = program->insns[i], there;

		view_item(code, i, &there, sizeof(there));
		if (insn.code == INSN_LD_IMM64 && insn.src_reg == INSN_PSEUDO_MAP_FD) {
			struct insn *next = &program->insns[i + 1];

			if (there.src_reg != 0)
				return "a descriptor that stood in the file";
			if (i + 1 >= program->nr_insns || (uint32_t)insn.imm >= object->nr_maps)
				return "the index of a map in an instruction";
			insn.src_reg = 0;
			insn.imm = there.imm;
			if (memcmp(&insn, &there, sizeof(insn)) != 0)
				return "more than the map of an instruction has changed";
			insn = *next;
			view_item(code, ++i, &there, sizeof(there));
			if (insn.imm != 0)
				return "the second half of a map's load";
			insn.imm = there.imm;
		} else if (insn.code == INSN_LD_IMM64 && i + 1 < program->nr_insns) {
			if (memcmp(&insn, &there, sizeof(insn)) != 0)
				return "a load that names no map has changed";
			insn = program->insns[++i];
			view_item(code, i, &there, sizeof(there));
		}
		if (memcmp(&insn, &there, sizeof(insn)) != 0)
			return "an instruction that names no map has changed";
	}
	return NULL;
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
	if (!string_is_in(elf->file, object->program.name))
		return "the program's name";
	for (uint32_t i = 0; i < object->nr_maps && !broken; i++) {
		if (!string_is_in(elf->file, object->maps[i].name))
			return "a map's name";
		broken = map_broken(object, &object->maps[i]);
	}
	for (uint32_t i = 1; i < elf->nr_sections && !broken; i++)
		if (elf_section_get(elf, i, &section) && strcmp(section.name, "prog") == 0)
			broken = program_broken(object, section.data);
	return broken;
}

#endif
