// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The compile worker from the shell's side; see worker.h. Everything that can go wrong over there
 * comes out of one poll loop as an enum worker_end; nothing here looks into an answer but its first
 * byte.
 */
#include "loader/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "loader/worker_proto.h"

#ifndef BCSH_LIBEXECDIR
#define BCSH_LIBEXECDIR "/usr/libexec/bcsh"
#endif
#define REAP_MS 1000		/* a process that was killed has this long to be reported */

struct worker {
	struct proc proc;
	char *path;
	volatile pid_t request;	/* its process; 0: none that we know of */
	pid_t leftover;		/* answered, but not yet reported as ended; 0: none */
	uint32_t serial;	/* of the last request */
};

struct call {
	struct worker *w;
	int fd;			/* the request's socket */
	uint32_t serial;
	int64_t deadline;	/* CLOCK_MONOTONIC ms */
	int cancel_fd;
	const struct strbuf *request;
	size_t sent;		/* bytes of length and request */
	struct strbuf *answer;
	char head[4];
	size_t head_len;
	uint32_t expected;
	bool closed;		/* the request's process closed its end */
	bool ended, began;
	int status;		/* when ended */
	bool gone;		/* the zygote closed its end */
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int worker_destroy(struct worker *w)
{
	proc_kill(&w->proc);
	return 0;
}

static int spawn(struct worker *w)
{
	char *argv[] = { w->path, NULL };

	proc_kill(&w->proc);
	w->request = w->leftover = 0;
	return proc_spawn(&w->proc, argv);
}

int worker_start(const void *parent, struct worker **ret)
{
	struct worker *w = mem_new(parent, struct worker);
	int r;

	w->proc.fd = -1;
	w->path = proc_sibling(w, "bcsh-worker", BCSH_LIBEXECDIR);
	talloc_set_destructor(w, worker_destroy);
	r = spawn(w);
	if (r) {
		mem_free(w);
		return r;
	}
	*ret = w;
	return 0;
}

void worker_stop(struct worker *w)
{
	mem_free(w);
}

pid_t worker_pid(const struct worker *w)
{
	return w->proc.pid;
}

pid_t worker_request_pid(const struct worker *w)
{
	return w->request;
}

static void kill_process(pid_t pid)
{
	if (pid > 0)
		kill(pid, SIGKILL);
}

/* From here on the request's process is nobody's business but the zygote's. */
static void leave_behind(struct worker *w)
{
	w->leftover = w->request;
	w->request = 0;
}

/* One event of the zygote's; it also tells of processes that took no request, or an earlier one. */
static void take_event(struct call *c, const struct worker_event *ev)
{
	struct worker *w = c->w;

	if (ev->what == WORKER_BEGAN && ev->serial != c->serial) {
		w->leftover = ev->pid;	/* of a request given up: nobody talks to it, and it ends */
	} else if (ev->what == WORKER_BEGAN) {
		w->request = ev->pid;
		c->began = true;
	} else if (ev->pid == w->leftover) {
		w->leftover = 0;
	} else if (ev->pid == w->request) {
		w->request = 0;
		c->ended = true;
		c->status = ev->status;
	}
}

static void read_events(struct call *c)
{
	struct worker_event ev;

	for (;;) {
		ssize_t n = recv(c->w->proc.fd, &ev, sizeof(ev), MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n != sizeof(ev)) { /* small messages on a local socket do not arrive in parts */
			c->gone = true;
			return;
		}
		take_event(c, &ev);
	}
}

static int send_begin(struct worker *w, int fd, int deadline_ms)
{
	struct worker_begin begin = { .deadline_ms = (uint32_t)deadline_ms, .serial = w->serial };
	struct iovec io = { &begin, sizeof(begin) };
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = { 0 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *cm = CMSG_FIRSTHDR(&m);

	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &fd, sizeof(fd));
	return sendmsg(w->proc.fd, &m, MSG_NOSIGNAL) == sizeof(begin) ? 0 : -EPIPE;
}

static void send_more(struct call *c)
{
	uint32_t len = (uint32_t)c->request->len;
	const char *p = c->sent < sizeof(len) ? (const char *)&len + c->sent :
						c->request->text + c->sent - sizeof(len);
	size_t left = c->sent < sizeof(len) ? sizeof(len) - c->sent : len + sizeof(len) - c->sent;
	ssize_t n = send(c->fd, p, left, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n > 0)
		c->sent += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		c->sent = len + sizeof(len);	/* nobody listens; the answer's end will tell */
}

/* True while the answer may go on. */
static bool read_more(struct call *c)
{
	char *to = c->head + c->head_len;
	size_t want = sizeof(c->head) - c->head_len;
	ssize_t n;

	if (!want) {
		want = c->expected - c->answer->len;
		want = want < 65536 ? want : 65536;
		strbuf_grow(c->answer, want);
		to = c->answer->text + c->answer->len;
	}
	n = recv(c->fd, to, want, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0) {
		c->closed = true;
		return false;
	}
	if (c->head_len < sizeof(c->head)) {
		c->head_len += (size_t)n;
		if (c->head_len == sizeof(c->head))
			memcpy(&c->expected, c->head, sizeof(c->expected));
	} else {
		c->answer->len += (size_t)n;
		c->answer->text[c->answer->len] = '\0';
	}
	return true;
}

static bool complete(const struct call *c)
{
	return c->head_len == sizeof(c->head) && c->expected && c->answer->len == c->expected;
}

static bool too_large(const struct call *c)
{
	return c->head_len == sizeof(c->head) && (!c->expected || c->expected > WORKER_MESSAGE_MAX);
}

/* Waits for one thing to happen, at most until UNTIL. WORKER_DONE: go on. */
static enum worker_end step(struct call *c, int64_t until)
{
	bool unsent = c->sent < c->request->len + 4;
	struct pollfd p[] = {
		{ .fd = c->w->proc.fd, .events = POLLIN },
		{ .fd = c->closed ? -1 : c->fd,
		  .events = (short)(POLLIN | (unsent ? POLLOUT : 0)) },
		{ .fd = c->cancel_fd, .events = POLLIN },
	};
	int64_t left = until - now_ms();

