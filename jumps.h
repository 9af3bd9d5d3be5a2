/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * jumps.h - the jump tables of a program that is about to be loaded.
 *
 * To the kernel each is a map (v6.19) whose values count instructions of one program,
 * and which it keeps right as it moves them: so they are made when the program has
 * been composed, and are the program's alone once it is loaded.
 */
#ifndef JUMPS_H
#define JUMPS_H

#include "bpf_sys.h"
#include "code.h"
#include "kernel.h"

static inline int jumps_fill(const struct object *object, const struct object_jumps *jumps,
			     struct code_piece piece, int fd)
{
	uint64_t off;
	int err = 0;

	for (uint32_t i = 0; !err && view_item(jumps->places, i, &off, sizeof(off)); i++) {
		const struct sys_insn_place place = {
			.orig_off = (uint32_t)(off / sizeof(struct insn)) -
				    object->functions[piece.function].start + piece.at,
		};

		err = sys_map_update(fd, &i, &place);
	}
	return err ? err : sys_map_freeze(fd);
}

/* The map of a table of the function that is that piece. A descriptor, or -errno with a reason. */
static inline int jumps_create(const struct object *object, const struct object_jumps *jumps,
			       struct code_piece piece, struct why *why)
{
	struct sys_map_create_attr attr = {
		.map_type = BPF_MAP_TYPE_INSN_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(struct sys_insn_place),
		.max_entries = (uint32_t)(jumps->places.size / sizeof(uint64_t)),
	};
	const int fd = sys_map_create(&attr);
	const int err = fd < 0 ? fd : jumps_fill(object, jumps, piece, fd);

	if (!err)
		return fd;
	if (fd >= 0)
		sys_close(fd);
	why_errno(why, err, "a jump table of %u entries cannot be made", attr.max_entries);
	if (err == -EPERM)
		kernel_hint_privilege(true, why);
	if (err != -EINVAL)
		return err;
	why_hint(why, "this kernel lacks what it takes (Linux 6.19): "
		      "compile the program with -fno-jump-tables");
	return -EOPNOTSUPP;
}

/*
 * Makes those that the program's instructions name, and puts them there. fds has room
 * for each of the object's, -1 where it is not made. Returns 0, or -errno with a reason;
 * jumps_close() is for both.
 */
SELDOM int jumps_open(const struct object *object, const struct code *code, int *fds,
		      struct why *why)
{
	for (uint32_t p = 0; p < code->nr_pieces; p++) {
		const struct code_piece piece = code->pieces[p];
		const uint32_t end = piece.at + object->functions[piece.function].nr_insns;

		for (uint32_t i = piece.at; i < end; i++) {
			struct insn *insn = &code->insns[i];
			int *fd;

			if (insn->code != INSN_LD_IMM64)
				continue;
			i++;
			if (insn->src_reg != INSN_PSEUDO_JUMPS)
				continue;
			fd = &fds[insn->imm];
			if (*fd < 0)
				*fd = jumps_create(object, &object->jumps[insn->imm], piece, why);
			if (*fd < 0)
				return *fd;
			insn->src_reg = INSN_PSEUDO_MAP_VALUE;
			insn->imm = *fd;
		}
	}
	return 0;
}

/* The program, if it was loaded, holds them. Idempotent. */
static inline void jumps_close(const struct object *object, int *fds)
{
	for (uint32_t i = 0; i < object->nr_jumps; i++) {
		if (fds[i] >= 0)
			sys_close(fds[i]);
		fds[i] = -1;
	}
}

#endif
