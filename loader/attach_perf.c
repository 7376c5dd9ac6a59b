/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Perf events that carry programs: tracepoints by their id, probes through the kprobe and uprobe
 * PMUs, samples on every processor or on the threads of one process. The program hangs on a BPF
 * link, so that closing one descriptor takes both down. Knows nothing of specs or messages.
 */
#include "loader/attach_perf.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PMU_DIR "/sys/bus/event_source/devices"
#define CPUS_ONLINE "/sys/devices/system/cpu/online"
#define STILL_THERE_MS 5	/* between looks, */
#define STILL_THERE_LOOKS 400	/* at most so many */

static int perf_open(struct perf_event_attr *attr, int pid, int cpu)
{
	int fd;

	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A program that was detached a moment ago may still be on its way out (attach_release.c). */
static int link_when_gone(int prog_fd, int perf)
{
	int link = -1;

	for (int i = 0; i < STILL_THERE_LOOKS; i++) {
		link = bpf_link_create(prog_fd, perf, BPF_PERF_EVENT, NULL);
		if (link >= 0 || errno != EEXIST)
			break;
		usleep(STILL_THERE_MS * 1000);
	}
	return link < 0 ? -errno : link;
}

static int add_linked(struct attachment *a, const struct attach_request *r,
		      struct perf_event_attr *attr, int pid, int cpu)
{
	_cleanup_fd_ int perf = perf_open(attr, pid, cpu);
	int link;

	if (perf < 0)
		return perf;
	link = link_when_gone(r->prog_fd, perf);
	if (link < 0)
		return link;
	/* The link holds the event; our own descriptor of it would only have to be closed later. */
	vec_push(a, &a->fds, link);
	a->slow = true;
	return 0;
}

int attach_tracepoint_event(struct attachment *a, const struct attach_request *r)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.config = r->target->event_id,
		.sample_period = 1,
	};

	/* only tracefs knows the number, and 0 is none */
	if (!r->target->event_id)
		return -ENODATA;
	return add_linked(a, r, &attr, -1, 0);
}

static int read_number(const char *path, const char *skip, int *ret)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	int err = strbuf_read_file(&sb, path, 4096);

	if (err)
		return err;
	if (strncmp(sb.text, skip, strlen(skip)) != 0)
		return -EINVAL;
	*ret = atoi(sb.text + strlen(skip));
	return 0;
}

int attach_pmu_type(const char *name)
{
	char path[128];
	int type;

	snprintf(path, sizeof(path), PMU_DIR "/%s/type", name);
	return read_number(path, "", &type) ? -1 : type;
}

/* Bit of attr.config that makes it a return probe. */
static uint64_t return_bit(const char *pmu)
{
	char path[128];
	int bit = 0;

	snprintf(path, sizeof(path), PMU_DIR "/%s/format/retprobe", pmu);
	read_number(path, "config:", &bit);
	return 1ull << (bit & 63);
}

static int attach_probe(struct attachment *a, const struct attach_request *r, const char *pmu,
			bool ret, const char *where)
{
	bool user = strcmp(pmu, "uprobe") == 0;
	int type = attach_pmu_type(pmu);
	struct perf_event_attr attr = {
		.type = type,
		.config = ret ? return_bit(pmu) : 0,
		.config1 = (uintptr_t)where,
		.config2 = r->target->offset,
	};

	if (type < 0)
		return -ENODEV;
	if (user)	/* format/ref_ctr_offset: the upper half */
		attr.config |= r->target->semaphore << 32;
	if (user && r->pid > 0)
		return add_linked(a, r, &attr, r->pid, -1);
	return add_linked(a, r, &attr, -1, 0);
}

int attach_kprobe_event(struct attachment *a, const struct attach_request *r)
{
	return attach_probe(a, r, "kprobe", false, r->target->func);
}

int attach_kretprobe_event(struct attachment *a, const struct attach_request *r)
{
	return attach_probe(a, r, "kprobe", true, r->target->func);
}

int attach_uprobe_event(struct attachment *a, const struct attach_request *r)
{
	return attach_probe(a, r, "uprobe", false, r->target->path);
}

int attach_uretprobe_event(struct attachment *a, const struct attach_request *r)
{
	return attach_probe(a, r, "uprobe", true, r->target->path);
}

/* "0-3,5": each processor that is online. */
static int on_each_cpu(struct attachment *a, const struct attach_request *r,
		       struct perf_event_attr *attr)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	int err = strbuf_read_file(&sb, CPUS_ONLINE, 65536);
	char *p = sb.text;

	while (!err && isdigit((unsigned char)*p)) {
		long first = strtol(p, &p, 10);
		long last = *p == '-' ? strtol(p + 1, &p, 10) : first;

		for (long cpu = first; cpu <= last && !err; cpu++) {
			err = add_linked(a, r, attr, -1, cpu);
			if (err == -ENODEV)	/* went offline meanwhile */
				err = 0;
		}
		if (*p == ',')
			p++;
	}
	return err;
}

/* Every thread that is there now, and by inheritance every thread that it makes. */
static int on_each_thread(struct attachment *a, const struct attach_request *r,
			  struct perf_event_attr *attr)
{
	struct dirent *e;
	char path[64];
	int err = 0;
	DIR *d;

	attr->inherit = 1;
	attr->inherit_thread = 1;
	snprintf(path, sizeof(path), "/proc/%d/task", r->pid);
	d = opendir(path);
	if (!d)
		return -ESRCH;
	while (!err && (e = readdir(d))) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		err = add_linked(a, r, attr, atoi(e->d_name), -1);
		if (err == -ESRCH)	/* ended meanwhile */
			err = 0;
	}
	closedir(d);
	return !err && !a->fds.n ? -ESRCH : err;
}

static int attach_sampling(struct attachment *a, const struct attach_request *r, uint32_t type,
			   uint64_t config)
{
	struct perf_event_attr attr = { .type = type, .config = config };

	if (r->target->frequency) {
		attr.freq = 1;
		attr.sample_freq = r->target->frequency;
	} else {
		attr.sample_period = r->target->period ? r->target->period : 1;
	}
	return r->pid > 0 ? on_each_thread(a, r, &attr) : on_each_cpu(a, r, &attr);
}

int attach_profile_event(struct attachment *a, const struct attach_request *r)
{
	return attach_sampling(a, r, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
}

int attach_software_event(struct attachment *a, const struct attach_request *r)
{
	return attach_sampling(a, r, PERF_TYPE_SOFTWARE, r->target->event_id);
}

int attach_hardware_event(struct attachment *a, const struct attach_request *r)
{
	return attach_sampling(a, r, PERF_TYPE_HARDWARE, r->target->event_id);
}
