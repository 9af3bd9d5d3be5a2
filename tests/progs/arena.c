// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Variables in an arena, as clang 19 and newer place them. Debian 12's knows neither the
 * address space nor the cast into it, and is given section and bytes.
 */
#include "modern.h"

#define BPF_MAP_TYPE_ARENA 33
#define BPF_F_MMAPABLE (1 << 10)
#define ARENA __attribute__((section(".addr_space.1")))

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2);
} arena SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

ARENA __u64 from_100 = 100;
ARENA __u64 step = 1;

/* Adds to the one variable what is in the other, and gives the sum. */
static __always_inline __u64 next(void)
{
	__u64 sum;

	asm volatile("r1 = %[sum]\n"
		     ".byte 0xbf, 0x11, 1, 0, 1, 0, 0, 0\n" /* r1 = addr_space_cast(r1, 0, 1) */
		     "r2 = %[step]\n"
		     ".byte 0xbf, 0x22, 1, 0, 1, 0, 0, 0\n"
		     "r3 = *(u64 *)(r1 + 0)\n"
		     "r2 = *(u64 *)(r2 + 0)\n"
		     "r3 += r2\n"
		     "*(u64 *)(r1 + 0) = r3\n"
		     "%[out] = r3\n"
		     : [out] "=r"(sum)
		     : [sum] "r"(&from_100), [step] "r"(&step)
		     : "r1", "r2", "r3", "memory");
	return sum;
}

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&seen, &key);

	if (value && is_counted(ctx))
		*value = next();
	return 0;
}
