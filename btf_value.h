/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * btf_value.h - values and their types as people read and write them.
 *
 * Names of types as C spells them, a value printed by its type, a value read
 * from a text. Bytes are in this machine's order, as the kernel has them.
 */
#ifndef BTF_VALUE_H
#define BTF_VALUE_H

#include "btf.h"

#define BTF_VALUE_ELEMENTS_MAX 32 /* of an array or struct; "..." stands for more */

/* ---- Names ---- */

static inline const char *btf_qualifier(uint8_t kind)
{
	switch (kind) {
	case BTF_KIND_CONST: return "const";
	case BTF_KIND_VOLATILE: return "volatile";
	case BTF_KIND_RESTRICT: return "restrict";
	default: return NULL;
	}
}

/* The type that a declaration ends at: "struct task_struct", "unsigned int", "size_t". */
static inline void btf_add_base_name(const struct btf_type *type, struct text *out)
{
	/* (The kernel's types may have names that are not there: nobody has looked at all of them.) */
	const char *name = type->name && type->name[0] ? type->name : "(anonymous)";

	switch (type->kind) {
	case BTF_KIND_VOID:
		text_addf(out, "void");
		return;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		text_addf(out, "%s ", btf_kind_name(type->kind));
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		text_addf(out, "enum ");
		break;
	case BTF_KIND_FWD:
		text_addf(out, type->kind_flag ? "union " : "struct ");
		break;
	}
	text_addf(out, "%s", name);
}

/*
 * A declaration without a name, taken apart from the outside in: what stands
 * left of the name is met in reverse order, what stands right of it as it is
 * written. Qualifiers belong to the next pointer or, last, to the base.
 */
struct btf_declaration {
	const char *left[BTF_DEPTH_MAX];
	unsigned int nr_left;
	const char *qualifiers[3];
	unsigned int nr_qualifiers;
	struct text right;
};

/* Once: gcc qualifies an array as well as its elements. */
static inline void btf_declare_qualifier(struct btf_declaration *d, const char *qualifier)
{
	for (unsigned int i = 0; i < d->nr_qualifiers; i++)
		if (strcmp(d->qualifiers[i], qualifier) == 0)
			return;
	d->qualifiers[d->nr_qualifiers++] = qualifier;
}

static inline void btf_declare_pointer(struct btf_declaration *d)
{
	while (d->nr_qualifiers)
		d->left[d->nr_left++] = d->qualifiers[--d->nr_qualifiers];
	d->left[d->nr_left++] = "*";
}

/* An array of pointers is "*[4]", a pointer to an array "(*)[4]". */
static inline void btf_declare_suffix(struct btf_declaration *d)
{
	if (!d->nr_left || d->left[d->nr_left - 1][0] == '(')
		return;
	d->left[d->nr_left++] = "(";
	text_addf(&d->right, ")");
}

/* Takes one type off; false when it is the base. */
static inline bool btf_declare(struct btf_declaration *d, const struct btf_type *type)
{
	const char *qualifier = btf_qualifier(type->kind);

	if (qualifier) {
		btf_declare_qualifier(d, qualifier);
	} else if (type->kind == BTF_KIND_PTR) {
		btf_declare_pointer(d);
	} else if (type->kind == BTF_KIND_ARRAY) {
		btf_declare_suffix(d);
		text_addf(&d->right, "[%u]", type->length);
	} else if (type->kind == BTF_KIND_FUNC_PROTO) {
		btf_declare_suffix(d);
		text_addf(&d->right, type->nr ? "(...)" : "(void)");
	} else {
		return type->kind == BTF_KIND_TYPE_TAG || type->kind == BTF_KIND_VAR;
	}
	return true;
}

/*
 * Adds a type's name as C spells it: "struct task_struct *", "char[16]",
 * "int (*)(...)". Parameters are not told.
 */
static inline void btf_add_type_name(const struct btf *btf, uint32_t id, struct text *out)
{
	struct btf_type type = { .name = "" };
	struct btf_declaration d;

	d.nr_left = 0;
	d.nr_qualifiers = 0;
	text_clear(&d.right);
	for (int depth = 0; depth < BTF_DEPTH_MAX; depth++) {
		if (!btf_type_get(btf, id, &type) || !btf_declare(&d, &type))
			break;
		id = type.type;
	}
	for (unsigned int i = 0; i < d.nr_qualifiers; i++)
		text_addf(out, "%s ", d.qualifiers[i]);
	btf_add_base_name(&type, out);
	for (unsigned int i = d.nr_left; i; i--) {
		bool behind_word = i == d.nr_left || d.left[i][0] >= 'a';

		text_addf(out, behind_word ? " %s" : "%s", d.left[i - 1]);
	}
	text_add(out, d.right.data, d.right.len);
}

