/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The flattened program: what the worker makes of an object file, and all that the privileged side
 * accepts from it. No ELF crosses. flat_get() bounds-checks every index, offset and size, so that
 * load.c can trust a decoded struct flat; flat_check() then allows only what the request implies.
 */
#pragma once

#include <linux/bpf.h>

#include "base/diag.h"
#include "base/wire.h"

#define FLAT_INSNS_MAX 1000000u
#define FLAT_MAPS_MAX 256u
#define FLAT_PROGS_MAX 4096u

enum flat_map_role {
	FLAT_MAP_USER,		/* declared by the person: shared by name in the session */
	FLAT_MAP_GLOBAL,	/* one file-scope variable: shared by name, "init" are its first bytes */
	FLAT_MAP_CONST,		/* read-only data (string literals): private to this flat */
	FLAT_MAP_OURS,		/* __bcsh_*: made once by the session (event ring, counters) */
};

struct flat_map {
	char *name;		/* C name */
	enum flat_map_role role;
	uint32_t type, key_size, value_size, max_entries, flags;
	uint32_t key_id, value_id;	/* BTF type ids in flat.btf; 0: none */
	void *init;		/* GLOBAL, CONST: value_size bytes; NULL: zeros */
};

enum flat_reloc_kind {
	FLAT_RELOC_MAP,		/* ld_imm64 of a map's fd */
	FLAT_RELOC_VALUE,	/* ld_imm64 of an address in the map's only value, + offset */
	FLAT_RELOC_FUNC,	/* ld_imm64 of a subprogram's address (callbacks): index is its insn */
};

struct flat_reloc {
	uint32_t insn;		/* index of the ld_imm64 */
	enum flat_reloc_kind kind;
	uint32_t index;		/* in maps, or instruction index */
	uint32_t offset;
};

struct flat_line {
	uint32_t insn;
	uint32_t file_off, line_off, line_col;	/* as in struct bpf_line_info */
	struct range at;	/* in the person's text */
};

struct flat_func {
	uint32_t insn;
	uint32_t type_id;	/* BTF FUNC */
};

struct flat_prog {
	char *name;		/* of its entry function: "bcsh_p3" */
	VEC(struct bpf_insn) insns;	/* subprograms follow the entry; calls among them are resolved */
	VEC(struct flat_reloc) relocs;
	VEC(struct flat_func) funcs;
	VEC(struct flat_line) lines;
};

struct flat {
	void *btf;		/* BTF as the kernel takes it: no VAR or DATASEC left in it */
	size_t btf_len;
	VEC(struct flat_map) maps;
	VEC(struct flat_prog) progs;
};

void flat_put(const struct flat *f, struct strbuf *out);
/* False if anything is out of bounds; then nothing of RET may be used. Copies below PARENT. */
bool flat_get(struct flat *ret, struct wire_reader *r, const void *parent);

struct flat_policy {	/* what the request implies */
	const char *const *progs;	/* entry functions asked for */
	size_t n_progs;
	bool unsafe;		/* --unsafe: helpers that change the system */
};
/*
 * Refuses map types, flags, sizes and helpers that no input could have asked for. NULL if all is
 * well, else a sentence below PARENT.
 */
char *flat_check(const void *parent, const struct flat *f, const struct flat_policy *policy);
