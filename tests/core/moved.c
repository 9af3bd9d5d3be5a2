// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Loads and stores: sign-extending ones and stores of a constant (eBPF v4) too;
 * elements of arrays, and what is longer or shorter in the target.
 */
#include "relocations.h"

struct moved {
	long i64;
	int i32;
	short i16;
	signed char i8;
	unsigned long u64;
	unsigned int u32;
	unsigned short u16, u16_matrix[4][2];
	unsigned char u8, u8_array[9];
	char plain_char;
	_Bool yes;
	enum colour { RED = -1 } colour;
	void *pointers[3], *pointer;
} RELOCATED;

/* Every unsigned field has another length, and every signed one is of the other sign. */
struct moved___other {
	unsigned long u8, u32, u16_matrix[2][2];
	unsigned int u64, u8_array[3];
	unsigned char u16, plain_char;
	unsigned short yes;
	unsigned int i32;
	int *pointer, *(*pointers[2])[2];
} RELOCATED;

/* Signed, of another length: that no load can be. */
struct moved___signed {
	int i64, i16, u8, u32;
	long i32, plain_char, colour;
	signed char i8;
} RELOCATED;

PROGRAM(loads, struct moved *s)
{
	USE(s->i64), USE(s->i32), USE(s->i16), USE(s->i8), USE(s->u64), USE(s->u32), USE(s->u16);
	USE(s->u8), USE(s->plain_char), USE(s->yes), USE(s->colour), USE(s->pointer);
	USE(s->u16_matrix[3][1]), USE(s->u8_array[8]), USE(s->pointers[2]), USE(s[1].i16);
	return 0;
}

PROGRAM(stores, struct moved *s)
{
	s->i64 = -1, s->i32 = -2, s->i16 = -3, s->i8 = -4, s->u64 = 5, s->u32 = 6, s->u16 = 7;
	s->u8 = 8, s->yes = 1, s->colour = RED, s->pointer = 0, s->u16_matrix[1][0] = 9;
	s->u8_array[5] = s->u8, s->pointers[1] = s;
	asm volatile("" : : : "memory");
	return 0;
}

PROGRAM(other_loads, struct moved___other *s)
{
	USE(s->u8), USE(s->u32), USE(s->u64), USE(s->u16), USE(s->plain_char), USE(s->yes);
	USE(s->i32), USE(s->pointer), USE(s->pointers[1]), USE(s->u16_matrix[1][1]);
	USE(s->u8_array[2]);
	return 0;
}

PROGRAM(other_stores, struct moved___other *s)
{
	s->u8 = 1, s->u32 = 2, s->u64 = s->u32, s->u16 = 3, s->yes = 4, s->u16_matrix[0][1] = 5;
	s->u8_array[1] = s->u16;
	asm volatile("" : : : "memory");
	return 0;
}

PROGRAM(signs, struct moved___signed *s)
{
	USE(s->i64), USE(s->i16), USE(s->i8), USE(s->u8), USE(s->u32), USE(s->i32);
	USE(s->plain_char), USE(s->colour);
	s->i64 = 1, s->i32 = 2;
	asm volatile("" : : : "memory");
	return 0;
}

PROGRAM(sizes, struct moved___other *s)
{
	READ(s->u8), ADDRESS(s->u16_matrix[1][0]), ADDRESS(s->u8_array[0]), SIZE(s->u16_matrix[1]);
	ADDRESS(s->u16_matrix), ADDRESS(s->u8_array), ADDRESS(s->pointers);
	return 0;
}
