// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the lowering makes and what it refuses: every script of rewriter_lower_cases.h compiles for BPF
 * without a warning; types of maps, fields of events; host code; messages.
 */
#include "rewriter_lower_help.h"
#include "rewriter_lower_cases.h"

static void compile_one(void **state)
{
	const struct lower_case *c = *state;
	void *top = mem_new(NULL, char);
	struct lowered *r = lower_text(top, c->script);

	assert_string_equal(r->errors, "");
	assert_non_null(r->res.code);
	assert_string_equal(lower_compile(top, r), "");
	mem_free(top);
}

/* name[key types] value type, of all maps. */
static char *types_of(const void *top, const struct lowered *r)
{
	static const char *const kinds[] = { "?", "", "", "count", "sum", "avg", "min", "max", "stats",
					     "hist", "lhist" };
	struct strbuf out;

	strbuf_init(&out, top);
	vec_each(&r->res.maps, m) {
		strbuf_addf(&out, "%s[", m->name);
		vec_each(&m->keys, k)
			strbuf_addf(&out, "%s%s: %s", k == m->keys.v ? "" : ", ", k->name, k->c_type);
		strbuf_addf(&out, "] %s;", m->c_type ? m->c_type : kinds[m->value]);
	}
	return out.text;
}

static const struct {
	const char *script, *want;
} types[] = {
	{ "k:x { @[pid, n, comm, task] = 1; }",
	  "[pid: __u64, n: __s64, comm: char[16], task: struct task *] __s64;" },
	{ "k:x { @a[1] = pid; @b = @a[2]; @c = count(); @d[@b] = hist(n); }",
	  "a[1: __s64] __u64;b[] __u64;c[] count;d[@b: __u64] hist;" },
	{ "k:x { @a[\"x\"] = 1; @a[\"longer\"] = 2; @a[comm]++; @t = str(user, 20); @t = \"short\"; }",
	  "a[\"x\": char[16]] __s64;t[] char[20];" },
	{ "k:x { @k[task->in, task->mac] = task->in; @p[tid] = task; @q = @p[1]; @p[2] = 0; }",
	  "k[task->in: struct inner, task->mac: unsigned char[6]] struct inner;"
	  "p[tid: __u64] struct task *;q[] struct task *;" },
	{ "k:x { @x[$pid, str(user), @y[tid]] = sum(n); @y[tid] = nsecs; }",
	  "x[$pid: __u64, str(user): char[64], @y[tid]: __u64] sum;y[tid: __u64] __u64;" },
	{ "BPF_HASH(h, u32, struct inner); k:x { struct inner i = {}; @h[3] = i; if (@h[n].q) @m++; }",
	  "h[3: unsigned int] struct inner;m[] __s64;" },
};

static void test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		void *top = mem_new(NULL, char);
		struct lowered *r = lower_text(top, types[i].script);

		assert_string_equal(r->errors, "");
		assert_string_equal(types_of(top, r), types[i].want);
		mem_free(top);
	}
}

static void test_event_layout(void **state)
{
	void *top = mem_new(NULL, char);
	struct lowered *r;
	const struct event_format *f;

	(void)state;
	r = lower_text(top, "k:x { @n++; } k:x { printf(\"%d %s %p\", pid, comm, task); "
			    "emit(open, n > 0, nsecs, task->in); }");
	assert_string_equal(r->errors, "");
	assert_int_equal(r->res.events.n, 2);
	f = &r->res.events.v[0];
	assert_int_equal(f->id, 2 << 8);
	assert_int_equal(f->kind, EVENT_PRINTF);
	assert_string_equal(f->format, "%d %s %p");
	assert_int_equal(f->size, 32);
	assert_int_equal(f->fields.v[1].offset, 4);
	assert_int_equal(f->fields.v[2].offset, 24);
	assert_string_equal(f->fields.v[1].c_type, "char[16]");
	f = &r->res.events.v[1];
	assert_int_equal(f->id, 2 << 8 | 1);
	assert_string_equal(f->name, "open");
	assert_string_equal(f->fields.v[0].name, "n > 0");
	assert_int_equal(f->fields.v[1].offset, 8);
	assert_string_equal(f->fields.v[2].c_type, "struct inner");
	assert_int_equal(f->fields.v[2].size, 16);
	assert_int_equal(f->size, 32);
	mem_free(top);
}

