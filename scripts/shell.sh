#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# shell.sh [SUITE]: an interactive shell in a guest that runs that suite's kernel
# (bookworm), with the loader, the examples and tools to look at what it does.
set -eu
here=${0%/*}
OUT=${OUT:-build}
export OUT

"$here/deps.sh" build vm guest
"$here/../tests/build.sh"
suite=${1:-bookworm}
set --
for object in "$here"/../examples/*.o; do
    set -- "$@" -f "$object:obj/${object##*/}"
done
exec "$here/vm.sh" -i -s "$suite" -T strace -T bpftool -T tc -M cls_bpf -M sch_ingress \
    -f "$OUT/tests/hit:bin/hit" -f "$here/guest/prompt.sh:bin/prompt.sh" "$@" \
    "$here/guest/mounted.sh" prompt.sh
