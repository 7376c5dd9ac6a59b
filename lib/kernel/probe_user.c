// SPDX-License-Identifier: GPL-3.0-or-later
/* Programs and libraries, clocks and counters, and what happens in the shell itself. */
#include "kernel/probe_inner.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elf_symbol.h"

struct symbol_names {
	const void *parent;
	VEC(const char *) list;
};

static bool add_symbol_name(void *arg, const char *name, const struct elf_symbol *sym)
{
	struct symbol_names *names = arg;

	(void)sym;
	vec_push(names->parent, &names->list, mem_strdup(names->parent, name));
	return false;
}

static int no_symbol(struct resolver *r, const char *name)
{
	_cleanup_mem_ void *scratch = mem_new(NULL, char);
	struct symbol_names names = { .parent = scratch };
	char *near;

	elf_symbol_each(r->t->path, add_symbol_name, &names);
	if (!names.list.n)
		return probe_missing(
			r, "its symbols may be stripped; an offset in the file (0x...) works",
			"'%s' has no function symbols", r->t->path);
	near = nearest_names(r->parent, name, names.list.v, names.list.n, 3);
	return probe_missing(r, probe_did_you_mean(r, near), "no function '%s' in %s", name,
			     r->t->path);
}

static int no_place(struct resolver *r, const char *name, int err)
{
	if (err == -ENOENT)
		return no_symbol(r, name);
	if (err == -ENOEXEC)
		return probe_missing(r, NULL, "'%s' is not a program or library of this machine",
				     r->t->path);
	return probe_missing(r, NULL, "cannot read '%s': %s", r->t->path, strerror(-err));
}

/* Cuts "+0x10" off PLACE. A C++ name may hold a plus of its own ("operator+"). */
static char *split_offset(struct resolver *r, const char *place, uint64_t *ret)
{
	const char *plus = strrchr(place, '+');
	char *end;

	*ret = 0;
	if (!plus || plus == place || plus[1] < '0' || plus[1] > '9')
		return mem_strdup(r->parent, place);
	*ret = strtoull(plus + 1, &end, 0);
	if (*end) {
		*ret = 0;
		return mem_strdup(r->parent, place);
	}
	return mem_strndup(r->parent, place, (size_t)(plus - place));
}

/* "SYM", "SYM+0x10" or a plain "0x1234" of the file. */
static int find_place(struct resolver *r, const char *place)
{
	struct elf_symbol sym;
	uint64_t offset;
	char *name, *end;
	int err;

	if (place[0] == '0' && (place[1] == 'x' || place[1] == 'X')) {
		r->t->offset = strtoull(place, &end, 16);
		return *end ? probe_missing(r, NULL, "'%s' is no offset", place) : 0;
	}
	name = split_offset(r, place, &offset);
	if (offset && r->spec->kind == PROBE_URETPROBE)
		return probe_missing(r, "use uprobe", "uretprobe cannot be at an offset: '%s'",
				     place);
	err = elf_symbol_find(r->t->path, name, &sym);
	if (err)
		return no_place(r, name, err);
	if (sym.indirect)
		return probe_missing(r,
				     "probe the variant this processor uses, such as "
				     "'__strlen_avx2', if the library names it",
				     "'%s' in %s is chosen at run time (an indirect function)",
				     name, r->t->path);
	if (offset && sym.size && offset >= sym.size)
		return probe_missing(r, NULL, "'%s' has only %llu bytes", name,
				     (unsigned long long)sym.size);
	r->t->func = name;
	r->t->offset = sym.offset + offset;
	return 0;
}

int probe_resolve_uprobe(struct resolver *r)
{
	r->t->path = elf_find_file(r->parent, r->spec->parts[0]);
	if (!r->t->path)
		return probe_missing(
			r, "give a path, the name of a library (libc) or of a program (bash)",
			"no file '%s'", r->spec->parts[0]);
	if (find_place(r, r->spec->parts[1]))
		return -1;
	r->t->name = mem_printf(r->parent, "%s:%s:%s", probe_kinds[r->spec->kind].name, r->t->path,
				r->spec->parts[1]);
	probe_add_registers(r, ORIGIN_OF_USER);
	return 0;
}

int probe_resolve_usdt(struct resolver *r)
{
	return probe_missing(r, "use uprobe", "usdt probes are not supported yet: '%s'",
			     r->t->name);
}

int probe_resolve_profile(struct resolver *r)
{
	uint64_t ns, hz;

	if (!probe_time(r->spec, &ns, &hz))
		return probe_missing(r, "write 'profile:99hz', 'profile:hz:99' or 'profile:10ms'",
				     "'%s' is no frequency", r->spec->text);
	r->t->frequency = hz;
	r->t->period = ns;
	r->t->func = mem_strdup(r->parent, "");
	return 0;
}

