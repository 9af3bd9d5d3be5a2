// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Uses more maps than the kernel lets one program use (64). */
#include "hundred_maps.h"

SEC("prog")
int count(void *ctx)
{
	HUNDRED(COUNT)
	return 0;
}
