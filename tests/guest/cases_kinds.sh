# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Programs of each kind, loaded by hand: each is live, runs as often as it must,
# and leaves nothing. attach_try prints "live: PLACE, by WAY", runs a command
# while it is live, and prints "runs: N".

ATTACH=/bin/attach_try

tries() { # RUNS ("+": at least one) PATTERN ARGUMENT... -- COMMAND...
    wanted=$1 pattern=$2
    shift 2
    at="$1: "
    $ATTACH "$@" >$RUN/tried 2>&1
    got=$(sed -n 's/^runs: //p' $RUN/tried)
    note "$(cat $RUN/tried)"
    grep -q -e "^attach_try: live: $pattern" $RUN/tried || { fail "it is not live: $(head -n 1 $RUN/tried)"; return; }
    if [ "$wanted" = + ]; then
        [ "${got:-0}" -gt 0 ] || fail "it did not run"
    else
        expect "the number of runs" "$got" "$wanted"
    fi
}

tries_in_vain() { # PATTERN ARGUMENT... -- COMMAND...
    pattern=$1
    shift
    at="$1: "
    $ATTACH "$@" >$RUN/tried 2>&1
    note "$(cat $RUN/tried)"
    ! grep -q '^attach_try: live' $RUN/tried || fail "it is live"
    grep -q -e "$pattern" $RUN/tried || fail "it does not say '$pattern': $(head -n 1 $RUN/tried)"
}

count_runs() { # the kernel's own count of each program's runs
    echo 1 >/proc/sys/kernel/bpf_stats_enabled
}

has_multi() { # whether this kernel has the links
    $ATTACH --keep kprobe.multi/vfs_read -- true | grep -q '^attach_try: live'
}

# (Asking for the count is a call of bpf() as well: of ten hits, eleven runs.)
kernel_functions() { # WAY
    tries 11 "'.*sys_bpf'.*, by ${2:-perf}" "$1" ksyscall/bpf -- hit 10 || return
    tries + "the return of '.*sys_bpf'" "$1" kretsyscall/bpf -- hit 10
    tries 11 "'.*sys_bpf'" "$1" kprobe sys_bpf -- hit 10
    tries + "2 functions ('sys_bpf', 'vfs_write')" "$1" kprobe sys_bpf vfs_write -- hit 10
    tries + "[0-9]* functions ('vfs_\*')" "$1" kprobe 'vfs_*' -- cat /init
    tries + "the return of [0-9]* functions" "$1" kretprobe/vfs_r* -- cat /init
}

kernel_functions_together() {
    has_multi || { skip "this kernel has no kprobe.multi links"; return; }
    tries 11 "1 function ('sys_bpf'), by kprobe.multi" --keep kprobe.multi sys_bpf -- hit 10
    tries + "[0-9]* functions ('vfs_\*'), by kprobe.multi" kprobe 'vfs_*' -- cat /init
    tries + "the return of [0-9]* functions" kretprobe.multi/vfs_r* -- cat /init
    tries + "[0-9]* functions" kprobe.multi vfs_write 'vfs_*' -- cat /init
    tries_in_vain "'nosuch_function': there is no such function" --keep kprobe.multi sys_bpf nosuch_function -- hit 1
}

functions_refused() {
    tries_in_vain "'nosuch_function': there is no such" --perf kprobe nosuch_function 'vfs_*' -- true
    tries_in_vain "'nosuch_\*': no function of this kernel matches" kprobe 'nosuch_*' -- true
    tries_in_vain 'target .x.: expected' tp/x -- true
    tries_in_vain 'no such tracepoint' tp/sched/nosuch -- true
    tries_in_vain 'no such tracepoint' raw_tp/nosuch -- true
    tries_in_vain 'there is no target: expected FUNCTION' kprobe -- true
    tries_in_vain 'take one target, not 2' tp a/b c/d -- true
    tries_in_vain 'more than the kernel lets' perf_event/100000000 -- true
    tries_in_vain 'ip link' xdp -- true
}

# Either they are there, or it is said that they are not.
sessions() {
    for kind in kprobe.session/vfs_read uprobe.session/attach_try:probed; do
        $ATTACH $kind -- true | grep -q '^attach_try: live' ||
            tries_in_vain "this kernel has no ${kind%%/*} links (since Linux 6.1[03])" $kind -- true
    done
}

