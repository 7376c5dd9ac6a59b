/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the flatten*.c files: one object file being turned into a struct flat. */
#pragma once

#include <elf.h>

#include "loader/flatten.h"

struct flatten_section {
	const char *name;
	const char *data;	/* NULL for .bss */
	size_t size;
	uint32_t type;
	uint64_t flags;
	const Elf64_Rel *rels;
	size_t n_rels;
	uint32_t map;		/* index + 1 in flat.maps of the variable that this section is */
	uint32_t base;		/* where its bytes start in that map's value */
};

/* The object's .BTF while its map variables are still readable as such. */
struct flatten_types {
	char *bytes;		/* a copy that sanitising changes */
	size_t len;
	uint32_t *at;		/* offset in bytes of each type; [0] unused */
	uint32_t n;		/* types, void included */
	const char *strings;
	size_t strings_len;
};

struct flatten {
	const void *parent;
	struct flat *flat;
	const struct flatten_place *place;
	char *error;		/* the first sentence */

	struct flatten_section *sections;
	size_t n_sections;
	const Elf64_Sym *syms;
	size_t n_syms;
	const char *names;	/* of symbols */
	size_t names_len;
	uint32_t maps_section;	/* 0: none */
	const char *ext;	/* .BTF.ext; NULL: none */
	size_t ext_len;
	uint32_t rodata;	/* index + 1 of the one map of all constants */
	struct flatten_types types;
};

/* One function of a program, at its place in the object and in the program. */
struct flatten_func {
	uint32_t section;
	uint64_t off, size;	/* bytes */
	uint32_t insn;		/* of the program */
};

/* Notes the first error; returns -1 always. */
int flatten_fail(struct flatten *f, const char *fmt, ...) mem_attr(2, 3);
const char *flatten_symbol_name(const struct flatten *f, const Elf64_Sym *sym);

/* flatten_elf.c: fills sections, symbols, ext and types from OBJECT, which must outlive F. */
int flatten_elf(struct flatten *f, const void *object, size_t len);

/* flatten_btf.c */
int flatten_types_open(struct flatten *f, const void *bytes, size_t len);
const struct btf_type *flatten_type(const struct flatten *f, uint32_t id);
const char *flatten_type_str(const struct flatten *f, uint32_t off);
/* Id of the type of variable NAME, 0 if BTF has none. */
uint32_t flatten_types_variable(const struct flatten *f, const char *name);
/* Fills M from the struct type ID that declares a map. */
int flatten_types_map(struct flatten *f, uint32_t id, struct flat_map *m);
/* Makes the types loadable: no VAR, DATASEC or extern functions; hands them to f->flat. */
void flatten_types_finish(struct flatten *f);

/* flatten_map.c */
int flatten_maps_declared(struct flatten *f);
/* The map, and the offset in it, behind OFF in SECTION; is_map: a declared map, not a value in one.
 */
int flatten_map_at(struct flatten *f, uint32_t section, uint64_t off, uint32_t *ret_map,
		   uint32_t *ret_offset, bool *ret_is_map);

/* flatten_info.c: adds FUNC's function and line records from .BTF.ext to P. */
int flatten_info(struct flatten *f, const struct flatten_func *func, struct flat_prog *p);
