/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * object.h - from an ELF view to an object: specs of its maps, functions,
 * programs and externs, its instructions with every relocation resolved.
 *
 * Pure: no system call, no print, the same result on every machine. What it
 * returns is copied out of the file into the arena; names point into the file's
 * string tables. In the instructions, indexes stand for what is not there yet:
 *
 *	64-bit load, src_reg	INSN_PSEUDO_MAP_FD     imm: a map
 *				INSN_PSEUDO_MAP_VALUE  imm: a map; next imm: an offset in it
 *				INSN_PSEUDO_FUNC       imm: a function
 *				INSN_PSEUDO_EXTERN     imm: an extern
 *				INSN_PSEUDO_JUMPS      imm: a jump table
 *	call, src_reg		INSN_PSEUDO_CALL       imm: a function
 *				INSN_PSEUDO_KFUNC_CALL imm: an extern
 *
 * Two styles meet here, tc's (iproute2's bpf_elf.h: "maps", and here "prog") and
 * libbpf's (".maps", sections that say what a program is for, BTF).
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "btf.h"
#include "elf64.h"
#include "insn.h"
#include "kinds.h"
#include "mapdef.h"

/* ---- The object ---- */

/* A section with instructions. */
struct object_code {
	uint32_t section_idx;
	const char *name;
	struct insn *insns;
	uint32_t nr_insns;
	uint32_t first_function, nr_functions; /* in the order of their starts */
	bool is_used;       /* it holds a program that is wanted, or what such a one calls */
	bool is_of_no_kind; /* its name is no program's: it may hold what programs call */
	bool is_emptied;    /* it is another tool's, and only that one can relocate it */
	struct btf_ext_section ext[BTF_EXT_NR_TABLES]; /* what .BTF.ext says of it; nr 0: nothing */
};

/* A function: a program, or what programs call. */
struct object_function {
	const char *name;
	uint32_t code;         /* index of its section's code */
	uint32_t start;        /* its first instruction there */
	uint32_t nr_insns;
	uint32_t symbol_idx;
	bool is_static;
	bool is_untyped;       /* STT_NOTYPE: it may be a label */
	bool is_program;       /* the kernel is to run it: it is one of object->programs */
	bool is_named;         /* an instruction calls or names it, or a map holds it */
	uint32_t callback_plus_1; /* a program's: the function that runs where it throws; 0: none */
	struct insn *tail;     /* what stands behind them in a program, not in the section */
	uint32_t nr_tail;
};

/* A function that the kernel is to run. */
struct object_program {
	const char *name;
	const char *section;
	struct kind_match match; /* what the section's name says */
	uint32_t function;
	bool is_tail;            /* tc's "ID/KEY": others call it, and it has no other place */
};

enum object_extern_kind {
	EXTERN_KCONFIG, /* a value of the kernel's configuration, in the map of that name */
	EXTERN_KSYM,    /* a symbol of the kernel's: its address, or with a type a variable */
	EXTERN_KFUNC,   /* a function of the kernel's that programs may call */
};

struct object_extern {
	const char *name;
	enum object_extern_kind kind;
	bool is_weak;          /* zero when it is missing */
	uint32_t type;         /* BTF id of its type; 0: an address without one */
	uint32_t offset, size; /* EXTERN_KCONFIG: where in the map */
};

/* Where an indirect goto may go, by its index (clang 22 for -mcpu=v4): places in one function. */
struct object_jumps {
	uint32_t function;
	struct view places;    /* of 64 bits: offsets in the function's section */
};

/* A section of variables. */
struct object_data {
	uint32_t datasec;      /* BTF id of the list of them; 0: there is none */
	uint32_t map_plus_1;   /* its map; 0 while nothing refers to it */
};

/*
 * A call of an extern that is missing, plus its index: the verifier refuses it
 * where it is reached, and names the number. libbpf marks it alike.
 */
#define EXTERN_POISON 2002000000U

#define OBJECT_NONE UINT32_MAX

struct object {
	struct object_maps maps;
	struct object_code *codes;
	uint32_t nr_codes;
	struct object_function *functions;
	uint32_t nr_functions;
	struct object_program *programs;
	uint32_t nr_programs;
	struct object_extern *externs;
	uint32_t nr_externs;
	struct object_jumps *jumps;
	uint32_t nr_jumps;
	uint32_t kconfig_map;  /* OBJECT_NO_MAP when there is none */
	const char *license;   /* "" when the file has none */
	uint32_t version;      /* as the file says; 0 when it does not */
	bool has_btf;
	bool has_calls;        /* some function calls or names another one, has a tail or jumps */
	struct btf btf;
	struct btf_ext btf_ext; /* empty when the file has none */
	struct object_data *data; /* for each section of the file, if it is one of variables */
};

/* What a section is to us. */
enum object_role { ROLE_NONE, ROLE_CODE, ROLE_MAPS, ROLE_DATA };

struct object_section {
	enum object_role role;
	uint32_t code;             /* ROLE_CODE: index of the code */
	struct mapdef_range maps;  /* ROLE_MAPS: what it defines */
};

/* The sections in which BTF lists externs: .kconfig, .ksyms. */
#define OBJECT_NR_DESCRIBED 2

/* What only the parser needs to know. idx 0 (SHN_UNDEF) where the file has no such section. */
struct object_parser {
	const struct elf *elf;
	struct arena *arena;
	struct object *object;
	struct object_section *sections; /* one for each of the file's */
	struct names described[OBJECT_NR_DESCRIBED]; /* BTF's externs, once one is asked for */
	uint32_t *extern_plus_1; /* each BTF type's extern; NULL: not yet asked for */
	uint32_t *jumps_plus_1;  /* the same for the jump table at each place of .jumptables */
	uint64_t jumps_size; /* of all of them */
	struct elf_section legacy_maps;
	struct elf_section btf_maps;
	struct elf_section license;
	struct elf_section version;
	struct elf_section btf;
	struct elf_section btf_ext;
	struct elf_section comment;
	struct elf_section jumptables;
	bool adds_values;        /* the assembler has, to loads: object_adds_values() */
};

SELDOM int object_out_of_memory(struct why *why)
{
	return mapdef_out_of_memory(why);
}

/* ---- Sections ---- */

/* The names of all sections with code, as a list for a message. */
SELDOM void object_list_code(const struct elf *elf, struct text *out)
{
	struct elf_section section;

	text_clear(out);
	for (uint32_t i = 0; elf_section_get(elf, i, &section) && !out->cut; i++)
		if (elf_section_has_code(&section))
			text_addf(out, "%s'%s'", out->len ? ", " : "", section.name);
}

/* Sections that are there once, and what they must be. Returns 0 for every other name. */
static inline int object_note_section(struct object_parser *parser,
				      const struct elf_section *section, struct why *why)
{
	const struct {
		const char *name;
		struct elf_section *section;
	} wanted[] = {
		{ "maps", &parser->legacy_maps }, { ".maps", &parser->btf_maps },
		{ "license", &parser->license },  { "version", &parser->version },
		{ ".BTF", &parser->btf },         { ".BTF.ext", &parser->btf_ext },
		{ ".comment", &parser->comment }, { ".jumptables", &parser->jumptables },
	};

	for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
		if (strcmp(section->name, wanted[k].name) != 0)
			continue;
		if (wanted[k].section->idx)
			return why_bad(why, "has two sections '%s', %u and %u",
				       section->name, wanted[k].section->idx, section->idx);
		if (section->header.sh_type != SHT_PROGBITS)
			return why_bad(why,
				       "section %u '%s' is of type %u, expected %u (SHT_PROGBITS)",
				       section->idx, section->name, section->header.sh_type,
				       SHT_PROGBITS);
		*wanted[k].section = *section;
	}
	return 0;
}

static inline bool object_is_named(const char *name, const char *base)
{
	size_t len = strlen(base);

	return strncmp(name, base, len) == 0 && (!name[len] || name[len] == '.');
}