/* ---- Values ---- */

/*
 * Bits of a value, at most 64: in memory's order they are counted from the
 * lowest bit on little-endian machines and from the highest on the others.
 * False when they are not all there.
 */
static inline bool btf_bits_get(struct view bytes, uint64_t bit_off, uint64_t nr, uint64_t *out)
{
	uint64_t value = 0;

	if (nr > 64 || !view_has(bytes, bit_off / 8, (bit_off % 8 + nr + 7) / 8))
		return false;
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t at = bit_off + i;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		value |= (uint64_t)(bytes.data[at / 8] >> at % 8 & 1) << i;
#else
		value = value << 1 | (bytes.data[at / 8] >> (7 - at % 8) & 1);
#endif
	}
	*out = value;
	return true;
}

static inline uint64_t btf_sign_extend(uint64_t value, uint32_t bits)
{
	return bits && bits < 64 && value >> (bits - 1) & 1 ? value | UINT64_MAX << bits : value;
}

static inline uint64_t btf_zero_extend(uint64_t value, uint32_t bits)
{
	return bits < 64 ? value & ~(UINT64_MAX << bits) : value;
}

/* clang says of char no more than that it is signed. */
static inline bool btf_is_char(const struct btf_type *type)
{
	return type->kind == BTF_KIND_INT && type->size == 1 &&
	       (type->number.encoding & BTF_INT_CHAR || strcmp(type->name, "char") == 0);
}

/* The enumerator with a name and that value in its lowest bits; false when there is none. */
static inline bool btf_enumerator_of(const struct btf_type *type, uint64_t value, uint32_t bits,
				     struct btf_enumerator *out)
{
	for (uint32_t i = 0; btf_enumerator_get(type, i, out); i++)
		if (btf_zero_extend(out->value, bits) == value && out->name[0])
			return true;
	return false;
}

/* What has no form of its own: its bytes as one number. */
static inline void btf_add_bytes(struct view bytes, struct text *out)
{
	text_addf(out, "0x");
	for (uint64_t i = 0; i < bytes.size && !out->cut; i++) {
		uint8_t byte = bytes.data[ELF_HOST_DATA == ELFDATA2LSB ? bytes.size - 1 - i : i];

		text_addf(out, "%x%x", byte >> 4U, byte & 15U);
	}
}

/* As in C, up to the NULs at its end. */
static inline void btf_add_chars(struct view bytes, struct text *out)
{
	uint64_t len = bytes.size;

	while (len && bytes.data[len - 1] == '\0')
		len--;
	text_addf(out, "\"");
	for (uint64_t i = 0; i < len && !out->cut; i++) {
		char c = (char)bytes.data[i];

		if (i == TEXT_STRING_MAX) {
			text_addf(out, "...");
			break;
		}
		if (c == '\0')
			text_addf(out, "\\x00");
		else
			text_addf(out, "%s%.*s", c == '"' || c == '\\' ? "\\" : "", 1, &c);
	}
	text_addf(out, "\"");
}

static inline void btf_add_number(uint64_t value, bool is_signed, struct text *out)
{
	if (is_signed)
		text_addf(out, "%lld", (long long)value);
	else
		text_addf(out, "%llu", (unsigned long long)value);
}

/* A number of a kind that is one, as its type has it. */
static inline void btf_add_scalar(const struct btf_type *type, uint64_t value, uint32_t bits,
				  struct text *out)
{
	struct btf_enumerator enumerator;
	bool is_signed;

	if (type->kind == BTF_KIND_PTR) {
		text_addf(out, "0x%llx", (unsigned long long)value);
		return;
	}
	is_signed = type->kind == BTF_KIND_INT ? type->number.encoding & BTF_INT_SIGNED
					       : type->kind_flag;
	if (btf_enumerator_of(type, value, bits, &enumerator))
		text_addf(out, "%s", enumerator.name);
	else if (type->number.encoding & BTF_INT_BOOL && value <= 1)
		text_addf(out, value ? "true" : "false");
	else if (btf_is_char(type) && value >= ' ' && value < 0x7f)
		text_addf(out, "'%c'", (char)value);
	else
		btf_add_number(is_signed ? btf_sign_extend(value, bits) : value, is_signed, out);
}

/* Where a part of a value lies, with what follows it. */
static inline struct view btf_part(struct view bytes, uint64_t off)
{
	struct view part = { .data = bytes.data };

	view_slice(bytes, off, bytes.size - off, &part);
	return part;
}

