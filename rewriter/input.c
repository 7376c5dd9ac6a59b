// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The splitter's centre: which class an input is, the token stream that all classes are read
 * from, commands. Clauses, definitions and expressions have files of their own.
 */
#include "rewriter/input_reader.h"

#include <string.h>

void reader_complete(struct reader *rd, size_t end)
{
	if (rd->stopped)
		return;
	rd->stopped = true;
	rd->in->state = INPUT_COMPLETE;
	rd->in->end = end;
}

void reader_more(struct reader *rd, const char *open, size_t at)
{
	if (rd->stopped)
		return;
	rd->stopped = true;
	rd->in->state = INPUT_MORE;
	rd->in->end = rd->source->len;
	rd->in->open = open;
	rd->in->open_at = at;
}

struct diag *reader_bad(struct reader *rd, size_t start, size_t end, size_t stop, const char *fmt, ...)
{
	struct range at = { rd->src, start, end };
	struct diag *d;
	va_list ap;

	rd->stopped = true;
	rd->in->state = INPUT_BAD;
	rd->in->end = stop;
	va_start(ap, fmt);
	d = diag_error(rd->diags, at, "%s", mem_vprintf(rd->diags->parent, fmt, ap));
	va_end(ap);
	return d;
}

bool reader_is(const struct reader *rd, const struct token *t, const char *text)
{
	return token_is(&rd->lx, t, text);
}

static const char *open_name(char c)
{
	return c == '{' ? "'{'" : c == '(' ? "'('" : "'['";
}

static char closing(char c)
{
	return c == '{' ? '}' : c == '(' ? ')' : ']';
}

static bool close_bracket(struct reader *rd, const struct token *t)
{
	char c = rd->source->text[t->start];
	struct bracket *b;
	struct diag *d;

	if (!rd->brackets.n) {
		d = reader_bad(rd, t->start, t->end, t->end, "'%c' without '%c'", c,
			       c == '}' ? '{' : c == ')' ? '(' : '[');
		diag_hint(rd->diags, d, "remove it, or add what it closes");
		return false;
	}
	b = vec_last(&rd->brackets);
	if (c != closing(b->open)) {
		d = reader_bad(rd, t->start, t->end, t->end, "'%c' where '%c' was expected", c,
			       closing(b->open));
		diag_reason(rd->diags, d, (struct range){ rd->src, b->at, b->at + 1 },
			    "this '%c' is still open", b->open);
		return false;
	}
	rd->brackets.n--;
	return true;
}

/* Word after the # of a directive. */
static struct token directive_word(const struct reader *rd, const struct token *t)
{
	struct lexer lx;
	struct token word;

	lexer_init(&lx, rd->source->text, t->start + 1, t->end);
	lx.at_line_start = false;
	lexer_next(&lx, &word);
	return word;
}

/* Branches of one #if are alternatives: brackets opened in one do not count in the next. */
static void note_directive(struct reader *rd, const struct token *t)
{
	struct token word = directive_word(rd, t);
	struct conditional *c;

	if (rd->flat)
		return;
	if (reader_is(rd, &word, "if") || reader_is(rd, &word, "ifdef") ||
	    reader_is(rd, &word, "ifndef")) {
		c = vec_add(rd->parent, &rd->conditionals);
		c->at = t->start;
		c->depth = rd->brackets.n;
	} else if (rd->conditionals.n && reader_is(rd, &word, "endif")) {
		rd->conditionals.n--;
	} else if (rd->conditionals.n && rd->source->text[word.start] == 'e') {
		c = vec_last(&rd->conditionals);
		if (rd->brackets.n > c->depth)
			rd->brackets.n = c->depth;
	}
}

static void at_end(struct reader *rd)
{
	struct bracket *b = rd->brackets.n ? vec_last(&rd->brackets) : NULL;

	if (b)
		reader_more(rd, open_name(b->open), b->at);
	else if (rd->conditionals.n)
		reader_more(rd, "'#if'", vec_last(&rd->conditionals)->at);
	else
		reader_more(rd, NULL, rd->in->start);
}

bool reader_next(struct reader *rd, struct token *ret)
{
	char c;

	if (rd->stopped)
		return false;
	rd->in->steps++;
	lexer_next(&rd->lx, ret);
	switch (ret->kind) {
	case TOKEN_END:
		at_end(rd);
		return false;
	case TOKEN_OPEN_COMMENT:
		reader_more(rd, "comment", ret->start);
		return false;
	case TOKEN_OPEN_STRING:
		c = rd->source->text[ret->start];
		diag_hint(rd->diags,
			  reader_bad(rd, ret->start, ret->end, ret->end, "unclosed %s",
				     c == '\'' ? "character constant" : "string"),
			  "close it with %c on the same line", c == '\'' ? '\'' : '"');
		return false;
	case TOKEN_DIRECTIVE:
		note_directive(rd, ret);
		break;
	case TOKEN_PUNCT:
		c = rd->source->text[ret->start];
		if (ret->end - ret->start == 1 && strchr("([{", c) && c) {
			vec_push(rd->parent, &rd->brackets, ((struct bracket){ c, ret->start }));
		} else if (ret->end - ret->start == 1 && strchr(")]}", c) && c) {
			if (!close_bracket(rd, ret))
				return false;
		}
		break;
	default:
		break;
	}
	rd->last = *ret;
	return true;
}

struct token reader_peek(struct reader *rd)
{
	struct lexer lx = rd->lx;
	struct token t;

	rd->in->steps++;
	lexer_next(&lx, &t);
	return t;
}

