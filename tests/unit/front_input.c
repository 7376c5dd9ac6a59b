// SPDX-License-Identifier: GPL-3.0-or-later
/* The input splitter, rule by rule: class, completeness, where it ends, what it declares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rewriter/input.h"

#define COMMAND INPUT_COMMAND
#define SHELL INPUT_SHELL
#define CLAUSE INPUT_CLAUSE
#define DEF INPUT_DEFINITION
#define EXPR INPUT_EXPRESSION
#define EMPTY INPUT_EMPTY
#define OK INPUT_COMPLETE
#define MORE INPUT_MORE
#define BAD INPUT_BAD

/* AT: mode. The input ends where `rest` begins (NULL: at the end of the text). */
static const struct {
	const char *text;
	enum input_mode mode;
	enum input_class class;
	enum input_state state;
	const char *rest;
	const char *says;	/* names joined by blanks, command, filter|body, message or what is open */
} cases[] = {
#define P INPUT_AT_PROMPT
#define F INPUT_IN_FILE
	/* nothing */
	{ "", P, EMPTY, OK },
	{ " \t\n", P, EMPTY, OK },
	{ "// only a comment\n/* and another */", P, EMPTY, OK },
	{ ";", P, EMPTY, OK },
	{ "#!/usr/bin/env bcsh", F, EMPTY, OK },
	{ "#!/usr/bin/env bcsh\n:maps", F, COMMAND, OK, NULL, "maps" },
	{ "/* open", P, EMPTY, MORE, NULL, "comment" },
	/* commands */
	{ ":maps", P, COMMAND, OK, NULL, "maps" },
	{ "  :print @x  \nrest", P, COMMAND, OK, "\nrest", "print @x" },
	{ ":rewrite kprobe:f { x; }", P, COMMAND, OK, NULL, "rewrite kprobe:f { x; }" },
	{ ": // not a comment", P, COMMAND, OK, NULL, "// not a comment" },
	{ ":", P, COMMAND, BAD, NULL, "no command after ':'" },
	{ "!ls -l 'unclosed", P, SHELL, OK, NULL, "ls -l 'unclosed" },
	{ "\n!ls\n", P, SHELL, OK, "\n", "ls" },
	{ "!", P, SHELL, BAD, NULL, "no command after '!'" },
	{ " !x", P, EXPR, OK },
	{ "(!x)", P, EXPR, OK },
	/* clauses: where they end */
	{ "kprobe:f { x; }", P, CLAUSE, OK, NULL, "kprobe:f| x; " },
	{ "kprobe:f { x; } y", P, CLAUSE, OK, " y", "kprobe:f| x; " },
	{ "kprobe:f{x;}", P, CLAUSE, OK, NULL, "kprobe:f|x;" },
	{ "kprobe:f", P, CLAUSE, MORE },
	{ "kprobe:f\n", P, CLAUSE, MORE },
	{ "kprobe:f\n{", P, CLAUSE, MORE, NULL, "'{'" },
	{ "kprobe:f\n{\nx;\n}\n", P, CLAUSE, OK, "\n", "kprobe:f|\nx;\n" },
	{ "kprobe:f { if (x) { y; }", P, CLAUSE, MORE, NULL, "'{'" },
	{ "kprobe:f { g(", P, CLAUSE, MORE, NULL, "'('" },
	{ "kprobe:f { a[", P, CLAUSE, MORE, NULL, "'['" },
	{ "kprobe:f { if (x) { y; } }", P, CLAUSE, OK, NULL, "kprobe:f| if (x) { y; } " },
	{ "kprobe:f { c = '}'; }", P, CLAUSE, OK, NULL, "kprobe:f| c = '}'; " },
	{ "kprobe:f { s = \"}{\\\"}\"; }", P, CLAUSE, OK, NULL, "kprobe:f| s = \"}{\\\"}\"; " },
	{ "kprobe:f { /* } */ x; // }\n }", P, CLAUSE, OK },
	{ "kprobe:f { /* } ", P, CLAUSE, MORE, NULL, "comment" },
	{ "kprobe:f { @x[\"@y\"]++; }", P, CLAUSE, OK },
	{ "kprobe:f { \"open\n }", P, CLAUSE, BAD, "\n }", "unclosed string" },
	{ "kprobe:f { 'x\n }", P, CLAUSE, BAD, "\n }", "unclosed character constant" },
	{ "kprobe:f { x) }", P, CLAUSE, BAD, " }", "')' where '}' was expected" },
	{ "kprobe:f {\n:maps\n!x;\n}", P, CLAUSE, OK, NULL, "kprobe:f|\n:maps\n!x;\n" },
	{ "kprobe:f {\n#define A {\nx;\n}", P, CLAUSE, OK },
	{ "kprobe:f {\n#if A\nif (x) {\n#else\nif (y) {\n#endif\nz; } }", P, CLAUSE, OK },
	{ "kprobe:f { \"a\\\nb}\"; }", P, CLAUSE, OK },
	{ "kprobe:f { ({ 1; }); (struct a){ 1 }; }", P, CLAUSE, OK },
	{ "kprobe:f { }", P, CLAUSE, BAD, NULL, "empty clause" },
	{ "kprobe:f { /* nothing */ }", P, CLAUSE, BAD, NULL, "empty clause" },
	{ "BEGIN { }", P, CLAUSE, BAD, NULL, "empty clause" },
	{ "BEGIN { x(); }", P, CLAUSE, OK, NULL, "BEGIN| x(); " },
	{ "END\n{ x(); }", P, CLAUSE, OK, NULL, "END| x(); " },
	{ "END", P, CLAUSE, MORE },
	{ "BEGIN + 1", P, EXPR, OK },
	{ "BEGINNING", P, EXPR, OK },
	{ "interval:1s { x(); }", P, CLAUSE, OK, NULL, "interval:1s| x(); " },
	/* specs */
	{ "k:f, kr:f { x; }", P, CLAUSE, OK, NULL, "k:f,kr:f| x; " },
	{ "k:f,kr:f{ x; }", P, CLAUSE, OK, NULL, "k:f,kr:f| x; " },
	{ "k:f,\n kr:f\n{ x; }", P, CLAUSE, OK, NULL, "k:f,kr:f| x; " },
	{ "k:f,", P, CLAUSE, MORE },
	{ "k:f\n,", P, CLAUSE, MORE },
	{ "k:f\n, // more\nkr:f { x; }", P, CLAUSE, OK, NULL, "k:f,kr:f| x; " },
	{ "k:f, { x; }", P, CLAUSE, BAD, NULL, "expected a probe" },
	{ "k:f g { x; }", P, CLAUSE, BAD, NULL, "expected '{', ',' or a filter after the probe" },
	{ "uprobe:/usr/lib/*:malloc { x; }", P, CLAUSE, OK, NULL, "uprobe:/usr/lib/*:malloc| x; " },
	{ "uprobe:/usr/lib/*:malloc /x/ { x; } /* c */", P, CLAUSE, OK, " /* c */",
	  "uprobe:/usr/lib/*:malloc|x| x; " },
	{ "uprobe://x:f { x; }", P, CLAUSE, OK, NULL, "uprobe://x:f| x; " },
	{ "uprobe:\"/opt/my app\":\"ns::f(int, char)\" { x; }", P, CLAUSE, OK, NULL,
	  "uprobe:/opt/my app:ns::f(int, char)| x; " },
	{ "uprobe:\"/a {b}\":f { x; }", P, CLAUSE, OK, NULL, "uprobe:/a {b}:f| x; " },
	{ "uprobe:\"/a:f { x; }", P, CLAUSE, BAD, NULL, "unclosed quote in a probe" },
	{ "kprobe:tcp_* { x; }", P, CLAUSE, OK, NULL, "kprobe:tcp_*| x; " },
	{ "kprobe:f+0x10 { x; }", P, CLAUSE, OK, NULL, "kprobe:f+0x10| x; " },
	{ "kporbe:f { x; } y", P, CLAUSE, BAD, " y", "unknown probe kind 'kporbe'" },
	{ "nosuch:f\nx", P, CLAUSE, BAD, "x", "unknown probe kind 'nosuch'" },
	{ "kprobe:f /* c */ { x; }", P, CLAUSE, OK, NULL, "kprobe:f| x; " },
	{ "kprobe:f // c\n { x; }", P, CLAUSE, OK, NULL, "kprobe:f| x; " },
	/* filters */
	{ "k:f /pid == 1/ { x; }", P, CLAUSE, OK, NULL, "k:f|pid == 1| x; " },
	{ "k:f /pid == 1/{ x; }", P, CLAUSE, OK, NULL, "k:f|pid == 1| x; " },
	{ "k:f\n/pid == 1/\n{ x; }", P, CLAUSE, OK, NULL, "k:f|pid == 1| x; " },
	{ "k:f /a / b == 2/ { x; }", P, CLAUSE, OK, NULL, "k:f|a / b == 2| x; " },
	{ "k:f /a/b/c == 2/ { x; }", P, CLAUSE, OK, NULL, "k:f|a/b/c == 2| x; " },
	{ "k:f /s == \"/ {\"/ { x; }", P, CLAUSE, OK, NULL, "k:f|s == \"/ {\"| x; " },
	{ "k:f /({ a; }) == 2/ { x; }", P, CLAUSE, OK, NULL, "k:f|({ a; }) == 2| x; " },
	{ "k:f /a == '{'/ { x / y; }", P, CLAUSE, OK, NULL, "k:f|a == '{'| x / y; " },
	{ "k:f /pid == 1", P, CLAUSE, MORE, NULL, "filter or no body" },
	{ "k:f /pid == 1/", P, CLAUSE, MORE, NULL, "filter or no body" },
	{ "k:f /f(1", P, CLAUSE, MORE, NULL, "'('" },
	{ "k:f /pid == 1 { x; }", P, CLAUSE, BAD, NULL, "this filter is not closed" },
	{ "k:f // { x; }", P, CLAUSE, MORE },
	{ "k:f / / { x; }", P, CLAUSE, BAD, NULL, "empty filter" },
	{ "k:f/pid == 1/ { x; }", P, CLAUSE, BAD, NULL,
	  "expected '{', ',' or a filter after the probe" },
	/* definitions: where they end and what they declare */
	{ "int x;", P, DEF, OK, NULL, "x" },
	{ "int x; int y;", P, DEF, OK, " int y;", "x" },
	{ "int x", P, DEF, MORE },
	{ "int x, *y, z[3] = { 1, 2 }, (*w)(int);", P, DEF, OK, NULL, "x y z w" },
	{ "static u64 a = 1, b;", P, DEF, OK, NULL, "a b" },
	{ "u64 a;", P, DEF, OK, NULL, "a" },
	{ "foo_t a;", P, DEF, OK, NULL, "a" },
	{ "foo_t *a = 0;", P, DEF, OK, NULL, "a" },
	{ "u64 (*fp)(u32);", P, DEF, OK, NULL, "fp" },
	{ "struct sock *sk;", P, DEF, OK, NULL, "sk" },
	{ "struct key { u32 a; struct { int q; } b; };", P, DEF, OK, NULL, "key" },
	{ "struct key { u32 a; } one, two;", P, DEF, OK, NULL, "key one two" },
	{ "struct __attribute__((packed)) key {\nu32 a;\n};", P, DEF, OK, NULL, "key" },
	{ "struct key { u32 a; } __attribute__((packed)) v;", P, DEF, OK, NULL, "key v" },
	{ "struct key;", P, DEF, OK, NULL, "key" },
	{ "struct key { u32 a; }", P, DEF, MORE },
	{ "struct key {", P, DEF, MORE, NULL, "'{'" },
	{ "union u { int a; };", P, DEF, OK, NULL, "u" },
	{ "enum color { RED, GREEN = 2, BLUE = f(1, 2) };", P, DEF, OK, NULL, "color RED GREEN BLUE" },
	{ "enum { ONE } e;", P, DEF, OK, NULL, "ONE e" },
	{ "typedef unsigned long ulong_t;", P, DEF, OK, NULL, "ulong_t" },
	{ "typedef struct { int a; } pair;", P, DEF, OK, NULL, "pair" },
	{ "typedef int (*cmp)(int, int);", P, DEF, OK, NULL, "cmp" },
	{ "static int f(int a) { return a; }", P, DEF, OK, NULL, "f" },
	{ "static int f(int a) { return a; } x", P, DEF, OK, " x", "f" },
	{ "static int f(int a);", P, DEF, OK, NULL, "f" },
	{ "static int\nf(int a)\n{\n\treturn a;\n}\n", P, DEF, OK, "\n", "f" },
	{ "static int\nf(int a)", P, DEF, MORE },
	{ "static int\nf(int a)\n", P, DEF, MORE },
	{ "u32\nf(int a)\n{\n}", P, DEF, OK, NULL, "f" },
	{ "u32", P, DEF, MORE },
	{ "struct sock *f(struct sock *sk) { return sk; }", P, DEF, OK, NULL, "f" },
	{ "__attribute__((noinline)) int f(void) { return 1; }", P, DEF, OK, NULL, "f" },
	{ "SEC(\"kprobe/f\") int f(void *ctx) { return 0; }", P, DEF, OK, NULL, "f" },
	{ "int BPF_PROG(name, int a) { return 0; }", P, DEF, OK, NULL, "name" },
	{ "typeof(1) x;", P, DEF, OK, NULL, "x" },
	{ "_Static_assert(1, \"x\");", P, DEF, OK },
	{ "int x = sizeof(struct a), y = (struct b){ 1 }.c;", P, DEF, OK, NULL, "x y" },
	{ "int f(void) { '{'; }", P, DEF, OK, NULL, "f" },
	{ "main() { x; }", P, DEF, OK, NULL, "main" },
	{ "BPF_HASH(start, u32, u64);", P, DEF, OK, NULL, "start" },
	{ "BPF_HASH(start, u32,\n u64)", P, DEF, MORE },
	{ "BPF_ARRAY(a)\nkprobe:f { x; }", F, DEF, BAD, "\nkprobe:f { x; }", "missing ';' after this map" },
	{ "BPF_TABLE(\"lru_hash\", u32, struct a, name, 10);", P, DEF, OK, NULL, "name" },
	{ "TRACEPOINT_PROBE(sched, sched_switch)\n{ return 0; }", P, DEF, OK, NULL,
	  "tracepoint__sched__sched_switch" },
	{ "TRACEPOINT_PROBE(a, b)", P, DEF, MORE },
	{ "int x\nkprobe:f { x; }", F, DEF, BAD, "\nkprobe:f { x; }", "missing ';' after this definition" },
	{ "int f(int a) { (]; }", P, DEF, BAD, "; }", "']' where ')' was expected" },
	/* directives */
	{ "#define A 1\nint x;", P, DEF, OK, "\nint x;", "A" },
	{ "# define A(x) \\\n  (x)\nint x;", P, DEF, OK, "\nint x;", "A" },
	{ "#define A {", P, DEF, OK, NULL, "A" },
	{ "#error don't", P, DEF, OK },
	{ "#define A /* over\nlines */ 1\nx", P, DEF, OK, "\nx", "A" },
	{ "#include <linux/sched.h>", P, DEF, OK },
	{ "#if 1", P, DEF, MORE, NULL, "'#if'" },
	{ "#if 1\nint x;\n#ifdef B\n#define C\n#endif\n", P, DEF, MORE, NULL, "'#if'" },
	{ "#if 1\nint x;\n#else\n#define Y 2\n#endif\nz", P, DEF, OK, "\nz", "x Y" },
	{ "#endif", P, DEF, BAD, NULL, "'#endif' without '#if'" },
	{ "#else", P, DEF, BAD, NULL, "'#else' without '#if'" },
	/* expressions */
	{ "1 + 2", P, EXPR, OK },
	{ "1 +", P, EXPR, MORE },
	{ "1 +\n2", P, EXPR, OK },
	{ "1\n+ 2", P, EXPR, OK, "\n+ 2" },
	{ "f(1,\n2)", P, EXPR, OK },
	{ "f(1,", P, EXPR, MORE, NULL, "'('" },
	{ "x = 1; y = 2;", P, EXPR, OK, " y = 2;" },
	{ "x ? 1 :", P, EXPR, MORE },
	{ "x ? 1\n: 2", P, EXPR, OK },
	{ "x++\ny", P, EXPR, OK, "\ny" },
	{ "x->", P, EXPR, MORE },
	{ "++", P, EXPR, MORE },
	{ "sizeof", P, EXPR, MORE },
	{ "sizeof(struct sock)", P, EXPR, OK },
	{ "@x", P, EXPR, OK },
	{ "@", P, EXPR, OK },
	{ "@x[\"a\", 1]", P, EXPR, OK },
	{ "start", P, EXPR, OK },
	{ "a * b", P, EXPR, OK },
	{ "\"text", P, EXPR, BAD, NULL, "unclosed string" },
	{ "f(x) // why\n", P, EXPR, OK, " // why\n" },
	{ "}", P, EXPR, BAD, NULL, "'}' without '{'" },
	{ ")", P, EXPR, BAD, NULL, "')' without '('" },
	{ "x }", P, EXPR, BAD, NULL, "'}' without '{'" },
	{ "if (x) y;", P, EXPR, OK },
	{ "if (x)", P, EXPR, MORE },
	{ "if (x) { y; } else { z; }", P, EXPR, OK },
	{ "if (x)\n\ty;\nelse\n\tz;\nw;", F, EXPR, OK, "\nw;" },
	{ "for (i = 0; i < 3; i++)\n f(i);\ng", F, EXPR, OK, "\ng" },
	{ "for (i = 0; i < 3; i++)", P, EXPR, MORE },
	{ "while (x) { y; }\nz", F, EXPR, OK, "\nz" },
	{ "do { x; } while (y);\nz", F, EXPR, OK, "\nz" },
	{ "do { x; }", P, EXPR, MORE },
	{ "{ x; y; } z", F, EXPR, OK, " z" },
	{ "for_each(@m, k, v) { f(k); }", P, EXPR, OK },
	{ "f(1)\n{ x; }", P, EXPR, OK, "\n{ x; }" },
	{ "x = 1\n+ 2;\ny;", F, EXPR, OK, "\ny;" },
	{ "x = 1", F, EXPR, OK },
	{ "x =", F, EXPR, MORE },
	{ "f(x)\ny = 1;", F, EXPR, OK, "" },
	{ "x = 1\ny = 2;", F, EXPR, BAD, "\ny = 2;", "missing ';' after this expression" },
	{ "x = 1\n:maps", F, EXPR, BAD, "\n:maps", "missing ';' after this expression" },
	{ "x = 1\n!ls", F, EXPR, BAD, "\n!ls", "missing ';' after this expression" },
	{ "x = 1\n#define A", F, EXPR, BAD, "\n#define A", "missing ';' after this expression" },
};

