// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Compiled with -mcpu=v3, clang's default since 20: it compares and jumps by 32 bits. */
#include "count.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	return (__s32)bpf_get_current_pid_tgid() > 0 ? count_one(&hits) : 0;
}
