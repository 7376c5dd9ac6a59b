/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every compiled kernel program starts with: basic types, the helpers that lowered code calls,
 * reads of kernel and user memory over exact offsets, map macros, and the C side of the session's
 * ring and counters (loader/event.h). Nothing here is emitted unless it is used.
 */
#pragma clang diagnostic ignored "-Wunused-value"
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wunused-variable"
#pragma clang diagnostic ignored "-Wint-conversion"
#pragma clang diagnostic ignored "-Wint-to-pointer-cast"
#pragma clang diagnostic ignored "-Wpointer-to-int-cast"
#pragma clang diagnostic ignored "-Wincompatible-pointer-types"
#pragma clang diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"
#pragma clang diagnostic ignored "-Wincompatible-library-redeclaration"
#pragma clang diagnostic ignored "-Wgnu-folding-constant"
#pragma clang diagnostic ignored "-Wvisibility"
#pragma clang diagnostic ignored "-Wdeprecated-non-prototype"
#pragma clang diagnostic ignored "-Wstrict-prototypes"

#define SEC(name) __attribute__((section(name), used))
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __user
#define __kernel
#define __direct
#define BCSH_ORIGIN(origin, why)
#define BCSH_BUILTIN(name)
#define BCSH_FUNCTION(name)
#define BCSH_PROGRAM(name) __attribute__((section("prog/" #name), used))
#define BCSH_ENTER __bcsh_hit(__bcsh_id);

#define BCSH_HELPER_bpf_map_lookup_elem
#define BCSH_HELPER_bpf_map_update_elem
#define BCSH_HELPER_bpf_map_delete_elem
#define BCSH_HELPER_bpf_ktime_get_ns
#define BCSH_HELPER_bpf_get_smp_processor_id
#define BCSH_HELPER_bpf_get_current_pid_tgid
#define BCSH_HELPER_bpf_get_current_uid_gid
#define BCSH_HELPER_bpf_get_current_comm
#define BCSH_HELPER_bpf_get_current_task
#define BCSH_HELPER_bpf_get_current_cgroup_id
#define BCSH_HELPER_bpf_probe_read_user
#define BCSH_HELPER_bpf_probe_read_kernel
#define BCSH_HELPER_bpf_probe_read_user_str
#define BCSH_HELPER_bpf_probe_read_kernel_str
#define BCSH_HELPER_bpf_ringbuf_reserve
#define BCSH_HELPER_bpf_ringbuf_submit
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int c, size_t size);
int memcmp(const void *a, const void *b, size_t size);
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value,
					 __u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static __u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static __u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static __u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;
static long (*const bpf_get_current_comm)(void *buf, __u32 size_of_buf) = (void *)16;
static __u64 (*const bpf_get_current_task)(void) = (void *)35;
static __u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static long (*const bpf_probe_read_user)(void *dst, __u32 size, const void *unsafe_ptr) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *dst, __u32 size,
					   const void *unsafe_ptr) = (void *)113;
static long (*const bpf_probe_read_user_str)(void *dst, __u32 size,
					     const void *unsafe_ptr) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *dst, __u32 size,
					       const void *unsafe_ptr) = (void *)115;
static void *(*const bpf_ringbuf_reserve)(void *ringbuf, __u64 size, __u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *data, __u64 flags) = (void *)132;

/* The session's maps: the layouts of loader/event.h. */
struct __bcsh_counts { __u64 hits, lost, faults, skipped; };
struct __bcsh_exit { __u32 asked; __s32 status; };
struct __bcsh_header { __u32 format, size; __u64 time; };

#define __bcsh_map __attribute__((section(".maps")))
static struct {
	int (*type)[6];
	int (*max_entries)[4096];
	__u32 *key;
	struct __bcsh_counts *value;
} __bcsh_counts __bcsh_map;
static struct {
	int (*type)[2];
	int (*max_entries)[1];
	__u32 *key;
	struct __bcsh_exit *value;
} __bcsh_exit __bcsh_map;
static struct {
	int (*type)[27];
	int (*max_entries)[1 << 20];
} __bcsh_ring __bcsh_map;
static volatile struct __bcsh_session { __u64 start; __u32 target; } __bcsh_session;

