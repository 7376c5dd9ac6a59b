// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Types of @maps from all their uses in the unit: every use adds to what is known (lower_guess.h), and
 * what does not fit is said with both places. What the session knows stands.
 *
 * On the first parse a map of unknown types is one of integers; where that makes an assignment an
 * error, clang still shows both sides.
 */
#include "rewriter/lower_guess.h"

struct use {		/* all uses of one map */
	struct at_map *m;
	bool has_keys;
	size_t n_keys;
	VEC(struct guess) keys;
	struct guess value;
	enum at_value aggregation;
	int64_t lhist[3];
	const struct ast *first, *value_at;
};

struct types {
	struct lowering w;	/* only as the context of questions */
	struct ast_unit *unit;
	struct rewrite_result *res;
	const void *parent;
	VEC(struct use) uses;
	bool failed;
};

static struct range range_of(const struct ast *n)
{
	return (struct range){ .src = 0, .start = n->start, .end = n->end };
}

static struct diag *mismatch(struct types *t, const struct ast *n, const struct ast *other,
			     const char *there, const char *fmt, ...) mem_attr(5, 6);
static struct diag *mismatch(struct types *t, const struct ast *n, const struct ast *other,
			     const char *there, const char *fmt, ...)
{
	struct diag *d = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (!t->failed) {
		d = diag_error(&t->res->diags, range_of(n), "%s", mem_vprintf(t->parent, fmt, ap));
		if (other)
			diag_reason(&t->res->diags, d, range_of(other), "%s", there);
	}
	va_end(ap);
	t->failed = true;
	return d;
}

static struct use *use_of(struct types *t, const struct ast *n)
{
	struct use *u;

	for (size_t i = 0; i < t->uses.n; i++)
		if (!strcmp(t->uses.v[i].m->name, n->name))
			return &t->uses.v[i];
	u = vec_add(t->parent, &t->uses);
	u->m = lower_map(t->res, n->name);
	u->first = n;
	return u;
}

/* Can a map hold it? */
static void check_named(struct types *t, const struct guess *g)
{
	if (g->kind == GUESS_OTHER && strchr(g->c_type, '('))
		mismatch(t, g->at, NULL, NULL, "a type without a name cannot be stored in a map");
}

static void use_keys(struct types *t, struct use *u, struct ast *n)
{
	if (u->has_keys && u->n_keys != n->n_sub) {
		mismatch(t, n, u->first, "used first here", "'@%s' has %zu key%s here, %zu elsewhere",
			 n->name, n->n_sub, n->n_sub == 1 ? "" : "s", u->n_keys);
		return;
	}
	if (!u->has_keys)
		u->first = n;
	u->has_keys = true;
	u->n_keys = n->n_sub;
	for (size_t i = 0; i < n->n_sub; i++) {
		struct guess g = guess_of(&t->w, n->sub[i]), *k;

		check_named(t, &g);
		k = u->keys.n == i ? vec_add(t->parent, &u->keys) : &u->keys.v[i];
		if (!guess_merge(k, &g))
			mismatch(t, n->sub[i], k->at, "of the other type here",
				 "key %zu of '@%s' is %s here, %s elsewhere", i + 1, n->name,
				 guess_words(&g), guess_words(k));
	}
}

static void use_value(struct types *t, struct use *u, const struct guess *g, const struct ast *n)
{
	check_named(t, g);
	if (u->aggregation != AT_UNKNOWN)
		mismatch(t, n, u->value_at, "it is an aggregation here",
			 "'@%s' is an aggregation and cannot be set to a value", u->m->name);
	else if (!guess_merge(&u->value, g))
		mismatch(t, n, u->value_at, "of the other type here",
			 "'@%s' is given %s here, %s elsewhere", u->m->name, guess_words(g),
			 guess_words(&u->value));
	if (!u->value_at)
		u->value_at = n;
}

