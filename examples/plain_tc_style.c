// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * plain_tc_style.c - an object of tc's time, with nothing but kernel headers
 *
 *	clang -O2 -Wall -target bpf -I/usr/include/x86_64-linux-gnu \
 *		-c plain_tc_style.c -o plain_tc_style.o
 *	load_kp_bpf plain_tc_style.o do_exit
 *
 * Wants Debian's linux-libc-dev (the kernel's headers for programs); x86_64
 * only, as ctx->rdi says. Counts the threads that end with another status than
 * 0, which is do_exit's first argument, at key 0:
 *
 *	bpftool map dump name exit_counts
 *
 * (clang 20 and newer want -mcpu=v1 as well for kernels before v5.12.)
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>

struct bpf_elf_map {
	__u32 type;
	__u32 size_key;
	__u32 size_value;
	__u32 max_elem;
	__u32 flags;
	__u32 id;
	__u32 pinning;
	__u32 inner_id;
	__u32 inner_idx;
};

struct bpf_elf_map __attribute__((section("maps"), used)) exit_counts = {
	.type		= BPF_MAP_TYPE_ARRAY,
	.size_key	= sizeof(__u32),
	.size_value	= sizeof(__u64),
	.max_elem	= 1,
};

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) =
	(void *)BPF_FUNC_map_lookup_elem;

__attribute__((section("prog"), used))
int count_failed(struct pt_regs *ctx)
{
	__u32 key = 0;
	__u64 *failed;

	if (ctx->rdi == 0)
		return 0;

	failed = bpf_map_lookup_elem(&exit_counts, &key);
	if (failed)
		__sync_fetch_and_add(failed, 1);
	return 0;
}

char _license[] __attribute__((section("license"), used)) = "Dual BSD/GPL";
