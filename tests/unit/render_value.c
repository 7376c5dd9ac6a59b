// SPDX-License-Identifier: GPL-3.0-or-later
/* Bytes of every kind of type, from BTF and from C's spelling, as text and as JSON. */
#include "shell/render/value.h"
#include "render_help.h"

static const struct value_types none;

static char *text_of(const struct value_types *t, struct value_type vt, const void *bytes, bool json)
{
	struct strbuf sb = STRBUF_INIT;

	if (json)
		value_add_json(t, &vt, bytes, &sb);
	else
		value_add_text(t, &vt, bytes, &sb);
	return strbuf_detach(&sb, NULL);
}

static void expect(struct value_type vt, const void *bytes, const char *text, const char *json)
{
	_cleanup_mem_ char *got = text_of(&none, vt, bytes, false);
	_cleanup_mem_ char *got_json = text_of(&none, vt, bytes, true);

	assert_string_equal(got, text);
	assert_string_equal(got_json, json);
}

static struct value_type c(const char *type)
{
	return value_type_c(&none, type, strlen(type), 0);
}

static void c_spellings(void **state)
{
	const int64_t minus = -1;
	const double half = 0.5;

	(void)state;
	expect(c("int"), &minus, "-1", "-1");
	expect(c("unsigned int"), &minus, "4294967295", "4294967295");
	expect(c("const __u64"), &minus, "18446744073709551615", "18446744073709551615");
	expect(c("unsigned char"), &minus, "255", "255");
	expect(c("struct sock *"), &minus, "0xffffffffffffffff", "\"0xffffffffffffffff\"");
	expect(c("double"), &half, "0.5", "0.5");
	expect(c("_Bool"), "\1", "true", "true");
	expect(c("char[16]"), "bash\0rest of it", "bash", "\"bash\"");
	expect(c("char[4]"), "a\"\n\377", "a\"\\n\\xff", "\"a\\\"\\n\xef\xbf\xbd\"");
	expect(c("unsigned short[3]"), "\1\0\2\0\3\0", "[1, 2, 3]", "[1,2,3]");
	assert_int_equal(c("char[16]").size, 16);
	assert_int_equal(c("struct nobody_knows").kind, VALUE_BYTES);
	expect(value_type_c(&none, "struct x", 8, 2), "\1\377", "01 ff", "\"01ff\"");
	assert_int_equal(c("int[2][3]").kind, VALUE_BYTES);
	assert_int_equal(c("").kind, VALUE_BYTES);
	assert_int_equal(c("int[99999999999]").kind, VALUE_BYTES);
}

/* struct point { int x; int y : 3; int z : 5; union { int u; }; char name[4]; enum color c; } */
static struct btf_index *point(const void *parent, uint32_t *ret)
{
	struct btf_writer w;
	uint32_t name, color, anon;

	btf_begin(&w);
	name = put_array(&w, T_CHAR, 4);
	color = put_type(&w, "color", BTF_KIND_ENUM, 2, false, 4);
	put_named(&w, "RED", 0, 0, 2);
	put_named(&w, "GREEN", 7, 0, 2);
	anon = put_type(&w, "", BTF_KIND_UNION, 1, false, 4);
	put_named(&w, "u", T_INT, 0, 3);
	*ret = put_type(&w, "point", BTF_KIND_STRUCT, 6, true, 20);
	put_named(&w, "x", T_INT, 0, 3);
	put_named(&w, "y", T_INT, 3u << 24 | 32, 3);
	put_named(&w, "z", T_INT, 5u << 24 | 35, 3);
	put_words(&w, 3, (uint32_t[]){ 0, anon, 64 });
	put_named(&w, "name", name, 96, 3);
	put_named(&w, "c", color, 128, 3);
	return btf_end(&w, parent);
}

static void records(void **state)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "test");
	uint32_t id;
	struct btf_index *b = point(mem, &id);
	const struct { int x; uint32_t bits; int u; char name[4]; uint32_t color; } v = {
		-5, 3 | 31u << 3, 9, "ab", 7,
	};
	struct value_type vt = value_type_btf(&none, b, id);

	(void)state;
	assert_int_equal(vt.kind, VALUE_RECORD);
	assert_int_equal(vt.size, 20);
	expect(vt, &v, "{x=-5, y=3, z=-1, u=9, name=ab, c=GREEN}",
	       "{\"x\":-5,\"y\":3,\"z\":-1,\"u\":9,\"name\":\"ab\",\"c\":\"GREEN\"}");
}

