// SPDX-License-Identifier: GPL-3.0-or-later
/* Values survive the wire; damaged bytes are noticed and never read past. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/wire.h"

static void put_all(struct strbuf *out)
{
	wire_put_u8(out, 7);
	wire_put_u32(out, 0xdeadbeef);
	wire_put_u64(out, 1ull << 63);
	wire_put_str(out, "text");
	wire_put_str(out, NULL);
	wire_put_str(out, "");
	wire_put_blob(out, "a\0b", 3);
}

static void test_round_trip(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	void *root = mem_new(NULL, char);
	struct wire_reader r;
	const void *blob;
	size_t len;

	(void)state;
	put_all(&out);
	wire_reader_init(&r, out.text, out.len);
	assert_int_equal(wire_u8(&r), 7);
	assert_int_equal(wire_u32(&r), 0xdeadbeef);
	assert_true(wire_u64(&r) == 1ull << 63);
	assert_string_equal(wire_str(&r, root), "text");
	assert_null(wire_str(&r, root));
	assert_string_equal(wire_str(&r, root), "");
	assert_false(wire_done(&r));
	blob = wire_blob(&r, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(blob, "a\0b", 3);
	assert_true(wire_done(&r));
	wire_u8(&r);
	assert_true(r.bad);
	assert_false(wire_done(&r));
	mem_free(root);
}

/* Every cut of a message is noticed, and all reads after the cut give nothing. */
static void test_truncated(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	(void)state;
	put_all(&out);
	for (size_t cut = 0; cut < out.len; cut++) {
		void *root = mem_new(NULL, char);
		char *part = mem_dup(root, out.text, cut);
		struct wire_reader r;
		size_t len;

		wire_reader_init(&r, part, cut);
		wire_u8(&r);
		wire_u32(&r);
		wire_u64(&r);
		for (int i = 0; i < 3; i++)
			wire_str(&r, root);
		wire_blob(&r, &len);
		assert_true(r.bad);
		assert_int_equal(wire_u32(&r), 0);
		assert_null(wire_str(&r, root));
		assert_false(wire_done(&r));
		mem_free(root);
	}
}

static void test_hostile(void **state)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct wire_reader r;

	(void)state;
	wire_put_u32(&out, 0x40000000);
	wire_put_u64(&out, 0);
	wire_reader_init(&r, out.text, out.len);
	assert_int_equal(wire_count(&r, 8), 0);
	assert_true(r.bad);
	strbuf_reset(&out);
	wire_put_blob(&out, "a\0b", 3);
	wire_reader_init(&r, out.text, out.len);
	assert_null(wire_str(&r, NULL));
	assert_true(r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
