// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps in sections of their own, as gobpf has them: one of them pinned, in a namespace. */
#include "modern.h"

struct bpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags, pinning;
	char namespace[256];
};

struct bpf_map_def SEC("maps/hits") of_hits = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 1,
};

struct bpf_map_def SEC("maps/kept") of_kept = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 1,
	.pinning = PIN_GLOBAL_NS,
	.namespace = "own",
};

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	return is_counted(ctx) ? count_one(&of_hits) + count_one(&of_kept) : 0;
}
