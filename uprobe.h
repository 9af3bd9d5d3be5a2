/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * uprobe.h - from BINARY:SYMBOL to places in a file, and a program on them.
 *
 * The kernel wants the offset of an instruction in a file. A 64-bit ELF file's
 * symbols are read in pieces, never as a whole: it may be a browser of 200 MB,
 * and nothing in it is trusted. What is kept is a window of its strings.
 */
#ifndef UPROBE_H
#define UPROBE_H

#include <sys/utsname.h>

#include "bpf_sys.h"
#include "elf64.h"
#include "kernel.h"
#include "kinds.h"
#include "probe.h"
#include "text.h"

/* ---- ELF: executables and libraries (gABI, chapters 4 and 5) ---- */

#define PT_LOAD 1
#define PF_X 1
#define SHT_DYNSYM 11
#define SHT_GNU_VERDEF 0x6ffffffd
#define SHT_GNU_VERSYM 0x6fffffff
#define STB_WEAK 2
#define VERSYM_HIDDEN 0x8000 /* not the version that new programs are linked to */

struct elf64_segment {
	uint32_t p_type;
	uint32_t p_flags;
	uint64_t p_offset;
	uint64_t p_vaddr;
	uint64_t p_paddr;
	uint64_t p_filesz;
	uint64_t p_memsz;
	uint64_t p_align;
};

/* A version that the file has, in section SHT_GNU_VERDEF. */
struct elf64_version {
	uint16_t vd_version;
	uint16_t vd_flags;
	uint16_t vd_ndx;
	uint16_t vd_cnt;
	uint32_t vd_hash;
	uint32_t vd_aux;
	uint32_t vd_next;
};

#define BINARY_SEGMENTS 8   /* with code: one or two */
#define BINARY_SYMBOLS 64   /* that are read at once */
#define BINARY_WINDOW 4096

/* A part of the file in memory, for strings: neighbours in the table are neighbours there too. */
struct binary_window {
	uint64_t off;
	size_t len;
	char bytes[BINARY_WINDOW + 1]; /* and a NUL */
};

struct binary {
	int fd;
	uint64_t size;
	struct elf64_header header;
	struct elf64_segment code[BINARY_SEGMENTS];
	uint32_t nr_code;
	/* The first of each; sh_type 0 without one. */
	struct elf64_section symtab, dynsym, versym, verdef;
	struct binary_window strings;
};

/* All of these bytes, or false: outside the file, or it cannot be read. */
static inline bool binary_read(const struct binary *binary, uint64_t off, void *out, size_t len)
{
	const struct view file = { .size = binary->size };

	return view_has(file, off, len) && sys_read_at(binary->fd, off, out, len) == (int)len;
}

static inline bool binary_section(const struct binary *binary, uint64_t idx,
				  struct elf64_section *out)
{
	return idx < UINT32_MAX &&
	       binary_read(binary, binary->header.e_shoff + idx * sizeof(*out), out, sizeof(*out));
}

/* A section whose bytes lie in the file; one that does not is as if it were not there. */
static inline void binary_keep_section(const struct binary *binary,
				       const struct elf64_section *section,
				       struct elf64_section *out)
{
	const struct view file = { .size = binary->size };

	if (!out->sh_type && view_has(file, section->sh_offset, section->sh_size))
		*out = *section;
}

static inline void binary_find_sections(struct binary *binary)
{
	struct elf64_section section;
	uint64_t nr = binary->header.e_shnum;

	if (binary->header.e_shentsize != sizeof(section) || binary->header.e_shoff >= binary->size)
		return;
	if (!nr && binary_section(binary, 0, &section)) /* gABI: more than fit into e_shnum */
		nr = section.sh_size;
	for (uint64_t i = 1; i < nr && binary_section(binary, i, &section); i++) {
		if (section.sh_type == SHT_SYMTAB)
			binary_keep_section(binary, &section, &binary->symtab);
		else if (section.sh_type == SHT_DYNSYM)
			binary_keep_section(binary, &section, &binary->dynsym);
		else if (section.sh_type == SHT_GNU_VERSYM)
			binary_keep_section(binary, &section, &binary->versym);
		else if (section.sh_type == SHT_GNU_VERDEF)
			binary_keep_section(binary, &section, &binary->verdef);
	}
}

