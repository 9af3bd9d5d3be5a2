// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Values of the kernel's configuration, put where a test can see them. */
#include "modern.h"

extern __u32 LINUX_KERNEL_VERSION KCONFIG;
extern _Bool LINUX_HAS_SYSCALL_WRAPPER KCONFIG;
extern _Bool CONFIG_OF_NO_KERNEL KCONFIG WEAK;

__u64 nr_hits, version, wrapper, of_no_kernel = 9;

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	if (!is_counted(ctx))
		return 0;
	nr_hits++;
	version = LINUX_KERNEL_VERSION;
	wrapper = LINUX_HAS_SYSCALL_WRAPPER;
	of_no_kernel = CONFIG_OF_NO_KERNEL;
	return 0;
}
