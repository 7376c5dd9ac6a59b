// SPDX-License-Identifier: GPL-3.0-or-later
/* What of a prelude stays for a text that uses some of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "rewriter/prune.h"

static const char prelude[] =
	"/* a comment that names unused_macro */\n"
	"#pragma clang diagnostic ignored \"-Wunused-value\"\n"
	"typedef unsigned int __u32;\n"
	"#ifdef SIDE\n"
	"#define side 1\n"
	"#endif\n"
	"#define outer(x) \\\n"
	"	inner(x)\n"
	"#define unused_macro(x) \\\n"
	"	unused_function(x)\n"
	"struct record { int (*call)(int); };\n"
	"static void *(*const helper)(void *map,\n"
	"			     const char *text) = (void *)1;\n"
	"static void *(*const other)(void *map) = (void *)2;\n"
	"static inline int inner(int x)\n"
	"{\n"
	"	if (x == '}')\n"
	"		return deep(\"}\");\n"
	"	return 0;\n"
	"}\n"
	"static inline int unused_function(int x) { return x; }\n"
	"static inline int deep(const char *s)\n"
	"{\n"
	"	return *s;\n"
	"}\n"
	"#define step1(a) a\n"
	"#define step2(a, b) a b\n"
	"#define paste(a, b) a##b\n"
	"int prototype(int a, int b);\n"
	"static struct { int a; } variable;\n";

static char *pruned(const char *user)
{
	size_t len;
	char *text = prune_prelude(NULL, prelude, sizeof(prelude) - 1, &user, 1, &len);

	assert_int_equal(strlen(text), len);
	return text;
}

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("'%s' is gone from:\n%s", what, text);
}

static void lacks(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("'%s' is still in:\n%s", what, text);
}

static void test_unused(void **state)
{
	char *text = pruned("int main;");

	(void)state;
	has(text, "#pragma clang");
	has(text, "typedef unsigned int __u32;\n");
	has(text, "#ifdef SIDE\n#endif\n");
	has(text, "struct record { int (*call)(int); };\n");
	has(text, "static struct { int a; } variable;\n");
	lacks(text, "comment");
	lacks(text, "helper");
	lacks(text, "inner");
	lacks(text, "deep");
	lacks(text, "step1");
	lacks(text, "prototype");
	lacks(text, "side");
	mem_free(text);
}

static void test_reached(void **state)
{
	char *text = pruned("outer(3); helper(0, \"\"); side;");

	(void)state;
	has(text, "#define outer(x) \\\n	inner(x)\n");
	has(text, "static inline int inner(int x)\n{\n	if (x == '}')\n		return "
		  "deep(\"}\");\n"
		  "	return 0;\n}\n");
	has(text, "static inline int deep(const char *s)\n{\n	return *s;\n}\n");
	has(text, "helper)(void *map,\n			     const char *text) = (void *)1;\n");
	has(text, "#define side 1\n");
	lacks(text, "other");
	lacks(text, "unused_");
	mem_free(text);
}

static void test_pasted(void **state)
{
	char *text = pruned("paste(step, 2)(a, b)");

	(void)state;
	has(text, "#define step1(a) a\n");
	has(text, "#define step2(a, b) a b\n");
	mem_free(text);
}

static void test_cut_short(void **state)
{
	size_t len;

	(void)state;
	for (size_t n = 0; n < sizeof(prelude); n++) {
		const char *user = "outer helper step";
		char *part = mem_strndup(NULL, prelude, n);
		char *text = prune_prelude(NULL, part, n, &user, 1, &len);

		assert_true(len <= n + 1);
		mem_free(text);
		mem_free(part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unused),
		cmocka_unit_test(test_reached),
		cmocka_unit_test(test_pasted),
		cmocka_unit_test(test_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
