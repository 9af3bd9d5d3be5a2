// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * abi: our numbers and structs against those of the system's headers.
 *
 * The loader is built without a header of the kernel's or <elf.h>; here both
 * are included. The system's come first, and their constants are kept under
 * names of their own: ours are macros, which hide them from then on. A macro
 * of ours that differs from a macro of theirs is refused by the compiler too.
 */
#include <elf.h>
#include <linux/auxvec.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <linux/resource.h>
#include <linux/version.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* The constants that have the same name there and here. */
#define SAME_CONSTANTS(X)                                                                      \
	/* bpf_sys.h: bpf(2) */                                                                \
	X(BPF_MAP_CREATE) X(BPF_MAP_UPDATE_ELEM) X(BPF_PROG_LOAD) X(BPF_OBJ_PIN)               \
	X(BPF_OBJ_GET) X(BPF_OBJ_GET_INFO_BY_FD) X(BPF_LINK_CREATE) X(BPF_PROG_TYPE_KPROBE)    \
	X(BPF_RAW_TRACEPOINT_OPEN) X(BPF_ITER_CREATE) X(BPF_F_SLEEPABLE)                       \
	X(BPF_F_KPROBE_MULTI_RETURN)                                                           \
	X(BPF_BTF_LOAD) X(BPF_BTF_GET_FD_BY_ID) X(BPF_MAP_FREEZE) X(BPF_BTF_GET_NEXT_ID)       \
	X(BPF_PERF_EVENT) X(BPF_MAP_TYPE_PERF_EVENT_ARRAY) X(BPF_MAP_TYPE_DEVMAP)              \
	X(BPF_MAP_TYPE_DEVMAP_HASH)                                                            \
	X(BPF_MAP_TYPE_RINGBUF) X(BPF_MAP_TYPE_USER_RINGBUF) X(BPF_F_RDONLY_PROG)              \
	X(BPF_F_NO_PREALLOC) X(BPF_F_NUMA_NODE)                                                                  \
	X(BPF_OBJ_NAME_LEN)                                                                    \
	/* perf_event_open(2) */                                                               \
	X(PERF_TYPE_SOFTWARE) X(PERF_COUNT_SW_CPU_CLOCK)                                       \
	X(PERF_TYPE_TRACEPOINT) X(PERF_FLAG_FD_CLOEXEC) X(PERF_EVENT_IOC_ENABLE)               \
	X(PERF_EVENT_IOC_SET_BPF)                                                              \
	/* file systems, system calls, capabilities, the auxiliary vector, limits */           \
	X(PROC_SUPER_MAGIC) X(SYSFS_MAGIC) X(DEBUGFS_MAGIC) X(TRACEFS_MAGIC)                   \
	X(SECURITYFS_MAGIC) X(BPF_FS_MAGIC)                                                    \
	X(__NR_bpf) X(__NR_fsopen) X(__NR_fsconfig) X(__NR_fsmount) /* from __NR_Linux on */    \
	X(CAP_SYS_ADMIN) X(CAP_SYS_RESOURCE) X(CAP_PERFMON) X(CAP_BPF) X(MAP_FIXED_NOREPLACE)  \
	X(AT_PAGESZ) X(AT_RANDOM) X(AT_SYSINFO_EHDR) X(RLIMIT_MEMLOCK) X(RLIMIT_NOFILE)        \
	/* elf64.h */                                                                          \
	X(EI_NIDENT) X(EI_CLASS) X(EI_DATA) X(EI_VERSION) X(ELFCLASS32) X(ELFCLASS64)          \
	X(ELFDATA2LSB) X(ELFDATA2MSB) X(EV_CURRENT)                                            \
	X(ET_REL) X(ET_EXEC) X(ET_DYN) X(ET_CORE)                                              \
	X(EM_NONE) X(EM_386) X(EM_MIPS) X(EM_PPC) X(EM_PPC64) X(EM_S390) X(EM_ARM)             \
	X(EM_X86_64) X(EM_AARCH64) X(EM_RISCV) X(EM_BPF) X(EM_LOONGARCH)                       \
	X(SHN_UNDEF) X(SHN_LORESERVE) X(SHN_ABS) X(SHN_COMMON) X(SHN_XINDEX)                   \
	X(SHT_NULL) X(SHT_PROGBITS) X(SHT_SYMTAB) X(SHT_STRTAB) X(SHT_RELA) X(SHT_NOBITS)      \
	X(SHT_REL) X(SHF_EXECINSTR) X(STB_LOCAL)                                               \
	X(STT_NOTYPE) X(STT_OBJECT) X(STT_FUNC) X(STT_SECTION)                                 \
	/* uprobe.h */                                                                         \
	X(PT_LOAD) X(PF_X) X(SHT_DYNSYM) X(STB_WEAK)                                           \
	/* kinds.h */                                                                          \
	X(BPF_PROG_TYPE_TRACEPOINT) X(BPF_PROG_TYPE_PERF_EVENT)                                \
	X(BPF_PROG_TYPE_RAW_TRACEPOINT) X(BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE)               \
	X(BPF_PROG_TYPE_TRACING)                                                               \
	X(BPF_TRACE_RAW_TP) X(BPF_TRACE_FENTRY) X(BPF_TRACE_FEXIT) X(BPF_MODIFY_RETURN)        \
	X(BPF_TRACE_ITER) X(BPF_TRACE_KPROBE_MULTI)                                            \
	/* kernel.h, object.h */                                                               \
	X(PT_NOTE) X(R_BPF_64_64) X(BPF_F_MMAPABLE) X(STV_INTERNAL) X(STV_HIDDEN)

