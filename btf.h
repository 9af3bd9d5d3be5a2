/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * btf.h - BTF, the types that compilers leave for the kernel, read with the
 * bounds primitive.
 *
 * Sources: the kernel's Documentation/bpf/btf.rst, and uapi/linux/btf.h for the
 * names. Four levels: the format; struct btf, whose every record btf_open() has
 * found to be inside, and accessors on it, which decode from the bytes; resolvers,
 * which follow types to others and give up at a depth that no compiler writes;
 * struct btf_ext, the tables beside an object's BTF.
 *
 * The kernel has 150000 types in 5 MB. Nothing is copied out of them: memory is
 * one number for each BTF_INDEX_STEP types. And most are never asked for: what a
 * record names is looked at when it is read, and nothing is there whose name is
 * not. btf_check() looks at all of an object's, to say what is wrong.
 */
#ifndef BTF_H
#define BTF_H

#include "elf64.h"

/* ---- The format ---- */

#define BTF_MAGIC 0xeb9f
#define BTF_VERSION 1
#define BTF_STRINGS_MAX 0x7fffffff /* bytes of strings, a base's included: libbpf's limit */

enum btf_kind {
	BTF_KIND_VOID = 0, /* type 0, which has no record */
	BTF_KIND_INT = 1,
	BTF_KIND_PTR = 2,
	BTF_KIND_ARRAY = 3,
	BTF_KIND_STRUCT = 4,
	BTF_KIND_UNION = 5,
	BTF_KIND_ENUM = 6,
	BTF_KIND_FWD = 7,
	BTF_KIND_TYPEDEF = 8,
	BTF_KIND_VOLATILE = 9,
	BTF_KIND_CONST = 10,
	BTF_KIND_RESTRICT = 11,
	BTF_KIND_FUNC = 12,
	BTF_KIND_FUNC_PROTO = 13,
	BTF_KIND_VAR = 14,       /* since v5.2 */
	BTF_KIND_DATASEC = 15,   /* since v5.2 */
	BTF_KIND_FLOAT = 16,     /* since v5.13 */
	BTF_KIND_DECL_TAG = 17,  /* since v5.16 */
	BTF_KIND_TYPE_TAG = 18,  /* since v5.17 */
	BTF_KIND_ENUM64 = 19,    /* since v6.0 */
	BTF_NR_KINDS,
};

#define BTF_INT_SIGNED 1 /* struct btf_int's encoding */
#define BTF_INT_CHAR 2
#define BTF_INT_BOOL 4

enum btf_linkage {
	BTF_LINKAGE_STATIC = 0,
	BTF_LINKAGE_GLOBAL = 1,
	BTF_LINKAGE_EXTERN = 2,
};

/* How BTF and .BTF.ext start. */
struct btf_preamble {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t hdr_len;  /* offsets count from there; newer headers are longer */
};

struct btf_header {
	struct btf_preamble preamble;
	uint32_t type_off;
	uint32_t type_len;
	uint32_t str_off;
	uint32_t str_len;
};

struct btf_record {
	uint32_t name_off;
	uint32_t info;     /* bits 0-23 how many elements, 24-30 the kind, 31 the kind's flag */
	uint32_t ref;      /* a size or a type, as the kind has it */
};

#define BTF_INFO_UNKNOWN 0x60000000U /* bits of no kind yet */
#define BTF_INFO_NR_KINDS 32

static inline uint32_t btf_info_kind(uint32_t info)
{
	return info >> 24 & (BTF_INFO_NR_KINDS - 1);
}

/* (Kernels up to v6.12 have 16 bits of it, v7.2 has 24.) */
static inline uint32_t btf_info_nr(uint32_t info)
{
	return info & 0xffffff;
}

#define BTF_RECORD sizeof(struct btf_record)

/* As messages and C have it; of kinds that are known. */
SELDOM const char *btf_kind_name(uint32_t kind)
{
	static const char *const names[BTF_NR_KINDS] = {
		[BTF_KIND_VOID] = "void",
		[BTF_KIND_INT] = "int",
		[BTF_KIND_PTR] = "pointer",
		[BTF_KIND_ARRAY] = "array",
		[BTF_KIND_STRUCT] = "struct",
		[BTF_KIND_UNION] = "union",
		[BTF_KIND_ENUM] = "enum",
		[BTF_KIND_FWD] = "forward declaration",
		[BTF_KIND_TYPEDEF] = "typedef",
		[BTF_KIND_VOLATILE] = "volatile",
		[BTF_KIND_CONST] = "const",
		[BTF_KIND_RESTRICT] = "restrict",
		[BTF_KIND_FUNC] = "function",
		[BTF_KIND_FUNC_PROTO] = "prototype",
		[BTF_KIND_VAR] = "variable",
		[BTF_KIND_DATASEC] = "section",
		[BTF_KIND_FLOAT] = "float",
		[BTF_KIND_DECL_TAG] = "declaration tag",
		[BTF_KIND_TYPE_TAG] = "type tag",
		[BTF_KIND_ENUM64] = "enum64",
	};

	return names[kind];
}

