// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a clause tells the shell: printf, emit, print, clear, zero, exit. Each becomes a record in
 * the session's ring: a header, then the fields at their natural alignment, written where
 * they will be read. The formats that explain the records go to the shell with the result.
 */
#include "rewriter/lower_parts.h"
#include "rewriter/record_layout.h"

#define TEXT_DEFAULT 64		/* bytes of a text behind a pointer */

struct event_format *lower_event_format(struct lowering *w, const struct ast *n, enum event_kind kind)
{
	struct rewrite_result *res = w->l->res;
	uint32_t number = 0;
	struct event_format *f;

	for (size_t i = 0; i < res->events.n; i++)
		number += res->events.v[i].id >> 8 == w->program;
	if (number > 255) {
		lower_error(w, n, "more than 256 events in one program");
		return NULL;
	}
	f = vec_add(w->l->parent, &res->events);
	f->id = w->program << 8 | number;
	f->kind = kind;
	return f;
}

static uint64_t align_up(uint64_t n, uint64_t align)
{
	return (n + align - 1) / align * align;
}

static bool is_text_pointer(const struct ast_type *t)
{
	return t && t->kind == TYPE_POINTER && t->to && t->to->is_char;
}

/* The C type of the field that holds argument N; NULL with an error if there is none. */
static const char *field_type(struct lowering *w, struct ast *n, bool as_text, uint32_t *ret_size,
			      uint32_t *ret_align)
{
	size_t text = lower_text_size(w, n);
	struct ast *array = lower_array(n);
	const struct ast_type *t = array ? array->type : lower_strip(n)->type;

	if (!text && as_text && is_text_pointer(t))
		text = TEXT_DEFAULT;
	*ret_align = 1;
	if (text) {
		*ret_size = (uint32_t)text;
		return mem_printf(w->l->parent, "char[%zu]", text);
	}
	if (!t || !t->size || t->kind == TYPE_FLOAT || t->kind == TYPE_OTHER ||
	    (t->kind != TYPE_POINTER && strchr(t->name, '('))) {
		lower_error(w, n, "'%s' cannot be sent", lower_source(w->l->parent, w->l->unit, n));
		return NULL;
	}
	record_layout_add(w->l->parent, w->l->res, t);
	*ret_size = (uint32_t)t->size;
	*ret_align = t->align ? (uint32_t)t->align : 1;
	return t->kind == TYPE_POINTER && strchr(t->name, '(') ? "void *" : t->name;
}

static bool add_field(struct lowering *w, struct event_format *f, struct ast *n, bool as_text)
{
	struct event_field field = { 0 };
	uint32_t align;
	const char *type = field_type(w, n, as_text, &field.size, &align);

	if (!type)
		return false;
	field.c_type = mem_strdup(w->l->parent, type);
	field.name = lower_source(w->l->parent, w->l->unit, n);
	field.offset = (uint32_t)align_up(f->size, align);
	f->size = field.offset + field.size;
	vec_push(w->l->parent, &f->fields, field);
	return true;
}

/* A text behind a pointer: read from where the pointer points. */
static bool is_behind_pointer(struct lowering *w, const struct event_field *field, struct ast *n)
{
	return lower_text_bytes(field->c_type) && !lower_text_size(w, n);
}

static void store_behind_pointer(struct lowering *w, struct edit *e, const char *dest, size_t size,
				 struct ast *n)
{
	bool user = w->l->inf && (infer_value(w->l->inf, lower_strip(n), w->instance) & ORIGIN_USER);

	edit_text(e, "bcsh_str(bpf_probe_read_%s_str, %s, %zu, ", user ? "user" : "kernel", dest, size);
	lower_part(w, e, lower_strip(n));
	edit_text(e, "); ");
}

static void record(struct lowering *w, struct edit *e, struct event_format *f, struct ast **args)
{
	struct strbuf members;

	strbuf_init(&members, w->l->parent);
	for (size_t i = 0; i < f->fields.n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "f%zu", i);
		lower_declare(&members, f->fields.v[i].c_type, name);
		strbuf_adds(&members, "; ");
	}
	f->size = (uint32_t)align_up(f->size, 8);
	edit_text(e, "struct { struct __bcsh_header h; %s} *__bcsh_e = bpf_ringbuf_reserve(&__bcsh_ring, "
		  "sizeof(*__bcsh_e), 0); if (__bcsh_e) { __bcsh_e->h.format = %u; "
		  "__bcsh_e->h.size = %u; __bcsh_e->h.time = bpf_ktime_get_ns(); ",
		  members.text, f->id, f->size);
	for (size_t i = 0; i < f->fields.n; i++) {
		const struct event_field *field = &f->fields.v[i];
		char dest[32];

		snprintf(dest, sizeof(dest), "__bcsh_e->f%zu", i);
		if (is_behind_pointer(w, field, args[i]))
			store_behind_pointer(w, e, dest, field->size, args[i]);
		else
			lower_store(w, e, dest, field->c_type, args[i]);
	}
	edit_text(e, "bpf_ringbuf_submit(__bcsh_e, 0); } else bcsh_lost(__bcsh_id); ");
}

