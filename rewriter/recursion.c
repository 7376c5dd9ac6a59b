// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A depth-first walk over the calls between the unit's own functions. clang says nothing of circles
 * and may even turn one into a loop; a person had better hear of it at the call.
 */
#include "rewriter/recursion.h"

enum color { WHITE, GREY, REPORTED, BLACK };	/* REPORTED: grey, and said once */

struct walk {
	const struct ast_unit *unit;
	struct diags *diags;
	enum color *colors;		/* by ast_decl.index */
};

static void enter(struct walk *w, struct ast_decl *fn);

static void follow_call(struct walk *w, const struct ast *call)
{
	struct ast_decl *fn = call->decl;
	struct range at = { 0, call->at, call->at + 1 };
	struct diag *d;

	if (!fn || !fn->body || fn->index < 0 || fn->index >= w->unit->n_all_decls)
		return;
	if (w->colors[fn->index] == WHITE)
		enter(w, fn);
	if (w->colors[fn->index] != GREY)
		return;
	w->colors[fn->index] = REPORTED;
	if (call->start < call->end)
		at = (struct range){ 0, call->start, call->end };
	d = diag_error(w->diags, at, "'%s' calls itself", fn->name);
	diag_hint(w->diags, d, "BPF programs cannot recurse; use a loop with a constant limit");
}

static void walk_tree(struct walk *w, const struct ast *e)
{
	if (!e)
		return;
	if (e->kind == AST_CALL)
		follow_call(w, e);
	if (e->kind == AST_DECLARE && e->decl)
		walk_tree(w, e->decl->init);
	walk_tree(w, e->callee);
	for (size_t i = 0; i < e->n_sub; i++)
		walk_tree(w, e->sub[i]);
}

static void enter(struct walk *w, struct ast_decl *fn)
{
	w->colors[fn->index] = GREY;
	walk_tree(w, fn->body);
	w->colors[fn->index] = BLACK;
}

void recursion_check(const void *parent, const struct ast_unit *unit, struct diags *diags)
{
	struct walk w = { .unit = unit, .diags = diags };

	w.colors = mem_array(parent, enum color, unit->n_all_decls + 1);
	for (size_t i = 0; i < unit->n_decls; i++)
		if (unit->decls[i]->kind == DECL_FUNCTION && unit->decls[i]->body &&
		    w.colors[unit->decls[i]->index] == WHITE)
			enter(&w, unit->decls[i]);
}
