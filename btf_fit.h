/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * btf_fit.h - an object's BTF as the kernel takes it.
 *
 * Pure. Compilers leave to the loader what only the ELF file knows: how large a
 * section is, and where in it the global variables lie. What stands for externs
 * is nothing that BTF_LOAD knows. And kinds of types that are younger than the
 * kernel must become others. Type ids and string offsets stay what they are:
 * line information, maps and relocations go on to name them.
 */
#ifndef BTF_FIT_H
#define BTF_FIT_H

#include "btf.h"

/* What a kernel knows: a set of BTF_KIND_BITs, and these. */
#define BTF_FIT_ARG_TAGS (1U << 29)    /* what tags say of arguments, all since v6.9 */
#define BTF_FIT_GLOBAL_FUNC (1U << 30) /* linkage other than static, since v5.6 */
#define BTF_FIT_ANY_SECTION (1U << 31) /* sections with names of any letters, since v6.9 */
#define BTF_FIT_ALL UINT32_MAX

#define BTF_FIT_KIND_FLAG (1U << 31) /* in a record's info */

/* Scopes of the names in the ELF file, beside a section's index for what lies in it. */
#define BTF_FIT_SECTION UINT32_MAX      /* sections; the value is the index */
#define BTF_FIT_HIDDEN (UINT32_MAX - 1) /* hidden functions, and what is as static as these */

/* The BTF that is being written: records, one after the other. */
struct btf_fit {
	const struct btf *btf;
	const struct elf *elf;
	uint32_t known;
	uint32_t parameter_name; /* the offset of some identifier; 0 when there is no function */
	struct names names;      /* the ELF file's */
	uint8_t *types;
	uint64_t len;
};

/* What an unknown kind becomes. No record grows but an ENUM64 without enumerators, by a word. */
struct btf_fit_row {
	uint8_t kind;      /* 0: it is known to every kernel with BTF */
	bool named;        /* keeps its name */
	int8_t ref;        /* its size or type; -1: keeps it */
};

static inline struct btf_fit_row btf_fit_row(uint8_t kind)
{
	static const struct btf_fit_row rows[BTF_NR_KINDS] = {
		/* Pointers and TYPEDEFs refer to it. */
		[BTF_KIND_FUNC_PROTO] = { BTF_KIND_ENUM, false, 4 },
		[BTF_KIND_FUNC] = { BTF_KIND_TYPEDEF, true, -1 },
		[BTF_KIND_VAR] = { BTF_KIND_INT, true, 1 },
		[BTF_KIND_DATASEC] = { BTF_KIND_STRUCT, false, 0 },
		[BTF_KIND_FLOAT] = { BTF_KIND_STRUCT, false, -1 },
		[BTF_KIND_DECL_TAG] = { BTF_KIND_INT, true, 1 },
		[BTF_KIND_TYPE_TAG] = { BTF_KIND_CONST, false, -1 },
		[BTF_KIND_ENUM64] = { BTF_KIND_INT, true, -1 },
	};

	return rows[kind];
}

/* As it stands in the object. */
static inline struct btf_record btf_fit_record(const struct btf_type *type)
{
	struct btf_record record = { 0 };

	view_copy(type->btf->types, type->extra - sizeof(record), &record, sizeof(record));
	return record;
}

static inline void btf_fit_put(struct btf_fit *fit, const void *data, uint64_t len)
{
	memcpy(fit->types + fit->len, data, (size_t)len);
	fit->len += len;
}

/* ---- Names in the ELF file ---- */

static inline bool btf_fit_is_hidden(const struct elf_symbol *symbol)
{
	return symbol->type == STT_FUNC &&
	       (symbol->visibility == STV_HIDDEN || symbol->visibility == STV_INTERNAL);
}

/* Not more than there can be. */
static inline uint64_t btf_fit_tags_max(const struct btf *btf)
{
	return btf->types.size / btf_kind_row(BTF_KIND_DECL_TAG)->record;
}

/* Functions of whose arguments a tag says what the kernel must know to verify them alone. */
SELDOM void btf_fit_list_tagged(struct btf_fit *fit)
{
	const uint32_t kinds = BTF_KIND_BIT(BTF_KIND_DECL_TAG);
	struct btf_type tag, tagged;

	for (bool more = btf_type_first(fit->btf, kinds, &tag); more;
	     more = btf_type_next(&tag, kinds))
		if (strncmp(tag.name, "arg:", 4) == 0 &&
		    btf_type_get(fit->btf, tag.type, &tagged))
			names_add(&fit->names, tagged.name, BTF_FIT_HIDDEN, 0);
}

