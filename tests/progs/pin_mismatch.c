// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Wants /sys/fs/bpf/hits to differ from pin_object's in everything but the flags, after a pin of its own. */
#include "count.h"

struct bpf_elf_map earlier SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
	.pinning = PIN_OBJECT_NS,
};

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_HASH,
	.size_key = sizeof(__u64),
	.size_value = 3 * sizeof(__u64),
	.max_elem = 7,
	.pinning = PIN_OBJECT_NS,
};

SEC("prog")
int count(void *ctx)
{
	__u64 key = 0;

	count_one(&earlier);
	return bpf_map_lookup_elem(&hits, &key) != 0;
}
