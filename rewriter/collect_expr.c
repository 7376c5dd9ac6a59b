// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Expressions -> constraints; see collect.h. A place yields what it holds and where it lies; loading
 * it is where origins of memory become origins of values. Eight-byte integers carry pointers as
 * pointers do: people cast through them.
 */
#include "rewriter/collect.h"

static struct value new_value(struct collect *c)
{
	return (struct value){ .node = solver_node(c->s), .mem = -1 };
}

static struct constraint *rule(struct collect *c, enum rule kind, int from, int mem, int to,
			       const struct ast *at)
{
	struct constraint *k = solver_rule(c->s, kind, from, mem, to);

	k->start = at->start;
	k->end = at->end;
	return k;
}

/* V after arithmetic or a cast: the same memory, no longer tracked. */
static struct value demoted(struct collect *c, struct value v, const struct ast *at)
{
	struct value r;

	if (v.node < 0)
		return v;
	r = new_value(c);
	rule(c, RULE_DEMOTE, v.node, -1, r.node, at);
	solver_set_to(c->s, r.node, solver_to(c->s, v.node));
	return r;
}

/* A pointer that is dereferenced must have a node, so that "unknown" can be seen. */
static struct value pointer(struct collect *c, struct value v)
{
	return v.node < 0 ? new_value(c) : v;
}

struct value collect_load(struct collect *c, struct value place, const struct ast_type *type,
			  const struct ast *at)
{
	struct constraint *k;
	struct value r;

	if (type_is_record(type))
		return place;
	if (!type_carries(type))
		return NO_VALUE;
	if (place.user) {
		r = new_value(c);
		collect_seed(c, r.node, BIT_USER, STEP_SOURCE, "the member is declared __user", at);
		return r;
	}
	if (place.mem == c->inf->stack)
		return (struct value){ .node = place.node, .mem = -1 };
	r = new_value(c);
	k = rule(c, RULE_LOAD, place.node, place.mem, r.node, at);
	k->step = STEP_FROM_MAP;
	k->typed = type_is_pointer(type) && type_is_record(type->to) && !type->to->record->is_union;
	solver_set_to(c->s, r.node, solver_to(c->s, place.node));
	return r;
}

/* ---- places ---- */

static struct value eval_var(struct collect *c, struct ast *n)
{
	int node = collect_decl(c, n->decl);
	bool in_map = n->decl->is_global && !ast_note(n->decl, "builtin:");

	return (struct value){ node, in_map ? c->inf->map : c->inf->stack, false };
}

static struct value eval_member(struct collect *c, struct ast *n)
{
	struct value base = collect_expr(c, n->sub[0]), r;

	if (n->arrow) {
		base = pointer(c, base);
		r = (struct value){ solver_to(c->s, base.node), base.node, false };
	} else {
		r = base;
		if (r.node < 0)
			r.node = solver_node(c->s);
		if (r.mem < 0)
			r.mem = c->inf->stack;
	}
	r.node = collect_path(c, r.node, n->fields, n->n_fields);
	r.user = n->n_fields && n->fields[n->n_fields - 1]->is_user;
	return r;
}

static struct value eval_index(struct collect *c, struct ast *n)
{
	struct value base = pointer(c, collect_expr(c, n->sub[0])), mem = base;
	const struct ast *index = ast_strip(n->sub[1]);
	bool constant = index->kind == AST_CONSTANT && index->has_value;

	collect_expr(c, n->sub[1]);
	/* The verifier follows a tracked pointer to constant places inside its object only. */
	if (!constant || (index->value && n->sub[0]->kind != AST_DECAY))
		mem = demoted(c, base, n);
	return (struct value){ solver_to(c->s, base.node), mem.node, false };
}

static struct value eval_deref(struct collect *c, struct ast *n)
{
	struct value base = pointer(c, collect_expr(c, n->sub[0]));

	if (n->type && n->type->kind == TYPE_FUNCTION)
		return base;
	return (struct value){ solver_to(c->s, base.node), base.node, false };
}

static struct value eval_literal(struct collect *c, struct ast *n)
{
	int content = solver_node(c->s);
	bool file_scope = !c->inf->fns.v[c->inf->contexts.v[c->context].fn].decl;

	for (size_t i = 0; i < n->n_sub; i++)
		collect_init(c, n->sub[i], n->type, content, NULL);
	return (struct value){ content, file_scope ? c->inf->map : c->inf->stack, false };
}

static struct value eval_string(struct collect *c, struct ast *n)
{
	(void)n;
	return (struct value){ solver_node(c->s), c->inf->map, false };
}

static struct value eval_at(struct collect *c, struct ast *n)
{
	for (size_t i = 0; i < n->n_sub; i++) {
		collect_expr(c, n->sub[i]);
		collect_use(c, n->sub[i], USE_VALUE);
	}
	return (struct value){ collect_map(c, n->name, true)->content, c->inf->map, false };
}

/* ---- values ---- */

static struct value eval_load(struct collect *c, struct ast *n)
{
	struct value place = collect_expr(c, n->sub[0]);

