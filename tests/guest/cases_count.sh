# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The main job: a program is live on a function and counts every hit.

mentions() { # FILE TEXT
    grep -q -F -e "$2" "$1" || fail "the live line is: $(cat "$1")"
}

count_exactly() { # WAY
    start --attach="$1" $OBJ/count.o sys_bpf || return
    counts 1000
    mentions "$stderr" "program 'count' on '"
    # Some kernels have that very name, others one for it.
    grep -q ' sys_bpf$' /proc/kallsyms || mentions "$stderr" "(for 'sys_bpf')"
    stop_well
    [ ! -s "$RUN/stdout.1" ] || fail "it wrote on stdout"
    expect "the number of lines on stderr" "$(wc -l <"$stderr")" 1
}

say_mechanism() {
    start --attach=tracefs $OBJ/count.o sys_bpf || return
    mentions "$stderr" 'by tracefs'
    stop_well
    start --attach=perf $OBJ/count.o sys_bpf || return
    mentions "$stderr" 'by perf '
    stop_well
    start $OBJ/count.o sys_bpf || return
    mentions "$stderr" 'by perf '
}

# On kernels that have BPF links, the older way is reached by refusing them:
# the number of the call to refuse is read off an undisturbed run.
count_by_ioctl() {
    needs $STRACE || return
    launch $STRACE -e trace=bpf -o $RUN/calls load_kp_bpf --attach=perf $OBJ/count.o sys_bpf
    wait_live || { fail "not live under strace: $(cat "$stderr")"; return; }
    kill $(children_of $pid)
    ended
    link=$(grep -n 'bpf(BPF_LINK_CREATE' $RUN/calls | cut -d : -f 1)
    if grep -q 'BPF_LINK_CREATE.* = [0-9]' $RUN/calls; then
        set -- -e "inject=bpf:error=EINVAL:when=$link"
    fi
    launch $STRACE -o $RUN/calls -e trace=bpf "$@" \
        load_kp_bpf --attach=perf $OBJ/count.o sys_bpf
    wait_live || { fail "not live: $(cat "$stderr")"; return; }
    mentions "$stderr" 'by perf ioctl'
    counts 100
    kill $(children_of $pid)
    ended
}

count_link() {
    start --attach=perf $OBJ/count.o sys_bpf || return
    hit ids | grep -q '^link' || { skip "this kernel makes no link for a kprobe"; return; }
    mentions "$stderr" 'by perf link'
    counts 100
}

count_returns() { # WAY
    can_probe_entry || {
        refused 4 "ftrace keeps the entry" --retprobe --attach="$1" $OBJ/returned.o vfs_read
        return
    }
    start --retprobe --attach="$1" $OBJ/returned.o sys_bpf || return
    mentions "$stderr" "on the return of '"
    counts 100
    stop_well
}

# Which offsets start an instruction depends on the compiler's prologue: one of
# the usual ones must do. On s390x the kernel takes the middle of an instruction
# too; ppc64le has two entries, and calls within the kernel come in by the later one.
count_at_offset() { # WAY
    case $(uname -m) in
    s390x) set -- "$1" 6 ;;
    ppc64le) set -- "$1" 16 ;;
    *) set -- "$1" 5 4 9 8 ;;
    esac
    way=$1
    shift
    for offset; do
        launch load_kp_bpf --attach="$way" $OBJ/every.o "vfs_read+$offset"
        if wait_live; then
            mentions "$stderr" "on 'vfs_read+$(printf 0x%x "$offset")'"
            before=$(map_value 'name hits')
            cat /etc/passwd >$RUN/copy
            [ "$(map_value 'name hits')" -gt "$before" ] || fail "it counts nothing"
            stop_well
            return
        fi
        ended
    done
    fail "no offset is an instruction: $(cat "$stderr")"
}

count_side_by_side() {
    start --attach=perf $OBJ/count.o sys_bpf || return
    start --attach=tracefs $OBJ/count.o sys_bpf || return
    start --retprobe $OBJ/returned.o sys_bpf || return
    hit 50
    expect "the number of maps that say 50" \
        "$($BPFTOOL map dump name hits | decode | grep -c -x 50)" 3
}

