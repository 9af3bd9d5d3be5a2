// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * elf_cases [write DIR]: what the object parser accepts, and each thing that it
 * refuses.
 *
 * refusals[] is one good image with one mutation in each row, and the sentence,
 * the hint and the exit status that must come of it. Every why_set() and
 * why_hint() of elf64.h, mapdef.h and object.h must be reached by a row: a
 * refusal without a case is a failure here.
 *
 * With write, each image of the table goes to a file of DIR for the real binary
 * to refuse: DIR/index lists "FILE STATUS NAME", FILE.stderr is what it must
 * say; DIR/goodNNN.o are the images that it must not refuse.
 */
#include "places.h" /* first */

#include "check.h"
#include "elf_accepted.h"
#include "elf_large.h"
#include "elf_refused.h"
#include "invariants.h"

/* The places that no file can reach; should one do so, its case is wanted above. */
static const char *const unreachable[] = {
	/* A loop below nr_sections asks for its sections. */
	"section %u out of range (file has %u)",
	/* So does a loop below the number of relocations. */
	"out of range (there are %llu)",
};

/* ---- Parsing ---- */

#define ARENA_SIZE (64U << 10)

struct parsed {
	struct elf elf;
	struct arena arena;
	struct object object;
	struct why why;
	int err;
};

static void parse(struct view file, size_t arena_size, struct parsed *out)
{
	*out = (struct parsed){ .arena = { .data = calloc(1, arena_size ? arena_size : 1),
					   .size = arena_size } };
	assert(out->arena.data);
	why_clear(&out->why);
	out->err = elf_open(file, &out->elf, &out->why);
	if (!out->err)
		out->err = object_parse(&out->elf, &out->arena, &out->object, &out->why);
}

static struct view write_patched(const struct patch *patch)
{
	struct image image = image_good();
	struct view file;

	patch_apply(&image, patch);
	file = image_write(&image);
	image_free(&image);
	return file;
}

/* Whatever a file is, it is parsed to what holds together, or refused with a sentence. */
static void expect_whole(const struct parsed *p)
{
	if (p->err) {
		EXPECT(p->err == -ENOEXEC || p->err == -ENOMEM);
		EXPECT(why_is_told(&p->why));
		EXPECT(!p->why.reason.cut);
	} else {
		EXPECT_TEXT(object_broken(&p->elf, &p->arena, &p->object), NULL);
	}
}

/* ---- An object, described ---- */

static void describe_code(FILE *out, const struct object *object)
{
	for (uint32_t c = 0; c < object->nr_codes; c++) {
		if (c > 0)
			fprintf(out, "; in %s", object->codes[c].name);
		for (uint32_t i = 0; i < object->codes[c].nr_insns; i++) {
			const struct insn *insn = &object->codes[c].insns[i];

			fprintf(out, " %x:%x%x:%x:%x", insn->code, insn->dst_reg, insn->src_reg,
				(uint16_t)insn->off, (uint32_t)insn->imm);
		}
	}
}

static const char *type_name(const struct object *object, uint32_t id)
{
	struct btf_type type;

	if (!btf_type_get(&object->btf, id, &type))
		return "?";
	return type.kind == BTF_KIND_FUNC_PROTO ? "()" : type.name;
}

static void describe_data(FILE *out, const struct object_map *map)
{
	fprintf(out, map->is_constant ? " constants" : " variables");
	for (uint32_t i = 0; map->data && i < map->value_size; i++)
		fprintf(out, " %x", map->data[i]);
}

