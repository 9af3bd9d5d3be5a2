/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kp_bpf.h - all that a kprobe program needs, and no header of the system
 *
 *	clang -O2 -Wall -target bpf -c X.c -o X.o
 *
 * In tc's style a program is one function in the section "prog"; its maps are
 * bpf_elf_map in "maps"; its licence is a string in "license". None of them may
 * have the name of its section: clang takes the two for one symbol. In libbpf's
 * style the section says what a program is for, there may be several, maps are
 * in ".maps", and globals are globals; that takes -g.
 *
 * Registers differ from machine to machine, and -target bpf does not say which
 * it is for: see "The machine" below before compiling for another one. For a
 * kernel before v5.1, clang 20 and newer want -mcpu=v1 as well.
 *
 * A source that wants <linux/bpf.h> too includes it before this header.
 */
#ifndef KP_BPF_H
#define KP_BPF_H

/* The same types as in <linux/types.h>, so that both may be included. */
typedef unsigned char		__u8;
typedef unsigned short		__u16;
typedef unsigned int		__u32;
typedef unsigned long long	__u64;
typedef signed int		__s32;
typedef signed long long	__s64;

#define SEC(NAME)	__attribute__((section(NAME), used))

#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif

/* ---- Maps ---------------------------------------------------------------- */

/* A map definition as tc reads it. What is not named is zero: not pinned. */
struct bpf_elf_map {
	__u32 type;
	__u32 size_key;
	__u32 size_value;
	__u32 max_elem;
	__u32 flags;
	__u32 id;		/* of this map, for others in the object */
	__u32 pinning;
	__u32 inner_id;		/* of the map that is this one's template */
	__u32 inner_idx;	/* where this map goes in the outer one */
};

#define PIN_NONE	0
#define PIN_OBJECT_NS	1	/* /sys/fs/bpf/NAME */
#define PIN_GLOBAL_NS	2	/* /sys/fs/bpf/tc/globals/NAME, shared with tc */

/*
 * Or a map as its variable's type says it, in section ".maps", with -g:
 *
 *	struct {
 *		__uint(type, BPF_MAP_TYPE_HASH);
 *		__uint(max_entries, 1024);
 *		__type(key, __u32);
 *		__type(value, __u64);
 *		__uint(pinning, PIN_OBJECT_NS);
 *	} counts SEC(".maps");
 */
#ifndef __uint
#define __uint(name, number)	int (*name)[number]
#define __type(name, type)	__typeof__(type) *name
#define __array(name, type)	__typeof__(type) *name[]
#endif

#ifndef __LINUX_BPF_H__
enum bpf_map_type {
	BPF_MAP_TYPE_HASH		= 1,
	BPF_MAP_TYPE_ARRAY		= 2,
	BPF_MAP_TYPE_PROG_ARRAY		= 3,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY	= 4,	/* since v4.3 */
	BPF_MAP_TYPE_PERCPU_HASH	= 5,	/* since v4.6, the next two too */
	BPF_MAP_TYPE_PERCPU_ARRAY	= 6,
	BPF_MAP_TYPE_STACK_TRACE	= 7,
	BPF_MAP_TYPE_LRU_HASH		= 9,	/* since v4.10, the next too */
	BPF_MAP_TYPE_LRU_PERCPU_HASH	= 10,
	BPF_MAP_TYPE_ARRAY_OF_MAPS	= 12,	/* since v4.12, the next too */
	BPF_MAP_TYPE_HASH_OF_MAPS	= 13,
	BPF_MAP_TYPE_RINGBUF		= 27,	/* since v5.8 */
};

/* Flags of bpf_map_update_elem */
#define BPF_ANY			0	/* make the element or replace it */
#define BPF_NOEXIST		1	/* make it */
#define BPF_EXIST		2	/* replace it */

/* Flags of a map */
#define BPF_F_NO_PREALLOC	1	/* a hash takes memory as it fills; not for
					   kp_add on 32-bit arm: v6.1 misaligns
					   the values there, and oopses */

