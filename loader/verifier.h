/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel verifier's log -> one diagnostic at the person's line and column. */
#pragma once

#include "loader/flat.h"

/*
 * Finds the failing instruction in LOG, maps it through PROG's lines, and adds a diagnostic
 * with STATUS_VERIFIER: a sentence for endings that are known, the kernel's own words otherwise.
 */
void verifier_explain(const struct flat_prog *prog, const char *log, struct diags *diags);

/* What the repair loop asks: is this the load of a pointer that the verifier does not know? */
enum verifier_class {
	VERIFIER_OTHER,
	VERIFIER_BAD_LOAD,	/* a load or store through a plain number */
	VERIFIER_NULL,		/* a NULL check is missing */
};

struct verifier_failure {
	enum verifier_class class;
	int insn;		/* -1: the log names none */
	const char *words;	/* the kernel's own, in LOG; NULL: it said nothing */
	size_t words_len;
};

/* Reads the end of LOG. False if it has no complaint in it. */
bool verifier_failure(const char *log, struct verifier_failure *ret);
/* The person's place for INSN: of the nearest line at or before it, in its function. */
struct range verifier_place(const struct flat_prog *prog, int insn);
