// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A definition in "maps" beside a global constant, which old loaders could not have. */
#include "styles.h"

struct bpf_map_def SEC("maps") counts = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 1,
};

const volatile __u32 wanted = 1;

SEC("kprobe/do_exit")
int on_exit(void *ctx)
{
	if (wanted)
		count(&counts);
	return 0;
}

char licence[] SEC("license") = "Dual BSD/GPL";
