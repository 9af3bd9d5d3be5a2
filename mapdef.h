/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mapdef.h - maps as an object defines them, in any of the conventions.
 *
 *	"maps"       tc's: an array of struct bpf_elf_map, or of a shorter struct
 *	             of its first fields (struct bpf_map_def)
 *	"maps/NAME"  one definition to a section, longer structs as well
 *	".maps"      BTF-defined: a variable's type says it all (libbpf)
 *
 * Pure. All three fill the same list of struct object_map; a map is found by the
 * section and the offset that a relocation names.
 */
#ifndef MAPDEF_H
#define MAPDEF_H

#include "btf.h"
#include "elf64.h"

/* ---- Map types ---- */

/* enum bpf_map_type, named as bpftool names them, and the first kernel that has it. */
#define MAP_TYPES(ROW) \
	ROW("unspec", 0, 0) ROW("hash", 3, 19) ROW("array", 3, 19) ROW("prog_array", 4, 2) \
	ROW("perf_event_array", 4, 3) ROW("percpu_hash", 4, 6) ROW("percpu_array", 4, 6) \
	ROW("stack_trace", 4, 6) ROW("cgroup_array", 4, 8) ROW("lru_hash", 4, 10) \
	ROW("lru_percpu_hash", 4, 10) ROW("lpm_trie", 4, 11) ROW("array_of_maps", 4, 12) \
	ROW("hash_of_maps", 4, 12) ROW("devmap", 4, 14) ROW("sockmap", 4, 14) \
	ROW("cpumap", 4, 15) ROW("xskmap", 4, 18) ROW("sockhash", 4, 18) \
	ROW("cgroup_storage", 4, 19) ROW("reuseport_sockarray", 4, 19) \
	ROW("percpu_cgroup_storage", 4, 20) ROW("queue", 4, 20) ROW("stack", 4, 20) \
	ROW("sk_storage", 5, 2) ROW("devmap_hash", 5, 4) ROW("struct_ops", 5, 6) \
	ROW("ringbuf", 5, 8) ROW("inode_storage", 5, 10) ROW("task_storage", 5, 11) \
	ROW("bloom_filter", 5, 16) ROW("user_ringbuf", 6, 1) ROW("cgrp_storage", 6, 2) \
	ROW("arena", 6, 9) ROW("insn_array", 6, 19) ROW("rhash", 7, 2)
#define MAP_TYPE_NAME(name, major, minor) name "\0"
#define MAP_TYPE_AGE(name, major, minor) { major, minor },

static const struct map_type_age {
	uint8_t major, minor;
} map_type_ages[] = { MAP_TYPES(MAP_TYPE_AGE) };

enum { NR_MAP_TYPES = sizeof(map_type_ages) / sizeof(map_type_ages[0]) };

SELDOM const char *map_type_name(uint32_t type)
{
	static const char names[] = MAP_TYPES(MAP_TYPE_NAME);

	return type < NR_MAP_TYPES ? text_nth(names, type) : "unknown";
}

/* ---- Definitions ---- */

enum pinning {
	PIN_NONE = 0,
	PIN_OBJECT_NS = 1, /* /sys/fs/bpf/NAME */
	PIN_GLOBAL_NS = 2, /* /sys/fs/bpf/tc/globals/NAME */
};

#define OBJECT_NO_MAP UINT32_MAX

struct object_map {
	const char *name;
	uint32_t section_idx;  /* of a section of variables: which it is */
	uint32_t offset;       /* in the section that defines it */
	uint32_t type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	uint32_t numa_node;
	uint64_t extra;        /* map_extra */
	enum pinning pinning;
	uint32_t id;           /* tc's: what sections of tail calls name it by; 0: nothing */
	uint32_t inner;        /* maps of maps: the map that is the template, else OBJECT_NO_MAP */
	bool is_template;      /* it is that and nothing else */
	bool is_data;          /* a section of variables, one value */
	bool is_constant;      /* frozen once it is filled */
	bool is_folded;        /* it stands in the instructions: there is no such map */
	uint32_t def_type;     /* BTF-defined: the struct that says all this */
	uint32_t key_type;     /* BTF ids, 0 when they are not known */
	uint32_t value_type;
	uint32_t values_off;   /* BTF-defined: where its initial values start, 0 when it has none */
	const char *pin_namespace; /* PIN_GLOBAL_NS: the directory in bpffs, "tc" */
	uint32_t data_size;    /* of the variables in it; an arena has them at its start */
	uint8_t *data;         /* their bytes; NULL: zeros */
};