static void use_lhist(struct types *t, struct use *u, struct ast *call)
{
	static const char *const names[] = { "low", "high", "step" };

	for (size_t i = 0; i < 3; i++) {
		struct ast *arg = call->n_sub > i + 1 ? lower_strip(call->sub[i + 1]) : NULL;

		if (!arg || !arg->has_value) {
			mismatch(t, arg ? arg : call, NULL, NULL, "'lhist' needs constants for %s",
				 names[i]);
			return;
		}
		if (u->value_at && u->aggregation == AT_LHIST && u->lhist[i] != arg->value)
			mismatch(t, arg, u->value_at, "the other one is here",
				 "'@%s' is a histogram with another %s", u->m->name, names[i]);
		u->lhist[i] = arg->value;
	}
	if (u->lhist[2] <= 0 || u->lhist[1] <= u->lhist[0] ||
	    (uint64_t)(u->lhist[1] - u->lhist[0]) / (uint64_t)u->lhist[2] > 1000)
		mismatch(t, call, NULL, NULL, "'lhist' needs low < high and at most 1000 steps");
}

static void use_aggregation(struct types *t, struct use *u, enum at_value kind, struct ast *call)
{
	if (u->aggregation != AT_UNKNOWN && u->aggregation != kind)
		mismatch(t, call, u->value_at, "the other one is here",
			 "'@%s' is two kinds of aggregation", u->m->name);
	else if (u->aggregation == AT_UNKNOWN && u->value_at)
		mismatch(t, call, u->value_at, "it is set to a value here",
			 "'@%s' is not an aggregation", u->m->name);
	if (kind == AT_LHIST)
		use_lhist(t, u, call);
	u->aggregation = kind;
	if (!u->value_at)
		u->value_at = call;
}

static void use_assigned(struct types *t, struct use *u, struct ast *value, const char *op)
{
	struct ast *call = lower_strip(value);
	enum at_value kind = !strcmp(op, "=") ? lower_aggregation(call) : AT_UNKNOWN;
	struct guess g;

	if (kind != AT_UNKNOWN) {
		use_aggregation(t, u, kind, call);
		return;
	}
	if (call->type && call->type->kind == TYPE_FLOAT) {
		mismatch(t, value, NULL, NULL, "a map cannot hold a floating-point number");
		return;
	}
	g = guess_of(&t->w, value);
	g.is_counted = strcmp(op, "=") != 0;
	if (strcmp(op, "=") != 0 && g.kind != GUESS_INTEGER && g.kind != GUESS_NONE)
		mismatch(t, value, NULL, NULL, "'%s' needs a number, not %s", op,
			 guess_words(&g));
	else
		use_value(t, u, &g, value);
}

/* Is this mention of the whole map: print(@m), or the name alone as an expression? */
static bool is_whole(const struct ast *n)
{
	const struct ast *p = n->parent;

	while (p && (p->kind == AST_LOAD || p->kind == AST_CONVERT || p->kind == AST_DECAY))
		p = p->parent;
	if (n->n_sub || !p)
		return false;
	if (p->kind == AST_CALL) {
		const char *name = lower_function(p);

		return name && (!strcmp(name, "print") || !strcmp(name, "clear") || !strcmp(name, "zero"));
	}
	/* BCSH_SHOW(@m): __bcsh_show((@m, 0)) */
	return p->kind == AST_BINARY && !strcmp(p->op, ",") && p->parent &&
	       p->parent->kind == AST_CALL && lower_function(p->parent) && !*lower_function(p->parent);
}

static void see_at(struct types *t, struct ast *n)
{
	struct guess number = { .kind = GUESS_INTEGER, .is_counted = true, .at = n };
	struct use *u = use_of(t, n);
	struct ast *p = n->parent;

	if (!is_whole(n))
		use_keys(t, u, n);
	if (p && p->kind == AST_STEP)
		use_value(t, u, &number, n);
	else if (p && p->kind == AST_ASSIGN && p->sub[0] == n)
		use_assigned(t, u, p->sub[1], p->op);
	/* What clang could not type: `@m = a struct`, with @m still taken for a number. */
	else if (p && p->kind == AST_OTHER && p->n_sub == 2 && p->sub[0] == n && u->m->value == AT_UNKNOWN)
		use_assigned(t, u, p->sub[1], "=");
}

