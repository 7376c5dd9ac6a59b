/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt: readline's callbacks in the event loop, so that events appear above the line being typed. */
#pragma once

#include "shell/event_loop.h"

/* Until ^D or :quit. Returns the session's status. */
int repl_run(struct session *s, struct event_loop *loop);
