/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole run: what is read, how long it is waited, what is printed at its end, and its status. */
#pragma once

#include "shell/session.h"

/* Everything between the command line and the exit status. */
int run_all(struct session *s);
