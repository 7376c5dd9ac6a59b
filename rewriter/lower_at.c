// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Changing @maps: `=`, `++`, `+=` and the like, has() and delete(). Adding is atomic, and a key
 * that is absent is inserted as 0 first, so that no update is lost between two processors. What a
 * full map cannot take is counted.
 */
#include "rewriter/lower_parts.h"

static void walk_keys(struct lowering *w, struct ast *at)
{
	for (size_t i = 0; i < at->n_sub; i++)
		lower_walk(w, at->sub[i]);
}

static bool is_number(const struct at_map *m)
{
	return m->value == AT_SCALAR && !strchr(m->c_type, '*');
}

/* Declares the key and __bcsh_p, a pointer to the value: inserted as 0 if absent, NULL if full. */
static void make(struct lowering *w, struct edit *e, struct ast *at, const struct at_map *m)
{
	edit_text(e, "({ ");
	lower_key(w, e, at, m);
	edit_text(e, "%s __bcsh_z = 0; %s *__bcsh_p = __bcsh_make(&%s, &__bcsh_k, &__bcsh_z, __bcsh_id); ",
		  m->c_type, m->c_type, lower_map_c_name(w->l->parent, m));
}

static bool refuse_arithmetic(struct lowering *w, struct ast *n, const struct at_map *m)
{
	if (is_number(m))
		return false;
	lower_hint(w, lower_error(w, n, "'%s' needs a number, and '@%s' holds %s", n->op, m->name,
				  lower_is_aggregation(m) ? "an aggregation" : m->c_type),
		   lower_is_aggregation(m) ? "give it values with '@%s = sum(x)' or the like" :
					     "set '@%s' with '='", m->name);
	return true;
}

bool lower_at_step(struct lowering *w, struct ast *n)
{
	struct ast *at = n->sub[0];
	struct at_map *m;
	struct edit *e;

	if (at->kind != AST_AT)
		return false;
	m = lower_map_of(w, at);
	if (!m || refuse_arithmetic(w, n, m))
		return true;
	if (w->l->req->host)
		return lower_host_step(w, n, m);
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		const char *sign = n->op[0] == '+' ? "" : "-";

		make(w, e, at, m);
		edit_text(e, "__bcsh_p ? __sync_fetch_and_add(__bcsh_p, %s1)", sign);
		edit_text(e, n->is_postfix ? " : 0; })" : " + (%s1) : %s1; })", sign, sign);
	}
	walk_keys(w, at);
	return true;
}

/* Operators that one instruction does to memory. */
static const struct {
	const char *op, *function;
} atomic[] = {
	{ "+=", "__sync_fetch_and_add" },
	{ "-=", "__sync_fetch_and_sub" },
	{ "|=", "__sync_fetch_and_or" },
	{ "&=", "__sync_fetch_and_and" },
	{ "^=", "__sync_fetch_and_xor" },
};

static const char *atomic_function(const char *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(atomic); i++)
		if (!strcmp(op, atomic[i].op))
			return atomic[i].function;
	return NULL;
}

static bool is_division(const char *op)
{
	return op[0] == '/' || op[0] == '%';
}

static void change(struct lowering *w, struct ast *n, const struct at_map *m)
{
	const char *function = atomic_function(n->op);
	struct edit *e = lower_edit(w, n, EDIT_CODE);

	if (!e)
		return;
	edit_text(e, "({ %s __bcsh_x = ", m->c_type);
	lower_part(w, e, lower_strip(n->sub[1]));
	edit_text(e, "; ");
	make(w, e, n->sub[0], m);
	if (function)
		edit_text(e, "__bcsh_p ? %s(__bcsh_p, __bcsh_x) %.1s __bcsh_x : 0; }); })", function, n->op);
	else if (is_division(n->op) && strcmp(m->c_type, "__u64") != 0)
		edit_text(e, "__bcsh_p ? (*__bcsh_p = bcsh_s%s(*__bcsh_p, __bcsh_x)) : 0; }); })",
			  n->op[0] == '/' ? "div" : "mod");
	else
		edit_text(e, "__bcsh_p ? (*__bcsh_p %s __bcsh_x) : 0; }); })", n->op);
}

/* @m[k] = value; its own value is what was stored. */
static void set(struct lowering *w, struct ast *n, const struct at_map *m)
{
	struct edit *e = lower_edit(w, n, EDIT_CODE);
	const char *type = m->c_type;
	size_t text = lower_text_bytes(type);
	struct strbuf value;

	if (!e)
		return;
	strbuf_init(&value, w->l->parent);
	lower_declare(&value, type, "__bcsh_v");
	edit_text(e, "({ ");
	/* The value first: it may hold a key of its own. */
	edit_text(e, "%s; ", value.text);
	if (m->value == AT_BYTES)
		edit_text(e, "__builtin_memset(&__bcsh_v, 0, sizeof(__bcsh_v)); ");
	lower_store(w, e, "__bcsh_v", type, n->sub[1]);
	lower_key(w, e, n->sub[0], m);
	edit_text(e, "__bcsh_set(&%s, &__bcsh_k, &__bcsh_v, __bcsh_id); %s})",
		  lower_map_c_name(w->l->parent, m), text ? "" : "__bcsh_v; ");
}

bool lower_at_assign(struct lowering *w, struct ast *n)
{
	struct ast *at = n->sub[0], *value = n->n_sub > 1 ? lower_strip(n->sub[1]) : NULL;
	bool is_set = !strcmp(n->op, "=");
	struct at_map *m;

	if (at->kind != AST_AT || !value)
		return false;
	m = lower_map_of(w, at);
	if (!m || (!is_set && refuse_arithmetic(w, n, m)))
		return true;
	if (w->l->req->host)
		return lower_host_assign(w, n, m);
	if (is_set && lower_aggregation(value) != AT_UNKNOWN)
		return lower_aggregate(w, n, m, value);
	if (is_set && lower_is_aggregation(m))
		return true;	/* said when its type was found */
	if (is_set)
		set(w, n, m);
	else
		change(w, n, m);
	walk_keys(w, at);
	lower_walk(w, n->sub[1]);
	return true;
}

struct ast *lower_at_argument(struct ast *n)
{
	n = lower_strip(n);
	if (n->kind == AST_LOAD || n->kind == AST_DECAY)
		n = n->sub[0];
	return n->kind == AST_AT ? n : NULL;
}

bool lower_at_call(struct lowering *w, struct ast *n, const char *name)
{
	bool has = !strcmp(name, "has");
	struct ast *at;
	struct at_map *m;
	struct edit *e;

	if (!has && strcmp(name, "delete") != 0)
		return false;
	at = n->n_sub == 1 ? lower_at_argument(n->sub[0]) : NULL;
	if (!at) {
		lower_hint(w, lower_error(w, n, "'%s' takes one map with its key", name),
			   "write %s(@map[key])", name);
		return true;
	}
	m = lower_map_of(w, at);
	if (!m)
		return true;
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "({ ");
		lower_key(w, e, at, m);
		if (w->l->req->host)
			edit_text(e, "bcsh_host_%s(\"%s\", &__bcsh_k, sizeof(__bcsh_k)); })", name,
				  *m->name ? m->name : "@");
		else if (has)
			edit_text(e, "bpf_map_lookup_elem(&%s, &__bcsh_k) != NULL; })",
				  lower_map_c_name(w->l->parent, m));
		else
			edit_text(e, "bpf_map_delete_elem(&%s, &__bcsh_k) == 0; })",
				  lower_map_c_name(w->l->parent, m));
	}
	walk_keys(w, at);
	return true;
}
