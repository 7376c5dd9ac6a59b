/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How nodes relate to the text when macros are involved; expansion; messages; limits. */
#include "rewriter_ast_help.h"

/* The text of the first node of KIND below N, with its text kind in front: "plain:a->b". */
static struct ast *first(struct ast *n, enum ast_kind kind)
{
	struct ast *ret = n->kind == kind ? n : NULL;

	if (!ret && n->kind == AST_DECLARE && n->decl->init)
		ret = first(n->decl->init, kind);
	for (size_t i = 0; i < n->n_sub && !ret; i++)
		ret = first(n->sub[i], kind);
	return ret;
}

static char *text_of(const struct parsed *p, const struct ast *n)
{
	static const char *const names[] = { "plain", "invocation", "macro", "none" };

	return mem_printf(p->root, "%s:%.*s", names[n->text_kind], (int)(n->end - n->start),
			  p->unit->text + n->start);
}

/* Statement 0 of f, with DEFINES before it: the text of its first node of KIND. */
static void expect_text(const char *defines, const char *statement, enum ast_kind kind,
			const char *want)
{
	void *root = mem_new(NULL, char);
	struct parsed p = parse(mem_printf(root, "%s\nint f(struct task *t, int *a, int b, int c) { %s; }",
					   defines, statement));
	struct ast *n = first(find(&p, "f")->body, kind);

	assert_int_equal(p.rc, 0);
	assert_non_null(n);
	assert_string_equal(text_of(&p, n), want);
	mem_free(root);
	mem_free(p.root);
}

static void plain(void **state)
{
	(void)state;
	expect_text("", "b = (t->parent)->pid", AST_MEMBER, "plain:(t->parent)->pid");
	expect_text("", "b = (t->pid)", AST_LOAD, "plain:t->pid");
	expect_text("", "b = (*a)", AST_DEREF, "plain:*a");
}

static void whole_invocation(void **state)
{
	(void)state;
	expect_text("", "b = PARENT(t) == 0", AST_LOAD, "invocation:PARENT(t)");
	expect_text("", "b = PARENT(t)->pid", AST_MEMBER, "plain:PARENT(t)->pid");
	expect_text("", "b = PARENT(PARENT(t))->pid", AST_MEMBER, "plain:PARENT(PARENT(t))->pid");
	expect_text("", "PARENT /* x */ (t) = 0", AST_MEMBER, "invocation:PARENT /* x */ (t)");
}

static void from_a_body(void **state)
{
	(void)state;
	expect_text("", "b = t->PID", AST_MEMBER, "macro:PID");
	expect_text("#define IDX(p) p[3]", "IDX(a) = 1", AST_INDEX, "macro:IDX(a)");
	expect_text("#define IDX(p) p[3]", "IDX(a) = 1", AST_CONSTANT, "macro:IDX(a)");
	expect_text("#define SET(p) do { int z = (p)->pid; } while (0)", "SET(t)", AST_LOAD,
		    "macro:SET(t)");
	expect_text("#define SET(p) do { int z = (p)->pid; } while (0)", "SET(t)", AST_VAR, "plain:t");
	expect_text("#define NEG(x) -(x)\n#define SUM(x) (1 + NEG(x))", "b = SUM(c)", AST_UNARY,
		    "macro:SUM(c)");
}

static void shared_by_two(void **state)
{
	(void)state;
	/* (a[0] * b) + c: neither b nor the product is all of X */
	expect_text("#define X b + c", "b = a[0] * X", AST_BINARY, "plain:a[0] * X");
	expect_text("#define X b * c", "b = a[0] + X", AST_BINARY, "plain:a[0] + X");
	struct parsed p = parse("#define X b + c\nint f(int a, int b, int c) { return a * X; }");
	struct ast *sum = first(find(&p, "f")->body, AST_BINARY);

	assert_string_equal(sum->op, "+");
	assert_string_equal(text_of(&p, sum->sub[0]), "macro:X");
	assert_string_equal(text_of(&p, sum->sub[1]), "macro:X");
	mem_free(p.root);
}

static void arguments(void **state)
{
	(void)state;
	const char *max = "#define max(a, b) ((a) > (b) ? (a) : (b))";

	expect_text(max, "b = max(t->pid, 1)", AST_MEMBER, "plain:t->pid");
	expect_text(max, "b = max(t->pid, 1)", AST_COND, "invocation:max(t->pid, 1)");
	expect_text(max, "b = max(PARENT(t)->pid, 1)", AST_MEMBER, "plain:PARENT(t)->pid");
	expect_text(max, "b = max(c + PARENT(t)->pid, 1)", AST_MEMBER, "plain:PARENT(t)->pid");
	expect_text(max, "b = max(1, max(2, t->pid))", AST_MEMBER, "plain:t->pid");
	/* an operand that ends in a body inside an argument keeps its own end */
	expect_text(max, "b = max(c + (PARENT(t) == 0), 1)", AST_MEMBER, "invocation:PARENT(t)");
}

