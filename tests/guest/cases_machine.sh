# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What differs from machine to machine: names of system calls, where arguments
# are, and which places can be probed.

# Each argument of hit's call is where the examples' header says.
know_arguments() { # OBJECT FUNCTION
    start "$OBJ/$1" "$2" || return
    hit arguments
    for argument in 1 2 3 4 5 6; do
        expect "times that argument $argument was right" "$(map_value 'name hits' $argument)" 1
    done
    stop_well
}

# The alias leads to the function that this kernel has for the system call.
name_syscall() { # WAY
    symbol=$(sed -n 's/.* [tT] //p' /proc/kallsyms |
        grep -x -E '(__(x64|arm64|riscv|s390x)_)?sys_sync' | head -n 1)
    [ -n "$symbol" ] || { fail "no sys_sync in kallsyms"; return; }
    start --attach="$1" $OBJ/every.o sys_sync || return
    expect_text "$stderr" "on '$symbol"
    sync
    [ "$(map_value 'name hits')" -gt 0 ] || fail "it counts nothing"
    stop_well
}

# Where ftrace keeps the entry, the probe is just past it, and the loader says so.
say_past_entry() { # WAY
    start --attach="$1" $OBJ/every.o vfs_read || return
    if can_probe_entry; then
        expect_text "$stderr" "on 'vfs_read',"
    else
        expect_text "$stderr" "on 'vfs_read+0x4'"
    fi
    stop_well
}

for way in perf tracefs; do
    check "the live line names this kernel's system call, by $way" name_syscall $way
    check "the live line says where the probe is, by $way" say_past_entry $way
done
check "known arguments of a system call" know_arguments syscall_args.o sys_process_vm_readv
check "known arguments of a function" know_arguments function_args.o vm_mmap_pgoff
