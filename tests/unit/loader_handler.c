// SPDX-License-Identifier: GPL-3.0-or-later
/* User-side code in its process: what it prints and gives, what it does to maps, how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/wire.h"
#include "loader/handler.h"
#include "loader/handler_proto.h"

static const char code[] =
	"int printf(const char *, ...); int puts(const char *); int putchar(int); void "
	"abort(void);\n"
	"double sqrt(double); void *calloc(unsigned long, unsigned long); void exit(int);\n"
	"void bcsh_host_value(const char *, const void *, unsigned long);\n"
	"void bcsh_host_print(const char *); void bcsh_host_clear(const char *); void "
	"bcsh_host_exit(int);\n"
	"int bcsh_host_lookup(const char *, const void *, unsigned long, void *, unsigned long);\n"
	"int bcsh_host_update(const char *, const void *, unsigned long, const void *, unsigned "
	"long);\n"
	"long long bcsh_host_add(const char *, const void *, unsigned long, long long);\n"
	"unsigned bcsh_host_target(void); unsigned long long bcsh_host_elapsed(void);\n"
	"int open(const char *, int); int fork(void); int socket(int, int, int);\n"
	"long shared = 3;\n"
	"static int calls; static volatile int zero;\n"
	"void value(void) { int v = 42; bcsh_host_value(\"int\", &v, sizeof(v)); }\n"
	"void text(void) { printf(\"%s %d %.3f\\n\", \"hello\", 7, sqrt(2.0)); puts(\"two\"); "
	"putchar('3');\n"
	"	bcsh_host_print(\"m\"); printf(\"after\"); }\n"
	"void count(void) { calls++; printf(\"%d\", calls); }\n"
	"void null(void) { printf(\"before\"); *(volatile int *)0; }\n"
	"void null_write(void) { *(volatile int *)16 = 1; }\n"
	"void loop(void) { for (;;) zero = 0; }\n"
	"void divide(void) { int n = zero + 100; zero = 0; zero = n / zero; }\n"
	"void stop(void) { abort(); }\n"
	"int deep(volatile char *p) { volatile char b[4096]; b[0] = *p; return deep(b) + b[0]; }\n"
	"void recurse(void) { char c = 0; deep(&c); }\n"
	"void leave(void) { bcsh_host_exit(3); printf(\"not reached\"); }\n"
	"void quit(void) { exit(0); }\n"
	"void map(void) { unsigned k = 2; long long v = 40; bcsh_host_update(\"m\", &k, 4, &v, "
	"8);\n"
	"	bcsh_host_add(\"m\", &k, 4, 2); v = 0; bcsh_host_lookup(\"m\", &k, 4, &v, 8);\n"
	"	printf(\"%lld\", v); }\n"
	"void no_map(void) { unsigned k; bcsh_host_lookup(\"none\", &k, 4, &k, 4); }\n"
	"void bad_key(void) { char k; bcsh_host_lookup(\"m\", &k, 1, &k, 1); }\n"
	"void variable(void) { shared += 5; printf(\"%ld\", shared); }\n"
	"void session(void) { printf(\"%u %d\", bcsh_host_target(), bcsh_host_elapsed() < "
	"60000000000ull); }\n"
	"void forbidden(void) { printf(\"%d %d %d\", open(\"/etc/passwd\", 0), fork(), socket(1, "
	"1, 0)); }\n"
	"void big(void) { for (int i = 0; i < 20000; i++) printf(\"%d line\\n\", i); }\n";

struct seen {
	struct strbuf text;	/* texts as they are, other outputs in brackets */
	size_t text_bytes;
};

static struct strbuf object;
static struct handler *h;

static void on_output(void *arg, const struct handler_output *o)
{
	struct seen *s = arg;

	switch (o->kind) {
	case HANDLER_TEXT:
		strbuf_add(&s->text, o->text, o->len);
		break;
	case HANDLER_PRINT:
		strbuf_addf(&s->text, "[print %s]", o->text);
		break;
	case HANDLER_EXIT:
		strbuf_addf(&s->text, "[exit %d]", o->status);
		break;
	case HANDLER_VALUE:
		strbuf_addf(&s->text, "[%s %zu %d]", o->text, o->len, *(int *)o->bytes);
		break;
	default:
		strbuf_adds(&s->text, "[?]");
	}
}

