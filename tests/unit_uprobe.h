/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_uprobe.h - uprobe.h: symbols of binaries, good and hostile; where binaries are */
#ifndef UNIT_UPROBE_H
#define UNIT_UPROBE_H

#include "fixture.h"

/* ---- An executable in memory ---- */

#define FUNCTION(binding) ((binding) << 4 | STT_FUNC)
#define STB_GLOBAL 1
#define LONG_NAME (BINARY_WINDOW + 10)


static struct elf_program {
	struct elf64_header header;
	struct elf64_segment segments[2];
	struct elf64_section sections[7];
	struct elf64_symbol symtab[100], dynsym[8];
	uint16_t versym[8];
	struct elf64_version verdef[2];
	char strtab[3 * BINARY_WINDOW], dynstr[256];
	uint32_t nr_symtab, nr_dynsym, strtab_len, dynstr_len;
} elf_program;

static uint32_t strings_add(char *table, uint32_t *len, const char *name)
{
	uint32_t off = *len;

	memcpy(table + off, name, strlen(name) + 1);
	*len += (uint32_t)strlen(name) + 1;
	return off;
}

static struct elf64_symbol *symtab_add(const char *name, uint8_t info, uint64_t value)
{
	struct elf_program *e = &elf_program;

	e->symtab[e->nr_symtab] = (struct elf64_symbol){
		.st_name = strings_add(e->strtab, &e->strtab_len, name),
		.st_info = info, .st_shndx = 1, .st_value = value,
	};
	return &e->symtab[e->nr_symtab++];
}

static void dynsym_add(const char *name, uint8_t info, uint64_t value, uint16_t version)
{
	struct elf_program *e = &elf_program;

	e->versym[e->nr_dynsym] = version;
	e->dynsym[e->nr_dynsym++] = (struct elf64_symbol){
		.st_name = strings_add(e->dynstr, &e->dynstr_len, name),
		.st_info = info, .st_shndx = 1, .st_value = value,
	};
}

/* Code at addresses 0x401000 to 0x402000 lies at 0x1000 of the file. */
static void elf_program_begin(void)
{
	struct elf_program *e = &elf_program;

	memset(e, 0, sizeof(*e));
	e->header = (struct elf64_header){
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELF_HOST_DATA, EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_phentsize = sizeof(struct elf64_segment),
		.e_phnum = 2, .e_shentsize = sizeof(struct elf64_section), .e_shnum = 7,
	};
	e->segments[0] = (struct elf64_segment){ .p_type = PT_LOAD, .p_flags = 4, .p_offset = 0,
						 .p_vaddr = 0x400000, .p_filesz = 0x1000 };
	e->segments[1] = (struct elf64_segment){ .p_type = PT_LOAD, .p_flags = 4 | PF_X, .p_offset = 0x1000,
						 .p_vaddr = 0x401000, .p_filesz = 0x1000 };
	strings_add(e->strtab, &e->strtab_len, "");
	strings_add(e->dynstr, &e->dynstr_len, "");
	symtab_add("", 0, 0);
	dynsym_add("", 0, 0, 0);
}

static struct elf64_section section_of(uint32_t type, uint64_t off, uint64_t size, uint32_t link)
{
	return (struct elf64_section){ .sh_type = type, .sh_offset = off, .sh_size = size, .sh_link = link };
}

/* Lays the parts out; what a case breaks, it breaks afterwards. */
static void elf_program_end(void)
{
	struct elf_program *e = &elf_program;
	const char *base = (const char *)e;

	e->header.e_phoff = (uint64_t)((const char *)e->segments - base);
	e->header.e_shoff = (uint64_t)((const char *)e->sections - base);
	e->sections[1] = section_of(SHT_SYMTAB, (uint64_t)((const char *)e->symtab - base),
				    e->nr_symtab * sizeof(e->symtab[0]), 2);
	e->sections[2] = section_of(SHT_STRTAB, (uint64_t)(e->strtab - base), e->strtab_len, 0);
	e->sections[3] = section_of(SHT_DYNSYM, (uint64_t)((const char *)e->dynsym - base),
				    e->nr_dynsym * sizeof(e->dynsym[0]), 4);
	e->sections[4] = section_of(SHT_STRTAB, (uint64_t)(e->dynstr - base), e->dynstr_len, 0);
	e->sections[5] = section_of(SHT_GNU_VERSYM, (uint64_t)((const char *)e->versym - base),
				    e->nr_dynsym * sizeof(e->versym[0]), 3);
	e->verdef[0] = (struct elf64_version){ .vd_ndx = 2, .vd_hash = 0x592, .vd_next = sizeof(e->verdef[0]) };
	e->verdef[1] = (struct elf64_version){ .vd_ndx = 3, .vd_hash = 0x591 };
	e->sections[6] = section_of(SHT_GNU_VERDEF, (uint64_t)((const char *)e->verdef - base),
				    sizeof(e->verdef), 4);
}