/* What most maps do not have is told of those that have it. */
static void describe_map(FILE *out, const struct object *object, const struct object_map *map)
{
	fprintf(out, "; %s %u/%u/%u/%u/%u pin %u", map->name, map->type, map->key_size, map->value_size,
		map->max_entries, map->flags, (unsigned int)map->pinning);
	if (strcmp(map->pin_namespace, "tc") != 0)
		fprintf(out, " in %s", map->pin_namespace);
	if (map->numa_node)
		fprintf(out, " node %u", map->numa_node);
	if (map->extra)
		fprintf(out, " extra %llx", (unsigned long long)map->extra);
	if (map->key_type)
		fprintf(out, " key %s", type_name(object, map->key_type));
	if (map->value_type)
		fprintf(out, " value %s", type_name(object, map->value_type));
	if (map->is_data)
		describe_data(out, map);
	if (map->is_template)
		fprintf(out, " template");
	if (map->inner != OBJECT_NO_MAP)
		fprintf(out, " of %u", map->inner);
}

static void describe_slots(FILE *out, const struct object_maps *maps, uint32_t value, bool is_function)
{
	for (uint32_t i = 0; i < maps->nr_slots; i++)
		if (maps->slots[i].value == value && maps->slots[i].is_function == is_function)
			fprintf(out, " in %u at %u", maps->slots[i].map, maps->slots[i].key);
}

/* One function that is the program needs no mention. */
static void describe_functions(FILE *out, const struct object *object)
{
	const bool is_named = object->maps.nr_slots && object->maps.slots[0].is_function;

	for (uint32_t i = 0; i < object->nr_functions && (object->nr_functions > 1 || is_named); i++) {
		const struct object_function *function = &object->functions[i];

		fprintf(out, "; %s() %u:%u+%u", function->name, function->code, function->start,
			function->nr_insns);
		if (function->callback_plus_1)
			fprintf(out, " throws to %s", object->functions[function->callback_plus_1 - 1].name);
		describe_slots(out, &object->maps, i, true);
	}
}

static void describe_externs(FILE *out, const struct object *object)
{
	static const char *const kinds[] = { "kconfig", "ksym", "kfunc" };

	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct object_extern *ext = &object->externs[i];

		fprintf(out, "; %s%s %s of %s", ext->is_weak ? "weak " : "", kinds[ext->kind], ext->name,
			ext->type ? type_name(object, ext->type) : "no type");
		if (ext->kind == EXTERN_KCONFIG)
			fprintf(out, " at %u+%u", ext->offset, ext->size);
	}
}

static void describe_jumps(FILE *out, const struct object *object)
{
	for (uint32_t i = 0; i < object->nr_jumps; i++) {
		const struct object_jumps *jumps = &object->jumps[i];
		uint64_t off;

		fprintf(out, "; jumps of %s:", object->functions[jumps->function].name);
		for (uint64_t k = 0; view_item(jumps->places, k, &off, sizeof(off)); k++)
			fprintf(out, " %llu", (unsigned long long)off);
	}
}

/* All that there is of an object, as one line of text for free(3). */
static char *object_describe(const struct object *object)
{
	char *description = NULL;
	size_t len;
	FILE *out = open_memstream(&description, &len);

	assert(out);
	for (uint32_t i = 0; i < object->nr_programs; i++)
		fprintf(out, "%s%s%s", i ? ", " : "", object->programs[i].match.optional ? "?" : "",
			object->programs[i].name);
	describe_code(out, object);
	fprintf(out, "; %s; %x", object->license, object->version);
	for (uint32_t i = 0; i < object->maps.nr; i++) {
		describe_map(out, object, &object->maps.items[i]);
		describe_slots(out, &object->maps, i, false);
	}
	describe_functions(out, object);
	describe_externs(out, object);
	describe_jumps(out, object);
	fclose(out);
	assert(description);
	return description;
}

static void parsed_free(struct parsed *parsed, struct view file)
{
	free(parsed->arena.data);
	free((void *)file.data);
}

/* ---- The cases ---- */

/* First to see how much memory it takes, then with exactly that much. */
static void parse_tightly(struct view file, struct parsed *out)
{
	parse(file, ARENA_SIZE, out);
	free(out->arena.data);
	parse(file, out->arena.used, out);
}

