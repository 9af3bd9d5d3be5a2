/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * inflate.h - a gzip file (RFC 1952) unpacked in pieces: /proc/config.gz is one.
 *
 * Small rather than fast: codes are decoded bit by bit from the counts of their
 * lengths. The input is asked for, and the output handed on, in pieces, so that
 * a text of any length takes no more memory than struct inflate. No byte of
 * input is trusted: the first thing wrong is kept in `err`, from then on the
 * input reads as zeros, and every loop ends. Output cannot be endless, since
 * each bit of input makes 258 bytes at most.
 */
#ifndef INFLATE_H
#define INFLATE_H

#include "text.h"

#define INFLATE_CODE_MAX 15U      /* bits of the longest code */
#define INFLATE_LITERALS 288U     /* literals, a block's end, lengths, two that are nothing */
#define INFLATE_DISTANCES 30U
#define INFLATE_WINDOW 32768U     /* the longest distance */

/* A Huffman code as RFC 1951 (3.2.2) derives it from lengths. */
struct inflate_code {
	uint16_t count[INFLATE_CODE_MAX + 1]; /* of codes with that many bits */
	uint16_t symbols[INFLATE_LITERALS];   /* by length, then by value */
};

/* The caller sets the first three; the rest is zero, and inflate_gzip()'s. */
struct inflate {
	/* Up to `len` bytes of the file; returns how many, 0 at its end, or -errno. */
	int (*read)(void *context, uint8_t *data, size_t len);
	/* Takes the next `len` bytes of the text, maybe 0; returns 0, or -errno to end it all. */
	int (*write)(void *context, const uint8_t *data, size_t len);
	void *context;

	int err;
	const char *reason; /* of err; NULL when a callback gave it */
	uint32_t bits;      /* read and not used yet: nr_bits of them, less than 8 between calls */
	uint32_t nr_bits;
	uint32_t crc;
	uint64_t flushed;   /* bytes of the text before those in the window */
	size_t in_next, in_end;
	size_t window_end;
	uint32_t nr_literals, nr_distances; /* of the lengths below, in this order */
	struct inflate_code literals, distances;
	uint8_t lengths[INFLATE_LITERALS + 32]; /* HDIST counts up to 32 */
	uint8_t in[4096];
	uint8_t window[INFLATE_WINDOW];
};

/* Not inlined: it stands in many places, and is never reached. */
__attribute__((noinline, unused))
static void inflate_fail(struct inflate *inflate, int err, const char *reason)
{
	if (inflate->err)
		return;
	inflate->err = err;
	inflate->reason = reason;
}

/* The one sentence for all that no compressor writes. */
__attribute__((noinline, unused))
static void inflate_damaged(struct inflate *inflate)
{
	inflate_fail(inflate, -EIO, "is damaged");
}

/* ---- Bits in ---- */

static inline uint32_t inflate_byte(struct inflate *inflate)
{
	if (inflate->in_next == inflate->in_end && !inflate->err) {
		int ret = inflate->read(inflate->context, inflate->in, sizeof(inflate->in));

		inflate->in_next = 0;
		inflate->in_end = ret > 0 ? (size_t)ret : 0;
		if (ret <= 0)
			inflate_fail(inflate, ret ? ret : -EIO, ret ? NULL : "is truncated");
	}
	return inflate->err ? 0 : inflate->in[inflate->in_next++];
}

/* The next nr bits, 16 at most, the first of them lowest. */
static inline uint32_t inflate_bits(struct inflate *inflate, unsigned int nr)
{
	uint32_t value;

	for (; inflate->nr_bits < nr; inflate->nr_bits += 8)
		inflate->bits |= inflate_byte(inflate) << inflate->nr_bits;
	value = inflate->bits & ((1U << nr) - 1);
	inflate->bits >>= nr;
	inflate->nr_bits -= nr;
	return value;
}

/* What follows starts at a byte: the bits that are left of the last one mean nothing. */
static inline void inflate_align(struct inflate *inflate)
{
	inflate->bits = inflate->nr_bits = 0;
}

static inline uint32_t inflate_word(struct inflate *inflate)
{
	uint32_t low = inflate_bits(inflate, 16);

	return low | inflate_bits(inflate, 16) << 16;
}

/* ---- Bytes out ---- */

