/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_text.h - text.h, the views of elf64.h, the arena of object.h */
#ifndef UNIT_TEXT_H
#define UNIT_TEXT_H

#include "fixture.h"

/* ---- text.h: formatting ---- */

static void text_formats(void)
{
	text_setf(&text, "%s|%d|%d|%u|%x|%c|%%", "word", 0, -7, 4294967295U, 0xabcU, 'c');
	EXPECT_TEXT(text.data, "word|0|-7|4294967295|abc|c|%");
	text_setf(&text, "%ld %lu %lx %lld %llu %llx %zu", -1L, 1UL, 255UL, -2LL, 2ULL,
		  0xdeadbeefcafef00dULL, (size_t)3);
	EXPECT_TEXT(text.data, "-1 1 ff -2 2 deadbeefcafef00d 3");
	text_setf(&text, "%d %lld %llu", -2147483647 - 1, -9223372036854775807LL - 1,
		  18446744073709551615ULL);
	EXPECT_TEXT(text.data, "-2147483648 -9223372036854775808 18446744073709551615");
	text_setf(&text, "%s", "");
	EXPECT_TEXT(text.data, "");
	EXPECT_NUMBER(text.len, 0);
	text_addf(&text, "a");
	text_addf(&text, "%s%u", "b", 1U);
	EXPECT_TEXT(text.data, "ab1");
	EXPECT_NUMBER(text.len, 3);
	EXPECT(!text.cut);
}

static void text_precision(void)
{
	text_setf(&text, "<%.*s>", 3, "abcdef");
	EXPECT_TEXT(text.data, "<abc>");
	text_setf(&text, "<%.*s>", 0, "abcdef");
	EXPECT_TEXT(text.data, "<>");
	text_setf(&text, "<%.*s>", -1, "abcdef");
	EXPECT_TEXT(text.data, "<>");
	text_setf(&text, "<%.*s>", 10, "abc");
	EXPECT_TEXT(text.data, "<abc>");
}

static void text_escapes(void)
{
	char all[256];
	size_t shown = 0;

	text_setf(&text, "'%s'", "a\nb\tc\033[2J\177\x80\xff~");
	EXPECT_TEXT(text.data, "'a\\x0ab\\x09c\\x1b[2J\\x7f\\x80\\xff~'");
	text_setf(&text, "%s", "100%s %n \\x41");
	EXPECT_TEXT(text.data, "100%s %n \\x41");
	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	/* A part at a time: a string is shown up to a limit. */
	for (size_t part = 0; part < 255; part += 51) {
		text_setf(&text, "%.*s", 51, all + part);
		for (size_t i = 0; i < text.len; i++)
			EXPECT(text.data[i] >= ' ' && text.data[i] <= '~');
		shown += text.len;
	}
	EXPECT_NUMBER(shown, 95 + 4 * (255 - 95));
}

/* A string from outside leaves room for the sentence around it. */
static void text_long_strings(void)
{
	static char letters[65537];

	memset(letters, 'y', sizeof(letters) - 1);
	letters[TEXT_STRING_MAX] = '\0';
	text_setf(&text, "%s.", letters);
	EXPECT_NUMBER(text.len, TEXT_STRING_MAX + 1);
	letters[TEXT_STRING_MAX] = 'y';
	text_setf(&text, "%s.", letters);
	EXPECT_NUMBER(text.len, TEXT_STRING_MAX + 3 + 1);
	EXPECT_TEXT(text.data + TEXT_STRING_MAX - 2, "yy....");
	EXPECT(!text.cut);
}

static void text_is_cut(void)
{
	text_clear(&text);
	for (int i = 0; i < TEXT_SIZE - 2; i++)
		text_add(&text, "x", 1);
	EXPECT(!text.cut);
	text_add(&text, "y", 1);
	EXPECT(!text.cut);
	EXPECT_NUMBER(text.len, TEXT_SIZE - 1);
	text_add(&text, "z", 1);
	EXPECT(text.cut);
	EXPECT_NUMBER(text.len, TEXT_SIZE - 1);
	EXPECT_NUMBER(text.data[TEXT_SIZE - 2], 'y');
	EXPECT_NUMBER(text.data[TEXT_SIZE - 1], '\0');
	text_addf(&text, "%s %d", "more", 5);
	EXPECT_NUMBER(strlen(text.data), TEXT_SIZE - 1);
	text_clear(&text);
	text_add(&text, "abcdef", 6);
	EXPECT(!text.cut);
	EXPECT_TEXT(text.data, "abcdef");
}

static void why_carries(void)
{
	EXPECT_NUMBER(why_set(&why, -ENOENT, "no file '%s'", "a"), -ENOENT);
	EXPECT_TEXT(why.reason.data, "no file 'a'");
	EXPECT_TEXT(why.hint.data, "");
	why_hint(&why, "look in %d places", 2);
	why_hint(&why, "a later hint");
	EXPECT_TEXT(why.hint.data, "look in 2 places");
	EXPECT_NUMBER(why_subject(&why, -ENOENT, "map '%s'", "m"), -ENOENT);
	EXPECT_TEXT(why.reason.data, "map 'm': no file 'a'");
	why_set(&why, -EPERM, "again");
	EXPECT_TEXT(why.reason.data, "again");
	EXPECT_TEXT(why.hint.data, "");
}

