// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The handler process from the shell's side; see handler.h. Keeps a copy of the code and the maps
 * it was given, so that after a crash another process can take its place.
 */
#include "loader/handler.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/wire.h"
#include "loader/handler_proto.h"

#ifndef BCSH_LIBEXECDIR
#define BCSH_LIBEXECDIR "/usr/libexec/bcsh"
#endif
#define SETUP_MS 10000	/* for everything that runs nobody's code */
#define GRACE_MS 300	/* after ^C: what is short goes on to its end */

struct kept_object {
	uint32_t id;
	void *bytes;
	size_t len;
};

struct kept_map {
	char *name;
	int fd;
	struct strbuf message;
};

struct handler {
	struct proc proc;
	int cancel_fd;		/* -1: nothing cancels */
	char *path;
	VEC(struct kept_object) objects;
	VEC(struct kept_map) maps;
	struct strbuf session;
	struct range crash;	/* of the last run */
	unsigned restarts;
	bool revived;		/* since handler_revived() was asked */
};

struct conversation {
	struct handler *h;
	int64_t deadline;	/* CLOCK_MONOTONIC ms */
	int deadline_ms;
	void (*out)(void *arg, const struct handler_output *o);
	void *arg;
	char *why;		/* below h: a sentence if it failed */
	bool lost;		/* the process is no more, or must not go on */
	bool interrupted;
};
#define WITHIN(ms) .deadline = now_ms() + (ms), .deadline_ms = (ms)

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int spawn(struct handler *h)
{
	char *argv[] = { h->path, NULL };

	proc_kill(&h->proc);
	return proc_spawn(&h->proc, argv);
}

static int handler_destroy(struct handler *h)
{
	proc_kill(&h->proc);
	vec_each(&h->maps, m)
		fd_close(&m->fd);
	return 0;
}

/* Waits until the socket is ready for EVENTS. False: not within the deadline. */
static bool ready(struct conversation *c, short events)
{
	struct pollfd p[] = { { .fd = c->h->proc.fd, .events = events },
			      { .fd = c->interrupted ? -1 : c->h->cancel_fd, .events = POLLIN } };

	for (;;) {
		int64_t now = now_ms();

		if (now >= c->deadline)
			return false;
		if (poll(p, 2, (int)(c->deadline - now)) <= 0)
			continue;
		if (p[0].revents)
			return true;
		c->interrupted = true;
		p[1].fd = -1;
		c->deadline = c->deadline < now_ms() + GRACE_MS ? c->deadline : now_ms() + GRACE_MS;
	}
}

static void mem_attr(2, 3) lose(struct conversation *c, const char *fmt, ...)
{
	va_list ap;

	c->lost = true;
	if (c->why)
		return;
	va_start(ap, fmt);
	c->why = mem_vprintf(c->h, fmt, ap);
	va_end(ap);
}

static void lose_in_time(struct conversation *c)
{
	int ms = c->deadline_ms;

	if (c->interrupted)
		lose(c, "interrupted");
	else
		lose(c, ms % 1000 ? "took longer than %d ms" : "took longer than %d s", ms % 1000 ? ms : ms / 1000);
}