count_in_module() {
    [ -e /modules/00-cls_bpf.ko ] || { skip "no module here"; return; }
    insmod /modules/00-cls_bpf.ko
    start $OBJ/every.o cls_bpf_init || return
    stop_well
    start --attach=tracefs $OBJ/every.o cls_bpf:cls_bpf_init || return
    stop_well
    rmmod cls_bpf
}

check_only() { # OBJECT
    launch load_kp_bpf --check "$OBJ/$1" sys_bpf
    ended
    expect "exit status" "$status" 0
    expect_text "$stderr" "hits"
    ! grep -q "$LIVE" "$stderr" || fail "it went live"
    [ ! -s "$RUN/stdout.1" ] || fail "it wrote on stdout"
}

stay_quiet() {
    launch load_kp_bpf --quiet $OBJ/count.o sys_bpf
    counts_in_silence
    stop_well
    [ ! -s "$stderr" ] || fail "it is not quiet: $(cat "$stderr")"
}

tell_about_itself() {
    for option in -h --help -V --version; do
        launch load_kp_bpf $option
        ended
        expect "exit status of $option" "$status" 0
        [ -s "$RUN/stdout.$nr_started" ] || fail "$option prints nothing"
        [ ! -s "$stderr" ] || fail "$option writes on stderr"
    done
}

count_many_maps() {
    start $OBJ/many_maps.o sys_bpf || return
    expect "the number of maps" "$($BPFTOOL map list | grep -c ' name hits[0-9][0-9] ')" 100
    hit 7
    expect "the count of an unused one" "$(map_value 'name hits00')" 0
    expect "the count of a used one" "$(map_value 'name hits99')" 7
    stop_well
}

# Where a start goes first in the second segment: in a copy without that segment's
# permissions (p_flags of a 64-bit file) it ends there.
first_touch() { # FUNCTION
    cp /bin/load_kp_bpf $RUN/forbidden
    printf '\0\0\0\0' | dd of=$RUN/forbidden bs=1 seek=124 conv=notrunc 2>&-
    $STRACE $RUN/forbidden $OBJ/count.o "$1" 2>&1 | sed -n 's/.*si_addr=\([^}]*\)}.*/\1/p'
}

# A plain start touches nothing of the second segment, which is what seldom runs
# (scripts/layout.ld).
touch_little() { # FUNCTION
    [ "$(wc -c </bin/load_kp_bpf)" -lt 200000 ] || { skip "a build with a C library"; return; }
    start $OBJ/count.o "$1" || return
    resident=$(awk '/ r-xp .*load_kp_bpf$/ { nr++ }
        nr == 2 && /^Rss:/ { print $2; exit }' /proc/"$pid"/smaps)
    [ "$resident" = 0 ] ||
        fail "$resident kB of what seldom runs are resident; first touched at $(first_touch "$1")"
}

run_example() { # OBJECT FUNCTION [OPTION]
    start $3 "$OBJ/$1" "$2" || return
    cat /etc/passwd >$RUN/copy
    stop_well
    # Pins are what this object was asked for; they go with their file system.
    umount $BPFFS 2>&-
    return 0
}

check "the counter is right to the hit, by perf" count_exactly perf
check "the counter is right to the hit, by tracefs" count_exactly tracefs
check "the live line says the mechanism" say_mechanism
check "perf with a BPF link" count_link
check "perf without a BPF link" count_by_ioctl
check "return probe, by perf" count_returns perf
check "return probe, by tracefs" count_returns tracefs
check "function and offset, by perf" count_at_offset perf
check "function and offset, by tracefs" count_at_offset tracefs
check "three loaders on one function count for themselves" count_side_by_side
check "a function of a module" count_in_module
check "--check attaches nothing" check_only count.o
check "--check pins nothing" check_only pin_global.o
check "--quiet is silent, and live" stay_quiet
check "help and version go to stdout" tell_about_itself
check "a plain start touches little memory" touch_little vfs_read
check "a start that finds a system call touches little memory" touch_little sys_getsid
check "a hundred maps" count_many_maps