static struct source source_of(const char *text)
{
	return (struct source){ .name = "test", .text = text, .len = strlen(text) };
}

/* Specs, filter and body in one line, as `cases` spells them. */
static void add_clause(const struct source *s, const struct input *in, struct strbuf *out)
{
	for (size_t i = 0; i < in->specs.n; i++)
		strbuf_addf(out, "%s%s", i ? "," : "", in->specs.v[i].text);
	if (in->filter_end > in->filter_start) {
		strbuf_addc(out, '|');
		strbuf_add(out, s->text + in->filter_start, in->filter_end - in->filter_start);
	}
	strbuf_addc(out, '|');
	strbuf_add(out, s->text + in->body_start, in->body_end - in->body_start);
}

static void check_says(const struct source *s, const struct input *in, const struct diags *diags,
		       const char *says)
{
	_cleanup_strbuf_ struct strbuf got = STRBUF_INIT;

	if (in->state == INPUT_BAD) {
		strbuf_adds(&got, diags->list.v[0].message);
	} else if (in->state == INPUT_MORE) {
		strbuf_adds(&got, in->open ? in->open : "");
	} else if (in->command) {
		strbuf_adds(&got, in->command);
	} else if (in->class == INPUT_CLAUSE) {
		add_clause(s, in, &got);
	} else {
		for (size_t i = 0; i < in->names.n; i++)
			strbuf_addf(&got, "%s%s", i ? " " : "", in->names.v[i]);
	}
	assert_string_equal(got.text, says);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		void *parent = talloc_new(NULL);
		struct source s = source_of(cases[i].text);
		const char *rest = cases[i].rest ? cases[i].rest : "";
		struct input in;
		struct diags diags;

		print_message("# %s\n", cases[i].text);
		diags_init(&diags, parent);
		input_read(parent, &s, 7, 0, cases[i].mode, NULL, &in, &diags);
		assert_int_equal(in.class, cases[i].class);
		assert_int_equal(in.state, cases[i].state);
		assert_int_equal(diags.list.n, in.state == INPUT_BAD);
		if (in.state == INPUT_BAD)
			assert_int_equal(diags.list.v[0].at.src, 7);
		assert_string_equal(s.text + in.end, rest);
		if (cases[i].says)
			check_says(&s, &in, &diags, cases[i].says);
		talloc_free(parent);
	}
}

