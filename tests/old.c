/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * old.c - old VERSION COMMAND...: runs the command on a kernel that refuses what that
 * Linux refuses, "4.4" to "5.4".
 *
 * Each of its system calls is looked at (ptrace): what the old kernel does not know
 * fails as it did there, in the order of its checks and with the words of its
 * verifier; the real kernel does the rest. The vDSO tells the old version. The rules
 * are those of these versions' kernel/bpf/syscall.c (CHECK_ATTR, bpf_prog_load),
 * kernel/bpf/verifier.c, kernel/trace/trace_kprobe.c, and tables of system calls. For
 * x86-64.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- What each version knows ---- */

struct age {
	const char *name;
	uint32_t version;        /* LINUX_VERSION_CODE */
	long nr_syscalls;        /* the first number that it does not have */
	uint32_t attr_size;      /* sizeof(union bpf_attr) */
	uint32_t last_command;
	uint32_t map_attr, last_map_type, map_flags;
	uint32_t prog_attr, last_prog_type;
	int32_t last_helper;
	bool few_insns;          /* less than 4096; else the verifier has other limits */
	bool wants_version, knows_calls, knows_v2;
	bool names_events;       /* its kprobe PMU makes an event's name of the function's */
};

static const struct age ages[] = {
	{ "4.4", 0x0404ff, 326, 48, BPF_OBJ_GET, 16, BPF_MAP_TYPE_PERF_EVENT_ARRAY, 0, 44,
	  BPF_PROG_TYPE_SCHED_ACT, 25, true, true, false, false, false },
	{ "4.9", 0x0409ff, 332, 48, BPF_PROG_DETACH, 20, BPF_MAP_TYPE_CGROUP_ARRAY, 1, 44,
	  BPF_PROG_TYPE_PERF_EVENT, 43, true, true, false, false, false },
	{ "4.14", 0x040eff, 333, 48, BPF_OBJ_GET_INFO_BY_FD, 28, BPF_MAP_TYPE_SOCKMAP, 7, 48,
	  BPF_PROG_TYPE_SK_SKB, 53, false, true, false, true, false },
	{ "4.19", 0x0413ff, 335, 72, BPF_TASK_FD_QUERY, 60, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 0x1f, 72,
	  BPF_PROG_TYPE_LIRC_MODE2, 83, false, true, true, true, true },
	{ "5.4", 0x050464, 436, 120, BPF_BTF_GET_NEXT_ID, 60, BPF_MAP_TYPE_DEVMAP_HASH, 0x3ff, 108,
	  BPF_PROG_TYPE_CGROUP_SOCKOPT, 111, false, false, true, true, false },
};

static const struct age *age;
static uint32_t pmu_type; /* the kprobe PMU's */

/* ---- The process ---- */

static void read_memory(pid_t pid, uint64_t address, void *out, size_t size)
{
	struct iovec here = { out, size }, there = { (void *)address, size };

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)size)
		memset(out, 0, size);
}

static void write_memory(pid_t pid, uint64_t address, const void *data, size_t size)
{
	struct iovec here = { (void *)data, size }, there = { (void *)address, size };

	if (process_vm_writev(pid, &here, 1, &there, 1, 0) != (ssize_t)size)
		fprintf(stderr, "old: %zu bytes cannot be written\n", size);
}

static bool is_zero(const uint8_t *bytes, size_t from, size_t to)
{
	for (; from < to; from++)
		if (bytes[from])
			return false;
	return true;
}

/* ---- bpf() ---- */

static int check_map(const union bpf_attr *attr)
{
	if (!is_zero((const uint8_t *)attr, age->map_attr, age->attr_size))
		return EINVAL;
	return attr->map_type > age->last_map_type || attr->map_flags & ~age->map_flags ? EINVAL : 0;
}

