#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check.sh [all]: everything that `make check` promises; all: with every kernel
# and machine, and the release. Each part prints a line per case and ends with
# "N passed, N failed, N skipped"; so does the whole, with the sums.
set -u
cd "${0%/*}/.." || exit
OUT=${OUT:-build}
export OUT
kernels='amd64:bookworm amd64:bullseye' groups=''
[ "${1:-}" != all ] || kernels='' groups='machines cross emulators'

# shellcheck disable=SC2086 # words
scripts/deps.sh build examples vm guest fuzz lint $groups || exit
parts=$OUT/check
rm -rf "$parts"
mkdir -p "$parts"

# Shows a part, and keeps its last line for the sums: one that broke off has failed.
run() { # NAME COMMAND...
    name=$1
    shift
    echo "== $name"
    "$@" 2>&1 | tee "$parts/$name"
    grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$parts/$name" | tail -n 1 |
        grep . >>"$parts/counts" || echo '0 passed, 1 failed, 0 skipped' >>"$parts/counts"
}

run 'this machine' scripts/check_host.sh
run 'lint' scripts/lint.sh
run 'README' scripts/check_readme.sh
# shellcheck disable=SC2086 # words
run 'kernels' scripts/check_matrix.sh $kernels
LOADER=$OUT/bare/load_kp_bpf run 'attack' scripts/attack.sh
[ "${1:-}" != all ] || run 'release' scripts/check_release.sh
run 'fuzz' scripts/fuzz.sh "${FUZZ_SECONDS:-60}"

awk '{ passed += $1; failed += $3; skipped += $5 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 }' \
    "$parts/counts"
