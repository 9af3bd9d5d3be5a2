#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# seed_text.sh DIR: for the vDSO's parser the start of an ELF file of the machine.
set -eu
echo 'int main(void) { return 0; }' | $TEST_CC -x c - -o "$1/elf"
{ printf V && head -c 1024 "$1/elf"; } >"$1/vdso"
rm "$1/elf"
