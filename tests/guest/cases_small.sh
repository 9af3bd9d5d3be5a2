# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A machine with hardly any memory: what is left over is eaten up, down to 32 MiB
# less what a kernel and a shell take.

free_kib() {
    sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

eat_down_to() { # KIB
    mkdir -p /run/hog
    mount -t tmpfs -o size=100% tmpfs /run/hog
    eaten=$(($(free_kib) - $1))
    [ $eaten -le 0 ] || dd if=/dev/zero of=/run/hog/hog bs=1k count=$eaten 2>&-
}

example_in() { # KIB WAY OBJECT FUNCTION
    eat_down_to "$1"
    echo "# $(free_kib) KiB available of $(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
    mount_bpffs
    start --attach="$2" "$OBJ/$3" "$4" && stop_well
    umount $BPFFS
    umount /run/hog
}

for example in "latency_return.o vfs_read" "count_by_process.o vfs_read" "count_errors.o vfs_read" \
    "many_maps.o sys_bpf"; do
    check "16 MiB available: ${example% *}, by perf" example_in 16384 perf $example
done
check "16 MiB available: latency_return.o, by tracefs" example_in 16384 tracefs latency_return.o vfs_read
