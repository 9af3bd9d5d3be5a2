#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# run_vm.sh [options] SUITE [TEXT]: run the guest cases (those with TEXT in their
# name) on that suite's kernel. Prints a line per case; the last line is
# "N passed, N failed, N skipped"; the status says whether none failed.
#
#   -a ARCH     on another machine (Debian's name): there it is the cross-built
#               loader, and the cases that guest/machine.txt selects
#   -F FLAVOUR  flavour of the kernel (the smallest one)
#   -b BOOTS    which of the boots named below ("cases kinds cpus")
#   -o FILE     keep the lines that count there: of what was tried again, the last
#
# What the emulator or a busy machine may have spoilt is tried again once, and a
# line says so: a guest that died before it could fail, and a case or two that
# failed, which then have a guest for themselves.
set -eu
cd "${0%/*}/.."
OUT=${OUT:-build}
export OUT
arch=amd64 flavour='' boots='' lines=''
while getopts a:F:b:o: option; do
    case $option in
    a) arch=$OPTARG ;;
    F) flavour=$OPTARG ;;
    b) boots=$OPTARG ;;
    o) lines=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
suite=${1:?"usage: run_vm.sh [-a ARCH] [-F FLAVOUR] [-b BOOTS] [-o FILE] SUITE [TEXT]"}
only=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lines=${lines:-$work/lines}
: >"$lines"

# On other machines what differs is tested, and with the tools that they have.
if [ "$arch" = amd64 ]; then
    scripts/deps.sh build examples vm guest
    make -s examples
    tests/build.sh
    objects=$OUT/tests examples=$(echo examples/*.o)
    tools='-T strace -T bpftool -T tc -M cls_bpf -M sch_ingress'
    boots=${boots:-cases kinds cpus}
else
    scripts/deps.sh examples vm machines cross
    tests/build.sh "$arch"
    objects=$OUT/tests/$arch examples=
    tools='-T bpftool'
    boots=${boots:-cases}
    only=${only:-$(cat tests/guest/machine.txt)}
    LOADER=${LOADER:-$objects/load_kp_bpf}
    export LOADER
fi

# --- a guest ------------------------------------------------------------------

# One VM with everything in it.
guest() { # CASES VM_OPTION...
    files=$(for case in $1; do echo "cases_$case.sh"; done)
    shift
    for file in tests/guest/*.sh; do set -- "$@" -f "$file:guest/${file##*/}"; done
    for file in "$objects"/*.o $examples; do set -- "$@" -f "$file:obj/${file##*/}"; done
    for helper in hit odd mutate old btf_masks attach_try; do
        [ ! -e "$objects/$helper" ] || set -- "$@" -f "$objects/$helper:bin/$helper"
    done
    # shellcheck disable=SC2086 # words
    scripts/vm.sh -s "$suite" -a "$arch" -F "$flavour" $tools "$@" \
        tests/guest/run.sh "$only" $files
}

say() {
    echo "$*" | tee -a "$lines"
}

# Boots once; $status is vm.sh's.
attempt() { # CASES VM_OPTION...
    { guest "$@" 2>&1 || echo $? >"$work/status"; } | tee "$work/attempt"
    status=$(cat "$work/status" 2>/dev/null || echo 0)
    rm -f "$work/status"
}

# What vm.sh could not do (124 and more), when no case was done, or when none had
# failed and the kernel died of what no probe has a part in: not our doing, as far
# as one can tell.
emulator_failed() {
    [ "$status" -ge 124 ] || return
    grep -q -E '^(ok|not ok|skip) - ' "$work/attempt" || return 0
    [ "$status" = 125 ] && ! grep -q '^not ok' "$work/attempt" &&
        ! grep -v -E '^(ok|not ok|skip) - |^#|Modules linked in' "$work/attempt" |
            grep -q -i -E 'bpf|probe|ftrace|perf'
}

# (1 is what the guest's script says of its cases; the rest is vm.sh's.)
broke_off() {
    [ "$status" -gt 1 ] || ! grep -q '^[0-9]* passed, ' "$work/attempt"
}