int probe_resolve_interval(struct resolver *r)
{
	uint64_t ns, hz;

	if (!probe_time(r->spec, &ns, &hz))
		return probe_missing(r, "write 'interval:1s' or 'interval:500ms'",
				     "'%s' is no time", r->spec->text);
	r->t->period = hz ? 1000000000 / hz : ns;
	if (!r->t->period)
		r->t->period = 1;
	return 0;
}

static const struct counter {
	const char *name, *alias;
	uint64_t config, period;
} software[] = {
	{ "alignment-faults", NULL, PERF_COUNT_SW_ALIGNMENT_FAULTS, 1 },
	{ "bpf-output", NULL, PERF_COUNT_SW_BPF_OUTPUT, 1 },
	{ "context-switches", "cs", PERF_COUNT_SW_CONTEXT_SWITCHES, 1000 },
	{ "cpu-clock", "cpu", PERF_COUNT_SW_CPU_CLOCK, 1000000 },
	{ "cpu-migrations", NULL, PERF_COUNT_SW_CPU_MIGRATIONS, 1 },
	{ "dummy", NULL, PERF_COUNT_SW_DUMMY, 1 },
	{ "emulation-faults", NULL, PERF_COUNT_SW_EMULATION_FAULTS, 1 },
	{ "major-faults", NULL, PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1 },
	{ "minor-faults", NULL, PERF_COUNT_SW_PAGE_FAULTS_MIN, 100 },
	{ "page-faults", "faults", PERF_COUNT_SW_PAGE_FAULTS, 100 },
	{ "task-clock", NULL, PERF_COUNT_SW_TASK_CLOCK, 1000000 },
}, hardware[] = {
	{ "backend-stalls", NULL, PERF_COUNT_HW_STALLED_CYCLES_BACKEND, 1000000 },
	{ "branch-instructions", "branches", PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100000 },
	{ "branch-misses", NULL, PERF_COUNT_HW_BRANCH_MISSES, 100000 },
	{ "bus-cycles", NULL, PERF_COUNT_HW_BUS_CYCLES, 100000 },
	{ "cache-misses", NULL, PERF_COUNT_HW_CACHE_MISSES, 1000000 },
	{ "cache-references", NULL, PERF_COUNT_HW_CACHE_REFERENCES, 1000000 },
	{ "cpu-cycles", "cycles", PERF_COUNT_HW_CPU_CYCLES, 1000000 },
	{ "frontend-stalls", NULL, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, 1000000 },
	{ "instructions", NULL, PERF_COUNT_HW_INSTRUCTIONS, 1000000 },
	{ "ref-cycles", NULL, PERF_COUNT_HW_REF_CPU_CYCLES, 1000000 },
};

int probe_resolve_counter(struct resolver *r)
{
	bool soft = r->spec->kind == PROBE_SOFTWARE;
	const struct counter *rows = soft ? software : hardware;
	size_t n = soft ? ARRAY_SIZE(software) : ARRAY_SIZE(hardware);
	const char *name = r->spec->parts[0], *names[16];
	char *end;

	for (size_t i = 0; i < n; i++) {
		names[i] = rows[i].name;
		if (strcmp(rows[i].name, name) && (!rows[i].alias || strcmp(rows[i].alias, name)))
			continue;
		r->t->event_id = rows[i].config;
		r->t->period = rows[i].period;
		r->t->func = mem_strdup(r->parent, rows[i].name);
		if (r->spec->n_parts == 1)
			return 0;
		r->t->period = strtoull(r->spec->parts[1], &end, 10);
		if (*end || !r->t->period || r->spec->parts[1][0] == '-')
			return probe_missing(r, NULL, "'%s' is no count", r->spec->parts[1]);
		return 0;
	}
	return probe_missing(r, probe_did_you_mean(r, nearest_names(r->parent, name, names, n, 3)),
			     "no %s event '%s'", probe_kinds[r->spec->kind].name, name);
}

int probe_resolve_moment(struct resolver *r)
{
	(void)r;
	return 0;
}

int probe_resolve_event(struct resolver *r)
{
	if (!probe_is_word(r->spec->parts[0]))
		return probe_missing(r, NULL, "'%s' is no name of an event", r->spec->parts[0]);
	return probe_missing(r, "records are printed as they come; -f json gives them to another program",
			     "event clauses are not supported yet: '%s'", r->t->name);
}
