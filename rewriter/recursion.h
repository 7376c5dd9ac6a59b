/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A BPF program's calls form no circle: its stack is 512 bytes, and the kernel refuses them. */
#pragma once

#include "rewriter/ast.h"

/* Adds an error for each function of UNIT that can come to call itself. */
void recursion_check(const void *parent, const struct ast_unit *unit, struct diags *diags);
