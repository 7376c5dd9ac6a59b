// SPDX-License-Identifier: GPL-3.0-or-later
/* The unit as pieces, and the way back from its offsets to what was typed; see unit.h. */
#include "rewriter/unit.h"

#include <string.h>

void unit_init(struct unit *u, const void *parent)
{
	*u = (struct unit){ .parent = parent };
}

static struct piece *add_piece(struct unit *u, enum piece_kind kind, int src, size_t start, size_t end)
{
	struct piece *p = vec_add(u->parent, &u->pieces);

	p->kind = kind;
	p->src = src;
	p->start = start;
	p->end = end;
	return p;
}

void unit_user(struct unit *u, int src, const struct source *s, size_t start, size_t end)
{
	struct piece *p;

	if (start >= end)
		return;
	p = add_piece(u, PIECE_USER, src, start, end);
	p->text = mem_strndup(u->parent, s->text + start, end - start);
	p->len = end - start;
}

void unit_ours(struct unit *u, const char *fmt, ...)
{
	struct piece *p = add_piece(u, PIECE_OURS, -1, 0, 0);
	va_list ap;

	va_start(ap, fmt);
	p->text = mem_vprintf(u->parent, fmt, ap);
	va_end(ap);
	p->len = strlen(p->text);
}

void unit_ours_for(struct unit *u, int src, size_t start, size_t end, const char *fmt, ...)
{
	struct piece *p = add_piece(u, PIECE_OURS, src, start, end);
	va_list ap;

	va_start(ap, fmt);
	p->text = mem_vprintf(u->parent, fmt, ap);
	va_end(ap);
	p->len = strlen(p->text);
}

void unit_maps(struct unit *u, const char *names)
{
	struct piece *p = add_piece(u, PIECE_MAPS, -1, 0, 0);

	p->text = mem_strdup(u->parent, names);
	p->len = strlen(names);
}

char *unit_text_maps(struct unit *u, const void *parent, unit_maps_fn *fn, void *arg, size_t *ret_len)
{
	struct strbuf out;

	strbuf_init(&out, parent);
	vec_each(&u->pieces, p) {
		p->at = out.len;
		if (p->kind != PIECE_MAPS)
			strbuf_add(&out, p->text, p->len);
		else if (fn)
			fn(arg, p->text, &out);
		p->size = out.len - p->at;
	}
	*ret_len = out.len;
	return strbuf_detach(&out, parent);
}

char *unit_text(struct unit *u, const void *parent, size_t *ret_len)
{
	return unit_text_maps(u, parent, NULL, NULL, ret_len);
}

static bool is_typed(const struct piece *p)
{
	return p->kind != PIECE_MAPS && p->src >= 0;
}

/* Typed text that a point OFFSET belongs to, the end of a piece only if nothing typed follows. */
static bool point_to_user(const struct unit *u, size_t offset, struct range *ret)
{
	bool found = false;

	vec_each(&u->pieces, p) {
		size_t in = offset - p->at;

		if (p->at > offset)
			break;
		if (!is_typed(p) || in > p->size || (in == p->size && p->kind != PIECE_USER))
			continue;
		*ret = p->kind == PIECE_USER ? (struct range){ p->src, p->start + in, p->start + in } :
					       (struct range){ p->src, p->start, p->end };
		found = true;
	}
	return found;
}

bool unit_to_user(const struct unit *u, size_t start, size_t end, struct range *ret)
{
	struct range r = RANGE_NONE;

	if (end <= start) {
		*ret = RANGE_NONE;
		return point_to_user(u, start, ret);
	}
	vec_each(&u->pieces, p) {
		size_t from, to;

		if (p->at >= end)
			break;
		if (p->at + p->size <= start || !is_typed(p))
			continue;
		from = p->start;
		to = p->end;
		if (p->kind == PIECE_USER) {
			from += start > p->at ? start - p->at : 0;
			to -= p->at + p->size > end ? p->at + p->size - end : 0;
		}
		if (r.src < 0)
			r = (struct range){ p->src, from, to };
		if (p->src != r.src)
			continue;
		r.start = from < r.start ? from : r.start;
		r.end = to > r.end ? to : r.end;
	}
	*ret = r;
	return r.src >= 0;
}

void unit_originals(struct unit *u, const struct source *sources, size_t n)
{
	vec_each(&u->pieces, p) {
		if (p->kind != PIECE_OURS || p->src < 0 || p->src >= n || p->end < p->start ||
		    p->end > sources[p->src].len)
			continue;
		p->original_len = p->end - p->start;
		p->original = mem_strndup(u->parent, sources[p->src].text + p->start, p->original_len);
	}
}

void unit_put(const struct unit *u, struct strbuf *out)
{
	wire_put_u32(out, (uint32_t)u->pieces.n);
	vec_each(&u->pieces, p) {
		wire_put_u8(out, (uint8_t)p->kind);
		wire_put_u32(out, (uint32_t)p->src);
		wire_put_u64(out, p->start);
		wire_put_u64(out, p->end);
		wire_put_blob(out, p->text, p->len);
		wire_put_u8(out, p->original != NULL);
		wire_put_blob(out, p->original ? p->original : "", p->original_len);
	}
}

/* A piece must be what unit_user() and the others make: the way back is computed from it. */
static bool piece_is_sound(const struct piece *p)
{
	switch (p->kind) {
	case PIECE_USER:
		return p->src >= 0 && p->start <= p->end && p->end - p->start == p->len;
	case PIECE_OURS:
		return p->src >= -1 && p->start <= p->end;
	case PIECE_MAPS:
		return !memchr(p->text, '\0', p->len);
	}
	return false;
}

bool unit_get(struct unit *u, struct wire_reader *r, const void *parent)
{
	uint32_t n = wire_count(r, 1 + 4 + 8 + 8 + 4 + 1 + 4);

	unit_init(u, parent);
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct piece *p = vec_add(parent, &u->pieces);
		const void *bytes;
		bool has_original;

		p->kind = wire_u8(r);
		p->src = (int)wire_u32(r);
		p->start = wire_u64(r);
		p->end = wire_u64(r);
		bytes = wire_blob(r, &p->len);
		p->text = mem_strndup(parent, bytes ? bytes : "", p->len);
		has_original = wire_u8(r);
		bytes = wire_blob(r, &p->original_len);
		if (has_original && bytes)
			p->original = mem_strndup(parent, bytes, p->original_len);
		if (!piece_is_sound(p))
			r->bad = true;
	}
	return !r->bad;
}
