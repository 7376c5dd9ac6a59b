// SPDX-License-Identifier: GPL-3.0-or-later
/* The session's life, its texts, and its programs one by one. */
#include <bpf/bpf.h>
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "shell/live.h"
#include "shell/session.h"

struct session *session_new(const void *parent, const struct options *opt, struct out *out,
			    int *ret_err)
{
	struct session *s = mem_new(parent, struct session);

	strbuf_init(&s->lines, s);
	s->opt = opt;
	s->out = out;
	s->next_id = s->next_order = s->next_object = 1;
	s->cancel_fd = s->stats_fd = -1;
	s->target = opt->pid;
	s->timing = opt->timing;
	s->began = live_now();
	/* the worker loads LLVM while we index BTF */
	*ret_err = worker_start(s, &s->worker);
	s->facts = facts_open(s, opt->btf);
	s->maps = maps_new(s);
	/* so does making the ring, which the first probe will need; what fails is said when it does */
	if (opt->mode == RUN_LIVE && !load_permission())
		session_open_events(s);
	return s;
}

#define RING_BYTES (2u << 20)	/* mapped here twice: the budget is 12 MiB in all */

int session_open_events(struct session *s)
{
	int err;

	if (s->events)
		return 0;
	err = events_open(s, s->maps, RING_BYTES, &s->events);
	if (err)
		s->events = NULL;
	return err;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	for (size_t i = s->probes.n; i--; )
		session_detach(s, s->probes.v[i], false);
	vec_each(&s->probes, p)
		probe_unload(*p);
	if (s->handler)
		handler_stop(s->handler);
	worker_stop(s->worker);
	fd_close(&s->stats_fd);
	mem_free(s);
}

int session_source(struct session *s, const char *name, const char *text, size_t len, unsigned line)
{
	struct source *src = vec_add(s, &s->sources);

	src->name = mem_strdup(s, name);
	src->text = mem_strndup(s, text, len);
	src->len = len;
	src->first_line = line;
	return s->sources.n - 1;
}

void session_source_trim(struct session *s, int src, size_t len)
{
	struct source *sp = &s->sources.v[src];
	char *text;

	if (len >= sp->len)
		return;
	text = mem_strndup(s, sp->text, len);
	mem_free((void *)sp->text);
	sp->text = text;
	sp->len = len;
}

static bool source_kept(const struct session *s, int src)
{
	vec_each(&s->definitions, d)
		if ((*d)->src == src)
			return true;
	vec_each(&s->probes, p)
		if ((*p)->item->src == src)
			return true;
	return false;
}

void session_source_drop(struct session *s, int src)
{
	struct source *last;

	if (src < 0 || (size_t)src + 1 != s->sources.n || source_kept(s, src))
		return;
	last = &s->sources.v[src];
	mem_free((void *)last->name);
	mem_free((void *)last->text);
	s->sources.n--;
}

static bool defines_type(const struct item *it, const char *name, size_t len)
{
	if (!it->is_type)
		return false;
	vec_each(&it->input.names, n)
		if (strlen(*n) == len && memcmp(*n, name, len) == 0)
			return true;
	return false;
}

static bool is_type(void *arg, const char *name, size_t len)
{
	struct session *s = arg;
	char text[256];

	vec_each(&s->pending, it)
		if (defines_type(*it, name, len))
			return true;
	vec_each(&s->definitions, it)
		if (defines_type(*it, name, len))
			return true;
	if (!s->facts->btf || len >= sizeof(text))
		return false;
	memcpy(text, name, len);
	text[len] = 0;
	return btf_find(s->facts->btf, text, 1u << BTF_KIND_TYPEDEF) != 0;
}

struct input_types session_types(struct session *s)
{
	return (struct input_types){ .is_type = is_type, .arg = s };
}

static bool is_own(void *arg, const char *name)
{
	const struct session *s = arg;

	vec_each(&s->definitions, it)
		vec_each(&(*it)->input.names, n)
			if (strcmp(*n, name) == 0)
				return true;
	return false;
}

