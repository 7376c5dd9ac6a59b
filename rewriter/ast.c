/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small questions about the tree that need no libclang. */
#include "rewriter/ast.h"

const char *ast_note(const struct ast_decl *d, const char *prefix)
{
	size_t len = strlen(prefix);

	for (size_t i = 0; d && i < d->n_notes; i++)
		if (!strncmp(d->notes[i], prefix, len))
			return d->notes[i] + len;
	return NULL;
}

struct ast *ast_strip(struct ast *e)
{
	while (e && (e->kind == AST_CAST || e->kind == AST_CONVERT) && e->n_sub)
		e = e->sub[0];
	return e;
}

bool ast_is_place(const struct ast *e)
{
	switch (e->kind) {
	case AST_VAR:
	case AST_MEMBER:
	case AST_INDEX:
	case AST_DEREF:
	case AST_LITERAL:
	case AST_STRING:
	case AST_AT:
		return true;
	default:
		return false;
	}
}
