/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_kconfig.h - kconfig.h and config.h: the values of section ".kconfig" */
#ifndef UNIT_KCONFIG_H
#define UNIT_KCONFIG_H

#include <time.h>

#include "btf_kinds.h"
#include "fixture.h"
#include "unit_inflate.h"

/* Types that variables may have, by what they are called here. */
static struct {
	struct btf_image image;
	struct btf btf;
	uint32_t t_bool, t_char, t_schar, t_short, t_int, t_uint, t_long, t_ulong, t_tristate,
		t_tristate64, t_enum, t_string, t_strings, t_empty, t_float, t_int3, t_bool4,
		t_typedef, t_var;
} kt;

static void kconfig_make_types(void)
{
	struct btf_image *types = &kt.image;
	static uint8_t memory[256];
	struct arena arena = { .data = memory, .size = sizeof(memory) };

	btf_image_start(types, NULL);
	kt.t_bool = btf_image_int(types, "_Bool", 1, BTF_INT_BOOL, 8);
	kt.t_char = btf_image_int(types, "char", 1, 0, 8);
	kt.t_schar = btf_image_int(types, "signed char", 1, BTF_INT_SIGNED, 8);
	kt.t_short = btf_image_int(types, "short", 2, BTF_INT_SIGNED, 16);
	kt.t_int = btf_image_int(types, "int", 4, BTF_INT_SIGNED, 32);
	kt.t_uint = btf_image_int(types, "unsigned int", 4, 0, 32);
	kt.t_long = btf_image_int(types, "long", 8, BTF_INT_SIGNED, 64);
	kt.t_ulong = btf_image_int(types, "unsigned long", 8, 0, 64);
	kt.t_tristate = btf_image_type(types, BTF_KIND_ENUM, "libbpf_tristate", 0, 4);
	kt.t_tristate64 = btf_image_type(types, BTF_KIND_ENUM64, "libbpf_tristate", 0, 8);
	kt.t_enum = btf_image_type(types, BTF_KIND_ENUM, "other", 0, 4);
	kt.t_string = btf_image_array(types, kt.t_char, 8);
	kt.t_strings = btf_image_array(types, kt.t_string, 2);
	kt.t_empty = btf_image_array(types, kt.t_char, 0);
	kt.t_float = btf_image_type(types, BTF_KIND_FLOAT, "float", 0, 4);
	kt.t_int3 = btf_image_int(types, "odd", 3, 0, 24);
	kt.t_bool4 = btf_image_int(types, "long bool", 4, BTF_INT_BOOL, 32);
	kt.t_typedef = btf_image_type(types, BTF_KIND_TYPEDEF, "u32", 0, kt.t_uint);
	kt.t_typedef = btf_image_type(types, BTF_KIND_CONST, "", 0, kt.t_typedef);
	kt.t_var = btf_image_var(types, "CONFIG_X", kt.t_typedef,
					    BTF_LINKAGE_EXTERN);
	why_clear(&why);
	EXPECT_NUMBER(btf_open(btf_image_view(types), NULL, &arena, &kt.btf, &why), 0);
	EXPECT_TEXT(why.reason.data, "");
}

static struct kconfig kconfig_state;
static uint8_t kconfig_value[64];
static struct kconfig_extern kconfig_var;

/* One variable, and a text in two pieces cut anywhere; what kconfig_close() returns. */
static int kconfig_run(const char *name, uint32_t type, uint32_t size, bool weak,
		       const char *config, size_t cut)
{
	int err;

	memset(kconfig_value, 0xee, sizeof(kconfig_value));
	memset(kconfig_value, 0, size);
	kconfig_var = (struct kconfig_extern){
		.name = name, .type = type, .size = size, .weak = weak, .value = kconfig_value,
	};
	why_clear(&why);
	err = kconfig_open(&kconfig_state, &kt.btf, &kconfig_var, 1, &why);
	if (!err)
		err = kconfig_add(&kconfig_state, (const uint8_t *)config, cut, &why);
	if (!err)
		err = kconfig_add(&kconfig_state, (const uint8_t *)config + cut,
				  strlen(config) - cut, &why);
	if (!err)
		err = kconfig_close(&kconfig_state, &why);
	EXPECT_NUMBER(kconfig_value[size], 0xee);
	return err;
}

