// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Reasons: from a pointer back along the first causes of one of its origins to where it came from.
 * And facts: what a unit's maps and globals hold, as the session remembers it between inputs.
 */
#include <stdlib.h>

#include "rewriter/collect.h"

#define CHAIN_MAX 32
#define FACT_DEPTH 4

static const char *const step_text[] = {
	[STEP_SILENT] = NULL,
	[STEP_SOURCE] = "%s",
	[STEP_FACT] = "%s",
	[STEP_ADDRESS] = "the address of '%s', a variable of the program",
	[STEP_ASSIGN] = "assigned to '%s'",
	[STEP_MAP] = "stored in '%s'",
	[STEP_FROM_MAP] = "loaded from '%s'",
	[STEP_MEMBER] = "stored in member '%s'",
	[STEP_THROUGH] = "stored through '%s'",
	[STEP_ARGUMENT] = "passed as '%s'",
	[STEP_RETURN] = "returned by %s()",
	[STEP_STRUCT] = "copied with the structure",
};

static int bit_number(unsigned bit)
{
	return __builtin_ctz(bit);
}

struct link {
	const struct constraint *c;
	const char *name;	/* overrides c->name */
	bool empty;		/* loaded from where nothing is stored */
	bool lost;		/* here the verifier loses track of it */
};

struct chain {
	struct link links[CHAIN_MAX];
	size_t n;
};

/* Where a LOAD got BIT from: its memory or what that holds. Returns the next bit, 0 at the end. */
static unsigned load_cause(struct solver *s, const struct constraint *c, unsigned bit, int *ret_node)
{
	static const struct {
		unsigned bit, mem;
	} by_memory[] = {
		{ BIT_KERNEL, BIT_KERNEL }, { BIT_KERNEL, BIT_CTX }, { BIT_USER, BIT_USER },
		{ BIT_USER, BIT_CTX_USER }, { BIT_BTF, BIT_CTX_BTF }, { BIT_BTF, BIT_BTF },
		{ BIT_STORED, BIT_STORED }, { BIT_DIRECT, BIT_DIRECT }, { BIT_OPEN, BIT_OPEN },
	};
	static const unsigned by_content[] = {
		BIT_KERNEL, BIT_BTF, BIT_STACK, BIT_MAP, BIT_CTX, BIT_CTX_BTF, BIT_CTX_USER,
	};
	unsigned mem = solver_bits(s, c->mem), content = solver_bits(s, c->from);

	*ret_node = c->mem;
	for (size_t i = 0; i < ARRAY_SIZE(by_memory); i++)
		if (by_memory[i].bit == bit && (mem & by_memory[i].mem))
			return by_memory[i].mem;
	if (bit == BIT_KERNEL && (mem & BIT_BTF) && !c->typed)
		return BIT_BTF;
	*ret_node = c->from;
	if (content & bit)
		return bit;
	for (size_t i = 0; bit == BIT_KERNEL && i < ARRAY_SIZE(by_content); i++)
		if (content & by_content[i])
			return by_content[i];
	return 0;
}

static const char *map_of(struct solver *s, int n)
{
	return n < 0 ? NULL : s->nodes.v[solver_find(s, n)].map;
}

/* One step back from NODE and BIT; false at the end of the chain. */
static bool step_back(struct solver *s, struct chain *ch, int *node, unsigned *bit)
{
	const struct node *n = &s->nodes.v[solver_find(s, *node)];
	int cause = n->cause[bit_number(*bit)];
	const struct constraint *c;
	struct link *link;
	int from;

	if (cause < 0 || ch->n == CHAIN_MAX)
		return false;
	c = &s->constraints.v[cause];
	link = &ch->links[ch->n++];
	*link = (struct link){ .c = c, .name = c->name };
	switch (c->rule) {
	case RULE_SEED:
		return false;
	case RULE_COPY:
		from = c->from;
		break;
	case RULE_DEMOTE:
		from = c->from;
		if (*bit == BIT_KERNEL && !(solver_bits(s, from) & BIT_KERNEL)) {
			*bit = BIT_BTF;
			link->lost = true;
		}
		break;
	case RULE_LOAD:
		*bit = load_cause(s, c, *bit, &from);
		if (c->step == STEP_FROM_MAP) {
			link->name = from == c->from ? map_of(s, from) : NULL;
			link->empty = !*bit;
		}
		if (!*bit)
			return false;
		break;
	default:
		return false;
	}
	*node = from;
	return true;
}

static void add_reason(const struct link *l, struct diags *ds, struct diag *d)
{
	const struct constraint *c = l->c;
	struct range at = RANGE_NONE;
	char text[512];

	if (c->end > c->start)
		at = (struct range){ .src = 0, .start = c->start, .end = c->end };
	if (l->empty)
		snprintf(text, sizeof(text),
			 "nothing is seen to be stored in '%s': taken as a kernel pointer",
			 l->name ? l->name : "the map");
	else if (l->lost)
		snprintf(text, sizeof(text),
			 "the verifier does not track it past arithmetic, a cast or an index that varies");
	else if (!step_text[c->step] || (!l->name && c->step != STEP_STRUCT))
		return;
	else
		snprintf(text, sizeof(text), step_text[c->step], l->name);
	if (d->reasons.n && !strcmp(vec_last(&d->reasons)->text, text))
		return;
	diag_reason(ds, d, at, "%s", text);
}

static void why(const struct infer *inf, int node, enum origin origin, struct diags *ds,
		struct diag *d)
{
	struct solver *s = (struct solver *)&inf->solver;
	unsigned bits = solver_bits(s, node), bit = origin;
	struct chain ch = { .n = 0 };

