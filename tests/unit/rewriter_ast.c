/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One test for each thing that libclang hides or shows wrongly, and that the tree must get right. */
#include "rewriter_ast_help.h"

static void loads_and_decay(void **state)
{
	(void)state;
	expect("void f(struct task *t, int *q) { *q = t->pid; plain(t->parent); char *c = t->comm; }",
	       "assign = : int\n"
	       "  deref : int\n"
	       "    load : int *\n"
	       "      var q : int *\n"
	       "  load : int\n"
	       "    member ->pid : int\n"
	       LOAD_T("      ")
	       "call plain : int\n"
	       "  load : struct task *\n"
	       "    member ->parent : struct task *\n"
	       LOAD_T("      ")
	       "declare c\n"
	       "  decay : char *\n"
	       "    member ->comm : char[16]\n"
	       LOAD_T("      "));
}

static void places_are_not_loaded(void **state)
{
	(void)state;
	expect("void f(struct task *t) { &t->pid; (void)t->pid; &t->comm[1]; &*t->page; }",
	       "address : int *\n"
	       "  member ->pid : int\n"
	       LOAD_T("    ")
	       "cast : void\n"
	       "  load : int\n"
	       "    member ->pid : int\n"
	       LOAD_T("      ")
	       "address : char *\n"
	       "  index : char\n"
	       "    decay : char *\n"
	       "      member ->comm : char[16]\n"
	       LOAD_T("        ")
	       "    constant 1 : int\n"
	       "address : struct page *\n"
	       "  deref : struct page\n"
	       "    load : struct page *\n"
	       "      member ->page : struct page *\n"
	       LOAD_T("        "));
}

static void conversions(void **state)
{
	(void)state;
	expect("long f(unsigned char c) { const char *s = \"a\\0\\\"\\x01\"; return c + (short)-2; }",
	       "declare s\n"
	       "  decay : char *\n"
	       "    string \"a\\000\"\\001\" : char[5]\n"
	       "return\n"
	       "  convert : long\n"
	       "    binary + : int\n"
	       "      convert : int\n"
	       "        load : unsigned char\n"
	       "          var c : unsigned char\n"
	       "      convert -2 : int\n"
	       "        cast -2 : short\n"
	       "          unary - -2 : int\n"
	       "            constant 2 : int\n");
}

static void anonymous_members(void **state)
{
	(void)state;
	expect("void f(struct task *t) { struct task u = { .high = 1 }; t->whole; t->high; u.low; }",
	       "declare u\n"
	       "  init : struct task\n"
	       "    .<> init : union task::(anonymous at /.bcsh/bcsh/prelude.h:3:3) {none}\n"
	       "      .<> init : struct task::(anonymous at /.bcsh/bcsh/prelude.h:3:23) {none}\n"
	       "        .<> init : struct task::(anonymous at /.bcsh/bcsh/prelude.h:3:43) {none}\n"
	       "          .high convert 1 : short\n"
	       "            constant 1 : int\n"
	       "load : long\n"
	       "  member -><>.whole : long\n"
	       LOAD_T("    ")
	       "load : short\n"
	       "  member -><>.<>.<>.high : short\n"
	       LOAD_T("    ")
	       "load : short\n"
	       "  member .<>.<>.low : short\n"
	       "    var u : struct task\n");
}

static void array_parameters(void **state)
{
	(void)state;
	expect("int f(int *a[4]) { __typeof__(a) b = a; a++; *(b + 1); return a[1][2]; }",
	       "declare b\n"
	       "  load : int **\n"
	       "    var a : int **\n"
	       "step ++ postfix : int **\n"
	       "  var a : int **\n"
	       "load : int *\n"
	       "  deref : int *\n"
	       "    binary + : int **\n"
	       "      load : int **\n"
	       "        var b : int **\n"
	       "      constant 1 : int\n"
	       "return\n"
	       "  load : int\n"
	       "    index : int\n"
	       "      load : int *\n"
	       "        index : int *\n"
	       "          load : int **\n"
	       "            var a : int **\n"
	       "          constant 1 : int\n"
	       "      constant 2 : int\n");
}

static void unevaluated(void **state)
{
	(void)state;
	expect("int f(struct task *t) { sizeof(t->pid); _Alignof(int); __typeof__(t->parent) v;"
	       " __builtin_offsetof(struct task, comm[t->pid]); __builtin_constant_p(t->pid);"
	       " __builtin_types_compatible_p(int, __typeof__(t->pid));"
	       " return (__typeof__(t->pid))1; }",
	       "unevaluated 4 : unsigned long\n"
	       "unevaluated 4 : unsigned long\n"
	       "declare v\n"
	       "unevaluated : unsigned long\n"
	       "unevaluated __builtin_constant_p : int\n"
	       "unevaluated 1 : int\n"
	       "return\n"
	       "  cast 1 : int\n"
	       "    constant 1 : int\n");
}

