// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a decoded flat program may ask of the kernel. flat_get() has bounded the sizes; here every
 * index is held against what it points into, and map types, helpers and instructions against the
 * tables below. The verifier still has the last word; this keeps a taken-over worker from making
 * the privileged side ask for anything that no input could mean.
 */
#include "loader/flat_check.h"

#include <linux/btf.h>

#define ANY (-1)

struct map_rule {
	const char *name;
	int key, value;		/* bytes; ANY: from 1 up; 0 and more: exactly */
	bool no_entries;	/* max_entries is 0 (local storage) */
	uint32_t flags;		/* those allowed */
};

#define HASH_FLAGS (BPF_F_NO_PREALLOC | BPF_F_ZERO_SEED | BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)
#define ARRAY_FLAGS (BPF_F_MMAPABLE | BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)
#define MAP_TYPE_CGRP_STORAGE 32	/* not in older headers */

static const struct map_rule map_rules[] = {
	[BPF_MAP_TYPE_HASH] = { "hash", ANY, ANY, false, HASH_FLAGS },
	[BPF_MAP_TYPE_ARRAY] = { "array", 4, ANY, false, ARRAY_FLAGS },
	[BPF_MAP_TYPE_PROG_ARRAY] = { "prog_array", 4, 4, false, 0 },
	[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = { "perf_event_array", 4, 4, false, BPF_F_PRESERVE_ELEMS },
	[BPF_MAP_TYPE_PERCPU_HASH] = { "percpu_hash", ANY, ANY, false, HASH_FLAGS },
	[BPF_MAP_TYPE_PERCPU_ARRAY] = { "percpu_array", 4, ANY, false, 0 },
	[BPF_MAP_TYPE_STACK_TRACE] = { "stack_trace", 4, ANY, false, BPF_F_STACK_BUILD_ID },
	[BPF_MAP_TYPE_CGROUP_ARRAY] = { "cgroup_array", 4, 4, false, 0 },
	[BPF_MAP_TYPE_LRU_HASH] = { "lru_hash", ANY, ANY, false, BPF_F_NO_COMMON_LRU | HASH_FLAGS },
	[BPF_MAP_TYPE_LRU_PERCPU_HASH] = { "lru_percpu_hash", ANY, ANY, false,
					   BPF_F_NO_COMMON_LRU | HASH_FLAGS },
	[BPF_MAP_TYPE_LPM_TRIE] = { "lpm_trie", ANY, ANY, false, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_QUEUE] = { "queue", 0, ANY, false, 0 },
	[BPF_MAP_TYPE_STACK] = { "stack", 0, ANY, false, 0 },
	[BPF_MAP_TYPE_SK_STORAGE] = { "sk_storage", 4, ANY, true, BPF_F_NO_PREALLOC | BPF_F_CLONE },
	[BPF_MAP_TYPE_RINGBUF] = { "ringbuf", 0, 0, false, 0 },
	[BPF_MAP_TYPE_INODE_STORAGE] = { "inode_storage", 4, ANY, true, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_TASK_STORAGE] = { "task_storage", 4, ANY, true, BPF_F_NO_PREALLOC },
	[BPF_MAP_TYPE_BLOOM_FILTER] = { "bloom_filter", 0, ANY, false, BPF_F_ZERO_SEED },
	[MAP_TYPE_CGRP_STORAGE] = { "cgrp_storage", 4, ANY, true, BPF_F_NO_PREALLOC },
};

#define KEY_MAX 65536u
#define VALUE_MAX (32u << 20)
#define MAP_BYTES_MAX (4ull << 30)

static char *check_size(const void *parent, const char *name, const char *what, uint32_t size,
			int rule, uint32_t max)
{
	if (rule == ANY ? size >= 1 && size <= max : size == (uint32_t)rule)
		return NULL;
	return mem_printf(parent, "map '%s' has a %s of %u bytes", name, what, size);
}

static char *check_data_map(const void *parent, const struct flat_map *m)
{
	uint32_t flags = m->role == FLAT_MAP_GLOBAL ? BPF_F_MMAPABLE : BPF_F_RDONLY_PROG;

	if (m->type != BPF_MAP_TYPE_ARRAY || m->max_entries != 1 || m->flags != flags)
		return mem_printf(parent, "'%s' is not an array of one value", m->name);
	return NULL;
}

static bool is_ours(const char *name)
{
	static const char *const ours[] = { "__bcsh_ring", "__bcsh_counts", "__bcsh_exit" };

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (!strncmp(name, ours[i], strlen(ours[i])))
			return true;
	return false;
}

static char *check_map(const void *parent, const struct flat_map *m, uint32_t n_types)
{
	const struct map_rule *rule;
	char *why;

	if (m->type >= ARRAY_SIZE(map_rules) || !map_rules[m->type].name)
		return mem_printf(parent, "map '%s' has type %u, which bcsh does not make", m->name,
				  m->type);
	rule = &map_rules[m->type];
	if (m->flags & ~rule->flags)
		return mem_printf(parent, "map '%s' has flags 0x%x, which a %s map may not",
				  m->name, m->flags, rule->name);
	why = check_size(parent, m->name, "key", m->key_size, rule->key, KEY_MAX);
	if (!why)
		why = check_size(parent, m->name, "value", m->value_size, rule->value, VALUE_MAX);
	if (why)
		return why;
	if (rule->no_entries != !m->max_entries)
		return mem_printf(parent, "map '%s' has %u entries", m->name, m->max_entries);
	if ((uint64_t)m->max_entries * ((uint64_t)m->key_size + m->value_size + 1) > MAP_BYTES_MAX)
		return mem_printf(parent, "map '%s' would need more than %llu GiB", m->name,
				  MAP_BYTES_MAX >> 30);
	if (m->key_id >= n_types || m->value_id >= n_types)
		return mem_printf(parent, "map '%s' has a type id out of range", m->name);
	if ((m->role == FLAT_MAP_OURS) != is_ours(m->name))
		return mem_printf(parent, "map '%s' has a name that is not its own", m->name);
	if (m->role == FLAT_MAP_GLOBAL || m->role == FLAT_MAP_CONST)
		return check_data_map(parent, m);
	return m->init ? mem_printf(parent, "map '%s' may not have first contents", m->name) : NULL;
}

/* Number of types in BTF bytes, void included; 0 if its frame is wrong. btf_from_blob() does the
 * rest. */
static uint32_t count_types(const void *bytes, size_t len)
{
	static const uint8_t extra[][2] = {
		/* bytes after the type: fixed, per vlen */
		[BTF_KIND_INT] = { 4, 0 },      [BTF_KIND_ARRAY] = { 12, 0 },
		[BTF_KIND_STRUCT] = { 0, 12 },  [BTF_KIND_UNION] = { 0, 12 },
		[BTF_KIND_ENUM] = { 0, 8 },     [BTF_KIND_FUNC_PROTO] = { 0, 8 },
		[BTF_KIND_VAR] = { 4, 0 },      [BTF_KIND_DATASEC] = { 0, 12 },
		[BTF_KIND_DECL_TAG] = { 4, 0 }, [BTF_KIND_ENUM64] = { 0, 12 },
	};
	const struct btf_header *h = bytes;
	struct btf_type t;
	uint32_t n = 1;
	uint64_t at, end;

	if (len < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len < sizeof(*h))
		return 0;
	at = (uint64_t)h->hdr_len + h->type_off;
	end = at + h->type_len;
	if (end > len || (uint64_t)h->hdr_len + h->str_off + h->str_len > len)
		return 0;
	for (; at < end; n++) {
		unsigned kind;

		if (end - at < sizeof(t))
			return 0;
		memcpy(&t, (const char *)bytes + at, sizeof(t));
		kind = BTF_INFO_KIND(t.info);
		if (!kind || kind >= ARRAY_SIZE(extra) || kind == BTF_KIND_VAR ||
		    kind == BTF_KIND_DATASEC)
			return 0;
		at += sizeof(t) + extra[kind][0] + (uint64_t)extra[kind][1] * BTF_INFO_VLEN(t.info);
	}
	return at == end ? n : 0;
}

static char *check_progs(const void *parent, const struct flat *f, const struct flat_policy *policy)
{
	if (f->progs.n != policy->n_progs)
		return mem_printf(parent, "%zu programs came back where %zu were asked for",
				  f->progs.n, policy->n_progs);
	for (size_t i = 0; i < policy->n_progs; i++) {
		size_t found = 0;

		vec_each(&f->progs, p)
			found += !strcmp(p->name, policy->progs[i]);
		if (found != 1)
			return mem_printf(parent, "program '%s' did not come back once",
					  policy->progs[i]);
	}
	return NULL;
}

static bool name_is_twice(const struct flat *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (f->maps.v[k].role != FLAT_MAP_CONST &&
		    !strcmp(f->maps.v[k].name, f->maps.v[i].name))
			return true;
	return false;
}

char *flat_check(const void *parent, const struct flat *f, const struct flat_policy *policy)
{
	uint32_t n_types = f->btf_len ? count_types(f->btf, f->btf_len) : 1;
	char *why = NULL;

	if (!n_types)
		return mem_strdup(parent, "the program's type information is damaged");
	for (size_t i = 0; i < f->maps.n && !why; i++) {
		why = check_map(parent, &f->maps.v[i], n_types);
		if (!why && f->maps.v[i].role != FLAT_MAP_CONST && name_is_twice(f, i))
			why = mem_printf(parent, "map '%s' is there twice", f->maps.v[i].name);
	}
	if (!why)
		why = check_progs(parent, f, policy);
	for (size_t i = 0; i < f->progs.n && !why; i++)
		why = flat_check_prog(parent, f, &f->progs.v[i], n_types, policy->unsafe);
	return why;
}
