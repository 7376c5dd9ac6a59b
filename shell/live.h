/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a running session produces: events, maps, the text of user-side clauses. */
#pragma once

#include "shell/session.h"

/* CLOCK_MONOTONIC in ns. */
uint64_t live_now(void);
/* Prints all waiting records. */
void live_events(struct session *s);
/* Runs interval clauses that are due. Returns when the next one is; 0: none. */
uint64_t live_intervals(struct session *s);
/* Runs clause P (BEGIN, END, interval) in the handler. 0 or a status. */
enum diag_status live_run(struct session *s, struct probe *p);
/* Runs function NAME of the handler's OBJECT; errors are shown at AT. */
enum diag_status live_call(struct session *s, uint32_t object, const char *name, struct range at);
void live_end_clauses(struct session *s);
/* One output of the handler; VALUE prints the value of an expression. ARG is the session. */
void live_handler_output(void *arg, const struct handler_output *o);
/* Prints map NAME ("counts", "@"). 0 or -errno; -ENOENT: no such map. */
int live_print_map(struct session *s, const char *name);
/* The session's map for a name as written: "@x", "@", "x". */
struct bcsh_map *live_map(struct session *s, const char *name);
/* All non-empty maps of the person's, in the order they were declared. */
void live_print_all(struct session *s);
/* Is it a map to be shown: the person's, not one of ours? */
bool live_map_shown(const struct bcsh_map *m);
/* Says how many updates of aggregations were skipped, if any were; a quiet run does not. */
void live_note_skipped(struct session *s, const struct probe *p, const struct probe_counts *c);
/* Reports what was lost and what was skipped; returns true if anything was. */
bool live_report_lost(struct session *s);
