// SPDX-License-Identifier: GPL-3.0-or-later
/* From C through the compiler to a flat program, and (as root) into this kernel's verifier. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "loader/codegen.h"
#include "loader/flatten.h"

static const char prelude[] =
	"typedef unsigned int __u32; typedef unsigned long long __u64; typedef long long __s64;\n"
	"#define __uint(name, val) int (*name)[val]\n"
	"#define __type(name, val) __typeof__(val) *name\n"
	"#define SEC(s) __attribute__((section(s), used))\n"
	"#define BCSH_PROGRAM(n) SEC(\"prog/\" #n)\n"
	"static void *(*bpf_map_lookup_elem)(void *, const void *) = (void *)1;\n"
	"static long (*bpf_map_update_elem)(void *, const void *, const void *, __u64) = (void "
	"*)2;\n"
	"static long (*bpf_trace_printk)(const char *, __u32, ...) = (void *)6;\n"
	"static long (*bpf_probe_write_user)(void *, const void *, __u32) = (void *)36;\n"
	"static long (*bpf_loop)(__u32, void *, void *, __u64) = (void *)181;\n"
	"struct { __uint(type, 1); __type(key, __u32); __type(value, __u64); __uint(max_entries, "
	"64);\n"
	"	__uint(map_flags, 1); } __bcsh_map_m SEC(\".maps\");\n"
	"struct { __uint(type, 27); __uint(max_entries, 4096); } __bcsh_ring SEC(\".maps\");\n"
	"struct { __uint(type, 6); __type(key, __u32); __type(value, __u64[3]);\n"
	"	__uint(max_entries, 8); } __bcsh_counts SEC(\".maps\");\n";

struct built {
	void *root;
	struct flat flat;
	char *error;
	struct codegen_result cg;
};

static struct range place(void *arg, unsigned line, unsigned column)
{
	(void)arg;
	return (struct range){ .src = 0, .start = line, .end = column };
}

static int build(struct built *b, const char *text, const char *const *progs, size_t n)
{
	struct codegen_file file = { "bcsh/prelude.h", prelude, sizeof(prelude) - 1 };
	struct flatten_place fp = { place, NULL };

	*b = (struct built){ .root = mem_new(NULL, char) };
	if (codegen_compile(CODEGEN_BPF, text, strlen(text), &file, 1, &b->cg)) {
		print_message("%s\n", b->cg.n_diags ? b->cg.diags[0].message : "?");
		return -2;
	}
	return flatten_object(b->root, b->cg.object, b->cg.object_len, progs, n, &fp, &b->flat,
			      &b->error);
}

static const struct flat_map *map_named(const struct flat *f, const char *name)
{
	vec_each(&f->maps, m)
		if (!strcmp(m->name, name))
			return m;
	fail_msg("no map '%s'", name);
	return NULL;
}

static const char program[] =
	"#include \"bcsh/prelude.h\"\n"
	"long hits = 7;\n"
	"char seen[24];\n"
	"static __attribute__((noinline)) long twice(long x)\n"
	"{ hits += x; return x * 2; }\n"
	"static long step(__u32 i, void *ctx) { *(long *)ctx += i; return 0; }\n"
	"BCSH_PROGRAM(one) long one(void *ctx)\n"
	"{\n"
	"	__u32 k = 1; __u64 v = 2; long sum = 0;\n"
	"	__u64 *p = bpf_map_lookup_elem(&__bcsh_map_m, &k);\n"
	"	if (p) __sync_fetch_and_add(p, 1);\n"
	"	else bpf_map_update_elem(&__bcsh_map_m, &k, &v, 0);\n"
	"	bpf_loop(4, step, &sum, 0);\n"
	"	return twice(sum);\n"
	"}\n"
	"BCSH_PROGRAM(two) long two(void *ctx)\n"
	"{ seen[1]++; bpf_trace_printk(\"hello\", 6); return twice(3) + "
	"bpf_map_update_elem(&__bcsh_counts, seen, seen, 0); }\n";

static const char *const both[] = { "one", "two" };

static void test_shape(void **state)
{
	struct flat_policy policy = { both, 2, false };
	const struct flat_map *m;
	struct built b;

	(void)state;
	assert_int_equal(build(&b, program, both, 2), 0);
	m = map_named(&b.flat, "m");
	assert_int_equal(m->role, FLAT_MAP_USER);
	assert_int_equal(m->type, BPF_MAP_TYPE_HASH);
	assert_int_equal(m->key_size, 4);
	assert_int_equal(m->value_size, 8);
	assert_int_equal(m->max_entries, 64);
	assert_int_equal(m->flags, BPF_F_NO_PREALLOC);
	m = map_named(&b.flat, "hits");
	assert_int_equal(m->role, FLAT_MAP_GLOBAL);
	assert_int_equal(*(long *)m->init, 7);
	assert_null(map_named(&b.flat, "seen")->init);
	assert_int_equal(map_named(&b.flat, "__bcsh_counts")->role, FLAT_MAP_OURS);
	assert_memory_equal(map_named(&b.flat, ".rodata")->init, "hello", 6);
	vec_each(&b.flat.maps, it)
		assert_string_not_equal(it->name, "__bcsh_ring");
	assert_int_equal(b.flat.progs.n, 2);
	assert_int_equal(b.flat.progs.v[0].funcs.n, 3);
	assert_int_equal(b.flat.progs.v[1].funcs.n, 2);
	assert_true(b.flat.progs.v[0].lines.n > 4);
	assert_true(b.flat.progs.v[0].lines.v[0].at.start >= 7);
	assert_null(flat_check(b.root, &b.flat, &policy));
	mem_free(b.root);
}

/* What the loader does, in its simplest form. */
static int load(const struct flat *f, const struct flat_prog *p, char *log, size_t log_len)
{
	LIBBPF_OPTS(bpf_btf_load_opts, bo, .log_buf = log, .log_size = (uint32_t)log_len,
		    .log_level = 1);
	LIBBPF_OPTS(bpf_prog_load_opts, po, .log_buf = log, .log_size = (uint32_t)log_len,
		    .log_level = 1);
	struct bpf_func_info *funcs = mem_array(f->btf, struct bpf_func_info, p->funcs.n + 1);
	struct bpf_line_info *lines = mem_array(f->btf, struct bpf_line_info, p->lines.n + 1);
	int btf = bpf_btf_load(f->btf, f->btf_len, &bo);
	int fds[64];

	if (btf < 0)
		return btf;
	for (size_t i = 0; i < f->maps.n; i++) {
		LIBBPF_OPTS(bpf_map_create_opts, mo, .map_flags = f->maps.v[i].flags);
		const struct flat_map *m = &f->maps.v[i];

		fds[i] = bpf_map_create((enum bpf_map_type)m->type, NULL, m->key_size,
					m->value_size, m->max_entries, &mo);
		if (fds[i] < 0)
			return -errno;
		if (m->init)
			bpf_map_update_elem(fds[i], &(int){ 0 }, m->init, 0);
	}
	vec_each(&p->relocs, r) {
		struct bpf_insn *in = &p->insns.v[r->insn];

		if (r->kind == FLAT_RELOC_FUNC) {
			in->src_reg = BPF_PSEUDO_FUNC;
			in->imm = (int)r->index - (int)r->insn - 1;
			continue;
		}
		in->src_reg = r->kind == FLAT_RELOC_MAP ? BPF_PSEUDO_MAP_FD : BPF_PSEUDO_MAP_VALUE;
		in->imm = fds[r->index];
		in[1].imm = (int)r->offset;
	}
	for (size_t i = 0; i < p->funcs.n; i++)
		funcs[i] = (struct bpf_func_info){ p->funcs.v[i].insn, p->funcs.v[i].type_id };
	for (size_t i = 0; i < p->lines.n; i++)
		lines[i] = (struct bpf_line_info){ p->lines.v[i].insn, p->lines.v[i].file_off,
						   p->lines.v[i].line_off, p->lines.v[i].line_col };
	po.prog_btf_fd = (uint32_t)btf;
	po.func_info = funcs;
	po.func_info_cnt = (uint32_t)p->funcs.n;
	po.func_info_rec_size = sizeof(*funcs);
	po.line_info = lines;
	po.line_info_cnt = (uint32_t)p->lines.n;
	po.line_info_rec_size = sizeof(*lines);
	return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL", p->insns.v, p->insns.n,
			     &po);
}

