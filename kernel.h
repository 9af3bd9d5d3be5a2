/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kernel.h - from an object to map and program descriptors.
 *
 * In order: what the running kernel is and what it refuses; maps, created or
 * found at their pins; the program, its instructions completed with the maps'
 * descriptors; last of all the pins. What is opened here is undone here:
 * maps_close() takes back the pins, directories and the mount that a failed start
 * made.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <sys/file.h>
#include <sys/utsname.h>

#include "bpf_sys.h"
#include "elf64.h"
#include "fs.h"
#include "object.h"

/* What this kernel turned out to be; learnt once, at the first refusal. */
struct kernel {
	bool no_names;       /* it does not know map_name and prog_name (before v4.15) */
	bool memlock_raised;
};

/* ---- The kernel's version, as BPF_PROG_LOAD compares it before v5.0 ---- */

/* LINUX_VERSION_CODE; sublevels past 255 are clamped (4.4.257, 4.14.252, 4.19.222 and later). */
static inline uint32_t version_code(uint64_t major, uint64_t minor, uint64_t sublevel)
{
	return (uint32_t)((major & 255) << 16 | (minor & 255) << 8 |
			  (sublevel > 255 ? 255 : sublevel));
}

/* "4.9.30-2", "5.10": the numbers at the text's start; 0 when it has none. */
static inline uint32_t version_parse(const char *s)
{
	uint64_t number[3] = { 0 };

	for (size_t i = 0; i < 3; i++) {
		if (!text_read_number(&s, 10, &number[i]))
			return i < 2 ? 0 : version_code(number[0], number[1], 0);
		if (*s != '.')
			return i < 1 ? 0 : version_code(number[0], number[1], number[2]);
		s++;
	}
	return version_code(number[0], number[1], number[2]);
}

/* Ubuntu's /proc/version_signature, "Ubuntu 4.4.0-21.37-generic 4.4.6": the last word. */
static inline uint32_t version_parse_signature(const char *signature)
{
	const char *last = strrchr(signature, ' ');

	return last ? version_parse(last + 1) : 0;
}

/* Debian's uname -v, "#1 SMP Debian 4.9.30-2 (2017-06-12)": its release names no sublevel. */
static inline uint32_t version_parse_debian(const char *version)
{
	const char *debian = text_find(version, "Debian ");

	return debian ? version_parse(debian + strlen("Debian ")) : 0;
}

struct version_note {
	uint32_t namesz;
	uint32_t descsz;
	uint32_t type;
};

/* In one PT_NOTE segment: the note "Linux" of type 0 holds LINUX_VERSION_CODE. */
static inline uint32_t version_parse_notes(struct view notes)
{
	struct version_note note;
	uint64_t off = 0;

	while (view_copy(notes, off, &note, sizeof(note))) {
		uint64_t name = off + sizeof(note);
		uint64_t desc = name + (((uint64_t)note.namesz + 3) & ~(uint64_t)3);
		uint32_t code;

		if (note.type == 0 && note.namesz == sizeof("Linux") &&
		    view_has(notes, name, note.namesz) &&
		    memcmp(notes.data + name, "Linux", sizeof("Linux")) == 0 &&
		    view_copy(notes, desc, &code, sizeof(code)))
			return code;
		off = desc + (((uint64_t)note.descsz + 3) & ~(uint64_t)3);
	}
	return 0;
}

/*
 * The vDSO is an ELF image of the host's class: the offsets of the fields that
 * we need in an ELF header and a program header (gABI, chapters 4 and 5).
 */
struct version_elf_layout {
	uint8_t class, word;
	uint8_t e_phoff, e_phentsize, e_phnum;
	uint8_t p_offset, p_filesz;
};

static inline uint64_t version_word(struct view image, uint64_t off, uint8_t word)
{
	uint32_t narrow = 0;
	uint64_t wide = 0;

	if (word == sizeof(narrow)) {
		view_copy(image, off, &narrow, sizeof(narrow));
		return narrow;
	}
	view_copy(image, off, &wide, sizeof(wide));
	return wide;
}

#define PT_NOTE 4

static inline uint32_t version_parse_vdso(struct view vdso)
{
	static const struct version_elf_layout layouts[] = {
		{ ELFCLASS32, 4, 28, 42, 44, 4, 16 },
		{ ELFCLASS64, 8, 32, 54, 56, 8, 32 },
	};

	for (size_t k = 0; k < sizeof(layouts) / sizeof(layouts[0]); k++) {
		const struct version_elf_layout *l = &layouts[k];
		uint16_t phentsize = 0, phnum = 0;
		uint64_t phoff;

		if (!view_has(vdso, 0, EI_NIDENT) || vdso.data[EI_CLASS] != l->class)
			continue;
		phoff = version_word(vdso, l->e_phoff, l->word);
		view_copy(vdso, l->e_phentsize, &phentsize, sizeof(phentsize));
		view_copy(vdso, l->e_phnum, &phnum, sizeof(phnum));
		for (uint64_t i = 0; i < phnum && phoff < vdso.size; i++) {
			uint64_t ph = phoff + i * phentsize;
			struct view notes;
			uint32_t type = 0, code = 0;

			view_copy(vdso, ph, &type, sizeof(type));
			if (type == PT_NOTE &&
			    view_slice(vdso, version_word(vdso, ph + l->p_offset, l->word),
				       version_word(vdso, ph + l->p_filesz, l->word), &notes))
				code = version_parse_notes(notes);
			if (code)
				return code;
		}
	}
	return 0;
}