static void refusal_run(const struct refusal *refusal)
{
	struct view file = write_patched(&refusal->patch);
	struct parsed p;

	parse_tightly(file, &p);
	EXPECT_NUMBER(p.err, -ENOEXEC); /* of which the loader makes the status 3 */
	EXPECT_TEXT(p.why.reason.data, refusal->reason);
	EXPECT_TEXT(p.why.hint.data, refusal->hint ? refusal->hint : "");
	expect_whole(&p);
	parsed_free(&p, file);
}

static void variant_run(const struct variant *variant)
{
	struct view file = write_patched(&variant->patch);
	struct parsed p;
	char *object;

	parse_tightly(file, &p);
	EXPECT_NUMBER(p.err, 0);
	EXPECT_TEXT(p.why.reason.data, "");
	EXPECT_TEXT(p.why.hint.data, "");
	if (!p.err) {
		object = object_describe(&p.object);
		EXPECT_TEXT(object, variant->object);
		free(object);
	}
	expect_whole(&p);
	parsed_free(&p, file);
}

static void more_maps_than_a_process_holds(void)
{
	struct image image = image_good();
	struct view file;
	struct parsed p;

	/* Each has a template. */
	large_maps_add(&image, MAPS_MAX / 2 + 1);
	file = image_write(&image);
	image_free(&image);
	parse(file, 64U << 20, &p);
	EXPECT_NUMBER(p.err, -ENOEXEC);
	EXPECT_TEXT(p.why.reason.data, "16388 maps, at most 16384");
	expect_whole(&p);
	parsed_free(&p, file);
}

/* Comes first behind the refusals, before anything else can reach a place. */
static void every_place_is_reached(void)
{
	places_expect_reached("elf64.h mapdef.h object.h", unreachable, sizeof(unreachable) / sizeof(unreachable[0]));
}

