// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Union-find with pointees and members, and a worklist over directed constraints; see solve.h.
 * All unification happens while constraints are collected, so that solving runs on a fixed graph:
 * a bit's first cause then always leads back to a seed. A node changes once per bit at most, which
 * makes solving linear in the constraints.
 */
#include "rewriter/solve.h"

#include <stdint.h>

void solver_init(struct solver *s, const void *parent)
{
	*s = (struct solver){ .parent = parent };
}

int solver_node(struct solver *s)
{
	int n = s->nodes.n;
	struct node *node = vec_add(s->parent, &s->nodes);

	node->up = n;
	node->to = -1;
	node->first_out = -1;
	for (int i = 0; i < ORIGIN_BITS; i++)
		node->cause[i] = -1;
	return n;
}

int solver_find(struct solver *s, int n)
{
	while (s->nodes.v[n].up != n) {
		s->nodes.v[n].up = s->nodes.v[s->nodes.v[n].up].up;
		n = s->nodes.v[n].up;
	}
	return n;
}

int solver_to(struct solver *s, int n)
{
	n = solver_find(s, n);
	if (s->nodes.v[n].to < 0) {
		int to = solver_node(s);

		s->nodes.v[n].to = to;
	}
	return solver_find(s, s->nodes.v[n].to);
}

void solver_set_to(struct solver *s, int n, int to)
{
	n = solver_find(s, n);
	if (s->nodes.v[n].to < 0)
		s->nodes.v[n].to = to;
	else
		solver_unify(s, s->nodes.v[n].to, to);
}

