// SPDX-License-Identifier: GPL-3.0-or-later
/* From an expression to what it says about a map's type. */
#include "rewriter/lower_guess.h"

#define ENUM "enum "
#define TEXT_DEFAULT 64		/* bytes where only literals are stored; as str() */

static struct guess guess_record(const struct ast_type *type, const struct ast *n)
{
	return (struct guess){ .kind = GUESS_OTHER, .c_type = type->name, .at = n };
}

/* Text whose length says nothing of what else may be stored: "x", and the probe's names. */
static bool is_literal(struct ast *n)
{
	struct ast *array = lower_array(n);

	n = lower_strip(n);
	if (n->kind == AST_COND && n->n_sub == 3)
		return is_literal(n->sub[1]) && is_literal(n->sub[2]);
	return array && (array->kind == AST_STRING ||
			 (array->kind == AST_VAR && (!strcmp(array->decl->name, "func") ||
						     !strcmp(array->decl->name, "probe"))));
}

struct guess guess_of(struct lowering *w, struct ast *n)
{
	struct guess g = { .at = n };
	struct ast_type *type;
	struct ast *array;
	size_t bytes;

	n = lower_strip(n);
	type = n->type;
	bytes = lower_text_size(w, n);
	if (bytes) {
		g.kind = GUESS_TEXT;
		*(is_literal(n) ? &g.literal_bytes : &g.bytes) = bytes;
		return g;
	}
	array = lower_array(n);
	if (array)
		return guess_record(array->type, n);
	/* A value of another map: as that one's, once it is known. */
	if (n->kind == AST_LOAD && n->sub[0]->kind == AST_AT) {
		struct at_map *m = lower_map(w->l->res, n->sub[0]->name);

		if (!m || m->value == AT_UNKNOWN)
			return g;
	}
	switch (type ? type->kind : TYPE_OTHER) {
	case TYPE_BOOL:
	case TYPE_ENUM:
	case TYPE_INT:
		g.kind = GUESS_INTEGER;
		if (n->kind != AST_CONSTANT && !n->has_value) {
			g.is_signed = type->is_signed;
			g.is_unsigned = !type->is_signed;
			if (type->kind == TYPE_ENUM && !strncmp(type->name, ENUM, strlen(ENUM)) &&
			    !strchr(type->name, '('))
				g.enum_type = type->name;
		}
		break;
	case TYPE_POINTER:
		g.kind = GUESS_POINTER;
		g.c_type = strchr(type->name, '(') || strchr(type->name, '[') ? "void *" : type->name;
		break;
	case TYPE_RECORD:
		return guess_record(type, n);
	default:
		break;
	}
	return g;
}

const char *guess_name(const void *parent, const struct guess *g)
{
	size_t bytes;

	switch (g->kind) {
	case GUESS_INTEGER:
		if (g->enum_type && !g->is_counted)
			return g->enum_type;
		return g->is_unsigned && !g->is_signed ? "__u64" : "__s64";
	case GUESS_TEXT:
		bytes = g->bytes ? g->bytes : TEXT_DEFAULT;
		return mem_printf(parent, "char[%zu]",
				  bytes > g->literal_bytes ? bytes : g->literal_bytes);
	default:
		return g->c_type ? g->c_type : "a value without a type";
	}
}

bool guess_is_number(const char *c_type)
{
	return !strncmp(c_type, "__", 2) || !strncmp(c_type, ENUM, strlen(ENUM));
}

static void merge_enum(struct guess *to, const struct guess *g, bool was_literal, bool literal)
{
	bool same = to->enum_type && g->enum_type && !strcmp(to->enum_type, g->enum_type);

	to->is_counted |= g->is_counted || (!same && !was_literal && !literal);
	if (!to->enum_type)
		to->enum_type = g->enum_type;
}

bool guess_merge(struct guess *to, const struct guess *g)
{
	bool literal = g->kind == GUESS_INTEGER && !g->is_signed && !g->is_unsigned;
	bool was_literal = to->kind == GUESS_INTEGER && !to->is_signed && !to->is_unsigned;

	if (g->kind == GUESS_NONE)
		return true;
	if (to->kind == GUESS_NONE || (was_literal && g->kind == GUESS_POINTER)) {
		*to = *g;
		return true;
	}
	if (to->kind == GUESS_POINTER && literal)
		return true;
	if (to->kind != g->kind)
		return false;
	merge_enum(to, g, was_literal, literal);
	to->is_signed |= g->is_signed;
	to->is_unsigned |= g->is_unsigned;
	if (g->bytes > to->bytes)
		to->bytes = g->bytes;
	if (g->literal_bytes > to->literal_bytes)
		to->literal_bytes = g->literal_bytes;
	return !g->c_type || !strcmp(to->c_type, g->c_type);
}

const char *guess_words(const struct guess *g)
{
	static const char *const words[] = {
		[GUESS_NONE] = "a value of no type",
		[GUESS_INTEGER] = "a number",
		[GUESS_TEXT] = "text",
	};

	return g->c_type ? g->c_type : words[g->kind] ? words[g->kind] : "a value";
}
