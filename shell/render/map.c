// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Rows -> text. Two writers over the same rows (map_rows.c): JSON lines, written straight out because a
 * map can have a million entries, and tables.
 */
#include <inttypes.h>

#include "base/utf8.h"
#include "shell/render/map_rows.h"

#define FLUSH_AT (64 * 1024)

void map_add_title(const struct map_view *v, struct strbuf *out)
{
	if (v->at && *v->name != '@')
		strbuf_addc(out, '@');
	strbuf_adds(out, v->name);
}

static void flush(struct strbuf *sb, FILE *out)
{
	fwrite(sb->text, 1, sb->len, out);
	strbuf_reset(sb);
}

static bool is_number(const struct value_type *vt)
{
	return vt->kind == VALUE_INT || vt->kind == VALUE_UINT || vt->kind == VALUE_FLOAT;
}

/* One member: bare; several: an object named by the columns. */
static void add_json_members(const struct map_rows *r, const struct value_member *ms, unsigned n,
			     bool object, const char *bytes, struct strbuf *out)
{
	if (object)
		strbuf_addc(out, '{');
	for (unsigned i = 0; i < n; i++) {
		uint64_t tmp;

		if (i)
			strbuf_addc(out, ',');
		if (object) {
			utf8_add_json(out, ms[i].name, strlen(ms[i].name));
			strbuf_addc(out, ':');
		}
		value_add_json(&r->view->types, &ms[i].type, value_member_bytes(&ms[i], bytes, &tmp),
			       out);
	}
	if (object)
		strbuf_addc(out, '}');
}

void map_add_json_key(const struct map_rows *r, const struct map_row *row, struct strbuf *out)
{
	if (!r->n_keys)
		return;
	strbuf_adds(out, ",\"key\":");
	add_json_members(r, r->keys, r->n_keys, r->n_keys > 1 || r->key_is_record, row->key, out);
}

static void add_json_aggregate(const struct map_rows *r, const struct map_row *row, struct strbuf *out)
{
	enum at_value kind = r->view->at->value;
	const char *const *names;
	unsigned n = map_aggregate_columns(kind, &names);
	int64_t v;

	if (n > 1)
		strbuf_addc(out, '{');
	for (unsigned i = 0; i < n; i++) {
		if (n > 1)
			strbuf_addf(out, "%s\"%s\":", i ? "," : "", names[i]);
		if (map_aggregate_cell(kind, &row->agg, i, &v))
			strbuf_addf(out, "%" PRId64, v);
		else
			strbuf_adds(out, "null");
	}
	if (n > 1)
		strbuf_addc(out, '}');
}

static void print_json(const struct map_rows *r, FILE *out)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT, head = STRBUF_INIT;

	strbuf_addf(&head, "{\"type\":\"%s\",\"map\":", r->histogram ? "hist" : "map");
	utf8_add_json(&head, r->view->name, strlen(r->view->name));
	for (size_t i = 0; i < r->n; i++) {
		strbuf_add(&sb, head.text, head.len);
		map_add_json_key(r, r->sorted[i], &sb);
		if (r->histogram) {
			histogram_add_json(r, r->sorted[i], &sb);
		} else {
			strbuf_adds(&sb, ",\"value\":");
			if (r->aggregate)
				add_json_aggregate(r, r->sorted[i], &sb);
			else
				value_add_json(&r->view->types, &r->value, r->sorted[i]->value, &sb);
		}
		strbuf_adds(&sb, "}\n");
		if (sb.len > FLUSH_AT)
			flush(&sb, out);
	}
	flush(&sb, out);
}

static char *cell_text(const struct map_rows *r, const struct value_member *m, const char *bytes,
		       const void *parent)
{
	struct strbuf sb = STRBUF_INIT;
	uint64_t tmp;

	value_add_text(&r->view->types, &m->type, value_member_bytes(m, bytes, &tmp), &sb);
	return strbuf_detach(&sb, parent);
}

