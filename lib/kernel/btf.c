// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The BTF index: opens the bytes, finds where each type starts and hashes the names; those of enum
 * constants when one is first asked for. What a type means is btf_layout.c's matter, whether
 * hostile bytes may be read at all btf_check.c's.
 */
#include "kernel/btf_index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
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

uint32_t btf_count(const struct btf_index *b)
{
	return b->n;
}

const struct btf_type *btf_type(const struct btf_index *b, uint32_t id)
{
	static const struct btf_type nothing;
	const struct btf_type *t;

	while (b->base && id < b->first_id)
		b = b->base;
	if (!id || id >= b->n)
		return &nothing;
	id -= b->first_id;
	t = (const struct btf_type *)(b->types + b->offsets[id / BTF_STRIDE]);
	for (id %= BTF_STRIDE; id; id--)
		t = btf_next_record(t);
	return t;
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

static void names_init(const struct btf_index *b, struct btf_names *names, uint32_t n)
{
	uint32_t size = 16;

	while (size < n + n / 2)
		size *= 2;
	names->ids = mem_array(b, uint32_t, size);
	names->mask = size - 1;
}

static void names_add(struct btf_names *names, const char *name, uint32_t id)
{
	uint32_t h = hash_name(name) & names->mask, probes = 0;

	while (names->ids[h] && probes++ < PROBES_MAX)
		h = (h + 1) & names->mask;
	if (!names->ids[h])
		names->ids[h] = id;
}

static const struct btf_type *first_record(const struct btf_index *b)
{
	return (const struct btf_type *)b->types;
}

static void index_names(struct btf_index *b)
{
	const struct btf_type *t = first_record(b);

	names_init(b, &b->named, b->n_named);
	for (uint32_t id = b->first_id; id < b->n; id++, t = btf_next_record(t))
		if (NAMED_KINDS >> btf_kind_of(t) & 1 && t->name_off)
			names_add(&b->named, btf_str(b, t->name_off), id);
}

static bool is_enum(const struct btf_type *t)
{
	return btf_kind_of(t) == BTF_KIND_ENUM || btf_kind_of(t) == BTF_KIND_ENUM64;
}

/* Walks all records once: where they start, and how many names there are. */
static int index_types(struct btf_index *b)
{
	uint32_t n = 0, at = 0;

	for (uint32_t alloc = 0; at < b->types_len; n++) {
		const struct btf_type *t = (const struct btf_type *)(b->types + at);
		size_t size;

		if (b->types_len - at < sizeof(*t))
			return -EINVAL;
		size = btf_record_size(t);
		if (!size || size > b->types_len - at)
			return -EINVAL;
		if (n / BTF_STRIDE == alloc) {
			alloc = alloc ? alloc * 2 : b->types_len / 24 / BTF_STRIDE + 16;
			b->offsets = mem_resize(b, b->offsets, sizeof(*b->offsets), alloc);
		}
		if (n % BTF_STRIDE == 0)
			b->offsets[n / BTF_STRIDE] = at;
		if (NAMED_KINDS >> btf_kind_of(t) & 1)
			b->n_named++;
		if (is_enum(t))
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

	if (len < sizeof(*h) || len > FILE_MAX || h->magic != BTF_MAGIC ||
	    h->version != BTF_VERSION)
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
	index_names(b);
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
	b->first_id = 1;	/* id 0 is void and has no record */
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
	/* A person's file could shrink under a mapping; the kernel's own cannot. */
	b->map = MAP_FAILED;
	if (trusted)
		b->map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd,
			      0);
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

uint32_t btf_find(const struct btf_index *b, const char *name, uint32_t kinds)
{
	uint32_t id = b->base ? btf_find(b->base, name, kinds) : 0;
	const struct btf_names *names = &b->named;

	if (id)
		return id;
	for (uint32_t h = hash_name(name) & names->mask; names->ids[h]; h = (h + 1) & names->mask) {
		const struct btf_type *t = btf_type(b, names->ids[h]);

		if (kinds >> btf_kind_of(t) & 1 && !strcmp(btf_str(b, t->name_off), name))
			return names->ids[h];
	}
	return 0;
}

/* The first function whose name is the string at OFFSET of B's own strings. */
static uint32_t function_at(const struct btf_index *b, uint32_t offset)
{
	const struct btf_type *t = first_record(b);

	for (uint32_t id = b->first_id; id < b->n; id++, t = btf_next_record(t))
		if (t->name_off == b->first_string + offset && btf_kind_of(t) == BTF_KIND_FUNC)
			return id;
	return 0;
}

/*
 * Functions are half of all types and few are asked for, so they are not hashed: the name is
 * searched for among the strings, then its offset among the types, without looking at any other
 * name.
 */
uint32_t btf_find_func(const struct btf_index *b, const char *name)
{
	uint32_t id = b->base ? btf_find_func(b->base, name) : 0;
	size_t len = strlen(name) + 1;
	const char *end = b->strings + b->strings_len, *p = b->strings;

	while (!id && len > 1 && (p = memmem(p, (size_t)(end - p), name, len))) {
		if (p == b->strings || !p[-1])
			id = function_at(b, (uint32_t)(p - b->strings));
		p++;
	}
	return id;
}

int64_t btf_enum_value(const struct btf_index *b, uint32_t id, unsigned i, const char **ret_name)
{
	const struct btf_type *t = btf_type(b, id);
	const uint32_t *e =
		(const uint32_t *)(t + 1) + i * (btf_kind_of(t) == BTF_KIND_ENUM ? 2 : 3);

	*ret_name = btf_str(b, e[0]);
	if (btf_kind_of(t) == BTF_KIND_ENUM64)
		return (int64_t)((uint64_t)e[2] << 32 | e[1]);
	return btf_kflag_of(t) ? (int32_t)e[1] : (int64_t)e[1];
}

static void index_values(struct btf_index *b)
{
	const struct btf_type *t = first_record(b);

	names_init(b, &b->values, b->n_values);
	for (uint32_t id = b->first_id; id < b->n; id++, t = btf_next_record(t)) {
		size_t step = btf_kind_of(t) == BTF_KIND_ENUM ? 2 : 3;

		for (uint32_t i = 0; is_enum(t) && i < btf_vlen_of(t); i++)
			names_add(&b->values, btf_str(b, ((const uint32_t *)(t + 1))[i * step]),
				  id);
	}
}

static bool value_named(const struct btf_index *b, uint32_t id, const char *name, int64_t *ret)
{
	for (uint32_t i = 0; i < btf_vlen_of(btf_type(b, id)); i++) {
		const char *found;
		int64_t value = btf_enum_value(b, id, i, &found);

		if (strcmp(found, name))
			continue;
		*ret = value;
		return true;
	}
	return false;
}

bool btf_find_constant(const struct btf_index *b, const char *name, uint32_t *ret_enum,
		       int64_t *ret_value)
{
	const struct btf_names *names = &b->values;
	uint32_t last = 0;

	if (b->base && btf_find_constant(b->base, name, ret_enum, ret_value))
		return true;
	/* The table is a memory of what the bytes say, so that callers may hold the index const. */
	if (!names->ids)
		index_values((struct btf_index *)b);
	for (uint32_t h = hash_name(name) & names->mask; names->ids[h]; h = (h + 1) & names->mask) {
		/* Neighbours are often of one enum, which need not be searched again. */
		if (names->ids[h] == last || !value_named(b, last = names->ids[h], name, ret_value))
			continue;
		*ret_enum = last;
		return true;
	}
	return false;
}

const char *btf_enum_name(const struct btf_index *b, uint32_t id, int64_t value)
{
	const struct btf_type *t = btf_type(b, id = btf_resolve(b, id));
	uint64_t mask = t->size >= 8 ? ~0ull : (1ull << t->size * 8) - 1;

	for (uint32_t i = 0; is_enum(t) && i < btf_vlen_of(t); i++) {
		const char *name;

		if (!(((uint64_t)btf_enum_value(b, id, i, &name) ^ (uint64_t)value) & mask))
			return name;
	}
	return NULL;
}

static bool each_name(const struct btf_index *b, uint32_t kinds,
		      bool (*fn)(void *arg, const char *name, uint32_t id), void *arg)
{
	const struct btf_type *t = first_record(b);

	if (b->base && each_name(b->base, kinds, fn, arg))
		return true;
	for (uint32_t id = b->first_id; id < b->n; id++, t = btf_next_record(t))
		if (kinds >> btf_kind_of(t) & 1 && t->name_off &&
		    fn(arg, btf_str(b, t->name_off), id))
			return true;
	return false;
}

void btf_each_name(const struct btf_index *b, uint32_t kinds,
		   bool (*fn)(void *arg, const char *name, uint32_t id), void *arg)
{
	each_name(b, kinds, fn, arg);
}
