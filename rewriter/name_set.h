/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A set of names, in the order they were added. Zeroed, it is empty; memory is its parent's. */
#pragma once

#include <stdbool.h>

#include "base/vec.h"

struct name_set {
	VEC(char *) list;
	size_t *slots;		/* 1 + index in list, 0: free */
	size_t n_slots;		/* a power of two */
};

/* Adds a copy. False: it was there. */
bool name_set_add(const void *parent, struct name_set *ns, const char *name, size_t len);
bool name_set_has(const struct name_set *ns, const char *name, size_t len);
