/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each kind attached for real: a program that counts the events of one process, a target that makes
 * exactly N of them, and the numbers compared. What this kernel lacks is refused with the cause.
 */
#include "loader_target.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "loader/attach.h"

#define SYS_GETPPID 110

struct counter {
	void *tmp;
	struct maps *ms;
	struct load_result loaded;
	struct attachment *a;
	struct diags ds;
};

/* counts[0]++ and counts[1] += the 8-byte word at CTX_OFF (if not negative), for process TGID only. */
static bool counter_load(struct counter *c, const struct probe_target *t, pid_t tgid, int ctx_off,
			 int word_is)
{
	const struct bpf_insn insns[] = {
		MOV_R(6, 1), CALL(BPF_FUNC_get_current_pid_tgid), ALU_I(BPF_RSH, 0, 32),
		JMP_I(BPF_JNE, 0, tgid, 7),
		MOV_I(7, 0), ctx_off >= 0 ? LDX(BPF_DW, 7, 6, ctx_off) : MOV_I(7, 1),
		word_is >= 0 ? JMP_I(BPF_JNE, 7, word_is, 4) : JMP_I(BPF_JA, 0, 0, 0),
		VALUE(1, 0), MOV_I(2, 1), ATOMIC_ADD(1, 2, 0),
		MOV_I(0, 0), EXIT,
	};
	struct load_spec spec = { "prog", t };
	struct flat f = { 0 };

	c->tmp = talloc_new(NULL);
	c->ms = maps_new(c->tmp);
	diags_init(&c->ds, c->tmp);
	help_map(c->tmp, &f, "n", BPF_MAP_TYPE_ARRAY, 4, 8, 1)->role = FLAT_MAP_GLOBAL;
	help_prog(c->tmp, &f, "prog", insns, ARRAY_SIZE(insns));
	if (load_flat(c->tmp, &f, c->ms, &spec, 1, &c->loaded, &c->ds)) {
		help_show(&c->ds);
		return false;
	}
	return true;
}

static void counter_start(struct counter *c, const struct probe_target *t, pid_t tgid, int ctx_off,
			  int word_is, int pid)
{
	if (!counter_load(c, t, tgid, ctx_off, word_is))
		fail_msg("not loaded:\n%s", c->loaded.verifier_log);
	if (attach_program(c->tmp, c->loaded.progs.v[0].fd, t, pid, &c->a, &c->ds)) {
		help_show(&c->ds);
		fail_msg("not attached");
	}
}

static uint64_t counter_value(struct counter *c)
{
	uint64_t n = 0;
	uint32_t zero = 0;

	assert_int_equal(bpf_map_lookup_elem(maps_find(c->ms, "n")->fd, &zero, &n), 0);
	return n;
}

static void counter_end(struct counter *c)
{
	attach_release(c->a, true);
	load_result_clear(&c->loaded);
	mem_free(c->tmp);
}

/* The count for EVENT of a fresh target under T. */
static uint64_t count(const struct probe_target *t, const char *event, int ctx_off, int word_is)
{
	struct child target = target_start(event, NULL);
	struct counter c = { 0 };
	uint64_t n;

	counter_start(&c, t, target.pid, ctx_off, word_is, -1);
	target_go(&target);
	n = counter_value(&c);
	target_end(&target);
	counter_end(&c);
	return n;
}

static void test_tracepoint(void **state)
{
	struct probe_target t = { .kind = PROBE_TRACEPOINT, .name = "tracepoint:raw_syscalls:sys_enter" };

	(void)state;
	need_root();
	t.event_id = event_id("raw_syscalls/sys_enter");
	assert_int_not_equal(t.event_id, 0);
	assert_int_equal(count(&t, "getppid=137", 8, SYS_GETPPID), 137);
	t.event_id = event_id("sched/sched_process_fork");
	assert_int_equal(count(&t, "fork=9", -1, -1), 9);
}

static void test_syscall(void **state)
{
	struct probe_target t = { .kind = PROBE_SYSCALL, .name = "syscall:getppid" };

	(void)state;
	need_root();
	t.event_id = event_id("syscalls/sys_enter_getppid");
	assert_int_not_equal(t.event_id, 0);
	assert_int_equal(count(&t, "getppid=100", -1, -1), 100);
	t.kind = PROBE_SYSRET;
	t.event_id = event_id("syscalls/sys_exit_getppid");
	assert_int_equal(count(&t, "getppid=101", -1, -1), 101);
}

static void test_raw(void **state)
{
	struct probe_target t = { .kind = PROBE_RAWTRACEPOINT, .name = "rawtracepoint:sys_enter",
		.func = "sys_enter" };

	(void)state;
	need_root();
	assert_int_equal(count(&t, "getppid=123", 8, SYS_GETPPID), 123);
}

