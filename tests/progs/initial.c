// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Maps with something in them from the start: maps in a map, and a program to go on with. */
#include "modern.h"

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = { [1] = &first, [3] = &second },
};

int behind(struct pt_regs *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 3);
	__uint(key_size, sizeof(__u32));
	__array(values, int(struct pt_regs *));
} programs SEC(".maps") = {
	.values = { [2] = &behind },
};

SEC("kprobe")
int behind(struct pt_regs *ctx)
{
	__u32 key = 3;
	void *inner = bpf_map_lookup_elem(&outer, &key);

	return inner ? count_one(inner) : 0;
}

SEC("kprobe/" FUNCTION)
int in_front(struct pt_regs *ctx)
{
	__u32 key = 1;
	void *inner;

	if (!is_counted(ctx))
		return 0;
	inner = bpf_map_lookup_elem(&outer, &key);
	if (inner)
		count_one(inner);
	bpf_tail_call(ctx, &programs, 2);
	return 0;
}
