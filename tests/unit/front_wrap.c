// SPDX-License-Identifier: GPL-3.0-or-later
/* Units: the text that is made of inputs, the files beside it, and the way back to what was typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "rewriter/wrap.h"

#define HEAD "#include \"bcsh/prelude.h\"\n#include \"bcsh/types.h\"\n#include \"bcsh/names.h\"\n"

struct made {
	void *parent;
	struct source source;
	struct wrap_job job;
	struct wrap_clause expression;
	struct rewrite_request req;
	struct diags diags;
	int result;
};

static void add_param(void *parent, struct probe_target *t, const char *name, const char *decl,
		      const char *load, enum probe_origin origin, const char *why)
{
	struct probe_param *p = vec_add(parent, &t->params);

	p->name = mem_strdup(parent, name);
	p->decl = mem_strdup(parent, decl);
	p->load = mem_strdup(parent, load);
	p->why = mem_strdup(parent, why);
	p->origin = origin;
}

/* What probe_resolve() would say, of no particular kernel. */
static struct probe_target *resolve(void *parent, const struct probe_spec *spec)
{
	struct probe_target *t = mem_new(parent, struct probe_target);

	t->kind = spec->kind;
	t->name = mem_strdup(parent, spec->text);
	t->func = mem_strdup(parent, spec->parts[spec->n_parts - 1]);
	if (spec->kind == PROBE_TRACEPOINT) {
		t->context_decl = mem_strdup(parent, "struct bcsh_args *args");
		t->types = mem_strdup(parent, "struct bcsh_args { int a; };");
		return t;
	}
	t->context_decl = mem_strdup(parent, "struct regs *ctx");
	add_param(parent, t, "prev", "struct task *prev", "((__u64 *)ctx)[1]", ORIGIN_OF_KERNEL,
		  "argument 2 of \"it\"");
	add_param(parent, t, "cb", "int (*cb)(int)", "((__u64 *)ctx)[2]", ORIGIN_OF_KERNEL, "cb");
	add_param(parent, t, "n", "int n", "((__u64 *)ctx)[3]", ORIGIN_OF_NONE, "n");
	add_param(parent, t, "args", "__u64 *args", "ctx", ORIGIN_OF_CONTEXT, "arguments");
	if (!strcmp(t->func, "own_ctx"))
		add_param(parent, t, "ctx", "struct own *ctx", "((__u64 *)ctx)[4]", ORIGIN_OF_BTF, "it");
	return t;
}

static void make(struct made *m, const char *text, bool host)
{
	size_t from = 0;
	int id = 1;

	*m = (struct made){ .parent = talloc_new(NULL) };
	m->source = (struct source){ .name = "t", .text = text, .len = strlen(text) };
	m->job = (struct wrap_job){ .sources = &m->source, .n_sources = 1, .host = host };
	diags_init(&m->diags, m->parent);
	while (from < m->source.len) {
		struct input *in = mem_new(m->parent, struct input);

		input_read(m->parent, &m->source, 0, from, INPUT_IN_FILE, NULL, in, &m->diags);
		assert_int_equal(in->state, INPUT_COMPLETE);
		from = in->end;
		if (in->class == INPUT_DEFINITION)
			vec_push(m->parent, &m->job.definitions, ((struct wrap_definition){ in, 0 }));
		if (in->class == INPUT_EXPRESSION) {
			m->expression = (struct wrap_clause){ in, 0, NULL, (char *)"bcsh_h9" };
			m->job.expression = &m->expression;
		}
		if (in->class != INPUT_CLAUSE)
			continue;
		vec_each(&in->specs, spec) {
			struct wrap_clause *c = vec_add(m->parent, &m->job.clauses);

			*c = (struct wrap_clause){ .input = in };
			c->target = probe_kinds[spec->kind].user_space ? NULL : resolve(m->parent, spec);
			c->name = mem_printf(m->parent, "bcsh_%c%d", c->target ? 'p' : 'h', id++);
		}
	}
	m->result = wrap_build(m->parent, &m->job, &m->req, &m->diags);
}

