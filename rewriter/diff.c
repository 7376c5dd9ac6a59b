// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The diff of a rewrite. Nothing is searched for: the edits say which lines change, so a hunk is those
 * lines, their text with the edits put in, and one line around.
 */
#include "rewriter/diff.h"

#include <stdlib.h>

#define CONTEXT 1

enum paint { PAINT_NONE, PAINT_HEAD, PAINT_HUNK, PAINT_OLD, PAINT_NEW, PAINT_REASON };

static const char *const paints[] = {
	[PAINT_NONE] = "", [PAINT_HEAD] = "\033[1m", [PAINT_HUNK] = "\033[36m",
	[PAINT_OLD] = "\033[31m", [PAINT_NEW] = "\033[32m", [PAINT_REASON] = "\033[2m",
};

struct block {			/* lines [first, end) that change together; none: lines go in there */
	size_t first, end;
	size_t edit, n_edits;
	const char *text;	/* what becomes of them */
	size_t len;
	size_t n_lines;		/* of that text */
};

struct differ {
	const struct source *sources;
	size_t n_sources;
	int src;
	const struct source *s;
	bool color;
	struct strbuf *out;
	void *scratch;
	VEC(size_t) lines;	/* where each line begins, and the end of the text */
	VEC(const struct rewrite_edit *) edits;
	VEC(struct block) blocks;
};

static size_t n_lines(const struct differ *df)
{
	return df->lines.n - 1;
}

static void find_lines(struct differ *df)
{
	vec_push(df->scratch, &df->lines, 0);
	for (size_t i = 0; i < df->s->len; i++)
		if (df->s->text[i] == '\n' && i + 1 < df->s->len)
			vec_push(df->scratch, &df->lines, i + 1);
	vec_push(df->scratch, &df->lines, df->s->len);
}

static size_t line_of(const struct differ *df, size_t offset)
{
	size_t low = 0, high = n_lines(df) - 1;

	while (low < high) {
		size_t mid = (low + high + 1) / 2;

		if (df->lines.v[mid] <= offset)
			low = mid;
		else
			high = mid - 1;
	}
	return low;
}

static int by_start(const void *a, const void *b)
{
	const struct rewrite_edit *x = *(const struct rewrite_edit *const *)a;
	const struct rewrite_edit *y = *(const struct rewrite_edit *const *)b;

	return x->at.start < y->at.start ? -1 : x->at.start > y->at.start;
}

/* The edits of this source in order; one that overlaps another does not count. */
static void find_edits(struct differ *df, const struct rewrite_result *res)
{
	size_t kept = 0;

	vec_each(&res->edits, e)
		if (e->at.src == df->src && e->at.end <= df->s->len && e->at.start <= e->at.end)
			vec_push(df->scratch, &df->edits, e);
	if (df->edits.n)
		qsort(df->edits.v, df->edits.n, sizeof(*df->edits.v), by_start);
	for (size_t i = 0; i < df->edits.n; i++)
		if (!kept || df->edits.v[kept - 1]->at.end <= df->edits.v[i]->at.start)
			df->edits.v[kept++] = df->edits.v[i];
	df->edits.n = kept;
}

/* Bytes of the first line of P, its newline included. */
static size_t head(const char *p, size_t len)
{
	const char *nl = memchr(p, '\n', len);

	return nl ? (size_t)(nl + 1 - p) : len;
}

/* Bytes of the last line of P. */
static size_t tail(const char *p, size_t len)
{
	size_t i = len ? len - 1 : 0;

	while (i && p[i - 1] != '\n')
		i--;
	return len - i;
}

static size_t old_len(const struct differ *df, const struct block *b)
{
	return df->lines.v[b->end] - df->lines.v[b->first];
}

