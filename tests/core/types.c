// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Types, and enumerators. */
#include "relocations.h"

struct inner { long pad; int x; };
struct inner___less { int y; };
struct inner___more { int x, w; };
struct inner___other { unsigned int x; };
struct unknown { int field; };
union choice { long as_long; char as_bytes[8]; };
struct choice___not { long as_long; };              /* there it is a union */
struct flavoured { int value; };
struct plain___some {
	unsigned int a;
	struct inner *pointer;                    /* there it is a pointer to void */
};
struct plain___nested {
	struct inner inner, inners[4];
	float ratio;
};
struct plain___part {
	void *pointer;
	signed char c;
	char name[32];
	struct inner inner;
};
typedef struct { int counter; } counter_t;
typedef int (*callback_t)(struct inner *, int);
typedef int (*callback_t___less)(struct inner *);
typedef void *word_t;                             /* there it is an integer */
typedef unsigned int word_t___same;
typedef unsigned long word_t___long;
typedef struct unknown unknown_t;

enum colour { RED = 1, BLUE = 2, PURPLE = 9 };
enum colour___subset { GREEN = 77 };
enum wide { NARROW, WIDE = 1 };
enum wide___long { WIDE___old = 0x100000000LL };
enum unknown_enum { NOWHERE = 4 };
typedef enum colour colour_t;

PROGRAM(structs, void *context)
{
	TYPE(struct inner), TYPE(struct inner___less), TYPE(struct inner___more);
	TYPE(struct inner___other), TYPE(struct unknown), TYPE(union choice);
	TYPE(struct choice___not);
	TYPE(struct flavoured), TYPE(struct plain___some), TYPE(struct plain___nested);
	TYPE(struct plain___part);
	return 0;
}

PROGRAM(typedefs, void *context)
{
	TYPE(counter_t), TYPE(callback_t), TYPE(callback_t___less), TYPE(word_t);
	TYPE(word_t___same), TYPE(word_t___long), TYPE(unknown_t);
	return 0;
}

PROGRAM(enums, void *context)
{
	TYPE(enum colour), TYPE(enum colour___subset), TYPE(enum wide), TYPE(enum unknown_enum);
	return 0;
}

PROGRAM(enumerators, void *context)
{
	ENUMERATOR(enum colour, RED), ENUMERATOR(enum colour, BLUE);
	ENUMERATOR(enum colour, PURPLE);
	ENUMERATOR(enum colour___subset, GREEN), ENUMERATOR(enum wide, NARROW);
	ENUMERATOR(enum wide, WIDE);
#if __clang_major__ >= 15 /* those before have no enums of 64 bits */
	ENUMERATOR(enum wide___long, WIDE___old);
#endif
	ENUMERATOR(enum unknown_enum, NOWHERE), ENUMERATOR(colour_t, RED);
	return 0;
}