/* Marks where maps are to be declared. */
static void show_maps(void *arg, const char *names, struct strbuf *out)
{
	(void)arg;
	strbuf_addf(out, "<%s>", names);
}

static const char *text_of(struct made *m)
{
	size_t len;
	char *text = unit_text_maps(&m->req.unit, m->parent, show_maps, NULL, &len);

	assert_memory_equal(text, HEAD, strlen(HEAD));
	return text + strlen(HEAD);
}

static const char *file_of(struct made *m, const char *name)
{
	vec_each(&m->req.files, f)
		if (!strcmp(f->name, name))
			return f->text;
	return NULL;
}

/* Whatever is theirs leads back to itself, byte by byte. */
static void check_positions(struct made *m)
{
	size_t len, theirs = 0;
	char *text = unit_text_maps(&m->req.unit, m->parent, show_maps, NULL, &len);

	vec_each(&m->req.unit.pieces, p) {
		for (size_t i = 0; p->kind == PIECE_USER && i < p->len; i++, theirs++) {
			struct range r;

			assert_true(unit_to_user(&m->req.unit, p->at + i, p->at + i + 1, &r));
			assert_int_equal(r.src, 0);
			assert_int_equal(r.start + 1, r.end);
			assert_int_equal(m->source.text[r.start], text[p->at + i]);
		}
	}
	assert_true(theirs > 0);
}

