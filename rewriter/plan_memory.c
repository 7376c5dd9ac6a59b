// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Memory as a whole: records read straight into the variable they are for, memcpy() from the kernel,
 * and helper arguments that must point to the program's own memory, like a map's key.
 */
#include "rewriter/planner.h"

static const char *reader(int reading)
{
	return reading == ORIGIN_USER ? "bpf_probe_read_user" : "bpf_probe_read_kernel";
}

static bool is_typed(const struct ast *n)
{
	return n->text_kind == TEXT_PLAIN || n->text_kind == TEXT_INVOCATION;
}

/* The address of PLACE: "p" for *p. */
static void write_address(struct edit *e, const struct ast *place)
{
	if (place->kind == AST_DEREF && is_typed(place->sub[0])) {
		edit_range(e, place->sub[0]->start, place->sub[0]->end);
		return;
	}
	edit_text(e, "&");
	edit_range(e, place->start, place->end);
}

/* The place that is loaded as a whole record by VALUE, when it must be read; else NULL. */
static const struct ast *record_source(struct planner *pl, const struct ast *value, int *ret_reading)
{
	if (value->kind != AST_LOAD || !value->type || value->type->kind != TYPE_RECORD)
		return NULL;
	*ret_reading = plan_reading(pl, value->sub[0]);
	if (*ret_reading <= 0 || infer_unknown(pl->inf, value->sub[0], pl->instance))
		return NULL;
	return is_typed(value->sub[0]) ? value->sub[0] : NULL;
}

/* One declarator only, not const or static, in a block of its own: "struct s x = *p;" up to its ";". */
static bool is_lone_declaration(struct planner *pl, const struct ast *n, size_t *ret_end)
{
	const struct ast_decl *d = n->decl;
	const char *head = pl->text + d->start;
	size_t at = d->init->end, len = d->name_at - d->start;

	if (!n->parent || n->parent->kind != AST_BLOCK || d->is_global || d->name_at < d->start)
		return false;
	while (at < pl->plan->unit->len && strchr(" \t\n)", pl->text[at]))
		at++;
	*ret_end = at;
	return pl->text[at] == ';' && !memchr(head, ',', len) && !memmem(head, len, "const", 5);
}

bool plan_copy_declared(struct planner *pl, const struct ast *n)
{
	const struct ast_decl *d = n->decl;
	size_t name_end = d->name_at + strlen(d->name), end;
	const struct ast *place;
	struct edit *e;
	int reading;

	place = record_source(pl, d->init, &reading);
	if (!place || !is_lone_declaration(pl, n, &end))
		return false;
	e = plan_edit(pl, name_end, end, place, reading);
	if (e) {
		edit_text(e, "; %s(&%s, sizeof(%s), ", reader(reading), d->name, d->name);
		write_address(e, place);
		edit_text(e, ")");
	}
	plan_walk_children(pl, place);
	return true;
}

bool plan_copy_assigned(struct planner *pl, const struct ast *n)
{
	const struct ast *to = n->sub[0], *place;
	struct edit *e;
	int reading;

	if (strcmp(n->op, "=") || n->text_kind != TEXT_PLAIN || to->kind == AST_AT ||
	    !is_typed(to) || !n->parent ||
	    (n->parent->kind != AST_BLOCK && n->parent->kind != AST_FLOW))
		return false;
	place = record_source(pl, n->sub[1], &reading);
	if (!place || infer_unknown(pl->inf, to, pl->instance) || plan_reading(pl, to))
		return false;
	e = plan_edit(pl, n->start, n->end, place, reading);
	if (e) {
		edit_text(e, "%s(", reader(reading));
		write_address(e, to);
		edit_text(e, ", sizeof(%.*s), ", (int)(to->end - to->start), pl->text + to->start);
		write_address(e, place);
		edit_text(e, ")");
	}
	plan_walk_children(pl, to);
	plan_walk_children(pl, place);
	return true;
}

/* ---- memcpy and what cannot be had ---- */

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

static const char *const copiers[] = { "memcpy", "__builtin_memcpy", "memmove",
				       "__builtin_memmove", NULL };
static const char *const comparers[] = {
	"memcmp", "__builtin_memcmp", "strcmp", "__builtin_strcmp", "strncmp", "__builtin_strncmp",
	"bpf_strncmp", NULL,
};
static const char *const setters[] = { "memset", "__builtin_memset", NULL };
static const char *const atomics[] = { "__sync_", "__atomic_", "__c11_atomic_" };

static bool is_setter(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(atomics); i++)
		if (!strncmp(name, atomics[i], strlen(atomics[i])))
			return true;
	return is_one_of(name, setters);
}

/* Origins of what a pointer argument points to, past implicit conversions to void *. */
static unsigned pointed(struct planner *pl, const struct ast *arg)
{
	const struct ast *e = arg;

	while (e->kind == AST_CONVERT && e->n_sub)
		e = e->sub[0];
	return infer_value(pl->inf, e, pl->instance);
}

static int reading_of(unsigned origins)
{
	if (origins & ORIGIN_USER)
		return origins & ~ORIGIN_USER ? -1 : ORIGIN_USER;
	return origins & (ORIGIN_KERNEL | ORIGIN_BTF) ? ORIGIN_KERNEL : 0;
}

static const struct ast *inner(const struct ast *arg)
{
	while (arg->kind == AST_CONVERT && arg->n_sub)
		arg = arg->sub[0];
	return arg;
}

