// SPDX-License-Identifier: GPL-3.0-or-later
/* bcsh: from the command line to the exit status. */
#include <errno.h>
#include <locale.h>

#include "shell/run.h"

int main(int argc, char **argv)
{
	_cleanup_mem_ struct options *opt = mem_new(NULL, struct options);
	struct session *s;
	struct out out;
	int err, status;

	setlocale(LC_CTYPE, "");
	options_parse(opt, argc, argv, opt);
	err = out_init(&out, opt);
	if (err) {
		fprintf(stderr, "bcsh: cannot write '%s': %s\n", opt->output, strerror(-err));
		return STATUS_USAGE;
	}
	s = session_new(opt, opt, &out, &err);
	if (err) {
		out_error(&out, "cannot start bcsh-worker: %s", err == -ENOENT ?
			  "it is neither beside bcsh nor installed" : strerror(-err));
		status = STATUS_RUNTIME;
	} else {
		status = run_all(s);
	}
	session_free(s);
	err = out_close(&out);
	if (err && err != -EPIPE) {
		fprintf(stderr, "bcsh: cannot write the results: %s\n", strerror(-err));
		status = status ? status : STATUS_RUNTIME;
	}
	return status;
}
