# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Every step of the start fails once, and after every step of start and end there
# is a signal once: strace makes the Nth call of a kind fail, or sends a signal
# after it. Whatever happens, the loader ends by itself or goes live and ends
# when told, and nothing is left.

nr_faults=0

# The system call in which the loader waits for a signal, as strace begins its line.
WAITING='^rt_sigtimedwait([^=]*$'

# Runs the loader once, undisturbed, and lists its calls as "NAME N" for the Nth
# of its name: of the whole run in calls, up to the wait in calls.start.
list_calls() { # [OPTION]... OBJECT FUNCTION
    run_traced getppid:error=EPERM "$@"
    nr_faults=$((nr_faults - 1))
    [ -n "$live" ] || { fail "not live under strace: $(cat "$stderr")"; return; }
    sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' $RUN/trace | awk '{ print $1, ++seen[$1] }' >$RUN/calls
    sed '/^rt_sigtimedwait/,$d' $RUN/calls >$RUN/calls.start
}

# What a call fails with: two reasons of its own that the kernel gives.
errors_of() { # CALL
    case $1 in
    bpf) echo "EPERM EINVAL" ;;
    perf_event_open) echo "EACCES ENOENT" ;;
    ioctl) echo "EINVAL EEXIST" ;;
    open | openat) echo "EACCES EMFILE" ;;
    mount | fsopen | fsconfig | fsmount | umount2) echo "EPERM ENOSYS" ;;
    write) echo "ENOSPC EINTR" ;;
    read | pread64) echo "EIO EINTR" ;;
    mmap) echo "ENOMEM" ;;
    mkdir | mkdirat) echo "EROFS ENOSPC" ;;
    fork | clone | clone3 | vfork) echo "EAGAIN" ;;
    flock) echo "EINTR ENOLCK" ;;
    # The C library's own, before main: it has no way to go on without them.
    execve | arch_prctl | set_tid_address | set_robust_list | rseq | brk | mprotect) ;;
    # Cannot fail: they ask nothing of anyone, or do it to our own child. (Without
    # its signals blocked, the loader would rightly die of the one that ends the case.)
    getpid | gettid | kill | wait4 | rt_sigprocmask) ;;
    *) echo "EPERM" ;;
    esac
}

# One start under strace, to its end. $live says whether it went live.
run_traced() { # INJECTION [OPTION]... OBJECT FUNCTION
    at="$1: "
    nr_started=0
    injection=$1
    shift
    rm -f $RUN/trace
    launch $STRACE -o $RUN/trace -e "inject=$injection" load_kp_bpf "$@"
    live=
    ticks=3000
    # Not until the live line: it may be what fails, and things are done after it.
    until tail -n 1 $RUN/trace 2>&- | grep -q "$WAITING"; do
        is_running $pid && [ $ticks -gt 0 ] || break
        ticks=$((ticks - 1))
        usleep 20000
    done
    if is_running $pid; then
        [ $ticks -gt 0 ] || fail "neither waiting nor ended"
        live=yes
        kill $(children_of $pid)
    fi 2>&-
    ended
    ! grep -q "^$LIVE" "$stderr" || live=yes
    nr_faults=$((nr_faults + 1))
}

