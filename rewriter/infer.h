/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Origin inference: where does each pointer come from? Type-qualifier inference after Foster's CQual
 * and Johnson & Wagner's user/kernel pointers: each pointer level of each expression, record member,
 * return value and map value has a *set* of origins; one traversal collects constraints, a worklist
 * solves them. DESIGN 3 and the header of infer.c explain the rules.
 */
#pragma once

#include "rewriter/ast.h"

enum origin {
	ORIGIN_STACK = 1,
	ORIGIN_MAP = 2,		/* a map value or a global */
	ORIGIN_CTX = 4,		/* the program's context record */
	ORIGIN_BTF = 8,		/* the verifier tracks it: direct loads allowed */
	ORIGIN_KERNEL = 16,
	ORIGIN_USER = 32,
};
#define ORIGINS_DIRECT (ORIGIN_STACK | ORIGIN_MAP | ORIGIN_CTX | ORIGIN_BTF)

/*
 * What the session knows about a map's values or a global beyond this unit, and what this unit
 * adds to it. PATH names a pointer level: "" the value itself, "*" what it points to, ".f" a member.
 */
struct origin_fact {
	char *name;		/* map or global variable */
	char *path;
	unsigned origins;
	char *why;		/* "stored in map 'currsock' by kprobe:tcp_connect" */
};
struct origin_facts {
	VEC(struct origin_fact) list;
};

struct infer;
struct infer_instance {
	struct ast_decl *fn;
	int number;	/* 0: the original; n: clone NAME__n */
};

/* Collects and solves over the whole unit. KNOWN may be NULL. */
struct infer *infer_run(const void *parent, struct ast_unit *unit, const struct origin_facts *known);
/* The function instances to be planned: every defined function at least once. */
size_t infer_instances(const struct infer *inf, const struct infer_instance **ret);
/* Which instance call site CALL, seen from INSTANCE, goes to. */
int infer_callee(const struct infer *inf, const struct ast *call, int instance);
/* Origins of the memory that place PLACE lies in (0: unknown). */
unsigned infer_place(const struct infer *inf, const struct ast *place, int instance);
/* Nothing at all is known of where PLACE's memory comes from (and its function is in use). */
bool infer_unknown(const struct infer *inf, const struct ast *place, int instance);
/* Origins of what the value of EXPR points to. */
unsigned infer_value(const struct infer *inf, const struct ast *expr, int instance);
/* Appends to D the chain of reasons why ORIGIN is among the origins of the place's memory. */
void infer_why(const struct infer *inf, const struct ast *place, int instance, enum origin origin,
	       struct diags *ds, struct diag *d);
/* The same for the value of a pointer expression. */
void infer_why_value(const struct infer *inf, const struct ast *expr, int instance,
		     enum origin origin, struct diags *ds, struct diag *d);
/* What this unit says about maps and globals, for the session. */
void infer_facts(const struct infer *inf, const void *parent, struct origin_facts *ret);
