// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kill_signals.c - which signals are sent by kill(2), and how often?
 *
 *	clang -O2 -Wall -target bpf -c kill_signals.c -o kill_signals.o
 *	load_kp_bpf kill_signals.o sys_kill
 *
 * While it runs,
 *
 *	bpftool map dump name kill_signals
 *
 * shows a 64-bit count for each signal number, the system call's second
 * argument; at 0 are those that only ask whether the process is there.
 */
#include "kp_bpf.h"

struct bpf_elf_map SEC("maps") kill_signals = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 65,
};

SEC("prog")
int count_signal(struct pt_regs *ctx)
{
	__u32 signal = KP_SYSCALL_ARG2(ctx);
	__u64 *count = bpf_map_lookup_elem(&kill_signals, &signal);

	if (count) /* else there is no such signal */
		kp_add(count, 1);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