/* As a linker leaves them, of two files: which of them a symbol is, its size tells. */
static void statics_of_one_name(void)
{
	static const uint64_t sizes[] = { 4, 8, 4 };
	struct image image = image_good();
	struct globals globals;
	struct global global = { .size = 0 };
	struct view file;
	struct parsed p;
	uint32_t first;
	int data;

	types_begin();
	first = type_variable("level", btf_image_int(&types, "long", 8, 1, 64));
	type_variable("level", TYPE_INT);
	type_section(".data", first, 2);
	types_end(&image);
	data = section_add(&image, ".data", SHT_PROGBITS, 0);
	section_append(&image, data, "0123456789abcdef", 16);
	for (uint64_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		symbol_add(&image, "level", STB_LOCAL, STT_OBJECT, (uint16_t)data, 4 * i, sizes[i]);
	load_symbol(&image, 0, last_symbol(&image));
	image_lay_out(&image);
	file = image_write(&image);
	image_free(&image);
	parse(file, ARENA_SIZE, &p);
	EXPECT_NUMBER(p.err, 0);
	EXPECT_NUMBER(globals_open(&p.elf, &p.object, &p.arena, &globals, &p.why), 0);
	for (uint64_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		EXPECT(global_next(&globals, &global));
		EXPECT_NUMBER(global.offset, 4 * i);
		EXPECT_NUMBER(global.size, sizes[i]);
	}
	EXPECT(!global_next(&globals, &global));
	parsed_free(&p, file);
}

static void a_hundred_maps(void)
{
	struct image image = image_good();
	struct view file;
	struct parsed p;
	char name[16];

	for (uint32_t i = 2; i < 100; i++) {
		map_add(&image, (struct object_map_def){ 2, 4, i, 1, 0, 0, 0, 0, 0 });
		snprintf(name, sizeof(name), "map%u", i);
		symbol_add(&image, name, STB_GLOBAL, STT_OBJECT, SEC_MAPS, i * MAP_SIZE, MAP_SIZE);
	}
	REL_AT(&image, 1)->r_info = REL_INFO(nr_symbols(&image) - 1, R_BPF_64_64);
	image_lay_out(&image);
	file = image_write(&image);
	image_free(&image);

	parse(file, ARENA_SIZE, &p);
	EXPECT_TEXT(p.why.reason.data, "");
	EXPECT_NUMBER(p.object.maps.nr, 100);
	for (uint32_t i = 2; i < p.object.maps.nr; i++) {
		snprintf(name, sizeof(name), "map%u", i);
		EXPECT_TEXT(p.object.maps.items[i].name, name);
		EXPECT_NUMBER(p.object.maps.items[i].value_size, i);
	}
	if (!p.err)
		EXPECT_NUMBER(p.object.codes[0].insns[INSN_LOAD_NAMES].imm, 99);
	expect_whole(&p);
	parsed_free(&p, file);
}

/* The reason is cut where a text ends, and is one sentence still. */
static void code_in_many_sections(void)
{
	struct image image = image_good();
	struct view file;
	struct parsed p;

	rename_section(&image, SEC_PROG, NAME_255);
	for (int i = 0; i < 9; i++)
		add_code(&image, NAME_255);
	file = image_write(&image);
	image_free(&image);

	parse(file, ARENA_SIZE, &p);
	EXPECT_NUMBER(p.err, -ENOEXEC);
	EXPECT(strncmp(p.why.reason.data, CODE_NAMES "'a_name_", strlen(CODE_NAMES) + 8) == 0);
	EXPECT(p.why.reason.cut);
	EXPECT_NUMBER(p.why.reason.len, TEXT_SIZE - 1);
	EXPECT(why_is_told(&p.why));
	parsed_free(&p, file);
}

/* What is asked for with an index from a file gets no for an answer, not a stranger's bytes. */
static void accessors_have_ends(void)
{
	const struct patch as_is = RUN(as_it_is);
	struct view file = write_patched(&as_is);
	struct elf_relocation relocation;
	struct elf_section section;
	struct elf_symbol symbol;
	struct parsed p;

	parse(file, ARENA_SIZE, &p);
	EXPECT_NUMBER(p.err, 0);
	EXPECT(!elf_section_get(&p.elf, p.elf.nr_sections, &section));
	EXPECT(!elf_section_get(&p.elf, UINT64_MAX, &section));
	EXPECT(!elf_symbol_get(&p.elf, p.elf.nr_symbols, &symbol));
	EXPECT(!elf_symbol_get(&p.elf, UINT64_MAX, &symbol));
	EXPECT(elf_section_get(&p.elf, SEC_REL, &section));
	EXPECT_NUMBER(elf_relocations_count(&section), 2);
	EXPECT(elf_relocation_get(&section, 1, &relocation));
	EXPECT(!elf_relocation_get(&section, 2, &relocation));
	EXPECT(!elf_relocation_get(&section, UINT64_MAX, &relocation));
	EXPECT(elf_section_get(&p.elf, SEC_MAPS, &section));
	EXPECT(!elf_relocation_get(&section, 0, &relocation));
	/* An undefined symbol is no map where there is no section of maps. */
	EXPECT(!mapdef_is_symbol(&(struct elf_symbol){ .type = STT_OBJECT }, SHN_UNDEF));
	parsed_free(&p, file);
}

/* A file may come to lie at any address, and its parts at any offset. */
static void at_an_odd_address(void)
{
	const struct patch as_is = RUN(with_map_in_map);
	struct view file = write_patched(&as_is);
	uint8_t *odd = malloc(file.size + 1);
	struct parsed p;

	assert(odd);
	memcpy(odd + 1, file.data, file.size);
	free((void *)file.data);
	parse((struct view){ odd + 1, file.size }, ARENA_SIZE, &p);
	EXPECT_TEXT(p.why.reason.data, "");
	expect_whole(&p);
	parsed_free(&p, (struct view){ odd, 0 });
}

static void every_arena_too_small(void)
{
	const struct patch patches[] = {
		RUN(with_map_in_map), RUN(variables_of_two), RUN(pointers_to_functions), RUN(named_maps),
	};

	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		struct view file = write_patched(&patches[i]);
		struct parsed p;
		size_t needed;

		parse(file, ARENA_SIZE, &p);
		needed = p.arena.used;
		EXPECT_NUMBER(p.err, 0);
		free(p.arena.data);
		for (size_t size = 0; size <= needed; size++) {
			parse(file, size, &p);
			EXPECT_NUMBER(p.err, size < needed ? -ENOMEM : 0);
			EXPECT(!p.err || strstr(p.why.reason.data, "out of memory"));
			free(p.arena.data);
		}
		free((void *)file.data);
	}
}

