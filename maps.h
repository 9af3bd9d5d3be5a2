/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps.h - from specs of maps to their descriptors, and to their pins.
 *
 * Maps are created or found at their pins, filled with what the object says, and,
 * last of all steps of a start, pinned. What is opened here is undone here:
 * maps_close() takes back the pins, directories and the mount that a failed start
 * made.
 */
#ifndef MAPS_H
#define MAPS_H

#include <sys/file.h>

#include "bpf_sys.h"
#include "fs.h"
#include "kernel.h"
#include "mapdef.h"

/* ---- Creating maps ---- */

/* Is the type younger than this kernel? The hint says so. */
SELDOM bool map_is_too_new(uint32_t type, struct why *why)
{
	return type < NR_MAP_TYPES &&
	       kernel_hint_since("maps of type ", map_type_name(type), map_type_ages[type].major,
				 map_type_ages[type].minor, why);
}

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

SELDOM uint32_t kernel_possible_cpus(void)
{
	char list[256];

	if (fs_read(&fs_sys, "devices/system/cpu/possible", list, sizeof(list)) <= 0)
		return 0;
	return cpu_list_end(list);
}

#define STACKS_DEFAULT 1024U /* distinct stacks, of a map that does not say how many */

/* A ring's data: whole pages, and a power of two. */
static inline uint32_t map_ring_size(uint32_t wanted)
{
	uint32_t size = (uint32_t)bare_auxiliary(AT_PAGESZ);

	while (size < wanted && size <= UINT32_MAX / 2)
		size *= 2;
	return size;
}

/* What a size means on this machine: the number of CPUs, whole pages. */
static inline uint32_t map_max_entries(const struct object_map *map)
{
	switch (map->type) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
		return map->max_entries ? map->max_entries : kernel_possible_cpus();
	case BPF_MAP_TYPE_STACK_TRACE:
		return map->max_entries ? map->max_entries : STACKS_DEFAULT;
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		return map->max_entries ? map_ring_size(map->max_entries) : 0;
	default:
		return map->max_entries;
	}
}

#define STACK_DEPTH_DEFAULT 127U /* sysctl kernel.perf_event_max_stack */

/* An array of perf events may be defined by its type alone, and so may stacks. */
static inline uint32_t map_key_size(const struct object_map *map)
{
	const bool by_type = map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ||
			     map->type == BPF_MAP_TYPE_STACK_TRACE;

	return !map->key_size && by_type ? sizeof(uint32_t) : map->key_size;
}

static inline uint32_t map_value_size(const struct object_map *map)
{
	if (!map->value_size && map->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return sizeof(uint32_t);
	if (!map->value_size && map->type == BPF_MAP_TYPE_STACK_TRACE)
		return STACK_DEPTH_DEFAULT * sizeof(uint64_t);
	return map->value_size;
}

/* Maps that refuse to know the types of their keys and values. */
static inline bool map_takes_types(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_ARENA:
		return false;
	default:
		return true;
	}
}

static inline struct sys_map_create_attr map_attr(const struct kernel *kernel,
						  const struct object_map *map,
						  int inner_fd, int btf_fd)
{
	struct sys_map_create_attr attr = {
		.map_type = map->type,
		.key_size = map_key_size(map),
		.value_size = map_value_size(map),
		.max_entries = map_max_entries(map),
		.map_flags = map->flags,
		.inner_map_fd = inner_fd < 0 ? 0 : (uint32_t)inner_fd,
		.numa_node = map->numa_node,
		.map_extra = map->extra,
	};

	if (btf_fd >= 0 && map->value_type && map_takes_types(map->type)) {
		attr.btf_fd = (uint32_t)btf_fd;
		attr.btf_key_type_id = map->key_type;
		attr.btf_value_type_id = map->value_type;
	}
	if (map->is_data)
		attr.map_flags |= BPF_F_MMAPABLE | (map->is_constant ? BPF_F_RDONLY_PROG : 0);
	kernel_set_name(kernel, map->name, map->is_data, attr.map_name);
	return attr;
}