/*
 * The vDSO knows best and costs no system call; machines without one, or whose
 * distribution numbers its kernels in its own way, are asked in other ways.
 */
static inline uint32_t kernel_version(void)
{
	/* One page is there for certain, and the note lies near the headers. */
	struct view vdso = { (const uint8_t *)getauxval(AT_SYSINFO_EHDR), 4096 };
	uint32_t code = vdso.data ? version_parse_vdso(vdso) : 0;
	struct utsname name;
	char signature[256];

	if (code)
		return code;
	if (fs_read(&fs_proc, "version_signature", signature, sizeof(signature)) > 0)
		code = version_parse_signature(signature);
	if (!code && uname(&name) == 0) {
		code = version_parse_debian(name.version);
		if (!code)
			code = version_parse(name.release);
	}
	return code;
}

/* ---- What it refuses ---- */

/* EPERM before v5.11 may mean RLIMIT_MEMLOCK, not privilege. True when it is worth another try. */
static inline bool kernel_raise_memlock(struct kernel *kernel)
{
	if (kernel->memlock_raised)
		return false;
	kernel->memlock_raised = true;
	return sys_unlimit_memlock() == 0;
}

/* Forgets a name that the kernel may not know. True when it is worth another try. */
static inline bool kernel_drop_name(struct kernel *kernel, char *name)
{
	if (!name[0])
		return false;
	memset(name, 0, BPF_OBJ_NAME_LEN);
	kernel->no_names = true;
	return true;
}

/* The kernel takes 15 of [A-Za-z0-9_.], '.' since v5.2. */
static inline void kernel_set_name(const struct kernel *kernel, const char *name, char *out)
{
	for (size_t i = 0; i < BPF_OBJ_NAME_LEN - 1 && name[i] && !kernel->no_names; i++) {
		bool taken = (name[i] >= '0' && name[i] <= '9') ||
			     ((name[i] | 32) >= 'a' && (name[i] | 32) <= 'z');

		out[i] = taken ? name[i] : '_';
	}
}

/* The capabilities that we have do not help in a user namespace other than the first. */
static inline bool kernel_in_user_namespace(void)
{
	uint64_t inside, outside, count;
	const char *p;
	char map[128];

	if (fs_read(&fs_proc, "self/uid_map", map, sizeof(map)) <= 0)
		return false;
	p = map;
	p += strspn(p, " ");
	if (!text_read_number(&p, 10, &inside))
		return false;
	p += strspn(p, " ");
	if (!text_read_number(&p, 10, &outside))
		return false;
	p += strspn(p, " ");
	return text_read_number(&p, 10, &count) &&
	       !(inside == 0 && outside == 0 && count == UINT32_MAX);
}

/* lockdown(7): "none [integrity] confidentiality", the one in force in brackets; "" when not known. */
static inline const char *kernel_lockdown(void)
{
	char modes[128];

	if (fs_read(&fs_security, "lockdown", modes, sizeof(modes)) <= 0)
		return "";
	if (text_find(modes, "[integrity]"))
		return "integrity";
	return text_find(modes, "[confidentiality]") ? "confidentiality" : "";
}

static inline bool kernel_is_confidential(void)
{
	return strcmp(kernel_lockdown(), "confidentiality") == 0;
}

