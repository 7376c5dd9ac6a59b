// SPDX-License-Identifier: GPL-3.0-or-later
/* Pieces of a unit and the way back to what was typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rewriter/unit.h"

static const struct source typed = { .name = "t", .text = "@x[pid]++; y", .len = 12 };

/* "head " "(*at(" "pid" "))" "++; y" <maps> " tail" */
static void make(struct unit *u, void *parent)
{
	unit_init(u, parent);
	unit_ours(u, "%s ", "head");
	unit_maps(u, "x");
	unit_ours_for(u, 3, 0, 3, "(*at(");
	unit_user(u, 3, &typed, 3, 6);
	unit_ours_for(u, 3, 6, 7, "))");
	unit_user(u, 3, &typed, 7, 12);
	unit_ours(u, " tail");
}

static void put_decl(void *arg, const char *names, struct strbuf *out)
{
	++*(int *)arg;
	strbuf_addf(out, "<%s>", names);
}

static void test_text(void **state)
{
	void *parent = talloc_new(NULL);
	struct unit u;
	size_t len;
	int n = 0;

	(void)state;
	make(&u, parent);
	assert_string_equal(unit_text(&u, parent, &len), "head (*at(pid))++; y tail");
	assert_int_equal(len, 25);
	assert_string_equal(unit_text_maps(&u, parent, put_decl, &n, &len),
			    "head <x>(*at(pid))++; y tail");
	assert_int_equal(n, 1);
	assert_int_equal(len, 28);
	talloc_free(parent);
}

static void test_back(void **state)
{
	static const struct {
		size_t start, end;
		int src;
		size_t from, to;
	} rows[] = {
		{ 10, 13, 3, 3, 6 },	/* pid */
		{ 11, 12, 3, 4, 5 },	/* i */
		{ 11, 11, 3, 4, 4 },	/* a point in it */
		{ 5, 10, 3, 0, 3 },	/* ours, standing for @x[ */
		{ 6, 8, 3, 0, 3 },	/* a part of it moves outward */
		{ 7, 7, 3, 0, 3 },
		{ 5, 15, 3, 0, 7 },	/* the whole place */
		{ 5, 17, 3, 0, 9 },	/* @x[pid]++ */
		{ 0, 25, 3, 0, 12 },	/* other text of ours: inward */
		{ 0, 4, -1, 0, 0 },
		{ 2, 2, -1, 0, 0 },
		{ 21, 25, -1, 0, 0 },
		{ 20, 20, 3, 12, 12 },	/* the end of what was typed */
		{ 22, 22, -1, 0, 0 },
	};
	void *parent = talloc_new(NULL);
	struct range r;
	struct unit u;
	size_t len;

	(void)state;
	make(&u, parent);
	unit_text(&u, parent, &len);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_message("# %zu-%zu\n", rows[i].start, rows[i].end);
		assert_int_equal(unit_to_user(&u, rows[i].start, rows[i].end, &r), rows[i].src >= 0);
		assert_int_equal(r.src, rows[i].src);
		assert_int_equal(r.start, rows[i].from);
		assert_int_equal(r.end, rows[i].to);
	}
	talloc_free(parent);
}

static void test_sources_are_kept_apart(void **state)
{
	void *parent = talloc_new(NULL);
	struct range r;
	struct unit u;
	size_t len;

	(void)state;
	unit_init(&u, parent);
	unit_user(&u, 0, &typed, 8, 10);
	unit_user(&u, 1, &typed, 0, 2);
	unit_text(&u, parent, &len);
	assert_true(unit_to_user(&u, 1, 4, &r));
	assert_int_equal(r.src, 0);
	assert_int_equal(r.start, 9);
	assert_int_equal(r.end, 10);
	assert_true(unit_to_user(&u, 2, 2, &r));
	assert_int_equal(r.src, 1);
	assert_int_equal(r.start, 0);
	talloc_free(parent);
}

static void test_maps_text_moves_what_follows(void **state)
{
	void *parent = talloc_new(NULL);
	struct range r;
	struct unit u;
	size_t len;
	int n = 0;

	(void)state;
	make(&u, parent);
	unit_text_maps(&u, parent, put_decl, &n, &len);
	assert_true(unit_to_user(&u, 13, 16, &r));
	assert_int_equal(r.start, 3);
	assert_int_equal(r.end, 6);
	assert_false(unit_to_user(&u, 5, 8, &r));
	talloc_free(parent);
}

static void test_wire(void **state)
{
	void *parent = talloc_new(NULL);
	struct strbuf out;
	struct wire_reader rd;
	struct unit u, v;
	size_t len;

	(void)state;
	make(&u, parent);
	strbuf_init(&out, parent);
	u.pieces.v[1].original = mem_strdup(parent, "@x[");
	u.pieces.v[1].original_len = 3;
	unit_put(&u, &out);
	wire_reader_init(&rd, out.text, out.len);
	assert_true(unit_get(&v, &rd, parent));
	assert_string_equal(v.pieces.v[1].original, "@x[");
	assert_null(v.pieces.v[0].original);
	assert_true(wire_done(&rd));
	assert_string_equal(unit_text(&v, parent, &len), "head (*at(pid))++; y tail");
	/* a user piece whose range and text disagree would map back to nowhere */
	u.pieces.v[3].end++;
	strbuf_reset(&out);
	unit_put(&u, &out);
	wire_reader_init(&rd, out.text, out.len);
	assert_false(unit_get(&v, &rd, parent));
	talloc_free(parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_sources_are_kept_apart),
		cmocka_unit_test(test_maps_text_moves_what_follows),
		cmocka_unit_test(test_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