static void arguments_that_bear_no_edit(void **state)
{
	(void)state;
	const char *quote = "#define max(a, b) ((a) > (b) ? (a) : (b))\n"
			    "#define NAME(x) (#x, x)\n"
			    "#define ADD(p, x) (__sync_fetch_and_add(&(x), x), p)\n";

	expect_text(quote, "NAME(t->pid)", AST_MEMBER, "macro:NAME(t->pid)");
	expect_text(quote, "b = max(NAME(t->pid), b)", AST_MEMBER, "macro:NAME(t->pid)");
	expect_text(quote, "b = max(t->pid, b)", AST_MEMBER, "plain:t->pid");
	expect_text("#define LOG(n, ...) bpf_get(n, ##__VA_ARGS__)", "LOG(t->pid)", AST_MEMBER,
		    "plain:t->pid");
	expect_text(quote, "ADD(1, t->pid)", AST_MEMBER, "macro:ADD(1, t->pid)");
	expect_text(quote, "ADD(t->pid, b)", AST_MEMBER, "plain:t->pid");
}

static void names_and_operators(void **state)
{
	struct parsed p = parse("void f(struct task *t, int b) { b /* = */ = t /**/ -> pid; (b) += 1; b++; }");
	struct ast **s = find(&p, "f")->body->sub;

	(void)state;
	assert_int_equal(strncmp(p.unit->text + s[0]->at, "= t", 3), 0);
	assert_int_equal(strncmp(p.unit->text + s[0]->sub[1]->at, "pid;", 4), 0);
	assert_int_equal(strncmp(p.unit->text + s[1]->at, "+= 1", 4), 0);
	assert_int_equal(strncmp(p.unit->text + s[2]->at, "++;", 3), 0);
	mem_free(p.root);
}

static void expansion(void **state)
{
	static const char text[] = "#include \"bcsh/prelude.h\"\n"
				   "#define HOP(t) PARENT(t)->parent\n"
				   "#define Q(x) (x) + sizeof(\"a\\n\")\n"
				   "int g(struct task *t) { return HOP(t)->pid + Q('\"') + PARENT(t)->pid; }";
	const struct ast_file file = { "bcsh/prelude.h", help_prelude, strlen(help_prelude) };
	void *root = mem_new(NULL, char);
	size_t hop = strstr(text, "HOP(t)->pid") - text, q = strstr(text, "Q('") - text;
	size_t parent = strstr(text, "PARENT(t)->pid") - text;
	struct range at[] = { { 0, hop, hop + 6 }, { 0, q, q + 6 }, { 0, parent, parent + 9 } };
	char *ret[3];

	(void)state;
	assert_int_equal(ast_expand(root, text, strlen(text), &file, 1, false, at, 3, ret), 0);
	/* what the prelude defines stays, unless it is the one that was invoked */
	assert_string_equal(ret[0], "PARENT(t)->parent");
	assert_string_equal(ret[1], "('\"') + sizeof(\"a\\n\")");
	assert_string_equal(ret[2], "((t)->parent)");
	mem_free(root);
}

static void messages(void **state)
{
	struct parsed p = parse("int f(struct task *t) { return t->pidd + t->pidd; }\nint g(void) { return t; }");
	const struct diag *d = p.diags.list.v;
	const char *text = p.unit->text;

	(void)state;
	assert_int_equal(p.rc, -1);
	assert_int_equal(p.diags.list.n, 3);
	assert_string_equal(d->message, "no member named 'pidd' in 'struct task'");
	assert_string_equal(d->hint, "did you mean 'pid'?");
	assert_int_equal(d->at.start, strstr(text, "pidd") - text);
	assert_int_equal(d->at.end, strstr(text, "pidd") - text + 4);
	assert_string_equal(p.diags.list.v[2].message, "use of undeclared identifier 't'");
	mem_free(p.root);
}

static void files_are_refused(void **state)
{
	static const char *const texts[] = {
		"#include \"/etc/passwd\"\n", "# include <stdio.h>\n", "#embed \"/etc/passwd\"\n",
		"#define X \"/etc/passwd\"\n#include X\n", "#include_next \"bcsh/prelude.h\"\n",
		"  #\\\ninclude \"/etc/passwd\"\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct parsed p = parse(texts[i]);

		assert_int_equal(p.rc, -1);
		assert_string_equal(p.diags.list.v[0].message, "no file can be included here");
		mem_free(p.root);
	}
	struct parsed p = parse("%:include \"/etc/passwd\"\n");

	assert_int_equal(p.rc, -1);
	assert_string_equal(p.diags.list.v[0].message, "write a directive with '#'");
	mem_free(p.root);
}

static void depth(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct parsed p;

	(void)state;
	strbuf_adds(&text, "int f(int x) { return ");
	strbuf_fill(&text, '!', 200000);
	strbuf_adds(&text, "x; }");
	p = parse(text.text);
	assert_int_equal(p.rc, -1);
	assert_int_equal(p.diags.list.n, 1);
	assert_string_equal(p.diags.list.v[0].message, "expression or statement nested too deep");
	mem_free(p.root);
	strbuf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(whole_invocation),
		cmocka_unit_test(from_a_body),
		cmocka_unit_test(shared_by_two),
		cmocka_unit_test(arguments),
		cmocka_unit_test(arguments_that_bear_no_edit),
		cmocka_unit_test(names_and_operators),
		cmocka_unit_test(expansion),
		cmocka_unit_test(messages),
		cmocka_unit_test(files_are_refused),
		cmocka_unit_test(depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
