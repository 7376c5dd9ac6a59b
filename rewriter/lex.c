// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * C's tokens, with the places of `@name` and `$name` besides; see lex.h. Knows how strings, comments,
 * numbers and directives end, and nothing of grammar.
 */
#include "rewriter/lex.h"

#include <string.h>

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_char(char c)
{
	return is_name_start(c) || is_digit(c);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static char at(const struct lexer *lx, size_t pos)
{
	return pos < lx->end ? lx->text[pos] : '\0';
}

/* Length of a backslash-newline at POS, or 0. */
static size_t splice(const struct lexer *lx, size_t pos)
{
	if (at(lx, pos) != '\\')
		return 0;
	if (at(lx, pos + 1) == '\n')
		return 2;
	return at(lx, pos + 1) == '\r' && at(lx, pos + 2) == '\n' ? 3 : 0;
}

void lexer_init(struct lexer *lx, const char *text, size_t start, size_t end)
{
	size_t i = start;

	*lx = (struct lexer){ .text = text, .pos = start, .end = end };
	while (i > 0 && is_blank(text[i - 1]))
		i--;
	lx->at_line_start = i == 0 || text[i - 1] == '\n';
}

/* Past the end of the line that POS is in (before its newline), joined lines included. */
static size_t line_end(const struct lexer *lx, size_t pos)
{
	while (pos < lx->end && lx->text[pos] != '\n') {
		size_t n = splice(lx, pos);

		pos += n ? n : 1;
	}
	return pos;
}

/* Past the comment that begins at POS, or 0 if it is not closed. */
static size_t comment_end(const struct lexer *lx, size_t pos)
{
	const char *p = lx->text + pos + 2, *end = lx->text + lx->end;

	while (p < end) {
		p = memchr(p, '*', (size_t)(end - p));
		if (!p)
			return 0;
		p++;
		if (p < end && *p == '/')
			return (size_t)(p + 1 - lx->text);
	}
	return 0;
}

/* Past the closing quote of the one at POS, or 0 if its line ends first. */
static size_t quote_end(const struct lexer *lx, size_t pos)
{
	char quote = lx->text[pos++];

	while (pos < lx->end) {
		char c = lx->text[pos];
		size_t n = splice(lx, pos);

		if (c == '\n')
			return 0;
		if (n)
			pos += n;
		else if (c == '\\')
			pos += 2;
		else if (pos++, c == quote)
			return pos;
	}
	return 0;
}

/* False: a comment is not closed; *ret_open says where it starts. */
static bool skip_blanks(struct lexer *lx, size_t *ret_open)
{
	for (;;) {
		char c = at(lx, lx->pos), next = at(lx, lx->pos + 1);
		size_t n = splice(lx, lx->pos);

		if (lx->pos >= lx->end)
			return true;
		if (c == '\n') {
			lx->at_line_start = true;
			lx->pos++;
		} else if (is_blank(c)) {
			lx->pos++;
		} else if (n) {
			lx->pos += n;
		} else if (c == '/' && next == '/') {
			lx->pos = line_end(lx, lx->pos);
		} else if (c == '/' && next == '*') {
			size_t end = comment_end(lx, lx->pos);

			if (!end) {
				*ret_open = lx->pos;
				return false;
			}
			lx->pos = end;
		} else {
			return true;
		}
	}
}

/* A directive ends at its line; a comment in it may go on over several. */
static void lex_directive(struct lexer *lx, struct token *t)
{
	size_t pos = lx->pos + 1;

	t->kind = TOKEN_DIRECTIVE;
	while (pos < lx->end && lx->text[pos] != '\n') {
		char c = lx->text[pos], next = at(lx, pos + 1);
		size_t n = splice(lx, pos), end;

		if (n) {
			pos += n;
		} else if (c == '/' && next == '/') {
			pos = line_end(lx, pos);
		} else if (c == '/' && next == '*') {
			end = comment_end(lx, pos);
			if (!end) {
				*t = (struct token){ TOKEN_OPEN_COMMENT, pos, lx->end, false };
				lx->pos = lx->end;
				return;
			}
			pos = end;
		} else if (c == '"' && (end = quote_end(lx, pos))) {
			pos = end;
		} else {
			pos++;
		}
	}
	lx->pos = pos;
}

static void lex_quote(struct lexer *lx, struct token *t)
{
	size_t end = quote_end(lx, lx->pos);

	t->kind = lx->text[lx->pos] == '"' ? TOKEN_STRING : TOKEN_CHAR;
	if (end) {
		lx->pos = end;
		return;
	}
	t->kind = TOKEN_OPEN_STRING;
	lx->pos = line_end(lx, lx->pos);
}

static void lex_number(struct lexer *lx)
{
	while (is_name_char(at(lx, lx->pos)) || at(lx, lx->pos) == '.') {
		char c = lx->text[lx->pos++] | 0x20, sign = at(lx, lx->pos);

		if ((c == 'e' || c == 'p') && (sign == '+' || sign == '-'))
			lx->pos++;
	}
}

static void skip_name(struct lexer *lx)
{
	while (is_name_char(at(lx, lx->pos)))
		lx->pos++;
}

/* A name, or a string or character constant with such a prefix. */
static void lex_name(struct lexer *lx, struct token *t)
{
	static const char *const prefixes[] = { "L", "u", "U", "u8" };
	char quote;

	t->kind = TOKEN_NAME;
	skip_name(lx);
	quote = at(lx, lx->pos);
	if (quote != '"' && quote != '\'')
		return;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (lx->pos - t->start == len && !memcmp(lx->text + t->start, prefixes[i], len)) {
			lex_quote(lx, t);
			return;
		}
	}
}

