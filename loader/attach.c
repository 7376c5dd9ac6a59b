/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TABLE: how each probe kind is attached, what it needs of the kernel, and what to use where that is
 * missing. Turns the kernel's refusals into sentences. Knows nothing of what programs do.
 */
#include "loader/attach_perf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <unistd.h>

#include "loader/load.h"

static int attach_raw(struct attachment *a, const struct attach_request *r)
{
	int fd = bpf_raw_tracepoint_open(r->target->func, r->prog_fd);

	if (fd < 0)
		return -errno;
	vec_push(a, &a->fds, fd);
	return 0;
}

/* Programs loaded for one BTF id know their place already. */
static int attach_by_btf(struct attachment *a, const struct attach_request *r)
{
	int fd = bpf_raw_tracepoint_open(NULL, r->prog_fd);

	if (fd < 0)
		return -errno;
	vec_push(a, &a->fds, fd);
	return 0;
}

static int attach_iter(struct attachment *a, const struct attach_request *r)
{
	int fd = bpf_link_create(r->prog_fd, 0, BPF_TRACE_ITER, NULL);

	if (fd < 0)
		return -errno;
	vec_push(a, &a->fds, fd);
	return 0;
}

/* The link alone runs nothing. */
static const char *no_readers(void)
{
	return "iterators can be verified (--check), but are not run yet";
}

static const char *no_kprobes(void)
{
	return attach_pmu_type("kprobe") < 0 ? "this kernel is built without kprobes" : NULL;
}

static const char *no_uprobes(void)
{
	return attach_pmu_type("uprobe") < 0 ? "this kernel is built without uprobes" : NULL;
}

/* Some kernels have BTF and ftrace and still refuse to patch their own code. */
static const char *no_trampolines(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY);
	void *tmp = talloc_new(NULL);
	const char *why = NULL;
	struct btf_index *btf;
	_cleanup_fd_ int fd = -1;

	if (btf_open(tmp, NULL, &btf)) {
		why = "this kernel has no BTF, which fentry, fexit and lsm need";
	} else {
		opts.attach_btf_id = btf_find_func(btf, "vfs_read");
		fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "bcsh_try", "GPL", insns,
				   ARRAY_SIZE(insns), &opts);
		if (fd < 0 && !load_permission())
			why = "this kernel does not let programs hook its functions (fentry, fexit, lsm)";
	}
	mem_free(tmp);
	return why;
}

static const struct attach_row {
	int (*attach)(struct attachment *a, const struct attach_request *r);
	const char *(*unsupported)(void);
	const char *instead;	/* a hint, NULL: none */
	int cap;		/* needed beside CAP_BPF */
} rows[PROBE_KINDS] = {
	[PROBE_KPROBE] = { attach_kprobe_event, no_kprobes, NULL, CAP_PERFMON },
	[PROBE_KRETPROBE] = { attach_kretprobe_event, no_kprobes, NULL, CAP_PERFMON },
	[PROBE_FENTRY] = { attach_by_btf, no_trampolines, "use a kprobe, tracepoint or tp_btf",
			   CAP_PERFMON },
	[PROBE_FEXIT] = { attach_by_btf, no_trampolines, "use a kretprobe or a tracepoint",
			  CAP_PERFMON },
	[PROBE_TRACEPOINT] = { attach_tracepoint_event, NULL, NULL, CAP_PERFMON },
	[PROBE_RAWTRACEPOINT] = { attach_raw, NULL, NULL, CAP_PERFMON },
	[PROBE_TP_BTF] = { attach_by_btf, NULL, "use rawtracepoint", CAP_PERFMON },
	[PROBE_SYSCALL] = { attach_tracepoint_event, NULL, "use rawtracepoint:sys_enter",
			    CAP_PERFMON },
	[PROBE_SYSRET] = { attach_tracepoint_event, NULL, "use rawtracepoint:sys_exit",
			   CAP_PERFMON },
	[PROBE_UPROBE] = { attach_uprobe_event, no_uprobes, NULL, CAP_SYS_ADMIN },
	[PROBE_URETPROBE] = { attach_uretprobe_event, no_uprobes, NULL, CAP_SYS_ADMIN },
	[PROBE_USDT] = { attach_uprobe_event, no_uprobes, NULL, CAP_SYS_ADMIN },
	[PROBE_PROFILE] = { attach_profile_event, NULL, NULL, CAP_PERFMON },
	[PROBE_HARDWARE] = { attach_hardware_event, NULL, "use profile or software", CAP_PERFMON },
	[PROBE_SOFTWARE] = { attach_software_event, NULL, NULL, CAP_PERFMON },
	[PROBE_ITER] = { attach_iter, no_readers, NULL, CAP_PERFMON },
	[PROBE_LSM] = { attach_by_btf, no_trampolines, NULL, CAP_SYS_ADMIN },
};

