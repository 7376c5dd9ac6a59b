// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The BTF index: opens the bytes, finds where each type starts and hashes the names. Functions and enum
 * constants are hashed when first asked for, since most inputs need only one of them. What a
 * type means is btf_layout.c's matter, whether hostile bytes may be read at all btf_check.c's.
 */
#include "kernel/btf_index.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BTF_DIR "/sys/kernel/btf/"
#define FILE_MAX (1u << 28)
#define BLOB_MAX (1u << 22)
/* Names that collide more often than this were made to: the rest of them cannot be found. */
#define PROBES_MAX 1024
#define NAMED_KINDS                                                                             \
	(1u << BTF_KIND_STRUCT | 1u << BTF_KIND_UNION | 1u << BTF_KIND_ENUM |                  \
	 1u << BTF_KIND_ENUM64 | 1u << BTF_KIND_TYPEDEF | 1u << BTF_KIND_INT |                 \
	 1u << BTF_KIND_FWD | 1u << BTF_KIND_FLOAT | 1u << BTF_KIND_VAR | 1u << BTF_KIND_DATASEC)

size_t btf_record_size(const struct btf_type *t)
{
	size_t vlen = btf_vlen_of(t);

	switch (btf_kind_of(t)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return sizeof(*t);
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(*t) + sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(*t) + sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return sizeof(*t) + vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return sizeof(*t) + vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return sizeof(*t) + vlen * 3 * sizeof(uint32_t);
	case BTF_KIND_FUNC_PROTO:
		return sizeof(*t) + vlen * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return sizeof(*t) + vlen * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

uint32_t btf_count(const struct btf_index *b)
{
	return b->n;
}

const struct btf_type *btf_type(const struct btf_index *b, uint32_t id)
{
	static const struct btf_type nothing;

	while (b->base && id < b->first_id)
		b = b->base;
	if (!id || id >= b->n)
		return &nothing;
	return (const struct btf_type *)(b->types + b->offsets[id - b->first_id]);
}

const char *btf_str(const struct btf_index *b, uint32_t offset)
{
	while (b->base && offset < b->first_string)
		b = b->base;
	offset -= b->first_string;
	return offset < b->strings_len ? b->strings + offset : "";
}

const char *btf_name(const struct btf_index *b, uint32_t id)
{
	return btf_str(b, btf_type(b, id)->name_off);
}

static uint32_t hash_name(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h ^ h >> 15;
}

static uint32_t table_size(uint32_t n)
{
	uint32_t size = 16;

	while (size < n * 2)
		size *= 2;
	return size;
}

static void names_build(struct btf_index *b, struct btf_names *names, uint32_t kinds, uint32_t n)
{
	uint32_t size = table_size(n);

	names->ids = mem_array(b, uint32_t, size);
	names->mask = size - 1;
	for (uint32_t id = b->first_id ? b->first_id : 1; id < b->n; id++) {
		const struct btf_type *t = btf_type(b, id);
		uint32_t h, probes = 0;

		if (!(kinds >> btf_kind_of(t) & 1) || !t->name_off)
			continue;
		h = hash_name(btf_str(b, t->name_off)) & names->mask;
		while (names->ids[h] && probes++ < PROBES_MAX)
			h = (h + 1) & names->mask;
		if (!names->ids[h])
			names->ids[h] = id;
	}
}

/* Walks all records once: where they start, and how many of each sort there are. */
static int index_types(struct btf_index *b)
{
	uint32_t alloc = b->types_len / 20 + 16, n = 0;

	b->offsets = mem_array(b, uint32_t, alloc);
	if (!b->base)
		n++;	/* id 0 is void and has no record */
	for (uint32_t at = 0; at < b->types_len; n++) {
		const struct btf_type *t = (const struct btf_type *)(b->types + at);
		size_t size;

		if (b->types_len - at < sizeof(*t))
			return -EINVAL;
		size = btf_record_size(t);
		if (!size || size > b->types_len - at)
			return -EINVAL;
		if (n == alloc) {
			alloc *= 2;
			b->offsets = mem_resize(b, b->offsets, sizeof(*b->offsets), alloc);
		}
		b->offsets[n] = at;
		if (NAMED_KINDS >> btf_kind_of(t) & 1)
			b->n_named++;
		else if (btf_kind_of(t) == BTF_KIND_FUNC)
			b->n_functions++;
		if (btf_kind_of(t) == BTF_KIND_ENUM || btf_kind_of(t) == BTF_KIND_ENUM64)
			b->n_values += btf_vlen_of(t);
		at += (uint32_t)size;
	}
	b->n = b->first_id + n;
	return 0;
}

static int index_bytes(struct btf_index *b, const uint8_t *bytes, size_t len, bool trusted)
{
	const struct btf_header *h = (const struct btf_header *)bytes;
	int err;

	if (len < sizeof(*h) || len > FILE_MAX || h->magic != BTF_MAGIC || h->version != BTF_VERSION)
		return -EINVAL;
	if (h->hdr_len < sizeof(*h) || h->hdr_len > len || h->hdr_len % 4)
		return -EINVAL;
	len -= h->hdr_len;
	if (h->type_off % 4 || h->type_off > len || h->type_len > len - h->type_off ||
	    h->str_off > len || h->str_len > len - h->str_off || !h->str_len)
		return -EINVAL;
	b->types = bytes + h->hdr_len + h->type_off;
	b->types_len = h->type_len;
	b->strings = (const char *)bytes + h->hdr_len + h->str_off;
	b->strings_len = h->str_len;
	if (b->strings[h->str_len - 1] || (!b->base && b->strings[0]))
		return -EINVAL;
	err = index_types(b);
	if (err)
		return err;
	if (!trusted && !btf_check(b))
		return -EINVAL;
	names_build(b, &b->named, NAMED_KINDS, b->n_named);
	return 0;
}

static int unmap(struct btf_index *b)
{
	if (b->map)
		munmap(b->map, b->map_len);
	return 0;
}

static struct btf_index *index_new(const void *parent, struct btf_index *base)
{
	struct btf_index *b = mem_new(parent, struct btf_index);

	talloc_set_destructor(b, unmap);
	b->base = base;
	if (base) {
		b->first_id = base->n;
		b->first_string = base->first_string + base->strings_len;
	}
	return b;
}

static int read_all(struct btf_index *b, int fd, const uint8_t **ret, size_t *ret_len)
{
	struct strbuf sb;
	int err;

	strbuf_init(&sb, b);
	err = strbuf_read_fd(&sb, fd, FILE_MAX);
	if (err)
		return err;
	*ret = (const uint8_t *)sb.text;
	*ret_len = sb.len;
	return 0;
}

static int open_file(const void *parent, struct btf_index *base, const char *path,
		     struct btf_index **ret)
{
	bool trusted = !strncmp(path, BTF_DIR, strlen(BTF_DIR));
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct btf_index *b;
	const uint8_t *bytes;
	struct stat st;
	size_t len;
	int err = 0;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	b = index_new(parent, base);
	/* Somebody's file could shrink under a mapping; the kernel's own cannot. */
	b->map = trusted ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) :
			   MAP_FAILED;
	if (b->map == MAP_FAILED) {
		b->map = NULL;
		err = read_all(b, fd, &bytes, &len);
	} else {
		bytes = b->map;
		len = b->map_len = (size_t)st.st_size;
	}
	if (!err)
		err = index_bytes(b, bytes, len, trusted);
	if (err) {
		mem_free(b);
		return err;
	}
	*ret = b;
	return 0;
}

int btf_open(const void *parent, const char *path, struct btf_index **ret)
{
	return open_file(parent, NULL, path ? path : BTF_DIR "vmlinux", ret);
}

int btf_open_split(const void *parent, struct btf_index *base, const char *path,
		   struct btf_index **ret)
{
	return open_file(parent, base, path, ret);
}

int btf_open_module(const void *parent, struct btf_index *base, const char *module,
		    struct btf_index **ret)
{
	_cleanup_mem_ char *path = NULL;

	if (!*module || strchr(module, '/') || module[0] == '.' || !strcmp(module, "vmlinux"))
		return -ENOENT;
	path = mem_printf(NULL, BTF_DIR "%s", module);
	return open_file(parent, base, path, ret);
}

int btf_from_blob(const void *parent, const void *bytes, size_t len, struct btf_index **ret)
{
	struct btf_index *b;
	int err;

	if (len > BLOB_MAX)
		return -EINVAL;
	b = index_new(parent, NULL);
	err = index_bytes(b, mem_dup(b, bytes, len), len, false);
	if (err) {
		mem_free(b);
		return err;
	}
	*ret = b;
	return 0;
}

static uint32_t names_find(const struct btf_index *b, const struct btf_names *names,
			   const char *name, uint32_t kinds)
{
	for (uint32_t h = hash_name(name) & names->mask; names->ids[h]; h = (h + 1) & names->mask) {
		const struct btf_type *t = btf_type(b, names->ids[h]);

		if (kinds >> btf_kind_of(t) & 1 && !strcmp(btf_str(b, t->name_off), name))
			return names->ids[h];
	}
	return 0;
}

uint32_t btf_find(const struct btf_index *b, const char *name, uint32_t kinds)
{
	uint32_t id = b->base ? btf_find(b->base, name, kinds) : 0;

	return id ? id : names_find(b, &b->named, name, kinds);
}

uint32_t btf_find_func(const struct btf_index *b, const char *name)
{
	uint32_t id = b->base ? btf_find_func(b->base, name) : 0;

	if (id)
		return id;
	/* The table is a memory of what the bytes say, so that callers may hold the index const. */
	if (!b->functions.ids)
		names_build((struct btf_index *)b, &((struct btf_index *)b)->functions,
			    1u << BTF_KIND_FUNC, b->n_functions);
	return names_find(b, &b->functions, name, 1u << BTF_KIND_FUNC);
}

static int64_t value_at(const struct btf_type *t, uint32_t i, uint32_t *ret_name)
{
	if (btf_kind_of(t) == BTF_KIND_ENUM64) {
		const uint32_t *e = (const uint32_t *)(t + 1) + i * 3;

		*ret_name = e[0];
		return (int64_t)((uint64_t)e[2] << 32 | e[1]);
	}
	const struct btf_enum *e = (const struct btf_enum *)(t + 1) + i;

	*ret_name = e->name_off;
	return btf_kflag_of(t) ? e->val : (int64_t)(uint32_t)e->val;
}

int64_t btf_enum_value(const struct btf_index *b, uint32_t id, unsigned i, const char **ret_name)
{
	const struct btf_type *t = btf_type(b, id);
	uint32_t name;
	int64_t v = value_at(t, i, &name);

	*ret_name = btf_str(b, name);
	return v;
}

static bool is_enum(const struct btf_type *t)
{
	return btf_kind_of(t) == BTF_KIND_ENUM || btf_kind_of(t) == BTF_KIND_ENUM64;
}

static void values_build(struct btf_index *b)
{
	uint32_t size = table_size(b->n_values);

	b->values = mem_array(b, struct btf_value, size);
	b->values_mask = size - 1;
	for (uint32_t id = b->first_id ? b->first_id : 1; id < b->n; id++) {
		const struct btf_type *t = btf_type(b, id);

		for (uint32_t i = 0; is_enum(t) && i < btf_vlen_of(t); i++) {
			uint32_t name, h, probes = 0;

			value_at(t, i, &name);
			h = hash_name(btf_str(b, name)) & b->values_mask;
			while (b->values[h].type && probes++ < PROBES_MAX)
				h = (h + 1) & b->values_mask;
			if (!b->values[h].type)
				b->values[h] = (struct btf_value){ id, i };
		}
	}
}

bool btf_find_constant(const struct btf_index *b, const char *name, uint32_t *ret_enum,
		       int64_t *ret_value)
{
	if (b->base && btf_find_constant(b->base, name, ret_enum, ret_value))
		return true;
	if (!b->values)
		values_build((struct btf_index *)b);
	for (uint32_t h = hash_name(name) & b->values_mask; b->values[h].type;
	     h = (h + 1) & b->values_mask) {
		const struct btf_value *v = &b->values[h];
		const char *found;
		int64_t value = btf_enum_value(b, v->type, v->index, &found);

		if (!strcmp(found, name)) {
			*ret_enum = v->type;
			*ret_value = value;
			return true;
		}
	}
	return false;
}

const char *btf_enum_name(const struct btf_index *b, uint32_t id, int64_t value)
{
	const struct btf_type *t = btf_type(b, id = btf_resolve(b, id));
	uint64_t mask = t->size >= 8 ? ~0ull : (1ull << t->size * 8) - 1;

	for (uint32_t i = 0; is_enum(t) && i < btf_vlen_of(t); i++) {
		uint32_t name;

		if (!(((uint64_t)value_at(t, i, &name) ^ (uint64_t)value) & mask))
			return btf_str(b, name);
	}
	return NULL;
}

void btf_each_name(const struct btf_index *b, uint32_t kinds,
		   bool (*fn)(void *arg, const char *name, uint32_t id), void *arg)
{
	for (uint32_t id = 1; id < b->n; id++) {
		const struct btf_type *t = btf_type(b, id);

		if (kinds >> btf_kind_of(t) & 1 && t->name_off &&
		    fn(arg, btf_str(b, t->name_off), id))
			return;
	}
}
