/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fs.h - reaching the kernel's own file systems, mounted or not.
 *
 * A rescue shell or an initramfs may have mounted nothing. What we need to read
 * is then mounted for ourselves alone, where no path leads to it, and is gone
 * with its descriptor. Files are opened below a directory descriptor, so that
 * the rest of the program need not know where a file system was found.
 */
#ifndef FS_H
#define FS_H

#include <sched.h>
#include <sys/wait.h>

#include "bpf_sys.h"
#include "text.h"

struct fs_kind {
	const char *type;  /* as in mount(2) */
	unsigned int magic; /* as in statfs(2) */
	const char *path;  /* where it usually is */
};

static const struct fs_kind fs_proc = { "proc", PROC_SUPER_MAGIC, "/proc" };
static const struct fs_kind fs_sys = { "sysfs", SYSFS_MAGIC, "/sys" };
static const struct fs_kind fs_debug = { "debugfs", DEBUGFS_MAGIC, "/sys/kernel/debug" };
static const struct fs_kind fs_security = { "securityfs", SECURITYFS_MAGIC,
					    "/sys/kernel/security" };
static const struct fs_kind fs_trace = { "tracefs", TRACEFS_MAGIC, "/sys/kernel/tracing" };

/* ---- Reading ---- */

/*
 * Reads a small file, at most size - 1 bytes, ends it with NUL and closes it:
 * the kernel gives files of one value or a few lines in one read. Returns the
 * length, or -errno; fd may be one.
 */
static inline int fs_read_small(int fd, char *buf, size_t size)
{
	int ret;

	buf[0] = '\0';
	if (fd < 0)
		return fd;
	ret = sys_read(fd, buf, size - 1);
	sys_close(fd);
	if (ret > 0)
		buf[ret] = '\0';
	return ret;
}

static inline int fs_read_at(int dir_fd, const char *path, char *buf, size_t size)
{
	return fs_read_small(sys_openat(dir_fd, path, O_RDONLY), buf, size);
}

/* Lines of a file of any length, one after the other, with no more memory than this. */
struct fs_lines {
	int fd;
	size_t start; /* of the next line in buf */
	size_t end;   /* of what was read */
	char buf[2048]; /* three times the longest line of kallsyms */
};

static inline int fs_lines_open(struct fs_lines *lines, int dir_fd, const char *path)
{
	lines->start = lines->end = 0;
	lines->fd = sys_openat(dir_fd, path, O_RDONLY);
	return lines->fd < 0 ? lines->fd : 0;
}

static inline void fs_lines_close(struct fs_lines *lines)
{
	sys_close(lines->fd);
}

/*
 * The next line without its newline, valid until the next call; NULL at the
 * end or on an error. A line longer than the buffer comes in pieces.
 */
static inline char *fs_lines_next(struct fs_lines *lines)
{
	for (;;) {
		char *line = lines->buf + lines->start;
		size_t len = lines->end - lines->start;
		char *newline = memchr(line, '\n', len);
		int ret;

		if (newline) {
			*newline = '\0';
			lines->start += (size_t)(newline - line) + 1;
			return line;
		}
		memmove(lines->buf, line, len);
		lines->start = 0;
		lines->end = len;
		if (len < sizeof(lines->buf) - 1) {
			ret = sys_read(lines->fd, lines->buf + len, sizeof(lines->buf) - 1 - len);
			if (ret > 0) {
				lines->end += (size_t)ret;
				continue;
			}
			if (len == 0)
				return NULL;
		}
		lines->buf[len] = '\0';
		lines->end = 0;
		return lines->buf;
	}
}

/* ---- Finding ---- */

/*
 * Opens a directory if it is of that file system, as an empty mount point is
 * not. -ENOENT when it is not there or of another one.
 */
SELDOM int fs_open_at(const char *path, unsigned int magic)
{
	int fd = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY);
	unsigned int found;
	int err;

	if (fd < 0)
		return fd;
	err = sys_file_system(fd, &found);
	if (err == 0 && found == magic)
		return fd;
	sys_close(fd);
	return err ? err : -ENOENT;
}

/* Mounts where a directory is, opens it, lets go of the place. Returns a descriptor or -errno. */
static inline int fs_mount_briefly(const struct fs_kind *kind)
{
	const char *places[] = { kind->path, "/mnt", "/tmp", "/proc", "/sys", "/dev" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int ret = sys_mount(kind->type, places[i], kind->type, 0, NULL);
		if (ret == -ENOENT || ret == -ENOTDIR)
			continue;
		if (ret < 0)
			return ret;
		ret = fs_open_at(places[i], kind->magic);
		sys_umount(places[i], MNT_DETACH);
		return ret;
	}
	return -ENOENT;
}

/*
 * The same, seen by nobody: a child with our descriptors but a mount namespace
 * of its own mounts, and puts the directory into place_fd. Its namespace ends
 * with it, so nothing stays even if it is killed. Returns 0 or -errno.
 */
static inline int fs_mount_in_child(const struct fs_kind *kind, int place_fd)
{
	int status = 0;
	pid_t child;

	sys_keep_children();
	child = sys_fork(CLONE_FILES);
	if (child < 0)
		return child;
	if (child == 0) {
		int fd;

		/* Without namespaces, or in a chroot, it may be seen for a moment. */
		if (sys_unshare(CLONE_NEWNS) == 0)
			sys_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
		fd = fs_mount_briefly(kind);
		if (fd < 0)
			sys_exit(-fd & 127);
		sys_dup_over(fd, place_fd);
		sys_close(fd);
		sys_exit(0);
	}
	if (sys_wait(child, &status) < 0 || !WIFEXITED(status))
		return -EINTR;
	return -WEXITSTATUS(status);
}

