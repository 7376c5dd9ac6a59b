// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The walk over what was parsed, and the handlers that are too small for a file of their own:
 * builtins and `return;`. What is no sugar is left alone here; reads of memory are plan.c's.
 */
#include "rewriter/lower_parts.h"

#include "rewriter/builtin.h"
#include "rewriter/plan.h"

static struct range range_of(const struct ast *n)
{
	return (struct range){ .src = 0, .start = n->start, .end = n->end };
}

struct diag *lower_error(struct lowering *w, const struct ast *n, const char *fmt, ...)
{
	struct diags *ds = &w->l->res->diags;
	struct diag *d;
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(w->l->parent, fmt, ap);
	va_end(ap);
	/* Each instance of a function is walked: say it once. */
	for (size_t i = 0; i < ds->list.n; i++)
		if (ds->list.v[i].at.start == n->start && !strcmp(ds->list.v[i].message, s))
			return NULL;
	d = diag_error(ds, range_of(n), "%s", s);
	return d;
}

void lower_hint(struct lowering *w, struct diag *d, const char *fmt, ...)
{
	va_list ap;

	if (!d)
		return;
	va_start(ap, fmt);
	diag_hint(&w->l->res->diags, d, "%s", mem_vprintf(w->l->parent, fmt, ap));
	va_end(ap);
}

/* Whether N's text can be replaced or copied; a macro's body must be expanded first. */
static bool is_typed(struct lowering *w, const struct ast *n)
{
	if (n->text_kind == TEXT_PLAIN || n->text_kind == TEXT_INVOCATION)
		return true;
	if (n->text_kind == TEXT_MACRO)
		vec_push(w->l->parent, &w->l->expand, range_of(n));
	return false;
}

struct edit *lower_edit(struct lowering *w, const struct ast *n, unsigned modes)
{
	if (!is_typed(w, n))
		return NULL;
	return edit_add(w->l->edits, n->start, n->end, w->instance, modes);
}

void lower_part(struct lowering *w, struct edit *e, const struct ast *n)
{
	if (!is_typed(w, n))
		return;
	edit_text(e, "(");
	edit_range(e, n->start, n->end);
	edit_text(e, ")");
}

static bool lower_variable(struct lowering *w, struct ast *n)
{
	const char *name = lower_builtin(n);
	const struct builtin_row *row = name ? builtin_find(name, strlen(name)) : NULL;
	const char *code;
	struct edit *e;

	if (!row)
		return false;
	if (!strcmp(name, "comm") && !w->l->req->host)
		return lower_comm(w, n);
	code = w->l->req->host ? row->host : row->code;
	if (!code) {
		lower_hint(w, lower_error(w, n, "'%s' is not there in this clause", name),
			   w->l->req->host ? "builtins of the probed task are for kernel clauses" :
					     "see :help builtins");
		return true;
	}
	e = lower_edit(w, n, EDIT_CODE);
	if (e)
		edit_text(e, "%s", code);
	return true;
}

/* A clause's function returns a number; `return;` is what is neutral, like falling off its end. */
static bool lower_return(struct lowering *w, struct ast *n)
{
	struct edit *e;

	if (n->n_sub || !w->is_clause || w->l->req->host || n->text_kind != TEXT_PLAIN)
		return false;
	e = edit_add(w->l->edits, n->start, n->start + strlen("return"), w->instance, EDIT_CODE);
	if (e)
		edit_text(e, "return 0");
	return true;
}

static bool lower_call(struct lowering *w, struct ast *n)
{
	const char *name = lower_function(n);

	if (!name)
		return false;
	if (w->l->req->host)
		return lower_host_call(w, n, name);
	if (!strcmp(name, "str"))
		return lower_str(w, n);
	if ((!strcmp(name, "min") || !strcmp(name, "max")) && n->n_sub == 2)
		return lower_extreme(w, n, name);
	if (lower_aggregation(n) != AT_UNKNOWN) {
		lower_hint(w, lower_error(w, n, "'%s' stands only as the whole right side of '@map ='",
					  name),
			   "write '@m[key] = %s(...);'", name);
		return true;
	}
	return lower_at_call(w, n, name) || lower_event_call(w, n, name);
}

static bool lower_binary(struct lowering *w, struct ast *n)
{
	return lower_compare(w, n) || lower_division(w, n);
}

static bool lower_assign(struct lowering *w, struct ast *n)
{
	return lower_at_assign(w, n) || lower_divide_assign(w, n);
}

static bool lower_load(struct lowering *w, struct ast *n)
{
	return n->sub[0]->kind == AST_AT && lower_at_load(w, n);
}

static bool lower_address(struct lowering *w, struct ast *n)
{
	const char *builtin = n->sub[0]->kind == AST_VAR ? lower_builtin(n->sub[0]) : NULL;

	if (n->sub[0]->kind != AST_AT && (!builtin || !strcmp(builtin, "comm")))
		return false;
	lower_hint(w, lower_error(w, n, "'%s%s' has no address", builtin ? "" : "@",
				  builtin ? builtin : n->sub[0]->name),
		   "copy it into a variable and take that one's address");
	return true;
}

