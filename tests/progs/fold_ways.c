// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts; what is for a kernel of the year 3000 and for one without the field calls what no kernel has. */
#include "modern.h"

extern int LINUX_KERNEL_VERSION KCONFIG;

const volatile unsigned int mode = 2;

static long (*const no_helper)(void) = (void *)2999;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

SEC("kprobe")
int count(struct pt_regs *ctx)
{
	if (LINUX_KERNEL_VERSION >= (255 << 16))
		return no_helper();
	if (mode > 2)
		return no_helper();
	if ((__s32)KP_SYSCALL_ARG1(ctx) != BPF_PROG_GET_FD_BY_ID)
		return 0;
	return mode < 2 ? no_helper() : count_one(&hits);
}
