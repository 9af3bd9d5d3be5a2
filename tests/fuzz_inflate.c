// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz_inflate: bytes -> inflate_gzip(). The first byte is how many bytes a
 * read gives at most. The file is unpacked or refused with a reason; no text is
 * longer than its bits can make it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct io {
	const uint8_t *data;
	size_t len, next, piece;
	uint64_t written;
};

static void finding(const char *what)
{
	fprintf(stderr, "fuzz_inflate: %s\n", what);
	abort();
}

static int io_read(void *context, uint8_t *data, size_t len)
{
	struct io *io = context;
	size_t nr = io->len - io->next;

	nr = nr < len ? nr : len;
	nr = nr < io->piece ? nr : io->piece;
	memcpy(data, io->data + io->next, nr);
	io->next += nr;
	return (int)nr;
}

static int io_write(void *context, const uint8_t *data, size_t len)
{
	struct io *io = context;

	(void)data;
	io->written += len;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inflate *inflate;
	struct io io;
	struct why why;
	int err;

	if (size == 0)
		return 0;
	inflate = calloc(1, sizeof(*inflate));
	why_clear(&why);
	io = (struct io){ data + 1, size - 1, 0, data[0] ? data[0] : 4096, 0 };
	inflate->read = io_read;
	inflate->write = io_write;
	inflate->context = &io;
	err = inflate_gzip(inflate, &why);
	if (err && (err != -EIO || !why.reason.len))
		finding("refused without a reason");
	if (io.written > 258 * 8 * (uint64_t)size)
		finding("a text longer than its bits can make it");
	free(inflate);
	return 0;
}
