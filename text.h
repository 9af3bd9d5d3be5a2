/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * text.h - text of bounded length: messages, paths, lines for the kernel.
 *
 * Three levels: struct text appends and never overflows; text_addf() formats
 * the few conversions that are needed here (the C library's printf costs more
 * bytes than the whole ELF reader); struct why carries one sentence from the
 * function that failed up to the one that prints.
 */
#ifndef TEXT_H
#define TEXT_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A function that a plain start does not call, in place of `static inline`: its
 * code, and that of what it alone calls, lies by itself, and neither its frame
 * nor its pages are touched before it is needed.
 */
#define SELDOM static __attribute__((noinline, cold, unused))

#define TEXT_SIZE 1024       /* bytes of a text, its NUL included */
#define TEXT_STRING_MAX 160  /* characters of one %s: the sentence around it must fit as well */

/* NUL-terminated at every moment; what does not fit is dropped and `cut` says so. */
struct text {
	size_t len;
	bool cut;
	char data[TEXT_SIZE];
};

static inline void text_clear(struct text *t)
{
	t->len = 0;
	t->cut = false;
	t->data[0] = '\0';
}

static inline void text_add(struct text *t, const char *data, size_t len)
{
	size_t room = sizeof(t->data) - 1 - t->len;

	if (len > room) {
		len = room;
		t->cut = true;
	}
	memcpy(t->data + t->len, data, len);
	t->len += len;
	t->data[t->len] = '\0';
}

