/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bpf_sys.h - the kernel's side: its ABI mirrored, and its system calls.
 *
 * Two levels: constants with the kernel's spelling and structs with tags of our
 * own, one for each bpf() command, so that no kernel header is needed; then
 * sys_* wrappers that return the value or -errno. tests/abi.c holds every
 * number here against <linux/bpf.h> and <linux/perf_event.h>.
 *
 * The kernel accepts an attr of any size whose bytes past what it knows are
 * zero (bpf(2)); a command's struct ends with the last field that we use.
 */
#ifndef BPF_SYS_H
#define BPF_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

#include "bare.h"

/* ---- bpf(2) ---- */

#define BPF_MAP_CREATE 0
#define BPF_MAP_UPDATE_ELEM 2
#define BPF_PROG_LOAD 5
#define BPF_OBJ_PIN 6
#define BPF_OBJ_GET 7
#define BPF_OBJ_GET_INFO_BY_FD 15 /* since v4.13 */
#define BPF_BTF_GET_FD_BY_ID 19   /* since v4.18 */
#define BPF_MAP_FREEZE 22         /* since v5.2 */
#define BPF_BTF_GET_NEXT_ID 23    /* since v5.4 */
#define BPF_RAW_TRACEPOINT_OPEN 17 /* since v4.17; without a name since v5.5 */
#define BPF_BTF_LOAD 18           /* since v4.18 */
#define BPF_LINK_CREATE 28        /* since v5.7; of perf events since v5.15 */
#define BPF_ITER_CREATE 33        /* since v5.8 */

#define BPF_PERF_EVENT 41         /* enum bpf_attach_type: of a link; programs' are in kinds.h */
#define BPF_F_SLEEPABLE (1U << 4) /* prog_flags */
#define BPF_LOG_LEVEL1 1          /* log_level: each instruction that the verifier looks at */
#define BPF_LOG_STATS 4           /* its verdict alone; since v5.2 */
#define BPF_F_KPROBE_MULTI_RETURN (1U << 0)
#define BPF_F_UPROBE_MULTI_RETURN (1U << 0)

#define BPF_MAP_TYPE_PERF_EVENT_ARRAY 4
#define BPF_MAP_TYPE_STACK_TRACE 7
#define BPF_MAP_TYPE_CGROUP_ARRAY 8
#define BPF_MAP_TYPE_DEVMAP 14
#define BPF_MAP_TYPE_SOCKMAP 15
#define BPF_MAP_TYPE_CPUMAP 16
#define BPF_MAP_TYPE_XSKMAP 17
#define BPF_MAP_TYPE_SOCKHASH 18
#define BPF_MAP_TYPE_QUEUE 22
#define BPF_MAP_TYPE_STACK 23
#define BPF_MAP_TYPE_DEVMAP_HASH 25
#define BPF_MAP_TYPE_RINGBUF 27
#define BPF_MAP_TYPE_USER_RINGBUF 31
#define BPF_MAP_TYPE_INSN_ARRAY 34 /* since v6.19 */

#define BPF_F_NO_PREALLOC (1U << 0) /* since v4.6 */
#define BPF_F_RDONLY_PROG (1U << 7) /* since v5.2 */
#define BPF_F_MMAPABLE (1U << 10)   /* since v5.5 */
#define BPF_OBJ_NAME_LEN 16U

typedef uint64_t sys_u64 __attribute__((aligned(8))); /* i386 aligns uint64_t to 4 */

struct sys_map_create_attr {
	uint32_t map_type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t map_flags;
	uint32_t inner_map_fd;           /* since v4.12 */
	uint32_t numa_node;              /* since v4.14 */
	char map_name[BPF_OBJ_NAME_LEN]; /* since v4.15 */
	uint32_t map_ifindex;
	uint32_t btf_fd;                 /* since v4.18, as the next two */
	uint32_t btf_key_type_id;
	uint32_t btf_value_type_id;
	uint32_t btf_vmlinux_value_type_id;
	sys_u64 map_extra;               /* since v5.16 */
};

struct sys_map_elem_attr {
	uint32_t map_fd;
	sys_u64 key;
	sys_u64 value;
	sys_u64 flags;
};

