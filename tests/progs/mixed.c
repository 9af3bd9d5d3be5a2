// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What --list has a line for, and what --keep-going leaves out: programs that go
 * live beside some that no kernel attaches. Compiled with -g.
 */
#include "../../examples/kp_bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

struct task_struct {
	int pid;
	int tgid;
} KP_KERNEL_TYPE;

enum pid_type { PIDTYPE_PID };

const volatile __s32 only_pid = -1;
const volatile _Bool loud = 1;
char title[16] = "a \"mixed\" \xe9";
__u64 seen;
char large[1 << 21]; /* many times what the file has */

static __attribute__((noinline)) int passes(struct task_struct *task)
{
	__s32 pid = BPF_CORE_READ(task, pid);

	if (!__builtin_preserve_type_info(*(enum pid_type *)0, 0) ||
	    !__builtin_preserve_enum_value(*(enum pid_type *)PIDTYPE_PID, 0))
		return 0;
	return only_pid < 0 || pid == only_pid;
}

static __always_inline int note(void)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&hits, &key);

	seen += loud && title[0];
	large[seen & 1] = 1;
	if (value && passes((struct task_struct *)bpf_get_current_task()))
		kp_add(value, 1);
	return 0;
}

SEC("ksyscall/bpf") int good(void *ctx) { return note(); }
SEC("?kprobe/vfs_read") int unasked(void *ctx) { return note(); }
SEC("kprobe/no_such_function") int misplaced(void *ctx) { return note(); }
SEC("fentry/no_such_function") int unknown(void *ctx) { return 0; }
SEC("xdp") int network(void *ctx) { return 2; }
SEC("kprobe/vfs_write") int refused(void *ctx) { return *(volatile int *)0; }
SEC("kprobe/vfs_open") int refused_too(void *ctx)
{
	bpf_get_current_task();
	bpf_get_current_task();
	return *(volatile int *)8;
}

char _license[] SEC("license") = "GPL";
