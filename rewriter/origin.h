/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sets of origins that inference computes with. Finer than the public enum origin: a context
 * record is told apart by what a pointer loaded from it is, and three marks stand for what is not
 * known yet. The transfer functions here are the whole semantics of memory; solve.c only applies
 * them.
 */
#pragma once

#include "rewriter/infer.h"

enum {
	BIT_STACK = ORIGIN_STACK,
	BIT_MAP = ORIGIN_MAP,
	BIT_CTX = ORIGIN_CTX,		/* pointers in it point to the kernel */
	BIT_BTF = ORIGIN_BTF,
	BIT_KERNEL = ORIGIN_KERNEL,
	BIT_USER = ORIGIN_USER,
	BIT_CTX_BTF = 64,		/* a context whose pointers the verifier knows */
	BIT_CTX_USER = 128,		/* a context whose pointers are the user's */
	BIT_DIRECT = 256,		/* declared __direct */
	BIT_OPEN = 512,			/* a parameter of a function that nothing calls yet */
	BIT_STORED = 1024,		/* came out of a map or global that nothing is seen to fill */
};
#define ORIGIN_BITS 11
#define BITS_CTX    (BIT_CTX | BIT_CTX_BTF | BIT_CTX_USER)

/* What a pointer value is that was loaded from memory of origins MEM which holds CONTENT. TYPED:
   it points to a struct, as the verifier sees it. */
unsigned origin_load(unsigned mem, unsigned content, bool typed);
/* After arithmetic or a cast the verifier no longer tracks it. */
unsigned origin_demote(unsigned bits);
/* The bits a public origin stands for, and back. */
unsigned origin_public(unsigned bits);
/* ORIGIN_KERNEL, ORIGIN_USER, 0 for a direct load, -1 for both kernel and user. */
int origin_reading(unsigned bits);
/* A set of classes of which a function's parameter should have only one: else it is cloned. */
unsigned origin_classes(unsigned bits);
/* "kernel:argument 2 of ..." -> its bits, and the reason in *ret_why. 0 if it is none. */
unsigned origin_note(const char *note, const char **ret_why);
/* "a kernel pointer"; of a context record: "is ..." or "holds kernel pointers". */
const char *origin_noun(unsigned bit);
const char *origin_predicate(unsigned bit);
