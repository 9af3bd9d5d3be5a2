// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The types of a kernel that never was: compiled with -g, its BTF is the target
 * of the objects beside it. What they have otherwise is said there.
 */
struct inner {
	long pad;
	int x, y;
};

enum colour { RED = 3, GREEN = 5, BLUE___new = -7 };
enum wide { NARROW = 1, WIDE = 0x123456789abcLL };
typedef struct { int pad, counter; } counter_t;
typedef int (*callback_t)(struct inner *, int);
typedef unsigned int word_t;

union choice {
	long as_long;
	char as_bytes[8];
};

struct plain {
	char pad[100];
	unsigned int a;
	const word_t b;
	signed char c;
	void *pointer;
	char name[32];
	int table[5][3];
	struct inner inner, inners[4];
	union {
		int either;
		struct { int deep; union { long deeper; short deepest; }; };
	};
	enum colour colour;
	float ratio;
	callback_t callback;
	union choice choice;
	counter_t counter;
	int tail[];
};

struct bits {
	int pad;
	unsigned int few : 3, more : 7;
	int negative : 5;
	unsigned long long many : 40, rest : 3;
	_Bool flag : 1;
	unsigned char whole;
	unsigned int not_bits;
	unsigned int now_bits : 9;
};

struct sizes {
	int pad;
	unsigned char u8_was_u32;
	unsigned long u64_was_u16;
	int i32_was_i64;
	unsigned int u32_was_i16;
	struct inner *pointer;
	unsigned char bytes[3];
	unsigned short shorts[6];
};

/* Two that share a name: where both have a field they agree on it, or not. */
struct twin { int only_one, same, other; };
struct twin___2 { int only_two, same, pad, other; };

struct far {
	char pad[40000];
	int field;
};

struct as_array { int value; };
union as_union { int value; };

/* Its own name is a flavour's. */
struct flavoured___v2 { int pad, value; };

/* Bit fields across bytes, of every storage, in no order that a compiler would choose. */
struct packed {
	unsigned char pad : 5;
	unsigned short small : 11;
	int negative : 13;
	unsigned long long wide : 33, : 2;
	unsigned char byte : 4;
	enum colour colour : 5;
	_Bool flag : 1;
	long long negative_wide : 50, : 6;
	unsigned int last : 7;
	unsigned int apart : 32;
} __attribute__((packed));

struct torn { /* no load of 8 bytes has the second one */
	unsigned char pad : 3;
	unsigned long long field : 63;
} __attribute__((packed));

/* Names behind anonymous structs and unions; arrays without a length, last and not. */
typedef const struct inner *const inner_pointer_t;
struct nested {
	int pad;
	union {
		struct {
			union { long first; struct { short left, right; }; };
			volatile inner_pointer_t pointers[3][2];
		};
		struct { char bytes[2]; unsigned int deep_bits : 6, deep_more : 20; };
	};
	struct { int nr; int zero[0]; };
	union { int either_zero[0]; long either; };
	struct { char pad; struct inner matrix[3][2]; } parts[2];
	struct inner ends[][2];
} nested;

/* Longer, shorter, signed and not: what loads and stores of each are to become. */
struct moved {
	char pad[6];
	unsigned char u8, u8_array[9];
	unsigned short u16, u16_matrix[4][2];
	unsigned int u32;
	unsigned long u64;
	signed char i8;
	short i16;
	int i32;
	long i64;
	char plain_char;
	_Bool yes;
	enum colour colour;
	unsigned int u24_0 : 24, u8_24 : 8;
	void *pointer, *pointers[3];
};

/* Three of one name: two with a field in one place, the third with it nowhere. */
struct triplet { int pad, same, apart; };
struct triplet___2 { int pad, same, more; struct { int apart; }; };
struct triplet___3 { long nothing; };

/* Two of one name again, whose one field has two lengths: the first one's counts. */
struct lengths { unsigned short length; };
struct lengths___2 { unsigned long length; };

/* What a type must have to match to the letter. */
struct declared;
struct points {
	struct points *self;
	struct declared *declared;
	union choice *defined;
	const char *const names[2];
	int (*function)(struct points *, const void *, enum colour);
	enum wide wide;
	struct { int x; } inside;
};
typedef unsigned long long u64_t;
typedef float float_t;
typedef struct inner inner_t, *inner_ptr_t, inner_array_t[3];
typedef void void_t;
typedef void procedure_t(struct points *, long);
enum deep { DEEPEST = -0x7000000000000000LL, HIGHEST = 0x7fffffffffffffffLL };
enum unsigned_deep { TOP = 0xfedcba9876543210ULL };
enum small { SMALL = 200, MINUS_NOT } __attribute__((packed));
enum twice { FIRST, FIRST___x = 5, SECOND___y = 6, SECOND = 7 };

struct keep {
	struct packed packed;
	struct torn torn;
	struct moved moved;
	struct lengths lengths;
	struct lengths___2 lengths2;
	struct triplet triplet;
	struct triplet___2 triplet2;
	struct triplet___3 triplet3;
	struct points points;
	u64_t u64;
	float_t number;
	inner_t one;
	inner_ptr_t pointer;
	inner_array_t array;
	void_t *nothing;
	procedure_t *procedure;
	enum deep deep;
	enum unsigned_deep unsigned_deep;
	enum small small;
	enum twice twice;
	struct bits bits;
	struct sizes sizes;
	struct twin twin;
	struct twin___2 twin2;
	struct far far;
	struct as_array as_array[2];
	union as_union as_union;
	struct flavoured___v2 flavoured;
	enum wide wide;
	struct plain plain;
} keep;
