// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * From inputs to a compiled program: which definitions go with them, the request, the worker's answer.
 * When the answer says more about a map than an older program was built with, that program joins
 * the request and it is asked again.
 */
#include <time.h>

#include "shell/build.h"

#define DEADLINE_MS 6000	/* the worker's own, sharper limit ends first */
#define ROUNDS_MAX 8

/* BCSH_DEADLINE: seconds a request may take where 6 are not enough, as on an emulated machine. */
static int deadline_ms(void)
{
	const char *text = getenv("BCSH_DEADLINE");
	int seconds = text ? atoi(text) : 0;

	return seconds > 0 && seconds <= 600 ? seconds * 1000 : DEADLINE_MS;
}

double step_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

bool step_is_new(const struct step *st, const struct probe *p)
{
	return st->s->probes.n == 0 || session_probe(st->s, p->id) != p;
}

static bool in_step(const struct step *st, const struct probe *p)
{
	vec_each(&st->again, q)
		if (*q == p)
			return true;
	vec_each(&st->hosts, q)
		if (*q == p)
			return true;
	return false;
}

static bool uses_any(const struct names *uses, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (names_have_map(uses, names->v[i]))
			return true;
	return false;
}

bool step_add_affected(struct step *st, const struct names *names)
{
	bool any = false;

	if (!names->n)
		return false;
	vec_each(&st->s->probes, pp) {
		struct probe *p = *pp;
		struct names uses = { 0 };

		if (in_step(st, p) || p->state == PROBE_DONE)
			continue;
		session_probe_names(st->s, st, p, &uses);
		if (!uses_any(&uses, names))
			continue;
		if (p->host)
			vec_push(st, &st->hosts, p);
		else
			vec_push(st, &st->again, p);
		any = true;
	}
	return any;
}

/* Types that known maps have, so that the unit declares them. */
static void add_map_types(struct step *st, struct names *roots)
{
	size_t n = roots->n;

	for (size_t i = 0; i < n; i++) {
		const struct at_map *m;
		struct strbuf sb = STRBUF_INIT;
		struct source text = { .name = "type" };
		struct names more = { 0 };

		if (roots->v[i][0] != '@' || !(m = session_at_map(st->s, roots->v[i] + 1)))
			continue;
		vec_each(&m->keys, k)
			strbuf_addf(&sb, "%s ", k->c_type);
		strbuf_adds(&sb, m->c_type ? m->c_type : "");
		text.text = sb.text;
		text.len = sb.len;
		wrap_names(st, &text, 0, text.len, &more.v, &more.n);
		for (size_t k = 0; k < more.n; k++)
			names_add(st, roots, more.v[k]);
		strbuf_clear(&sb);
	}
}

static void add_clause(struct step *st, struct wrap_job *job, const struct probe *p, struct names *roots)
{
	struct wrap_clause *c = vec_add(st, &job->clauses);

	c->input = &p->item->input;
	c->src = p->item->src;
	c->target = p->host ? NULL : &p->target;
	c->name = p->cname;
	for (size_t i = 0; i < p->item->uses.n; i++)
		names_add(st, roots, p->item->uses.v[i]);
}

/*
 * Maps whose types the session knows, or the other side of this very step: a kernel clause sets what
 * END reads. wrap_build() adds the others.
 */
static void known_maps(struct step *st, bool host, const struct names *names,
		       struct rewrite_request *req)
{
	const struct rewrite_result *other = host ? &st->kernel.res : &st->host.res;

	vec_each(&st->s->at_maps, m) {
		if (!names_have_map(names, m->name))
			continue;
		at_map_copy(st, vec_add(st, &req->maps), m);
		vec_last(&req->maps)->known = true;
	}
	vec_each(&other->maps, m) {
		if (m->value == AT_UNKNOWN || session_at_map(st->s, m->name) ||
		    !names_have_map(names, m->name))
			continue;
		at_map_copy(st, vec_add(st, &req->maps), m);
		vec_last(&req->maps)->known = true;
	}
}

