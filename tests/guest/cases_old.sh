# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Kernels from 4.4 to 5.9, as far as a newer one can be made to refuse what they
# do not have: strace makes the Nth call of a kind fail, empty folders hide files of
# sysfs, and tests/old.c refuses all at once that a version refuses.

# Starts the loader under strace; sees that each of the injections took place.
start_old() { # INJECTIONS [OPTION]... OBJECT FUNCTION
    local injections=$1
    shift
    launch_old "$injections" "$@"
    wait_live || { ended; fail "it did not go live: $(head -n 1 "$stderr")"; return; }
    for injection in $injections; do
        grep -q "^${injection%%:*}(.*INJECTED" $RUN/trace || fail "no call failed by $injection"
    done
}

launch_old() { # INJECTIONS [OPTION]... OBJECT FUNCTION
    local options=
    for injection in $1; do options="$options -e inject=$injection"; done
    shift
    launch $STRACE -o $RUN/trace $options load_kp_bpf "$@"
}

# Whatever is mounted, and whether or not maps have names.
counts_old() { # [COUNT]: after ten hits
    hit 10
    map=$(hit ids | sed -n 's/^map //p')
    expect "the count" "$(in_own_proc $BPFTOOL map lookup id "$map" key 0 0 0 0 | decode)" "${1:-10}"
}

in_own_proc() { # COMMAND...
    unshare -m sh -c 'mount -t proc proc /proc; "$@"' sh "$@"
}

stop_old() {
    kill $(in_own_proc cat /proc/$pid/task/$pid/children)
    ended && expect "exit status" "$status" 0
}

works_old() { # INJECTIONS MECHANISM [OPTION]... OBJECT FUNCTION
    local injections=$1 mechanism=$2
    shift 2
    start_old "$injections" "$@" || return
    expect_text "$stderr" "by $mechanism"
    counts_old
    stop_old
}

refused_old() { # INJECTIONS STATUS PATTERN [OPTION]... OBJECT FUNCTION
    local injections=$1 wanted=$2 pattern=$3
    shift 3
    launch_old "$injections" "$@"
    ended || return
    expect "exit status" "$status" "$wanted"
    expect_text "$stderr" "^load_kp_bpf: .*$pattern"
}

# --- file systems -------------------------------------------------------------

# Before 5.2 a mount needs a place: a child with a mount namespace of its own has it.
without_fsopen() { # WAY
    works_old fsopen:error=ENOSYS "$1" --attach="$1" $OBJ/count.o sys_bpf
}

# Before 4.17 there is no kprobe PMU.
without_pmu() { # FUNCTION [ARG]...
    mkdir /run/empty
    mount --bind /run/empty /sys/bus/event_source/devices/kprobe ||
        { fail "nothing hides the PMU"; return; }
    "$@"
    umount /sys/bus/event_source/devices/kprobe
    rmdir /run/empty
}

falls_back() {
    start $OBJ/count.o sys_bpf || return
    expect_text "$stderr" "by tracefs"
    counts
    stop_well
    refused 4 "no kprobe PMU" --attach=perf $OBJ/count.o sys_bpf
    expect_text "$stderr" "hint: try --attach=tracefs"
}

# --- bpf() --------------------------------------------------------------------

without_link() {
    works_old bpf:error=EINVAL:when=3 "perf ioctl" --attach=perf $OBJ/count.o sys_bpf
    grep -q '^bpf(BPF_LINK_CREATE.*INJECTED' $RUN/trace || fail "it was not the link"
}

# Before 4.15 an attr with a name in it is too long.
without_names() { # CALL ERROR
    works_old "bpf:error=$2:when=$1" "perf" $OBJ/count.o sys_bpf
    [ "$1" != 1 ] || ! grep -q '^bpf(BPF_MAP_CREATE.*"hits".* = [0-9]' $RUN/trace ||
        fail "the map has its name"
    grep -q '^bpf(BPF_PROG_LOAD.*prog_name="".* = [0-9]' $RUN/trace || fail "the program has its name"
}

# Before 5.0 the kernel asks for its own version.
with_version() {
    works_old bpf:error=EINVAL:when=2 "perf" $OBJ/count.o sys_bpf
    expect "versions that were given" "$(sed -n \
        's/^bpf(BPF_PROG_LOAD.*kern_version=KERNEL_VERSION(\([0-9]*\), \([0-9]*\),.*/\1.\2/p' \
        $RUN/trace | tr '\n' ' ')" "0.0 $(uname -r | cut -d . -f 1-2) "
}

