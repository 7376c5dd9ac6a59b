// SPDX-License-Identifier: GPL-3.0-or-later
/* The table, and finding a row in it. A prefix is enough where only one command has it. */
#include "kernel/probe.h"
#include "shell/command.h"

const struct command commands[] = {
	{ "help", "[COMMAND|KIND]", "what can be typed; with a name, more about it", cmd_help },
	{ "probes", "", "what is attached: hits, lost, faults, and ns per hit while :stats is on",
	  cmd_probes },
	{ "list", "[PATTERN]", "what could be attached; * and ? match", cmd_list,
	  .help = "Without a pattern, the kinds of probes with an example each.\n"
		  "  :list rawtracepoint:sched_*\n  :list tcp_connect" },
	{ "maps", "", "the session's maps: types, entries, memory", cmd_maps },
	{ "print", "[MAP]...", "print maps; all that have entries when none is named", cmd_print },
	{ "clear", "MAP|all", "delete a map's entries", cmd_clear },
	{ "drop", "ID|MAP|NAME", "forget a probe, a map or a definition", cmd_drop },
	{ "detach", "ID|SPEC|all", "detach a probe; its maps and counters stay", cmd_detach },
	{ "attach", "ID|all", "attach a detached probe again", cmd_attach },
	{ "rewrite", "INPUT|ID", "show what would be loaded and why; load nothing", cmd_rewrite, true,
	  "  :rewrite rawtracepoint:sched_switch { @[prev->pid]++; }\n  :rewrite 1" },
	{ "source", "FILE|ID", "run a script here, or print the C that a probe is compiled from",
	  cmd_source },
	{ "stats", "[on|off]", "have the kernel measure run time (costs about 75 ns per event)",
	  cmd_stats },
	{ "timing", "[on|off]", "where each input's time goes", cmd_timing },
	{ "verifier", "", "the kernel's own log of the last program that it refused", cmd_verifier },
	{ "quit", "", "leave, like ^D", cmd_quit },
};
const size_t n_commands = ARRAY_SIZE(commands);

const struct command *command_find(const char *name, size_t len)
{
	const struct command *found = NULL;

	for (size_t i = 0; i < n_commands; i++) {
		if (strncmp(commands[i].name, name, len) != 0)
			continue;
		if (!commands[i].name[len])
			return &commands[i];
		if (found)
			return NULL;
		found = &commands[i];
	}
	return len ? found : NULL;
}

static size_t word_length(const char *line)
{
	return strcspn(line, " \t\n");
}

bool command_takes_input(const char *line)
{
	const struct command *c = command_find(line, word_length(line));

	return c && c->takes_input;
}

static enum diag_status unknown(struct session *s, const char *line, size_t len)
{
	_cleanup_mem_ char *name = mem_strndup(NULL, line, len);
	const char *names[ARRAY_SIZE(commands)];
	char *near;

	for (size_t i = 0; i < n_commands; i++)
		names[i] = commands[i].name;
	near = nearest_names(name, name, names, n_commands, 3);
	if (near)
		out_error(s->out, "no command ':%s'; did you mean %s?", name, near);
	else
		out_error(s->out, "no command ':%s'; ':help' lists them", name);
	return STATUS_REFUSED;
}

enum diag_status command_run(struct session *s, const char *line)
{
	size_t len = word_length(line);
	const struct command *c = command_find(line, len);
	_cleanup_mem_ char *args = NULL;
	size_t n;

	if (!c)
		return unknown(s, line, len);
	line += len;
	line += strspn(line, " \t\n");
	args = mem_strdup(NULL, line);
	for (n = strlen(args); n && strchr(" \t\n", args[n - 1]); n--)
		args[n - 1] = 0;
	return c->run(s, args);
}
