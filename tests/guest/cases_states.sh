# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Odd states of a process and of its files: it works, or says why not in a sentence.

# A start in such a state: live by its line, one hit too many or too few is
# seen, and its end is normal. The command ends in the loader's.
works() { # COMMAND...
    launch "$@"
    wait_live || { ended; fail "it did not go live: $(head -n 1 "$stderr")"; return; }
    counts
    kill -INT "$(loader_pid)"
    ended && expect "exit status" "$status" 0
}

# The loader itself, where something that started it waits for it.
loader_pid() {
    pidof load_kp_bpf | tr ' ' '\n' | sort -n | head -n 1
}

# A refusal or an end, whose message is in $stderr.
says() { # STATUS PATTERN COMMAND...
    local wanted=$1 pattern=$2
    shift 2
    launch "$@"
    ended || return
    expect "exit status" "$status" "$wanted"
    expect_text "$stderr" "^load_kp_bpf: .*$pattern"
    expect "lines that are not ours" "$(grep -v -c '^load_kp_bpf: ' "$stderr")" 0
}

# --- limits -------------------------------------------------------------------

limited() { # LIMIT WAY
    works sh -c "ulimit $1; exec load_kp_bpf --attach=$2 $OBJ/count.o sys_bpf"
}

# However few descriptors: it works, or says what is missing.
few_descriptors() { # WAY
    for limit in 3 4 5 6 7 8; do
        at="$limit descriptors: "
        launch sh -c "ulimit -n $limit; exec load_kp_bpf --attach=$1 $OBJ/count.o sys_bpf"
        if wait_live; then
            counts
            stop_well
        else
            ended
            expect "exit status" "$status" 1
            expect_text "$stderr" "^load_kp_bpf: .*[Tt]oo many open files"
            [ $limit -lt 8 ] || fail "it did not go live"
        fi
    done
}

little_memory() { # OBJECT [FUNCTION]
    for limit in 100 200 400 3000 9000; do
        launch sh -c "ulimit -v $limit; exec load_kp_bpf $*"
        if wait_live; then
            stop_well
        else
            ended
            case $status in
            1) expect_text "$stderr" "^load_kp_bpf: .*memory" ;;
            127 | 137 | 139) ;; # (exec itself found no room)
            *) fail "exit status $status with $limit KiB" ;;
            esac
        fi
    done
}

# The file system of messages has no room for one line, and says so by a signal.
no_file_size() { # WAY
    launch sh -c "ulimit -f 0; exec load_kp_bpf --attach=$1 $OBJ/count.o sys_bpf"
    counts_in_silence
    stop_well
}

no_file_size_refused() {
    launch sh -c "ulimit -f 0; exec load_kp_bpf $OBJ/count.o nowhere_to_be_found"
    ended
    expect "exit status" "$status" 1
}

# --- standard descriptors -----------------------------------------------------

# Each combination of closed ones, live and refused.
closed_descriptors() { # WAY
    for closed in '0' '1' '2' '0 1' '0 2' '1 2' '0 1 2'; do
        at="closed $closed: "
        closing=$(echo "$closed" | sed 's/[012]/&>\&-/g')
        launch sh -c "exec load_kp_bpf --attach=$1 $OBJ/pin_object.o sys_bpf $closing"
        case $closed in
        *2*) counts_in_silence ;;
        *) wait_live && counts || fail "not live: $(cat "$stderr")" ;;
        esac
        stop_well
        rm -f $BPFFS/hits
        launch sh -c "exec load_kp_bpf --attach=$1 $OBJ/rejected.o sys_bpf $closing"
        ended
        expect "exit status of a refusal" "$status" 1
        [ -z "$case_failed" ] || break
    done
}

with_bpffs() { # FUNCTION [ARG]...
    mount_bpffs
    "$@"
    umount $BPFFS
}

with_terminals() {
    mkdir -p /dev/pts
    mount -t devpts devpts /dev/pts
}

