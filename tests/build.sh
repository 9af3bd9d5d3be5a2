#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# build.sh: compile what the guest cases need beside the loader and the examples
# into $OUT/tests: the helper hit, and the programs in progs/.
set -eu
here=${0%/*}
out=${OUT:-build}/tests

newer() { # TARGET SOURCE...
    [ -e "$1" ] && [ -z "$(find "$@" -newer "$1")" ]
}

mkdir -p "$out"
newer "$out/hit" "$here/hit.c" ||
    ${CC:-cc} -static -Os -Wall -Wextra -s -o "$out/hit" "$here/hit.c"
for source in "$here"/progs/*.c; do
    name=${source##*/}
    object=$out/${name%.c}.o
    newer "$object" "$source" "$here"/progs/*.h "$here/../examples/kp_bpf.h" ||
        clang -O2 -Wall -target bpf -c "$source" -o "$object"
done
