/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C tokens with their places: just enough to find names, brackets, strings and `@`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_NUMBER,
	TOKEN_STRING,	/* "..." with its prefix */
	TOKEN_CHAR,
	TOKEN_AT,	/* @name or @ alone */
	TOKEN_DOLLAR,	/* $name */
	TOKEN_PUNCT,	/* one or more characters: -> ++ <<= ... */
	TOKEN_DIRECTIVE, /* a whole # line, continuations included */
	TOKEN_OPEN_STRING,	/* not closed before the end of its line */
	TOKEN_OPEN_COMMENT,	/* not closed before the end of the text */
};

struct token {
	enum token_kind kind;
	size_t start, end;
	bool line_start;	/* first on its line */
};

struct lexer {
	const char *text;
	size_t pos, end;
	bool at_line_start;
};

void lexer_init(struct lexer *lx, const char *text, size_t start, size_t end);
/* Skips blanks and comments; returns false at the end (kind TOKEN_END). */
bool lexer_next(struct lexer *lx, struct token *ret);
bool token_is(const struct lexer *lx, const struct token *t, const char *text);
