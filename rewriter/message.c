// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The rewriter's two messages as bytes. What is read is untrusted on both sides: counts are checked
 * before memory is taken, enums before they index anything.
 */
#include "kernel/probe_kind.h"
#include "rewriter/rewrite.h"

/* The least bytes of a string, a range and what is made of them, for wire_count(). */
#define SIZE_STR 4
#define SIZE_RANGE 20

static void put_range(struct strbuf *out, struct range at)
{
	wire_put_u32(out, (uint32_t)at.src);
	wire_put_u64(out, at.start);
	wire_put_u64(out, at.end);
}

static struct range get_range(struct wire_reader *r)
{
	struct range at;

	at.src = (int)wire_u32(r);
	at.start = wire_u64(r);
	at.end = wire_u64(r);
	if (at.src < -1 || at.start > at.end)
		r->bad = true;
	return r->bad ? RANGE_NONE : at;
}

/* A number below END. */
static unsigned get_enum(struct wire_reader *r, unsigned end)
{
	unsigned v = wire_u8(r);

	if (v >= end)
		r->bad = true;
	return r->bad ? 0 : v;
}

static bool get_bool(struct wire_reader *r)
{
	return get_enum(r, 2);
}

/* A string that must be there. */
static char *get_str(struct wire_reader *r, const void *parent)
{
	char *s = wire_str(r, parent);

	if (!s)
		r->bad = true;
	return s;
}

static void put_double(struct strbuf *out, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	wire_put_u64(out, bits);
}

static double get_double(struct wire_reader *r)
{
	uint64_t bits = wire_u64(r);
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

static void put_program(struct strbuf *out, const struct rewrite_program *p)
{
	wire_put_str(out, p->name);
	wire_put_str(out, p->body);
	wire_put_str(out, p->probe);
	wire_put_str(out, p->func);
	wire_put_u32(out, p->kind);
	wire_put_u32(out, p->id);
}

static void get_program(struct wire_reader *r, const void *parent, struct rewrite_program *p)
{
	p->name = get_str(r, parent);
	p->body = get_str(r, parent);
	p->probe = wire_str(r, parent);
	p->func = wire_str(r, parent);
	p->kind = wire_u32(r);
	p->id = wire_u32(r);
	if (p->kind >= PROBE_KINDS)
		r->bad = true;
}

static void put_map(struct strbuf *out, const struct at_map *m)
{
	wire_put_str(out, m->name);
	wire_put_u8(out, m->known);
	wire_put_u8(out, (uint8_t)m->value);
	wire_put_str(out, m->c_type);
	wire_put_u64(out, (uint64_t)m->lhist_min);
	wire_put_u64(out, (uint64_t)m->lhist_max);
	wire_put_u64(out, (uint64_t)m->lhist_step);
	wire_put_u32(out, (uint32_t)m->keys.n);
	vec_each(&m->keys, k) {
		wire_put_str(out, k->c_type);
		wire_put_str(out, k->name);
	}
	put_range(out, m->at);
}

static void get_map(struct wire_reader *r, const void *parent, struct at_map *m)
{
	uint32_t n;

	m->name = get_str(r, parent);
	m->known = get_bool(r);
	m->value = get_enum(r, AT_LHIST + 1);
	m->c_type = wire_str(r, parent);
	m->lhist_min = (int64_t)wire_u64(r);
	m->lhist_max = (int64_t)wire_u64(r);
	m->lhist_step = (int64_t)wire_u64(r);
	n = wire_count(r, 2 * SIZE_STR);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct at_key *k = vec_add(parent, &m->keys);

		k->c_type = wire_str(r, parent);
		k->name = wire_str(r, parent);
	}
	m->at = get_range(r);
}

static void put_facts(struct strbuf *out, const struct origin_facts *facts)
{
	wire_put_u32(out, (uint32_t)facts->list.n);
	vec_each(&facts->list, f) {
		wire_put_str(out, f->name);
		wire_put_str(out, f->path);
		wire_put_u32(out, f->origins);
		wire_put_str(out, f->why);
	}
}

static void get_facts(struct wire_reader *r, const void *parent, struct origin_facts *facts)
{
	uint32_t n = wire_count(r, 3 * SIZE_STR + 4);

	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct origin_fact *f = vec_add(parent, &facts->list);

		f->name = get_str(r, parent);
		f->path = get_str(r, parent);
		f->origins = wire_u32(r);
		f->why = wire_str(r, parent);
		if (f->origins >= 2 * ORIGIN_USER)
			r->bad = true;
	}
}

