// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * mutate SEED NUMBER OUT: write a damaged copy of the object SEED. The same
 * number gives the same damage. Most damage is to one field that means
 * something: of the ELF header, a section header, a symbol, a relocation, a map
 * or an instruction; some is to a byte, or to the file's length.
 *
 * mutate --name MAP TEXT SEED OUT: a copy in which the map is called TEXT ("@N"
 * stands for N letters).
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE_MAX (1 << 20)

static uint8_t image[IMAGE_MAX];
static size_t size;
static uint64_t state;

static uint64_t any(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

static Elf64_Ehdr *header(void)
{
	return (Elf64_Ehdr *)image;
}

static Elf64_Shdr *sections(void)
{
	return (Elf64_Shdr *)(image + header()->e_shoff);
}

/* The value that is there, nearly; a limit; or the size of something. */
static uint64_t value(uint64_t there)
{
	static const uint64_t limits[] = {
		0, 1, 2, 7, 8, 16, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0xfff1, 0xff00,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
		0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffffff8,
	};

	switch (any(4)) {
	case 0: return limits[any(sizeof(limits) / sizeof(limits[0]))];
	case 1: return there + 1 - 2 * any(2);
	case 2: return size - any(64);
	default: return there ^ (uint64_t)1 << any(64);
	}
}

static void damage_field(size_t off, size_t width)
{
	uint64_t there = 0;

	if (off > size || width > size - off)
		return;
	memcpy(&there, image + off, width); /* (little-endian) */
	there = value(there);
	memcpy(image + off, &there, width);
}

/* One of the fields of a struct, given by their widths. */
static void damage_struct(size_t off, const uint8_t *widths)
{
	size_t n = strlen((const char *)widths), chosen = any(n);

	for (size_t i = 0; i < chosen; i++)
		off += widths[i];
	damage_field(off, widths[chosen]);
}

static void damage_section(void)
{
	static const struct {
		uint32_t type;
		size_t item;
		uint8_t widths[12];
	} kinds[] = {
		{ SHT_SYMTAB, 24, { 4, 1, 1, 2, 8, 8 } },
		{ SHT_REL, 16, { 8, 4, 4 } },
		{ SHT_PROGBITS, 8, { 1, 1, 2, 4 } },             /* instructions */
		{ SHT_PROGBITS, 36, { 4, 4, 4, 4, 4, 4, 4, 4, 4 } }, /* maps */
		{ SHT_STRTAB, 1, { 1 } },
	};
	size_t kind = any(sizeof(kinds) / sizeof(kinds[0]));
	unsigned int first = (unsigned int)any(header()->e_shnum);

	for (unsigned int i = 0; i < header()->e_shnum; i++) {
		const Elf64_Shdr *section = &sections()[(first + i) % header()->e_shnum];

		if (section->sh_type != kinds[kind].type || section->sh_size < kinds[kind].item)
			continue;
		damage_struct(section->sh_offset +
			      any(section->sh_size / kinds[kind].item) * kinds[kind].item,
			      kinds[kind].widths);
		return;
	}
}

/* Bytes from somewhere else in the file. */
static void damage_block(void)
{
	size_t from = any(size / 2), to = any(size / 2);

	memmove(image + to, image + from, any(size / 2));
}

static void damage(void)
{
	static const uint8_t of_header[] = { 4, 1, 1, 1, 1, 8, 2, 2, 4, 8, 8, 8, 4, 2, 2, 2, 2, 2, 2, 0 };
	static const uint8_t of_section[] = { 4, 4, 8, 8, 8, 8, 4, 4, 8, 8, 0 };

	switch (any(10)) {
	case 0:
		damage_struct(0, of_header);
		break;
	case 1: case 2: case 3:
		damage_struct(header()->e_shoff + any(header()->e_shnum) * sizeof(Elf64_Shdr),
			      of_section);
		break;
	case 8:
		image[any(size)] ^= (uint8_t)(1 << any(8));
		break;
	case 9:
		if (any(2))
			size -= any(size / 2);
		else
			damage_block();
		break;
	default:
		damage_section();
	}
}

/* The names go to the end of the file, as a new string table. */
static int rename_map(const char *from, const char *to)
{
	size_t len = to[0] == '@' ? strtoul(to + 1, NULL, 10) : strlen(to);

	for (unsigned int i = 0; i < header()->e_shnum; i++) {
		Elf64_Shdr *strings;
		Elf64_Sym *symbols;

		if (sections()[i].sh_type != SHT_SYMTAB)
			continue;
		symbols = (Elf64_Sym *)(image + sections()[i].sh_offset);
		strings = &sections()[sections()[i].sh_link];
		if (size + strings->sh_size + len + 1 > sizeof(image))
			return 1;
		memcpy(image + size, image + strings->sh_offset, strings->sh_size);
		strings->sh_offset = size;
		for (size_t k = 0; k < sections()[i].sh_size / sizeof(*symbols); k++)
			if (strcmp((char *)image + size + symbols[k].st_name, from) == 0)
				symbols[k].st_name = (Elf64_Word)strings->sh_size;
		if (to[0] == '@')
			memset(image + size + strings->sh_size, 'n', len);
		else
			memcpy(image + size + strings->sh_size, to, len);
		strings->sh_size += len + 1;
		size += strings->sh_size;
		image[size - 1] = '\0';
		return 0;
	}
	return 1;
}

int main(int argc, char **argv)
{
	const int naming = argc == 6 && strcmp(argv[1], "--name") == 0;
	const char *out = argv[argc - 1];
	FILE *file;

	if (!naming && argc != 4)
		return fprintf(stderr, "usage: mutate SEED NUMBER OUT | mutate --name MAP TEXT SEED OUT\n"), 2;
	file = fopen(argv[naming ? 4 : 1], "rb");
	if (!file)
		return perror(argv[naming ? 4 : 1]), 1;
	size = fread(image, 1, sizeof(image), file);
	fclose(file);

	if (naming) {
		if (rename_map(argv[2], argv[3]))
			return fprintf(stderr, "mutate: no place for the name\n"), 1;
	} else {
		state = strtoull(argv[2], NULL, 10) * 2 + 1;
		/* One that hides the table of sections ends the row. */
		for (uint64_t n = 1 + any(3); n > 0; n--)
			if (header()->e_shoff + header()->e_shnum * sizeof(Elf64_Shdr) <= size &&
			    header()->e_shoff < size && header()->e_shnum)
				damage();
	}
	file = fopen(out, "wb");
	if (!file || fwrite(image, 1, size, file) != size || fclose(file))
		return perror(out), 1;
	return 0;
}