/* Lines at either end that stay as they were are no part of the block. */
static void trim_block(const struct differ *df, struct block *b)
{
	while (b->first < b->end && b->len) {
		const char *old = df->s->text + df->lines.v[b->first];
		size_t n = head(b->text, b->len);

		if (n != df->lines.v[b->first + 1] - df->lines.v[b->first] ||
		    memcmp(old, b->text, n))
			break;
		b->text += n;
		b->len -= n;
		b->first++;
	}
	while (b->first < b->end && b->len) {
		const char *old = df->s->text + df->lines.v[b->end - 1];
		size_t n = tail(b->text, b->len);

		if (n != df->lines.v[b->end] - df->lines.v[b->end - 1] ||
		    memcmp(old, b->text + b->len - n, n))
			break;
		b->len -= n;
		b->end--;
	}
}

static void fill_block(struct differ *df, struct block *b)
{
	size_t from = df->lines.v[b->first], to = df->lines.v[b->end];
	struct strbuf text;

	strbuf_init(&text, df->scratch);
	for (size_t i = b->edit; i < b->edit + b->n_edits; i++) {
		const struct rewrite_edit *e = df->edits.v[i];

		strbuf_add(&text, df->s->text + from, e->at.start - from);
		strbuf_adds(&text, e->text);
		from = e->at.end;
	}
	strbuf_add(&text, df->s->text + from, to - from);
	b->len = text.len;
	b->text = strbuf_detach(&text, df->scratch);
	trim_block(df, b);
	for (size_t i = 0; i < b->len; i++)
		b->n_lines += b->text[i] == '\n' || i + 1 == b->len;
}

/* Edits on the same lines make one block; blocks in which nothing changes are left out. */
static void find_blocks(struct differ *df)
{
	size_t kept = 0;

	for (size_t i = 0; i < df->edits.n; i++) {
		const struct range *at = &df->edits.v[i]->at;
		/* who takes a newline away changes the next line too */
		size_t first = line_of(df, at->start), end = line_of(df, at->end) + 1;
		struct block *b = df->blocks.n ? vec_last(&df->blocks) : NULL;

		if (!b || first >= b->end) {
			b = vec_add(df->scratch, &df->blocks);
			*b = (struct block){ .first = first, .end = end, .edit = i };
		}
		b->end = end > b->end ? end : b->end;
		b->n_edits++;
	}
	vec_each(&df->blocks, b) {
		fill_block(df, b);
		if (b->len || old_len(df, b))
			df->blocks.v[kept++] = *b;
	}
	df->blocks.n = kept;
}

static void paint(struct differ *df, enum paint p)
{
	if (df->color)
		strbuf_adds(df->out, paints[p]);
}

static void unpaint(struct differ *df)
{
	if (df->color)
		strbuf_adds(df->out, "\033[0m");
}

/* Each line of TEXT behind MARK. Control bytes would be obeyed by a terminal. */
static void put_lines(struct differ *df, char mark, enum paint color, const char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (color != PAINT_NONE)
			paint(df, color);
		strbuf_addc(df->out, mark);
		for (; i < len && text[i] != '\n'; i++) {
			unsigned char c = (unsigned char)text[i];

			strbuf_addc(df->out, c == '\t' || (c >= ' ' && c != 0x7f) ? (char)c : '?');
		}
		i++;
		if (color != PAINT_NONE)
			unpaint(df);
		strbuf_addc(df->out, '\n');
	}
}

static void put_old(struct differ *df, char mark, enum paint color, size_t first, size_t end)
{
	size_t from = df->lines.v[first];

	if (end > first)
		put_lines(df, mark, color, df->s->text + from, df->lines.v[end] - from);
}

static void put_span(struct differ *df, char mark, size_t first, size_t n)
{
	unsigned line = df->s->first_line ? df->s->first_line : 1;

	/* of no lines, the place is the line before */
	strbuf_addf(df->out, "%c%zu", mark, first + line - !n);
	if (n != 1)
		strbuf_addf(df->out, ",%zu", n);
}

