// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts in /sys/fs/bpf/hits. */
#include "count.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
	.pinning = PIN_OBJECT_NS,
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	if ((__s32)KP_SYSCALL_ARG1(ctx) == BPF_PROG_GET_FD_BY_ID)
		count_one(&hits);
	return 0;
}
