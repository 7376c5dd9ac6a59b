// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * # directives: one line each, but #if with all up to its #endif. What an #if block declares is
 * collected from every branch; which one counts is the compiler's matter.
 */
#include "rewriter/input_reader.h"

#include <string.h>

/* The name after #define or #undef. */
static void directive_name(struct reader *rd, const struct token *t)
{
	struct lexer lx;
	struct token word, name;

	lexer_init(&lx, rd->source->text, t->start + 1, t->end);
	lx.at_line_start = false;
	lexer_next(&lx, &word);
	lexer_next(&lx, &name);
	if (name.kind == TOKEN_NAME && (token_is(&lx, &word, "define") || token_is(&lx, &word, "undef")))
		reader_name(rd, &name);
}

/* What the inside [from, to) of an #if block declares. Its errors are left to the compiler. */
static void names_inside(struct reader *rd, size_t from, size_t to)
{
	struct source inside = *rd->source;
	struct diags scratch;
	size_t depth = rd->brackets.n;

	inside.len = to;
	diags_init(&scratch, rd->parent);
	while (from < to) {
		struct input in = { .start = from, .end = from };
		struct reader sub = { .parent = rd->parent, .source = &inside, .src = rd->src,
				      .mode = INPUT_IN_FILE, .types = rd->types, .in = &in,
				      .diags = &scratch, .flat = true };

		if (reader_start(&sub, from))
			reader_read(&sub);
		vec_each(&in.names, name)
			vec_push(rd->parent, &rd->in->names, *name);
		vec_each(&in.tags, tag)
			vec_push(rd->parent, &rd->in->tags, *tag);
		rd->in->steps += in.steps;
		from = in.end > from ? in.end : from + 1;
	}
	rd->brackets.n = depth;
}

void read_directive(struct reader *rd)
{
	struct token t, word;
	size_t inside, last;

	rd->in->is_directive = true;
	if (!reader_next(rd, &t))
		return;
	directive_name(rd, &t);
	if (rd->flat) {
		reader_complete(rd, t.end);
		return;
	}
	word = t;
	word.start = t.start + 1;
	while (word.start < t.end && (rd->source->text[word.start] == ' ' ||
				      rd->source->text[word.start] == '\t'))
		word.start++;
	if (!rd->conditionals.n) {
		if (!strncmp(rd->source->text + word.start, "el", 2) ||
		    !strncmp(rd->source->text + word.start, "endif", 5))
			diag_hint(rd->diags,
				  reader_bad(rd, t.start, t.end, t.end, "'#%s' without '#if'",
					     rd->source->text[word.start + 1] == 'n' ? "endif" : "else"),
				  "remove it, or add the '#if' it belongs to");
		else
			reader_complete(rd, t.end);
		return;
	}
	inside = last = t.end;
	while (rd->conditionals.n && reader_next(rd, &t))
		last = t.start;
	if (rd->stopped)
		return;
	names_inside(rd, inside, last);
	reader_complete(rd, t.end);
}