/* Text of definitions and bodies, between wrapping that is the same each time. */
static const struct {
	const char *text;
	bool host;
	const char *unit;
} cases[] = {
	{ "int x = 1;", false, "int x = 1;\n" },
	{ "#define A @x[1]\n#define B \"@x\" '@'", false,
	  "<x>#define A (*__bcsh_at_x(1))\n#define B \"@x\" '@'\n" },
	{ "static int f(void) { return @a[@b[@c]] + @a[2]; }", false,
	  "<a b c>static int f(void) { return (*__bcsh_at_a((*__bcsh_at_b((*__bcsh_at_c()))))) + "
	  "(*__bcsh_at_a(2)); }\n" },
	{ "int f(void) { return @ + @[1, 2][3] + @ [4]; }\nint g(void) { return @ + @x; }", false,
	  "<@>int f(void) { return (*__bcsh_at_()) + (*__bcsh_at_(1, 2))[3] + (*__bcsh_at_(4)); }\n"
	  "<x>int g(void) { return (*__bcsh_at_()) + (*__bcsh_at_x()); }\n" },
	{ "int f(void) { return \"@s\"[0] + '@' /* @c */; }", false,
	  "int f(void) { return \"@s\"[0] + '@' /* @c */; }\n" },
	{ "int f(char *p) { g(str(p), str(p + 1, 8), a.str(p), a->str(p), strlen(p)); }", false,
	  "int f(char *p) { g((*(char (*)[64])__bcsh_str(p)), "
	  "(*(char (*)[ 8])__bcsh_str(p + 1, 8)), a.str(p), a->str(p), strlen(p)); }\n" },
	{ "int str(int); int f(void) { return str(1); }", false,
	  "int str(int);\nint f(void) { return str(1); }\n" },
	{ "int f(void) { return @x[str((a, b)[@y], 4), $pid]; }", false,
	  "<x y>int f(void) { return (*__bcsh_at_x((*(char (*)[ 4])__bcsh_str((a, b)"
	  "[(*__bcsh_at_y())], 4)), __bcsh_builtin_pid)); }\n" },
	{ "@x[1] + 2", true,
	  "<x>void bcsh_h9(void)\n{\nBCSH_SHOW(\n(*__bcsh_at_x(1)) + 2\n);\n}\n" },
	{ "if (x) y(); // done", true, "void bcsh_h9(void)\n{\n\nif (x) y()\n;\n}\n" },
	{ "BEGIN /x/ { y(probe); }", true,
	  "void bcsh_h1(void)\n{\nconst char probe[] = \"BEGIN\";\nif (!(\nx\n))\n\treturn;\n"
	  "{ y(probe); \n}\n}\n" },
	{ "kprobe:f { 1; }", false,
	  "static __attribute__((always_inline)) long bcsh_p1_body("
	  "BCSH_ORIGIN(\"ctx-kernel\", \"context of kprobe:f\") struct regs *ctx)\n{\n"
	  "const __u32 __bcsh_id = 1;\nBCSH_ENTER\n{ 1; \n}\nreturn 0;\n}\n"
	  "BCSH_PROGRAM(bcsh_p1) long bcsh_p1(BCSH_ORIGIN(\"ctx-kernel\", \"context of kprobe:f\") "
	  "void *ctx)\n{\n\treturn bcsh_p1_body(ctx);\n}\n" },
	{ "uprobe:/a:f /prev->n == 1/ { @[cb, func]++; x.n; }", false,
	  "<@>static __attribute__((always_inline)) long bcsh_p1_body("
	  "BCSH_ORIGIN(\"ctx-user\", \"context of uprobe:/a:f\") struct regs *ctx,\n"
	  "\tBCSH_ORIGIN(\"kernel\", \"argument 2 of \\\"it\\\"\") struct task *prev,\n"
	  "\tBCSH_ORIGIN(\"kernel\", \"cb\") int (*cb)(int))\n{\n"
	  "const __u32 __bcsh_id = 1;\nconst char func[] = \"f\";\n"
	  "if (!(\nprev->n == 1\n))\n\treturn 0;\nBCSH_ENTER\n"
	  "{ (*__bcsh_at_(cb, func))++; x.n; \n}\nreturn 0;\n}\n"
	  "BCSH_PROGRAM(bcsh_p1) long bcsh_p1(BCSH_ORIGIN(\"ctx-user\", \"context of uprobe:/a:f\") "
	  "void *ctx)\n{\n\treturn bcsh_p1_body(ctx, (struct task *)(((__u64 *)ctx)[1]), "
	  "(int (*)(int))(((__u64 *)ctx)[2]));\n}\n" },
	{ "tp_btf:own_ctx { ctx->x; n; }", false,
	  "static __attribute__((always_inline)) long bcsh_p1_body("
	  "BCSH_ORIGIN(\"ctx-btf\", \"context of tp_btf:own_ctx\") void *__bcsh_ctx,\n\tint n,\n"
	  "\tBCSH_ORIGIN(\"btf\", \"it\") struct own *ctx)\n{\n"
	  "const __u32 __bcsh_id = 1;\nBCSH_ENTER\n{ ctx->x; n; \n}\nreturn 0;\n}\n"
	  "BCSH_PROGRAM(bcsh_p1) long bcsh_p1(BCSH_ORIGIN(\"ctx-btf\", \"context of tp_btf:own_ctx\") "
	  "void *ctx)\n{\n\treturn bcsh_p1_body(ctx, (int )(((__u64 *)ctx)[3]), "
	  "(struct own *)(((__u64 *)ctx)[4]));\n}\n" },
	{ "rawtracepoint:e { args[1]; }", false,
	  "static __attribute__((always_inline)) long bcsh_p1_body("
	  "BCSH_ORIGIN(\"ctx-kernel\", \"context of rawtracepoint:e\") struct regs *ctx,\n"
	  "\tBCSH_ORIGIN(\"ctx-kernel\", \"arguments\") __u64 *args)\n{\n"
	  "const __u32 __bcsh_id = 1;\nBCSH_ENTER\n{ args[1]; \n}\nreturn 0;\n}\n"
	  "BCSH_PROGRAM(bcsh_p1) long bcsh_p1("
	  "BCSH_ORIGIN(\"ctx-kernel\", \"context of rawtracepoint:e\") void *ctx)\n{\n"
	  "\treturn bcsh_p1_body(ctx, (__u64 *)(ctx));\n}\n" },
	{ "tracepoint:syscalls:sys_enter_x { args->a + *(int *)ctx; }", false,
	  "static __attribute__((always_inline)) long bcsh_p1_body("
	  "BCSH_ORIGIN(\"ctx-user\", \"context of tracepoint:syscalls:sys_enter_x\") "
	  "struct bcsh_args *args, "
	  "BCSH_ORIGIN(\"ctx-user\", \"context of tracepoint:syscalls:sys_enter_x\") void *ctx)\n{\n"
	  "const __u32 __bcsh_id = 1;\nBCSH_ENTER\n{ args->a + *(int *)ctx; \n}\nreturn 0;\n}\n"
	  "BCSH_PROGRAM(bcsh_p1) long bcsh_p1("
	  "BCSH_ORIGIN(\"ctx-user\", \"context of tracepoint:syscalls:sys_enter_x\") void *ctx)\n{\n"
	  "\treturn bcsh_p1_body(ctx, ctx);\n}\n" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made m;

		print_message("# %s\n", cases[i].text);
		make(&m, cases[i].text, cases[i].host);
		assert_int_equal(m.result, 0);
		assert_string_equal(text_of(&m), cases[i].unit);
		check_positions(&m);
		talloc_free(m.parent);
	}
}

