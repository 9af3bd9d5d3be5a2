/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * options.h - the command line: what is to be done, and the text that says how to ask.
 *
 * Pure: arguments in, options out; they live as long as the arguments.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>

#include "kinds.h"
#include "kprobe.h"
#include "probe.h"
#include "programs.h"
#include "text.h"

#define PROGRAM "load_kp_bpf"
#ifndef VERSION
#define VERSION "unknown"
#endif

#define SETS_MAX 64

struct options {
	const char *object;
	struct programs_wanted wanted; /* FUNCTIONs as given, if any */
	enum attach_mode mode;
	const char *btf; /* the file that has the kernel's BTF; NULL: the kernel itself */
	bool help, version, verbose, quiet, keep_going, list, json;
	uint32_t nr_sets;
	const char *sets[SETS_MAX]; /* NAME=VALUE of global variables */
};

static const char usage[] =
	"usage: " PROGRAM " [options] OBJECT [FUNCTION[+OFFSET]]...\n"
	"\n"
	"Loads the eBPF programs of OBJECT, attaches each where its section says, or its\n"
	"one kprobe program to each FUNCTION of the kernel, and runs until interrupted.\n"
	"sys_NAME finds this machine's system call.\n"
	"\n"
	"  -r, --retprobe     probe the return of the function\n"
	"      --attach=HOW   auto (default), perf or tracefs\n"
	"      --btf=FILE     the kernel's BTF, where the kernel itself has none\n"
	"      --set NAME=VALUE  a global variable's value, before the start\n"
	"      --keep-going   attach what can be, and tell what cannot\n"
	"      --list         print what OBJECT holds, and do nothing; --json for machines\n"
	"      --check        load, print what was found, attach and pin nothing\n"
	"  -v, --verbose      more about each step; the whole verifier log\n"
	"  -q, --quiet        nothing but errors\n"
	"  -h, --help         this text\n"
	"  -V, --version      the version\n"
	"\n"
	"Exit status: 0 done, 1 the system or kernel refused, 2 usage, 3 the object is\n"
	"bad or unsupported, 4 this kernel lacks the feature.\n";

static inline int option_set_attach(struct options *options, const char *how, struct why *why)
{
	if (strcmp(how, "auto") == 0)
		options->mode = ATTACH_AUTO;
	else if (strcmp(how, "perf") == 0)
		options->mode = ATTACH_PERF;
	else if (strcmp(how, "tracefs") == 0)
		options->mode = ATTACH_TRACEFS;
	else
		return why_set(why, -EINVAL, "--attach='%s': expected auto, perf or tracefs", how);
	return 0;
}

static inline int option_set_btf(struct options *options, const char *file, struct why *why)
{
	(void)why;
	options->btf = file;
	return 0;
}

static inline int option_add_set(struct options *options, const char *assignment, struct why *why)
{
	if (options->nr_sets == SETS_MAX)
		return why_set(why, -EINVAL, "--set '%s': there are %u before it, at most %u",
			       assignment, options->nr_sets, SETS_MAX);
	options->sets[options->nr_sets++] = assignment;
	return 0;
}

static const struct option {
	char name[11];
	char letter;       /* '\0' when it has none */
	uint16_t flag;     /* where the bool is that it sets; or */
	/* it takes a value */
	int (*set)(struct options *options, const char *value, struct why *why);
} option_table[] = {
	{ "help", 'h', offsetof(struct options, help), NULL },
	{ "version", 'V', offsetof(struct options, version), NULL },
	{ "verbose", 'v', offsetof(struct options, verbose), NULL },
	{ "quiet", 'q', offsetof(struct options, quiet), NULL },
	{ "retprobe", 'r', offsetof(struct options, wanted.retprobe), NULL },
	{ "check", '\0', offsetof(struct options, wanted.check), NULL },
	{ "keep-going", '\0', offsetof(struct options, keep_going), NULL },
	{ "list", '\0', offsetof(struct options, list), NULL },
	{ "json", '\0', offsetof(struct options, json), NULL },
	{ "attach", '\0', 0, option_set_attach },
	{ "btf", '\0', 0, option_set_btf },
	{ "set", '\0', 0, option_add_set },
};

