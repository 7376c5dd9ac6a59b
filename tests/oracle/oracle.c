// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * oracle FILE: does the rewritten program mean what the typed one says? Each program that bcsh makes of FILE is
 * compiled three ways and run in the test machine at several seeds:
 *   truth     no read is rewritten, and window memory may be read directly
 *   rewritten as bcsh loads it, window memory guarded: must give the same maps, records and results
 *   mutants   one read left out each: must fault, unless that code is not reached at these seeds
 * The requests are the shell's own: its call of the worker is wrapped by the linker.
 */
#include <errno.h>

#include "loader/worker.h"
#include "rewriter/rewrite.h"
#include "shell/script.h"
#include "vm.h"

#define SEEDS 5
#define MUTANTS_MAX 64

struct captured {
	VEC(struct strbuf) requests;
	struct worker *worker;
};

static struct captured captured;

enum worker_end __real_worker_call(struct worker *w, const struct strbuf *request, int deadline_ms, int cancel_fd,
				   struct strbuf *answer, struct strbuf *ret_detail);
enum worker_end __wrap_worker_call(struct worker *w, const struct strbuf *request, int deadline_ms, int cancel_fd,
				   struct strbuf *answer, struct strbuf *ret_detail);

enum worker_end __wrap_worker_call(struct worker *w, const struct strbuf *request, int deadline_ms, int cancel_fd,
				   struct strbuf *answer, struct strbuf *ret_detail)
{
	struct strbuf *copy = vec_add(NULL, &captured.requests);

	strbuf_init(copy, NULL);
	strbuf_add(copy, request->text, request->len);
	captured.worker = w;
	return __real_worker_call(w, request, deadline_ms, cancel_fd, answer, ret_detail);
}

struct compiled {
	struct rewrite_request req;
	struct rewrite_result res;
	struct flat flat;
};

/* The captured request with SKIP as the read to leave out; false: it does not compile so. */
static bool compile(const void *parent, const struct strbuf *request, uint32_t skip, struct compiled *ret)
{
	struct strbuf bytes = STRBUF_INIT, answer = STRBUF_INIT;
	struct wire_reader r;
	bool good;

	wire_reader_init(&r, request->text, request->len);
	if (!rewrite_request_get(&ret->req, &r, parent))
		return false;
	ret->req.rewrite_only = false;
	ret->req.skip_edit = skip;
	rewrite_request_put(&ret->req, &bytes);
	good = __real_worker_call(captured.worker, &bytes, 20000, -1, &answer, NULL) == WORKER_DONE;
	wire_reader_init(&r, answer.text, answer.len);
	good = good && wire_u8(&r) == WORKER_OK && rewrite_result_get(&ret->res, &r, parent) &&
	       !diags_errors(&ret->res.diags) && flat_get(&ret->flat, &r, parent);
	strbuf_clear(&bytes);
	strbuf_clear(&answer);
	return good;
}

static const struct rewrite_program *program(const struct compiled *c, const char *name)
{
	vec_each(&c->req.programs, p)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static bool has_user_context(const struct rewrite_program *p)
{
	return p->kind == PROBE_SYSCALL || p->kind == PROBE_SYSRET || p->kind == PROBE_UPROBE ||
	       p->kind == PROBE_URETPROBE || strncmp(p->probe, "tracepoint:syscalls:", 20) == 0;
}

static bool verifier_typed(const struct rewrite_program *p)
{
	return p->kind == PROBE_TP_BTF || p->kind == PROBE_FENTRY || p->kind == PROBE_FEXIT ||
	       p->kind == PROBE_LSM || p->kind == PROBE_ITER;
}

/* Runs every program in order, twice, so that what one stores another finds. */
static struct vm *run(const void *parent, const struct compiled *c, uint64_t seed, bool open)
{
	struct vm *vm = vm_new(parent, &c->flat, seed, open);

	for (int round = 0; round < 2; round++)
		vec_each(&c->flat.progs, prog) {
			const struct rewrite_program *p = program(c, prog->name);

			/* pointers that the verifier tracks are loaded directly, by design */
			vm->open = open || (p && verifier_typed(p));
			if (!vm->fault)
				vm_run(vm, prog, p && has_user_context(p));
		}
	return vm;
}

struct tally {
	unsigned edits, reads, mutants, caught, unreached;
};

static int try_mutants(const struct strbuf *request, const struct compiled *good, struct tally *t)
{
	int bad = 0;

	for (uint32_t skip = 1; skip <= MUTANTS_MAX; skip++) {
		_cleanup_mem_ char *root = mem_strdup(NULL, "mutant");
		struct compiled *c = mem_new(root, struct compiled);
		bool caught = false, wrong = false;

		if (!compile(root, request, skip, c))
			continue;
		if (strcmp(c->res.code, good->res.code) == 0)
			break;	/* there are no more reads */
		t->mutants++;
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct vm *vm = run(root, c, seed, false), *ref = run(root, good, seed, false);

			caught = caught || vm->fault;
			wrong = wrong || (!vm->fault && vm_digest(vm) != vm_digest(ref));
		}
		t->caught += caught;
		t->unreached += !caught && !wrong;
		if (wrong && !caught) {
			printf("without read %u: no fault, but another result\n", skip);
			bad = 1;
		}
	}
	return bad;
}

static int check(const struct strbuf *request, struct tally *t)
{
	_cleanup_mem_ char *root = mem_strdup(NULL, "check");
	struct compiled *good = mem_new(root, struct compiled), *truth = mem_new(root, struct compiled);
	int bad = 0;

	if (!compile(root, request, 0, good)) {
		printf("does not compile\n");
		return 1;
	}
	if (!compile(root, request, UINT32_MAX, truth)) {
		printf("does not compile without its reads\n");
		return 1;
	}
	t->edits += good->res.edits.n;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct vm *a = run(root, good, seed, false), *b = run(root, truth, seed, true);

		t->reads += a->reads;
		if (a->fault || b->fault) {
			printf("seed %llu: %s: %s at instruction %u\n", (unsigned long long)seed,
			       a->fault ? "rewritten" : "truth", a->fault ? a->fault : b->fault,
			       a->fault ? a->fault_insn : b->fault_insn);
			bad = 1;
		} else if (vm_digest(a) != vm_digest(b)) {
			printf("seed %llu: rewritten and typed program disagree\n", (unsigned long long)seed);
			bad = 1;
		}
	}
	return bad | try_mutants(request, good, t);
}

int main(int argc, char **argv)
{
	struct options opt = { .pid = -1, .mode = RUN_REWRITE, .quiet = true, .output = "/dev/null" };
	struct tally t = { 0 };
	struct session *s;
	struct out out;
	int err, bad = 0;

	if (argc != 2 || out_init(&out, &opt))
		return 2;
	s = session_new(NULL, &opt, &out, &err);
	if (err) {
		printf("no worker: %s\n", strerror(-err));
		return 2;
	}
	if (script_file(s, argv[1]))
		bad = 1;
	for (size_t i = 0; i < captured.requests.n; i++)
		bad |= check(&captured.requests.v[i], &t);
	printf("%u reads, %u mutants, %u caught, %u not reached\n", t.reads, t.mutants, t.caught, t.unreached);
	if (!captured.requests.n || (t.edits && !t.reads)) {
		printf("nothing was read: the case proves nothing\n");
		bad = 1;
	}
	session_free(s);
	return bad;
}
