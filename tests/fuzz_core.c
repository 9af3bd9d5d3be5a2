// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz_core: bytes -> an object's BTF, a kernel's, a module's on top of that,
 * relocations and instructions. Each relocation must be refused with a reason, or
 * change no more than its instruction, into one that is right or can never run.
 *
 * The input starts with the lengths of the first four, 16 bits each in this
 * machine's order; what is left are the instructions.
 */
#define FUZZ_NAME "fuzz_core"

#include "../core.h"
#include "fuzz_parts.h"

enum { PART_LOCAL, PART_KERNEL, PART_MODULE, PART_RELOCATIONS, PART_INSNS, NR_PARTS };

#define RELOCATIONS_MAX 8
#define MEMORY_SIZE 32768

struct sides {
	struct btf local, kernel, module;
	bool has_module;
};

static int next_module(void *context, uint32_t idx, const struct btf **out, struct why *why)
{
	struct sides *sides = context;

	(void)why;
	*out = idx == 0 && sides->has_module ? &sides->module : NULL;
	return 0;
}

static bool open_sides(const struct view *parts, struct arena *arena, struct sides *out)
{
	struct why why;

	if (btf_open(parts[PART_LOCAL], NULL, arena, &out->local, &why) ||
	    btf_check(&out->local, &why) ||
	    btf_open(parts[PART_KERNEL], NULL, arena, &out->kernel, &why))
		return false;
	out->has_module = btf_open(parts[PART_MODULE], &out->kernel, arena, &out->module,
				   &why) == 0;
	return true;
}

/* Is what stands there now what a relocation may make of what stood there? */
static void look_at(const struct insn *before, const struct insn *after, uint64_t nr,
		    const struct core_result *result)
{
	bool is_load64 = before->code == INSN_LD_IMM64;
	struct insn restored = *after;

	if (result->verdict != CORE_FOUND) {
		expect(after->code == INSN_CALL && after->imm == CORE_FUNCTION_BAD &&
		       !after->src_reg, "what must never run is no bad call");
		expect(!is_load64 || after[1].code == INSN_CALL, "half a load is left");
		expect(result->verdict == CORE_MISSING || INSN_CLASS(before->code) != INSN_LD, "unlike");
	} else {
		restored.imm = before->imm;
		restored.off = before->off;
		restored.code = (uint8_t)((after->code & ~INSN_SIZE_DW) | INSN_SIZE(before->code));
		expect(memcmp(&restored, before, sizeof(restored)) == 0, "registers or class changed");
	}
	for (uint64_t i = 1 + is_load64; i < nr; i++)
		expect(memcmp(&before[i], &after[i], sizeof(*after)) == 0, "another instruction changed");
}

static void relocate(struct core_targets *targets, const struct btf_core_relocation *relocation,
		     const struct view *insns)
{
	uint64_t nr = insns->size / sizeof(struct insn);
	uint64_t idx = relocation->insn_off % (nr + 1);
	struct insn *before = calloc(nr ? nr : 1, sizeof(*before));
	struct insn *after = calloc(nr ? nr : 1, sizeof(*after));
	struct core_result result;
	struct text text;
	struct why why;
	int err;

	memcpy(before, insns->data, nr * sizeof(*before));
	memcpy(after, insns->data, nr * sizeof(*after));
	why_clear(&why);
	err = core_relocate(targets, relocation, after + idx, nr - idx, &result, &why);
	if (err && !why_is_told(&why))
		finding("refused without a readable reason", &why);
	if (err && err != -ENOEXEC && err != -ENOMEM)
		finding("another error than -ENOEXEC and -ENOMEM", &why);
	if (!err)
		look_at(before + idx, after + idx, nr - idx, &result);
	expect(!err || memcmp(after, before, nr * sizeof(*after)) == 0, "refused, and changed");
	text_clear(&text);
	core_describe(targets->local, relocation, &text);
	expect(text.len, "a description is empty");
	free(before);
	free(after);
}

static void run(const struct view *parts)
{
	struct arena arena = { .data = calloc(1, MEMORY_SIZE), .size = MEMORY_SIZE };
	struct btf_core_relocation relocation;
	struct core_targets targets;
	struct sides sides;
	struct why why;

	if (open_sides(parts, &arena, &sides)) {
		targets = (struct core_targets){ .local = &sides.local, .kernel = &sides.kernel,
						 .module = next_module, .context = &sides,
						 .arena = &arena };
		/* Every second one is not told beforehand. */
		for (uint32_t i = 0; i < RELOCATIONS_MAX; i += 2)
			if (view_item(parts[PART_RELOCATIONS], i, &relocation, sizeof(relocation)))
				core_want(&targets, &relocation, &why);
		for (uint32_t i = 0; i < RELOCATIONS_MAX; i++)
			if (view_item(parts[PART_RELOCATIONS], i, &relocation, sizeof(relocation)))
				relocate(&targets, &relocation, &parts[PART_INSNS]);
	}
	free(arena.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view input = { data, size }, parts[NR_PARTS];
	uint16_t lengths[NR_PARTS - 1];

	if (!view_copy(input, 0, lengths, sizeof(lengths)))
		return 0;
	input = (struct view){ data + sizeof(lengths), size - sizeof(lengths) };
	for (int i = 0; i < NR_PARTS; i++)
		parts[i] = part_of(&input, i < NR_PARTS - 1 ? lengths[i] : SIZE_MAX);
	run(parts);
	for (int i = 0; i < NR_PARTS; i++)
		free((void *)(uintptr_t)parts[i].data);
	return 0;
}
