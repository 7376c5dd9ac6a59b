/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry of maps, snapshots of every kind of map, and maps that change while they are read. */
#include "loader_help.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>

static struct bcsh_map *make(struct maps *ms, const char *name, uint32_t type, uint32_t key_size,
			     uint32_t value_size, uint32_t entries)
{
	struct flat_map fm = { .name = (char *)name, .type = type, .key_size = key_size,
		.value_size = value_size, .max_entries = entries };
	struct bcsh_map *m = NULL;
	char *why = NULL;

	if (type == BPF_MAP_TYPE_LPM_TRIE)
		fm.flags = BPF_F_NO_PREALLOC;
	assert_int_equal(maps_get(ms, &fm, -1, NULL, &m, &why), 0);
	assert_non_null(m);
	return m;
}

static void refuse(struct maps *ms, struct flat_map fm, const char *says)
{
	struct bcsh_map *m = NULL;
	char *why = NULL;

	assert_int_equal(maps_get(ms, &fm, -1, NULL, &m, &why), -EEXIST);
	if (!strstr(why, says))
		fail_msg("'%s'", why);
}

static void test_registry(void **state)
{
	struct maps *ms = maps_new(NULL);
	struct bcsh_map *a, *b;

	(void)state;
	need_root();
	a = make(ms, "counts", BPF_MAP_TYPE_HASH, 4, 8, 100);
	b = make(ms, "@", BPF_MAP_TYPE_HASH, 16, 8, 100);
	assert_ptr_equal(make(ms, "counts", BPF_MAP_TYPE_HASH, 4, 8, 100), a);
	assert_ptr_equal(maps_find(ms, "@"), b);
	assert_null(maps_find(ms, "other"));
	assert_int_equal(maps_count(ms), 2);
	assert_ptr_equal(maps_at(ms, 1), b);
	refuse(ms, (struct flat_map){ .name = "counts", .type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = 8, .max_entries = 100 }, "map 'counts' is of type hash, not array");
	refuse(ms, (struct flat_map){ .name = "counts", .type = BPF_MAP_TYPE_HASH, .key_size = 8,
		.value_size = 8, .max_entries = 100 }, "has keys of 4 bytes, not 8");
	refuse(ms, (struct flat_map){ .name = "counts", .type = BPF_MAP_TYPE_HASH, .key_size = 4,
		.value_size = 16, .max_entries = 100 }, "has values of 8 bytes, not 16");
	refuse(ms, (struct flat_map){ .name = "counts", .type = BPF_MAP_TYPE_HASH, .key_size = 4,
		.value_size = 8, .max_entries = 99 }, "holds 100 entries, not 99");
	maps_drop(ms, a);
	assert_null(maps_find(ms, "counts"));
	assert_int_equal(maps_count(ms), 1);
	mem_free(ms);
}

static void test_globals(void **state)
{
	struct maps *ms = maps_new(NULL);
	uint64_t first = 42, got = 0;
	struct map_snapshot snap;
	struct flat_map fm = { .name = "hits", .role = FLAT_MAP_GLOBAL, .type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4, .value_size = 8, .max_entries = 1, .init = &first };
	struct bcsh_map *m = NULL, *again = NULL;
	uint32_t zero = 0;
	char *why = NULL;
	int fd;

	(void)state;
	need_root();
	assert_int_equal(maps_get(ms, &fm, -1, NULL, &m, &why), 0);
	assert_int_equal(bpf_map_lookup_elem(m->fd, &zero, &got), 0);
	assert_int_equal(got, 42);
	got = 50;
	assert_int_equal(bpf_map_update_elem(m->fd, &zero, &got, BPF_ANY), 0);
	assert_int_equal(maps_get(ms, &fm, -1, NULL, &again, &why), 0);
	assert_ptr_equal(m, again);
	assert_int_equal(bpf_map_lookup_elem(m->fd, &zero, &got), 0);
	assert_int_equal(map_clear(m), 0);
	assert_int_equal(map_read(ms, m, &snap), 0);
	assert_int_equal(snap.n, 1);	/* 0 is a value; in a table it would be a slot that nobody used */
	assert_int_equal(got, 50);	/* the first bytes are for the first use only */
	fm.role = FLAT_MAP_USER;
	refuse(ms, fm, "'hits' is a variable, not a map");

	fm.role = FLAT_MAP_CONST;
	fd = map_create(&fm, -1);
	assert_true(fd >= 0);
	assert_int_equal(bpf_map_update_elem(fd, &zero, &got, BPF_ANY), -1);
	assert_int_equal(errno, EPERM);
	close(fd);
	mem_free(ms);
}