/* What we ran out of, rather than what was refused. */
static inline bool kernel_is_exhausted(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

static inline void kernel_hint_exhausted(int err, struct why *why)
{
	if (err == -EMFILE)
		why_hint(why, "too many open files: raise the limit (ulimit -n)");
}

/* kernel.perf_event_paranoid, where distributions know levels above 2; 0 when it is not to be read. */
static inline uint64_t kernel_perf_paranoid(void)
{
	char level[16];
	const char *p = level;
	uint64_t value = 0;

	if (fs_read(&fs_proc, "sys/kernel/perf_event_paranoid", level, sizeof(level)) <= 0 ||
	    !text_read_number(&p, 10, &value))
		return 0;
	return value;
}

static inline bool kernel_may(uint64_t capabilities, unsigned int capability)
{
	return capabilities >> capability & 1;
}

/* After EPERM or EACCES: who could do it. */
static inline void kernel_hint_privilege(struct why *why)
{
	uint64_t effective;

	if (sys_capabilities(&effective) < 0)
		return;
	if (!kernel_may(effective, CAP_SYS_ADMIN) &&
	    !(kernel_may(effective, CAP_BPF) && kernel_may(effective, CAP_PERFMON)))
		why_hint(why, "needs root, or CAP_BPF and CAP_PERFMON (CAP_SYS_ADMIN before Linux 5.8); missing:%s%s",
			 kernel_may(effective, CAP_BPF) ? "" : " CAP_BPF",
			 kernel_may(effective, CAP_PERFMON) ? "" : " CAP_PERFMON");
	else if (kernel_in_user_namespace())
		why_hint(why, "this is a user namespace, whose capabilities do not count here: run it outside");
	else if (!kernel_may(effective, CAP_SYS_ADMIN) && kernel_perf_paranoid() > 2)
		why_hint(why, "kernel.perf_event_paranoid above 2 asks for CAP_SYS_ADMIN: sysctl kernel.perf_event_paranoid=2");
	else if (!kernel_may(effective, CAP_SYS_ADMIN))
		why_hint(why, "CAP_SYS_ADMIN may be needed as well, as to mount tracefs");
	else if (kernel_lockdown()[0])
		why_hint(why, "the kernel is locked down (%s)", kernel_lockdown());
	else if (!kernel_may(effective, CAP_SYS_RESOURCE) && kernel_version() < version_code(5, 11, 0))
		why_hint(why, "locked memory may be limited (ulimit -l), and raising that needs CAP_SYS_RESOURCE");
	else
		why_hint(why, "the privilege is there: a security module or a seccomp filter forbids it");
}

/* ---- Map types ---- */

struct map_type {
	const char *name;
	uint8_t major, minor; /* the first kernel that has it */
};

/* enum bpf_map_type, named as bpftool names them. */
static const struct map_type map_types[] = {
	{ "unspec", 0, 0 }, { "hash", 3, 19 }, { "array", 3, 19 }, { "prog_array", 4, 2 },
	{ "perf_event_array", 4, 3 }, { "percpu_hash", 4, 6 }, { "percpu_array", 4, 6 },
	{ "stack_trace", 4, 6 }, { "cgroup_array", 4, 8 }, { "lru_hash", 4, 10 },
	{ "lru_percpu_hash", 4, 10 }, { "lpm_trie", 4, 11 }, { "array_of_maps", 4, 12 },
	{ "hash_of_maps", 4, 12 }, { "devmap", 4, 14 }, { "sockmap", 4, 14 }, { "cpumap", 4, 15 },
	{ "xskmap", 4, 18 }, { "sockhash", 4, 18 }, { "cgroup_storage", 4, 19 },
	{ "reuseport_sockarray", 4, 19 }, { "percpu_cgroup_storage", 4, 20 }, { "queue", 4, 20 },
	{ "stack", 4, 20 }, { "sk_storage", 5, 2 }, { "devmap_hash", 5, 4 },
	{ "struct_ops", 5, 6 }, { "ringbuf", 5, 8 }, { "inode_storage", 5, 10 },
	{ "task_storage", 5, 11 }, { "bloom_filter", 5, 16 }, { "user_ringbuf", 6, 1 },
	{ "cgrp_storage", 6, 2 }, { "arena", 6, 9 },
};

static inline const char *map_type_name(uint32_t type)
{
	return type < sizeof(map_types) / sizeof(map_types[0]) ? map_types[type].name : "unknown";
}

/* Is the type younger than this kernel? The hint says so. */
static inline bool map_is_too_new(uint32_t type, struct why *why)
{
	uint32_t version = kernel_version();
	const struct map_type *known;

	if (type >= sizeof(map_types) / sizeof(map_types[0]))
		return false;
	known = &map_types[type];
	if (!version || version >= version_code(known->major, known->minor, 0))
		return false;
	why_hint(why, "maps of type %s exist since Linux %u.%u, this is %u.%u", known->name,
		 known->major, known->minor, version >> 16, version >> 8 & 255);
	return true;
}

/* ---- Creating maps ---- */

/* A list as in sysfs, "0-3,8,10-11": its last number plus one; 0 when it is none. */
static inline uint32_t cpu_list_end(const char *list)
{
	uint64_t last = 0;

	do {
		if (!text_read_number(&list, 10, &last))
			return 0;
	} while ((*list == '-' || *list == ',') && *list++);
	return last < UINT32_MAX ? (uint32_t)last + 1 : 0;
}

static inline uint32_t kernel_possible_cpus(void)
{
	char list[256];

	if (fs_read(&fs_sys, "devices/system/cpu/possible", list, sizeof(list)) <= 0)
		return 0;
	return cpu_list_end(list);
}

/* What a size means on this machine: the number of CPUs, whole pages. */
static inline uint32_t map_max_entries(const struct object_map *map)
{
	uint32_t page = (uint32_t)getauxval(AT_PAGESZ);

	if (map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && map->max_entries == 0)
		return kernel_possible_cpus();
	if (map->type == BPF_MAP_TYPE_RINGBUF && map->max_entries && map->max_entries < page)
		return page;
	return map->max_entries;
}

static inline int map_create(struct kernel *kernel, const struct object_map *map, int inner_fd,
			     struct why *why)
{
	struct sys_map_create_attr attr = {
		.map_type = map->type,
		.key_size = map->key_size,
		.value_size = map->value_size,
		.max_entries = map_max_entries(map),
		.map_flags = map->flags,
		.inner_map_fd = inner_fd < 0 ? 0 : (uint32_t)inner_fd,
	};
	int fd;

	kernel_set_name(kernel, map->name, attr.map_name);
	do
		fd = sys_map_create(&attr);
	while ((fd == -EPERM && kernel_raise_memlock(kernel)) ||
	       ((fd == -EINVAL || fd == -E2BIG) && kernel_drop_name(kernel, attr.map_name)));
	if (fd >= 0)
		return fd;

	if (fd == -ENOSYS)
		return why_set(why, -EOPNOTSUPP, "this kernel has no bpf() system call (CONFIG_BPF_SYSCALL)");
	why_errno(why, fd, "cannot be created (type %u %s, key %u, value %u, %u entries, flags 0x%x)",
		  map->type, map_type_name(map->type), map->key_size, map->value_size,
		  attr.max_entries, map->flags);
	if (fd == -EPERM || fd == -EACCES)
		kernel_hint_privilege(why);
	kernel_hint_exhausted(fd, why);
	return fd == -EINVAL && map_is_too_new(map->type, why) ? -EOPNOTSUPP : fd;
}

/* ---- Maps found at a pin ---- */

struct map_shape {
	uint32_t type, key_size, value_size, max_entries, flags;
};

/*
 * The value behind "NAME:\t", at the start of a line of /proc/PID/fdinfo/FD (a
 * prog_array has an "owner_prog_type:" too); false when it is not there.
 */
static inline bool map_fdinfo_value(const char *fdinfo, const char *name, uint32_t *out)
{
	const char *p = fdinfo;
	uint64_t value = 0;

	while (!text_skip(&p, name)) {
		p = strchr(p, '\n');
		if (!p)
			return false;
		p++;
	}
	p += strspn(p, " \t");
	if (!text_read_number(&p, text_skip(&p, "0x") ? 16 : 10, &value) || value > UINT32_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
}

/* What is no map, for a message; NULL when it may be one. */
static inline const char *map_fdinfo_other(const char *fdinfo)
{
	uint32_t type;

	if (map_fdinfo_value(fdinfo, "prog_type:", &type))
		return "a program";
	/* "link_type:\tperf" is no number; its "link_id:" is. */
	return map_fdinfo_value(fdinfo, "link_id:", &type) ? "a link" : NULL;
}

/* False when this kernel tells nothing, or zeros. */
static inline bool map_fdinfo_shape(const char *fdinfo, struct map_shape *out)
{
	map_fdinfo_value(fdinfo, "map_flags:", &out->flags); /* since v4.6, as the flags themselves */
	return map_fdinfo_value(fdinfo, "map_type:", &out->type) && out->type &&
	       map_fdinfo_value(fdinfo, "key_size:", &out->key_size) &&
	       map_fdinfo_value(fdinfo, "value_size:", &out->value_size) &&
	       map_fdinfo_value(fdinfo, "max_entries:", &out->max_entries);
}

/*
 * What a descriptor from a pin is. Returns 0 and the map's shape; -ENOTSUP when
 * this kernel does not tell; -EBADF when it is not a map, *out_kind says what.
 * fdinfo is older than BPF_OBJ_GET_INFO_BY_FD (v4.13), and it alone names what
 * is no map.
 */
static inline int map_read_shape(int fd, struct map_shape *out, const char **out_kind)
{
	struct sys_map_info info = { 0 };
	char fdinfo[1024];
	struct text path;

	*out = (struct map_shape){ 0 };
	text_setf(&path, "self/fdinfo/%d", fd);
	if (fs_read(&fs_proc, path.data, fdinfo, sizeof(fdinfo)) > 0) {
		*out_kind = map_fdinfo_other(fdinfo);
		if (*out_kind)
			return -EBADF;
		if (map_fdinfo_shape(fdinfo, out))
			return 0;
	}
	if (sys_map_info(fd, &info) < 0)
		return -ENOTSUP;
	*out = (struct map_shape){ info.type, info.key_size, info.value_size, info.max_entries,
				   info.map_flags };
	return 0;
}

/* Every difference with both values, or nothing. */
static inline void map_compare(const struct object_map *map, const struct map_shape *pinned,
			       struct text *out)
{
	const bool devmap = map->type == BPF_MAP_TYPE_DEVMAP || map->type == BPF_MAP_TYPE_DEVMAP_HASH;
	/* The kernel sets this flag on device maps by itself (v4.14, commit 546ac1ffb70d). */
	const uint32_t ignored = devmap ? BPF_F_RDONLY_PROG : 0;
	const struct {
		const char *what;
		uint32_t there, ours;
	} fields[] = {
		{ "type", pinned->type, map->type },
		{ "key size", pinned->key_size, map->key_size },
		{ "value size", pinned->value_size, map->value_size },
		{ "max entries", pinned->max_entries, map_max_entries(map) },
		{ "flags", pinned->flags & ~ignored, map->flags & ~ignored },
	};

	text_clear(out);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].there != fields[i].ours)
			text_addf(out, "%s%s %u there, %u in the object", out->len ? "; " : "",
				  fields[i].what, fields[i].there, fields[i].ours);
}

