// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which types a snippet needs, and in which order C wants them. What is used by value is defined
 * first; what stands behind a pointer is declared and its definition queued, so that chains of
 * members work however long they are. A record has the members whose names occur anywhere in the
 * snippet.
 */
#include "kernel/btf_c_inner.h"

#include <ctype.h>
#include <string.h>

#include "kernel/constant.h"

static uint32_t hash_bytes(const char *s, size_t len)
{
	uint32_t h = 2166136261u;

	while (len--)
		h = (h ^ (uint8_t)*s++) * 16777619u;
	return h ^ h >> 15;
}

static struct name_entry *name_slot(const struct name_set *set, const char *s, size_t len)
{
	uint32_t hash = hash_bytes(s, len), i = hash & set->mask;

	while (set->v[i].name && (set->v[i].hash != hash || strncmp(set->v[i].name, s, len) ||
				  set->v[i].name[len]))
		i = (i + 1) & set->mask;
	return &set->v[i];
}

static void names_grow(struct btf_c *c, uint32_t size)
{
	struct name_set old = c->names;

	c->names.v = mem_array(c, struct name_entry, size);
	c->names.mask = size - 1;
	for (uint32_t i = 0; old.v && i <= old.mask; i++)
		if (old.v[i].name)
			*name_slot(&c->names, old.v[i].name, strlen(old.v[i].name)) = old.v[i];
	mem_free(old.v);
}

static void name_add(struct btf_c *c, const char *s, size_t len, uint8_t flags)
{
	struct name_entry *e;

	if (c->names.n * 2 > c->names.mask)
		names_grow(c, (c->names.mask + 1) * 2);
	e = name_slot(&c->names, s, len);
	if (!e->name) {
		e->name = mem_strndup(c, s, len);
		e->hash = hash_bytes(s, len);
		c->names.n++;
	}
	e->flags |= flags;
}

uint8_t name_flags(const struct btf_c *c, const char *name)
{
	return name_slot(&c->names, name, strlen(name))->flags;
}

struct btf_c *btf_c_new(const void *parent, struct btf_index *btf)
{
	struct btf_c *c = mem_new(parent, struct btf_c);

	c->btf = btf;
	names_grow(c, 64);
	/* The prelude's, as macros. */
	name_add(c, "true", 4, NAME_NO_ORDINARY);
	name_add(c, "false", 5, NAME_NO_ORDINARY);
	return c;
}

void btf_c_token(struct btf_c *c, const char *name, size_t len)
{
	name_add(c, name, len, NAME_TOKEN);
}

void btf_c_exclude(struct btf_c *c, const char *name, size_t len)
{
	name_add(c, name, len, NAME_NO_TAG | NAME_NO_ORDINARY);
}

void btf_c_exclude_ordinary(struct btf_c *c, const char *name, size_t len)
{
	name_add(c, name, len, NAME_NO_ORDINARY);
}

void btf_c_need(struct btf_c *c, uint32_t id)
{
	vec_push(c, &c->needed, id);
}

static void declare_tag(struct btf_c *c, uint32_t id)
{
	if (c->state[id] & STATE_DECLARED)
		return;
	c->state[id] |= STATE_DECLARED;
	tag_print(c, c->btf, id, false, c->out);
	strbuf_adds(c->out, ";\n");
}

static bool is_theirs(const struct btf_c *c, uint32_t id)
{
	return name_flags(c, btf_name(c->btf, id)) & NAME_NO_TAG;
}

