// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the person sees: edits, notes and messages at places of their own text, in which our lowered
 * sugar appears as it was typed.
 */
#include "rewriter/lex.h"
#include "rewriter/rewrite_parts.h"

static const char at_word[] = "__bcsh_at_";

/* The closing parenthesis of the one at OPEN, or TO. */
static size_t closing(const char *text, size_t open, size_t to)
{
	struct lexer lx;
	struct token tok;
	int depth = 0;

	lexer_init(&lx, text, open, to);
	while (lexer_next(&lx, &tok)) {
		if (token_is(&lx, &tok, "("))
			depth++;
		else if (token_is(&lx, &tok, ")") && --depth == 0)
			return tok.start;
	}
	return to;
}

struct alias_list {
	VEC(struct range) at;
	VEC(char *) text;
};

static void push_alias(struct rewrite *rw, struct alias_list *l, size_t start, size_t end, char *text)
{
	size_t i = l->at.n;

	vec_add(rw->scratch, &l->at);
	vec_add(rw->scratch, &l->text);
	for (; i && l->at.v[i - 1].start > start; i--) {
		l->at.v[i] = l->at.v[i - 1];
		l->text.v[i] = l->text.v[i - 1];
	}
	l->at.v[i] = (struct range){ .src = 0, .start = start, .end = end };
	l->text.v[i] = text;
}

/* `(*__bcsh_at_m(k))` inside an expanded macro, where no pieces tell, is `@m[k]`. */
static void alias_expanded(struct rewrite *rw, const struct piece *p)
{
	struct alias_list l = { 0 };
	struct lexer lx;
	struct token tok;

	lexer_init(&lx, rw->text, p->at, p->at + p->size);
	while (lexer_next(&lx, &tok)) {
		size_t len = strlen(at_word), start = tok.start - 2, close;
		char *name;

		if (tok.kind != TOKEN_NAME || tok.end - tok.start < len || tok.start < p->at + 2 ||
		    strncmp(rw->text + tok.start, at_word, len) ||
		    strncmp(rw->text + start, "(*", 2) || rw->text[tok.end] != '(')
			continue;
		name = mem_strndup(rw->scratch, rw->text + tok.start + len, tok.end - tok.start - len);
		close = closing(rw->text, tok.end, p->at + p->size);
		if (close == tok.end + 1) {
			push_alias(rw, &l, start, close + 2, mem_printf(rw->scratch, "@%s", name));
			continue;
		}
		push_alias(rw, &l, start, tok.end + 1, mem_printf(rw->scratch, "@%s[", name));
		push_alias(rw, &l, close, close + 2, mem_strdup(rw->scratch, "]"));
	}
	for (size_t i = 0; i < l.at.n; i++)
		edits_alias(rw->edits, l.at.v[i].start, l.at.v[i].end, l.text.v[i],
			    strlen(l.text.v[i]));
}

/* Is something that is shown changed inside the expansion P? */
static bool is_edited(struct rewrite *rw, const struct piece *p)
{
	struct edit_shown *list;
	size_t n = edits_shown(rw->scratch, rw->edits, &list);

	for (size_t i = 0; i < n; i++)
		if (list[i].start < p->at + p->size && p->at < list[i].end)
			return true;
	return false;
}

static void prepare(struct rewrite *rw)
{
	vec_each(&rw->req->unit.pieces, p) {
		struct edit *e;

		if (p->kind != PIECE_OURS || p->src < 0 || !p->size)
			continue;
		if (!p->expanded) {
			if (p->original)
				edits_alias(rw->edits, p->at, p->at + p->size, p->original,
					    p->original_len);
			continue;
		}
		alias_expanded(rw, p);
		e = is_edited(rw, p) ?
			    edit_add(rw->edits, p->at, p->at + p->size, 0, EDIT_SHOW) : NULL;
		if (e)
			edit_range(e, p->at, p->at + p->size);
	}
}

static void place_reasons(struct rewrite *rw, struct diag *d)
{
	vec_each(&d->reasons, r)
		if (r->at.src == 0)
			unit_to_user(&rw->req->unit, r->at.start, r->at.end, &r->at);
}

static void add_notes(struct rewrite *rw)
{
	struct edit_noted *list;
	size_t n = edits_noted(rw->scratch, rw->edits, &list);

	for (size_t i = 0; i < n; i++) {
		struct rewrite_note *note;
		struct range at;

		if (!unit_to_user(&rw->req->unit, list[i].start, list[i].end, &at))
			continue;
		note = vec_add(rw->parent, &rw->res->notes);
		note->at = at;
		note->text = mem_strdup(rw->parent, list[i].note);
		if (!list[i].reasons)
			continue;
		place_reasons(rw, list[i].reasons);
		vec_each(&list[i].reasons->reasons, r)
			vec_push(rw->parent, &note->reasons, ((struct diag_reason){
				.at = r->at, .text = mem_strdup(rw->parent, r->text) }));
	}
}

void rewrite_show(struct rewrite *rw)
{
	struct edit_shown *list;
	size_t n;

	prepare(rw);
	n = edits_shown(rw->scratch, rw->edits, &list);
	for (size_t i = 0; i < n; i++) {
		struct rewrite_edit *e;
		struct range at;

		if (!unit_to_user(&rw->req->unit, list[i].start, list[i].end, &at))
			continue;
		e = vec_add(rw->parent, &rw->res->edits);
		e->at = at;
		e->text = mem_strdup(rw->parent, list[i].text);
	}
	add_notes(rw);
}

static bool same(const struct diag *a, const struct diag *b)
{
	return a->severity == b->severity && a->at.src == b->at.src && a->at.start == b->at.start &&
	       !strcmp(a->message, b->message);
}

void rewrite_diags(struct rewrite *rw)
{
	struct diags *ds = &rw->res->diags;
	size_t kept = 0;

	for (size_t i = 0; i < ds->list.n; i++) {
		struct diag d = ds->list.v[i];
		bool again = false, placed = d.at.src < 0;

		if (!placed)
			placed = unit_to_user(&rw->req->unit, d.at.start, d.at.end, &d.at);
		place_reasons(rw, &d);
		for (size_t j = 0; j < kept && !again; j++)
			again = same(&ds->list.v[j], &d);
		/* A warning about text of ours is none of the person's business. */
		if (again || (!placed && d.severity != DIAG_ERROR))
			continue;
		ds->list.v[kept++] = d;
	}
	ds->list.n = kept;
}