/* What the verifier says of the instruction; "": nothing. */
static void check_insn(const struct bpf_insn *insn, char *out, size_t size)
{
	const int class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL &&
	    !age->knows_calls)
		snprintf(out, size, "BPF_CALL uses reserved fields\n");
	else if (insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg &&
		 insn->imm > age->last_helper)
		snprintf(out, size, "invalid func %s%d\n", age->version >= 0x040a00 ? "unknown#" : "",
			 insn->imm);
	else if (class == BPF_JMP && op > BPF_EXIT && !age->knows_v2)
		snprintf(out, size, "invalid BPF_JMP opcode %x\n", op);
	else if (class == BPF_JMP32 && age->wants_version)
		snprintf(out, size, "unknown insn class %d\n", class);
	else if (class == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC && insn->imm)
		snprintf(out, size, "BPF_STX uses reserved fields\n");
	else if (insn->code == (BPF_LD | BPF_IMM | BPF_DW) &&
		 insn->src_reg > (age->wants_version ? BPF_PSEUDO_MAP_FD : BPF_PSEUDO_MAP_VALUE))
		snprintf(out, size, "unrecognized bpf_ld_imm64 insn\n");
}

static int verify(pid_t pid, const union bpf_attr *attr)
{
	char log[128] = "";

	for (uint32_t i = 0; i < attr->insn_cnt && !log[0]; i++) {
		struct bpf_insn insn;

		read_memory(pid, attr->insns + i * sizeof(insn), &insn, sizeof(insn));
		check_insn(&insn, log, sizeof(log));
		i += insn.code == (BPF_LD | BPF_IMM | BPF_DW);
	}
	if (log[0] && attr->log_level)
		write_memory(pid, attr->log_buf, log, strlen(log) + 1);
	return log[0] ? EINVAL : 0;
}

static int check_prog(pid_t pid, const union bpf_attr *attr)
{
	if (!is_zero((const uint8_t *)attr, age->prog_attr, age->attr_size))
		return EINVAL;
	if (age->few_insns && attr->insn_cnt >= 4096)
		return EINVAL;
	if (age->wants_version && attr->insn_cnt > 4096)
		return E2BIG;
	if (age->wants_version && attr->prog_type == BPF_PROG_TYPE_KPROBE &&
	    attr->kern_version != age->version)
		return EINVAL;
	return attr->prog_type > age->last_prog_type ? EINVAL : verify(pid, attr);
}

static int check_bpf(pid_t pid, uint64_t command, uint64_t address, uint64_t size)
{
	union {
		union bpf_attr attr;
		uint8_t bytes[4096];
	} it = { .bytes = { 0 } };

	if (size > sizeof(it))
		return E2BIG;
	read_memory(pid, address, &it, size);
	if (!is_zero(it.bytes, age->attr_size, sizeof(it)))
		return E2BIG;
	if (command > age->last_command)
		return EINVAL;
	switch (command) {
	case BPF_MAP_CREATE: return check_map(&it.attr);
	case BPF_PROG_LOAD: return check_prog(pid, &it.attr);
	default: return 0;
	}
}

/* ---- All others ---- */

static int check_perf(pid_t pid, uint64_t address)
{
	struct perf_event_attr attr = { 0 };
	char name[128] = "";

	read_memory(pid, address, &attr, PERF_ATTR_SIZE_VER1);
	if (!age->names_events || attr.type != pmu_type || !attr.config1)
		return 0;
	for (size_t i = 0; i + 1 < sizeof(name) && (!i || name[i - 1]); i++)
		read_memory(pid, attr.config1 + i, name + i, 1);
	return name[strcspn(name, ".:$")] ? EINVAL : 0;
}

/* /sys/kernel/btf/vmlinux is there since v5.4, and in a stock kernel's configuration later. */
static int check_open(pid_t pid, uint64_t address)
{
	char path[64] = "";

	for (size_t i = 0; i + 1 < sizeof(path) && (!i || path[i - 1]); i++)
		read_memory(pid, address + i, path + i, 1);
	return strstr(path, "kernel/btf/vmlinux") ? ENOENT : 0;
}

/* A return probe at an address, "r:GROUP/NAME 0x..." in kprobe_events, before v4.12. */
static int check_write(pid_t pid, uint64_t address, uint64_t size)
{
	char line[128] = "";

	if (age->version >= 0x040c00 || size >= sizeof(line))
		return 0;
	read_memory(pid, address, line, size);
	return strncmp(line, "r:kprobes/", 10) == 0 && strstr(line, " 0x") ? EINVAL : 0;
}

