/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of finished cells to text, in each of the output formats. Cells are already printable (base/utf8.h);
 * nothing here knows what they mean.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "base/vec.h"

enum table_format {
	TABLE_TABLE,
	TABLE_BOX,
	TABLE_JSON,	/* one object a line */
	TABLE_CSV,
	TABLE_TSV,
	TABLE_MARKDOWN,
	TABLE_FORMATS,
};

/* By name, as -f takes it. */
bool table_format_find(const char *name, enum table_format *ret);

struct table_column {
	char *name;
	bool number;	/* right-aligned; a JSON number when the cell is one */
};

struct table {
	const char *type;	/* "type" of the JSON objects */
	VEC(struct table_column) columns;
	VEC(char **) rows;	/* columns.n cells each; NULL: empty */
};

struct table *table_new(const void *parent, const char *type);
void table_column(struct table *t, const char *name, bool number);
/* A new row's cells, to be set to strings below the table. All columns must be there by then. */
char **table_row(struct table *t);
void table_print(const struct table *t, enum table_format format, struct strbuf *out);
/* One cell as CSV wants it: quoted when it has to be. */
void table_add_csv(struct strbuf *out, const char *cell);
/* Pads TEXT to WIDTH terminal columns. */
void table_add_padded(struct strbuf *out, const char *text, size_t width, bool right);
