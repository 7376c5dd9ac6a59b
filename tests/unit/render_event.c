// SPDX-License-Identifier: GPL-3.0-or-later
/* printf's conversions from a record's bytes, and emit's rows in each form. */
#include "shell/render/event.h"
#include "render_help.h"

static const struct value_types none;

struct record { int32_t i; uint32_t u; int64_t l; uint64_t p; char text[8]; unsigned char c; };

static const struct record sample = { -7, 4294967295u, -1, 0xffff888000001000u, "a\n\033[1m", 'x' };

static void add_field(struct event_format *f, const void *mem, const char *name, const char *c_type,
		      size_t offset, size_t size)
{
	struct event_field *e = vec_add(mem, &f->fields);

	*e = (struct event_field){ .name = (char *)name, .c_type = (char *)c_type, .offset = offset,
				   .size = size };
}

static void expect(const char *format, const char *field, const char *want)
{
	static const struct { const char *name, *c_type; size_t offset, size; } fields[] = {
		{ "i", "int", 0, 4 }, { "u", "unsigned int", 4, 4 }, { "l", "long", 8, 8 },
		{ "p", "void *", 16, 8 }, { "text", "char[8]", 24, 8 }, { "c", "unsigned char", 32, 1 },
	};
	_cleanup_mem_ void *mem = mem_strdup(NULL, "test");
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct event_format f = { .kind = EVENT_PRINTF, .format = (char *)format };

	for (; *field; field++)
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			if (fields[i].name[0] == *field)
				add_field(&f, mem, fields[i].name, fields[i].c_type, fields[i].offset,
					  fields[i].size);
	event_printf(&none, &f, &sample, sizeof(sample), &sb);
	assert_string_equal(sb.text, want);
}

static void conversions(void **state)
{
	(void)state;
	expect("plain 100%%\n", "", "plain 100%\n");
	expect("%d", "i", "-7");
	expect("%5d|%-5d|%05d", "iii", "   -7|-7   |-0007");
	expect("%u", "i", "4294967289");
	expect("%u %d", "uu", "4294967295 -1");
	expect("%ld %lu %llx", "lll", "-1 18446744073709551615 ffffffffffffffff");
	expect("%#x", "u", "0xffffffff");
	expect("%p", "p", "0xffff888000001000");
	expect("%s|%10s|%.1s", "ttt", "a\\n\\e[1m|  a\\n\\e[1m|a");
	expect("%c", "c", "x");
	expect("%3c|%c", "ci", "  x|\\xf9");
	expect("%20p|%-20p|", "pp", "  0xffff888000001000|0xffff888000001000  |");
	expect("%s", "i", "-7");
	expect("%d %d", "i", "-7 ");
	expect("ends in %", "", "ends in ");
	expect("%99999d", "", "");
}

/* JSON escapes the text as a whole: bytes that a terminal must not see come through as they are. */
static void raw_text(void **state)
{
	static const struct value_types raw = { .raw = true };
	_cleanup_mem_ void *mem = mem_strdup(NULL, "test");
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct event_format f = { .kind = EVENT_PRINTF, .format = "<%s>\n" };

	(void)state;
	add_field(&f, mem, "text", "char[8]", 24, 8);
	event_printf(&raw, &f, &sample, sizeof(sample), &sb);
	assert_string_equal(sb.text, "<a\n\033[1m>\n");
}

static void short_record(void **state)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "test");
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT, json = STRBUF_INIT;
	struct event_format f = { .kind = EVENT_PRINTF, .format = "[%d]", .name = "e" };

	(void)state;
	add_field(&f, mem, "far", "int", 4, 4);
	event_printf(&none, &f, "1234567", 7, &sb);
	assert_string_equal(sb.text, "[]");
	event_emit_json(&none, &f, "1234567", 7, 5, &json);
	assert_string_equal(json.text, "{\"type\":\"event\",\"event\":\"e\",\"time\":5,\"far\":null}\n");
}

static void rows(void **state)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "test");
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct event_format f = { .kind = EVENT_EMIT, .name = "open" };

	(void)state;
	add_field(&f, mem, "pid", "int", 0, 4);
	add_field(&f, mem, "path", "char[8]", 24, 8);
	add_field(&f, mem, "file", "struct file *", 16, 8);
	event_emit_text(&none, &f, &sample, sizeof(sample), true, &sb);
	event_emit_text(&none, &f, &sample, sizeof(sample), false, &sb);
	event_emit_separated(&none, &f, &sample, sizeof(sample), true, ',', &sb);
	event_emit_separated(&none, &f, &sample, sizeof(sample), false, '\t', &sb);
	event_emit_json(&none, &f, &sample, sizeof(sample), 1700000000000000001u, &sb);
	golden("event_rows", sb.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversions), cmocka_unit_test(raw_text),
		cmocka_unit_test(short_record), cmocka_unit_test(rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
