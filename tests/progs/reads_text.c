// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The same of text, which kernels before v4.11 cannot read. */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

SEC("kprobe")
int read_text(struct pt_regs *ctx)
{
	char text[8];

	if ((__s32)KP_SYSCALL_ARG1(ctx) != BPF_PROG_GET_FD_BY_ID)
		return 0;
	return bpf_probe_read_kernel_str(text, sizeof(text), ctx) > 0 ? count_one(&hits) : 0;
}
