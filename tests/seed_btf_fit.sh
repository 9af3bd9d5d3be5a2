#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# seed_btf_fit.sh DIR: inputs for fuzz_btf_fit: the BTF of the program with all
# kinds of types, in the order of bytes of $BPF_CC, for kernels that know all of
# it and nothing of it.
set -eu
$BPF_CC -g -c "${0%/*}/progs/types.c" -o "$1/object"
llvm-objcopy --dump-section .BTF="$1/btf" "$1/object" /dev/null
{ printf '\377\377\377\377' && cat "$1/btf"; } >"$1/known"
{ printf '\0\0\0\0' && cat "$1/btf"; } >"$1/unknown"
rm "$1/object" "$1/btf"
