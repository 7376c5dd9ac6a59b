/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A map's contents as rows: keys and values by their types, per-CPU values summed, aggregations
 * finished, sorted by value and then by key. Histograms are drawn as bars.
 */
#pragma once

#include "loader/map.h"
#include "rewriter/rewrite.h"
#include "shell/render/table.h"
#include "shell/render/value.h"

struct map_view {
	const char *name;	/* as the person calls it: "counts"; "@" for @ */
	const struct bcsh_map *map;
	const struct at_map *at;	/* NULL: not a map made by use */
	struct value_types types;
};

/* Prints the rows of SNAP. Text formats begin with the map's name; empty ones say so. */
void map_render(const struct map_view *v, const struct map_snapshot *snap, enum table_format format,
		FILE *out);
/* "@counts" or "counts": how it is written in inputs. */
void map_add_title(const struct map_view *v, struct strbuf *out);
/* Sizes of the key and the value that lower_map_code() gives a map by use, when all its types are known
   here. False: a record is among them. */
bool map_at_sizes(const struct value_types *t, const struct at_map *at, uint32_t *ret_key,
		  uint32_t *ret_value);
