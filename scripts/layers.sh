#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# layers.sh: hold the loader's files to the table of who may include whom, and
# to what each layer promises. Prints each breach; the status is 0 without one.
set -eu
cd "${0%/*}/.."
CC=${CC:-cc}
flags='-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Wshadow -Wvla -Werror -I.'
status=0

breach() {
    echo "layers: $*"
    status=1
}

# FILE: what it may include. Attaching knows no object; what is pure knows no kernel.
table='
text.h:
elf64.h: text.h
btf.h: elf64.h
btf_value.h: btf.h
insn.h:
core.h: btf.h insn.h
inflate.h: text.h
kconfig.h: btf.h
btf_fit.h: btf.h
kinds.h: text.h
mapdef.h: elf64.h btf.h
object.h: elf64.h btf.h insn.h kinds.h mapdef.h
globals.h: btf_value.h object.h
code.h: object.h
fold.h: object.h
list.h: core.h globals.h code.h
bare.h:
bpf_sys.h: bare.h
fs.h: text.h bpf_sys.h
kernel.h: elf64.h insn.h kinds.h bpf_sys.h fs.h
symbols.h: text.h fs.h
kbtf.h: elf64.h btf.h bpf_sys.h fs.h kernel.h
config.h: insn.h inflate.h kconfig.h bpf_sys.h fs.h kernel.h
tracefs.h: text.h bpf_sys.h fs.h
probe.h: text.h insn.h kinds.h bpf_sys.h fs.h kernel.h tracefs.h
kprobe.h: text.h bpf_sys.h fs.h kernel.h symbols.h probe.h
uprobe.h: text.h elf64.h kinds.h bpf_sys.h kernel.h probe.h
functions.h: text.h kinds.h bpf_sys.h fs.h symbols.h probe.h
multi.h: text.h kinds.h bpf_sys.h symbols.h probe.h kprobe.h functions.h
trace.h: text.h kinds.h bpf_sys.h fs.h kernel.h probe.h
attach.h: text.h kinds.h probe.h kprobe.h uprobe.h multi.h trace.h
externs.h: btf_value.h core.h object.h symbols.h kbtf.h
adapt.h: core.h object.h symbols.h kbtf.h config.h kprobe.h externs.h
maps.h: mapdef.h bpf_sys.h fs.h kernel.h
load_btf.h: btf_fit.h bpf_sys.h kernel.h
jumps.h: code.h bpf_sys.h kernel.h
load.h: core.h object.h code.h bpf_sys.h kernel.h maps.h
programs.h: object.h code.h jumps.h symbols.h kbtf.h load_btf.h load.h
file.h: text.h elf64.h bpf_sys.h
options.h: text.h kinds.h probe.h kprobe.h programs.h
loader.c: text.h elf64.h object.h globals.h fold.h list.h bpf_sys.h kernel.h attach.h adapt.h maps.h programs.h file.h options.h
'
for file in *.h *.c; do
    may=$(echo "$table" | sed -n "s/^$file://p")
    echo "$table" | grep -q "^$file:" || breach "$file is not in the table"
    # shellcheck disable=SC2013 # words
    for included in $(sed -n 's/^#[ ]*include "\(.*\)"/\1/p' "$file"); do
        case " $may " in
        *" $included "*) ;;
        *) breach "$file may not include $included" ;;
        esac
    done
done

# No header of the kernel's, neither by name nor through a C library that needs none.
! grep -nE '^#[ ]*include <(linux/|asm/|asm-generic/|elf\.h|sys/auxv\.h)' ./*.h ./*.c ||
    breach "a header that needs the kernel's"
if command -v musl-gcc >/dev/null; then
    # shellcheck disable=SC2086 # words
    ! musl-gcc $flags -M loader.c | grep -E '/(linux|asm|asm-generic)/|/elf\.h' ||
        breach "a header that needs the kernel's, through another one"
fi

# Only loader.c prints.
! grep -nE 'STD(IN|OUT|ERR)_FILENO|\<(stdout|stderr)\>|\<(v?f?printf|puts|perror) *[(]' ./*.h ||
    breach "a header prints"

for header in *.h; do
    # shellcheck disable=SC2086 # words
    printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
        $CC $flags -fsyntax-only -x c - || breach "$header does not compile alone"
done

# Pure: what they need of the C library is its memory and string functions.
object=$(mktemp)
trap 'rm -f "$object"' EXIT
# shellcheck disable=SC2086 # words
$CC $flags -Os -fno-stack-protector -c -x c - -o "$object" <<'END'
#include "btf_fit.h"
#include "inflate.h"
#include "kconfig.h"
#include "object.h"
int unpack(struct inflate *, struct why *);
int unpack(struct inflate *inflate, struct why *why)
{
	return inflate_gzip(inflate, why);
}
int fill(struct kconfig *, const struct btf *, struct kconfig_extern *, struct view, struct why *);
int fill(struct kconfig *kconfig, const struct btf *btf, struct kconfig_extern *externs,
	 struct view text, struct why *why)
{
	return kconfig_open(kconfig, btf, externs, 1, why) ||
	       kconfig_set_fact(kconfig, KCONFIG_KERNEL_VERSION, 0, why) ||
	       kconfig_add(kconfig, text.data, text.size, why) || kconfig_close(kconfig, why);
}
int fit(const struct btf *, const struct elf *, uint32_t, struct arena *, struct view *);
int fit(const struct btf *btf, const struct elf *elf, uint32_t known, struct arena *arena,
	struct view *out)
{
	return btf_fit(btf, elf, known, arena, out);
}
int parse(struct view, struct elf *, struct arena *, struct object *, struct why *);
int parse(struct view file, struct elf *elf, struct arena *arena, struct object *out, struct why *why)
{
	int err = elf_open(file, elf, why);

	return err ? err : object_parse(elf, arena, out, why);
}
END
needed=$(nm -u "$object" | sed 's/^ *U //' | grep -vE '^(mem|str)[a-z]+$|^bcmp$|^_GLOBAL_OFFSET_TABLE_$' || true)
[ -z "$needed" ] || breach "what should be pure is not, it calls" "$needed"

exit $status
