/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one place that waits. Whoever waits for input, a child or the end of the run does it here, and
 * meanwhile events are printed, intervals run and maps are shown every -i.
 */
#pragma once

#include "shell/session.h"

enum loop_wake {
	WAKE_INPUT,	/* the descriptor is readable, or at its end */
	WAKE_CHILD,	/* the child ended */
	WAKE_DEADLINE,
	WAKE_INTERRUPT,	/* ^C; taken */
	WAKE_TERMINATE,	/* SIGTERM or SIGHUP; taken. Or nobody reads the results any more */
	WAKE_LEAVE,	/* exit() was called */
};

struct event_loop {
	struct session *s;
	int signals;		/* signalfd: SIGINT, SIGTERM, SIGHUP */
	int resize;		/* signalfd: SIGWINCH */
	void (*resized)(void);	/* NULL: nobody draws */
	uint64_t print_next;	/* -i: when */
	bool dialogue;		/* goes on when results cannot be written */
};

/* Blocks the signals and makes them readable; the session's requests can be cancelled by ^C. 0 or -errno. */
int loop_init(struct event_loop *l, struct session *s);
void loop_close(struct event_loop *l);
/* -1 for what is not waited for; DEADLINE in CLOCK_MONOTONIC ns, 0: none. */
enum loop_wake loop_wait(struct event_loop *l, int input_fd, int child_fd, uint64_t deadline);
/* Forgets a ^C that came while an input ran: it has ended that. SIGTERM still ends the session. */
void loop_drop_interrupt(struct event_loop *l);
/* Starts printing the maps every -i, from now. */
void loop_start_printing(struct event_loop *l);
