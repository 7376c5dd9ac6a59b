// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A place as a base pointer and accessors: a->b.c->d is a, "b.c", "d". What BPF_CORE_READ() can take
 * is narrow, because libbpf's puts base and accessors into __builtin_preserve_access_index(), which
 * does not nest, and which turns every member access in the base into a relocation.
 */
#include "rewriter/planner.h"

static void piece_text(struct chain *c, size_t hop, const char *text)
{
	vec_push(c->parent, &c->pieces[hop], ((struct chain_piece){ .text = text }));
}

/* An index that may be written twice and needs no edit: a number or a plain local variable. */
static bool index_is_simple(struct planner *pl, const struct ast *n)
{
	const struct ast *e = ast_strip((struct ast *)n);

	if (e->text_kind != TEXT_PLAIN && e->text_kind != TEXT_INVOCATION)
		return false;
	if (e->kind == AST_CONSTANT)
		return true;
	return e->kind == AST_LOAD && e->sub[0]->kind == AST_VAR && !e->sub[0]->decl->is_global &&
	       plan_reading(pl, e->sub[0]) == 0;
}

/* Appends the accessor of PLACE to hop HOP. Returns the pointer that it starts from, or NULL. */
static const struct ast *accessor(struct planner *pl, struct chain *c, size_t hop,
				  const struct ast *place)
{
	const struct ast *base = NULL;

	switch (place->kind) {
	case AST_DEREF:
		if (place->sub[0]->kind == AST_DECAY) {
			c->accessors = false;
			return accessor(pl, c, hop, place->sub[0]->sub[0]);
		}
		return place->sub[0];
	case AST_MEMBER:
		base = place->arrow ? place->sub[0] : NULL;
		if (!place->arrow && ast_is_place(place->sub[0]))
			base = accessor(pl, c, hop, place->sub[0]);
		for (size_t i = 0; base && i < place->n_fields; i++) {
			const struct ast_field *f = place->fields[i];

			if (f->in && f->in->from_user)
				c->kernel_types = false;
			if (!*f->name)
				continue;
			if (c->pieces[hop].n)
				piece_text(c, hop, ".");
			piece_text(c, hop, f->name);
		}
		return base;
	case AST_INDEX:
		if (place->sub[0]->kind != AST_DECAY) {
			c->accessors = false;
			return place->sub[0];
		}
		base = accessor(pl, c, hop, place->sub[0]->sub[0]);
		if (!index_is_simple(pl, place->sub[1]) || !c->pieces[hop].n)
			c->accessors = false;
		piece_text(c, hop, "[");
		vec_push(c->parent, &c->pieces[hop],
			 ((struct chain_piece){ NULL, place->sub[1]->start, place->sub[1]->end }));
		piece_text(c, hop, "]");
		return base;
	default:
		return NULL;
	}
}

bool chain_is_bitfield(const struct ast *place)
{
	return place->kind == AST_MEMBER && place->n_fields &&
	       place->fields[place->n_fields - 1]->bits;
}

bool chain_of(struct planner *pl, const struct ast *place, int reading, struct chain *ret)
{
	struct chain *c = ret;

	*c = (struct chain){ .parent = pl->plan->parent, .accessors = true, .kernel_types = true };
	c->base = accessor(pl, c, 0, place);
	c->hops = 1;
	if (!c->base)
		return false;
	c->accessors = c->accessors && c->pieces[0].n > 0;
	while (reading && c->accessors && c->kernel_types && c->hops < CHAIN_HOPS_MAX &&
	       c->base->kind == AST_LOAD) {
		const struct ast *inner = c->base->sub[0];
		struct chain one = { .parent = c->parent, .accessors = true, .kernel_types = true };

		if (plan_reading(pl, inner) != reading || chain_is_bitfield(inner))
			break;
		one.base = accessor(pl, &one, 0, inner);
		if (!one.base || !one.accessors || !one.kernel_types || !one.pieces[0].n)
			break;
		memmove(&c->pieces[1], &c->pieces[0], c->hops * sizeof(c->pieces[0]));
		memcpy(&c->pieces[0], &one.pieces[0], sizeof(c->pieces[0]));
		c->base = one.base;
		c->hops++;
	}
	return true;
}

bool chain_base_is_simple(struct planner *pl, const struct ast *n)
{
	switch (n->kind) {
	case AST_MEMBER:
	case AST_INDEX:
	case AST_AT:
	case AST_METHOD:
	case AST_STATEMENTS:
	case AST_LITERAL:
	case AST_ASSIGN:
	case AST_STEP:
	case AST_OTHER:
		return false;
	case AST_LOAD:
		if (plan_reading(pl, n->sub[0]) != 0)
			return false;
		break;
	default:
		break;
	}
	for (size_t i = 0; i < n->n_sub; i++)
		if (!chain_base_is_simple(pl, n->sub[i]))
			return false;
	return true;
}

bool chain_in_core_macro(struct planner *pl, const struct ast *n)
{
	static const char *const macros[] = { "BPF_CORE_READ", "BPF_CORE_WRITE", "bpf_core_" };

	for (n = n->parent; n; n = n->parent) {
		if (n->text_kind != TEXT_MACRO && n->text_kind != TEXT_INVOCATION)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(macros); i++)
			if (!strncmp(pl->text + n->start, macros[i], strlen(macros[i])))
				return true;
	}
	return false;
}

void chain_write(struct edit *e, const struct chain *c)
{
	for (size_t hop = 0; hop < c->hops; hop++) {
		edit_text(e, ", ");
		for (size_t i = 0; i < c->pieces[hop].n; i++) {
			const struct chain_piece *p = &c->pieces[hop].v[i];

			if (p->text)
				edit_text(e, "%s", p->text);
			else
				edit_range(e, p->start, p->end);
		}
	}
}
