/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading: relocations, BTF and line infos as the kernel wants them, all or nothing, and what is
 * said when it may not be done.
 */
#include "loader_help.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const struct probe_target raw = { .kind = PROBE_RAWTRACEPOINT, .name = "test" };

static int run(int fd, uint32_t *ret)
{
	uint64_t args[4] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, o, .ctx_in = args, .ctx_size_in = sizeof(args));
	int err = bpf_prog_test_run_opts(fd, &o);

	*ret = o.retval;
	return err;
}

/* hits += 2; table[0] += hits; a constant is read by offset. */
static void test_relocations(void **state)
{
	const struct bpf_insn insns[] = {
		VALUE(6, 0), LDX(BPF_DW, 7, 6, 0), ALU_I(BPF_ADD, 7, 2), STX(BPF_DW, 6, 7, 0),
		ST(BPF_W, 10, -4, 0), MOV_R(2, 10), ALU_I(BPF_ADD, 2, -4), MAP(1, 1),
		CALL(BPF_FUNC_map_lookup_elem), JMP_I(BPF_JEQ, 0, 0, 1), ATOMIC_ADD(0, 7, 0),
		VALUE(1, 2), LDX(BPF_W, 0, 1, 0), EXIT,
	};
	uint64_t start = 40, got = 0;
	uint32_t constant[4] = { 1, 2, 3, 44 }, zero = 0, ret = 0;
	struct load_spec spec = { "bcsh_p1", &raw };
	void *tmp = talloc_new(NULL);
	struct maps *ms = maps_new(tmp);
	struct load_result r;
	struct flat f = { 0 };
	struct flat_map *m;
	struct diags ds;

	(void)state;
	need_root();
	diags_init(&ds, tmp);
	m = help_map(tmp, &f, "hits", BPF_MAP_TYPE_ARRAY, 4, 8, 1);
	m->role = FLAT_MAP_GLOBAL;
	m->init = &start;
	help_map(tmp, &f, "table", BPF_MAP_TYPE_ARRAY, 4, 8, 4);
	m = help_map(tmp, &f, ".rodata", BPF_MAP_TYPE_ARRAY, 4, sizeof(constant), 1);
	m->role = FLAT_MAP_CONST;
	m->init = constant;
	help_prog(tmp, &f, "bcsh_p1", insns, ARRAY_SIZE(insns));
	vec_last(&f.progs.v[0].relocs)->offset = 12;
	if (load_flat(tmp, &f, ms, &spec, 1, &r, &ds)) {
		help_show(&ds);
		fail_msg("%s", r.verifier_log);
	}
	assert_int_equal(r.progs.n, 1);
	assert_string_equal(r.progs.v[0].name, "bcsh_p1");
	assert_int_equal(run(r.progs.v[0].fd, &ret), 0);
	assert_int_equal(run(r.progs.v[0].fd, &ret), 0);
	assert_int_equal(ret, 44);
	assert_int_equal(maps_count(ms), 2);	/* the constant is no map of the session's */
	assert_int_equal(bpf_map_lookup_elem(maps_find(ms, "hits")->fd, &zero, &got), 0);
	assert_int_equal(got, 44);
	assert_int_equal(bpf_map_lookup_elem(maps_find(ms, "table")->fd, &zero, &got), 0);
	assert_int_equal(got, 42 + 44);
	load_result_clear(&r);

	/* The next input's program goes on with the same bytes. */
	assert_int_equal(load_flat(tmp, &f, ms, &spec, 1, &r, &ds), 0);
	assert_int_equal(run(r.progs.v[0].fd, &ret), 0);
	assert_int_equal(bpf_map_lookup_elem(maps_find(ms, "hits")->fd, &zero, &got), 0);
	assert_int_equal(got, 46);
	load_result_clear(&r);
	mem_free(tmp);
}

/* BTF with struct pair { u64 a; u64 b; } and functions; ids come back through OUT. */
struct ids {
	int u32, pair, main_func, sub_func, line, file;
};

static struct btf *make_btf(struct ids *out, const char *tag)
{
	struct btf *b = btf__new_empty();
	int u64, proto, sub_proto;

