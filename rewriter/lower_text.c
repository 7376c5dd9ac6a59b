// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Text and storing. Text is an array of char that ends at a NUL or is full: C would compare and
 * store its address. lower_store() is the one place that knows how a value of any sort gets into a
 * key, a map's value, an event's field or a comparison.
 */
#include "rewriter/lower_parts.h"

#include "rewriter/plan.h"

#define STORE_MAX 512	/* the stack; events are not on it */

struct ast *lower_array(struct ast *n)
{
	n = lower_strip(n);
	if (n->kind == AST_DECAY)
		n = n->sub[0];
	return ast_is_place(n) && n->type && n->type->kind == TYPE_ARRAY && n->type->count ? n : NULL;
}

static struct ast *text_in_map(struct ast *n)
{
	n = lower_strip(n);
	return n->kind == AST_LOAD && n->sub[0]->kind == AST_AT ? n->sub[0] : NULL;
}

static const struct ast_type *char_type(const struct ast_type *t)
{
	return t && t->is_char && !strcmp(t->name, "char") ? t : NULL;
}

size_t lower_text_size(struct lowering *w, struct ast *n)
{
	struct ast *array = lower_array(n), *at = text_in_map(n);
	struct at_map *m;
	size_t a, b;

	n = lower_strip(n);
	if (at) {
		m = lower_map(w->l->res, at->name);
		return m && m->value == AT_BYTES ? lower_text_bytes(m->c_type) : 0;
	}
	if (n->kind == AST_COND && n->n_sub == 3) {
		a = lower_text_size(w, n->sub[1]);
		b = lower_text_size(w, n->sub[2]);
		return a && b ? (a > b ? a : b) : 0;
	}
	if (!array)
		return 0;
	if (array->kind == AST_STRING)
		return array->text_len + 1;
	return char_type(array->type->to) ? array->type->count : 0;
}

/* The call of str() that place N is. */
static struct ast *str_call(struct ast *n)
{
	struct ast *call = n && n->kind == AST_DEREF ? ast_strip(n->sub[0]) : NULL;
	const char *name = call && call->kind == AST_CALL ? lower_function(call) : NULL;

	return name && !strcmp(name, "str") && call->n_sub ? call : NULL;
}

static const char *str_helper(struct lowering *w, struct ast *p, const char *kernel, const char *user)
{
	unsigned origins = w->l->inf ? infer_value(w->l->inf, p, w->instance) : 0;

	if ((origins & ORIGIN_USER) && (origins & ~(unsigned)ORIGIN_USER))
		lower_hint(w, lower_error(w, p, "str() of what may be a user or a kernel pointer"),
			   "declare it __user or __kernel");
	return origins & ORIGIN_USER ? user : kernel;
}

/* How the whole of PLACE is read: 0 as it is, ORIGIN_KERNEL, ORIGIN_USER, or ORIGIN_CTX. */
static int reading(struct lowering *w, struct ast *place)
{
	unsigned origins = w->l->inf ? infer_place(w->l->inf, place, w->instance) : 0;
	int how = w->l->inf ? plan_read(w->l->inf, place, w->instance) : 0;

	if (how)
		return how;
	/* The verifier tracks members of a record, not the record. */
	if (origins == ORIGIN_BTF && place->type->kind == TYPE_RECORD)
		return ORIGIN_KERNEL;
	/* It allows no pointer into the context, which a copy may be compiled to. */
	return origins & ORIGIN_CTX ? ORIGIN_CTX : 0;
}

/* NULL: PLACE can be read as it is; else the helper that reads it, shown in the diff. */
static const char *reader(struct lowering *w, struct ast *place)
{
	int how = reading(w, place);
	struct edit *show;
	struct diag *d;

	if (how == ORIGIN_CTX)
		return "bpf_probe_read_kernel";
	if (how != ORIGIN_KERNEL && how != ORIGIN_USER)
		return NULL;
	show = lower_edit(w, place, EDIT_SHOW);
	if (show) {
		edit_text(show, how == ORIGIN_USER ? "bcsh_read_user(" : "bcsh_read(");
		edit_range(show, place->start, place->end);
		edit_text(show, ")");
		d = edit_note(w->l->edits, show, "%s is %s memory",
			      lower_source(w->l->parent, w->l->unit, place),
			      how == ORIGIN_USER ? "user" : "kernel");
		infer_why(w->l->inf, place, w->instance, how, &w->l->res->diags, d);
	}
	return how == ORIGIN_USER ? "bpf_probe_read_user" : "bpf_probe_read_kernel";
}

