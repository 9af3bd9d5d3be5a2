// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map that is pinned, and a program on a file that is named from the working directory. */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64));
	__uint(pinning, 1);
} kept SEC(".maps");

SEC("uprobe/./attach_try:probed")
int count(struct pt_regs *ctx)
{
	return count_one(&kept);
}
