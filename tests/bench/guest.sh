#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# guest.sh ROUNDS FUNCTION [SHAPE]...: the bench's script in the guest. Every round
# measures each contestant once, in turn, and prints a line for it:
#
#   figure NAME SHAPE WAY ROUND then what measure says
#
# SHAPE is MAPS-INSNS-COPIES: 1-0-1, and those by which costs are to be seen to
# grow. Before the first round each contestant runs once for what is not a matter
# of time:
#
#   calls NAME WAY CALLS BPF, from execve to the call that made it live
#   left NAME WAY EVENTS PROGRAMS PINS, after a SIGKILL
rounds=$1 function=$2
shift 2
tracing=/sys/kernel/tracing
bpffs=/sys/fs/bpf
cd /bench || exit

echo 1 >/proc/sys/kernel/bpf_stats_enabled

# What a contestant is called with, for an object of that shape.
command_of() { # NAME WAY MAPS INSNS
    option=
    case $1-$2 in
    load*-tracefs) option=--attach=tracefs ;;
    libbpf-tracefs) option=-t ;;
    esac
    case $1 in
    floor) echo "/bench/floor $2 $function $3 $4" ;;
    load_alias) echo "/bench/load_musl $option tc-$3-$4.o ${function#__*_}" ;;
    load_*) echo "/bench/$1 $option tc-$3-$4.o $function" ;;
    libbpf) echo "/bench/libbpf_loader $option btf-$3-$4.o $function" ;;
    bpftool) echo "/bench/trixie/ld-linux-x86-64.so.2 --library-path /bench/trixie" \
        "/bench/trixie/bpftool prog loadall btf-$3-$4.o $bpffs/bench autoattach" ;;
    esac
}

figures() { # SHAPE ROUND NAME WAY
    maps=${1%%-*} copies=${1##*-} insns=${1#*-}
    # shellcheck disable=SC2046 # words
    figures=$(./measure -r "$2" -n "$copies" $(command_of "$3" "$4" "$maps" "${insns%-*}")) || exit
    echo "figure $3 $1 $4 $2 $figures"
    clean_up
}

nr_programs() {
    hit ids | grep -c '^prog'
}

calls_and_left() { # NAME WAY
    before=$(nr_programs)
    # shellcheck disable=SC2046 # words
    figures=$(./measure -c -k $(command_of "$1" "$2" 1 0)) || exit
    # shellcheck disable=SC2086 # words
    set -- "$1" "$2" $figures
    echo "calls $1 $2 $4 $5"
    # A guardian needs a moment, and so does the kernel.
    sleep 2
    echo "left $1 $2 $(wc -l <$tracing/kprobe_events) $(($(nr_programs) - before))" \
        "$(find $bpffs ! -type d | wc -l)"
    clean_up
}

clean_up() {
    rm -rf "${bpffs:?}"/*
    echo >$tracing/kprobe_events
    usleep 200000
}

each_contestant() { # COMMAND, with NAME and WAY behind it
    for way in perf tracefs; do
        for name in floor load_musl load_glibc load_alias libbpf bpftool; do
            [ $name-$way = bpftool-tracefs ] || "$@" $name $way
        done
    done
}

each_contestant calls_and_left
for round in $(seq "$rounds"); do
    each_contestant figures 1-0-1 "$round"
    for shape; do
        for name in floor load_musl libbpf; do
            figures "$shape" "$round" $name perf
        done
    done
done