#define ARENA_SECTION ".addr_space.1" /* the variables that clang 19 places in an arena */

/* .data, .rodata, .bss, and their like with a suffix; an arena's. */
static inline bool object_is_data(const struct elf_section *section)
{
	if (section->header.sh_type == SHT_NOBITS)
		return object_is_named(section->name, ".bss");
	return section->header.sh_type == SHT_PROGBITS &&
	       (object_is_named(section->name, ".data") ||
		object_is_named(section->name, ".rodata") ||
		strcmp(section->name, ARENA_SECTION) == 0);
}

/* tc's "prog" may lack the flag. */
static inline bool object_is_code(const struct elf_section *section)
{
	return elf_section_has_code(section) ||
	       (strcmp(section->name, "prog") == 0 && section->header.sh_type == SHT_PROGBITS &&
		section->data.size > 0);
}

static inline int object_find_sections(struct object_parser *parser, struct why *why)
{
	const struct elf *elf = parser->elf;
	struct elf_section section;

	parser->sections = arena_take(parser->arena, elf->nr_sections, sizeof(*parser->sections));
	if (!parser->sections)
		return object_out_of_memory(why);
	for (uint32_t i = 1; elf_section_get(elf, i, &section); i++) {
		int err = object_note_section(parser, &section, why);

		if (err)
			return err;
		if (object_is_code(&section))
			parser->sections[i].role = ROLE_CODE;
		else if (object_is_data(&section))
			parser->sections[i].role = ROLE_DATA;
	}
	if (!elf->symtab_idx)
		return why_bad(why, "has no symbol table: was it stripped?");
	return 0;
}

/* The licence as it stands there, up to its NUL; the kernel itself takes 127 characters at most. */
static inline int object_read_license(const struct elf_section *section, struct arena *arena,
				      const char **out, struct why *why)
{
	char *license;

	*out = "";
	if (!section->idx)
		return 0;
	license = arena_take(arena, section->data.size + 1, 1);
	if (!license)
		return object_out_of_memory(why);
	view_copy(section->data, 0, license, (size_t)section->data.size);
	*out = license;
	return 0;
}

/* ---- BTF ---- */

static inline int object_read_btf(const struct object_parser *parser, struct btf *out,
				  struct why *why)
{
	int err = btf_open(parser->btf.data, NULL, parser->arena, out, why);

	return err ? err : btf_check(out, why);
}

/*
 * Much needs no BTF: one that cannot be read is none, until something needs it,
 * and object_need_btf() says what is wrong with it.
 */
static inline void object_open_btf(const struct object_parser *parser)
{
	struct object *object = parser->object;

	if (!parser->btf.idx)
		return;
	object->has_btf = object_read_btf(parser, &object->btf, NULL) == 0;
	if (object->has_btf && parser->btf_ext.idx &&
	    btf_ext_open(parser->btf_ext.data, &object->btf, &object->btf_ext, NULL) != 0)
		object->btf_ext = (struct btf_ext){ 0 };
}

SELDOM int object_need_btf(const struct object_parser *parser, struct why *why)
{
	struct btf unused;

	if (parser->object->has_btf)
		return 0;
	if (!parser->btf.idx) {
		why_bad(why, "needs BTF, and the file has no section '.BTF'");
		why_hint(why, "compile it with -g, by GCC with -gbtf");
		return -ENOEXEC;
	}
	object_read_btf(parser, &unused, why);
	return why_subject(why, -ENOEXEC, "section %u '.BTF'", parser->btf.idx);
}

/* ---- Code ---- */

static inline int object_copy_code(struct object_parser *parser, const struct elf_section *section,
				   struct why *why)
{
	struct object *object = parser->object;
	uint64_t nr_insns = section->data.size / sizeof(struct insn);
	struct object_code *code;

	if (section->data.size % sizeof(struct insn) != 0 || nr_insns > INT32_MAX)
		return why_bad(why, "section %u '%s': %llu bytes, "
			       "not a multiple of the %zu of one instruction",
			       section->idx, section->name, (unsigned long long)section->data.size,
			       sizeof(struct insn));
	object->codes = arena_grow(parser->arena, object->codes, object->nr_codes, sizeof(*code));
	if (!object->codes)
		return object_out_of_memory(why);
	parser->sections[section->idx].code = object->nr_codes;
	code = &object->codes[object->nr_codes++];
	*code = (struct object_code){
		.section_idx = section->idx,
		.name = section->name,
		.nr_insns = (uint32_t)nr_insns,
		.insns = arena_take(parser->arena, nr_insns, sizeof(struct insn)),
	};
	if (!code->insns)
		return object_out_of_memory(why);
	view_copy(section->data, 0, code->insns, (size_t)section->data.size);
	return 0;
}

/* ---- Functions ---- */

/*
 * Functions are STT_FUNC; compilers that do not type them leave global
 * STT_NOTYPE symbols (local ones are labels of basic blocks).
 */
static inline bool object_is_function(const struct object_parser *parser,
				      const struct elf_symbol *symbol)
{
	return symbol->shndx < parser->elf->nr_sections &&
	       parser->sections[symbol->shndx].role == ROLE_CODE &&
	       (symbol->type == STT_FUNC ||
		(symbol->type == STT_NOTYPE && symbol->binding != STB_LOCAL));
}

static inline int object_add_function(struct object_parser *parser, const struct elf_symbol *symbol,
				      uint64_t symbol_idx, struct why *why)
{
	struct object *object = parser->object;
	const uint32_t code_idx = parser->sections[symbol->shndx].code;
	const uint64_t code_size = (uint64_t)object->codes[code_idx].nr_insns * sizeof(struct insn);

	if (symbol->value % sizeof(struct insn) != 0 || symbol->size % sizeof(struct insn) != 0 ||
	    symbol->value >= code_size || symbol->size > code_size - symbol->value)
		return why_bad(why,
			       "function '%s' has %llu bytes at offset %llu, section '%s' has %llu",
			       symbol->name, (unsigned long long)symbol->size,
			       (unsigned long long)symbol->value, object->codes[code_idx].name,
			       (unsigned long long)code_size);
	object->functions = arena_grow(parser->arena, object->functions, object->nr_functions,
				       sizeof(*object->functions));
	if (!object->functions)
		return object_out_of_memory(why);
	object->functions[object->nr_functions++] = (struct object_function){
		.name = symbol->name,
		.code = code_idx,
		.start = (uint32_t)(symbol->value / sizeof(struct insn)),
		.nr_insns = (uint32_t)(symbol->size / sizeof(struct insn)),
		.symbol_idx = (uint32_t)symbol_idx,
		.is_static = symbol->binding == STB_LOCAL,
		.is_untyped = symbol->type == STT_NOTYPE,
	};
	return 0;
}

/* In order of their places; of the names of one, a static one is the last. */
static inline bool object_function_is_before(const void *a, const void *b)
{
	const struct object_function *f = a, *g = b;

	if (f->code != g->code)
		return f->code < g->code;
	if (f->start != g->start)
		return f->start < g->start;
	return f->is_static != g->is_static ? g->is_static : f->symbol_idx < g->symbol_idx;
}

/* Is it the same as the one before, or a label in that one? */
static inline bool object_function_is_in(const struct object_function *function,
					 const struct object_function *before)
{
	return function->code == before->code &&
	       (function->start == before->start ||
		(function->is_untyped && function->start < before->start + before->nr_insns));
}

/* In order, each once though it may have several names, and with a size. */
static inline int object_order_functions(struct object *object, struct why *why)
{
	struct object_function *functions = object->functions;
	uint32_t nr = 0;

	list_sort(functions, object->nr_functions, sizeof(*functions), object_function_is_before);
	for (uint32_t i = 0; i < object->nr_functions; i++)
		if (nr == 0 || !object_function_is_in(&functions[i], &functions[nr - 1]))
			functions[nr++] = functions[i];
	object->nr_functions = nr;

	for (uint32_t i = 0; i < nr; i++) {
		struct object_function *function = &functions[i];
		struct object_code *code = &object->codes[function->code];
		const bool is_last = i + 1 == nr || functions[i + 1].code != function->code;
		const uint32_t end = is_last ? code->nr_insns : functions[i + 1].start;

		if (!function->nr_insns)
			function->nr_insns = end - function->start;
		if (function->nr_insns > end - function->start)
			return why_bad(why, "functions '%s' and '%s' overlap in section '%s'",
				       function->name, functions[i + 1].name, code->name);
		if (code->nr_functions++ == 0)
			code->first_function = i;
	}
	return 0;
}

