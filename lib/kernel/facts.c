// SPDX-License-Identifier: GPL-3.0-or-later
/* Where this kernel's facts are; see facts.h. */
#include "kernel/facts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

static const char *const tracefs_places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static char *find_tracefs(const void *parent)
{
	for (size_t i = 0; i < ARRAY_SIZE(tracefs_places); i++) {
		char *events = mem_printf(parent, "%s/events", tracefs_places[i]);
		/* by what we may do, not by whom we are: capabilities count */
		bool readable = !faccessat(AT_FDCWD, events, R_OK | X_OK, AT_EACCESS);

		mem_free(events);
		if (readable)
			return mem_strdup(parent, tracefs_places[i]);
	}
	return NULL;
}

struct facts *facts_open(const void *parent, const char *btf_path)
{
	struct facts *f = mem_new(parent, struct facts);

	if (btf_open(f, btf_path, &f->btf))
		f->btf = NULL;
	f->tracefs = find_tracefs(f);
	if (!f->tracefs && !geteuid() &&
	    !mount("tracefs", tracefs_places[0], "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		f->tracefs = find_tracefs(f);
	return f;
}