/* The errno of a call that the old kernel refuses; 0 when it does not. */
static int check_call(pid_t pid, const struct user_regs_struct *regs)
{
	const long nr = (long)regs->orig_rax;

	if (nr >= age->nr_syscalls)
		return ENOSYS;
	if (nr == SYS_bpf)
		return check_bpf(pid, (uint32_t)regs->rdi, regs->rsi, (uint32_t)regs->rdx);
	if (nr == SYS_write)
		return check_write(pid, regs->rsi, regs->rdx);
	if (nr == SYS_openat)
		return check_open(pid, regs->rsi);
	return nr == SYS_perf_event_open ? check_perf(pid, regs->rdi) : 0;
}

/* ---- Its version ---- */

/* In the vDSO, as a debugger would set a breakpoint there; where nothing else is told. */
static void set_version(pid_t pid)
{
	static const uint8_t note[] = { 6, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 'L', 'i', 'n', 'u', 'x' };
	Elf64_auxv_t entries[32] = { 0 };
	uint8_t vdso[4096];
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, entries, sizeof(entries)) < 0)
		fprintf(stderr, "old: %s cannot be read\n", path);
	for (size_t i = 0; entries[i].a_type && i < 31; i++) {
		const uint64_t address = entries[i].a_un.a_val;
		const uint8_t *found;

		if (entries[i].a_type != AT_SYSINFO_EHDR)
			continue;
		read_memory(pid, address, vdso, sizeof(vdso));
		found = memmem(vdso, sizeof(vdso), note, sizeof(note));
		if (found) /* a word: its other half is the next note's, or padding */
			ptrace(PTRACE_POKEDATA, pid, (void *)(address + (found - vdso) + 20 - 4),
			       (void *)((uint64_t)age->version << 32 | 'x'));
	}
	close(fd);
}

/* ---- Running it ---- */

#define PROCESSES 64

static struct process {
	pid_t pid;
	bool inside;  /* of a system call */
	int refused;  /* with this errno */
} processes[PROCESSES];

static struct process *find(pid_t pid)
{
	size_t i = 0;

	while (processes[i].pid && processes[i].pid != pid && i < PROCESSES - 1)
		i++;
	processes[i].pid = pid;
	return &processes[i];
}

static void step(struct process *process)
{
	struct user_regs_struct regs;

	process->inside = !process->inside;
	if (ptrace(PTRACE_GETREGS, process->pid, NULL, &regs) != 0)
		return;
	if (process->inside) {
		process->refused = check_call(process->pid, &regs);
		if (!process->refused)
			return;
		regs.orig_rax = (unsigned long long)-1;
	} else if (process->refused) {
		regs.rax = (unsigned long long)-process->refused;
	} else {
		return;
	}
	ptrace(PTRACE_SETREGS, process->pid, NULL, &regs);
}

/* Until the command ends; its status as a shell gives it. */
static int supervise(pid_t command)
{
	for (;;) {
		int status, signal = 0;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0)
			return 127;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			*find(pid) = (struct process){ .pid = -1 };
			if (pid == command)
				return WIFEXITED(status) ? WEXITSTATUS(status)
							 : 128 + WTERMSIG(status);
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			step(find(pid));
		else if (WSTOPSIG(status) == SIGTRAP) /* execve() */
			set_version(pid);
		else if (WSTOPSIG(status) != SIGSTOP)
			signal = WSTOPSIG(status);
		ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)signal);
	}
}

static void find_pmu(void)
{
	FILE *pmu = fopen("/sys/bus/event_source/devices/kprobe/type", "r");

	if (pmu && fscanf(pmu, "%u", &pmu_type) != 1)
		pmu_type = 0;
	if (pmu)
		fclose(pmu);
}

int main(int argc, char **argv)
{
	pid_t command;

	for (size_t i = 0; argc > 2 && i < sizeof(ages) / sizeof(ages[0]); i++)
		if (strcmp(argv[1], ages[i].name) == 0)
			age = &ages[i];
	if (!age) {
		fprintf(stderr, "usage: old 4.4|4.9|4.14|4.19|5.4 COMMAND...\n");
		return 2;
	}
	find_pmu();
	command = fork();
	if (command == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	waitpid(command, NULL, 0);
	ptrace(PTRACE_SETOPTIONS, command, NULL,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	       PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, command, NULL, NULL);
	return supervise(command);
}
