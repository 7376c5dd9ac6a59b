/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TABLE of probe kinds: one row of data each. The splitter, the wrapper, the attacher, help,
 * completion and the manual all read it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum probe_kind {
	PROBE_KPROBE,
	PROBE_KRETPROBE,
	PROBE_FENTRY,
	PROBE_FEXIT,
	PROBE_TRACEPOINT,
	PROBE_RAWTRACEPOINT,
	PROBE_TP_BTF,
	PROBE_SYSCALL,
	PROBE_SYSRET,
	PROBE_UPROBE,
	PROBE_URETPROBE,
	PROBE_USDT,
	PROBE_PROFILE,
	PROBE_HARDWARE,
	PROBE_SOFTWARE,
	PROBE_ITER,
	PROBE_LSM,
	PROBE_INTERVAL,	/* from here on: run in user space */
	PROBE_BEGIN,
	PROBE_END,
	PROBE_EVENT,
	PROBE_KINDS,
};

/* What the program's first argument points to, and so what a value loaded from it is. */
enum probe_context {
	CONTEXT_NONE,
	CONTEXT_REGS,		/* struct pt_regs: kernel pointers (kprobe) or user ones (uprobe) */
	CONTEXT_RAW_ARGS,	/* u64[]: a raw tracepoint's arguments, kernel pointers */
	CONTEXT_BTF_ARGS,	/* u64[]: arguments whose types the verifier knows */
	CONTEXT_TRACEPOINT,	/* the event's record */
	CONTEXT_PERF,		/* struct bpf_perf_event_data */
};

/*
 * The origin of the parameters a person names (DESIGN 3). CONTEXT: it points into the context
 * itself (`args` of a raw tracepoint), and what is loaded from it has the kind's own origin.
 */
enum probe_origin {
	ORIGIN_OF_NONE,
	ORIGIN_OF_KERNEL,
	ORIGIN_OF_BTF,
	ORIGIN_OF_USER,
	ORIGIN_OF_CONTEXT,
};

struct probe_kind_row {
	const char *name;
	const char *aliases[3];
	const char *form;	/* "kprobe:FUNC[+OFF]" */
	const char *example;	/* a whole clause that works */
	const char *summary;
	unsigned parts_min;	/* colon-separated parts after the kind's name */
	unsigned parts_max;
	uint32_t prog_type;	/* BPF_PROG_TYPE_* */
	uint32_t attach_type;	/* BPF_TRACE_RAW_TP ...; 0 where the kernel has no such field */
	enum probe_context context;
	enum probe_origin origin;
	bool user_space;	/* the clause runs in the handler process */
};

extern const struct probe_kind_row probe_kinds[PROBE_KINDS];

/* By name or alias (LEN bytes of NAME). False: none. */
bool probe_kind_find(const char *name, size_t len, enum probe_kind *ret);
