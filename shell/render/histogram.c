// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Histograms: powers of two (hist) and linear (lhist). Buckets are half-open; only those between the
 * first and the last filled one are drawn.
 */
#include <inttypes.h>

#include "shell/render/map_rows.h"

#define BAR_WIDTH 40

struct bucket {
	bool has_min, has_max;
	int64_t min, max;	/* [min, max) */
};

unsigned histogram_slots(const struct at_map *at)
{
	int64_t step = at->lhist_step > 0 ? at->lhist_step : 1;

	if (at->value == AT_HIST)
		return HIST_SLOTS;
	if (at->lhist_max <= at->lhist_min)
		return 2;
	return (unsigned)((at->lhist_max - at->lhist_min + step - 1) / step) + 2;
}

static struct bucket power_bucket(unsigned i)
{
	if (i == 0)
		return (struct bucket){ .has_max = true, .max = 0 };
	if (i == 1)
		return (struct bucket){ true, true, 0, 1 };
	if (i >= 64)	/* 2^62 and up: the upper end is no int64 */
		return (struct bucket){ .has_min = true, .min = (int64_t)1 << 62 };
	return (struct bucket){ true, true, (int64_t)1 << (i - 2), (int64_t)1 << (i - 1) };
}

static struct bucket bucket_at(const struct at_map *at, unsigned i)
{
	unsigned n = histogram_slots(at);
	struct bucket b;

	if (at->value == AT_HIST)
		return power_bucket(i);
	if (i == 0)
		return (struct bucket){ .has_max = true, .max = at->lhist_min };
	if (i == n - 1)
		return (struct bucket){ .has_min = true, .min = at->lhist_max };
	b = (struct bucket){ true, true, at->lhist_min + (i - 1) * at->lhist_step, 0 };
	b.max = b.min + at->lhist_step;
	if (b.max > at->lhist_max)
		b.max = at->lhist_max;
	return b;
}

/* False: nothing was counted. */
static bool filled(const struct map_rows *r, const struct map_row *row, unsigned *first, unsigned *last)
{
	const uint64_t *slots = (const uint64_t *)row->value;
	bool any = false;

	for (unsigned i = 0; i < histogram_slots(r->view->at); i++) {
		if (!slots[i])
			continue;
		if (!any)
			*first = i;
		*last = i;
		any = true;
	}
	return any;
}

void histogram_add_json(const struct map_rows *r, const struct map_row *row, struct strbuf *out)
{
	const uint64_t *slots = (const uint64_t *)row->value;
	unsigned first, last;

	strbuf_adds(out, ",\"buckets\":[");
	if (filled(r, row, &first, &last)) {
		for (unsigned i = first; i <= last; i++) {
			struct bucket b = bucket_at(r->view->at, i);

			strbuf_adds(out, i > first ? ",{" : "{");
			if (b.has_min)
				strbuf_addf(out, "\"min\":%" PRId64 ",", b.min);
			if (b.has_max)
				strbuf_addf(out, "\"max\":%" PRId64 ",", b.max);
			strbuf_addf(out, "\"count\":%" PRIu64 "}", slots[i]);
		}
	}
	strbuf_addc(out, ']');
}

/* 4096 -> 4K: only where nothing is lost. */
static void add_short(struct strbuf *out, int64_t v)
{
	static const char units[] = " KMGTPE";
	unsigned u = 0;

	while (v && v % 1024 == 0 && u < 6) {
		v /= 1024;
		u++;
	}
	strbuf_addf(out, "%" PRId64, v);
	if (u)
		strbuf_addc(out, units[u]);
}

static void add_bucket_name(const struct bucket *b, bool short_numbers, struct strbuf *out)
{
	strbuf_addc(out, b->has_min ? '[' : '(');
	if (!b->has_min)
		strbuf_adds(out, "...");
	else if (short_numbers)
		add_short(out, b->min);
	else
		strbuf_addf(out, "%" PRId64, b->min);
	strbuf_adds(out, ", ");
	if (!b->has_max)
		strbuf_adds(out, "...");
	else if (short_numbers)
		add_short(out, b->max);
	else
		strbuf_addf(out, "%" PRId64, b->max);
	strbuf_addc(out, ')');
}

void histogram_add_text(const struct map_rows *r, const struct map_row *row, struct strbuf *out)
{
	const uint64_t *slots = (const uint64_t *)row->value;
	unsigned first, last;
	uint64_t most = 0;

	if (!filled(r, row, &first, &last))
		return;
	for (unsigned i = first; i <= last; i++)
		most = slots[i] > most ? slots[i] : most;
	for (unsigned i = first; i <= last; i++) {
		struct bucket b = bucket_at(r->view->at, i);
		_cleanup_strbuf_ struct strbuf name = STRBUF_INIT;
		unsigned bar = (unsigned)((double)slots[i] * BAR_WIDTH / most + 0.5);

		if (slots[i] && !bar)
			bar = 1;
		add_bucket_name(&b, r->view->at->value == AT_HIST, &name);
		strbuf_addf(out, "%-16s %12" PRIu64 " |", name.text, slots[i]);
		strbuf_fill(out, '@', bar);
		strbuf_fill(out, ' ', BAR_WIDTH - bar);
		strbuf_adds(out, "|\n");
	}
}

void histogram_add_table(const struct map_rows *r, struct table *t)
{
	for (size_t k = 0; k < r->n; k++) {
		const struct map_row *row = r->sorted[k];
		const uint64_t *slots = (const uint64_t *)row->value;
		unsigned first, last;

		if (!filled(r, row, &first, &last))
			continue;
		for (unsigned i = first; i <= last; i++) {
			struct bucket b = bucket_at(r->view->at, i);
			char **cells = table_row(t);
			unsigned n = r->n_keys;

			for (unsigned c = 0; c < r->n_keys; c++) {
				struct strbuf sb = STRBUF_INIT;
				uint64_t tmp;

				value_add_text(&r->view->types, &r->keys[c].type,
					       value_member_bytes(&r->keys[c], row->key, &tmp), &sb);
				cells[c] = strbuf_detach(&sb, t);
			}
			if (b.has_min)
				cells[n] = mem_printf(t, "%" PRId64, b.min);
			if (b.has_max)
				cells[n + 1] = mem_printf(t, "%" PRId64, b.max);
			cells[n + 2] = mem_printf(t, "%" PRIu64, slots[i]);
		}
	}
}
