#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# core_compare.sh FOLDER ROUNDS [BTF]...: the comparisons of scripts/core_compare.sh,
# in the folder that it has made: ROUNDS by chance; each made-up/* with its own
# target; kernel/* with each BTF; loaded/*, which both load. In a VM FOLDER is a tar
# archive, and its kernel's BTF and then its modules' with it are the targets. Prints
# a line each: ok, not ok or skip.
set -u

compare() { # COMMAND [ARGUMENT]...
    "$@" || case $? in
    1 | 3) ;; # it has said so
    *) echo "not ok - $*: broke off" ;;
    esac
}

if [ -f "$1" ]; then
    for module in /modules/*; do
        [ ! -f "$module" ] || insmod "$module"
    done
    mkdir /compare
    tar -xf "$1" -C /compare
    set -- /compare "$2"
    if [ -f /sys/kernel/btf/vmlinux ]; then
        set -- "$@" /sys/kernel/btf/vmlinux
        modules=$(find /sys/kernel/btf -type f ! -name vmlinux)
    else
        echo 'skip - kernel/*: this kernel has no BTF'
    fi
fi
cd "$1" || exit
rounds=$2
shift 2
compare ./core_random "$rounds"
for made_up in made-up/*; do
    for object in "$made_up"/*.o; do
        compare ./core_compare "$object" "$made_up/target"
    done
done
for object in kernel/*; do
    for btf; do
        compare ./core_compare "$object" "$btf"
    done
    # shellcheck disable=SC2086 # words
    [ -z "${modules:-}" ] || compare ./core_compare "$object" /sys/kernel/btf/vmlinux $modules
done
for object in loaded/*; do
    compare ./core_loaded "$object"
done