# Before 5.11 locked memory counts: the limit is lifted once, and no more.
with_memlock() {
    works_old bpf:error=EPERM:when=1 "perf" $OBJ/count.o sys_bpf
    grep -q '^prlimit64(0, RLIMIT_MEMLOCK' $RUN/trace || fail "the limit is as it was"
    refused_old bpf:error=EPERM:when=1..2 1 "hits.*not permitted" $OBJ/count.o sys_bpf
    expect "times that the limit was lifted" "$(grep -c RLIMIT_MEMLOCK $RUN/trace)" 1
}

disturbed_verifier() {
    works_old bpf:error=EAGAIN:when=2..4 "perf" $OBJ/count.o sys_bpf
    refused_old bpf:error=EAGAIN:when=2+ 1 "program.*temporarily" $OBJ/count.o sys_bpf
}

# Before 5.2 there are no global variables: the first call asks for the map of one.
without_globals() {
    works_old bpf:error=EINVAL:when=1 perf $OBJ/fold.o sys_bpf
    expect "maps" "$(grep -c '^bpf(BPF_MAP_CREATE.* = [0-9]' $RUN/trace)" 1
    unshare -m sh -c 'mount -t tracefs tracefs /check/tracing
        cat /check/tracing/trace; echo >/check/tracing/trace' >$RUN/printed
    expect "lines of the format" "$(grep -c ': folded 13 -3 123456789abcdef$' $RUN/printed)" 10
    expect "lines of the literal" "$(grep -c ': literal$' $RUN/printed)" 10
    expect "lines of the program's own stack" "$(grep -c ': own$' $RUN/printed)" 10
}

# Functions, line information and .kconfig as well.
folds_calls() {
    launch_old bpf:error=EINVAL:when=1 --check $OBJ/fold_calls.o
    ended || return
    expect "exit status" "$status" 0
    expect "maps" "$(grep -c '^bpf(BPF_MAP_CREATE.* = [0-9]' $RUN/trace)" 0
    grep -q '^bpf(BPF_PROG_LOAD.*line_info_cnt=[1-9].* = [0-9]' $RUN/trace || fail "no line information"
}

cannot_fold() { # OBJECT SECTION VARIABLE
    refused_old bpf:error=EINVAL:when=1 4 \
        "program '$1': needs the global variable '$3' in section '$2', and this kernel has no" \
        $OBJ/$1.o sys_bpf
}

# --- pins ---------------------------------------------------------------------

# Which of its openat() calls asks what a pin is: it is asked at two places.
fdinfo_call() {
    $STRACE -o $RUN/trace load_kp_bpf --check $OBJ/pin_object.o 2>&-
    call=$(grep '^openat(' $RUN/trace | grep -n /fdinfo/ | head -n 1 | cut -d : -f 1)
    [ -n "$call" ] || { fail "it asks nothing"; return; }
    echo "openat:error=ENOENT:when=$call..$((call + 2))+2"
}

# Before 4.13 fdinfo alone tells what a pin is, and before that nothing does.
untold_pin() {
    mount_bpffs
    $BPFTOOL map create $BPFFS/hits type array key 4 value 8 entries 1 name hits
    hidden=$(fdinfo_call)
    start_old "$hidden" $OBJ/pin_object.o sys_bpf && counts_old && stop_old
    grep -q '^bpf(BPF_OBJ_GET_INFO_BY_FD.* = 0' $RUN/trace || fail "nothing told what it is"
    start_old "$hidden bpf:error=EINVAL:when=2" $OBJ/pin_object.o sys_bpf && counts_old 20 && stop_old
    rm $BPFFS/hits

    $BPFTOOL map create $BPFFS/hits type array key 4 value 8 entries 9 name hits
    refused_old "$hidden" 1 "max entries 9 there, 1 in the object" $OBJ/pin_object.o sys_bpf
    rm $BPFFS/hits
    umount $BPFFS
}

# What nothing tells from a map, the verifier does.
untold_program() {
    mount_bpffs
    $BPFTOOL map create $BPFFS/hits type array key 4 value 8 entries 1 name hits
    hidden=$(fdinfo_call)
    rm $BPFFS/hits
    start $OBJ/count.o sys_bpf || return
    $BPFTOOL prog pin id "$(hit ids | sed -n 's/^prog //p')" $BPFFS/hits
    refused_old "$hidden bpf:error=EINVAL:when=2" 1 "not pointing to valid bpf_map\|verifier refused" \
        $OBJ/pin_object.o sys_bpf
    rm $BPFFS/hits
    stop_all
    umount $BPFFS
}

# --- all at once --------------------------------------------------------------

# 4.4: no mount without a place, no PMU, no names, and the version must be right.
kernel_4_4() {
    works_old "fsopen:error=ENOSYS bpf:error=EINVAL:when=1..3+2" tracefs "$@"
    expect "calls of bpf()" "$(grep -c '^bpf(' $RUN/trace)" "$nr_calls"
}

