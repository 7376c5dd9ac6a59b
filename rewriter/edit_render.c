/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From edits to text, with a map from every byte of it back to the original. */
#include "rewriter/edit_tree.h"
#include "rewriter/lex.h"

struct map_part {
	size_t out, in;
	bool exact;	/* copied: offsets count on; else all of it maps to IN */
};

struct edit_map {
	VEC(struct map_part) parts;
};

struct render {
	struct edits *es;
	unsigned mode;
	struct strbuf out;
	struct edit_map *map;
};

static void range_add(struct render *r, size_t start, size_t end, int instance);

static void mark(struct render *r, size_t in, bool exact)
{
	struct map_part part = { .out = r->out.len, .in = in, .exact = exact };

	if (!r->map)
		return;
	if (r->map->parts.n && vec_last(&r->map->parts)->out == part.out)
		*vec_last(&r->map->parts) = part;
	else
		vec_push(r->map, &r->map->parts, part);
}

static void copy(struct render *r, size_t start, size_t end)
{
	if (start >= end)
		return;
	mark(r, start, true);
	strbuf_add(&r->out, r->es->text + start, end - start);
}

static size_t first_alias(const struct edits *es, size_t start)
{
	size_t low = 0, high = es->aliases.n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (es->aliases.v[mid].end <= start)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * Original text, in SHOW with aliases in place. A range may end inside an alias (`(*at(` without its
 * first parenthesis): who holds the alias's middle byte shows it.
 */
static void original_add(struct render *r, size_t start, size_t end)
{
	const struct edits *es = r->es;

	if (r->mode == EDIT_SHOW)
		for (size_t i = first_alias(es, start); i < es->aliases.n; i++) {
			const struct edit_alias *a = &es->aliases.v[i];
			size_t middle = a->start + (a->end - a->start - 1) / 2;

			if (a->start >= end)
				break;
			copy(r, start, a->start);
			if (start <= middle && middle < end) {
				mark(r, a->start, false);
				strbuf_add(&r->out, a->text, a->len);
			}
			start = a->end;
		}
	copy(r, start, end);
}

static void edit_render(struct render *r, struct edit *e)
{
	e->busy = true;
	vec_each(&e->pieces, p) {
		if (p->text) {
			mark(r, e->start, false);
			strbuf_adds(&r->out, p->text);
		} else {
			range_add(r, p->start, p->end, e->instance);
		}
	}
	e->busy = false;
}

static size_t first_edit(const struct edits *es, size_t start)
{
	size_t low = 0, high = es->list.n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (es->list.v[mid]->start < start)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void range_add(struct render *r, size_t start, size_t end, int instance)
{
	struct edits *es = r->es;
	size_t at = start;

	for (size_t i = first_edit(es, start); i < es->list.n; i++) {
		struct edit *e = es->list.v[i];

		if (e->start > end || (e->start == end && end != es->len))
			break;
		if (e->busy || e->instance != instance || !(e->modes & r->mode) || e->start < at ||
		    e->end > end)
			continue;
		original_add(r, at, e->start);
		edit_render(r, e);
		at = e->end;
	}
	original_add(r, at, end);
}

/* The definition of C as instance NUMBER, up to END. */
static void clone_add(struct render *r, const struct edit_clone *c, size_t end, int number)
{
	range_add(r, c->start, c->name_end, number);
	if (number)
		strbuf_addf(&r->out, "__%d", number);
	range_add(r, c->name_end, end, number);
}

static size_t body_start(const struct edits *es, const struct edit_clone *c)
{
	struct lexer lx;
	struct token tok;

	lexer_init(&lx, es->text, c->name_end, c->end);
	while (lexer_next(&lx, &tok))
		if (token_is(&lx, &tok, "{"))
			return tok.start;
	return c->end;
}

static void declare_add(struct render *r, size_t place)
{
	vec_each(&r->es->clones, c) {
		if (c->declare_at != place)
			continue;
		for (int i = 0; i < c->n; i++) {
			if (!c->instances[i])
				continue;
			clone_add(r, c, body_start(r->es, c), c->instances[i]);
			mark(r, c->name, false);
			strbuf_adds(&r->out, ";\n");
		}
	}
}

/* Text between cloned functions: clones may have to be declared inside it. */
static void between_add(struct render *r, size_t start, size_t end)
{
	for (;;) {
		size_t next = end;

		vec_each(&r->es->clones, c)
			if (c->declare_at > start && c->declare_at < next)
				next = c->declare_at;
		range_add(r, start, next, 0);
		if (next == end)
			return;
		strbuf_addc(&r->out, '\n');
		declare_add(r, next);
		start = next;
	}
}

static void whole_add(struct render *r)
{
	struct edits *es = r->es;
	size_t at = 0;

	vec_each(&es->clones, c) {
		if (c->start < at)
			continue;
		between_add(r, at, c->start);
		declare_add(r, c->start);
		for (int i = 0; i < c->n; i++) {
			if (i)
				strbuf_addc(&r->out, '\n');
			clone_add(r, c, c->end, c->instances[i]);
		}
		at = c->end;
	}
	between_add(r, at, es->len);
}

char *edits_render(const void *parent, struct edits *es, unsigned mode, struct edit_map **ret_map)
{
	struct render r = { .es = es, .mode = mode };

	edits_sort(es);
	strbuf_init(&r.out, NULL);
	if (ret_map)
		*ret_map = r.map = mem_new(parent, struct edit_map);
	whole_add(&r);
	return strbuf_detach(&r.out, parent);
}

char *edits_render_range(const void *parent, struct edits *es, size_t start, size_t end,
			 int instance, unsigned mode)
{
	struct render r = { .es = es, .mode = mode };

	edits_sort(es);
	strbuf_init(&r.out, NULL);
	range_add(&r, start, end, instance);
	return strbuf_detach(&r.out, parent);
}

size_t edit_map_original(const struct edit_map *m, size_t rendered_offset)
{
	size_t low = 0, high = m->parts.n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (m->parts.v[mid].out <= rendered_offset)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return 0;
	return m->parts.v[low - 1].in +
	       (m->parts.v[low - 1].exact ? rendered_offset - m->parts.v[low - 1].out : 0);
}

/* The clones of the function that ends last before END, from clone *NEXT on, as inserted text. */
static size_t clones_shown(const void *parent, struct edits *es, size_t *next, size_t end,
			   struct edit_shown *list)
{
	size_t n = 0;

	for (; *next < es->clones.n && es->clones.v[*next].end <= end; (*next)++) {
		const struct edit_clone *c = &es->clones.v[*next];
		struct render r = { .es = es, .mode = EDIT_SHOW };

		strbuf_init(&r.out, NULL);
		for (int i = 0; i < c->n; i++) {
			if (!c->instances[i])
				continue;
			strbuf_adds(&r.out, "\n\n");
			clone_add(&r, c, c->end, c->instances[i]);
		}
		list[n].start = list[n].end = c->end;
		list[n++].text = strbuf_detach(&r.out, parent);
	}
	return n;
}

size_t edits_shown(const void *parent, struct edits *es, struct edit_shown **ret)
{
	struct edit_shown *list =
		mem_array(parent, struct edit_shown, es->list.n + es->clones.n);
	size_t n = 0, at = 0, clone = 0;

	edits_sort(es);
	vec_each(&es->list, it) {
		struct edit *e = *it;
		struct render r = { .es = es, .mode = EDIT_SHOW };

		if (e->instance || !(e->modes & EDIT_SHOW) || e->start < at)
			continue;
		n += clones_shown(list, es, &clone, e->start, list + n);
		strbuf_init(&r.out, NULL);
		edit_render(&r, e);
		list[n].start = e->start;
		list[n].end = at = e->end;
		list[n].text = strbuf_detach(&r.out, list);
		n++;
	}
	n += clones_shown(list, es, &clone, es->len, list + n);
	*ret = list;
	return n;
}
