// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * describe OBJECT...: a line for each eBPF object, of fields parted by tabs:
 *
 *   OBJECT SECTIONS FEATURES
 *
 * SECTIONS are those that hold programs, FEATURES what else a loader must know;
 * both are lists of words, "-" when empty.
 *
 * describe -x FOLDER PREFIX FILE: write each eBPF object that lies in a file of
 * any kind (tools carry theirs as data) to FOLDER/PREFIX.o, PREFIX-2.o, ...; the
 * status says whether there was one.
 *
 * For little-endian objects on a little-endian host. What lies in these files
 * comes from compilers, so only what an embedded one might lack is checked.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* From the kernel's <linux/btf.h>. */
enum { BTF_KIND_VAR = 14, BTF_KIND_DATASEC = 15 };

struct btf_ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, func_info_off, func_info_len, line_info_off, line_info_len;
	uint32_t core_relo_off, core_relo_len;
};

struct file {
	const char *bytes;
	size_t size;
};

static struct file file_map(const char *path)
{
	struct file file = { 0 };
	struct stat stat;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &stat) != 0) {
		perror(path);
		exit(1);
	}
	file.size = stat.st_size;
	file.bytes = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file.bytes == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	return file;
}

/* The size of the eBPF object that starts here, up to the end of its section headers; or 0. */
static size_t object_size(const char *bytes, size_t size)
{
	Elf64_Ehdr header;
	uint64_t end;

	if (size < sizeof(header))
		return 0;
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_REL ||
	    header.e_machine != EM_BPF || header.e_shentsize != sizeof(Elf64_Shdr))
		return 0;
	end = header.e_shoff + (uint64_t)header.e_shnum * sizeof(Elf64_Shdr);
	return header.e_shoff < size && end <= size ? end : 0;
}

static int extract(const char *folder, const char *prefix, const char *path)
{
	struct file file = file_map(path);
	int nr = 0;

	for (size_t off = 0; off < file.size; off++) {
		const char *found = memmem(file.bytes + off, file.size - off, ELFMAG, SELFMAG);
		char name[4096];
		size_t size;
		FILE *out;

		if (!found)
			break;
		off = found - file.bytes;
		size = object_size(found, file.size - off);
		if (!size)
			continue;
		nr++;
		snprintf(name, sizeof(name), nr > 1 ? "%s/%s-%d.o" : "%s/%s.o", folder, prefix, nr);
		out = fopen(name, "w");
		if (!out || fwrite(found, 1, size, out) != size || fclose(out) != 0) {
			perror(name);
			return 1;
		}
	}
	return nr == 0;
}

/* The words of one field. */
struct words {
	char text[8192];
	size_t len;
};

static void words_add(struct words *words, const char *word)
{
	words->len += snprintf(words->text + words->len, sizeof(words->text) - words->len, "%s%s",
			       words->len ? " " : "", word);
	if (words->len >= sizeof(words->text)) {
		fprintf(stderr, "describe: too many words\n");
		exit(1);
	}
}

/* The data sections that BTF alone tells of. */
static void describe_btf(const char *btf, struct words *features)
{
	const uint32_t *header = (const void *)btf; /* magic; hdr_len; type_off, type_len; str_off */
	const char *strings = btf + header[1] + header[4];
	const uint32_t *type = (const void *)(btf + header[1] + header[2]);
	const uint32_t *end = (const void *)((const char *)type + header[3]);

	/* Words behind the three that each type has; -N stands for N words per element. */
	static const int more[] = { 0, 1, 0, 3, -3, -3, -2, 0, 0, 0, 0, 0, 0, -2, 1, -3, 0, 1, 0, -3 };

	while (type < end) {
		uint32_t kind = type[1] >> 24 & 31, nr = type[1] & 0xffff;
		const char *name = strings + type[0];

		if (kind >= sizeof(more) / sizeof(*more))
			return;
		if (kind == BTF_KIND_DATASEC &&
		    (strcmp(name, ".kconfig") == 0 || strcmp(name, ".ksyms") == 0))
			words_add(features, name + 1);
		type += 3 + (more[kind] < 0 ? (uint32_t)-more[kind] * nr : (uint32_t)more[kind]);
	}
}

static const struct {
	const char *beginning, *feature;
} named[] = {
	{ ".maps", "btf-maps" }, { "maps", "old-maps" },  { ".data", "data" },
	{ ".rodata", "rodata" }, { ".bss", "bss" },	  { ".struct_ops", "struct_ops" },
	{ ".addr_space", "arena" }, { ".BTF", "btf" },
};

static void describe_section(const char *name, const char *bytes, const Elf64_Shdr *section,
			     struct words *programs, struct words *features)
{
	if (!section->sh_size || section->sh_type == SHT_REL)
		return;
	if (section->sh_flags & SHF_EXECINSTR) {
		if (strcmp(name, ".text") == 0)
			words_add(features, "subprograms");
		else
			words_add(programs, name);
		return;
	}
	if (strcmp(name, ".BTF.ext") == 0) {
		const struct btf_ext_header *header = (const void *)(bytes + section->sh_offset);

		if (header->hdr_len >= sizeof(*header) && header->core_relo_len)
			words_add(features, "core");
		return;
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		if (strncmp(name, named[i].beginning, strlen(named[i].beginning)) == 0)
			words_add(features, named[i].feature);
	}
	if (strcmp(name, ".BTF") == 0)
		describe_btf(bytes + section->sh_offset, features);
}

static void describe(const char *path)
{
	struct words programs = { 0 }, features = { 0 };
	struct file file = file_map(path);
	const Elf64_Ehdr *header = (const void *)file.bytes;
	const Elf64_Shdr *sections;

	if (!object_size(file.bytes, file.size)) {
		fprintf(stderr, "%s: not an eBPF object\n", path);
		exit(1);
	}
	sections = (const void *)(file.bytes + header->e_shoff);
	for (int i = 0; i < header->e_shnum; i++) {
		const char *names = file.bytes + sections[header->e_shstrndx].sh_offset;

		describe_section(names + sections[i].sh_name, file.bytes, &sections[i], &programs,
				 &features);
	}
	printf("%s\t%s\t%s\n", path, programs.len ? programs.text : "-",
	       features.len ? features.text : "-");
	munmap((void *)file.bytes, file.size);
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "-x") == 0)
		return extract(argv[2], argv[3], argv[4]);
	for (int i = 1; i < argc; i++)
		describe(argv[i]);
	return 0;
}
