/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between worker.c and worker_zygote.c. On the control socket the shell sends a worker_begin, and
 * with it by SCM_RIGHTS the socket of that one request. The process that takes it says BEGAN, and
 * the zygote says ENDED of every process it waited for, also of one that ended before it took
 * anything. The request and its answer pass over their own socket, so that a crash cannot leave
 * half a message behind.
 */
#pragma once

#include <stdint.h>

#define WORKER_MESSAGE_MAX (64u << 20)

struct worker_begin {
	uint32_t deadline_ms;
	uint32_t serial;
};

enum worker_what { WORKER_BEGAN = 1, WORKER_ENDED };

struct worker_event {
	uint32_t what;
	int32_t pid;		/* of the request's process */
	int32_t status;		/* ENDED: as waitpid() gives it */
	uint32_t serial;	/* BEGAN: of the request it took */
};
