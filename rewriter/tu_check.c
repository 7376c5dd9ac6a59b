// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What is refused before clang sees it: nesting that overflows clang's stack, and files that were not
 * handed over. The sandbox forbids opening files too; here it gets a message.
 */
#include "rewriter/lex.h"
#include "rewriter/tu.h"

/* clang recurses over operands; brackets it counts itself, operators it does not. */
static bool adds_depth(struct tu *t, const struct lexer *lx, const struct token *tok, unsigned *run)
{
	static const char *const nesting[] = { "if", "else", "for", "while", "do", "switch" };

	if (tok->kind == TOKEN_PUNCT) {
		if (strchr(";{},", t->text[tok->start]))
			*run = 0;
		else if (!strchr("()[]", t->text[tok->start]))
			(*run)++;
	} else if (tok->kind == TOKEN_NAME) {
		for (size_t i = 0; i < ARRAY_SIZE(nesting); i++)
			*run += token_is(lx, tok, nesting[i]);
	}
	return *run > TU_RUN_MAX;
}

static bool is_known(const char *name, size_t len, const struct ast_file *files, size_t n_files)
{
	for (size_t i = 0; i < n_files; i++)
		if (strlen(files[i].name) == len && !strncmp(files[i].name, name, len))
			return true;
	return false;
}

/* The name between quotes or angles in the directive at [start, end); false: none. */
static bool included(const struct tu *t, size_t start, size_t end, size_t *ret_start, size_t *ret_end)
{
	const char *open = memchr(t->text + start, '"', end - start);
	const char *angle = memchr(t->text + start, '<', end - start);
	const char *close;
	char closing;

	if (!open || (angle && angle < open))
		open = angle;
	if (!open)
		return false;
	closing = *open == '<' ? '>' : '"';
	open++;
	close = memchr(open, closing, (size_t)(t->text + end - open));
	if (!close)
		return false;
	*ret_start = open - t->text;
	*ret_end = close - t->text;
	return true;
}

static void check_directive(struct tu *t, const struct token *tok, const struct ast_file *files,
			    size_t n_files)
{
	static const char *const words[] = { "include", "include_next", "import", "embed",
					     "__include_macros" };
	struct lexer in;
	struct token word;
	struct range at = { .src = 0 };
	struct diag *d;
	bool is = false;

	lexer_init(&in, t->text, tok->start + 1, tok->end);
	if (!lexer_next(&in, &word))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		is |= token_is(&in, &word, words[i]);
	if (!is)
		return;
	if (!included(t, word.end, tok->end, &at.start, &at.end)) {
		at.start = word.start;
		at.end = word.end;
	} else if (token_is(&in, &word, "include") &&
		   is_known(t->text + at.start, at.end - at.start, files, n_files)) {
		return;
	}
	d = diag_error(t->diags, at, "no file can be included here");
	diag_hint(t->diags, d, "kernel types are known without it; define others yourself");
}

bool tu_check(struct tu *t, const struct ast_file *files, size_t n_files)
{
	size_t errors = diags_errors(t->diags);
	struct lexer lx;
	struct token tok;
	unsigned run = 0;

	lexer_init(&lx, t->text, 0, t->len);
	while (lexer_next(&lx, &tok)) {
		if (tok.line_start && tok.kind == TOKEN_PUNCT && !strncmp(t->text + tok.start, "%:", 2)) {
			diag_error(t->diags, (struct range){ 0, tok.start, tok.start + 2 },
				   "write a directive with '#'");
		} else if (tok.kind == TOKEN_DIRECTIVE) {
			check_directive(t, &tok, files, n_files);
		} else if (adds_depth(t, &lx, &tok, &run)) {
			diag_error(t->diags, (struct range){ 0, tok.start, tok.end },
				   "expression or statement nested too deep");
			break;
		}
	}
	return diags_errors(t->diags) == errors;
}