/* The second input's @maps have the types of the first one's. */
static void test_session(void **state)
{
	void *top = mem_new(NULL, char);
	struct lowered *first, *r;

	(void)state;
	first = lower_text(top, "k:x { @p[tid] = task; @t[pid] = comm; @c[n] = count(); "
				"@l = lhist(n, 0, 10, 2); }");
	assert_string_equal(first->errors, "");
	r = lower_known(top, "k:x { @q[@p[1]->pid, @t[2]]++; @c[3] = count(); }", false, first);
	assert_string_equal(r->errors, "");
	assert_non_null(strstr(types_of(top, r), "q[@p[1]->pid: __s64, @t[2]: char[16]] __s64;"));
	assert_string_equal(lower_compile(top, r), "");
	r = lower_known(top, "k:x { @c[3, 4] = count(); }", false, first);
	assert_string_equal(r->errors, "'@c' has 2 keys here; the session's has 1\n");
	r = lower_known(top, "k:x { @c[comm] = count(); }", false, first);
	assert_string_equal(r->errors, "key 1 of '@c' is text here; the session's is __s64\n");
	r = lower_known(top, "k:x { @c[3] = 5; }", false, first);
	assert_string_equal(r->errors, "'@c' is an aggregation and cannot be set to a value\n");
	r = lower_known(top, "k:x { @l = lhist(n, 0, 20, 2); }", false, first);
	assert_string_equal(r->errors, "'@l' is lhist(x, 0, 10, 2) in the session\n");
	r = lower_known(top, "k:x { @p[3] = comm; }", false, first);
	assert_string_equal(r->errors, "'@p' is given text here; the session's is struct task *\n");
	mem_free(top);
}

static const struct {
	const char *script, *value_type, *part;
} host[] = {
	{ "BEGIN { @x[1] = 3; @x[2]++; --@x[3]; @x[1] += 4; @x[1] *= 2; print(@x); clear(@x); zero(@x); "
	  "if (has(@x[1])) delete(@x[1]); printf(\"%lld %llu\\n\", @x[1], nsecs + elapsed + target); exit(2); }",
	  NULL, "bcsh_host_add(\"x\", &__bcsh_k, sizeof(__bcsh_k), 1)" },
	{ "END { @n[\"abc\"] = \"defg\"; printf(\"%s\\n\", @n[\"abc\"]); if (@n[\"x\"] == \"y\") exit(); "
	  "double d = 3.5 / 2; printf(\"%f %d %d\\n\", d, -7 / 2, max(3, 4)); return; }",
	  NULL, "bcsh_host_exit(0)" },
	{ "1 + 2ll;", "long long", "bcsh_host_value(\"long long\"" },
	{ "\"abc\";", "char[4]", "bcsh_host_value(\"char[4]\", &(\"abc\"), 4)" },
	{ "(struct inner){ 1, 2 };", "struct inner", "bcsh_host_value(\"struct inner\"" },
	{ "@m[4] = 2.5 > 1;", "long long", "bcsh_host_update(\"m\"" },
	{ "clear(@);", "void", "bcsh_host_clear(\"@\")" },
};

static void test_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(host); i++) {
		void *top = mem_new(NULL, char);
		struct lowered *r = lower_known(top, host[i].script, true, NULL);

		assert_string_equal(r->errors, "");
		assert_string_equal(lower_compile(top, r), "");
		assert_non_null(strstr(r->res.code, host[i].part));
		if (host[i].value_type)
			assert_string_equal(r->res.value_type, host[i].value_type);
		mem_free(top);
	}
}

static void test_host_aggregations(void **state)
{
	void *top = mem_new(NULL, char);
	struct lowered *first, *r;

	(void)state;
	first = lower_text(top, "k:x { @c[n] = count(); @h = hist(n); @a = avg(n); }");
	r = lower_known(top, "@c[3] + @a;", true, first);
	assert_string_equal(r->errors, "");
	assert_string_equal(lower_compile(top, r), "");
	assert_non_null(strstr(r->res.code, "bcsh_host_number(\"a\", 1,"));
	r = lower_known(top, "@c;", true, first);
	assert_string_equal(r->errors, "");
	assert_non_null(strstr(r->res.code, "bcsh_host_print(\"c\")"));
	r = lower_known(top, "@h + 1;", true, first);
	assert_string_equal(r->errors, "'@h' is a histogram, not a number\n");
	r = lower_known(top, "@c[1] = 2;", true, first);
	assert_string_equal(r->errors, "'@c' is an aggregation and cannot be set to a value\n");
	mem_free(top);
}

