// SPDX-License-Identifier: GPL-3.0-or-later
/* A set of names by open addressing; see name_set.h. */
#include "rewriter/name_set.h"

#include <stdint.h>

static size_t hash_name(const char *name, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

/* The slot of NAME, or the free one where it belongs. */
static size_t *find(const struct name_set *ns, const char *name, size_t len)
{
	for (size_t i = hash_name(name, len);; i++) {
		size_t *slot = &ns->slots[i & (ns->n_slots - 1)];
		const char *have;

		if (!*slot)
			return slot;
		have = ns->list.v[*slot - 1];
		if (!strncmp(have, name, len) && !have[len])
			return slot;
	}
}

static void grow(const void *parent, struct name_set *ns)
{
	mem_free(ns->slots);
	ns->n_slots = ns->n_slots ? ns->n_slots * 2 : 64;
	ns->slots = mem_array(parent, size_t, ns->n_slots);
	for (size_t i = 0; i < ns->list.n; i++)
		*find(ns, ns->list.v[i], strlen(ns->list.v[i])) = i + 1;
}

bool name_set_add(const void *parent, struct name_set *ns, const char *name, size_t len)
{
	size_t *slot;

	if (2 * (ns->list.n + 1) > ns->n_slots)
		grow(parent, ns);
	slot = find(ns, name, len);
	if (*slot)
		return false;
	vec_push(parent, &ns->list, mem_strndup(parent, name, len));
	*slot = ns->list.n;
	return true;
}

bool name_set_has(const struct name_set *ns, const char *name, size_t len)
{
	return ns->n_slots && *find(ns, name, len);
}
