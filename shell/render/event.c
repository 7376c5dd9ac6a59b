// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * printf in two halves: the format's conversions are read here, and each argument is fetched from the
 * record by its field's size and type, never by what the conversion claims.
 */
#include <inttypes.h>

#include "base/utf8.h"
#include "shell/render/event.h"
#include "shell/render/table.h"

#define WIDTH_MAX 1024

struct conversion {
	char flags[8];
	int width, precision;	/* -1: none */
	char type;
};

static const char *field_bytes(const struct event_field *f, const void *data, size_t len)
{
	if (f->offset > len || f->size > len - f->offset)
		return NULL;
	return (const char *)data + f->offset;
}

static struct value_type field_type(const struct value_types *t, const struct event_field *f)
{
	struct value_type vt = value_type_c(t, f->c_type, strlen(f->c_type), f->size);

	if (vt.size != f->size)
		vt = (struct value_type){ .kind = VALUE_BYTES, .size = f->size };
	return vt;
}

static int read_number(const char **p)
{
	int n = 0;

	while (**p >= '0' && **p <= '9') {
		n = n * 10 + (**p - '0');
		n = n > WIDTH_MAX ? WIDTH_MAX : n;
		(*p)++;
	}
	return n;
}

static bool is_flag(char c)
{
	return c && strchr("-+ #0", c);
}

