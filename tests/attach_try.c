// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * attach_try [--perf|--tracefs] [--keep] SECTION [TARGET]... -- COMMAND...:
 *     load a program of two instructions as the section's name says, attach it
 *     with attach.h, and run COMMAND while it is live; TARGET replaces what the
 *     section says. --keep: as the kind that was asked for. Prints how it is
 *     attached and how often it ran; an iterator is read once, too.
 * attach_try --call COUNT: calls probed() COUNT times, and probed_too() once.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../attach.h"

__attribute__((noinline)) static int probed(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}

__attribute__((noinline)) static int probed_too(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n + 1;
}

static int say(const char *what, int err)
{
	printf("attach_try: %s: %s\n", what, strerror(-err));
	return 1;
}

/* ---- The id of a target in the kernel's BTF ---- */

/* What follows a type's record, in bytes. */
static size_t btf_extra(const struct btf_type *type)
{
	const size_t nr = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case 17: /* BTF_KIND_DECL_TAG */ return 4;
	case BTF_KIND_ARRAY: return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case 19: /* BTF_KIND_ENUM64 */ return nr * 12;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO: return nr * 8;
	default: return 0;
	}
}

static uint32_t btf_find(const char *name, unsigned int kind)
{
	static char bytes[32 << 20];
	const struct btf_header *header = (const void *)bytes;
	FILE *file = fopen("/sys/kernel/btf/vmlinux", "r");
	uint32_t id = 1;

	if (!file || fread(bytes, 1, sizeof(bytes), file) < sizeof(*header))
		return 0;
	fclose(file);
	for (const char *p = bytes + header->hdr_len + header->type_off,
	     *end = p + header->type_len; p < end; id++) {
		const struct btf_type *type = (const void *)p;

		if (BTF_INFO_KIND(type->info) == kind &&
		    strcmp(bytes + header->hdr_len + header->str_off + type->name_off, name) == 0)
			return id;
		p += sizeof(*type) + btf_extra(type);
	}
	return 0;
}

/* ---- The program ---- */

static int load(const struct kind *kind, const char *target)
{
	const struct insn insns[] = { { .code = INSN_ALU64 | INSN_MOV }, { .code = INSN_EXIT } };
	union bpf_attr attr = {
		.prog_type = kind->prog_type,
		.expected_attach_type = kind->attach_type,
		.insn_cnt = 2,
		.insns = (uintptr_t)insns,
		.license = (uintptr_t)"GPL",
		.prog_flags = kind->flags & KIND_SLEEPABLE ? BPF_F_SLEEPABLE : 0,
	};
	char name[256];

	if (kind_btf_prefix(kind)) {
		snprintf(name, sizeof(name), "%s%s", kind_btf_prefix(kind), target);
		attr.attach_btf_id = btf_find(name, kind_btf_is_typedef(kind) ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC);
	}
	return sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
}

static unsigned long long runs_of(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = {
		.info = { .bpf_fd = (uint32_t)prog_fd, .info_len = sizeof(info), .info = (uintptr_t)&info },
	};

	return sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) == 0 ? info.run_cnt : 0;
}

static void run(char **command)
{
	pid_t child = fork();

	if (child == 0) {
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

static int try(const struct kind_match *match, enum attach_mode mode, bool keep,
	       const char *const *targets, uint32_t nr_targets, char **command)
{
	static struct attachments all = ATTACHMENTS_CLOSED;
	static struct attach_report report;
	static struct why why;
	struct attach_request request = {
		.kind = keep ? match->kind : attach_choose(match->kind, mode, targets, nr_targets),
		.targets = targets,
		.nr_targets = nr_targets,
	};
	unsigned long long runs;
	int err;

	if (request.kind->way != WAY_REFUSED) {
		request.prog_fd = load(request.kind, targets[0]);
		if (request.prog_fd < 0)
			return say("cannot be loaded", request.prog_fd);
	}
	all.probes.mode = mode;
	err = attach_open(&all, &request, &report, &why);
	if (err) {
		printf("attach_try: %d: %s\n", err, why.reason.data);
		if (why.hint.len)
			printf("attach_try: hint: %s\n", why.hint.data);
		return 1;
	}
	printf("attach_try: live: %s, by %s\n", report.place.data, report.mechanism);
	fflush(stdout);
	attach_sweep(&all);
	if (request.kind->way == WAY_ITER) {
		char buf[64];
		int fd = iterator_read(attachments_get(&all, report.first));

		if (fd < 0)
			return say("the iterator cannot be read", fd);
		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
	run(command);
	runs = runs_of(request.prog_fd);
	err = attachments_close(&all, &why);
	if (err)
		printf("attach_try: close: %s\n", why.reason.data);
	run(command);
	printf("runs: %llu\n", runs);
	if (runs_of(request.prog_fd) != runs)
		printf("attach_try: it runs after it was closed\n");
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	enum attach_mode mode = ATTACH_AUTO;
	struct kind_match match;
	bool keep = false;
	int i = 1, nr = 0;

	if (argc == 3 && strcmp(argv[1], "--call") == 0) {
		for (int left = atoi(argv[2]); left > 0; left--)
			probed(left);
		return probed_too(0) != 1;
	}
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--perf") == 0)
			mode = ATTACH_PERF;
		else if (strcmp(argv[i], "--tracefs") == 0)
			mode = ATTACH_TRACEFS;
		else
			keep = true;
	}
	while (i + 1 + nr < argc && strcmp(argv[i + 1 + nr], "--") != 0)
		nr++;
	if (i + 2 + nr >= argc || !kind_find(argv[i], &match)) {
		printf("attach_try: no such kind, or no command\n");
		return 2;
	}
	if (nr)
		return try(&match, mode, keep, (const char *const *)argv + i + 1, (uint32_t)nr, argv + i + 2 + nr);
	return try(&match, mode, keep, &match.target, 1, argv + i + 2);
}
