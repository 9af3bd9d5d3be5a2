# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Maps: pinned, reused, refused, shared, nested.

GLOBAL=$BPFFS/tc/globals

mode_of() {
    stat -c %a "$1"
}

# Pins stay after the end, and the next loader goes on counting in them.
pin_and_reuse() { # OBJECT PATH
    mount_bpffs
    start "$OBJ/$1" sys_bpf || return
    hit 5
    expect "the count in the pin" "$(map_value "pinned $2")" 5
    stop_well
    expect "the count after the end" "$(map_value "pinned $2")" 5
    start --attach=tracefs "$OBJ/$1" sys_bpf || return
    hit 3
    expect "the count of both" "$(map_value "pinned $2")" 8
    expect "the number of maps" "$(map_count hits)" 1
    stop_well
    umount $BPFFS
}

make_folders() {
    mount_bpffs
    start $OBJ/pin_global.o sys_bpf || return
    expect "mode of tc" "$(mode_of $BPFFS/tc)" 700
    expect "mode of tc/globals" "$(mode_of $GLOBAL)" 700
    stop_well
    umount $BPFFS
}

# Whether its map is pinned already or not: a relative path counts from where the loader was started.
pin_and_stay() {
    mount_bpffs
    cd /bin || return
    for runs in 1 2; do
        start $OBJ/pin_uprobe.o || break
        ./attach_try --call 10 >$RUN/tried
        stop_well
        expect "the count in the pin" "$(map_value "pinned $BPFFS/hits")" "${runs}0"
    done
    cd / || return
    umount $BPFFS
}

# A start that fails leaves what stands in a pinned map as it was; one that does not, its own.
pinned_calls_stay() {
    mount_bpffs
    start $OBJ/pin_calls.o sys_bpf && stop_well
    was=$(bpftool map dump pinned $BPFFS/calls)
    expect_text "$(echo "$was" >$RUN/was; echo $RUN/was)" "value"
    refused 1 "there is no such function" $OBJ/pin_calls.o no_such_function
    expect "what stands in it" "$(bpftool map dump pinned $BPFFS/calls)" "$was"
    start $OBJ/pin_calls.o sys_bpf && stop_well
    [ "$(bpftool map dump pinned $BPFFS/calls)" != "$was" ] || fail "the old program stands in it"
    umount $BPFFS
}

# Nobody mounted bpffs: the loader does, and the pin can be reached afterwards.
mount_for_a_pin() {
    start $OBJ/pin_object.o sys_bpf || return
    hit 2
    stop_well
    expect "the count in the pin" "$(map_value "pinned $BPFFS/hits")" 2
    umount $BPFFS || fail "bpffs is not mounted"
    ! umount $BPFFS 2>&- || fail "bpffs was mounted twice"
}

not_mount_without_a_pin() {
    start $OBJ/count.o sys_bpf || return
    ! is_mounted $BPFFS || fail "bpffs is mounted"
}

# What was pinned before the failure is unpinned, what others pinned is not touched.
refuse_mismatch() {
    mount_bpffs
    start $OBJ/pin_object.o sys_bpf || return
    hit 4
    stop_well
    refused 1 "hits" $OBJ/pin_mismatch.o sys_bpf
    for difference in type key value entries; do
        expect_text "$stderr" "$difference"
    done
    [ ! -e $BPFFS/earlier ] || fail "the pin made before the failure is still there"
    expect "the count in the other's pin" "$(map_value "pinned $BPFFS/hits")" 4
    umount $BPFFS
}

refuse_not_a_map() {
    mount_bpffs
    mkdir $BPFFS/hits
    refused 1 "director" $OBJ/pin_object.o sys_bpf
    rmdir $BPFFS/hits

    start $OBJ/count.o sys_bpf || return
    program=$(hit ids | sed -n 's/^prog //p')
    $BPFTOOL prog pin id "$program" $BPFFS/hits
    refused 1 "program" $OBJ/pin_object.o sys_bpf
    rm $BPFFS/hits

    link=$(hit ids | sed -n 's/^link //p')
    if [ -n "$link" ]; then
        $BPFTOOL link pin id "$link" $BPFFS/hits
        refused 1 "link" $OBJ/pin_object.o sys_bpf
        rm $BPFFS/hits
    fi
    umount $BPFFS
}

refuse_symlink() {
    mount_bpffs
    start $OBJ/pin_global.o sys_bpf || return
    stop_well
    ln -s tc/globals/hits $BPFFS/hits || { skip "no symlinks in this bpffs"; umount $BPFFS; return; }
    refused 1 "symlink\|symbolic link" $OBJ/pin_object.o sys_bpf
    umount $BPFFS
}

unpin_after_refusal() {
    mount_bpffs
    refused 1 "." $OBJ/rejected.o sys_bpf
    find $BPFFS -type f | grep -q . && fail "a pin is left"
    umount $BPFFS
}