/* Flags of bpf_perf_event_output and bpf_get_stackid */
#define BPF_F_CURRENT_CPU	0xffffffffULL
#define BPF_F_USER_STACK	(1ULL << 8)
#define BPF_F_FAST_STACK_CMP	(1ULL << 9)
#define BPF_F_REUSE_STACKID	(1ULL << 10)
#endif /* __LINUX_BPF_H__ */

/*
 * Add to a value in a map that other CPUs add to as well. Relaxed, and its
 * result unused: newer clang makes something else of __sync_fetch_and_add,
 * which kernels before v5.12 do not know.
 */
static __always_inline void kp_add(__u64 *value, __u64 amount)
{
	__atomic_fetch_add(value, amount, __ATOMIC_RELAXED);
}

/* ---- Helpers ------------------------------------------------------------- */

/*
 * The kernel's functions for programs. The "address" is the function's number,
 * and const lets the compiler put it into the call instruction. Those marked
 * GPL want a licence that is compatible with it. Before v4.7 the memory that one
 * is to fill has to be initialized, too.
 */
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key,
					 const void *value, __u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static __u64 (*const bpf_ktime_get_ns)(void) = (void *)5;		/* GPL */
static long (*const bpf_trace_printk)(const char *text, __u32 size, ...) = (void *)6; /* GPL */
static __u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static __u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static long (*const bpf_tail_call)(void *ctx, void *prog_array, __u32 index) = (void *)12;
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;	/* process << 32 | thread */
static __u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;	/* group << 32 | user */
static long (*const bpf_get_current_comm)(void *out, __u32 size) = (void *)16;
static long (*const bpf_perf_event_output)(void *ctx, void *map, __u64 flags,
					   void *data, __u64 size) = (void *)25; /* GPL */
static long (*const bpf_get_stackid)(void *ctx, void *map, __u64 flags) = (void *)27; /* GPL */
static __u64 (*const bpf_get_current_task)(void) = (void *)35;		/* GPL */
static long (*const bpf_ringbuf_output)(void *map, void *data, __u64 size,
					__u64 flags) = (void *)130;	/* since v5.8 */

/*
 * Reading memory; all GPL. The first two take any address; s390x has not had
 * them since v5.8, as user and kernel addresses overlap there, and riscv64
 * only has them again in newer kernels. The four that say which are there since
 * v5.5, on every machine.
 */
static long (*const bpf_probe_read)(void *out, __u32 size, const void *from) = (void *)4;
static long (*const bpf_probe_read_str)(void *out, __u32 size, const void *from) = (void *)45;
static long (*const bpf_probe_read_user)(void *out, __u32 size, const void *from) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *out, __u32 size, const void *from) = (void *)113;
static long (*const bpf_probe_read_user_str)(void *out, __u32 size,
					     const void *from) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *out, __u32 size,
					       const void *from) = (void *)115;

/*
 * Print a line into trace_pipe, with at most three values. A string literal
 * would be in .rodata, and the "maps" convention knows no such map; an array
 * that is filled from one is on the stack. End it with a newline: kernels
 * before v5.9 add none, newer ones show an empty line.
 */
