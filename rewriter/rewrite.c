// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The rewriter as a whole: the unit is parsed until the types of its maps are settled, then
 * inferred and planned; if the plan needs to see into a macro invocation, that one is spelled out
 * in the unit and all starts over. Knows the order of things and nothing of how each is done.
 */
#include <time.h>

#include "rewriter/lower.h"
#include "rewriter/plan.h"
#include "rewriter/prune.h"
#include "rewriter/recursion.h"
#include "rewriter/rewrite_parts.h"

#define TYPE_ROUNDS 4
#define EXPAND_ROUNDS 8

extern const char prelude_analysis[];
extern const size_t prelude_analysis_len;

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static struct at_map *find_map(struct rewrite_result *res, const char *name, size_t len)
{
	if (len == 1 && name[0] == '@')
		len = 0;
	vec_each(&res->maps, m)
		if (strlen(m->name) == len && !strncmp(m->name, name, len))
			return m;
	return NULL;
}

/* Calls FN for each map that the blank-separated NAMES name. */
static void each_map(struct rewrite *rw, const char *names,
		     void (*fn)(struct rewrite *rw, struct at_map *m, struct strbuf *out),
		     struct strbuf *out)
{
	while (*names) {
		size_t len = strcspn(names, " ");
		struct at_map *m = len ? find_map(rw->res, names, len) : NULL;

		if (m)
			fn(rw, m, out);
		names += len + (names[len] == ' ');
	}
}

static void add_analysis(struct rewrite *rw, struct at_map *m, struct strbuf *out)
{
	(void)rw;
	lower_map_analysis(m, out);
}

static void analysis_text(void *arg, const char *names, struct strbuf *out)
{
	each_map(arg, names, add_analysis, out);
}

static void add_code(struct rewrite *rw, struct at_map *m, struct strbuf *out)
{
	size_t i = m - rw->res->maps.v;

	if (!rw->defined[i])
		lower_map_code(m, rw->req->host, out);
	rw->defined[i] = true;
}

/* The maps' definitions take the place of their analysis declarations. */
static void define_maps(struct rewrite *rw, struct edits *edits)
{
	rw->defined = mem_array(rw->scratch, bool, rw->res->maps.n + 1);
	vec_each(&rw->req->unit.pieces, p) {
		struct strbuf text;
		struct edit *e;

		if (p->kind != PIECE_MAPS)
			continue;
		e = edit_add(edits, p->at, p->at + p->size, 0, EDIT_CODE);
		strbuf_init(&text, rw->scratch);
		each_map(rw, p->text, add_code, &text);
		if (e)
			edit_text(e, "%s", text.text);
	}
}

static void copy_maps(struct rewrite *rw)
{
	const struct rewrite_request *req = rw->req;

	if (rw->res->maps.n)
		return;
	vec_each(&req->maps, m) {
		struct at_map *copy = vec_add(rw->parent, &rw->res->maps);
		size_t size = sizeof(*m->keys.v) * m->keys.n;

		*copy = *m;
		if (m->keys.n)
			copy->keys.v = mem_dup(rw->parent, m->keys.v, size);
		copy->keys.alloc = m->keys.n;
	}
}

static void gather_files(struct rewrite *rw)
{
	struct rewrite_request *req = rw->req;

	rw->files = mem_array(rw->scratch, struct ast_file, req->files.n + 1);
	rw->files[rw->n_files++] = (struct ast_file){ "bcsh/prelude.h", prelude_analysis,
						      prelude_analysis_len };
	vec_each(&req->files, f)
		rw->files[rw->n_files++] = (struct ast_file){ f->name, f->text, strlen(f->text) };
}

/* The prelude comes first among the files: all of it, or what the unit's text uses. */
static void choose_prelude(struct rewrite *rw, bool whole)
{
	const char **users = mem_array(rw->scratch, const char *, rw->n_files);
	struct ast_file *prelude = &rw->files[0];
	size_t len;

	prelude->text = prelude_analysis;
	prelude->len = prelude_analysis_len;
	if (whole)
		return;
	users[0] = rw->text;
	for (size_t i = 1; i < rw->n_files; i++)
		users[i] = rw->files[i].text;
	prelude->text = prune_prelude(rw->scratch, prelude_analysis, prelude_analysis_len, users,
				      rw->n_files, &len);
	prelude->len = len;
}