pin_on_4_4() {
    mount_bpffs
    nr_calls=5 kernel_4_4 $OBJ/pin_object.o sys_bpf
    expect "the count in the pin" "$(map_value "pinned $BPFFS/hits")" 10
    umount $BPFFS
}

# --- what a version refuses, all of it ----------------------------------------

lives_on() { # VERSION MECHANISM [OPTION]... OBJECT [FUNCTION]
    local version=$1 mechanism=$2
    shift 2
    launch old "$version" load_kp_bpf "$@"
    wait_live || { ended; fail "it did not go live: $(head -n 1 "$stderr")"; return; }
    expect_text "$stderr" "by $mechanism"
}

works_on() { # VERSION MECHANISM [OPTION]... OBJECT [FUNCTION]
    lives_on "$@" || return
    counts_old "$counted"
    stop_old
}

refused_on() { # VERSION PATTERN HINT [OPTION]... OBJECT [FUNCTION]
    local version=$1 pattern=$2 hint=$3
    shift 3
    launch old "$version" load_kp_bpf "$@"
    ended || return
    expect "exit status" "$status" 4
    expect_text "$stderr" "^load_kp_bpf: .*$pattern"
    [ -z "$hint" ] || expect_text "$stderr" "^load_kp_bpf: hint: .*$hint"
}

# What was compiled for no kernel in particular, on all of them.
on_each() { # "VERSION..." FUNCTION [ARG]...
    local releases=$1 each=$2
    shift 2
    for release in $releases; do
        at="$release: "
        case $release in
        4.19 | 5.*) $each $release "perf ioctl" "$@" ;;
        *) without_pmu $each $release tracefs "$@" ;;
        esac
    done
}

# What the verifier said before a program was mended is of no interest later.
mended_and_refused() { # VERSION
    launch old "$1" load_kp_bpf $OBJ/reads.o no_such_function
    ended || return
    expect "exit status" "$status" 1
    ! grep -v '^load_kp_bpf: ' "$stderr" >>$RUN/notes || fail "a log of another matter: $(grep -v '^load_kp_bpf: ' "$stderr" | head -n 1)"
}

pins_on() { # VERSION MECHANISM
    mount_bpffs
    works_on "$@" $OBJ/pin_object.o sys_bpf
    counted=20 works_on "$@" $OBJ/pin_object.o sys_bpf
    umount $BPFFS
}

tails_on() { # VERSION MECHANISM
    lives_on "$@" $OBJ/tail_calls.o sys_bpf && stop_old
}

# Functions that are called, a tracepoint and a raw one.
sections_on() { # VERSION MECHANISM
    lives_on "$@" $OBJ/functions.o && stop_old
    lives_on "$@" $OBJ/several.o && stop_old
}

# (Before 4.12 tracefs takes no address of a function for its return.)
returns_on() { # VERSION MECHANISM
    lives_on "$@" -r $OBJ/every.o 'vfs_fsync*' || return
    expect_text "$stderr" "the return of [2-9] functions ('vfs_fsync\*'), by"
    stop_old
}

# Of two functions with one name that is the first, which is not to be counted twice.
returns_of_one_name() {
    name=$(awk '$2 == "t" && NF == 3 && $3 ~ /^[a-z]*_show$/ { nr[$3]++ }
            END { for (name in nr) if (nr[name] == 2) print name }' /proc/kallsyms |
        sort | head -n 1)
    launch old 4.9 load_kp_bpf -r $OBJ/every.o "${name%?}?"
    wait_live || { ended; skip "this kernel itself refuses a name that is not unique"; return; }
    expect_text "$stderr" "the return of 1 function ('${name%?}?'), 1 left out, by tracefs"
    stop_old
}

# The kernel shows no BTF, and is told of its own by a file.
fields_on() { # VERSION MECHANISM
    cat /sys/kernel/btf/vmlinux >$RUN/btf
    works_on "$@" --btf=$RUN/btf $OBJ/told_fields.o sys_bpf
}

# A name that is none for an event, which the PMU of 4.17 to 5.0 makes of it.
odd_name() {
    name=$(awk '$2 ~ /[tT]/ && NF == 3 && $3 ~ /^[a-z_]*\.(isra|constprop)\.0$/ { nr[$3]++ }
            END { for (name in nr) if (nr[name] == 1) print name }' /proc/kallsyms |
        sort | head -n 1)
    [ -n "$name" ] || { skip "this kernel has no such function"; return; }
    lives_on 4.19 tracefs $OBJ/every.o "$name" && stop_old
}

# One program is what a tracepoint takes before 4.15, and none on a system call before 4.14.
taken_tracepoint() { # ERROR STATUS PATTERN
    refused_old "bpf:error=EINVAL:when=3 ioctl:error=$1" "$2" "$3" $OBJ/on_syscall.o
}

