#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# bench.sh [-s]: measure the loader beside its peers on Debian 12's kernel, and
# print tables: one program with one map, by perf and by tracefs; then how the
# costs grow with maps, instructions, loaders, programs, functions and relocations.
# -s is a short look: three rounds, no growth. ROUNDS sets the number of rounds (12); growth has three.
#
# All contestants run in turn in one boot of a VM whose clock counts the guest's
# instructions: 1 virtual ms is a million of them, and what the host does beside
# it does not show. tests/bench/measure.c says how each figure is taken. The
# raw figures stay in $OUT/bench/figures.SUITE.
set -eu
here=${0%/*}
OUT=${OUT:-build}
# shellcheck source=scripts/debian.sh
. "$here/debian.sh"

# MAPS-INSNS-COPIES-PROGRAMS-FUNCTIONS-RELOCATIONS; many functions by one link are
# Debian 13's kernel's, as Debian 12's cannot.
one=1-0-1-1-1-0
shapes='10-0-1-1-1-0 100-0-1-1-1-0 1000-0-1-1-1-0 1-1000-1-1-1-0 1-100000-1-1-1-0
    1-0-10-1-1-0 1-0-100-1-1-0 1-0-1-100-1-0 1-0-1-1000-1-0 1-0-1-1-1-300'
functions_shapes="$one 1-0-1-1-100-0 1-0-1-1-1000-0"
rounds=${ROUNDS:-12}
while getopts s option; do
    case $option in
    s) rounds=${ROUNDS:-3} shapes='' functions_shapes='' ;;
    *) exit 2 ;;
    esac
done

function=__x64_sys_getsid # which nobody else calls
source=$here/../tests/bench
bench=$OUT/bench
trixie=$bench/trixie # another Debian's bpftool, with its libraries
rm -rf "$bench"
mkdir -p "$trixie"
"$here/deps.sh" build examples vm bench
"$here/../tests/build.sh"

# ---- The contestants ----

# A copy of the sources, so that nobody's ./load_kp_bpf is in the way.
build_loader() { # NAME [VARIABLE=VALUE]...
    loader=$1
    shift
    mkdir -p "$bench/$loader.d/scripts"
    cp "$here"/../*.[ch] "$here/../Makefile" "$bench/$loader.d"
    cp "$here/layout.ld" "$bench/$loader.d/scripts"
    make -s -C "$bench/$loader.d" "$@" load_kp_bpf
    cp "$bench/$loader.d/load_kp_bpf" "$bench/$loader"
}

small='-std=gnu11 -D_GNU_SOURCE -Os -Wall -Wextra -fno-pie -fno-asynchronous-unwind-tables
    -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,-z,norelro -Wl,-z,noseparate-code
    -static -s'
build_loader load_bare
build_loader load_musl CC=musl-gcc HOSTED=yes
build_loader load_glibc HOSTED=yes
# shellcheck disable=SC2086 # words
{
    # musl-gcc does not look at the kernel's headers, which are its own here.
    musl-gcc $small "$source/floor.c" -o "$bench/floor" -idirafter /usr/include \
        -idirafter "/usr/include/$(uname -m)-linux-gnu"
    cc $small "$source/libbpf_loader.c" -lbpf -lelf -lz -o "$bench/libbpf_loader"
    cc $small "$source/measure.c" -o "$bench/measure"
}
for shape in $one $shapes; do
    IFS=- read -r maps insns _ programs _ relocations <<END
$shape
END
    for style in tc btf; do
        case $style-$programs-$relocations in
        tc-1-0 | btf-*)
            "$source/object.sh" $style $function "$maps" "$insns" "$programs" "$relocations" \
                "$bench/$style-$maps-$insns-$programs-$relocations.o"
            ;;
        esac
    done
done

# Debian 12's bpftool loads and pins a kprobe program but cannot attach it; the
# next one's can ("autoattach").
for file in bpftool/sbin/bpftool libelf1t64/libelf.so.1 zlib1g/libz.so.1 libcap2/libcap.so.2 \
    libzstd1/libzstd.so.1 libc6/libc.so.6 libc6/ld-linux-x86-64.so.2; do
    package=$(debian_unpack trixie amd64 "${file%%/*}")
    find "$package" -path "*/${file#*/}" -exec cp -L {} "$trixie" \;
done

# ---- The boot ----

files=
for file in floor measure libbpf_loader load_bare load_musl load_glibc; do
    files="$files -f $bench/$file:bench/$file"
done
for file in "$bench"/*.o "$trixie"/*; do
    files="$files -f $file:${file#"$OUT/"}"
done

boot() { # SUITE GUEST_SCRIPT_ARG...
    suite=$1
    shift
    # shellcheck disable=SC2086 # words
    LOADER=$bench/load_bare "$here/vm.sh" -s "$suite" -t 3600 -q '-icount shift=0,sleep=off' \
        $files -f "$OUT/tests/hit:bin/hit" -f "$source/guest.sh:bin/bench.sh" \
        "$here/guest/mounted.sh" bench.sh "$@" >"$bench/figures.$suite" ||
        { cat "$bench/figures.$suite" >&2; exit 1; }
}

# shellcheck disable=SC2086 # words
boot bookworm "$rounds" $function $shapes
# shellcheck disable=SC2086 # words
[ -z "$functions_shapes" ] || boot trixie -g "$rounds" $function $functions_shapes

# ---- The tables ----

sizes() { # NAME FILE...
    name=$1
    shift
    echo "size $name $(cat "$@" | wc -c) $(for file; do gzip -9 -n -c "$file"; done | wc -c)"
}
libbpf=$(dpkg-query -W -f '${Version}' libbpf-dev)
{
    echo "about ${libbpf#*:} $(basename "$("$here/kernel.sh" bookworm)") $rounds $function"
    sizes floor "$bench/floor"
    sizes load_bare "$bench/load_bare"
    sizes load_alias "$bench/load_bare"
    sizes load_musl "$bench/load_musl"
    sizes load_glibc "$bench/load_glibc"
    sizes libbpf "$bench/libbpf_loader"
    sizes bpftool "$trixie"/*
    cat "$bench/figures.bookworm"
    # The other kernel's, to be told from the first one's.
    [ -z "$functions_shapes" ] || sed '/^figure/s/ perf / each /' "$bench/figures.trixie"
} | awk -v legend="$source/legend.txt" -f "$source/table.awk"
