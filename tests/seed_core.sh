#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# seed_core.sh DIR: inputs for fuzz_core: the objects of tests/core and their
# made-up target; of each, some relocations at a time.
set -eu
cd "${0%/*}/.."

$TEST_CC -std=gnu11 -D_GNU_SOURCE -I. -x c - -o "$1/write" <<'END'
/* write OBJECT TARGET FIRST: those relocations that are FIRST and next. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/btf_image.h"

#define NR 8

static uint8_t memory[65536];
static struct btf_image image;
static struct why why;

static struct view file(const char *path)
{
	FILE *stream = fopen(path, "rb");
	uint8_t *bytes = malloc(1 << 20);

	return (struct view){ bytes, stream && bytes ? fread(bytes, 1, 1 << 20, stream) : 0 };
}

static struct view section(struct view bytes, const char *name)
{
	struct elf_section found;
	struct elf elf;

	if (elf_open(bytes, &elf, &why))
		exit(1);
	for (uint32_t i = 1; elf_section_get(&elf, i, &found); i++)
		if (strcmp(found.name, name) == 0)
			return found.data;
	exit(1);
}

int main(int argc, char **argv)
{
	struct view object = file(argv[1]), target = file(argv[2]), parts[5] = { 0 }, insns;
	struct arena arena = { memory, sizeof(memory), 0 };
	struct { uint32_t off, type, access, kind; } records[NR];
	uint64_t insn[2 * NR], off = 0;
	struct btf_ext_section found;
	struct btf local, kernel;
	struct btf_ext ext;
	int nr = 0, skip;

	(void)argc;
	parts[0] = section(object, ".BTF");
	parts[1] = section(target, ".BTF");
	if (btf_open(parts[0], NULL, &arena, &local, &why) || btf_check(&local, &why) ||
	    btf_open(parts[1], NULL, &arena, &kernel, &why) ||
	    btf_ext_open(section(object, ".BTF.ext"), &local, &ext, &why))
		return 1;
	btf_image_start(&image, &kernel);
	btf_image_type(&image, BTF_KIND_STRUCT, "unknown", 1, 8);
	btf_image_member(&image, "field", 1, 0);
	parts[2] = btf_image_view(&image);
	skip = atoi(argv[3]);
	while (btf_ext_section_next(&ext, BTF_EXT_CORE_RELO, &off, &found)) {
		insns = section(object, found.section);
		for (uint32_t i = 0; nr < NR && btf_ext_record_get(&found, i, &records[nr], 16); i++) {
			if (skip-- > 0)
				continue;
			memset(&insn[2 * nr], 0, 16);
			memcpy(&insn[2 * nr], insns.data + records[nr].off,
			       insns.data[records[nr].off] == 0x18 ? 16 : 8);
			records[nr].off = 2 * (uint32_t)nr;
			nr++;
		}
	}
	parts[3] = (struct view){ (uint8_t *)records, 16 * (uint64_t)nr };
	parts[4] = (struct view){ (uint8_t *)insn, 16 * (uint64_t)nr };
	for (int i = 0; i < 4; i++)
		fwrite(&(uint16_t){ (uint16_t)parts[i].size }, sizeof(uint16_t), 1, stdout);
	for (int i = 0; i < 5; i++)
		fwrite(parts[i].data, 1, parts[i].size, stdout);
	return nr == 0;
}
END
$BPF_CC -g -c tests/core/target.c -o "$1/target.o"
for name in fields sizes types twins; do
    $BPF_CC -g -Wno-pointer-to-int-cast -c tests/core/$name.c -o "$1/$name.o"
    for first in 0 8 16 32 48 64 96 128 160 192 224 256 288; do
        $TEST_RUN "$1/write" "$1/$name.o" "$1/target.o" $first >"$1/$name$first" || rm "$1/$name$first"
    done
    rm "$1/$name.o"
done
rm "$1/write" "$1/target.o"
