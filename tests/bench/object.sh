#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# object.sh STYLE FUNCTION MAPS INSNS PROGRAMS RELOCATIONS OBJECT: compile the
# bench's program, which counts its hits in the first of MAPS maps, after INSNS
# more instructions of straight-line arithmetic, and after asking where each of
# RELOCATIONS fields of the kernel's structs is, those of fields.txt. STYLE is tc
# (for load_kp_bpf), or btf: the same with BTF-defined maps and the section that
# libbpf reads, which refuses tc's. It is the last of PROGRAMS; those before it
# are on setsid, which nobody calls.
set -eu
style=$1 function=$2 maps=$3 insns=$4 programs=$5 relocations=$6 object=$7
here=${0%/*}

# The structs, and behind them what the program does with each field.
print_fields() {
    awk -v max="$relocations" '
        {
            printf "struct %s {", $1
            for (i = 2; i <= NF && nr < max; i++) {
                nr++
                printf " int %s;", $i
                fields = fields "\\\n\tsum = 5 * sum + __builtin_preserve_field_info(((struct " \
                         $1 " *)0)->" $i ", 0);"
            }
            print " } KP_KERNEL_TYPE;"
        }
        END { print "#define FIELDS(sum) " fields }
    ' "$here/fields.txt"
}

print_source() {
    echo '#include "kp_bpf.h"'
    if [ "$style" = tc ]; then
        echo '#define MAP(NAME) struct bpf_elf_map NAME SEC("maps") = \
	{ .type = BPF_MAP_TYPE_ARRAY, .size_key = 4, .size_value = 8, .max_elem = 1 };'
        section=prog
    else
        echo '#define MAP(NAME) struct { int (*type)[BPF_MAP_TYPE_ARRAY]; int (*max_entries)[1]; \
	__u32 *key; __u64 *value; } NAME SEC(".maps");'
        section=kprobe/$function
    fi
    seq "$maps" | sed 's/.*/MAP(hits&)/'
    print_fields
    seq $((programs - 1)) | sed "s|.*|SEC(\"kprobe/${function%getsid}setsid\") int before&(void *ctx) { return 0; }|"
    cat <<END
char _license[] SEC("license") = "GPL";

SEC("$section") int count(void *ctx)
{
	__u64 sum = 0;
	__u32 key = 0;
	__u64 *value;

	asm volatile(".rept $insns\n r0 = 1\n .endr" ::: "r0");
	FIELDS(sum)
	value = bpf_map_lookup_elem(&hits1, &key);
	if (value)
		__sync_fetch_and_add(value, 1 + (sum >> 63));
	return 0;
}
END
}

# Debug information brings BTF, which libbpf needs and load_kp_bpf does not.
debug=-g
[ "$style" = btf ] || debug=
# shellcheck disable=SC2086 # a word or none
print_source | clang -O2 -Wall -target bpf $debug -I "$here/../../examples" \
    -x c -c - -o "$object"
