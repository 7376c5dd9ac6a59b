/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of struct btf_index, for btf*.c only. */
#pragma once

#include "kernel/btf.h"

struct btf_names {	/* open-addressing hash: name -> type id */
	uint32_t *ids;	/* 0: free */
	uint32_t mask;
};

/*
 * Where every so many-th record starts; the few between are walked, since memory costs page faults.
 */
#define BTF_STRIDE 4

struct btf_index {
	struct btf_index *base;	/* NULL unless split */
	const uint8_t *types;
	const char *strings;
	uint32_t types_len, strings_len;
	uint32_t first_id, first_string; /* of this file; those below are the base's, or void */
	uint32_t n;		/* ids are below it */
	uint32_t *offsets;	/* offsets[(id - first_id) / BTF_STRIDE], in types */
	struct btf_names named;	/* struct, union, enum, typedef, fwd, int */
	struct btf_names values;	/* enum constants, to the enum; built at first use */
	uint32_t n_named, n_values;
	void *map;
	size_t map_len;
};

/* Bytes of the record of T, its members included; 0 for an unknown kind. */
static inline size_t btf_record_size(const struct btf_type *t)
{
	static const uint8_t fixed[32] = {
		[BTF_KIND_INT] = 16, [BTF_KIND_PTR] = 12, [BTF_KIND_ARRAY] = 24,
		[BTF_KIND_STRUCT] = 12, [BTF_KIND_UNION] = 12, [BTF_KIND_ENUM] = 12,
		[BTF_KIND_FWD] = 12, [BTF_KIND_TYPEDEF] = 12, [BTF_KIND_VOLATILE] = 12,
		[BTF_KIND_CONST] = 12, [BTF_KIND_RESTRICT] = 12, [BTF_KIND_FUNC] = 12,
		[BTF_KIND_FUNC_PROTO] = 12, [BTF_KIND_VAR] = 16, [BTF_KIND_DATASEC] = 12,
		[BTF_KIND_FLOAT] = 12, [BTF_KIND_DECL_TAG] = 16, [BTF_KIND_TYPE_TAG] = 12,
		[BTF_KIND_ENUM64] = 12,
	};
	static const uint8_t each[32] = {
		[BTF_KIND_STRUCT] = 12, [BTF_KIND_UNION] = 12, [BTF_KIND_ENUM] = 8,
		[BTF_KIND_FUNC_PROTO] = 8, [BTF_KIND_DATASEC] = 12, [BTF_KIND_ENUM64] = 12,
	};

	return fixed[btf_kind_of(t)] + (size_t)btf_vlen_of(t) * each[btf_kind_of(t)];
}
static inline const struct btf_type *btf_next_record(const struct btf_type *t)
{
	return (const struct btf_type *)((const uint8_t *)t + btf_record_size(t));
}
/* Is all of B in bounds, acyclic and sane? For bytes that nobody vouches for. */
bool btf_check(const struct btf_index *b);
