/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The workshop of inference: tree -> constraints. One traversal per context: a context is one
 * function as seen from one place. As a rule a function has a single context; where its parameters
 * mix kinds of memory, each use gets its own (instance.c), and those whose text would come out the
 * same are one again in the end.
 */
#pragma once

#include "rewriter/solve.h"

struct value {		/* of an expression; -1: carries no pointer */
	int node;	/* the pointer, or what the place (or record) holds */
	int mem;	/* places and records: a pointer to where it lies */
	bool user;	/* a member declared __user */
};
#define NO_VALUE ((struct value){ .node = -1, .mem = -1 })

enum slot_use { USE_NONE, USE_READ, USE_WRITE, USE_VALUE };

struct infer_slot {	/* of one expression in one context */
	int value, mem;
	int callee;	/* calls and callbacks: context; -1 */
};

struct infer_context {
	int fn;
	int caller;	/* context; -1 */
	int ret;	/* node of what it returns */
	int text;	/* number of its instance */
	VEC(int) locals;	/* node by local number; -1 */
	VEC(struct infer_slot) slots;
};

struct infer_fn {
	struct ast_decl *decl;	/* NULL: initialisers at file scope */
	bool referenced;	/* called or taken as a value somewhere */
	bool split;		/* one context per use */
	int n_locals, n_slots, n_calls;
	VEC(int) contexts;
	VEC(unsigned char) use;	/* by slot: does its class decide about the text? */
	int n_text;
	VEC(int) representative;	/* context, by instance */
};

struct infer_map {
	const char *name;
	int content, key;
};

struct infer {
	const void *parent;
	struct ast_unit *unit;
	struct solver solver;
	void *round;		/* memory of one round of collecting */
	VEC(struct infer_fn) fns;	/* 0: file scope */
	int *fn_of_decl;	/* by decl->index; -1 */
	int *local_of_decl;	/* number within its function; -1 */
	int *slot_of;		/* by ast->index: number within its function; -1 */
	int *fn_of;		/* by ast->index; -1: not reached */
	int *global_node;	/* by decl->index; -1 */
	VEC(struct ast_decl *) globals;	/* that have a node */
	VEC(struct infer_context) contexts;
	VEC(struct infer_map) maps;
	VEC(struct infer_instance) instances;
	int stack, map;		/* nodes: a pointer to the stack, into a map */
};

struct collect {
	struct infer *inf;
	struct solver *s;
	int context;
};

bool type_carries(const struct ast_type *t);	/* can it hold a pointer? */
bool type_is_pointer(const struct ast_type *t);
bool type_is_record(const struct ast_type *t);

/* collect.c */
void collect_all(struct infer *inf);
int collect_decl(struct collect *c, struct ast_decl *d);
void collect_statement(struct collect *c, struct ast *n);
/* CONTENT of TYPE is initialised by list or value INIT. */
void collect_init(struct collect *c, struct ast *init, struct ast_type *type, int content,
		  const char *name);
int collect_seed(struct collect *c, int node, unsigned bits, enum step step, const char *why,
		 const struct ast *at);
/* The pointer FROM becomes the pointer TO. */
void collect_flow(struct collect *c, int from, int to, enum step step, const char *name,
		  const struct ast *at);
/* What V holds (a record of its own) is copied to CONTENT. */
void collect_copy(struct collect *c, struct value v, int content, const struct ast *at);
/* V of type TYPE is stored in CONTENT. */
void collect_store(struct collect *c, struct value v, const struct ast_type *type, int content,
		   enum step step, const char *name, const struct ast *at);
int collect_path(struct collect *c, int content, struct ast_field *const *fields, size_t n);
/* AT: it is named @NAME there. */
struct infer_map *collect_map(struct collect *c, const char *name, bool at);
struct infer_slot *collect_slot(struct infer *inf, int context, const struct ast *n);
/* That N's class decides about the text of its function. */
void collect_use(struct collect *c, const struct ast *n, enum slot_use use);

/* collect_expr.c */
struct value collect_expr(struct collect *c, struct ast *n);
/* Place N holding CONTENT at MEM, loaded. */
struct value collect_load(struct collect *c, struct value place, const struct ast_type *type,
			  const struct ast *at);

/* collect_call.c */
struct value collect_call(struct collect *c, struct ast *n);
struct value collect_method(struct collect *c, struct ast *n);

/* infer.c, infer_why.c */
struct infer_slot *infer_slot(const struct infer *inf, const struct ast *n, int instance);
/* Adds what the session knows, and solves on. */
void infer_learn(struct infer *inf, const struct origin_facts *known);

/* instance.c */
/* The context of FN for the call or callback USE seen from FROM; made if it is new. */
int instance_context(struct infer *inf, int fn, int from, const struct ast *use);
/* Marks functions that need a context per use; true if there is a new one. */
bool instance_split(struct infer *inf);
/* Numbers the instances: contexts that give the same text are one. */
void instance_number(struct infer *inf);