# Pins are left by a loader that was live, and by no other; one that was killed
# may have been live and not have said so yet.
check_pins() {
    [ -n "$live" ] || grep -q 'ENABLE.* = 0$' $RUN/trace ||
        ! find $BPFFS -type f | grep -q . || fail "a pin is left"
    rm -rf ${BPFFS:?}/*
}

one_fault() { # CALL N ERROR [OPTION]... OBJECT FUNCTION
    fault=$1:error=$3:when=$2
    shift 3
    run_traced "$fault" "$@"
    case $live$status in
    yes[01] | [1-4]) ;; # (taking down what it made has calls that fail as well)
    *) fail "exit status $status" ;;
    esac
    # A message that cannot be written is not there.
    if [ -z "$live" ] && [ "${fault%%:*}" != write ]; then
        grep -q '^load_kp_bpf: ' "$stderr" || fail "it says nothing (exit status $status)"
    fi
    check_pins
    nothing_left $RUN/baseline || fail "left: $(head -n 2 $RUN/difference | tr '\n' ';')"
}

one_signal() { # CALL N SIGNAL [OPTION]... OBJECT FUNCTION
    fault=$1:signal=$3:when=$2 signal=$3
    shift 3
    run_traced "$fault" "$@"
    case $signal$status in
    TERM0 | TERM143 | KILL137) ;;
    *) fail "exit status $status" ;;
    esac
    check_pins
    leftovers >$RUN/after
    if [ "$signal" = KILL ] && ! cmp -s $RUN/baseline $RUN/after; then
        # What it could not take down, the next one does.
        run_traced getppid:error=EPERM "$@"
        [ -n "$live" ] || fail "the next start failed: $(head -n 1 "$stderr")"
    fi
    check_pins
    nothing_left $RUN/baseline || fail "left: $(head -n 2 $RUN/difference | tr '\n' ';')"
}

# bpffs is mounted for all of it: one that a loader mounts is meant to stay.
prepare() { # [OPTION]... OBJECT FUNCTION
    mount_bpffs
    leftovers >$RUN/baseline
    list_calls "$@"
    check_pins
}

fail_every_step() { # [OPTION]... OBJECT FUNCTION
    prepare "$@" && while read -r call n <&3; do
        for error in $(errors_of "$call"); do
            # One broken step is enough to see: what it left would hide the others.
            [ -n "$case_failed" ] || one_fault "$call" "$n" "$error" "$@"
        done
    done 3<$RUN/calls.start
    umount $BPFFS
}

# bpffs is not there: the mount that a start makes for its pins goes with it when it fails.
fail_with_own_mount() {
    leftovers >$RUN/baseline
    one_fault mount 1 EPERM $OBJ/pin_global.o sys_bpf
    one_fault mkdirat 1 ENOSPC $OBJ/pin_global.o sys_bpf
    one_fault bpf 1 EACCES $OBJ/pin_global.o sys_bpf
    # (The load is tried again with a log, and that one must fail too.)
    one_fault bpf 2+ EACCES $OBJ/pin_global.o sys_bpf
    one_fault perf_event_open 1 EACCES $OBJ/pin_global.o sys_bpf
    one_fault bpf 4 EACCES $OBJ/pin_global.o sys_bpf
    grep -q 'OBJ_PIN.*INJECTED' $RUN/trace || fail "the pin is not the fourth call"
}

# Nothing that is started later holds the events that are there.
without_guardian() {
    leftovers >$RUN/baseline
    one_fault clone 1 EAGAIN --attach=tracefs $OBJ/every.o vfs_fsync vfs_read
    expect "exit status" "$status" 0
    expect "children that were started" "$(grep -c '^clone(' $RUN/trace)" 1
}

# What may be there the next moment (here, a process for the mount) is not asked for
# again and again.
no_child_to_mount() {
    at='a kernel before 5.2, and no process: '
    launch $STRACE -o $RUN/trace -e inject=fsopen:error=ENOSYS -e inject=clone:error=EAGAIN \
        load_kp_bpf --attach=tracefs $OBJ/count.o sys_bpf
    ended
    expect "exit status" "$status" 1
    expect_text "$stderr" "Resource temporarily unavailable"
    expect "how often it was loaded" "$(grep -c BPF_PROG_LOAD $RUN/trace)" 1
}

# Somebody sweeps for long, or holds the lock for ever: then a signal ends the wait.
locked_out() {
    launch $STRACE -o $RUN/trace -e inject=flock:error=EAGAIN \
        load_kp_bpf --attach=tracefs $OBJ/count.o sys_bpf
    for moment in $(seq 200); do
        ! grep -q '^rt_sigtimedwait' $RUN/trace || break
        usleep 20000
    done 2>&-
    # shellcheck disable=SC2046 # process ids
    kill $(children_of $pid)
    ended
    expect "exit status" "$status" 1
    expect_text "$stderr" "interrupted"
}

# A filter of system calls may forbid what a live loader stays in.
not_to_wait() {
    leftovers >$RUN/baseline
    one_fault rt_sigtimedwait 1+ EPERM $OBJ/count.o sys_bpf
    expect "exit status" "$status" 1
    expect_text "$stderr" "cannot wait for a signal"
}

# Two starts, of which the later one is first to pin: they share its map, and the
# pin stays whoever fails.
launch_slow() { # [OPTION]... OBJECT FUNCTION: two seconds before its first probe
    launch $STRACE -o $RUN/trace -e inject=perf_event_open:delay_enter=2000000:when=1 \
        load_kp_bpf "$@"
    for moment in $(seq 200); do
        ! grep -q '^bpf(BPF_PROG_LOAD.* = [0-9]' $RUN/trace || return 0
        usleep 10000
    done 2>&-
    fail "it did not load its program"
}

overtaken() { # PIN [OPTION]... OBJECT
    local pinned=$BPFFS/$1
    shift
    mount_bpffs
    launch_slow "$@" sys_bpf || return
    local slow=$pid
    start "$@" sys_bpf || return
    ! grep -q "^$LIVE" $RUN/stderr.1 || fail "the slow one is live already"
    wait_live 1 || fail "the slow one is not live: $(cat $RUN/stderr.1)"
    hit 5
    expect "the count in the pin" "$(map_value "pinned $pinned")" 10
    expect "the number of maps" "$(map_count hits)" 1
    stop_well
    kill $(children_of $slow)
    ended $slow
    umount $BPFFS
}

overtaken_and_refused() {
    mount_bpffs
    launch_slow --attach=perf $OBJ/pin_object.o nowhere_to_be_found || return
    local failing=$pid
    start $OBJ/pin_object.o sys_bpf
    local living=$pid
    ended $failing
    expect "exit status" "$status" 1
    hit 5
    expect "the count in the pin" "$(map_value "pinned $BPFFS/hits")" 5
    stop_well $living
    umount $BPFFS
}

# What overtook is another map of that name: refused, and left alone.
overtaken_by_another() {
    mount_bpffs
    launch_slow $OBJ/pin_object.o sys_bpf || return
    $BPFTOOL map create $BPFFS/hits type array key 4 value 8 entries 99 name hits
    ended
    expect "exit status" "$status" 1
    expect_text $RUN/stderr.1 "another map"
    expect "the number of maps" "$(map_count hits)" 1
    umount $BPFFS
}

signal_every_step() { # SIGNAL [OPTION]... OBJECT FUNCTION
    signal=$1
    shift
    prepare "$@" && while read -r call n <&3; do
        case $call in
        execve | exit_group) continue ;; # before its first step, after its last
        esac
        [ -n "$case_failed" ] || one_signal "$call" "$n" "$signal" "$@"
    done 3<$RUN/calls
    umount $BPFFS
}

check "each step fails, by perf" fail_every_step --attach=perf $OBJ/count.o sys_bpf
check "each step fails, by tracefs" fail_every_step --attach=tracefs $OBJ/count.o sys_bpf
check "each step fails, with a choice of ways" fail_every_step $OBJ/count.o sys_bpf
check "each step fails, with a pin" fail_every_step $OBJ/pin_global.o sys_bpf
check "each step fails, with maps in maps" fail_every_step $OBJ/map_in_map.o sys_bpf
check "a start that mounts bpffs fails" fail_with_own_mount
check "its first child cannot be started" without_guardian
check "it may start no child" no_child_to_mount
check "the events are locked" locked_out
check "it may not wait for a signal" not_to_wait
check "another start is first to pin, by perf" overtaken hits --attach=perf $OBJ/pin_object.o
check "another start is first to pin, by tracefs" overtaken hits --attach=tracefs $OBJ/pin_object.o
check "another start is first to pin globally" overtaken tc/globals/hits $OBJ/pin_global.o
check "another start is first to pin, and this one fails" overtaken_and_refused
check "another map is first to be pinned" overtaken_by_another
check "SIGTERM after each step, by perf" signal_every_step TERM --attach=perf $OBJ/count.o sys_bpf
check "SIGTERM after each step, by tracefs" signal_every_step TERM --attach=tracefs $OBJ/pin_object.o sys_bpf
check "SIGKILL after each step, by perf" signal_every_step KILL --attach=perf $OBJ/count.o sys_bpf
check "SIGKILL after each step, by tracefs" signal_every_step KILL --attach=tracefs $OBJ/count.o sys_bpf
check "SIGKILL after each step, with a pin" signal_every_step KILL $OBJ/pin_global.o sys_bpf
[ $nr_faults -eq 0 ] || echo "# $nr_faults faults and signals injected"
