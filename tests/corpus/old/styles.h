/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The map definitions of loaders before BTF, all of which are still met. */
#include "../../../examples/kp_bpf.h"

/* The first libbpf's and the kernel samples'; 20 bytes, later 28. */
struct bpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags;
};

struct bpf_map_def_28 {
	__u32 type, key_size, value_size, max_entries, map_flags, inner_map_idx, numa_node;
};

/* gobpf's, which had a section of its own for each map, "maps/NAME". */
struct gobpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags, pinning;
	char namespace[256];
};

static __always_inline void count(void *map)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(map, &key);

	if (value)
		kp_add(value, 1);
}
