/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* elf_refused.h - each thing that the object parser refuses, and what it must say */
#ifndef ELF_REFUSED_H
#define ELF_REFUSED_H

#include "elf_btf.h"
#include "elf_patch.h"

/* ---- Mutations that are more than a field ---- */

#define RAW(name, bytes)                                     \
	static void name(struct image *image)                \
	{                                                    \
		image->raw = bytes;                          \
		image->size = sizeof(bytes) - 1;             \
	}

RAW(is_empty, "")
RAW(is_bitcode, "BC\xc0\xde\x35\x14")
RAW(is_wrapped_bitcode, "\xde\xc0\x17\x0b\0\0\0\0")
RAW(is_archive, "!<arch>\n/               0           0     0     0       4         `\n")
RAW(is_thin_archive, "!<thin>\n/               0           0     0     0       4         `\n")
RAW(is_gzip, "\x1f\x8b\x08\0\0\0\0\0\0\x03")
RAW(is_xz, "\xfd" "7zXZ\0\0\x04")
RAW(is_zstd, "\x28\xb5\x2f\xfd\x04\x58")
RAW(is_zip, "PK\x03\x04\x14\0\0\0")
RAW(is_script, "#!/bin/sh\nexit 0\n")
RAW(is_text, "int main(void)\n{\n\treturn 0;\n}\n")
RAW(is_dos_text, "\tint main(void);\r\n")
RAW(is_one_letter, "x")
RAW(is_long_text, "This text is longer than what is looked at to call it a text, which is 64"
		  " characters, and has a strange end: \x01\x02")
RAW(is_binary, "\x01\x02\x03\x04\x05\x06\x07\x08")
RAW(is_almost_elf, "\177EL")

static void cut_in_ident(struct image *image) { image->size = 10; }
static void cut_in_header(struct image *image) { image->size = 63; }
static void cut_before_table(struct image *image) { image->size = image->table_off + 63; }
static void cut_in_table(struct image *image) { image->size--; }

static void no_sections(struct image *image)
{
	image->header.e_shnum = 0; /* then section 0 tells, and it says 0 */
}

static void too_many_sections(struct image *image)
{
	image->header.e_shnum = 0;
	image->sections[SEC_NULL].header.sh_size = UINT64_MAX / sizeof(struct elf64_section) + 2;
}

static void names_without_end(struct image *image)
{
	struct image_section *names = &image->sections[SEC_SHSTRTAB];

	names->data[names->size - 1] = 'x';
}

static void names_of_no_bytes(struct image *image)
{
	image->sections[SEC_SHSTRTAB].header.sh_size = 0;
}

static void strings_without_end(struct image *image)
{
	struct image_section *strings = &image->sections[SEC_STRTAB];

	strings->data[strings->size - 1] = 'x';
}

static void second_symtab(struct image *image)
{
	int idx = section_add(image, ".symtab2", SHT_SYMTAB, 0);

	image->sections[idx].header.sh_link = SEC_STRTAB;
	image->sections[idx].header.sh_entsize = sizeof(struct elf64_symbol);
	image_lay_out(image);
}

static void second_maps(struct image *image) { rename_section(image, SEC_VERSION, "maps"); }
static void hostile_prog(struct image *image) { rename_section(image, SEC_PROG, "a\n\033[2J"); }

static void no_code(struct image *image)
{
	image->sections[SEC_PROG].header.sh_flags = 0;
	rename_section(image, SEC_PROG, "program");
}

static void add_code(struct image *image, const char *name)
{
	const struct insn code = { .code = 0x95 };
	int idx = section_add(image, name, SHT_PROGBITS, SHF_EXECINSTR);

	section_append(image, idx, &code, sizeof(code));
	image_lay_out(image);
}

static void only_text(struct image *image) { rename_section(image, SEC_PROG, ".text"); }
static void variables_without_arena(struct image *image)
{
	REL_AT(image, 0)->r_info = REL_INFO(SYM_LICENSE, R_BPF_64_64);
	rename_section(image, SEC_LICENSE, ARENA_SECTION);
}

static void jump_table_empty(struct image *image) { jump_table(image, 0, 0, 0, 0); }
static void jump_table_uneven(struct image *image) { jump_table(image, 0, 0, 0, 12); }
static void jump_table_outside(struct image *image) { jump_table(image, 0, 0, 8, 16); }
static void jump_misaligned(struct image *image) { jump_table(image, 0, 12, 0, 16); }
static void jump_out_of_function(struct image *image) { jump_table(image, 48, 0, 0, 16); }

/* The second load refers to a table that begins in the first. */
static void jump_tables_overlap(struct image *image)
{
	jump_table(image, 0, 0, 0, 16);
	symbol_add(image, "BPF.JT.0.1", STB_GLOBAL, STT_OBJECT,
		   SYMBOL_AT(image, nr_symbols(image) - 1)->st_shndx, 8, 8);
	REL_AT(image, 1)->r_info = REL_INFO(nr_symbols(image) - 1, R_BPF_64_64);
	image_lay_out(image);
}

/* The function ends before the second load, and another one begins. */
static void jump_table_of_two(struct image *image)
{
	jump_table(image, 0, 8, 0, 16);
	SYMBOL_AT(image, SYM_COUNT)->st_size = 16;
	REL_AT(image, 1)->r_info = REL_INFO(nr_symbols(image) - 1, R_BPF_64_64);
	rename_section(image, SEC_PROG, "kprobe/f");
	symbol_add(image, "next", STB_GLOBAL, STT_FUNC, SEC_PROG, 16, 32);
	image_lay_out(image);
}

static void code_in_other(struct image *image) { add_code(image, "prog2"); }
static void function_in_other(struct image *image) { rename_section(image, text_section(image), "other"); }

static void maps_undivided(struct image *image) { map_sizes(image, 0, 71); }
static void maps_too_small(struct image *image) { map_sizes(image, 12, 72); }
static void maps_too_large(struct image *image) { map_sizes(image, 40, 72); }
static void maps_odd(struct image *image) { map_sizes(image, 18, 72); }
static void maps_remainder(struct image *image) { map_sizes(image, 20, 72); }
static void maps_empty(struct image *image) { map_sizes(image, 36, 0); }

static void one_symbol_for_two(struct image *image)
{
	drop_symbol(image, SYM_NAMES);
	SYMBOL_AT(image, SYM_COUNTS)->st_size = 0;
}

static void one_map_of_12(struct image *image)
{
	no_map_symbols(image);
	symbol_add(image, "small", STB_GLOBAL, STT_OBJECT, SEC_MAPS, 0, 12);
	map_sizes(image, 12, 12);
}

static void map_unnamed(struct image *image) { drop_symbol(image, SYM_NAMES); }

static void maps_too_many(struct image *image)
{
	static const uint32_t defs[MAPS_MAX + 1][4];

	image->sections[SEC_MAPS].size = 0;
	section_append(image, SEC_MAPS, defs, sizeof(defs));
	map_sizes(image, sizeof(defs[0]), sizeof(defs));
}