static void test_tp_btf(void **state)
{
	struct probe_target t = { .kind = PROBE_TP_BTF, .name = "tp_btf:sys_enter", .func = "sys_enter" };
	struct btf_index *btf;
	void *tmp = talloc_new(NULL);

	(void)state;
	need_root();
	assert_int_equal(btf_open(tmp, NULL, &btf), 0);
	t.btf_id = btf_find(btf, "btf_trace_sys_enter", 1u << BTF_KIND_TYPEDEF);
	assert_int_not_equal(t.btf_id, 0);
	assert_int_equal(count(&t, "getppid=77", 8, SYS_GETPPID), 77);
	mem_free(tmp);
}

static void test_uprobe(void **state)
{
	struct probe_target t = { .kind = PROBE_UPROBE, .name = "uprobe:target:target_func" };
	void *tmp = talloc_new(NULL);

	(void)state;
	need_root();
	t.path = target_path(tmp);
	t.offset = symbol_offset(t.path, "target_func");
	assert_int_equal(count(&t, "call=250", -1, -1), 250);
	/* struct pt_regs on x86-64: di at 112, ax at 80; target_func(i) returns 2 * i */
	assert_int_equal(count(&t, "call=250", 112, 7), 1);
	t.kind = PROBE_URETPROBE;
	assert_int_equal(count(&t, "call=60", -1, -1), 60);
	assert_int_equal(count(&t, "call=60", 80, 14), 1);
	t.offset = symbol_offset(t.path, "target_rec");
	assert_int_equal(count(&t, "rec=30", -1, -1), 31);
	mem_free(tmp);
}

/* Two targets at once, the probe confined to the second. */
static void test_uprobe_pid(void **state)
{
	struct probe_target t = { .kind = PROBE_UPROBE, .name = "uprobe:target:target_thread" };
	struct child one = target_start("thread=3", NULL), two = target_start("thread=4", NULL);
	struct counter c = { 0 };
	void *tmp = talloc_new(NULL);

	(void)state;
	if (load_permission()) {
		target_end(&one);
		target_end(&two);
	}
	need_root();
	t.path = target_path(tmp);
	t.offset = symbol_offset(t.path, "target_thread");
	counter_start(&c, &t, two.pid, -1, -1, two.pid);
	target_go(&one);
	assert_int_equal(counter_value(&c), 0);
	target_go(&two);
	assert_int_equal(counter_value(&c), 20);
	target_end(&one);
	target_end(&two);
	counter_end(&c);
	mem_free(tmp);
}

/*
 * 1000 ms of processor time at 99 Hz: 99 samples, by one in ten; all CPUs, then by process. The timers
 * of an emulated machine come late when its host is busy: EMULATED allows for that.
 */
static void test_profile(void **state)
{
	struct probe_target t = { .kind = PROBE_PROFILE, .name = "profile:99hz", .frequency = 99 };
	struct child target = target_start("spin=1000", NULL);
	struct counter all = { 0 }, one = { 0 };
	uint64_t slack = getenv("EMULATED") ? 40 : 10, n, m;

	(void)state;
	if (load_permission())
		target_end(&target);
	need_root();
	counter_start(&all, &t, target.pid, -1, -1, -1);
	counter_start(&one, &t, target.pid, -1, -1, target.pid);
	target_go(&target);
	n = counter_value(&all);
	m = counter_value(&one);
	target_end(&target);
	counter_end(&all);
	counter_end(&one);
	print_message("samples: %d on all processors, %d of the process\n", (int)n, (int)m);
	assert_in_range(n, 99 - slack, 99 + slack);
	assert_in_range(m, 99 - slack, 99 + slack);
}

static bool has_kprobes(void)
{
	return access("/sys/bus/event_source/devices/kprobe/type", F_OK) == 0;
}

/* With kprobes: counted. Without: loaded all the same, and the attachment refused with the cause. */
static void test_kprobe(void **state)
{
	struct probe_target t = { .kind = PROBE_KPROBE, .name = "kprobe:__x64_sys_getppid",
		.func = "__x64_sys_getppid" };
	struct counter c = { 0 };
	struct diag *d;

	(void)state;
	need_root();
	if (has_kprobes()) {
		assert_int_equal(count(&t, "getppid=40", -1, -1), 40);
		t.kind = PROBE_KRETPROBE;
		assert_int_equal(count(&t, "getppid=40", -1, -1), 40);
		return;
	}
	assert_true(counter_load(&c, &t, 1, 112, -1));
	assert_int_equal(attach_program(c.tmp, c.loaded.progs.v[0].fd, &t, -1, &c.a, &c.ds), -1);
	d = &c.ds.list.v[0];
	assert_int_equal(d->status, STATUS_NO_PROBE);
	assert_string_equal(d->message,
			    "kprobe:__x64_sys_getppid: this kernel is built without kprobes");
	assert_string_equal(d->hint, "syscall:getppid would work");
	t.func = "tcp_connect";
	assert_int_equal(attach_program(c.tmp, c.loaded.progs.v[0].fd, &t, -1, &c.a, &c.ds), -1);
	assert_string_equal(c.ds.list.v[1].hint, "rawtracepoint:inet_sock_set_state would work");
	t.func = "some_function";
	assert_int_equal(attach_program(c.tmp, c.loaded.progs.v[0].fd, &t, -1, &c.a, &c.ds), -1);
	assert_string_equal(c.ds.list.v[2].hint, "rawtracepoint:sched_switch would work");
	counter_end(&c);
}

