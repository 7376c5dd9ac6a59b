/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the C printer, for btf_c.c, btf_decl.c and btf_record.c only. */
#pragma once

#include "base/vec.h"
#include "kernel/btf_c.h"

struct name_set {
	struct name_entry {
		char *name;	/* NULL: free */
		uint32_t hash;
		uint8_t flags;
	} *v;
	uint32_t n, mask;
};

#define NAME_TOKEN 1		/* occurs in the snippet */
#define NAME_NO_TAG 2		/* the user's own tag */
#define NAME_NO_ORDINARY 4	/* the user's own typedef, variable, function or constant */

enum { STATE_DECLARED = 1, STATE_QUEUED = 2, STATE_BEGUN = 4, STATE_DONE = 8 };

struct btf_c {
	struct btf_index *btf;
	struct name_set names;
	VEC(uint32_t) needed;
	VEC(uint32_t) queue;	/* records whose definition is wanted but not urgent */
	uint8_t *state;		/* by type id */
	uint8_t *align;		/* by type id; 0: not known yet */
	struct strbuf *out;
	unsigned pads;		/* of the record being printed, to name the next one */
};

static inline bool is_record(const struct btf_type *t)
{
	return btf_kind_of(t) == BTF_KIND_STRUCT || btf_kind_of(t) == BTF_KIND_UNION;
}
static inline bool is_enum(const struct btf_type *t)
{
	return btf_kind_of(t) == BTF_KIND_ENUM || btf_kind_of(t) == BTF_KIND_ENUM64;
}

/* Flags of NAME (0: never heard of). */
uint8_t name_flags(const struct btf_c *c, const char *name);
/*
 * Is member F of the snippet's interest: named by a token, or anonymous with such a member inside?
 */
bool member_wanted(const struct btf_c *c, const struct btf_field *f);

/*
 * The one type that C's tag NAME stands for; another type of that name is spelled NAME___ID.
 * Likewise for typedefs.
 */
uint32_t tag_find(const struct btf_index *b, const char *name);	/* 0: none */
bool tag_owned(const struct btf_index *b, uint32_t id);
bool typedef_owned(const struct btf_index *b, uint32_t id);
/* A typedef that is printed as what it stands for: the compiler's own, or the user has the name. */
bool typedef_inlined(const struct btf_c *c, const struct btf_index *b, uint32_t id);
/* "struct foo", "enum foo___123"; BY_VALUE: where the type must be the kernel's own. */
void tag_print(const struct btf_c *c, const struct btf_index *b, uint32_t id, bool by_value,
	       struct strbuf *out);
/* Integer type of an enum: "unsigned char". */
const char *enum_base(const struct btf_type *t);
/* btf_c_declare() that knows the snippet (C may be NULL). */
void decl_print(struct btf_c *c, const struct btf_index *b, uint32_t id, const char *name,
		struct strbuf *out);
/* "struct NAME { ... } attributes" with the wanted members of record ID; NAME may be "". */
void record_print(struct btf_c *c, uint32_t id, const char *name, struct strbuf *out);
