/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arguments that `hit arguments` passes, and that the programs look for. */

/* Of the system call process_vm_readv: pid, four words, flags, which it refuses */
#define KNOWN_SYS1	(-5)
#define KNOWN_SYS2	0x2222
#define KNOWN_SYS3	0x33
#define KNOWN_SYS4	0x4444
#define KNOWN_SYS5	0x55
#define KNOWN_SYS6	0x66

/* Of mmap: what the kernel's vm_mmap_pgoff then has, without a file in front */
#define KNOWN_ADDRESS	0x30000000
#define KNOWN_LENGTH	0x12345
#define KNOWN_PROT	1	/* PROT_READ */
#define KNOWN_FLAGS	0x22	/* MAP_PRIVATE | MAP_ANONYMOUS */
#define KNOWN_PAGE	7
