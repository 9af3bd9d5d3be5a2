#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check_host.sh: all that can be tried without a VM, and without privilege. It
# prints "ok - NAME", "not ok - NAME: why" or "skip - NAME: why" for each case;
# the last line counts them, and the status says whether none failed.
set -eu
cd "${0%/*}/.."
OUT=${OUT:-build}
CC=${CC:-cc}
host=$OUT/host
flags='-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Wshadow -Wvla -Werror -O1 -g'
sanitizers='-fsanitize=address,undefined -fno-sanitize-recover=all'

has() {
    command -v "$1" >/dev/null
}

# --- cases --------------------------------------------------------------------

# A command that is silent when all is well.
attempt() { # NAME COMMAND...
    name=$1
    shift
    if "$@" >"$host/log" 2>&1; then
        echo "ok - $name"
    else
        echo "not ok - $name: $(head -n 1 "$host/log")"
        sed '1d; s/^/# /' "$host/log" | head -n 20
    fi
}

build_test() { # COMPILER NAME [FLAG]...: tests/NAME.c becomes $host/NAME-COMPILER
    compiler=$1 test=$2
    shift 2
    # shellcheck disable=SC2086 # words
    "$compiler" $flags "$@" "tests/$test.c" -o "$host/$test-$compiler"
}

# A test that prints its own cases. If it breaks off, that is a failure too.
run_cases() { # NAME [FLAG]...
    build_test "$CC" "$@" >"$host/log" 2>&1 || {
        echo "not ok - $1: it does not compile: $(head -n 1 "$host/log")"
        return 0
    }
    status=0
    "$host/$1-$CC" >"$host/cases" 2>"$host/log" || status=$?
    cat "$host/cases"
    [ "$status" -eq 0 ] || grep -q '^not ok' "$host/cases" ||
        echo "not ok - $1: it ended with status $status: $(head -n 1 "$host/log")"
    [ -s "$host/cases" ] || echo "not ok - $1: it ran no case"
}

# The same cases again, as one.
run_sanitized() { # COMPILER NAME
    name="$2 under $1's sanitizers"
    has "$1" || { echo "skip - $name: there is no $1"; return 0; }
    # shellcheck disable=SC2086 # words
    build_test "$1" "$2" $sanitizers >"$host/log" 2>&1 || {
        echo "not ok - $name: it does not compile: $(head -n 1 "$host/log")"
        return 0
    }
    if "$host/$2-$1" >"$host/cases" 2>"$host/log"; then
        echo "ok - $name, $(grep -c '^ok' "$host/cases") cases"
    else
        echo "not ok - $name: $(cat "$host/log" "$host/cases" |
            grep -m 1 -E 'runtime error|ERROR|^not ok' || echo "it broke off")"
    fi
}

# --- our numbers --------------------------------------------------------------

abi_agrees() { # COMPILER
    build_test "$1" abi && "$host/abi-$1"
}

# Every number that we define for the kernel or for ELF is named in tests/abi.c.
abi_is_complete() {
    # shellcheck disable=SC2013 # words
    for constant in $(sed -n '/_H$/d; /"/d; s/^#define \([A-Z_][A-Za-z0-9_]*\) .*/\1/p' bpf_sys.h elf64.h kinds.h); do
        grep -qw "$constant" tests/abi.c ||
            { echo "tests/abi.c does not look at $constant"; return 1; }
    done
}

# --- the binary ---------------------------------------------------------------

