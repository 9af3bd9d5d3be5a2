// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * measure [-ck] [-n COPIES] [-p PROGRAMS] [-r SEED] COMMAND...: run a loader that sets a kprobe
 * on getsid(2), until it counts, and print one line of figures:
 *
 *	LIVE CALLS BPF CPU FAULTS REST RSS PRIVATE EXIT
 *
 * LIVE     us from just before execve to the first hit that a program counted
 * CALLS    system calls after execve, up to then; BPF, how many of them are bpf()
 * CPU      us on the CPU, and FAULTS, page faults, up to then
 * REST     system calls up to 100 ms later
 * RSS      kB resident then, with its children; PRIVATE, those not shared
 * EXIT     us from SIGINT until it is gone ("-" when it had ended before; -k: SIGKILL)
 *
 * It is the same for every loader, whatever that prints: we wake about every
 * 100 us, call getsid() once, and ask the kernel for the run count of each new
 * program of type kprobe. (The pauses vary from 50 to 150 us by SEED: a steady
 * beat would fall into step with what it measures.) System calls are counted
 * by a tracepoint and page faults by the kernel, with no tracer in the way.
 *
 * -c wakes at the end of each of its system calls instead: CALLS are then exact,
 *    and the times of no use.
 * -n starts so many at once: LIVE is the last one's, the other figures are sums.
 * -p is for one that loads so many programs: the last of them counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kcmp.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COPIES_MAX 128
#define PROGRAMS_MAX 512
#define WAKER_SIZE (65 * 4096)
#define PATIENCE_US 60000000
#define OUTPUT "/tmp/measured" /* what the loader says, in case it fails */

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long check(long ret, const char *what)
{
	if (ret < 0)
		die(what);
	return ret;
}

static int64_t now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void sleep_us(long us)
{
	struct timespec time = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	while (nanosleep(&time, &time) != 0)
		;
}

/* ---- Counters of a process and its children ---- */

enum { CALLS, BPF_CALLS, CPU, FAULTS, NR_COUNTERS };

static uint64_t tracepoint_id(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int id;

	if (!file || fscanf(file, "%u", &id) != 1)
		die(path);
	fclose(file);
	return id;
}

static int counter_open(pid_t pid, uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = type, .size = sizeof(attr), .config = config,
		.disabled = 1, .inherit = 1, .enable_on_exec = 1,
	};

	return check(syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC),
		     "perf_event_open");
}

