/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* elf_accepted.h - good images that differ, and the object that each must give */
#ifndef ELF_ACCEPTED_H
#define ELF_ACCEPTED_H

#include "elf_btf.h"
#include "elf_patch.h"

static void as_it_is(struct image *image) { (void)image; }

/* The definitions end after `size` bytes, as older or other structs do. */
static void shorten_maps(struct image *image, size_t size)
{
	uint8_t *maps = image->sections[SEC_MAPS].data;

	memmove(maps + size, maps + MAP_SIZE, size);
	SYMBOL_AT(image, SYM_NAMES)->st_value = size;
	map_sizes(image, size, 2 * size);
}

static void maps_of_16(struct image *image) { shorten_maps(image, 16); }
static void maps_of_20(struct image *image) { shorten_maps(image, 20); }
static void maps_of_28(struct image *image) { shorten_maps(image, 28); }

static void outer_by_index(struct image *image)
{
	MAP_AT(image, MAP_COUNTS)->type = BPF_MAP_TYPE_ARRAY_OF_MAPS;
	MAP_AT(image, MAP_COUNTS)->size_value = 0;
	MAP_AT(image, MAP_COUNTS)->id = MAP_NAMES;
	maps_of_28(image);
}

static void on_a_node(struct image *image)
{
	MAP_AT(image, MAP_COUNTS)->flags = BPF_F_NUMA_NODE;
	MAP_AT(image, MAP_COUNTS)->pinning = 3;
	maps_of_28(image);
}

static void maps_without_sizes(struct image *image)
{
	SYMBOL_AT(image, SYM_COUNTS)->st_info = STB_GLOBAL << 4 | STT_NOTYPE;
	SYMBOL_AT(image, SYM_NAMES)->st_info = STB_GLOBAL << 4 | STT_NOTYPE;
	map_sizes(image, 0, 2 * MAP_SIZE);
}

static void maps_static(struct image *image)
{
	SYMBOL_AT(image, SYM_COUNTS)->st_info = STB_LOCAL << 4 | STT_OBJECT;
	SYMBOL_AT(image, SYM_NAMES)->st_info = STB_LOCAL << 4 | STT_OBJECT;
	REL_AT(image, 0)->r_info = REL_INFO(SYM_MAPS_SECTION, R_BPF_64_64);
	REL_AT(image, 1)->r_info = REL_INFO(SYM_MAPS_SECTION, R_BPF_64_64);
	INSN_AT(image, INSN_LOAD_NAMES)->imm = MAP_SIZE;
}

/* counts + 1, as an array of maps has it. */
static void map_with_addend(struct image *image)
{
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = MAP_SIZE;
}

/* The addend stands in the relocation, and what is in the instruction counts for nothing. */
static void with_rela(struct image *image)
{
	struct image_section *section = &image->sections[SEC_REL];
	const struct elf64_rela relas[] = {
		{ INSN_LOAD_COUNTS * 8, REL_INFO(SYM_COUNTS, R_BPF_64_64), 0 },
		{ INSN_LOAD_NAMES * 8, REL_INFO(SYM_MAPS_SECTION, R_BPF_64_64), MAP_SIZE },
	};

	section->header.sh_type = SHT_RELA;
	section->header.sh_entsize = sizeof(relas[0]);
	section->size = 0;
	section_append(image, SEC_REL, relas, sizeof(relas));
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 1000;
	image_lay_out(image);
}

/* Relocations of other sections, with symbols and offsets that mean nothing here. */
static void with_other_relocations(struct image *image)
{
	static const char *const names[] = { ".rel.BTF", ".rel.BTF.ext", ".rel.eh_frame" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int idx = section_add(image, names[i], SHT_REL, 0);

		image->sections[idx].header.sh_link = SEC_SYMTAB;
		image->sections[idx].header.sh_info = SEC_VERSION;
		rel_add(image, idx, 12345, 77, 4);
	}
	image_lay_out(image);
}

static void with_two_relocation_sections(struct image *image)
{
	int idx = section_add(image, ".rel2prog", SHT_REL, 0);

	image->sections[idx].header.sh_link = SEC_SYMTAB;
	image->sections[idx].header.sh_info = SEC_PROG;
	rel_add(image, idx, INSN_LOAD_NAMES * 8, SYM_NAMES, R_BPF_64_64);
	image->sections[SEC_REL].size = sizeof(struct elf64_rel);
	image_lay_out(image);
}

/* gABI: counts that do not fit the file header stand in section 0. */
static void with_extended_numbers(struct image *image)
{
	image->sections[SEC_NULL].header.sh_size = image->nr_sections;
	image->sections[SEC_NULL].header.sh_link = SEC_SHSTRTAB;
	image->header.e_shnum = 0;
	image->header.e_shstrndx = SHN_XINDEX;
}

static void with_alias(struct image *image)
{
	symbol_add(image, "alias", STB_GLOBAL, STT_FUNC, SEC_PROG, 0, 48);
	image_lay_out(image);
}