static void error_texts(void)
{
	EXPECT_TEXT(error_text(-ENOENT), strerror(ENOENT));
	EXPECT_TEXT(error_text(-EISDIR), strerror(EISDIR));
	EXPECT_TEXT(error_text(-EFBIG), strerror(EFBIG));
	EXPECT_TEXT(error_text(-524), "Operation not supported by the kernel");
	EXPECT_TEXT(error_text(-4000), NULL);
	EXPECT_NUMBER(why_errno(&why, -EPERM, "cannot %s", "go"), -EPERM);
	EXPECT_TEXT(why.reason.data, "cannot go: Operation not permitted");
	EXPECT_NUMBER(why_errno(&why, -4000, "cannot %s", "go"), -4000);
	EXPECT_TEXT(why.reason.data, "cannot go: error 4000");
}

static void numbers_read(void)
{
	static const struct {
		const char *text;
		unsigned int base;
		bool taken;
		uint64_t value;
		const char *rest;
	} rows[] = {
		{ "0", 10, true, 0, "" },
		{ "42 rest", 10, true, 42, " rest" },
		{ "007", 10, true, 7, "" },
		{ "12ab", 10, true, 12, "ab" },
		{ "12ab", 16, true, 0x12ab, "" },
		{ "FfZ", 16, true, 0xff, "Z" },
		{ "19", 8, true, 1, "9" },
		{ "18446744073709551615", 10, true, UINT64_MAX, "" },
		{ "ffffffffffffffff", 16, true, UINT64_MAX, "" },
		{ "18446744073709551616", 10, false, 0, "18446744073709551616" },
		{ "10000000000000000", 16, false, 0, "10000000000000000" },
		{ "99999999999999999999999999", 10, false, 0, "99999999999999999999999999" },
		{ "", 10, false, 0, "" },
		{ "-1", 10, false, 0, "-1" },
		{ "+1", 10, false, 0, "+1" },
		{ " 1", 10, false, 0, " 1" },
		{ "a", 10, false, 0, "a" },
		{ "8", 8, false, 0, "8" },
		{ "1`2", 10, true, 1, "`2" }, /* the neighbours of letters */
		{ "1@2", 16, true, 1, "@2" },
		{ "1g2", 16, true, 1, "g2" },
		{ "\xb1", 10, false, 0, "\xb1" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *cursor = rows[i].text;
		uint64_t value = 0;

		check.row = rows[i].text;
		EXPECT_NUMBER(text_read_number(&cursor, rows[i].base, &value), rows[i].taken);
		EXPECT_NUMBER(value, rows[i].value);
		EXPECT_TEXT(cursor, rows[i].rest);
	}
}

static void text_is_found(void)
{
	const char *hay = "abcabd", *cursor = hay;

	EXPECT(text_find(hay, "abd") == hay + 3);
	EXPECT(text_find(hay, "abcabd") == hay);
	EXPECT(text_find(hay, "d") == hay + 5);
	EXPECT(text_find(hay, "abcabde") == NULL);
	EXPECT(text_find(hay, "x") == NULL);
	EXPECT(text_find("", "x") == NULL);
	EXPECT(text_skip(&cursor, "abc"));
	EXPECT_TEXT(cursor, "abd");
	EXPECT(!text_skip(&cursor, "abde"));
	EXPECT_TEXT(cursor, "abd");
	EXPECT(text_skip(&cursor, ""));
}

/* ---- elf64.h: the bounds primitive ---- */

static void view_bounds(void)
{
	static const struct {
		uint64_t off, len;
		bool has;
	} rows[] = {
		{ 0, 0, true }, { 0, 8, true }, { 8, 0, true }, { 7, 1, true }, { 3, 5, true },
		{ 0, 9, false }, { 8, 1, false }, { 9, 0, false }, { 7, 2, false },
		/* These sums are 0, 1, 8 and 7 in 64 bits. */
		{ UINT64_MAX, 1, false }, { 2, UINT64_MAX, false }, { UINT64_MAX - 7, 16, false },
		{ 8, UINT64_MAX, false }, { UINT64_MAX, UINT64_MAX, false }, { UINT64_MAX, 0, false },
	};
	const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	const struct view v = { bytes, sizeof(bytes) };
	struct view slice;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		slice = (struct view){ 0 };
		EXPECT_NUMBER(view_has(v, rows[i].off, rows[i].len), rows[i].has);
		EXPECT_NUMBER(view_slice(v, rows[i].off, rows[i].len, &slice), rows[i].has);
		EXPECT(slice.data == (rows[i].has ? bytes + rows[i].off : NULL));
		EXPECT_NUMBER(slice.size, rows[i].has ? rows[i].len : 0);
	}
	EXPECT(view_has((struct view){ NULL, 0 }, 0, 0));
	EXPECT(!view_has((struct view){ NULL, 0 }, 0, 1));
	EXPECT(view_has((struct view){ bytes, UINT64_MAX }, UINT64_MAX, 0));
	EXPECT(view_has((struct view){ bytes, UINT64_MAX }, 1, UINT64_MAX - 1));
	EXPECT(!view_has((struct view){ bytes, UINT64_MAX }, 1, UINT64_MAX));
}