static void test_lowered_places_map_back(void **state)
{
	static const struct {
		const char *in_unit, *typed;
	} rows[] = {
		{ "(*__bcsh_at_a(", "@a[" },
		{ "__bcsh_at_a", "@a[" },
		{ "(*__bcsh_at_a(prev->pid))++", "@a[prev->pid]++" },
		{ "prev->pid", "prev->pid" },
		{ "->", "->" },
		{ "__bcsh_builtin_tid", "$tid" },
		{ "(*(char (*)[ 8])__bcsh_str(prev->comm, 8))", "str(prev->comm, 8)" },
		{ "bcsh_p1_body", "kprobe:f" },
		{ "struct task *prev", "kprobe:f" },
	};
	struct made m;
	const char *text;

	(void)state;
	make(&m, "kprobe:f { @a[prev->pid]++; $tid; str(prev->comm, 8); }", false);
	text = text_of(&m) - strlen(HEAD);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t at = (size_t)(strstr(text, rows[i].in_unit) - text);
		struct range r;

		assert_true(unit_to_user(&m.req.unit, at, at + strlen(rows[i].in_unit), &r));
		assert_int_equal(r.end - r.start, strlen(rows[i].typed));
		assert_memory_equal(m.source.text + r.start, rows[i].typed, r.end - r.start);
	}
	talloc_free(m.parent);
}

static void test_names_file(void **state)
{
	const char *names;
	struct made m;

	(void)state;
	make(&m, "int cpu;\nkprobe:f { pid; x->tid; struct uid *u; cpu; $gid; printf(\"\"); "
		 "bpf_get_prandom_u32(); bpf_nonsense(); a.hist(1); current; }", false);
	names = file_of(&m, "bcsh/names.h");
	assert_non_null(strstr(names, "BCSH_BUILTIN(\"pid\") extern const __u32 pid;\n"));
	assert_non_null(strstr(names, "BCSH_BUILTIN(\"gid\") extern const __u32 __bcsh_builtin_gid;\n"));
	assert_non_null(strstr(names, "BCSH_BUILTIN(\"current\") extern struct task_struct *const current;\n"));
	assert_non_null(strstr(names, "BCSH_FUNCTION(\"printf\") int printf("));
	assert_non_null(strstr(names, "#ifndef BCSH_HELPER_bpf_get_prandom_u32\n#ifdef BCSH_ANALYSIS\n"
				      "__u32 bpf_get_prandom_u32(void);\n#else\n"
				      "static __u32 (*const bpf_get_prandom_u32)(void) = (void *)7;\n"));
	/* a member, a tag, the person's own, nobody's */
	assert_null(strstr(names, "tid"));
	assert_null(strstr(names, "uid"));
	assert_null(strstr(names, "cpu"));
	assert_null(strstr(names, "hist"));
	assert_null(strstr(names, "nonsense"));
	talloc_free(m.parent);
	/* those of the kernel are not there in user space */
	make(&m, "BEGIN { pid; nsecs; bpf_get_prandom_u32(); hist(1); print(@x); }", true);
	names = file_of(&m, "bcsh/names.h");
	assert_null(strstr(names, "pid"));
	assert_null(strstr(names, "hist"));
	assert_null(strstr(names, "prandom"));
	assert_non_null(strstr(names, "nsecs"));
	assert_non_null(strstr(names, "BCSH_FUNCTION(\"print\")"));
	talloc_free(m.parent);
}