/* What a refusal may be about that the map can do without. True when it is worth another try. */
SELDOM bool map_mend(struct kernel *kernel, const struct object_map *map, int err,
		     struct sys_map_create_attr *attr)
{
	if (err == -EPERM && kernel_raise_memlock(kernel))
		return true;
	if (err >= 0 || kernel_is_exhausted(err))
		return false;
	if (attr->btf_fd) { /* it may know BTF, and not these types */
		attr->btf_fd = attr->btf_key_type_id = attr->btf_value_type_id = 0;
		return true;
	}
	if (err != -EINVAL && err != -E2BIG)
		return false;
	if (map->is_data && attr->map_flags & BPF_F_MMAPABLE) { /* since v5.5 */
		attr->map_flags &= ~BPF_F_MMAPABLE;
		return true;
	}
	if (kernel_drop_name(kernel, attr->map_name))
		return true;
	if (attr->map_flags != BPF_F_NO_PREALLOC || !kernel_is_before(4, 6))
		return false;
	attr->map_flags = 0; /* it knows no flags, and allocates when elements come */
	return true;
}

static inline int map_create(struct kernel *kernel, const struct object_map *map, int inner_fd,
			     int btf_fd, struct why *why)
{
	struct sys_map_create_attr attr = map_attr(kernel, map, inner_fd, btf_fd);
	int fd;

	if (!map->type) {
		why_bad(why, "its definition has no type");
		why_hint(why, "one of __uint() and __type() is for section '.maps', "
			      "and has __uint(type, ...)");
		return -ENOEXEC;
	}
	do
		fd = sys_map_create(&attr);
	while (fd < 0 && map_mend(kernel, map, fd, &attr));
	if (fd >= 0)
		return fd;

	if (fd == -ENOSYS)
		return why_set(why, -EOPNOTSUPP,
			       "this kernel has no bpf() system call (CONFIG_BPF_SYSCALL)");
	why_errno(why, fd,
		  "cannot be created (type %u %s, key %u, value %u, %u entries, flags 0x%x)",
		  map->type, map_type_name(map->type), attr.key_size, attr.value_size,
		  attr.max_entries, map->flags);
	if (fd == -EPERM || fd == -EACCES)
		kernel_hint_privilege(true, why);
	kernel_hint_exhausted(fd, why);
	if (fd == -EINVAL && !attr.max_entries && map->type <= BPF_MAP_TYPE_SOCKHASH)
		why_hint(why, "max_entries is 0: a tool of its own would have set it");
	return fd == -EINVAL && map_is_too_new(map->type, why) ? -EOPNOTSUPP : fd;
}

/*
 * Has this kernel global variables (v5.2)? It has if it knows the maps of constants
 * that came with them.
 */
static inline bool maps_can_be_globals(void)
{
	struct sys_map_create_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = sizeof(uint32_t),
		.value_size = sizeof(uint32_t), .max_entries = 1, .map_flags = BPF_F_RDONLY_PROG,
	};
	int fd = sys_map_create(&attr);

	if (fd >= 0)
		sys_close(fd);
	return fd != -EINVAL && fd != -E2BIG;
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
		p = text_find(p, "\n");
		if (!p)
			return false;
		p++;
	}
	p = text_skip_space(p);
	if (!text_read_c_number(&p, &value) || value > UINT32_MAX)
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
	/* Since v4.6, as the flags themselves. */
	map_fdinfo_value(fdinfo, "map_flags:", &out->flags);
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
	const bool devmap = map->type == BPF_MAP_TYPE_DEVMAP ||
			    map->type == BPF_MAP_TYPE_DEVMAP_HASH;
	/* The kernel sets this flag on device maps by itself (v4.14, commit 546ac1ffb70d). */
	const uint32_t ignored = devmap ? BPF_F_RDONLY_PROG : 0;
	const struct {
		const char *what;
		uint32_t there, ours;
	} fields[] = {
		{ "type", pinned->type, map->type },
		{ "key size", pinned->key_size, map_key_size(map) },
		{ "value size", pinned->value_size, map_value_size(map) },
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

/* The directories of pins, and what of them a failed start has to take back. */
struct pin_dirs {
	int root_fd;       /* /sys/fs/bpf, or -1 */
	int namespace_fd;  /* the namespace's, /sys/fs/bpf/tc */
	int globals_fd;    /* /sys/fs/bpf/tc/globals */
	bool mounted, made_namespace, made_globals;
	const char *namespace; /* "tc", unless the object says otherwise; one for all of its maps */
};

#define PIN_DIRS_CLOSED { .root_fd = -1, .namespace_fd = -1, .globals_fd = -1 }

static inline int pin_dir_fd(const struct pin_dirs *dirs, enum pinning pinning)
{
	return pinning == PIN_GLOBAL_NS ? dirs->globals_fd : dirs->root_fd;
}

/*
 * Enters a directory: bpf() takes paths only, and resolves them from there.
 * pin_leave() follows in any case: a uprobe's file may be named from where we were.
 */
static inline int pin_enter(int dir_fd, int *out_back)
{
	*out_back = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY);
	return kernel_is_exhausted(*out_back) ? *out_back : sys_fchdir(dir_fd);
}

