#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# build.sh [ARCH]: compile what the guest cases need beside the loader and the
# examples into $OUT/tests: the helpers, and the programs in progs/. For
# another machine (Debian's name), into $OUT/tests/ARCH: those, the loader and
# the examples too, each in the machine's order of bytes.
set -eu
cd "${0%/*}/.."
arch=${1:-}
out=${OUT:-build}/tests${arch:+/$arch}

# What programs are compiled for, in clang's and in kp_bpf.h's words.
case $arch in
'') target=bpf define='' ;;
arm64) target=bpfel define=-D__TARGET_ARCH_arm64 ;;
armhf) target=bpfel define=-D__TARGET_ARCH_arm ;;
ppc64el) target=bpfel define=-D__TARGET_ARCH_powerpc ;;
riscv64) target=bpfel define=-D__TARGET_ARCH_riscv ;;
s390x) target=bpfeb define=-D__TARGET_ARCH_s390 ;;
*)
    echo "build.sh: no machine '$arch' is known" >&2
    exit 2
    ;;
esac

newer() { # TARGET SOURCE...
    [ -e "$1" ] && [ -z "$(find "$@" -newer "$1")" ]
}

mkdir -p "$out"
set -- "${CC:-cc}" -static -Os
if [ -n "$arch" ]; then
    # shellcheck source=scripts/debian.sh
    . scripts/debian.sh
    # shellcheck source=scripts/cross.sh
    . scripts/cross.sh
    cross_loader "$(cross_machine "$arch")" "$out/load_kp_bpf"
    # shellcheck disable=SC2086 # words
    set -- "$cross_cc" $cross_cflags -Os
fi
for helper in hit odd mutate; do
    # shellcheck disable=SC2086 # words
    newer "$out/$helper" "tests/$helper.c" tests/progs/known.h ||
        "$@" -Wall -Wextra -Werror -s -o "$out/$helper" "tests/$helper.c" ${arch:+$cross_ldflags}
done
# shellcheck disable=SC2086 # words
newer "$out/btf_masks" tests/btf_masks.c tests/btf_*.h ./*.h ||
    "$@" -D_GNU_SOURCE -Wall -Wextra -Werror -s -o "$out/btf_masks" tests/btf_masks.c ${arch:+$cross_ldflags}

# It looks at the registers of x86-64.
[ -n "$arch" ] || newer "$out/old" tests/old.c ||
    "${CC:-cc}" -static -Os -D_GNU_SOURCE -Wall -Wextra -Werror -s -o "$out/old" tests/old.c
[ -n "$arch" ] || newer "$out/attach_try" tests/attach_try.c ./*.h ||
    "${CC:-cc}" -static -O1 -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Werror \
        -o "$out/attach_try" tests/attach_try.c

set -- tests/progs/*.c
[ -z "$arch" ] || set -- "$@" examples/*.c
for source; do
    case $source in
    */plain_tc_style.c | */tc_shared_filter.c) continue ;; # want the host's headers, or tc
    esac
    debug=$(grep -l -E '#include "modern.h"|Compiled with -g|KP_KERNEL_TYPE' "$source" || true)
    cpu=$(sed -n 's/.*Compiled with -mcpu=\(v[0-9]\).*/\1/p' "$source")
    name=${source##*/}
    object=$out/${name%.c}.o
    newer "$object" "$source" tests/progs/*.h examples/kp_bpf.h ||
        clang -O2 -Wall -target $target $define ${debug:+-g} ${cpu:+-mcpu="$cpu"} \
            -c "$source" -o "$object"
done
