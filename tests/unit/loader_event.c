/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring buffer, the counters and exit(), filled by programs that this test runs itself. */
#include "loader_help.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>

#include "loader/event.h"

struct fixture {
	void *tmp;
	struct maps *ms;
	struct events *ev;
	struct load_result loaded;
	int prog;
};

/* A record {format 7, size 8, time 0} with the number R7 counts; then counts[3].hits++. */
static void start(struct fixture *x, size_t ring_bytes)
{
	const struct bpf_insn insns[] = {
		MAP(1, 0), MOV_I(2, 24), MOV_I(3, 0), CALL(BPF_FUNC_ringbuf_reserve),
		JMP_I(BPF_JEQ, 0, 0, 8),
		ST(BPF_W, 0, 0, 7), ST(BPF_W, 0, 4, 8), ST(BPF_DW, 0, 8, 0), ST(BPF_DW, 0, 16, 99),
		MOV_R(1, 0), MOV_I(2, 0), CALL(BPF_FUNC_ringbuf_submit), MOV_I(0, 0),
		ST(BPF_W, 10, -4, 3), MOV_R(2, 10), ALU_I(BPF_ADD, 2, -4), MAP(1, 1),
		CALL(BPF_FUNC_map_lookup_elem), JMP_I(BPF_JEQ, 0, 0, 2), MOV_I(1, 1),
		ATOMIC_ADD(0, 1, 0), MOV_I(0, 0), EXIT,
	};
	static const struct probe_target target = { .kind = PROBE_RAWTRACEPOINT, .name = "t" };
	struct load_spec spec = { "prog", &target };
	struct flat f = { 0 };
	struct diags ds;

	x->tmp = talloc_new(NULL);
	x->ms = maps_new(x->tmp);
	diags_init(&ds, x->tmp);
	assert_int_equal(events_open(x->tmp, x->ms, ring_bytes, &x->ev), 0);
	/* The size of the ring is the session's: a flat that says otherwise is no conflict. */
	help_map(x->tmp, &f, EVENT_RING, BPF_MAP_TYPE_RINGBUF, 0, 0, 4096)->role = FLAT_MAP_OURS;
	help_map(x->tmp, &f, EVENT_COUNTS, BPF_MAP_TYPE_PERCPU_ARRAY, 4, sizeof(struct probe_counts),
		 EVENT_PROGRAMS_MAX)->role = FLAT_MAP_OURS;
	help_prog(x->tmp, &f, "prog", insns, ARRAY_SIZE(insns));
	if (load_flat(x->tmp, &f, x->ms, &spec, 1, &x->loaded, &ds)) {
		help_show(&ds);
		fail_msg("%s", x->loaded.verifier_log);
	}
	x->prog = x->loaded.progs.v[0].fd;
	assert_true(x->loaded.progs.v[0].insns > 10);
}

static void run(struct fixture *x, int times)
{
	uint64_t args[4] = { 0 };

	for (int i = 0; i < times; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, o, .ctx_in = args, .ctx_size_in = sizeof(args));

		assert_int_equal(bpf_prog_test_run_opts(x->prog, &o), 0);
	}
}

static void end(struct fixture *x)
{
	load_result_clear(&x->loaded);
	mem_free(x->tmp);
}

static int count(void *arg, const struct event_header *h, const void *data)
{
	int *n = arg;
	uint64_t v;

	memcpy(&v, data, 8);
	assert_int_equal(h->format, 7);
	assert_int_equal(h->size, 8);
	assert_int_equal(v, 99);
	(*n)++;
	return *n == 30;	/* the 30th asks for a rest */
}

static void test_records(void **state)
{
	struct probe_counts counts;
	struct fixture x = { 0 };
	struct pollfd p;
	int n = 0;

	(void)state;
	need_root();
	start(&x, 1 << 16);
	p = (struct pollfd){ .fd = events_fd(x.ev), .events = POLLIN };
	assert_int_equal(poll(&p, 1, 0), 0);
	run(&x, 50);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(events_consume(x.ev, count, &n), 30);
	assert_int_equal(n, 30);
	assert_int_equal(events_consume(x.ev, count, &n), 20);
	assert_int_equal(n, 50);
	assert_int_equal(events_consume(x.ev, count, &n), 0);
	assert_int_equal(events_counts(x.ev, 3, &counts), 0);
	assert_int_equal(counts.hits, 50);
	assert_int_equal(counts.lost, 0);
	assert_int_equal(events_counts(x.ev, 4, &counts), 0);
	assert_int_equal(counts.hits, 0);
	events_counts_reset(x.ev, 3);
	assert_int_equal(events_counts(x.ev, 3, &counts), 0);
	assert_int_equal(counts.hits, 0);
	assert_int_equal(events_counts(x.ev, EVENT_PROGRAMS_MAX, &counts), -EINVAL);
	end(&x);
}

/* 4096 bytes hold 128 records of 32 at the most, one less than the ring's size for sure. */
static void test_full(void **state)
{
	struct fixture x = { 0 };
	int n = 100;

	(void)state;
	need_root();
	start(&x, 4096);
	run(&x, 200);
	assert_int_equal(events_consume(x.ev, count, &n), 127);
	run(&x, 5);
	assert_int_equal(events_consume(x.ev, count, &n), 5);
	end(&x);
}

static void test_exit(void **state)
{
	struct event_exit e = { .asked = 1, .status = 9 };
	void *tmp = talloc_new(NULL);
	struct maps *ms = maps_new(tmp);
	struct events *ev = NULL;
	uint32_t zero = 0;
	int status = -1;

	(void)state;
	need_root();
	assert_int_equal(events_open(tmp, ms, 4096, &ev), 0);
	assert_false(events_exit_asked(ev, &status));
	assert_int_equal(bpf_map_update_elem(maps_find(ms, EVENT_EXIT_MAP)->fd, &zero, &e, BPF_ANY), 0);
	assert_true(events_exit_asked(ev, &status));
	assert_int_equal(status, 9);
	assert_true(events_open(tmp, maps_new(tmp), 5000, &ev) < 0);	/* no power of two */
	mem_free(tmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records), cmocka_unit_test(test_full), cmocka_unit_test(test_exit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
