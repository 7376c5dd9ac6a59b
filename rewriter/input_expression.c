// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Expressions and statements. At a prompt one ends at the line where it parses whole, in a file at
 * its `;`: so this knows which tokens leave an operand wanting, and how statements nest.
 */
#include "rewriter/input_reader.h"

#include <string.h>

#define NESTING_MAX 200

/* Words that want something after them. */
static bool wants_operand(const struct reader *rd, const struct token *t)
{
	static const char *const words[] = { "sizeof", "_Alignof", "__alignof__", "goto", "case",
					     "__extension__" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (reader_is(rd, t, words[i]))
			return true;
	return false;
}

/* After this operator, is the expression still without its right side? Postfix ones are whole. */
static bool operator_wants(const struct reader *rd, const struct token *t, bool wanted)
{
	if (reader_is(rd, t, "++") || reader_is(rd, t, "--"))
		return wanted;
	return !reader_is(rd, t, ")") && !reader_is(rd, t, "]") && !reader_is(rd, t, "}");
}

static bool ends_line(struct reader *rd, const struct token *next)
{
	return next->kind == TOKEN_END || (next->line_start && rd->mode == INPUT_AT_PROMPT);
}

/* Cannot go on a whole expression: NEXT, first on its line, must be another input. */
static bool begins_input(const struct reader *rd, const struct token *next, bool after_paren,
			 unsigned ternary)
{
	if (next->kind == TOKEN_PUNCT)
		return (reader_is(rd, next, ":") && !ternary) || reader_is(rd, next, "!");
	return next->kind == TOKEN_DIRECTIVE ||
	       (!after_paren && (next->kind == TOKEN_NAME || next->kind == TOKEN_AT ||
				 next->kind == TOKEN_DOLLAR || next->kind == TOKEN_NUMBER));
}

/*
 * An expression whose first token FIRST was taken, to its `;` (taken) or the end of its line. In
 * *ret_end where its own text ends. False: stopped.
 */
static bool expression(struct reader *rd, struct token first, size_t *ret_end)
{
	bool wants = false, begun = false;
	unsigned ternary = 0;
	struct token t = first, next;

	for (;; begun = true) {
		struct token before = begun ? rd->last : first;

		next = begun ? reader_peek(rd) : first;
		if (begun && !wants && !ternary && ends_line(rd, &next)) {
			*ret_end = rd->last.end;
			return true;
		}
		if (begun && !wants && next.line_start &&
		    begins_input(rd, &next, reader_is(rd, &before, ")"), ternary)) {
			reader_semicolon(rd, &before, "expression");
			return false;
		}
		if (begun && !reader_next(rd, &t))
			return false;
		if (reader_is(rd, &t, ";")) {
			*ret_end = t.start;
			return true;
		}
		if (reader_is(rd, &t, "(") || reader_is(rd, &t, "[") || reader_is(rd, &t, "{")) {
			if (!reader_group(rd))
				return false;
			wants = false;
		} else if (t.kind == TOKEN_PUNCT) {
			if (reader_is(rd, &t, "?"))
				ternary++;
			else if (reader_is(rd, &t, ":") && ternary)
				ternary--;
			wants = operator_wants(rd, &t, wants || !begun);
		} else {
			wants = wants_operand(rd, &t);
		}
	}
}

/* `(` ... `)` after a statement's word. */
static bool parens(struct reader *rd)
{
	struct token t = reader_peek(rd);

	if (t.kind == TOKEN_END || reader_is(rd, &t, "("))
		return reader_next(rd, &t) && reader_group(rd);
	diag_hint(rd->diags, reader_bad(rd, t.start, t.end, t.end, "expected '('"),
		  "a condition stands in parentheses");
	return false;
}

static bool is_loop(const struct reader *rd, const struct token *t)
{
	return reader_is(rd, t, "while") || reader_is(rd, t, "for") || reader_is(rd, t, "switch") ||
	       reader_is(rd, t, "for_each");
}

static bool is_statement(const struct reader *rd, const struct token *t)
{
	return is_loop(rd, t) || reader_is(rd, t, "if") || reader_is(rd, t, "do") ||
	       reader_is(rd, t, "{") || reader_is(rd, t, "return") || reader_is(rd, t, "goto");
}

static bool statement(struct reader *rd, unsigned nesting, size_t *ret_end);

static bool do_statement(struct reader *rd, unsigned nesting, size_t *ret_end)
{
	struct token t;

	if (!statement(rd, nesting, ret_end) || !reader_next(rd, &t))
		return false;
	if (!reader_is(rd, &t, "while")) {
		reader_bad(rd, t.start, t.end, t.end, "expected 'while' after the body of 'do'");
		return false;
	}
	if (!parens(rd))
		return false;
	*ret_end = rd->last.end;
	t = reader_peek(rd);
	return !reader_is(rd, &t, ";") || reader_next(rd, &t);
}

static bool if_statement(struct reader *rd, unsigned nesting, size_t *ret_end)
{
	struct token t;

	if (!parens(rd) || !statement(rd, nesting, ret_end))
		return false;
	t = reader_peek(rd);
	return !reader_is(rd, &t, "else") ||
	       (reader_next(rd, &t) && statement(rd, nesting, ret_end));
}

static bool statement(struct reader *rd, unsigned nesting, size_t *ret_end)
{
	struct token t;

	if (!reader_next(rd, &t))
		return false;
	if (nesting > NESTING_MAX) {
		reader_bad(rd, t.start, t.end, t.end, "statements nested more than %d deep",
			   NESTING_MAX);
		return false;
	}
	if (reader_is(rd, &t, "{")) {
		if (!reader_group(rd))
			return false;
		*ret_end = rd->last.end;
		return true;
	}
	if (reader_is(rd, &t, "if"))
		return if_statement(rd, nesting + 1, ret_end);
	if (reader_is(rd, &t, "do"))
		return do_statement(rd, nesting + 1, ret_end);
	if (is_loop(rd, &t))
		return parens(rd) && statement(rd, nesting + 1, ret_end);
	return expression(rd, t, ret_end);
}

/* NAME(...) `{` is a function whose type was left out, or made by a macro. */
static bool turns_out_function(struct reader *rd, struct token *ret_name)
{
	struct token t, next;
	struct lexer lx = rd->lx;

	lexer_next(&lx, ret_name);
	lexer_next(&lx, &t);
	if (ret_name->kind != TOKEN_NAME || !token_is(&lx, &t, "(") || wants_operand(rd, ret_name) ||
	    is_statement(rd, ret_name))
		return false;
	reader_next(rd, &t);
	reader_next(rd, &t);
	if (!reader_group(rd))
		return false;
	next = reader_peek(rd);
	return reader_is(rd, &next, "{") && (rd->mode == INPUT_IN_FILE || !next.line_start);
}

void read_expression(struct reader *rd)
{
	struct token first = reader_peek(rd), name;
	size_t end = 0;

	rd->in->is_statement = is_statement(rd, &first);
	rd->in->body_start = first.start;
	if (turns_out_function(rd, &name)) {
		reader_next(rd, &name);
		name = first;
		read_macro_function(rd, &name);
		return;
	}
	if (rd->stopped)
		return;
	if (rd->last.end > first.start ? expression(rd, rd->last, &end) : statement(rd, 0, &end)) {
		rd->in->body_end = end;
		reader_complete(rd, rd->last.end);
	} else if (rd->in->state == INPUT_MORE && !rd->in->open) {
		rd->in->open_at = first.start;
	}
}
