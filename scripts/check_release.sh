#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check_release.sh: make the release, and prove what is said of it: a second
# build in another folder gives the same bytes; each binary is static, stripped,
# for its machine, small, and runs there, as far as QEMU's user mode can show;
# and the parser's and the loader's own tests hold on each machine as well.
# The last line is "N passed, N failed, N skipped".
set -u
cd "${0%/*}/.." || exit
# shellcheck source=scripts/debian.sh
. scripts/debian.sh
# shellcheck source=scripts/cross.sh
. scripts/cross.sh

SIZE_MAX=172032

scripts/release.sh || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

ok() { # NAME
    passed=$((passed + 1))
    echo "ok - $1"
}

not_ok() { # NAME WHY
    failed=$((failed + 1))
    echo "not ok - $1: $2"
}

skip() { # NAME WHY
    skipped=$((skipped + 1))
    echo "skip - $1: $2"
}

verdict() { # NAME WHY: good when there is nothing to say
    if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$2"; fi
}

# What readelf says of the machine, and QEMU's name for it.
machine_elf() {
    case $1 in
    x86_64) echo 'ELF64 little endian Advanced Micro Devices X86-64' ;;
    aarch64) echo 'ELF64 little endian AArch64' ;;
    riscv64) echo 'ELF64 little endian RISC-V' ;;
    armv7l) echo 'ELF32 little endian ARM' ;;
    s390x) echo 'ELF64 big endian IBM S/390' ;;
    ppc64le) echo 'ELF64 little endian PowerPC64' ;;
    esac
}

machine_emulator() {
    case $1 in
    armv7l) echo qemu-arm-static ;;
    *) echo "qemu-$1-static" ;;
    esac
}

# ---- The bytes ----

check_reproducible() {
    copy=$work/another/folder
    mkdir -p "$copy/build"
    cp -r Makefile ./*.c ./*.h scripts "$copy"
    ln -s "$(realpath "$CACHE")" "$copy/build/cache"
    (cd "$copy" && OUT=build CACHE=build/cache scripts/release.sh) >"$work/log" 2>&1 ||
        not_ok "the second build" "$(tail -n 1 "$work/log")"
    for file in release/*; do
        verdict "$file: two builds in two folders give the same bytes" "$(cmp "$file" "$copy/$file" 2>&1)"
    done
}

check_sums() {
    why=$(cd release && sha256sum --check --strict --quiet SHA256SUMS 2>&1)
    verdict "SHA256SUMS: every sum is right" "$why"
    listed=$(sed 's/^[0-9a-f]*  //' release/SHA256SUMS)
    wanted=$(cross_machines | sed 's/ .*//; s/^/load_kp_bpf-/' | sort)
    [ "$listed" = "$wanted" ] && why='' || why="it lists $(echo "$listed" | tr '\n' ' ')"
    verdict "SHA256SUMS: lists each machine and nothing else" "$why"
}