static void refused(const struct probe_target *t, int pid, enum diag_status status, const char *says)
{
	struct counter c = { 0 };

	assert_true(counter_load(&c, t, 1, -1, -1));
	assert_int_equal(attach_program(c.tmp, c.loaded.progs.v[0].fd, t, pid, &c.a, &c.ds), -1);
	assert_int_equal(c.ds.list.n, 1);
	assert_int_equal(c.ds.list.v[0].status, status);
	if (!strstr(c.ds.list.v[0].message, says))
		fail_msg("'%s'", c.ds.list.v[0].message);
	counter_end(&c);
}

static void test_refusals(void **state)
{
	(void)state;
	need_root();
	refused(&(struct probe_target){ .kind = PROBE_RAWTRACEPOINT, .name = "rawtracepoint:nothing",
		.func = "nothing" }, -1, STATUS_NO_PROBE, "rawtracepoint:nothing: the kernel has no such");
	refused(&(struct probe_target){ .kind = PROBE_UPROBE, .name = "uprobe:/no/such:f",
		.path = "/no/such", .offset = 1 }, -1, STATUS_NO_PROBE, "the file is not there");
	refused(&(struct probe_target){ .kind = PROBE_UPROBE, .name = "uprobe:/bin/true:f",
		.path = "/bin/true", .offset = 1 << 30 }, -1, STATUS_NO_PROBE, "lies outside");
	refused(&(struct probe_target){ .kind = PROBE_TRACEPOINT, .name = "tracepoint:a:b",
		.event_id = 1u << 30 }, -1, STATUS_NO_PROBE, "no such tracepoint any more");
	refused(&(struct probe_target){ .kind = PROBE_PROFILE, .name = "profile:99hz", .frequency = 99 },
		0x3fffff, STATUS_RUNTIME, "process 4194303 is not there");
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Nothing counts any more soon after a release that does not wait, and its caller waits for nothing. */
static void test_release(void **state)
{
	struct probe_target t = { .kind = PROBE_UPROBE, .name = "uprobe:target:target_func" };
	struct child before = target_start("call=10", NULL);
	void *tmp = talloc_new(NULL);
	struct counter c = { 0 };
	double start, took;
	int status;

	(void)state;
	if (load_permission())
		target_end(&before);
	need_root();
	t.path = target_path(tmp);
	t.offset = symbol_offset(t.path, "target_func");
	counter_start(&c, &t, before.pid, -1, -1, -1);
	start = now();
	attach_release(c.a, false);
	took = now() - start;
	c.a = NULL;
	print_message("released in %.2f ms\n", took * 1e3);
	assert_true(took < (getenv("EMULATED") ? 1 : 0.05));
	assert_int_equal(waitpid(-1, &status, WNOHANG), 0);	/* no zombie: only the target is left */
	usleep(500000);
	target_go(&before);
	assert_int_equal(counter_value(&c), 0);
	target_end(&before);
	counter_end(&c);
	mem_free(tmp);
}

/* A process that is killed without a word leaves nothing attached. */
static void test_killed(void **state)
{
	struct probe_target t = { .kind = PROBE_RAWTRACEPOINT, .name = "rawtracepoint:sys_enter",
		.func = "sys_enter" };
	struct child target = target_start("getppid=10", NULL);
	struct counter c = { 0 };
	char byte;
	pid_t pid;
	int p[2];

	(void)state;
	if (load_permission())
		target_end(&target);
	need_root();
	if (!counter_load(&c, &t, target.pid, 8, SYS_GETPPID))
		fail_msg("not loaded");
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		if (attach_program(c.tmp, c.loaded.progs.v[0].fd, &t, -1, &c.a, &c.ds))
			_exit(1);
		if (write(p[1], "a", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(p[0], &byte, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	usleep(100000);
	target_go(&target);
	assert_int_equal(counter_value(&c), 0);
	close(p[0]);
	close(p[1]);
	target_end(&target);
	counter_end(&c);
}

static void test_unsupported(void **state)
{
	(void)state;
	assert_null(attach_unsupported(PROBE_RAWTRACEPOINT));
	assert_null(attach_unsupported(PROBE_UPROBE));
	if (has_kprobes())
		assert_null(attach_unsupported(PROBE_KPROBE));
	else
		assert_string_equal(attach_unsupported(PROBE_KPROBE),
				    "this kernel is built without kprobes");
	/* Remembered: the same answer, not the same work. */
	assert_ptr_equal(attach_unsupported(PROBE_KPROBE), attach_unsupported(PROBE_KPROBE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tracepoint), cmocka_unit_test(test_syscall),
		cmocka_unit_test(test_raw),	   cmocka_unit_test(test_tp_btf),
		cmocka_unit_test(test_uprobe),	   cmocka_unit_test(test_uprobe_pid),
		cmocka_unit_test(test_profile),	   cmocka_unit_test(test_kprobe),
		cmocka_unit_test(test_refusals),   cmocka_unit_test(test_release),
		cmocka_unit_test(test_killed),	   cmocka_unit_test(test_unsupported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
