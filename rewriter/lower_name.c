// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What things are called: builtins and our functions by their declarations, expressions as the person
 * wrote them, types as C declares with them.
 */
#include <ctype.h>

#include "rewriter/lower_parts.h"

#include "rewriter/builtin.h"

struct ast *lower_strip(struct ast *n)
{
	while (n && n->kind == AST_CONVERT && n->n_sub)
		n = n->sub[0];
	return n;
}

const char *lower_builtin(const struct ast *n)
{
	while ((n->kind == AST_CONVERT || n->kind == AST_LOAD || n->kind == AST_DECAY) && n->n_sub)
		n = n->sub[0];
	return n->kind == AST_VAR ? ast_note(n->decl, "builtin:") : NULL;
}

const char *lower_function(const struct ast *call)
{
	static const char prefix[] = "__bcsh_fn_";
	const struct function_row *row;
	const char *name;

	if (call->kind != AST_CALL || !call->decl || call->decl->in_main ||
	    call->decl->kind != DECL_FUNCTION)
		return NULL;
	name = call->decl->name;
	if (!strcmp(name, "__bcsh_str"))
		return "str";
	if (!strcmp(name, "__bcsh_show"))	/* an expression at the prompt */
		return "";
	if (!strncmp(name, prefix, strlen(prefix)))
		name += strlen(prefix);
	row = function_find(name, strlen(name));
	return row && !row->plain ? row->name : NULL;
}

/* LEN bytes at P without what only our wrapping put there. */
static void add_plain(struct strbuf *out, const char *p, size_t len)
{
	static const char dollar[] = "__bcsh_builtin_", before[] = LOCATED_BEFORE, behind[] = LOCATED_BEHIND;

	while (len) {
		const char *end;

		if (len > strlen(before) && !strncmp(p, before, strlen(before)) && (end = strstr(p, behind)) &&
		    (size_t)(end - p) < len) {
			strbuf_addf(out, "args->%.*s", (int)(end - p - strlen(before)), p + strlen(before));
			end += strlen(behind);
			len -= (size_t)(end - p);
			p = end;
			continue;
		}
		if (len > strlen(dollar) && !strncmp(p, dollar, strlen(dollar))) {
			strbuf_addc(out, '$');
			p += strlen(dollar);
			len -= strlen(dollar);
		} else {
			strbuf_addc(out, isspace((unsigned char)*p) ? ' ' : *p);
			p++;
			len--;
		}
	}
}

static void add_source(struct strbuf *out, const struct ast_unit *unit, const struct ast *n);

static void add_list(struct strbuf *out, const struct ast_unit *unit, const struct ast *n, size_t max)
{
	for (size_t i = 0; i < n->n_sub && i < max; i++) {
		if (i)
			strbuf_adds(out, ", ");
		add_source(out, unit, n->sub[i]);
	}
}

/* Sugar that stands wrapped in the unit's text, at any depth below N, gets its own form back. */
static bool add_sugar(struct strbuf *out, const struct ast_unit *unit, const struct ast *n)
{
	const struct ast *call = n;

	if (n->kind == AST_AT) {
		strbuf_addf(out, "@%s", n->name);
		if (n->n_sub) {
			strbuf_addc(out, '[');
			add_list(out, unit, n, SIZE_MAX);
			strbuf_addc(out, ']');
		}
		return true;
	}
	while (call->n_sub == 1 && (call->kind == AST_DEREF || call->kind == AST_CAST))
		call = call->sub[0];
	if (n->kind == AST_DEREF && call->kind == AST_CALL && lower_function(call) &&
	    !strcmp(lower_function(call), "str")) {
		strbuf_adds(out, "str(");
		add_list(out, unit, call, 1);
		strbuf_addc(out, ')');
		return true;
	}
	return false;
}

/* The first sugar below N whose text is wrapped, by position. */
static const struct ast *find_sugar(const struct ast *n)
{
	const struct ast *found = NULL, *sub;

	if (n->kind == AST_AT || n->kind == AST_DEREF) {
		const struct ast *call = n->kind == AST_DEREF ? n->sub[0] : NULL;

		while (call && call->kind == AST_CAST)
			call = call->sub[0];
		if (!call || (call->kind == AST_CALL && lower_function(call) &&
			      !strcmp(lower_function(call), "str")))
			return n;
	}
	for (size_t i = 0; i < n->n_sub; i++) {
		sub = find_sugar(n->sub[i]);
		if (sub && (!found || sub->start < found->start))
			found = sub;
	}
	return found;
}

static void add_source(struct strbuf *out, const struct ast_unit *unit, const struct ast *n)
{
	const struct ast *sugar = find_sugar(n);
	size_t start = n->start, end = n->end;

	if (!sugar || sugar->start < start || sugar->end > end) {
		add_plain(out, unit->text + start, end - start);
		return;
	}
	/* Our wrapping stands in parentheses of its own. */
	add_plain(out, unit->text + start,
		  sugar->start - start - (sugar->start > start && unit->text[sugar->start - 1] == '('));
	add_sugar(out, unit, sugar);
	start = sugar->end + (sugar->end < end && unit->text[sugar->end] == ')');
	if (start < end)
		add_plain(out, unit->text + start, end - start);
}

char *lower_source(const void *parent, const struct ast_unit *unit, const struct ast *n)
{
	struct strbuf out;

	strbuf_init(&out, parent);
	if (n->end <= unit->len && n->start < n->end)
		add_source(&out, unit, n);
	return strbuf_detach(&out, parent);
}

void lower_declare(struct strbuf *out, const char *c_type, const char *name)
{
	const char *array = strchr(c_type, '[');

	if (array)
		strbuf_addf(out, "%.*s %s%s", (int)(array - c_type), c_type, name, array);
	else
		strbuf_addf(out, "%s %s", c_type, name);
}

size_t lower_text_bytes(const char *c_type)
{
	unsigned long n = 0;
	const char *array = c_type ? strchr(c_type, '[') : NULL;

	if (!array || strncmp(c_type, "char", 4) != 0 || array - c_type > 5)
		return 0;
	for (array++; isdigit((unsigned char)*array); array++)
		n = n * 10 + (unsigned long)(*array - '0');
	return *array == ']' ? n : 0;
}

void lower_quote(struct strbuf *out, const char *bytes, size_t len)
{
	strbuf_addc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '?')
			strbuf_addc(out, (char)c);
		else
			strbuf_addf(out, "\\%03o", c);
	}
	strbuf_addc(out, '"');
}
