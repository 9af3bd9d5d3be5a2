# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced, not run, after debian.sh. The machines that a release is for, and how
# to compile a static program for each: with Debian's compiler, and the headers of
# Debian's musl of that machine. The tests need the library itself as well.

# The first suite whose musl-dev exists for all of the machines.
CROSS_SUITE=trixie

# uname -m, Debian's name, the compiler's prefix, musl's name, and flags that
# only this machine wants: riscv64 otherwise spells out each function's saving
# of registers and rounds each string up to a word; Debian's musl for ppc64el
# has the long double of 64 bits, its compiler one of 128.
cross_machines() {
    cat <<END
x86_64  amd64   x86_64-linux-gnu      x86_64-linux-musl
aarch64 arm64   aarch64-linux-gnu     aarch64-linux-musl
riscv64 riscv64 riscv64-linux-gnu     riscv64-linux-musl -msave-restore -malign-data=natural -fno-inline-functions-called-once
armv7l  armhf   arm-linux-gnueabihf   arm-linux-musleabihf
s390x   s390x   s390x-linux-gnu       s390x-linux-musl
ppc64le ppc64el powerpc64le-linux-gnu powerpc64le-linux-musl -mlong-double-64
END
}

cross_machine() { # ARCH: its uname -m
    cross_machines | awk -v arch="$1" '$2 == arch { print $1 }'
}

# Sets cross_cc, cross_cflags and cross_ldflags. What musl-gcc says in its specs:
# the compiler's own headers and musl's, no others; musl's start code and
# library, and libgcc for what the machine cannot do itself. Without crti.o and
# crtbegin.o, which serve constructors and unwinding: C without them needs neither.
cross_setup() { # MACHINE
    # shellcheck disable=SC2046 # words
    set -- $(cross_machines | grep "^$1 ")
    cross_cc=$3-gcc
    cross_musl=$(debian_unpack "$CROSS_SUITE" "$2" musl-dev)/usr || return
    cross_cflags="-nostdinc -isystem $cross_musl/include/$4 -isystem $("$cross_cc" -print-file-name=include)"
    # shellcheck disable=SC2034 # for those who source this
    cross_ldflags="-static -nostdlib $cross_musl/lib/$4/crt1.o -L$cross_musl/lib/$4 -lc -lgcc -lc"
    shift 4
    cross_cflags="$cross_cflags $*"
}

cross_loader() { # MACHINE FILE
    cross_setup "$1" || return
    make -s BIN="$2" CC="$cross_cc" CPPFLAGS="$cross_cflags" CFLAGS=-Oz
}
