// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* On a tracepoint of a system call, where programs run since v4.14. */
#include "count.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
};

SEC("tp/syscalls/sys_enter_bpf")
int count(void *ctx)
{
	return is_hit() ? count_one(&hits) : 0;
}
