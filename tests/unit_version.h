/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_version.h - kernel.h: the kernel's version, from texts and from the vDSO */
#ifndef UNIT_VERSION_H
#define UNIT_VERSION_H

#include "fixture.h"

/* ---- kernel.h: the version ---- */

#define VERSION_OF(a, b, c) ((uint32_t)((a) << 16 | (b) << 8 | (c)))

static void versions_parse(void)
{
	static const struct {
		uint32_t (*parse)(const char *);
		const char *text;
		uint32_t code;
	} rows[] = {
		/* uname -r */
		{ version_parse, "4.4.0", VERSION_OF(4, 4, 0) },
		{ version_parse, "4.9.30-2", VERSION_OF(4, 9, 30) },
		{ version_parse, "5.10.0-35-amd64", VERSION_OF(5, 10, 0) },
		{ version_parse, "6.1", VERSION_OF(6, 1, 0) },
		{ version_parse, "6.12-rc3", VERSION_OF(6, 12, 0) },
		{ version_parse, "3.10.0-1160.el7.x86_64", VERSION_OF(3, 10, 0) },
		{ version_parse, "4.19.95+", VERSION_OF(4, 19, 95) },
		{ version_parse, "5.10.223", VERSION_OF(5, 10, 223) },
		{ version_parse, "4.4.1.2.3", VERSION_OF(4, 4, 1) },
		{ version_parse, "5.10.", VERSION_OF(5, 10, 0) },
		{ version_parse, "5.10.y", VERSION_OF(5, 10, 0) },
		/* Sublevels that do not fit into their byte. */
		{ version_parse, "4.4.255", VERSION_OF(4, 4, 255) },
		{ version_parse, "4.4.257", VERSION_OF(4, 4, 255) },
		{ version_parse, "4.9.337", VERSION_OF(4, 9, 255) },
		{ version_parse, "4.14.252", VERSION_OF(4, 14, 252) },
		{ version_parse, "4.14.336-android", VERSION_OF(4, 14, 255) },
		{ version_parse, "4.19.222", VERSION_OF(4, 19, 222) },
		{ version_parse, "4.19.325", VERSION_OF(4, 19, 255) },
		/* No version. */
		{ version_parse, "", 0 },
		{ version_parse, "5", 0 },
		{ version_parse, "5.", 0 },
		{ version_parse, "5-6", 0 },
		{ version_parse, "linux", 0 },
		{ version_parse, "99999999999999999999.1.2", 0 },
		/* Ubuntu's /proc/version_signature */
		{ version_parse_signature, "Ubuntu 4.4.0-21.37-generic 4.4.6\n", VERSION_OF(4, 4, 6) },
		{ version_parse_signature, "Ubuntu 4.15.0-213.224-generic 4.15.18\n", VERSION_OF(4, 15, 18) },
		{ version_parse_signature, "Ubuntu 4.4.0-1128.142-aws 4.4.262\n", VERSION_OF(4, 4, 255) },
		{ version_parse_signature, "Ubuntu", 0 },
		{ version_parse_signature, "Ubuntu ", 0 },
		{ version_parse_signature, "", 0 },
		{ version_parse_signature, "a b c", 0 },
		/* Debian's uname -v */
		{ version_parse_debian, "#1 SMP Debian 4.9.30-2 (2017-06-12)", VERSION_OF(4, 9, 30) },
		{ version_parse_debian, "#1 SMP Debian 4.19.249-2 (2022-06-30)", VERSION_OF(4, 19, 249) },
		{ version_parse_debian, "#1 SMP Debian 4.9.320-2 (2022-06-30)", VERSION_OF(4, 9, 255) },
		{ version_parse_debian, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)",
		  VERSION_OF(6, 1, 140) },
		{ version_parse_debian, "#1 SMP Debian 5.10.223-1~deb10u1 (2024-08-20)",
		  VERSION_OF(5, 10, 223) },
		{ version_parse_debian, "#42~16.04.1-Ubuntu SMP Thu Jul 18 2019", 0 },
		{ version_parse_debian, "#1 SMP Debian ", 0 },
		{ version_parse_debian, "", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].text;
		EXPECT_NUMBER(rows[i].parse(rows[i].text), rows[i].code);
	}
}