	if (node < 0)
		return;
	if (bit == ORIGIN_KERNEL && !(bits & bit))
		bit = bits & BIT_BTF ? BIT_BTF : bits & BITS_CTX ? ORIGIN_CTX : BIT_STORED;
	if (bit == ORIGIN_CTX && !(bits & bit) && (bits & BITS_CTX))
		bit = bits & BIT_CTX_BTF ? BIT_CTX_BTF : BIT_CTX_USER;
	if (!(bits & bit))
		return;
	while (step_back(s, &ch, &node, &bit))
		;
	for (size_t i = ch.n; i-- > 0;)
		add_reason(&ch.links[i], ds, d);
}

void infer_why(const struct infer *inf, const struct ast *place, int instance, enum origin origin,
	       struct diags *ds, struct diag *d)
{
	struct infer_slot *slot = infer_slot(inf, place, instance);

	if (slot)
		why(inf, slot->mem, origin, ds, d);
}

void infer_why_value(const struct infer *inf, const struct ast *expr, int instance,
		     enum origin origin, struct diags *ds, struct diag *d)
{
	struct infer_slot *slot = infer_slot(inf, expr, instance);

	if (slot)
		why(inf, slot->value, origin, ds, d);
}

/* ---- facts ---- */

/* The node that PATH leads to from N, -1 if this unit never goes there. */
static int follow(struct solver *s, int n, const char *path)
{
	while (*path && n >= 0) {
		const struct node *node = &s->nodes.v[solver_find(s, n)];
		size_t len = 1 + (*path == '.' ? strcspn(path + 1, ".*|") : 0);
		int next = -1;

		if (*path == '*')
			next = node->to;
		else
			vec_each(&node->fields, f) {
				const char *name = *path == '.' ? path + 1 : path;
				size_t n_name = *path == '.' ? len - 1 : 1;

				if (strlen(f->name) == n_name && !memcmp(f->name, name, n_name))
					next = f->node;
			}
		n = next;
		path += len;
	}
	return n;
}

void infer_learn(struct infer *inf, const struct origin_facts *known)
{
	struct collect c = { .inf = inf, .s = &inf->solver, .context = 0 };
	struct solver *s = &inf->solver;

	for (size_t i = 0; known && i < known->list.n; i++) {
		const struct origin_fact *f = &known->list.v[i];
		int n;

		for (size_t m = 0; m < inf->maps.n; m++) {
			if (strcmp(inf->maps.v[m].name, f->name))
				continue;
			n = follow(s, inf->maps.v[m].content, f->path);
			if (n >= 0)
				collect_seed(&c, n, f->origins, STEP_FACT, f->why, NULL);
		}
		for (size_t g = 0; g < inf->globals.n; g++) {
			if (strcmp(inf->globals.v[g]->name, f->name))
				continue;
			n = follow(s, inf->global_node[inf->globals.v[g]->index], f->path);
			if (n >= 0)
				collect_seed(&c, n, f->origins, STEP_FACT, f->why, NULL);
		}
	}
	solver_run(s);
}

/* The sentence that the chain for BIT at NODE starts with. */
static const char *source_of(struct solver *s, int node, unsigned bit)
{
	struct chain ch = { .n = 0 };
	const struct link *first;

	while (step_back(s, &ch, &node, &bit))
		;
	first = ch.n ? &ch.links[ch.n - 1] : NULL;
	return first && first->name && first->c->rule == RULE_SEED ? first->name : NULL;
}

static void tell(const struct infer *inf, const void *parent, const char *name, int n,
		 const char *path, int depth, struct origin_facts *ret)
{
	struct solver *s = (struct solver *)&inf->solver;
	struct origin_fact *fact;
	unsigned bits = 0;

	n = solver_find(s, n);
	for (int b = 0; b < ORIGIN_BITS; b++) {
		int cause = s->nodes.v[n].cause[b];

		/* What the session told us is not ours to tell. */
		if (cause >= 0 && s->constraints.v[cause].step != STEP_FACT)
			bits |= 1u << b;
	}
	bits = origin_public(bits & ~(BIT_STORED | BIT_OPEN));
	if (bits) {
		const char *source = source_of(s, n, bits & -bits);

		fact = vec_add(parent, &ret->list);
		fact->name = mem_strdup(parent, name);
		fact->path = mem_strdup(parent, path);
		fact->origins = bits;
		fact->why = source ? mem_printf(parent, "%s; stored in '%s'", source, name) :
				     mem_printf(parent, "stored in '%s'", name);
	}
	for (size_t i = 0; depth < FACT_DEPTH && i < s->nodes.v[n].fields.n; i++) {
		struct node_field *f = &s->nodes.v[n].fields.v[i];
		_cleanup_mem_ char *below =
			mem_printf(NULL, "%s%s%s", path, *f->name == '|' ? "" : ".", f->name);

		tell(inf, parent, name, f->node, below, depth + 1, ret);
	}
}

static int by_name(const void *pa, const void *pb)
{
	const struct origin_fact *a = pa, *b = pb;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->path, b->path);
}

void infer_facts(const struct infer *inf, const void *parent, struct origin_facts *ret)
{
	size_t before = ret->list.n;

	vec_each(&inf->maps, m)
		tell(inf, parent, m->name, m->content, "", 0, ret);
	vec_each(&inf->globals, g) {
		const struct ast_decl *d = *g;

		if (!d->has_local_scope && d->in_main && d->kind == DECL_VAR &&
		    !ast_note(d, "builtin:") && !ast_note(d, "map:"))
			tell(inf, parent, d->name, inf->global_node[d->index], "", 0, ret);
	}
	if (ret->list.n > before)
		qsort(ret->list.v + before, ret->list.n - before, sizeof(*ret->list.v), by_name);
}
