// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The sugar in user-side code: calls of the handler's runtime (rewriter/prelude/host.h). An expression
 * at the prompt sends its value as bytes with their C type.
 */
#include "rewriter/lower_parts.h"
#include "rewriter/record_layout.h"

static const char *session_name(const struct at_map *m)
{
	return *m->name ? m->name : "@";
}

static void walk_keys(struct lowering *w, struct ast *at)
{
	for (size_t i = 0; i < at->n_sub; i++)
		lower_walk(w, at->sub[i]);
}

/* Which number bcsh_host_number() makes of an aggregation; -1: none. */
static int number_kind(enum at_value value)
{
	switch (value) {
	case AT_COUNT:
	case AT_SUM:
		return 0;
	case AT_AVG:
	case AT_STATS:
		return 1;
	case AT_MIN:
		return 2;
	case AT_MAX:
		return 3;
	default:
		return -1;
	}
}

/* N is the place itself or a load of it: an rvalue will do for both. */
bool lower_host_load(struct lowering *w, struct ast *n, struct at_map *m)
{
	struct ast *at = n->kind == AST_LOAD ? n->sub[0] : n;
	size_t text = lower_text_bytes(m->c_type);
	struct edit *e;

	if (lower_is_aggregation(m) && number_kind(m->value) < 0) {
		lower_hint(w, lower_error(w, at, "'@%s' is a histogram, not a number", m->name),
			   "print(@%s) shows it", m->name);
		return true;
	}
	e = lower_edit(w, at, EDIT_CODE);
	if (e) {
		edit_text(e, n->kind == AST_LOAD ? "({ " : "*({ ");
		lower_key(w, e, at, m);
		if (lower_is_aggregation(m))
			edit_text(e, "bcsh_host_number(\"%s\", %d, &__bcsh_k, sizeof(__bcsh_k)); })",
				  session_name(m), number_kind(m->value));
		else if (text)
			edit_text(e, "char *__bcsh_v = __builtin_alloca(%zu); bcsh_host_lookup(\"%s\", "
				  "&__bcsh_k, sizeof(__bcsh_k), __bcsh_v, %zu); __bcsh_v; })", text,
				  session_name(m), text);
		else if (n->kind == AST_LOAD)
			edit_text(e, "%s __bcsh_v; bcsh_host_lookup(\"%s\", &__bcsh_k, sizeof(__bcsh_k), "
				  "&__bcsh_v, sizeof(__bcsh_v)); __bcsh_v; })", m->c_type, session_name(m));
		else
			edit_text(e, "%s *__bcsh_v = __builtin_alloca(sizeof(%s)); bcsh_host_lookup(\"%s\", "
				  "&__bcsh_k, sizeof(__bcsh_k), __bcsh_v, sizeof(*__bcsh_v)); __bcsh_v; })",
				  m->c_type, m->c_type, session_name(m));
	}
	walk_keys(w, at);
	return true;
}

bool lower_host_step(struct lowering *w, struct ast *n, struct at_map *m)
{
	struct edit *e = lower_edit(w, n, EDIT_CODE);
	int by = n->op[0] == '+' ? 1 : -1;

	if (e) {
		edit_text(e, "({ ");
		lower_key(w, e, n->sub[0], m);
		edit_text(e, "bcsh_host_add(\"%s\", &__bcsh_k, sizeof(__bcsh_k), %d)", session_name(m), by);
		edit_text(e, n->is_postfix ? "; })" : " + (%d); })", by);
	}
	walk_keys(w, n->sub[0]);
	return true;
}

/* @m[k] op= x, op being + or -: one step in the handler; other operators read and write. */
static void change(struct lowering *w, struct edit *e, struct ast *n, struct at_map *m)
{
	bool adds = n->op[0] == '+' || n->op[0] == '-';

	edit_text(e, "({ %s __bcsh_x = ", m->c_type);
	lower_part(w, e, lower_strip(n->sub[1]));
	edit_text(e, "; ({ ");
	lower_key(w, e, n->sub[0], m);
	if (adds)
		edit_text(e, "bcsh_host_add(\"%s\", &__bcsh_k, sizeof(__bcsh_k), %.1s__bcsh_x) %.1s __bcsh_x; }); })",
			  session_name(m), n->op, n->op);
	else
		edit_text(e, "%s __bcsh_v; bcsh_host_lookup(\"%s\", &__bcsh_k, sizeof(__bcsh_k), &__bcsh_v, "
			  "sizeof(__bcsh_v)); __bcsh_v %s __bcsh_x; bcsh_host_update(\"%s\", &__bcsh_k, "
			  "sizeof(__bcsh_k), &__bcsh_v, sizeof(__bcsh_v)); __bcsh_v; }); })", m->c_type,
			  session_name(m), n->op, session_name(m));
}

static void set(struct lowering *w, struct edit *e, struct ast *n, struct at_map *m)
{
	struct strbuf value;

	strbuf_init(&value, w->l->parent);
	lower_declare(&value, m->c_type, "__bcsh_v");
	edit_text(e, "({ %s; __builtin_memset(&__bcsh_v, 0, sizeof(__bcsh_v)); ", value.text);
	lower_store(w, e, "__bcsh_v", m->c_type, n->sub[1]);
	lower_key(w, e, n->sub[0], m);
	edit_text(e, "bcsh_host_update(\"%s\", &__bcsh_k, sizeof(__bcsh_k), &__bcsh_v, sizeof(__bcsh_v)); %s})",
		  session_name(m), lower_text_bytes(m->c_type) ? "" : "__bcsh_v; ");
}

