// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A record with only the wanted members, and padding so that they and its end lie where the kernel
 * has them. Packed only where C's own rules would move something: packed members are loaded byte by
 * byte.
 */
#include "kernel/btf_c_inner.h"

#include <string.h>

static unsigned type_align(struct btf_c *c, uint32_t id);

/* Does C's natural layout put F where the kernel has it, whatever the alignment of the record? */
static bool is_natural(struct btf_c *c, const struct btf_type *record, const struct btf_field *f)
{
	unsigned a = type_align(c, f->type);

	if (record->size % a)
		return false;
	if (f->bits)
		return f->bit_offset % (a * 8) + f->bits <= a * 8;
	return f->bit_offset % (a * 8) == 0;
}

/* The strictest alignment of a member that its offset and the record's size allow. */
static unsigned record_align(struct btf_c *c, uint32_t id)
{
	const struct btf_type *t = btf_type(c->btf, id);
	unsigned align = 1;

	if (c->align[id])
		return c->align[id];
	c->align[id] = 1;	/* of no use but to end a circle in a broken file */
	for (unsigned i = 0; i < btf_vlen_of(t); i++) {
		struct btf_field f = btf_member_at(c->btf, id, i);
		unsigned a = type_align(c, f.type);

		if (a > align && is_natural(c, t, &f))
			align = a;
	}
	c->align[id] = (uint8_t)align;
	return align;
}

static unsigned type_align(struct btf_c *c, uint32_t id)
{
	const struct btf_type *t = btf_type(c->btf, id = btf_resolve(c->btf, id));

	switch (btf_kind_of(t)) {
	case BTF_KIND_PTR:
		return 8;
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT:
		return t->size == 12 ? 4 : t->size ? t->size : 1;
	case BTF_KIND_ARRAY:
		return type_align(c, ((const struct btf_array *)(t + 1))->type);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return record_align(c, id);
	default:
		return 1;
	}
}

bool member_wanted(const struct btf_c *c, const struct btf_field *f)
{
	uint32_t id;

	if (*f->name)
		return name_flags(c, f->name) & NAME_TOKEN;
	if (f->bits)
		return false;
	id = btf_resolve(c->btf, f->type);
	if (!is_record(btf_type(c->btf, id)))
		return false;
	for (unsigned i = 0; i < btf_vlen_of(btf_type(c->btf, id)); i++) {
		struct btf_field inner = btf_member_at(c->btf, id, i);

		if (member_wanted(c, &inner))
			return true;
	}
	return false;
}

struct body {
	struct btf_c *c;
	struct strbuf *out;
	uint64_t bit;		/* where the next member would go */
};

static void pad_bytes(struct body *p, uint64_t n)
{
	if (n)
		strbuf_addf(p->out, "char __bcsh_pad%u[%llu]; ", p->c->pads++,
			    (unsigned long long)n);
}

/* Moves on to bit TO by bytes, and by unnamed bitfields within a byte. */
static void pad_to(struct body *p, uint64_t to)
{
	uint64_t rest = p->bit % 8 ? 8 - p->bit % 8 : 0;

	if (rest && to < p->bit + rest) {
		if (to > p->bit)
			strbuf_addf(p->out, "unsigned char : %u; ", (unsigned)(to - p->bit));
		p->bit = to;
		return;
	}
	if (rest)
		strbuf_addf(p->out, "unsigned char : %u; ", (unsigned)rest);
	p->bit += rest;
	pad_bytes(p, (to - p->bit) / 8);
	if (to % 8)
		strbuf_addf(p->out, "unsigned char : %u; ", (unsigned)(to % 8));
	p->bit = to;
}

static void add_member(struct body *p, const struct btf_field *f)
{
	if (*f->name)
		decl_print(p->c, p->c->btf, f->type, f->name, p->out);
	else
		record_print(p->c, btf_resolve(p->c->btf, f->type), "", p->out);
	if (f->bits)
		strbuf_addf(p->out, " : %u", f->bits);
	strbuf_adds(p->out, "; ");
	p->bit = f->bit_offset + (f->bits ? f->bits : btf_size(p->c->btf, f->type) * 8);
}

void record_print(struct btf_c *c, uint32_t id, const char *name, struct strbuf *out)
{
	const struct btf_type *t = btf_type(c->btf, id);
	bool is_union = btf_kind_of(t) == BTF_KIND_UNION, packed = false;
	struct body p = { .c = c, .out = out };
	unsigned align = record_align(c, id);

	strbuf_addf(out, "%s %s%s{ ", is_union ? "union" : "struct", name, *name ? " " : "");
	for (unsigned i = 0; i < btf_vlen_of(t); i++) {
		struct btf_field f = btf_member_at(c->btf, id, i);

		if (!member_wanted(c, &f) || (!is_union && f.bit_offset < p.bit))
			continue;
		packed |= !is_natural(c, t, &f);
		if (!is_union)
			pad_to(&p, f.bit_offset);
		add_member(&p, &f);
	}
	if (is_union)
		pad_bytes(&p, t->size);
	else if (p.bit < (uint64_t)t->size * 8)
		pad_to(&p, (uint64_t)t->size * 8);
	strbuf_addc(out, '}');
	if (packed)
		strbuf_addf(out, " __attribute__((packed, aligned(%u)))", align);
	else if (align > 1)
		strbuf_addf(out, " __attribute__((aligned(%u)))", align);
}