static void store_from_map(struct lowering *w, struct edit *e, const char *dest, size_t size,
			   struct ast *at)
{
	struct at_map *m = lower_map(w->l->res, at->name);

	/* The key's own names hide those of the destination. */
	edit_text(e, "({ char *__bcsh_d = (char *)%s; ", dest);
	lower_key(w, e, at, m);
	if (w->l->req->host) {
		edit_text(e, "char __bcsh_v[%zu]; bcsh_host_lookup(\"%s\", &__bcsh_k, sizeof(__bcsh_k), "
			  "__bcsh_v, sizeof(__bcsh_v)); __builtin_memcpy(__bcsh_d, __bcsh_v, %zu); }); ",
			  lower_text_bytes(m->c_type), *m->name ? m->name : "@", size);
		return;
	}
	edit_text(e, "char *__bcsh_p = bpf_map_lookup_elem(&%s, &__bcsh_k); ",
		  lower_map_c_name(w->l->parent, m));
	if (w->skips_absent)
		edit_text(e, "if (!__bcsh_p) __bcsh_absent = 1; ");
	edit_text(e, "if (__bcsh_p) __builtin_memcpy(__bcsh_d, __bcsh_p, %zu); "
		  "else __builtin_memset(__bcsh_d, 0, %zu); }); ", size, size);
}

/* Stores an array place N of SIZE bytes, to be cut to ROOM. */
static void store_array(struct lowering *w, struct edit *e, const char *dest, size_t room,
			struct ast *n)
{
	struct ast *call = str_call(n);
	const char *builtin = lower_builtin(n), *read;
	size_t size = n->kind == AST_STRING ? n->text_len + 1 : n->type->count * n->type->to->size;
	struct strbuf quoted;

	size = size < room ? size : room;
	if (n->kind == AST_STRING) {
		strbuf_init(&quoted, w->l->parent);
		lower_quote(&quoted, n->text, n->text_len);
		edit_text(e, "__builtin_memcpy(%s, %s, %zu); ", dest, quoted.text, size);
	} else if (builtin && !strcmp(builtin, "comm") && !w->l->req->host) {
		edit_text(e, "bpf_get_current_comm(%s, %zu); ", dest, size);
	} else if (call) {
		edit_text(e, "bcsh_str(%s, %s, %zu, ",
			  str_helper(w, call->sub[0], "bpf_probe_read_kernel_str", "bpf_probe_read_user_str"),
			  dest, size);
		lower_part(w, e, call->sub[0]);
		edit_text(e, "); ");
	} else {
		read = reader(w, n);
		edit_text(e, read ? "bcsh_copy(%s, " : "__builtin_memcpy(", read);
		edit_text(e, "%s, ", dest);
		edit_text(e, read ? "%zu, &" : "&", size);
		lower_part(w, e, n);
		edit_text(e, read ? "); " : ", %zu); ", size);
	}
}

static void store_text(struct lowering *w, struct edit *e, const char *dest, size_t room, struct ast *n)
{
	struct ast *at = text_in_map(n);
	size_t size = lower_text_size(w, n);

	n = lower_strip(n);
	if (at) {
		store_from_map(w, e, dest, size < room ? size : room, at);
	} else if (n->kind == AST_COND) {
		edit_text(e, "if ");
		lower_part(w, e, n->sub[0]);
		edit_text(e, " { ");
		store_text(w, e, dest, room, n->sub[1]);
		edit_text(e, "} else { ");
		store_text(w, e, dest, room, n->sub[2]);
		edit_text(e, "} ");
	} else {
		store_array(w, e, dest, room, lower_array(n));
	}
}

/* Everything else: C's own assignment, but for records that lie where C cannot read. */
static void store_value(struct lowering *w, struct edit *e, const char *dest, const char *c_type,
			struct ast *n)
{
	bool is_record = n->type && n->type->kind == TYPE_RECORD;
	bool in_memory = is_record && n->kind == AST_LOAD && n->sub[0]->kind != AST_AT;
	const char *read = in_memory ? reader(w, n->sub[0]) : NULL;

	if (read) {
		edit_text(e, "bcsh_copy(%s, &%s, sizeof(%s), &", read, dest, dest);
		lower_part(w, e, n->sub[0]);
		edit_text(e, "); ");
		return;
	}
	edit_text(e, "%s = ", dest);
	if (!is_record && strncmp(c_type, "__typeof__", 10) != 0)
		edit_text(e, "(%s)", c_type);
	lower_part(w, e, n);
	edit_text(e, "; ");
}

void lower_store(struct lowering *w, struct edit *e, const char *dest, const char *c_type,
		 struct ast *n)
{
	struct ast *array = lower_array(n);
	size_t room = lower_text_bytes(c_type);

