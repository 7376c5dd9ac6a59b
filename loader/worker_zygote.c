// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The zygote of bcsh-worker: it has libclang and LLVM mapped and forks one process for each
 * request, which shuts itself in before it reads a byte of it. The zygote itself compiles nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"
#include "loader/codegen.h"
#include "loader/sandbox.h"
#include "loader/worker_proto.h"
#include "loader/worker_request.h"
#include "loader/worker_spare.h"

#define CONTROL_FD 3
#define STACK_MAX (64ul << 20)
#define HEAP_MAX (256 << 20)

/* -1: the shell is gone, or never was. */
static int receive(struct worker_begin *begin)
{
	struct iovec io = { begin, sizeof(*begin) };
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *cm;
	ssize_t n;
	int fd;

	do {
		n = recvmsg(CONTROL_FD, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	cm = n == sizeof(*begin) ? CMSG_FIRSTHDR(&m) : NULL;
	if (!cm || cm->cmsg_type != SCM_RIGHTS || cm->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(cm), sizeof(fd));
	return fd;
}

static void tell(uint32_t what, pid_t pid, int status, uint32_t serial)
{
	struct worker_event ev = { what, pid, status, serial };

	if (send(CONTROL_FD, &ev, sizeof(ev), MSG_NOSIGNAL) != sizeof(ev))
		_exit(1);
}

static void __attribute__((noreturn)) serve_one(void)
{
	struct worker_begin begin;
	int fd = receive(&begin);

	if (fd < 0)
		_exit(0);
	spare_taken();
	tell(WORKER_BEGAN, getpid(), 0, begin.serial);
	close(CONTROL_FD);
	if (sandbox_enter_compile((int)begin.deadline_ms))
		_exit(2);
	worker_request(fd);
}

static void __attribute__((noreturn)) serve(void)
{
	struct spare_pair spares = { 0 };

	for (;;) {
		int status = 0;
		pid_t pid;

		if (spare_fill(&spares, CONTROL_FD, worker_request_warm))
			serve_one();
		do {
			pid = wait(&status);
		} while (pid < 0 && errno == EINTR);
		spare_ended(&spares, pid);
		tell(WORKER_ENDED, pid, status, 0);
	}
}

/* The stack grows to this, memory is kept, and libclang makes no threads. */
static void prepare_process(void)
{
	struct rlimit stack;

	if (!getrlimit(RLIMIT_STACK, &stack)) {
		stack.rlim_cur = stack.rlim_max < STACK_MAX ? stack.rlim_max : STACK_MAX;
		setrlimit(RLIMIT_STACK, &stack);
	}
	/* Memory once touched is kept: each page given back is a page fault the next time. */
	mallopt(M_TRIM_THRESHOLD, HEAP_MAX);
	mallopt(M_MMAP_THRESHOLD, HEAP_MAX);
	mallopt(M_TOP_PAD, 1 << 20);
	setenv("LIBCLANG_NOTHREADS", "1", 1);
	setenv("LIBCLANG_DISABLE_CRASH_RECOVERY", "1", 1);
	setenv("LIBCLANG_BGPRIO_INDEX", "0", 1);
}

int worker_zygote(void)
{
	int null;

	if (fcntl(CONTROL_FD, F_GETFD) < 0) {
		fprintf(stderr, "bcsh-worker is started by bcsh\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prepare_process();
	codegen_init();
	worker_request_init();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);	/* later nothing can be opened */
	if (spare_init() || sandbox_prepare_compile() || sandbox_drop()) {
		fprintf(stderr, "bcsh-worker: cannot give up its rights: %s\n", strerror(errno));
		return 1;
	}
	/* Clang counts its errors there, and crashes leave dumps. */
	if (!getenv("BCSH_DEBUG") && null >= 0)
		dup2(null, STDERR_FILENO);
	proc_forget_pages();
	serve();
}
