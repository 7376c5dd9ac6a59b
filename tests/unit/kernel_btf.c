// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The index on this kernel's BTF, on split BTF and on a small blob made here; and thousands of
 * damaged blobs, which must be refused or be safe to read through to the end.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/btf_c.h"

/* A writer of BTF, for fixtures. */
struct fixture {
	struct strbuf types, strings;
	uint32_t first_string, n;
};

static uint32_t put_string(struct fixture *f, const char *s)
{
	uint32_t at = f->first_string + (uint32_t)f->strings.len;

	if (!*s)
		return 0;
	strbuf_add(&f->strings, s, strlen(s) + 1);
	return at;
}

static uint32_t put_type(struct fixture *f, const char *name, int kind, unsigned vlen, bool kflag,
			 uint32_t size)
{
	struct btf_type t = {
		.name_off = put_string(f, name),
		.info = (uint32_t)kflag << 31 | (uint32_t)kind << 24 | vlen,
		.size = size,
	};

	strbuf_add(&f->types, &t, sizeof(t));
	return f->n++;
}

static void put_word(struct fixture *f, uint32_t v)
{
	strbuf_add(&f->types, &v, sizeof(v));
}

static void put_member(struct fixture *f, const char *name, uint32_t type, uint32_t offset)
{
	put_word(f, put_string(f, name));
	put_word(f, type);
	put_word(f, offset);
}

static void put_array(struct fixture *f, uint32_t type, uint32_t index, uint32_t n)
{
	put_type(f, "", BTF_KIND_ARRAY, 0, false, 0);
	put_word(f, type);
	put_word(f, index);
	put_word(f, n);
}

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture){ STRBUF_INIT, STRBUF_INIT, 0, 1 };
	strbuf_addc(&f->strings, '\0');
}

static void fixture_bytes(struct fixture *f, struct strbuf *out)
{
	struct btf_header h = {
		.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(h),
		.type_len = (uint32_t)f->types.len, .str_off = (uint32_t)f->types.len,
		.str_len = (uint32_t)f->strings.len,
	};

	strbuf_add(out, &h, sizeof(h));
	strbuf_add(out, f->types.text, f->types.len);
	strbuf_add(out, f->strings.text, f->strings.len);
	strbuf_clear(&f->types);
	strbuf_clear(&f->strings);
}

/*
 * struct node { int a; struct node *next; unsigned b:3, :1, c:4; union { long d; char e[8]; };
 *               enum color color; int (*fn)(struct node *, char); }; typedef struct node node_t;
 */
static void node_bytes(struct strbuf *out)
{
	struct fixture f;
	uint32_t e;

	fixture_init(&f);
	put_type(&f, "int", BTF_KIND_INT, 0, false, 4);		/* 1 */
	put_word(&f, BTF_INT_SIGNED << 24 | 32);
	put_type(&f, "char", BTF_KIND_INT, 0, false, 1);	/* 2 */
	put_word(&f, 8);
	put_type(&f, "long int", BTF_KIND_INT, 0, false, 8);	/* 3 */
	put_word(&f, BTF_INT_SIGNED << 24 | 64);
	put_array(&f, 2, 1, 8);					/* 4 */
	put_type(&f, "", BTF_KIND_UNION, 2, false, 8);		/* 5 */
	put_member(&f, "d", 3, 0);
	put_member(&f, "e", 4, 0);
	put_type(&f, "color", BTF_KIND_ENUM, 2, true, 4);	/* 6 */
	put_word(&f, put_string(&f, "RED"));
	put_word(&f, 1);
	put_word(&f, put_string(&f, "NONE"));
	put_word(&f, (uint32_t)-1);
	put_type(&f, "node", BTF_KIND_STRUCT, 7, true, 48);	/* 7 */
	put_member(&f, "a", 1, 0);
	put_member(&f, "next", 8, 64);
	put_member(&f, "b", 1, 3u << 24 | 128);
	put_member(&f, "c", 1, 4u << 24 | 132);
	put_member(&f, "", 5, 192);
	put_member(&f, "color", 6, 256);
	put_member(&f, "fn", 10, 320);
	put_type(&f, "", BTF_KIND_PTR, 0, false, 7);		/* 8 */
	put_type(&f, "", BTF_KIND_FUNC_PROTO, 2, false, 1);	/* 9 */
	put_word(&f, 0);
	put_word(&f, 8);
	put_word(&f, put_string(&f, "letter"));
	put_word(&f, 2);
	put_type(&f, "", BTF_KIND_PTR, 0, false, 9);		/* 10 */
	put_type(&f, "node_t", BTF_KIND_TYPEDEF, 0, false, 7);	/* 11 */
	put_type(&f, "walk", BTF_KIND_FUNC, 1, false, 9);	/* 12 */
	put_type(&f, "", BTF_KIND_CONST, 0, false, 11);		/* 13 */
	put_type(&f, "big", BTF_KIND_ENUM64, 1, false, 8);	/* 14 */
	e = put_string(&f, "HUGE");
	put_word(&f, e);
	put_word(&f, 0x9abcdef0);
	put_word(&f, 0x12345678);
	put_type(&f, "head", BTF_KIND_VAR, 0, false, 13);	/* 15 */
	put_word(&f, 1);
	put_type(&f, ".data", BTF_KIND_DATASEC, 1, false, 48);	/* 16 */
	put_word(&f, 15);
	put_word(&f, 0);
	put_word(&f, 48);
	put_type(&f, "user", BTF_KIND_TYPE_TAG, 0, false, 2);	/* 17 */
	fixture_bytes(&f, out);
}