	if (left <= 0)
		return WORKER_TIMEOUT;
	if (poll(p, ARRAY_SIZE(p), (int)left) < 0)
		return errno == EINTR ? WORKER_DONE : WORKER_GONE;
	if (p[0].revents)
		read_events(c);
	if (p[1].revents & POLLOUT)
		send_more(c);
	if (p[1].revents & (POLLIN | POLLHUP | POLLERR))
		read_more(c);
	if (p[2].revents)
		return WORKER_CANCELLED;
	return WORKER_DONE;
}

static void say(struct strbuf *detail, const char *fmt, ...) mem_attr(2, 3);
static void say(struct strbuf *detail, const char *fmt, ...)
{
	va_list ap;

	if (!detail)
		return;
	va_start(ap, fmt);
	strbuf_addv(detail, fmt, ap);
	va_end(ap);
}

static enum worker_end judge_status(const struct call *c, struct strbuf *detail)
{
	int sig = WIFSIGNALED(c->status) ? WTERMSIG(c->status) : 0;

	if (sig == SIGALRM || sig == SIGXCPU)
		return WORKER_TIMEOUT;
	if (sig)
		say(detail, "signal %d (%s)", sig, strsignal(sig));
	else if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 1)
		say(detail, "out of memory");	/* mem_oom() */
	else
		say(detail, "it ended with status %d", WEXITSTATUS(c->status));
	return WORKER_CRASHED;
}

/* The request's process ended before its answer did, or has just been killed: how? */
static void await_end(struct call *c)
{
	int64_t until = now_ms() + REAP_MS;

	c->cancel_fd = -1;
	c->closed = true;
	while (!c->ended && !c->gone && step(c, until) == WORKER_DONE)
		;
	if (!c->ended && !c->gone)
		leave_behind(c->w);
}

static enum worker_end give_up(struct call *c, enum worker_end why)
{
	kill_process(c->w->request);
	await_end(c);
	return why;
}

static enum worker_end finish(struct call *c, struct strbuf *detail)
{
	if (!c->ended)
		leave_behind(c->w);
	if (c->answer->text[0] == WORKER_OK)
		return WORKER_DONE;
	say(detail, "%s", c->answer->text + 1);
	return WORKER_CRASHED;
}

static enum worker_end converse(struct call *c, struct strbuf *detail)
{
	while (!c->gone) {
		enum worker_end e = step(c, c->deadline);

		if (complete(c))
			return finish(c, detail);
		if (e != WORKER_DONE)
			return give_up(c, e);
		if (too_large(c)) {
			say(detail, "its answer is too large");
			return give_up(c, WORKER_CRASHED);
		}
		if (!c->closed)
			continue;
		await_end(c);
		if (c->ended)
			return judge_status(c, detail);
	}
	say(detail, "the worker ended");
	return WORKER_GONE;
}

static enum worker_end call_once(struct call *c, struct strbuf *detail)
{
	struct worker *w = c->w;
	enum worker_end e = WORKER_GONE;
	int pair[2];

	/* Children of a zygote that has just died may still hold the socket open for a moment. */
	if (w->proc.pid > 0 && waitpid(w->proc.pid, NULL, WNOHANG) == w->proc.pid)
		w->proc.pid = 0;
	c->gone = w->proc.pid <= 0;
	if (!c->gone)
		read_events(c);
	/* Answered but still there: it has nothing left to do. */
	kill_process(w->leftover);
	c->serial = ++w->serial;
	if (c->gone || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		say(detail, "it could not be started");
		return WORKER_GONE;
	}
	c->fd = pair[0];
	if (!send_begin(w, pair[1], (int)(c->deadline - now_ms()))) {
		close(pair[1]);
		e = converse(c, detail);
	} else {
		close(pair[1]);
	}
	close(pair[0]);
	return e;
}

enum worker_end worker_call(struct worker *w, const struct strbuf *request, int deadline_ms,
			    int cancel_fd, struct strbuf *answer, struct strbuf *ret_detail)
{
	enum worker_end e = WORKER_GONE;

	if (deadline_ms < 1)
		deadline_ms = 1;
	for (int tries = 0; tries < 2; tries++) {
		struct call c = { .w = w, .fd = -1, .cancel_fd = cancel_fd, .request = request,
				  .answer = answer, .deadline = now_ms() + deadline_ms };

		if (ret_detail)
			strbuf_reset(ret_detail);
		strbuf_reset(answer);
		e = call_once(&c, ret_detail);
		if (e != WORKER_GONE)
			return e;
		/* It died while idle, or with us: another is ready by the next call. */
		if (spawn(w) || c.began)
			return e;
	}
	return e;
}
