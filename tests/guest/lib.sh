# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Sourced in the guest: runs cases, and holds every one of them to leaving
# nothing behind. A case is a function; `check "what it shows" function` runs it.
# Inside, `fail WHY` and `skip WHY` record the outcome (a case with neither is
# good) and return 1, so that a case reads `start ... || return`.
#
# Commands of iproute2 and others are called by their full path: busybox's shell
# prefers its own applets to what is on PATH.

BPFTOOL=/usr/sbin/bpftool
STRACE=/usr/sbin/strace
TC=/usr/sbin/tc
OBJ=/obj
BPFFS=/sys/fs/bpf
# Scratch files of the running case.
RUN=/run/case
LIVE='load_kp_bpf: live: '

nr_passed=0
nr_failed=0
nr_skipped=0

# --- outcome ------------------------------------------------------------------

# What a case that goes through many things is at, for its message.
at=

fail() { # WHY: the first reason stands
    [ -n "$case_failed" ] || case_failed="$at$*"
    return 1
}

skip() {
    case_skipped="$*"
    return 1
}

note() { # shown below the line of a case that failed
    echo "$*" >>$RUN/notes
}

expect() { # WHAT GOT WANTED
    [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"
}

expect_soon() { # FILE PATTERN: a sentence that follows the live line
    for moment in $(seq 50); do
        ! grep -q -e "$2" "$1" || return 0
        usleep 200000
    done
    expect_text "$@"
}

expect_text() { # FILE PATTERN: a sentence that must be there
    grep -q -e "$2" "$1" || {
        note "$(sed 's/^/stderr: /' "$1")"
        fail "the message does not say '$2'"
    }
}

# --- what a loader could leave ------------------------------------------------

# Everything that outlives a process, one item per line. It is looked at from a
# mount namespace of its own, so that looking needs nothing mounted in the
# guest, and mounts nothing there.
leftovers() {
    hit ids
    find $BPFFS -mindepth 1 2>&- | sed 's/^/pin /'
    find / -xdev -type d ! -path '/run*' | sed 's/^/folder /'
    unshare -m sh -c '
        cd /check
        mount -t proc proc proc
        # (Locked down to confidentiality, they show nothing; and 6.12 dies of a
        # corrupted list when such a tracefs is unmounted.)
        if ! grep -q lockdown=confidentiality proc/cmdline; then
            mount -t tracefs tracefs tracing
            sed "s/^/event /" tracing/kprobe_events
            mount -t debugfs debugfs debug 2>&-
            [ ! -e debug/kprobes ] || sed "s/^/armed kprobe /" debug/kprobes/list
        fi
        for comm in $(grep -l -s "^load_kp_bpf" proc/[0-9]*/comm); do
            echo "process $(cut -d " " -f 1-3 "${comm%comm}stat")"
        done
        cut -d " " -f 1-4 proc/self/mounts | grep -v " /check/" | sed "s/^/mount /" | sort'
}

# The kernel lets go of some things (a perf event, a program) a moment after the
# process that held them: what is left is what is still there after a few seconds.
nothing_left() { # BASELINE
    for moment in 0 100 200 400 800 1500 3000 6000; do
        usleep ${moment}000
        leftovers >$RUN/after
        ! cmp -s "$1" $RUN/after || return 0
    done
    diff "$1" $RUN/after | sed -n 's/^[-+]\([a-z]\)/\1/p' >$RUN/difference
    note "$(diff "$1" $RUN/after | grep '^[-+][a-z]')"
    return 1
}

# --- a case -------------------------------------------------------------------

check() { # NAME FUNCTION [ARG]...
    case_name=$1
    shift
    echo "$case_name" | grep -q -F -e "$ONLY" || return 0
    rm -rf $RUN
    mkdir -p $RUN
    : >$RUN/nothing
    case_failed='' case_skipped='' loaders='' nr_started=0 at=''
    leftovers >$RUN/before

    "$@" 2>>$RUN/shell

    stop_all
    # (After a skip too: the next case must not take what fades away for its own.)
    nothing_left $RUN/before ||
        fail "something is left: $(head -n 3 $RUN/difference | tr '\n' ';')"

    if [ -n "$case_failed" ]; then
        nr_failed=$((nr_failed + 1))
        echo "not ok - $case_name: $case_failed"
        for file in $RUN/notes $RUN/shell $RUN/stderr.*; do
            [ ! -s "$file" ] || head -n 12 "$file" | sed "s|^|#   ${file##*/}: |"
        done | head -n 30
        echo "# failed: $case_name"
        clean_up
    elif [ -n "$case_skipped" ]; then
        nr_skipped=$((nr_skipped + 1))
        echo "skip - $case_name: $case_skipped"
    else
        nr_passed=$((nr_passed + 1))
        echo "ok - $case_name"
    fi
}

# After a failure: back to a state in which the next case means something.
clean_up() {
    # shellcheck disable=SC2046 # process ids
    kill -9 $(pidof load_kp_bpf strace old) 2>&-
    mount_usual
    while umount $BPFFS; do :; done 2>&-
    unshare -m sh -c 'mount -t tracefs tracefs /check/tracing
        cd /check/tracing && echo 0 >events/enable && echo >kprobe_events' 2>&-
    usleep 500000
}

summary() {
    echo "$nr_passed passed, $nr_failed failed, $nr_skipped skipped"
    [ "$nr_failed" -eq 0 ]
}

# --- the kernel ---------------------------------------------------------------

# Whether the kernel lets the entry of functions be probed: it does not where
# ftrace keeps the entry for itself.
can_probe_entry() {
    unshare -m sh -c '
        mount -t tracefs tracefs /check/tracing
        cd /check/tracing
        echo "p:kprobes/entry vfs_read" >>kprobe_events &&
            echo "-:kprobes/entry" >>kprobe_events' 2>&-
}

# Not every machine's guest has every command.
needs() { # PATH
    [ -x "$1" ] || skip "no ${1##*/} here"
}

is_before() { # MAJOR MINOR: this kernel's version
    uname -r | awk -F '[.-]' -v major="$1" -v minor="$2" \
        '{ exit !($1 < major || ($1 == major && $2 < minor)) }'
}

# Callbacks and trampolines want programs compiled for the machine.
needs_jit() {
    case $(cat /proc/sys/net/core/bpf_jit_enable 2>&-) in
    [1-9]*) ;;
    *) skip "no JIT compiler for programs here" ;;
    esac
}