static void test_target_types_once(void **state)
{
	const char *types, *first;
	struct made m;

	(void)state;
	make(&m, "tracepoint:a:b, tracepoint:a:c { args->a; }", false);
	types = file_of(&m, "bcsh/types.h");
	first = strstr(types, "struct bcsh_args {");
	assert_non_null(first);
	assert_null(strstr(first + 1, "struct bcsh_args {"));
	assert_int_equal(m.req.programs.n, 2);
	assert_string_equal(m.req.programs.v[1].name, "bcsh_p2");
	assert_string_equal(m.req.programs.v[1].body, "bcsh_p2_body");
	assert_string_equal(m.req.programs.v[1].probe, "tracepoint:a:c");
	assert_string_equal(m.req.programs.v[1].func, "c");
	assert_int_equal(m.req.programs.v[1].kind, PROBE_TRACEPOINT);
	assert_int_equal(m.req.programs.v[1].id, 2);
	talloc_free(m.parent);
}

/* A macro may name a parameter that the clause itself does not. */
static void test_macro_names_parameter(void **state)
{
	struct made m;

	(void)state;
	make(&m, "#define ME prev->pid\nkprobe:f { ME; }", false);
	assert_non_null(strstr(text_of(&m), "struct task *prev"));
	assert_null(strstr(text_of(&m), "int n"));
	talloc_free(m.parent);
}

static void test_maps(void **state)
{
	struct at_map known = { .name = (char *)"b", .value = AT_SCALAR, .c_type = (char *)"__s64" };
	struct rewrite_request req = { 0 };
	struct made m;

	(void)state;
	make(&m, "kprobe:f { @a[@b] = @a; }", false);
	assert_int_equal(m.req.maps.n, 2);
	assert_string_equal(m.req.maps.v[0].name, "a");
	assert_false(m.req.maps.v[0].known);
	assert_int_equal(m.req.maps.v[0].at.start, 11);
	assert_int_equal(m.req.maps.v[0].at.end, 13);
	/* again, with what a session knows: by the job, and listed in the request before */
	vec_push(m.parent, &m.job.known_maps, known);
	*vec_add(m.parent, &req.maps) = (struct at_map){ .name = (char *)"a", .value = AT_COUNT };
	assert_int_equal(wrap_build(m.parent, &m.job, &req, &m.diags), 0);
	assert_int_equal(req.maps.n, 2);
	assert_true(req.maps.v[0].known && req.maps.v[1].known);
	assert_int_equal(req.maps.v[0].value, AT_COUNT);
	assert_string_equal(req.maps.v[1].c_type, "__s64");
	assert_int_equal(req.maps.v[1].at.start, 14);
	talloc_free(m.parent);
}

