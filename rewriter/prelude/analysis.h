/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the unit starts with when it is analysed: the same names as in compiled code, but as the
 * analysis wants to see them. Maps are structs with methods, origins are annotations, reads that the
 * person wrote are calls whose source is only an address.
 */
#define BCSH_ANALYSIS 1
#pragma clang diagnostic ignored "-Wunused-value"
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wunused-variable"
#pragma clang diagnostic ignored "-Wint-conversion"
#pragma clang diagnostic ignored "-Wint-to-pointer-cast"
#pragma clang diagnostic ignored "-Wpointer-to-int-cast"
#pragma clang diagnostic ignored "-Wvoid-pointer-to-int-cast"
#pragma clang diagnostic ignored "-Wdeprecated-non-prototype"
#pragma clang diagnostic ignored "-Wstrict-prototypes"
#pragma clang diagnostic ignored "-Wreturn-mismatch"
#pragma clang diagnostic ignored "-Wreturn-type"
#pragma clang diagnostic ignored "-Wformat"
#pragma clang diagnostic ignored "-Wformat-extra-args"
#pragma clang diagnostic ignored "-Wformat-security"
#pragma clang diagnostic ignored "-Wincompatible-library-redeclaration"
#pragma clang diagnostic ignored "-Wignored-attributes"
#pragma clang diagnostic ignored "-Wstring-compare"
#pragma clang diagnostic ignored "-Wtautological-compare"
#pragma clang diagnostic ignored "-Wgnu-folding-constant"
#pragma clang diagnostic ignored "-Wvisibility"
#pragma clang diagnostic ignored "-Wuninitialized"

#define BCSH_ORIGIN(origin, why) __attribute__((annotate("origin:" origin ":" why)))
#define BCSH_BUILTIN(name) __attribute__((annotate("builtin:" name)))
#define BCSH_FUNCTION(name) __attribute__((annotate("function:" name)))
#define BCSH_PROGRAM(name)
#define BCSH_ENTER
/* Saved arguments come from the user, as all that is in a system call's context. */
#define BCSH_SAVE(name, id, n)
#define BCSH_TAKE_SAVED(name, n)
#define BCSH_SAVED(i) (((__u64 *)ctx)[2])
#define SEC(name) __attribute__((section(name)))
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
/* On a declaration the annotation tells; in a cast, where it is ignored, the type tag. */
#define __user __attribute__((btf_type_tag("user"))) BCSH_ORIGIN("user", "declared __user")
#define __kernel __attribute__((btf_type_tag("kernel"))) BCSH_ORIGIN("kernel", "declared __kernel")
#define __direct __attribute__((btf_type_tag("direct"))) BCSH_ORIGIN("direct", "declared __direct")
enum { __bcsh_id = 0 };

/* What wrap.c and the macros below put into the text: see lower.c. */
void *__bcsh_str();
void __bcsh_show();
#define BCSH_SHOW(...) __bcsh_show((__VA_ARGS__, 0))

#define __bcsh_paste(a, b) __bcsh_paste_(a, b)
#define __bcsh_paste_(a, b) a##b
/* Maps as in bcc. User-side code has no methods, but the types of @name. */
#define __bcsh_declare(kind, k, v, name, size)                                  \
	struct {                                                                \
		__typeof__(k) *key;                                             \
		__typeof__(v) *value;                                           \
		__typeof__(v) *(*lookup)(__typeof__(k) const *);                \
		__typeof__(v) *(*lookup_or_try_init)(__typeof__(k) const *, __typeof__(v) const *); \
		int (*update)(__typeof__(k) const *, __typeof__(v) const *);    \
		int (*insert)(__typeof__(k) const *, __typeof__(v) const *);    \
		int (*delete)(__typeof__(k) const *);                           \
		void (*increment)();                                            \
		void (*atomic_increment)();                                     \
		int (*max_entries)[size];                                       \
	} name __attribute__((annotate("map:" kind)))
#define BPF_TABLE(kind, k, v, name, size) __bcsh_declare(kind, k, v, name, size)
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
#define BPF_HASH(...) __bcsh_hash("hash", __VA_ARGS__)
#define BPF_PERCPU_HASH(...) __bcsh_hash("percpu_hash", __VA_ARGS__)
#define BPF_LRU_HASH(...) __bcsh_hash("lru_hash", __VA_ARGS__)
#define BPF_ARRAY(...) __bcsh_array("array", __VA_ARGS__)
#define BPF_PERCPU_ARRAY(...) __bcsh_array("percpu_array", __VA_ARGS__)

