#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# fuzz.sh [SECONDS [NAME]...]: libFuzzer on each harness tests/fuzz_NAME.c, or on
# those named, for SECONDS each (60; 0: without end). With FUZZ_RUNS a harness
# ends after so many executions, if that comes first.
#
# A parser reads numbers in the machine's own order of bytes. So each harness runs
# on two machines side by side: on this one, with the address and the undefined
# behaviour sanitizer, and on an emulated s390x, which is big-endian. There the
# address sanitizer finds no room for its shadow: tests/fuzz_guard.h has a page
# that nobody may touch behind each range of memory instead.
#
# Beside a harness, if they exist:
#   tests/fuzz_NAME.dict  words, in libFuzzer's format
#   tests/corpus/NAME/    small inputs to start from
#   tests/seed_NAME.sh    "seed_NAME.sh DIR" writes more of them, with $BPF_CC to
#                         compile programs, and $TEST_CC for what $TEST_RUN runs
#
# What it learnt stays in build/fuzz/NAME-MACHINE/corpus for the next run, and the
# input of a finding, which is a failure, beside it. The last line is
# "N passed, N failed, N skipped".
set -eu
cd "${0%/*}/.."
# shellcheck source=scripts/debian.sh
. scripts/debian.sh
seconds=${1:-${FUZZ_SECONDS:-60}}
[ $# -eq 0 ] || shift
fuzz=${OUT:-build}/fuzz
flags='-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Wshadow -Wvla -Werror -O1 -g'
here=$(uname -m)

# ---- The two machines ----

# Finds libFuzzer for s390x, Debian's of this clang's version, or says what is missing.
find_s390x() {
    runtime='' missing=''
    version=$(clang -dumpversion)
    suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    package=libclang-rt-${version%%.*}-dev
    if [ "$here" = s390x ]; then
        missing='this machine is one'
    elif ! scripts/deps.sh fuzz-s390x emulators; then
        missing='no compiler, or no emulator'
    elif ! folder=$(debian_unpack "$suite" s390x "$package"); then
        missing="no $package in '$suite'"
    else
        runtime=$(find "$folder" -name libclang_rt.fuzzer-s390x.a)
        runtime=${runtime%/*}
    fi
}

set_up() { # MACHINE
    export TEST_CC=clang TEST_RUN='' BPF_CC='clang -O2 -target bpf'
    [ "$1" != "$here" ] || return 0
    TEST_CC='s390x-linux-gnu-gcc -static'
    TEST_RUN='qemu-s390x-static -L /usr/s390x-linux-gnu'
    BPF_CC='clang -O2 -target bpfeb -D__TARGET_ARCH_s390'
}

# shellcheck disable=SC2086 # words
build() { # NAME MACHINE FILE
    set -- "tests/fuzz_$1.c" "$2" "$3" -fno-sanitize-recover=all
    if [ "$2" = "$here" ]; then
        clang $flags -fsanitize=fuzzer,address,undefined "$4" "$1" -o "$3"
        return
    fi
    clang --target=s390x-linux-gnu $flags -fsanitize=fuzzer-no-link,undefined "$4" \
        -include tests/fuzz_guard.h -c "$1" -o "$3.o"
    s390x-linux-gnu-g++ "$3.o" "$runtime/libclang_rt.fuzzer-s390x.a" -Wl,--whole-archive \
        "$runtime/libclang_rt.ubsan_standalone-s390x.a" -Wl,--no-whole-archive -o "$3"
}

# ---- One harness on one machine ----

run() { # NAME MACHINE
    set_up "$2"
    work=$fuzz/$1-$2
    log=$work/log
    rm -rf "$work/seeds"
    mkdir -p "$work/seeds" "$work/corpus"
    build "$1" "$2" "$work/fuzz_$1"
    [ ! -d "tests/corpus/$1" ] || cp "tests/corpus/$1"/* "$work/seeds"
    [ ! -e "tests/seed_$1.sh" ] || "tests/seed_$1.sh" "$work/seeds"
    dict=tests/fuzz_$1.dict
    [ -e "$dict" ] || dict='' # (an empty one is an error)

    finding=''
    # shellcheck disable=SC2086 # words
    $TEST_RUN "$work/fuzz_$1" -max_total_time="$seconds" -runs="${FUZZ_RUNS:--1}" \
        -max_len=20000 -timeout=10 -print_final_stats=1 ${dict:+-dict="$dict"} \
        -artifact_prefix="$work/finding-" "$work/corpus" "$work/seeds" >"$log" 2>&1 ||
        finding=yes
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    took=$(sed -n 's/^Done .* runs in \([0-9]*\) .*/\1/p' "$log")
    if [ -n "$finding" ]; then
        echo "not ok - fuzz: $1 on $2: a finding after ${executions:-no} executions, see $log"
        grep -E '^fuzz_|ERROR|runtime error|SUMMARY|Test unit written' "$log" | sed 's/^/# /'
    elif [ "${executions:-0}" -eq 0 ]; then
        echo "not ok - fuzz: $1 on $2: nothing was executed, see $log"
    else
        echo "ok - fuzz: $1 on $2: $executions executions in $took s, no finding"
    fi
}

# ---- All of them ----

run_all() { # NAME...
    machines=$here
    [ -n "$missing" ] || machines="$here s390x"
    for name; do
        for machine in $machines; do
            run "$name" "$machine" >"$fuzz/verdict-$machine" &
        done
        wait
        for machine in $machines; do
            grep . "$fuzz/verdict-$machine" ||
                echo "not ok - fuzz: $name on $machine: it broke off before it ran"
        done
        [ -z "$missing" ] || echo "skip - fuzz: $name on s390x: $missing"
    done
}

count() { # VERDICT
    grep -c "^$1 - " "$fuzz/lines" || true
}

scripts/deps.sh fuzz examples
mkdir -p "$fuzz"
find_s390x
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(printf '%s\n' tests/fuzz_*.c | sed 's,.*/fuzz_,,; s,\.c$,,')
run_all "$@" | tee "$fuzz/lines"
failed=$(count 'not ok')
echo "$(count ok) passed, $failed failed, $(count skip) skipped"
[ "$failed" -eq 0 ]
