// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Fields of the kernel's, wherever this kernel has them; one that none has is looked for first. */
#include "modern.h"

struct task_struct {
	int missing;
	int pid;
} RELOCATED;

__u64 nr_right, nr_wrong, nr_missing;

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int pid = 0, missing;

	if (!is_counted(ctx))
		return 0;
	if (__builtin_preserve_field_info(task->missing, 2)) {
		bpf_probe_read_kernel(&missing, sizeof(missing), &task->missing);
		nr_missing++;
	}
	bpf_probe_read_kernel(&pid, sizeof(pid), &task->pid);
	if ((__u32)pid == (__u32)bpf_get_current_pid_tgid())
		nr_right++;
	else
		nr_wrong++;
	return 0;
}
