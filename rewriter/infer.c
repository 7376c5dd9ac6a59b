// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Inference as its users see it: run it, ask it. The parts are collect*.c (tree -> constraints),
 * solve.c (the graph), origin.c (what memory does to pointers), instance.c (functions per use) and
 * infer_why.c (reasons and what the session remembers).
 *
 * The rules in short. A pointer value has a set of origins. Loading from kernel memory gives a kernel
 * pointer, from user memory a user pointer; from the stack what was stored there; from a map what
 * was stored there, no longer tracked by the verifier. Taking an address gives the origins of the
 * place. Assignments, arguments and returns pass origins one way, but make what both sides
 * point to the same memory. Only sets: a pointer may be several things, and it is the
 * plan's matter whether that is a read, a clone or an error.
 */
#include "rewriter/collect.h"

static void find_references(struct infer *inf, const struct ast *n)
{
	int fn = n->decl && (n->kind == AST_CALL || n->kind == AST_FUNCTION) ?
			 inf->fn_of_decl[n->decl->index] : -1;

	if (fn > 0)
		inf->fns.v[fn].referenced = true;
	if (n->callee)
		find_references(inf, n->callee);
	if (n->kind == AST_DECLARE && n->decl->init)
		find_references(inf, n->decl->init);
	for (size_t i = 0; i < n->n_sub; i++)
		find_references(inf, n->sub[i]);
}

static int *numbers(struct infer *inf, size_t n)
{
	int *v = mem_array(inf->parent, int, n + 1);

	memset(v, 0xff, (n + 1) * sizeof(*v));
	return v;
}

static void find_functions(struct infer *inf)
{
	struct ast_unit *u = inf->unit;

	vec_add(inf->parent, &inf->fns);	/* 0: file scope */
	for (size_t i = 0; i < u->n_decls; i++) {
		struct ast_decl *d = u->decls[i];

		if (d->kind != DECL_FUNCTION || !d->body)
			continue;
		inf->fn_of_decl[d->index] = inf->fns.n;
		vec_add(inf->parent, &inf->fns)->decl = d;
	}
	for (size_t i = 0; i < u->n_decls; i++) {
		if (u->decls[i]->body)
			find_references(inf, u->decls[i]->body);
		else if (u->decls[i]->init)
			find_references(inf, u->decls[i]->init);
	}
}

static void collect_and_solve(struct infer *inf)
{
	mem_free(inf->round);
	inf->round = mem_zalloc(inf->parent, 1, "round");
	solver_init(&inf->solver, inf->round);
	memset(&inf->contexts, 0, sizeof(inf->contexts));
	memset(&inf->maps, 0, sizeof(inf->maps));
	memset(&inf->globals, 0, sizeof(inf->globals));
	memset(inf->global_node, 0xff, inf->unit->n_all_decls * sizeof(int));
	vec_each(&inf->fns, f) {
		memset(&f->contexts, 0, sizeof(f->contexts));
		f->n_calls = 0;
	}
	collect_all(inf);
	solver_run(&inf->solver);
}

struct infer *infer_run(const void *parent, struct ast_unit *unit, const struct origin_facts *known)
{
	struct infer *inf = mem_new(parent, struct infer);

	inf->parent = inf;
	inf->unit = unit;
	inf->fn_of_decl = numbers(inf, unit->n_all_decls);
	inf->local_of_decl = numbers(inf, unit->n_all_decls);
	inf->global_node = numbers(inf, unit->n_all_decls);
	inf->slot_of = numbers(inf, unit->n_nodes);
	inf->fn_of = numbers(inf, unit->n_nodes);
	find_functions(inf);
	/* Functions that mix are found all at once, but for those that a clone uncovers. */
	for (int round = 0; round < 8; round++) {
		collect_and_solve(inf);
		infer_learn(inf, known);
		if (!instance_split(inf))
			break;
	}
	instance_number(inf);
	return inf;
}

size_t infer_instances(const struct infer *inf, const struct infer_instance **ret)
{
	*ret = inf->instances.v;
	return inf->instances.n;
}

struct infer_slot *infer_slot(const struct infer *inf, const struct ast *n, int instance)
{
	int fn = inf->fn_of[n->index];
	struct infer_fn *f = fn < 0 ? NULL : &inf->fns.v[fn];
	struct infer_context *ctx;
	int slot = inf->slot_of[n->index];

	if (!f || !f->n_text)
		return NULL;
	if (instance < 0 || instance >= f->n_text)
		instance = 0;
	ctx = &inf->contexts.v[f->representative.v[instance]];
	return slot >= 0 && (size_t)slot < ctx->slots.n ? &ctx->slots.v[slot] : NULL;
}

static unsigned bits_of(const struct infer *inf, int node)
{
	return solver_bits((struct solver *)&inf->solver, node);
}

int infer_callee(const struct infer *inf, const struct ast *call, int instance)
{
	struct infer_slot *slot = infer_slot(inf, call, instance);

	return slot && slot->callee >= 0 ? inf->contexts.v[slot->callee].text : 0;
}

unsigned infer_place(const struct infer *inf, const struct ast *place, int instance)
{
	struct infer_slot *slot = infer_slot(inf, place, instance);

	return slot ? origin_public(bits_of(inf, slot->mem)) : 0;
}

bool infer_unknown(const struct infer *inf, const struct ast *place, int instance)
{
	struct infer_slot *slot = infer_slot(inf, place, instance);

	return slot && slot->mem >= 0 && !bits_of(inf, slot->mem);
}

unsigned infer_value(const struct infer *inf, const struct ast *expr, int instance)
{
	struct infer_slot *slot = infer_slot(inf, expr, instance);

	return slot ? origin_public(bits_of(inf, slot->value)) : 0;
}
