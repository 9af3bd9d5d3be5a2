/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_parts.h - for harnesses whose input is several parts, each in memory of
 * its own. FUZZ_NAME is the harness's, for its findings.
 */
#ifndef FUZZ_PARTS_H
#define FUZZ_PARTS_H

#include <stdio.h>
#include <stdlib.h>

#include "invariants.h"

/* What libFuzzer calls; it has no header of its own. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void finding(const char *what, const struct why *why)
{
	fprintf(stderr, FUZZ_NAME ": %s\n  reason: %s\n", what, why->reason.data);
	abort();
}

static const struct why nothing;

static void expect(bool good, const char *what)
{
	if (!good)
		finding(what, &nothing);
}

/* A copy of the next len bytes, or of what there is. */
static struct view part_of(struct view *input, size_t len)
{
	struct view part = { .size = len < input->size ? len : input->size };
	uint8_t *copy = malloc(part.size ? part.size : 1);

	memcpy(copy, input->data, part.size);
	part.data = copy;
	input->data += part.size;
	input->size -= part.size;
	return part;
}

#endif
