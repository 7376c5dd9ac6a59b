// SPDX-License-Identifier: GPL-3.0-or-later
/* Lookups in the table of system calls. */
#include "kernel/syscall.h"

#include <string.h>

#include "kernel/probe.h"

const struct syscall_row *syscall_find(const char *name)
{
	if (!strncmp(name, "sys_", 4))
		name += 4;
	for (size_t i = 0; i < n_syscalls; i++)
		if (!strcmp(syscalls[i].name, name))
			return &syscalls[i];
	for (size_t i = 0; i < n_syscalls; i++)
		if (syscalls[i].event && !strcmp(syscalls[i].event, name))
			return &syscalls[i];
	return NULL;
}

const char *syscall_name(unsigned number)
{
	for (size_t i = 0; i < n_syscalls; i++)
		if (syscalls[i].number == number)
			return syscalls[i].name;
	return NULL;
}

char *syscall_nearest(const void *parent, const char *name, size_t max)
{
	_cleanup_mem_ const char **names = mem_array(NULL, const char *, n_syscalls);

	for (size_t i = 0; i < n_syscalls; i++)
		names[i] = syscalls[i].name;
	return nearest_names(parent, name, names, n_syscalls, max);
}
