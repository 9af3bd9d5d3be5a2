#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# vm.sh [options] SCRIPT [ARG]...: boot a Debian kernel in QEMU, run SCRIPT there
# with busybox, and exit with its status. The guest has the static loader, a
# static busybox and what the options add; nothing is mounted, not even /proc:
# that is the script's to do.
#
#   -s SUITE       Debian suite of the kernel (bookworm)
#   -a ARCH        Debian name of the machine (amd64)
#   -F FLAVOUR     flavour of the kernel (the smallest one)
#   -m MIB         memory (512; 1024 on ppc64el)
#   -c CPUS        number of CPUs (1)
#   -k WORDS       added to the kernel's command line
#   -q WORDS       added to QEMU's command line
#   -t SECONDS     time limit (300)
#   -f FILE:PATH   put a file of the host at PATH in the guest
#   -T COMMAND     put a command of the host into the guest, with its libraries;
#                  on another machine Debian's own, which is bpftool's only
#   -M MODULE      put a kernel module, after those it depends on, into /modules;
#                  their names start with a number in the order to load them
#   -i             interactive: the console is this terminal, there is no time limit
#
# LOADER is the loader (load_kp_bpf); in the guest it is /bin/load_kp_bpf.
# Its own statuses: 124 time limit, 125 kernel panic, 126 the guest fell silent,
# 2 usage, 1 it could not be started.
set -eu
# shellcheck source=scripts/debian.sh
. "${0%/*}/debian.sh"

# bpftool and tc live in sbin, which is not on everybody's PATH.
PATH=$PATH:/usr/sbin:/sbin
loader=${LOADER:-load_kp_bpf}
suite=bookworm arch=amd64 flavour='' memory='' cpus=1 cmdline='' qemu='' limit=300 interactive=''
files='' tools='' modules=''
while getopts s:a:F:m:c:k:q:t:f:T:M:i option; do
    case $option in
    s) suite=$OPTARG ;;
    a) arch=$OPTARG ;;
    F) flavour=$OPTARG ;;
    m) memory=$OPTARG ;;
    c) cpus=$OPTARG ;;
    k) cmdline=$OPTARG ;;
    q) qemu=$OPTARG ;;
    t) limit=$OPTARG ;;
    f) files="$files $OPTARG" ;;
    T) tools="$tools $OPTARG" ;;
    M) modules="$modules $OPTARG" ;;
    i) interactive=yes ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { debian_say "which script shall the guest run?"; exit 2; }

# One row per machine: emulator, its machine and CPU, console.
case $arch in
amd64)
    # Without cx16: QEMU's cmpxchg16b is wrong under TCG, and newer guests die of it.
    set -- "$@" -- qemu-system-x86_64 -cpu max,-cx16
    console=ttyS0
    ;;
arm64)
    # max has pages of 16 KiB; real pointer authentication makes TCG crawl.
    set -- "$@" -- qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on
    console=ttyAMA0
    ;;
armhf)
    set -- "$@" -- qemu-system-arm -M virt -cpu cortex-a15
    console=ttyAMA0
    ;;
ppc64el)
    # Pages of 64 KiB, and firmware that wants its share, take more memory. The
    # capabilities are those that TCG does not have.
    set -- "$@" -- qemu-system-ppc64 -cpu power9 -nodefaults \
        -M pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off
    console=hvc0
    memory=${memory:-1024}
    ;;
riscv64)
    set -- "$@" -- qemu-system-riscv64 -M virt
    console=ttyS0
    ;;
s390x)
    set -- "$@" -- qemu-system-s390x -M s390-ccw-virtio -cpu max
    console=ttysclp0
    ;;
*)
    debian_say "no emulator is known for '$arch'"
    exit 2
    ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/vm.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
root=$work/root
marker=vm-status-$$

put() { # FILE PATH
    mkdir -p "$root/${2%/*}"
    cp -L "$1" "$root/$2"
}

# Debian's bpftool of another machine, and what of its libraries the dynamic
# linker asks for.
put_foreign_bpftool() {
    for package in bpftool libc6 libcap2 $libelf libzstd1 zlib1g; do
        debian_unpack "$foreign_suite" "$arch" "$package"
    done >"$work/packages"
    command=$(head -n 1 "$work/packages")/usr/sbin/bpftool
    put "$command" usr/sbin/bpftool
    linker=$(readelf -l "$command" | sed -n 's/.*program interpreter: \(.*\)]/\1/p')
    # shellcheck disable=SC2046 # words
    set -- $(cat "$work/packages")
    put "$(find "$@" -name "${linker##*/}" | head -n 1)" "$linker"
    for library in libc.so.6 libcap.so.2 libelf.so.1 libzstd.so.1 libz.so.1; do
        put "$(find "$@" -name $library | head -n 1)" usr/lib/$library
    done
}

# A command keeps its name and goes to /usr/sbin, its libraries to their own paths.
put_tool() { # COMMAND
    if [ "$arch" != "$(dpkg --print-architecture)" ]; then
        [ "$1" = bpftool ] || { debian_say "no command '$1' for $arch"; return 1; }
        put_foreign_bpftool
        return
    fi
    path=$(command -v "$1") || { debian_say "no command '$1' to put into the guest"; return 1; }
    put "$path" "usr/sbin/$1"
    # (ldd fails on a static one, which needs nothing.)
    for library in $(ldd "$path" 2>/dev/null | grep -o '/[^ ]*'); do
        [ -e "$root/$library" ] || put "$library" "$library"
    done
}

put_module() { # NAME
    [ -z "$(find "$root/modules" -name "*-$1.ko")" ] || return 0
    # The kernel takes - and _ for the same in a module's name.
    packed=$(find "$kernel" -name "$(echo "$1" | sed 's/[-_]/[-_]/g').ko*")
    [ -n "$packed" ] || { debian_say "this kernel has no module '$1'"; return 1; }
    case $packed in
    *.xz) xz -dc "$packed" ;;
    *) cat "$packed" ;;
    esac >"$work/$1.ko"
    for needed in $(tr '\0' '\n' <"$work/$1.ko" | sed -n 's/^depends=//p' | tr , ' '); do
        (put_module "$needed") || return
    done
    put "$work/$1.ko" "modules/$(printf %02d "$(find "$root/modules" -type f | wc -l)")-$1.ko"
}

