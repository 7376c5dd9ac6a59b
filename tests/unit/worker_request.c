// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The real worker as the shell uses it: text goes in, a checked flat program comes out; what
 * crashes, hangs or swells the compiler is one error, and the next request works.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "loader/flat.h"
#include "loader/worker.h"
#include "rewriter/rewrite.h"

#define DEADLINE_MS 1500
#define HEAD "#include \"bcsh/prelude.h\"\n#include \"bcsh/types.h\"\n#include \"bcsh/names.h\"\n"
#define BODY                                                                                       \
	"static __always_inline long bcsh_p1_body(void *ctx) { const __u32 __bcsh_id = 1; "        \
	"BCSH_ENTER {"
#define TAIL                                                                                       \
	"} return 0; }\nBCSH_PROGRAM(bcsh_p1) long bcsh_p1(void *ctx) { return "                   \
	"bcsh_p1_body(ctx); }\n"

static struct worker *w;

struct reply {
	void *root;
	struct rewrite_result res;
	struct flat flat;
	bool has_flat;
	enum worker_end end;
	struct strbuf answer, detail;
};

static void encode(const void *root, const char *user, const char *prog, struct strbuf *out)
{
	struct rewrite_request req = { 0 };
	struct rewrite_program *p;
	struct rewrite_file *f;
	struct source s = { .name = "input", .text = user, .len = strlen(user) };

	unit_init(&req.unit, root);
	unit_ours(&req.unit, "%s", HEAD);
	unit_user(&req.unit, 0, &s, 0, s.len);
	unit_ours(&req.unit, "\n%s%s%s", BODY, "", TAIL);
	for (int i = 0; i < 2; i++) {
		f = vec_add(root, &req.files);
		f->name = mem_strdup(root, i ? "bcsh/names.h" : "bcsh/types.h");
		f->text = mem_strdup(root, "");
	}
	p = vec_add(root, &req.programs);
	p->name = mem_strdup(root, prog);
	p->body = mem_strdup(root, "bcsh_p1_body");
	p->probe = mem_strdup(root, "rawtracepoint:sched_switch");
	p->func = mem_strdup(root, "sched_switch");
	p->id = 1;
	rewrite_request_put(&req, out);
}

static void decode(struct reply *r)
{
	struct wire_reader rd;

	assert_int_equal(r->answer.text[0], WORKER_OK);
	wire_reader_init(&rd, r->answer.text + 1, r->answer.len - 1);
	assert_true(rewrite_result_get(&r->res, &rd, r->root));
	r->has_flat = rd.p < rd.end;
	if (r->has_flat) {
		assert_true(flat_get(&r->flat, &rd, r->root));
		assert_true(wire_done(&rd));
	}
}

static void ask_for(struct reply *r, const char *user, const char *prog, int deadline_ms,
		    int cancel_fd)
{
	struct strbuf request = STRBUF_INIT;

	*r = (struct reply){ .root = mem_new(NULL, char),
			     .answer = STRBUF_INIT,
			     .detail = STRBUF_INIT };
	encode(r->root, user, prog, &request);
	r->end = worker_call(w, &request, deadline_ms, cancel_fd, &r->answer, &r->detail);
	assert_null(memmem(r->answer.text, r->answer.len, "root:", 5));
	if (r->end == WORKER_DONE)
		decode(r);
	strbuf_clear(&request);
}

static void ask(struct reply *r, const char *user, int deadline_ms, int cancel_fd)
{
	ask_for(r, user, "bcsh_p1", deadline_ms, cancel_fd);
}

static void done(struct reply *r)
{
	strbuf_clear(&r->answer);
	strbuf_clear(&r->detail);
	mem_free(r->root);
}

static void expect_good(void)
{
	static const char *const progs[] = { "bcsh_p1" };
	struct flat_policy policy = { progs, 1, false };
	struct reply r;

	ask(&r, "static long seen;", 5000, -1);
	if (r.end != WORKER_DONE)
		fail_msg("end %d: %s", r.end, r.detail.text);
	vec_each(&r.res.diags.list, d)
		print_message("diag: %s\n", d->message);
	assert_int_equal(diags_errors(&r.res.diags), 0);
	assert_true(r.has_flat);
	assert_null(flat_check(r.root, &r.flat, &policy));
	assert_int_equal(r.flat.progs.n, 1);
	done(&r);
}

