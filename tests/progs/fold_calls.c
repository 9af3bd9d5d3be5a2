// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Compiled with -g: constants in functions that two programs share, and what the kernel is. */
#include "count.h"

#define PRINT(format, ...)							\
({										\
	static const char text_[] = format;					\
	bpf_trace_printk(text_, sizeof(text_), ##__VA_ARGS__);			\
})

static const volatile int added = 5;
extern unsigned int LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));

static __attribute__((noinline)) int shared(void *ctx, int x)
{
	PRINT("shared %d %d\n", x, added);
	if (x > 3)
		PRINT("large\n");
	return x + added + (int)LINUX_KERNEL_VERSION;
}

SEC("kprobe/__x64_sys_bpf")
int one(struct pt_regs *ctx)
{
	int ret = shared(ctx, added);

	PRINT("one %d\n", ret);
	return 0;
}

SEC("kprobe/__x64_sys_bpf")
int two(struct pt_regs *ctx)
{
	PRINT("two\n");
	return shared(ctx, 2);
}
