/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_inflate.h - inflate.h: gzip's own files unpacked, and damaged ones refused */
#ifndef UNIT_INFLATE_H
#define UNIT_INFLATE_H

#include "fixture.h"

#define INFLATE_TEXT_MAX (1U << 20)

/* What goes in, in pieces of some size, and what came out. */
static struct {
	const uint8_t *data;
	size_t len, next, piece;
	int read_err;   /* instead of the end */
	int write_err;  /* instead of taking anything */
	size_t text_len;
	char text[INFLATE_TEXT_MAX];
} inflate_io;

static struct inflate inflate_state;

static int inflate_io_read(void *context, uint8_t *data, size_t len)
{
	size_t nr = inflate_io.len - inflate_io.next;

	EXPECT(context == &inflate_io);
	if (nr == 0)
		return inflate_io.read_err;
	nr = nr < len ? nr : len;
	nr = nr < inflate_io.piece ? nr : inflate_io.piece;
	memcpy(data, inflate_io.data + inflate_io.next, nr);
	inflate_io.next += nr;
	return (int)nr;
}

static int inflate_io_write(void *context, const uint8_t *data, size_t len)
{
	EXPECT(context == &inflate_io);
	if (inflate_io.write_err)
		return inflate_io.write_err;
	if (len > INFLATE_TEXT_MAX - inflate_io.text_len)
		return -EFBIG;
	memcpy(inflate_io.text + inflate_io.text_len, data, len);
	inflate_io.text_len += len;
	return 0;
}

/* Unpacks bytes into inflate_io.text; what inflate_gzip() returned. */
static int inflate_run(const void *data, size_t len, size_t piece)
{
	inflate_io.data = data;
	inflate_io.len = len;
	inflate_io.piece = piece;
	inflate_io.next = inflate_io.text_len = 0;
	memset(&inflate_state, 0, sizeof(inflate_state));
	inflate_state.read = inflate_io_read;
	inflate_state.write = inflate_io_write;
	inflate_state.context = &inflate_io;
	why_clear(&why);
	return inflate_gzip(&inflate_state, &why);
}

static bool inflate_text_is(const char *wanted, size_t len)
{
	return inflate_io.text_len == len && memcmp(inflate_io.text, wanted, len) == 0;
}

/* ---- What zlib made of small texts: a block of each type ---- */

static const char inflate_plain[] = "CONFIG_BPF=y\nCONFIG_BPF_SYSCALL=y\nCONFIG_BPF_JIT=y\n";

static const uint8_t inflate_stored_file[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x03, 0x01, 0x33, 0x00, 0xcc, 0xff,
	0x43, 0x4f, 0x4e, 0x46, 0x49, 0x47, 0x5f, 0x42, 0x50, 0x46, 0x3d, 0x79, 0x0a, 0x43, 0x4f,
	0x4e, 0x46, 0x49, 0x47, 0x5f, 0x42, 0x50, 0x46, 0x5f, 0x53, 0x59, 0x53, 0x43, 0x41, 0x4c,
	0x4c, 0x3d, 0x79, 0x0a, 0x43, 0x4f, 0x4e, 0x46, 0x49, 0x47, 0x5f, 0x42, 0x50, 0x46, 0x5f,
	0x4a, 0x49, 0x54, 0x3d, 0x79, 0x0a, 0x29, 0xed, 0x03, 0xe0, 0x33, 0x00, 0x00, 0x00,
};

static const uint8_t inflate_fixed_file[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x73, 0xf6, 0xf7, 0x73, 0xf3,
	0x74, 0x8f, 0x77, 0x0a, 0x70, 0xb3, 0xad, 0xe4, 0x72, 0x86, 0x73, 0xe2, 0x83, 0x23, 0x83,
	0x9d, 0x1d, 0x7d, 0x7c, 0x50, 0x05, 0xbd, 0x3c, 0x43, 0x80, 0x02, 0x00, 0x29, 0xed, 0x03,
	0xe0, 0x33, 0x00, 0x00, 0x00,
};

