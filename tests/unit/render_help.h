/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Golden texts in tests/render: a missing one is written and fails, BLESS=1 writes them all. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kernel/btf.h"

static inline void golden(const char *name, const char *got)
{
	_cleanup_mem_ char *path = mem_printf(NULL, "%s/render/%s", getenv("BCSH_TESTS"), name);
	_cleanup_strbuf_ struct strbuf want = STRBUF_INIT;
	bool bless = getenv("BLESS") != NULL, missing = strbuf_read_file(&want, path, 1 << 20) != 0;

	if (bless || missing) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fputs(got, f);
		fclose(f);
		if (!bless)
			fail_msg("%s was missing and is written now", path);
		return;
	}
	assert_string_equal(got, want.text);
}

/* A writer of BTF: three basic types, then whatever a test adds. */
struct btf_writer {
	struct strbuf types, strings;
	uint32_t n;
};

enum { T_INT = 1, T_CHAR, T_U64 };

static inline uint32_t put_type(struct btf_writer *w, const char *name, int kind, unsigned vlen, bool kflag,
				uint32_t size)
{
	struct btf_type t = { .info = (uint32_t)kflag << 31 | (uint32_t)kind << 24 | vlen, .size = size };

	if (*name) {
		t.name_off = w->strings.len;
		strbuf_add(&w->strings, name, strlen(name) + 1);
	}
	strbuf_add(&w->types, &t, sizeof(t));
	return ++w->n;
}

static inline void put_words(struct btf_writer *w, unsigned n, const uint32_t *words)
{
	strbuf_add(&w->types, words, n * sizeof(*words));
}

static inline void put_named(struct btf_writer *w, const char *name, uint32_t a, uint32_t b, unsigned n)
{
	uint32_t words[3] = { w->strings.len, a, b };

	strbuf_add(&w->strings, name, strlen(name) + 1);
	put_words(w, n, words);
}

static inline uint32_t put_array(struct btf_writer *w, uint32_t type, uint32_t n)
{
	uint32_t id = put_type(w, "", BTF_KIND_ARRAY, 0, false, 0);

	put_words(w, 3, (uint32_t[]){ type, T_INT, n });
	return id;
}

static inline void btf_begin(struct btf_writer *w)
{
	*w = (struct btf_writer){ STRBUF_INIT, STRBUF_INIT, 0 };
	strbuf_addc(&w->strings, 0);
	put_type(w, "int", BTF_KIND_INT, 0, false, 4);
	put_words(w, 1, (uint32_t[]){ BTF_INT_SIGNED << 24 | 32 });
	put_type(w, "char", BTF_KIND_INT, 0, false, 1);
	put_words(w, 1, (uint32_t[]){ BTF_INT_SIGNED << 24 | 8 });
	put_type(w, "unsigned long long", BTF_KIND_INT, 0, false, 8);
	put_words(w, 1, (uint32_t[]){ 64 });
}

static inline struct btf_index *btf_end(struct btf_writer *w, const void *parent)
{
	struct btf_header h = { .magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(h),
				.type_len = w->types.len, .str_off = w->types.len, .str_len = w->strings.len };
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct btf_index *b = NULL;

	strbuf_add(&sb, &h, sizeof(h));
	strbuf_add(&sb, w->types.text, w->types.len);
	strbuf_add(&sb, w->strings.text, w->strings.len);
	assert_int_equal(btf_from_blob(parent, sb.text, sb.len, &b), 0);
	strbuf_clear(&w->types);
	strbuf_clear(&w->strings);
	return b;
}