static inline void btf_add_part(const struct btf *btf, uint32_t id, struct view bytes, int depth,
				struct text *out);

static inline void btf_add_bit_field(const struct btf *btf, const struct btf_member *member,
				     struct view bytes, struct text *out)
{
	struct btf_type type;
	uint64_t value;

	if (btf_type_skip(btf, member->type, &type) &&
	    btf_bits_get(bytes, member->bit_offset, member->bit_size, &value))
		btf_add_scalar(&type, value, member->bit_size, out);
	else
		text_addf(out, "?");
}

/* What stands between the elements of an array or struct; false when there are enough of them. */
static inline bool btf_add_separator(uint32_t i, struct text *out)
{
	text_addf(out, i ? ", " : " ");
	if (i == BTF_VALUE_ELEMENTS_MAX)
		text_addf(out, "...");
	return i < BTF_VALUE_ELEMENTS_MAX && !out->cut;
}

static inline void btf_add_composite(const struct btf_type *type, struct view bytes, int depth,
				     struct text *out)
{
	struct btf_member member;

	text_addf(out, "{");
	for (uint32_t i = 0; btf_member_get(type, i, &member) && btf_add_separator(i, out); i++) {
		if (member.name[0])
			text_addf(out, ".%s = ", member.name);
		if (member.bit_size)
			btf_add_bit_field(type->btf, &member, bytes, out);
		else
			btf_add_part(type->btf, member.type, btf_part(bytes, member.bit_offset / 8),
				     depth, out);
	}
	text_addf(out, " }");
}

static inline void btf_add_array(const struct btf_type *type, struct view bytes, int depth,
				 struct text *out)
{
	struct btf_type element;
	uint64_t size = 0;

	if (btf_type_skip(type->btf, type->type, &element) && btf_is_char(&element)) {
		btf_add_chars(bytes, out);
		return;
	}
	btf_size(type->btf, type->type, &size);
	text_addf(out, "{");
	for (uint32_t i = 0; i < type->length && btf_add_separator(i, out); i++)
		btf_add_part(type->btf, type->type, btf_part(bytes, i * size), depth, out);
	text_addf(out, " }");
}

/* The value at the start of the bytes. What is not there or cannot be shown is "?". */
static inline void btf_add_part(const struct btf *btf, uint32_t id, struct view bytes, int depth,
				struct text *out)
{
	struct btf_type type;
	uint64_t size, value;

	if (depth == BTF_DEPTH_MAX || !btf_size(btf, id, &size) ||
	    !view_slice(bytes, 0, size, &bytes) || !btf_type_skip(btf, id, &type))
		text_addf(out, "?");
	else if (type.kind == BTF_KIND_VAR)
		btf_add_part(btf, type.type, bytes, depth + 1, out);
	else if (btf_is_composite(&type))
		btf_add_composite(&type, bytes, depth + 1, out);
	else if (type.kind == BTF_KIND_ARRAY)
		btf_add_array(&type, bytes, depth + 1, out);
	else if (type.kind != BTF_KIND_FLOAT &&
		 btf_bits_get(bytes, 0, 8 * size, &value))
		btf_add_scalar(&type, value, (uint32_t)(8 * size), out);
	else
		btf_add_bytes(bytes, out);
}

/*
 * Adds a value of a type or variable on one line: 5, -1, true, 'a', "text",
 * 0xffff0000, ENUMERATOR, { 1, 2 }, { .a = 1, .b = { 2, 3 } }.
 */
static inline void btf_add_value(const struct btf *btf, uint32_t id, struct view bytes,
				 struct text *out)
{
	btf_add_part(btf, id, bytes, 0, out);
}

/* ---- Values from texts ---- */

/* The lowest `size` bytes of a number, as memory holds them. */
static inline void btf_number_store(uint64_t value, uint64_t size, uint8_t *out)
{
	const uint8_t *p = (const uint8_t *)&value;

	memcpy(out, ELF_HOST_DATA == ELFDATA2LSB ? p : p + sizeof(value) - size, size);
}

/* A whole text: decimal or 0xHEX, perhaps with a minus. */
static inline bool btf_number_read(const char *text, bool *out_negative, uint64_t *out)
{
	*out_negative = text_skip(&text, "-");
	return text_read_c_number(&text, out) && *text == '\0';
}

/* A number that has `bits` bits. */
static inline int btf_parse_number(const char *text, bool is_signed, uint32_t bits, uint64_t *out,
				   struct why *why)
{
	uint64_t highest = btf_zero_extend(UINT64_MAX, bits) >> (is_signed ? 1 : 0);
	uint64_t lowest = is_signed ? highest + 1 : 0; /* without its minus */
	bool negative;