static void counters_open(pid_t pid, int *out)
{
	uint64_t enter = tracepoint_id("/sys/kernel/tracing/events/raw_syscalls/sys_enter/id");
	char filter[32];

	out[CALLS] = counter_open(pid, PERF_TYPE_TRACEPOINT, enter);
	out[BPF_CALLS] = counter_open(pid, PERF_TYPE_TRACEPOINT, enter);
	out[CPU] = counter_open(pid, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK);
	out[FAULTS] = counter_open(pid, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	snprintf(filter, sizeof(filter), "id == %d", SYS_bpf);
	check(ioctl(out[BPF_CALLS], PERF_EVENT_IOC_SET_FILTER, filter), "SET_FILTER");
}


/* Where poll(2) says that the process has ended a system call. */
static int waker_open(pid_t pid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr),
		.config = tracepoint_id("/sys/kernel/tracing/events/raw_syscalls/sys_exit/id"),
		.sample_period = 1, .wakeup_events = 1,
		.disabled = 1, .inherit = 1, .enable_on_exec = 1,
	};
	/* (An event that is inherited and has a buffer must be of one CPU.) */
	int fd = check(syscall(SYS_perf_event_open, &attr, pid, 0, -1, PERF_FLAG_FD_CLOEXEC),
		       "perf_event_open");

	/* Nobody reads the buffer; it is large enough for any loader's calls. */
	if (mmap(NULL, WAKER_SIZE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		die("mmap");
	return fd;
}

/* ---- The loaders ---- */

struct loader {
	pid_t pid;
	int go_fd;
	int counters[NR_COUNTERS];
};

static struct loader loaders[COPIES_MAX];
static int nr_loaders;
static int64_t *start_us; /* of each, written by itself: shared memory */

/* Starts a process that waits for a byte before it becomes the loader. */
static void loader_start(int i, char **command)
{
	int go[2], output;
	char byte;

	check(pipe2(go, O_CLOEXEC), "pipe");
	loaders[i].pid = check(fork(), "fork");
	if (loaders[i].pid == 0) {
		output = check(open(OUTPUT, O_WRONLY | O_APPEND | O_CREAT, 0600), OUTPUT);
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		close(output);
		close(go[1]);
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		start_us[i] = now_us();
		execv(command[0], command);
		_exit(127);
	}
	close(go[0]);
	loaders[i].go_fd = go[1];
	counters_open(loaders[i].pid, loaders[i].counters);
}

static uint64_t loaders_count(int counter)
{
	uint64_t value, sum = 0;

	for (int i = 0; i < nr_loaders; i++) {
		check(read(loaders[i].counters[counter], &value, sizeof(value)), "a counter");
		sum += value;
	}
	return sum;
}

static void loaders_stop(int signal)
{
	for (int i = 0; i < nr_loaders; i++)
		kill(loaders[i].pid, signal);
}

/* Has the first one ended by itself? Its status stays to be waited for. */
static bool loader_has_ended(void)
{
	siginfo_t info = { .si_pid = 0 };

	waitid(P_PID, loaders[0].pid, &info, WEXITED | WNOHANG | WNOWAIT);
	return info.si_pid != 0;
}

static void loaders_wait(int signal)
{
	int status;

	for (int i = 0; i < nr_loaders; i++) {
		check(waitpid(loaders[i].pid, &status, 0), "waitpid");
		if (signal == SIGKILL ? !WIFSIGNALED(status) && status : status) {
			fprintf(stderr, "measure: status 0x%x\n", status);
			exit(1);
		}
	}
}

static void fail(const char *why)
{
	char text[4096];
	int fd = open(OUTPUT, O_RDONLY);
	ssize_t len = read(fd, text, sizeof(text));

	fprintf(stderr, "measure: %s: %.*s\n", why, len < 0 ? 0 : (int)len, text);
	loaders_stop(SIGKILL);
	exit(1);
}

/* ---- Programs in the kernel ---- */

static int programs[PROGRAMS_MAX]; /* descriptors of those that were not hit yet */
static int nr_programs;
static int nr_before; /* programs that are still to come before the one that counts */
static uint32_t last_id;

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* Ids only go up: the next new program is the one behind the last we have seen. */
static bool program_next(void)
{
	union bpf_attr attr = { .start_id = last_id };

	if (bpf(BPF_PROG_GET_NEXT_ID, &attr) != 0)
		return false;
	last_id = attr.next_id;
	return true;
}

static void program_info(int fd, struct bpf_prog_info *out)
{
	union bpf_attr attr = {
		.info = { .bpf_fd = fd, .info_len = sizeof(*out), .info = (uintptr_t)out },
	};

	memset(out, 0, sizeof(*out));
	check(bpf(BPF_OBJ_GET_INFO_BY_FD, &attr), "BPF_OBJ_GET_INFO_BY_FD");
}

static void programs_find(void)
{
	while (program_next()) {
		union bpf_attr attr = { .prog_id = last_id };
		int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
		struct bpf_prog_info info;

		if (fd < 0)
			continue; /* it is gone already */
		program_info(fd, &info);
		if (info.type == BPF_PROG_TYPE_KPROBE && nr_before-- <= 0 && nr_programs < PROGRAMS_MAX)
			programs[nr_programs++] = fd;
		else
			close(fd);
	}
}

/* How many of them have run since the last time; those are forgotten. */
static int programs_count_hit(void)
{
	struct bpf_prog_info info;
	int nr_hit = 0;

	for (int i = nr_programs; i-- > 0;) {
		program_info(programs[i], &info);
		if (!info.run_cnt)
			continue;
		close(programs[i]);
		programs[i] = programs[--nr_programs];
		nr_hit++;
	}
	return nr_hit;
}

/* ---- The measurement ---- */

static void pause_until(int waker_fd)
{
	struct pollfd call = { .fd = waker_fd, .events = POLLIN };

	if (waker_fd < 0)
		sleep_us(50 + random() % 101);
	else
		poll(&call, 1, 1);
}

/* Returns when the last of the loaders' programs was hit first. */
static int64_t wait_live(int waker_fd)
{
	int64_t begin = now_us(), hit = begin;
	int nr_live = 0;

	while (nr_live < nr_loaders) {
		pause_until(waker_fd);
		hit = now_us();
		syscall(SYS_getsid, 0);
		programs_find();
		nr_live += programs_count_hit();
		if (hit - begin > PATIENCE_US)
			fail("it did not go live");
	}
	while (nr_programs > 0)
		close(programs[--nr_programs]);
	return hit;
}

/* Of a process and its children, but for those that share its memory. */
static void add_memory(pid_t pid, unsigned long *rss, unsigned long *private)
{
	char path[64], line[128];
	unsigned long kb;
	FILE *file;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Rss: %lu", &kb) == 1)
			*rss += kb;
		if (sscanf(line, "Private_Clean: %lu", &kb) == 1 ||
		    sscanf(line, "Private_Dirty: %lu", &kb) == 1)
			*private += kb;
	}
	if (file)
		fclose(file);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	file = fopen(path, "re");
	while (file && fscanf(file, "%d", &child) == 1)
		if (syscall(SYS_kcmp, pid, child, KCMP_VM, 0, 0) != 0)
			add_memory(child, rss, private);
	if (file)
		fclose(file);
}

