// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The only place that decides on colours and streams. NO_COLOR and TERM=dumb switch colours off
 * unless --color=always says otherwise.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "shell/out.h"

static bool color_wanted(enum when when, int fd)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(fd) && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}

int out_init(struct out *o, const struct options *opt)
{
	*o = (struct out){ .data = stdout, .format = opt->format, .quiet = opt->quiet,
			   .verbose = opt->verbose };
	if (opt->output) {
		o->data = fopen(opt->output, "we");
		if (!o->data)
			return -errno;
		o->data_is_file = true;
	}
	o->color = color_wanted(opt->color, STDERR_FILENO);
	o->data_color = color_wanted(opt->color, opt->output ? -1 : STDOUT_FILENO);
	o->watched = isatty(STDERR_FILENO);
	return 0;
}

int out_close(struct out *o)
{
	int err = -o->error;

	if ((fflush(o->data) || ferror(o->data)) && !err)
		err = -(errno ? errno : EIO);
	if (o->data_is_file && fclose(o->data) && !err)
		err = -errno;
	o->data = NULL;
	return err;
}

void out_begin(struct out *o)
{
	if (o->hide && !o->hidden) {
		o->hidden = true;
		o->hide(o->arg);
	}
}

void out_end(struct out *o)
{
	if (o->hidden) {
		fflush(o->data);
		o->hidden = false;
		o->show(o->arg);
	}
}

bool out_talks(const struct out *o)
{
	return !o->quiet && (o->watched || o->verbose);
}

void out_note(struct out *o, const char *fmt, ...)
{
	va_list ap;

	if (!out_talks(o))
		return;
	out_begin(o);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static void json_error(const struct diag *d, const struct source *sources, size_t n,
		       struct strbuf *sb)
{
	static const char *const kinds[] = { [DIAG_ERROR] = "error", [DIAG_WARNING] = "warning",
					     [DIAG_NOTE] = "note" };
	unsigned line, column;

	strbuf_addf(sb, "{\"type\":\"%s\"", kinds[d->severity]);
	if (d->at.src >= 0 && (size_t)d->at.src < n) {
		source_position(&sources[d->at.src], d->at.start, &line, &column);
		strbuf_addf(sb, ",\"line\":%u,\"column\":%u", line, column);
	}
	strbuf_adds(sb, ",\"message\":");
	utf8_add_json(sb, d->message, strlen(d->message));
	if (d->hint) {
		strbuf_adds(sb, ",\"hint\":");
		utf8_add_json(sb, d->hint, strlen(d->hint));
	}
	strbuf_adds(sb, "}\n");
}

void out_error(struct out *o, const char *fmt, ...)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;
	va_list ap;

	out_begin(o);
	va_start(ap, fmt);
	strbuf_addv(&sb, fmt, ap);
	va_end(ap);
	fflush(o->data ? o->data : stdout);
	if (o->format == TABLE_JSON) {
		struct diag d = { .at = RANGE_NONE, .message = sb.text };
		_cleanup_strbuf_ struct strbuf line = STRBUF_INIT;

		json_error(&d, NULL, 0, &line);
		fputs(line.text, stderr);
		return;
	}
	fprintf(stderr, "bcsh: %s\n", sb.text);
}

/* Colours the severity word of the first line. */
static void add_colored(const struct diag *d, const char *text, struct strbuf *sb)
{
	static const struct { const char *word, *sgr; } words[] = {
		[DIAG_ERROR] = { "error:", "\033[1;31m" },
		[DIAG_WARNING] = { "warning:", "\033[1;35m" },
		[DIAG_NOTE] = { "note:", "\033[1;36m" },
	};
	const char *at = strstr(text, words[d->severity].word);

	if (!at) {
		strbuf_adds(sb, text);
		return;
	}
	strbuf_add(sb, text, at - text);
	strbuf_addf(sb, "%s%s\033[0m", words[d->severity].sgr, words[d->severity].word);
	strbuf_adds(sb, at + strlen(words[d->severity].word));
}

static bool seen_before(const struct diags *ds, size_t i)
{
	const struct diag *d = &ds->list.v[i];

	for (size_t j = 0; j < i; j++) {
		const struct diag *e = &ds->list.v[j];

		if (e->at.src == d->at.src && e->at.start == d->at.start &&
		    e->severity == d->severity && strcmp(e->message, d->message) == 0)
			return true;
	}
	return false;
}

void out_diags(struct out *o, const struct diags *ds, const struct source *sources, size_t n)
{
	for (size_t i = 0; i < ds->list.n; i++) {
		const struct diag *d = &ds->list.v[i];
		_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
		_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

		if (seen_before(ds, i) || (o->quiet && d->severity != DIAG_ERROR))
			continue;
		if (o->format == TABLE_JSON) {
			json_error(d, sources, n, &sb);
		} else {
			diag_format(d, sources, n, &text);
			if (o->color)
				add_colored(d, text.text, &sb);
			else
				strbuf_add(&sb, text.text, text.len);
		}
		out_chatter(o, &sb);
	}
}

void out_chatter(struct out *o, const struct strbuf *sb)
{
	out_begin(o);
	fflush(o->data);
	fwrite(sb->text, 1, sb->len, stderr);
}

void out_data(struct out *o, const struct strbuf *sb)
{
	out_begin(o);
	if (fwrite(sb->text, 1, sb->len, o->data) != sb->len && !o->error)
		o->error = errno;
}
