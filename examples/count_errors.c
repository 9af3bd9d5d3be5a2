// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * count_errors.c - which errors does a function return, and how often?
 *
 *	clang -O2 -Wall -target bpf -c count_errors.c -o count_errors.o
 *	load_kp_bpf -r count_errors.o do_filp_open
 *
 * do_filp_open is what every open and exec goes through. Any function will do
 * that returns a long or a pointer, negative error numbers among them; for one
 * that returns an int, cast PT_REGS_RC to __s32. While it runs,
 *
 *	bpftool map dump name error_counts
 *
 * shows a 64-bit count for each error number seen: 2 is ENOENT, 13 is EACCES.
 */
#include "kp_bpf.h"

#define MAX_ERRNO	4095

struct bpf_elf_map SEC("maps") error_counts = {
	.type		= BPF_MAP_TYPE_HASH,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 256,
};

SEC("prog")
int count_error(struct pt_regs *ctx)
{
	__s64 result = PT_REGS_RC(ctx);
	__u64 zero = 0, *count;
	__u32 error;

	if (result >= 0 || result < -MAX_ERRNO)
		return 0;

	error = -result;
	count = bpf_map_lookup_elem(&error_counts, &error);
	if (!count) {
		bpf_map_update_elem(&error_counts, &error, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&error_counts, &error);
	}
	if (count)
		kp_add(count, 1);
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