	out->u32 = btf__add_int(b, "unsigned int", 4, 0);
	u64 = btf__add_int(b, "unsigned long long", 8, 0);
	out->pair = btf__add_struct(b, tag, 16);
	btf__add_field(b, "a", u64, 0, 0);
	btf__add_field(b, "b", u64, 64, 0);
	proto = btf__add_func_proto(b, out->u32);
	btf__add_func_param(b, "ctx", btf__add_ptr(b, 0));
	out->main_func = btf__add_func(b, "entry", BTF_FUNC_GLOBAL, proto);
	sub_proto = btf__add_func_proto(b, u64);
	btf__add_func_param(b, "i", u64);
	btf__add_func_param(b, "p", btf__add_ptr(b, 0));
	out->sub_func = btf__add_func(b, "step", BTF_FUNC_STATIC, sub_proto);
	out->line = btf__add_str(b, "i++;");
	out->file = btf__add_str(b, "input.c");
	return b;
}

/* One flat with a map of struct TAG and a program that calls back a subprogram 5 times. */
struct callback {
	struct flat f;
	struct ids ids;
	struct btf *btf;
};

static void callback_btf(struct callback *c, const char *tag)
{
	uint32_t size;

	c->btf = make_btf(&c->ids, tag);
	c->f.btf = (void *)btf__raw_data(c->btf, &size);
	c->f.btf_len = size;
}

static void callback_make(void *tmp, struct callback *c)
{
	const struct bpf_insn insns[] = {
		MOV_I(1, 5), INSN(BPF_LD | BPF_DW | BPF_IMM, 2, BPF_PSEUDO_FUNC, 0, 0), INSN(0, 0, 0, 0, 0),
		MOV_I(3, 0), MOV_I(4, 0), CALL(BPF_FUNC_loop), EXIT,
		MOV_I(0, 0), EXIT,
	};
	struct flat_prog *p;
	struct flat_map *m;

	callback_btf(c, "pair");
	m = help_map(tmp, &c->f, "pairs", BPF_MAP_TYPE_HASH, 4, 16, 10);
	m->key_id = c->ids.u32;
	m->value_id = c->ids.pair;
	help_prog(tmp, &c->f, "entry", insns, ARRAY_SIZE(insns));
	p = &c->f.progs.v[0];
	vec_each(&p->lines, l) {
		l->file_off = c->ids.file;
		l->line_off = c->ids.line;
		l->line_col = (1 << 10) | 1;
	}
	/* As the compiler leaves them: out of order, double, none at the subprogram's start. */
	p->lines.v[7].insn = 3;
	p->lines.v[0].insn = 4;
	p->lines.v[4].insn = 0;
	p->relocs.v[0] = (struct flat_reloc){ .insn = 1, .kind = FLAT_RELOC_FUNC, .index = 7 };
	vec_push(tmp, &p->funcs, ((struct flat_func){ 0, c->ids.main_func }));
	vec_push(tmp, &p->funcs, ((struct flat_func){ 7, c->ids.sub_func }));
}

static void callback_check(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info), ret = 0;

	assert_int_equal(run(fd, &ret), 0);
	assert_int_equal(ret, 5);
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	assert_int_equal(info.nr_func_info, 2);
	assert_true(info.nr_line_info >= 6);
	assert_string_equal(info.name, "entry");
}

