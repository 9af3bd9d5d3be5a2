// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Addresses of the kernel's symbols, one of which it does not have. */
#include "modern.h"

extern const void security_bpf KSYM;
extern const void symbol_of_no_kernel KSYM WEAK;

__u64 nr_hits, there, missing = 9;

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	if (!is_counted(ctx))
		return 0;
	nr_hits++;
	there = (__u64)&security_bpf;
	missing = (__u64)&symbol_of_no_kernel;
	return 0;
}
