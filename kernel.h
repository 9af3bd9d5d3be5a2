/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kernel.h - what the running kernel is, what it refuses, and what may have been
 * the reason: its version, names, limits, privileges.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <sys/utsname.h>

#include "bpf_sys.h"
#include "elf64.h"
#include "fs.h"
#include "insn.h"
#include "kinds.h"

/* What this kernel turned out to be; learnt once, at the first refusal. */
struct kernel {
	bool no_names;       /* it does not know map_name and prog_name (before v4.15) */
	bool memlock_raised;
};

/* ---- The kernel's version, as BPF_PROG_LOAD compares it before v5.0 ---- */

/* LINUX_VERSION_CODE; sublevels past 255 are clamped (4.4.257, 4.14.252, 4.19.222 and later). */
static inline uint32_t version_code(uint64_t major, uint64_t minor, uint64_t sublevel)
{
	return (uint32_t)((major & 255) << 16 | (minor & 255) << 8 |
			  (sublevel > 255 ? 255 : sublevel));
}

/* "4.9.30-2", "5.10": the numbers at the text's start; 0 when it has none. */
static inline uint32_t version_parse(const char *s)
{
	uint64_t number[3] = { 0 };

	for (size_t i = 0; i < 3; i++) {
		if (!text_read_number(&s, 10, &number[i]))
			return i < 2 ? 0 : version_code(number[0], number[1], 0);
		if (*s != '.')
			return i < 1 ? 0 : version_code(number[0], number[1], number[2]);
		s++;
	}
	return version_code(number[0], number[1], number[2]);
}

/* Ubuntu's /proc/version_signature, "Ubuntu 4.4.0-21.37-generic 4.4.6": the last word. */
static inline uint32_t version_parse_signature(const char *signature)
{
	const char *last = strrchr(signature, ' ');

	return last ? version_parse(last + 1) : 0;
}

/* Debian's uname -v, "#1 SMP Debian 4.9.30-2 (2017-06-12)": its release names no sublevel. */
static inline uint32_t version_parse_debian(const char *version)
{
	const char *debian = text_find(version, "Debian ");

	return debian ? version_parse(debian + strlen("Debian ")) : 0;
}

struct version_note {
	uint32_t namesz;
	uint32_t descsz;
	uint32_t type;
};

/* In one PT_NOTE segment: the note "Linux" of type 0 holds LINUX_VERSION_CODE. */
static inline uint32_t version_parse_notes(struct view notes)
{
	struct version_note note;
	uint64_t off = 0;

	while (view_copy(notes, off, &note, sizeof(note))) {
		uint64_t name = off + sizeof(note);
		uint64_t desc = name + (((uint64_t)note.namesz + 3) & ~(uint64_t)3);
		uint32_t code;

		if (note.type == 0 && note.namesz == sizeof("Linux") &&
		    view_has(notes, name, note.namesz) &&
		    memcmp(notes.data + name, "Linux", sizeof("Linux")) == 0 &&
		    view_copy(notes, desc, &code, sizeof(code)))
			return code;
		off = desc + (((uint64_t)note.descsz + 3) & ~(uint64_t)3);
	}
	return 0;
}

/*
 * The vDSO is an ELF image of the host's class: the offsets of the fields that
 * we need in an ELF header and a program header (gABI, chapters 4 and 5).
 */
struct version_elf_layout {
	uint8_t class, word;
	uint8_t e_phoff, e_phentsize, e_phnum;
	uint8_t p_offset, p_filesz;
};

static inline uint64_t version_word(struct view image, uint64_t off, uint8_t word)
{
	uint32_t narrow = 0;
	uint64_t wide = 0;

	if (word == sizeof(narrow)) {
		view_copy(image, off, &narrow, sizeof(narrow));
		return narrow;
	}
	view_copy(image, off, &wide, sizeof(wide));
	return wide;
}

#define PT_NOTE 4

