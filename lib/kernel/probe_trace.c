// SPDX-License-Identifier: GPL-3.0-or-later
/* Tracepoints in their three forms, and system calls, which are two tracepoints each. */
#include "kernel/probe_inner.h"

#include <errno.h>
#include <string.h>

#include "kernel/btf_c.h"
#include "kernel/syscall.h"
#include "kernel/tracepoint.h"

static int no_event(struct resolver *r, const char *category, const char *event)
{
	char **names = NULL;
	size_t n = tracepoint_names(r->parent, r->facts, category, &names);
	char *near = nearest_names(r->parent, event, (const char *const *)names, n, 3);

	if (!n && r->facts->tracefs) {
		n = tracepoint_names(r->parent, r->facts, NULL, &names);
		for (size_t i = 0; i < n; i++)
			*strchr(names[i], ':') = '\0';
		near = nearest_names(r->parent, category, (const char *const *)names, n, 3);
		return probe_missing(r, probe_did_you_mean(r, near), "no tracepoint category '%s'",
				     category);
	}
	if (!near) {	/* perhaps the event is right and the category wrong */
		n = tracepoint_names(r->parent, r->facts, NULL, &names);
		for (size_t i = 0; i < n; i++)
			if (!strcmp(strchr(names[i], ':') + 1, event))
				near = mem_printf(r->parent, "'%s'", names[i]);
	}
	return probe_missing(r, probe_did_you_mean(r, near), "no tracepoint '%s:%s'", category,
			     event);
}

static int syscall_record(struct resolver *r, const char *event);

/*
 * Without tracefs the records of system calls come from the table, those of other events from BTF,
 * which does not know categories.
 */
int probe_resolve_tracepoint(struct resolver *r)
{
	const char *category = r->spec->parts[0], *event = r->spec->parts[1];
	struct tracepoint tp;
	struct strbuf sb;
	int err;

	if (!probe_is_word(category) || !probe_is_word(event))
		return no_event(r, category, event);
	r->t->context_decl = mem_printf(r->parent, "struct bcsh_args_%s_%s *args", category, event);
	if (!r->facts->tracefs && !strcmp(category, "syscalls") && !syscall_record(r, event))
		return 0;
	err = tracepoint_read(r->parent, r->facts, category, event, &tp);
	if (err == -ENOENT)
		return no_event(r, category, event);
	if (err)
		return probe_missing(r, "run as root, or use rawtracepoint",
				     "the record of '%s' cannot be known without tracefs",
				     r->t->name);
	vec_each(&tp.fields, f)
		if (strchr(f->decl, '*') || !strncmp(f->decl, "enum ", 5) || !r->facts->tracefs)
			if (!strchr(f->decl, '['))
				f->decl = probe_use_decl(r, f->decl);
	strbuf_init(&sb, r->parent);
	if (r->t->types)
		strbuf_adds(&sb, r->t->types);
	tracepoint_record(&tp, &sb);
	r->t->types = strbuf_detach(&sb, r->parent);
	r->t->event_id = tp.id;
	return 0;
}

struct event_names {
	const void *parent;
	VEC(const char *) list;
};

static bool add_event_name(void *arg, const char *name, uint32_t id)
{
	struct event_names *names = arg;

	(void)id;
	if (!strncmp(name, "btf_trace_", 10))
		vec_push(names->parent, &names->list, name + 10);
	return false;
}

static void add_raw_params(struct resolver *r, uint32_t func)
{
	const struct btf_index *b = r->t->btf;

	/* Parameter 0 is the callback's own data. */
	for (unsigned i = 1; i < btf_param_count(b, func); i++) {
		struct btf_parameter bp = btf_param_at(b, func, i);

		if (!*bp.name)
			continue;
		probe_add_typed(r, bp.name, bp.type, probe_word(r, i - 1),
				mem_printf(r->parent, "argument %u of %s", i, r->t->name));
	}
	probe_add_plain(r, "args", "__u64 *", ORIGIN_OF_CONTEXT, "ctx",
			mem_printf(r->parent, "arguments of %s", r->t->name));
}

int probe_resolve_raw(struct resolver *r)
{
	const char *event = r->spec->parts[0];
	struct event_names names = { .parent = r->parent };
	struct btf_index *b = r->t->btf;
	uint32_t id;
	char *near;

	if (!b)
		return probe_missing(r, "use tracepoint, or give a file with --btf",
				     "'%s' needs the kernel's BTF, and this kernel has none",
				     r->t->name);
	id = btf_find(b, mem_printf(r->parent, "btf_trace_%s", event), 1u << BTF_KIND_TYPEDEF);
	if (!id) {
		btf_each_name(b, 1u << BTF_KIND_TYPEDEF, add_event_name, &names);
		near = nearest_names(r->parent, event, names.list.v, names.list.n, 3);
		return probe_missing(r, probe_did_you_mean(r, near), "no tracepoint '%s'", event);
	}
	r->t->btf_id = id;
	add_raw_params(r, btf_find_func(b, mem_printf(r->parent, "__traceiter_%s", event)));
	return 0;
}

