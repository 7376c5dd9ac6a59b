/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session's ring buffer, the counters of its programs and the word that ends it. Knows where a
 * record starts and ends; what is in it is the business of those who know its format.
 */
#include "loader/event.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

/* A flood of events must not keep the caller from the keyboard: it polls and comes back. */
#define RECORDS_PER_PASS 65536

struct events {
	struct ring_buffer *ring;
	struct bcsh_map *counts;
	struct bcsh_map *exit;
	struct probe_counts *per_cpu;	/* room for one lookup */
	unsigned n_cpus;
	/* of the pass under way */
	int (*fn)(void *arg, const struct event_header *h, const void *data);
	void *arg;
	int n;
};

static int on_record(void *arg, void *data, size_t len)
{
	struct events *ev = arg;
	struct event_header h;

	if (len < sizeof(h))
		return 0;
	memcpy(&h, data, sizeof(h));
	if (h.size > len - sizeof(h))
		return 0;
	ev->n++;
	if (ev->fn(ev->arg, &h, (char *)data + sizeof(h)) || ev->n >= RECORDS_PER_PASS)
		return -ECANCELED;
	return 0;
}

static int events_close(struct events *ev)
{
	ring_buffer__free(ev->ring);
	return 0;
}

static int our_map(struct maps *ms, const char *name, struct flat_map fm, struct bcsh_map **ret)
{
	char *why = NULL;

	fm.name = (char *)name;
	fm.role = FLAT_MAP_OURS;
	return maps_get(ms, &fm, -1, NULL, ret, &why);
}

int events_open(const void *parent, struct maps *ms, size_t ring_bytes, struct events **ret)
{
	struct events *ev = mem_new(parent, struct events);
	struct bcsh_map *ring;
	int err;

	talloc_set_destructor(ev, events_close);
	err = our_map(ms, EVENT_RING, (struct flat_map){
		.type = BPF_MAP_TYPE_RINGBUF, .max_entries = ring_bytes }, &ring);
	if (!err)
		err = our_map(ms, EVENT_COUNTS, (struct flat_map){
			.type = BPF_MAP_TYPE_PERCPU_ARRAY, .key_size = 4,
			.value_size = sizeof(struct probe_counts),
			.max_entries = EVENT_PROGRAMS_MAX }, &ev->counts);
	if (!err)
		err = our_map(ms, EVENT_EXIT_MAP, (struct flat_map){
			.type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
			.value_size = sizeof(struct event_exit), .max_entries = 1 }, &ev->exit);
	if (!err) {
		ev->ring = ring_buffer__new(ring->fd, on_record, ev, NULL);
		err = ev->ring ? 0 : -errno;
	}
	if (err) {
		mem_free(ev);
		return err;
	}
	ev->n_cpus = libbpf_num_possible_cpus();
	ev->per_cpu = mem_array(ev, struct probe_counts, ev->n_cpus);
	*ret = ev;
	return 0;
}

int events_fd(const struct events *ev)
{
	return ring_buffer__epoll_fd(ev->ring);
}

int events_consume(struct events *ev, int (*fn)(void *arg, const struct event_header *h, const void *data),
		   void *arg)
{
	int err;

	ev->fn = fn;
	ev->arg = arg;
	ev->n = 0;
	err = ring_buffer__consume(ev->ring);
	return err < 0 && err != -ECANCELED ? err : ev->n;
}

int events_counts(struct events *ev, uint32_t program, struct probe_counts *ret)
{
	struct probe_counts sum = { 0 };

	if (program >= EVENT_PROGRAMS_MAX)
		return -EINVAL;
	if (bpf_map_lookup_elem(ev->counts->fd, &program, ev->per_cpu))
		return -errno;
	for (unsigned i = 0; i < ev->n_cpus; i++) {
		sum.hits += ev->per_cpu[i].hits;
		sum.lost += ev->per_cpu[i].lost;
		sum.faults += ev->per_cpu[i].faults;
		sum.skipped += ev->per_cpu[i].skipped;
	}
	*ret = sum;
	return 0;
}

void events_counts_reset(struct events *ev, uint32_t program)
{
	if (program >= EVENT_PROGRAMS_MAX)
		return;
	memset(ev->per_cpu, 0, ev->n_cpus * sizeof(*ev->per_cpu));
	bpf_map_update_elem(ev->counts->fd, &program, ev->per_cpu, BPF_ANY);
}

bool events_exit_asked(struct events *ev, int *ret_status)
{
	struct event_exit e = { 0 };
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(ev->exit->fd, &zero, &e) || !e.asked)
		return false;
	*ret_status = e.status;
	return true;
}
