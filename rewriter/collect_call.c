// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Calls -> constraints: functions of the unit, map methods, and what helpers do with pointers, which
 * is one table. See collect.h.
 */
#include "rewriter/collect.h"

enum effect {
	EFFECT_NONE,
	EFFECT_RESULT,		/* returns a pointer of origins bits */
	EFFECT_FILL,		/* argument 0 is filled with pointers of origins bits */
	EFFECT_COPY,		/* argument 0 is filled from argument 1, and returned */
	EFFECT_SAME,		/* returns argument 0 */
	EFFECT_LOOKUP,		/* returns a pointer to the value of map argument 0 */
	EFFECT_UPDATE,		/* argument 2 points to a new value of map argument 0 */
	EFFECT_PUSH,		/* the same with argument 1 */
	EFFECT_POP,		/* argument 1 is filled from map argument 0 */
	EFFECT_LOOP,		/* calls argument 1 with (index, argument 2) */
	EFFECT_EACH,		/* calls argument 1 with (map, key, value, argument 2) */
};

static const struct effect_row {
	const char *name;	/* "x*": all that start with x */
	enum effect effect;
	unsigned bits;
} effects[] = {
	{ "bpf_get_current_task", EFFECT_RESULT, BIT_KERNEL },
	{ "bpf_get_current_task_btf", EFFECT_RESULT, BIT_BTF },
	{ "bpf_task_pt_regs", EFFECT_RESULT, BIT_BTF },
	{ "bpf_sock_from_file", EFFECT_RESULT, BIT_BTF },
	{ "bpf_skc_to_*", EFFECT_RESULT, BIT_BTF },
	{ "bpf_per_cpu_ptr", EFFECT_RESULT, BIT_BTF },
	{ "bpf_this_cpu_ptr", EFFECT_RESULT, BIT_BTF },
	{ "bpf_probe_read_user_str", EFFECT_NONE, 0 },
	{ "bpf_probe_read_kernel_str", EFFECT_NONE, 0 },
	{ "bpf_probe_read_str", EFFECT_NONE, 0 },
	{ "bpf_probe_read_user", EFFECT_FILL, BIT_USER },
	{ "bpf_copy_from_user*", EFFECT_FILL, BIT_USER },
	{ "bpf_probe_read_kernel", EFFECT_FILL, BIT_KERNEL },
	{ "bpf_probe_read", EFFECT_FILL, BIT_KERNEL },
	{ "bpf_core_read", EFFECT_FILL, BIT_KERNEL },
	{ "bpf_map_lookup_*", EFFECT_LOOKUP, 0 },
	{ "bpf_map_update_elem", EFFECT_UPDATE, 0 },
	{ "bpf_map_push_elem", EFFECT_PUSH, 0 },
	{ "bpf_map_pop_elem", EFFECT_POP, 0 },
	{ "bpf_map_peek_elem", EFFECT_POP, 0 },
	{ "bpf_loop", EFFECT_LOOP, 0 },
	{ "bpf_for_each_map_elem", EFFECT_EACH, 0 },
	{ "bpf_*", EFFECT_RESULT, BIT_MAP },
	{ "__bcsh_*", EFFECT_RESULT, BIT_STACK },
	{ "__builtin_memcpy", EFFECT_COPY, 0 },
	{ "__builtin_memmove", EFFECT_COPY, 0 },
	{ "memcpy", EFFECT_COPY, 0 },
	{ "memmove", EFFECT_COPY, 0 },
	{ "__builtin_preserve_access_index", EFFECT_SAME, 0 },
	{ "__builtin_expect", EFFECT_SAME, 0 },
	{ "__builtin_assume_aligned", EFFECT_SAME, 0 },
};

static const struct effect_row *find_effect(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(effects); i++) {
		size_t len = strlen(effects[i].name);

		if (effects[i].name[len - 1] == '*' ? !strncmp(name, effects[i].name, len - 1) :
						      !strcmp(name, effects[i].name))
			return &effects[i];
	}
	return NULL;
}

static struct value seeded(struct collect *c, unsigned bits, enum step step, const char *why,
			   const struct ast *at)
{
	int node = collect_seed(c, solver_node(c->s), bits, step, why, at);

	return (struct value){ .node = node, .mem = -1 };
}

