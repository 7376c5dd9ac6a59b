/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The handler process from the shell's side: runs user-side clauses (BEGIN, END, interval, event,
 * expressions) by LLVM ORC, as nobody, with map-element bpf() commands only. One per session; after
 * a crash or a deadline it is started again, and its statics are lost.
 *
 * Messages both ways: u32 type, u32 length, payload (handler_proto.h). Map descriptors go over by
 * SCM_RIGHTS.
 */
#pragma once

#include <sys/types.h>

#include "base/strbuf.h"
#include "loader/map.h"

struct handler;

struct handler_output {	/* what a run produced, in order */
	enum {
		HANDLER_TEXT,
		HANDLER_PRINT,
		HANDLER_CLEAR,
		HANDLER_ZERO,
		HANDLER_EXIT,
		HANDLER_VALUE
	} kind;
	char *text;		/* printed text; the map's name; the value's C type */
	int status;		/* HANDLER_EXIT */
	void *bytes;		/* HANDLER_VALUE */
	size_t len;
};

int handler_start(const void *parent, struct handler **ret);
/* What elapsed (CLOCK_MONOTONIC ns at the session's start) and target (0: none) are. */
void handler_session(struct handler *h, uint64_t start, uint32_t target);
/* When FD is readable (and only looked at), what runs is stopped unless it ends at once. -1: nothing. */
void handler_cancel_on(struct handler *h, int fd);
void handler_stop(struct handler *h);
/* Adds code: an x86-64 object from the worker, opaque to us. *ret_error: a sentence. 0 or -1. */
int handler_add(struct handler *h, uint32_t id, const void *object, size_t len, char **ret_error);
/* Forgets that code: an expression's, once it ran. */
void handler_drop(struct handler *h, uint32_t id);
/*
 * Lets it use a map by name, for @name in host code. A variable's map (FLAT_MAP_GLOBAL) becomes the
 * storage of that variable in all objects added from now on. 0 or -1.
 */
int handler_map(struct handler *h, const struct bcsh_map *m);
/*
 * Runs function NAME of object ID, at most DEADLINE_MS. OUT is called for each output in order. 0;
 * or -1 with *ret_error ("crashed: read of address 0", "took longer than 5 s"). After a crash or a
 * deadline the process is a new one with the same code and maps; handler_restarts() then counts one
 * up.
 */
int handler_run(struct handler *h, uint32_t id, const char *name, int deadline_ms,
		void (*out)(void *arg, const struct handler_output *o), void *arg,
		char **ret_error);
/* Where in the person's text the code of the last failed run crashed. False: not known. */
bool handler_crash_place(const struct handler *h, struct range *ret);
/* How often its static variables were lost. */
unsigned handler_restarts(const struct handler *h);
/* Was it found dead between two questions, and started again? Said once. */
bool handler_revived(struct handler *h);
pid_t handler_pid(const struct handler *h);