static inline int object_parse_functions(struct object_parser *parser, struct why *why)
{
	struct elf_symbol symbol;

	for (uint64_t i = 1; elf_symbol_get(parser->elf, i, &symbol); i++) {
		int err;

		if (!object_is_function(parser, &symbol))
			continue;
		err = object_add_function(parser, &symbol, i, why);
		if (err)
			return err;
	}
	return object_order_functions(parser->object, why);
}

/* The first function of the section that starts at or behind the instruction. */
SELDOM uint32_t object_function_from(const struct object *object, const struct object_code *code,
				     uint64_t insn)
{
	uint32_t low = code->first_function, high = low + code->nr_functions;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (object->functions[middle].start < insn)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The function that starts at that instruction; OBJECT_NONE when there is none. */
SELDOM uint32_t object_function_at(const struct object *object, const struct object_code *code,
				   uint64_t start)
{
	const uint32_t found = object_function_from(object, code, start);

	return found < code->first_function + code->nr_functions &&
	       object->functions[found].start == start ? found : OBJECT_NONE;
}

/* The function that has the instruction; OBJECT_NONE when there is none. */
SELDOM uint32_t object_function_around(const struct object *object, const struct object_code *code,
				       uint32_t insn)
{
	const uint32_t next = object_function_from(object, code, (uint64_t)insn + 1);
	const struct object_function *function;

	if (next <= code->first_function)
		return OBJECT_NONE;
	function = &object->functions[next - 1];
	return insn - function->start < function->nr_insns ? next - 1 : OBJECT_NONE;
}

/* Puts before a reason which instruction of which function it is about. */
SELDOM void object_add_insn(const struct object *object, const struct object_code *code,
			    uint32_t insn, struct why *why)
{
	const uint32_t function = object_function_around(object, code, insn);

	why_subject(why, 0, "instruction %u", insn);
	if (function != OBJECT_NONE)
		why_subject(why, 0, "function '%s'", object->functions[function].name);
}

/*
 * No instruction of the file names a map yet: only a relocation does, and a
 * descriptor number that stands in a file would mean whatever we have open.
 */
static inline int object_check_insn(const struct insn *insn, bool is_last, struct why *why)
{
	if (insn->code == INSN_CALL && insn->src_reg != 0 && insn->off != 0)
		return why_bad(why, "call with offset %d, expected 0", insn->off);
	if (insn->code != INSN_LD_IMM64)
		return 0;
	if (insn->src_reg != 0)
		return why_bad(why, "64-bit load with source register %u, expected 0 in a file",
			       insn->src_reg);
	if (!is_last && insn[1].code != 0)
		return why_bad(why, "second half of a 64-bit load with code 0x%x, expected 0",
			       insn[1].code);
	return 0;
}

static inline int object_check_insns(const struct object *object, const struct object_code *code,
				     struct why *why)
{
	for (uint32_t i = 0; i < code->nr_insns; i++) {
		const struct insn *insn = &code->insns[i];
		int err = object_check_insn(insn, i + 1 == code->nr_insns, why);

		if (err) {
			object_add_insn(object, code, i, why);
			return why_subject(why, err, "section %u '%s'", code->section_idx,
					   code->name);
		}
		i += insn->code == INSN_LD_IMM64;
	}
	return 0;
}

static inline int object_parse_code(struct object_parser *parser, struct why *why)
{
	struct object *object = parser->object;
	struct elf_section section;
	int err;

	for (uint32_t i = 1; elf_section_get(parser->elf, i, &section); i++) {
		if (parser->sections[i].role != ROLE_CODE)
			continue;
		err = object_copy_code(parser, &section, why);
		if (err)
			return err;
	}
	err = object_parse_functions(parser, why);
	for (uint32_t i = 0; i < object->nr_codes && !err; i++)
		err = object_check_insns(object, &object->codes[i], why);
	return err;
}

/* ---- What BTF says of sections, which it knows by their names ---- */

static inline int object_list_sections(const struct object_parser *parser, enum object_role role,
				       struct names *out, struct why *why)
{
	struct elf_section section;

	if (!names_open(parser->arena, parser->elf->nr_sections, out))
		return object_out_of_memory(why);
	for (uint32_t i = 1; i < parser->elf->nr_sections; i++)
		if (parser->sections[i].role == role && elf_section_get(parser->elf, i, &section))
			names_add(out, section.name, 0, i);
	names_sort(out);
	return 0;
}

/* Of several with one name the first says it, here and below. */
static inline void object_match_ext(const struct object_parser *parser, const struct names *codes,
				    enum btf_ext_table table)
{
	const struct object *object = parser->object;
	struct btf_ext_section ext;

	for (uint64_t off = 0; btf_ext_section_next(&object->btf_ext, table, &off, &ext);)
		for (const struct name *name = names_find(codes, ext.section, 0); name;
		     name = names_next(codes, name)) {
			struct object_code *code =
				&object->codes[parser->sections[name->value].code];

			if (code->ext[table].nr || !ext.nr)
				break;
			code->ext[table] = ext;
		}
}

static inline void object_match_datasecs(const struct object_parser *parser,
					 const struct names *names)
{
	const uint32_t kinds = BTF_KIND_BIT(BTF_KIND_DATASEC);
	struct object_data *data = parser->object->data;
	struct btf_type type;

	for (bool more = btf_type_first(&parser->object->btf, kinds, &type); more;
	     more = btf_type_next(&type, kinds))
		for (const struct name *name = names_find(names, type.name, 0);
		     name && !data[name->value].datasec; name = names_next(names, name))
			data[name->value].datasec = type.id;
}

static inline int object_match_btf(struct object_parser *parser, struct why *why)
{
	struct object *object = parser->object;
	struct names names;
	int err;

	object->data = arena_take(parser->arena, parser->elf->nr_sections, sizeof(*object->data));
	if (!object->data)
		return object_out_of_memory(why);
	if (!object->has_btf)
		return 0;
	err = object_list_sections(parser, ROLE_CODE, &names, why);
	if (err)
		return err;
	for (enum btf_ext_table table = 0; table < BTF_EXT_NR_TABLES; table++)
		object_match_ext(parser, &names, table);
	err = object_list_sections(parser, ROLE_DATA, &names, why);
	if (!err && names.nr)
		object_match_datasecs(parser, &names);
	return err;
}

/* ---- Programs ---- */

/* In tc's sections there is one program, and nothing else. */
static inline int object_check_prog(const struct object *object, const struct object_code *code,
				    struct why *why)
{
	const struct object_function *functions = &object->functions[code->first_function];

	if (code->nr_functions == 1)
		return 0;
	why_bad(why, "has two functions, '%s' and '%s', expected one", functions[0].name,
		functions[1].name);
	why_hint(why, "one section holds one program; functions that it calls must be inlined: "
		      "static inline __attribute__((always_inline))");
	return -ENOEXEC;
}

static inline bool object_has_global(const struct object *object, const struct object_code *code)
{
	for (uint32_t i = 0; i < code->nr_functions; i++)
		if (!object->functions[code->first_function + i].is_static)
			return true;
	return false;
}

/*
 * The functions of a section as programs: without static ones, unless they are
 * alone there. -ENOENT when its name is no kind of program's.
 */
static inline int object_add_programs(struct object_parser *parser, const struct object_code *code,
				      struct why *why)
{
	struct object *object = parser->object;
	struct object_program program = { .section = code->name };
	const bool has_global = object_has_global(object, code);
	struct kind_tail tail;

	program.is_tail = !kind_find(code->name, &program.match);
	if (program.is_tail && !kind_find_tail(code->name, &tail))
		return -ENOENT;
	if (program.is_tail)
		kind_find("prog", &program.match);
	if (!code->nr_functions)
		return why_bad(why, "has no function symbol");
	if ((program.is_tail || strcmp(code->name, "prog") == 0) &&
	    object_check_prog(object, code, why) != 0)
		return -ENOEXEC;
	for (uint32_t i = 0; i < code->nr_functions; i++) {
		program.function = code->first_function + i;
		if (has_global && object->functions[program.function].is_static)
			continue;
		program.name = object->functions[program.function].name;
		object->programs = arena_grow(parser->arena, object->programs, object->nr_programs,
					      sizeof(program));
		if (!object->programs)
			return object_out_of_memory(why);
		object->programs[object->nr_programs++] = program;
		object->functions[program.function].is_program = true;
	}
	return 0;
}

/* To a reason about sections that no program can be in. Returns -ENOEXEC. */
SELDOM int object_hint_section(struct why *why)
{
	why_hint(why, "name it 'prog', or by where the program goes, as 'kprobe/FUNCTION': "
		      "__attribute__((section(\"prog\"), used))");
	return -ENOEXEC;
}

/* Every function is a program, but those in .text and static ones, which programs call. */
static inline int object_parse_programs(struct object_parser *parser, struct why *why)
{
	struct object *object = parser->object;
	struct text names;

	for (uint32_t i = 0; i < object->nr_codes; i++) {
		struct object_code *code = &object->codes[i];
		int err = strcmp(code->name, ".text") == 0 ? 0
							   : object_add_programs(parser, code, why);

		code->is_of_no_kind = err == -ENOENT;
		if (err == -ENOEXEC)
			return why_subject(why, err, "section %u '%s'", code->section_idx,
					   code->name);
		if (err && err != -ENOENT)
			return err;
	}
	if (object->nr_programs)
		return 0;
	object_list_code(parser->elf, &names);
	why_bad(why,
		"has no section 'prog', nor one of another kind of program; sections with code: %s",
		names.len ? "" : "none");
	text_add(&why->reason, names.data, names.len);
	return object_hint_section(why);
}

/*
 * A section of no kind holds what others call, and nothing that was to be a program,
 * unless that is optional.
 */
static inline int object_check_kinds(const struct object *object, struct why *why)
{
	for (uint32_t i = 0; i < object->nr_codes; i++) {
		const struct object_code *code = &object->codes[i];
		uint32_t nr_named = 0;

		if (!code->is_of_no_kind || code->name[0] == '?')
			continue;
		for (uint32_t k = 0; k < code->nr_functions; k++)
			nr_named += object->functions[code->first_function + k].is_named;
		if (nr_named && nr_named == code->nr_functions)
			continue;
		why_bad(why, "section %u '%s': no kind of program has such a section",
			code->section_idx, code->name);
		return object_hint_section(why);
	}
	return 0;
}

/* ---- Maps ---- */

/* In the order of the file's sections. */
static inline int object_parse_maps(struct object_parser *parser, struct why *why)
{
	struct object *object = parser->object;
	struct elf_section section;

	for (uint32_t i = 1; elf_section_get(parser->elf, i, &section); i++) {
		struct mapdef_range *range = &parser->sections[i].maps;
		int err = 0;

		if (!section.data.size)
			continue;
		if (i == parser->legacy_maps.idx)
			err = mapdef_legacy_parse(parser->elf, &section, parser->arena,
						  &object->maps, range, why);
		else if (i == parser->btf_maps.idx && object_need_btf(parser, why) != 0)
			err = why_subject(why, -ENOEXEC, "section %u '%s'", i, section.name);
		else if (i == parser->btf_maps.idx)
			err = mapdef_btf_parse(parser->elf, &section, &object->btf, parser->arena,
					       &object->maps, range, why);
		else if (strncmp(section.name, "maps/", 5) == 0 &&
			 section.header.sh_type == SHT_PROGBITS)
			err = mapdef_named_parse(&section, parser->arena, &object->maps, range,
						 why);
		if (err)
			return err;
		if (range->nr)
			parser->sections[i].role = ROLE_MAPS;
	}
	if (object->maps.nr > MAPS_MAX)
		return why_bad(why, "%u maps, at most %u", object->maps.nr, MAPS_MAX);
	return 0;
}

/* The program arrays that tc gives an id, by that: they are names without letters. */
static inline int object_list_arrays(struct object_parser *parser, struct names *out,
				     struct why *why)
{
	const struct object_maps *maps = &parser->object->maps;

	if (!names_open(parser->arena, maps->nr, out))
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < maps->nr; i++)
		if (maps->items[i].type == BPF_MAP_TYPE_PROG_ARRAY && maps->items[i].id)
			names_add(out, "", maps->items[i].id, i);
	names_sort(out);
	return 0;
}

