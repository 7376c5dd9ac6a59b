// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Builds the request: collects every name first, since the unit's text needs to know what is defined,
 * then writes the definitions and clauses as pieces, then the files they include.
 */
#include "rewriter/wrap_inner.h"

static void part(struct wrap *w, int src, size_t start, size_t end, struct wrap_text *ret)
{
	wrap_tokenize(w->parent, src, &w->job->sources[src], start, end, ret);
	wrap_collect(w, ret);
}

static void collect_definition(struct wrap *w, const struct wrap_definition *d, struct wrap_text *ret)
{
	part(w, d->src, d->input->start, d->input->end, ret);
	vec_each(&d->input->names, name)
		name_set_add(w->parent, &w->defined, *name, strlen(*name));
	vec_each(&ret->tokens, tok)
		if (tok->in_directive && tok->t.kind == TOKEN_NAME && !tok->is_member)
			name_set_add(w->parent, &w->macros, ret->source->text + tok->t.start,
				     tok->t.end - tok->t.start);
}

static void put_definition(struct wrap *w, const struct wrap_text *t)
{
	wrap_put_maps(w, t, 1);
	wrap_put(w, t);
	unit_ours(w->unit, "\n");
}

int wrap_build(const void *parent, const struct wrap_job *job, struct rewrite_request *req,
	       struct diags *diags)
{
	struct wrap w = { .parent = parent, .job = job, .req = req, .diags = diags,
			  .unit = &req->unit, .btf = job->facts ? job->facts->btf : NULL };
	size_t errors = diags_errors(diags), n = 0;
	struct wrap_text *defs = mem_array(parent, struct wrap_text, job->definitions.n + 1);
	struct wrap_text(*parts)[TEXT_PARTS] =
		(void *)mem_array(parent, struct wrap_text, (job->clauses.n + 1) * TEXT_PARTS);
	struct wrap_text expression = { 0 };

	req->host = job->host;
	unit_init(w.unit, parent);
	vec_each(&job->definitions, d)
		collect_definition(&w, d, &defs[n++]);
	n = 0;
	vec_each(&job->clauses, c) {
		part(&w, c->src, c->input->filter_start, c->input->filter_end, &parts[n][TEXT_FILTER]);
		part(&w, c->src, c->input->body_start, c->input->body_end, &parts[n++][TEXT_BODY]);
	}
	if (job->expression)
		part(&w, job->expression->src, job->expression->input->body_start,
		     job->expression->input->body_end, &expression);
	unit_ours(w.unit, "#include \"bcsh/prelude.h\"\n"
			  "#include \"bcsh/types.h\"\n"
			  "#include \"bcsh/names.h\"\n");
	for (size_t i = 0; i < job->definitions.n; i++)
		put_definition(&w, &defs[i]);
	for (size_t i = 0; i < job->clauses.n; i++) {
		if (job->clauses.v[i].target)
			wrap_kernel_clause(&w, &job->clauses.v[i], parts[i]);
		else
			wrap_host_clause(&w, &job->clauses.v[i], parts[i]);
	}
	if (job->expression)
		wrap_expression(&w, job->expression, &expression);
	wrap_files(&w);
	unit_originals(w.unit, job->sources, job->n_sources);
	return diags_errors(diags) > errors ? -1 : 0;
}
