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

struct keep {
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
