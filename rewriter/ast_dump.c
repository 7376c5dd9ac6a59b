/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree as text, one line per node: "load : int", indented by two blanks per level. */
#include <inttypes.h>

#include "rewriter/ast.h"

static const char *const kind_name[] = {
	[AST_VAR] = "var",
	[AST_MEMBER] = "member",
	[AST_INDEX] = "index",
	[AST_DEREF] = "deref",
	[AST_LITERAL] = "literal",
	[AST_STRING] = "string",
	[AST_AT] = "at",
	[AST_LOAD] = "load",
	[AST_DECAY] = "decay",
	[AST_ADDRESS] = "address",
	[AST_FUNCTION] = "function",
	[AST_CONSTANT] = "constant",
	[AST_CAST] = "cast",
	[AST_CONVERT] = "convert",
	[AST_UNARY] = "unary",
	[AST_STEP] = "step",
	[AST_BINARY] = "binary",
	[AST_ASSIGN] = "assign",
	[AST_COND] = "cond",
	[AST_CALL] = "call",
	[AST_METHOD] = "method",
	[AST_STATEMENTS] = "statements",
	[AST_INIT] = "init",
	[AST_UNEVALUATED] = "unevaluated",
	[AST_OTHER] = "other",
	[AST_BLOCK] = "block",
	[AST_DECLARE] = "declare",
	[AST_RETURN] = "return",
	[AST_FLOW] = "flow",
};

static const char *const text_name[] = {
	[TEXT_PLAIN] = "",
	[TEXT_INVOCATION] = " {invocation}",
	[TEXT_MACRO] = " {macro}",
	[TEXT_NONE] = " {none}",
};

static void dump_detail(const struct ast *e, struct strbuf *out)
{
	if (e->kind == AST_MEMBER) {
		strbuf_adds(out, e->arrow ? " ->" : " .");
		for (size_t i = 0; i < e->n_fields; i++)
			strbuf_addf(out, "%s%s", i ? "." : "",
				    e->fields[i]->name[0] ? e->fields[i]->name : "<>");
	}
	if (e->decl)
		strbuf_addf(out, " %s", e->decl->name);
	if (e->kind == AST_AT)
		strbuf_addf(out, " @%s", e->name);
	else if (e->name)
		strbuf_addf(out, " %s%s", e->kind == AST_METHOD ? "." : "", e->name);
	if (e->kind == AST_STRING) {
		strbuf_adds(out, " \"");
		for (size_t i = 0; i < e->text_len; i++)
			strbuf_addf(out, e->text[i] >= ' ' && e->text[i] < 127 ? "%c" : "\\%03o",
				    (unsigned char)e->text[i]);
		strbuf_addc(out, '"');
	}
	if (e->op)
		strbuf_addf(out, " %s", e->op);
	if (e->is_postfix)
		strbuf_adds(out, " postfix");
	if (e->has_value)
		strbuf_addf(out, " %" PRId64, e->value);
}

void ast_dump(const struct ast *e, int depth, struct strbuf *out)
{
	strbuf_fill(out, ' ', (size_t)depth * 2);
	if (e->parent && e->parent->kind == AST_INIT) {
		if (e->init_field)
			strbuf_addf(out, ".%s ", e->init_field->name[0] ? e->init_field->name : "<>");
		else
			strbuf_addf(out, "[%" PRId64 "] ", e->init_index);
	}
	strbuf_adds(out, kind_name[e->kind]);
	dump_detail(e, out);
	if (e->type)
		strbuf_addf(out, " : %s", e->type->name);
	strbuf_addf(out, "%s\n", text_name[e->text_kind]);
	if (e->callee)
		ast_dump(e->callee, depth + 1, out);
	if (e->kind == AST_DECLARE && e->decl && e->decl->init)
		ast_dump(e->decl->init, depth + 1, out);
	for (size_t i = 0; i < e->n_sub; i++)
		ast_dump(e->sub[i], depth + 1, out);
}