/* Adds the maps that the request did not list. */
static void add_maps(struct types *t, const struct ast *n)
{
	struct at_map *m;

	if (!n)
		return;
	if (n->kind == AST_AT && !lower_map(t->res, n->name)) {
		m = vec_add(t->parent, &t->res->maps);
		m->name = mem_strdup(t->parent, n->name);
		m->at = range_of(n);
	}
	if (n->callee)
		add_maps(t, n->callee);
	if (n->kind == AST_DECLARE && n->decl)
		add_maps(t, n->decl->init);
	for (size_t i = 0; i < n->n_sub; i++)
		add_maps(t, n->sub[i]);
}

static void see(struct types *t, struct ast *n)
{
	if (!n)
		return;
	if (n->kind == AST_AT)
		see_at(t, n);
	if (n->callee)
		see(t, n->callee);
	if (n->kind == AST_DECLARE && n->decl && n->decl->init)
		see(t, n->decl->init);
	for (size_t i = 0; i < n->n_sub; i++)
		see(t, n->sub[i]);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* What the session fixed must fit what is used here. */
static void check_known(struct types *t, const struct use *u)
{
	const struct at_map *m = u->m;

	if (u->has_keys && u->n_keys != m->keys.n)
		mismatch(t, u->first, NULL, NULL, "'@%s' has %zu key%s here; the session's has %zu",
			 m->name, u->n_keys, u->n_keys == 1 ? "" : "s", m->keys.n);
	for (size_t i = 0; i < u->keys.n && i < m->keys.n; i++) {
		const struct guess *g = &u->keys.v[i];
		const char *c_type = m->keys.v[i].c_type;
		bool text = lower_text_bytes(c_type) != 0, number = guess_is_number(c_type);

		if ((g->kind == GUESS_TEXT) != text || (g->kind == GUESS_INTEGER && !number) ||
		    (g->kind == GUESS_OTHER && strcmp(c_type, g->c_type) != 0))
			mismatch(t, g->at, NULL, NULL, "key %zu of '@%s' is %s here; the session's is %s",
				 i + 1, m->name, guess_words(g), c_type);
	}
	if (u->aggregation != AT_UNKNOWN && u->aggregation != m->value)
		mismatch(t, u->value_at, NULL, NULL, "'@%s' is not this aggregation in the session", m->name);
	else if (u->aggregation == AT_LHIST && (u->lhist[0] != m->lhist_min ||
						u->lhist[1] != m->lhist_max || u->lhist[2] != m->lhist_step))
		mismatch(t, u->value_at, NULL, NULL, "'@%s' is lhist(x, %lld, %lld, %lld) in the session",
			 m->name, (long long)m->lhist_min, (long long)m->lhist_max,
			 (long long)m->lhist_step);
	if (u->value.kind != GUESS_NONE && lower_is_aggregation(m))
		mismatch(t, u->value_at, NULL, NULL, "'@%s' is an aggregation and cannot be set to a value",
			 m->name);
	else if (u->value.kind == GUESS_TEXT && !lower_text_bytes(m->c_type))
		mismatch(t, u->value_at, NULL, NULL, "'@%s' is given text here; the session's is %s",
			 m->name, m->c_type);
}

static bool set_keys(struct types *t, struct use *u)
{
	bool changed = u->m->keys.n != u->n_keys;

	if (!u->has_keys)
		return false;
	u->m->keys.n = u->m->keys.n > u->n_keys ? u->n_keys : u->m->keys.n;
	for (size_t i = 0; i < u->n_keys; i++) {
		struct at_key *k = i < u->m->keys.n ? &u->m->keys.v[i] : vec_add(t->parent, &u->m->keys);
		const struct guess *g = &u->keys.v[i];
		const char *c_type = g->kind == GUESS_NONE ? "__s64" : guess_name(t->parent, g);

		if (!same(k->c_type, c_type)) {
			k->c_type = mem_strdup(t->parent, c_type);
			changed = true;
		}
		k->name = lower_source(t->parent, t->unit, u->first->sub[i]);
	}
	return changed;
}

static bool set_value(struct types *t, struct use *u)
{
	struct at_map *m = u->m;
	enum at_value kind = u->aggregation;
	const char *c_type = NULL;
	bool changed;

	if (kind == AT_UNKNOWN && u->value.kind != GUESS_NONE) {
		kind = u->value.kind == GUESS_TEXT || u->value.kind == GUESS_OTHER ? AT_BYTES : AT_SCALAR;
		c_type = guess_name(t->parent, &u->value);
	}
	if (kind == AT_UNKNOWN)
		return false;
	changed = m->value != kind || !same(m->c_type, c_type);
	m->value = kind;
	m->c_type = c_type ? mem_strdup(t->parent, c_type) : NULL;
	m->lhist_min = u->lhist[0];
	m->lhist_max = u->lhist[1];
	m->lhist_step = u->lhist[2];
	return changed;
}

static bool set_types(struct types *t, struct use *u)
{
	bool keys = set_keys(t, u), value = set_value(t, u);

	return keys || value;
}

/* The variable that BPF_HASH(name, ...) made in the unit, if there is one. */
static const struct ast_decl *declaration(const struct ast_unit *unit, const char *name)
{
	for (size_t i = 0; i < unit->n_decls; i++)
		if (!strcmp(unit->decls[i]->name, name) && ast_note(unit->decls[i], "map:"))
			return unit->decls[i];
	return NULL;
}

static const struct ast_type *member_type(const struct ast_decl *d, const char *name)
{
	const struct ast_record *r = d->type && d->type->kind == TYPE_RECORD ? d->type->record : NULL;

	for (size_t i = 0; r && i < r->n_fields; i++)
		if (!strcmp(r->fields[i].name, name))
			return r->fields[i].type->to;
	return NULL;
}

/* How C can spell the type of member WHAT of the map's declaration. */
static char *declared_type(struct types *t, const char *map, const char *what, const struct ast_type *type)
{
	if (type && !strchr(type->name, '('))
		return mem_strdup(t->parent, type->name);
	return mem_printf(t->parent, "__typeof__(*%s.%s)", map, what);
}

/* `@x` and C's `x` are one map: its types are those of its declaration. */
static bool set_declared(struct types *t, struct use *u, const struct ast_decl *d)
{
	const struct ast_type *value = member_type(d, "value");
	struct at_map *m = u->m;
	bool changed = !m->declared;

	if (u->aggregation != AT_UNKNOWN)
		mismatch(t, u->value_at, NULL, NULL, "'@%s' is declared in C and holds no aggregations",
			 m->name);
	if (u->has_keys && u->n_keys != 1)
		mismatch(t, u->first, NULL, NULL, "'@%s' is declared in C with one key", m->name);
	m->declared = true;
	m->value = value && (value->kind == TYPE_RECORD || value->kind == TYPE_ARRAY) ? AT_BYTES : AT_SCALAR;
	m->c_type = declared_type(t, m->name, "value", value);
	m->keys.n = 0;
	vec_push(t->parent, &m->keys, ((struct at_key){
		.c_type = declared_type(t, m->name, "key", member_type(d, "key")),
		.name = u->has_keys && u->n_keys ? lower_source(t->parent, t->unit, u->first->sub[0]) : "key",
	}));
	return changed;
}

bool lower_map_types(const void *parent, struct ast_unit *unit, const struct rewrite_request *req,
		     struct rewrite_result *res)
{
	struct lower context = { .parent = parent, .unit = unit, .req = req, .res = res };
	struct types t = { .w.l = &context, .unit = unit, .res = res, .parent = parent };
	size_t n_diags = res->diags.list.n;
	bool changed = false;

	for (size_t i = 0; i < unit->n_decls; i++)
		add_maps(&t, unit->decls[i]->body);
	/* @a = @b waits for b: as often as there are maps. */
	for (size_t round = 0; round <= res->maps.n; round++) {
		bool again = false;

		t.uses.n = 0;
		for (size_t i = 0; i < unit->n_decls; i++)
			see(&t, unit->decls[i]->body);
		for (size_t i = 0; i < t.uses.n; i++) {
			const struct ast_decl *d = declaration(unit, t.uses.v[i].m->name);

			if (d)
				again |= set_declared(&t, &t.uses.v[i], d);
			else if (t.uses.v[i].m->known)
				check_known(&t, &t.uses.v[i]);
			else
				again |= set_types(&t, &t.uses.v[i]);
		}
		changed |= again;
		if (!again)
			break;
	}
	/* What is wrong will be said about the tree that has the right types. */
	if (changed)
		res->diags.list.n = n_diags;
	return changed;
}
