// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Has more maps than tc can take (64), and uses the last ten. */
#include "hundred_maps.h"

SEC("prog")
int count(struct pt_regs *ctx)
{
	if ((__s32)KP_SYSCALL_ARG1(ctx) == BPF_PROG_GET_FD_BY_ID) {
		TEN(COUNT, hits9)
	}
	return 0;
}
