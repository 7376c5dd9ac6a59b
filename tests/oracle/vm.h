/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A BPF machine for tests: interprets a flattened program over guarded memory. Pointers into the kernel
 * and into user space lie in two windows that only the matching bpf_probe_read_* helper may read; a
 * direct load from them is a fault, unless `open` (the ground truth run). Window memory is
 * self-similar: every aligned word is again a pointer into the same window, so that any chain of
 * pointers can be followed and any integer read from it is a fixed pseudo-random number.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "loader/flat.h"

struct vm_map;

struct vm {
	const struct flat *flat;
	struct vm_map *maps;
	uint64_t seed;
	bool open;		/* direct loads from the windows are allowed */
	uint64_t clock;		/* what bpf_ktime_get_ns() says next */
	uint64_t hash;		/* of return values and records sent */
	char *fault;		/* why the program was stopped; NULL */
	uint32_t fault_insn;
	const void *parent;
	/* regions a program may touch directly */
	struct vm_region { uint8_t *p; size_t len; bool writable; } regions[64];
	unsigned n_regions;
	unsigned reads;		/* probe reads done */
	unsigned long steps;
};

#define VM_KERNEL 0x7e0000000000ull
#define VM_USER   0x7d0000000000ull
#define VM_WINDOW (1ull << 24)

struct vm *vm_new(const void *parent, const struct flat *flat, uint64_t seed, bool open);
/* Runs PROG once; its context is 64 words that point into the user or the kernel window. */
void vm_run(struct vm *vm, const struct flat_prog *prog, bool user_context);
/* A digest of everything observable: vm->hash and the contents of all maps but ours. */
uint64_t vm_digest(struct vm *vm);
/* Helper FUNC with arguments ARG: its result. Sets vm->fault for what it cannot do. */
uint64_t vm_helper(struct vm *vm, uint32_t func, uint64_t arg[5]);
/* Host address of SIZE bytes at ADDRESS that the program may touch; NULL and a fault if it may not. */
uint8_t *vm_touch(struct vm *vm, uint64_t address, size_t size, bool write);
/* Copies SIZE window bytes at ADDRESS of the window at BASE. */
void vm_window(struct vm *vm, uint64_t address, void *to, size_t size);
bool vm_in_window(uint64_t address, uint64_t base);
void vm_fault(struct vm *vm, const char *fmt, ...) mem_attr(2, 3);
void vm_mix(uint64_t *hash, const void *p, size_t len);
uint64_t vm_map_address(struct vm *vm, uint32_t map);
uint8_t *vm_map_value(struct vm *vm, uint32_t map);
/* The Nth entry of the map at address MAP, in no special order. False: there are no more. */
bool vm_map_entry(struct vm *vm, uint64_t map, unsigned n, uint64_t *ret_key, uint64_t *ret_value);
