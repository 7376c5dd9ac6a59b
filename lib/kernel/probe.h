/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a probe spec as typed ("rawtracepoint:sched_switch") to what it means on this kernel: the
 * place to attach and the parameters a clause can name, each with its C type, the expression
 * that loads it from the context and the origin of its pointers.
 */
#pragma once

#include "base/diag.h"
#include "kernel/facts.h"
#include "kernel/probe_kind.h"

#define PROBE_PARTS_MAX 4

struct probe_spec {		/* as typed; filled by the input splitter */
	enum probe_kind kind;
	char *text;		/* the whole spec, quotes removed: "uprobe:/bin/bash:readline" */
	char *parts[PROBE_PARTS_MAX];	/* after the kind's name */
	unsigned n_parts;
	struct range at;
};

struct probe_param {
	char *name;
	char *decl;		/* "struct task_struct *prev": a C declaration of it */
	char *load;		/* C expression over `ctx`, before the cast to its type */
	uint32_t type;		/* BTF id, 0 if the declaration needs no type from BTF */
	enum probe_origin origin;	/* of the pointer it is; NONE for a plain number */
	char *why;		/* "argument 2 of rawtracepoint:sched_switch" */
	bool at_entry;		/* sysret: an argument of the call, the Nth of those saved at its entry */
};

struct probe_target {
	enum probe_kind kind;
	char *name;		/* canonical spec, what `probe` is */
	char *func;		/* what `func` is: function, event or symbol */
	char *context_decl; /* C declaration of the body's context parameter: "struct pt_regs *ctx"
			     */
	char *types; /* extra C at file scope this target needs (a tracepoint's record), or NULL */
	VEC(struct probe_param) params;
	struct btf_index
		*btf; /* that the ids below and in params belong to: the facts', or a module's */
	VEC(uint32_t)
	needs; /* for btf_c_need(): types that context_decl and types name; those of
		  params are in params[].type */
	/* where to attach; each kind uses some */
	uint32_t btf_id;	/* attach_btf_id */
	uint64_t event_id;	/* tracefs id */
	uint64_t entry_id;	/* sysret: tracefs id of the call's entry */
	uint64_t offset;	/* in a function, or in a file for uprobes */
	uint64_t semaphore;	/* file offset of a USDT semaphore, 0 none */
	uint64_t period;	/* ns for interval, events for software/hardware */
	uint64_t frequency;	/* Hz for profile; 0: use period */
	char *path;		/* file of a uprobe */
	char *module; /* of a kernel function that is not in the kernel proper; else NULL */
};

/*
 * Resolves SPEC. On failure returns -1 and adds a diagnostic with STATUS_NO_PROBE, the true cause
 * and the nearest names as hint. Works without privilege as far as BTF and the shipped
 * syscall table allow.
 */
int probe_resolve(const void *parent, const struct facts *facts, const struct probe_spec *spec,
		  struct probe_target *ret, struct diags *diags);
/* Is the name used in clauses as `args->FIELD` (a record) rather than as plain parameters? */
bool probe_has_record(enum probe_kind kind);
/*
 * Up to MAX names nearest to NAME among CANDIDATES (edit distance, then alphabet), as "'a', 'b'",
 * or NULL if none is near. For "did you mean".
 */
char *nearest_names(const void *parent, const char *name, const char *const *candidates, size_t n,
		    size_t max);
