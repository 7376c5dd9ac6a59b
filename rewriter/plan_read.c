// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A load becomes a read, in the form a libbpf programmer would write: BPF_CORE_READ(a, b, c) where
 * it can stand, bcsh_core_read() where the base is too much for it, bcsh_read() for one place of any
 * shape, bcsh_read_bitfield() for bits.
 */
#include "rewriter/planner.h"

static const char *suffix(int reading)
{
	return reading == ORIGIN_USER ? "_user" : "";
}

static void write_base(struct edit *e, const struct ast *base)
{
	bool comma = base->kind == AST_BINARY && !strcmp(base->op, ",");

	if (comma)
		edit_text(e, "(");
	edit_range(e, base->start, base->end);
	if (comma)
		edit_text(e, ")");
}

static void read_bitfield(struct planner *pl, const struct ast *place, struct chain *c, int reading)
{
	struct edit *e;

	if (!plan_plain(pl, c->base))
		return;
	e = plan_edit(pl, place->start, place->end, place, reading);
	if (e) {
		edit_text(e, "(%s)bcsh_read_bitfield%s(", place->type->name, suffix(reading));
		write_base(e, c->base);
		chain_write(e, c);
		edit_text(e, ")");
	}
	plan_walk(pl, c->base);
}

static void read_chain(struct planner *pl, const struct ast *place, struct chain *c, int reading,
		       const char *macro)
{
	struct edit *e;

	if (!plan_plain(pl, c->base))
		return;
	e = plan_edit(pl, place->start, place->end, place, reading);
	if (e) {
		edit_text(e, "%s(", macro);
		write_base(e, c->base);
		chain_write(e, c);
		edit_text(e, ")");
	}
	plan_walk(pl, c->base);
}

static void read_place(struct planner *pl, const struct ast *place, int reading)
{
	struct edit *e = plan_edit(pl, place->start, place->end, place, reading);

	if (e) {
		edit_text(e, "bcsh_read%s(", suffix(reading));
		edit_range(e, place->start, place->end);
		edit_text(e, ")");
	}
	plan_walk_children(pl, place);
}

/*
 * The sugar of lower_*.c copies whole records straight from where they are: it wants the place, not
 * a value.
 */
static bool is_copied_by_sugar(const struct ast *load)
{
	const struct ast *up = load->parent;

	if (!load->type || load->type->kind != TYPE_RECORD || !up)
		return false;
	if (up->kind == AST_AT)
		return true;
	if (up->kind == AST_ASSIGN)
		return up->sub[0]->kind == AST_AT;
	return up->kind == AST_CALL && ast_note(up->decl, "function:");
}

static void read_it(struct planner *pl, const struct ast *place, int reading)
{
	bool nested = chain_in_core_macro(pl, place), bits = chain_is_bitfield(place), has_base;
	struct chain c;

	if (place->text_kind == TEXT_NONE)
		return;
	if (!plan_plain(pl, place)) {
		plan_walk_children(pl, place);
		return;
	}
	has_base = chain_of(pl, place, bits ? 0 : reading, &c);
	if (has_base && bits && c.pieces[0].n) {
		read_bitfield(pl, place, &c, reading);
	} else if (has_base && c.accessors && c.kernel_types && !nested &&
		   chain_base_is_simple(pl, c.base)) {
		read_chain(pl, place, &c, reading,
			   reading == ORIGIN_USER ? "BPF_CORE_READ_USER" : "BPF_CORE_READ");
	} else if (has_base && c.accessors && c.kernel_types && !nested && c.hops > 1) {
		read_chain(pl, place, &c, reading,
			   reading == ORIGIN_USER ? "bcsh_core_read_user" : "bcsh_core_read");
	} else if (place->text_kind == TEXT_INVOCATION) {
		struct ast whole = *place;

		whole.text_kind = TEXT_MACRO;
		plan_plain(pl, &whole);
	} else {
		read_place(pl, place, reading);
	}
}

void plan_load(struct planner *pl, const struct ast *load)
{
	const struct ast *place = load->sub[0];
	int reading;

	if (infer_unknown(pl->inf, place, pl->instance)) {
		refuse_unknown(pl, place);
		plan_walk_children(pl, place);
		return;
	}
	reading = plan_reading(pl, place);
	if (reading < 0)
		refuse_mixed(pl, place);
	if (reading > 0 && !is_copied_by_sugar(load))
		read_it(pl, place, reading);
	else
		plan_walk_children(pl, place);
}
