// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * btf_masks OBJECT...: loads each object's BTF into this kernel as it is fitted
 * for it, and as it would be for older ones; first BTF with one type of every
 * kind. A line for each that is refused, with the kernel's last words, and a
 * count; the status is 1 when there is one, 77 when this kernel takes no BTF.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../load_btf.h"
#include "btf_kinds.h"

#define FROM(kind) ~BTF_KIND_BIT(BTF_KIND_##kind)

/* What each version did not know yet, beside what the next ones did not. */
static const struct {
	const char *version;
	uint32_t without;
} kernels[] = {
	{ "v6.12", UINT32_MAX },
	{ "v6.0", ~BTF_FIT_ANY_SECTION },
	{ "v5.17", FROM(ENUM64) },
	{ "v5.16", FROM(TYPE_TAG) },
	{ "v5.13", FROM(DECL_TAG) },
	{ "v5.6", FROM(FLOAT) },
	{ "v5.2", ~BTF_FIT_GLOBAL_FUNC },
	{ "v4.20", FROM(VAR) & FROM(DATASEC) },
	{ "v4.18", FROM(FUNC) & FROM(FUNC_PROTO) },
};

static unsigned int nr_taken, nr_refused;
static char log_text[1 << 20];
static uint64_t memory[1 << 17];

static void report(const char *name, const char *version, int fd)
{
	const char *last = log_text + strlen(log_text);

	if (fd >= 0) {
		close(fd);
		nr_taken++;
		return;
	}
	while (last > log_text && last - log_text > 1 && last[-2] != '\n')
		last--;
	printf("refused: %s as for %s: %s: %s\n", name, version, error_text(fd),
	       last > log_text ? last - 1 : "");
	nr_refused++;
}

static void load_as_each(const char *name, struct view bytes, const struct elf *elf, uint32_t known)
{
	const struct btf_log log = { log_text, sizeof(log_text) };
	struct arena arena = { .data = (uint8_t *)memory, .size = sizeof(memory) };
	struct btf btf;
	struct why why;

	why_clear(&why);
	if (btf_open(bytes, NULL, &arena, &btf, &why) != 0) {
		printf("refused: %s: %s\n", name, why.reason.data);
		nr_refused++;
		return;
	}
	log_text[0] = '\0';
	report(name, "this kernel", btf_load(&btf, elf, &log));
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		known &= kernels[i].without;
		log_text[0] = '\0';
		report(name, kernels[i].version, btf_load_as(&btf, elf, known, &log));
	}
}

static void load_object(const char *path, uint32_t known)
{
	static uint8_t file[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t len = f ? fread(file, 1, sizeof(file), f) : 0;
	struct elf elf;
	struct elf_section section = { .name = "" };
	struct why why;

	if (f)
		fclose(f);
	why_clear(&why);
	if (elf_open((struct view){ file, len }, &elf, &why) == 0)
		for (uint32_t i = 1; strcmp(section.name, ".BTF") != 0 && elf_section_get(&elf, i, &section); i++)
			;
	if (strcmp(section.name, ".BTF") == 0) {
		load_as_each(path, section.data, &elf, known);
		return;
	}
	printf("refused: %s: no BTF\n", path);
	nr_refused++;
}

int main(int argc, char **argv)
{
	static const struct btf_probe first = { 0, 4, { BTF_PROBE_INT } };
	static struct btf_image image;
	const struct elf no_elf = { 0 };
	struct btf_kinds ids;
	uint32_t known;

	if (!btf_probe_load(&first)) {
		printf("this kernel takes no BTF\n");
		return 77;
	}
	known = btf_probe_all();
	btf_image_kinds(&image, &ids);
	load_as_each("a type of every kind", btf_image_view(&image), &no_elf, known);
	for (int i = 1; i < argc; i++)
		load_object(argv[i], known);
	printf("%u taken, %u refused, by a kernel that knows 0x%x\n", nr_taken, nr_refused, known);
	return nr_refused ? 1 : 0;
}
