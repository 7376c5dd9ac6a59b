// SPDX-License-Identifier: GPL-3.0-or-later
/* Places in a person's text; see source.h. */
#include "base/source.h"

#include <string.h>

void source_position(const struct source *s, size_t offset, unsigned *ret_line, unsigned *ret_column)
{
	unsigned line = s->first_line ? s->first_line : 1;
	unsigned column = s->first_column ? s->first_column : 1;

	if (offset > s->len)
		offset = s->len;
	for (size_t i = 0; i < offset; i++) {
		column++;
		if (s->text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

size_t source_offset(const struct source *s, unsigned line, unsigned column)
{
	unsigned l = s->first_line ? s->first_line : 1;
	size_t i = 0;

	if (line == l && s->first_column > 1)
		column = column >= s->first_column ? column - s->first_column + 1 : 1;
	while (i < s->len && l < line)
		if (s->text[i++] == '\n')
			l++;
	while (column-- > 1 && i < s->len && s->text[i] != '\n')
		i++;
	return i;
}

#define EXCERPT_MAX 200

void source_excerpt(const struct source *s, size_t start, size_t end, struct strbuf *out)
{
	size_t from, to, i;

	if (start > s->len)
		start = s->len;
	if (start == s->len && start > 0 && s->text[start - 1] == '\n')
		start--;
	for (from = start; from > 0 && s->text[from - 1] != '\n'; from--)
		;
	for (to = start; to < s->len && s->text[to] != '\n'; to++)
		;
	if (start - from > EXCERPT_MAX / 2)
		from = start - EXCERPT_MAX / 2;
	if (to - from > EXCERPT_MAX)
		to = from + EXCERPT_MAX;
	strbuf_adds(out, "  ");
	for (i = from; i < to; i++) {
		unsigned char c = (unsigned char)s->text[i];

		strbuf_addc(out, c == '\t' || (c >= ' ' && c != 0x7f) ? (char)c : '?');
	}
	strbuf_adds(out, "\n  ");
	for (i = from; i < start; i++) {
		unsigned char c = (unsigned char)s->text[i];

		if ((c & 0xc0) != 0x80)
			strbuf_addc(out, c == '\t' ? '\t' : ' ');
	}
	strbuf_addc(out, '^');
	for (i = start + 1; i < end && i < to; i++)
		if (((unsigned char)s->text[i] & 0xc0) != 0x80)
			strbuf_addc(out, '~');
	strbuf_addc(out, '\n');
}
