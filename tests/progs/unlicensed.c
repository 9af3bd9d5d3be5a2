// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Calls a helper that wants a GPL-compatible licence, and has none. */
#include "../../examples/kp_bpf.h"

SEC("prog")
int count(void *ctx)
{
	return bpf_printk("hit");
}
