#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# check_corpus.sh [-o TEXT] [-l] [SUITE]...: load the corpus, eBPF objects that
# others wrote (tests/corpus/build.sh says which), with libbpf and with the loader
# on each of these kernels (bullseye bookworm newest), print a table of what each
# loaded and attached, and every object on which they disagree, with both reasons.
#
#   -o TEXT  only the objects with TEXT in their name
#   -l       libbpf only
#
# Fails where libbpf loads an object or attaches a program and the loader does not
# (but for those in tests/corpus/exceptions), where the loader leaves anything
# behind that libbpf does not leave, and where it takes an object that is not for
# tracing or does not name what it refuses there.
#
# What libbpf did is kept in $OUT/corpus/libbpf, so that a second run is shorter;
# the raw records of the loader are in $OUT/corpus/ours.
set -eu
here=${0%/*}
OUT=${OUT:-build}
# shellcheck source=scripts/debian.sh
. "$here/debian.sh"

only='' libbpf_only=''
while getopts o:l option; do
    case $option in
    o) only=$OPTARG ;;
    l) libbpf_only=yes ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- bullseye bookworm newest

source=$here/../tests/corpus
corpus=$OUT/corpus
work=$(mktemp -d "${TMPDIR:-/tmp}/corpus.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# ---- The contestants ----

build_libbpf_loader() {
    sysroot=$(debian_libbpf amd64)
    libraries=$sysroot/usr/lib/x86_64-linux-gnu
    libbpf_loader=$corpus/bin/libbpf_loader
    [ -n "$(find "$libbpf_loader" -newer "$source/libbpf_loader.c" 2>/dev/null)" ] ||
        # (A compiler may find its own C library before that of --sysroot.)
        cc --sysroot="$sysroot" -B"$libraries" -L"$libraries" -O2 -Wall -Wextra -static -s \
            "$source/libbpf_loader.c" -lbpf -lelf -lz -lzstd -o "$libbpf_loader"
}

# ---- The boots ----

# Boots until every line of the list "WHO OBJECT OPTION..." has its records in the
# file, for as many objects at a time as the guest has memory for. A guest that dies
# is started again behind the object that it died of.
run_todo() { # SUITE LIST RECORDS
    fruitless=0
    touch "$3"
    while :; do
        awk -v FS='[\t ]' -v at_once=500 'FILENAME == ARGV[1] { if ($3 == "done") done[$1, $2]; next }
            !(($1, $2) in done) && nr++ < at_once' "$3" "$2" >"$work/todo"
        [ -s "$work/todo" ] || return 0
        cut -d ' ' -f 2 "$work/todo" >"$work/names"
        tar -cf "$work/todo.tar" -C "$work" todo -C "$(cd "$corpus/all" && pwd)" -T "$work/names"
        # bpftool is there for its libraries, in which uprobes are set, and the kernel's
        # configuration, which the newest packages lack, for externs in .kconfig.
        config=$(find "$kernel" -path '*/boot/config-*')
        # shellcheck disable=SC2086 # two words, or none
        "$here/vm.sh" -s "$1" -m 1536 -t 5400 -T bpftool -f "$OUT/tests/hit:bin/hit" \
            ${config:+-f $config:boot/${config##*/}} \
            -f "$corpus/bin/libbpf_loader:bin/libbpf_loader" \
            -f "$source/guest.sh:bin/corpus.sh" -f "$work/todo.tar:corpus/todo.tar" \
            "$here/guest/mounted.sh" sh /bin/corpus.sh >"$work/console" 2>&1 || :
        # (What the loaded programs print, or the kernel, may stand between.)
        grep -a -E '^(libbpf|ours)	' "$work/console" >"$work/records" || :
        cat "$work/records" >>"$3"
        # shellcheck disable=SC2016 # awk's
        killer=$(awk -v FS='[\t ]' 'FILENAME == ARGV[1] { if ($3 == "done") done[$1, $2]; next }
            !(($1, $2) in done) { print $1 "\t" $2; exit }' "$3" "$work/todo")
        [ -n "$killer" ] || continue
        printf '%s\t-\tdied\t%s\n%s\tdone\n' "$killer" "$(tail -n 1 "$work/console" | tr '\t' ' ')" \
            "$killer" >>"$3"
        debian_say "$1: the guest died: $killer"
        # (That was not the object's fault.)
        if [ -s "$work/records" ]; then fruitless=0; else fruitless=$((fruitless + 1)); fi
        [ $fruitless -lt 3 ] || { cat "$work/console" >&2; return 1; }
    done
}

# What libbpf attaches only some programs of, we are told to do so too.
list_ours() { # RECORDS OBJECTS
    awk -F '\t' 'FILENAME == ARGV[1] { if ($4 == "failed" || $4 == "idle") some[$2]; next }
        { print "ours " $1 ($1 in some ? " --keep-going" : "") }' "$1" "$2"
}

# In a folder of its own: the table, its row for the summary, and the status.
check_suite() { # SUITE
    lists=$work
    work=$work/$1
    mkdir "$work"
    kernel=$("$here/kernel.sh" "$1" amd64)
    reference=$corpus/libbpf/${kernel##*/}
    mkdir -p "$corpus/libbpf" "$corpus/ours"
    # Another libbpf_loader may say something else.
    [ -n "$(find "$reference" -newer "$corpus/bin/libbpf_loader" 2>/dev/null)" ] || rm -f "$reference"
    sed 's/^/libbpf /' "$lists/objects" >"$work/list"
    run_todo "$1" "$work/list" "$reference"
    ours=$corpus/ours/${kernel##*/}
    rm -f "$ours"
    touch "$ours"
    if [ -z "$libbpf_only" ]; then
        list_ours "$reference" "$lists/objects" >"$work/list"
        [ "$1" != bookworm ] || sed 's/^/ours /' "$lists/others" >>"$work/list"
        run_todo "$1" "$work/list" "$ours"
    fi
    status=0
    awk -v kernel="${kernel##*/linux-}" -v objects="$lists/objects" -v others="$lists/others" \
        -v exceptions="$source/exceptions" -v libbpf_only="$libbpf_only" -v rows="$work/rows" \
        -f "$source/table.awk" "$reference" "$ours" >"$work/table" || status=1
    echo $status >"$work/status"
}

# The kernels are dealt to as many lanes as there are CPUs: a guest has one.
check_lane() { # LANE LANES SUITE...
    lane=$1 lanes=$2 nr=0
    shift 2
    for suite; do
        if [ $((nr % lanes)) -eq "$lane" ]; then (check_suite "$suite"); fi
        nr=$((nr + 1))
    done
}

# How many there are, and what their compilers refused.
report_corpus() {
    echo "$(wc -l <"$corpus/objects") objects, $(wc -l <"$corpus/tracing.list") of them for tracing;" \
        "not compiled: $(find "$corpus/all" -name '*.failed' | wc -l)"
    for failed in "$corpus"/all/*.failed; do
        [ ! -e "$failed" ] || {
            set=${failed##*/}
            reason=$(grep -m 1 -E 'error|not found' "$failed" | sed 's/.*error: //; s/ in function.*//')
            echo "${set%%-*}: $reason"
        }
    done | sort | uniq -c | sort -rn
}

"$here/deps.sh" build vm guest corpus
mkdir -p "$corpus"
if [ -z "${LOADER:-}" ]; then
    make -s -C "$here/.." BIN="$(cd "$corpus" && pwd)/load_kp_bpf"
    export LOADER="$corpus/load_kp_bpf"
fi
"$source/build.sh"
"$here/../tests/build.sh"
build_libbpf_loader
cut -f 1 "$corpus/tracing.list" | grep -F -e "$only" >"$work/objects" || :
cut -f 1 "$corpus/others" | grep -F -e "$only" >"$work/others" || :

report_corpus
lanes=$(nproc)
lane=0
while [ $lane -lt "$lanes" ]; do
    check_lane $lane "$lanes" "$@" &
    lane=$((lane + 1))
done
wait
failed=0
for suite; do
    cat "$work/$suite/table"
    [ "$(cat "$work/$suite/status")" = 0 ] || failed=1
done
echo
{
    printf 'kernel\tobjects\tlibbpf\tours\tboth\tprograms: libbpf\tours\tboth\t'
    printf 'others refused\texcepted\tnot ok\n'
    for suite; do cat "$work/$suite/rows"; done
} | awk -F '\t' '{
    printf "%-30s", $1
    for (i = 2; i <= NF; i++)
        printf "  %*s", i == 6 ? 16 : i == 9 ? 14 : 8, $i
    print ""
}'
exit $failed
