#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# seed_object.sh DIR: inputs for fuzz_object, in the order of bytes of $BPF_CC and
# $TEST_CC: the examples and the tests' programs, those in today's style with their
# BTF, and each image of the ELF cases, so that the fuzzer starts beyond every check.
set -eu
cd "${0%/*}/.."
for source in examples/*.c tests/progs/*.c; do
    name=${source##*/}
    debug=$(grep -l -E '#include "modern.h"|Compiled with -g|KP_KERNEL_TYPE' "$source" || true)
    $BPF_CC ${debug:+-g} -I"/usr/include/$(uname -m)-linux-gnu" -c "$source" -o "$1/${name%.c}.o"
done
$TEST_CC -D_GNU_SOURCE tests/elf_cases.c -o "$1/elf_cases"
$TEST_RUN "$1/elf_cases" write "$1"
rm -f "$1/elf_cases" "$1/index" "$1"/*.stderr
