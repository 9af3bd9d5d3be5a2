/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* insn.h - eBPF instructions, as they stand in a file and in the kernel (RFC 9669). */
#ifndef INSN_H
#define INSN_H

#include <stdint.h>

struct insn {
	uint8_t code;
	uint8_t dst_reg : 4; /* bit fields as in the kernel: big endian swaps them */
	uint8_t src_reg : 4;
	int16_t off;
	int32_t imm;
};

/* A code is a class, and of a load or store its size and mode, else its source and operation. */
#define INSN_CLASS(code) ((code) & 0x07)
#define INSN_LD 0x00
#define INSN_LDX 0x01
#define INSN_ST 0x02
#define INSN_STX 0x03
#define INSN_ALU 0x04
#define INSN_JMP 0x05
#define INSN_JMP32 0x06
#define INSN_ALU64 0x07

#define INSN_SIZE(code) ((code) & 0x18)
#define INSN_SIZE_W 0x00   /* 4 bytes */
#define INSN_SIZE_H 0x08   /* 2 */
#define INSN_SIZE_B 0x10   /* 1 */
#define INSN_SIZE_DW 0x18  /* 8 */

#define INSN_MODE(code) ((code) & 0xe0) /* of loads and stores */
#define INSN_MODE_MEM 0x60
#define INSN_MODE_MEMSX 0x80  /* since v6.6 */
#define INSN_MODE_ATOMIC 0xc0

#define INSN_SOURCE(code) ((code) & INSN_X) /* of ALU and JMP: 0 the immediate, else a register */
#define INSN_X 0x08
#define INSN_OPERATION(code) ((code) & 0xf0)

/* Of ALU and ALU64. */
#define INSN_ADD 0x00
#define INSN_AND 0x50
#define INSN_LSH 0x60
#define INSN_RSH 0x70
#define INSN_MOV 0xb0
#define INSN_ARSH 0xc0
#define INSN_END 0xd0

/* Of JMP and JMP32. */
#define INSN_JA 0x00
#define INSN_JEQ 0x10
#define INSN_JGT 0x20
#define INSN_JGE 0x30
#define INSN_JSET 0x40
#define INSN_JNE 0x50
#define INSN_JSGT 0x60
#define INSN_JSGE 0x70
#define INSN_JLT 0xa0      /* since v4.14, as the next three */
#define INSN_JLE 0xb0
#define INSN_JSLT 0xc0
#define INSN_JSLE 0xd0
#define INSN_JCOND 0xe0    /* since v6.9 */

#define INSN_CALL 0x85     /* BPF_JMP | BPF_CALL */
#define INSN_EXIT 0x95     /* BPF_JMP | BPF_EXIT */
#define INSN_LD_IMM64 0x18 /* BPF_LD | BPF_DW | BPF_IMM: two instructions long */

/* src_reg of a 64-bit load: what its value stands for; <linux/bpf.h>. */
#define INSN_PSEUDO_MAP_FD 1
#define INSN_PSEUDO_MAP_VALUE 2
#define INSN_PSEUDO_BTF_ID 3
#define INSN_PSEUDO_FUNC 4
#define INSN_PSEUDO_COPIED 13 /* ours: a constant that goes to the stack at `off` (fold.h) */
#define INSN_PSEUDO_JUMPS 14  /* ours: the jump table with that index, until it is made */
#define INSN_PSEUDO_EXTERN 15 /* ours: the extern with that index, until the kernel was asked */

/* src_reg of a call. */
#define INSN_PSEUDO_CALL 1
#define INSN_PSEUDO_KFUNC_CALL 2

/*
 * off of a call whose imm is an index into our tables; the kernel wants 0 there, and
 * so does the parser.
 */
#define INSN_CALL_INDEXED 1

/* How many bytes a load or a store moves. */
static inline uint32_t insn_bytes(uint8_t code)
{
	static const uint8_t bytes[] = { 4, 2, 1, 8 };

	return bytes[INSN_SIZE(code) >> 3];
}

#endif
