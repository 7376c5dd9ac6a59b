/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session's maps by name: made on first use, shared after a look at their shape, kept while
 * clauses come and go. Knows how a flat map becomes a kernel map; knows nothing of programs, and
 * nothing of what the bytes in a map mean.
 */
#include "loader/map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ctype.h>
#include <errno.h>
#include <unistd.h>

struct maps {
	VEC(struct bcsh_map *) list;
};

static int maps_close(struct maps *ms)
{
	vec_each(&ms->list, m)
		fd_close(&(*m)->fd);
	return 0;
}

struct maps *maps_new(const void *parent)
{
	struct maps *ms = mem_new(parent, struct maps);

	talloc_set_destructor(ms, maps_close);
	return ms;
}

struct bcsh_map *maps_find(struct maps *ms, const char *name)
{
	vec_each(&ms->list, m) {
		if (strcmp((*m)->name, name) == 0)
			return *m;
	}
	return NULL;
}

size_t maps_count(const struct maps *ms)
{
	return ms->list.n;
}

struct bcsh_map *maps_at(struct maps *ms, size_t i)
{
	return ms->list.v[i];
}

static const char *map_type_name(const void *parent, uint32_t type)
{
	const char *name = libbpf_bpf_map_type_str(type);

	return name ? name : mem_printf(parent, "type %u", type);
}

/* The tag of a struct or union that a person named, NULL for anything else. */
static const char *record_name(const struct btf_index *btf, uint32_t id)
{
	const char *name;
	int kind;

	if (!btf || !id)
		return NULL;
	id = btf_resolve(btf, id);
	kind = btf_kind_of(btf_type(btf, id));
	if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION)
		return NULL;
	name = btf_name(btf, id);
	return *name && strncmp(name, "__bcsh_", 7) != 0 ? name : NULL;
}

/*
 * Only the tags of records are compared, not their members: two inputs may name different members
 * of one kernel record, and each gets a description with just those.
 */
static char *record_conflict(struct maps *ms, const struct bcsh_map *m, const char *what,
			     uint32_t had_id, const struct btf_index *btf, uint32_t want_id)
{
	const char *had = record_name(m->btf, had_id);
	const char *want = record_name(btf, want_id);

	if (!had || !want || strcmp(had, want) == 0)
		return NULL;
	return mem_printf(ms, "map '%s' has %ss of type '%s', not '%s'", m->name, what, had, want);
}

/* NULL if FM fits the session's map M, else a sentence. */
static char *map_conflict(struct maps *ms, const struct bcsh_map *m, const struct flat_map *fm,
			  const struct btf_index *btf)
{
	char *why;

	if (m->type != fm->type)
		return mem_printf(ms, "map '%s' is of type %s, not %s", m->name,
				  map_type_name(ms, m->type), map_type_name(ms, fm->type));
	if (m->key_size != fm->key_size)
		return mem_printf(ms, "map '%s' has keys of %u bytes, not %u", m->name,
				  m->key_size, fm->key_size);
	if (m->value_size != fm->value_size)
		return mem_printf(ms, "%s '%s' has %s of %u bytes, not %u",
				  m->role == FLAT_MAP_GLOBAL ? "variable" : "map", m->name,
				  m->role == FLAT_MAP_GLOBAL ? "a value" : "values",
				  m->value_size, fm->value_size);
	if (m->role != fm->role)
		return mem_printf(ms, "'%s' is a %s, not a %s", m->name,
				  m->role == FLAT_MAP_GLOBAL ? "variable" : "map",
				  fm->role == FLAT_MAP_GLOBAL ? "variable" : "map");
	/* The size of the session's own maps is the session's choice. */
	if (m->role != FLAT_MAP_OURS && m->max_entries != fm->max_entries)
		return mem_printf(ms, "map '%s' holds %u entries, not %u", m->name, m->max_entries,
				  fm->max_entries);
	why = record_conflict(ms, m, "key", m->key_id, btf, fm->key_id);
	return why ? why : record_conflict(ms, m, "value", m->value_id, btf, fm->value_id);
}

void map_kernel_name(const char *name, char out[MAP_KERNEL_NAME])
{
	size_t n = 0;

	for (; *name && n < MAP_KERNEL_NAME - 1; name++)
		out[n++] = isalnum((unsigned char)*name) || *name == '_' ? *name : '_';
	out[n] = 0;
}