/* Index of KEY among the sorted fields, or where it belongs. */
static size_t field_index(const struct node *node, const void *key)
{
	size_t lo = 0, hi = node->fields.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if ((uintptr_t)node->fields.v[mid].key < (uintptr_t)key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void field_insert(struct solver *s, int n, size_t i, struct node_field field)
{
	struct node *node = &s->nodes.v[n];

	vec_add(s->parent, &node->fields);
	memmove(&node->fields.v[i + 1], &node->fields.v[i],
		(node->fields.n - 1 - i) * sizeof(*node->fields.v));
	node->fields.v[i] = field;
}

int solver_field(struct solver *s, int n, const void *key, const char *name)
{
	n = solver_find(s, n);
	struct node *node = &s->nodes.v[n];
	size_t i = field_index(node, key);

	if (i < node->fields.n && node->fields.v[i].key == key)
		return solver_find(s, node->fields.v[i].node);
	int field = solver_node(s);

	field_insert(s, n, i, (struct node_field){ key, name, field });
	solver_rule(s, RULE_COPY, n, -1, field);
	return field;
}

struct pair {
	int a, b;
};

/* Hangs B below A; what their pointees and common members demand is added to TODO. */
static void merge(struct solver *s, int a, int b, void *todo_parent, struct pair **todo, size_t *n,
		  size_t *alloc)
{
	struct node *na = &s->nodes.v[a], *nb = &s->nodes.v[b];

#define LATER(x, y)                                                                      \
	do {                                                                             \
		if (*n == *alloc) {                                                      \
			*alloc = *alloc ? *alloc * 2 : 16;                               \
			*todo = mem_resize(todo_parent, *todo, sizeof(**todo), *alloc);  \
		}                                                                        \
		(*todo)[(*n)++] = (struct pair){ (x), (y) };                             \
	} while (0)
	nb->up = a;
	na->mask |= nb->mask;
	if (!na->map)
		na->map = nb->map;
	if (na->to < 0)
		na->to = nb->to;
	else if (nb->to >= 0)
		LATER(na->to, nb->to);
	for (size_t i = 0; i < nb->fields.n; i++) {
		struct node_field f = nb->fields.v[i];
		size_t at = field_index(&s->nodes.v[a], f.key);

		na = &s->nodes.v[a];
		if (at < na->fields.n && na->fields.v[at].key == f.key)
			LATER(na->fields.v[at].node, f.node);
		else
			field_insert(s, a, at, f);
	}
#undef LATER
	mem_free(nb->fields.v);
	nb->fields.v = NULL;
	nb->fields.n = nb->fields.alloc = 0;
}

void solver_unify(struct solver *s, int a, int b)
{
	_cleanup_mem_ void *scratch = mem_zalloc(NULL, 1, "unify");
	struct pair *todo = NULL;
	size_t n = 0, alloc = 0;

	for (;;) {
		a = solver_find(s, a);
		b = solver_find(s, b);
		if (a != b) {
			/* The smaller set of members moves. */
			if (s->nodes.v[a].fields.n < s->nodes.v[b].fields.n) {
				int t = a;

				a = b;
				b = t;
			}
			merge(s, a, b, scratch, &todo, &n, &alloc);
		}
		if (!n)
			return;
		n--;
		a = todo[n].a;
		b = todo[n].b;
	}
}

struct constraint *solver_rule(struct solver *s, enum rule rule, int from, int mem, int to)
{
	struct constraint *c = vec_add(s->parent, &s->constraints);

	c->rule = rule;
	c->from = from;
	c->mem = mem;
	c->to = to;
	return c;
}

/* ---- solving ---- */

static void link_out(struct solver *s, int n, int constraint)
{
	if (n < 0)
		return;
	n = solver_find(s, n);
	int i = s->outs.n;
	struct solver_out *out = vec_add(s->parent, &s->outs);

	out->constraint = constraint;
	out->next = s->nodes.v[n].first_out;
	s->nodes.v[n].first_out = i;
}

static void link_all(struct solver *s)
{
	/* Backwards, so that each node's edges come in the order of the text. */
	for (int i = s->constraints.n - 1; i >= 0; i--) {
		struct constraint *c = &s->constraints.v[i];

		if (c->rule == RULE_SEED)
			continue;
		link_out(s, c->from, i);
		if (c->rule == RULE_LOAD && solver_find(s, c->mem) != solver_find(s, c->from))
			link_out(s, c->mem, i);
	}
	s->linked = true;
}

static unsigned evaluate(struct solver *s, const struct constraint *c)
{
	switch (c->rule) {
	case RULE_SEED:
		return c->bits;
	case RULE_COPY:
		return solver_bits(s, c->from);
	case RULE_DEMOTE:
		return origin_demote(solver_bits(s, c->from));
	case RULE_LOAD:
		return origin_load(solver_bits(s, c->mem), solver_bits(s, c->from), c->typed);
	}
	return 0;
}

static void apply(struct solver *s, int i)
{
	struct constraint *c = &s->constraints.v[i];
	int n = solver_find(s, c->to);
	struct node *node = &s->nodes.v[n];
	unsigned bits = evaluate(s, c);

	if (node->mask)
		bits &= node->mask;
	bits &= ~node->bits;
	if (!bits)
		return;
	for (int b = 0; b < ORIGIN_BITS; b++)
		if (bits & (1u << b))
			node->cause[b] = i;
	node->bits |= bits;
	if (node->queued)
		return;
	node->queued = true;
	vec_push(s->parent, &s->queue, n);
}

void solver_run(struct solver *s)
{
	if (!s->linked)
		link_all(s);
	for (size_t i = 0; i < s->constraints.n; i++)
		if (s->constraints.v[i].rule == RULE_SEED)
			apply(s, i);
	/* First in, first out: the shortest chain of reasons wins. */
	for (; s->head < s->queue.n; s->head++) {
		int n = s->queue.v[s->head];

		s->nodes.v[n].queued = false;
		for (int o = s->nodes.v[n].first_out; o >= 0; o = s->outs.v[o].next)
			apply(s, s->outs.v[o].constraint);
	}
}

unsigned solver_bits(struct solver *s, int n)
{
	return n < 0 ? 0 : s->nodes.v[solver_find(s, n)].bits;
}
