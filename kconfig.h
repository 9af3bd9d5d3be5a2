/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kconfig.h - the values of an object's variables in section ".kconfig": what
 * the running kernel is, and how it was configured.
 *
 * Pure: the kernel's facts and the text of its configuration are the caller's to
 * find. The rules are libbpf's: CONFIG_NAME is given by the text's line
 * "CONFIG_NAME=VALUE", in the form that the variable's type asks for; names
 * with LINUX_ are facts that no configuration tells.
 */
#ifndef KCONFIG_H
#define KCONFIG_H

#include "btf.h"

#define KCONFIG_LINE_SIZE 4096 /* as long as a line may be; libbpf's are as long */

/* What a variable can hold, by its type. */
enum kconfig_kind {
	KCONFIG_UNKNOWN,
	KCONFIG_BOOL,
	KCONFIG_CHAR,     /* any integer of one byte */
	KCONFIG_INTEGER,  /* of 2, 4 or 8 bytes */
	KCONFIG_TRISTATE, /* enum libbpf_tristate: n, y, m as 0, 1, 2 */
	KCONFIG_STRING,   /* an array of char; what is too long for it is cut */
};

/* A variable; the caller fills the first part. */
struct kconfig_extern {
	const char *name;
	uint32_t type;    /* its VAR, or that one's type, in the object's BTF */
	bool weak;        /* zero when the kernel does not have it; else that is an error */
	uint8_t *value;   /* where its bytes go: `size` of them, zero before */
	uint32_t size;

	enum kconfig_kind kind;
	bool is_signed;
	bool is_set;
};

/* The facts that have a name. */
enum kconfig_fact {
	KCONFIG_KERNEL_VERSION,      /* LINUX_VERSION_CODE */
	KCONFIG_HAS_BPF_COOKIE,      /* bpf_get_attach_cookie() */
	KCONFIG_HAS_SYSCALL_WRAPPER, /* system calls get a pointer to the caller's registers */
	KCONFIG_NR_FACTS,
};

static const char *const kconfig_fact_names[KCONFIG_NR_FACTS] = {
	"LINUX_KERNEL_VERSION",
	"LINUX_HAS_BPF_COOKIE",
	"LINUX_HAS_SYSCALL_WRAPPER",
};

/* The variables, and the line of the text that is being put together. */
struct kconfig {
	struct kconfig_extern *externs;
	uint32_t nr_externs;
	uint32_t line_len;
	char line[KCONFIG_LINE_SIZE];
};

static inline bool kconfig_is_before(const void *a, const void *b)
{
	return strcmp(((const struct kconfig_extern *)a)->name,
		      ((const struct kconfig_extern *)b)->name) < 0;
}

static inline struct kconfig_extern *kconfig_find(const struct kconfig *kconfig, const char *name)
{
	const struct kconfig_extern key = { .name = name };
	const uint32_t i = list_search(kconfig->externs, kconfig->nr_externs, sizeof(key),
				       kconfig_is_before, &key);

	return i < kconfig->nr_externs && strcmp(kconfig->externs[i].name, name) == 0
		       ? &kconfig->externs[i] : NULL;
}

/* ---- Types ---- */

static inline enum kconfig_kind kconfig_int_kind(const struct btf_type *type, bool *out_signed)
{
	*out_signed = type->number.encoding & BTF_INT_SIGNED;
	if (type->number.encoding & BTF_INT_BOOL)
		return type->size == 1 ? KCONFIG_BOOL : KCONFIG_UNKNOWN;
	switch (type->size) {
	case 1: return KCONFIG_CHAR;
	case 2: case 4: case 8: return KCONFIG_INTEGER;
	default: return KCONFIG_UNKNOWN;
	}
}

static inline enum kconfig_kind kconfig_kind_of(const struct btf *btf, uint32_t id,
						bool *out_signed)
{
	enum kconfig_kind kind = KCONFIG_UNKNOWN;
	struct btf_type type;
	bool is_array;

	if (!btf_type_skip(btf, id, &type))
		return KCONFIG_UNKNOWN;
	is_array = type.length != 0;
	if (is_array && !btf_type_skip(btf, type.type, &type))
		return KCONFIG_UNKNOWN;
	if (type.kind == BTF_KIND_INT)
		kind = kconfig_int_kind(&type, out_signed);
	else if ((type.kind == BTF_KIND_ENUM || type.kind == BTF_KIND_ENUM64) &&
		 (type.size == 4 || type.size == 8) && strcmp(type.name, "libbpf_tristate") == 0)
		kind = KCONFIG_TRISTATE;
	if (is_array)
		kind = kind == KCONFIG_CHAR ? KCONFIG_STRING : KCONFIG_UNKNOWN;
	return kind;
}