/* struct bpf_insn_array_value: of BPF_MAP_TYPE_INSN_ARRAY. */
struct sys_insn_place {
	uint32_t orig_off;   /* in the program as it is loaded; the others are the kernel's */
	uint32_t xlated_off;
	uint32_t jitted_off;
	uint32_t unused;
};

struct sys_prog_load_attr {
	uint32_t prog_type;
	uint32_t insn_cnt;
	sys_u64 insns;
	sys_u64 license;
	uint32_t log_level;
	uint32_t log_size;
	sys_u64 log_buf;
	uint32_t kern_version;            /* must match for kprobes before v5.0 */
	uint32_t prog_flags;
	char prog_name[BPF_OBJ_NAME_LEN]; /* since v4.15 */
	uint32_t prog_ifindex;
	uint32_t expected_attach_type;    /* since v4.17 */
	uint32_t prog_btf_fd;             /* since v5.0, as the next six */
	uint32_t func_info_rec_size;
	sys_u64 func_info;
	uint32_t func_info_cnt;
	uint32_t line_info_rec_size;
	sys_u64 line_info;
	uint32_t line_info_cnt;
	uint32_t attach_btf_id;           /* since v5.5 */
	uint32_t attach_btf_obj_fd;       /* since v5.11; 0: the kernel itself */
	uint32_t core_relo_cnt;
	sys_u64 fd_array;                 /* since v5.14 */
	sys_u64 core_relos;               /* since v5.17, as the next */
	uint32_t core_relo_rec_size;
	uint32_t log_true_size;           /* since v6.4: written by the kernel */
};

struct sys_obj_attr {
	sys_u64 pathname;
	uint32_t bpf_fd;
	uint32_t file_flags; /* since v4.15; it would be padding, which the kernel reads */
};

struct sys_btf_load_attr {
	sys_u64 btf;
	sys_u64 log_buf;
	uint32_t btf_size;
	uint32_t log_size;
	uint32_t log_level;
	uint32_t log_true_size; /* since v6.4; it would be padding, which the kernel reads */
};

struct sys_info_attr {
	uint32_t bpf_fd;
	uint32_t info_len;
	sys_u64 info;
};

struct sys_link_create_attr {
	uint32_t prog_fd;
	uint32_t target_fd;
	uint32_t attach_type;
	uint32_t flags;
};

/* Functions of the kernel, by name or by address: one of the two arrays is given. */
struct sys_link_kprobe_multi_attr {
	struct sys_link_create_attr link;
	uint32_t flags;
	uint32_t cnt;
	sys_u64 syms;
	sys_u64 addrs;
};

/* Places in one file. */
struct sys_link_uprobe_multi_attr {
	struct sys_link_create_attr link;
	sys_u64 path;
	sys_u64 offsets;
	sys_u64 ref_ctr_offsets;
	sys_u64 cookies;
	uint32_t cnt;
	uint32_t flags;
};

struct sys_raw_tracepoint_attr {
	sys_u64 name;
	uint32_t prog_fd;
	uint32_t unused;
};

struct sys_iter_create_attr {
	uint32_t link_fd;
	uint32_t flags;
};

struct sys_map_info {
	uint32_t type;
	uint32_t id;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t map_flags;
};

struct sys_btf_info {
	sys_u64 btf;
	uint32_t btf_size;
	uint32_t id;
	sys_u64 name;        /* since v5.11, as the next two */
	uint32_t name_len;
	uint32_t kernel_btf; /* it is the kernel's or a module's */
};

struct sys_id_attr {
	uint32_t id; /* the one looked for, or the one before the next */
	uint32_t next_id;
	uint32_t open_flags;
};

/* ---- perf_event_open(2) ---- */

#define PERF_TYPE_SOFTWARE 1
#define PERF_TYPE_TRACEPOINT 2
#define PERF_COUNT_SW_CPU_CLOCK 0
#define PERF_FLAG_FD_CLOEXEC (1UL << 3)
#define PERF_EVENT_IOC_ENABLE _IO('$', 0)
#define PERF_EVENT_IOC_SET_BPF _IOW('$', 8, uint32_t)