/* Arguments and result are 64-bit words behind the record's header and the call's number. */
#define SYSCALL_WORD 2

static char *next_arg(struct resolver *r, const char **p)
{
	size_t len = strcspn(*p, ",");
	char *arg = len ? mem_strndup(r->parent, *p, len) : NULL;

	*p += len;
	while (**p == ',' || **p == ' ')
		(*p)++;
	return arg;
}

static void add_retval(struct resolver *r)
{
	probe_add_plain(r, "retval", "long ", ORIGIN_OF_USER, probe_word(r, SYSCALL_WORD),
			mem_printf(r->parent, "return value of %s", r->t->name));
}

/* Pointers, and the words that calls such as mmap pass addresses in. */
static enum probe_origin arg_origin(const char *decl)
{
	return strchr(decl, '*') || !strncmp(decl, "unsigned long ", 14) ||
	       !strncmp(decl, "cap_user_", 9) ? ORIGIN_OF_USER : ORIGIN_OF_NONE;
}

/* A program at the call's end finds them where the one at its entry has put them. */
static void add_args(struct resolver *r, const char *args)
{
	bool is_return = r->spec->kind == PROBE_SYSRET;
	unsigned i = 0;

	for (char *arg; (arg = next_arg(r, &args)); i++) {
		char *decl = probe_use_decl(r, arg);
		struct probe_param *p;

		p = probe_add_param(r, probe_decl_name(decl), arg_origin(decl),
				    is_return ? mem_printf(r->parent, "BCSH_SAVED(%u)", i) :
						probe_word(r, SYSCALL_WORD + i),
				    mem_printf(r->parent, "argument %u of %s", i + 1, r->t->name));
		p->decl = decl;
		p->at_entry = is_return;
	}
}

/* The arguments of a call that is newer than the table, as its own tracepoint has them. */
static int add_tracefs_args(struct resolver *r, const char *event)
{
	struct tracepoint tp;
	struct strbuf sb;

	if (tracepoint_read(r->parent, r->facts, "syscalls", event, &tp) || !r->facts->tracefs)
		return -1;
	strbuf_init(&sb, r->parent);
	vec_each(&tp.fields, f)
		if (f->offset >= SYSCALL_WORD * 8 && f->size == 8)
			strbuf_addf(&sb, "%s%s", sb.len ? ", " : "", f->decl);
	add_args(r, sb.text);
	return 0;
}

int probe_resolve_syscall(struct resolver *r)
{
	const char *name = r->spec->parts[0];
	const struct syscall_row *row = syscall_find(name);
	bool is_return = r->spec->kind == PROBE_SYSRET;
	char *enter, *event, *near;

	if (row && row->event)
		name = row->event;
	else if (row)
		name = row->name;
	enter = mem_printf(r->parent, "sys_enter_%s", name);
	event = is_return ? mem_printf(r->parent, "sys_exit_%s", name) : enter;
	if (is_return)
		add_retval(r);
	if (!probe_is_word(name) || (!row && add_tracefs_args(r, enter))) {
		near = syscall_nearest(r->parent, name, 3);
		return probe_missing(r, probe_did_you_mean(r, near), "no system call '%s'", name);
	}
	r->t->event_id = tracepoint_id(r->facts, "syscalls", event);
	if (!r->t->event_id && r->facts->tracefs)
		return probe_missing(r, "rawtracepoint:sys_enter sees all calls by number",
				     "this kernel has no tracepoint for system call '%s'", name);
	r->t->entry_id = is_return ? tracepoint_id(r->facts, "syscalls", enter) : 0;
	if (row)
		add_args(r, row->args);
	return 0;
}

/* tracepoint:syscalls:sys_enter_NAME without tracefs: the record out of the table. */
static int syscall_record(struct resolver *r, const char *event)
{
	bool is_return = !strncmp(event, "sys_exit_", 9);
	const struct syscall_row *row;
	const char *args;
	struct strbuf sb;

	if (!is_return && strncmp(event, "sys_enter_", 10))
		return -1;
	row = syscall_find(event + (is_return ? 9 : 10));
	if (!row)
		return -1;
	strbuf_init(&sb, r->parent);
	strbuf_addf(&sb, "struct bcsh_args_syscalls_%s { unsigned short common_type; "
			 "unsigned char common_flags; unsigned char common_preempt_count; "
			 "int common_pid; int __syscall_nr; int __bcsh_pad;", event);
	args = is_return ? "long ret" : row->args;
	for (char *arg; (arg = next_arg(r, &args));) {
		/* Each takes a whole word, whatever its type. */
		const char *name = probe_decl_name(arg);

		if (strchr(arg, '*'))
			strbuf_addf(&sb, " %s;", probe_use_decl(r, arg));
		else
			strbuf_addf(&sb, " long %s;", name);
	}
	strbuf_adds(&sb, " };\n");
	r->t->types = mem_printf(r->parent, "%s%s", r->t->types ? r->t->types : "", sb.text);
	return 0;
}