#define BPFFS_PATH "/sys/fs/bpf"

/* "/sys/fs/bpf/tc/globals/NAME" */
static inline void pin_add_path(const struct object_map *map, struct text *out)
{
	text_addf(out, "%s", BPFFS_PATH);
	if (map->pinning == PIN_GLOBAL_NS)
		text_addf(out, "/%s/globals", map->pin_namespace);
	text_addf(out, "/%s", map->name);
}

/*
 * What stands in a map before the program starts: a map in a map of maps, a program in
 * a prog_array.
 */
struct object_slot {
	uint32_t map;
	uint32_t key;
	uint32_t value;        /* index of the map or of the function */
	bool is_function;
	const char *name;      /* of what is put there */
};

struct object_maps {
	struct object_map *items;
	uint32_t nr;
	struct object_slot *slots;
	uint32_t nr_slots;
};

SELDOM int mapdef_out_of_memory(struct why *why)
{
	return why_set(why, -ENOMEM, "out of memory for what the object describes");
}

/* One more map, all of it zero but for what means "none"; NULL when the arena is full. */
static inline struct object_map *mapdef_add(struct object_maps *maps, struct arena *arena)
{
	struct object_map *map;

	maps->items = arena_grow(arena, maps->items, maps->nr, sizeof(*maps->items));
	if (!maps->items)
		return NULL;
	map = &maps->items[maps->nr++];
	map->inner = OBJECT_NO_MAP;
	map->pin_namespace = "tc";
	return map;
}

SELDOM int mapdef_add_slot(struct object_maps *maps, struct arena *arena,
			   struct object_slot slot, struct why *why)
{
	maps->slots = arena_grow(arena, maps->slots, maps->nr_slots, sizeof(*maps->slots));
	if (!maps->slots)
		return mapdef_out_of_memory(why);
	maps->slots[maps->nr_slots++] = slot;
	return 0;
}

/*
 * The maps that one section defines: next to each other in the list, in the order of
 * their offsets.
 */
struct mapdef_range {
	uint32_t first, nr;
};

/*
 * The last one that starts at or before that offset of the section; OBJECT_NO_MAP when
 * there is none.
 */
static inline uint32_t mapdef_find(const struct object_maps *maps, struct mapdef_range range,
				   uint64_t off)
{
	uint32_t low = range.first, high = range.first + range.nr;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (maps->items[middle].offset <= off)
			low = middle + 1;
		else
			high = middle;
	}
	return low > range.first ? low - 1 : OBJECT_NO_MAP;
}

#define MAP_PIN_NAME_MAX 255U /* NAME_MAX */

/* A pin is a file in bpffs, which refuses '.' in names. */
SELDOM int mapdef_check_pin_name(const char *name, struct why *why)
{
	size_t len = strlen(name);

	if (len == 0)
		return why_bad(why, "cannot be pinned: its name is empty");
	if (len > MAP_PIN_NAME_MAX)
		return why_bad(why,
			       "cannot be pinned: its name has %zu characters, at most %u", len,
			       MAP_PIN_NAME_MAX);
	if (name[text_until(name, "./")])
		return why_bad(why, "cannot be pinned: '%c' in its name, "
			       "which the bpf file system refuses",
			       name[text_until(name, "./")]);
	return 0;
}

