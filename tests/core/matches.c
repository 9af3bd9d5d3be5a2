// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Types that match to the letter and that nearly do; enumerators of every length and sign. */
#include "relocations.h"

struct inner { long pad; int x, y; };
union choice { long as_long; };
struct declared { int now_defined; };
enum colour { RED, GREEN, BLUE };

struct points {
	struct points *self;
	struct declared *declared;
	union choice *defined;
	const char *const names[2];
	int (*function)(struct points *, const void *, enum colour);
	struct { int x; } inside;
};
struct points___length { const char *names[3]; };
struct points___qualified { char *const names[2]; };
struct points___function { int (*function)(struct points *, const void *); };
struct points___parameter { int (*function)(struct points *, long, enum colour); };
struct points___parameter2 { int (*function)(void *, const void *, enum colour); };
struct points___result { long (*function)(struct points *, const void *, enum colour); };
struct points___pointer { struct points ****self; };
struct points___struct { struct inner *defined; };
struct points___enum { enum wide___64 { WIDE = 1LL << 40, NARROW___x = 2 } wide; };
struct points___enum32 { enum wide { WIDE___y = 3 } wide; };
struct points___flavour { struct points___flavour *self___x; };
struct points___inside { struct { unsigned int x; } inside; };
struct points___less { struct { int y; } inside; };
struct points___none { };
struct points___declared { struct undeclared *declared; };
union points___union { struct points *self; };
struct bits { unsigned int few : 1; unsigned long long rest : 3; }; /* lengths are no matter */
struct sizes { unsigned char bytes[3]; int i32_was_i64; };
struct moved { unsigned char u8; _Bool yes; enum colour colour; };
struct moved___bool { unsigned char yes; };
struct triplet { int same; };

typedef unsigned long long u64_t;
typedef long u64_t___signed;
typedef float float_t;
typedef struct inner inner_t;
typedef struct inner *inner_ptr_t;
typedef struct inner___x *inner_ptr_t___flavour;
typedef union inner___y *inner_ptr_t___union;
typedef struct inner inner_array_t[3];
typedef struct inner inner_array_t___4[4];
typedef void procedure_t(struct points *, long);
typedef int procedure_t___result(struct points *, long);
typedef void procedure_t___short(struct points *, int);
typedef inner_t inner_t___twice;

enum deep { HIGHEST = 1, DEEPEST = 2 };
enum deep___64 { DEEPEST___d = -1LL << 40, HIGHEST___h = 1LL << 40, GONE = 1LL << 41 };
enum unsigned_deep { TOP = 1 };
enum unsigned_deep___64 { TOP___64 = 1ULL << 63 };
enum small { SMALL = 1, MINUS_NOT = -1 };
enum small___packed { SMALL___p = 1 } __attribute__((packed));
enum twice { SECOND, FIRST };

PROGRAM(structs, void *context)
{
	TYPE(struct points), TYPE(struct points___length), TYPE(struct points___qualified);
	TYPE(struct points___function), TYPE(struct points___parameter);
	TYPE(struct points___parameter2), TYPE(struct points___result);
	TYPE(struct points___pointer), TYPE(struct points___struct), TYPE(struct points___enum);
	TYPE(struct points___enum32), TYPE(struct points___flavour), TYPE(struct points___inside);
	TYPE(struct points___less), TYPE(struct points___none), TYPE(struct points___declared);
	TYPE(union points___union), TYPE(struct bits), TYPE(struct sizes), TYPE(struct moved);
	TYPE(struct moved___bool), TYPE_EXISTS(struct triplet);
	return 0;
}

PROGRAM(typedefs, void *context)
{
	TYPE(u64_t), TYPE(u64_t___signed), TYPE(float_t), TYPE(inner_t), TYPE(inner_ptr_t);
	TYPE(inner_ptr_t___flavour), TYPE(inner_ptr_t___union), TYPE(inner_array_t);
	TYPE(inner_array_t___4), TYPE(inner_t___twice);
	TYPE_EXISTS(procedure_t), TYPE_MATCHES(procedure_t), TYPE_EXISTS(procedure_t___result);
	TYPE_MATCHES(procedure_t___result), TYPE_EXISTS(procedure_t___short);
	TYPE_MATCHES(procedure_t___short);
	return 0;
}

PROGRAM(enums, void *context)
{
	TYPE(enum deep), TYPE(enum unsigned_deep), TYPE(enum small), TYPE(enum small___packed);
	TYPE(enum twice);
	ENUMERATOR(enum deep, HIGHEST), ENUMERATOR(enum deep, DEEPEST);
	ENUMERATOR(enum unsigned_deep, TOP), ENUMERATOR(enum small, SMALL);
	ENUMERATOR(enum small, MINUS_NOT), ENUMERATOR(enum small___packed, SMALL___p);
	ENUMERATOR(enum twice, FIRST), ENUMERATOR(enum twice, SECOND);
#if __clang_major__ >= 15 /* those before have no enums of 64 bits */
	TYPE(enum deep___64), TYPE(enum unsigned_deep___64);
	ENUMERATOR(enum deep___64, DEEPEST___d), ENUMERATOR(enum deep___64, HIGHEST___h);
	ENUMERATOR(enum deep___64, GONE), ENUMERATOR(enum unsigned_deep___64, TOP___64);
#endif
	return 0;
}