/* A file system for us alone. Before v5.2 a mount needs a place. */
SELDOM int fs_mount_private(const struct fs_kind *kind)
{
	int fd = sys_mount_detached(kind->type);
	int err;

	if (fd != -ENOSYS)
		return fd;
	fd = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	err = fs_mount_in_child(kind, fd);
	if (err == 0)
		return fd;
	sys_close(fd);
	return err;
}

/* Undoes mountinfo's escapes (\040 and the like) in place; proc(5). */
static inline void fs_unescape(char *path)
{
	char *out = path;

	for (const char *in = path; *in; out++) {
		if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && in[2] >= '0' && in[2] <= '7' &&
		    in[3] >= '0' && in[3] <= '7') {
			*out = (char)((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
			in += 4;
		} else {
			*out = *in++;
		}
	}
	*out = '\0';
}

/* Cuts the next field, up to a space, off a line of mountinfo; NULL when there is none. */
SELDOM char *fs_next_field(char **line)
{
	char *field = *line, *end;

	if (!field)
		return NULL;
	end = field + text_until(field, " ");
	*line = *end ? end + 1 : NULL;
	*end = '\0';
	return field;
}

/*
 * The mount point, if this line of /proc/self/mountinfo tells of a whole file
 * system of that type: "36 35 98:0 / /mnt opts [optional ...] - TYPE source opts".
 * The line is taken apart.
 */
static inline char *fs_parse_mountinfo(char *line, const char *type)
{
	char *fields[5], *field;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		fields[i] = fs_next_field(&line);
		if (!fields[i])
			return NULL;
	}
	do
		field = fs_next_field(&line);
	while (field && strcmp(field, "-") != 0);
	field = fs_next_field(&line);
	if (!field || strcmp(field, type) != 0 || strcmp(fields[3], "/") != 0)
		return NULL;
	fs_unescape(fields[4]);
	return fields[4];
}

static inline int fs_open(const struct fs_kind *kind);

/* A mount of that type at an unusual place. */
SELDOM int fs_open_elsewhere(const struct fs_kind *kind)
{
	int proc_fd = fs_open(&fs_proc);
	struct fs_lines lines;
	int fd = -ENOENT;
	char *line;

	if (proc_fd < 0)
		return proc_fd;
	if (fs_lines_open(&lines, proc_fd, "self/mountinfo") == 0) {
		while (fd < 0 && (line = fs_lines_next(&lines))) {
			char *path = fs_parse_mountinfo(line, kind->type);

			if (path)
				fd = fs_open_at(path, kind->magic);
		}
		fs_lines_close(&lines);
	}
	sys_close(proc_fd);
	return fd;
}

/*
 * At its usual place, or wherever it is mounted. (A /proc that is of another PID
 * namespace, as after nsenter -m, has no self.)
 */
static inline int fs_open_mounted(const struct fs_kind *kind)
{
	const bool is_proc = kind == &fs_proc;
	int fd = fs_open_at(is_proc ? "/proc/self/.." : kind->path, kind->magic);

	return fd < 0 && !is_proc ? fs_open_elsewhere(kind) : fd;
}

/*
 * The root directory of a file system (an O_PATH descriptor), or -errno: where
 * it is mounted, or mounted for us alone. -ENODEV when the kernel does not have
 * it, -EPERM when we may not mount.
 */
static inline int fs_open(const struct fs_kind *kind)
{
	int fd = fs_open_mounted(kind);

	return fd < 0 ? fs_mount_private(kind) : fd;
}

/*
 * Opens a file below the file system's root for reading. The usual place is
 * tried first as it stands: that costs one system call.
 */
static inline int fs_open_file(const struct fs_kind *kind, const char *path)
{
	struct text usual;
	int dir_fd, fd;

	text_setf(&usual, "%s/%s", kind->path, path);
	fd = sys_openat(AT_FDCWD, usual.data, O_RDONLY);
	if (fd >= 0)
		return fd;
	dir_fd = fs_open(kind);
	if (dir_fd < 0)
		return dir_fd;
	fd = sys_openat(dir_fd, path, O_RDONLY);
	sys_close(dir_fd);
	return fd;
}

/* Reads a small file below the file system's root, as fs_read_at() does. */
static inline int fs_read(const struct fs_kind *kind, const char *path, char *buf, size_t size)
{
	return fs_read_small(fs_open_file(kind, path), buf, size);
}

/*
 * The directory with kprobe_events, where tracefs is mounted nowhere. Beside it
 * there is debugfs, which holds it before v4.1, and after that mounts tracefs on
 * it when it is looked at: that mount would stay, so debugfs comes last.
 */
static inline int fs_mount_tracing(void)
{
	int fd = fs_mount_private(&fs_trace);
	int debug_fd, tracing_fd;

	if (fd >= 0)
		return fd;
	debug_fd = fs_open(&fs_debug);
	if (debug_fd < 0)
		return fd;
	tracing_fd = sys_openat(debug_fd, "tracing", O_PATH | O_DIRECTORY);
	sys_close(debug_fd);
	return tracing_fd < 0 ? fd : tracing_fd;
}

#endif