static void test_loads(void **state)
{
	static char log[1 << 16];
	struct built b;

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(build(&b, program, both, 2), 0);
	for (size_t i = 0; i < 2; i++) {
		int fd = load(&b.flat, &b.flat.progs.v[i], log, sizeof(log));

		if (fd < 0)
			fail_msg("%s: %d\n%s", both[i], fd, log);
		close(fd);
	}
	mem_free(b.root);
}

static void expect_error(const char *text, const char *words)
{
	static const char *const f[] = { "f" };
	struct built b;

	assert_int_equal(build(&b, text, f, 1), -1);
	if (!strstr(b.error, words))
		fail_msg("'%s' does not say '%s'", b.error, words);
	mem_free(b.root);
}

static void test_errors(void **state)
{
	(void)state;
	expect_error("#include \"bcsh/prelude.h\"\nint g(int);\n"
		     "BCSH_PROGRAM(f) long f(void *c) { return g(1); }",
		     "function 'g' is declared but has no body");
	expect_error("#include \"bcsh/prelude.h\"\nextern int v;\n"
		     "BCSH_PROGRAM(f) long f(void *c) { return v; }",
		     "variable 'v' is declared but not defined");
	expect_error("int g;\n", "program 'f' is not in the object");
	expect_error("#include \"bcsh/prelude.h\"\nint x; int *p = &x;\n"
		     "BCSH_PROGRAM(f) long f(void *c) { return *p; }",
		     "'p' starts with an address");
	expect_error("#include \"bcsh/prelude.h\"\nstruct { __uint(type, 1); __uint(what, 3); } q "
		     "SEC(\".maps\");\n"
		     "BCSH_PROGRAM(f) long f(void *c) { return (long)bpf_map_lookup_elem(&q, c); }",
		     "map 'q' cannot have 'what'");
}

