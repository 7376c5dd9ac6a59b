/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this kernel's verifier refuses, made here instruction by instruction, and the sentence and
 * the place that a person gets for it. Logs of other kernels follow as text.
 */
#include "loader_help.h"

#include "loader/verifier.h"

enum { M_HASH, M_ARRAY, M_RING, M_CONST, M_BIG };

#define FP 10
#define TP PROBE_TRACEPOINT
#define RAW PROBE_RAWTRACEPOINT
/* r0 = the value of key 0, or NULL: 6 instructions */
#define LOOKUP(m) ST(BPF_W, FP, -4, 0), MOV_R(2, FP), ALU_I(BPF_ADD, 2, -4), MAP(1, m), CALL(BPF_FUNC_map_lookup_elem)
#define RESERVE(n) MAP(1, M_RING), MOV_I(2, n), MOV_I(3, 0), CALL(BPF_FUNC_ringbuf_reserve)
#define READ_KERNEL CALL(BPF_FUNC_probe_read_kernel)
#define OK MOV_I(0, 0), EXIT

static const struct verifier_case {
	const char *name;
	enum probe_kind kind;
	int at;			/* the instruction blamed; -1: none */
	enum verifier_class class;
	const char *says;	/* part of the sentence */
	struct bpf_insn insns[24];
} cases[] = {
	{ "load through a number", RAW, 1, VERIFIER_BAD_LOAD, "does not know as a pointer",
	  { LDX(BPF_DW, 1, 1, 0), LDX(BPF_W, 0, 1, 16), EXIT } },
	{ "no NULL check", TP, 6, VERIFIER_NULL, "map lookup is used without a check for NULL",
	  { LOOKUP(M_HASH), LDX(BPF_DW, 0, 0, 0), EXIT } },
	{ "arithmetic without a NULL check", TP, 6, VERIFIER_NULL, "may be NULL",
	  { LOOKUP(M_HASH), ALU_I(BPF_ADD, 0, 4), OK } },
	{ "ring record without a NULL check", TP, 5, VERIFIER_NULL, "ring buffer may be full",
	  { RESERVE(8), ST(BPF_DW, 0, 0, 0), OK } },
	{ "past the value", TP, 9, VERIFIER_OTHER, "it has 8 bytes, this uses 8 at offset 8",
	  { LOOKUP(M_HASH), JMP_I(BPF_JNE, 0, 0, 2), OK, LDX(BPF_DW, 0, 0, 8), EXIT } },
	{ "before the value", TP, 7, VERIFIER_OTHER, "this uses 8 at offset -8",
	  { LOOKUP(M_ARRAY), JMP_I(BPF_JEQ, 0, 0, 1), LDX(BPF_DW, 0, 0, -8), OK } },
	{ "past the record", TP, 6, VERIFIER_OTHER, "it has 8 bytes, this uses 8 at offset 8",
	  { RESERVE(8), JMP_I(BPF_JEQ, 0, 0, 3), ST(BPF_DW, 0, 8, 0), MOV_R(1, 0),
	    CALL(BPF_FUNC_ringbuf_submit), OK } },
	{ "index without limits", TP, 9, VERIFIER_OTHER, "no limit for what is added",
	  { MOV_R(6, 1), LDX(BPF_DW, 6, 6, 8), LOOKUP(M_ARRAY), JMP_I(BPF_JEQ, 0, 0, 2),
	    ALU_R(BPF_ADD, 0, 6), LDX(BPF_B, 0, 0, 0), OK } },
	{ "index with a limit too high", TP, 11, VERIFIER_OTHER, "16 bytes, this uses 1 at offset 255",
	  { MOV_R(6, 1), LDX(BPF_DW, 6, 6, 8), ALU_I(BPF_AND, 6, 255), LOOKUP(M_ARRAY),
	    JMP_I(BPF_JEQ, 0, 0, 2), ALU_R(BPF_ADD, 0, 6), LDX(BPF_B, 0, 0, 0), OK } },
	{ "loop that does not end", TP, 1, VERIFIER_OTHER, "this loop never ends",
	  { MOV_I(0, 0), MOV_I(0, 0), JMP_I(BPF_JLT, 0, 100000000, -2), EXIT } },
	{ "loop too long", TP, -2, VERIFIER_OTHER, "gave up after 1000001 instructions",
	  { MOV_I(0, 0), ALU_I(BPF_ADD, 0, 1), JMP_I(BPF_JLT, 0, 100000000, -2), EXIT } },
	{ "too many jumps", TP, -2, VERIFIER_OTHER, "gave up after 8193 jumps",
	  { CALL(BPF_FUNC_get_prandom_u32), MOV_R(6, 0), MOV_I(7, 0), CALL(BPF_FUNC_get_prandom_u32),
	    ALU_R(BPF_ADD, 6, 0), JMP_I(BPF_JSGT, 6, 5, 1), ALU_I(BPF_ADD, 6, 3),
	    ALU_I(BPF_ADD, 7, 1), JMP_I(BPF_JLT, 7, 500000, -6), OK } },
	{ "no end", TP, -1, VERIFIER_OTHER, "the function has no end", { MOV_I(0, 0) } },
	{ "never reached", TP, 2, VERIFIER_OTHER, "can never be reached",
	  { MOV_I(0, 0), EXIT, MOV_I(0, 1), EXIT } },
	{ "jump out", TP, 1, VERIFIER_OTHER, "a jump leaves the function",
	  { MOV_I(0, 0), JMP_I(BPF_JA, 0, 0, 100), EXIT } },
	{ "no result", TP, 0, VERIFIER_OTHER, "no value is returned on some path", { EXIT } },
	{ "never set", TP, 0, VERIFIER_OTHER, "never set (register 3)", { MOV_R(0, 3), EXIT } },
	{ "below the stack", TP, 1, VERIFIER_OTHER, "at stack offset -520",
	  { MOV_I(0, 0), STX(BPF_DW, FP, 0, -520), EXIT } },
	{ "misaligned stack", TP, 0, VERIFIER_OTHER, "an access to the stack",
	  { ST(BPF_DW, FP, -12, 0), OK } },
	{ "part of a spilled pointer", TP, 1, VERIFIER_OTHER, "read in parts",
	  { STX(BPF_DW, FP, 1, -8), LDX(BPF_W, 0, FP, -8), EXIT } },
	{ "reservation kept", TP, 6, VERIFIER_OTHER, "not given back on every path",
	  { RESERVE(8), OK } },
	{ "no such helper", TP, 0, VERIFIER_OTHER, "no such helper", { CALL(9999), EXIT } },
	{ "helper of other programs", TP, 0, VERIFIER_OTHER,
	  "'bpf_get_socket_cookie' cannot be called from this kind of probe",
	  { CALL(BPF_FUNC_get_socket_cookie), OK } },
	{ "number for a map", TP, 2, VERIFIER_OTHER, "argument 1 must be a map",
	  { MOV_I(1, 0), MOV_I(2, 0), CALL(BPF_FUNC_map_lookup_elem), OK } },
	{ "key in unknown memory", TP, 4, VERIFIER_OTHER, "argument 2 must point to a local variable",
	  { MOV_R(6, 1), LDX(BPF_DW, 2, 6, 8), MAP(1, M_HASH), CALL(BPF_FUNC_map_lookup_elem), OK } },
	{ "NULL into a helper", TP, 9, VERIFIER_NULL, "argument 1 is the result of a map lookup",
	  { LOOKUP(M_HASH), MOV_R(1, 0), MOV_I(2, 8), MOV_I(3, 0), READ_KERNEL, OK } },
	{ "stack for a record", TP, 4, VERIFIER_OTHER, "is of kind 'fp', the kernel wants:",
	  { MOV_R(1, FP), ALU_I(BPF_ADD, 1, -8), ST(BPF_DW, FP, -8, 0), MOV_I(2, 0),
	    CALL(BPF_FUNC_ringbuf_submit), OK } },
	{ "number for a function", TP, 4, VERIFIER_OTHER, "argument 2 must be a static function",
	  { MOV_I(1, 1), MOV_I(2, 0), MOV_I(3, 0), MOV_I(4, 0), CALL(BPF_FUNC_loop), OK } },
	{ "two pointers added", TP, 1, VERIFIER_OTHER, "two pointers cannot be added",
	  { MOV_R(2, 1), ALU_R(BPF_ADD, 2, FP), OK } },
	{ "a pointer times three", TP, 0, VERIFIER_OTHER, "'*=' cannot be done on a pointer",
	  { ALU_I(BPF_MUL, 1, 3), OK } },
	{ "context at an index", RAW, 1, VERIFIER_OTHER, "no limit for what is added",
	  { LDX(BPF_DW, 2, 1, 0), ALU_R(BPF_ADD, 1, 2), LDX(BPF_DW, 0, 1, 0), EXIT } },
	{ "past the context", RAW, 0, VERIFIER_OTHER, "nothing to access at offset 1000 (8 bytes)",
	  { LDX(BPF_DW, 0, 1, 1000), EXIT } },
	{ "write to the context", TP, 0, VERIFIER_OTHER, "cannot be written to",
	  { ST(BPF_DW, 1, 8, 0), OK } },
	{ "write to a constant", TP, 2, VERIFIER_OTHER, "this memory is read-only",
	  { VALUE(1, M_CONST), ST(BPF_DW, 1, 0, 1), OK } },
	{ "write into a map itself", TP, 2, VERIFIER_OTHER, "'struct bpf_htab' can only be read",
	  { MAP(1, M_HASH), ST(BPF_DW, 1, 0, 0), OK } },
	{ "division by 0", TP, 1, VERIFIER_OTHER, "division by the constant 0",
	  { MOV_I(0, 4), ALU_I(BPF_DIV, 0, 0), EXIT } },
	{ "signed division", TP, 1, VERIFIER_OTHER, "lacks an instruction",
	  { MOV_I(0, 1), INSN(BPF_ALU64 | BPF_DIV | BPF_K, 0, 0, 2, 3), EXIT } },
	{ "size without a sign limit", TP, 5, VERIFIER_OTHER, "may be negative",
	  { MOV_R(6, 1), LDX(BPF_DW, 2, 6, 8), MOV_R(1, FP), ALU_I(BPF_ADD, 1, -8), MOV_I(3, 0),
	    READ_KERNEL, OK } },
	{ "size without a limit", TP, 5, VERIFIER_OTHER, "no upper limit",
	  { MOV_R(6, 1), LDX(BPF_W, 2, 6, 8), MOV_R(1, FP), ALU_I(BPF_ADD, 1, -8), MOV_I(3, 0),
	    READ_KERNEL, OK } },
	{ "size over the variable", TP, 4, VERIFIER_OTHER, "64 bytes at stack offset -8",
	  { MOV_I(2, 64), MOV_R(1, FP), ALU_I(BPF_ADD, 1, -8), MOV_I(3, 0), READ_KERNEL, OK } },
	{ "part of a record submitted", TP, 9, VERIFIER_OTHER, "exactly the pointer that was reserved",
	  { RESERVE(16), JMP_I(BPF_JEQ, 0, 0, 4), MOV_R(1, 0), ALU_I(BPF_ADD, 1, 8), MOV_I(2, 0),
	    CALL(BPF_FUNC_ringbuf_submit), OK } },
	{ "atomic on the context", TP, 1, VERIFIER_OTHER, "an atomic operation on memory of kind 'ctx'",
	  { MOV_I(2, 1), ATOMIC_ADD(1, 2, 0), OK } },
	{ "misaligned atomic", TP, 8, VERIFIER_OTHER, "a misaligned access to value memory",
	  { LOOKUP(M_ARRAY), JMP_I(BPF_JEQ, 0, 0, 2), MOV_I(2, 1), ATOMIC_ADD(0, 2, 3), OK } },
	{ "the frame pointer", TP, 0, VERIFIER_OTHER, "the frame pointer cannot be changed",
	  { MOV_I(10, 0), OK } },
};