static inline void text_add_number(struct text *t, unsigned long long value, unsigned int base)
{
	char digits[20]; /* 2^64 - 1 has 20 in base 10 */
	size_t i = sizeof(digits);

	do {
		digits[--i] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	text_add(t, digits + i, sizeof(digits) - i);
}

/*
 * Adds at most `max` bytes of a string that may come from anywhere: what is not
 * printable ASCII is shown as \xNN, so that no name can forge a line of output
 * or reach a terminal's escape sequences.
 */
static inline void text_add_string(struct text *t, const char *s, size_t max)
{
	size_t shown = 0;

	for (; max && *s; s++, max--) {
		unsigned char c = (unsigned char)*s;
		char escaped[4] = { '\\', 'x', "0123456789abcdef"[c >> 4],
				    "0123456789abcdef"[c & 15] };
		bool printable = c >= ' ' && c < 0x7f;

		if (++shown > TEXT_STRING_MAX) {
			text_add(t, "...", 3);
			return;
		}
		if (printable)
			text_add(t, s, 1);
		else
			text_add(t, escaped, sizeof(escaped));
	}
}

/* An argument of an integer's conversion, as wide as it can be. */
static inline unsigned long long text_arg(va_list *args, int longs, bool is_signed)
{
	if (longs == 2)
		return va_arg(*args, unsigned long long);
	if (longs) {
		unsigned long value = va_arg(*args, unsigned long);

		return is_signed ? (unsigned long long)(long)value : value;
	} else {
		unsigned int value = va_arg(*args, unsigned int);

		return is_signed ? (unsigned long long)(int)value : value;
	}
}

/*
 * The conversions: %s, %.*s (escaped, see above), %c, %d, %u, %x, %% and the
 * lengths l, ll and z. There is no padding and no floating point.
 */
static inline void text_vaddf(struct text *t, const char *format, va_list *args)
{
	for (const char *p = format; *p; p++) {
		unsigned long long value;
		size_t max = SIZE_MAX;
		int longs = 0;
		char c;

		if (*p != '%') {
			text_add(t, p, 1);
			continue;
		}
		p++;
		if (p[0] == '.' && p[1] == '*') {
			int precision = va_arg(*args, int);

			max = precision < 0 ? 0 : (size_t)precision;
			p += 2;
		}
		if (*p == 'z') {
			longs = sizeof(size_t) == sizeof(long) ? 1 : 0;
			p++;
		}
		for (; *p == 'l'; p++)
			longs++;

		switch (*p) {
		case 's':
			text_add_string(t, va_arg(*args, const char *), max);
			break;
		case 'c':
			c = (char)va_arg(*args, int);
			text_add(t, &c, 1);
			break;
		case 'd':
		case 'u':
		case 'x':
			value = text_arg(args, longs, *p == 'd');
			if (*p == 'd' && (long long)value < 0) {
				text_add(t, "-", 1);
				value = 0 - value;
			}
			text_add_number(t, value, *p == 'x' ? 16 : 10);
			break;
		default:
			text_add(t, "%", 1);
			break;
		}
	}
}

__attribute__((format(printf, 2, 3)))
static inline void text_addf(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vaddf(t, format, &args);
	va_end(args);
}

/* Replaces the text. */
__attribute__((format(printf, 2, 3)))
static inline void text_setf(struct text *t, const char *format, ...)
{
	va_list args;

	text_clear(t);
	va_start(args, format);
	text_vaddf(t, format, &args);
	va_end(args);
}

/*
 * The -errno of a command line that does not fit the object: the exit status
 * tells it from what the system refuses. No system call of ours returns it.
 */
#define EUSAGE EDESTADDRREQ

/*
 * Why something failed: one sentence, and where it helps one more line. A caller to
 * whom the reason does not matter gives NULL.
 */
struct why {
	struct text reason;
	struct text hint;
};

static inline void why_clear(struct why *why)
{
	text_clear(&why->reason);
	text_clear(&why->hint);
}

/* A new sentence, for the functions that follow. */
static inline void why_start(struct why *why, const char *format, va_list *args)
{
	if (!why)
		return;
	why_clear(why);
	text_vaddf(&why->reason, format, args);
}

/* The innermost failing function says what happened; returns err, a -errno. */
__attribute__((format(printf, 3, 4)))
SELDOM int why_set(struct why *why, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	why_start(why, format, &args);
	va_end(args);
	return err;
}

/* The same for what is wrong with the object; returns -ENOEXEC. */
__attribute__((format(printf, 2, 3)))
SELDOM int why_bad(struct why *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	why_start(why, format, &args);
	va_end(args);
	return -ENOEXEC;
}

/*
 * The nth of texts that stand behind one another, each ended by NUL. Pointers to them
 * would be as large as half of the texts.
 */
SELDOM const char *text_nth(const char *texts, size_t n)
{
	for (; n > 0; n--)
		texts += strlen(texts) + 1;
	return texts;
}

/* -errno that our calls return, and 524, the kernel's own ENOTSUPP, which no C library knows. */
#define ERRORS(ROW) \
	ROW(EPERM, "Operation not permitted") \
	ROW(ENOENT, "No such file or directory") \
	ROW(EINTR, "Interrupted system call") \
	ROW(EIO, "Input/output error") \
	ROW(ENXIO, "No such device or address") \
	ROW(E2BIG, "Argument list too long") \
	ROW(EBADF, "Bad file descriptor") \
	ROW(EAGAIN, "Resource temporarily unavailable") \
	ROW(ENOMEM, "Cannot allocate memory") \
	ROW(EACCES, "Permission denied") \
	ROW(EFAULT, "Bad address") \
	ROW(EBUSY, "Device or resource busy") \
	ROW(EEXIST, "File exists") \
	ROW(ENODEV, "No such device") \
	ROW(ENOTDIR, "Not a directory") \
	ROW(EISDIR, "Is a directory") \
	ROW(EINVAL, "Invalid argument") \
	ROW(ENFILE, "Too many open files in system") \
	ROW(EMFILE, "Too many open files") \
	ROW(EFBIG, "File too large") \
	ROW(ENOSPC, "No space left on device") \
	ROW(EROFS, "Read-only file system") \
	ROW(EPIPE, "Broken pipe") \
	ROW(ENAMETOOLONG, "File name too long") \
	ROW(ENOSYS, "Function not implemented") \
	ROW(ELOOP, "Too many levels of symbolic links") \
	ROW(EOPNOTSUPP, "Operation not supported") \
	ROW(EILSEQ, "Invalid or incomplete multibyte or wide character") \
	ROW(EADDRNOTAVAIL, "Cannot assign requested address") \
	ROW(EOVERFLOW, "Value too large for defined data type") \
	ROW(524, "Operation not supported by the kernel")
#define ERROR_NUMBER(number, text) number,
#define ERROR_TEXT(number, text) text "\0"

/* The text of a -errno, NULL for one that none of our calls returns. */
static inline const char *error_text(int err)
{
	static const uint16_t numbers[] = { ERRORS(ERROR_NUMBER) };
	static const char texts[] = ERRORS(ERROR_TEXT);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] == -err)
			return text_nth(texts, i);
	return NULL;
}

