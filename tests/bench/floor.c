// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * floor perf|tracefs|multi MAPS INSNS PROGRAMS FUNCTION...: what no loader can
 * go below.
 *
 * The job of the bench's object in bare system calls: the instructions stand
 * here, nothing is read, checked or said, and a refusal ends it with status 1.
 * A kprobe on FUNCTION counts its hits in a map until SIGINT; by the perf kprobe
 * PMU, by an event in tracefs (which a SIGKILL leaves there), or by one
 * kprobe.multi link. It makes MAPS maps, runs INSNS more instructions, and sets
 * one program on each FUNCTION, or each of PROGRAMS on one, as the objects do by
 * which the bench sees others grow.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PMU_TYPE "/sys/bus/event_source/devices/kprobe/type"
#define TRACING "/sys/kernel/tracing/"
#define EVENT "kprobes/floor"
#define INSNS_MAX 100000
#define PROGRAMS_MAX 1000

/* What clang makes of tests/bench/object.sh's program. */
static const struct bpf_insn count[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 0 },
	{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = 10, .src_reg = 1, .off = -4 },
	{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
	{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
	{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD },
	{ .code = 0 },
	{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
	{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2 },
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
	{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = 0, .src_reg = 1, .imm = BPF_ADD },
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

#define NR_COUNT (sizeof(count) / sizeof(count[0]))
#define MAP_INSN 4 /* the one that takes the map's descriptor */

static struct bpf_insn program[INSNS_MAX + NR_COUNT];

static int check(int ret)
{
	if (ret < 0)
		_exit(1);
	return ret;
}

static int map_create(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1,
	};

	return check(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, offsetof(union bpf_attr, map_flags)));
}

static int program_load(int map_fd, int nr_more, enum bpf_attach_type attach_type)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insn_cnt = nr_more + NR_COUNT,
		.insns = (uintptr_t)program,
		.license = (uintptr_t)"GPL",
		.expected_attach_type = attach_type,
	};

	for (int i = 0; i < nr_more; i++)
		program[i] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 };
	memcpy(program + nr_more, count, sizeof(count));
	program[nr_more + MAP_INSN].imm = map_fd;
	return check(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, attach_type ? sizeof(attr) : offsetof(union bpf_attr, log_level)));
}

static int read_number(const char *path)
{
	char text[16] = "";
	int fd = check(open(path, O_RDONLY));

	check(read(fd, text, sizeof(text) - 1));
	close(fd);
	return atoi(text);
}

static void events_write(const char *line)
{
	int fd = check(open(TRACING "kprobe_events", O_WRONLY | O_APPEND));

	check(write(fd, line, strlen(line)));
	close(fd);
}

static int attach(struct perf_event_attr *attr, int prog_fd)
{
	int fd;

	attr->size = PERF_ATTR_SIZE_VER1;
	attr->sample_period = 1;
	attr->disabled = 1;
	fd = check(syscall(SYS_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
	check(ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd));
	check(ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
	return fd;
}

static int attach_perf(const char *function, int prog_fd)
{
	struct perf_event_attr attr = {
		.type = read_number(PMU_TYPE), .kprobe_func = (uintptr_t)function,
	};

	return attach(&attr, prog_fd);
}

static int attach_tracefs(const char *function, int prog_fd)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT };
	char line[64] = "p:" EVENT " ";

	strncat(line, function, sizeof(line) - strlen(line) - 1);
	events_write(line);
	attr.config = read_number(TRACING "events/" EVENT "/id");
	return attach(&attr, prog_fd);
}

/* By the functions' names. */
static void attach_multi(char **functions, int nr, int prog_fd)
{
	union bpf_attr attr = {
		.link_create = {
			.prog_fd = prog_fd, .attach_type = BPF_TRACE_KPROBE_MULTI,
			.kprobe_multi = { .cnt = nr, .syms = (uintptr_t)functions },
		},
	};

	check(syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr)));
}

int main(int argc, char **argv)
{
	const int maps = argc < 6 ? 0 : atoi(argv[2]), more = argc < 6 ? 0 : atoi(argv[3]),
		  programs = argc < 6 ? 0 : atoi(argv[4]);
	char **functions = argv + 5;
	const int nr_functions = argc - 5;
	int signal, perf_fd, map_fd, prog_fds[PROGRAMS_MAX];
	enum bpf_attach_type attach_type = 0;
	sigset_t interrupt;

	if (!programs || programs > PROGRAMS_MAX || more > INSNS_MAX)
		return 2;
	if (strcmp(argv[1], "multi") == 0)
		attach_type = BPF_TRACE_KPROBE_MULTI;
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, NULL);

	map_fd = map_create();
	for (int i = 1; i < maps; i++)
		map_create();
	for (int i = 0; i < programs; i++)
		prog_fds[i] = program_load(map_fd, more, attach_type);
	if (attach_type)
		attach_multi(functions, nr_functions, prog_fds[0]);
	for (int i = 0; i < nr_functions && strcmp(argv[1], "perf") == 0; i++)
		attach_perf(functions[i], prog_fds[programs > 1 ? i : 0]);
	if (strcmp(argv[1], "tracefs") != 0)
		return sigwait(&interrupt, &signal);
	perf_fd = attach_tracefs(functions[0], prog_fds[0]);
	sigwait(&interrupt, &signal);
	close(perf_fd);
	events_write("-:" EVENT);
	return 0;
}
