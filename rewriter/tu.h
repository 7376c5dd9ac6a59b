/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The workshop of tu*.c, where libclang's cursors become our tree. Nothing of libclang leaves these
 * files: what is in ast.h are copies that live on after the translation unit is gone.
 */
#pragma once

#include <clang-c/Index.h>

#include "rewriter/ast.h"

#define TU_DEPTH_MAX 2000	/* of our own recursion; deeper input is refused */
#define TU_RUN_MAX 1000		/* operators without a separator between them */

struct tu_table {	/* pointer -> pointer */
	struct tu_slot {
		const void *key;
		void *value;
	} *slots;
	size_t n, size;
};

struct tu_type {
	struct ast_type t;	/* first: consumers see only this */
	struct ast_type *pointer;	/* the type "pointer to this", once made */
	struct tu_type *arrays;	/* arrays of this, linked by next_array */
	struct tu_type *next_array;
};

struct tu_record {
	struct ast_record r;	/* first */
	CXType type;
	bool filled;
	bool deep;		/* its by-value members are filled too */
	CXCursor *cursors;	/* of the fields */
};

struct tu_decl {
	struct ast_decl d;	/* first */
	bool listed;		/* among the unit's declarations */
};

struct tu_invocation {	/* a node that may be all of a macro invocation */
	struct ast *node;
	unsigned spelled_start, spelled_end;
};

struct tu_argument {	/* a node whose text is (in) an argument of the invocation at OUTER */
	struct ast *node;
	size_t outer;
};

struct tu {
	const void *parent;
	struct ast_unit *unit;
	CXTranslationUnit tu;
	CXFile file;
	const char *text;
	size_t len;
	struct diags *diags;
	int depth;
	bool too_deep;
	struct tu_table types, records, decls;
	struct ast_type *builtin[CXType_LastBuiltin + 1];
	VEC(struct tu_invocation) invocations;
	VEC(struct tu_argument) arguments;
	VEC(char *) quoting;	/* macros of the unit's text that have a `#` in their body */
};

struct tu_cursors {
	CXCursor *v;
	size_t n, alloc;
};

/* The children of C, below a context that the caller frees (mem_free of ret->v). */
void tu_children(CXCursor c, struct tu_cursors *ret);
void *tu_find(const struct tu_table *t, const void *key);
void tu_insert(struct tu *t, struct tu_table *table, const void *key, void *value);
/* A copy of S, which is disposed of. */
char *tu_string(const void *parent, CXString s);
int tu_parse(CXIndex index, const char *text, size_t len, const struct ast_file *files,
	     size_t n_files, bool host, CXTranslationUnit *ret);
extern const char tu_main_name[];

/* tu_check.c: false after an error that clang must not be asked about */
bool tu_check(struct tu *t, const struct ast_file *files, size_t n_files);

/* tu_text.c: where nodes stand */
size_t tu_invocation_end(const char *text, size_t len, size_t start);
/* Offset in the unit's text that L is seen at; false: it is not in that text. */
bool tu_offset(struct tu *t, CXSourceLocation l, size_t *ret);
/* True if L is exactly a token that stands in the unit's text, not one from a macro's body. */
bool tu_is_typed(struct tu *t, CXSourceLocation l, size_t *ret);
void tu_place(struct tu *t, struct ast *n, CXCursor c);
/* N's text is only to be had by expanding the invocation that starts at START. */
void tu_set_macro(struct tu *t, struct ast *n, size_t start);
/* The identifier that was spelled where C starts ("__builtin_offsetof"), even in a macro. */
void tu_word(struct tu *t, CXCursor c, char *ret, size_t size);
/* Offset of operator OP between the operands that end and start there; else FALLBACK. */
size_t tu_operator(struct tu *t, size_t from, size_t to, const char *op, size_t fallback);
/* After the tree is whole: which nodes are whole macro invocations. */
void tu_settle(struct tu *t);

/* tu_argument.c: which arguments cannot be edited in place */
void tu_arguments(struct tu *t);

/* tu_type.c */
struct ast_type *tu_type(struct tu *t, CXType type);
struct ast_type *tu_pointer(struct tu *t, struct ast_type *to);
struct ast_type *tu_cursor_type(struct tu *t, CXCursor c);
/* Sees to it that the fields of TYPE's record are there; with DEEP those of by-value members too. */
void tu_touch(struct tu *t, struct ast_type *type, bool deep);
/* The path from record R to FIELD through anonymous members. Number of steps, 0 if it is not there. */
size_t tu_path(struct tu *t, struct ast_record *r, CXCursor field, struct ast_field **path, size_t max);

/* tu_decl.c */
struct ast_decl *tu_decl(struct tu *t, CXCursor c);
/* A declaration at file scope: lists it and converts its body or initialiser. */
void tu_file_decl(struct tu *t, CXCursor c);
/* A local variable's initialiser becomes D's. OWNER is its parent. */
void tu_init(struct tu *t, CXCursor c, struct ast_decl *d, struct ast *owner);

/* tu_expr.c */
struct ast *tu_node(struct tu *t, enum ast_kind kind, CXCursor c, struct ast_type *type);
void tu_add(struct ast *n, struct ast *sub);
struct ast *tu_expr(struct tu *t, CXCursor c);
/* Past parentheses and implicit conversions. */
CXCursor tu_peel(CXCursor c);
struct ast *tu_implicit(struct tu *t, enum ast_kind kind, struct ast *sub, struct ast_type *type);

/* tu_call.c, tu_special.c, tu_list.c, tu_stmt.c */
struct ast *tu_call(struct tu *t, CXCursor c);
bool tu_is_place_call(struct tu *t, CXCursor call, struct ast **ret, CXCursor deref);
struct ast *tu_special(struct tu *t, CXCursor c, const struct tu_cursors *kids);
struct ast *tu_literal(struct tu *t, CXCursor c);
struct ast *tu_list(struct tu *t, CXCursor c, struct ast_type *type);
/* Appends what statement C becomes (nothing, one node, or several) to PARENT's subs. */
void tu_stmt(struct tu *t, CXCursor c, struct ast *parent);
