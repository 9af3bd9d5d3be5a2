// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Prints a line for each task of the kernel. */
#include "modern.h"

static long (*const bpf_seq_write)(void *seq, const void *data, __u32 size) = (void *)127;

struct bpf_iter_meta {
	void *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	void *task;
};

SEC("iter/task")
int print(struct bpf_iter__task *ctx)
{
	static const char line[] = "a task\n";

	if (ctx->task)
		bpf_seq_write(ctx->meta->seq, line, sizeof(line) - 1);
	return 0;
}
