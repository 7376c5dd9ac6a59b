// SPDX-License-Identifier: GPL-3.0-or-later
/* Maps and helpers of the test machine: just what programs of the rewriter's tests call. */
#include "vm.h"

#include <errno.h>
#include <string.h>

#define ENTRIES 512
#define RECORD 8192

struct vm_entry {
	bool used;
	uint8_t *key, *value;
};

struct vm_map {
	const struct flat_map *def;
	struct vm_entry *entries;
	uint8_t *record;	/* of a ring buffer, while it is reserved */
	size_t record_len;
};

static bool is_array(const struct flat_map *m)
{
	return m->type == BPF_MAP_TYPE_ARRAY || m->type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

struct vm *vm_new(const void *parent, const struct flat *flat, uint64_t seed, bool open)
{
	struct vm *vm = mem_new(parent, struct vm);

	*vm = (struct vm){ .flat = flat, .seed = seed, .open = open, .parent = vm, .clock = 1000000, .hash = 14695981039346656037ull };
	vm->maps = mem_array(vm, struct vm_map, flat->maps.n ? flat->maps.n : 1);
	for (size_t i = 0; i < flat->maps.n; i++) {
		struct vm_map *m = &vm->maps[i];

		m->def = &flat->maps.v[i];
		m->entries = mem_array(vm, struct vm_entry, ENTRIES);
		m->record = mem_zalloc(vm, RECORD, "record");
		if (!is_array(m->def))
			continue;
		for (uint32_t n = 0; n < m->def->max_entries && n < ENTRIES; n++) {
			m->entries[n] = (struct vm_entry){ true, mem_dup(vm, &n, 4),
				mem_zalloc(vm, m->def->value_size, "value") };
			if (m->def->init)
				memcpy(m->entries[n].value, m->def->init, m->def->value_size);
		}
	}
	return vm;
}

uint64_t vm_map_address(struct vm *vm, uint32_t map)
{
	return (uint64_t)(uintptr_t)&vm->maps[map];
}

static void allow(struct vm *vm, uint8_t *p, size_t len)
{
	for (unsigned i = 0; i < vm->n_regions; i++)
		if (vm->regions[i].p == p)
			return;
	if (vm->n_regions == ARRAY_SIZE(vm->regions)) {
		vm_fault(vm, "too many regions");
		return;
	}
	vm->regions[vm->n_regions++] = (struct vm_region){ p, len, true };
}

uint8_t *vm_map_value(struct vm *vm, uint32_t map)
{
	struct vm_map *m = &vm->maps[map];

	allow(vm, m->entries[0].value, m->def->value_size);
	return m->entries[0].value;
}

static struct vm_map *map_of(struct vm *vm, uint64_t address)
{
	size_t i = (size_t)(address - (uint64_t)(uintptr_t)vm->maps) / sizeof(*vm->maps);

	if (i < vm->flat->maps.n && address == vm_map_address(vm, (uint32_t)i))
		return &vm->maps[i];
	vm_fault(vm, "not a map: %#llx", (unsigned long long)address);
	return NULL;
}

static struct vm_entry *find(struct vm_map *m, const uint8_t *key)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		if (m->entries[i].used && !memcmp(m->entries[i].key, key, m->def->key_size))
			return &m->entries[i];
	return NULL;
}

static uint64_t lookup(struct vm *vm, uint64_t map, uint64_t key)
{
	struct vm_map *m = map_of(vm, map);
	uint8_t *k = m ? vm_touch(vm, key, m->def->key_size, false) : NULL;
	struct vm_entry *e = k ? find(m, k) : NULL;

	if (!e)
		return 0;
	allow(vm, e->value, m->def->value_size);
	return (uint64_t)(uintptr_t)e->value;
}

bool vm_map_entry(struct vm *vm, uint64_t map, unsigned n, uint64_t *ret_key, uint64_t *ret_value)
{
	struct vm_map *m = map_of(vm, map);

	for (unsigned i = 0; m && i < ENTRIES; i++) {
		struct vm_entry *e = &m->entries[i];

		if (!e->used || n--)
			continue;
		allow(vm, e->key, m->def->key_size);
		allow(vm, e->value, m->def->value_size);
		*ret_key = (uint64_t)(uintptr_t)e->key;
		*ret_value = (uint64_t)(uintptr_t)e->value;
		return true;
	}
	return false;
}

static uint64_t update(struct vm *vm, uint64_t map, uint64_t key, uint64_t value, uint64_t flags)
{
	struct vm_map *m = map_of(vm, map);
	uint8_t *k = m ? vm_touch(vm, key, m->def->key_size, false) : NULL;
	uint8_t *v = k ? vm_touch(vm, value, m->def->value_size, false) : NULL;
	struct vm_entry *e;

	if (!v)
		return (uint64_t)-EFAULT;
	e = find(m, k);
	if (e && flags == BPF_NOEXIST)
		return (uint64_t)-EEXIST;
	for (unsigned i = 0; !e && i < ENTRIES; i++)
		if (!m->entries[i].used) {
			e = &m->entries[i];
			*e = (struct vm_entry){ true, mem_dup(vm, k, m->def->key_size),
				mem_zalloc(vm, m->def->value_size, "value") };
		}
	if (!e)
		return (uint64_t)-E2BIG;
	memcpy(e->value, v, m->def->value_size);
	return 0;
}