counted=10
all='4.4 4.9 4.14 4.19 5.4'
nr_calls=4
check "no fsopen()" without_fsopen tracefs
check "no fsopen(), and no /proc" without /proc without_fsopen tracefs
check "no fsopen(), and no /sys" without /sys without_fsopen perf
check "no fsopen(), and nothing mounted, by perf" without "/dev /proc /sys" without_fsopen perf
check "no fsopen(), and nothing mounted, by tracefs" without "/dev /proc /sys" without_fsopen tracefs
check "no kprobe PMU" without_pmu falls_back
check "no BPF link" without_link
check "names refused, too long" without_names 1 E2BIG
check "names refused, invalid" without_names 1 EINVAL
check "the program's name refused" without_names 2..3 E2BIG # the second asks the verifier
check "the kernel's version asked for" with_version
check "locked memory counts" with_memlock
check "the verifier is disturbed" disturbed_verifier
check "no global variables, constants" without_globals
check "no global variables, functions" folds_calls
check "no global variables, a table" cannot_fold fold_table .rodata table
check "no global variables, a variable" cannot_fold fold_bss .bss seen
check "pins of which the kernel tells little" untold_pin
check "a pinned program of which the kernel tells nothing" untold_program
check "a kernel like 4.4" without_pmu kernel_4_4 $OBJ/count.o sys_bpf
check "a kernel like 4.4 with no /proc" without_pmu without /proc kernel_4_4 $OBJ/count.o sys_bpf
check "a pin on a kernel like 4.4" without_pmu pin_on_4_4
check "each old kernel" on_each "$all" works_on $OBJ/count.o sys_bpf
check "each old kernel: pins" on_each "$all" pins_on
check "each old kernel: helpers that read" on_each "$all" works_on $OBJ/reads.o sys_bpf
check "each old kernel: helpers that read, and a bad target" on_each "$all" mended_and_refused
check "each old kernel: constants" on_each "4.4 4.9 4.14 4.19" works_on $OBJ/fold.o sys_bpf
check "each old kernel: ways that it does not go" on_each "4.4 4.9 4.14 4.19" works_on $OBJ/fold_ways.o sys_bpf
check "each old kernel: fields" on_each "4.9 4.14 4.19 5.4" fields_on
check "each old kernel: tail calls" on_each "$all" tails_on
check "each old kernel: by their sections" on_each "4.19 5.4" sections_on
check "each old kernel: returns of a pattern" on_each "$all" returns_on
check "4.9: the returns of two functions of one name" without_pmu returns_of_one_name
check "4.14: helpers that read text" without_pmu works_on 4.14 tracefs $OBJ/reads_text.o sys_bpf
check "4.9: helpers that read text" refused_on 4.9 "verifier refused" "no helper '45'" \
    $OBJ/reads_text.o sys_bpf
check "4.14: functions" refused_on 4.14 "verifier refused" \
    "calls of functions exist since Linux 4.16, .*: make them __always_inline" $OBJ/functions.o
check "4.19: instructions of -mcpu=v3" refused_on 4.19 "verifier refused" \
    "instructions of -mcpu=v3 exist since Linux 5.1, .*: compile the program with -mcpu=v1" \
    $OBJ/young.o sys_bpf
check "4.4: no per-CPU maps" refused_on 4.4 "map 'hits': cannot be created" \
    "maps of type percpu_array exist since Linux 4.6, this is 4.4" $OBJ/percpu.o sys_bpf
check "4.9: no maps of maps" refused_on 4.9 "map 'outer': cannot be created" \
    "maps of type .*_of_maps exist since Linux 4.12, this is 4.9" $OBJ/map_in_map.o sys_bpf
check "4.4: no tracepoints" refused_on 4.4 "program 'count': cannot be loaded" \
    "programs of kind tp exist since Linux 4.7, this is 4.4" $OBJ/on_syscall.o
check "4.14: no raw tracepoints" refused_on 4.14 "program 'greedy': cannot be loaded" \
    "programs of kind raw_tp exist since Linux 4.17, this is 4.14" $OBJ/greedy.o
check "4.19: a variable" refused_on 4.19 "needs the global variable .*since Linux 5.2" "" \
    $OBJ/globals.o
check "4.19: the kernel's types" refused_on 4.19 "has no BTF" "--btf" $OBJ/bound.o
check "4.19: a function whose name has a dot" odd_name
check "a tracepoint that has a program" taken_tracepoint EEXIST 1 "before Linux 4.15"
check "a tracepoint that takes none" taken_tracepoint EINVAL 4 "on system calls since Linux 4.14"
