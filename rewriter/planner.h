/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The workshop of the plan: one walk over each function instance. plan.c walks, plan_chain.c takes a
 * place apart into a base and accessors, plan_read.c writes reads, plan_memory.c what copies or
 * passes memory as a whole, plan_refuse.c what cannot be done.
 */
#pragma once

#include "rewriter/plan.h"

#define CHAIN_HOPS_MAX 8	/* accessors that BPF_CORE_READ takes, one left as reserve */

struct planner {
	struct plan *plan;
	struct infer *inf;
	struct edits *edits;
	const char *text;	/* the unit's */
	int instance;
	uint32_t reads;		/* read edits so far, in all instances */
};

struct chain_piece {	/* of one accessor: a text, or a range of the unit when text is NULL */
	const char *text;
	size_t start, end;
};

/* p->a.b->c as base p and accessors "a.b", "c". */
struct chain {
	const void *parent;
	const struct ast *base;	/* the innermost pointer */
	size_t hops;
	bool accessors;		/* each hop can be written as an accessor */
	bool kernel_types;	/* members of kernel records only */
	VEC(struct chain_piece) pieces[CHAIN_HOPS_MAX + 1];	/* by hop, the innermost first */
};

/* Where the unit's text of N stands; false: not replaceable, and the invocation is to be expanded. */
bool plan_plain(struct planner *pl, const struct ast *n);
/* The text of N as a person typed it, on one line, cut if long. Below the plan. */
char *plan_words(struct planner *pl, const struct ast *n);

/* plan.c */
void plan_walk(struct planner *pl, const struct ast *n);
void plan_walk_children(struct planner *pl, const struct ast *n);
/* origin_reading() of the place, a whole record included. */
int plan_reading(struct planner *pl, const struct ast *place);
/* A new read edit, counted and with its reasons; NULL: leave it (already there, or the one to skip). */
struct edit *plan_edit(struct planner *pl, size_t start, size_t end, const struct ast *place,
		       int reading);
/* The same where the value of pointer expression POINTER is what is read. */
struct edit *plan_edit_value(struct planner *pl, size_t start, size_t end,
			     const struct ast *pointer, int reading);

/* plan_chain.c */
bool chain_is_bitfield(const struct ast *place);
/* Takes PLACE apart, as far as all is read with READING (0: one hop only). False: it has no base. */
bool chain_of(struct planner *pl, const struct ast *place, int reading, struct chain *ret);
/* May N stand as the base inside BPF_CORE_READ()? */
bool chain_base_is_simple(struct planner *pl, const struct ast *n);
/* Does N stand among the arguments of a CO-RE macro, where another may not stand? */
bool chain_in_core_macro(struct planner *pl, const struct ast *n);
void chain_write(struct edit *e, const struct chain *c);

/* plan_read.c */
void plan_load(struct planner *pl, const struct ast *load);

/* plan_memory.c */
/* Records copied straight to where they go. True if N was one and is planned. */
bool plan_copy_declared(struct planner *pl, const struct ast *declare);
bool plan_copy_assigned(struct planner *pl, const struct ast *assign);
/* memcpy() and the like: true if planned whole. */
bool plan_copy_called(struct planner *pl, const struct ast *call);
/* Arguments of helpers and map methods that must be memory of the program's own. */
void plan_memory_arguments(struct planner *pl, const struct ast *call);

/* plan_refuse.c */
void refuse_write(struct planner *pl, const struct ast *place);
void refuse_mixed(struct planner *pl, const struct ast *place);
void refuse_mixed_value(struct planner *pl, const struct ast *pointer);
void refuse_unknown(struct planner *pl, const struct ast *place);
void refuse_call(struct planner *pl, const struct ast *callee);
/* What ARGUMENT points to cannot be had as it is: WHAT says why. */
void refuse_memory(struct planner *pl, const struct ast *argument, const char *what);
void refuse_fill(struct planner *pl, const struct ast *argument);
