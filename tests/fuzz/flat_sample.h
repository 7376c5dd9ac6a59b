/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A flat program with one of everything, and what a loader may rely on once flat_get() and
 * flat_check() have let an answer through. Shared by the unit test and the fuzzer.
 */
#pragma once

#include <linux/btf.h>
#include <stdlib.h>

#include "loader/flat.h"

static const char *const sample_progs[] = { "one", "two" };

static inline void sample_btf(const void *parent, struct flat *f)
{
	static const char strings[] = "\0int\0one";
	struct {
		struct btf_header h;
		struct btf_type integer;
		uint32_t bits;
		struct btf_type proto;
		struct btf_type func;
		char strings[sizeof(strings)];
	} __attribute__((packed)) b = {
		.h = { .magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(b.h), .type_len = 40,
		       .str_off = 40, .str_len = sizeof(strings) },
		.integer = { 1, (uint32_t)BTF_KIND_INT << 24, { 4 } }, .bits = 32,
		.proto = { 0, (uint32_t)BTF_KIND_FUNC_PROTO << 24, { 1 } },
		.func = { 5, (uint32_t)BTF_KIND_FUNC << 24, { 2 } },
	};

	memcpy(b.strings, strings, sizeof(strings));
	f->btf = mem_dup(parent, &b, sizeof(b));
	f->btf_len = sizeof(b);
}

static inline void sample_prog(const void *parent, struct flat_prog *p, const char *name)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1 }, { 0 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 2 }, { 0 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 3 }, { 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .off = 1 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	p->name = mem_strdup(parent, name);
	for (size_t i = 0; i < ARRAY_SIZE(insns); i++)
		vec_push(parent, &p->insns, insns[i]);
	vec_push(parent, &p->relocs, ((struct flat_reloc){ 0, FLAT_RELOC_MAP, 0, 0 }));
	vec_push(parent, &p->relocs, ((struct flat_reloc){ 2, FLAT_RELOC_VALUE, 1, 4 }));
	vec_push(parent, &p->relocs, ((struct flat_reloc){ 4, FLAT_RELOC_FUNC, 10, 0 }));
	vec_push(parent, &p->funcs, ((struct flat_func){ 0, 3 }));
	vec_push(parent, &p->funcs, ((struct flat_func){ 10, 3 }));
	vec_push(parent, &p->lines, ((struct flat_line){ 0, 1, 0, 1 << 10, { 0, 3, 9 } }));
	vec_push(parent, &p->lines, ((struct flat_line){ 10, 1, 0, 2 << 10, RANGE_NONE }));
}

static inline void sample_flat(const void *parent, struct flat *f)
{
	*f = (struct flat){ 0 };
	sample_btf(parent, f);
	vec_push(parent, &f->maps, ((struct flat_map){ mem_strdup(parent, "m"), FLAT_MAP_USER,
		BPF_MAP_TYPE_HASH, 4, 8, 64, BPF_F_NO_PREALLOC, 1, 1, NULL }));
	vec_push(parent, &f->maps,
		 ((struct flat_map){ mem_strdup(parent, "hits"), FLAT_MAP_GLOBAL,
				     BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_MMAPABLE, 0, 1,
				     mem_dup(parent, "\1\0\0\0\0\0\0", 8) }));
	vec_push(parent, &f->maps,
		 ((struct flat_map){ mem_strdup(parent, ".rodata"), FLAT_MAP_CONST,
				     BPF_MAP_TYPE_ARRAY, 4, 6, 1, BPF_F_RDONLY_PROG, 0, 0,
				     mem_dup(parent, "hello", 6) }));
	vec_push(parent, &f->maps,
		 ((struct flat_map){ mem_strdup(parent, "__bcsh_ring"), FLAT_MAP_OURS,
				     BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0, 0, 0, NULL }));
	sample_prog(parent, vec_add(parent, &f->progs), "one");
	sample_prog(parent, vec_add(parent, &f->progs), "two");
}

