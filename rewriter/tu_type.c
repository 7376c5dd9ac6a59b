/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Types and records. Types are canonical and lose qualifiers at every level, so that `const char *`
 * and `char *` are one object. A record's fields are looked up only once an expression of the unit
 * can see them: one unit may reach thousands of kernel records through pointers.
 */
#include "rewriter/tu.h"

/* Drops const, volatile and restrict from a type as clang spells it. */
static const char *unqualified_name(struct tu *t, CXType type)
{
	static const char *const words[] = { "const", "volatile", "restrict", "__restrict" };
	char *s = tu_string(t->unit, clang_getTypeSpelling(type));
	size_t in = 0, out = 0;

	while (s[in]) {
		size_t word = 0, drop = 0;

		while (s[in + word] == '_' || (s[in + word] >= 'a' && s[in + word] <= 'z'))
			word++;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (strlen(words[i]) == word && !strncmp(s + in, words[i], word))
				drop = word;
		if (drop) {
			in += drop;
			while (s[in] == ' ')
				in++;
			while (out > 1 && s[out - 1] == ' ' && s[out - 2] == '*')
				out--;
			continue;
		}
		if (!word)
			word = 1;
		while (word--)
			s[out++] = s[in++];
	}
	while (out && s[out - 1] == ' ')
		out--;
	s[out] = '\0';
	return s;
}

static enum ast_type_kind type_kind(enum CXTypeKind kind)
{
	switch (kind) {
	case CXType_Void:
		return TYPE_VOID;
	case CXType_Bool:
		return TYPE_BOOL;
	case CXType_Char_U ... CXType_UInt128:
	case CXType_Char_S ... CXType_Int128:
		return TYPE_INT;
	case CXType_Enum:
		return TYPE_ENUM;
	case CXType_Float:
	case CXType_Double:
	case CXType_LongDouble:
	case CXType_Float128:
	case CXType_Half:
	case CXType_Float16:
		return TYPE_FLOAT;
	case CXType_Pointer:
		return TYPE_POINTER;
	case CXType_Record:
		return TYPE_RECORD;
	case CXType_ConstantArray:
	case CXType_IncompleteArray:
	case CXType_VariableArray:
		return TYPE_ARRAY;
	case CXType_FunctionProto:
	case CXType_FunctionNoProto:
		return TYPE_FUNCTION;
	default:
		return TYPE_OTHER;
	}
}

static bool is_signed(CXType type)
{
	if (type.kind == CXType_Enum)
		type = clang_getCanonicalType(
			clang_getEnumDeclIntegerType(clang_getTypeDeclaration(type)));
	return type.kind >= CXType_Char_S && type.kind <= CXType_Int128;
}

static struct ast_record *record_of(struct tu *t, CXType type)
{
	CXCursor decl = clang_getCanonicalCursor(clang_getTypeDeclaration(type));
	struct tu_record *r = tu_find(&t->records, decl.data[0]);
	CXCursor definition;
	size_t at;

	if (r)
		return &r->r;
	r = mem_new(t->unit, struct tu_record);
	r->type = type;
	r->r.name = clang_Cursor_isAnonymous(decl) ? "" :
		    tu_string(t->unit, clang_getCursorSpelling(decl));
	r->r.is_union = clang_getCursorKind(decl) == CXCursor_UnionDecl;
	definition = clang_getCursorDefinition(decl);
	if (!clang_Cursor_isNull(definition))
		r->r.from_user = tu_offset(t, clang_getCursorLocation(definition), &at);
	tu_insert(t, &t->records, decl.data[0], r);
	return &r->r;
}

/* clang crashes when asked for the size of its inner types: of a builtin's name, of an error. */
static bool has_size(CXType type)
{
	enum ast_type_kind kind = type_kind(type.kind);

	if (kind == TYPE_ARRAY)
		return has_size(clang_getCanonicalType(clang_getArrayElementType(type)));
	return (kind != TYPE_OTHER && kind != TYPE_FUNCTION && kind != TYPE_VOID) ||
	       type.kind == CXType_Vector || type.kind == CXType_Complex;
}

