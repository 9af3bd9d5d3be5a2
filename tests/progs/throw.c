// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A function that runs where the program throws: a tag names it, and no instruction. */
#include "modern.h"

extern void bpf_throw(__u64 cookie) KSYM;

struct task_struct {
	int tgid;
} RELOCATED;

__u64 sum, nr_right;

NOINLINE int thrown(__u64 cookie)
{
	static __u64 (*const bpf_get_current_task)(void) = (void *)35;
	static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
	static long (*const bpf_probe_read_kernel)(void *to, __u32 size, const void *from) = (void *)113;
	const struct task_struct *task = (const void *)bpf_get_current_task();
	int tgid = 0;

	bpf_probe_read_kernel(&tgid, sizeof(tgid), &task->tgid);
	nr_right += (__u64)tgid == bpf_get_current_pid_tgid() >> 32;
	sum += cookie;
	return 0;
}

__attribute__((btf_decl_tag("exception_callback:thrown")))
SEC("fentry/" FUNCTION)
int count(__u64 *ctx)
{
	if ((__s32)ctx[0] == BPF_PROG_GET_FD_BY_ID)
		bpf_throw(3);
	return 0;
}