/* Key i has the value 3 * i + 1, on every processor. */
static void fill(struct bcsh_map *m, uint32_t n)
{
	unsigned cpus = map_is_percpu(m) ? libbpf_num_possible_cpus() : 1;
	uint64_t *values = mem_array(NULL, uint64_t, cpus);

	for (uint64_t i = 0; i < n; i++) {
		for (unsigned c = 0; c < cpus; c++)
			values[c] = 3 * i + 1;
		assert_int_equal(bpf_map_update_elem(m->fd, &i, values, BPF_ANY), 0);
	}
	mem_free(values);
}

/* Every key of 0 .. n-1 once, with its value. */
static void check(struct bcsh_map *m, uint32_t n)
{
	struct map_snapshot s;
	void *tmp = talloc_new(NULL);
	char *seen = mem_array(tmp, char, n);

	assert_int_equal(map_read(tmp, m, &s), 0);
	assert_int_equal(s.n, n);
	assert_false(s.partial);
	assert_int_equal(s.stride, 8);
	assert_int_equal(s.n_cpus, map_is_percpu(m) ? libbpf_num_possible_cpus() : 1);
	for (size_t i = 0; i < s.n; i++) {
		uint64_t value;
		uint32_t key;

		memcpy(&key, s.entries[i].key, 4);
		assert_true(key < n);
		assert_false(seen[key]);
		seen[key] = 1;
		for (unsigned c = 0; c < s.n_cpus; c++) {
			memcpy(&value, (const char *)s.entries[i].value + c * s.stride, 8);
			assert_int_equal(value, 3 * (uint64_t)key + 1);
		}
	}
	mem_free(tmp);
}

static void test_snapshots(void **state)
{
	static const struct { uint32_t type, key_size, n; } kinds[] = {
		{ BPF_MAP_TYPE_HASH, 4, 20000 }, { BPF_MAP_TYPE_HASH, 8, 1 },
		{ BPF_MAP_TYPE_LRU_HASH, 4, 300 }, { BPF_MAP_TYPE_PERCPU_HASH, 4, 3000 },
		{ BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 300 }, { BPF_MAP_TYPE_ARRAY, 4, 5000 },
		{ BPF_MAP_TYPE_PERCPU_ARRAY, 4, 500 },
	};
	struct maps *ms = maps_new(NULL);
	char name[16];

	(void)state;
	need_root();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct bcsh_map *m;
		struct map_snapshot s;

		snprintf(name, sizeof(name), "m%zu", i);
		m = make(ms, name, kinds[i].type, kinds[i].key_size, 8,
			 kinds[i].type == BPF_MAP_TYPE_LRU_HASH ||
			 kinds[i].type == BPF_MAP_TYPE_LRU_PERCPU_HASH ? 10000 : kinds[i].n);
		assert_int_equal(map_read(ms, m, &s), 0);
		assert_int_equal(s.n, 0);
		fill(m, kinds[i].n);
		check(m, kinds[i].n);
		assert_true(map_memory(m) > kinds[i].n * 8);
		assert_int_equal(map_clear(m), 0);
		assert_int_equal(map_read(ms, m, &s), 0);
		assert_int_equal(s.n, 0);
		fill(m, kinds[i].n / 2);
		check(m, kinds[i].n / 2);
	}
	mem_free(ms);
}