/* Local symbols come first. */
static void with_static_alias(struct image *image)
{
	SYMBOL_AT(image, SYM_LABEL)->st_info = STB_LOCAL << 4 | STT_FUNC;
	SYMBOL_AT(image, SYM_LABEL)->st_value = 0;
	SYMBOL_AT(image, SYM_LABEL)->st_size = SYMBOL_AT(image, SYM_COUNT)->st_size;
}

static void with_label(struct image *image)
{
	symbol_add(image, "label", STB_GLOBAL, STT_NOTYPE, SEC_PROG, 32, 0);
	image_lay_out(image);
}

/* Behind the function, a call to nowhere: linkers leave what another weak function replaced. */
static void with_dead_call(struct image *image)
{
	const struct insn call = { .code = INSN_CALL, .src_reg = INSN_PSEUDO_CALL, .imm = 7 };

	section_append(image, SEC_PROG, &call, sizeof(call));
	image_lay_out(image);
}

static void with_empty_text(struct image *image)
{
	section_add(image, ".text", SHT_PROGBITS, SHF_EXECINSTR);
	image_lay_out(image);
}

/* It has no bytes in the file, whatever its header says. */
static void with_large_bss(struct image *image)
{
	int idx = section_add(image, ".bss", SHT_NOBITS, 0);

	image_lay_out(image);
	image->sections[idx].header.sh_size = 1U << 30;
}

static void function_without_type(struct image *image)
{
	SYMBOL_AT(image, SYM_COUNT)->st_info = STB_GLOBAL << 4 | STT_NOTYPE;
	SYMBOL_AT(image, SYM_COUNT)->st_size = 0;
}

static void prog_without_flag(struct image *image)
{
	image->sections[SEC_PROG].header.sh_flags = 0;
}

static void with_constant(struct image *image)
{
	*INSN_AT(image, INSN_LOAD_NAMES) = (struct insn){ .code = INSN_LD_IMM64, .dst_reg = 2, .imm = 7 };
	INSN_AT(image, INSN_LOAD_NAMES + 1)->imm = -9;
	image->sections[SEC_REL].size = sizeof(struct elf64_rel);
	image_lay_out(image);
}

static void without_license(struct image *image) { rename_section(image, SEC_LICENSE, "copying"); }

/* Its eight bytes fill what is taken for them but for the NUL. */
static void license_without_end(struct image *image)
{
	image->sections[SEC_LICENSE].size = 0;
	section_append(image, SEC_LICENSE, "Dual BSD", 8);
	image_lay_out(image);
}

static void without_version(struct image *image) { rename_section(image, SEC_VERSION, "version2"); }

static void version_too_short(struct image *image)
{
	image->sections[SEC_VERSION].size = 3;
	image_lay_out(image);
}

static void without_any_map(struct image *image)
{
	no_map_symbols(image);
	image->sections[SEC_REL].size = 0;
	rename_section(image, SEC_MAPS, "mapz");
}

static void map_names_odd(struct image *image)
{
	MAP_AT(image, MAP_NAMES)->pinning = PIN_NONE;
	rename_symbol(image, SYM_COUNTS, "");
	rename_symbol(image, SYM_NAMES, "../a b");
}

static void pin_name_longest(struct image *image)
{
	rename_symbol(image, SYM_NAMES, NAME_255);
}

static void symbols_in_other_order(struct image *image)
{
	struct elf64_symbol counts = *SYMBOL_AT(image, SYM_COUNTS);

	*SYMBOL_AT(image, SYM_COUNTS) = *SYMBOL_AT(image, SYM_NAMES);
	*SYMBOL_AT(image, SYM_NAMES) = counts;
	REL_AT(image, 0)->r_info = REL_INFO(SYM_NAMES, R_BPF_64_64);
	REL_AT(image, 1)->r_info = REL_INFO(SYM_COUNTS, R_BPF_64_64);
}

/* An array of maps; its template, which is in it at 3; one more in it at 0; one that is in none. */
static void with_map_in_map(struct image *image)
{
	*MAP_AT(image, MAP_COUNTS) = (struct object_map_def){ 12, 4, 4, 8, 0, 1, 0, 7, 0 };
	*MAP_AT(image, MAP_NAMES) = (struct object_map_def){ 1, 4, 16, 1024, 1, 7, 0, 0, 3 };
	map_add(image, (struct object_map_def){ 1, 4, 16, 1024, 1, 7, PIN_OBJECT_NS, 0, 0 });
	map_add(image, (struct object_map_def){ 1, 4, 16, 1024, 1, 7, 0, 0, MAP_IDX_NONE });
	symbol_add(image, "more", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 2 * MAP_SIZE, MAP_SIZE);
	symbol_add(image, "none", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 3 * MAP_SIZE, MAP_SIZE);
	image_lay_out(image);
}

