/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expressions. libclang has no kinds of implicit casts: an "unexposed" expression with one child of
 * the same extent is a decay if the child is an array place, a load if it is another place, and a
 * conversion otherwise. Types of places are computed from their parts, because libclang shows the
 * declared array type for parameters that are pointers.
 */
#include "rewriter/tu.h"

static const char *const binary_op[] = {
	[CXBinaryOperator_Mul] = "*", [CXBinaryOperator_Div] = "/", [CXBinaryOperator_Rem] = "%",
	[CXBinaryOperator_Add] = "+", [CXBinaryOperator_Sub] = "-", [CXBinaryOperator_Shl] = "<<",
	[CXBinaryOperator_Shr] = ">>", [CXBinaryOperator_LT] = "<", [CXBinaryOperator_GT] = ">",
	[CXBinaryOperator_LE] = "<=", [CXBinaryOperator_GE] = ">=", [CXBinaryOperator_EQ] = "==",
	[CXBinaryOperator_NE] = "!=", [CXBinaryOperator_And] = "&", [CXBinaryOperator_Xor] = "^",
	[CXBinaryOperator_Or] = "|", [CXBinaryOperator_LAnd] = "&&", [CXBinaryOperator_LOr] = "||",
	[CXBinaryOperator_Comma] = ",", [CXBinaryOperator_Assign] = "=",
	[CXBinaryOperator_MulAssign] = "*=", [CXBinaryOperator_DivAssign] = "/=",
	[CXBinaryOperator_RemAssign] = "%=", [CXBinaryOperator_AddAssign] = "+=",
	[CXBinaryOperator_SubAssign] = "-=", [CXBinaryOperator_ShlAssign] = "<<=",
	[CXBinaryOperator_ShrAssign] = ">>=", [CXBinaryOperator_AndAssign] = "&=",
	[CXBinaryOperator_XorAssign] = "^=", [CXBinaryOperator_OrAssign] = "|=",
};

static const struct {
	enum ast_kind kind;
	const char *op;
	bool is_postfix;
} unary_row[] = {
	[CXUnaryOperator_PostInc] = { AST_STEP, "++", true },
	[CXUnaryOperator_PostDec] = { AST_STEP, "--", true },
	[CXUnaryOperator_PreInc] = { AST_STEP, "++", false },
	[CXUnaryOperator_PreDec] = { AST_STEP, "--", false },
	[CXUnaryOperator_AddrOf] = { AST_ADDRESS, NULL, false },
	[CXUnaryOperator_Deref] = { AST_DEREF, NULL, false },
	[CXUnaryOperator_Plus] = { AST_UNARY, "+", false },
	[CXUnaryOperator_Minus] = { AST_UNARY, "-", false },
	[CXUnaryOperator_Not] = { AST_UNARY, "~", false },
	[CXUnaryOperator_LNot] = { AST_UNARY, "!", false },
};

static void set_type(struct tu *t, struct ast *n, struct ast_type *type)
{
	/* No value is an array: this is an array parameter's pointer seen through libclang. */
	if (type && type->kind == TYPE_ARRAY && !ast_is_place(n) && n->kind != AST_INIT)
		type = tu_pointer(t, type->to);
	n->type = type;
	tu_touch(t, type, n->kind == AST_LOAD || n->kind == AST_LITERAL);
}

struct ast *tu_node(struct tu *t, enum ast_kind kind, CXCursor c, struct ast_type *type)
{
	struct ast *n = mem_new(t->unit, struct ast);

	n->kind = kind;
	tu_place(t, n, c);
	set_type(t, n, type);
	return n;
}

void tu_add(struct ast *n, struct ast *sub)
{
	if (!sub)
		return;
	if ((n->n_sub & (n->n_sub - 1)) == 0)
		n->sub = mem_resize(n, n->sub, sizeof(*n->sub), n->n_sub ? n->n_sub * 2 : 1);
	n->sub[n->n_sub++] = sub;
	sub->parent = n;
}

struct ast *tu_implicit(struct tu *t, enum ast_kind kind, struct ast *sub, struct ast_type *type)
{
	struct ast *n = mem_new(t->unit, struct ast);

	n->kind = kind;
	n->start = sub->start;
	n->end = sub->end;
	n->at = sub->at;
	n->text_kind = sub->text_kind;
	set_type(t, n, type);
	tu_add(n, sub);
	return n;
}