/* Up to config2: PERF_ATTR_SIZE_VER1, 72 bytes. */
struct sys_perf_attr {
	uint32_t type;
	uint32_t size;
	sys_u64 config;
	sys_u64 sample_period; /* or samples per second, with `freq` */
	sys_u64 sample_type;
	sys_u64 read_format;
	/* Bit fields as in the kernel: they count from the other end on big endian. */
	uint64_t disabled : 1;
	uint64_t unused : 9; /* named, so that they are zeroed as well */
	uint64_t freq : 1;
	uint64_t unused_too : 53;
	uint32_t wakeup_events;
	uint32_t bp_type;
	sys_u64 config1;       /* kprobe_func, uprobe_path: the address of the name */
	sys_u64 config2;       /* probe_offset; without a kprobe_func an address */
};

/* ---- File systems ---- */

#define PROC_SUPER_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
#define DEBUGFS_MAGIC 0x64626720
#define TRACEFS_MAGIC 0x74726163
#define SECURITYFS_MAGIC 0x73636673
#define BPF_FS_MAGIC 0xcafe4a11

/* Since v5.2. One number on every machine, unlike the older calls' (MIPS counts from an offset). */
#ifndef __NR_fsopen
#ifndef __NR_Linux
#define __NR_Linux 0
#endif
#define __NR_fsopen (__NR_Linux + 430)
#define __NR_fsconfig (__NR_Linux + 431)
#define __NR_fsmount (__NR_Linux + 432)
#endif
#define SYS_FSOPEN_CLOEXEC 1
#define SYS_FSMOUNT_CLOEXEC 1
#define SYS_FSCONFIG_CMD_CREATE 6

/* A C library older than the call does not know its number. */
#ifndef __NR_bpf
#if defined(__x86_64__)
#define __NR_bpf 321
#elif defined(__i386__)
#define __NR_bpf 357
#elif defined(__arm__)
#define __NR_bpf 386
#elif defined(__powerpc__)
#define __NR_bpf 361
#elif defined(__s390__)
#define __NR_bpf 351
#else
#define __NR_bpf 280 /* asm-generic/unistd.h */
#endif
#endif

/* ---- Capabilities ---- */

#define CAP_SYS_ADMIN 21
#define CAP_SYS_RESOURCE 24
#define CAP_PERFMON 38 /* since v5.8 */
#define CAP_BPF 39     /* since v5.8 */
#define SYS_CAPABILITY_VERSION 0x20080522

struct sys_cap_header {
	uint32_t version;
	int pid;
};

struct sys_cap_data {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

/* ---- The auxiliary vector, bare_auxiliary() ---- */

#define AT_PAGESZ 6
#define AT_RANDOM 25       /* the address of 16 random bytes, new for each execve */
#define AT_SYSINFO_EHDR 33 /* the vDSO's ELF header */

/* ---- Wrappers: the value, or -errno ---- */

static inline uint64_t sys_ptr(const void *pointer)
{
	return (uintptr_t)pointer;
}

static inline int sys_bpf(int cmd, void *attr, unsigned int size)
{
	return sys_call3(__NR_bpf, cmd, attr, size);
}

static inline int sys_map_create(struct sys_map_create_attr *attr)
{
	return sys_bpf(BPF_MAP_CREATE, attr, sizeof(*attr));
}

static inline int sys_map_update(int map_fd, const void *key, const void *value)
{
	struct sys_map_elem_attr attr = {
		.map_fd = (uint32_t)map_fd, .key = sys_ptr(key), .value = sys_ptr(value),
	};

	return sys_bpf(BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr));
}

static inline int sys_map_freeze(int map_fd)
{
	uint32_t attr = (uint32_t)map_fd;

	return sys_bpf(BPF_MAP_FREEZE, &attr, sizeof(attr));
}

static inline int sys_map_info(int map_fd, struct sys_map_info *out)
{
	struct sys_info_attr attr = {
		.bpf_fd = (uint32_t)map_fd, .info_len = sizeof(*out), .info = sys_ptr(out),
	};

	return sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
}

static inline int sys_btf_info(int btf_fd, struct sys_btf_info *info)
{
	struct sys_info_attr attr = {
		.bpf_fd = (uint32_t)btf_fd, .info_len = sizeof(*info), .info = sys_ptr(info),
	};

	return sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
}

/* Moves *id on to the next BTF that the kernel holds; -ENOENT behind the last one. */
static inline int sys_btf_next_id(uint32_t *id)
{
	struct sys_id_attr attr = { .id = *id };
	int err = sys_bpf(BPF_BTF_GET_NEXT_ID, &attr, sizeof(attr));

	*id = attr.next_id;
	return err;
}

