// SPDX-License-Identifier: GPL-3.0-or-later
/* Commands about maps: :maps :print :clear, and :drop's half for maps. */
#include <errno.h>
#include <inttypes.h>

#include "kernel/btf_c.h"
#include "shell/cmd_names.h"
#include "shell/command.h"
#include "shell/live.h"
#include "shell/render/table.h"

static const char *map_type_name(uint32_t type)
{
	static const char *const names[] = {
		[BPF_MAP_TYPE_HASH] = "hash",
		[BPF_MAP_TYPE_ARRAY] = "array",
		[BPF_MAP_TYPE_PERF_EVENT_ARRAY] = "perf_event_array",
		[BPF_MAP_TYPE_PERCPU_HASH] = "percpu_hash",
		[BPF_MAP_TYPE_PERCPU_ARRAY] = "percpu_array",
		[BPF_MAP_TYPE_STACK_TRACE] = "stack_trace",
		[BPF_MAP_TYPE_LRU_HASH] = "lru_hash",
		[BPF_MAP_TYPE_LRU_PERCPU_HASH] = "lru_percpu_hash",
		[BPF_MAP_TYPE_LPM_TRIE] = "lpm_trie",
		[BPF_MAP_TYPE_QUEUE] = "queue",
		[BPF_MAP_TYPE_STACK] = "stack",
		[BPF_MAP_TYPE_RINGBUF] = "ringbuf",
	};

	return type < ARRAY_SIZE(names) && names[type] ? names[type] : "other";
}

static char *title(struct session *s, const struct bcsh_map *m, const void *parent)
{
	bool at = *m->name != '@' && session_at_map(s, m->name);

	return mem_printf(parent, "%s%s", at ? "@" : "", m->name);
}

static char *key_types(const struct at_map *at, const struct bcsh_map *m, const void *parent)
{
	struct strbuf sb = STRBUF_INIT;

	if (m->role == FLAT_MAP_GLOBAL)
		return mem_strdup(parent, "");
	if (at) {
		for (size_t i = 0; i < at->keys.n; i++)
			strbuf_addf(&sb, "%s%s", i ? ", " : "", at->keys.v[i].c_type);
	} else if (m->btf && m->key_id) {
		btf_c_declare(m->btf, m->key_id, "", &sb);
	} else {
		strbuf_addf(&sb, "%u bytes", m->key_size);
	}
	return strbuf_detach(&sb, parent);
}

static char *value_type_name(const struct at_map *at, const struct bcsh_map *m, const void *parent)
{
	static const char *const aggregations[] = {
		[AT_COUNT] = "count()", [AT_SUM] = "sum()", [AT_AVG] = "avg()", [AT_MIN] = "min()",
		[AT_MAX] = "max()", [AT_STATS] = "stats()", [AT_HIST] = "hist()", [AT_LHIST] = "lhist()",
	};
	struct strbuf sb = STRBUF_INIT;

	if (at && at->value >= AT_COUNT)
		strbuf_adds(&sb, aggregations[at->value]);
	else if (at && at->c_type)
		strbuf_adds(&sb, at->c_type);
	else if (m->btf && m->value_id)
		btf_c_declare(m->btf, m->value_id, "", &sb);
	else
		strbuf_addf(&sb, "%u bytes", m->value_size);
	while (sb.len && sb.text[sb.len - 1] == ' ')
		strbuf_trim(&sb, sb.len - 1);
	return strbuf_detach(&sb, parent);
}

static char *count_entries(struct bcsh_map *m, const void *parent)
{
	_cleanup_mem_ void *mem = mem_strdup(NULL, "snapshot");
	struct map_snapshot snap;

	return map_read(mem, m, &snap) ? NULL : mem_printf(parent, "%zu", snap.n);
}

