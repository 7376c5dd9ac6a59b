// SPDX-License-Identifier: GPL-3.0-or-later
/* Plans of small functions, from text to text: what each construct becomes, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rewriter/plan.h"

static const char prelude[] =
	"typedef unsigned int u32; typedef unsigned long long u64; typedef unsigned long size_t;\n"
	"#define ORIGIN(o, why) __attribute__((annotate(\"origin:\" o \":\" why)))\n"
	"#define __user __attribute__((btf_type_tag(\"user\"))) ORIGIN(\"user\", \"declared __user\")\n"
	"#define __kernel __attribute__((btf_type_tag(\"kernel\"))) ORIGIN(\"kernel\", \"declared __kernel\")\n"
	"u64 bpf_get_current_task(void);\n"
	"long bpf_probe_read_kernel(void *dst, u32 size, const void *src);\n"
	"long bpf_probe_read_user(void *dst, u32 size, const void *src);\n"
	"void *bpf_map_lookup_elem(void *map, const void *key);\n"
	"long bpf_map_update_elem(void *map, const void *key, const void *value, u64 flags);\n"
	"long bpf_loop(u32 n, void *fn, void *ctx, u64 flags);\n"
	"void *memcpy(void *to, const void *from, size_t n);\n"
	"int memcmp(const void *a, const void *b, size_t n);\n"
	"#define READ(src) ({ __typeof__(*(src)) v; bpf_probe_read_kernel(&v, sizeof(v), src); v; })\n"
	"#define BPF_CORE_READ(src, a) READ(&(src)->a)\n"
	"#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))\n";
static const char types[] =
	"struct in { u64 z; int q; };\n"
	"struct ops { int (*close)(void *p); };\n"
	"struct iov { void *base; u64 len; };\n"
	"struct task { int pid; char comm[16]; struct task *parent; struct in in; unsigned b : 3;\n"
	"	struct ops *ops; int tab[4]; struct task *list[2]; struct { int anon; }; };\n";

struct result {
	char *code;
	struct diags diags;
	struct range expand;
};

/* The body of a function with a kernel pointer t, a user pointer u and a stack struct task s. */
static struct result rewrite(void *top, const char *before, const char *body)
{
	struct ast_file files[] = {
		{ "bcsh/prelude.h", prelude, strlen(prelude) },
		{ "bcsh/types.h", types, strlen(types) },
	};
	char *text = mem_printf(top, "#include \"bcsh/prelude.h\"\n#include \"bcsh/types.h\"\n"
				"%s\nstatic long f(ORIGIN(\"kernel\", \"why\") struct task *t,\n"
				"ORIGIN(\"user\", \"why\") struct iov *u,\n"
				"ORIGIN(\"btf\", \"why\") struct task *b) { struct task s = {};\n"
				"/*<*/%s/*>*/ return 0; }", before, body);
	struct result r = { .expand = RANGE_NONE };
	struct ast_unit *unit;

	diags_init(&r.diags, top);
	if (ast_parse(top, text, strlen(text), files, 2, false, &unit, &r.diags))
		return r;
	struct infer *inf = infer_run(top, unit, NULL);
	struct edits *edits = edits_new(top, text, strlen(text));
	struct plan p = { .parent = top, .unit = unit, .inf = inf, .edits = edits, .diags = &r.diags };

	plan_run(&p);
	if (p.expand.n)
		r.expand = p.expand.v[0];
	r.code = edits_render(top, edits, EDIT_CODE, NULL);
	return r;
}

