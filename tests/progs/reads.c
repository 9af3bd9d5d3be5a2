// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Today's style: reads memory by helpers that kernels before v5.5 know by another name. */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

SEC("kprobe")
int read_memory(struct pt_regs *ctx)
{
	__u64 word = 0;

	if ((__s32)KP_SYSCALL_ARG1(ctx) != BPF_PROG_GET_FD_BY_ID)
		return 0;
	return bpf_probe_read_kernel(&word, sizeof(word), ctx) ? 0 : count_one(&hits);
}
