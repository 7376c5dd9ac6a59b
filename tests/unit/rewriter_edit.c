/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edit tree: nesting, two renderings, clones, and the way back from a rendered offset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rewriter/edit.h"

static size_t at(const char *text, const char *what)
{
	return (size_t)(strstr(text, what) - text);
}

static void assert_code(struct edits *es, const char *want)
{
	char *got = edits_render(es, es, EDIT_CODE, NULL);

	assert_string_equal(got, want);
}

static void nested(void **state)
{
	static const char text[] = "x = a->b->c;";
	struct edits *es = edits_new(NULL, text, strlen(text));
	struct edit *inner, *outer;

	(void)state;
	inner = edit_add(es, 4, 8, 0, EDIT_BOTH);
	edit_text(inner, "R(");
	edit_range(inner, 4, 8);
	edit_text(inner, ")");
	outer = edit_add(es, 4, 11, 0, EDIT_BOTH);
	edit_text(outer, "R(");
	edit_range(outer, 4, 11);
	edit_text(outer, ")");
	assert_code(es, "x = R(R(a->b)->c);");
	mem_free(es);
}

static void same_and_crossing(void **state)
{
	static const char text[] = "abcdef";
	struct edits *es = edits_new(NULL, text, strlen(text));

	(void)state;
	assert_non_null(edit_add(es, 1, 3, 0, EDIT_CODE));
	assert_null(edit_add(es, 1, 3, 0, EDIT_BOTH));
	assert_non_null(edit_add(es, 1, 3, 0, EDIT_SHOW));
	assert_non_null(edit_add(es, 1, 3, 1, EDIT_CODE));
	assert_null(edit_add(es, 2, 4, 0, EDIT_CODE));
	assert_non_null(edit_add(es, 3, 4, 0, EDIT_CODE));
	assert_null(edit_add(es, 5, 9, 0, EDIT_CODE));
	mem_free(es);
}

static void pieces_in_another_order(void **state)
{
	static const char text[] = "f(a, b)";
	struct edits *es = edits_new(NULL, text, strlen(text));
	struct edit *e;

	(void)state;
	edit_text(edit_add(es, 2, 3, 0, EDIT_CODE), "A");
	e = edit_add(es, 0, 7, 0, EDIT_CODE);
	edit_text(e, "g(");
	edit_range(e, 5, 6);
	edit_text(e, ", ");
	edit_range(e, 2, 3);
	edit_text(e, ", ");
	edit_range(e, 2, 3);
	edit_text(e, ")");
	assert_code(es, "g(b, A, A)");
	mem_free(es);
}

static void two_renderings(void **state)
{
	static const char text[] = "(*at(p->x)) = q->y;";
	struct edits *es = edits_new(NULL, text, strlen(text));
	struct edit *e, *sugar;
	struct edit_shown *shown;
	char *show;

	(void)state;
	edits_alias(es, 0, 5, "@m[", 3);
	edits_alias(es, 9, 11, "]", 1);
	sugar = edit_add(es, 1, 18, 0, EDIT_CODE);
	edit_text(sugar, "SET(");
	edit_range(sugar, 5, 9);
	edit_text(sugar, ", ");
	edit_range(sugar, 14, 18);
	edit_text(sugar, ")");
	e = edit_add(es, 14, 18, 0, EDIT_BOTH);
	edit_text(e, "R(q, y)");
	e = edit_add(es, 1, 10, 0, EDIT_SHOW);
	edit_text(e, "W(");
	edit_range(e, 1, 10);
	edit_text(e, ")");
	assert_code(es, "(SET(p->x, R(q, y));");
	show = edits_render(es, es, EDIT_SHOW, NULL);
	assert_string_equal(show, "W(@m[p->x]) = R(q, y);");
	assert_int_equal(edits_shown(es, es, &shown), 2);
	assert_int_equal(shown[0].start, 1);
	assert_string_equal(shown[0].text, "W(@m[p->x])");
	assert_string_equal(shown[1].text, "R(q, y)");
	mem_free(es);
}