/* ---- Pins ---- */

#define BPFFS_PATH "/sys/fs/bpf"

/* The directories of pins, and what of them a failed start has to take back. */
struct pin_dirs {
	int root_fd;    /* /sys/fs/bpf, or -1 */
	int tc_fd;      /* /sys/fs/bpf/tc */
	int globals_fd; /* /sys/fs/bpf/tc/globals */
	bool mounted, made_tc, made_globals;
};

static inline const char *pin_dir_path(enum pinning pinning)
{
	return pinning == PIN_GLOBAL_NS ? BPFFS_PATH "/tc/globals" : BPFFS_PATH;
}

static inline int pin_dir_fd(const struct pin_dirs *dirs, enum pinning pinning)
{
	return pinning == PIN_GLOBAL_NS ? dirs->globals_fd : dirs->root_fd;
}

/* Enters a directory: bpf() takes paths only, and resolves them from there. */
static inline int pin_enter(int dir_fd)
{
	return sys_result(fchdir(dir_fd));
}

#define MOUNT_TRIES 100
#define MOUNT_PAUSE_NS 10000000

/*
 * Two starts at once must not mount two file systems, one on the other: the
 * mount point is locked, and who waited looks again. Somebody who keeps the
 * lock for ever keeps nobody for ever. Returns a descriptor, or -errno.
 */
static inline int pin_lock_mount_point(void)
{
	int fd = sys_openat(AT_FDCWD, BPFFS_PATH, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

	for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && i < MOUNT_TRIES; i++)
		sys_signals_wait(0, MOUNT_PAUSE_NS);
	return fd;
}

