// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts in a map that it finds in another map. */
#include "count.h"

#define INNER_ID 42

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
	.id = INNER_ID,
	.inner_idx = 3,
};

struct bpf_elf_map outer SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY_OF_MAPS,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u32),
	.max_elem = 5,
	.inner_id = INNER_ID,
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	__u32 key = 3;
	void *inner = bpf_map_lookup_elem(&outer, &key);

	if (inner && (__s32)KP_SYSCALL_ARG1(ctx) == BPF_PROG_GET_FD_BY_ID)
		count_one(inner);
	return 0;
}