static inline uint32_t version_parse_vdso(struct view vdso)
{
	static const struct version_elf_layout layouts[] = {
		{ ELFCLASS32, 4, 28, 42, 44, 4, 16 },
		{ ELFCLASS64, 8, 32, 54, 56, 8, 32 },
	};

	for (size_t k = 0; k < sizeof(layouts) / sizeof(layouts[0]); k++) {
		const struct version_elf_layout *l = &layouts[k];
		uint16_t phentsize = 0, phnum = 0;
		uint64_t phoff;

		if (!view_has(vdso, 0, EI_NIDENT) || vdso.data[EI_CLASS] != l->class)
			continue;
		phoff = version_word(vdso, l->e_phoff, l->word);
		view_copy(vdso, l->e_phentsize, &phentsize, sizeof(phentsize));
		view_copy(vdso, l->e_phnum, &phnum, sizeof(phnum));
		for (uint64_t i = 0; i < phnum && phoff < vdso.size; i++) {
			uint64_t ph = phoff + i * phentsize;
			struct view notes;
			uint32_t type = 0, code = 0;

			view_copy(vdso, ph, &type, sizeof(type));
			if (type == PT_NOTE &&
			    view_slice(vdso, version_word(vdso, ph + l->p_offset, l->word),
				       version_word(vdso, ph + l->p_filesz, l->word), &notes))
				code = version_parse_notes(notes);
			if (code)
				return code;
		}
	}
	return 0;
}

/*
 * The vDSO knows best and costs no system call; machines without one, or whose
 * distribution numbers its kernels in its own way, are asked in other ways.
 */
static inline uint32_t kernel_version(void)
{
	/* One page is there for certain, and the note lies near the headers. */
	struct view vdso = { (const uint8_t *)bare_auxiliary(AT_SYSINFO_EHDR), 4096 };
	uint32_t code = vdso.data ? version_parse_vdso(vdso) : 0;
	struct utsname name;
	char signature[256];

	if (code)
		return code;
	if (fs_read(&fs_proc, "version_signature", signature, sizeof(signature)) > 0)
		code = version_parse_signature(signature);
	if (!code && sys_uname(&name) == 0) {
		code = version_parse_debian(name.version);
		if (!code)
			code = version_parse(name.release);
	}
	return code;
}

/* Is it older than that, as far as it says? For hints only: what exists is found by trying. */
SELDOM bool kernel_is_before(uint64_t major, uint64_t minor)
{
	uint32_t version = kernel_version();

	return version && version < version_code(major, minor, 0);
}

/* Is it older than what is asked of it? The hint says so: "maps of type " and "ringbuf". */
SELDOM bool kernel_hint_since(const char *noun, const char *name, uint8_t major, uint8_t minor,
			      struct why *why)
{
	uint32_t version = kernel_version();

	if (!kernel_is_before(major, minor))
		return false;
	why_hint(why, "%s%s exist since Linux %u.%u, this is %u.%u", noun, name, major, minor,
		 version >> 16, version >> 8 & 255);
	return true;
}

/*
 * Loads a kprobe program of that instruction and an exit, to see whether the kernel has
 * what it takes, as the instruction or that enum bpf_attach_type. A descriptor or -errno.
 */
SELDOM int kernel_try_program(struct insn first, uint32_t attach_type)
{
	const struct insn insns[] = { first, { .code = INSN_EXIT } };
	struct sys_prog_load_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insn_cnt = sizeof(insns) / sizeof(insns[0]),
		.insns = sys_ptr(insns),
		.license = sys_ptr("GPL"),
		.expected_attach_type = attach_type,
	};

	return sys_prog_load(&attr);
}

/* ---- What it refuses ---- */

/* EPERM before v5.11 may mean RLIMIT_MEMLOCK, not privilege. True when it is worth another try. */
static inline bool kernel_raise_memlock(struct kernel *kernel)
{
	if (kernel->memlock_raised)
		return false;
	kernel->memlock_raised = true;
	return sys_raise_limit(RLIMIT_MEMLOCK, UINT64_MAX) == 0;
}

/* Forgets a name that the kernel may not know. True when it is worth another try. */
static inline bool kernel_drop_name(struct kernel *kernel, char *name)
{
	if (!name[0])
		return false;
	memset(name, 0, BPF_OBJ_NAME_LEN);
	kernel->no_names = true;
	return true;
}

/* The kernel takes 15 of [A-Za-z0-9_.], '.' since v5.2, as the sections of variables. */
static inline void kernel_set_name(const struct kernel *kernel, const char *name, bool dots,
				   char *out)
{
	for (size_t i = 0; i < BPF_OBJ_NAME_LEN - 1 && name[i] && !kernel->no_names; i++) {
		bool taken = (name[i] >= '0' && name[i] <= '9') ||
			     ((name[i] | 32) >= 'a' && (name[i] | 32) <= 'z') ||
			     (dots && name[i] == '.');

		out[i] = taken ? name[i] : '_';
	}
}