static inline int pin_mount_root(struct pin_dirs *dirs, struct why *why)
{
	int lock_fd = pin_lock_mount_point();
	int err = lock_fd < 0 ? lock_fd : 0;

	dirs->root_fd = fs_open_at(BPFFS_PATH, BPF_FS_MAGIC);
	if (!err && dirs->root_fd == -ENOENT) {
		err = pin_enter(lock_fd);
		if (!err) /* the very directory that is open, not what a symlink makes of its name */
			err = sys_result(mount("bpf", ".", "bpf", 0, "mode=0700"));
		dirs->mounted = err == 0;
		dirs->root_fd = err ? -1 : fs_open_at(BPFFS_PATH, BPF_FS_MAGIC);
	}
	if (lock_fd >= 0)
		close(lock_fd);
	if (err == 0)
		return 0;
	if (err == -ENODEV)
		return why_set(why, -EOPNOTSUPP, "this kernel has no bpf file system (since Linux 4.4)");
	why_errno(why, err, "cannot mount the bpf file system on '" BPFFS_PATH "'");
	if (err == -ENOENT)
		why_hint(why, "mount sysfs first: mount -t sysfs sysfs /sys");
	if (err == -EPERM)
		why_hint(why, "needs CAP_SYS_ADMIN, or somebody who mounts it: mount -t bpf bpf " BPFFS_PATH);
	return err;
}

/* bpffs at its place; mounted there, for everybody and to stay, if it is missing. */
static inline int pin_open_root(struct pin_dirs *dirs, bool make, struct why *why)
{
	int err;

	dirs->root_fd = fs_open_at(BPFFS_PATH, BPF_FS_MAGIC);
	if (dirs->root_fd == -ENOENT) {
		if (!make)
			return 0;
		err = pin_mount_root(dirs, why);
		if (err)
			return err;
	}
	return dirs->root_fd < 0 ? why_errno(why, dirs->root_fd, "cannot open '" BPFFS_PATH "'") : 0;
}

/* The directory `name` below parent_fd, made with mode 0700 as tc makes it; never through a symlink. */
static inline int pin_open_subdir(int parent_fd, const char *name, const char *path, bool make,
				  bool *out_made, struct why *why)
{
	int fd, err = 0;

	if (make && mkdirat(parent_fd, name, 0700) == 0)
		*out_made = true;
	else if (make && errno != EEXIST)
		err = -errno;
	fd = err ? err : sys_openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
	if (fd == -ENOENT && !make)
		return fd;
	if (fd < 0) {
		why_errno(why, fd, "cannot use the directory '%s'", path);
		if (fd == -ENOTDIR || fd == -ELOOP)
			why_hint(why, "'%s' is a symlink or a pin, expected a directory", path);
	}
	return fd;
}

/* Opens what the pinning needs. Without `make` a missing directory is no error. */
static inline int pin_open_dirs(struct pin_dirs *dirs, enum pinning pinning, bool make,
				struct why *why)
{
	int err = dirs->root_fd < 0 ? pin_open_root(dirs, make, why) : 0;

	if (err || pinning != PIN_GLOBAL_NS || dirs->root_fd < 0)
		return err;
	if (dirs->tc_fd < 0)
		dirs->tc_fd = pin_open_subdir(dirs->root_fd, "tc", BPFFS_PATH "/tc", make,
					      &dirs->made_tc, why);
	if (dirs->tc_fd >= 0 && dirs->globals_fd < 0)
		dirs->globals_fd = pin_open_subdir(dirs->tc_fd, "globals", BPFFS_PATH "/tc/globals",
						   make, &dirs->made_globals, why);
	err = dirs->tc_fd < 0 ? dirs->tc_fd : dirs->globals_fd;
	return err >= 0 || (err == -ENOENT && !make) ? 0 : err;
}

/* Closes; takes back directories (unless somebody uses them) and the mount unless `keep`. */
static inline void pin_close_dirs(struct pin_dirs *dirs, bool keep)
{
	if (!keep && dirs->made_globals)
		unlinkat(dirs->tc_fd, "globals", AT_REMOVEDIR);
	if (!keep && dirs->made_tc)
		unlinkat(dirs->root_fd, "tc", AT_REMOVEDIR);
	if (dirs->globals_fd >= 0)
		close(dirs->globals_fd);
	if (dirs->tc_fd >= 0)
		close(dirs->tc_fd);
	if (dirs->root_fd >= 0)
		close(dirs->root_fd);
	if (!keep && dirs->mounted) {
		chdir("/"); /* the working directory may be in it */
		umount2(BPFFS_PATH, UMOUNT_NOFOLLOW);
	}
	*dirs = (struct pin_dirs){ .root_fd = -1, .tc_fd = -1, .globals_fd = -1 };
}

/*
 * The object behind an O_PATH descriptor of a pin. BPF_OBJ_GET follows
 * symlinks, and bpffs may be writable for everybody: through /proc the very file
 * that was looked at is opened, whatever its name has become. With no /proc to
 * be had it is the name.
 */
static inline int pin_get(int dir_fd, int pin_fd, const char *name)
{
	int proc_fd = fs_open(&fs_proc);
	struct text path;
	int fd;

	text_setf(&path, "self/fd/%d", pin_fd);
	if (proc_fd >= 0 && pin_enter(proc_fd) == 0)
		fd = sys_obj_get(path.data);
	else
		fd = pin_enter(dir_fd) == 0 ? sys_obj_get(name) : -EACCES;
	if (proc_fd >= 0)
		close(proc_fd);
	return fd;
}