static void insertion(void **state)
{
	static const char text[] = "return;";
	struct edits *es = edits_new(NULL, text, strlen(text));

	(void)state;
	edit_text(edit_add(es, 6, 6, 0, EDIT_CODE), " 0");
	edit_text(edit_add(es, 0, 0, 0, EDIT_CODE), "x: ");
	edit_text(edit_add(es, 0, 6, 0, EDIT_CODE), "RETURN");
	edit_text(edit_add(es, 7, 7, 0, EDIT_CODE), "\n");
	assert_code(es, "x: RETURN 0;\n");
	mem_free(es);
}

static void clones(void **state)
{
	static const char text[] = "int h(void) { return 1; }\n"
				   "int f(int *p) { return *p; }\n"
				   "int g(void) { return f(k); }\n";
	struct edits *es = edits_new(NULL, text, strlen(text));
	size_t start = at(text, "int f"), load = at(text, "*p;"), call = at(text, "f(k)");
	struct edit_map *map;
	char *code;

	(void)state;
	edit_text(edit_add(es, load, load + 2, 1, EDIT_BOTH), "R(*p)");
	edit_text(edit_add(es, call, call + 1, 0, EDIT_BOTH), "f__1");
	edits_clone(es, start, at(text, "}\nint g") + 1, start + 4, start + 5, 2, NULL);
	code = edits_render(es, es, EDIT_CODE, &map);
	assert_string_equal(code, "int h(void) { return 1; }\n"
				  "int f__1(int *p) ;\n"
				  "int f(int *p) { return *p; }\n"
				  "int f__1(int *p) { return R(*p); }\n"
				  "int g(void) { return f__1(k); }\n");
	assert_int_equal(edit_map_original(map, at(code, "R(*p)") + 2), load);
	assert_int_equal(edit_map_original(map, at(code, "return R")), at(text, "return *"));
	assert_int_equal(edit_map_original(map, at(code, "g(void)")), at(text, "g(void)"));
	assert_int_equal(edit_map_original(map, 4), 4);
	mem_free(es);
}

static void clones_after_prototype(void **state)
{
	static const char text[] = "static int f(int);\n"
				   "int g(int k) { return f(k); }\n"
				   "static int f(int x) { return g(x); }\n";
	struct edits *es = edits_new(NULL, text, strlen(text));
	size_t start = at(text, "static int f(int x)");
	int instances[] = { 0, 2 };

	(void)state;
	edits_clone(es, start, strlen(text) - 1, start + 11, start + 12, 2, instances);
	assert_code(es, "static int f(int);\n"
			"static int f__2(int x) ;\n\n"
			"int g(int k) { return f(k); }\n"
			"static int f(int x) { return g(x); }\n"
			"static int f__2(int x) { return g(x); }\n");
	mem_free(es);
}

static void notes(void **state)
{
	static const char text[] = "a->b + c->d";
	struct edits *es = edits_new(NULL, text, strlen(text));
	struct edit_noted *list;
	struct diags ds;
	struct diag *d;

	(void)state;
	diags_init(&ds, es);
	edit_note(es, edit_add(es, 7, 11, 0, EDIT_BOTH), "%s is read", "c->d");
	d = edit_note(es, edit_add(es, 0, 4, 0, EDIT_BOTH), "a->b is read");
	diag_reason(&ds, d, RANGE_NONE, "a is a kernel pointer");
	edit_note(es, edit_add(es, 7, 11, 1, EDIT_BOTH), "c->d is read");
	assert_int_equal(edits_noted(es, es, &list), 2);
	assert_string_equal(list[0].note, "a->b is read");
	assert_int_equal(list[0].reasons->reasons.n, 1);
	assert_string_equal(list[1].note, "c->d is read");
	assert_null(list[1].reasons);
	mem_free(es);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested),
		cmocka_unit_test(same_and_crossing),
		cmocka_unit_test(pieces_in_another_order),
		cmocka_unit_test(two_renderings),
		cmocka_unit_test(insertion),
		cmocka_unit_test(clones),
		cmocka_unit_test(clones_after_prototype),
		cmocka_unit_test(notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
