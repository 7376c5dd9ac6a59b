/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System calls of this architecture: names, numbers, arguments. */
#pragma once

#include <stddef.h>

struct syscall_row {
	const char *name;	/* as the ABI calls it: "fstat" */
	unsigned number;
	const char *args;	/* "int dfd, const char *filename"; every pointer is a user one */
	const char
		*event; /* as its tracepoints call it, where that differs: "newfstat"; else NULL */
};

extern const struct syscall_row syscalls[];
extern const size_t n_syscalls;

/* By either name, with or without a leading "sys_". NULL: none. */
const struct syscall_row *syscall_find(const char *name);
/* Name of a call by its number, or NULL. */
const char *syscall_name(unsigned number);
/* Up to MAX near names as nearest_names() gives them, or NULL. */
char *syscall_nearest(const void *parent, const char *name, size_t max);