/* False when the arena is full. */
SELDOM bool btf_fit_list_names(struct btf_fit *fit, struct arena *arena)
{
	const struct elf *elf = fit->elf;
	struct elf_section section;
	struct elf_symbol symbol;

	if (!names_open(arena, elf->nr_sections + elf->nr_symbols + btf_fit_tags_max(fit->btf),
			&fit->names))
		return false;
	for (uint32_t i = 1; elf_section_get(elf, i, &section); i++)
		names_add(&fit->names, section.name, BTF_FIT_SECTION, i);
	for (uint64_t i = 1; elf_symbol_get(elf, i, &symbol); i++)
		if (btf_fit_is_hidden(&symbol))
			names_add(&fit->names, symbol.name, BTF_FIT_HIDDEN, 0);
		else if (symbol.binding != STB_LOCAL)
			names_add(&fit->names, symbol.name, symbol.shndx, (uint32_t)symbol.value);
	if (!(fit->known & BTF_FIT_ARG_TAGS))
		btf_fit_list_tagged(fit);
	names_sort(&fit->names);
	return true;
}

/* ---- Kinds that the kernel does not know ---- */

/* A record with no elements; INT has a word behind it, where the number of bits is lowest. */
static inline void btf_fit_substitute(struct btf_fit *fit, const struct btf_type *type,
				      const struct btf_record *record)
{
	const struct btf_fit_row row = btf_fit_row(type->kind);
	const struct btf_record substitute = {
		.name_off = row.named ? record->name_off : 0,
		.info = (uint32_t)row.kind << 24,
		.ref = row.ref < 0 ? record->ref : (uint32_t)row.ref,
	};
	const uint32_t bits = (substitute.ref & 31) * 8;

	btf_fit_put(fit, &substitute, sizeof(substitute));
	if (row.kind == BTF_KIND_INT)
		btf_fit_put(fit, &bits, sizeof(bits));
}

/* ---- Sections of variables ---- */

static inline bool btf_fit_is_extern(const struct btf_type *type)
{
	return type->kind == BTF_KIND_VAR && btf_linkage(type) == BTF_LINKAGE_EXTERN;
}

/* The name of a section as kernels before v6.9 want it. */
static inline bool btf_fit_section_name_is_plain(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!((*p | 32) >= 'a' && (*p | 32) <= 'z') && *p != '_' && *p != '.' &&
		    !(*p >= '0' && *p <= '9' && p > name))
			return false;
	return true;
}

static inline bool btf_fit_variable_is_before(const void *a, const void *b)
{
	return ((const struct btf_variable *)a)->offset < ((const struct btf_variable *)b)->offset;
}

/*
 * The variables of a section with their places, in the order of these. A static
 * variable's offset is right in the BTF; a linker leaves a size, and then all of
 * them are. False for a section of externs, or one that the file does not have.
 */
static inline bool btf_fit_place(struct btf_fit *fit, const struct btf_type *datasec,
				 struct btf_variable *variables, uint32_t *size)
{
	const struct name *section_name = names_find(&fit->names, datasec->name, BTF_FIT_SECTION);
	const struct name *name;
	struct elf_section section;
	struct btf_type var;

	if (!*size && (!section_name || !elf_section_get(fit->elf, section_name->value, &section) ||
		       section.header.sh_size > UINT32_MAX))
		return false;
	for (uint32_t i = 0; i < datasec->nr; i++) {
		btf_variable_get(datasec, i, &variables[i]);
		if (!btf_type_get(fit->btf, variables[i].type, &var) || var.kind != BTF_KIND_VAR ||
		    btf_fit_is_extern(&var))
			return false;
		if (*size || btf_linkage(&var) != BTF_LINKAGE_GLOBAL)
			continue;
		name = names_find(&fit->names, var.name, section.idx);
		if (!name)
			return false;
		variables[i].offset = name->value;
	}
	if (!*size)
		*size = (uint32_t)section.header.sh_size;
	list_sort(variables, datasec->nr, sizeof(*variables), btf_fit_variable_is_before);
	return true;
}

static inline void btf_fit_datasec(struct btf_fit *fit, const struct btf_type *type,
				   const struct btf_record *record)
{
	uint8_t *place = fit->types + fit->len + sizeof(*record);
	struct btf_record placed = *record;

	if ((!(fit->known & BTF_FIT_ANY_SECTION) && !btf_fit_section_name_is_plain(type->name)) ||
	    !btf_fit_place(fit, type, (void *)place, &placed.ref)) {
		btf_fit_substitute(fit, type, record);
		return;
	}
	btf_fit_put(fit, &placed, sizeof(placed));
	fit->len += (uint64_t)type->nr * sizeof(struct btf_variable);
}

/* ---- Functions ---- */

/*
 * Hidden functions are static to the verifier, which then sees them in the light of
 * each call; so are those of which the kernel does not know what their tags say.
 */
static inline uint16_t btf_fit_linkage(struct btf_fit *fit, const struct btf_type *func)
{
	if (!(fit->known & BTF_FIT_GLOBAL_FUNC) || func->nr == BTF_LINKAGE_STATIC ||
	    names_find(&fit->names, func->name, BTF_FIT_HIDDEN))
		return BTF_LINKAGE_STATIC;
	return BTF_LINKAGE_GLOBAL;
}

