/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TABLE: endings of the verifier's log, in the kernel's words, and the sentence and the remedy for
 * each. Specific rows stand before general ones: the first that matches is taken. Knows no
 * instruction and no place; verifier.c finds those.
 */
#include "loader/verifier_words.h"

#include "base/strbuf.h"
#include "base/vec.h"

#define CAPTURES_MAX 4

#define CHECK_NULL "check it before use: if (!p) return 0;"
#define READ_IT "read it with bcsh_read(), or declare the pointer __kernel or __user"
#define BOUND_IT "limit it first: if (n >= SIZE) return 0; or n &= SIZE - 1;"
#define STACK_HINT "keep large data in a map, or make the arrays smaller"
#define LOOP_HINT "give the loop a constant limit, such as for (int i = 0; i < 100; i++)"

static const struct verifier_words rows[] = {
	/* memory behind a pointer that may be NULL */
	{ "invalid mem access 'map_value_or_null'",
	  "the result of a map lookup is used without a check for NULL", CHECK_NULL, VERIFIER_NULL },
	{ "invalid mem access 'ringbuf_mem_or_null'",
	  "the ring buffer may be full: the reservation is used without a check for NULL",
	  CHECK_NULL, VERIFIER_NULL },
	{ "invalid mem access 'alloc_mem_or_null'",
	  "the ring buffer may be full: the reservation is used without a check for NULL",
	  CHECK_NULL, VERIFIER_NULL },
	{ "invalid mem access 'mem_or_null'",
	  "this pointer may be NULL and is used without a check", CHECK_NULL, VERIFIER_NULL },
	{ "invalid mem access '*ptr_or_null_*'",
	  "this 'struct $2' pointer may be NULL and is used without a check", CHECK_NULL,
	  VERIFIER_NULL },
	{ "pointer arithmetic on *_or_null prohibited",
	  "arithmetic on a pointer that may be NULL", CHECK_NULL, VERIFIER_NULL },
	{ "Possibly NULL pointer passed to *arg*",
	  "a pointer that may be NULL is passed as argument $2", CHECK_NULL, VERIFIER_NULL },
	/* memory behind no known pointer */
	{ "invalid mem access 'scalar'",
	  "this reads or writes memory through a value that the verifier does not know as a pointer",
	  READ_IT, VERIFIER_BAD_LOAD },
	{ "invalid mem access 'inv'",
	  "this reads or writes memory through a value that the verifier does not know as a pointer",
	  READ_IT, VERIFIER_BAD_LOAD },
	{ "R* is ptr_* access user memory: off=*",
	  "this pointer of type 'struct $2' points to user memory", "read it with bcsh_read_user()",
	  VERIFIER_BAD_LOAD },
	{ "R* is ptr_* access percpu memory: off=*",
	  "this pointer of type 'struct $2' points to per-CPU memory", "use bpf_per_cpu_ptr()",
	  VERIFIER_OTHER },
	{ "R* is ptr_* invalid negative access: off=*",
	  "this reads before the start of 'struct $2'", NULL, VERIFIER_BAD_LOAD },
	{ "access beyond struct * at off * size *",
	  "this reads past the end of 'struct $1' (offset $2, $3 bytes)", READ_IT,
	  VERIFIER_BAD_LOAD },
	{ "access beyond the end of member * (mend:*) in struct * with off * size *",
	  "this reads past the end of member '$1' of 'struct $3'", NULL, VERIFIER_BAD_LOAD },
	{ "cannot access ptr member * with moff * in struct * with off * size *",
	  "this reads only a part of pointer member '$1' of 'struct $3'", NULL, VERIFIER_BAD_LOAD },
	{ "invalid mem access '*'", "memory of kind '$1' cannot be accessed here", READ_IT,
	  VERIFIER_BAD_LOAD },
	{ "only read is supported", "kernel memory cannot be written to", NULL, VERIFIER_OTHER },
	{ "only read from * is supported", "'struct $1' can only be read", NULL, VERIFIER_OTHER },
	/* map values and other blocks with a size */
	{ "invalid access to map value, value_size=* off=* size=*",
	  "outside the map's value: it has $1 bytes, this uses $3 at offset $2", BOUND_IT,
	  VERIFIER_OTHER },
	{ "invalid access to map key, key_size=* off=* size=*",
	  "outside the map's key: it has $1 bytes, this uses $3 at offset $2", BOUND_IT,
	  VERIFIER_OTHER },
	{ "invalid access to memory, mem_size=* off=* size=*",
	  "outside the block of memory: it has $1 bytes, this uses $3 at offset $2", BOUND_IT,
	  VERIFIER_OTHER },
	{ "write into map forbidden", "this memory is read-only",
	  "copy it to a local variable first", VERIFIER_OTHER },
	{ "read from map forbidden", "this map can only be written by programs", NULL, VERIFIER_OTHER },
	{ "unbounded memory access, use", "the verifier finds no upper limit for this size or index",
	  BOUND_IT, VERIFIER_OTHER },
	{ "min value is negative, either use unsigned", "this size or index may be negative",
	  "make it unsigned and limit it: n &= SIZE - 1;", VERIFIER_OTHER },
	{ "value * makes * pointer be out of bounds", "this index may be $1: far outside the memory",
	  BOUND_IT, VERIFIER_OTHER },
	{ "min value is outside of the allowed memory range",
	  "this index or offset lies before the memory, or past its end", BOUND_IT, VERIFIER_OTHER },
	{ "max value is outside of the allowed memory range",
	  "this index may lie past the end of the memory", BOUND_IT, VERIFIER_OTHER },
	{ "invalid zero-sized read", "a size of zero is not allowed here", "check that it is above 0",
	  VERIFIER_OTHER },
	/* arithmetic on pointers */
	{ "math between * pointer and register with unbounded",
	  "the verifier finds no limit for what is added to this pointer", BOUND_IT, VERIFIER_OTHER },
	{ "* unbounded min value is not allowed", "the verifier finds no lower limit for this index",
	  BOUND_IT, VERIFIER_OTHER },
	{ "pointer += pointer prohibited", "two pointers cannot be added", NULL, VERIFIER_OTHER },
	{ "pointer arithmetic with * operator prohibited",
	  "'$1' cannot be done on a pointer that the verifier tracks",
	  "cast a kernel address to u64 after reading it", VERIFIER_OTHER },
	{ "pointer arithmetic on * prohibited", "arithmetic on a pointer of kind '$1' is not allowed",
	  NULL, VERIFIER_OTHER },
	{ "bitwise operator * on pointer prohibited", "'$1' cannot be done on a pointer", NULL,
	  VERIFIER_OTHER },
	{ "pointer comparison prohibited", "these pointers cannot be compared", NULL, VERIFIER_OTHER },
	{ "leaks addr", "this would leak a kernel address", "it needs CAP_PERFMON", VERIFIER_OTHER },
	/* the context */
	{ "dereference of modified ctx ptr", "the context is accessed at a computed offset",
	  "use a constant index", VERIFIER_OTHER },
	{ "dereference of modified * ptr R* off=* disallowed",
	  "this must be exactly the pointer that was reserved or acquired", NULL, VERIFIER_OTHER },
	{ "variable ctx access", "the context is accessed at a computed offset",
	  "use a constant index", VERIFIER_OTHER },
	{ "invalid bpf_context access off=* size=*",
	  "the context of this probe has nothing to access at offset $1 ($2 bytes)",
	  "name the probe's parameters instead; it cannot be written to", VERIFIER_OTHER },
	{ "func '*' doesn't have *-th argument", "function '$1' has no argument $2 (counted from 0)",
	  NULL, VERIFIER_OTHER },
	{ "func '*' arg* has btf_id * type *", "argument $2 of '$1' is no pointer to a structure",
	  NULL, VERIFIER_OTHER },
	{ "func '*' arg* type * is not a struct", "argument $2 of '$1' is no pointer to a structure",
	  NULL, VERIFIER_OTHER },
	/* the stack */
	{ "combined stack size of * calls is *. Too large",
	  "functions $1 deep need $2 bytes of stack together, the kernel allows 512", STACK_HINT,
	  VERIFIER_OTHER },
	{ "stack size *. Too large", "a function needs $1 bytes of stack, the kernel allows 512", STACK_HINT,
	  VERIFIER_OTHER },
	{ "misaligned stack access off", "an access to the stack whose place or alignment is unknown",
	  BOUND_IT, VERIFIER_OTHER },
	{ "misaligned * access off", "a misaligned access to $1 memory",
	  "align the member to its size", VERIFIER_OTHER },
	{ "invalid variable-offset * stack", "a local array is used with an index without limits",
	  BOUND_IT, VERIFIER_OTHER },
	{ "invalid unbounded variable-offset", "a local array is used with an index without limits",
	  BOUND_IT, VERIFIER_OTHER },
	{ "invalid write to stack * off=* size=*",
	  "a write of $3 bytes at stack offset $2: outside the variable or the 512 bytes of stack",
	  STACK_HINT, VERIFIER_OTHER },
	{ "invalid read from stack * off* size *",
	  "a read of local memory that was never written, or outside of it", "initialise it first",
	  VERIFIER_OTHER },
	{ "invalid indirect read from stack", "local memory is passed on before all of it was written",
	  "initialise it first, with = {} or memset; padding counts", VERIFIER_OTHER },
	{ "invalid indirect access to stack * off=* size=*",
	  "$3 bytes at stack offset $2 are passed on: more than the local variable has", STACK_HINT,
	  VERIFIER_OTHER },
	{ "invalid stack type", "memory outside the local variable is passed on", STACK_HINT,
	  VERIFIER_OTHER },
	{ "invalid size of register fill", "a pointer on the stack is read in parts", NULL,
	  VERIFIER_OTHER },
	{ "corrupted spill memory", "a pointer kept on the stack was overwritten", NULL,
	  VERIFIER_OTHER },
	{ "attempt to corrupt spilled pointer on stack", "a pointer kept on the stack is overwritten",
	  NULL, VERIFIER_OTHER },
	{ "frame pointer is read only", "the frame pointer cannot be changed", NULL, VERIFIER_OTHER },
	/* values never set */
	{ "R0 !read_ok", "no value is returned on some path, or a function's result was never set",
	  "end every path with return 0;", VERIFIER_OTHER },
	{ "R* !read_ok", "a variable is used that was never set (register $1)", "initialise it",
	  VERIFIER_OTHER },
	/* loops and size */
	{ "infinite loop detected at insn", "this loop never ends", LOOP_HINT, VERIFIER_OTHER },
	{ "back-edge from insn", "this kernel does not allow the loop here", LOOP_HINT,
	  VERIFIER_OTHER },
	{ "BPF program is too large. Processed * insn",
	  "too complex: the verifier gave up after $1 instructions",
	  "make loops shorter, or test less inside them", VERIFIER_OTHER },
	{ "The sequence of * jumps is too complex",
	  "too complex: the verifier gave up after $1 jumps", "make loops shorter", VERIFIER_OTHER },
	{ "the call stack of * frames is too deep", "calls nest deeper than 8, or a function calls itself",
	  "use a loop", VERIFIER_OTHER },
	{ "recursive call", "a function calls itself", "use a loop", VERIFIER_OTHER },
	{ "unreachable insn", "some code can never be reached",
	  "look for a loop without an end or a missing return", VERIFIER_OTHER },
	{ "last insn is not an exit or jmp", "the function has no end",
	  "it may run into undefined behaviour: look for a use of an unset variable", VERIFIER_OTHER },
	{ "jump out of range", "a jump leaves the function", NULL, VERIFIER_OTHER },
	/* helpers and their arguments */
	{ "unknown func *#", "'$1' cannot be called from this kind of probe", NULL, VERIFIER_OTHER },
	{ "program of this type cannot use helper *#",
	  "'$1' cannot be called from this kind of probe", NULL, VERIFIER_OTHER },
	{ "invalid func *", "this kernel has no such helper ($1)", NULL, VERIFIER_OTHER },
	{ "cannot call GPL-restricted function from non-GPL", "this helper is for GPL programs only",
	  NULL, VERIFIER_OTHER },
	{ "calling kernel function * is not allowed", "kernel function '$1' cannot be called here", NULL,
	  VERIFIER_OTHER },
	{ "helper access to the packet is not allowed", "packet memory cannot be passed here", NULL,
	  VERIFIER_OTHER },
	{ "R* type=map_value_or_null expected=*",
	  "argument $1 is the result of a map lookup and may be NULL", CHECK_NULL, VERIFIER_NULL },
	{ "R* type=*_or_null expected=*", "argument $1 may be NULL", CHECK_NULL, VERIFIER_NULL },
	{ "R* type=scalar expected=fp*",
	  "argument $1 must point to a local variable or a map's value, not to other memory",
	  "read the value into a local variable first", VERIFIER_OTHER },
	{ "R* type=scalar expected=map_ptr", "argument $1 must be a map", "pass &name of the map",
	  VERIFIER_OTHER },
	{ "R* type=scalar expected=func", "argument $1 must be a static function", NULL,
	  VERIFIER_OTHER },
	{ "R* type=* expected=*", "argument $1 is of kind '$2', the kernel wants: $3", NULL,
	  VERIFIER_OTHER },
	{ "R* must have zero offset when passed to release func",
	  "argument $1 must be exactly the pointer that was reserved or acquired", NULL,
	  VERIFIER_OTHER },
	{ "R* must be a known constant", "argument $1 must be a constant", NULL, VERIFIER_OTHER },
	{ "arg#* expected pointer to * but", "argument $1 (from 0) must be a pointer to $2", NULL,
	  VERIFIER_OTHER },
	{ "Unreleased reference id=", "something reserved or acquired is not given back on every path",
	  "submit or discard a reservation, release what was acquired, before each return",
	  VERIFIER_OTHER },
	{ "BPF_ST stores into R* ctx is not allowed", "the context cannot be written to", NULL,
	  VERIFIER_OTHER },
	{ "stores into R* * is not allowed", "an atomic operation on memory of kind '$2'", NULL,
	  VERIFIER_OTHER },
	{ "cannot pass map_type * into func *#", "'$2' does not take a map of this type", NULL,
	  VERIFIER_OTHER },
	{ "map_type * is not supported", "this kind of probe cannot use a map of this type", NULL,
	  VERIFIER_OTHER },
	{ "cannot write into *", "'$1' cannot be written to", NULL, VERIFIER_OTHER },
	/* arithmetic */
	{ "div by zero", "a division by the constant 0", NULL, VERIFIER_OTHER },
	{ "BPF_ALU uses reserved fields", "this kernel lacks an instruction that the code uses",
	  NULL, VERIFIER_OTHER },
	{ "unknown opcode", "this kernel lacks an instruction that the code uses", NULL,
	  VERIFIER_OTHER },
	{ "invalid shift", "a shift by more bits than the value has", NULL, VERIFIER_OTHER },
	/* results */
	{ "At program exit the register R0 has * should have been in *",
	  "the return value may be $1, the kernel wants $2", "return 0;", VERIFIER_OTHER },
	{ "At program exit the register R0 is not a known value",
	  "the return value must be a known number", "return 0;", VERIFIER_OTHER },
	/* where it would be attached */
	{ "attach_btf_id * is not a function", "this is no function that can be traced", NULL,
	  VERIFIER_OTHER },
	{ "attach_btf_id is not a function", "this is no function that can be traced", NULL,
	  VERIFIER_OTHER },
	{ "The address of function * cannot be found", "function '$1' is not in this kernel's code",
	  "it was inlined or optimised away", VERIFIER_OTHER },
	{ "is not sleepable", "this place cannot sleep", NULL, VERIFIER_OTHER },
};

