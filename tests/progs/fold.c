// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts and prints, with constants that need no global variables to be had. */
#include "count.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
};

const volatile int wanted = BPF_PROG_GET_FD_BY_ID;
const volatile __u64 wide = 0x123456789abcdefULL; /* more than a move takes */
const volatile signed char negative = -3;

SEC("prog")
int fold(struct pt_regs *ctx)
{
	static const char format[] = "folded %d %d %llx\n";
	char own[8] = "own";

	if ((__s32)KP_SYSCALL_ARG1(ctx) != wanted)
		return 0;
	bpf_trace_printk(format, sizeof(format), wanted, negative, wide);
	bpf_trace_printk("literal\n", 9);
	bpf_trace_printk(own, 4);
	count_one(&hits);
	return 0;
}
