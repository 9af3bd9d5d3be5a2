/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs in today's style have in common: compiled with -g, their maps are types. */
#include "count.h"

#define NOINLINE __attribute__((noinline))
#define WEAK __attribute__((weak))
#define KSYM __attribute__((section(".ksyms")))
#define KCONFIG __attribute__((section(".kconfig")))
#define RELOCATED __attribute__((preserve_access_index))

/* The kernel's function that every call of bpf() passes; its first argument is the command. */
#define FUNCTION "security_bpf"

static __always_inline int is_counted(struct pt_regs *ctx)
{
	return (__s32)PT_REGS_PARM1(ctx) == BPF_PROG_GET_FD_BY_ID;
}
