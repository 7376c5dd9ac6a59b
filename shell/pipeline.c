// SPDX-License-Identifier: GPL-3.0-or-later
/* The steps of one input, in order, and what a person is told about them. */
#include <unistd.h>

#include "rewriter/diff.h"
#include "shell/build.h"
#include "shell/child.h"
#include "shell/live.h"
#include "shell/pipeline.h"
#include "shell/pipeline_host.h"

static struct step *step_new(struct session *s, enum run_mode mode)
{
	struct step *st = mem_new(NULL, struct step);

	st->s = s;
	st->mode = mode;
	st->at = RANGE_NONE;
	st->started = step_clock();
	diags_init(&st->diags, st);
	return st;
}

static bool share_name(const struct item *a, const struct item *b)
{
	vec_each(&a->input.names, n)
		vec_each(&b->input.names, m)
			if (strcmp(*n, *m) == 0)
				return true;
	return false;
}

static void add_definition(struct step *st, struct item *it, struct names *changed)
{
	it->order = st->s->next_order++;
	vec_push(st, &st->defs.list, it);
	vec_each(&st->s->definitions, old) {
		bool known = false;

		if (!share_name(*old, it))
			continue;
		vec_each(&st->replaced.list, r)
			known = known || *r == *old;
		if (!known)
			vec_push(st, &st->replaced.list, *old);
		vec_each(&(*old)->input.names, n)
			names_add(st, changed, *n);
	}
}

static void add_clause(struct step *st, struct item *it, unsigned *id)
{
	for (size_t i = 0; i < it->input.specs.n; i++) {
		const struct probe_spec *spec = &it->input.specs.v[i];
		struct probe *p = mem_new(st, struct probe);

		p->id = *id;
		p->item = it;
		p->spec = i;
		p->prog_fd = -1;
		p->host = probe_kinds[spec->kind].user_space;
		p->cname = mem_printf(p, p->host ? "bcsh_h%u" : "bcsh_p%u", p->id);
		if (probe_resolve(p, st->s->facts, spec, &p->target, &st->diags)) {
			if (!diags_errors(&st->diags))
				diag_add(&st->diags, DIAG_ERROR, STATUS_NO_PROBE, spec->at,
					 "there is no probe '%s'", spec->text);
			continue;
		}
		if (p->host)
			vec_push(st, &st->hosts, p);
		else
			vec_push(st, &st->fresh, p);
		(*id)++;
	}
}

/* Counters of programs are an array in the kernel. */
static void check_ids(struct step *st, unsigned next)
{
	if (next > EVENT_PROGRAMS_MAX)
		diag_error(&st->diags, st->at, "a session has at most %d programs", EVENT_PROGRAMS_MAX - 1);
}

static enum diag_status sort_items(struct step *st, struct item *const *items, size_t n)
{
	struct names changed = { 0 };
	unsigned id = st->s->next_id;

	for (size_t i = 0; i < n; i++) {
		struct item *it = items[i];

		if (st->at.src < 0)
			st->at = (struct range){ it->src, it->input.start, it->input.start };
		if (it->input.class == INPUT_DEFINITION)
			add_definition(st, it, &changed);
		else if (it->input.class == INPUT_CLAUSE)
			add_clause(st, it, &id);
		else if (it->input.class == INPUT_EXPRESSION)
			st->expression = it;
	}
	check_ids(st, id);
	step_add_affected(st, &changed);
	return diags_status(&st->diags);
}

static enum diag_status check_permission(struct step *st)
{
	const char *why;

	if (st->mode == RUN_REWRITE || !st->fresh.n || !(why = load_permission()))
		return STATUS_OK;
	diag_add(&st->diags, DIAG_ERROR, STATUS_PERMISSION, RANGE_NONE, "%s", why);
	return STATUS_PERMISSION;
}

static bool has_edits(const struct built *b, int src)
{
	vec_each(&b->res.edits, e)
		if (e->at.src == src)
			return true;
	vec_each(&b->res.notes, n)
		if (n->at.src == src)
			return true;
	return false;
}