#define sample_must(condition)                                                   \
	do {                                                                     \
		if (!(condition)) {                                              \
			fprintf(stderr, "let through: !(%s)\n", #condition);     \
			abort();                                                 \
		}                                                                \
	} while (0)

/* Reads every byte that a count or an index speaks of, so that a sanitizer sees a lie. */
static inline void sample_prog_is_safe(const struct flat *f, const struct flat_prog *p)
{
	uint32_t last = 0;

	sample_must(p->insns.n && p->insns.n <= FLAT_INSNS_MAX && *p->name);
	for (size_t i = 0; i < p->insns.n; i++) {
		const struct bpf_insn *in = &p->insns.v[i];
		bool jumps = BPF_CLASS(in->code) == BPF_JMP && BPF_OP(in->code) != BPF_CALL &&
			     BPF_OP(in->code) != BPF_EXIT;

		if (in->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			sample_must(i + 1 < p->insns.n && !in->src_reg && !in[1].code);
			i++;
			continue;
		}
		sample_must(BPF_CLASS(in->code) != BPF_LD);
		if (jumps)
			sample_must((int64_t)i + 1 + in->off >= 0 && i + 1 + in->off < p->insns.n);
		if (in->code == (BPF_JMP | BPF_CALL) && in->src_reg)
			sample_must(in->src_reg == BPF_PSEUDO_CALL &&
				    (int64_t)i + 1 + in->imm >= 0 && i + 1 + in->imm < p->insns.n);
		if (in->code == (BPF_JMP | BPF_CALL) && !in->src_reg)
			sample_must(in->imm != BPF_FUNC_probe_write_user &&
				    in->imm != BPF_FUNC_send_signal &&
				    in->imm != BPF_FUNC_override_return);
	}
	vec_each(&p->relocs, r) {
		sample_must(r->insn + 1 < p->insns.n && p->insns.v[r->insn].code == 0x18);
		if (r->kind == FLAT_RELOC_FUNC)
			sample_must(r->index < p->insns.n);
		else
			sample_must(r->index < f->maps.n);
		if (r->kind == FLAT_RELOC_VALUE)
			sample_must(r->offset < f->maps.v[r->index].value_size);
	}
	vec_each(&p->funcs, fn) {
		sample_must(fn->insn < p->insns.n && (fn == p->funcs.v || fn->insn > last));
		last = fn->insn;
	}
	vec_each(&p->lines, l) {
		sample_must(l->insn < p->insns.n && (l == p->lines.v || l->insn > last));
		sample_must(l->at.start <= l->at.end);
		last = l->insn;
	}
}

static inline void sample_is_safe(const struct flat *f)
{
	volatile unsigned sum = 0;

	sample_must(f->maps.n <= FLAT_MAPS_MAX && f->progs.n == 2);
	for (size_t i = 0; i < f->btf_len; i++)
		sum += ((const unsigned char *)f->btf)[i];
	vec_each(&f->maps, m) {
		sample_must(m->type != BPF_MAP_TYPE_STRUCT_OPS &&
			    m->type != BPF_MAP_TYPE_ARRAY_OF_MAPS);
		sample_must((uint64_t)m->max_entries * (m->key_size + m->value_size) <= 4ull << 30);
		for (size_t i = 0; m->init && i < m->value_size; i++)
			sum += ((const unsigned char *)m->init)[i];
	}
	vec_each(&f->progs, p)
		sample_prog_is_safe(f, p);
}

/* One answer as the privileged side takes it. True: let through. */
static inline bool sample_take(const void *bytes, size_t len)
{
	_cleanup_mem_ char *root = mem_new(NULL, char);
	struct flat_policy policy = { sample_progs, 2, false };
	struct wire_reader r;
	struct flat f;

	wire_reader_init(&r, bytes, len);
	if (!flat_get(&f, &r, root) || flat_check(root, &f, &policy))
		return false;
	sample_is_safe(&f);
	return true;
}
