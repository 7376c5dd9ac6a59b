// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Is untrusted BTF safe to read? Record by record first (names, ids, sizes), then as a graph:
 * nothing contains itself, nothing is nested without end, no small file describes more cells than
 * anybody could print. Record boundaries were found by the index; kernel files are not checked.
 */
#include "kernel/btf_index.h"

#define DEPTH_MAX 64
#define SIZE_MAX_BYTES (1u << 30)
#define CELLS_MAX (1u << 26)	/* scalars in one type, counted through arrays and records */

enum name_rule { NAME_NONE, NAME_MAYBE, NAME_MUST };

static bool name_ok(const struct btf_index *b, uint32_t offset, enum name_rule rule, bool blanks)
{
	const unsigned char *s;

	if (!offset)
		return rule != NAME_MUST;
	if (rule == NAME_NONE)
		return false;
	if (offset < b->first_string ? offset >= b->base->first_string + b->base->strings_len :
				       offset - b->first_string >= b->strings_len)
		return false;
	s = (const unsigned char *)btf_str(b, offset);
	if (!*s)
		return rule == NAME_MAYBE;
	for (; *s; s++) {
		bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			      (*s >= '0' && *s <= '9') || *s == '_' || *s == '.' || *s == '$' ||
			      *s >= 0x80;

		if (!letter && !(blanks && *s >= ' ' && *s < 0x7f))
			return false;
	}
	return true;
}

static bool kind_is(const struct btf_index *b, uint32_t id, uint32_t kinds)
{
	return id < b->n && kinds >> btf_kind_of(btf_type(b, id)) & 1;
}

/* What can be stored: not void, a function or only declared. */
static bool is_value(const struct btf_index *b, uint32_t id)
{
	return id < b->n &&
	       kind_is(b, btf_resolve(b, id),
		       1u << BTF_KIND_INT | 1u << BTF_KIND_PTR | 1u << BTF_KIND_ARRAY |
			       1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION | 1u << BTF_KIND_ENUM |
			       1u << BTF_KIND_ENUM64 | 1u << BTF_KIND_FLOAT);
}

static bool power_of_two(uint32_t n, uint32_t max)
{
	return n && n <= max && !(n & (n - 1));
}

static bool check_int(const struct btf_type *t)
{
	uint32_t v = *(const uint32_t *)(t + 1);

	return power_of_two(t->size, 16) && BTF_INT_BITS(v) && !(v & 0xf0000000) &&
	       BTF_INT_OFFSET(v) + BTF_INT_BITS(v) <= t->size * 8;
}

static bool check_enum(const struct btf_index *b, const struct btf_type *t)
{
	size_t step = btf_kind_of(t) == BTF_KIND_ENUM ? 2 : 3;
	const uint32_t *e = (const uint32_t *)(t + 1);

	if (!power_of_two(t->size, 8))
		return false;
	for (unsigned i = 0; i < btf_vlen_of(t); i++)
		if (!name_ok(b, e[i * step], NAME_MUST, false))
			return false;
	return true;
}

static bool check_proto(const struct btf_index *b, const struct btf_type *t)
{
	const struct btf_param *p = (const struct btf_param *)(t + 1);

	if (t->type >= b->n)
		return false;
	for (unsigned i = 0; i < btf_vlen_of(t); i++)
		if (p[i].type >= b->n || !name_ok(b, p[i].name_off, NAME_MAYBE, false))
			return false;
	return true;
}

static bool check_datasec(const struct btf_index *b, const struct btf_type *t)
{
	const struct btf_var_secinfo *v = (const struct btf_var_secinfo *)(t + 1);

	if (t->size > SIZE_MAX_BYTES)
		return false;
	for (unsigned i = 0; i < btf_vlen_of(t); i++)
		if (!kind_is(b, v[i].type, 1u << BTF_KIND_VAR | 1u << BTF_KIND_FUNC))
			return false;
	return true;
}

