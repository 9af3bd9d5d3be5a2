/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * config.h - the running kernel's side of kconfig.h: its facts, and the text of
 * its configuration from /proc/config.gz or /boot/config-RELEASE, read in pieces.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <sys/utsname.h>

#include "bpf_sys.h"
#include "fs.h"
#include "inflate.h"
#include "insn.h"
#include "kconfig.h"
#include "kernel.h"

/* What is only needed while the text is read: one range of memory, given back at its end. */
struct config {
	int fd;
	bool found;
	struct why *why;
	struct inflate inflate;
	struct kconfig kconfig;
};

/* ---- The text ---- */

SELDOM int config_take(void *context, const uint8_t *data, size_t len)
{
	struct config *config = context;

	return kconfig_add(&config->kconfig, data, len, config->why);
}

static inline int config_give(void *context, uint8_t *data, size_t len)
{
	struct config *config = context;
	int ret = sys_read(config->fd, data, len);

	return ret < 0 ? why_errno(config->why, ret, "cannot be read") : ret;
}

static inline int config_read_gzip(struct config *config)
{
	config->inflate.read = config_give;
	config->inflate.write = config_take;
	config->inflate.context = config;
	return inflate_gzip(&config->inflate, config->why);
}

static inline int config_read_plain(struct config *config)
{
	uint8_t *piece = config->inflate.in;
	int ret;

	do {
		ret = config_give(config, piece, sizeof(config->inflate.in));
		if (ret > 0 && config_take(config, piece, (size_t)ret) != 0)
			return -ENOEXEC;
	} while (ret > 0);
	return ret;
}

/* The configuration, wherever it is. With none to be had the variables stay as they are. */
static inline int config_read(struct config *config)
{
	struct utsname name;
	struct text path;
	bool is_gzip;
	int err;

	text_setf(&path, "/proc/config.gz");
	config->fd = fs_open_file(&fs_proc, "config.gz");
	is_gzip = config->fd >= 0;
	if (!is_gzip && sys_uname(&name) == 0) {
		text_setf(&path, "/boot/config-%s", name.release);
		config->fd = sys_openat(AT_FDCWD, path.data, O_RDONLY);
	}
	config->found = config->fd >= 0;
	if (!config->found)
		return 0;
	err = is_gzip ? config_read_gzip(config) : config_read_plain(config);
	sys_close(config->fd);
	return err == 0 || err == -ENOEXEC ? err : why_subject(config->why, err, "'%s'", path.data);
}

/* ---- Facts ---- */

#define BPF_FUNC_GET_ATTACH_COOKIE 174 /* since v5.15 */

/* A program that only calls the helper loads where there is one. */
static inline bool config_has_bpf_cookie(void)
{
	const struct insn call = { .code = INSN_CALL, .imm = BPF_FUNC_GET_ATTACH_COOKIE };
	const int fd = kernel_try_program(call, 0);

	if (fd >= 0)
		sys_close(fd);
	return fd >= 0;
}

static inline uint64_t config_fact(enum kconfig_fact fact, bool (*has_syscall_wrapper)(void))
{
	switch (fact) {
	case KCONFIG_KERNEL_VERSION: return kernel_version();
	case KCONFIG_HAS_BPF_COOKIE: return config_has_bpf_cookie();
	default: return has_syscall_wrapper();
	}
}

static inline int config_fill(struct config *config, bool (*has_syscall_wrapper)(void))
{
	int err = 0;

	for (int fact = 0; fact < KCONFIG_NR_FACTS && !err; fact++)
		if (kconfig_wants_fact(&config->kconfig, fact))
			err = kconfig_set_fact(&config->kconfig, fact,
					       config_fact(fact, has_syscall_wrapper), config->why);
	if (!err && kconfig_wants_text(&config->kconfig))
		err = config_read(config);
	if (!err)
		err = kconfig_close(&config->kconfig, config->why);
	if (err == -EOPNOTSUPP)
		why_hint(config->why, "%s: declared __weak it would be zero",
			 config->found ? "if the program can do without it"
				       : "there is no /proc/config.gz and no /boot/config-RELEASE");
	return err;
}

/*
 * Fills the variables of the object's section ".kconfig" with what this kernel
 * is; only what they ask for is looked for. Returns 0; -ENOEXEC when a variable
 * is not fit to hold its value; -EOPNOTSUPP when the kernel does not have one
 * that is not weak; -ENOMEM, or what reading the configuration met.
 */
SELDOM int config_resolve(const struct btf *btf, struct kconfig_extern *externs, uint32_t nr,
			  bool (*has_syscall_wrapper)(void), struct why *why)
{
	struct config *config = sys_memory(sizeof(*config));
	int err;

	if (!config)
		return why_set(why, -ENOMEM, "out of memory for the kernel's configuration");
	config->why = why;
	err = kconfig_open(&config->kconfig, btf, externs, nr, why);
	if (!err)
		err = config_fill(config, has_syscall_wrapper);
	sys_unmap(config, sizeof(*config));
	return err;
}

#endif
