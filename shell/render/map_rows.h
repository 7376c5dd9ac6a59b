/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to shell/render: a snapshot made ready for printing. */
#pragma once

#include "shell/render/map.h"

#define HIST_SLOTS 66

struct map_aggregate {		/* any aggregation but the histograms, finished */
	int64_t count, sum, min, max;
	bool set;
};

struct map_row {
	const char *key;
	const char *value;	/* one value: the CPUs' are merged */
	struct map_aggregate agg;
	int64_t number;		/* what it is sorted by first, if map_rows.numeric; of a histogram: the sum */
	int64_t key_number;	/* likewise, if map_rows.numeric_key */
};

struct map_rows {
	const struct map_view *view;
	struct value_member *keys;	/* columns of the key */
	unsigned n_keys;
	bool key_is_record;		/* JSON: an object even with one member */
	struct value_member *values;	/* columns of a plain value; unused for aggregations */
	unsigned n_values;
	struct value_type value;	/* the whole plain value */
	bool aggregate, histogram;
	bool numeric, numeric_key;	/* rows compare by number: a million of them are sorted */
	struct map_row *rows;	/* as in the snapshot */
	const struct map_row **sorted;	/* as they are printed */
	size_t n;
};

/* Below PARENT; keys and values point into SNAP. */
struct map_rows *map_rows_new(const void *parent, const struct map_view *v,
			      const struct map_snapshot *snap);
/* What an aggregation shows: its columns' names, and cell I's number. */
unsigned map_aggregate_columns(enum at_value kind, const char *const **ret_names);
/* False: nothing was counted. */
bool map_aggregate_cell(enum at_value kind, const struct map_aggregate *a, unsigned i, int64_t *ret);
/* Key and value as one JSON fragment: ,"key":... */
void map_add_json_key(const struct map_rows *r, const struct map_row *row, struct strbuf *out);
void map_add_key_text(const struct map_rows *r, const struct map_row *row, struct strbuf *out);
/* histogram.c */
void histogram_add_json(const struct map_rows *r, const struct map_row *row, struct strbuf *out);
void histogram_add_text(const struct map_rows *r, const struct map_row *row, struct strbuf *out);
void histogram_add_table(const struct map_rows *r, struct table *t);
unsigned histogram_slots(const struct at_map *at);