/* A kind's records and what follows them; in eight bytes, by which machines scale an index. */
struct btf_kind_row {
	uint16_t record;     /* bytes, with what always follows; 0: there is no such kind */
	uint8_t element;     /* bytes of each of the elements that follow */
	bool has_size;       /* ref is a size */
	bool has_type;       /* ref is a type */
	bool has_names;      /* the first word of each element is a name */
	bool has_types;      /* a word of each element is a type: */
	uint8_t type_off;    /* where it is */
};

static inline const struct btf_kind_row *btf_kind_row(uint32_t kind)
{
	static const struct btf_kind_row rows[BTF_INFO_NR_KINDS] = {
		[BTF_KIND_INT] = { BTF_RECORD + 4, .has_size = true },
		[BTF_KIND_PTR] = { BTF_RECORD, .has_type = true },
		[BTF_KIND_ARRAY] = { BTF_RECORD + 12, .element = 0 },
		[BTF_KIND_STRUCT] = { BTF_RECORD, 12, .has_size = true, .has_names = true,
				      .has_types = true, .type_off = 4 },
		[BTF_KIND_UNION] = { BTF_RECORD, 12, .has_size = true, .has_names = true,
				     .has_types = true, .type_off = 4 },
		[BTF_KIND_ENUM] = { BTF_RECORD, 8, .has_size = true, .has_names = true },
		[BTF_KIND_FWD] = { BTF_RECORD, .element = 0 },
		[BTF_KIND_TYPEDEF] = { BTF_RECORD, .has_type = true },
		[BTF_KIND_VOLATILE] = { BTF_RECORD, .has_type = true },
		[BTF_KIND_CONST] = { BTF_RECORD, .has_type = true },
		[BTF_KIND_RESTRICT] = { BTF_RECORD, .has_type = true },
		[BTF_KIND_FUNC] = { BTF_RECORD, .has_type = true },
		[BTF_KIND_FUNC_PROTO] = { BTF_RECORD, 8, .has_type = true, .has_names = true,
					  .has_types = true, .type_off = 4 },
		[BTF_KIND_VAR] = { BTF_RECORD + 4, .has_type = true },
		[BTF_KIND_DATASEC] = { BTF_RECORD, 12, .has_size = true, .has_types = true,
				       .type_off = 0 },
		[BTF_KIND_FLOAT] = { BTF_RECORD, .has_size = true },
		[BTF_KIND_DECL_TAG] = { BTF_RECORD + 4, .has_type = true },
		[BTF_KIND_TYPE_TAG] = { BTF_RECORD, .has_type = true },
		[BTF_KIND_ENUM64] = { BTF_RECORD, 12, .has_size = true, .has_names = true },
	};

	return &rows[kind % BTF_INFO_NR_KINDS];
}

/* ---- The parsed view ---- */

#define BTF_INDEX_STEP 16
#define BTF_DEPTH_MAX 32 /* types that a resolver goes through; the kernel has the same limit */

struct btf {
	const struct btf *base;  /* of split BTF, as a module's: has the smaller ids and offsets */
	struct view types;       /* own type section */
	struct view strings;     /* own string section */
	uint32_t first_id;       /* own ids are first_id <= id < end_id; 1 without a base */
	uint32_t end_id;
	uint32_t first_string;   /* offset of the first own string; 0 without a base */
	const uint32_t *index;   /* where every BTF_INDEX_STEP-th own type lies in types */
};

/* What an INT is, other than bytes. */
struct btf_int {
	uint8_t encoding;        /* BTF_INT_* */
	uint8_t bit_offset;
	uint8_t bits;
};

/* A type record, decoded. */
struct btf_type {
	const struct btf *btf;   /* whose section holds it */
	const char *name;        /* "" when it has none */
	uint32_t id;
	uint8_t kind;            /* BTF_KIND_*; BTF_KIND_VOID for id 0 */
	bool kind_flag;          /* STRUCT, UNION: with bit fields; ENUM*: signed; FWD: a union */
	uint32_t nr;             /* members, enumerators, parameters, variables; a FUNC's linkage */
	uint32_t size;           /* bytes, of kinds that have a size */
	uint32_t type;           /* the type referred to, of kinds that do; an ARRAY's element */
	uint32_t length;         /* elements of an ARRAY */
	struct btf_int number;   /* of an INT, else zeros */
	uint32_t extra;          /* offset in btf->types of what follows the record */
};

