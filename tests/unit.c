// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * unit: the loader's functions one by one, with no root and no VM. The cases
 * stand in unit_*.h, one for each part of the loader; see fixture.h for how
 * they show it other machines than this one.
 */
#include "fixture.h"
#include "unit_attach.h"
#include "unit_btf.h"
#include "unit_btf_fit.h"
#include "unit_code.h"
#include "unit_core.h"
#include "unit_externs.h"
#include "unit_fold.h"
#include "unit_functions.h"
#include "unit_inflate.h"
#include "unit_kconfig.h"
#include "unit_kernel.h"
#include "unit_kinds.h"
#include "unit_list.h"
#include "unit_loader.h"
#include "unit_programs.h"
#include "unit_symbols.h"
#include "unit_text.h"
#include "unit_uprobe.h"
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
	nr_failed += run(btf_cases, COUNT_OF(btf_cases));
	nr_failed += run(version_cases, COUNT_OF(version_cases));
	nr_failed += run(inflate_cases, COUNT_OF(inflate_cases));
	nr_failed += run(kconfig_cases, COUNT_OF(kconfig_cases));
	nr_failed += run(fit_cases, COUNT_OF(fit_cases));
	nr_failed += run(core_cases, COUNT_OF(core_cases));
	nr_failed += run(extern_cases, COUNT_OF(extern_cases));
	nr_failed += run(code_cases, COUNT_OF(code_cases));
	nr_failed += run(program_cases, COUNT_OF(program_cases));
	nr_failed += run(kernel_cases, COUNT_OF(kernel_cases));
	nr_failed += run(symbol_cases, COUNT_OF(symbol_cases));
	nr_failed += run(kind_cases, COUNT_OF(kind_cases));
	nr_failed += run(attach_cases, COUNT_OF(attach_cases));
	nr_failed += run(fold_cases, COUNT_OF(fold_cases));
	nr_failed += run(function_cases, COUNT_OF(function_cases));
	nr_failed += run(uprobe_cases, COUNT_OF(uprobe_cases));
	nr_failed += run(list_cases, COUNT_OF(list_cases));
	nr_failed += run(loader_cases, COUNT_OF(loader_cases));
	return nr_failed ? 1 : 0;
}
