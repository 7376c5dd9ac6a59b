// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arithmetic that the instruction set lacks: signed division and remainder; and min(), max() of two.
 */
#include "rewriter/lower_parts.h"

static bool is_signed_division(const struct lowering *w, const struct ast *n)
{
	const struct ast_type *t = n->type;

	return !w->l->req->host && n->n_sub == 2 && (n->op[0] == '/' || n->op[0] == '%') && t &&
	       t->kind == TYPE_INT && t->is_signed && t->size <= 8;
}

static bool is_constant(struct ast *n)
{
	n = ast_strip(n);
	if (n->has_value || n->kind == AST_UNEVALUATED)
		return true;
	return n->kind == AST_BINARY && n->n_sub == 2 && is_constant(n->sub[0]) && is_constant(n->sub[1]);
}

static const char *function(const struct ast *n)
{
	return n->op[0] == '/' ? "bcsh_sdiv" : "bcsh_smod";
}

bool lower_division(struct lowering *w, struct ast *n)
{
	struct edit *e;

	if (n->op[1] || !is_signed_division(w, n) || (is_constant(n->sub[0]) && is_constant(n->sub[1])))
		return false;
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "((%s)%s(", n->type->name, function(n));
		lower_part(w, e, n->sub[0]);
		edit_text(e, ", ");
		lower_part(w, e, n->sub[1]);
		edit_text(e, "))");
	}
	lower_walk_subs(w, n);
	return true;
}

/* Whether C does X op Y in a signed type: the wider one's, int at least. */
static bool is_done_signed(const struct ast_type *x, const struct ast_type *y)
{
	bool x_signed = x->is_signed || x->size < 4, y_signed = y->is_signed || y->size < 4;
	uint64_t x_size = x->size < 4 ? 4 : x->size, y_size = y->size < 4 ? 4 : y->size;

	if (x_size == y_size)
		return x_signed && y_signed;
	return x_size > y_size ? x_signed : y_signed;
}

/* x /= y, on a place that is not a map's. */
bool lower_divide_assign(struct lowering *w, struct ast *n)
{
	struct ast *right = n->n_sub == 2 ? lower_strip(n->sub[1]) : NULL;
	struct edit *e;

	if (w->l->req->host || strlen(n->op) != 2 || !n->type || (n->op[0] != '/' && n->op[0] != '%') || !right ||
	    !right->type || right->type->kind != TYPE_INT || n->type->kind != TYPE_INT ||
	    !is_done_signed(n->type, right->type))
		return false;
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "({ __auto_type __bcsh_p = &");
		lower_part(w, e, n->sub[0]);
		edit_text(e, "; *__bcsh_p = %s(*__bcsh_p, ", function(n));
		lower_part(w, e, right);
		edit_text(e, "); })");
	}
	lower_walk_subs(w, n);
	return true;
}

bool lower_extreme(struct lowering *w, struct ast *n, const char *name)
{
	struct edit *e = lower_edit(w, n, EDIT_CODE);

	if (e) {
		edit_text(e, "bcsh_%s(", name);
		lower_part(w, e, lower_strip(n->sub[0]));
		edit_text(e, ", ");
		lower_part(w, e, lower_strip(n->sub[1]));
		edit_text(e, ")");
	}
	lower_walk_subs(w, n);
	return true;
}
