// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The first bpf_map_def, of 20 bytes; several programs, of several kinds. */
#include "styles.h"

struct bpf_map_def SEC("maps") counts = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 1,
};

SEC("kprobe/do_exit")
int on_exit(void *ctx)
{
	count(&counts);
	return 0;
}

SEC("kretprobe/kernel_clone")
int on_return(void *ctx)
{
	count(&counts);
	return 0;
}

SEC("tracepoint/sched/sched_process_fork")
int on_fork(void *ctx)
{
	count(&counts);
	return 0;
}

SEC("raw_tracepoint/sched_process_exec")
int on_exec(void *ctx)
{
	count(&counts);
	return 0;
}

char licence[] SEC("license") = "Dual BSD/GPL";
