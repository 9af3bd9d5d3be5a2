// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Variables and constants, of all files and of this one. */
#include "modern.h"

__u64 nr_hits;
static volatile __u64 hidden_hits;
__u64 from_100 = 100;
static volatile __u32 from_7 = 7;
const volatile __u64 step = 3;
static const volatile __u32 hidden_step = 5;
__u64 apart SEC(".data.apart") = 1000;

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	if (!is_counted(ctx))
		return 0;
	nr_hits++;
	hidden_hits += 2;
	from_100 += step;
	from_7 += hidden_step;
	apart++;
	return 0;
}
