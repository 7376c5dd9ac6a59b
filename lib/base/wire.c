// SPDX-License-Identifier: GPL-3.0-or-later
/* Values as bytes; see wire.h. */
#include "base/wire.h"

#include <string.h>

#define WIRE_NULL 0xffffffffu

void wire_put_u8(struct strbuf *out, uint8_t v)
{
	strbuf_add(out, &v, sizeof(v));
}

void wire_put_u32(struct strbuf *out, uint32_t v)
{
	strbuf_add(out, &v, sizeof(v));
}

void wire_put_u64(struct strbuf *out, uint64_t v)
{
	strbuf_add(out, &v, sizeof(v));
}

void wire_put_blob(struct strbuf *out, const void *p, size_t len)
{
	wire_put_u32(out, (uint32_t)len);
	strbuf_add(out, p, len);
}

void wire_put_str(struct strbuf *out, const char *s)
{
	if (s)
		wire_put_blob(out, s, strlen(s));
	else
		wire_put_u32(out, WIRE_NULL);
}

void wire_reader_init(struct wire_reader *r, const void *p, size_t len)
{
	*r = (struct wire_reader){ .p = p, .end = (const char *)p + len };
}

static const void *take(struct wire_reader *r, size_t len)
{
	const void *p = r->p;

	if (r->bad || (size_t)(r->end - r->p) < len) {
		r->bad = true;
		return NULL;
	}
	r->p += len;
	return p;
}

uint8_t wire_u8(struct wire_reader *r)
{
	const void *p = take(r, 1);

	return p ? *(const uint8_t *)p : 0;
}

uint32_t wire_u32(struct wire_reader *r)
{
	const void *p = take(r, sizeof(uint32_t));
	uint32_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

uint64_t wire_u64(struct wire_reader *r)
{
	const void *p = take(r, sizeof(uint64_t));
	uint64_t v = 0;

	if (p)
		memcpy(&v, p, sizeof(v));
	return v;
}

uint32_t wire_count(struct wire_reader *r, size_t item_size)
{
	uint32_t n = wire_u32(r);

	if (r->bad || n > (size_t)(r->end - r->p) / item_size) {
		r->bad = true;
		return 0;
	}
	return n;
}

const void *wire_blob(struct wire_reader *r, size_t *ret_len)
{
	uint32_t len = wire_u32(r);
	const void *p = take(r, len);

	*ret_len = p ? len : 0;
	return p;
}

char *wire_str(struct wire_reader *r, const void *parent)
{
	uint32_t len = wire_u32(r);
	const void *p;

	if (r->bad || len == WIRE_NULL)
		return NULL;
	p = take(r, len);
	if (!p)
		return NULL;
	if (memchr(p, '\0', len)) {
		r->bad = true;
		return NULL;
	}
	return mem_strndup(parent, p, len);
}

bool wire_done(const struct wire_reader *r)
{
	return !r->bad && r->p == r->end;
}
