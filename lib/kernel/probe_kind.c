// SPDX-License-Identifier: GPL-3.0-or-later
/* TABLE of probe kinds; see probe_kind.h. Pure data: how a kind attaches is the loader's matter. */
#include "kernel/probe_kind.h"

#include <assert.h>
#include <linux/bpf.h>
#include <string.h>

const struct probe_kind_row probe_kinds[] = {
	[PROBE_KPROBE] = {
		.name = "kprobe", .aliases = { "k" },
		.form = "kprobe:[MOD:]FUNC[+OFF]",
		.example = "kprobe:vfs_read { @bytes[comm] += count; }",
		.summary = "a kernel function is entered, or an instruction in it is reached",
		.parts_min = 1, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.context = CONTEXT_REGS, .origin = ORIGIN_OF_KERNEL,
	},
	[PROBE_KRETPROBE] = {
		.name = "kretprobe", .aliases = { "kr" },
		.form = "kretprobe:[MOD:]FUNC",
		.example = "kretprobe:vfs_read { @result[retval]++; }",
		.summary = "a kernel function returns",
		.parts_min = 1, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.context = CONTEXT_REGS, .origin = ORIGIN_OF_KERNEL,
	},
	[PROBE_FENTRY] = {
		.name = "fentry", .aliases = { "f", "kfunc" },
		.form = "fentry:[MOD:]FUNC",
		.example = "fentry:vfs_read { @[file->f_flags]++; }",
		.summary = "a kernel function is entered, by a trampoline: cheaper than kprobe",
		.parts_min = 1, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_TRACING, .attach_type = BPF_TRACE_FENTRY,
		.context = CONTEXT_BTF_ARGS, .origin = ORIGIN_OF_BTF,
	},
	[PROBE_FEXIT] = {
		.name = "fexit", .aliases = { "fr", "kretfunc" },
		.form = "fexit:[MOD:]FUNC",
		.example = "fexit:vfs_read { @[count, retval]++; }",
		.summary = "a kernel function returns, with its parameters at hand",
		.parts_min = 1, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_TRACING, .attach_type = BPF_TRACE_FEXIT,
		.context = CONTEXT_BTF_ARGS, .origin = ORIGIN_OF_BTF,
	},
	[PROBE_TRACEPOINT] = {
		.name = "tracepoint", .aliases = { "t", "tp" },
		.form = "tracepoint:CAT:EVENT",
		.example = "tracepoint:sched:sched_switch { @[args->prev_comm]++; }",
		.summary = "a kernel tracepoint, with its record as 'args'",
		.parts_min = 2, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
		.context = CONTEXT_TRACEPOINT, .origin = ORIGIN_OF_KERNEL,
	},
	[PROBE_RAWTRACEPOINT] = {
		.name = "rawtracepoint", .aliases = { "rt", "raw_tp", "raw_tracepoint" },
		.form = "rawtracepoint:EVENT",
		.example = "rawtracepoint:sched_switch { @[prev->comm]++; }",
		.summary = "a kernel tracepoint, with the arguments it was called with",
		.parts_min = 1, .parts_max = 1,
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.context = CONTEXT_RAW_ARGS, .origin = ORIGIN_OF_KERNEL,
	},
	[PROBE_TP_BTF] = {
		.name = "tp_btf",
		.form = "tp_btf:EVENT",
		.example = "tp_btf:sched_switch { @[prev->pid]++; }",
		.summary = "like rawtracepoint, with pointers that the verifier follows itself",
		.parts_min = 1, .parts_max = 1,
		.prog_type = BPF_PROG_TYPE_TRACING, .attach_type = BPF_TRACE_RAW_TP,
		.context = CONTEXT_BTF_ARGS, .origin = ORIGIN_OF_BTF,
	},
	[PROBE_SYSCALL] = {
		.name = "syscall",
		.form = "syscall:NAME",
		.example = "syscall:openat { @[comm, str(filename)]++; }",
		.summary = "a system call begins, with its arguments by name",
		.parts_min = 1, .parts_max = 1,
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
		.context = CONTEXT_TRACEPOINT, .origin = ORIGIN_OF_USER,
	},
	[PROBE_SYSRET] = {
		.name = "sysret",
		.form = "sysret:NAME",
		.example = "sysret:openat { @[retval]++; }",
		.summary = "a system call ends, with its result as 'retval'",
		.parts_min = 1, .parts_max = 1,
		.prog_type = BPF_PROG_TYPE_TRACEPOINT,
		.context = CONTEXT_TRACEPOINT, .origin = ORIGIN_OF_USER,
	},
	[PROBE_UPROBE] = {
		.name = "uprobe", .aliases = { "u" },
		.form = "uprobe:PATH:SYM[+OFF]",
		.example = "uprobe:libc:malloc { @size = hist(arg0); }",
		.summary = "a function of a program or library is entered",
		.parts_min = 2, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.context = CONTEXT_REGS, .origin = ORIGIN_OF_USER,
	},
	[PROBE_URETPROBE] = {
		.name = "uretprobe", .aliases = { "ur" },
		.form = "uretprobe:PATH:SYM",
		.example = "uretprobe:libc:malloc { @[retval == 0]++; }",
		.summary = "a function of a program or library returns",
		.parts_min = 2, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.context = CONTEXT_REGS, .origin = ORIGIN_OF_USER,
	},
	[PROBE_USDT] = {
		.name = "usdt", .aliases = { "U" },
		.form = "usdt:PATH:[PROVIDER:]NAME",
		.example = "usdt:libc:setjmp { @[comm]++; }",
		.summary = "a static probe that a program or library brings along",
		.parts_min = 2, .parts_max = 3,
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.context = CONTEXT_REGS, .origin = ORIGIN_OF_USER,
	},
	[PROBE_PROFILE] = {
		.name = "profile", .aliases = { "p" },
		.form = "profile:99hz (also us, ms, s; hz:99)",
		.example = "profile:99hz { @[comm]++; }",
		.summary = "a sample on every processor, so many times a second",
		.parts_min = 1, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_PERF_EVENT,
		.context = CONTEXT_PERF, .origin = ORIGIN_OF_KERNEL,
	},
	[PROBE_HARDWARE] = {
		.name = "hardware", .aliases = { "h" },
		.form = "hardware:EVENT[:COUNT]",
		.example = "hardware:cache-misses:1000000 { @[comm]++; }",
		.summary = "the processor counted so many events",
		.parts_min = 1, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_PERF_EVENT,
		.context = CONTEXT_PERF, .origin = ORIGIN_OF_KERNEL,
	},
	[PROBE_SOFTWARE] = {
		.name = "software", .aliases = { "s" },
		.form = "software:EVENT[:COUNT]",
		.example = "software:page-faults:100 { @[comm]++; }",
		.summary = "the kernel counted so many events",
		.parts_min = 1, .parts_max = 2,
		.prog_type = BPF_PROG_TYPE_PERF_EVENT,
		.context = CONTEXT_PERF, .origin = ORIGIN_OF_KERNEL,
	},
	[PROBE_ITER] = {
		.name = "iter",
		.form = "iter:WHAT",
		.example = "iter:task { if (task) @[task->tgid]++; }",
		.summary = "once for each kernel object of a sort: task, task_file, ...",
		.parts_min = 1, .parts_max = 1,
		.prog_type = BPF_PROG_TYPE_TRACING, .attach_type = BPF_TRACE_ITER,
		.context = CONTEXT_BTF_ARGS, .origin = ORIGIN_OF_BTF,
	},
	[PROBE_LSM] = {
		.name = "lsm",
		.form = "lsm:HOOK",
		.example = "lsm:file_open { @[comm]++; }",
		.summary = "a security hook, which can refuse (--unsafe)",
		.parts_min = 1, .parts_max = 1,
		.prog_type = BPF_PROG_TYPE_LSM, .attach_type = BPF_LSM_MAC,
		.context = CONTEXT_BTF_ARGS, .origin = ORIGIN_OF_BTF,
	},
	[PROBE_INTERVAL] = {
		.name = "interval", .aliases = { "i" },
		.form = "interval:1s (also us, ms, m, h; s:1)",
		.example = "interval:1s { printf(\"tick\\n\"); }",
		.summary = "every so often, in user space",
		.parts_min = 1, .parts_max = 2,
		.user_space = true,
	},
	[PROBE_BEGIN] = {
		.name = "BEGIN",
		.form = "BEGIN",
		.example = "BEGIN { printf(\"tracing\\n\"); }",
		.summary = "when it is entered, in user space",
		.user_space = true,
	},
	[PROBE_END] = {
		.name = "END",
		.form = "END",
		.example = "END { printf(\"done\\n\"); }",
		.summary = "when the session ends, in user space",
		.user_space = true,
	},
	[PROBE_EVENT] = {
		.name = "event",
		.form = "event:NAME",
		.example = "event:open { printf(\"%s\\n\", e->path); }",
		.summary = "a record that emit(NAME, ...) sent, as 'e', in user space",
		.parts_min = 1, .parts_max = 1,
		.user_space = true,
	},
};

static_assert(sizeof(probe_kinds) / sizeof(probe_kinds[0]) == PROBE_KINDS, "a row for each kind");

static bool is_name(const char *row, const char *name, size_t len)
{
	return row && strlen(row) == len && !memcmp(row, name, len);
}

bool probe_kind_find(const char *name, size_t len, enum probe_kind *ret)
{
	for (int kind = 0; kind < PROBE_KINDS; kind++) {
		const struct probe_kind_row *row = &probe_kinds[kind];
		bool found = is_name(row->name, name, len);

		for (size_t i = 0; i < sizeof(row->aliases) / sizeof(row->aliases[0]); i++)
			found = found || is_name(row->aliases[i], name, len);
		if (found) {
			*ret = kind;
			return true;
		}
	}
	return false;
}
