/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One input from a text, for whoever reads: the prompt, a script, -e, a pipe. */
#pragma once

#include "shell/session.h"

/*
 * Reads one input of source SRC at FROM into an item below PARENT. A command that takes an input
 * (:rewrite) reaches to that input's end. Its state is in (*ret)->input; diagnostics are the caller's.
 */
struct item *item_read(struct session *s, const void *parent, int src, size_t from,
		       enum input_mode mode, struct diags *diags);
/* Adds the error for an item that gets no more text. */
void item_unfinished(const struct item *it, struct diags *diags);
/*
 * Runs items in order: definitions and clauses that stand together go as one; commands, expressions and
 * shell commands by themselves. Stops at the first failure, or with KEEP_GOING runs each by itself and
 * returns the first failure's status.
 */
enum diag_status items_run(struct session *s, struct item *const *items, size_t n, bool keep_going);
