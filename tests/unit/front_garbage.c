// SPDX-License-Identifier: GPL-3.0-or-later
/* The splitter on inputs that are not there yet, and on what never will be one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rewriter/input.h"

static void read_one(void *parent, const char *text, struct input *in, struct diags *diags)
{
	struct source s = { .name = "test", .text = text, .len = strlen(text) };

	diags_init(diags, parent);
	input_read(parent, &s, 0, 0, INPUT_AT_PROMPT, NULL, in, diags);
}

/* Every prefix of a sound input is sound or unfinished: a prompt never refuses what may yet be right. */
static void test_prefixes(void **state)
{
	static const char *const texts[] = {
		"uprobe:/usr/lib/*:malloc,\nk:f /a / (b) == 'x'/\n{\n\tif (x[1]) { @m[\"k\"]++; }\n}",
		"static int\nf(struct a *a)\n{\n\t/* c */ return a->b ? 1 : 2;\n}",
		"struct key {\n\tu32 a;\n\tenum { A, B } b;\n};",
		"#if X\nint a;\n#else\n#define B(x) \\\n\tx\n#endif",
	};
	void *parent = talloc_new(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (size_t len = 0; len <= strlen(texts[i]); len++) {
			struct diags diags;
			struct input in;
			char *text = mem_strndup(parent, texts[i], len);

			/* a line is what a prompt gives */
			if (texts[i][len] != '\n' && texts[i][len] != '\0')
				continue;
			read_one(parent, text, &in, &diags);
			assert_int_equal(in.state,
					 texts[i][len] ? INPUT_MORE : INPUT_COMPLETE);
		}
	talloc_free(parent);
}

#define GARBAGE (1u << 20)	/* random bytes */
#define REPEATED (1u << 17)

/* Reads all of TEXT as a file is read that goes on after errors; returns the tokens looked at. */
static size_t read_all(const char *text, size_t len)
{
	struct source s = { .name = "garbage", .text = text, .len = len };
	size_t from = 0, steps = 0;

	while (from < len) {
		void *parent = talloc_new(NULL);
		struct diags diags;
		struct input in;

		diags_init(&diags, parent);
		input_read(parent, &s, 0, from, INPUT_IN_FILE, NULL, &in, &diags);
		assert_true(in.end > from);
		assert_true(in.end <= len);
		assert_true(in.start <= in.end);
		assert_true(diags.list.n <= 1);
		steps += in.steps;
		from = in.end;
		talloc_free(parent);
	}
	return steps;
}

static void test_garbage_is_linear(void **state)
{
	static const char *const patterns[] = {
		"{", "(", "}", "\"\n", "x:{\n", "x:y /*\n", "kprobe:f\n", "f( ' \n", "f(]\n", "#if\n",
		"#else\n", "if(1)", "a b ", "int f(", "k:f /a/", "/*", "@[", "@x\n", "struct {",
		"k:f, ", "uprobe:\"", "? : ", "BEGIN /* */ ", "BPF_HASH(\n", "foo * bar ", "do ", ";",
		"\\\n", "\n!x", ":x\n", "enum { A,", "int x, ", "#define x {\n", "f(1) {", "k:f { }\n",
		"k:f { x } ",
	};
	char *text = mem_zalloc(NULL, GARBAGE + 1, "garbage");
	uint32_t seed = 1;

	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(patterns); p++) {
		size_t n = strlen(patterns[p]), steps;

		for (size_t i = 0; i < REPEATED; i++)
			text[i] = patterns[p][i % n];
		steps = read_all(text, REPEATED);
		print_message("# %zu steps\n", steps);
		assert_true(steps <= 8 * REPEATED);
	}
	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < GARBAGE; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (char)(round & 1 ? seed >> 24 : 32 + (seed >> 24) % 96);
			if (round & 2 && seed >> 26 == 0)
				text[i] = '\n';
		}
		assert_true(read_all(text, GARBAGE) <= 8 * GARBAGE);
	}
	mem_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_garbage_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
