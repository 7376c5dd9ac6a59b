// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Kernel symbols by name; see ksyms.h. Read line by line: the whole is 10 MB that nobody needs
 * twice.
 */
#include "kernel/ksyms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ksym_find(const void *parent, const char *name, struct ksym *ret)
{
	_cleanup_file_ FILE *f = fopen("/proc/kallsyms", "re");
	size_t len = strlen(name);
	char line[1024];

	if (!f)
		return -errno;
	/* "ffffffff81000000 T name\t[module]" */
	while (fgets(line, sizeof(line), f)) {
		char *type = strchr(line, ' '), *end;

		if (!type || !type[1] || !strchr("tTwW", type[1]) || type[2] != ' ' ||
		    strncmp(type + 3, name, len))
			continue;
		end = type + 3 + len;
		if (*end != '\n' && *end != '\t')
			continue;
		ret->address = strtoull(line, NULL, 16);
		ret->module = NULL;
		if (*end == '\t' && end[1] == '[')
			ret->module = mem_strndup(parent, end + 2, strcspn(end + 2, "]\n"));
		return 0;
	}
	return -ENOENT;
}
