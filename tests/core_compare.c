// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * core_compare [-v] OBJECT BTF [MODULE-BTF]...: libbpf and core.h both relocate
 * OBJECT's programs to the kernel that BTF describes, and each instruction is
 * compared. Built with -lbpf; libbpf loads what it has relocated, so this wants
 * root on a kernel with BPF, but it does not matter whether that takes them.
 *
 * With modules, BTF must be the running kernel's: libbpf takes its modules' BTF
 * from nowhere else. Prints one line, and with -v each relocation; the status is
 * 0 when both agree: on all instructions, or both refuse the object; 3 when
 * libbpf gave up before it came to relocations.
 */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>

#include "../core.h"

#define MODULES_MAX 512
#define ARENA_SIZE (64 << 20)
#define TEXT_RESERVED 4096

static struct arena arena = { .size = ARENA_SIZE };
static struct {
	uint32_t nr;
	struct btf btf[MODULES_MAX];
} modules;
static bool verbose;
static char libbpf_said[TEXT_RESERVED];
static bool libbpf_relocated, libbpf_refused;

struct count {
	unsigned int programs;
	unsigned int insns;
	unsigned int relocations;
	unsigned int patched;   /* found */
	unsigned int poisoned;
	unsigned int differ;    /* instructions */
	unsigned int refused;   /* relocations, by core.h */
};

static _Noreturn void die(const char *subject, const char *reason)
{
	fprintf(stderr, "core_compare: %s: %s\n", subject, reason);
	exit(2);
}

static struct view read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct view bytes = { 0 };
	size_t size = 0, len;
	uint8_t *data = NULL;

	if (!file)
		die(path, strerror(errno));
	do {
		data = realloc(data, size + (1 << 20));
		if (!data)
			die(path, "out of memory");
		len = fread(data + size, 1, 1 << 20, file);
		size += len;
	} while (len);
	fclose(file);
	bytes.data = data;
	bytes.size = size;
	return bytes;
}

static void open_btf(const char *path, const struct btf *base, struct btf *out)
{
	struct why why;

	why_clear(&why);
	if (btf_open(read_file(path), base, &arena, out, &why))
		die(path, why.reason.data);
}

static int next_module(void *context, uint32_t idx, const struct btf **out, struct why *why)
{
	(void)context;
	(void)why;
	*out = idx < modules.nr ? &modules.btf[idx] : NULL;
	return 0;
}

/* Keeps the last thing that libbpf said before it gave up on the object, and how far it came. */
static int hear(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[TEXT_RESERVED];

	vsnprintf(line, sizeof(line), format, args);
	if (level == LIBBPF_DEBUG && strstr(line, "CO-RE relocations"))
		libbpf_relocated = true;
	if (level != LIBBPF_WARN)
		return 0;
	line[strcspn(line, "\n")] = '\0';
	if (strstr(line, "failed to perform CO-RE relocations"))
		libbpf_refused = true;
	if (!libbpf_refused && !strstr(line, "failed to "))
		memcpy(libbpf_said, line, sizeof(line));
	return 0;
}

static bool find_section(const struct elf *elf, const char *name, struct elf_section *out)
{
	for (uint32_t i = 1; i < elf->nr_sections; i++)
		if (elf_section_get(elf, i, out) && strcmp(out->name, name) == 0)
			return true;
	return false;
}

static bool find_function(const struct elf *elf, const char *name, struct elf_symbol *out)
{
	for (uint64_t i = 1; i < elf->nr_symbols; i++)
		if (elf_symbol_get(elf, i, out) && out->type == STT_FUNC &&
		    strcmp(out->name, name) == 0)
			return true;
	return false;
}

/* Does the ELF file itself relocate that instruction (a map, a global, a function)? */
static bool is_linked(const struct elf *elf, uint32_t section_idx, uint64_t off)
{
	struct elf_relocation relocation;
	struct elf_section section;

	for (uint32_t i = 1; i < elf->nr_sections; i++) {
		if (!elf_section_get(elf, i, &section) || section.header.sh_info != section_idx)
			continue;
		for (uint64_t k = 0; elf_relocation_get(&section, k, &relocation); k++)
			if (relocation.offset == off || relocation.offset + 8 == off)
				return true;
	}
	return false;
}