struct btf_member {
	const char *name;        /* "" for an anonymous struct or union */
	uint32_t type;
	uint32_t bit_offset;     /* from the start of the struct */
	uint32_t bit_size;       /* of a bit field, else 0 */
};

struct btf_enumerator {
	const char *name;
	uint64_t value;          /* sign-extended where the enum is signed */
};

struct btf_parameter {
	const char *name;
	uint32_t type;           /* 0 of the last one: varying arguments follow */
};

struct btf_variable {
	uint32_t type;           /* a VAR, or a FUNC in .ksyms */
	uint32_t offset;         /* in the section; compilers leave it 0, for the linker */
	uint32_t size;
};

/* A string of the BTF or of its base; NULL when out of range. */
static inline const char *btf_string(const struct btf *btf, uint32_t off)
{
	while (off < btf->first_string)
		btf = btf->base;
	off -= btf->first_string;
	return view_has(btf->strings, off, 1) ? (const char *)btf->strings.data + off : NULL;
}

static inline uint32_t btf_word(const uint8_t *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* Where in a record that lies which says how long it is. */
#define BTF_INFO_OFF offsetof(struct btf_record, info)

/* Bytes up to the next record; 0 for a kind that is not known. */
__attribute__((always_inline))
static inline uint32_t btf_record_len(uint32_t info)
{
	const struct btf_kind_row *row = btf_kind_row(btf_info_kind(info));

	return row->record + btf_info_nr(info) * row->element;
}

/* The next record; btf_open() has seen that it is there. */
static inline const uint8_t *btf_record_next(const uint8_t *p)
{
	return p + btf_record_len(btf_word(p + BTF_INFO_OFF));
}

static inline struct btf_int btf_int_decode(uint32_t word)
{
	return (struct btf_int){
		.encoding = word >> 24 & 15,
		.bit_offset = word >> 16 & 255,
		.bits = word & 255,
	};
}

/* The record at p; false when its name is not there. */
SELDOM bool btf_type_decode(const struct btf *btf, uint32_t id, const uint8_t *p,
			    struct btf_type *out)
{
	const struct btf_kind_row *row;
	struct btf_record record;

	memcpy(&record, p, sizeof(record));
	row = btf_kind_row(btf_info_kind(record.info));
	*out = (struct btf_type){
		.btf = btf,
		.name = btf_string(btf, record.name_off),
		.id = id,
		.kind = (uint8_t)btf_info_kind(record.info),
		.kind_flag = record.info >> 31,
		.nr = btf_info_nr(record.info),
		.size = row->has_size ? record.ref : 0,
		.type = row->has_type ? record.ref : 0,
		.extra = (uint32_t)(p - btf->types.data + sizeof(record)),
	};
	p += sizeof(record);
	if (out->kind == BTF_KIND_INT)
		out->number = btf_int_decode(btf_word(p));
	if (out->kind == BTF_KIND_ARRAY) {
		out->type = btf_word(p);
		out->length = btf_word(p + 2 * sizeof(uint32_t)); /* behind the index's type */
	}
	return out->name;
}

/* Where own type number nr lies, counted from 0. */
static inline const uint8_t *btf_record_find(const struct btf *btf, uint32_t nr)
{
	const uint8_t *p = btf->types.data + btf->index[nr / BTF_INDEX_STEP];

	for (nr %= BTF_INDEX_STEP; nr; nr--)
		p = btf_record_next(p);
	return p;
}

/* False when there is no type with that id, in the BTF or its base. */
SELDOM bool btf_type_get(const struct btf *btf, uint32_t id, struct btf_type *out)
{
	while (btf->base && id < btf->first_id)
		btf = btf->base;
	if (id == 0) {
		*out = (struct btf_type){ .btf = btf, .name = "" };
		return true;
	}
	return id < btf->end_id &&
	       btf_type_decode(btf, id, btf_record_find(btf, id - btf->first_id), out);
}

#define BTF_KIND_BIT(kind) (1U << (kind))
#define BTF_KINDS_ALL UINT32_MAX

/* A place among a BTF's own types: what a search needs of each, which is less than all. */
struct btf_cursor {
	const struct btf *btf;
	uint32_t id;
	uint8_t kind;
	const char *name;
	const uint8_t *record;   /* of that type; NULL before the first one */
};

static inline struct btf_cursor btf_cursor(const struct btf *btf)
{
	return (struct btf_cursor){ btf, .id = btf->first_id - 1 };
}

/* Goes on to the next type of some kinds, a set of BTF_KIND_BITs; false behind the last one. */
SELDOM bool btf_cursor_next(struct btf_cursor *at, uint32_t kinds)
{
	const uint8_t *p = at->record ? btf_record_next(at->record) : at->btf->types.data;
	const struct btf *btf = at->btf;
	uint32_t info, kind;

	for (uint32_t id = at->id + 1, end_id = btf->end_id; id < end_id; id++) {
		info = btf_word(p + BTF_INFO_OFF);
		kind = btf_info_kind(info);
		if (kinds >> kind & 1) {
			*at = (struct btf_cursor){ btf, id, (uint8_t)kind,
						   btf_string(btf, btf_word(p)), p };
			if (at->name)
				return true;
		}
		p += btf_record_len(info);
	}
	return false;
}

/*
 * All own types of some kinds, decoded, in their order; much faster than an id at
 * a time:
 *
 *	for (bool more = btf_type_first(btf, kinds, &type); more;
 *	     more = btf_type_next(&type, kinds))
 */
SELDOM bool btf_type_seek(struct btf_cursor at, uint32_t kinds, struct btf_type *out)
{
	return btf_cursor_next(&at, kinds) && btf_type_decode(at.btf, at.id, at.record, out);
}

static inline bool btf_type_first(const struct btf *btf, uint32_t kinds, struct btf_type *out)
{
	return btf_type_seek(btf_cursor(btf), kinds, out);
}

static inline bool btf_type_next(struct btf_type *type, uint32_t kinds)
{
	const uint8_t *p = type->btf->types.data + type->extra - sizeof(struct btf_record);

	return btf_type_seek((struct btf_cursor){ type->btf, type->id, .record = p }, kinds, type);
}

/* Element i of those that follow the record, which btf_open() has seen; NULL when there is none. */
SELDOM const uint8_t *btf_element(const struct btf_type *type, uint32_t i)
{
	size_t len = btf_kind_row(type->kind)->element;

	return len && i < type->nr ? type->btf->types.data + type->extra + i * len : NULL;
}

static inline bool btf_is_composite(const struct btf_type *type)
{
	return type->kind == BTF_KIND_STRUCT || type->kind == BTF_KIND_UNION;
}

/* Is it other than its bytes? */
static inline bool btf_int_is_bits(const struct btf_int *bits, uint32_t size)
{
	return bits->bit_offset != 0 || bits->bits != size * 8ULL;
}

/* Of a FUNC_PROTO. */
SELDOM bool btf_parameter_get(const struct btf_type *type, uint32_t i,
			      struct btf_parameter *out)
{
	const uint8_t *p = btf_element(type, i);

	if (type->kind != BTF_KIND_FUNC_PROTO || !p)
		return false;
	*out = (struct btf_parameter){ btf_string(type->btf, btf_word(p)), btf_word(p + 4) };
	return out->name;
}

/* Of a DATASEC. */
static inline bool btf_variable_get(const struct btf_type *type, uint32_t i,
				    struct btf_variable *out)
{
	const uint8_t *p = btf_element(type, i);

	if (type->kind != BTF_KIND_DATASEC || !p)
		return false;
	memcpy(out, p, sizeof(*out));
	return true;
}

/* Of an ENUM or ENUM64. */
SELDOM bool btf_enumerator_get(const struct btf_type *type, uint32_t i,
			       struct btf_enumerator *out)
{
	bool wide = type->kind == BTF_KIND_ENUM64;
	const uint8_t *p = btf_element(type, i);

	if ((!wide && type->kind != BTF_KIND_ENUM) || !p)
		return false;
	out->name = btf_string(type->btf, btf_word(p));
	out->value = btf_word(p + 4);
	if (wide) /* low half first in either byte order */
		out->value |= (uint64_t)btf_word(p + 8) << 32;
	else if (type->kind_flag)
		out->value = (uint64_t)(int32_t)out->value;
	return out->name;
}

/* BTF_LINKAGE_* of a VAR or FUNC. */
static inline uint32_t btf_linkage(const struct btf_type *type)
{
	uint32_t word = type->nr;

	if (type->kind == BTF_KIND_VAR)
		view_copy(type->btf->types, type->extra, &word, sizeof(word));
	return word;
}

/* ---- Resolvers ---- */

static inline bool btf_is_modifier(const struct btf_type *type)
{
	return (type->kind >= BTF_KIND_TYPEDEF && type->kind <= BTF_KIND_RESTRICT) ||
	       type->kind == BTF_KIND_TYPE_TAG;
}

/* The type behind typedefs, const, volatile, restrict and type tags; false when they do not end. */
SELDOM bool btf_type_skip(const struct btf *btf, uint32_t id, struct btf_type *out)
{
	for (int depth = 0; depth < BTF_DEPTH_MAX; depth++) {
		if (!btf_type_get(btf, id, out))
			return false;
		if (!btf_is_modifier(out))
			return true;
		id = out->type;
	}
	return false;
}

/*
 * Bytes of a type or of a variable's; a pointer has 8, whatever machine this is.
 * False for void, functions, forward declarations and what does not end.
 */
static inline bool btf_size(const struct btf *btf, uint32_t id, uint64_t *out)
{
	struct btf_type type;
	uint64_t nr = 1;

	for (int depth = 0; depth < BTF_DEPTH_MAX; depth++) {
		if (!btf_type_skip(btf, id, &type))
			return false;
		if (type.kind == BTF_KIND_PTR)
			return !__builtin_mul_overflow(nr, 8, out);
		if (btf_kind_row(type.kind)->has_size)
			return !__builtin_mul_overflow(nr, type.size, out);
		if (type.kind != BTF_KIND_VAR && (type.kind != BTF_KIND_ARRAY ||
						  __builtin_mul_overflow(nr, type.length, &nr)))
			return false;
		id = type.type;
	}
	return false;
}

/*
 * Before the kind flag a bit field's type was an INT of fewer bits than its
 * bytes hold, perhaps at an offset in them.
 */
static inline void btf_member_bits_of_int(const struct btf *btf, struct btf_member *member)
{
	struct btf_type type;

	if (!btf_type_skip(btf, member->type, &type) || type.kind != BTF_KIND_INT ||
	    !btf_int_is_bits(&type.number, type.size))
		return;
	member->bit_offset += type.number.bit_offset;
	member->bit_size = type.number.bits;
}

/* Of a STRUCT or UNION. */
SELDOM bool btf_member_get(const struct btf_type *type, uint32_t i, struct btf_member *out)
{
	const uint8_t *p = btf_element(type, i);

	if (!btf_is_composite(type) || !p)
		return false;
	*out = (struct btf_member){
		.name = btf_string(type->btf, btf_word(p)),
		.type = btf_word(p + 4),
		.bit_offset = btf_word(p + 8),
	};
	if (type->kind_flag) {
		out->bit_size = out->bit_offset >> 24;
		out->bit_offset &= 0xffffff;
	} else {
		btf_member_bits_of_int(type->btf, out);
	}
	return out->name;
}

/* Its name alone, which is what a search needs of most; NULL when there is no such member. */
SELDOM const char *btf_member_name(const struct btf_type *type, uint32_t i)
{
	const uint8_t *p = btf_element(type, i);

	return btf_is_composite(type) && p ? btf_string(type->btf, btf_word(p)) : NULL;
}

/* The first of its own types of that kind and name; 0 when there is none. */
static inline uint32_t btf_find_own(const struct btf *btf, const char *name, uint8_t kind)
{
	struct btf_cursor at = btf_cursor(btf);

	while (btf_cursor_next(&at, BTF_KIND_BIT(kind)))
		if (strcmp(at.name, name) == 0)
			return at.id;
	return 0;
}

/* The same, or else of its base's. */
static inline uint32_t btf_find(const struct btf *btf, const char *name, uint8_t kind)
{
	uint32_t id = 0;

	for (; btf && !id; btf = btf->base)
		id = btf_find_own(btf, name, kind);
	return id;
}

/*
 * Length of a name without its flavour: "task_struct___old" is meant for the
 * kernel's task_struct. A flavour begins at the last three underscores, no more
 * and no less, with other letters on both sides (libbpf's rule).
 */
static inline size_t btf_essential_len(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = len; i > 4; i--) {
		const char *p = name + i - 5;

		if (p[0] != '_' && p[1] == '_' && p[2] == '_' && p[3] == '_' && p[4] != '_')
			return i - 4;
	}
	return len;
}

