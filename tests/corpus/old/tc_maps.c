// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tc's definitions, in a section of two. */
#include "styles.h"

struct bpf_elf_map SEC("maps") first = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 1,
};

struct bpf_elf_map SEC("maps") second = {
	.type = BPF_MAP_TYPE_HASH,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 16,
};

SEC("kprobe/do_exit")
int on_exit(void *ctx)
{
	count(&first);
	count(&second);
	return 0;
}

char licence[] SEC("license") = "Dual BSD/GPL";
