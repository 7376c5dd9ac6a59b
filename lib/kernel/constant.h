/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel's headers define and BTF does not tell: AF_INET, O_CREAT, and sk_daddr for
 * __sk_common.skc_daddr. The C printer declares those that a snippet names.
 */
#pragma once

#include <stdint.h>

struct constant_row {
	const char *name;
	int64_t value;
};

struct macro_row {
	const char *name;	/* with its parameters: "S_ISDIR(m)" */
	const char *text;
};

/* NULL: none. */
const struct constant_row *header_constant(const char *name);
const struct macro_row *header_macro(const char *name);
