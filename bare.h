/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bare.h - in place of a C library: how a program starts on each machine and
 * calls its kernel, and the functions that compilers take for granted.
 *
 * The C library's headers are used, for types and for the kernel's numbers. Its
 * code is not: what it prepares for threads and for programs of any kind is more
 * than what we need of it. Without BARE, as in the tests and on machines that are
 * missing here (the Makefile asks), the C library does the same.
 */
#ifndef BARE_H
#define BARE_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef BARE

/*
 * ---- The machines ----
 *
 * The instruction that calls the kernel; the registers of the call's number and
 * arguments, syscall(2); which of the two first has the result; what else
 * changes. Then the first instructions: they hand the stack pointer, where argc
 * is, to bare_main(). The kernel has aligned it as functions expect it.
 *
 * ppc64: a flag tells a failure, whose number is positive then, and no register
 * of an argument keeps it, so that all of them are given.
 */
#if defined(__x86_64__) && !defined(__ILP32__)
#define BARE_CALL "syscall"
#define BARE_REGISTERS "rax", "rdi", "rsi", "rdx", "r10", "r8", "r9"
#define BARE_RESULT number
#define BARE_CHANGES "rcx", "r11", "memory"
#define BARE_START "_start: mov %rsp, %rdi; call bare_main"

#elif defined(__aarch64__) && !defined(__ILP32__)
#define BARE_CALL "svc 0"
#define BARE_REGISTERS "x8", "x0", "x1", "x2", "x3", "x4", "x5"
#define BARE_RESULT a
#define BARE_CHANGES "memory"
#define BARE_START "_start: mov x0, sp; bl bare_main"

#elif defined(__ARM_EABI__) && !defined(__ARMEB__)
#define BARE_CALL "svc 0"
#define BARE_REGISTERS "r7", "r0", "r1", "r2", "r3", "r4", "r5"
#define BARE_RESULT a
#define BARE_CHANGES "memory"
#define BARE_START ".arm; _start: mov r0, sp; bl bare_main"

#elif defined(__riscv) && __riscv_xlen == 64
#define BARE_CALL "ecall"
#define BARE_REGISTERS "a7", "a0", "a1", "a2", "a3", "a4", "a5"
#define BARE_RESULT a
#define BARE_CHANGES "memory"
/* The linker shortens instructions by the global pointer, but not those that set it. */
#define BARE_START "_start: .option push; .option norelax; lla gp, __global_pointer$;" \
		   ".option pop; mv a0, sp; call bare_main"

#elif defined(__s390x__)
#define BARE_CALL "svc 0"
#define BARE_REGISTERS "r1", "r2", "r3", "r4", "r5", "r6", "r7"
#define BARE_RESULT a
#define BARE_CHANGES "cc", "memory"
#define BARE_START "_start: lgr %r2, %r15; aghi %r15, -160; brasl %r14, bare_main"

#elif defined(__powerpc64__) && _CALL_ELF == 2
#define BARE_CALL "sc; bns+ 0f; neg 3, 3; 0:"
#define BARE_REGISTERS "r0", "r3", "r4", "r5", "r6", "r7", "r8"
#define BARE_RESULT a
#define BARE_CHANGES "r9", "r10", "r11", "r12", "ctr", "cr0", "memory"
#define BARE_ALL_ARGUMENTS
/* r12 is our own address, to which the table of addresses is relative. */
#define BARE_START "_start: addis 2, 12, .TOC. - _start@ha; addi 2, 2, .TOC. - _start@l;" \
		   "mr 3, 1; li 0, 0; stdu 0, -32(1); bl bare_main"

#else
#error "a machine that is missing here"
#endif

/* ---- The system call ---- */

#define BARE_DECLARE(registers) BARE_DECLARE_EACH(registers)
#define BARE_DECLARE_EACH(of_number, of_a, of_b, of_c, of_d, of_e, of_f)             \
	register long number __asm__(of_number) = nr;                                \
	register long a __asm__(of_a) = arg_a, b __asm__(of_b) = arg_b;              \
	register long c __asm__(of_c) = arg_c, d __asm__(of_d) = arg_d;              \
	register long e __asm__(of_e) = arg_e, f __asm__(of_f) = arg_f
#define BARE_CALL_WITH(...) __asm__ volatile(BARE_CALL : __VA_ARGS__ : : BARE_CHANGES)

