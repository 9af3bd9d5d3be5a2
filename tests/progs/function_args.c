// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* For vm_mmap_pgoff: counts which arguments of hit's known call are where they should be. */
#include "count.h"
#include "known.h"

struct bpf_elf_map hits SEC("maps") = {
	.type = BPF_MAP_TYPE_ARRAY,
	.size_key = sizeof(__u32),
	.size_value = sizeof(__u64),
	.max_elem = 7, /* by the number of the argument */
};

SEC("prog")
int count(struct pt_regs *ctx)
{
	/* hit makes other calls as well, all of them of another length. */
	if (!is_hit() || PT_REGS_PARM3(ctx) != KNOWN_LENGTH)
		return 0;
	count_at(&hits, 3);
	if (PT_REGS_PARM1(ctx) == 0) /* no file */
		count_at(&hits, 1);
	if (PT_REGS_PARM2(ctx) == KNOWN_ADDRESS)
		count_at(&hits, 2);
	if (PT_REGS_PARM4(ctx) == KNOWN_PROT)
		count_at(&hits, 4);
	if (PT_REGS_PARM5(ctx) == KNOWN_FLAGS)
		count_at(&hits, 5);
	if (PT_REGS_PARM6(ctx) == KNOWN_PAGE)
		count_at(&hits, 6);
	return 0;
}
