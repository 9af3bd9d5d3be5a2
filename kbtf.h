/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kbtf.h - the running kernel's own BTF, and its modules'.
 *
 * It is 5 MB and needed by few objects: it is opened when something asks for it,
 * mapped where the kernel lets it be (v6.16), else read into memory that ends
 * with this process. Modules' BTF is split BTF on the kernel's; the kernel hands
 * it out by descriptor, which it also wants back where a program refers to it.
 */
#ifndef KBTF_H
#define KBTF_H

#include <sys/utsname.h>

#include "bpf_sys.h"
#include "btf.h"
#include "elf64.h"
#include "fs.h"
#include "kernel.h"

#define MODULE_NAME_SIZE 64 /* the kernel's own is shorter by what it keeps beside it */

struct kbtf_module {
	struct btf btf;
	int fd;
	char name[MODULE_NAME_SIZE];
};

struct kbtf {
	const char *file;        /* where it is to be taken from; NULL: from the kernel */
	bool is_open;
	struct btf btf;
	struct view bytes;       /* all of it, mapped or read */
	struct arena arena;      /* for its index and the modules */
	bool modules_are_open;
	bool is_called;          /* a program may call a function of a module */
	struct kbtf_module *modules;
	uint32_t nr_modules;
};

/* ---- The file ---- */

#define KBTF_NAME "vmlinux" /* the kernel's own */

/*
 * A copy of BTF that the kernel holds, with its name: a module's in the arena, or without
 * one the kernel's own in memory of its own. -ENOENT when it is another, or the kernel
 * does not say which (before v5.11). The descriptor stays the caller's.
 */
SELDOM int kbtf_copy(int fd, struct arena *arena, char name[MODULE_NAME_SIZE], struct view *out)
{
	struct sys_btf_info info = { .name = sys_ptr(name), .name_len = MODULE_NAME_SIZE };
	uint8_t *data;
	int err = sys_btf_info(fd, &info);

	if (err < 0 && err != -ENOSPC) /* the name is longer: it is a module's */
		return err;
	if (!info.kernel_btf || (strcmp(name, KBTF_NAME) == 0) != !arena)
		return -ENOENT;
	data = arena ? arena_take(arena, info.btf_size, 1)
		     : sys_map(0, info.btf_size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1);
	if (!data)
		return -ENOMEM;
	*out = (struct view){ data, info.btf_size };
	info = (struct sys_btf_info){ .btf = sys_ptr(data), .btf_size = info.btf_size };
	err = sys_btf_info(fd, &info);
	if (err < 0 && !arena)
		sys_unmap(data, (size_t)out->size);
	return err < 0 ? err : 0;
}

/*
 * The kernel's own types are the first that it has, and so are had in one call: their
 * file cannot be mapped before v6.16, and gives a page at a time. -errno without
 * CAP_SYS_ADMIN.
 */
static inline int kbtf_read_first(struct view *out)
{
	char name[MODULE_NAME_SIZE] = "";
	int err, fd = sys_btf_fd_by_id(1);

	if (fd < 0)
		return fd;
	err = kbtf_copy(fd, NULL, name, out);
	sys_close(fd);
	return err;
}

/*
 * A part of a file in memory of its own, as far as it is there. It is not mapped: somebody
 * may write the file while we use what was checked, or make it shorter (SIGBUS).
 */
static inline int kbtf_read_part(int fd, uint64_t off, uint64_t size, struct view *out)
{
	uint8_t *data = size <= SIZE_MAX / 2 ? sys_memory((size_t)size) : NULL;
	size_t len = 0;
	int ret;

	if (!data)
		return size ? -ENOMEM : -EINVAL;
	do {
		ret = sys_read_at(fd, off + len, data + len, (size_t)size - len);
		len += ret > 0 ? (size_t)ret : 0;
	} while (ret > 0 && len < size);
	*out = (struct view){ data, len };
	if (len && ret >= 0)
		return 0;
	*out = (struct view){ 0 };
	sys_unmap(data, (size_t)size);
	return ret < 0 ? ret : -EINVAL;
}

/* Of an ELF file, as a vmlinux with debug information: its section .BTF; -ENOEXEC without one. */
static inline int kbtf_read_section(int fd, const struct elf64_header *header, struct view *out)
{
	struct view table = { 0 }, names = { 0 };
	struct elf64_section section;
	const char *name = "";
	int err = -ENOEXEC;

	kbtf_read_part(fd, header->e_shoff, header->e_shnum * sizeof(section), &table);
	if (view_item(table, header->e_shstrndx, &section, sizeof(section)))
		kbtf_read_part(fd, section.sh_offset, section.sh_size, &names);
	for (uint32_t i = 0; view_item(table, i, &section, sizeof(section)); i++) {
		if (!view_string(names, section.sh_name, &name) || strcmp(name, ".BTF") != 0)
			continue;
		err = kbtf_read_part(fd, section.sh_offset, section.sh_size, out);
		break;
	}
	sys_unmap((void *)names.data, (size_t)names.size);
	sys_unmap((void *)table.data, (size_t)table.size);
	return err;
}

