#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# deps.sh GROUP...: see that the Debian packages of each group are installed.
# Silent when they are. Root installs what is missing, others are told the line.
set -eu

# Each group lists PACKAGE, or PACKAGE:COMMAND where having the command will do.
packages_of() {
    case $1 in
    build) echo gcc:gcc make:make musl-tools:musl-gcc libc6-dev ;;
    examples) echo clang:clang linux-libc-dev ;;
    vm) echo qemu-system-x86:qemu-system-x86_64 cpio:cpio xz-utils:xz ;;
    machines)
        echo qemu-system-arm:qemu-system-aarch64 qemu-system-arm:qemu-system-arm \
            qemu-system-misc:qemu-system-riscv64 qemu-system-misc:qemu-system-s390x \
            qemu-system-ppc:qemu-system-ppc64 binutils:readelf
        ;;
    guest) echo strace:strace bpftool:bpftool iproute2:tc ;;
    lint) echo clang-tidy:clang-tidy cppcheck:cppcheck shellcheck:shellcheck ;;
    fuzz) echo clang:clang libclang-rt-dev ;;
    fuzz-s390x)
        echo g++-s390x-linux-gnu:s390x-linux-gnu-g++ gcc-s390x-linux-gnu:s390x-linux-gnu-gcc \
            libc6-dev-s390x-cross xz-utils:xz
        ;;
    cross)
        echo make:make gcc-x86-64-linux-gnu:x86_64-linux-gnu-gcc \
            gcc-aarch64-linux-gnu:aarch64-linux-gnu-gcc \
            gcc-riscv64-linux-gnu:riscv64-linux-gnu-gcc \
            gcc-arm-linux-gnueabihf:arm-linux-gnueabihf-gcc \
            gcc-s390x-linux-gnu:s390x-linux-gnu-gcc \
            gcc-powerpc64le-linux-gnu:powerpc64le-linux-gnu-gcc xz-utils:xz
        ;;
    emulators) echo qemu-user-static:qemu-aarch64-static ;;
    bench) echo libbpf-dev libelf-dev zlib1g-dev ;;
    corpus) # the clang of Debian 12, the newest there is, and GCC's eBPF
        echo clang-14:clang-14 gcc-bpf:bpf-gcc \
            "$(apt-cache pkgnames clang- | grep -x 'clang-[0-9]*' | sort -V | tail -n 1)"
        ;;
    *)
        echo "deps.sh: no group '$1' (build, examples, vm, machines, guest, lint, fuzz, fuzz-s390x, cross, emulators, bench, corpus)" >&2
        return 2
        ;;
    esac
}

is_installed() {
    case $1 in
    *:*) command -v "${1#*:}" >/dev/null ;;
    *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac
}

# bpftool and tc live in sbin, which is not on everybody's PATH.
PATH=$PATH:/usr/sbin:/sbin
missing=
for group; do
    wanted=$(packages_of "$group")
    for package in $wanted; do
        is_installed "$package" || missing="$missing ${package%%:*}"
    done
done
[ -n "$missing" ] || exit 0

set -- apt-get install -y --no-install-recommends
if [ "$(id -u)" -ne 0 ]; then
    echo "deps.sh: packages are missing; as root, run:" >&2
    echo "  $*$missing" >&2
    exit 1
fi

echo "deps.sh: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
for package in $missing; do
    set -- "$@" "$package"
done
# Package lists may be absent (a fresh container) or too old (files gone from
# the mirror): both show as a failure here, and an update mends both.
"$@" -qq >/dev/null 2>&1 || { apt-get update -qq >&2 && "$@" -qq >/dev/null; }
