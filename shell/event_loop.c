// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * poll() over input, signals, the ring and a child. Signals are descriptors here: none interrupts
 * anything, and ^C during a request is what worker_call() is given to watch.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "shell/event_loop.h"
#include "shell/live.h"

#define EXIT_POLL_MS 250	/* exit() is in a map; its record may not have fitted in the ring */

int loop_init(struct event_loop *l, struct session *s)
{
	sigset_t ends, resize, all;

	*l = (struct event_loop){ .s = s, .signals = -1, .resize = -1 };
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigemptyset(&resize);
	sigaddset(&resize, SIGWINCH);
	all = ends;
	sigaddset(&all, SIGWINCH);
	sigaddset(&all, SIGPIPE);	/* a write says so by itself */
	if (sigprocmask(SIG_BLOCK, &all, NULL))
		return -errno;
	l->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	l->resize = signalfd(-1, &resize, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signals < 0 || l->resize < 0)
		return -errno;
	s->cancel_fd = l->signals;
	return 0;
}

void loop_close(struct event_loop *l)
{
	l->s->cancel_fd = -1;
	fd_close(&l->signals);
	fd_close(&l->resize);
}

void loop_start_printing(struct event_loop *l)
{
	if (l->s->opt->interval)
		l->print_next = live_now() + l->s->opt->interval;
}

static bool take_signal(int fd, int *ret)
{
	struct signalfd_siginfo si;

	if (read(fd, &si, sizeof(si)) != sizeof(si))
		return false;
	*ret = si.ssi_signo;
	return true;
}

void loop_drop_interrupt(struct event_loop *l)
{
	int sig;

	if (!take_signal(l->signals, &sig) || sig == SIGINT)
		return;
	l->s->leaving = true;
	l->s->leave_status = 128 + sig;
}

static bool can_exit(const struct session *s)
{
	vec_each(&s->formats, f)
		if (f->kind == EVENT_EXIT)
			return true;
	return false;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* Runs what is due; returns the time of what comes next. */
static uint64_t run_timers(struct event_loop *l, uint64_t deadline)
{
	struct session *s = l->s;
	uint64_t next = earlier(deadline, live_intervals(s));
	uint64_t now = live_now();

	if (l->print_next && l->print_next <= now) {
		live_print_all(s);
		fflush(s->out->data);
		l->print_next += s->opt->interval;
		if (l->print_next <= now)
			l->print_next = now + s->opt->interval;
	}
	return earlier(next, l->print_next);
}

static int timeout_ms(const struct session *s, uint64_t next)
{
	uint64_t now = live_now();
	int ms = -1;

	if (next)
		ms = next <= now ? 0 : next - now > 3600000000000u ? 3600000 : (next - now + 999999) / 1000000;
	if (can_exit(s) && (ms < 0 || ms > EXIT_POLL_MS))
		ms = EXIT_POLL_MS;
	return ms;
}

enum loop_wake loop_wait(struct event_loop *l, int input_fd, int child_fd, uint64_t deadline)
{
	struct session *s = l->s;

	for (;;) {
		uint64_t next = run_timers(l, deadline);
		struct pollfd fds[] = {
			{ .fd = l->signals, .events = POLLIN },
			{ .fd = input_fd, .events = POLLIN },
			{ .fd = child_fd, .events = POLLIN },
			{ .fd = s->events ? events_fd(s->events) : -1, .events = POLLIN },
			{ .fd = l->resize, .events = POLLIN },
		};
		int sig;

		out_end(s->out);
		if (s->leaving)
			return WAKE_LEAVE;
		/* a command under -c is not ours to cut short */
		if (!l->dialogue && child_fd < 0 && ferror(s->out->data))
			return WAKE_TERMINATE;
		if (poll(fds, ARRAY_SIZE(fds), timeout_ms(s, next)) < 0 && errno != EINTR)
			return WAKE_TERMINATE;
		live_events(s);
		out_end(s->out);
		if (fds[0].revents && take_signal(l->signals, &sig))
			return sig == SIGINT ? WAKE_INTERRUPT : WAKE_TERMINATE;
		if (s->leaving)
			return WAKE_LEAVE;
		if (fds[4].revents && take_signal(l->resize, &sig) && l->resized)
			l->resized();
		if (fds[1].revents)
			return WAKE_INPUT;
		if (fds[2].revents)
			return WAKE_CHILD;
		if (deadline && live_now() >= deadline)
			return WAKE_DEADLINE;
	}
}
