// SPDX-License-Identifier: GPL-3.0-or-later
/* Memory and instructions of the test machine; see vm.h. Instruction set: kernel's Documentation/bpf/standardization. */
#include "vm.h"

#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 4000000ul
#define FRAMES 8
#define STACK 512

void vm_fault(struct vm *vm, const char *fmt, ...)
{
	va_list ap;

	if (vm->fault)
		return;
	va_start(ap, fmt);
	vm->fault = mem_vprintf(vm->parent, fmt, ap);
	va_end(ap);
}

void vm_mix(uint64_t *hash, const void *p, size_t len)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < len; i++)
		*hash = (*hash ^ b[i]) * 1099511628211ull;
}

/* Addresses of the upper half, which only a person can have written, count as the kernel's window. */
bool vm_in_window(uint64_t address, uint64_t base)
{
	if (base == VM_KERNEL && address >> 47 == 0x1ffff)
		return true;
	return address >= base && address < base + VM_WINDOW;
}

static uint64_t window_word(const struct vm *vm, uint64_t address)
{
	uint64_t base = address & ~(VM_WINDOW - 1), h = vm->seed ^ address;

	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdull;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ull;
	h ^= h >> 33;
	return base + (h % ((VM_WINDOW - 65536) / 16)) * 16;
}

void vm_window(struct vm *vm, uint64_t address, void *to, size_t size)
{
	uint8_t *out = to;

	for (size_t i = 0; i < size; i++) {
		uint64_t word = window_word(vm, (address + i) & ~7ull);

		out[i] = (uint8_t)(word >> (((address + i) & 7) * 8));
	}
}

uint8_t *vm_touch(struct vm *vm, uint64_t address, size_t size, bool write)
{
	for (unsigned i = 0; i < vm->n_regions; i++) {
		const struct vm_region *r = &vm->regions[i];
		uint64_t at = (uint64_t)(uintptr_t)r->p;

		if (address >= at && size <= r->len && address - at <= r->len - size && (r->writable || !write))
			return r->p + (address - at);
	}
	if (vm->open && !write && (vm_in_window(address, VM_KERNEL) || vm_in_window(address, VM_USER))) {
		uint8_t *copy = mem_zalloc(vm, size ? size : 1, "window");

		vm_window(vm, address, copy, size);
		return copy;
	}
	vm_fault(vm, "%s of %zu bytes at %#llx (%s)", write ? "write" : "read", size,
		 (unsigned long long)address,
		 vm_in_window(address, VM_KERNEL) ? "kernel" : vm_in_window(address, VM_USER) ? "user" : "wild");
	return NULL;
}

static uint64_t load(struct vm *vm, uint64_t address, size_t size)
{
	uint64_t v = 0;
	uint8_t *p;

	if (vm->open && (vm_in_window(address, VM_KERNEL) || vm_in_window(address, VM_USER))) {
		vm_window(vm, address, &v, size);
		return v;
	}
	p = vm_touch(vm, address, size, false);
	if (p)
		memcpy(&v, p, size);
	return v;
}

static void store(struct vm *vm, uint64_t address, uint64_t v, size_t size)
{
	uint8_t *p = vm_touch(vm, address, size, true);

	if (p)
		memcpy(p, &v, size);
}

static size_t size_of(uint8_t code)
{
	switch (BPF_SIZE(code)) {
	case BPF_B: return 1;
	case BPF_H: return 2;
	case BPF_W: return 4;
	default: return 8;
	}
}

static uint64_t swap(uint64_t v, int bits, bool big)
{
	if (big)
		return bits == 16 ? __builtin_bswap16((uint16_t)v) :
		       bits == 32 ? __builtin_bswap32((uint32_t)v) : __builtin_bswap64(v);
	return bits == 16 ? (uint16_t)v : bits == 32 ? (uint32_t)v : v;
}

