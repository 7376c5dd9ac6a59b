/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BTF: the kernel's description of its own types, functions and constants. An index over the raw
 * bytes (mmap of /sys/kernel/btf/vmlinux, a module's file above it, or a blob from the worker),
 * built in about 2 ms: offsets of types, names of types, functions and enum constants.
 * libbpf's parser is not used: it copies the whole and takes four times as long.
 *
 * Type ids are those of the kernel. A blob from the worker is untrusted: btf_from_blob() checks
 * every offset, id, name and nesting first, so that all readers below are safe on it.
 * Format: Documentation/bpf/btf.rst in the kernel's source.
 */
#pragma once

#include <linux/btf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

#ifndef BTF_KIND_ENUM64
#define BTF_KIND_ENUM64 19
#endif

struct btf_index;

/* The running kernel's (PATH NULL) or a file's. Below PARENT. 0 or -errno. */
int btf_open(const void *parent, const char *path, struct btf_index **ret);
/* A module's split BTF over BASE, by the module's name. 0 or -errno. */
int btf_open_module(const void *parent, struct btf_index *base, const char *module,
		    struct btf_index **ret);
/* The same from a file of split BTF; its base must outlive it. */
int btf_open_split(const void *parent, struct btf_index *base, const char *path,
		   struct btf_index **ret);
/* Untrusted bytes, copied. -EINVAL if anything in them is out of bounds, cyclic or unknown. */
int btf_from_blob(const void *parent, const void *bytes, size_t len, struct btf_index **ret);

/* Number of types; ids are 0 (void) .. count-1. */
uint32_t btf_count(const struct btf_index *b);
/* Never NULL: an id out of range gives void. */
const struct btf_type *btf_type(const struct btf_index *b, uint32_t id);
static inline int btf_kind_of(const struct btf_type *t) { return (t->info >> 24) & 0x1f; }
static inline unsigned btf_vlen_of(const struct btf_type *t) { return t->info & 0xffff; }
static inline bool btf_kflag_of(const struct btf_type *t) { return t->info >> 31; }
/* Name at a string offset; "" if none. */
const char *btf_str(const struct btf_index *b, uint32_t offset);
const char *btf_name(const struct btf_index *b, uint32_t id);

/* Id of the type NAME whose kind is in the bit set KINDS (1u << BTF_KIND_STRUCT ...); 0: none. */
uint32_t btf_find(const struct btf_index *b, const char *name, uint32_t kinds);
uint32_t btf_find_func(const struct btf_index *b, const char *name);
/* An enum constant. False: none. *ret_enum is the enum's type id. */
bool btf_find_constant(const struct btf_index *b, const char *name, uint32_t *ret_enum,
		       int64_t *ret_value);
/* Name of VALUE in enum type ID, or NULL. */
const char *btf_enum_name(const struct btf_index *b, uint32_t id, int64_t value);
/* Constant I of enum type ID (I below its vlen): its value, and its name in *ret_name. */
int64_t btf_enum_value(const struct btf_index *b, uint32_t id, unsigned i, const char **ret_name);
/* Follows typedefs, const, volatile, restrict and type tags. */
uint32_t btf_resolve(const struct btf_index *b, uint32_t id);
/* Size in bytes; 0 for void, functions, forward declarations. */
uint64_t btf_size(const struct btf_index *b, uint32_t id);

struct btf_field {
	const char *name;	/* "" for an anonymous struct or union */
	uint32_t type;
	uint32_t bit_offset;	/* from the start of the record */
	uint32_t bits;		/* width of a bitfield; 0: not one */
};
/* Member I of a struct or union. */
struct btf_field btf_member_at(const struct btf_index *b, uint32_t record, unsigned i);
/* Member by name, through anonymous members; bit_offset counts from RECORD. False: none. */
bool btf_find_member(const struct btf_index *b, uint32_t record, const char *name,
		     struct btf_field *ret);

struct btf_parameter {
	const char *name;	/* "" if BTF has none */
	uint32_t type;
};
/* Parameters of a FUNC or FUNC_PROTO, and its return type. */
unsigned btf_param_count(const struct btf_index *b, uint32_t func);
struct btf_parameter btf_param_at(const struct btf_index *b, uint32_t func, unsigned i);
uint32_t btf_return_type(const struct btf_index *b, uint32_t func);

/*
 * Calls FN for every name of the kinds given until it returns true. For completion and "did you
 * mean". Functions too (1u << BTF_KIND_FUNC).
 */
void btf_each_name(const struct btf_index *b, uint32_t kinds,
		   bool (*fn)(void *arg, const char *name, uint32_t id), void *arg);