/* bpf_loop() with a callback: a subprogram, func infos and a relocation to a function. */
static void test_callback(void **state)
{
	struct load_spec spec = { "entry", &raw };
	void *tmp = talloc_new(NULL);
	struct maps *ms = maps_new(tmp);
	struct callback c = { 0 };
	struct load_result r;
	struct diags ds;

	(void)state;
	need_root();
	diags_init(&ds, tmp);
	callback_make(tmp, &c);
	if (load_flat(tmp, &c.f, ms, &spec, 1, &r, &ds)) {
		help_show(&ds);
		fail_msg("%s", r.verifier_log);
	}
	callback_check(r.progs.v[0].fd);
	load_result_clear(&r);
	/* The description outlives the flat. */
	assert_string_equal(btf_name(maps_find(ms, "pairs")->btf, maps_find(ms, "pairs")->value_id),
			    "pair");

	/* A line info that the kernel refuses does not stop the program. */
	vec_each(&c.f.progs.v[0].lines, l)
		l->file_off = 0x00ffffff;
	assert_int_equal(load_flat(tmp, &c.f, ms, &spec, 1, &r, &ds), 0);
	load_result_clear(&r);

	/* A map of the same name and size with another record in it is another map. */
	btf__free(c.btf);
	callback_btf(&c, "couple");
	assert_int_equal(load_flat(tmp, &c.f, ms, &spec, 1, &r, &ds), -1);
	assert_non_null(strstr(ds.list.v[0].message, "values of type 'pair', not 'couple'"));
	assert_int_equal(ds.list.v[0].status, STATUS_REFUSED);
	load_result_clear(&r);
	btf__free(c.btf);
	mem_free(tmp);
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 1000; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_all_or_nothing(void **state)
{
	const struct bpf_insn good[] = { MAP(1, 0), MOV_I(0, 0), EXIT };
	const struct bpf_insn bad[] = { MOV_R(0, 5), EXIT };
	struct load_spec specs[] = { { "good", &raw }, { "bad", &raw } };
	void *tmp = talloc_new(NULL);
	struct maps *ms = maps_new(tmp);
	struct load_result r;
	struct flat f = { 0 };
	struct diags ds;
	int fds;

	(void)state;
	need_root();
	diags_init(&ds, tmp);
	help_map(tmp, &f, "fresh", BPF_MAP_TYPE_HASH, 4, 8, 10);
	help_prog(tmp, &f, "good", good, ARRAY_SIZE(good));
	help_prog(tmp, &f, "bad", bad, ARRAY_SIZE(bad));
	fds = count_fds();
	assert_int_equal(load_flat(tmp, &f, ms, specs, 2, &r, &ds), -1);
	assert_string_equal(r.refused, "bad");
	assert_non_null(strstr(r.verifier_log, "R5 !read_ok"));
	assert_int_equal(r.progs.n, 0);
	assert_int_equal(maps_count(ms), 0);
	load_result_clear(&r);
	assert_int_equal(count_fds(), fds);

	/* A program that nobody asked for. */
	assert_int_equal(load_flat(tmp, &f, ms, specs, 1, &r, &ds), -1);
	assert_non_null(strstr(vec_last(&ds.list)->message, "'bad' was not asked for"));
	load_result_clear(&r);
	assert_int_equal(count_fds(), fds);
	mem_free(tmp);
}

static void drop_caps(uint64_t keep)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = {
		{ keep, keep, 0 }, { keep >> 32, keep >> 32, 0 },
	};

	if (syscall(SYS_capset, &h, d))
		_exit(9);
}

/* In a child with just CAPS: 0 if the sentence holds SAYS. */
static int child_says(uint64_t caps, const char *says)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		const char *why;

		drop_caps(caps);
		why = load_permission();
		_exit(says ? !why || !strstr(why, says) : why != NULL);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void test_permission(void **state)
{
	uint64_t bpf = 1ull << CAP_BPF, perfmon = 1ull << CAP_PERFMON;

	(void)state;
	need_root();
	assert_int_equal(child_says(0, "needs CAP_BPF and CAP_PERFMON (or root)"), 0);
	assert_int_equal(child_says(bpf, "needs CAP_PERFMON as well"), 0);
	assert_int_equal(child_says(perfmon, "needs CAP_BPF as well"), 0);
	assert_int_equal(child_says(bpf | perfmon, NULL), 0);
	assert_int_equal(child_says(1ull << CAP_SYS_ADMIN, NULL), 0);
	assert_true(load_has_cap(CAP_SYS_ADMIN));
}

/* Without the capability the load itself says so, with its own status. */
static void test_refused_load(void **state)
{
	const struct bpf_insn insns[] = { MOV_I(0, 0), EXIT };
	int status;
	pid_t pid;

	(void)state;
	need_root();
	pid = fork();
	if (pid == 0) {
		struct load_spec spec = { "prog", &raw };
		void *tmp = talloc_new(NULL);
		struct load_result r;
		struct flat f = { 0 };
		struct diags ds;

		drop_caps(0);
		diags_init(&ds, tmp);
		help_prog(tmp, &f, "prog", insns, ARRAY_SIZE(insns));
		if (!load_flat(tmp, &f, maps_new(tmp), &spec, 1, &r, &ds))
			_exit(1);
		_exit(ds.list.n != 1 || ds.list.v[0].status != STATUS_PERMISSION ||
		      !strstr(ds.list.v[0].message, "CAP_BPF"));
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relocations),	cmocka_unit_test(test_callback),
		cmocka_unit_test(test_all_or_nothing),	cmocka_unit_test(test_permission),
		cmocka_unit_test(test_refused_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
