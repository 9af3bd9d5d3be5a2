#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# run.sh TEXT FILE...: the guest's script; runs the cases of each file, those
# with TEXT in their name (all of them when it is empty).
ONLY=$1
shift
mkdir -p /proc /sys /dev /run /mnt /check/proc /check/tracing /check/debug
mknod /dev/null c 1 3
. /guest/lib.sh
mount_usual
echo "# $(uname -r) on $(uname -m), pages of $(awk '/^KernelPageSize/ { print $2; exit }' /proc/self/smaps) KiB"
for file; do
    . "/guest/$file"
done
summary