# Nobody reads what it says, or nobody can.
unheard() { # STATE WAY
    with_terminals
    launch odd "$1=2" "$1=1" -- load_kp_bpf --attach="$2" $OBJ/count.o sys_bpf
    counts_in_silence
    stop_well
    umount /dev/pts
}

unheard_refusal() { # STATE
    with_terminals
    launch odd "$1=2" "$1=1" -- load_kp_bpf $OBJ/rejected.o sys_bpf
    ended
    expect "exit status" "$status" 1
    launch odd "$1=2" "$1=1" -- load_kp_bpf
    ended
    expect "exit status of a wrong usage" "$status" 2
    umount /dev/pts
}

# --- namespaces and privileges ------------------------------------------------

in_mount_namespace() {
    for way in perf tracefs; do
        works unshare -m load_kp_bpf --attach=$way $OBJ/count.o sys_bpf
    done
}

# As PID 1 of its own, with the /proc of the others; and with no /proc.
in_pid_namespace() { # WAY
    works unshare -p -f load_kp_bpf --attach="$1" $OBJ/count.o sys_bpf
    works unshare -p -f -m sh -c "umount -l /proc; exec load_kp_bpf --attach=$1 $OBJ/count.o sys_bpf"
}

# As after nsenter -m: /proc is of a PID namespace in which we are not. The first
# start pins its map, the second one looks at the pin.
beside_another_proc() {
    local outer inner
    unshare -m -p -f sh -c "mount -t proc proc /proc; : >$RUN/ready; exec sleep 1000" &
    outer=$!
    for moment in $(seq 100); do
        [ ! -e $RUN/ready ] || break
        usleep 20000
    done
    inner=$(children_of $outer | tr -d " ")
    for count in 10 20; do
        start_in "$inner" || break
        hit 10
        expect "the count" "$(map_value "pinned $BPFFS/hits")" $count
        kill -INT "$(loader_pid)"
        ended && expect "exit status" "$status" 0
    done
    kill -9 "$inner"
    wait $outer
}

start_in() { # PID
    launch nsenter -t "$1" -m load_kp_bpf $OBJ/pin_object.o sys_bpf
    wait_live || { ended; fail "it did not go live: $(head -n 1 "$stderr")"; }
}

killed_in_pid_namespace() {
    launch unshare -p -f load_kp_bpf --attach=tracefs $OBJ/count.o sys_bpf
    wait_live || { fail "not live: $(cat "$stderr")"; return; }
    kill -KILL "$(loader_pid)"
    ended
    # A PID namespace takes the guardian with it: the event is the next start's.
    start --attach=tracefs $OBJ/count.o sys_bpf && counts && stop_well
}

# unshare -p without -f: a namespace for its children, whose first one is the guardian.
children_in_pid_namespace() {
    for start in 1 2 3 4 5; do
        works unshare -p load_kp_bpf --attach=tracefs $OBJ/count.o sys_bpf
    done
    launch unshare -p load_kp_bpf --attach=tracefs $OBJ/count.o sys_bpf
    wait_live || { fail "not live: $(cat "$stderr")"; return; }
    kill -KILL $pid
    ended
    nothing_left $RUN/before || fail "left: $(head -n 3 $RUN/difference | tr '\n' ';')"
}

# The machine that a process is told of need not be the kernel's.
under_setarch() { # WAY
    works linux32 load_kp_bpf --attach="$1" $OBJ/count.o sys_bpf
}

in_chroot() { # WAY
    mkdir -p /run/root
    cp /bin/load_kp_bpf $OBJ/count.o /run/root
    works chroot /run/root /load_kp_bpf --attach="$1" /count.o sys_bpf
    rm -r /run/root
}

unprivileged_namespace() { # UNSHARE_OPTION...
    for way in perf tracefs auto; do
        says 1 "ermi\|hint" unshare "$@" load_kp_bpf --attach=$way $OBJ/count.o sys_bpf
        expect_text "$stderr" "^load_kp_bpf: hint: "
    done
}

