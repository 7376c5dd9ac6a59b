// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a type means, from BTF or from C. The two ends meet in struct value_type; printing is in
 * value_print.c and sees nothing else.
 */
#include "shell/render/value.h"

static const struct {
	const char *name;
	enum value_kind kind;
	size_t size;
} c_types[] = {
	{ "char", VALUE_INT, 1 }, { "signed char", VALUE_INT, 1 }, { "unsigned char", VALUE_UINT, 1 },
	{ "short", VALUE_INT, 2 }, { "unsigned short", VALUE_UINT, 2 },
	{ "int", VALUE_INT, 4 }, { "unsigned int", VALUE_UINT, 4 }, { "unsigned", VALUE_UINT, 4 },
	{ "long", VALUE_INT, 8 }, { "unsigned long", VALUE_UINT, 8 },
	{ "long long", VALUE_INT, 8 }, { "unsigned long long", VALUE_UINT, 8 },
	{ "long int", VALUE_INT, 8 }, { "long unsigned int", VALUE_UINT, 8 },
	{ "_Bool", VALUE_BOOL, 1 }, { "bool", VALUE_BOOL, 1 },
	{ "float", VALUE_FLOAT, 4 }, { "double", VALUE_FLOAT, 8 },
	{ "__u8", VALUE_UINT, 1 }, { "__s8", VALUE_INT, 1 }, { "u8", VALUE_UINT, 1 }, { "s8", VALUE_INT, 1 },
	{ "__u16", VALUE_UINT, 2 }, { "__s16", VALUE_INT, 2 }, { "u16", VALUE_UINT, 2 }, { "s16", VALUE_INT, 2 },
	{ "__u32", VALUE_UINT, 4 }, { "__s32", VALUE_INT, 4 }, { "u32", VALUE_UINT, 4 }, { "s32", VALUE_INT, 4 },
	{ "__u64", VALUE_UINT, 8 }, { "__s64", VALUE_INT, 8 }, { "u64", VALUE_UINT, 8 }, { "s64", VALUE_INT, 8 },
	{ "uint8_t", VALUE_UINT, 1 }, { "int8_t", VALUE_INT, 1 }, { "uint16_t", VALUE_UINT, 2 },
	{ "int16_t", VALUE_INT, 2 }, { "uint32_t", VALUE_UINT, 4 }, { "int32_t", VALUE_INT, 4 },
	{ "uint64_t", VALUE_UINT, 8 }, { "int64_t", VALUE_INT, 8 }, { "size_t", VALUE_UINT, 8 },
	{ "ssize_t", VALUE_INT, 8 }, { "pid_t", VALUE_INT, 4 },
};

static struct value_type int_type(const struct btf_index *btf, const struct btf_type *t)
{
	uint32_t info = *(const uint32_t *)(t + 1);
	uint32_t encoding = BTF_INT_ENCODING(info);
	struct value_type vt = { .kind = VALUE_UINT, .size = t->size, .btf = btf };

	if (encoding & BTF_INT_BOOL)
		vt.kind = VALUE_BOOL;
	else if (encoding & BTF_INT_SIGNED)
		vt.kind = VALUE_INT;
	if (t->size > 8)
		vt.kind = VALUE_BYTES;
	return vt;
}

static bool is_char(const struct btf_index *btf, uint32_t id)
{
	const struct btf_type *t = btf_type(btf, btf_resolve(btf, id));

	return btf_kind_of(t) == BTF_KIND_INT && t->size == 1 &&
	       (strcmp(btf_str(btf, t->name_off), "char") == 0 ||
		(BTF_INT_ENCODING(*(const uint32_t *)(t + 1)) & BTF_INT_CHAR));
}

static struct value_type array_type(const struct btf_index *btf, const struct btf_type *t)
{
	const struct btf_array *a = (const struct btf_array *)(t + 1);
	struct value_type vt = { .kind = VALUE_ARRAY, .count = a->nelems, .btf = btf, .id = a->type };

	vt.size = btf_size(btf, a->type) * a->nelems;
	if (is_char(btf, a->type))
		vt.kind = VALUE_TEXT;
	return vt;
}

/* The kernel's own description of a record or enum, when that is what ID is. */
static bool kernel_type(const struct value_types *t, const struct btf_index *btf, uint32_t id,
			struct value_type *vt)
{
	const struct btf_type *bt = btf_type(btf, id);
	const char *name = btf_str(btf, bt->name_off);
	uint32_t found;

	if (!t->kernel || t->kernel == btf || !*name || (t->is_own && t->is_own(t->arg, name)))
		return false;
	found = btf_find(t->kernel, name, 1u << btf_kind_of(bt));
	if (!found || btf_size(t->kernel, found) != vt->size)
		return false;
	vt->btf = t->kernel;
	vt->id = found;
	return true;
}