static void known_facts(struct step *st, const struct names *names, struct rewrite_request *req)
{
	vec_each(&st->known.list, f)
		if (names_have_map(names, f->name))
			vec_push(st, &req->facts.list, *f);
}

/* wrap_build() may have listed a map again that was known. */
static void drop_doubles(struct rewrite_request *req)
{
	for (size_t i = 0; i < req->maps.n; i++) {
		for (size_t k = i + 1; k < req->maps.n; ) {
			if (strcmp(req->maps.v[i].name, req->maps.v[k].name) == 0)
				vec_remove(&req->maps, k);
			else
				k++;
		}
	}
}

static int make_request(struct step *st, bool host, struct built *b)
{
	struct session *s = st->s;
	struct wrap_job *job = &b->job;
	struct names roots = { 0 };
	struct item_list defs = { 0 };

	*job = (struct wrap_job){ .facts = s->facts, .sources = s->sources.v,
				  .n_sources = s->sources.n, .host = host };
	if (host) {
		vec_each(&st->hosts, p)
			add_clause(st, job, *p, &roots);
		if (st->expression) {
			b->expression = (struct wrap_clause){ .input = &st->expression->input,
				.src = st->expression->src,
				.name = mem_printf(st, "bcsh_h%u", 1000000 + s->next_object) };
			job->expression = &b->expression;
			for (size_t i = 0; i < st->expression->uses.n; i++)
				names_add(st, &roots, st->expression->uses.v[i]);
		}
	} else {
		vec_each(&st->fresh, p)
			add_clause(st, job, *p, &roots);
		vec_each(&st->again, p)
			add_clause(st, job, *p, &roots);
		vec_each(&st->defs.list, d)
			vec_each(&(*d)->input.names, n)
				names_add(st, &roots, *n);
	}
	add_map_types(st, &roots);
	session_closure(s, st, &roots, &st->defs, &st->replaced, &defs, &b->names);
	vec_each(&defs.list, d) {
		struct wrap_definition *wd = vec_add(st, &job->definitions);

		wd->input = &(*d)->input;
		wd->src = (*d)->src;
	}
	known_maps(st, host, &b->names, &b->req);
	known_facts(st, &b->names, &b->req);
	b->req.host = host;
	/* definitions alone: their maps are made when that is allowed */
	b->req.rewrite_only = st->mode == RUN_REWRITE ||
			      (!host && !st->fresh.n && !st->again.n && load_permission());
	if (wrap_build(st, job, &b->req, &st->diags))
		return -1;
	drop_doubles(&b->req);
	return 0;
}

static void worker_failed(struct step *st, enum worker_end end, const char *detail)
{
	static const char *const sentences[] = {
		[WORKER_CRASHED] = "the compiler crashed on this input",
		[WORKER_TIMEOUT] = "compiling this input took too long and was stopped",
		[WORKER_GONE] = "the compiler process was killed while it worked on this input",
		[WORKER_CANCELLED] = "cancelled",
	};
	static const char *const hints[] = {
		[WORKER_CRASHED] = "the session is as it was; a simpler form of the same may work",
		[WORKER_TIMEOUT] = "the session is as it was; look for a macro or a loop that grows without end",
		[WORKER_GONE] = "the session is as it was; the next input starts another",
	};
	struct diag *d = diag_error(&st->diags, st->at, "%s%s%s%s", sentences[end],
				    detail && *detail ? " (" : "", detail ? detail : "",
				    detail && *detail ? ")" : "");

	if (end != WORKER_CANCELLED)
		diag_hint(&st->diags, d, "%s", hints[end]);
}

/* Diagnostics of the compiler come with the result and join the step's. */
static void take_diags(struct step *st, const struct diags *from)
{
	vec_each(&from->list, d)
		vec_push(st, &st->diags.list, *d);
}

