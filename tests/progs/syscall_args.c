// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For process_vm_readv: counts which of the known arguments of hit are where they should be. */
#include "count.h"
#include "known.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 7, /* by the number of the argument */
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	if (!is_hit())
		return 0;
	if ((__s32)KP_SYSCALL_ARG1(ctx) == KNOWN_SYS1)
		count_at(&hits, 1);
	if (KP_SYSCALL_ARG2(ctx) == KNOWN_SYS2)
		count_at(&hits, 2);
	if (KP_SYSCALL_ARG3(ctx) == KNOWN_SYS3)
		count_at(&hits, 3);
	if (KP_SYSCALL_ARG4(ctx) == KNOWN_SYS4)
		count_at(&hits, 4);
	if (KP_SYSCALL_ARG5(ctx) == KNOWN_SYS5)
		count_at(&hits, 5);
	if (KP_SYSCALL_ARG6(ctx) == KNOWN_SYS6)
		count_at(&hits, 6);
	return 0;
}