static inline int mapdef_check_pinning(const struct object_map *map, uint32_t pinning,
				       struct why *why)
{
	if (pinning > PIN_GLOBAL_NS)
		return why_bad(why, "pinning %u, expected 0 (none), "
			       "1 (/sys/fs/bpf) or 2 (/sys/fs/bpf/tc/globals)",
			       pinning);
	return pinning == PIN_NONE ? 0 : mapdef_check_pin_name(map->name, why);
}

#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_PROG_ARRAY 3
#define BPF_MAP_TYPE_ARRAY_OF_MAPS 12
#define BPF_MAP_TYPE_HASH_OF_MAPS 13
#define BPF_MAP_TYPE_ARENA 33 /* since v6.9 */

static inline bool mapdef_is_map_of_maps(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

/* ---- "maps" ---- */

/* struct bpf_elf_map of iproute2's bpf_elf.h; the first five fields are bpf_map_def's. */
struct object_map_def {
	uint32_t type;
	uint32_t size_key;
	uint32_t size_value;
	uint32_t max_elem;
	uint32_t flags;
	uint32_t id;
	uint32_t pinning;
	uint32_t inner_id;
	uint32_t inner_idx;
};

#define MAP_DEF_MIN 16U /* up to max_elem: less says nothing */
#define MAP_DEF_MAX ((uint32_t)sizeof(struct object_map_def))
#define MAPS_MAX 16384U /* linking maps of maps takes their square; no process holds so many open */
#define MAP_IDX_NONE UINT32_MAX /* inner_idx -1: put into no map */

/* Map symbols are STT_OBJECT, or STT_NOTYPE (LLVM 7 and before). */
static inline bool mapdef_is_symbol(const struct elf_symbol *symbol, uint32_t maps_idx)
{
	return symbol->shndx == maps_idx && maps_idx != SHN_UNDEF &&
	       (symbol->type == STT_OBJECT || symbol->type == STT_NOTYPE);
}

/*
 * The size of one definition: what the symbols say, all alike; old compilers
 * leave their sizes 0, then, as tc does, the section's size by their number.
 */
static inline int mapdef_legacy_size(const struct elf *elf, const struct elf_section *maps,
				     uint32_t *out, struct why *why)
{
	struct elf_symbol symbol;
	const char *sized = NULL;
	uint64_t nr_symbols = 0, size = 0;

	for (uint64_t i = 1; elf_symbol_get(elf, i, &symbol); i++) {
		if (!mapdef_is_symbol(&symbol, maps->idx))
			continue;
		nr_symbols++;
		if (sized && symbol.size != size)
			return why_bad(why, "maps '%s' (%llu bytes) and '%s' (%llu bytes) "
				       "differ in size",
				       sized, (unsigned long long)size, symbol.name,
				       (unsigned long long)symbol.size);
		sized = symbol.name;
		size = symbol.size;
	}
	if (!nr_symbols)
		return why_bad(why, "%llu bytes and no symbol for a map",
			       (unsigned long long)maps->data.size);
	if (size == 0) {
		if (maps->data.size % nr_symbols != 0)
			return why_bad(why, "%llu bytes do not divide among %llu map symbols",
				       (unsigned long long)maps->data.size,
				       (unsigned long long)nr_symbols);
		size = maps->data.size / nr_symbols;
	}
	if (size < MAP_DEF_MIN || size > MAP_DEF_MAX || size % sizeof(uint32_t) != 0) {
		why_bad(why, "map definitions of %llu bytes, "
			"expected %u to %u in steps of 4 (struct bpf_elf_map)",
			(unsigned long long)size, MAP_DEF_MIN, MAP_DEF_MAX);
		if (nr_symbols == 1 && size > MAP_DEF_MAX)
			why_hint(why, "each map needs a symbol, a variable of its own");
		return -ENOEXEC;
	}
	if (maps->data.size % size != 0)
		return why_bad(why, "%llu bytes, not a multiple of the %llu of one map",
			       (unsigned long long)maps->data.size, (unsigned long long)size);
	if (maps->data.size / size > MAPS_MAX)
		return why_bad(why, "%llu maps, at most %u",
			       (unsigned long long)(maps->data.size / size), MAPS_MAX);
	*out = (uint32_t)size;
	return 0;
}

/* Gives each definition its symbol's name; each has exactly one. */
static inline int mapdef_legacy_name(const struct elf *elf, const struct elf_section *maps,
				     uint32_t def_size, struct object_map *items, uint32_t nr,
				     struct why *why)
{
	struct elf_symbol symbol;

	for (uint64_t i = 1; elf_symbol_get(elf, i, &symbol); i++) {
		struct object_map *map;

		if (!mapdef_is_symbol(&symbol, maps->idx))
			continue;
		if (symbol.value >= maps->data.size)
			return why_bad(why, "map '%s' at offset %llu, the section has %llu bytes",
				       symbol.name, (unsigned long long)symbol.value,
				       (unsigned long long)maps->data.size);
		if (symbol.value % def_size != 0)
			return why_bad(why,
				       "map '%s' at offset %llu, not on the grid of %u bytes a map",
				       symbol.name, (unsigned long long)symbol.value, def_size);
		map = &items[symbol.value / def_size];
		if (map->name)
			return why_bad(why,
				       "two symbols, '%s' and '%s', name the map at offset %llu",
				       map->name, symbol.name, (unsigned long long)symbol.value);
		map->name = symbol.name;
	}
	for (uint32_t i = 0; i < nr; i++)
		if (!items[i].name)
			return why_bad(why, "the map at offset %u has no symbol",
				       i * def_size);
	return 0;
}


static inline int mapdef_legacy_read(const struct object_map_def *def, struct object_map *map,
				     struct why *why)
{
	map->type = def->type;
	map->key_size = def->size_key;
	map->value_size = def->size_value;
	map->max_entries = def->max_elem;
	map->flags = def->flags;
	map->id = def->id;
	map->pinning = (enum pinning)def->pinning;
	return mapdef_check_pinning(map, def->pinning, why);
}

/*
 * Map in map, as tc links them: an outer map's template is the first map whose
 * id is its inner_id; a map with an id, and inner_idx other than -1, goes into
 * the first outer map that names its id.
 */
SELDOM int mapdef_legacy_template(const struct object_map_def *defs, uint32_t idx,
				  uint32_t nr, struct object_map *items, uint32_t first,
				  struct why *why)
{
	struct object_map *map = &items[idx];

	for (uint32_t i = 0; i < nr && map->inner == OBJECT_NO_MAP; i++)
		if (defs[idx].inner_id && defs[i].id == defs[idx].inner_id && i != idx)
			map->inner = first + i;
	if (map->inner == OBJECT_NO_MAP)
		return why_bad(why, "is a map of maps with inner_id %u, and no map has that id",
			       defs[idx].inner_id);
	if (mapdef_is_map_of_maps(items[map->inner - first].type))
		return why_bad(why, "its inner map '%s' is a map of maps itself",
			       items[map->inner - first].name);
	map->value_size = sizeof(uint32_t); /* the kernel takes no other, and samples say none */
	return 0;
}

static inline int mapdef_legacy_link(const struct object_map_def *defs, uint32_t idx, uint32_t nr,
				     uint32_t first, struct object_maps *maps, struct arena *arena,
				     struct why *why)
{
	struct object_map *items = &maps->items[first];
	const struct object_map_def *def = &defs[idx];
	uint32_t outer = 0;

	if (mapdef_is_map_of_maps(def->type))
		return mapdef_legacy_template(defs, idx, nr, items, first, why);
	if (def->inner_id)
		return why_bad(why, "has inner_id %u, but type %u is no map of maps",
			       def->inner_id, def->type);
	if (!def->id || def->inner_idx == MAP_IDX_NONE)
		return 0;
	while (outer < nr &&
	       !(mapdef_is_map_of_maps(defs[outer].type) && defs[outer].inner_id == def->id))
		outer++;
	if (outer == nr)
		return 0;
	if (items[outer].key_size != sizeof(def->inner_idx))
		return why_bad(why, "inner_idx %u is a key of %zu bytes, map '%s' has keys of %u",
			       def->inner_idx, sizeof(def->inner_idx), items[outer].name,
			       items[outer].key_size);
	return mapdef_add_slot(maps, arena,
			       (struct object_slot){ first + outer, def->inner_idx, first + idx,
						     false, items[idx].name },
			       why);
}

#define MAP_DEF_SAMPLES 28U /* struct bpf_map_def of the kernel's samples, v4.12 to v5.10 */
#define BPF_F_NUMA_NODE (1U << 2)

/* There the node stands in the place of tc's pinning, where the flag says that there is one. */
static inline void mapdef_legacy_node(struct object_map_def *def, struct object_map *map)
{
	if (!(def->flags & BPF_F_NUMA_NODE))
		return;
	map->numa_node = def->pinning;
	def->pinning = PIN_NONE;
}

/* There an outer map has its template's index in the place of the id, and no inner_id. */
SELDOM void mapdef_legacy_indexes(struct object_map_def *defs, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		const uint32_t template = defs[i].id;

		if (!mapdef_is_map_of_maps(defs[i].type) || template >= nr)
			continue;
		defs[template].id = defs[i].inner_id = template + 1;
		defs[template].inner_idx = MAP_IDX_NONE;
	}
}