bool lower_host_assign(struct lowering *w, struct ast *n, struct at_map *m)
{
	struct edit *e;

	if (lower_is_aggregation(m) || lower_aggregation(lower_strip(n->sub[1])) != AT_UNKNOWN) {
		lower_hint(w, lower_error(w, n, "'@%s' is an aggregation: only kernel clauses add to it",
					  m->name),
			   "clear(@%s) empties it", m->name);
		return true;
	}
	e = lower_edit(w, n, EDIT_CODE);
	if (e && !strcmp(n->op, "="))
		set(w, e, n, m);
	else if (e)
		change(w, e, n, m);
	walk_keys(w, n->sub[0]);
	lower_walk(w, n->sub[1]);
	return true;
}

/* `@m = "x"` has no value to show. */
static bool sets_text(struct lowering *w, struct ast *n)
{
	struct at_map *m = n->kind == AST_ASSIGN && n->sub[0]->kind == AST_AT ?
				   lower_map(w->l->res, n->sub[0]->name) : NULL;

	return m && lower_text_bytes(m->c_type);
}

/* BCSH_SHOW(e) is parsed as __bcsh_show((e, 0)). */
static bool show(struct lowering *w, struct ast *n)
{
	struct ast *pair = n->n_sub ? lower_strip(n->sub[0]) : NULL;
	struct ast *value = pair && pair->kind == AST_BINARY && pair->n_sub ? lower_strip(pair->sub[0]) : NULL;
	struct ast *array = value ? lower_array(value) : NULL;
	struct ast *at = value ? lower_at_argument(value) : NULL;
	struct at_map *m = at ? lower_map(w->l->res, at->name) : NULL;
	const struct ast_type *t = array ? array->type : value ? value->type : NULL;
	struct edit *e;

	if (!t)
		return false;
	e = lower_edit(w, n, EDIT_CODE);
	/* The name of a map, alone, prints its table. */
	if (e && m && !at->n_sub && (m->keys.n || lower_is_aggregation(m))) {
		w->l->res->value_type = mem_strdup(w->l->parent, "void");
		edit_text(e, "bcsh_host_print(\"%s\")", session_name(m));
		return true;
	}
	if (e && (t->kind == TYPE_VOID || sets_text(w, value))) {
		w->l->res->value_type = mem_strdup(w->l->parent, "void");
		lower_part(w, e, value);
	} else if (e && m && m->value == AT_BYTES && lower_text_bytes(m->c_type)) {
		w->l->res->value_type = mem_strdup(w->l->parent, m->c_type);
		edit_text(e, "bcsh_host_value(\"%s\", ", m->c_type);
		lower_part(w, e, value);
		edit_text(e, ", %zu)", lower_text_bytes(m->c_type));
	} else if (e) {
		const char *name = strchr(t->name, '(') ? "void *" : t->name;

		w->l->res->value_type = mem_strdup(w->l->parent, name);
		record_layout_add(w->l->parent, w->l->res, t);
		if (array) {
			edit_text(e, "bcsh_host_value(\"%s\", &", name);
			lower_part(w, e, array);
			edit_text(e, ", %llu)", (unsigned long long)t->size);
		} else {
			edit_text(e, "({ %s __bcsh_shown = ", name);
			lower_part(w, e, value);
			edit_text(e, "; bcsh_host_value(\"%s\", &__bcsh_shown, sizeof(__bcsh_shown)); })", name);
		}
	}
	lower_walk(w, value);
	return true;
}

bool lower_host_call(struct lowering *w, struct ast *n, const char *name)
{
	const char *map;
	struct edit *e;

	if (!*name)
		return show(w, n);
	if (!strcmp(name, "printf"))
		return false;
	if ((!strcmp(name, "min") || !strcmp(name, "max")) && n->n_sub == 2)
		return lower_extreme(w, n, name);
	if (lower_at_call(w, n, name))
		return true;
	e = NULL;
	if (!strcmp(name, "exit")) {
		e = lower_edit(w, n, EDIT_CODE);
		if (e) {
			edit_text(e, "bcsh_host_exit(");
			if (n->n_sub)
				lower_part(w, e, lower_strip(n->sub[0]));
			else
				edit_text(e, "0");
			edit_text(e, ")");
		}
		lower_walk_subs(w, n);
		return true;
	}
	map = lower_whole_map(n);
	if (strcmp(name, "print") != 0 && strcmp(name, "clear") != 0 && strcmp(name, "zero") != 0) {
		lower_hint(w, lower_error(w, n, "'%s' is not there in user-side code", name),
			   "it is for kernel clauses");
		return true;
	}
	if (!map) {
		lower_hint(w, lower_error(w, n, "'%s' takes one map, without a key", name),
			   "write %s(@map)", name);
		return true;
	}
	e = lower_edit(w, n, EDIT_CODE);
	if (e)
		edit_text(e, "bcsh_host_%s(\"%s\")", name, map);
	return true;
}
