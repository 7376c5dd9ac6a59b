/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a node stands in the unit's text, and whether that text can be replaced. A token has three
 * places: where it was spelled, where it stands in the file (a macro argument: inside the
 * invocation; a macro body: where the invocation starts), and where the outermost invocation starts.
 * libclang moves ends that lie in a macro's body to the end of the outermost invocation, so an
 * end alone proves nothing: it is weighed against the start and the member name.
 *
 * Invocations are lexed here: an identifier and its balanced parentheses.
 */
#include <ctype.h>

#include "rewriter/lex.h"
#include "rewriter/tu.h"

struct place {
	bool in_main;
	bool typed;		/* spelled where it stands */
	bool in_argument;	/* stands inside the arguments of an outer invocation */
	size_t file, outer;
	unsigned spelled;
};

static struct place place_of(struct tu *t, CXSourceLocation l)
{
	struct place p = { 0 };
	CXFile file, spelled_file;
	unsigned at, spelled, outer;

	/* Not clang_File_isEqual(): files in memory all have the same identity to it. */
	clang_getFileLocation(l, &file, NULL, NULL, &at);
	if (!file || file != t->file)
		return p;
	clang_getSpellingLocation(l, &spelled_file, NULL, NULL, &spelled);
	clang_getExpansionLocation(l, NULL, NULL, NULL, &outer);
	p.in_main = true;
	p.file = at;
	p.outer = outer;
	p.spelled = spelled;
	p.in_argument = outer != at;
	p.typed = spelled == at && spelled_file && spelled_file == t->file;
	return p;
}

bool tu_offset(struct tu *t, CXSourceLocation l, size_t *ret)
{
	struct place p = place_of(t, l);

	*ret = p.file;
	return p.in_main;
}