/* The variable that names a map in "&map" or "map". */
static const char *map_name(struct ast *arg)
{
	arg = ast_strip(arg);
	if ((arg->kind == AST_ADDRESS || arg->kind == AST_DECAY || arg->kind == AST_LOAD) && arg->n_sub)
		arg = ast_strip(arg->sub[0]);
	return arg->kind == AST_VAR ? arg->decl->name : NULL;
}

/* The static function that argument ARG names, as a function number; -1. */
static int callback(struct collect *c, struct ast *arg, struct ast **ret)
{
	arg = ast_strip(arg);
	if (arg->kind == AST_ADDRESS && arg->n_sub)
		arg = ast_strip(arg->sub[0]);
	*ret = arg;
	return arg->kind == AST_FUNCTION && arg->decl ? c->inf->fn_of_decl[arg->decl->index] : -1;
}

/* Function FN called at USE with ARGS. */
static struct value call_function(struct collect *c, int fn, const struct ast *use,
				  const struct value *args, size_t n_args)
{
	struct infer *inf = c->inf;
	int context = instance_context(inf, fn, c->context, use);
	struct ast_decl *decl = inf->fns.v[fn].decl;
	struct collect callee = { .inf = inf, .s = c->s, .context = context };
	const struct ast_type *type = decl->type ? decl->type->to : NULL;
	struct value r = NO_VALUE;

	for (size_t i = 0; i < decl->n_params && i < n_args; i++) {
		struct ast_decl *p = decl->params[i];
		int node = collect_decl(&callee, p);

		/* A noted parameter is what its note says, whoever calls. */
		if (!ast_note(p, "origin:"))
			collect_store(c, args[i], p->type, node, STEP_ARGUMENT, p->name, use);
	}
	if (type_carries(type)) {
		r.node = inf->contexts.v[context].ret;
	} else if (type_is_record(type)) {
		r.node = inf->contexts.v[context].ret;
		r.mem = inf->stack;
	}
	return r;
}

/* What ARG points to becomes CONTENT (a map's value or key). */
static void store_pointed(struct collect *c, struct ast *arg, struct value v, int content,
			  const char *map)
{
	const struct ast *origin = ast_strip(arg);
	struct constraint *k;
	int pointed;

	if (v.node < 0)
		return;
	pointed = solver_to(c->s, v.node);
	if (type_is_pointer(origin->type) && type_is_record(origin->type->to))
		solver_unify(c->s, content, pointed);
	else
		solver_set_to(c->s, content, solver_to(c->s, pointed));
	k = solver_rule(c->s, RULE_LOAD, pointed, v.node, content);
	k->step = STEP_MAP;
	k->name = map;
	k->start = arg->start;
	k->end = arg->end;
}

static struct value lookup(struct collect *c, struct ast *n, const char *map)
{
	struct value r = seeded(c, BIT_MAP, STEP_SILENT, NULL, n);

	if (map)
		solver_set_to(c->s, r.node, collect_map(c, map, false)->content);
	return r;
}

static void loop(struct collect *c, struct ast *n, const struct value *args, bool each)
{
	struct value given[4] = { NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE };
	const char *map = map_name(n->sub[0]);
	struct ast *use;
	int fn = n->n_sub > 2 ? callback(c, n->sub[1], &use) : -1;

	if (fn <= 0)
		return;
	if (each) {
		given[1] = seeded(c, BIT_MAP, STEP_SILENT, NULL, n);
		given[2] = seeded(c, BIT_MAP, STEP_SILENT, NULL, n);
		given[3] = args[2];
		if (map) {
			solver_set_to(c->s, given[1].node, collect_map(c, map, false)->key);
			solver_set_to(c->s, given[2].node, collect_map(c, map, false)->content);
		}
	} else {
		given[1] = args[2];
	}
	call_function(c, fn, use, given, 4);
}

/* Argument 0 is filled: with pointers of ROW's origins, or from what argument 1 points to. */
static void fill(struct collect *c, struct ast *n, const struct value *args,
		 const struct effect_row *row)
{
	struct constraint *k;
	int content;

	if (!n->n_sub || args[0].node < 0)
		return;
	content = solver_to(c->s, args[0].node);
	if (row->effect == EFFECT_FILL) {
		collect_seed(c, content, row->bits, STEP_SOURCE,
			     row->bits == BIT_USER ? "read from user memory" :
						     "read from kernel memory", n);
		return;
	}
	if (n->n_sub < 2 || args[1].node < 0)
		return;
	solver_unify(c->s, content, solver_to(c->s, args[1].node));
	k = solver_rule(c->s, RULE_LOAD, content, args[1].node, content);
	k->step = STEP_STRUCT;
	k->start = n->start;
	k->end = n->end;
}

