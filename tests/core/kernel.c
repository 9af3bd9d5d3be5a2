// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Against a real kernel: parts of types that all have, that only some have, and a module's. */
#include "relocations.h"

struct list_head { struct list_head *next, *prev; } RELOCATED;
struct qstr { union { struct { unsigned int hash, len; }; unsigned long hash_len; }; } RELOCATED;
struct task_struct {
	int pid, tgid;
	char comm[16];
	struct task_struct *real_parent, *group_leader;
	struct mm_struct *mm;
	struct list_head tasks;
	unsigned int in_execve : 1, sched_reset_on_fork : 1;
	unsigned int flags;
	unsigned long long start_time;
} RELOCATED;
struct task_struct___old { volatile long state; } RELOCATED;  /* before v5.14 */
struct task_struct___new { unsigned int __state; } RELOCATED;
struct task_struct___never { int no_such_field; } RELOCATED;
struct dentry { struct dentry *d_parent; struct qstr d_name; unsigned int d_flags; } RELOCATED;
struct sock_common {
	unsigned short skc_family;
	unsigned char skc_reuse : 4, skc_ipv6only : 1;
} RELOCATED;
struct sock { struct sock_common __sk_common; unsigned int sk_mark; } RELOCATED;
struct sk_buff {
	unsigned char pkt_type : 3, ip_summed : 2;
	unsigned int len;
	unsigned short protocol;
} RELOCATED;
struct bio_vec { unsigned int bv_len; } RELOCATED;
struct super_block { unsigned long s_magic; char s_id[32]; } RELOCATED;
typedef struct { int counter; } RELOCATED atomic_t;
union bpf_attr { struct { unsigned int map_type, key_size; }; } RELOCATED;
struct nf_conn { unsigned long status; unsigned int timeout; } RELOCATED; /* of nf_conntrack */
struct nf_conntrack_net { unsigned int users4, users6; } RELOCATED;       /* the same */
struct no_such_struct { int field; } RELOCATED;

enum bpf_func_id { BPF_FUNC_map_lookup_elem = 7, BPF_FUNC_loop = 8, BPF_FUNC_no_such = 9 };
enum pid_type { PIDTYPE_PID, PIDTYPE_SID = 9 };
enum bpf_attach_type___x { BPF_TRACE_KPROBE_MULTI = 1000 };

PROGRAM(task, struct task_struct *task)
{
	READ(task->pid), READ(task->tgid), READ(task->flags), READ(task->start_time);
	ADDRESS(task->comm), ADDRESS(task->comm[3]), ADDRESS(task->mm), ADDRESS(task->tasks.prev);
	ALL(task->in_execve), ALL(task->sched_reset_on_fork);
	USE(task->real_parent->group_leader->pid);
	return 0;
}

PROGRAM(guarded, void *task)
{
	if (__builtin_preserve_field_info(((struct task_struct___new *)task)->__state, 2))
		USE(((struct task_struct___new *)task)->__state);
	else
		USE(((struct task_struct___old *)task)->state);
	if (__builtin_preserve_field_info(((struct task_struct___never *)task)->no_such_field, 2))
		USE(((struct task_struct___never *)task)->no_such_field);
	return 0;
}

PROGRAM(others, void *s)
{
	READ(((struct dentry *)s)->d_name.len), ADDRESS(((struct dentry *)s)->d_parent);
	READ(((struct sock *)s)->__sk_common.skc_family);
	ALL(((struct sock *)s)->__sk_common.skc_reuse);
	READ(((struct sock *)s)->sk_mark), ALL(((struct sk_buff *)s)->pkt_type);
	ALL(((struct sk_buff *)s)->ip_summed), READ(((struct sk_buff *)s)->len);
	READ(((struct bio_vec *)s)[5].bv_len), ADDRESS(((struct super_block *)s)->s_id);
	READ(((atomic_t *)s)->counter), READ(((union bpf_attr *)s)->key_size);
	return 0;
}

PROGRAM(modules, void *s)
{
	READ(((struct nf_conn *)s)->status), ALL(((struct nf_conn *)s)->timeout);
	ALL(((struct nf_conntrack_net *)s)->users6);
	TYPE(struct nf_conn), TYPE(struct nf_conntrack_net), TYPE(struct no_such_struct);
	return 0;
}

PROGRAM(types, void *context)
{
	TYPE(struct task_struct), TYPE(struct task_struct___never), TYPE(struct list_head);
	TYPE(struct bio_vec), TYPE(atomic_t), TYPE(enum pid_type), TYPE(union bpf_attr);
	return 0;
}

PROGRAM(enumerators, void *context)
{
	ENUMERATOR(enum bpf_func_id, BPF_FUNC_map_lookup_elem);
	ENUMERATOR(enum bpf_func_id, BPF_FUNC_loop), ENUMERATOR(enum bpf_func_id, BPF_FUNC_no_such);
	ENUMERATOR(enum pid_type, PIDTYPE_SID);
	ENUMERATOR(enum bpf_attach_type___x, BPF_TRACE_KPROBE_MULTI);
	return 0;
}