#define bpf_printk(format, ...)						\
({									\
	char text_[] = format;						\
	bpf_trace_printk(text_, sizeof(text_), ##__VA_ARGS__);		\
})

/* ---- The kernel's types and values, with -g ------------------------------- */

/*
 * A struct of the kernel's as far as the program needs it: its fields may be few
 * and in any order, as the loader puts in where this kernel has them.
 *
 *	struct task_struct {
 *		int tgid;
 *		struct task_struct *real_parent;
 *	} KP_KERNEL_TYPE;
 *
 * A vmlinux.h from anywhere will do as well; include it before this header.
 */
#define KP_KERNEL_TYPE	__attribute__((preserve_access_index))

#ifndef __ksym
#define __ksym		__attribute__((section(".ksyms")))	/* extern: a symbol of the kernel's */
#define __kconfig	__attribute__((section(".kconfig")))	/* extern: of its configuration */
#define __weak		__attribute__((weak))			/* zero where it is missing */
#endif

/* A field behind a pointer into the kernel's memory; since v5.5, GPL. */
#define KP_READ(pointer, field)							\
({										\
	__typeof__(pointer) from_ = (pointer);					\
	__typeof__(from_->field) to_;						\
	bpf_probe_read_kernel(&to_, sizeof(to_),				\
			      __builtin_preserve_access_index(&from_->field));	\
	to_;									\
})

/* BPF_CORE_READ(task, real_parent, tgid): task->real_parent->tgid, at most four pointers. */
#ifndef BPF_CORE_READ
#define KP_READ_1(p, a)			KP_READ(p, a)
#define KP_READ_2(p, a, b)		KP_READ(KP_READ_1(p, a), b)
#define KP_READ_3(p, a, b, c)		KP_READ(KP_READ_2(p, a, b), c)
#define KP_READ_4(p, a, b, c, d)	KP_READ(KP_READ_3(p, a, b, c), d)
#define KP_READ_PICK(a, b, c, d, which, ...) which
#define BPF_CORE_READ(pointer, ...)						\
	KP_READ_PICK(__VA_ARGS__, KP_READ_4, KP_READ_3, KP_READ_2, KP_READ_1)	\
	(pointer, __VA_ARGS__)
#define bpf_core_field_exists(field)	__builtin_preserve_field_info(field, 2)
#endif

/* ---- The machine --------------------------------------------------------- */

/*
 * To choose it, add -D__TARGET_ARCH_x86, _arm64, _riscv, _s390, _powerpc or
 * _arm (libbpf's names; s390x on a little-endian host also wants
 * -target bpfeb). Else it is the one that the compiler runs on, told by the
 * name of its dynamic linker, which each machine's ABI fixes; if that says
 * nothing, s390x when big-endian and x86_64 when not.
 */
#if defined(__TARGET_ARCH_x86) || defined(__TARGET_ARCH_arm64) || \
    defined(__TARGET_ARCH_riscv) || defined(__TARGET_ARCH_s390) || \
    defined(__TARGET_ARCH_powerpc) || defined(__TARGET_ARCH_arm)
/* chosen */
#elif __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define __TARGET_ARCH_s390
#elif __has_include("/lib64/ld-linux-x86-64.so.2") || \
      __has_include("/lib/ld-musl-x86_64.so.1")
#define __TARGET_ARCH_x86
#elif __has_include("/lib/ld-linux-aarch64.so.1") || \
      __has_include("/lib/ld-musl-aarch64.so.1")
#define __TARGET_ARCH_arm64
#elif __has_include("/lib/ld-linux-riscv64-lp64d.so.1") || \
      __has_include("/lib/ld-musl-riscv64.so.1")
#define __TARGET_ARCH_riscv
#elif __has_include("/lib64/ld64.so.2") || \
      __has_include("/lib/ld-musl-powerpc64le.so.1")
#define __TARGET_ARCH_powerpc
#elif __has_include("/lib/ld-linux-armhf.so.3") || \
      __has_include("/lib/ld-musl-armhf.so.1")
#define __TARGET_ARCH_arm
#else
#define __TARGET_ARCH_x86
#endif

/*
 * Where struct pt_regs has what, in bytes: arguments 1 to 6 of a function; those
 * of a system call that are elsewhere in its caller's registers; return value,
 * stack pointer, instruction pointer. KP_ON_STACK + n is n bytes above the
 * stack pointer. KP_WRAPPER: some kernels of this machine have system call
 * wrappers (see KP_SYSCALL_ARG1).
 */
#define KP_ON_STACK	4096

#if defined(__TARGET_ARCH_x86)
enum {	/* di si dx cx r8 r9, r10, ax sp ip */
	KP_ARG1 = 112, KP_ARG2 = 104, KP_ARG3 = 96, KP_ARG4 = 88, KP_ARG5 = 72, KP_ARG6 = 64,
	KP_WRAPPER = 1, KP_SYS1 = KP_ARG1, KP_SYS4 = 56, KP_SYS6 = KP_ARG6,
	KP_RC = 80, KP_SP = 152, KP_IP = 128,
};
#elif defined(__TARGET_ARCH_arm64)
enum {	/* regs[0] to [5], orig_x0, regs[0] sp pc */
	KP_ARG1 = 0, KP_ARG2 = 8, KP_ARG3 = 16, KP_ARG4 = 24, KP_ARG5 = 32, KP_ARG6 = 40,
	KP_WRAPPER = 1, KP_SYS1 = 272, KP_SYS4 = KP_ARG4, KP_SYS6 = KP_ARG6,
	KP_RC = 0, KP_SP = 248, KP_IP = 256,
};
#elif defined(__TARGET_ARCH_riscv)
enum {	/* a0 to a5, orig_a0, a0 sp epc */
	KP_ARG1 = 80, KP_ARG2 = 88, KP_ARG3 = 96, KP_ARG4 = 104, KP_ARG5 = 112, KP_ARG6 = 120,
	KP_WRAPPER = 1, KP_SYS1 = 280, KP_SYS4 = KP_ARG4, KP_SYS6 = KP_ARG6,
	KP_RC = 80, KP_SP = 16, KP_IP = 0,
};
#elif defined(__TARGET_ARCH_s390)
enum {	/* gprs[2] to [6], orig_gpr2, gprs[7], gprs[2] gprs[15] psw.addr */
	KP_ARG1 = 40, KP_ARG2 = 48, KP_ARG3 = 56, KP_ARG4 = 64, KP_ARG5 = 72,
	KP_ARG6 = KP_ON_STACK + 160,
	KP_WRAPPER = 1, KP_SYS1 = 152, KP_SYS4 = KP_ARG4, KP_SYS6 = 80,
	KP_RC = 40, KP_SP = 144, KP_IP = 16,
};
#elif defined(__TARGET_ARCH_powerpc)
enum {	/* gpr[3] to [8], gpr[3] gpr[1] nip */
	KP_ARG1 = 24, KP_ARG2 = 32, KP_ARG3 = 40, KP_ARG4 = 48, KP_ARG5 = 56, KP_ARG6 = 64,
	KP_WRAPPER = 1, KP_SYS1 = KP_ARG1, KP_SYS4 = KP_ARG4, KP_SYS6 = KP_ARG6,
	KP_RC = 24, KP_SP = 8, KP_IP = 256,
};
#elif defined(__TARGET_ARCH_arm)
enum {	/* uregs[0] to [3], uregs[0] [13] [15]; 32 bits, and 64-bit values in pairs */
	KP_ARG1 = 0, KP_ARG2 = 4, KP_ARG3 = 8, KP_ARG4 = 12,
	KP_ARG5 = KP_ON_STACK, KP_ARG6 = KP_ON_STACK + 4,
	KP_WRAPPER = 0, KP_SYS1 = KP_ARG1, KP_SYS4 = KP_ARG4, KP_SYS6 = KP_ARG6,
	KP_RC = 0, KP_SP = 52, KP_IP = 60,
};
#endif

#if defined(__TARGET_ARCH_arm)
typedef __u32 kp_reg;
typedef __s32 kp_signed_reg;
#else
typedef __u64 kp_reg;
typedef __s64 kp_signed_reg;
#endif

struct pt_regs;

#define KP_REG(ctx, offset)	(*(const kp_reg *)((const char *)(ctx) + (offset)))

/* A word of the kernel's memory; 0 where there is none. */
static __always_inline kp_reg kp_peek(kp_reg address)
{
	kp_reg word = 0;

#if defined(__TARGET_ARCH_s390) || defined(__TARGET_ARCH_riscv)
	bpf_probe_read_kernel(&word, sizeof(word), (const void *)(__u64)address);
#else
	bpf_probe_read(&word, sizeof(word), (const void *)(__u64)address);
#endif
	return word;
}

static __always_inline __u64 kp_arg(struct pt_regs *ctx, int where)
{
	if (where >= KP_ON_STACK)
		return kp_peek(KP_REG(ctx, KP_SP) + where - KP_ON_STACK);
	return KP_REG(ctx, where);
}

/*
 * The arguments of the probed function, at its first instruction, and with -r
 * its return value, sign-extended. A value fills its register only as far as
 * its type goes: cast what is an int to __s32 before comparing it.
 */
#define PT_REGS_PARM1(ctx)	kp_arg(ctx, KP_ARG1)
#define PT_REGS_PARM2(ctx)	kp_arg(ctx, KP_ARG2)
#define PT_REGS_PARM3(ctx)	kp_arg(ctx, KP_ARG3)
#define PT_REGS_PARM4(ctx)	kp_arg(ctx, KP_ARG4)
#define PT_REGS_PARM5(ctx)	kp_arg(ctx, KP_ARG5)
#define PT_REGS_PARM6(ctx)	kp_arg(ctx, KP_ARG6)
#define PT_REGS_RC(ctx)		((__s64)(kp_signed_reg)KP_REG(ctx, KP_RC))
#define PT_REGS_SP(ctx)		((__u64)KP_REG(ctx, KP_SP))
#define PT_REGS_IP(ctx)		((__u64)KP_REG(ctx, KP_IP))

/*
 * The arguments of a system call, probed at its entry as sys_NAME or whatever
 * this kernel calls it. Where a wrapper stands (x86_64 since v4.17, arm64
 * v4.19, s390x v5.12, powerpc64 v6.1, riscv64 v6.6), the probed function's only
 * argument is a pointer to the caller's registers; elsewhere its arguments are
 * the system call's. One object is right on both, because it looks: the
 * caller's registers lie on the kernel stack that the probed function runs on,
 * above its stack pointer, and no such stack is larger than 64 KiB (16 KiB as a
 * rule; 64 with pages of 64 KiB, and with KASAN on s390x). What user space
 * passes is never in there: it is a small number, positive or negative, or an
 * address of user space, all of which the kernel's addresses stand apart from.
 * (Not so on s390x: before v5.12, one pointer in many millions may be mistaken.
 * 32-bit arm, where any number may be an address, has no wrapper.) Programs of
 * the other width, 32-bit ones on x86_64, enter through other functions.
 */
#define KP_STACK_MAX	65536

static __always_inline __u64 kp_syscall_arg(struct pt_regs *ctx, int plain, int wrapped)
{
	kp_reg arg1 = KP_REG(ctx, KP_ARG1);

	if (KP_WRAPPER && arg1 - KP_REG(ctx, KP_SP) < KP_STACK_MAX)
		return kp_peek(arg1 + wrapped);
	return kp_arg(ctx, plain);
}

#define KP_SYSCALL_ARG1(ctx)	kp_syscall_arg(ctx, KP_ARG1, KP_SYS1)
#define KP_SYSCALL_ARG2(ctx)	kp_syscall_arg(ctx, KP_ARG2, KP_ARG2)
#define KP_SYSCALL_ARG3(ctx)	kp_syscall_arg(ctx, KP_ARG3, KP_ARG3)
#define KP_SYSCALL_ARG4(ctx)	kp_syscall_arg(ctx, KP_ARG4, KP_SYS4)
#define KP_SYSCALL_ARG5(ctx)	kp_syscall_arg(ctx, KP_ARG5, KP_ARG5)
#define KP_SYSCALL_ARG6(ctx)	kp_syscall_arg(ctx, KP_ARG6, KP_SYS6)

#endif /* KP_BPF_H */
