#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# build.sh: gather the corpus, eBPF objects that others wrote, in $OUT/corpus:
#
#   all/SET-COMPILER-NAME.o  every object
#   all/*.failed             why the compiler refused one
#   objects                  a line for each object: name, sections, features
#   tracing/*.o              (links) those of which every program is for tracing, but
#                            for optional ones
#   others                   the lines of the rest
#
# Sets: self6.1, self6.12 (the kernel's selftests, by clang 14, the newest, and
# GCC), sample6.1, sample6.12 (its samples), tool-SUITE (what Debian's libbpf-tools
# carry as data, as compiled for that suite), old (tests/corpus/old: the styles
# before BTF), and variant6.1, a few selftests without -g and with -mcpu=v1, v2, v4;
# all others are v3.
#
# All is kept: a second run does what is missing only. LOADER must be there, for
# the VM that is asked for its kernel's types.
set -eu
cd "${0%/*}/../.."
OUT=${OUT:-build}
# shellcheck source=scripts/debian.sh
. scripts/debian.sh

corpus=$OUT/corpus
all=$corpus/all
newest_clang=$(cd /usr/bin && echo clang-[0-9]* | tr " " "\n" | sort -V | tail -n 1)
mkdir -p "$all" "$corpus/bin"

# ---- Sources and headers ----

# The parts of Debian's kernel source that are needed.
unpack_linux() { # SUITE VERSION
    folder=$corpus/src/linux-$2
    [ ! -d "$folder" ] || return 0
    package=$(debian_unpack "$1" amd64 "linux-source-$2")
    rm -rf "$folder.partial"
    mkdir -p "$folder.partial"
    tar -xJf "$package/usr/src/linux-source-$2.tar.xz" -C "$folder.partial" --strip-components=1 \
        --wildcards '*/tools/testing/selftests/bpf' '*/samples/bpf' '*/tools/lib/bpf/*.h' \
        '*/tools/include' '*/include/uapi/linux/bpf.h'
    mv "$folder.partial" "$folder"
}

# bpftool of that suite, with the libraries that it was linked to.
run_bpftool() { # SUITE ARGUMENT...
    bpftool=$corpus/bpftool-$1
    if [ ! -d "$bpftool" ]; then
        mkdir -p "$bpftool.partial"
        for package in bpftool libc6 libcap2 libelf1 libelf1t64 libzstd1 zlib1g; do
            folder=$(debian_unpack "$1" amd64 $package 2>/dev/null) || continue
            find "$folder" \( -name 'ld-linux*' -o -name 'lib*.so.[0-9]' -o \
                -path '*/sbin/bpftool' \) -exec cp -L {} "$bpftool.partial" \;
        done
        mv "$bpftool.partial" "$bpftool"
    fi
    shift
    "$bpftool/ld-linux-x86-64.so.2" --library-path "$bpftool" "$bpftool/bpftool" "$@"
}

# A kernel's types as a header. They are asked of the kernel itself, which unpacks
# its own image.
make_vmlinux_h() { # SUITE VERSION
    header=$corpus/vmlinux-$2/vmlinux.h
    [ ! -s "$header" ] || return 0
    mkdir -p "${header%/*}"
    scripts/vm.sh -s "$1" -t 300 scripts/guest/mounted.sh sh -c \
        'echo begin; gzip -c /sys/kernel/btf/vmlinux | base64; echo; echo end' |
        sed '/^begin$/,/^$/!d; /^begin$/d' | base64 -d | gzip -dc >"${header%/*}/vmlinux.btf"
    run_bpftool "$1" btf dump file "${header%/*}/vmlinux.btf" format c >"$header.partial"
    mv "$header.partial" "$header"
}

# ---- Compiling ----

# A list of "SOURCE OBJECT COMMAND...", which is worked off on all CPUs below.
jobs=$corpus/jobs
: >"$jobs"

job() { # SOURCE OBJECT COMMAND...
    source=$1 object=$all/$2
    shift 2
    # What was refused is not tried again.
    [ -e "$object" ] || [ -e "$object.failed" ] || echo "$source $object $*" >>"$jobs"
}

