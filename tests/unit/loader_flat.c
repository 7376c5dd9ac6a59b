// SPDX-License-Identifier: GPL-3.0-or-later
/* Flat programs as bytes, what may not pass, and ten thousand damaged answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/flat_sample.h"

#define ANSWERS 10000

static void *root;
static struct flat sample;
static struct strbuf bytes;

static void test_round_trip(void **state)
{
	struct strbuf again = STRBUF_INIT;
	struct wire_reader r;
	struct flat f;

	(void)state;
	wire_reader_init(&r, bytes.text, bytes.len);
	assert_true(flat_get(&f, &r, root));
	assert_true(wire_done(&r));
	flat_put(&f, &again);
	assert_int_equal(again.len, bytes.len);
	assert_memory_equal(again.text, bytes.text, bytes.len);
	assert_string_equal(f.maps.v[1].name, "hits");
	assert_int_equal(*(char *)f.maps.v[1].init, 1);
	assert_int_equal(f.progs.v[1].relocs.v[1].offset, 4);
	assert_int_equal(f.progs.v[0].lines.v[0].at.end, 9);
	assert_true(f.progs.v[0].lines.v[1].at.src < 0);
	assert_true(sample_take(bytes.text, bytes.len));
	strbuf_clear(&again);
}

static void test_truncated(void **state)
{
	(void)state;
	for (size_t len = 0; len < bytes.len; len++)
		assert_false(sample_take(bytes.text, len));
}

static void test_damaged(void **state)
{
	size_t passed = 0;

	(void)state;
	srand(20240229);
	for (int n = 0; n < ANSWERS; n++) {
		size_t len = bytes.len;
		char *copy = mem_dup(NULL, bytes.text, len);
		int changes = 1 + rand() % 4;

		while (changes--) {
			size_t at = (size_t)rand() % len;

			switch (rand() % 4) {
			case 0:
				copy[at] ^= (char)(1 << rand() % 8);
				break;
			case 1:
				copy[at] = (char)rand();
				break;
			case 2:	/* a length or an index at its limits */
				if (at + 4 <= len)
					memset(copy + at, rand() % 2 ? 0xff : 0x7f, 4);
				break;
			default:
				len = len > 16 && rand() % 8 == 0 ? len - (size_t)rand() % 16 : len;
			}
		}
		/* A block of its own size, so that reading one byte too many is seen. */
		copy = mem_resize(NULL, copy, 1, len);
		passed += sample_take(copy, len);
		mem_free(copy);
	}
	print_message("%zu of %d damaged answers were harmless\n", passed, ANSWERS);
	assert_true(passed > 0 && passed < ANSWERS);
}

/* A copy of the sample to spoil in one place. */
static struct flat fresh(void)
{
	struct flat f;

	sample_flat(root, &f);
	return f;
}

static void refuse(const struct flat *f, const char *words)
{
	struct flat_policy policy = { sample_progs, 2, false };
	char *why = flat_check(root, f, &policy);

	if (!why || !strstr(why, words))
		fail_msg("'%s' does not say '%s'", why ? why : "(let through)", words);
}

static void test_policy_maps(void **state)
{
	struct flat f;

	(void)state;
	f = fresh();
	f.maps.v[0].type = BPF_MAP_TYPE_STRUCT_OPS;
	refuse(&f, "which bcsh does not make");
	f = fresh();
	f.maps.v[0].flags = BPF_F_NUMA_NODE;
	refuse(&f, "flags");
	f = fresh();
	f.maps.v[0].max_entries = 0xffffffff;
	f.maps.v[0].value_size = 1 << 20;
	refuse(&f, "more than 4 GiB");
	f = fresh();
	f.maps.v[0].key_id = 4;
	refuse(&f, "type id");
	f = fresh();
	f.maps.v[3].name[9] = 'x';
	refuse(&f, "not its own");
	f = fresh();
	f.maps.v[0].role = FLAT_MAP_OURS;
	refuse(&f, "not its own");
	f = fresh();
	f.maps.v[1].name = (char *)"m";
	refuse(&f, "there twice");
	f = fresh();
	f.maps.v[1].flags = 0;
	refuse(&f, "array of one value");
}

static void test_policy_insns(void **state)
{
	struct flat f;

	(void)state;
	f = fresh();
	f.progs.v[0].insns.v[6].imm = BPF_FUNC_override_return;
	refuse(&f, "changes the system");
	f = fresh();
	f.progs.v[0].insns.v[6].imm = 9999;
	refuse(&f, "does not exist");
	f = fresh();
	f.progs.v[0].insns.v[6].src_reg = 2;	/* a kernel function */
	refuse(&f, "not one the compiler makes");
	f = fresh();
	f.progs.v[0].insns.v[0].src_reg = BPF_PSEUDO_MAP_FD;
	refuse(&f, "not one the compiler makes");
	f = fresh();
	f.progs.v[0].insns.v[7].off = 100;
	refuse(&f, "jumps out of it");
	f = fresh();
	f.progs.v[0].insns.v[7].off = -7;	/* into the middle of a constant */
	refuse(&f, "jumps out of it");
	f = fresh();
	f.progs.v[0].insns.v[8].imm = -10;
	refuse(&f, "jumps out of it");
	f = fresh();
	f.progs.v[0].relocs.v[0].insn = 1;
	refuse(&f, "points nowhere");
	f = fresh();
	f.progs.v[0].relocs.v[1].offset = 8;
	refuse(&f, "points nowhere");
	f = fresh();
	f.progs.v[0].relocs.v[0].index = 4;
	refuse(&f, "points nowhere");
	f = fresh();
	f.progs.v[0].funcs.v[1].insn = 0;
	refuse(&f, "function information");
	f = fresh();
	f.progs.v[0].lines.v[1].insn = 12;
	refuse(&f, "line information");
	f = fresh();
	f.progs.n = 1;
	refuse(&f, "asked for");
	f = fresh();
	f.progs.v[1].name = (char *)"one";
	refuse(&f, "did not come back once");
	f = fresh();
	((struct btf_header *)f.btf)->type_len = 36;
	refuse(&f, "type information");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_policy_maps),
		cmocka_unit_test(test_policy_insns),
	};

	root = mem_new(NULL, char);
	strbuf_init(&bytes, root);
	sample_flat(root, &sample);
	flat_put(&sample, &bytes);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
