/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel verifier's log -> one diagnostic at the person's line and column. */
#pragma once

#include "loader/flat.h"

/*
 * Finds the failing instruction in LOG, maps it through PROG's lines, and adds a diagnostic
 * with STATUS_VERIFIER: a sentence for endings that are known, the kernel's own words otherwise.
 */
void verifier_explain(const struct flat_prog *prog, const char *log, struct diags *diags);
