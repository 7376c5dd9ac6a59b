/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Literals, and the expressions that libclang has no kind for. */
#include "rewriter/tu.h"

static void evaluate(struct ast *n, CXCursor c)
{
	CXEvalResult r = clang_Cursor_Evaluate(c);

	if (!r)
		return;
	if (clang_EvalResult_getKind(r) == CXEval_Int) {
		n->has_value = true;
		n->value = clang_EvalResult_isUnsignedInt(r) ?
				   (int64_t)clang_EvalResult_getAsUnsigned(r) :
				   clang_EvalResult_getAsLongLong(r);
	}
	clang_EvalResult_dispose(r);
}

static char escaped(const char **p)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char *s = *p, *known = *s ? strchr(from, *s) : NULL;
	int value = 0, n = 0;

	if (known) {
		*p = s + 1;
		return to[known - from];
	}
	while (n < 3 && s[n] >= '0' && s[n] <= '7')
		value = value * 8 + (s[n++] - '0');
	if (n) {
		*p = s + n;
		return (char)value;
	}
	*p = s + 1;
	return *s;
}

/* libclang spells a string's bytes as one C literal. */
static void decode(struct ast *n, const char *spelling)
{
	struct strbuf out = { 0 };
	const char *p = strchr(spelling, '"');

	strbuf_init(&out, NULL);
	for (p = p ? p + 1 : ""; *p && *p != '"';) {
		if (*p == '\\' && p[1]) {
			p++;
			strbuf_addc(&out, escaped(&p));
		} else {
			strbuf_addc(&out, *p++);
		}
	}
	n->text_len = out.len;
	n->text = strbuf_detach(&out, n);
}

struct ast *tu_literal(struct tu *t, CXCursor c)
{
	enum CXCursorKind kind = clang_getCursorKind(c);
	struct ast_type *type = tu_cursor_type(t, c);
	struct ast *n;
	char *s;

	if (kind == CXCursor_StringLiteral) {
		n = tu_node(t, AST_STRING, c, type);
		s = tu_string(NULL, clang_getCursorSpelling(c));
		decode(n, s);
		mem_free(s);
		return n;
	}
	n = tu_node(t, kind == CXCursor_UnaryExpr ? AST_UNEVALUATED : AST_CONSTANT, c, type);
	if (kind != CXCursor_FloatingLiteral)
		evaluate(n, c);
	return n;
}

static struct ast *choose(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	struct ast *n = tu_node(t, AST_OTHER, c, tu_cursor_type(t, c));

	evaluate(n, kids->v[0]);
	if (n->has_value)
		return tu_expr(t, kids->v[n->value ? 1 : 2]);
	tu_add(n, tu_expr(t, kids->v[1]));
	tu_add(n, tu_expr(t, kids->v[2]));
	return n;
}

static bool same_extent(CXCursor a, CXCursor b)
{
	return clang_equalRanges(clang_getCursorExtent(a), clang_getCursorExtent(b));
}

struct ast *tu_special(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	struct ast_type *type = tu_cursor_type(t, c);
	struct ast *n;
	char word[64];

	tu_word(t, c, word, sizeof(word));
	if (kids->n == 3 && !strcmp(word, "__builtin_choose_expr"))
		return choose(t, c, kids);
	if (!strcmp(word, "__builtin_offsetof") || !strcmp(word, "__builtin_types_compatible_p") ||
	    (kids->n && clang_getCursorKind(kids->v[0]) == CXCursor_TypeRef)) {
		n = tu_node(t, AST_UNEVALUATED, c, type);
		evaluate(n, c);
		return n;
	}
	if (kids->n == 4 && same_extent(kids->v[0], kids->v[1]) &&
	    same_extent(kids->v[1], kids->v[2])) {
		n = tu_node(t, AST_COND, c, type);
		tu_add(n, tu_expr(t, kids->v[0]));
		tu_add(n, tu_expr(t, kids->v[3]));
		return n;
	}
	n = tu_node(t, AST_OTHER, c, type);
	n->name = mem_strdup(n, word);
	for (size_t i = 0; i < kids->n; i++)
		if (clang_isExpression(clang_getCursorKind(kids->v[i])))
			tu_add(n, tu_expr(t, kids->v[i]));
	return n;
}