/* Two arrays of maps behind their templates, each of another shape. */
static void with_two_outer_maps(struct image *image)
{
	MAP_AT(image, MAP_COUNTS)->id = 6;
	MAP_AT(image, MAP_COUNTS)->inner_idx = 1;
	*MAP_AT(image, MAP_NAMES) = (struct object_map_def){ 1, 4, 16, 1024, 1, 7, 0, 0, 2 };
	map_add(image, (struct object_map_def){ 12, 4, 4, 8, 0, 0, 0, 6, 0 });
	map_add(image, (struct object_map_def){ 13, 4, 4, 8, 0, 0, 0, 7, 0 });
	symbol_add(image, "array", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 2 * MAP_SIZE, MAP_SIZE);
	symbol_add(image, "hash", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 3 * MAP_SIZE, MAP_SIZE);
	image_lay_out(image);
}

/* ---- Maps in BTF ---- */

static void btf_map_with_every_field(struct image *image)
{
	types_begin();
	map_hits(image, STRUCT({ "type", type_number(1) }, { "key", type_pointer(TYPE_INT) },
			       { "value", type_pointer(type_struct("pair", NULL, 0)) },
			       { "max_entries", type_number(1024) }, { "map_flags", type_number(5) },
			       { "numa_node", type_number(3) }, { "pinning", type_number(1) },
			       { "map_extra", type_long_number(0x123456789) }));
	types_end(image);
}

/* The first load is of it, by its symbol. */
static void btf_map_with_sizes(struct image *image)
{
	types_begin();
	map_hits(image, STRUCT({ "type", type_number(1) }, { "key_size", type_number(4) },
			       { "key", type_pointer(TYPE_INT) }, { "value_size", type_number(16) },
			       { "max_entries", type_long_number(7) }));
	load_symbol(image, 0, last_symbol(image));
	types_end(image);
}

/* In BTF they stand the other way round. */
static void two_btf_maps(struct image *image)
{
	static const char *const names[] = { "first", "second" };
	uint32_t def, second;

	types_begin();
	def = STRUCT({ "type", type_number(2) });
	second = type_variable("second", def);
	type_variable("first", def);
	type_section(".maps", second, 2);
	maps_section(image, names, 2);
	load_symbol(image, 0, last_symbol(image));
	types_end(image);
}

/* Its values start at byte 16, and two of them are set. */
static void btf_map_in_map(struct image *image)
{
	static const char *const names[] = { "outer", "first", "second" };
	uint32_t inner, outer;
	int maps, values;

	types_begin();
	inner = STRUCT({ "type", type_number(2) }, { "key", type_pointer(TYPE_INT) },
		       { "value_size", type_number(8) }, { "max_entries", type_number(1) });
	outer = STRUCT({ "type", type_number(13) }, { "max_entries", type_number(4) },
		       { "values", type_values(inner) });
	outer = type_variable("outer", outer);
	type_variable("first", inner);
	type_variable("second", inner);
	type_section(".maps", outer, 3);
	maps = maps_section(image, names, 3);
	values = values_section(image, maps);
	rel_add(image, values, 16, last_symbol(image) - 1, 2);
	rel_add(image, values, 16 + 2 * 8, last_symbol(image), 2);
	types_end(image);
}

static void btf_prog_array(struct image *image)
{
	int maps;

	types_begin();
	maps = map_hits(image, STRUCT({ "type", type_number(BPF_MAP_TYPE_PROG_ARRAY) },
				      { "max_entries", type_number(2) },
				      { "values", type_values(type_function()) }));
	rel_add(image, values_section(image, maps), 16 + 8, SYM_COUNT, 2);
	types_end(image);
}

/* As C writes sixteenths, eighths and tenths. */
static void tail_call(struct image *image) { tail_call_in(image, "0x7/01"); }

/* ---- Maps in sections of their own ---- */

static void named_map_add(struct image *image, const char *section, const void *def, size_t size)
{
	int idx = section_add(image, section, SHT_PROGBITS, 0);

	section_append(image, idx, def, size);
	symbol_add(image, "definition", STB_GLOBAL, STT_OBJECT, (uint16_t)idx, 0, size);
	image_lay_out(image);
}

/* struct bpf_map_def, struct bpf_elf_map, and gobpf's, which ends in a pinning and a namespace. */
static void named_maps(struct image *image)
{
	static const struct object_map_def def = { 2, 4, 8, 1, 3, 9, 1, 0, 0 };
	static const struct {
		uint32_t type, key_size, value_size, max_entries, flags, pinning;
		char namespace[256];
	} gobpf = { 1, 4, 16, 5, 0, 2, "own" };

	named_map_add(image, "maps/short", &def, 20);
	named_map_add(image, "maps/elf", &def, sizeof(def));
	named_map_add(image, "maps/gobpf", &gobpf, sizeof(gobpf));
	load_symbol(image, 0, last_symbol(image));
}

/* The struct ends behind the pinning. */
static void named_map_of_24(struct image *image)
{
	static const uint32_t def[6] = { 2, 4, 8, 1, 0, 2 };

	named_map_add(image, "maps/pinned", def, sizeof(def));
}