/* A section's instructions, each with what core.h made of it. */
struct code {
	const struct elf *elf;
	struct elf_section section;
	struct insn *insns;
	uint64_t nr;
};

static void show(const char *program, uint64_t idx, const char *who, const struct insn *insn)
{
	printf("  %s: instruction %llu: %s: code 0x%02x dst %u src %u off %d imm %d\n", program,
	       (unsigned long long)idx, who, insn->code, insn->dst_reg, insn->src_reg, insn->off,
	       insn->imm);
}

static void compare(const struct bpf_program *program, const struct code *code, struct count *count)
{
	const struct insn *theirs = (const struct insn *)bpf_program__insns(program);
	const char *name = bpf_program__name(program);
	struct elf_symbol symbol;
	uint64_t first;

	if (!find_function(code->elf, name, &symbol) || symbol.shndx != code->section.idx)
		die(name, "no such function");
	first = symbol.value / sizeof(struct insn);
	count->programs++;
	for (uint64_t i = 0; i < symbol.size / sizeof(struct insn); i++) {
		const struct insn *ours = &code->insns[first + i];

		if (is_linked(code->elf, code->section.idx, (first + i) * sizeof(struct insn)))
			continue;
		count->insns++;
		if (memcmp(ours, &theirs[i], sizeof(*ours)) == 0)
			continue;
		count->differ++;
		show(name, i, "core.h", ours);
		show(name, i, "libbpf", &theirs[i]);
	}
}

static void relocate(struct core_targets *targets, const struct btf_ext_section *records,
		     const struct code *code, struct count *count, struct why *why)
{
	struct btf_core_relocation relocation;
	struct core_result result = { 0 };
	struct text text;

	for (uint32_t i = 0; btf_ext_record_get(records, i, &relocation, sizeof(relocation)); i++) {
		uint64_t idx = relocation.insn_off / sizeof(struct insn);

		count->relocations++;
		text_clear(&text);
		core_describe(targets->local, &relocation, &text);
		if (idx >= code->nr)
			die(code->section.name, "a relocation of no instruction");
		if (core_relocate(targets, &relocation, &code->insns[idx], code->nr - idx, &result,
				  why)) {
			count->refused++;
			if (verbose)
				printf("  %s+%llu: kind %u: %s: %s\n", code->section.name,
				       (unsigned long long)idx, relocation.kind, text.data,
				       why->reason.data);
			return;
		}
		*(result.verdict == CORE_FOUND ? &count->patched : &count->poisoned) += 1;
		if (verbose)
			printf("  %s+%llu: kind %u: %s: %lld -> %lld%s\n", code->section.name,
			       (unsigned long long)idx, relocation.kind, text.data,
			       (long long)result.original, (long long)result.value,
			       result.verdict == CORE_FOUND ? "" :
			       result.verdict == CORE_MISSING ? " MISSING" : " UNLIKE");
	}
}

static void open_code(const struct elf *elf, const char *name, struct code *out)
{
	out->elf = elf;
	if (!find_section(elf, name, &out->section))
		die(name, "no such section");
	out->nr = out->section.data.size / sizeof(struct insn);
	out->insns = malloc(out->section.data.size);
	if (!out->insns)
		die(name, "out of memory");
	memcpy(out->insns, out->section.data.data, out->section.data.size);
}

