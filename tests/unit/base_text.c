// SPDX-License-Identifier: GPL-3.0-or-later
/* strbuf, source, diag: text, places in it, and what is said about them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/diag.h"

static void test_strbuf(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	char *text;

	(void)state;
	assert_string_equal(sb.text, "");
	strbuf_reset(&sb);
	strbuf_trim(&sb, 0);
	strbuf_adds(&sb, "abc");
	strbuf_addf(&sb, "-%d-%s", 42, "x");
	strbuf_fill(&sb, '.', 3);
	assert_string_equal(sb.text, "abc-42-x...");
	strbuf_trim(&sb, 3);
	strbuf_addc(&sb, '\0');
	strbuf_addc(&sb, 'd');
	assert_int_equal(sb.len, 5);
	assert_memory_equal(sb.text, "abc\0d", 6);
	text = strbuf_detach(&sb, NULL);
	assert_int_equal(sb.len, 0);
	assert_string_equal(sb.text, "");
	mem_free(text);
	for (int i = 0; i < 10000; i++)
		strbuf_addf(&sb, "%d,", i % 10);
	assert_int_equal(sb.len, 20000);
	strbuf_clear(&sb);
	assert_string_equal(sb.text, "");
	assert_int_equal(strbuf_read_file(&sb, "/proc/self/nothing", 10), -ENOENT);
	assert_int_equal(strbuf_read_file(&sb, "/proc/self/maps", 10), -EFBIG);
	strbuf_clear(&sb);
}

static void test_positions(void **state)
{
	static const char text[] = "one\ntwo\n\nfour";
	struct source s = { .name = "t", .text = text, .len = sizeof(text) - 1 };
	unsigned line, column;

	(void)state;
	source_position(&s, 5, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 2);
	source_position(&s, 999, &line, &column);
	assert_int_equal(line, 4);
	assert_int_equal(column, 5);
	for (size_t i = 0; i <= s.len; i++) {
		source_position(&s, i, &line, &column);
		assert_int_equal(source_offset(&s, line, column), i);
	}
	s.first_line = 10;
	s.first_column = 7;
	source_position(&s, 2, &line, &column);
	assert_int_equal(line, 10);
	assert_int_equal(column, 9);
	for (size_t i = 0; i <= s.len; i++) {
		source_position(&s, i, &line, &column);
		assert_int_equal(source_offset(&s, line, column), i);
	}
	assert_int_equal(source_offset(&s, 11, 99), 7);
}

static void test_excerpt(void **state)
{
	static const char text[] = "first\n\tx = prev->pid;\nlast";
	struct source s = { .name = "t", .text = text, .len = sizeof(text) - 1 };
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	(void)state;
	source_excerpt(&s, 11, 20, &out);
	assert_string_equal(out.text, "  \tx = prev->pid;\n  \t    ^~~~~~~~~\n");
	strbuf_reset(&out);
	source_excerpt(&s, 11, 26, &out); /* into the next line: marks to the end of the first */
	assert_string_equal(out.text, "  \tx = prev->pid;\n  \t    ^~~~~~~~~~\n");
	strbuf_reset(&out);
	source_excerpt(&s, 999, 999, &out);
	assert_string_equal(out.text, "  last\n      ^\n");
}

static void test_diags(void **state)
{
	static const char text[] = "a\nbad word\n";
	struct source s = { .name = "in.bcsh", .text = text, .len = sizeof(text) - 1 };
	void *root = mem_new(NULL, char);
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct diags ds;
	struct diag *d;

	(void)state;
	diags_init(&ds, root);
	assert_int_equal(diags_status(&ds), STATUS_OK);
	diag_add(&ds, DIAG_WARNING, STATUS_OK, RANGE_NONE, "only %s", "that");
	assert_int_equal(diags_errors(&ds), 0);
	d = diag_add(&ds, DIAG_ERROR, STATUS_NO_PROBE, (struct range){ 0, 2, 5 }, "no '%s'", "bad");
	diag_hint(&ds, d, "try '%s'", "good");
	diag_reason(&ds, d, (struct range){ 0, 6, 10 }, "used here");
	diag_reason(&ds, d, RANGE_NONE, "always so");
	assert_int_equal(diags_errors(&ds), 1);
	assert_int_equal(diags_status(&ds), STATUS_NO_PROBE);
	diag_error(&ds, RANGE_NONE, "second");
	assert_int_equal(diags_errors(&ds), 2);
	assert_int_equal(diags_status(&ds), STATUS_NO_PROBE);
	diag_format(&ds.list.v[0], &s, 1, &out);
	assert_string_equal(out.text, "warning: only that\n");
	strbuf_reset(&out);
	diag_format(&ds.list.v[1], &s, 1, &out);
	assert_string_equal(out.text, "in.bcsh:2:1: error: no 'bad'\n  bad word\n  ^~~\n"
				      "  because: 2:5: used here\n  because: always so\n"
				      "  hint: try 'good'\n");
	mem_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strbuf), cmocka_unit_test(test_positions),
		cmocka_unit_test(test_excerpt), cmocka_unit_test(test_diags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
