// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * @maps as values: keys, and reading. A key is a zeroed struct that is filled part by part, so that
 * padding never tells two equal keys apart. An absent key reads as 0; the test for it is here, so the
 * person never sees a null pointer.
 */
#include "rewriter/lower_parts.h"

struct at_map *lower_map(struct rewrite_result *res, const char *name)
{
	for (size_t i = 0; i < res->maps.n; i++)
		if (!strcmp(res->maps.v[i].name, name))
			return &res->maps.v[i];
	return NULL;
}

const char *lower_map_c_name(const void *parent, const struct at_map *m)
{
	return m->declared ? m->name : mem_printf(parent, "__bcsh_map_%s", m->name);
}

struct at_map *lower_map_of(struct lowering *w, const struct ast *n)
{
	struct at_map *m = lower_map(w->l->res, n->name);

	if (m && m->value != AT_UNKNOWN)
		return m;
	lower_hint(w, lower_error(w, n, "nothing sets '@%s', so its type is not known", n->name),
		   "assign to it first, here or in an earlier input");
	return NULL;
}

bool lower_key(struct lowering *w, struct edit *e, const struct ast *at, const struct at_map *m)
{
	if (at->n_sub != m->keys.n) {
		lower_error(w, at, "'@%s' has %zu key%s, not %zu", m->name, m->keys.n,
			    m->keys.n == 1 ? "" : "s", at->n_sub);
		return false;
	}
	if (!m->keys.n) {
		edit_text(e, "__u32 __bcsh_k = 0; ");
		return true;
	}
	if (m->declared)
		edit_text(e, "%s __bcsh_k; ", m->keys.v[0].c_type);
	else
		edit_text(e, "struct __bcsh_key_%s __bcsh_k; ", m->name);
	edit_text(e, "__builtin_memset(&__bcsh_k, 0, sizeof(__bcsh_k)); ");
	for (size_t i = 0; i < at->n_sub; i++) {
		char dest[32];

		snprintf(dest, sizeof(dest), m->declared ? "__bcsh_k" : "__bcsh_k.k%zu", i);
		lower_store(w, e, dest, m->keys.v[i].c_type, at->sub[i]);
	}
	return true;
}

static void walk_keys(struct lowering *w, struct ast *at)
{
	for (size_t i = 0; i < at->n_sub; i++)
		lower_walk(w, at->sub[i]);
}

/* Declares __bcsh_p, a pointer to the value, NULL if the key is absent. */
static void look_up(struct lowering *w, struct edit *e, const struct at_map *m)
{
	const char *name = lower_map_c_name(w->l->parent, m);

	if (m->value == AT_BYTES && lower_text_bytes(m->c_type))
		edit_text(e, "char *__bcsh_p = bpf_map_lookup_elem(&%s, &__bcsh_k); ", name);
	else
		edit_text(e, "%s *__bcsh_p = bpf_map_lookup_elem(&%s, &__bcsh_k); ", m->c_type, name);
	if (w->skips_absent)
		edit_text(e, "if (!__bcsh_p) __bcsh_absent = 1; ");
}

static bool refuse_aggregation(struct lowering *w, struct ast *n, const struct at_map *m)
{
	if (!lower_is_aggregation(m))
		return false;
	lower_hint(w, lower_error(w, n, "'@%s' is an aggregation, kept apart on each processor: a kernel clause cannot read it",
				  m->name),
		   "read it in a user-side clause, or count with '@%s[...]++' instead", m->name);
	return true;
}

bool lower_at_load(struct lowering *w, struct ast *n)
{
	struct ast *at = n->sub[0];
	struct at_map *m = lower_map_of(w, at);
	struct edit *e;

	if (!m)
		return true;
	if (w->l->req->host)
		return lower_host_load(w, n, m);
	if (refuse_aggregation(w, at, m))
		return true;
	e = lower_edit(w, at, EDIT_CODE);
	if (e) {
		edit_text(e, "({ ");
		lower_key(w, e, at, m);
		look_up(w, e, m);
		if (m->value == AT_SCALAR)
			edit_text(e, "__bcsh_p ? *__bcsh_p : 0; })");
		else if (lower_text_bytes(m->c_type))
			edit_text(e, "__bcsh_p ? __bcsh_p : (char *)__bcsh_zero_%s; })", m->name);
		else
			edit_text(e, "%s __bcsh_v; if (__bcsh_p) __bcsh_v = *__bcsh_p; else "
				  "__builtin_memset(&__bcsh_v, 0, sizeof(__bcsh_v)); __bcsh_v; })",
				  m->c_type);
	}
	walk_keys(w, at);
	return true;
}

static bool is_written(const struct ast *n)
{
	const struct ast *p = n->parent;

	while (p && (p->kind == AST_MEMBER || p->kind == AST_INDEX || p->kind == AST_DECAY)) {
		n = p;
		p = p->parent;
	}
	return p && (p->kind == AST_STEP || p->kind == AST_ADDRESS ||
		     (p->kind == AST_ASSIGN && p->sub[0] == n));
}

/* A part of the value is used: `@m[k].f`. */
bool lower_at_place(struct lowering *w, struct ast *at)
{
	struct at_map *m = lower_map_of(w, at);
	struct edit *e;

	if (!m)
		return true;
	if (is_written(at)) {
		lower_hint(w, lower_error(w, at, "a part of '@%s' cannot be changed or have its address taken",
					  m->name),
			   "set the whole value: copy it, change the copy, assign it back");
		return true;
	}
	if (w->l->req->host)
		return lower_host_load(w, at, m);
	if (refuse_aggregation(w, at, m))
		return true;
	e = lower_edit(w, at, EDIT_CODE);
	if (e) {
		edit_text(e, "*({ ");
		lower_key(w, e, at, m);
		look_up(w, e, m);
		edit_text(e, "__bcsh_p ? __bcsh_p : (%s *)&__bcsh_zero_%s; })", m->c_type, m->name);
	}
	walk_keys(w, at);
	return true;
}
