// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A loop that ends, but not before the verifier gives up on it. */
#include "modern.h"

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < 10 * 1000 * 1000; i++)
		asm volatile("%0 += %1" : "+r"(sum) : "r"(i));
	return sum;
}