/* Of sixty lines, see inflate_dynamic_text(). */
static const uint8_t inflate_dynamic_file[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x55, 0xd2, 0x3d, 0x0e,
	0xc2, 0x30, 0x0c, 0x86, 0xe1, 0x9d, 0xd3, 0xd4, 0x89, 0xf3, 0xe3, 0xa1, 0x43, 0x9a,
	0xa4, 0x88, 0x05, 0x8e, 0xc0, 0x09, 0x60, 0xe7, 0xf6, 0x08, 0xa1, 0xca, 0x6f, 0x37,
	0x0f, 0x9f, 0xa2, 0xe7, 0xb3, 0xd3, 0x1f, 0xf7, 0xfd, 0x76, 0x7d, 0x2e, 0xeb, 0xe7,
	0xd2, 0xff, 0xa3, 0xac, 0xef, 0x63, 0xd4, 0xf5, 0x75, 0x8c, 0x86, 0xc0, 0xe2, 0x09,
	0x31, 0x8f, 0x04, 0xf5, 0x4c, 0xe4, 0x2b, 0x8b, 0x67, 0x92, 0x78, 0x26, 0xab, 0x67,
	0x0a, 0xde, 0x31, 0x60, 0x9a, 0x79, 0xa6, 0x83, 0x33, 0x85, 0x1e, 0x82, 0x82, 0x78,
	0x4a, 0x14, 0x24, 0xc9, 0x46, 0x37, 0x50, 0xb2, 0xb1, 0xdd, 0x04, 0x2b, 0x88, 0xb0,
	0x1f, 0x60, 0xa1, 0xa0, 0x61, 0x68, 0xa0, 0x85, 0x61, 0xdc, 0x03, 0x6c, 0x51, 0xd1,
	0x32, 0x56, 0xae, 0xab, 0x9f, 0xf6, 0x05, 0x9b, 0x2a, 0x9a, 0x6a, 0x85, 0x4d, 0xbb,
	0x71, 0xaf, 0xb0, 0xa5, 0x84, 0xa6, 0x89, 0xb6, 0xb4, 0x9f, 0xf6, 0x0f, 0x5b, 0x36,
	0x34, 0xcd, 0x13, 0xb6, 0x12, 0x8d, 0x77, 0x82, 0xad, 0x4c, 0x34, 0xad, 0x0a, 0x5b,
	0x6d, 0xc2, 0x7b, 0xc2, 0x66, 0x19, 0x4d, 0x8d, 0x27, 0x6d, 0xc1, 0x78, 0x77, 0xd8,
	0xda, 0x8e, 0xa6, 0x5b, 0x86, 0x6d, 0x1b, 0xc2, 0xff, 0x01, 0x5b, 0xdf, 0xd0, 0x74,
	0x04, 0xd8, 0x86, 0xfd, 0x5e, 0xfb, 0x02, 0xbd, 0x0f, 0x49, 0xe0, 0xf8, 0x02, 0x00,
	0x00,
};

static const char *inflate_dynamic_text(size_t *len)
{
	static char lines[2048];

	*len = 0;
	for (unsigned int i = 0; i < 60; i++)
		*len += (size_t)snprintf(lines + *len, sizeof(lines) - *len, "CONFIG_%X=%c\n",
					 i * i, "ynm"[i % 3]);
	return lines;
}

static void inflate_blocks_of_each_type(void)
{
	size_t plain_len = strlen(inflate_plain), len;
	const char *lines = inflate_dynamic_text(&len);
	const struct {
		const char *name;
		const uint8_t *data;
		size_t size;
		const char *text;
		size_t len;
	} rows[] = {
		{ "stored", inflate_stored_file, sizeof(inflate_stored_file), inflate_plain, plain_len },
		{ "fixed", inflate_fixed_file, sizeof(inflate_fixed_file), inflate_plain, plain_len },
		{ "dynamic", inflate_dynamic_file, sizeof(inflate_dynamic_file), lines, len },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t piece = 1; piece <= 4096; piece *= 8) {
			check.row = rows[i].name;
			EXPECT_NUMBER(inflate_run(rows[i].data, rows[i].size, piece), 0);
			EXPECT(inflate_text_is(rows[i].text, rows[i].len));
		}
}

