/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session's one ring buffer and its counters. Programs see them as the maps below; their C side is
 * in rewriter/prelude (the same layout, checked by a test).
 *
 *   __bcsh_ring    ring buffer of records: struct event_header, then the fields
 *   __bcsh_counts  per-CPU array of struct probe_counts, by program id
 *   __bcsh_exit    array of one struct event_exit: exit() is never dropped
 */
#pragma once

#include "loader/map.h"

#define EVENT_RING "__bcsh_ring"
#define EVENT_COUNTS "__bcsh_counts"
#define EVENT_EXIT_MAP "__bcsh_exit"
#define EVENT_PROGRAMS_MAX 4096

struct event_header {
	uint32_t format;	/* event_format.id */
	uint32_t size;		/* bytes after this header */
	uint64_t time;		/* CLOCK_MONOTONIC ns */
};

struct probe_counts {
	uint64_t hits;		/* body entered (the filter passed) */
	uint64_t lost;		/* events that did not fit in the ring, and map updates that failed */
	uint64_t faults;	/* reads of kernel or user memory that failed */
	uint64_t skipped;	/* updates of aggregations whose argument read an absent key */
};

struct event_exit {
	uint32_t asked;
	int32_t status;
};

struct events;

/* Makes the three maps in MS (ring of RING_BYTES, a power of two). 0 or -errno. */
int events_open(const void *parent, struct maps *ms, size_t ring_bytes, struct events **ret);
/* Readable when there are events. */
int events_fd(const struct events *ev);
/* FN for each record waiting, in order; a non-zero return stops. Number handled, or -errno. */
int events_consume(struct events *ev, int (*fn)(void *arg, const struct event_header *h, const void *data),
		   void *arg);
int events_counts(struct events *ev, uint32_t program, struct probe_counts *ret);
void events_counts_reset(struct events *ev, uint32_t program);
bool events_exit_asked(struct events *ev, int *ret_status);
