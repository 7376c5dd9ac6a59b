// SPDX-License-Identifier: GPL-3.0-or-later
/* The diff of a rewrite: how it looks, and that applying it does what the edits do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rewriter/diff.h"

static void add_edit(void *parent, struct rewrite_result *res, size_t start, size_t end,
		     const char *text)
{
	vec_push(parent, &res->edits,
		 ((struct rewrite_edit){ { 0, start, end }, mem_strdup(parent, text) }));
}

static const char one[] = "kprobe:f\n{\n\t@[sk->a]++;\n\tx;\n\ty;\n\tz;\n\tsk->b;\n}\n";

static void make_one(void *parent, struct rewrite_result *res)
{
	struct rewrite_note *n;

	*res = (struct rewrite_result){ 0 };
	add_edit(parent, res, (size_t)(strstr(one, "sk->b") - one),
		 (size_t)(strstr(one, "sk->b") - one) + 5, "BPF_CORE_READ(sk, b)");
	add_edit(parent, res, (size_t)(strstr(one, "sk->a") - one),
		 (size_t)(strstr(one, "sk->a") - one) + 5, "BPF_CORE_READ(sk, a)");
	n = vec_add(parent, &res->notes);
	n->at = res->edits.v[1].at;
	n->text = mem_strdup(parent, "sk->a is read from kernel memory");
	vec_push(parent, &n->reasons,
		 ((struct diag_reason){ { 0, 0, 8 }, mem_strdup(parent, "argument 1 of kprobe:f") }));
	vec_push(parent, &n->reasons,
		 ((struct diag_reason){ { 1, 0, 1 }, mem_strdup(parent, "stored elsewhere") }));
	/* another source's */
	add_edit(parent, res, 0, 1, "never");
	vec_last(&res->edits)->at.src = 1;
	vec_push(parent, &res->notes, ((struct rewrite_note){ { 1, 0, 1 }, mem_strdup(parent, "no") }));
}

static void test_format(void **state)
{
	struct source sources[] = {
		{ .name = "a.bcsh", .text = one, .len = sizeof(one) - 1, .first_line = 10 },
		{ .name = "b", .text = "x", .len = 1 },
	};
	void *parent = talloc_new(NULL);
	struct rewrite_result res;
	struct strbuf out;

	(void)state;
	strbuf_init(&out, parent);
	make_one(parent, &res);
	diff_format(sources, 2, 0, &res, false, &out);
	assert_string_equal(out.text,
			    "--- a.bcsh\n"
			    "+++ a.bcsh (rewritten)\n"
			    "@@ -11,3 +11,3 @@\n"
			    " {\n"
			    "-\t@[sk->a]++;\n"
			    "+\t@[BPF_CORE_READ(sk, a)]++;\n"
			    " \tx;\n"
			    "@@ -15,3 +15,3 @@\n"
			    " \tz;\n"
			    "-\tsk->b;\n"
			    "+\tBPF_CORE_READ(sk, b);\n"
			    " }\n"
			    "  12:4: sk->a is read from kernel memory\n"
			    "    because: 10:1: argument 1 of kprobe:f\n"
			    "    because: b:1:1: stored elsewhere\n");
	strbuf_reset(&out);
	diff_format(sources, 2, 0, &res, true, &out);
	assert_non_null(strstr(out.text, "\033[31m-\t@[sk->a]++;\033[0m\n"));
	assert_non_null(strstr(out.text, "\033[32m+\t@[BPF_CORE_READ(sk, a)]++;\033[0m\n"));
	assert_non_null(strstr(out.text, "\033[36m@@ -11,3 +11,3 @@\033[0m\n"));
	talloc_free(parent);
}

static void test_one_line(void **state)
{
	static const char text[] = "kprobe:f { sk->a; }";
	struct source s = { .name = "-e", .text = text, .len = sizeof(text) - 1 };
	void *parent = talloc_new(NULL);
	struct rewrite_result res = { 0 };
	struct strbuf out;

	(void)state;
	strbuf_init(&out, parent);
	diff_format(&s, 1, 0, &res, false, &out);
	assert_int_equal(out.len, 0);
	add_edit(parent, &res, 11, 16, "sk->a");
	diff_format(&s, 1, 0, &res, false, &out);
	assert_int_equal(out.len, 0);	/* an edit that changes nothing */
	res.edits.n = 0;
	add_edit(parent, &res, 11, 16, "r(\x1b)");
	diff_format(&s, 1, 0, &res, false, &out);
	assert_string_equal(out.text, "--- -e\n+++ -e (rewritten)\n@@ -1 +1 @@\n"
				      "-kprobe:f { sk->a; }\n+kprobe:f { r(?); }\n");
	talloc_free(parent);
}

