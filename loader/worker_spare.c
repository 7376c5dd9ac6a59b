// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which of the zygote's children takes the next request. A fresh process is ready at once but slow,
 * since every page it touches is new to it; one that has compiled a little something is fast, but
 * must not make a request wait while it does that. So there are two: the first can take a request
 * any time, the second warms up when nothing has come for a while, and then takes the first one's
 * place.
 *
 * Whose turn it is stands in shared memory as a token, so that both can decide it in one step. A
 * process gives up its view of it before it reads a request.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "loader/worker_spare.h"

#define IDLE_MS 30

static struct turn {
	/* Token of the process that takes the next request, negative while it does; 0: none. */
	atomic_int owner;
	atomic_int warm;	/* token of the last that warmed up */
} *turn;

int spare_init(void)
{
	turn = mmap(NULL, sizeof(*turn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return turn == MAP_FAILED ? -errno : 0;
}

static bool pass(int from, int to)
{
	return atomic_compare_exchange_strong(&turn->owner, &from, to);
}

static bool readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) > 0;
}

static void take(int token, int fd)
{
	while (!readable(fd, -1))
		;
	if (!pass(token, -token))
		_exit(0);	/* another is warm by now */
}

/* Until the turn is TOKEN's: the rival's place once warm, or a place that became free. */
static void succeed(int token, int rival_token, pid_t rival, int fd, void (*warm)(void))
{
	static const struct timespec nap = { 0, 1000000 };

	while (!pass(0, token)) {
		if (readable(fd, IDLE_MS)) {
			nanosleep(&nap, NULL);	/* the rival is about to take it */
			continue;
		}
		warm();
		atomic_store(&turn->warm, token);
		if (pass(rival_token, token)) {
			kill(rival, SIGKILL);	/* waiting, and not to be woken any more */
			return;
		}
	}
}

void spare_taken(void)
{
	atomic_store(&turn->owner, 0);
	munmap(turn, sizeof(*turn));
}

static pid_t fork_child(void)
{
	pid_t zygote = getpid(), pid = fork();

	if (pid < 0)
		_exit(1);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != zygote)
			_exit(0);
	}
	return pid;
}

bool spare_fill(struct spare_pair *sp, int ready_fd, void (*warm)(void))
{
	if (!sp->first) {
		sp->first_token = ++sp->serial;
		atomic_store(&turn->owner, sp->first_token);
		sp->first = fork_child();
		if (!sp->first) {
			take(sp->first_token, ready_fd);
			return true;
		}
	}
	if (!sp->second && atomic_load(&turn->warm) != sp->first_token) {
		sp->second_token = ++sp->serial;
		sp->second = fork_child();
		if (!sp->second) {
			succeed(sp->second_token, sp->first_token, sp->first, ready_fd, warm);
			take(sp->second_token, ready_fd);
			return true;
		}
	}
	return false;
}

/* It may have been killed with the turn in its hands. */
static void release(int token)
{
	pass(token, 0);
	pass(-token, 0);
}

void spare_ended(struct spare_pair *sp, pid_t pid)
{
	if (pid == sp->first) {
		release(sp->first_token);
		sp->first = sp->second;
		sp->first_token = sp->second_token;
		sp->second = 0;
	} else if (pid == sp->second) {
		release(sp->second_token);
		sp->second = 0;
	}
}
