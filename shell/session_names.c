// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which definitions does an input need? By names alone: an identifier that occurs in a text and that a
 * definition declares is a use. Too many is harmless, too few does not compile.
 */
#include "rewriter/wrap.h"
#include "shell/session.h"

void names_add(const void *parent, struct names *ns, const char *name)
{
	if (names_have(ns, name))
		return;
	if ((ns->n & (ns->n - 1)) == 0)	/* 0, 1, 2, 4, ...: full */
		ns->v = mem_resize(parent, ns->v, sizeof(*ns->v), ns->n ? ns->n * 2 : 1);
	ns->v[ns->n++] = mem_strdup(parent, name);
}

bool names_have(const struct names *ns, const char *name)
{
	for (size_t i = 0; i < ns->n; i++)
		if (strcmp(ns->v[i], name) == 0)
			return true;
	return false;
}

bool names_have_map(const struct names *ns, const char *name)
{
	if (names_have(ns, name))
		return true;
	for (size_t i = 0; i < ns->n; i++)
		if (ns->v[i][0] == '@' && strcmp(ns->v[i] + 1, name) == 0)
			return true;
	return false;
}

void item_names(struct session *s, struct item *it)
{
	const struct source *src = &s->sources.v[it->src];

	wrap_names(it, src, it->input.start, it->input.end, &it->uses.v, &it->uses.n);
}

static bool in_list(const struct item_list *l, const struct item *it)
{
	vec_each(&l->list, i)
		if (*i == it)
			return true;
	return false;
}

struct closure {
	const void *parent;
	struct item_list all;	/* candidates, in order */
	bool *taken;		/* beside all */
	struct names *names;
	struct item_list *ret;
};

static void take(struct closure *c, size_t i);

static bool declares(const struct item *it, const char *name)
{
	vec_each(&it->input.names, n)
		if (strcmp(*n, name) == 0 || (it->input.is_map && name[0] == '@' && strcmp(*n, name + 1) == 0))
			return true;
	return false;
}

static void take_name(struct closure *c, const char *name)
{
	names_add(c->parent, c->names, name);
	for (size_t i = 0; i < c->all.list.n; i++)
		if (!c->taken[i] && declares(c->all.list.v[i], name))
			take(c, i);
}

/* What it uses comes first: a function that was redefined may use a later one. */
static void take(struct closure *c, size_t i)
{
	struct item *it = c->all.list.v[i];

	c->taken[i] = true;
	for (size_t k = 0; k < it->uses.n; k++)
		take_name(c, it->uses.v[k]);
	vec_push(c->parent, &c->ret->list, it);
}

/*
 * Texts of one source keep their order, whatever they use: it compiled so. Only a definition that
 * came in a later text than its user moves before it, which is where depth-first order left it.
 */
static void restore_order(struct item_list *l)
{
	for (size_t i = 1; i < l->list.n; i++) {
		for (size_t k = i; k && l->list.v[k - 1]->src == l->list.v[k]->src &&
		     l->list.v[k - 1]->order > l->list.v[k]->order; k--) {
			struct item *tmp = l->list.v[k];

			l->list.v[k] = l->list.v[k - 1];
			l->list.v[k - 1] = tmp;
		}
	}
}

void session_closure(struct session *s, const void *parent, const struct names *roots,
		     const struct item_list *fresh, const struct item_list *replaced,
		     struct item_list *ret, struct names *ret_names)
{
	struct closure c = { .parent = parent, .names = ret_names, .ret = ret };

	vec_each(&s->definitions, it)
		if (!replaced || !in_list(replaced, *it))
			vec_push(parent, &c.all.list, *it);
	for (size_t i = 0; fresh && i < fresh->list.n; i++)
		vec_push(parent, &c.all.list, fresh->list.v[i]);
	c.taken = mem_array(parent, bool, c.all.list.n + 1);
	for (size_t i = 0; i < c.all.list.n; i++)
		if (!c.taken[i] && !c.all.list.v[i]->input.names.n)
			take(&c, i);
	for (size_t i = 0; i < roots->n; i++)
		take_name(&c, roots->v[i]);
	restore_order(ret);
}

void session_probe_names(struct session *s, const void *parent, const struct probe *p,
			 struct names *ret)
{
	struct item_list unused = { 0 };

	session_closure(s, parent, &p->item->uses, NULL, NULL, &unused, ret);
}