static inline void binary_find_code(struct binary *binary)
{
	struct elf64_segment segment;

	if (binary->header.e_phentsize != sizeof(segment) || binary->header.e_phoff >= binary->size)
		return;
	for (uint64_t i = 0; i < binary->header.e_phnum && binary->nr_code < BINARY_SEGMENTS; i++) {
		if (!binary_read(binary, binary->header.e_phoff + i * sizeof(segment), &segment,
				 sizeof(segment)))
			return;
		if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X))
			binary->code[binary->nr_code++] = segment;
	}
}

/* Where in the file the instruction at an address lies; false when there is none. */
static inline bool binary_offset(const struct binary *binary, uint64_t address, uint64_t *out)
{
	for (uint32_t i = 0; i < binary->nr_code; i++) {
		const struct elf64_segment *code = &binary->code[i];

		if (address >= code->p_vaddr && address - code->p_vaddr < code->p_filesz) {
			*out = code->p_offset + (address - code->p_vaddr);
			return true;
		}
	}
	return false;
}

static inline int binary_check(const struct binary *binary, struct why *why)
{
	const uint8_t *ident = binary->header.e_ident;

	if (memcmp(ident, "\x7f" "ELF", 4) != 0)
		return why_set(why, -EINVAL, "is not an ELF file");
	if (ident[EI_CLASS] != ELFCLASS64)
		return why_set(why, -EINVAL,
			       "is a 32-bit ELF file: symbols are looked up in 64-bit ones only");
	if (ident[EI_DATA] != ELF_HOST_DATA)
		return why_set(why, -EINVAL,
			       "is a " ELF_OTHER_ORDER " ELF file, for another machine");
	if (!binary->nr_code)
		return why_set(why, -EINVAL, "has no code that can be run");
	return 0;
}

/* Looks at the open file. Returns 0, or -EINVAL with a reason. */
static inline int binary_open(int fd, struct binary *out, struct why *why)
{
	struct sys_file file;

	memset(out, 0, offsetof(struct binary, strings));
	out->strings.len = 0;
	out->fd = fd;
	if (sys_fstat(fd, &file) != 0 || !S_ISREG(file.mode))
		return why_set(why, -EINVAL, "is not a file");
	out->size = (uint64_t)file.size;
	if (binary_read(out, 0, &out->header, sizeof(out->header)) &&
	    out->header.e_ident[EI_CLASS] == ELFCLASS64 &&
	    out->header.e_ident[EI_DATA] == ELF_HOST_DATA) {
		binary_find_code(out);
		binary_find_sections(out);
	}
	return binary_check(out, why);
}

/* ---- Its symbols ---- */

/* Is there a whole string in the window at this offset of the file? */
static inline const char *window_string(const struct binary_window *window, uint64_t off)
{
	const char *string;

	if (off < window->off || off - window->off >= window->len)
		return NULL;
	string = window->bytes + (off - window->off);
	return memchr(string, '\0', window->len - (size_t)(off - window->off)) ? string : NULL;
}

/* A string of a table, up to the window's length; valid until the next. NULL when there is none. */
static inline const char *binary_string(struct binary *binary, const struct elf64_section *table,
					uint64_t idx)
{
	struct binary_window *window = &binary->strings;
	const char *string = NULL;
	uint64_t off = table->sh_offset + idx, left;

	if (idx >= table->sh_size)
		return NULL;
	string = window_string(window, off);
	if (string)
		return string;
	left = table->sh_size - idx;
	window->off = off;
	window->len = left < BINARY_WINDOW ? (size_t)left : BINARY_WINDOW;
	if (!binary_read(binary, off, window->bytes, window->len))
		window->len = 0;
	return window_string(window, off);
}

/* What is looked for, and what was found. */
struct binary_search {
	const char *wanted;    /* a name or a pattern */
	uint32_t version;      /* the hash of its version; 0: any, and the default one is best */
	bool several;          /* every symbol that matches, not the best one */
	unsigned int rank;     /* of the best one */
	struct places places;
};

/* Of symbols with one name, the one that others are linked to is meant. */
static inline unsigned int symbol_rank(const struct elf64_symbol *symbol, bool hidden)
{
	if (hidden)
		return 1;
	switch (symbol->st_info >> 4) {
	case STB_LOCAL: return 2;
	case STB_WEAK: return 3;
	default: return 4;
	}
}