void rewrite_request_put(const struct rewrite_request *req, struct strbuf *out)
{
	unit_put(&req->unit, out);
	wire_put_u32(out, (uint32_t)req->files.n);
	vec_each(&req->files, f) {
		wire_put_str(out, f->name);
		wire_put_str(out, f->text);
	}
	wire_put_u32(out, (uint32_t)req->programs.n);
	vec_each(&req->programs, p)
		put_program(out, p);
	wire_put_u32(out, (uint32_t)req->maps.n);
	vec_each(&req->maps, m)
		put_map(out, m);
	put_facts(out, &req->facts);
	wire_put_u8(out, req->host);
	wire_put_u8(out, req->rewrite_only);
	wire_put_u32(out, req->skip_edit);
}

bool rewrite_request_get(struct rewrite_request *req, struct wire_reader *r, const void *parent)
{
	uint32_t n;

	*req = (struct rewrite_request){ 0 };
	unit_get(&req->unit, r, parent);
	n = wire_count(r, 2 * SIZE_STR);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct rewrite_file *f = vec_add(parent, &req->files);

		f->name = get_str(r, parent);
		f->text = get_str(r, parent);
	}
	n = wire_count(r, 4 * SIZE_STR + 8);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_program(r, parent, vec_add(parent, &req->programs));
	n = wire_count(r, 3 * SIZE_STR + 2 + 24 + SIZE_RANGE);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_map(r, parent, vec_add(parent, &req->maps));
	get_facts(r, parent, &req->facts);
	req->host = get_bool(r);
	req->rewrite_only = get_bool(r);
	req->skip_edit = wire_u32(r);
	return !r->bad;
}

static void put_diag(struct strbuf *out, const struct diag *d)
{
	wire_put_u8(out, (uint8_t)d->severity);
	wire_put_u8(out, (uint8_t)d->status);
	put_range(out, d->at);
	wire_put_str(out, d->message);
	wire_put_str(out, d->hint);
	wire_put_u32(out, (uint32_t)d->reasons.n);
	vec_each(&d->reasons, reason) {
		put_range(out, reason->at);
		wire_put_str(out, reason->text);
	}
}

static void get_reason(struct wire_reader *r, const void *parent, struct diag_reason *reason)
{
	reason->at = get_range(r);
	reason->text = get_str(r, parent);
}

static void get_diag(struct wire_reader *r, const void *parent, struct diag *d)
{
	uint32_t n;

	d->severity = get_enum(r, DIAG_NOTE + 1);
	d->status = get_enum(r, STATUS_LOST + 1);
	d->at = get_range(r);
	d->message = get_str(r, parent);
	d->hint = wire_str(r, parent);
	n = wire_count(r, SIZE_RANGE + SIZE_STR);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_reason(r, parent, vec_add(parent, &d->reasons));
}

static void put_event(struct strbuf *out, const struct event_format *e)
{
	wire_put_u32(out, e->id);
	wire_put_u8(out, (uint8_t)e->kind);
	wire_put_str(out, e->name);
	wire_put_str(out, e->format);
	wire_put_u32(out, e->size);
	wire_put_u32(out, (uint32_t)e->fields.n);
	vec_each(&e->fields, f) {
		wire_put_str(out, f->name);
		wire_put_str(out, f->c_type);
		wire_put_u32(out, f->offset);
		wire_put_u32(out, f->size);
	}
}

/* A field lies within its record: whoever reads records relies on it. */
static void get_event(struct wire_reader *r, const void *parent, struct event_format *e)
{
	uint32_t n;

	e->id = wire_u32(r);
	e->kind = get_enum(r, EVENT_EXIT + 1);
	e->name = wire_str(r, parent);
	e->format = wire_str(r, parent);
	e->size = wire_u32(r);
	n = wire_count(r, 2 * SIZE_STR + 8);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct event_field *f = vec_add(parent, &e->fields);

		f->name = wire_str(r, parent);
		f->c_type = get_str(r, parent);
		f->offset = wire_u32(r);
		f->size = wire_u32(r);
		if (f->offset > e->size || f->size > e->size - f->offset)
			r->bad = true;
	}
}