/* Puts tail calls into the arrays that their sections name. */
static inline int object_place_tails(struct object_parser *parser, struct why *why)
{
	struct object *object = parser->object;
	struct names arrays = { 0 };

	for (uint32_t i = 0; i < object->nr_programs; i++) {
		const struct object_program *program = &object->programs[i];
		const struct name *array;
		struct kind_tail tail;
		int err;

		if (!program->is_tail || !kind_find_tail(program->section, &tail))
			continue;
		err = arrays.items ? 0 : object_list_arrays(parser, &arrays, why);
		if (err)
			return err;
		array = names_find(&arrays, "", (uint32_t)tail.id);
		if (!array || tail.key >= object->maps.items[array->value].max_entries)
			return why_bad(why,
				       "section '%s': no map of type prog_array in section 'maps' "
				       "has id %u and a place %u",
				       program->section, (uint32_t)tail.id, (uint32_t)tail.key);
		err = mapdef_add_slot(&object->maps, parser->arena,
				      (struct object_slot){ array->value, (uint32_t)tail.key,
							    program->function, true,
							    program->name },
				      why);
		if (err)
			return err;
	}
	return 0;
}

/* The values that the section's variables have; those of .bss are zeros. */
static inline int object_copy_data(struct object_parser *parser, const struct elf_section *section,
				   struct object_map *map, struct why *why)
{
	map->data_size = (uint32_t)section->header.sh_size;
	if (!section->data.size)
		return 0;
	map->data = arena_take(parser->arena, section->data.size, 1);
	if (!map->data)
		return object_out_of_memory(why);
	view_copy(section->data, 0, map->data, (size_t)section->data.size);
	return 0;
}

/* The arena whose start is for variables, those of one section. */
static inline int object_find_arena(const struct object_maps *maps, uint32_t *out, struct why *why)
{
	for (*out = 0; *out < maps->nr; ++*out)
		if (maps->items[*out].type == BPF_MAP_TYPE_ARENA && !maps->items[*out].data)
			return 0;
	return why_bad(why, "variables in section '" ARENA_SECTION "', and no map of type arena "
		       "for them");
}

/* A map of its own for any other section of variables. */
static inline int object_add_data(struct object_parser *parser, const struct elf_section *section,
				  uint32_t *out, struct why *why)
{
	struct object_maps *maps = &parser->object->maps;
	struct object_map *map = mapdef_add(maps, parser->arena);

	if (!map)
		return object_out_of_memory(why);
	*out = maps->nr - 1;
	map->name = section->name;
	map->section_idx = section->idx;
	map->type = BPF_MAP_TYPE_ARRAY;
	map->key_size = sizeof(uint32_t);
	map->value_size = (uint32_t)section->header.sh_size;
	map->max_entries = 1;
	map->is_data = true;
	map->is_constant = object_is_named(section->name, ".rodata");
	map->value_type = parser->object->data[section->idx].datasec;
	return 0;
}

/*
 * The map that holds a section of variables, made when something first refers
 * to it: what is not used needs no kernel that has it (v5.2).
 */
