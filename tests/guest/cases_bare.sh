# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Bare, read-only, full and unprivileged places.

# Runs a case with file systems gone, and holds it to leaving nothing there.
without() { # MOUNTS FUNCTION [ARG]...
    local mounts=$1
    shift
    umount -l $mounts
    leftovers >$RUN/bare
    "$@"
    nothing_left $RUN/bare || fail "left: $(head -n 3 $RUN/difference | tr '\n' ';')"
    # The loader starts with not even /dev/null; the shell wants it back.
    is_mounted /dev || [ -c /dev/null ] || mknod /dev/null c 1 3
    mount_usual
}

launch_bare() { # [OPTION]... OBJECT FUNCTION
    launch sh -c '[ -e /dev/kmsg ] || rm /dev/null; exec load_kp_bpf "$@"' sh "$@"
}

count_bare() { # [OPTION]... FUNCTION
    launch_bare "$1" $OBJ/count.o "$2"
    wait_live || { ended; fail "it did not go live: $(head -n 1 "$stderr")"; return; }
    hit 10
    # bpftool wants /proc; looking at it is not the loader's doing.
    expect "the count" "$(unshare -m sh -c "mount -t proc proc /proc
        $BPFTOOL map lookup name hits key 0 0 0 0" | decode)" 10
    stop_well
}

pin_nowhere() {
    launch_bare $OBJ/pin_object.o sys_bpf
    ended
    expect "exit status" "$status" 1
    expect_text "$stderr" "^load_kp_bpf: .*bpf"
}

tracefs_elsewhere() { # TYPE PLACE
    mkdir -p "$2"
    mount -t "$1" "$1" "$2"
    leftovers >$RUN/elsewhere
    start --attach=tracefs $OBJ/count.o sys_bpf || { umount -l "$2"; return; }
    counts
    stop_well
    nothing_left $RUN/elsewhere || fail "something is left"
    umount -l "$2"
}

odd_place() {
    tracefs_elsewhere tracefs '/mnt/a place with "odd" names'
    rmdir '/mnt/a place with "odd" names'
}

no_privilege() { # HINT COMMAND...: what drops it
    local hint=$1
    shift
    launch "$@"
    ended
    expect "exit status" "$status" 1
    expect_text "$stderr" "^load_kp_bpf: "
    expect_text "$stderr" "^load_kp_bpf: hint: .*$hint"
}

as_nobody() { # [OPTION]...
    no_privilege CAP_ su nobody -s /bin/sh -c "load_kp_bpf $* $OBJ/count.o sys_bpf"
}

in_user_namespace() {
    no_privilege "user namespace" unshare -U -r load_kp_bpf $OBJ/count.o sys_bpf
}

# A root that is read-only, with nothing mounted on it.
read_only_root() { # WAY
    mount -t tmpfs tmpfs /mnt
    cp /bin/load_kp_bpf $OBJ/count.o /mnt
    mkdir /mnt/proc /mnt/sys /mnt/tmp
    mount -o remount,ro tmpfs /mnt
    ! touch /mnt/x 2>&- || fail "/mnt is not read-only"
    launch chroot /mnt /load_kp_bpf --attach="$1" /count.o sys_bpf
    if wait_live; then
        counts && stop_well
    else
        fail "it did not go live: $(head -n 1 "$stderr")"
    fi
    umount /mnt
}

read_only_bpffs() {
    mount -t bpf -o ro bpf $BPFFS
    if touch $BPFFS/x 2>&-; then umount $BPFFS; skip "bpffs cannot be read-only"; return; fi
    refused 1 "hits" $OBJ/pin_object.o sys_bpf
    expect_text "$stderr" "[Rr]ead-only"
    umount $BPFFS
}

read_only_sysfs() {
    mount -o remount,ro /sys
    start --attach=tracefs $OBJ/count.o sys_bpf && stop_well
    start --attach=perf $OBJ/count.o sys_bpf && stop_well
    mount -o remount,rw /sys
}

# Where messages go to is full: no reason not to work, or to stay.
full_stderr() { # WAY
    mkdir -p /run/full
    mount -t tmpfs -o size=4k tmpfs /run/full
    dd if=/dev/zero of=/run/full/fill bs=4k count=2 2>&-
    load_kp_bpf --attach="$1" $OBJ/count.o sys_bpf 2>/run/full/stderr >/run/full/stdout &
    pid=$!
    counts_in_silence
    stop_well
    umount /run/full
}

object_in_odd_place() { # PATTERN FILE
    refused 3 "$1" "$2" sys_bpf
}

no_file() {
    refused 1 "No such file" /nowhere.o sys_bpf
}

fifo() {
    mkfifo $RUN/fifo
    refused 3 "FIFO\|fifo\|pipe" $RUN/fifo sys_bpf
    refused 2 "'$RUN/fifo': cannot be read" --btf=$RUN/fifo $OBJ/fields.o
}

empty_object() {
    : >$RUN/empty.o
    refused 3 "empty" $RUN/empty.o sys_bpf
}

many_cut_objects() {
    size=$(stat -c %s $OBJ/count.o)
    for part in 1 2 3 5 7 10 13 17 20 40 60 80 95 99; do
        head -c $((size * part / 100)) $OBJ/count.o >$RUN/cut.o
        refused 3 "." $RUN/cut.o sys_bpf
    done
}

check "nothing mounted at all, by perf" without "/dev /proc /sys" count_bare --attach=perf sys_bpf
check "nothing mounted at all, by tracefs" without "/dev /proc /sys" count_bare --attach=tracefs sys_bpf
check "no /proc, by perf" without /proc count_bare --attach=perf sys_bpf
check "no /proc, by tracefs" without /proc count_bare --attach=tracefs sys_bpf
check "no /sys, by perf" without /sys count_bare --attach=perf sys_bpf
check "no /sys, by tracefs" without /sys count_bare --attach=tracefs sys_bpf
check "neither /proc nor /sys, by perf" without "/proc /sys" count_bare --attach=perf sys_bpf
check "neither /proc nor /sys, by tracefs" without "/proc /sys" count_bare --attach=tracefs sys_bpf
check "no /dev" without /dev count_bare --attach=auto sys_bpf
check "a pin with no /sys to pin in" without "/dev /proc /sys" pin_nowhere
check "tracefs in its place" tracefs_elsewhere tracefs /sys/kernel/tracing
check "tracefs below debugfs" tracefs_elsewhere debugfs /sys/kernel/debug
check "tracefs in an odd place" odd_place
check "no privilege, by perf" as_nobody --attach=perf
check "no privilege, by tracefs" as_nobody --attach=tracefs
check "no privilege" as_nobody
check "root of a user namespace only" in_user_namespace
check "read-only root, by perf" read_only_root perf
check "read-only root, by tracefs" read_only_root tracefs
check "read-only bpffs" read_only_bpffs
check "read-only sysfs" read_only_sysfs
check "full file system for messages, by perf" full_stderr perf
check "full file system for messages, by tracefs" full_stderr tracefs
check "no such object" no_file
check "object is a directory" object_in_odd_place director /obj
check "object is a device" object_in_odd_place device /dev/null
check "object is a FIFO" fifo
check "object is empty" empty_object
check "object is cut short" many_cut_objects
