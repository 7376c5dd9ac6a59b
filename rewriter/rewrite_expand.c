// SPDX-License-Identifier: GPL-3.0-or-later
/* Puts the expansions of macro invocations into the unit, in place of what was typed. */
#include <stdlib.h>

#include "rewriter/rewrite_parts.h"

static int compare(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end > y->end ? -1 : x->end < y->end;
}

/* Leaves the outermost ones, in order, each once. */
static size_t outermost(struct range *v, size_t n)
{
	size_t kept = 0;

	qsort(v, n, sizeof(*v), compare);
	for (size_t i = 0; i < n; i++)
		if (!kept || v[i].start >= v[kept - 1].end)
			v[kept++] = v[i];
	return kept;
}

/* Part [from, to) of piece P, offsets from its start. */
static void add_part(const void *parent, struct unit *out, const struct piece *p, size_t from,
		     size_t to)
{
	struct piece *part;

	if (from >= to)
		return;
	part = vec_add(parent, &out->pieces);
	*part = *p;
	part->text = mem_strndup(parent, p->text + from, to - from);
	part->len = part->size = to - from;
	part->at = p->at + from;
	if (p->kind == PIECE_USER) {
		part->start = p->start + from;
		part->end = p->start + to;
	} else if (from || to < p->len) {
		part->original = NULL;
	}
}

static void add_expansion(struct rewrite *rw, struct unit *out, const struct range *r, char *text)
{
	struct piece *p = vec_add(rw->parent, &out->pieces);
	struct range user;

	if (!unit_to_user(&rw->req->unit, r->start, r->end, &user))
		user = RANGE_NONE;
	*p = (struct piece){ .kind = PIECE_OURS, .src = user.src, .start = user.start,
			     .end = user.end, .text = text, .len = strlen(text), .at = r->start,
			     .expanded = true };
}

static bool replace(struct rewrite *rw, const struct range *r, char *text)
{
	struct unit *u = &rw->req->unit, out;
	bool put = false;

	vec_each(&u->pieces, p)
		if (p->kind == PIECE_MAPS && p->at < r->end && r->start < p->at + p->size)
			return false;
	unit_init(&out, u->parent);
	vec_each(&u->pieces, p) {
		size_t end = p->at + p->size;

		if (end <= r->start || p->at >= r->end || !p->size) {
			*vec_add(rw->parent, &out.pieces) = *p;
			continue;
		}
		if (p->at < r->start)
			add_part(rw->parent, &out, p, 0, r->start - p->at);
		if (!put)
			add_expansion(rw, &out, r, text);
		put = true;
		if (end > r->end)
			add_part(rw->parent, &out, p, r->end - p->at, p->size);
	}
	*u = out;
	return put;
}

bool rewrite_expand(struct rewrite *rw)
{
	struct range *v = rw->expand.v;
	size_t n = outermost(v, rw->expand.n);
	char **texts = mem_array(rw->parent, char *, n);
	bool any = false;

	ast_expand(rw->parent, rw->text, rw->len, rw->files, rw->n_files, rw->req->host, v, n,
		   texts);
	/* From the end, so that the offsets of those before stay true. */
	for (size_t i = n; i-- > 0;) {
		size_t len = v[i].end - v[i].start;

		if (!texts[i] || (strlen(texts[i]) == len &&
				  !strncmp(texts[i], rw->text + v[i].start, len)))
			continue;
		any |= replace(rw, &v[i], texts[i]);
	}
	return any;
}
