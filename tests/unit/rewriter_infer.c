// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Origins by themselves: the transfer functions, sharing of maps between functions in any order,
 * facts of the session in and out, and that the cost follows the input.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "rewriter/origin.h"

static const char prelude[] =
	"typedef unsigned int u32; typedef unsigned long long u64;\n"
	"#define ORIGIN(o, why) __attribute__((annotate(\"origin:\" o \":\" why)))\n"
	"#define MAP(k, v, name) struct { v *(*lookup)(k *); int (*update)(k *, v *); } name "
	"__attribute__((annotate(\"map:hash\")))\n"
	"u64 bpf_get_current_task(void);\n"
	"struct task { int pid; struct task *parent; }; struct pair { struct task *a, *b; };\n";

static struct ast_unit *parse(void *top, const char *text)
{
	struct ast_file file = { "p.h", prelude, strlen(prelude) };
	char *whole = mem_printf(top, "#include \"p.h\"\n%s", text);
	struct ast_unit *unit;
	struct diags diags;

	diags_init(&diags, top);
	if (ast_parse(top, whole, strlen(whole), &file, 1, false, &unit, &diags))
		fail_msg("%s: %s", text, diags.list.v[0].message);
	return unit;
}

/* The place of the (only) load whose text is WORDS. */
static const struct ast *find(const struct ast_unit *u, const struct ast *n, const char *words)
{
	const struct ast *found = NULL;

	if (n->kind == AST_LOAD && n->end - n->start == strlen(words) &&
	    !memcmp(u->text + n->start, words, strlen(words)))
		return n->sub[0];
	if (n->kind == AST_DECLARE && n->decl->init)
		found = find(u, n->decl->init, words);
	for (size_t i = 0; !found && i < n->n_sub; i++)
		found = find(u, n->sub[i], words);
	return found;
}

static const struct ast *load(const struct ast_unit *u, const char *words)
{
	const struct ast *found = NULL;

	for (size_t i = 0; !found && i < u->n_decls; i++)
		if (u->decls[i]->body)
			found = find(u, u->decls[i]->body, words);
	if (!found)
		fail_msg("no load of %s", words);
	return found;
}

static void test_transfer(void **state)
{
	(void)state;
	assert_int_equal(origin_load(BIT_KERNEL, BIT_STACK, true), BIT_KERNEL);
	assert_int_equal(origin_load(BIT_USER, 0, true), BIT_USER);
	assert_int_equal(origin_load(BIT_BTF, 0, true), BIT_BTF);
	assert_int_equal(origin_load(BIT_BTF, 0, false), BIT_KERNEL);
	assert_int_equal(origin_load(BIT_CTX, 0, true), BIT_KERNEL);
	assert_int_equal(origin_load(BIT_CTX_USER, 0, false), BIT_USER);
	assert_int_equal(origin_load(BIT_STACK, BIT_USER | BIT_BTF, true), BIT_USER | BIT_BTF);
	assert_int_equal(origin_load(BIT_MAP, BIT_BTF, true), BIT_KERNEL | BIT_STORED);
	assert_int_equal(origin_public(BIT_STORED), ORIGIN_KERNEL);
	assert_int_equal(origin_public(BIT_STORED | BIT_USER), ORIGIN_USER);
	assert_int_equal(origin_demote(BIT_BTF | BIT_STACK), BIT_KERNEL | BIT_STACK);
	assert_int_equal(origin_reading(ORIGIN_STACK | ORIGIN_MAP), 0);
	assert_int_equal(origin_reading(ORIGIN_STACK | ORIGIN_KERNEL), ORIGIN_KERNEL);
	assert_int_equal(origin_reading(ORIGIN_BTF), 0);
	assert_int_equal(origin_reading(ORIGIN_BTF | ORIGIN_STACK), ORIGIN_KERNEL);
	assert_int_equal(origin_reading(ORIGIN_USER), ORIGIN_USER);
	assert_int_equal(origin_reading(ORIGIN_USER | ORIGIN_KERNEL), -1);
}

static const char reader[] =
	"static int r(void) { u32 k = 0; struct task **p = saved.lookup(&k);\n"
	"struct task *q; if (!p) return 0; q = *p; return q->pid; }\n";
static const char writer[] =
	"static void w(ORIGIN(\"user\", \"argument 1\") struct task *t) {\n"
	"u32 k = 0; saved.update(&k, &t); }\n";

static void test_map_in_both_orders(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
		char *text = mem_printf(top, "MAP(u32, struct task *, saved);\n%s%s",
					order ? reader : writer, order ? writer : reader);
		struct ast_unit *u = parse(top, text);
		struct infer *inf = infer_run(top, u, NULL);

		assert_int_equal(infer_place(inf, load(u, "q->pid"), 0), ORIGIN_USER);
	}
}

