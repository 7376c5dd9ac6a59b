// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Definitions that macros make: bcc's maps and programs, libbpf's BPF_PROG. TABLE of their names and
 * of which argument is what they declare; what they expand to is the prelude's matter.
 */
#include "rewriter/input_reader.h"

#include <string.h>

static const struct macro_row macros[] = {
	{ "BPF_HASH", MACRO_MAP, 0, NULL },
	{ "BPF_LRU_HASH", MACRO_MAP, 0, NULL },
	{ "BPF_PERCPU_HASH", MACRO_MAP, 0, NULL },
	{ "BPF_ARRAY", MACRO_MAP, 0, NULL },
	{ "BPF_PERCPU_ARRAY", MACRO_MAP, 0, NULL },
	{ "BPF_HISTOGRAM", MACRO_MAP, 0, NULL },
	{ "BPF_LPM_TRIE", MACRO_MAP, 0, NULL },
	{ "BPF_STACK_TRACE", MACRO_MAP, 0, NULL },
	{ "BPF_STACK_TRACE_BUILDID", MACRO_MAP, 0, NULL },
	{ "BPF_PERF_OUTPUT", MACRO_MAP, 0, NULL },
	{ "BPF_PERF_ARRAY", MACRO_MAP, 0, NULL },
	{ "BPF_RINGBUF_OUTPUT", MACRO_MAP, 0, NULL },
	{ "BPF_QUEUE", MACRO_MAP, 0, NULL },
	{ "BPF_STACK", MACRO_MAP, 0, NULL },
	{ "BPF_QUEUESTACK", MACRO_MAP, 1, NULL },
	{ "BPF_PROG_ARRAY", MACRO_MAP, 0, NULL },
	{ "BPF_CGROUP_ARRAY", MACRO_MAP, 0, NULL },
	{ "BPF_ARRAY_OF_MAPS", MACRO_MAP, 0, NULL },
	{ "BPF_HASH_OF_MAPS", MACRO_MAP, 0, NULL },
	{ "BPF_DEVMAP", MACRO_MAP, 0, NULL },
	{ "BPF_CPUMAP", MACRO_MAP, 0, NULL },
	{ "BPF_XSKMAP", MACRO_MAP, 0, NULL },
	{ "BPF_SOCKMAP", MACRO_MAP, 0, NULL },
	{ "BPF_SOCKHASH", MACRO_MAP, 0, NULL },
	{ "BPF_SK_STORAGE", MACRO_MAP, 0, NULL },
	{ "BPF_INODE_STORAGE", MACRO_MAP, 0, NULL },
	{ "BPF_TASK_STORAGE", MACRO_MAP, 0, NULL },
	{ "BPF_CGROUP_STORAGE", MACRO_MAP, 0, NULL },
	{ "BPF_PERCPU_CGROUP_STORAGE", MACRO_MAP, 0, NULL },
	{ "BPF_TABLE", MACRO_MAP, 3, NULL },
	{ "BPF_F_TABLE", MACRO_MAP, 3, NULL },
	{ "BPF_TABLE_PUBLIC", MACRO_MAP, 3, NULL },
	{ "BPF_TABLE_SHARED", MACRO_MAP, 3, NULL },
	{ "BPF_TABLE_PINNED", MACRO_MAP, 3, NULL },
	{ "BPF_PROG", MACRO_NAMED, 0, NULL },
	{ "BPF_KPROBE", MACRO_NAMED, 0, NULL },
	{ "BPF_KRETPROBE", MACRO_NAMED, 0, NULL },
	{ "BPF_UPROBE", MACRO_NAMED, 0, NULL },
	{ "BPF_URETPROBE", MACRO_NAMED, 0, NULL },
	{ "BPF_KSYSCALL", MACRO_NAMED, 0, NULL },
	{ "BPF_USDT", MACRO_NAMED, 0, NULL },
	{ "TRACEPOINT_PROBE", MACRO_PROGRAM, 2, "tracepoint" },
	{ "RAW_TRACEPOINT_PROBE", MACRO_PROGRAM, 1, "raw_tracepoint" },
	{ "KFUNC_PROBE", MACRO_PROGRAM, 1, "kfunc__vmlinux" },
	{ "KRETFUNC_PROBE", MACRO_PROGRAM, 1, "kretfunc__vmlinux" },
	{ "LSM_PROBE", MACRO_PROGRAM, 1, "lsm" },
};

const struct macro_row *input_macro_find(const struct reader *rd, const struct token *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(macros); i++)
		if (reader_is(rd, t, macros[i].name))
			return &macros[i];
	return NULL;
}

unsigned input_macro_arguments(struct reader *rd, struct token *args, unsigned max)
{
	size_t depth = rd->brackets.n;
	unsigned n = 0;
	bool seen = false;
	struct token t;

	while (reader_next(rd, &t) && rd->brackets.n >= depth) {
		if (rd->brackets.n == depth && reader_is(rd, &t, ",")) {
			n++;
			seen = false;
		} else if (t.kind == TOKEN_NAME && !seen && n < max) {
			args[n] = t;
			seen = true;
		}
	}
	return seen ? n + 1 : n;
}

static void read_map_macro(struct reader *rd, const struct macro_row *m)
{
	struct token args[4] = { 0 }, t;

	reader_next(rd, &t);
	reader_next(rd, &t);
	if (input_macro_arguments(rd, args, m->arg + 1) > m->arg && !rd->stopped)
		reader_name(rd, &args[m->arg]);
	rd->in->is_map = true;
	if (rd->stopped)
		return;
	args[0] = rd->last;
	if (!reader_next(rd, &t))
		return;
	if (reader_is(rd, &t, ";"))
		reader_complete(rd, t.end);
	else
		reader_semicolon(rd, &args[0], "map");
}

static void read_program_macro(struct reader *rd, const struct macro_row *m)
{
	struct token args[2] = { 0 }, t;
	struct strbuf name;
	unsigned n;

	reader_next(rd, &t);
	reader_next(rd, &t);
	n = input_macro_arguments(rd, args, m->arg);
	strbuf_init(&name, rd->parent);
	strbuf_adds(&name, m->prefix);
	for (unsigned i = 0; i < m->arg && i < n; i++)
		strbuf_addf(&name, "__%.*s", (int)(args[i].end - args[i].start),
			    rd->source->text + args[i].start);
	vec_push(rd->parent, &rd->in->names, strbuf_detach(&name, rd->parent));
	args[0] = rd->last;
	if (!reader_next(rd, &t))
		return;
	if (!reader_is(rd, &t, "{")) {
		reader_bad(rd, args[0].end - 1, args[0].end, args[0].end,
			   "expected '{' after the head of a program");
		return;
	}
	rd->in->is_function = true;
	if (reader_group(rd))
		reader_complete(rd, rd->last.end);
}

void read_macro_function(struct reader *rd, const struct token *name)
{
	rd->in->class = INPUT_DEFINITION;
	rd->in->is_function = true;
	reader_name(rd, name);
	if (reader_group(rd))
		reader_complete(rd, rd->last.end);
}

void read_macro(struct reader *rd, const struct macro_row *m)
{
	if (m->kind == MACRO_MAP)
		read_map_macro(rd, m);
	else
		read_program_macro(rd, m);
}