/* A damaged copy in memory of its own: the sanitizer sees any read behind its end. */
static void expect_damaged(struct view file, uint64_t size, uint64_t at, uint8_t byte, bool refused)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct parsed p;
	char row[64];

	assert(copy);
	memcpy(copy, file.data, size);
	if (at < size)
		copy[at] = byte;
	snprintf(row, sizeof(row), "%llu bytes, byte %llu is 0x%02x", (unsigned long long)size,
		 (unsigned long long)at, byte);
	check.row = row;
	parse((struct view){ copy, size }, 8192, &p);
	expect_whole(&p);
	if (refused)
		EXPECT(p.err != 0);
	free(p.arena.data);
	free(copy);
	check.row = NULL;
}

/* The section headers are its last part: nothing can be missing. */
static void cut_at_every_length(void)
{
	const struct patch patches[] = {
		RUN(as_it_is), RUN(with_map_in_map), RUN(with_extended_numbers), RUN(btf_map_in_map),
	};

	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		struct view file = write_patched(&patches[i]);

		for (uint64_t size = 0; size < file.size; size++)
			expect_damaged(file, size, UINT64_MAX, 0, true);
		free((void *)file.data);
	}
}

static void every_byte_damaged(void)
{
	const struct patch patches[] = {
		RUN(as_it_is), RUN(with_map_in_map), RUN(with_rela), RUN(btf_map_in_map), RUN(call_of_static),
	};

	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++) {
		struct view file = write_patched(&patches[i]);

		for (uint64_t at = 0; at < file.size; at++) {
			expect_damaged(file, file.size, at, 0x00, false);
			expect_damaged(file, file.size, at, 0xff, false);
			expect_damaged(file, file.size, at, (uint8_t)~file.data[at], false);
			for (int bit = 0; bit < 8; bit++)
				expect_damaged(file, file.size, at,
					       (uint8_t)(file.data[at] ^ 1 << bit), false);
		}
		free((void *)file.data);
	}
}

static uint32_t nr_compared;

static bool number_is_before(const void *a, const void *b)
{
	nr_compared++;
	return *(const uint32_t *)a < *(const uint32_t *)b;
}

/* The two halves of the numbers by turns: gaps that halve meet them apart until the last round. */
static void lists_in_a_hostile_order(void)
{
	static uint32_t numbers[4096];
	const uint32_t nr = sizeof(numbers) / sizeof(numbers[0]);

	for (uint32_t i = 0; i < nr; i++)
		numbers[i] = i / 2 + i % 2 * nr / 2;
	nr_compared = 0;
	list_sort(numbers, nr, sizeof(numbers[0]), number_is_before);
	for (uint32_t i = 0; i < nr; i++)
		EXPECT_NUMBER(numbers[i], i);
	EXPECT(nr_compared < 50 * nr);
	list_sort(numbers, 0, sizeof(numbers[0]), number_is_before);
	list_sort(numbers, 1, sizeof(numbers[0]), number_is_before);
	EXPECT_NUMBER(numbers[0], 0);
}

