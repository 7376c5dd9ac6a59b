// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * "Did you mean" for names that the compiler does not know. It saw only the members and types that the
 * text names, so only whoever holds the kernel's BTF and the probes' parameters can tell what was meant.
 */
#include "rewriter/wrap_inner.h"

#include "kernel/btf.h"
#include "kernel/probe.h"
#include "rewriter/builtin.h"

#define RECORDS ((1u << BTF_KIND_STRUCT) | (1u << BTF_KIND_UNION))
#define TYPES (RECORDS | (1u << BTF_KIND_TYPEDEF) | (1u << BTF_KIND_ENUM))
#define DEPTH_MAX 16	/* of anonymous members */

struct hints {
	void *scratch;
	const struct wrap_job *job;
	struct diags *diags;
	struct btf_index *btf;
	VEC(const char *) names;
};

/* What stands in the Nth (from 0) pair of quotes of MESSAGE; NULL if there is none. */
static char *in_quotes(const void *parent, const char *message, unsigned n)
{
	const char *p = message, *end;

	for (;; p = end + 1) {
		p = strchr(p, '\'');
		end = p ? strchr(p + 1, '\'') : NULL;
		if (!end)
			return NULL;
		if (!n--)
			return mem_strndup(parent, p + 1, (size_t)(end - p - 1));
	}
}

static void add_names_of(struct hints *h, uint32_t record, unsigned depth)
{
	const struct btf_type *t = btf_type(h->btf, record);

	for (unsigned i = 0; i < btf_vlen_of(t) && depth < DEPTH_MAX; i++) {
		struct btf_field f = btf_member_at(h->btf, record, i);
		uint32_t type = btf_resolve(h->btf, f.type);

		if (*f.name)
			vec_push(h->scratch, &h->names, f.name);
		else if (RECORDS & (1u << btf_kind_of(btf_type(h->btf, type))))
			add_names_of(h, type, depth + 1);
	}
}

static bool add_type_name(void *arg, const char *name, uint32_t id)
{
	struct hints *h = arg;

	(void)id;
	if (*name)
		vec_push(h->scratch, &h->names, name);
	return false;
}

static void suggest(struct hints *h, struct diag *d, const char *name)
{
	char *near = nearest_names(h->scratch, name, h->names.v, h->names.n, 3);

	if (near)
		diag_hint(h->diags, d, "did you mean %s?", near);
}

static const char *skip_tag(const char *type)
{
	if (!strncmp(type, "struct ", 7))
		return type + 7;
	return strncmp(type, "union ", 6) ? type : type + 6;
}

/* "no member named 'X' in 'struct Y'", or in 'T' (aka 'struct Y') */
static void hint_member(struct hints *h, struct diag *d)
{
	char *name = in_quotes(h->scratch, d->message, 0), *type = NULL, *next;
	uint32_t id;

	for (unsigned n = 1; (next = in_quotes(h->scratch, d->message, n)); n++)
		type = next;
	id = h->btf && type ? btf_find(h->btf, skip_tag(type), RECORDS) : 0;
	if (!id)
		return;
	add_names_of(h, id, 0);
	suggest(h, d, name);
}

/* "unknown type name 'X'", "incomplete definition of type 'struct X'" */
static void hint_type(struct hints *h, struct diag *d)
{
	char *type = in_quotes(h->scratch, d->message, 0);

	if (!h->btf || !type || btf_find(h->btf, skip_tag(type), TYPES))
		return;
	btf_each_name(h->btf, skip_tag(type) == type ? TYPES : RECORDS, add_type_name, h);
	suggest(h, d, skip_tag(type));
}

static const struct wrap_clause *clause_at(const struct hints *h, struct range at)
{
	vec_each(&h->job->clauses, c)
		if (c->src == at.src && c->input->start <= at.start && at.start < c->input->end)
			return c;
	return NULL;
}

/* A name that other kinds of probes have: what this one has. */
static void hint_not_here(struct hints *h, struct diag *d, const struct wrap_clause *c)
{
	struct strbuf names;

	strbuf_init(&names, h->scratch);
	vec_each(&c->target->params, p)
		strbuf_addf(&names, "%s'%s'", names.len ? ", " : "", p->name);
	if (names.len)
		diag_hint(h->diags, d, "%s has %s", c->target->name, names.text);
	else
		diag_hint(h->diags, d, "%s has no arguments by name", c->target->name);
}

/* "use of undeclared identifier 'X'" */
static void hint_name(struct hints *h, struct diag *d)
{
	const struct wrap_clause *c = clause_at(h, d->at);
	char *name = in_quotes(h->scratch, d->message, 0);
	const struct builtin_row *row = name ? builtin_find(name, strlen(name)) : NULL;

	if (!name)
		return;
	if (c && c->target && row && !row->decl) {
		hint_not_here(h, d, c);
		return;
	}
	if (c && c->target)
		vec_each(&c->target->params, p)
			vec_push(h->scratch, &h->names, p->name);
	vec_each(&h->job->definitions, def)
		vec_each(&def->input->names, n)
			if (strcmp(*n, name) != 0)	/* an #undef */
				vec_push(h->scratch, &h->names, *n);
	for (size_t i = 0; i < n_builtins; i++)
		if (builtins[i].decl && (!h->job->host || builtins[i].host))
			vec_push(h->scratch, &h->names, builtins[i].name);
	for (size_t i = 0; i < n_functions; i++)
		if (h->job->host ? functions[i].host : functions[i].bpf)
			vec_push(h->scratch, &h->names, functions[i].name);
	for (size_t i = 0; i < n_helpers && !h->job->host; i++)
		vec_push(h->scratch, &h->names, helpers[i].name);
	suggest(h, d, name);
}

static const struct {
	const char *words;	/* that the compiler's message holds */
	void (*hint)(struct hints *h, struct diag *d);
} rows[] = {
	{ "no member named '", hint_member },
	{ "undeclared identifier '", hint_name },
	{ "undeclared function '", hint_name },
	{ "unknown type name '", hint_type },
	{ "incomplete definition of type '", hint_type },
	{ "incomplete type '", hint_type },
};

void wrap_hints(const struct wrap_job *job, struct diags *diags)
{
	struct hints h = { .job = job, .diags = diags };

	h.scratch = mem_zalloc(NULL, 1, "hints");
	h.btf = job->facts ? job->facts->btf : NULL;
	vec_each(&job->clauses, c)
		if (c->target && c->target->btf)
			h.btf = c->target->btf;
	vec_each(&diags->list, d) {
		for (size_t i = 0; i < ARRAY_SIZE(rows) && !d->hint; i++) {
			h.names.n = 0;
			if (strstr(d->message, rows[i].words))
				rows[i].hint(&h, d);
		}
	}
	mem_free(h.scratch);
}