/* ---- Opening ---- */

/* Bytes of arena that btf_open() takes for BTF of that many bytes. */
static inline uint64_t btf_index_len(uint64_t size)
{
	return (size / sizeof(struct btf_record) / BTF_INDEX_STEP + 2) * sizeof(uint32_t);
}

/* The start of BTF or .BTF.ext, and that there are `least` bytes of header. */
static inline int btf_check_preamble(struct view bytes, size_t least, struct btf_preamble *out,
				     struct why *why)
{
	if (!view_copy(bytes, 0, out, sizeof(*out)))
		return why_bad(why, "is truncated: %llu bytes, its header has %zu",
			       (unsigned long long)bytes.size, least);
	if (out->magic == __builtin_bswap16(BTF_MAGIC))
		return why_bad(why, "is " ELF_OTHER_ORDER ", expected " ELF_HOST_ORDER " BTF");
	if (out->magic != BTF_MAGIC)
		return why_bad(why, "has magic number 0x%x, expected 0x%x (BTF)",
			       out->magic, BTF_MAGIC);
	if (out->version != BTF_VERSION || out->flags)
		return why_bad(why, "has version %u and flags 0x%x, expected %u and 0x0",
			       out->version, out->flags, BTF_VERSION);
	if (out->hdr_len < least || out->hdr_len > bytes.size)
		return why_bad(why, "has a header of %u bytes, expected %zu to %llu",
			       out->hdr_len, least, (unsigned long long)bytes.size);
	return 0;
}

