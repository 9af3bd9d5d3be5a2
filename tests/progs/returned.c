// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For a return probe: counts what returns -ENOENT to the process hit. */
#include "count.h"

#define ENOENT 2

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	if (is_hit() && (int)PT_REGS_RC(ctx) == -ENOENT)
		count_one(&hits);
	return 0;
}
