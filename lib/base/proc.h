/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Child processes of our own, joined by a socket pair. */
#pragma once

#include <sys/types.h>

#include "base/mem.h"

struct proc {
	pid_t pid;	/* 0: none */
	int fd;		/* our end of the socket pair; -1: none */
};

/*
 * Starts ARGV (absolute path, NULL-terminated) with its end of a SOCK_STREAM pair as fd 3, stdin and
 * stdout on /dev/null, every other descriptor closed, default signals and PR_SET_PDEATHSIG SIGKILL.
 * 0 or -errno (-ENOENT if the program is not there).
 */
int proc_spawn(struct proc *p, char *const argv[]);
/* Kills it if it runs, reaps it and closes the socket. */
void proc_kill(struct proc *p);
/* Absolute path of the file NAME beside this program, or in LIBEXECDIR when it is not there. */
char *proc_sibling(const void *parent, const char *name, const char *libexecdir);
/*
 * In a process that has large libraries: unmaps the pages of code and constants that loading touched.
 * What is used later is mapped again, from the page cache.
 */
void proc_forget_pages(void);
