// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trace_print.c - a line for each thread that ends, with how it ended
 *
 *	clang -O2 -Wall -target bpf -c trace_print.c -o trace_print.o
 *	load_kp_bpf trace_print.o do_exit
 *
 * The kernel puts the lines, each with the thread's name and number, into
 *
 *	cat /sys/kernel/tracing/trace_pipe
 *
 * (/sys/kernel/debug/tracing before v4.1, and where that is what is mounted).
 * riscv64 drops them when a kprobe prints, up to v6.12 at least.
 */
#include "kp_bpf.h"

SEC("prog")
int print_exit(struct pt_regs *ctx)
{
	__u32 code = PT_REGS_PARM1(ctx);

	bpf_printk("exit status %d, signal %d\n", code >> 8 & 0xff, code & 0x7f);
	return 0;
}

/* bpf_trace_printk is for programs under the GPL. */
char _license[] SEC("license") = "Dual BSD/GPL";