static inline int btf_check_section(struct view bytes, const struct btf_header *header,
				    const char *what, uint32_t off, uint32_t len,
				    struct view *out, struct why *why)
{
	uint64_t start = (uint64_t)header->preamble.hdr_len + off;

	if (view_slice(bytes, start, len, out))
		return 0;
	return why_bad(why,
		       "is truncated: %s of %u bytes at offset %llu, it has %llu bytes", what, len,
		       (unsigned long long)start, (unsigned long long)bytes.size);
}

/* Where types and strings lie. Offset 0 is "", in split BTF the base's. */
static inline int btf_check_sections(struct view bytes, const struct btf_header *header,
				     struct btf *btf, struct why *why)
{
	int err = btf_check_section(bytes, header, "types", header->type_off, header->type_len,
				    &btf->types, why);

	if (!err)
		err = btf_check_section(bytes, header, "strings", header->str_off, header->str_len,
					&btf->strings, why);
	if (err)
		return err;
	if (btf->strings.size > BTF_STRINGS_MAX - btf->first_string)
		return why_bad(why, "has strings of %u bytes, expected at most %u",
			       header->str_len, BTF_STRINGS_MAX - btf->first_string);
	if (btf->base && btf->strings.size == 0)
		return 0;
	if (!view_ends_in_nul(btf->strings) || (!btf->base && btf->strings.data[0] != '\0'))
		return why_bad(why, "has strings that do not start and end in NUL");
	return 0;
}

