// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz_text: every text that the kernel, the file system or a caller hands us.
 * The first byte selects the parser, a letter as in parsers[] below; the rest
 * is what it reads, in memory that ends with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define main loader_main
#include "../loader.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(3): it must hold in every build. */
#define HOLDS(condition) ((condition) ? (void)0 : broken(#condition))

static _Noreturn void broken(const char *condition)
{
	fprintf(stderr, "fuzz_text: does not hold: %s\n", condition);
	abort();
}

static bool is_in(const char *p, const char *text, size_t len)
{
	return p >= text && p <= text + len;
}

static void fuzz_vdso(char *text, size_t len)
{
	const struct view image = { (const uint8_t *)text, len };

	version_parse_vdso(image);
	version_parse_notes(image);
}

static void fuzz_version(char *text, size_t len)
{
	(void)len;
	version_parse(text);
	version_parse_signature(text);
	version_parse_debian(text);
}

static void fuzz_mountinfo(char *text, size_t len)
{
	char *path = fs_parse_mountinfo(text, "tracefs");

	if (!path)
		return;
	HOLDS(is_in(path, text, len));
	HOLDS(strlen(path) <= len);
}

static void fuzz_fdinfo(char *text, size_t len)
{
	uint32_t value;

	(void)len;
	map_fdinfo_value(text, "map_type:", &value);
	map_fdinfo_value(text, "map_flags:", &value);
}

static void fuzz_kallsyms(char *text, size_t len)
{
	static struct symbol_report report;
	struct symbol symbol;

	memset(&report, 0, sizeof(report));
	report.wanted = "vfs_read";
	/* A line each, as fs_lines gives them. */
	for (char *line = text; is_in(line, text, len); line += strlen(line) + 1) {
		char *newline = strchr(line, '\n');

		if (newline)
			*newline = '\0';
		if (!symbol_parse_line(line, &symbol))
			continue;
		HOLDS(symbol.len > 0 && symbol.len < SYMBOL_NAME_SIZE);
		HOLDS(is_in(symbol.name + symbol.len, text, len));
		symbol_report_add(&report, &symbol);
	}
	for (size_t i = 0; i < SYMBOL_NEAREST; i++) {
		HOLDS(memchr(report.nearest[i].name, '\0', SYMBOL_NAME_SIZE));
		HOLDS(report.nearest[i].nearness <= SYMBOL_NEAR_COST + 1);
		HOLDS(!report.nearest[i].nearness == !report.nearest[i].name[0]);
		HOLDS(i == 0 || report.nearest[i].nearness <= report.nearest[i - 1].nearness);
	}
}

static void fuzz_events(char *text, size_t len)
{
	(void)len;
	for (enum probe_kind kind = 0; kind < NR_PROBE_KINDS; kind++) {
		char event[EVENT_NAME_SIZE];
		const char *digits = event + strlen(EVENT_PREFIX);

		if (!event_parse_line(text, kind, event))
			continue;
		HOLDS(strlen(event) >= EVENT_BASE_LEN && strlen(event) < EVENT_NAME_SIZE);
		HOLDS(strncmp(event, EVENT_PREFIX, strlen(EVENT_PREFIX)) == 0);
		HOLDS(strspn(digits, "0123456789abcdef") == EVENT_DIGITS);
		HOLDS(text_find(text, event));
	}
}

static void fuzz_cpu_list(char *text, size_t len)
{
	(void)len;
	cpu_list_end(text);
}

static void fuzz_log(char *text, size_t len)
{
	const char *tail = verifier_log_tail(text);

	HOLDS(is_in(tail, text, len));
	HOLDS(tail == text || tail[-1] == '\n');
}

/* The pieces are all there, in order, without the newlines. */
static void fuzz_lines(char *text, size_t len)
{
	static struct fs_lines lines;
	static int fd = -1;
	const char *line, *p = text, *end = text + len;

	for (char *nul = text; (nul = memchr(nul, '\0', (size_t)(end - nul)));)
		*nul = 'n'; /* the kernel's texts have none, and it would hide the rest of its line */
	if (fd < 0)
		fd = memfd_create("lines", MFD_CLOEXEC);
	HOLDS(ftruncate(fd, 0) == 0 && pwrite(fd, text, len, 0) == (ssize_t)len);
	HOLDS(lseek(fd, 0, SEEK_SET) == 0);
	lines.fd = fd;
	lines.start = lines.end = 0;
	while ((line = fs_lines_next(&lines))) {
		size_t line_len = strlen(line);

		HOLDS(line_len <= (size_t)(end - p) && memcmp(p, line, line_len) == 0);
		p += line_len;
		/* A piece that fills the buffer is not the end of its line. */
		if (line_len < sizeof(lines.buf) - 1 && p < end) {
			HOLDS(*p == '\n');
			p++;
		}
	}
	HOLDS(p == end);
}

/* No name may get more than itself into a line of kprobe_events or of ours. */
static void fuzz_target(char *text, size_t len)
{
	struct target target;
	const char *name;
	struct why why;

	(void)len;
	why_clear(&why);
	if (target_parse(text, false, &target, &why) != 0) {
		HOLDS(why.reason.len > 0);
		for (size_t i = 0; i < why.reason.len; i++)
			HOLDS(why.reason.data[i] >= ' ' && why.reason.data[i] <= '~');
		return;
	}
	HOLDS(strcspn(target.symbol, " \t\n+-/%'\"") == strlen(target.symbol));
	/* A number would be an address; a module's name may start with one (9p). */
	name = strchr(target.symbol, ':') ? strchr(target.symbol, ':') + 1 : target.symbol;
	HOLDS(*name && !strchr("0123456789", *name));
	target_wrap(&target, "__x64_");
	HOLDS(memchr(target.symbol, '\0', sizeof(target.symbol)));
}

static void fuzz_options(char *text, size_t len)
{
	char *argv[16] = { (char *)"load_kp_bpf" };
	struct options options;
	struct why why;
	int argc = 1;

	why_clear(&why);
	for (char *arg = text; is_in(arg, text, len) && argc < 15; arg += strlen(arg) + 1)
		argv[argc++] = arg;
	if (options_parse(argc, argv, &options, &why) != 0)
		HOLDS(why.reason.len > 0);
	else
		HOLDS(options.help || options.version || options.object);
}

static const struct {
	char letter;
	void (*run)(char *text, size_t len);
} parsers[] = {
	{ 'c', fuzz_cpu_list }, { 'e', fuzz_events },   { 'f', fuzz_fdinfo },  { 'k', fuzz_kallsyms },
	{ 'l', fuzz_lines },    { 'm', fuzz_mountinfo }, { 'o', fuzz_options }, { 't', fuzz_target },
	{ 'v', fuzz_version },  { 'V', fuzz_vdso },     { 'x', fuzz_log },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size - 1;
	bool as_bytes;
	char *text;

	if (size == 0)
		return 0;
	as_bytes = data[0] == 'V'; /* all others end with a NUL */
	text = malloc(len + !as_bytes);
	memcpy(text, data + 1, len);
	if (!as_bytes)
		text[len] = '\0';
	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++)
		if (parsers[i].letter == (char)data[0])
			parsers[i].run(text, len);
	free(text);
	return 0;
}
