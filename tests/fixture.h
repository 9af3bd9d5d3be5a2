/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fixture.h - the loader's source, on a machine that a unit test describes.
 *
 * Texts of kernels that are not this one were recorded on them or stand so in
 * their sources. What the loader reads by itself comes from the fixture: while a
 * case gives it files, those are all that there are, and uname(2) and
 * getauxval(3) are the fixture's always. Only the directories where a file
 * system may be found are still the machine's own.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../btf_value.h"
#include "../core.h"
#include "check.h"

struct fixture_file {
	const char *path; /* as the loader opens it */
	const char *text;
};

static struct fixture {
	const struct fixture_file *files; /* the last one has no path; NULL: the machine's own */
	const char *machine, *release, *version; /* uname(2)'s */
	const uint8_t *random;
	unsigned long page_size;
} fixture;

/* A file with these bytes, open at its start. */
static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0) {
		perror("unit: memfd");
		exit(1);
	}
	return fd;
}

static int fixture_openat(int dir_fd, const char *path, int flags)
{
	if (!fixture.files || flags & O_PATH)
		return openat(dir_fd, path, flags);
	for (const struct fixture_file *file = fixture.files; file->path; file++)
		if (strcmp(path, file->path) == 0)
			return file_of(file->text, strlen(file->text));
	errno = ENOENT;
	return -1;
}

static int fixture_uname(struct utsname *out)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->machine, sizeof(out->machine), "%s", fixture.machine);
	snprintf(out->release, sizeof(out->release), "%s", fixture.release);
	snprintf(out->version, sizeof(out->version), "%s", fixture.version);
	return 0;
}

/* As the loader declares it, for the same reason. */
unsigned long getauxval(unsigned long type);

/*
 * Files of a case's own, and no mounts on the machine that it runs on. Each
 * argument is one word, as for syscall(2) itself, which takes six at most.
 */
static long fixture_syscall(long number, ...)
{
	va_list args;
	long arg[6];

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(args, long);
	va_end(args);
	if (number == __NR_openat)
		return fixture_openat((int)arg[0], (const char *)arg[1], (int)arg[2]);
	if (number == __NR_uname)
		return fixture_uname((struct utsname *)arg[0]);
	if (fixture.files && number == __NR_fsopen) {
		errno = EPERM;
		return -1;
	}
	return syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

#define syscall(...) fixture_syscall(__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L)
#define getauxval fixture_getauxval
#define main loader_main
#include "../loader.c"
#include "../config.h"
#include "../load_btf.h"
#undef main
#undef getauxval
#undef syscall

/* No vDSO: it would tell this machine's version. */
unsigned long fixture_getauxval(unsigned long type)
{
	switch (type) {
	case AT_RANDOM: return (uintptr_t)fixture.random;
	case AT_PAGESZ: return fixture.page_size;
	default: return 0;
	}
}

static void fixture_reset(void)
{
	fixture = (struct fixture){
		.machine = "x86_64",
		.release = "6.1.0-37-amd64",
		.version = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)",
		.page_size = 4096,
	};
}

/* What a case fills anew. */
static struct text text;
static struct why why;

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Everything in a file from its start, as text. */
static const char *file_text(int fd)
{
	static char bytes[65536];
	ssize_t len = pread(fd, bytes, sizeof(bytes) - 1, 0);

	bytes[len < 0 ? 0 : len] = '\0';
	return bytes;
}

#endif
