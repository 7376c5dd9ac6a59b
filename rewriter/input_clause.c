// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Clauses: spec {"," spec} ["/" filter "/"] "{" body "}". Specs are read byte by byte, before comments
 * mean anything (a path with a star after a slash is no comment). What a spec refers to is not looked at here.
 */
#include "rewriter/input_reader.h"

#include <string.h>

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

static char char_at(const struct reader *rd, size_t pos)
{
	return pos < rd->source->len ? rd->source->text[pos] : '\0';
}

static size_t word_end(const struct reader *rd, size_t pos)
{
	while (is_word(char_at(rd, pos)))
		pos++;
	return pos;
}

static bool word_is(const struct reader *rd, size_t start, size_t end, const char *word)
{
	return end - start == strlen(word) && !memcmp(rd->source->text + start, word, end - start);
}

bool starts_clause(const struct reader *rd)
{
	size_t start = rd->in->start, end = word_end(rd, start);
	struct lexer lx;
	struct token t;

	if (end == start)
		return false;
	if (char_at(rd, end) == ':')
		return true;
	if (!word_is(rd, start, end, "BEGIN") && !word_is(rd, start, end, "END"))
		return false;
	lexer_init(&lx, rd->source->text, end, rd->source->len);
	lexer_next(&lx, &t);
	return t.kind == TOKEN_END || t.kind == TOKEN_OPEN_COMMENT || token_is(&lx, &t, "{") ||
	       token_is(&lx, &t, ",") || token_is(&lx, &t, "/");
}

/*
 * Where a clause that is refused at POS ends: past its body, or before the next line if it has none.
 * All that is looked at is left behind, so that garbage costs no more than its length.
 */
static size_t clause_stop(struct reader *rd, size_t pos)
{
	size_t depth = 0;
	struct lexer lx;
	struct token t;

	lexer_init(&lx, rd->source->text, pos, rd->source->len);
	lx.at_line_start = false;
	while (lexer_next(&lx, &t)) {
		rd->in->steps++;
		if (depth == 0 && t.line_start && !token_is(&lx, &t, "{"))
			return t.start;
		if (token_is(&lx, &t, "{"))
			depth++;
		else if (token_is(&lx, &t, "}") && depth && --depth == 0)
			return t.end;
	}
	return rd->source->len;
}

/* One quoted part: its text, to OUT. Past the closing quote, or 0. */
static size_t read_quoted(const struct reader *rd, size_t pos, struct strbuf *out)
{
	for (pos++; pos < rd->source->len; pos++) {
		char c = char_at(rd, pos);

		if (c == '"')
			return pos + 1;
		if (c == '\n')
			return 0;
		if (c == '\\' && (char_at(rd, pos + 1) == '"' || char_at(rd, pos + 1) == '\\'))
			c = char_at(rd, ++pos);
		strbuf_addc(out, c);
	}
	return 0;
}

static void add_part(struct reader *rd, struct probe_spec *spec, struct strbuf *part)
{
	spec->parts[spec->n_parts++] = strbuf_detach(part, rd->parent);
}

/*
 * The parts after the kind. Past the spec, or 0. A kind takes so many parts; colons beyond are
 * text of the last one (`uprobe:/bin/x:std::f`).
 */
static size_t read_parts(struct reader *rd, struct probe_spec *spec, size_t pos, struct strbuf *text)
{
	unsigned most = probe_kinds[spec->kind].parts_max;
	struct strbuf part;

	if (most < 1 || most > PROBE_PARTS_MAX)
		most = most < 1 ? 1 : PROBE_PARTS_MAX;
	strbuf_init(&part, rd->parent);
	for (; pos < rd->source->len; pos++) {
		char c = char_at(rd, pos);
		size_t quoted, len = part.len;

		if (is_space(c) || c == ',' || c == '{')
			break;
		if (c == '"') {
			quoted = read_quoted(rd, pos, &part);
			if (!quoted) {
				diag_hint(rd->diags,
					  reader_bad(rd, pos, pos + 1, clause_stop(rd, spec->at.start),
						     "unclosed quote in a probe"),
					  "close it with \" on the same line");
				return 0;
			}
			pos = quoted - 1;
			strbuf_add(text, part.text + len, part.len - len);
			continue;
		}
		strbuf_addc(text, c);
		if (c == ':' && spec->n_parts + 1 < most)
			add_part(rd, spec, &part);
		else
			strbuf_addc(&part, c);
	}
	add_part(rd, spec, &part);
	return pos;
}

static void unknown_kind(struct reader *rd, size_t start, size_t end)
{
	const char *names[PROBE_KINDS];
	char *word = mem_strndup(rd->parent, rd->source->text + start, end - start), *near;
	struct diag *d;

	for (size_t i = 0; i < PROBE_KINDS; i++)
		names[i] = probe_kinds[i].name;
	near = nearest_names(rd->parent, word, names, PROBE_KINDS, 3);
	d = reader_bad(rd, start, end, clause_stop(rd, start), "unknown probe kind '%s'", word);
	d->status = STATUS_NO_PROBE;
	if (near)
		diag_hint(rd->diags, d, "did you mean %s?", near);
	else
		diag_hint(rd->diags, d, "':list' shows the kinds");
}

