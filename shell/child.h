/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The traced command of -c: its process exists before anything is loaded, and runs once all is attached. */
#pragma once

#include <sys/types.h>

#include "base/mem.h"

struct child {
	pid_t pid;	/* 0: none */
	int pidfd;	/* readable when it ended */
	int go;		/* it runs when a byte is written here */
};

#define CHILD_NONE ((struct child){ .pidfd = -1, .go = -1 })

/* CMD is split into words as a shell does; with shell syntax in it, sh -c runs it. 0 or -errno. */
int child_start(struct child *c, const char *cmd);
/* Lets it run. */
void child_go(struct child *c);
/* Its exit status as a shell gives it: 128+N if signal N ended it. It must have ended. */
int child_reap(struct child *c);
/* Ends it if it is there still. */
void child_end(struct child *c);
/* Words of CMD, NULL-terminated, below PARENT; NULL: it needs a shell. */
char **child_words(const void *parent, const char *cmd);