static void expect_end(const char *user, enum worker_end end, const char *words)
{
	struct reply r;

	ask(&r, user, DEADLINE_MS, -1);
	if (r.end != end || !strstr(r.detail.text, words))
		fail_msg("'%.60s': end %d '%s'", user, r.end, r.detail.text);
	done(&r);
	expect_good();
}

static void expect_error(const char *user, const char *words)
{
	struct reply r;

	ask(&r, user, DEADLINE_MS, -1);
	assert_int_equal(r.end, WORKER_DONE);
	assert_false(r.has_flat);
	assert_true(diags_errors(&r.res.diags) > 0);
	if (!strstr(r.res.diags.list.v[0].message, words))
		fail_msg("'%s' does not say '%s'", r.res.diags.list.v[0].message, words);
	done(&r);
}

static void test_good(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		expect_good();
}

static void test_error_place(void **state)
{
	struct reply r;

	(void)state;
	ask(&r, "static int f(void)\n{ return nowhere; }", 5000, -1);
	assert_int_equal(r.end, WORKER_DONE);
	assert_int_equal(diags_errors(&r.res.diags), 1);
	assert_int_equal(r.res.diags.list.v[0].at.src, 0);
	assert_int_equal(r.res.diags.list.v[0].at.start, 28);
	done(&r);
}

/* Line information has room for 1023 columns; places must be right in longer lines too. */
static void test_long_line(void **state)
{
	struct strbuf text = STRBUF_INIT;
	size_t last = 0;
	struct reply r;

	(void)state;
	strbuf_adds(&text, "static volatile long v; static __noinline long f(long x) { ");
	for (int i = 0; i < 120; i++)
		strbuf_addf(&text, "v += x %% \"a long string in it\"[%d]; ", i % 5);
	strbuf_adds(
		&text,
		"return x; }\nBCSH_PROGRAM(bcsh_p2) long bcsh_p2(void *c) { return f((long)c); }");
	ask_for(&r, text.text, "bcsh_p2", 5000, -1);
	assert_int_equal(r.end, WORKER_DONE);
	vec_each(&r.res.diags.list, d)
		print_message("diag: %s\n", d->message);
	assert_true(r.has_flat);
	assert_true(text.len > 4000);
	vec_each(&r.flat.progs.v[0].lines, l) {
		assert_true((l->line_col & 1023) < 400);
		assert_int_equal(l->at.src, 0);
		assert_true(l->at.end <= text.len);
		last = l->at.start > last ? l->at.start : last;
	}
	assert_true(last > 4000 - 200);
	done(&r);
	strbuf_clear(&text);
}

static void test_crashes(void **state)
{
	(void)state;
	expect_end("#pragma clang __debug crash", WORKER_CRASHED, "signal");
	expect_end("#pragma clang __debug llvm_fatal_error", WORKER_CRASHED, "llvm_fatal_error");
	expect_end("#pragma clang __debug overflow_stack", WORKER_TIMEOUT, "");
}

