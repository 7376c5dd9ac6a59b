/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user side of a step: BEGIN, END, interval clauses and expressions, in the handler process. */
#pragma once

#include "shell/build.h"

/* Gives the handler the compiled code and the maps that it names. */
enum diag_status host_install(struct step *st);
/* Runs the step's BEGIN clauses: before anything is attached. */
enum diag_status host_begin(struct step *st);
/* Starts its intervals and evaluates its expression: once the session has it. */
enum diag_status host_after(struct step *st);
/* An expression that is just a map's or a variable's name prints it. False: it is not. */
bool host_names_map(struct session *s, const struct item *it, enum diag_status *ret);
