# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What cannot be done is refused in one sentence that says why.

for_each_way() { # FUNCTION_OF_THE_CASE [ARG]...
    for way in perf tracefs; do
        "$@"
    done
}

no_such_function() {
    refused 1 "nowhere_to_be_found" --attach=$way $OBJ/count.o nowhere_to_be_found
    refused 1 "no such\|not found\|No such\|no function" --attach=$way $OBJ/count.o nowhere_to_be_found
}

near_name() {
    refused 1 "vfs_raed" --attach=$way $OBJ/count.o vfs_raed
    expect_text "$stderr" "vfs_read"
}

# A function that the compiler kept only a specialised copy of.
part_name() {
    name=$(awk '$2 ~ /[tT]/ && NF == 3 { split($3, part, ".")
                seen[$3] = 1
                if ($3 ~ /^[a-z_]*\.isra\.0$/) variant[part[1]] = $3 }
            END { for (name in variant) if (!(name in seen)) print name }' /proc/kallsyms |
        sort | head -n 1)
    [ -n "$name" ] || { skip "this kernel has no such function"; return; }
    refused 1 "$name" --attach=$way $OBJ/count.o "$name"
    expect_text "$stderr" "$name.isra.0"
}

# Newer kernels refuse a name that stands for several functions, older ones take the first.
ambiguous() {
    name=$(awk '$2 == "t" && NF == 3 && $3 ~ /^[a-z_]*$/ { print $3 }' /proc/kallsyms |
        sort | uniq -d | grep -v -e init -e exit | head -n 1)
    launch load_kp_bpf --attach=$way $OBJ/every.o "$name"
    if wait_live; then
        stop_well
    else
        ended
        expect "exit status" "$status" 1
        expect_text "$stderr" "$name"
        expect_text "$stderr" "several\|times\|not unique\|ambiguous\|more than one\|[0-9] functions"
    fi
}

blacklisted() {
    name=$(unshare -m sh -c 'mount -t debugfs debugfs /check/debug
        sed "s/.*\t//" /check/debug/kprobes/blacklist' | grep -x '[a-z_]*' | head -n 1)
    [ -n "$name" ] || { skip "this kernel has no blacklist"; return; }
    refused 1 "$name" --attach=$way $OBJ/count.o "$name"
    expect_text "$stderr" "blacklist\|not allowed\|may not be probed\|cannot be probed"
}

# Compiled without calls of ftrace, where events take no probe.
untraced() {
    unshare -m sh -c 'mount -t proc proc /proc
        grep -q " [tT] native_sched_clock$" /proc/kallsyms' || { skip "this kernel has no such function"; return; }
    refused 1 "native_sched_clock" --attach=$way $OBJ/count.o native_sched_clock
    expect_text "$stderr" "blacklist\|hint: functions that are marked notrace"
}

no_boundary() {
    refused 1 "vfs_read+" --attach=$way $OBJ/count.o vfs_read+1
    expect_text "$stderr" "instruction\|boundary"
}

outside() {
    refused 1 "vfs_read+" --attach=$way $OBJ/count.o vfs_read+0x100000
}

return_of_middle() {
    refused 2 "vfs_read+" --attach=$way --retprobe $OBJ/count.o vfs_read+5
}

odd_function() { # FUNCTION
    launch load_kp_bpf --attach=$way $OBJ/count.o "$1"
    ! wait_live || { fail "it is live on '$1' ($way)"; stop; return; }
    ended
    case $status in
    1 | 2) ;;
    *) fail "exit status $status for '$1'" ;;
    esac
    expect_text "$stderr" "^load_kp_bpf: "
    expect "lines on stderr that are not ours" "$(grep -v -c '^load_kp_bpf: ' "$stderr")" 0
}

usage() { # ARG...
    launch load_kp_bpf "$@"
    ended
    expect "exit status" "$status" 2
    expect_text "$stderr" "^load_kp_bpf: "
    [ ! -s "$RUN/stdout.$nr_started" ] || fail "it wrote on stdout"
}

verifier() {
    launch load_kp_bpf $OBJ/rejected.o sys_bpf
    ended
    expect_text "$stderr" "R9 !read_ok"
    expect "exit status" "$status" 1
    umount $BPFFS 2>&-
    return 0
}

# In an initramfs messages may go to the kernel's own log, which takes them in records.
to_the_kernels_log() {
    [ ! -e /proc/sys/kernel/printk_devkmsg ] || echo on >/proc/sys/kernel/printk_devkmsg
    launch sh -c "exec load_kp_bpf -v $OBJ/rejected.o sys_bpf 2>/dev/kmsg"
    ended
    expect "exit status" "$status" 1
    dmesg >$RUN/log
    expect_text $RUN/log "load_kp_bpf: .*rejected.o: program 'count': the verifier refused it"
    expect_text $RUN/log "R9 !read_ok"
    umount $BPFFS 2>&-
    return 0
}

# The kernel's limit is on the maps of a program, and its answer has no words.
too_many_maps() {
    refused 1 "count" $OBJ/too_many_maps.o sys_bpf
    expect_text "$stderr" "64\|maps"
}

licence() {
    refused 1 "count" $OBJ/unlicensed.o sys_bpf
    expect_text "$stderr" "hint: .*license"
}

check "no such function" for_each_way no_such_function
check "no such function, but one with a name like it" for_each_way near_name
check "no such function, but a part of it" for_each_way part_name
check "a name of several functions" for_each_way ambiguous
check "a function on the kernel's blacklist" for_each_way blacklisted
check "a function that is not traced" for_each_way untraced
check "an offset inside an instruction" for_each_way no_boundary
check "an offset past the function" for_each_way outside
check "the return of an offset" for_each_way return_of_middle
check "an empty function" for_each_way odd_function ''
check "a function with a newline" for_each_way odd_function 'vfs_read
p:kprobes/evil vfs_write'
check "a function with a space" for_each_way odd_function 'vfs_read $retval'
check "a function with a colon" for_each_way odd_function 'a:b:vfs_read'
check "a function with a percent sign" for_each_way odd_function 'vfs_read%return'
check "a function with escapes" for_each_way odd_function "$(printf 'vfs\033[31m_read')"
check "a function that is a number" for_each_way odd_function '0xffffffff81000000'
check "a function of 60000 characters" for_each_way odd_function "$(head -c 60000 /dev/zero | tr '\0' a)"
check "an offset that is no number" for_each_way odd_function 'vfs_read+many'
check "an offset that is too large" for_each_way odd_function 'vfs_read+0x10000000000000000'
check "a negative offset" for_each_way odd_function 'vfs_read+-4'
check "no arguments" usage
check "one argument" usage $OBJ/count.o
check "a second function with a space" usage $OBJ/count.o sys_bpf 'vfs read'
check "an unknown option" usage --nonsense $OBJ/count.o sys_bpf
check "an unknown way to attach" usage --attach=magic $OBJ/count.o sys_bpf
check "the verifier's own words are shown" verifier
check "a verifier log to /dev/kmsg" to_the_kernels_log
check "a program that uses too many maps" too_many_maps
check "a missing licence has a hint" licence
