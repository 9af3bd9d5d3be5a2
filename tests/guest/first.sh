#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# first.sh [OPTION]... OBJECT FUNCTION: started as PID 1, becomes the loader, with
# nothing mounted. A child makes ten hits, prints "count: N", and ends it.

/bin/busybox --install -s /bin 2>&-
export PATH=/bin:/usr/sbin
mknod /dev/null c 1 3 # the shell wants it for what runs in the background
. /guest/lib.sh

watch() {
    until hit ids | grep -q '^prog'; do
        usleep 200000
    done
    sleep 3 # (a program is loaded a moment before it is live)
    hit 10
    unshare -m sh -c 'mkdir -p /proc && mount -t proc proc /proc &&
        . /guest/lib.sh && echo "count: $(map_value "name hits")"'
    kill -INT 1
}

watch &
exec load_kp_bpf "$@"
