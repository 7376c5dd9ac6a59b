/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TABLE of the names every kernel clause has (DESIGN 2.2) and of the functions it can call. They are
 * never macros: a name is declared at file scope only when the snippet uses it and does not define
 * it; lower.c puts `code` in its place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct builtin_row {
	const char *name;
	const char *decl;	/* analysis declaration with NAME as %s: "const __u32 %s" */
	const char *code;	/* C expression for BPF; NULL: lower.c has a function for it */
	const char *host;	/* C expression for host code; NULL: not there */
	const char *origin;	/* of the pointer it is: "kernel", or NULL */
	const char *summary;
};

extern const struct builtin_row builtins[];
extern const size_t n_builtins;
const struct builtin_row *builtin_find(const char *name, size_t len);

/* What wrap.c puts for `args->NAME` when the record only says where NAME's text is, around NAME. */
#define LOCATED_BEFORE "(char *)args + (args->data_loc_"
#define LOCATED_BEHIND " & 0xffff)"

struct function_row {
	const char *name;
	const char *decl;	/* analysis declaration; of a function in plain C, all of it */
	const char *form;	/* "str(p[, n])" */
	const char *summary;
	bool bpf, host;		/* where it exists */
	bool plain;		/* C for the compiler too: nothing to lower */
};

extern const struct function_row functions[];
extern const size_t n_functions;
const struct function_row *function_find(const char *name, size_t len);

struct helper_row {	/* a BPF helper: facts of the kernel's ABI */
	const char *name;	/* "bpf_probe_read_kernel" */
	unsigned id;		/* BPF_FUNC_* */
	const char *result;	/* "long" */
	const char *params;	/* "void *dst, __u32 size, const void *unsafe_ptr" */
};
extern const struct helper_row helpers[];
extern const size_t n_helpers;
const struct helper_row *helper_find(const char *name, size_t len);
