#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check.sh: everything that `make check` promises. Each part prints a line per
# case and ends with "N passed, N failed, N skipped"; so does the whole, with the
# sums. The musl build meets Debian 12's kernel, the glibc build Debian 11's.
set -u
here=${0%/*}
OUT=${OUT:-build}
export OUT

"$here/deps.sh" build examples vm guest fuzz lint || exit
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

part() { # NAME COMMAND...
    echo "== $1"
    shift
    "$@" 2>&1 | tee "$counts.part" || true
    last=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$counts.part" | tail -n 1)
    # A part that breaks off has not passed.
    echo "${last:-0 passed, 1 failed, 0 skipped}" >>"$counts"
    rm -f "$counts.part"
}

part "on this machine" "$here/check_host.sh"
part "lint" "$here/lint.sh"
part "the README's commands" "$here/check_readme.sh"
make -s -B CC=musl-gcc && part "Linux 6.1, musl" "$here/../tests/run_vm.sh" bookworm
make -s -B && part "Linux 5.10, glibc" "$here/../tests/run_vm.sh" bullseye
part "fuzz" "$here/fuzz.sh" "${FUZZ_SECONDS:-60}"

awk '{ passed += $1; failed += $3; skipped += $5 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 }' "$counts"