static void view_copies(void)
{
	const uint8_t bytes[7] = { 1, 2, 3, 4, 5, 6, 7 };
	const struct view v = { bytes, sizeof(bytes) };
	uint8_t out[2] = { 0xee, 0xee };

	EXPECT(!view_copy(v, 6, out, 2));
	EXPECT(!view_copy(v, UINT64_MAX, out, 2));
	EXPECT_NUMBER(out[0], 0xee);
	EXPECT(view_copy(v, 5, out, 2));
	EXPECT_NUMBER(out[0], 6);
	EXPECT_NUMBER(out[1], 7);

	/* Three whole elements and a half: the half is none. */
	EXPECT(view_item(v, 2, out, 2));
	EXPECT_NUMBER(out[0], 5);
	out[0] = 0xee;
	EXPECT(!view_item(v, 3, out, 2));
	EXPECT(!view_item(v, UINT64_MAX, out, 2));
	EXPECT(!view_item(v, UINT64_MAX / 2 + 1, out, 2)); /* times 2 is 0 */
	EXPECT(!view_item((struct view){ 0 }, 0, out, 2));
	EXPECT_NUMBER(out[0], 0xee);
}

static void view_strings(void)
{
	const struct view table = { (const uint8_t *)"\0ab\0c", 6 }; /* the last NUL is C's */
	const struct view open = { (const uint8_t *)"\0ab", 3 };
	const char *s = "untouched";

	EXPECT(view_string(table, 0, &s));
	EXPECT_TEXT(s, "");
	EXPECT(view_string(table, 1, &s));
	EXPECT_TEXT(s, "ab");
	EXPECT(view_string(table, 2, &s));
	EXPECT_TEXT(s, "b");
	EXPECT(view_string(table, 5, &s));
	EXPECT_TEXT(s, "");
	EXPECT(!view_string(table, 6, &s));
	EXPECT(!view_string(table, UINT64_MAX, &s));
	EXPECT(!view_string(open, 1, &s));
	EXPECT(!view_string((struct view){ 0 }, 0, &s));
	EXPECT(!view_ends_in_nul((struct view){ 0 }));
}

/* ---- object.h: the arena ---- */

static void arena_gives(void)
{
	static uint64_t memory[8]; /* aligned */
	struct arena arena = { (uint8_t *)memory, sizeof(memory), 0 };

	EXPECT(arena_take(&arena, 1, 1) == (uint8_t *)memory);
	EXPECT_NUMBER(arena.used, 8);
	EXPECT(arena_take(&arena, 3, 8) == (uint8_t *)memory + 8);
	EXPECT_NUMBER(arena.used, 32);
	EXPECT(arena_take(&arena, 0, 8) == (uint8_t *)memory + 32);
	EXPECT_NUMBER(arena.used, 32);
	EXPECT(!arena_take(&arena, 33, 1));
	EXPECT(!arena_take(&arena, 5, 8));
	EXPECT(!arena_take(&arena, UINT64_MAX, 1));
	EXPECT(!arena_take(&arena, UINT64_MAX / 8 + 2, 8)); /* times 8 is 8 */
	EXPECT_NUMBER(arena.used, 32);
	EXPECT(arena_take(&arena, 31, 1) == (uint8_t *)memory + 32);
	EXPECT_NUMBER(arena.used, 64);
	EXPECT(!arena_take(&arena, 1, 1));

	/* There is room for the bytes, but not for what aligns the next ones. */
	arena = (struct arena){ (uint8_t *)memory, 7, 0 };
	EXPECT(!arena_take(&arena, 7, 1));
	EXPECT_NUMBER(arena.used, 0);
}

static const struct check_case text_cases[] = {
	{ "text: formats", text_formats },
	{ "text: a precision", text_precision },
	{ "text: hostile characters are escaped", text_escapes },
	{ "text: long strings are shortened", text_long_strings },
	{ "text: what does not fit is cut", text_is_cut },
	{ "text: a reason and its hint", why_carries },
	{ "text: error numbers", error_texts },
	{ "text: numbers are read", numbers_read },
	{ "text: find and skip", text_is_found },
	{ "view: bounds, also where sums wrap", view_bounds },
	{ "view: copies and elements", view_copies },
	{ "view: strings", view_strings },
	{ "arena: gives until it is full", arena_gives },
};

#endif