/* Which program counts are for; a clause's own constant hides this one. */
enum { __bcsh_id = 0 };
#define __bcsh_count(member, id)                                                      \
	do {                                                                          \
		__u32 __bcsh_n = (id);                                                \
		struct __bcsh_counts *__bcsh_c = bpf_map_lookup_elem(&__bcsh_counts, &__bcsh_n); \
		if (__bcsh_c)                                                         \
			__sync_fetch_and_add(&__bcsh_c->member, 1);                   \
	} while (0)
static __always_inline void __bcsh_hit(__u32 id)
{
	__bcsh_count(hits, id);
}
static __always_inline void bcsh_lost(__u32 id)
{
	__bcsh_count(lost, id);
}
static __always_inline void bcsh_fault(__u32 id)
{
	__bcsh_count(faults, id);
}
static __always_inline void bcsh_skipped(__u32 id)
{
	__bcsh_count(skipped, id);
}

/*
 * Arguments of a system call for a clause at its end (wrap.h): BCSH_SAVE makes the map and the program at the
 * entry. They are taken out once. A thread whose entry was not seen is none of the clause's: the
 * probe was not there yet, or this is a child that returns from its parent's fork.
 */
#define BCSH_SAVE(name, id, n)                                                         \
	static struct {                                                                \
		int (*type)[1];                                                        \
		int (*max_entries)[10240];                                             \
		int (*map_flags)[1];                                                   \
		__u64 *key;                                                            \
		__u64 (*value)[n];                                                     \
	} __bcsh_saved_##name __bcsh_map;                                              \
	BCSH_PROGRAM(name##_entry) long name##_entry(__u64 *ctx)                       \
	{                                                                              \
		__u64 key = bpf_get_current_pid_tgid(), words[n];                      \
		_Pragma("unroll") for (int i = 0; i < n; i++) words[i] = ctx[2 + i];   \
		if (bpf_map_update_elem(&__bcsh_saved_##name, &key, words, 0))         \
			bcsh_lost(id);                                                 \
		return 0;                                                              \
	}
#define BCSH_TAKE_SAVED(name, n)                                                       \
	__u64 __bcsh_key = bpf_get_current_pid_tgid(), __bcsh_saved[n];                \
	const void *__bcsh_at = bpf_map_lookup_elem(&__bcsh_saved_##name, &__bcsh_key); \
	if (!__bcsh_at)                                                                \
		return 0;                                                              \
	__builtin_memcpy(__bcsh_saved, __bcsh_at, sizeof(__bcsh_saved));               \
	bpf_map_delete_elem(&__bcsh_saved_##name, &__bcsh_key);
#define BCSH_SAVED(i) __bcsh_saved[i]

/*
 * Reads. A read that fails gives 0 and is counted. The source is evaluated once; BPF_CORE_READ(a, b, c)
 * is a->b->c. Nothing here makes a relocation but bcsh_read_bitfield(), whose numbers are exact
 * without it.
 */
#define __bcsh_read(read, lv)                                          \
	({                                                             \
		__auto_type __bcsh_p = &(lv);                          \
		__typeof_unqual__(*__bcsh_p) __bcsh_v;                 \
		if (read(&__bcsh_v, sizeof(__bcsh_v), __bcsh_p))       \
			bcsh_fault(__bcsh_id);                         \
		__bcsh_v;                                              \
	})
#define bcsh_read(lv) __bcsh_read(bpf_probe_read_kernel, lv)
#define bcsh_read_user(lv) __bcsh_read(bpf_probe_read_user, lv)

/* One step of a chain, from what step K gave to what step N is. */
#define __bcsh_step(read, k, n, path)                                              \
	__typeof_unqual__(__bcsh_s##k->path) __bcsh_s##n;                          \
	__bcsh_e |= read(&__bcsh_s##n, sizeof(__bcsh_s##n), &__bcsh_s##k->path);
#define __bcsh_steps1(r, a) __bcsh_step(r, 0, 1, a)
#define __bcsh_steps2(r, a, b) __bcsh_steps1(r, a) __bcsh_step(r, 1, 2, b)
#define __bcsh_steps3(r, a, b, c) __bcsh_steps2(r, a, b) __bcsh_step(r, 2, 3, c)
#define __bcsh_steps4(r, a, b, c, d) __bcsh_steps3(r, a, b, c) __bcsh_step(r, 3, 4, d)
#define __bcsh_steps5(r, a, b, c, d, e) __bcsh_steps4(r, a, b, c, d) __bcsh_step(r, 4, 5, e)
#define __bcsh_steps6(r, a, b, c, d, e, f) __bcsh_steps5(r, a, b, c, d, e) __bcsh_step(r, 5, 6, f)
#define __bcsh_steps7(r, a, b, c, d, e, f, g) \
	__bcsh_steps6(r, a, b, c, d, e, f) __bcsh_step(r, 6, 7, g)
#define __bcsh_steps8(r, a, b, c, d, e, f, g, h) \
	__bcsh_steps7(r, a, b, c, d, e, f, g) __bcsh_step(r, 7, 8, h)
#define __bcsh_steps9(r, a, b, c, d, e, f, g, h, i) \
	__bcsh_steps8(r, a, b, c, d, e, f, g, h) __bcsh_step(r, 8, 9, i)
#define __bcsh_ninth(a, b, c, d, e, f, g, h, i, n, ...) n
#define __bcsh_number(...) __bcsh_ninth(__VA_ARGS__, 9, 8, 7, 6, 5, 4, 3, 2, 1)
#define __bcsh_paste(a, b) __bcsh_paste_(a, b)
#define __bcsh_paste_(a, b) a##b
#define __bcsh_chain(read, src, ...)                                                     \
	__auto_type __bcsh_s0 = (src);                                                   \
	long __bcsh_e = 0;                                                               \
	__bcsh_paste(__bcsh_steps, __bcsh_number(__VA_ARGS__))(read, __VA_ARGS__)        \
	if (__bcsh_e)                                                                    \
		bcsh_fault(__bcsh_id);
#define __bcsh_chain_read(read, src, ...)                                        \
	({                                                                       \
		__bcsh_chain(read, src, __VA_ARGS__)                             \
		__bcsh_paste(__bcsh_s, __bcsh_number(__VA_ARGS__));              \
	})
#define BPF_CORE_READ(src, ...) __bcsh_chain_read(bpf_probe_read_kernel, src, __VA_ARGS__)
#define BPF_CORE_READ_USER(src, ...) __bcsh_chain_read(bpf_probe_read_user, src, __VA_ARGS__)
#define BPF_PROBE_READ BPF_CORE_READ
#define BPF_PROBE_READ_USER BPF_CORE_READ_USER
#define bcsh_core_read BPF_CORE_READ
#define bcsh_core_read_user BPF_CORE_READ_USER

/* The _INTO forms: 0 or an error, like libbpf's. Every step but the last is a pointer. */
#define __bcsh_into1(r, p, d, n, s, a) r(d, n, &(s)->a)
#define __bcsh_into2(r, p, d, n, s, a, b) r(d, n, &__bcsh_chain_read(p, s, a)->b)
#define __bcsh_into3(r, p, d, n, s, a, b, c) r(d, n, &__bcsh_chain_read(p, s, a, b)->c)
#define __bcsh_into4(r, p, d, n, s, a, b, c, e) r(d, n, &__bcsh_chain_read(p, s, a, b, c)->e)
#define __bcsh_into5(r, p, d, n, s, a, b, c, e, f) r(d, n, &__bcsh_chain_read(p, s, a, b, c, e)->f)
#define __bcsh_into6(r, p, d, n, s, a, b, c, e, f, g) \
	r(d, n, &__bcsh_chain_read(p, s, a, b, c, e, f)->g)
#define __bcsh_into(r, p, dst, src, ...)                          \
	__bcsh_paste(__bcsh_into, __bcsh_number(__VA_ARGS__))     \
	(r, p, dst, sizeof(*(dst)), src, __VA_ARGS__)
#define BPF_CORE_READ_INTO(dst, src, ...) \
	__bcsh_into(bpf_probe_read_kernel, bpf_probe_read_kernel, dst, src, __VA_ARGS__)
#define BPF_CORE_READ_USER_INTO(dst, src, ...) \
	__bcsh_into(bpf_probe_read_user, bpf_probe_read_user, dst, src, __VA_ARGS__)
#define BPF_CORE_READ_STR_INTO(dst, src, ...) \
	__bcsh_into(bpf_probe_read_kernel_str, bpf_probe_read_kernel, dst, src, __VA_ARGS__)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, ...) \
	__bcsh_into(bpf_probe_read_user_str, bpf_probe_read_user, dst, src, __VA_ARGS__)
#define BPF_PROBE_READ_INTO BPF_CORE_READ_INTO
#define BPF_PROBE_READ_USER_INTO BPF_CORE_READ_USER_INTO
#define BPF_PROBE_READ_STR_INTO BPF_CORE_READ_STR_INTO
#define BPF_PROBE_READ_USER_STR_INTO BPF_CORE_READ_USER_STR_INTO
#define bpf_core_read(dst, size, src) bpf_probe_read_kernel(dst, size, src)
#define bpf_core_read_user(dst, size, src) bpf_probe_read_user(dst, size, src)
#define bpf_core_read_str(dst, size, src) bpf_probe_read_kernel_str(dst, size, src)
#define bpf_core_read_user_str(dst, size, src) bpf_probe_read_user_str(dst, size, src)

/* The bitfield src->path as a 64-bit number, its sign extended: 0 byte offset, 1 size, 3 signed, 4 and
   5 shifts (the numbers are the kernel's). */
#define __bcsh_bits(read, src, path)                                                          \
	({                                                                                    \
		__auto_type __bcsh_s = (src);                                                 \
		__u64 __bcsh_v = 0;                                                           \
		if (read(&__bcsh_v, __builtin_preserve_field_info(__bcsh_s->path, 1),         \
			 (const char *)__bcsh_s +                                             \
				 __builtin_preserve_field_info(__bcsh_s->path, 0)))           \
			bcsh_fault(__bcsh_id);                                                \
		__bcsh_v <<= __builtin_preserve_field_info(__bcsh_s->path, 4);                \
		if (__builtin_preserve_field_info(__bcsh_s->path, 3))                         \
			__bcsh_v = (__s64)__bcsh_v >>                                         \
				   __builtin_preserve_field_info(__bcsh_s->path, 5);          \
		else                                                                          \
			__bcsh_v >>= __builtin_preserve_field_info(__bcsh_s->path, 5);        \
		__bcsh_v;                                                                     \
	})
#define bcsh_read_bitfield(src, path) __bcsh_bits(bpf_probe_read_kernel, src, path)
#define bcsh_read_bitfield_user(src, path) __bcsh_bits(bpf_probe_read_user, src, path)

/*
 * Maps as in bcc: a type string or a macro of its own gives the kind; key u64, leaf u64 and 10240
 * entries unless given.
 */
#define __bcsh_is(kind, name) __builtin_strcmp(kind, name) == 0
#define __bcsh_kind(kind)                                                               \
	(__bcsh_is(kind, "hash") ? 1 : __bcsh_is(kind, "array") ? 2 :                   \
	 __bcsh_is(kind, "percpu_hash") ? 5 : __bcsh_is(kind, "percpu_array") ? 6 :     \
	 __bcsh_is(kind, "lru_hash") ? 9 : __bcsh_is(kind, "lru_percpu_hash") ? 10 :    \
	 __bcsh_is(kind, "histogram") ? 1 : -1)
#define __bcsh_declare(kind, k, v, name, size)  \
	struct {                                \
		int (*type)[kind];              \
		int (*max_entries)[size];       \
		__typeof__(k) *key;             \
		__typeof__(v) *value;           \
	} name __bcsh_map
#define BPF_TABLE(kind, k, v, name, size) __bcsh_declare(__bcsh_kind(kind), k, v, name, size)
#define __bcsh_fourth(a, b, c, d, n, ...) n
#define __bcsh_count_args(...) __bcsh_fourth(__VA_ARGS__, 4, 3, 2, 1)
#define __bcsh_hash1(kind, name) __bcsh_declare(kind, __u64, __u64, name, 10240)
#define __bcsh_hash2(kind, name, k) __bcsh_declare(kind, k, __u64, name, 10240)
#define __bcsh_hash3(kind, name, k, v) __bcsh_declare(kind, k, v, name, 10240)
#define __bcsh_hash4(kind, name, k, v, size) __bcsh_declare(kind, k, v, name, size)
#define __bcsh_array1(kind, name) __bcsh_declare(kind, int, __u64, name, 10240)
#define __bcsh_array2(kind, name, v) __bcsh_declare(kind, int, v, name, 10240)
#define __bcsh_array3(kind, name, v, size) __bcsh_declare(kind, int, v, name, size)
#define __bcsh_hash(kind, ...) \
	__bcsh_paste(__bcsh_hash, __bcsh_count_args(__VA_ARGS__))(kind, __VA_ARGS__)
#define __bcsh_array(kind, ...) \
	__bcsh_paste(__bcsh_array, __bcsh_count_args(__VA_ARGS__))(kind, __VA_ARGS__)
#define BPF_HASH(...) __bcsh_hash(1, __VA_ARGS__)
#define BPF_PERCPU_HASH(...) __bcsh_hash(5, __VA_ARGS__)
#define BPF_LRU_HASH(...) __bcsh_hash(9, __VA_ARGS__)
#define BPF_ARRAY(...) __bcsh_array(2, __VA_ARGS__)
#define BPF_PERCPU_ARRAY(...) __bcsh_array(6, __VA_ARGS__)

/*
 * The value for a key, put there first (as INIT) if it is absent. Whoever loses the race to insert
 * finds the winner's value. NULL: the map is full; counted as lost.
 */
static __always_inline void *__bcsh_make(void *map, const void *key, const void *init, __u32 id)
{
	void *p = bpf_map_lookup_elem(map, key);

	if (p)
		return p;
	bpf_map_update_elem(map, key, init, 1);
	p = bpf_map_lookup_elem(map, key);
	if (!p)
		bcsh_lost(id);
	return p;
}
static __always_inline void __bcsh_set(void *map, const void *key, const void *value, __u32 id)
{
	if (bpf_map_update_elem(map, key, value, 0))
		bcsh_lost(id);
}
#define bcsh_lookup_or_try_init(map, key, init) \
	((__typeof__((map)->value))__bcsh_make(map, key, init, __bcsh_id))
#define bcsh_increment(map, k, n)                                                      \
	({                                                                             \
		__typeof__(*(map)->key) __bcsh_k = (k);                                \
		__typeof__(*(map)->value) __bcsh_z = 0;                                \
		__typeof__((map)->value) __bcsh_p =                                    \
			__bcsh_make(map, &__bcsh_k, &__bcsh_z, __bcsh_id);             \
		if (__bcsh_p)                                                          \
			__sync_fetch_and_add(__bcsh_p, (n));                           \
	})

/*
 * Aggregations: one value for each processor, changed by atomic steps only, since an interrupt or
 * another task can come in between.
 */
struct __bcsh_agg_count { __u64 count; };
struct __bcsh_agg_sum { __s64 sum; };
struct __bcsh_agg_stats { __u64 count; __s64 sum, min, max; };
struct __bcsh_agg_least { __s64 value; __u64 set; };
struct __bcsh_agg_hist { __u64 slots[66]; };

/* Lets the verifier see the test that follows even where the compiler could prove it. */
#define __bcsh_opaque(x) __asm__ volatile("" : "+r"(x))

/* *P becomes the least (MOST: greatest) of itself and X; what is there counts only if SET. */
static __always_inline void __bcsh_extreme(__s64 *p, __s64 x, bool set, bool most)
{
	for (int i = 0; i < 4; i++) {
		__s64 was = *(volatile __s64 *)p;

		if (set && (most ? was >= x : was <= x))
			return;
		if (__sync_val_compare_and_swap(p, was, x) == was)
			return;
	}
}
static __always_inline void __bcsh_least(struct __bcsh_agg_least *v, __s64 x, bool most)
{
	if (!*(volatile __u64 *)&v->set) {
		__bcsh_extreme(&v->value, x, false, most);
		*(volatile __u64 *)&v->set = 1;
	}
	__bcsh_extreme(&v->value, x, true, most);
}
static __always_inline void __bcsh_stats(struct __bcsh_agg_stats *v, __s64 x)
{
	if (!__sync_fetch_and_add(&v->count, 1)) {
		__bcsh_extreme(&v->min, x, false, false);
		__bcsh_extreme(&v->max, x, false, true);
	}
	__sync_fetch_and_add(&v->sum, x);
	__bcsh_extreme(&v->min, x, true, false);
	__bcsh_extreme(&v->max, x, true, true);
}
static __always_inline __u64 __bcsh_log2(__u64 x)
{
	__u64 n = 0;

	for (int bit = 32; bit; bit >>= 1) {
		if (x >> bit) {
			n += bit;
			x >>= bit;
		}
	}
	return n;
}
/* SLOTS has 66: below 0, 0, then one for each power of two. */
static __always_inline void __bcsh_hist(__u64 *slots, __u64 x, bool is_signed)
{
	__u64 i = is_signed && (__s64)x < 0 ? 0 : x ? 2 + __bcsh_log2(x) : 1;

	__bcsh_opaque(i);
	if (i < 66)
		__sync_fetch_and_add(&slots[i], 1);
}
/* SLOTS has N + 2: below LOW, N steps, from HIGH up. */
static __always_inline void __bcsh_lhist(__u64 *slots, __s64 x, __s64 low, __s64 high, __u64 step,
					 __u64 n)
{
	__u64 i = x < low ? 0 : x >= high ? n + 1 : 1 + (__u64)(x - low) / step;

	__bcsh_opaque(i);
	if (i < n + 2)
		__sync_fetch_and_add(&slots[i], 1);
}

/* Text: arrays of char that end at a NUL or are full. */
static __always_inline bool bcsh_text_equal(const char *a, const char *b, __u64 size_a, __u64 size_b)
{
	__u64 n = size_a < size_b ? size_a : size_b;

	for (__u64 i = 0; i < n; i++) {
		if (a[i] != b[i])
			return false;
		if (!a[i])
			return true;
	}
	return size_a == size_b || (size_a > n ? !a[n] : !b[n]);
}
static __always_inline char *bcsh_comm(char *to)
{
	bpf_get_current_comm(to, 16);
	return to;
}
#define bcsh_str(read, to, size, p)                                       \
	({                                                                \
		if (read(to, size, (const void *)(p)) < 0)                \
			bcsh_fault(__bcsh_id);                            \
	})
static __always_inline char *bcsh_str_kernel(char *to, __u32 size, const void *p, __u32 id)
{
	if (bpf_probe_read_kernel_str(to, size, p) < 0)
		bcsh_fault(id);
	return to;
}
static __always_inline char *bcsh_str_user(char *to, __u32 size, const void *p, __u32 id)
{
	if (bpf_probe_read_user_str(to, size, p) < 0)
		bcsh_fault(id);
	return to;
}
#define bcsh_copy(read, to, size, from)                              \
	({                                                           \
		if (read(to, size, from))                            \
			bcsh_fault(__bcsh_id);                       \
	})

/* C's signed division, rounding to zero: the instruction set has only the unsigned one. */
static __always_inline __s64 bcsh_sdiv(__s64 a, __s64 b)
{
	__u64 q = (a < 0 ? -(__u64)a : (__u64)a) / (b < 0 ? -(__u64)b : (__u64)b);

	return (a < 0) != (b < 0) ? -q : q;
}
static __always_inline __s64 bcsh_smod(__s64 a, __s64 b)
{
	__u64 r = (a < 0 ? -(__u64)a : (__u64)a) % (b < 0 ? -(__u64)b : (__u64)b);

	return a < 0 ? -r : r;
}
#define bcsh_pick(a, b, op)                \
	({                                 \
		__auto_type __bcsh_a = (a); \
		__auto_type __bcsh_b = (b); \
		__bcsh_a op __bcsh_b ? __bcsh_a : __bcsh_b; \
	})
#define bcsh_min(a, b) bcsh_pick(a, b, <)
#define bcsh_max(a, b) bcsh_pick(a, b, >)

static __always_inline void bcsh_exit(__s32 status)
{
	__u32 key = 0;
	struct __bcsh_exit *e = bpf_map_lookup_elem(&__bcsh_exit, &key);

	if (e && !e->asked) {
		e->status = status;
		__sync_fetch_and_add(&e->asked, 1);
	}
}

/*
 * From here on, and so in what a person wrote: an update that finds no room is lost and counted. That a
 * key is there, or is not, was asked for (BPF_NOEXIST, BPF_EXIST) and is an answer.
 */
static __always_inline long __bcsh_update(void *map, const void *key, const void *value, __u64 flags, __u32 id)
{
	/* kernels before 6.4 leave the upper half of the result undefined: the call goes straight to an int function */
	int err = (int)bpf_map_update_elem(map, key, value, flags);

	if (err && err != -17 && err != -2)	/* EEXIST, ENOENT */
		bcsh_lost(id);
	return err;
}
#define bpf_map_update_elem(map, key, value, flags) __bcsh_update(map, key, value, flags, __bcsh_id)
