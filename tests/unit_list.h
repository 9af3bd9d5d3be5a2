/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* unit_list.h - list.h: objects as text and as JSON */
#ifndef UNIT_LIST_H
#define UNIT_LIST_H

#include "fixture.h"

static struct {
	char data[65536];
	size_t len;
	unsigned int pieces;
	int err; /* what the reader answers */
} listed;

static int list_catch(const char *data, size_t len)
{
	listed.pieces++;
	if (listed.len + len >= sizeof(listed.data))
		return -E2BIG;
	memcpy(listed.data + listed.len, data, len);
	listed.len += len;
	listed.data[listed.len] = '\0';
	return listed.err;
}

static int list_of(const struct object *object, bool json)
{
	static uint8_t bytes[4096];
	const struct arena arena = { .data = bytes, .size = sizeof(bytes) };
	const struct elf elf = { 0 };

	listed.len = listed.pieces = 0;
	listed.data[0] = '\0';
	return list_object(&elf, object, &arena, json, list_catch);
}

static void lists_objects(void)
{
	struct object_map maps[] = {
		{ .name = "outer", .type = 12, .key_size = 4, .value_size = 4, .max_entries = 8, .inner = 1 },
		{ .name = "in\n\"", .type = 1000, .flags = 0x81, .extra = UINT64_MAX, .pinning = PIN_GLOBAL_NS,
		  .pin_namespace = "tc", .inner = OBJECT_NO_MAP, .is_template = true },
	};
	struct object_function functions[] = { { .nr_insns = 6 }, { .nr_insns = 2 } };
	struct object_program programs[] = {
		{ .name = "count", .section = "?kprobe/vfs_read", .function = 0 },
		{ .name = "a_name_of_more_than_twenty", .section = "xdp", .function = 1 },
	};
	struct object_extern externs[] = {
		{ .name = "HZ", .kind = EXTERN_KCONFIG, .is_weak = true },
		{ .name = "jiffies", .kind = EXTERN_KSYM },
	};
	struct insn insns[8] = { { 0 } };
	struct object_code code = { .insns = insns, .nr_insns = COUNT_OF(insns) };
	const struct object object = {
		.maps = { maps, COUNT_OF(maps), NULL, 0 }, .codes = &code, .nr_codes = 1,
		.functions = functions, .nr_functions = 2, .programs = programs, .nr_programs = 2,
		.externs = externs, .nr_externs = 2, .license = "G\\L", .version = 0x040906,
	};

	for (size_t i = 0; i < COUNT_OF(programs); i++)
		EXPECT(kind_find(programs[i].section, &programs[i].match));
	listed.err = 0;
	EXPECT_NUMBER(list_of(&object, false), 0);
	EXPECT_TEXT(listed.data,
		    "license     G\\L\n"
		    "version     4.9.6\n"
		    "program     count               kind kprobe, target vfs_read, instructions 6, optional\n"
		    "program     a_name_of_more_than_twenty kind xdp, instructions 2, tool ip link set dev DEVICE xdp\n"
		    "map         outer               type array_of_maps, key 4, value 4, entries 8, inner in\\x0a\"\n"
		    "map         in\\x0a\"                type unknown, flags 129, extra 18446744073709551615, "
		    "pinned /sys/fs/bpf/tc/globals/in\\x0a\", template\n"
		    "extern      HZ                  kind kconfig, weak\n"
		    "extern      jiffies             kind ksym\n");

	EXPECT_NUMBER(list_of(&object, true), 0);
	EXPECT_TEXT(listed.data,
		    "{\"license\": \"G\\u005cL\", \"version\": \"4.9.6\", \"programs\": [\n"
		    "{\"name\": \"count\", \"section\": \"?kprobe/vfs_read\", \"kind\": \"kprobe\", "
		    "\"target\": \"vfs_read\", \"instructions\": 6, \"optional\": true},\n"
		    "{\"name\": \"a_name_of_more_than_twenty\", \"section\": \"xdp\", \"kind\": \"xdp\", "
		    "\"target\": \"\", \"instructions\": 2, \"optional\": false, "
		    "\"tool\": \"ip link set dev DEVICE xdp\"}\n"
		    "], \"maps\": [\n"
		    "{\"name\": \"outer\", \"type\": \"array_of_maps\", \"type_id\": 12, \"key\": 4, \"value\": 4, "
		    "\"entries\": 8, \"flags\": 0, \"extra\": 0, \"pinned\": \"\", \"inner\": \"in\\u000a\\u0022\", "
		    "\"template\": false, \"variables\": false, \"constant\": false},\n"
		    "{\"name\": \"in\\u000a\\u0022\", \"type\": \"unknown\", \"type_id\": 1000, \"key\": 0, "
		    "\"value\": 0, \"entries\": 0, \"flags\": 129, \"extra\": 18446744073709551615, "
		    "\"pinned\": \"/sys/fs/bpf/tc/globals/in\\u005cx0a\\u0022\", \"inner\": \"\", "
		    "\"template\": true, \"variables\": false, \"constant\": false}\n"
		    "], \"globals\": [\n"
		    "], \"externs\": [\n"
		    "{\"name\": \"HZ\", \"kind\": \"kconfig\", \"type\": \"\", \"weak\": true},\n"
		    "{\"name\": \"jiffies\", \"kind\": \"ksym\", \"type\": \"\", \"weak\": false}\n"
		    "], \"relocations\": [\n"
		    "]}\n");
}

/* More than one text holds goes in pieces; a reader that has enough is asked no more. */
static void lists_in_pieces(void)
{
	static char name[2 * TEXT_SIZE];
	struct object_map maps[20];
	struct object object = { .maps = { maps, COUNT_OF(maps), NULL, 0 }, .license = "" };

	memset(name, 'n', sizeof(name) - 1);
	for (size_t i = 0; i < COUNT_OF(maps); i++)
		maps[i] = (struct object_map){ .name = name, .inner = OBJECT_NO_MAP };
	listed.err = 0;
	EXPECT_NUMBER(list_of(&object, true), 0);
	EXPECT(listed.pieces > 20 && listed.len > COUNT_OF(maps) * (sizeof(name) - 1));
	EXPECT(strcmp(listed.data + listed.len - 3, "]}\n") == 0);
	listed.err = -EPIPE;
	EXPECT_NUMBER(list_of(&object, true), -EPIPE);
	EXPECT_NUMBER(listed.pieces, 1);
}

static void numbers_of_json(void)
{
	static const char *const good[] = { "0", "-1", "18446744073709551615", "-0" };
	static const char *const bad[] = { "", "-", "01", "0x1", "1a", "--1", "1.", "NAME", "-01" };

	for (size_t i = 0; i < COUNT_OF(good); i++)
		EXPECT(list_is_number(good[i]));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		EXPECT(!list_is_number(bad[i]));
}

static const struct check_case list_cases[] = {
	{ "list: an object as text and as JSON", lists_objects },
	{ "list: in pieces", lists_in_pieces },
	{ "list: numbers of JSON", numbers_of_json },
};

#endif
