/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * list.h - what an object holds, for people and for machines.
 *
 * Pure. One walk over the object says it all, item by item and field by field;
 * two styles write a field: "key value" on a line of text, "key": value in JSON.
 * People are not told what is zero, empty or false; machines are.
 */
#ifndef LIST_H
#define LIST_H

#include "code.h"
#include "core.h"
#include "globals.h"

/* Takes a piece of the output. Returns 0, or -errno: then it is asked no more. */
typedef int list_print(const char *data, size_t len);

struct list {
	const struct elf *elf;
	const struct object *object;
	struct arena scratch;   /* what is left of the object's memory: zeros, none of them touched */
	struct view zeros;      /* the values of what the file does not hold */
	uint32_t insns_left;    /* of LIST_INSNS_MAX */
	list_print *print;
	bool json;
	bool follows;           /* something stands before it, in the same item or group */
	int err;
	struct text text;       /* on its way */
};

/* ---- The two styles ---- */

static inline void list_flush(struct list *list)
{
	if (!list->err)
		list->err = list->print(list->text.data, list->text.len);
	text_clear(&list->text);
}

/* At most what one text holds. */
static inline void list_add(struct list *list, const char *data, size_t len)
{
	if (len >= sizeof(list->text.data) - list->text.len)
		list_flush(list);
	text_add(&list->text, data, len);
}

static inline void list_puts(struct list *list, const char *s)
{
	list_add(list, s, strlen(s));
}

/* A string of JSON. What is not ASCII goes as a character for each byte: so any name is valid. */
static inline void list_add_json(struct list *list, const char *data, size_t len)
{
	list_puts(list, "\"");
	for (const char *end = data + len; data < end; data++) {
		const unsigned char c = (unsigned char)*data;
		const char escaped[6] = { '\\', 'u', '0', '0', "0123456789abcdef"[c >> 4],
					  "0123456789abcdef"[c & 15] };

		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\')
			list_add(list, data, 1);
		else
			list_add(list, escaped, sizeof(escaped));
	}
	list_puts(list, "\"");
}

/* A string from the file: no name can forge a line of text. */
static inline void list_add_string(struct list *list, const char *s)
{
	struct text shown;

	if (list->json) {
		list_add_json(list, s, strlen(s));
		return;
	}
	text_setf(&shown, "%s", s);
	list_add(list, shown.data, shown.len);
}

static inline void list_add_key(struct list *list, const char *key)
{
	list_puts(list, list->follows ? ", " : "");
	list_puts(list, list->json ? "\"" : "");
	list_puts(list, key);
	list_puts(list, list->json ? "\": " : "");
	list->follows = true;
}

static inline void list_string(struct list *list, const char *key, const char *value)
{
	if (!list->json && !value[0])
		return;
	list_add_key(list, key);
	list_puts(list, list->json ? "" : " ");
	list_add_string(list, value);
}

/* A number, or whatever else is no string in JSON. */
static inline void list_bare(struct list *list, const char *key, const char *value)
{
	list_add_key(list, key);
	list_puts(list, list->json ? "" : " ");
	list_puts(list, value);
}

static inline void list_number(struct list *list, const char *key, uint64_t value)
{
	struct text number;

	text_setf(&number, "%llu", (unsigned long long)value);
	if (list->json || value)
		list_bare(list, key, number.data);
}

static inline void list_flag(struct list *list, const char *key, bool value)
{
	if (list->json)
		list_bare(list, key, value ? "true" : "false");
	else if (value)
		list_add_key(list, key);
}

#define LIST_WORD_WIDTH 12 /* columns: what the item is, and its name */
#define LIST_NAME_WIDTH 20

/* At least one column. */
static inline void list_pad(struct list *list, size_t len, size_t width)
{
	do
		list_add(list, " ", 1);
	while (++len < width);
}

