/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Detaching behind the caller's back. The kernel waits 70 to 120 ms in the close of the last
 * descriptor of a perf event, so a process of its own closes last: it gets the descriptors by
 * fork, drops everything else it got, and closes them while the caller is long gone. It waits for
 * nobody, so it ends by itself whatever becomes of its maker.
 */
#include "loader/attach_perf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/*
 * Closes all but the N sorted FDS: the holder must keep no pipe of a reader waiting for the end
 * of our output, and no other attachment.
 */
static void close_others(const int *fds, size_t n)
{
	unsigned from = 0;

	for (size_t i = 0; i < n; i++) {
		if ((unsigned)fds[i] > from)
			syscall(SYS_close_range, from, (unsigned)fds[i] - 1, 0);
		from = fds[i] + 1;
	}
	syscall(SYS_close_range, from, UINT_MAX, 0);
}

/*
 * GO ends when the maker has closed its own copies, or has died: whoever closes last does the
 * waiting, and that must be the holder.
 */
static void hold(const int *fds, size_t n, int go)
{
	char c;

	close_others(fds, n);
	while (read(go, &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);	/* closes them */
}

/* Starts a holder of the N FDS and GO, in any order. It is a grandchild, so that init reaps it. */
static void spawn_holder(const int *fds, size_t n, int go)
{
	pid_t child = fork();

	if (child == 0) {
		if (fork() == 0)
			hold(fds, n, go);
		_exit(0);
	}
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Without a holder, the closing that follows takes longer and does the same. */
static void release_behind(struct attachment *a)
{
	int pipe_fds[2];

	if (pipe2(pipe_fds, O_CLOEXEC))
		return;
	vec_push(a, &a->fds, pipe_fds[0]);
	qsort(a->fds.v, a->fds.n, sizeof(int), by_number);
	spawn_holder(a->fds.v, a->fds.n, pipe_fds[0]);
	vec_push(a, &a->fds, pipe_fds[1]);	/* closed after the others */
}

void attach_release(struct attachment *a, bool wait)
{
	if (!a)
		return;
	if (!wait && a->slow && a->fds.n)
		release_behind(a);
	vec_each(&a->fds, fd)
		close(*fd);
	mem_free(a);
}
