/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the counting programs have in common: tests/hit.c makes the calls that they count. */
#include "../../examples/kp_bpf.h"

#define BPF_PROG_GET_FD_BY_ID 13

/* Adds one to the 64-bit element 0, in an instruction that other CPUs cannot split. */
static __always_inline int count_one(void *map)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(map, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return 0;
}

char _license[] SEC("license") = "GPL";
