// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_prog.c - count the bpf() calls that ask for a program by its id
 *
 *	clang -O2 -Wall -target bpf -c test_prog.c -o test_prog.o
 *	load_kp_bpf test_prog.o sys_bpf
 *
 * While it runs, each program that `bpftool prog show` lists is one such call:
 *
 *	bpftool map dump name get_fd_by_id
 *
 * shows the count, a 64-bit number at key 0. The map is not pinned: it goes
 * when the loader ends.
 */
#include "kp_bpf.h"

#define BPF_PROG_GET_FD_BY_ID	13

struct bpf_elf_map SEC("maps") get_fd_by_id = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 1,
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	__u32 key = 0;
	__u64 *hits;

	if ((__s32)KP_SYSCALL_ARG1(ctx) != BPF_PROG_GET_FD_BY_ID)
		return 0;

	hits = bpf_map_lookup_elem(&get_fd_by_id, &key);
	if (hits)
		kp_add(hits, 1);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