static void lex_punct(struct lexer *lx)
{
	/* longest first */
	static const char *const puncts[] = {
		"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&",
		"||", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "##",
	};

	for (size_t i = 0; i < sizeof(puncts) / sizeof(*puncts); i++) {
		size_t len = strlen(puncts[i]);

		if (lx->end - lx->pos >= len && !memcmp(lx->text + lx->pos, puncts[i], len)) {
			lx->pos += len;
			return;
		}
	}
	lx->pos++;
}

bool lexer_next(struct lexer *lx, struct token *ret)
{
	size_t open = 0;
	char c, next;

	if (!skip_blanks(lx, &open)) {
		*ret = (struct token){ TOKEN_OPEN_COMMENT, open, lx->end, lx->at_line_start };
		lx->pos = lx->end;
		return true;
	}
	*ret = (struct token){ TOKEN_PUNCT, lx->pos, lx->pos, lx->at_line_start };
	if (lx->pos >= lx->end) {
		ret->kind = TOKEN_END;
		return false;
	}
	c = lx->text[lx->pos];
	next = at(lx, lx->pos + 1);
	if (c == '#' && lx->at_line_start) {
		lex_directive(lx, ret);
	} else if (is_name_start(c)) {
		lex_name(lx, ret);
	} else if (is_digit(c) || (c == '.' && is_digit(next))) {
		ret->kind = TOKEN_NUMBER;
		lex_number(lx);
	} else if (c == '"' || c == '\'') {
		lex_quote(lx, ret);
	} else if (c == '@' || (c == '$' && is_name_start(next))) {
		ret->kind = c == '@' ? TOKEN_AT : TOKEN_DOLLAR;
		lx->pos++;
		if (is_name_start(at(lx, lx->pos)))
			skip_name(lx);
	} else {
		lex_punct(lx);
	}
	if (ret->kind != TOKEN_OPEN_COMMENT)
		ret->end = lx->pos;
	lx->at_line_start = false;
	return true;
}

bool token_is(const struct lexer *lx, const struct token *t, const char *text)
{
	size_t len = strlen(text);

	return t->end - t->start == len && !memcmp(lx->text + t->start, text, len);
}
