// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the session has learned: where pointers in maps and variables come from, the types of maps, the
 * formats of events. Facts only grow; that they grew is what makes older programs wrong.
 */
#include "shell/session.h"

static char *copy(const void *parent, const char *text)
{
	return text ? mem_strdup(parent, text) : NULL;
}

static struct origin_fact *find(const struct origin_facts *facts, const struct origin_fact *f)
{
	vec_each(&facts->list, k)
		if (strcmp(k->name, f->name) == 0 && strcmp(k->path, f->path) == 0)
			return k;
	return NULL;
}

void origins_grown(const void *parent, const struct origin_facts *known,
		   const struct origin_facts *fresh, struct names *grown)
{
	vec_each(&fresh->list, f) {
		const struct origin_fact *k = find(known, f);

		if (f->origins & ~(k ? k->origins : 0))
			names_add(parent, grown, f->name);
	}
}

void origins_merge(const void *parent, struct origin_facts *known, const struct origin_facts *fresh)
{
	vec_each(&fresh->list, f) {
		struct origin_fact *k = find(known, f);

		if (k) {
			k->origins |= f->origins;
			continue;
		}
		k = vec_add(parent, &known->list);
		k->name = copy(parent, f->name);
		k->path = copy(parent, f->path);
		k->origins = f->origins;
		k->why = copy(parent, f->why);
	}
}

void at_map_copy(const void *parent, struct at_map *to, const struct at_map *from)
{
	*to = *from;
	to->name = copy(parent, from->name);
	to->c_type = copy(parent, from->c_type);
	memset(&to->keys, 0, sizeof(to->keys));
	vec_each(&from->keys, k) {
		struct at_key *key = vec_add(parent, &to->keys);

		key->c_type = copy(parent, k->c_type);
		key->name = copy(parent, k->name);
	}
}

void session_learn_maps(struct session *s, const struct at_map *maps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct at_map *known = session_at_map(s, maps[i].name);

		if (known || maps[i].value == AT_UNKNOWN)
			continue;
		known = vec_add(s, &s->at_maps);
		at_map_copy(s, known, &maps[i]);
		known->known = true;
	}
}

static void copy_format(const void *parent, struct event_format *to, const struct event_format *from)
{
	*to = *from;
	to->name = copy(parent, from->name);
	to->format = copy(parent, from->format);
	memset(&to->fields, 0, sizeof(to->fields));
	vec_each(&from->fields, f) {
		struct event_field *field = vec_add(parent, &to->fields);

		*field = *f;
		field->name = copy(parent, f->name);
		field->c_type = copy(parent, f->c_type);
	}
}

void session_learn_formats(struct session *s, const struct event_format *formats, size_t n)
{
	s->last_emit = NULL;
	for (size_t i = 0; i < n; i++) {
		struct event_format *known = session_format(s, formats[i].id);

		copy_format(s, known ? known : vec_add(s, &s->formats), &formats[i]);
	}
}

static struct record_layout *find_record(struct session *s, const char *name)
{
	vec_each(&s->records, r)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

static bool same_record(const struct record_layout *a, const struct record_layout *b)
{
	if (a->size != b->size || a->members.n != b->members.n)
		return false;
	for (size_t i = 0; i < a->members.n; i++) {
		const struct record_member *m = &a->members.v[i], *n = &b->members.v[i];

		if (m->bit_offset != n->bit_offset || m->bits != n->bits ||
		    strcmp(m->name, n->name) != 0 || strcmp(m->c_type, n->c_type) != 0)
			return false;
	}
	return true;
}

/* The last definition of a name counts. */
void session_learn_records(struct session *s, const struct record_layout *records, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct record_layout *known = find_record(s, records[i].name);

		if (known && same_record(known, &records[i]))
			continue;
		if (!known)
			known = vec_add(s, &s->records);
		*known = records[i];
		known->name = copy(s, records[i].name);
		memset(&known->members, 0, sizeof(known->members));
		vec_each(&records[i].members, m) {
			struct record_member *to = vec_add(s, &known->members);

			*to = *m;
			to->name = copy(s, m->name);
			to->c_type = copy(s, m->c_type);
		}
	}
}
