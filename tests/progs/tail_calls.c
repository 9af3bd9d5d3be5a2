// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts in a program that it calls at its end, and that stands in tc's section of an id and a key. */
#include "count.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
};

struct bpf_elf_map calls SEC("maps") = {
	.type = BPF_MAP_TYPE_PROG_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u32),
	.max_elem = 4,
	.id = 7,
};

SEC("7/3")
int counted(struct pt_regs *ctx)
{
	if ((__s32)KP_SYSCALL_ARG1(ctx) == BPF_PROG_GET_FD_BY_ID)
		count_one(&hits);
	return 0;
}

SEC("prog")
int count(struct pt_regs *ctx)
{
	bpf_tail_call(ctx, &calls, 3);
	return 0;
}
