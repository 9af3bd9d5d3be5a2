// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz_kconfig: a configuration's text, in pieces as long as the first byte says,
 * into a variable of every type: each is filled, refused with a reason, or
 * missing, and never written past its end.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../kconfig.h"
#include "btf_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : broken(#condition))

static _Noreturn void broken(const char *condition)
{
	fprintf(stderr, "fuzz_kconfig: does not hold: %s\n", condition);
	abort();
}

#define NR_EXTERNS 8
static struct btf_image image;
static struct btf btf;
static struct kconfig_extern externs[NR_EXTERNS];

static void add(uint32_t i, const char *name, uint32_t type, uint32_t size)
{
	externs[i] = (struct kconfig_extern){
		.name = name, .type = type, .size = size, .value = malloc(size), .weak = i % 2,
	};
}

static void set_up(void)
{
	static uint64_t memory[64];
	struct arena arena = { .data = (uint8_t *)memory, .size = sizeof(memory) };
	uint32_t character;
	struct why why;

	btf_image_start(&image, NULL);
	character = btf_image_int(&image, "char", 1, BTF_INT_SIGNED, 8);
	add(0, "CONFIG_A", btf_image_int(&image, "bool", 1, BTF_INT_BOOL, 8), 1);
	add(1, "CONFIG_B", character, 1);
	add(2, "CONFIG_C", btf_image_int(&image, "u16", 2, 0, 16), 2);
	add(3, "CONFIG_D", btf_image_int(&image, "int", 4, BTF_INT_SIGNED, 32), 4);
	add(4, "CONFIG_E", btf_image_int(&image, "u64", 8, 0, 64), 8);
	add(5, "CONFIG_F", btf_image_type(&image, BTF_KIND_ENUM, "libbpf_tristate", 0, 4), 4);
	add(6, "CONFIG_G", btf_image_array(&image, character, 5), 5);
	add(7, "CONFIG_H", btf_image_array(&image, character, 1), 1);
	why_clear(&why);
	HOLDS(btf_open(btf_image_view(&image), NULL, &arena, &btf, &why) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kconfig kconfig;
	static bool is_set_up;
	struct why why;
	int err;

	if (!is_set_up)
		set_up();
	is_set_up = true;
	for (uint32_t i = 0; i < NR_EXTERNS; i++) {
		memset(externs[i].value, 0, externs[i].size);
		externs[i].is_set = false;
	}
	why_clear(&why);
	err = kconfig_open(&kconfig, &btf, externs, NR_EXTERNS, &why);
	HOLDS(err == 0);
	for (size_t off = 1, len; off < size && !err; off += len) {
		len = data[0] ? data[0] : 4096;
		if (len > size - off)
			len = size - off;
		err = kconfig_add(&kconfig, data + off, len, &why);
	}
	if (!err)
		err = kconfig_close(&kconfig, &why);
	HOLDS(err == 0 || err == -ENOEXEC || err == -EOPNOTSUPP);
	HOLDS(!err == !why.reason.len);
	HOLDS(externs[0].value[0] <= 1);
	HOLDS(memchr(externs[6].value, '\0', 5) && externs[7].value[0] == '\0');
	return 0;
}
