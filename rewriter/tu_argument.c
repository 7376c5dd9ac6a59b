// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Macro arguments are edited in place, which changes every use the macro makes of them. Not all bear
 * it: `#x` would show the edit, and where `x` is read here and its address taken there, no one
 * text serves both. Such nodes need their invocation spelled out.
 */
#include <stdlib.h>

#include "rewriter/lex.h"
#include "rewriter/tu.h"

/* Is there a `#` that is no half of `##`? */
static bool has_quote(const char *body, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (body[i] != '#')
			continue;
		if (i + 1 == len || body[i + 1] != '#')
			return true;
		i++;
	}
	return false;
}

/* Remembers the macros of the unit's text that have a `#` in their body. */
static void find_quoting(struct tu *t)
{
	struct lexer lx;
	struct token tok;

	lexer_init(&lx, t->text, 0, t->len);
	while (lexer_next(&lx, &tok)) {
		struct lexer in;
		struct token word, name;

		if (tok.kind != TOKEN_DIRECTIVE)
			continue;
		lexer_init(&in, t->text, tok.start + 1, tok.end);
		if (!lexer_next(&in, &word) || !token_is(&in, &word, "define") ||
		    !lexer_next(&in, &name) ||
		    !has_quote(t->text + name.end, tok.end - name.end))
			continue;
		vec_push(t->unit, &t->quoting,
			 mem_strndup(t->unit, t->text + name.start, name.end - name.start));
	}
}

static bool is_quoting(struct tu *t, const struct lexer *lx, const struct token *tok)
{
	vec_each(&t->quoting, name)
		if (token_is(lx, tok, *name))
			return true;
	return false;
}

/* The quoting invocation that N, inside the one at OUTER, is an argument of. */
static bool quoted_by(struct tu *t, const struct ast *n, size_t outer, size_t *ret)
{
	struct {
		size_t name;
		bool quotes;
	} open[32];
	struct lexer lx;
	struct token tok, last = { 0 };
	unsigned depth = 0;

	lexer_init(&lx, t->text, outer, n->start);
	while (lexer_next(&lx, &tok)) {
		if (token_is(&lx, &tok, "(") && depth < ARRAY_SIZE(open)) {
			open[depth].name = last.start;
			open[depth++].quotes = last.kind == TOKEN_NAME && is_quoting(t, &lx, &last);
		} else if (token_is(&lx, &tok, ")") && depth) {
			depth--;
		}
		last = tok;
	}
	for (unsigned i = 0; i < depth; i++)
		if (open[i].quotes) {
			*ret = open[i].name;
			return true;
		}
	return false;
}

static int compare(const void *a, const void *b)
{
	const struct ast *x = ((const struct tu_argument *)a)->node;
	const struct ast *y = ((const struct tu_argument *)b)->node;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static bool is_loaded(const struct ast *n)
{
	return n->parent && n->parent->kind == AST_LOAD;
}

/* Places [v, end) are one text: is it read in one use and a place in another? */
static bool is_mixed(const struct tu_argument *v, const struct tu_argument *end)
{
	bool loaded = false, other = false;

	for (; v < end; v++) {
		if (!ast_is_place(v->node))
			continue;
		loaded |= is_loaded(v->node);
		other |= !is_loaded(v->node);
	}
	return loaded && other;
}

void tu_arguments(struct tu *t)
{
	struct tu_argument *v = t->arguments.v, *all = v + t->arguments.n;

	if (!t->arguments.n)
		return;
	find_quoting(t);
	qsort(v, t->arguments.n, sizeof(*v), compare);
	while (v < all) {
		struct tu_argument *end = v;
		size_t quoting = 0;
		bool mixed, quoted;

		while (end < all && !compare(v, end))
			end++;
		mixed = is_mixed(v, end);
		quoted = t->quoting.n && quoted_by(t, v->node, v->outer, &quoting);
		for (; v < end; v++)
			if (mixed || quoted)
				tu_set_macro(t, v->node, quoted ? quoting : v->outer);
	}
}
