// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A file or -e is read to its end before anything in it takes effect; a pipe cannot be, so each of its
 * inputs runs when it is complete.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "shell/live.h"
#include "shell/reader.h"
#include "shell/script.h"

#define SCRIPT_MAX (16u << 20)
#define LONG_INPUT (16u << 10)	/* from here on not every line is tried: that would be quadratic */

struct batch {
	VEC(struct item *) items;
};

/* Reads every input of SRC into B; with KEEP_GOING the bad ones are said and passed over. */
static enum diag_status read_all(struct session *s, int src, struct batch *b)
{
	size_t from = 0, len = s->sources.v[src].len;
	enum diag_status first = STATUS_OK;

	while (from < len) {
		struct diags diags;
		struct item *it;
		enum diag_status status;

		diags_init(&diags, b);
		it = item_read(s, b, src, from, INPUT_IN_FILE, &diags);
		if (it->input.state == INPUT_MORE)
			item_unfinished(it, &diags);
		out_diags(s->out, &diags, s->sources.v, s->sources.n);
		if (it->input.state != INPUT_COMPLETE) {
			status = diags_status(&diags) ? diags_status(&diags) : STATUS_REFUSED;
			first = first ? first : status;
			if (!s->opt->keep_going || it->input.end <= from)
				return first;
		} else if (it->input.class == INPUT_EMPTY) {
			return first;
		} else {
			vec_push(b, &b->items, it);
			vec_push(s, &s->pending, it);
		}
		from = it->input.end;
	}
	return first;
}

/* All of a batch that could be read runs, unless an error stops it first. */
static enum diag_status run_batch(struct session *s, struct batch *b, enum diag_status status)
{
	enum diag_status ran;

	s->pending.n = 0;
	if (status && !s->opt->keep_going)
		return status;
	ran = items_run(s, b->items.v, b->items.n, s->opt->keep_going);
	return status ? status : ran;
}

enum diag_status script_file(struct session *s, const char *path)
{
	_cleanup_mem_ struct batch *b = mem_new(NULL, struct batch);
	struct strbuf text;
	enum diag_status status;
	int err, src;

	strbuf_init(&text, b);
	err = strbuf_read_file(&text, path, SCRIPT_MAX);
	if (err) {
		out_error(s->out, "cannot read '%s': %s", path, strerror(-err));
		return STATUS_USAGE;
	}
	src = session_source(s, path, text.text, text.len, 1);
	status = read_all(s, src, b);
	return run_batch(s, b, status);
}

enum diag_status script_execute(struct session *s)
{
	_cleanup_mem_ struct batch *b = mem_new(NULL, struct batch);
	enum diag_status status = STATUS_OK;

	vec_each(&s->opt->execute, text) {
		int src = session_source(s, "-e", *text, strlen(*text), 1);
		enum diag_status one = read_all(s, src, b);

		status = status ? status : one;
		if (status && !s->opt->keep_going)
			break;
	}
	return run_batch(s, b, status);
}

enum diag_status script_defines(struct session *s)
{
	vec_each(&s->opt->defines, text) {
		_cleanup_mem_ struct batch *b = mem_new(NULL, struct batch);
		const char *equals = strchr(*text, '=');
		struct strbuf sb;
		enum diag_status status;

		strbuf_init(&sb, b);
		strbuf_adds(&sb, "#define ");
		strbuf_add(&sb, *text, equals ? (size_t)(equals - *text) : strlen(*text));
		strbuf_addf(&sb, " %s\n", equals ? equals + 1 : "1");
		status = read_all(s, session_source(s, "-D", sb.text, sb.len, 1), b);
		status = run_batch(s, b, status);
		if (status)
			return status;
	}
	return STATUS_OK;
}

/* Bytes of the pipe that are no line yet. */
struct pipe {
	struct event_loop *loop;
	struct strbuf rest;
	bool end;
};

/*
 * Appends a line with its end, or what is left; events are printed while it waits. False: there is no
 * more, or ^C ended the wait.
 */
static bool read_line(struct pipe *p, struct strbuf *text)
{
	char *newline, buf[4096];
	size_t n;

	while (!(newline = memchr(p->rest.text, '\n', p->rest.len)) && !p->end) {
		enum loop_wake wake = loop_wait(p->loop, STDIN_FILENO, -1, 0);
		ssize_t got;

		if (wake != WAKE_INPUT)
			return false;
		got = read(STDIN_FILENO, buf, sizeof(buf));
		if (got > 0)
			strbuf_add(&p->rest, buf, got);
		else if (got == 0 || errno != EINTR)
			p->end = true;
	}
	n = newline ? (size_t)(newline - p->rest.text) + 1 : p->rest.len;
	strbuf_add(text, p->rest.text, n);
	if (n) {
		memmove(p->rest.text, p->rest.text + n, p->rest.len - n + 1);
		strbuf_trim(&p->rest, p->rest.len - n);
	}
	return n > 0;
}

/* Can another line be had without waiting? */
static bool has_more(const struct pipe *p)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	return memchr(p->rest.text, '\n', p->rest.len) || (!p->end && poll(&fd, 1, 0) > 0);
}

static unsigned count_lines(const char *p, size_t len)
{
	unsigned n = 0;

	for (; len--; p++)
		n += *p == '\n';
	return n;
}

/*
 * Runs the first input of TEXT, if it is complete, and takes it away. False: more lines are needed. At the
 * end of the pipe (LAST) what is unfinished is an error.
 */
static bool run_first(struct session *s, struct strbuf *text, unsigned *line, bool last,
		      enum diag_status *ret)
{
	_cleanup_mem_ struct batch *b = mem_new(NULL, struct batch);
	int src = session_source(s, "stdin", text->text, text->len, *line);
	struct diags diags;
	struct item *it;
	size_t end;
	bool done = true;

	diags_init(&diags, b);
	it = item_read(s, b, src, 0, INPUT_AT_PROMPT, &diags);
	end = it->input.end;
	if (it->input.state == INPUT_COMPLETE)
		session_source_trim(s, src, end);
	if (it->input.state == INPUT_MORE && !last) {
		session_source_drop(s, src);
		return false;
	}
	if (it->input.state == INPUT_MORE)
		item_unfinished(it, &diags);
	out_diags(s->out, &diags, s->sources.v, s->sources.n);
	if (it->input.state != INPUT_COMPLETE) {
		*ret = diags_status(&diags) ? diags_status(&diags) : STATUS_REFUSED;
		if (it->input.state == INPUT_MORE || !end)
			end = text->len;
	} else if (it->input.class == INPUT_EMPTY) {
		end = text->len;
		done = false;
	} else {
		*ret = items_run(s, &it, 1, true);
	}
	session_source_drop(s, src);
	*line += count_lines(text->text, end);
	memmove(text->text, text->text + end, text->len - end + 1);
	strbuf_trim(text, text->len - end);
	return done;
}

enum diag_status script_pipe(struct session *s, struct event_loop *loop)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct pipe p = { .loop = loop, .rest = STRBUF_INIT };
	enum diag_status first = STATUS_OK;
	unsigned line = 1;
	bool more = true;

	while (more && !s->leaving) {
		enum diag_status status = STATUS_OK;

		more = read_line(&p, &text);
		if (more && text.len > LONG_INPUT && has_more(&p))
			continue;
		while (text.len && !s->leaving && run_first(s, &text, &line, !more, &status)) {
			first = first ? first : status;
			if (status && !s->opt->keep_going) {
				more = false;
				break;
			}
			status = STATUS_OK;
		}
	}
	strbuf_clear(&p.rest);
	return first;
}
