#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# lint.sh: both compilers' warnings as errors, gcc's analyzer, clang-tidy,
# cppcheck and shellcheck. A line per tool, and the count.
#
# Left out, with the reason:
#   bugprone-easily-swappable-parameters: two numbers side by side are our trade
#   bugprone-assignment-in-if-condition: so is "fd = open() and look at it"
#   clang-analyzer-core.NonNullParamChecker, .UndefinedBinaryOperatorResult: they
#     assume that errno may be 0 after a failure, and follow a success from there
#   clang-analyzer-optin.performance.Padding: a table of seven rows
#   cppcheck variableScope: C11's inner scopes are used where they help to read
set -u
cd "${0%/*}/.." || exit
scripts/deps.sh build lint || exit
passed=0 failed=0 skipped=0
flags='-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64'
warnings='-Wall -Wextra -Wshadow -Wmissing-prototypes -Wvla -Werror'
log=$(mktemp)
trap 'rm -f "$log"' EXIT

lint() { # NAME COMMAND...: silent when all is well
    name=$1
    shift
    if ! command -v "$1" >/dev/null; then
        skipped=$((skipped + 1))
        echo "skip - lint: $name: there is no $1"
    elif "$@" >"$log" 2>&1 && ! grep -qE '(warning|error):' "$log"; then
        passed=$((passed + 1))
        echo "ok - lint: $name"
    else
        failed=$((failed + 1))
        echo "not ok - lint: $name"
        grep -E '(warning|error):|^In ' "$log" | head -n 20 | sed 's/^/#   /'
    fi
}

checks='-*,clang-analyzer-*,bugprone-*,misc-redundant-expression,readability-misleading-indentation'
for exception in bugprone-easily-swappable-parameters bugprone-assignment-in-if-condition \
    clang-analyzer-core.NonNullParamChecker clang-analyzer-core.UndefinedBinaryOperatorResult \
    clang-analyzer-optin.performance.Padding; do
    checks=$checks,-$exception
done

# shellcheck disable=SC2086 # words
lint_with_flags() { # NAME COMMAND...
    lint "$@" $flags
}
# shellcheck disable=SC2086 # words
lint_compiler() { # COMPILER [FLAG]...
    lint_with_flags "$*" "$@" $warnings -c loader.c -o /dev/null
}

lint_compiler gcc -O2
lint_compiler clang -O2
lint_compiler gcc -O1 -fanalyzer
lint_compiler gcc -O2 -DBARE
lint_compiler clang -O2 -DBARE
lint_with_flags clang-tidy clang-tidy --quiet --checks="$checks" loader.c --
lint cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 \
    --enable=warning,performance,portability,style --suppress=variableScope \
    --suppress=missingIncludeSystem -D_GNU_SOURCE loader.c
lint shellcheck shellcheck -x -P SCRIPTDIR scripts/*.sh scripts/guest/*.sh tests/*.sh tests/corpus/*.sh .ci/run
# busybox ash has local variables, and the cases share the runner's.
lint "shellcheck, the guest's cases" shellcheck -s dash -e SC3043,SC2034,SC2154 tests/guest/*.sh

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
