// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program array that is pinned: whoever starts last has his program in it. */
#include "count.h"

struct bpf_elf_map calls SEC("maps") = {
	.type = BPF_MAP_TYPE_PROG_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u32),
	.max_elem = 1,
	.id = 7,
	.pinning = PIN_OBJECT_NS,
};

SEC("7/0")
int called(struct pt_regs *ctx)
{
	return 0;
}

SEC("prog")
int count(struct pt_regs *ctx)
{
	bpf_tail_call(ctx, &calls, 0);
	return 0;
}