	collect_use(c, n->sub[0], USE_READ);
	return collect_load(c, place, n->type, n);
}

static struct value eval_address(struct collect *c, struct ast *n)
{
	struct value place = collect_expr(c, n->sub[0]), r;
	struct constraint *k;

	if (!ast_is_place(n->sub[0]))
		return place;
	/* Text in an array is read or copied by what lower_*.c makes of it. */
	if (n->kind == AST_DECAY && n->sub[0]->kind != AST_STRING)
		collect_use(c, n->sub[0], USE_READ);
	r = new_value(c);
	k = rule(c, RULE_COPY, place.mem, -1, r.node, n);
	if (n->sub[0]->kind == AST_VAR) {
		k->step = STEP_ADDRESS;
		k->name = n->sub[0]->decl->name;
	}
	if (place.node >= 0)
		solver_set_to(c->s, r.node, place.node);
	return r;
}

/* Does the verifier lose track of a pointer of type FROM that is seen as TO? */
static bool loses_track(const struct ast *n)
{
	const struct ast_type *to = n->type, *from = n->sub[0]->type;
	const struct ast *origin = ast_strip(n->sub[0]);

	if (!type_is_pointer(to))
		return false;
	if (!type_is_pointer(from))
		return true;
	if (from->to == to->to || to->to->kind == TYPE_VOID)
		return false;
	if (from->to->kind == TYPE_VOID && origin && type_is_pointer(origin->type))
		return origin->type->to != to->to;
	return true;
}

/* (struct iovec __user *)p: the person knows better. */
static struct value overruled(struct collect *c, struct value v, const struct ast *n)
{
	struct value r = new_value(c);
	const char *why;

	collect_seed(c, r.node, origin_note(n->name, &why), STEP_SOURCE,
		     mem_printf(c->inf->round, "cast to __%s", n->name), n);
	if (v.node >= 0)
		solver_set_to(c->s, r.node, solver_to(c->s, v.node));
	return r;
}

static struct value eval_cast(struct collect *c, struct ast *n)
{
	const struct ast *from = ast_strip(n->sub[0]);
	struct value v = collect_expr(c, n->sub[0]);

	if (type_is_pointer(n->type) && from->kind == AST_CONSTANT && from->has_value) {
		v = new_value(c);
		if ((uint64_t)from->value > 4096)
			collect_seed(c, v.node, BIT_KERNEL, STEP_SOURCE,
				     "a constant address is taken as the kernel's", n);
		return v;
	}
	if (type_is_record(n->type))
		return v;
	if (!type_carries(n->type))
		return NO_VALUE;
	if (n->kind == AST_CAST && n->name)
		return overruled(c, v, n);
	return loses_track(n) ? demoted(c, v, n) : v;
}

static struct value eval_subs(struct collect *c, struct ast *n)
{
	for (size_t i = 0; i < n->n_sub; i++)
		collect_statement(c, n->sub[i]);
	return NO_VALUE;
}

/* Statements among expressions: in ({ }), and where tu.c knows no better. */
static struct value eval_statement(struct collect *c, struct ast *n)
{
	collect_statement(c, n);
	return NO_VALUE;
}

static struct value eval_step(struct collect *c, struct ast *n)
{
	struct value place = collect_expr(c, n->sub[0]);

	collect_use(c, n->sub[0], USE_WRITE);
	if (!type_carries(n->type) || place.node < 0)
		return NO_VALUE;
	rule(c, RULE_DEMOTE, place.node, -1, place.node, n);
	return collect_load(c, place, n->type, n);
}

static bool op_in(const char *op, const char *const *ops)
{
	for (; *ops; ops++)
		if (!strcmp(op, *ops))
			return true;
	return false;
}

/* Operators whose result is at an offset from their left, or from either operand. */
static const char *const left_ops[] = { "+", "-", "&", "|", "^", "<<", ">>", NULL };
static const char *const right_ops[] = { "+", "&", "|", "^", NULL };

static struct value eval_binary(struct collect *c, struct ast *n)
{
	struct value a = collect_expr(c, n->sub[0]), b = collect_expr(c, n->sub[1]), r;
	bool pa = type_is_pointer(n->sub[0]->type), pb = type_is_pointer(n->sub[1]->type);

	if (!strcmp(n->op, ","))
		return b;
	if (!type_carries(n->type) || (pa && pb) || !op_in(n->op, left_ops))
		return NO_VALUE;
	if (!op_in(n->op, right_ops))
		b = NO_VALUE;
	if ((pb || a.node < 0) && !pa)
		return demoted(c, b, n);
	if (pa || b.node < 0)
		return demoted(c, a, n);
	r = demoted(c, a, n);
	rule(c, RULE_DEMOTE, b.node, -1, r.node, n);
	return r;
}