static int fill_value(int fd, const struct flat_map *fm)
{
	uint32_t zero = 0;

	if (fm->init && bpf_map_update_elem(fd, &zero, fm->init, BPF_ANY))
		return -errno;
	if (fm->role == FLAT_MAP_CONST && bpf_map_freeze(fd))
		return -errno;
	return 0;
}

int map_create(const struct flat_map *fm, int btf_fd)
{
	bool has_value = fm->role == FLAT_MAP_GLOBAL || fm->role == FLAT_MAP_CONST;
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = fm->flags);
	char name[MAP_KERNEL_NAME];
	uint32_t entries = fm->max_entries;
	int fd, err;

	map_kernel_name(fm->name, name);
	if (fm->role == FLAT_MAP_GLOBAL)
		opts.map_flags |= BPF_F_MMAPABLE;
	if (fm->role == FLAT_MAP_CONST)
		opts.map_flags |= BPF_F_RDONLY_PROG;
	if (fm->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && !entries)
		entries = libbpf_num_possible_cpus();
	/* A map without a described key must hold a DATASEC for the kernel: ours hold plain types. */
	if (btf_fd >= 0 && fm->key_id && fm->value_id && !has_value) {
		opts.btf_fd = btf_fd;
		opts.btf_key_type_id = fm->key_id;
		opts.btf_value_type_id = fm->value_id;
	}
	fd = bpf_map_create(fm->type, name, fm->key_size, fm->value_size, entries, &opts);
	if (fd < 0 && opts.btf_fd && errno != EPERM) {
		/* Some map types refuse BTF in the kernel. We print from our own copy of it. */
		opts.btf_fd = 0;
		opts.btf_key_type_id = 0;
		opts.btf_value_type_id = 0;
		fd = bpf_map_create(fm->type, name, fm->key_size, fm->value_size, entries, &opts);
	}
	if (fd < 0)
		return -errno;
	err = has_value ? fill_value(fd, fm) : 0;
	if (err)
		fd_close(&fd);
	return err ? err : fd;
}

int maps_get(struct maps *ms, const struct flat_map *fm, int btf_fd, struct btf_index *btf,
	     struct bcsh_map **ret, char **ret_why)
{
	struct bcsh_map *m = maps_find(ms, fm->name);
	char *why;
	int fd;

	if (m) {
		why = map_conflict(ms, m, fm, btf);
		if (why) {
			*ret_why = why;
			return -EEXIST;
		}
		*ret = m;
		return 0;
	}
	fd = map_create(fm, btf_fd);
	if (fd < 0)
		return fd;
	m = mem_new(ms, struct bcsh_map);
	m->name = mem_strdup(m, fm->name);
	m->role = fm->role;
	m->fd = fd;
	m->type = fm->type;
	m->key_size = fm->key_size;
	m->value_size = fm->value_size;
	m->max_entries = fm->max_entries;
	m->flags = fm->flags;
	m->btf = btf;
	m->key_id = fm->key_id;
	m->value_id = fm->value_id;
	vec_push(ms, &ms->list, m);
	*ret = m;
	return 0;
}

void maps_drop(struct maps *ms, struct bcsh_map *m)
{
	struct btf_index *btf = m->btf;
	bool shared = false;

	for (size_t i = 0; i < ms->list.n; i++) {
		if (ms->list.v[i] == m)
			vec_remove(&ms->list, i);
		if (i < ms->list.n && ms->list.v[i]->btf == btf)
			shared = true;
	}
	fd_close(&m->fd);
	mem_free(m);
	/* One description serves all maps of a flat; load.c puts it below the registry. */
	if (btf && !shared && talloc_parent(btf) == ms)
		mem_free(btf);
}

bool map_is_percpu(const struct bcsh_map *m)
{
	return m->type == BPF_MAP_TYPE_PERCPU_HASH || m->type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       m->type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       m->type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

uint64_t map_memory(const struct bcsh_map *m)
{
	_cleanup_file_ FILE *f = NULL;
	unsigned long long bytes = 0;
	char path[64], line[256];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", m->fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	}
	return bytes;
}
