#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# seed_btf.sh DIR: an input for fuzz_btf: what the compiler says about a program
# with types of most kinds, split BTF on top of it, and the bytes of a value.
set -eu
cd "${0%/*}/.."

$BPF_CC -g -x c -c - -o "$1/program.o" <<'END'
#define SECTION(name) __attribute__((section(name), used))
#define RELOCATED __attribute__((preserve_access_index))
struct inner { long pid; struct inner *parent; unsigned flags : 3; } RELOCATED;
struct outer___new { struct inner inner[2]; union { int a; char b; }; } RELOCATED;
typedef enum { FIRST = 1, LAST = -1 } number_t;
const volatile number_t setting = LAST;
const char title[8] = "hello";
double real;
struct opaque *hidden;
struct { int (*type)[1]; const int *restrict key; struct outer___new *value; } map SECTION(".maps");
extern int function(int, ...) SECTION(".ksyms");
static __attribute__((noinline)) long below(struct inner *inner)
{
	return __builtin_preserve_field_info(inner->flags, 2) + inner->parent->pid;
}
SECTION("kprobe/x") long probe(struct outer___new *outer)
{
	return below(&outer->inner[1]) + outer->a + setting + title[outer->b & 7] + function(3);
}
char licence[] SECTION("license") = "GPL";
END

$TEST_CC -std=gnu11 -D_GNU_SOURCE -I. -x c - -o "$1/write" <<'END'
#include <stdio.h>

#include "tests/btf_image.h"

static uint8_t file[65536], memory[4096];
static struct btf_image image;
static struct why why;

static struct view section(const struct elf *elf, const char *name)
{
	struct elf_section found;

	for (uint32_t i = 1; elf_section_get(elf, i, &found); i++)
		if (strcmp(found.name, name) == 0)
			return found.data;
	return (struct view){ 0 };
}

int main(void)
{
	struct view bytes = { file, fread(file, 1, sizeof(file), stdin) }, parts[3];
	struct arena arena = { memory, sizeof(memory), 0 };
	struct elf elf;
	struct btf btf;

	if (elf_open(bytes, &elf, &why) ||
	    btf_open(section(&elf, ".BTF"), NULL, &arena, &btf, &why)) {
		fprintf(stderr, "seed_btf: %s\n", why.reason.data);
		return 1;
	}
	btf_image_start(&image, &btf);
	btf_image_type(&image, BTF_KIND_STRUCT, "split", 1, 8);
	btf_image_member(&image, "own", 1, 0);
	parts[0] = section(&elf, ".BTF");
	parts[1] = btf_image_view(&image);
	parts[2] = section(&elf, ".BTF.ext");
	for (int i = 0; i < 3; i++)
		fwrite(&(uint16_t){ (uint16_t)parts[i].size }, sizeof(uint16_t), 1, stdout);
	for (int i = 0; i < 3; i++)
		fwrite(parts[i].data, 1, parts[i].size, stdout);
	return fwrite(file, 1, 64, stdout) != 64;
}
END
$TEST_RUN "$1/write" <"$1/program.o" >"$1/program"
rm "$1/write" "$1/program.o"
