/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the files of the lowering. One function instance is walked at a time; for each kind of node
 * there is one handler, which makes an edit of the whole expression out of literal C and of the
 * ranges of its parts, and has the parts walked. Since parts are ranges, whatever is lowered or read
 * inside them comes out right at any depth.
 */
#pragma once

#include "rewriter/lower.h"

struct lowering {
	struct lower *l;
	const struct ast_decl *fn;
	int instance;
	uint32_t program;	/* whose events they are */
	bool is_clause;		/* FN holds a clause, not a function of the person's */
	bool skips_absent;	/* in an aggregation's argument: absent keys set __bcsh_absent */
};

/* ---- lower.c ---- */
void lower_walk(struct lowering *w, struct ast *n);
void lower_walk_subs(struct lowering *w, struct ast *n);
/* An edit of all of N; NULL if there is one already, or if a macro must be expanded first. */
struct edit *lower_edit(struct lowering *w, const struct ast *n, unsigned modes);
/* N's own text, with what is edited in it, in parentheses. */
void lower_part(struct lowering *w, struct edit *e, const struct ast *n);
struct diag *lower_error(struct lowering *w, const struct ast *n, const char *fmt, ...) mem_attr(3, 4);
void lower_hint(struct lowering *w, struct diag *d, const char *fmt, ...) mem_attr(3, 4);

/* ---- lower_name.c: what a node is called ---- */
struct ast *lower_strip(struct ast *n);		/* past implicit conversions */
const char *lower_builtin(const struct ast *n);	/* "comm" for a place or value of that builtin */
/* The name of one of our functions that CALL calls ("count", "emit"); NULL for any other. */
const char *lower_function(const struct ast *call);
/* As the person wrote it: for column heads and messages. Below PARENT. */
char *lower_source(const void *parent, const struct ast_unit *unit, const struct ast *n);
/* C declaration of NAME with a type as ast_type spells it: "char[16]" -> "char NAME[16]". */
void lower_declare(struct strbuf *out, const char *c_type, const char *name);
/* Bytes of an array type as spelled, "char[16]"; 0: none. */
size_t lower_text_bytes(const char *c_type);
/* BYTES as a C string literal. */
void lower_quote(struct strbuf *out, const char *bytes, size_t len);

/* ---- lower_text.c ---- */
/* Bytes of the text that N yields (char array, comm, str(), literal, text in a map); 0: no text. */
size_t lower_text_size(struct lowering *w, struct ast *n);
/* Is N a place of array type in memory, not to be used as a pointer? */
struct ast *lower_array(struct ast *n);
/* Statements that store N into DEST, a place of C_TYPE; text is cut, not padded. */
void lower_store(struct lowering *w, struct edit *e, const char *dest, const char *c_type,
		 struct ast *n);
bool lower_compare(struct lowering *w, struct ast *n);
bool lower_str(struct lowering *w, struct ast *n);
bool lower_comm(struct lowering *w, struct ast *n);

/* ---- lower_map.c ---- */
struct at_map *lower_map(struct rewrite_result *res, const char *name);
/* In C: the map itself. */
const char *lower_map_c_name(const void *parent, const struct at_map *m);
/* Declares and fills __bcsh_k. False: the key's parts do not fit; the error is reported. */
bool lower_key(struct lowering *w, struct edit *e, const struct ast *at, const struct at_map *m);
bool lower_is_aggregation(const struct at_map *m);
bool lower_at_load(struct lowering *w, struct ast *n);
bool lower_at_place(struct lowering *w, struct ast *n);
/* The map of AST_AT N, NULL with an error if its types are not known. */
struct at_map *lower_map_of(struct lowering *w, const struct ast *n);

/* ---- lower_code.c ---- */
/* C type of what the map holds: the value's, or an aggregation's struct. */
const char *lower_value_type(const void *parent, const struct at_map *m);
/* Buckets of an lhist() between its ends. */
uint64_t lower_lhist_steps(const struct at_map *m);

/* ---- lower_at.c ---- */
bool lower_at_step(struct lowering *w, struct ast *n);
bool lower_at_assign(struct lowering *w, struct ast *n);
/* has(@m[k]), delete(@m[k]) */
bool lower_at_call(struct lowering *w, struct ast *n, const char *name);
/* The map named in a call on a whole map: the AST_AT below argument N. */
struct ast *lower_at_argument(struct ast *n);

/* ---- lower_aggregate.c ---- */
/* AT_COUNT ... for the call of an aggregation; AT_UNKNOWN for anything else. */
enum at_value lower_aggregation(struct ast *n);
bool lower_aggregate(struct lowering *w, struct ast *n, struct at_map *m, struct ast *call);

/* ---- lower_event.c, lower_format.c ---- */
/* The session's name of the map that print(), clear() or zero() is called with; NULL: none. */
const char *lower_whole_map(struct ast *call);
bool lower_event_call(struct lowering *w, struct ast *n, const char *name);
struct event_format *lower_event_format(struct lowering *w, const struct ast *n, enum event_kind kind);
/* Checks a printf's format against its arguments. */
bool lower_check_format(struct lowering *w, struct ast *call);

/* ---- lower_host.c: the same for the handler's runtime ---- */
bool lower_host_call(struct lowering *w, struct ast *n, const char *name);
bool lower_host_load(struct lowering *w, struct ast *n, struct at_map *m);
bool lower_host_step(struct lowering *w, struct ast *n, struct at_map *m);
bool lower_host_assign(struct lowering *w, struct ast *n, struct at_map *m);

/* ---- lower_method.c, lower_math.c ---- */
bool lower_method(struct lowering *w, struct ast *n);
bool lower_division(struct lowering *w, struct ast *n);
bool lower_divide_assign(struct lowering *w, struct ast *n);
bool lower_extreme(struct lowering *w, struct ast *n, const char *name);
