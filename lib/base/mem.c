// SPDX-License-Identifier: GPL-3.0-or-later
/* Allocation tree over talloc; see mem.h. */
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mem_oom(void)
{
	static const char text[] = "bcsh: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(1);
	_exit(1);
}

static void *must(void *p)
{
	if (!p)
		mem_oom();
	return p;
}

void *mem_zalloc(const void *parent, size_t size, const char *name)
{
	return must(_talloc_zero(parent, size, name));
}

void *mem_zalloc_array(const void *parent, size_t size, size_t n, const char *name)
{
	if (size && n > ((size_t)-1) / 2 / size)
		mem_oom();
	return must(_talloc_zero(parent, size * n, name));
}

void *mem_resize(const void *parent, void *p, size_t size, size_t n)
{
	if (size && n > ((size_t)-1) / 2 / size)
		mem_oom();
	size *= n;
	if (!size)
		size = 1;
	return must(p ? _talloc_realloc(parent, p, size, "array") : _talloc_zero(parent, size, "array"));
}

char *mem_strdup(const void *parent, const char *s)
{
	return s ? must(talloc_strdup(parent, s)) : NULL;
}

char *mem_strndup(const void *parent, const char *s, size_t len)
{
	char *p = must(_talloc_zero(parent, len + 1, "string"));

	memcpy(p, s, len);
	return p;
}

void *mem_dup(const void *parent, const void *p, size_t len)
{
	void *copy = must(_talloc_zero(parent, len ? len : 1, "copy"));

	if (len)
		memcpy(copy, p, len);
	return copy;
}

char *mem_vprintf(const void *parent, const char *fmt, va_list ap)
{
	return must(talloc_vasprintf(parent, fmt, ap));
}

char *mem_printf(const void *parent, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(parent, fmt, ap);
	va_end(ap);
	return s;
}

void mem_free(void *p)
{
	if (p)
		talloc_free(p);
}

void mem_cleanup(void *pp)
{
	mem_free(*(void **)pp);
}

void fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

void fd_cleanup(int *fd)
{
	fd_close(fd);
}

void file_cleanup(void *fpp)
{
	FILE *f = *(FILE **)fpp;

	if (f)
		fclose(f);
}