static void pin_name_empty(struct image *image) { rename_symbol(image, SYM_NAMES, ""); }
static void pin_name_dot(struct image *image) { rename_symbol(image, SYM_NAMES, "names.of"); }
static void pin_name_up(struct image *image) { rename_symbol(image, SYM_NAMES, "../names"); }
static void pin_name_slash(struct image *image) { rename_symbol(image, SYM_NAMES, "/etc"); }
static void tail_call_of_no_map(struct image *image) { tail_call_in(image, "8/0"); }
static void tail_call_behind_the_end(struct image *image) { tail_call_in(image, "7/2"); }
static void tail_call_of_words(struct image *image) { tail_call_in(image, "7/two"); }

/* One character more than there may be. */
static const char *name_too_long(void)
{
	static char name[ELF_NAME_MAX + 2];

	memset(name, 'n', sizeof(name) - 1);
	return name;
}

static void symbol_name_long(struct image *image) { rename_symbol(image, SYM_LABEL, name_too_long()); }
static void section_name_long(struct image *image) { rename_section(image, SEC_VERSION, name_too_long()); }
static void pin_name_long(struct image *image) { rename_symbol(image, SYM_NAMES, NAME_256); }

/* counts becomes an array of maps whose template has id 7. */
static void outer_without_inner(struct image *image)
{
	*MAP_AT(image, MAP_COUNTS) = (struct object_map_def){ 12, 4, 4, 8, 0, 1, 0, 7, 0 };
}

static void outer_of_itself(struct image *image)
{
	outer_without_inner(image);
	MAP_AT(image, MAP_COUNTS)->id = 7;
}

static void outer_of_outer(struct image *image)
{
	outer_without_inner(image);
	*MAP_AT(image, MAP_NAMES) = (struct object_map_def){ 13, 4, 4, 8, 0, 7, 0, 1, 0 };
}

static void inner_with_wide_key(struct image *image)
{
	outer_without_inner(image);
	MAP_AT(image, MAP_COUNTS)->type = 13;
	MAP_AT(image, MAP_COUNTS)->size_key = 8;
	MAP_AT(image, MAP_NAMES)->id = 7;
	MAP_AT(image, MAP_NAMES)->inner_idx = 3;
}

static void prog_resize(struct image *image, size_t size)
{
	image->sections[SEC_PROG].size = size;
	image_lay_out(image);
}

static void prog_empty(struct image *image) { prog_resize(image, 0); }
static void prog_odd(struct image *image) { prog_resize(image, 47); }

static void add_function(struct image *image, const char *name, int section, uint64_t at, uint64_t size)
{
	symbol_add(image, name, STB_LOCAL, STT_FUNC, (uint16_t)section, at, size);
	image_lay_out(image);
}

static void overlapping_functions(struct image *image) { add_function(image, "helper", SEC_PROG, 32, 16); }

static void two_functions(struct image *image)
{
	SYMBOL_AT(image, SYM_COUNT)->st_size = 32;
	overlapping_functions(image);
}

/* The move becomes a call of a function of ours, -1 + imm instructions on. */
static struct insn *add_call(struct image *image, int32_t imm)
{
	struct insn *insn = INSN_AT(image, INSN_MOVE);

	*insn = (struct insn){ .code = INSN_CALL, .src_reg = INSN_PSEUDO_CALL, .imm = imm };
	return insn;
}

static void call_of_nothing(struct image *image) { add_call(image, -3); }
static void call_with_offset(struct image *image) { add_call(image, -5)->off = 1; }

static void call_by_relocation(struct image *image, int symbol)
{
	add_call(image, -1);
	REL_AT(image, 1)->r_offset = INSN_MOVE * sizeof(struct insn);
	REL_AT(image, 1)->r_info = REL_INFO(symbol, R_BPF_64_32);
}

static void call_map(struct image *image) { call_by_relocation(image, SYM_COUNTS); }