const char *attach_unsupported(enum probe_kind kind)
{
	static struct { bool tried; const char *why; } known[PROBE_KINDS];

	if (!rows[kind].unsupported)
		return NULL;
	if (!known[kind].tried) {
		known[kind].why = rows[kind].unsupported();
		known[kind].tried = true;
	}
	return known[kind].why;
}

/* Where a function is called, told by a probe that needs no kprobes. */
static const struct { const char *prefix, *spec; } alternatives[] = {
	{ "schedule", "rawtracepoint:sched_switch" },
	{ "__schedule", "rawtracepoint:sched_switch" },
	{ "finish_task_switch", "rawtracepoint:sched_switch" },
	{ "try_to_wake_up", "rawtracepoint:sched_wakeup" },
	{ "wake_up_process", "rawtracepoint:sched_wakeup" },
	{ "kernel_clone", "rawtracepoint:sched_process_fork" },
	{ "copy_process", "rawtracepoint:sched_process_fork" },
	{ "do_exit", "rawtracepoint:sched_process_exit" },
	{ "bprm_execve", "rawtracepoint:sched_process_exec" },
	{ "do_execve", "rawtracepoint:sched_process_exec" },
	{ "begin_new_exec", "rawtracepoint:sched_process_exec" },
	{ "vfs_read", "syscall:read" },
	{ "vfs_write", "syscall:write" },
	{ "vfs_open", "syscall:openat" },
	{ "do_filp_open", "syscall:openat" },
	{ "do_sys_openat2", "syscall:openat" },
	{ "do_unlinkat", "syscall:unlinkat" },
	{ "tcp_retransmit_skb", "rawtracepoint:tcp_retransmit_skb" },
	{ "tcp_", "rawtracepoint:inet_sock_set_state" },
	{ "inet_", "rawtracepoint:inet_sock_set_state" },
	{ "kfree_skb", "rawtracepoint:kfree_skb" },
	{ "netif_receive_skb", "rawtracepoint:netif_receive_skb" },
	{ "dev_queue_xmit", "rawtracepoint:net_dev_queue" },
	{ "submit_bio", "rawtracepoint:block_bio_queue" },
	{ "blk_mq_start_request", "rawtracepoint:block_rq_issue" },
	{ "blk_", "rawtracepoint:block_rq_complete" },
	{ "__kmalloc", "rawtracepoint:kmalloc" },
	{ "kfree", "rawtracepoint:kfree" },
	{ "kmem_cache_alloc", "rawtracepoint:kmem_cache_alloc" },
	{ "handle_mm_fault", "tracepoint:exceptions:page_fault_user" },
	{ "do_nanosleep", "syscall:clock_nanosleep" },
};

static const char *alternative(const void *parent, const char *func)
{
	static const char *const syscall_prefixes[] = { "__x64_sys_", "__se_sys_", "ksys_", "do_sys_",
							"sys_" };

	for (size_t i = 0; i < ARRAY_SIZE(alternatives); i++) {
		if (strncmp(func, alternatives[i].prefix, strlen(alternatives[i].prefix)) == 0)
			return alternatives[i].spec;
	}
	for (size_t i = 0; i < ARRAY_SIZE(syscall_prefixes); i++) {
		size_t n = strlen(syscall_prefixes[i]);

		if (strncmp(func, syscall_prefixes[i], n) == 0)
			return mem_printf(parent, "syscall:%s", func + n);
	}
	return "rawtracepoint:sched_switch";
}

static void explain_unsupported(const struct probe_target *t, const char *why, struct diags *diags)
{
	struct diag *d = diag_add(diags, DIAG_ERROR, STATUS_NO_PROBE, RANGE_NONE, "%s: %s", t->name, why);

	if (t->kind == PROBE_KPROBE || t->kind == PROBE_KRETPROBE)
		diag_hint(diags, d, "%s would work", alternative(diags->parent, t->func ? t->func : ""));
	else if (rows[t->kind].instead)
		diag_hint(diags, d, "%s", rows[t->kind].instead);
}

