/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fold.h - an object with constants for a kernel that has no global variables
 * (before v5.2). Pure.
 *
 * A load from a constant becomes its value. A constant that is passed to a helper,
 * as bpf_printk's format is, is copied to stack that the function does not use, by
 * instructions behind its end: the two slots of the load of its address become a
 * jump there and the place where that returns to, so that no instruction moves:
 *
 *	r1 = address ll		goto tail		tail:	*(u32 *)(r10 - N) = bytes
 *				r1 += -N			...
 *	call 6			call 6				r1 = r10
 *								goto back
 *
 * Such kernels know no loops and take 4096 instructions, and both is relied on.
 */
#ifndef FOLD_H
#define FOLD_H

#include "object.h"

#define FOLD_INSNS_MAX 4096U /* BPF_MAXINSNS; the kernel refuses more, and says so */
#define FOLD_STACK_MAX 512U  /* MAX_BPF_STACK */
#define FOLD_FRAME 10        /* the register of the stack's upper end */

/* ---- What an instruction does with a register ---- */

#define FOLD_LOADS 1   /* loads from where it points to */
#define FOLD_PASSES 2  /* calls with what may be an argument */
#define FOLD_ESCAPES 4 /* reads it in another way */
#define FOLD_ENDS 8    /* writes it */

static inline unsigned int fold_if(bool condition, unsigned int effect)
{
	return condition ? effect : 0;
}

static inline unsigned int fold_effect_jump(const struct insn *insn, uint8_t reg)
{
	switch (INSN_OPERATION(insn->code)) {
	case INSN_OPERATION(INSN_CALL):
		return fold_if(reg >= 1 && reg <= 5, FOLD_PASSES) | fold_if(reg <= 5, FOLD_ENDS);
	case INSN_OPERATION(INSN_EXIT):
		return fold_if(reg == 0, FOLD_ESCAPES);
	case INSN_JA:
		return 0;
	default:
		return fold_if(insn->dst_reg == reg ||
			       (INSN_SOURCE(insn->code) && insn->src_reg == reg), FOLD_ESCAPES);
	}
}

/* Where it is not known, it escapes. */
static inline unsigned int fold_effect(const struct insn *insn, uint8_t reg)
{
	const bool is_dst = insn->dst_reg == reg, is_src = insn->src_reg == reg;

	switch (INSN_CLASS(insn->code)) {
	case INSN_LD:
		return insn->code == INSN_LD_IMM64 ? fold_if(is_dst, FOLD_ENDS) : FOLD_ESCAPES;
	case INSN_LDX:
		return fold_if(is_src, FOLD_LOADS) | fold_if(is_dst, FOLD_ENDS);
	case INSN_ST:
		return fold_if(is_dst, FOLD_ESCAPES);
	case INSN_STX: /* an atomic one may read r0 */
		return fold_if(is_dst || is_src ||
			       (reg == 0 && INSN_MODE(insn->code) != INSN_MODE_MEM), FOLD_ESCAPES);
	case INSN_ALU:
	case INSN_ALU64:
		return fold_if(INSN_SOURCE(insn->code) && is_src, FOLD_ESCAPES) |
		       fold_if(is_dst,
			       INSN_OPERATION(insn->code) == INSN_MOV ? FOLD_ENDS : FOLD_ESCAPES);
	default:
		return fold_effect_jump(insn, reg);
	}
}

/* ---- A function, and where an address goes in it ---- */

#define FOLD_LIVE 1  /* the register may hold the address here */
#define FOLD_OTHER 2 /* or something else */
#define FOLD_JOINED 4   /* a jump goes there */
#define FOLD_REACHED 8  /* it may be run */
#define FOLD_JUMPS 16   /* its condition is known to hold, */
#define FOLD_STAYS 32   /* or known not to */

/*
 * At symbols, and at instructions that an address may reach: each address costs the
 * object's symbols once and the function's instructions a few times. No compiler's
 * object comes near; in one that does, the next constant is refused.
 */
