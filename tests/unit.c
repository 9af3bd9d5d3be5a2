// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * unit: the loader's functions one by one, with no root and no VM. The cases
 * stand in unit_*.h, one for each part of the loader; see fixture.h for how
 * they show it other machines than this one.
 */
#include "fixture.h"
#include "unit_attach.h"
#include "unit_kernel.h"
#include "unit_loader.h"
#include "unit_symbols.h"
#include "unit_text.h"
#include "unit_version.h"

static unsigned int run(const struct check_case *cases, size_t nr)
{
	unsigned int nr_failed = 0;

	for (size_t i = 0; i < nr; i++) {
		fixture_reset();
		nr_failed += check_run("unit", &cases[i], 1);
	}
	return nr_failed;
}

int main(void)
{
	unsigned int nr_failed = 0;

	nr_failed += run(text_cases, COUNT_OF(text_cases));
	nr_failed += run(version_cases, COUNT_OF(version_cases));
	nr_failed += run(kernel_cases, COUNT_OF(kernel_cases));
	nr_failed += run(symbol_cases, COUNT_OF(symbol_cases));
	nr_failed += run(attach_cases, COUNT_OF(attach_cases));
	nr_failed += run(loader_cases, COUNT_OF(loader_cases));
	return nr_failed ? 1 : 0;
}