static bool is_rebuilt(const struct step *st, int src)
{
	vec_each(&st->fresh, p)
		if ((*p)->item->src == src)
			return false;
	vec_each(&st->defs.list, d)
		if ((*d)->src == src)
			return false;
	vec_each(&st->again, p)
		if ((*p)->item->src == src)
			return true;
	return false;
}

/* All texts of the request that changed, but those of programs made again without being asked. */
static void show_diffs(struct step *st, bool rebuilt_too)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct session *s = st->s;
	bool asked = st->mode == RUN_REWRITE;

	if (!asked && !out_talks(s->out))
		return;
	for (size_t src = 0; src < s->sources.n; src++)
		if (has_edits(&st->kernel, src) && (rebuilt_too || !is_rebuilt(st, src)))
			diff_format(s->sources.v, s->sources.n, src, &st->kernel.res,
				    asked ? s->out->data_color : s->out->color, &sb);
	if (asked)
		out_data(s->out, &sb);
	else
		out_chatter(s->out, &sb);
	if (asked && !sb.len && (st->fresh.n || st->again.n))
		out_note(s->out, "nothing to rewrite: no kernel memory is dereferenced");
}

/* With shell syntax in it, -c's process is a shell, and only what that starts does the work. */
static bool target_is_shell(const struct session *s)
{
	_cleanup_mem_ char *mem = mem_strdup(NULL, "words");

	return s->opt->command && !child_words(mem, s->opt->command);
}

/* Only some kinds are confined to the target by themselves. Said once. */
static void say_how_wide(struct step *st)
{
	struct session *s = st->s;

	if (s->target <= 0 || s->said_how_wide)
		return;
	vec_each(&st->fresh, p) {
		const char *name = (*p)->target.name;
		enum probe_kind kind = (*p)->target.kind;
		bool confined = kind == PROBE_UPROBE || kind == PROBE_URETPROBE || kind == PROBE_USDT ||
				kind == PROBE_PROFILE;

		if (confined ? !target_is_shell(s) : names_have(&(*p)->item->uses, "target"))
			continue;
		s->said_how_wide = true;
		if (confined)
			out_note(s->out, "'%s' sees the shell that runs -c's command, not what it starts", name);
		else
			out_note(s->out, "'%s' sees every process; / pid == target / leaves only the target's",
				 name);
		return;
	}
}

static void show_programs(struct step *st)
{
	struct session *s = st->s;

	vec_each(&st->fresh, p) {
		_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

		if (st->mode == RUN_CHECK) {
			strbuf_addf(&sb, "verified: %s", (*p)->target.name);
			if ((*p)->insns)
				strbuf_addf(&sb, " (%u instructions)", (*p)->insns);
			strbuf_addc(&sb, '\n');
			if (!s->out->quiet)
				out_data(s->out, &sb);
		} else if (st->mode == RUN_LIVE) {
			out_note(s->out, "probe %u: %s", (*p)->id, (*p)->target.name);
		}
	}
	vec_each(&st->hosts, p)
		if (st->mode == RUN_LIVE && (*p)->target.kind != PROBE_BEGIN && step_is_new(st, *p))
			out_note(s->out, "probe %u: %s", (*p)->id, (*p)->target.name);
	vec_each(&st->again, p) {
		if (st->grown.n)
			out_note(s->out, "probe %u was rebuilt: more is known now about '%s'", (*p)->id,
				 st->grown.v[0]);
		else
			out_note(s->out, "probe %u was rebuilt: a definition that it uses has changed",
				 (*p)->id);
	}
}

static void show_timing(struct step *st)
{
	struct timing *t = &st->time;
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	if (!st->s->timing)
		return;
	t->total = step_clock() - st->started;
	strbuf_addf(&sb, "parse %.1f  types %.1f  infer %.1f  compile %.1f  load %.1f  attach %.1f  "
		    "total %.1f ms\n", t->parse, t->types, t->infer, t->compile, t->load, t->attach,
		    t->total);
	out_chatter(st->s->out, &sb);
}