# In a folder of its own, and static, with a C library as well as without.
build_loader() { # COMPILER [HOSTED]
    tree=$host/tree-$1${2:+-hosted}
    rm -rf "$tree"
    mkdir -p "$tree/scripts"
    cp Makefile ./*.c ./*.h "$tree"
    cp scripts/layout.ld "$tree/scripts"
    make -s -C "$tree" CC="$1" HOSTED="${2:-}" CFLAGS='-Os -Werror' >"$host/log" 2>&1 || return
    ! readelf -l "$tree/load_kp_bpf" | grep INTERP >"$host/log"
}

check_build() { # COMPILER [HOSTED]
    name="the loader, built by $1${2:+ with its C library}"
    if ! has "$1"; then
        echo "skip - $name: there is no $1"
    elif build_loader "$@"; then
        echo "ok - $name: $(wc -c <"$tree/load_kp_bpf") bytes"
    else
        echo "not ok - $name: $(head -n 1 "$host/log")"
    fi
}

# Without privilege, whoever runs this.
as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}

# Runs the loader in $scratch: its status is $status, what it said is in $host/out and err.
loader() { # [ARG]...
    status=0
    (cd "$scratch" && as_user ./load_kp_bpf "$@") >"$host/out" 2>"$host/err" || status=$?
}

said() { # WHAT it printed where it should not have, or what it did not
    echo "not ok - $name: status $status, $1: $(head -n 1 "$host/err")"
}

# One run: the status, all of stderr, and an empty stdout.
answers() { # NAME STATUS STDERR [ARG]...
    name=$1 wanted=$2
    printf '%b' "$3" >"$host/wanted"
    shift 3
    loader "$@"
    if [ "$status" -ne "$wanted" ]; then
        said "not $wanted"
    elif ! cmp -s "$host/err" "$host/wanted"; then
        said "other words than '$(head -n 1 "$host/wanted")'"
    elif [ -s "$host/out" ]; then
        said "something on stdout"
    else
        echo "ok - $name"
    fi
}

usage_error() { # NAME REASON [ARG]...
    name=$1 reason=$2
    shift 2
    answers "$name" 2 "load_kp_bpf: $reason\nload_kp_bpf: hint: see load_kp_bpf --help\n" "$@"
}

prints() { # NAME FIRST_LINE ARG
    name=$1
    loader "$3"
    if [ "$status" -ne 0 ] || [ -s "$host/err" ]; then
        said "or something on stderr"
    elif [ "$(head -n 1 "$host/out")" != "$2" ]; then
        said "stdout starts with '$(head -n 1 "$host/out")'"
    else
        echo "ok - $name"
    fi
}

# The refusals of the ELF cases, each by the real binary: words and status.
refuses_bad_objects() {
    nr=0 failed=0
    while read -r file wanted name; do
        nr=$((nr + 1))
        loader --check "$file"
        [ "$status" -eq "$wanted" ] && [ ! -s "$host/out" ] &&
            cmp -s "$host/err" "$scratch/$file.stderr" && continue
        failed=$((failed + 1))
        echo "# $name: status $status, not $wanted: $(head -n 1 "$host/err")"
    done <"$scratch/index"
    name="the binary refuses each bad object with its sentence"
    if [ "$failed" -eq 0 ] && [ "$nr" -gt 0 ]; then
        echo "ok - $name, $nr objects"
    else
        echo "not ok - $name: $failed of $nr"
    fi
}

# Good ones come as far as the kernel, which refuses us (1) or has no bpf() (4).
takes_good_objects() {
    nr=0 failed=0
    for file in "$scratch"/good*.o; do
        nr=$((nr + 1))
        loader --check "${file##*/}"
        [ "$status" -eq 1 ] || [ "$status" -eq 4 ] ||
            { [ "$status" -eq 3 ] && grep -q 'is not for tracing; what loads it is: ' "$host/err"; } || {
            failed=$((failed + 1))
            echo "# ${file##*/}: status $status: $(head -n 1 "$host/err")"
        }
    done
    name="the binary takes each good object to the kernel, or names its own tool"
    if [ "$failed" -eq 0 ] && [ "$nr" -gt 1 ]; then
        echo "ok - $name, $nr objects"
    else
        echo "not ok - $name: $failed of $nr"
    fi
}