/* ELFv2 (powerpc): calls from the same module skip the start, so the probe goes behind it. */
static inline uint64_t symbol_entry(const struct binary *binary, const struct elf64_symbol *symbol)
{
	unsigned int local = symbol->st_other >> 5;

	return symbol->st_value +
	       (binary->header.e_machine == EM_PPC64 && local > 1 ? 1U << local : 0);
}

static inline void search_add(struct binary_search *search, uint64_t place, unsigned int rank)
{
	if (!search->several) {
		if (rank < search->rank)
			return;
		if (rank > search->rank)
			search->places.nr = 0;
		search->rank = rank;
	}
	for (uint32_t i = 0; i < search->places.nr; i++)
		if (search->places.items[i] == place || search->places.full)
			return;
	places_add(&search->places, place);
}

/* Of "@VERSION" or "@@VERSION", up to a '+', as the file has it (gABI, chapter 5). */
static inline uint32_t version_hash(const char *version)
{
	uint32_t hash = 0;

	for (; *version && *version != '+'; version++) {
		hash = (hash << 4) + (*version == '@' ? 0 : (uint8_t)*version);
		hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
	}
	return hash;
}

/* The hash of the version with that number; 0 when the file has none. */
static inline uint32_t binary_version_hash(const struct binary *binary, uint16_t number)
{
	struct elf64_version version = { .vd_next = 0 };
	uint64_t off = 0;

	do {
		off += version.vd_next;
		if (off >= binary->verdef.sh_size ||
		    !binary_read(binary, binary->verdef.sh_offset + off, &version, sizeof(version)))
			return 0;
		if (version.vd_ndx == (number & ~VERSYM_HIDDEN))
			return version.vd_hash;
	} while (version.vd_next);
	return 0;
}

/*
 * Dynamic symbols have their version beside them, others in their name: "read@OLD",
 * "read@@DEFAULT". Its number; 0 of one without.
 */
static inline uint16_t symbol_version(const struct binary *binary,
				      const struct elf64_section *table, uint64_t idx)
{
	uint16_t number;

	return table->sh_type == SHT_DYNSYM && idx < binary->versym.sh_size / sizeof(number) &&
	       binary_read(binary, binary->versym.sh_offset + idx * sizeof(number), &number,
			   sizeof(number)) ? number : 0;
}

static inline void search_symbol(struct binary *binary, const struct elf64_section *table,
				 const struct elf64_section *strings, uint64_t idx,
				 const struct elf64_symbol *symbol, struct binary_search *search)
{
	const char *name, *version;
	uint16_t number;
	uint64_t place;

	if ((symbol->st_info & 15) != STT_FUNC || symbol->st_shndx == SHN_UNDEF ||
	    !binary_offset(binary, symbol_entry(binary, symbol), &place))
		return;
	name = binary_string(binary, strings, symbol->st_name);
	if (!name)
		return;
	version = name + text_until(name, "@");
	if (!pattern_match(search->wanted, name, (size_t)(version - name)))
		return;
	number = symbol_version(binary, table, idx);
	if (!search->version ||
	    search->version == (*version ? version_hash(version)
					 : binary_version_hash(binary, number)))
		search_add(search, place,
			   symbol_rank(symbol, *version ? version[1] != '@'
							: number & VERSYM_HIDDEN));
}

static inline void search_table(struct binary *binary, const struct elf64_section *table,
				struct binary_search *search)
{
	struct elf64_symbol symbols[BINARY_SYMBOLS];
	const uint64_t nr = table->sh_size / sizeof(symbols[0]);
	struct elf64_section link, strings = { 0 };

	if (!table->sh_type || !binary_section(binary, table->sh_link, &link))
		return;
	binary_keep_section(binary, &link, &strings);
	for (uint64_t i = 0; i < nr; i += BINARY_SYMBOLS) {
		const size_t some = nr - i < BINARY_SYMBOLS ? (size_t)(nr - i) : BINARY_SYMBOLS;

		if (!binary_read(binary, table->sh_offset + i * sizeof(symbols[0]), symbols,
				 some * sizeof(symbols[0])))
			return;
		for (size_t k = 0; k < some; k++)
			search_symbol(binary, table, &strings, i + k, &symbols[k], search);
	}
}

/*
 * The places in the file that are meant. Returns 0, or -errno with a reason;
 * places_close() in both cases.
 */
