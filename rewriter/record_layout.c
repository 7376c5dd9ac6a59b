// SPDX-License-Identifier: GPL-3.0-or-later
/* Kernel records are left out: the shell has the kernel's own BTF for them. */
#include "rewriter/record_layout.h"

#define MEMBERS_MAX 4096

static void add_members(const void *parent, struct rewrite_result *res, struct record_layout *layout,
			const struct ast_record *r, uint64_t base)
{
	for (size_t i = 0; i < r->n_fields && layout->members.n < MEMBERS_MAX; i++) {
		const struct ast_field *f = &r->fields[i];
		struct record_member *m;

		if (!*f->name && f->type->record) {
			add_members(parent, res, layout, f->type->record, base + f->bit_offset);
			continue;
		}
		if (!*f->name)
			continue;
		m = vec_add(parent, &layout->members);
		m->name = mem_strdup(parent, f->name);
		m->c_type = mem_strdup(parent, f->type->kind == TYPE_POINTER ? "void *" : f->type->name);
		m->bit_offset = (uint32_t)(base + f->bit_offset);
		m->bits = f->bits;
		m->size = (uint32_t)f->type->size;
	}
}

static bool known(const struct rewrite_result *res, const char *name)
{
	vec_each(&res->records, r)
		if (strcmp(r->name, name) == 0)
			return true;
	return false;
}

void record_layout_add(const void *parent, struct rewrite_result *res, const struct ast_type *t)
{
	struct record_layout layout = { 0 };

	while (t && t->kind == TYPE_ARRAY)
		t = t->to;
	if (!t || t->kind != TYPE_RECORD || !t->record || !t->record->from_user || !t->name ||
	    known(res, t->name))
		return;
	layout.name = mem_strdup(parent, t->name);
	layout.size = (uint32_t)t->size;
	add_members(parent, res, &layout, t->record, 0);
	vec_push(parent, &res->records, layout);
	for (size_t i = 0; i < t->record->n_fields; i++)
		record_layout_add(parent, res, t->record->fields[i].type);
}
