#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# kernel_cc.sh COMPILER FLAGS... -c SOURCE -o OBJECT: compile a program that
# includes the kernel's own headers. Their inline assembly is the machine's, so
# the source is first read as the machine's own, and made eBPF behind that.
set -eu
compiler=$1
shift
for object; do :; done # the last argument
"$compiler" -nostdinc -isystem "$("$compiler" -print-resource-dir)/include" \
    -D__KERNEL__ -D__BPF_TRACING__ -fno-stack-protector -fno-asynchronous-unwind-tables \
    -fcf-protection=none -emit-llvm -Xclang -disable-llvm-passes "$@"
mv "$object" "$object.bc"
"$compiler" -target bpf -mcpu=v3 -O2 -w -x ir -c "$object.bc" -o "$object"
rm "$object.bc"
