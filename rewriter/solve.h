/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The constraint graph and its solution. A node is a pointer value or what a piece of memory holds:
 * a set of origins, the node it points to, and the nodes of a record's members. Top-level origins
 * flow along directed constraints; what pointers point to is one node for both sides (unification).
 * Bits set on a record's node hold for every pointer in it: its members inherit them.
 *
 * Knows nothing of C: callers make nodes and constraints, then solve once.
 */
#pragma once

#include "rewriter/origin.h"

enum rule {
	RULE_SEED,	/* bits -> to */
	RULE_COPY,	/* from -> to */
	RULE_DEMOTE,	/* from -> to, untracked */
	RULE_LOAD,	/* from, as held by memory that mem points to -> to */
};

/* How a constraint reads in a chain of reasons; NAME fills the format. */
enum step {
	STEP_SILENT,
	STEP_SOURCE,	/* name is the whole sentence */
	STEP_FACT,	/* the same, known from the session */
	STEP_ADDRESS,
	STEP_ASSIGN,
	STEP_MAP,
	STEP_FROM_MAP,
	STEP_MEMBER,
	STEP_THROUGH,
	STEP_ARGUMENT,
	STEP_RETURN,
	STEP_STRUCT,
};

struct constraint {
	enum rule rule;
	enum step step;
	int from, mem, to;	/* nodes as they were made */
	unsigned bits;
	bool typed;
	const char *name;
	size_t start, end;	/* in the unit's text */
};

struct node_field {
	const void *key;	/* struct ast_field, or struct ast_record for a union's members */
	const char *name;	/* of the member; "|" for a union's */
	int node;
};

struct node {
	int up;			/* union-find */
	int to;			/* -1: not asked for yet */
	unsigned bits;
	unsigned mask;		/* origins that it may have; 0: any */
	int cause[ORIGIN_BITS];	/* constraint that brought each bit first; -1 */
	const char *map;	/* what a map or global holds: its name */
	VEC(struct node_field) fields;	/* sorted by key */
	int first_out;
	bool queued;
};

struct solver {
	const void *parent;
	VEC(struct node) nodes;
	VEC(struct constraint) constraints;
	VEC(struct solver_out) outs;	/* edges by source, built when solving starts */
	VEC(int) queue;
	size_t head;
	bool linked;
};
struct solver_out {
	int constraint;
	int next;
};

void solver_init(struct solver *s, const void *parent);
int solver_node(struct solver *s);
int solver_find(struct solver *s, int n);
/* What N points to. */
int solver_to(struct solver *s, int n);
/* Makes N point to what TO is. */
void solver_set_to(struct solver *s, int n, int to);
/* The member KEY, called NAME, of the record that N holds. */
int solver_field(struct solver *s, int n, const void *key, const char *name);
/* A and B are the same memory from now on. */
void solver_unify(struct solver *s, int a, int b);
/* Adds a constraint, to be completed by the caller until the next one is added. */
struct constraint *solver_rule(struct solver *s, enum rule rule, int from, int mem, int to);
/* Solves all there is, and what seeds were added since. */
void solver_run(struct solver *s);
unsigned solver_bits(struct solver *s, int n);
