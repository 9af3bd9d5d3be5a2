// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A function that the kernel calls back. */
#include "modern.h"

static long (*const bpf_loop)(__u32 times, void *function, void *context, __u64 flags) = (void *)181;

__u64 nr_calls, sum;

static int called(__u32 i, void *context)
{
	__sync_fetch_and_add(&nr_calls, 1);
	__sync_fetch_and_add(&sum, i);
	return 0;
}

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	if (is_counted(ctx))
		bpf_loop(5, called, (void *)0, 0);
	return 0;
}
