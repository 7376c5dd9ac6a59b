/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the input splitter share: a token stream that keeps track of brackets and of
 * #if blocks, and stops for good at the first thing that is wrong or missing.
 */
#pragma once

#include "rewriter/input.h"
#include "rewriter/lex.h"

struct bracket {
	char open;
	size_t at;
};

struct conditional {
	size_t at;
	size_t depth;	/* of brackets where it began: each branch starts there again */
};

struct reader {
	const void *parent;
	const struct source *source;
	int src;
	enum input_mode mode;
	const struct input_types *types;
	struct input *in;
	struct diags *diags;
	struct lexer lx;
	VEC(struct bracket) brackets;
	VEC(struct conditional) conditionals;
	struct token last;	/* the last one taken */
	bool flat;		/* inside an #if block: its directives are lines like others */
	bool stopped;		/* in->state and in->end are decided */
};

/* Takes the next token. False: stopped, because the text ended (INPUT_MORE) or is BAD. */
bool reader_next(struct reader *rd, struct token *ret);
/* Looks at the next token without taking it; TOKEN_END at the end. */
struct token reader_peek(struct reader *rd);
bool reader_is(const struct reader *rd, const struct token *t, const char *text);
/* After an opening bracket was taken: takes everything through the one that closes it. */
bool reader_group(struct reader *rd);
/* The input ends here, complete. */
void reader_complete(struct reader *rd, size_t end);
/* More is needed: OPEN names what is not finished. */
void reader_more(struct reader *rd, const char *open, size_t at);
/* Cannot become right: an error at [start, end); the input ends at STOP. Returns it for a hint. */
struct diag *reader_bad(struct reader *rd, size_t start, size_t end, size_t stop, const char *fmt,
			...) mem_attr(5, 6);

/* Each reads one class and stops the reader. */
void read_clause(struct reader *rd);
void read_definition(struct reader *rd);
void read_directive(struct reader *rd);
void read_expression(struct reader *rd);

/* Adds what T spells to the names that the input declares. */
void reader_name(struct reader *rd, const struct token *t);
/* The same for the tag of a struct, union or enum. */
void reader_tag(struct reader *rd, const struct token *t);
/* Refuses: the WHAT that ends with token BEFORE lacks its `;`. */
void reader_semicolon(struct reader *rd, const struct token *before, const char *what);

enum macro_kind {
	MACRO_MAP,	/* NAME(args); argument `arg` is what it declares */
	MACRO_PROGRAM,	/* NAME(args) { body }: declares prefix__arg[__arg] */
	MACRO_NAMED,	/* type NAME(name, ...) { body } */
};

struct macro_row {
	const char *name;
	enum macro_kind kind;
	unsigned arg;
	const char *prefix;
};

const struct macro_row *input_macro_find(const struct reader *rd, const struct token *t);
/* Arguments of NAME(...), the parenthesis taken: first name of each of the first MAX. Their number. */
unsigned input_macro_arguments(struct reader *rd, struct token *args, unsigned max);
/* A whole MACRO_MAP or MACRO_PROGRAM definition. */
void read_macro(struct reader *rd, const struct macro_row *m);
/* After NAME(...) was read as an expression, a `{` follows: it is a function all the same. */
void read_macro_function(struct reader *rd, const struct token *name);
/* Begins reading at rd->in->start's token and decides the class; for the inside of #if blocks. */
bool reader_start(struct reader *rd, size_t from);
void reader_read(struct reader *rd);

/* Does what follows begin with a spec: `word:`, or BEGIN or END before a clause's parts? */
bool starts_clause(const struct reader *rd);
/* C's rule, the reader standing before the first token. */
bool starts_definition(struct reader *rd);