/* Which text wins, on a kernel without a vDSO. */
static void version_sources(void)
{
	static const struct fixture_file ubuntu[] = {
		{ "/proc/version_signature", "Ubuntu 4.4.0-21.37-generic 4.4.6\n" }, { NULL, NULL },
	};
	static const struct fixture_file none[] = { { NULL, NULL } };

	fixture.files = ubuntu;
	fixture.release = "4.4.0-21-generic";
	fixture.version = "#37-Ubuntu SMP Mon Apr 18 18:33:37 UTC 2016";
	EXPECT_NUMBER(kernel_version(), VERSION_OF(4, 4, 6));

	fixture.files = none;
	fixture.release = "4.9.0-3-amd64";
	fixture.version = "#1 SMP Debian 4.9.30-2 (2017-06-12)";
	EXPECT_NUMBER(kernel_version(), VERSION_OF(4, 9, 30));

	fixture.release = "4.19.325";
	fixture.version = "#1 SMP PREEMPT Mon Nov 25 10:00:00 UTC 2024";
	EXPECT_NUMBER(kernel_version(), VERSION_OF(4, 19, 255));
}

/* ---- kernel.h: the vDSO ---- */

struct note {
	uint32_t namesz, descsz, type;
	char name[8];
	uint32_t desc;
};

/* The second half of GNU's name field is the first word of its description. */
#define GNU_NOTE { 4, 8, 3, "GNU", 0xdddddddd }
#define LINUX_NOTE { 6, 4, 0, "Linux", VERSION_OF(4, 9, 30) }

static const struct note linux_note = LINUX_NOTE;

static uint32_t notes_version(const void *notes, size_t size)
{
	uint8_t *copy = malloc(size); /* exactly: the sanitizer sees a read too far */
	uint32_t code;

	memcpy(copy, notes, size);
	code = version_parse_notes((struct view){ copy, size });
	free(copy);
	return code;
}

static void notes_parse(void)
{
	struct {
		uint32_t namesz, descsz, type;
		char name[4]; /* "GNU" fills it: the next note follows at once */
		uint32_t desc[4];
		struct note linux_note;
	} two = { 4, 16, 3, "GNU", { 1, 2, 3, 4 }, linux_note };
	struct note note = linux_note;

	EXPECT_NUMBER(notes_version(&note, sizeof(note)), VERSION_OF(4, 9, 30));
	EXPECT_NUMBER(notes_version(&two, sizeof(two)), VERSION_OF(4, 9, 30));
	EXPECT_NUMBER(notes_version("", 0), 0);
	for (size_t size = 0; size < sizeof(note); size++)
		EXPECT_NUMBER(notes_version(&note, size), 0);

	note.type = 0x100; /* LINUX_ELFNOTE_BUILD_SALT has the same name */
	EXPECT_NUMBER(notes_version(&note, sizeof(note)), 0);
	note = linux_note;
	note.name[4] = 'u';
	EXPECT_NUMBER(notes_version(&note, sizeof(note)), 0);
	note = linux_note;
	note.namesz = 5; /* its NUL belongs to it */
	EXPECT_NUMBER(notes_version(&note, sizeof(note)), 0);
	note.namesz = UINT32_MAX;
	EXPECT_NUMBER(notes_version(&note, sizeof(note)), 0);

	two.descsz = UINT32_MAX;
	EXPECT_NUMBER(notes_version(&two, sizeof(two)), 0);
	two.descsz = UINT32_MAX - 3;
	EXPECT_NUMBER(notes_version(&two, sizeof(two)), 0);
	two.descsz = 0; /* the description is then taken for a note */
	EXPECT_NUMBER(notes_version(&two, sizeof(two)), 0);
	two.descsz = 13; /* rounded up to 16 */
	EXPECT_NUMBER(notes_version(&two, sizeof(two)), VERSION_OF(4, 9, 30));
}

/* The kernel's two layouts: Elf32_Ehdr with Elf32_Phdr, Elf64_Ehdr with Elf64_Phdr. */
struct vdso32 {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
	struct {
		uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
	} ph[2];
	struct note notes[2];
};

struct vdso64 {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
	struct {
		uint32_t type, flags;
		uint64_t offset, vaddr, paddr, filesz, memsz, align;
	} ph[2];
	struct note notes[2];
};