version_before() { # MAJOR MINOR
    uname -r | awk -F '[.-]' -v major="$1" -v minor="$2" \
        '{ exit !($1 < major || $1 == major && $2 < minor) }'
}

# 38 is CAP_PERFMON, 39 CAP_BPF, 21 CAP_SYS_ADMIN. Debian's own perf_event_paranoid
# of 3 asks for CAP_SYS_ADMIN, whatever capabilities there are.
with_bpf_and_perfmon() {
    version_before 5 8 && { skip "these capabilities exist since 5.8"; return; }
    paranoid=$(cat /proc/sys/kernel/perf_event_paranoid)
    echo 2 >/proc/sys/kernel/perf_event_paranoid
    for way in auto perf; do
        works odd caps=38,39 -- load_kp_bpf --attach=$way $OBJ/count.o sys_bpf
        expect_text "$stderr" "by perf"
    done
    echo "$paranoid" >/proc/sys/kernel/perf_event_paranoid
}

paranoid_kernel() {
    paranoid=$(cat /proc/sys/kernel/perf_event_paranoid)
    echo 3 >/proc/sys/kernel/perf_event_paranoid
    launch odd caps=38,39 -- load_kp_bpf $OBJ/count.o sys_bpf
    if wait_live; then
        counts && stop_well
    else
        ended
        expect "exit status" "$status" 1
        expect_text "$stderr" "^load_kp_bpf: hint: .*perf_event_paranoid"
    fi
    echo "$paranoid" >/proc/sys/kernel/perf_event_paranoid
}

with_sys_admin() {
    works odd caps=21 -- load_kp_bpf $OBJ/count.o sys_bpf
    expect_text "$stderr" "by perf"
}

with_one_of_two() { # CAPABILITY MISSING
    says 1 "" odd "caps=$1" -- load_kp_bpf $OBJ/count.o sys_bpf
    expect_text "$stderr" "^load_kp_bpf: hint: .*missing:.*$2"
}

# Tracefs belongs to root: these capabilities do not open it.
tracefs_by_capability() {
    says 1 "ermi" odd caps=38,39 -- load_kp_bpf --attach=tracefs $OBJ/count.o sys_bpf
}

pin_by_capability() {
    mount -t bpf -o mode=0700 bpf $BPFFS
    says 1 "bpf" odd caps=38,39 -- load_kp_bpf $OBJ/pin_object.o sys_bpf
    umount $BPFFS
}

# Nothing to count locked memory against, and no right to raise it.
no_locked_memory() {
    works sh -c "ulimit -l 0; exec load_kp_bpf $OBJ/count.o sys_bpf"
    works sh -c "ulimit -l 0; exec load_kp_bpf --attach=tracefs $OBJ/count.o sys_bpf"
}

no_locked_memory_nor_right() {
    version_before 5 11 || {
        works sh -c "ulimit -l 0; exec odd caps=21 -- load_kp_bpf $OBJ/count.o sys_bpf"
        return
    }
    says 1 "" sh -c "ulimit -l 0; exec odd caps=21 -- load_kp_bpf $OBJ/count.o sys_bpf"
    expect_text "$stderr" "MEMLOCK\|ulimit -l\|locked memory"
}

# --- time ---------------------------------------------------------------------

while_clock_jumps() { # WAY
    odd clock 2>>$RUN/notes &
    local clock=$!
    for i in 1 2 3 4 5 6; do
        start --attach="$1" $OBJ/count.o sys_bpf && counts && stop_well
    done
    kill -KILL $clock
    wait $clock
}

# --- memory -------------------------------------------------------------------

