/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * C interface of the one C++ file: clang in process. Runs in the worker's request process only; a
 * second compile of CO-RE code in one process is unsafe in LLVM 19, so compile once and exit.
 */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CODEGEN_MAIN "bcsh.c"	/* what the main file is called in line information */

struct codegen_file {
	const char *name;	/* "bcsh/types.h" */
	const char *text;
	size_t len;
};

struct codegen_diag {
	int severity;		/* 0 error, 1 warning, 2 note */
	size_t offset;		/* in the main file; (size_t)-1: elsewhere */
	char *message;
};

struct codegen_line {	/* code from this offset on stands at this place of the main file */
	unsigned offset;	/* in .text */
	unsigned line, column;
};

struct codegen_result {
	char *object;		/* ELF bytes, NULL on error */
	size_t object_len;
	struct codegen_diag *diags;
	size_t n_diags;
	struct codegen_line *lines;	/* for CODEGEN_HOST, sorted; BPF has its own in .BTF.ext */
	size_t n_lines;
};

enum codegen_target { CODEGEN_BPF, CODEGEN_HOST };

/* Once per process, before any fork: registers targets and options. */
void codegen_init(void);
/* FN gets the text of an LLVM fatal error or out of memory, and must not return. */
void codegen_set_fatal(void (*fn)(const char *text));
/*
 * Compiles TEXT with the virtual FILES only (no real file can be read); all texts end with a NUL
 * that is not counted. 0, or -1 with diagnostics. The result is malloc'ed and lives until the
 * process ends.
 */
int codegen_compile(enum codegen_target target, const char *text, size_t len,
		    const struct codegen_file *files, size_t n_files, struct codegen_result *ret);

#ifdef __cplusplus
}
#endif
