/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Declarations: one object for all redeclarations of a thing, with its annotations. A parameter
 * declared as an array is a pointer, whatever libclang shows.
 */
#include "rewriter/tu.h"

struct note_list {
	struct tu *t;
	struct ast_decl *d;
};

static enum CXChildVisitResult add_note(CXCursor c, CXCursor parent, CXClientData data)
{
	struct note_list *l = data;
	struct ast_decl *d = l->d;
	char *text;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_AnnotateAttr)
		return CXChildVisit_Continue;
	text = tu_string(l->t->unit, clang_getCursorSpelling(c));
	for (size_t i = 0; i < d->n_notes; i++)
		if (!strcmp(d->notes[i], text))
			return CXChildVisit_Continue;
	d->notes = mem_resize(l->t->unit, d->notes, sizeof(*d->notes), d->n_notes + 1);
	d->notes[d->n_notes++] = text;
	return CXChildVisit_Continue;
}

static void add_notes(struct tu *t, struct ast_decl *d, CXCursor c)
{
	struct note_list l = { t, d };

	if (clang_Cursor_hasAttrs(c))
		clang_visitChildren(c, add_note, &l);
}

static void place(struct tu *t, struct ast_decl *d, CXCursor c)
{
	CXSourceRange extent = clang_getCursorExtent(c);

	d->in_main = tu_offset(t, clang_getCursorLocation(c), &d->name_at);
	if (!d->in_main)
		return;
	tu_offset(t, clang_getRangeStart(extent), &d->start);
	if (!tu_is_typed(t, clang_getRangeEnd(extent), &d->end))
		d->end = tu_invocation_end(t->text, t->len, d->end);
	if (d->end < d->start)
		d->end = d->start;
}

static enum ast_decl_kind decl_kind(enum CXCursorKind kind)
{
	switch (kind) {
	case CXCursor_ParmDecl:
		return DECL_PARAM;
	case CXCursor_FunctionDecl:
		return DECL_FUNCTION;
	case CXCursor_EnumConstantDecl:
		return DECL_CONSTANT;
	default:
		return DECL_VAR;
	}
}

static void add_params(struct tu *t, struct ast_decl *d, CXCursor c)
{
	int n = clang_Cursor_getNumArguments(c);

	if (n <= 0)
		return;
	d->params = mem_array(t->unit, struct ast_decl *, n);
	d->n_params = n;
	for (int i = 0; i < n; i++)
		d->params[i] = tu_decl(t, clang_Cursor_getArgument(c, i));
}

struct ast_decl *tu_decl(struct tu *t, CXCursor c)
{
	CXCursor canonical = clang_getCanonicalCursor(c), definition;
	struct tu_decl *n = tu_find(&t->decls, canonical.data[0]);
	struct ast_decl *d;

	if (n)
		return &n->d;
	n = mem_new(t->unit, struct tu_decl);
	d = &n->d;
	tu_insert(t, &t->decls, canonical.data[0], n);
	definition = clang_getCursorDefinition(c);
	if (clang_Cursor_isNull(definition))
		definition = canonical;
	d->kind = decl_kind(clang_getCursorKind(c));
	d->index = t->unit->n_all_decls++;
	d->name = tu_string(t->unit, clang_getCursorSpelling(c));
	d->type = tu_cursor_type(t, definition);
	if (d->kind == DECL_PARAM && d->type->kind == TYPE_ARRAY)
		d->type = tu_pointer(t, d->type->to);
	d->is_static = clang_Cursor_getStorageClass(canonical) == CX_SC_Static;
	d->is_global = d->kind == DECL_VAR && clang_Cursor_hasVarDeclGlobalStorage(canonical) == 1;
	d->has_local_scope =
		clang_getCursorKind(clang_getCursorSemanticParent(canonical)) ==
			CXCursor_FunctionDecl || d->kind == DECL_PARAM;
	place(t, d, definition);
	add_notes(t, d, canonical);
	if (!clang_equalCursors(definition, canonical))
		add_notes(t, d, definition);
	if (d->kind == DECL_FUNCTION)
		add_params(t, d, definition);
	tu_touch(t, d->type, true);
	return d;
}

/*
 * `typeof(p) q = p;` with an array parameter p: q is shown as an array too. No array is initialised
 * by a value that is neither a list, nor a string, nor a literal.
 */
static void unmask_pointer(struct tu *t, struct ast_decl *d)
{
	const struct ast *init = d->init;

	if (d->type->kind != TYPE_ARRAY || !init || init->kind == AST_INIT || ast_is_place(init))
		return;
	if (init->type && init->type->kind == TYPE_POINTER)
		d->type = tu_pointer(t, d->type->to);
}

void tu_init(struct tu *t, CXCursor c, struct ast_decl *d, struct ast *owner)
{
	CXCursor init = clang_Cursor_getVarDeclInitializer(c);

	if (clang_Cursor_isNull(init))
		return;
	if (clang_getCursorKind(init) == CXCursor_InitListExpr)
		d->init = tu_list(t, init, d->type);
	else
		d->init = tu_expr(t, init);
	d->init->parent = owner;
	unmask_pointer(t, d);
}

static enum CXChildVisitResult find_body(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_CompoundStmt)
		return CXChildVisit_Continue;
	*(CXCursor *)data = c;
	return CXChildVisit_Break;
}

void tu_file_decl(struct tu *t, CXCursor c)
{
	struct ast_decl *d = tu_decl(t, c);
	struct tu_decl *n = (struct tu_decl *)d;
	struct ast_unit *u = t->unit;

	if (!n->listed) {
		n->listed = true;
		u->decls = mem_resize(u, u->decls, sizeof(*u->decls), u->n_decls + 1);
		u->decls[u->n_decls++] = d;
	}
	if (d->kind == DECL_VAR) {
		tu_init(t, c, d, NULL);
	} else if (clang_isCursorDefinition(c)) {
		CXCursor body = clang_getNullCursor();

		clang_visitChildren(c, find_body, &body);
		if (clang_Cursor_isNull(body))
			return;
		d->body = tu_node(t, AST_BLOCK, body, NULL);
		t->depth = 0;
		struct tu_cursors kids;

		tu_children(body, &kids);
		for (size_t i = 0; i < kids.n; i++)
			tu_stmt(t, kids.v[i], d->body);
		mem_free(kids.v);
	}
}