static inline int object_data_map(struct object_parser *parser, uint32_t section_idx, uint32_t *out,
				  struct why *why)
{
	struct object_maps *maps = &parser->object->maps;
	struct object_data *data = &parser->object->data[section_idx];
	struct elf_section section;
	int err;

	*out = data->map_plus_1 - 1;
	if (data->map_plus_1)
		return 0;
	if (!elf_section_get(parser->elf, section_idx, &section) || !section.header.sh_size ||
	    section.header.sh_size > INT32_MAX)
		return why_bad(why, "section %u has %llu bytes of variables, expected 1 to %d",
			       section_idx, (unsigned long long)section.header.sh_size, INT32_MAX);
	if (strcmp(section.name, ARENA_SECTION) == 0)
		err = object_find_arena(maps, out, why);
	else
		err = object_add_data(parser, &section, out, why);
	if (err)
		return err;
	data->map_plus_1 = *out + 1;
	return object_copy_data(parser, &section, &maps->items[*out], why);
}

/* ---- Externs ---- */

/* What a section of BTF lists, by name. An object without BTF describes nothing. */
static inline int object_list_described(struct object_parser *parser, const char *section,
					struct names *out, struct why *why)
{
	const struct btf *btf = &parser->object->btf;
	struct btf_type datasec = { 0 }, type;
	struct btf_variable variable;

	btf_type_get(btf, btf_find(btf, section, BTF_KIND_DATASEC), &datasec);
	if (!names_open(parser->arena, datasec.nr, out))
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < datasec.nr && btf_variable_get(&datasec, i, &variable); i++)
		if (btf_type_get(btf, variable.type, &type))
			names_add(out, type.name, 0, variable.type);
	names_sort(out);
	return 0;
}

SELDOM int object_list_externs(struct object_parser *parser, struct why *why)
{
	int err;

	if (parser->extern_plus_1 || !parser->object->has_btf)
		return 0;
	err = object_list_described(parser, ".kconfig", &parser->described[0], why);
	if (!err)
		err = object_list_described(parser, ".ksyms", &parser->described[1], why);
	parser->extern_plus_1 = arena_take(parser->arena, parser->object->btf.end_id,
				       sizeof(*parser->extern_plus_1));
	return parser->extern_plus_1 ? err : object_out_of_memory(why);
}

/* How BTF describes it: a variable or a function. Its id there, or 0. */
SELDOM uint32_t object_describe_extern(const struct object_parser *parser,
				       struct object_extern *out)
{
	const struct btf *btf = &parser->object->btf;
	const struct name *config = names_find(&parser->described[0], out->name, 0);
	const struct name *found = config ? config
					  : names_find(&parser->described[1], out->name, 0);
	struct btf_type type, target;

	if (!found || !btf_type_get(btf, found->value, &type))
		return 0;
	out->kind = type.kind == BTF_KIND_FUNC ? EXTERN_KFUNC
					       : config ? EXTERN_KCONFIG : EXTERN_KSYM;
	out->type = type.type;
	/* "extern const void NAME __ksym": an address and nothing more */
	if (out->kind == EXTERN_KSYM && btf_type_skip(btf, type.type, &target) &&
	    target.kind == BTF_KIND_VOID)
		out->type = 0;
	return found->value;
}

/* A place in the map of configuration values, which is made for the first one. */
static inline int object_place_kconfig(struct object_parser *parser, struct object_extern *ext,
				       struct why *why)
{
	struct object *object = parser->object;
	struct object_map *map;
	uint64_t size = 0;

	if (!btf_size(&object->btf, ext->type, &size) || size == 0 || size > INT16_MAX)
		return why_bad(why, "has %llu bytes, expected 1 to %d",
			       (unsigned long long)size, INT16_MAX);
	if (object->kconfig_map == OBJECT_NO_MAP) {
		map = mapdef_add(&object->maps, parser->arena);
		if (!map)
			return object_out_of_memory(why);
		map->name = ".kconfig";
		map->type = BPF_MAP_TYPE_ARRAY;
		map->key_size = sizeof(uint32_t);
		map->max_entries = 1;
		map->is_data = map->is_constant = true;
		object->kconfig_map = object->maps.nr - 1;
	}
	map = &object->maps.items[object->kconfig_map];
	ext->size = (uint32_t)size;
	ext->offset = map->value_size;
	map->value_size += ((uint32_t)size + 7) & ~7U; /* aligned for whatever it is */
	return map->value_size <= INT32_MAX ? 0 : object_out_of_memory(why);
}

/*
 * The extern of an undefined symbol, the same one for all of its name; OBJECT_NONE
 * without BTF for it.
 */
SELDOM int object_find_extern(struct object_parser *parser, const struct elf_symbol *symbol,
			      uint32_t *out, struct why *why)
{
	struct object *object = parser->object;
	struct object_extern ext = {
		.name = symbol->name, .is_weak = symbol->binding == STB_WEAK,
	};
	int err = object_list_externs(parser, why);
	uint32_t id = err ? 0 : object_describe_extern(parser, &ext);

	*out = id ? parser->extern_plus_1[id] - 1 : OBJECT_NONE; /* 0 - 1: OBJECT_NONE */
	if (err || !id || *out != OBJECT_NONE)
		return err;
	if (ext.kind == EXTERN_KCONFIG)
		err = object_place_kconfig(parser, &ext, why);
	if (err)
		return why_subject(why, err, "extern '%s'", ext.name);
	object->externs = arena_grow(parser->arena, object->externs, object->nr_externs,
				     sizeof(ext));
	if (!object->externs)
		return object_out_of_memory(why);
	*out = object->nr_externs++;
	object->externs[*out] = ext;
	parser->extern_plus_1[id] = object->nr_externs;
	return 0;
}

/* ---- Relocations ---- */

#define R_BPF_64_64 1
#define R_BPF_64_32 10

/* Linux, Documentation/bpf/llvm_reloc.rst. */
static inline const char *object_relocation_name(uint32_t type)
{
	switch (type) {
	case 0: return "R_BPF_NONE";
	case R_BPF_64_64: return "R_BPF_64_64";
	case 2: return "R_BPF_64_ABS64";
	case 3: return "R_BPF_64_ABS32";
	case 4: return "R_BPF_64_NODYLD32";
	case R_BPF_64_32: return "R_BPF_64_32";
	default: return "unknown";
	}
}


/* A relocation, and what it is about. */
struct object_reference {
	struct object_code *code;
	uint32_t insn_idx;
	uint32_t type;
	bool has_addend;       /* SHT_RELA: it stands here, not in the instruction */
	int64_t addend;
	struct elf_symbol symbol;
	struct elf_section section; /* the symbol's; idx 0 when it has none */
};

/* Where it points to in the symbol's section. The symbol of a section itself may have any value. */
static inline uint64_t object_reference_base(const struct object_reference *ref)
{
	return ref->symbol.type == STT_SECTION ? 0 : ref->symbol.value;
}

/* The 64-bit value that a load has before relocation. */
static inline uint64_t object_load_value(const struct insn *insn)
{
	return (uint64_t)(uint32_t)insn[1].imm << 32 | (uint32_t)insn[0].imm;
}

/* An SHT_REL entry's addend; GNU as may have added the value of a symbol that has a name. */
static inline int64_t object_addend(const struct object_parser *parser,
				    const struct object_reference *ref, const struct insn *insn)
{
	const uint64_t value = object_load_value(insn);

	if (parser->adds_values && ref->symbol.type != STT_SECTION && value >= ref->symbol.value)
		return (int64_t)(value - ref->symbol.value);
	return (int64_t)value;
}

