/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything read from the running kernel, opened once per process: BTF, where tracefs is, the pid
 * namespace. Each can come from elsewhere (--btf FILE), so that tests need no particular kernel.
 */
#pragma once

#include "kernel/btf.h"

struct facts {
	struct btf_index *btf;	/* NULL: this kernel has none and no file was given */
	char *tracefs;		/* "/sys/kernel/tracing"; NULL if not readable */
};

/*
 * BTF_PATH NULL: the running kernel's. Mounts tracefs in our own mount namespace's usual place if
 * root and not mounted. Never fails: what is missing is NULL.
 */
struct facts *facts_open(const void *parent, const char *btf_path);