#define FOLD_LOOKS_MAX (1U << 26)

struct fold {
	const struct elf *elf;
	struct object *object;
	uint64_t nr_looks;
	struct insn *insns;               /* the function's */
	uint32_t nr;
	uint32_t def;                     /* the load of an address that is looked at, */
	uint8_t reg;                      /* and its register */
	uint8_t marks[FOLD_INSNS_MAX];    /* FOLD_LIVE and on */
	uint16_t depths[FOLD_INSNS_MAX];  /* how much of the stack is in use there, in bytes */
	uint32_t nr_tail;                 /* instructions behind the function's end */
};

/* Is it so (FOLD_LIVE, FOLD_OTHER or FOLD_REACHED) behind the instruction? */
static inline bool fold_leaves(const struct fold *fold, uint32_t i, uint8_t mark)
{
	const bool is_live = fold->marks[i] & FOLD_LIVE &&
			     !(fold_effect(&fold->insns[i], fold->reg) & FOLD_ENDS);

	if (mark == FOLD_REACHED)
		return fold->marks[i] & mark;
	if (mark == FOLD_LIVE)
		return i == fold->def || is_live;
	return i != fold->def && (!is_live || fold->marks[i] & FOLD_OTHER);
}

/* True when a mark was set that an earlier instruction has to know of. */
static inline bool fold_mark(struct fold *fold, uint32_t from, int64_t to, uint8_t mark)
{
	if (to < 0 || to >= fold->nr || fold->marks[to] & mark)
		return false;
	fold->marks[to] |= mark;
	return to <= from;
}

/* Where a jump goes; -1 for what is none. */
static inline int64_t fold_target(const struct insn *insn, uint32_t i)
{
	const uint8_t class = INSN_CLASS(insn->code), operation = INSN_OPERATION(insn->code);

	if ((class != INSN_JMP && class != INSN_JMP32) || operation == INSN_OPERATION(INSN_CALL) ||
	    operation == INSN_OPERATION(INSN_EXIT))
		return -1;
	/* A goto's may be long. */
	return (int64_t)i + 1 + (insn->code == INSN_JMP32 ? insn->imm : insn->off);
}

static inline bool fold_mark_next(struct fold *fold, uint32_t i, uint8_t mark)
{
	const struct insn *insn = &fold->insns[i];
	bool again = !(fold->marks[i] & FOLD_STAYS) &&
		     fold_mark(fold, i, fold_target(insn, i), mark);

	if (insn->code != INSN_JMP && insn->code != INSN_JMP32 &&
	    insn->code != INSN_EXIT && !(fold->marks[i] & FOLD_JUMPS))
		again |= fold_mark(fold, i, (int64_t)i + 1 + (insn->code == INSN_LD_IMM64), mark);
	return again;
}

/* Marks every instruction that is reached so. */
SELDOM void fold_flow(struct fold *fold, uint8_t mark)
{
	bool again = true;

	while (again && fold->nr_looks < FOLD_LOOKS_MAX) {
		again = false;
		fold->nr_looks += fold->nr;
		for (uint32_t i = 0; i < fold->nr; i += 1 + (fold->insns[i].code == INSN_LD_IMM64))
			if (fold_leaves(fold, i, mark))
				again |= fold_mark_next(fold, i, mark);
	}
}

/* ---- Constants ---- */

/* A constant that an instruction points into. */
struct fold_constant {
	const struct object_map *map;
	uint32_t off;     /* where in the section it points to */
	uint32_t size;    /* how much of the constant is there */
	const char *name; /* "" when it has none, as literals */
};

static inline bool fold_is_in(uint64_t off, uint64_t start, uint64_t size)
{
	return off >= start && off - start < size;
}

/* How much belongs to what has no symbol: a literal ends with its NUL. */
static inline uint32_t fold_literal_size(const struct fold_constant *constant, uint32_t rest)
{
	const uint8_t *start = constant->map->data + constant->off;
	const uint8_t *nul = strncmp(constant->map->name, ".rodata.str", 11) == 0
				     ? memchr(start, 0, rest) : NULL;

	return nul ? (uint32_t)(nul + 1 - start) : rest;
}