static inline int mapdef_legacy_parse(const struct elf *elf, const struct elf_section *section,
				      struct arena *arena, struct object_maps *maps,
				      struct mapdef_range *out, struct why *why)
{
	struct object_map_def *defs;
	uint32_t def_size = 0, first = maps->nr, nr;
	int err = mapdef_legacy_size(elf, section, &def_size, why);

	if (err)
		return why_subject(why, err, "section %u 'maps'", section->idx);
	nr = (uint32_t)(section->data.size / def_size);
	defs = arena_take(arena, nr, sizeof(*defs));
	if (!defs)
		return mapdef_out_of_memory(why);
	for (uint32_t i = 0; i < nr; i++) {
		struct object_map *map = mapdef_add(maps, arena);

		if (!map)
			return mapdef_out_of_memory(why);
		map->offset = i * def_size;
	}
	err = mapdef_legacy_name(elf, section, def_size, &maps->items[first], nr, why);
	if (err)
		return why_subject(why, err, "section %u 'maps'", section->idx);

	for (uint32_t i = 0; i < nr && !err; i++) {
		view_item(section->data, i, &defs[i], def_size);
		if (def_size == MAP_DEF_SAMPLES)
			mapdef_legacy_node(&defs[i], &maps->items[first + i]);
		err = mapdef_legacy_read(&defs[i], &maps->items[first + i], why);
		if (err)
			why_subject(why, err, "map '%s'", maps->items[first + i].name);
	}
	if (def_size == MAP_DEF_SAMPLES)
		mapdef_legacy_indexes(defs, nr);
	for (uint32_t i = 0; i < nr && !err; i++) {
		err = mapdef_legacy_link(defs, i, nr, first, maps, arena, why);
		if (err == -ENOEXEC)
			why_subject(why, err, "map '%s'", maps->items[first + i].name);
	}
	*out = (struct mapdef_range){ first, nr };
	return err;
}