#define VDSO_GOOD(type_, class_)                                                        \
	{                                                                              \
		.ident = { 0x7f, 'E', 'L', 'F', class_, ELF_HOST_DATA, EV_CURRENT },   \
		.type = 3,                                                             \
		.phoff = offsetof(struct type_, ph),                                   \
		.shoff = 0x5555,                                                       \
		.phentsize = sizeof(((struct type_ *)NULL)->ph[0]),                    \
		.phnum = 2,                                                            \
		.ph = { { .type = 1, .filesz = sizeof(struct type_) },                 \
			{ .type = 4,                                                   \
			  .offset = offsetof(struct type_, notes),                     \
			  .vaddr = 0x5555,                                             \
			  .filesz = 2 * sizeof(struct note),                           \
			  .memsz = 0x5555 } },                                         \
		.notes = { GNU_NOTE, LINUX_NOTE },                                     \
	}

static uint32_t vdso_version(const void *vdso, size_t size)
{
	uint8_t *copy = malloc(size);
	uint32_t code;

	memcpy(copy, vdso, size);
	code = version_parse_vdso((struct view){ copy, size });
	free(copy);
	return code;
}

#define EXPECT_VDSO(vdso, code) EXPECT_NUMBER(vdso_version(&(vdso), sizeof(vdso)), code)

static void vdso_of_64_bits(void)
{
	const struct vdso64 good = VDSO_GOOD(vdso64, ELFCLASS64);
	struct vdso64 vdso = good;

	EXPECT_VDSO(vdso, VERSION_OF(4, 9, 30));
	vdso.ph[1].type = 1;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.ident[EI_CLASS] = 3;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.phnum = 1; /* the note's header is the second */
	EXPECT_VDSO(vdso, 0);
	vdso.phnum = UINT16_MAX;
	EXPECT_VDSO(vdso, VERSION_OF(4, 9, 30));
	vdso.phentsize = 0; /* 65535 times the first one */
	EXPECT_VDSO(vdso, 0);
	vdso.phentsize = UINT16_MAX;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.phoff = sizeof(vdso) - 1;
	EXPECT_VDSO(vdso, 0);
	vdso.phoff = UINT64_MAX - 55; /* its second entry wraps to the file's start */
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.ph[1].offset = UINT64_MAX;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.ph[1].filesz = UINT64_MAX;
	EXPECT_VDSO(vdso, 0);
	vdso.ph[1].filesz = sizeof(vdso.notes) + 1;
	EXPECT_VDSO(vdso, 0);
	/* All of their 64 bits count. */
	vdso = good;
	vdso.phoff |= (uint64_t)1 << 32;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.ph[1].offset |= (uint64_t)1 << 32;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.ph[1].filesz |= (uint64_t)1 << 32;
	EXPECT_VDSO(vdso, 0);
	/* A segment that cannot be read does not hide a good one. */
	vdso = good;
	vdso.ph[0] = vdso.ph[1];
	vdso.ph[0].offset = UINT64_MAX;
	EXPECT_VDSO(vdso, VERSION_OF(4, 9, 30));
	for (size_t size = 1; size < sizeof(good); size++)
		EXPECT_NUMBER(vdso_version(&good, size), 0);
}

static void vdso_of_32_bits(void)
{
	const struct vdso32 good = VDSO_GOOD(vdso32, ELFCLASS32);
	struct vdso32 vdso = good;

	EXPECT_VDSO(vdso, VERSION_OF(4, 9, 30));
	vdso.ident[EI_CLASS] = ELFCLASS64;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.phoff = UINT32_MAX;
	EXPECT_VDSO(vdso, 0);
	vdso = good;
	vdso.ph[1].offset = UINT32_MAX;
	EXPECT_VDSO(vdso, 0);
	for (size_t size = 1; size < sizeof(good); size++)
		EXPECT_NUMBER(vdso_version(&good, size), 0);
}

/* The C library's own answer and that of the kernel under us: they agree on the release. */
static void vdso_of_this_machine(void)
{
	const uint8_t *vdso = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	struct utsname name;
	uint32_t code;

	if (!vdso) {
		SKIP("no vDSO here");
		return;
	}
	EXPECT(uname(&name) == 0);
	code = version_parse_vdso((struct view){ vdso, 4096 });
	EXPECT_NUMBER(code >> 8, version_parse(name.release) >> 8);
}

static const struct check_case version_cases[] = {
	{ "version: texts of all distributions", versions_parse },
	{ "version: which source wins", version_sources },
	{ "vDSO: notes", notes_parse },
	{ "vDSO: 64 bits", vdso_of_64_bits },
	{ "vDSO: 32 bits", vdso_of_32_bits },
	{ "vDSO: this machine's", vdso_of_this_machine },
};

#endif