# A reused pin survives a start that fails after it.
keep_pin_after_refusal() {
    mount_bpffs
    start $OBJ/pin_global.o sys_bpf || return
    hit 6
    stop_well
    refused 1 "." $OBJ/rejected.o sys_bpf
    expect "the count in the pin" "$(map_value "pinned $GLOBAL/hits")" 6
    umount $BPFFS
}

share_in_a_race() { # OBJECT PATH
    mount_bpffs
    for i in $(seq 30); do
        launch load_kp_bpf "$OBJ/$1" sys_bpf
    done
    for i in $(seq 30); do
        wait_live "$i" 60 || fail "loader $i is not live: $(cat "$RUN/stderr.$i")"
    done
    expect "the number of maps" "$(map_count hits)" 1
    hit 10
    expect "the count of all" "$(map_value "pinned $2")" 300
    stop_all
    umount $BPFFS
}

nest_maps() {
    # (Pointers of 4 bytes are stored side by side, and looked up 8 bytes apart.)
    [ "$(uname -m)" != armv7l ] || {
        skip "a 32-bit kernel finds at key N of a map of maps what was put at 2N"
        return
    }
    start $OBJ/map_in_map.o sys_bpf || return
    counts 20
    inner=$($BPFTOOL map list | sed -n 's/^\([0-9]*\): .* name hits .*/\1/p')
    expect "the map at key 3" "$($BPFTOOL map lookup name outer key $(key_bytes 3) | decode)" "$inner"
    stop_well
}

# The program itself counts nothing.
call_at_the_end() {
    start $OBJ/tail_calls.o sys_bpf || return
    counts 20
    expect "programs" "$(grep -c "^load_kp_bpf: live: program 'count' on" "$stderr")" 1
    stop_well
}

# Debian's tc, a program in libbpf's style pinned by name, and ours, on one map.
share_with_tc() { # FIRST
    [ -x $TC ] && [ -e /modules/00-cls_bpf.ko ] || { skip "no tc here"; return; }
    [ -e $OBJ/tc_shared_filter.o ] || { skip "no program for tc here"; return; }
    for module in /modules/*.ko; do insmod "$module"; done 2>&-
    mount_bpffs
    ip link set lo up
    [ "$1" != loader ] || start $OBJ/tc_shared_kprobe.o ip_rcv || return
    $TC qdisc add dev lo clsact
    $TC filter add dev lo ingress bpf direct-action object-file $OBJ/tc_shared_filter.o \
        section classifier >$RUN/tc 2>&1 || { note "$(cat $RUN/tc)"; fail "tc refused"; }
    [ "$1" = loader ] || start $OBJ/tc_shared_kprobe.o ip_rcv || return
    expect "the number of maps" "$(map_count packet_counts)" 1
    ping -c 3 -A 127.0.0.1 >$RUN/ping || fail "no ping"
    seen=$(map_value "pinned $GLOBAL/packet_counts" 1)
    expect "packets that the kprobe counted" "$(map_value "pinned $GLOBAL/packet_counts" 0)" "$seen"
    [ "$seen" -ge 6 ] || fail "tc counted $seen packets"
    stop_well
    $TC qdisc del dev lo clsact
    ip link set lo down
    umount $BPFFS
}

measure_latency() {
    can_probe_entry || { skip "this kernel has no return probes"; return; }
    mount_bpffs
    start $OBJ/latency_entry.o vfs_read || return
    start --retprobe $OBJ/latency_return.o vfs_read || return
    cat /etc/passwd >$RUN/copy
    $BPFTOOL map list >$RUN/maps
    expect "the number of shared maps" "$(map_count latency_start)" 1
    stop_all
    umount $BPFFS
}

check "a pin for this object stays and is reused" pin_and_reuse pin_object.o $BPFFS/hits
check "a global pin stays and is reused" pin_and_reuse pin_global.o $GLOBAL/hits
check "a pin, and a relative path" pin_and_stay
check "folders for pins are as tc makes them" make_folders
check "a program in a pinned map stays when a start fails" pinned_calls_stay
check "bpffs is mounted for a pin" mount_for_a_pin
check "bpffs is not mounted without one" not_mount_without_a_pin
check "a pin that differs is refused" refuse_mismatch
check "a pin that is not a map is refused" refuse_not_a_map
check "a pin that is a symlink is refused" refuse_symlink
check "a start that fails unpins" unpin_after_refusal
check "a start that fails keeps others' pins" keep_pin_after_refusal
check "thirty loaders at once share one pin" share_in_a_race pin_object.o $BPFFS/hits
check "thirty loaders at once share one global pin" share_in_a_race pin_global.o $GLOBAL/hits
check "map in map" nest_maps
check "maps: a program array from the start, in tc's style" call_at_the_end
check "a map shared with tc, which comes second" share_with_tc loader
check "a map shared with tc, which comes first" share_with_tc tc
check "two loaders measure latency through one map" measure_latency
