#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# demo.sh: build everything and show the main job: on this machine if we are root
# and its kernel has kprobes, else in a virtual machine.
set -eu
cd "${0%/*}/.."
OUT=${OUT:-build}
object=examples/test_prog.o
export OUT

# Root of this machine, and its kernel can do what a kprobe program needs.
can_probe_here() {
    [ "$(id -u)" -eq 0 ] && grep -qw register_kprobe /proc/kallsyms &&
        ./load_kp_bpf --check $object sys_bpf 2>/dev/null
}

scripts/deps.sh build examples guest
make -s all examples
tests/build.sh

if can_probe_here; then
    PATH=.:$OUT/tests:$PATH:/usr/sbin exec scripts/guest/demo.sh $object
fi

scripts/deps.sh vm
echo "this kernel has no kprobes for us: booting Debian's in QEMU" >&2
exec scripts/vm.sh -T bpftool -f "$OUT/tests/hit:bin/hit" \
    -f "$object:$object" -f "scripts/guest/demo.sh:bin/demo.sh" \
    scripts/guest/mounted.sh demo.sh $object
