#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check.sh: everything that `make check` promises. Each part prints a line per
# case and ends with "N passed, N failed, N skipped"; so does the whole, with the
# sums. The musl build meets Debian 12's kernel, the glibc build Debian 11's.
set -u
cd "${0%/*}/.." || exit
OUT=${OUT:-build}
export OUT

scripts/deps.sh build examples vm guest fuzz lint || exit
parts=$OUT/check
rm -rf "$parts"
mkdir -p "$parts"

start() { # NAME COMMAND...
    name=$1
    shift
    "$@" >"$parts/$name" 2>&1
}

# Shows a part, and keeps its last line for the sums: one that broke off has failed.
finish() { # NAME
    echo "== $1"
    cat "$parts/$1"
    grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$parts/$1" | tail -n 1 |
        grep . >>"$parts/counts" || echo '0 passed, 1 failed, 0 skipped' >>"$parts/counts"
}

run() { # NAME COMMAND...
    start "$@"
    finish "$1"
}

build_loader() { # CC: into $OUT/CC/
    make -s -B CC="$1" && mkdir -p "$OUT/$1" && mv load_kp_bpf "$OUT/$1/"
}

run 'this machine' scripts/check_host.sh
run 'lint' scripts/lint.sh
run 'README' scripts/check_readme.sh

# The kernels side by side: each VM has one CPU.
if build_loader musl-gcc && build_loader cc && make -s examples && tests/build.sh; then
    LOADER=$OUT/musl-gcc/load_kp_bpf start 'Linux 6.1, musl' tests/run_vm.sh bookworm &
    LOADER=$OUT/cc/load_kp_bpf start 'Linux 5.10, glibc' tests/run_vm.sh bullseye &
    wait
fi
finish 'Linux 6.1, musl'
finish 'Linux 5.10, glibc'

run 'fuzz' scripts/fuzz.sh "${FUZZ_SECONDS:-60}"

awk '{ passed += $1; failed += $3; skipped += $5 }
     END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 }' \
    "$parts/counts"