	if (room > STORE_MAX - 112 && strncmp(dest, "__bcsh_e", 8) != 0)
		lower_hint(w, lower_error(w, n, "%zu bytes of text do not fit the 512 bytes of stack", room),
			   "take less of it: str(p, 200)");
	if (room && lower_text_size(w, n)) {
		store_text(w, e, dest, room, n);
	} else if (array && strchr(c_type, '[')) {
		store_array(w, e, dest, SIZE_MAX, array);
	} else {
		store_value(w, e, dest, c_type, lower_strip(n));
	}
}

static bool is_pointer_to_text(const struct ast *n)
{
	return n->type && n->type->kind == TYPE_POINTER && char_type(n->type->to);
}

/* `args->filename == "x"` compares addresses and is never what was meant. */
static bool refuse_pointer(struct lowering *w, struct ast *n, struct ast *text, struct ast *pointer)
{
	struct ast *array = lower_array(text);

	if (!array || !is_pointer_to_text(pointer) ||
	    (array->kind != AST_STRING && !str_call(array) && !lower_builtin(array)))
		return false;
	lower_hint(w, lower_error(w, n, "'%s' is a pointer; comparing it with text compares addresses",
				  lower_source(w->l->parent, w->l->unit, pointer)),
		   "compare str(%s)", lower_source(w->l->parent, w->l->unit, pointer));
	return true;
}

static bool is_direct(struct lowering *w, struct ast *n)
{
	struct ast *array = lower_array(n);

	if (!array || str_call(array) || (lower_builtin(array) && !strcmp(lower_builtin(array), "comm")))
		return false;
	return array->kind == AST_STRING || reading(w, array) <= 0;
}

static void compared(struct lowering *w, struct edit *e, const char *name, struct ast *n)
{
	struct strbuf quoted;
	struct ast *array = lower_array(n);
	char type[32];

	if (array && array->kind == AST_STRING) {
		strbuf_init(&quoted, w->l->parent);
		lower_quote(&quoted, array->text, array->text_len);
		edit_text(e, "const char *%s = %s; ", name, quoted.text);
	} else if (is_direct(w, n)) {
		edit_text(e, "const char *%s = (const char *)&", name);
		lower_part(w, e, array);
		edit_text(e, "; ");
	} else {
		snprintf(type, sizeof(type), "char[%zu]", lower_text_size(w, n));
		edit_text(e, "char %s[%zu]; ", name, lower_text_size(w, n));
		lower_store(w, e, name, type, n);
	}
}

bool lower_compare(struct lowering *w, struct ast *n)
{
	bool equal = !strcmp(n->op, "==");
	size_t a, b;
	struct edit *e;

	if ((!equal && strcmp(n->op, "!=") != 0) || n->n_sub != 2)
		return false;
	a = lower_text_size(w, n->sub[0]);
	b = lower_text_size(w, n->sub[1]);
	if (!a || !b)
		return (a && refuse_pointer(w, n, n->sub[0], n->sub[1])) ||
		       (b && refuse_pointer(w, n, n->sub[1], n->sub[0]));
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "({ ");
		compared(w, e, "__bcsh_a", n->sub[0]);
		compared(w, e, "__bcsh_b", n->sub[1]);
		edit_text(e, "(int)%sbcsh_text_equal(__bcsh_a, __bcsh_b, %zu, %zu); })",
			  equal ? "" : "!", a, b);
	}
	lower_walk_subs(w, n);
	return true;
}

/* As an array in memory, for whatever else C does with it: it lives as long as the block. */
bool lower_str(struct lowering *w, struct ast *n)
{
	struct ast *call = str_call(n);
	size_t size = n->type && n->type->kind == TYPE_ARRAY ? n->type->count : 0;
	struct edit *e;

	if (!call || !size)
		return false;
	e = lower_edit(w, n, EDIT_CODE);
	if (e) {
		edit_text(e, "*(char (*)[%zu])%s((char[%zu]){ 0 }, %zu, (const void *)", size,
			  str_helper(w, call->sub[0], "bcsh_str_kernel", "bcsh_str_user"), size, size);
		lower_part(w, e, call->sub[0]);
		edit_text(e, ", __bcsh_id)");
	}
	lower_walk_subs(w, call);
	return true;
}

bool lower_comm(struct lowering *w, struct ast *n)
{
	struct edit *e = lower_edit(w, n, EDIT_CODE);

	if (e)
		edit_text(e, "(*(char (*)[16])bcsh_comm((char[16]){ 0 }))");
	return true;
}
