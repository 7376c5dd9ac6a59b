// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Tracepoint records; see tracepoint.h. Scalars are printed by size and sign, not by the kernel's
 * typedefs: a record must compile whatever types the unit has. Pointers keep their type.
 */
#include "kernel/tracepoint.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/btf_c.h"

#define FORMAT_MAX (1u << 20)

static bool is_name(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

/* A scalar of SIZE bytes; CHARS keeps text as char. */
static const char *scalar(uint32_t size, bool is_signed, bool chars)
{
	switch (size) {
	case 1:
		return chars ? "char" : is_signed ? "signed char" : "unsigned char";
	case 2:
		return is_signed ? "short" : "unsigned short";
	case 4:
		return is_signed ? "int" : "unsigned int";
	case 8:
		return is_signed ? "long" : "unsigned long";
	default:
		return NULL;
	}
}

static bool is_word(const char *text, const char *word)
{
	const char *p = strstr(text, word);

	return p && (p == text || p[-1] == ' ') && !isalnum((unsigned char)p[strlen(word)]) &&
	       p[strlen(word)] != '_';
}

/* Size of an element named by TYPE, for arrays that have none and so no size of their own. */
static uint32_t element_size(const char *type)
{
	static const struct { const char *word; uint32_t size;
	} words[] = {
		{ "char", 1 },  { "u8", 1 },  { "__u8", 1 },  { "bool", 1 },
		{ "short", 2 }, { "u16", 2 }, { "__u16", 2 }, { "u64", 8 },
		{ "__u64", 8 }, { "s64", 8 }, { "long", 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (is_word(type, words[i].word))
			return words[i].size;
	return 4;
}

/* Turns one field as tracefs spells it ("char comm[16]") into C. */
static void declare_field(const void *parent, const char *spelled, bool is_signed,
			  struct tracepoint_field *f)
{
	size_t len = strlen(spelled), end = len, start;
	const char *bracket = spelled[len - 1] == ']' ? strrchr(spelled, '[') : NULL;
	uint32_t count = bracket ? (uint32_t)strtoul(bracket + 1, NULL, 10) : 0, size = f->size;
	const char *element;

	if (bracket)
		end = (size_t)(bracket - spelled);
	for (start = end;
	     start && (isalnum((unsigned char)spelled[start - 1]) || spelled[start - 1] == '_');)
		start--;
	f->name = mem_strndup(parent, spelled + start, end - start);
	while (start && spelled[start - 1] == ' ')
		start--;
	f->type = mem_strndup(parent, spelled, start);
	if (!strncmp(f->type, "__data_loc ", 11) || !strncmp(f->type, "__rel_loc ", 10)) {
		f->name = mem_printf(parent, "%s_%s", f->type[2] == 'd' ? "data_loc" : "rel_loc",
				     f->name);
		f->decl = mem_printf(parent, "int %s", f->name);
		return;
	}
	if (bracket)
		f->type = mem_printf(parent, "%s%s", f->type, bracket);
	if (bracket && !strchr(f->type, '*')) {
		size = count && f->size ? f->size / count : element_size(f->type);
		element = scalar(size, is_signed && !is_word(f->type, "char"),
				 is_word(f->type, "char"));
		if (element)
			f->decl = mem_printf(parent, "%s %s[%u]", element, f->name, f->size / size);
	} else if (strchr(f->type, '*') && !bracket && size == 8 && !strchr(f->type, '(') &&
		   !strstr(f->type, "__seg")) {
		f->decl = mem_printf(parent, "%s%s%s", f->type,
				     f->type[start - 1] == '*' ? "" : " ", f->name);
	} else if (!bracket && scalar(size, is_signed, false)) {
		f->decl = mem_printf(parent, "%s %s",
				     is_word(f->type, "bool") ? "_Bool" :
				     scalar(size, is_signed, !strcmp(f->type, "char")), f->name);
	}
	if (!f->decl)
		f->decl = mem_printf(parent, "unsigned char %s[%u]", f->name, f->size);
}

/* "\tfield:SPELLED;\toffset:N;\tsize:N;\tsigned:N;" */
static bool parse_field(const void *parent, const char *line, struct tracepoint *tp)
{
	const char *end = strstr(line, ";\toffset:");
	unsigned offset, size;
	int is_signed = 0;
	struct tracepoint_field *f;
	char *spelled;

	if (!end || end == line ||
	    sscanf(end, ";\toffset:%u;\tsize:%u;\tsigned:%d", &offset, &size, &is_signed) < 2)
		return false;
	spelled = mem_strndup(parent, line, (size_t)(end - line));
	f = vec_add(parent, &tp->fields);
	f->offset = offset;
	f->size = size;
	declare_field(parent, spelled, is_signed, f);
	return is_name(f->name);
}

int tracepoint_parse(const void *parent, const char *text, struct tracepoint *ret)
{
	const char *id = strstr(text, "\nID: ");
	const char *line;

	for (line = strstr(text, "\tfield:"); line; line = strstr(line, "\tfield:")) {
		line += strlen("\tfield:");
		if (!parse_field(parent, line, ret))
			return -EINVAL;
	}
	if (!ret->fields.n)
		return -EINVAL;
	ret->id = id ? strtoull(id + 5, NULL, 10) : 0;
	return 0;
}

static int read_event_file(const struct facts *facts, const char *category, const char *event,
			   const char *file, struct strbuf *out)
{
	_cleanup_mem_ char *path = NULL;

	if (!facts->tracefs || !is_name(event))
		return -EACCES;
	path = mem_printf(NULL, "%s/events/%s/%s/%s", facts->tracefs, category, event, file);
	return strbuf_read_file(out, path, FORMAT_MAX);
}

uint64_t tracepoint_id(const struct facts *facts, const char *category, const char *event)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (read_event_file(facts, category, event, "id", &text))
		return 0;
	return strtoull(text.text, NULL, 10);
}

static void from_members(const void *parent, const struct btf_index *b, uint32_t record,
			 uint32_t base, struct tracepoint *tp)
{
	static const struct { const char *theirs, *name; } common[] = {
		{ "type", "common_type" }, { "flags", "common_flags" },
		{ "preempt_count", "common_preempt_count" }, { "pid", "common_pid" },
	};

	for (unsigned i = 0; i < btf_vlen_of(btf_type(b, record)); i++) {
		struct btf_field m = btf_member_at(b, record, i);
		const char *name = m.name;
		struct tracepoint_field *f;
		struct strbuf sb;

		if (!base && !strcmp(name, "ent")) {
			from_members(parent, b, btf_resolve(b, m.type), 1, tp);
			continue;
		}
		if (!strcmp(name, "__data") || !*name || m.bits)
			continue;
		for (size_t k = 0; base && k < ARRAY_SIZE(common); k++)
			if (!strcmp(name, common[k].theirs))
				name = common[k].name;
		if (!strncmp(name, "__data_loc_", 11) || !strncmp(name, "__rel_loc_", 10))
			name += 2;
		f = vec_add(parent, &tp->fields);
		f->name = mem_strdup(parent, name);
		f->offset = m.bit_offset / 8;
		f->size = (uint32_t)btf_size(b, m.type);
		strbuf_init(&sb, parent);
		btf_c_declare(b, m.type, "", &sb);
		f->type = strbuf_detach(&sb, parent);
		btf_c_declare(b, m.type, name, &sb);
		f->decl = strbuf_detach(&sb, parent);
	}
}

struct class_search {
	const struct btf_index *b;
	const char *event;
	uint32_t proto;		/* of the event's callbacks */
	const char *only, *named;	/* a class that fits; one whose name fits too */
	unsigned n, n_named;
};

#define CLASS_PREFIX "trace_event_raw_event_"

static bool same_params(const struct btf_index *b, uint32_t f, uint32_t g)
{
	if (btf_param_count(b, f) != btf_param_count(b, g))
		return false;
	for (unsigned i = 0; i < btf_param_count(b, f); i++)
		if (btf_param_at(b, f, i).type != btf_param_at(b, g, i).type)
			return false;
	return true;
}

/* "sched_wakeup_template" for sched_wakeup_new, "block_rq" for block_rq_issue. */
static bool name_fits(const char *class, const char *event)
{
	static const char *const ends[] = { "_template", "_class", "_event", "_tmpl" };
	size_t len = strlen(class), n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (len > strlen(ends[i]) && !strcmp(class + len - strlen(ends[i]), ends[i])) {
			len -= strlen(ends[i]);
			break;
		}
	while (n < len && class[n] == event[n])
		n++;
	return n == len && (!event[n] || event[n] == '_');
}

static bool consider_class(void *arg, const char *name, uint32_t id)
{
	struct class_search *s = arg;
	const char *class = name + strlen(CLASS_PREFIX);
	char own[128];

	if (strncmp(name, CLASS_PREFIX, strlen(CLASS_PREFIX)) || !same_params(s->b, id, s->proto))
		return false;
	/* A class of an event's own name is that event's alone. */
	if (snprintf(own, sizeof(own), "btf_trace_%s", class) >= (int)sizeof(own) ||
	    btf_find(s->b, own, 1u << BTF_KIND_TYPEDEF))
		return false;
	s->n++;
	s->only = class;
	if (name_fits(class, s->event)) {
		s->n_named++;
		s->named = class;
	}
	return false;
}

/*
 * An event's record has the name of its class, and nothing in BTF says which class that is. Its
 * handler takes the event's parameters; if several do, exactly one must have a name that fits too.
 */
static const char *event_class(const struct btf_index *b, const char *event)
{
	_cleanup_mem_ char *name = mem_printf(NULL, "btf_trace_%s", event);
	uint32_t id = btf_resolve(b, btf_find(b, name, 1u << BTF_KIND_TYPEDEF));
	struct class_search s = { .b = b, .event = event };

	if (btf_kind_of(btf_type(b, id)) != BTF_KIND_PTR)
		return NULL;
	s.proto = btf_type(b, id)->type;
	btf_each_name(b, 1u << BTF_KIND_FUNC, consider_class, &s);
	return s.n_named == 1 ? s.named : s.n == 1 ? s.only : NULL;
}

static int from_btf(const void *parent, const struct btf_index *b, struct tracepoint *ret)
{
	_cleanup_mem_ char *name = mem_printf(NULL, "trace_event_raw_%s", ret->event);
	_cleanup_mem_ char *typedef_name = mem_printf(NULL, "btf_trace_%s", ret->event);
	_cleanup_mem_ char *class_name = NULL;
	uint32_t id = btf_find(b, name, 1u << BTF_KIND_STRUCT);
	const char *class;

	if (!btf_find(b, typedef_name, 1u << BTF_KIND_TYPEDEF))
		return -ENOENT;
	if (!id) {
		class = event_class(b, ret->event);
		if (!class)
			return -EACCES;
		class_name = mem_printf(NULL, "trace_event_raw_%s", class);
		id = btf_find(b, class_name, 1u << BTF_KIND_STRUCT);
	}
	if (!id)
		return -EACCES;
	from_members(parent, b, id, 0, ret);
	return 0;
}

int tracepoint_read(const void *parent, const struct facts *facts, const char *category,
		    const char *event, struct tracepoint *ret)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	int err;

	*ret = (struct tracepoint){
		.category = mem_strdup(parent, category), .event = mem_strdup(parent, event),
	};
	if (!is_name(event))
		return -ENOENT;
	err = read_event_file(facts, category, event, "format", &text);
	if (!err)
		return tracepoint_parse(parent, text.text, ret);
	if (err != -EACCES && err != -EPERM)
		return err;
	return facts->btf ? from_btf(parent, facts->btf, ret) : -EACCES;
}

void tracepoint_record(const struct tracepoint *tp, struct strbuf *out)
{
	uint32_t at = 0;
	unsigned pads = 0;

	strbuf_addf(out, "struct bcsh_args_%s_%s {", tp->category, tp->event);
	vec_each(&tp->fields, f) {
		if (f->offset < at)
			continue;
		if (f->offset > at)
			strbuf_addf(out, " char __bcsh_pad%u[%u];", pads++, f->offset - at);
		strbuf_addf(out, " %s;", f->decl);
		at = f->offset + f->size;
	}
	strbuf_adds(out, " } __attribute__((packed, aligned(8)));\n");
}

static void add_names(const void *parent, const char *dir, const char *prefix, char ***names,
		      size_t *n)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		*names = mem_resize(parent, *names, sizeof(char *), *n + 1);
		(*names)[(*n)++] = mem_printf(parent, "%s%s", prefix, e->d_name);
	}
	closedir(d);
}

size_t tracepoint_names(const void *parent, const struct facts *facts, const char *category,
			char ***ret)
{
	_cleanup_mem_ char *dir = NULL, *events = NULL;
	char **categories = NULL;
	size_t n_categories = 0, n = 0;

	*ret = NULL;
	if (!facts->tracefs || (category && !is_name(category) && strchr(category, '/')))
		return 0;
	events = mem_printf(NULL, "%s/events", facts->tracefs);
	if (category) {
		dir = mem_printf(NULL, "%s/%s", events, category);
		add_names(parent, dir, "", ret, &n);
		return n;
	}
	add_names(events, events, "", &categories, &n_categories);
	for (size_t i = 0; i < n_categories; i++) {
		_cleanup_mem_ char *path = mem_printf(NULL, "%s/%s", events, categories[i]);
		_cleanup_mem_ char *prefix = mem_printf(NULL, "%s:", categories[i]);

		add_names(parent, path, prefix, ret, &n);
	}
	return n;
}