/* Blocks [from, to) with the lines between and around them. DELTA: lines gained before. */
static long put_hunk(struct differ *df, size_t from, size_t to, long delta)
{
	const struct block *b = df->blocks.v;
	size_t first = b[from].first > CONTEXT ? b[from].first - CONTEXT : 0;
	size_t end = b[to - 1].end + CONTEXT, at = first;
	long gained = 0;

	end = end > n_lines(df) ? n_lines(df) : end;
	for (size_t i = from; i < to; i++)
		gained += (long)b[i].n_lines - (long)(b[i].end - b[i].first);
	paint(df, PAINT_HUNK);
	strbuf_adds(df->out, "@@ ");
	put_span(df, '-', first, end - first);
	strbuf_addc(df->out, ' ');
	put_span(df, '+', (size_t)((long)first + delta), (size_t)((long)(end - first) + gained));
	strbuf_adds(df->out, " @@");
	unpaint(df);
	strbuf_addc(df->out, '\n');
	for (size_t i = from; i < to; i++) {
		put_old(df, ' ', PAINT_NONE, at, b[i].first);
		put_old(df, '-', PAINT_OLD, b[i].first, b[i].end);
		put_lines(df, '+', PAINT_NEW, b[i].text, b[i].len);
		at = b[i].end;
	}
	put_old(df, ' ', PAINT_NONE, at, end);
	return gained;
}

static void put_hunks(struct differ *df)
{
	long delta = 0;

	paint(df, PAINT_HEAD);
	strbuf_addf(df->out, "--- %s", df->s->name);
	unpaint(df);
	strbuf_addc(df->out, '\n');
	paint(df, PAINT_HEAD);
	strbuf_addf(df->out, "+++ %s (rewritten)", df->s->name);
	unpaint(df);
	strbuf_addc(df->out, '\n');
	for (size_t from = 0, to; from < df->blocks.n; from = to) {
		for (to = from + 1; to < df->blocks.n; to++)
			if (df->blocks.v[to].first - df->blocks.v[to - 1].end > 2 * CONTEXT)
				break;
		delta += put_hunk(df, from, to, delta);
	}
}

static void put_place(struct differ *df, struct range at)
{
	unsigned line, column;

	if (at.src < 0 || (size_t)at.src >= df->n_sources)
		return;
	source_position(&df->sources[at.src], at.start, &line, &column);
	if (at.src != df->src)
		strbuf_addf(df->out, "%s:", df->sources[at.src].name);
	strbuf_addf(df->out, "%u:%u: ", line, column);
}

static bool same_note(const struct rewrite_note *a, const struct rewrite_note *b)
{
	return a->at.src == b->at.src && a->at.start == b->at.start && a->at.end == b->at.end &&
	       !strcmp(a->text, b->text);
}

static void put_notes(struct differ *df, const struct rewrite_result *res)
{
	const struct rewrite_note *before = NULL;

	vec_each(&res->notes, n) {
		if (n->at.src != df->src || (before && same_note(before, n)))
			continue;
		before = n;
		strbuf_adds(df->out, "  ");
		put_place(df, n->at);
		strbuf_addf(df->out, "%s\n", n->text);
		vec_each(&n->reasons, r) {
			paint(df, PAINT_REASON);
			strbuf_adds(df->out, "    because: ");
			put_place(df, r->at);
			strbuf_adds(df->out, r->text);
			unpaint(df);
			strbuf_addc(df->out, '\n');
		}
	}
}

void diff_format(const struct source *sources, size_t n_sources, int src,
		 const struct rewrite_result *res, bool color, struct strbuf *out)
{
	struct differ df = { .sources = sources, .n_sources = n_sources, .src = src,
			     .color = color, .out = out };

	if (src < 0 || (size_t)src >= n_sources)
		return;
	df.s = &sources[src];
	df.scratch = mem_zalloc(NULL, 1, "diff");
	find_lines(&df);
	find_edits(&df, res);
	find_blocks(&df);
	if (df.blocks.n) {
		put_hunks(&df);
		put_notes(&df, res);
	}
	mem_free(df.scratch);
}
