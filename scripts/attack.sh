#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# attack.sh [SUITE [BOOT]]: the loader in bad company, in VMs: odd states of the
# process, kernels told to behave, hostile names and damaged objects. All boots,
# or only the one that is called BOOT. The last line is
# "N passed, N failed, N skipped".
set -eu
cd "${0%/*}/.."
OUT=${OUT:-build}
suite=${1:-bookworm}
chosen=${2:-}
export OUT

scripts/deps.sh build examples vm guest
make -s examples
tests/build.sh
for helper in odd mutate; do
    ${CC:-cc} -static -Os -Wall -Wextra -s -o "$OUT/tests/$helper" "tests/$helper.c"
done

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

is_chosen() { # NAME
    [ -z "$chosen" ] || [ "$chosen" = "$1" ]
}

say() {
    echo "$*" | tee -a "$lines"
}

# One VM with everything in it; the arguments after -- are the guest script's.
run() { # VM_OPTION... -- SCRIPT [ARG]...
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    shift
    for file in tests/guest/*.sh; do options="$options -f $file:guest/${file##*/}"; done
    for file in "$OUT"/tests/*.o examples/*.o; do options="$options -f $file:obj/${file##*/}"; done
    # shellcheck disable=SC2086 # words
    scripts/vm.sh -s "$suite" $options -f "$OUT/tests/hit:bin/hit" -f "$OUT/tests/odd:bin/odd" \
        -f "$OUT/tests/mutate:bin/mutate" "$@"
}

# A boot that runs cases: see tests/run_vm.sh. KERNEL_WORDS may be ''.
boot() { # NAME KERNEL_WORDS VM_OPTION... -- CASES...
    is_chosen "$1" || return 0
    name=$1 words=$2
    shift 2
    echo "# $name"
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    shift
    {
        # shellcheck disable=SC2086 # words
        run $options -T strace -T bpftool -k"$words" -- tests/guest/run.sh "${ONLY:-}" "$@" ||
            echo $? >"$lines.status"
    } 2>&1 | tee -a "$lines"
    status=$(cat "$lines.status" 2>/dev/null || echo 0)
    rm -f "$lines.status"
    [ "$status" -le 1 ] || say "not ok - the boot '$name': status $status"
}
