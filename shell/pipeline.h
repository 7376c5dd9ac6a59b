/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One step from text to attached: DESIGN's whole path for one or several inputs that go together. Errors are
 * shown; the session changes wholly or not at all.
 */
#pragma once

#include "shell/session.h"

/*
 * Definitions and clauses, or one expression. KEEP: what is accepted stays in the session; without
 * it nothing changes (:rewrite). Items that are kept leave their talloc parent for the session's.
 */
enum diag_status pipeline_run(struct session *s, struct item *const *items, size_t n,
			      enum run_mode mode, bool keep);
/* Shows what the rewriter makes of a program of the session. */
enum diag_status pipeline_show(struct session *s, struct probe *p);
/* Prints the C that is compiled for a program. */
enum diag_status pipeline_code(struct session *s, struct probe *p);
