// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Walks each function instance and plans its edits; see planner.h. A load whose place lies in kernel
 * or user memory becomes a read; addresses read nothing; unevaluated code is not even in the tree.
 */
#include <ctype.h>

#include "rewriter/origin.h"
#include "rewriter/planner.h"

#define WORDS_MAX 60

int plan_read(const struct infer *inf, const struct ast *place, int instance)
{
	return origin_reading(infer_place(inf, place, instance));
}

int plan_reading(struct planner *pl, const struct ast *place)
{
	unsigned origins = infer_place(pl->inf, place, pl->instance);

	/* A tracked object may be loaded member by member only. */
	if (origins == ORIGIN_BTF && place->type && place->type->kind == TYPE_RECORD)
		return ORIGIN_KERNEL;
	return origin_reading(origins);
}

bool plan_plain(struct planner *pl, const struct ast *n)
{
	struct plan *p = pl->plan;

	if (n->text_kind == TEXT_PLAIN || n->text_kind == TEXT_INVOCATION)
		return true;
	if (n->text_kind == TEXT_NONE)
		return false;
	vec_each(&p->expand, r)
		if (r->start == n->start && r->end == n->end)
			return false;
	vec_push(p->parent, &p->expand, ((struct range){ .src = 0, .start = n->start, .end = n->end }));
	return false;
}

/* Appends [start, end) as it was typed: `@m[k]` for what stands for it in the unit. */
static void add_typed(const char *text, size_t start, size_t end, struct strbuf *out)
{
	static const char at[] = "(*__bcsh_at_", builtin[] = "__bcsh_builtin_";

	while (start < end) {
		size_t left = end - start;

		if (left > sizeof(at) && !memcmp(text + start, at, sizeof(at) - 1)) {
			const char *name = text + start + sizeof(at) - 1;
			size_t n = strcspn(name, "("), depth = 1, i = n + 1;

			for (; name + i < text + end && depth; i++)
				depth += (name[i] == '(') - (name[i] == ')');
			strbuf_addf(out, "@%.*s", (int)n, name);
			if (i > n + 2) {
				strbuf_addc(out, '[');
				add_typed(text, name + n + 1 - text, name + i - 1 - text, out);
				strbuf_addc(out, ']');
			}
			start = name + i + 1 - text;
		} else if (left > sizeof(builtin) && !memcmp(text + start, builtin, sizeof(builtin) - 1)) {
			strbuf_addc(out, '$');
			start += sizeof(builtin) - 1;
		} else {
			strbuf_addc(out, text[start++]);
		}
	}
}

/* What only a macro's body spells, as an expression. */
static void spell(const struct ast *n, struct strbuf *out)
{
	switch (n->kind) {
	case AST_VAR:
		strbuf_adds(out, n->decl->name);
		return;
	case AST_MEMBER:
		spell(n->sub[0], out);
		strbuf_adds(out, n->arrow ? "->" : ".");
		for (size_t i = 0; i < n->n_fields; i++)
			if (*n->fields[i]->name)
				strbuf_addf(out, "%s%s", i && *n->fields[i - 1]->name ? "." : "",
					    n->fields[i]->name);
		return;
	case AST_INDEX:
		spell(n->sub[0], out);
		strbuf_addc(out, '[');
		spell(n->sub[1], out);
		strbuf_addc(out, ']');
		return;
	case AST_DEREF:
		strbuf_addc(out, '*');
		spell(n->sub[0], out);
		return;
	case AST_CONSTANT:
		strbuf_addf(out, "%lld", (long long)n->value);
		return;
	case AST_LOAD:
	case AST_DECAY:
	case AST_CONVERT:
	case AST_CAST:
		spell(n->sub[0], out);
		return;
	default:
		strbuf_adds(out, "...");
	}
}

char *plan_words(struct planner *pl, const struct ast *n)
{
	_cleanup_strbuf_ struct strbuf typed = STRBUF_INIT;
	struct strbuf out;

	strbuf_init(&out, pl->plan->parent);
	if (n->text_kind == TEXT_MACRO)
		spell(n, &typed);
	else
		add_typed(pl->text, n->start, n->end, &typed);
	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.text[i];

		if (!isspace((unsigned char)c))
			strbuf_addc(&out, c);
		else if (out.len && out.text[out.len - 1] != ' ')
			strbuf_addc(&out, ' ');
		if (out.len > WORDS_MAX) {
			strbuf_trim(&out, WORDS_MAX - 3);
			strbuf_adds(&out, "...");
			break;
		}
	}
	return strbuf_detach(&out, pl->plan->parent);
}

/* ---- edits ---- */

static struct edit *new_edit(struct planner *pl, size_t start, size_t end)
{
	if (++pl->reads == pl->plan->skip || pl->plan->skip == PLAN_SKIP_ALL)
		return NULL;
	return edit_add(pl->edits, start, end, pl->instance, EDIT_BOTH);
}