# What kernels know since Linux 7: both ends of a function, tracepoints that may sleep.
new_kinds() {
    [ -e /sys/kernel/btf/vmlinux ] || { skip "this kernel has no BTF"; return; }
    $ATTACH fsession/security_bpf -- true | grep -q '^attach_try: live' ||
        { skip "this kernel has no fsession programs"; return; }
    tries 22 "'security_bpf'" fsession/security_bpf -- hit 10
    $ATTACH raw_tp.s/sys_enter -- true | grep -q '^attach_try: live' || return 0
    tries + "raw tracepoint 'sys_enter'" raw_tp.s/sys_enter -- hit 10
    tries + "tracepoint 'sys_enter'" tp_btf.s/sys_enter -- hit 10
    tries 11 "tracepoint 'syscalls/sys_enter_bpf'" tp.s/syscalls/sys_enter_bpf -- hit 10
    tries_in_vain "'sched/sched_switch': is no tracepoint where a program may sleep" tp.s/sched/sched_switch -- true
    tries_in_vain "'sched_switch': is no tracepoint where a program may sleep" raw_tp.s/sched_switch -- true
}

# More descriptors than the limit that a shell starts with, and places that cannot be probed.
many_functions() {
    ulimit -n 64
    tries + "[0-9]* functions" --perf kprobe 'vfs_*' -- cat /init
    tries + "[0-9]* functions ('\*kprobe\*'), [0-9]* left out" --perf kprobe '*kprobe*' -- cat /proc/kallsyms
}

# Without addresses a pattern has no functions; a name is what the kernel looks up itself.
hidden_addresses() {
    echo 2 >/proc/sys/kernel/kptr_restrict
    tries_in_vain 'hides the addresses' --perf kprobe 'vfs_*' -- true
    tries 11 "'.*sys_bpf'" kprobe sys_bpf -- hit 10
    echo 0 >/proc/sys/kernel/kptr_restrict
}

tracepoints() {
    tries 1 "tracepoint 'sched/sched_process_exec'" tp/sched/sched_process_exec -- hit 1
    tries 11 "tracepoint 'syscalls/sys_enter_bpf'" tracepoint/syscalls/sys_enter_bpf -- hit 10
    tries 1 "raw tracepoint 'sched_process_exec'" raw_tp/sched_process_exec -- hit 1
    tries 1 "raw tracepoint 'sched_process_exec'" raw_tp.w/sched_process_exec -- hit 1
}

bound_by_btf() {
    [ -e /sys/kernel/btf/vmlinux ] || { skip "this kernel has no BTF"; return; }
    tries 1 "tracepoint 'sched_process_exec'" tp_btf/sched_process_exec -- hit 1
    tries 11 "'security_bpf'" fentry/security_bpf -- hit 10
    tries + "the return of 'security_bpf'" fexit/security_bpf -- hit 10
    tries 11 "'security_bpf'" fmod_ret/security_bpf -- hit 10
    tries + "iterator 'task'" iter/task -- true
    tries_in_vain 'over the elements of one map, and no object can say of which' iter/bpf_map_elem -- true
}

clocks() {
    tries + "the clock of 1 CPU, 99 times a second" perf_event -- hit 20000
    tries + "the clock of 1 CPU, 1000 times a second" perf_event/1000 -- hit 20000
}

binaries() { # WAY
    tries 10 "'/bin/attach_try:probed'" "$1" uprobe//bin/attach_try:probed -- $ATTACH --call 10 || return
    tries 10 "the return of '/bin/attach_try:probed'" "$1" uretprobe/attach_try:probed -- $ATTACH --call 10
    tries 11 "2 functions: '/bin/attach_try:probed\*'" "$1" 'uprobe/attach_try:probed*' -- $ATTACH --call 10
    tries + "'/lib/.*/libc.so.6:malloc'" "$1" uprobe/libc.so.6:malloc -- $BPFTOOL version
}

binaries_together() {
    tries 11 "2 functions: '/bin/attach_try:probed\*'" 'uprobe.multi/attach_try:probed*' -- $ATTACH --call 10
    tries 11 "the return of 2 functions" 'uretprobe.multi/attach_try:probed*' -- $ATTACH --call 10
}

