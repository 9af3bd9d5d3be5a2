// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * libbpf_loader NAME OBJECT: what libbpf makes of an object, as lines of fields
 * parted by tabs:
 *
 *   libbpf NAME - loaded|refused REASON
 *   libbpf NAME PROGRAM attached|idle|failed SECTION REASON
 *
 * Each program is attached as libbpf does by itself; "idle" are those that it
 * leaves to the tool. A reason is libbpf's first warning that is no second try's,
 * and where it is of the verifier, that one's last words.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *name;
static char reason[512];

/* The last line of the verifier's log that says something; "--" is libbpf's around it. */
static void reason_add_verifier(const char *log)
{
	char last[256] = "";

	for (const char *line = log; *line;) {
		size_t len = strcspn(line, "\n");

		if (len && line[0] != '-' && strncmp(line, "processed ", 10) != 0)
			snprintf(last, sizeof(last), "%.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
	strncat(reason, ": ", sizeof(reason) - strlen(reason) - 1);
	strncat(reason, last, sizeof(reason) - strlen(reason) - 1);
}

/* Keeps the first warning. */
static int print(enum libbpf_print_level level, const char *format, va_list arguments)
{
	static char text[1 << 20];
	const char *said = text;

	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(text, sizeof(text), format, arguments);
	if (strncmp(said, "libbpf: ", 8) == 0)
		said += 8;
	if (strstr(said, "BEGIN PROG LOAD LOG"))
		reason_add_verifier(said);
	else if (!reason[0] && !strstr(said, "Retrying without BTF"))
		snprintf(reason, sizeof(reason), "%.*s", (int)strcspn(said, "\n"), said);
	for (char *c = reason; *c; c++) {
		if (*c == '\t')
			*c = ' ';
	}
	return 0;
}

static void report(const char *program, const char *verdict, const char *section)
{
	printf("libbpf\t%s\t%s\t%s\t%s\t%s\n", name, program, verdict, section, reason);
	fflush(stdout);
	reason[0] = '\0';
}

static void attach(struct bpf_program *program)
{
	const char *verdict = "idle";
	struct bpf_link *link;

	reason[0] = '\0';
	if (bpf_program__fd(program) >= 0 && bpf_program__autoattach(program)) {
		link = bpf_program__attach(program);
		/* EOPNOTSUPP without a word: of a section that names no place to attach to. */
		if (link)
			verdict = "attached";
		else if (errno != EOPNOTSUPP || reason[0])
			verdict = "failed";
		if (verdict[0] == 'f' && !reason[0])
			snprintf(reason, sizeof(reason), "%s", strerror(errno));
	}
	report(bpf_program__name(program), verdict, bpf_program__section_name(program));
}

int main(int argc, char **argv)
{
	struct bpf_program *program;
	struct bpf_object *object;

	if (argc != 3)
		return 2;
	name = argv[1];
	libbpf_set_print(print);
	object = bpf_object__open_file(argv[2], NULL);
	if (!object || bpf_object__load(object) != 0) {
		if (!reason[0])
			snprintf(reason, sizeof(reason), "%s", strerror(errno));
		report("-", "refused", "-");
		return 1;
	}
	report("-", "loaded", "-");
	bpf_object__for_each_program(program, object)
		attach(program);
	return 0;
}
