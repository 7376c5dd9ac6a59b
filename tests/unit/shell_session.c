// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the session decides without a kernel or a worker: which definitions an input needs and in which
 * order, what counts as news about a map, how an input is read, how words and times are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "shell/child.h"
#include "shell/command.h"
#include "shell/reader.h"

static struct session *session(void)
{
	struct session *s = mem_new(NULL, struct session);

	s->facts = mem_new(s, struct facts);
	s->next_order = 1;
	return s;
}

/* Reads TEXT as one input and keeps it if it is a definition. */
static struct item *add(struct session *s, const char *text)
{
	int src = session_source(s, "test", text, strlen(text), 1);
	struct diags diags;
	struct item *it;

	diags_init(&diags, s);
	it = item_read(s, s, src, 0, INPUT_IN_FILE, &diags);
	assert_int_equal(it->input.state, INPUT_COMPLETE);
	if (it->input.class == INPUT_DEFINITION) {
		it->order = s->next_order++;
		vec_push(s, &s->definitions, it);
	}
	return it;
}

/* The closure of IT as the texts' first words, blank-separated. */
static void expect_closure(struct session *s, const struct item *it, const struct item_list *replaced,
			   const char *want)
{
	struct item_list list = { 0 };
	struct names names = { 0 };
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	session_closure(s, s, &it->uses, NULL, replaced, &list, &names);
	vec_each(&list.list, d)
		strbuf_addf(&sb, "%s%s", sb.len ? " " : "",
			    (*d)->input.names.n ? (*d)->input.names.v[0] : "#");
	assert_string_equal(sb.text, want);
}

static void closure(void **state)
{
	struct session *s = session();
	struct item_list replaced = { 0 };
	struct item *clause, *old;

	(void)state;
	add(s, "struct unused { int a; };");
	add(s, "struct key { int a; };");
	old = add(s, "static int f(int x) { return x; }");
	add(s, "BPF_HASH(m, struct key, u64);");
	add(s, "static int g(int x) { return f(x) + LIMIT; }");
	add(s, "#define LIMIT 5\n");
	clause = add(s, "rawtracepoint:sched_switch { @m[g(1)]++; }");
	expect_closure(s, clause, NULL, "key m f LIMIT g");
	vec_push(s, &replaced.list, old);
	add(s, "static int f(int x) { return x + h(x); }");
	add(s, "static int h(int x) { return x; }");
	expect_closure(s, clause, &replaced, "key m h f LIMIT g");
	mem_free(s);
}

static void directives(void **state)
{
	struct session *s = session();
	struct item *clause;

	(void)state;
	add(s, "#include <linux/sched.h>\n");
	add(s, "int other;");
	clause = add(s, "rawtracepoint:sched_switch { @++; }");
	expect_closure(s, clause, NULL, "#");
	mem_free(s);
}

static void typedefs(void **state)
{
	struct session *s = session();

	(void)state;
	assert_int_equal(add(s, "mine * p;")->input.class, INPUT_EXPRESSION);
	add(s, "typedef int mine;");
	assert_int_equal(add(s, "mine * p;")->input.class, INPUT_DEFINITION);
	mem_free(s);
}

static void facts(void **state)
{
	void *mem = mem_strdup(NULL, "facts");
	struct origin_facts known = { 0 }, fresh = { 0 };
	struct names grown = { 0 };

	(void)state;
	vec_push(mem, &fresh.list, ((struct origin_fact){ "m", "", ORIGIN_MAP, "why" }));
	vec_push(mem, &fresh.list, ((struct origin_fact){ "m", "*", ORIGIN_KERNEL, NULL }));
	origins_grown(mem, &known, &fresh, &grown);
	assert_int_equal(grown.n, 1);
	assert_string_equal(grown.v[0], "m");
	origins_merge(mem, &known, &fresh);
	assert_int_equal(known.list.n, 2);
	grown.n = 0;
	origins_grown(mem, &known, &fresh, &grown);
	assert_int_equal(grown.n, 0);
	fresh.list.v[0].origins = ORIGIN_USER;
	origins_grown(mem, &known, &fresh, &grown);
	assert_int_equal(grown.n, 1);
	origins_merge(mem, &known, &fresh);
	assert_int_equal(known.list.n, 2);
	assert_int_equal(known.list.v[0].origins, ORIGIN_MAP | ORIGIN_USER);
	mem_free(mem);
}

