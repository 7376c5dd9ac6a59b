/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zygote's children that wait for a request: one that is ready, and one that warms up. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct spare_pair {	/* the zygote's view */
	pid_t first, second;	/* 0: none */
	int first_token, second_token;
	int serial;
};

/* In the zygote, before any fork. 0 or -errno. */
int spare_init(void);
/*
 * Forks what is missing. Returns in the children only once READY_FD is readable and the turn is
 * theirs: true there, false in the zygote. They read from it, and then call spare_taken().
 */
bool spare_fill(struct spare_pair *sp, int ready_fd, void (*warm)(void));
void spare_taken(void);
/* In the zygote: PID has ended. */
void spare_ended(struct spare_pair *sp, pid_t pid);
