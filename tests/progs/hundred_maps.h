// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A hundred maps, hits00 to hits99. */
#include "count.h"

#define MAP(NAME)                                                                     \
	struct bpf_elf_map NAME SEC("maps") = { .type = BPF_MAP_TYPE_ARRAY,           \
						.size_key = 4, .size_value = 8, .max_elem = 1 };
#define TEN(DO, X) DO(X##0) DO(X##1) DO(X##2) DO(X##3) DO(X##4) \
		   DO(X##5) DO(X##6) DO(X##7) DO(X##8) DO(X##9)
#define HUNDRED(DO) TEN(DO, hits0) TEN(DO, hits1) TEN(DO, hits2) TEN(DO, hits3) TEN(DO, hits4) \
		    TEN(DO, hits5) TEN(DO, hits6) TEN(DO, hits7) TEN(DO, hits8) TEN(DO, hits9)
#define COUNT(NAME) count_one(&NAME);

HUNDRED(MAP)