static inline int binary_search(struct binary *binary, struct binary_search *search,
				struct why *why)
{
	if (!places_open(&search->places))
		return attachments_out_of_memory(why);
	search_table(binary, &binary->symtab, search);
	search_table(binary, &binary->dynsym, search);
	if (search->places.nr > 1 && !search->several)
		return why_set(why, -EADDRNOTAVAIL, "there are %u functions of that name in it",
			       search->places.nr);
	if (search->places.nr)
		return places_check(&search->places, why);
	why_set(why, -ENOENT,
		search->several ? "no function in it matches" : "there is no such function in it");
	if (!binary->symtab.sh_type)
		why_hint(why, "it is stripped: only what other files call has a name");
	return -ENOENT;
}

/* ---- Where the file is ---- */

static const char *const binary_folders[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin",
					      "/usr/local/bin" };
/* %s: as Debian names the machine, "x86_64-linux-gnu" */
static const char *const library_folders[] = {
	"/lib/%s-linux-gnu", "/usr/lib/%s-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib",
	"/usr/local/lib",
};

/* Opens FOLDER/NAME; *out is its path. */
static inline int binary_try(const char *folder, const char *machine, const char *name,
			     struct text *out)
{
	size_t len = text_until(folder, "%");

	text_clear(out);
	text_add(out, folder, len);
	if (folder[len])
		text_addf(out, "%s%s", machine, folder + len + 2);
	text_add(out, "/", 1);
	text_add(out, name, strlen(name));
	return out->cut ? -ENAMETOOLONG : sys_openat(AT_FDCWD, out->data, O_RDONLY | O_NONBLOCK);
}

static inline const char *binary_machine(struct utsname *name)
{
	if (sys_uname(name) != 0)
		return "";
	return strcmp(name->machine, "ppc64le") == 0 ? "powerpc64le" : name->machine;
}

/*
 * Opens the file that BINARY means: a path, the name of a library (with ".so"
 * in it), or of a command. Returns a descriptor, *out its path; or -errno with
 * a reason.
 */
static inline int binary_find(const char *name, struct text *out, struct why *why)
{
	const bool library = text_find(name, ".so") != NULL;
	const char *const *folders = library ? library_folders : binary_folders;
	const size_t nr = library ? sizeof(library_folders) / sizeof(library_folders[0])
				  : sizeof(binary_folders) / sizeof(binary_folders[0]);
	struct utsname machine;
	int fd = -ENOENT;

	if (text_find(name, "/")) {
		text_clear(out);
		text_add(out, name, strlen(name));
		fd = out->cut ? -ENAMETOOLONG : sys_openat(AT_FDCWD, name, O_RDONLY | O_NONBLOCK);
		return fd < 0 ? why_errno(why, fd, "cannot be opened") : fd;
	}
	for (size_t i = 0; i < nr && fd < 0; i++)
		fd = binary_try(folders[i], binary_machine(&machine), name, out);
	if (fd >= 0)
		return fd;
	why_set(why, -ENOENT, "is in none of the usual folders for %s",
		library ? "libraries" : "commands");
	why_hint(why, "give its path: BINARY:SYMBOL with a '/' in BINARY");
	return -ENOENT;
}

/* ---- Attaching ---- */

/* A program on the places of one file. */
struct uprobe {
	const struct kind *kind;
	int prog_fd;
	struct text path;
	struct binary_search search;
	uint32_t nr_left_out; /* places of a pattern that cannot be probed */
};

static inline int uprobe_find_places(struct uprobe *uprobe, const struct target_binary *target,
				     struct why *why)
{
	struct binary binary;
	int fd = binary_find(target->path, &uprobe->path, why);
	int err;

	if (fd < 0)
		return fd;
	uprobe->search.wanted = target->symbol;
	uprobe->search.version = version_hash(target->version);
	uprobe->search.several = pattern_is(target->symbol);
	if (target->symbol[0]) {
		err = binary_open(fd, &binary, why);
		if (!err)
			err = binary_search(&binary, &uprobe->search, why);
	} else {
		err = places_open(&uprobe->search.places) ? 0 : attachments_out_of_memory(why);
		if (!err)
			places_add(&uprobe->search.places, 0);
	}
	sys_close(fd);
	for (uint32_t i = 0; i < uprobe->search.places.nr && !err; i++)
		uprobe->search.places.items[i] += target->offset;
	return err;
}

