// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Declarations, statements and initialisers -> constraints, one traversal per context; see collect.h.
 * What a parameter or variable starts with comes from its notes (ast_note), so that this file knows
 * neither probe kinds nor macros.
 */
#include "rewriter/builtin.h"
#include "rewriter/collect.h"

bool type_is_pointer(const struct ast_type *t)
{
	return t && t->kind == TYPE_POINTER;
}

bool type_is_record(const struct ast_type *t)
{
	return t && t->kind == TYPE_RECORD;
}

bool type_carries(const struct ast_type *t)
{
	return t && (t->kind == TYPE_POINTER || (t->kind == TYPE_INT && t->size == 8));
}

struct infer_slot *collect_slot(struct infer *inf, int context, const struct ast *n)
{
	struct infer_context *ctx = &inf->contexts.v[context];
	struct infer_fn *fn = &inf->fns.v[ctx->fn];
	int slot = inf->slot_of[n->index];

	if (slot < 0) {
		slot = inf->slot_of[n->index] = fn->n_slots++;
		inf->fn_of[n->index] = ctx->fn;
		vec_push(inf->parent, &fn->use, USE_NONE);
	}
	while (ctx->slots.n <= (size_t)slot)
		vec_push(inf->round, &ctx->slots,
			 ((struct infer_slot){ .value = -1, .mem = -1, .callee = -1 }));
	return &ctx->slots.v[slot];
}

void collect_use(struct collect *c, const struct ast *n, enum slot_use use)
{
	struct infer *inf = c->inf;

	collect_slot(inf, c->context, n);
	inf->fns.v[inf->fn_of[n->index]].use.v[inf->slot_of[n->index]] = use;
}

int collect_seed(struct collect *c, int node, unsigned bits, enum step step, const char *why,
		 const struct ast *at)
{
	struct constraint *k = solver_rule(c->s, RULE_SEED, -1, -1, node);

	k->bits = bits;
	k->step = step;
	k->name = why;
	if (at) {
		k->start = at->start;
		k->end = at->end;
	}
	return node;
}

void collect_flow(struct collect *c, int from, int to, enum step step, const char *name,
		  const struct ast *at)
{
	struct constraint *k;

	if (from < 0 || to < 0)
		return;
	k = solver_rule(c->s, RULE_COPY, from, -1, to);
	k->step = step;
	k->name = name;
	if (at) {
		k->start = at->start;
		k->end = at->end;
	}
	solver_set_to(c->s, to, solver_to(c->s, from));
}

void collect_copy(struct collect *c, struct value v, int content, const struct ast *at)
{
	struct constraint *k;

	if (v.node < 0 || content < 0)
		return;
	solver_unify(c->s, content, v.node);
	if (v.mem < 0)
		return;
	k = solver_rule(c->s, RULE_LOAD, v.node, v.mem, content);
	k->step = STEP_STRUCT;
	k->start = at->start;
	k->end = at->end;
}

void collect_store(struct collect *c, struct value v, const struct ast_type *type, int content,
		   enum step step, const char *name, const struct ast *at)
{
	if (type_is_record(type))
		collect_copy(c, v, content, at);
	else if (type_carries(type))
		collect_flow(c, v.node, content, step, name, at);
}

int collect_path(struct collect *c, int content, struct ast_field *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ast_field *f = fields[i];
		bool in_union = f->in && f->in->is_union;

		/* The members of a union are one memory. */
		content = solver_field(c->s, content, in_union ? (const void *)f->in : f,
				       in_union ? "|" : f->name);
	}
	return content;
}

struct infer_map *collect_map(struct collect *c, const char *name, bool at)
{
	struct infer *inf = c->inf;
	struct infer_map *m;

	if (!name)
		name = "";
	vec_each(&inf->maps, it)
		if (!strcmp(it->name, name))
			return it;
	int content = solver_node(c->s), key = solver_node(c->s);

	c->s->nodes.v[content].map = at ? mem_printf(inf->round, "@%s", name) : name;
	m = vec_add(inf->round, &inf->maps);
	*m = (struct infer_map){ .name = name, .content = content, .key = key };
	return m;
}

/* ---- declarations ---- */