static bool lower_deref(struct lowering *w, struct ast *n)
{
	struct ast *call = ast_strip(n->sub[0]);
	const char *name = call->kind == AST_CALL ? lower_function(call) : NULL;

	return name && !strcmp(name, "str") && lower_str(w, n);
}

/* Each returns true if it dealt with the node and had its parts walked. */
static bool (*const handlers[])(struct lowering *w, struct ast *n) = {
	[AST_VAR] = lower_variable,
	[AST_LOAD] = lower_load,
	[AST_AT] = lower_at_place,
	[AST_DEREF] = lower_deref,
	[AST_STEP] = lower_at_step,
	[AST_ASSIGN] = lower_assign,
	[AST_BINARY] = lower_binary,
	[AST_CALL] = lower_call,
	[AST_METHOD] = lower_method,
	[AST_ADDRESS] = lower_address,
	[AST_RETURN] = lower_return,
};

void lower_walk_subs(struct lowering *w, struct ast *n)
{
	if (n->callee)
		lower_walk(w, n->callee);
	if (n->kind == AST_DECLARE && n->decl && n->decl->init)
		lower_walk(w, n->decl->init);
	for (size_t i = 0; i < n->n_sub; i++)
		lower_walk(w, n->sub[i]);
}

void lower_walk(struct lowering *w, struct ast *n)
{
	if (!n)
		return;
	if (n->kind < ARRAY_SIZE(handlers) && handlers[n->kind] && handlers[n->kind](w, n))
		return;
	lower_walk_subs(w, n);
}

/* Does N call FN, itself or through functions of the person's? SEEN by decl index ends recursion. */
static bool calls(const struct ast *n, const struct ast_decl *fn, bool *seen)
{
	if (!n)
		return false;
	if ((n->kind == AST_CALL || n->kind == AST_FUNCTION) && n->decl) {
		if (n->decl == fn)
			return true;
		if (n->decl->body && !seen[n->decl->index]) {
			seen[n->decl->index] = true;
			if (calls(n->decl->body, fn, seen))
				return true;
		}
	}
	if (calls(n->callee, fn, seen) ||
	    (n->kind == AST_DECLARE && n->decl && calls(n->decl->init, fn, seen)))
		return true;
	for (size_t i = 0; i < n->n_sub; i++)
		if (calls(n->sub[i], fn, seen))
			return true;
	return false;
}

static const struct ast_decl *find_function(const struct ast_unit *unit, const char *name)
{
	for (size_t i = 0; i < unit->n_decls; i++)
		if (unit->decls[i]->body && !strcmp(unit->decls[i]->name, name))
			return unit->decls[i];
	return NULL;
}

/* Whose function FN is: the first program's that calls it. */
static uint32_t program_of(struct lower *l, const struct ast_decl *fn)
{
	for (size_t i = 0; i < l->req->programs.n; i++) {
		const struct rewrite_program *p = &l->req->programs.v[i];
		const struct ast_decl *body = find_function(l->unit, p->body);
		bool *seen = mem_array(l->parent, bool, l->unit->n_all_decls + 1);
		bool found = body && (body == fn || calls(body->body, fn, seen));

		mem_free(seen);
		if (found)
			return p->id;
	}
	return l->req->programs.n ? l->req->programs.v[0].id : 0;
}

/* What fails in a function of the person's is counted for the program that it belongs to. */
static void put_program(struct lowering *w, const struct ast *body)
{
	struct edit *e;

	if (w->is_clause || w->l->req->host || body->text_kind != TEXT_PLAIN ||
	    w->l->unit->text[body->start] != '{')
		return;
	e = edit_add(w->l->edits, body->start + 1, body->start + 1, w->instance, EDIT_CODE);
	if (e)
		edit_text(e, " const __u32 __bcsh_id = %u;", w->program);
}

static bool holds_clause(const struct rewrite_request *req, const char *name)
{
	for (size_t i = 0; i < req->programs.n; i++)
		if (!strcmp(req->programs.v[i].body, name) || !strcmp(req->programs.v[i].name, name))
			return true;
	return false;
}

static void lower_body(struct lower *l, struct ast_decl *fn, int instance)
{
	struct lowering w = { .l = l, .fn = fn, .instance = instance };

	if (!fn->body || !fn->in_main)
		return;
	w.is_clause = holds_clause(l->req, fn->name);
	w.program = program_of(l, fn);
	put_program(&w, fn->body);
	lower_walk(&w, fn->body);
}

void lower_plan(struct lower *l)
{
	const struct infer_instance *list;
	size_t n;

	l->res->events.n = 0;
	if (l->inf) {
		n = infer_instances(l->inf, &list);
		for (size_t i = 0; i < n; i++)
			lower_body(l, list[i].fn, list[i].number);
		return;
	}
	for (size_t i = 0; i < l->unit->n_decls; i++)
		if (l->unit->decls[i]->kind == DECL_FUNCTION)
			lower_body(l, l->unit->decls[i], 0);
}