	if (!btf_number_read(text, &negative, out))
		return why_set(why, -EINVAL, "'%s' is not a number", text);
	if (*out > (negative ? lowest : highest))
		return why_set(why, -EINVAL, "%s is out of range, %s%llu to %llu", text,
			       is_signed ? "-" : "", (unsigned long long)lowest,
			       (unsigned long long)highest);
	if (negative)
		*out = 0 - *out;
	return 0;
}

static inline int btf_parse_bool(const char *text, uint64_t *out, struct why *why)
{
	static const struct {
		const char *text;
		uint64_t value;
	} words[] = { { "false", 0 }, { "true", 1 }, { "0", 0 }, { "1", 1 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(text, words[i].text) == 0) {
			*out = words[i].value;
			return 0;
		}
	return why_set(why, -EINVAL, "'%s' is neither true nor false", text);
}

/* An enumerator's name; other texts must be numbers, any that the enum has room for. */
static inline int btf_parse_enum(const struct btf_type *type, const char *text, uint32_t bits,
				 uint64_t *out, struct why *why)
{
	struct btf_enumerator enumerator;
	int err;

	for (uint32_t i = 0; btf_enumerator_get(type, i, &enumerator); i++)
		if (strcmp(enumerator.name, text) == 0) {
			*out = enumerator.value;
			return 0;
		}
	if ((text[0] >= '0' && text[0] <= '9') || text[0] == '-')
		return btf_parse_number(text, type->kind_flag, bits, out, why);
	err = why_set(why, -EINVAL, "'%s' is none of", text);
	for (uint32_t i = 0; btf_enumerator_get(type, i, &enumerator) && !why->reason.cut; i++)
		text_addf(&why->reason, "%s %s", i ? "," : "", enumerator.name);
	return err;
}

static inline int btf_parse_chars(const char *text, uint64_t size, uint8_t *out, struct why *why)
{
	size_t len = strlen(text);

	if (len >= size)
		return why_set(why, -EINVAL, "'%s' has %zu characters, expected at most %llu", text,
			       len, (unsigned long long)(size ? size - 1 : 0));
	memcpy(out, text, len + 1);
	memset(out + len, 0, size - len);
	return 0;
}

/* A value of an INT, ENUM or ENUM64 of at most 8 bytes. */
static inline int btf_parse_scalar(const struct btf_type *type, const char *text, uint64_t *out,
				   struct why *why)
{
	const uint8_t encoding = type->number.encoding;
	uint32_t bits = type->size * 8;

	if (type->kind != BTF_KIND_INT)
		return btf_parse_enum(type, text, bits, out, why);
	if (encoding & BTF_INT_BOOL)
		return btf_parse_bool(text, out, why);
	if (btf_is_char(type) && text[0] == '\'' && text[1] && strcmp(text + 2, "'") == 0) {
		*out = (uint8_t)text[1];
		return 0;
	}
	return btf_parse_number(text, encoding & BTF_INT_SIGNED, bits, out, why);
}

/*
 * Reads a value of a type or variable from a text, as btf_add_value() prints it
 * but without quotes around strings, into its `len` bytes at out: numbers, bool,
 * enums, arrays of char. Returns 0, or -EINVAL with a reason.
 */
static inline int btf_parse_value(const struct btf *btf, uint32_t id, const char *text,
				  uint8_t *out, size_t len, struct why *why)
{
	struct btf_type type, element;
	uint64_t size, value = 0;
	struct text name;
	int err;

	if (btf_type_skip(btf, id, &type) && type.kind == BTF_KIND_VAR)
		id = type.type;
	if (!btf_type_skip(btf, id, &type) || !btf_size(btf, id, &size) || size > len)
		return why_set(why, -EINVAL, "has no type that fits its %zu bytes", len);
	if (type.kind == BTF_KIND_ARRAY && btf_type_skip(btf, type.type, &element) &&
	    btf_is_char(&element))
		return btf_parse_chars(text, size, out, why);
	if (size <= sizeof(value) && (type.kind == BTF_KIND_INT || type.kind == BTF_KIND_ENUM ||
				      type.kind == BTF_KIND_ENUM64)) {
		err = btf_parse_scalar(&type, text, &value, why);
		if (!err)
			btf_number_store(value, size, out);
		return err;
	}
	text_clear(&name);
	btf_add_type_name(btf, id, &name);
	return why_set(why, -EINVAL, "is of type '%s', which no text can set", name.data);
}

#endif