static void read_one(void *parent, const char *text, struct input *in, struct diags *diags)
{
	struct source s = source_of(text);

	diags_init(diags, parent);
	input_read(parent, &s, 0, 0, INPUT_AT_PROMPT, NULL, in, diags);
}

static void test_spec_parts(void **state)
{
	void *parent = talloc_new(NULL);
	struct diags diags;
	struct input in;

	(void)state;
	read_one(parent, "uprobe:\"/a b\":std::f+4, profile:hz:99 { x; }", &in, &diags);
	assert_int_equal(in.specs.n, 2);
	assert_int_equal(in.specs.v[0].kind, PROBE_UPROBE);
	assert_int_equal(in.specs.v[0].n_parts, 2);
	assert_string_equal(in.specs.v[0].parts[0], "/a b");
	assert_string_equal(in.specs.v[0].parts[1], "std::f+4");
	assert_int_equal(in.specs.v[0].at.start, 0);
	assert_int_equal(in.specs.v[0].at.end, 22);
	assert_int_equal(in.specs.v[1].at.start, 24);
	assert_int_equal(in.specs.v[1].kind, PROBE_PROFILE);
	read_one(parent, "BEGIN { x; }", &in, &diags);
	assert_int_equal(in.specs.v[0].n_parts, 0);
	talloc_free(parent);
}

