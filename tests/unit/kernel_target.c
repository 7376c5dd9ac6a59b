// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Every tracepoint, raw tracepoint and system call of this kernel, as C: declarations compile
 * without a warning, and each field of each record lies where tracefs says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/btf_c.h"
#include "kernel/probe.h"
#include "kernel/syscall.h"
#include "kernel/tracepoint.h"

static const char prelude[] =
	"typedef unsigned char __u8;\ntypedef unsigned short __u16;\ntypedef unsigned int __u32;\n"
	"typedef unsigned long long __u64;\ntypedef signed char __s8;\ntypedef short __s16;\n"
	"typedef int __s32;\ntypedef long long __s64;\ntypedef __u8 u8;\ntypedef __u16 u16;\n"
	"typedef __u32 u32;\ntypedef __u64 u64;\ntypedef __s8 s8;\ntypedef __s16 s16;\n"
	"typedef __s32 s32;\ntypedef __s64 s64;\n"
	"typedef unsigned long size_t;\ntypedef _Bool bool;\n"
	"#define BCSH_SAVED(i) (((__u64 *)ctx)[i])\n";

struct unit {
	void *root;
	struct facts *facts;
	struct btf_c *c;
	struct strbuf types, body;
	unsigned n;
};

static void unit_start(struct unit *u)
{
	u->root = mem_new(NULL, char);
	u->facts = facts_open(u->root, NULL);
	u->c = btf_c_new(u->root, u->facts->btf);
	strbuf_init(&u->types, u->root);
	strbuf_init(&u->body, u->root);
	u->n = 0;
}

static void unit_compile(struct unit *u)
{
	char path[] = "/tmp/bcsh-target-XXXXXX.c";
	int fd = mkstemps(path, 2);
	struct strbuf out;
	char *command;
	FILE *f;

	strbuf_init(&out, u->root);
	strbuf_adds(&out, prelude);
	btf_c_emit(u->c, &out);
	strbuf_add(&out, u->types.text, u->types.len);
	strbuf_add(&out, u->body.text, u->body.len);
	f = fdopen(fd, "w");
	assert_int_equal(fwrite(out.text, 1, out.len, f), out.len);
	assert_int_equal(fclose(f), 0);
	command = mem_printf(u->root,
			     "clang-19 -target bpf -std=gnu11 -Wall -Wextra -Werror "
			     "-Wno-int-to-pointer-cast -Wno-missing-prototypes -fsyntax-only %s",
			     path);
	if (system(command))
		fail_msg("%s", command);
	unlink(path);
	print_message("%u targets\n", u->n);
	mem_free(u->root);
}

/* "T x = (T)(load);", under a name of our own, since some parameters are called ctx. */
static void add_load(struct unit *u, const struct probe_target *t, const struct probe_param *p)
{
	char *name = mem_printf(u->root, "x_%s", p->name);
	struct strbuf decl;

	strbuf_init(&decl, u->root);
	if (p->type) {
		btf_c_declare(t->btf, p->type, name, &decl);
	} else {
		strbuf_add(&decl, p->decl, strlen(p->decl) - strlen(p->name));
		strbuf_adds(&decl, name);
	}
	strbuf_addf(&u->body, "\t%s = (__typeof__(%s))(%s);\n\t(void)%s;\n", decl.text, name,
		    p->load, name);
}

/* Resolves KIND:PART[:PART] and defines a function that loads all its parameters. */
static bool add_target(struct unit *u, enum probe_kind kind, const char *part, const char *second)
{
	struct probe_spec spec = {
		.kind = kind, .text = mem_strdup(u->root, part), .n_parts = second ? 2 : 1,
		.parts = { mem_strdup(u->root, part), second ? mem_strdup(u->root, second) : NULL },
		.at = RANGE_NONE,
	};
	struct probe_target t;
	struct diags diags;

	diags_init(&diags, u->root);
	if (probe_resolve(u->root, u->facts, &spec, &t, &diags)) {
		assert_true(diags.list.n > 0);
		return false;
	}
	if (t.types)
		strbuf_adds(&u->types, t.types);
	vec_each(&t.needs, id)
		btf_c_need(u->c, *id);
	strbuf_addf(&u->body, "void f%u(void *ctx)\n{\n\t(void)ctx;\n", u->n++);
	vec_each(&t.params, p) {
		if (p->type)
			btf_c_need(u->c, p->type);
		add_load(u, &t, p);
	}
	if (probe_has_record(kind))
		strbuf_addf(&u->body, "\t%s = ctx;\n\t(void)args;\n", t.context_decl);
	strbuf_adds(&u->body, "}\n");
	return true;
}