CXCursor tu_peel(CXCursor c)
{
	for (;;) {
		enum CXCursorKind kind = clang_getCursorKind(c);
		struct tu_cursors kids;

		if (kind != CXCursor_ParenExpr && kind != CXCursor_UnexposedExpr)
			return c;
		tu_children(c, &kids);
		if (kids.n != 1) {
			mem_free(kids.v);
			return c;
		}
		c = kids.v[0];
		mem_free(kids.v);
	}
}

/* The value that a constant has in TYPE. */
static void convert_value(struct ast *n, const struct ast *from)
{
	unsigned bits = n->type->size * 8;

	if (!from->has_value || (n->type->kind != TYPE_INT && n->type->kind != TYPE_ENUM))
		return;
	n->has_value = true;
	n->value = from->value;
	if (bits && bits < 64) {
		uint64_t low = (uint64_t)n->value << (64 - bits);

		n->value = n->type->is_signed ? (int64_t)low >> (64 - bits) : (int64_t)(low >> (64 - bits));
	}
}

static struct ast *convert(struct tu *t, CXCursor c, struct ast *sub)
{
	struct ast_type *type = tu_cursor_type(t, c);
	struct ast *n;

	if (sub->kind == AST_FUNCTION)
		return sub;
	if (ast_is_place(sub)) {
		if (sub->type->kind == TYPE_FUNCTION)
			return sub->kind == AST_DEREF ? sub->sub[0] : sub;
		if (sub->type->kind != TYPE_ARRAY)
			return tu_implicit(t, AST_LOAD, sub, sub->type);
		if (type->kind == TYPE_ARRAY)
			return sub;
		return tu_implicit(t, AST_DECAY, sub, tu_pointer(t, sub->type->to));
	}
	if (type->kind == TYPE_ARRAY)
		type = tu_pointer(t, type->to);
	if (type == sub->type)
		return sub;
	n = tu_implicit(t, AST_CONVERT, sub, type);
	convert_value(n, sub);
	return n;
}

static struct ast *unexposed(struct tu *t, CXCursor c)
{
	struct tu_cursors kids;
	struct ast *n;

	tu_children(c, &kids);
	if (kids.n == 1 && clang_isExpression(clang_getCursorKind(kids.v[0])) &&
	    clang_equalLocations(clang_getRangeStart(clang_getCursorExtent(c)),
				 clang_getRangeStart(clang_getCursorExtent(kids.v[0]))))
		n = convert(t, c, tu_expr(t, kids.v[0]));
	else
		n = tu_special(t, c, &kids);
	mem_free(kids.v);
	return n;
}

static struct ast *reference(struct tu *t, CXCursor c)
{
	CXCursor to = clang_getCursorReferenced(c);
	struct ast *n;

	switch (clang_getCursorKind(to)) {
	case CXCursor_FunctionDecl:
		n = tu_node(t, AST_FUNCTION, c, tu_cursor_type(t, c));
		break;
	case CXCursor_EnumConstantDecl:
		n = tu_node(t, AST_CONSTANT, c, tu_cursor_type(t, c));
		n->has_value = true;
		n->value = clang_getEnumConstantDeclValue(to);
		break;
	case CXCursor_VarDecl:
	case CXCursor_ParmDecl:
		n = tu_node(t, AST_VAR, c, NULL);
		set_type(t, n, tu_decl(t, to)->type);
		break;
	default:
		return tu_node(t, AST_OTHER, c, tu_cursor_type(t, c));
	}
	n->decl = tu_decl(t, to);
	return n;
}

/* libclang hides one anonymous member on the way and shows further ones as members without name. */
static CXCursor member_base(CXCursor c)
{
	for (;;) {
		struct tu_cursors kids;
		CXCursor base = clang_getNullCursor();

		tu_children(c, &kids);
		if (kids.n)
			base = kids.v[0];
		mem_free(kids.v);
		if (clang_Cursor_isNull(base) || clang_getCursorKind(base) != CXCursor_MemberRefExpr ||
		    !clang_Cursor_isAnonymousRecordDecl(clang_getTypeDeclaration(
			    clang_getCanonicalType(clang_getCursorType(base)))))
			return base;
		c = base;
	}
}

