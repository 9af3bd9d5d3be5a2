// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Needs a symbol that no kernel has. */
#include "modern.h"

extern const void symbol_of_no_kernel KSYM;

__u64 address;

SEC("kprobe/" FUNCTION)
int needy(struct pt_regs *ctx)
{
	address = (__u64)&symbol_of_no_kernel;
	return 0;
}
