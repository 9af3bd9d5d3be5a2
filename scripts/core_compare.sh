#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# core_compare.sh [-a ARCH] [-s SUITE]... [BTF]...: relocate the objects of
# tests/core by Debian's newest libbpf and by core.h, and compare each instruction;
# compiled by every clang there is, for every eBPF version that it knows. The
# targets are types made up for it, and a kernel's: each BTF, or else this
# machine's; with -s that of Debian SUITE's kernel in a VM, without its modules and
# with them, on a machine of Debian's name ARCH (amd64). Then ROUNDS (20000) objects
# and kernels by chance, and what the kernel reports of programs that both loaded.
# OBJECTS may name more objects, for the kernels. Needs root: libbpf loads what it
# relocates.
set -eu
cd "${0%/*}/.."
OUT=${OUT:-build}
# shellcheck source=scripts/debian.sh
. scripts/debian.sh
# shellcheck source=scripts/cross.sh
. scripts/cross.sh

arch=amd64 suites=''
while getopts a:s: option; do
    case $option in
    a) arch=$OPTARG ;;
    s) suites="$suites $OPTARG" ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ "$arch" = amd64 ] || [ -n "$suites" ] || { debian_say "$arch needs a VM: -s SUITE"; exit 2; }
[ $# -gt 0 ] || [ -n "$suites" ] || set -- /sys/kernel/btf/vmlinux
machine=$(cross_machine "$arch")
out=$OUT/core/$arch

# ---- The contestants, and what they are given ----

build_against_libbpf() { # PROGRAM
    prefix=$(cross_machines | awk -v arch="$arch" '$2 == arch { print $3 }')
    libbpf=$(debian_libbpf "$arch")
    # (A cross compiler finds its own C library before that of --sysroot.)
    "$prefix-gcc" --sysroot="$libbpf" -isystem "$libbpf/usr/include" \
        -isystem "$libbpf/usr/include/$prefix" -B"$libbpf/usr/lib/$prefix" \
        -L"$libbpf/usr/lib/$prefix" -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
        -Wall -Wextra -Wshadow -O2 -static -s "tests/$1.c" -lbpf -lelf -lz -lzstd -o "$out/$1"
}

compile() { # OBJECT SOURCE [FLAG]
    object=$1 source=$2
    shift 2
    "$clang" -g -O2 -Wall -Wno-pointer-to-int-cast -target "$target" -mcpu="$cpu" "$@" \
        -c "tests/core/$source.c" -o "$object"
}

compile_all() { # with that $clang for that $cpu
    made_up=$out/made-up/$clang-$cpu
    mkdir -p "$made_up"
    compile "$out/target.o" target
    llvm-objcopy --dump-section .BTF="$made_up/target" "$out/target.o"
    for name in fields sizes types twins bits moved nested matches; do
        compile "$made_up/$name.o" "$name"
    done
    number=1
    while [ $number -le "$cases" ]; do
        compile "$made_up/refused$number.o" refused -DCASE=$number
        number=$((number + 1))
    done
    compile "$out/kernel/$clang-$cpu.o" kernel
    compile "$out/loaded/$clang-$cpu.o" loaded
}

scripts/deps.sh build examples
rm -rf "$out"
mkdir -p "$out/kernel" "$out/loaded"
if [ "$arch" != amd64 ]; then
    scripts/deps.sh vm machines cross
    cross_loader "$machine" "$PWD/$out/load_kp_bpf"
    export LOADER="$out/load_kp_bpf"
else
    [ -z "$suites" ] || scripts/deps.sh vm
    make -s
fi
for program in core_compare core_random core_loaded; do
    build_against_libbpf $program
done
target=bpfel
! readelf -h "$out/core_compare" | grep -q 'big endian' || target=bpfeb
cases=$(sed -n 's/^#define CASES //p' tests/core/refused.c)
for clang in $(find /usr/bin -name 'clang-[0-9]*' | sed 's,.*/,,' | sort -V); do
    for cpu in $("$clang" -target bpf --print-supported-cpus 2>&1 | grep -o 'v[1-9]$'); do
        compile_all
    done
done
for object in ${OBJECTS:-}; do
    cp "$object" "$out/kernel"
done

# ---- The comparisons ----

# One line for where it was: how many objects, and what they hold.
report() { # WHERE LINES
    awk -v where="$1" '
        { outcome = $1 == "not" ? "not ok" : $1; count[outcome]++ }
        / instructions, / {
            insns += field("instructions,"); relocations += field("relocations:")
            found += field("found,"); poisoned += field("poisoned;"); differ += field("instructions differ")
        }
        function field(name,    i) {
            match($0, "[0-9]+ " name)
            return substr($0, RSTART, RLENGTH) + 0
        }
        END {
            printf "%s: %d passed, %d failed, %d skipped; %d instructions, %d relocations: %d found, %d poisoned; %d instructions differ\n",
                where, count["ok"], count["not ok"], count["skip"], insns, relocations, found, poisoned, differ
            exit count["not ok"] > 0 || count["ok"] == 0
        }' "$2" || failed=1
}

failed=0
rounds=${ROUNDS:-20000}
if [ -z "$suites" ]; then
    PATH=$PWD:$PATH scripts/guest/core_compare.sh "$out" "$rounds" "$@" | tee "$out/lines"
    report 'this machine' "$out/lines"
fi
tar -C "$out" -cf "$out/compare.tar" core_compare core_random core_loaded made-up \
    kernel loaded
# (On s390x nf_conntrack's checksums are a module that it does not say it needs.)
modules='-M nf_conntrack'
[ "$arch" != s390x ] || modules="-M crc32c_generic $modules"
for suite in $suites; do
    # shellcheck disable=SC2086 # words
    scripts/vm.sh -a "$arch" -s "$suite" -m 1024 -t 3000 $modules \
        -f "$out/compare.tar:/compare.tar" -f scripts/guest/core_compare.sh:bin/core_compare.sh \
        scripts/guest/mounted.sh sh /bin/core_compare.sh /compare.tar "$rounds" >"$out/$suite" || failed=1
    cat "$out/$suite"
    report "$arch $suite" "$out/$suite"
done
exit $failed
