/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the language to C: the edits that turn @maps, builtins, map methods, printf/emit/print/clear/
 * exit, str(), text comparison and signed division into C over BPF helpers, or over the handler's
 * runtime for host code. Works beside plan.c on the same edit tree.
 */
#pragma once

#include "rewriter/edit.h"
#include "rewriter/infer.h"
#include "rewriter/rewrite.h"

struct lower {
	const void *parent;
	struct ast_unit *unit;
	struct infer *inf;
	struct edits *edits;
	const struct rewrite_request *req;
	struct rewrite_result *res;	/* maps, events and diags are added here */
	/* out */
	VEC(struct range) expand;	/* macro invocations that must be expanded first */
};

/*
 * Types of @maps from their uses in UNIT. Fills or refines RES's maps (first a copy of the request's).
 * Returns true if a type changed so that the unit must be parsed again with the new declarations.
 */
bool lower_map_types(const void *parent, struct ast_unit *unit, const struct rewrite_request *req,
		     struct rewrite_result *res);
/* C declaration of the analysis function for map M: "__u64 *__bcsh_at_x();". Any number of times. */
void lower_map_analysis(const struct at_map *m, struct strbuf *out);
/* C definition of map M for the compiled code: key struct, value struct, the map itself; the first
   of several counts. */
void lower_map_code(const struct at_map *m, bool host, struct strbuf *out);
/* All sugar edits. Errors go to res->diags. */
void lower_plan(struct lower *l);
