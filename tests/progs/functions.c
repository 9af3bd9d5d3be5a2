// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two programs that share functions: a static one, and a global one that calls it as well. */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

static NOINLINE int add(__u32 key, __u64 amount)
{
	__u64 *value = bpf_map_lookup_elem(&hits, &key);

	if (value)
		__sync_fetch_and_add(value, amount);
	return 0;
}

NOINLINE int add_thrice(__u32 key)
{
	add(key, 1);
	add(key, 1);
	return add(key, 1);
}

SEC("kprobe/" FUNCTION)
int at_entry(struct pt_regs *ctx)
{
	return is_counted(ctx) ? add(0, 5) + add_thrice(0) : 0;
}

SEC("kretprobe/" FUNCTION)
int at_return(struct pt_regs *ctx)
{
	return is_hit() ? add_thrice(1) : 0;
}