/* The first column of a line of text. */
static inline void list_begin_line(struct list *list, const char *word)
{
	list_puts(list, word);
	list_pad(list, strlen(word), LIST_WORD_WIDTH);
}

/* A fact about the whole object. */
static inline void list_fact(struct list *list, const char *word, const char *value)
{
	if (list->json) {
		list_string(list, word, value);
	} else if (value[0]) {
		list_begin_line(list, word);
		list_add_string(list, value);
		list_puts(list, "\n");
	}
}

static inline void list_begin_group(struct list *list, const char *key)
{
	if (!list->json)
		return;
	list_add_key(list, key);
	list_puts(list, "[");
	list->follows = false;
}

static inline void list_end_group(struct list *list)
{
	if (list->json)
		list_puts(list, "\n]");
	list->follows = true;
}

static inline void list_begin_item(struct list *list, const char *word, const char *name)
{
	if (list->json) {
		list_puts(list, list->follows ? ",\n{" : "\n{");
		list->follows = false;
		list_string(list, "name", name);
		return;
	}
	list_begin_line(list, word);
	list_add_string(list, name);
	list_pad(list, strlen(name), LIST_NAME_WIDTH);
	list->follows = false;
}

static inline void list_end_item(struct list *list)
{
	list_puts(list, list->json ? "}" : "\n");
	list->follows = true;
}

/* ---- The walk ---- */

#define LIST_INSNS_MAX (1U << 25) /* of all programs: each may call all that there is */

/* Instructions as the kernel gets them, with the functions that are called; 0: that is too many. */
static inline uint32_t list_count_insns(struct list *list, uint32_t function)
{
	struct arena scratch = list->scratch;
	struct code code;

	if (!list->insns_left || code_compose(list->object, function, &scratch, &code, NULL) != 0 ||
	    code.nr_insns > list->insns_left)
		code.nr_insns = list->insns_left = 0;
	list->insns_left -= code.nr_insns;
	memset(list->scratch.data + list->scratch.used, 0, scratch.used - list->scratch.used);
	return code.nr_insns;
}

static inline void list_program(struct list *list, const struct object_program *program)
{
	list_begin_item(list, "program", program->name);
	if (list->json)
		list_string(list, "section", program->section);
	list_string(list, "kind", program->match.kind->prefix);
	list_string(list, "target", program->match.target);
	list_number(list, "instructions", list_count_insns(list, program->function));
	list_flag(list, "optional", program->match.optional);
	if (program->match.kind->way == WAY_REFUSED)
		list_string(list, "tool", kind_tool(program->match.kind));
	list_end_item(list);
}

static inline void list_map(struct list *list, const struct object_map *map)
{
	const struct object_maps *maps = &list->object->maps;
	struct text path;

	text_clear(&path);
	if (map->pinning != PIN_NONE)
		pin_add_path(map, &path);
	list_begin_item(list, "map", map->name);
	list_string(list, "type", map_type_name(map->type));
	if (list->json)
		list_number(list, "type_id", map->type);
	list_number(list, "key", map->key_size);
	list_number(list, "value", map->value_size);
	list_number(list, "entries", map->max_entries);
	list_number(list, "flags", map->flags);
	list_number(list, "extra", map->extra);
	list_string(list, "pinned", path.data);
	list_string(list, "inner", map->inner == OBJECT_NO_MAP ? "" : maps->items[map->inner].name);
	list_flag(list, "template", map->is_template);
	list_flag(list, "variables", map->is_data);
	list_flag(list, "constant", map->is_constant);
	list_end_item(list);
}

/* So many zeros. All values share them: what there were before are at their start. */
static inline struct view list_zeros(struct list *list, uint64_t size)
{
	const uint64_t missing = size > list->zeros.size ? (size - list->zeros.size + 7) & ~7ULL
							 : 0;
	uint8_t *more = missing ? arena_take(&list->scratch, missing, 1) : NULL;

	if (more) {
		list->zeros.size += missing;
		if (!list->zeros.data)
			list->zeros.data = more;
	}
	return list->zeros;
}