/* A reader alone takes what it finds as the kernel's; told by the session of a writer, as the user's. */
static void test_facts(void **state)
{
	_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
	struct ast_unit *r = parse(top, mem_printf(top, "MAP(u32, struct task *, saved);\n%s", reader));
	struct ast_unit *w = parse(top, mem_printf(top, "MAP(u32, struct task *, saved);\n%s", writer));
	struct origin_facts facts = { { 0 } }, from_reader = { { 0 } };
	struct infer *inf = infer_run(top, r, NULL);
	struct diags diags;
	struct diag *d;

	(void)state;
	assert_int_equal(infer_place(inf, load(r, "q->pid"), 0), ORIGIN_KERNEL);
	infer_facts(inf, top, &from_reader);
	assert_int_equal(from_reader.list.n, 0);

	infer_facts(infer_run(top, w, NULL), top, &facts);
	assert_int_equal(facts.list.n, 1);
	assert_string_equal(facts.list.v[0].name, "saved");
	assert_string_equal(facts.list.v[0].path, "");
	assert_int_equal(facts.list.v[0].origins, ORIGIN_USER);

	inf = infer_run(top, r, &facts);
	assert_int_equal(infer_place(inf, load(r, "q->pid"), 0), ORIGIN_USER);
	infer_facts(inf, top, &from_reader);
	assert_int_equal(from_reader.list.n, 0);	/* what it was told is not its own */

	diags_init(&diags, top);
	d = diag_error(&diags, RANGE_NONE, "test");
	infer_why(inf, load(r, "q->pid"), 0, ORIGIN_USER, &diags, d);
	assert_int_equal(d->reasons.n, 3);
	assert_string_equal(d->reasons.v[0].text,
			    "'t' is a user pointer: argument 1; stored in 'saved'");
	assert_string_equal(d->reasons.v[1].text, "loaded from 'saved'");
	assert_string_equal(d->reasons.v[2].text, "assigned to 'q'");
}

static void test_fact_of_a_member(void **state)
{
	_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
	struct ast_unit *w = parse(top, "MAP(u32, struct pair, pairs);\n"
				   "static void w(ORIGIN(\"kernel\", \"x\") struct task *t) {\n"
				   "u32 k = 0; struct pair p = { .b = t }; pairs.update(&k, &p); }\n");
	struct ast_unit *r = parse(top, "MAP(u32, struct pair, pairs);\n"
				   "static int r(void) { u32 k = 0; struct pair *p = pairs.lookup(&k);\n"
				   "return p->b->pid + p->a->pid; }\n");
	struct origin_facts facts = { { 0 } };
	struct infer *inf;

	(void)state;
	infer_facts(infer_run(top, w, NULL), top, &facts);
	assert_int_equal(facts.list.n, 1);
	assert_string_equal(facts.list.v[0].path, ".b");
	facts.list.v[0].origins = ORIGIN_USER;
	inf = infer_run(top, r, &facts);
	assert_int_equal(infer_place(inf, load(r, "p->b->pid"), 0), ORIGIN_USER);
	assert_int_equal(infer_place(inf, load(r, "p->a->pid"), 0), ORIGIN_KERNEL);
}

static void test_instances(void **state)
{
	_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
	struct ast_unit *u = parse(top, "static int g(struct task *p) { return p->pid; }\n"
				   "static int same(struct task *p) { return p != 0; }\n"
				   "static int f(ORIGIN(\"kernel\", \"x\") struct task *t) {\n"
				   "struct task s; return g(t) + g(&s) + g(t->parent) + same(t) + same(&s); }\n");
	struct infer *inf = infer_run(top, u, NULL);
	const struct infer_instance *list;
	const struct ast *place = load(u, "p->pid");
	int n_g = 0, n_same = 0;

	(void)state;
	for (size_t i = infer_instances(inf, &list); i-- > 0;) {
		n_g += !strcmp(list[i].fn->name, "g");
		n_same += !strcmp(list[i].fn->name, "same");
	}
	assert_int_equal(n_g, 2);
	assert_int_equal(n_same, 1);	/* nothing in it depends on what it is given */
	assert_int_equal(infer_place(inf, place, 0) | infer_place(inf, place, 1),
			 ORIGIN_KERNEL | ORIGIN_STACK);
	assert_int_not_equal(infer_place(inf, place, 0), infer_place(inf, place, 1));
}

static double seconds(void *top, int n)
{
	double best = 1e9;
	struct strbuf text;
	struct ast_unit *u;

	strbuf_init(&text, top);
	strbuf_adds(&text, "static int g(struct task *p) { return p->pid; }\n"
		    "static int f(ORIGIN(\"kernel\", \"x\") struct task *t) { int r = 0; struct task s;\n");
	for (int i = 0; i < n; i++)
		strbuf_addf(&text, "struct task *t%d = %s%.0d; r += g(t%d) + t%d->parent->pid;\n", i,
			    "t", i ? i - 1 : 0, i, i);
	strbuf_adds(&text, "return r + g(&s); }\n");
	u = parse(top, text.text);
	for (int i = 0; i < 3; i++) {
		struct timespec a, b;
		double took;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		mem_free(infer_run(top, u, NULL));
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		took = (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9;
		best = took < best ? took : best;
	}
	return best;
}

/* Four times the text may cost twelve times the time (caches, noise), not sixteen. */
static void test_cost(void **state)
{
	_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
	double small = seconds(top, 2000), large = seconds(top, 8000);

	(void)state;
	if (large > small * 12)
		fail_msg("2000 statements: %.2f ms, 8000: %.2f ms", small * 1e3, large * 1e3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transfer),
		cmocka_unit_test(test_map_in_both_orders),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_fact_of_a_member),
		cmocka_unit_test(test_instances),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
