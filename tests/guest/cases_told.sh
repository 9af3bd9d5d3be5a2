# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Kernels that were told to behave, on their command line or at run time. What
# the command line says decides which of the first cases mean something.

told() { # WORD: on the kernel's command line
    grep -q -w -e "$1" /proc/cmdline
}

locked_down() { # MODE
    unshare -m sh -c 'mount -t securityfs s /sys/kernel/security
        cat /sys/kernel/security/lockdown' >$RUN/lockdown 2>&-
    grep -q "\[$1\]" $RUN/lockdown || skip "this kernel does not lock down: $(cat $RUN/lockdown)"
}

integrity() { # WAY
    locked_down integrity || return
    start --attach="$1" $OBJ/count.o sys_bpf && counts && stop_well
    # It is not to blame for what something else forbids.
    launch $STRACE -o /dev/null -e inject=perf_event_open:error=EPERM \
        load_kp_bpf --attach="$1" $OBJ/count.o sys_bpf
    ended
    expect "exit status" "$status" 1
    expect_text "$stderr" "^load_kp_bpf: hint: .*seccomp"
}

confidentiality() { # WAY
    locked_down confidentiality || return
    refused 1 "." --attach="$1" $OBJ/count.o sys_bpf
    expect_text "$stderr" "^load_kp_bpf: hint: .*locked down (confidentiality)"
}

# Reading the kernel's memory is a helper that such a kernel does not have.
confidential_memory() {
    locked_down confidentiality || return
    refused 1 "." $OBJ/count_by_process.o vfs_read
    expect_text "$stderr" "^load_kp_bpf: hint: .*locked down (confidentiality)"
}

# Kprobes are set, and silent: that is worth a warning, and no reason to end.
switched_off() { # WAY
    mount -t debugfs debugfs /sys/kernel/debug 2>&- || { skip "no debugfs here"; return; }
    echo 0 >/sys/kernel/debug/kprobes/enabled
    start --attach="$1" $OBJ/count.o sys_bpf && {
        expect_soon "$stderr" "^load_kp_bpf: .*warning: kprobes are switched off"
        hit 5
        expect "the count" "$(map_value 'name hits')" 0
        stop_well
    }
    # (What was set while they were off stays silent: the kernel forgets to arm it.)
    echo 1 >/sys/kernel/debug/kprobes/enabled
    start --attach="$1" $OBJ/count.o sys_bpf && {
        counts
        ! grep -q warning "$stderr" || fail "it warns: $(cat "$stderr")"
        stop_well
    }
    # What looks for mounts sees that tracefs came up below it.
    umount /sys/kernel/debug/tracing 2>&-
    umount /sys/kernel/debug
}

# A kernel that was told SYSCTL=VALUE: it makes no difference to root.
with_sysctl() { # NAME VALUE COMMAND...
    local file=/proc/sys/$1 value=$2 was
    shift 2
    [ -e "$file" ] || { skip "this kernel has no ${file#/proc/sys/}"; return; }
    was=$(cat "$file")
    echo "$value" >"$file" 2>&- && [ "$(cat "$file")" = "$value" ] ||
        { skip "this kernel takes no $value"; return; }
    "$@"
    echo "$was" >"$file"
}

counts_by() { # WAY...
    for way; do
        start --attach="$way" $OBJ/count.o sys_bpf && counts && stop_well
    done
}

counts_with() { # STATE
    launch odd "$1" -- load_kp_bpf $OBJ/count.o sys_bpf
    wait_live || { ended; fail "it did not go live: $(cat "$stderr")"; return; }
    counts
    stop_well
}

# Kprobes at a function's entry go by ftrace where it is there.
without_ftrace() {
    start $OBJ/count.o sys_bpf || return
    hit 5
    [ "$(map_value 'name hits')" = 5 ] || expect_soon "$stderr" "^load_kp_bpf: .*warning: .*ftrace"
    stop_well
}

hidden_symbols() {
    refused 1 "vfs_raed" $OBJ/count.o vfs_raed
    refused 1 "hides the addresses of the kernel's symbols" $OBJ/symbols.o
    start $OBJ/count.o sys_bpf && counts && stop_well
}

if told lockdown=integrity; then
    check "lockdown=integrity, by perf" integrity perf
    check "lockdown=integrity, by tracefs" integrity tracefs
fi
if told lockdown=confidentiality; then
    check "lockdown=confidentiality, by perf" confidentiality perf
    check "lockdown=confidentiality, by tracefs" confidentiality tracefs
    check "lockdown=confidentiality, a program that reads memory" confidential_memory
else
    check "kprobes switched off, by perf" switched_off perf
    check "kprobes switched off, by tracefs" switched_off tracefs
    for paranoid in 3 4; do
        check "perf_event_paranoid $paranoid" \
            with_sysctl kernel/perf_event_paranoid $paranoid counts_by perf tracefs
        check "perf_event_paranoid $paranoid, with CAP_SYS_ADMIN only" \
            with_sysctl kernel/perf_event_paranoid $paranoid counts_with caps=21
    done
    check "kptr_restrict 2" with_sysctl kernel/kptr_restrict 2 hidden_symbols
    check "bpf_jit_harden 2" with_sysctl net/core/bpf_jit_harden 2 counts_by auto
    check "bpf_jit_enable 0" with_sysctl net/core/bpf_jit_enable 0 counts_by auto
    check "kprobes-optimization 0" with_sysctl debug/kprobes-optimization 0 counts_by perf tracefs
    check "ftrace_enabled 0" with_sysctl kernel/ftrace_enabled 0 without_ftrace
fi
