// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs bound to the kernel's BTF: what a function is given, and what it returned. */
#include "modern.h"

__u64 nr_entries, nr_exits, nr_execs;

SEC("fentry/" FUNCTION)
int at_entry(const __u64 *ctx)
{
	if ((__s32)ctx[0] == BPF_PROG_GET_FD_BY_ID)
		nr_entries++;
	return 0;
}

/* Behind its three arguments stands what it returned. */
SEC("fexit/" FUNCTION)
int at_exit(const __u64 *ctx)
{
	if ((__s32)ctx[0] == BPF_PROG_GET_FD_BY_ID && (__s32)ctx[3] == 0)
		nr_exits++;
	return 0;
}

SEC("tp_btf/sched_process_exec")
int at_exec(const __u64 *ctx)
{
	if (is_hit())
		nr_execs++;
	return 0;
}