/* Returns the number of places, or -errno; *out is the first one. */
static int elf_program_search(const char *wanted, bool several, uint64_t *out)
{
	static struct binary binary;
	const size_t len = text_until(wanted, "@");
	char *name = strndup(wanted, len);
	struct binary_search search = { .wanted = name, .version = version_hash(wanted + len),
					.several = several };
	int fd = file_of(&elf_program, sizeof(elf_program));
	int ret;

	why_clear(&why);
	ret = binary_open(fd, &binary, &why);
	if (!ret)
		ret = binary_search(&binary, &search, &why);
	if (!ret) {
		ret = (int)search.places.nr;
		*out = search.places.items[0];
	}
	places_close(&search.places);
	close(fd);
	free(name);
	return ret;
}

static void functions_too_many(void)
{
	struct binary_search search = { .several = true };

	EXPECT(places_open(&search.places));
	for (uint32_t i = 0; i < PLACES_MAX; i++)
		search.places.items[i] = i;
	search.places.nr = PLACES_MAX;
	search_add(&search, PLACES_MAX - 1, 4);
	EXPECT(!search.places.full);
	search_add(&search, PLACES_MAX, 4);
	EXPECT(search.places.full);
	EXPECT_NUMBER(search.places.nr, PLACES_MAX);
	places_close(&search.places);
}

static void symbols_in_binaries(void)
{
	static const struct {
		const char *name;
		int found;
		uint64_t place;
	} rows[] = {
		{ "local", 1, 0x1010 }, { "read", 1, 0x1020 },
		/* Of several, the one that is linked to; of versions, the default one. */
		{ "both", 1, 0x1040 }, { "versioned", 1, 0x1060 }, { "dynamic", 1, 0x1070 }, { "old", 1, 0x1090 },
		/* The version that is named, wherever it stands. */
		{ "versioned@V1", 1, 0x1061 }, { "versioned@V2", 1, 0x1060 }, { "versioned@@V2", 1, 0x1060 },
		{ "dynamic@V1", 1, 0x1080 }, { "dynamic@V2+1", 1, 0x1070 }, { "versioned@V3", -ENOENT, 0 },
		{ "dynamic@V3", -ENOENT, 0 }, { "read@V1", -ENOENT, 0 },
		/* Two of the same rank, and one that both tables have. */
		{ "twice", -EADDRNOTAVAIL, 0 }, { "shared", 1, 0x10c0 },
		/* No functions, not here, nowhere in the code. */
		{ "data", -ENOENT, 0 }, { "import", -ENOENT, 0 }, { "elsewhere", -ENOENT, 0 },
		{ "below", -ENOENT, 0 }, { "tail", -ENOENT, 0 }, { "rea", -ENOENT, 0 }, { "", -ENOENT, 0 },
	};

	elf_program_begin();
	symtab_add("local", FUNCTION(STB_LOCAL), 0x401010);
	symtab_add("read", FUNCTION(STB_GLOBAL), 0x401020);
	symtab_add("both", FUNCTION(STB_LOCAL), 0x401030);
	symtab_add("both", FUNCTION(STB_GLOBAL), 0x401040);
	symtab_add("both", FUNCTION(STB_WEAK), 0x401050);
	symtab_add("versioned@@V2", FUNCTION(STB_GLOBAL), 0x401060);
	symtab_add("versioned@V1", FUNCTION(STB_GLOBAL), 0x401061);
	symtab_add("old@V1", FUNCTION(STB_GLOBAL), 0x401090);
	symtab_add("twice", FUNCTION(STB_LOCAL), 0x4010a0);
	symtab_add("twice", FUNCTION(STB_LOCAL), 0x4010b0);
	symtab_add("shared", FUNCTION(STB_GLOBAL), 0x4010c0);
	symtab_add("data", STB_GLOBAL << 4 | STT_OBJECT, 0x4010d0);
	symtab_add("import", FUNCTION(STB_GLOBAL), 0x4010d0)->st_shndx = SHN_UNDEF;
	symtab_add("elsewhere", FUNCTION(STB_GLOBAL), 0x402000);
	symtab_add("below", FUNCTION(STB_GLOBAL), 0x400fff);
	symtab_add("no_tail", FUNCTION(STB_GLOBAL), 0x4010e0);
	dynsym_add("dynamic", FUNCTION(STB_GLOBAL), 0x401070, 2);
	dynsym_add("dynamic", FUNCTION(STB_GLOBAL), 0x401080, 3 | VERSYM_HIDDEN);
	dynsym_add("shared", FUNCTION(STB_GLOBAL), 0x4010c0, 2);
	elf_program_end();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t place = 0;

		check.row = rows[i].name;
		EXPECT_NUMBER(elf_program_search(rows[i].name, false, &place), rows[i].found);
		EXPECT_NUMBER(place, rows[i].place);
		EXPECT_TEXT(why.reason.data, rows[i].found == -ENOENT ? "there is no such function in it"
					     : rows[i].found < 0      ? "there are 2 functions of that name in it"
								      : "");
		EXPECT_TEXT(why.hint.data, "");
	}
}

