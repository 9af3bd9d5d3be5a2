// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Takes a number of the kernel for a struct: a weak one, too, must be what it is. */
#include "modern.h"

struct of_no_kernel {
	int field;
};

extern const struct of_no_kernel bpf_prog_active KSYM WEAK;

__u64 address;

SEC("kprobe/" FUNCTION)
int needy(struct pt_regs *ctx)
{
	address = (__u64)&bpf_prog_active;
	return 0;
}
