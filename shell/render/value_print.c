// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The two writers of a value: text for a cell ("{pid=42, comm=sshd}") and JSON, whose integers are exact
 * and whose pointers are strings in hexadecimal. One walk serves both.
 */
#include <inttypes.h>
#include <math.h>

#include "base/utf8.h"
#include "shell/render/value.h"

#define DEPTH_MAX 32
#define STEPS_MAX 1000000	/* of one value: layouts come from the worker and may nest madly */

struct printer {
	const struct value_types *t;
	struct strbuf *out;
	bool json;
	int depth, steps;
};

static void add_value(struct printer *p, const struct value_type *vt, const void *bytes);

static void add_bytes(struct printer *p, const void *bytes, size_t len)
{
	if (p->json)
		strbuf_addc(p->out, '"');
	for (size_t i = 0; i < len; i++)
		strbuf_addf(p->out, "%s%02x", i && !p->json ? " " : "", ((const uint8_t *)bytes)[i]);
	if (p->json)
		strbuf_addc(p->out, '"');
}

static void add_text(struct printer *p, const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (p->json)
		utf8_add_json(p->out, text, len);
	else if (p->t->raw)
		strbuf_add(p->out, text, len);
	else
		utf8_add_visible(p->out, text, len);
}

static void add_float(struct printer *p, double v)
{
	if (p->json && !isfinite(v))
		strbuf_adds(p->out, "null");
	else
		strbuf_addf(p->out, p->json ? "%.17g" : "%g", v);
}

static void add_enum(struct printer *p, const struct value_type *vt, int64_t v)
{
	const char *name = btf_enum_name(vt->btf, vt->id, v);

	if (!name)
		strbuf_addf(p->out, "%" PRId64, v);
	else if (p->json)
		utf8_add_json(p->out, name, strlen(name));
	else
		strbuf_adds(p->out, name);
}

/* Maps and events have millions of them. */
void value_add_integer(struct strbuf *out, uint64_t v, bool minus)
{
	char digits[24], *p = digits + sizeof(digits);

	do {
		*--p = '0' + v % 10;
		v /= 10;
	} while (v);
	if (minus)
		*--p = '-';
	strbuf_add(out, p, digits + sizeof(digits) - p);
}

static void add_number(struct printer *p, const struct value_type *vt, const void *bytes)
{
	int64_t v = 0;

	value_number(vt, bytes, &v);
	switch (vt->kind) {
	case VALUE_INT:
		value_add_integer(p->out, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0);
		break;
	case VALUE_BOOL:
		strbuf_adds(p->out, v ? "true" : "false");
		break;
	case VALUE_POINTER:
		strbuf_addf(p->out, p->json ? "\"0x%" PRIx64 "\"" : "0x%" PRIx64, (uint64_t)v);
		break;
	case VALUE_ENUM:
		add_enum(p, vt, v);
		break;
	default:
		value_add_integer(p->out, v, false);
	}
}

static void add_array(struct printer *p, const struct value_type *vt, const void *bytes)
{
	struct value_type element = value_element(p->t, vt);

	strbuf_addc(p->out, '[');
	for (uint32_t i = 0; element.size && i < vt->count; i++) {
		if (i)
			strbuf_adds(p->out, p->json ? "," : ", ");
		add_value(p, &element, (const char *)bytes + i * element.size);
	}
	strbuf_addc(p->out, ']');
}

/* Members of anonymous records appear as the outer one's. */
static void add_members(struct printer *p, const struct value_type *vt, const void *bytes, bool *first)
{
	for (unsigned i = 0; i < value_members(vt); i++) {
		struct value_member m = value_member(p->t, vt, i);
		const void *at;
		uint64_t tmp;

		if (!m.type.size)
			continue;
		at = value_member_bytes(&m, bytes, &tmp);
		if (!*m.name) {
			if (m.type.kind == VALUE_RECORD && p->depth++ < DEPTH_MAX) {
				add_members(p, &m.type, at, first);
				p->depth--;
			}
			continue;
		}
		if (!*first)
			strbuf_adds(p->out, p->json ? "," : ", ");
		*first = false;
		if (p->json)
			utf8_add_json(p->out, m.name, strlen(m.name));
		else
			utf8_add_visible(p->out, m.name, strlen(m.name));
		strbuf_addc(p->out, p->json ? ':' : '=');
		add_value(p, &m.type, at);
	}
}

static void add_value(struct printer *p, const struct value_type *vt, const void *bytes)
{
	bool first = true;

	if (++p->depth > DEPTH_MAX || ++p->steps > STEPS_MAX) {
		strbuf_adds(p->out, p->json ? "null" : "...");
		p->depth--;
		return;
	}
	switch (vt->kind) {
	case VALUE_BYTES:
		add_bytes(p, bytes, vt->size);
		break;
	case VALUE_TEXT:
		add_text(p, bytes, vt->size);
		break;
	case VALUE_FLOAT:
		add_float(p, vt->size == 4 ? *(const float *)bytes : *(const double *)bytes);
		break;
	case VALUE_ARRAY:
		add_array(p, vt, bytes);
		break;
	case VALUE_RECORD:
		strbuf_addc(p->out, '{');
		add_members(p, vt, bytes, &first);
		strbuf_addc(p->out, '}');
		break;
	default:
		add_number(p, vt, bytes);
	}
	p->depth--;
}

void value_add_text(const struct value_types *t, const struct value_type *vt, const void *bytes,
		    struct strbuf *out)
{
	struct printer p = { .t = t, .out = out };

	add_value(&p, vt, bytes);
}

void value_add_json(const struct value_types *t, const struct value_type *vt, const void *bytes,
		    struct strbuf *out)
{
	struct printer p = { .t = t, .out = out, .json = true };

	add_value(&p, vt, bytes);
}