static inline void pin_leave(int back)
{
	if (sys_fchdir(back) < 0)
		sys_chdir("/."); /* a mount that is left is one that can be undone */
	if (back >= 0)
		sys_close(back);
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

	for (int i = 0; fd >= 0 && sys_flock(fd, LOCK_EX | LOCK_NB) != 0 && i < MOUNT_TRIES; i++)
		sys_signals_wait(0, MOUNT_PAUSE_NS);
	return fd;
}

static inline int pin_mount_root(struct pin_dirs *dirs, struct why *why)
{
	int lock_fd = pin_lock_mount_point();
	int err = lock_fd < 0 ? lock_fd : 0, back;

	dirs->root_fd = fs_open_at(BPFFS_PATH, BPF_FS_MAGIC);
	if (!err && dirs->root_fd == -ENOENT) {
		err = pin_enter(lock_fd, &back);
		if (!err) /* the very directory that is open, not where a symlink leads */
			err = sys_mount("bpf", ".", "bpf", 0, "mode=0700");
		pin_leave(back);
		dirs->mounted = err == 0;
		dirs->root_fd = err ? -1 : fs_open_at(BPFFS_PATH, BPF_FS_MAGIC);
	}
	if (lock_fd >= 0)
		sys_close(lock_fd);
	if (err == 0)
		return 0;
	if (err == -ENODEV)
		return why_set(why, -EOPNOTSUPP,
			       "this kernel has no bpf file system (since Linux 4.4)");
	why_errno(why, err, "cannot mount the bpf file system on '" BPFFS_PATH "'");
	if (err == -ENOENT)
		why_hint(why, "mount sysfs first: mount -t sysfs sysfs /sys");
	if (err == -EPERM)
		why_hint(why, "needs CAP_SYS_ADMIN, or somebody who mounts it: mount -t bpf bpf "
			      BPFFS_PATH);
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
	return dirs->root_fd < 0 ? why_errno(why, dirs->root_fd, "cannot open '" BPFFS_PATH "'")
				 : 0;
}

/*
 * The directory `name` below parent_fd, made with mode 0700 as tc makes it; never
 * through a symlink.
 */
