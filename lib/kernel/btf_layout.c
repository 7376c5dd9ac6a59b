// SPDX-License-Identifier: GPL-3.0-or-later
/* What BTF types mean: sizes, members, parameters. Knows nothing of files and of printing. */
#include "kernel/btf_index.h"

static bool is_modifier(int kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE ||
	       kind == BTF_KIND_RESTRICT || kind == BTF_KIND_TYPE_TAG;
}

uint32_t btf_resolve(const struct btf_index *b, uint32_t id)
{
	/* Chains are short; the bound holds for a file that somebody made circular. */
	for (int i = 0; i < 256; i++) {
		const struct btf_type *t = btf_type(b, id);

		if (!is_modifier(btf_kind_of(t)))
			return id < b->n ? id : 0;
		id = t->type;
	}
	return 0;
}

uint64_t btf_size(const struct btf_index *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, btf_resolve(b, id));
	uint64_t count = 1;

	while (btf_kind_of(t) == BTF_KIND_ARRAY) {
		const struct btf_array *a = (const struct btf_array *)(t + 1);

		if (__builtin_mul_overflow(count, (uint64_t)a->nelems, &count) || !count)
			return 0;
		t = btf_type(b, btf_resolve(b, a->type));
	}
	switch (btf_kind_of(t)) {
	case BTF_KIND_PTR:
		return count * sizeof(uint64_t);
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
		return count * t->size;
	case BTF_KIND_VAR:
		return count * btf_size(b, t->type);
	default:
		return 0;
	}
}

/* Older compilers said a bitfield's width and first bit in its integer type, not in the member. */
static void old_bitfield(const struct btf_index *b, struct btf_field *f)
{
	const struct btf_type *t = btf_type(b, btf_resolve(b, f->type));
	uint32_t v;

	if (btf_kind_of(t) != BTF_KIND_INT)
		return;
	v = *(const uint32_t *)(t + 1);
	if (BTF_INT_BITS(v) == t->size * 8 && !BTF_INT_OFFSET(v))
		return;
	f->bits = BTF_INT_BITS(v);
	f->bit_offset += BTF_INT_OFFSET(v);
}

struct btf_field btf_member_at(const struct btf_index *b, uint32_t record, unsigned i)
{
	const struct btf_type *t = btf_type(b, record);
	const struct btf_member *m = (const struct btf_member *)(t + 1) + i;
	struct btf_field f = { .name = "" };

	if ((btf_kind_of(t) != BTF_KIND_STRUCT && btf_kind_of(t) != BTF_KIND_UNION) ||
	    i >= btf_vlen_of(t))
		return f;
	f.name = btf_str(b, m->name_off);
	f.type = m->type;
	if (btf_kflag_of(t)) {
		f.bit_offset = BTF_MEMBER_BIT_OFFSET(m->offset);
		f.bits = BTF_MEMBER_BITFIELD_SIZE(m->offset);
	} else {
		f.bit_offset = m->offset;
		old_bitfield(b, &f);
	}
	return f;
}

bool btf_find_member(const struct btf_index *b, uint32_t record, const char *name,
		     struct btf_field *ret)
{
	const struct btf_type *t = btf_type(b, record = btf_resolve(b, record));

	if (btf_kind_of(t) != BTF_KIND_STRUCT && btf_kind_of(t) != BTF_KIND_UNION)
		return false;
	for (unsigned i = 0; i < btf_vlen_of(t); i++) {
		struct btf_field f = btf_member_at(b, record, i);

		if (*f.name) {
			if (strcmp(f.name, name))
				continue;
			*ret = f;
			return true;
		}
		if (btf_resolve(b, f.type) != record && btf_find_member(b, f.type, name, ret)) {
			ret->bit_offset += f.bit_offset;
			return true;
		}
	}
	return false;
}

static const struct btf_type *proto_of(const struct btf_index *b, uint32_t func)
{
	const struct btf_type *t = btf_type(b, func);

	if (btf_kind_of(t) == BTF_KIND_FUNC)
		t = btf_type(b, t->type);
	return btf_kind_of(t) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

unsigned btf_param_count(const struct btf_index *b, uint32_t func)
{
	const struct btf_type *t = proto_of(b, func);

	return t ? btf_vlen_of(t) : 0;
}

struct btf_parameter btf_param_at(const struct btf_index *b, uint32_t func, unsigned i)
{
	const struct btf_type *t = proto_of(b, func);
	const struct btf_param *p = (const struct btf_param *)(t + 1);

	if (!t || i >= btf_vlen_of(t))
		return (struct btf_parameter){ .name = "" };
	return (struct btf_parameter){ btf_str(b, p[i].name_off), p[i].type };
}

uint32_t btf_return_type(const struct btf_index *b, uint32_t func)
{
	const struct btf_type *t = proto_of(b, func);

	return t ? t->type : 0;
}
