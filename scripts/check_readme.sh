#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check_readme.sh: run what README.md tells its readers to run, in a copy of the
# tree: the commands of its sh blocks, its C program with the lines that compile
# programs, and its console session in a VM, whose output must be what stands there.
set -u
here=$(cd "${0%/*}" && pwd)
OUT=$(mkdir -p "${OUT:-build}" && cd "${OUT:-build}" && pwd)
export OUT
work=$OUT/readme
passed=0 failed=0

verdict() { # STATUS NAME
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok - $2"
    else
        failed=$((failed + 1))
        echo "not ok - $2: status $1"
        tail -n 15 "$work/log" | sed 's/^/#   /'
    fi
}

block() { # LANGUAGE: the lines of its blocks
    awk -v open="\`\`\`$1" '$0 == open { on = 1; next } /^```/ { on = 0 } on' README.md
}

rm -rf "$work"
mkdir -p "$work/tree"
cd "$here/.." || exit
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work/tree"
cd "$work/tree" || exit

block sh | sed 's/ *#.*//' >"$work/commands"
while read -r command <&3; do
    # The one that runs this.
    [ "$command" != 'make check' ] || continue
    sh -c "$command" >"$work/log" 2>&1
    verdict $? "README: $command"
done 3<"$work/commands"

block c >examples/hits.c
sed -n 's/^    \(clang .*\)/\1/p' README.md >"$work/compiled"
while read -r compile <&3; do
    rm -f "examples/${compile##* }"
    (cd examples && sh -c "$compile") >"$work/log" 2>&1 && [ -s "examples/${compile##* }" ]
    verdict $? "README: $compile"
done 3<"$work/compiled"

# What it shows of an example stands there.
block C | grep . | grep -vxFf examples/exec_depth.c >"$work/log"
[ $? -eq 1 ]
verdict $? "README: parts of exec_depth.c"

block console >"$work/session"
grep '^# ' "$work/session" | sed 's/^# //' >"$work/session.commands"
make -s -B >"$work/log" 2>&1
LOADER=$PWD/load_kp_bpf "$here/vm.sh" -T bpftool -f examples/test_prog.o:root/test_prog.o \
    -f examples/hits.o:root/hits.o -f examples/exec_depth.o:root/exec_depth.o -f "$work/session.commands:root/commands" \
    -f "$here/guest/session.sh:bin/session.sh" "$here/guest/mounted.sh" session.sh /root/commands \
    >"$work/output" 2>&1
diff -u "$work/session" "$work/output" >"$work/log" 2>&1
verdict $? "README: the session's output is what stands there"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