SELDOM int object_refuse_reference(const struct object_reference *ref, struct why *why)
{
	const struct elf_symbol *symbol = &ref->symbol;
	const char *section = ref->section.name;

	why_bad(why, "%s (type %u) against '%s'",
		object_relocation_name(ref->type), ref->type,
		symbol->type == STT_SECTION && ref->section.idx ? section : symbol->name);
	if (ref->section.idx)
		text_addf(&why->reason, " in section '%s'", section);
	else if (symbol->shndx == SHN_UNDEF)
		text_addf(&why->reason, " (undefined)");
	text_addf(&why->reason, ", expected one against a map, a variable or a function");
	if (symbol->shndx == SHN_UNDEF)
		why_hint(why,
			 "'%s' is extern: nothing in this object defines it, "
			 "and no BTF says where the kernel has it; "
			 "'bpftool gen object' links it with one that does",
			 symbol->name);
	else if (symbol->shndx == SHN_COMMON)
		why_hint(why, "give the variable a value, or compile with -fno-common");
	return -ENOEXEC;
}

/* Through the map's own symbol, or, for static maps, the section's symbol plus an offset. */
static inline int object_reference_map(const struct object_parser *parser,
				       const struct object_reference *ref, uint32_t *out,
				       struct why *why)
{
	const struct object_maps *maps = &parser->object->maps;
	uint64_t off = object_reference_base(ref) + (uint64_t)ref->addend;

	*out = mapdef_find(maps, parser->sections[ref->section.idx].maps, off);
	if (off >= ref->section.data.size || *out == OBJECT_NO_MAP)
		return why_bad(why, "offset %lld in section '%s', which has %llu bytes of maps",
			       (long long)off, ref->section.name,
			       (unsigned long long)ref->section.data.size);
	if (maps->items[*out].offset != off)
		return why_bad(why, "offset %llu in section '%s' is inside of map '%s', "
			       "expected its start",
			       (unsigned long long)off, ref->section.name, maps->items[*out].name);
	return 0;
}

SELDOM int object_reference_data(struct object_parser *parser,
				 const struct object_reference *ref,
				 uint32_t *out_map, uint32_t *out_off, struct why *why)
{
	uint64_t off = object_reference_base(ref) + (uint64_t)ref->addend;

	/* Just behind the end is where a pointer to an array's end points. */
	if (off > ref->section.header.sh_size)
		return why_bad(why, "offset %lld in section '%s', which has %llu bytes",
			       (long long)off, ref->section.name,
			       (unsigned long long)ref->section.header.sh_size);
	*out_off = (uint32_t)off;
	return object_data_map(parser, ref->section.idx, out_map, why);
}

SELDOM int object_reference_function(const struct object_parser *parser,
				     const struct object_reference *ref, uint64_t start,
				     uint32_t *out, struct why *why)
{
	struct object *object = parser->object;

	*out = object_function_at(object, &object->codes[parser->sections[ref->section.idx].code],
				  start);
	object->has_calls = true;
	if (*out == OBJECT_NONE)
		return why_bad(why, "no function starts at instruction %lld of section '%s'",
			       (long long)start, ref->section.name);
	object->functions[*out].is_named = true;
	return 0;
}

/* Each place must be an instruction of the table's function. */
static inline int object_check_jumps(const struct object *object, const struct object_jumps *jumps,
				     struct why *why)
{
	const struct object_function *f = &object->functions[jumps->function];
	uint64_t off; /* from file */

	for (uint64_t i = 0; view_item(jumps->places, i, &off, sizeof(off)); i++)
		if (off % sizeof(struct insn) != 0 || off / sizeof(struct insn) < f->start ||
		    off / sizeof(struct insn) - f->start >= f->nr_insns)
			return why_bad(why, "place %llu of the jump table is at offset %llu, "
				       "which is no instruction of function '%s' (%u from %u on)",
				       (unsigned long long)i, (unsigned long long)off, f->name,
				       f->nr_insns, f->start);
	return 0;
}

/* A jump table that is referred to for the first time: its bytes are no other one's. */
static inline int object_add_jumps(struct object_parser *parser, const struct elf_symbol *symbol,
				   struct object_jumps jumps, struct why *why)
{
	const struct view section = parser->jumptables.data;
	struct object *object = parser->object;

	if (!symbol->size || symbol->size % sizeof(uint64_t) != 0 ||
	    !view_slice(section, symbol->value, symbol->size, &jumps.places) ||
	    !view_has(section, parser->jumps_size, symbol->size))
		return why_bad(why, "jump table '%s' has %llu bytes at offset %llu, "
			       "its section %llu, other tables %llu of them",
			       symbol->name, (unsigned long long)symbol->size,
			       (unsigned long long)symbol->value, (unsigned long long)section.size,
			       (unsigned long long)parser->jumps_size);
	parser->jumps_size += symbol->size;
	object->jumps = arena_grow(parser->arena, object->jumps, object->nr_jumps, sizeof(jumps));
	if (!object->jumps)
		return object_out_of_memory(why);
	object->jumps[object->nr_jumps++] = jumps;
	object->has_calls = true;
	return object_check_jumps(object, &jumps, why);
}

/* Each jump table has a symbol, is one function's, and one however often it is referred to. */
SELDOM int object_reference_jumps(struct object_parser *parser, const struct object_reference *ref,
				  uint32_t *out, struct why *why)
{
	const uint64_t nr = parser->jumptables.data.size / sizeof(uint64_t);
	const uint64_t at = ref->symbol.value / sizeof(uint64_t);
	const struct object_jumps jumps = {
		.function = object_function_around(parser->object, ref->code, ref->insn_idx),
	};

	if (jumps.function == OBJECT_NONE)
		return object_refuse_reference(ref, why);
	if (!parser->jumps_plus_1)
		parser->jumps_plus_1 = arena_take(parser->arena, nr, sizeof(*parser->jumps_plus_1));
	if (!parser->jumps_plus_1)
		return object_out_of_memory(why);
	if (at >= nr || !parser->jumps_plus_1[at]) {
		int err = object_add_jumps(parser, &ref->symbol, jumps, why);

		if (err)
			return err;
		parser->jumps_plus_1[at] = parser->object->nr_jumps; /* it is inside, and so is `at` */
	}
	*out = parser->jumps_plus_1[at] - 1;
	if (parser->object->jumps[*out].function != jumps.function)
		return why_bad(why, "jump table '%s' is another function's", ref->symbol.name);
	return 0;
}

static inline int object_relocate_load(struct object_parser *parser,
				       const struct object_reference *ref,
				       struct insn *insn, struct why *why)
{
	const enum object_role role = parser->sections[ref->section.idx].role;
	uint32_t index = OBJECT_NONE, off = 0;
	int err;

	if (ref->symbol.shndx == SHN_UNDEF) {
		err = object_find_extern(parser, &ref->symbol, &index, why);
		insn->src_reg = INSN_PSEUDO_EXTERN;
		if (!err && index != OBJECT_NONE &&
		    parser->object->externs[index].kind == EXTERN_KCONFIG) {
			off = parser->object->externs[index].offset;
			index = parser->object->kconfig_map;
			insn->src_reg = INSN_PSEUDO_MAP_VALUE;
		}
	} else if (role == ROLE_MAPS) {
		err = object_reference_map(parser, ref, &index, why);
		insn->src_reg = INSN_PSEUDO_MAP_FD;
	} else if (role == ROLE_DATA) {
		err = object_reference_data(parser, ref, &index, &off, why);
		insn->src_reg = INSN_PSEUDO_MAP_VALUE;
	} else if (role == ROLE_CODE) {
		uint64_t start = (object_reference_base(ref) + (uint64_t)ref->addend) /
				 sizeof(struct insn);

		err = object_reference_function(parser, ref, start, &index, why);
		insn->src_reg = INSN_PSEUDO_FUNC;
	} else if (ref->section.idx && ref->section.idx == parser->jumptables.idx) {
		err = object_reference_jumps(parser, ref, &index, why);
		insn->src_reg = INSN_PSEUDO_JUMPS;
	} else {
		err = object_refuse_reference(ref, why);
		if (ref->section.idx)
			why_hint(why, "maps stand in 'maps' or '.maps', "
				      "variables in .data, .rodata, .bss or .data.NAME");
		return err;
	}
	if (err)
		return err;
	if (index == OBJECT_NONE)
		return object_refuse_reference(ref, why);
	insn[0].imm = (int32_t)index;
	insn[1].imm = (int32_t)off;
	return 0;
}