static void machines_have_names(void)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} machines[] = {
		{ 3, "i386" }, { 8, "MIPS" }, { 20, "PowerPC" }, { 21, "PowerPC64" }, { 22, "s390" },
		{ 40, "ARM" }, { 62, "x86-64" }, { 183, "AArch64" }, { 243, "RISC-V" },
		{ 258, "LoongArch" }, { 1, "unknown" },
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		EXPECT_TEXT(elf_machine_name(machines[i].machine), machines[i].name);
}

static const struct check_case others[] = {
	{ "more maps than a process holds", more_maps_than_a_process_holds }, /* a refusal, of a large file */
	{ "every refusal and hint has a case", every_place_is_reached },
	{ "static variables of one name", statics_of_one_name },
	{ "a hundred maps", a_hundred_maps },
	{ "code in more sections than a sentence can name", code_in_many_sections },
	{ "accessors have ends", accessors_have_ends },
	{ "an image at an odd address", at_an_odd_address },
	{ "every size of memory that is too small", every_arena_too_small },
	{ "images cut at every length", cut_at_every_length },
	{ "images with every byte damaged", every_byte_damaged },
	{ "lists in a hostile order", lists_in_a_hostile_order },
	{ "machines have names", machines_have_names },
};

static unsigned int run_all(void)
{
	unsigned int nr_failed = 0;

	for (size_t i = 0; i < NR_REFUSALS; i++) {
		check_begin();
		refusal_run(&refusals[i]);
		nr_failed += check_end("ELF, refused", refusals[i].name);
	}
	nr_failed += check_run("ELF", others, sizeof(others) / sizeof(others[0]));
	nr_failed += check_run("ELF, large", large_cases, sizeof(large_cases) / sizeof(large_cases[0]));
	for (size_t i = 0; i < NR_VARIANTS; i++) {
		check_begin();
		variant_run(&variants[i]);
		nr_failed += check_end("ELF, accepted", variants[i].name);
	}
	return nr_failed;
}

/* ---- For the real binary ---- */

__attribute__((format(printf, 3, 4)))
static FILE *file_create(const char *dir, const char *mode, const char *format, ...)
{
	char path[4096];
	size_t len = (size_t)snprintf(path, sizeof(path), "%s/", dir);
	va_list args;
	FILE *file;

	assert(len < sizeof(path));
	va_start(args, format);
	vsnprintf(path + len, sizeof(path) - len, format, args);
	va_end(args);
	file = fopen(path, mode);
	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

static void file_finish(FILE *file)
{
	if (fclose(file) != 0) {
		perror("write");
		exit(1);
	}
}

static void write_image(const char *dir, const char *kind, size_t i, const struct patch *patch)
{
	struct view view = write_patched(patch);
	FILE *file = file_create(dir, "w", "%s%03zu.o", kind, i);

	fwrite(view.data, 1, view.size, file);
	file_finish(file);
	free((void *)view.data);
}

static void write_all(const char *dir)
{
	FILE *index = file_create(dir, "w", "index");

	for (size_t i = 0; i < NR_REFUSALS; i++) {
		const struct refusal *refusal = &refusals[i];
		FILE *said = file_create(dir, "w", "bad%03zu.o.stderr", i);

		write_image(dir, "bad", i, &refusal->patch);
		fprintf(said, "load_kp_bpf: bad%03zu.o: %s\n", i, refusal->reason);
		if (refusal->hint)
			fprintf(said, "load_kp_bpf: hint: %s\n", refusal->hint);
		file_finish(said);
		fprintf(index, "bad%03zu.o\t%d\t%s\n", i, refusal->status, refusal->name);
	}
	file_finish(index);
	for (size_t i = 0; i < NR_VARIANTS; i++)
		write_image(dir, "good", i, &variants[i].patch);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "write") == 0) {
		write_all(argv[2]);
		return 0;
	}
	if (argc != 1) {
		fprintf(stderr, "usage: elf_cases [write DIR]\n");
		return 2;
	}
	return run_all() ? 1 : 0;
}