static void take_check_fds(struct step *st)
{
	vec_each(&st->fresh, p)
		vec_each(&st->loaded.progs, l)
			if (strcmp(l->name, (*p)->cname) == 0)
				(*p)->insns = l->insns;
}

/* Loading, the user side, attaching: what --rewrite leaves out. */
static enum diag_status run_live(struct step *st)
{
	enum diag_status status = step_load(st);

	if (!status)
		session_set_constants(st->s);
	if (!status && st->mode == RUN_CHECK) {
		take_check_fds(st);
		return STATUS_OK;
	}
	if (!status)
		status = host_install(st);
	if (!status)
		status = host_begin(st);
	if (!status)
		status = step_attach(st);
	return status;
}

static enum diag_status run(struct step *st, struct item *const *items, size_t n)
{
	enum diag_status status = sort_items(st, items, n);

	if (!status)
		status = check_permission(st);
	if (!status)
		status = step_build_kernel(st);
	if (status == STATUS_REFUSED && st->hosts.n && !step_build_host_first(st))
		status = step_build_kernel(st);
	if (!status)
		status = step_build_host(st);
	if (status)
		return status;
	show_diffs(st, false);
	if (st->mode != RUN_REWRITE)
		status = run_live(st);
	return status;
}

/* An error in the text of an older program: the new input is what broke it. */
static void say_who_breaks(struct step *st)
{
	vec_each(&st->diags.list, d) {
		if (d->severity != DIAG_ERROR || d->hint)
			continue;
		vec_each(&st->again, p) {
			const struct item *it = (*p)->item;

			if (d->at.src == it->src && d->at.start >= it->input.start &&
			    d->at.start < it->input.end)
				diag_hint(&st->diags, d, "this is probe %u, which the new input changes; "
					  "it goes on as it was (':drop %u' lets the change through)",
					  (*p)->id, (*p)->id);
		}
	}
}

enum diag_status pipeline_run(struct session *s, struct item *const *items, size_t n,
			      enum run_mode mode, bool keep)
{
	_cleanup_mem_ struct step *st = step_new(s, mode);
	enum diag_status status = run(st, items, n);

	say_who_breaks(st);
	out_diags(s->out, &st->diags, s->sources.v, s->sources.n);
	if (status) {
		step_rollback(st);
		return status;
	}
	show_programs(st);
	say_how_wide(st);
	if (mode == RUN_CHECK)
		step_rollback(st);
	if (keep)
		step_accept(st);
	if (mode == RUN_LIVE)
		status = host_after(st);
	show_timing(st);
	return status;
}

static struct step *remake(struct session *s, struct probe *p, enum diag_status *ret)
{
	struct step *st = step_new(s, RUN_REWRITE);

	if (p->host) {
		vec_push(st, &st->hosts, p);
		*ret = step_build_host(st);
	} else {
		vec_push(st, &st->again, p);
		*ret = step_build_kernel(st);
	}
	out_diags(s->out, &st->diags, s->sources.v, s->sources.n);
	return st;
}

enum diag_status pipeline_show(struct session *s, struct probe *p)
{
	enum diag_status status;
	_cleanup_mem_ struct step *st = remake(s, p, &status);

	if (!status)
		show_diffs(st, true);
	return status;
}

enum diag_status pipeline_code(struct session *s, struct probe *p)
{
	enum diag_status status;
	_cleanup_mem_ struct step *st = remake(s, p, &status);
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	const struct built *b = p->host ? &st->host : &st->kernel;

	if (status || !b->res.code)
		return status;
	strbuf_adds(&sb, b->res.code);
	if (sb.len && sb.text[sb.len - 1] != '\n')
		strbuf_addc(&sb, '\n');
	out_data(s->out, &sb);
	return STATUS_OK;
}
