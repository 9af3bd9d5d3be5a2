/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * btf_image.h - a tiny writer of BTF and .BTF.ext.
 *
 * Types get their ids in the order in which they are added, from 1 on or behind
 * the base's; members and the like follow the type that they belong to. Numbers
 * are written as they are given: a refusal is one of them changed.
 */
#ifndef BTF_IMAGE_H
#define BTF_IMAGE_H

#include <assert.h>

#include "../btf.h"

#define BTF_IMAGE_SIZE (2U << 20)

struct btf_image {
	struct btf_header header; /* lengths are filled in by btf_image_view() where they are 0 */
	uint8_t types[BTF_IMAGE_SIZE / 2];
	char strings[BTF_IMAGE_SIZE / 4];
	uint32_t types_len;
	uint32_t strings_len;
	uint32_t first_string;
	uint32_t next_id;
	uint8_t bytes[BTF_IMAGE_SIZE];
};

/* A good preamble. */
static inline struct btf_preamble btf_image_preamble(uint32_t hdr_len)
{
	return (struct btf_preamble){ BTF_MAGIC, BTF_VERSION, 0, hdr_len };
}

/* Starts anew; base may be NULL. */
static inline void btf_image_start(struct btf_image *image, const struct btf *base)
{
	image->header.preamble = btf_image_preamble(sizeof(image->header));
	image->header.type_off = image->header.type_len = 0;
	image->header.str_off = image->header.str_len = 0;
	image->types_len = 0;
	image->next_id = base ? base->end_id : 1;
	image->first_string = base ? base->first_string + (uint32_t)base->strings.size : 0;
	image->strings[0] = '\0';
	image->strings_len = base ? 0 : 1;
}

/* A string's offset; "" is at 0. */
static inline uint32_t btf_image_string(struct btf_image *image, const char *string)
{
	uint32_t off = image->strings_len;
	size_t len = strlen(string) + 1;

	if (len == 1)
		return 0;
	assert(off + len <= sizeof(image->strings));
	memcpy(image->strings + off, string, len);
	image->strings_len += (uint32_t)len;
	return image->first_string + off;
}

static inline void btf_image_word(struct btf_image *image, uint32_t word)
{
	assert(image->types_len + sizeof(word) <= sizeof(image->types));
	memcpy(image->types + image->types_len, &word, sizeof(word));
	image->types_len += sizeof(word);
}

#define BTF_IMAGE_FLAG (1U << 31) /* the kind's flag, in nr */

/* A type's id. `nr` elements are to follow; ref is a size or a type. */
static inline uint32_t btf_image_type(struct btf_image *image, uint8_t kind, const char *name,
				      uint32_t nr, uint32_t ref)
{
	btf_image_word(image, btf_image_string(image, name));
	btf_image_word(image, (uint32_t)kind << 24 | nr);
	btf_image_word(image, ref);
	return image->next_id++;
}

static inline uint32_t btf_image_int(struct btf_image *image, const char *name, uint32_t size,
				     uint32_t encoding, uint32_t bits)
{
	uint32_t id = btf_image_type(image, BTF_KIND_INT, name, 0, size);

	btf_image_word(image, encoding << 24 | bits);
	return id;
}

static inline uint32_t btf_image_array(struct btf_image *image, uint32_t type, uint32_t nr)
{
	uint32_t id = btf_image_type(image, BTF_KIND_ARRAY, "", 0, 0);

	btf_image_word(image, type);
	btf_image_word(image, type);
	btf_image_word(image, nr);
	return id;
}

/* A struct's or union's; in one with the flag, offset is bits << 24 | offset. */
static inline void btf_image_member(struct btf_image *image, const char *name, uint32_t type,
				    uint32_t offset)
{
	btf_image_word(image, btf_image_string(image, name));
	btf_image_word(image, type);
	btf_image_word(image, offset);
}

/* A parameter or an ENUM's enumerator. */
static inline void btf_image_pair(struct btf_image *image, const char *name, uint32_t value)
{
	btf_image_word(image, btf_image_string(image, name));
	btf_image_word(image, value);
}

/* The bytes, valid until the image is changed. */
static inline struct view btf_image_view(struct btf_image *image)
{
	struct btf_header header = image->header;
	uint32_t hdr_len = header.preamble.hdr_len;

	if (!header.type_len)
		header.type_len = image->types_len;
	if (!header.str_off)
		header.str_off = image->types_len;
	if (!header.str_len)
		header.str_len = image->strings_len;
	assert(hdr_len + image->types_len + image->strings_len <= sizeof(image->bytes));
	memset(image->bytes, 0, hdr_len);
	memcpy(image->bytes, &header, sizeof(header));
	memcpy(image->bytes + hdr_len, image->types, image->types_len);
	memcpy(image->bytes + hdr_len + image->types_len, image->strings, image->strings_len);
	return (struct view){ image->bytes, hdr_len + image->types_len + image->strings_len };
}

/* A section by its name; false when the table says nothing about it. */
static inline bool btf_ext_section_get(const struct btf_ext *ext, enum btf_ext_table table,
				       const char *section, struct btf_ext_section *out)
{
	for (uint64_t off = 0; btf_ext_section_next(ext, table, &off, out);)
		if (strcmp(out->section, section) == 0)
			return true;
	return false;
}

#endif
