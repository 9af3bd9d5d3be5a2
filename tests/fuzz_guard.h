/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_guard.h - put before a harness that has no address sanitizer: behind what
 * malloc(3) and calloc(3) give it lies a page that nobody may touch.
 *
 * malloc's bytes end right before that page, wherever they then start: they are a
 * file's or a text's. calloc's are for structs and start at a multiple of 8, so
 * that a touch of the up to 7 bytes behind them goes unseen; as does one of what
 * lies before either, or was freed.
 */
#ifndef FUZZ_GUARD_H
#define FUZZ_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUARD_ROOM (1UL << 20) /* of one range */
#define GUARD_RANGES 8         /* at a time */

static struct guard {
	uint8_t *end; /* where the page is that nobody may touch; NULL before the first use */
	bool taken;
} guards[GUARD_RANGES];

static inline void guard_map(struct guard *guard)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *start = mmap(NULL, GUARD_ROOM + page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED || mprotect(start + GUARD_ROOM, page, PROT_NONE) != 0)
		abort();
	guard->end = start + GUARD_ROOM;
}

static inline void *guard_take(size_t size)
{
	struct guard *guard = guards;

	while (guard < guards + GUARD_RANGES && guard->taken)
		guard++;
	if (guard == guards + GUARD_RANGES || size > GUARD_ROOM)
		abort();
	if (!guard->end)
		guard_map(guard);
	guard->taken = true;
	return guard->end - size;
}

static inline void *guard_take_zeroed(size_t count, size_t len)
{
	size_t size = (count * len + 7) & ~(size_t)7;

	return memset(guard_take(size), 0, size);
}

static inline void guard_give(const void *range)
{
	const uint8_t *start = range;

	for (struct guard *guard = guards; guard < guards + GUARD_RANGES; guard++)
		if (guard->end && start <= guard->end && start >= guard->end - GUARD_ROOM)
			guard->taken = false;
}

#define malloc(size) guard_take(size)
#define calloc(count, len) guard_take_zeroed(count, len)
#define free(range) guard_give(range)

#endif