/* One spec at POS; past it, or 0 when stopped. */
static size_t read_spec(struct reader *rd, size_t pos)
{
	size_t end = word_end(rd, pos);
	struct probe_spec *spec;
	enum probe_kind kind;
	struct strbuf text;
	bool alone = char_at(rd, end) != ':';

	if (pos >= rd->source->len) {
		reader_more(rd, NULL, rd->in->start);
		return 0;
	}
	if (end == pos || (alone && !word_is(rd, pos, end, "BEGIN") && !word_is(rd, pos, end, "END"))) {
		diag_hint(rd->diags,
			  reader_bad(rd, pos, end > pos ? end : pos + 1, clause_stop(rd, pos),
				     "expected a probe"),
			  "probes look like 'kprobe:FUNC'; they are separated by commas");
		return 0;
	}
	if (!probe_kind_find(rd->source->text + pos, end - pos, &kind)) {
		unknown_kind(rd, pos, end);
		return 0;
	}
	spec = vec_add(rd->parent, &rd->in->specs);
	spec->kind = kind;
	spec->at = (struct range){ rd->src, pos, end };
	strbuf_init(&text, rd->parent);
	strbuf_add(&text, rd->source->text + pos, end - pos);
	if (!alone) {
		strbuf_addc(&text, ':');
		end = read_parts(rd, spec, end + 1, &text);
	}
	spec->at.end = end ? end : spec->at.end;
	spec->text = strbuf_detach(&text, rd->parent);
	return end;
}

/* Moves the lexer to POS and gives the token there, blanks and comments skipped. */
static bool token_at(struct reader *rd, size_t pos, struct token *ret)
{
	rd->lx.pos = pos;
	rd->lx.at_line_start = false;
	*ret = reader_peek(rd);
	if (ret->kind == TOKEN_END)
		reader_more(rd, NULL, rd->in->start);
	else if (ret->kind == TOKEN_OPEN_COMMENT)
		reader_more(rd, "comment", ret->start);
	return !rd->stopped;
}

/* All specs; *ret_next is the token after the last. */
static bool read_specs(struct reader *rd, struct token *ret_next)
{
	size_t pos = rd->in->start;

	for (;;) {
		pos = read_spec(rd, pos);
		if (!pos || !token_at(rd, pos, ret_next))
			return false;
		if (!reader_is(rd, ret_next, ","))
			return true;
		if (!token_at(rd, ret_next->end, ret_next))
			return false;
		pos = ret_next->start;
	}
}

/* From the opening slash (taken) to the `{`; the filter closes at the last slash before it. */
static bool read_filter(struct reader *rd, size_t slash)
{
	struct token t, before = { 0 };
	struct diag *d;

	rd->in->filter_start = slash + 1;
	for (;;) {
		before = rd->last;
		if (!reader_next(rd, &t)) {
			if (rd->in->state == INPUT_MORE && !rd->in->open) {
				rd->in->open = "filter or no body";
				rd->in->open_at = slash;
			}
			return false;
		}
		if (rd->brackets.n == 1 && reader_is(rd, &t, "{"))
			break;
	}
	if (!reader_is(rd, &before, "/") || before.start == slash) {
		d = reader_bad(rd, slash, slash + 1, clause_stop(rd, t.start),
			       "this filter is not closed");
		diag_hint(rd->diags, d, "write /EXPRESSION/ before the '{'");
		return false;
	}
	rd->in->filter_end = before.start;
	return true;
}

static bool filter_is_blank(const struct reader *rd)
{
	struct lexer lx;
	struct token t;

	lexer_init(&lx, rd->source->text, rd->in->filter_start, rd->in->filter_end);
	return !lexer_next(&lx, &t);
}

/* From the `{` (taken) to its `}`. */
static void read_body(struct reader *rd)
{
	size_t open = rd->last.start;
	struct token t = reader_peek(rd);

	rd->in->body_start = rd->last.end;
	if (!reader_group(rd))
		return;
	rd->in->body_end = rd->last.start;
	if (reader_is(rd, &t, "}"))
		diag_hint(rd->diags,
			  reader_bad(rd, open, rd->last.end, rd->last.end, "empty clause"),
			  "say what to do at each hit: { @ = count(); }");
	else if (rd->in->filter_start && filter_is_blank(rd))
		diag_hint(rd->diags,
			  reader_bad(rd, rd->in->filter_start - 1, rd->in->filter_end + 1,
				     rd->last.end, "empty filter"),
			  "write a condition between the slashes, or leave them out");
	else
		reader_complete(rd, rd->last.end);
}

void read_clause(struct reader *rd)
{
	const char *slash;
	struct token t;
	struct diag *d;

	if (!read_specs(rd, &t))
		return;
	rd->lx.pos = t.start;
	if (reader_is(rd, &t, "/")) {
		reader_next(rd, &t);
		if (read_filter(rd, t.start))
			read_body(rd);
	} else if (reader_is(rd, &t, "{")) {
		reader_next(rd, &t);
		read_body(rd);
	} else {
		d = reader_bad(rd, t.start, t.end, clause_stop(rd, t.start),
			       "expected '{', ',' or a filter after the probe");
		slash = strchr(vec_last(&rd->in->specs)->text, '/');
		diag_hint(rd->diags, d, "%s",
			  slash ? "a filter's '/' needs a blank before it" :
				  "quote a part that holds blanks, commas or braces");
	}
}
