/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Solution -> edits: which loads become which reads, and what must be refused. */
#pragma once

#include "rewriter/edit.h"
#include "rewriter/infer.h"

#define PLAN_SKIP_ALL UINT32_MAX	/* for the oracle's ground truth: no read is rewritten */

struct plan {
	const void *parent;
	struct ast_unit *unit;
	struct infer *inf;
	struct edits *edits;
	struct diags *diags;
	uint32_t skip;		/* leave out the Nth (from 1) read edit, or PLAN_SKIP_ALL; 0: none */
	/* out */
	VEC(struct range) expand;	/* macro invocations that must be expanded first */
};

void plan_run(struct plan *p);
/* How PLACE's memory is to be read: 0 directly, ORIGIN_KERNEL, ORIGIN_USER, or -1 both (an error). */
int plan_read(const struct infer *inf, const struct ast *place, int instance);