/* Every section that has relocations, by core.h; then each of libbpf's programs in it. */
static void run(const struct elf *elf, const struct btf_ext *ext, struct core_targets *targets,
		const struct bpf_object *object, struct count *count, struct why *why)
{
	struct btf_core_relocation relocation;
	struct btf_ext_section records;
	struct bpf_program *program;

	for (uint64_t off = 0; btf_ext_section_next(ext, BTF_EXT_CORE_RELO, &off, &records);)
		for (uint32_t i = 0;
		     btf_ext_record_get(&records, i, &relocation, sizeof(relocation)); i++)
			if (core_want(targets, &relocation, why))
				count->refused++;
	for (uint64_t off = 0; !count->refused &&
			       btf_ext_section_next(ext, BTF_EXT_CORE_RELO, &off, &records);) {
		struct code code;

		open_code(elf, records.section, &code);
		relocate(targets, &records, &code, count, why);
		if (!libbpf_refused && !count->refused)
			bpf_object__for_each_program(program, object)
				if (strcmp(bpf_program__section_name(program),
					   records.section) == 0)
					compare(program, &code, count);
		free(code.insns);
	}
}

static struct bpf_object *load(const char *path, const char *btf_path)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = btf_path);
	struct bpf_object *object = bpf_object__open_file(path, &options);
	struct bpf_map *map;

	if (!object)
		die(path, libbpf_said);
	/* Maps come before relocations, and some tools give theirs a size at run time. */
	bpf_object__for_each_map(map, object) {
		if (!bpf_map__max_entries(map))
			bpf_map__set_max_entries(map, 1);
		if (bpf_map__type(map) == BPF_MAP_TYPE_STACK_TRACE && !bpf_map__value_size(map))
			bpf_map__set_value_size(map, sizeof(uint64_t));
	}
	bpf_object__load(object);
	return object;
}

int main(int argc, char **argv)
{
	struct core_targets targets = { .arena = &arena };
	struct elf_section btf_section, ext_section;
	struct btf local, kernel;
	struct bpf_object *object;
	struct count count = { 0 };
	bool same;
	struct btf_ext ext;
	struct why why;
	struct elf elf;

	verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	argv += verbose;
	argc -= verbose;
	if (argc < 3 || argc - 3 > MODULES_MAX)
		die("usage", "core_compare [-v] OBJECT BTF [MODULE-BTF]...");
	arena.data = calloc(1, ARENA_SIZE);
	why_clear(&why);
	libbpf_set_print(hear);
	if (!arena.data || elf_open(read_file(argv[1]), &elf, &why) ||
	    !find_section(&elf, ".BTF", &btf_section) || !find_section(&elf, ".BTF.ext", &ext_section) ||
	    btf_open(btf_section.data, NULL, &arena, &local, &why) || btf_check(&local, &why) ||
	    btf_ext_open(ext_section.data, &local, &ext, &why))
		die(argv[1], why.reason.len ? why.reason.data : "has no .BTF.ext");
	open_btf(argv[2], NULL, &kernel);
	for (; modules.nr < (uint32_t)argc - 3; modules.nr++)
		open_btf(argv[3 + modules.nr], &kernel, &modules.btf[modules.nr]);
	targets.local = &local;
	targets.kernel = &kernel;
	targets.module = argc > 3 ? next_module : NULL;

	object = load(argv[1], argc > 3 ? NULL : argv[2]);
	run(&elf, &ext, &targets, object, &count, &why);
	if (!libbpf_relocated) {
		printf("skip - %s: %s%s\n", argv[1], count.relocations
		       ? "libbpf did not come to relocations: " : "has no relocations",
		       count.relocations ? libbpf_said : "");
		return 3;
	}
	same = libbpf_refused == (count.refused != 0) && !count.differ;
	printf("%s - %s on %s: %u programs, %u instructions, %u relocations: %u found, %u poisoned; %u instructions differ\n",
	       same ? "ok" : "not ok", argv[1], argv[2], count.programs, count.insns, count.relocations,
	       count.patched, count.poisoned, count.differ);
	if (libbpf_refused)
		printf("  libbpf refuses: %s\n", libbpf_said);
	if (count.refused)
		printf("  core.h refuses: %s\n", why.reason.data);
	bpf_object__close(object);
	return same ? 0 : 1;
}
