// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts when both a field that is there and one in the place of another are right. No globals. */
#include "modern.h"

struct task_struct {
	int missing;
	int pid;
} RELOCATED;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

SEC("kprobe")
int count(struct pt_regs *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const __u32 thread = bpf_get_current_pid_tgid();
	__u32 pid = 0, same = 0;

	if ((__s32)KP_SYSCALL_ARG1(ctx) != BPF_PROG_GET_FD_BY_ID)
		return 0;
	if (bpf_core_field_exists(task->missing))
		bpf_probe_read_kernel(&pid, sizeof(pid), &task->missing);
	else
		bpf_probe_read_kernel(&pid, sizeof(pid), &task->pid);
	if (bpf_core_field_exists(task->pid))
		bpf_probe_read_kernel(&same, sizeof(same), &task->pid);
	else
		bpf_probe_read_kernel(&same, sizeof(same), &task->missing);
	return pid == thread && same == thread ? count_one(&hits) : 0;
}
