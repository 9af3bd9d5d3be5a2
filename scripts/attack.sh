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

# One VM with everything in it.
run() { # KERNEL_WORDS VM_OPTION... -- SCRIPT [ARG]...
    words=$1
    shift
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    shift
    for file in tests/guest/*.sh; do options="$options -f $file:guest/${file##*/}"; done
    for file in "$OUT"/tests/*.o examples/*.o; do options="$options -f $file:obj/${file##*/}"; done
    for helper in hit odd mutate; do options="$options -f $OUT/tests/$helper:bin/$helper"; done
    # shellcheck disable=SC2086 # words
    scripts/vm.sh -s "$suite" -k "$words" -q "${QEMU_WORDS:-}" $options "$@"
}

# A boot that runs cases, as tests/run_vm.sh does it. (Where tracefs or debugfs is
# forbidden, lib.sh's looking for what is left grumbles.)
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
    # shellcheck disable=SC2086 # words
    {
        run "$words" $options -T strace -T bpftool -- tests/guest/run.sh "${ONLY:-}" "$@" ||
            echo $? >"$lines.status"
    } 2>&1 | grep -v -e '^sed: [a-z]*/kprobe' -e '^mount: mounting debugfs' | tee -a "$lines"
    status=$(cat "$lines.status" 2>/dev/null || echo 0)
    rm -f "$lines.status"
    [ "$status" -le 1 ] || say "not ok - the boot '$name': status $status"
}

# The loader as the machine's first process. Its end is the kernel's, which says
# what the exit status was.
first_process() { # NAME STATUS PATTERN RDINIT [ARG]...
    is_chosen 'PID 1' || return 0
    name=$1 status=$2 pattern=$3
    shift 3
    run "rdinit=$*" -t 60 -f tests/guest/first.sh:guest/first.sh -- tests/guest/run.sh \
        >"$lines.console" 2>&1 || true
    if ! grep -q -e "$pattern" "$lines.console"; then
        say "not ok - PID 1: $name: no '$pattern'"
        tail -n 8 "$lines.console" | sed 's/^/#   /'
    elif ! grep -q "exitcode=0x00000${status}00" "$lines.console"; then
        say "not ok - PID 1: $name: $(grep exitcode "$lines.console" || echo 'it did not end')"
    else
        say "ok - PID 1: $name"
    fi
    rm -f "$lines.console"
}

# This machine's own kernel may lack kprobes: then that is what the loader says.
own_kernel() { # WAY
    is_chosen 'own kernel' || return 0
    name="this machine's kernel has no kprobes, by $1"
    if [ "$(id -u)" != 0 ]; then
        say "skip - $name: needs root"
        return
    elif grep -q -w register_kprobe /proc/kallsyms; then
        say "skip - $name: it has them"
        return
    fi
    (cat /proc/self/mounts && "$OUT/tests/hit" ids) >"$lines.before"
    status=0
    "${LOADER:-./load_kp_bpf}" --attach="$1" "$OUT/tests/count.o" sys_bpf 2>"$lines.stderr" || status=$?
    (cat /proc/self/mounts && "$OUT/tests/hit" ids) >"$lines.after"
    if [ $status != 4 ]; then
        say "not ok - $name: exit status $status"
    elif ! grep -q "this kernel has no kprobe" "$lines.stderr" ||
        grep -q -v "^load_kp_bpf: " "$lines.stderr"; then
        say "not ok - $name: it says: $(cat "$lines.stderr")"
    elif ! cmp -s "$lines.before" "$lines.after"; then
        say "not ok - $name: something is left"
    else
        say "ok - $name"
    fi
    rm -f "$lines.before" "$lines.after" "$lines.stderr"
}

for way in auto perf tracefs; do own_kernel $way; done

boot states '' -t 900 -- cases_states.sh cases_log.sh
boot mutated '' -t 1200 -- cases_mutated.sh cases_log.sh
boot integrity 'lockdown=integrity debugfs=off' -t 300 -- cases_told.sh cases_log.sh
boot confidentiality 'lockdown=confidentiality' -t 300 -- cases_told.sh cases_log.sh
boot told '' -t 600 -- cases_told.sh cases_log.sh
# Of x86, the kernel lets go of CPU 0 on Intel's only, and of none since 6.5.
QEMU_WORDS='-cpu max,-cx16,vendor=GenuineIntel' \
    boot 'CPU 0 offline' cpu0_hotplug -c 2 -t 300 -- cases_cpus.sh cases_log.sh
boot 'little memory' '' -m 96 -t 300 -- cases_small.sh cases_log.sh

first_process 'counts' 0 'count: 10' /guest/first.sh -- --attach=auto /obj/count.o sys_bpf
first_process 'counts by tracefs' 0 'count: 10' /guest/first.sh -- --attach=tracefs /obj/count.o sys_bpf
first_process 'straight from the kernel' 0 "map 'hits'" /bin/load_kp_bpf -- --check /obj/count.o
first_process 'refused' 1 'No such file' /bin/load_kp_bpf -- /nowhere.o sys_bpf
first_process 'a damaged object' 3 'load_kp_bpf: ' /bin/load_kp_bpf -- /bin/busybox sys_bpf
first_process 'no argument' 2 'load_kp_bpf: ' /bin/load_kp_bpf

count() {
    grep -c "^$1 - " "$lines" || true
}
failed=$(count 'not ok')
echo "$(count ok) passed, $failed failed, $(count skip) skipped"
[ "$failed" -eq 0 ]
