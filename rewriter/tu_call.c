/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calls: of functions, of BPF helpers (variables that hold function pointers), of map methods
 * (members of an annotated variable), and of __bcsh_at_NAME(), which is a place in a map.
 */
#include "rewriter/tu.h"

static const char at_prefix[] = "__bcsh_at_";

/* Calls whose arguments are looked at for their type only. */
static const char *const unevaluated[] = {
	"__builtin_constant_p", "__builtin_object_size", "__builtin_dynamic_object_size",
	"__builtin_preserve_access_index", "__builtin_preserve_field_info",
	"__builtin_preserve_type_info", "__builtin_preserve_enum_value", "__builtin_btf_type_id",
	"__builtin_classify_type",
};

static bool is_unevaluated(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(unevaluated); i++)
		if (!strcmp(name, unevaluated[i]))
			return true;
	return false;
}

static CXCursor first_child(CXCursor c)
{
	struct tu_cursors kids;
	CXCursor ret = clang_getNullCursor();

	tu_children(c, &kids);
	if (kids.n)
		ret = kids.v[0];
	mem_free(kids.v);
	return ret;
}

/* Default argument promotions, which a call without prototype adds. */
static struct ast *unpromoted(struct ast *n)
{
	while (n->kind == AST_CONVERT && n->n_sub && n->type->kind != TYPE_POINTER &&
	       n->sub[0]->type && n->sub[0]->type->kind != TYPE_POINTER)
		n = n->sub[0];
	return n;
}

bool tu_is_place_call(struct tu *t, CXCursor call, struct ast **ret, CXCursor deref)
{
	CXCursor callee;
	CXString name;
	const char *s;
	bool is = false;

	if (clang_getCursorKind(call) != CXCursor_CallExpr)
		return false;
	callee = clang_getCursorReferenced(call);
	name = clang_getCursorSpelling(callee);
	s = clang_getCString(name);
	if (s && !strncmp(s, at_prefix, strlen(at_prefix))) {
		struct ast *n = tu_node(t, AST_AT, deref, tu_cursor_type(t, deref));
		int args = clang_Cursor_getNumArguments(call);

		n->name = mem_strdup(n, s + strlen(at_prefix));
		for (int i = 0; i < args; i++)
			tu_add(n, unpromoted(tu_expr(t, clang_Cursor_getArgument(call, i))));
		*ret = n;
		is = true;
	}
	clang_disposeString(name);
	return is;
}

static void add_arguments(struct tu *t, struct ast *n, CXCursor c)
{
	int args = clang_Cursor_getNumArguments(c);

	for (int i = 0; i < args; i++)
		tu_add(n, tu_expr(t, clang_Cursor_getArgument(c, i)));
}

/* The variable that CALLEE is a method of: `start.lookup`. */
static struct ast_decl *method_of(struct tu *t, CXCursor callee)
{
	CXCursor base, var;
	struct ast_decl *d;

	if (clang_getCursorKind(callee) != CXCursor_MemberRefExpr)
		return NULL;
	base = tu_peel(first_child(callee));
	if (clang_getCursorKind(base) != CXCursor_DeclRefExpr)
		return NULL;
	var = clang_getCursorReferenced(base);
	if (clang_getCursorKind(var) != CXCursor_VarDecl)
		return NULL;
	d = tu_decl(t, var);
	return ast_note(d, "map:") ? d : NULL;
}

struct ast *tu_call(struct tu *t, CXCursor c)
{
	CXCursor callee = tu_peel(first_child(c)), to;
	struct ast_type *type = tu_cursor_type(t, c);
	struct ast_decl *map = method_of(t, callee);
	struct ast *n = tu_node(t, map ? AST_METHOD : AST_CALL, c, type);
	enum CXCursorKind kind;

	tu_offset(t, clang_getCursorLocation(callee), &n->at);
	if (map) {
		n->decl = map;
		n->name = tu_string(n, clang_getCursorSpelling(callee));
		add_arguments(t, n, c);
		return n;
	}
	to = clang_getCursorReferenced(callee);
	kind = clang_getCursorKind(callee) == CXCursor_DeclRefExpr ? clang_getCursorKind(to) :
								      CXCursor_InvalidFile;
	if (kind == CXCursor_FunctionDecl) {
		n->decl = tu_decl(t, to);
		if (is_unevaluated(n->decl->name)) {
			n->kind = AST_UNEVALUATED;
			return n;
		}
	} else if (kind == CXCursor_VarDecl && !tu_decl(t, to)->has_local_scope &&
		   !tu_decl(t, to)->in_main) {
		n->decl = tu_decl(t, to);
	} else {
		n->callee = tu_expr(t, first_child(c));
		n->callee->parent = n;
	}
	add_arguments(t, n, c);
	return n;
}
