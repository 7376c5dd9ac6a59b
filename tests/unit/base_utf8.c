// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes come out safe for a terminal and valid as JSON. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/utf8.h"

#define BYTES(s) (s), sizeof(s) - 1

static void check_visible(const char *p, size_t len, const char *want)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	utf8_add_visible(&out, p, len);
	assert_string_equal(out.text, want);
}

static void check_json(const char *p, size_t len, const char *want)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	utf8_add_json(&out, p, len);
	assert_string_equal(out.text, want);
}

static void test_visible(void **state)
{
	(void)state;
	check_visible(BYTES(""), "");
	check_visible(BYTES("plain \\ text"), "plain \\ text");
	check_visible(BYTES("a\nb\tc\033[31m\r"), "a\\nb\\tc\\e[31m\\r");
	check_visible(BYTES("nul\0end"), "nul\\0end");
	check_visible(BYTES("\x7f\x01"), "\\x7f\\x01");
	check_visible(BYTES("gr\xc3\xbc\xc3\x9f \xe4\xb8\xad \xf0\x9f\x98\x80"),
		      "gr\xc3\xbc\xc3\x9f \xe4\xb8\xad \xf0\x9f\x98\x80");
	check_visible(BYTES("\xc2\x9b" "31m"), "\\u009b31m");
	check_visible(BYTES("a\xe2\x80\xae" "b\xe2\x81\xa6"), "a\\u202eb\\u2066");
}

static void test_invalid(void **state)
{
	(void)state;
	check_visible(BYTES("\xff\xfe"), "\\xff\\xfe");
	check_visible(BYTES("\xc3"), "\\xc3");
	check_visible(BYTES("\xe4\xb8"), "\\xe4\\xb8");
	check_visible(BYTES("\xc0\xaf"), "\\xc0\\xaf");
	check_visible(BYTES("\xe0\x80\x80"), "\\xe0\\x80\\x80");
	check_visible(BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	check_visible(BYTES("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
	check_visible(BYTES("\x80" "a"), "\\x80a");
}

static void test_json(void **state)
{
	(void)state;
	check_json(BYTES(""), "\"\"");
	check_json(BYTES("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
	check_json(BYTES("\n\t\r\b\x1f\0"), "\"\\n\\t\\r\\u0008\\u001f\\u0000\"");
	check_json(BYTES("\x7f\xc2\x85\xe2\x80\xae"), "\"\\u007f\\u0085\\u202e\"");
	check_json(BYTES("\xc3\xa9\xff\xc3"), "\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(utf8_width(BYTES("abc")), 3);
	assert_int_equal(utf8_width(BYTES("a\n\xff")), 1 + 2 + 4);
	assert_int_equal(utf8_width(BYTES("\xe2\x80\xae")), 6);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(utf8_width(BYTES("\xe4\xb8\xad")), 2);
	assert_int_equal(utf8_width(BYTES("e\xcc\x81")), 1);
}

/* Whatever goes in: no control byte comes out, and the width is that of what is shown. */
static void test_random(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		_cleanup_strbuf_ struct strbuf seen = STRBUF_INIT, json = STRBUF_INIT;
		char bytes[16];

		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (char)(seed >> 24);
		}
		utf8_add_visible(&seen, bytes, sizeof(bytes));
		utf8_add_json(&json, bytes, sizeof(bytes));
		for (size_t i = 0; i < seen.len; i++)
			assert_true((unsigned char)seen.text[i] >= ' ' && seen.text[i] != 0x7f);
		for (size_t i = 0; i < json.len; i++)
			assert_true((unsigned char)json.text[i] >= ' ' && json.text[i] != 0x7f);
		assert_int_equal(utf8_width(bytes, sizeof(bytes)), utf8_width(seen.text, seen.len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visible), cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_json),	cmocka_unit_test(test_width),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