static void test_blob(void **state)
{
	_cleanup_strbuf_ struct strbuf bytes = STRBUF_INIT;
	struct btf_index *b = NULL;
	struct btf_field field;
	int64_t value;
	uint32_t id;

	(void)state;
	node_bytes(&bytes);
	assert_int_equal(btf_from_blob(NULL, bytes.text, bytes.len, &b), 0);
	assert_int_equal(btf_count(b), 18);
	assert_int_equal(btf_find(b, "node", 1u << BTF_KIND_STRUCT), 7);
	assert_int_equal(btf_find(b, "node", 1u << BTF_KIND_TYPEDEF), 0);
	assert_int_equal(btf_resolve(b, 13), 7);
	assert_int_equal(btf_size(b, 13), 48);
	assert_int_equal(btf_size(b, 4), 8);
	assert_int_equal(btf_find_func(b, "walk"), 12);
	assert_int_equal(btf_find_func(b, "node"), 0);
	assert_int_equal(btf_param_count(b, 12), 2);
	assert_string_equal(btf_param_at(b, 12, 1).name, "letter");
	assert_int_equal(btf_param_at(b, 12, 2).type, 0);
	assert_true(btf_find_constant(b, "NONE", &id, &value));
	assert_int_equal(id, 6);
	assert_int_equal(value, -1);
	assert_true(btf_find_constant(b, "HUGE", &id, &value));
	assert_true(value == 0x123456789abcdef0);
	assert_false(btf_find_constant(b, "node", &id, &value));
	assert_string_equal(btf_enum_name(b, 6, -1), "NONE");
	assert_string_equal(btf_enum_name(b, 6, 0xffffffff), "NONE");
	assert_null(btf_enum_name(b, 6, 2));
	assert_true(btf_find_member(b, 11, "e", &field));
	assert_int_equal(field.bit_offset, 192);
	assert_true(btf_find_member(b, 7, "c", &field));
	assert_int_equal(field.bits, 4);
	assert_int_equal(field.bit_offset, 132);
	assert_false(btf_find_member(b, 7, "f", &field));
	assert_int_equal(btf_kind_of(btf_type(b, 999)), BTF_KIND_UNKN);
	assert_string_equal(btf_name(b, 999), "");
	assert_string_equal(btf_str(b, 1u << 30), "");
	mem_free(b);
}

static void refuse(struct fixture *f)
{
	_cleanup_strbuf_ struct strbuf bytes = STRBUF_INIT;
	struct btf_index *b;

	fixture_bytes(f, &bytes);
	assert_int_equal(btf_from_blob(NULL, bytes.text, bytes.len, &b), -EINVAL);
}

static void start(struct fixture *f)
{
	fixture_init(f);
	put_type(f, "int", BTF_KIND_INT, 0, false, 4);
	put_word(f, 32);
}

