// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Snapshot -> rows: which columns there are, the CPUs' values merged into one, and the order. The
 * layouts of aggregations are those that rewriter/lower.h promises.
 */
#include <stdlib.h>

#include "shell/render/map_rows.h"

static size_t align_up(size_t n, size_t a)
{
	return a ? (n + a - 1) / a * a : n;
}

/* Where the members of a key made by use lie, from their C types alone. */
static bool layout_keys(const struct value_types *t, const struct at_map *at,
			struct value_member *ret, size_t *ret_size)
{
	size_t at_byte = 0, most = 1;

	for (size_t i = 0; i < at->keys.n; i++) {
		const char *c = at->keys.v[i].c_type;
		struct value_type vt = value_type_c(t, c, strlen(c), 0);
		size_t a = vt.kind == VALUE_TEXT ? 1 : vt.size;

		if (!vt.size || vt.kind == VALUE_RECORD || vt.kind == VALUE_ARRAY)
			return false;
		at_byte = align_up(at_byte, a);
		ret[i] = (struct value_member){ .type = vt, .offset = at_byte };
		at_byte += vt.size;
		most = a > most ? a : most;
	}
	*ret_size = align_up(at_byte, most);
	return true;
}

bool map_at_sizes(const struct value_types *t, const struct at_map *at, uint32_t *ret_key,
		  uint32_t *ret_value)
{
	_cleanup_mem_ struct value_member *keys = mem_array(NULL, struct value_member, at->keys.n + 1);
	struct value_type vt = { .size = 8 };
	size_t size = 4;

	if (at->keys.n && !layout_keys(t, at, keys, &size))
		return false;
	if (at->value == AT_BYTES || at->value == AT_SCALAR) {
		vt = value_type_c(t, at->c_type, strlen(at->c_type), 0);
		if (vt.kind == VALUE_RECORD || !vt.size)
			return false;
	} else if (at->value == AT_UNKNOWN) {
		return false;
	} else if (at->value == AT_AVG || at->value == AT_STATS) {
		vt.size = 32;
	} else if (at->value == AT_MIN || at->value == AT_MAX) {
		vt.size = 16;
	} else if (at->value == AT_HIST || at->value == AT_LHIST) {
		vt.size = 8 * histogram_slots(at);
	}
	*ret_key = size;
	*ret_value = vt.size;
	return true;
}

static struct value_member whole(const char *name, struct value_type vt, size_t size)
{
	struct value_member m = { .name = name, .type = vt };

	if (m.type.size != size)
		m.type = (struct value_type){ .kind = VALUE_BYTES, .size = size };
	return m;
}

/* The columns of a record are its members; of anything else there is one. */
static struct value_member *expand(const struct map_rows *r, struct value_member only, unsigned *ret_n)
{
	unsigned n = value_members(&only.type);
	struct value_member *ms = mem_array(r, struct value_member, n ? n : 1);

	*ret_n = 0;
	for (unsigned i = 0; i < n; i++) {
		struct value_member m = value_member(&r->view->types, &only.type, i);

		m.offset += only.offset;
		if (m.type.size)
			ms[(*ret_n)++] = m;
	}
	if (!*ret_n)
		ms[(*ret_n)++] = only;
	return ms;
}

/* A key made by use is a struct of k0, k1, ...: named by the expressions they came from. */
static bool at_keys(struct map_rows *r, const struct value_type *key)
{
	const struct at_map *at = r->view->at;
	struct value_member *ms = mem_array(r, struct value_member, at->keys.n);
	size_t size;

	if (value_members(key) == at->keys.n) {
		for (unsigned i = 0; i < at->keys.n; i++)
			ms[i] = value_member(&r->view->types, key, i);
	} else if (!layout_keys(&r->view->types, at, ms, &size) || size != r->view->map->key_size) {
		return false;
	}
	for (unsigned i = 0; i < at->keys.n; i++) {
		ms[i].name = at->keys.v[i].name && *at->keys.v[i].name ? at->keys.v[i].name
				: mem_printf(r, "k%u", i);
	}
	r->keys = ms;
	r->n_keys = at->keys.n;
	if (r->n_keys == 1 && value_members(&ms[0].type)) {
		r->key_is_record = true;
		r->keys = expand(r, ms[0], &r->n_keys);
	}
	return true;
}

static struct value_type type_of(const struct map_view *v, uint32_t id, size_t size)
{
	struct value_type vt = { .kind = VALUE_BYTES, .size = size };

	if (v->map->btf && id)
		vt = value_type_btf(&v->types, v->map->btf, id);
	if (vt.size != size)
		vt = (struct value_type){ .kind = size == 8 || size == 4 ? VALUE_UINT : VALUE_BYTES,
					  .size = size };
	return vt;
}