static inline int sys_btf_fd_by_id(uint32_t id)
{
	struct sys_id_attr attr = { .id = id };

	return sys_bpf(BPF_BTF_GET_FD_BY_ID, &attr, sizeof(attr));
}

static inline int sys_prog_load(struct sys_prog_load_attr *attr)
{
	return sys_bpf(BPF_PROG_LOAD, attr, sizeof(*attr));
}

static inline int sys_btf_load(struct sys_btf_load_attr *attr)
{
	return sys_bpf(BPF_BTF_LOAD, attr, sizeof(*attr));
}

/* A relative path counts from the working directory; the last link of a path is followed. */
static inline int sys_obj_get(const char *path)
{
	struct sys_obj_attr attr = { .pathname = sys_ptr(path) };

	return sys_bpf(BPF_OBJ_GET, &attr, sizeof(attr));
}

static inline int sys_obj_pin(int fd, const char *path)
{
	struct sys_obj_attr attr = { .pathname = sys_ptr(path), .bpf_fd = (uint32_t)fd };

	return sys_bpf(BPF_OBJ_PIN, &attr, sizeof(attr));
}

static inline int sys_link_create(int prog_fd, int target_fd, uint32_t attach_type)
{
	struct sys_link_create_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.target_fd = (uint32_t)target_fd,
		.attach_type = attach_type,
	};

	return sys_bpf(BPF_LINK_CREATE, &attr, sizeof(attr));
}

/* What is created is named by attr->link.attach_type. */
static inline int sys_link_create_kprobe_multi(struct sys_link_kprobe_multi_attr *attr)
{
	return sys_bpf(BPF_LINK_CREATE, attr, sizeof(*attr));
}

static inline int sys_link_create_uprobe_multi(struct sys_link_uprobe_multi_attr *attr)
{
	return sys_bpf(BPF_LINK_CREATE, attr, sizeof(*attr));
}

