/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Initialiser lists. libclang shows them as written: with designators as an unexposed expression of
 * type void, and without the braces that C lets one leave out. Here every sub says which member or
 * element it sets, and left-out or implied levels become lists of their own, without text.
 */
#include "rewriter/tu.h"

struct pending {	/* what the list as written still holds */
	const struct tu_cursors *kids;
	size_t at;
};

static void fill(struct tu *t, struct ast *n, struct pending *p, size_t pos, bool braced);

static bool is_aggregate(const struct ast_type *type)
{
	return type->kind == TYPE_RECORD || type->kind == TYPE_ARRAY;
}

/* The type of element *POS of TYPE, past what has no initialiser; NULL when there is none. */
static struct ast_type *element(struct tu *t, struct ast_type *type, size_t *pos,
				struct ast_field **ret_field)
{
	struct ast_record *r = type->record;

	*ret_field = NULL;
	if (type->kind == TYPE_ARRAY)
		return !type->count || *pos < type->count ? type->to : NULL;
	if (type->kind != TYPE_RECORD)
		return *pos ? NULL : type;
	tu_touch(t, type, true);
	while (*pos < r->n_fields && !r->fields[*pos].name[0] && r->fields[*pos].bits)
		(*pos)++;
	if (*pos >= r->n_fields || (r->is_union && *pos))
		return NULL;
	*ret_field = &r->fields[*pos];
	return r->fields[*pos].type;
}

static void add_marked(struct ast *n, struct ast *sub, struct ast_field *field, int64_t pos)
{
	sub->init_field = field;
	sub->init_index = pos;
	tu_add(n, sub);
}

/* A list that is not written: its braces are left out, or a designator implies it. */
static struct ast *implied(struct tu *t, struct ast *n, struct ast_type *type,
			   struct ast_field *field, int64_t pos)
{
	struct ast *sub;

	for (size_t i = 0; i < n->n_sub; i++)
		if (n->sub[i]->kind == AST_INIT && n->sub[i]->init_field == field &&
		    n->sub[i]->init_index == pos)
			return n->sub[i];
	sub = mem_new(t->unit, struct ast);
	sub->kind = AST_INIT;
	sub->text_kind = TEXT_NONE;
	sub->type = type;
	tu_touch(t, type, true);
	add_marked(n, sub, field, pos);
	return sub;
}

static struct ast *value(struct tu *t, CXCursor c, struct ast_type *type)
{
	struct ast *n;

	if (clang_getCursorKind(c) == CXCursor_InitListExpr && type)
		return tu_list(t, c, type);
	n = tu_expr(t, c);
	/* As written, a list does not yet have the conversion that loads a record. */
	if (n && n->type && n->type->kind == TYPE_RECORD && ast_is_place(n))
		return tu_implicit(t, AST_LOAD, n, n->type);
	return n;
}

static int64_t field_position(const struct ast_field *f)
{
	return f - f->in->fields;
}

/* Takes one step down from *N; with LAST it is where the value goes, which VALUE is. */
static void step(struct tu *t, struct ast **n, size_t *pos, struct ast_type **type,
		 struct ast_field *field, int64_t index, CXCursor *last)
{
	*pos = index;
	*type = field ? field->type : (*type)->to;
	if (last)
		add_marked(*n, value(t, *last, *type), field, index);
	else
		*n = implied(t, *n, *type, field, index);
}

struct walk {	/* the levels that a designator went through */
	struct ast *list[32];
	size_t pos[32];
	size_t n;
};

static bool walk_member(struct tu *t, struct walk *w, struct ast_type **type, CXCursor member,
			CXCursor *last)
{
	struct ast_field *path[16];
	size_t n = (*type)->kind == TYPE_RECORD ?
			   tu_path(t, (*type)->record, clang_getCursorReferenced(member), path, 16) : 0;

	if (!n || w->n + n + 1 >= ARRAY_SIZE(w->list))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct ast *list = w->list[w->n - 1];

		step(t, &list, &w->pos[w->n - 1], type, path[i], field_position(path[i]),
		     i + 1 == n ? last : NULL);
		if (i + 1 < n || !last)
			w->list[w->n++] = list;
	}
	return true;
}

