/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of struct btf_index, for btf*.c only. */
#pragma once

#include "kernel/btf.h"

struct btf_names {	/* open-addressing hash: name -> type id */
	uint32_t *ids;	/* 0: free */
	uint32_t mask;
};

struct btf_value {	/* an enum constant */
	uint32_t type;	/* 0: free */
	uint32_t index;
};

struct btf_index {
	struct btf_index *base;	/* NULL unless split */
	const uint8_t *types;
	const char *strings;
	uint32_t types_len, strings_len;
	uint32_t first_id, first_string;	/* of this file; those below are the base's */
	uint32_t n;		/* ids are below it */
	uint32_t *offsets;	/* offsets[id - first_id], in types */
	struct btf_names named;	/* struct, union, enum, typedef, fwd, int */
	struct btf_names functions;	/* built at first use */
	struct btf_value *values;	/* likewise */
	uint32_t values_mask;
	uint32_t n_named, n_functions, n_values;
	void *map;
	size_t map_len;
};

/* Bytes of the record of T, its members included; 0 for an unknown kind. */
size_t btf_record_size(const struct btf_type *t);
/* Is all of B in bounds, acyclic and sane? For bytes that nobody vouches for. */
bool btf_check(const struct btf_index *b);