static void define_enum(struct btf_c *c, uint32_t id)
{
	const struct btf_type *t = btf_type(c->btf, id);
	bool any = false;

	if (c->state[id] & STATE_DONE)
		return;
	c->state[id] |= STATE_DONE;
	if (*btf_name(c->btf, id))
		tag_print(c, c->btf, id, true, c->out);
	else
		strbuf_adds(c->out, "enum");
	strbuf_addf(c->out, " : %s", enum_base(t));
	for (unsigned i = 0; i < btf_vlen_of(t); i++) {
		const char *name;
		int64_t value = btf_enum_value(c->btf, id, i, &name), found;
		uint8_t flags = name_flags(c, name);
		uint32_t owner;

		if (!(flags & NAME_TOKEN) || flags & NAME_NO_ORDINARY)
			continue;
		/* Two enums may have a constant of one name: the first is what the name means. */
		if (!btf_find_constant(c->btf, name, &owner, &found) || owner != id)
			continue;
		strbuf_addf(c->out, "%s%s = ", any ? ", " : " { ", name);
		if (!btf_kflag_of(t))
			strbuf_addf(c->out, "%lluULL", (unsigned long long)value);
		else if (value == INT64_MIN)
			strbuf_adds(c->out, "-9223372036854775807LL - 1");
		else
			strbuf_addf(c->out, "%lldLL", (long long)value);
		any = true;
	}
	strbuf_adds(c->out, any ? " };\n" : ";\n");
}

static void depend(struct btf_c *c, uint32_t id, bool by_value, bool follow);

/* What the wanted members of record ID need before it. */
static void depend_members(struct btf_c *c, uint32_t id)
{
	for (unsigned i = 0; i < btf_vlen_of(btf_type(c->btf, id)); i++) {
		struct btf_field f = btf_member_at(c->btf, id, i);

		if (!member_wanted(c, &f))
			continue;
		if (*f.name)
			depend(c, f.type, true, true);
		else	/* its members appear in this record, whatever its own name */
			depend_members(c, btf_resolve(c->btf, f.type));
	}
}

static void define_record(struct btf_c *c, uint32_t id)
{
	struct strbuf name = STRBUF_INIT;
	const char *tag;

	if (c->state[id] & STATE_BEGUN)
		return;
	c->state[id] |= STATE_BEGUN | STATE_DECLARED;
	depend_members(c, id);
	tag_print(c, c->btf, id, true, &name);
	tag = strchr(name.text, ' ') + 1;
	c->pads = 0;
	record_print(c, id, tag, c->out);
	strbuf_adds(c->out, ";\n");
	strbuf_clear(&name);
}

static void define_typedef(struct btf_c *c, uint32_t id)
{
	struct strbuf name = STRBUF_INIT;

	if (c->state[id] & STATE_BEGUN)
		return;
	c->state[id] |= STATE_BEGUN;
	depend(c, btf_type(c->btf, id)->type, false, false);
	/* The prelude has bool, and a macro of that name would spoil the declaration. */
	if (!strcmp(btf_name(c->btf, id), "bool"))
		return;
	strbuf_adds(&name, btf_name(c->btf, id));
	if (!typedef_owned(c->btf, id))
		strbuf_addf(&name, "___%u", id);
	strbuf_adds(c->out, "typedef ");
	c->pads = 0;
	decl_print(c, c->btf, btf_type(c->btf, id)->type, name.text, c->out);
	strbuf_adds(c->out, ";\n");
	strbuf_clear(&name);
}

static void depend_record(struct btf_c *c, uint32_t id, bool by_value, bool follow)
{
	if (!*btf_name(c->btf, id)) {
		depend_members(c, id);
	} else if (by_value) {
		define_record(c, id);
	} else {
		declare_tag(c, id);
		if (follow && !is_theirs(c, id) && !(c->state[id] & STATE_QUEUED)) {
			c->state[id] |= STATE_QUEUED;
			vec_push(c, &c->queue, id);
		}
	}
}

/*
 * Prints what must stand before a use of type ID: BY_VALUE its definition, else a declaration.
 * FOLLOW: the snippet may look behind a pointer here.
 */