static struct ast *member(struct tu *t, CXCursor c)
{
	CXCursor from = member_base(c);
	struct ast_field *path[16];
	struct ast_type *type;
	struct ast *n, *base;

	if (clang_Cursor_isNull(from))
		return tu_node(t, AST_OTHER, c, tu_cursor_type(t, c));
	base = tu_expr(t, from);
	n = tu_node(t, AST_MEMBER, c, NULL);
	n->arrow = base->type && base->type->kind == TYPE_POINTER;
	tu_add(n, base);
	type = n->arrow ? base->type->to : base->type;
	if (type && type->kind == TYPE_RECORD)
		n->n_fields = tu_path(t, type->record, clang_getCursorReferenced(c), path,
				      ARRAY_SIZE(path));
	if (!n->n_fields) {
		n->kind = AST_OTHER;
		set_type(t, n, tu_cursor_type(t, c));
		return n;
	}
	n->fields = mem_dup(n, path, n->n_fields * sizeof(*path));
	set_type(t, n, path[n->n_fields - 1]->type);
	if (!n->arrow && !ast_is_place(base) && n->type->kind != TYPE_ARRAY)
		return tu_implicit(t, AST_LOAD, n, n->type);
	return n;
}

static struct ast *subscript(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	struct ast *n = tu_node(t, AST_INDEX, c, NULL);
	struct ast *a = tu_expr(t, kids->v[0]), *b = tu_expr(t, kids->v[1]);
	bool swapped = a->type->kind != TYPE_POINTER && b->type->kind == TYPE_POINTER;

	tu_add(n, swapped ? b : a);
	tu_add(n, swapped ? a : b);
	set_type(t, n, n->sub[0]->type->to ? n->sub[0]->type->to : tu_cursor_type(t, c));
	return n;
}

static struct ast *unary(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(c);
	struct ast *n;

	if (op == CXUnaryOperator_Extension)
		return tu_expr(t, kids->v[0]);
	if (op == CXUnaryOperator_Deref && tu_is_place_call(t, tu_peel(kids->v[0]), &n, c))
		return n;
	if (op >= ARRAY_SIZE(unary_row) || !unary_row[op].kind) {
		n = tu_node(t, AST_OTHER, c, tu_cursor_type(t, c));
		tu_add(n, tu_expr(t, kids->v[0]));
		return n;
	}
	n = tu_node(t, unary_row[op].kind, c, NULL);
	n->op = unary_row[op].op;
	n->is_postfix = unary_row[op].is_postfix;
	tu_add(n, tu_expr(t, kids->v[0]));
	if (n->kind == AST_DEREF && n->sub[0]->type && n->sub[0]->type->to)
		set_type(t, n, n->sub[0]->type->to);
	else
		set_type(t, n, tu_cursor_type(t, c));
	if (n->is_postfix && n->text_kind == TEXT_PLAIN)
		n->at = n->end - 2;
	if (op == CXUnaryOperator_Minus && n->sub[0]->has_value) {
		n->has_value = true;
		n->value = (int64_t)(0 - (uint64_t)n->sub[0]->value);
	}
	return n;
}

static struct ast *binary(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(c);
	bool assigns = op >= CXBinaryOperator_Assign && op != CXBinaryOperator_Comma;
	struct ast *n = tu_node(t, assigns ? AST_ASSIGN : AST_BINARY, c, tu_cursor_type(t, c));

	n->op = op < ARRAY_SIZE(binary_op) && binary_op[op] ? binary_op[op] : "?";
	for (size_t i = 0; i < kids->n; i++)
		tu_add(n, tu_expr(t, kids->v[i]));
	if (n->text_kind == TEXT_PLAIN && n->n_sub == 2)
		n->at = tu_operator(t, n->sub[0]->end, n->sub[1]->start, n->op, n->start);
	return n;
}

static struct ast *with_subs(struct tu *t, enum ast_kind kind, CXCursor c,
			     const struct tu_cursors *kids)
{
	struct ast *n = tu_node(t, kind, c, tu_cursor_type(t, c));

	for (size_t i = 0; i < kids->n; i++)
		if (clang_isExpression(clang_getCursorKind(kids->v[i])))
			tu_add(n, tu_expr(t, kids->v[i]));
	return n;
}