# All that a start needs, in a memory cgroup of this size.
in_small_cgroup() { # LIMIT
    mkdir -p /run/cgroup
    mount -t cgroup2 cgroup /run/cgroup && echo +memory >/run/cgroup/cgroup.subtree_control ||
        { umount /run/cgroup; skip "this kernel has no memory cgroup"; return; }
    mkdir /run/cgroup/small
    echo "$1" >/run/cgroup/small/memory.max
    launch sh -c "echo 0 >/run/cgroup/small/cgroup.procs; exec load_kp_bpf $OBJ/many_maps.o sys_bpf"
    if wait_live; then
        hit 5
        expect "the count" "$(map_value 'name hits99')" 5
        stop_well
    else
        ended
        fail "not live (status $status): $(cat "$stderr")"
    fi
    for moment in $(seq 50); do
        rmdir /run/cgroup/small 2>&- && break
        usleep 200000
    done
    umount /run/cgroup
}

# No more address space than there is memory: reserving is refused early.
no_overcommit() {
    before=$(cat /proc/sys/vm/overcommit_memory)
    echo 2 >/proc/sys/vm/overcommit_memory
    start $OBJ/many_maps.o sys_bpf && stop_well
    truncate -s 63M $RUN/large.o
    says 1 "memory" load_kp_bpf $RUN/large.o sys_bpf
    echo "$before" >/proc/sys/vm/overcommit_memory
}

check "8 descriptors, by perf" limited "-n 8" perf
check "8 descriptors, by tracefs" limited "-n 8" tracefs
check "3 to 8 descriptors, by perf" few_descriptors perf
check "3 to 8 descriptors, by tracefs" few_descriptors tracefs
check "a small stack" limited "-s 64" perf
check "no core files, no processes" limited "-c 0 -p 0" tracefs
check "little address space" with_bpffs little_memory $OBJ/latency_return.o vfs_read
check "little address space for the kernel's types" little_memory $OBJ/fields.o
check "messages that may take no byte, by perf" no_file_size perf
check "messages that may take no byte, by tracefs" no_file_size tracefs
check "a refusal that may take no byte" no_file_size_refused
check "standard descriptors closed, by perf" with_bpffs closed_descriptors perf
check "standard descriptors closed, by tracefs" with_bpffs closed_descriptors tracefs
for state in full broken terminal; do
    check "a $state output, by perf" unheard $state perf
    check "a $state output, by tracefs" unheard $state tracefs
    check "a refusal into a $state output" with_bpffs unheard_refusal $state
done
check "a mount namespace of its own" in_mount_namespace
check "PID 1 of a namespace, by perf" in_pid_namespace perf
check "PID 1 of a namespace, by tracefs" in_pid_namespace tracefs
check "beside the /proc of another PID namespace" with_bpffs beside_another_proc
check "killed with its PID namespace" killed_in_pid_namespace
check "its children in a PID namespace" children_in_pid_namespace
check "told of a 32-bit machine, by perf" under_setarch perf
check "told of a 32-bit machine, by tracefs" under_setarch tracefs
check "in a chroot, by perf" in_chroot perf
check "in a chroot, by tracefs" in_chroot tracefs
check "a user namespace, as nobody" unprivileged_namespace -U
check "a user namespace, as its root" unprivileged_namespace -U -r
check "a user namespace with namespaces of its own" unprivileged_namespace -U -r -m -p -f
check "with CAP_BPF and CAP_PERFMON only" with_bpf_and_perfmon
check "with CAP_BPF and CAP_PERFMON, and perf_event_paranoid 3" paranoid_kernel
check "with CAP_SYS_ADMIN only" with_sys_admin
check "with CAP_BPF, without CAP_PERFMON" with_one_of_two 39 CAP_PERFMON
check "with CAP_PERFMON, without CAP_BPF" with_one_of_two 38 CAP_BPF
check "tracefs with CAP_BPF and CAP_PERFMON" tracefs_by_capability
check "a pin with CAP_BPF and CAP_PERFMON" pin_by_capability
check "no locked memory" no_locked_memory
check "no locked memory, and no right to it" no_locked_memory_nor_right
check "the clock jumps, by perf" while_clock_jumps perf
check "the clock jumps, by tracefs" while_clock_jumps tracefs
check "a hundred maps in a cgroup of 8 MiB" in_small_cgroup 8M
check "memory is not overcommitted" no_overcommit
