# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The end: by each signal, by SIGKILL, of a hundred at once.

tracefs() { # COMMAND: runs it in tracefs, and leaves no mount
    unshare -m sh -c "mount -t tracefs tracefs /check/tracing; cd /check/tracing; $1"
}

events() { # how many of the loader's events there are
    tracefs 'grep -c load_kp_bpf_ kprobe_events'
}

end_by() { # WAY SIGNAL
    start --attach="$1" $OBJ/count.o sys_bpf || return
    counts 3
    stop_well $pid "$2"
}

# A signal that comes before the loader waits for it must still end it.
end_early() { # WAY
    for moment in 0 2 4 6 8 10 15 20 25 30 40 60; do
        launch load_kp_bpf --attach="$1" $OBJ/count.o sys_bpf
        usleep ${moment}000
        stop $pid TERM
        case $status in
        0 | 143) ;;
        *) fail "exit status $status when interrupted after $moment ms" ;;
        esac
    done
}

killed() { # WAY
    start --attach="$1" $OBJ/count.o sys_bpf || return
    stop $pid KILL
    nothing_left $RUN/before || fail "left: $(head -n 3 $RUN/difference | tr '\n' ';')"
    start --attach="$1" $OBJ/count.o sys_bpf || return
    counts
    stop_well
}

# The types of the kernel are megabytes, and it needs none of them.
small_guardian() {
    [ -e /sys/kernel/btf/vmlinux ] || { skip "this kernel has no BTF"; return; }
    start --attach=tracefs $OBJ/fields.o || return
    resident=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(children_of $pid | tr -d ' ')/status")
    [ "$resident" -lt 400 ] || fail "its guardian has $resident kB"
    stop_well
}

kill_with_guardian() { # PID
    kill -KILL $(children_of "$1") "$1"
    ended "$1"
}

# An event in tracefs outlives a loader and its guardian, until the next one comes.
killed_with_guardian() {
    start --attach=tracefs $OBJ/count.o sys_bpf || return
    local living=$pid
    start --attach=tracefs $OBJ/every.o vfs_read || return
    kill_with_guardian $pid
    expect "events of the dead and the living" "$(events)" 2
    start --attach=tracefs --retprobe $OBJ/returned.o sys_bpf || return
    expect "events of two live loaders" "$(events)" 2
    stop_well
    hit 9
    expect "the number of maps that say 9" \
        "$($BPFTOOL map dump name hits | grep -c 'value: 09 00')" 1
    stop_well "$living"
    expect "events after all" "$(events)" 0
}

spare_others() {
    tracefs 'echo "p:kprobes/mine vfs_read" >>kprobe_events
        echo "p:kprobes/load_kp_bpf_ vfs_read" >>kprobe_events
        echo "p:kprobes/load_kp_bpf_short vfs_read" >>kprobe_events
        echo "p:kprobes/load_kp_bpf_0123456789abcdefg vfs_read" >>kprobe_events
        echo "p:others/load_kp_bpf_0123456789abcdef vfs_read" >>kprobe_events
        echo "p:kprobes/load_kp_bpf_0123456789ABCDEF vfs_read" >>kprobe_events
        cat kprobe_events' >$RUN/others
    expect "events made" "$(wc -l <$RUN/others)" 6
    start --attach=tracefs $OBJ/count.o sys_bpf || return
    stop_well
    tracefs 'cat kprobe_events' >$RUN/others.after
    cmp -s $RUN/others $RUN/others.after ||
        fail "others' events changed: $(diff $RUN/others $RUN/others.after | grep '^[-+][a-z]')"
    tracefs 'echo "-:kprobes/mine" >>kprobe_events
        echo "-:kprobes/load_kp_bpf_" >>kprobe_events
        echo "-:kprobes/load_kp_bpf_short" >>kprobe_events
        echo "-:kprobes/load_kp_bpf_0123456789abcdefg" >>kprobe_events
        echo "-:others/load_kp_bpf_0123456789abcdef" >>kprobe_events
        echo "-:kprobes/load_kp_bpf_0123456789ABCDEF" >>kprobe_events'
}

# An event that somebody recorded from is taken away as little as its file.
spare_traced() {
    start --attach=tracefs $OBJ/count.o sys_bpf || return
    kill_with_guardian $pid
    tracefs 'echo 1 >events/kprobes/enable'
    start --attach=tracefs $OBJ/count.o sys_bpf || return
    counts
    stop_well
    tracefs 'echo 0 >events/kprobes/enable'
    start --attach=tracefs $OBJ/count.o sys_bpf || return
    stop_well
}

hundred_at_once() { # WAY
    for i in $(seq 100); do
        launch load_kp_bpf --attach="$1" $OBJ/count.o sys_bpf
    done
    for i in $(seq 100); do
        wait_live "$i" 120 || {
            fail "loader $i is not live: $(cat "$RUN/stderr.$i")"
            break
        }
    done
    if [ "$1" = tracefs ]; then
        expect "the number of events" "$(events)" 100
    fi
    hit 3
    expect "the number of maps that say 3" \
        "$($BPFTOOL map dump name hits | decode | grep -c -x 3)" 100
    # shellcheck disable=SC2086 # process ids
    kill -INT $loaders
    for loader in $loaders; do
        ended "$loader" 60
        expect "exit status" "$status" 0
    done
}

# Starting and ending all the time, in each other's way.
churn() { # WAY
    churners=
    for i in $(seq 8); do
        (
            nr_started=$((i * 10))
            for j in $(seq 6); do
                launch load_kp_bpf --attach="$1" $OBJ/count.o sys_bpf
                wait_live || echo "$nr_started: $(cat "$stderr")" >>$RUN/dead
                stop $pid "$2"
            done
        ) 2>>$RUN/shell &
        churners="$churners $!"
    done
    # shellcheck disable=SC2086 # process ids
    wait $churners
    [ ! -e $RUN/dead ] || fail "$(wc -l <$RUN/dead) did not go live: $(head -n 1 $RUN/dead)"
    # What SIGKILL left is the next loader's to find.
    start --attach="$1" $OBJ/count.o sys_bpf || return
    stop_well
}

end_detached() {
    # Its terminal and parent gone, as after nohup: SIGHUP ignored is not an end.
    launch sh -c 'trap "" HUP; exec load_kp_bpf '"$OBJ"'/count.o sys_bpf'
    wait_live || { fail "not live"; return; }
    kill -HUP $pid
    usleep 500000
    is_running $pid || { skip "an ignored SIGHUP ends it all the same"; return; }
    counts
    stop_well
}

for signal in INT TERM HUP QUIT; do
    check "SIG$signal ends it, by perf" end_by perf $signal
    check "SIG$signal ends it, by tracefs" end_by tracefs $signal
done
check "an early signal ends it, by perf" end_early perf
check "an early signal ends it, by tracefs" end_early tracefs
check "SIGKILL and a new start, by perf" killed perf
check "SIGKILL and a new start, by tracefs" killed tracefs
check "SIGKILL of all and a new start, by tracefs" killed_with_guardian
check "the guardian is small" small_guardian
check "ignored SIGHUP" end_detached
check "events of others are not swept" spare_others
check "an event that somebody traces is not swept, nor in the way" spare_traced
check "a hundred loaders at once, by perf" hundred_at_once perf
check "a hundred loaders at once, by tracefs" hundred_at_once tracefs
check "loaders that come and go, by perf" churn perf INT
check "loaders that come and go, by tracefs" churn tracefs INT
check "loaders that come and are killed, by tracefs" churn tracefs KILL