static void symbols_by_pattern(void)
{
	uint64_t place;
	char name[16];

	elf_program_begin();
	for (int i = 0; i < 90; i++) { /* more than are read at once */
		snprintf(name, sizeof(name), "f%d", i);
		symtab_add(name, FUNCTION(STB_LOCAL), 0x401000 + (uint64_t)i / 2 * 2); /* aliases */
	}
	elf_program_end();
	EXPECT_NUMBER(elf_program_search("f*", true, &place), 45);
	EXPECT_NUMBER(place, 0x1000);
	EXPECT_NUMBER(elf_program_search("f8?", true, &place), 5);
	EXPECT_NUMBER(elf_program_search("g*", true, &place), -ENOENT);
	EXPECT_TEXT(why.reason.data, "no function in it matches");
	EXPECT_NUMBER(elf_program_search("f89", false, &place), 1);
	EXPECT_NUMBER(place, 0x1058);
}

/* Functions of ELFv2 have two entries. */
static void symbols_of_powerpc(void)
{
	uint64_t place;

	elf_program_begin();
	elf_program.header.e_machine = EM_PPC64;
	symtab_add("one", FUNCTION(STB_GLOBAL), 0x401010)->st_other = 1 << 5;
	symtab_add("two", FUNCTION(STB_GLOBAL), 0x401020)->st_other = 3 << 5;
	elf_program_end();
	EXPECT_NUMBER(elf_program_search("one", false, &place), 1);
	EXPECT_NUMBER(place, 0x1010);
	EXPECT_NUMBER(elf_program_search("two", false, &place), 1);
	EXPECT_NUMBER(place, 0x1028);
}

static void symbols_of_stripped_ones(void)
{
	uint64_t place;

	elf_program_begin();
	symtab_add("gone", FUNCTION(STB_LOCAL), 0x401010);
	dynsym_add("there", FUNCTION(STB_GLOBAL), 0x401020, 1);
	elf_program_end();
	elf_program.sections[1].sh_type = SHT_NULL;
	EXPECT_NUMBER(elf_program_search("there", false, &place), 1);
	EXPECT_NUMBER(elf_program_search("gone", false, &place), -ENOENT);
	EXPECT_TEXT(why.hint.data, "it is stripped: only what other files call has a name");
	elf_program.header.e_shoff = 0;
	EXPECT_NUMBER(elf_program_search("there", false, &place), -ENOENT);
}

static void binaries_refused(void)
{
	static const struct {
		size_t idx;
		uint8_t value;
		const char *reason;
	} rows[] = {
		{ 0, 'E', "is not an ELF file" },
		{ EI_CLASS, ELFCLASS32, "is a 32-bit ELF file: symbols are looked up in 64-bit ones only" },
		{ EI_CLASS, 0, "is a 32-bit ELF file: symbols are looked up in 64-bit ones only" },
		{ EI_DATA, ELF_HOST_DATA ^ 3, "is a " ELF_OTHER_ORDER " ELF file, for another machine" },
	};
	static struct binary binary;
	uint64_t place;
	int fd;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		elf_program_begin();
		elf_program_end();
		elf_program.header.e_ident[rows[i].idx] = rows[i].value;
		EXPECT_NUMBER(elf_program_search("f", false, &place), -EINVAL);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
	}
	elf_program_begin();
	elf_program_end();
	elf_program.segments[1].p_flags = 4;
	EXPECT_NUMBER(elf_program_search("f", false, &place), -EINVAL);
	EXPECT_TEXT(why.reason.data, "has no code that can be run");
	fd = file_of("", 0);
	EXPECT_NUMBER(binary_open(fd, &binary, &why), -EINVAL);
	EXPECT_TEXT(why.reason.data, "is not an ELF file");
	close(fd);
	fd = openat(AT_FDCWD, "/", O_RDONLY);
	EXPECT_NUMBER(binary_open(fd, &binary, &why), -EINVAL);
	EXPECT_TEXT(why.reason.data, "is not a file");
	close(fd);
}