# --- the guest's state --------------------------------------------------------

is_mounted() { # FOLDER: whether another file system than its parent's is there
    [ "$(stat -c %d "$1")" != "$(stat -c %d "$1/..")" ]
}

# What a running system has; tracefs, debugfs and bpffs are not among it.
mount_usual() {
    is_mounted /proc || mount -t proc proc /proc
    is_mounted /sys || mount -t sysfs sysfs /sys
    is_mounted /dev || mount -t devtmpfs devtmpfs /dev
}

mount_bpffs() {
    mount -t bpf bpf $BPFFS
}

# --- loaders ------------------------------------------------------------------

# Starts one in the background: $pid and $stderr are its, until the next one.
# (The shell makes background processes ignore SIGINT and SIGQUIT, until they say
# otherwise themselves; and it opens /dev/null for them, even with another stdin.)
launch() { # COMMAND...
    nr_started=$((nr_started + 1))
    stderr=$RUN/stderr.$nr_started
    : >"$stderr" # (now: the background process opens it when it gets to run)
    "$@" >$RUN/stdout.$nr_started 2>"$stderr" <$RUN/nothing &
    pid=$!
    eval "pid_$nr_started=$pid"
    loaders="$loaders $pid"
}

is_running() { # PID
    kill -0 "$1" 2>&-
}

# Waits for a loader's live line; false when it ended or nothing comes.
wait_live() { # [NUMBER [SECONDS]]: 1 for the case's first loader
    local number=${1:-$nr_started} ticks=$((${2:-60} * 50)) waiting
    eval "waiting=\$pid_$number"
    while ! grep -q "^$LIVE" "$RUN/stderr.$number"; do
        is_running "$waiting" && [ $ticks -gt 0 ] || return
        ticks=$((ticks - 1))
        usleep 20000
    done
}

