/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the two halves of the policy: flat_check.c (maps, names, types) and flat_check_insn.c. */
#pragma once

#include "loader/flat.h"

/* Instructions, relocations, function and line info of P. NULL, or a sentence below PARENT. */
char *flat_check_prog(const void *parent, const struct flat *f, const struct flat_prog *p,
		      uint32_t n_types, bool unsafe);