static void test_unknown_kind_names_the_nearest(void **state)
{
	void *parent = talloc_new(NULL);
	struct diags diags;
	struct input in;

	(void)state;
	read_one(parent, "kporbe:f { x; }", &in, &diags);
	assert_int_equal(diags_status(&diags), STATUS_NO_PROBE);
	assert_non_null(strstr(diags.list.v[0].hint, "'kprobe'"));
	talloc_free(parent);
}

static void test_flags(void **state)
{
	void *parent = talloc_new(NULL);
	struct diags diags;
	struct input in;

	(void)state;
	read_one(parent, "int f(void) { }", &in, &diags);
	assert_true(in.is_function && !in.is_map && !in.is_directive);
	read_one(parent, "int f(void);", &in, &diags);
	assert_false(in.is_function);
	read_one(parent, "int a[] = { 1 };", &in, &diags);
	assert_false(in.is_function);
	read_one(parent, "BPF_HASH(h);", &in, &diags);
	assert_true(in.is_map);
	read_one(parent, "#define X", &in, &diags);
	assert_true(in.is_directive);
	read_one(parent, "if (x) y;", &in, &diags);
	assert_true(in.is_statement);
	read_one(parent, "  x + 1 ;", &in, &diags);
	assert_false(in.is_statement);
	assert_int_equal(in.body_start, 2);
	assert_int_equal(in.body_end, 8);
	assert_int_equal(in.end, 9);
	talloc_free(parent);
}