/* What is wrong with a record that is not inside as a whole, or of no known kind. */
static inline int btf_explain(struct view rest, uint32_t id, struct why *why)
{
	struct btf_record record;
	uint32_t len = sizeof(record);

	if (view_copy(rest, 0, &record, sizeof(record)))
		len = record.info & BTF_INFO_UNKNOWN ? 0 : btf_record_len(record.info);
	if (len == 0)
		why_bad(why, "is of kind %u (0x%x), expected 1 to %u",
			btf_info_kind(record.info), record.info, BTF_NR_KINDS - 1);
	else
		why_bad(why, "is truncated: %llu bytes, expected %u",
			(unsigned long long)rest.size, len);
	return why_subject(why, -ENOEXEC, "type %u", id);
}

/*
 * Learns where every record is: of a known kind, inside. All of the kernel's pass
 * here, so what they say is left to those who read it.
 */
static inline int btf_index_types(struct btf *btf, uint32_t *index, struct why *why)
{
	struct view rest = btf->types;
	uint32_t nr, info, len;

	for (nr = 0; view_has(rest, 0, sizeof(struct btf_record)); nr++) {
		info = btf_word(rest.data + BTF_INFO_OFF);
		len = btf_record_len(info);
		if (info & BTF_INFO_UNKNOWN || len == 0 || !view_has(rest, 0, len))
			break;
		if (nr % BTF_INDEX_STEP == 0)
			*index++ = (uint32_t)(btf->types.size - rest.size);
		rest.data += len;
		rest.size -= len;
	}
	btf->end_id = btf->first_id + nr;
	return rest.size ? btf_explain(rest, btf->end_id, why) : 0;
}

/*
 * Fills *out, which points into the bytes and to the base: both must outlive it,
 * unchanged. The arena gives btf_index_len(bytes.size) bytes at most. Returns 0,
 * -ENOEXEC or -ENOMEM with a reason.
 */
SELDOM int btf_open(struct view bytes, const struct btf *base, struct arena *arena,
		    struct btf *out, struct why *why)
{
	struct btf_header header = { 0 };
	uint32_t *index;
	int err;

	*out = (struct btf){ .base = base, .first_id = 1 };
	if (base) {
		out->first_id = base->end_id;
		out->first_string = base->first_string + (uint32_t)base->strings.size;
	}
	err = btf_check_preamble(bytes, sizeof(header), &header.preamble, why);
	if (err)
		return err;
	view_copy(bytes, 0, &header, sizeof(header));
	err = btf_check_sections(bytes, &header, out, why);
	if (err)
		return err;
	index = arena_take(arena, btf_index_len(out->types.size) / sizeof(*index), sizeof(*index));
	if (!index)
		return why_set(why, -ENOMEM, "out of memory for an index of %llu bytes",
			       (unsigned long long)btf_index_len(out->types.size));
	out->index = index;
	return btf_index_types(out, index, why);
}

/* ---- Checking all of it ---- */

