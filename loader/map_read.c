/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All entries of a map at once, and none left in it. Batches where the map type has them: a hash
 * bucket is read under its lock and visited once, so keys come once each even while programs
 * write. Everything else goes key by key with a set of the keys already seen, because the kernel
 * starts over from the first key when the one it was given has been deleted.
 */
#include "loader/map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#define BATCH_BYTES (1u << 20)
#define BATCH_MIN 256u
#define RETRIES 16

static bool is_array(const struct bcsh_map *m)
{
	return m->type == BPF_MAP_TYPE_ARRAY || m->type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool is_hash(const struct bcsh_map *m)
{
	return m->type == BPF_MAP_TYPE_HASH || m->type == BPF_MAP_TYPE_PERCPU_HASH ||
	       m->type == BPF_MAP_TYPE_LRU_HASH || m->type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static unsigned map_cpus(const struct bcsh_map *m)
{
	int n = map_is_percpu(m) ? libbpf_num_possible_cpus() : 1;

	return n > 0 ? n : 1;
}

static size_t map_stride(const struct bcsh_map *m)
{
	return (m->value_size + 7) & ~(size_t)7;
}

/* Bytes that one lookup writes. */
static size_t lookup_size(const struct bcsh_map *m)
{
	return map_is_percpu(m) ? map_stride(m) * map_cpus(m) : m->value_size;
}

struct rows {
	void *parent;
	size_t key_size, value_size;
	char *keys, *values;
	size_t n, alloc;
};

static void rows_reserve(struct rows *r, size_t extra)
{
	size_t want = r->n + extra;

	if (want <= r->alloc)
		return;
	if (want < r->alloc * 2)
		want = r->alloc * 2;
	r->keys = mem_resize(r->parent, r->keys, r->key_size, want);
	r->values = mem_resize(r->parent, r->values, r->value_size, want);
	r->alloc = want;
}

static uint32_t first_batch(const struct bcsh_map *m)
{
	uint32_t n = BATCH_BYTES / (m->key_size + lookup_size(m) + 1);

	if (n < BATCH_MIN)
		n = BATCH_MIN;
	if (n > m->max_entries)
		n = m->max_entries;
	return n ? n : 1;
}

/* 0, or -errno; -EOPNOTSUPP before anything was read if the type has no batches. */
static int read_batches(struct bcsh_map *m, struct rows *r)
{
	/* A hash map's position is a bucket number, an array's is a key. */
	size_t token_size = m->key_size > 8 ? m->key_size : 8;
	_cleanup_mem_ char *token = mem_array(r->parent, char, token_size);
	uint32_t batch = first_batch(m);
	bool first = true;

	for (;;) {
		uint32_t count = batch;
		int err;

		rows_reserve(r, count);
		err = bpf_map_lookup_batch(m->fd, first ? NULL : token, token,
					   r->keys + r->n * r->key_size,
					   r->values + r->n * r->value_size, &count, NULL);
		err = err ? -errno : 0;
		if (err == -ENOSPC) {
			/* One bucket holds more than fits: nothing was read, the position stands. */
			batch *= 2;
			continue;
		}
		if (err && err != -ENOENT) {
			if (first && (err == -EINVAL || err == -ENOTSUP || err == -524))
				return -EOPNOTSUPP;
			return err;
		}
		r->n += count;
		first = false;
		if (err == -ENOENT)
			return 0;
	}
}

/* Open addressing over row numbers + 1; as many slots as keep it half empty. */
struct seen {
	uint32_t *slots;
	size_t n_slots;
};

static size_t seen_hash(const char *key, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
	return h ^ (h >> 29);
}

/* The slot of KEY: empty if it is not there. */
static uint32_t *seen_slot(const struct seen *s, const struct rows *r, const char *key)
{
	size_t i = seen_hash(key, r->key_size);

	for (;; i++) {
		uint32_t *slot = &s->slots[i & (s->n_slots - 1)];

		if (!*slot || memcmp(r->keys + (*slot - 1) * r->key_size, key, r->key_size) == 0)
			return slot;
	}
}

static void seen_grow(struct seen *s, const struct rows *r)
{
	if (s->n_slots > 2 * (r->n + 1))
		return;
	mem_free(s->slots);
	s->n_slots = s->n_slots ? s->n_slots * 4 : 256;
	s->slots = mem_array(r->parent, uint32_t, s->n_slots);
	for (size_t i = 0; i < r->n; i++)
		*seen_slot(s, r, r->keys + i * r->key_size) = i + 1;
}

static int read_by_key(struct bcsh_map *m, struct rows *r, bool *ret_partial)
{
	_cleanup_mem_ char *key = mem_array(r->parent, char, m->key_size + 1);
	_cleanup_mem_ char *next = mem_array(r->parent, char, m->key_size + 1);
	uint64_t steps = 0, max_steps = 4 * (uint64_t)m->max_entries + 1024;
	struct seen seen = { 0 };
	bool first = true;

	for (; steps < max_steps; steps++) {
		uint32_t *slot;

		if (bpf_map_get_next_key(m->fd, first ? NULL : key, next)) {
			if (errno != ENOENT)
				return -errno;
			return 0;
		}
		first = false;
		memcpy(key, next, m->key_size);
		rows_reserve(r, 1);
		seen_grow(&seen, r);
		slot = seen_slot(&seen, r, key);
		if (*slot)
			continue;
		if (bpf_map_lookup_elem(m->fd, key, r->values + r->n * r->value_size)) {
			if (errno == ENOENT)
				continue;
			return -errno;
		}
		memcpy(r->keys + r->n * r->key_size, key, m->key_size);
		*slot = ++r->n;
	}
	*ret_partial = true;
	return 0;
}

static bool all_zero(const char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

int map_read(const void *parent, struct bcsh_map *m, struct map_snapshot *ret)
{
	struct map_snapshot s = { .stride = map_stride(m), .n_cpus = map_cpus(m) };
	struct rows r = { .key_size = m->key_size, .value_size = lookup_size(m) };
	int err = -EOPNOTSUPP;

	if (!m->key_size || !m->value_size)
		return -EOPNOTSUPP;
	r.parent = talloc_new(parent);
	if (is_hash(m) || is_array(m))
		err = read_batches(m, &r);
	if (err == -EOPNOTSUPP) {
		r.n = 0;
		err = read_by_key(m, &r, &s.partial);
	}
	if (err) {
		mem_free(r.parent);
		return err;
	}
	s.entries = mem_array(r.parent, struct map_entry, r.n + 1);
	for (size_t i = 0; i < r.n; i++) {
		const char *value = r.values + i * r.value_size;

		/* in a table zeros are slots that nobody used; a variable that is 0 has a value */
		if (is_array(m) && m->role != FLAT_MAP_GLOBAL && all_zero(value, r.value_size))
			continue;
		s.entries[s.n].key = r.keys + i * r.key_size;
		s.entries[s.n].value = value;
		s.n++;
	}
	*ret = s;
	return 0;
}

static int zero_array(struct bcsh_map *m)
{
	_cleanup_mem_ void *zeros = mem_array(NULL, char, lookup_size(m));

	for (uint32_t i = 0; i < m->max_entries; i++) {
		if (bpf_map_update_elem(m->fd, &i, zeros, BPF_ANY))
			return -errno;
	}
	return 0;
}

/* Takes entries out by batches; a map that programs fill meanwhile still ends: RETRIES rounds. */
static int delete_batches(struct bcsh_map *m)
{
	_cleanup_mem_ struct rows *r = mem_new(NULL, struct rows);
	_cleanup_mem_ char *token = NULL;
	uint32_t batch = first_batch(m);
	bool first = true;

	*r = (struct rows){ .parent = r, .key_size = m->key_size, .value_size = lookup_size(m) };
	token = mem_array(NULL, char, m->key_size > 8 ? m->key_size : 8);
	for (;;) {
		uint32_t count = batch;

		rows_reserve(r, count);
		if (!bpf_map_lookup_and_delete_batch(m->fd, first ? NULL : token, token, r->keys,
						     r->values, &count, NULL)) {
			first = false;
			continue;
		}
		if (errno == ENOENT)
			return 0;
		if (errno != ENOSPC)
			return first ? -EOPNOTSUPP : -errno;
		batch *= 2;
	}
}

static int delete_by_key(struct bcsh_map *m)
{
	_cleanup_mem_ char *key = mem_array(NULL, char, m->key_size + 1);
	uint64_t max_steps = 4 * (uint64_t)m->max_entries + 1024;

	for (uint64_t i = 0; i < max_steps; i++) {
		if (bpf_map_get_next_key(m->fd, NULL, key))
			return errno == ENOENT ? 0 : -errno;
		if (bpf_map_delete_elem(m->fd, key) && errno != ENOENT)
			return -errno;
	}
	return 0;
}

int map_clear(struct bcsh_map *m)
{
	int err = -EOPNOTSUPP;

	if (!m->key_size || !m->value_size)
		return -EOPNOTSUPP;
	if (is_array(m))
		return zero_array(m);
	if (is_hash(m))
		err = delete_batches(m);
	return err == -EOPNOTSUPP ? delete_by_key(m) : err;
}