/* What `__user` and the like say in the type of a cast: a type tag, which only the spelling shows. */
static const char *type_tag(CXCursor c)
{
	static const char *const tags[] = { "user", "kernel", "direct" };
	CXString s = clang_getTypeSpelling(clang_getCursorType(c));
	const char *found = strstr(clang_getCString(s), "btf_type_tag(\""), *ret = NULL;

	for (size_t i = 0; found && i < ARRAY_SIZE(tags); i++)
		if (!strncmp(strchr(found, '"') + 1, tags[i], strlen(tags[i])))
			ret = tags[i];
	clang_disposeString(s);
	return ret;
}

/* The operand is the last child; others belong to the type (typeof). */
static struct ast *cast(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	struct ast *n = tu_node(t, AST_CAST, c, tu_cursor_type(t, c));

	if (kids->n)
		tu_add(n, tu_expr(t, kids->v[kids->n - 1]));
	if (n->n_sub)
		convert_value(n, n->sub[0]);
	n->name = type_tag(c);
	return n;
}

static struct ast *compound(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	struct ast *n = tu_node(t, AST_LITERAL, c, tu_cursor_type(t, c));

	if (kids->n && clang_getCursorKind(kids->v[kids->n - 1]) == CXCursor_InitListExpr)
		tu_add(n, tu_list(t, kids->v[kids->n - 1], n->type));
	return n;
}

static struct ast *statements(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	struct ast *n = tu_node(t, AST_STATEMENTS, c, tu_cursor_type(t, c));
	struct tu_cursors list;

	if (!kids->n)
		return n;
	tu_children(kids->v[0], &list);
	for (size_t i = 0; i < list.n; i++)
		tu_stmt(t, list.v[i], n);
	mem_free(list.v);
	return n;
}

static struct ast *generic(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	struct ast_type *type = tu_cursor_type(t, c);

	/* The selected association is not exposed: it is one that has the result's type. */
	for (size_t i = 1; i < kids->n; i++)
		if (clang_isExpression(clang_getCursorKind(kids->v[i])) &&
		    tu_cursor_type(t, kids->v[i]) == type)
			return tu_expr(t, kids->v[i]);
	return tu_node(t, AST_OTHER, c, type);
}

static struct ast *expression(struct tu *t, CXCursor c, const struct tu_cursors *kids)
{
	switch (clang_getCursorKind(c)) {
	case CXCursor_ParenExpr:
		return tu_expr(t, kids->v[0]);
	case CXCursor_ArraySubscriptExpr:
		return subscript(t, c, kids);
	case CXCursor_UnaryOperator:
		return unary(t, c, kids);
	case CXCursor_BinaryOperator:
	case CXCursor_CompoundAssignOperator:
		return binary(t, c, kids);
	case CXCursor_ConditionalOperator:
		return with_subs(t, AST_COND, c, kids);
	case CXCursor_CStyleCastExpr:
		return cast(t, c, kids);
	case CXCursor_CompoundLiteralExpr:
		return compound(t, c, kids);
	case CXCursor_StmtExpr:
		return statements(t, c, kids);
	case CXCursor_GenericSelectionExpr:
		return generic(t, c, kids);
	case CXCursor_InitListExpr:
		return tu_list(t, c, tu_cursor_type(t, c));
	default:
		return with_subs(t, AST_OTHER, c, kids);
	}
}

struct ast *tu_expr(struct tu *t, CXCursor c)
{
	struct tu_cursors kids;
	struct ast *n;

	if (t->too_deep || t->depth >= TU_DEPTH_MAX) {
		t->too_deep = true;
		return tu_node(t, AST_OTHER, c, tu_cursor_type(t, c));
	}
	t->depth++;
	switch (clang_getCursorKind(c)) {
	case CXCursor_UnexposedExpr:
		n = unexposed(t, c);
		break;
	case CXCursor_DeclRefExpr:
		n = reference(t, c);
		break;
	case CXCursor_MemberRefExpr:
		n = member(t, c);
		break;
	case CXCursor_CallExpr:
		n = tu_call(t, c);
		break;
	case CXCursor_IntegerLiteral:
	case CXCursor_FloatingLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_StringLiteral:
	case CXCursor_UnaryExpr:
		n = tu_literal(t, c);
		break;
	default:
		tu_children(c, &kids);
		n = expression(t, c, &kids);
		mem_free(kids.v);
	}
	t->depth--;
	return n;
}
