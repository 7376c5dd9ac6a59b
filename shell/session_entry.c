// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The second program of a sysret clause that names its call's arguments (rewriter/wrap.h): it saves them at the
 * call's entry. To the person the two are one probe; it comes before the first and goes after it.
 */
#include "loader/attach.h"
#include "rewriter/wrap.h"
#include "shell/session.h"

struct probe *probe_entry_new(const void *parent, const struct probe *p)
{
	struct probe *e = mem_new(parent, struct probe);

	*e = *p;
	e->cname = mem_printf(e, "%s" WRAP_ENTRY, p->cname);
	e->target.kind = PROBE_SYSCALL;
	e->target.name = mem_printf(e, "syscall:%s", strchr(p->target.name, ':') + 1);
	e->target.event_id = p->target.entry_id;
	e->state = PROBE_OFF;
	e->prog_fd = -1;
	e->attachment = NULL;
	e->entry = NULL;
	return e;
}

static struct bcsh_map *saved(struct session *s, const struct probe *p)
{
	_cleanup_mem_ char *name = mem_printf(NULL, WRAP_SAVED "%s", p->cname);

	return maps_find(s->maps, name);
}

/*
 * What was saved while only the program at the entry ran belongs to calls that may be long over: forgotten
 * once every new call is saved again.
 */
int probe_entry_attach(struct session *s, struct probe *p, struct probe *e, struct diags *diags)
{
	struct bcsh_map *m = saved(s, p);

	if (!e)
		return 0;
	if (attach_program(e, e->prog_fd, &e->target, s->target, &e->attachment, diags))
		return -1;
	if (m && p->state == PROBE_OFF)
		map_clear(m);
	return 0;
}

void probe_entry_drop(struct session *s, struct probe *p)
{
	struct bcsh_map *m = saved(s, p);

	if (m)
		maps_drop(s->maps, m);
}

void probe_unload(struct probe *p)
{
	fd_close(&p->prog_fd);
	if (p->entry)
		probe_unload(p->entry);
}
