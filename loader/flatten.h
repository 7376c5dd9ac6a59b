/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ELF object -> struct flat, in the worker. The compiler is run with -fdata-sections, so that each
 * variable has a section of its own (.data.hits, .bss.hits) and becomes a map of its own.
 */
#pragma once

#include "loader/flat.h"

/*
 * PROGS: the N entry functions. Lines get their place from PLACE (may be NULL), which maps a
 * generated line and column. 0, or -1 with *ret_error a sentence below PARENT.
 */
struct flatten_place {
	struct range (*fn)(void *arg, unsigned line, unsigned column);
	void *arg;
};
int flatten_object(const void *parent, const void *object, size_t len, const char *const *progs,
		   size_t n, const struct flatten_place *place, struct flat *ret, char **ret_error);
