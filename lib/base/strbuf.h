/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Growing text. Invariants: text is never NULL, text[len] is NUL, bytes before it may hold any
 * value. Usable after STRBUF_INIT or strbuf_init(); released with its parent or strbuf_clear().
 */
#pragma once

#include <stdbool.h>

#include "base/mem.h"

struct strbuf {
	char *text;
	size_t len;
	size_t alloc;		/* 0: text is the shared empty string */
	const void *parent;	/* owner of the bytes; NULL: released by strbuf_clear() only */
};

extern char strbuf_empty[1];
#define STRBUF_INIT { .text = strbuf_empty }
#define _cleanup_strbuf_ cleanup(strbuf_clear)

void strbuf_init(struct strbuf *sb, const void *parent);
/* Frees the bytes; the buffer is empty and usable again. */
void strbuf_clear(struct strbuf *sb);
/* Sets the length to 0 and keeps the memory. */
void strbuf_reset(struct strbuf *sb);
void strbuf_grow(struct strbuf *sb, size_t extra);
void strbuf_add(struct strbuf *sb, const void *p, size_t len);
void strbuf_adds(struct strbuf *sb, const char *s);
void strbuf_addc(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) mem_attr(2, 3);
void strbuf_addv(struct strbuf *sb, const char *fmt, va_list ap);
/* N times C. */
void strbuf_fill(struct strbuf *sb, char c, size_t n);
/* Cuts to LEN bytes (LEN <= sb->len). */
void strbuf_trim(struct strbuf *sb, size_t len);
/* Hands the text to PARENT and leaves the buffer empty. Never NULL. */
char *strbuf_detach(struct strbuf *sb, const void *parent);
/* Reads all of PATH, at most MAX bytes (more: -EFBIG). 0 or -errno. */
int strbuf_read_file(struct strbuf *sb, const char *path, size_t max);
/* The same from an open descriptor, until end of file. */
int strbuf_read_fd(struct strbuf *sb, int fd, size_t max);