static uint64_t alu(struct vm *vm, const struct bpf_insn *i, uint64_t a, uint64_t b)
{
	bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	unsigned mask = wide ? 63 : 31;

	if (!wide) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	switch (BPF_OP(i->code)) {
	case BPF_ADD: a += b; break;
	case BPF_SUB: a -= b; break;
	case BPF_MUL: a *= b; break;
	case BPF_DIV: a = b ? a / b : 0; break;
	case BPF_MOD: a = b ? a % b : a; break;
	case BPF_OR: a |= b; break;
	case BPF_AND: a &= b; break;
	case BPF_XOR: a ^= b; break;
	case BPF_LSH: a <<= b & mask; break;
	case BPF_RSH: a >>= b & mask; break;
	case BPF_ARSH: a = wide ? (uint64_t)((int64_t)a >> (b & 63)) : (uint64_t)((int32_t)a >> (b & 31)); break;
	case BPF_NEG: a = -a; break;
	case BPF_MOV: a = b; break;
	default: vm_fault(vm, "unknown operation %#x", i->code);
	}
	return wide ? a : (uint32_t)a;
}

static bool taken(struct vm *vm, const struct bpf_insn *i, uint64_t a, uint64_t b)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	if (BPF_CLASS(i->code) == BPF_JMP32) {
		a = (uint32_t)a;
		b = (uint32_t)b;
		sa = (int32_t)a;
		sb = (int32_t)b;
	}
	switch (BPF_OP(i->code)) {
	case BPF_JA: return true;
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSET: return a & b;
	case BPF_JSGT: return sa > sb;
	case BPF_JSGE: return sa >= sb;
	case BPF_JSLT: return sa < sb;
	case BPF_JSLE: return sa <= sb;
	default: vm_fault(vm, "unknown jump %#x", i->code); return false;
	}
}

static void atomic(struct vm *vm, const struct bpf_insn *i, uint64_t reg[11])
{
	size_t size = size_of(i->code);
	uint64_t at = reg[i->dst_reg] + (uint64_t)(int64_t)i->off, old = load(vm, at, size);
	uint64_t src = reg[i->src_reg], v = old;

	switch (i->imm & ~BPF_FETCH) {
	case BPF_ADD: v = old + src; break;
	case BPF_OR: v = old | src; break;
	case BPF_AND: v = old & src; break;
	case BPF_XOR: v = old ^ src; break;
	case BPF_XCHG & ~BPF_FETCH: v = src; break;
	case BPF_CMPXCHG & ~BPF_FETCH: v = old == (size == 4 ? (uint32_t)reg[0] : reg[0]) ? src : old; break;
	default: vm_fault(vm, "unknown atomic %#x", i->imm);
	}
	store(vm, at, v, size);
	if (i->imm == BPF_CMPXCHG)
		reg[0] = old;
	else if (i->imm & BPF_FETCH)
		reg[i->src_reg] = old;
}

static uint64_t wide_immediate(struct vm *vm, const struct flat_prog *prog, uint32_t pc)
{
	const struct bpf_insn *i = &prog->insns.v[pc];

	vec_each(&prog->relocs, r) {
		if (r->insn != pc)
			continue;
		switch (r->kind) {
		case FLAT_RELOC_MAP: return vm_map_address(vm, r->index);
		case FLAT_RELOC_VALUE: return (uint64_t)(uintptr_t)vm_map_value(vm, r->index) + r->offset;
		case FLAT_RELOC_FUNC: return r->index;
		}
	}
	return (uint32_t)i->imm | (uint64_t)(uint32_t)i[1].imm << 32;
}

static uint64_t call_frame(struct vm *vm, const struct flat_prog *prog, uint32_t pc, uint64_t args[5],
			   unsigned depth);

/* The helpers that run code of the program: bpf_loop and bpf_for_each_map_elem. */
static uint64_t helper(struct vm *vm, const struct flat_prog *prog, uint32_t func, uint64_t arg[5], unsigned depth)
{
	if (func == BPF_FUNC_for_each_map_elem) {
		uint64_t key, value, n = 0;

		while (!vm->fault && vm_map_entry(vm, arg[0], (unsigned)n, &key, &value)) {
			uint64_t a[5] = { arg[0], key, value, arg[2] };

			n++;
			if (call_frame(vm, prog, (uint32_t)arg[1], a, depth + 1))
				break;
		}
		return n;
	}
	if (func != BPF_FUNC_loop)
		return vm_helper(vm, func, arg);
	for (uint64_t n = 0; n < arg[0] && n < 4096 && !vm->fault; n++) {
		uint64_t a[5] = { n, arg[2] };

		if (call_frame(vm, prog, (uint32_t)arg[1], a, depth + 1))
			return n + 1;
	}
	return arg[0];
}

