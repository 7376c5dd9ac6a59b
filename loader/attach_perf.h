/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Perf events as the carrier of programs, and what an attachment holds. For attach*.c only. */
#pragma once

#include "base/vec.h"
#include "loader/attach.h"

struct attachment {
	VEC(int) fds;		/* closing them detaches */
	bool slow;		/* the kernel takes its time to close them */
};

struct attach_request {
	int prog_fd;
	const struct probe_target *target;
	int pid;		/* -1: all */
};

/* Each adds descriptors to A. 0 or -errno; what was added before a failure stays in A. */
int attach_tracepoint_event(struct attachment *a, const struct attach_request *r);
int attach_kprobe_event(struct attachment *a, const struct attach_request *r);
int attach_kretprobe_event(struct attachment *a, const struct attach_request *r);
int attach_uprobe_event(struct attachment *a, const struct attach_request *r);
int attach_uretprobe_event(struct attachment *a, const struct attach_request *r);
int attach_profile_event(struct attachment *a, const struct attach_request *r);
int attach_software_event(struct attachment *a, const struct attach_request *r);
int attach_hardware_event(struct attachment *a, const struct attach_request *r);
/* The number of a perf PMU ("kprobe", "uprobe"), -1 if the kernel has none. */
int attach_pmu_type(const char *name);