# Starts the loader and sees it live.
start() { # [OPTION]... OBJECT FUNCTION
    launch load_kp_bpf "$@"
    wait_live || fail "it did not go live: $(head -n 1 "$stderr")"
}

# The processes that a process started: what strace runs, a loader's guardian.
children_of() { # PID
    cat "/proc/$1/task/$1/children"
}

# Ends one and gives its status: it must come within the time limit.
stop() { # [PID [SIGNAL]]
    kill "-${2:-INT}" "${1:-$pid}" 2>&-
    ended "${1:-$pid}"
}

# Waits for a loader's own end; $status is its exit status.
ended() { # [PID [SECONDS]]
    local ticks=$((${2:-60} * 50))
    while is_running "${1:-$pid}"; do
        [ $ticks -gt 0 ] || { fail "it did not end"; return; }
        ticks=$((ticks - 1))
        usleep 20000
    done
    wait "${1:-$pid}"
    status=$?
    loaders=$(echo "$loaders " | sed "s/ ${1:-$pid} / /")
}

stop_well() { # [PID [SIGNAL]]: a normal end is silent and gives 0
    stop "$@" && expect "exit status" "$status" 0
}

stop_all() {
    for loader in $loaders; do
        stop "$loader"
    done
}

# Runs a loader that is to refuse: its status, and one sentence on stderr.
refused() { # STATUS PATTERN [OPTION]... OBJECT FUNCTION
    wanted=$1 pattern=$2
    shift 2
    launch load_kp_bpf "$@"
    ended || return
    expect "exit status" "$status" "$wanted"
    expect_text "$stderr" "^load_kp_bpf: .*$pattern"
    [ ! -s "$RUN/stdout.$nr_started" ] || fail "it wrote on stdout"
}

# --- maps ---------------------------------------------------------------------

is_big_endian() {
    [ "$(printf '\0\1' | hexdump -e '1/2 "%d"')" = 1 ]
}

# A 32-bit key in bpftool's words: its bytes, in the machine's order.
key_bytes() { # NUMBER (below 256)
    if is_big_endian; then echo "0 0 0 $1"; else echo "$1 0 0 0"; fi
}

# The value in what bpftool prints, as a number: "key: 00 .. value: 0a 00 ..",
# the machine's order of bytes; "value": 10 of a map with BTF; or inner_map_id: 10,
# what newer ones make of the value in a map of maps.
decode() {
    awk -v big="$(is_big_endian && echo 1)" '
        sub(/.*("value"|inner_map_id): */, "") { print $1 + 0 }
        sub(/.*value: */, "") {
            hex = ""
            for (i = 1; i <= NF; i++)
                hex = big == 1 ? hex $i : $i hex
            printf "%d\n", "0x" hex
        }'
}

# Prints the 64-bit value at a 32-bit key of an array.
map_value() { # "name NAME" | "pinned PATH" | "id ID" [KEY]
    # shellcheck disable=SC2046,SC2086 # words
    $BPFTOOL map lookup $1 key $(key_bytes "${2:-0}") | decode
}

map_count() { # how many maps of that name there are
    $BPFTOOL map list | grep -c " name $1 "
}

# A loader that cannot say that it is live: it is when a hit is counted.
counts_in_silence() {
    local before=0 moment
    for moment in $(seq 100); do
        usleep 200000
        hit 1
        before=$(map_value 'name hits' 2>&-)
        [ "${before:-0}" = 0 ] || break
    done
    [ "${before:-0}" != 0 ] || { fail "it counts nothing"; return; }
    hit 10
    expect "the count" "$(map_value 'name hits')" $((before + 10))
}

# The usual proof that a loader works: it is live, and counts to the hit.
counts() { # [HITS]
    hit "${1:-10}"
    expect "the count" "$(map_value 'name hits')" "${1:-10}"
}
