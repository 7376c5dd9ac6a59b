/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is wrong with somebody's input, as a value: several can be collected, compared in tests and
 * shown by whoever owns the terminal. Libraries never print.
 *
 * Messages: lower case, no full stop, names quoted as 'name', one remedy in the hint.
 */
#pragma once

#include "base/source.h"
#include "base/vec.h"

enum diag_severity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

/* Which exit status an error leads to (DESIGN 6); 0 for warnings and notes. */
enum diag_status {
	STATUS_OK = 0,
	STATUS_RUNTIME = 1,
	STATUS_USAGE = 2,
	STATUS_REFUSED = 3,	/* the input: syntax, types, rewriting */
	STATUS_VERIFIER = 4,
	STATUS_NO_PROBE = 5,
	STATUS_PERMISSION = 6,
	STATUS_LOST = 7,
};

struct diag_reason {	/* one link of "because ...": a place and what happened there */
	struct range at;
	char *text;
};

struct diag {
	enum diag_severity severity;
	enum diag_status status;
	struct range at;	/* at.src indexes the sources of the request it came from */
	char *message;
	char *hint;		/* NULL: none */
	VEC(struct diag_reason) reasons;
};

struct diags {
	VEC(struct diag) list;
	const void *parent;	/* owner of texts; set by diags_init() */
};

void diags_init(struct diags *ds, const void *parent);
/* Adds one; hint may be NULL. Returns it, valid until the next is added. */
struct diag *diag_add(struct diags *ds, enum diag_severity severity, enum diag_status status,
		      struct range at, const char *fmt, ...) mem_attr(5, 6);
/* Shorthand for an error in the input (STATUS_REFUSED). */
struct diag *diag_error(struct diags *ds, struct range at, const char *fmt, ...) mem_attr(3, 4);
void diag_hint(struct diags *ds, struct diag *d, const char *fmt, ...) mem_attr(3, 4);
void diag_reason(struct diags *ds, struct diag *d, struct range at, const char *fmt, ...)
	mem_attr(4, 5);
/* Number of errors among them. */
size_t diags_errors(const struct diags *ds);
/* The status of the first error, or STATUS_OK. */
enum diag_status diags_status(const struct diags *ds);
/*
 * Renders one as "NAME:LINE:COL: error: message", excerpt, reasons, "  hint: ...". SOURCES has N
 * entries. A diag without a place gives "error: message".
 */
void diag_format(const struct diag *d, const struct source *sources, size_t n, struct strbuf *out);
