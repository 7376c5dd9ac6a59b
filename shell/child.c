// SPDX-License-Identifier: GPL-3.0-or-later
/* Forks early, so that its id can be a constant of the programs; executes late, so that nothing is missed. */
#include "shell/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/vec.h"

struct words {
	VEC(char *) list;
	struct strbuf word;
	bool open;	/* a word has begun, maybe an empty quoted one */
};

static void end_word(struct words *w, const void *parent)
{
	if (w->open)
		vec_push(parent, &w->list, mem_strndup(parent, w->word.text, w->word.len));
	strbuf_reset(&w->word);
	w->open = false;
}

/* Reads a quoted part; returns past it, NULL when a shell has to. */
static const char *quoted(struct words *w, const char *p)
{
	char quote = *p++;

	w->open = true;
	for (; *p && *p != quote; p++) {
		if (quote == '"' && strchr("$`\\", *p))
			return NULL;
		strbuf_addc(&w->word, *p);
	}
	return *p ? p + 1 : NULL;
}

char **child_words(const void *parent, const char *cmd)
{
	struct words w = { .word = STRBUF_INIT };
	char **words = NULL;
	const char *p = cmd;

	while (p && *p) {
		if (strchr(" \t\n", *p)) {
			end_word(&w, parent);
			p++;
		} else if (*p == '\'' || *p == '"') {
			p = quoted(&w, p);
		} else if (strchr("|&;<>()$`*?[]{}#~!\\", *p) || (*p == '=' && !w.list.n)) {
			p = NULL;
		} else {
			w.open = true;
			strbuf_addc(&w.word, *p++);
		}
	}
	if (p) {
		end_word(&w, parent);
		vec_push(parent, &w.list, NULL);
		if (w.list.n > 1)
			words = w.list.v;
	}
	strbuf_clear(&w.word);
	return words;
}

static void __attribute__((noreturn)) run(int wait_fd, const char *cmd, pid_t parent)
{
	char **words = child_words(NULL, cmd);
	sigset_t none;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* only until it runs: cleared below */
	if (getppid() != parent || read(wait_fd, &byte, 1) != 1)
		_exit(127);
	prctl(PR_SET_PDEATHSIG, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (words)
		execvp(words[0], words);
	else
		execl("/bin/sh", "sh", "-c", cmd, NULL);
	fprintf(stderr, "bcsh: cannot run '%s': %s\n", words ? words[0] : "/bin/sh", strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

int child_start(struct child *c, const char *cmd)
{
	pid_t self = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	c->pid = fork();
	if (c->pid < 0) {
		c->pid = 0;
		close(ends[0]);
		close(ends[1]);
		return -errno;
	}
	if (!c->pid) {
		close(ends[1]);
		run(ends[0], cmd, self);
	}
	close(ends[0]);
	c->go = ends[1];
	c->pidfd = syscall(SYS_pidfd_open, c->pid, 0);
	return c->pidfd < 0 ? -errno : 0;
}

void child_go(struct child *c)
{
	if (c->go >= 0 && write(c->go, "g", 1) != 1)
		perror("bcsh: the command cannot be started");
	fd_close(&c->go);
}

int child_reap(struct child *c)
{
	int status = 0;

	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	fd_close(&c->pidfd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void child_end(struct child *c)
{
	bool ran = c->go < 0;

	fd_close(&c->go);
	if (!c->pid)
		return;
	if (ran)
		kill(c->pid, SIGTERM);
	else
		child_reap(c);
	c->pid = 0;
	fd_close(&c->pidfd);
}