/* ---- Variables ---- */

static uint32_t variables_add(struct image *image, const char *section, uint32_t type, const char *bytes,
			      size_t size)
{
	int idx = section_add(image, section, type, 0);

	if (bytes)
		section_append(image, idx, bytes, size);
	symbol_add(image, section + 1, STB_GLOBAL, STT_OBJECT, (uint16_t)idx, size - 4, 4);
	image_lay_out(image);
	if (!bytes)
		image->sections[idx].header.sh_size = size;
	return last_symbol(image);
}

/* With an addend, which is in the instruction. */
static void variables_of_two(struct image *image)
{
	load_symbol(image, 0, variables_add(image, ".data", SHT_PROGBITS, "\1\2\3\4\5\6\7\x08", 8));
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 2;
	load_symbol(image, 1, variables_add(image, ".bss", SHT_NOBITS, NULL, 4096));
}

/* Strings have no symbols of their own. */
static void constants_of_two(struct image *image)
{
	int strings;

	load_symbol(image, 0, variables_add(image, ".rodata", SHT_PROGBITS, "\x11\x22\x33\x44", 4));
	variables_add(image, ".rodata.str1.1", SHT_PROGBITS, "hit\0hits", 9);
	strings = image->nr_sections - 1;
	symbol_add(image, "", STB_LOCAL, STT_SECTION, (uint16_t)strings, 0, 0);
	load_symbol(image, 1, last_symbol(image));
	INSN_AT(image, INSN_LOAD_NAMES)->imm = 4;
	image_lay_out(image);
}

/* One of them is not used; and the end of an array may be pointed to. */
static void variables_of_one(struct image *image)
{
	variables_add(image, ".data.unused", SHT_PROGBITS, "\1\2\3\4", 4);
	load_symbol(image, 0, variables_add(image, ".data.used", SHT_PROGBITS, "\5\6\7\x08", 4));
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 4;
}

/* Those of an arena are in the map that it is. */
static void variables_of_arena(struct image *image)
{
	MAP_AT(image, MAP_NAMES)->type = BPF_MAP_TYPE_ARENA;
	load_symbol(image, 0, variables_add(image, ARENA_SECTION, SHT_PROGBITS, "\1\2\3\4", 4));
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 2;
}

static void variables_with_btf(struct image *image)
{
	types_begin();
	type_section(".data", type_variable("data", TYPE_INT), 1);
	load_symbol(image, 0, variables_add(image, ".data", SHT_PROGBITS, "\1\2\3\4", 4));
	types_end(image);
}

/* GNU as has added the symbol's value, 36, to the addend. */
static void by_gnu_as(struct image *image)
{
	int idx = section_add(image, ".comment", SHT_PROGBITS, 0);

	section_append(image, idx, "\0GCC: (GNU) 13.2.0", 19);
	INSN_AT(image, INSN_LOAD_NAMES)->imm = MAP_SIZE;
	image_lay_out(image);
}

/* A newer one adds nothing: the second load is less than its symbol's value, 4. */
static void by_newer_gnu_as(struct image *image)
{
	const uint32_t symbol = variables_add(image, ".data", SHT_PROGBITS, "\1\2\3\4\5\6\7\x08", 8);

	by_gnu_as(image);
	load_symbol(image, 0, symbol);
	load_symbol(image, 1, symbol);
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 4;
	INSN_AT(image, INSN_LOAD_NAMES)->imm = 0;
}

/* To the symbol of a section it adds nothing. */
static void static_by_gnu_as(struct image *image)
{
	maps_static(image);
	by_gnu_as(image);
}

static void by_clang(struct image *image)
{
	int idx = section_add(image, ".comment", SHT_PROGBITS, 0);

	section_append(image, idx, "\0clang version 14.0.6", 22);
	image_lay_out(image);
}

/* ---- Functions ---- */

static void call_of_global(struct image *image)
{
	text_section(image);
	call_symbol(image, last_symbol(image), -1);
	image_lay_out(image);
}

/* In bytes, and of a symbol that has a name. */
static void call_by_gnu_as(struct image *image)
{
	text_section(image);
	call_symbol(image, last_symbol(image) - 2, ONCE_AT * 8 - 1);
	image_lay_out(image);
}

static void call_into_other(struct image *image)
{
	call_of_global(image);
	rename_section(image, image->nr_sections - 1, "other");
}

/* A program of another tool, with something that only that tool knows. */
static void foreign_relocation(struct image *image)
{
	rename_section(image, SEC_PROG, "lirc_mode2/raw");
	REL_AT(image, 0)->r_info = REL_INFO(SYM_LICENSE, R_BPF_64_64);
}

/* Through the section's symbol: the distance is in the instruction. */
static void call_of_static(struct image *image)
{
	text_section(image);
	call_symbol(image, last_symbol(image) - 1, ONCE_AT - 1);
	image_lay_out(image);
}

