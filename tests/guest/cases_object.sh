# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Objects in today's style: maps and variables described by BTF, several programs
# that go where their sections say, functions, and what follows this kernel.

# Starts an object that names its targets, makes hits, and then sees its values.
starts() { # OBJECT [OPTION]...
    object=$1
    shift
    start "$@" "$OBJ/$object.o"
}

# A variable's value, as bpftool tells it by the map's BTF.
variable() { # MAP NAME
    $BPFTOOL map dump name "$1" | sed -n "s/.*\"$2\": *\"\{0,1\}\([^\",]*\).*/\1/p"
}

expect_variable() { # MAP NAME VALUE
    expect "'$2' in $1" "$(variable "$1" "$2")" "$3"
}

expect_at() { # MAP KEY VALUE
    expect "the count at $2 of '$1'" "$(map_value "name $1" "$2")" "$3"
}

has_btf() {
    [ -e /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"
}

several_programs() {
    starts several || return
    hit 10
    for key in 0 1 2; do expect_at hits $key 10; done
    expect_at hits 3 1
    expect "the number of live lines" "$(grep -c "^$LIVE" "$stderr")" 4
    ! grep -q optional "$stderr" || fail "it attached what is optional"
    stop_well
}

# Each is loaded again and again by somebody else, at the same moment.
several_at_once() {
    starts several || return
    hit 10
    starts globals || return
    hit 10
    expect_at hits 0 20
    expect_variable .bss nr_hits 10
    stop_well
    hit 10
    expect_at hits 0 30
}

variables() {
    starts globals || return
    expect_variable .data from_100 100
    hit 10
    expect_variable .bss nr_hits 10
    expect_variable .bss hidden_hits 20
    expect_variable .data from_100 130
    expect_variable .data from_7 57
    expect_variable .rodata step 3
    expect_variable .rodata hidden_step 5
    expect_variable .data.apart apart 1010
    stop_well
}

constants_are_frozen() {
    starts globals || return
    $BPFTOOL map show name .rodata >$RUN/shown
    grep -q frozen $RUN/shown || fail "bpftool shows no frozen map: $(head -n 2 $RUN/shown)"
    ! $BPFTOOL map update name .rodata key 0 0 0 0 value 0 0 0 0 0 0 0 0 0 0 0 0 >$RUN/updated 2>&1 ||
        fail "a constant can be changed"
}

shared_functions() {
    starts functions || return
    hit 10
    expect_at hits 0 80
    expect_at hits 1 30
    stop_well
}

called_back() {
    needs_jit || return
    ! is_before 5 17 || { skip "bpf_loop is there since Linux 5.17"; return; }
    starts callback || return
    hit 10
    expect_variable .bss nr_calls 50
    expect_variable .bss sum 100
    stop_well
}

# Kernels that lack it say so; others' compilers for programs may as well.
jump_table() {
    if is_before 6 19; then
        refused 4 "program 'count': a jump table of 4 entries cannot be made: Invalid argument" $OBJ/jumps.o
        expect_text "$stderr" 'hint: .*Linux 6.19.*-fno-jump-tables'
        return
    fi
    needs_jit || return
    starts jumps || return
    hit 10
    expect_at hits 0 2
    expect_at hits 1 2
    expect_at hits 2 3
    expect_at hits 3 3
    stop_well
}

variables_in_an_arena() {
    if is_before 6 9; then
        refused 4 "map 'arena': cannot be created (type 33 arena" $OBJ/arena.o
        return
    fi
    needs_jit || return
    if ! is_before 6 18 && ! grep -qw cx16 /proc/cpuinfo; then
        skip "this kernel makes arenas by cmpxchg16b, which this emulator gets wrong"
        return
    fi
    start $OBJ/arena.o || return
    hit 10
    expect_at seen 0 110
    stop_well
    starts arena --set step=5 || return
    hit 10
    expect_at seen 0 150
    stop_well
}

tagged_arguments() {
    starts tagged || return
    hit 10
    expect_variable .bss nr_counted 10
    stop_well
}

thrown() {
    has_btf && needs_jit || return
    ! is_before 6 7 || { skip "bpf_throw is there since Linux 6.7"; return; }
    starts throw || return
    hit 10
    expect_variable .bss sum 30
    expect_variable .bss nr_right 10
    stop_well
}

values_from_the_start() {
    starts initial || return
    hit 10
    expect_at first 0 10
    expect_at second 0 10
    expect_text "$stderr" "program 'behind': loaded, not attached"
    expect "the number of live lines" "$(grep -c "^$LIVE" "$stderr")" 1
    stop_well
}

pinned_by_name() {
    mount_bpffs
    starts pin_by_name || return
    hit 10
    expect "the count" "$(map_value "pinned $BPFFS/kept")" 10
    stop_well
    starts pin_by_name || return
    hit 10
    expect "the count after another start" "$(map_value "pinned $BPFFS/kept")" 20
    stop_well
    rm $BPFFS/kept
    umount $BPFFS
}

# What is done with pins does not change what a uprobe's path is relative to.
pinned_beside_a_relative_path() {
    cd /bin || return
    for started in 10 20; do
        starts beside || break
        attach_try --call 10
        expect "the count" "$(map_value "pinned $BPFFS/kept")" $started
        stop_well
    done
    cd /
    umount $BPFFS
}

maps_in_their_own_sections() {
    mount_bpffs
    starts named_maps || return
    hit 10
    expect_at hits 0 10
    expect "the count" "$(map_value "pinned $BPFFS/own/globals/kept")" 10
    stop_well
    rm $BPFFS/own/globals/kept
    rmdir $BPFFS/own/globals $BPFFS/own
    umount $BPFFS
}

fields_of_this_kernel() {
    has_btf || return
    starts fields || return
    hit 10
    expect_variable .bss nr_right 10
    expect_variable .bss nr_wrong 0
    expect_variable .bss nr_missing 0
    stop_well
}

field_of_no_kernel() {
    has_btf || return
    refused 4 "program 'needy': needs field 'of_no_kernel' of struct 'task_struct', which this kernel does not have, at .*missing_field.c:1[0-9]: ." $OBJ/missing_field.o
    ! grep -q 'unknown#' "$stderr" || fail "the verifier's log tells of a call that is not the program's"
}

# Of a program that is too complex each try takes the verifier seconds. Since 6.4 its
# log says in one more where it stopped, before that another is needed for what it says.
too_complex() {
    needs $STRACE || return
    launch $STRACE -e trace=bpf -o $RUN/calls load_kp_bpf $OBJ/endless.o
    ended || return
    expect "exit status" "$status" 1
    expect_text "$stderr" "^load_kp_bpf: .*program 'count': the verifier refused it: Argument list too long"
    expect_text "$stderr" "BPF program is too large. Processed 1000001 insn"
    expect_text "$stderr" "hint: the verifier follows every path"
    tries=$(grep -c '^bpf(BPF_PROG_LOAD.*= -1' $RUN/calls)
    if grep -q '^[0-9]*: (' "$stderr"; then
        expect_text "$stderr" "too long, at .*endless.c:1[0-9]: "
        expect "tries" "$tries" 2
    else
        expect "tries" "$tries" 3
    fi
}

configuration() {
    starts configured || return
    hit 10
    expect_variable .bss nr_hits 10
    expect "the major version" $(($(variable .bss version) >> 16)) "$(uname -r | cut -d . -f 1)"
    expect "the minor version" $(($(variable .bss version) >> 8 & 255)) "$(uname -r | cut -d . -f 2)"
    expect_variable .bss wrapper "$(grep -c -E ' __(x64|arm64|s390x|riscv)_sys_bpf$' /proc/kallsyms)"
    expect_variable .data of_no_kernel 0
    stop_well
}

symbols() {
    starts symbols || return
    hit 10
    expect_variable .bss nr_hits 10
    expect_variable .bss there "$(printf %u "0x$(sed -n 's/ T security_bpf$//p' /proc/kallsyms)")"
    expect_variable .data missing 0
    stop_well
}

hidden_symbols() {
    echo 2 >/proc/sys/kernel/kptr_restrict
    refused 1 "/proc/kallsyms hides the addresses of the kernel's symbols" $OBJ/symbols.o
    echo 0 >/proc/sys/kernel/kptr_restrict
}

symbol_of_no_kernel() {
    refused 4 "'symbol_of_no_kernel': this kernel has no such symbol" $OBJ/missing_symbol.o
}

# Debian 11's kernel was not made with a pahole that knows of them.
has_btf_variables() {
    has_btf && $BPFTOOL btf dump file /sys/kernel/btf/vmlinux | grep -q "VAR 'bpf_prog_active'" ||
        skip "this kernel's BTF has no variables"
}

symbols_with_types() {
    has_btf_variables || return
    starts typed || return
    hit 10
    expect_variable .bss nr_hits 10
    expect_variable .bss nr_missing 30
    stop_well
}

symbols_of_other_types() {
    has_btf || return
    refused 4 "'security_bpf___fewer': is 'int (int, const char \*)' in the object, and 'int (int, union bpf_attr \*, unsigned int.*)' in this kernel" $OBJ/unlike_function.o
    has_btf_variables || return
    refused 4 "'bpf_prog_active': is 'const struct of_no_kernel' in the object, and 'int' in this kernel" $OBJ/unlike_variable.o
}

list_of_functions() {
    start $OBJ/count.o security_bpf sys_bpf || return
    hit 10
    expect_at hits 0 20
    stop_well
    refused 1 'no_kernel_has_this' $OBJ/count.o security_bpf no_kernel_has_this
}

pattern_of_functions() {
    start $OBJ/every.o 'vfs_re*' || return
    expect_text "$stderr" "vfs_re\*"
    cat /init >$RUN/read
    [ "$(map_value 'name hits')" -gt 0 ] || fail "nothing was counted"
    stop_well
    refused 1 'no function of this kernel matches' $OBJ/every.o 'no_kernel_has_*'
}

# (Not with one link, which takes them all.)
pattern_of_too_many() {
    for way in perf tracefs; do
        refused 1 "'\*': [0-9]* functions match, and at most 2048 can have an event each" \
            --attach=$way $OBJ/every.o '*'
    done
}

interrupted_halfway() {
    for way in perf tracefs; do
        launch load_kp_bpf --attach=$way $OBJ/every.o 'tcp_*'
        usleep 2000000
        ! grep -q "$LIVE" "$stderr" || { fail "$way: it was live already"; return; }
        stop || return
        expect "exit status, $way" "$status" 1
        expect_text "$stderr" "^load_kp_bpf: .*'tcp_\*': .*interrupted before all were attached"
    done
}

functions_for_one_program() {
    refused 3 "has 5 programs, and FUNCTION is for an object with one" $OBJ/several.o vfs_read
}

for_another_tool() {
    refused 3 "program 'passed': section 'xdp' .*ip link set dev DEVICE xdp" $OBJ/network.o
}

bound_to_btf() {
    needs_jit || return
    has_btf || return
    starts bound || return
    hit 10
    expect_variable .bss nr_entries 10
    expect_variable .bss nr_exits 10
    expect_variable .bss nr_execs 1
    stop_well
}

# An older kernel says nothing of a kind that it does not know: the hint does.
session() {
    has_btf || return
    if is_before 7 0; then
        refused 4 "program 'at_both': cannot be loaded" $OBJ/session.o
        expect_text "$stderr" 'hint: programs of kind fsession exist since Linux 7.0'
        return
    fi
    needs_jit || return
    starts session || return
    hit 10
    expect_variable .bss nr_runs 20
    stop_well
}

iterator() {
    has_btf || return
    launch load_kp_bpf $OBJ/tasks.o
    ended $pid 5
    [ -s $RUN/stdout.1 ] || { skip "what an iterator prints is not shown"; return; }
    expect "exit status" "$status" 0
    [ "$(grep -c '^a task$' $RUN/stdout.1)" -gt 10 ] || fail "it shows $(wc -l <$RUN/stdout.1) lines"
    ! grep -v '^a task$' $RUN/stdout.1 >>$RUN/notes || fail "it shows something else"
}

# As after a million elements of which the iterator says nothing.
iterator_goes_on() {
    has_btf || return
    needs $STRACE || return
    launch $STRACE -o $RUN/trace -P anon_inode:bpf_iter -e inject=read:error=EAGAIN:when=1 \
        load_kp_bpf $OBJ/tasks.o
    ended $pid 5
    expect "exit status" "$status" 0
    grep -q INJECTED $RUN/trace || fail "no read failed"
}

# Nothing is left of an object of many parts, whenever it is killed.
killed() {
    for pause in 5 20 40 60 80; do
        launch load_kp_bpf $OBJ/several.o
        usleep ${pause}000
        kill -9 $pid
        ended
        nothing_left $RUN/before || fail "killed after $pause ms: $(head -n 3 $RUN/difference | tr '\n' ';')"
    done
}

only_checked() {
    for object in several globals functions initial pin_by_name named_maps configured symbols; do
        at="$object: "
        load_kp_bpf --check $OBJ/$object.o >$RUN/checked 2>&1 || fail "$(head -n 1 $RUN/checked)"
    done
}

check "object: programs of several kinds" several_programs
check "object: two loaders of them" several_at_once
check "object: variables and constants" variables
check "object: constants are frozen" constants_are_frozen
check "object: functions that programs share" shared_functions
check "object: a function that is called back" called_back
check "object: a jump table" jump_table
check "object: variables in an arena" variables_in_an_arena
check "object: a function whose argument is tagged" tagged_arguments
check "object: a function that runs where the program throws" thrown
check "object: maps and programs in maps from the start" values_from_the_start
check "object: a map that is pinned by its name" pinned_by_name
check "object: a map that is pinned, and a path from here" pinned_beside_a_relative_path
check "object: maps in sections of their own" maps_in_their_own_sections
check "object: fields where this kernel has them" fields_of_this_kernel
check "object: a field that no kernel has" field_of_no_kernel
check "object: a program that is too complex" too_complex
check "object: values of the configuration" configuration
check "object: symbols of the kernel" symbols
check "object: symbols that the kernel hides" hidden_symbols
check "object: a symbol that no kernel has" symbol_of_no_kernel
check "object: symbols with their types" symbols_with_types
check "object: symbols of other types" symbols_of_other_types
check "object: a list of functions" list_of_functions
check "object: a pattern of functions" pattern_of_functions
check "object: a pattern of too many functions" pattern_of_too_many
check "object: interrupted on its way to many functions" interrupted_halfway
check "object: functions for one of several programs" functions_for_one_program
check "object: a program for another tool" for_another_tool
check "object: programs bound to BTF" bound_to_btf
check "object: a function's entry and return in one program" session
check "object: an iterator prints" iterator
check "object: an iterator that pauses" iterator_goes_on
check "object: killed while it starts" killed
check "object: only checked" only_checked
