// SPDX-License-Identifier: GPL-3.0-or-later
/* Growing text; see strbuf.h. */
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char strbuf_empty[1];

void strbuf_init(struct strbuf *sb, const void *parent)
{
	*sb = (struct strbuf)STRBUF_INIT;
	sb->parent = parent;
}

void strbuf_clear(struct strbuf *sb)
{
	if (sb->alloc)
		mem_free(sb->text);
	sb->text = strbuf_empty;
	sb->len = sb->alloc = 0;
}

void strbuf_reset(struct strbuf *sb)
{
	if (sb->alloc)
		sb->text[0] = '\0';
	sb->len = 0;
}

void strbuf_grow(struct strbuf *sb, size_t extra)
{
	size_t need = sb->len + extra + 1;
	size_t alloc = sb->alloc;

	if (need <= alloc)
		return;
	alloc = alloc ? alloc : 64;
	while (alloc < need)
		alloc *= 2;
	if (!sb->alloc) {
		sb->text = mem_resize(sb->parent, NULL, 1, alloc);
		sb->text[0] = '\0';
	} else {
		sb->text = mem_resize(sb->parent, sb->text, 1, alloc);
	}
	sb->alloc = alloc;
}

void strbuf_add(struct strbuf *sb, const void *p, size_t len)
{
	if (!len)
		return;
	strbuf_grow(sb, len);
	memcpy(sb->text + sb->len, p, len);
	sb->len += len;
	sb->text[sb->len] = '\0';
}

void strbuf_adds(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addc(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void strbuf_addv(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list copy;
	int n;

	va_copy(copy, ap);
	n = vsnprintf(NULL, 0, fmt, copy);
	va_end(copy);
	if (n <= 0)
		return;
	strbuf_grow(sb, (size_t)n);
	vsnprintf(sb->text + sb->len, (size_t)n + 1, fmt, ap);
	sb->len += (size_t)n;
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_addv(sb, fmt, ap);
	va_end(ap);
}

void strbuf_fill(struct strbuf *sb, char c, size_t n)
{
	strbuf_grow(sb, n);
	memset(sb->text + sb->len, c, n);
	sb->len += n;
	sb->text[sb->len] = '\0';
}

void strbuf_trim(struct strbuf *sb, size_t len)
{
	if (len >= sb->len)
		return;
	sb->len = len;
	sb->text[len] = '\0';
}

char *strbuf_detach(struct strbuf *sb, const void *parent)
{
	char *text = mem_strndup(parent, sb->text, sb->len);

	strbuf_clear(sb);
	return text;
}

int strbuf_read_fd(struct strbuf *sb, int fd, size_t max)
{
	for (;;) {
		ssize_t n;

		strbuf_grow(sb, 4096);
		n = read(fd, sb->text + sb->len, sb->alloc - sb->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return 0;
		sb->len += (size_t)n;
		sb->text[sb->len] = '\0';
		if (sb->len > max)
			return -EFBIG;
	}
}

int strbuf_read_file(struct strbuf *sb, const char *path, size_t max)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : strbuf_read_fd(sb, fd, max);
}