/* A descriptor from a pin: is it a map, and of the object's shape? */
static inline int pin_check_map(int fd, const struct object_map *map, struct why *why)
{
	struct map_shape shape;
	const char *kind = NULL;
	struct text differences;
	int err = map_read_shape(fd, &shape, &kind);

	if (err == -EBADF)
		return why_set(why, -EEXIST, "is %s, expected a map", kind);
	if (err)
		return 0; /* this kernel does not tell; the verifier looks at it as well */
	map_compare(map, &shape, &differences);
	if (!differences.len)
		return 0;
	why_set(why, -EEXIST, "is another map: ");
	text_add(&why->reason, differences.data, differences.len);
	why_hint(why, "remove the pin if nobody needs it, or rename the map");
	return -EEXIST;
}

/*
 * What is at the pin: -ENOENT nothing; a map's descriptor if it is one and fits
 * the object; else refused. The name has no '/', and the directory is open: no
 * part of the way can be swapped for another.
 */
static inline int pin_open_map(int dir_fd, const struct object_map *map, struct why *why)
{
	int pin_fd = sys_openat(dir_fd, map->name, O_PATH | O_NOFOLLOW);
	struct stat st = { 0 };
	int fd, err;

	if (pin_fd < 0)
		return pin_fd == -ENOENT ? pin_fd : why_errno(why, pin_fd, "cannot be looked at");
	err = sys_result(fstat(pin_fd, &st));
	if (err == 0 && (S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode))) {
		close(pin_fd);
		return why_set(why, -EEXIST, "is a %s, expected a map",
			       S_ISLNK(st.st_mode) ? "symlink" : "directory");
	}
	fd = err ? err : pin_get(dir_fd, pin_fd, map->name);
	close(pin_fd);
	if (fd < 0 && fd != -ENOENT) {
		why_errno(why, fd, "cannot be opened");
		if (fd == -EPERM || fd == -EACCES)
			kernel_hint_privilege(why);
	}
	if (fd < 0)
		return fd;
	err = pin_check_map(fd, map, why);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* ---- The maps of an object ---- */

struct map {
	int fd;
	bool pinned;      /* its pin is there */
	bool pinned_here; /* and made by us: a failed start takes it back */
};

struct maps {
	const struct object *object;
	struct map *items;
	uint32_t nr; /* how many of the object's maps are open, or being opened */
	struct pin_dirs dirs;
};

#define MAPS_CLOSED { .dirs = { .root_fd = -1, .tc_fd = -1, .globals_fd = -1 } }

/* The map at the pin of maps->items[idx]; -ENOENT when there is none. */
static inline int maps_open_pin(struct maps *maps, uint32_t idx, struct why *why)
{
	const struct object_map *map = &maps->object->maps[idx];
	int dir_fd, fd, err = pin_open_dirs(&maps->dirs, map->pinning, false, why);

	if (err)
		return err;
	dir_fd = pin_dir_fd(&maps->dirs, map->pinning);
	fd = dir_fd < 0 ? -ENOENT : pin_open_map(dir_fd, map, why);
	if (fd < 0 && fd != -ENOENT)
		why_subject(why, fd, "pin '%s/%s'", pin_dir_path(map->pinning), map->name);
	return fd;
}

static inline int maps_open_one(struct kernel *kernel, struct maps *maps, uint32_t idx,
				struct why *why)
{
	const struct object_map *map = &maps->object->maps[idx];
	int inner_fd = map->inner == OBJECT_NO_MAP ? -1 : maps->items[map->inner].fd;
	int fd = map->pinning == PIN_NONE ? -ENOENT : maps_open_pin(maps, idx, why);

	maps->items[idx].pinned = fd >= 0;
	if (fd == -ENOENT)
		fd = map_create(kernel, map, inner_fd, why);
	maps->items[idx].fd = fd;
	return fd < 0 ? why_subject(why, fd, "map '%s'", map->name) : 0;
}

/*
 * Opens the object's maps at their pins, or creates them. Nothing is pinned,
 * mounted or made: that is maps_pin()'s. maps_close() must follow, whatever this
 * returned.
 */
static inline int maps_open(struct kernel *kernel, const struct object *object,
			    struct arena *arena, struct maps *out, struct why *why)
{
	out->object = object;
	if (!object->nr_maps)
		return 0;
	out->items = arena_take(arena, object->nr_maps, sizeof(*out->items));
	if (!out->items)
		return object_out_of_memory(why);
	out->nr = object->nr_maps;
	for (uint32_t i = 0; i < out->nr; i++)
		out->items[i].fd = -1;

	/* Maps of maps need their template first; they cannot be templates themselves. */
	for (int outer = 0; outer <= 1; outer++)
		for (uint32_t i = 0; i < out->nr; i++) {
			bool is_outer = object->maps[i].inner != OBJECT_NO_MAP;
			int err = is_outer == outer ? maps_open_one(kernel, out, i, why) : 0;

			if (err)
				return err;
		}
	return 0;
}

/*
 * Puts the inner maps into their places, as tc does. What stood there in an
 * outer map that was pinned before is replaced for good.
 */
static inline int maps_link(const struct maps *maps, struct why *why)
{
	for (uint32_t i = 0; i < maps->nr; i++) {
		const struct object_map *map = &maps->object->maps[i];
		uint32_t inner_fd = (uint32_t)maps->items[i].fd;
		int err;

		if (map->outer == OBJECT_NO_MAP)
			continue;
		err = sys_map_update(maps->items[map->outer].fd, &map->outer_key, &inner_fd);
		if (err < 0) {
			why_errno(why, err, "cannot be put into map '%s' at %u",
				maps->object->maps[map->outer].name, map->outer_key);
			return why_subject(why, err, "map '%s'", map->name);
		}
	}
	return 0;
}