bool reader_group(struct reader *rd)
{
	size_t depth = rd->brackets.n;
	struct token t;

	while (reader_next(rd, &t))
		if (rd->brackets.n < depth)
			return true;
	return false;
}

void reader_name(struct reader *rd, const struct token *t)
{
	vec_push(rd->parent, &rd->in->names,
		 mem_strndup(rd->parent, rd->source->text + t->start, t->end - t->start));
}

void reader_tag(struct reader *rd, const struct token *t)
{
	reader_name(rd, t);
	vec_push(rd->parent, &rd->in->tags, *vec_last(&rd->in->names));
}

void reader_semicolon(struct reader *rd, const struct token *before, const char *what)
{
	struct diag *d;

	d = reader_bad(rd, before->end - 1, before->end, before->end, "missing ';' after this %s", what);
	diag_hint(rd->diags, d, "end it with ';'");
}

/* :word ... or !command, to the end of its line. */
static void read_command(struct reader *rd)
{
	const struct source *s = rd->source;
	const char *p = s->text + rd->in->start, *nl = memchr(p, '\n', s->len - rd->in->start);
	size_t end = nl ? (size_t)(nl - s->text) : s->len;
	size_t start = rd->in->start + 1, cut = end;

	while (cut > start && strchr(" \t\r", s->text[cut - 1]) && s->text[cut - 1])
		cut--;
	while (start < cut && (s->text[start] == ' ' || s->text[start] == '\t'))
		start++;
	rd->in->command = mem_strndup(rd->parent, s->text + start, cut - start);
	if (start == cut)
		diag_hint(rd->diags,
			  reader_bad(rd, rd->in->start, rd->in->start + 1, end, "no command after '%c'",
				     *p),
			  *p == ':' ? "':help' lists the commands" : "write '!ls', say");
	else
		reader_complete(rd, end);
}

/* To the first byte of the input: past blanks, comments, stray `;` and a #! line. */
bool reader_start(struct reader *rd, size_t from)
{
	const struct source *s = rd->source;
	struct token t;

	if (from == 0 && s->len >= 2 && s->text[0] == '#' && s->text[1] == '!') {
		const char *nl = memchr(s->text, '\n', s->len);

		from = nl ? (size_t)(nl - s->text) : s->len;
	}
	lexer_init(&rd->lx, s->text, from, s->len);
	do {
		rd->in->start = rd->lx.pos;
		t = reader_peek(rd);
		if (token_is(&rd->lx, &t, ";"))
			lexer_next(&rd->lx, &t);
	} while (token_is(&rd->lx, &t, ";"));
	if (t.kind == TOKEN_OPEN_COMMENT) {
		rd->in->class = INPUT_EMPTY;
		rd->in->start = t.start;
		reader_more(rd, "comment", t.start);
		return false;
	}
	rd->in->start = t.start;
	if (t.kind == TOKEN_END) {
		rd->in->class = INPUT_EMPTY;
		rd->in->start = s->len;
		reader_complete(rd, s->len);
		return false;
	}
	/* the token is read again by whoever takes the class */
	rd->lx.pos = t.start;
	rd->lx.at_line_start = t.line_start;
	return true;
}

void reader_read(struct reader *rd)
{
	const char *text = rd->source->text;
	size_t start = rd->in->start;
	struct token t = reader_peek(rd);

	if (text[start] == ':') {
		rd->in->class = INPUT_COMMAND;
		read_command(rd);
	} else if (text[start] == '!' && (start == 0 || text[start - 1] == '\n')) {
		rd->in->class = INPUT_SHELL;
		read_command(rd);
	} else if (starts_clause(rd)) {
		rd->in->class = INPUT_CLAUSE;
		read_clause(rd);
	} else if (t.kind == TOKEN_DIRECTIVE) {
		rd->in->class = INPUT_DEFINITION;
		read_directive(rd);
	} else if (starts_definition(rd)) {
		rd->in->class = INPUT_DEFINITION;
		read_definition(rd);
	} else {
		rd->in->class = INPUT_EXPRESSION;
		read_expression(rd);
	}
}

void input_read(const void *parent, const struct source *s, int src, size_t from,
		enum input_mode mode, const struct input_types *types, struct input *ret,
		struct diags *diags)
{
	struct reader rd = { .parent = parent, .source = s, .src = src, .mode = mode,
			     .types = types, .in = ret, .diags = diags };
	const char *nul;

	*ret = (struct input){ .start = from, .end = from };
	if (reader_start(&rd, from))
		reader_read(&rd);
	nul = memchr(s->text + ret->start, '\0', ret->end - ret->start);
	if (nul && ret->state != INPUT_BAD) {
		size_t at = (size_t)(nul - s->text);

		reader_bad(&rd, at, at + 1, ret->end, "a NUL byte in the input");
	}
	mem_free(rd.brackets.v);
	mem_free(rd.conditionals.v);
}

void input_unfinished(const struct input *in, int src, struct diags *diags)
{
	struct range at = { src, in->open_at, in->open_at + 1 };

	if (in->open)
		diag_error(diags, at, "unclosed %s at the end of the input", in->open);
	else if (in->class == INPUT_DEFINITION)
		diag_hint(diags, diag_error(diags, at, "this definition does not end"),
			  "end it with ';'");
	else if (in->class == INPUT_CLAUSE)
		diag_hint(diags, diag_error(diags, at, "this clause has no body"),
			  "add { ... } after the probe");
	else
		diag_error(diags, at, "this expression does not end");
}
