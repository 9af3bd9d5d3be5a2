# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Hostile names, places and objects: nothing is interpreted, nothing is followed.

# One run to its end or to live: no other status than these, and our own words.
survives() { # [OPTION]... OBJECT FUNCTION
    launch load_kp_bpf "$@"
    if wait_live; then
        stop_well
        return
    fi
    ended
    case $status in
    1 | 2 | 3 | 4) expect_text "$stderr" "^load_kp_bpf: " ;;
    *) fail "exit status $status: $(head -n 1 "$stderr")" ;;
    esac
    [ "$(wc -c <"$stderr")" -lt 20000 ] || fail "it says too much"
}

# --- damaged objects ----------------------------------------------------------

# All the way for those that the kernel takes; --check takes less time for the rest.
mutants() { # SEED FIRST LAST
    local status
    for i in $(seq "$2" "$3"); do
        at="mutate $1 $i: "
        mutate "$OBJ/$1" "$i" $RUN/mutant.o || fail "mutate"
        load_kp_bpf --check $RUN/mutant.o sys_bpf 2>$RUN/stderr.check
        status=$?
        case $status in
        0) nr_started=0; survives $RUN/mutant.o sys_bpf ;;
        1 | 3 | 4) expect_text $RUN/stderr.check "^load_kp_bpf: " ;;
        *) fail "exit status $status" ;;
        esac
        # Pins of a mutant are what it was asked for.
        rm -rf ${BPFFS:?}/*
        [ -z "$case_failed" ] || break
    done
}

pinning_mutants() {
    mount_bpffs
    mutants "$@"
    umount $BPFFS
}

# --- objects that change, and large ones --------------------------------------

on_tmpfs() { # FUNCTION [ARG]...
    mount -t tmpfs -o size=200m tmpfs /mnt
    "$@"
    umount /mnt
}

rewritten_object() {
    odd rewrite $OBJ/count.o /mnt/changing.o &
    local writer=$!
    for i in $(seq 60); do
        load_kp_bpf --check /mnt/changing.o sys_bpf 2>$RUN/stderr.check
        case $? in
        0 | 1 | 3) expect_text $RUN/stderr.check "^load_kp_bpf: " ;;
        *) fail "exit status $?" ;;
        esac
    done
    kill -KILL $writer
    wait $writer
}

sparse_object() {
    truncate -s 63M /mnt/sparse.o
    refused 3 "not an ELF" /mnt/sparse.o sys_bpf
    cp $OBJ/count.o /mnt/tail.o
    truncate -s 63M /mnt/tail.o
    start /mnt/tail.o sys_bpf && counts && stop_well
    truncate -s 64M /mnt/sparse.o
    refused 3 "not an ELF" /mnt/sparse.o sys_bpf
    truncate -s 65M /mnt/sparse.o
    refused 3 "at most" /mnt/sparse.o sys_bpf
}

# --- names --------------------------------------------------------------------

odd_names='two words
a:b
100%s%n%x
$(reboot)`reboot`;reboot
"quoted"
a\nb
-:kprobes/x
'

each_name() { # FUNCTION [ARG]...
    newline=$(printf 'two\nlines')
    escape=$(printf 'esc\033[2J\377')
    echo "$odd_names" | grep . >$RUN/names
    while IFS= read -r name <&4; do
        at="'$name': "
        "$@"
    done 4<$RUN/names
    for name in "$newline" "$escape"; do
        at="newline or escape: "
        "$@"
    done
}

ours_alone() { # FILE: each line is ours, without a byte that a terminal obeys
    expect "lines that are not ours" "$(grep -v -c '^load_kp_bpf: [ -~]*$' "$1")" 0
}

name_a_map() {
    mutate --name hits "$name" $OBJ/count.o $RUN/named.o
    start $RUN/named.o sys_bpf && stop_well
    launch load_kp_bpf --check $RUN/named.o sys_bpf
    ended
    expect "exit status" "$status" 0
    ours_alone "$stderr"
}

name_a_pin() {
    mutate --name hits "$name" $OBJ/pin_object.o $RUN/named.o
    case $name in
    */*) refused 3 "pinned" $RUN/named.o sys_bpf ;;
    *)
        start $RUN/named.o sys_bpf || return
        [ -e "$BPFFS/$name" ] || fail "there is no such pin"
        stop_well
        expect "the number of pins" "$(find $BPFFS -type f | wc -l)" "$(echo "$name" | wc -l)"
        rm "$BPFFS/$name"
        ;;
    esac
    ours_alone "$stderr"
}

