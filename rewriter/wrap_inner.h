/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of wrap.c share: a text as tokens whose brackets know each other, and the work done. */
#pragma once

#include "rewriter/lex.h"
#include "rewriter/name_set.h"
#include "rewriter/wrap.h"

#define WRAP_NONE ((size_t)-1)

struct wrap_token {
	struct token t;
	size_t match;		/* index of the bracket that closes (opens) this one, or WRAP_NONE */
	size_t comma;		/* of an opening bracket: index of the first comma in it */
	unsigned commas;
	bool is_member;		/* after . or -> */
	bool is_tag;		/* after struct, union or enum */
	bool in_directive;
};

struct wrap_text {		/* a part of the person's text */
	int src;
	const struct source *source;
	size_t start, end;
	VEC(struct wrap_token) tokens;	/* those of #define and #if lines among them */
};

struct wrap {
	const void *parent;
	const struct wrap_job *job;
	struct rewrite_request *req;
	struct diags *diags;
	struct unit *unit;
	struct name_set defined;	/* by the definitions of the job */
	struct name_set tokens;		/* every identifier, for types and members */
	struct name_set free;		/* identifiers that stand free, for builtins and parameters */
	struct name_set dollars;	/* builtins used as $name */
	struct name_set maps;		/* @maps, without the @ */
	struct name_set declared;	/* maps that have their PIECE_MAPS */
	struct name_set macros;		/* identifiers in the bodies of the job's macros */
	struct name_set target_types;	/* C of the targets' own types, each text once */
	struct btf_index *btf;		/* that types come from: the kernel's, or a module's over it */
	VEC(uint32_t) needed;		/* BTF ids of the parameters' types */
	const char *record;		/* of the clause being put: the C of what args points to, or NULL */
};

enum { TEXT_FILTER, TEXT_BODY, TEXT_PARTS };

/* wrap_tokens.c */
void wrap_tokenize(const void *parent, int src, const struct source *s, size_t start, size_t end,
		   struct wrap_text *ret);
bool wrap_token_is(const struct wrap_text *t, const struct wrap_token *tok, const char *text);
/* Notes all names, maps and $names of the text in W; what is unknown becomes a diagnostic. */
void wrap_collect(struct wrap *w, const struct wrap_text *t);
/* Identifiers of C text that is ours: a declaration, an expression. */
void wrap_collect_ours(struct wrap *w, const char *text);

/* wrap_text.c */
/* Puts the text into the unit, what is not C lowered. */
void wrap_put(struct wrap *w, const struct wrap_text *t);
/* The PIECE_MAPS for what the N texts use and has none yet. */
void wrap_put_maps(struct wrap *w, const struct wrap_text *texts, size_t n);

/* wrap_clause.c: PARTS are the clause's filter (maybe empty) and body. */
void wrap_kernel_clause(struct wrap *w, const struct wrap_clause *c, const struct wrap_text *parts);
void wrap_host_clause(struct wrap *w, const struct wrap_clause *c, const struct wrap_text *parts);
void wrap_expression(struct wrap *w, const struct wrap_clause *c, const struct wrap_text *body);

/* wrap_files.c */
/* bcsh/types.h and bcsh/names.h, when all is collected. */
void wrap_files(struct wrap *w);