binaries_refused() {
    tries_in_vain "'libc.so.6': there is no such function in it" uprobe/libc.so.6:nosuch -- true
    tries_in_vain "'nosuch': is in none of the usual folders" uprobe/nosuch:main -- true
    tries_in_vain "'/init': is not an ELF file" uprobe//init:main -- true
    tries_in_vain "'/dev': is not a file" uprobe//dev:main -- true
    tries_in_vain 'expected BINARY:SYMBOL' uprobe//bin/attach_try -- true
    for name in 'with blank' 'with#comment'; do
        cp $ATTACH "$RUN/$name"
        tries_in_vain 'takes no path with blanks' --tracefs "uprobe/$RUN/$name:probed" -- true
        tries 10 "'$RUN/$name:probed'" "uprobe/$RUN/$name:probed" -- "$RUN/$name" --call 10
    done
}

# The guardian removes all events; without it the next one does.
killed_with_events() { # TARGET...
    at="$1: "
    $ATTACH --tracefs "$@" -- sh -c 'kill -9 $PPID' >$RUN/tried
    nothing_left $RUN/before || fail "left: $(head -n 3 $RUN/difference | tr '\n' ';')"
    $ATTACH --tracefs "$@" -- sh -c 'kill -9 $(cat /proc/$PPID/task/$PPID/children | cut -d " " -f 1) $PPID' >$RUN/tried
    $ATTACH --tracefs "$@" -- true >$RUN/tried
    nothing_left $RUN/before || fail "not swept: $(head -n 3 $RUN/difference | tr '\n' ';')"
}

# Of an object's programs one is live, and of each other one there is a sentence.
keeps_going() {
    start --keep-going $OBJ/mixed.o || return
    expect_text "$stderr" "^load_kp_bpf: live: program 'good' on '.*sys_bpf'"
    expect_text "$stderr" "program 'network': section 'xdp' is not for tracing; what loads it is: ip link"
    expect_text "$stderr" "program 'refused': the verifier refused it: .*kprobe/vfs_write"
    expect_text "$stderr" "program 'refused_too': the verifier refused it: .*: return \*(volatile"
    expect "logs" "$(grep -c "R1 invalid mem access" "$stderr")" 2
    expect_text "$stderr" "program 'misplaced': 'no_such_function': there is no such function"
    expect_text "$stderr" "program 'unknown': there is no function 'no_such_function' in this kernel's BTF"
    expect "sentences" "$(grep -c "^load_kp_bpf: .*: program '" "$stderr")" 6
    hit 5
    [ "$(map_value 'name hits')" -ge 5 ] || fail "it does not count"
    stop_well
}

needs_one() {
    refused 3 "program 'network': section 'xdp'" $OBJ/mixed.o
    refused 3 "no program is left" --keep-going $OBJ/only_xdp.o
    expect_text "$stderr" "program 'network': section 'xdp' is not for tracing"
}

takes_too_many() {
    refused 1 "'sched_process_exit': the program takes more arguments than" $OBJ/greedy.o
}

count_runs
check "kinds: arguments that a raw tracepoint does not have" takes_too_many
check "kinds: programs that cannot go, with --keep-going" keeps_going
check "kinds: one program at least must be live" needs_one
check "kinds: functions of the kernel, by perf" kernel_functions --perf
check "kinds: functions of the kernel, by tracefs" kernel_functions --tracefs tracefs
check "kinds: functions of the kernel, by one link" kernel_functions_together
check "kinds: targets that are refused" functions_refused
check "kinds: sessions" sessions
check "kinds: those of Linux 7" new_kinds
check "kinds: more functions than descriptors" many_functions
check "kinds: addresses that are hidden" hidden_addresses
check "kinds: tracepoints" tracepoints
check "kinds: targets in the kernel's BTF" bound_by_btf
check "kinds: clocks" clocks
check "kinds: functions of binaries, by perf" binaries --perf
check "kinds: functions of binaries, by tracefs" binaries --tracefs
check "kinds: functions of binaries, together" binaries_together
check "kinds: binaries that are refused" binaries_refused
check "kinds: killed with events of kprobes" killed_with_events kprobe sys_bpf vfs_read vfs_write
check "kinds: killed with events of uprobes" killed_with_events 'uprobe/attach_try:probed*'
