// SPDX-License-Identifier: GPL-3.0-or-later
/* "Did you mean": names near to one that does not exist. */
#include "kernel/probe.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 128
#define LIMIT_MAX 4

struct near {
	const char *name;
	unsigned distance;
};

/*
 * Edit distance where swapping two neighbours is one edit; LIMIT + 1 as soon as it must be more
 * than LIMIT.
 */
static unsigned distance(const char *a, size_t na, const char *b, size_t nb, unsigned limit)
{
	unsigned rows[3][NAME_MAX_LEN + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2], *spare;

	for (size_t j = 0; j <= nb; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned least = now[0] = (unsigned)i;

		for (size_t j = 1; j <= nb; j++) {
			unsigned d = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < d)
				d = last[j] + 1;
			if (now[j - 1] + 1 < d)
				d = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < d)
				d = before[j - 2] + 1;
			now[j] = d;
			if (d < least)
				least = d;
		}
		if (least > limit)
			return limit + 1;
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

/* A name that holds the whole of what was typed is near, though much may be missing. */
static unsigned nearness(const char *name, size_t len, const char *candidate, unsigned limit)
{
	size_t n = strlen(candidate);

	if (n > NAME_MAX_LEN)
		return limit + 1;
	if (len >= 4 && n > len && strstr(candidate, name))
		return limit;
	if ((n > len ? n - len : len - n) > limit)
		return limit + 1;
	return distance(name, len, candidate, n, limit);
}

static int by_distance(const void *pa, const void *pb)
{
	const struct near *a = pa, *b = pb;

	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	return strcmp(a->name, b->name);
}

char *nearest_names(const void *parent, const char *name, const char *const *candidates, size_t n,
		    size_t max)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	_cleanup_mem_ void *scratch = mem_new(NULL, char);
	VEC(struct near) found = { 0 };
	size_t len = strlen(name), shown = 0;
	unsigned limit = len < 3 ? 1 : 1 + (unsigned)(len / 4);

	if (limit > LIMIT_MAX)
		limit = LIMIT_MAX;
	if (!len || len > NAME_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		unsigned d = nearness(name, len, candidates[i], limit);

		if (d <= limit)
			vec_push(scratch, &found, ((struct near){ candidates[i], d }));
	}
	if (!found.n)
		return NULL;
	qsort(found.v, found.n, sizeof(*found.v), by_distance);
	for (size_t i = 0; i < found.n && shown < max; i++) {
		if (i && !strcmp(found.v[i].name, found.v[i - 1].name))
			continue;
		strbuf_addf(&out, "%s'%s'", shown++ ? ", " : "", found.v[i].name);
	}
	return strbuf_detach(&out, parent);
}
