/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the counting programs have in common: tests/hit.c makes the calls that they count. */
#include "../../examples/kp_bpf.h"

#define BPF_PROG_GET_FD_BY_ID 13

/* Adds one to a 64-bit element, in an instruction that other CPUs cannot split. */
static __always_inline int count_at(void *map, __u32 key)
{
	__u64 *value = bpf_map_lookup_elem(map, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return 0;
}

static __always_inline int count_one(void *map)
{
	return count_at(map, 0);
}

/* Whether the process is hit. */
static __always_inline int is_hit(void)
{
	char comm[16];

	bpf_get_current_comm(comm, sizeof(comm));
	return comm[0] == 'h' && comm[1] == 'i' && comm[2] == 't' && !comm[3];
}

char _license[] SEC("license") = "GPL";