/* CRC-32 as in RFC 1952 (8), half a byte at a time: a table of 256 would outweigh the rest. */
static inline uint32_t inflate_crc(uint32_t crc, const uint8_t *data, size_t len)
{
	static const uint32_t halves[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	crc = ~crc;
	for (; len; len--, data++) {
		crc ^= *data;
		crc = crc >> 4 ^ halves[crc & 15];
		crc = crc >> 4 ^ halves[crc & 15];
	}
	return ~crc;
}

static inline void inflate_flush(struct inflate *inflate)
{
	int err;

	if (inflate->err)
		return;
	inflate->crc = inflate_crc(inflate->crc, inflate->window, inflate->window_end);
	err = inflate->write(inflate->context, inflate->window, inflate->window_end);
	if (err)
		inflate_fail(inflate, err, NULL);
	inflate->flushed += inflate->window_end;
	inflate->window_end = 0;
}

static inline void inflate_put(struct inflate *inflate, uint32_t byte)
{
	inflate->window[inflate->window_end++] = (uint8_t)byte;
	if (inflate->window_end == INFLATE_WINDOW)
		inflate_flush(inflate);
	/* After an error nothing is flushed, but the window must not run over. */
	inflate->window_end %= INFLATE_WINDOW;
}

/* ---- Codes ---- */

/*
 * From the lengths of `nr` symbols' codes, 0 for none. Whatever they are, every
 * index stays inside; a code that cannot be makes a text with another checksum.
 */
static inline void inflate_code_set(struct inflate_code *code, const uint8_t *lengths,
				    uint32_t nr)
{
	uint16_t next[INFLATE_CODE_MAX + 2] = { 0 }; /* where the symbols of a length go */

	memset(code->count, 0, sizeof(code->count));
	for (uint32_t i = 0; i < nr; i++)
		code->count[lengths[i]]++;
	code->count[0] = 0;
	for (uint32_t len = 1; len <= INFLATE_CODE_MAX; len++)
		next[len + 1] = next[len] + code->count[len];
	for (uint32_t i = 0; i < nr; i++)
		if (lengths[i])
			code->symbols[next[lengths[i]]++] = (uint16_t)i;
}

static inline uint32_t inflate_symbol(struct inflate *inflate, const struct inflate_code *code)
{
	uint32_t rank = 0;  /* of the bits so far, among the codes of this length */
	uint32_t first = 0; /* the index of this length's first symbol */

	for (uint32_t len = 1; len <= INFLATE_CODE_MAX; len++) {
		rank = rank << 1 | inflate_bits(inflate, 1);
		if (rank < code->count[len])
			return code->symbols[first + rank];
		rank -= code->count[len];
		first += code->count[len];
	}
	inflate_damaged(inflate);
	return 0;
}

/* RFC 1951, 3.2.6. */
static inline void inflate_lengths_fixed(struct inflate *inflate)
{
	inflate->nr_literals = INFLATE_LITERALS;
	inflate->nr_distances = INFLATE_DISTANCES;
	for (uint32_t i = 0; i < INFLATE_LITERALS; i++)
		inflate->lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	memset(inflate->lengths + INFLATE_LITERALS, 5, INFLATE_DISTANCES);
}

/* 3.2.7: the lengths of both codes, in a code of their own whose lengths come first. */
static inline void inflate_lengths_read(struct inflate *inflate)
{
	static const uint8_t order[19] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
					   11, 4,  12, 3, 13, 2, 14, 1, 15 };
	static const struct {
		uint8_t bits, least;
	} repeats[3] = { { 2, 3 }, { 3, 3 }, { 7, 11 } }; /* symbols 16, 17, 18 */
	uint8_t *lengths = inflate->lengths;
	uint32_t nr = 0, nr_lengths;

	inflate->nr_literals = inflate_bits(inflate, 5) + 257;
	inflate->nr_distances = inflate_bits(inflate, 5) + 1;
	nr_lengths = inflate_bits(inflate, 4) + 4;
	memset(lengths, 0, sizeof(order));
	for (uint32_t i = 0; i < nr_lengths; i++)
		lengths[order[i]] = (uint8_t)inflate_bits(inflate, 3);
	inflate_code_set(&inflate->literals, lengths, sizeof(order));

	nr_lengths = inflate->nr_literals + inflate->nr_distances;
	while (nr < nr_lengths) {
		uint32_t length = inflate_symbol(inflate, &inflate->literals), repeat = 1;

		if (length >= 16) {
			repeat = repeats[length - 16].least +
				 inflate_bits(inflate, repeats[length - 16].bits);
			length = length == 16 && nr ? lengths[nr - 1] : 0;
		}
		for (; repeat && nr < nr_lengths; repeat--)
			lengths[nr++] = (uint8_t)length;
	}
}

/* ---- Blocks, 3.2.3 ---- */

