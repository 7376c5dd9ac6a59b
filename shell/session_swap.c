// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * From a compiled program to a changed session, wholly or not at all: load everything, attach the new,
 * attach the rebuilt beside their old selves, and only then let the old go.
 */
#include <errno.h>

#include "shell/build.h"
#include "shell/live.h"

static enum diag_status open_events(struct step *st)
{
	int err = session_open_events(st->s);

	if (!err)
		return STATUS_OK;
	if (err == -EPERM || err == -EACCES) {
		const char *why = load_permission();

		diag_add(&st->diags, DIAG_ERROR, STATUS_PERMISSION, RANGE_NONE, "%s",
			 why ? why : "no permission to make BPF maps");
		return STATUS_PERMISSION;
	}
	diag_add(&st->diags, DIAG_ERROR, STATUS_RUNTIME, RANGE_NONE, "cannot make the event ring: %s",
		 strerror(-err));
	return STATUS_RUNTIME;
}

static enum diag_status check_flat(struct step *st, const char **names, size_t n)
{
	struct flat_policy policy = { .progs = names, .n_progs = n, .unsafe = st->s->opt->unsafe };
	char *why = flat_check(st, &st->kernel.flat, &policy);

	if (!why)
		return STATUS_OK;
	diag_error(&st->diags, RANGE_NONE, "the compiled program was not accepted: %s", why);
	return STATUS_REFUSED;
}

/* The program beside P that the request asks for. */
static struct probe *new_entry(struct step *st, const struct probe *p)
{
	vec_each(&st->entries, e)
		if ((*e)->id == p->id)
			return *e;
	return NULL;
}

static void add_entry(struct step *st, const struct probe *p)
{
	_cleanup_mem_ char *name = mem_printf(NULL, "%s" WRAP_ENTRY, p->cname);

	vec_each(&st->kernel.req.programs, prog)
		if (strcmp(prog->name, name) == 0)
			vec_push(st, &st->entries, probe_entry_new(st, p));
}

static void add_spec(struct step *st, struct load_spec *specs, const char **names, size_t *n,
		     const struct probe *p)
{
	struct probe *entry;

	names[*n] = p->cname;
	specs[(*n)++] = (struct load_spec){ .name = p->cname, .target = &p->target };
	if (p->target.kind != PROBE_SYSRET)
		return;
	add_entry(st, p);
	entry = new_entry(st, p);
	if (entry) {
		names[*n] = entry->cname;
		specs[(*n)++] = (struct load_spec){ .name = entry->cname, .target = &entry->target };
	}
}

/*
 * A kind that this kernel cannot attach may be refused at loading already, without a word from the
 * verifier: then the kind is the reason.
 */
static enum diag_status explain_kind(struct step *st, enum diag_status status)
{
	const char *refused = st->loaded.refused, *why;

	if (!refused || (st->loaded.verifier_log && *st->loaded.verifier_log))
		return status;
	vec_each(&st->fresh, pp) {
		const struct probe *p = *pp;

		if (strcmp(p->cname, refused) != 0 || !(why = attach_unsupported(p->target.kind)))
			continue;
		st->diags.list.n = 0;
		diag_add(&st->diags, DIAG_ERROR, STATUS_NO_PROBE, p->item->input.specs.v[p->spec].at,
			 "%s: %s", p->target.name, why);
		return STATUS_NO_PROBE;
	}
	return status;
}

enum diag_status step_load(struct step *st)
{
	struct session *s = st->s;
	size_t most = 2 * (st->fresh.n + st->again.n) + 1, n = 0;
	const char **names = mem_array(st, const char *, most);
	struct load_spec *specs = mem_array(st, struct load_spec, most);
	double t0 = step_clock();
	enum diag_status status;

	if (!st->kernel.has_flat || (!st->kernel.flat.progs.n && !st->kernel.flat.maps.n))
		return STATUS_OK;
	vec_each(&st->fresh, p)
		add_spec(st, specs, names, &n, *p);
	vec_each(&st->again, p)
		add_spec(st, specs, names, &n, *p);
	status = open_events(st);
	if (!status)
		status = check_flat(st, names, n);
	if (status)
		return status;
	st->maps_before = maps_count(s->maps);
	if (load_flat(st, &st->kernel.flat, s->maps, specs, n, &st->loaded, &st->diags)) {
		status = diags_status(&st->diags);
		status = explain_kind(st, status ? status : STATUS_RUNTIME);
	}
	if (st->loaded.verifier_log) {
		mem_free(s->verifier_log);
		s->verifier_log = mem_strdup(s, st->loaded.verifier_log);
	}
	st->time.load += step_clock() - t0;
	return status;
}

/* The loaded program's descriptor, which changes hands. */
static int take_fd(struct step *st, const char *name, uint32_t *ret_insns)
{
	vec_each(&st->loaded.progs, l) {
		if (strcmp(l->name, name) == 0) {
			int fd = l->fd;

			l->fd = -1;
			*ret_insns = l->insns;
			return fd;
		}
	}
	return -1;
}

struct swapped {
	int fd;
	uint32_t insns;
	struct attachment *attachment;
	struct probe *entry;
};

