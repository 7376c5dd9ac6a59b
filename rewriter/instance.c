// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Functions per use. A function is seen in one context, until its parameters turn out to mix kinds
 * of memory (a kernel pointer here, a stack pointer there): then each call gets a context of its own
 * and all is collected again. In the end contexts whose loads and calls come out the same are
 * one instance; the others become clones in the text.
 */
#include "rewriter/collect.h"

#define CONTEXTS_PER_FUNCTION 64	/* more uses than this share one */
#define CONTEXTS_ALL          2000

static int new_context(struct infer *inf, int fn, int caller)
{
	int n = inf->contexts.n;
	struct infer_context *ctx = vec_add(inf->round, &inf->contexts);

	ctx->fn = fn;
	ctx->caller = caller;
	ctx->ret = solver_node(&inf->solver);
	vec_push(inf->round, &inf->fns.v[fn].contexts, n);
	return n;
}

int instance_context(struct infer *inf, int fn, int from, const struct ast *use)
{
	struct infer_fn *f = &inf->fns.v[fn];
	struct infer_slot *slot = use ? collect_slot(inf, from, use) : NULL;
	int context = -1;

	f->n_calls += use != NULL;
	if (slot && slot->callee >= 0)
		return slot->callee;
	if (!f->split && f->contexts.n)
		context = f->contexts.v[0];
	/* Recursion stays within the context it came from. */
	for (int up = from; f->split && context < 0 && up >= 0; up = inf->contexts.v[up].caller)
		if (inf->contexts.v[up].fn == fn)
			context = up;
	if (context < 0 && f->contexts.n &&
	    (f->contexts.n >= CONTEXTS_PER_FUNCTION || inf->contexts.n >= CONTEXTS_ALL))
		context = *vec_last(&f->contexts);
	if (context < 0)
		context = new_context(inf, fn, from);
	if (use)
		collect_slot(inf, from, use)->callee = context;
	return context;
}

/* ---- which functions mix ---- */

/* Does pointer N, or one that can be reached from it through our own memory, mix classes? */
static bool mixes(struct infer *inf, int n, int depth)
{
	struct solver *s = &inf->solver;
	unsigned classes;

	if (n < 0)
		return false;
	n = solver_find(s, n);
	classes = origin_classes(s->nodes.v[n].bits);
	if (classes & (classes - 1))
		return true;
	if (depth >= 4)
		return false;
	if (classes == ORIGIN_STACK && mixes(inf, s->nodes.v[n].to, depth + 1))
		return true;
	vec_each(&s->nodes.v[n].fields, f)
		if (mixes(inf, f->node, depth + 1))
			return true;
	return false;
}

bool instance_split(struct infer *inf)
{
	bool any = false;

	for (size_t i = 1; i < inf->fns.n; i++) {
		struct infer_fn *f = &inf->fns.v[i];

		if (f->split || f->n_calls < 2 || !f->contexts.n)
			continue;
		struct infer_context *ctx = &inf->contexts.v[f->contexts.v[0]];

		for (size_t p = 0; !f->split && p < f->decl->n_params; p++) {
			int local = inf->local_of_decl[f->decl->params[p]->index];

			if (local >= 0 && (size_t)local < ctx->locals.n)
				f->split = mixes(inf, ctx->locals.v[local], 0);
		}
		any |= f->split;
	}
	return any;
}

/* ---- which contexts are one instance ---- */

static uint64_t hash_add(uint64_t h, uint64_t v)
{
	return (h ^ (v + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2))) * 0xff51afd7ed558ccdu;
}

/* All that decides how CONTEXT's text comes out. */
static uint64_t signature(struct infer *inf, int context)
{
	struct infer_context *ctx = &inf->contexts.v[context];
	struct infer_fn *f = &inf->fns.v[ctx->fn];
	uint64_t h = 0;

	for (size_t i = 0; i < ctx->slots.n; i++) {
		struct infer_slot *slot = &ctx->slots.v[i];
		unsigned place = solver_bits(&inf->solver, slot->mem);
		unsigned value = solver_bits(&inf->solver, slot->value);
		enum slot_use use = i < f->use.n ? f->use.v[i] : USE_NONE;

		if (use == USE_READ)
			h = hash_add(h, origin_reading(place) * 2 + !place);
		else if (use != USE_NONE)
			h = hash_add(h, origin_classes(use == USE_WRITE ? place : value));
		h = hash_add(h, slot->callee < 0 ? 0 : inf->contexts.v[slot->callee].text + 1);
	}
	return h;
}

/* Numbers FN's contexts by their signatures; returns the number of different ones. */
static int group(struct infer *inf, struct infer_fn *f)
{
	_cleanup_mem_ uint64_t *seen = mem_array(NULL, uint64_t, f->contexts.n + 1);
	_cleanup_mem_ int *text = mem_array(NULL, int, f->contexts.n + 1);
	int n = 0;

	for (size_t i = 0; i < f->contexts.n; i++) {
		uint64_t h = signature(inf, f->contexts.v[i]);
		int g = 0;

		while (g < n && seen[g] != h)
			g++;
		if (g == n)
			seen[n++] = h;
		text[i] = g;
	}
	for (size_t i = 0; i < f->contexts.n; i++)
		inf->contexts.v[f->contexts.v[i]].text = text[i];
	return n;
}

void instance_number(struct infer *inf)
{
	bool changed = true;

	/* A caller's text depends on its callees' numbers: refine until nothing parts any more. */
	for (int round = 0; changed && round < 32; round++) {
		changed = false;
		vec_each(&inf->fns, f) {
			int n = f->contexts.n > 1 ? group(inf, f) : 1;

			changed |= n > f->n_text;
			f->n_text = n;
		}
	}
	for (size_t i = 0; i < inf->fns.n; i++) {
		struct infer_fn *f = &inf->fns.v[i];

		for (int t = 0; t < f->n_text; t++)
			vec_push(inf->parent, &f->representative, -1);
		for (size_t k = f->contexts.n; k-- > 0;)
			f->representative.v[inf->contexts.v[f->contexts.v[k]].text] =
				f->contexts.v[k];
		for (int t = 0; f->decl && t < f->n_text; t++)
			vec_push(inf->parent, &inf->instances,
				 ((struct infer_instance){ .fn = f->decl, .number = t }));
	}
}
