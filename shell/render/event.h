/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of the event ring -> what a person reads: printf's text, emit's rows. Formats come from the
 * worker, bytes from the kernel: neither is trusted further than the sizes given.
 */
#pragma once

#include "rewriter/rewrite.h"
#include "shell/render/value.h"

/* The text of a printf record. LEN bytes of DATA follow the header. */
void event_printf(const struct value_types *t, const struct event_format *f, const void *data,
		  size_t len, struct strbuf *out);
/* A printf record as a JSON line. */
void event_printf_json(const char *text, size_t len, struct strbuf *out);
/* An emit record as a JSON line; TIME is CLOCK_REALTIME ns. */
void event_emit_json(const struct value_types *t, const struct event_format *f, const void *data,
		     size_t len, uint64_t time, struct strbuf *out);
/* Heads and cells of an emit record, as one row of streamed columns; HEADS first or not. */
void event_emit_text(const struct value_types *t, const struct event_format *f, const void *data,
		     size_t len, bool heads, struct strbuf *out);
/* The same, as CSV (',') or TSV ('\t'). */
void event_emit_separated(const struct value_types *t, const struct event_format *f,
			  const void *data, size_t len, bool heads, char separator,
			  struct strbuf *out);
