// SPDX-License-Identifier: GPL-3.0-or-later
/* Commands about programs: :probes :attach :detach :drop. */
#include <bpf/bpf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "shell/cmd_names.h"
#include "shell/command.h"
#include "shell/live.h"
#include "shell/render/table.h"

static const char *state_name(const struct probe *p)
{
	static const char *const names[] = { [PROBE_OFF] = "detached", [PROBE_ON] = "attached",
					     [PROBE_DONE] = "done" };

	if (p->target.kind == PROBE_END)
		return "waits";
	return names[p->state];
}

/* Average run time while the kernel's statistics are on. */
static char *ns_per_hit(const struct probe *p, const void *parent)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (p->prog_fd < 0 || bpf_obj_get_info_by_fd(p->prog_fd, &info, &len) || !info.run_cnt)
		return NULL;
	return mem_printf(parent, "%" PRIu64, (uint64_t)(info.run_time_ns / info.run_cnt));
}

static void add_row(struct session *s, struct table *t, const struct probe *p)
{
	char **cells = table_row(t);
	struct probe_counts c = { 0 };
	unsigned i = 0;

	cells[i++] = mem_printf(t, "%u", p->id);
	cells[i++] = p->target.name;
	if (session_counts(s, p, &c)) {
		cells[i] = mem_printf(t, "%" PRIu64, c.hits);
		cells[i + 1] = mem_printf(t, "%" PRIu64, c.lost);
		cells[i + 2] = mem_printf(t, "%" PRIu64, c.faults);
	}
	i += 3;
	if (s->stats_fd >= 0)
		cells[i++] = ns_per_hit(p, t);
	cells[i] = mem_strdup(t, state_name(p));
}

enum diag_status cmd_probes(struct session *s, const char *args)
{
	_cleanup_mem_ struct table *t = table_new(NULL, "probe");
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	(void)args;
	table_column(t, "id", true);
	table_column(t, "probe", false);
	table_column(t, "hits", true);
	table_column(t, "lost", true);
	table_column(t, "faults", true);
	if (s->stats_fd >= 0)
		table_column(t, "ns/hit", true);
	table_column(t, "state", false);
	vec_each(&s->probes, p)
		add_row(s, t, *p);
	if (t->rows.n || s->out->format == TABLE_JSON)
		table_print(t, s->out->format, &sb);
	else
		out_note(s->out, "no probes yet");
	out_data(s->out, &sb);
	vec_each(&s->probes, p) {
		struct probe_counts c = { 0 };

		if (session_counts(s, *p, &c))
			live_note_skipped(s, *p, &c);
	}
	return STATUS_OK;
}

/* Does WORD mean P: its number, its spec, or all? */
static bool is_meant(const struct probe *p, const char *word)
{
	char *end;
	unsigned long id = strtoul(word, &end, 10);

	if (!*end && *word)
		return p->id == id;
	return strcmp(word, "all") == 0 || strcmp(word, p->target.name) == 0 ||
	       strcmp(word, p->item->input.specs.v[p->spec].text) == 0;
}

static enum diag_status no_such_probe(struct session *s, const char *word)
{
	if (strcmp(word, "all") == 0)
		return STATUS_OK;
	out_error(s->out, "no probe '%s'; ':probes' lists them", word);
	return STATUS_REFUSED;
}

static enum diag_status attach_word(struct session *s, const char *word)
{
	enum diag_status status = STATUS_OK;
	bool any = false;

	vec_each(&s->probes, p) {
		if (!is_meant(*p, word))
			continue;
		any = true;
		status = status ? status : session_attach(s, *p);
	}
	return any ? status : no_such_probe(s, word);
}

static enum diag_status detach_word(struct session *s, const char *word)
{
	bool any = false;

	vec_each(&s->probes, p) {
		if (!is_meant(*p, word))
			continue;
		any = true;
		session_detach(s, *p, false);
	}
	return any ? STATUS_OK : no_such_probe(s, word);
}

static bool drop_definition(struct session *s, const char *name)
{
	for (size_t i = 0; i < s->definitions.n; i++) {
		struct item *it = s->definitions.v[i];

		vec_each(&it->input.names, n) {
			if (strcmp(*n, name) == 0) {
				vec_remove(&s->definitions, i);
				mem_free(it);
				return true;
			}
		}
	}
	return false;
}

/* A program that needs the map or definition, so that it cannot go. */
static const struct probe *find_user(struct session *s, const char *word)
{
	const char *name = *word == '@' ? word + 1 : word;

	vec_each(&s->probes, p) {
		_cleanup_mem_ void *mem = mem_strdup(NULL, "names");
		struct names uses = { 0 };

		session_probe_names(s, mem, *p, &uses);
		if ((*p)->state != PROBE_DONE && names_have_map(&uses, name))
			return *p;
	}
	return NULL;
}

static enum diag_status drop_word(struct session *s, const char *word)
{
	const struct probe *user;
	bool any = false;

	for (size_t i = s->probes.n; i--; ) {
		if (is_meant(s->probes.v[i], word)) {
			session_drop_probe(s, s->probes.v[i]);
			any = true;
		}
	}
	if (any)
		return STATUS_OK;
	user = find_user(s, word);
	if (user) {
		out_error(s->out, "probe %u (%s) uses '%s'; ':drop %u' first", user->id,
			  user->target.name, word, user->id);
		return STATUS_REFUSED;
	}
	any = drop_map(s, word);
	any = drop_definition(s, word) || any;
	if (any || strcmp(word, "all") == 0)
		return STATUS_OK;
	out_error(s->out, "no probe, map or definition is called '%s'", word);
	return STATUS_REFUSED;
}

static enum diag_status need_word(struct session *s, const char *args, const char *needs,
				  enum diag_status (*fn)(struct session *s, const char *word))
{
	if (*args)
		return each_word(s, args, fn);
	out_error(s->out, "%s, or 'all'", needs);
	return STATUS_REFUSED;
}

enum diag_status cmd_attach(struct session *s, const char *args)
{
	return need_word(s, args, ":attach needs a probe's number", attach_word);
}

enum diag_status cmd_detach(struct session *s, const char *args)
{
	return need_word(s, args, ":detach needs a probe's number or spec", detach_word);
}

enum diag_status cmd_drop(struct session *s, const char *args)
{
	return need_word(s, args, ":drop needs a probe's number or spec, the name of a map or definition",
			 drop_word);
}
