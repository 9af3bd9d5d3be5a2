// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * latency_return.c - how long does a function take? Second half: the histogram
 *
 *	clang -O2 -Wall -target bpf -c latency_return.c -o latency_return.o
 *	load_kp_bpf -r latency_return.o vfs_read
 *
 * beside latency_entry.c on the same function. The result stays after the end:
 *
 *	bpftool map dump pinned /sys/fs/bpf/latency_log2
 *
 * At key n is the number of calls that took 2^n to 2^(n+1) - 1 nanoseconds:
 * 10 is about a microsecond, 20 a millisecond, 30 a second. To start anew:
 * rm /sys/fs/bpf/latency_*
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

struct bpf_elf_map SEC("maps") latency_log2 = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 64,
	.pinning	= PIN_OBJECT_NS,
};

/* Unrolled: kernels before v5.3 refuse every loop. */
static __always_inline __u32 floor_log2(__u64 value)
{
	__u32 log = 0;

#pragma unroll
	for (int half = 32; half; half /= 2) {
		if (value >> half) {
			value >>= half;
			log += half;
		}
	}
	return log;
}

SEC("prog")
int add_latency(struct pt_regs *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u64 *start, *calls;
	__u32 slot;

	start = bpf_map_lookup_elem(&latency_start, &thread);
	if (!start)
		return 0; /* it entered before the other half was there */

	slot = floor_log2(bpf_ktime_get_ns() - *start);
	bpf_map_delete_elem(&latency_start, &thread);

	calls = bpf_map_lookup_elem(&latency_log2, &slot);
	if (calls)
		kp_add(calls, 1);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