/* Is it the kind of first parameter that the kernel passes to a program? */
static bool is_context_type(const struct ast_type *t)
{
	static const char *const names[] = {
		"pt_regs", "bpf_raw_tracepoint_args", "bpf_perf_event_data", "bpf_iter_meta",
	};

	if (!type_is_pointer(t))
		return false;
	if (t->to->kind == TYPE_VOID || (t->to->kind == TYPE_INT && t->to->size == 8))
		return true;
	for (size_t i = 0; t->to->record && i < ARRAY_SIZE(names); i++)
		if (!strcmp(t->to->record->name, names[i]))
			return true;
	return false;
}

/* A parameter without a note, of a function that nothing calls. */
static void seed_parameter(struct collect *c, const struct ast_decl *fn, struct ast_decl *d, int node)
{
	const struct ast_decl *first = fn->n_params ? fn->params[0] : NULL;
	bool entry = !fn->is_static && first && is_context_type(first->type);
	size_t i = 0;

	while (i < fn->n_params && fn->params[i] != d)
		i++;
	if (entry && i == 0)
		collect_seed(c, node, BIT_CTX, STEP_SOURCE,
			     mem_printf(c->inf->round, "'%s' holds kernel pointers: context of '%s'", d->name,
					fn->name), NULL);
	else if (entry && type_is_record(first->type->to) && type_carries(d->type))
		collect_seed(c, node, BIT_KERNEL, STEP_SOURCE,
			     mem_printf(c->inf->round,
					"'%s' is a kernel pointer: argument %zu of the function probed by '%s'",
					d->name, i, fn->name), NULL);
	else
		collect_seed(c, node, BIT_OPEN, STEP_SILENT, NULL, NULL);
}

static void seed_notes(struct collect *c, struct ast_decl *d, int node)
{
	static const char declared[] = "declared ";
	const char *note = ast_note(d, "origin:"), *builtin = ast_note(d, "builtin:"), *why = NULL;
	const char *summary = NULL;
	unsigned bits;

	if (!note && builtin) {
		const struct builtin_row *row = builtin_find(builtin, strlen(builtin));

		note = row ? row->origin : NULL;
		summary = row ? row->summary : "";
	}
	if (!note)
		return;
	bits = origin_note(note, &why);
	if (!bits)
		return;
	why = summary ? summary : why;
	collect_seed(c, node, bits, STEP_SOURCE,
		     mem_printf(c->inf->round, "'%s' %s%s%s", builtin ? builtin : d->name,
				origin_predicate(bits), *why ? ": " : "", why), NULL);
	c->s->constraints.v[c->s->constraints.n - 1].start = d->name_at;
	c->s->constraints.v[c->s->constraints.n - 1].end = d->name_at + strlen(d->name);
	/* The person's word is final: nothing that flows in changes it. */
	if (!strncmp(why, declared, sizeof(declared) - 1))
		c->s->nodes.v[solver_find(c->s, node)].mask = bits;
}

static int global_decl(struct collect *c, struct ast_decl *d)
{
	struct infer *inf = c->inf;
	int node = inf->global_node[d->index];

	if (node >= 0)
		return node;
	node = inf->global_node[d->index] = solver_node(c->s);
	vec_push(inf->round, &inf->globals, d);
	if (!ast_note(d, "builtin:"))
		c->s->nodes.v[node].map = d->name;
	seed_notes(c, d, node);
	return node;
}

int collect_decl(struct collect *c, struct ast_decl *d)
{
	struct infer *inf = c->inf;
	struct infer_context *ctx = &inf->contexts.v[c->context];
	struct infer_fn *fn = &inf->fns.v[ctx->fn];
	int local, node;

	if (d->is_global || d->kind == DECL_FUNCTION || !fn->decl)
		return global_decl(c, d);
	local = inf->local_of_decl[d->index];
	if (local < 0)
		local = inf->local_of_decl[d->index] = fn->n_locals++;
	while (ctx->locals.n <= (size_t)local)
		vec_push(inf->round, &ctx->locals, -1);
	node = ctx->locals.v[local];
	if (node >= 0)
		return node;
	node = ctx->locals.v[local] = solver_node(c->s);
	seed_notes(c, d, node);
	if (d->kind == DECL_PARAM && !fn->referenced && !ast_note(d, "origin:"))
		seed_parameter(c, fn->decl, d, node);
	return node;
}

/* ---- initialisers ---- */