/* `name` may be NULL: then the program was loaded with its target. */
static inline int sys_raw_tracepoint_open(int prog_fd, const char *name)
{
	struct sys_raw_tracepoint_attr attr = { .name = sys_ptr(name),
						.prog_fd = (uint32_t)prog_fd };

	return sys_bpf(BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
}

/* A descriptor: reading it runs the iterator and gives its text. */
static inline int sys_iter_create(int link_fd)
{
	struct sys_iter_create_attr attr = { .link_fd = (uint32_t)link_fd };

	return sys_bpf(BPF_ITER_CREATE, &attr, sizeof(attr));
}

/* An event for every process (pid -1), counted on one CPU. */
static inline int sys_perf_event_open(struct sys_perf_attr *attr, int cpu)
{
	attr->size = sizeof(*attr);
	return sys_call5(__NR_perf_event_open, attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static inline int sys_perf_set_bpf(int perf_fd, int prog_fd)
{
	return sys_call3(__NR_ioctl, perf_fd, PERF_EVENT_IOC_SET_BPF, prog_fd);
}

static inline int sys_perf_enable(int perf_fd)
{
	return sys_call3(__NR_ioctl, perf_fd, PERF_EVENT_IOC_ENABLE, 0);
}

static inline int sys_openat(int dir_fd, const char *path, int flags)
{
	return sys_call3(__NR_openat, dir_fd, path, flags | O_CLOEXEC | O_LARGEFILE);
}

/* Lets place_fd be what fd is. */
static inline int sys_dup_over(int fd, int place_fd)
{
	return sys_call3(__NR_dup3, fd, place_fd, O_CLOEXEC);
}

/* Enters a directory. */
static inline int sys_fchdir(int dir_fd)
{
	return sys_call1(__NR_fchdir, dir_fd);
}

static inline int sys_close(int fd)
{
	return sys_call1(__NR_close, fd);
}

/* What we need of fstat(2). */
struct sys_file {
	mode_t mode;
	int64_t size;
};

/*
 * On 64-bit machines a C library's struct stat is the kernel's own. On 32-bit ones
 * it is not, where it has the time in 64 bits: this is struct stat64 of arm.
 */
#if !defined(BARE) || !defined(__arm__)
#define sys_stat stat
#else
struct sys_stat {
	uint32_t st_dev[4];
	mode_t st_mode;
	uint32_t st_nlink[7];
	int64_t st_size;
	uint32_t st_blksize[12];
};
#endif

static inline int sys_fstat(int fd, struct sys_file *out)
{
	struct sys_stat st = { 0 };
#if !defined(BARE)
	int err = fstat(fd, &st) == 0 ? 0 : -errno;
#elif defined(__arm__)
	int err = sys_call2(__NR_fstat64, fd, &st);
#else
	int err = sys_call2(__NR_fstat, fd, &st);
#endif

	*out = (struct sys_file){ st.st_mode, st.st_size };
	return err;
}

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000 /* since v4.17, and later in C libraries */
#endif

/*
 * A mapping of a file from its start, or of no file (-1), at an address, or anywhere
 * (0); NULL when there can be none. s390 takes the six arguments in memory, or musl
 * puts them there.
 */
static inline void *sys_map(uintptr_t at, size_t size, int protection, int flags, int fd)
{
#if !defined(BARE)
	long address = (long)mmap((void *)at, size, protection, flags, fd, 0);
#elif defined(__s390__)
	const long args[6] = { (long)at, (long)size, protection, flags, fd, 0 };
	long address = sys_call1(__NR_mmap, args);
#elif defined(__NR_mmap2)
	long address = sys_call6(__NR_mmap2, at, size, protection, flags, fd, 0);
#else
	long address = sys_call6(__NR_mmap, at, size, protection, flags, fd, 0);
#endif

	return (unsigned long)address > -4096UL ? NULL : (void *)address; /* -errno */
}

static inline void sys_unmap(void *data, size_t size)
{
	sys_call2(__NR_munmap, data, size);
}

/* A child that is forked does not have it. */
static inline void sys_keep_from_children(void *data, size_t size)
{
	sys_call3(__NR_madvise, data, size, MADV_DONTFORK);
}

/* Zeroed memory that takes no more pages than are touched; NULL when there is none. */
static inline void *sys_memory(size_t size)
{
	return sys_map(0, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
}

static inline int sys_read(int fd, void *data, size_t size)
{
	return sys_call3(__NR_read, fd, data, size);
}

static inline int sys_read_at(int fd, uint64_t off, void *data, size_t size)
{
#if !defined(BARE)
	ssize_t ret = pread(fd, data, size, (off_t)off);

	return ret < 0 ? -errno : (int)ret;
#elif defined(__arm__) /* 64 bits are two registers, an even one and the next */
	return sys_call6(__NR_pread64, fd, data, size, 0, (uint32_t)off, off >> 32);
#else
	return sys_call4(__NR_pread64, fd, data, size, off);
#endif
}

static inline int sys_write(int fd, const void *data, size_t size)
{
	return sys_call3(__NR_write, fd, data, size);
}

/* Waits until something can be written, for so long at most: 1 when it can, 0 when it cannot. */
static inline int sys_wait_writable(int fd, int seconds)
{
	struct pollfd output = { .fd = fd, .events = POLLOUT };
	const long patience[2] = { seconds, 0 }; /* struct timespec, as this call has it */

	return sys_call5(__NR_ppoll, &output, 1, patience, NULL, 0);
}

/* Which file system fd is on: its magic number, and no more of fstatfs(2). */
static inline int sys_file_system(int fd, unsigned int *out)
{
	struct statfs fs = { 0 };
#if !defined(BARE)
	int err = fstatfs(fd, &fs) == 0 ? 0 : -errno;
#elif defined(__arm__)
	int err = sys_call3(__NR_fstatfs64, fd, 84, &fs); /* its own struct, which starts alike */
#else
	int err = sys_call2(__NR_fstatfs, fd, &fs);
#endif

	*out = (unsigned int)fs.f_type;
	return err;
}

/*
 * A mount of the file system `type` that no path leads to: the descriptor is
 * its root, and closing it ends it, however the process ends. Since v5.2.
 */
static inline int sys_mount_detached(const char *type)
{
	int context = sys_call2(__NR_fsopen, type, SYS_FSOPEN_CLOEXEC);
	int ret;

	if (context < 0)
		return context;
	ret = sys_call5(__NR_fsconfig, context, SYS_FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (ret >= 0)
		ret = sys_call3(__NR_fsmount, context, SYS_FSMOUNT_CLOEXEC, 0);
	sys_close(context);
	return ret;
}

/* ---- Those that are as their manual pages in section 2 say ---- */

static inline int sys_mount(const char *source, const char *target, const char *type,
			    unsigned long flags, const char *data)
{
	return sys_call5(__NR_mount, source, target, type, flags, data);
}

static inline int sys_umount(const char *target, int flags)
{
	return sys_call2(__NR_umount2, target, flags);
}

static inline int sys_mkdirat(int dir_fd, const char *path, mode_t mode)
{
	return sys_call3(__NR_mkdirat, dir_fd, path, mode);
}

static inline int sys_unlinkat(int dir_fd, const char *path, int flags)
{
	return sys_call3(__NR_unlinkat, dir_fd, path, flags);
}

static inline int sys_chdir(const char *path)
{
	return sys_call1(__NR_chdir, path);
}

static inline int sys_flock(int fd, int operation)
{
	return sys_call2(__NR_flock, fd, operation);
}

static inline int sys_dup(int fd)
{
	return sys_call1(__NR_dup, fd);
}

/* What the kernel is, and not what setarch(8) makes it tell: that is another machine, or "2.6". */
static inline int sys_uname(struct utsname *out)
{
	sys_call1(__NR_personality, 0 /* PER_LINUX */);
	return sys_call1(__NR_uname, out);
}

static inline int sys_kill(pid_t pid, int signal)
{
	return sys_call2(__NR_kill, pid, signal);
}

static inline pid_t sys_getpid(void)
{
	return sys_call0(__NR_getpid);
}

static inline pid_t sys_getppid(void)
{
	return sys_call0(__NR_getppid);
}

static inline int sys_setsid(void)
{
	return sys_call0(__NR_setsid);
}

static inline int sys_unshare(unsigned long flags)
{
	return sys_call1(__NR_unshare, flags);
}

__attribute__((noreturn))
static inline void sys_exit(int status)
{
	for (;;)
		sys_call1(__NR_exit_group, status);
}

/* ---- Limits and signals ---- */

#ifdef __mips__
#define RLIMIT_MEMLOCK 9
#define RLIMIT_NOFILE 5
#else /* asm-generic/resource.h */
#define RLIMIT_MEMLOCK 8
#define RLIMIT_NOFILE 7
#endif

/* Raises a limit, soft and hard, or the soft one as far as we may. */
static inline int sys_raise_limit(int resource, uint64_t wanted)
{
	uint64_t limit[2] = { wanted, wanted }; /* struct rlimit64 */
	int err = sys_call4(__NR_prlimit64, 0, resource, limit, NULL);

	if (err < 0 && sys_call4(__NR_prlimit64, 0, resource, NULL, limit) == 0) {
		limit[0] = limit[1];
		err = sys_call4(__NR_prlimit64, 0, resource, limit, NULL);
	}
	return err;
}

/*
 * The kernel's signal set: signal N is bit N - 1, and 64 bits are two words on
 * 32-bit machines. All that we name are below 32, in the first word. (The C
 * library's set is sixteen times as large, and its functions are as well.) Its
 * struct sigaction starts with the handler. MIPS has 128 signals, and the flags
 * before the handler.
 */
#ifdef __mips__
#define SYS_SIGSET_BYTES 16
#define SYS_SIGACTION_HANDLER 1
#else
#define SYS_SIGSET_BYTES 8
#define SYS_SIGACTION_HANDLER 0
#endif

struct sys_sigset {
	unsigned long word[SYS_SIGSET_BYTES / sizeof(unsigned long)];
};

#define SYS_SIGNAL(signal) (1UL << ((signal) - 1))

/* Those that end a run. */
#define SYS_SIGNALS_END \
	(SYS_SIGNAL(SIGINT) | SYS_SIGNAL(SIGTERM) | SYS_SIGNAL(SIGQUIT) | SYS_SIGNAL(SIGHUP))

/* `how` is SIG_BLOCK or SIG_UNBLOCK. */
static inline void sys_signals_mask(int how, unsigned long signals)
{
	const struct sys_sigset set = { { signals } };

	sys_call4(__NR_rt_sigprocmask, how, &set, NULL, sizeof(set));
}

/* Takes one of the blocked signals: waits for it, or for pause_ns at most if that is not 0. */
__attribute__((hot)) /* where a live loader stays: not with what seldom runs */
static inline int sys_signals_wait(unsigned long signals, long pause_ns)
{
	const struct sys_sigset set = { { signals } };
	const long pause[2] = { 0, pause_ns }; /* struct timespec, as this call has it */

	return sys_call4(__NR_rt_sigtimedwait, &set, NULL, pause_ns ? pause : NULL, sizeof(set));
}

static inline bool sys_signal_is_ignored(int signal)
{
	uintptr_t action[8] = { 0 };

	return sys_call4(__NR_rt_sigaction, signal, NULL, action, sizeof(struct sys_sigset)) == 0 &&
	       action[SYS_SIGACTION_HANDLER] == (uintptr_t)SIG_IGN;
}

/* Is one of the blocked signals waiting to end the run? (SIGHUP under nohup(1) is not.) */
static inline bool sys_end_is_pending(void)
{
	struct sys_sigset pending = { { 0 } };

	sys_call2(__NR_rt_sigpending, &pending, sizeof(pending));
	pending.word[0] &= SYS_SIGNALS_END;
	return (pending.word[0] & ~SYS_SIGNAL(SIGHUP)) ||
	       (pending.word[0] && !sys_signal_is_ignored(SIGHUP));
}

/* SIGCHLD ignored would reap our children for us, and others could have their process ids then. */
static inline void sys_keep_children(void)
{
	const uintptr_t by_default[8] = { 0 }; /* SIG_DFL, no flags */

	sys_call4(__NR_rt_sigaction, SIGCHLD, by_default, NULL, sizeof(struct sys_sigset));
}

#ifdef __x86_64__
#define SYS_SA_RESTORER 0x04000000

__attribute__((naked, unused)) static void sys_signal_return(void)
{
	__asm__("movl $15, %eax\n\tsyscall"); /* rt_sigreturn */
}
#endif

/*
 * Has the handler called when the signal comes; a system call that waits ends
 * then. x86-64 is told what a handler returns to, other machines' kernels bring it.
 */
static inline void sys_signal_catch(int signal, void (*handler)(int))
{
	uintptr_t action[8] = { 0 };

	action[SYS_SIGACTION_HANDLER] = (uintptr_t)handler;
#ifdef __x86_64__
	action[1] = SYS_SA_RESTORER;
	action[2] = (uintptr_t)sys_signal_return;
#endif
	sys_call4(__NR_rt_sigaction, signal, action, NULL, sizeof(struct sys_sigset));
}

/* SIGALRM after that many seconds, and again and again; 0 for no more. */
static inline void sys_alarm(long seconds)
{
	const long period[4] = { seconds, 0, seconds, 0 }; /* struct itimerval */

	sys_call3(__NR_setitimer, 0 /* ITIMER_REAL */, period, NULL);
}

/* The CPU that we run on, or 0 when the kernel does not say. */
static inline int sys_getcpu(void)
{
	unsigned int cpu = 0;

	return sys_call3(__NR_getcpu, &cpu, NULL, NULL) < 0 ? 0 : (int)cpu;
}

/*
 * fork(2) without what the C library does for threads, which we do not have;
 * `flags` as in clone(2). On s390 the new stack, which we do not give, comes
 * first.
 */
static inline pid_t sys_fork(unsigned long flags)
{
#ifdef __s390__
	return sys_call5(__NR_clone, NULL, flags | SIGCHLD, NULL, NULL, NULL);
#else
	return sys_call5(__NR_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
#endif
}

/* Waits for a child to end: its status for WIFEXITED() and its like in *out, if not NULL. */
static inline int sys_wait(pid_t child, int *out)
{
	return sys_call4(__NR_wait4, child, out, 0, NULL);
}

/* The effective capabilities as a bit mask. */
static inline int sys_capabilities(uint64_t *out)
{
	struct sys_cap_header header = { .version = SYS_CAPABILITY_VERSION };
	struct sys_cap_data data[2] = { { 0 } };
	int ret = sys_call2(__NR_capget, &header, data);

	*out = data[0].effective | (uint64_t)data[1].effective << 32;
	return ret;
}

#endif
