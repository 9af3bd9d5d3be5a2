// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A variable that is written to. */
#include "count.h"

static volatile __u32 seen;

SEC("prog")
int fold_bss(struct pt_regs *ctx)
{
	seen = 1;
	return 0;
}
