// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * count_by_process.c - how often does each process call a function?
 *
 *	clang -O2 -Wall -target bpf -c count_by_process.c -o count_by_process.o
 *	load_kp_bpf count_by_process.o vfs_read
 *
 * Any function will do. The counts are in a hash from process id to a 64-bit
 * number, pinned, so that they can be read during the run and after it:
 *
 *	bpftool map dump pinned /sys/fs/bpf/process_counts
 *
 * A second run goes on from there; `rm /sys/fs/bpf/process_counts` starts anew.
 */
#include "kp_bpf.h"

struct bpf_elf_map SEC("maps") process_counts = {
	.type		= BPF_MAP_TYPE_HASH,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 4096,
	.pinning	= PIN_OBJECT_NS,
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	__u32 process = bpf_get_current_pid_tgid() >> 32;
	__u64 zero = 0, *calls;

	calls = bpf_map_lookup_elem(&process_counts, &process);
	if (!calls) {
		/* Another thread may have made it meanwhile: keep its count. */
		bpf_map_update_elem(&process_counts, &process, &zero, BPF_NOEXIST);
		calls = bpf_map_lookup_elem(&process_counts, &process);
	}
	if (calls)
		kp_add(calls, 1);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
