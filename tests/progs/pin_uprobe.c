// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Counts in /sys/fs/bpf/hits the calls of a function in a file that is named by where one is. */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, PIN_OBJECT_NS);
} hits SEC(".maps");

SEC("uprobe/./attach_try:probed")
int count(struct pt_regs *ctx)
{
	return count_at(&hits, 0);
}
