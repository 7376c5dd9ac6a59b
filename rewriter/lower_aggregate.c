// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * `@m[k] = hist(x)` and its like. TABLE of what each aggregation does to this processor's value. The
 * argument is computed first; if it read an absent key, nothing is updated but a counter: the time
 * since an event that was never seen is no number.
 */
#include "rewriter/lower_parts.h"

static const struct {
	const char *name;
	size_t args;
	const char *code;	/* with __bcsh_p, the value, and __bcsh_x, the argument */
} rows[] = {
	[AT_COUNT] = { "count", 0, "__sync_fetch_and_add(&__bcsh_p->count, 1)" },
	[AT_SUM] = { "sum", 1, "__sync_fetch_and_add(&__bcsh_p->sum, __bcsh_x)" },
	[AT_AVG] = { "avg", 1, "__bcsh_stats(__bcsh_p, __bcsh_x)" },
	[AT_MIN] = { "min", 1, "__bcsh_least(__bcsh_p, __bcsh_x, false)" },
	[AT_MAX] = { "max", 1, "__bcsh_least(__bcsh_p, __bcsh_x, true)" },
	[AT_STATS] = { "stats", 1, "__bcsh_stats(__bcsh_p, __bcsh_x)" },
	[AT_HIST] = { "hist", 1, "__bcsh_hist(__bcsh_p->slots, __bcsh_x, (__typeof__(__bcsh_x))-1 < 0)" },
	[AT_LHIST] = { "lhist", 4, NULL },
};

enum at_value lower_aggregation(struct ast *n)
{
	const char *name = n->kind == AST_CALL ? lower_function(n) : NULL;

	for (size_t i = 0; name && i < ARRAY_SIZE(rows); i++) {
		if (!rows[i].name || strcmp(rows[i].name, name) != 0)
			continue;
		/* min(a, b) is the lesser of two. */
		if ((i == AT_MIN || i == AT_MAX) && n->n_sub == 2)
			return AT_UNKNOWN;
		return (enum at_value)i;
	}
	return AT_UNKNOWN;
}

static void update(struct lowering *w, struct edit *e, const struct at_map *m)
{
	if (m->value == AT_LHIST)
		edit_text(e, "__bcsh_lhist(__bcsh_p->slots, __bcsh_x, %lld, %lld, %lld, %llu)",
			  (long long)m->lhist_min, (long long)m->lhist_max, (long long)m->lhist_step,
			  (unsigned long long)lower_lhist_steps(m));
	else
		edit_text(e, "%s", rows[m->value].code);
	(void)w;
}

/* Integers keep their sign; 64 bits hold them all. */
static bool argument_is_unsigned(const struct ast *n)
{
	return n->type && n->type->kind == TYPE_INT && !n->type->is_signed && n->type->size == 8;
}

bool lower_aggregate(struct lowering *w, struct ast *n, struct at_map *m, struct ast *call)
{
	struct ast *at = n->sub[0], *arg = call->n_sub ? lower_strip(call->sub[0]) : NULL;
	const char *name = rows[m->value].name, *type = lower_value_type(w->l->parent, m);
	struct edit *e;

	if (m->value != lower_aggregation(call))
		return true;	/* said when the types were found */
	if (call->n_sub != rows[m->value].args) {
		lower_error(w, call, "'%s' takes %zu argument%s, not %zu", name, rows[m->value].args,
			    rows[m->value].args == 1 ? "" : "s", call->n_sub);
		return true;
	}
	if (arg && lower_text_size(w, arg)) {
		lower_hint(w, lower_error(w, arg, "'%s' needs a number, not text", name),
			   "use the text as a key: '@%s[...] = count()'", m->name);
		return true;
	}
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "({ int __bcsh_absent = 0; ");
		if (arg) {
			edit_text(e, "%s __bcsh_x = ", argument_is_unsigned(arg) ? "__u64" : "__s64");
			lower_part(w, e, arg);
			edit_text(e, "; ");
		}
		edit_text(e, "if (!__bcsh_absent) { ");
		lower_key(w, e, at, m);
		edit_text(e, "%s *__bcsh_p = __bcsh_make(&%s, &__bcsh_k, &__bcsh_zero_%s, __bcsh_id); "
			  "if (__bcsh_p) ", type, lower_map_c_name(w->l->parent, m), m->name);
		update(w, e, m);
		edit_text(e, "; }%s 0; })", arg ? " else bcsh_skipped(__bcsh_id);" : "");
	}
	for (size_t i = 0; i < at->n_sub; i++)
		lower_walk(w, at->sub[i]);
	if (arg) {
		w->skips_absent = true;
		lower_walk(w, arg);
		w->skips_absent = false;
	}
	return true;
}
