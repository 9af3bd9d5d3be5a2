// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz_object: bytes -> ELF view -> object -> each of its programs, composed. They
 * must be refused with a reason, or become an object that holds together. Both the bytes and the memory for
 * the object are exactly as long as they are said to be, so that the sanitizer
 * sees every access behind them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "invariants.h"

/*
 * Memory for the object, as a multiple of the file's size and beside it: more
 * than the loader takes, for a small file of many maps may describe much; but
 * what grows faster than the file does not fit.
 */
#define ARENA_TIMES 48
#define ARENA_ROOM 8192

/* What libFuzzer calls; it has no header of its own. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void finding(const char *what, const struct why *why)
{
	fprintf(stderr, "fuzz_object: %s\n  reason: %s\n  hint: %s\n", what, why->reason.data,
		why->hint.data);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { .size = ARENA_TIMES * size + ARENA_ROOM };
	uint8_t *file = malloc(size);
	struct object object;
	struct why why;
	struct elf elf;
	const char *broken;
	int err;

	arena.data = calloc(1, arena.size);
	memcpy(file, data, size);
	why_clear(&why);
	err = elf_open((struct view){ file, size }, &elf, &why);
	if (!err)
		err = object_parse(&elf, &arena, &object, &why);
	if (err && !why_is_told(&why))
		finding("refused without a readable reason", &why);
	if (err && err != -ENOEXEC)
		finding("another error than -ENOEXEC", &why);
	broken = err ? NULL : object_broken(&elf, &arena, &object);
	if (broken)
		finding(broken, &why);
	free(file);
	free(arena.data);
	return 0;
}