static void names(void **state)
{
	void *mem = mem_strdup(NULL, "names");
	struct names ns = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		names_add(mem, &ns, mem_printf(mem, "n%d", i % 50));
	names_add(mem, &ns, "@x");
	names_add(mem, &ns, "@");
	assert_int_equal(ns.n, 52);
	assert_true(names_have(&ns, "n49"));
	assert_false(names_have(&ns, "x"));
	assert_true(names_have_map(&ns, "x"));
	assert_true(names_have_map(&ns, "n1"));
	assert_true(names_have_map(&ns, ""));
	assert_false(names_have_map(&ns, "y"));
	mem_free(mem);
}

/* ":rewrite INPUT" reaches to the input's end, on whatever line that is. */
static void long_command(void **state)
{
	struct session *s = session();
	static const struct { const char *text; enum input_state state; const char *command; } cases[] = {
		{ ":rewrite rawtracepoint:x {\n", INPUT_MORE, NULL },
		{ ":rewrite rawtracepoint:x {\n @++; }\n", INPUT_COMPLETE, "rewrite rawtracepoint:x {\n @++; }" },
		{ ":rew 12\n@a\n", INPUT_COMPLETE, "rew 12" },
		{ ":rewrite\nint x;\n", INPUT_COMPLETE, "rewrite" },
		{ ":probes {\n", INPUT_COMPLETE, "probes {" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int src = session_source(s, "test", cases[i].text, strlen(cases[i].text), 1);
		struct diags diags;
		struct item *it;

		diags_init(&diags, s);
		it = item_read(s, s, src, 0, INPUT_AT_PROMPT, &diags);
		assert_int_equal(it->input.state, cases[i].state);
		if (cases[i].command)
			assert_string_equal(it->input.command, cases[i].command);
	}
	mem_free(s);
}

static void command_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_commands; i++)
		assert_ptr_equal(command_find(commands[i].name, strlen(commands[i].name)), &commands[i]);
	assert_string_equal(command_find("prob", 4)->name, "probes");
	assert_null(command_find("s", 1));	/* source, stats */
	assert_null(command_find("", 0));
	assert_null(command_find("nothing", 7));
	assert_true(command_takes_input("rewrite x"));
	assert_false(command_takes_input("probes"));
}

static void times(void **state)
{
	uint64_t ns;

	(void)state;
	assert_true(options_time("5", &ns) && ns == 5000000000u);
	assert_true(options_time("500ms", &ns) && ns == 500000000u);
	assert_true(options_time("2m", &ns) && ns == 120000000000u);
	assert_true(options_time("0.5s", &ns) && ns == 500000000u);
	assert_false(options_time("", &ns));
	assert_false(options_time("-1", &ns));
	assert_false(options_time("0", &ns));
	assert_false(options_time("5x", &ns));
	assert_false(options_time("nan", &ns));
}

static void words(void **state)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "words");
	char **w = child_words(mem, "  prog 'a b' \"c d\"e \t f''");

	(void)state;
	assert_non_null(w);
	assert_string_equal(w[0], "prog");
	assert_string_equal(w[1], "a b");
	assert_string_equal(w[2], "c de");
	assert_string_equal(w[3], "f");
	assert_null(w[4]);
	assert_null(child_words(mem, "a | b"));
	assert_null(child_words(mem, "echo $HOME"));
	assert_null(child_words(mem, "echo \"$HOME\""));
	assert_null(child_words(mem, "X=1 prog"));
	assert_null(child_words(mem, "open 'quote"));
	assert_null(child_words(mem, ""));
	w = child_words(mem, "prog x=1 ''");
	assert_string_equal(w[1], "x=1");
	assert_string_equal(w[2], "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closure), cmocka_unit_test(directives), cmocka_unit_test(typedefs),
		cmocka_unit_test(facts), cmocka_unit_test(names), cmocka_unit_test(long_command),
		cmocka_unit_test(command_names), cmocka_unit_test(times), cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
