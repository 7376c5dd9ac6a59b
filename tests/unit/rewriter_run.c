/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rewriter from request to result: what is compiled, what is shown, and where messages stand. Units are
 * put together here as wrap.c does it; `{` and `}` of a snippet are the person's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rewriter/rewrite.h"

static const char types[] =
	"struct task_struct { int pid; struct task_struct *real_parent; char comm[16]; };\n";

struct job {
	void *root;
	struct source source;
	struct rewrite_request req;
	struct rewrite_result res;
};

static void begin(struct job *j, const char *text)
{
	struct rewrite_file *f;

	*j = (struct job){ .root = mem_new(NULL, char) };
	j->source = (struct source){ .name = "input", .text = text, .len = strlen(text) };
	unit_init(&j->req.unit, j->root);
	unit_ours(&j->req.unit, "#include \"bcsh/prelude.h\"\n#include \"bcsh/types.h\"\n");
	f = vec_add(j->root, &j->req.files);
	f->name = mem_strdup(j->root, "bcsh/types.h");
	f->text = mem_strdup(j->root, types);
}

static size_t at(const struct job *j, const char *what)
{
	const char *p = strstr(j->source.text, what);

	assert_non_null(p);
	return (size_t)(p - j->source.text);
}

/* The source from WHAT on, up to END, as a user piece. */
static void user(struct job *j, size_t start, size_t end)
{
	unit_user(&j->req.unit, 0, &j->source, start, end);
}

static void clause(struct job *j)
{
	unit_ours(&j->req.unit,
		  "static __attribute__((always_inline)) long bcsh_p1_body("
		  "BCSH_ORIGIN(\"kernel\", \"argument 1 of kprobe:f\") struct task_struct *t, int n)\n"
		  "{ const __u32 __bcsh_id = 1; BCSH_ENTER\n");
}

static void run(struct job *j)
{
	unit_ours(&j->req.unit, "\nreturn 0; }\n");
	unit_originals(&j->req.unit, &j->source, 1);
	rewrite_run(j->root, &j->req, &j->res);
}

static void print_all(const struct job *j)
{
	for (size_t i = 0; i < j->res.diags.list.n; i++)
		print_message("diag: %s\n", j->res.diags.list.v[i].message);
	for (size_t i = 0; i < j->res.edits.n; i++)
		print_message("edit: %zu-%zu %s\n", j->res.edits.v[i].at.start,
			      j->res.edits.v[i].at.end, j->res.edits.v[i].text);
	if (j->res.code)
		print_message("code: %s\n", j->res.code);
}

static void expect_edit(const struct job *j, size_t i, const char *before, const char *after)
{
	if (i >= j->res.edits.n || strcmp(j->res.edits.v[i].text, after))
		print_all(j);
	assert_true(i < j->res.edits.n);
	assert_string_equal(j->res.edits.v[i].text, after);
	assert_int_equal(j->res.edits.v[i].at.src, 0);
	assert_int_equal(j->res.edits.v[i].at.start, at(j, before));
	assert_int_equal(j->res.edits.v[i].at.end, at(j, before) + strlen(before));
}

static void reads(void **state)
{
	struct job j;

	(void)state;
	begin(&j, "{ int x = t->real_parent->pid; }");
	clause(&j);
	user(&j, 0, j.source.len);
	run(&j);
	expect_edit(&j, 0, "t->real_parent->pid", "BPF_CORE_READ(t, real_parent, pid)");
	assert_int_equal(j.res.edits.n, 1);
	assert_non_null(strstr(j.res.code, "int x = BPF_CORE_READ(t, real_parent, pid); }"));
	assert_int_equal(j.res.notes.n, 1);
	assert_true(j.res.notes.v[0].reasons.n > 0);
	assert_int_equal(rewrite_place(&j.req, &j.res, strstr(j.res.code, "int x") - j.res.code).start,
			 at(&j, "int x"));
	mem_free(j.root);
}

static void macro_is_spelled_out(void **state)
{
	struct job j;

	(void)state;
	begin(&j, "#define P(x) n + (x)->pid\n{ int x = P(t), y = x; }");
	user(&j, 0, at(&j, "{"));
	clause(&j);
	user(&j, at(&j, "{"), j.source.len);
	run(&j);
	expect_edit(&j, 0, "P(t)", "n + BPF_CORE_READ(t, pid)");
	assert_int_equal(j.res.edits.n, 1);
	assert_non_null(strstr(j.res.code, "int x = n + BPF_CORE_READ(t, pid), y = x; }"));
	assert_int_equal(rewrite_place(&j.req, &j.res, strstr(j.res.code, "y = x") - j.res.code).start,
			 at(&j, "y = x"));
	mem_free(j.root);
}

static void sugar_is_shown_as_typed(void **state)
{
	struct at_map *m;
	size_t open, close;
	struct job j;

	(void)state;
	begin(&j, "{ @m[t->pid] = t->real_parent->pid; }");
	open = at(&j, "@m[");
	close = at(&j, "]");
	m = vec_add(j.root, &j.req.maps);
	m->name = mem_strdup(j.root, "m");
	m->at = (struct range){ 0, open, open + 2 };
	unit_maps(&j.req.unit, "m");
	clause(&j);
	user(&j, 0, open);
	unit_ours_for(&j.req.unit, 0, open, open + 3, "(*__bcsh_at_m(");
	user(&j, open + 3, close);
	unit_ours_for(&j.req.unit, 0, close, close + 1, "))");
	user(&j, close + 1, j.source.len);
	run(&j);
	expect_edit(&j, 0, "t->pid", "BPF_CORE_READ(t, pid)");
	expect_edit(&j, 1, "t->real_parent->pid", "BPF_CORE_READ(t, real_parent, pid)");
	assert_int_equal(j.res.edits.n, 2);
	assert_int_equal(j.res.maps.n, 1);
	assert_int_equal(j.res.maps.v[0].value, AT_SCALAR);
	assert_int_equal(j.res.maps.v[0].keys.n, 1);
	/* defined, and no use as the analysis has it is left */
	assert_non_null(strstr(j.res.code, "__bcsh_map_m"));
	assert_null(strstr(j.res.code, "(*__bcsh_at_m("));
	mem_free(j.root);
}

static void errors_stand_where_typed(void **state)
{
	struct job j;

	(void)state;
	begin(&j, "{ int x = t->pidd; }");
	clause(&j);
	user(&j, 0, j.source.len);
	run(&j);
	assert_null(j.res.code);
	assert_int_equal(j.res.diags.list.n, 1);
	assert_int_equal(j.res.diags.list.v[0].at.src, 0);
	assert_int_equal(j.res.diags.list.v[0].at.start, at(&j, "pidd"));
	mem_free(j.root);
}

static void writes_are_refused(void **state)
{
	struct job j;

	(void)state;
	begin(&j, "{ t->pid = 1; }");
	clause(&j);
	user(&j, 0, j.source.len);
	run(&j);
	assert_null(j.res.code);
	assert_int_equal(diags_status(&j.res.diags), STATUS_REFUSED);
	assert_int_equal(j.res.diags.list.v[0].at.start, at(&j, "t->pid"));
	assert_true(j.res.diags.list.v[0].reasons.n > 0);
	mem_free(j.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(macro_is_spelled_out),
		cmocka_unit_test(sugar_is_shown_as_typed),
		cmocka_unit_test(errors_stand_where_typed),
		cmocka_unit_test(writes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
