// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What lowered code does, by running it: scripts are rewritten, their compiled code's helpers are
 * replaced by a mock of the kernel, and the maps and events that come out are compared.
 */
#include "rewriter_lower_help.h"
#include "rewriter_lower_cases.h"
#include "rewriter_lower_mock.h"

/* The prelude with helpers that are the mock's functions. */
static char *mocked_prelude(const void *top)
{
	struct strbuf head, out;
	const char *p = prelude_bpf, *at;

	strbuf_init(&head, top);
	strbuf_init(&out, top);
	while ((at = strstr(p, "= (void *)"))) {
		unsigned long id = strtoul(at + 10, (char **)&at, 10);

		strbuf_add(&out, p, at - p);
		while (out.text[out.len - 1] != ')')
			strbuf_trim(&out, out.len - 1);
		strbuf_addf(&out, "mock_%lu", id);
		strbuf_addf(&head, "extern char mock_%lu[];\n", id);
		p = at;
	}
	strbuf_adds(&out, p);
	strbuf_adds(&head, out.text);
	return head.text;
}

/* A printf of EXPR, of C type TYPE, as a person would want to read it. */
static void show_value(struct strbuf *out, const char *type, const char *expr)
{
	if (!strncmp(type, "char[", 5))
		strbuf_addf(out, "printf(\"'%%.*s'\", (int)sizeof(%s), (char *)%s);", expr, expr);
	else if (strchr(type, '[') || !strncmp(type, "struct", 6 + (strchr(type, '*') != NULL) * 99))
		strbuf_addf(out, "for (unsigned i_ = 0; i_ < sizeof(%s); i_++) "
			    "printf(\"%%02x\", ((unsigned char *)&%s)[i_]);", expr, expr);
	else if (strchr(type, '*'))
		strbuf_addf(out, "printf(\"%%s\", %s ? \"ptr\" : \"null\");", expr);
	else
		strbuf_addf(out, "printf(\"%%lld\", (long long)%s);", expr);
}

static void show_map(const void *top, struct strbuf *out, const struct at_map *m)
{
	const char *name = m->declared ? m->name : mem_printf(top, "__bcsh_map_%s", m->name);

	strbuf_addf(out, "for (int i = 0; mock_entry(&%s, i, &k_, &v_); i++) {\n"
		    "__typeof__(%s.key) k = k_; __typeof__(%s.value) v = v_; (void)k; (void)v;\n"
		    "printf(\"@%s[\");\n", name, name, name, m->name);
	for (size_t i = 0; i < m->keys.n; i++) {
		if (i)
			strbuf_adds(out, "printf(\", \");");
		show_value(out, m->keys.v[i].c_type,
			   m->declared ? "(*k)" : mem_printf(top, "k->k%zu", i));
	}
	strbuf_adds(out, "printf(\"] =\");\n");
	if (m->value == AT_SCALAR || m->value == AT_BYTES) {
		strbuf_adds(out, "printf(\" \");");
		show_value(out, m->c_type, "(*v)");
	} else {
		strbuf_adds(out, "for (unsigned j = 0; j < sizeof(*v) / 8; j++) if (sizeof(*v) < 64)\n"
			    "printf(\" %lld\", ((long long *)v)[j]);\n"
			    "else if (((long long *)v)[j]) printf(\" %u:%lld\", j, ((long long *)v)[j]);");
	}
	strbuf_adds(out, "printf(\"\\n\"); }\n");
}

static void show_event(const void *top, struct strbuf *out, const struct event_format *f)
{
	static const char *const kinds[] = { "printf", "emit", "print", "clear", "zero", "exit" };

	strbuf_addf(out, "case %u: if (h->size != %u) abort(); printf(\"%s %s:\");\n", f->id, f->size,
		    kinds[f->kind], f->name ? f->name : "");
	for (size_t i = 0; i < f->fields.n; i++) {
		const struct event_field *field = &f->fields.v[i];
		const char *array = strchr(field->c_type, '[');

		strbuf_adds(out, "printf(\" \"); { ");
		strbuf_addf(out, "%.*s (*p)%s = (void *)((char *)(h + 1) + %u); if (sizeof(*p) != %u) abort(); ",
			    array ? (int)(array - field->c_type) : (int)strlen(field->c_type),
			    field->c_type, array ? array : "", field->offset, field->size);
		show_value(out, field->c_type, "(*p)");
		strbuf_adds(out, " }\n");
	}
	strbuf_adds(out, "printf(\"\\n\"); break;\n");
	(void)top;
}

/* What comes after the unit's code: registers its maps, runs its programs, shows the outcome. */
static char *footer(const void *top, const struct lowered *r, int max)
{
	struct strbuf out;

	strbuf_init(&out, top);
	strbuf_adds(&out, "\nint printf(const char *, ...); void abort(void);\n"
		    "void mock_map(const char *, void *, size_t, size_t, int);\n"
		    "int mock_entry(void *, int, void **, void **);\n"
		    "void *mock_counts_map = &__bcsh_counts, *mock_exit_map = &__bcsh_exit;\n"
		    "void run(void *ctx) {\n");
	vec_each(&r->res.maps, m) {
		const char *name = m->declared ? m->name : mem_printf(top, "__bcsh_map_%s", m->name);

		strbuf_addf(&out, "mock_map(\"%s\", &%s, sizeof(*%s.key), sizeof(*%s.value), %d);\n",
			    m->name, name, name, name, max);
	}
	strbuf_adds(&out, "__bcsh_session.start = 500; __bcsh_session.target = 42;\n");
	vec_each(&r->req.programs, p)
		strbuf_addf(&out, "%s(ctx);\n", p->name);
	strbuf_adds(&out, "}\nvoid shown_maps(void) { void *k_, *v_; (void)k_; (void)v_;\n");
	vec_each(&r->res.maps, m)
		show_map(top, &out, m);
	strbuf_adds(&out, "}\nvoid shown(void *at) { struct __bcsh_header *h = at; switch (h->format) {\n");
	vec_each(&r->res.events, f)
		show_event(top, &out, f);
	strbuf_adds(&out, "default: abort(); } }\n");
	return out.text;
}