static void call_extern(struct image *image)
{
	symbol_add(image, "printf", STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
	call_by_relocation(image, nr_symbols(image) - 1);
	image_lay_out(image);
}

static void call_into_text(struct image *image)
{
	const struct insn code[] = { { .code = 0xb7 }, { .code = 0x95 }, { .code = 0xb7 }, { .code = 0x95 } };
	int text = section_add(image, ".text", SHT_PROGBITS, SHF_EXECINSTR);

	section_append(image, text, code, sizeof(code));
	add_function(image, "twice", text, 0, sizeof(code));
	call_by_relocation(image, nr_symbols(image) - 1);
	INSN_AT(image, INSN_MOVE)->imm = 2;
}

/* It need not be the first instruction. */
static void load_of_descriptor(struct image *image)
{
	*INSN_AT(image, 0) = *INSN_AT(image, 1) = *INSN_AT(image, INSN_MOVE);
	INSN_AT(image, INSN_LOAD_NAMES)->src_reg = 1;
}

static void load_cut_off(struct image *image)
{
	*INSN_AT(image, NR_INSNS_GOOD - 1) = (struct insn){ .code = INSN_LD_IMM64 };
	REL_AT(image, 1)->r_offset = (NR_INSNS_GOOD - 1) * sizeof(struct insn);
}

/* The second half of a load, dressed as a load. */
static void load_in_load(struct image *image)
{
	*INSN_AT(image, INSN_LOAD_COUNTS + 1) = (struct insn){ .code = INSN_LD_IMM64 };
	REL_AT(image, 1)->r_offset = (INSN_LOAD_COUNTS + 1) * sizeof(struct insn);
}

/* The first relocation goes against a new symbol. */
static void relocate_against(struct image *image, const char *name, uint8_t type, uint16_t shndx)
{
	symbol_add(image, name, type == STT_SECTION ? STB_LOCAL : STB_GLOBAL, type, shndx, 0, 0);
	REL_AT(image, 0)->r_info = REL_INFO(nr_symbols(image) - 1, R_BPF_64_64);
	image_lay_out(image);
}

static uint16_t data_add(struct image *image, const char *name, uint32_t type)
{
	return (uint16_t)section_add(image, name, type, 0);
}

static void against_extern(struct image *image)
{
	relocate_against(image, "printf", STT_NOTYPE, SHN_UNDEF);
}

static void against_common(struct image *image)
{
	relocate_against(image, "total", STT_OBJECT, SHN_COMMON);
}

static void against_data(struct image *image)
{
	relocate_against(image, "total", STT_OBJECT, data_add(image, ".data", SHT_PROGBITS));
}

static void behind_bss(struct image *image)
{
	int bss = section_add(image, ".bss", SHT_NOBITS, 0);

	relocate_against(image, "total", STT_OBJECT, (uint16_t)bss);
	image->sections[bss].header.sh_size = 8;
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 9;
}

static void against_btf_map(struct image *image)
{
	uint64_t map = 0;
	uint16_t maps = data_add(image, ".maps", SHT_PROGBITS);

	section_append(image, maps, &map, sizeof(map));
	relocate_against(image, "hits", STT_OBJECT, maps);
}

static void with_bad_btf(struct image *image)
{
	against_btf_map(image);
	section_append(image, data_add(image, ".BTF", SHT_PROGBITS), "BTF", 4);
	image_lay_out(image);
}

static void named_too_small(struct image *image)
{
	static const uint32_t def[4] = { 2, 4, 8, 1 };

	section_append(image, data_add(image, "maps/total", SHT_PROGBITS), def, sizeof(def));
	image_lay_out(image);
}

static void against_nameless(struct image *image)
{
	relocate_against(image, "total", STT_OBJECT, data_add(image, "", SHT_PROGBITS));
}

static void against_nowhere(struct image *image)
{
	relocate_against(image, "total", STT_OBJECT, 4000);
}

static void against_absolute(struct image *image)
{
	relocate_against(image, "total", STT_OBJECT, SHN_ABS);
}

static void without_maps(struct image *image) { rename_section(image, SEC_MAPS, "mapz"); }

/* ---- Maps in BTF ---- */

/* The map "hits", whose struct has these members. */
#define HITS(function, ...)                                 \
	static void function(struct image *image)           \
	{                                                   \
		types_begin();                              \
		map_hits(image, STRUCT(__VA_ARGS__));       \
		types_end(image);                           \
	}

#define ARRAY_OF_MAPS 12

HITS(key_of_no_pointer, { "key", TYPE_INT })
HITS(value_of_no_size, { "value", type_pointer(TYPE_VOID) })
HITS(key_of_two_sizes, { "key_size", type_number(8) }, { "key", type_pointer(TYPE_INT) })
HITS(values_of_no_array, { "values", type_pointer(TYPE_INT) })
HITS(values_of_numbers, { "values", type_values(TYPE_INT) })
HITS(type_of_no_number, { "type", TYPE_INT })
HITS(type_of_pointer, { "type", type_pointer(TYPE_INT) })
HITS(map_with_colour, { "colour", type_number(1) })
HITS(outer_of_nothing, { "type", type_number(ARRAY_OF_MAPS) })
HITS(values_of_array, { "type", type_number(2) },
     { "values", type_values(STRUCT({ "type", type_number(2) })) })
HITS(pinned_elsewhere, { "pinning", type_number(3) })
HITS(template_that_is_pinned, { "type", type_number(ARRAY_OF_MAPS) },
     { "values", type_values(STRUCT({ "pinning", type_number(1) })) })

static void template_of_templates(struct image *image)
{
	uint32_t inner, middle;

	types_begin();
	inner = STRUCT({ "type", type_number(2) });
	middle = STRUCT({ "type", type_number(ARRAY_OF_MAPS) }, { "values", type_values(inner) });
	map_hits(image, STRUCT({ "type", type_number(ARRAY_OF_MAPS) }, { "values", type_values(middle) }));
	types_end(image);
}

static void map_of_no_struct(struct image *image)
{
	types_begin();
	map_hits(image, TYPE_INT);
	types_end(image);
}

static void map_without_symbol(struct image *image)
{
	types_begin();
	map_hits(image, STRUCT({ "type", type_number(2) }));
	rename_symbol(image, (int)last_symbol(image), "miss");
	types_end(image);
}

static void map_listed_twice(struct image *image)
{
	static const char *const names[] = { "hits", "hits" };
	uint32_t variable;

	types_begin();
	variable = type_variable("hits", STRUCT({ "type", type_number(2) }));
	btf_image_type(&types, BTF_KIND_DATASEC, ".maps", 2, 0);
	for (uint32_t i = 0; i < 2; i++)
		btf_image_variable(&types, variable, 0, 8);
	maps_section(image, names, 2);
	types_end(image);
}

static void map_of_many_fields(struct image *image)
{
	struct type_member members[MAPDEF_FIELDS_MAX + 1];

	types_begin();
	for (uint32_t i = 0; i <= MAPDEF_FIELDS_MAX; i++)
		members[i] = (struct type_member){ "type", 0 };
	members[0].type = type_number(2);
	for (uint32_t i = 1; i <= MAPDEF_FIELDS_MAX; i++)
		members[i].type = members[0].type;
	map_hits(image, type_struct("", members, MAPDEF_FIELDS_MAX + 1));
	types_end(image);
}

static void map_of_no_variable(struct image *image)
{
	static const char *const names[] = { "hits" };

	types_begin();
	maps_section(image, names, 1);
	type_section(".maps", TYPE_INT, 1);
	types_end(image);
}

static void maps_not_described(struct image *image)
{
	static const char *const names[] = { "hits" };

	types_begin();
	maps_section(image, names, 1);
	types_end(image);
}

/* A relocation for byte `at` of the map, which goes against that symbol. */
static void initial_value(struct image *image, uint32_t type, uint64_t at, uint32_t symbol)
{
	uint32_t of = type == ARRAY_OF_MAPS ? STRUCT({ "type", type_number(2) }) : type_function();
	int maps = map_hits(image, STRUCT({ "type", type_number(type) }, { "values", type_values(of) }));

	rel_add(image, values_section(image, maps), at, symbol, 2);
	types_end(image);
}

static void value_before_values(struct image *image)
{
	types_begin();
	initial_value(image, ARRAY_OF_MAPS, 0, SYM_COUNTS);
}

static void value_far_behind(struct image *image)
{
	types_begin();
	initial_value(image, ARRAY_OF_MAPS, UINT64_MAX, SYM_COUNTS);
}

static void program_in_outer_map(struct image *image)
{
	types_begin();
	initial_value(image, ARRAY_OF_MAPS, 8, SYM_COUNT);
}

static void map_among_programs(struct image *image)
{
	types_begin();
	initial_value(image, BPF_MAP_TYPE_PROG_ARRAY, 8, SYM_COUNTS);
}

static void label_among_programs(struct image *image)
{
	types_begin();
	initial_value(image, BPF_MAP_TYPE_PROG_ARRAY, 8, SYM_LABEL);
}

static void value_of_no_symbol(struct image *image)
{
	types_begin();
	initial_value(image, BPF_MAP_TYPE_PROG_ARRAY, 8, 77);
}

/* ---- Maps in sections of their own ---- */

static void named_map(struct image *image, const void *def, size_t size)
{
	section_append(image, data_add(image, "maps/total", SHT_PROGBITS), def, size);
	image_lay_out(image);
}

struct named_def {
	uint32_t type, key_size, value_size, max_entries, flags, pinning;
	char namespace[8];
};

static void named_with_odd_size(struct image *image) { named_map(image, "a definition of 22 byte", 22); }

static void named_with_pinning(struct image *image)
{
	named_map(image, &(struct named_def){ 2, 4, 8, 1, 0, 3, "" }, sizeof(struct named_def));
}

static void named_out_of_namespace(struct image *image)
{
	named_map(image, &(struct named_def){ 2, 4, 8, 1, 0, 2, "../own" }, sizeof(struct named_def));
}

/* ---- Externs in BTF ---- */

/* The first load is of an extern of that type, listed in that section. */
static void load_extern(struct image *image, const char *section, const char *name, uint32_t type)
{
	type_section(section, type_variable(name, type), 1);
	symbol_add(image, name, STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0);
	load_symbol(image, 0, last_symbol(image));
	types_end(image);
}

static void kconfig_too_large(struct image *image)
{
	types_begin();
	load_extern(image, ".kconfig", "CONFIG_LOCALVERSION", btf_image_array(&types, TYPE_INT, 10000));
}

static void kconfig_without_size(struct image *image)
{
	types_begin();
	load_extern(image, ".kconfig", "CONFIG_LOCALVERSION", TYPE_CONST_VOID);
}

/* A variable of the kernel's cannot be called. */
static void call_of_variable(struct image *image)
{
	types_begin();
	load_extern(image, ".ksyms", "jiffies", TYPE_INT);
	load_symbol(image, 0, SYM_COUNTS);
	call_symbol(image, last_symbol(image), -1);
}

/* ---- Functions ---- */

static void load_inside_function(struct image *image)
{
	text_section(image);
	load_symbol(image, 0, last_symbol(image));
	INSN_AT(image, INSN_LOAD_COUNTS)->imm = 8;
	image_lay_out(image);
}

static void call_in_text_of_nothing(struct image *image)
{
	int text = text_section(image);

	AT(image, text, struct insn, TWICE_AT)->imm = ONCE_AT;
	image_lay_out(image);
}

/* The other one is of a file that was linked to it by hand. */
static void call_relocated_twice(struct image *image)
{
	text_section(image);
	call_symbol(image, last_symbol(image), -1);
	REL_AT(image, 0)->r_offset = INSN_MOVE * sizeof(struct insn);
	REL_AT(image, 0)->r_info = REL_INFO(last_symbol(image), R_BPF_64_32);
	image_lay_out(image);
}

/* ---- The table of refusals ---- */

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST "little"
#define OTHER "big"
#define OTHER_DATA 2
#define TARGET "bpfel"
#else
#define HOST "big"
#define OTHER "little"
#define OTHER_DATA 1
#define TARGET "bpfeb"
#endif

#define WANTED "expected a 64-bit " HOST "-endian ELF relocatable for eBPF"
#define COMPILE "compile it with: clang -O2 -target bpf -c PROGRAM.c -o PROGRAM.o"
#define NAME_THE_SECTION \
	"name it 'prog', or by where the program goes, as 'kprobe/FUNCTION': " \
	"__attribute__((section(\"prog\"), used))"
#define REL_0 "section 5 '.relprog': relocation 0: function 'count': instruction 0: "
#define REL_1 "section 5 '.relprog': relocation 1: function 'count': "
#define WANTED_REL ", expected one against a map, a variable or a function"
#define WHERE_THEY_STAND \
	"maps stand in 'maps' or '.maps', variables in .data, .rodata, .bss or .data.NAME"
#define HITS_SAY "map 'hits': "
#define VALUE_SAYS "section 10 '.rel.maps': relocation 0: "
#define CODE_NAMES "has no section 'prog', nor one of another kind of program; sections with code: "

static const struct refusal {
	const char *name;
	struct patch patch;
	const char *reason;
	const char *hint; /* NULL: none */
	int status;
} refusals[] = {
	/* Other files. */
	{ "an empty file", RUN(is_empty), "is empty, " WANTED, NULL, 3 },
	{ "LLVM bitcode", RUN(is_bitcode), "is LLVM bitcode, " WANTED, COMPILE, 3 },
	{ "LLVM bitcode in its wrapper", RUN(is_wrapped_bitcode), "is LLVM bitcode, " WANTED, COMPILE, 3 },
	{ "an archive", RUN(is_archive), "is an archive (ar), " WANTED, COMPILE, 3 },
	{ "a thin archive", RUN(is_thin_archive), "is a thin archive (ar), " WANTED, COMPILE, 3 },
	{ "gzip", RUN(is_gzip), "is compressed by gzip, " WANTED, COMPILE, 3 },
	{ "xz", RUN(is_xz), "is compressed by xz, " WANTED, COMPILE, 3 },
	{ "zstd", RUN(is_zstd), "is compressed by zstd, " WANTED, COMPILE, 3 },
	{ "a zip file", RUN(is_zip), "is a zip file, " WANTED, COMPILE, 3 },
	{ "a script", RUN(is_script), "is a script, " WANTED, COMPILE, 3 },
	{ "a C source", RUN(is_text), "is text, " WANTED, COMPILE, 3 },
	{ "a C source from elsewhere", RUN(is_dos_text), "is text, " WANTED, COMPILE, 3 },
	{ "one letter", RUN(is_one_letter), "is text, " WANTED, COMPILE, 3 },
	{ "a long text", RUN(is_long_text), "is text, " WANTED, COMPILE, 3 },
	{ "other bytes", RUN(is_binary), "is not an ELF file, " WANTED, COMPILE, 3 },
	{ "three bytes of ELF's four", RUN(is_almost_elf), "is not an ELF file, " WANTED, COMPILE, 3 },

	/* e_ident. */
	{ "cut in e_ident", RUN(cut_in_ident), "is truncated: 10 bytes, an ELF header has 64", NULL, 3 },
	{ "32-bit", SET_IDENT(EI_CLASS, ELFCLASS32), "is a 32-bit ELF file, " WANTED, NULL, 3 },
	{ "class 3", SET_IDENT(EI_CLASS, 3), "has ELF class 3, " WANTED, NULL, 3 },
	{ "the other byte order", SET_IDENT(EI_DATA, OTHER_DATA), "is " OTHER "-endian, " WANTED,
	  "compile it for this machine's byte order: -target " TARGET, 3 },
	{ "byte order 3", SET_IDENT(EI_DATA, 3), "has ELF byte order 3, " WANTED, NULL, 3 },
	{ "version 2 in e_ident", SET_IDENT(EI_VERSION, 2), "has ELF version 2, expected 1", NULL, 3 },

	/* The file header. */
	{ "cut in the header", RUN(cut_in_header), "is truncated: 63 bytes, an ELF header has 64", NULL, 3 },
	{ "an executable", SET_HEADER(e_type, ET_EXEC), "is an executable, " WANTED, NULL, 3 },
	{ "a shared object", SET_HEADER(e_type, ET_DYN),
	  "is a shared object or an executable, " WANTED, NULL, 3 },
	{ "a core dump", SET_HEADER(e_type, ET_CORE), "is a core dump, " WANTED, NULL, 3 },
	{ "type 0", SET_HEADER(e_type, 0), "has ELF type 0, " WANTED, NULL, 3 },
	{ "another machine", SET_HEADER(e_machine, EM_X86_64),
	  "is for machine 62 (x86-64), expected 247 (eBPF)", COMPILE, 3 },
	{ "an unknown machine", SET_HEADER(e_machine, 0xffff),
	  "is for machine 65535 (unknown), expected 247 (eBPF)", COMPILE, 3 },
	{ "version 0", SET_HEADER(e_version, 0), "has ELF version 0, expected 1", NULL, 3 },

	/* The section header table. Its offset is 504, the file's size 1080. */
	{ "no section headers", SET_HEADER(e_shoff, 0), "has no section headers", NULL, 3 },
	{ "32-bit section headers", SET_HEADER(e_shentsize, 40),
	  "section headers of 40 bytes, expected 64", NULL, 3 },
	{ "section headers at the end of 64 bits", SET_HEADER(e_shoff, UINT64_MAX),
	  "is truncated: section headers at offset 18446744073709551615, the file has 1080 bytes", NULL, 3 },
	{ "cut in the first section header", RUN(cut_before_table),
	  "is truncated: section headers at offset 504, the file has 567 bytes", NULL, 3 },
	{ "cut in the last section header", RUN(cut_in_table),
	  "is truncated: 9 section headers at offset 504, the file has 1079 bytes", NULL, 3 },
	{ "more section headers than bytes", SET_HEADER(e_shnum, 10),
	  "is truncated: 10 section headers at offset 504, the file has 1080 bytes", NULL, 3 },
	{ "section headers whose size wraps", RUN(too_many_sections),
	  "is truncated: 288230376151711745 section headers at offset 504, the file has 1080 bytes", NULL, 3 },
	{ "no sections", RUN(no_sections),
	  "section name table is section 8, out of range (file has 0)", NULL, 3 },

	/* Section names. */
	{ "section names out of range", SET_HEADER(e_shstrndx, 9),
	  "section name table is section 9, out of range (file has 9)", NULL, 3 },
	{ "section names in another kind of section", SET_HEADER(e_shstrndx, SEC_PROG),
	  "section name table is section 1 of type 1, expected 3 (SHT_STRTAB)", NULL, 3 },
	{ "section names outside of the file", SET_SECTION(SEC_SHSTRTAB, sh_offset, 1079),
	  "is truncated: section name table of 62 bytes at offset 1079, the file has 1080 bytes", NULL, 3 },
	{ "section names without an end", RUN(names_without_end),
	  "section name table, section 8, does not end in NUL", NULL, 3 },
	{ "section names of no bytes", RUN(names_of_no_bytes),
	  "section name table, section 8, does not end in NUL", NULL, 3 },

	/* Each section. */
	{ "a section's name out of range", SET_SECTION(SEC_MAPS, sh_name, 62),
	  "section 2: name at offset 62, the name table has 62 bytes", NULL, 3 },
	{ "a section longer than the file", SET_SECTION(SEC_MAPS, sh_size, 969),
	  "is truncated: section 2 'maps' has 969 bytes at offset 112, the file has 1080 bytes", NULL, 3 },
	{ "a section whose end wraps", SET_SECTION(SEC_MAPS, sh_size, UINT64_MAX - 100),
	  "is truncated: section 2 'maps' has 18446744073709551515 bytes at offset 112, the file has 1080 bytes",
	  NULL, 3 },
	{ "a section behind the file", SET_SECTION(SEC_LICENSE, sh_offset, 1081),
	  "is truncated: section 3 'license' has 4 bytes at offset 1081, the file has 1080 bytes", NULL, 3 },

	/* Symbols. */
	{ "two symbol tables", RUN(second_symtab), "has two symbol tables, sections 6 and 9", NULL, 3 },
	{ "symbols of another size", SET_SECTION(SEC_SYMTAB, sh_entsize, 16),
	  "section 6 '.symtab': 168 bytes of symbols of 16 bytes, expected a multiple of 24", NULL, 3 },
	{ "half a symbol", SET_SECTION(SEC_SYMTAB, sh_size, 167),
	  "section 6 '.symtab': 167 bytes of symbols of 24 bytes, expected a multiple of 24", NULL, 3 },
	{ "symbol names out of range", SET_SECTION(SEC_SYMTAB, sh_link, 9),
	  "section 6 '.symtab': string table is section 9, out of range (file has 9)", NULL, 3 },
	{ "symbol names in another kind of section", SET_SECTION(SEC_SYMTAB, sh_link, SEC_MAPS),
	  "section 6 '.symtab': string table is section 2 of type 1, expected 3 (SHT_STRTAB)", NULL, 3 },
	{ "symbol names without an end", RUN(strings_without_end),
	  "section 6 '.symtab': string table, section 7, does not end in NUL", NULL, 3 },
	{ "a symbol's name out of range", SET_SYMBOL(SYM_COUNT, st_name, 0xffffffff),
	  "symbol 3: its name is outside the string table of 38 bytes", NULL, 3 },
	{ "a tail call into no map", RUN(tail_call_of_no_map),
	  "section '8/0': no map of type prog_array in section 'maps' has id 8 and a place 0", NULL, 3 },
	{ "a tail call behind a map's end", RUN(tail_call_behind_the_end),
	  "section '7/2': no map of type prog_array in section 'maps' has id 7 and a place 2", NULL, 3 },
	{ "a tail call with no key", RUN(tail_call_of_words),
	  "section 9 '7/two': no kind of program has such a section", NAME_THE_SECTION, 3 },
	{ "a symbol's long name", RUN(symbol_name_long),
	  "symbol 2: its name has more than 2047 characters", NULL, 3 },
	{ "a section's long name", RUN(section_name_long),
	  "section 4: its name has more than 2047 characters", NULL, 3 },
	{ "no symbol table", SET_SECTION(SEC_SYMTAB, sh_type, SHT_PROGBITS),
	  "has no symbol table: was it stripped?", NULL, 3 },

	/* Relocations. */
	{ "relocations of another size", SET_SECTION(SEC_REL, sh_entsize, 24),
	  "section 5 '.relprog': 32 bytes of relocations of 24 bytes, expected a multiple of 16", NULL, 3 },
	{ "relocations of another type", SET_SECTION(SEC_REL, sh_type, SHT_RELA),
	  "section 5 '.relprog': 32 bytes of relocations of 16 bytes, expected a multiple of 24", NULL, 3 },
	{ "half a relocation", SET_SECTION(SEC_REL, sh_size, 31),
	  "section 5 '.relprog': 31 bytes of relocations of 16 bytes, expected a multiple of 16", NULL, 3 },

	/* Sections by name. */
	{ "two sections 'maps'", RUN(second_maps), "has two sections 'maps', 2 and 4", NULL, 3 },
	{ "'maps' without bytes", SET_SECTION(SEC_MAPS, sh_type, SHT_NOBITS),
	  "section 2 'maps' is of type 8, expected 1 (SHT_PROGBITS)", NULL, 3 },
	{ "a section of no kind, with a hostile name", RUN(hostile_prog),
	  CODE_NAMES "'a\\x0a\\x1b[2J'", NAME_THE_SECTION, 3 },
	{ "no code at all", RUN(no_code), CODE_NAMES "none", NAME_THE_SECTION, 3 },
	{ "code in '.text' only", RUN(only_text), CODE_NAMES "'.text'", NAME_THE_SECTION, 3 },
	{ "an empty 'prog'", RUN(prog_empty), CODE_NAMES "none", NAME_THE_SECTION, 3 },
	{ "a section of no kind that nobody calls", RUN(function_in_other),
	  "section 9 'other': no kind of program has such a section", NAME_THE_SECTION, 3 },
	{ "another section of no kind", RUN(code_in_other),
	  "section 9 'prog2': no kind of program has such a section", NAME_THE_SECTION, 3 },

	/* Maps. */
	{ "maps that differ in size", SET_SYMBOL(SYM_NAMES, st_size, 28),
	  "section 2 'maps': maps 'counts' (36 bytes) and 'names' (28 bytes) differ in size", NULL, 3 },
	{ "no symbol for a map", RUN(no_map_symbols),
	  "section 2 'maps': 72 bytes and no symbol for a map", NULL, 3 },
	{ "maps that do not divide", RUN(maps_undivided),
	  "section 2 'maps': 71 bytes do not divide among 2 map symbols", NULL, 3 },
	{ "map definitions of 12 bytes", RUN(maps_too_small),
	  "section 2 'maps': map definitions of 12 bytes, expected 16 to 36 in steps of 4 (struct bpf_elf_map)",
	  NULL, 3 },
	{ "one map, of 12 bytes", RUN(one_map_of_12),
	  "section 2 'maps': map definitions of 12 bytes, expected 16 to 36 in steps of 4 (struct bpf_elf_map)",
	  NULL, 3 },
	{ "map definitions of 40 bytes", RUN(maps_too_large),
	  "section 2 'maps': map definitions of 40 bytes, expected 16 to 36 in steps of 4 (struct bpf_elf_map)",
	  NULL, 3 },
	{ "map definitions of 18 bytes", RUN(maps_odd),
	  "section 2 'maps': map definitions of 18 bytes, expected 16 to 36 in steps of 4 (struct bpf_elf_map)",
	  NULL, 3 },
	{ "one symbol for two maps", RUN(one_symbol_for_two),
	  "section 2 'maps': map definitions of 72 bytes, expected 16 to 36 in steps of 4 (struct bpf_elf_map)",
	  "each map needs a symbol, a variable of its own", 3 },
	{ "a part of a map", RUN(maps_remainder),
	  "section 2 'maps': 72 bytes, not a multiple of the 20 of one map", NULL, 3 },
	{ "16385 maps", RUN(maps_too_many), "section 2 'maps': 16385 maps, at most 16384", NULL, 3 },
	{ "a map's symbol behind the section", SET_SYMBOL(SYM_NAMES, st_value, 72),
	  "section 2 'maps': map 'names' at offset 72, the section has 72 bytes", NULL, 3 },
	{ "a map's symbol off the grid", SET_SYMBOL(SYM_NAMES, st_value, 35),
	  "section 2 'maps': map 'names' at offset 35, not on the grid of 36 bytes a map", NULL, 3 },
	{ "two symbols on one map", SET_SYMBOL(SYM_NAMES, st_value, 0),
	  "section 2 'maps': two symbols, 'counts' and 'names', name the map at offset 0", NULL, 3 },
	{ "a map without a symbol", RUN(map_unnamed),
	  "section 2 'maps': the map at offset 36 has no symbol", NULL, 3 },
	{ "pinning 3", SET_MAP(MAP_COUNTS, pinning, 3),
	  "map 'counts': pinning 3, expected 0 (none), 1 (/sys/fs/bpf) or 2 (/sys/fs/bpf/tc/globals)", NULL, 3 },
	{ "a pinned map with an empty name", RUN(pin_name_empty),
	  "map '': cannot be pinned: its name is empty", NULL, 3 },
	{ "a pinned map with '.' in its name", RUN(pin_name_dot),
	  "map 'names.of': cannot be pinned: '.' in its name, which the bpf file system refuses", NULL, 3 },
	{ "a pinned map with '../' in its name", RUN(pin_name_up),
	  "map '../names': cannot be pinned: '.' in its name, which the bpf file system refuses", NULL, 3 },
	{ "a pinned map with '/' in its name", RUN(pin_name_slash),
	  "map '/etc': cannot be pinned: '/' in its name, which the bpf file system refuses", NULL, 3 },
	{ "a pinned map with a name of 256", RUN(pin_name_long),
	  "map '" NAME_64 NAME_64 NAME_16 NAME_16 "...': cannot be pinned: its name has 256 characters, at most 255", NULL, 3 },
	{ "a map of maps whose inner map is missing", RUN(outer_without_inner),
	  "map 'counts': is a map of maps with inner_id 7, and no map has that id", NULL, 3 },
	{ "a map of maps that is its own inner map", RUN(outer_of_itself),
	  "map 'counts': is a map of maps with inner_id 7, and no map has that id", NULL, 3 },
	{ "a map of maps of maps", RUN(outer_of_outer),
	  "map 'counts': its inner map 'names' is a map of maps itself", NULL, 3 },
	{ "inner_id without a map of maps", SET_MAP(MAP_COUNTS, inner_id, 7),
	  "map 'counts': has inner_id 7, but type 2 is no map of maps", NULL, 3 },
	{ "inner_idx for another size of key", RUN(inner_with_wide_key),
	  "map 'names': inner_idx 3 is a key of 4 bytes, map 'counts' has keys of 8", NULL, 3 },

	/* The program. */
	{ "a part of an instruction", RUN(prog_odd),
	  "section 1 'prog': 47 bytes, not a multiple of the 8 of one instruction", NULL, 3 },
	{ "two functions in 'prog'", RUN(two_functions),
	  "section 1 'prog': has two functions, 'count' and 'helper', expected one",
	  "one section holds one program; functions that it calls must be inlined: "
	  "static inline __attribute__((always_inline))", 3 },
	{ "functions that overlap", RUN(overlapping_functions),
	  "functions 'count' and 'helper' overlap in section 'prog'", NULL, 3 },
	{ "no function", SET_SYMBOL(SYM_COUNT, st_shndx, SEC_LICENSE),
	  "section 1 'prog': has no function symbol", NULL, 3 },
	{ "a function that ends behind its section", SET_SYMBOL(SYM_COUNT, st_value, 8),
	  "function 'count' has 48 bytes at offset 8, section 'prog' has 48", NULL, 3 },
	{ "a function between instructions", SET_SYMBOL(SYM_COUNT, st_value, 4),
	  "function 'count' has 48 bytes at offset 4, section 'prog' has 48", NULL, 3 },
	{ "a function of half an instruction", SET_SYMBOL(SYM_COUNT, st_size, 44),
	  "function 'count' has 44 bytes at offset 0, section 'prog' has 48", NULL, 3 },
	{ "a call with an offset", RUN(call_with_offset),
	  "section 1 'prog': function 'count': instruction 4: call with offset 1, expected 0", NULL, 3 },
	{ "a call of no function", RUN(call_of_nothing),
	  "section 1 'prog': function 'count': instruction 4: calls instruction 2, where no function starts",
	  NULL, 3 },
	{ "a load of a descriptor", RUN(load_of_descriptor),
	  "section 1 'prog': function 'count': instruction 2: 64-bit load with source register 1, expected 0 in a file",
	  NULL, 3 },

	/* Relocations: the place. */
	{ "a relocation between instructions", SET_REL(1, r_offset, 12),
	  "section 5 '.relprog': relocation 1: offset 12 is no instruction of section 'prog' (6 instructions of 8 bytes)",
	  NULL, 3 },
	{ "a relocation behind the program", SET_REL(1, r_offset, 48),
	  "section 5 '.relprog': relocation 1: offset 48 is no instruction of section 'prog' (6 instructions of 8 bytes)",
	  NULL, 3 },
	{ "a relocation of another instruction", SET_REL(1, r_offset, INSN_MOVE * 8),
	  REL_1 "instruction 4: R_BPF_64_64 on an instruction with code 0xb7, expected 0x18, a 64-bit load", NULL, 3 },
	{ "a relocation of half a load", RUN(load_cut_off),
	  REL_1 "instruction 5: R_BPF_64_64 on an instruction with code 0x18, expected 0x18, a 64-bit load", NULL, 3 },
	{ "a load inside of a load", RUN(load_in_load),
	  "section 1 'prog': function 'count': instruction 0: second half of a 64-bit load with code 0x18, expected 0",
	  NULL, 3 },
	{ "a load relocated twice", SET_REL(1, r_offset, 0), REL_1 "instruction 0: is relocated twice", NULL, 3 },
	{ "relocations with another symbol table", SET_SECTION(SEC_REL, sh_link, SEC_STRTAB),
	  "section 5 '.relprog': its symbol table is section 7, expected 6", NULL, 3 },

	/* Relocations: what for. */
	{ "a relocation's symbol out of range", SET_REL(0, r_info, REL_INFO(7, R_BPF_64_64)),
	  "section 5 '.relprog': relocation 0: symbol 7 out of range (table has 7)", NULL, 3 },
	{ "R_BPF_NONE", SET_REL(0, r_info, REL_INFO(SYM_COUNTS, 0)),
	  REL_0 "R_BPF_NONE (type 0) against 'counts' in section 'maps'" WANTED_REL, NULL, 3 },
	{ "R_BPF_64_ABS64", SET_REL(0, r_info, REL_INFO(SYM_COUNTS, 2)),
	  REL_0 "R_BPF_64_ABS64 (type 2) against 'counts' in section 'maps'" WANTED_REL, NULL, 3 },
	{ "R_BPF_64_ABS32", SET_REL(0, r_info, REL_INFO(SYM_COUNTS, 3)),
	  REL_0 "R_BPF_64_ABS32 (type 3) against 'counts' in section 'maps'" WANTED_REL, NULL, 3 },
	{ "R_BPF_64_NODYLD32", SET_REL(0, r_info, REL_INFO(SYM_COUNTS, 4)),
	  REL_0 "R_BPF_64_NODYLD32 (type 4) against 'counts' in section 'maps'" WANTED_REL, NULL, 3 },
	{ "R_BPF_64_32 on a load", SET_REL(0, r_info, REL_INFO(SYM_COUNT, 10)),
	  REL_0 "R_BPF_64_32 (type 10) against 'count' in section 'prog'" WANTED_REL, NULL, 3 },
	{ "a relocation of another kind", SET_REL(0, r_info, REL_INFO(SYM_COUNTS, 99)),
	  REL_0 "unknown (type 99) against 'counts' in section 'maps'" WANTED_REL, NULL, 3 },
	{ "a symbol in another section", SET_REL(0, r_info, REL_INFO(SYM_LICENSE, R_BPF_64_64)),
	  REL_0 "R_BPF_64_64 (type 1) against '_license' in section 'license'" WANTED_REL, WHERE_THEY_STAND, 3 },
	{ "an extern", RUN(against_extern),
	  REL_0 "R_BPF_64_64 (type 1) against 'printf' (undefined)" WANTED_REL,
	  "'printf' is extern: nothing in this object defines it, and no BTF says where the kernel has it; "
	  "'bpftool gen object' links it with one that does", 3 },
	{ "a call of an extern", RUN(call_extern),
	  REL_1 "instruction 4: R_BPF_64_32 (type 10) against 'printf' (undefined)" WANTED_REL,
	  "'printf' is extern: nothing in this object defines it, and no BTF says where the kernel has it; "
	  "'bpftool gen object' links it with one that does", 3 },
	{ "a call of a map", RUN(call_map),
	  REL_1 "instruction 4: R_BPF_64_32 (type 10) against 'counts' in section 'maps'" WANTED_REL, NULL, 3 },
	{ "a common variable", RUN(against_common), REL_0 "R_BPF_64_64 (type 1) against 'total'" WANTED_REL,
	  "give the variable a value, or compile with -fno-common", 3 },
	{ "a variable in an empty section", RUN(against_data),
	  REL_0 "section 9 has 0 bytes of variables, expected 1 to 2147483647", NULL, 3 },
	{ "a variable behind its section", RUN(behind_bss),
	  REL_0 "offset 9 in section '.bss', which has 8 bytes", NULL, 3 },
	{ "a BTF-defined map without BTF", RUN(against_btf_map),
	  "section 9 '.maps': needs BTF, and the file has no section '.BTF'", "compile it with -g, by GCC with -gbtf", 3 },
	{ "BTF that is none", RUN(with_bad_btf),
	  "section 9 '.maps': section 10 '.BTF': is truncated: 4 bytes, its header has 24", NULL, 3 },
	{ "a map in a section of its own, too small", RUN(named_too_small),
	  "section 9 'maps/total': 16 bytes, expected one struct bpf_map_def of at least 20", NULL, 3 },
	{ "a call inside of a function of '.text'", RUN(call_into_text),
	  REL_1 "instruction 4: no function starts at instruction 3 of section '.text'", NULL, 3 },
	{ "a symbol in a section without a name", RUN(against_nameless),
	  REL_0 "R_BPF_64_64 (type 1) against 'total' in section ''" WANTED_REL,
	  WHERE_THEY_STAND, 3 },
	{ "a symbol in a section out of range", RUN(against_nowhere),
	  REL_0 "R_BPF_64_64 (type 1) against 'total'" WANTED_REL, NULL, 3 },
	{ "an absolute symbol", RUN(against_absolute),
	  REL_0 "R_BPF_64_64 (type 1) against 'total'" WANTED_REL, NULL, 3 },
	{ "a map without a section 'maps'", RUN(without_maps),
	  REL_0 "R_BPF_64_64 (type 1) against 'counts' in section 'mapz'" WANTED_REL,
	  WHERE_THEY_STAND, 3 },
	{ "a relocation inside of a map", SET_INSN(INSN_LOAD_COUNTS, imm, 35),
	  REL_0 "offset 35 in section 'maps' is inside of map 'counts', expected its start", NULL, 3 },
	{ "a relocation behind the maps", SET_INSN(INSN_LOAD_COUNTS, imm, 72),
	  REL_0 "offset 72 in section 'maps', which has 72 bytes of maps", NULL, 3 },
	{ "a relocation before the maps", SET_INSN(INSN_LOAD_COUNTS + 1, imm, 0xffffffff),
	  REL_0 "offset -4294967296 in section 'maps', which has 72 bytes of maps", NULL, 3 },
	{ "variables of an arena that is missing", RUN(variables_without_arena),
	  REL_0 "variables in section '.addr_space.1', and no map of type arena for them", NULL, 3 },
	{ "a jump table without places", RUN(jump_table_empty),
	  REL_0 "jump table 'BPF.JT.0.0' has 0 bytes at offset 0, its section 16, other tables 0 of them",
	  NULL, 3 },
	{ "a jump table of one place and a half", RUN(jump_table_uneven),
	  REL_0 "jump table 'BPF.JT.0.0' has 12 bytes at offset 0, its section 16, other tables 0 of them",
	  NULL, 3 },
	{ "a jump table outside of its section", RUN(jump_table_outside),
	  REL_0 "jump table 'BPF.JT.0.0' has 16 bytes at offset 8, its section 16, other tables 0 of them",
	  NULL, 3 },
	{ "jump tables that overlap", RUN(jump_tables_overlap),
	  REL_1 "instruction 2: jump table 'BPF.JT.0.1' has 8 bytes at offset 8, its section 16, "
	  "other tables 16 of them", NULL, 3 },
	{ "a jump table of two functions", RUN(jump_table_of_two),
	  "section 5 '.relprog': relocation 1: function 'next': instruction 2: "
	  "jump table 'BPF.JT.0.0' is another function's", NULL, 3 },
	{ "a jump into an instruction", RUN(jump_misaligned),
	  REL_0 "place 1 of the jump table is at offset 12, which is no instruction of function 'count' "
	  "(6 from 0 on)", NULL, 3 },
	{ "a jump out of the function", RUN(jump_out_of_function),
	  REL_0 "place 0 of the jump table is at offset 48, which is no instruction of function 'count' "
	  "(6 from 0 on)", NULL, 3 },
	{ "a map in an empty section 'maps'", RUN(maps_empty),
	  REL_0 "R_BPF_64_64 (type 1) against 'counts' in section 'maps'" WANTED_REL,
	  WHERE_THEY_STAND, 3 },

	/* Maps in BTF. */
	{ "a key that is no pointer", RUN(key_of_no_pointer), HITS_SAY "'key' is no pointer to a complete type", NULL, 3 },
	{ "a value of no size", RUN(value_of_no_size), HITS_SAY "'value' is no pointer to a complete type", NULL, 3 },
	{ "a key of two sizes", RUN(key_of_two_sizes), HITS_SAY "key_size is 8, and its type has 4 bytes", NULL, 3 },
	{ "values that are no array", RUN(values_of_no_array),
	  HITS_SAY "'values' is no array of pointers to maps or programs", NULL, 3 },
	{ "values that are numbers", RUN(values_of_numbers),
	  HITS_SAY "'values' is no array of pointers to maps or programs", NULL, 3 },
	{ "a type that is no number", RUN(type_of_no_number),
	  HITS_SAY "'type' is no number, as __uint() makes it", NULL, 3 },
	{ "a type that is a pointer", RUN(type_of_pointer),
	  HITS_SAY "'type' is no number, as __uint() makes it", NULL, 3 },
	{ "an unknown field of a map", RUN(map_with_colour), HITS_SAY "has an unknown field 'colour'", NULL, 3 },
	{ "a map of maps of nothing", RUN(outer_of_nothing),
	  HITS_SAY "is a map of maps, and has no 'values' to say of which", NULL, 3 },
	{ "maps in an array", RUN(values_of_array),
	  HITS_SAY "has 'values' that are maps, but type 2 is no map of maps", NULL, 3 },
	{ "pinning 3 in BTF", RUN(pinned_elsewhere),
	  HITS_SAY "pinning 3, expected 0 (none), 1 (/sys/fs/bpf) or 2 (/sys/fs/bpf/tc/globals)", NULL, 3 },
	{ "a template that is pinned", RUN(template_that_is_pinned),
	  HITS_SAY "pins its inner map, which is a template only", NULL, 3 },
	{ "a map of maps of maps in BTF", RUN(template_of_templates), HITS_SAY "is a map of maps of maps", NULL, 3 },
	{ "a map that is a number", RUN(map_of_no_struct), "section 9 '.maps': map 'hits' is no struct", NULL, 3 },
	{ "a BTF-defined map without a symbol", RUN(map_without_symbol),
	  "section 9 '.maps': map 'hits' has no symbol in it, or is listed twice", NULL, 3 },
	{ "a BTF-defined map that is listed twice", RUN(map_listed_twice),
	  "section 9 '.maps': map 'hits' has no symbol in it, or is listed twice", NULL, 3 },
	{ "a BTF-defined map of many fields", RUN(map_of_many_fields), HITS_SAY "has 65 fields, at most 64", NULL, 3 },
	{ "a map that is no variable", RUN(map_of_no_variable),
	  "section 9 '.maps': its BTF lists type 1, which is no variable", NULL, 3 },
	{ "maps that BTF does not describe", RUN(maps_not_described),
	  "section 9 '.maps': its maps are not described in BTF", NULL, 3 },
	{ "an initial value before a map's values", RUN(value_before_values),
	  VALUE_SAYS "offset 0 is no initial value of a map", NULL, 3 },
	{ "an initial value far behind", RUN(value_far_behind),
	  VALUE_SAYS "offset 18446744073709551615 is no initial value of a map", NULL, 3 },
	{ "a program in a map of maps", RUN(program_in_outer_map),
	  VALUE_SAYS "R_BPF_64_ABS64 (type 2) against 'count' in section 'prog'" WANTED_REL, NULL, 3 },
	{ "a map among programs", RUN(map_among_programs),
	  VALUE_SAYS "R_BPF_64_ABS64 (type 2) against 'counts' in section 'maps'" WANTED_REL, NULL, 3 },
	{ "a label among programs", RUN(label_among_programs),
	  VALUE_SAYS "no function starts at instruction 4 of section 'prog'", NULL, 3 },
	{ "an initial value of no symbol", RUN(value_of_no_symbol),
	  VALUE_SAYS "symbol 77 out of range (table has 8)", NULL, 3 },

	/* Maps in sections of their own. */
	{ "a map in a section of its own, of 22 bytes", RUN(named_with_odd_size),
	  "section 9 'maps/total': 22 bytes, expected one struct bpf_map_def of at least 20", NULL, 3 },
	{ "a map in a section of its own, with pinning 3", RUN(named_with_pinning),
	  "map 'total': pinning 3, expected 0 (none), 1 (/sys/fs/bpf) or 2 (/sys/fs/bpf/tc/globals)", NULL, 3 },
	{ "a map in a section of its own, pinned elsewhere", RUN(named_out_of_namespace),
	  "map 'total': cannot be pinned: '.' in its name, which the bpf file system refuses", NULL, 3 },

	/* Externs in BTF, functions. */
	{ "a value of the configuration that is too large", RUN(kconfig_too_large),
	  REL_0 "extern 'CONFIG_LOCALVERSION': has 40000 bytes, expected 1 to 32767", NULL, 3 },
	{ "a value of the configuration without a size", RUN(kconfig_without_size),
	  REL_0 "extern 'CONFIG_LOCALVERSION': has 0 bytes, expected 1 to 32767", NULL, 3 },
	{ "a call of a variable of the kernel's", RUN(call_of_variable),
	  REL_1 "instruction 4: R_BPF_64_32 (type 10) against 'jiffies' (undefined)" WANTED_REL,
	  "'jiffies' is extern: nothing in this object defines it, and no BTF says where the kernel has it; "
	  "'bpftool gen object' links it with one that does", 3 },
	{ "a load of the inside of a function", RUN(load_inside_function),
	  REL_0 "no function starts at instruction 1 of section '.text'", NULL, 3 },
	{ "a call between functions of '.text'", RUN(call_in_text_of_nothing),
	  "section 9 '.text': function 'twice': instruction 0: calls instruction 3, where no function starts", NULL, 3 },
	{ "a call relocated twice", RUN(call_relocated_twice), REL_1 "instruction 4: is relocated twice", NULL, 3 },
};

#define NR_REFUSALS (sizeof(refusals) / sizeof(refusals[0]))

#endif
