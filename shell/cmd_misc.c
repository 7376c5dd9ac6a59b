// SPDX-License-Identifier: GPL-3.0-or-later
/* Commands that concern no single probe or map: help, switches, leaving. */
#include <bpf/bpf.h>
#include <ctype.h>
#include <errno.h>

#include "kernel/probe_kind.h"
#include "rewriter/builtin.h"
#include "shell/command.h"
#include "shell/script.h"

static void help_all(struct strbuf *sb)
{
	strbuf_adds(sb, "Type a probe and C, a definition, an expression, or a command:\n\n"
		    "  rawtracepoint:sched_switch { @[prev->comm]++; }     attach it, now\n"
		    "  @                                                   print the map\n"
		    "  static int twice(int x) { return 2 * x; }           keep it for later inputs\n"
		    "  sizeof(struct task_struct)                          evaluate it\n\nCommands:\n");
	for (size_t i = 0; i < n_commands; i++) {
		size_t n = strlen(commands[i].name) + strlen(commands[i].args) + 1;

		strbuf_addf(sb, "  :%s %s", commands[i].name, commands[i].args);
		strbuf_fill(sb, ' ', n < 24 ? 24 - n : 1);
		strbuf_addf(sb, "%s\n", commands[i].summary);
	}
	strbuf_adds(sb, "  !COMMAND                 run a shell command\n\n"
		    "':list' shows the kinds of probes, ':help KIND' or ':help NAME' more about one.\n");
}

static bool help_kind(const char *name, struct strbuf *sb)
{
	const struct probe_kind_row *row;
	enum probe_kind kind;

	if (!probe_kind_find(name, strlen(name), &kind))
		return false;
	row = &probe_kinds[kind];
	strbuf_addf(sb, "%s\n  %s\n  for example: %s\n", row->form, row->summary, row->example);
	return true;
}

static bool help_name(const char *name, struct strbuf *sb)
{
	const struct builtin_row *b = builtin_find(name, strlen(name));
	const struct function_row *f = function_find(name, strlen(name));
	const struct helper_row *h = helper_find(name, strlen(name));

	if (b)
		strbuf_addf(sb, "%s\n  %s\n", b->name, b->summary);
	else if (f)
		strbuf_addf(sb, "%s\n  %s\n", f->form, f->summary);
	else if (h)
		strbuf_addf(sb, "%s %s(%s)\n", h->result, h->name, h->params);
	return b || f || h;
}

enum diag_status cmd_help(struct session *s, const char *args)
{
	const struct command *c = command_find(args + (*args == ':'), strlen(args + (*args == ':')));
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	if (!*args) {
		help_all(&sb);
	} else if (c) {
		strbuf_addf(&sb, ":%s %s\n  %s\n", c->name, c->args, c->summary);
		if (c->help)
			strbuf_addf(&sb, "%s\n", c->help);
	} else if (!help_kind(args, &sb) && !help_name(args, &sb)) {
		out_error(s->out, "no help for '%s'; ':help' lists the commands", args);
		return STATUS_REFUSED;
	}
	out_data(s->out, &sb);
	return STATUS_OK;
}

/* "", "on", "off". False: something else, which is said. */
static bool read_switch(struct session *s, const char *args, bool now, bool *ret)
{
	if (strcmp(args, "on") == 0) {
		*ret = true;
	} else if (strcmp(args, "off") == 0) {
		*ret = false;
	} else if (!*args) {
		*ret = !now;
	} else {
		out_error(s->out, "'%s' is neither 'on' nor 'off'", args);
		return false;
	}
	return true;
}

enum diag_status cmd_timing(struct session *s, const char *args)
{
	if (!read_switch(s, args, s->timing, &s->timing))
		return STATUS_REFUSED;
	out_note(s->out, "timing is %s", s->timing ? "on" : "off");
	return STATUS_OK;
}

enum diag_status cmd_stats(struct session *s, const char *args)
{
	bool on;

	if (!read_switch(s, args, s->stats_fd >= 0, &on))
		return STATUS_REFUSED;
	if (on && s->stats_fd < 0) {
		s->stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
		if (s->stats_fd < 0) {
			out_error(s->out, "the kernel does not measure run time: %s%s", strerror(errno),
				  errno == EPERM ? " (needs CAP_SYS_ADMIN)" : "");
			return errno == EPERM ? STATUS_PERMISSION : STATUS_RUNTIME;
		}
	} else if (!on) {
		fd_close(&s->stats_fd);
	}
	out_note(s->out, "run time statistics are %s", on ? "on" : "off");
	return STATUS_OK;
}

enum diag_status cmd_verifier(struct session *s, const char *args)
{
	_cleanup_strbuf_ struct strbuf sb = STRBUF_INIT;

	(void)args;
	if (!s->verifier_log) {
		out_note(s->out, "the verifier has refused nothing yet");
		return STATUS_OK;
	}
	strbuf_adds(&sb, s->verifier_log);
	if (sb.len && sb.text[sb.len - 1] != '\n')
		strbuf_addc(&sb, '\n');
	out_data(s->out, &sb);
	return STATUS_OK;
}

enum diag_status cmd_quit(struct session *s, const char *args)
{
	(void)args;
	s->leaving = true;
	s->leave_status = STATUS_OK;
	return STATUS_OK;
}
