/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Functions of programs and shared libraries, and the byte of the file where each begins: what a
 * uprobe wants. Reads .symtab and .dynsym; knows nothing of DWARF and of separate debug files.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct elf_symbol {
	uint64_t offset;	/* in the file */
	uint64_t address;	/* in the program's own address space */
	uint64_t size;		/* 0: not known */
	bool indirect;		/* an ifunc: what is there only chooses the function */
};

/*
 * Function NAME of the ELF file PATH. 0, -ENOENT: no such symbol, -ENOEXEC: no ELF file for this
 * machine, or -errno. "NAME@VERSION" in the file is found as NAME.
 */
int elf_symbol_find(const char *path, const char *name, struct elf_symbol *ret);
/*
 * Calls FN for each defined function until it returns true; VERSION suffixes are cut off. 0 or as
 * above.
 */
int elf_symbol_each(const char *path,
		    bool (*fn)(void *arg, const char *name, const struct elf_symbol *sym),
		    void *arg);
/*
 * What a person means by the file NAME: a path as it is, else a library ("libc", "c",
 * "libssl.so.3") by the loader's cache and the usual directories, else a program of PATH. NULL:
 * nothing.
 */
char *elf_find_file(const void *parent, const char *name);