#define NR_OPTIONS (sizeof(option_table) / sizeof(option_table[0]))

static inline void option_set_flag(struct options *options, const struct option *option)
{
	*(bool *)((char *)options + option->flag) = true;
}

/* "-vr": letters of options, none of which has a value. */
SELDOM int option_parse_letters(struct options *options, const char *arg, struct why *why)
{
	for (const char *p = arg + 1; *p; p++) {
		size_t i = 0;

		while (i < NR_OPTIONS && option_table[i].letter != *p)
			i++;
		if (i == NR_OPTIONS)
			return why_set(why, -EINVAL, "unknown option '-%.*s'", 1, p);
		option_set_flag(options, &option_table[i]);
	}
	return 0;
}

/* "--name", "--name=value", "--name value"; *next is the argument behind it, NULL once used. */
static inline int option_parse_name(struct options *options, const char *arg, const char **next,
				    struct why *why)
{
	const char *name = arg + 2;
	size_t len = text_until(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;

	for (size_t i = 0; i < NR_OPTIONS; i++) {
		const struct option *option = &option_table[i];

		if (strlen(option->name) != len || memcmp(option->name, name, len) != 0)
			continue;
		if (!option->set && value)
			return why_set(why, -EINVAL, "option '--%s' takes no value", option->name);
		if (!option->set) {
			option_set_flag(options, option);
			return 0;
		}
		if (!value) {
			value = *next;
			*next = NULL;
		}
		return value ? option->set(options, value, why)
			     : why_set(why, -EINVAL, "option '--%s' needs a value", option->name);
	}
	return why_set(why, -EINVAL, "unknown option '%s'", arg);
}

/* OBJECT, then FUNCTIONs, which are gathered at the start of the arguments' own list. */
static inline void options_add_operand(struct options *options, char **argv, char *arg)
{
	if (!options->object) {
		options->object = arg;
		return;
	}
	argv[options->wanted.nr_functions++] = arg;
	options->wanted.functions = (const char *const *)argv;
}

/* A FUNCTION must be spelt as one before anything is done. */
static inline int options_check_functions(const struct programs_wanted *wanted, struct why *why)
{
	struct target target;
	int err = 0;

	for (uint32_t i = 0; i < wanted->nr_functions && !err; i++)
		if (!pattern_is(wanted->functions[i]))
			err = target_parse(wanted->functions[i], wanted->retprobe, &target, why);
	return err;
}

/*
 * Options may stand anywhere before "--". Returns 0, or -errno with a reason: a usage
 * error, whichever.
 */
static inline int options_parse(int argc, char **argv, struct options *out, struct why *why)
{
	bool operands_only = false;
	int err = 0;

	*out = (struct options){ .mode = ATTACH_AUTO };
	for (int i = 1; i < argc && !err; i++) {
		char *arg = argv[i];
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (operands_only || arg[0] != '-' || !arg[1]) {
			options_add_operand(out, argv, arg);
		} else if (strcmp(arg, "--") == 0) {
			operands_only = true;
		} else if (arg[1] == '-') {
			const char *unused = next;

			err = option_parse_name(out, arg, &unused, why);
			i += next && !unused;
		} else {
			err = option_parse_letters(out, arg, why);
		}
	}
	if (err || out->help || out->version)
		return err;
	out->list |= out->json;
	if (!out->object)
		return why_set(why, -EINVAL, "expected OBJECT");
	if (out->list && out->wanted.nr_functions)
		return why_set(why, -EINVAL, "--list and --json take OBJECT only, not '%s'",
			       out->wanted.functions[0]);
	return options_check_functions(&out->wanted, why);
}

#endif