static void depend(struct btf_c *c, uint32_t id, bool by_value, bool follow)
{
	const struct btf_type *t = btf_type(c->btf, id);

	switch (btf_kind_of(t)) {
	case BTF_KIND_PTR:
		depend(c, t->type, false, follow);
		break;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		depend(c, t->type, by_value, follow);
		break;
	case BTF_KIND_ARRAY:
		depend(c, ((const struct btf_array *)(t + 1))->type, true, follow);
		break;
	case BTF_KIND_TYPEDEF:
		if (!typedef_inlined(c, c->btf, id))
			define_typedef(c, id);
		if (by_value || follow || typedef_inlined(c, c->btf, id))
			depend(c, t->type, by_value, follow);
		break;
	case BTF_KIND_FUNC:
		depend(c, t->type, false, follow);
		break;
	case BTF_KIND_FUNC_PROTO:
		for (unsigned i = 0; i < btf_vlen_of(t); i++)
			depend(c, btf_param_at(c->btf, id, i).type, false, false);
		depend(c, t->type, false, follow);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		depend_record(c, id, by_value, follow);
		break;
	case BTF_KIND_FWD:
		declare_tag(c, id);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		if (*btf_name(c->btf, id))
			define_enum(c, id);
		break;
	}
}

static void define_token(struct btf_c *c, const struct name_entry *e)
{
	int64_t value;
	uint32_t id;

	if (!(e->flags & NAME_NO_TAG))
		depend(c, tag_find(c->btf, e->name), true, true);
	if (e->flags & NAME_NO_ORDINARY)
		return;
	depend(c, btf_find(c->btf, e->name, 1u << BTF_KIND_TYPEDEF), true, true);
	if (btf_find_constant(c->btf, e->name, &id, &value) && !is_theirs(c, id))
		define_enum(c, id);
}

static void add_words(struct btf_c *c, const char *text)
{
	while (*text) {
		size_t len = 0;

		while (isalnum((unsigned char)text[len]) || text[len] == '_')
			len++;
		if (len && !isdigit((unsigned char)*text))
			btf_c_token(c, text, len);
		text += len ? len : 1;
	}
}

/* Is NAME the snippet's word, and neither the user's own nor known to BTF? */
static bool is_free(struct btf_c *c, const struct name_entry *e)
{
	uint32_t id;
	int64_t value;

	return e->name && e->flags & NAME_TOKEN && !(e->flags & NAME_NO_ORDINARY) &&
	       !btf_find(c->btf, e->name, 1u << BTF_KIND_TYPEDEF) &&
	       !btf_find_constant(c->btf, e->name, &id, &value);
}

struct found_macros {
	VEC(const struct macro_row *) list;
};

/*
 * Constants that headers define, and which of their macros are named: the members those stand for
 * are wanted too. The macros themselves come last, or they would get at the members of records.
 */
static void define_constants(struct btf_c *c, struct found_macros *ret)
{
	for (uint32_t i = 0; i <= c->names.mask; i++) {
		const struct name_entry *e = &c->names.v[i];
		const struct constant_row *row = e->name ? header_constant(e->name) : NULL;
		const struct macro_row *macro = e->name ? header_macro(e->name) : NULL;

		if ((!row && !macro) || !is_free(c, e))
			continue;
		if (macro)
			vec_push(c, &ret->list, macro);
		else
			strbuf_addf(c->out, "enum { %s = %lld };\n", row->name,
				    (long long)row->value);
	}
	vec_each(&ret->list, m)
		add_words(c, (*m)->text);
}

void btf_c_emit(struct btf_c *c, struct strbuf *out)
{
	struct found_macros macros = { 0 };

	c->out = out;
	define_constants(c, &macros);
	c->state = mem_array(c, uint8_t, btf_count(c->btf));
	c->align = mem_array(c, uint8_t, btf_count(c->btf));
	for (uint32_t i = 0; i <= c->names.mask; i++)
		if (c->names.v[i].name && c->names.v[i].flags & NAME_TOKEN)
			define_token(c, &c->names.v[i]);
	vec_each(&c->needed, id)
		depend(c, *id, true, true);
	/* Definitions add to the queue, so its end moves. */
	for (size_t i = 0; i < c->queue.n; i++)
		define_record(c, c->queue.v[i]);
	vec_each(&macros.list, m)
		strbuf_addf(out, "#define %s %s\n", (*m)->name, (*m)->text);
	mem_free(c->state);
	mem_free(c->align);
	c->state = c->align = NULL;
}