static bool event_printf(struct lowering *w, struct ast *n)
{
	struct event_format *f;
	struct edit *e;

	if (!lower_check_format(w, n))
		return true;
	f = lower_event_format(w, n, EVENT_PRINTF);
	if (!f)
		return true;
	f->format = mem_strdup(w->l->parent, lower_array(n->sub[0])->text);
	for (size_t i = 1; i < n->n_sub; i++) {
		const struct ast_type *t = lower_strip(n->sub[i])->type;

		if (!add_field(w, f, n->sub[i], is_text_pointer(t)))
			return true;
	}
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "({ ");
		record(w, e, f, n->sub + 1);
		edit_text(e, "0; })");
	}
	for (size_t i = 1; i < n->n_sub; i++)
		lower_walk(w, n->sub[i]);
	return true;
}

/* The word before the first comma; it may have been written in quotes. */
static char *event_name(struct lowering *w, struct ast *n)
{
	struct ast *s = n->n_sub ? lower_array(n->sub[0]) : NULL;
	const char *p;
	size_t len;

	if (!s || s->kind != AST_STRING)
		return NULL;
	p = s->text + (s->text[0] == '"');
	len = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return len && (*p < '0' || *p > '9') && (!p[len] || p[len] == '"') ? mem_strndup(w->l->parent, p, len) : NULL;
}

static bool event_emit(struct lowering *w, struct ast *n)
{
	char *name = event_name(w, n);
	struct event_format *f;
	struct edit *e;

	if (!name) {
		lower_hint(w, lower_error(w, n, "'emit' needs the event's name, a word, first"),
			   "write emit(open, pid, comm)");
		return true;
	}
	f = lower_event_format(w, n, EVENT_EMIT);
	if (!f)
		return true;
	f->name = name;
	for (size_t i = 1; i < n->n_sub; i++)
		if (!add_field(w, f, n->sub[i], false))
			return true;
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "({ ");
		record(w, e, f, n->sub + 1);
		edit_text(e, "0; })");
	}
	for (size_t i = 1; i < n->n_sub; i++)
		lower_walk(w, n->sub[i]);
	return true;
}

static bool event_exit(struct lowering *w, struct ast *n)
{
	struct event_format *f;
	struct edit *e;

	if (n->n_sub > 1) {
		lower_error(w, n, "'exit' takes at most a status");
		return true;
	}
	f = lower_event_format(w, n, EVENT_EXIT);
	e = f ? lower_edit(w, n, EDIT_CODE) : NULL;
	if (e) {
		edit_text(e, "({ bcsh_exit(");
		if (n->n_sub)
			lower_part(w, e, lower_strip(n->sub[0]));
		else
			edit_text(e, "0");
		edit_text(e, "); ");
		record(w, e, f, NULL);
		edit_text(e, "})");
	}
	lower_walk_subs(w, n);
	return true;
}

/* The name that the session has for the map in a call's argument. */
const char *lower_whole_map(struct ast *n)
{
	struct ast *at = n->n_sub == 1 ? lower_at_argument(n->sub[0]) : NULL, *var;

	if (at)
		return at->n_sub ? NULL : *at->name ? at->name : "@";
	var = n->n_sub == 1 ? lower_strip(n->sub[0]) : NULL;
	if (var && var->kind == AST_LOAD)
		var = var->sub[0];
	return var && var->kind == AST_VAR && ast_note(var->decl, "map:") ? var->decl->name : NULL;
}

static bool event_whole(struct lowering *w, struct ast *n, enum event_kind kind, const char *name)
{
	const char *map = lower_whole_map(n);
	struct event_format *f;
	struct edit *e;

	if (!map) {
		lower_hint(w, lower_error(w, n, "'%s' takes one map, without a key", name),
			   "write %s(@map)", name);
		return true;
	}
	f = lower_event_format(w, n, kind);
	e = f ? lower_edit(w, n, EDIT_CODE) : NULL;
	if (e) {
		f->name = mem_strdup(w->l->parent, map);
		edit_text(e, "({ ");
		record(w, e, f, NULL);
		edit_text(e, "})");
	}
	return true;
}

bool lower_event_call(struct lowering *w, struct ast *n, const char *name)
{
	static const struct {
		const char *name;
		enum event_kind kind;
	} whole[] = { { "print", EVENT_PRINT }, { "clear", EVENT_CLEAR }, { "zero", EVENT_ZERO } };

	if (!strcmp(name, "printf"))
		return event_printf(w, n);
	if (!strcmp(name, "emit"))
		return event_emit(w, n);
	if (!strcmp(name, "exit"))
		return event_exit(w, n);
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (!strcmp(name, whole[i].name))
			return event_whole(w, n, whole[i].kind, name);
	return false;
}