# What an object holds, for machines: JSON, as anybody, silently.
lists_objects() {
    nr=0 failed=0
    for file in "$scratch"/good*.o "$scratch"/mixed.o; do
        [ -e "$file" ] || continue
        nr=$((nr + 1))
        for style in --list --json; do
            loader $style "${file##*/}"
            [ "$status" -eq 0 ] && [ ! -s "$host/err" ] && [ -s "$host/out" ] && continue
            failed=$((failed + 1))
            echo "# $style ${file##*/}: status $status: $(head -n 1 "$host/err")"
        done
        python3 -m json.tool "$host/out" >"$host/log" 2>&1 && continue
        failed=$((failed + 1))
        echo "# ${file##*/}: no JSON: $(head -n 1 "$host/log")"
    done
    name="--list and --json of each good object"
    if [ "$failed" -eq 0 ] && [ "$nr" -gt 1 ]; then
        echo "ok - $name, $nr objects"
    else
        echo "not ok - $name: $failed of $nr"
    fi
}

# The whole text of one with something of everything; numbers of instructions
# and the order of symbols are the compiler's.
lists_mixed() {
    name="--list of programs, maps, globals and relocations"
    loader --list mixed.o
    if [ "$status" -ne 0 ]; then
        said "not 0"
    elif sed 's/instructions [0-9]*/instructions N/' "$host/out" | LC_ALL=C sort |
        diff -u tests/progs/mixed.list - >"$host/log"; then
        echo "ok - $name"
    else
        echo "not ok - $name: other lines"
        sed 's/^/# /' "$host/log"
    fi
}

# The file has no bytes of it: memory is made for all of its section.
sets_mixed() {
    name="--set of a variable beside a large one"
    loader --set seen=5 --list mixed.o
    if [ "$status" -ne 0 ]; then
        said "not 0"
    elif grep -qx 'global *seen *section .bss, type __u64, value 5' "$host/out"; then
        echo "ok - $name"
    else
        said "another value"
    fi
}

check_lists() {
    has clang && clang -g -O2 -mcpu=v2 -target bpf -c tests/progs/mixed.c -o "$scratch/mixed.o"
    if has python3; then lists_objects; else echo "skip - --json is JSON: there is no python3"; fi
    if [ -e "$scratch/mixed.o" ]; then
        lists_mixed
        sets_mixed
    else
        echo "skip - --list: there is no clang"
    fi
}

