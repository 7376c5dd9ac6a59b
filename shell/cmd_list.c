// SPDX-License-Identifier: GPL-3.0-or-later
/* :list: what could be attached on this kernel, from the table of kinds, tracefs and BTF. */
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>

#include "shell/command.h"
#include "shell/render/table.h"

struct listing {
	const struct session *s;
	const char *pattern;	/* with * and ?; a word without them may stand anywhere */
	struct strbuf sb;
	VEC(char *) found;
	const void *parent;
};

static void consider(struct listing *l, const char *kind, const char *group, const char *name)
{
	char *spec = mem_printf(l->parent, "%s:%s%s%s", kind, group ? group : "", group ? ":" : "", name);
	const char *rest = spec + strlen(kind) + 1;
	bool wild = strpbrk(l->pattern, "*?[");

	if (wild ? !fnmatch(l->pattern, spec, 0) || !fnmatch(l->pattern, rest, 0)
		 : strstr(spec, l->pattern) != NULL)
		vec_push(l->parent, &l->found, spec);
	else
		mem_free(spec);
}

static bool on_function(void *arg, const char *name, uint32_t id)
{
	struct listing *l = arg;

	(void)id;
	if (strncmp(name, "__traceiter_", 12) == 0) {
		consider(l, "rawtracepoint", NULL, name + 12);
		consider(l, "tp_btf", NULL, name + 12);
	} else if (strncmp(name, "__x64_sys_", 10) == 0) {
		consider(l, "syscall", NULL, name + 10);
		consider(l, "sysret", NULL, name + 10);
	}
	consider(l, "kprobe", NULL, name);
	return false;
}

static void list_events(struct listing *l, const char *group)
{
	_cleanup_mem_ char *path = mem_printf(NULL, "%s/events/%s", l->s->facts->tracefs, group);
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			consider(l, "tracepoint", group, e->d_name);
	if (dir)
		closedir(dir);
}

static void list_tracepoints(struct listing *l)
{
	_cleanup_mem_ char *path = NULL;
	struct dirent *e;
	DIR *dir;

	if (!l->s->facts->tracefs)
		return;
	path = mem_printf(NULL, "%s/events", l->s->facts->tracefs);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			list_events(l, e->d_name);
	if (dir)
		closedir(dir);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_kinds(struct table *t)
{
	table_column(t, "form", false);
	table_column(t, "what", false);
	table_column(t, "example", false);
	for (size_t i = 0; i < PROBE_KINDS; i++) {
		char **cells = table_row(t);

		cells[0] = mem_strdup(t, probe_kinds[i].form);
		cells[1] = mem_strdup(t, probe_kinds[i].summary);
		cells[2] = mem_strdup(t, probe_kinds[i].example);
	}
}

enum diag_status cmd_list(struct session *s, const char *args)
{
	_cleanup_mem_ struct table *t = table_new(NULL, "probe");
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct listing l = { .s = s, .pattern = args, .parent = t };

	if (!*args) {
		list_kinds(t);
	} else {
		if (s->facts->btf)
			btf_each_name(s->facts->btf, 1u << BTF_KIND_FUNC, on_function, &l);
		list_tracepoints(&l);
		if (l.found.n)
			qsort(l.found.v, l.found.n, sizeof(*l.found.v), by_text);
		table_column(t, "probe", false);
		vec_each(&l.found, name)
			table_row(t)[0] = *name;
		if (!l.found.n) {
			out_error(s->out, "nothing matches '%s'", args);
			return STATUS_REFUSED;
		}
	}
	table_print(t, s->out->format, &sb);
	out_data(s->out, &sb);
	return STATUS_OK;
}
