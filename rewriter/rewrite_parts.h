/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One run of the rewriter, for rewrite*.c. */
#pragma once

#include "rewriter/edit.h"
#include "rewriter/rewrite.h"

struct rewrite {
	const void *parent;	/* of the result */
	void *scratch;		/* of everything else; ends with the run */
	struct rewrite_request *req;
	struct rewrite_result *res;
	struct ast_file *files;
	size_t n_files;
	char *text;		/* of the unit, as last parsed */
	size_t len;
	struct ast_unit *unit;
	struct infer *inf;
	struct edits *edits;
	VEC(struct range) expand;	/* macro invocations, in offsets of the text */
	bool *defined;		/* by index of the result's maps */
};

/* Spells out the invocations in the unit. False if none could be. */
bool rewrite_expand(struct rewrite *rw);
/* Fills the result's edits and notes. */
void rewrite_show(struct rewrite *rw);
/* Turns the places of the result's messages from the unit's text to the person's. */
void rewrite_diags(struct rewrite *rw);
