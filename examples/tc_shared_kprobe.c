// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tc_shared_kprobe.c - a map shared with a tc program: the kprobe's end
 *
 *	clang -O2 -Wall -target bpf -c tc_shared_kprobe.c -o tc_shared_kprobe.o
 *	load_kp_bpf tc_shared_kprobe.o ip_rcv
 *
 * Counts the packets that reach IPv4 at key 0, while the other end,
 * tc_shared_filter.c, counts those that come in through one device at key 1:
 *
 *	bpftool map dump pinned /sys/fs/bpf/tc/globals/packet_counts
 *
 * Either end may start first: it creates the map, the other one opens it.
 */
#include "kp_bpf.h"

struct bpf_elf_map SEC("maps") packet_counts = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 2,
	.pinning	= PIN_GLOBAL_NS,
};

SEC("prog")
int count_received(struct pt_regs *ctx)
{
	__u32 key = 0;
	__u64 *packets = bpf_map_lookup_elem(&packet_counts, &key);

	if (packets)
		kp_add(packets, 1);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
