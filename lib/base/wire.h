/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values as bytes between two of our processes on one machine: fixed-width integers in host order,
 * blobs and strings with a 32-bit length. A reader never reads past its end: the first short or
 * oversized item sets `bad`, and everything read after it is 0 or empty. Check `bad` once, at the
 * end, and before using a count to allocate (wire_count() does).
 */
#pragma once

#include <stdint.h>

#include "base/strbuf.h"

struct wire_reader {
	const char *p;
	const char *end;
	bool bad;
};

void wire_put_u8(struct strbuf *out, uint8_t v);
void wire_put_u32(struct strbuf *out, uint32_t v);
void wire_put_u64(struct strbuf *out, uint64_t v);
void wire_put_blob(struct strbuf *out, const void *p, size_t len);
/* A NULL string arrives as NULL. */
void wire_put_str(struct strbuf *out, const char *s);

void wire_reader_init(struct wire_reader *r, const void *p, size_t len);
uint8_t wire_u8(struct wire_reader *r);
uint32_t wire_u32(struct wire_reader *r);
uint64_t wire_u64(struct wire_reader *r);
/* A count of items that take at least ITEM_SIZE (>= 1) bytes each: bad if they cannot all be there. */
uint32_t wire_count(struct wire_reader *r, size_t item_size);
/* A view into the reader's own bytes; NULL and *ret_len 0 when bad. */
const void *wire_blob(struct wire_reader *r, size_t *ret_len);
/* A copy below PARENT; NULL if the sender had NULL, or bad, or a NUL inside (which is bad). */
char *wire_str(struct wire_reader *r, const void *parent);
/* True if all was read without fault and nothing is left over. */
bool wire_done(const struct wire_reader *r);
