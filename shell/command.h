/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TABLE of the commands that begin with ':'. Help, completion and the manual derive from it; a new
 * command is a row and a function.
 */
#pragma once

#include "shell/session.h"

struct command {
	const char *name;
	const char *args;	/* "[ID|SPEC]" */
	const char *summary;
	/* ARGS is what stands after the name, without blanks at its ends. */
	enum diag_status (*run)(struct session *s, const char *args);
	bool takes_input;	/* its argument is an input, which may have several lines */
	const char *help;	/* more lines for ":help NAME"; NULL: none */
};

extern const struct command commands[];
extern const size_t n_commands;

/* Exact name or a prefix that only one has; NULL otherwise. */
const struct command *command_find(const char *name, size_t len);
bool command_takes_input(const char *line);
/* Runs LINE ("probes", "rewrite 3", without the colon). */
enum diag_status command_run(struct session *s, const char *line);

/* cmd_*.c */
enum diag_status cmd_help(struct session *s, const char *args);
enum diag_status cmd_probes(struct session *s, const char *args);
enum diag_status cmd_list(struct session *s, const char *args);
enum diag_status cmd_attach(struct session *s, const char *args);
enum diag_status cmd_detach(struct session *s, const char *args);
enum diag_status cmd_drop(struct session *s, const char *args);
enum diag_status cmd_maps(struct session *s, const char *args);
enum diag_status cmd_print(struct session *s, const char *args);
enum diag_status cmd_clear(struct session *s, const char *args);
enum diag_status cmd_rewrite(struct session *s, const char *args);
enum diag_status cmd_source(struct session *s, const char *args);
enum diag_status cmd_stats(struct session *s, const char *args);
enum diag_status cmd_timing(struct session *s, const char *args);
enum diag_status cmd_verifier(struct session *s, const char *args);
enum diag_status cmd_quit(struct session *s, const char *args);
