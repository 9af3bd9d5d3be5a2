/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * places.h - every place that can refuse or hint, entered by the linker; reached,
 * once a case was there. To be included before what is looked at.
 */
#ifndef PLACES_H
#define PLACES_H

#include "../text.h"
#include "check.h"

#ifdef COVERAGE

/* These macros would draw all lines of a call into one. */
static inline void places_expect_reached(const char *files, const char *const *unreachable,
					 size_t nr_unreachable)
{
	(void)files;
	(void)unreachable;
	(void)nr_unreachable;
	SKIP("not looked at while coverage is measured");
}

#else

struct place {
	const char *file;
	int line;
	const char *format;
	bool reached;
};

extern struct place *const __start_places[], *const __stop_places[];

#define FIRST_OF(first, ...) first
#define REACH(format)                                                                  \
	static struct place place = { __FILE__, __LINE__, format, false };             \
	static struct place *const entry __attribute__((section("places"), used)) = &place; \
	entry->reached = true
#define why_set(why, err, ...)                           \
	({                                               \
		REACH(FIRST_OF(__VA_ARGS__, ""));        \
		why_set(why, err, __VA_ARGS__);          \
	})
#define why_hint(why, ...)                               \
	({                                               \
		REACH(FIRST_OF(__VA_ARGS__, ""));        \
		why_hint(why, __VA_ARGS__);              \
	})

/* Of those files, places whose format is listed must not be reached, all others must. */
static inline void places_expect_reached(const char *files, const char *const *unreachable,
					 size_t nr_unreachable)
{
	unsigned int nr = 0;

	for (struct place *const *p = __start_places; p < __stop_places; p++) {
		const struct place *place = *p;
		bool wanted = true;

		/* Its own case is elsewhere: no file makes the arena too small. */
		if (strncmp(place->format, "out of memory", 13) == 0 ||
		    !strstr(files, strrchr(place->file, '/') + 1))
			continue;
		nr++;
		for (size_t i = 0; i < nr_unreachable; i++)
			wanted = wanted && strcmp(place->format, unreachable[i]) != 0;
		if (place->reached != wanted)
			check_fail(place->file, place->line, "%s: %s",
				   place->reached ? "reached after all" : "no case reaches it",
				   place->format);
	}
	EXPECT(nr > 0);
}

#endif

#endif
