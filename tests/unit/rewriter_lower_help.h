/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script, rewritten as bcsh would and compiled by clang-19 for real. All its clauses are on one made
 * up probe with parameters `task` (kernel), `own` (tracked by the verifier), `user` (user memory)
 * and `n`, so that the tests need nothing of this machine's kernel.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rewriter/wrap.h"

extern const char prelude_bpf[], prelude_host[];

static const char lower_types[] =
	"struct inner { __u64 z; int q; };\n"
	"struct task { int pid; char comm[16]; struct task *parent; struct inner in; unsigned b : 3;\n"
	"	__u64 start; unsigned char mac[6]; const char *name; };\n"
	"struct task_struct { int pid; int tgid; char comm[16]; struct task_struct *real_parent; };\n";

struct lowered {
	struct rewrite_request req;
	struct rewrite_result res;
	struct source source;
	char *errors;		/* their messages, a line each */
};

static char lower_dir[64];

static int lower_setup(void **state)
{
	char path[128];

	(void)state;
	snprintf(lower_dir, sizeof(lower_dir), "/tmp/bcsh-lower-XXXXXX");
	if (!mkdtemp(lower_dir))
		return -1;
	snprintf(path, sizeof(path), "%s/bcsh", lower_dir);
	return mkdir(path, 0755);
}

static int lower_teardown(void **state)
{
	(void)state;
	return system(mem_printf(NULL, "rm -rf %s", lower_dir));
}

static void lower_write(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", lower_dir, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

/* What clang-19 says of the result, "" if nothing. */
static inline char *lower_compile(const void *top, struct lowered *r)
{
	static const char *const bpf[] = { "-target", "bpf", "-mcpu=v3", "-O2", "-g" };
	struct strbuf said;
	char path[128];
	int status = -1;
	pid_t pid;

	lower_write("bcsh/prelude.h", r->req.host ? prelude_host : prelude_bpf);
	lower_write("unit.c", r->res.code);
	snprintf(path, sizeof(path), "%s/said", lower_dir);
	pid = fork();
	if (pid == 0) {
		char *argv[20] = { "clang-19", "-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-parameter",
				   "-Wno-unused-const-variable", "-I.", "-c", "unit.c", "-o", "unit.o" };
		int n = 11, fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		for (size_t i = 0; !r->req.host && i < ARRAY_SIZE(bpf); i++)
			argv[n++] = (char *)bpf[i];
		if (fd < 0 || chdir(lower_dir) || dup2(fd, 2) < 0)
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	strbuf_init(&said, top);
	assert_int_equal(strbuf_read_file(&said, path, 1 << 20), 0);
	if (status && !said.len)
		fail_msg("clang-19 could not be run: status %x", status);
	return said.text;
}

static struct probe_target *lower_target(const void *top, const char *spec)
{
	static const struct {
		const char *name, *decl, *load;
		enum probe_origin origin;
	} params[] = {
		{ "task", "struct task *task", "((__u64 *)ctx)[0]", ORIGIN_OF_KERNEL },
		{ "own", "struct task *own", "((__u64 *)ctx)[1]", ORIGIN_OF_BTF },
		{ "user", "const char *user", "((__u64 *)ctx)[2]", ORIGIN_OF_USER },
		{ "n", "int n", "((__u64 *)ctx)[3]", ORIGIN_OF_NONE },
	};
	struct probe_target *t = mem_new(top, struct probe_target);

	t->kind = PROBE_RAWTRACEPOINT;
	t->name = mem_strdup(top, spec);
	t->func = mem_strdup(top, "made_up");
	for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
		struct probe_param *p = vec_add(top, &t->params);

		p->name = mem_strdup(top, params[i].name);
		p->decl = mem_strdup(top, params[i].decl);
		p->load = mem_strdup(top, params[i].load);
		p->origin = params[i].origin;
		p->why = mem_printf(top, "argument '%s'", params[i].name);
	}
	return t;
}

static bool lower_is_type(void *arg, const char *name, size_t len)
{
	(void)arg;
	return (len == 3 && !strncmp(name, "u64", 3)) || (len == 3 && !strncmp(name, "u32", 3)) ||
	       (len > 3 && !strncmp(name, "BPF_", 4));
}

/* Splits TEXT into inputs and adds them to JOB; clauses get ids from 1. */
static void lower_inputs(const void *top, struct lowered *r, struct wrap_job *job)
{
	struct input_types types = { .is_type = lower_is_type };
	size_t at = 0;
	int id = 1;

	while (at < r->source.len) {
		struct input *in = mem_new(top, struct input);

		input_read(top, &r->source, 0, at, INPUT_IN_FILE, &types, in, &r->res.diags);
		if (in->class == INPUT_EMPTY)
			break;
		assert_int_equal(in->state, INPUT_COMPLETE);
		at = in->end;
		if (in->class == INPUT_DEFINITION) {
			vec_push(top, &job->definitions, ((struct wrap_definition){ .input = in }));
		} else if (in->class == INPUT_CLAUSE) {
			struct wrap_clause c = { .input = in, .name = mem_printf(top, "bcsh_p%d", id++) };

			if (!job->host)
				c.target = lower_target(top, in->specs.v[0].text);
			vec_push(top, &job->clauses, c);
		} else {
			struct wrap_clause *c = mem_new(top, struct wrap_clause);

			*c = (struct wrap_clause){ .input = in, .name = mem_strdup(top, "bcsh_h1") };
			job->expression = c;
		}
	}
}

/* SESSION, if any, is what earlier inputs made of their maps. */
static struct lowered *lower_known(const void *top, const char *text, bool host, struct lowered *session)
{
	struct lowered *r = mem_new(top, struct lowered);
	struct wrap_job job = { .host = host };
	struct strbuf errors;

	strbuf_init(&errors, top);
	r->source = (struct source){ .name = "test", .text = text, .len = strlen(text) };
	diags_init(&r->res.diags, top);
	job.sources = &r->source;
	job.n_sources = 1;
	lower_inputs(top, r, &job);
	wrap_build(top, &job, &r->req, &r->res.diags);
	assert_int_equal(r->res.diags.list.n, 0);
	vec_each(&r->req.files, f)
		if (!strcmp(f->name, "bcsh/types.h"))
			f->text = mem_strdup(top, lower_types);
	for (size_t i = 0; session && i < session->res.maps.n; i++)
		vec_each(&r->req.maps, m)
			if (!strcmp(m->name, session->res.maps.v[i].name)) {
				*m = session->res.maps.v[i];
				m->known = true;
			}
	rewrite_run(top, &r->req, &r->res);
	vec_each(&r->req.files, f)
		lower_write(f->name, f->text);
	vec_each(&r->res.diags.list, d)
		if (d->severity == DIAG_ERROR)
			strbuf_addf(&errors, "%s\n", d->message);
	r->errors = errors.text;
	return r;
}

static inline struct lowered *lower_text(const void *top, const char *text)
{
	return lower_known(top, text, false, NULL);
}