static void add_columns(const struct map_rows *r, struct table *t)
{
	const char *const *names;
	unsigned n;

	for (unsigned i = 0; i < r->n_keys; i++)
		table_column(t, r->keys[i].name, is_number(&r->keys[i].type));
	if (r->histogram) {
		table_column(t, "min", true);
		table_column(t, "max", true);
		table_column(t, "count", true);
	} else if (r->aggregate) {
		n = map_aggregate_columns(r->view->at->value, &names);
		for (unsigned i = 0; i < n; i++)
			table_column(t, names[i], true);
	} else {
		for (unsigned i = 0; i < r->n_values; i++)
			table_column(t, *r->values[i].name ? r->values[i].name : "(anonymous)",
				     is_number(&r->values[i].type));
	}
}

static struct table *make_table(const struct map_rows *r)
{
	struct table *t = table_new(r, "map");

	add_columns(r, t);
	if (r->histogram) {
		histogram_add_table(r, t);
		return t;
	}
	for (size_t k = 0; k < r->n; k++) {
		const struct map_row *row = r->sorted[k];
		char **cells = table_row(t);
		unsigned c = 0;
		int64_t v;

		for (unsigned i = 0; i < r->n_keys; i++)
			cells[c++] = cell_text(r, &r->keys[i], row->key, t);
		for (unsigned i = 0; r->aggregate && c < t->columns.n; i++, c++)
			if (map_aggregate_cell(r->view->at->value, &row->agg, i, &v))
				cells[c] = mem_printf(t, "%" PRId64, v);
		for (unsigned i = 0; c < t->columns.n; i++)
			cells[c++] = cell_text(r, &r->values[i], row->value, t);
	}
	return t;
}

void map_add_key_text(const struct map_rows *r, const struct map_row *row, struct strbuf *out)
{
	for (unsigned i = 0; i < r->n_keys; i++) {
		uint64_t tmp;

		strbuf_adds(out, i ? ", " : "");
		value_add_text(&r->view->types, &r->keys[i].type,
			       value_member_bytes(&r->keys[i], row->key, &tmp), out);
	}
}

static void print_histograms(const struct map_rows *r, struct strbuf *sb)
{
	for (size_t i = 0; i < r->n; i++) {
		map_add_title(r->view, sb);
		if (r->n_keys) {
			strbuf_addc(sb, '[');
			map_add_key_text(r, r->sorted[i], sb);
			strbuf_addc(sb, ']');
		}
		strbuf_adds(sb, ":\n");
		histogram_add_text(r, r->sorted[i], sb);
	}
}

static void print_scalar(const struct map_rows *r, struct strbuf *sb)
{
	const char *const *names;
	unsigned n;
	int64_t v;

	map_add_title(r->view, sb);
	strbuf_adds(sb, ": ");
	if (!r->aggregate) {
		value_add_text(&r->view->types, &r->value, r->sorted[0]->value, sb);
	} else {
		n = map_aggregate_columns(r->view->at->value, &names);
		for (unsigned i = 0; i < n; i++) {
			strbuf_adds(sb, i ? ", " : "");
			if (n > 1)
				strbuf_addf(sb, "%s ", names[i]);
			if (map_aggregate_cell(r->view->at->value, &r->sorted[0]->agg, i, &v))
				strbuf_addf(sb, "%" PRId64, v);
			else
				strbuf_adds(sb, "-");
		}
	}
	strbuf_addc(sb, '\n');
}

void map_render(const struct map_view *v, const struct map_snapshot *snap, enum table_format format,
		FILE *out)
{
	_cleanup_mem_ struct map_rows *r = map_rows_new(NULL, v, snap);
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	if (format == TABLE_JSON) {
		print_json(r, out);
		return;
	}
	if (format == TABLE_CSV || format == TABLE_TSV || format == TABLE_MARKDOWN) {
		table_print(make_table(r), format, &sb);
	} else if (!r->n) {
		map_add_title(v, &sb);
		strbuf_adds(&sb, ": empty\n");
	} else if (r->histogram) {
		print_histograms(r, &sb);
	} else if (!r->n_keys) {
		print_scalar(r, &sb);
	} else {
		map_add_title(v, &sb);
		strbuf_addc(&sb, '\n');
		table_print(make_table(r), format, &sb);
	}
	flush(&sb, out);
}