static struct value apply(struct collect *c, struct ast *n, const struct effect_row *row,
			  const struct value *args)
{
	const char *map = n->n_sub ? map_name(n->sub[0]) : NULL, *name = n->decl->name;

	switch (row->effect) {
	case EFFECT_NONE:
		break;
	case EFFECT_RESULT:
		/* Most helpers return numbers; of those only a known one is an address. */
		if (!type_carries(n->type) || (row->bits == BIT_MAP && !type_is_pointer(n->type)))
			break;
		return seeded(c, row->bits, STEP_SOURCE,
			      mem_printf(c->inf->round, "%s() returns %s", name,
					 origin_noun(row->bits)), n);
	case EFFECT_COPY:
	case EFFECT_FILL:
		fill(c, n, args, row);
		return row->effect == EFFECT_COPY && n->n_sub ? args[0] : NO_VALUE;
	case EFFECT_SAME:
		return n->n_sub ? args[0] : NO_VALUE;
	case EFFECT_LOOKUP:
		return lookup(c, n, map);
	case EFFECT_UPDATE:
		if (map && n->n_sub > 2)
			store_pointed(c, n->sub[2], args[2], collect_map(c, map, false)->content, map);
		break;
	case EFFECT_PUSH:
		if (map && n->n_sub > 1)
			store_pointed(c, n->sub[1], args[1], collect_map(c, map, false)->content, map);
		break;
	case EFFECT_POP:
		if (map && n->n_sub > 1 && args[1].node >= 0)
			collect_copy(c, (struct value){ collect_map(c, map, false)->content, c->inf->map, false },
				     solver_to(c->s, args[1].node), n);
		break;
	case EFFECT_LOOP:
	case EFFECT_EACH:
		loop(c, n, args, row->effect == EFFECT_EACH);
		break;
	}
	return NO_VALUE;
}

/* Evaluates the arguments of N; callbacks of ROW are not values that escape. */
static struct value *arguments(struct collect *c, struct ast *n, const struct effect_row *row,
			       bool used)
{
	struct value *args = mem_array(c->inf->round, struct value, n->n_sub + 1);
	struct ast *use;

	for (size_t i = 0; i < n->n_sub; i++) {
		bool called = row && i == 1 &&
			      (row->effect == EFFECT_LOOP || row->effect == EFFECT_EACH) &&
			      callback(c, n->sub[i], &use) > 0;

		args[i] = called ? NO_VALUE : collect_expr(c, n->sub[i]);
		if (used)
			collect_use(c, n->sub[i], USE_VALUE);
	}
	return args;
}

struct value collect_call(struct collect *c, struct ast *n)
{
	int fn = n->decl ? c->inf->fn_of_decl[n->decl->index] : -1;
	const struct effect_row *row = n->decl && fn < 0 ? find_effect(n->decl->name) : NULL;
	struct value *args;

	if (n->callee)
		collect_expr(c, n->callee);
	args = arguments(c, n, row, fn < 0);
	if (fn > 0)
		return call_function(c, fn, n, args, n->n_sub);
	if (row)
		return apply(c, n, row, args);
	return type_carries(n->type) ? (struct value){ .node = solver_node(c->s), .mem = -1 } : NO_VALUE;
}

/* ---- methods of bcc-style maps ---- */

static const struct method_row {
	const char *name;
	bool value;		/* argument 1 points to a value that is stored */
	bool lookup;		/* returns a pointer to the value */
} methods[] = {
	{ "lookup", false, true },
	{ "lookup_or_init", true, true },
	{ "lookup_or_try_init", true, true },
	{ "update", true, false },
	{ "insert", true, false },
};

struct value collect_method(struct collect *c, struct ast *n)
{
	struct value *args = arguments(c, n, NULL, true);
	const char *map = n->decl ? n->decl->name : NULL;
	struct infer_map *m;

	if (!map)
		return NO_VALUE;
	m = collect_map(c, map, false);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strcmp(methods[i].name, n->name))
			continue;
		if (n->n_sub && args[0].node >= 0)
			store_pointed(c, n->sub[0], args[0], m->key, NULL);
		m = collect_map(c, map, false);
		if (methods[i].value && n->n_sub > 1)
			store_pointed(c, n->sub[1], args[1], m->content, map);
		return methods[i].lookup ? lookup(c, n, map) : NO_VALUE;
	}
	return NO_VALUE;
}
