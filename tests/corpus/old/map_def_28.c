// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bpf_map_def of 28 bytes, as tools of 2018 have it. */
#include "styles.h"

struct bpf_map_def_28 SEC("maps") counts = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 64,
	.map_flags = BPF_F_NO_PREALLOC,
};

SEC("raw_tp/sched_switch")
int on_switch(void *ctx)
{
	count(&counts);
	return 0;
}

char licence[] SEC("license") = "Dual BSD/GPL";
