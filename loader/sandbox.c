// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How little a process of ours may do; see sandbox.h. Layers that each suffice for "reads no file
 * of the person's": another user, no_new_privs, Landlock without a rule, a seccomp filter.
 */
#include "loader/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/mem.h"

#define NOBODY 65534
#define MEMORY_MAX (768ul << 20)
#define HANDLER_MEMORY_MAX (4ul << 30)

static struct sock_fprog compile_filter;

/* Takes away all access to files, as far as this kernel's Landlock knows kinds of it. */
static void landlock_all(void)
{
	static const unsigned bits[] = { 0, 13, 14, 15, 15, 16 };
	struct landlock_ruleset_attr attr = { 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int fd;

	if (abi < 1)
		return;
	attr.handled_access_fs = (1ull << bits[abi < 5 ? abi : 5]) - 1;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
	if (fd < 0)
		return;
	/* Where it cannot be had, user and filter remain. */
	if (syscall(SYS_landlock_restrict_self, fd, 0)) {
		close(fd);
		return;
	}
	close(fd);
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &h, none) ? -errno : 0;
}

int sandbox_drop(void)
{
	if (!geteuid() && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
			   setresuid(NOBODY, NOBODY, NOBODY)))
		return -errno;
	if (drop_capabilities())
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0))
		return -errno;
	/* Changing the user cleared it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	landlock_all();
	return 0;
}

static int allow(scmp_filter_ctx s, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int r = seccomp_rule_add(s, SCMP_ACT_ALLOW, calls[i], 0);

		if (r)
			return r;
	}
	return 0;
}

/* What both kinds of process need: memory, their open descriptors, time, and to end. */
static int allow_common(scmp_filter_ctx s)
{
	static const int calls[] = {
		SCMP_SYS(read),         SCMP_SYS(write),        SCMP_SYS(writev),
		SCMP_SYS(close),        SCMP_SYS(lseek),        SCMP_SYS(brk),
		SCMP_SYS(munmap),       SCMP_SYS(mremap),       SCMP_SYS(madvise),
		SCMP_SYS(futex),        SCMP_SYS(exit),         SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
		SCMP_SYS(sigaltstack),  SCMP_SYS(getrusage),    SCMP_SYS(clock_gettime),
		SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),    SCMP_SYS(getpid),
		SCMP_SYS(gettid),       SCMP_SYS(sched_yield),  SCMP_SYS(restart_syscall),
	};
	int r = allow(s, calls, ARRAY_SIZE(calls));

	/* abort() */
	if (!r)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				     SCMP_A2(SCMP_CMP_EQ, SIGABRT));
	return r;
}

static int export_filter(scmp_filter_ctx s, struct sock_fprog *ret)
{
	_cleanup_fd_ int fd = memfd_create("filter", MFD_CLOEXEC);
	off_t len;
	int r;

	if (fd < 0)
		return -errno;
	r = seccomp_export_bpf(s, fd);
	len = lseek(fd, 0, SEEK_END);
	if (r || len <= 0)
		return r ? r : -EIO;
	ret->len = (unsigned short)((size_t)len / sizeof(struct sock_filter));
	ret->filter = mem_zalloc(NULL, (size_t)len, "filter");
	if (pread(fd, ret->filter, (size_t)len, 0) != len)
		return -EIO;
	return 0;
}

/* For the compiler no file is there: it says so and goes on. All else that is not allowed gives
 * EPERM. */
static int hide_files(scmp_filter_ctx s)
{
	static const int calls[] = {
		SCMP_SYS(open),       SCMP_SYS(openat),   SCMP_SYS(stat),       SCMP_SYS(lstat),
		SCMP_SYS(newfstatat), SCMP_SYS(statx),    SCMP_SYS(access),     SCMP_SYS(faccessat),
		SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(calls) && !r; i++)
		r = seccomp_rule_add(s, SCMP_ACT_ERRNO(ENOENT), calls[i], 0);
	return r;
}

int sandbox_prepare_compile(void)
{
	scmp_filter_ctx s = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!s)
		return -ENOMEM;
	r = allow_common(s);
	if (!r)
		r = hide_files(s);
	if (!r)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!r)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!r)
		r = export_filter(s, &compile_filter);
	seccomp_release(s);
	return r;
}

static int limit(int what, rlim_t value)
{
	struct rlimit r = { value, value };

	return setrlimit((__rlimit_resource_t)what, &r) ? -errno : 0;
}

static int limit_common(rlim_t memory)
{
	int r = limit(RLIMIT_AS, memory);

	if (!r)
		r = limit(RLIMIT_CORE, 0);
	if (!r)
		r = limit(RLIMIT_NPROC, 0);
	return r;
}

int sandbox_enter_compile(int deadline_ms)
{
	struct itimerval timer = { .it_value = { deadline_ms / 1000, deadline_ms % 1000 * 1000 } };
	int r = limit_common(MEMORY_MAX);

	if (!r)
		r = limit(RLIMIT_CPU, (rlim_t)deadline_ms / 1000 + 1);
	if (!r)
		r = limit(RLIMIT_NOFILE, 0);
	if (r)
		return r;
	signal(SIGALRM, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || setitimer(ITIMER_REAL, &timer, NULL))
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &compile_filter) ? -errno : 0;
}

int sandbox_enter_handler(void)
{
	static const int calls[] = {
		SCMP_SYS(recvmsg),         SCMP_SYS(sendmsg),    SCMP_SYS(poll),
		SCMP_SYS(fstat),           SCMP_SYS(newfstatat), SCMP_SYS(fcntl),
		SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),  SCMP_SYS(setitimer),
		SCMP_SYS(times),           SCMP_SYS(getuid),     SCMP_SYS(geteuid),
	};
	static const int elements[] = {
		BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM, BPF_MAP_GET_NEXT_KEY,
		BPF_MAP_LOOKUP_AND_DELETE_ELEM, BPF_MAP_LOOKUP_BATCH,
	};
	scmp_filter_ctx s = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = s ? limit_common(HANDLER_MEMORY_MAX) : -ENOMEM;

	if (!r)
		r = allow_common(s);
	if (!r)
		r = allow(s, calls, ARRAY_SIZE(calls));
	/* Code is mapped writable, filled in, then made executable. */
	if (!r)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 0);
	if (!r)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 0);
	for (size_t i = 0; i < ARRAY_SIZE(elements) && !r; i++)
		r = seccomp_rule_add(s, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
				     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)elements[i]));
	if (!r)
		r = seccomp_load(s);
	if (s)
		seccomp_release(s);
	return r;
}
