/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A checked struct flat and the session's maps -> loaded programs, by libbpf's low-level calls. */
#pragma once

#include "kernel/probe.h"
#include "loader/map.h"

struct loaded_prog {
	char *name;
	int fd;
	uint32_t insns;		/* as the kernel reports them after verification; 0 unknown */
};

struct load_spec {	/* for each program of the flat, by the entry's name */
	const char *name;
	const struct probe_target *target;
};

struct load_result {
	VEC(struct loaded_prog) progs;	/* fds are the caller's: closed by load_result_clear() */
	char *verifier_log;	/* of the program refused; NULL */
	char *refused;		/* its name */
};

/*
 * Loads all programs or none. Errors become diagnostics: STATUS_VERIFIER at the person's line with a
 * sentence (verifier.h), STATUS_PERMISSION naming the capability. 0 or -1.
 */
int load_flat(const void *parent, const struct flat *f, struct maps *ms,
	      const struct load_spec *specs, size_t n, struct load_result *ret, struct diags *diags);
void load_result_clear(struct load_result *r);
/* Why programs cannot be loaded here ("needs CAP_BPF and CAP_PERFMON (or root)"), NULL if they can. */
const char *load_permission(void);
/* Is capability CAP (CAP_BPF, ...) effective in this process? */
bool load_has_cap(int cap);
