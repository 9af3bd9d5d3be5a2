#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# demo.sh OBJECT: the main job, step by step, as root on a kernel with kprobes:
# in a guest's bare initramfs, or on the machine itself. load_kp_bpf, bpftool
# and hit are on PATH.
object=$1
map=get_fd_by_id
messages=$(mktemp)

say() {
    printf '\n# %s\n' "$*"
}

show() { # COMMAND...: as if typed
    echo "$ $*"
    "$@"
}

events() {
    for tracing in /sys/kernel/tracing /sys/kernel/debug/tracing; do
        [ ! -r $tracing/kprobe_events ] || cat $tracing/kprobe_events
    done 2>/dev/null | grep -c load_kp_bpf
}

# bpftool shows bytes, the lowest first on a little-endian machine.
show_count() {
    echo "$ bpftool map dump name $map"
    bpftool map dump name $map | tee "$messages.dump"
    bytes=$(sed -n 's/.*value: //p' "$messages.dump")
    hex=
    for byte in $bytes; do
        hex=$byte$hex
    done
    echo "(which is $((0x$hex)))"
}

left_over() {
    hit ids | grep -v -x -F "$before"
}

before=$(hit ids)
say "$(uname -sr) on $(uname -m): probe the system call bpf()"
echo "$ load_kp_bpf $object sys_bpf &"
load_kp_bpf "$object" sys_bpf 2>"$messages" &
loader=$!
until grep -s 'load_kp_bpf: live' "$messages"; do
    kill -0 $loader 2>/dev/null || { cat "$messages"; exit 1; }
    sleep 0.1
done

say "the program counts calls that ask for a program by its id"
show_count
show hit 1000
show_count
show hit 234
show_count

say "interrupt it, and look for what is left"
echo "$ kill -INT %1"
kill -INT $loader
wait $loader
echo "exit status: $?"
# (The kernel takes a moment to free what was closed.)
for _ in 1 2 3 4 5 6 7 8 9; do
    [ -n "$(left_over)" ] || break
    sleep 0.2
done
echo "programs, maps and links left: $(left_over | wc -l)"
echo "kprobe events left: $(events)"
rm -f "$messages" "$messages.dump"
[ -z "$(left_over)" ] && [ "$(events)" -eq 0 ]