static char *run(struct seen *s, const char *name, int deadline_ms)
{
	char *error = NULL;

	strbuf_reset(&s->text);
	if (!handler_run(h, 1, name, deadline_ms, on_output, s, &error))
		return NULL;
	assert_non_null(error);
	return error;
}

static void expect(const char *name, const char *text)
{
	struct seen s = { .text = STRBUF_INIT };
	char *error = run(&s, name, 5000);

	if (error)
		fail_msg("%s: %s", name, error);
	assert_string_equal(s.text.text, text);
	strbuf_clear(&s.text);
}

static void expect_end(const char *name, const char *text, const char *words)
{
	struct seen s = { .text = STRBUF_INIT };
	char *error = run(&s, name, 500);

	if (!error || !strstr(error, words))
		fail_msg("%s: '%s' does not say '%s'", name, error ? error : "", words);
	assert_string_equal(s.text.text, text);
	strbuf_clear(&s.text);
}

static void test_output(void **state)
{
	(void)state;
	expect("value", "[int 4 42]");
	expect("text", "hello 7 1.414\ntwo\n3[print m]after");
	expect("leave", "[exit 3]");
	handler_session(h, 1, 77);
	expect("session", "77 0");
}

static void test_statics(void **state)
{
	unsigned before;

	(void)state;
	expect("count", "1");
	expect("count", "2");
	before = handler_restarts(h);
	expect_end("null", "before", "read of address 0");
	assert_int_equal(handler_restarts(h), before + 1);
	expect("count", "1");
	/* killed between two runs: the next one is not to blame, and runs */
	assert_false(handler_revived(h));
	assert_int_equal(kill(handler_pid(h), SIGKILL), 0);
	usleep(100000);
	expect("count", "1");
	assert_true(handler_revived(h));
	assert_false(handler_revived(h));
	expect("count", "2");
}

static void test_ends(void **state)
{
	(void)state;
	expect_end("null_write", "", "write of address 0x10");
	expect_end("divide", "", "division by zero");
	expect_end("stop", "", "abort()");
	expect_end("recurse", "", "stack");
	expect_end("loop", "", "took longer than 500 ms");
	expect_end("quit", "", "ended the process");
	expect_end("absent", "", "absent");
	expect("value", "[int 4 42]");
}

/* ^C ends what would go on, and lets what is short come to its end. */
static void test_interrupt(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	handler_cancel_on(h, fds[0]);
	assert_int_equal(write(fds[1], "c", 1), 1);
	expect("value", "[int 4 42]");
	expect_end("loop", "", "interrupted");
	handler_cancel_on(h, -1);
	close(fds[0]);
	close(fds[1]);
	expect("value", "[int 4 42]");
}

/* Lines come with the code; a crash names the last one before it. */
static void test_crash_place(void **state)
{
	struct strbuf packed = STRBUF_INIT;
	struct seen s = { .text = STRBUF_INIT };
	struct range at;
	char *error = NULL;

	(void)state;
	expect_end("null", "before", "read of address 0");
	assert_false(handler_crash_place(h, &at));
	wire_put_u32(&packed, HANDLER_CODE_MAGIC);
	wire_put_blob(&packed, object.text, object.len);
	wire_put_u32(&packed, 2);
	for (unsigned i = 0; i < 2; i++) {
		wire_put_u32(&packed, i ? 1u << 30 : 0);
		wire_put_u32(&packed, i);
		wire_put_u64(&packed, 5);
		wire_put_u64(&packed, 9);
	}
	assert_int_equal(handler_add(h, 2, packed.text, packed.len, &error), 0);
	assert_int_equal(handler_run(h, 2, "null", 5000, on_output, &s, &error), -1);
	assert_true(handler_crash_place(h, &at));
	assert_int_equal(at.src, 0);
	assert_int_equal(at.start, 5);
	assert_int_equal(at.end, 9);
	assert_int_equal(handler_run(h, 2, "value", 5000, on_output, &s, &error), 0);
	assert_false(handler_crash_place(h, &at));
	packed.text[20] ^= 1;
	assert_int_equal(handler_add(h, 3, packed.text, packed.len - 1, &error), -1);
	handler_drop(h, 2);
	strbuf_clear(&s.text);
	strbuf_clear(&packed);
}