static size_t insn_count(const struct verifier_case *c)
{
	size_t n = ARRAY_SIZE(c->insns);

	while (n && !c->insns[n - 1].code)
		n--;
	return n;
}

/* What is wrong with the explanation of C, or NULL. *LOG gets the kernel's words. */
static const char *explained(void *tmp, const struct verifier_case *c, char **log)
{
	struct probe_target target = { .kind = c->kind, .name = "test" };
	struct load_spec spec = { "prog", &target };
	struct verifier_failure failure;
	struct maps *ms = maps_new(tmp);
	static uint64_t seven = 7;
	struct load_result r;
	struct flat f = { 0 };
	struct diags ds;
	struct diag *d;

	diags_init(&ds, tmp);
	help_map(tmp, &f, "hash", BPF_MAP_TYPE_HASH, 4, 8, 16);
	help_map(tmp, &f, "array", BPF_MAP_TYPE_ARRAY, 4, 16, 1);
	help_map(tmp, &f, "ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096);
	*help_map(tmp, &f, "constant", BPF_MAP_TYPE_ARRAY, 4, 8, 1) = (struct flat_map){
		.name = mem_strdup(tmp, "constant"), .role = FLAT_MAP_CONST,
		.type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8,
		.max_entries = 1, .init = &seven };
	help_prog(tmp, &f, "prog", c->insns, insn_count(c));
	if (load_flat(tmp, &f, ms, &spec, 1, &r, &ds) != -1) {
		load_result_clear(&r);
		return "was loaded";
	}
	*log = r.verifier_log;
	if (ds.list.n != 1 || maps_count(ms) != 0 || strcmp(r.refused, "prog") != 0)
		return "no single diagnostic, or something is left";
	d = &ds.list.v[0];
	if (!strstr(d->message, c->says) && !(d->hint && strstr(d->hint, c->says)))
		return mem_printf(tmp, "says '%s'", d->message);
	if (d->status != STATUS_VERIFIER || !verifier_failure(r.verifier_log, &failure) ||
	    failure.class != c->class)
		return "wrong class";
	if (c->at == -1 ? d->at.src != -1 : c->at >= 0 && d->at.start != 10 * (size_t)c->at)
		return mem_printf(tmp, "is blamed on %zu", d->at.start / 10);
	return NULL;
}

static void test_this_kernel(void **state)
{
	int wrong = 0;

	(void)state;
	need_root();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		void *tmp = talloc_new(NULL);
		char *log = "";
		const char *why = explained(tmp, &cases[i], &log);

		if (why) {
			size_t len = strlen(log);

			print_error("%s %s\n%s\n", cases[i].name, why, log + (len > 1500 ? len - 1500 : 0));
			wrong++;
		}
		mem_free(tmp);
	}
	assert_int_equal(wrong, 0);
}

