#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# attack.sh [SUITE]: the loader in bad company: odd states of the process, kernels
# told to behave, hostile names and damaged objects, little memory, as PID 1; and
# this machine's own kernel, which may have no kprobes. The last line is
# "N passed, N failed, N skipped". (One boot of them: tests/run_vm.sh -b.)
set -eu
cd "${0%/*}/.."
OUT=${OUT:-build}
export OUT
suite=${1:-bookworm}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What outlives a process here.
leftovers() {
    cat /proc/self/mounts
    "$OUT/tests/hit" ids
}

# The kernel frees a map a moment after the process that held it.
nothing_left() {
    for moment in 0 0.1 0.2 0.5 1 2 5; do
        sleep $moment
        leftovers | sort | comm -13 "$work/before" - >"$work/left"
        [ -s "$work/left" ] || return 0
    done
    return 1
}

# A kernel without kprobes: then that is what the loader says, and no more.
own_kernel() { # WAY
    name="this machine's kernel has no kprobes, by $1"
    if [ "$(id -u)" != 0 ]; then
        echo "skip - $name: needs root"
        return
    elif grep -q -w register_kprobe /proc/kallsyms; then
        echo "skip - $name: it has them"
        return
    fi
    leftovers | sort >"$work/before"
    status=0
    "${LOADER:-./load_kp_bpf}" --attach="$1" "$OUT/tests/count.o" sys_bpf 2>"$work/stderr" || status=$?
    if [ $status != 4 ]; then
        echo "not ok - $name: exit status $status"
    elif ! grep -q "this kernel has no kprobe" "$work/stderr" ||
        grep -q -v "^load_kp_bpf: " "$work/stderr"; then
        echo "not ok - $name: it says: $(cat "$work/stderr")"
    elif ! nothing_left; then
        echo "not ok - $name: left: $(tr '\n' ';' <"$work/left")"
    else
        echo "ok - $name"
    fi
}

own_kernels() {
    for way in auto perf tracefs; do own_kernel $way; done
}

boots() { # NAME...
    tests/run_vm.sh -b "$*" -o "$work/lines.$1" "$suite"
}

# Everything is built before the boots go side by side: each VM has one CPU.
scripts/deps.sh build examples vm guest
make -s examples
tests/build.sh
own_kernels | tee "$work/lines.own"
boots mutated told >"$work/shown" 2>&1 &
boots states integrity confidentiality cpu-0-offline little-memory PID-1 || true
wait
cat "$work/shown"

cat "$work"/lines.* >"$work/all"
count() {
    grep -c "^$1 - " "$work/all" || true
}
# What broke off before its boots has failed as well.
failed=$(count 'not ok')
for part in own mutated states; do
    [ -s "$work/lines.$part" ] || failed=$((failed + 1))
done
echo "$(count ok) passed, $failed failed, $(count skip) skipped"
[ "$failed" -eq 0 ]
