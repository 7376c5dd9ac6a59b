/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints the C of just the types that a snippet names, with exactly the kernel's layout: a record
 * holds the members whose names occur in the snippet and explicit padding for the rest; size,
 * offsets and alignment are the kernel's. No vmlinux.h, no headers, no CO-RE.
 */
#pragma once

#include "kernel/btf.h"

struct btf_c;

struct btf_c *btf_c_new(const void *parent, struct btf_index *btf);
/* The snippet contains this identifier: it may name a type, a member or an enum constant. */
void btf_c_token(struct btf_c *c, const char *name, size_t len);
/* The user defines this tag, typedef or constant: theirs wins, the kernel's is not printed. */
void btf_c_exclude(struct btf_c *c, const char *name, size_t len);
/*
 * The same for typedefs and constants only: a variable of this name does not hide a struct's tag.
 */
void btf_c_exclude_ordinary(struct btf_c *c, const char *name, size_t len);
/*
 * Type ID is needed (a parameter's type, say): itself if used by value, a declaration behind a
 * pointer.
 */
void btf_c_need(struct btf_c *c, uint32_t id);
/*
 * Appends all declarations, in an order that compiles; with them constants and macros of the
 * kernel's headers which tokens name (kernel/constant.h).
 */
void btf_c_emit(struct btf_c *c, struct strbuf *out);
/*
 * Appends a declaration of NAME with type ID: "struct sock *sk", "char comm[16]". NAME may be "".
 */
void btf_c_declare(const struct btf_index *b, uint32_t id, const char *name, struct strbuf *out);