/* Is the object's map one that has to be pinned yet? */
static inline bool maps_lacks_pin(const struct maps *maps, uint32_t idx)
{
	return maps->object->maps[idx].pinning != PIN_NONE && !maps->items[idx].pinned;
}

static inline int maps_pin_one(struct maps *maps, uint32_t idx, struct why *why)
{
	const struct object_map *map = &maps->object->maps[idx];
	int err = pin_open_dirs(&maps->dirs, map->pinning, true, why);

	if (err)
		return err;
	err = pin_enter(pin_dir_fd(&maps->dirs, map->pinning));
	if (err == 0)
		err = sys_obj_pin(maps->items[idx].fd, map->name);
	maps->items[idx].pinned = maps->items[idx].pinned_here = err == 0;
	if (err == 0)
		return 0;
	why_errno(why, err, "cannot be pinned as '%s/%s'", pin_dir_path(map->pinning), map->name);
	if (err == -EROFS)
		why_hint(why, "the bpf file system is mounted read-only: mount -o remount,rw " BPFFS_PATH);
	return err;
}

/* Puts the maps that others have pinned in the places of ours, under the same descriptors. */
static inline int maps_adopt(struct maps *maps, struct why *why)
{
	for (uint32_t i = 0; i < maps->nr; i++) {
		int fd = maps_lacks_pin(maps, i) ? maps_open_pin(maps, i, why) : -ENOENT;

		if (fd == -ENOENT)
			continue;
		if (fd < 0)
			return why_subject(why, fd, "map '%s'", maps->object->maps[i].name);
		dup3(fd, maps->items[i].fd, O_CLOEXEC);
		close(fd);
		maps->items[i].pinned = true;
	}
	return 0;
}

/*
 * Pins what was created here: the last step of a start, so that no pin is of one
 * that fails or is killed on its way. Returns 0, or -errno with a reason;
 * -EAGAIN when somebody else was first: his maps have taken the places of ours,
 * and a program that was loaded before has to be loaded again.
 */
static inline int maps_pin(struct maps *maps, struct why *why)
{
	for (uint32_t i = 0; i < maps->nr; i++) {
		int err = maps_lacks_pin(maps, i) ? maps_pin_one(maps, i, why) : 0;

		if (err)
			why_subject(why, err, "map '%s'", maps->object->maps[i].name);
		if (err == -EEXIST) {
			err = maps_adopt(maps, why);
			return err ? err : -EAGAIN;
		}
		if (err)
			return err;
	}
	return 0;
}

/* Closes the maps; unless `keep`, takes back the pins that were made here. Idempotent. */
static inline void maps_close(struct maps *maps, bool keep)
{
	for (uint32_t i = maps->nr; i-- > 0;) {
		const struct object_map *map = &maps->object->maps[i];

		if (!keep && maps->items[i].pinned_here)
			unlinkat(pin_dir_fd(&maps->dirs, map->pinning), map->name, 0);
		if (maps->items[i].fd >= 0)
			close(maps->items[i].fd);
	}
	maps->nr = 0;
	pin_close_dirs(&maps->dirs, keep);
}

/* ---- The program ---- */

/* What the verifier said of a program that was refused. */
struct verifier_log {
	char *data; /* NUL-terminated; NULL when there is none */
	size_t size;
};

#define LOG_SIZE_FIRST (64U << 10) /* 16 MiB at once is half the memory of some boards */
#define LOG_SIZE_LAST (UINT32_MAX >> 8) /* the most that kernels before v5.2 take */
#define LOG_TAIL_LINES 12
#define LOAD_TRIES 5
#define PROGRAM_INSNS_OLD 4096U /* BPF_MAXINSNS */
#define PROGRAM_MAPS_MAX 64U /* the kernel's MAX_USED_MAPS */

static inline void verifier_log_close(struct verifier_log *log)
{
	if (log->data)
		munmap(log->data, log->size);
	*log = (struct verifier_log){ 0 };
}

/* "12: (85) call bpf_map_lookup_elem#1": an instruction's line. */
static inline bool verifier_line_is_insn(const char *line)
{
	uint64_t idx;

	return text_read_number(&line, 10, &idx) && text_skip(&line, ": (");
}

/* Where the end of the log starts: the last lines, and at least those of the last instruction. */
static inline const char *verifier_log_tail(const char *log)
{
	const char *p = log + strlen(log);
	bool seen_insn = false;

	for (int lines = 0; p > log; p--) {
		if (p[-1] != '\n' || !*p)
			continue;
		lines++;
		seen_insn = seen_insn || verifier_line_is_insn(p);
		if (lines >= LOG_TAIL_LINES && seen_insn)
			return p;
	}
	return log;
}

/* The map indexes in the instructions become descriptors: once, for they stay the maps' own. */
static inline void program_set_maps(struct object_program *program, const struct maps *maps)
{
	for (uint32_t i = 0; i < program->nr_insns; i++) {
		struct insn *insn = &program->insns[i];

		if (insn->code != INSN_LD_IMM64)
			continue;
		if (insn->src_reg == INSN_PSEUDO_MAP_FD)
			insn->imm = maps->items[insn->imm].fd;
		i++;
	}
}

