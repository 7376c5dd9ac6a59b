// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * TABLE of the functions a clause can call that are ours, not helpers. They are declared without a
 * prototype, so that lower.c sees each argument as it was written and checks it by its own rules.
 *
 * In a call only: a parameter of the probed function may have the same name (count, max), and then
 * `count` is the parameter and `count()` is ours. A macro with parentheses does just that. (Not for
 * `delete`, which maps have as a method.)
 */
#include <string.h>

#include "base/mem.h"
#include "rewriter/builtin.h"

#define IN_CALLS(type, name) \
	type " __bcsh_fn_" #name "();\n#define " #name "(...) __bcsh_fn_" #name "(__VA_ARGS__)\n"

#define SWAPS(function, bits)                                                             \
	{ .name = #function,                                                              \
	  .decl = "static __always_inline __u" #bits " " #function "(__u" #bits " x)\n"    \
		  "{ return __builtin_bswap" #bits "(x); }\n",                            \
	  .form = #function "(x)", .bpf = true, .host = true, .plain = true,              \
	  .summary = "x with its " #bits " bits in the other byte order, as the network has them" }

const struct function_row functions[] = {
	{ .name = "str", .decl = "", .form = "str(p[, n])", .bpf = true,
	  .summary = "the text at p, at most n bytes (64)" },
	{ .name = "printf", .decl = "int printf(const char *format, ...)",
	  .form = "printf(format, ...)", .bpf = true, .host = true,
	  .summary = "prints a line, in the order of events" },
	/* The event's name is written as a bare word. */
	{ .name = "emit",
	  .decl = "long __bcsh_fn_emit(const char *name, ...);\n"
		  "#define emit(name, ...) __bcsh_fn_emit(#name, ##__VA_ARGS__)\n",
	  .form = "emit(name, expr, ...)", .bpf = true,
	  .summary = "sends an event record with the values as fields" },
	{ .name = "has", .decl = "int has()", .form = "has(@m[k])", .bpf = true, .host = true,
	  .summary = "whether the map has the key" },
	{ .name = "delete", .decl = "int delete()", .form = "delete(@m[k])",
	  .bpf = true, .host = true, .summary = "removes a key" },
	{ .name = "print", .decl = IN_CALLS("void", print), .form = "print(@m)", .bpf = true, .host = true,
	  .summary = "prints the map's table" },
	{ .name = "clear", .decl = IN_CALLS("void", clear), .form = "clear(@m)", .bpf = true, .host = true,
	  .summary = "removes all keys" },
	{ .name = "zero", .decl = IN_CALLS("void", zero), .form = "zero(@m)", .bpf = true, .host = true,
	  .summary = "sets all values to 0" },
	{ .name = "exit", .decl = IN_CALLS("void", exit), .form = "exit([status])",
	  .bpf = true, .host = true, .summary = "ends the run" },
	{ .name = "count", .decl = IN_CALLS("long", count), .form = "@m = count()", .bpf = true,
	  .summary = "counts, per processor" },
	{ .name = "sum", .decl = IN_CALLS("long", sum), .form = "@m = sum(x)", .bpf = true,
	  .summary = "the sum of x" },
	{ .name = "avg", .decl = IN_CALLS("long", avg), .form = "@m = avg(x)", .bpf = true,
	  .summary = "the mean of x" },
	{ .name = "stats", .decl = IN_CALLS("long", stats), .form = "@m = stats(x)", .bpf = true,
	  .summary = "count, mean, sum, least and greatest x" },
	{ .name = "hist", .decl = IN_CALLS("long", hist), .form = "@m = hist(x)", .bpf = true,
	  .summary = "histogram of x by powers of two" },
	{ .name = "lhist", .decl = IN_CALLS("long", lhist), .form = "@m = lhist(x, low, high, step)",
	  .bpf = true, .summary = "histogram of x in equal steps" },
	{ .name = "min", .decl = IN_CALLS("long", min), .form = "@m = min(x); min(a, b)",
	  .bpf = true, .host = true, .summary = "the least x; the lesser of two" },
	{ .name = "max", .decl = IN_CALLS("long", max), .form = "@m = max(x); max(a, b)",
	  .bpf = true, .host = true, .summary = "the greatest x; the greater of two" },
	SWAPS(ntohs, 16), SWAPS(htons, 16), SWAPS(bpf_ntohs, 16), SWAPS(bpf_htons, 16),
	SWAPS(ntohl, 32), SWAPS(htonl, 32), SWAPS(bpf_ntohl, 32), SWAPS(bpf_htonl, 32),
};
const size_t n_functions = ARRAY_SIZE(functions);

const struct function_row *function_find(const char *name, size_t len)
{
	for (size_t i = 0; i < n_functions; i++)
		if (strlen(functions[i].name) == len && !memcmp(functions[i].name, name, len))
			return &functions[i];
	return NULL;
}
