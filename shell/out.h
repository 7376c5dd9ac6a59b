/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where words go: results to stdout (or -o FILE), everything else to stderr; whether either has
 * colours; and the prompt, which steps aside while something is printed above it.
 */
#pragma once

#include <stdio.h>

#include "base/diag.h"
#include "shell/options.h"

struct out {
	FILE *data;
	bool data_is_file;	/* -o: ours to close */
	int error;		/* errno of the first write that failed */
	bool color;		/* on stderr */
	bool data_color;
	bool watched;		/* a person sees stderr: diffs and notes are wanted */
	bool quiet, verbose;
	enum table_format format;
	bool hidden;		/* the prompt is hidden now */
	void (*hide)(void *arg);	/* takes the prompt off the screen; NULL: none */
	void (*show)(void *arg);
	void *arg;
};

/* 0, or -errno when -o cannot be opened. */
int out_init(struct out *o, const struct options *opt);
/* Flushes; -errno when the results could not be written. */
int out_close(struct out *o);
/* Before anything is printed while a prompt may be on the screen, and when it may come back. */
void out_begin(struct out *o);
void out_end(struct out *o);

/* Are notes and diffs wanted? Somebody watches, or -v; never with -q. */
bool out_talks(const struct out *o);
/* Such a note, without a line end. */
void out_note(struct out *o, const char *fmt, ...) mem_attr(2, 3);
/* "bcsh: ..." on stderr: what has no place in any input. */
void out_error(struct out *o, const char *fmt, ...) mem_attr(2, 3);
/* Diagnostics, each once, with their excerpts; as JSON lines with -f json. */
void out_diags(struct out *o, const struct diags *ds, const struct source *sources, size_t n);
/* Raw bytes to stderr, or to the results. */
void out_chatter(struct out *o, const struct strbuf *sb);
void out_data(struct out *o, const struct strbuf *sb);