/* The addend counts bytes, and the instruction nothing. */
static void call_by_rela(struct image *image)
{
	struct image_section *section = &image->sections[SEC_REL];
	struct elf64_rela relas[] = {
		{ INSN_LOAD_COUNTS * 8, REL_INFO(SYM_COUNTS, R_BPF_64_64), 0 },
		{ INSN_MOVE * 8, 0, ONCE_AT * 8 },
	};

	text_section(image);
	call_symbol(image, last_symbol(image) - 1, 1000);
	relas[1].r_info = REL_INFO(last_symbol(image) - 1, R_BPF_64_32);
	section->header.sh_type = SHT_RELA;
	section->header.sh_entsize = sizeof(relas[0]);
	section->size = 0;
	section_append(image, SEC_REL, relas, sizeof(relas));
	image_lay_out(image);
}

static void pointers_to_functions(struct image *image)
{
	text_section(image);
	load_symbol(image, 0, last_symbol(image));
	load_symbol(image, 1, last_symbol(image) - 1);
	INSN_AT(image, INSN_LOAD_NAMES)->imm = ONCE_AT * 8;
	image_lay_out(image);
}

/* One section, two programs; one more section with the same name's other part. */
static void several_programs(struct image *image)
{
	static const struct insn code[2] = { { .code = 0xb7 }, { .code = 0x95 } };
	int idx;

	rename_section(image, SEC_PROG, "kprobe/vfs_read");
	SYMBOL_AT(image, SYM_COUNT)->st_size = INSN_MOVE * 8;
	symbol_add(image, "other", STB_GLOBAL, STT_FUNC, SEC_PROG, INSN_MOVE * 8, 16);
	idx = section_add(image, "?tp/sched/sched_switch", SHT_PROGBITS, SHF_EXECINSTR);
	section_append(image, idx, code, sizeof(code));
	symbol_add(image, "switched", STB_GLOBAL, STT_FUNC, (uint16_t)idx, 0, 16);
	image_lay_out(image);
}

/* What nobody knows, and nobody wants: it is not there. */
static void optional_of_no_kind(struct image *image)
{
	several_programs(image);
	rename_section(image, NR_SECTIONS_GOOD, "?of.tomorrow/f");
}

/* ---- Externs ---- */

static uint32_t extern_add(struct image *image, const char *name, uint8_t binding)
{
	symbol_add(image, name, binding, STT_NOTYPE, SHN_UNDEF, 0, 0);
	return last_symbol(image);
}

/* Each takes eight bytes in their map, though one is weak and small. */
static void externs_of_kconfig(struct image *image)
{
	uint32_t version;

	types_begin();
	version = type_variable("LINUX_KERNEL_VERSION", TYPE_INT);
	type_variable("CONFIG_HZ", TYPE_INT);
	type_section(".kconfig", version, 2);
	load_symbol(image, 0, extern_add(image, "LINUX_KERNEL_VERSION", STB_GLOBAL));
	load_symbol(image, 1, extern_add(image, "CONFIG_HZ", STB_WEAK));
	types_end(image);
}

/* An address, and a variable with its type. */
static void externs_of_ksyms(struct image *image)
{
	uint32_t address;

	types_begin();
	address = type_variable("bpf_link_fops", TYPE_CONST_VOID);
	type_variable("jiffies", TYPE_INT);
	type_section(".ksyms", address, 2);
	load_symbol(image, 0, extern_add(image, "bpf_link_fops", STB_WEAK));
	load_symbol(image, 1, extern_add(image, "jiffies", STB_GLOBAL));
	types_end(image);
}

/* Both loads are of the same one. */
static void extern_used_twice(struct image *image)
{
	types_begin();
	type_section(".ksyms", type_variable("jiffies", TYPE_INT), 1);
	load_symbol(image, 0, extern_add(image, "jiffies", STB_GLOBAL));
	load_symbol(image, 1, last_symbol(image));
	types_end(image);
}

static void type_tag(const char *tag, uint32_t type)
{
	btf_image_type(&types, BTF_KIND_DECL_TAG, tag, 0, type);
	btf_image_word(&types, UINT32_MAX); /* of no parameter */
}

/* Of three tags one is for this, and names what there is. */
static void exception_callback(struct image *image)
{
	uint32_t count;

	types_begin();
	type_section(".ksyms", btf_image_type(&types, BTF_KIND_FUNC, "bpf_throw", 2, type_function()), 1);
	count = btf_image_type(&types, BTF_KIND_FUNC, "count", BTF_LINKAGE_GLOBAL, type_function());
	type_tag("arg:ctx", count);
	type_tag("exception_callback:nobody", count);
	type_tag("exception_callback:twice", count);
	text_section(image);
	call_symbol(image, extern_add(image, "bpf_throw", STB_GLOBAL), -1);
	types_end(image);
}

/* Both loads are of the same table. */
static void jumps_used_twice(struct image *image)
{
	jump_table(image, 40, 32, 0, 16);
	load_symbol(image, 1, last_symbol(image));
}