static struct diag *note(struct planner *pl, struct edit *e, const struct ast *n, const char *deref,
			 int reading)
{
	char *words = plan_words(pl, n);

	return edit_note(pl->edits, e, "%s%s is %s memory", deref, words,
			 reading == ORIGIN_USER ? "user" : reading == ORIGIN_CTX ? "context" : "kernel");
}

struct edit *plan_edit(struct planner *pl, size_t start, size_t end, const struct ast *place,
		       int reading)
{
	struct edit *e = new_edit(pl, start, end);

	if (e)
		infer_why(pl->inf, place, pl->instance, reading, pl->plan->diags,
			  note(pl, e, place, "", reading));
	return e;
}

struct edit *plan_edit_value(struct planner *pl, size_t start, size_t end,
			     const struct ast *pointer, int reading)
{
	struct edit *e = new_edit(pl, start, end);
	bool address = pointer->kind == AST_ADDRESS || pointer->kind == AST_DECAY;

	if (e)
		infer_why_value(pl->inf, pointer, pl->instance, reading, pl->plan->diags,
				note(pl, e, address ? pointer->sub[0] : pointer, address ? "" : "*",
				     reading));
	return e;
}

/* A call or callback that goes to a clone names it. */
static void plan_callee(struct planner *pl, const struct ast *n)
{
	int number = infer_callee(pl->inf, n, pl->instance);
	size_t len = n->decl ? strlen(n->decl->name) : 0;
	size_t at = n->kind == AST_CALL ? n->at : n->start;
	struct edit *e;

	if (!number)
		return;
	if (n->text_kind == TEXT_MACRO || at + len > pl->plan->unit->len ||
	    strncmp(pl->text + at, n->decl->name, len)) {
		plan_plain(pl, n);
		return;
	}
	e = edit_add(pl->edits, at, at + len, pl->instance, EDIT_BOTH);
	if (e)
		edit_text(e, "%s__%d", n->decl->name, number);
}

/* ---- the walk ---- */

void plan_walk_children(struct planner *pl, const struct ast *n)
{
	if (n->callee)
		plan_walk(pl, n->callee);
	for (size_t i = 0; i < n->n_sub; i++)
		plan_walk(pl, n->sub[i]);
}

static void plan_write(struct planner *pl, const struct ast *place)
{
	if (infer_unknown(pl->inf, place, pl->instance))
		refuse_unknown(pl, place);
	else if (infer_place(pl->inf, place, pl->instance) &
		 (ORIGIN_KERNEL | ORIGIN_USER | ORIGIN_BTF))
		refuse_write(pl, place);
	plan_walk_children(pl, place);
}

static void plan_assign(struct planner *pl, const struct ast *n)
{
	if (plan_copy_assigned(pl, n))
		return;
	plan_write(pl, n->sub[0]);
	if (n->n_sub > 1)
		plan_walk(pl, n->sub[1]);
}

static void plan_call(struct planner *pl, const struct ast *n)
{
	if (n->callee && n->callee->kind == AST_LOAD &&
	    plan_reading(pl, n->callee->sub[0]) != 0) {
		refuse_call(pl, n->callee);
		return;
	}
	if (plan_copy_called(pl, n))
		return;
	plan_memory_arguments(pl, n);
	plan_walk_children(pl, n);
	plan_callee(pl, n);
}

void plan_walk(struct planner *pl, const struct ast *n)
{
	switch (n->kind) {
	case AST_LOAD:
		plan_load(pl, n);
		return;
	case AST_ASSIGN:
		plan_assign(pl, n);
		return;
	case AST_STEP:
		plan_write(pl, n->sub[0]);
		return;
	case AST_CALL:
		plan_call(pl, n);
		return;
	case AST_METHOD:
		plan_memory_arguments(pl, n);
		plan_walk_children(pl, n);
		return;
	case AST_FUNCTION:
		plan_callee(pl, n);
		return;
	case AST_DECLARE:
		if (n->decl && n->decl->kind == DECL_VAR && n->decl->init &&
		    !plan_copy_declared(pl, n))
			plan_walk(pl, n->decl->init);
		return;
	case AST_UNEVALUATED:
		return;
	default:
		plan_walk_children(pl, n);
	}
}

static void plan_clones(struct planner *pl, const struct ast_decl *fn, int n)
{
	_cleanup_mem_ int *numbers = mem_array(NULL, int, n);

	for (int i = 0; i < n; i++)
		numbers[i] = i;
	edits_clone(pl->edits, fn->start, fn->end, fn->name_at, fn->name_at + strlen(fn->name), n,
		    numbers);
}

void plan_run(struct plan *p)
{
	struct planner pl = { .plan = p, .inf = p->inf, .edits = p->edits, .text = p->unit->text };
	const struct infer_instance *instances;
	size_t n = infer_instances(p->inf, &instances);

	for (size_t i = 0; i < n; i++) {
		pl.instance = instances[i].number;
		plan_walk(&pl, instances[i].fn->body);
		if (pl.instance && (i + 1 == n || instances[i + 1].fn != instances[i].fn))
			plan_clones(&pl, instances[i].fn, pl.instance + 1);
	}
}
