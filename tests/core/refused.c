// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What no loader takes, one CASE at a time, from 1 up to CASES. */
#define CASES 5
#include "relocations.h"

struct twin { int same, other; } RELOCATED;
struct far { int field; } RELOCATED;
struct sizes { unsigned long bytes; unsigned char u64_was_u16, u8_was_u32; } RELOCATED;
struct plain { unsigned int a; } RELOCATED;

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
#endif
	return 0;
}