static const struct {
	const char *before, *body, *want;
} rewrites[] = {
	{ "", "return t->pid;", "return BPF_CORE_READ(t, pid);" },
	{ "", "return t->parent->parent->pid;", "return BPF_CORE_READ(t, parent, parent, pid);" },
	{ "", "return t->parent->in.q;", "return BPF_CORE_READ(t, parent, in.q);" },
	{ "", "return (*(t->parent)).pid;", "return BPF_CORE_READ(t, parent, pid);" },
	{ "", "return t->anon;", "return BPF_CORE_READ(t, anon);" },
	{ "", "return (*t).in.z;", "return BPF_CORE_READ(t, in.z);" },
	{ "", "return t->tab[2];", "return BPF_CORE_READ(t, tab[2]);" },
	{ "", "int i = 1; return t->tab[i];", "return BPF_CORE_READ(t, tab[i]);" },
	{ "", "return t->tab[t->pid];", "return bcsh_read(t->tab[BPF_CORE_READ(t, pid)]);" },
	{ "", "return t->list[1]->pid;", "return BPF_CORE_READ(t, list[1], pid);" },
	{ "", "return t->b;", "return (unsigned int)bcsh_read_bitfield(t, b);" },
	{ "", "return t->parent->b;",
	  "return (unsigned int)bcsh_read_bitfield(BPF_CORE_READ(t, parent), b);" },
	{ "", "return u->len;", "return BPF_CORE_READ_USER(u, len);" },
	{ "", "return *(int *)u->base;",
	  "return bcsh_read_user(*(int *)BPF_CORE_READ_USER(u, base));" },
	{ "", "return b->parent->pid;", "return b->parent->pid;" },
	{ "", "int i = 1; return b->tab[i];", "return BPF_CORE_READ(b, tab[i]);" },
	{ "", "return s.pid;", "return s.pid;" },
	{ "", "s.parent = t; return s.parent->pid;", "return bcsh_read(s.parent->pid);" },
	{ "", "s.parent = t; return s.parent->parent->pid;",
	  "return bcsh_core_read(s.parent, parent, pid);" },
	{ "", "char *c = t->comm; return c[1];", "char *c = t->comm; return bcsh_read(c[1]);" },
	{ "", "char *c = t->parent->comm;", "char *c = BPF_CORE_READ(t, parent)->comm;" },
	{ "", "int *p = &t->parent->pid; return *p;",
	  "int *p = &BPF_CORE_READ(t, parent)->pid; return bcsh_read(*p);" },
	{ "", "return sizeof(t->pid) + sizeof(*t->parent);",
	  "return sizeof(t->pid) + sizeof(*t->parent);" },
	{ "", "struct task *p = t ? t : &s; return p->pid;", "return BPF_CORE_READ(p, pid);" },
	{ "", "return (s.pid ? t : t->parent)->pid;",
	  "return bcsh_read((s.pid ? t : BPF_CORE_READ(t, parent))->pid);" },
	{ "", "u64 x = (u64)t; return ((struct task *)x)->pid;",
	  "return BPF_CORE_READ((struct task *)x, pid);" },
	{ "", "return ((struct task *)bpf_get_current_task())->pid;",
	  "return BPF_CORE_READ((struct task *)bpf_get_current_task(), pid);" },
	{ "", "void **p = (void **)&t; return ((struct task *)*p)->pid;",
	  "return BPF_CORE_READ((struct task *)*p, pid);" },
	{ "", "struct in i = t->in;",
	  "struct in i; bpf_probe_read_kernel(&i, sizeof(i), &t->in);" },
	{ "", "struct in i; i = t->parent->in;",
	  "bpf_probe_read_kernel(&i, sizeof(i), &BPF_CORE_READ(t, parent)->in);" },
	{ "", "struct iov v = *u; return *(char *)v.base;",
	  "struct iov v; bpf_probe_read_user(&v, sizeof(v), u); return bcsh_read_user(*(char *)v.base);" },
	{ "", "char c[16]; memcpy(c, t->comm, sizeof(c));",
	  "bpf_probe_read_kernel(c, sizeof(c), t->comm);" },
	{ "int m;", "bpf_map_lookup_elem(&m, &t->pid);",
	  "bpf_map_lookup_elem(&m, &(__typeof_unqual__(t->pid)){ bcsh_read(t->pid) });" },
	{ "int m;", "int *k = &t->pid; bpf_map_lookup_elem(&m, k);",
	  "bpf_map_lookup_elem(&m, &(__typeof_unqual__(*k)){ bcsh_read(*k) });" },
	{ "int m;", "bpf_map_lookup_elem(&m, &t->in);",
	  "(__typeof_unqual__(t->in)[1]){ bcsh_read(t->in) }" },
	{ "int m;", "bpf_map_update_elem(&m, &s.pid, &t, 0); struct task **v = bpf_map_lookup_elem(&m, "
	  "&s.pid); return v ? (*v)->pid : 0;", "return v ? BPF_CORE_READ(*v, pid) : 0;" },
	{ "", "bpf_probe_read_kernel(&s, sizeof(s), t->parent); return s.parent->pid;",
	  "bpf_probe_read_kernel(&s, sizeof(s), BPF_CORE_READ(t, parent)); return bcsh_read(s.parent->pid);" },
	{ "", "return BPF_CORE_READ(t->parent, pid);",
	  "return BPF_CORE_READ(bcsh_read(t->parent), pid);" },
	{ "", "return container_of(&t->in, struct task, in)->pid;",
	  "return bcsh_read(container_of(&t->in, struct task, in)->pid);" },
	{ "#define PID(x) ((x)->pid)", "return PID(t) + PID(&s);",
	  "return BPF_CORE_READ(t, pid) + PID(&s);" },
	{ "#define UP(x) ((x)->parent)", "return UP(UP(t))->pid;",
	  "return BPF_CORE_READ(t, parent, parent, pid);" },
	{ "#define MAX(a, b) ((a) > (b) ? (a) : (b))", "return MAX(t->pid, s.pid);",
	  "return MAX(BPF_CORE_READ(t, pid), s.pid);" },
	{ "static int g(struct task *p) { return p->pid; }", "return g(t) + g(&s);",
	  "return g(t) + g__1(&s);" },
	{ "static int g(struct task *p) { return p->pid; }", "return g(t) + g(t->parent);",
	  "return g(t) + g(BPF_CORE_READ(t, parent));" },
	{ "static long g(u32 i, struct task **p) { return (*p)->pid; }", "bpf_loop(3, g, &t, 0);",
	  "static long g(u32 i, struct task **p) { return BPF_CORE_READ(*p, pid); }" },
	{ "struct mine { int x; };", "return ((struct mine *)t)->x;",
	  "return bcsh_read(((struct mine *)t)->x);" },
	{ "struct task *saved;", "saved = t; return saved->pid;",
	  "return BPF_CORE_READ(saved, pid);" },
	{ "struct task *saved;", "return saved->pid;", "return BPF_CORE_READ(saved, pid);" },
	{ "", "struct iov __user *v = (void *)s.in.z; return v->len;",
	  "return BPF_CORE_READ_USER(v, len);" },
	{ "static int g(struct task *p) { return p->pid; }", "", "{ return p->pid; }" },
	{ "", "for (struct task *p = t; p; p = p->parent) s.pid += p->pid;",
	  "for (struct task *p = t; p; p = BPF_CORE_READ(p, parent)) s.pid += BPF_CORE_READ(p, pid);" },
};