/* Without batches for this type, or with keys by prefix. */
static void test_trie(void **state)
{
	struct { uint32_t bits, addr; } key = { .bits = 32 };
	struct maps *ms = maps_new(NULL);
	struct bcsh_map *m;
	struct map_snapshot s;
	uint64_t sum = 0;

	(void)state;
	need_root();
	m = make(ms, "trie", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 2000);
	for (uint64_t i = 1; i <= 1000; i++) {
		key.addr = i * 7;
		assert_int_equal(bpf_map_update_elem(m->fd, &key, &i, BPF_ANY), 0);
	}
	assert_int_equal(map_read(ms, m, &s), 0);
	assert_int_equal(s.n, 1000);
	for (size_t i = 0; i < s.n; i++)
		sum += *(const uint64_t *)s.entries[i].value;
	assert_int_equal(sum, 500500);
	assert_int_equal(map_clear(m), 0);
	assert_int_equal(map_read(ms, m, &s), 0);
	assert_int_equal(s.n, 0);
	mem_free(ms);
}

struct churn {
	int fd;
	uint32_t from, to;
	volatile int stop;
};

/* Inserts and deletes keys from..to-1 as fast as it can. */
static void *churn(void *arg)
{
	struct churn *c = arg;
	uint32_t i = c->from;
	uint64_t v = 1;

	while (!c->stop) {
		bpf_map_update_elem(c->fd, &i, &v, BPF_ANY);
		i = i + 1 < c->to ? i + 1 : c->from;
		bpf_map_delete_elem(c->fd, &i);
	}
	return NULL;
}

/* Keys that stay are all there, and none comes twice, while others come and go. */
static void test_concurrent(void **state)
{
	struct maps *ms = maps_new(NULL);
	struct churn c = { .from = 5000, .to = 9000 };
	struct bcsh_map *m;
	pthread_t t;

	(void)state;
	need_root();
	m = make(ms, "churned", BPF_MAP_TYPE_HASH, 4, 8, 10000);
	fill(m, 5000);
	c.fd = m->fd;
	assert_int_equal(pthread_create(&t, NULL, churn, &c), 0);
	for (int round = 0; round < 20; round++) {
		void *tmp = talloc_new(NULL);
		char *seen = mem_array(tmp, char, 10000);
		struct map_snapshot s;
		size_t stayed = 0;

		assert_int_equal(map_read(tmp, m, &s), 0);
		for (size_t i = 0; i < s.n; i++) {
			uint32_t key;

			memcpy(&key, s.entries[i].key, 4);
			assert_true(key < 10000);
			assert_false(seen[key]);
			seen[key] = 1;
			stayed += key < 5000;
		}
		assert_int_equal(stayed, 5000);
		mem_free(tmp);
	}
	c.stop = 1;
	pthread_join(t, NULL);
	mem_free(ms);
}

/* All entries in one bucket's reach: values larger than the first batch is made for. */
static void test_odd_sizes(void **state)
{
	struct maps *ms = maps_new(NULL);
	struct map_snapshot s;
	struct bcsh_map *m;
	char value[5001];
	char key[13];

	(void)state;
	need_root();
	m = make(ms, "odd", BPF_MAP_TYPE_HASH, sizeof(key), sizeof(value), 1000);
	for (int i = 0; i < 1000; i++) {
		memset(key, 0, sizeof(key));
		memset(value, i & 255, sizeof(value));
		snprintf(key, sizeof(key), "k%d", i);
		assert_int_equal(bpf_map_update_elem(m->fd, key, value, BPF_ANY), 0);
	}
	assert_int_equal(map_read(ms, m, &s), 0);
	assert_int_equal(s.n, 1000);
	assert_int_equal(s.stride, 5008);
	for (size_t i = 0; i < s.n; i++) {
		int k = atoi((const char *)s.entries[i].key + 1);

		assert_int_equal(((const unsigned char *)s.entries[i].value)[0], k & 255);
		assert_int_equal(((const unsigned char *)s.entries[i].value)[5000], k & 255);
	}
	mem_free(ms);
}

static void test_not_readable(void **state)
{
	struct maps *ms = maps_new(NULL);
	struct map_snapshot s;

	(void)state;
	need_root();
	assert_true(map_read(ms, make(ms, "ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096), &s) < 0);
	mem_free(ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),   cmocka_unit_test(test_globals),
		cmocka_unit_test(test_snapshots),  cmocka_unit_test(test_trie),
		cmocka_unit_test(test_concurrent), cmocka_unit_test(test_odd_sizes),
		cmocka_unit_test(test_not_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
