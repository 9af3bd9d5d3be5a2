#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# run_vm.sh [-a ARCH] [-F FLAVOUR] SUITE [TEXT]: run the guest cases (those with
# TEXT in their name) on that suite's kernel, of another machine if ARCH (Debian's
# name) says so: there it is the cross-built loader, and the cases that
# guest/machine.txt selects. Prints a line per case; the last line is
# "N passed, N failed, N skipped"; the status says whether none failed.
set -eu
here=${0%/*}
OUT=${OUT:-build}
arch=amd64 flavour=''
while getopts a:F: option; do
    case $option in
    a) arch=$OPTARG ;;
    F) flavour=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
suite=${1:?"usage: run_vm.sh [-a ARCH] [-F FLAVOUR] SUITE [TEXT]"}
only=${2:-}
export OUT

# On other machines what differs is tested, and with the tools that they have.
if [ "$arch" = amd64 ]; then
    "$here/../scripts/deps.sh" build examples vm guest
    "$here/build.sh"
    objects=$OUT/tests examples=$(echo "$here"/../examples/*.o)
    tools='-T strace -T bpftool -T tc -M cls_bpf -M sch_ingress'
else
    "$here/../scripts/deps.sh" examples vm machines cross
    "$here/build.sh" "$arch"
    objects=$OUT/tests/$arch examples=
    tools='-T bpftool'
    [ -n "$only" ] || only=$(cat "$here/guest/machine.txt")
    LOADER=${LOADER:-$objects/load_kp_bpf}
    export LOADER
fi

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

# Boots once and appends to $lines. A guest that breaks off is a failed case too.
boot() { # NAME VM_OPTION... -- CASES...
    boot=$1
    shift
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    shift
    for file in "$here"/guest/*.sh; do options="$options -f $file:guest/${file##*/}"; done
    for file in "$objects"/*.o $examples; do
        [ ! -e "$file" ] || options="$options -f $file:obj/${file##*/}"
    done
    {
        # shellcheck disable=SC2086 # words
        "$here/../scripts/vm.sh" -s "$suite" -a "$arch" -F "$flavour" $options $tools \
            -f "$objects/hit:bin/hit" \
            "$here/guest/run.sh" "$only" "$@" || echo "$?" >"$lines.status"
    } | tee -a "$lines"
    status=$(cat "$lines.status" 2>/dev/null || echo 0)
    rm -f "$lines.status"
    # 1 is what the guest's script says of its cases; the rest is vm.sh's.
    [ "$status" -le 1 ] || echo "not ok - the boot '$boot': status $status" | tee -a "$lines"
}

boot "one CPU" -t 1500 -- cases_count.sh cases_maps.sh cases_end.sh cases_bare.sh \
    cases_refused.sh cases_old.sh cases_fault.sh cases_machine.sh
[ "$arch" != amd64 ] || boot "two CPUs" -c 2 -t 300 -- cases_cpus.sh

count() {
    grep -c "^$1 - " "$lines" || true
}
failed=$(count 'not ok')
echo "$(count ok) passed, $failed failed, $(count skip) skipped"
[ "$failed" -eq 0 ]
