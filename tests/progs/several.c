// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Programs of several kinds in one object, each attached where its section says. */
#include "modern.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

SEC("kprobe/" FUNCTION)
int at_entry(struct pt_regs *ctx)
{
	return is_counted(ctx) ? count_at(&hits, 0) : 0;
}

SEC("kretprobe/" FUNCTION)
int at_return(struct pt_regs *ctx)
{
	return is_hit() ? count_at(&hits, 1) : 0;
}

/* Behind the common fields and the number of the system call: its arguments. */
SEC("tp/syscalls/sys_enter_bpf")
int at_tracepoint(const __u64 *ctx)
{
	return ctx[2] == BPF_PROG_GET_FD_BY_ID ? count_at(&hits, 2) : 0;
}

SEC("raw_tp/sched_process_exec")
int at_raw_tracepoint(void *ctx)
{
	return is_hit() ? count_at(&hits, 3) : 0;
}

SEC("?kprobe/no_kernel_has_this")
int optional(struct pt_regs *ctx)
{
	return count_at(&hits, 0);
}
