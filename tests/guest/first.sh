#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# first.sh [OPTION]... OBJECT FUNCTION: started as PID 1, becomes the loader, with
# nothing mounted. A child makes ten hits, prints "count: N", and ends it.

/bin/busybox --install -s /bin 2>&-
export PATH=/bin:/usr/sbin
mknod /dev/null c 1 3 # the shell wants it for what runs in the background
. /guest/lib.sh

counted() {
    unshare -m sh -c 'mkdir -p /proc && mount -t proc proc /proc &&
        . /guest/lib.sh && map_value "name hits"' 2>&-
}

# Nothing tells that PID 1 is live but a hit that is counted.
watch() {
    until [ "$(counted)" -gt 0 ]; do
        usleep 200000
        hit 1
    done 2>&-
    before=$(counted)
    hit 10
    echo "count: $(($(counted) - before))"
    kill -INT 1
}

watch &
exec load_kp_bpf "$@"
