// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The verifier refuses it, after its map was pinned, and after a log of some length: it
 * reads a register that nobody set.
 */
#include "count.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
	.pinning = PIN_GLOBAL_NS,
};

SEC("prog")
int count(void *ctx)
{
	__u64 unset;

	count_one(&hits);
	count_one(&hits);
	count_one(&hits);
	count_one(&hits);
	asm volatile("%0 = r9" : "=r"(unset));
	return unset;
}