static uint64_t delete(struct vm *vm, uint64_t map, uint64_t key)
{
	struct vm_map *m = map_of(vm, map);
	uint8_t *k = m ? vm_touch(vm, key, m->def->key_size, false) : NULL;
	struct vm_entry *e = k ? find(m, k) : NULL;

	if (!e)
		return (uint64_t)-ENOENT;
	e->used = false;
	return 0;
}

static uint64_t probe_read(struct vm *vm, uint64_t to, uint64_t size, uint64_t from, uint64_t base, bool string)
{
	uint8_t *d = size ? vm_touch(vm, to, size, true) : NULL;
	uint64_t n = size;

	vm->reads++;
	if (!d)
		return 0;
	if (vm_in_window(from, base)) {
		vm_window(vm, from, d, size);
	} else {
		bool known = false;

		for (unsigned i = 0; base == VM_KERNEL && i < vm->n_regions && !known; i++) {
			uint64_t at = (uint64_t)(uintptr_t)vm->regions[i].p;

			known = from >= at && size <= vm->regions[i].len && from - at <= vm->regions[i].len - size;
		}
		if (!known) {
			memset(d, 0, size);
			return (uint64_t)-EFAULT;
		}
		memcpy(d, (void *)(uintptr_t)from, size);
	}
	if (string) {
		d[size - 1] = 0;
		n = strlen((char *)d) + 1;
	}
	return string ? n : 0;
}

static uint64_t reserve(struct vm *vm, uint64_t map, uint64_t size)
{
	struct vm_map *m = map_of(vm, map);

	if (!m || size > RECORD)
		return 0;
	memset(m->record, 0, size);
	m->record_len = size;
	allow(vm, m->record, size);
	return (uint64_t)(uintptr_t)m->record;
}

static uint64_t submit(struct vm *vm, uint64_t record)
{
	for (size_t i = 0; i < vm->flat->maps.n; i++)
		if ((uint64_t)(uintptr_t)vm->maps[i].record == record)
			vm_mix(&vm->hash, vm->maps[i].record, vm->maps[i].record_len);
	return 0;
}

static uint64_t fill(struct vm *vm, uint64_t to, uint64_t size, const char *text)
{
	uint8_t *d = vm_touch(vm, to, size, true);

	if (d) {
		memset(d, 0, size);
		memcpy(d, text, strlen(text) < size ? strlen(text) : size - 1);
	}
	return 0;
}

uint64_t vm_helper(struct vm *vm, uint32_t func, uint64_t arg[5])
{
	switch (func) {
	case BPF_FUNC_map_lookup_elem: return lookup(vm, arg[0], arg[1]);
	case BPF_FUNC_map_update_elem: return update(vm, arg[0], arg[1], arg[2], arg[3]);
	case BPF_FUNC_map_delete_elem: return delete(vm, arg[0], arg[1]);
	case BPF_FUNC_probe_read:
	case BPF_FUNC_probe_read_kernel: return probe_read(vm, arg[0], (uint32_t)arg[1], arg[2], VM_KERNEL, false);
	case BPF_FUNC_probe_read_user: return probe_read(vm, arg[0], (uint32_t)arg[1], arg[2], VM_USER, false);
	case BPF_FUNC_probe_read_str:
	case BPF_FUNC_probe_read_kernel_str: return probe_read(vm, arg[0], (uint32_t)arg[1], arg[2], VM_KERNEL, true);
	case BPF_FUNC_probe_read_user_str: return probe_read(vm, arg[0], (uint32_t)arg[1], arg[2], VM_USER, true);
	case BPF_FUNC_get_current_task: return VM_KERNEL + 0x4560;
	case BPF_FUNC_get_current_task_btf: return VM_KERNEL + 0x4560;
	case BPF_FUNC_get_current_pid_tgid: return 0x0000123400012345ull;
	case BPF_FUNC_get_current_uid_gid: return 0x000003e8000003e9ull;
	case BPF_FUNC_get_current_comm: return fill(vm, arg[0], (uint32_t)arg[1], "oracle");
	case BPF_FUNC_get_smp_processor_id: return 1;
	case BPF_FUNC_ktime_get_ns:
	case BPF_FUNC_ktime_get_boot_ns: return vm->clock += 1000;
	case BPF_FUNC_get_current_cgroup_id: return 77;
	case BPF_FUNC_get_prandom_u32: return 4;
	case BPF_FUNC_trace_printk: vm_mix(&vm->hash, &arg[2], 3 * sizeof(*arg)); return 0;
	case BPF_FUNC_ringbuf_reserve: return reserve(vm, arg[0], arg[1]);
	case BPF_FUNC_ringbuf_submit: return submit(vm, arg[0]);
	case BPF_FUNC_ringbuf_discard: return 0;
	default: vm_fault(vm, "helper %u is not known to the oracle", func); return 0;
	}
}

uint64_t vm_digest(struct vm *vm)
{
	uint64_t digest = vm->hash;

	for (size_t i = 0; i < vm->flat->maps.n; i++) {
		struct vm_map *m = &vm->maps[i];

		if (m->def->role == FLAT_MAP_OURS || m->def->role == FLAT_MAP_CONST)
			continue;
		for (unsigned n = 0; n < ENTRIES; n++) {
			if (!m->entries[n].used)
				continue;
			vm_mix(&digest, m->entries[n].key, m->def->key_size);
			vm_mix(&digest, m->entries[n].value, m->def->value_size);
		}
	}
	return digest;
}
