/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TABLE of the verifier's known endings, and what each means to the person who typed the input. */
#pragma once

#include "loader/verifier.h"

struct verifier_words {
	const char *pattern;	/* found anywhere in a line; '*' takes any text, the Nth is $N below */
	const char *sentence;
	const char *hint;	/* NULL: none */
	enum verifier_class class;
};

/* The row for a line of LEN bytes, NULL if none. *ret_sentence and *ret_hint are below PARENT. */
const struct verifier_words *verifier_words_find(const void *parent, const char *line, size_t len,
						 char **ret_sentence, char **ret_hint);
size_t verifier_words_count(void);