/* The highest of the words at every step bytes from p on. */
static inline void btf_raise_words(uint32_t *highest, const uint8_t *p, const uint8_t *end,
				   size_t step)
{
	for (; p < end; p += step)
		if (btf_word(p) > *highest)
			*highest = btf_word(p);
}

/* Are the names there that stand at every step bytes from p on, and none of them too long? */
SELDOM int btf_check_names(const struct btf *btf, const uint8_t *p, const uint8_t *end, size_t step,
			   struct why *why)
{
	for (; p < end; p += step) {
		const char *name = btf_string(btf, btf_word(p));

		if (!name)
			return why_bad(why, "a name at offset %u, the strings have %llu bytes",
				       btf_word(p),
				       (unsigned long long)(btf->first_string + btf->strings.size));
		if (elf_name_is_long(name))
			return why_bad(why, "a name has more than %u characters", ELF_NAME_MAX);
	}
	return 0;
}

/* Is there what the record at p names, and what follows it? */
static inline int btf_check_type(const struct btf *btf, const uint8_t *p, struct why *why)
{
	const uint8_t *extra = p + sizeof(struct btf_record), *end = btf_record_next(p);
	const struct btf_kind_row *row;
	struct btf_record record;
	uint32_t type;
	int err;

	memcpy(&record, p, sizeof(record));
	row = btf_kind_row(btf_info_kind(record.info));
	type = row->has_type ? record.ref : 0;
	err = btf_check_names(btf, p, p + sizeof(record.name_off), sizeof(record), why);
	if (!err && row->has_names)
		err = btf_check_names(btf, extra, end, row->element, why);
	if (err)
		return err;
	if (row->has_types)
		btf_raise_words(&type, extra + row->type_off, end, row->element);
	if (btf_info_kind(record.info) == BTF_KIND_ARRAY)
		btf_raise_words(&type, extra, extra + 2 * sizeof(type), sizeof(type));
	return type < btf->end_id ? 0
		: why_bad(why, "refers to type %u, out of range (there are %u)", type,
			  btf->end_id);
}

/*
 * Looks at all types: are their names there, and the types that they name? After
 * success no accessor fails for an id that the BTF holds. Returns 0, or -ENOEXEC
 * with a reason.
 */
SELDOM int btf_check(const struct btf *btf, struct why *why)
{
	const uint8_t *p = btf->types.data;

	for (uint32_t id = btf->first_id; id < btf->end_id; id++, p = btf_record_next(p)) {
		int err = btf_check_type(btf, p, why);

		if (err)
			return why_subject(why, err, "type %u", id);
	}
	return 0;
}

/* ---- .BTF.ext: what an object says about its instructions ---- */

enum btf_ext_table {
	BTF_EXT_FUNC_INFO,
	BTF_EXT_LINE_INFO,
	BTF_EXT_CORE_RELO, /* since LLVM 10 */
	BTF_EXT_NR_TABLES,
};

struct btf_ext_header {
	struct btf_preamble preamble;
	struct {
		uint32_t off;
		uint32_t len;
	} tables[BTF_EXT_NR_TABLES];
};

struct btf_func_info {
	uint32_t insn_off;     /* bytes from the section's start; from file: unchecked */
	uint32_t type;         /* a FUNC; from file: another kind perhaps */
};

struct btf_line_info {
	uint32_t insn_off;     /* the same */
	uint32_t file_name_off;
	uint32_t line_off;     /* the line's text */
	uint32_t line_col;     /* line number << 10 | column */
};

struct btf_core_relocation {
	uint32_t insn_off;     /* the same */
	uint32_t type;
	uint32_t access_off;   /* a string: "0:1:2", which element, member, enumerator */
	uint32_t kind;         /* from file: unchecked */
};

struct btf_ext {
	const struct btf *btf;
	struct view tables[BTF_EXT_NR_TABLES]; /* their sections; empty when there is none */
	uint32_t record_size[BTF_EXT_NR_TABLES];
};

/* A table's records for one section of the ELF file. */
struct btf_ext_section {
	const char *section;
	uint32_t nr;
	struct view records;
	uint32_t record_size;
};

/* Record i, as much of it as is known here: records may grow at their end. */
static inline bool btf_ext_record_get(const struct btf_ext_section *section, uint32_t i, void *out,
				      size_t len)
{
	return i < section->nr && len <= section->record_size &&
	       view_copy(section->records, (uint64_t)i * section->record_size, out, len);
}

/*
 * The sections of a table one after another: *off starts at 0 and is moved
 * behind the section. False behind the last one.
 */