static inline int uprobe_attach_multi(struct attachments *all, const struct uprobe *uprobe)
{
	struct sys_link_uprobe_multi_attr attr = {
		.link = { .prog_fd = (uint32_t)uprobe->prog_fd,
			  .attach_type = uprobe->kind->attach_type },
		.path = sys_ptr(uprobe->path.data),
		.offsets = sys_ptr(uprobe->search.places.items),
		.cnt = uprobe->search.places.nr,
		.flags = uprobe->kind->flags & KIND_RETURN ? BPF_F_UPROBE_MULTI_RETURN : 0,
	};
	struct attachment *out = attachments_add(all);

	if (!out)
		return -ENOMEM;
	out->link_fd = sys_link_create_uprobe_multi(&attr);
	out->mechanism = "uprobe.multi link";
	return out->link_fd < 0 ? out->link_fd : 0;
}

static inline int uprobe_attach_each(struct attachments *all, struct uprobe *uprobe)
{
	const struct probe_site site = {
		.kind = PROBE_USER,
		.retprobe = uprobe->kind->flags & KIND_RETURN,
		.name = uprobe->path.data,
	};
	int refused = 0;
	int ret = probe_attach_each(all, site, &uprobe->search.places, uprobe->prog_fd, &refused);

	if (ret < 0)
		return ret;
	if ((uint32_t)ret == uprobe->search.places.nr)
		return refused;
	uprobe->nr_left_out = (uint32_t)ret;
	return 0;
}

static inline int uprobe_explain(const struct attachments *all, const struct uprobe *uprobe,
				 int err, struct why *why)
{
	const bool by_event = all->probes.events_fd[PROBE_USER] >= 0;

	if (err == -ENOEXEC) /* what the kernel does not know as an instruction */
		err = -EINVAL;
	if (uprobe->kind->way == WAY_UPROBE_MULTI && (err == -EINVAL || attach_is_missing(err)) &&
	    !probe_multi_is_there(uprobe->kind->attach_type))
		return probe_refuse_multi(uprobe->kind, why);
	if (err == -EINVAL && by_event && !event_path_is_plain(uprobe->path.data))
		return why_set(why, err,
			       "cannot be probed: tracefs takes no path with "
			       "blanks, '#' or the byte 0xa0 in it");
	if (by_event && text_find(uprobe->path.data, ":") && kernel_is_before(4, 11))
		return why_errno(why, err,
				 "cannot be probed: before Linux 4.11 tracefs takes "
				 "no path with ':' in it");
	if (err == -EINVAL)
		return why_errno(why, err,
				 "cannot be probed: there is no instruction there, "
				 "or none that can be");
	return probe_explain(&all->probes, PROBE_USER, err, why);
}

/* What was found: "'/usr/bin/bash:readline+0x4'". */
static inline void uprobe_add_place(const struct uprobe *uprobe, const struct target_binary *target,
				    struct text *out)
{
	const uint32_t nr = uprobe->search.places.nr - uprobe->nr_left_out;

	if (uprobe->search.several)
		text_addf(out, "%u function%s: ", nr, nr == 1 ? "" : "s");
	text_addf(out, "'%s:%s", uprobe->path.data, target->symbol);
	if (target->offset || !target->symbol[0])
		text_addf(out, "%s0x%llx", target->symbol[0] ? "+" : "",
			  (unsigned long long)target->offset);
	text_addf(out, "'");
	if (uprobe->nr_left_out)
		text_addf(out, ", %u left out", uprobe->nr_left_out);
}

/*
 * Sets the program on the target, by one link or by one event for each place,
 * as its kind says. Of a pattern, what cannot be probed is left out. Returns 0,
 * or -errno with a reason.
 */
SELDOM int uprobe_open(struct attachments *all, const struct kind *kind, int prog_fd,
		       const struct target_binary *target, struct text *out, struct why *why)
{
	struct uprobe uprobe = { .kind = kind, .prog_fd = prog_fd };
	int err = uprobe_find_places(&uprobe, target, why);

	if (!err && kind->way == WAY_UPROBE)
		err = places_check_events(&uprobe.search.places, why);
	if (err) {
		places_close(&uprobe.search.places);
		return why_subject(why, err, "'%s'", target->path);
	}
	if (kind->way == WAY_UPROBE_MULTI)
		err = uprobe_attach_multi(all, &uprobe);
	else
		err = uprobe_attach_each(all, &uprobe);
	places_close(&uprobe.search.places);
	uprobe_add_place(&uprobe, target, out);
	return err ? why_subject(why, uprobe_explain(all, &uprobe, err, why), "%s", out->data) : 0;
}

#endif