/* One instruction; returns the next pc, or UINT32_MAX at exit. */
static uint32_t step(struct vm *vm, const struct flat_prog *prog, uint32_t pc, uint64_t reg[11], unsigned depth)
{
	const struct bpf_insn *i = &prog->insns.v[pc];
	uint64_t src = BPF_SRC(i->code) == BPF_X ? reg[i->src_reg] : (uint64_t)(int64_t)i->imm;

	switch (BPF_CLASS(i->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		reg[i->dst_reg] = BPF_OP(i->code) == BPF_END ?
			swap(reg[i->dst_reg], i->imm, BPF_SRC(i->code) == BPF_TO_BE || BPF_CLASS(i->code) == BPF_ALU64) :
			alu(vm, i, reg[i->dst_reg], src);
		return pc + 1;
	case BPF_LD:
		reg[i->dst_reg] = wide_immediate(vm, prog, pc);
		return pc + 2;
	case BPF_LDX:
		reg[i->dst_reg] = load(vm, reg[i->src_reg] + (uint64_t)(int64_t)i->off, size_of(i->code));
		return pc + 1;
	case BPF_ST:
		store(vm, reg[i->dst_reg] + (uint64_t)(int64_t)i->off, (uint64_t)(int64_t)i->imm, size_of(i->code));
		return pc + 1;
	case BPF_STX:
		if (BPF_MODE(i->code) == BPF_ATOMIC)
			atomic(vm, i, reg);
		else
			store(vm, reg[i->dst_reg] + (uint64_t)(int64_t)i->off, reg[i->src_reg], size_of(i->code));
		return pc + 1;
	}
	if (BPF_OP(i->code) == BPF_EXIT)
		return UINT32_MAX;
	if (BPF_OP(i->code) == BPF_CALL) {
		reg[0] = i->src_reg == BPF_PSEUDO_CALL ?
			call_frame(vm, prog, pc + 1 + (uint32_t)i->imm, &reg[1], depth + 1) :
			helper(vm, prog, (uint32_t)i->imm, &reg[1], depth);
		return pc + 1;
	}
	return taken(vm, i, reg[i->dst_reg], src) ? pc + 1 + (uint32_t)(int32_t)i->off : pc + 1;
}

static uint64_t call_frame(struct vm *vm, const struct flat_prog *prog, uint32_t pc, uint64_t args[5],
			   unsigned depth)
{
	_Alignas(16) uint8_t stack[STACK];
	uint64_t reg[11] = { 0, args[0], args[1], args[2], args[3], args[4] };
	unsigned region = vm->n_regions;

	if (depth >= FRAMES || region >= ARRAY_SIZE(vm->regions)) {
		vm_fault(vm, "too many frames");
		return 0;
	}
	memset(stack, 0xa5, sizeof(stack));
	vm->regions[vm->n_regions++] = (struct vm_region){ stack, sizeof(stack), true };
	reg[10] = (uint64_t)(uintptr_t)(stack + sizeof(stack));
	while (pc != UINT32_MAX && !vm->fault) {
		if (pc >= prog->insns.n || ++vm->steps > STEPS_MAX) {
			vm_fault(vm, "left the program, or too many steps");
			break;
		}
		vm->fault_insn = pc;
		pc = step(vm, prog, pc, reg, depth);
	}
	vm->n_regions = region;
	return reg[0];
}

void vm_run(struct vm *vm, const struct flat_prog *prog, bool user_context)
{
	uint64_t context[64], args[5] = { (uint64_t)(uintptr_t)context };
	unsigned region = vm->n_regions;
	uint64_t result;

	for (unsigned i = 0; i < ARRAY_SIZE(context); i++)
		context[i] = window_word(vm, (user_context ? VM_USER : VM_KERNEL) + 8 * i);
	vm->regions[vm->n_regions++] = (struct vm_region){ (uint8_t *)context, sizeof(context), false };
	result = call_frame(vm, prog, 0, args, 0);
	vm_mix(&vm->hash, &result, sizeof(result));
	vm->n_regions = region;
}
