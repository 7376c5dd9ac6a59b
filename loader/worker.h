/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The compile worker from the shell's side. It is a process of its own (bcsh-worker) that forks a
 * sandboxed child for each request; a crash, a hang or a memory blow-up of one is an error value
 * here and the next request works. Bytes in, bytes out: what they mean is known to those who call.
 *
 * On the wire, both ways: u32 length, then as many bytes. The first byte of an answer is an
 * enum worker_answer.
 */
#pragma once

#include <sys/types.h>

#include "base/strbuf.h"

enum worker_answer {
	WORKER_OK = 1, /* payload: rewrite_result, then flat if code was made */
	WORKER_FATAL, /* payload: text: the compiler gave up (out of memory, internal error) */
};

enum worker_end {
	WORKER_DONE = 0,	/* an answer came */
	WORKER_CRASHED,		/* the request's process died of a signal */
	WORKER_TIMEOUT,		/* it used up its time and was killed */
	WORKER_GONE,		/* the worker itself is gone; the next call starts another */
	WORKER_CANCELLED,	/* ^C */
};

struct worker;

/* Where it runs: -ENOENT if bcsh-worker is neither beside the program nor installed. */
int worker_start(const void *parent, struct worker **ret);
/* Kills and reaps it; NULL is allowed. */
void worker_stop(struct worker *w);
pid_t worker_pid(const struct worker *w);
/* The running request's process, 0 if none: so that tests can kill it. */
pid_t worker_request_pid(const struct worker *w);
/*
 * Sends REQUEST and waits for the answer, at most DEADLINE_MS. CANCEL_FD, if not negative, ends the
 * wait when it becomes readable. ret_detail: the signal or the fatal text, in words, may be NULL.
 * An answer over 64 MiB ends as WORKER_CRASHED.
 */
enum worker_end worker_call(struct worker *w, const struct strbuf *request, int deadline_ms,
			    int cancel_fd, struct strbuf *answer, struct strbuf *ret_detail);