/* Endings that this kernel does not give: how older and newer ones say it. */
static const struct {
	const char *log, *says;
	int at;
} texts[] = {
	{ "3: (61) r0 = *(u32 *)(r1 +16)\nR1 invalid mem access 'inv'\nprocessed 4 insns (limit 1000000)\n",
	  "does not know as a pointer", 3 },
	{ "0: (79) r1 = *(u64 *)(r1 +0)\n5: (79) r0 = *(u64 *)(r1 +8)\n"
	  "R1 invalid mem access 'trusted_ptr_or_null_'\nprocessed 6 insns\n", "may be NULL", 5 },
	{ "back-edge from insn 7 to 3\nprocessed 0 insns\n", "does not allow the loop", 7 },
	{ "combined stack size of 3 calls is 576. Too large\nprocessed 9 insns\n",
	  "3 deep need 576 bytes", -1 },
	{ "4: (85) call pc-4\nrecursive call from p() to p()\nprocessed 5 insns\n", "calls itself", 4 },
	{ "2: (71) r0 = *(u8 *)(r2 +5)\ninvalid read from stack R2 off=-8+0 size 8\n"
	  "processed 3 insns\n", "never written", 2 },
	{ "2: (85) call bpf_map_update_elem#2\ninvalid indirect read from stack R2 off -16+4 size 16\n"
	  "processed 3 insns\n", "before all of it was written", 2 },
	{ "6: (63) *(u32 *)(r1 +0) = r2\nonly read is supported\nprocessed 7 insns\n",
	  "cannot be written to", 6 },
	{ "1: (61) r1 = *(u32 *)(r1 +9000)\naccess beyond struct task_struct at off 9000 size 4\n"
	  "processed 2 insns\n", "past the end of 'struct task_struct'", 1 },
	{ "1: (61) r1 = *(u32 *)(r1 +0)\nR1 is ptr_sockaddr access user memory: off=0\n"
	  "processed 2 insns\n", "'struct sockaddr' points to user memory", 1 },
	{ "0: (79) r1 = *(u64 *)(r1 +40)\nfunc 'sched_switch' doesn't have 6-th argument\n"
	  "invalid bpf_context access off=40 size=8\nprocessed 1 insns\n",
	  "function 'sched_switch' has no argument 6", 0 },
	{ "9: (95) exit\nAt program exit the register R0 has smin=1 smax=1 should have been in [0, 0]\n"
	  "processed 10 insns\n", "the kernel wants [0, 0]", 9 },
	{ "3: (85) call unknown#212\nunknown func bpf_new_thing#999\nprocessed 4 insns\n",
	  "'bpf_new_thing' cannot be called", 3 },
	{ "; x = p->next; @ a.c:3\n12: (79) r3 = *(u64 *)(r2 +0)         ; R2=scalar()\n"
	  "13: R1=ctx() R10=fp0\na wholly new complaint\nprocessed 13 insns\n",
	  "a wholly new complaint", 12 },
	{ "", "without a word", -1 },
	{ "processed 10 insns (limit 1000000)\n", "without a word", -1 },
	{ "\n\n99999999999: (79\n: (\n", "", -2 },
};