static struct tu_type *new_type(struct tu *t, CXType type)
{
	struct tu_type *n = mem_new(t->unit, struct tu_type);
	long long size = 0, align = 0;

	n->t.kind = type_kind(type.kind);
	if (has_size(type)) {
		size = clang_Type_getSizeOf(type);
		align = clang_Type_getAlignOf(type);
	}
	n->t.size = size > 0 ? size : 0;
	n->t.align = align > 0 ? align : 1;
	n->t.is_signed = is_signed(type);
	n->t.is_char = type.kind == CXType_Char_S || type.kind == CXType_Char_U ||
		       type.kind == CXType_SChar || type.kind == CXType_UChar;
	n->t.name = unqualified_name(t, type);
	return n;
}

static struct ast_type *array_type(struct tu *t, CXType type)
{
	struct ast_type *element = tu_type(t, clang_getArrayElementType(type));
	struct tu_type *of = (struct tu_type *)element, *n;
	long long count = clang_getArraySize(type);

	if (count < 0)
		count = 0;
	for (n = of->arrays; n; n = n->next_array)
		if (n->t.count == (uint64_t)count)
			return &n->t;
	n = new_type(t, type);
	n->t.to = element;
	n->t.count = count;
	n->next_array = of->arrays;
	of->arrays = n;
	return &n->t;
}

struct ast_type *tu_pointer(struct tu *t, struct ast_type *to)
{
	struct tu_type *of = (struct tu_type *)to, *n;
	size_t len = strlen(to->name);

	if (of->pointer)
		return of->pointer;
	n = mem_new(t->unit, struct tu_type);
	n->t.kind = TYPE_POINTER;
	n->t.size = n->t.align = 8;
	n->t.to = to;
	if (to->kind == TYPE_ARRAY)
		n->t.name = mem_printf(t->unit, "%.*s%s(*)%s", (int)strcspn(to->name, "["), to->name,
				       to->to->kind == TYPE_POINTER ? "" : " ",
				       to->name + strcspn(to->name, "["));
	else
		n->t.name = mem_printf(t->unit, "%s%s*", to->name,
				       len && to->name[len - 1] == '*' ? "" : " ");
	of->pointer = &n->t;
	return &n->t;
}

static struct ast_type *pointer_type(struct tu *t, CXType type)
{
	struct ast_type *to = tu_type(t, clang_getPointeeType(type));
	bool is_new = !((struct tu_type *)to)->pointer;
	struct ast_type *n = tu_pointer(t, to);

	/* Only clang can spell a pointer to a function, or to an array of pointers to one. */
	if (is_new && strchr(to->name, '('))
		n->name = unqualified_name(t, type);
	return n;
}

struct ast_type *tu_type(struct tu *t, CXType type)
{
	struct ast_type *ret;
	struct tu_type *n;

	type = clang_getUnqualifiedType(clang_getCanonicalType(type));
	if (type.kind == CXType_Atomic)
		return tu_type(t, clang_Type_getValueType(type));
	ret = tu_find(&t->types, type.data[0]);
	if (ret)
		return ret;
	switch (type_kind(type.kind)) {
	case TYPE_POINTER:
		ret = pointer_type(t, type);
		break;
	case TYPE_ARRAY:
		ret = array_type(t, type);
		break;
	case TYPE_RECORD:
		n = new_type(t, type);
		ret = &n->t;
		ret->record = record_of(t, type);
		break;
	case TYPE_FUNCTION:
		n = new_type(t, type);
		ret = &n->t;
		ret->to = tu_type(t, clang_getResultType(type));
		break;
	default:
		n = new_type(t, type);
		ret = &n->t;
	}
	tu_insert(t, &t->types, type.data[0], ret);
	return ret;
}

