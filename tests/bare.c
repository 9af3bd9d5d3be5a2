/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bare.c - bare.h without a C library: the start, system calls, and each function of
 * memory and strings against its simplest form. Prints a line for each. Compile it with
 * -DBARE -static -nostdlib, and -fno-builtin, or the compiler knows the answers.
 */
#include <fcntl.h>

#include "../bpf_sys.h"

static bool failed;

static void report(bool good, const char *name)
{
	sys_write(1, good ? "ok - bare: " : "not ok - bare: ", good ? 11 : 15);
	sys_write(1, name, strlen(name));
	sys_write(1, "\n", 1);
	failed = failed || !good;
}

static uint32_t random_number(void)
{
	static uint32_t state = 1;

	state = state * 1103515245 + 12345;
	return state >> 16;
}

#define NR_ROUNDS 20000
#define NR_BYTES 96 /* offsets and lengths up to a third of it */

/* Bytes, overlapping or not, at any offset: a copy by way of a third place says what is right. */
static bool memory_is_moved(void)
{
	unsigned char memory[NR_BYTES], wanted[NR_BYTES], aside[NR_BYTES];
	bool good = true;

	for (int round = 0; round < NR_ROUNDS; round++) {
		uint32_t to = random_number() % 32, from = random_number() % 32;
		uint32_t len = random_number() % 32;

		for (uint32_t i = 0; i < NR_BYTES; i++)
			memory[i] = wanted[i] = (unsigned char)random_number();
		for (uint32_t i = 0; i < len; i++)
			aside[i] = wanted[from + i];
		for (uint32_t i = 0; i < len; i++)
			wanted[to + i] = aside[i];
		memmove(memory + to, memory + from, len);
		for (uint32_t i = 0; i < NR_BYTES; i++)
			good = good && memory[i] == wanted[i];
	}
	return good;
}

static bool memory_is_set_and_compared(void)
{
	unsigned char memory[NR_BYTES];
	bool good = true;

	for (uint32_t len = 0; len < NR_BYTES; len++) {
		memset(memory, 1, sizeof(memory));
		memset(memory, 0x1ff, len);
		for (uint32_t i = 0; i < NR_BYTES; i++)
			good = good && memory[i] == (i < len ? 0xff : 1);
		good = good && memchr(memory, 1, sizeof(memory)) == memory + len;
	}
	return good && memcmp("a\0b", "a\0c", 3) < 0 && memcmp("\xff", "a", 1) > 0 &&
	       memcmp("a", "b", 0) == 0 && bcmp("ab", "ac", 2) != 0 && !memchr("abc", 'd', 3);
}

static bool strings_are_compared(void)
{
	const char *path = "/a/bc";

	return strlen("") == 0 && strlen(path) == 5 && strnlen(path, 3) == 3 &&
	       strnlen(path, 6) == 5 && strcmp("a", "a") == 0 && strcmp("a", "ab") < 0 &&
	       strcmp("\xff", "a") > 0 && strncmp("abc", "abd", 2) == 0 &&
	       strncmp("abc", "abd", 3) < 0 && strncmp("a", "a\0b", 9) == 0 &&
	       strrchr(path, '/') == path + 2 && !strrchr(path, 'x') &&
	       strrchr(path, '\0') == path + 5;
}

static bool start_is_right(int argc, char **argv)
{
	unsigned long page = bare_auxiliary(AT_PAGESZ);

	return argc == 1 && argv[0][0] && !argv[1] && page >= 4096 && (page & (page - 1)) == 0 && !bare_auxiliary(0x7ffffff);
}

/* None, one, two, four and six arguments; failures; 64 bits; the kernel's structs. */
static bool kernel_is_called(char **argv)
{
	struct sys_file file = { 0 };
	unsigned int file_system = 0;
	char elf[4] = "", other[2];
	uint8_t *memory = sys_memory(1 << 20);
	int fd = sys_openat(AT_FDCWD, argv[0], O_RDONLY);
	bool good;

	good = sys_getpid() > 0 && memory && !memory[0xfffff] && fd >= 0 &&
	       sys_fstat(fd, &file) == 0 && S_ISREG(file.mode) && file.size > 1000 &&
	       sys_read_at(fd, 1, elf, 3) == 3 && memcmp(elf, "ELF", 3) == 0 &&
	       sys_read_at(fd, 1ULL << 32, other, 2) == 0 &&
	       sys_file_system(fd, &file_system) == 0 && file_system != 0 &&
	       sys_map(0, SIZE_MAX - 0xffff, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1) == NULL &&
	       sys_close(fd) == 0 && sys_close(fd) == -EBADF &&
	       sys_openat(AT_FDCWD, "/none/such", O_RDONLY) == -ENOENT;
	if (memory)
		sys_unmap(memory, 1 << 20);
	return good;
}

static bool child_is_waited_for(void)
{
	pid_t child = sys_fork(0);
	int status = 0;

	if (child == 0)
		sys_exit(42);
	return child > 0 && sys_wait(child, &status) == child && status == 42 << 8;
}

int main(int argc, char **argv)
{
	report(memory_is_moved(), "memory is moved");
	report(memory_is_set_and_compared(), "memory is set and compared");
	report(strings_are_compared(), "strings are compared");
	report(start_is_right(argc, argv), "what the kernel gives is there");
	report(kernel_is_called(argv), "the kernel is called");
	report(child_is_waited_for(), "a child is waited for");
	return failed;
}