static bool only_foo(void *arg, const char *name, size_t len)
{
	++*(int *)arg;
	return len == 3 && !memcmp(name, "foo", 3);
}

static void test_types_decide(void **state)
{
	void *parent = talloc_new(NULL);
	int asked = 0;
	struct input_types types = { only_foo, &asked };
	static const struct {
		const char *text;
		enum input_class class;
	} rows[] = {
		{ "foo *x;", INPUT_DEFINITION },
		{ "bar *x;", INPUT_EXPRESSION },
		{ "foo * x", INPUT_DEFINITION },
		{ "foo\nf(void) { }", INPUT_DEFINITION },
		{ "foo(*fp)(int);", INPUT_DEFINITION },
		{ "foo(1);", INPUT_EXPRESSION },
		{ "foo + 1", INPUT_EXPRESSION },
		{ "u64 x;", INPUT_DEFINITION },
		{ "(foo)x", INPUT_EXPRESSION },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct source s = source_of(rows[i].text);
		struct diags diags;
		struct input in;

		print_message("# %s\n", rows[i].text);
		diags_init(&diags, parent);
		input_read(parent, &s, 0, 0, INPUT_AT_PROMPT, &types, &in, &diags);
		assert_int_equal(in.class, rows[i].class);
	}
	assert_true(asked > 0);
	talloc_free(parent);
}