static inline bool kconfig_is_option(const char *name)
{
	return strncmp(name, "CONFIG_", 7) == 0;
}

static inline bool kconfig_is_fact(const char *name)
{
	for (int i = 0; i < KCONFIG_NR_FACTS; i++)
		if (strcmp(name, kconfig_fact_names[i]) == 0)
			return true;
	return false;
}

static inline int kconfig_check_extern(const struct btf *btf, struct kconfig_extern *var,
				       struct why *why)
{
	struct btf_type type;
	uint64_t size = 0;

	if (!kconfig_is_option(var->name) && !kconfig_is_fact(var->name) &&
	    !(var->weak && strncmp(var->name, "LINUX_", 6) == 0))
		return why_bad(why,
			       "is in section '.kconfig', and no CONFIG_... nor a known LINUX_...");
	if (!btf_type_get(btf, var->type, &type))
		type.kind = BTF_KIND_VOID;
	var->kind = kconfig_kind_of(btf, type.kind == BTF_KIND_VAR ? type.type : var->type,
				    &var->is_signed);
	if (var->kind == KCONFIG_UNKNOWN)
		return why_bad(why, "its type is none of bool, char, an integer, "
			       "enum libbpf_tristate and an array of char");
	if (!btf_size(btf, var->type, &size) || size != var->size)
		return why_bad(why, "has %u bytes, and its type %llu", var->size,
			       (unsigned long long)size);
	return 0;
}

/*
 * Looks at the variables' types in the object's BTF. Returns 0, or -ENOEXEC and
 * which variable it is that cannot be filled. The array must live as long, and is
 * put in the order of names.
 */
static inline int kconfig_open(struct kconfig *kconfig, const struct btf *btf,
			       struct kconfig_extern *externs, uint32_t nr, struct why *why)
{
	kconfig->externs = externs;
	kconfig->nr_externs = nr;
	kconfig->line_len = 0;
	list_sort(externs, nr, sizeof(*externs), kconfig_is_before);
	for (uint32_t i = 0; i < nr; i++) {
		int err = kconfig_check_extern(btf, &externs[i], why);

		if (err)
			return why_subject(why, err, "extern '%s'", externs[i].name);
	}
	return 0;
}

/* ---- Values ---- */

/* An integer in the machine's order of bytes; does it fit, as its type is signed or not? */
SELDOM bool kconfig_store(struct kconfig_extern *var, uint64_t value)
{
	uint32_t bits = var->size * 8;
	uint64_t sign = var->is_signed ? 1ULL << (bits - 1) : 0;

	if (bits < 64 && (value + sign) >> bits)
		return false;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	value <<= 64 - bits;
#endif
	memcpy(var->value, &value, var->size);
	var->is_set = true;
	return true;
}

static inline bool kconfig_set_tristate(struct kconfig_extern *var, char value)
{
	switch (var->kind) {
	case KCONFIG_BOOL: return value != 'm' && kconfig_store(var, value == 'y');
	case KCONFIG_CHAR: return kconfig_store(var, (uint64_t)value);
	case KCONFIG_TRISTATE: return kconfig_store(var, value == 'm' ? 2 : value == 'y');
	default: return false;
	}
}

/* "TEXT" without its quotes; escapes stay as they stand. */
static inline bool kconfig_set_string(struct kconfig_extern *var, const char *value)
{
	size_t len = strlen(value);

	if (var->kind != KCONFIG_STRING || len < 2 || value[len - 1] != '"')
		return false;
	len -= 2;
	memcpy(var->value, value + 1, len < var->size ? len : var->size - 1);
	var->is_set = true;
	return true;
}

/* As strtoull(3) of base 0 reads it: decimal, 0x..., 0...; a minus makes its complement. */
static inline bool kconfig_set_integer(struct kconfig_extern *var, const char *value)
{
	bool minus = text_skip(&value, "-");
	unsigned int base = value[0] != '0' ? 10 : 8;
	uint64_t number;

	if (text_skip(&value, "0x") || text_skip(&value, "0X"))
		base = 16;
	return (var->kind == KCONFIG_INTEGER || var->kind == KCONFIG_CHAR) &&
	       text_read_number(&value, base, &number) && !*value &&
	       kconfig_store(var, minus ? 0 - number : number);
}

