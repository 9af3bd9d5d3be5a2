// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Needs a field that no kernel has. */
#include "modern.h"

struct task_struct {
	int of_no_kernel;
} RELOCATED;

__u64 last;

SEC("kprobe/" FUNCTION)
int needy(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &task->of_no_kernel);
	last = value;
	return 0;
}
