// SPDX-License-Identifier: GPL-3.0-or-later
/* Transfer functions over sets of origins; see origin.h. Knows no syntax. */
#include "rewriter/origin.h"

#include <string.h>

static const struct {
	const char *word;	/* in "origin:WORD:why" */
	unsigned bits;
	const char *noun;
	const char *predicate;
} words[] = {
	{ "ctx", BIT_CTX, "the context", "holds kernel pointers" },
	{ "ctx-kernel", BIT_CTX, "the context", "holds kernel pointers" },
	{ "ctx-btf", BIT_CTX_BTF, "the context", "holds pointers that the verifier tracks" },
	{ "ctx-user", BIT_CTX_USER, "the context", "holds user pointers" },
	{ "btf", BIT_BTF, "a pointer that the verifier tracks", "is a pointer that the verifier tracks" },
	{ "kernel", BIT_KERNEL, "a kernel pointer", "is a kernel pointer" },
	{ "user", BIT_USER, "a user pointer", "is a user pointer" },
	{ "direct", BIT_DIRECT, "a pointer to load from directly", "may be loaded from directly" },
	{ "stack", BIT_STACK, "a pointer to the stack", "is a pointer to the stack" },
	{ "map", BIT_MAP, "a pointer into a map", "is a pointer into a map" },
};

unsigned origin_demote(unsigned bits)
{
	return bits & BIT_BTF ? (bits & ~BIT_BTF) | BIT_KERNEL : bits;
}

/* What a pointer is worth once it was stored in a map: a number to the verifier, never loadable. */
static unsigned stored(unsigned bits)
{
	unsigned out = bits & (BIT_KERNEL | BIT_USER | BIT_DIRECT | BIT_OPEN);

	if (bits & (BIT_STACK | BIT_MAP | BITS_CTX | BIT_BTF))
		out |= BIT_KERNEL;
	return out | BIT_STORED;
}

unsigned origin_load(unsigned mem, unsigned content, bool typed)
{
	unsigned out = 0;

	if (mem & (BIT_KERNEL | BIT_CTX))
		out |= BIT_KERNEL;
	if (mem & (BIT_USER | BIT_CTX_USER))
		out |= BIT_USER;
	if (mem & BIT_CTX_BTF)
		out |= BIT_BTF;
	if (mem & BIT_BTF)
		out |= typed ? BIT_BTF : BIT_KERNEL;
	if (mem & BIT_STACK)
		out |= content;
	if (mem & BIT_MAP)
		out |= stored(content);
	out |= mem & (BIT_DIRECT | BIT_OPEN | BIT_STORED);
	return out;
}

unsigned origin_public(unsigned bits)
{
	unsigned out = bits & (ORIGIN_STACK | ORIGIN_MAP | ORIGIN_CTX | ORIGIN_BTF | ORIGIN_KERNEL |
			       ORIGIN_USER);

	if (bits & BITS_CTX)
		out |= ORIGIN_CTX;
	if (bits & BIT_DIRECT)
		out |= ORIGIN_STACK;
	/* Nobody is seen to store there: kernel pointers are what people keep in maps. */
	if ((bits & BIT_STORED) && !(bits & (BIT_KERNEL | BIT_USER)))
		out |= ORIGIN_KERNEL;
	return out;
}

unsigned origin_classes(unsigned bits)
{
	unsigned out = 0;

	bits = origin_public(bits);
	if (bits & (ORIGIN_STACK | ORIGIN_MAP))
		out |= ORIGIN_STACK;
	return out | (bits & (ORIGIN_CTX | ORIGIN_BTF | ORIGIN_KERNEL | ORIGIN_USER));
}

int origin_reading(unsigned bits)
{
	unsigned classes = origin_classes(bits);

	if (classes & ORIGIN_USER)
		return classes & ~ORIGIN_USER ? -1 : ORIGIN_USER;
	if (classes & ORIGIN_KERNEL)
		return ORIGIN_KERNEL;
	/* One load instruction cannot serve a tracked pointer and another kind; a read can. */
	if ((classes & (ORIGIN_BTF | ORIGIN_CTX)) && (classes & (classes - 1)))
		return ORIGIN_KERNEL;
	return 0;
}

unsigned origin_note(const char *note, const char **ret_why)
{
	const char *colon = strchr(note, ':');
	size_t len = colon ? (size_t)(colon - note) : strlen(note);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) != len || memcmp(words[i].word, note, len))
			continue;
		*ret_why = colon ? colon + 1 : "";
		return words[i].bits;
	}
	return 0;
}

const char *origin_noun(unsigned bit)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].bits == bit)
			return words[i].noun;
	return "a pointer";
}

const char *origin_predicate(unsigned bit)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].bits == bit)
			return words[i].predicate;
	return "is a pointer";
}