/*
 * SHT_REL keeps in the instruction how far behind the symbol its target is, counted
 * from the next one. GNU as (seen: 2.40, not 2.47) puts the value of a symbol that has a
 * name there, in bytes.
 */
SELDOM int object_relocate_call(struct object_parser *parser,
				const struct object_reference *ref,
				struct insn *insn, struct why *why)
{
	const enum object_role role = parser->sections[ref->section.idx].role;
	int64_t behind = ref->has_addend ? ref->addend / (int64_t)sizeof(struct insn)
					 : (int64_t)insn->imm + 1;
	uint32_t index = OBJECT_NONE;
	int err;

	if (ref->symbol.type != STT_SECTION && (uint64_t)behind == ref->symbol.value)
		behind = 0;
	if (ref->symbol.shndx == SHN_UNDEF) {
		err = object_find_extern(parser, &ref->symbol, &index, why);
		if (!err &&
		    (index == OBJECT_NONE || parser->object->externs[index].kind != EXTERN_KFUNC))
			return object_refuse_reference(ref, why);
		insn->src_reg = INSN_PSEUDO_KFUNC_CALL;
	} else if (role == ROLE_CODE) {
		err = object_reference_function(
			parser, ref,
			object_reference_base(ref) / sizeof(struct insn) + (uint64_t)behind,
			&index, why);
		insn->src_reg = INSN_PSEUDO_CALL;
	} else {
		return object_refuse_reference(ref, why);
	}
	insn->imm = (int32_t)index;
	insn->off = INSN_CALL_INDEXED;
	return err;
}

static inline int object_relocate_insn(struct object_parser *parser, struct object_reference *ref,
				       struct why *why)
{
	struct insn *insn = &ref->code->insns[ref->insn_idx];
	const bool is_load = insn->code == INSN_LD_IMM64 && ref->insn_idx + 1 < ref->code->nr_insns;

	if (insn->code == INSN_CALL ? insn->off != 0 : is_load && insn->src_reg != 0)
		return why_bad(why, "is relocated twice");
	if (insn->code == INSN_CALL && ref->type == R_BPF_64_32)
		return object_relocate_call(parser, ref, insn, why);
	if (ref->type != R_BPF_64_64)
		return object_refuse_reference(ref, why);
	if (!is_load)
		return why_bad(why, "R_BPF_64_64 on an instruction with code 0x%x, expected 0x%x, "
			       "a 64-bit load",
			       insn->code, INSN_LD_IMM64);
	if (!ref->has_addend)
		ref->addend = object_addend(parser, ref, insn);
	return object_relocate_load(parser, ref, insn, why);
}

/* Entry i of a section of relocations, with its symbol; the place it is for is still unchecked. */
static inline int object_read_reference(const struct object_parser *parser,
					const struct elf_section *section, uint64_t i,
					uint64_t *out_offset, struct object_reference *out,
					struct why *why)
{
	struct elf_relocation relocation;

	if (!elf_relocation_get(section, i, &relocation))
		return why_bad(why, "out of range (there are %llu)",
			       (unsigned long long)elf_relocations_count(section));
	*out_offset = relocation.offset;
	*out = (struct object_reference){
		.type = relocation.type,
		.has_addend = section->header.sh_type == SHT_RELA,
		.addend = relocation.addend,
	};
	if (!elf_symbol_get(parser->elf, relocation.symbol_idx, &out->symbol))
		return why_bad(why, "symbol %u out of range (table has %llu)",
			       relocation.symbol_idx, (unsigned long long)parser->elf->nr_symbols);
	if (out->symbol.shndx == SHN_UNDEF || out->symbol.shndx >= SHN_LORESERVE ||
	    !elf_section_get(parser->elf, out->symbol.shndx, &out->section))
		out->section = (struct elf_section){ .name = "" };
	return 0;
}

/* Is one of its loads less than its symbol's value, which then was not added to it? */
static inline bool object_has_less(const struct object_parser *parser,
				   const struct elf_section *section, const struct object_code *code)
{
	const uint64_t nr = elf_relocations_count(section);
	struct object_reference ref;
	uint64_t offset;

	for (uint64_t i = 0; i < nr; i++)
		if (object_read_reference(parser, section, i, &offset, &ref, NULL) == 0 &&
		    ref.type == R_BPF_64_64 && ref.section.idx && ref.symbol.type != STT_SECTION &&
		    offset / sizeof(struct insn) + 1 < code->nr_insns &&
		    object_load_value(&code->insns[offset / sizeof(struct insn)]) < ref.symbol.value)
			return true;
	return false;
}

/* GNU as up to some version (seen: 2.40, not 2.47) wrote a symbol's value into the load as well. */
SELDOM bool object_adds_values(const struct object_parser *parser)
{
	struct elf_section section;

	for (uint32_t i = 1; elf_section_get(parser->elf, i, &section); i++) {
		const uint32_t target = section.header.sh_info;

		if (target < parser->elf->nr_sections && parser->sections[target].role == ROLE_CODE &&
		    object_has_less(parser, &section,
				    &parser->object->codes[parser->sections[target].code]))
			return false;
	}
	return true;
}

static inline int object_relocate_code(struct object_parser *parser,
				       const struct elf_section *section,
				       struct object_code *code, struct why *why)
{
	uint64_t nr = elf_relocations_count(section), offset = 0;

	for (uint64_t i = 0; i < nr; i++) {
		struct object_reference ref;
		int err = object_read_reference(parser, section, i, &offset, &ref, why);

		if (!err && (offset % sizeof(struct insn) != 0 ||
			     offset / sizeof(struct insn) >= code->nr_insns))
			err = why_bad(why, "offset %llu is no instruction of section '%s' "
				      "(%u instructions of %zu bytes)",
				      (unsigned long long)offset, code->name, code->nr_insns,
				      sizeof(struct insn));
		else if (!err) {
			ref.code = code;
			ref.insn_idx = (uint32_t)(offset / sizeof(struct insn));
			err = object_relocate_insn(parser, &ref, why);
			if (err)
				object_add_insn(parser->object, code, ref.insn_idx, why);
		}
		if (err)
			return why_subject(why, err, "relocation %llu", (unsigned long long)i);
	}
	return 0;
}

/* An initial value of a BTF-defined map: the address of a map or of a program. */
static inline int object_relocate_value(struct object_parser *parser, struct object_reference *ref,
					uint32_t map_idx, uint64_t values_at, struct why *why)
{
	struct object_maps *maps = &parser->object->maps;
	const struct object_map *map = &maps->items[map_idx];
	struct object_slot slot = {
		.map = map_idx, .key = (uint32_t)(values_at / 8),
		.is_function = !mapdef_is_map_of_maps(map->type),
	};
	const enum object_role wanted = slot.is_function ? ROLE_CODE : ROLE_MAPS;
	uint64_t start;
	int err;

	if (parser->sections[ref->section.idx].role != wanted)
		return object_refuse_reference(ref, why);
	start = (object_reference_base(ref) + (uint64_t)ref->addend) / sizeof(struct insn);
	if (slot.is_function)
		err = object_reference_function(parser, ref, start, &slot.value, why);
	else
		err = object_reference_map(parser, ref, &slot.value, why);
	if (!err && slot.is_function && !parser->object->functions[slot.value].is_program)
		err = object_refuse_reference(ref, why);
	if (err)
		return err;
	slot.name = slot.is_function ? parser->object->functions[slot.value].name
				     : maps->items[slot.value].name;
	return mapdef_add_slot(maps, parser->arena, slot, why);
}