static void selections(void **state)
{
	(void)state;
	expect("int f(struct task *t, int a) { _Generic(t, int: a, struct task *: t);"
	       " __builtin_choose_expr(0, t->pid, a); __extension__ (a); return a ?: 3; }",
	       LOAD_T("")
	       "load : int\n"
	       "  var a : int\n"
	       "load : int\n"
	       "  var a : int\n"
	       "return\n"
	       "  cond : int\n"
	       "    load : int\n"
	       "      var a : int\n"
	       "    constant 3 : int\n");
}

static void initialisers(void **state)
{
	(void)state;
	expect("void f(struct task *t) { struct pair p = { .b = t, .a = 0 }, q[2] = { t, t, t };"
	       " int a[] = { [2] = 1, 5, [0] = 2 }; int m[4] = { [1 ... 2] = 7 };"
	       " char s[8] = { \"x\" }; *(struct pair *)0 = (struct pair){ t }; }",
	       "declare p\n"
	       "  init : struct pair\n"
	       "    .b load : struct task *\n"
	       "      var t : struct task *\n"
	       "    .a convert : struct task *\n"
	       "      constant 0 : int\n"
	       "declare q\n"
	       "  init : struct pair[2]\n"
	       "    [0] init : struct pair {none}\n"
	       "      .a load : struct task *\n"
	       "        var t : struct task *\n"
	       "      .b load : struct task *\n"
	       "        var t : struct task *\n"
	       "    [1] init : struct pair {none}\n"
	       "      .a load : struct task *\n"
	       "        var t : struct task *\n"
	       "declare a\n"
	       "  init : int[4]\n"
	       "    [2] constant 1 : int\n"
	       "    [3] constant 5 : int\n"
	       "    [0] constant 2 : int\n"
	       "declare m\n"
	       "  init : int[4]\n"
	       "    [1] constant 7 : int\n"
	       "declare s\n"
	       "  string \"x\" : char[8]\n"
	       "assign = : struct pair\n"
	       "  deref : struct pair\n"
	       "    cast : struct pair *\n"
	       "      constant 0 : int\n"
	       "  load : struct pair\n"
	       "    literal : struct pair\n"
	       "      init : struct pair\n"
	       "        .a load : struct task *\n"
	       "          var t : struct task *\n");
}

static void nested_designators(void **state)
{
	(void)state;
	expect("struct in { int x[3]; int y; }; struct out { int k; struct in i; int z; };"
	       "void f(void) { struct out o = { .i.x[1] = 1, 2, 3, 4 }; }",
	       "declare o\n"
	       "  init : struct out\n"
	       "    .i init : struct in {none}\n"
	       "      .x init : int[3] {none}\n"
	       "        [1] constant 1 : int\n"
	       "        [2] constant 2 : int\n"
	       "      .y constant 3 : int\n"
	       "    .z constant 4 : int\n");
}

static void calls(void **state)
{
	(void)state;
	expect("static int g(int); int (*own)(int) = g;"
	       "int f(struct task *t) { bpf_get(1); own(2); (*own)(3); return copy().pid; }"
	       "static int g(int x) { return x; }",
	       "call bpf_get : long\n"
	       "  constant 1 : int\n"
	       "call : int\n"
	       "  load : int (*)(int)\n"
	       "    var own : int (*)(int)\n"
	       "  constant 2 : int\n"
	       "call : int\n"
	       "  load : int (*)(int)\n"
	       "    var own : int (*)(int)\n"
	       "  constant 3 : int\n"
	       "return\n"
	       "  load : int\n"
	       "    member .pid : int\n"
	       "      call copy : struct task\n");
}

static void maps(void **state)
{
	(void)state;
	expect("int f(struct task *t, int k, char c) { start.lookup(&k);"
	       " (*__bcsh_at_m(c, t->flag))++; return (*__bcsh_at_m()); }",
	       "method start .lookup : int *\n"
	       "  address : int *\n"
	       "    var k : int\n"
	       "step ++ postfix : int\n"
	       "  at @m : int\n"
	       "    load : char\n"
	       "      var c : char\n"
	       "    load : unsigned int\n"
	       "      member ->flag : unsigned int\n"
	       LOAD_T("        ")
	       "return\n"
	       "  load : int\n"
	       "    at @m : int\n");
}

static void statements(void **state)
{
	(void)state;
	expect("int f(int n) { for (int i = 0, j = 1; i < n;) { if (i) continue; else break; }"
	       " switch (n) { case 3: return 1; default:; } l: do n--; while (({ int z = n; z; }));"
	       " static int s = 2; goto l; __asm__(\"\" : \"=r\"(n)); }",
	       "flow for\n"
	       "  declare i\n"
	       "    constant 0 : int\n"
	       "  declare j\n"
	       "    constant 1 : int\n"
	       "  binary < : int\n"
	       "    load : int\n"
	       "      var i : int\n"
	       "    load : int\n"
	       "      var n : int\n"
	       "  block\n"
	       "    flow if\n"
	       "      load : int\n"
	       "        var i : int\n"
	       "      flow continue\n"
	       "      flow break\n"
	       "flow switch\n"
	       "  load : int\n"
	       "    var n : int\n"
	       "  block\n"
	       "    flow case\n"
	       "      constant 3 : int\n"
	       "      return\n"
	       "        constant 1 : int\n"
	       "    flow default\n"
	       "flow label\n"
	       "  flow do\n"
	       "    step -- postfix : int\n"
	       "      var n : int\n"
	       "    statements : int\n"
	       "      declare z\n"
	       "        load : int\n"
	       "          var n : int\n"
	       "      load : int\n"
	       "        var z : int\n"
	       "declare s\n"
	       "  constant 2 : int\n"
	       "flow goto\n"
	       "other asm\n"
	       "  var n : int\n");
}

