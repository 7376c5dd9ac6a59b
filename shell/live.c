// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Records and maps of the running session to the output, in the order in which they were made: what a
 * kernel clause asks of the shell (print, clear, zero, exit) happens when its record is read.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "shell/live.h"
#include "shell/render/event.h"
#include "shell/render/map.h"

#define RUN_DEADLINE_MS 5000
#define FLUSH_AT (64u << 10)

uint64_t live_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + ts.tv_nsec;
}

/* CLOCK_REALTIME for a CLOCK_MONOTONIC time of now. */
static uint64_t wall_time(uint64_t monotonic)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + ts.tv_nsec - (live_now() - monotonic);
}

bool live_map_shown(const struct bcsh_map *m)
{
	return (m->role == FLAT_MAP_USER || m->role == FLAT_MAP_GLOBAL) &&
	       strncmp(m->name, "__bcsh_", 7) != 0;
}

struct bcsh_map *live_map(struct session *s, const char *name)
{
	struct bcsh_map *m;

	if (!*name || strcmp(name, "@") == 0)
		return maps_find(s->maps, "@");
	m = maps_find(s->maps, *name == '@' ? name + 1 : name);
	return m && live_map_shown(m) ? m : NULL;
}

static int print_map(struct session *s, struct bcsh_map *m, bool even_empty)
{
	struct map_view view = { .name = m->name, .map = m, .at = session_at_map(s, m->name),
				 .types = session_value_types(s) };
	_cleanup_mem_ void *mem = mem_strdup(NULL, "snapshot");
	struct map_snapshot snap;
	int err = map_read(mem, m, &snap);

	if (err)
		return err;
	if (!snap.n && !even_empty)
		return 0;
	out_begin(s->out);
	map_render(&view, &snap, s->out->format, s->out->data);
	if (snap.partial)
		out_note(s->out, "'%s' changed while it was read: rows may be missing", m->name);
	return 0;
}

int live_print_map(struct session *s, const char *name)
{
	struct bcsh_map *m = live_map(s, name);

	return m ? print_map(s, m, true) : -ENOENT;
}

void live_print_all(struct session *s)
{
	for (size_t i = 0; i < maps_count(s->maps); i++) {
		struct bcsh_map *m = maps_at(s->maps, i);
		int err;

		if (!live_map_shown(m) || m->role == FLAT_MAP_GLOBAL)
			continue;
		err = print_map(s, m, false);
		if (err)
			out_error(s->out, "cannot read map '%s': %s", m->name, strerror(-err));
	}
}

/* Keeps the keys, sets their values to zero. */
static int zero_map(struct bcsh_map *m)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "snapshot");
	struct map_snapshot snap;
	int err = map_read(mem, m, &snap);
	void *zeros;

	if (err)
		return err;
	zeros = mem_zalloc(mem, snap.stride * snap.n_cpus + m->value_size, "zeros");
	for (size_t i = 0; i < snap.n; i++)
		bpf_map_update_elem(m->fd, snap.entries[i].key, zeros, BPF_EXIST);
	return 0;
}

static void act_on_map(struct session *s, const char *name, enum event_kind kind)
{
	struct bcsh_map *m = live_map(s, name ? name : "");
	int err;

	if (!m)
		return;
	if (kind == EVENT_PRINT)
		err = print_map(s, m, true);
	else
		err = kind == EVENT_CLEAR ? map_clear(m) : zero_map(m);
	if (err)
		out_error(s->out, "map '%s': %s", m->name, strerror(-err));
}

static void leave(struct session *s, int status)
{
	if (!s->leaving)
		s->leave_status = status;
	s->leaving = true;
}

static void add_event(struct session *s, const struct event_format *f, const struct event_header *h,
		      const void *data, struct strbuf *sb)
{
	struct value_types types = session_value_types(s);
	bool heads = s->last_emit != f;

	if (f->kind == EVENT_PRINTF && s->out->format == TABLE_JSON) {
		struct strbuf text = STRBUF_INIT;

		types.raw = true;
		event_printf(&types, f, data, h->size, &text);
		event_printf_json(text.text, text.len, sb);
		strbuf_clear(&text);
		return;
	}
	if (f->kind == EVENT_PRINTF) {
		event_printf(&types, f, data, h->size, sb);
		return;
	}
	s->last_emit = f;
	if (s->out->format == TABLE_JSON)
		event_emit_json(&types, f, data, h->size, wall_time(h->time), sb);
	else if (s->out->format == TABLE_CSV || s->out->format == TABLE_TSV)
		event_emit_separated(&types, f, data, h->size, heads,
				     s->out->format == TABLE_CSV ? ',' : '\t', sb);
	else
		event_emit_text(&types, f, data, h->size, heads, sb);
}

static void flush_lines(struct session *s)
{
	if (s->lines.len)
		out_data(s->out, &s->lines);
	strbuf_reset(&s->lines);
}

static int on_record(void *arg, const struct event_header *h, const void *data)
{
	struct session *s = arg;
	const struct event_format *f = session_format(s, h->format);

	if (!f)
		return 0;
	switch (f->kind) {
	case EVENT_PRINTF:
	case EVENT_EMIT:
		add_event(s, f, h, data, &s->lines);
		if (s->lines.len > FLUSH_AT)
			flush_lines(s);
		return 0;
	case EVENT_EXIT:
		return 1;
	default:
		flush_lines(s);
		act_on_map(s, f->name, f->kind);
		return 0;
	}
}

void live_events(struct session *s)
{
	int status;

	if (!s->events)
		return;
	events_consume(s->events, on_record, s);
	flush_lines(s);
	if (!s->leaving && events_exit_asked(s->events, &status))
		leave(s, status);
	fflush(s->out->data);
}