static inline int program_try(struct sys_prog_load_attr *attr)
{
	int fd;

	/* EAGAIN: the verifier was disturbed, as by a signal, and gave up. */
	for (int i = 0; (fd = sys_prog_load(attr)) == -EAGAIN && i < LOAD_TRIES; i++)
		;
	return fd;
}

/* What a refusal may be about that is not the program: mends it, and says whether to try again. */
static inline bool program_mend(struct kernel *kernel, int err, struct sys_prog_load_attr *attr)
{
	switch (err) {
	case -EPERM:
		return kernel_raise_memlock(kernel);
	case -E2BIG: /* an attr longer than it knows: there are no names before v4.15 */
		return kernel_drop_name(kernel, attr->prog_name);
	case -EINVAL: /* before v5.0 a kprobe program must name the running kernel */
		if (attr->kern_version)
			return false;
		attr->kern_version = kernel_version();
		return attr->kern_version != 0;
	default:
		return false;
	}
}

/*
 * The same program again with a log, in a buffer that grows until the log fits.
 * Returns what the kernel says of the program: a descriptor, -ENOSPC when even
 * the largest log was too short, -ENOMEM when there is none to be had.
 */
static inline int program_try_with_log(struct sys_prog_load_attr *attr, struct verifier_log *log)
{
	size_t size = LOG_SIZE_FIRST;
	int fd;

	for (;;) {
		verifier_log_close(log);
		log->data = sys_memory(size);
		if (!log->data)
			return -ENOMEM;
		log->size = size;
		attr->log_level = 1;
		attr->log_size = (uint32_t)size;
		attr->log_buf = sys_ptr(log->data);
		fd = program_try(attr);
		if (fd != -ENOSPC || size == LOG_SIZE_LAST)
			return fd;
		size = size * 4 < LOG_SIZE_LAST ? size * 4 : LOG_SIZE_LAST;
	}
}

/* The verifier does not know a helper that the program calls. */
static inline int program_hint_helper(int err, struct why *why)
{
	const char *lockdown = kernel_lockdown();
	uint32_t version = kernel_version();

	if (lockdown[0]) {
		why_hint(why, "the kernel is locked down (%s), which takes helpers from programs",
			 lockdown);
		return err;
	}
	why_hint(why, "this kernel (%u.%u) does not have a helper that the program calls",
		 version >> 16, version >> 8 & 255);
	return -EOPNOTSUPP;
}

/* What to do about a refusal. Returns err, or -EOPNOTSUPP when the kernel lacks what it takes. */
static inline int program_hint(const struct object *object, const char *log, int err,
			       struct why *why)
{
	const uint32_t nr_insns = object->program.nr_insns;

	if (text_find(log, "GPL"))
		why_hint(why, "the program's licence is '%s'; add: char _license[] "
			      "__attribute__((section(\"license\"), used)) = \"GPL\";",
			 object->license);
	else if (text_find(log, "unknown func") || text_find(log, "invalid func") ||
		 text_find(log, "cannot use helper")) /* since v6.12 */
		return program_hint_helper(err, why);
	else if (text_find(log, "invalid bpf_context access"))
		why_hint(why, "the program reads registers that this machine does not have there: "
			      "was it compiled for another one?");
	else if (err == -E2BIG && object->nr_maps > PROGRAM_MAPS_MAX)
		why_hint(why, "the kernel lets a program use %u maps, and this object has %u",
			 PROGRAM_MAPS_MAX, object->nr_maps);
	else if ((err == -E2BIG || (err == -EINVAL && !log[0])) && nr_insns >= PROGRAM_INSNS_OLD)
		why_hint(why, "%u instructions are too many for this kernel (%u before Linux 5.2)",
			 nr_insns, PROGRAM_INSNS_OLD);
	else if (err == -EPERM || (err == -EACCES && !log[0]))
		kernel_hint_privilege(why);
	else if (err == -EINVAL && !log[0])
		why_hint(why, "this kernel may lack kprobe programs (CONFIG_BPF_EVENTS)");
	return err;
}

/*
 * Loads the program, whose instructions name the maps. Returns the descriptor,
 * or -errno with a reason and, where the verifier spoke, its log, which
 * verifier_log_close() frees.
 */
static inline int program_load(struct kernel *kernel, const struct object *object,
			       struct verifier_log *log, struct why *why)
{
	const struct object_program *program = &object->program;
	struct sys_prog_load_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insn_cnt = program->nr_insns,
		.insns = sys_ptr(program->insns),
		.license = sys_ptr(object->license),
	};
	int fd, err;

	kernel_set_name(kernel, program->name, attr.prog_name);
	do
		fd = program_try(&attr);
	while (fd < 0 && program_mend(kernel, fd, &attr));
	if (fd >= 0)
		return fd;
	if (fd == -ENOSYS)
		return why_set(why, -EOPNOTSUPP, "this kernel has no bpf() system call (CONFIG_BPF_SYSCALL)");

	err = fd;
	if (!kernel_is_exhausted(err))
		fd = program_try_with_log(&attr, log);
	if (fd >= 0)
		return fd;
	if (fd != -ENOSPC && fd != -ENOMEM) /* else the log failed, and the first answer stands */
		err = fd;
	if (log->data && log->data[0])
		why_errno(why, err, "the verifier refused it");
	else
		why_errno(why, err, "cannot be loaded");
	kernel_hint_exhausted(err, why);
	err = program_hint(object, log->data ? log->data : "", err, why);
	return why_subject(why, err, "program '%s'", program->name);
}

#endif
