/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session's maps: kept by name while clauses come and go, with the BTF that describes them held in
 * memory. Snapshots for printing.
 */
#pragma once

#include "kernel/btf.h"
#include "loader/flat.h"

struct bcsh_map {
	char *name;
	enum flat_map_role role;
	int fd;
	uint32_t type, key_size, value_size, max_entries, flags;
	struct btf_index *btf;	/* describes key_id and value_id; shared, owned by the registry */
	uint32_t key_id, value_id;
};

struct maps;

struct maps *maps_new(const void *parent);
struct bcsh_map *maps_find(struct maps *ms, const char *name);
size_t maps_count(const struct maps *ms);
struct bcsh_map *maps_at(struct maps *ms, size_t i);
/*
 * The map for FM: the session's if it has one of that name and the same shape, else a new one.
 * -EEXIST: it has another type or other sizes (*ret_why says which). Other negative: bpf() failed.
 * BTF_FD: the loaded BTF of the flat, -1 none; BTF: its index.
 */
int maps_get(struct maps *ms, const struct flat_map *fm, int btf_fd, struct btf_index *btf,
	     struct bcsh_map **ret, char **ret_why);
/*
 * A map of its own for FM, in no registry: a descriptor or -errno. CONST and GLOBAL maps get their
 * first bytes, a CONST map is frozen. BTF_FD as above.
 */
int map_create(const struct flat_map *fm, int btf_fd);
/* NAME as the kernel takes it for maps and programs: 15 letters, digits and '_'. */
#define MAP_KERNEL_NAME 16
void map_kernel_name(const char *name, char out[MAP_KERNEL_NAME]);
/* Forgets the map and closes it; programs that use it keep it alive in the kernel. */
void maps_drop(struct maps *ms, struct bcsh_map *m);
/* Deletes all entries (arrays: zeroes them). 0 or -errno. */
int map_clear(struct bcsh_map *m);

/* One entry: key and value bytes; for per-CPU maps `value` holds n_cpus values of `stride` bytes. */
struct map_entry {
	const void *key;
	const void *value;
};
struct map_snapshot {
	size_t n;
	struct map_entry *entries;
	size_t stride;		/* bytes of one CPU's value: value_size rounded up to 8 */
	unsigned n_cpus;	/* 1 for maps that are not per CPU */
	bool partial;		/* the map changed so much that rows may be missing */
};
/*
 * Reads all entries, in batches where the map type allows. Keys are unique even if the map changes
 * meanwhile. Array entries that are all zero are left out. 0 or -errno.
 */
int map_read(const void *parent, struct bcsh_map *m, struct map_snapshot *ret);
bool map_is_percpu(const struct bcsh_map *m);
/* Bytes of kernel memory it holds, from its fdinfo; 0 unknown. */
uint64_t map_memory(const struct bcsh_map *m);
