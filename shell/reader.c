// SPDX-License-Identifier: GPL-3.0-or-later
/* The splitter's inputs as items of the session, and the order in which they take effect. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/command.h"
#include "shell/live.h"
#include "shell/pipeline.h"
#include "shell/pipeline_host.h"
#include "shell/reader.h"

#define WAIT_MS 50	/* intervals are looked at that often while a shell command runs */

static bool starts_with(const struct source *src, const struct input *in, const char *word)
{
	size_t n = strlen(word);

	return in->end - in->start >= n && strncmp(src->text + in->start, word, n) == 0;
}

/* ":rewrite INPUT" goes on until INPUT is complete. */
static void extend_command(struct session *s, struct item *it, enum input_mode mode,
			   const struct input_types *types, struct diags *diags)
{
	const struct source *src = &s->sources.v[it->src];
	size_t at = it->input.start + 1;
	struct input inner = { 0 };

	at += strcspn(src->text + at, " \t\n");
	at += strspn(src->text + at, " \t");
	if (!command_takes_input(it->input.command) || at >= it->input.end ||
	    (src->text[at] >= '0' && src->text[at] <= '9'))
		return;
	input_read(it, src, it->src, at, mode, types, &inner, diags);
	it->input.state = inner.state;
	it->input.open = inner.open;
	it->input.open_at = inner.open_at;
	if (inner.state != INPUT_COMPLETE)
		return;
	if (inner.end > it->input.end)
		it->input.end = inner.end;
	it->input.command = mem_strndup(it, src->text + it->input.start + 1,
					it->input.end - it->input.start - 1);
}

struct item *item_read(struct session *s, const void *parent, int src, size_t from,
		       enum input_mode mode, struct diags *diags)
{
	struct input_types types = session_types(s);
	struct item *it = mem_new(parent, struct item);
	const struct source *text = &s->sources.v[src];

	it->src = src;
	input_read(it, text, src, from, mode, &types, &it->input, diags);
	if (it->input.state != INPUT_COMPLETE)
		return it;
	if (it->input.class == INPUT_COMMAND)
		extend_command(s, it, mode, &types, diags);
	if (it->input.class == INPUT_DEFINITION || it->input.class == INPUT_CLAUSE ||
	    it->input.class == INPUT_EXPRESSION) {
		it->is_type = starts_with(text, &it->input, "typedef");
		item_names(s, it);
	}
	return it;
}

void item_unfinished(const struct item *it, struct diags *diags)
{
	input_unfinished(&it->input, it->src, diags);
}

/* Events are printed while the command runs; readline has given the terminal back. */
static int wait_for(struct session *s, pid_t pid)
{
	_cleanup_fd_ int pidfd = syscall(SYS_pidfd_open, pid, 0);
	int status;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = pidfd, .events = POLLIN },
			{ .fd = s->events ? events_fd(s->events) : -1, .events = POLLIN },
		};

		if (pidfd < 0 || (poll(fds, ARRAY_SIZE(fds), WAIT_MS) < 0 && errno != EINTR))
			break;
		live_events(s);
		live_intervals(s);
		if (fds[0].revents)
			break;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	live_events(s);
	return status;
}

static enum diag_status run_shell(struct session *s, const char *line)
{
	pid_t pid;
	int status;

	out_begin(s->out);
	fflush(s->out->data);
	pid = fork();
	if (pid < 0) {
		out_error(s->out, "cannot start a command: %s", strerror(errno));
		return STATUS_RUNTIME;
	}
	if (!pid) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execl("/bin/sh", "sh", "-c", line, NULL);
		_exit(127);
	}
	status = wait_for(s, pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return STATUS_OK;
	if (WIFEXITED(status))
		out_error(s->out, "'%s' ended with status %d", line, WEXITSTATUS(status));
	else
		out_error(s->out, "'%s' was ended by signal %d", line, WTERMSIG(status));
	return STATUS_RUNTIME;
}

static bool is_program(const struct item *it)
{
	return it->input.class == INPUT_DEFINITION || it->input.class == INPUT_CLAUSE;
}

static enum diag_status run_one(struct session *s, struct item *it)
{
	enum diag_status status;

	switch (it->input.class) {
	case INPUT_EMPTY:
		return STATUS_OK;
	case INPUT_COMMAND:
		return command_run(s, it->input.command);
	case INPUT_SHELL:
		return s->opt->mode == RUN_REWRITE ? STATUS_OK : run_shell(s, it->input.command);
	case INPUT_EXPRESSION:
		if (s->opt->mode == RUN_LIVE && host_names_map(s, it, &status))
			return status;
		return pipeline_run(s, &it, 1, s->opt->mode, false);
	default:
		return pipeline_run(s, &it, 1, s->opt->mode, true);
	}
}

enum diag_status items_run(struct session *s, struct item *const *items, size_t n, bool keep_going)
{
	enum diag_status first = STATUS_OK;

	for (size_t i = 0; i < n && !s->leaving; ) {
		enum diag_status status;
		size_t k = i + 1;

		if (is_program(items[i]) && !keep_going) {
			while (k < n && is_program(items[k]))
				k++;
			status = pipeline_run(s, items + i, k - i, s->opt->mode, true);
		} else {
			status = run_one(s, items[i]);
		}
		first = first ? first : status;
		if (status && !keep_going)
			return status;
		i = k;
	}
	return first;
}
