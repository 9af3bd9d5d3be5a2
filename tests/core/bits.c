// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Bit fields of every storage and sign, across bytes in the target and not in the object. */
#include "relocations.h"

enum colour { RED, NEGATIVE = -1 };

struct packed {
	unsigned int last : 3;
	long long negative_wide : 12;
	unsigned int flag : 9;
	enum colour colour : 30;
	unsigned char byte;
	unsigned long long wide : 50;
	short negative : 2;
	unsigned long long small : 49;
	int apart;
} RELOCATED;

/* The same, with whole fields for bits and bits for whole fields. */
struct packed___whole {
	long long negative, negative_wide;
	unsigned long small, wide;
	unsigned short last;
	unsigned int apart : 31;
	_Bool flag;
} RELOCATED;

struct moved {
	unsigned long long u64 : 40, pointer : 20;
	unsigned int : 0;
	unsigned char u8 : 1;
	int i8 : 3, i64 : 17;
	unsigned short u24_0 : 12, u8_24 : 2;
} RELOCATED;

struct nested { unsigned long deep_bits : 6; long deep_more; } RELOCATED;

PROGRAM(packed, struct packed *s)
{
	ALL(s->small), ALL(s->negative), ALL(s->wide), ALL(s->byte), ALL(s->colour), ALL(s->flag);
	ALL(s->negative_wide), ALL(s->last), ALL(s->apart);
	ALL(s[3].negative), ALL(s[1].small);
	return 0;
}

PROGRAM(whole, struct packed___whole *s)
{
	ALL(s->small), ALL(s->negative), ALL(s->wide), ALL(s->flag), ALL(s->negative_wide);
	ALL(s->last), ALL(s->apart);
	return 0;
}

PROGRAM(loads, struct packed___whole *s)
{
	USE(s->small), USE(s->negative), USE(s->wide), USE(s->flag), USE(s->last);
	s->small = 3;
	s->last = 1;
	asm volatile("" : : : "memory");
	return 0;
}

PROGRAM(unlike, struct moved *s)
{
	ALL(s->u64), ALL(s->pointer), ALL(s->u8), ALL(s->i8), ALL(s->i64), ALL(s->u24_0);
	ALL(s->u8_24);
	return 0;
}

PROGRAM(deep, struct nested *s)
{
	ALL(s->deep_bits), ALL(s->deep_more), ALL(s[2].deep_more);
	return 0;
}