static struct probe *take_entry(struct step *st, const struct probe *p)
{
	struct probe *entry = new_entry(st, p);

	if (entry)
		entry->prog_fd = take_fd(st, entry->cname, &entry->insns);
	return entry;
}

static bool attach_one(struct step *st, struct probe *p, struct probe *entry, int fd,
		       struct attachment **ret)
{
	return !probe_entry_attach(st->s, p, entry, &st->diags) &&
	       !attach_program(p, fd, &p->target, st->s->target, ret, &st->diags);
}

static bool attach_fresh(struct step *st)
{
	vec_each(&st->fresh, pp) {
		struct probe *p = *pp;

		p->prog_fd = take_fd(st, p->cname, &p->insns);
		p->entry = talloc_steal(p, take_entry(st, p));
		if (!attach_one(st, p, p->entry, p->prog_fd, &p->attachment))
			return false;
		p->state = PROBE_ON;
	}
	return true;
}

static bool attach_again(struct step *st, struct swapped *swaps)
{
	for (size_t i = 0; i < st->again.n; i++) {
		struct probe *p = st->again.v[i];

		swaps[i].fd = take_fd(st, p->cname, &swaps[i].insns);
		swaps[i].entry = take_entry(st, p);
		if (p->state == PROBE_ON && !attach_one(st, p, swaps[i].entry, swaps[i].fd, &swaps[i].attachment))
			return false;
	}
	return true;
}

/* Records made by the old programs are read in their formats before the new ones are known. */
static void swap(struct step *st, struct swapped *swaps)
{
	for (size_t i = 0; i < st->again.n; i++) {
		struct probe *p = st->again.v[i];
		struct attachment *old = p->attachment;
		struct probe *entry = p->entry;

		p->attachment = swaps[i].attachment;
		probe_unload(p);
		p->prog_fd = swaps[i].fd;
		p->insns = swaps[i].insns;
		p->entry = talloc_steal(p, swaps[i].entry);
		if (old)
			attach_release(old, false);
		if (entry)
			session_detach(st->s, entry, false);
		mem_free(entry);
	}
	if (st->again.n && st->s->events)
		live_events(st->s);
}

static void undo(struct step *st, struct swapped *swaps)
{
	vec_each(&st->fresh, p) {
		session_detach(st->s, *p, false);
		probe_unload(*p);
	}
	for (size_t i = 0; i < st->again.n; i++) {
		if (swaps[i].attachment)
			attach_release(swaps[i].attachment, false);
		if (swaps[i].entry) {
			session_detach(st->s, swaps[i].entry, false);
			probe_unload(swaps[i].entry);
		}
		fd_close(&swaps[i].fd);
	}
}

enum diag_status step_attach(struct step *st)
{
	struct swapped *swaps = mem_array(st, struct swapped, st->again.n + 1);
	double t0 = step_clock();
	enum diag_status status = STATUS_OK;

	for (size_t i = 0; i < st->again.n; i++)
		swaps[i].fd = -1;
	if (st->kernel.has_flat) {
		if (attach_fresh(st) && attach_again(st, swaps)) {
			swap(st, swaps);
		} else {
			undo(st, swaps);
			status = diags_status(&st->diags);
			status = status ? status : STATUS_RUNTIME;
		}
	}
	st->time.attach += step_clock() - t0;
	return status;
}

void step_rollback(struct step *st)
{
	struct maps *ms = st->s->maps;

	load_result_clear(&st->loaded);
	vec_each(&st->fresh, p) {
		session_detach(st->s, *p, false);
		probe_unload(*p);
	}
	while (st->maps_before && maps_count(ms) > st->maps_before)
		maps_drop(ms, maps_at(ms, maps_count(ms) - 1));
}

static void accept_definitions(struct step *st)
{
	struct session *s = st->s;

	vec_each(&st->replaced.list, old) {
		for (size_t i = 0; i < s->definitions.n; i++) {
			if (s->definitions.v[i] == *old) {
				vec_remove(&s->definitions, i);
				break;
			}
		}
		mem_free(*old);
	}
	vec_each(&st->defs.list, d) {
		vec_push(s, &s->definitions, *d);
		talloc_steal(s, *d);
	}
}

static void accept_probe(struct session *s, struct probe *p)
{
	vec_push(s, &s->probes, p);
	talloc_steal(s, p);
	talloc_steal(s, p->item);
	if (p->id >= s->next_id)
		s->next_id = p->id + 1;
}

void step_accept(struct step *st)
{
	struct session *s = st->s;

	accept_definitions(st);
	vec_each(&st->fresh, p)
		accept_probe(s, *p);
	vec_each(&st->hosts, p)
		if (step_is_new(st, *p))
			accept_probe(s, *p);
	session_learn_maps(s, st->kernel.res.maps.v, st->kernel.res.maps.n);
	session_learn_maps(s, st->host.res.maps.v, st->host.res.maps.n);
	session_learn_records(s, st->kernel.res.records.v, st->kernel.res.records.n);
	origins_merge(s, &s->origins, &st->kernel.res.facts);
	session_learn_formats(s, st->kernel.res.events.v, st->kernel.res.events.n);
	load_result_clear(&st->loaded);
}
