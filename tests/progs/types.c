// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Compiled with -g: variables in sections of every kind, functions of every
 * linkage, externs, and types of every kind that compilers have names for.
 */
typedef unsigned int u32;
typedef unsigned long long u64;

#define SECTION(name) __attribute__((section(name), used))
#define NOINLINE __attribute__((noinline))

#if __has_attribute(btf_decl_tag)
#define DECL_TAG(name) __attribute__((btf_decl_tag(name)))
#define TYPE_TAG(name) __attribute__((btf_type_tag(name)))
#else
#define DECL_TAG(name)
#define TYPE_TAG(name)
#endif

enum libbpf_tristate { TRI_NO = 0, TRI_YES = 1, TRI_MODULE = 2 };
enum wide { WIDE = 0x100000000ULL, WIDE_ONE = 1 };
enum narrow { NARROW = -1 };

struct pair {
	int three : 3;
	int five : 5;
	float single;
	double twice;
	enum wide wide;
	enum narrow narrow;
};

/* Global, static, in the order in which nobody needs them. */
struct pair pairs = { 1 };
u32 counter;
static u32 hidden_counter;
static u32 offset = 7;
u64 factor = 3;
const volatile int constant = 3;
static const volatile int hidden_constant = 9;
u32 in_own SECTION(".data.own") = 5;
u32 tagged DECL_TAG("variable");
int TYPE_TAG("pointer") *pointer;

extern u32 LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));
extern enum libbpf_tristate CONFIG_BPF __attribute__((section(".kconfig"), weak));
extern const void bpf_link_fops __attribute__((section(".ksyms")));
extern void bpf_task_release(void *) __attribute__((section(".ksyms"), weak));

struct {
	int (*type)[2];
	int (*max_entries)[1];
	u32 *key;
	u64 *value;
} values SECTION(".maps");

static NOINLINE int of_this_file(int a, int b)
{
	return a * b + (int)hidden_counter;
}

NOINLINE int of_all(int a)
{
	return a + (int)counter;
}

__attribute__((visibility("hidden"))) NOINLINE int of_the_object(int a)
{
	return a * (int)counter;
}

SECTION("kprobe/vfs_read") int prog(void *ctx)
{
	counter++;
	hidden_counter += 2;
	offset += (u32)of_this_file((int)counter, (int)factor) + in_own;
	pointer = (void *)&tagged;
	bpf_task_release(ctx);
	return of_all(constant + hidden_constant) + of_the_object(3) + (int)LINUX_KERNEL_VERSION +
	       (int)CONFIG_BPF + (int)(long)&bpf_link_fops + (int)pairs.narrow + (int)pairs.wide;
}

char _license[] SECTION("license") = "GPL";