name_of() { # SOURCE
    name=${1##*/}
    name=${name%.c}
    echo "${name%.bpf}"
}

short_of() { # COMPILER
    echo "$1" | sed 's/clang-/clang/; s/bpf-gcc/gcc/'
}

after="-idirafter /usr/include/$(uname -m)-linux-gnu -idirafter /usr/include"
flags='-O2 -g -w -D__TARGET_ARCH_x86'
clang_flags="-target bpf $flags"

selftest_flags() { # SUITE VERSION
    tools=$corpus/src/linux-$2/tools
    echo "-DENABLE_ATOMICS_TESTS -I$corpus/vmlinux-$2" \
        "-I$(debian_unpack "$1" amd64 libbpf-dev)/usr/include" \
        "-I$tools/testing/selftests/bpf -I$tools/include/uapi $after"
}

selftests() { # SUITE VERSION COMPILER FLAGS
    includes=$(selftest_flags "$1" "$2")
    for source in "$corpus/src/linux-$2/tools/testing/selftests/bpf/progs"/*.c; do
        job "$source" "self$2-$(short_of "$3")-$(name_of "$source").o" "$3" "$4" "$includes"
    done
}

# The older samples include the kernel's own headers, as its modules do. Which of
# the suite's they are is remembered: the mirror forgets old ones.
kernel_headers() { # SUITE
    package=$corpus/headers-$1
    [ -s "$package" ] ||
        debian_dependency "$1" amd64 linux-headers-cloud-amd64 linux-headers- >"$package"
    release=$(sed 's/^linux-headers-//' "$package")
    here=$(debian_unpack "$1" amd64 "linux-headers-$release")/usr/src/linux-headers-$release
    common=$(debian_unpack "$1" amd64 "linux-headers-${release%-cloud-amd64}-common")/usr/src
    common=$common/linux-headers-${release%-cloud-amd64}-common
    echo "-I$common/arch/x86/include -I$here/arch/x86/include/generated -I$common/include" \
        "-I$here/include -I$common/arch/x86/include/uapi -I$here/arch/x86/include/generated/uapi" \
        "-I$common/include/uapi -I$here/include/generated/uapi" \
        "-include $common/include/linux/kconfig.h"
}

samples() { # SUITE VERSION COMPILER
    linux=$corpus/src/linux-$2
    libbpf=$(debian_unpack "$1" amd64 libbpf-dev)/usr/include
    modern="$clang_flags -I$corpus/vmlinux-$2 -I$libbpf -I$linux/samples/bpf $after"
    kernel="$flags $(kernel_headers "$1") -I$libbpf -I$libbpf/bpf -I$linux/samples/bpf \
        -I$linux/tools/testing/selftests/bpf -I$linux/tools/include -I$linux/tools/lib \
        -include $linux/samples/bpf/asm_goto_workaround.h"
    for source in "$linux"/samples/bpf/*_kern.c "$linux"/samples/bpf/*.bpf.c; do
        object=sample$2-$(short_of "$3")-$(name_of "$source").o
        case $source in
        *.bpf.c) job "$source" "$object" "$3" "$modern" ;;
        *) job "$source" "$object" tests/corpus/kernel_cc.sh "$3" "$kernel" ;;
        esac
    done
}

old_styles() { # COMPILER
    for source in tests/corpus/old/*.c; do
        job "$source" "old-$(short_of "$1")-$(name_of "$source").o" "$1" \
            "-target bpf -O2 -w -D__TARGET_ARCH_x86" "$after"
    done
}

# A few selftests in every dialect.
variants() { # SUITE VERSION COMPILER
    includes=$(selftest_flags "$1" "$2")
    # shellcheck disable=SC2013 # words
    for name in $(cat tests/corpus/variants); do
        source=$corpus/src/linux-$2/tools/testing/selftests/bpf/progs/$name.c
        for variant in v1 v2 v4 plain; do
            case $3-$variant in
            clang-14-v4) continue ;; # since clang 17
            *-plain) options="-target bpf -O2 -w -D__TARGET_ARCH_x86" ;;
            *) options="$clang_flags -mcpu=$variant" ;;
            esac
            job "$source" "variant$2-$(short_of "$3")$variant-$name.o" "$3" "$options" "$includes"
        done
    done
}

# Debian's own objects.
tools() { # SUITE
    [ ! -e "$all/tool-$1.done" ] || return 0
    for tool in "$(debian_unpack "$1" amd64 libbpf-tools)"/usr/sbin/*; do
        name=${tool##*/}
        [ -L "$tool" ] ||
            "$corpus/bin/describe" -x "$all" "tool-$1-${name%-libbpf}" "$tool" ||
            echo "build.sh: no eBPF object in $tool" >&2
    done
    : >"$all/tool-$1.done"
}

cc -O2 -D_GNU_SOURCE -Wall -Wextra -o "$corpus/bin/describe" tests/corpus/describe.c

unpack_linux bookworm 6.1
unpack_linux trixie 6.12
make_vmlinux_h bookworm 6.1
make_vmlinux_h trixie 6.12

for suite in bookworm trixie sid; do
    tools $suite
done
for compiler in clang-14 "$newest_clang"; do
    old_styles "$compiler"
    samples bookworm 6.1 "$compiler"
    variants bookworm 6.1 "$compiler"
    selftests bookworm 6.1 "$compiler" "$clang_flags -mcpu=v3"
done
samples trixie 6.12 "$newest_clang"
selftests trixie 6.12 "$newest_clang" "$clang_flags -mcpu=v3"
selftests bookworm 6.1 bpf-gcc "$flags"

# Written under another name first: an object that is there is whole.
# shellcheck disable=SC2016 # expanded by the inner shell
<"$jobs" xargs -r -P "$(nproc)" -d '\n' -n 1 sh -c '
    set -- $1
    source=$1 object=$2
    shift 2
    if "$@" -c "$source" -o "$object.partial" 2>"$object.log"; then
        mv "$object.partial" "$object"
        rm -f "$object.log"
    else
        rm -f "$object.partial"
        mv "$object.log" "$object.failed"
    fi' sh

# ---- Which is for tracing ----

"$corpus/bin/describe" "$all"/*.o | sed "s|^$all/||" >"$corpus/objects"
awk -F '\t' -v tracing="$corpus/tracing.list" -v others="$corpus/others" '
    BEGIN { printf "" >tracing; printf "" >others }
    NR == FNR { n = split($0, kind, " "); for (i = 1; i <= n; i++) known[kind[i]]; next }
    {
        n = split($2, section, " ")
        for (i = 1; i <= n; i++) {
            optional = sub("^[?]", "", section[i])
            sub("[/+].*", "", section[i])
            is_tracing = section[i] in known
            nr_tracing += is_tracing
            nr_foreign += !is_tracing && !optional
        }
        print >(nr_tracing && !nr_foreign && $3 !~ "struct_ops" ? tracing : others)
        nr_tracing = nr_foreign = 0
    }' tests/corpus/sections "$corpus/objects"
rm -rf "$corpus/tracing"
mkdir "$corpus/tracing"
cut -f 1 "$corpus/tracing.list" | while read -r object; do
    ln "$all/$object" "$corpus/tracing/$object"
done
