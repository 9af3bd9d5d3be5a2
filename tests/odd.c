// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * odd STATE... -- COMMAND [ARG]...: run a command in a state that a shell cannot
 * make:
 *     caps=NUMBER[,NUMBER]...  a user without a name, who has these capabilities
 *     full=FD                  FD is a pipe that is full and that nobody reads
 *     broken=FD                FD is a pipe without a reader
 *     terminal=FD              FD is a terminal that is full but for a hundred bytes
 * odd swap MAP OTHER NAME: until killed, NAME is a hard link to MAP and a symlink
 *     to OTHER in turn, and never missing.
 * odd rewrite GOOD FILE: until killed, FILE has the bytes of GOOD, part of them,
 *     others, and none in turn.
 * odd clock: until killed, the clock jumps an hour ahead and back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int die(const char *what)
{
	fprintf(stderr, "odd: %s: %s\n", what, strerror(errno));
	exit(120);
}

/* ---- States ---- */

/* Ambient capabilities are kept by the command, whoever the user is (v4.3). */
static void keep_caps(const char *list)
{
	struct { uint32_t version; int pid; } header = { 0x20080522, 0 };
	struct { uint32_t effective, permitted, inheritable; } data[2] = { 0 };

	for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
		unsigned int cap = (unsigned int)atoi(p);

		data[cap / 32].effective |= 1U << cap % 32;
	}
	for (int i = 0; i < 2; i++)
		data[i].permitted = data[i].inheritable = data[i].effective;
	if (prctl(PR_SET_KEEPCAPS, 1) || setgid(65534) || setuid(65534))
		die("setuid");
	if (syscall(SYS_capset, &header, data))
		die("capset");
	for (unsigned long cap = 0; cap < 64; cap++)
		if (data[cap / 32].effective >> cap % 32 & 1 &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0))
			die("ambient capabilities");
}

/* As much as goes in (a terminal's bytes move on behind our back), then `room` less. */
static void fill(int fd, int drain, size_t room)
{
	char bytes[256];

	memset(bytes, 'x', sizeof(bytes));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (int round = 0; round < 3; round++) {
		for (size_t len = sizeof(bytes); len > 0; len /= 2)
			while (write(fd, bytes, len) > 0)
				;
		usleep(50000);
	}
	if (room > 0 && read(drain, bytes, room) != (ssize_t)room)
		die("draining");
	usleep(50000);
	fcntl(fd, F_SETFL, 0);
}

static void make_pipe(int at, int is_full)
{
	int ends[2];

	if (pipe(ends))
		die("pipe");
	if (is_full)
		fill(ends[1], ends[0], 0);
	else
		close(ends[0]);
	dup2(ends[1], at);
	close(ends[1]);
}

static void make_terminal(int at)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	if (master < 0 || grantpt(master) || unlockpt(master))
		die("pty");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0)
		die("pty");
	fill(slave, master, 100);
	dup2(slave, at);
	close(slave);
}

static void take_state(const char *state)
{
	const char *value = strchr(state, '=');

	if (!value)
		errno = EINVAL, die(state);
	value++;
	if (strncmp(state, "caps=", 5) == 0)
		keep_caps(value);
	else if (strncmp(state, "full=", 5) == 0)
		make_pipe(atoi(value), 1);
	else if (strncmp(state, "broken=", 7) == 0)
		make_pipe(atoi(value), 0);
	else if (strncmp(state, "terminal=", 9) == 0)
		make_terminal(atoi(value));
	else
		errno = EINVAL, die(state);
}

/* ---- Troublemakers ---- */

static void swap(const char *map, const char *other, const char *name)
{
	char next[512];

	snprintf(next, sizeof(next), "%s_next", name);
	for (;;) {
		unlink(next);
		if (link(map, next) || rename(next, name))
			die(name);
		if (symlink(other, next) || rename(next, name))
			die(name);
	}
}

static void rewrite(const char *good, const char *name)
{
	static char bytes[1 << 20];
	int from = open(good, O_RDONLY), to = open(name, O_RDWR | O_CREAT, 0600);
	ssize_t len = from < 0 || to < 0 ? -1 : read(from, bytes, sizeof(bytes));

	if (len < 0)
		die(good);
	for (unsigned int i = 0;; i++) {
		char noise[64];

		memset(noise, (int)i, sizeof(noise));
		pwrite(to, bytes, (size_t)len, 0);
		pwrite(to, noise, sizeof(noise), (off_t)(i * 61 % (unsigned int)len));
		ftruncate(to, (off_t)(i * 37 % (unsigned int)len));
		pwrite(to, bytes, (size_t)len, 0);
		ftruncate(to, (off_t)(i % 3 ? len : 8 << 20));
	}
}

static void jump(void)
{
	for (int hours = 1;; hours = -hours) {
		struct timespec now;

		clock_gettime(CLOCK_REALTIME, &now);
		now.tv_sec += hours * 3600;
		if (clock_settime(CLOCK_REALTIME, &now))
			die("clock");
		usleep(3000);
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc == 5 && strcmp(argv[1], "swap") == 0)
		swap(argv[2], argv[3], argv[4]);
	if (argc == 4 && strcmp(argv[1], "rewrite") == 0)
		rewrite(argv[2], argv[3]);
	if (argc == 2 && strcmp(argv[1], "clock") == 0)
		jump();
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		take_state(argv[i]);
	if (i + 1 >= argc)
		errno = EINVAL, die("no command");
	execvp(argv[i + 1], argv + i + 1);
	return die(argv[i + 1]);
}
