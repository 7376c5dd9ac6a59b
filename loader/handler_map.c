// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Maps for user-side code, by name: bpf() on descriptors that the shell handed over; a variable's
 * map is mapped into memory, so that its bytes are the kernel's. A wrong name or size is a bug in
 * the code that calls and ends its run.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loader/handler_run.h"

struct map {
	char *name;
	int fd;
	uint32_t type, key_size, value_size, max_entries;
	void *mapped;		/* of a variable; NULL: none */
	size_t mapped_len;
};

static VEC(struct map) maps;
static void *maps_root;
static unsigned cpus = 1;

void handler_map_init(void)
{
	int n = libbpf_num_possible_cpus();

	if (n > 0)
		cpus = (unsigned)n;
	maps_root = mem_new(NULL, char);
}

static struct map *find(const char *name)
{
	vec_each(&maps, m)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

static void release(struct map *m)
{
	if (m->mapped)
		munmap(m->mapped, m->mapped_len);
	fd_close(&m->fd);
	mem_free(m->name);
}

const char *handler_map_add(struct wire_reader *r, int fd)
{
	struct map m = { .fd = fd, .name = wire_str(r, maps_root) };
	struct map *old;
	bool global;

	m.type = wire_u32(r);
	m.key_size = wire_u32(r);
	m.value_size = wire_u32(r);
	m.max_entries = wire_u32(r);
	global = wire_u8(r);
	if (!wire_done(r) || !m.name || fd < 0)
		return "a message about a map is damaged";
	if (global) {
		long page = sysconf(_SC_PAGESIZE);

		m.mapped_len = (m.value_size + (size_t)page - 1) / (size_t)page * (size_t)page;
		m.mapped = mmap(NULL, m.mapped_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (m.mapped == MAP_FAILED)
			m.mapped = NULL;
	}
	old = find(m.name);
	if (old) {
		release(old);
		*old = m;
	} else {
		vec_push(maps_root, &maps, m);
	}
	return NULL;
}

void *handler_map_global(const char *name)
{
	struct map *m = find(name);

	return m ? m->mapped : NULL;
}

size_t handler_map_count(void)
{
	return maps.n;
}

const char *handler_map_name(size_t i)
{
	return maps.v[i].name;
}

static struct map *need(const char *name, size_t key_size)
{
	struct map *m = find(name);

	if (!m)
		handler_abandon("there is no map '%s'", name);
	if (key_size != m->key_size)
		handler_abandon("map '%s' has keys of %u bytes, not %zu", name, m->key_size,
				key_size);
	return m;
}

static struct map *need_value(const char *name, size_t key_size, size_t value_size)
{
	struct map *m = need(name, key_size);

	if (value_size != m->value_size)
		handler_abandon("map '%s' has values of %u bytes, not %zu", name, m->value_size,
				value_size);
	return m;
}

static unsigned copies(const struct map *m)
{
	switch (m->type) {
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return cpus;
	}
	return 1;
}

static size_t stride(const struct map *m)
{
	return copies(m) > 1 ? (m->value_size + 7u) & ~(size_t)7 : m->value_size;
}

/* Every processor's value of KEY, or NULL if it is not there. Freed by the caller. */
static char *look(const struct map *m, const void *key)
{
	char *values = mem_array(NULL, char, stride(m) * copies(m));

	if (bpf_map_lookup_elem(m->fd, key, values)) {
		mem_free(values);
		return NULL;
	}
	return values;
}

static int64_t word_at(const char *p)
{
	int64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Of a per-CPU map: the sum of its 64-bit words. */
static int host_lookup(const char *name, const void *key, size_t key_size, void *value,
		       size_t value_size)
{
	struct map *m = need_value(name, key_size, value_size);
	_cleanup_mem_ char *values = look(m, key);

	memset(value, 0, value_size);
	if (!values)
		return 0;
	memcpy(value, values, value_size);
	for (unsigned cpu = 1; cpu < copies(m) && value_size % 8 == 0; cpu++) {
		for (size_t i = 0; i < value_size; i += 8) {
			int64_t sum =
				word_at((char *)value + i) + word_at(values + cpu * stride(m) + i);

			memcpy((char *)value + i, &sum, sizeof(sum));
		}
	}
	return 1;
}

static int host_has(const char *name, const void *key, size_t key_size)
{
	struct map *m = need(name, key_size);
	_cleanup_mem_ char *values = look(m, key);

	return values != NULL;
}

/* Of a per-CPU map: the whole value in the first processor's place, so that sums come out right. */
static int host_update(const char *name, const void *key, size_t key_size, const void *value,
		       size_t value_size)
{
	struct map *m = need_value(name, key_size, value_size);
	_cleanup_mem_ char *values = mem_array(NULL, char, stride(m) * copies(m));

	memcpy(values, value, value_size);
	return bpf_map_update_elem(m->fd, key, values, BPF_ANY) ? -1 : 0;
}

/* Of a map declared in C the values may be narrower: their lower bytes are all that counts. */
static long long host_add(const char *name, const void *key, size_t key_size, long long by)
{
	struct map *m = need(name, key_size);
	size_t size = m->value_size;
	_cleanup_mem_ char *values = look(m, key);
	int64_t before = 0, sum;

	if (size > sizeof(sum))
		handler_abandon("map '%s' holds no numbers", name);
	if (!values)
		values = mem_array(NULL, char, stride(m) * copies(m));
	for (unsigned cpu = 0; cpu < copies(m); cpu++) {
		sum = 0;
		memcpy(&sum, values + cpu * stride(m), size);
		before += sum;
	}
	sum = 0;
	memcpy(&sum, values, size);
	sum += by;
	memcpy(values, &sum, size);
	bpf_map_update_elem(m->fd, key, values, BPF_ANY);
	return before;
}

static int host_delete(const char *name, const void *key, size_t key_size)
{
	return !bpf_map_delete_elem(need(name, key_size)->fd, key);
}

static long long host_number(const char *name, int kind, const void *key, size_t key_size)
{
	struct map *m = need(name, key_size);
	_cleanup_mem_ char *values = look(m, key);
	int64_t first = 0, second = 0, best = 0;
	bool any = false;

	if (!values)
		return 0;
	if (m->value_size < (kind ? 16 : 8))
		handler_abandon("map '%s' holds no such numbers", name);
	for (unsigned cpu = 0; cpu < copies(m); cpu++) {
		const char *p = values + cpu * stride(m);
		int64_t v = word_at(p);

		first += v;
		if (kind)
			second += word_at(p + 8);
		if (kind >= 2 && word_at(p + 8) && (!any || (kind == 2 ? v < best : v > best))) {
			best = v;
			any = true;
		}
	}
	if (kind >= 2)
		return best;
	if (kind == 1)
		return first ? second / first : 0;
	return first;
}

const struct handler_symbol handler_map_symbols[] = {
	{ "bcsh_host_lookup", host_lookup },
	{ "bcsh_host_has", host_has },
	{ "bcsh_host_update", host_update },
	{ "bcsh_host_add", host_add },
	{ "bcsh_host_delete", host_delete },
	{ "bcsh_host_number", host_number },
};
const size_t handler_map_symbols_n = ARRAY_SIZE(handler_map_symbols);
