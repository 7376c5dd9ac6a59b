// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The option table. Help and usage text derive from it; completions/ and man/ describe the same
 * options.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>

#include "base/diag.h"
#include "shell/options.h"

enum {
	KEY_CHECK = 256,
	KEY_BTF,
	KEY_COLOR,
	KEY_TIMING,
	KEY_STRICT,
	KEY_KEEP_GOING,
	KEY_UNSAFE,
	KEY_NORC,
};

static const struct argp_option table[] = {
	{ "execute", 'e', "INPUT", 0, "run INPUT (repeatable, in order), then wait for ^C, -d, -c or exit()", 1 },
	{ "command", 'c', "CMD", 0, "start CMD once everything is attached, trace until it ends", 1 },
	{ "pid", 'p', "PID", 0, "'target' is PID; uprobes and profile are confined to it", 1 },
	{ "duration", 'd', "TIME", 0, "stop after TIME (5, 500ms, 2m)", 1 },
	{ "interval", 'i', "TIME", 0, "print the maps and keep going every TIME", 1 },
	{ "rewrite", 'r', NULL, 0, "show the diff of each input; load nothing; needs no privilege", 2 },
	{ "check", KEY_CHECK, NULL, 0, "compile and have the kernel verify; attach nothing", 2 },
	{ "list", 'l', "PATTERN", OPTION_ARG_OPTIONAL, "list probes that could be attached; * and ? match", 2 },
	{ "format", 'f', "FMT", 0, "table, box, json (one object a line), csv, tsv, markdown", 3 },
	{ "output", 'o', "FILE", 0, "write results to FILE", 3 },
	{ "define", 'D', "NAME[=VALUE]", 0, "define a macro", 3 },
	{ "btf", KEY_BTF, "FILE", 0, "types from FILE instead of the running kernel", 3 },
	{ "color", KEY_COLOR, "WHEN", 0, "auto, always, never (NO_COLOR is honoured)", 3 },
	{ "timing", KEY_TIMING, NULL, 0, "where each input's time went", 4 },
	{ "strict", KEY_STRICT, NULL, 0, "exit 7 if an event, an update or a read was lost or failed", 4 },
	{ "keep-going", KEY_KEEP_GOING, NULL, 0, "a failing input does not end the script", 4 },
	{ "unsafe", KEY_UNSAFE, NULL, 0, "allow what changes the system", 4 },
	{ "norc", KEY_NORC, NULL, OPTION_HIDDEN, "no rc file (there is none yet)", 4 },
	{ "quiet", 'q', NULL, 0, "no notes, no diffs", 5 },
	{ "verbose", 'v', NULL, 0, "diffs and notes even when nobody watches", 5 },
	{ "version", 'V', NULL, 0, "print the version", 6 },
	{ "help", 'h', NULL, 0, "print this help", 6 },
	{ 0 },
};

bool options_time(const char *text, uint64_t *ret_ns)
{
	static const struct { const char *unit; double ns; } units[] = {
		{ "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "m", 60e9 }, { "h", 3600e9 },
	};
	char *end;
	double v = strtod(text, &end);

	if (end == text || !(v > 0) || v > 1e9)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit) == 0) {
			*ret_ns = v * units[i].ns;
			return *ret_ns > 0;
		}
	}
	return false;
}

static void parse_time(struct argp_state *st, const char *option, const char *arg, uint64_t *ret)
{
	if (!options_time(arg, ret))
		argp_error(st, "%s: '%s' is not a time (try 5, 500ms or 2m)", option, arg);
}

static void parse_pid(struct argp_state *st, const char *arg, int *ret)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(arg, &end, 10);
	if (errno || end == arg || *end || v <= 0 || v > 0x7fffffff)
		argp_error(st, "-p: '%s' is not a process id", arg);
	*ret = v;
}

static void parse_color(struct argp_state *st, const char *arg, enum when *ret)
{
	static const char *const names[] = { [WHEN_AUTO] = "auto", [WHEN_ALWAYS] = "always",
					     [WHEN_NEVER] = "never" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(arg, names[i]) == 0) {
			*ret = i;
			return;
		}
	}
	argp_error(st, "--color: '%s' is none of auto, always, never", arg);
}

struct state {
	const void *parent;
	struct options *o;
};

static error_t parse_more(int key, char *arg, struct argp_state *st, struct options *o)
{
	switch (key) {
	case 'q':
		o->quiet = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case KEY_CHECK:
		o->mode = RUN_CHECK;
		return 0;
	case KEY_BTF:
		o->btf = arg;
		return 0;
	case KEY_COLOR:
		parse_color(st, arg, &o->color);
		return 0;
	case KEY_TIMING:
		o->timing = true;
		return 0;
	case KEY_STRICT:
		o->strict = true;
		return 0;
	case KEY_KEEP_GOING:
		o->keep_going = true;
		return 0;
	case KEY_UNSAFE:
		o->unsafe = true;
		return 0;
	case KEY_NORC:
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_one(int key, char *arg, struct argp_state *st)
{
	struct state *s = st->input;
	struct options *o = s->o;

	switch (key) {
	case 'e':
		vec_push(s->parent, &o->execute, arg);
		return 0;
	case 'D':
		vec_push(s->parent, &o->defines, arg);
		return 0;
	case 'c':
		o->command = arg;
		return 0;
	case 'p':
		parse_pid(st, arg, &o->pid);
		return 0;
	case 'd':
		parse_time(st, "-d", arg, &o->duration);
		return 0;
	case 'i':
		parse_time(st, "-i", arg, &o->interval);
		return 0;
	case 'r':
		o->mode = RUN_REWRITE;
		return 0;
	case 'l':
		o->list = arg ? arg : "";
		return 0;
	case 'f':
		if (!table_format_find(arg, &o->format))
			argp_error(st, "-f: no format '%s' (table, box, json, csv, tsv, markdown)", arg);
		return 0;
	case 'o':
		o->output = arg;
		return 0;
	case 'V':
		puts("bcsh " BCSH_VERSION);
		exit(STATUS_OK);
	case 'h':
		argp_state_help(st, stdout, ARGP_HELP_STD_HELP);
		return 0;
	case ARGP_KEY_ARG:
		if (o->list && !*o->list) {
			o->list = arg;
			return 0;
		}
		if (o->file)
			argp_error(st, "one script at a time, and '%s' is a second", arg);
		o->file = arg;
		return 0;
	default:
		return parse_more(key, arg, st, o);
	}
}

void options_parse(const void *parent, int argc, char **argv, struct options *ret)
{
	static const struct argp argp = {
		.options = table,
		.parser = parse_one,
		.args_doc = "[FILE]",
		.doc = "bcsh: an interactive C shell for the Linux kernel.\v"
		       "Without -e and FILE, inputs are read from the terminal or a pipe. Type ':help' there.",
	};
	struct options o = { .pid = -1 };
	struct state s = { .parent = parent, .o = &o };

	argp_err_exit_status = STATUS_USAGE;
	argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &s);
	*ret = o;
}
