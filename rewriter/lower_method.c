// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Methods of maps as in bcc: TABLE of what each becomes. They stand anywhere an expression does, and
 * their arguments are ranges, so reads and other methods inside them come out right.
 */
#include "rewriter/lower_parts.h"

static const struct method {
	const char *name;
	size_t min, max;	/* arguments */
	const char *before;	/* with %s for the map */
	const char *after;	/* without its last argument, if that was left out */
	const char *missing;	/* the left out one */
} methods[] = {
	{ "lookup", 1, 1, "bpf_map_lookup_elem(&%s, ", ")", NULL },
	{ "update", 2, 2, "bpf_map_update_elem(&%s, ", ", BPF_ANY)", NULL },
	{ "insert", 2, 2, "bpf_map_update_elem(&%s, ", ", BPF_NOEXIST)", NULL },
	{ "delete", 1, 1, "bpf_map_delete_elem(&%s, ", ")", NULL },
	{ "lookup_or_try_init", 2, 2, "bcsh_lookup_or_try_init(&%s, ", ")", NULL },
	{ "increment", 1, 2, "bcsh_increment(&%s, ", ")", ", 1" },
	{ "atomic_increment", 1, 2, "bcsh_increment(&%s, ", ")", ", 1" },
};

/* A void pointer must be told its type where it is used on the spot. */
static bool needs_type(const struct ast *n)
{
	const struct ast *p = n->parent;

	while (p && p->kind == AST_CONVERT)
		p = p->parent;
	return p && (p->kind == AST_MEMBER || p->kind == AST_DEREF || p->kind == AST_INDEX ||
		     p->kind == AST_BINARY || p->kind == AST_COND);
}

static void method_edit(struct lowering *w, struct ast *n, const struct method *row, unsigned mode)
{
	bool typed = row == methods && needs_type(n);
	const char *after = row->after;
	struct edit *e = lower_edit(w, n, mode);

	if (!e)
		return;
	if (typed)
		edit_text(e, "((__typeof__(%s.value))", n->decl->name);
	edit_text(e, row->before, n->decl->name);
	for (size_t i = 0; i < n->n_sub; i++) {
		struct ast *arg = lower_strip(n->sub[i]);

		if (i)
			edit_text(e, ", ");
		if (arg->kind == AST_BINARY && !strcmp(arg->op, ","))
			lower_part(w, e, arg);
		else if (arg->text_kind == TEXT_PLAIN || arg->text_kind == TEXT_INVOCATION)
			edit_range(e, n->sub[i]->start, n->sub[i]->end);
		else
			lower_part(w, e, arg);
	}
	if (n->n_sub < row->max)
		edit_text(e, "%s", row->missing);
	/* The names of the flags are the kernel's: compiled code does not count on them. */
	if (mode == EDIT_CODE && strstr(after, "BPF_"))
		after = strstr(after, "BPF_ANY") ? ", 0)" : ", 1)";
	edit_text(e, typed ? "%s)" : "%s", after);
}

bool lower_method(struct lowering *w, struct ast *n)
{
	const struct method *row = NULL;

	if (w->l->req->host) {
		lower_hint(w, lower_error(w, n, "methods of maps are for kernel clauses"),
			   "@%s[key] is the same map here", n->decl->name);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(methods) && !row; i++)
		if (!strcmp(methods[i].name, n->name))
			row = &methods[i];
	if (!row) {
		lower_hint(w, lower_error(w, n, "maps have no method '%s'", n->name),
			   "there are lookup, update, insert, delete, increment, lookup_or_try_init");
		return true;
	}
	if (n->n_sub < row->min || n->n_sub > row->max) {
		lower_error(w, n, "'%s' takes %zu argument%s, not %zu", row->name, row->min,
			    row->min == 1 ? "" : "s", n->n_sub);
		return true;
	}
	method_edit(w, n, row, EDIT_CODE);
	method_edit(w, n, row, EDIT_SHOW);
	lower_walk_subs(w, n);
	return true;
}
