# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# More than one CPU: one event, set on one of them, sees the hits of all.

count_on_every_cpu() { # WAY
    [ "$(nproc)" -gt 1 ] || { skip "one CPU only"; return; }
    start --attach="$1" $OBJ/percpu.o sys_bpf || return
    hit 70 0
    hit 30 1
    $BPFTOOL -j map dump name hits >$RUN/dump
    for cpu in 0 1; do
        grep -o "\"cpu\":$cpu,\"value\":\[[^]]*\]" $RUN/dump |
            sed 's/.*\[//; s/[],"]/ /g; s/0x//g; s/^/value: /' | decode >>$RUN/counts
    done
    expect "the counts of the CPUs" "$(tr '\n' ' ' <$RUN/counts)" "70 30 "
    stop_well
}

# The event's own CPU need not be the one that the loader was started on.
start_on_cpu() { # CPU
    [ "$(nproc)" -gt 1 ] || { skip "one CPU only"; return; }
    launch taskset "$(printf %x $((1 << $1)))" load_kp_bpf $OBJ/count.o sys_bpf
    wait_live || { fail "not live: $(cat "$stderr")"; return; }
    hit 4 0
    hit 5 1
    expect "the count" "$(map_value 'name hits')" 9
    stop_well
}

cpu_gone() { # CPU
    online=/sys/devices/system/cpu/cpu$1/online
    [ -w $online ] || { skip "CPU $1 cannot be taken offline here"; return; }
    echo 0 >$online
    start $OBJ/count.o sys_bpf && counts 6 && stop_well
    echo 1 >$online
}

check "hits on every CPU are counted, by perf" count_on_every_cpu perf
check "hits on every CPU are counted, by tracefs" count_on_every_cpu tracefs
check "started on the first CPU" start_on_cpu 0
check "started on the second CPU" start_on_cpu 1
check "the first CPU is offline" cpu_gone 0
check "the second CPU is offline" cpu_gone 1