/* Those that are called otherwise here: ours, theirs. */
#define OTHER_CONSTANTS(X)                                    \
	X(SYS_FSOPEN_CLOEXEC, FSOPEN_CLOEXEC)                 \
	X(SYS_FSMOUNT_CLOEXEC, FSMOUNT_CLOEXEC)               \
	X(SYS_FSCONFIG_CMD_CREATE, FSCONFIG_CMD_CREATE)       \
	X(SYS_CAPABILITY_VERSION, _LINUX_CAPABILITY_VERSION_3) \
	X(INSN_LD_IMM64, BPF_LD | BPF_DW | BPF_IMM)           \
	X(INSN_PSEUDO_MAP_FD, BPF_PSEUDO_MAP_FD)              \
	X(SHT_GNU_VERSYM, SHT_GNU_versym)                     \
	X(SHT_GNU_VERDEF, SHT_GNU_verdef)                     \
	X(MAP_PIN_NAME_MAX, NAME_MAX)                         \
	X(ELF_HOST_DATA, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

/* What the system's headers must be new enough for. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define NEWER_CONSTANTS(X) \
	X(BPF_TRACE_UPROBE_MULTI) X(BPF_TRACE_KPROBE_SESSION) X(BPF_TRACE_UPROBE_SESSION)      \
	X(BPF_F_UPROBE_MULTI_RETURN) X(BPF_MAP_TYPE_ARENA) X(BPF_F_SEGV_ON_FAULT)
#else
#define NEWER_CONSTANTS(X)
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define NEWEST_CONSTANTS(X) X(BPF_MAP_TYPE_INSN_ARRAY)
#else
#define NEWEST_CONSTANTS(X)
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define SESSION_CONSTANTS(X) X(BPF_TRACE_FSESSION)
#else
#define SESSION_CONSTANTS(X)
#endif

#define KEEP_SAME(name) SYSTEM_##name = name,
#define KEEP_OTHER(ours, theirs) SYSTEM_##ours = (theirs),
enum { SAME_CONSTANTS(KEEP_SAME) NEWER_CONSTANTS(KEEP_SAME)
       NEWEST_CONSTANTS(KEEP_SAME) SESSION_CONSTANTS(KEEP_SAME) OTHER_CONSTANTS(KEEP_OTHER) };

/* tc's own header, where iproute2 is installed. */
#if __has_include(<iproute2/bpf_elf.h>)
#include <iproute2/bpf_elf.h>
enum { TC_PIN_NONE = PIN_NONE, TC_PIN_OBJECT_NS = PIN_OBJECT_NS, TC_PIN_GLOBAL_NS = PIN_GLOBAL_NS };
#undef PIN_NONE
#undef PIN_OBJECT_NS
#undef PIN_GLOBAL_NS
#define HAVE_TC 1
#else
#define HAVE_TC 0
#endif

/* The same value in another spelling. */
#undef EI_NIDENT
#undef PF_X
#undef SHF_EXECINSTR
#undef PERF_EVENT_IOC_ENABLE
#undef PERF_EVENT_IOC_SET_BPF
/* Ours are for a C library that does not have these; here they stand for themselves. */
#undef __NR_bpf
#undef __NR_fsopen
#undef __NR_fsconfig
#undef __NR_fsmount

#include "../bpf_sys.h"
#include "../kernel.h"
#include "../maps.h"
#include "../object.h"
#include "../uprobe.h"

#define CHECK_SAME(name) \
	_Static_assert((unsigned long long)(name) == (unsigned long long)SYSTEM_##name, #name);
#define CHECK_OTHER(ours, theirs) \
	_Static_assert((unsigned long long)(ours) == (unsigned long long)SYSTEM_##ours, #ours);
SAME_CONSTANTS(CHECK_SAME)
NEWER_CONSTANTS(CHECK_SAME) NEWEST_CONSTANTS(CHECK_SAME)
SESSION_CONSTANTS(CHECK_SAME)
OTHER_CONSTANTS(CHECK_OTHER)

#define SIZE_OF(type, field) sizeof(((type *)NULL)->field)

/* A field of ours lies where theirs does, and is as long. */
#define FIELD(ours, field, theirs, their_field)                                         \
	_Static_assert(offsetof(struct ours, field) == offsetof(theirs, their_field),   \
		       "offset of " #ours "." #field);                                  \
	_Static_assert(SIZE_OF(struct ours, field) == SIZE_OF(theirs, their_field),     \
		       "size of " #ours "." #field)
#define SAME_FIELD(ours, field, theirs) FIELD(ours, field, theirs, field)

/* Nothing stands behind the last field that is looked at here: the kernel reads padding too. */
#define ENDS_WITH(ours, field)                                                            \
	_Static_assert(offsetof(struct ours, field) + SIZE_OF(struct ours, field) ==      \
		       sizeof(struct ours), "end of " #ours)

/* ---- bpf_sys.h ---- */

SAME_FIELD(sys_map_create_attr, map_type, union bpf_attr);
SAME_FIELD(sys_map_create_attr, key_size, union bpf_attr);
SAME_FIELD(sys_map_create_attr, value_size, union bpf_attr);
SAME_FIELD(sys_map_create_attr, max_entries, union bpf_attr);
SAME_FIELD(sys_map_create_attr, map_flags, union bpf_attr);
SAME_FIELD(sys_map_create_attr, inner_map_fd, union bpf_attr);
SAME_FIELD(sys_map_create_attr, numa_node, union bpf_attr);
SAME_FIELD(sys_map_create_attr, map_name, union bpf_attr);
SAME_FIELD(sys_map_create_attr, map_ifindex, union bpf_attr);
SAME_FIELD(sys_map_create_attr, btf_fd, union bpf_attr);
SAME_FIELD(sys_map_create_attr, btf_key_type_id, union bpf_attr);
SAME_FIELD(sys_map_create_attr, btf_value_type_id, union bpf_attr);
SAME_FIELD(sys_map_create_attr, btf_vmlinux_value_type_id, union bpf_attr);
SAME_FIELD(sys_map_create_attr, map_extra, union bpf_attr);
ENDS_WITH(sys_map_create_attr, map_extra);

SAME_FIELD(sys_map_elem_attr, map_fd, union bpf_attr);
SAME_FIELD(sys_map_elem_attr, key, union bpf_attr);
SAME_FIELD(sys_map_elem_attr, value, union bpf_attr);
SAME_FIELD(sys_map_elem_attr, flags, union bpf_attr);
ENDS_WITH(sys_map_elem_attr, flags);

SAME_FIELD(sys_prog_load_attr, prog_type, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, insn_cnt, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, insns, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, license, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, log_level, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, log_size, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, log_buf, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, kern_version, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, prog_flags, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, prog_name, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, prog_ifindex, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, expected_attach_type, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, prog_btf_fd, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, func_info_rec_size, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, func_info, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, func_info_cnt, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, line_info_rec_size, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, line_info, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, line_info_cnt, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, attach_btf_id, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, attach_btf_obj_fd, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, core_relo_cnt, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, fd_array, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, core_relos, union bpf_attr);
SAME_FIELD(sys_prog_load_attr, core_relo_rec_size, union bpf_attr);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
SAME_FIELD(sys_prog_load_attr, log_true_size, union bpf_attr);
FIELD(sys_btf_load_attr, log_true_size, union bpf_attr, btf_log_true_size);
#endif
ENDS_WITH(sys_prog_load_attr, log_true_size);

/* (BPF_LOG_LEVEL1 and BPF_LOG_STATS are in no header of the system's.) */

SAME_FIELD(sys_btf_load_attr, btf, union bpf_attr);
FIELD(sys_btf_load_attr, log_buf, union bpf_attr, btf_log_buf);
SAME_FIELD(sys_btf_load_attr, btf_size, union bpf_attr);
FIELD(sys_btf_load_attr, log_size, union bpf_attr, btf_log_size);
FIELD(sys_btf_load_attr, log_level, union bpf_attr, btf_log_level);
ENDS_WITH(sys_btf_load_attr, log_true_size);

SAME_FIELD(sys_obj_attr, pathname, union bpf_attr);
SAME_FIELD(sys_obj_attr, bpf_fd, union bpf_attr);
SAME_FIELD(sys_obj_attr, file_flags, union bpf_attr);
ENDS_WITH(sys_obj_attr, file_flags);

FIELD(sys_info_attr, bpf_fd, union bpf_attr, info.bpf_fd);
FIELD(sys_info_attr, info_len, union bpf_attr, info.info_len);
FIELD(sys_info_attr, info, union bpf_attr, info.info);
ENDS_WITH(sys_info_attr, info);

FIELD(sys_link_create_attr, prog_fd, union bpf_attr, link_create.prog_fd);
FIELD(sys_link_create_attr, target_fd, union bpf_attr, link_create.target_fd);
FIELD(sys_link_create_attr, attach_type, union bpf_attr, link_create.attach_type);
FIELD(sys_link_create_attr, flags, union bpf_attr, link_create.flags);
ENDS_WITH(sys_link_create_attr, flags);

FIELD(sys_link_kprobe_multi_attr, flags, union bpf_attr, link_create.kprobe_multi.flags);
FIELD(sys_link_kprobe_multi_attr, cnt, union bpf_attr, link_create.kprobe_multi.cnt);
FIELD(sys_link_kprobe_multi_attr, syms, union bpf_attr, link_create.kprobe_multi.syms);
FIELD(sys_link_kprobe_multi_attr, addrs, union bpf_attr, link_create.kprobe_multi.addrs);
ENDS_WITH(sys_link_kprobe_multi_attr, addrs);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
FIELD(sys_link_uprobe_multi_attr, path, union bpf_attr, link_create.uprobe_multi.path);
FIELD(sys_link_uprobe_multi_attr, offsets, union bpf_attr, link_create.uprobe_multi.offsets);
FIELD(sys_link_uprobe_multi_attr, ref_ctr_offsets, union bpf_attr,
      link_create.uprobe_multi.ref_ctr_offsets);
FIELD(sys_link_uprobe_multi_attr, cookies, union bpf_attr, link_create.uprobe_multi.cookies);
FIELD(sys_link_uprobe_multi_attr, cnt, union bpf_attr, link_create.uprobe_multi.cnt);
FIELD(sys_link_uprobe_multi_attr, flags, union bpf_attr, link_create.uprobe_multi.flags);
#endif
ENDS_WITH(sys_link_uprobe_multi_attr, flags);

FIELD(sys_raw_tracepoint_attr, name, union bpf_attr, raw_tracepoint.name);
FIELD(sys_raw_tracepoint_attr, prog_fd, union bpf_attr, raw_tracepoint.prog_fd);
ENDS_WITH(sys_raw_tracepoint_attr, unused);

FIELD(sys_iter_create_attr, link_fd, union bpf_attr, iter_create.link_fd);
FIELD(sys_iter_create_attr, flags, union bpf_attr, iter_create.flags);
ENDS_WITH(sys_iter_create_attr, flags);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
SAME_FIELD(sys_insn_place, orig_off, struct bpf_insn_array_value);
_Static_assert(sizeof(struct sys_insn_place) == sizeof(struct bpf_insn_array_value), "its size");
#endif

SAME_FIELD(sys_map_info, type, struct bpf_map_info);
SAME_FIELD(sys_map_info, id, struct bpf_map_info);
SAME_FIELD(sys_map_info, key_size, struct bpf_map_info);
SAME_FIELD(sys_map_info, value_size, struct bpf_map_info);
SAME_FIELD(sys_map_info, max_entries, struct bpf_map_info);
SAME_FIELD(sys_map_info, map_flags, struct bpf_map_info);
ENDS_WITH(sys_map_info, map_flags);

SAME_FIELD(sys_perf_attr, type, struct perf_event_attr);
SAME_FIELD(sys_perf_attr, size, struct perf_event_attr);
SAME_FIELD(sys_perf_attr, config, struct perf_event_attr);
SAME_FIELD(sys_perf_attr, sample_period, struct perf_event_attr);
SAME_FIELD(sys_perf_attr, sample_type, struct perf_event_attr);
SAME_FIELD(sys_perf_attr, read_format, struct perf_event_attr);
SAME_FIELD(sys_perf_attr, wakeup_events, struct perf_event_attr);
SAME_FIELD(sys_perf_attr, bp_type, struct perf_event_attr);
FIELD(sys_perf_attr, config1, struct perf_event_attr, kprobe_func);
FIELD(sys_perf_attr, config2, struct perf_event_attr, probe_offset);
_Static_assert(sizeof(struct sys_perf_attr) == PERF_ATTR_SIZE_VER1, "a size that every kernel knows");

FIELD(sys_cap_header, version, struct __user_cap_header_struct, version);
FIELD(sys_cap_header, pid, struct __user_cap_header_struct, pid);
_Static_assert(sizeof(struct sys_cap_header) == sizeof(struct __user_cap_header_struct), "size");
FIELD(sys_cap_data, effective, struct __user_cap_data_struct, effective);
FIELD(sys_cap_data, permitted, struct __user_cap_data_struct, permitted);
FIELD(sys_cap_data, inheritable, struct __user_cap_data_struct, inheritable);
_Static_assert(sizeof(struct sys_cap_data) == sizeof(struct __user_cap_data_struct), "size");
_Static_assert(_LINUX_CAPABILITY_U32S_3 == 2, "sys_capabilities() has two of them");
_Static_assert(sizeof(struct rlimit64) == 2 * sizeof(uint64_t), "sys_raise_limit() has an array");
_Static_assert(ELF_NAME_MAX > NAME_MAX, "a map's name may be that of a file, its pin");

/* ---- elf64.h, uprobe.h, kernel.h ---- */

SAME_FIELD(elf64_header, e_ident, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_type, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_machine, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_version, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_entry, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_phoff, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_shoff, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_flags, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_ehsize, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_phentsize, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_phnum, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_shentsize, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_shnum, Elf64_Ehdr);
SAME_FIELD(elf64_header, e_shstrndx, Elf64_Ehdr);
_Static_assert(sizeof(struct elf64_header) == sizeof(Elf64_Ehdr), "size");

SAME_FIELD(elf64_section, sh_name, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_type, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_flags, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_addr, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_offset, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_size, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_link, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_info, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_addralign, Elf64_Shdr);
SAME_FIELD(elf64_section, sh_entsize, Elf64_Shdr);
_Static_assert(sizeof(struct elf64_section) == sizeof(Elf64_Shdr), "size");

SAME_FIELD(elf64_symbol, st_name, Elf64_Sym);
SAME_FIELD(elf64_symbol, st_info, Elf64_Sym);
SAME_FIELD(elf64_symbol, st_other, Elf64_Sym);
SAME_FIELD(elf64_symbol, st_shndx, Elf64_Sym);
SAME_FIELD(elf64_symbol, st_value, Elf64_Sym);
SAME_FIELD(elf64_symbol, st_size, Elf64_Sym);
_Static_assert(sizeof(struct elf64_symbol) == sizeof(Elf64_Sym), "size");

SAME_FIELD(elf64_segment, p_type, Elf64_Phdr);
SAME_FIELD(elf64_segment, p_flags, Elf64_Phdr);
SAME_FIELD(elf64_segment, p_offset, Elf64_Phdr);
SAME_FIELD(elf64_segment, p_vaddr, Elf64_Phdr);
SAME_FIELD(elf64_segment, p_paddr, Elf64_Phdr);
SAME_FIELD(elf64_segment, p_filesz, Elf64_Phdr);
SAME_FIELD(elf64_segment, p_memsz, Elf64_Phdr);
SAME_FIELD(elf64_segment, p_align, Elf64_Phdr);
_Static_assert(sizeof(struct elf64_segment) == sizeof(Elf64_Phdr), "size");
SAME_FIELD(elf64_version, vd_version, Elf64_Verdef);
SAME_FIELD(elf64_version, vd_flags, Elf64_Verdef);
SAME_FIELD(elf64_version, vd_ndx, Elf64_Verdef);
SAME_FIELD(elf64_version, vd_cnt, Elf64_Verdef);
SAME_FIELD(elf64_version, vd_hash, Elf64_Verdef);
SAME_FIELD(elf64_version, vd_aux, Elf64_Verdef);
SAME_FIELD(elf64_version, vd_next, Elf64_Verdef);
_Static_assert(sizeof(struct elf64_version) == sizeof(Elf64_Verdef), "size");

SAME_FIELD(elf64_rel, r_offset, Elf64_Rel);
SAME_FIELD(elf64_rel, r_info, Elf64_Rel);
_Static_assert(sizeof(struct elf64_rel) == sizeof(Elf64_Rel), "size");
SAME_FIELD(elf64_rela, r_offset, Elf64_Rela);
SAME_FIELD(elf64_rela, r_info, Elf64_Rela);
SAME_FIELD(elf64_rela, r_addend, Elf64_Rela);
_Static_assert(sizeof(struct elf64_rela) == sizeof(Elf64_Rela), "size");

FIELD(version_note, namesz, Elf64_Nhdr, n_namesz);
FIELD(version_note, descsz, Elf64_Nhdr, n_descsz);
FIELD(version_note, type, Elf64_Nhdr, n_type);
_Static_assert(sizeof(struct version_note) == sizeof(Elf64_Nhdr), "size");
_Static_assert(sizeof(Elf32_Nhdr) == sizeof(Elf64_Nhdr), "one struct for both classes");

/* ---- object.h ---- */

SAME_FIELD(insn, code, struct bpf_insn);
SAME_FIELD(insn, off, struct bpf_insn);
SAME_FIELD(insn, imm, struct bpf_insn);
_Static_assert(sizeof(struct insn) == sizeof(struct bpf_insn), "size");

#if HAVE_TC
SAME_FIELD(object_map_def, type, struct bpf_elf_map);
SAME_FIELD(object_map_def, size_key, struct bpf_elf_map);
SAME_FIELD(object_map_def, size_value, struct bpf_elf_map);
SAME_FIELD(object_map_def, max_elem, struct bpf_elf_map);
SAME_FIELD(object_map_def, flags, struct bpf_elf_map);
SAME_FIELD(object_map_def, id, struct bpf_elf_map);
SAME_FIELD(object_map_def, pinning, struct bpf_elf_map);
SAME_FIELD(object_map_def, inner_id, struct bpf_elf_map);
SAME_FIELD(object_map_def, inner_idx, struct bpf_elf_map);
_Static_assert(sizeof(struct object_map_def) == sizeof(struct bpf_elf_map), "size");
_Static_assert((int)PIN_NONE == TC_PIN_NONE && (int)PIN_OBJECT_NS == TC_PIN_OBJECT_NS &&
	       (int)PIN_GLOBAL_NS == TC_PIN_GLOBAL_NS, "enum pinning");
#endif

/* ---- What is no constant expression ---- */

static int nr_wrong;

static void wrong(const char *what)
{
	fprintf(stderr, "abi: %s differs\n", what);
	nr_wrong++;
}

/* Bit fields have no offset: set one in each, and compare all bytes. */
static void check_bit_fields(void)
{
	struct insn ours = { .dst_reg = 0x9, .src_reg = 0x4 };
	struct bpf_insn theirs = { .dst_reg = 0x9, .src_reg = 0x4 };
	struct sys_perf_attr our_attr = { .disabled = 1, .freq = 1 };
	struct perf_event_attr their_attr = { .disabled = 1, .freq = 1 };

	if (memcmp(&ours, &theirs, sizeof(ours)) != 0)
		wrong("a register of struct insn");
	if (memcmp(&our_attr, &their_attr, sizeof(our_attr)) != 0)
		wrong("a bit of struct sys_perf_attr");
}

/* MAP_TYPES of mapdef.h has the kernel's numbers as its places. */
static void check_map_types(void)
{
	static const struct {
		enum bpf_map_type type;
		const char *name;
	} types[] = {
		{ BPF_MAP_TYPE_UNSPEC, "unspec" },
		{ BPF_MAP_TYPE_HASH, "hash" },
		{ BPF_MAP_TYPE_ARRAY, "array" },
		{ BPF_MAP_TYPE_PROG_ARRAY, "prog_array" },
		{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, "perf_event_array" },
		{ BPF_MAP_TYPE_PERCPU_HASH, "percpu_hash" },
		{ BPF_MAP_TYPE_PERCPU_ARRAY, "percpu_array" },
		{ BPF_MAP_TYPE_STACK_TRACE, "stack_trace" },
		{ BPF_MAP_TYPE_CGROUP_ARRAY, "cgroup_array" },
		{ BPF_MAP_TYPE_LRU_HASH, "lru_hash" },
		{ BPF_MAP_TYPE_LRU_PERCPU_HASH, "lru_percpu_hash" },
		{ BPF_MAP_TYPE_LPM_TRIE, "lpm_trie" },
		{ BPF_MAP_TYPE_ARRAY_OF_MAPS, "array_of_maps" },
		{ BPF_MAP_TYPE_HASH_OF_MAPS, "hash_of_maps" },
		{ BPF_MAP_TYPE_DEVMAP, "devmap" },
		{ BPF_MAP_TYPE_SOCKMAP, "sockmap" },
		{ BPF_MAP_TYPE_CPUMAP, "cpumap" },
		{ BPF_MAP_TYPE_XSKMAP, "xskmap" },
		{ BPF_MAP_TYPE_SOCKHASH, "sockhash" },
		{ BPF_MAP_TYPE_CGROUP_STORAGE, "cgroup_storage" },
		{ BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, "reuseport_sockarray" },
		{ BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, "percpu_cgroup_storage" },
		{ BPF_MAP_TYPE_QUEUE, "queue" },
		{ BPF_MAP_TYPE_STACK, "stack" },
		{ BPF_MAP_TYPE_SK_STORAGE, "sk_storage" },
		{ BPF_MAP_TYPE_DEVMAP_HASH, "devmap_hash" },
		{ BPF_MAP_TYPE_STRUCT_OPS, "struct_ops" },
		{ BPF_MAP_TYPE_RINGBUF, "ringbuf" },
		{ BPF_MAP_TYPE_INODE_STORAGE, "inode_storage" },
		{ BPF_MAP_TYPE_TASK_STORAGE, "task_storage" },
		{ BPF_MAP_TYPE_BLOOM_FILTER, "bloom_filter" },
		{ BPF_MAP_TYPE_USER_RINGBUF, "user_ringbuf" },
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
		{ BPF_MAP_TYPE_CGRP_STORAGE, "cgrp_storage" },
		{ BPF_MAP_TYPE_ARENA, "arena" },
		{ BPF_MAP_TYPE_INSN_ARRAY, "insn_array" },
		{ BPF_MAP_TYPE_RHASH, "rhash" },
#endif
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		enum bpf_map_type type = types[i].type;

		if (strcmp(map_type_name(type), types[i].name) != 0)
			wrong(types[i].name);
		if (mapdef_is_map_of_maps(type) !=
		    (type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS))
			wrong("mapdef_is_map_of_maps()");
	}
}

static volatile sig_atomic_t signal_caught;

static void note_signal(int signal)
{
	signal_caught = signal;
}

/*
 * The C library hides the kernel's signal structs, so the kernel itself is
 * asked: the size of its set, SYS_SIGACTION_HANDLER, and by SYS_SA_RESTORER a
 * handler returns.
 */
static void check_signals(void)
{
	_Static_assert(sizeof(struct sys_sigset) == SYS_SIGSET_BYTES, "size");

	if (syscall(__NR_rt_sigprocmask, (long)SIG_BLOCK, NULL, NULL, (long)SYS_SIGSET_BYTES) != 0)
		wrong("the size of struct sys_sigset");
	signal(SIGHUP, SIG_IGN);
	if (!sys_signal_is_ignored(SIGHUP))
		wrong("an ignored signal's handler");
	signal(SIGHUP, SIG_DFL);
	if (sys_signal_is_ignored(SIGHUP))
		wrong("a default signal's handler");
	sys_signal_catch(SIGHUP, note_signal);
	raise(SIGHUP);
	if (signal_caught != SIGHUP)
		wrong("a caught signal's handler");
}

/* Each of SYS_SIGNALS_END waits, blocked, until it is taken; SIGHUP that is ignored is no end. */
static void check_pending_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGQUIT, SIGHUP };

	sys_signals_mask(SIG_BLOCK, SYS_SIGNALS_END);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (sys_end_is_pending())
			wrong("no signal is pending");
		raise(ends[i]);
		if (!sys_end_is_pending())
			wrong("a pending signal");
		if (sys_signals_wait(SYS_SIGNALS_END, 0) != ends[i])
			wrong("the signal that was pending");
	}
	signal(SIGHUP, SIG_IGN);
	raise(SIGHUP);
	if (sys_end_is_pending())
		wrong("an ignored signal that is pending");
	raise(SIGTERM);
	if (!sys_end_is_pending())
		wrong("a pending signal beside one that is ignored");
}

int main(void)
{
	check_bit_fields();
	check_map_types();
	check_signals();
	check_pending_signals();
	return nr_wrong ? 1 : 0;
}
