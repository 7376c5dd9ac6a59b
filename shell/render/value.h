/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes and their type -> text for a cell, or JSON. A type comes from BTF (a map's) or from its C
 * spelling (an event's field, a value from the handler). Any bytes are safe: sizes were checked by
 * the caller against value_type.size.
 *
 * The worker's BTF holds only the members that an input named. When a named record there is the
 * kernel's (same size, and not the person's own), it is shown by the kernel's BTF, with all members.
 */
#pragma once

#include "kernel/btf.h"
#include "rewriter/rewrite.h"

struct value_types {
	const struct btf_index *kernel;	/* NULL: not known */
	bool (*is_own)(void *arg, const char *name);	/* the person defined this tag; NULL: never */
	void *arg;
	const struct record_layout *records;	/* the person's own, for C spellings */
	size_t n_records;
	bool raw;			/* text as its bytes: the caller escapes them, as JSON does */
};

enum value_kind {
	VALUE_BYTES,	/* nothing is known but the size */
	VALUE_INT,
	VALUE_UINT,
	VALUE_BOOL,
	VALUE_FLOAT,
	VALUE_POINTER,
	VALUE_ENUM,
	VALUE_TEXT,	/* char[n] */
	VALUE_ARRAY,
	VALUE_RECORD,
};

struct value_type {
	enum value_kind kind;
	size_t size;
	uint32_t count;			/* of an array's elements */
	const struct btf_index *btf;	/* where `id` is: the record, the enum, or the element's type */
	uint32_t id;
	const struct record_layout *layout;	/* of a record, when btf is NULL */
	const char *c;			/* an array's element in C, when btf is NULL */
	size_t c_len;
	bool is_signed;			/* of an enum */
};

struct value_member {
	const char *name;	/* "" for an anonymous record */
	struct value_type type;	/* of a bitfield: 8 bytes, see value_member_bytes() */
	size_t offset;
	unsigned shift, bits;
};

/* The type ID in BTF. */
struct value_type value_type_btf(const struct value_types *t, const struct btf_index *btf, uint32_t id);
/* The C type of LEN bytes C ("char[16]", "struct sock *"), whose size is SIZE if it is not known. */
struct value_type value_type_c(const struct value_types *t, const char *c, size_t len, size_t size);
struct value_type value_element(const struct value_types *t, const struct value_type *array);
unsigned value_members(const struct value_type *record);
struct value_member value_member(const struct value_types *t, const struct value_type *record,
				 unsigned i);
/* The member's bytes in RECORD; a bitfield is widened into *TMP. */
const void *value_member_bytes(const struct value_member *m, const void *record, uint64_t *tmp);

/* A number's value. False: it is none. */
bool value_number(const struct value_type *vt, const void *bytes, int64_t *ret);
/* Order for sorting: numbers by value, text and all else by bytes. */
int value_compare(const struct value_types *t, const struct value_type *vt, const void *a,
		  const void *b);

/* Decimal digits, as "%llu" but quick; MINUS: with a sign before them. */
void value_add_integer(struct strbuf *out, uint64_t v, bool minus);
void value_add_text(const struct value_types *t, const struct value_type *vt, const void *bytes,
		    struct strbuf *out);
void value_add_json(const struct value_types *t, const struct value_type *vt, const void *bytes,
		    struct strbuf *out);