/* A clone's text goes in behind a function: what stood there did not change. */
static void test_inserted_lines(void **state)
{
	static const char text[] = "int f;\nint g;\n";
	struct source s = { .name = "t", .text = text, .len = sizeof(text) - 1 };
	void *parent = talloc_new(NULL);
	struct rewrite_result res = { 0 };
	struct strbuf out;

	(void)state;
	strbuf_init(&out, parent);
	add_edit(parent, &res, 6, 6, "\nint f__1;");
	diff_format(&s, 1, 0, &res, false, &out);
	assert_string_equal(out.text, "--- t\n+++ t (rewritten)\n@@ -1,2 +1,3 @@\n"
				      " int f;\n+int f__1;\n int g;\n");
	strbuf_reset(&out);
	res.edits.n = 0;
	add_edit(parent, &res, 7, 14, "");
	diff_format(&s, 1, 0, &res, false, &out);
	assert_string_equal(out.text, "--- t\n+++ t (rewritten)\n@@ -1,2 +1 @@\n"
				      " int f;\n-int g;\n");
	talloc_free(parent);
}

/* What `patch` does: every line of context and every line taken away must be there. */
static void apply(void *parent, const char *old, const char *diff, struct strbuf *out)
{
	const char *p = diff, *o = old;

	strbuf_init(out, parent);
	while (*p) {
		const char *nl = strchr(p, '\n');
		size_t len = (size_t)(nl - p);
		size_t old_len = strcspn(o, "\n");
		bool has_nl = o[old_len] == '\n';

		if (!strncmp(p, "--- ", 4) || !strncmp(p, "+++ ", 4)) {
			p = nl + 1;
			continue;
		}
		if (!strncmp(p, "@@ -", 4)) {
			unsigned long line = strtoul(p + 4, NULL, 10), at = 1;

			for (const char *q = old; q < o; q++)
				at += *q == '\n';
			for (; at < line; at++) {
				size_t n = strcspn(o, "\n") + 1;

				strbuf_add(out, o, n);
				o += n;
			}
			/* where the new file stands must agree too */
			at = 1;
			for (size_t i = 0; i < out->len; i++)
				at += out->text[i] == '\n';
			assert_int_equal(strtoul(strchr(p, '+') + 1, NULL, 10), at);
			p = nl + 1;
			continue;
		}
		if (*p != '+') {
			assert_int_equal(old_len, len - 1);
			assert_memory_equal(o, p + 1, old_len);
			o += old_len + has_nl;
		}
		if (*p != '-') {
			strbuf_add(out, p + 1, len - 1);
			strbuf_addc(out, '\n');
		}
		p = nl + 1;
	}
	strbuf_adds(out, o);
}

static uint32_t seed = 4711;

static uint32_t dice(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static void random_text(struct strbuf *out, size_t len)
{
	while (len--)
		strbuf_addc(out, dice(5) ? (char)('a' + dice(4)) : '\n');
}

static void test_applying(void **state)
{
	unsigned changed = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		void *parent = talloc_new(NULL);
		struct rewrite_result res = { 0 };
		struct strbuf old, expected, diff, got;
		size_t at = 0;

		strbuf_init(&old, parent);
		strbuf_init(&expected, parent);
		strbuf_init(&diff, parent);
		random_text(&old, 1 + dice(120));
		strbuf_adds(&old, "end\n");
		for (unsigned n = dice(6); n && at < old.len - 4; n--) {
			size_t start = at + dice((uint32_t)(old.len - 4 - at) + 1);
			size_t end = start + dice(12);
			struct strbuf text;

			end = end > old.len - 4 ? old.len - 4 : end;
			strbuf_init(&text, parent);
			random_text(&text, dice(10));
			add_edit(parent, &res, start, end, text.text);
			strbuf_add(&expected, old.text + at, start - at);
			strbuf_adds(&expected, text.text);
			at = end + 1;
			if (at > old.len)
				break;
			strbuf_add(&expected, old.text + end, 1);
		}
		strbuf_add(&expected, old.text + at, old.len - at);
		/* the order they come in is nobody's business */
		if (res.edits.n > 1) {
			struct rewrite_edit e = res.edits.v[0];

			res.edits.v[0] = *vec_last(&res.edits);
			*vec_last(&res.edits) = e;
		}
		diff_format(&(struct source){ .name = "t", .text = old.text, .len = old.len }, 1, 0,
			    &res, false, &diff);
		changed += diff.len > 0;
		assert_int_equal(diff.len > 0, strcmp(old.text, expected.text) != 0);
		apply(parent, old.text, diff.text, &got);
		assert_string_equal(got.text, expected.text);
		talloc_free(parent);
	}
	assert_true(changed > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_inserted_lines),
		cmocka_unit_test(test_applying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
