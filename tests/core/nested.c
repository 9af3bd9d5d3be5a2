// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names behind anonymous structs and unions, arrays of arrays, arrays without a length. */
#include "relocations.h"

struct inner { int y, x; } RELOCATED;
typedef struct inner *volatile pointer_t;

struct nested {
	int either, first;
	unsigned char bytes[1];
	struct { struct { struct { pointer_t const pointers[3][2]; }; }; };
	union { struct { int right; }; int nr; };
	short left;
	struct { struct inner matrix[3][2]; } parts[3];
	struct inner ends[][2];
} RELOCATED;

/* In the target one of them lies at a struct's end, the other in a union with more behind it. */
struct nested___zero { int zero[2]; } RELOCATED;
struct nested___either { int either_zero[2]; } RELOCATED;
struct nested___ends { int pad; struct inner ends[2][2]; } RELOCATED;

/* There it is a struct without a name, or a field of another kind. */
struct nested___unlike {
	struct { int first; } parts;
	int pointers;
	struct { long matrix; } *either;
	int *ends;
} RELOCATED;

/* Three types of that name. */
struct triplet { int same; } RELOCATED;
struct triplet___nothing { int nothing; } RELOCATED;
struct triplet___nobody { int nobody; } RELOCATED;

PROGRAM(anonymous, struct nested *s)
{
	READ(s->either), READ(s->first), READ(s->left), READ(s->right), READ(s->nr);
	ADDRESS(s->bytes), ADDRESS(s->bytes[0]), ADDRESS(s->pointers), ADDRESS(s->pointers[2]);
	ADDRESS(s->pointers[2][1]), USE(s->pointers[1][0]), USE(s->pointers[0][1]->x);
	return 0;
}

PROGRAM(arrays, struct nested *s)
{
	ADDRESS(s->parts[1].matrix[2][1].x), ADDRESS(s->parts[1].matrix[2]);
	ADDRESS(s->parts[0].matrix), USE(s->parts[1].matrix[0][1].y);
	ADDRESS(s->parts[2]), ADDRESS(s[1].parts[1]);
	ADDRESS(s->ends[7][1].x), ADDRESS(s->ends[0]), USE(s->ends[3][0].y), USE(s[2].nr);
	return 0;
}

PROGRAM(ends, void *s)
{
	ADDRESS(((struct nested___zero *)s)->zero[1]), USE(((struct nested___zero *)s)->zero[0]);
	ADDRESS(((struct nested___either *)s)->either_zero);
	ADDRESS(((struct nested___either *)s)->either_zero[0]);
	ADDRESS(((struct nested___ends *)s)->ends[1][1].x);
	ADDRESS(((struct nested___ends *)s)->ends[1]);
	return 0;
}

PROGRAM(unlike, struct nested___unlike *s)
{
	EXISTS(s->parts), EXISTS(s->parts.first), EXISTS(s->pointers), EXISTS(s->either);
	OFFSET(s->parts), READ(s->pointers), ADDRESS(s->ends), USE(s->ends);
	return 0;
}

PROGRAM(guarded, struct nested___unlike *s)
{
	if (__builtin_preserve_field_info(s->pointers, 2))
		USE(s->pointers);
	else if (__builtin_preserve_field_info(s->ends, 2))
		USE(s->ends[1]);
	return 0;
}

PROGRAM(triplets, void *s)
{
	READ(((struct triplet *)s)->same), READ(((struct triplet___nothing *)s)->nothing);
	EXISTS(((struct triplet___nobody *)s)->nobody), TYPE_EXISTS(struct triplet);
	USE(((struct triplet___nobody *)s)->nobody), TYPE_EXISTS(struct triplet___nobody);
	return 0;
}

/* In a function of its own: .text is relocated for each program that calls it. */
__attribute__((noinline)) int function(struct nested *s)
{
	OFFSET(s->parts[1]), EXISTS(s->either);
	return s->nr;
}

PROGRAM(calls, struct nested *s)
{
	USE(s->first);
	return function(s);
}
