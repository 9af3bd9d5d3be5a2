#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# guest.sh: the corpus in the guest. /corpus/todo.tar holds the list "todo", of
# lines "libbpf OBJECT" or "ours OBJECT", and the objects. Prints records of
# fields parted by tabs; what libbpf_loader says, and alike of load_kp_bpf:
#
#   ours OBJECT - loaded|refused STATUS MESSAGE   (loaded: with --check at least)
#   ours OBJECT PROGRAM attached
#
# and of both, for what is still there when they have ended, and where they had
# to be stopped:
#
#   WHO OBJECT - left THINGS
#   WHO OBJECT - timeout
#
# and "WHO OBJECT done" behind each.
limit=60 # seconds; the verifier takes that long over the largest of them
tab=$(printf '\t')
cd /corpus || exit
tar -xf todo.tar || exit
rm todo.tar
bpffs=/sys/fs/bpf
tracing=/sys/kernel/tracing

# Some selftests look at the traffic of the loopback device, and at cgroups.
ip link set lo up
mkdir -p /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup

things() {
    hit ids
    find $bpffs ! -type d
    cat $tracing/kprobe_events $tracing/uprobe_events
}

# The kernel takes a moment to free what was closed.
left_over() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        things >/tmp/after
        cmp -s /tmp/before /tmp/after && return
        usleep 100000
    done
    diff /tmp/before /tmp/after | sed -n 's/^+\([^+]\)/\1/p' | tr '\n\t' '; '
}

clean_up() { # after what was left
    find $bpffs ! -type d -exec rm {} \;
    echo >$tracing/kprobe_events
    echo >$tracing/uprobe_events
    things >/tmp/before
}

end_of() { # WHO OBJECT
    left=$(left_over)
    if [ -n "$left" ]; then
        printf '%s\t%s\t-\tleft\t%s\n' "$1" "$2" "$left"
        clean_up
    fi
    printf '%s\t%s\tdone\n' "$1" "$2"
}

run_libbpf() { # OBJECT
    timeout -s KILL $limit libbpf_loader "$1" "$1" </dev/null 2>/dev/null
    [ $? -lt 128 ] || printf 'libbpf\t%s\t-\ttimeout\n' "$1"
    end_of libbpf "$1"
}

# Waits until the loader says no more and sleeps, or has ended, or for too long.
wait_live() { # PID
    said=0 quiet=0 waited=0
    while [ $quiet -lt 3 ] && [ $waited -lt $((limit * 10)) ]; do
        usleep 100000
        waited=$((waited + 1))
        read -r _ _ state _ 2>/dev/null </proc/"$1"/stat || return
        [ "$state" != Z ] || return
        now=$(wc -c </tmp/said)
        if [ "$now" = "$said" ] && [ "$state" = S ] && grep -q 'live: ' /tmp/said; then
            quiet=$((quiet + 1))
        else
            quiet=0
        fi
        said=$now
    done
}

run_ours() { # OBJECT OPTION...
    object=$1
    shift
    load_kp_bpf "$@" "$object" </dev/null >/tmp/output 2>/tmp/said &
    pid=$!
    wait_live $pid
    kill -INT $pid 2>/dev/null
    (sleep $limit; kill -KILL $pid 2>/dev/null) &
    guard=$!
    wait $pid
    status=$?
    kill $guard 2>/dev/null
    wait $guard 2>/dev/null
    [ $status -lt 128 ] || printf 'ours\t%s\t-\ttimeout\n' "$object"
    # What can be loaded need not have a place here that it could be attached to.
    verdict=refused
    if [ $status -eq 0 ] ||
        timeout -s KILL $limit load_kp_bpf --check "$object" >/dev/null 2>&1; then
        verdict=loaded
    fi
    printf 'ours\t%s\t-\t%s\t%s\t%s\n' "$object" $verdict $status \
        "$(grep -v -E 'live: |hint: ' /tmp/said | head -n 1 | tr "$tab" ' ')"
    sed -n "s/.*: live: program '\([^']*\)'.*/\1/p" /tmp/said | sort -u | while read -r program; do
        printf 'ours\t%s\t%s\tattached\n' "$object" "$program"
    done
    end_of ours "$object"
}

things >/tmp/before
while read -r who object option <&3; do
    # shellcheck disable=SC2086 # an option, or nothing
    "run_$who" "$object" $option
done 3<todo