SELDOM struct fold_constant fold_find(const struct fold *fold, const struct insn *insn)
{
	const struct object *object = fold->object;
	struct fold_constant out = {
		.map = &object->maps.items[insn[0].imm], .off = (uint32_t)insn[1].imm, .name = "",
	};
	const uint32_t rest = out.map->value_size - out.off;
	struct elf_symbol symbol;

	for (uint32_t i = 0; i < object->nr_externs; i++) {
		const struct object_extern *ext = &object->externs[i];

		if ((uint32_t)insn->imm == object->kconfig_map && ext->kind == EXTERN_KCONFIG &&
		    fold_is_in(out.off, ext->offset, ext->size)) {
			out.name = ext->name;
			out.size = ext->offset + ext->size - out.off;
		}
	}
	for (uint64_t i = 1; (uint32_t)insn->imm != object->kconfig_map &&
			     elf_symbol_get(fold->elf, i, &symbol); i++)
		if (symbol.type == STT_OBJECT && symbol.shndx == out.map->section_idx &&
		    fold_is_in(out.off, symbol.value, symbol.size)) {
			out.name = symbol.name;
			out.size = (uint32_t)(symbol.value + symbol.size - out.off);
		}
	if (!out.name[0] && out.map->data)
		out.size = fold_literal_size(&out, rest);
	if (out.size > rest)
		out.size = rest;
	return out;
}

static inline int fold_refuse(const struct fold_constant *constant, struct why *why)
{
	why_set(why, -EOPNOTSUPP,
		"needs %s%s%s in section '%s', "
		"and this kernel has no global variables (since Linux 5.2)",
		constant->name[0] ? "the global variable '" : "a constant", constant->name,
		constant->name[0] ? "'" : "", constant->map->name);
	if (constant->map->is_constant)
		why_hint(why, "without them a constant can be read at a fixed place, "
			      "or passed to a helper as far as there is stack");
	return -EOPNOTSUPP;
}

/* The load becomes a move of what it would load; false when a move cannot hold that. */
static inline bool fold_load(const struct fold_constant *constant, struct insn *insn)
{
	const uint32_t size = insn_bytes(insn->code);
	const int64_t off = (int64_t)constant->off + insn->off;
	uint8_t bytes[8] = { 0 };
	uint64_t value;
	uint32_t low;
	uint16_t half;

	if (INSN_MODE(insn->code) != INSN_MODE_MEM || off < 0 ||
	    off + size > constant->map->value_size)
		return false;
	if (constant->map->data)
		memcpy(bytes, constant->map->data + off, size);
	memcpy(&value, bytes, sizeof(value));
	memcpy(&low, bytes, sizeof(low));
	memcpy(&half, bytes, sizeof(half));
	value = size == 8 ? value : size == 4 ? low : size == 2 ? half : bytes[0];
	if (value >> 32 && (int64_t)value != (int32_t)value)
		return false;
	*insn = (struct insn){
		.code = INSN_MOV | (value >> 32 ? INSN_ALU64 : INSN_ALU),
		.dst_reg = insn->dst_reg,
		.imm = (int32_t)value,
	};
	return true;
}

/* ---- Stack ---- */

/*
 * No more of the stack than this is used by the function itself. With no loops an
 * instruction moves a pointer once: the lowest address is that of the lowest
 * variable, less what all others subtract together.
 */