static void find_columns(struct map_rows *r)
{
	const struct map_view *v = r->view;
	struct value_type key = type_of(v, v->map->key_id, v->map->key_size);

	r->value = type_of(v, v->map->value_id, v->map->value_size);
	if (v->at && v->at->value == AT_SCALAR && !v->map->value_id)
		r->value = value_type_c(&v->types, v->at->c_type, strlen(v->at->c_type), 8);
	if (v->at && (v->at->value == AT_HIST || v->at->value == AT_LHIST))
		r->histogram = v->map->value_size == 8 * histogram_slots(v->at);
	else if (v->at && v->at->value >= AT_COUNT)
		r->aggregate = true;
	if (v->map->role == FLAT_MAP_GLOBAL || (v->at && !v->at->keys.n)) {
		r->n_keys = 0;
	} else if (!v->at || !at_keys(r, &key)) {
		r->key_is_record = key.kind == VALUE_RECORD;
		r->keys = expand(r, whole("key", key, v->map->key_size), &r->n_keys);
	}
	r->values = expand(r, whole("value", r->value, v->map->value_size), &r->n_values);
}

static void add_numbers(const struct value_types *t, const struct value_type *vt, char *sum,
			const char *more, int depth)
{
	int64_t a, b;

	if (depth > 16)
		return;
	if (vt->kind == VALUE_RECORD) {
		for (unsigned i = 0; i < value_members(vt); i++) {
			struct value_member m = value_member(t, vt, i);

			if (!m.bits && m.type.size)
				add_numbers(t, &m.type, sum + m.offset, more + m.offset, depth + 1);
		}
	} else if (vt->kind == VALUE_ARRAY) {
		struct value_type e = value_element(t, vt);

		for (uint32_t i = 0; e.size && i < vt->count; i++)
			add_numbers(t, &e, sum + i * e.size, more + i * e.size, depth + 1);
	} else if ((vt->kind == VALUE_INT || vt->kind == VALUE_UINT) &&
		   value_number(vt, sum, &a) && value_number(vt, more, &b)) {
		a = (int64_t)((uint64_t)a + (uint64_t)b);
		memcpy(sum, &a, vt->size);
	} else {
		for (size_t i = 0; i < vt->size; i++)
			if (sum[i])
				return;
		memcpy(sum, more, vt->size);
	}
}

static void add_aggregate(enum at_value kind, struct map_aggregate *a, const int64_t *v)
{
	bool set;

	if (kind == AT_COUNT || kind == AT_SUM) {
		a->count += v[0];
		a->set = true;
		return;
	}
	set = kind == AT_MIN || kind == AT_MAX ? v[1] != 0 : v[0] != 0;
	if (!set)
		return;
	if (kind == AT_MIN || kind == AT_MAX) {
		a->min = !a->set || v[0] < a->min ? v[0] : a->min;
		a->max = !a->set || v[0] > a->max ? v[0] : a->max;
	} else {
		a->count += v[0];
		a->sum = (int64_t)((uint64_t)a->sum + (uint64_t)v[1]);
		a->min = !a->set || v[2] < a->min ? v[2] : a->min;
		a->max = !a->set || v[3] > a->max ? v[3] : a->max;
	}
	a->set = true;
}

static size_t aggregate_size(enum at_value kind)
{
	if (kind == AT_AVG || kind == AT_STATS)
		return 32;
	return kind == AT_MIN || kind == AT_MAX ? 16 : 8;
}

static void merge(struct map_rows *r, const struct map_snapshot *snap, size_t i, char *room)
{
	size_t size = r->view->map->value_size;
	struct map_row *row = &r->rows[i];
	const char *cpu = snap->entries[i].value;

	row->key = snap->entries[i].key;
	row->value = cpu;
	if (room) {
		memcpy(room, cpu, size);
		row->value = room;
	}
	for (unsigned c = 0; c < snap->n_cpus; c++, cpu += snap->stride) {
		if (r->aggregate && size >= aggregate_size(r->view->at->value)) {
			int64_t v[4] = { 0 };

			memcpy(v, cpu, size < sizeof(v) ? size : sizeof(v));
			add_aggregate(r->view->at->value, &row->agg, v);
		} else if (r->histogram && c && room) {
			for (size_t k = 0; k < size / 8; k++)
				((uint64_t *)room)[k] += ((const uint64_t *)cpu)[k];
		} else if (c && room) {
			add_numbers(&r->view->types, &r->value, room, cpu, 0);
		}
	}
	for (size_t k = 0; r->histogram && k < size / 8; k++)
		row->number += ((const uint64_t *)row->value)[k];
	if (r->aggregate)
		map_aggregate_cell(r->view->at->value, &row->agg, 0, &row->number);
}

