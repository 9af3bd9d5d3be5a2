// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * libbpf_loader [-tm] OBJECT [FUNCTION]...: load_kp_bpf's job, as one writes it
 * with libbpf: kprobes until SIGINT, each program where its section says, or the
 * first one on each FUNCTION; by libbpf's own choice (perf, with a BPF link), with
 * -t by an event in tracefs that it is given, with -m by one kprobe.multi link.
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

static bool attach_multi(struct bpf_program *program, char **functions, int nr)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, options,
		    .syms = (const char **)functions, .cnt = nr);

	return bpf_program__attach_kprobe_multi_opts(program, NULL, &options);
}

static bool attach_each(struct bpf_program *program, char **functions, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!bpf_program__attach_kprobe(program, false, functions[i]))
			return false;
	return true;
}

static bool attach_all(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		if (!bpf_program__attach(program))
			return false;
	return true;
}

/* The end of the process closes all but what has an event in tracefs. */
int main(int argc, char **argv)
{
	const char way = argc > 1 && argv[1][0] == '-' ? argv[1][1] : '\0';
	struct bpf_program *program;
	struct bpf_link *link = NULL;
	struct bpf_object *object;
	char event[32], line[64];
	sigset_t interrupt;
	int signal;
	bool done;

	argv += way ? 2 : 1;
	argc -= way ? 2 : 1;
	if (argc < 1)
		return 2;
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	sigprocmask(SIG_BLOCK, &interrupt, NULL);

	object = bpf_object__open_file(argv[0], NULL);
	if (!object)
		return 1;
	program = bpf_object__next_program(object, NULL);
	if (way == 'm')
		bpf_program__set_expected_attach_type(program, BPF_TRACE_KPROBE_MULTI);
	if (bpf_object__load(object) != 0)
		return 1;
	snprintf(event, sizeof(event), "libbpf_loader_%d", getpid());
	switch (way) {
	case 't': link = attach_tracefs(program, argv[1], event); done = link; break;
	case 'm': done = attach_multi(program, argv + 1, argc - 1); break;
	default: done = argc > 1 ? attach_each(program, argv + 1, argc - 1) : attach_all(object);
	}
	if (!done)
		return 1;
	sigwait(&interrupt, &signal);
	if (way != 't')
		return 0;
	snprintf(line, sizeof(line), "-:kprobes/%s\n", event);
	bpf_link__destroy(link);
	events_write(line);
	return 0;
}
