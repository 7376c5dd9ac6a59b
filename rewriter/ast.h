/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The snippet as the rewriter sees it: our own tree of expressions, statements, declarations and
 * types, built once from libclang by tu.c (the only file that knows libclang and hides its gaps:
 * no cast kinds, hidden anonymous members, decayed array parameters, macro ranges). Everything
 * after works on this tree alone.
 *
 * The one idea: a *load* (AST_LOAD) is an lvalue whose value is read, and it is explicit in the tree.
 * An lvalue that is not loaded (under &, sizeof, as an array, as assignment target) reads nothing.
 */
#pragma once

#include <stdint.h>

#include "base/diag.h"

struct ast_decl;
struct ast_record;

enum ast_type_kind {
	TYPE_VOID,
	TYPE_BOOL,
	TYPE_INT,	/* char, enums' underlying, __int128 too */
	TYPE_ENUM,
	TYPE_FLOAT,
	TYPE_POINTER,
	TYPE_ARRAY,
	TYPE_RECORD,
	TYPE_FUNCTION,
	TYPE_OTHER,
};

struct ast_type {	/* canonical; equal types are the same object; qualifiers dropped */
	enum ast_type_kind kind;
	uint64_t size;		/* bytes; 0: incomplete */
	uint64_t align;
	bool is_signed;
	bool is_char;		/* plain, signed or unsigned char */
	struct ast_type *to;	/* pointee, element or return type */
	uint64_t count;		/* elements of an array; 0: incomplete */
	struct ast_record *record;
	const char *name;	/* as C spells it, unqualified: "struct sock *", "char[16]" */
};

struct ast_field {
	const char *name;	/* "" for an anonymous member */
	struct ast_type *type;
	struct ast_record *in;
	uint64_t bit_offset;	/* from the start of the record that holds it */
	unsigned bits;		/* width of a bitfield, 0: none */
	bool is_user;		/* declared __user */
};

struct ast_record {
	const char *name;	/* tag, "" if anonymous */
	bool is_union;
	bool from_user;		/* defined in the user's text, not by the kernel's BTF */
	/* There only if an expression or declaration of the unit has this type or points to it (by-value
	   members of a copied or declared record's too); empty otherwise. */
	struct ast_field *fields;
	size_t n_fields;
};

enum ast_decl_kind { DECL_VAR, DECL_PARAM, DECL_FUNCTION, DECL_CONSTANT };

struct ast_decl {
	enum ast_decl_kind kind;
	const char *name;
	struct ast_type *type;	/* an array parameter is a pointer here, as in C */
	bool is_global;		/* file scope or static local: lives in map memory */
	bool is_static;
	bool in_main;		/* declared in the unit's text, not in a prelude */
	bool has_local_scope;
	size_t start, end;	/* in the unit's text; name_at is where its name stands */
	size_t name_at;
	const char **notes;	/* annotate("...") attributes: "origin:kernel:why", "builtin:pid" */
	size_t n_notes;
	struct ast_decl **params;	/* functions */
	size_t n_params;
	struct ast *body;	/* functions defined in the unit; NULL otherwise */
	struct ast *init;	/* variables */
	int index;		/* dense number, for tables beside the tree */
};

enum ast_kind {
	/* lvalues: places */
	AST_VAR,	/* decl */
	AST_MEMBER,	/* sub[0] `.` or `->` (arrow) fields[0..n_fields): the path through anonymous members */
	AST_INDEX,	/* sub[0] [ sub[1] ]: sub[0] is a pointer value, or AST_DECAY of an array place */
	AST_DEREF,	/* * sub[0] */
	AST_LITERAL,	/* compound literal; sub[0] is AST_INIT */
	AST_STRING,	/* text: the bytes, without NUL in text_len */
	AST_AT,		/* @name[sub...]: a place in the map `name`; no subs for a scalar map */
	/* values */
	AST_LOAD,	/* the value of place sub[0] */
	AST_DECAY,	/* the address of array place sub[0] */
	AST_ADDRESS,	/* & sub[0] */
	AST_FUNCTION,	/* decl: a function's name */
	AST_CONSTANT,	/* decl: an enum constant, or a literal number; value */
	AST_CAST,	/* explicit conversion of sub[0] to type */
	AST_CONVERT,	/* implicit conversion */
	AST_UNARY,	/* op: - ~ ! + */
	AST_STEP,	/* op: ++ -- on place sub[0]; is_postfix */
	AST_BINARY,	/* op: "+", "==", ",", "&&" ... */
	AST_ASSIGN,	/* sub[0] op sub[1]: "=", "+=" ... */
	AST_COND,	/* sub[0] ? sub[1] : sub[2]; GNU a ?: b has two subs */
	AST_CALL,	/* decl: the callee when known, else sub_callee; subs: arguments */
	AST_METHOD,	/* decl: the map variable; name: lookup, update ...; subs: arguments */
	AST_STATEMENTS,	/* ({ ... }): subs are statements, the last one's value is its value */
	AST_INIT,	/* { ... }: subs; each sub's init_field / init_index says what it sets */
	AST_UNEVALUATED, /* sizeof, typeof, offsetof, ...: nothing below is looked at; no subs */
	AST_OTHER,	/* anything else; subs are values used */
	/* statements */
	AST_BLOCK,
	AST_DECLARE,	/* decl, a local variable (its init is decl->init) */
	AST_RETURN,	/* sub[0] if any */
	AST_FLOW,	/* if, loops, switch, labels, goto: subs in order, conditions included */
};

