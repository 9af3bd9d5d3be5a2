// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * libbpf_loader [-t] OBJECT FUNCTION: load_kp_bpf's job, as one writes it with
 * libbpf: a kprobe on FUNCTION until SIGINT; by libbpf's own choice (perf, with
 * a BPF link), or with -t by an event in tracefs that it is given.
 */
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EVENTS "/sys/kernel/tracing/kprobe_events"

static bool events_write(const char *line)
{
	int fd = open(EVENTS, O_WRONLY | O_APPEND);
	bool done = fd >= 0 && write(fd, line, strlen(line)) > 0;

	close(fd);
	return done;
}

/* libbpf 1.1 has no way to be told to use tracefs; an event of our own is a tracepoint to it. */
static struct bpf_link *attach_tracefs(struct bpf_program *program, const char *function,
				       const char *event)
{
	char line[128];

	snprintf(line, sizeof(line), "p:kprobes/%s %s\n", event, function);
	return events_write(line) ? bpf_program__attach_tracepoint(program, "kprobes", event) : NULL;
}

int main(int argc, char **argv)
{
	bool by_tracefs = argc > 1 && strcmp(argv[1], "-t") == 0;
	struct bpf_program *program;
	struct bpf_object *object;
	struct bpf_link *link;
	char event[32], line[64];
	sigset_t interrupt;
	int signal;

	argv += by_tracefs;
	if (argc - by_tracefs != 3)
		return 2;
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, NULL);

	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object) != 0)
		return 1;
	program = bpf_object__next_program(object, NULL);
	snprintf(event, sizeof(event), "libbpf_loader_%d", getpid());
	link = by_tracefs ? attach_tracefs(program, argv[2], event)
			  : bpf_program__attach_kprobe(program, false, argv[2]);
	if (!link)
		return 1;
	sigwait(&interrupt, &signal);
	bpf_link__destroy(link);
	snprintf(line, sizeof(line), "-:kprobes/%s\n", event);
	if (by_tracefs)
		events_write(line);
	bpf_object__close(object);
	return 0;
}