pin_odd_names() {
    mount_bpffs
    each_name name_a_pin
    for name in .. . ../x a/b /etc/passwd '' a.b; do
        at="'$name': "
        mutate --name hits "$name" $OBJ/pin_object.o $RUN/named.o
        refused 3 "pinned" $RUN/named.o sys_bpf
    done
    umount $BPFFS
}

long_names() {
    mount_bpffs
    mutate --name hits @65536 $OBJ/count.o $RUN/named.o
    refused 3 "more than 2047 characters" $RUN/named.o sys_bpf
    mutate --name hits @2047 $OBJ/count.o $RUN/named.o
    start $RUN/named.o sys_bpf && stop_well
    mutate --name hits @2047 $OBJ/pin_object.o $RUN/named.o
    refused 3 "2047 characters" $RUN/named.o sys_bpf
    mutate --name hits @256 $OBJ/pin_object.o $RUN/named.o
    refused 3 "256 characters" $RUN/named.o sys_bpf
    mutate --name hits @255 $OBJ/pin_object.o $RUN/named.o
    start $RUN/named.o sys_bpf && stop_well
    umount $BPFFS
}

name_a_function() {
    for way in perf tracefs; do
        launch load_kp_bpf --attach=$way $OBJ/count.o "$name"
        ended
        case $status in
        1 | 2) ;; # (MODULE:FUNCTION may be meant)
        *) fail "exit status $status" ;;
        esac
        ours_alone "$stderr"
    done
}

odd_functions() {
    each_name name_a_function
    for name in 'p:x y' '-:' 'r:kprobes/x vfs_read' 'vfs_read;reboot' '../../x' \
        "$(head -c 65536 /dev/zero | tr '\0' a)" "$(printf 'vfs_read\n')x" '*' '+4' 'a+b+c'; do
        at="'$(echo "$name" | head -c 40)': "
        name_a_function
    done
}

name_an_object() {
    case $name in
    */*) mkdir -p "$RUN/${name%/*}" ;;
    esac
    cp $OBJ/count.o "$RUN/$name"
    start "$RUN/$name" sys_bpf && counts && stop_well
    refused 1 "nowhere" "$RUN/$name" nowhere_to_be_found
    ours_alone "$stderr"
    rm "$RUN/$name"
}

odd_objects() {
    each_name name_an_object
    refused 1 "too long" "$(head -c 65536 /dev/zero | tr '\0' a)" sys_bpf
    refused 1 "symbolic links" $RUN/loop sys_bpf
    for file in /proc/self/mem /proc/kcore /proc/self/maps /dev/zero /dev/full /sys/kernel/notes; do
        at="$file: "
        [ ! -e $file ] || refused 3 "." $file sys_bpf
    done
}

looped_objects() {
    ln -s loop $RUN/loop
    odd_objects
}

# --- places of pins -----------------------------------------------------------

# A map of the same shape that is none of the loader's business, in another bpffs.
make_decoy() {
    mkdir -p /run/elsewhere
    mount -t bpf bpf /run/elsewhere
    $BPFTOOL map create /run/elsewhere/decoy type array key 4 value 8 entries 1 name decoy
    $BPFTOOL map create /run/elsewhere/true type array key 4 value 8 entries 1 name true
}

remove_decoy() {
    umount /run/elsewhere
    rmdir /run/elsewhere
}

untouched_decoy() {
    expect "the decoy's count" "$(map_value 'pinned /run/elsewhere/decoy')" 0
}

# Which of the calls that look at files is the Nth to look at the pin.
look_at_pin() { # N
    launch $STRACE -o $RUN/trace -e trace=%file,%desc load_kp_bpf $OBJ/pin_object.o sys_bpf
    wait_live || fail "not live under strace: $(cat "$stderr")"
    kill $(children_of $pid)
    ended
    sed -n '/"hits"/s/(.*//p' $RUN/trace | sed -n "$1p"
}

# The pin becomes a symlink just when it has been looked at.
swap_after_look() {
    mount -t bpf -o mode=1777 bpf $BPFFS
    make_decoy
    $BPFTOOL map create $BPFFS/hits type array key 4 value 8 entries 1 name hits
    call=$(look_at_pin 1)
    when=$(grep "^$call(" $RUN/trace | grep -n '"hits"' | head -n 1 | cut -d : -f 1)
    launch $STRACE -o $RUN/trace -e "inject=$call:delay_exit=2000000:when=$when" \
        load_kp_bpf $OBJ/pin_object.o sys_bpf
    usleep 1000000
    ln -s /run/elsewhere/decoy $BPFFS/swapped
    mv $BPFFS/swapped $BPFFS/hits
    if wait_live; then
        hit 5
        kill $(children_of $pid)
    fi
    ended
    grep -q "^$call(.*DELAYED" $RUN/trace || fail "nothing was delayed: $call $when"
    untouched_decoy
    remove_decoy
    umount $BPFFS
}

