/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inputs -> unit: wraps each clause into a function with its parameters, declares the builtins and
 * kernel types it names, and lowers what is not C (`@m[k]`, `$pid`, `str(p, n)`) into C that clang can
 * parse. Runs in the shell's process; knows no libclang.
 */
#pragma once

#include "rewriter/input.h"
#include "rewriter/rewrite.h"

/*
 * A sysret clause that names arguments of its call has a second program, called like the first with this
 * behind it: at the call's entry it saves them, by thread, in the map WRAP_SAVED and the first one's name.
 */
#define WRAP_ENTRY "_entry"
#define WRAP_SAVED "__bcsh_saved_"

struct wrap_clause {	/* one program: a clause on one resolved target */
	const struct input *input;
	int src;
	const struct probe_target *target;	/* NULL: user-side (BEGIN, END, interval, expression) */
	char *name;		/* C identifier of the program: "bcsh_p3" */
};

struct wrap_definition {
	const struct input *input;
	int src;
};

struct wrap_job {
	const struct facts *facts;
	const struct source *sources;
	size_t n_sources;
	VEC(struct wrap_definition) definitions;	/* those that the rest uses, in order */
	VEC(struct wrap_clause) clauses;
	bool host;			/* user-side code: x86-64 */
	const struct wrap_clause *expression;	/* host: one expression whose value is shown */
	VEC(struct at_map) known_maps;	/* types of maps that the session knows */
};

/*
 * Fills REQ's unit, files, programs and at-maps. Maps that REQ lists already are known, as are those of
 * known_maps that are used; all others are added as AT_UNKNOWN. 0, or -1 with diagnostics.
 */
int wrap_build(const void *parent, const struct wrap_job *job, struct rewrite_request *req,
	       struct diags *diags);
/*
 * Adds "did you mean" to DIAGS, the worker's about the request made of JOB, where the compiler did not know
 * a name: it saw only what the text names of the kernel's types and of the probes' parameters.
 */
void wrap_hints(const struct wrap_job *job, struct diags *diags);
/*
 * Names (identifiers and @maps as "@name") that the text of an input uses, each once; members (after . or
 * ->) and keywords are left out. Below PARENT.
 */
void wrap_names(const void *parent, const struct source *s, size_t start, size_t end,
		char ***ret, size_t *ret_n);