static inline uint32_t fold_stack_used(struct fold *fold)
{
	const struct insn *insns = fold->insns;
	int64_t lowest = 0, lowest_access = 0, moved = 0;

	for (uint32_t i = 0; i < fold->nr; i++)
		fold_mark(fold, i, fold_target(&insns[i], i), FOLD_OTHER);
	for (uint32_t i = 0; i < fold->nr; i++) {
		const struct insn *insn = &insns[i];
		const uint8_t class = INSN_CLASS(insn->code);
		const bool is_add = insn->code == (INSN_ADD | INSN_ALU64) && insn->imm < 0 &&
				    insn->imm >= -(int32_t)FOLD_STACK_MAX;
		const bool is_place = i > 0 && !fold->marks[i] &&
				      insns[i - 1].code == (INSN_MOV | INSN_X | INSN_ALU64) &&
				      insns[i - 1].src_reg == FOLD_FRAME &&
				      insns[i - 1].dst_reg == insn->dst_reg;
		const uint8_t base = class == INSN_LDX ? insn->src_reg : insn->dst_reg;

		if (class >= INSN_LDX && class <= INSN_STX) {
			int64_t *access = base == FOLD_FRAME ? &lowest : &lowest_access;

			*access = insn->off < *access ? insn->off : *access;
		} else if (is_add && !is_place) {
			moved += insn->imm;
		} else if (is_add && insn->imm < lowest) {
			lowest = insn->imm;
		}
		i += insn->code == INSN_LD_IMM64;
	}
	lowest = -(lowest + lowest_access + moved);
	return lowest < FOLD_STACK_MAX ? (uint32_t)lowest : FOLD_STACK_MAX;
}

/* Stack for the constant that nothing uses while its address is in the register. */
static inline int fold_take_stack(struct fold *fold, const struct fold_constant *constant,
				  bool everywhere, struct why *why)
{
	struct insn *def = &fold->insns[fold->def];
	uint32_t depth = 0;

	for (uint32_t i = 0; i < fold->nr; i++)
		if ((everywhere || i == fold->def || fold->marks[i] & FOLD_LIVE) &&
		    fold->depths[i] > depth)
			depth = fold->depths[i];
	if (!constant->size || constant->size > FOLD_STACK_MAX ||
	    depth + constant->size > FOLD_STACK_MAX)
		return fold_refuse(constant, why);
	depth = (depth + constant->size + 7) & ~7U;
	for (uint32_t i = 0; i < fold->nr; i++)
		if (everywhere || i == fold->def || fold->marks[i] & FOLD_LIVE)
			fold->depths[i] = (uint16_t)depth;
	def->src_reg = INSN_PSEUDO_COPIED;
	def->off = (int16_t)-depth;
	fold->nr_tail += (constant->size + 3) / 4 + 2;
	return 0;
}

/*
 * ---- Conditions that are known ----
 *
 * A constant decides which way a program goes, as LINUX_KERNEL_VERSION does, or a field
 * that this kernel has, and the other way is for other kernels. Verifiers up to v4.19
 * leave it out only where a register is compared with the very number that it holds: so
 * it is made to be. Before v4.15 (CVE-2017-17862) the kernel then falls over a helper
 * there that it does not have, a NULL pointer to it: such a call becomes a move. The way
 * itself stays, as no instruction may be unreachable.
 */

/* The registers with a known value, in instructions that are entered at their start only. */
struct fold_known {
	uint64_t values[16];
	uint32_t regs;
};

static inline bool fold_is_short(uint64_t value)
{
	return value == (uint64_t)(int64_t)(int32_t)value;
}

/* What becomes of two numbers; false for an operation that is not looked into. */
static inline bool fold_compute(const struct insn *insn, uint64_t a, uint64_t b, uint64_t *out)
{
	switch (INSN_CLASS(insn->code) | INSN_OPERATION(insn->code)) {
	case INSN_ALU | INSN_MOV: *out = (uint32_t)b; break;
	case INSN_ALU64 | INSN_MOV: *out = b; break;
	case INSN_ALU64 | INSN_ADD: *out = a + b; break;
	case INSN_ALU64 | INSN_AND: *out = a & b; break;
	case INSN_ALU64 | INSN_LSH: *out = a << (b & 63); break;
	case INSN_ALU64 | INSN_RSH: *out = a >> (b & 63); break;
	case INSN_ALU64 | INSN_ARSH: *out = (uint64_t)((int64_t)a >> (b & 63)); break;
	default: return false;
	}
	return !insn->off;
}

