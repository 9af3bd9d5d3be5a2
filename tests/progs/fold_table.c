// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A table is read at places that are not fixed: it cannot be folded. */
#include "count.h"

static const volatile __u32 table[4] = { 1, 2, 3, 4 };

SEC("prog")
int fold_table(struct pt_regs *ctx)
{
	return table[KP_SYSCALL_ARG1(ctx) & 3];
}