static const struct {
	const char *script, *want;
} refused[] = {
	{ "@a = count() + 1;", "'count' stands only as the whole right side of '@map ='" },
	{ "count();", "'count' stands only as the whole right side of '@map ='" },
	{ "@a[1] = 2; @a = 3;", "'@a' has 0 keys here, 1 elsewhere" },
	{ "@a[1] = 2; @a[\"x\"] = 3;", "key 1 of '@a' is text here, a number elsewhere" },
	{ "@a = 2; @a = comm;", "'@a' is given text here, a number elsewhere" },
	{ "@a = count(); @a = 3;", "'@a' is an aggregation and cannot be set to a value" },
	{ "@a = 3; @a = count();", "'@a' is not an aggregation" },
	{ "@a = count(); @a = sum(1);", "'@a' is two kinds of aggregation" },
	{ "@a = count(); if (@a > 3) @b++;",
	  "'@a' is an aggregation, kept apart on each processor: a kernel clause cannot read it" },
	{ "@a = count(); @a++;", "'@a' is an aggregation and cannot be set to a value" },
	{ "@a = comm; @a++;", "'@a' is given a number here, text elsewhere" },
	{ "@a[1] += comm;", "'+=' needs a number, not text" },
	{ "@a = sum(comm);", "'sum' needs a number, not text" },
	{ "@a = sum();", "'sum' takes 1 argument, not 0" },
	{ "@a = lhist(n, n, 3, 4);", "'lhist' needs constants for low" },
	{ "@a = lhist(n, 3, 3, 4);", "'lhist' needs low < high and at most 1000 steps" },
	{ "printf(\"%d %s\\n\", n);", "printf's '%s' has no argument" },
	{ "printf(\"%f\\n\", n);", "printf has no conversion '%f'" },
	{ "printf(\"%d\\n\", comm);", "'%d' needs a number, and 'comm' is text" },
	{ "printf(\"%s\\n\", n);", "'%s' needs text, and 'n' is int" },
	{ "printf(\"%d\\n\", n, pid);", "printf's format does not use 'pid'" },
	{ "printf(\"%d\\n\", task->in);", "'task->in' cannot be printed: it is struct inner" },
	{ "printf(user);", "the format of printf must be a string literal" },
	{ "u64 *p = &@a[1]; @a[1]++;", "'@a' has no address" },
	{ "const u32 *p = &pid;", "'pid' has no address" },
	{ "@a = 1.5;", "a map cannot hold a floating-point number" },
	{ "struct inner i = {}; @a = i; @a.q = 3;",
	  "a part of '@a' cannot be changed or have its address taken" },
	{ "if (user == \"bash\") @a++;", "'user' is a pointer; comparing it with text compares addresses" },
	{ "if (@never[3]) @a++;", "nothing sets '@never', so its type is not known" },
	{ "print(3);", "'print' takes one map, without a key" },
	{ "print(@a[3]); @a[3]++;", "'print' takes one map, without a key" },
	{ "has(n);", "'has' takes one map with its key" },
	{ "emit(3);", "'emit' needs the event's name, a word, first" },
	{ "exit(1, 2);", "'exit' takes at most a status" },
	{ "@t[str(user, 500)]++;", "500 bytes of text do not fit the 512 bytes of stack" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		void *top = mem_new(NULL, char);
		struct lowered *r = lower_text(top, mem_printf(top, "k:x { %s }", refused[i].script));

		assert_string_equal(r->errors, mem_printf(top, "%s\n", refused[i].want));
		assert_null(r->res.code);
		vec_each(&r->res.diags.list, d)
			assert_int_equal(d->at.src, 0);
		mem_free(top);
	}
}

int main(void)
{
	const struct CMUnitTest own[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_event_layout),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_host_aggregations),
		cmocka_unit_test(test_refused),
	};
	struct CMUnitTest tests[ARRAY_SIZE(own) + ARRAY_SIZE(lower_cases)];
	size_t n = ARRAY_SIZE(own);

	memcpy(tests, own, sizeof(own));
	for (size_t i = 0; i < ARRAY_SIZE(lower_cases); i++)
		tests[n++] = (struct CMUnitTest){ .name = lower_cases[i].script, .test_func = compile_one,
						  .initial_state = (void *)&lower_cases[i] };
	return _cmocka_run_group_tests("lowering", tests, n, lower_setup, lower_teardown);
}