/* RFC 1952: a header with everything that it may have. */
static void inflate_whole_header(void)
{
	static const uint8_t header[] = { 0x1f, 0x8b, 8, 0x1e, 1, 2, 3, 4, 2, 3,
					  3, 0, 'a', 0, 'c',              /* FEXTRA */
					  'c', 'o', 'n', 'f', 'i', 'g', 0, /* FNAME */
					  0,                              /* FCOMMENT */
					  0x12, 0x34 };                   /* FHCRC */
	uint8_t file[sizeof(header) + sizeof(inflate_fixed_file)];

	memcpy(file, header, sizeof(header));
	memcpy(file + sizeof(header), inflate_fixed_file + 10, sizeof(inflate_fixed_file) - 10);
	EXPECT_NUMBER(inflate_run(file, sizeof(file) - 10, 4096), 0);
	EXPECT(inflate_text_is(inflate_plain, strlen(inflate_plain)));
}

/* ---- gzip itself, on a text of many windows ---- */

static const char *inflate_long_text(size_t *len)
{
	static char lines[300000];
	uint32_t random = 1;

	*len = 0;
	while (*len < sizeof(lines) - 64) {
		random = random * 1664525 + 1013904223;
		*len += (size_t)snprintf(lines + *len, 64, random >> 31 ? "CONFIG_%u=%c\n"
						: "# CONFIG_%u is not set %c\n",
					 random >> (random >> 27 & 15), "ynm"[random >> 20 & 1]);
	}
	return lines;
}

/* The text through a command; the bytes that it wrote. 0 when it cannot be run. */
static size_t inflate_pack(const char *command, const char *data, size_t len, uint8_t *out,
			   size_t size)
{
	char path[] = "/tmp/unit_inflate.XXXXXX", line[128];
	int fd = mkstemp(path);
	size_t nr = 0;
	FILE *pipe;

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		return 0;
	close(fd);
	snprintf(line, sizeof(line), "{ %s; } <%s 2>/dev/null", command, path);
	pipe = popen(line, "r");
	if (pipe) {
		nr = fread(out, 1, size, pipe);
		pclose(pipe);
	}
	unlink(path);
	return nr;
}

static void inflate_real_gzip(void)
{
	static const char *const commands[] = { "gzip -1", "gzip -4", "gzip -6", "gzip -9n" };
	static uint8_t file[INFLATE_TEXT_MAX];
	size_t len, packed;
	const char *lines = inflate_long_text(&len);

	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		check.row = commands[i];
		packed = inflate_pack(commands[i], lines, len, file, sizeof(file));
		if (!packed) {
			SKIP("there is no gzip");
			return;
		}
		EXPECT(packed < len / 2);
		EXPECT_NUMBER(inflate_run(file, packed, 4096), 0);
		EXPECT(inflate_text_is(lines, len));
		EXPECT_NUMBER(inflate_run(file, packed, 7), 0);
		EXPECT(inflate_text_is(lines, len));
	}
	/* What has no pattern is stored; a run is copied from the byte before. */
	packed = inflate_pack("gzip -9 | gzip -9", lines, len, file, sizeof(file));
	EXPECT_NUMBER(inflate_run(file, packed, 4096), 0);
	EXPECT(inflate_io.text_len > 2 && (uint8_t)inflate_io.text[0] == 0x1f);
	packed = inflate_pack("head -c 1000000 /dev/zero | gzip", lines, len, file, sizeof(file));
	EXPECT_NUMBER(inflate_run(file, packed, 4096), 0);
	EXPECT_NUMBER(inflate_io.text_len, 1000000);
}

/* ---- What is wrong ---- */

static void inflate_truncated(void)
{
	for (size_t len = 0; len < sizeof(inflate_dynamic_file); len++) {
		EXPECT_NUMBER(inflate_run(inflate_dynamic_file, len, 4096), -EIO);
		EXPECT_TEXT(why.reason.data, "is truncated");
	}
}

static void inflate_no_gzip(void)
{
	EXPECT_NUMBER(inflate_run(inflate_plain, strlen(inflate_plain), 4096), -EIO);
	EXPECT_TEXT(why.reason.data, "is not compressed by gzip");
}