static bool add_raw(void *arg, const char *name, uint32_t id)
{
	struct unit *u = arg;

	(void)id;
	if (!strncmp(name, "btf_trace_", 10))
		assert_true(add_target(u, PROBE_RAWTRACEPOINT, name + 10, NULL));
	return false;
}

static void test_raw(void **state)
{
	struct unit u;

	(void)state;
	unit_start(&u);
	btf_each_name(u.facts->btf, 1u << BTF_KIND_TYPEDEF, add_raw, &u);
	assert_true(u.n > 100);
	unit_compile(&u);
}

static bool add_function(void *arg, const char *name, uint32_t id)
{
	struct unit *u = arg;

	if (id % 16 == 0 && btf_find_func(u->facts->btf, name) == id)
		add_target(u, id % 32 ? PROBE_FEXIT : PROBE_KPROBE, name, NULL);
	return false;
}

static void test_functions(void **state)
{
	struct unit u;

	(void)state;
	unit_start(&u);
	btf_each_name(u.facts->btf, 1u << BTF_KIND_FUNC, add_function, &u);
	assert_true(u.n > 1000);
	unit_compile(&u);
}

static void test_syscalls(void **state)
{
	struct unit u;

	(void)state;
	unit_start(&u);
	u.facts->tracefs = NULL;	/* the table alone, whatever this kernel leaves out */
	for (size_t i = 0; i < n_syscalls; i++) {
		assert_true(add_target(&u, PROBE_SYSCALL, syscalls[i].name, NULL));
		assert_true(add_target(&u, PROBE_SYSRET, syscalls[i].name, NULL));
	}
	unit_compile(&u);
}

static void assert_fields(struct unit *u, const struct tracepoint *tp)
{
	char *record = mem_printf(u->root, "struct bcsh_args_%s_%s", tp->category, tp->event);

	vec_each(&tp->fields, f)
		strbuf_addf(&u->body,
			    "_Static_assert(__builtin_offsetof(%s, %s) == %u, \"offset\");\n"
			    "_Static_assert(sizeof(((%s *)0)->%s) == %u, \"size\");\n",
			    record, f->name, f->offset, record, f->name, f->size);
}

static void add_tracepoints(struct unit *u, bool with_tracefs)
{
	char **names, *tracefs = u->facts->tracefs;
	size_t n = tracepoint_names(u->root, u->facts, NULL, &names);
	unsigned unknown = 0;

	for (size_t i = 0; i < n; i++) {
		char *event = strchr(names[i], ':');
		struct tracepoint tp;

		*event++ = '\0';
		if (tracepoint_read(u->root, u->facts, names[i], event, &tp))
			continue;	/* "enable" directories of ftrace have no format */
		u->facts->tracefs = with_tracefs ? tracefs : NULL;
		if (!add_target(u, PROBE_TRACEPOINT, names[i], event))
			unknown++;
		else
			assert_fields(u, &tp);
		u->facts->tracefs = tracefs;
	}
	print_message("%u of %zu unknown\n", unknown, n);
	assert_true(unknown <= (with_tracefs ? 0 : n / 4));
}

static void test_records(void **state)
{
	struct unit u;

	(void)state;
	unit_start(&u);
	if (!u.facts->tracefs) {
		mem_free(u.root);
		skip();
	}
	add_tracepoints(&u, true);
	unit_compile(&u);
}

/* What BTF and the table say without tracefs must agree with it. */
static void test_records_by_btf(void **state)
{
	struct unit u;

	(void)state;
	unit_start(&u);
	if (!u.facts->tracefs) {
		mem_free(u.root);
		skip();
	}
	add_tracepoints(&u, false);
	unit_compile(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raw),	cmocka_unit_test(test_functions),
		cmocka_unit_test(test_syscalls), cmocka_unit_test(test_records),
		cmocka_unit_test(test_records_by_btf),
	};

	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return 77;	/* skipped: this kernel has no BTF */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
