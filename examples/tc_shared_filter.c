// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tc_shared_filter.c - a map shared with a tc program: tc's end
 *
 *	clang -O2 -g -Wall -target bpf -c tc_shared_filter.c -o tc_shared_filter.o
 *	tc qdisc add dev lo clsact
 *	tc filter add dev lo ingress bpf da obj tc_shared_filter.o sec classifier
 *
 * For tc, not for load_kp_bpf: tc is built with libbpf today, which reads maps
 * in the section ".maps" with the types that -g adds, and pins by name in
 * /sys/fs/bpf/tc/globals, where PIN_GLOBAL_NS is. The two definitions must
 * agree. (A tc without libbpf takes the kprobe's end's, pinning and all.)
 *
 * How to read the counts stands in tc_shared_kprobe.c. To end:
 * tc qdisc del dev lo clsact
 */
#include "kp_bpf.h"

#define LIBBPF_PIN_BY_NAME	1
#define TC_ACT_UNSPEC		(-1)	/* go on as if this filter were not there */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 2);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} packet_counts SEC(".maps");

struct __sk_buff;

SEC("classifier")
int count_seen(struct __sk_buff *packet)
{
	__u32 key = 1;
	__u64 *packets = bpf_map_lookup_elem(&packet_counts, &key);

	if (packets)
		kp_add(packets, 1);
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