/* The variable's bytes: --set's, the file's, or zeros; none if the file is too small for them. */
static inline struct view list_global_bytes(struct list *list, const struct global *global)
{
	const uint32_t map_plus_1 = list->object->data[global->section_idx].map_plus_1;
	struct elf_section section = { 0 };
	struct view bytes = { 0 };

	elf_section_get(list->elf, global->section_idx, &section);
	if (map_plus_1 && list->object->maps.items[map_plus_1 - 1].data)
		section.data = (struct view){
			.data = list->object->maps.items[map_plus_1 - 1].data,
			.size = list->object->maps.items[map_plus_1 - 1].data_size,
		};
	if (!view_slice(section.data, global->offset, global->size, &bytes))
		view_slice(list_zeros(list, global->size), 0, global->size, &bytes);
	return bytes;
}

/* As JSON has numbers? Hostile BTF may have enumerators by any name. */
SELDOM bool list_is_number(const char *s)
{
	s += *s == '-';
	return s[0] && !s[text_while(s, "0123456789")] && (s[0] != '0' || !s[1]);
}

/* Machines get numbers, truth values and strings as such, and the rest as people read it. */
static inline void list_value(struct list *list, const struct global *global)
{
	struct view bytes = list_global_bytes(list, global);
	struct text value;

	text_clear(&value);
	btf_add_value(&list->object->btf, global->type, bytes, &value);
	if (value.cut)
		memcpy(value.data + value.len - 4, " ...", 4);
	if (list->json && value.data[0] == '"') {
		while (bytes.size && !bytes.data[bytes.size - 1])
			bytes.size--;
		list_add_key(list, "value");
		list_add_json(list, (const char *)bytes.data, (size_t)bytes.size);
	} else if (!list->json || list_is_number(value.data) || strcmp(value.data, "true") == 0 ||
		   strcmp(value.data, "false") == 0) {
		list_bare(list, "value", value.data);
	} else {
		list_string(list, "value", value.data);
	}
}

static inline void list_type(struct list *list, uint32_t type)
{
	struct text name;

	text_clear(&name);
	if (type)
		btf_add_type_name(&list->object->btf, type, &name);
	list_string(list, "type", name.data);
}

static inline void list_global(struct list *list, const struct global *global)
{
	list_begin_item(list, "global", global->name);
	list_string(list, "section", global->section);
	list_type(list, global->type);
	if (list->json)
		list_number(list, "size", global->size);
	list_value(list, global);
	list_end_item(list);
}

/* Any number of them may be of one large type, and lie in one place: "..." stands for the rest. */
#define LIST_GLOBALS_MAX 4096
#define LIST_GLOBAL_BYTES_MAX (1U << 28)

static inline void list_globals(struct list *list)
{
	struct globals globals;
	struct global global;
	uint64_t bytes = 0;

	if (!list->err)
		list->err = globals_open(list->elf, list->object, &list->scratch, &globals, NULL);
	for (uint32_t i = 0; !list->err && global_next(&globals, &global); i++) {
		bytes += global.size;
		if (i == LIST_GLOBALS_MAX || bytes > LIST_GLOBAL_BYTES_MAX) {
			list_begin_item(list, "global", "...");
			list_end_item(list);
			return;
		}
		list_global(list, &global);
	}
}

static inline void list_extern(struct list *list, const struct object_extern *ext)
{
	static const char *const kinds[] = {
		[EXTERN_KCONFIG] = "kconfig", [EXTERN_KSYM] = "ksym", [EXTERN_KFUNC] = "kfunc",
	};

	list_begin_item(list, "extern", ext->name);
	list_string(list, "kind", kinds[ext->kind]);
	list_type(list, ext->type);
	list_flag(list, "weak", ext->is_weak);
	list_end_item(list);
}

