// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Calls a function of the kernel by another prototype. */
#include "modern.h"

extern int security_bpf___fewer(int command, const char *name) KSYM;

SEC("kprobe/" FUNCTION)
int needy(struct pt_regs *ctx)
{
	return security_bpf___fewer(1, 0);
}
