// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The object's BTF: reads the declarations of maps out of it, and makes it loadable. Type ids stay
 * what they are: VAR and DATASEC are overwritten in place by an INT and a struct of the same
 * length, since the kernel wants neither variables without sections nor sections without sizes.
 */
#include <linux/btf.h>

#include "loader/flatten_object.h"

#define KIND_ENUM64 19
#define POINTER_SIZE 8

static size_t extra_size(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case KIND_ENUM64:
		return 12 * n;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * n;
	}
	return 0;
}

int flatten_types_open(struct flatten *f, const void *bytes, size_t len)
{
	struct flatten_types *t = &f->types;
	const struct btf_header *h;
	VEC(uint32_t) at = { 0 };
	size_t end;

	t->bytes = mem_dup(f->parent, bytes, len);
	t->len = len;
	h = (const struct btf_header *)t->bytes;
	if (len < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len < sizeof(*h) ||
	    (uint64_t)h->hdr_len + h->type_off + h->type_len > len || !h->str_len ||
	    (uint64_t)h->hdr_len + h->str_off + h->str_len > len)
		return flatten_fail(f, "the object's type information is damaged");
	t->strings = t->bytes + h->hdr_len + h->str_off;
	t->strings_len = h->str_len;
	end = h->hdr_len + h->type_off + h->type_len;
	vec_push(f->parent, &at, 0);
	for (size_t off = h->hdr_len + h->type_off; off < end;) {
		const struct btf_type *type = (const struct btf_type *)(t->bytes + off);

		if (end - off < sizeof(*type) || end - off - sizeof(*type) < extra_size(type))
			return flatten_fail(f, "the object's type information is damaged");
		vec_push(f->parent, &at, (uint32_t)off);
		off += sizeof(*type) + extra_size(type);
	}
	t->at = at.v;
	t->n = (uint32_t)at.n;
	return 0;
}

const struct btf_type *flatten_type(const struct flatten *f, uint32_t id)
{
	static const struct btf_type nothing;

	return id && id < f->types.n ? (const void *)(f->types.bytes + f->types.at[id]) : &nothing;
}

const char *flatten_type_str(const struct flatten *f, uint32_t off)
{
	return off < f->types.strings_len ? f->types.strings + off : "";
}

/* Follows what only decorates a type; BTF from the compiler has no cycles there, but count anyway.
 */
static uint32_t resolve(const struct flatten *f, uint32_t id)
{
	for (int depth = 0; depth < 64; depth++) {
		const struct btf_type *t = flatten_type(f, id);

		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = t->type;
			break;
		default:
			return id;
		}
	}
	return 0;
}

static uint32_t size_of(const struct flatten *f, uint32_t id)
{
	uint64_t n = 1;

	for (int depth = 0; depth < 64; depth++) {
		const struct btf_type *t = flatten_type(f, resolve(f, id));
		const struct btf_array *a = (const void *)(t + 1);

		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_ARRAY:
			n *= a->nelems;
			id = a->type;
			break;
		case BTF_KIND_PTR:
			n *= POINTER_SIZE;
			return n > UINT32_MAX ? 0 : (uint32_t)n;
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case KIND_ENUM64:
		case BTF_KIND_FLOAT:
			n *= t->size;
			return n > UINT32_MAX ? 0 : (uint32_t)n;
		default:
			return 0;
		}
	}
	return 0;
}

uint32_t flatten_types_variable(const struct flatten *f, const char *name)
{
	for (uint32_t id = 1; id < f->types.n; id++) {
		const struct btf_type *t = flatten_type(f, id);

		if (BTF_INFO_KIND(t->info) == BTF_KIND_VAR &&
		    !strcmp(flatten_type_str(f, t->name_off), name))
			return t->type;
	}
	return 0;
}

