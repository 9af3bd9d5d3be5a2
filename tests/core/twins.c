// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The target has two types of that name; a field that one of them has tells which. */
#include "relocations.h"

struct twin { int same, other; } RELOCATED;
struct twin___one { int only_one, other; } RELOCATED;
struct twin___two { int other, only_two; } RELOCATED;
struct lengths { unsigned int length; } RELOCATED;

PROGRAM(same, struct twin *s)
{
	READ(s->same);
	return 0;
}

PROGRAM(one, struct twin___one *s)
{
	READ(s->only_one), READ(s->other);
	return 0;
}

PROGRAM(two, struct twin___two *s)
{
	READ(s->only_two), READ(s->other);
	return 0;
}

PROGRAM(lengths, struct lengths *s)
{
	OFFSET(s->length), USE(s->length);
	return 0;
}