/* The same of CONFIG_X, not weak, in one piece. */
static int kconfig_x(uint32_t type, uint32_t size, const char *config)
{
	return kconfig_run("CONFIG_X", type, size, false, config, 0);
}

static uint64_t kconfig_number(uint32_t size)
{
	uint64_t number = 0;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memcpy((uint8_t *)&number + 8 - size, kconfig_value, size);
#else
	memcpy(&number, kconfig_value, size);
#endif
	return number;
}

static void kconfig_values(void)
{
	kconfig_make_types();
	const struct {
		const char *value;
		uint32_t type, size;
		uint64_t number;
		bool refused;
	} rows[] = {
		{ "y", kt.t_bool, 1, 1, false },
		{ "n", kt.t_bool, 1, 0, false },
		{ "m", kt.t_bool, 1, 0, true },
		{ "1", kt.t_bool, 1, 0, true },
		{ "y", kt.t_char, 1, 'y', false },
		{ "m", kt.t_schar, 1, 'm', false },
		{ "n", kt.t_tristate, 4, 0, false },
		{ "y", kt.t_tristate, 4, 1, false },
		{ "m", kt.t_tristate, 4, 2, false },
		{ "m", kt.t_tristate64, 8, 2, false },
		{ "1", kt.t_tristate, 4, 0, true },
		{ "y", kt.t_int, 4, 0, true },
		{ "y", kt.t_string, 8, 0, true },
		{ "250", kt.t_uint, 4, 250, false },
		{ "250", kt.t_var, 4, 250, false },
		{ "0x1F", kt.t_uint, 4, 31, false },
		{ "0X1f", kt.t_uint, 4, 31, false },
		{ "017", kt.t_uint, 4, 15, false },
		{ "018", kt.t_uint, 4, 0, true },
		{ "0", kt.t_uint, 4, 0, false },
		{ "0x", kt.t_uint, 4, 0, true },
		{ "", kt.t_uint, 4, 0, true },
		{ "12 ", kt.t_uint, 4, 0, true },
		{ "4294967295", kt.t_uint, 4, 4294967295, false },
		{ "4294967296", kt.t_uint, 4, 0, true },
		{ "-1", kt.t_uint, 4, 0, true },
		{ "-1", kt.t_int, 4, 0xffffffff, false },
		{ "2147483647", kt.t_int, 4, 2147483647, false },
		{ "2147483648", kt.t_int, 4, 0, true },
		{ "-2147483648", kt.t_int, 4, 0x80000000, false },
		{ "-2147483649", kt.t_int, 4, 0, true },
		{ "255", kt.t_char, 1, 255, false },
		{ "256", kt.t_char, 1, 0, true },
		{ "128", kt.t_schar, 1, 0, true },
		{ "-128", kt.t_schar, 1, 128, false },
		{ "32767", kt.t_short, 2, 32767, false },
		{ "32768", kt.t_short, 2, 0, true },
		{ "18446744073709551615", kt.t_ulong, 8, UINT64_MAX, false },
		{ "18446744073709551615", kt.t_long, 8, UINT64_MAX, false },
		{ "18446744073709551616", kt.t_ulong, 8, 0, true },
		{ "-1", kt.t_ulong, 8, UINT64_MAX, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char config[64], row[96];

		snprintf(config, sizeof(config), "CONFIG_X=%s\n", rows[i].value);
		snprintf(row, sizeof(row), "row %zu, %s", i, rows[i].value);
		check.row = row;
		for (size_t cut = 0; cut <= strlen(config); cut++)
			EXPECT_NUMBER(kconfig_run("CONFIG_X", rows[i].type, rows[i].size, false,
						  config, cut), rows[i].refused ? -ENOEXEC : 0);
		if (!rows[i].refused)
			EXPECT_NUMBER(kconfig_number(rows[i].size), rows[i].number);
		check.row = NULL;
	}
}

static void kconfig_strings(void)
{
	kconfig_make_types();
	EXPECT_NUMBER(kconfig_x(kt.t_string, 8, "CONFIG_X=\"a=\\\"b\"\n"), 0);
	EXPECT_TEXT((char *)kconfig_value, "a=\\\"b");
	EXPECT_NUMBER(kconfig_x(kt.t_string, 8, "CONFIG_X=\"\"\n"), 0);
	EXPECT_TEXT((char *)kconfig_value, "");
	/* Too long: cut, with its NUL. */
	EXPECT_NUMBER(kconfig_x(kt.t_string, 8, "CONFIG_X=\"12345678\"\n"), 0);
	EXPECT_TEXT((char *)kconfig_value, "1234567");
	EXPECT_NUMBER(kconfig_x(kt.t_string, 8, "CONFIG_X=\"a\n"), -ENOEXEC);
	EXPECT_NUMBER(kconfig_x(kt.t_string, 8, "CONFIG_X=\"\n"), -ENOEXEC);
	EXPECT_NUMBER(kconfig_x(kt.t_uint, 4, "CONFIG_X=\"1\"\n"), -ENOEXEC);
	EXPECT_TEXT(why.reason.data,
		    "extern 'CONFIG_X': is \"1\" in the kernel's configuration, which its type cannot hold");
}

static void kconfig_types_refused(void)
{
	kconfig_make_types();
	const struct {
		const char *name;
		uint32_t type, size;
	} rows[] = {
		{ "another enum", kt.t_enum, 4 },
		{ "an array of arrays", kt.t_strings, 16 },
		{ "an array of nothing", kt.t_empty, 0 },
		{ "a float", kt.t_float, 4 },
		{ "three bytes", kt.t_int3, 3 },
		{ "a bool of four bytes", kt.t_bool4, 4 },
		{ "void", 0, 4 },
		{ "no type", 1000, 4 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check.row = rows[i].name;
		EXPECT_NUMBER(kconfig_x(rows[i].type, rows[i].size, ""), -ENOEXEC);
		EXPECT_TEXT(why.reason.data, "extern 'CONFIG_X': its type is none of bool, char, "
			    "an integer, enum libbpf_tristate and an array of char");
	}
	check.row = NULL;
	EXPECT_NUMBER(kconfig_run("CONFIG_X", kt.t_int, 8, true, "", 0), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "extern 'CONFIG_X': has 8 bytes, and its type 4");
}

static void kconfig_names(void)
{
	kconfig_make_types();
	EXPECT_NUMBER(kconfig_run("LINUX_NEW", kt.t_int, 4, false, "", 0), -ENOEXEC);
	EXPECT_TEXT(why.reason.data, "extern 'LINUX_NEW': is in section '.kconfig', and no "
		    "CONFIG_... nor a known LINUX_...");
	EXPECT_NUMBER(kconfig_run("LINUX_NEW", kt.t_int, 4, true, "", 0), 0);
	EXPECT_NUMBER(kconfig_number(4), 0);
	EXPECT_NUMBER(kconfig_run("config_x", kt.t_int, 4, true, "", 0), -ENOEXEC);
}

/* Which line counts. */
static void kconfig_lines(void)
{
	static char config[3 * KCONFIG_LINE_SIZE];

	kconfig_make_types();
	EXPECT_NUMBER(kconfig_run("CONFIG_X", kt.t_int, 4, false,
				  "#\n# CONFIG_X=1\n CONFIG_X=2\nCONFIG_XY=3\nCONFIG_\nCONFIG_X=4\nCONFIG_X=5\n",
				  10), 0);
	EXPECT_NUMBER(kconfig_number(4), 4);
	/* The last line may have no newline. */
	EXPECT_NUMBER(kconfig_run("CONFIG_X", kt.t_int, 4, false, "CONFIG_X=6", 3), 0);
	EXPECT_NUMBER(kconfig_number(4), 6);
	/* What is too long is cut, and the next line is found. */
	memset(config, 'a', sizeof(config));
	memcpy(config, "CONFIG_Y=\"", 10);
	strcpy(config + 2 * KCONFIG_LINE_SIZE, "\"\nCONFIG_X=7\n");
	for (size_t cut = 0; cut < 2 * KCONFIG_LINE_SIZE; cut += 511) {
		EXPECT_NUMBER(kconfig_run("CONFIG_X", kt.t_int, 4, false, config, cut), 0);
		EXPECT_NUMBER(kconfig_number(4), 7);
	}
}

static void kconfig_missing(void)
{
	kconfig_make_types();
	EXPECT_NUMBER(kconfig_run("CONFIG_X", kt.t_int, 4, true, "# CONFIG_X is not set\n", 0), 0);
	EXPECT_NUMBER(kconfig_number(4), 0);
	EXPECT_NUMBER(kconfig_x(kt.t_int, 4, "# CONFIG_X is not set\n"), -EOPNOTSUPP);
	EXPECT_TEXT(why.reason.data, "extern 'CONFIG_X': is not in this kernel's configuration");
}

static void kconfig_facts(void)
{
	kconfig_make_types();
	const struct {
		uint32_t type, size;
		uint64_t value;
		int err;
	} rows[] = {
		{ kt.t_int, 4, 0x060125, 0 },
		{ kt.t_bool, 1, 1, 0 },
		{ kt.t_bool, 1, 2, -ENOEXEC },
		{ kt.t_char, 1, 1, 0 },
		{ kt.t_short, 2, 0x060125, -ENOEXEC },
		{ kt.t_tristate, 4, 1, -ENOEXEC },
		{ kt.t_string, 8, 1, -ENOEXEC },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (int fact = 0; fact < KCONFIG_NR_FACTS; fact++) {
			kconfig_run(kconfig_fact_names[fact], rows[i].type, rows[i].size, true, "", 0);
			EXPECT(kconfig_wants_fact(&kconfig_state, fact));
			EXPECT(!kconfig_wants_fact(&kconfig_state, (fact + 1) % KCONFIG_NR_FACTS));
			EXPECT(!kconfig_wants_text(&kconfig_state));
			EXPECT_NUMBER(kconfig_set_fact(&kconfig_state, fact, rows[i].value, &why),
				      rows[i].err);
			EXPECT_NUMBER(kconfig_number(rows[i].size), rows[i].err ? 0 : rows[i].value);
		}
	EXPECT_TEXT(why.reason.data,
		    "extern 'LINUX_HAS_SYSCALL_WRAPPER': is 1, which its type cannot hold");
}

/* ---- config.h: from the machine's files ---- */

static unsigned int config_nr_asked;

static bool config_wrapper(void)
{
	config_nr_asked++;
	return true;
}

static int config_run(const char *name, bool weak)
{
	memset(kconfig_value, 0, sizeof(kconfig_value));
	kconfig_var = (struct kconfig_extern){
		.name = name, .weak = weak, .type = kt.t_int, .size = 4, .value = kconfig_value,
	};
	why_clear(&why);
	config_nr_asked = 0;
	return config_resolve(&kt.btf, &kconfig_var, 1, config_wrapper, &why);
}

/* Thousands of them, the last by name first, and as many lines of which each is one's. */
static void kconfig_many(void)
{
	enum { NR = 60000, NAME = 16 };
	static char names[NR][NAME], config[NR * 2 * NAME];
	static struct kconfig_extern externs[NR];
	static uint8_t values[NR];
	clock_t started = clock();
	size_t len = 0;

	kconfig_make_types();
	for (uint32_t i = 0; i < NR; i++) {
		snprintf(names[i], NAME, "CONFIG_%05u", NR - i);
		externs[i] = (struct kconfig_extern){ .name = names[i], .type = kt.t_bool, .size = 1, .value = &values[i] };
		len += (size_t)sprintf(config + len, "%s=y\n", names[i]);
	}
	why_clear(&why);
	EXPECT_NUMBER(kconfig_open(&kconfig_state, &kt.btf, externs, NR, &why), 0);
	EXPECT_NUMBER(kconfig_add(&kconfig_state, (const uint8_t *)config, len, &why), 0);
	EXPECT_NUMBER(kconfig_close(&kconfig_state, &why), 0);
	EXPECT(!memchr(values, 0, NR));
	EXPECT(clock() - started < 2 * CLOCKS_PER_SEC);
}

static void config_from_boot(void)
{
	static const struct fixture_file files[] = {
		{ "/boot/config-6.1.0-37-amd64", "CONFIG_HZ_250=y\nCONFIG_HZ=250\n" }, { 0 }
	};

	kconfig_make_types();
	fixture.files = files;
	EXPECT_NUMBER(config_run("CONFIG_HZ", false), 0);
	EXPECT_NUMBER(kconfig_number(4), 250);
	EXPECT_NUMBER(config_run("CONFIG_HZ_250", false), -ENOEXEC);
	EXPECT_NUMBER(config_run("CONFIG_MISSING", false), -EOPNOTSUPP);
	EXPECT_TEXT(why.hint.data, "if the program can do without it: declared __weak it would be zero");
}

static void config_from_nowhere(void)
{
	static const struct fixture_file files[] = { { 0 } };

	kconfig_make_types();
	fixture.files = files;
	EXPECT_NUMBER(config_run("CONFIG_HZ", true), 0);
	EXPECT_NUMBER(kconfig_number(4), 0);
	EXPECT_NUMBER(config_run("CONFIG_HZ", false), -EOPNOTSUPP);
	EXPECT_TEXT(why.reason.data, "extern 'CONFIG_HZ': is not in this kernel's configuration");
	EXPECT_TEXT(why.hint.data, "there is no /proc/config.gz and no /boot/config-RELEASE: "
		    "declared __weak it would be zero");
}

/* What is asked for, and nothing else. */
static void config_facts(void)
{
	static const struct fixture_file files[] = { { 0 } };

	kconfig_make_types();
	fixture.files = files;
	EXPECT_NUMBER(config_run("LINUX_KERNEL_VERSION", false), 0);
	EXPECT_NUMBER(kconfig_number(4), 0x06018c); /* fixture's, of Debian's number */
	EXPECT_NUMBER(config_nr_asked, 0);
	EXPECT_NUMBER(config_run("LINUX_HAS_SYSCALL_WRAPPER", false), 0);
	EXPECT_NUMBER(kconfig_number(4), 1);
	EXPECT_NUMBER(config_nr_asked, 1);
}

/* Packed by gzip, in a file of this machine if it has one. */
static void config_from_proc(void)
{
	kconfig_make_types();
	if (access("/proc/config.gz", R_OK) != 0) {
		SKIP("this machine has no /proc/config.gz");
		return;
	}
	EXPECT_NUMBER(config_run("CONFIG_LOG_BUF_SHIFT", false), 0);
	EXPECT(kconfig_number(4) >= 12 && kconfig_number(4) <= 25);
	EXPECT_NUMBER(config_run("CONFIG_NO_SUCH_THING", false), -EOPNOTSUPP);
}

static const struct check_case kconfig_cases[] = {
	{ "kconfig: values by type", kconfig_values },
	{ "kconfig: strings", kconfig_strings },
	{ "kconfig: types that hold no value", kconfig_types_refused },
	{ "kconfig: names", kconfig_names },
	{ "kconfig: lines", kconfig_lines },
	{ "kconfig: missing ones", kconfig_missing },
	{ "kconfig: facts", kconfig_facts },
	{ "kconfig: many variables", kconfig_many },
	{ "config: from /boot", config_from_boot },
	{ "config: from /proc, unpacked", config_from_proc },
	{ "config: from nowhere", config_from_nowhere },
	{ "config: facts", config_facts },
};

#endif
