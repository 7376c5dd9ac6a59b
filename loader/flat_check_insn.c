// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The instruction half of the policy: only instructions that a compiler for BPF emits, only helpers
 * that look and do not touch (unless --unsafe), no descriptors smuggled in as immediates, and every
 * relocation, function and line where it may be.
 */
#include "loader/flat_check.h"

#define HELPER_LAST 211 /* bpf_cgrp_storage_delete; no more have been added since, nor will be */

#define HELPER_NAME(x) [BPF_FUNC_##x] = "bpf_" #x
static const char *const helper_names[] = { __BPF_FUNC_MAPPER(HELPER_NAME) };

/* What changes the system, or what others see of it. */
static const bool helper_unsafe[HELPER_LAST + 1] = {
	[BPF_FUNC_probe_write_user] = true,
	[BPF_FUNC_override_return] = true,
	[BPF_FUNC_send_signal] = true,
	[BPF_FUNC_send_signal_thread] = true,
	[BPF_FUNC_setsockopt] = true,
	[BPF_FUNC_bprm_opts_set] = true,
	[BPF_FUNC_set_retval] = true,
	[BPF_FUNC_sys_bpf] = true,
	[BPF_FUNC_sys_close] = true,
	[BPF_FUNC_skb_store_bytes] = true,
	[BPF_FUNC_redirect] = true,
	[BPF_FUNC_clone_redirect] = true,
	[BPF_FUNC_sysctl_set_new_value] = true,
	[BPF_FUNC_bind] = true,
};

enum slot { SLOT_INSN, SLOT_WIDE, SLOT_SECOND };

#define JMP_JCOND 0xe0
#define MODE_MEMSX 0x80

static bool alu_ok(const struct bpf_insn *in)
{
	return BPF_OP(in->code) <= BPF_END;
}

static bool jump_ok(const struct bpf_insn *in)
{
	if (BPF_OP(in->code) == BPF_CALL)
		return in->code == (BPF_JMP | BPF_CALL) &&
		       (in->src_reg == 0 || in->src_reg == BPF_PSEUDO_CALL);
	if (BPF_OP(in->code) == BPF_EXIT)
		return in->code == (BPF_JMP | BPF_EXIT);
	return BPF_OP(in->code) < JMP_JCOND;
}

static bool memory_ok(const struct bpf_insn *in)
{
	int mode = BPF_MODE(in->code);

	switch (BPF_CLASS(in->code)) {
	case BPF_LDX:
		return mode == BPF_MEM || (mode == MODE_MEMSX && BPF_SIZE(in->code) != BPF_DW);
	case BPF_ST:
		return mode == BPF_MEM;
	default:
		return mode == BPF_MEM || (mode == BPF_ATOMIC && (BPF_SIZE(in->code) == BPF_W ||
								  BPF_SIZE(in->code) == BPF_DW));
	}
}

