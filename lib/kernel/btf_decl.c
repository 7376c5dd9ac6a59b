// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * C declarators of BTF types: "int (*fn)(struct sock *)". Which of several types of one name C's
 * name means is decided here. Knows nothing of what a snippet needs.
 */
#include "kernel/btf_c_inner.h"

#include <string.h>

/* A declaration that takes more steps is not one that a person could read: it ends in "void". */
#define STEPS_MAX 400

#define RECORD_KINDS (1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION)
#define ENUM_KINDS (1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64)

static bool is_union(const struct btf_type *t)
{
	return btf_kind_of(t) == BTF_KIND_UNION ||
	       (btf_kind_of(t) == BTF_KIND_FWD && btf_kflag_of(t));
}

uint32_t tag_find(const struct btf_index *b, const char *name)
{
	uint32_t id = btf_find(b, name, RECORD_KINDS);

	if (!id)
		id = btf_find(b, name, ENUM_KINDS);
	return id ? id : btf_find(b, name, 1u << BTF_KIND_FWD);
}

bool tag_owned(const struct btf_index *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id);
	uint32_t owner = tag_find(b, btf_name(b, id));

	/* A forward declaration is of the record of its name, wherever that was compiled. */
	return owner == id || (btf_kind_of(t) == BTF_KIND_FWD && !is_enum(btf_type(b, owner)) &&
			       is_union(t) == is_union(btf_type(b, owner)));
}

bool typedef_owned(const struct btf_index *b, uint32_t id)
{
	uint32_t owner = btf_find(b, btf_name(b, id), 1u << BTF_KIND_TYPEDEF);

	return owner == id || btf_resolve(b, owner) == btf_resolve(b, id);
}

bool typedef_inlined(const struct btf_c *c, const struct btf_index *b, uint32_t id)
{
	const char *name = btf_name(b, id);

	return !strncmp(name, "__builtin_", 10) || (c && name_flags(c, name) & NAME_NO_ORDINARY);
}

void tag_print(const struct btf_c *c, const struct btf_index *b, uint32_t id, bool by_value,
	       struct strbuf *out)
{
	const struct btf_type *t = btf_type(b, id);
	const char *name = btf_name(b, id);
	bool theirs = c && by_value && name_flags(c, name) & NAME_NO_TAG;

	strbuf_addf(out, "%s %s", is_enum(t) ? "enum" : is_union(t) ? "union" : "struct", name);
	if (theirs || !tag_owned(b, id))
		strbuf_addf(out, "___%u", id);
}

const char *enum_base(const struct btf_type *t)
{
	static const char *const names[][2] = {
		{ "unsigned char", "signed char" },
		{ "unsigned short", "short" },
		{ "unsigned int", "int" },
		{ "unsigned long long", "long long" },
	};
	unsigned i = t->size >= 8 ? 3 : t->size == 4 ? 2 : t->size == 2 ? 1 : 0;

	return names[i][btf_kflag_of(t)];
}

static const char *int_name(const struct btf_index *b, const struct btf_type *t)
{
	if (t->size == 16)
		return BTF_INT_ENCODING(*(const uint32_t *)(t + 1)) & BTF_INT_SIGNED ?
			       "__int128" : "unsigned __int128";
	return btf_str(b, t->name_off);
}

struct printer {
	struct btf_c *c;
	const struct btf_index *b;
	unsigned steps;
};

static bool is_qualifier(int kind)
{
	return kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_RESTRICT ||
	       kind == BTF_KIND_TYPE_TAG;
}

static const struct btf_type *unqualified(struct printer *p, uint32_t id)
{
	const struct btf_type *t = btf_type(p->b, id);

	while (is_qualifier(btf_kind_of(t)) && p->steps++ < STEPS_MAX)
		t = btf_type(p->b, t->type);
	return t;
}

static void prepend(struct strbuf *sb, const char *text)
{
	size_t n = strlen(text);

	strbuf_adds(sb, text);
	memmove(sb->text + n, sb->text, sb->len - n);
	memcpy(sb->text, text, n);
}

static void print(struct printer *p, uint32_t id, const char *name, struct strbuf *out);

static void add_params(struct printer *p, const struct btf_type *t, struct strbuf *out)
{
	const struct btf_param *params = (const struct btf_param *)(t + 1);

	strbuf_addc(out, '(');
	for (unsigned i = 0; i < btf_vlen_of(t) && p->steps < STEPS_MAX; i++) {
		if (i)
			strbuf_adds(out, ", ");
		if (!params[i].type)
			strbuf_adds(out, "...");
		else
			print(p, params[i].type, "", out);
	}
	strbuf_adds(out, btf_vlen_of(t) ? ")" : "void)");
}