/* FMT stands after the '%'. Returns what follows the conversion. */
static const char *read_conversion(const char *fmt, struct conversion *c)
{
	size_t n = 0;

	*c = (struct conversion){ .width = -1, .precision = -1 };
	for (; is_flag(*fmt); fmt++)
		if (n < sizeof(c->flags) - 1 && !strchr(c->flags, *fmt))
			c->flags[n++] = *fmt;
	if (*fmt >= '1' && *fmt <= '9')
		c->width = read_number(&fmt);
	if (*fmt == '.') {
		fmt++;
		c->precision = read_number(&fmt);
	}
	while (*fmt && strchr("hlLqjzt", *fmt))
		fmt++;
	c->type = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

static void add_padded(const struct conversion *c, const char *text, size_t len, struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	strbuf_add(&sb, text, len);
	table_add_padded(out, sb.text, c->width > 0 ? c->width : 0, !strchr(c->flags, '-'));
}

static void add_integer(const struct conversion *c, char type, uint64_t v, struct strbuf *out)
{
	char fmt[48], number[WIDTH_MAX + 64];
	int n = 0;

	if (!*c->flags && c->width < 0 && c->precision < 0 && (type == 'd' || type == 'u')) {
		bool minus = type == 'd' && (int64_t)v < 0;

		value_add_integer(out, minus ? -v : v, minus);
		return;
	}
	/* a format of our own making: the person's flags, width and precision around a fixed type */
	n += snprintf(fmt + n, sizeof(fmt) - n, "%%%s", c->flags);
	if (c->width >= 0)
		n += snprintf(fmt + n, sizeof(fmt) - n, "%d", c->width);
	if (c->precision >= 0)
		n += snprintf(fmt + n, sizeof(fmt) - n, ".%d", c->precision);
	snprintf(fmt + n, sizeof(fmt) - n, "ll%c", type);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(number, sizeof(number), fmt, (unsigned long long)v);
#pragma GCC diagnostic pop
	strbuf_adds(out, number);
}

static void add_string(const struct value_types *t, const struct conversion *c,
		       const struct value_type *vt, const char *bytes, struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct value_type text = *vt;

	if (vt->kind == VALUE_TEXT && c->precision >= 0 && (size_t)c->precision < text.size)
		text.size = c->precision;
	if (c->width <= 0) {
		value_add_text(t, &text, bytes, out);
		return;
	}
	value_add_text(t, &text, bytes, &sb);
	add_padded(c, sb.text, sb.len, out);
}

static void add_argument(const struct value_types *t, const struct conversion *c,
			 const struct event_field *f, const char *bytes, struct strbuf *out)
{
	struct value_type vt = field_type(t, f);
	char one, pointer[24];
	int64_t v;

	if (!value_number(&vt, bytes, &v)) {
		add_string(t, c, &vt, bytes, out);
		return;
	}
	/* an unsigned value under %d keeps its width's sign, as C's varargs would */
	if ((c->type == 'd' || c->type == 'i') && vt.size == 4)
		v = (int32_t)v;
	if (c->type != 'd' && c->type != 'i' && vt.size < 8)
		v &= ((uint64_t)1 << (8 * vt.size)) - 1;
	switch (c->type) {
	case 'c':
		one = v;
		vt = (struct value_type){ .kind = VALUE_TEXT, .size = 1 };
		add_string(t, c, &vt, &one, out);
		break;
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		add_integer(c, c->type == 'i' ? 'd' : c->type, v, out);
		break;
	case 'p':
		snprintf(pointer, sizeof(pointer), "0x%" PRIx64, (uint64_t)v);
		add_padded(c, pointer, strlen(pointer), out);
		break;
	default:
		add_string(t, c, &vt, bytes, out);
	}
}

void event_printf(const struct value_types *t, const struct event_format *f, const void *data,
		  size_t len, struct strbuf *out)
{
	const char *p = f->format ? f->format : "";
	size_t next = 0;

	while (*p) {
		size_t plain = strcspn(p, "%");
		struct conversion c;
		const char *bytes;

		strbuf_add(out, p, plain);
		p += plain;
		if (!*p)
			break;
		if (p[1] == '%') {
			strbuf_addc(out, '%');
			p += 2;
			continue;
		}
		p = read_conversion(p + 1, &c);
		if (next >= f->fields.n)
			continue;
		bytes = field_bytes(&f->fields.v[next], data, len);
		if (bytes)
			add_argument(t, &c, &f->fields.v[next], bytes, out);
		next++;
	}
}

void event_printf_json(const char *text, size_t len, struct strbuf *out)
{
	strbuf_adds(out, "{\"type\":\"printf\",\"text\":");
	utf8_add_json(out, text, len);
	strbuf_adds(out, "}\n");
}

void event_emit_json(const struct value_types *t, const struct event_format *f, const void *data,
		     size_t len, uint64_t time, struct strbuf *out)
{
	strbuf_adds(out, "{\"type\":\"event\",\"event\":");
	utf8_add_json(out, f->name, strlen(f->name));
	strbuf_addf(out, ",\"time\":%" PRIu64, time);
	vec_each(&f->fields, field) {
		struct value_type vt = field_type(t, field);
		const char *bytes = field_bytes(field, data, len);

		strbuf_addc(out, ',');
		utf8_add_json(out, field->name, strlen(field->name));
		strbuf_addc(out, ':');
		if (bytes)
			value_add_json(t, &vt, bytes, out);
		else
			strbuf_adds(out, "null");
	}
	strbuf_adds(out, "}\n");
}

/* What a streamed column is given: later rows are not known yet. */
static size_t stream_width(const struct value_type *vt, const char *name)
{
	size_t head = utf8_width(name, strlen(name)), w = 12;

	if (vt->kind == VALUE_TEXT)
		w = vt->size < 16 ? 16 : vt->size > 32 ? 32 : vt->size;
	else if (vt->kind == VALUE_POINTER)
		w = 18;
	else if (vt->size < 8)
		w = 10;
	return head > w ? head : w;
}

static void add_cell(const struct value_types *t, const struct event_field *f, const void *data,
		     size_t len, struct strbuf *out)
{
	struct value_type vt = field_type(t, f);
	const char *bytes = field_bytes(f, data, len);

	if (bytes)
		value_add_text(t, &vt, bytes, out);
}

static void end_row(struct strbuf *out)
{
	while (out->len && out->text[out->len - 1] == ' ')
		strbuf_trim(out, out->len - 1);
	strbuf_addc(out, '\n');
}

void event_emit_text(const struct value_types *t, const struct event_format *f, const void *data,
		     size_t len, bool heads, struct strbuf *out)
{
	for (int row = heads ? 0 : 1; row < 2; row++) {
		strbuf_adds(out, row ? "" : f->name);
		strbuf_adds(out, row ? "" : "\n");
		for (size_t i = 0; i < f->fields.n; i++) {
			const struct event_field *field = &f->fields.v[i];
			struct value_type vt = field_type(t, field);
			bool number = vt.kind == VALUE_INT || vt.kind == VALUE_UINT;
			_cleanup_strbuf_ struct strbuf cell = STRBUF_INIT;

			if (row)
				add_cell(t, field, data, len, &cell);
			else
				strbuf_adds(&cell, field->name);
			strbuf_adds(out, i ? " " : "");
			table_add_padded(out, cell.text, stream_width(&vt, field->name), number);
		}
		end_row(out);
	}
}

void event_emit_separated(const struct value_types *t, const struct event_format *f,
			  const void *data, size_t len, bool heads, char separator,
			  struct strbuf *out)
{
	for (int row = heads ? 0 : 1; row < 2; row++) {
		for (size_t i = 0; i < f->fields.n; i++) {
			_cleanup_strbuf_ struct strbuf cell = STRBUF_INIT;

			if (row)
				add_cell(t, &f->fields.v[i], data, len, &cell);
			else
				strbuf_adds(&cell, f->fields.v[i].name);
			if (i)
				strbuf_addc(out, separator);
			if (separator == ',')
				table_add_csv(out, cell.text);
			else
				strbuf_adds(out, cell.text);
		}
		strbuf_addc(out, '\n');
	}
}