static void test_errors(void **state)
{
	static const struct {
		const char *text, *message, *hint;
		size_t start, end;
	} rows[] = {
		{ "kprobe:f { $pdi; }", "unknown builtin '$pdi'", "'$pid'", 11, 15 },
		{ "kprobe:f { @x[ ]++; }", "a map's key is missing", "'@x'", 11, 16 },
		{ "kprobe:f { str(); }", "str() takes a pointer and perhaps a size", "str(p)", 11, 16 },
		{ "kprobe:f { str(a, b, c); }", "str() takes a pointer and perhaps a size", "str(p)", 11, 23 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diag *d;
		struct made m;

		make(&m, rows[i].text, false);
		assert_int_equal(m.result, -1);
		assert_int_equal(m.diags.list.n, 1);
		d = &m.diags.list.v[0];
		assert_string_equal(d->message, rows[i].message);
		assert_non_null(strstr(d->hint, rows[i].hint));
		assert_int_equal(d->at.start, rows[i].start);
		assert_int_equal(d->at.end, rows[i].end);
		talloc_free(m.parent);
	}
}

static void test_hints(void **state)
{
	static const struct {
		const char *message, *hint;
	} rows[] = {
		{ "use of undeclared identifier 'prv'", "did you mean 'prev'?" },
		{ "use of undeclared identifier 'pidd'", "did you mean 'pid'" },
		{ "call to undeclared function 'prinf'; ISO C99 and later do not", "'printf'" },
		{ "use of undeclared identifier 'my_thin'", "did you mean 'my_thing'?" },
		{ "use of undeclared identifier 'retval'", "kprobe:f has 'prev', 'cb', 'n', 'args'" },
		{ "use of undeclared identifier 'zzzzzzzz'", NULL },
		{ "something else about 'prv'", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct made m;

		make(&m, "int my_thing; kprobe:f { x; }", false);
		diag_error(&m.diags, (struct range){ 0, 25, 26 }, "%s", rows[i].message);
		wrap_hints(&m.job, &m.diags);
		if (rows[i].hint)
			assert_non_null(strstr(m.diags.list.v[0].hint, rows[i].hint));
		else
			assert_null(m.diags.list.v[0].hint);
		talloc_free(m.parent);
	}
}

static void test_wrap_names(void **state)
{
	static const char text[] = "if (x) { @m[a->b.c, pid] = f(\"no\", x) /* nor */; struct t *p; @; }";
	static const char *const expected[] = { "x", "@m", "a", "pid", "f", "t", "p", "@" };
	struct source s = { .name = "t", .text = text, .len = strlen(text) };
	void *parent = talloc_new(NULL);
	char **names;
	size_t n;

	(void)state;
	wrap_names(parent, &s, 0, s.len, &names, &n);
	assert_int_equal(n, ARRAY_SIZE(expected));
	for (size_t i = 0; i < n; i++)
		assert_string_equal(names[i], expected[i]);
	talloc_free(parent);
}

/* Deep nesting costs no stack, and broken brackets no sense. */
static void test_deep_and_broken(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct made m;

	(void)state;
	strbuf_adds(&text, "kprobe:f { x = ");
	for (int i = 0; i < 20000; i++)
		strbuf_adds(&text, i & 1 ? "str(" : "@[");
	strbuf_adds(&text, "1");
	for (int i = 19999; i >= 0; i--)
		strbuf_adds(&text, i & 1 ? ")" : "]");
	strbuf_adds(&text, "; }");
	make(&m, text.text, false);
	assert_int_equal(m.result, 0);
	check_positions(&m);
	talloc_free(m.parent);
	strbuf_clear(&text);
	make(&m, "#define BROKEN @x[1\n#define TOO str(p\n", false);
	assert_string_equal(text_of(&m), "<x>#define BROKEN (*__bcsh_at_x())[1\n#define TOO str(p\n");
	talloc_free(m.parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_lowered_places_map_back),
		cmocka_unit_test(test_names_file),
		cmocka_unit_test(test_target_types_once),
		cmocka_unit_test(test_macro_names_parameter),
		cmocka_unit_test(test_maps),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_wrap_names),
		cmocka_unit_test(test_deep_and_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