struct ast_type *tu_cursor_type(struct tu *t, CXCursor c)
{
	return tu_type(t, clang_getCursorType(c));
}

static enum CXVisitorResult visit_field(CXCursor c, CXClientData data)
{
	vec_push(NULL, (struct tu_cursors *)data, c);
	return CXVisit_Continue;
}

static enum CXChildVisitResult find_user(CXCursor c, CXCursor parent, CXClientData data)
{
	CXString s;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_AnnotateAttr)
		return CXChildVisit_Continue;
	s = clang_getCursorSpelling(c);
	*(bool *)data |= !strcmp(clang_getCString(s), "user") ||
			 !strncmp(clang_getCString(s), "origin:user", strlen("origin:user"));
	clang_disposeString(s);
	return CXChildVisit_Continue;
}

static bool is_anonymous(const struct ast_field *f)
{
	return !f->name[0] && f->type->kind == TYPE_RECORD;
}

static void fill(struct tu *t, struct tu_record *r)
{
	struct tu_cursors list = { 0 };

	if (r->filled)
		return;
	r->filled = true;
	clang_Type_visitFields(r->type, visit_field, &list);
	r->cursors = mem_dup(t->unit, list.v, list.n * sizeof(*list.v));
	mem_free(list.v);
	r->r.fields = mem_array(t->unit, struct ast_field, list.n);
	r->r.n_fields = list.n;
	for (size_t i = 0; i < list.n; i++) {
		CXCursor c = r->cursors[i];
		struct ast_field *f = &r->r.fields[i];
		bool unnamed = clang_Cursor_isAnonymousRecordDecl(
			clang_getTypeDeclaration(clang_getCursorType(c)));
		long long offset = clang_Cursor_getOffsetOfField(c);

		/* An unnamed member's spelling is a description of it. */
		f->name = tu_string(t->unit, clang_getCursorSpelling(c));
		if (unnamed && strpbrk(f->name, " (:"))
			f->name = "";
		f->type = tu_cursor_type(t, c);
		f->in = &r->r;
		f->bit_offset = offset > 0 ? offset : 0;
		if (clang_Cursor_isBitField(c))
			f->bits = clang_getFieldDeclBitWidth(c);
		if (clang_Cursor_hasAttrs(c))
			clang_visitChildren(c, find_user, &f->is_user);
		if (is_anonymous(f))
			fill(t, (struct tu_record *)f->type->record);
	}
}

void tu_touch(struct tu *t, struct ast_type *type, bool deep)
{
	struct tu_record *r;

	if (type && type->kind == TYPE_POINTER) {
		type = type->to;
		deep = false;
	}
	while (type && type->kind == TYPE_ARRAY)
		type = type->to;
	if (!type || type->kind != TYPE_RECORD)
		return;
	r = (struct tu_record *)type->record;
	fill(t, r);
	if (r->deep || (!deep && !r->r.from_user))
		return;
	r->deep = true;
	for (size_t i = 0; i < r->r.n_fields; i++)
		if (r->r.fields[i].type->kind != TYPE_POINTER)
			tu_touch(t, r->r.fields[i].type, true);
}

size_t tu_path(struct tu *t, struct ast_record *record, CXCursor field, struct ast_field **path,
	       size_t max)
{
	struct tu_record *r = (struct tu_record *)record;

	if (!max)
		return 0;
	fill(t, r);
	for (size_t i = 0; i < r->r.n_fields; i++)
		if (clang_equalCursors(r->cursors[i], field)) {
			path[0] = &r->r.fields[i];
			return 1;
		}
	for (size_t i = 0; i < r->r.n_fields; i++) {
		size_t n;

		if (!is_anonymous(&r->r.fields[i]))
			continue;
		path[0] = &r->r.fields[i];
		n = tu_path(t, path[0]->type->record, field, path + 1, max - 1);
		if (n)
			return n + 1;
	}
	return 0;
}
