// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Fields: of every shape, moved, missing, and of other kinds than in the target. */
#include "relocations.h"

enum colour___old { RED, GREEN };

struct inner___mine { int y, x; } RELOCATED;
typedef struct { int counter; } RELOCATED counter_t;

union choice { char as_bytes[4]; long as_long; } RELOCATED;

struct plain___mine {
	int tail_is_not_last[2];
	struct { struct { short deepest; }; int either; };
	long deeper;
	signed char c;
	unsigned int b, a;
	void *pointer;
	int (*callback)(void);
	char name[16];
	int table[9][3];
	enum colour___old colour;
	float ratio;
	struct inner___mine inner, inners[8];
	union choice choice;
	counter_t counter;
	int never;
	struct { int neither; } gone;
	int tail[];
} RELOCATED;

/* The target has otherwise: an array, a struct, a pointer, an enum of another name. */
enum other { OTHER };
struct plain___unlike {
	int name;
	struct { int pad; } a;
	int pointer[2];
	enum other colour;
	double callback;
	int *ratio;
	unsigned int inner;
} RELOCATED;

struct bits {
	unsigned long long rest : 3, many : 40;
	unsigned int more : 9, few : 3;
	int negative : 5;
	_Bool flag : 1;
	unsigned char whole;
	unsigned int not_bits : 4;
	unsigned int now_bits;
} RELOCATED;

struct as_array { int value; } RELOCATED;
struct as_union { int value; } RELOCATED; /* there it is a union */
struct flavoured___v1 { int value; } RELOCATED;
struct flavoured { int value, gone; } RELOCATED;
struct unknown { int field; unsigned int bit : 1; } RELOCATED;
typedef struct plain___mine renamed_t; /* no typedef of that name is there */

PROGRAM(plain, struct plain___mine *s)
{
	READ(s->a), READ(s->b), READ(s->c), READ(s->either), READ(s->deeper), READ(s->deepest);
	READ(s->colour), READ(s->inner.x), READ(s->inner.y), READ(s->choice.as_long);
	READ(s->counter.counter);
	ADDRESS(s->pointer), ADDRESS(s->callback), ADDRESS(s->name), ADDRESS(s->ratio);
	ADDRESS(s->inner), ADDRESS(s->inners), ADDRESS(s->choice), ADDRESS(s->tail);
	return 0;
}

PROGRAM(arrays, struct plain___mine *s)
{
	ADDRESS(s->name[0]), ADDRESS(s->name[15]), ADDRESS(s->table[4][2]), ADDRESS(s->table[2]);
	ADDRESS(s->inners[3].y), ADDRESS(s->tail[0]), ADDRESS(s->tail[1000]);
	ADDRESS(s[3].a), ADDRESS(s[2].inners[1].x);
	USE(s->table[1][1]), USE(s->tail[7]), USE(s->name[3]);
	/* Behind the end of the target's. */
	ADDRESS(s->table[7][2]), ADDRESS(s->inners[6].x), ADDRESS(s->choice.as_bytes[2]);
	return 0;
}

PROGRAM(missing, struct plain___mine *s)
{
	READ(s->never), READ(s->gone.neither), ADDRESS(s->tail_is_not_last[1]);
	return 0;
}

PROGRAM(unlike, struct plain___unlike *s)
{
	READ(s->name), READ(s->a.pad), ADDRESS(s->pointer[1]), READ(s->colour);
	ADDRESS(s->callback), ADDRESS(s->ratio), READ(s->inner);
	return 0;
}

PROGRAM(bit_fields, struct bits *s)
{
	ALL(s->few), ALL(s->more), ALL(s->negative), ALL(s->many), ALL(s->rest), ALL(s->flag);
	ALL(s->whole), ALL(s->not_bits), ALL(s->now_bits);
	return 0;
}

PROGRAM(names, struct as_array *s)
{
	struct unknown *unknown = (void *)s;
	renamed_t *renamed = (void *)s;

	READ(s[1].value), READ(((struct as_union *)s)->value);
	READ(((struct flavoured___v1 *)s)->value), READ(((struct flavoured *)s)->value);
	READ(((struct flavoured *)s)->gone), READ(unknown->field), ALL(unknown->bit);
	USE(renamed->a);
	return 0;
}

/* Stores too, and what is added to an address in one instruction. */
PROGRAM(stores, struct plain___mine *s)
{
	s->a = 1;
	s->inner.x = s->inner.y;
	asm volatile("" : : : "memory");
	return 0;
}