struct value_type value_type_btf(const struct value_types *t, const struct btf_index *btf, uint32_t id)
{
	const struct btf_type *bt;
	struct value_type vt = { .kind = VALUE_BYTES };

	id = btf_resolve(btf, id);
	bt = btf_type(btf, id);
	vt = (struct value_type){ .kind = VALUE_BYTES, .size = btf_size(btf, id), .btf = btf, .id = id };
	switch (btf_kind_of(bt)) {
	case BTF_KIND_INT:
		return int_type(btf, bt);
	case BTF_KIND_FLOAT:
		vt.kind = vt.size == 4 || vt.size == 8 ? VALUE_FLOAT : VALUE_BYTES;
		break;
	case BTF_KIND_PTR:
		vt.kind = VALUE_POINTER;
		vt.size = 8;
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		vt.kind = vt.size <= 8 ? VALUE_ENUM : VALUE_BYTES;
		kernel_type(t, btf, id, &vt);
		vt.is_signed = btf_kind_of(bt) == BTF_KIND_ENUM ? true : btf_kflag_of(bt);
		break;
	case BTF_KIND_ARRAY:
		return array_type(btf, bt);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		vt.kind = VALUE_RECORD;
		kernel_type(t, btf, id, &vt);
		break;
	}
	return vt;
}

static void trim(const char **c, size_t *len)
{
	static const char *const words[] = { "const ", "volatile " };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (*len > strlen(words[i]) && strncmp(*c, words[i], strlen(words[i])) == 0) {
			*c += strlen(words[i]);
			*len -= strlen(words[i]);
		}
	}
	while (*len && (*c)[0] == ' ') {
		(*c)++;
		(*len)--;
	}
	while (*len && (*c)[*len - 1] == ' ')
		(*len)--;
}

/* "ELEMENT[N]" or "ELEMENT[N][M]": the first bracket counts outermost. */
static bool c_array(const struct value_types *t, const char *c, size_t len, struct value_type *ret)
{
	const char *open = memchr(c, '[', len), *p;
	struct value_type element;
	uint32_t n = 0;

	if (!open || c[len - 1] != ']')
		return false;
	for (p = open + 1; *p >= '0' && *p <= '9' && n < 1u << 24; p++)
		n = n * 10 + (*p - '0');
	if (*p != ']' || p + 1 != c + len)
		return false;	/* of arrays: shown as bytes */
	*ret = (struct value_type){ .kind = VALUE_ARRAY, .count = n, .c = c, .c_len = open - c };
	trim(&ret->c, &ret->c_len);
	element = value_element(t, ret);
	ret->size = element.size * n;
	if (ret->c_len == 4 && memcmp(ret->c, "char", 4) == 0)
		ret->kind = VALUE_TEXT;
	return true;
}

static bool c_own(const struct value_types *t, const char *name, struct value_type *ret)
{
	for (size_t i = 0; i < t->n_records; i++) {
		if (strcmp(t->records[i].name, name) == 0) {
			*ret = (struct value_type){ .kind = VALUE_RECORD, .size = t->records[i].size,
						    .layout = &t->records[i] };
			return true;
		}
	}
	return false;
}

static bool c_tagged(const struct value_types *t, const char *name, struct value_type *ret)
{
	static const struct { const char *word; uint32_t kinds; } tags[] = {
		{ "struct ", 1u << BTF_KIND_STRUCT }, { "union ", 1u << BTF_KIND_UNION },
		{ "enum ", 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64 }, { "", 1u << BTF_KIND_TYPEDEF },
	};

	for (size_t i = 0; t->kernel && i < ARRAY_SIZE(tags); i++) {
		size_t n = strlen(tags[i].word);
		uint32_t id;

		if (strncmp(name, tags[i].word, n) != 0 || (t->is_own && t->is_own(t->arg, name + n)))
			continue;
		id = btf_find(t->kernel, name + n, tags[i].kinds);
		if (id) {
			*ret = value_type_btf(t, t->kernel, id);
			return true;
		}
	}
	return false;
}

struct value_type value_type_c(const struct value_types *t, const char *c, size_t len, size_t size)
{
	struct value_type vt = { .kind = VALUE_BYTES, .size = size };
	char name[128];

	trim(&c, &len);
	if (!len || len >= sizeof(name))
		return vt;
	memcpy(name, c, len);
	name[len] = 0;
	if (c[len - 1] == '*')
		return (struct value_type){ .kind = VALUE_POINTER, .size = 8 };
	if (c_array(t, c, len, &vt))
		return vt;
	for (size_t i = 0; i < ARRAY_SIZE(c_types); i++)
		if (strcmp(name, c_types[i].name) == 0)
			return (struct value_type){ .kind = c_types[i].kind, .size = c_types[i].size };
	if ((c_own(t, name, &vt) || c_tagged(t, name, &vt)) && (!size || vt.size == size))
		return vt;
	/* the person's own: C alone does not tell its names */
	if (!strncmp(name, "enum ", 5) && (!size || size == 4 || size == 8))
		return (struct value_type){ .kind = VALUE_INT, .size = size ? size : 4 };
	return (struct value_type){ .kind = VALUE_BYTES, .size = size };
}