check_elf() { # MACHINE FILE
    is=$(readelf -hW "$2" | awk -F ':  *' '
        /Class:/ { class = $2 }
        /Data:/ { order = $2; sub(/.*, /, "", order) }
        /Machine:/ { machine = $2 }
        END { print class, order, machine }')
    [ "$is" = "$(machine_elf "$1")" ] && why='' || why="it is $is"
    verdict "$1: is for $(machine_elf "$1")" "$why"

    found=$(readelf -lW "$2" | grep -oE -m 1 'INTERP|DYNAMIC')
    verdict "$1: is static" "${found:+it has $found}"
    found=$(readelf -SW "$2" | grep -oE -m 1 '\.(symtab|strtab|debug_[a-z]*|note\.[A-Za-z.-]*)')
    verdict "$1: is stripped" "${found:+it has $found}"

    # The largest page of any kernel is 64 KiB; no page is both written and run.
    found=$(readelf -lW "$2" | awk '$1 == "LOAD" && ($NF != "0x10000" || /RWE/) { print; exit }')
    verdict "$1: its segments fit pages of 64 KiB" "$found"
    size=$(wc -c <"$2")
    [ "$size" -le "$SIZE_MAX" ] && why='' || why="it has $size bytes"
    verdict "$1: has at most $SIZE_MAX bytes" "$why"
}

# ---- Running it ----

# Runs a program of that machine; its output goes to $work/out and $work/err.
run_on() { # MACHINE FILE [ARG]...
    runner=
    [ "$1" = "$(uname -m)" ] || runner=$(machine_emulator "$1")
    shift
    # shellcheck disable=SC2086 # nothing, or one word
    timeout 300 $runner "$@" >"$work/out" 2>"$work/err"
}

expect() { # NAME STATUS_WANTED STATUS FILE TEXT_WANTED
    if [ "$3" -ne "$2" ]; then
        not_ok "$1" "status $3, expected $2"
    elif ! grep -qF "$5" "$4"; then
        not_ok "$1" "it says '$(head -n 1 "$4")', expected '$5'"
    else
        ok "$1"
    fi
}

check_runs() { # MACHINE FILE
    run_on "$1" "$2" --help
    expect "$1: --help" 0 $? "$work/out" 'usage: load_kp_bpf'
    run_on "$1" "$2" --version
    expect "$1: --version" 0 $? "$work/out" 'load_kp_bpf '
    run_on "$1" "$2" Makefile vfs_read
    expect "$1: refuses a file of text" 3 $? "$work/err" 'Makefile: is text, expected a 64-bit'
    # An ELF file's first bytes, of the byte order that the machine has not.
    [ "$1" = s390x ] && order='\1' || order='\2'
    # shellcheck disable=SC2059 # the escapes are meant
    printf "\\177ELF\\2$order\\1%057d" 0 >"$work/object"
    run_on "$1" "$2" "$work/object" vfs_read
    expect "$1: refuses the other byte order" 3 $? "$work/err" "-endian, expected a 64-bit"
}

check_tests() { # MACHINE TEST
    cross_setup "$1" || { not_ok "$1: $2" "no compiler for it"; return; }
    [ "$2" != bare ] || {
        cross_cflags="$cross_cflags -DBARE -fno-builtin"
        cross_ldflags="-static -nostdlib $("$cross_cc" -print-libgcc-file-name)"
    }
    # shellcheck disable=SC2086 # words
    if ! "$cross_cc" $cross_cflags -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fno-pie -Os \
        -o "$work/$2" "tests/$2.c" $cross_ldflags -s >"$work/log" 2>&1; then
        not_ok "$1: $2" "$(grep -m 1 error "$work/log")"
        return
    fi
    run_on "$1" "$work/$2"
    status=$?
    while IFS= read -r line; do
        [ -z "$line" ] || skip "$1" "${line#skip - }"
    done <<END
$(grep '^skip' "$work/out")
END
    cases=$(grep -c '^ok' "$work/out")
    first=$(grep -m 1 '^not ok' "$work/out")
    if [ "$status" -ne 0 ] || [ "$cases" -eq 0 ] || [ -n "$first" ]; then
        not_ok "$1: $2" "status $status, $cases good; ${first:-$(tail -n 1 "$work/err")}"
    else
        ok "$1: $2, $cases cases"
    fi
}

no_emulator=
scripts/deps.sh emulators >"$work/log" 2>&1 || no_emulator="no QEMU: $(tail -n 1 "$work/log")"
check_reproducible
check_sums
for machine in $(cross_machines | cut -d ' ' -f 1); do
    file=release/load_kp_bpf-$machine
    check_elf "$machine" "$file"
    if [ -z "$no_emulator" ] || [ "$machine" = "$(uname -m)" ]; then
        check_runs "$machine" "$file"
        check_tests "$machine" unit
        check_tests "$machine" elf_cases
        check_tests "$machine" bare
    else
        skip "$machine: runs" "$no_emulator"
    fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
