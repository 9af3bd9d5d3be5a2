#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# coverage.sh [SOURCE]...: what the tests that need no VM, tests/unit.c and
# tests/*_cases.c, reach together. First a table, lines and branches of each file
# of the loader. Then, in the SOURCEs, each line that never ran, and each branch
# that was never taken though its line ran. Unless told otherwise, these are the
# headers that make no system call themselves.
#
# gcov's branches are the compiler's: two for a condition, one for each case of a
# switch, in the order of the text.
set -eu
cd "${0%/*}/.."
work=${OUT:-build}/coverage
flags='-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O0 --coverage -fkeep-inline-functions -DCOVERAGE'

scripts/deps.sh build
rm -rf "$work"
mkdir -p "$work"
# What a header includes, and what that includes.
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(for header in *.h; do
    gcc -MM "$header" | grep -qE 'bare\.h' || echo "$header"
done)

measure() { # TEST: all sources, with counts
    # shellcheck disable=SC2086 # words
    gcc $flags "tests/$1.c" -o "$work/$1"
    if ! "$work/$1" >"$work/$1.log"; then
        grep '^not ok' "$work/$1.log" >&2
        return 1
    fi
    gcov --stdout --branch-probabilities --branch-counts "$work/$1.gcda"
}

for test in tests/unit.c tests/*_cases.c; do
    test=${test##*/}
    measure "${test%.c}"
done >"$work/gcov"

# A record for each line, as branch 0, and for each of its branches:
# FILE, LINE, BRANCH, REACHED (1 or 0), TEXT. A header's functions are compiled into
# each test anew, so that the same record comes from each: the best one counts.
awk -v OFS='\t' '
    /^ *-: *0:Source:/ { file = $0; sub(/.*[:\/]/, "", file) }
    /^ *[^ :]+: *[1-9][0-9]*:/ {
        split($0, part, ":")
        line = part[2] + 0
        text = substr($0, length(part[1] part[2]) + 3)
        gsub(/[ \t]+/, " ", text)
        branch = 0
        if (part[1] !~ /-/)
            print file, line, 0, (part[1] ~ /[0-9]/), text
    }
    /^branch/ { print file, line, ++branch, ($3 == "taken" && $4 + 0 > 0), text }
' "$work/gcov" | sort -t "$(printf '\t')" -k 1,1 -k 2,2n -k 3,3n -k 4,4nr |
    awk -F '\t' '!seen[$1, $2, $3]++' >"$work/records"

awk -F '\t' -v sources="$(echo *.h *.c)" -v shown=" $* " '
    function share(file, kind) {
        return sprintf("%4d of %4d  %5.1f %%", reached[file, kind], found[file, kind],
                       100 * reached[file, kind] / found[file, kind])
    }
    { kind = $3 ? "branch" : "line" }
    { found[$1, kind]++; reached[$1, kind] += $4 }
    !$3 { ran = $4 }
    !$4 && (ran || !$3) && index(shown, " " $1 " ") {
        missing = missing sprintf("%s:%d: %s:%s\n", $1, $2, $3 ? "branch " $3 " never taken" : "never ran", $5)
    }
    END {
        n = split(sources, files, " ")
        for (i = 1; i <= n; i++)
            if (found[files[i], "line"])
                printf "%-12s %s of lines  %s of branches\n", files[i],
                       share(files[i], "line"), share(files[i], "branch")
        printf "\n%s", missing
    }' "$work/records"