static void show_value(struct session *s, const struct handler_output *o)
{
	struct value_types types = session_value_types(s);
	const char *c = o->text ? o->text : "";
	struct value_type vt = value_type_c(&types, c, strlen(c), o->len);
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	if (vt.size != o->len)
		vt = (struct value_type){ .kind = VALUE_BYTES, .size = o->len };
	if (s->out->format == TABLE_JSON) {
		strbuf_addf(&sb, "{\"type\":\"value\",\"ctype\":\"%s\",\"value\":", c);
		value_add_json(&types, &vt, o->bytes, &sb);
		strbuf_adds(&sb, "}\n");
	} else if (o->len) {
		strbuf_addf(&sb, "(%s) ", c);
		strbuf_adds(&sb, vt.kind == VALUE_TEXT ? "\"" : "");
		value_add_text(&types, &vt, o->bytes, &sb);
		strbuf_adds(&sb, vt.kind == VALUE_TEXT ? "\"\n" : "\n");
	}
	out_data(s->out, &sb);
}

void live_handler_output(void *arg, const struct handler_output *o)
{
	struct session *s = arg;
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	switch (o->kind) {
	case HANDLER_TEXT:
		if (s->out->format == TABLE_JSON)
			event_printf_json(o->text, strlen(o->text), &sb);
		else
			strbuf_adds(&sb, o->text);
		out_data(s->out, &sb);
		break;
	case HANDLER_PRINT:
		act_on_map(s, o->text, EVENT_PRINT);
		break;
	case HANDLER_CLEAR:
		act_on_map(s, o->text, EVENT_CLEAR);
		break;
	case HANDLER_ZERO:
		act_on_map(s, o->text, EVENT_ZERO);
		break;
	case HANDLER_EXIT:
		leave(s, o->status);
		break;
	case HANDLER_VALUE:
		show_value(s, o);
		break;
	}
}

enum diag_status live_call(struct session *s, uint32_t object, const char *name, struct range at)
{
	struct diags diags;
	_cleanup_mem_ char *mem = mem_strdup(NULL, "run");
	unsigned restarts = handler_restarts(s->handler);
	char *error = NULL;
	struct diag *d;

	if (!handler_run(s->handler, object, name, RUN_DEADLINE_MS, live_handler_output, s, &error)) {
		fflush(s->out->data);
		if (handler_revived(s->handler))
			out_note(s->out, "bcsh-handler was killed and started again: static variables are lost");
		return STATUS_OK;
	}
	diags_init(&diags, mem);
	handler_crash_place(s->handler, &at);
	d = diag_add(&diags, DIAG_ERROR, STATUS_RUNTIME, at, "%s",
		     error ? error : "it ended without a reason");
	if (handler_restarts(s->handler) != restarts)
		diag_hint(&diags, d, "user-side code was started again: its static variables are lost, maps are not");
	out_diags(s->out, &diags, s->sources.v, s->sources.n);
	return STATUS_RUNTIME;
}

enum diag_status live_run(struct session *s, struct probe *p)
{
	struct range at = { p->item->src, p->item->input.start, p->item->input.start };

	if (!s->handler || !p->object)
		return STATUS_OK;
	/* what the kernel side wrote before comes first */
	live_events(s);
	return live_call(s, p->object, p->cname, at);
}

uint64_t live_intervals(struct session *s)
{
	uint64_t now = live_now(), first = 0;

	for (size_t i = 0; i < s->probes.n && !s->leaving; i++) {
		struct probe *p = s->probes.v[i];

		if (p->target.kind != PROBE_INTERVAL || p->state != PROBE_ON)
			continue;
		if (p->next <= now) {
			if (live_run(s, p) != STATUS_OK)
				session_detach(s, p, false);
			p->next += p->target.period;
			if (p->next <= now)	/* late: no burst of them */
				p->next = now + p->target.period;
		}
		if (p->state == PROBE_ON && (!first || p->next < first))
			first = p->next;
	}
	return first;
}

void live_end_clauses(struct session *s)
{
	for (size_t i = 0; i < s->probes.n; i++)
		if (s->probes.v[i]->target.kind == PROBE_END && s->probes.v[i]->host)
			live_run(s, s->probes.v[i]);
}

/* DETAIL is for people. */
static void report(struct session *s, const struct probe *p, const char *what, uint64_t n,
		   const char *detail)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	if (s->out->format == TABLE_JSON) {
		strbuf_addf(&sb, "{\"type\":\"lost\",\"what\":\"%s\",\"probe\":%u,\"count\":%" PRIu64 "}\n",
			    what, p->id, n);
		out_data(s->out, &sb);
		return;
	}
	strbuf_addf(&sb, "probe %u (%s): %" PRIu64 " %s\n", p->id, p->target.name, n, detail ? detail : what);
	out_chatter(s->out, &sb);
}

void live_note_skipped(struct session *s, const struct probe *p, const struct probe_counts *c)
{
	if (c->skipped && !s->out->quiet)
		report(s, p, "skipped", c->skipped, "skipped: the aggregation read an absent key");
}

bool live_report_lost(struct session *s)
{
	bool any = false;

	vec_each(&s->probes, pp) {
		const struct probe *p = *pp;
		struct probe_counts c = { 0 };

		if (!session_counts(s, p, &c))
			continue;
		if (c.lost)
			report(s, p, "lost", c.lost, NULL);
		if (c.faults && (s->opt->strict || s->out->verbose))
			report(s, p, "faults", c.faults, NULL);
		live_note_skipped(s, p, &c);
		any = any || c.lost || c.faults;
	}
	return any;
}
