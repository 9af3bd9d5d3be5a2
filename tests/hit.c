// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hit COUNT [CPU]: make COUNT calls of bpf(BPF_PROG_GET_FD_BY_ID) with an id
 *     that no program has, on the CPU if one is named. Nothing else in a guest
 *     makes this call, so a probe that counts it must count exactly COUNT.
 * hit arguments: make one call of process_vm_readv() and one of mmap() with the
 *     arguments of known.h.
 * hit ids: a line for each BPF program, map and link that the kernel holds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "progs/known.h"

/* From the kernel's enum bpf_cmd. */
enum { PROG_GET_NEXT_ID = 11, MAP_GET_NEXT_ID = 12, PROG_GET_FD_BY_ID = 13, LINK_GET_NEXT_ID = 31 };

struct id_attr {
	uint32_t id; /* start_id, prog_id */
	uint32_t next_id;
	uint32_t open_flags;
};

static long sys_bpf(int cmd, struct id_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int print_ids(void)
{
	static const struct {
		const char *name;
		int cmd;
	} kinds[] = {
		{ "prog", PROG_GET_NEXT_ID }, { "map", MAP_GET_NEXT_ID }, { "link", LINK_GET_NEXT_ID },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct id_attr attr = { 0 };

		while (sys_bpf(kinds[i].cmd, &attr) == 0) {
			printf("%s %u\n", kinds[i].name, attr.next_id);
			attr.id = attr.next_id;
		}
		/* ENOENT is the end; EINVAL a kernel without such objects. */
		if (errno != ENOENT && errno != EINVAL) {
			perror(kinds[i].name);
			return 1;
		}
	}
	return 0;
}

_Static_assert(KNOWN_PROT == PROT_READ && KNOWN_FLAGS == (MAP_PRIVATE | MAP_ANONYMOUS),
	       "known.h cannot include these");

static int pass_known_arguments(void)
{
	void *mapped = mmap((void *)KNOWN_ADDRESS, KNOWN_LENGTH, KNOWN_PROT, KNOWN_FLAGS, -1,
			    KNOWN_PAGE * sysconf(_SC_PAGESIZE));

	if (mapped == MAP_FAILED) {
		perror("hit: mmap");
		return 1;
	}
	syscall(SYS_process_vm_readv, (long)KNOWN_SYS1, (long)KNOWN_SYS2, (long)KNOWN_SYS3,
		(long)KNOWN_SYS4, (long)KNOWN_SYS5, (long)KNOWN_SYS6);
	return 0;
}

static int hit(unsigned long count)
{
	while (count-- > 0) {
		struct id_attr attr = { .id = 0x7ffffffe };

		if (sys_bpf(PROG_GET_FD_BY_ID, &attr) >= 0) {
			fprintf(stderr, "hit: there is a program %u\n", attr.id);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "ids") == 0)
		return print_ids();
	if (argc == 2 && strcmp(argv[1], "arguments") == 0)
		return pass_known_arguments();
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: hit COUNT [CPU] | hit arguments | hit ids\n");
		return 2;
	}
	if (argc == 3) {
		cpu_set_t cpus;

		CPU_ZERO(&cpus);
		CPU_SET(atoi(argv[2]), &cpus);
		if (sched_setaffinity(0, sizeof(cpus), &cpus) != 0) {
			perror("hit: sched_setaffinity");
			return 1;
		}
	}
	return hit(strtoul(argv[1], NULL, 10));
}