/* We run first whenever we wake; the loaders run as everybody does. */
static void take_priority(void)
{
	struct sched_param priority = { .sched_priority = 1 };

	check(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority), "SCHED_FIFO");
	prctl(PR_SET_TIMERSLACK, 1);
}

int main(int argc, char **argv)
{
	uint64_t counts[NR_COUNTERS], rest;
	unsigned long rss = 0, private = 0;
	int64_t start, live, stop;
	int option, signal = SIGINT, waker_fd = -1;
	bool by_calls = false, ended;

	nr_loaders = 1;
	while ((option = getopt(argc, argv, "+ckn:p:r:")) != -1) {
		switch (option) {
		case 'c': by_calls = true; break;
		case 'k': signal = SIGKILL; break;
		case 'n': nr_loaders = atoi(optarg); break;
		case 'p': nr_before = atoi(optarg) - 1; break;
		case 'r': srandom(atoi(optarg)); break;
		default: return 2;
		}
	}
	if (optind == argc || nr_loaders < 1 || nr_loaders > COPIES_MAX)
		return 2;

	unlink(OUTPUT);
	start_us = mmap(NULL, sizeof(*start_us) * COPIES_MAX, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	take_priority();
	while (program_next())
		;
	for (int i = 0; i < nr_loaders; i++)
		loader_start(i, argv + optind);
	if (by_calls)
		waker_fd = waker_open(loaders[0].pid);
	sleep_us(10000);
	for (int i = 0; i < nr_loaders; i++)
		check(write(loaders[i].go_fd, "", 1), "go");

	live = wait_live(waker_fd);
	for (int i = 0; i < NR_COUNTERS; i++)
		counts[i] = loaders_count(i);
	start = start_us[0];
	for (int i = 1; i < nr_loaders; i++)
		start = start_us[i] < start ? start_us[i] : start;

	sleep_us(100000);
	rest = loaders_count(CALLS);
	for (int i = 0; i < nr_loaders; i++)
		add_memory(loaders[i].pid, &rss, &private);
	ended = loader_has_ended();
	stop = now_us();
	loaders_stop(signal);
	loaders_wait(signal);
	stop = now_us() - stop;

	printf("%lld", (long long)(live - start));
	for (int i = 0; i < NR_COUNTERS; i++)
		printf(" %llu", (unsigned long long)(i == CPU ? counts[i] / 1000 : counts[i]));
	printf(" %llu", (unsigned long long)rest);
	if (ended)
		printf(" - - -\n");
	else
		printf(" %lu %lu %lld\n", rss, private, (long long)stop);
	return 0;
}