static bool check_tag(const struct btf_index *b, const struct btf_type *t)
{
	int32_t part = *(const int32_t *)(t + 1);

	if (!t->type || t->type >= b->n || part < -1)
		return false;
	return part < 0 || (uint32_t)part < 0x10000;
}

/* Ids, names and plain sizes of one record; what it refers to may not have been looked at yet. */
static bool check_record(const struct btf_index *b, const struct btf_type *t)
{
	const struct btf_member *m = (const struct btf_member *)(t + 1);
	const struct btf_array *a = (const struct btf_array *)(t + 1);
	int kind = btf_kind_of(t);
	enum name_rule rule = NAME_MAYBE;

	if (kind == BTF_KIND_PTR || kind == BTF_KIND_ARRAY || kind == BTF_KIND_VOLATILE ||
	    kind == BTF_KIND_CONST || kind == BTF_KIND_RESTRICT || kind == BTF_KIND_FUNC_PROTO)
		rule = NAME_NONE;
	else if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION && kind != BTF_KIND_ENUM &&
		 kind != BTF_KIND_ENUM64)
		rule = NAME_MUST;
	if (!name_ok(b, t->name_off, rule,
		     kind == BTF_KIND_INT || kind == BTF_KIND_FLOAT || kind == BTF_KIND_TYPE_TAG ||
			     kind == BTF_KIND_DECL_TAG))
		return false;
	switch (kind) {
	case BTF_KIND_INT:
		return check_int(t);
	case BTF_KIND_FLOAT:
		return t->size && t->size <= 16;
	case BTF_KIND_ARRAY:
		return a->type < b->n && a->index_type < b->n;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (unsigned i = 0; i < btf_vlen_of(t); i++)
			if (m[i].type >= b->n || !name_ok(b, m[i].name_off, NAME_MAYBE, false))
				return false;
		return t->size <= SIZE_MAX_BYTES;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return check_enum(b, t);
	case BTF_KIND_FWD:
		return true;
	case BTF_KIND_FUNC:
		return kind_is(b, t->type, 1u << BTF_KIND_FUNC_PROTO);
	case BTF_KIND_FUNC_PROTO:
		return check_proto(b, t);
	case BTF_KIND_DATASEC:
		return check_datasec(b, t);
	case BTF_KIND_DECL_TAG:
		return check_tag(b, t);
	default:	/* pointers, modifiers, typedefs, variables: one id */
		return t->type < b->n;
	}
}

/* One walk over the graph; each type is entered once. */
struct walk {
	const struct btf_index *b;
	uint8_t *height;	/* of the nesting below it; 0: not seen, IN_PROGRESS: above us */
	uint32_t *cells;	/* NULL: not counted */
	bool pointers;		/* follow them, and stop at names instead */
};

#define IN_PROGRESS 255

struct inside {	/* what was found below a type so far */
	uint64_t cells;
	unsigned height;
};

static bool visit(struct walk *w, uint32_t id, unsigned depth, uint32_t times, struct inside *up);

static bool member_fits(const struct btf_index *b, const struct btf_type *t,
			const struct btf_field *f)
{
	uint64_t size = btf_size(b, f->type) * 8, end;
	uint32_t id = btf_resolve(b, f->type);

	if (!is_value(b, f->type))
		return false;
	if (!*f->name && !f->bits && !kind_is(b, id, 1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION))
		return false;
	if (f->bits) {
		if (f->bits > size || f->bits > 64 ||
		    !kind_is(b, id,
			     1u << BTF_KIND_INT | 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64))
			return false;
		end = (uint64_t)f->bit_offset + f->bits;
	} else {
		if (f->bit_offset % 8)
			return false;
		end = f->bit_offset + size;
	}
	return end <= (uint64_t)t->size * 8;
}