/* What lies outside the file, or is no string, is as if it were not there. */
static void binaries_hostile(void)
{
	struct elf_program *e = &elf_program;
	static char long_name[LONG_NAME];
	struct elf_program good;
	uint64_t place;

	elf_program_begin();
	symtab_add("f", FUNCTION(STB_GLOBAL), 0x401010);
	memset(long_name, 'n', sizeof(long_name) - 1);
	symtab_add(long_name, FUNCTION(STB_GLOBAL), 0x401020);
	symtab_add("g", FUNCTION(STB_GLOBAL), 0x401030);
	elf_program_end();
	EXPECT_NUMBER(elf_program_search("f", false, &place), 1);
	EXPECT_NUMBER(elf_program_search("g", false, &place), 1); /* behind a name longer than the window */
	EXPECT_NUMBER(elf_program_search("*", true, &place), 2);
	good = *e;
#define BROKEN(change) \
	do { \
		*e = good; \
		change; \
		EXPECT_NUMBER(elf_program_search("f", false, &place), -ENOENT); \
	} while (0)
	BROKEN(e->header.e_shoff = UINT64_MAX - 63);
	BROKEN(e->header.e_shoff = sizeof(*e));
	BROKEN(e->header.e_shentsize = 1);
	BROKEN(e->sections[1].sh_offset = UINT64_MAX - 8);
	BROKEN(e->sections[1].sh_size = UINT64_MAX);
	BROKEN(e->sections[1].sh_link = UINT32_MAX);
	BROKEN(e->sections[1].sh_link = 7000);
	BROKEN(e->sections[2].sh_offset = UINT64_MAX);
	BROKEN(e->sections[2].sh_size = UINT64_MAX);
	BROKEN(e->sections[2].sh_size = 2); /* the name's NUL is outside */
	BROKEN(e->symtab[1].st_name = UINT32_MAX);
	BROKEN(e->symtab[1].st_value = UINT64_MAX);
#undef BROKEN
	*e = good;
	e->header.e_shnum = 0; /* then section 0 has the number */
	EXPECT_NUMBER(elf_program_search("f", false, &place), -ENOENT);
	e->sections[0].sh_size = 7;
	EXPECT_NUMBER(elf_program_search("f", false, &place), 1);
	e->sections[0].sh_size = UINT64_MAX;
	EXPECT_NUMBER(elf_program_search("f", false, &place), 1);
	*e = good;
	e->header.e_phoff = UINT64_MAX - 7;
	EXPECT_NUMBER(elf_program_search("f", false, &place), -EINVAL);
	*e = good;
	e->segments[1].p_offset = UINT64_MAX; /* the kernel refuses what that gives */
	EXPECT_NUMBER(elf_program_search("f", false, &place), 1);
}

/* Whatever bytes there are: the sanitizers watch. */
static void binaries_mutated(void)
{
	const size_t headers = offsetof(struct elf_program, strtab);
	struct elf_program good;
	uint32_t random = 1;
	uint64_t place;

	elf_program_begin();
	symtab_add("f", FUNCTION(STB_GLOBAL), 0x401010);
	dynsym_add("g", FUNCTION(STB_GLOBAL), 0x401020, 1);
	elf_program_end();
	good = elf_program;
	for (int i = 0; i < 3000; i++) {
		elf_program = good;
		for (int k = 0; k < 4; k++) {
			random = random * 1664525 + 1013904223;
			((uint8_t *)&elf_program)[(random >> 8) % headers % 1000] = (uint8_t)(random >> 4);
		}
		elf_program_search(i % 2 ? "f" : "*", !(i % 2), &place);
	}
	elf_program = good;
	EXPECT_NUMBER(elf_program_search("f", false, &place), 1);
}