/* The kernel's own file: mapped, or read where it cannot be. */
static inline int kbtf_read_kernels(int fd, struct view *out)
{
	struct sys_file file;
	int err = sys_fstat(fd, &file);

	if (err || file.size <= 0)
		return err ? err : -EINVAL;
	*out = (struct view){
		sys_map(0, (size_t)file.size, PROT_READ, MAP_PRIVATE, fd), (uint64_t)file.size,
	};
	return out->data || kbtf_read_first(out) == 0
		       ? 0 : kbtf_read_part(fd, 0, (uint64_t)file.size, out);
}

/* The BTF of a file. */
static inline int kbtf_read_file(const char *path, struct view *out)
{
	int err, fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct elf64_header header = { 0 };
	struct sys_file file;

	if (fd < 0)
		return fd;
	err = sys_fstat(fd, &file);
	if (!err && sys_read_at(fd, 0, &header, sizeof(header)) == sizeof(header) &&
	    elf_is_elf((struct view){ header.e_ident, sizeof(header.e_ident) }))
		err = kbtf_read_section(fd, &header, out);
	else if (!err)
		err = kbtf_read_part(fd, 0, (uint64_t)file.size, out);
	sys_close(fd);
	return err;
}

/*
 * The kernel's file with debug information, where distributions put it. -ENOENT when
 * there is none that is of use.
 */
static inline int kbtf_open_vmlinux(struct view *out)
{
	static const char *const places[] = {
		"/boot/vmlinux-%s",
		"/lib/modules/%s/vmlinux",
		"/lib/modules/%s/build/vmlinux",
		"/usr/lib/debug/boot/vmlinux-%s",
		"/usr/lib/debug/lib/modules/%s/vmlinux",
	};
	struct utsname name;
	struct text path;
	int err;

	if (sys_uname(&name) != 0)
		return -ENOENT;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		text_setf(&path, places[i], name.release);
		err = kbtf_read_file(path.data, out);
		if (!err || kernel_is_exhausted(err))
			return err;
	}
	return -ENOENT;
}

static inline int kbtf_read(struct kbtf *kbtf)
{
	int fd, err;

	if (kbtf->file)
		return kbtf_read_file(kbtf->file, &kbtf->bytes);
	fd = fs_open_file(&fs_sys, "kernel/btf/vmlinux");
	if (fd < 0)
		return kernel_is_exhausted(fd) ? fd : kbtf_open_vmlinux(&kbtf->bytes);
	err = kbtf_read_kernels(fd, &kbtf->bytes);
	sys_close(fd);
	return err;
}

#define KBTF_ARENA_SIZE (64U << 20) /* of addresses: pages that are not touched cost nothing */

/* Idempotent. */
static inline void kbtf_close(struct kbtf *kbtf)
{
	for (uint32_t i = 0; i < kbtf->nr_modules; i++)
		sys_close(kbtf->modules[i].fd);
	if (kbtf->bytes.data)
		sys_unmap((void *)kbtf->bytes.data, (size_t)kbtf->bytes.size);
	if (kbtf->arena.data)
		sys_unmap(kbtf->arena.data, kbtf->arena.size);
	*kbtf = (struct kbtf){ .file = kbtf->file };
}

/*
 * Opens it, once. Returns 0; -EOPNOTSUPP when the kernel has none that we know,
 * -EUSAGE when the file that was given has none, else -errno, each with a reason.
 */
SELDOM int kbtf_open(struct kbtf *kbtf, struct why *why)
{
	int err;

	if (kbtf->is_open)
		return 0;
	kbtf_close(kbtf); /* what a failed try has left */
	err = kbtf_read(kbtf);
	if (err == -ENOEXEC && kbtf->file)
		return why_set(why, -EUSAGE, "--btf '%s': is no 64-bit " ELF_HOST_ORDER
			       " ELF file with a section '.BTF'", kbtf->file);
	if (err && kbtf->file) {
		why_errno(why, err, "--btf '%s': cannot be read", kbtf->file);
		return -EUSAGE;
	}
	if (err && err != -ENOENT) {
		why_errno(why, err, "the kernel's BTF cannot be read");
		kernel_hint_exhausted(err, why);
		return err;
	}
	if (err) {
		why_set(why, -EOPNOTSUPP,
			"this kernel tells nothing of its types: "
			"it has no BTF (CONFIG_DEBUG_INFO_BTF)");
		why_hint(why, "if there is a file with its BTF, give it by --btf FILE");
		return -EOPNOTSUPP;
	}
	kbtf->arena.size = KBTF_ARENA_SIZE;
	kbtf->arena.data = sys_memory(kbtf->arena.size);
	if (!kbtf->arena.data)
		return why_set(why, -ENOMEM, "out of memory for the kernel's BTF");
	/* The guardian would have these megabytes for as long as the programs run. */
	sys_keep_from_children((void *)kbtf->bytes.data, (size_t)kbtf->bytes.size);
	sys_keep_from_children(kbtf->arena.data, kbtf->arena.size);
	err = btf_open(kbtf->bytes, NULL, &kbtf->arena, &kbtf->btf, why);
	kbtf->is_open = !err;
	if (err && kbtf->file)
		return why_subject(why, -EUSAGE, "--btf '%s'", kbtf->file);
	return err ? why_subject(why, -EOPNOTSUPP, "the kernel's BTF") : 0;
}