/* nr_args is a constant: one of the cases is left, and no register is set in vain. */
__attribute__((always_inline))
static inline long bare_call(unsigned int nr_args, long nr, long arg_a, long arg_b, long arg_c,
			     long arg_d, long arg_e, long arg_f)
{
	BARE_DECLARE(BARE_REGISTERS);

#ifdef BARE_ALL_ARGUMENTS
	nr_args = 6;
#endif
	switch (nr_args) {
	case 0:
	case 1: BARE_CALL_WITH("+r"(number), "+r"(a)); break;
	case 2: BARE_CALL_WITH("+r"(number), "+r"(a), "+r"(b)); break;
	case 3: BARE_CALL_WITH("+r"(number), "+r"(a), "+r"(b), "+r"(c)); break;
	case 4: BARE_CALL_WITH("+r"(number), "+r"(a), "+r"(b), "+r"(c), "+r"(d)); break;
	case 5: BARE_CALL_WITH("+r"(number), "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e)); break;
	default: BARE_CALL_WITH("+r"(number), "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
	}
	return BARE_RESULT;
}

/* ---- The start ---- */

int main(int argc, char **argv);

static const unsigned long *bare_vector; /* the auxiliary vector: pairs of a type and a value */

__asm__(".text; .globl _start; .type _start, %function; " BARE_START);

/*
 * What the kernel leaves on the stack: argc, argv, the environment, the auxiliary
 * vector. (It does not return, but is not told to compilers to do so: what leads to
 * there counts as cold for them, which would be everything.)
 */
__attribute__((used))
static void bare_main(char **stack)
{
	char **argv = stack + 1, **next = argv + (uintptr_t)stack[0] + 1;

	while (*next++)
		;
	bare_vector = (const unsigned long *)next;
	bare_call(1, __NR_exit_group, main((int)(uintptr_t)stack[0], argv), 0, 0, 0, 0, 0);
}

/* A value that the kernel gave at the start, getauxval(3); 0 without it. */
static inline unsigned long bare_auxiliary(unsigned long type)
{
	const unsigned long *pair = bare_vector;

	while (pair[0] && pair[0] != type)
		pair += 2;
	return pair[0] ? pair[1] : 0;
}

/*
 * ---- Memory and strings, string(3) ----
 *
 * Compilers call the first four, and would by themselves make such a loop a call
 * of the function that it is: the empty instruction keeps them from it.
 */
#define BARE_LOOP __asm__("")

typedef unsigned long __attribute__((may_alias, aligned(1))) bare_word;

/* Upwards in words: a word is read before what it overlaps is written. */
void *memmove(void *to, const void *from, size_t len)
{
	char *p = to;
	const char *q = from;

	if (p > q) {
		while (len-- > 0) {
			BARE_LOOP;
			p[len] = q[len];
		}
		return to;
	}
	for (; len >= sizeof(bare_word); len -= sizeof(bare_word)) {
		BARE_LOOP;
		*(bare_word *)p = *(const bare_word *)q;
		p += sizeof(bare_word);
		q += sizeof(bare_word);
	}
	for (; len > 0; len--) {
		BARE_LOOP;
		*p++ = *q++;
	}
	return to;
}

__attribute__((alias("memmove")))
void *memcpy(void *restrict to, const void *restrict from, size_t len);

void *memset(void *to, int byte, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		BARE_LOOP;
		((char *)to)[i] = (char)byte;
	}
	return to;
}

int memcmp(const void *one, const void *other, size_t len)
{
	const unsigned char *p = one, *q = other;

	for (; len > 0; p++, q++, len--)
		if (*p != *q)
			return *p - *q;
	return 0;
}

int bcmp(const void *one, const void *other, size_t len) /* clang's, for equality alone */
{
	return memcmp(one, other, len);
}

void *memchr(const void *data, int byte, size_t len)
{
	for (const unsigned char *p = data; len > 0; p++, len--)
		if (*p == (unsigned char)byte)
			return (void *)p;
	return NULL;
}

size_t strlen(const char *text)
{
	size_t len = 0;

	for (; text[len]; len++)
		BARE_LOOP;
	return len;
}

size_t strnlen(const char *text, size_t max)
{
	size_t len = 0;

	while (len < max && text[len])
		len++;
	return len;
}

int strncmp(const char *one, const char *other, size_t max)
{
	for (; max > 0; one++, other++, max--)
		if (*one != *other || !*one)
			return (unsigned char)*one - (unsigned char)*other;
	return 0;
}

int strcmp(const char *one, const char *other)
{
	for (; *one == *other && *one; one++, other++)
		BARE_LOOP;
	return (unsigned char)*one - (unsigned char)*other;
}

char *strrchr(const char *text, int byte)
{
	const char *last = NULL;

	do
		if (*text == (char)byte)
			last = text;
	while (*text++);
	return (char *)last;
}

/* On arm the compiler's division has it called for a divisor of 0. */
int raise(int signal)
{
	for (;;)
		bare_call(1, __NR_exit_group, 128 + signal, 0, 0, 0, 0, 0);
}

#else /* with a C library */

static inline long bare_call(unsigned int nr_args, long nr, long arg_a, long arg_b, long arg_c,
			     long arg_d, long arg_e, long arg_f)
{
	long ret = syscall(nr, arg_a, arg_b, arg_c, arg_d, arg_e, arg_f);

	(void)nr_args;
	return ret == -1 ? -errno : ret;
}

unsigned long getauxval(unsigned long type); /* glibc's header would bring the kernel's */

static inline unsigned long bare_auxiliary(unsigned long type)
{
	return getauxval(type);
}

#endif

/* Arguments are integers or pointers; the result is the kernel's value or -errno. */
#define sys_call0(nr) bare_call(0, nr, 0, 0, 0, 0, 0, 0)
#define sys_call1(nr, a) bare_call(1, nr, (long)(a), 0, 0, 0, 0, 0)
#define sys_call2(nr, a, b) bare_call(2, nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define sys_call3(nr, a, b, c) bare_call(3, nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys_call4(nr, a, b, c, d) \
	bare_call(4, nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define sys_call5(nr, a, b, c, d, e) \
	bare_call(5, nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define sys_call6(nr, a, b, c, d, e, f) \
	bare_call(6, nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#endif
