#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# seed_inflate.sh DIR: gzip's files of several efforts for fuzz_inflate, whose
# first byte is how long a piece of input is.
set -eu
text=${0%/*}/../README.md
for effort in 1 6 9; do
    { printf '\011' && head -c 3000 "$text" | gzip -"$effort"; } >"$1/gzip$effort"
done
{ printf '\377' && echo CONFIG_BPF=y | gzip -n; } >"$1/fixed"
{ printf '\200' && gzip -9 <"$1/gzip9" | gzip -n; } >"$1/stored"