static void put_record(struct strbuf *out, const struct record_layout *rec)
{
	wire_put_str(out, rec->name);
	wire_put_u32(out, rec->size);
	wire_put_u32(out, (uint32_t)rec->members.n);
	vec_each(&rec->members, m) {
		wire_put_str(out, m->name);
		wire_put_str(out, m->c_type);
		wire_put_u32(out, m->bit_offset);
		wire_put_u32(out, m->bits);
		wire_put_u32(out, m->size);
	}
}

static void get_record(struct wire_reader *r, const void *parent, struct record_layout *rec)
{
	uint32_t n;

	rec->name = get_str(r, parent);
	rec->size = wire_u32(r);
	n = wire_count(r, 2 * SIZE_STR + 12);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct record_member *m = vec_add(parent, &rec->members);

		m->name = get_str(r, parent);
		m->c_type = get_str(r, parent);
		m->bit_offset = wire_u32(r);
		m->bits = wire_u32(r);
		m->size = wire_u32(r);
	}
}

static void put_notes(struct strbuf *out, const struct rewrite_result *res)
{
	wire_put_u32(out, (uint32_t)res->notes.n);
	vec_each(&res->notes, n) {
		put_range(out, n->at);
		wire_put_str(out, n->text);
		wire_put_u32(out, (uint32_t)n->reasons.n);
		vec_each(&n->reasons, reason) {
			put_range(out, reason->at);
			wire_put_str(out, reason->text);
		}
	}
}

static void get_notes(struct wire_reader *r, const void *parent, struct rewrite_result *res)
{
	uint32_t n = wire_count(r, SIZE_RANGE + SIZE_STR + 4), n_reasons;

	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct rewrite_note *note = vec_add(parent, &res->notes);

		note->at = get_range(r);
		note->text = get_str(r, parent);
		n_reasons = wire_count(r, SIZE_RANGE + SIZE_STR);
		for (uint32_t j = 0; j < n_reasons && !r->bad; j++)
			get_reason(r, parent, vec_add(parent, &note->reasons));
	}
}

void rewrite_result_put(const struct rewrite_result *res, struct strbuf *out)
{
	wire_put_u32(out, (uint32_t)res->diags.list.n);
	vec_each(&res->diags.list, d)
		put_diag(out, d);
	wire_put_u32(out, (uint32_t)res->edits.n);
	vec_each(&res->edits, e) {
		put_range(out, e->at);
		wire_put_str(out, e->text);
	}
	put_notes(out, res);
	wire_put_u32(out, (uint32_t)res->maps.n);
	vec_each(&res->maps, m)
		put_map(out, m);
	wire_put_u32(out, (uint32_t)res->events.n);
	vec_each(&res->events, e)
		put_event(out, e);
	wire_put_u32(out, (uint32_t)res->records.n);
	vec_each(&res->records, rec)
		put_record(out, rec);
	put_facts(out, &res->facts);
	wire_put_str(out, res->code);
	wire_put_str(out, res->value_type);
	put_double(out, res->parse_ms);
	put_double(out, res->infer_ms);
}

bool rewrite_result_get(struct rewrite_result *res, struct wire_reader *r, const void *parent)
{
	uint32_t n;

	*res = (struct rewrite_result){ .diags = { .parent = parent } };
	n = wire_count(r, 2 + SIZE_RANGE + 2 * SIZE_STR + 4);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_diag(r, parent, vec_add(parent, &res->diags.list));
	n = wire_count(r, SIZE_RANGE + SIZE_STR);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct rewrite_edit *e = vec_add(parent, &res->edits);

		e->at = get_range(r);
		e->text = get_str(r, parent);
	}
	get_notes(r, parent, res);
	n = wire_count(r, 3 * SIZE_STR + 2 + 24 + SIZE_RANGE);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_map(r, parent, vec_add(parent, &res->maps));
	n = wire_count(r, 2 * SIZE_STR + 13);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_event(r, parent, vec_add(parent, &res->events));
	n = wire_count(r, SIZE_STR + 8);
	for (uint32_t i = 0; i < n && !r->bad; i++)
		get_record(r, parent, vec_add(parent, &res->records));
	get_facts(r, parent, &res->facts);
	res->code = wire_str(r, parent);
	res->value_type = wire_str(r, parent);
	res->parse_ms = get_double(r);
	res->infer_ms = get_double(r);
	return !r->bad;
}
