// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Host code is opaque here: an object from the worker goes to the handler, which runs it and sends
 * back what it printed.
 */
#include <errno.h>

#include "rewriter/lex.h"
#include "shell/live.h"
#include "shell/pipeline_host.h"
#include "shell/render/map.h"

static enum diag_status runtime_error(struct step *st, const char *fmt, const char *detail)
{
	diag_add(&st->diags, DIAG_ERROR, STATUS_RUNTIME, st->at, fmt, detail);
	return STATUS_RUNTIME;
}

/* A map that only user-side code has named so far. */
static struct bcsh_map *make_map(struct step *st, const struct at_map *at)
{
	struct session *s = st->s;
	struct value_types types = session_value_types(s);
	struct flat_map fm = { .name = *at->name ? at->name : "@", .role = FLAT_MAP_USER,
			       .type = BPF_MAP_TYPE_HASH, .max_entries = 10240,
			       .flags = BPF_F_NO_PREALLOC };
	struct bcsh_map *m;
	char *why = NULL;
	int err;

	if (at->value == AT_UNKNOWN || !map_at_sizes(&types, at, &fm.key_size, &fm.value_size))
		return NULL;
	if (at->value >= AT_COUNT)
		fm.type = BPF_MAP_TYPE_PERCPU_HASH;
	err = maps_get(s->maps, &fm, -1, NULL, &m, &why);
	if (!err) {
		/* An expression is not kept, but the map that it made is. */
		session_learn_maps(s, at, 1);
		return m;
	}
	if ((err == -EPERM || err == -EACCES) && load_permission())
		diag_add(&st->diags, DIAG_ERROR, STATUS_PERMISSION, st->at, "cannot make map '%s': %s",
			 fm.name, load_permission());
	else
		diag_add(&st->diags, DIAG_ERROR, STATUS_RUNTIME, st->at, "cannot make map '%s': %s",
			 fm.name, why ? why : strerror(-err));
	return NULL;
}

static enum diag_status give_maps(struct step *st)
{
	struct session *s = st->s;

	vec_each(&st->host.res.maps, at) {
		const char *name = *at->name ? at->name : "@";
		struct bcsh_map *m = maps_find(s->maps, name);

		if (!m)
			m = make_map(st, at);
		if (!m) {
			if (!diags_errors(&st->diags))
				runtime_error(st, "nothing has made map '@%s' yet", at->name);
			return diags_status(&st->diags);
		}
	}
	for (size_t i = 0; i < maps_count(s->maps); i++) {
		struct bcsh_map *m = maps_at(s->maps, i);

		if (!names_have_map(&st->host.names, strcmp(m->name, "@") == 0 ? "" : m->name))
			continue;
		if (handler_map(s->handler, m))
			return runtime_error(st, "the handler does not take map '%s'", m->name);
	}
	return STATUS_OK;
}

static enum diag_status start_handler(struct step *st)
{
	struct session *s = st->s;
	int err;

	if (s->handler)
		return STATUS_OK;
	err = handler_start(s, &s->handler);
	if (!err) {
		handler_cancel_on(s->handler, s->cancel_fd);
		handler_session(s->handler, s->began, s->target > 0 ? s->target : 0);
		return STATUS_OK;
	}
	s->handler = NULL;
	return runtime_error(st, "cannot start bcsh-handler: %s", err == -ENOENT ?
			     "it is neither beside bcsh nor installed" : strerror(-err));
}

enum diag_status host_install(struct step *st)
{
	struct session *s = st->s;
	uint32_t id = s->next_object;
	char *error = NULL;
	enum diag_status status;

	if (!st->host.object)
		return STATUS_OK;
	status = start_handler(st);
	if (!status)
		status = give_maps(st);
	if (status)
		return status;
	if (handler_add(s->handler, id, st->host.object, st->host.object_len, &error))
		return runtime_error(st, "the handler does not take this code: %s",
				     error ? error : "no reason was given");
	s->next_object++;
	vec_each(&st->hosts, p)
		(*p)->object = id;
	return STATUS_OK;
}

enum diag_status host_begin(struct step *st)
{
	enum diag_status status = STATUS_OK;

	vec_each(&st->hosts, pp) {
		struct probe *p = *pp;

		if (p->target.kind != PROBE_BEGIN || p->state == PROBE_DONE || status)
			continue;
		status = live_run(st->s, p);
		p->state = PROBE_DONE;
	}
	return status;
}

static enum diag_status evaluate(struct step *st)
{
	struct session *s = st->s;
	uint32_t id = s->next_object - 1;
	_cleanup_mem_ char *name = mem_printf(NULL, "bcsh_h%u", 1000000 + id);
	enum diag_status status;

	session_learn_records(s, st->host.res.records.v, st->host.res.records.n);
	live_events(s);
	status = live_call(s, id, name, st->at);
	handler_drop(s->handler, id);
	return status;
}

enum diag_status host_after(struct step *st)
{
	vec_each(&st->hosts, p)
		if ((*p)->target.kind == PROBE_INTERVAL)
			session_attach(st->s, *p);
	return st->expression ? evaluate(st) : STATUS_OK;
}

bool host_names_map(struct session *s, const struct item *it, enum diag_status *ret)
{
	const struct source *src = &s->sources.v[it->src];
	struct lexer lx;
	struct token t, next;
	_cleanup_mem_ char *name = NULL;

	lexer_init(&lx, src->text, it->input.start, it->input.end);
	if (!lexer_next(&lx, &t) || (t.kind != TOKEN_AT && t.kind != TOKEN_NAME))
		return false;
	if (lexer_next(&lx, &next) && (!token_is(&lx, &next, ";") || lexer_next(&lx, &next)))
		return false;
	name = mem_strndup(NULL, src->text + t.start, t.end - t.start);
	if (!live_map(s, name)) {
		struct diags diags;

		if (t.kind == TOKEN_NAME)
			return false;
		diags_init(&diags, name);
		diag_error(&diags, (struct range){ it->src, t.start, t.end }, "there is no map '%s' yet", name);
		out_diags(s->out, &diags, s->sources.v, s->sources.n);
		*ret = STATUS_REFUSED;
		return true;
	}
	*ret = live_print_map(s, name) ? STATUS_RUNTIME : STATUS_OK;
	return true;
}
