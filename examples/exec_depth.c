// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * exec_depth.c - how deep in the tree of processes are programs started?
 *
 *	clang -g -O2 -Wall -target bpf -c exec_depth.c -o exec_depth.o
 *	load_kp_bpf --list exec_depth.o
 *	load_kp_bpf exec_depth.o
 *
 * In libbpf's style: the section says where the program goes, the map's type
 * says what it is, and the kernel's struct is declared as far as it is needed.
 * The counts are in a hash from the number of ancestors to a 64-bit number:
 *
 *	bpftool map dump name depths
 *
 * --set least=3 leaves out what has fewer ancestors.
 */
#include "kp_bpf.h"

#define DEPTH_MAX 16

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, DEPTH_MAX + 1);
	__type(key, __u32);
	__type(value, __u64);
} depths SEC(".maps");

struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} KP_KERNEL_TYPE;

const volatile __u32 least = 0;
__u64 total;

/* How many processes there are above it; process 0 is its own parent. */
static __attribute__((noinline)) __u32 ancestors(struct task_struct *task)
{
	__u32 depth = 0;

	for (int i = 0; i < DEPTH_MAX; i++) {
		task = BPF_CORE_READ(task, real_parent);
		if (BPF_CORE_READ(task, tgid) == 0)
			break;
		depth++;
	}
	return depth;
}

SEC("raw_tp/sched_process_exec")
int count(void *ctx)
{
	__u32 depth = ancestors((struct task_struct *)bpf_get_current_task());
	__u64 zero = 0, *starts;

	if (depth < least)
		return 0;
	bpf_map_update_elem(&depths, &depth, &zero, BPF_NOEXIST);
	starts = bpf_map_lookup_elem(&depths, &depth);
	if (starts)
		kp_add(starts, 1);
	kp_add(&total, 1);
	return 0;
}

char _license[] SEC("license") = "GPL";
