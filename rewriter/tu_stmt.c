/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Statements. Control flow keeps its parts in order and no more: nothing after this asks which of a
 * `for`'s parts is the condition.
 */
#include "rewriter/tu.h"

static const struct {
	enum CXCursorKind kind;
	enum ast_kind becomes;
	const char *op;
} rows[] = {
	{ CXCursor_CompoundStmt, AST_BLOCK, NULL },
	{ CXCursor_ReturnStmt, AST_RETURN, NULL },
	{ CXCursor_IfStmt, AST_FLOW, "if" },
	{ CXCursor_WhileStmt, AST_FLOW, "while" },
	{ CXCursor_DoStmt, AST_FLOW, "do" },
	{ CXCursor_ForStmt, AST_FLOW, "for" },
	{ CXCursor_SwitchStmt, AST_FLOW, "switch" },
	{ CXCursor_CaseStmt, AST_FLOW, "case" },
	{ CXCursor_DefaultStmt, AST_FLOW, "default" },
	{ CXCursor_LabelStmt, AST_FLOW, "label" },
	{ CXCursor_GotoStmt, AST_FLOW, "goto" },
	{ CXCursor_IndirectGotoStmt, AST_FLOW, "goto" },
	{ CXCursor_BreakStmt, AST_FLOW, "break" },
	{ CXCursor_ContinueStmt, AST_FLOW, "continue" },
	{ CXCursor_GCCAsmStmt, AST_OTHER, "asm" },
	{ CXCursor_MSAsmStmt, AST_OTHER, "asm" },
};

static void declarations(struct tu *t, CXCursor c, struct ast *parent)
{
	struct tu_cursors kids;

	tu_children(c, &kids);
	for (size_t i = 0; i < kids.n; i++) {
		struct ast *n;

		if (clang_getCursorKind(kids.v[i]) != CXCursor_VarDecl)
			continue;
		n = tu_node(t, AST_DECLARE, kids.v[i], NULL);
		n->decl = tu_decl(t, kids.v[i]);
		tu_init(t, kids.v[i], n->decl, n);
		tu_add(parent, n);
	}
	mem_free(kids.v);
}

static void flow(struct tu *t, CXCursor c, struct ast *parent)
{
	enum CXCursorKind kind = clang_getCursorKind(c);
	struct ast *n = tu_node(t, AST_FLOW, c, NULL);
	struct tu_cursors kids;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == kind) {
			n->kind = rows[i].becomes;
			n->op = rows[i].op;
		}
	tu_add(parent, n);
	tu_children(c, &kids);
	for (size_t i = 0; i < kids.n; i++)
		tu_stmt(t, kids.v[i], n);
	mem_free(kids.v);
}

void tu_stmt(struct tu *t, CXCursor c, struct ast *parent)
{
	enum CXCursorKind kind = clang_getCursorKind(c);

	if (clang_isExpression(kind)) {
		tu_add(parent, tu_expr(t, c));
		return;
	}
	if (!clang_isStatement(kind) || kind == CXCursor_NullStmt)
		return;
	if (t->too_deep || t->depth >= TU_DEPTH_MAX) {
		t->too_deep = true;
		return;
	}
	t->depth++;
	if (kind == CXCursor_DeclStmt)
		declarations(t, c, parent);
	else
		flow(t, c, parent);
	t->depth--;
}