enum diag_status cmd_maps(struct session *s, const char *args)
{
	_cleanup_mem_ struct table *t = table_new(NULL, "map");
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	(void)args;
	table_column(t, "map", false);
	table_column(t, "type", false);
	table_column(t, "key", false);
	table_column(t, "value", false);
	table_column(t, "entries", true);
	table_column(t, "most", true);
	table_column(t, "memory", true);
	for (size_t i = 0; i < maps_count(s->maps); i++) {
		struct bcsh_map *m = maps_at(s->maps, i);
		const struct at_map *at = session_at_map(s, m->name);
		uint64_t memory = map_memory(m);
		char **cells;

		if (!live_map_shown(m))
			continue;
		cells = table_row(t);
		cells[0] = title(s, m, t);
		cells[1] = mem_strdup(t, m->role == FLAT_MAP_GLOBAL ? "variable" : map_type_name(m->type));
		cells[2] = key_types(at, m, t);
		cells[3] = value_type_name(at, m, t);
		cells[4] = count_entries(m, t);
		cells[5] = mem_printf(t, "%u", m->max_entries);
		cells[6] = memory ? mem_printf(t, "%" PRIu64, memory) : NULL;
	}
	if (t->rows.n || s->out->format == TABLE_JSON)
		table_print(t, s->out->format, &sb);
	else
		out_note(s->out, "no maps yet");
	out_data(s->out, &sb);
	return STATUS_OK;
}

enum diag_status no_such_map(struct session *s, const char *name)
{
	size_t n = maps_count(s->maps), k = 0;
	_cleanup_mem_ const char **names = mem_array(NULL, const char *, n + 1);
	char *near;

	for (size_t i = 0; i < n; i++)
		if (live_map_shown(maps_at(s->maps, i)))
			names[k++] = maps_at(s->maps, i)->name;
	near = nearest_names(names, *name == '@' ? name + 1 : name, names, k, 3);
	out_error(s->out, near ? "no map '%s'; did you mean %s?" : "no map '%s'; ':maps' lists them", name,
		  near);
	return STATUS_REFUSED;
}

/* Calls FN for each blank-separated word of ARGS until one fails. */
enum diag_status each_word(struct session *s, const char *args,
			   enum diag_status (*fn)(struct session *s, const char *word))
{
	enum diag_status status = STATUS_OK;

	while (*args && !status) {
		size_t n = strcspn(args, " \t\n,");
		_cleanup_mem_ char *word = mem_strndup(NULL, args, n);

		if (n)
			status = fn(s, word);
		args += n;
		args += strspn(args, " \t\n,");
	}
	return status;
}

static enum diag_status print_one(struct session *s, const char *name)
{
	int err = live_print_map(s, name);

	if (err == -ENOENT)
		return no_such_map(s, name);
	if (err)
		out_error(s->out, "cannot read map '%s': %s", name, strerror(-err));
	return err ? STATUS_RUNTIME : STATUS_OK;
}

enum diag_status cmd_print(struct session *s, const char *args)
{
	live_events(s);
	if (*args)
		return each_word(s, args, print_one);
	live_print_all(s);
	return STATUS_OK;
}

static enum diag_status clear_one(struct session *s, const char *name)
{
	struct bcsh_map *m = live_map(s, name);
	int err;

	if (!m)
		return no_such_map(s, name);
	err = map_clear(m);
	if (err)
		out_error(s->out, "cannot clear map '%s': %s", name, strerror(-err));
	return err ? STATUS_RUNTIME : STATUS_OK;
}

enum diag_status cmd_clear(struct session *s, const char *args)
{
	if (!*args) {
		out_error(s->out, ":clear needs a map's name, or 'all'");
		return STATUS_REFUSED;
	}
	if (strcmp(args, "all") != 0)
		return each_word(s, args, clear_one);
	for (size_t i = 0; i < maps_count(s->maps); i++)
		if (live_map_shown(maps_at(s->maps, i)) && maps_at(s->maps, i)->role == FLAT_MAP_USER)
			map_clear(maps_at(s->maps, i));
	return STATUS_OK;
}

static void forget_types(struct session *s, const char *name)
{
	const struct at_map *at = session_at_map(s, name);

	if (at)
		vec_remove(&s->at_maps, at - s->at_maps.v);
	if (strcmp(name, "@") == 0)
		name = "";
	for (size_t i = 0; i < s->origins.list.n; ) {
		if (strcmp(s->origins.list.v[i].name, name) == 0)
			vec_remove(&s->origins.list, i);
		else
			i++;
	}
}

bool drop_map(struct session *s, const char *name)
{
	struct bcsh_map *m = live_map(s, name);
	_cleanup_mem_ char *plain = mem_strdup(NULL, m ? m->name : "");

	if (!m)
		return false;
	maps_drop(s->maps, m);
	forget_types(s, plain);
	return true;
}