bool plan_copy_called(struct planner *pl, const struct ast *n)
{
	const char *name = n->decl ? n->decl->name : "";
	bool copies = is_one_of(name, copiers), sets = is_setter(name);
	const struct ast *from;
	struct edit *e;
	int reading;

	if (n->n_sub < 2 || (!copies && !sets && !is_one_of(name, comparers)))
		return false;
	if ((copies || sets) && reading_of(pointed(pl, n->sub[0]))) {
		refuse_fill(pl, inner(n->sub[0]));
		return true;
	}
	if (!copies) {
		for (size_t i = 0; i < n->n_sub && !sets; i++)
			if (n->sub[i]->type && n->sub[i]->type->kind == TYPE_POINTER &&
			    reading_of(pointed(pl, n->sub[i])))
				refuse_memory(pl, inner(n->sub[i]), "it must be copied to be compared");
		return false;
	}
	from = inner(n->sub[1]);
	reading = reading_of(pointed(pl, from));
	if (reading < 0)
		refuse_mixed_value(pl, from);
	if (reading <= 0 || n->n_sub < 3)
		return false;
	if (!plan_plain(pl, n) || !plan_plain(pl, n->sub[0]) || !plan_plain(pl, from) ||
	    !plan_plain(pl, n->sub[2]))
		return true;
	e = plan_edit_value(pl, n->start, n->end, from, reading);
	if (e) {
		edit_text(e, "%s(", reader(reading));
		edit_range(e, n->sub[0]->start, n->sub[0]->end);
		edit_text(e, ", ");
		edit_range(e, n->sub[2]->start, n->sub[2]->end);
		edit_text(e, ", ");
		edit_range(e, from->start, from->end);
		edit_text(e, ")");
	}
	plan_walk_children(pl, n);
	return true;
}

/* ---- arguments that must be the program's own memory ---- */

#define ARG(n) (1u << (n))

static const struct memory_row {
	const char *name;
	bool method;
	unsigned arguments;
} memory_rows[] = {
	{ "bpf_map_lookup_elem", false, ARG(1) },
	{ "bpf_map_update_elem", false, ARG(1) | ARG(2) },
	{ "bpf_map_delete_elem", false, ARG(1) },
	{ "bpf_map_push_elem", false, ARG(1) },
	{ "bpf_map_lookup_percpu_elem", false, ARG(1) },
	{ "bpf_perf_event_output", false, ARG(3) },
	{ "bpf_ringbuf_output", false, ARG(1) },
	{ "lookup", true, ARG(0) },
	{ "lookup_or_init", true, ARG(0) | ARG(1) },
	{ "lookup_or_try_init", true, ARG(0) | ARG(1) },
	{ "update", true, ARG(0) | ARG(1) },
	{ "insert", true, ARG(0) | ARG(1) },
	{ "delete", true, ARG(0) },
	{ "perf_submit", true, ARG(1) },
	{ "ringbuf_output", true, ARG(0) },
};

/*
 * A local copy of what ARG points to: &(T){ read }, or for a record, which is no scalar, (T[1]){ read }.
 * What lies in the context is loaded, but no helper takes its address.
 */
static void copy_argument(struct planner *pl, const struct ast *arg, int reading)
{
	const struct ast *place = arg->kind == AST_ADDRESS ? arg->sub[0] : NULL;
	const struct ast *at = place ? place : arg;
	const struct ast_type *type = place ? place->type : arg->type ? arg->type->to : NULL;
	const char *star = place ? "" : "*";
	const char *read = reading == ORIGIN_CTX ? "" :
			   reading == ORIGIN_USER ? "bcsh_read_user(" : "bcsh_read(";
	bool record = type && type->kind == TYPE_RECORD;
	struct edit *e;

	if (!type || !type->size || type->kind == TYPE_ARRAY || type->kind == TYPE_VOID ||
	    arg->kind == AST_DECAY) {
		refuse_memory(pl, arg, "a helper needs a local copy of it");
		return;
	}
	if (!plan_plain(pl, arg) || !plan_plain(pl, at))
		return;
	e = plan_edit_value(pl, arg->start, arg->end, arg, reading);
	if (!e)
		return;
	edit_text(e, "%s(__typeof_unqual__(%s%.*s)%s){ %s%s", record ? "" : "&", star,
		  (int)(at->end - at->start), pl->text + at->start, record ? "[1]" : "", read, star);
	edit_range(e, at->start, at->end);
	edit_text(e, "%s }", *read ? ")" : "");
}

void plan_memory_arguments(struct planner *pl, const struct ast *n)
{
	const char *name = n->kind == AST_METHOD ? n->name : n->decl ? n->decl->name : NULL;
	unsigned arguments = 0;

	for (size_t i = 0; name && i < ARRAY_SIZE(memory_rows); i++)
		if (memory_rows[i].method == (n->kind == AST_METHOD) &&
		    !strcmp(memory_rows[i].name, name))
			arguments = memory_rows[i].arguments;
	for (size_t i = 0; i < n->n_sub; i++) {
		const struct ast *arg = inner(n->sub[i]);
		int reading;

		if (!(arguments & ARG(i)))
			continue;
		reading = reading_of(pointed(pl, arg));
		if (!reading && pointed(pl, arg) == ORIGIN_CTX)
			reading = ORIGIN_CTX;
		if (reading < 0)
			refuse_mixed_value(pl, arg);
		else if (reading)
			copy_argument(pl, arg, reading);
	}
}