# The cases that failed, if they are few, by themselves.
boot_failed() { # CASES VM_OPTION...
    sed -n 's/^# failed: //p' "$work/attempt" >"$work/failed"
    nr=$(wc -l <"$work/failed")
    [ "$nr" -gt 0 ] && [ "$nr" -le 2 ] || return 0
    sed '/^not ok - /,/^# failed: /d' "$work/attempt" >>"$lines"
    say "# tried again: $(grep '^not ok' "$work/attempt" | sed 's/^not ok - //' | tr '\n' ';')"
    asked=$only
    only=$(cat "$work/failed")
    attempt "$@"
    only=$asked
}

# Runs cases, and appends to $lines. A guest that breaks off is a failed case too.
boot() { # CASES VM_OPTION...
    echo "# boot: $name"
    attempt "$@"
    if emulator_failed; then
        say "# tried again: the boot '$name', status $status: $(tail -n 1 "$work/attempt")"
        attempt "$@"
    fi
    broke_off || boot_failed "$@"
    cat "$work/attempt" >>"$lines"
    if broke_off; then
        say "not ok - the boot '$name' broke off: status $status: $(tail -n 1 "$work/attempt")"
    fi
}

# The loader as the machine's first process. Its end is the kernel's, which says
# what the exit status was.
first_process() { # CASE STATUS PATTERN RDINIT [ARG]...
    case=$1 exitcode=0x00000${2}00 pattern=$3
    shift 3
    guest '' -k "rdinit=$*" >"$work/console" 2>&1 || true
    if ! grep -q -e "$pattern" "$work/console"; then
        say "not ok - $name: $case: no '$pattern'"
        tail -n 8 "$work/console" | sed 's/^/#   /'
    elif ! grep -q "exitcode=$exitcode" "$work/console"; then
        say "not ok - $name: $case: $(grep exitcode "$work/console" || echo 'it did not end')"
    else
        say "ok - $name: $case"
    fi
}

first_processes() {
    first_process 'counts' 0 'count: 10' /guest/first.sh -- --attach=auto /obj/count.o sys_bpf
    first_process 'counts by tracefs' 0 'count: 10' /guest/first.sh -- --attach=tracefs /obj/count.o sys_bpf
    first_process 'straight from the kernel' 0 "map 'hits'" /bin/load_kp_bpf -- --check /obj/count.o
    first_process 'refused' 1 'No such file' /bin/load_kp_bpf -- /nowhere.o sys_bpf
    first_process 'a damaged object' 3 'load_kp_bpf: ' /bin/load_kp_bpf -- /bin/busybox sys_bpf
    first_process 'no argument' 2 'load_kp_bpf: ' /bin/load_kp_bpf
}

# --- the boots ----------------------------------------------------------------

# Their time limits are what a busy machine may take. Of x86, the kernel lets go
# of CPU 0 on Intel's only, and of none since 6.5.
for name in $boots; do
    case $name in
    cases) boot 'count maps end bare refused old fault machine btf object' -t 1800 ;;
    kinds) boot kinds -t 900 ;;
    cpus) boot cpus -c 2 -t 900 ;;
    states) boot 'states log' -t 1800 ;;
    mutated) boot 'mutated log' -t 1800 ;;
    told) boot 'told log' -t 1200 ;;
    integrity) boot 'told log' -k 'lockdown=integrity debugfs=off' -t 900 ;;
    confidentiality) boot 'told log' -k lockdown=confidentiality -t 900 ;;
    cpu-0-offline) boot 'cpus log' -c 2 -k cpu0_hotplug -q '-cpu max,-cx16,vendor=GenuineIntel' -t 900 ;;
    little-memory) boot 'small log' -m 96 -t 900 ;;
    PID-1) first_processes ;;
    *)
        echo "run_vm.sh: no boot is called '$name'" >&2
        exit 2
        ;;
    esac
done

count() {
    grep -c "^$1 - " "$lines" || true
}
failed=$(count 'not ok')
echo "$(count ok) passed, $failed failed, $(count skip) skipped"
[ "$failed" -eq 0 ]
