// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What no loader takes, one CASE at a time, from 1 up to CASES. */
#define CASES 10
#include "relocations.h"

struct twin { int same, other; } RELOCATED;
struct far { int field; } RELOCATED;
struct sizes { unsigned long bytes; unsigned char u64_was_u16, u8_was_u32; } RELOCATED;
struct plain { unsigned int a; } RELOCATED;
struct torn { unsigned long long field : 8; } RELOCATED;
struct triplet { int apart; } RELOCATED;
struct moved { unsigned char u8_array[9]; } RELOCATED;

PROGRAM(refused, void *context)
{
#if CASE == 1
	OFFSET(((struct twin *)context)->other);        /* the target's two disagree */
#elif CASE == 2
	TYPE_ID(struct twin);
#elif CASE == 3
	USE(((struct far *)context)->field);            /* beyond an instruction's reach */
#elif CASE == 4
	struct { int field; } RELOCATED *anonymous = context;
	OFFSET(anonymous->field);
#elif CASE == 5
	*(unsigned long long *)&((struct sizes *)context)->u8_was_u32 = 0;
	*(unsigned short *)&((struct sizes *)context)->u64_was_u16 = 0;
	asm volatile("" : : : "memory");
#elif CASE == 6
	EXISTS(((struct torn *)context)->field);
	OFFSET(((struct torn *)context)->field);        /* in 9 bytes */
#elif CASE == 7
	EXISTS(((struct triplet *)context)->apart);     /* in two places */
#elif CASE == 8
	SIGNED(((struct moved *)context)->u8_array[3]); /* of an element */
#elif CASE == 9
	SHIFTS(((struct moved *)context)->u8_array[3]);
#elif CASE == 10
	TYPE_SIZE(struct triplet);                      /* three, of two sizes */
#endif
	return 0;
}
