/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attaches loaded programs by the probe-kind table, and detaches them behind the prompt's back. */
#pragma once

#include "kernel/probe.h"

struct attachment;	/* one program attached to one target, through one or more descriptors */

/*
 * PID: confine uprobes and profile to this process; -1 none. On failure -1 with a diagnostic
 * (STATUS_NO_PROBE with the true cause and an alternative, or STATUS_PERMISSION).
 */
int attach_program(const void *parent, int prog_fd, const struct probe_target *target, int pid,
		   struct attachment **ret, struct diags *diags);
/*
 * Detaches: hands the descriptors to a background process, so that the caller returns at once
 * although closing a perf event takes the kernel 70 to 120 ms. With WAIT, returns when it is done.
 */
void attach_release(struct attachment *a, bool wait);
/* Is this kind attachable on this kernel? NULL, or why not, tried once and remembered. */
const char *attach_unsupported(enum probe_kind kind);