/* The same for a system call that failed: the error's own text ends the sentence. */
__attribute__((format(printf, 3, 4)))
SELDOM int why_errno(struct why *why, int err, const char *format, ...)
{
	va_list args;

	if (!why)
		return err;
	va_start(args, format);
	why_start(why, format, &args);
	va_end(args);
	if (error_text(err))
		text_addf(&why->reason, ": %s", error_text(err));
	else
		text_addf(&why->reason, ": error %d", -err);
	return err;
}

/* The functions around it put their subject before the reason; returns err. */
__attribute__((format(printf, 3, 4)))
SELDOM int why_subject(struct why *why, int err, const char *format, ...)
{
	struct text reason;
	va_list args;

	if (!why)
		return err;
	reason = why->reason;
	text_clear(&why->reason);
	va_start(args, format);
	text_vaddf(&why->reason, format, &args);
	va_end(args);
	text_add(&why->reason, ": ", 2);
	text_add(&why->reason, reason.data, reason.len);
	return err;
}

/* What to do next. A hint that is there already knows more than a later one. */
__attribute__((format(printf, 2, 3)))
SELDOM void why_hint(struct why *why, const char *format, ...)
{
	va_list args;

	if (!why || why->hint.len)
		return;
	va_start(args, format);
	text_vaddf(&why->hint, format, &args);
	va_end(args);
}

/*
 * Reads digits of the given base at *cursor, at least one, and moves behind
 * them. False when there is none or the value does not fit.
 */
static inline bool text_read_number(const char **cursor, unsigned int base, uint64_t *out)
{
	const char *p = *cursor;
	uint64_t value = 0;

	for (;; p++) {
		unsigned int digit;

		if (*p >= '0' && *p <= '9')
			digit = (unsigned int)(*p - '0');
		else if ((*p | 32) >= 'a' && (*p | 32) <= 'f')
			digit = (unsigned int)((*p | 32) - 'a') + 10;
		else
			break;
		if (digit >= base)
			break;
		if (value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (p == *cursor)
		return false;
	*cursor = p;
	*out = value;
	return true;
}

/*
 * The C library's functions for this work with tables and whole words, for long
 * texts; ours are short. First strcspn(3), the number of bytes before one of `set`.
 */
static inline size_t text_until(const char *text, const char *set)
{
	size_t len = 0;

	for (; text[len]; len++)
		for (const char *c = set; *c; c++)
			if (*c == text[len])
				return len;
	return len;
}

/* strspn(3): how many bytes at its start are of `set`. */
static inline size_t text_while(const char *text, const char *set)
{
	size_t len = 0;

	while (text[len] && memchr(set, text[len], strlen(set)))
		len++;
	return len;
}

/* strstr(3). */
static inline const char *text_find(const char *text, const char *wanted)
{
	size_t len = strlen(wanted);

	for (; *text; text++)
		if (strncmp(text, wanted, len) == 0)
			return text;
	return NULL;
}

/* Behind the spaces and tabs at its start. */
static inline const char *text_skip_space(const char *text)
{
	return text + text_while(text, " \t");
}

/* If the text at *cursor starts with `prefix`, moves behind it. */
static inline bool text_skip(const char **cursor, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*cursor, prefix, len) != 0)
		return false;
	*cursor += len;
	return true;
}

/* A number as C spells it: decimal, or hexadecimal behind 0x. */
static inline bool text_read_c_number(const char **cursor, uint64_t *out)
{
	return text_read_number(cursor, text_skip(cursor, "0x") ? 16 : 10, out);
}

#endif
