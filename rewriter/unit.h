/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A translation unit in the making: pieces of the person's text between pieces of ours, so that every
 * offset of the unit maps back to what was typed, however it was wrapped. The unit is text that
 * clang can parse: `@name[k]` stands in it as `(*__bcsh_at_name(k))`.
 */
#pragma once

#include "base/diag.h"
#include "base/wire.h"

enum piece_kind {
	PIECE_USER,	/* [start, end) of source src, verbatim */
	PIECE_OURS,	/* generated; if src >= 0 it stands for [start, end) of that source */
	PIECE_MAPS,	/* where the maps named in text (blank-separated) must be declared; filled in
			   by the worker, which knows their types */
};

struct piece {
	enum piece_kind kind;
	int src;
	size_t start, end;	/* in source src */
	char *text;		/* the bytes: len of them */
	size_t len;
	size_t at;		/* offset in the unit's text, set by unit_text() */
	size_t size;		/* bytes it takes there: len, but for PIECE_MAPS what stands for it */
	char *original;		/* PIECE_OURS with a src: what was typed there; NULL: unknown */
	size_t original_len;
	bool expanded;		/* not sent: a macro invocation spelled out by the worker */
};

struct unit {
	VEC(struct piece) pieces;
	const void *parent;
};

void unit_init(struct unit *u, const void *parent);
void unit_user(struct unit *u, int src, const struct source *s, size_t start, size_t end);
void unit_ours(struct unit *u, const char *fmt, ...) mem_attr(2, 3);
/* Ours in place of a part of the person's text: what points into it points to that part. */
void unit_ours_for(struct unit *u, int src, size_t start, size_t end, const char *fmt, ...)
	mem_attr(5, 6);
void unit_maps(struct unit *u, const char *names);
/* The whole text; sets every piece's `at`. */
char *unit_text(struct unit *u, const void *parent, size_t *ret_len);
/* The same; FN appends what stands at a PIECE_MAPS for its NAMES. unit_text() puts nothing there. */
typedef void unit_maps_fn(void *arg, const char *names, struct strbuf *out);
char *unit_text_maps(struct unit *u, const void *parent, unit_maps_fn *fn, void *arg,
		     size_t *ret_len);
/*
 * Maps [start, end) of the text last made to the person's text. An end that lies in ours which stands
 * for typed text moves outward to that; in other text of ours it moves inward. False (RANGE_NONE):
 * no typed text there.
 */
bool unit_to_user(const struct unit *u, size_t start, size_t end, struct range *ret);
/* Sets every piece's `original` from the sources; the last thing that who fills a unit does. */
void unit_originals(struct unit *u, const struct source *sources, size_t n);
void unit_put(const struct unit *u, struct strbuf *out);
bool unit_get(struct unit *u, struct wire_reader *r, const void *parent);