/* ---- "maps/NAME" ---- */

/* What gobpf and its users put behind the fields of struct bpf_map_def. */
struct mapdef_named {
	uint32_t pinning;
	char namespace[256];
};

#define MAPDEF_BASE 20U /* struct bpf_map_def */

/* One definition: a struct bpf_map_def, a bpf_elf_map (by its size), or gobpf's, with pinning. */
SELDOM int mapdef_named_parse(const struct elf_section *section, struct arena *arena,
			      struct object_maps *maps, struct mapdef_range *out,
			      struct why *why)
{
	const uint64_t size = section->data.size;
	const bool is_elf_map = size == sizeof(struct object_map_def);
	struct mapdef_named *named = arena_take(arena, 1, sizeof(*named) + 1);
	struct object_map *map = mapdef_add(maps, arena);
	struct object_map_def def = { 0 };
	int err;

	if (!named || !map)
		return mapdef_out_of_memory(why);
	*out = (struct mapdef_range){ maps->nr - 1, 1 };
	map->name = text_find(section->name, "/") + 1;
	if (size < MAPDEF_BASE || size % sizeof(uint32_t) != 0) {
		why_bad(why, "%llu bytes, expected one struct bpf_map_def of at least %u",
			(unsigned long long)size, MAPDEF_BASE);
		return why_subject(why, -ENOEXEC, "section %u '%s'", section->idx, section->name);
	}
	view_copy(section->data, 0, &def, is_elf_map ? sizeof(def) : MAPDEF_BASE);
	if (!is_elf_map && view_has(section->data, MAPDEF_BASE, sizeof(named->pinning))) {
		uint64_t rest = size - MAPDEF_BASE;

		view_copy(section->data, MAPDEF_BASE, named,
			  rest < sizeof(*named) ? (size_t)rest : sizeof(*named));
		def.pinning = named->pinning;
	}
	err = mapdef_legacy_read(&def, map, why);
	if (!err && named->namespace[0]) {
		map->pin_namespace = named->namespace;
		err = mapdef_check_pin_name(map->pin_namespace, why);
	}
	return err ? why_subject(why, err, "map '%s'", map->name) : 0;
}

