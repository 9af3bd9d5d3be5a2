/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * check.h - runs a table of cases and prints a line for each: "ok - NAME",
 * "not ok - NAME: why" or "skip - NAME: why".
 *
 * A case is good unless one of its EXPECTs is not; the first that is not is
 * printed, with both values. A case goes on after it, so what an expectation
 * guards must not be relied on in the lines that follow.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct check_case {
	const char *name;
	void (*run)(void);
};

static struct {
	char failure[8192]; /* of the running case; "" while it is good */
	char skipped[256];
	const char *row;    /* which row of a case's table is looked at, or NULL */
} check;

__attribute__((format(printf, 3, 4)))
static inline void check_fail(const char *file, int line, const char *format, ...)
{
	const char *name = strrchr(file, '/');
	size_t len;
	va_list args;

	if (check.failure[0])
		return;
	len = (size_t)snprintf(check.failure, sizeof(check.failure), "%s:%d: %s%s",
			       name ? name + 1 : file, line, check.row ? check.row : "",
			       check.row ? ": " : "");
	if (len >= sizeof(check.failure))
		return;
	va_start(args, format);
	vsnprintf(check.failure + len, sizeof(check.failure) - len, format, args);
	va_end(args);
}

static inline void check_number(const char *file, int line, const char *what, long long got,
				long long wanted)
{
	if (got != wanted)
		check_fail(file, line, "%s is %lld (0x%llx), not %lld (0x%llx)", what, got,
			   (unsigned long long)got, wanted, (unsigned long long)wanted);
}

static inline void check_text(const char *file, int line, const char *what, const char *got,
			      const char *wanted)
{
	if (!got || !wanted ? got != wanted : strcmp(got, wanted) != 0)
		check_fail(file, line, "%s is \"%s\", not \"%s\"", what, got ? got : "(null)",
			   wanted ? wanted : "(null)");
}

#define EXPECT(condition) \
	((condition) ? (void)0 : check_fail(__FILE__, __LINE__, "not true: %s", #condition))
#define EXPECT_NUMBER(got, wanted) \
	check_number(__FILE__, __LINE__, #got, (long long)(got), (long long)(wanted))
#define EXPECT_TEXT(got, wanted) check_text(__FILE__, __LINE__, #got, got, wanted)

/* The case cannot be tried here: it returns after this. */
#define SKIP(reason) snprintf(check.skipped, sizeof(check.skipped), "%s", reason)

static inline void check_begin(void)
{
	check.failure[0] = '\0';
	check.skipped[0] = '\0';
	check.row = NULL;
}

/* Prints a case's line, a newline in it as \n; returns whether it failed. */
static inline bool check_end(const char *group, const char *name)
{
	const char *verdict = check.failure[0] ? "not ok" : check.skipped[0] ? "skip" : "ok";
	const char *reason = check.failure[0] ? check.failure : check.skipped;

	printf("%s - %s: %s%s", verdict, group, name, reason[0] ? ": " : "");
	for (; *reason; reason++)
		if (*reason == '\n')
			fputs("\\n", stdout);
		else
			putchar(*reason);
	putchar('\n');
	fflush(stdout); /* what a crash in the next case would lose */
	return check.failure[0];
}

/* Returns the number of cases that failed. */
static inline unsigned int check_run(const char *group, const struct check_case *cases, size_t nr)
{
	unsigned int nr_failed = 0;

	for (size_t i = 0; i < nr; i++) {
		check_begin();
		cases[i].run();
		nr_failed += check_end(group, cases[i].name);
	}
	return nr_failed;
}

#endif
