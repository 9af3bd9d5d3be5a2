#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# guest.sh [-g] ROUNDS FUNCTION [SHAPE]...: the bench's script in the guest. Every
# round measures each contestant once, in turn, and prints a line for it:
#
#   figure NAME SHAPE WAY ROUND then what measure says
#
# SHAPE is MAPS-INSNS-COPIES-PROGRAMS-FUNCTIONS-RELOCATIONS: 1-0-1-1-1-0, and those
# by which costs are to be seen to grow; WAY is perf, tracefs, or multi, which is
# one kprobe.multi link. Before the first round each contestant runs once for what
# is not a matter of time:
#
#   calls NAME WAY CALLS BPF, from execve to the call that made it live
#   left NAME WAY EVENTS PROGRAMS PINS, after a SIGKILL
#
# -g: only what grows with FUNCTIONS, by perf and by multi: for another kernel.
functions_only=
[ "$1" != -g ] || { functions_only=yes; shift; }
rounds=$1 function=$2
shift 2
tracing=/sys/kernel/tracing
bpffs=/sys/fs/bpf
cd /bench || exit

echo 1 >/proc/sys/kernel/bpf_stats_enabled
# shellcheck disable=SC3045 # busybox has it
ulimit -n 8192

# Functions that nobody calls, and behind them the one that counts.
functions() { # NUMBER
    grep -o -x -E '(__ia32_|acpi_|pci_)[a-z0-9_]*' $tracing/available_filter_functions |
        sort | uniq -u | head -n $(($1 - 1))
    echo "$function"
}

repeat() { # NUMBER WORD
    [ "$1" -lt 1 ] || yes "$2" | head -n "$1"
}

# What a contestant is called with, for an object of that shape.
command_of() { # NAME WAY MAPS INSNS PROGRAMS FUNCTIONS RELOCATIONS
    option='' targets='' shape=$3-$4-$5-$7
    case $1-$2 in
    load*-tracefs) option=--attach=tracefs ;;
    load*-perf) [ "$6" = 1 ] || option=--attach=perf ;;
    libbpf-tracefs) option=-t ;;
    libbpf-multi) option=-m ;;
    esac
    # Of several programs, each section says where it goes.
    [ "$5" != 1 ] || targets=$(functions "$6")
    case $1 in
    floor) echo "/bench/floor $2 $3 $4 $5 $(repeat $(($5 - 1)) "${function%getsid}setsid")" \
        "$(functions "$6")" ;;
    load_alias) echo "/bench/load_bare $option tc-$shape.o ${function#__*_}" ;;
    load_*)
        [ "$5-$7" = 1-0 ] && style=tc || style=btf
        echo "/bench/$1 $option $style-$shape.o $targets"
        ;;
    libbpf) echo "/bench/libbpf_loader $option btf-$shape.o $targets" ;;
    bpftool) echo "/bench/trixie/ld-linux-x86-64.so.2 --library-path /bench/trixie" \
        "/bench/trixie/bpftool prog loadall btf-$shape.o $bpffs/bench autoattach" ;;
    esac
}

figures() { # SHAPE ROUND NAME WAY
    IFS=- read -r maps insns copies programs functions relocations <<END
$1
END
    # shellcheck disable=SC2046 # words
    figures=$(./measure -r "$2" -n "$copies" -p "$programs" \
        $(command_of "$3" "$4" "$maps" "$insns" "$programs" "$functions" "$relocations")) || exit
    echo "figure $3 $1 $4 $2 $figures"
    clean_up
}

nr_programs() {
    hit ids | grep -c '^prog'
}

calls_and_left() { # NAME WAY
    before=$(nr_programs)
    # shellcheck disable=SC2046 # words
    figures=$(./measure -c -k $(command_of "$1" "$2" 1 0 1 1 0)) || exit
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
        for name in floor load_bare load_musl load_glibc load_alias libbpf bpftool; do
            [ $name-$way = bpftool-tracefs ] || "$@" $name $way
        done
    done
}

# The floor has no relocations; growth is measured three times.
shape_figures() { # SHAPE ROUND WAY
    [ "$2" -le 3 ] || return 0
    for name in floor load_bare libbpf; do
        [ "$name-${1##*-}" = floor-300 ] || figures "$1" "$2" "$name" "$3"
    done
}

if [ "$functions_only" ]; then
    for round in $(seq "$rounds"); do
        for shape; do
            shape_figures "$shape" "$round" perf
            shape_figures "$shape" "$round" multi
        done
    done
    exit
fi
each_contestant calls_and_left
for round in $(seq "$rounds"); do
    each_contestant figures 1-0-1-1-1-0 "$round"
    for shape; do
        shape_figures "$shape" "$round" perf
    done
done