static void test_refused(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);	/* contains itself */
	put_type(&f, "s", BTF_KIND_STRUCT, 1, false, 4);
	put_member(&f, "m", 2, 0);
	refuse(&f);
	start(&f);	/* typedefs in a circle */
	put_type(&f, "a", BTF_KIND_TYPEDEF, 0, false, 3);
	put_type(&f, "b", BTF_KIND_TYPEDEF, 0, false, 2);
	refuse(&f);
	start(&f);	/* a pointer to a constant pointer to itself */
	put_type(&f, "", BTF_KIND_PTR, 0, false, 3);
	put_type(&f, "", BTF_KIND_CONST, 0, false, 2);
	refuse(&f);
	start(&f);	/* member past the end */
	put_type(&f, "s", BTF_KIND_STRUCT, 1, false, 4);
	put_member(&f, "m", 1, 8);
	refuse(&f);
	start(&f);	/* array larger than anything */
	put_array(&f, 1, 1, 0x40000000);
	refuse(&f);
	start(&f);	/* array of functions */
	put_type(&f, "", BTF_KIND_FUNC_PROTO, 0, false, 0);
	put_array(&f, 2, 1, 1);
	refuse(&f);
	start(&f);	/* a name with an escape sequence */
	put_type(&f, "a\033[2J", BTF_KIND_TYPEDEF, 0, false, 1);
	refuse(&f);
	start(&f);	/* an id that is not there */
	put_type(&f, "t", BTF_KIND_TYPEDEF, 0, false, 3);
	refuse(&f);
	start(&f);	/* empty records, 2^40 of them */
	put_type(&f, "e", BTF_KIND_STRUCT, 0, false, 0);
	for (uint32_t i = 2; i < 42; i++) {
		put_type(&f, "e", BTF_KIND_STRUCT, 2, false, 0);
		put_member(&f, "l", i, 0);
		put_member(&f, "r", i, 0);
	}
	refuse(&f);
	start(&f);	/* nested 200 deep */
	for (uint32_t i = 1; i < 200; i++) {
		put_type(&f, "d", BTF_KIND_STRUCT, 1, false, 4);
		put_member(&f, "m", i, 0);
	}
	refuse(&f);
}

/* Does what a renderer does: goes through every type and prints every declaration. */
static void read_all(const struct btf_index *b)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	for (uint32_t id = 0; id < btf_count(b) + 2; id++) {
		const struct btf_type *t = btf_type(b, id);
		struct btf_field f;

		out.len = 0;
		btf_c_declare(b, id, "x", &out);
		btf_size(b, id);
		btf_find_member(b, id, "nobody", &f);
		btf_enum_name(b, id, 77);
		for (unsigned i = 0; i < btf_vlen_of(t); i++) {
			f = btf_member_at(b, id, i);
			assert_true(strlen(f.name) < 1u << 20);
			assert_true(strlen(btf_param_at(b, id, i).name) < 1u << 20);
		}
	}
	btf_find_func(b, "nobody");
	btf_find_constant(b, "nobody", &(uint32_t){ 0 }, &(int64_t){ 0 });
}

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void test_mutations(void **state)
{
	_cleanup_strbuf_ struct strbuf bytes = STRBUF_INIT;
	unsigned accepted = 0;
	uint32_t seed = 20240229;

	(void)state;
	node_bytes(&bytes);
	for (int round = 0; round < 30000; round++) {
		size_t len = next(&seed) % 50 ? bytes.len : next(&seed) % bytes.len;
		char *copy = malloc(len ? len : 1);
		struct btf_index *b = NULL;

		memcpy(copy, bytes.text, len);
		for (uint32_t n = 1 + next(&seed) % 4; len >= 4 && n; n--) {
			size_t at = next(&seed) % (len - 3);

			if (next(&seed) % 2)
				copy[at] ^= (char)(1u << next(&seed) % 8);
			else
				memcpy(copy + (at & ~3ul), &(uint32_t){ next(&seed) % 64 }, 4);
		}
		if (!btf_from_blob(NULL, copy, len, &b)) {
			accepted++;
			read_all(b);
			mem_free(b);
		}
		free(copy);
	}
	/*
	 * Flips in values and flags are harmless; were nearly all refused, little would be tested.
	 */
	assert_true(accepted > 1000);
	print_message("%u of 30000 accepted\n", accepted);
}

