/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layouts of the person's own records, for whoever prints values of them: BTF has only the maps'. */
#pragma once

#include "rewriter/ast.h"
#include "rewriter/rewrite.h"

/* Adds to RES what is needed to print a value of type T: its record and those inside, each once. */
void record_layout_add(const void *parent, struct rewrite_result *res, const struct ast_type *t);
