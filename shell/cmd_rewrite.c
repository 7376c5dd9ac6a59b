// SPDX-License-Identifier: GPL-3.0-or-later
/* Commands that show or run text: :rewrite and :source. */
#include <stdlib.h>

#include "shell/command.h"
#include "shell/pipeline.h"
#include "shell/reader.h"
#include "shell/script.h"

/* A number alone is a probe's id. */
static bool read_id(const char *args, unsigned *ret)
{
	char *end;
	unsigned long v = strtoul(args, &end, 10);

	if (*args < '0' || *args > '9' || *end || v > 0xffffffff)
		return false;
	*ret = v;
	return true;
}

static enum diag_status no_probe(struct session *s, unsigned id)
{
	out_error(s->out, "no probe %u; ':probes' lists them", id);
	return STATUS_REFUSED;
}

static enum diag_status rewrite_text(struct session *s, const char *text)
{
	_cleanup_mem_ char *mem = mem_strdup(NULL, text);
	int src = session_source(s, "input", text, strlen(text), 1);
	enum diag_status status = STATUS_OK;
	struct diags diags;
	size_t from = 0;

	while (!status) {
		struct item *it;

		diags_init(&diags, mem);
		it = item_read(s, mem, src, from, INPUT_AT_PROMPT, &diags);
		if (it->input.state == INPUT_MORE)
			item_unfinished(it, &diags);
		out_diags(s->out, &diags, s->sources.v, s->sources.n);
		if (it->input.state != INPUT_COMPLETE)
			status = diags_status(&diags) ? diags_status(&diags) : STATUS_REFUSED;
		else if (it->input.class == INPUT_EMPTY)
			break;
		else if (it->input.class == INPUT_COMMAND || it->input.class == INPUT_SHELL)
			out_error(s->out, "a command has nothing to rewrite");
		else
			status = pipeline_run(s, &it, 1, RUN_REWRITE, false);
		from = it->input.end;
	}
	session_source_drop(s, src);
	return status;
}

enum diag_status cmd_rewrite(struct session *s, const char *args)
{
	struct probe *p;
	unsigned id;

	if (!*args) {
		out_error(s->out, ":rewrite needs an input or a probe's number");
		return STATUS_REFUSED;
	}
	if (!read_id(args, &id))
		return rewrite_text(s, args);
	p = session_probe(s, id);
	return p ? pipeline_show(s, p) : no_probe(s, id);
}

enum diag_status cmd_source(struct session *s, const char *args)
{
	struct probe *p;
	unsigned id;

	if (!*args) {
		out_error(s->out, ":source needs a file or a probe's number");
		return STATUS_REFUSED;
	}
	if (!read_id(args, &id))
		return script_file(s, args);
	p = session_probe(s, id);
	return p ? pipeline_code(s, p) : no_probe(s, id);
}