check_binary() {
    if [ "$(id -u)" -eq 0 ] && ! has setpriv; then
        echo "skip - the binary without privilege: there is no setpriv"
        return
    fi
    # Where anybody may look, which the tree may not be.
    scratch=$(mktemp -d)
    chmod 755 "$scratch"
    cp "$host/tree-$CC/load_kp_bpf" "$scratch"
    "$host/elf_cases-$CC" write "$scratch"

    refuses_bad_objects
    takes_good_objects
    check_lists

    kind='expected a 64-bit .*-endian ELF relocatable for eBPF'
    kind=$(sed -n "s/.* is empty, \($kind\)$/\1/p" "$scratch"/bad*.stderr)
    mkdir "$scratch/folder"
    mkfifo "$scratch/fifo"
    truncate -s 67108865 "$scratch/large.o"
    cp "$scratch/good000.o" "$scratch/secret.o"
    chmod 0 "$scratch/secret.o"
    printf 'text' >"$scratch/two
lines"
    answers "an object that is not there" 1 \
        "load_kp_bpf: none.o: cannot be opened: No such file or directory\n" none.o vfs_read
    answers "an object that may not be read" 1 \
        "load_kp_bpf: secret.o: cannot be opened: Permission denied\n" secret.o vfs_read
    answers "an object with an empty name" 1 \
        "load_kp_bpf: : cannot be opened: No such file or directory\n" '' vfs_read
    answers "a folder" 3 "load_kp_bpf: folder: is a directory, $kind\n" folder vfs_read
    answers "a FIFO that nobody writes to" 3 "load_kp_bpf: fifo: is a FIFO, $kind\n" fifo vfs_read
    answers "a device" 3 "load_kp_bpf: /dev/null: is a device, $kind\n" /dev/null vfs_read
    answers "a file of 64 MiB and a byte" 3 \
        "load_kp_bpf: large.o: has 67108865 bytes, at most 67108864\n" large.o vfs_read
    answers "an object with two lines in its name" 3 \
        "load_kp_bpf: two\\\\x0alines: is text, $kind\nload_kp_bpf: hint: compile it with: clang -O2 -target bpf -c PROGRAM.c -o PROGRAM.o\n" \
        "two
lines" vfs_read

    usage_error "no arguments" "expected OBJECT"
    answers "no function" 2 \
        "load_kp_bpf: good000.o: expected FUNCTION, the kernel function to probe: section 'prog' names none\n" good000.o
    usage_error "an unknown option" "unknown option '--what'" --what good000.o vfs_read
    usage_error "a bad function" "function 'a b': character ' ' in a name" good000.o 'a b'
    usage_error "a list of a function" "--list and --json take OBJECT only, not 'vfs_read'" --json good000.o vfs_read
    usage_error "a bad mechanism" "--attach='usb': expected auto, perf or tracefs" --attach=usb good000.o vfs_read
    prints "--help" 'usage: load_kp_bpf [options] OBJECT [FUNCTION[+OFFSET]]...' --help
    prints "-h" 'usage: load_kp_bpf [options] OBJECT [FUNCTION[+OFFSET]]...' -h
    version=$(sed -n 's/^VERSION *= *//p' Makefile)
    prints "--version" "load_kp_bpf $version" --version
    prints "-V" "load_kp_bpf $version" -V

    # Closed descriptors change nothing: neither what is said where, nor the status.
    for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&-' '0<&- 1>&- 2>&-'; do
        name="descriptors closed: $closed"
        status=0
        (cd "$scratch" && eval "as_user ./load_kp_bpf --check folder $closed") \
            2>"$host/err" >"$host/out" || status=$?
        if [ "$status" -ne 3 ]; then
            said "not 3"
        elif [ -s "$host/out" ] || [ -n "$(find "$scratch/folder" -type f)" ]; then
            said "something was written"
        else
            echo "ok - $name"
        fi
    done
    rm -rf "$scratch"
}

# --- everything ---------------------------------------------------------------

all() {
    attempt "layers" scripts/layers.sh
    attempt "every number of ours is compared" abi_is_complete
    for compiler in gcc clang; do
        if has "$compiler"; then
            attempt "our numbers and structs are the system's ($compiler)" abi_agrees "$compiler"
        else
            echo "skip - our numbers and structs are the system's: there is no $compiler"
        fi
    done
    run_cases unit
    run_cases elf_cases
    if "$CC" -DBARE -E -o /dev/null bare.h 2>/dev/null; then
        run_cases bare -DBARE -static -nostdlib -fno-pie -fno-builtin -fno-stack-protector
    else
        echo "skip - bare: bare.h lacks this machine"
    fi
    for compiler in gcc clang; do
        run_sanitized "$compiler" unit
        run_sanitized "$compiler" elf_cases
    done
    for compiler in $(echo "$CC" cc gcc clang musl-gcc | tr ' ' '\n' | awk '!seen[$0]++'); do
        check_build "$compiler"
        check_build "$compiler" hosted
    done
    check_binary
    : >"$host/complete"
}

mkdir -p "$host"
rm -f "$host/complete"
all | tee "$host/lines"
# What ends this script before its last case is a failure as well.
[ -e "$host/complete" ] || echo 'not ok - check_host.sh broke off' | tee -a "$host/lines"

count() {
    grep -c "^$1 - " "$host/lines" || true
}
failed=$(count 'not ok')
echo "$(count ok) passed, $failed failed, $(count skip) skipped"
[ "$failed" -eq 0 ]