static bool walk_index(struct tu *t, struct walk *w, struct ast_type **type, CXCursor index,
		       CXCursor *last)
{
	struct ast *list = w->list[w->n - 1];
	struct ast *number;

	if ((*type)->kind != TYPE_ARRAY || w->n + 1 >= ARRAY_SIZE(w->list))
		return false;
	number = tu_expr(t, index);
	step(t, &list, &w->pos[w->n - 1], type, NULL, number->has_value ? number->value : 0, last);
	if (!last)
		w->list[w->n++] = list;
	return true;
}

/* `.a.b[2] = value`; what follows without designator continues after it, at the innermost level. */
static size_t designated(struct tu *t, struct ast *n, CXCursor c, struct pending *p, size_t pos)
{
	struct ast_type *type = n->type;
	struct walk w = { .list = { n }, .pos = { pos }, .n = 1 };
	struct tu_cursors kids;
	bool good = true;

	tu_children(c, &kids);
	for (size_t i = 0; good && i + 1 < kids.n; i++) {
		bool member = clang_getCursorKind(kids.v[i]) == CXCursor_MemberRef;
		bool range = !member && i + 3 == kids.n && type->kind == TYPE_ARRAY &&
			     type->to->kind != TYPE_ARRAY;
		CXCursor *last = i + 2 == kids.n || range ? &kids.v[kids.n - 1] : NULL;

		if (member && last == NULL && clang_getCursorKind(kids.v[i + 1]) == CXCursor_MemberRef &&
		    clang_Cursor_isAnonymousRecordDecl(clang_getTypeDeclaration(
			    clang_getCursorType(clang_getCursorReferenced(kids.v[i])))))
			continue;	/* found again on the way to the named one */
		good = member ? walk_member(t, &w, &type, kids.v[i], last) :
				walk_index(t, &w, &type, kids.v[i], last);
		if (range)
			break;
	}
	if (!good && kids.n)
		tu_add(n, tu_expr(t, kids.v[kids.n - 1]));
	mem_free(kids.v);
	for (size_t i = w.n; good && i-- > 1;)
		fill(t, w.list[i], p, w.pos[i] + 1, false);
	return w.pos[0] + 1;
}

/* Can X, as it is, be the value of aggregate TYPE? */
static bool is_whole(struct tu *t, CXCursor x, struct ast_type *type)
{
	if (clang_getCursorKind(x) == CXCursor_InitListExpr)
		return true;
	if (type->kind == TYPE_ARRAY && type->to->kind == TYPE_INT &&
	    clang_getCursorKind(tu_peel(x)) == CXCursor_StringLiteral)
		return true;
	return tu_cursor_type(t, x) == type;
}

static void fill(struct tu *t, struct ast *n, struct pending *p, size_t pos, bool braced)
{
	while (p->at < p->kids->n && !t->too_deep) {
		CXCursor x = p->kids->v[p->at];
		bool designator = clang_getCursorKind(x) == CXCursor_UnexposedExpr &&
				  clang_getCursorType(x).kind == CXType_Void;
		struct ast_field *field;
		struct ast_type *type;

		if (designator) {
			if (!braced)
				return;
			p->at++;
			pos = designated(t, n, x, p, pos);
			continue;
		}
		type = element(t, n->type, &pos, &field);
		if (!type && !braced)
			return;
		if (type && is_aggregate(type) && !is_whole(t, x, type)) {
			size_t before = p->at;

			fill(t, implied(t, n, type, field, pos), p, 0, false);
			if (p->at > before) {
				pos++;
				continue;
			}
		}
		p->at++;
		add_marked(n, value(t, x, type), field, pos++);
	}
}

struct ast *tu_list(struct tu *t, CXCursor c, struct ast_type *type)
{
	struct tu_cursors kids;
	struct pending p = { &kids, 0 };
	struct ast *n;

	if (t->too_deep || t->depth >= TU_DEPTH_MAX) {
		t->too_deep = true;
		return tu_node(t, AST_OTHER, c, type);
	}
	t->depth++;
	tu_children(c, &kids);
	if (kids.n == 1 && type->kind == TYPE_ARRAY && type->to->is_char &&
	    clang_getCursorKind(tu_peel(kids.v[0])) == CXCursor_StringLiteral) {
		n = tu_expr(t, kids.v[0]);
	} else {
		n = tu_node(t, AST_INIT, c, type);
		tu_touch(t, type, true);
		fill(t, n, &p, 0, true);
	}
	mem_free(kids.v);
	t->depth--;
	return n;
}