/* ---- ".maps" ---- */

/*
 * __uint(NAME, NUMBER) is a pointer to an array of NUMBER; __ulong() an enum
 * with one enumerator. False when the member is neither.
 */
static inline bool mapdef_btf_number(const struct btf *btf, uint32_t id, uint64_t *out)
{
	struct btf_enumerator enumerator;
	struct btf_type type;

	if (!btf_type_skip(btf, id, &type))
		return false;
	if (type.kind == BTF_KIND_ENUM || type.kind == BTF_KIND_ENUM64) {
		if (!btf_enumerator_get(&type, 0, &enumerator))
			return false;
		*out = enumerator.value;
		return true;
	}
	if (type.kind != BTF_KIND_PTR || !btf_type_skip(btf, type.type, &type) ||
	    type.kind != BTF_KIND_ARRAY)
		return false;
	*out = type.length;
	return true;
}

/* __type(key, T) is a pointer to T: its size, if that fits what key_size said before. */
static inline int mapdef_btf_type(const struct btf *btf, const struct btf_member *member,
				  uint32_t *size, uint32_t *type_id, struct why *why)
{
	struct btf_type type;
	uint64_t bytes;

	if (!btf_type_skip(btf, member->type, &type) || type.kind != BTF_KIND_PTR ||
	    !btf_size(btf, type.type, &bytes) || bytes > UINT32_MAX)
		return why_bad(why, "'%s' is no pointer to a complete type",
			       member->name);
	if (*size && *size != bytes)
		return why_bad(why, "%s_size is %u, and its type has %llu bytes",
			       member->name, *size, (unsigned long long)bytes);
	*size = (uint32_t)bytes;
	*type_id = type.type;
	return 0;
}

/* `values`: what the map's entries point to: maps as that struct defines them, or programs. */
static inline int mapdef_btf_values(const struct btf *btf, const struct btf_member *member,
				    struct object_map *map, uint32_t *out_inner, struct why *why)
{
	struct btf_type type;

	if (!btf_type_skip(btf, member->type, &type) || type.kind != BTF_KIND_ARRAY ||
	    !btf_type_skip(btf, type.type, &type) || type.kind != BTF_KIND_PTR ||
	    !btf_type_skip(btf, type.type, &type) ||
	    (type.kind != BTF_KIND_STRUCT && type.kind != BTF_KIND_FUNC_PROTO))
		return why_bad(why, "'values' is no array of pointers to maps or programs");
	map->values_off = member->bit_offset / 8;
	map->value_size = sizeof(uint32_t);
	if (type.kind == BTF_KIND_STRUCT)
		*out_inner = type.id;
	return 0;
}