SELDOM int object_relocate_maps(struct object_parser *parser,
				const struct elf_section *section, struct why *why)
{
	struct object_maps *maps = &parser->object->maps;
	const struct view bytes = parser->btf_maps.data;
	const struct mapdef_range range = parser->sections[parser->btf_maps.idx].maps;
	uint64_t nr = elf_relocations_count(section), offset = 0;

	for (uint64_t i = 0; i < nr; i++) {
		struct object_reference ref;
		int err = object_read_reference(parser, section, i, &offset, &ref, why);
		uint32_t map_idx = mapdef_find(maps, range, offset);
		const struct object_map *map = map_idx == OBJECT_NO_MAP ? NULL
									: &maps->items[map_idx];
		uint64_t values = map ? (uint64_t)map->offset + map->values_off : 0;

		if (!err && (!map || !map->values_off || offset < values || (offset - values) % 8 ||
			     (offset - values) / 8 > UINT32_MAX))
			err = why_bad(why, "offset %llu is no initial value of a map",
				      (unsigned long long)offset);
		/* What is static has no symbol of its own: where it lies is in the place itself. */
		if (!err && !ref.has_addend && ref.symbol.type == STT_SECTION)
			view_copy(bytes, offset, &ref.addend, sizeof(ref.addend));
		if (!err)
			err = object_relocate_value(parser, &ref, map_idx, offset - values, why);
		if (err)
			return why_subject(why, err, "relocation %llu", (unsigned long long)i);
	}
	return 0;
}

/*
 * A program for another tool may refer to what only that tool knows, as ir-keytable's
 * to "lirc_mode2/maps". It is listed and refused by its name, and never loaded: then
 * nothing is left of its instructions but their number.
 */
SELDOM int object_relocate_failed(struct object_code *code, int err, struct why *why)
{
	struct kind_match match;

	if (err != -ENOEXEC || !kind_find(code->name, &match) || match.kind->way != WAY_REFUSED)
		return err;
	memset(code->insns, 0, code->nr_insns * sizeof(*code->insns));
	code->is_emptied = true;
	why_clear(why);
	return 0;
}

/*
 * Those sections whose sh_info is code or maps of ours: others, as .rel.BTF, are no
 * concern of ours.
 */
static inline int object_relocate(struct object_parser *parser, struct why *why)
{
	const struct elf *elf = parser->elf;
	const struct view comment = parser->comment.data;
	struct elf_section section;

	if (view_has(comment, 1, 4) && memcmp(comment.data + 1, "GCC:", 4) == 0)
		parser->adds_values = object_adds_values(parser);
	for (uint32_t i = 1; elf_section_get(elf, i, &section); i++) {
		const uint32_t target = section.header.sh_info;
		struct object_code *code;
		int err = 0;

		if (!elf_relocations_count(&section) || target >= elf->nr_sections ||
		    (parser->sections[target].role != ROLE_CODE &&
		     (target != parser->btf_maps.idx || target == SHN_UNDEF)))
			continue;
		if (section.header.sh_link != elf->symtab_idx)
			err = why_bad(why, "its symbol table is section %u, expected %u",
				      section.header.sh_link, elf->symtab_idx);
		else if (target == parser->btf_maps.idx)
			err = object_relocate_maps(parser, &section, why);
		else {
			code = &parser->object->codes[parser->sections[target].code];
			if (!code->is_emptied)
				err = object_relocate_code(parser, &section, code, why);
			if (err)
				err = object_relocate_failed(code, err, why);
		}
		if (err)
			return why_subject(why, err, "section %u '%s'", i, section.name);
	}
	return 0;
}

/* Calls inside of one section need no relocation: imm counts from the next instruction. */
static inline int object_resolve_calls(struct object *object, uint32_t code_idx, struct why *why)
{
	struct object_code *code = &object->codes[code_idx];

	for (uint32_t i = 0; i < code->nr_insns; i++) {
		struct insn *insn = &code->insns[i];
		uint32_t function;

		if (insn->code == INSN_LD_IMM64) {
			i++;
			continue;
		}
		if (insn->code != INSN_CALL || insn->src_reg != INSN_PSEUDO_CALL || insn->off)
			continue;
		function = object_function_at(object, code,
					      (uint64_t)((int64_t)i + insn->imm + 1));
		if (function == OBJECT_NONE &&
		    object_function_around(object, code, i) == OBJECT_NONE) {
			insn->src_reg = 0; /* dead: a linker leaves weak functions that others replace */
			continue;
		}
		if (function == OBJECT_NONE) {
			why_bad(why, "calls instruction %lld, where no function starts",
				(long long)i + insn->imm + 1);
			object_add_insn(object, code, i, why);
			return -ENOEXEC;
		}
		insn->imm = (int32_t)function;
		insn->off = INSN_CALL_INDEXED;
		object->functions[function].is_named = true;
		object->has_calls = true;
	}
	return 0;
}

static inline int object_resolve_all_calls(struct object *object, struct why *why)
{
	for (uint32_t i = 0; i < object->nr_codes; i++) {
		int err = object_resolve_calls(object, i, why);

		if (err)
			return why_subject(why, err, "section %u '%s'",
					   object->codes[i].section_idx, object->codes[i].name);
	}
	return 0;
}

/* ---- What runs where a program throws ---- */

static inline int object_list_globals(struct object_parser *parser, struct names *out,
				      struct why *why)
{
	const struct object *object = parser->object;

	if (!names_open(parser->arena, object->nr_functions, out))
		return object_out_of_memory(why);
	for (uint32_t i = 0; i < object->nr_functions; i++)
		if (!object->functions[i].is_static)
			names_add(out, object->functions[i].name, 0, i);
	names_sort(out);
	return 0;
}

/*
 * A tag of the program's in BTF names it, and no instruction does. What is named
 * wrongly the verifier refuses.
 */
SELDOM int object_find_callbacks(struct object_parser *parser, struct why *why)
{
	const uint32_t kinds = BTF_KIND_BIT(BTF_KIND_DECL_TAG);
	struct object *object = parser->object;
	struct names globals = { 0 };
	struct btf_type tag, tagged;
	int err = 0;

	for (bool more = btf_type_first(&object->btf, kinds, &tag); more && !err;
	     more = btf_type_next(&tag, kinds)) {
		const struct name *program, *callback;
		const char *name = tag.name;

		if (!text_skip(&name, "exception_callback:") ||
		    !btf_type_get(&object->btf, tag.type, &tagged))
			continue;
		if (!globals.items)
			err = object_list_globals(parser, &globals, why);
		program = names_find(&globals, tagged.name, 0);
		callback = names_find(&globals, name, 0);
		if (!program || !callback)
			continue;
		object->functions[program->value].callback_plus_1 = callback->value + 1;
		object->functions[callback->value].is_named = object->has_calls = true;
	}
	return err;
}

/* ---- The whole ---- */

/*
 * Fills *out from a file that elf_open() accepted. The arena and the file's
 * bytes must outlive it. Returns 0; -ENOEXEC when the object is bad or
 * unsupported, -ENOMEM when the arena is full, both with a reason.
 */
static inline int object_parse(const struct elf *elf, struct arena *arena, struct object *out,
			       struct why *why)
{
	struct object_parser parser = { .elf = elf, .arena = arena, .object = out };
	int err;

	*out = (struct object){ .license = "", .kconfig_map = OBJECT_NO_MAP };
	err = object_find_sections(&parser, why);
	if (err)
		return err;
	object_open_btf(&parser);
	err = object_read_license(&parser.license, arena, &out->license, why);
	if (!err)
		err = object_parse_code(&parser, why);
	if (!err)
		err = object_match_btf(&parser, why);
	if (!err)
		err = object_parse_programs(&parser, why);
	if (!err)
		err = object_parse_maps(&parser, why);
	if (!err)
		err = object_place_tails(&parser, why);
	if (!err)
		err = object_relocate(&parser, why);
	if (!err && out->nr_externs) /* bpf_throw() is one */
		err = object_find_callbacks(&parser, why);
	if (!err)
		err = object_resolve_all_calls(out, why);
	if (!err)
		err = object_check_kinds(out, why);
	view_copy(parser.version.data, 0, &out->version, sizeof(out->version));
	return err;
}

#endif