/* The pruned record of a snippet is shown by the kernel's, unless the person defined that tag. */
static bool own(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "point") == 0;
}

static void kernel_records(void **state)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "test");
	uint32_t full, pruned;
	struct btf_index *kernel = point(mem, &full), *b;
	struct value_types t = { .kernel = kernel };
	struct btf_writer w;
	int32_t v[5] = { 1 };
	_cleanup_mem_ char *theirs = NULL, *mine = NULL;

	(void)state;
	btf_begin(&w);
	pruned = put_type(&w, "point", BTF_KIND_STRUCT, 1, false, 20);
	put_named(&w, "x", T_INT, 0, 3);
	b = btf_end(&w, mem);
	theirs = text_of(&t, value_type_btf(&t, b, pruned), v, false);
	assert_string_equal(theirs, "{x=1, y=0, z=0, u=0, name=, c=RED}");
	t.is_own = own;
	mine = text_of(&t, value_type_btf(&t, b, pruned), v, false);
	assert_string_equal(mine, "{x=1}");
}

/* Layouts that the worker tells, for records that no BTF has; one that nests in itself ends. */
static void told_records(void **state)
{
	struct record_member pair[] = { { "low", "__u32", 0, 0, 4 }, { "bits", "int", 32, 3, 4 },
					{ "in", "struct in", 64, 0, 8 } },
			     in[] = { { "c", "char[4]", 0, 0, 4 }, { "far", "long", 32, 0, 8 } },
			     mad[] = { { "a", "struct mad", 0, 0, 8 }, { "b", "struct mad", 0, 0, 8 } };
	struct record_layout records[] = {
		{ "struct pair", 16, { pair, 3, 3 } }, { "struct in", 8, { in, 2, 2 } },
		{ "struct mad", 8, { mad, 2, 2 } },
	};
	struct value_types t = { .records = records, .n_records = 3 };
	const struct { uint32_t low, bits; char c[8]; } v = { 7, 6, "ab" };
	_cleanup_mem_ char *text = NULL, *json = NULL, *end = NULL;
	struct value_type vt = value_type_c(&t, "struct pair", 11, 16);

	(void)state;
	assert_int_equal(vt.kind, VALUE_RECORD);
	text = text_of(&t, vt, &v, false);
	assert_string_equal(text, "{low=7, bits=-2, in={c=ab}}");
	json = text_of(&t, vt, &v, true);
	assert_string_equal(json, "{\"low\":7,\"bits\":-2,\"in\":{\"c\":\"ab\"}}");
	assert_int_equal(value_type_c(&t, "struct pair", 11, 12).kind, VALUE_BYTES);
	end = text_of(&t, value_type_c(&t, "struct mad", 10, 8), &v, false);
	assert_true(strlen(end) < 100000000);
}

/* A member that claims to lie outside its record is not read. */
static void outside(void **state)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "test");
	struct value_type vt = { .kind = VALUE_RECORD, .size = 4 };
	uint32_t id;

	(void)state;
	vt.btf = point(mem, &id);
	vt.id = id;
	for (unsigned i = 0; i < value_members(&vt); i++) {
		struct value_member m = value_member(&none, &vt, i);

		assert_true(m.offset + m.type.size <= vt.size);
	}
}

static void order(void **state)
{
	const int64_t a = -1, b = 1;
	struct value_type s = c("long"), u = c("unsigned long"), t = c("char[4]");

	(void)state;
	assert_true(value_compare(&none, &s, &a, &b) < 0);
	assert_true(value_compare(&none, &u, &a, &b) > 0);
	assert_true(value_compare(&none, &t, "ab\0z", "ab\0a") == 0);
	assert_true(value_compare(&none, &t, "ab", "b") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(c_spellings), cmocka_unit_test(records),
		cmocka_unit_test(kernel_records), cmocka_unit_test(told_records),
		cmocka_unit_test(outside), cmocka_unit_test(order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
