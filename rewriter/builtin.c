// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * TABLE of the names that every kernel clause has. A row's code uses only what the prelude of
 * compiled code declares. Rows without code are the clause's own: parameters and constants that
 * wrap.c writes where the name occurs.
 */
#include <string.h>

#include "base/mem.h"
#include "rewriter/builtin.h"

const struct builtin_row builtins[] = {
	{ .name = "pid", .decl = "const __u32 %s",
	  .code = "((__u32)(bpf_get_current_pid_tgid() >> 32))",
	  .summary = "process id" },
	{ .name = "tgid", .decl = "const __u32 %s",
	  .code = "((__u32)(bpf_get_current_pid_tgid() >> 32))",
	  .summary = "process id, as the kernel calls it" },
	{ .name = "tid", .decl = "const __u32 %s",
	  .code = "((__u32)bpf_get_current_pid_tgid())",
	  .summary = "thread id" },
	{ .name = "uid", .decl = "const __u32 %s",
	  .code = "((__u32)bpf_get_current_uid_gid())",
	  .summary = "user id" },
	{ .name = "gid", .decl = "const __u32 %s",
	  .code = "((__u32)(bpf_get_current_uid_gid() >> 32))",
	  .summary = "group id" },
	{ .name = "comm", .decl = "const char %s[16]",
	  .summary = "name of the current thread" },
	{ .name = "cpu", .decl = "const __u32 %s",
	  .code = "((__u32)bpf_get_smp_processor_id())",
	  .summary = "number of this processor" },
	{ .name = "nsecs", .decl = "const __u64 %s",
	  .code = "bpf_ktime_get_ns()", .host = "bcsh_host_nsecs()",
	  .summary = "CLOCK_MONOTONIC in nanoseconds" },
	{ .name = "elapsed", .decl = "const __u64 %s",
	  .code = "(bpf_ktime_get_ns() - __bcsh_session.start)", .host = "bcsh_host_elapsed()",
	  .summary = "nanoseconds since the session began" },
	{ .name = "cgroup", .decl = "const __u64 %s",
	  .code = "bpf_get_current_cgroup_id()",
	  .summary = "id of the current task's cgroup" },
	{ .name = "current", .decl = "struct task_struct *const %s",
	  .code = "((struct task_struct *)bpf_get_current_task())", .origin = "kernel",
	  .summary = "the current task, struct task_struct *" },
	{ .name = "target", .decl = "const __u32 %s",
	  .code = "((__u32)__bcsh_session.target)", .host = "bcsh_host_target()",
	  .summary = "process id given by -p, or of the command that -c started" },
	{ .name = "ctx", .summary = "the program's context record" },
	{ .name = "probe", .summary = "the probe's full name, text" },
	{ .name = "func", .summary = "the probed function's name, text" },
	{ .name = "retval", .summary = "what the function or call returned" },
	{ .name = "args", .summary = "the tracepoint's record, or raw arguments" },
	{ .name = "arg0", .summary = "first argument as a 64-bit number" },
	{ .name = "arg1", .summary = "second argument" },
	{ .name = "arg2", .summary = "third argument" },
	{ .name = "arg3", .summary = "fourth argument" },
	{ .name = "arg4", .summary = "fifth argument" },
	{ .name = "arg5", .summary = "sixth argument" },
};
const size_t n_builtins = ARRAY_SIZE(builtins);

const struct builtin_row *builtin_find(const char *name, size_t len)
{
	for (size_t i = 0; i < n_builtins; i++)
		if (strlen(builtins[i].name) == len && !memcmp(builtins[i].name, name, len))
			return &builtins[i];
	return NULL;
}