/* A qualifier binds to the pointer it is on, else to what stands leftmost. */
static void qualify(struct printer *p, const struct btf_type *t, struct strbuf *inner,
		    unsigned *quals)
{
	static const char *const words[] = {
		[BTF_KIND_CONST] = "const", [BTF_KIND_VOLATILE] = "volatile",
		[BTF_KIND_RESTRICT] = "__restrict",
	};
	int under = btf_kind_of(unqualified(p, t->type)), kind = btf_kind_of(t);

	if (kind == BTF_KIND_TYPE_TAG)
		return;
	if (under == BTF_KIND_PTR) {
		if (inner->len)
			prepend(inner, " ");
		prepend(inner, words[kind]);
	} else if (kind != BTF_KIND_RESTRICT && under != BTF_KIND_FUNC_PROTO) {
		*quals |= 1u << kind;
	}
}

/* Moves from ID one step towards the base type, or returns false when it is there. */
static bool step(struct printer *p, uint32_t *id, struct strbuf *inner, unsigned *quals,
		 bool *behind)
{
	const struct btf_type *t = btf_type(p->b, *id);
	int kind = btf_kind_of(t), under;

	if (p->steps++ >= STEPS_MAX) {
		*id = 0;
		return false;
	}
	switch (kind) {
	case BTF_KIND_PTR:
		under = btf_kind_of(unqualified(p, t->type));
		if (under == BTF_KIND_ARRAY || under == BTF_KIND_FUNC_PROTO) {
			prepend(inner, "(*");
			strbuf_addc(inner, ')');
		} else {
			prepend(inner, "*");
		}
		*behind = true;
		break;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		qualify(p, t, inner, quals);
		break;
	case BTF_KIND_ARRAY:
		strbuf_addf(inner, "[%u]", ((const struct btf_array *)(t + 1))->nelems);
		*id = ((const struct btf_array *)(t + 1))->type;
		return true;
	case BTF_KIND_FUNC_PROTO:
		add_params(p, t, inner);
		*behind = true;
		break;
	case BTF_KIND_TYPEDEF:
		if (!typedef_inlined(p->c, p->b, *id))
			return false;
		break;
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		break;
	default:
		return false;
	}
	*id = t->type;
	return true;
}

/* Without a snippet, the members of an anonymous record are all shown, and nothing pads them. */
static void anonymous(struct printer *p, uint32_t id, struct strbuf *out)
{
	const struct btf_type *t = btf_type(p->b, id);

	if (p->c) {
		record_print(p->c, id, "", out);
		return;
	}
	strbuf_adds(out, is_union(t) ? "union { " : "struct { ");
	for (unsigned i = 0; i < btf_vlen_of(t) && p->steps < STEPS_MAX; i++) {
		struct btf_field f = btf_member_at(p->b, id, i);

		print(p, f.type, f.name, out);
		if (f.bits)
			strbuf_addf(out, ":%u", f.bits);
		strbuf_adds(out, "; ");
	}
	strbuf_addc(out, '}');
}

static void print_base(struct printer *p, uint32_t id, bool by_value, struct strbuf *out)
{
	const struct btf_type *t = btf_type(p->b, id);

	switch (btf_kind_of(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_FWD:
		if (*btf_name(p->b, id))
			tag_print(p->c, p->b, id, by_value, out);
		else
			anonymous(p, id, out);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		if (*btf_name(p->b, id))
			tag_print(p->c, p->b, id, true, out);
		else
			strbuf_adds(out, enum_base(t));
		break;
	case BTF_KIND_TYPEDEF:
		strbuf_adds(out, btf_name(p->b, id));
		if (!typedef_owned(p->b, id))
			strbuf_addf(out, "___%u", id);
		break;
	case BTF_KIND_INT:
		strbuf_adds(out, int_name(p->b, t));
		break;
	case BTF_KIND_FLOAT:
		strbuf_adds(out, btf_name(p->b, id));
		break;
	default:
		strbuf_adds(out, "void");
	}
}

static void print(struct printer *p, uint32_t id, const char *name, struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf inner = STRBUF_INIT;
	bool behind = false;
	unsigned quals = 0;

	strbuf_adds(&inner, name);
	while (step(p, &id, &inner, &quals, &behind))
		;
	if (quals & 1u << BTF_KIND_CONST)
		strbuf_adds(out, "const ");
	if (quals & 1u << BTF_KIND_VOLATILE)
		strbuf_adds(out, "volatile ");
	print_base(p, id, !behind, out);
	if (inner.len)
		strbuf_addf(out, " %s", inner.text);
}

void decl_print(struct btf_c *c, const struct btf_index *b, uint32_t id, const char *name,
		struct strbuf *out)
{
	struct printer p = { .c = c, .b = b };

	print(&p, id, name, out);
}

void btf_c_declare(const struct btf_index *b, uint32_t id, const char *name, struct strbuf *out)
{
	decl_print(NULL, b, id, name, out);
}