static void lose_at_end(struct conversation *c)
{
	int status = 0;

	if (waitpid(c->h->proc.pid, &status, 0) == c->h->proc.pid)
		c->h->proc.pid = 0;
	if (WIFSIGNALED(status))
		lose(c, "crashed: signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		lose(c, "ended the process that runs it");
}

static bool send_bytes(struct conversation *c, const void *bytes, size_t len, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = { 0 };
	const char *p = bytes;

	while (len) {
		struct iovec io = { (void *)p, len };
		struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
		ssize_t n;

		if (fd >= 0) {
			struct cmsghdr *cm;

			m.msg_control = control;
			m.msg_controllen = sizeof(control);
			cm = CMSG_FIRSTHDR(&m);
			cm->cmsg_level = SOL_SOCKET;
			cm->cmsg_type = SCM_RIGHTS;
			cm->cmsg_len = CMSG_LEN(sizeof(int));
			memcpy(CMSG_DATA(cm), &fd, sizeof(fd));
		}
		if (!ready(c, POLLOUT)) {
			lose_in_time(c);
			return false;
		}
		n = sendmsg(c->h->proc.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0) {
			lose_at_end(c);
			return false;
		}
		fd = -1;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static bool receive_bytes(struct conversation *c, void *bytes, size_t len)
{
	char *p = bytes;

	while (len) {
		ssize_t n;

		if (!ready(c, POLLIN)) {
			lose_in_time(c);
			return false;
		}
		n = recv(c->h->proc.fd, p, len, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0) {
			lose_at_end(c);
			return false;
		}
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static void take_place(struct handler *h, struct wire_reader *r)
{
	struct range at = { .src = (int)wire_u32(r) };

	at.start = wire_u64(r);
	at.end = wire_u64(r);
	if (!r->bad && at.src >= 0 && at.start <= at.end)
		h->crash = at;
}

static void pass_on(struct conversation *c, enum handler_say type, struct wire_reader *r)
{
	static const int kinds[] = {
		[HANDLER_SAY_TEXT] = HANDLER_TEXT, [HANDLER_SAY_PRINT] = HANDLER_PRINT,
		[HANDLER_SAY_CLEAR] = HANDLER_CLEAR, [HANDLER_SAY_ZERO] = HANDLER_ZERO,
		[HANDLER_SAY_EXIT] = HANDLER_EXIT, [HANDLER_SAY_VALUE] = HANDLER_VALUE,
	};
	_cleanup_mem_ char *scratch = mem_new(NULL, char);
	struct handler_output o = { 0 };
	const void *bytes;
	size_t len;

	o.kind = kinds[type];
	switch (type) {
	case HANDLER_SAY_TEXT:
		bytes = wire_blob(r, &len);
		o.text = bytes ? mem_strndup(scratch, bytes, len) : NULL;
		o.len = len;
		break;
	case HANDLER_SAY_EXIT:
		o.status = (int)wire_u32(r);
		break;
	case HANDLER_SAY_VALUE:
		o.text = wire_str(r, scratch);
		bytes = wire_blob(r, &len);
		o.bytes = bytes ? mem_dup(scratch, bytes, len) : NULL;
		o.len = len;
		break;
	default:
		o.text = wire_str(r, scratch);
	}
	if (!wire_done(r) || (type != HANDLER_SAY_EXIT && !o.text))
		lose(c, "the handler sent a damaged message");
	else if (c->out)
		c->out(c->arg, &o);
}

/* Reads what it says until it is done. */
static void listen_to(struct conversation *c)
{
	while (!c->lost) {
		_cleanup_mem_ char *payload = NULL;
		struct handler_header hd;
		struct wire_reader r;

		if (!receive_bytes(c, &hd, sizeof(hd)))
			return;
		if (hd.length > HANDLER_MESSAGE_MAX || hd.type < HANDLER_SAY_DONE ||
		    hd.type > HANDLER_SAY_VALUE) {
			lose(c, "the handler sent a damaged message");
			return;
		}
		payload = mem_array(NULL, char, hd.length);
		if (!receive_bytes(c, payload, hd.length))
			return;
		wire_reader_init(&r, payload, hd.length);
		if (hd.type == HANDLER_SAY_DONE)
			return;
		if (hd.type == HANDLER_SAY_FAILED || hd.type == HANDLER_SAY_CRASHED) {
			c->why = wire_str(&r, c->h);
			c->lost = hd.type == HANDLER_SAY_CRASHED || !c->why;
			if (hd.type == HANDLER_SAY_CRASHED)
				take_place(c->h, &r);
			if (!c->why)
				lose(c, "the handler failed without saying why");
			return;
		}
		pass_on(c, (enum handler_say)hd.type, &r);
	}
}

static void ask(struct conversation *c, enum handler_ask type, const struct strbuf *payload, int fd)
{
	struct handler_header hd = { (uint32_t)type, (uint32_t)payload->len };

	if (c->h->proc.pid <= 0)
		lose(c, "bcsh-handler is not running");
	else if (send_bytes(c, &hd, sizeof(hd), fd) &&
		 send_bytes(c, payload->text, payload->len, -1))
		listen_to(c);
}

static void add_message(const struct kept_object *o, struct strbuf *out)
{
	wire_put_u32(out, o->id);
	wire_put_blob(out, o->bytes, o->len);
}

/* Another process with all that the last one had but its memory. */
static void restart(struct handler *h)
{
	struct conversation c = { .h = h, WITHIN(SETUP_MS) };

	h->restarts++;
	if (spawn(h))
		return;
	if (h->session.len)
		ask(&c, HANDLER_ASK_SESSION, &h->session, -1);
	vec_each(&h->maps, m)
		if (!c.lost)
			ask(&c, HANDLER_ASK_MAP, &m->message, m->fd);
	vec_each(&h->objects, o) {
		_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

		add_message(o, &sb);
		if (!c.lost)
			ask(&c, HANDLER_ASK_ADD, &sb, -1);
	}
	if (c.lost)
		proc_kill(&h->proc);
	mem_free(c.why);
}

/* Ended from outside since the last question: no fault of this one, which another process answers. */
static void revive(struct handler *h)
{
	if (h->proc.pid <= 0 || waitpid(h->proc.pid, NULL, WNOHANG) != h->proc.pid)
		return;
	h->proc.pid = 0;
	h->revived = true;
	restart(h);
}

/* One question from start to end. 0, or -1 with a sentence below H. */
static int converse(struct conversation *c, enum handler_ask type, const struct strbuf *payload,
		    int fd)
{
	struct handler *h = c->h;

	revive(h);
	if (h->proc.pid <= 0 && spawn(h))
		lose(c, "bcsh-handler could not be started");
	else
		ask(c, type, payload, fd);
	if (c->lost)
		restart(h);
	return c->why ? -1 : 0;
}

static int set_up(struct handler *h, enum handler_ask type, const struct strbuf *payload, int fd,
		  char **ret_error)
{
	struct conversation c = { .h = h, WITHIN(SETUP_MS) };
	int r = converse(&c, type, payload, fd);

	if (r && ret_error)
		*ret_error = c.why;
	return r;
}

int handler_start(const void *parent, struct handler **ret)
{
	struct handler *h = mem_new(parent, struct handler);
	int r;

	h->proc.fd = h->cancel_fd = -1;
	h->crash = RANGE_NONE;
	strbuf_init(&h->session, h);
	h->path = proc_sibling(h, "bcsh-handler", BCSH_LIBEXECDIR);
	talloc_set_destructor(h, handler_destroy);
	r = spawn(h);
	if (r) {
		mem_free(h);
		return r;
	}
	*ret = h;
	return 0;
}

void handler_cancel_on(struct handler *h, int fd)
{
	h->cancel_fd = fd;
}

void handler_stop(struct handler *h)
{
	mem_free(h);
}

void handler_session(struct handler *h, uint64_t start, uint32_t target)
{
	strbuf_reset(&h->session);
	wire_put_u64(&h->session, start);
	wire_put_u32(&h->session, target);
	set_up(h, HANDLER_ASK_SESSION, &h->session, -1, NULL);
}

static void forget_object(struct handler *h, uint32_t id)
{
	for (size_t i = 0; i < h->objects.n; i++) {
		if (h->objects.v[i].id != id)
			continue;
		mem_free(h->objects.v[i].bytes);
		vec_remove(&h->objects, i);
		return;
	}
}

int handler_add(struct handler *h, uint32_t id, const void *object, size_t len, char **ret_error)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	struct kept_object o = { id, mem_dup(h, object, len), len };

	forget_object(h, id);
	add_message(&o, &sb);
	if (set_up(h, HANDLER_ASK_ADD, &sb, -1, ret_error)) {
		mem_free(o.bytes);
		return -1;
	}
	vec_push(h, &h->objects, o);
	return 0;
}

void handler_drop(struct handler *h, uint32_t id)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	forget_object(h, id);
	wire_put_u32(&sb, id);
	set_up(h, HANDLER_ASK_DROP, &sb, -1, NULL);
}

int handler_map(struct handler *h, const struct bcsh_map *m)
{
	struct kept_map *k = NULL;

	vec_each(&h->maps, it)
		if (!strcmp(it->name, m->name))
			k = it;
	if (!k) {
		k = vec_add(h, &h->maps);
		k->name = mem_strdup(h, m->name);
		k->fd = -1;
		strbuf_init(&k->message, h);
	}
	fd_close(&k->fd);
	k->fd = fcntl(m->fd, F_DUPFD_CLOEXEC, 3);
	strbuf_reset(&k->message);
	wire_put_str(&k->message, m->name);
	wire_put_u32(&k->message, m->type);
	wire_put_u32(&k->message, m->key_size);
	wire_put_u32(&k->message, m->value_size);
	wire_put_u32(&k->message, m->max_entries);
	wire_put_u8(&k->message, m->role == FLAT_MAP_GLOBAL);
	return set_up(h, HANDLER_ASK_MAP, &k->message, k->fd, NULL);
}

int handler_run(struct handler *h, uint32_t id, const char *name, int deadline_ms,
		void (*out)(void *arg, const struct handler_output *o), void *arg, char **ret_error)
{
	struct conversation c = { .h = h, WITHIN(deadline_ms), .out = out, .arg = arg };
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	h->crash = RANGE_NONE;
	wire_put_u32(&sb, id);
	wire_put_str(&sb, name);
	if (!converse(&c, HANDLER_ASK_RUN, &sb, -1))
		return 0;
	*ret_error = c.why;
	return -1;
}

bool handler_crash_place(const struct handler *h, struct range *ret)
{
	if (h->crash.src < 0)
		return false;
	*ret = h->crash;
	return true;
}

unsigned handler_restarts(const struct handler *h)
{
	return h->restarts;
}

bool handler_revived(struct handler *h)
{
	bool was = h->revived;

	h->revived = false;
	return was;
}

pid_t handler_pid(const struct handler *h)
{
	return h->proc.pid;
}