/* Parameters of a function must have names, and externs' have none. */
static inline void btf_fit_parameters(struct btf_fit *fit, const struct btf_type *proto,
				      const struct btf_record *record)
{
	btf_fit_put(fit, record, sizeof(*record));
	for (uint32_t i = 0; i < proto->nr; i++) {
		uint32_t words[2]; /* name, type */

		memcpy(words, btf_element(proto, i), sizeof(words));
		if (words[1] && !words[0])
			words[0] = fit->parameter_name;
		btf_fit_put(fit, words, sizeof(words));
	}
}

/* The kernel takes one encoding of an INT, and a char of gcc 12 has two. */
static inline void btf_fit_encoding(uint8_t *place)
{
	const uint32_t both = (BTF_INT_SIGNED | BTF_INT_CHAR) << 24;
	uint32_t word;

	memcpy(&word, place, sizeof(word));
	if ((word & both) == both)
		word &= ~((uint32_t)BTF_INT_SIGNED << 24);
	memcpy(place, &word, sizeof(word));
}

/* ---- All of it ---- */

/* No kernel knows variables that are elsewhere, and so no tags of these. */
static inline bool btf_fit_is_known(const struct btf_fit *fit, const struct btf_type *type)
{
	struct btf_type tagged;

	if (btf_fit_row(type->kind).kind && !(fit->known & BTF_KIND_BIT(type->kind)))
		return false;
	if (type->kind == BTF_KIND_DECL_TAG && btf_type_get(fit->btf, type->type, &tagged))
		return !btf_fit_is_extern(&tagged);
	return !btf_fit_is_extern(type);
}

static inline void btf_fit_type(struct btf_fit *fit, const struct btf_type *type)
{
	struct btf_record record = btf_fit_record(type);
	uint64_t len = btf_record_len(record.info);

	if (!btf_fit_is_known(fit, type)) {
		btf_fit_substitute(fit, type, &record);
		return;
	}
	switch (type->kind) {
	case BTF_KIND_DATASEC:
		btf_fit_datasec(fit, type, &record);
		return;
	case BTF_KIND_FUNC_PROTO:
		btf_fit_parameters(fit, type, &record);
		return;
	case BTF_KIND_FUNC:
		record.info = BTF_KIND_FUNC << 24 | btf_fit_linkage(fit, type);
		break;
	case BTF_KIND_ENUM: /* came with the other kind: that its values are signed */
		if (!(fit->known & BTF_KIND_BIT(BTF_KIND_ENUM64)))
			record.info &= ~BTF_FIT_KIND_FLAG;
		break;
	}
	btf_fit_put(fit, &record, sizeof(record));
	btf_fit_put(fit, fit->btf->types.data + type->extra, len - sizeof(record));
	if (type->kind == BTF_KIND_INT)
		btf_fit_encoding(fit->types + fit->len - sizeof(uint32_t));
}

/* The most bytes there can be: a record of three words may get a fourth. */
static inline uint64_t btf_fit_size(const struct btf *btf)
{
	return (sizeof(struct btf_header) + btf->types.size / 3 * 4 + btf->strings.size + 7) &
	       ~(uint64_t)7;
}

/* Bytes of arena that btf_fit() takes. */
static inline uint64_t btf_fit_len(const struct btf *btf, const struct elf *elf)
{
	const uint64_t names = (elf->nr_sections + elf->nr_symbols + btf_fit_tags_max(btf)) *
			       sizeof(struct name);

	return btf_fit_size(btf) + ((names + 7) & ~(uint64_t)7);
}

/*
 * Writes the object's BTF (of no base) anew for a kernel that knows what `known`
 * says. What cannot be said to it is left out: externs, and sections of variables
 * with no place. Returns 0 or -ENOMEM.
 */
static inline int btf_fit(const struct btf *btf, const struct elf *elf, uint32_t known,
			  struct arena *arena, struct view *out)
{
	struct btf_fit fit = { .btf = btf, .elf = elf, .known = known };
	struct btf_header header = {
		.preamble = { BTF_MAGIC, BTF_VERSION, 0, sizeof(header) },
		.str_len = (uint32_t)btf->strings.size,
	};
	uint8_t *bytes;
	struct btf_type type;

	if (!btf_fit_list_names(&fit, arena))
		return -ENOMEM;
	bytes = arena_take(arena, btf_fit_size(btf), 1);
	if (!bytes)
		return -ENOMEM;
	if (!(known & BTF_KIND_BIT(BTF_KIND_VAR)))
		fit.known &= ~BTF_KIND_BIT(BTF_KIND_DATASEC); /* of what? */
	fit.types = bytes + sizeof(header);
	if (btf_type_first(btf, BTF_KIND_BIT(BTF_KIND_FUNC), &type))
		fit.parameter_name = btf_fit_record(&type).name_off;
	for (bool more = btf_type_first(btf, BTF_KINDS_ALL, &type); more;
	     more = btf_type_next(&type, BTF_KINDS_ALL))
		btf_fit_type(&fit, &type);

	header.type_len = header.str_off = (uint32_t)fit.len;
	btf_fit_put(&fit, btf->strings.data, btf->strings.size);
	memcpy(bytes, &header, sizeof(header));
	*out = (struct view){ bytes, sizeof(header) + fit.len };
	return 0;
}

#endif