static inline int kconfig_set(struct kconfig_extern *var, const char *value, struct why *why)
{
	bool fits;

	switch (value[0]) {
	case 'y': case 'n': case 'm':
		fits = kconfig_set_tristate(var, value[0]);
		break;
	case '"':
		fits = kconfig_set_string(var, value);
		break;
	default:
		fits = kconfig_set_integer(var, value);
	}
	if (fits)
		return 0;
	why_bad(why, "is %s in the kernel's configuration, which its type cannot hold",
		value);
	return why_subject(why, -ENOEXEC, "extern '%s'", var->name);
}

/* ---- What the caller finds out ---- */

static inline bool kconfig_wants_fact(const struct kconfig *kconfig, enum kconfig_fact fact)
{
	return kconfig_find(kconfig, kconfig_fact_names[fact]);
}

/* Sets the variable of that fact. -ENOEXEC when its type cannot hold the value. */
static inline int kconfig_set_fact(struct kconfig *kconfig, enum kconfig_fact fact, uint64_t value,
				   struct why *why)
{
	struct kconfig_extern *var = kconfig_find(kconfig, kconfig_fact_names[fact]);

	if (!var || (var->kind <= KCONFIG_INTEGER && !(var->kind == KCONFIG_BOOL && value > 1) &&
		     kconfig_store(var, value)))
		return 0;
	why_bad(why, "is %llu, which its type cannot hold", (unsigned long long)value);
	return why_subject(why, -ENOEXEC, "extern '%s'", var->name);
}

/* Is there a variable that the text may give a value? */
static inline bool kconfig_wants_text(const struct kconfig *kconfig)
{
	for (uint32_t i = 0; i < kconfig->nr_externs; i++)
		if (!kconfig->externs[i].is_set && kconfig_is_option(kconfig->externs[i].name))
			return true;
	return false;
}

/* The line that is complete; of several for one variable the first counts. */
SELDOM int kconfig_end_line(struct kconfig *kconfig, struct why *why)
{
	struct kconfig_extern *var;
	char *value;

	kconfig->line[kconfig->line_len] = '\0';
	kconfig->line_len = 0;
	value = kconfig->line + text_until(kconfig->line, "=");
	if (!kconfig_is_option(kconfig->line) || !*value)
		return 0;
	*value = '\0';
	var = kconfig_find(kconfig, kconfig->line);
	return var && !var->is_set ? kconfig_set(var, value + 1, why) : 0;
}

/*
 * The next piece of the text, of any length. Returns 0, or -ENOEXEC with which
 * variable cannot hold its value.
 */
static inline int kconfig_add(struct kconfig *kconfig, const uint8_t *data, size_t len,
			      struct why *why)
{
	int err = 0;

	while (len && !err) {
		const uint8_t *newline = memchr(data, '\n', len);
		size_t piece = newline ? (size_t)(newline - data) : len;
		size_t room = KCONFIG_LINE_SIZE - 1 - kconfig->line_len;
		size_t kept = piece < room ? piece : room;

		memcpy(kconfig->line + kconfig->line_len, data, kept);
		kconfig->line_len += (uint32_t)kept;
		if (newline) {
			err = kconfig_end_line(kconfig, why);
			piece++;
		}
		data += piece;
		len -= piece;
	}
	return err;
}

/*
 * The end of the text, or there is none: whoever may not be missing must be
 * there. Returns 0; -EOPNOTSUPP and which variable this kernel does not have; or
 * what kconfig_add() returns.
 */
static inline int kconfig_close(struct kconfig *kconfig, struct why *why)
{
	int err = kconfig_end_line(kconfig, why);

	for (uint32_t i = 0; i < kconfig->nr_externs && !err; i++) {
		const struct kconfig_extern *var = &kconfig->externs[i];

		if (var->is_set || var->weak)
			continue;
		why_set(why, -EOPNOTSUPP, "is not in this kernel's configuration");
		err = why_subject(why, -EOPNOTSUPP, "extern '%s'", var->name);
	}
	return err;
}

#endif
