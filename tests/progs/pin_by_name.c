// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A BTF-defined map that says itself that it is pinned. */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64));
	__uint(pinning, 1);
} kept SEC(".maps");

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	return is_counted(ctx) ? count_one(&kept) : 0;
}