size_t verifier_words_count(void)
{
	return ARRAY_SIZE(rows);
}

struct capture {
	const char *p;
	size_t len;
};

/* Matches PATTERN at P; each '*' takes as little as it can, one at the end takes all that is left. */
static bool match_here(const char *pattern, const char *p, const char *end, struct capture *caps,
		       int n)
{
	while (*pattern && *pattern != '*') {
		if (p == end || *p != *pattern)
			return false;
		p++;
		pattern++;
	}
	if (!*pattern)
		return true;
	if (n >= CAPTURES_MAX)
		return false;
	caps[n].p = p;
	if (!pattern[1]) {
		caps[n].len = end - p;
		return true;
	}
	for (const char *q = p; q <= end; q++) {
		caps[n].len = q - p;
		if (match_here(pattern + 1, q, end, caps, n + 1))
			return true;
	}
	return false;
}

static bool match(const char *pattern, const char *line, size_t len, struct capture *caps)
{
	for (const char *p = line; p <= line + len; p++) {
		if (match_here(pattern, p, line + len, caps, 0))
			return true;
	}
	return false;
}

static char *fill_in(const void *parent, const char *text, const struct capture *caps)
{
	struct strbuf sb;

	if (!text)
		return NULL;
	strbuf_init(&sb, parent);
	for (; *text; text++) {
		if (text[0] == '$' && text[1] >= '1' && text[1] <= '0' + CAPTURES_MAX) {
			const struct capture *c = &caps[text[1] - '1'];

			strbuf_add(&sb, c->p, c->len);
			text++;
		} else {
			strbuf_addc(&sb, *text);
		}
	}
	return strbuf_detach(&sb, parent);
}

const struct verifier_words *verifier_words_find(const void *parent, const char *line, size_t len,
						 char **ret_sentence, char **ret_hint)
{
	struct capture caps[CAPTURES_MAX] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!match(rows[i].pattern, line, len, caps))
			continue;
		*ret_sentence = fill_in(parent, rows[i].sentence, caps);
		*ret_hint = fill_in(parent, rows[i].hint, caps);
		return &rows[i];
	}
	return NULL;
}