/* The path from RECORD to FIELD through anonymous members. */
static size_t find_path(const struct ast_record *record, struct ast_field *field,
			struct ast_field **path, size_t depth, size_t max)
{
	for (size_t i = 0; record && depth < max && i < record->n_fields; i++) {
		struct ast_field *f = &record->fields[i];
		size_t n;

		path[depth] = f;
		if (f == field)
			return depth + 1;
		if (*f->name || !type_is_record(f->type))
			continue;
		n = find_path(f->type->record, field, path, depth + 1, max);
		if (n)
			return n;
	}
	return 0;
}

static void init_list(struct collect *c, struct ast *list, struct ast_type *type, int content)
{
	for (size_t i = 0; i < list->n_sub; i++) {
		struct ast *sub = list->sub[i];
		struct ast_type *part = type && type->kind == TYPE_ARRAY ? type->to : type;
		struct ast_field *path[8];
		const char *name = NULL;
		int to = content;
		size_t n;

		if (type_is_record(type)) {
			n = sub->init_field ? find_path(type->record, sub->init_field, path, 0, 8) : 0;
			part = n ? sub->init_field->type : sub->type;
			name = n ? sub->init_field->name : NULL;
			if (n)
				to = collect_path(c, content, path, n);
		}
		collect_init(c, sub, part, to, name);
	}
}

void collect_init(struct collect *c, struct ast *init, struct ast_type *type, int content,
		  const char *name)
{
	struct value v;

	if (init->kind == AST_INIT) {
		init_list(c, init, type, content);
		return;
	}
	v = collect_expr(c, init);
	collect_store(c, v, init->type, content, name ? STEP_MEMBER : STEP_SILENT, name, init);
}

/* ---- statements ---- */

static void declare(struct collect *c, struct ast_decl *d)
{
	int content;

	if (!d || d->kind != DECL_VAR)
		return;
	content = collect_decl(c, d);
	if (!d->init)
		return;
	if (d->init->kind == AST_INIT)
		init_list(c, d->init, d->type, content);
	else
		collect_store(c, collect_expr(c, d->init), d->init->type, content, STEP_ASSIGN,
			      d->name, d->init);
}

void collect_statement(struct collect *c, struct ast *n)
{
	struct infer_context *ctx;
	struct value v;

	switch (n->kind) {
	case AST_BLOCK:
	case AST_FLOW:
		for (size_t i = 0; i < n->n_sub; i++)
			collect_statement(c, n->sub[i]);
		return;
	case AST_DECLARE:
		declare(c, n->decl);
		return;
	case AST_RETURN:
		if (!n->n_sub)
			return;
		v = collect_expr(c, n->sub[0]);
		ctx = &c->inf->contexts.v[c->context];
		if (c->inf->fns.v[ctx->fn].decl)
			collect_store(c, v, n->sub[0]->type, ctx->ret, STEP_RETURN,
				      c->inf->fns.v[ctx->fn].decl->name, n->sub[0]);
		return;
	default:
		collect_expr(c, n);
	}
}

/* ---- the whole unit ---- */

static void run_context(struct infer *inf, int context)
{
	struct collect c = { .inf = inf, .s = &inf->solver, .context = context };
	struct ast_decl *fn = inf->fns.v[inf->contexts.v[context].fn].decl;

	for (size_t i = 0; i < fn->n_params; i++)
		collect_decl(&c, fn->params[i]);
	collect_statement(&c, fn->body);
}

/* Contexts are made by calls; each is traversed once. */
static void run_contexts(struct infer *inf, size_t *done)
{
	for (; *done < inf->contexts.n; (*done)++)
		run_context(inf, *done);
}

void collect_all(struct infer *inf)
{
	struct collect c = { .inf = inf, .s = &inf->solver, .context = 0 };
	struct ast_unit *u = inf->unit;
	size_t done = 1;

	inf->stack = collect_seed(&c, solver_node(c.s), BIT_STACK, STEP_SILENT, NULL, NULL);
	inf->map = collect_seed(&c, solver_node(c.s), BIT_MAP, STEP_SILENT, NULL, NULL);
	instance_context(inf, 0, -1, NULL);
	for (size_t i = 0; i < u->n_decls; i++)
		if (u->decls[i]->kind == DECL_VAR)
			declare(&c, u->decls[i]);
	/* First those that nobody calls: the programs. Then what only cycles call. */
	for (int referenced = 0; referenced < 2; referenced++) {
		for (size_t f = 1; f < inf->fns.n; f++) {
			if (inf->fns.v[f].referenced == (bool)referenced && !inf->fns.v[f].contexts.n)
				instance_context(inf, f, -1, NULL);
			run_contexts(inf, &done);
		}
	}
}
