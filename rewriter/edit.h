/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Edits of one text as a tree, never text patched twice. An edit replaces [start, end) by pieces:
 * literal text, or a sub-range of the original rendered with the edits inside it. Edits nest or are
 * apart; two on the same range and instance are one (the first wins; edit_add() says so).
 *
 * There are two renderings. CODE is what is compiled. SHOW is what the person sees in the diff:
 * language sugar (@maps, builtins, printf) stays as typed there, reads appear.
 */
#pragma once

#include "base/diag.h"

enum { EDIT_CODE = 1, EDIT_SHOW = 2, EDIT_BOTH = 3 };

struct edits;
struct edit;

struct edits *edits_new(const void *parent, const char *text, size_t len);
/*
 * A new edit of [start, end) in function instance INSTANCE (0: the only one) for the renderings in
 * MODES. Returns NULL if one is there for that range, instance and an overlapping mode, or if it
 * would cross another.
 */
struct edit *edit_add(struct edits *es, size_t start, size_t end, int instance, unsigned modes);
void edit_text(struct edit *e, const char *fmt, ...) mem_attr(2, 3);
/* A part of the original, inside or outside the edit's own range, rendered with the edits in it. */
void edit_range(struct edit *e, size_t start, size_t end);
/* Why: shown beside the diff. NOTE is "prev->comm is read from kernel memory"; reasons follow. */
struct diag *edit_note(struct edits *es, struct edit *e, const char *fmt, ...) mem_attr(3, 4);

/* Maps offsets of a rendering back to the original. */
struct edit_map;
/*
 * Renders all for one of EDIT_CODE, EDIT_SHOW. Functions [start, end) listed by edits_clone() are
 * rendered once per instance. ret_map may be NULL.
 */
char *edits_render(const void *parent, struct edits *es, unsigned mode, struct edit_map **ret_map);
/* Renders just [start, end) in one instance: the text of an argument, say. */
char *edits_render_range(const void *parent, struct edits *es, size_t start, size_t end,
			 int instance, unsigned mode);
size_t edit_map_original(const struct edit_map *m, size_t rendered_offset);
/* In SHOW renderings the original's [start, end) appears as TEXT. Call in order of the text. */
void edits_alias(struct edits *es, size_t start, size_t end, const char *text, size_t len);
/*
 * The function whose definition is [start, end) and whose name stands at [name, name_end) also
 * exists as the N INSTANCES (numbers; NULL: 0..n-1): 0 is the original, k is named NAME__k. Clones
 * are declared after the function's first prototype, or just before its definition.
 */
void edits_clone(struct edits *es, size_t start, size_t end, size_t name, size_t name_end, int n,
		 const int *instances);

struct edit_shown {	/* one outermost SHOW edit, for the diff */
	size_t start, end;
	char *text;
};
struct edit_noted {
	size_t start, end;
	char *note;
	struct diag *reasons;	/* its reasons; NULL: none */
};
/* Outermost SHOW edits in order (of instance 0), and all notes in order. Arrays below PARENT. */
size_t edits_shown(const void *parent, struct edits *es, struct edit_shown **ret);
size_t edits_noted(const void *parent, struct edits *es, struct edit_noted **ret);