bool tu_is_typed(struct tu *t, CXSourceLocation l, size_t *ret)
{
	struct place p = place_of(t, l);

	*ret = p.file;
	return p.in_main && p.typed;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* How much deeper in brackets TOK leads: 1, -1 or 0. */
static int bracket_step(const char *text, const struct token *tok)
{
	if (tok->kind != TOKEN_PUNCT || tok->end - tok->start != 1)
		return 0;
	return strchr("([{", text[tok->start]) ? 1 : strchr(")]}", text[tok->start]) ? -1 : 0;
}

/* Walks tokens of [from, to); returns where the bracket opened first closes, or 0. */
static size_t closing(const char *text, size_t from, size_t to)
{
	struct lexer lx;
	struct token tok;
	int depth = 0;

	lexer_init(&lx, text, from, to);
	while (lexer_next(&lx, &tok)) {
		int step = bracket_step(text, &tok);

		depth += step;
		if (step < 0 && depth <= 0)
			return depth == 0 ? tok.end : 0;
	}
	return 0;
}

size_t tu_invocation_end(const char *text, size_t len, size_t start)
{
	size_t name_end = start, end;
	struct lexer lx;
	struct token tok;

	while (name_end < len && is_word(text[name_end]))
		name_end++;
	lexer_init(&lx, text, name_end, len);
	if (!lexer_next(&lx, &tok) || tok.kind != TOKEN_PUNCT || text[tok.start] != '(')
		return name_end;
	end = closing(text, tok.start, len);
	return end ? end : name_end;
}

static bool balanced(const char *text, size_t from, size_t to)
{
	struct lexer lx;
	struct token tok;
	int depth = 0;

	lexer_init(&lx, text, from, to);
	while (lexer_next(&lx, &tok)) {
		depth += bracket_step(text, &tok);
		if (depth < 0)
			return false;
	}
	return depth == 0;
}

void tu_set_macro(struct tu *t, struct ast *n, size_t start)
{
	n->text_kind = TEXT_MACRO;
	n->start = start;
	n->end = tu_invocation_end(t->text, t->len, start);
}

static void set_range(struct ast *n, enum ast_text kind, size_t start, size_t end)
{
	n->text_kind = kind;
	n->start = start;
	n->end = end;
}

/* The start is in a macro's body. */
static void place_from_body(struct tu *t, struct ast *n, struct place s, struct place e, size_t end,
			    bool name_typed)
{
	size_t whole = tu_invocation_end(t->text, t->len, s.file);

	if (end > whole && name_typed && balanced(t->text, s.file, end)) {
		set_range(n, TEXT_PLAIN, s.file, end);
	} else if (end == whole) {
		set_range(n, TEXT_INVOCATION, s.file, end);
		vec_push(t->unit, &t->invocations, ((struct tu_invocation){
			.node = n, .spelled_start = s.spelled, .spelled_end = e.spelled }));
	} else {
		tu_set_macro(t, n, end > whole && s.in_argument ? s.outer : s.file);
	}
}

void tu_place(struct tu *t, struct ast *n, CXCursor c)
{
	CXSourceRange extent = clang_getCursorExtent(c);
	struct place s = place_of(t, clang_getRangeStart(extent));
	struct place e = place_of(t, clang_getRangeEnd(extent));
	struct place name = s;
	bool has_name = clang_getCursorKind(c) == CXCursor_MemberRefExpr;
	size_t end;

	n->text_kind = TEXT_NONE;
	if (!s.in_main || !e.in_main)
		return;
	if (has_name)
		name = place_of(t, clang_getCursorLocation(c));
	n->at = name.file;
	if (s.in_argument && !e.in_argument) {
		tu_set_macro(t, n, s.outer);
		return;
	}
	if (!s.in_argument && e.in_argument)
		end = tu_invocation_end(t->text, t->len, e.outer);
	else
		end = e.typed ? e.file : tu_invocation_end(t->text, t->len, e.file);
	if (!s.typed)
		place_from_body(t, n, s, e, end, !has_name || name.typed);
	else if (has_name && !name.typed)
		tu_set_macro(t, n, name.file);
	else if (end <= s.file)
		tu_set_macro(t, n, s.in_argument ? s.outer : s.file);
	else if ((s.in_argument || !e.typed) && !balanced(t->text, s.file, end))
		tu_set_macro(t, n, e.typed ? s.outer : e.file);
	else
		set_range(n, TEXT_PLAIN, s.file, end);
	if (n->text_kind == TEXT_PLAIN && s.in_argument)
		vec_push(t->unit, &t->arguments, ((struct tu_argument){ n, s.outer }));
}

void tu_word(struct tu *t, CXCursor c, char *ret, size_t size)
{
	CXFile file;
	unsigned at;
	size_t len = 0, n = 0;
	const char *text;

	ret[0] = '\0';
	clang_getSpellingLocation(clang_getRangeStart(clang_getCursorExtent(c)), &file, NULL, NULL,
				  &at);
	if (!file)
		return;
	text = clang_getFileContents(t->tu, file, &len);
	while (text && at + n < len && n + 1 < size && is_word(text[at + n])) {
		ret[n] = text[at + n];
		n++;
	}
	ret[n] = '\0';
}

size_t tu_operator(struct tu *t, size_t from, size_t to, const char *op, size_t fallback)
{
	struct lexer lx;
	struct token tok;

	if (from >= to || to > t->len)
		return fallback;
	lexer_init(&lx, t->text, from, to);
	while (lexer_next(&lx, &tok)) {
		if (token_is(&lx, &tok, op))
			return tok.start;
		if (!token_is(&lx, &tok, ")"))
			break;
	}
	return fallback;
}

static bool is_implicit(const struct ast *n)
{
	return n->kind == AST_LOAD || n->kind == AST_DECAY || n->kind == AST_CONVERT;
}

static bool same_range(const struct ast *a, const struct ast *b)
{
	return a->start == b->start && a->end == b->end;
}

/* Is there an ancestor that takes in more of the same invocation? */
static bool is_covered(const struct ast *n)
{
	for (struct ast *p = n->parent; p; p = p->parent)
		if (!is_implicit(p) && same_range(p, n) &&
		    (p->text_kind == TEXT_INVOCATION || p->text_kind == TEXT_MACRO))
			return true;
	return false;
}

static bool is_below(const struct ast *n, const struct ast *top)
{
	for (; n; n = n->parent)
		if (n == top)
			return true;
	return false;
}

/* Two nodes share one invocation: neither they nor what lies between them and their common
 * ancestor can be told apart in the text. */
static void mark_shared(struct ast *a, const struct ast *b)
{
	size_t start = a->start, end = a->end;

	for (struct ast *n = a; n && !is_below(b, n); n = n->parent) {
		n->text_kind = TEXT_MACRO;
		n->start = start;
		n->end = end;
	}
}

void tu_settle(struct tu *t)
{
	size_t n_tops = 0;
	struct tu_invocation *v = t->invocations.v;

	/* Outer ones are judged first by their own ancestors, so mark the inner ones afterwards. */
	for (size_t i = 0; i < t->invocations.n; i++)
		if (!is_covered(v[i].node)) {
			struct tu_invocation top = v[i];

			v[i] = v[n_tops];
			v[n_tops++] = top;
		}
	for (size_t i = n_tops; i < t->invocations.n; i++)
		v[i].node->text_kind = TEXT_MACRO;
	for (size_t i = 0; i < n_tops; i++)
		for (size_t j = i + 1; j < n_tops; j++) {
			bool again = v[i].spelled_start == v[j].spelled_start &&
				     v[i].spelled_end == v[j].spelled_end;

			if (again || v[i].node->start != v[j].node->start)
				continue;
			mark_shared(v[i].node, v[j].node);
			mark_shared(v[j].node, v[i].node);
		}
}
