/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text from the kernel or a traced program is untrusted: these make any bytes safe to show.
 * Valid UTF-8 passes; control bytes, C1 controls, DEL, bidirectional overrides and invalid bytes
 * become visible escapes.
 */
#pragma once

#include "base/strbuf.h"

/* For a terminal or a plain table: \n, \t, \e, \xHH. Stops at LEN; NULs appear as \0. */
void utf8_add_visible(struct strbuf *out, const char *p, size_t len);
/* A JSON string with its quotes. An invalid byte becomes U+FFFD. */
void utf8_add_json(struct strbuf *out, const char *p, size_t len);
/* Columns that the text takes on a terminal (wcwidth; escapes as utf8_add_visible shows them). */
size_t utf8_width(const char *p, size_t len);
