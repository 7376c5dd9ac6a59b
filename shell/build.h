/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One step of the session: new inputs, and the older programs that must be made again with them. Private to
 * pipeline*.c and session_build.c, session_swap.c. Everything hangs below the step and is freed with it,
 * except what the session accepts.
 */
#pragma once

#include "loader/flat.h"
#include "rewriter/wrap.h"
#include "shell/session.h"

struct built {			/* one request, and what came of it */
	struct wrap_job job;	/* what it was made of */
	struct wrap_clause expression;
	struct rewrite_request req;
	struct rewrite_result res;
	struct flat flat;
	bool has_flat;
	const void *object;	/* host code; below the step */
	size_t object_len;
	struct names names;	/* all that occur in its texts */
};

struct step {
	struct session *s;
	enum run_mode mode;
	struct diags diags;
	struct item_list defs;		/* new definitions */
	struct item_list replaced;	/* the session's that they replace */
	VEC(struct probe *) fresh;	/* new kernel programs */
	VEC(struct probe *) again;	/* attached ones to be rebuilt */
	VEC(struct probe *) entries;	/* beside those two: programs at the entry of system calls */
	VEC(struct probe *) hosts;	/* user-side clauses, new or to be compiled again */
	struct item *expression;
	struct range at;		/* the first input: for errors that have no place of their own */
	struct names grown;		/* maps and variables of which more is known now */
	struct origin_facts known;	/* the session's, and what this step adds */
	struct built kernel, host;
	struct load_result loaded;
	size_t maps_before;		/* in the registry: what came after is taken back on failure */
	struct timing time;
	double started;
};

double step_clock(void);		/* ms */
/* Adds the session's programs that use one of NAMES and are not in the step yet. True: there were. */
bool step_add_affected(struct step *st, const struct names *names);
/* The kernel side: request, worker, result, and again until no older program is concerned. */
enum diag_status step_build_kernel(struct step *st);
/* The user side: the host clauses, or the expression. */
enum diag_status step_build_host(struct step *st);
/*
 * After the kernel side was refused: it may be that BEGIN sets a map whose type it lacks. Builds the
 * user side for the types of its maps; 0 if the kernel side is worth another try.
 */
int step_build_host_first(struct step *st);
/* Checks and loads the flat program. */
enum diag_status step_load(struct step *st);
/* Attaches what is new and swaps what was rebuilt; on failure everything is as before. */
enum diag_status step_attach(struct step *st);
/* Closes what was loaded and drops maps that were made. */
void step_rollback(struct step *st);
/* The session takes over definitions, programs, types, facts and formats. */
void step_accept(struct step *st);
/* Is P one of the step's new ones? */
bool step_is_new(const struct step *st, const struct probe *p);