/* The capabilities that we have do not help in a user namespace other than the first. */
static inline bool kernel_in_user_namespace(void)
{
	uint64_t inside, outside, count;
	const char *p;
	char map[128];

	if (fs_read(&fs_proc, "self/uid_map", map, sizeof(map)) <= 0)
		return false;
	p = text_skip_space(map);
	if (!text_read_number(&p, 10, &inside))
		return false;
	p = text_skip_space(p);
	if (!text_read_number(&p, 10, &outside))
		return false;
	p = text_skip_space(p);
	return text_read_number(&p, 10, &count) &&
	       !(inside == 0 && outside == 0 && count == UINT32_MAX);
}

/* lockdown(7): "none [integrity] confidentiality", the one in force in brackets; "": not known. */
SELDOM const char *kernel_lockdown(void)
{
	char modes[128];

	if (fs_read(&fs_security, "lockdown", modes, sizeof(modes)) <= 0)
		return "";
	if (text_find(modes, "[integrity]"))
		return "integrity";
	return text_find(modes, "[confidentiality]") ? "confidentiality" : "";
}

static inline bool kernel_is_confidential(void)
{
	return strcmp(kernel_lockdown(), "confidentiality") == 0;
}

/* What we ran out of, rather than what was refused. */
static inline bool kernel_is_exhausted(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

SELDOM void kernel_hint_exhausted(int err, struct why *why)
{
	if (err == -EMFILE)
		why_hint(why, "too many open files: raise the limit (ulimit -n)");
}

/* kernel.perf_event_paranoid, where distributions know levels above 2; 0: it is not to be read. */
static inline uint64_t kernel_perf_paranoid(void)
{
	char level[16];
	const char *p = level;
	uint64_t value = 0;

	if (fs_read(&fs_proc, "sys/kernel/perf_event_paranoid", level, sizeof(level)) <= 0 ||
	    !text_read_number(&p, 10, &value))
		return 0;
	return value;
}

static inline bool kernel_may(uint64_t capabilities, unsigned int capability)
{
	return capabilities >> capability & 1;
}

/* After EPERM or EACCES: who could do it. `charges`: it takes memory that may be limited. */
SELDOM void kernel_hint_privilege(bool charges, struct why *why)
{
	uint64_t effective;

	if (sys_capabilities(&effective) < 0)
		return;
	if (!kernel_may(effective, CAP_SYS_ADMIN) &&
	    !(kernel_may(effective, CAP_BPF) && kernel_may(effective, CAP_PERFMON)))
		why_hint(why,
			 "needs root, or CAP_BPF and CAP_PERFMON (CAP_SYS_ADMIN before Linux 5.8); "
			 "missing:%s%s",
			 kernel_may(effective, CAP_BPF) ? "" : " CAP_BPF",
			 kernel_may(effective, CAP_PERFMON) ? "" : " CAP_PERFMON");
	else if (charges && !kernel_may(effective, CAP_SYS_RESOURCE) && kernel_is_before(5, 11))
		why_hint(why, "locked memory may be limited (ulimit -l), "
			      "and raising that needs CAP_SYS_RESOURCE");
	else if (kernel_in_user_namespace())
		why_hint(why, "this is a user namespace, whose capabilities do not count here: "
			      "run it outside");
	else if (!kernel_may(effective, CAP_SYS_ADMIN) && kernel_perf_paranoid() > 2)
		why_hint(why, "kernel.perf_event_paranoid above 2 asks for CAP_SYS_ADMIN: "
			      "sysctl kernel.perf_event_paranoid=2");
	else if (!kernel_may(effective, CAP_SYS_ADMIN))
		why_hint(why, "CAP_SYS_ADMIN may be needed as well, as to mount tracefs");
	else if (kernel_is_confidential()) /* ("integrity" forbids none of it) */
		why_hint(why, "the kernel is locked down (confidentiality)");
	else
		why_hint(why, "the privilege is there: "
			      "a security module or a seccomp filter forbids it");
}

#endif