static inline bool fold_holds(uint8_t operation, uint64_t a, uint64_t b)
{
	switch (operation) {
	case INSN_JEQ: return a == b;
	case INSN_JGT: return a > b;
	case INSN_JGE: return a >= b;
	case INSN_JSET: return a & b;
	case INSN_JNE: return a != b;
	case INSN_JSGT: return (int64_t)a > (int64_t)b;
	case INSN_JSGE: return (int64_t)a >= (int64_t)b;
	case INSN_JLT: return a < b;
	case INSN_JLE: return a <= b;
	case INSN_JSLT: return (int64_t)a < (int64_t)b;
	default: return (int64_t)a <= (int64_t)b;
	}
}

static inline void fold_settle_alu(struct insn *insn, struct fold_known *known, uint32_t needs,
				   uint64_t b)
{
	const uint8_t reg = insn->dst_reg;
	const bool is_move = INSN_OPERATION(insn->code) == INSN_MOV;
	uint64_t value;

	needs |= is_move ? 0 : 1U << reg;
	if ((known->regs & needs) != needs ||
	    !fold_compute(insn, known->values[reg], b, &value)) {
		known->regs &= ~(1U << reg);
		return;
	}
	known->values[reg] = value;
	known->regs |= 1U << reg;
	if (fold_is_short(value) && (INSN_SOURCE(insn->code) || !is_move))
		*insn = (struct insn){ .code = INSN_MOV | INSN_ALU64, .dst_reg = reg,
				       .imm = (int32_t)value };
}

static inline void fold_settle_jump(struct fold *fold, uint32_t i, struct fold_known *known,
				    uint32_t needs, uint64_t b)
{
	struct insn *insn = &fold->insns[i];
	const uint8_t operation = INSN_OPERATION(insn->code);
	const uint64_t a = known->values[insn->dst_reg];
	bool holds;

	if (operation == INSN_OPERATION(INSN_CALL)) {
		known->regs &= ~0x3fU;
		return;
	}
	if (operation == INSN_JA || operation == INSN_OPERATION(INSN_EXIT))
		known->regs = 0;
	needs |= 1U << insn->dst_reg;
	if ((known->regs & needs) != needs || operation > INSN_JSLE || !fold_is_short(a))
		return;
	holds = fold_holds(operation, a, b);
	fold->marks[i] |= holds ? FOLD_JUMPS : FOLD_STAYS;
	insn->code = INSN_JMP | (holds ? INSN_JEQ : INSN_JNE);
	insn->src_reg = 0;
	insn->imm = (int32_t)a;
}

static inline void fold_settle_insn(struct fold *fold, uint32_t i, struct fold_known *known)
{
	struct insn *insn = &fold->insns[i];
	const bool by_reg = INSN_SOURCE(insn->code);
	const uint64_t b = by_reg ? known->values[insn->src_reg] : (uint64_t)(int64_t)insn->imm;
	const uint32_t needs = by_reg ? 1U << insn->src_reg : 0;

	switch (INSN_CLASS(insn->code)) {
	case INSN_ALU:
	case INSN_ALU64:
		fold_settle_alu(insn, known, needs, b);
		break;
	case INSN_JMP:
		fold_settle_jump(fold, i, known, needs, b);
		break;
	case INSN_LD:
	case INSN_LDX:
		known->regs &= ~(1U << insn->dst_reg);
		break;
	case INSN_STX: /* an atomic one writes registers, too */
		known->regs &= INSN_MODE(insn->code) == INSN_MODE_MEM ? ~0U : 0;
		break;
	case INSN_JMP32:
		known->regs &= insn->code == INSN_JMP32 ? 0 : ~0U;
	}
}

