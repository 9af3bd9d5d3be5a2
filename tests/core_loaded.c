// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * core_loaded OBJECT: libbpf loads OBJECT's programs, and so does the load_kp_bpf on
 * PATH: the kernel must report the same instructions of both, but for the numbers of
 * maps. Built with -lbpf, for a kernel with BPF and its own BTF. Prints one line; the
 * status is 0 when they agree, 3 when libbpf cannot load the object here.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAMS_MAX 64
#define PATIENCE 600 /* tenths of a second */

static _Noreturn void die(const char *subject, const char *reason)
{
	fprintf(stderr, "core_loaded: %s: %s\n", subject, reason);
	exit(2);
}

/* A program as the kernel has it. */
struct loaded {
	struct bpf_prog_info info;
	struct bpf_insn *insns;
	uint32_t nr;
};

static void get_loaded(int fd, struct loaded *out)
{
	uint32_t len = sizeof(out->info), bytes;

	memset(out, 0, sizeof(*out));
	if (bpf_prog_get_info_by_fd(fd, &out->info, &len))
		die("a program's size", strerror(errno));
	bytes = out->info.xlated_prog_len;
	out->insns = calloc(1, bytes);
	if (!out->insns || !bytes)
		die(out->info.name, "the kernel does not show its instructions");
	memset(&out->info, 0, sizeof(out->info));
	out->info.xlated_prog_len = bytes;
	out->info.xlated_prog_insns = (uintptr_t)out->insns;
	len = sizeof(out->info);
	if (bpf_prog_get_info_by_fd(fd, &out->info, &len))
		die("a program's instructions", strerror(errno));
	out->nr = bytes / sizeof(*out->insns);
}

/* A program of that name that was loaded after the one with that id. */
static bool find_loaded(const char *name, uint32_t id, struct loaded *out)
{
	while (bpf_prog_get_next_id(id, &id) == 0) {
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (bpf_prog_get_info_by_fd(fd, &info, &len) == 0 && strcmp(info.name, name) == 0) {
			get_loaded(fd, out);
			close(fd);
			return true;
		}
		close(fd);
	}
	return false;
}

static void await_loaded(const char *name, uint32_t id, pid_t loader, struct loaded *out)
{
	for (int i = 0; i < PATIENCE; i++) {
		if (find_loaded(name, id, out))
			return;
		if (waitpid(loader, NULL, WNOHANG) == loader)
			die(name, "the loader has ended");
		usleep(100000);
	}
	die(name, "the loader does not load it");
}

static bool insns_equal(const struct bpf_insn *a, const struct bpf_insn *b)
{
	bool is_map = a->code == (BPF_LD | BPF_DW | BPF_IMM) && a->src_reg;

	return a->code == b->code && a->dst_reg == b->dst_reg && a->src_reg == b->src_reg &&
	       a->off == b->off && (a->imm == b->imm || is_map);
}

static unsigned int compare(const struct loaded *theirs, const struct loaded *ours)
{
	unsigned int differ = theirs->nr != ours->nr;

	for (uint32_t i = 0; i < theirs->nr && i < ours->nr; i++) {
		const struct bpf_insn *pair[] = { &theirs->insns[i], &ours->insns[i] };

		if (insns_equal(pair[0], pair[1]))
			continue;
		differ++;
		for (int k = 0; k < 2; k++)
			printf("  %s: instruction %u: %s: code 0x%02x dst %u src %u off %d imm %d\n",
			       theirs->info.name, i, k ? "loader" : "libbpf", pair[k]->code,
			       pair[k]->dst_reg, pair[k]->src_reg, pair[k]->off, pair[k]->imm);
	}
	return differ;
}

int main(int argc, char **argv)
{
	unsigned int nr = 0, insns = 0, differ = 0;
	struct loaded theirs[PROGRAMS_MAX], ours;
	struct bpf_program *program;
	struct bpf_object *object;
	uint32_t last_id = 0;
	pid_t loader;

	if (argc != 2)
		die("usage", "core_loaded OBJECT");
	libbpf_set_print(NULL);
	object = bpf_object__open(argv[1]);
	if (!object || bpf_object__load(object)) {
		printf("skip - %s: libbpf cannot load it here\n", argv[1]);
		return 3;
	}
	bpf_object__for_each_program(program, object) {
		if (nr == PROGRAMS_MAX)
			die(argv[1], "has too many programs");
		get_loaded(bpf_program__fd(program), &theirs[nr]);
		if (theirs[nr].info.id > last_id)
			last_id = theirs[nr].info.id;
		nr++;
	}
	loader = fork();
	if (loader == 0) {
		execlp("load_kp_bpf", "load_kp_bpf", argv[1], (char *)NULL);
		_exit(127);
	}
	for (unsigned int i = 0; i < nr; i++) {
		await_loaded(theirs[i].info.name, last_id, loader, &ours);
		insns += theirs[i].nr;
		differ += compare(&theirs[i], &ours);
	}
	kill(loader, SIGTERM);
	waitpid(loader, NULL, 0);
	printf("%s - %s loaded: %u programs, %u instructions as the kernel has them; %u differ\n",
	       differ ? "not ok" : "ok", argv[1], nr, insns, differ);
	return differ ? 1 : 0;
}
