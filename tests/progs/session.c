// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A function's entry and its return in one program. */
#include "modern.h"

__u64 nr_runs;

SEC("fsession/" FUNCTION)
int at_both(const __u64 *ctx)
{
	if ((__s32)ctx[0] == BPF_PROG_GET_FD_BY_ID)
		nr_runs++;
	return 0;
}
