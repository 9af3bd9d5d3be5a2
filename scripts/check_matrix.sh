#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check_matrix.sh [ARCH:SUITE[:FLAVOUR]]...: run the guest cases on each of these
# kernels (Debian's names; all of the list below when none is given), and print
# what failed, one table, and "N passed, N failed, N skipped". A kernel that the
# mirror does not have is a skip, but for the one that must be there.
set -u
cd "${0%/*}/.." || exit
OUT=${OUT:-build}
export OUT

# Both flavours have larger pages than 4 KiB.
[ $# -gt 0 ] || set -- amd64:bullseye amd64:bookworm amd64:trixie amd64:newest \
    arm64:trixie:arm64-16k armhf:trixie ppc64el:trixie:powerpc64le-64k riscv64:trixie s390x:trixie
indispensable=amd64:bookworm

results=$OUT/matrix
rm -rf "$results"
mkdir -p "$results"

# The loader of amd64; other machines' are built with what else they need.
prepare_amd64() {
    [ -z "${LOADER:-}" ] || return 0
    scripts/deps.sh build examples && make -s examples &&
        make -s CC=musl-gcc BIN="$results/load_kp_bpf"
}

row() { # MACHINE SUITE KERNEL PASSED FAILED SKIPPED
    printf '%-8s %-9s %-38s %6s %6s  %s\n' "$@" >>"$results/table"
}

# "3 (2 no tc here, 1 no strace here)"
skips_of() { # LOG
    sed -n 's/^skip - .*: //p' "$1" | sort | uniq -c | sort -rn | awk '
        { n += $1; $1 = $1; reasons = reasons (NR > 1 ? ", " : "") $0 }
        END { print n + 0 (n ? " (" reasons ")" : "") }'
}

count_of() { # OUTCOME LOG
    grep -c "^$1 - " "$2"
}

run_kernel() { # ARCH:SUITE[:FLAVOUR]
    log=$results/$1.log
    arch=${1%%:*} suite=${1#*:} flavour=''
    case $suite in
    *:*) flavour=${suite#*:} suite=${suite%%:*} ;;
    esac
    if ! scripts/kernel.sh "$suite" "$arch" "$flavour" >/dev/null 2>"$log"; then
        outcome=skip
        [ "$1" != "$indispensable" ] || outcome='not ok'
        echo "$outcome - the kernel of $1: $(tail -n 1 "$log")" >"$log"
    elif [ "$arch" = amd64 ] && [ -z "${LOADER:-}" ]; then
        LOADER=$results/load_kp_bpf tests/run_vm.sh -F "$flavour" "$suite" >"$log" 2>&1
    else
        tests/run_vm.sh -a "$arch" -F "$flavour" "$suite" >"$log" 2>&1
    fi
    # What broke off before any case has failed too.
    grep -q -E '^(ok|not ok|skip) - ' "$log" ||
        echo "not ok - the cases of $1: $(tail -n 1 "$log")" >>"$log"
    echo "== $1"
    awk '/^not ok - / { shown = 1 } /^[^#n]/ { shown = 0 } shown' "$log"
    kernel=$(sed -n 's/^# \([^ ]*\) on [^ ]*, pages of \(.*\)/\1, \2/p' "$log" | head -n 1)
    row "$arch" "$suite" "${kernel:--}" "$(count_of ok "$log")" "$(count_of 'not ok' "$log")" \
        "$(skips_of "$log")"
}

row machine suite 'kernel, its pages' passed failed 'skipped (why)'
case " $*" in
*' amd64:'*) prepare_amd64 || exit ;;
esac
for kernel; do
    run_kernel "$kernel"
done
echo
cat "$results/table"
cat "$results"/*.log >"$results/all"
failed=$(count_of 'not ok' "$results/all")
printf '\n%d passed, %d failed, %d skipped\n' "$(count_of ok "$results/all")" "$failed" \
    "$(count_of skip "$results/all")"
[ "$failed" -eq 0 ]