static void test_texts(void **state)
{
	struct flat_prog p = { 0 };
	void *tmp = talloc_new(NULL);

	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		vec_push(tmp, &p.lines, ((struct flat_line){ .insn = i, .at = { 0, 10 * i, 10 * i + 5 } }));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct diags ds;

		diags_init(&ds, tmp);
		verifier_explain(&p, texts[i].log, &ds);
		assert_int_equal(ds.list.n, 1);
		if (!strstr(ds.list.v[0].message, texts[i].says))
			fail_msg("%zu: '%s'", i, ds.list.v[0].message);
		if (texts[i].at >= 0)
			assert_int_equal(ds.list.v[0].at.start, 10 * texts[i].at);
		if (texts[i].at == -1)
			assert_int_equal(ds.list.v[0].at.src, -1);
	}
	mem_free(tmp);
}

/* Code of ours, without a place, is blamed on the person's line before it, within one function. */
static void test_places(void **state)
{
	void *tmp = talloc_new(NULL);
	struct flat_prog p = { 0 };

	(void)state;
	vec_push(tmp, &p.funcs, ((struct flat_func){ .insn = 0 }));
	vec_push(tmp, &p.funcs, ((struct flat_func){ .insn = 10 }));
	vec_push(tmp, &p.lines, ((struct flat_line){ .insn = 0, .at = { 0, 1, 2 } }));
	vec_push(tmp, &p.lines, ((struct flat_line){ .insn = 4, .at = { 0, 5, 6 } }));
	vec_push(tmp, &p.lines, ((struct flat_line){ .insn = 6, .at = RANGE_NONE }));
	vec_push(tmp, &p.lines, ((struct flat_line){ .insn = 10, .at = RANGE_NONE }));
	vec_push(tmp, &p.lines, ((struct flat_line){ .insn = 12, .at = { 0, 9, 10 } }));
	assert_int_equal(verifier_place(&p, 0).start, 1);
	assert_int_equal(verifier_place(&p, 3).start, 1);
	assert_int_equal(verifier_place(&p, 5).start, 5);
	assert_int_equal(verifier_place(&p, 8).start, 5);
	assert_int_equal(verifier_place(&p, 11).src, -1);
	assert_int_equal(verifier_place(&p, 13).start, 9);
	assert_int_equal(verifier_place(&p, -1).src, -1);
	mem_free(tmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_this_kernel),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
