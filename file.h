/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* file.h - the object's file, and the memory for what it describes. */
#ifndef FILE_H
#define FILE_H

#include "bpf_sys.h"
#include "elf64.h"
#include "text.h"

#define FILE_SIZE_MAX (64U << 20)

static const char *file_kind(mode_t mode)
{
	return S_ISDIR(mode)    ? "a directory"
	       : S_ISFIFO(mode) ? "a FIFO"
				: "a device";
}

/*
 * Descriptors 0 to 2 may be closed: then this file takes their places as well,
 * so that no message can go to a file which we open for writing later.
 */
static inline int file_open(const char *path)
{
	int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	while (fd >= 0 && fd <= 2)
		fd = sys_dup(fd);
	return fd;
}

static inline int file_check(int fd, size_t *out_size, struct why *why)
{
	struct sys_file file;
	int err = sys_fstat(fd, &file);

	if (err)
		return why_errno(why, err, "cannot be looked at");
	if (!S_ISREG(file.mode))
		return why_bad(why, "is %s, %s", file_kind(file.mode), ELF_EXPECTED);
	if (file.size > FILE_SIZE_MAX)
		return why_bad(why, "has %lld bytes, at most %u",
			       (long long)file.size, FILE_SIZE_MAX);
	*out_size = (size_t)file.size;
	return 0;
}

/* Fills up to `size` bytes; *out_len says how many there were. */
static inline int file_read_all(int fd, uint8_t *data, size_t size, size_t *out_len,
				struct why *why)
{
	size_t len = 0;
	int ret = 1;

	while (len < size && ret > 0) {
		ret = sys_read(fd, data + len, size - len);
		if (ret > 0)
			len += (size_t)ret;
	}
	*out_len = len;
	return ret < 0 ? why_errno(why, ret, "cannot be read") : 0;
}

#define FILE_ROOM (1U << 20)        /* for the kernel's side of it */
#define FILE_ROOM_VALUES (64U << 20) /* and for variables of which the file has no bytes, as .bss */

/*
 * Memory for the file's bytes and, behind them, for what they describe: eight
 * times as much is more than any file can need, but for so much more. Pages that are
 * not touched cost nothing. NULL when there is none.
 */
static inline uint8_t *file_make_room(struct arena *arena, size_t size, size_t more)
{
	arena->size = 9 * size + more;
	arena->data = sys_memory(arena->size);
	return arena->data ? arena_take(arena, size + 1, 1) : NULL;
}

/*
 * The file's bytes, read into memory of our own. The file itself is not mapped:
 * a writer would change checked bytes under us, and truncation raise SIGBUS.
 */
static inline int file_read(const char *path, size_t more, struct arena *arena, struct view *out,
			    struct why *why)
{
	size_t size = 0, len = 0;
	int fd = file_open(path);
	uint8_t *data = NULL;
	int err;

	if (fd < 0)
		return why_errno(why, fd, "cannot be opened");
	err = file_check(fd, &size, why);
	if (!err) {
		data = file_make_room(arena, size, more);
		err = data ? file_read_all(fd, data, size, &len, why)
			   : why_set(why, -ENOMEM, "out of memory: %zu bytes for a file of %zu",
				     arena->size, size);
	}
	sys_close(fd);
	*out = (struct view){ .data = data, .size = len };
	return err;
}

#endif
