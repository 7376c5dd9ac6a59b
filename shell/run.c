// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Scripts, -e and pipes end in a wait (for -d, -c's command, exit() or ^C) and print their maps; the
 * prompt is a wait of its own, in repl.c.
 */
#include <errno.h>
#include <unistd.h>

#include "shell/child.h"
#include "shell/command.h"
#include "shell/event_loop.h"
#include "shell/live.h"
#include "shell/repl.h"
#include "shell/run.h"
#include "shell/script.h"

struct run {
	struct session *s;
	struct event_loop loop;
	struct child child;
	bool prompt;		/* a dialogue: nothing is printed at the end */
	bool pipe;
};

static enum diag_status read_inputs(struct run *r)
{
	struct session *s = r->s;
	const struct options *o = s->opt;
	enum diag_status status = script_defines(s);

	if (status)
		return status;
	if (o->file && strcmp(o->file, "-") != 0) {
		status = script_file(s, o->file);
		if ((status && !o->keep_going) || !o->execute.n)
			return status;
	}
	if (o->execute.n) {
		enum diag_status more = script_execute(s);

		return status ? status : more;
	}
	r->prompt = !o->file && isatty(STDIN_FILENO);
	r->pipe = !r->prompt;
	if (r->prompt)
		child_go(&r->child);
	return r->prompt ? repl_run(s, &r->loop) : script_pipe(s, &r->loop);
}

/* Waits as long as something can still happen. Returns the run's status. */
static int wait_for_end(struct run *r)
{
	struct session *s = r->s;
	uint64_t deadline = s->opt->duration ? live_now() + s->opt->duration : 0;
	bool child = r->child.pid != 0;
	int status = STATUS_OK;

	child_go(&r->child);
	loop_start_printing(&r->loop);
	while (child || session_active(s)) {
		switch (loop_wait(&r->loop, -1, child ? r->child.pidfd : -1, deadline)) {
		case WAKE_CHILD:
			status = child_reap(&r->child);
			live_events(s);
			return s->leaving ? s->leave_status : status;
		case WAKE_LEAVE:
			return s->leave_status;
		case WAKE_INTERRUPT:
		case WAKE_TERMINATE:
		case WAKE_DEADLINE:
			return status;
		case WAKE_INPUT:
			break;
		}
	}
	return status;
}

static void print_end(struct run *r)
{
	struct session *s = r->s;

	for (size_t i = s->probes.n; i--; )
		if (!s->probes.v[i]->host)
			session_detach(s, s->probes.v[i], false);
	live_events(s);
	live_end_clauses(s);
	if (!r->prompt)
		live_print_all(s);
}

static int run_inputs(struct run *r)
{
	struct session *s = r->s;
	bool wait;
	int status;

	s->target = r->child.pid ? r->child.pid : s->opt->pid;
	status = read_inputs(r);
	if (r->prompt)
		return s->leaving ? s->leave_status : status;
	if (status && !s->opt->keep_going)
		return status;
	wait = s->opt->mode == RUN_LIVE && !s->leaving;
	if (r->pipe && !s->opt->duration && !r->child.pid)
		wait = false;
	if (wait) {
		int ended = wait_for_end(r);

		status = status ? status : ended;
	} else if (s->leaving && !status) {
		status = s->leave_status;
	}
	return status;
}

int run_all(struct session *s)
{
	struct run r = { .s = s, .child = CHILD_NONE };
	int err, status;

	if (s->opt->list)
		return cmd_list(s, s->opt->list);
	err = loop_init(&r.loop, s);
	if (!err && s->opt->command && s->opt->mode == RUN_LIVE)
		err = child_start(&r.child, s->opt->command);
	if (err) {
		out_error(s->out, "cannot start: %s", strerror(-err));
		return STATUS_RUNTIME;
	}
	status = run_inputs(&r);
	if (s->opt->mode == RUN_LIVE)
		print_end(&r);
	if (live_report_lost(s) && s->opt->strict && !status)
		status = STATUS_LOST;
	child_end(&r.child);
	loop_close(&r.loop);
	return status;
}