static void test_memory(void **state)
{
	struct strbuf bomb = STRBUF_INIT;
	struct reply r;

	(void)state;
	strbuf_adds(&bomb, "#define A0 x x x x x x x x\n");
	for (int i = 1; i < 12; i++)
		strbuf_addf(&bomb, "#define A%d A%d A%d A%d A%d A%d A%d A%d A%d\n", i, i - 1, i - 1,
			    i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	strbuf_adds(&bomb, "int y = 0 A11;");
	ask(&r, bomb.text, DEADLINE_MS, -1);
	assert_true(r.end == WORKER_CRASHED || r.end == WORKER_TIMEOUT);
	done(&r);
	strbuf_clear(&bomb);
	expect_good();
	ask(&r, "int a[2000000000] = {1}; void *use = a;", DEADLINE_MS, -1);
	assert_true(r.end == WORKER_CRASHED || r.end == WORKER_TIMEOUT ||
		    diags_errors(&r.res.diags) > 0);
	done(&r);
	expect_good();
}

static void test_no_file_is_read(void **state)
{
	struct reply r;

	(void)state;
	expect_error("#include \"/etc/passwd\"", "file");
	expect_error("#include </etc/passwd>", "file");
	ask(&r, "__asm__(\".section .data.x,\\\"aw\\\"\\n.incbin \\\"/etc/shadow\\\"\\n\");",
	    DEADLINE_MS, -1);
	assert_int_equal(r.end, WORKER_DONE);
	done(&r);
	ask(&r, "# 1 \"/etc/passwd\"\nstatic long g(void *c) { return (long)c; }", DEADLINE_MS, -1);
	assert_int_equal(r.end, WORKER_DONE);
	done(&r);
}

static void *kill_soon(void *which)
{
	struct timespec nap = { 0, 5000000 };

	for (int i = 0; i < 1000; i++) {
		pid_t pid = worker_request_pid(w);

		if (pid > 0) {
			nanosleep(&nap, NULL);
			kill(which ? worker_pid(w) : pid, SIGKILL);
			break;
		}
		nanosleep(&nap, NULL);
	}
	return NULL;
}

/* One that dies before it took a request costs nothing. */
static void test_idle_killed(void **state)
{
	char path[64], line[64];
	struct timespec nap = { 0, 100000000 };
	long pid = 0;
	FILE *f;

	(void)state;
	expect_good();
	nanosleep(&nap, NULL);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", worker_pid(w), worker_pid(w));
	f = fopen(path, "r");
	if (!f)
		skip();
	if (fgets(line, sizeof(line), f))
		pid = strtol(line, NULL, 10);
	fclose(f);
	assert_true(pid > 0);
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
	expect_good();
}

static void killed(bool zygote, enum worker_end end)
{
	struct reply r;
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, kill_soon, zygote ? "zygote" : NULL), 0);
	ask(&r, "#pragma clang __debug overflow_stack", 10000, -1);
	pthread_join(t, NULL);
	assert_int_equal(r.end, end);
	done(&r);
	expect_good();
}

static void test_killed(void **state)
{
	struct timespec nap = { 0, 50000000 };

	(void)state;
	killed(false, WORKER_CRASHED);
	killed(true, WORKER_GONE);
	/* Killed while idle: nobody notices. */
	kill(worker_pid(w), SIGKILL);
	nanosleep(&nap, NULL);
	expect_good();
}

static void test_cancel(void **state)
{
	struct reply r;
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "x", 1), 1);
	ask(&r, "#pragma clang __debug overflow_stack", 10000, pipes[0]);
	assert_int_equal(r.end, WORKER_CANCELLED);
	done(&r);
	close(pipes[0]);
	close(pipes[1]);
	expect_good();
}

static void test_damaged_request(void **state)
{
	struct strbuf answer = STRBUF_INIT, detail = STRBUF_INIT, request = STRBUF_INIT;

	(void)state;
	strbuf_fill(&request, '\xff', 1000);
	assert_int_equal(worker_call(w, &request, 5000, -1, &answer, &detail), WORKER_CRASHED);
	assert_string_equal(detail.text, "the request is damaged");
	strbuf_clear(&request);
	strbuf_clear(&answer);
	strbuf_clear(&detail);
	expect_good();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	cmocka_unit_test(test_error_place),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_crashes), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_no_file_is_read), cmocka_unit_test(test_killed),
		cmocka_unit_test(test_idle_killed),
		cmocka_unit_test(test_cancel),	cmocka_unit_test(test_damaged_request),
	};
	int r;

	if (worker_start(NULL, &w)) {
		print_message("skipped: bcsh-worker is not built here\n");
		return 77;
	}
	r = cmocka_run_group_tests(tests, NULL, NULL);
	worker_stop(w);
	return r;
}
