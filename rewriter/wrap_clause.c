// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A clause as a C function whose parameters are what it names of its probe, each with a note of
 * where its pointer comes from; and the program's entry, which loads them from the context.
 */
#include "rewriter/wrap_inner.h"

#include <stdlib.h>

/* A C string literal of TEXT. */
static char *quoted(const void *parent, const char *text)
{
	struct strbuf out;

	strbuf_init(&out, parent);
	strbuf_addc(&out, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			strbuf_addf(&out, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			strbuf_addf(&out, "\\%03o", c);
		else
			strbuf_addc(&out, (char)c);
	}
	strbuf_addc(&out, '"');
	return strbuf_detach(&out, parent);
}

/* The number that ends a program's name. */
static uint32_t program_id(const char *name)
{
	const char *p = name + strlen(name);

	while (p > name && p[-1] >= '0' && p[-1] <= '9')
		p--;
	return (uint32_t)strtoul(p, NULL, 10);
}

/* The identifier that a declaration declares: NAME if it is there, else its last one. */
static struct token declared(const char *decl, const char *name)
{
	struct token t, last = { 0 };
	struct lexer lx;

	lexer_init(&lx, decl, 0, strlen(decl));
	while (lexer_next(&lx, &t)) {
		if (t.kind != TOKEN_NAME)
			continue;
		if (name && !token_is(&lx, &t, name))
			continue;
		last = t;
	}
	return last;
}

/* The type that DECL gives NAME, for a cast. */
static char *type_of(const void *parent, const char *decl, const char *name)
{
	struct token t = declared(decl, name);

	return mem_printf(parent, "%.*s%s", (int)t.start, decl, decl + t.end);
}

/* What pointers loaded from the context's own memory are. */
static const char *context_origin(const struct probe_target *t)
{
	const struct probe_kind_row *row = &probe_kinds[t->kind];

	if (row->context == CONTEXT_PERF || row->context == CONTEXT_NONE)
		return "ctx";
	if (row->context == CONTEXT_TRACEPOINT && !strncmp(t->name, "tracepoint:syscalls:", 20))
		return "ctx-user";
	switch (row->origin) {
	case ORIGIN_OF_KERNEL:
		return "ctx-kernel";
	case ORIGIN_OF_BTF:
		return "ctx-btf";
	case ORIGIN_OF_USER:
		return "ctx-user";
	default:
		return "ctx";
	}
}

/* NULL: a plain number. */
static const char *param_origin(const struct probe_target *t, const struct probe_param *p)
{
	switch (p->origin) {
	case ORIGIN_OF_NONE:
		break;
	case ORIGIN_OF_KERNEL:
		return "kernel";
	case ORIGIN_OF_BTF:
		return "btf";
	case ORIGIN_OF_USER:
		return "user";
	case ORIGIN_OF_CONTEXT:
		return context_origin(t);
	}
	return NULL;
}

struct clause {
	struct wrap *w;
	const struct wrap_clause *c;
	const struct wrap_text *parts;
	struct name_set names;		/* that stand free in it */
	struct range head;		/* its specs: what points into our text points there */
	const char *origin;		/* of the context, quoted and with its reason */
};

static void ours(struct clause *cl, const char *fmt, ...) mem_attr(2, 3);

static void ours(struct clause *cl, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	unit_ours_for(cl->w->unit, cl->head.src, cl->head.start, cl->head.end, "%s",
		      mem_vprintf(cl->w->parent, fmt, ap));
	va_end(ap);
}

static void clause_init(struct clause *cl, struct wrap *w, const struct wrap_clause *c,
			const struct wrap_text *parts)
{
	const struct input *in = c->input;

	*cl = (struct clause){ .w = w, .c = c, .parts = parts, .head = { c->src, in->start, in->start } };
	if (in->specs.n) {
		cl->head.start = in->specs.v[0].at.start;
		cl->head.end = vec_last(&in->specs)->at.end;
	}
	for (int i = 0; i < TEXT_PARTS; i++)
		vec_each(&parts[i].tokens, tok)
			if (tok->t.kind == TOKEN_NAME && !tok->is_member && !tok->is_tag)
				name_set_add(w->parent, &cl->names,
					     parts[i].source->text + tok->t.start,
					     tok->t.end - tok->t.start);
			else if (tok->t.kind == TOKEN_DOLLAR)
				name_set_add(w->parent, &cl->names,
					     parts[i].source->text + tok->t.start + 1,
					     tok->t.end - tok->t.start - 1);
}

/* Does the clause, or a macro it may use, name it? */
static bool names(const struct clause *cl, const char *name)
{
	return name_set_has(&cl->names, name, strlen(name)) ||
	       name_set_has(&cl->w->macros, name, strlen(name));
}

static bool has_param(const struct clause *cl, const char *name)
{
	vec_each(&cl->c->target->params, p)
		if (!strcmp(p->name, name))
			return true;
	return false;
}

/*
 * Types of a module's functions are in an index of its own, over the kernel's. A unit has one index:
 * what only another module knows stays undeclared, and clang says so.
 */
static void need(struct clause *cl, uint32_t id)
{
	struct wrap *w = cl->w;
	struct btf_index *kernel = w->job->facts ? w->job->facts->btf : NULL;
	struct btf_index *own = cl->c->target->btf;

	if (own && w->btf == kernel)
		w->btf = own;
	if (own == w->btf || (kernel && id < btf_count(kernel)))
		vec_push(w->parent, &w->needed, id);
}

/* The context, always the first parameter, and `ctx` for it where its own name is another. */
static void put_context(struct clause *cl)
{
	const struct probe_target *t = cl->c->target;
	const char *decl = t->context_decl ? t->context_decl : "void *ctx";
	struct token name = declared(decl, NULL);
	char *spelled = mem_strndup(cl->w->parent, decl + name.start, name.end - name.start);

	if (has_param(cl, spelled))
		ours(cl, "%s void *__bcsh_ctx", cl->origin);
	else
		ours(cl, "%s %s", cl->origin, decl);
	if (strcmp(spelled, "ctx") && names(cl, "ctx") && !has_param(cl, "ctx"))
		ours(cl, ", %s void *ctx", cl->origin);
}

static void put_params(struct clause *cl)
{
	vec_each(&cl->c->target->params, p) {
		const char *word = param_origin(cl->c->target, p);

		if (!names(cl, p->name))
			continue;
		if (p->type)
			need(cl, p->type);
		if (word)
			ours(cl, ",\n\tBCSH_ORIGIN(\"%s\", %s) %s", word,
			     quoted(cl->w->parent, p->why ? p->why : p->name), p->decl);
		else if (p->origin == ORIGIN_OF_CONTEXT)
			ours(cl, ",\n\t%s %s", cl->origin, p->decl);
		else
			ours(cl, ",\n\t%s", p->decl);
	}
}

/* `probe` and `func`: constants of the attachment. */
static void put_constant(struct clause *cl, const char *name, const char *value)
{
	if (!value || !names(cl, name) || name_set_has(&cl->w->defined, name, strlen(name)) ||
	    (cl->c->target && has_param(cl, name)))
		return;
	ours(cl, "const char %s[] = %s;\n", name, quoted(cl->w->parent, value));
}

/* The filter and the body, in a function that returns RESULT (with a blank before it) or nothing. */
static void put_parts(struct clause *cl, const char *result, const char *enter)
{
	const struct wrap_text *filter = &cl->parts[TEXT_FILTER];

	if (filter->end > filter->start) {
		ours(cl, "if (!(\n");
		wrap_put(cl->w, filter);
		ours(cl, "\n))\n\treturn%s;\n", result);
	}
	ours(cl, "%s{", enter);
	wrap_put(cl->w, &cl->parts[TEXT_BODY]);
	ours(cl, "\n}\n");
}

/* How many arguments the program at the call's entry saves for this one; 0: it names none of them. */
static unsigned saved_words(const struct clause *cl)
{
	unsigned n = 0;
	bool any = false;

	vec_each(&cl->c->target->params, p) {
		n += p->at_entry;
		any = any || (p->at_entry && names(cl, p->name));
	}
	return any ? n : 0;
}

static void put_entry(struct clause *cl)
{
	const struct probe_target *t = cl->c->target;
	struct token name = declared(t->context_decl ? t->context_decl : "void *ctx", NULL);
	const char *decl = t->context_decl ? t->context_decl : "void *ctx";
	bool is_ctx = name.end - name.start == 3 && !memcmp(decl + name.start, "ctx", 3);
	unsigned saved = saved_words(cl);

	if (saved)
		ours(cl, "BCSH_SAVE(%s, %u, %u)\n", cl->c->name, program_id(cl->c->name), saved);
	ours(cl, "BCSH_PROGRAM(%s) long %s(%s void *ctx)\n{\n\t", cl->c->name, cl->c->name, cl->origin);
	if (saved)
		ours(cl, "BCSH_TAKE_SAVED(%s, %u)\n\t", cl->c->name, saved);
	ours(cl, "return %s_body(ctx", cl->c->name);
	if (!is_ctx && names(cl, "ctx") && !has_param(cl, "ctx"))
		ours(cl, ", ctx");
	vec_each(&t->params, p)
		if (names(cl, p->name))
			ours(cl, ", (%s)(%s)", type_of(cl->w->parent, p->decl, p->name), p->load);
	ours(cl, ");\n}\n");
}

static void add_program(struct clause *cl, const char *name, const char *body, const char *probe,
			const char *func, enum probe_kind kind)
{
	struct rewrite_program *p = vec_add(cl->w->parent, &cl->w->req->programs);

	p->name = mem_strdup(cl->w->parent, name);
	p->body = mem_strdup(cl->w->parent, body);
	p->probe = probe ? mem_strdup(cl->w->parent, probe) : NULL;
	p->func = func ? mem_strdup(cl->w->parent, func) : NULL;
	p->kind = kind;
	p->id = program_id(cl->c->name);
}

void wrap_kernel_clause(struct wrap *w, const struct wrap_clause *c, const struct wrap_text *parts)
{
	const struct probe_target *t = c->target;
	struct clause cl;
	char *why;

	clause_init(&cl, w, c, parts);
	why = quoted(w->parent, mem_printf(w->parent, "context of %s", t->name));
	cl.origin = mem_printf(w->parent, "BCSH_ORIGIN(\"%s\", %s)", context_origin(t), why);
	if (t->types && *t->types)
		name_set_add(w->parent, &w->target_types, t->types, strlen(t->types));
	vec_each(&t->needs, id)
		need(&cl, *id);
	wrap_put_maps(w, parts, TEXT_PARTS);
	ours(&cl, "static __attribute__((always_inline)) long %s_body(", c->name);
	put_context(&cl);
	put_params(&cl);
	ours(&cl, ")\n{\nconst __u32 __bcsh_id = %u;\n", program_id(c->name));
	put_constant(&cl, "probe", t->name);
	put_constant(&cl, "func", t->func);
	w->record = t->types;
	put_parts(&cl, " 0", "BCSH_ENTER\n");
	w->record = NULL;
	ours(&cl, "return 0;\n}\n");
	put_entry(&cl);
	add_program(&cl, c->name, mem_printf(w->parent, "%s_body", c->name), t->name, t->func, t->kind);
	if (saved_words(&cl)) {
		char *entry = mem_printf(w->parent, "%s" WRAP_ENTRY, c->name);

		add_program(&cl, entry, entry, t->name, t->func, PROBE_SYSCALL);
	}
}

void wrap_host_clause(struct wrap *w, const struct wrap_clause *c, const struct wrap_text *parts)
{
	const struct probe_spec *spec = c->input->specs.n ? &c->input->specs.v[0] : NULL;
	struct clause cl;

	clause_init(&cl, w, c, parts);
	wrap_put_maps(w, parts, TEXT_PARTS);
	ours(&cl, "void %s(void)\n{\n", c->name);
	put_constant(&cl, "probe", spec ? spec->text : NULL);
	put_parts(&cl, "", "");
	ours(&cl, "}\n");
	add_program(&cl, c->name, c->name, spec ? spec->text : NULL, NULL, spec ? spec->kind : PROBE_BEGIN);
}

void wrap_expression(struct wrap *w, const struct wrap_clause *c, const struct wrap_text *body)
{
	struct wrap_text parts[TEXT_PARTS] = { [TEXT_BODY] = *body };
	bool shown = !c->input->is_statement;
	struct clause cl;

	clause_init(&cl, w, c, parts);
	cl.head.end = cl.head.start + 1;
	wrap_put_maps(w, body, 1);
	ours(&cl, "void %s(void)\n{\n%s\n", c->name, shown ? "BCSH_SHOW(" : "");
	wrap_put(w, body);
	ours(&cl, "\n%s;\n}\n", shown ? ")" : "");
	add_program(&cl, c->name, c->name, NULL, NULL, PROBE_BEGIN);
}
