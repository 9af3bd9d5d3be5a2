/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * load_btf.h - an object's BTF loaded into the kernel, as much as this one knows.
 *
 * It is tried as it is. Only when that is refused the kernel is asked, a kind at
 * a time, what it knows: by presence, since kinds come back to older versions.
 */
#ifndef LOAD_BTF_H
#define LOAD_BTF_H

#include "bpf_sys.h"
#include "btf_fit.h"
#include "kernel.h"

/* Where it may say why it refused; all zero when nobody wants to know. */
struct btf_log {
	char *data; /* NUL-terminated */
	uint32_t size;
};

static inline int btf_load_bytes(struct view bytes, const struct btf_log *log)
{
	struct sys_btf_load_attr attr = {
		.btf = sys_ptr(bytes.data),
		.btf_size = (uint32_t)bytes.size,
		.log_buf = sys_ptr(log->data),
		.log_size = log->size,
		.log_level = log->size ? BPF_LOG_LEVEL1 : 0,
	};

	return sys_btf_load(&attr);
}

/* ---- What this kernel knows ---- */

#define BTF_PROBE_INT 0, BTF_KIND_INT << 24, 4, 32
#define BTF_PROBE_VAR 1, BTF_KIND_VAR << 24, 1, BTF_LINKAGE_STATIC
#define BTF_PROBE_PROTO 0, BTF_KIND_FUNC_PROTO << 24, 0
#define BTF_PROBE_WORDS_MAX 14

/* The types of the smallest BTF with what is asked for; ids count from 1, names: 1 "x", 3 "?". */
static const struct btf_probe {
	uint32_t asks_for;
	uint32_t nr_words;
	uint32_t words[BTF_PROBE_WORDS_MAX];
} btf_probes[] = {
	{ BTF_KIND_BIT(BTF_KIND_FUNC_PROTO), 3, { BTF_PROBE_PROTO } },
	{ BTF_KIND_BIT(BTF_KIND_FUNC), 6, { BTF_PROBE_PROTO, 1, BTF_KIND_FUNC << 24, 1 } },
	{ BTF_FIT_GLOBAL_FUNC, 6,
	  { BTF_PROBE_PROTO, 1, BTF_KIND_FUNC << 24 | BTF_LINKAGE_GLOBAL, 1 } },
	{ BTF_KIND_BIT(BTF_KIND_VAR), 8, { BTF_PROBE_INT, BTF_PROBE_VAR } },
	{ BTF_KIND_BIT(BTF_KIND_DATASEC), 14,
	  { BTF_PROBE_INT, BTF_PROBE_VAR, 1, BTF_KIND_DATASEC << 24 | 1, 4, 2, 0, 4 } },
	{ BTF_FIT_ANY_SECTION, 14,
	  { BTF_PROBE_INT, BTF_PROBE_VAR, 3, BTF_KIND_DATASEC << 24 | 1, 4, 2, 0, 4 } },
	{ BTF_KIND_BIT(BTF_KIND_FLOAT), 3, { 1, BTF_KIND_FLOAT << 24, 4 } },
	{ BTF_KIND_BIT(BTF_KIND_DECL_TAG), 12,
	  { BTF_PROBE_INT, BTF_PROBE_VAR, 1, BTF_KIND_DECL_TAG << 24, 2, UINT32_MAX } },
	{ BTF_KIND_BIT(BTF_KIND_TYPE_TAG), 10,
	  { BTF_PROBE_INT, 1, BTF_KIND_TYPE_TAG << 24, 1, 0, BTF_KIND_PTR << 24, 2 } },
	{ BTF_KIND_BIT(BTF_KIND_ENUM64), 3, { 1, BTF_KIND_ENUM64 << 24, 8 } },
};

static inline bool btf_probe_load(const struct btf_probe *probe)
{
	static const char strings[] = "\0x\0?";
	const struct btf_log no_log = { 0 };
	const uint32_t len = probe->nr_words * (uint32_t)sizeof(probe->words[0]);
	struct {
		struct btf_header header;
		uint8_t bytes[sizeof(probe->words) + sizeof(strings)];
	} btf = {
		.header = {
			.preamble = { BTF_MAGIC, BTF_VERSION, 0, sizeof(struct btf_header) },
			.type_len = len,
			.str_off = len,
			.str_len = sizeof(strings),
		},
	};
	const struct view bytes = { (uint8_t *)&btf, sizeof(btf.header) + len + sizeof(strings) };
	int fd;

	memcpy(btf.bytes, probe->words, len);
	memcpy(btf.bytes + len, strings, sizeof(strings));
	fd = btf_load_bytes(bytes, &no_log);
	if (fd >= 0)
		sys_close(fd);
	return fd >= 0;
}

/* A mask for btf_fit(). */
static inline uint32_t btf_probe_all(void)
{
	uint32_t known = BTF_FIT_ALL;

	for (size_t i = 0; i < sizeof(btf_probes) / sizeof(btf_probes[0]); i++)
		if (!btf_probe_load(&btf_probes[i]))
			known &= ~btf_probes[i].asks_for;
	return known;
}

/* ---- The object's ---- */

static inline int btf_load_as(const struct btf *btf, const struct elf *elf, uint32_t known,
			      const struct btf_log *log)
{
	struct arena arena = { .size = (size_t)btf_fit_len(btf, elf) };
	struct view bytes;
	int ret;

	arena.data = sys_memory(arena.size);
	if (!arena.data)
		return -ENOMEM;
	ret = btf_fit(btf, elf, known, &arena, &bytes);
	if (ret == 0)
		ret = btf_load_bytes(bytes, log);
	sys_unmap(arena.data, arena.size);
	return ret;
}

/*
 * Loads an object's BTF. Returns a descriptor or -errno: -EINVAL from a kernel
 * without BPF_BTF_LOAD (before v4.18), or one that refuses even what it knows;
 * -EPERM without privilege. Most objects can do without, and go on.
 */
SELDOM int btf_load(const struct btf *btf, const struct elf *elf, const struct btf_log *log)
{
	/* (It takes the tags, and only knows nothing of them.) */
	const uint32_t all = kernel_is_before(6, 9) ? BTF_FIT_ALL & ~BTF_FIT_ARG_TAGS : BTF_FIT_ALL;
	uint32_t known;
	int fd = btf_load_as(btf, elf, all, log);

	if (fd != -EINVAL)
		return fd;
	known = btf_probe_all() & all;
	return known == all ? fd : btf_load_as(btf, elf, known, log);
}

#endif
