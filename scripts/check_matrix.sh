#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check_matrix.sh [ARCH:SUITE[:FLAVOUR]]...: run the guest cases on each of these
# kernels (Debian's names; all of the list below when none is given), two at a
# time, and print what failed, one table, and "N passed, N failed, N skipped". Where
# the mirror does not have a machine's kernel, Debian 12's is taken; without that one it
# is a skip, but for the one that must be there. On Debian 11's it is the one with a C library, glibc, on the others the one
# without.
set -u
cd "${0%/*}/.." || exit
OUT=${OUT:-build}
export OUT
results=$OUT/matrix
indispensable=amd64:bookworm

count_of() { # OUTCOME LOG
    grep -c "^$1 - " "$2"
}

# --- one kernel ---------------------------------------------------------------

# "3 (2 no tc here, 1 no strace here)"
skips_of() { # LINES
    sed -n 's/^skip - .*: //p' "$1" | sort | uniq -c | sort -rn | awk '
        { n += $1; $1 = $1; reasons = reasons (NR > 1 ? ", " : "") $0 }
        END { print n + 0 (n ? " (" reasons ")" : "") }'
}

table_row() { # MACHINE SUITE KERNEL CASES PASSED FAILED SKIPPED
    printf '%-8s %-9s %-38s %-16s %6s %6s  %s\n' "$@"
}

loader_of() { # ARCH SUITE
    case $1:$2 in
    amd64:bullseye) echo "$OUT/hosted/load_kp_bpf" ;;
    amd64:*) echo "$OUT/bare/load_kp_bpf" ;;
    *) echo "$OUT/tests/$1/load_kp_bpf" ;;
    esac
}

find_kernel() { # SUITE FLAVOUR
    suite=$1 flavour=$2
    scripts/kernel.sh "$suite" "$arch" "$flavour" >/dev/null 2>"$log"
}

# Writes $results/KERNEL.lines, and .row, its row of the table.
run_kernel() { # ARCH:SUITE[:FLAVOUR]
    lines=$results/$1.lines log=$results/$1.log
    arch=${1%%:*} suite=${1#*:} flavour='' cases='-'
    case $suite in
    *:*) flavour=${suite#*:} suite=${suite%%:*} ;;
    esac
    if ! find_kernel "$suite" "$flavour" && { [ "$arch" = amd64 ] || ! find_kernel bookworm ''; }; then
        outcome=skip
        [ "$1" != "$indispensable" ] || outcome='not ok'
        echo "$outcome - the kernel of $1: $(tail -n 1 "$log")" >"$lines"
    else
        [ "$arch" = amd64 ] && cases='all' || cases='selection of'
        LOADER=${LOADER:-$(loader_of "$arch" "$suite")} \
            tests/run_vm.sh -a "$arch" -F "$flavour" -o "$lines" "$suite" >"$log" 2>&1
        # What broke off before any case has failed too.
        grep -q -E '^(ok|not ok|skip) - ' "$lines" ||
            echo "not ok - the cases of $1: $(tail -n 1 "$log")" >>"$lines"
        cases="$cases $(grep -c -E '^(ok|not ok|skip) - ' "$lines")"
    fi
    kernel=$(sed -n 's/^# \([^ ]*\) on [^ ]*, pages of \(.*\)/\1, \2/p' "$lines" | head -n 1)
    {
        table_row "$arch" "$suite" "${kernel:--}" "$cases" "$(count_of ok "$lines")" \
            "$(count_of 'not ok' "$lines")" "$(skips_of "$lines")"
        sed -n 's/^# \(tried again: .*\)/         (\1)/p' "$lines"
    } >"$results/$1.row"
    echo "== $1, after $(($(date +%s) - $(stat -c %Y "$results/begun"))) s"
    awk '/^not ok - / { shown = 1 } /^[^#n]/ { shown = 0 } shown' "$lines"
}

if [ "${1:-}" = --one ]; then
    run_kernel "$2"
    exit
fi

# --- all of them --------------------------------------------------------------

build_loader() { # NAME [VARIABLE=VALUE]: into $OUT/NAME/
    mkdir -p "$OUT/$1" && make -s -B BIN="$OUT/$1/load_kp_bpf" ${2:+"$2"}
}

# Everything that two kernels at a time could build in each other's way. (What
# fails here fails again, and is told, where it is needed.)
prepare() { # ARCH...
    for arch; do
        if [ "$arch" = amd64 ]; then
            scripts/deps.sh build examples vm guest &&
                build_loader bare && build_loader hosted HOSTED=yes && make -s examples && tests/build.sh
        else
            scripts/deps.sh examples vm machines cross && tests/build.sh "$arch"
        fi
    done
}

# Both flavours have larger pages than 4 KiB.
[ $# -gt 0 ] || set -- amd64:bullseye amd64:bookworm amd64:trixie amd64:newest \
    arm64:trixie:arm64-16k armhf:trixie ppc64el:trixie:powerpc64le-64k riscv64:trixie s390x:trixie

rm -rf "$results"
mkdir -p "$results"
# shellcheck disable=SC2046 # words
prepare $(for kernel; do echo "${kernel%%:*}"; done | sort -u)
touch "$results/begun"
# (Each VM has one CPU.)
printf '%s\n' "$@" | xargs -P 2 -n 1 scripts/check_matrix.sh --one

echo
table_row machine suite 'kernel, its pages' cases passed failed 'skipped (why)'
for kernel; do
    [ -s "$results/$kernel.row" ] || echo "not ok - $kernel broke off" >"$results/$kernel.lines"
    cat "$results/$kernel.row"
    cat "$results/$kernel.lines" >>"$results/all"
done
failed=$(count_of 'not ok' "$results/all")
printf '\n%d passed, %d failed, %d skipped\n' "$(count_of ok "$results/all")" "$failed" \
    "$(count_of skip "$results/all")"
[ "$failed" -eq 0 ]
