/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Splits text into inputs (DESIGN 2): is it complete, where does it end, which class is it, and what
 * are its parts. Knows strings, comments, brackets and specs; knows no types.
 */
#pragma once

#include "kernel/probe.h"

enum input_class {
	INPUT_EMPTY,		/* blanks and comments only */
	INPUT_COMMAND,		/* :word ... */
	INPUT_SHELL,		/* !command */
	INPUT_CLAUSE,
	INPUT_DEFINITION,
	INPUT_EXPRESSION,
};

enum input_state {
	INPUT_COMPLETE,
	INPUT_MORE,		/* at a prompt: ask for another line; at the end of a file: an error */
	INPUT_BAD,		/* cannot become right: diags say why */
};

struct input {
	enum input_class class;
	enum input_state state;
	size_t start, end;	/* bytes of the source that it takes, blanks before it left out */
	/* INPUT_COMMAND, INPUT_SHELL */
	char *command;		/* without the leading : or !, trailing blanks cut */
	/* INPUT_CLAUSE */
	VEC(struct probe_spec) specs;	/* specs[].at.start/end are offsets of the source */
	size_t filter_start, filter_end;	/* between the slashes; equal: none */
	size_t body_start, body_end;	/* between the braces */
	/* INPUT_EXPRESSION: body_start/body_end leave its `;` out */
	bool is_statement;	/* if, for, { ... }: has no value */
	/* INPUT_DEFINITION */
	VEC(char *) names;	/* what it declares at file scope: functions, variables, maps, tags,
				   typedefs, macros */
	VEC(char *) tags;	/* those of them that are tags: no variable's name hides them */
	bool is_function, is_map, is_directive;
	/* INPUT_MORE: what is open, for the message at the end of a file */
	const char *open;	/* "'{'", "string", "comment", "'#if'" */
	size_t open_at;
	size_t steps;		/* tokens looked at: what reading it cost */
};

/* What decides "expression or definition": is this identifier a type's name? */
struct input_types {
	bool (*is_type)(void *arg, const char *name, size_t len);
	void *arg;
};

enum input_mode {
	INPUT_AT_PROMPT,	/* an expression ends at the line where it parses whole */
	INPUT_IN_FILE,		/* an expression ends at its `;` (or at the end of the text) */
};

/*
 * Reads one input from S at offset FROM. SRC is the number that ranges get. Memory below PARENT.
 */
void input_read(const void *parent, const struct source *s, int src, size_t from,
		enum input_mode mode, const struct input_types *types, struct input *ret,
		struct diags *diags);
/* The error for an INPUT_MORE that gets no more: "unclosed '{'" at its place. Adds to DIAGS. */
void input_unfinished(const struct input *in, int src, struct diags *diags);