/* __uint(name, N) is `int (*name)[N]`. */
static bool number(const struct flatten *f, uint32_t id, uint32_t *ret)
{
	const struct btf_type *t = flatten_type(f, resolve(f, id));
	const struct btf_array *a;

	if (BTF_INFO_KIND(t->info) != BTF_KIND_PTR)
		return false;
	t = flatten_type(f, resolve(f, t->type));
	a = (const void *)(t + 1);
	if (BTF_INFO_KIND(t->info) != BTF_KIND_ARRAY)
		return false;
	*ret = a->nelems;
	return true;
}

static bool pointee(const struct flatten *f, uint32_t id, uint32_t *ret_id, uint32_t *ret_size)
{
	const struct btf_type *t = flatten_type(f, resolve(f, id));

	if (BTF_INFO_KIND(t->info) != BTF_KIND_PTR)
		return false;
	*ret_id = t->type;
	*ret_size = size_of(f, t->type);
	return *ret_size > 0;
}

int flatten_types_map(struct flatten *f, uint32_t id, struct flat_map *m)
{
	const struct btf_type *t = flatten_type(f, resolve(f, id));
	const struct btf_member *member = (const void *)(t + 1);

	if (BTF_INFO_KIND(t->info) != BTF_KIND_STRUCT)
		return flatten_fail(f, "map '%s' is not declared as a map", m->name);
	for (unsigned i = 0; i < BTF_INFO_VLEN(t->info); i++, member++) {
		const char *name = flatten_type_str(f, member->name_off);
		uint32_t ignored;
		bool ok = false;

		if (!strcmp(name, "type"))
			ok = number(f, member->type, &m->type);
		else if (!strcmp(name, "max_entries"))
			ok = number(f, member->type, &m->max_entries);
		else if (!strcmp(name, "map_flags"))
			ok = number(f, member->type, &m->flags);
		else if (!strcmp(name, "key_size"))
			ok = number(f, member->type, &m->key_size);
		else if (!strcmp(name, "value_size"))
			ok = number(f, member->type, &m->value_size);
		else if (!strcmp(name, "key"))
			ok = pointee(f, member->type, &m->key_id, &m->key_size);
		else if (!strcmp(name, "value"))
			ok = pointee(f, member->type, &m->value_id, &m->value_size);
		else if (!strcmp(name, "pinning") || !strcmp(name, "numa_node"))
			ok = number(f, member->type, &ignored);
		if (!ok)
			return flatten_fail(f, "map '%s' cannot have '%s' here", m->name, name);
	}
	return 0;
}

/* The members are bitfields: only those may have neither a name nor members. */
static void section_to_struct(struct btf_type *t)
{
	struct btf_member *m = (void *)(t + 1);
	const struct btf_var_secinfo *v = (const void *)(t + 1);
	unsigned n = BTF_INFO_VLEN(t->info);

	t->name_off = 0;
	t->info = 1u << 31 | (uint32_t)BTF_KIND_STRUCT << 24 | n;
	t->size = n;
	for (unsigned i = 0; i < n; i++) {
		uint32_t type = v[i].type;

		m[i] = (struct btf_member){ .name_off = 0,
					    .type = type,
					    .offset = 8u << 24 | i * 8 };
	}
}

void flatten_types_finish(struct flatten *f)
{
	for (uint32_t id = 1; id < f->types.n; id++) {
		struct btf_type *t = (void *)(f->types.bytes + f->types.at[id]);

		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_VAR:
			/* One byte: more could be larger than the variable and be refused. */
			t->info = (uint32_t)BTF_KIND_INT << 24;
			t->size = 1;
			*(uint32_t *)(t + 1) = 8;
			break;
		case BTF_KIND_DATASEC:
			section_to_struct(t);
			break;
		case BTF_KIND_FUNC:
			/*
			 * A global function would be verified alone, knowing nothing of its
			 * arguments; nobody asked for that by leaving out `static`.
			 */
			t->info = (uint32_t)BTF_KIND_FUNC << 24 | BTF_FUNC_STATIC;
			break;
		}
	}
	f->flat->btf = f->types.bytes;
	f->flat->btf_len = f->types.len;
}
