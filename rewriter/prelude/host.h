/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What user-side code (BEGIN, END, interval, event, expressions) starts with when it is compiled for
 * the host: basic types, the C library functions that the handler offers, and the handler's own
 * runtime, which lowered code calls. Maps are named as the session names them: "@" is the nameless one.
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

#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __user
#define __kernel
#define __direct
#define BCSH_ORIGIN(origin, why)
#define BCSH_BUILTIN(name)
#define BCSH_FUNCTION(name)
#define BCSH_PROGRAM(name)
#define BCSH_ENTER

/*
 * The handler's runtime. KEY has KEY_SIZE bytes; a map without keys has a __u32 0 as its key. A name
 * that is no map, or another size than the map's, ends the run with an error.
 */
/* Whether KEY is there; VALUE gets its VALUE_SIZE bytes, or zeros. */
int bcsh_host_lookup(const char *map, const void *key, size_t key_size, void *value,
		     size_t value_size);
int bcsh_host_has(const char *map, const void *key, size_t key_size);
/* Sets the value of KEY, there or not. 0 or -1. */
int bcsh_host_update(const char *map, const void *key, size_t key_size, const void *value,
		     size_t value_size);
/* Adds BY to a 64-bit value (0 where absent) and gives the value before. */
long long bcsh_host_add(const char *map, const void *key, size_t key_size, long long by);
/* Whether KEY was there to delete. */
int bcsh_host_delete(const char *map, const void *key, size_t key_size);
/*
 * One number for an aggregation, over all processors. KIND 0: the sum of the first words (count(),
 * sum()); 1: sum / count of {count, sum, min, max}; 2, 3: the least, greatest of {value, set}.
 */
long long bcsh_host_number(const char *map, int kind, const void *key, size_t key_size);
/* What happens in the shell, in the order of the output. */
void bcsh_host_print(const char *map);
void bcsh_host_clear(const char *map);
void bcsh_host_zero(const char *map);
void bcsh_host_exit(int status);
/* The value of an expression: its C type as text, and its bytes. */
void bcsh_host_value(const char *type, const void *bytes, size_t size);
unsigned long long bcsh_host_nsecs(void);	/* CLOCK_MONOTONIC */
unsigned long long bcsh_host_elapsed(void);	/* since the session began */
unsigned int bcsh_host_target(void);		/* a process id; 0: none */

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
#define bcsh_pick(a, b, op)                                 \
	({                                                  \
		__auto_type __bcsh_a = (a);                 \
		__auto_type __bcsh_b = (b);                 \
		__bcsh_a op __bcsh_b ? __bcsh_a : __bcsh_b; \
	})
#define bcsh_min(a, b) bcsh_pick(a, b, <)
#define bcsh_max(a, b) bcsh_pick(a, b, >)

/* Maps as in bcc are @name here: only their types are asked for. */
#define __bcsh_declare(k, v, name) \
	extern struct {            \
		__typeof__(k) *key;   \
		__typeof__(v) *value; \
	} name
#define BPF_TABLE(kind, k, v, name, size) __bcsh_declare(k, v, name)
#define __bcsh_fourth(a, b, c, d, n, ...) n
#define __bcsh_hash(name, k, v, ...) __bcsh_declare(k, v, name)
#define __bcsh_hash1(name) __bcsh_hash(name, __u64, __u64)
#define __bcsh_hash2(name, k) __bcsh_hash(name, k, __u64)
#define BPF_HASH(...) \
	__bcsh_fourth(__VA_ARGS__, __bcsh_hash, __bcsh_hash, __bcsh_hash2, __bcsh_hash1)(__VA_ARGS__)
#define BPF_PERCPU_HASH BPF_HASH
#define BPF_LRU_HASH BPF_HASH
#define __bcsh_array(name, v, ...) __bcsh_declare(int, v, name)
#define __bcsh_array1(name) __bcsh_array(name, __u64)
#define BPF_ARRAY(...) \
	__bcsh_fourth(__VA_ARGS__, __bcsh_array, __bcsh_array, __bcsh_array, __bcsh_array1)(__VA_ARGS__)
#define BPF_PERCPU_ARRAY BPF_ARRAY
