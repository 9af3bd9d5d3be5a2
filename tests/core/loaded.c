// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the verifier takes: it knows the task's type too, and what each load must be. */
#include "relocations.h"

struct list_head { struct list_head *next, *prev; } RELOCATED;
struct task_struct {
	int tgid, pid;
	char comm[16];
	struct task_struct *real_parent;
	struct list_head tasks;
	unsigned long long start_time;
	unsigned int flags, sched_reset_on_fork : 1;
} RELOCATED;
struct task_struct___old { volatile long state; } RELOCATED; /* before v5.14 */
struct task_struct___new { unsigned int __state; } RELOCATED;
struct task_struct___gone { int no_such_field; } RELOCATED;
struct nf_conn { unsigned long status; } RELOCATED;          /* of nf_conntrack */
enum bpf_func_id { BPF_FUNC_loop = 8, BPF_FUNC_no_such = 9 };

static __attribute__((noinline)) int state_of(struct task_struct *task)
{
	if (__builtin_preserve_field_info(((struct task_struct___gone *)task)->no_such_field, 2))
		return ((struct task_struct___gone *)task)->no_such_field;
	if (__builtin_preserve_field_info(((struct task_struct___new *)task)->__state, 2))
		return ((struct task_struct___new *)task)->__state;
	return ((struct task_struct___old *)task)->state;
}

SEC("tp_btf/sched_switch") int switched(unsigned long long *arguments)
{
	struct task_struct *task = (void *)arguments[1];

	READ(task->pid), READ(task->tgid), READ(task->flags), READ(task->start_time);
	ADDRESS(task->comm), ADDRESS(task->tasks.prev), ALL(task->sched_reset_on_fork);
	USE(task->real_parent->tgid), USE(task->real_parent->real_parent->flags);
	return state_of(task);
}

PROGRAM(constants, void *context)
{
	ALL(((struct nf_conn *)context)->status), TYPE_SIZE(struct nf_conn);
	TYPE(struct task_struct), TYPE_EXISTS(struct task_struct___gone);
	ENUMERATOR(enum bpf_func_id, BPF_FUNC_loop), ENUM_EXISTS(enum bpf_func_id, BPF_FUNC_no_such);
	return 0;
}