struct value_types session_value_types(struct session *s)
{
	return (struct value_types){ .kernel = s->facts->btf, .is_own = is_own, .arg = s,
				     .records = s->records.v, .n_records = s->records.n };
}

struct probe *session_probe(struct session *s, unsigned id)
{
	vec_each(&s->probes, p)
		if ((*p)->id == id)
			return *p;
	return NULL;
}

struct at_map *session_at_map(struct session *s, const char *name)
{
	if (strcmp(name, "@") == 0)
		name = "";
	vec_each(&s->at_maps, m)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

struct event_format *session_format(struct session *s, uint32_t id)
{
	vec_each(&s->formats, f)
		if (f->id == id)
			return f;
	return NULL;
}

bool session_counts(struct session *s, const struct probe *p, struct probe_counts *ret)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (p->host || !s->events || events_counts(s->events, p->id, ret))
		return false;
	if (p->prog_fd >= 0 && !bpf_obj_get_info_by_fd(p->prog_fd, &info, &len))
		ret->lost += info.recursion_misses;
	return true;
}

bool session_active(const struct session *s)
{
	vec_each(&s->probes, p)
		if ((*p)->state == PROBE_ON)
			return true;
	return false;
}


enum diag_status session_attach(struct session *s, struct probe *p)
{
	struct diags diags;
	_cleanup_mem_ void *mem = mem_strdup(NULL, "attach");
	enum diag_status status = STATUS_OK;

	if (p->state == PROBE_ON)
		return STATUS_OK;
	if (p->host) {
		if (p->target.kind == PROBE_INTERVAL && p->object) {
			p->state = PROBE_ON;
			p->next = live_now() + p->target.period;
		}
		return STATUS_OK;
	}
	diags_init(&diags, mem);
	if (p->prog_fd < 0) {
		diag_add(&diags, DIAG_ERROR, STATUS_RUNTIME, RANGE_NONE,
			 "probe %u was never loaded", p->id);
		status = STATUS_RUNTIME;
	} else if (probe_entry_attach(s, p, p->entry, &diags) ||
		   attach_program(p, p->prog_fd, &p->target, s->target, &p->attachment, &diags)) {
		session_detach(s, p, false);
		status = diags_status(&diags);
		status = status ? status : STATUS_RUNTIME;
	} else {
		p->state = PROBE_ON;
	}
	out_diags(s->out, &diags, s->sources.v, s->sources.n);
	return status;
}

void session_detach(struct session *s, struct probe *p, bool wait)
{
	if (p->attachment)
		attach_release(p->attachment, wait);
	p->attachment = NULL;
	if (p->entry)
		session_detach(s, p->entry, wait);
	if (p->state == PROBE_ON)
		p->state = PROBE_OFF;
}

void session_drop_probe(struct session *s, struct probe *p)
{
	struct item *item = p->item;
	bool used = false;

	session_detach(s, p, false);
	probe_unload(p);
	probe_entry_drop(s, p);
	if (s->events && !p->host)
		events_counts_reset(s->events, p->id);
	for (size_t i = 0; i < s->probes.n; i++) {
		if (s->probes.v[i] == p) {
			vec_remove(&s->probes, i);
			break;
		}
	}
	vec_each(&s->probes, q)
		used = used || (*q)->item == item;
	mem_free(p);
	if (!used)
		mem_free(item);
}

void session_set_constants(struct session *s)
{
	const struct { uint64_t start; uint32_t target, pad; } v = { s->began, s->target > 0 ? s->target : 0, 0 };
	struct bcsh_map *m = maps_find(s->maps, "__bcsh_session");
	uint32_t key = 0;

	if (m && m->value_size == sizeof(v))
		bpf_map_update_elem(m->fd, &key, &v, BPF_ANY);
}

struct worker *session_worker(struct session *s)
{
	int err;

	if (s->worker)
		return s->worker;
	err = worker_start(s, &s->worker);
	if (err) {
		s->worker = NULL;
		out_error(s->out, "cannot start bcsh-worker: %s", err == -ENOENT ?
			  "it is neither beside bcsh nor installed" : strerror(-err));
	}
	return s->worker;
}