/* What a place is called in a reason: a variable, a member or a map. */
static void describe(const struct ast *place, enum step *step, const char **name)
{
	*step = STEP_SILENT;
	*name = NULL;
	while (place->kind == AST_INDEX && place->sub[0]->kind == AST_DECAY)
		place = place->sub[0]->sub[0];
	if (place->kind == AST_VAR) {
		*step = place->decl->is_global ? STEP_MAP : STEP_ASSIGN;
		*name = place->decl->name;
	} else if (place->kind == AST_MEMBER && place->n_fields) {
		*step = STEP_MEMBER;
		*name = place->fields[place->n_fields - 1]->name;
	} else if (place->kind == AST_DEREF && ast_strip(place->sub[0])->kind == AST_LOAD &&
		   ast_strip(place->sub[0])->sub[0]->kind == AST_VAR) {
		*step = STEP_THROUGH;
		*name = ast_strip(place->sub[0])->sub[0]->decl->name;
	} else if (place->kind == AST_AT) {
		*step = STEP_MAP;
		*name = mem_printf(place, "@%s", place->name ? place->name : "");
	}
}

static struct value eval_assign(struct collect *c, struct ast *n)
{
	struct value to = collect_expr(c, n->sub[0]), v = collect_expr(c, n->sub[1]);
	const struct ast_type *type = n->sub[0]->type;
	const char *name;
	enum step step;

	collect_use(c, n->sub[0], USE_WRITE);
	describe(n->sub[0], &step, &name);
	if (!strcmp(n->op, "=")) {
		collect_store(c, v, type, to.node, step, name, n);
		return type_carries(type) || type_is_record(type) ? v : NO_VALUE;
	}
	if (!type_carries(type) || to.node < 0)
		return NO_VALUE;
	rule(c, RULE_DEMOTE, to.node, -1, to.node, n);
	if (type_carries(n->sub[1]->type) && v.node >= 0 && strchr("+|&^", n->op[0]))
		rule(c, RULE_DEMOTE, v.node, -1, to.node, n);
	return collect_load(c, to, type, n);
}

static struct value eval_cond(struct collect *c, struct ast *n)
{
	struct value r = NO_VALUE, v;

	if (n->n_sub == 3)
		collect_expr(c, n->sub[0]);
	if (type_carries(n->type) || type_is_record(n->type))
		r = new_value(c);
	for (size_t i = n->n_sub == 3; i < n->n_sub; i++) {
		v = collect_expr(c, n->sub[i]);
		collect_store(c, v, n->type, r.node, STEP_SILENT, NULL, n->sub[i]);
		if (type_is_record(n->type))
			r.mem = c->inf->stack;
	}
	return r;
}

static struct value eval_statements(struct collect *c, struct ast *n)
{
	struct value v = NO_VALUE;

	for (size_t i = 0; i < n->n_sub; i++) {
		struct ast *sub = n->sub[i];

		v = NO_VALUE;
		if (i + 1 < n->n_sub || sub->kind >= AST_BLOCK)
			collect_statement(c, sub);
		else
			v = collect_expr(c, sub);
	}
	return type_carries(n->type) || type_is_record(n->type) ? v : NO_VALUE;
}

static struct value eval_function(struct collect *c, struct ast *n)
{
	int fn = n->decl ? c->inf->fn_of_decl[n->decl->index] : -1;

	if (fn > 0)
		instance_context(c->inf, fn, c->context, n);
	return NO_VALUE;
}

static struct value eval_unary(struct collect *c, struct ast *n)
{
	struct value v = collect_expr(c, n->sub[0]);

	return strcmp(n->op, "+") ? NO_VALUE : v;
}

static struct value eval_nothing(struct collect *c, struct ast *n)
{
	(void)c;
	(void)n;
	return NO_VALUE;
}

static struct value (*const evaluators[])(struct collect *c, struct ast *n) = {
	[AST_VAR] = eval_var,
	[AST_MEMBER] = eval_member,
	[AST_INDEX] = eval_index,
	[AST_DEREF] = eval_deref,
	[AST_LITERAL] = eval_literal,
	[AST_STRING] = eval_string,
	[AST_AT] = eval_at,
	[AST_LOAD] = eval_load,
	[AST_DECAY] = eval_address,
	[AST_ADDRESS] = eval_address,
	[AST_FUNCTION] = eval_function,
	[AST_CONSTANT] = eval_nothing,
	[AST_CAST] = eval_cast,
	[AST_CONVERT] = eval_cast,
	[AST_UNARY] = eval_unary,
	[AST_STEP] = eval_step,
	[AST_BINARY] = eval_binary,
	[AST_ASSIGN] = eval_assign,
	[AST_COND] = eval_cond,
	[AST_CALL] = collect_call,
	[AST_METHOD] = collect_method,
	[AST_STATEMENTS] = eval_statements,
	[AST_INIT] = eval_subs,
	[AST_UNEVALUATED] = eval_nothing,
	[AST_OTHER] = eval_subs,
	[AST_BLOCK] = eval_statement,
	[AST_DECLARE] = eval_statement,
	[AST_RETURN] = eval_statement,
	[AST_FLOW] = eval_statement,
};

struct value collect_expr(struct collect *c, struct ast *n)
{
	struct value v = evaluators[n->kind](c, n);
	struct infer_slot *slot = collect_slot(c->inf, c->context, n);

	slot->value = v.node;
	slot->mem = v.mem;
	return v;
}
