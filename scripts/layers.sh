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

# FILE: what it may include. Attaching knows no ELF; what is pure knows no kernel.
table='
text.h:
elf64.h: text.h
object.h: elf64.h
bpf_sys.h:
fs.h: bpf_sys.h text.h
kernel.h: bpf_sys.h elf64.h fs.h object.h text.h
symbols.h: fs.h text.h
attach.h: bpf_sys.h fs.h kernel.h symbols.h text.h
loader.c: bpf_sys.h elf64.h fs.h kernel.h object.h symbols.h attach.h text.h
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

# Pure: what the object parser needs of the C library is its memory and string functions.
object=$(mktemp)
trap 'rm -f "$object"' EXIT
# shellcheck disable=SC2086 # words
$CC $flags -Os -fno-stack-protector -c -x c - -o "$object" <<'END'
#include "object.h"
int parse(struct view, struct elf *, struct arena *, struct object *, struct why *);
int parse(struct view file, struct elf *elf, struct arena *arena, struct object *out, struct why *why)
{
	int err = elf_open(file, elf, why);

	return err ? err : object_parse(elf, arena, out, why);
}
END
needed=$(nm -u "$object" | sed 's/^ *U //' | grep -vE '^(mem|str)[a-z]+$|^bcmp$|^_GLOBAL_OFFSET_TABLE_$' || true)
[ -z "$needed" ] || breach "the object parser is not pure, it calls" "$needed"

exit $status
