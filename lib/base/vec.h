/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A typed growable array: `VEC(struct diag) diags;` zero-initialised is empty. Elements may move
 * when one is added. The memory belongs to the parent given to vec_add().
 */
#pragma once

#include "base/mem.h"

#define VEC(type)            \
	struct {             \
		type *v;     \
		size_t n;    \
		size_t alloc; \
	}

/* Adds one zeroed element and evaluates to its address. */
#define vec_add(parent, vec)                                                                     \
	({                                                                                       \
		if ((vec)->n == (vec)->alloc) {                                                  \
			(vec)->alloc = (vec)->alloc ? (vec)->alloc * 2 : 8;                      \
			(vec)->v = mem_resize((parent), (vec)->v, sizeof(*(vec)->v), (vec)->alloc); \
		}                                                                                \
		__builtin_memset(&(vec)->v[(vec)->n], 0, sizeof(*(vec)->v));                     \
		&(vec)->v[(vec)->n++];                                                           \
	})
#define vec_push(parent, vec, value) (*vec_add((parent), (vec)) = (value))
/* Removes element I, keeping the order of the others. */
#define vec_remove(vec, i)                                                                       \
	do {                                                                                     \
		size_t vec_i_ = (i);                                                             \
		(vec)->n--;                                                                      \
		__builtin_memmove(&(vec)->v[vec_i_], &(vec)->v[vec_i_ + 1],                      \
				  ((vec)->n - vec_i_) * sizeof(*(vec)->v));                      \
	} while (0)
#define vec_each(vec, it) \
	for (__typeof__(*(vec)->v) *it = (vec)->v, *it##_end_ = it ? it + (vec)->n : it; it < it##_end_; \
	     it++)
#define vec_last(vec) (&(vec)->v[(vec)->n - 1])