static inline bool btf_ext_section_next(const struct btf_ext *ext, enum btf_ext_table table,
					uint64_t *off, struct btf_ext_section *out)
{
	uint32_t words[2]; /* a section's name, how many records */
	uint64_t len;

	if (!view_copy(ext->tables[table], *off, words, sizeof(words)))
		return false;
	*out = (struct btf_ext_section){
		.section = btf_string(ext->btf, words[0]),
		.nr = words[1],
		.record_size = ext->record_size[table],
	};
	len = (uint64_t)out->nr * out->record_size;
	if (!out->section || elf_name_is_long(out->section) ||
	    !view_slice(ext->tables[table], *off + sizeof(words), len, &out->records))
		return false;
	*off += sizeof(words) + len;
	return true;
}

/* What a table's records are: one bit for each word that names a string or a type. */
struct btf_ext_row {
	const char *name;
	uint8_t least; /* bytes of a record */
	uint8_t types;
	uint8_t strings;
};

static inline const struct btf_ext_row *btf_ext_row(enum btf_ext_table table)
{
	static const struct btf_ext_row rows[BTF_EXT_NR_TABLES] = {
		{ "func_info", sizeof(struct btf_func_info), .types = 1 << 1 },
		{ "line_info", sizeof(struct btf_line_info), .strings = 1 << 1 | 1 << 2 },
		{ "core_relo", sizeof(struct btf_core_relocation), .types = 1 << 1,
		  .strings = 1 << 2 },
	};

	return &rows[table];
}

static inline int btf_ext_check_records(const struct btf_ext *ext, const struct btf_ext_row *row,
					const struct btf_ext_section *section, struct why *why)
{
	uint32_t words[4];

	for (uint32_t i = 0; btf_ext_record_get(section, i, words, row->least); i++)
		for (unsigned int k = 0; k < row->least / sizeof(words[0]); k++) {
			if (row->strings >> k & 1 && !btf_string(ext->btf, words[k]))
				why_bad(why, "string at offset %u, out of range",
					words[k]);
			else if (row->types >> k & 1 && words[k] >= ext->btf->end_id)
				why_bad(why, "type %u, out of range (there are %u)",
					words[k], ext->btf->end_id);
			else
				continue;
			return why_subject(why, -ENOEXEC, "section '%s': record %u",
					   section->section, i);
		}
	return 0;
}

static inline int btf_ext_check_table(struct view bytes, const struct btf_ext_header *header,
				      enum btf_ext_table table, struct btf_ext *ext,
				      struct why *why)
{
	const struct btf_ext_row *row = btf_ext_row(table);
	uint64_t start = (uint64_t)header->preamble.hdr_len + header->tables[table].off;
	uint32_t len = header->tables[table].len;
	struct btf_ext_section section;
	uint32_t record_size;
	uint64_t off = 0;
	int err = 0;

	if (len == 0)
		return 0;
	if (!view_slice(bytes, start, len, &ext->tables[table]) ||
	    !view_copy(ext->tables[table], 0, &record_size, sizeof(record_size)))
		return why_bad(why, "is truncated: %u bytes at offset %llu, .BTF.ext has %llu", len,
			       (unsigned long long)start, (unsigned long long)bytes.size);
	if (record_size < row->least || record_size % 4)
		return why_bad(why, "has records of %u bytes, expected at least %u in steps of 4",
			       record_size, row->least);
	ext->record_size[table] = record_size;
	ext->tables[table].data += sizeof(record_size);
	ext->tables[table].size -= sizeof(record_size);
	while (!err && btf_ext_section_next(ext, table, &off, &section))
		err = btf_ext_check_records(ext, row, &section, why);
	if (!err && off < ext->tables[table].size)
		return why_bad(why, "the section at byte %llu goes beyond its %llu bytes",
			       (unsigned long long)off,
			       (unsigned long long)ext->tables[table].size);
	return err;
}

/*
 * Checks a .BTF.ext that belongs to *btf and fills *out, which points into the
 * bytes and to *btf: both must outlive it. After success strings and types in
 * the records are the BTF's. Returns 0, or -ENOEXEC with a reason.
 */
SELDOM int btf_ext_open(struct view bytes, const struct btf *btf, struct btf_ext *out,
			struct why *why)
{
	struct btf_ext_header header = { 0 };
	int err;

	*out = (struct btf_ext){ .btf = btf };
	err = btf_check_preamble(bytes, sizeof(header.preamble), &header.preamble, why);
	if (err)
		return err;
	/* An older header ends before a table: there is none then. */
	view_copy(bytes, 0, &header, header.preamble.hdr_len < sizeof(header)
					     ? header.preamble.hdr_len : sizeof(header));
	for (enum btf_ext_table table = 0; table < BTF_EXT_NR_TABLES && !err; table++) {
		err = btf_ext_check_table(bytes, &header, table, out, why);
		if (err)
			why_subject(why, err, "%s", btf_ext_row(table)->name);
	}
	return err;
}

#endif
