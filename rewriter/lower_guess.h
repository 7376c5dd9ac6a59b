/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one expression, or several together, say about the type that a map must have to hold them.
 * Integers are 64 bits wide, and signed if anything signed is among them; text is as long as the
 * longest; pointers and structs must agree. A literal says as little as it can. What only ever holds
 * values of one enum, and is never counted with, has that type, so that it is shown by name.
 */
#pragma once

#include "rewriter/lower_parts.h"

enum guess_kind { GUESS_NONE, GUESS_INTEGER, GUESS_POINTER, GUESS_TEXT, GUESS_OTHER };

struct guess {
	enum guess_kind kind;
	bool is_signed, is_unsigned;	/* what others than literals say */
	size_t bytes, literal_bytes;	/* GUESS_TEXT: of arrays and str(), and of literals */
	const char *c_type;		/* GUESS_POINTER, GUESS_OTHER */
	const char *enum_type;		/* GUESS_INTEGER: "enum state" */
	bool is_counted;		/* it is no enum, whatever else is stored */
	const struct ast *at;
};

/* What the value of expression N, stored in a map, makes of its type. */
struct guess guess_of(struct lowering *w, struct ast *n);
/* Adds G to what is known; false: they disagree. */
bool guess_merge(struct guess *to, const struct guess *g);
/* C type for it. */
const char *guess_name(const void *parent, const struct guess *g);
/* Is C_TYPE, a map's, one for which integers stand? */
bool guess_is_number(const char *c_type);
/* For messages: "a number", "text", "struct sock *". */
const char *guess_words(const struct guess *g);