static inline int mapdef_btf_member(const struct btf *btf, const struct btf_member *member,
				    struct object_map *map, uint32_t *pinning, uint32_t *out_inner,
				    struct why *why)
{
	const struct {
		const char *name;
		uint32_t *out;
	} numbers[] = {
		{ "type", &map->type },
		{ "max_entries", &map->max_entries },
		{ "map_flags", &map->flags },
		{ "key_size", &map->key_size },
		{ "value_size", &map->value_size },
		{ "numa_node", &map->numa_node },
		{ "pinning", pinning },
		{ "map_extra", NULL },
	};
	uint64_t number = 0;

	if (strcmp(member->name, "key") == 0)
		return mapdef_btf_type(btf, member, &map->key_size, &map->key_type, why);
	if (strcmp(member->name, "value") == 0)
		return mapdef_btf_type(btf, member, &map->value_size, &map->value_type, why);
	if (strcmp(member->name, "values") == 0)
		return mapdef_btf_values(btf, member, map, out_inner, why);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(member->name, numbers[i].name) != 0)
			continue;
		if (!mapdef_btf_number(btf, member->type, &number))
			return why_bad(why, "'%s' is no number, as __uint() makes it",
				       member->name);
		if (numbers[i].out)
			*numbers[i].out = (uint32_t)number;
		else
			map->extra = number;
		return 0;
	}
	return why_bad(why, "has an unknown field '%s'", member->name);
}

#define MAPDEF_FIELDS_MAX 64U /* there are a dozen; many maps may be of one struct */

static inline int mapdef_btf_read(const struct btf *btf, const struct btf_type *def,
				  struct object_map *map, uint32_t *out_inner, struct why *why)
{
	struct btf_member member;
	uint32_t pinning = 0;
	int err;

	*out_inner = 0;
	if (def->nr > MAPDEF_FIELDS_MAX)
		return why_bad(why, "has %u fields, at most %u", def->nr,
			       MAPDEF_FIELDS_MAX);
	for (uint32_t i = 0; i < def->nr && btf_member_get(def, i, &member); i++) {
		err = mapdef_btf_member(btf, &member, map, &pinning, out_inner, why);
		if (err)
			return err;
	}
	if (mapdef_is_map_of_maps(map->type) && !*out_inner)
		return why_bad(why, "is a map of maps, and has no 'values' to say of which");
	if (!mapdef_is_map_of_maps(map->type) && *out_inner)
		return why_bad(why, "has 'values' that are maps, but type %u is no map of maps",
			       map->type);
	if (!map->key_size &&
	    (mapdef_is_map_of_maps(map->type) || map->type == BPF_MAP_TYPE_PROG_ARRAY))
		map->key_size = sizeof(uint32_t);
	map->pinning = (enum pinning)pinning;
	return mapdef_check_pinning(map, pinning, why);
}

/* The template of a map of maps: a map of its own, which is let go once the outer one is there. */
static inline int mapdef_btf_template(const struct btf *btf, uint32_t type_id, uint32_t outer,
				      struct arena *arena, struct object_maps *maps,
				      struct why *why)
{
	struct object_map *map = mapdef_add(maps, arena);
	struct btf_type def;
	uint32_t inner;
	int err;

	if (!map)
		return mapdef_out_of_memory(why);
	map->name = maps->items[outer].name;
	map->is_template = true;
	maps->items[outer].inner = maps->nr - 1;
	btf_type_get(btf, type_id, &def);
	err = mapdef_btf_read(btf, &def, map, &inner, why);
	if (!err && inner)
		err = why_bad(why, "is a map of maps of maps");
	if (!err && map->pinning != PIN_NONE)
		err = why_bad(why, "pins its inner map, which is a template only");
	return err;
}

#define MAP_OFF_NONE UINT32_MAX /* no file is so large */