static void test_policy(void **state)
{
	static const char text[] = "#include \"bcsh/prelude.h\"\n"
		"BCSH_PROGRAM(one) long one(void *c) { return bpf_probe_write_user(c, \"x\", 1); }";
	struct flat_policy policy = { both, 1, false };
	struct built b;
	char *why;

	(void)state;
	assert_int_equal(build(&b, text, both, 1), 0);
	why = flat_check(b.root, &b.flat, &policy);
	assert_non_null(why);
	assert_non_null(strstr(why, "bpf_probe_write_user() changes the system"));
	policy.unsafe = true;
	assert_null(flat_check(b.root, &b.flat, &policy));
	policy.n_progs = 2;
	assert_non_null(flat_check(b.root, &b.flat, &policy));
	mem_free(b.root);
}

static void test_diagnostics(void **state)
{
	static const char text[] = "int f(void) {\n	return nowhere;\n}\n";
	struct codegen_result r;

	(void)state;
	assert_int_equal(codegen_compile(CODEGEN_BPF, text, sizeof(text) - 1, NULL, 0, &r), -1);
	assert_int_equal(r.n_diags, 1);
	assert_int_equal(r.diags[0].severity, 0);
	assert_int_equal(r.diags[0].offset, strstr(text, "nowhere") - text);
	assert_non_null(strstr(r.diags[0].message, "nowhere"));
	assert_int_equal(
		codegen_compile(CODEGEN_BPF, "#include \"/etc/passwd\"\n", 23, NULL, 0, &r), -1);
	assert_non_null(strstr(r.diags[0].message, "not found"));
}

static int setup(void **state)
{
	(void)state;
	codegen_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_loads),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_diagnostics),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
