// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Nothing that can be attached here. */
#include "../../examples/kp_bpf.h"

SEC("xdp") int network(void *ctx)
{
	return 2;
}
