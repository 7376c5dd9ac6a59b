// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Lines are collected until the splitter says that an input is complete; it is then one entry of the
 * history and runs with the terminal given back. readline calls without an argument, so the one
 * prompt of the process is a static here.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/readline.h>
#include <readline/history.h>

#include "shell/command.h"
#include "shell/live.h"
#include "shell/reader.h"
#include "shell/repl.h"

#define PROMPT "bcsh> "
#define PROMPT_MORE "...> "
#define HISTORY_MAX 5000

static struct repl {
	struct session *s;
	struct event_loop *loop;
	struct strbuf text;	/* the input so far */
	bool busy;		/* an input runs: there is no prompt on the screen */
	bool eof;
	int status;		/* of the last input */
	char *history;		/* file */
} repl;

static void on_line(char *line);

static void install(void)
{
	rl_callback_handler_install(repl.text.len ? PROMPT_MORE : PROMPT, on_line);
}

static void hide(void *arg)
{
	(void)arg;
	if (!repl.busy)
		rl_clear_visible_line();
	fflush(rl_outstream);
}

static void show(void *arg)
{
	(void)arg;
	if (repl.busy)
		return;
	rl_on_new_line();
	rl_redisplay();
}

static void remember(const char *text, size_t len)
{
	_cleanup_mem_ char *entry = NULL;
	HIST_ENTRY *last = history_length ? history_get(history_base + history_length - 1) : NULL;

	while (len && strchr("\n \t", text[len - 1]))
		len--;
	if (!len || *text == ' ')
		return;
	entry = mem_strndup(NULL, text, len);
	if (!last || strcmp(last->line, entry) != 0)
		add_history(entry);
}

/* Runs the complete inputs of the text. What is unfinished stays. */
static void run_text(void)
{
	struct session *s = repl.s;
	size_t from = 0;

	while (from < repl.text.len && !s->leaving) {
		_cleanup_mem_ char *mem = mem_strdup(NULL, "input");
		int src = session_source(s, "input", repl.text.text + from, repl.text.len - from, 1);
		struct diags diags;
		struct item *it;
		size_t end;

		diags_init(&diags, mem);
		it = item_read(s, mem, src, 0, INPUT_AT_PROMPT, &diags);
		end = it->input.end;
		if (it->input.state == INPUT_COMPLETE)
			session_source_trim(s, src, end);
		if (it->input.state == INPUT_MORE) {
			session_source_drop(s, src);
			memmove(repl.text.text, repl.text.text + from, repl.text.len - from + 1);
			strbuf_trim(&repl.text, repl.text.len - from);
			return;
		}
		out_diags(s->out, &diags, s->sources.v, s->sources.n);
		if (it->input.state == INPUT_BAD || it->input.class == INPUT_EMPTY) {
			remember(repl.text.text + from, repl.text.len - from);
			end = repl.text.len;
		} else {
			remember(repl.text.text + from, end);
			repl.status = items_run(s, &it, 1, true);
		}
		session_source_drop(s, src);
		from += end ? end : repl.text.len;
	}
	strbuf_reset(&repl.text);
}

static void on_line(char *line)
{
	rl_callback_handler_remove();
	if (!line) {
		/* with bracketed paste readline has ended the line itself, and would now end each one twice */
		if (strcmp(rl_variable_value("enable-bracketed-paste"), "on") != 0)
			fputc('\n', stderr);
		rl_eof_found = 0;
		repl.eof = !repl.text.len;
		strbuf_reset(&repl.text);
	} else {
		repl.busy = true;
		strbuf_adds(&repl.text, line);
		strbuf_addc(&repl.text, '\n');
		free(line);
		run_text();
		loop_drop_interrupt(repl.loop);
		fflush(repl.s->out->data);
		repl.s->out->hidden = false;
		repl.busy = false;
	}
	if (!repl.eof && !repl.s->leaving)
		install();
}

static void cancel(void)
{
	fputs("^C\n", stderr);
	rl_callback_sigcleanup();
	rl_free_line_state();
	rl_replace_line("", 0);
	rl_callback_handler_remove();
	strbuf_reset(&repl.text);
	install();
}

static void make_dirs(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		mkdir(path, 0700);
		*p = '/';
	}
}

static void history_open(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	using_history();
	stifle_history(HISTORY_MAX);
	history_comment_char = '#';
	history_write_timestamps = 1;	/* what lets an entry have several lines */
	if (state && *state == '/')
		repl.history = mem_printf(repl.s, "%s/bcsh/history", state);
	else if (home && *home == '/')
		repl.history = mem_printf(repl.s, "%s/.local/state/bcsh/history", home);
	if (repl.history)
		read_history(repl.history);
}

static void history_close(void)
{
	mode_t old;

	if (!repl.history)
		return;
	make_dirs(repl.history);
	old = umask(077);
	write_history(repl.history);
	umask(old);
}

/* Names of commands after ':'; readline completes file names elsewhere. */
static char *next_command(const char *text, int state)
{
	static size_t i;
	_cleanup_mem_ char *found = NULL;

	if (!state)
		i = 0;
	while (i < n_commands) {
		const char *name = commands[i++].name;

		if (strncmp(name, text + 1, strlen(text + 1)) == 0) {
			found = mem_printf(NULL, ":%s", name);
			return strdup(found);
		}
	}
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	(void)end;
	if (start || *text != ':' || repl.text.len)
		return NULL;
	rl_attempted_completion_over = 1;
	return rl_completion_matches(text, next_command);
}

static void setup(struct session *s, struct event_loop *loop)
{
	repl = (struct repl){ .s = s, .loop = loop, .text = STRBUF_INIT };
	rl_readline_name = "bcsh";
	rl_outstream = stderr;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_basic_word_break_characters = " \t\n\"\\'`@$><=;|&{(";
	rl_attempted_completion_function = complete;
	loop->resized = rl_resize_terminal;
	loop->dialogue = true;
	s->out->hide = hide;
	s->out->show = show;
	history_open();
}

int repl_run(struct session *s, struct event_loop *loop)
{
	setup(s, loop);
	if (!s->out->quiet)
		fputs("bcsh " BCSH_VERSION ": type a probe and C, an expression, or :help\n", stderr);
	install();
	while (!repl.eof && !s->leaving) {
		switch (loop_wait(loop, STDIN_FILENO, -1, 0)) {
		case WAKE_INPUT:
			rl_callback_read_char();
			break;
		case WAKE_INTERRUPT:
			cancel();
			break;
		case WAKE_TERMINATE:
			s->leaving = true;
			s->leave_status = 128 + 15;
			break;
		case WAKE_LEAVE:
			fputc('\n', stderr);
			break;
		case WAKE_CHILD:
		case WAKE_DEADLINE:
			break;
		}
	}
	rl_callback_handler_remove();
	s->out->hide = NULL;
	history_close();
	strbuf_clear(&repl.text);
	return STATUS_OK;
}