# The same without knowing when.
swap_all_the_time() {
    mount_bpffs
    make_decoy
    $BPFTOOL map create $BPFFS/kept type array key 4 value 8 entries 1 name kept
    odd swap $BPFFS/kept /run/elsewhere/decoy $BPFFS/hits 2>>$RUN/notes &
    local swapper=$!
    usleep 300000
    for i in $(seq 25); do
        nr_started=0
        launch load_kp_bpf $OBJ/pin_object.o sys_bpf
        if wait_live; then
            hit 3
            stop_well
        else
            ended
            expect "exit status" "$status" 1
            expect_text "$stderr" "symlink\|ELOOP\|symbolic"
        fi
    done
    is_running $swapper || fail "nothing was swapped: $(cat $RUN/notes)"
    kill -KILL $swapper
    wait $swapper
    untouched_decoy
    remove_decoy
    umount $BPFFS
}

odd_folders() {
    mount_bpffs
    mkdir /run/outside
    for place in tc tc/globals; do
        at="$place a symlink: "
        mkdir -p $BPFFS/tc
        rmdir $BPFFS/$place
        ln -s /run/outside $BPFFS/$place
        refused 1 "symlink\|director" $OBJ/pin_global.o sys_bpf
        rm $BPFFS/$place
        at="$place a pin: "
        $BPFTOOL map create $BPFFS/$place type array key 4 value 8 entries 1 name pin
        refused 1 "director" $OBJ/pin_global.o sys_bpf
        rm $BPFFS/$place
    done
    expect "files outside" "$(ls -A /run/outside)" ""
    rmdir /run/outside
    umount $BPFFS
}

# The folder is a symlink each time that it is not a folder.
swapped_folder() {
    mount_bpffs
    mkdir /run/outside
    (while :; do
        mkdir $BPFFS/tc
        rm -rf $BPFFS/tc
        ln -s /run/outside $BPFFS/tc
        rm $BPFFS/tc
    done) 2>&- &
    local swapper=$!
    for i in $(seq 20); do
        nr_started=0
        survives $OBJ/pin_global.o sys_bpf
    done
    kill -KILL $swapper
    wait $swapper 2>&-
    expect "files outside" "$(ls -A /run/outside)" ""
    rmdir /run/outside
    umount $BPFFS
}

# /sys/fs/bpf is somewhere else: bpffs is mounted nowhere but there.
root_is_a_symlink() {
    mkdir /run/victim
    echo precious >/run/victim/file
    mount -t tmpfs tmpfs /sys/fs
    ln -s /run/victim /sys/fs/bpf
    launch load_kp_bpf $OBJ/pin_object.o sys_bpf
    if wait_live; then stop_well; else ended; fi
    ! is_mounted /run/victim || { fail "bpffs was mounted on what a symlink names"; umount /run/victim; }
    expect "exit status" "$status" 1
    [ -e /run/victim/file ] || fail "the file is gone"
    umount /sys/fs
    rm -r /run/victim
}

root_is_a_tmpfs() {
    mount -t tmpfs tmpfs $BPFFS
    start $OBJ/pin_object.o sys_bpf && counts && stop_well
    umount $BPFFS || fail "bpffs was not mounted"
    expect "what the tmpfs holds" "$(ls -A $BPFFS)" ""
    umount $BPFFS
}

check "250 damaged objects" mutants count.o 1 250
check "100 damaged objects with a pin" pinning_mutants pin_global.o 1001 1100
check "100 damaged objects with maps in maps" pinning_mutants map_in_map.o 2001 2100
check "100 damaged examples" pinning_mutants latency_return.o 3001 3100
check "an object that is rewritten while it is read" on_tmpfs rewritten_object
check "large and sparse objects" on_tmpfs sparse_object
check "odd names of maps" each_name name_a_map
check "odd names of pins" pin_odd_names
check "long names" long_names
check "odd functions" odd_functions
check "odd objects" looped_objects
check "a pin swapped for a symlink, just then" swap_after_look
check "a pin swapped for a symlink, again and again" swap_all_the_time
check "folders of pins that are something else" odd_folders
check "a folder of pins that comes and goes" swapped_folder
check "/sys/fs/bpf is a symlink" root_is_a_symlink
check "/sys/fs/bpf is a tmpfs" root_is_a_tmpfs
