// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Beside a program for tracing, one that another tool loads. */
#include "modern.h"

SEC("kprobe/" FUNCTION)
int traced(struct pt_regs *ctx)
{
	return 0;
}

SEC("xdp")
int passed(void *ctx)
{
	return 2;
}
