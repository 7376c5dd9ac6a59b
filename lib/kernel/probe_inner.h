/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the resolvers of single kinds share; for probe*.c only. */
#pragma once

#include "kernel/probe.h"

struct resolver {
	const void *parent;
	const struct facts *facts;
	const struct probe_spec *spec;
	struct probe_target *t;
	struct diags *diags;
};

/* Says that there is no such probe; HINT may be NULL and is freed with the diagnostics. -1. */
int probe_missing(struct resolver *r, const char *hint, const char *fmt, ...) mem_attr(3, 4);
/* "did you mean %s?" of near names (NULL: no hint). Below the diagnostics' parent. */
char *probe_did_you_mean(struct resolver *r, char *near);
/* One word of a name: letters, digits, _ . $ only. */
bool probe_is_word(const char *s);

struct probe_param *probe_add_param(struct resolver *r, const char *name, enum probe_origin origin,
				    const char *load, const char *why);
/*
 * A parameter of BTF type ID (of r->t->btf); its origin follows from that and from the kind.
 * Nothing if there is one of that name: a function's own `retval` is the parameter. Nothing either
 * for a record passed by value, which no expression over the context can give.
 */
void probe_add_typed(struct resolver *r, const char *name, uint32_t id, const char *load,
		     const char *why);
/*
 * One of a plain C TYPE ("unsigned long ", "__u64 *"); nothing if the probe has that name itself.
 */
void probe_add_plain(struct resolver *r, const char *name, const char *type,
		     enum probe_origin origin, const char *load, const char *why);
/* arg0 .. arg5 and, for a return, retval, out of struct pt_regs. */
void probe_add_registers(struct resolver *r, enum probe_origin origin);
/* Load expression of the Nth register argument (N below 6), and of the result. */
char *probe_register(struct resolver *r, unsigned n);
char *probe_result(struct resolver *r);
/* Load expression of the Nth 64-bit word of the context. Below r->parent. */
char *probe_word(struct resolver *r, unsigned n);
/* struct TAG stands in the context's declaration. */
void probe_need(struct resolver *r, const char *tag);
/*
 * Makes C out of a declaration spelled elsewhere ("const struct foo *p", "umode_t mode"): names its
 * types to `needs`; where BTF lacks one, the declaration is given with a plain type. Below
 * r->parent.
 */
char *probe_use_decl(struct resolver *r, const char *decl);
/* A parameter's name in a declaration: its last word. */
const char *probe_decl_name(const char *decl);
/* "1s", "99hz", or unit and number apart ("s:1"): nanoseconds, or hertz. False if it is neither. */
bool probe_time(const struct probe_spec *spec, uint64_t *ret_ns, uint64_t *ret_hz);

int probe_resolve_function(struct resolver *r);		/* kprobe, kretprobe, fentry, fexit */
int probe_resolve_lsm(struct resolver *r);
int probe_resolve_iter(struct resolver *r);
int probe_resolve_tracepoint(struct resolver *r);
int probe_resolve_raw(struct resolver *r);		/* rawtracepoint, tp_btf */
int probe_resolve_syscall(struct resolver *r);		/* syscall, sysret */
int probe_resolve_uprobe(struct resolver *r);		/* uprobe, uretprobe */
int probe_resolve_usdt(struct resolver *r);
int probe_resolve_profile(struct resolver *r);
int probe_resolve_counter(struct resolver *r);		/* hardware, software */
int probe_resolve_interval(struct resolver *r);
int probe_resolve_moment(struct resolver *r);		/* BEGIN, END */
int probe_resolve_event(struct resolver *r);
