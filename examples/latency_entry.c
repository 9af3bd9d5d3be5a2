// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * latency_entry.c - how long does a function take? First half: note the time
 *
 *	clang -O2 -Wall -target bpf -c latency_entry.c -o latency_entry.o
 *	load_kp_bpf latency_entry.o vfs_read
 *
 * The other half, latency_return.c, runs beside it on the same function's
 * return. They meet in the map latency_start, which both define alike: whoever
 * is first creates and pins it, the other opens it.
 */
#include "kp_bpf.h"

/* From thread to the time of its entry, in nanoseconds */
struct bpf_elf_map SEC("maps") latency_start = {
	.type		= BPF_MAP_TYPE_HASH,
	.size_key	= sizeof(__u64),
	.size_value	= sizeof(__u64),
	.max_elem	= 4096,
	.pinning	= PIN_OBJECT_NS,
};

SEC("prog")
int note_start(struct pt_regs *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u64 now = bpf_ktime_get_ns();

	bpf_map_update_elem(&latency_start, &thread, &now, BPF_ANY);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
