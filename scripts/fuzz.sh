#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# fuzz.sh [SECONDS]: libFuzzer with the address and undefined behaviour
# sanitizers on the object parser (two thirds of the time, 60 s in all) and on
# the parsers of the kernel's texts. What it learnt stays in build/fuzz for the
# next run, and so does the input of a finding, which is a failure.
set -eu
cd "${0%/*}/.."
seconds=${1:-${FUZZ_SECONDS:-60}}
OUT=${OUT:-build}
fuzz=$OUT/fuzz
flags='-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Wshadow -Wvla -Werror -O1 -g'
passed=0 failed=0

scripts/deps.sh fuzz examples
rm -rf "$fuzz/seeds"
mkdir -p "$fuzz/seeds/object" "$fuzz/seeds/text" "$fuzz/corpus/object" "$fuzz/corpus/text"

# The examples, and each image of the ELF cases: the fuzzer starts beyond every check.
make -s examples
cp examples/*.o "$fuzz/seeds/object"
# shellcheck disable=SC2086 # words
clang $flags tests/elf_cases.c -o "$fuzz/elf_cases"
"$fuzz/elf_cases" write "$fuzz/seeds/object"
rm -f "$fuzz/seeds/object/index" "$fuzz/seeds/object"/*.stderr

# The small texts of tests/corpus; for the vDSO's parser the start of some ELF file.
cp tests/corpus/text/* "$fuzz/seeds/text"
{ printf V && head -c 1024 /bin/sh; } >"$fuzz/seeds/text/elf"

fuzz() { # TARGET SECONDS LONGEST
    # shellcheck disable=SC2086 # words
    clang $flags -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        "tests/fuzz_$1.c" -o "$fuzz/fuzz_$1"
    log=$fuzz/$1.log
    finding=
    "$fuzz/fuzz_$1" -max_total_time="$2" -max_len="$3" -timeout=10 -print_final_stats=1 \
        -dict="tests/fuzz_$1.dict" -artifact_prefix="$fuzz/finding-$1-" \
        "$fuzz/corpus/$1" "$fuzz/seeds/$1" >"$log" 2>&1 || finding=yes
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ -n "$finding" ]; then
        grep -E '^fuzz_|ERROR|runtime error|SUMMARY|Test unit written' "$log" | sed 's/^/# /'
        echo "not ok - fuzz: $1: a finding after ${executions:-no} executions, see $log"
        failed=$((failed + 1))
    elif [ "${executions:-0}" -eq 0 ]; then
        echo "not ok - fuzz: $1: nothing was executed, see $log"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
        echo "ok - fuzz: $1: $executions executions in $2 s, no finding"
    fi
}

text_seconds=$((seconds / 3))
fuzz object $((seconds - text_seconds)) 16384
fuzz text $((text_seconds + 1)) 20000
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
