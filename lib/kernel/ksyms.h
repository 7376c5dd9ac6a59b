/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's own symbols, from /proc/kallsyms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

struct ksym {
	uint64_t address;	/* 0 where the kernel hides addresses from us */
	char *module;		/* NULL: the kernel proper */
};

/* Function NAME. 0, -ENOENT or -errno. */
int ksym_find(const void *parent, const char *name, struct ksym *ret);
