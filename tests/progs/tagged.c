// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A global function of whose argument only a tag says what it is. */
#include "modern.h"

__u64 nr_counted;

NOINLINE int counted(void *ctx __attribute__((btf_decl_tag("arg:ctx"))))
{
	return is_counted(ctx);
}

SEC("kprobe/" FUNCTION)
int count(struct pt_regs *ctx)
{
	if (counted(ctx))
		__sync_fetch_and_add(&nr_counted, 1);
	return 0;
}