SELDOM void fold_settle(struct fold *fold)
{
	struct fold_known known = { .regs = 0 };

	memset(fold->marks, 0, fold->nr);
	for (uint32_t i = 0; i < fold->nr; i++)
		fold_mark(fold, i, fold_target(&fold->insns[i], i), FOLD_JOINED);
	for (uint32_t i = 0; i < fold->nr; i++) {
		if (fold->marks[i] & FOLD_JOINED)
			known.regs = 0;
		fold_settle_insn(fold, i, &known);
		i += fold->insns[i].code == INSN_LD_IMM64;
	}
	fold->marks[0] |= FOLD_REACHED;
	fold_flow(fold, FOLD_REACHED);
	for (uint32_t i = 0; i < fold->nr && fold->nr_looks < FOLD_LOOKS_MAX; i++) {
		if (fold->insns[i].code == INSN_CALL && !(fold->marks[i] & FOLD_REACHED))
			fold->insns[i] = (struct insn){ .code = INSN_MOV | INSN_ALU64 };
		i += fold->insns[i].code == INSN_LD_IMM64;
	}
}

/* ---- Functions ---- */

/* One load of an address. */
static inline int fold_address(struct fold *fold, struct why *why)
{
	struct insn *def = &fold->insns[fold->def];
	const struct fold_constant constant = fold_find(fold, def);
	bool copied = false, everywhere = false;

	if (!constant.map->is_constant)
		return fold_refuse(&constant, why);
	fold->reg = def->dst_reg;
	memset(fold->marks, 0, fold->nr);
	fold->marks[0] = FOLD_OTHER;
	fold->nr_looks += fold->elf->nr_symbols + fold->object->nr_externs;
	fold_flow(fold, FOLD_LIVE);
	fold_flow(fold, FOLD_OTHER);
	if (fold->nr_looks >= FOLD_LOOKS_MAX)
		return fold_refuse(&constant, why);
	for (uint32_t i = 0; i < fold->nr; i++) {
		struct insn *insn = &fold->insns[i];
		unsigned int effect = fold->marks[i] & FOLD_LIVE ? fold_effect(insn, fold->reg) : 0;

		if (effect & FOLD_ESCAPES)
			return fold_refuse(&constant, why);
		copied |= effect & FOLD_PASSES;
		/* A function of ours may keep it. */
		everywhere |= effect & FOLD_PASSES && insn->src_reg == INSN_PSEUDO_CALL;
		if (!(effect & FOLD_LOADS) ||
		    (!(fold->marks[i] & FOLD_OTHER) && fold_load(&constant, insn)))
			continue;
		copied = true;
		if (insn->off < 0 || (uint32_t)insn->off + insn_bytes(insn->code) > constant.size)
			return fold_refuse(&constant, why);
	}
	if (copied)
		return fold_take_stack(fold, &constant, everywhere, why);
	def[0].src_reg = 0; /* nothing reads it any more */
	def[0].imm = def[1].imm = 0;
	return 0;
}

/* The instructions behind the function's end. */
static inline void fold_add_tail(struct fold *fold, struct insn *tail)
{
	uint32_t at = fold->nr;

	for (uint32_t i = 0; i < fold->nr; i++) {
		struct insn *def = &fold->insns[i];
		const uint8_t reg = def->dst_reg;
		const int16_t off = def->off;
		struct fold_constant constant;

		if (def->code != INSN_LD_IMM64 || def->src_reg != INSN_PSEUDO_COPIED) {
			i += def->code == INSN_LD_IMM64;
			continue;
		}
		constant = fold_find(fold, def);
		def[0] = (struct insn){ .code = INSN_JMP, .off = (int16_t)(at - i - 1) };
		def[1] = (struct insn){ .code = INSN_ADD | INSN_ALU64, .dst_reg = reg, .imm = off };
		for (uint32_t k = 0; k < constant.size; k += 4, at++) {
			const uint32_t left = constant.size - k;

			*tail = (struct insn){
				.code = INSN_MODE_MEM | INSN_SIZE_W | INSN_ST, .dst_reg = FOLD_FRAME,
				.off = (int16_t)(off + (int32_t)k),
			};
			if (constant.map->data)
				memcpy(&tail->imm, constant.map->data + constant.off + k,
				       left < 4 ? left : 4);
			tail++;
		}
		*tail++ = (struct insn){
			.code = INSN_MOV | INSN_X | INSN_ALU64, .dst_reg = reg, .src_reg = FOLD_FRAME,
		};
		at += 2;
		*tail++ = (struct insn){ .code = INSN_JMP,
					 .off = (int16_t)((int32_t)i + 1 - (int32_t)at) };
		i++;
	}
}