static int read_answer(struct step *st, bool host, const struct strbuf *answer, struct built *b)
{
	struct wire_reader r;
	const void *bytes;

	if (!answer->len)
		return -1;
	wire_reader_init(&r, answer->text + 1, answer->len - 1);
	if (answer->text[0] == WORKER_FATAL) {
		diag_error(&st->diags, st->at, "the compiler gave up: %.*s",
			   (int)(answer->len > 500 ? 500 : answer->len - 1), answer->text + 1);
		return 0;
	}
	if (answer->text[0] != WORKER_OK || !rewrite_result_get(&b->res, &r, st))
		return -1;
	wrap_hints(&b->job, &b->res.diags);
	take_diags(st, &b->res.diags);
	if (diags_errors(&st->diags) || r.p == r.end)
		return 0;
	if (host) {
		bytes = wire_blob(&r, &b->object_len);
		b->object = bytes ? mem_dup(st, bytes, b->object_len) : NULL;
		return b->object ? 0 : -1;
	}
	b->has_flat = flat_get(&b->flat, &r, st);
	return b->has_flat ? 0 : -1;
}

static enum diag_status ask(struct step *st, bool host, struct built *b)
{
	_cleanup_strbuf_ struct strbuf request = STRBUF_INIT, answer = STRBUF_INIT, detail = STRBUF_INIT;
	struct worker *w = session_worker(st->s);
	double t0 = step_clock(), t1;
	enum worker_end end;

	if (!w)
		return STATUS_RUNTIME;
	*b = (struct built){ 0 };
	if (make_request(st, host, b))
		return diags_status(&st->diags);
	rewrite_request_put(&b->req, &request);
	t1 = step_clock();
	st->time.types += t1 - t0;
	end = worker_call(w, &request, deadline_ms(), st->s->cancel_fd, &answer, &detail);
	if (end != WORKER_DONE) {
		worker_failed(st, end, detail.text);
		return STATUS_REFUSED;
	}
	if (read_answer(st, host, &answer, b)) {
		worker_failed(st, WORKER_CRASHED, "its answer makes no sense");
		return STATUS_REFUSED;
	}
	st->time.parse += b->res.parse_ms;
	st->time.infer += b->res.infer_ms;
	st->time.compile += step_clock() - t1 - b->res.parse_ms - b->res.infer_ms;
	return diags_status(&st->diags);
}

enum diag_status step_build_kernel(struct step *st)
{
	if (!st->fresh.n && !st->again.n && !st->defs.list.n)
		return STATUS_OK;
	origins_merge(st, &st->known, &st->s->origins);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		enum diag_status status = ask(st, false, &st->kernel);
		struct names grown = { 0 };

		if (status)
			return status;
		origins_grown(st, &st->known, &st->kernel.res.facts, &grown);
		origins_merge(st, &st->known, &st->kernel.res.facts);
		for (size_t i = 0; i < grown.n; i++)
			names_add(st, &st->grown, grown.v[i]);
		if (!step_add_affected(st, &grown))
			return STATUS_OK;
		st->diags.list.n = 0;	/* warnings come again with the next answer */
	}
	diag_error(&st->diags, RANGE_NONE,
		   "what the session's programs say about their maps does not settle");
	return STATUS_REFUSED;
}

enum diag_status step_build_host(struct step *st)
{
	if (!st->hosts.n && !st->expression)
		return STATUS_OK;
	return ask(st, true, &st->host);
}

int step_build_host_first(struct step *st)
{
	size_t n = st->diags.list.n;
	struct diag *kept = mem_dup(st, st->diags.list.v, n * sizeof(*kept));

	st->diags.list.n = 0;
	if (step_build_host(st)) {
		/* That did not help: the kernel side's errors are the ones to show. */
		st->diags.list.n = 0;
		for (size_t i = 0; i < n; i++)
			vec_push(st, &st->diags.list, kept[i]);
		return -1;
	}
	st->diags.list.n = 0;
	return 0;
}
