// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Takes an argument that its tracepoint does not have: that shows when it is attached. */
#include "../../examples/kp_bpf.h"

SEC("raw_tp/sched_process_exit") int greedy(__u64 *arguments)
{
	return arguments[7] != 0;
}