/* Numbers in an order that int64_t compares: unsigned ones are moved down by half their range. */
static bool order_number(const struct value_member *ms, unsigned n, const char *bytes, int64_t *ret)
{
	uint64_t tmp;

	if (n != 1 || !value_number(&ms[0].type, value_member_bytes(&ms[0], bytes, &tmp), ret))
		return false;
	if (ms[0].type.kind != VALUE_INT && !(ms[0].type.kind == VALUE_ENUM && ms[0].type.is_signed))
		*ret = (int64_t)((uint64_t)*ret ^ (uint64_t)1 << 63);
	return true;
}

static void order(struct map_rows *r)
{
	int64_t any;

	if (!r->n)
		return;
	r->numeric = r->aggregate || r->histogram ||
		     order_number(r->values, r->n_values, r->rows[0].value, &any);
	r->numeric_key = order_number(r->keys, r->n_keys, r->rows[0].key, &any);
	for (size_t i = 0; i < r->n; i++) {
		struct map_row *row = &r->rows[i];

		if (r->numeric && !r->aggregate && !r->histogram)
			order_number(r->values, 1, row->value, &row->number);
		if (r->numeric_key)
			order_number(r->keys, 1, row->key, &row->key_number);
	}
}

unsigned map_aggregate_columns(enum at_value kind, const char *const **ret_names)
{
	static const char *const count[] = { "count" }, *const sum[] = { "sum" },
		*const avg[] = { "avg" }, *const min[] = { "min" }, *const max[] = { "max" },
		*const stats[] = { "count", "avg", "sum", "min", "max" };
	static const struct { const char *const *names; unsigned n; } columns[] = {
		[AT_COUNT] = { count, 1 }, [AT_SUM] = { sum, 1 }, [AT_AVG] = { avg, 1 },
		[AT_MIN] = { min, 1 }, [AT_MAX] = { max, 1 }, [AT_STATS] = { stats, 5 },
	};

	*ret_names = columns[kind].names;
	return columns[kind].n;
}

bool map_aggregate_cell(enum at_value kind, const struct map_aggregate *a, unsigned i, int64_t *ret)
{
	int64_t avg = a->count ? a->sum / a->count : 0;
	const int64_t stats[] = { a->count, avg, a->sum, a->min, a->max };

	switch (kind) {
	case AT_AVG:
		*ret = avg;
		break;
	case AT_MIN:
		*ret = a->min;
		break;
	case AT_MAX:
		*ret = a->max;
		break;
	case AT_STATS:
		*ret = stats[i];
		break;
	default:
		*ret = a->count;
	}
	return a->set;
}

static int compare_members(const struct map_rows *r, const struct value_member *ms, unsigned n,
			   const char *a, const char *b)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t ta, tb;
		int c = value_compare(&r->view->types, &ms[i].type, value_member_bytes(&ms[i], a, &ta),
				      value_member_bytes(&ms[i], b, &tb));

		if (c)
			return c;
	}
	return 0;
}

static int compare_rows(const void *pa, const void *pb, void *arg)
{
	const struct map_rows *r = arg;
	const struct map_row *a = *(const struct map_row *const *)pa, *b = *(const struct map_row *const *)pb;
	int c;

	if (r->numeric)
		c = a->number < b->number ? -1 : a->number > b->number;
	else
		c = compare_members(r, r->values, r->n_values, a->value, b->value);
	if (c)
		return c;
	if (r->numeric_key)
		return a->key_number < b->key_number ? -1 : a->key_number > b->key_number;
	return compare_members(r, r->keys, r->n_keys, a->key, b->key);
}

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

struct map_rows *map_rows_new(const void *parent, const struct map_view *v,
			      const struct map_snapshot *snap)
{
	struct map_rows *r = mem_new(parent, struct map_rows);
	size_t size = align_up(v->map->value_size, 8);
	char *room = NULL;

	r->view = v;
	find_columns(r);
	r->n = snap->n;
	r->rows = mem_array(r, struct map_row, snap->n);
	if (snap->n_cpus > 1)
		room = mem_zalloc_array(r, size, snap->n, "merged values");
	for (size_t i = 0; i < snap->n; i++)
		merge(r, snap, i, room ? room + i * size : NULL);
	r->sorted = mem_array(r, const struct map_row *, snap->n);
	for (size_t i = 0; i < snap->n; i++)
		r->sorted[i] = &r->rows[i];
	/* an array's index is its order */
	if (is_array(v->map->type))
		return r;
	order(r);
	qsort_r(r->sorted, r->n, sizeof(*r->sorted), compare_rows, r);
	return r;
}
