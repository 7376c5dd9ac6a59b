// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Child processes of our own; see proc.h. Knows how to start, kill and find them, and nothing of
 * what is said over the socket.
 */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_FD 3

static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void __attribute__((noreturn)) run_child(int fd, pid_t parent, char *const argv[])
{
	int null;

	reset_signals();
	/* A group of its own: ^C at the terminal is for the shell, which decides who must stop. */
	setpgid(0, 0);
	if (fd != CHILD_FD && dup2(fd, CHILD_FD) < 0)
		_exit(127);
	fcntl(CHILD_FD, F_SETFD, 0);
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(127);
	close_range(CHILD_FD + 1, ~0u, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	execv(argv[0], argv);
	_exit(127);
}

int proc_spawn(struct proc *p, char *const argv[])
{
	pid_t parent = getpid();
	int pair[2];
	pid_t pid;

	if (access(argv[0], X_OK))
		return -errno;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	pid = fork();
	if (pid < 0) {
		int err = -errno;

		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (!pid)
		run_child(pair[1], parent, argv);
	close(pair[1]);
	*p = (struct proc){ .pid = pid, .fd = pair[0] };
	return 0;
}

void proc_kill(struct proc *p)
{
	if (p->pid > 0) {
		kill(p->pid, SIGKILL);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	p->pid = 0;
	fd_close(&p->fd);
}

char *proc_sibling(const void *parent, const char *name, const char *libexecdir)
{
	/* In a build directory the tests stand one below. */
	static const char *const beside[] = { "", "../" };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		while (n > 0 && self[n - 1] != '/')
			n--;
		for (size_t i = 0; i < ARRAY_SIZE(beside); i++) {
			char *path = mem_printf(parent, "%.*s%s%s", (int)n, self, beside[i], name);

			if (!access(path, X_OK))
				return path;
			mem_free(path);
		}
	}
	return mem_printf(parent, "%s/%s", libexecdir, name);
}

static int forget_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		uintptr_t start = (info->dlpi_addr + ph->p_vaddr + page - 1) & ~(page - 1);
		uintptr_t end = (info->dlpi_addr + ph->p_vaddr + ph->p_memsz) & ~(page - 1);

		/* Never what is writable: its pages are not the file's any more. */
		if (ph->p_type == PT_LOAD && !(ph->p_flags & PF_W) && end > start)
			madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

void proc_forget_pages(void)
{
	dl_iterate_phdr(forget_object, NULL);
}