static void jumps_of_two(struct image *image)
{
	jump_table(image, 40, 32, 8, 8);
	symbol_add(image, "BPF.JT.0.1", STB_GLOBAL, STT_OBJECT, SYMBOL_AT(image, last_symbol(image))->st_shndx,
		   0, 8);
	load_symbol(image, 1, last_symbol(image));
	image_lay_out(image);
}

static void kernel_function(struct image *image)
{
	types_begin();
	type_section(".ksyms",
		     btf_image_type(&types, BTF_KIND_FUNC, "bpf_task_release", 2, type_function()), 1);
	call_symbol(image, extern_add(image, "bpf_task_release", STB_GLOBAL), -1);
	types_end(image);
}

#define END_INSNS "b7:00:0:0 95:00:0:0"
#define GOOD_INSNS "18:11:0:0 0:00:0:0 18:21:0:1 0:00:0:0 " END_INSNS
#define GOOD_PROGRAM "count " GOOD_INSNS "; GPL; 40906"
#define GOOD_COUNTS "; counts 2/4/8/1/0 pin 0"
#define GOOD_NAMES "; names 1/4/16/1024/1 pin 2"
#define GOOD_MAPS GOOD_COUNTS GOOD_NAMES
#define GOOD GOOD_PROGRAM GOOD_MAPS

/* The two loads, of which "18:11:0:0" and "18:21:0:1" are the usual ones. */
#define LOADS(first, first_off, second, second_off) \
	"count 18:" first " 0:00:0:" first_off " 18:" second " 0:00:0:" second_off " "
#define LOADS_FIRST(first) LOADS(first, "0", "21:0:1", "0")
#define GOOD_END END_INSNS "; GPL; 40906" GOOD_MAPS
#define CALLS(call) "count 18:11:0:0 0:00:0:0 18:20:0:0 0:00:0:0 85:" call " 95:00:0:0"
#define CALLED_INSNS " 85:01:1:2 95:00:0:0 b7:00:0:0 95:00:0:0; GPL; 40906" GOOD_MAPS
#define TEXT_INSNS "; in .text" CALLED_INSNS
#define TEXT_FUNCTIONS "; count() 0:0+6; twice() 1:0+2; once() 1:2+2"