/* ---- Modules ---- */

/*
 * All of them, once, as many as a call can name (insn.off); what cannot be read is left
 * out, and without privilege that is all.
 */
static inline void kbtf_open_modules(struct kbtf *kbtf)
{
	struct kbtf_module module;
	struct view bytes;
	uint32_t id = 0;

	if (kbtf->modules_are_open || kbtf->file)
		return;
	kbtf->modules_are_open = true;
	while (kbtf->nr_modules < INT16_MAX && sys_btf_next_id(&id) == 0) {
		struct kbtf_module *modules = NULL;

		module.name[0] = '\0';
		module.fd = sys_btf_fd_by_id(id);
		if (module.fd < 0)
			continue;
		if (kbtf_copy(module.fd, &kbtf->arena, module.name, &bytes) == 0 &&
		    btf_open(bytes, &kbtf->btf, &kbtf->arena, &module.btf, NULL) == 0)
			modules = arena_grow(&kbtf->arena, kbtf->modules, kbtf->nr_modules,
					     sizeof(module));
		if (!modules) {
			sys_close(module.fd);
			continue;
		}
		kbtf->modules = modules;
		kbtf->modules[kbtf->nr_modules++] = module;
	}
}

/* core.h asks for modules one by one. */
SELDOM int kbtf_module(void *context, uint32_t idx, const struct btf **out, struct why *why)
{
	struct kbtf *kbtf = context;

	(void)why;
	kbtf_open_modules(kbtf);
	*out = idx < kbtf->nr_modules ? &kbtf->modules[idx].btf : NULL;
	return 0;
}

/* ---- Finding ---- */

/* Where a type is: in the kernel itself (module 0), or in a module by its number from 1 on. */
struct kbtf_place {
	const struct btf *btf;
	uint32_t id;             /* 0: nowhere */
	uint32_t module;
	const char *wanted;      /* the module's name; NULL: any will do */
};

static inline int kbtf_module_fd(const struct kbtf *kbtf, const struct kbtf_place *place)
{
	return place->module ? kbtf->modules[place->module - 1].fd : 0;
}

/* What a module is called, as in /proc/modules. */
static inline const char *kbtf_module_name(const struct kbtf *kbtf, uint32_t module)
{
	return module ? kbtf->modules[module - 1].name : KBTF_NAME;
}

/* The first of a BTF's own types for each of the names that has no place yet. */
static inline uint32_t kbtf_find_own(const struct btf *btf, uint32_t module, const char *called,
				     uint32_t kinds, const struct names *names,
				     struct kbtf_place *places)
{
	struct btf_type type;
	uint32_t nr = 0;

	for (bool more = btf_type_first(btf, kinds, &type); more;
	     more = btf_type_next(&type, kinds)) {
		const struct name *name = names_find(names, type.name, type.kind);

		for (; name; name = names_next(names, name)) {
			struct kbtf_place *place = &places[name->value];

			if (place->id || (place->wanted && strcmp(place->wanted, called) != 0))
				continue;
			*place = (struct kbtf_place){ btf, type.id, module, place->wanted };
			nr++;
		}
	}
	return nr;
}

/*
 * Types by their names, whose scope is the kind, all in one walk: the place of each at
 * its value in `places`, which the caller has zeroed but for what is wanted. The
 * kernel's own come before modules'.
 */
SELDOM void kbtf_find(struct kbtf *kbtf, const struct names *names, struct kbtf_place *places)
{
	const struct btf *btf = &kbtf->btf;
	uint32_t left = names->nr, kinds = 0;

	for (uint32_t i = 0; i < names->nr; i++)
		kinds |= BTF_KIND_BIT(names->items[i].scope);
	for (uint32_t module = 0; btf; module++) {
		left -= kbtf_find_own(btf, module, kbtf_module_name(kbtf, module), kinds, names,
				      places);
		if (!left)
			return;
		kbtf_module(kbtf, module, &btf, NULL);
	}
}

#endif
