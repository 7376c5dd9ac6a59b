// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of builtins, functions and helpers: complete, in order, and found by name only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rewriter/builtin.h"

static void test_builtins(void **state)
{
	static const char *const wanted[] = { "pid", "tgid", "tid", "uid", "gid", "comm", "cpu", "nsecs",
		"elapsed", "cgroup", "current", "ctx", "probe", "func", "retval", "args", "arg0", "arg5",
		"target" };

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_non_null(builtin_find(wanted[i], strlen(wanted[i])));
	for (size_t i = 0; i < n_builtins; i++) {
		const struct builtin_row *b = &builtins[i];

		assert_ptr_equal(builtin_find(b->name, strlen(b->name)), b);
		assert_non_null(b->summary);
		assert_true(!b->code || b->decl);
		if (b->decl)
			assert_non_null(strstr(b->decl, "%s"));
	}
	assert_null(builtin_find("pi", 2));
	assert_null(builtin_find("pidx", 4));
	assert_string_equal(builtin_find("pidx", 3)->name, "pid");
	assert_string_equal(builtin_find("current", 7)->origin, "kernel");
}

static void test_functions(void **state)
{
	static const char *const wanted[] = { "str", "printf", "emit", "has", "delete", "print", "clear",
		"zero", "exit", "min", "max", "count", "sum", "avg", "stats", "hist", "lhist" };

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_non_null(function_find(wanted[i], strlen(wanted[i])));
	for (size_t i = 0; i < n_functions; i++) {
		const struct function_row *f = &functions[i];

		assert_ptr_equal(function_find(f->name, strlen(f->name)), f);
		assert_true(f->decl && f->form && f->summary);
		assert_true(f->bpf || f->host);
	}
	assert_null(function_find("coun", 4));
}

static void test_helpers(void **state)
{
	(void)state;
	assert_true(n_helpers >= 211);
	for (size_t i = 0; i < n_helpers; i++) {
		const struct helper_row *h = &helpers[i];

		/* The kernel numbers them without gaps. */
		assert_int_equal(h->id, i + 1);
		assert_memory_equal(h->name, "bpf_", 4);
		assert_ptr_equal(helper_find(h->name, strlen(h->name)), h);
		assert_true(*h->result && *h->params);
		/* A struct named first in a parameter list would be a type of its own. */
		assert_null(strstr(h->params, "struct "));
		assert_null(strstr(h->params, "__be"));
	}
	assert_int_equal(helper_find("bpf_probe_read_kernel", 21)->id, 113);
	assert_null(helper_find("bpf_probe_read_kerne", 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builtins),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_helpers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