/* What COMMAND, run in the test's directory, prints; its status too if it is not 0. */
static char *output_of(const void *top, const char *command)
{
	struct strbuf said;
	FILE *p;
	int status;

	p = popen(mem_printf(top, "cd %s && { %s; } 2>&1", lower_dir, command), "re");
	assert_non_null(p);
	strbuf_init(&said, top);
	assert_int_equal(strbuf_read_fd(&said, fileno(p), 1 << 20), 0);
	status = pclose(p);
	if (status)
		strbuf_addf(&said, "status %x\n", status);
	return said.text;
}

#define NATIVE "clang-19 -std=gnu11 -w -I. "

static int run_setup(void **state)
{
	void *top = mem_new(NULL, char);

	if (lower_setup(state))
		return -1;
	lower_write("bcsh/prelude.h", mocked_prelude(top));
	lower_write("mock.c", lower_mock);
	if (*output_of(top, NATIVE "-c mock.c"))
		return -1;
	mem_free(top);
	return 0;
}

/* Compiles the unit for this machine, runs it over the mock and gives its output. */
static char *run_native(const void *top, struct lowered *r, int max)
{
	lower_write("run.c", mem_printf(top, "%s%s", r->res.code, footer(top, r, max)));
	return output_of(top, NATIVE "run.c mock.o -o run && ./run");
}

static void run_one(void **state)
{
	const struct lower_case *c = *state;
	void *top = mem_new(NULL, char);
	struct lowered *r = lower_text(top, c->script);

	assert_string_equal(r->errors, "");
	assert_non_null(r->res.code);
	assert_string_equal(run_native(top, r, c->max ? c->max : 100), c->want);
	mem_free(top);
}

/* The arithmetic of the prelude against C's own, over all corners. */
static void run_arithmetic(void **state)
{
	static const char program[] =
		"#include \"bcsh/prelude.h\"\n"
		"int printf(const char *, ...);\n"
		"static const __s64 v[] = { 0, 1, -1, 2, -2, 3, -3, 7, -7, 10, -10, 255, 0x7fffffff,\n"
		"	-0x7fffffff - 1, 0x80000000ll, 0xffffffffll, 1ll << 62, -(1ll << 62),\n"
		"	0x7fffffffffffffffll, -0x7fffffffffffffffll, -0x7fffffffffffffffll - 1 };\n"
		"#define N (sizeof(v) / sizeof(*v))\n"
		"void run(void *ctx)\n"
		"{\n"
		"	int bad = 0, done = 0;\n"
		"	for (int i = 0; i < N; i++)\n"
		"		for (int k = 0; k < N; k++) {\n"
		"			if (!v[k] || (v[k] == -1 && i == N - 1))\n"
		"				continue;\n"
		"			done++;\n"
		"			bad += bcsh_sdiv(v[i], v[k]) != v[i] / v[k];\n"
		"			bad += bcsh_smod(v[i], v[k]) != v[i] % v[k];\n"
		"			int a = v[i], b = v[k];\n"
		"			if (!b || (b == -1 && a == -0x7fffffff - 1))\n"
		"				continue;\n"
		"			bad += (int)bcsh_sdiv(a, b) != a / b || (int)bcsh_smod(a, b) != a % b;\n"
		"		}\n"
		"	for (int bit = 0; bit < 64; bit++)\n"
		"		for (int d = -1; d <= 1; d++) {\n"
		"			__u64 x = (1ull << bit) + d, slots[66] = {};\n"
		"			int want = x ? 2 + 63 - __builtin_clzll(x) : 1;\n"
		"			__bcsh_hist(slots, x, false);\n"
		"			bad += slots[want] != 1;\n"
		"		}\n"
		"	bad += !bcsh_text_equal(\"ab\", \"abc\", 2, 2) || bcsh_text_equal(\"ab\", \"abc\", 2, 3);\n"
		"	bad += !bcsh_text_equal(\"ab\", \"ab\", 2, 3) || !bcsh_text_equal(\"\", \"\\0x\", 1, 3);\n"
		"	bad += bcsh_text_equal(\"a\", \"b\", 2, 2) || bcsh_min(3, -4) != -4 || bcsh_max(3, -4) != 3;\n"
		"	printf(\"%d pairs, %d bad\\n\", done, bad);\n"
		"}\n"
		"void *mock_counts_map, *mock_exit_map;\n"
		"void shown_maps(void) {}\n"
		"void shown(void *at) {}\n";
	void *top = mem_new(NULL, char);

	(void)state;
	lower_write("arithmetic.c", program);
	assert_string_equal(output_of(top, NATIVE "arithmetic.c mock.o -o arithmetic && ./arithmetic"),
			    "419 pairs, 0 bad\nhits 0 lost 0 faults 0\n");
	mem_free(top);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(lower_cases) + 1] = { cmocka_unit_test(run_arithmetic) };

	for (size_t i = 0; i < ARRAY_SIZE(lower_cases); i++)
		tests[i + 1] = (struct CMUnitTest){ .name = lower_cases[i].script, .test_func = run_one,
						    .initial_state = (void *)&lower_cases[i] };
	return _cmocka_run_group_tests("lowered code, run", tests, ARRAY_SIZE(tests), run_setup,
				       lower_teardown);
}