static void test_nul_is_refused(void **state)
{
	static const char text[] = "kprobe:f { x\0y; }";
	struct source s = { .name = "test", .text = text, .len = sizeof(text) - 1 };
	void *parent = talloc_new(NULL);
	struct diags diags;
	struct input in;

	(void)state;
	diags_init(&diags, parent);
	input_read(parent, &s, 0, 0, INPUT_AT_PROMPT, NULL, &in, &diags);
	assert_int_equal(in.state, INPUT_BAD);
	assert_int_equal(diags.list.n, 1);
	assert_int_equal(diags.list.v[0].at.start, 12);
	assert_int_equal(in.end, s.len);
	talloc_free(parent);
}

static void test_unfinished(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "kprobe:f { x;", "unclosed '{' at the end of the input" },
		{ "kprobe:f", "this clause has no body" },
		{ "int x", "this definition does not end" },
		{ "x +", "this expression does not end" },
		{ "#if X", "unclosed '#if' at the end of the input" },
		{ "/*", "unclosed comment at the end of the input" },
	};
	void *parent = talloc_new(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diags diags;
		struct input in;

		read_one(parent, rows[i].text, &in, &diags);
		assert_int_equal(in.state, INPUT_MORE);
		input_unfinished(&in, 0, &diags);
		assert_int_equal(diags.list.n, 1);
		assert_string_equal(diags.list.v[0].message, rows[i].message);
	}
	talloc_free(parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_spec_parts),
		cmocka_unit_test(test_unknown_kind_names_the_nearest),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_types_decide),
		cmocka_unit_test(test_nul_is_refused),
		cmocka_unit_test(test_unfinished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
