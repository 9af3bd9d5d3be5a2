#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# core_compare.sh [-s SUITE]... [BTF]...: relocate the objects of tests/core by
# libbpf and by core.h, and compare each instruction; compiled by every clang
# there is. The targets are types made up for it; each BTF, a kernel's, or else
# this machine's; and in a VM Debian SUITE's kernel with its modules. OBJECTS may
# name more objects, for the kernels. Needs root: libbpf loads what it relocates.
set -eu
cd "${0%/*}/.."
OUT=${OUT:-build}
out=$OUT/core
suites='' failed=0 passed=0 skipped=0

while getopts s: option; do
    case $option in
    s) suites="$suites $OPTARG" ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || [ -n "$suites" ] || set -- /sys/kernel/btf/vmlinux

scripts/deps.sh build examples bench
[ -z "$suites" ] || make -s
rm -rf "$out"
mkdir -p "$out"
"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Wshadow -O2 -static \
    tests/core_compare.c -lbpf -lelf -lz -o "$out/core_compare"

compile() { # CLANG NAME SOURCE [FLAG]
    "$1" -g -O2 -Wall -Wno-pointer-to-int-cast -target bpf ${4:+"$4"} -c "tests/core/$3.c" -o "$out/$2"
}

compare() { # OBJECT BTF
    status=0
    "$out/core_compare" "$@" || status=$?
    case $status in
    0) passed=$((passed + 1)) ;;
    3) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
}

cases=$(sed -n 's/^#define CASES //p' tests/core/refused.c)
for clang in $(find /usr/bin -name 'clang-[0-9]*' | sed 's,.*/,,' | sort -V); do
    compile "$clang" "$clang.target.o" target
    llvm-objcopy --dump-section .BTF="$out/$clang.target" "$out/$clang.target.o" "$out/$clang.target.o"
    for name in fields sizes types twins; do
        compile "$clang" "$clang.$name.o" $name
        compare "$out/$clang.$name.o" "$out/$clang.target"
    done
    number=1
    while [ $number -le "$cases" ]; do
        compile "$clang" "$clang.refused$number.o" refused -DCASE=$number
        compare "$out/$clang.refused$number.o" "$out/$clang.target"
        number=$((number + 1))
    done
    compile "$clang" "$clang.kernel.o" kernel
    OBJECTS="${OBJECTS:-} $out/$clang.kernel.o"
done

for btf; do
    for object in $OBJECTS; do
        compare "$object" "$btf"
    done
done

# In the guest: its own kernel's BTF, with and without that of modules.
cat >"$out/guest.sh" <<'END'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in /modules/*; do insmod "$module"; done
cd /objects
status=0
for object in *; do
    /core_compare "$object" /sys/kernel/btf/vmlinux || status=1
    modules=$(find /sys/kernel/btf -type f ! -name vmlinux)
    # shellcheck disable=SC2086 # words
    /core_compare "$object" /sys/kernel/btf/vmlinux $modules || status=1
done
exit $status
END
for suite in $suites; do
    set -- -s "$suite" -M nf_conntrack -f "$out/core_compare:/core_compare"
    for object in $OBJECTS; do
        set -- "$@" -f "$object:/objects/${object##*/}"
    done
    if scripts/vm.sh "$@" "$out/guest.sh"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