static bool visit_record(struct walk *w, uint32_t id, unsigned depth, struct inside *in)
{
	const struct btf_type *t = btf_type(w->b, id);

	for (unsigned i = 0; i < btf_vlen_of(t); i++) {
		struct btf_field f = btf_member_at(w->b, id, i);

		if (!visit(w, f.type, depth, 1, in) || !member_fits(w->b, t, &f))
			return false;
	}
	return true;
}

static bool visit_array(struct walk *w, const struct btf_type *t, unsigned depth, struct inside *in)
{
	const struct btf_array *a = (const struct btf_array *)(t + 1);
	uint64_t size;

	if (!visit(w, a->type, depth, a->nelems, in) || !is_value(w->b, a->type))
		return false;
	size = btf_size(w->b, a->type);
	return !size || a->nelems <= SIZE_MAX_BYTES / size;
}

static bool visit_proto(struct walk *w, uint32_t id, unsigned depth, struct inside *in)
{
	for (unsigned i = 0; i < btf_param_count(w->b, id); i++)
		if (!visit(w, btf_param_at(w->b, id, i).type, depth, 1, in))
			return false;
	return visit(w, btf_type(w->b, id)->type, depth, 1, in);
}

/* Everything a reader goes through before it reaches a scalar, or (pointers) a name. */
static bool visit_inside(struct walk *w, uint32_t id, unsigned depth, struct inside *in)
{
	const struct btf_type *t = btf_type(w->b, id);
	int kind = btf_kind_of(t);

	switch (kind) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return (w->pointers && t->name_off) || visit_record(w, id, depth, in);
	case BTF_KIND_ARRAY:
		return visit_array(w, t, depth, in);
	case BTF_KIND_TYPEDEF:
		return w->pointers || visit(w, t->type, depth, 1, in);
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_VAR:
		return visit(w, t->type, depth, 1, in) &&
		       (kind != BTF_KIND_VAR || is_value(w->b, t->type));
	case BTF_KIND_PTR:
		return !w->pointers || visit(w, t->type, depth, 1, in);
	case BTF_KIND_FUNC_PROTO:
		return !w->pointers || visit_proto(w, id, depth, in);
	default:
		return true;
	}
}

/* Looks below ID and adds what is there, TIMES over, to UP. */
static bool visit(struct walk *w, uint32_t id, unsigned depth, uint32_t times, struct inside *up)
{
	struct inside in = { .cells = 1, .height = 1 };

	if (w->height[id] == IN_PROGRESS || depth > DEPTH_MAX)
		return false;
	if (!w->height[id]) {
		w->height[id] = IN_PROGRESS;
		if (!visit_inside(w, id, depth + 1, &in))
			return false;
		if (in.height > DEPTH_MAX || in.cells > CELLS_MAX)
			return false;
		w->height[id] = (uint8_t)in.height;
		if (w->cells)
			w->cells[id] = (uint32_t)in.cells;
	}
	if (up->height <= w->height[id])
		up->height = w->height[id] + 1u;
	if (w->cells)
		up->cells += (uint64_t)w->cells[id] * times;
	return true;
}

static bool walk_all(const struct btf_index *b, const void *parent, bool pointers)
{
	struct walk w = {
		.b = b,
		.height = mem_array(parent, uint8_t, b->n),
		.cells = pointers ? NULL : mem_array(parent, uint32_t, b->n),
		.pointers = pointers,
	};
	struct inside all = { 0 };

	for (uint32_t id = 0; id < b->n; id++) {
		all.cells = 0;
		if (!visit(&w, id, 0, 1, &all))
			return false;
	}
	return true;
}

bool btf_check(const struct btf_index *b)
{
	_cleanup_mem_ void *scratch = mem_new(NULL, char);

	for (uint32_t id = b->first_id; id < b->n; id++)
		if (!check_record(b, btf_type(b, id)))
			return false;
	return walk_all(b, scratch, false) && walk_all(b, scratch, true);
}
