/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * btf_kinds.h - an image of BTF with one type of every kind that not all kernels
 * know, for those who fit BTF to a kernel.
 */
#ifndef BTF_KINDS_H
#define BTF_KINDS_H

#include "btf_image.h"

struct btf_kinds {
	uint32_t t_int, t_float, t_enum64, t_enum64_forward, t_enum, t_tag, t_ptr, t_struct, t_proto,
		t_func, t_var, t_decl, t_datasec;
};

static inline uint32_t btf_image_var(struct btf_image *to, const char *name, uint32_t type,
				     uint32_t linkage)
{
	uint32_t id = btf_image_type(to, BTF_KIND_VAR, name, 0, type);

	btf_image_word(to, linkage);
	return id;
}

/* A DATASEC's element. */
static inline void btf_image_variable(struct btf_image *to, uint32_t var, uint32_t offset,
				      uint32_t size)
{
	btf_image_word(to, var);
	btf_image_word(to, offset);
	btf_image_word(to, size);
}

static inline void btf_image_kinds(struct btf_image *to, struct btf_kinds *out)
{
	btf_image_start(to, NULL);
	out->t_int = btf_image_int(to, "int", 4, BTF_INT_SIGNED, 32);
	out->t_float = btf_image_type(to, BTF_KIND_FLOAT, "double", 0, 8);
	out->t_enum64 = btf_image_type(to, BTF_KIND_ENUM64, "wide", 1 | BTF_IMAGE_FLAG, 8);
	btf_image_pair(to, "W", 1);
	btf_image_word(to, 2);
	out->t_enum64_forward = btf_image_type(to, BTF_KIND_ENUM64, "later", 0, 8);
	out->t_enum = btf_image_type(to, BTF_KIND_ENUM, "narrow", 1 | BTF_IMAGE_FLAG, 4);
	btf_image_pair(to, "N", UINT32_MAX);
	out->t_tag = btf_image_type(to, BTF_KIND_TYPE_TAG, "tag", 0, out->t_int);
	out->t_ptr = btf_image_type(to, BTF_KIND_PTR, "", 0, out->t_tag);
	out->t_struct = btf_image_type(to, BTF_KIND_STRUCT, "pair", 2, 16);
	btf_image_member(to, "first", out->t_enum64, 0);
	btf_image_member(to, "second", out->t_float, 64);
	out->t_proto = btf_image_type(to, BTF_KIND_FUNC_PROTO, "", 1, out->t_int);
	btf_image_pair(to, "p", out->t_ptr);
	out->t_func = btf_image_type(to, BTF_KIND_FUNC, "func", BTF_LINKAGE_GLOBAL, out->t_proto);
	out->t_var = btf_image_var(to, "var", out->t_struct, BTF_LINKAGE_GLOBAL);
	out->t_decl = btf_image_type(to, BTF_KIND_DECL_TAG, "decl:tag", 0, out->t_struct);
	btf_image_word(to, 1);
	out->t_datasec = btf_image_type(to, BTF_KIND_DATASEC, ".data", 1, 16);
	btf_image_variable(to, out->t_var, 0, 16);
}

#endif