static inline int pin_open_subdir(int parent_fd, const char *name, const char *path, bool make,
				  bool *out_made, struct why *why)
{
	int err = make ? sys_mkdirat(parent_fd, name, 0700) : -EEXIST;
	int fd;

	if (err == 0)
		*out_made = true;
	if (err == -EEXIST)
		err = 0;
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

static inline int pin_open_globals(struct pin_dirs *dirs, const struct object_map *map, bool make,
				   struct why *why)
{
	struct text path;

	text_setf(&path, "%s/%s", BPFFS_PATH, map->pin_namespace);
	if (dirs->namespace && strcmp(dirs->namespace, map->pin_namespace) != 0)
		return why_bad(why,
			       "is pinned in '%s', and another map in '%s': expected one for all",
			       map->pin_namespace, dirs->namespace);
	dirs->namespace = map->pin_namespace;
	if (dirs->namespace_fd < 0)
		dirs->namespace_fd = pin_open_subdir(dirs->root_fd, map->pin_namespace, path.data,
						     make, &dirs->made_namespace, why);
	text_addf(&path, "/globals");
	if (dirs->namespace_fd >= 0 && dirs->globals_fd < 0)
		dirs->globals_fd = pin_open_subdir(dirs->namespace_fd, "globals", path.data, make,
						   &dirs->made_globals, why);
	return dirs->namespace_fd < 0 ? dirs->namespace_fd : dirs->globals_fd;
}

/* Opens what the map's pinning needs. Without `make` a missing directory is no error. */
SELDOM int pin_open_dirs(struct pin_dirs *dirs, const struct object_map *map, bool make,
			 struct why *why)
{
	int err = dirs->root_fd < 0 ? pin_open_root(dirs, make, why) : 0;

	if (err || map->pinning != PIN_GLOBAL_NS || dirs->root_fd < 0)
		return err;
	err = pin_open_globals(dirs, map, make, why);
	return err >= 0 || (err == -ENOENT && !make) ? 0 : err;
}

/* Closes; takes back directories (unless somebody uses them) and the mount unless `keep`. */
static inline void pin_close_dirs(struct pin_dirs *dirs, bool keep)
{
	if (!keep && dirs->made_globals)
		sys_unlinkat(dirs->namespace_fd, "globals", AT_REMOVEDIR);
	if (!keep && dirs->made_namespace)
		sys_unlinkat(dirs->root_fd, dirs->namespace, AT_REMOVEDIR);
	if (dirs->globals_fd >= 0)
		sys_close(dirs->globals_fd);
	if (dirs->namespace_fd >= 0)
		sys_close(dirs->namespace_fd);
	if (dirs->root_fd >= 0)
		sys_close(dirs->root_fd);
	if (!keep && dirs->mounted)
		sys_umount(BPFFS_PATH, UMOUNT_NOFOLLOW);
	*dirs = (struct pin_dirs)PIN_DIRS_CLOSED;
}

/*
 * The object behind an O_PATH descriptor of a pin. BPF_OBJ_GET follows
 * symlinks, and bpffs may be writable for everybody: through /proc the very file
 * that was looked at is opened, whatever its name has become. With no /proc to
 * be had it is the name.
 */
static inline int pin_get(int dir_fd, int pin_fd, const char *name)
{
	int proc_fd = fs_open(&fs_proc), back, fd;
	struct text path;

	text_setf(&path, "self/fd/%d", pin_fd);
	fd = pin_enter(proc_fd < 0 ? dir_fd : proc_fd, &back);
	if (fd == 0)
		fd = sys_obj_get(proc_fd < 0 ? name : path.data);
	pin_leave(back);
	if (proc_fd >= 0)
		sys_close(proc_fd);
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
	struct sys_file file;
	int fd, err;

	if (pin_fd < 0)
		return pin_fd == -ENOENT ? pin_fd : why_errno(why, pin_fd, "cannot be looked at");
	err = sys_fstat(pin_fd, &file);
	if (err == 0 && (S_ISLNK(file.mode) || S_ISDIR(file.mode))) {
		sys_close(pin_fd);
		return why_set(why, -EEXIST, "is a %s, expected a map",
			       S_ISLNK(file.mode) ? "symlink" : "directory");
	}
	fd = err ? err : pin_get(dir_fd, pin_fd, map->name);
	sys_close(pin_fd);
	if (fd < 0 && fd != -ENOENT) {
		why_errno(why, fd, "cannot be opened");
		if (fd == -EPERM || fd == -EACCES)
			kernel_hint_privilege(false, why);
	}
	if (fd < 0)
		return fd;
	err = pin_check_map(fd, map, why);
	if (err) {
		sys_close(fd);
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
	const struct object_maps *specs;
	struct map *items;
	uint32_t nr; /* how many of the specs' maps are open, or being opened */
	struct pin_dirs dirs;
};

#define MAPS_CLOSED { .dirs = PIN_DIRS_CLOSED }

/* The map at the pin of maps->items[idx]; -ENOENT when there is none. */
SELDOM int maps_open_pin(struct maps *maps, uint32_t idx, struct why *why)
{
	const struct object_map *map = &maps->specs->items[idx];
	int dir_fd, fd, err = pin_open_dirs(&maps->dirs, map, false, why);
	struct text path;

	if (err)
		return err;
	dir_fd = pin_dir_fd(&maps->dirs, map->pinning);
	fd = dir_fd < 0 ? -ENOENT : pin_open_map(dir_fd, map, why);
	if (fd < 0 && fd != -ENOENT) {
		text_clear(&path);
		pin_add_path(map, &path);
		why_subject(why, fd, "pin '%s'", path.data);
	}
	return fd;
}

/* Gives a section of variables its values; constants stay what they are from then on. */
SELDOM int map_fill(const struct object_map *map, int fd, struct why *why)
{
	const uint32_t key = 0;
	int err = map->data ? sys_map_update(fd, &key, map->data) : 0;

	if (!err && map->is_constant)
		err = sys_map_freeze(fd);
	return err ? why_errno(why, err, "cannot be filled") : 0;
}

#define BPF_F_SEGV_ON_FAULT (1U << 17) /* of an arena: only programs give it pages */

/*
 * A program that uses an arena is loaded when it is known where processes have it
 * (v6.9): where the object says, or where it was mapped first. There the variables get
 * their values; the place stays the arena's when it is mapped no more.
 */
SELDOM int map_place_arena(const struct object_map *map, int fd, struct why *why)
{
	const uint64_t size = (uint64_t)map->max_entries * bare_auxiliary(AT_PAGESZ);
	const uint64_t room = (map->flags & BPF_F_SEGV_ON_FAULT) ? 0 : size;
	void *place;

	if (map->data_size > room)
		return why_bad(why, "has %u bytes of variables, and %llu of pages for them",
			       map->data_size, (unsigned long long)room);
	place = size > SIZE_MAX || map->extra > UINTPTR_MAX ? NULL
		: sys_map((uintptr_t)map->extra, (size_t)size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | (map->extra ? MAP_FIXED_NOREPLACE : 0), fd);
	if (!place)
		return why_set(why, -ENOMEM, "cannot be mapped (%llu bytes at 0x%llx)",
			       (unsigned long long)size, (unsigned long long)map->extra);
	if (map->data)
		memcpy(place, map->data, map->data_size);
	sys_unmap(place, (size_t)size);
	return 0;
}

static inline int maps_open_one(struct kernel *kernel, struct maps *maps, uint32_t idx, int btf_fd,
				struct why *why)
{
	const struct object_map *map = &maps->specs->items[idx];
	int inner_fd = map->inner == OBJECT_NO_MAP ? -1 : maps->items[map->inner].fd;
	int err = 0, fd = map->pinning == PIN_NONE ? -ENOENT : maps_open_pin(maps, idx, why);

	maps->items[idx].pinned = fd >= 0;
	if (fd == -ENOENT)
		fd = map_create(kernel, map, inner_fd, btf_fd, why);
	maps->items[idx].fd = fd;
	if (fd >= 0 && map->is_data)
		err = map_fill(map, fd, why);
	else if (fd >= 0 && map->type == BPF_MAP_TYPE_ARENA && !maps->items[idx].pinned)
		err = map_place_arena(map, fd, why);
	if (fd < 0)
		err = fd;
	return err ? why_subject(why, err, "map '%s'", map->name) : 0;
}

/* A template has said what it had to once its map of maps is there. */
static inline void maps_close_templates(struct maps *maps)
{
	for (uint32_t i = 0; i < maps->nr; i++) {
		if (!maps->specs->items[i].is_template)
			continue;
		sys_close(maps->items[i].fd);
		maps->items[i].fd = -1;
	}
}

/*
 * Opens the object's maps at their pins, or creates them, with the types of the
 * BTF that is loaded as btf_fd (-1: of none). Nothing is pinned, mounted or made:
 * that is maps_pin()'s. maps_close() must follow, whatever this returned.
 */
static inline int maps_open(struct kernel *kernel, const struct object_maps *specs, int btf_fd,
			    struct arena *arena, struct maps *out, struct why *why)
{
	out->specs = specs;
	if (!specs->nr)
		return 0;
	out->items = arena_take(arena, specs->nr, sizeof(*out->items));
	if (!out->items)
		return mapdef_out_of_memory(why);
	out->nr = specs->nr;
	for (uint32_t i = 0; i < out->nr; i++)
		out->items[i].fd = -1;

	/* Maps of maps need their template first; they cannot be templates themselves. */
	for (int outer = 0; outer <= 1; outer++)
		for (uint32_t i = 0; i < out->nr; i++) {
			bool is_outer = specs->items[i].inner != OBJECT_NO_MAP;
			int err = is_outer == outer && !specs->items[i].is_folded
					  ? maps_open_one(kernel, out, i, btf_fd, why) : 0;

			if (err)
				return err;
		}
	maps_close_templates(out);
	return 0;
}

/*
 * Puts maps and programs into the places that the object gives them; a program's
 * descriptor is in function_fds at its function's index. `shared` are the maps that
 * were pinned before: what stood there is replaced for good, so theirs is the very
 * last step of a start.
 */
SELDOM int maps_link(const struct maps *maps, bool shared, const int *function_fds,
		     struct why *why)
{
	for (uint32_t i = 0; i < maps->specs->nr_slots; i++) {
		const struct object_slot *slot = &maps->specs->slots[i];
		const struct map *map = &maps->items[slot->map];
		const int fd = slot->is_function ? function_fds[slot->value]
						 : maps->items[slot->value].fd;
		int err = 0;

		if (shared != (map->pinned && !map->pinned_here))
			continue;
		if (fd >= 0) /* the place of a program that was left out stays empty */
			err = sys_map_update(map->fd, &slot->key, &fd);
		if (err >= 0)
			continue;
		why_errno(why, err, "cannot be put into map '%s' at %u",
			  maps->specs->items[slot->map].name, slot->key);
		return why_subject(why, err, "%s '%s'", slot->is_function ? "program" : "map",
				   slot->name);
	}
	return 0;
}

/* Is the map one that has to be pinned yet? */
static inline bool maps_lacks_pin(const struct maps *maps, uint32_t idx)
{
	return maps->specs->items[idx].pinning != PIN_NONE && !maps->items[idx].pinned;
}

SELDOM int maps_pin_one(struct maps *maps, uint32_t idx, struct why *why)
{
	const struct object_map *map = &maps->specs->items[idx];
	int err = pin_open_dirs(&maps->dirs, map, true, why), back;
	struct text path;

	if (err)
		return err;
	err = pin_enter(pin_dir_fd(&maps->dirs, map->pinning), &back);
	if (err == 0)
		err = sys_obj_pin(maps->items[idx].fd, map->name);
	pin_leave(back);
	maps->items[idx].pinned = maps->items[idx].pinned_here = err == 0;
	if (err == 0)
		return 0;
	text_clear(&path);
	pin_add_path(map, &path);
	why_errno(why, err, "cannot be pinned as '%s'", path.data);
	if (err == -EROFS)
		why_hint(why, "the bpf file system is mounted read-only: mount -o remount,rw "
			      BPFFS_PATH);
	return err;
}

/* Puts the maps that others have pinned in the places of ours, under the same descriptors. */
SELDOM int maps_adopt(struct maps *maps, struct why *why)
{
	for (uint32_t i = 0; i < maps->nr; i++) {
		int fd = maps_lacks_pin(maps, i) ? maps_open_pin(maps, i, why) : -ENOENT;

		if (fd == -ENOENT)
			continue;
		if (fd < 0)
			return why_subject(why, fd, "map '%s'", maps->specs->items[i].name);
		sys_dup_over(fd, maps->items[i].fd);
		sys_close(fd);
		maps->items[i].pinned = true;
	}
	return 0;
}

/* An -errno of ours, for who has to do it all again: no system call returns it. */
#define EOVERTAKEN EREMCHG

/*
 * Pins what was created here: the last step of a start, so that no pin is of one
 * that fails or is killed on its way. Returns 0, or -errno with a reason;
 * -EOVERTAKEN when somebody else was first: his maps have taken the places of ours,
 * and programs that were loaded before have to be loaded again.
 */
static inline int maps_pin(struct maps *maps, struct why *why)
{
	for (uint32_t i = 0; i < maps->nr; i++) {
		int err = maps_lacks_pin(maps, i) ? maps_pin_one(maps, i, why) : 0;

		if (err)
			why_subject(why, err, "map '%s'", maps->specs->items[i].name);
		if (err == -EEXIST) {
			maps->dirs.mounted = false; /* it is no longer ours alone */
			err = maps_adopt(maps, why);
			return err ? err : -EOVERTAKEN;
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
		const struct object_map *map = &maps->specs->items[i];

		if (!keep && maps->items[i].pinned_here)
			sys_unlinkat(pin_dir_fd(&maps->dirs, map->pinning), map->name, 0);
		if (maps->items[i].fd >= 0)
			sys_close(maps->items[i].fd);
	}
	maps->nr = 0;
	pin_close_dirs(&maps->dirs, keep);
}

#endif
