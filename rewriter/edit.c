/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store of edits: keeps them nested or apart. Rendering is edit_render.c's. */
#include <stdlib.h>

#include "rewriter/edit_tree.h"
#include "rewriter/lex.h"

struct edits *edits_new(const void *parent, const char *text, size_t len)
{
	struct edits *es = mem_new(parent, struct edits);

	es->text = text;
	es->len = len;
	return es;
}

/* Do two ranges overlap without one holding the other? Empty ranges lie beside or inside. */
static bool crosses(const struct edit *e, size_t start, size_t end)
{
	if (e->end <= start || end <= e->start)
		return false;
	return !(e->start <= start && end <= e->end) && !(start <= e->start && e->end <= end);
}

struct edit *edit_add(struct edits *es, size_t start, size_t end, int instance, unsigned modes)
{
	struct edit *e;

	if (start > end || end > es->len)
		return NULL;
	vec_each(&es->list, at) {
		e = *at;
		if (e->instance != instance || !(e->modes & modes))
			continue;
		if ((e->start == start && e->end == end) || crosses(e, start, end))
			return NULL;
	}
	e = mem_new(es, struct edit);
	e->start = start;
	e->end = end;
	e->instance = instance;
	e->modes = modes;
	e->in = es;
	vec_push(es, &es->list, e);
	es->sorted = false;
	return e;
}

void edit_text(struct edit *e, const char *fmt, ...)
{
	struct edit_piece *p = vec_add(e, &e->pieces);
	va_list ap;

	va_start(ap, fmt);
	p->text = mem_vprintf(e, fmt, ap);
	va_end(ap);
}

void edit_range(struct edit *e, size_t start, size_t end)
{
	struct edit_piece *p = vec_add(e, &e->pieces);

	p->start = start;
	p->end = end;
}

struct diag *edit_note(struct edits *es, struct edit *e, const char *fmt, ...)
{
	struct edit_note *n;
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(es, fmt, ap);
	va_end(ap);
	n = vec_add(es, &es->notes);
	n->start = e->start;
	n->end = e->end;
	n->diag = mem_new(es, struct diag);
	n->diag->severity = DIAG_NOTE;
	n->diag->at = (struct range){ .src = 0, .start = e->start, .end = e->end };
	n->diag->message = text;
	return n->diag;
}

void edits_alias(struct edits *es, size_t start, size_t end, const char *text, size_t len)
{
	struct edit_alias *a = vec_add(es, &es->aliases);

	a->start = start;
	a->end = end;
	a->text = mem_strndup(es, text, len);
	a->len = len;
}

/*
 * Clones are declared where the function first is: after a prototype that comes before its
 * definition, so that callers between them see the clones too; else just before the definition.
 */
static size_t declare_place(struct edits *es, const struct edit_clone *c)
{
	size_t len = c->name_end - c->name;
	struct lexer lx;
	struct token tok;
	bool seen = false;
	int depth = 0;

	lexer_init(&lx, es->text, 0, c->start);
	while (lexer_next(&lx, &tok)) {
		if (tok.kind == TOKEN_NAME && tok.end - tok.start == len && depth == 0)
			seen |= !strncmp(es->text + tok.start, es->text + c->name, len);
		if (tok.kind != TOKEN_PUNCT || tok.end - tok.start != 1)
			continue;
		if (strchr("([{", es->text[tok.start]))
			depth++;
		else if (strchr(")]}", es->text[tok.start]))
			depth--;
		else if (seen && depth == 0 && es->text[tok.start] == ';')
			return tok.end;
	}
	return c->start;
}

void edits_clone(struct edits *es, size_t start, size_t end, size_t name, size_t name_end, int n,
		 const int *instances)
{
	struct edit_clone *c = vec_add(es, &es->clones);

	c->start = start;
	c->end = end;
	c->name = name;
	c->name_end = name_end;
	c->n = n;
	c->instances = mem_array(es, int, n);
	for (int i = 0; i < n; i++)
		c->instances[i] = instances ? instances[i] : i;
	c->declare_at = declare_place(es, c);
	es->sorted = false;
}

/* An empty edit at the start of another stands before it; otherwise outer before inner. */
static int compare_edits(const void *a, const void *b)
{
	const struct edit *x = *(struct edit *const *)a, *y = *(struct edit *const *)b;
	bool x_empty = x->start == x->end, y_empty = y->start == y->end;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x_empty != y_empty)
		return x_empty ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	return x->instance - y->instance;
}

static int compare_clones(const void *a, const void *b)
{
	const struct edit_clone *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int compare_notes(const void *a, const void *b)
{
	const struct edit_note *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

void edits_sort(struct edits *es)
{
	if (es->sorted)
		return;
	if (es->list.n)
		qsort(es->list.v, es->list.n, sizeof(*es->list.v), compare_edits);
	if (es->clones.n)
		qsort(es->clones.v, es->clones.n, sizeof(*es->clones.v), compare_clones);
	es->sorted = true;
}

size_t edits_noted(const void *parent, struct edits *es, struct edit_noted **ret)
{
	struct edit_noted *list = mem_array(parent, struct edit_noted, es->notes.n);
	size_t n = 0;

	if (es->notes.n)
		qsort(es->notes.v, es->notes.n, sizeof(*es->notes.v), compare_notes);
	vec_each(&es->notes, note) {
		bool again = false;

		/* The same read in two clones is one note. */
		for (size_t i = n; !again && i-- > 0 && list[i].start == note->start;)
			again = list[i].end == note->end && !strcmp(list[i].note, note->diag->message);
		if (again)
			continue;
		list[n].start = note->start;
		list[n].end = note->end;
		list[n].note = note->diag->message;
		list[n].reasons = note->diag->reasons.n ? note->diag : NULL;
		n++;
	}
	*ret = list;
	return n;
}