struct value_type value_element(const struct value_types *t, const struct value_type *array)
{
	if (array->btf)
		return value_type_btf(t, array->btf, array->id);
	return value_type_c(t, array->c, array->c_len, 0);
}

unsigned value_members(const struct value_type *record)
{
	if (record->kind != VALUE_RECORD)
		return 0;
	return record->layout ? record->layout->members.n : btf_vlen_of(btf_type(record->btf, record->id));
}

static struct btf_field member_place(const struct value_types *t, const struct value_type *record,
				     unsigned i, struct value_type *ret)
{
	const struct record_member *m;
	struct btf_field f;

	if (!record->layout) {
		f = btf_member_at(record->btf, record->id, i);
		*ret = value_type_btf(t, record->btf, f.type);
		return f;
	}
	m = &record->layout->members.v[i];
	*ret = value_type_c(t, m->c_type, strlen(m->c_type), m->size);
	return (struct btf_field){ .name = m->name, .bit_offset = m->bit_offset, .bits = m->bits };
}

struct value_member value_member(const struct value_types *t, const struct value_type *record,
				 unsigned i)
{
	struct value_member m = { 0 };
	struct btf_field f = member_place(t, record, i, &m.type);

	m.name = f.name;
	m.offset = f.bit_offset / 8;
	if (f.bits) {
		m.shift = f.bit_offset % 8;
		m.bits = f.bits;
		m.type.size = 8;
	}
	/* what does not lie inside the record is not shown: the BTF of a blob is checked, sizes are not */
	if (m.offset + (f.bits ? (m.shift + m.bits + 7) / 8 : m.type.size) > record->size ||
	    m.shift + m.bits > 64)
		m = (struct value_member){ .name = f.name, .type = { .kind = VALUE_BYTES } };
	return m;
}

const void *value_member_bytes(const struct value_member *m, const void *record, uint64_t *tmp)
{
	const char *p = (const char *)record + m->offset;
	size_t n = (m->shift + m->bits + 7) / 8;

	if (!m->bits)
		return p;
	*tmp = 0;
	memcpy(tmp, p, n);
	*tmp = *tmp >> m->shift << (64 - m->bits);
	if (m->type.kind == VALUE_INT || (m->type.kind == VALUE_ENUM && m->type.is_signed))
		*tmp = (int64_t)*tmp >> (64 - m->bits);
	else
		*tmp >>= 64 - m->bits;
	return tmp;
}

bool value_number(const struct value_type *vt, const void *bytes, int64_t *ret)
{
	bool sign = vt->kind == VALUE_INT || (vt->kind == VALUE_ENUM && vt->is_signed);
	uint64_t v = 0;

	if (vt->kind < VALUE_INT || vt->kind > VALUE_ENUM || vt->kind == VALUE_FLOAT || vt->size > 8 ||
	    !vt->size)
		return false;
	memcpy(&v, bytes, vt->size);
	if (sign && vt->size < 8)
		v = (uint64_t)((int64_t)(v << (64 - 8 * vt->size)) >> (64 - 8 * vt->size));
	*ret = v;
	return true;
}

static int compare_records(const struct value_types *t, const struct value_type *vt, const void *a,
			   const void *b)
{
	for (unsigned i = 0; i < value_members(vt); i++) {
		struct value_member m = value_member(t, vt, i);
		uint64_t ta, tb;
		int c = value_compare(t, &m.type, value_member_bytes(&m, a, &ta),
				      value_member_bytes(&m, b, &tb));

		if (c)
			return c;
	}
	return 0;
}

int value_compare(const struct value_types *t, const struct value_type *vt, const void *a,
		  const void *b)
{
	int64_t x, y;

	if (value_number(vt, a, &x) && value_number(vt, b, &y)) {
		if (vt->kind == VALUE_INT || (vt->kind == VALUE_ENUM && vt->is_signed))
			return x < y ? -1 : x > y;
		return (uint64_t)x < (uint64_t)y ? -1 : (uint64_t)x > (uint64_t)y;
	}
	if (vt->kind == VALUE_RECORD)
		return compare_records(t, vt, a, b);
	if (vt->kind == VALUE_TEXT)
		return strncmp(a, b, vt->size);
	if (vt->kind == VALUE_FLOAT) {
		double p = vt->size == 4 ? *(const float *)a : *(const double *)a;
		double q = vt->size == 4 ? *(const float *)b : *(const double *)b;

		return p < q ? -1 : p > q;
	}
	return memcmp(a, b, vt->size);
}
