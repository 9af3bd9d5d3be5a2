// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Symbols of the kernel with their types: one it has, and weak ones that are other there, or gone. */
#include "modern.h"

struct of_no_kernel {
	int field;
};

extern const int bpf_prog_active KSYM;
extern const struct of_no_kernel variable_of_no_kernel KSYM WEAK;
extern int security_bpf___fewer(int command) KSYM WEAK;
extern int function_of_no_kernel(void) KSYM WEAK;

__u64 nr_hits, nr_missing, there;

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	if (!is_counted(ctx))
		return 0;
	nr_hits++;
	there = (__u64)&bpf_prog_active;
	nr_missing += !&variable_of_no_kernel;
	if (security_bpf___fewer)
		nr_missing = security_bpf___fewer(1);
	else
		nr_missing++;
	if (function_of_no_kernel)
		nr_missing = function_of_no_kernel();
	else
		nr_missing++;
	return 0;
}