/* Every bit of a file matters, beside the time, the effort and the system in its header. */
static void inflate_flipped_bits(void)
{
	static const struct {
		const uint8_t *data;
		size_t len;
	} files[] = {
		{ inflate_stored_file, sizeof(inflate_stored_file) },
		{ inflate_fixed_file, sizeof(inflate_fixed_file) },
		{ inflate_dynamic_file, sizeof(inflate_dynamic_file) },
	};
	uint8_t file[sizeof(inflate_dynamic_file)];

	for (size_t i = 0; i < COUNT_OF(files); i++)
		for (size_t bit = 80; bit < files[i].len * 8; bit++) {
			memcpy(file, files[i].data, files[i].len);
			file[bit / 8] ^= (uint8_t)(1 << bit % 8);
			/* 10: the bits between a stored block's type and its length. */
			if (i == 0 && bit / 8 == 10 && bit % 8 >= 3)
				continue;
			/* So do those behind the end of the last block. */
			if (i > 0 && bit / 8 == files[i].len - 9 &&
			    inflate_run(file, files[i].len, 4096) == 0)
				continue;
			EXPECT_NUMBER(inflate_run(file, files[i].len, 4096), -EIO);
			EXPECT(why.reason.len > 0);
		}
}

static void inflate_bad_checksum(void)
{
	uint8_t file[sizeof(inflate_fixed_file)];

	for (size_t i = 1; i <= 8; i++) {
		memcpy(file, inflate_fixed_file, sizeof(file));
		file[sizeof(file) - i] ^= 0x10;
		EXPECT_NUMBER(inflate_run(file, sizeof(file), 4096), -EIO);
		EXPECT_TEXT(why.reason.data, "is damaged: its checksum is another one");
	}
}

/* Each in a file of its own: a header, then these. */
static void inflate_impossible(void)
{
	static const struct {
		const char *name;
		uint8_t bytes[12];
	} rows[] = {
		{ "a block of type 3", { 0x07 } },
		{ "a stored block with two lengths", { 0x01, 3, 0, 3, 0, 'a', 'b', 'c' } },
		/* Fixed: a length of 3 (0000001), distance 1 (00000), nothing before it. */
		{ "text before the start", { 0x03, 0x02 } },
		/* Fixed: symbol 286 (11000110), which no compressor writes. */
		{ "a length that does not exist", { 0x1b, 0x03 } },
		/* Fixed: 'a' (10010001), a length of 3, distance symbol 30 (11110). */
		{ "a distance that does not exist", { 0x4b, 0x04, 0x3e } },
		/* Dynamic, no length at all: the first code already stands for nothing. */
		{ "a code with no symbols", { 0x05 } },
	};
	uint8_t file[10 + sizeof(rows[0].bytes) + 64] = { 0 };

	memcpy(file, inflate_fixed_file, 10);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].name;
		memcpy(file + 10, rows[i].bytes, sizeof(rows[i].bytes));
		EXPECT_NUMBER(inflate_run(file, sizeof(file), 4096), -EIO);
		EXPECT_TEXT(why.reason.data, "is damaged");
	}
}

/* What a callback says is passed on, with no word of ours. */
static void inflate_callbacks_fail(void)
{
	inflate_io.read_err = -EPERM;
	EXPECT_NUMBER(inflate_run(inflate_fixed_file, 20, 4096), -EPERM);
	EXPECT_NUMBER(why.reason.len, 0);
	inflate_io.read_err = 0;
	inflate_io.write_err = -ERANGE;
	EXPECT_NUMBER(inflate_run(inflate_fixed_file, sizeof(inflate_fixed_file), 4096), -ERANGE);
	EXPECT_NUMBER(why.reason.len, 0);
	inflate_io.write_err = 0;
}

static const struct check_case inflate_cases[] = {
	{ "inflate: stored, fixed and dynamic blocks", inflate_blocks_of_each_type },
	{ "inflate: a header with all its parts", inflate_whole_header },
	{ "inflate: gzip's files of every effort", inflate_real_gzip },
	{ "inflate: truncated anywhere", inflate_truncated },
	{ "inflate: another file", inflate_no_gzip },
	{ "inflate: any bit flipped", inflate_flipped_bits },
	{ "inflate: a wrong checksum or length", inflate_bad_checksum },
	{ "inflate: what no compressor writes", inflate_impossible },
	{ "inflate: callbacks that fail", inflate_callbacks_fail },
};

#endif