quote() {
    printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

[ -x "$loader" ] || { debian_say "there is no loader at $loader: run make"; exit 1; }
kernel=$("${0%/*}/kernel.sh" "$suite" "$arch" "$flavour")
# Always the same busybox, not the host's, which may be of another machine; what
# is for other machines comes from the first suite that has all of them, or from the
# one before with its kernels.
foreign_suite=trixie libelf=libelf1t64
[ "$suite" != bookworm ] || foreign_suite=bookworm libelf=libelf1
busybox_suite=bookworm
[ "$arch" = amd64 ] || busybox_suite=$foreign_suite
busybox=$(debian_unpack $busybox_suite "$arch" busybox-static)
image=$(find "$kernel" -type f -name 'vmlinu[xz]*' ! -path '*/doc/*' | head -n 1)

mkdir -p "$root/modules" "$root/tmp" "$root/root"
chmod 1777 "$root/tmp"
put "$(find "$busybox" -name busybox -type f -path '*/bin/*')" bin/busybox
put "$loader" bin/load_kp_bpf
put "$1" "guest/${1##*/}"
for file in $files; do put "${file%%:*}" "${file#*:}"; done
for tool in $tools; do put_tool "$tool"; done
for module in $modules; do put_module "$module"; done

# What stands before -- is the guest's, what comes after it is QEMU's.
script=/guest/${1##*/}
shift
arguments=
while [ "$1" != -- ]; do
    arguments="$arguments$(quote "$1")"
    shift
done
shift

# The shell's working directory and descriptors are all that the script gets.
# reboot rather than poweroff: -no-reboot ends QEMU on every machine, some of
# which cannot switch themselves off.
cat >"$root/init" <<END
#!/bin/busybox sh
/bin/busybox --install -s /bin 2>&-
export PATH=/bin:/usr/sbin HOME=/root TERM=${TERM:-dumb} $([ -z "$interactive" ] || stty size | sed 's/\(.*\) /LINES=\1 COLUMNS=/')
$([ -n "$interactive" ] || echo "echo; echo $marker begins")
sh $script $arguments
status=\$?
echo $marker \$status
reboot -f
END
chmod +x "$root/init"
mkdir -p "$root/etc"
echo 'root::0:0:root:/root:/bin/sh
nobody::65534:65534:nobody:/:/bin/sh' >"$root/etc/passwd"
echo 'root::0:
nogroup::65534:' >"$root/etc/group"
(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/initramfs"

# Two CPUs take turns in one thread: with a thread each, QEMU loses track of the
# code that kprobes patch under a running CPU, and the guest oopses.
# shellcheck disable=SC2086 # words
set -- "$@" $qemu -accel "tcg$([ "$cpus" = 1 ] || echo ,thread=single)" -smp "$cpus" \
    -m "${memory:-512}" -nic none -display none -no-reboot \
    -kernel "$image" -initrd "$work/initramfs" \
    -append "console=$console loglevel=1 panic=-1 oops=panic $cmdline"

if [ -n "$interactive" ]; then
    "$@" -serial mon:stdio
    exit
fi

# Streams the console, and keeps how it went. What firmware and kernel say at
# boot is shown when the script never begins.
watch_console() {
    verdict=boots
    : >"$work/boot"
    return_char=$(printf '\r')
    while IFS= read -r line || [ -n "$line" ]; do
        line=${line%"$return_char"}
        case $line in
        "$marker begins")
            verdict=silent
            ;;
        *"$marker "*)
            verdict=${line##* }
            line=${line%%"$marker"*}
            [ -z "$line" ] || printf '%s\n' "$line"
            ;;
        *'Kernel panic - not syncing'*)
            [ "$verdict" != boots ] || cat "$work/boot"
            verdict=panic
            printf '%s\n' "$line"
            ;;
        *) # The kernel's farewell is not the script's.
            case $verdict in
            boots) printf '%s\n' "$line" >>"$work/boot" ;;
            silent | panic) printf '%s\n' "$line" ;;
            esac
            ;;
        esac
    done
    [ "$verdict" != boots ] || cat "$work/boot"
    echo "$verdict" >"$work/verdict"
}

{
    timeout --foreground -k 5 "$limit" "$@" -serial stdio -monitor none </dev/null ||
        echo $? >"$work/failed"
} | watch_console

verdict=$(cat "$work/verdict")
if [ "$verdict" = panic ]; then
    debian_say "the guest's kernel panicked"
    exit 125
elif [ -f "$work/failed" ] && [ "$(cat "$work/failed")" -ge 124 ]; then
    debian_say "the guest was not done after $limit s"
    exit 124
elif [ "$verdict" = silent ] || [ "$verdict" = boots ]; then
    debian_say "the guest ended without a word"
    exit 126
fi
exit "$verdict"