#ifdef __bpf__
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
void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, __u64 flags);
long bpf_map_delete_elem(void *map, const void *key);
__u64 bpf_ktime_get_ns(void);
__u32 bpf_get_smp_processor_id(void);
__u64 bpf_get_current_pid_tgid(void);
__u64 bpf_get_current_uid_gid(void);
long bpf_get_current_comm(void *buf, __u32 size_of_buf);
__u64 bpf_get_current_task(void);
__u64 bpf_get_current_cgroup_id(void);
long bpf_probe_read_user(void *dst, __u32 size, const void *unsafe_ptr);
long bpf_probe_read_kernel(void *dst, __u32 size, const void *unsafe_ptr);
long bpf_probe_read_user_str(void *dst, __u32 size, const void *unsafe_ptr);
long bpf_probe_read_kernel_str(void *dst, __u32 size, const void *unsafe_ptr);
void *bpf_ringbuf_reserve(void *ringbuf, __u64 size, __u64 flags);
void bpf_ringbuf_submit(void *data, __u64 flags);

/* Reads: an address goes in, what was there comes out. */
#define __bcsh_read(read, type_of, src)                        \
	({                                                     \
		__typeof_unqual__(type_of) __bcsh_v;           \
		read(&__bcsh_v, sizeof(__bcsh_v), (src));      \
		__bcsh_v;                                      \
	})
#define bcsh_read(lv) __bcsh_read(bpf_probe_read_kernel, lv, &(lv))
#define bcsh_read_user(lv) __bcsh_read(bpf_probe_read_user, lv, &(lv))
#define __bcsh_path1(s, a) (s)->a
#define __bcsh_path2(s, a, b) (s)->a->b
#define __bcsh_path3(s, a, b, c) (s)->a->b->c
#define __bcsh_path4(s, a, b, c, d) (s)->a->b->c->d
#define __bcsh_path5(s, a, b, c, d, e) (s)->a->b->c->d->e
#define __bcsh_path6(s, a, b, c, d, e, f) (s)->a->b->c->d->e->f
#define __bcsh_path7(s, a, b, c, d, e, f, g) (s)->a->b->c->d->e->f->g
#define __bcsh_path8(s, a, b, c, d, e, f, g, h) (s)->a->b->c->d->e->f->g->h
#define __bcsh_path9(s, a, b, c, d, e, f, g, h, i) (s)->a->b->c->d->e->f->g->h->i
#define __bcsh_ninth(a, b, c, d, e, f, g, h, i, n, ...) n
#define __bcsh_number(...) __bcsh_ninth(__VA_ARGS__, 9, 8, 7, 6, 5, 4, 3, 2, 1)
#define __bcsh_path(src, ...) \
	__bcsh_paste(__bcsh_path, __bcsh_number(__VA_ARGS__))(src, __VA_ARGS__)
#define BPF_CORE_READ(src, ...) \
	__bcsh_read(bpf_probe_read_kernel, __bcsh_path(src, __VA_ARGS__), src)
#define BPF_CORE_READ_USER(src, ...) \
	__bcsh_read(bpf_probe_read_user, __bcsh_path(src, __VA_ARGS__), src)
#define BPF_PROBE_READ BPF_CORE_READ
#define BPF_PROBE_READ_USER BPF_CORE_READ_USER
#define bcsh_core_read BPF_CORE_READ
#define bcsh_core_read_user BPF_CORE_READ_USER
#define bcsh_read_bitfield(src, path) \
	__bcsh_read(bpf_probe_read_kernel, (__u64)(src)->path, src)
#define bcsh_read_bitfield_user(src, path) \
	__bcsh_read(bpf_probe_read_user, (__u64)(src)->path, src)
#define BPF_CORE_READ_INTO(dst, src, ...) bpf_probe_read_kernel(dst, sizeof(*(dst)), src)
#define BPF_CORE_READ_USER_INTO(dst, src, ...) bpf_probe_read_user(dst, sizeof(*(dst)), src)
#define BPF_CORE_READ_STR_INTO(dst, src, ...) bpf_probe_read_kernel_str(dst, sizeof(*(dst)), src)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, ...) bpf_probe_read_user_str(dst, sizeof(*(dst)), src)
#define BPF_PROBE_READ_INTO BPF_CORE_READ_INTO
#define BPF_PROBE_READ_USER_INTO BPF_CORE_READ_USER_INTO
#define BPF_PROBE_READ_STR_INTO BPF_CORE_READ_STR_INTO
#define BPF_PROBE_READ_USER_STR_INTO BPF_CORE_READ_USER_STR_INTO
#define bpf_core_read(dst, size, src) bpf_probe_read_kernel(dst, size, src)
#define bpf_core_read_user(dst, size, src) bpf_probe_read_user(dst, size, src)
#define bpf_core_read_str(dst, size, src) bpf_probe_read_kernel_str(dst, size, src)
#define bpf_core_read_user_str(dst, size, src) bpf_probe_read_user_str(dst, size, src)
#else
#pragma clang diagnostic warning "-Wformat-insufficient-args"
#pragma clang diagnostic warning "-Wformat-extra-args"
#endif
