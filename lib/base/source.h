/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text that a person wrote, and places in it. Offsets are bytes from its start; lines and columns
 * count from 1, a column being a byte. first_line lets an input in the middle of a script
 * report the script's line.
 */
#pragma once

#include "base/strbuf.h"

struct source {
	const char *name;	/* "input", "trace.bcsh", "-e" */
	const char *text;	/* LEN bytes and a NUL; may hold NULs of its own */
	size_t len;
	unsigned first_line;	/* line number of the first byte; 0 means 1 */
	unsigned first_column;	/* column of the first byte, likewise */
};

/* A place in one of several sources: bytes [start, end). src < 0: no place in any text. */
struct range {
	int src;
	size_t start;
	size_t end;
};

#define RANGE_NONE ((struct range){ .src = -1 })

/* Line and column of OFFSET (clamped to the text). */
void source_position(const struct source *s, size_t offset, unsigned *ret_line, unsigned *ret_column);
/* Offset of LINE:COLUMN, clamped to that line's end. */
size_t source_offset(const struct source *s, unsigned line, unsigned column);
/*
 * Appends the first line of [start, end) and below it a caret under its start and tildes to its
 * end, both indented by two blanks; tabs are kept so that the caret stands right. Control
 * bytes appear as '?'. Lines over 200 bytes are cut around the place.
 */
void source_excerpt(const struct source *s, size_t start, size_t end, struct strbuf *out);