#define LIST_RELOCATIONS_MAX 256 /* of a section, different ones; "..." stands for more */

static inline bool list_subject_is_before(const void *a, const void *b)
{
	return *(const uint64_t *)a < *(const uint64_t *)b;
}

/* Puts what a relocation is about into the list of it, in order; false when it is there. */
static inline bool list_add_subject(uint64_t *listed, uint32_t nr, uint64_t subject)
{
	const uint32_t i = list_search(listed, nr, sizeof(subject), list_subject_is_before,
				       &subject);

	if (i < nr && listed[i] == subject)
		return false;
	memmove(&listed[i + 1], &listed[i], (nr - i) * sizeof(subject));
	listed[i] = subject;
	return true;
}

/* What a section's code asks the kernel's types for, each once. */
static inline void list_relocations(struct list *list, const struct btf_ext_section *section)
{
	struct btf_core_relocation relocation;
	uint64_t listed[LIST_RELOCATIONS_MAX + 1];
	uint32_t nr = 0;

	for (uint32_t i = 0; nr <= LIST_RELOCATIONS_MAX &&
			     btf_ext_record_get(section, i, &relocation, sizeof(relocation)); i++) {
		const struct core_kind_row *row = core_kind_row(relocation.kind);
		/* "0" of an enum is its first enumerator or it itself; no offset has 32 bits */
		const uint32_t enumerator = row && row->subject == CORE_ENUMERATOR ? 1U << 31 : 0;
		struct text subject;

		if (!list_add_subject(listed, nr, (uint64_t)relocation.type << 32 | enumerator |
						  relocation.access_off))
			continue;
		text_setf(&subject, "...");
		if (nr++ < LIST_RELOCATIONS_MAX) {
			text_clear(&subject);
			core_describe(&list->object->btf, &relocation, &subject);
		}
		list_begin_item(list, "relocation", subject.data);
		list_string(list, "section", section->section);
		list_end_item(list);
	}
}

static inline void list_facts(struct list *list)
{
	const uint32_t version = list->object->version;
	struct text numbers;

	text_clear(&numbers);
	if (version)
		text_addf(&numbers, "%u.%u.%u", version >> 16, version >> 8 & 255, version & 255);
	list_fact(list, "license", list->object->license);
	list_fact(list, "version", numbers.data);
}

static inline void list_groups(struct list *list)
{
	const struct object *object = list->object;
	struct btf_ext_section section;

	list_begin_group(list, "programs");
	for (uint32_t i = 0; i < object->nr_programs; i++)
		list_program(list, &object->programs[i]);
	list_end_group(list);
	list_begin_group(list, "maps");
	for (uint32_t i = 0; i < object->maps.nr; i++)
		list_map(list, &object->maps.items[i]);
	list_end_group(list);
	list_begin_group(list, "globals");
	list_globals(list);
	list_end_group(list);
	list_begin_group(list, "externs");
	for (uint32_t i = 0; i < object->nr_externs; i++)
		list_extern(list, &object->externs[i]);
	list_end_group(list);
	list_begin_group(list, "relocations");
	for (uint64_t off = 0;
	     btf_ext_section_next(&object->btf_ext, BTF_EXT_CORE_RELO, &off, &section);)
		list_relocations(list, &section);
	list_end_group(list);
}

/*
 * All that the object holds, in text or JSON, handed to `print` in pieces.
 * Returns 0, or what `print` returned when it could not.
 */
static inline int list_object(const struct elf *elf, const struct object *object,
			      const struct arena *arena, bool json, list_print *print)
{
	struct list list = {
		.elf = elf, .object = object, .scratch = *arena, .print = print, .json = json,
		.insns_left = LIST_INSNS_MAX,
	};

	list_puts(&list, json ? "{" : "");
	list_facts(&list);
	list_groups(&list);
	list_puts(&list, json ? "}\n" : "");
	list_flush(&list);
	return list.err;
}

#endif