static inline int fold_function(struct fold *fold, struct object_function *function,
				struct arena *arena, struct why *why)
{
	uint32_t used;

	fold->insns = fold->object->codes[function->code].insns + function->start;
	fold->nr = function->nr_insns;
	fold->nr_tail = 0;
	if (fold->nr > FOLD_INSNS_MAX)
		return 0;
	memset(fold->marks, 0, fold->nr);
	used = fold_stack_used(fold);
	for (uint32_t i = 0; i < fold->nr; i++)
		fold->depths[i] = (uint16_t)used;
	for (fold->def = 0; fold->def + 1 < fold->nr; fold->def++) {
		const struct insn *insn = &fold->insns[fold->def];
		int err = 0;

		if (insn->code != INSN_LD_IMM64)
			continue;
		if (insn->src_reg == INSN_PSEUDO_MAP_VALUE)
			err = fold_address(fold, why);
		if (err)
			return err;
		fold->def++;
	}
	fold_settle(fold);
	if (!fold->nr_tail)
		return 0;
	if (fold->nr_tail > FOLD_INSNS_MAX)
		return why_set(why, -EOPNOTSUPP, "its constants need %u instructions, at most %u",
			       fold->nr_tail, FOLD_INSNS_MAX);
	function->tail = arena_take(arena, fold->nr_tail, sizeof(struct insn));
	if (!function->tail)
		return object_out_of_memory(why);
	function->nr_tail = fold->nr_tail;
	fold->object->has_calls = true;
	fold_add_tail(fold, function->tail);
	return 0;
}

/* Does anything refer to global variables? */
static inline bool object_has_globals(const struct object *object)
{
	for (uint32_t i = 0; i < object->maps.nr; i++)
		if (object->maps.items[i].is_data)
			return true;
	return false;
}

/*
 * Folds the constants into the functions of the sections that are used, and needs
 * no map for them any more. Returns 0; -EOPNOTSUPP, with the variable's name, for
 * one that cannot be folded; -ENOMEM.
 */
SELDOM int object_fold(const struct elf *elf, struct object *object, struct arena *arena,
		       struct why *why)
{
	struct fold fold = { .elf = elf, .object = object };

	for (uint32_t i = 0; i < object->nr_functions; i++) {
		struct object_function *function = &object->functions[i];
		const struct object_code *code = &object->codes[function->code];
		int err = code->is_used ? fold_function(&fold, function, arena, why) : 0;

		if (err)
			return why_subject(why, err, "%s '%s'",
					   strcmp(code->name, ".text") == 0 ? "function" : "program",
					   function->name);
	}
	for (uint32_t i = 0; i < object->maps.nr; i++)
		object->maps.items[i].is_folded = object->maps.items[i].is_data;
	return 0;
}

/*
 * For an object with no globals, whose fields an old kernel has or has not. With jump
 * tables it is for none of these, and their jumps do not show where they go.
 */
SELDOM void object_settle_conditions(const struct object *object)
{
	struct fold fold = { .nr_looks = 0 };

	for (uint32_t i = 0; i < object->nr_functions && !object->nr_jumps; i++) {
		const struct object_function *function = &object->functions[i];
		const struct object_code *code = &object->codes[function->code];

		fold.insns = code->insns + function->start;
		fold.nr = function->nr_insns;
		if (code->is_used && fold.nr <= FOLD_INSNS_MAX)
			fold_settle(&fold);
	}
}

#endif
