/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The unified diff of a rewrite, computed from its edits against exactly what was typed. */
#pragma once

#include "rewriter/rewrite.h"

/*
 * Appends the diff of source SRC ("--- NAME", "+++ NAME (rewritten)", hunks with one line of
 * context) and below it one line per note: "  3:5: prev->comm: ...", with its reasons. COLOR: SGR
 * sequences. Nothing if no edit is in that source.
 */
void diff_format(const struct source *sources, size_t n_sources, int src,
		 const struct rewrite_result *res, bool color, struct strbuf *out);