static void explain_permission(const struct probe_target *t, struct diags *diags)
{
	const char *why = load_permission();
	const char *cap = rows[t->kind].cap == CAP_SYS_ADMIN ? "CAP_SYS_ADMIN" : "CAP_PERFMON";

	if (why)
		diag_add(diags, DIAG_ERROR, STATUS_PERMISSION, RANGE_NONE, "%s", why);
	else if (!load_has_cap(rows[t->kind].cap) && !load_has_cap(CAP_SYS_ADMIN))
		diag_add(diags, DIAG_ERROR, STATUS_PERMISSION, RANGE_NONE,
			 "attaching to %s needs %s (or root)", t->name, cap);
	else
		diag_add(diags, DIAG_ERROR, STATUS_PERMISSION, RANGE_NONE,
			 "the kernel refuses to attach to %s: a container, seccomp or lockdown forbids it",
			 t->name);
}

/* What ERR means for a kind of probe, where it has a meaning of its own. */
static const struct { enum probe_kind kind; int err; const char *why; } meanings[] = {
	{ PROBE_KPROBE, ENOENT, "the kernel has no such function to probe" },
	{ PROBE_KRETPROBE, ENOENT, "the kernel has no such function to probe" },
	{ PROBE_KPROBE, EINVAL, "the kernel does not allow a probe in this function or at this offset" },
	{ PROBE_KRETPROBE, EINVAL, "the kernel does not allow a probe in this function" },
	{ PROBE_KPROBE, EILSEQ, "the offset is not the start of an instruction" },
	{ PROBE_TRACEPOINT, EINVAL, "the kernel has no such tracepoint any more" },
	{ PROBE_TRACEPOINT, EACCES, "the program reads past the end of this tracepoint's record" },
	{ PROBE_RAWTRACEPOINT, ENOENT, "the kernel has no such tracepoint" },
	{ PROBE_RAWTRACEPOINT, EINVAL, "the program uses more arguments than this tracepoint has" },
	{ PROBE_UPROBE, ENOENT, "the file is not there" },
	{ PROBE_URETPROBE, ENOENT, "the file is not there" },
	{ PROBE_UPROBE, EINVAL, "the file cannot be probed at this offset: it lies outside of it" },
	{ PROBE_URETPROBE, EINVAL, "the file cannot be probed at this offset: it lies outside of it" },
	{ PROBE_UPROBE, EILSEQ, "the offset is not the start of an instruction" },
	{ PROBE_UPROBE, ENOTSUP, "the instruction at this offset cannot be probed" },
	{ PROBE_UPROBE, EIO, "the file system does not allow probes in this file" },
	{ PROBE_HARDWARE, ENOENT, "this machine has no such performance counter" },
	{ PROBE_HARDWARE, EOPNOTSUPP, "this machine has no such performance counter" },
};

static void explain_errno(const struct attach_request *r, int err, struct diags *diags)
{
	const struct probe_target *t = r->target;
	const char *why = strerror(err);
	struct diag *d;

	if (err == EPERM || (err == EACCES && t->kind != PROBE_TRACEPOINT)) {
		explain_permission(t, diags);
		return;
	}
	if (err == ENODATA) {
		d = diag_add(diags, DIAG_ERROR, STATUS_PERMISSION, RANGE_NONE,
			     "%s: tracefs cannot be read, and only there is this event's number", t->name);
		diag_hint(diags, d, "add CAP_DAC_READ_SEARCH, or run as root");
		return;
	}
	if (err == ESRCH && r->pid > 0) {
		diag_add(diags, DIAG_ERROR, STATUS_RUNTIME, RANGE_NONE, "process %d is not there",
			 r->pid);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].kind == t->kind && meanings[i].err == err)
			why = meanings[i].why;
	}
	d = diag_add(diags, DIAG_ERROR, STATUS_NO_PROBE, RANGE_NONE, "%s: %s", t->name, why);
	if (rows[t->kind].instead)
		diag_hint(diags, d, "%s", rows[t->kind].instead);
}

int attach_program(const void *parent, int prog_fd, const struct probe_target *target, int pid,
		   struct attachment **ret, struct diags *diags)
{
	struct attach_request r = { .prog_fd = prog_fd, .target = target, .pid = pid };
	const char *why = attach_unsupported(target->kind);
	struct attachment *a;
	int err;

	if (!why && !rows[target->kind].attach)
		why = "this kind of probe runs in user space and is not attached";
	if (why) {
		explain_unsupported(target, why, diags);
		return -1;
	}
	a = mem_new(parent, struct attachment);
	err = rows[target->kind].attach(a, &r);
	if (err) {
		explain_errno(&r, -err, diags);
		attach_release(a, true);
		return -1;
	}
	*ret = a;
	return 0;
}
