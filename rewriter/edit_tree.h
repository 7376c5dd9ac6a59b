/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What edit.c keeps and edit_render.c reads. */
#pragma once

#include "rewriter/edit.h"

struct edit_piece {
	char *text;		/* NULL: the range */
	size_t start, end;
};

struct edit {
	size_t start, end;
	int instance;
	unsigned modes;
	bool busy;		/* being rendered: a range around it does not enter it again */
	struct edits *in;
	VEC(struct edit_piece) pieces;
};

struct edit_note {
	size_t start, end;
	struct diag *diag;	/* message is the note */
};

struct edit_clone {
	size_t start, end, name, name_end;
	size_t declare_at;	/* where its instances are declared */
	int n;
	int *instances;
};

struct edit_alias {
	size_t start, end;
	char *text;
	size_t len;
};

struct edits {
	const char *text;
	size_t len;
	VEC(struct edit *) list;	/* sorted by start; outer before inner */
	bool sorted;
	VEC(struct edit_note) notes;
	VEC(struct edit_clone) clones;	/* sorted by start when sorted */
	VEC(struct edit_alias) aliases;	/* in order of the text */
};

void edits_sort(struct edits *es);