static void test_sandbox(void **state)
{
	(void)state;
	expect("forbidden", "-1 -1 -1");
}

static void test_much_text(void **state)
{
	struct seen s = { .text = STRBUF_INIT };

	(void)state;
	assert_null(run(&s, "big", 5000));
	assert_non_null(strstr(s.text.text, "\n19999 line\n"));
	strbuf_clear(&s.text);
}

static void test_maps(void **state)
{
	struct bcsh_map m = { .name = (char *)"m",
			      .role = FLAT_MAP_USER,
			      .type = BPF_MAP_TYPE_ARRAY,
			      .key_size = 4,
			      .value_size = 8,
			      .max_entries = 4 };
	struct bcsh_map g = { .name = (char *)"shared",
			      .role = FLAT_MAP_GLOBAL,
			      .type = BPF_MAP_TYPE_ARRAY,
			      .key_size = 4,
			      .value_size = 8,
			      .max_entries = 1 };
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	uint32_t k = 2;
	int64_t v = 0;
	char *error;

	(void)state;
	expect("variable", "8");	/* its own, as long as there is no map */
	m.fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "m", 4, 8, 4, NULL);
	g.fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "shared", 4, 8, 1, &opts);
	if (m.fd < 0 || g.fd < 0)
		skip();
	assert_int_equal(handler_map(h, &m), 0);
	expect("map", "42");
	assert_int_equal(bpf_map_lookup_elem(m.fd, &k, &v), 0);
	assert_int_equal(v, 42);
	expect_end("no_map", "", "there is no map 'none'");
	expect_end("bad_key", "", "keys of 4 bytes");
	k = 0;
	v = 100;
	assert_int_equal(bpf_map_update_elem(g.fd, &k, &v, 0), 0);
	assert_int_equal(handler_map(h, &g), 0);
	assert_int_equal(handler_add(h, 1, object.text, object.len, &error), 0);
	expect("variable", "105");
	assert_int_equal(bpf_map_lookup_elem(g.fd, &k, &v), 0);
	assert_int_equal(v, 105);
	/* A new process has the maps again. */
	expect_end("null", "before", "read of address 0");
	expect("map", "42");
	expect("variable", "110");
	close(m.fd);
	close(g.fd);
}

static int setup(void **state)
{
	char dir[] = "/tmp/bcsh-test-XXXXXX";
	_cleanup_mem_ char *path = NULL, *out = NULL, *cmd = NULL;
	char *error = NULL;
	FILE *f;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	path = mem_printf(NULL, "%s/code.c", dir);
	out = mem_printf(NULL, "%s/code.o", dir);
	f = fopen(path, "w");
	if (!f)
		return -1;
	fputs(code, f);
	fclose(f);
	cmd = mem_printf(NULL, "clang-19 -w -O1 -fPIC -c -o %s %s", out, path);
	strbuf_init(&object, NULL);
	if (system(cmd) || strbuf_read_file(&object, out, 1 << 20))
		return -1;
	unlink(path);
	unlink(out);
	rmdir(dir);
	if (handler_add(h, 1, object.text, object.len, &error)) {
		print_error("%s\n", error);
		return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	handler_stop(h);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_statics),
		cmocka_unit_test(test_ends), cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_crash_place), cmocka_unit_test(test_sandbox),
		cmocka_unit_test(test_much_text),
		cmocka_unit_test(test_maps),
	};

	if (handler_start(NULL, &h)) {
		print_message("skipped: bcsh-handler is not built here\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}