/* How the node's text relates to the unit's text. */
enum ast_text {
	TEXT_PLAIN,	/* [start, end) is exactly this expression: can be replaced */
	TEXT_INVOCATION, /* [start, end) is exactly one whole macro invocation that yields it */
	TEXT_MACRO,	/* from inside a macro body: [start, end) is the invocation it came from; the
			   invocation must be expanded before this node can be edited */
	TEXT_NONE,	/* not in the unit's own text */
};

struct ast {
	enum ast_kind kind;
	const char *op;
	struct ast_type *type;
	size_t start, end;	/* bytes of the unit's text */
	size_t at;		/* where its characteristic token stands: member name, operator, name */
	enum ast_text text_kind;
	struct ast *parent;
	struct ast **sub;
	size_t n_sub;
	struct ast_decl *decl;
	struct ast *callee;	/* AST_CALL without a known function */
	struct ast_field **fields;
	size_t n_fields;
	const char *name;	/* AST_AT, AST_METHOD; AST_CAST: "user", "kernel", "direct" if tagged so;
				   AST_OTHER: the word it starts with, if any ("__atomic_load_n") */
	const char *text;	/* AST_STRING */
	size_t text_len;
	int64_t value;		/* AST_CONSTANT, when has_value */
	bool has_value;
	bool arrow;
	bool is_postfix;
	struct ast_field *init_field;	/* subs of AST_INIT: the member (anonymous levels and left-out
					   braces are AST_INITs of their own, TEXT_NONE) */
	int64_t init_index;	/* its number, or that of the element */
	int index;		/* dense number of this node */
};

struct ast_unit {
	const char *text;	/* what was parsed */
	size_t len;
	struct ast_decl **decls;	/* file scope, in order, those of the unit's own text only */
	size_t n_decls;
	int n_nodes;		/* ast.index < n_nodes */
	int n_all_decls;	/* ast_decl.index < n_all_decls */
};

struct ast_file {	/* a virtual file: "bcsh/types.h" */
	const char *name;
	const char *text;
	size_t len;
};

/*
 * Parses TEXT (main file) with the virtual FILES for target "bpf" or, with HOST, x86-64. Diagnostics
 * carry ranges with src 0 in offsets of TEXT. 0, or -1 when there is an error among them; the tree is
 * then of what clang could make of it.
 */
int ast_parse(const void *parent, const char *text, size_t len, const struct ast_file *files,
	      size_t n_files, bool host, struct ast_unit **ret, struct diags *diags);
/*
 * The text that each of the N macro invocations [start, end) of TEXT expands to once, all its macros
 * expanded. Same parse settings. ret[i] NULL where it could not be had. 0 or -1.
 */
int ast_expand(const void *parent, const char *text, size_t len, const struct ast_file *files,
	       size_t n_files, bool host, const struct range *invocations, size_t n, char **ret);
/* The annotation of D that starts with PREFIX, past the prefix; NULL if none. */
const char *ast_note(const struct ast_decl *d, const char *prefix);
/* Skips parentheses are never nodes; this skips AST_CAST and AST_CONVERT. */
struct ast *ast_strip(struct ast *e);
bool ast_is_place(const struct ast *e);
/* One line per node, indented: for tests and debugging. */
void ast_dump(const struct ast *e, int depth, struct strbuf *out);
