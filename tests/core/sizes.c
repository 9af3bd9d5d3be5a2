// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Loads and stores of fields that are longer or shorter in the target. */
#include "relocations.h"

struct sizes {
	unsigned int u8_was_u32;
	unsigned short u64_was_u16;
	long i32_was_i64;
	short u32_was_i16;
	struct sizes *pointer;
	unsigned char bytes[5];
	unsigned long shorts[2];
} RELOCATED;

/* A bit field in the target. */
struct bits {
	unsigned int now_bits;
} RELOCATED;

PROGRAM(loads, struct sizes *s)
{
	USE(s->u8_was_u32), USE(s->u64_was_u16), USE(s->pointer), USE(s->shorts[1]);
	return 0;
}

PROGRAM(stores, struct sizes *s)
{
	s->u8_was_u32 = 1;
	s->u64_was_u16 = s->u8_was_u32;
	asm volatile("" : : : "memory");
	return 0;
}

/* A sign would get lost: no instruction can be right. */
PROGRAM(signs, struct sizes *s)
{
	USE(s->i32_was_i64), USE(s->u32_was_i16), USE(((struct bits *)s)->now_bits);
	return 0;
}

/* Not by an instruction's own offset: any size will do. */
PROGRAM(offsets, struct sizes *s)
{
	ADDRESS(s->i32_was_i64), ADDRESS(s->u32_was_i16), ADDRESS(s->bytes), ADDRESS(s->shorts);
	return 0;
}