static void test_split(void **state)
{
	_cleanup_strbuf_ struct strbuf bytes = STRBUF_INIT;
	char path[] = "/tmp/bcsh-split-XXXXXX";
	struct btf_index *base = NULL, *b = NULL;
	struct fixture f;
	int fd = mkstemp(path);

	(void)state;
	node_bytes(&bytes);
	assert_int_equal(btf_from_blob(NULL, bytes.text, bytes.len, &base), 0);
	fixture_init(&f);
	strbuf_reset(&f.strings);	/* a split file goes on where its base's strings end */
	f.first_string = ((const struct btf_header *)bytes.text)->str_len;
	f.n = btf_count(base);
	put_type(&f, "module_thing", BTF_KIND_STRUCT, 2, false, 56);
	put_member(&f, "n", 7, 0);
	put_member(&f, "p", 8, 384);
	put_type(&f, "module_fn", BTF_KIND_FUNC, 1, false, 9);
	strbuf_reset(&bytes);
	fixture_bytes(&f, &bytes);
	assert_int_equal(write(fd, bytes.text, bytes.len), (ssize_t)bytes.len);
	assert_int_equal(btf_open_split(NULL, base, path, &b), 0);
	assert_int_equal(btf_find(b, "module_thing", 1u << BTF_KIND_STRUCT), 18);
	assert_int_equal(btf_find(b, "node", 1u << BTF_KIND_STRUCT), 7);
	assert_int_equal(btf_find_func(b, "module_fn"), 19);
	assert_int_equal(btf_find_func(b, "walk"), 12);
	assert_string_equal(btf_name(b, 18), "module_thing");
	assert_string_equal(btf_member_at(b, 18, 1).name, "p");
	assert_int_equal(btf_size(b, btf_member_at(b, 18, 0).type), 48);
	assert_int_equal(btf_find(base, "module_thing", 1u << BTF_KIND_STRUCT), 0);
	assert_int_equal(btf_open_module(NULL, base, "../../etc/passwd", &b), -ENOENT);
	assert_int_equal(btf_open_module(NULL, base, "no_such_module", &b), -ENOENT);
	mem_free(b);
	mem_free(base);
	close(fd);
	unlink(path);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void test_kernel(void **state)
{
	struct btf_index *b = NULL;
	struct btf_field f;
	double t0 = now_ms(), t1, t2, t3;
	int64_t value;
	uint32_t id;

	(void)state;
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		skip();
	assert_int_equal(btf_open(NULL, NULL, &b), 0);
	t1 = now_ms();
	id = btf_find_func(b, "__traceiter_sched_switch");
	t2 = now_ms();
	assert_true(btf_find_constant(b, "BPF_MAP_TYPE_HASH", &(uint32_t){ 0 }, &value));
	t3 = now_ms();
	print_message("%u types: open %.2f ms, functions %.2f ms, constants %.2f ms\n",
		      btf_count(b), t1 - t0, t2 - t1, t3 - t2);
	assert_int_equal(value, 1);
	assert_true(btf_param_count(b, id) >= 4);
	assert_string_equal(btf_param_at(b, id, 2).name, "prev");
	id = btf_find(b, "task_struct", 1u << BTF_KIND_STRUCT);
	assert_true(id && btf_find_member(b, id, "comm", &f));
	assert_int_equal(btf_size(b, f.type), 16);
	assert_true(btf_size(b, id) > 1000);
	for (id = 1; id < btf_count(b); id++) {
		uint32_t kind = 1u << btf_kind_of(btf_type(b, id));

		if (kind == 1u << BTF_KIND_FUNC && id % 64 == 0)
			assert_int_not_equal(btf_find_func(b, btf_name(b, id)), 0);
		else if (kind & (1u << BTF_KIND_STRUCT | 1u << BTF_KIND_TYPEDEF) &&
			 *btf_name(b, id))
			assert_int_not_equal(btf_find(b, btf_name(b, id), kind), 0);
	}
	mem_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blob),	  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_mutations), cmocka_unit_test(test_split),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