static void test_rewrites(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rewrites); i++) {
		_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
		struct result r = rewrite(top, rewrites[i].before, rewrites[i].body);

		if (r.diags.list.n)
			print_message("%s: %s\n", rewrites[i].body, r.diags.list.v[0].message);
		assert_int_equal(diags_errors(&r.diags), 0);
		assert_true(r.expand.src < 0);
		if (!strstr(r.code, rewrites[i].want))
			fail_msg("%s\ngives %s\nnot   %s", rewrites[i].body,
				 strstr(r.code, "/*<*/"), rewrites[i].want);
	}
}

static const struct {
	const char *before, *body, *message, *reason;
} refusals[] = {
	{ "", "t->pid = 1;", "'t->pid' is kernel memory: it cannot be written",
	  "'t' is a kernel pointer: why" },
	{ "", "t->pid++;", "'t->pid' is kernel memory: it cannot be written", "'t' is a kernel pointer" },
	{ "", "b->pid = 1;", "'b->pid' is kernel memory: it cannot be written", "'b' is a pointer that" },
	{ "", "u->len = 1;", "'u->len' is user memory: it cannot be written", "'u' is a user pointer" },
	{ "", "s.parent = t; s.parent->pid += 2;", "'s.parent->pid' is kernel memory", "'t' is" },
	{ "", "memcpy(t->comm, s.comm, 16);", "'t->comm' is kernel memory: it cannot be written",
	  "'t' is" },
	{ "", "return memcmp(t->comm, s.comm, 16);", "'t->comm' is kernel memory", "'t' is" },
	{ "", "return t->ops->close(t);", "'t->ops->close' is a function pointer in kernel memory",
	  "'t' is" },
	{ "", "void *p = s.pid ? (void *)t : u; return *(int *)p;", "'*(int *)p' may be user memory or not",
	  "'u' is a user pointer" },
	{ "", "struct task *p; return p->pid;", "the origin of 'p' is unknown", NULL },
	{ "", "struct task *p = (void *)s.in.z; return p->pid;", "the origin of 'p' is unknown", NULL },
	{ "int m;", "bpf_map_lookup_elem(&m, t->comm);", "'t->comm' is kernel memory", "'t' is" },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
		struct result r = rewrite(top, refusals[i].before, refusals[i].body);

		if (diags_errors(&r.diags) != 1)
			fail_msg("%s: %zu errors", refusals[i].body, diags_errors(&r.diags));
		struct diag *d = r.diags.list.v;

		while (d->severity != DIAG_ERROR)
			d++;
		if (!strstr(d->message, refusals[i].message))
			fail_msg("%s: %s", refusals[i].body, d->message);
		assert_non_null(d->hint);
		if (refusals[i].reason && (!d->reasons.n ||
					   !strstr(d->reasons.v[0].text, refusals[i].reason)))
			fail_msg("%s: reason %s", refusals[i].body,
				 d->reasons.n ? d->reasons.v[0].text : "none");
	}
}

/* A dereference that only a macro's body spells asks for that invocation to be expanded. */
static void test_expansion(void **state)
{
	_cleanup_mem_ void *top = mem_zalloc(NULL, 1, "test");
	struct result r = rewrite(top, "#define SUM(x) ((x)->pid + (x)->in.q)", "return SUM(t);");

	(void)state;
	assert_int_equal(r.expand.src, 0);
	assert_int_equal(r.expand.end - r.expand.start, strlen("SUM(t)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rewrites),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_expansion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
