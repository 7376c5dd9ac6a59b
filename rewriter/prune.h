/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A prelude without what an input does not use: parsing all of it takes longer than parsing what
 * people type. Only definitions of macros and functions are left out, by name; types, variables and
 * other directives stay.
 */
#pragma once

#include <stddef.h>

/*
 * TEXT (LEN bytes) without the macros and functions whose names occur neither in the N texts USERS
 * nor in what of it is kept. A name that ends in digits is kept for the name without them too,
 * since macros paste numbers to names. Below PARENT, ended by a NUL that *ret_len does not count.
 */
char *prune_prelude(const void *parent, const char *text, size_t len, const char *const *users,
		    size_t n, size_t *ret_len);