/* An error is worth a second look with every name there is: clang knows what was meant. */
static bool parse_once(struct rewrite *rw)
{
	for (int whole = 0; whole < 2; whole++) {
		diags_init(&rw->res->diags, rw->parent);
		choose_prelude(rw, whole);
		if (!ast_parse(rw->scratch, rw->text, rw->len, rw->files, rw->n_files,
			       rw->req->host, &rw->unit, &rw->res->diags) &&
		    !diags_errors(&rw->res->diags))
			return true;
	}
	return false;
}

/* Parses until the maps' types stand. False after an error. */
static bool parse(struct rewrite *rw)
{
	double start = now_ms();
	bool good = false;

	for (int round = 0; round < TYPE_ROUNDS; round++) {
		rw->text = unit_text_maps(&rw->req->unit, rw->scratch, analysis_text, rw, &rw->len);
		good = parse_once(rw);
		if (!rw->res->maps.n ||
		    !lower_map_types(rw->parent, rw->unit, rw->req, rw->res))
			break;
	}
	rw->res->parse_ms += now_ms() - start;
	return good && !diags_errors(&rw->res->diags);
}

static void want_expanded(struct rewrite *rw, const struct range *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		vec_push(rw->scratch, &rw->expand, list[i]);
}

/* Infers and plans once. True if there are invocations to be expanded before it can count. */
static bool plan(struct rewrite *rw)
{
	double start = now_ms();
	struct rewrite_result *res = rw->res;
	struct lower l = { .parent = rw->parent, .unit = rw->unit, .req = rw->req, .res = res };
	struct plan p = { .parent = rw->parent, .unit = rw->unit, .diags = &res->diags,
			  .skip = rw->req->skip_edit };

	res->events.n = 0;
	rw->expand.n = 0;
	rw->inf = infer_run(rw->scratch, rw->unit, &rw->req->facts);
	rw->edits = edits_new(rw->scratch, rw->text, rw->len);
	l.inf = p.inf = rw->inf;
	l.edits = p.edits = rw->edits;
	lower_plan(&l);
	want_expanded(rw, l.expand.v, l.expand.n);
	if (!rw->req->host) {
		plan_run(&p);
		want_expanded(rw, p.expand.v, p.expand.n);
	}
	res->infer_ms += now_ms() - start;
	return rw->expand.n;
}

static void finish(struct rewrite *rw)
{
	struct rewrite_result *res = rw->res;

	rewrite_show(rw);
	define_maps(rw, rw->edits);
	res->code = edits_render(rw->parent, rw->edits, EDIT_CODE, &res->map);
	infer_facts(rw->inf, rw->parent, &res->facts);
}

static void run(struct rewrite *rw)
{
	for (int round = 0;; round++) {
		struct range stuck = RANGE_NONE;

		if (!parse(rw))
			return;
		if (!rw->req->host)
			recursion_check(rw->scratch, rw->unit, &rw->res->diags);
		if (diags_errors(&rw->res->diags))
			return;
		if (!plan(rw))
			break;
		if (round == EXPAND_ROUNDS || !rewrite_expand(rw)) {
			stuck = rw->expand.v[0];
			diag_error(&rw->res->diags, stuck,
				   "this macro cannot be spelled out to rewrite what is in it");
			return;
		}
	}
	if (!diags_errors(&rw->res->diags))
		finish(rw);
}

void rewrite_run(const void *parent, struct rewrite_request *req, struct rewrite_result *ret)
{
	struct rewrite rw = { .parent = parent, .req = req, .res = ret };

	rw.scratch = mem_new(NULL, char);
	diags_init(&ret->diags, parent);
	copy_maps(&rw);
	gather_files(&rw);
	run(&rw);
	rewrite_diags(&rw);
	mem_free(rw.scratch);
}

struct range rewrite_place(const struct rewrite_request *req, const struct rewrite_result *res,
			   size_t code_offset)
{
	struct range r = RANGE_NONE;
	size_t at;

	if (!res->map)
		return r;
	at = edit_map_original(res->map, code_offset);
	unit_to_user(&req->unit, at, at + 1, &r);
	return r;
}
