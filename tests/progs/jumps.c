// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A jump table, as clang 22 makes it of a switch for -mcpu=v4. Debian 12's knows no
 * indirect goto, and is given its bytes.
 */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

__u64 nr_calls;

/* 3 for 0, 2 for 1, and so on. It is alone in .text, so that its places count from there. */
__attribute__((naked)) NOINLINE static __u32 counted_down(__u64 i)
{
	asm volatile("r2 = places ll\n"
		     "r1 &= 3\n"
		     "r1 <<= 3\n"
		     "r2 += r1\n"
		     "r2 = *(u64 *)(r2 + 0)\n"
		     ".byte 0x0d, 0x02, 0, 0, 0, 0, 0, 0\n" /* gotox r2 */
		     "1: r0 = 0\n"
		     "exit\n"
		     "2: r0 = 1\n"
		     "exit\n"
		     "3: r0 = 2\n"
		     "exit\n"
		     "4: r0 = 3\n"
		     "exit\n"
		     ".pushsection .jumptables, \"\", @progbits\n"
		     ".globl places\n"
		     ".type places, @object\n"
		     "places: .quad 4b - counted_down, 3b - counted_down, 2b - counted_down, 1b - counted_down\n"
		     ".size places, . - places\n"
		     ".popsection\n");
}

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	return is_counted(ctx) ? count_at(&hits, counted_down(nr_calls++)) : 0;
}