/* Where the maps lie: each has a symbol of its name in the section. */
static inline void mapdef_btf_offsets(const struct elf *elf, const struct elf_section *section,
				      const struct names *names, struct object_map *items)
{
	struct elf_symbol symbol;

	for (uint64_t i = 1; i < elf->nr_symbols; i++) {
		const struct name *name;

		if (!elf_symbol_get(elf, i, &symbol) || symbol.shndx != section->idx ||
		    symbol.value >= section->data.size)
			continue;
		name = names_find(names, symbol.name, 0);
		if (name && items[name->value].offset == MAP_OFF_NONE)
			items[name->value].offset = (uint32_t)symbol.value;
	}
}

static inline bool mapdef_is_before(const void *a, const void *b)
{
	return ((const struct object_map *)a)->offset < ((const struct object_map *)b)->offset;
}

/* One variable of the section: a map, which lies nowhere yet. */
static inline int mapdef_btf_variable(const struct btf *btf, const struct btf_variable *variable,
				      struct object_map *map, struct why *why)
{
	struct btf_type var, def;

	if (!btf_type_get(btf, variable->type, &var) || var.kind != BTF_KIND_VAR)
		return why_bad(why, "its BTF lists type %u, which is no variable",
			       variable->type);
	if (!btf_type_skip(btf, var.type, &def) || def.kind != BTF_KIND_STRUCT)
		return why_bad(why, "map '%s' is no struct", var.name);
	map->name = var.name;
	map->offset = MAP_OFF_NONE;
	map->def_type = def.id;
	return 0;
}

/* BTF's variables of the section, in the order in which they lie there. */
static inline int mapdef_btf_list(const struct elf *elf, const struct elf_section *section,
				  const struct btf *btf, struct arena *arena,
				  struct object_maps *maps, struct why *why)
{
	const uint32_t first = maps->nr;
	struct btf_variable variable;
	struct btf_type datasec;
	struct names names;

	if (!btf_type_get(btf, btf_find(btf, section->name, BTF_KIND_DATASEC), &datasec) ||
	    datasec.kind != BTF_KIND_DATASEC)
		return why_bad(why, "its maps are not described in BTF");
	if (!names_open(arena, datasec.nr, &names))
		return mapdef_out_of_memory(why);
	for (uint32_t i = 0; i < datasec.nr && btf_variable_get(&datasec, i, &variable); i++) {
		struct object_map *map = mapdef_add(maps, arena);
		int err = map ? mapdef_btf_variable(btf, &variable, map, why)
			      : mapdef_out_of_memory(why);

		if (err)
			return err;
		names_add(&names, map->name, 0, i);
	}
	names_sort(&names);
	mapdef_btf_offsets(elf, section, &names, maps->items + first);
	for (uint32_t i = first; i < maps->nr; i++)
		if (maps->items[i].offset == MAP_OFF_NONE)
			return why_bad(why, "map '%s' has no symbol in it, or is listed twice",
				       maps->items[i].name);
	list_sort(&maps->items[first], maps->nr - first, sizeof(*maps->items), mapdef_is_before);
	return 0;
}

SELDOM int mapdef_btf_parse(const struct elf *elf, const struct elf_section *section,
			    const struct btf *btf, struct arena *arena,
			    struct object_maps *maps, struct mapdef_range *out, struct why *why)
{
	uint32_t first = maps->nr, end;
	int err = mapdef_btf_list(elf, section, btf, arena, maps, why);

	if (err)
		return why_subject(why, err, "section %u '%s'", section->idx, section->name);
	end = maps->nr;
	*out = (struct mapdef_range){ first, end - first };
	for (uint32_t i = first; i < end; i++) {
		struct object_map *map = &maps->items[i];
		struct btf_type def;
		uint32_t inner;

		btf_type_get(btf, map->def_type, &def);
		err = mapdef_btf_read(btf, &def, map, &inner, why);
		if (!err && inner)
			err = mapdef_btf_template(btf, inner, i, arena, maps, why);
		if (err)
			return err == -ENOMEM ? err : why_subject(why, err, "map '%s'",
								  maps->items[i].name);
	}
	return 0;
}

#endif