static inline void inflate_stored(struct inflate *inflate)
{
	uint32_t len;

	inflate_align(inflate);
	len = inflate_bits(inflate, 16);
	if ((len ^ inflate_bits(inflate, 16)) != 0xffff)
		inflate_damaged(inflate);
	for (; len && !inflate->err; len--)
		inflate_put(inflate, inflate_byte(inflate));
}

/*
 * 3.2.5: lengths and distances alike have a number of symbols for each power of
 * two, given here as its logarithm, and what is between them as extra bits.
 */
static inline uint32_t inflate_extra(struct inflate *inflate, uint32_t symbol, uint32_t log)
{
	uint32_t per_power = 1U << log, extra;

	if (symbol < 2 * per_power)
		return symbol;
	extra = (symbol >> log) - 1;
	return ((per_power + (symbol & (per_power - 1))) << extra) + inflate_bits(inflate, extra);
}

static inline void inflate_copy(struct inflate *inflate, uint32_t length_symbol)
{
	uint32_t len = length_symbol == 28 ? 258 : 3 + inflate_extra(inflate, length_symbol, 2);
	uint32_t symbol = inflate_symbol(inflate, &inflate->distances);
	uint32_t distance = 1 + inflate_extra(inflate, symbol, 1);

	if (length_symbol > 28 || distance > inflate->flushed + inflate->window_end)
		inflate_damaged(inflate);
	for (; len && !inflate->err; len--) {
		size_t from = (inflate->window_end - distance) % INFLATE_WINDOW;

		inflate_put(inflate, inflate->window[from]);
	}
}

static inline void inflate_coded(struct inflate *inflate)
{
	inflate_code_set(&inflate->literals, inflate->lengths, inflate->nr_literals);
	inflate_code_set(&inflate->distances, inflate->lengths + inflate->nr_literals,
			 inflate->nr_distances);
	while (!inflate->err) {
		uint32_t symbol = inflate_symbol(inflate, &inflate->literals);

		if (symbol == 256)
			return;
		if (symbol < 256)
			inflate_put(inflate, symbol);
		else
			inflate_copy(inflate, symbol - 257);
	}
}

static inline void inflate_blocks(struct inflate *inflate)
{
	uint32_t last;

	do {
		uint32_t type;

		last = inflate_bits(inflate, 1);
		type = inflate_bits(inflate, 2);
		if (type == 3)
			inflate_damaged(inflate);
		if (type == 0) {
			inflate_stored(inflate);
			continue;
		}
		if (type == 1)
			inflate_lengths_fixed(inflate);
		else
			inflate_lengths_read(inflate);
		inflate_coded(inflate);
	} while (!last && !inflate->err);
	inflate_flush(inflate);
}

/* ---- The file, RFC 1952 (2.3) ---- */

#define GZIP_START 0x088b1fU /* the bytes 1f 8b, and 8 for deflate */
#define GZIP_FHCRC 2U
#define GZIP_FEXTRA 4U
#define GZIP_TEXTS 24U       /* FNAME and FCOMMENT: a string for each bit */

static inline void inflate_header(struct inflate *inflate)
{
	uint32_t start = inflate_word(inflate), flags = start >> 24;

	if ((start & 0xffffff) != GZIP_START)
		inflate_fail(inflate, -EIO, "is not compressed by gzip");
	/* The time, the compressor's effort and system. */
	inflate_word(inflate);
	inflate_bits(inflate, 16);
	if (flags & GZIP_FEXTRA)
		for (uint32_t len = inflate_bits(inflate, 16); len && !inflate->err; len--)
			inflate_byte(inflate);
	for (uint32_t texts = flags & GZIP_TEXTS; texts; texts &= texts - 1)
		while (inflate_byte(inflate))
			;
	if (flags & GZIP_FHCRC)
		inflate_bits(inflate, 16);
}

/*
 * Unpacks a file's first member (the kernel's has one) from read() to write(),
 * which has the whole text before the checksum is known to be right. Returns 0;
 * -EIO with a reason when the file is damaged; or what a callback returned, and
 * the reason is then the callback's.
 */
static inline int inflate_gzip(struct inflate *inflate, struct why *why)
{
	inflate_header(inflate);
	inflate_blocks(inflate);
	inflate_align(inflate);
	if (inflate_word(inflate) != inflate->crc ||
	    inflate_word(inflate) != (uint32_t)inflate->flushed)
		inflate_fail(inflate, -EIO, "is damaged: its checksum is another one");
	return inflate->reason ? why_set(why, inflate->err, "%s", inflate->reason) : inflate->err;
}

#endif
