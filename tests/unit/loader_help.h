/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the loader's tests: instructions by name, a flat of one program, what root is needed for. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "loader/load.h"

#define INSN(c, d, s, o, i) \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV_I(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define MOV_R(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define ALU_I(op, d, i) INSN(BPF_ALU64 | (op) | BPF_K, d, 0, 0, i)
#define ALU_R(op, d, s) INSN(BPF_ALU64 | (op) | BPF_X, d, s, 0, 0)
#define JMP_I(op, d, i, off) INSN(BPF_JMP | (op) | BPF_K, d, 0, off, i)
#define LDX(size, d, s, off) INSN(BPF_LDX | (size) | BPF_MEM, d, s, off, 0)
#define ST(size, d, off, i) INSN(BPF_ST | (size) | BPF_MEM, d, 0, off, i)
#define STX(size, d, s, off) INSN(BPF_STX | (size) | BPF_MEM, d, s, off, 0)
#define ATOMIC_ADD(d, s, off) INSN(BPF_STX | BPF_DW | BPF_ATOMIC, d, s, off, BPF_ADD)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* Two instructions; a relocation to map I of the flat is made of it. */
#define MAP(d, i) INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_FD, 0, i), INSN(0, 0, 0, 0, 0)
#define VALUE(d, i) INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_VALUE, 0, i), INSN(0, 0, 0, 0, 0)

static inline void need_root(void)
{
	if (!load_permission())
		return;
	print_message("skipped: %s\n", load_permission());
	skip();
}

static inline struct flat_map *help_map(void *parent, struct flat *f, const char *name, uint32_t type,
					uint32_t key_size, uint32_t value_size, uint32_t entries)
{
	struct flat_map *m = vec_add(parent, &f->maps);

	*m = (struct flat_map){ .name = mem_strdup(parent, name), .type = type,
		.key_size = key_size, .value_size = value_size, .max_entries = entries };
	return m;
}

/* Each instruction I stands at [10 * I, 10 * I + 5) of text 0. */
static inline void help_prog(void *parent, struct flat *f, const char *name,
			     const struct bpf_insn *insns, size_t n)
{
	struct flat_prog *p = vec_add(parent, &f->progs);

	p->name = mem_strdup(parent, name);
	for (size_t i = 0; i < n; i++) {
		struct flat_line *l = vec_add(parent, &p->lines);

		l->insn = i;
		l->at = (struct range){ 0, 10 * i, 10 * i + 5 };
		vec_push(parent, &p->insns, insns[i]);
		if (insns[i].code == (BPF_LD | BPF_DW | BPF_IMM) && insns[i].src_reg) {
			struct flat_reloc *r = vec_add(parent, &p->relocs);

			r->insn = i;
			r->kind = insns[i].src_reg == BPF_PSEUDO_MAP_FD ? FLAT_RELOC_MAP :
				  FLAT_RELOC_VALUE;
			r->index = insns[i].imm;
		}
	}
}

static inline void help_show(const struct diags *ds)
{
	vec_each(&ds->list, d)
		print_message("diagnostic: %s (hint: %s)\n", d->message, d->hint ? d->hint : "-");
}
