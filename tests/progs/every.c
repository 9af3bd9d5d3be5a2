// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts every hit of any function. */
#include "count.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
};

SEC("prog")
int count(void *ctx)
{
	return count_one(&hits);
}
