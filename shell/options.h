/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line (DESIGN 6), parsed by argp from one table. Knows no session: it only says what was
 * asked for. A mistake there ends the process with STATUS_USAGE.
 */
#pragma once

#include <stdint.h>

#include "base/vec.h"
#include "shell/render/table.h"

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

enum run_mode {
	RUN_LIVE,	/* compile, load, attach */
	RUN_CHECK,	/* the kernel verifies; nothing is attached */
	RUN_REWRITE,	/* only show what would be loaded */
};

struct options {
	VEC(char *) execute;	/* -e, in order */
	VEC(char *) defines;	/* -D NAME[=VALUE] */
	char *file;		/* script, NULL: none; "-": standard input */
	char *command;		/* -c */
	char *output;		/* -o */
	char *btf;
	int pid;		/* -p; -1: none */
	uint64_t duration;	/* ns; 0: none */
	uint64_t interval;	/* ns; 0: none */
	enum run_mode mode;
	enum table_format format;
	enum when color;
	char *list;		/* -l: a pattern, "" for the kinds; NULL: not asked for */
	bool timing, strict, keep_going, quiet, verbose, unsafe;
};

/* Fills RET below PARENT; does not return when the command line is wrong, or asks for help. */
void options_parse(const void *parent, int argc, char **argv, struct options *ret);
/* "5", "500ms", "2m", "1h" to ns. False: not a time. */
bool options_time(const char *text, uint64_t *ret_ns);
