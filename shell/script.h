/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input that is no dialogue: files, -e, pipes. */
#pragma once

#include "shell/event_loop.h"

/* Reads all of PATH, then runs it. STATUS_USAGE when it cannot be read. */
enum diag_status script_file(struct session *s, const char *path);
/* -D and -e, in order. */
enum diag_status script_defines(struct session *s);
enum diag_status script_execute(struct session *s);
/* Standard input, one input at a time, each run before the next is read. */
enum diag_status script_pipe(struct session *s, struct event_loop *loop);