static void fields(void **state)
{
	struct parsed p = parse("int f(struct task *t) { return t->flag; }"
				"struct mine { int __attribute__((annotate(\"user\"))) *p; } m;");
	struct ast_record *task = find(&p, "f")->params[0]->type->to->record;
	struct ast_record *mine = find(&p, "m")->type->record;

	(void)state;
	assert_int_equal(task->n_fields, 6);
	assert_string_equal(task->fields[3].name, "flag");
	assert_int_equal(task->fields[3].bits, 3);
	assert_int_equal(task->fields[3].bit_offset, 32 * 8);
	assert_string_equal(task->fields[4].name, "");
	assert_true(task->fields[4].type->record->is_union);
	assert_false(task->from_user);
	assert_true(mine->from_user);
	assert_true(mine->fields[0].is_user);
	/* nothing looks into what is behind an untouched pointer */
	assert_int_equal(task->fields[5].type->size, 8);
	mem_free(p.root);
}

static void declarations(void **state)
{
	struct parsed p = parse(
		"static int g(int); int (*const fp)(int) = g; int glob;\n"
		"long f(__attribute__((annotate(\"origin:kernel:argument 1\"))) struct task *t, const char *const *v)"
		" { static int local; local = glob; return 0; }\n"
		"__attribute__((noinline)) static int g(int x) { return x; }\n");
	struct ast_decl *f = find(&p, "f"), *g = find(&p, "g");
	struct ast *assign = f->body->sub[1];

	(void)state;
	assert_int_equal(p.rc, 0);
	assert_int_equal(p.unit->n_decls, 4);
	assert_string_equal(ast_note(f->params[0], "origin:"), "kernel:argument 1");
	assert_string_equal(f->params[1]->type->name, "char **");
	assert_null(ast_note(f->params[0], "map:"));
	assert_true(assign->sub[0]->decl->is_global);
	assert_true(assign->sub[0]->decl->is_static);
	assert_true(assign->sub[0]->decl->has_local_scope);
	assert_false(find(&p, "glob")->has_local_scope);
	assert_true(g->is_static);
	assert_non_null(g->body);
	assert_int_equal(strncmp(p.unit->text + g->start, "__attribute__", 13), 0);
	assert_int_equal(strncmp(p.unit->text + g->name_at, "g(int x)", 8), 0);
	assert_int_equal(p.unit->text[g->end - 1], '}');
	assert_null(f->body->parent);
	assert_ptr_equal(assign->sub[0]->parent, assign);
	mem_free(p.root);
}

static void equal_types_are_one(void **state)
{
	struct parsed p = parse("const struct task *a; struct task *volatile b; typedef struct task *tp;"
				"tp c; char *const d[3]; const char *e[3]; int (*q)[4];");

	(void)state;
	assert_ptr_equal(find(&p, "a")->type, find(&p, "b")->type);
	assert_ptr_equal(find(&p, "a")->type, find(&p, "c")->type);
	assert_ptr_equal(find(&p, "d")->type, find(&p, "e")->type);
	assert_string_equal(find(&p, "a")->type->name, "struct task *");
	assert_string_equal(find(&p, "e")->type->name, "char *[3]");
	assert_string_equal(find(&p, "q")->type->name, "int (*)[4]");
	mem_free(p.root);
}

static void cast_tags(void **state)
{
	struct parsed p = parse("#define __user __attribute__((btf_type_tag(\"user\")))\n"
				"int f(unsigned long v) { return *(int __user *)v; }");
	struct ast *cast = find(&p, "f")->body->sub[0]->sub[0]->sub[0]->sub[0];

	(void)state;
	assert_int_equal(cast->kind, AST_CAST);
	assert_string_equal(cast->name, "user");
	mem_free(p.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_and_decay),
		cmocka_unit_test(places_are_not_loaded),
		cmocka_unit_test(conversions),
		cmocka_unit_test(anonymous_members),
		cmocka_unit_test(array_parameters),
		cmocka_unit_test(unevaluated),
		cmocka_unit_test(selections),
		cmocka_unit_test(initialisers),
		cmocka_unit_test(nested_designators),
		cmocka_unit_test(calls),
		cmocka_unit_test(maps),
		cmocka_unit_test(statements),
		cmocka_unit_test(fields),
		cmocka_unit_test(declarations),
		cmocka_unit_test(equal_types_are_one),
		cmocka_unit_test(cast_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