static void binaries_found(void)
{
	static const struct fixture_file files[] = {
		{ "/usr/sbin/tool", "" }, { "/lib/x86_64-linux-gnu/libx.so.1", "" },
		{ "/usr/lib/powerpc64le-linux-gnu/liby.so", "" }, { "./here", "" }, { NULL, NULL },
	};
	static const struct {
		const char *machine, *name, *path, *reason; /* path NULL: it is not found */
	} rows[] = {
		{ "x86_64", "tool", "/usr/sbin/tool", "" },
		{ "x86_64", "libx.so.1", "/lib/x86_64-linux-gnu/libx.so.1", "" },
		{ "ppc64le", "liby.so", "/usr/lib/powerpc64le-linux-gnu/liby.so", "" },
		{ "x86_64", "./here", "./here", "" },
		{ "aarch64", "libx.so.1", NULL, "is in none of the usual folders for libraries" },
		{ "x86_64", "here", NULL, "is in none of the usual folders for commands" },
		{ "x86_64", "/tool", NULL, "cannot be opened: No such file or directory" },
	};

	fixture.files = files;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int fd;

		check.row = rows[i].name;
		why_clear(&why);
		fixture.machine = rows[i].machine;
		fd = binary_find(rows[i].name, &text, &why);
		EXPECT_NUMBER(fd >= 0, rows[i].path != NULL);
		EXPECT_TEXT(why.reason.data, rows[i].reason);
		if (rows[i].path)
			EXPECT_TEXT(text.data, rows[i].path);
		if (fd >= 0)
			close(fd);
	}
}

/* What a path is not to have, where it goes by tracefs. */
static void paths_that_tracefs_refuses(void)
{
	static const struct fixture_file none[] = { { NULL, NULL } };
	static const struct kind kind = { .way = WAY_UPROBE };
	struct attachments all = ATTACHMENTS_CLOSED;
	struct uprobe uprobe = { .kind = &kind };
	static const struct {
		const char *path, *version;
		int events_fd, err;
		const char *reason;
	} rows[] = {
		{ "/a b", "Debian 6.1.0-1", 9, -EINVAL, "tracefs takes no path with blanks, '#' or the byte 0xa0 in it" },
		{ "/a#b", "Debian 6.1.0-1", 9, -EINVAL, "tracefs takes no path with blanks, '#'" },
		{ "/\xc3\xa0", "Debian 6.1.0-1", 9, -EINVAL, "tracefs takes no path with blanks, '#'" },
		{ "/\xc3\xa4", "Debian 6.1.0-1", 9, -EINVAL, "there is no instruction there" },
		{ "/a:b", "Debian 4.9.0-1", 9, -ENOENT, "before Linux 4.11 tracefs takes no path with ':' in it: No such file" },
		{ "/a:b", "Debian 4.9.0-1", 9, -EINVAL, "before Linux 4.11 tracefs takes no path with ':' in it" },
		{ "/a:b", "Debian 6.1.0-1", 9, -EINVAL, "there is no instruction there" },
		{ "/a:b", "Debian 4.9.0-1", -1, -EINVAL, "there is no instruction there" },
		{ "/ab", "Debian 4.9.0-1", 9, -EINVAL, "there is no instruction there" },
	};

	fixture.files = none;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].reason;
		fixture.version = rows[i].version;
		all.probes.events_fd[PROBE_USER] = rows[i].events_fd;
		text_clear(&uprobe.path);
		text_add(&uprobe.path, rows[i].path, strlen(rows[i].path));
		EXPECT_NUMBER(uprobe_explain(&all, &uprobe, rows[i].err, &why), rows[i].err);
		EXPECT(text_find(why.reason.data, rows[i].reason));
	}
	/* The kernel's word for bytes that it cannot decode, and ours for a bad object. */
	EXPECT_NUMBER(uprobe_explain(&all, &uprobe, -ENOEXEC, &why), -EINVAL);
}

static const struct check_case uprobe_cases[] = {
	{ "binary: the symbol that is meant", symbols_in_binaries },
	{ "uprobe: too many functions that match", functions_too_many },
	{ "binary: symbols by a pattern", symbols_by_pattern },
	{ "binary: entries of powerpc", symbols_of_powerpc },
	{ "binary: stripped", symbols_of_stripped_ones },
	{ "binary: refused", binaries_refused },
	{ "binary: tables that lead outside", binaries_hostile },
	{ "binary: mutated", binaries_mutated },
	{ "binary: where it is", binaries_found },
	{ "binary: paths that tracefs does not take", paths_that_tracefs_refuses },
};

#endif