/* What becomes of them, as object_describe() below tells it. */
static const struct variant {
	const char *name;
	struct patch patch;
	const char *object;
} variants[] = {
	{ "the good image", RUN(as_it_is), GOOD },
	{ "machine 0 (old clang)", SET_HEADER(e_machine, EM_NONE), GOOD },
	{ "map definitions of 16 bytes", RUN(maps_of_16),
	  GOOD_PROGRAM "; counts 2/4/8/1/0 pin 0; names 1/4/16/1024/0 pin 0" },
	{ "map definitions of 20 bytes (bpf_map_def)", RUN(maps_of_20),
	  GOOD_PROGRAM "; counts 2/4/8/1/0 pin 0; names 1/4/16/1024/1 pin 0" },
	{ "map definitions of 28 bytes", RUN(maps_of_28), GOOD },
	{ "a map of maps as the kernel's samples have it", RUN(outer_by_index),
	  GOOD_PROGRAM "; counts 12/4/4/1/0 pin 0 of 1" GOOD_NAMES },
	{ "a NUMA node as the kernel's samples have it", RUN(on_a_node),
	  GOOD_PROGRAM "; counts 2/4/8/1/4 pin 0 node 3" GOOD_NAMES },
	{ "untyped map symbols without sizes (LLVM 7)", RUN(maps_without_sizes), GOOD },
	{ "static maps, through the section's symbol", RUN(maps_static), GOOD },
	{ "a map's symbol with an addend", RUN(map_with_addend),
	  "count 18:11:0:1 0:00:0:0 18:21:0:1 0:00:0:0 " END_INSNS "; GPL; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "SHT_RELA", RUN(with_rela), GOOD },
	{ "a symbol table with one local symbol", SET_SECTION(SEC_SYMTAB, sh_info, SEC_PROG), GOOD },
	{ ".rel.BTF and others", RUN(with_other_relocations), GOOD },
	{ "two relocation sections", RUN(with_two_relocation_sections), GOOD },
	{ "extended section numbers", RUN(with_extended_numbers), GOOD },
	{ "an alias of the function", RUN(with_alias), GOOD },
	{ "a static alias of the function", RUN(with_static_alias), GOOD },
	{ "a global label in the function", RUN(with_label), GOOD },
	{ "a call behind the function", RUN(with_dead_call),
	  "count 18:11:0:0 0:00:0:0 18:21:0:1 0:00:0:0 b7:00:0:0 95:00:0:0 85:00:0:7; GPL; 40906" GOOD_MAPS },
	{ "an empty .text", RUN(with_empty_text), GOOD },
	{ "a large .bss", RUN(with_large_bss), GOOD },
	{ "anything in section 0", SET_SECTION(SEC_NULL, sh_size, UINT64_MAX), GOOD },
	{ "an untyped function without a size", RUN(function_without_type), GOOD },
	{ "'prog' without SHF_EXECINSTR", RUN(prog_without_flag), GOOD },
	{ "a 64-bit constant", RUN(with_constant),
	  "count 18:11:0:0 0:00:0:0 18:20:0:7 0:00:0:fffffff7 " END_INSNS "; GPL; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "symbols in another order", RUN(symbols_in_other_order), GOOD },
	{ "no licence", RUN(without_license), "count " GOOD_INSNS "; ; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "a licence without NUL", RUN(license_without_end),
	  "count " GOOD_INSNS "; Dual BSD; 40906" GOOD_COUNTS GOOD_NAMES },
	{ "no version", RUN(without_version), "count " GOOD_INSNS "; GPL; 0" GOOD_COUNTS GOOD_NAMES },
	{ "a version of 3 bytes", RUN(version_too_short), "count " GOOD_INSNS "; GPL; 0" GOOD_COUNTS GOOD_NAMES },
	{ "no maps", RUN(without_any_map),
	  "count 18:10:0:0 0:00:0:0 18:20:0:0 0:00:0:0 " END_INSNS "; GPL; 40906" },
	{ "odd names of maps that are not pinned", RUN(map_names_odd),
	  GOOD_PROGRAM ";  2/4/8/1/0 pin 0; ../a b 1/4/16/1024/1 pin 0" },
	{ "a pinned map with a name of 255", RUN(pin_name_longest),
	  GOOD_PROGRAM GOOD_COUNTS "; " NAME_255 " 1/4/16/1024/1 pin 2" },
	{ "maps in two maps", RUN(with_two_outer_maps),
	  GOOD_PROGRAM "; counts 2/4/8/1/0 pin 0 in 2 at 1; names 1/4/16/1024/1 pin 0 in 3 at 2"
	  "; array 12/4/4/8/0 pin 0 of 0; hash 13/4/4/8/0 pin 0 of 1" },
	{ "maps in a map", RUN(with_map_in_map),
	  GOOD_PROGRAM "; counts 12/4/4/8/0 pin 0 of 1; names 1/4/16/1024/1 pin 0 in 0 at 3"
	  "; more 1/4/16/1024/1 pin 1 in 0 at 0; none 1/4/16/1024/1 pin 0" },

	/* Maps in BTF. */
	{ "a map with every field", RUN(btf_map_with_every_field),
	  GOOD "; hits 1/4/0/1024/5 pin 1 node 3 extra 123456789 key int value pair" },
	{ "a map with sizes", RUN(btf_map_with_sizes),
	  LOADS_FIRST("11:0:2") GOOD_END "; hits 1/4/16/7/0 pin 0 key int" },
	{ "two maps in BTF", RUN(two_btf_maps),
	  LOADS_FIRST("11:0:3") GOOD_END "; first 2/0/0/0/0 pin 0; second 2/0/0/0/0 pin 0" },
	{ "maps in a map in BTF", RUN(btf_map_in_map),
	  GOOD "; outer 13/4/4/4/0 pin 0 of 5; first 2/4/8/1/0 pin 0 key int in 2 at 0"
	  "; second 2/4/8/1/0 pin 0 key int in 2 at 2; outer 2/4/8/1/0 pin 0 key int template" },
	{ "a program in an array", RUN(btf_prog_array),
	  GOOD "; hits 3/4/4/2/0 pin 0; count() 0:0+6 in 2 at 1" },
	{ "a tail call's target", RUN(tail_call),
	  "count, tail " GOOD_INSNS "; in 0x7/01 " END_INSNS "; GPL; 40906" GOOD_MAPS
	  "; calls 3/4/4/2/0 pin 0; count() 0:0+6; tail() 1:0+2 in 2 at 1" },
	{ "maps in sections of their own", RUN(named_maps),
	  LOADS_FIRST("11:0:4") GOOD_END "; short 2/4/8/1/3 pin 0; elf 2/4/8/1/3 pin 1; gobpf 1/4/16/5/0 pin 2 in own" },
	{ "a map in a section of its own, with pinning", RUN(named_map_of_24),
	  GOOD "; pinned 2/4/8/1/0 pin 2" },

	/* Variables. */
	{ "variables of two sections", RUN(variables_of_two),
	  LOADS("12:0:2", "6", "22:0:3", "ffc") GOOD_END
	  "; .data 2/4/8/1/0 pin 0 variables 1 2 3 4 5 6 7 8; .bss 2/4/4096/1/0 pin 0 variables" },
	{ "constants and strings", RUN(constants_of_two),
	  LOADS("12:0:2", "0", "22:0:3", "4") GOOD_END
	  "; .rodata 2/4/4/1/0 pin 0 constants 11 22 33 44"
	  "; .rodata.str1.1 2/4/9/1/0 pin 0 constants 68 69 74 0 68 69 74 73 0" },
	{ "variables that are not used", RUN(variables_of_one),
	  LOADS("12:0:2", "4", "21:0:1", "0") GOOD_END "; .data.used 2/4/4/1/0 pin 0 variables 5 6 7 8" },
	{ "variables of an arena", RUN(variables_of_arena),
	  LOADS("12:0:1", "2", "21:0:1", "0") END_INSNS "; GPL; 40906" GOOD_COUNTS
	  "; names 33/4/16/1024/1 pin 2" },
	{ "variables with BTF", RUN(variables_with_btf),
	  LOADS_FIRST("12:0:2") GOOD_END "; .data 2/4/4/1/0 pin 0 value .data variables 1 2 3 4" },
	{ "addends as GNU as writes them", RUN(by_gnu_as), GOOD },
	{ "addends as a newer GNU as writes them", RUN(by_newer_gnu_as),
	  LOADS("12:0:2", "8", "22:0:2", "4") GOOD_END "; .data 2/4/8/1/0 pin 0 variables 1 2 3 4 5 6 7 8" },
	{ "static maps as GNU as writes them", RUN(static_by_gnu_as), GOOD },
	{ "a comment of clang's", RUN(by_clang), GOOD },

	/* Functions. */
	{ "a call of a function of '.text'", RUN(call_of_global),
	  CALLS("01:1:1") TEXT_INSNS TEXT_FUNCTIONS },
	{ "a call as GNU as writes it", RUN(call_by_gnu_as),
	  CALLS("01:1:2") TEXT_INSNS TEXT_FUNCTIONS },
	{ "a call of a function of another section", RUN(call_into_other),
	  CALLS("01:1:1") "; in other" CALLED_INSNS TEXT_FUNCTIONS },
	{ "a call of a static function", RUN(call_of_static),
	  CALLS("01:1:2") TEXT_INSNS TEXT_FUNCTIONS },
	{ "a call of a static function, by SHT_RELA", RUN(call_by_rela),
	  CALLS("01:1:2") TEXT_INSNS TEXT_FUNCTIONS },
	{ "pointers to functions", RUN(pointers_to_functions),
	  LOADS("14:0:1", "0", "24:0:2", "0") END_INSNS TEXT_INSNS TEXT_FUNCTIONS },
	{ "a program of another tool that refers to what is no map", RUN(foreign_relocation),
	  "count 0:00:0:0 0:00:0:0 0:00:0:0 0:00:0:0 0:00:0:0 0:00:0:0; GPL; 40906" GOOD_MAPS },
	{ "several programs", RUN(several_programs),
	  "count, other, ?switched " GOOD_INSNS "; in ?tp/sched/sched_switch b7:00:0:0 95:00:0:0; GPL; 40906" GOOD_MAPS
	  "; count() 0:0+4; other() 0:4+2; switched() 1:0+2" },

	{ "a jump table that is used twice", RUN(jumps_used_twice),
	  LOADS("1e:0:0", "0", "2e:0:0", "0") GOOD_END "; jumps of count: 40 32" },
	{ "two jump tables", RUN(jumps_of_two),
	  LOADS("1e:0:0", "0", "2e:0:1", "0") GOOD_END "; jumps of count: 32; jumps of count: 40" },

	{ "an optional program of no kind", RUN(optional_of_no_kind),
	  "count, other " GOOD_INSNS "; in ?of.tomorrow/f b7:00:0:0 95:00:0:0; GPL; 40906" GOOD_MAPS
	  "; count() 0:0+4; other() 0:4+2; switched() 1:0+2" },

	/* Externs. */
	{ "values of the configuration", RUN(externs_of_kconfig),
	  LOADS("12:0:2", "0", "22:0:2", "8") GOOD_END "; .kconfig 2/4/16/1/0 pin 0 constants"
	  "; kconfig LINUX_KERNEL_VERSION of int at 0+4; weak kconfig CONFIG_HZ of int at 8+4" },
	{ "symbols of the kernel", RUN(externs_of_ksyms),
	  LOADS("1f:0:0", "0", "2f:0:1", "0") GOOD_END
	  "; weak ksym bpf_link_fops of no type; ksym jiffies of int" },
	{ "a symbol that is used twice", RUN(extern_used_twice),
	  LOADS("1f:0:0", "0", "2f:0:0", "0") GOOD_END "; ksym jiffies of int" },
	{ "what runs where a program throws", RUN(exception_callback),
	  CALLS("02:1:0") TEXT_INSNS "; count() 0:0+6 throws to twice; twice() 1:0+2; once() 1:2+2"
	  "; kfunc bpf_throw of ()" },
	{ "a function of the kernel's", RUN(kernel_function),
	  CALLS("02:1:0") "; GPL; 40906" GOOD_MAPS "; kfunc bpf_task_release of ()" },
};

#define NR_VARIANTS (sizeof(variants) / sizeof(variants[0]))

#endif