static bool insn_ok(const struct bpf_insn *in)
{
	if (in->dst_reg > BPF_REG_10 || in->src_reg > BPF_REG_10)
		return false;
	switch (BPF_CLASS(in->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return alu_ok(in);
	case BPF_JMP:
	case BPF_JMP32:
		return jump_ok(in);
	case BPF_LD:
		return in->code == (BPF_LD | BPF_IMM | BPF_DW) && in->src_reg == 0;
	default:
		return memory_ok(in);
	}
}

/* Marks which slots are whole instructions. NULL, or a sentence. */
static char *mark_slots(const void *parent, const struct flat_prog *p, uint8_t *slots)
{
	for (size_t i = 0; i < p->insns.n; i++) {
		const struct bpf_insn *in = &p->insns.v[i];

		if (!insn_ok(in))
			return mem_printf(
				parent,
				"instruction %zu of '%s' (0x%02x) is not one the compiler makes", i,
				p->name, in->code);
		if (BPF_CLASS(in->code) != BPF_LD)
			continue;
		slots[i] = SLOT_WIDE;
		if (++i == p->insns.n || in[1].code || in[1].dst_reg || in[1].src_reg || in[1].off)
			return mem_printf(parent, "'%s' ends inside a constant", p->name);
		slots[i] = SLOT_SECOND;
	}
	return NULL;
}

static bool target_ok(const struct flat_prog *p, const uint8_t *slots, int64_t at)
{
	return at >= 0 && (uint64_t)at < p->insns.n && slots[at] != SLOT_SECOND;
}

static char *check_helper(const void *parent, const struct flat_prog *p, int32_t id, bool unsafe)
{
	const char *name =
		id > 0 && (size_t)id < ARRAY_SIZE(helper_names) ? helper_names[id] : NULL;

	if (id <= 0 || id > HELPER_LAST)
		return mem_printf(parent, "'%s' calls helper %d, which does not exist", p->name,
				  id);
	if (helper_unsafe[id] && !unsafe)
		return mem_printf(parent, "%s() changes the system; it needs --unsafe",
				  name ? name : "helper");
	return NULL;
}

static char *check_targets(const void *parent, const struct flat_prog *p, const uint8_t *slots,
			   bool unsafe)
{
	for (size_t i = 0; i < p->insns.n; i++) {
		const struct bpf_insn *in = &p->insns.v[i];
		int cls = BPF_CLASS(in->code);
		int64_t to = (int64_t)i + 1;

		if (slots[i] == SLOT_SECOND || (cls != BPF_JMP && cls != BPF_JMP32) ||
		    BPF_OP(in->code) == BPF_EXIT)
			continue;
		if (BPF_OP(in->code) == BPF_CALL && in->src_reg == 0) {
			char *why = check_helper(parent, p, in->imm, unsafe);

			if (why)
				return why;
			continue;
		}
		if (BPF_OP(in->code) == BPF_CALL || in->code == (BPF_JMP32 | BPF_JA))
			to += in->imm;
		else
			to += in->off;
		if (!target_ok(p, slots, to))
			return mem_printf(parent, "instruction %zu of '%s' jumps out of it", i,
					  p->name);
	}
	return NULL;
}

static char *check_relocs(const void *parent, const struct flat *f, const struct flat_prog *p,
			  const uint8_t *slots)
{
	vec_each(&p->relocs, r) {
		bool ok = r->insn < p->insns.n && slots[r->insn] == SLOT_WIDE;

		switch (r->kind) {
		case FLAT_RELOC_MAP:
			ok = ok && r->index < f->maps.n && !r->offset;
			break;
		case FLAT_RELOC_VALUE:
			ok = ok && r->index < f->maps.n &&
			     f->maps.v[r->index].type == BPF_MAP_TYPE_ARRAY &&
			     f->maps.v[r->index].max_entries == 1 &&
			     r->offset < f->maps.v[r->index].value_size;
			break;
		case FLAT_RELOC_FUNC:
			ok = ok && target_ok(p, slots, r->index) && !r->offset;
			break;
		default:
			ok = false;
		}
		if (!ok)
			return mem_printf(parent, "'%s' has a relocation that points nowhere",
					  p->name);
	}
	return NULL;
}

static char *check_infos(const void *parent, const struct flat *f, const struct flat_prog *p,
			 const uint8_t *slots, uint32_t n_types)
{
	int64_t last = -1;

	vec_each(&p->funcs, fn) {
		if (fn->insn <= last || !target_ok(p, slots, fn->insn) || fn->type_id >= n_types)
			return mem_printf(parent, "'%s' has function information out of place",
					  p->name);
		last = fn->insn;
	}
	if (p->funcs.n && p->funcs.v[0].insn)
		return mem_printf(parent, "'%s' has no function information at its start", p->name);
	last = -1;
	vec_each(&p->lines, l) {
		if (l->insn <= last || !target_ok(p, slots, l->insn) || l->file_off >= f->btf_len ||
		    l->line_off >= f->btf_len)
			return mem_printf(parent, "'%s' has line information out of place",
					  p->name);
		last = l->insn;
	}
	return NULL;
}

char *flat_check_prog(const void *parent, const struct flat *f, const struct flat_prog *p,
		      uint32_t n_types, bool unsafe)
{
	_cleanup_mem_ uint8_t *slots = mem_array(NULL, uint8_t, p->insns.n);
	char *why = mark_slots(parent, p, slots);

	if (!why)
		why = check_targets(parent, p, slots, unsafe);
	if (!why)
		why = check_relocs(parent, f, p, slots);
	if (!why)
		why = check_infos(parent, f, p, slots, n_types);
	return why;
}
