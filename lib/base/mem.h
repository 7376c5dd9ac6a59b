/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory and handles: one tree of allocations (talloc), where freeing a parent frees
 * its children. Running out of memory ends the process in one place, mem_oom(): nobody can
 * test a thousand failure branches, and the kernel takes back our unpinned BPF objects on exit.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <talloc.h>

#define mem_attr(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Reports "out of memory" on stderr and ends the process with status 1. */
void mem_oom(void) __attribute__((noreturn));

/* One zeroed object, or an array of N, below PARENT (NULL: a new root). Never NULL. */
#define mem_new(parent, type) ((type *)mem_zalloc((parent), sizeof(type), #type))
#define mem_array(parent, type, n) ((type *)mem_zalloc_array((parent), sizeof(type), (n), #type))

void *mem_zalloc(const void *parent, size_t size, const char *name);
void *mem_zalloc_array(const void *parent, size_t size, size_t n, const char *name);
/* Grows or shrinks P (a mem_ block or NULL) to N objects of SIZE bytes; new bytes are not zeroed. */
void *mem_resize(const void *parent, void *p, size_t size, size_t n);
/* NULL gives NULL. */
char *mem_strdup(const void *parent, const char *s);
/* Copies LEN bytes and adds a NUL. */
char *mem_strndup(const void *parent, const char *s, size_t len);
void *mem_dup(const void *parent, const void *p, size_t len);
char *mem_printf(const void *parent, const char *fmt, ...) mem_attr(2, 3);
char *mem_vprintf(const void *parent, const char *fmt, va_list ap);
/* Frees P and all below it; NULL is allowed. */
void mem_free(void *p);

/* For _cleanup_: runs at the end of the scope; hand over by setting the variable to NULL (or -1). */
#define cleanup(func) __attribute__((cleanup(func)))
#define _cleanup_mem_ cleanup(mem_cleanup)
#define _cleanup_fd_ cleanup(fd_cleanup)
#define _cleanup_file_ cleanup(file_cleanup)
void mem_cleanup(void *pp);
void fd_cleanup(int *fd);
void file_cleanup(void *fpp);
/* Closes *FD if it is not negative and sets it to -1; errno is kept. */
void fd_close(int *fd);
