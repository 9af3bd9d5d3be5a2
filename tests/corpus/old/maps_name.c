// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* gobpf's sections, one for each map. */
#include "styles.h"

struct gobpf_map_def SEC("maps/counts") counts = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 1,
};

struct gobpf_map_def SEC("maps/events") events = {
	.type = BPF_MAP_TYPE_PERF_EVENT_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u32),
	.max_entries = 1024,
};

SEC("kprobe/do_exit")
int on_exit(void *ctx)
{
	__u64 now = bpf_ktime_get_ns();

	count(&counts);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &now, sizeof(now));
	return 0;
}

char licence[] SEC("license") = "Dual BSD/GPL";
